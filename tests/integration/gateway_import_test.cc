// Files of people over HTTP: the sample gives what is expected, cut off or not; what is too long is
// named; and memory does not grow with the file.

#include <fstream>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "common/csv/csv.h"
#include "common/digest/digest.h"
#include "common/text/text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/gateway/testing/http_client.h"
#include "services/gateway/transcoding/json_reader.h"
#include "tests/support/deployment.h"
#include "tests/support/partner.h"
#include "tests/support/web.h"
#include "tremplin/gateway/v1/gateway.pb.h"

namespace tremplin {
namespace {

using gateway::testing::Answer;
using gateway::testing::Connection;
using gateway::v1::ImportReferralsResponse;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using Record = std::map<std::string, std::string>;

constexpr char kSample[] = "deploy/data/sample/referrals.csv";

std::string Lower(const std::string& name, std::string_view prefix) {
  return absl::AsciiStrToLower(absl::StripPrefix(name, text::Absl(prefix)));
}

// As expected.csv writes it.
Record Told(const ImportReferralsResponse::Row& row) {
  const auto& result = row.result();
  std::set<std::string> reasons;
  for (const std::string& reason : result.reasons()) {
    reasons.emplace(absl::StripPrefix(absl::StripPrefix(reason, "file."), "facts."));
  }
  return {
      {"row", text::Cat(row.row())},
      {"external_id", result.external_id()},
      {"verdict", Lower(referral::v1::Verdict_Name(result.verdict()), "VERDICT_")},
      {"reasons", absl::StrJoin(reasons, " ")},
      {"kind", result.kind() == referral::v1::SUBMISSION_KIND_UNSPECIFIED
                   ? ""
                   : Lower(referral::v1::SubmissionKind_Name(result.kind()), "SUBMISSION_KIND_")},
      {"possible_duplicate", result.possible_duplicate() ? "yes" : ""}};
}

std::map<int64_t, Record> Expected() {
  std::ifstream in("deploy/data/sample/expected.csv", std::ios::binary);
  csv::Reader reader(in);
  csv::Record record;
  std::map<int64_t, Record> rows;
  if (!in || !reader.Read(&record)) return rows;
  const std::vector<std::string> header = record.fields;
  while (reader.Read(&record)) {
    Record row;
    for (size_t i = 0; i < header.size(); ++i) row[header[i]] = record.fields.at(i);
    rows[std::stoll(row.at("row"))] = row;
  }
  return rows;
}

class GatewayImportTest : public ::testing::TestWithParam<testing::WebForm> {
 protected:
  void SetUp() override {
    ASSERT_TRUE(front_.WaitServing());
    ASSERT_TRUE(front_.deployment().Load(false));
    key_ = testing::OperatorKey(front_.deployment());
  }

  std::string Head(const std::string& query, const std::string& digest,
                   const std::string& more) const {
    return text::Cat(
        "POST /v1/referrals:import?programs=", testing::kOttawa, query,
        " HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer ", key_, "\r\nContent-Type: text/csv\r\n",
        digest.empty() ? "" : text::Cat("Repr-Digest: sha-256=:", digest, ":\r\n"), more, "\r\n");
  }
  static std::string DigestOf(const std::string& file) {
    return absl::Base64Escape(digest::ToString(digest::Sha256(file)));
  }

  // Reads lines up to the end, or to the row after which to stop.
  void ReadLines(Connection& connection, int64_t until = INT64_MAX) {
    last_ = "";
    while (const auto line = connection.ReadLine(absl::Minutes(2))) {
      last_ = *line;
      ImportReferralsResponse told;
      if (!gateway::transcoding::ReadJson(*line, told).ok() || !told.has_row()) continue;
      rows_[told.row().row()] = Told(told.row());
      after_ = told.row().row();
      if (after_ >= until) return;
    }
  }
  // Sends the file as one body, and reads meanwhile.
  int Import(const std::string& file, const std::string& query, bool with_digest) {
    Connection connection(front_.address());
    const std::string head = Head(query, with_digest ? DigestOf(file) : "",
                                  text::Cat("Content-Length: ", file.size(), "\r\n"));
    const std::jthread sender([&] {
      if (connection.Send(head)) (void)connection.Send(file);
    });
    const auto answer = connection.ReadHead(absl::Minutes(2));
    if (!answer.has_value()) return 0;
    if (answer->status == 200) ReadLines(connection);
    return answer->status;
  }

  void ExpectTheSample() {
    const std::map<int64_t, Record> expected = Expected();
    ASSERT_EQ(expected.size(), 1990U);
    ASSERT_EQ(rows_.size(), expected.size());
    for (const auto& [number, want] : expected) {
      for (const auto& [column, cell] : rows_.at(number)) {
        EXPECT_EQ(cell, want.at(column)) << "row " << number;
      }
    }
  }

