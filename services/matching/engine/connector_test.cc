#include "services/matching/engine/connector.h"

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "gtest/gtest.h"
#include "rapidcheck/gtest.h"
#include "services/matching/engine/testing/pools.h"

namespace tremplin::matching::engine {
namespace {

using testing::Kilometres;

RC_GTEST_PROP(ConnectorTest, NobodyIsMetTwiceAndNobodyAskedTooOften, ()) {
  const Pool pool = *testing::AnyPool(12, 9);
  const Policy policy = *testing::AnyPolicy();
  const CandidateIndex index = *CandidateIndex::Build(pool, policy, Kilometres);
  ConnectorRules rules;
  rules.introductions = *rc::gen::inRange(1, 5);
  rules.most_open = *rc::gen::inRange(1, 6);
  std::vector<Chain> chains;
  for (Index seeker = 0; seeker < 12; ++seeker) {
    chains.push_back({seeker, *rc::gen::container<std::vector<Index>>(rc::gen::inRange(0u, 9u))});
  }
  std::vector<int> open(9, 0);
  open[*rc::gen::inRange<size_t>(0, 9)] = 1;
  const std::vector<int> before = open;
  const auto made = NextIntroductions(index, chains, rules, &open);
  std::vector<int> asked = before;
  for (size_t i = 0; i < chains.size(); ++i) {
    std::set<Index> met(chains[i].met.begin(), chains[i].met.end());
    RC_ASSERT(made[i].size() <= static_cast<size_t>(rules.introductions));
    for (const Introduction& one : made[i]) {
      RC_ASSERT(met.insert(one.connector).second);
      RC_ASSERT(!index.Barred(chains[i].seeker, one.connector));
      RC_ASSERT(one.points == index.Points(chains[i].seeker, one.connector));
      RC_ASSERT(one.points >= index.least_points());
      ++asked[one.connector];
    }
  }
  RC_ASSERT(asked == open);
  RC_ASSERT(*std::max_element(open.begin(), open.end()) <= rules.most_open);
  // Who got fewer than they could has no free connector left who suits.
  for (size_t i = 0; i < chains.size(); ++i) {
    if (made[i].size() == static_cast<size_t>(rules.introductions)) continue;
    Search all;
    all.limit = 9;
    all.full_too = true;
    for (const Scored& one : index.Row(chains[i].seeker, all)) {
      const bool was_met =
          std::find(chains[i].met.begin(), chains[i].met.end(), one.other) != chains[i].met.end();
      const bool is_made = std::any_of(made[i].begin(), made[i].end(), [&](const Introduction& of) {
        return of.connector == one.other;
      });
      RC_ASSERT(was_met || is_made || open[one.other] >= rules.most_open);
    }
  }
}

RC_GTEST_PROP(ConnectorTest, TheOrderOfTheChainsChangesNothing, ()) {
  const Pool pool = *testing::AnyPool(10, 8);
  const CandidateIndex index = *CandidateIndex::Build(pool, *testing::AnyPolicy(), Kilometres);
  std::vector<Chain> chains;
  for (Index seeker = 0; seeker < 10; ++seeker) chains.push_back({seeker, {seeker % 8}});
  std::vector<int> open(8, 0);
  auto made = NextIntroductions(index, chains, {}, &open);
  std::reverse(chains.begin(), chains.end());
  std::vector<int> again(8, 0);
  const auto reversed = NextIntroductions(index, chains, {}, &again);
  std::reverse(made.begin(), made.end());
  RC_ASSERT(made == reversed);
  RC_ASSERT(open == again);
}

TEST(ConnectorTest, TheLoadIsSpreadOverThoseWhoSuitAlike) {
  Pool pool = testing::PoolOfOttawa(12, 12);
  for (Mentor& mentor : pool.mentors) mentor.profile = pool.mentors[0].profile;
  for (Mentee& mentee : pool.mentees) mentee.profile = pool.mentors[0].profile;
  const CandidateIndex index = *CandidateIndex::Build(pool, testing::PolicyOfOttawa(), Kilometres);
  std::vector<Chain> chains;
  for (Index seeker = 0; seeker < 12; ++seeker) chains.push_back({seeker, {}});
  std::vector<int> open(12, 0);
  ConnectorRules rules;
  rules.most_open = 100;
  for (const auto& one : NextIntroductions(index, chains, rules, &open)) EXPECT_EQ(one.size(), 3u);
  for (const int load : open) EXPECT_NEAR(load, 3, 1);
}

TEST(ConnectorTest, AChainGoesOnToThoseNotYetMet) {
  Pool pool = testing::PoolOfOttawa(1, 8);
  Policy policy = testing::PolicyOfOttawa();
  policy.minimum_score = 0;
  policy.shared_language_required = false;
  const CandidateIndex index = *CandidateIndex::Build(pool, policy, Kilometres);
  Chain chain;
  std::vector<int> open(8, 0);
  std::vector<size_t> sizes;
  for (int step = 0; step < 4; ++step) {
    const auto made = NextIntroductions(index, {chain}, {}, &open)[0];
    sizes.push_back(made.size());
    for (const Introduction& one : made) {
      chain.met.push_back(one.connector);
      --open[one.connector];  // the meeting was held
    }
  }
  EXPECT_EQ(sizes, (std::vector<size_t>{3, 3, 2, 0}));
  EXPECT_EQ(std::set<Index>(chain.met.begin(), chain.met.end()).size(), 8u);
}

}  // namespace
}  // namespace tremplin::matching::engine
