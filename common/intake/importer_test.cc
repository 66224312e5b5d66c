// Files that come piece by piece: what is sent of them, and what is not when they break off.

#include "common/intake/importer.h"

#include <functional>
#include <string>
#include <vector>

#include "common/status/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tremplin/registration/v1/registration.pb.h"

namespace tremplin::intake {
namespace {

using referral::v1::BatchSubmitReferralsRequest;
using referral::v1::BatchSubmitReferralsResponse;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kHeader[] = "external_id,given_name,family_name,agency\n";

// Registration and referral: one program, and a verdict for whatever is sent.
class ImporterTest : public ::testing::Test {
 protected:
  absl::StatusOr<std::string> Answer(const std::string& method, const std::string& request) {
    if (method.ends_with("/GetProgram")) return registration::v1::Program().SerializeAsString();
    BatchSubmitReferralsRequest chunk;
    EXPECT_TRUE(chunk.ParseFromString(request));
    BatchSubmitReferralsResponse response;
    for (const auto& item : chunk.items()) {
      sent_.push_back(item.external_id() + " " + item.file().given_name());
      response.add_results()->set_external_id(item.external_id());
    }
    sources_.push_back(chunk.source());
    return response.SerializeAsString();
  }

  // `end` is what the source says behind the pieces.
  absl::Status Import(const std::vector<std::string>& pieces, ImportOptions options = {},
                      absl::StatusOr<std::string> end = std::string()) {
    options.programs = {"p"};
    size_t at = 0;
    auto importer =
        Importer::Open([this](const std::string& method,
                              const std::string& request) { return Answer(method, request); },
                       options,
                       [&]() -> absl::StatusOr<std::string> {
                         if (at == pieces.size()) return end;
                         return pieces[at++];
                       },
                       "a.csv");
    if (!importer.ok()) return importer.status();
    while (true) {
      auto rows = (*importer)->Next();
      if (!rows.ok() || rows->empty()) return rows.status();
      for (const Row& row : *rows) told_.push_back(row.number);
    }
  }

  std::vector<std::string> sent_;
  std::vector<std::string> sources_;
  std::vector<int64_t> told_;
};

TEST_F(ImporterTest, PiecesMayEndAnywhere) {
  const std::string file = std::string(kHeader) + "1,Zo\u00E9,Roy,a\n2,\"B,\nc\",D,a\n3,E,F,a";
  for (size_t size = 1; size < file.size(); ++size) {
    sent_.clear();
    std::vector<std::string> pieces;
    for (size_t at = 0; at < file.size(); at += size) pieces.push_back(file.substr(at, size));
    ASSERT_TRUE(Import(pieces).ok());
    ASSERT_THAT(sent_, ElementsAre("1 Zo\u00E9", "2 B,\nc", "3 E")) << "pieces of " << size;
  }
}

TEST_F(ImporterTest, OfAFileThatBreaksOffNothingIsSentThatMayBeHalf) {
  // The last row looks whole, and would have been "30".
  const absl::Status status =
      Import({kHeader, "1,A,B,a\n2,C,D,a\n3"}, {}, absl::UnavailableError("gone"));
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(sent_, IsEmpty());
}

TEST_F(ImporterTest, WhatCameBeforeTheBreakIsTaken) {
  std::string rows;
  for (int i = 1; i <= 700; ++i) rows += std::to_string(i) + ",A,B,a\n";
  EXPECT_FALSE(Import({kHeader, rows}, {}, absl::UnavailableError("gone")).ok());
  EXPECT_EQ(told_.size(), 500U);
  sent_.clear();
  // And the rest behind it, when the file comes again.
  EXPECT_TRUE(Import({kHeader, rows}, {.after_row = 500}).ok());
  EXPECT_EQ(sent_.size(), 200U);
  EXPECT_EQ(sent_.front(), "501 A");
  EXPECT_EQ(told_.back(), 700);
}

TEST_F(ImporterTest, TheSameFileIsTheSameSource) {
  ASSERT_TRUE(Import({kHeader, "1,A,B,a\n"}, {.digest = "d"}).ok());
  ASSERT_TRUE(Import({kHeader, "1,A,B,a\n"}, {.digest = "d"}).ok());
  ASSERT_TRUE(Import({kHeader, "1,A,B,a\n"}, {.digest = "e"}).ok());
  ASSERT_EQ(sources_.size(), 3U);
  EXPECT_EQ(sources_[0], sources_[1]);
  EXPECT_NE(sources_[0], sources_[2]);
}

TEST_F(ImporterTest, ALetterOfTheMacintoshSaysSoWhereverItStands) {
  std::string rows;
  for (int i = 1; i <= 500; ++i) rows += std::to_string(i) + ",A,B,a\n";
  const absl::Status status = Import({kHeader, rows, "501,B\x8E\x61trice,Roy,a\n"});
  EXPECT_EQ(status::ReasonOf(status), "FILE_OF_MACINTOSH");
  EXPECT_EQ(status::ReasonOf(Import({"PK", "\x03\x04rest"})), "FILE_IS_WORKBOOK");
}

TEST_F(ImporterTest, ARowThatCannotBeTakenApartIsToldAndNotSent) {
  ASSERT_TRUE(
      Import({kHeader, "1,A,B,a\n2," + std::string(1 << 20, 'x') + ",B,a\n3,E,F,a\n"}).ok());
  EXPECT_THAT(sent_, ElementsAre("1 A", "3 E"));
  EXPECT_THAT(told_, ElementsAre(1, 2, 3));
}

}  // namespace
}  // namespace tremplin::intake
