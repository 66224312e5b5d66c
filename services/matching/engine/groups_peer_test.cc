#include "services/matching/engine/groups_peer.h"

#include <algorithm>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "rapidcheck/gtest.h"
#include "services/matching/engine/testing/pools.h"

namespace tremplin::matching::engine {
namespace {

using testing::Kilometres;

// The most that pairs of people from `first` on can have, a point more for each pair.
int BestOf(const std::vector<std::vector<int>>& points, std::vector<bool>* taken, size_t first) {
  while (first < points.size() && (*taken)[first]) ++first;
  if (first == points.size()) return 0;
  (*taken)[first] = true;
  int best = BestOf(points, taken, first + 1);
  for (size_t other = first + 1; other < points.size(); ++other) {
    if ((*taken)[other] || points[first][other] < 0) continue;
    (*taken)[other] = true;
    best = std::max(best, points[first][other] + 1 + BestOf(points, taken, first + 1));
    (*taken)[other] = false;
  }
  (*taken)[first] = false;
  return best;
}

// Points of every possible pair, by the scores of codes; -1 where a rule forbids it.
int ByCodes(const Pool& pool, const Policy& policy, size_t a, size_t b) {
  const Mentee& one = pool.mentees[a];
  const Mentee& other = pool.mentees[b];
  Pool two = pool;
  two.mentees = {one, other};
  two.mentors.clear();
  const Peers peers = *MatchPeers(two, policy, Kilometres);
  return peers.pairs.empty() ? -1 : peers.pairs[0].points;
}

int SumOf(const Peers& peers) {
  int sum = 0;
  for (const PeerPair& pair : peers.pairs) sum += pair.points + 1;
  return sum;
}

RC_GTEST_PROP(PeersTest, FewAreBestPaired, ()) {
  const Pool pool = *testing::AnyPool(7, 1);
  const Policy policy = *testing::AnyPolicy();
  std::vector<std::vector<int>> points(7, std::vector<int>(7, -1));
  for (size_t a = 0; a < 7; ++a) {
    for (size_t b = a + 1; b < 7; ++b) points[a][b] = ByCodes(pool, policy, a, b);
  }
  std::vector<bool> taken(7);
  const Peers peers = *MatchPeers(pool, policy, Kilometres);
  RC_ASSERT(peers.exact);
  RC_ASSERT(SumOf(peers) == BestOf(points, &taken, 0));
}

RC_GTEST_PROP(PeersTest, EverybodyIsThereOnceAndNoRuleIsBroken, ()) {
  Pool pool = *testing::AnyPool(*rc::gen::inRange(2, 60), 1);
  const Policy policy = *testing::AnyPolicy();
  pool.barred.insert({pool.mentees[0].enrolment, pool.mentees[1].enrolment});
  const Peers peers = *MatchPeers(pool, policy, Kilometres);
  std::vector<int> times(pool.mentees.size());
  for (const size_t one : peers.alone) ++times[one];
  for (const PeerPair& pair : peers.pairs) {
    ++times[pair.one];
    ++times[pair.other];
    const Mentee& one = pool.mentees[pair.one];
    const Mentee& other = pool.mentees[pair.other];
    RC_ASSERT(one.business_key < other.business_key);
    RC_ASSERT(!policy.shared_language_required || ShareLanguage(one.profile, other.profile));
    RC_ASSERT(pool.barred.count({one.enrolment, other.enrolment}) == 0u);
    RC_ASSERT(pool.barred.count({other.enrolment, one.enrolment}) == 0u);
    RC_ASSERT(pair.points >= policy.minimum_score * 10000 - 1);
  }
  RC_ASSERT(std::all_of(times.begin(), times.end(), [](int count) { return count == 1; }));
}

RC_GTEST_PROP(PeersTest, TheOrderOfThePoolChangesNothing, ()) {
  Pool pool = *testing::AnyPool(30, 1);
  const Policy policy = *testing::AnyPolicy();
  const auto named = [&](const Peers& peers) {
    std::vector<std::pair<std::string, std::string>> names;
    for (const PeerPair& pair : peers.pairs) {
      names.emplace_back(pool.mentees[pair.one].business_key,
                         pool.mentees[pair.other].business_key);
    }
    return names;
  };
  const auto before = named(*MatchPeers(pool, policy, Kilometres));
  std::reverse(pool.mentees.begin(), pool.mentees.end());
  RC_ASSERT(named(*MatchPeers(pool, policy, Kilometres)) == before);
}

TEST(PeersTest, ExchangesMendWhatGreedSpoils) {
  // Four in a row, 20 km apart but 18 in the middle: greed pairs the middle and leaves the ends,
  // who are too far from each other.
  const auto at = [](const std::string& key, const char* area) {
    return Mentee{"e" + key,
                  "p" + key,
                  key,
                  {"21231", "541", {"en"}, area, {"mon-evening"}},
                  absl::CivilDay(2026, 1, 1)};
  };
  Pool pool;
  pool.today = absl::CivilDay(2026, 3, 2);
  for (int i = 0; i < 5; ++i) {
    // Five such rows, each in a language of its own, so that there are too many for the exact way.
    for (const char* area : {"K10", "K30", "K48", "K68"}) {
      Mentee one = at(std::to_string(i) + area, area);
      one.profile.languages = {"l" + std::to_string(i)};
      pool.mentees.push_back(one);
    }
  }
  Policy policy;
  policy.weights = {{"proximity", 1}};
  policy.minimum_score = 0.7;
  policy.shared_language_required = true;
  const Peers peers = *MatchPeers(pool, policy, Kilometres);
  EXPECT_FALSE(peers.exact);
  EXPECT_TRUE(peers.alone.empty());
  EXPECT_EQ(peers.pairs.size(), 10u);
}

}  // namespace
}  // namespace tremplin::matching::engine
