#include "services/matching/engine/stable.h"

#include <algorithm>
#include <random>
#include <vector>

#include "gtest/gtest.h"
#include "services/matching/engine/assignment.h"
#include "services/matching/engine/assignment_testing.h"

namespace tremplin::matching::engine {
namespace {

std::vector<Points> RandomOpinions(const Graph& graph, std::mt19937& random) {
  std::vector<Points> opinions;
  for (size_t at = 0; at < graph.candidates.size(); ++at) {
    opinions.push_back(static_cast<Points>(random() % 4));
  }
  return opinions;
}

// How much mentee i likes what they have: the greater, the better; 0 is nobody.
int64_t Liking(const Graph& graph, Index i, Index mentor) {
  if (mentor == kNobody) return 0;
  for (uint32_t at = graph.begin[i]; at < graph.begin[i + 1]; ++at) {
    if (graph.candidates[at].mentor == mentor) {
      return int64_t{graph.candidates[at].points} * 1000 - mentor;
    }
  }
  return -1;  // not possible
}

// By the definition, one pair after the other; quadratic, and shares no code with the counter.
int64_t BlockingByDefinition(const Graph& graph, const std::vector<Points>& opinions,
                             const std::vector<Index>& assigned) {
  const auto rank = [&](Index i, uint32_t at) {
    return (int64_t{opinions[at]} << 40) + (int64_t{graph.priority[i]} << 10) - i;
  };
  int64_t count = 0;
  for (Index i = 0; i < graph.mentees(); ++i) {
    for (uint32_t at = graph.begin[i]; at < graph.begin[i + 1]; ++at) {
      const Index j = graph.candidates[at].mentor;
      if (Liking(graph, i, j) <= Liking(graph, i, assigned[i])) continue;
      int32_t better = 0;  // mentees of j whom j would not give up for i
      for (Index other = 0; other < graph.mentees(); ++other) {
        if (assigned[other] != j) continue;
        for (uint32_t o = graph.begin[other]; o < graph.begin[other + 1]; ++o) {
          if (graph.candidates[o].mentor == j && rank(other, o) > rank(i, at)) ++better;
        }
      }
      if (better < graph.capacity[j]) ++count;
    }
  }
  return count;
}

// Every assignment that keeps capacities, one after the other.
template <typename Visit>
void ForEachAssignment(const Graph& graph, Index i, std::vector<int32_t>* places,
                       std::vector<Index>* assigned, const Visit& visit) {
  if (i == graph.mentees()) {
    visit(*assigned);
    return;
  }
  (*assigned)[i] = kNobody;
  ForEachAssignment(graph, i + 1, places, assigned, visit);
  for (uint32_t at = graph.begin[i]; at < graph.begin[i + 1]; ++at) {
    const Index j = graph.candidates[at].mentor;
    if ((*places)[j] == 0) continue;
    --(*places)[j];
    (*assigned)[i] = j;
    ForEachAssignment(graph, i + 1, places, assigned, visit);
    (*assigned)[i] = kNobody;
    ++(*places)[j];
  }
}

TEST(StableTest, NoMenteeCanHaveMoreInAnyStableAssignment) {
  std::mt19937 random(1);
  int stable_seen = 0;
  for (int round = 0; round < 1500; ++round) {
    const Graph graph = RandomPool({4, 4, 2, 3, 90}, random).ToGraph();
    const std::vector<Points> opinions = RandomOpinions(graph, random);
    const Preferences preferences{graph.View(), opinions};
    const std::vector<Index> best = SolveStable(preferences);
    ASSERT_EQ(BlockingByDefinition(graph, opinions, best), 0) << round;
    std::vector<int32_t> places = graph.capacity;
    std::vector<Index> assigned(graph.mentees(), kNobody);
    ForEachAssignment(graph, 0, &places, &assigned, [&](const std::vector<Index>& other) {
      const int64_t blocking = BlockingByDefinition(graph, opinions, other);
      ASSERT_EQ(CountBlockingPairs(preferences, other), blocking) << round;
      if (blocking > 0) return;
      ++stable_seen;
      for (Index i = 0; i < graph.mentees(); ++i) {
        ASSERT_GE(Liking(graph, i, best[i]), Liking(graph, i, other[i])) << round;
      }
    });
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(stable_seen, 1500);  // some have several
}

TEST(StableTest, LargerPoolsHaveNoBlockingPairAndKeepCapacity) {
  std::mt19937 random(2);
  for (int round = 0; round < 100; ++round) {
    Graph graph = RandomPool({60, 40, 3, 5, 30}, random).ToGraph();
    const std::vector<Points> opinions = RandomOpinions(graph, random);
    const std::vector<Index> assigned = SolveStable({graph.View(), opinions});
    ASSERT_EQ(BlockingByDefinition(graph, opinions, assigned), 0);
    std::vector<int32_t> taken(graph.mentors(), 0);
    for (Index i = 0; i < graph.mentees(); ++i) {
      ASSERT_GE(Liking(graph, i, assigned[i]), 0);
      if (assigned[i] != kNobody) ++taken[assigned[i]];
    }
    for (Index j = 0; j < graph.mentors(); ++j) ASSERT_LE(taken[j], graph.capacity[j]);
  }
}

TEST(StableTest, TheOptimumMayLeaveBlockingPairsAndTheyAreCounted) {
  // Both want mentor 0, who wants mentee 0; the sum is greater the other way about.
  const Graph graph{{0, 2, 3}, {{0, 10}, {1, 9}, {0, 8}}, {2, 1}, {1, 1}};
  const std::vector<Points> opinions = {5, 1, 4};
  const Preferences preferences{graph.View(), opinions};
  EXPECT_EQ(SolveStable(preferences), (std::vector<Index>{0, kNobody}));
  Assignment optimum(graph);
  optimum.Solve();
  EXPECT_EQ(CountBlockingPairs(preferences, optimum.assigned()), 1);
  EXPECT_EQ(CountBlockingMentees(preferences, optimum.assigned()), 1);
  const std::vector<Index> nobody = {kNobody, kNobody};
  EXPECT_EQ(CountBlockingPairs(preferences, nobody), 3);
  EXPECT_EQ(CountBlockingMentees(preferences, nobody), 2);
}

}  // namespace
}  // namespace tremplin::matching::engine
