#include "services/matching/engine/solution.h"

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "rapidcheck/gtest.h"
#include "services/matching/engine/greedy.h"
#include "services/matching/engine/testing/pools.h"

namespace tremplin::matching::engine {
namespace {

using testing::Kilometres;
using Pairs = std::vector<std::pair<std::string, std::string>>;  // business keys

std::shared_ptr<const Solution> Solved(const Pool& pool, const Policy& policy) {
  auto solution = Solution::Of(pool, policy, Kilometres);
  EXPECT_TRUE(solution.ok()) << solution.status();
  return solution.ok() ? *solution : nullptr;
}

std::map<std::string, std::string> KeysOf(const Pool& pool) {
  std::map<std::string, std::string> keys;
  for (const Mentee& one : pool.mentees) keys[one.enrolment] = one.business_key;
  for (const Mentor& one : pool.mentors) keys[one.enrolment] = one.business_key;
  return keys;
}

Pairs PairsOf(const Pool& pool, const Proposals& made) {
  const auto keys = KeysOf(pool);
  Pairs pairs;
  for (const Proposed& one : made.proposed) {
    pairs.emplace_back(keys.at(one.mentee), keys.at(one.mentor));
  }
  std::sort(pairs.begin(), pairs.end());
  return pairs;
}

double TotalScore(const Proposals& made) {
  double total = 0;
  for (const Proposed& one : made.proposed) total += one.score;
  return total;
}

// Whether a mentee may be proposed a mentor by the rules alone.
bool Suits(const Pool& pool, const Policy& policy, const Mentee& mentee, const Mentor& mentor) {
  if (mentee.person == mentor.person) return false;
  if (pool.barred.count({mentee.enrolment, mentor.enrolment}) > 0) return false;
  if (policy.shared_language_required && !ShareLanguage(mentee.profile, mentor.profile)) {
    return false;
  }
  if (!HasRequired(mentee.profile, mentor.profile)) return false;
  return Score(Contributions(mentee, mentor, pool.today, policy, Kilometres)) >=
         policy.minimum_score + 1e-3;  // clear of what rounding to a point decides
}

RC_GTEST_PROP(SolutionTest, KeepsEveryRuleAndLeavesNobodyWhomAFreeMentorSuits, ()) {
  const Pool pool = *testing::AnyPool(9, 6);
  Policy policy = *testing::AnyPolicy();
  policy.limit = 1000;
  policy.shared_slot_required = false;
  policy.candidates = *rc::gen::inRange(1, 4);
  policy.objective = *rc::gen::element(Objective::kQuality, Objective::kCoverage);
  const auto solution = Solved(pool, policy);
  RC_ASSERT(solution != nullptr);
  RC_ASSERT(solution->certificate().ok);
  const Proposals made = solution->ToProposals();
  RC_ASSERT(made.proposed.size() + made.unmatched.size() == pool.mentees.size());
  std::map<std::string, int> taken;
  std::set<std::string> served;
  for (const Proposed& one : made.proposed) {
    ++taken[one.mentor];
    RC_ASSERT(served.insert(one.mentee).second);
    RC_ASSERT(pool.barred.count({one.mentee, one.mentor}) == 0);
    RC_ASSERT(one.rank >= 1);
  }
  for (const Mentor& mentor : pool.mentors) {
    RC_ASSERT(taken[mentor.enrolment] <= std::max(0, mentor.free));
    if (taken[mentor.enrolment] >= mentor.free) continue;
    for (const Mentee& mentee : pool.mentees) {
      if (served.count(mentee.enrolment) > 0) continue;
      RC_ASSERT(!Suits(pool, policy, mentee, mentor));
    }
  }
}

RC_GTEST_PROP(SolutionTest, IsNeverWorseThanTheGreedyEngine, ()) {
  const Pool pool = *testing::AnyPool(12, 8);
  Policy policy = *testing::AnyPolicy();
  policy.limit = 1000;
  policy.shared_slot_required = false;
  policy.objective = Objective::kQuality;
  policy.waiting_bonus = 0;
  policy.candidates = 50;
  const auto greedy = MakeGreedyMatcher(Kilometres)->Propose(pool, policy);
  const auto solution = Solved(pool, policy);
  RC_ASSERT(greedy.ok() && solution != nullptr);
  // A pair is counted in whole points: a half of one may be lost on each.
  const double slack = 1e-4 * static_cast<double>(pool.mentees.size());
  RC_ASSERT(TotalScore(solution->ToProposals()) >= TotalScore(*greedy) - slack);
}

RC_GTEST_PROP(SolutionTest, TheOrderOfRowsAndGeneratedIdsChangeNothing, ()) {
  Pool pool = *testing::AnyPool(9, 6);
  Policy policy = *testing::AnyPolicy();
  policy.objective =
      *rc::gen::element(Objective::kQuality, Objective::kCoverage, Objective::kStable);
  const Pairs before = PairsOf(pool, Solved(pool, policy)->ToProposals());
  std::mt19937 random(*rc::gen::inRange(0U, 1000U));
  std::shuffle(pool.mentees.begin(), pool.mentees.end(), random);
  std::shuffle(pool.mentors.begin(), pool.mentors.end(), random);
  std::map<std::string, std::string> renamed;
  for (Mentee& one : pool.mentees) renamed[one.enrolment] = std::to_string(random());
  for (Mentor& one : pool.mentors) renamed[one.enrolment] = std::to_string(random());
  for (Mentee& one : pool.mentees) one.enrolment = renamed[one.enrolment];
  for (Mentor& one : pool.mentors) one.enrolment = renamed[one.enrolment];
  std::set<std::pair<std::string, std::string>> barred;
  for (const auto& [mentee, mentor] : pool.barred) barred.emplace(renamed[mentee], renamed[mentor]);
  pool.barred = barred;
  RC_ASSERT(PairsOf(pool, Solved(pool, policy)->ToProposals()) == before);
}

Pool TwoForOne() {
  const Profile engineer = {"21231", "54", {"en"}, "A01", {"mon-evening"}};
  Profile cook = engineer;
  cook.noc = "63200";
  Pool pool;
  pool.today = absl::CivilDay(2026, 3, 2);
  pool.mentees = {{"e1", "p1", "k1", cook, pool.today - 30},
                  {"e2", "p2", "k2", engineer, pool.today - 1}};
  pool.mentors = {{"m1", "q1", "n1", engineer, 1}};
  return pool;
}

TEST(SolutionTest, SaysWhoWasOutbidByWhomAndWhatWouldHelp) {
  const auto solution = Solved(TwoForOne(), testing::PolicyOfOttawa());
  const Proposals made = solution->ToProposals();
  ASSERT_EQ(made.proposed.size(), 1u);
  EXPECT_EQ(made.proposed[0].mentee, "e2");
  EXPECT_EQ(made.proposed[0].rank, 1);
  EXPECT_GT(made.proposed[0].contested, 0);
  ASSERT_EQ(made.unmatched.size(), 1u);
  EXPECT_EQ(made.unmatched[0].reason, Reason::kOthersSuitBetter);
  const auto why = solution->WhyNobody("e1", 4);
  ASSERT_TRUE(why.has_value());
  EXPECT_EQ(why->cause, Cause::kOutbid);
  ASSERT_TRUE(why->nearest.has_value());
  EXPECT_EQ(why->nearest->criterion, "occupation");
  EXPECT_GT(why->nearest->short_by, 0);
  ASSERT_FALSE(why->remedies.empty());
  EXPECT_EQ(why->remedies[0].kind, ChangeKind::kPlace);
  EXPECT_FALSE(solution->WhyNobody("e2", 4).has_value());
  EXPECT_FALSE(solution->WhyNobody("nobody", 4).has_value());
  const auto pair = solution->WhyPair("e2", "m1");
  ASSERT_TRUE(pair.has_value());
  EXPECT_EQ(pair->rank, 1);
  EXPECT_EQ(pair->contested, made.proposed[0].contested);
  EXPECT_FALSE(solution->WhyPair("e2", "m9").has_value());
}

TEST(SolutionTest, BeyondTheLimitWhoeverWaitsLongestComesFirst) {
  Pool pool = TwoForOne();
  pool.mentors[0].free = 2;
  Policy policy = testing::PolicyOfOttawa();
  policy.minimum_score = 0;
  policy.limit = 1;
  const Proposals made = Solved(pool, policy)->ToProposals();
  ASSERT_EQ(made.proposed.size(), 1u);
  EXPECT_EQ(made.proposed[0].mentee, "e1");
  EXPECT_EQ(made.unmatched[0].reason, Reason::kLimitReached);
}

TEST(SolutionTest, FiguresTellFairnessAndTheGapOfAStableAnswer) {
  const Pool pool = testing::PoolOfOttawa(60, 30);
  Policy policy = testing::PolicyOfOttawa();
  const RunReport best = Solved(pool, policy)->Figures();
  EXPECT_EQ(best.all.mentees, 60);
  EXPECT_EQ(best.optimality_gap, 0);
  EXPECT_FALSE(best.attributes.empty());
  policy.objective = Objective::kStable;
  const RunReport stable = Solved(pool, policy)->Figures();
  EXPECT_EQ(stable.blocking_pairs, 0);
  EXPECT_GE(stable.optimality_gap, 0);
  EXPECT_GE(best.blocking_pairs, 0);
}

TEST(SolutionTest, WhatAPoolMayNotHoldIsAnError) {
  Pool pool = TwoForOne();
  pool.mentees[1].business_key = pool.mentees[0].business_key;
  EXPECT_EQ(Solution::Of(pool, testing::PolicyOfOttawa(), Kilometres).status().code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace tremplin::matching::engine
