#include "common/status/error.h"

#include "common/status/macros.h"
#include "gtest/gtest.h"

namespace tremplin::status {
namespace {

constexpr messages::Message kMissing{"THING_NOT_FOUND", "There is no {0} here, {1}.",
                                     "{1}, il n’y a pas de {0} ici."};
constexpr messages::Message kRequired{"REQUIRED", "This is required.", "Ce champ est requis."};

TEST(ErrorTest, CarriesReasonAndBothLanguages) {
  absl::Status error = Error(absl::StatusCode::kNotFound, kMissing, {"referral", "sorry"});
  EXPECT_EQ(error.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(ReasonOf(error), "THING_NOT_FOUND");
  ErrorDetail detail = DetailOf(error);
  EXPECT_EQ(detail.en, "There is no referral here, sorry.");
  EXPECT_EQ(detail.fr, "sorry, il n’y a pas de referral ici.");
  EXPECT_TRUE(detail.violations.empty());
  EXPECT_EQ(error.message(), detail.en);
}

TEST(ErrorTest, AStatusWithoutDetailHasNone) {
  EXPECT_EQ(ReasonOf(absl::InternalError("x")), "");
  EXPECT_EQ(DetailOf(absl::OkStatus()).reason, "");
}

TEST(ErrorTest, FieldViolationsSurviveTheRoundTrip) {
  absl::Status error = InvalidFields(
      {Violation("file.email", kRequired), Violation("items[3].file:name", kMissing, {"a:b", ""})});
  EXPECT_EQ(error.code(), absl::StatusCode::kInvalidArgument);
  ErrorDetail detail = DetailOf(error);
  EXPECT_EQ(detail.reason, "INVALID_FIELDS");
  ASSERT_EQ(detail.violations.size(), 2u);
  EXPECT_EQ(detail.violations[0].field, "file.email");
  EXPECT_EQ(detail.violations[0].fr, "Ce champ est requis.");
  EXPECT_EQ(detail.violations[1].field, "items[3].file:name");
  EXPECT_EQ(detail.violations[1].en, "There is no a:b here, .");

  absl::Status again = WithDetail(error.code(), detail);
  EXPECT_EQ(DetailOf(again).violations.size(), 2u);
  EXPECT_EQ(ReasonOf(again), "INVALID_FIELDS");
}

TEST(ErrorTest, FillLeavesWhatItCannotFill) {
  std::string_view args[] = {"x"};
  EXPECT_EQ(Fill("{0} {1} {a} {", args), "x {1} {a} {");
  EXPECT_EQ(Fill("{0}", absl::Span<const std::string_view>()), "{0}");
}

TEST(ErrorTest, VersionConflictIsToldFromOtherAborts) {
  EXPECT_TRUE(IsVersionConflict(VersionConflict("application 7")));
  EXPECT_FALSE(IsVersionConflict(absl::AbortedError("deadlock")));
  EXPECT_FALSE(IsVersionConflict(absl::OkStatus()));
}

TEST(ErrorTest, Outages) {
  EXPECT_TRUE(IsOutage(absl::UnavailableError("")));
  EXPECT_TRUE(IsOutage(absl::DeadlineExceededError("")));
  EXPECT_TRUE(IsOutage(absl::ResourceExhaustedError("")));
  EXPECT_TRUE(IsOutage(VersionConflict("x")));
  EXPECT_FALSE(IsOutage(absl::InternalError("")));
  EXPECT_FALSE(IsOutage(absl::OkStatus()));
}

absl::StatusOr<int> Twice(absl::StatusOr<int> value) {
  TREMPLIN_ASSIGN_OR_RETURN(int x, value);
  TREMPLIN_RETURN_IF_ERROR(x == 13 ? absl::OutOfRangeError("13") : absl::OkStatus());
  return 2 * x;
}

TEST(MacrosTest, PassErrorsOn) {
  EXPECT_EQ(Twice(4).value(), 8);
  EXPECT_EQ(Twice(13).status().code(), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(Twice(absl::NotFoundError("")).status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace tremplin::status
