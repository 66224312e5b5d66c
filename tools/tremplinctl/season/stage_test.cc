#include "tools/tremplinctl/season/stage.h"

#include <atomic>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace tremplin::ctl::season {
namespace {

TEST(Draws, FollowFromSeedKeyAndStepAlone) {
  const Draws one(7);
  const Draws same(7);
  const Draws other(8);
  EXPECT_EQ(one.Unit("k", "s"), same.Unit("k", "s"));
  EXPECT_NE(one.Unit("k", "s"), other.Unit("k", "s"));
  EXPECT_NE(one.Unit("k", "s"), one.Unit("k", "t"));
  int seen[4] = {0, 0, 0, 0};
  for (int i = 0; i < 400; ++i) {
    const int drawn = one.Between(std::to_string(i), "s", 3, 6);
    ASSERT_GE(drawn, 3);
    ASSERT_LE(drawn, 6);
    ++seen[drawn - 3];
  }
  for (const int times : seen) EXPECT_GT(times, 60);
}

std::string Order(Agenda& agenda, absl::CivilDay day) {
  std::string order;
  for (const std::vector<Action>& lane : agenda.Take(day)) {
    order += "[";
    for (const Action& action : lane) order += action.key + "/" + action.step + " ";
    order += "]";
  }
  return order;
}

TEST(Agenda, GivesTheSameOrder_WhoeverPlannedFirst) {
  const absl::CivilDay day(2025, 9, 2);
  const std::vector<Action> actions = {
      {"p1", "a", "2", {}}, {"p2", "b", "1", {}}, {"p1", "a", "1", {}}, {"p3", "a", "9", {}}};
  Agenda forward;
  Agenda backward;
  for (size_t i = 0; i < actions.size(); ++i) {
    forward.Plan(day, actions[i]);
    backward.Plan(day, actions[actions.size() - 1 - i]);
  }
  const std::string order = Order(forward, day);
  EXPECT_EQ(order, "[a/1 a/2 ][a/9 ][b/1 ]");
  EXPECT_EQ(Order(backward, day), order);
}

TEST(Agenda, TakesWhatIsDue_AndKeepsTheRest) {
  const absl::CivilDay day(2025, 9, 2);
  Agenda agenda;
  agenda.Plan(day + 1, {"l", "k", "s", {}});
  agenda.Visit(day);
  EXPECT_EQ(agenda.Next(), day);
  EXPECT_EQ(Order(agenda, day), "");
  EXPECT_EQ(agenda.Next(), day + 1);
  EXPECT_EQ(Order(agenda, day + 5), "[k/s ]");
  EXPECT_FALSE(agenda.Next().has_value());
}

TEST(Workers, DoEachJobOnce_ListAfterList) {
  Workers workers(8);
  for (int round = 0; round < 50; ++round) {
    std::vector<std::atomic<int>> done(37);
    ASSERT_TRUE(workers
                    .ForEach(done.size(),
                             [&](size_t i) {
                               ++done[i];
                               return absl::OkStatus();
                             })
                    .ok());
    for (const std::atomic<int>& times : done) ASSERT_EQ(times, 1);
  }
}

TEST(Workers, ReturnAnErrorAndBeginNothingAfterIt) {
  Workers workers(2);
  std::atomic<int> begun = 0;
  const absl::Status status = workers.ForEach(1000, [&](size_t i) {
    ++begun;
    return i == 3 ? absl::NotFoundError("three") : absl::OkStatus();
  });
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_LT(begun, 1000);
  EXPECT_TRUE(workers.ForEach(10, [](size_t) { return absl::OkStatus(); }).ok());
}

}  // namespace
}  // namespace tremplin::ctl::season