  testing::Web front_{GetParam()};
  std::string key_;
  std::map<int64_t, Record> rows_;
  int64_t after_ = 0;
  std::string last_;
};

TEST_P(GatewayImportTest, TheSampleGivesWhatIsExpected_AndAgain) {
  const std::string file = testing::ReadFile(kSample);
  ASSERT_EQ(Import(file, "", /*with_digest=*/false), 200);
  ExpectTheSample();
  EXPECT_THAT(last_, StartsWith(R"({"summary":{"rows":"1990",)"));
  // By its digest it is the same file.
  rows_.clear();
  ASSERT_EQ(Import(file, "", /*with_digest=*/true), 200);
  ExpectTheSample();
}

TEST_P(GatewayImportTest, CutOffInTheMidst_ItGoesOn) {
  const std::string file = testing::ReadFile(kSample);
  {
    // Two thirds come, and what is told of them is read in part.
    Connection cut(front_.address());
    ASSERT_TRUE(
        cut.Send(Head("", DigestOf(file), text::Cat("Content-Length: ", file.size(), "\r\n")) +
                 file.substr(0, file.size() * 2 / 3)));
    ASSERT_EQ(cut.ReadHead(absl::Minutes(2))->status, 200);
    ReadLines(cut, 600);
    cut.Reset();
  }
  ASSERT_GE(after_, 600);
  ASSERT_EQ(Import(file, text::Cat("&afterRow=", after_), /*with_digest=*/true), 200);
  ExpectTheSample();
}

TEST_P(GatewayImportTest, AnEndThatDoesNotComeSaysWhereToGoOn) {
  const std::string file = testing::ReadFile(kSample);
  Connection slow(front_.address());
  // A chunk that ends the body too early: what stands there is not the file of the digest.
  const std::string half = file.substr(0, file.size() / 2);
  ASSERT_TRUE(slow.Send(Head("", DigestOf(file), "Transfer-Encoding: chunked\r\n") +
                        text::Cat(absl::Hex(half.size()), "\r\n") + half + "\r\n0\r\n\r\n"));
  ASSERT_EQ(slow.ReadHead(absl::Minutes(2))->status, 200);
  ReadLines(slow);
  EXPECT_THAT(last_, HasSubstr("DIGEST_OTHER"));
}

TEST_P(GatewayImportTest, WhatIsTooLongIsNamed) {
  std::string header;
  std::ifstream in(kSample);
  std::getline(in, header);
  const std::string file = header + "\n" + "LONG-1," + std::string(1000000, 'x') + "\n";
  ASSERT_EQ(Import(file, "&agency=organizations/ociso", /*with_digest=*/false), 200);
  EXPECT_EQ(rows_.at(1).at("verdict"), "invalid");
  EXPECT_EQ(rows_.at(1).at("reasons"), "row");
  EXPECT_THAT(last_, HasSubstr(R"("invalid":"1")"));
}

TEST_P(GatewayImportTest, WhoMayNotIsToldBeforeTheFileIsRead) {
  key_ = "tk_nobody";
  Connection connection(front_.address());
  ASSERT_TRUE(connection.Send(
      Head("", DigestOf("x"), "Content-Length: 1000000000\r\nExpect: 100-continue\r\n")));
  EXPECT_EQ(connection.ReadHead(absl::Minutes(1))->status, 401);
}

TEST_P(GatewayImportTest, MemoryDoesNotGrowWithTheFile) {
  std::string header;
  std::ifstream in(kSample);
  std::getline(in, header);
  const auto megabytes = [this] {
    const std::string status =
        testing::ReadFile(text::Cat("/proc/", front_.process().pid(), "/status"));
    const size_t at = status.find("VmHWM:");
    return std::stol(status.substr(at + 6)) / 1024;
  };
  std::string small = header + "\n";
  for (int i = 0; i < 8; ++i) small += text::Cat("L-", i, ",", std::string(900000, 'x'), "\n");
  ASSERT_EQ(Import(small, "&agency=organizations/ociso", /*with_digest=*/true), 200);
  const long before = megabytes();
  std::string large = header + "\n";
  for (int i = 0; i < 200; ++i) large += text::Cat("L-", i, ",", std::string(900000, 'x'), "\n");
  ASSERT_EQ(Import(large, "&agency=organizations/ociso", /*with_digest=*/true), 200);
  EXPECT_EQ(rows_.size(), 1U) << "one fault, until a line fits again";
  EXPECT_LT(megabytes() - before, 50);
}

INSTANTIATE_TEST_SUITE_P(InProcess, GatewayImportTest,
                         ::testing::Values(testing::WebForm::kInProcess));
INSTANTIATE_TEST_SUITE_P(Program, GatewayImportTest, ::testing::Values(testing::WebForm::kProgram));

}  // namespace
}  // namespace tremplin
