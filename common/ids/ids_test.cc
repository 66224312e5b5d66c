#include "common/ids/ids.h"

#include <algorithm>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "gtest/gtest.h"

namespace tremplin::ids {
namespace {

std::string DeriveOf(std::initializer_list<std::string_view> parts) {
  return Derive(absl::MakeConstSpan(parts.begin(), parts.size()));
}

TEST(IdsTest, NewIsAVersion7UuidOfNow) {
  int64_t before = absl::ToUnixMillis(absl::Now());
  std::string id = New();
  ASSERT_TRUE(IsUuid(id)) << id;
  EXPECT_EQ(id[14], '7');
  EXPECT_NE(std::string_view("89ab").find(id[19]), std::string_view::npos);
  int64_t millis = std::stoll(id.substr(0, 8) + id.substr(9, 4), nullptr, 16);
  EXPECT_GE(millis, before);
  EXPECT_LT(millis, before + 60'000);
}

TEST(IdsTest, NewGrowsOnEachThreadAndIsUniqueOverThreads) {
  constexpr int kThreads = 4;
  constexpr int kEach = 5000;
  std::vector<std::vector<std::string>> made(kThreads);
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&mine = made[static_cast<size_t>(t)]] {
        for (int i = 0; i < kEach; ++i) mine.push_back(New());
      });
    }
  }
  std::set<std::string> leading;
  for (const std::vector<std::string>& mine : made) {
    EXPECT_TRUE(std::is_sorted(mine.begin(), mine.end()));
    // Even without the random part no two ids of a process are equal.
    for (const std::string& id : mine) leading.insert(id.substr(0, 18));
  }
  EXPECT_EQ(leading.size(), static_cast<size_t>(kThreads * kEach));
}

// Golden values: stored ids depend on them, so they never change.
TEST(IdsTest, DeriveIsStable) {
  EXPECT_EQ(DeriveOf({"person", "application-1"}), "a4f824fe-75c9-8d71-ba1d-c2bd24dbe5d0");
  EXPECT_EQ(DeriveOf({}), "e3b0c442-98fc-8c14-9afb-f4c8996fb924");
  EXPECT_TRUE(IsUuid(DeriveOf({"x"})));
  EXPECT_EQ(DeriveOf({"x"})[14], '8');
}

TEST(IdsTest, DeriveKeepsPartsApart) {
  EXPECT_NE(DeriveOf({"ab", "c"}), DeriveOf({"a", "bc"}));
  EXPECT_NE(DeriveOf({"abc"}), DeriveOf({"abc", ""}));
}

TEST(IdsTest, DrawIsStable) {
  std::string_view parts[] = {"seed-1", "OCM-0001", "accepts"};
  EXPECT_EQ(Draw(parts), 1461106938405290986u);
}

TEST(IdsTest, IsUuidRefusesOtherForms) {
  EXPECT_FALSE(IsUuid(""));
  EXPECT_FALSE(IsUuid("0190A0B0-0000-7000-8000-000000000000"));
  EXPECT_FALSE(IsUuid("0190a0b00000-7000-8000-0000000000000"));
  EXPECT_FALSE(IsUuid("0190a0b0-0000-7000-8000-00000000000g"));
  EXPECT_TRUE(IsUuid("0190a0b0-0000-7000-8000-000000000000"));
}

}  // namespace
}  // namespace tremplin::ids
