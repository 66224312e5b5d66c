// Files over HTTP: what is said before the lines, the lines, and their end.

#include "services/gateway/app/import.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "common/digest/digest.h"
#include "common/status/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tremplin/registration/v1/registration.pb.h"

namespace tremplin::gateway {
namespace {

using gateway::v1::ImportReferralsRequest;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::StartsWith;

constexpr char kHeader[] = "external_id,given_name,family_name,agency\n";

std::string DigestOf(const std::string& file) {
  return "sha-512=:AA==:, sha-256=:" + absl::Base64Escape(digest::ToString(digest::Sha256(file))) +
         ":";
}

class ImportTest : public ::testing::Test {
 protected:
  ImportTest() { request_.add_programs("programs/p"); }

  absl::StatusOr<std::string> Answer(const std::string& method, const std::string& bytes) {
    if (!failure_.ok()) return failure_;
    if (method.ends_with("/GetProgram")) return registration::v1::Program().SerializeAsString();
    referral::v1::BatchSubmitReferralsRequest chunk;
    EXPECT_TRUE(chunk.ParseFromString(bytes));
    referral::v1::BatchSubmitReferralsResponse response;
    for (const auto& item : chunk.items()) {
      auto& result = *response.add_results();
      result.set_external_id(item.external_id());
      result.set_verdict(referral::v1::VERDICT_ELIGIBLE);
    }
    return response.SerializeAsString();
  }

  // The stream of a file in these pieces, behind which the source says `end_`.
  absl::StatusOr<std::unique_ptr<http::Stream>> Open(std::vector<std::string> pieces) {
    return ImportFile(
        [this, pieces = std::move(pieces),
         at = size_t{0}]() mutable -> absl::StatusOr<std::string> {
          if (at == pieces.size()) return end_;
          return pieces[at++];
        },
        [this](const std::string& method, const std::string& bytes) {
          return Answer(method, bytes);
        },
        request_, options_);
  }
  std::string ReasonOf(std::vector<std::string> pieces) {
    return status::ReasonOf(Open(std::move(pieces)).status());
  }
  // All lines, or the error before them.
  std::vector<std::string> Lines(std::vector<std::string> pieces, bool draining = false) {
    auto stream = Open(std::move(pieces));
    if (!stream.ok()) return {status::ReasonOf(stream.status())};
    std::string bytes;
    for (bool end = false; !end;) {
      const http::Stream::Piece piece = (*stream)->Next(draining && !bytes.empty());
      bytes += piece.bytes;
      end = piece.end;
    }
    std::vector<std::string> lines;
    for (size_t at = 0, next = 0; (next = bytes.find('\n', at)) != std::string::npos;
         at = next + 1) {
      lines.push_back(bytes.substr(at, next - at));
    }
    return lines;
  }
  static std::string Rows(int count) {
    std::string rows;
    for (int i = 1; i <= count; ++i) rows += std::to_string(i) + ",A,B,a\n";
    return rows;
  }

  ImportReferralsRequest request_;
  ImportOptions options_;
  absl::Status failure_;
  absl::StatusOr<std::string> end_ = std::string();
};

TEST_F(ImportTest, TellsEachRowAndTheirCounts) {
  const auto lines = Lines({kHeader, "1,A,B,a\n\n2,\"C,D,a\n"});
  ASSERT_THAT(lines, SizeIs(3));
  EXPECT_EQ(
      lines[0],
      R"({"row":{"row":"1","line":"2","result":{"externalId":"1","verdict":"VERDICT_ELIGIBLE"}}})");
  EXPECT_THAT(lines[1], HasSubstr(R"("row":"3","line":"4")"));
  EXPECT_THAT(lines[1], HasSubstr(R"("verdict":"VERDICT_INVALID","reasons":["row"])"));
  EXPECT_EQ(lines[2], R"({"summary":{"rows":"2","eligible":"1","invalid":"1"}})");
}

TEST_F(ImportTest, ARequestThatIsAtFaultIsToldBefore) {
  request_.set_agency("ociso");
  EXPECT_EQ(ReasonOf({kHeader}), "INVALID_FIELDS");
  request_.clear_agency();
  request_.clear_programs();
  EXPECT_EQ(ReasonOf({kHeader}), "INVALID_FIELDS");
  request_.add_programs("programs/p");
  EXPECT_EQ(ReasonOf({}), "FILE_EMPTY");
  EXPECT_EQ(ReasonOf({"a,b\n"}), "COLUMNS_WRONG");
  options_.repr_digest = "sha-256=:AA==:";
  EXPECT_EQ(ReasonOf({kHeader}), "DIGEST_MALFORMED");
  options_.repr_digest.clear();
  failure_ =
      status::WithDetail(absl::StatusCode::kPermissionDenied,
                         {.reason = "NOT_YOURS", .en = "No.", .fr = "Non.", .violations = {}});
  EXPECT_EQ(ReasonOf({kHeader, Rows(1)}), "NOT_YOURS");
}

TEST_F(ImportTest, ALargeFileComesWithItsDigest) {
  options_.most_without_digest = 100;
  const std::string file = kHeader + Rows(100);
  EXPECT_EQ(ReasonOf({file}), "DIGEST_NEEDED");
  options_.repr_digest = DigestOf(file);
  EXPECT_THAT(Lines({file}), SizeIs(101));
  const auto lines = Lines({file, "101,A,B,a\n"});
  ASSERT_THAT(lines, SizeIs(102));
  EXPECT_THAT(lines.back(), HasSubstr("DIGEST_OTHER"));
}

TEST_F(ImportTest, WhatBreaksOffSaysWhereToGoOn) {
  const std::string file = kHeader + Rows(1200);
  options_.repr_digest = DigestOf(file);
  const std::string half = kHeader + Rows(700);
  end_ = absl::UnavailableError("gone");
  const auto lines = Lines({half});
  ASSERT_THAT(lines, SizeIs(501));
  EXPECT_THAT(lines.back(), StartsWith(R"({"error":)"));
  EXPECT_THAT(lines.back(), HasSubstr("afterRow=500"));
  end_ = std::string();
  request_.set_after_row(500);
  const auto rest = Lines({file});
  ASSERT_THAT(rest, SizeIs(701));
  EXPECT_THAT(rest.front(), HasSubstr(R"("row":"501")"));
  EXPECT_EQ(rest.back(), R"({"summary":{"rows":"700","eligible":"700"}})");
}

TEST_F(ImportTest, TheDrainEndsItWithAHint) {
  const auto lines = Lines({kHeader + Rows(1200)}, /*draining=*/true);
  ASSERT_THAT(lines, SizeIs(501));
  EXPECT_THAT(lines.back(), HasSubstr("IMPORT_CUT_OFF"));
}

}  // namespace
}  // namespace tremplin::gateway
