#include "common/rpc/details.h"

#include "absl/strings/str_cat.h"
#include "common/rpc/messages.h"
#include "common/status/condition.h"
#include "common/status/error.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/error_info.pb.h"
#include "gtest/gtest.h"

namespace tremplin::rpc {
namespace {

using messages::Language;

TEST(DetailsTest, AnErrorCrossesTheWireWhole) {
  const absl::Status sent = status::InvalidFields(
      {status::Violation("a.b", kInvalidUtf8), status::Violation("c[2]", kUnknownEnumValue)});
  for (const Language language : {Language::kEnglish, Language::kFrench}) {
    const absl::Status received = FromWire(ToWire(sent, language));
    EXPECT_EQ(received.code(), absl::StatusCode::kInvalidArgument);
    const status::ErrorDetail detail = status::DetailOf(received);
    const status::ErrorDetail expected = status::DetailOf(sent);
    EXPECT_EQ(detail.reason, "INVALID_FIELDS");
    EXPECT_EQ(detail.en, expected.en);
    EXPECT_EQ(detail.fr, expected.fr);
    ASSERT_EQ(detail.violations.size(), 2u);
    EXPECT_EQ(detail.violations[1].field, "c[2]");
    EXPECT_EQ(detail.violations[1].reason, "UNKNOWN_ENUM_VALUE");
    EXPECT_EQ(detail.violations[1].en, kUnknownEnumValue.en());
    EXPECT_EQ(detail.violations[1].fr, kUnknownEnumValue.fr());
  }
}

TEST(DetailsTest, TheCallersLanguageComesFirst) {
  const google::rpc::Status wire =
      ToWire(status::InvalidFields({status::Violation("a", kInvalidUtf8)}), Language::kFrench);
  ASSERT_EQ(wire.details_size(), 5);
  google::rpc::LocalizedMessage message;
  ASSERT_TRUE(wire.details(1).UnpackTo(&message));
  EXPECT_EQ(message.locale(), "fr");
  EXPECT_EQ(wire.message(), message.message()) << "what clients without our details show";
  google::rpc::BadRequest bad;
  ASSERT_TRUE(wire.details(3).UnpackTo(&bad));
  EXPECT_EQ(bad.field_violations(0).description(), kInvalidUtf8.fr());
}

TEST(DetailsTest, TrailersStayBounded) {
  std::vector<status::FieldViolation> many;
  for (int i = 0; i < 500; ++i) {
    many.push_back(status::Violation(absl::StrCat("items[", i, "].file.email"), kInvalidUtf8));
  }
  const google::rpc::Status wire = ToWire(status::InvalidFields(many), Language::kEnglish);
  EXPECT_LE(wire.ByteSizeLong(), kMaxDetailBytes + 512);
  google::rpc::ErrorInfo info;
  ASSERT_TRUE(wire.details(0).UnpackTo(&info));
  const size_t sent = status::DetailOf(FromWire(wire)).violations.size();
  EXPECT_GT(sent, 5u);
  EXPECT_EQ(info.metadata().at("violations.omitted"), absl::StrCat(500 - sent));
}

TEST(DetailsTest, FaultsOfOursSayNothingOfThemselves) {
  const absl::Status shown = ForCaller(absl::NotFoundError("row 17 of table x"));
  EXPECT_EQ(shown.code(), absl::StatusCode::kInternal);
  EXPECT_EQ(status::ReasonOf(shown), "INTERNAL");
  EXPECT_EQ(ToWire(shown, Language::kEnglish).DebugString().find("table x"), std::string::npos);
  EXPECT_EQ(ForCaller(absl::UnavailableError("host down")).code(), absl::StatusCode::kUnavailable);
  const absl::Status own = status::Error(absl::StatusCode::kNotFound, kMethodUnknown);
  EXPECT_EQ(ForCaller(own), own);
}

TEST(DetailsTest, SaysWhenToComeBackWhereThatHelps) {
  const absl::Status full = status::DiskFullError("sqlite 13");
  EXPECT_EQ(ForCaller(full), full) << "callers hear it as it is";
  const google::rpc::Status wire = ToWire(full, Language::kFrench);
  google::rpc::RetryInfo retry;
  ASSERT_TRUE(wire.details(wire.details_size() - 1).UnpackTo(&retry));
  EXPECT_EQ(retry.retry_delay().seconds(), 30);
  EXPECT_EQ(wire.DebugString().find("sqlite"), std::string::npos);
  EXPECT_TRUE(status::IsDiskFull(FromWire(wire)));
  const google::rpc::Status unknown =
      ToWire(status::Error(absl::StatusCode::kNotFound, kMethodUnknown), Language::kEnglish);
  for (const auto& detail : unknown.details()) EXPECT_FALSE(detail.Is<google::rpc::RetryInfo>());
}

TEST(DetailsTest, ReadsAcceptLanguage) {
  EXPECT_EQ(PreferredLanguage(""), Language::kEnglish);
  EXPECT_EQ(PreferredLanguage("fr-CA, en;q=0.8"), Language::kFrench);
  EXPECT_EQ(PreferredLanguage("en;q=0.5,FR;q=0.9"), Language::kFrench);
  EXPECT_EQ(PreferredLanguage("de, en;q=0.1, fr;q=rubbish"), Language::kEnglish);
  EXPECT_EQ(PreferredLanguage("fr;q=0"), Language::kEnglish);
  EXPECT_EQ(PreferredLanguage(";;,,;q"), Language::kEnglish);
}

}  // namespace
}  // namespace tremplin::rpc
