// gzip there and back, in pieces, and what is none or too much.

#include "services/gateway/http/gzip.h"

#include <string>

#include "absl/status/status.h"
#include "gtest/gtest.h"

namespace tremplin::gateway::http {
namespace {

std::string Text(size_t size) {
  std::string text;
  for (int i = 0; text.size() < size; ++i) text += "row " + std::to_string(i * 7919) + "\n";
  return text;
}

TEST(Gzip, ComesBackInPiecesOfAnySize) {
  const std::string text = Text(300000);
  const std::string packed = Gzip(text);
  EXPECT_LT(packed.size(), text.size() / 2);
  for (const size_t size : {size_t{1}, size_t{17}, size_t{4096}, packed.size()}) {
    Gunzip gunzip;
    std::string out;
    for (size_t at = 0; at < packed.size(); at += size) {
      EXPECT_FALSE(gunzip.Whole());
      ASSERT_TRUE(gunzip.Take(packed.substr(at, size), 1 << 20, out).ok());
    }
    EXPECT_TRUE(gunzip.Whole());
    EXPECT_EQ(out, text);
  }
}

TEST(Gzip, TwoPiecesAreOneText) {
  Gunzip gunzip;
  std::string out;
  ASSERT_TRUE(gunzip.Take(Gzip("ab") + Gzip("") + Gzip("cd"), 100, out).ok());
  EXPECT_EQ(out, "abcd");
  EXPECT_TRUE(gunzip.Whole());
}

TEST(Gzip, WhatIsNoneOrBreaksOffSaysSo) {
  std::string out;
  EXPECT_EQ(Gunzip().Take("plain text", 100, out).code(), absl::StatusCode::kInvalidArgument);
  std::string broken = Gzip(Text(1000));
  broken[broken.size() - 6] = static_cast<char>(broken[broken.size() - 6] ^ 1);  // of its checksum
  EXPECT_EQ(Gunzip().Take(broken, 10000, out).code(), absl::StatusCode::kInvalidArgument);
  Gunzip half;
  const std::string packed = Gzip(Text(1000));
  ASSERT_TRUE(half.Take(packed.substr(0, packed.size() / 2), 10000, out).ok());
  EXPECT_FALSE(half.Whole());
  EXPECT_FALSE(Gunzip().Whole());
}

TEST(Gzip, ABombIsNotTaken) {
  const std::string bomb = Gzip(std::string(64 << 20, '\0'));
  EXPECT_LT(bomb.size(), size_t{100000});
  std::string out;
  EXPECT_EQ(Gunzip().Take(bomb, 4 << 20, out).code(), absl::StatusCode::kOutOfRange);
  EXPECT_LE(out.size(), size_t{4 << 20});
}

}  // namespace
}  // namespace tremplin::gateway::http
