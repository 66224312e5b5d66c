#include "services/matching/engine/canonical.h"

#include <algorithm>
#include <numeric>
#include <random>
#include <vector>

#include "gtest/gtest.h"
#include "services/matching/engine/assignment.h"
#include "services/matching/engine/assignment_testing.h"

namespace tremplin::matching::engine {
namespace {

// The first of all optima, by trying every assignment: mentees in the order of priority, nobody
// being worse than any mentor.
class FirstOptimum {
 public:
  FirstOptimum(const Graph& graph, Objective objective, const std::vector<uint32_t>& rank)
      : graph_(graph), objective_(objective), rank_(rank), left_(graph.capacity) {
    order_.resize(graph.mentees());
    std::iota(order_.begin(), order_.end(), Index{0});
    std::sort(order_.begin(), order_.end(),
              [&](Index a, Index b) { return graph.priority[a] > graph.priority[b]; });
    now_.assign(graph.mentees(), kNobody);
    Try(0, 0);
  }

  const std::vector<Index>& found() const { return found_; }

 private:
  void Try(size_t at, Value value) {
    if (at == order_.size()) {
      if (value < most_ || (value == most_ && !ComesFirst())) return;
      most_ = value;
      found_ = now_;
      return;
    }
    const Index mentee = order_[at];
    Try(at + 1, value);
    for (uint32_t i = graph_.begin[mentee]; i < graph_.begin[mentee + 1]; ++i) {
      const Candidate& candidate = graph_.candidates[i];
      if (left_[candidate.mentor] == 0) continue;
      --left_[candidate.mentor];
      now_[mentee] = candidate.mentor;
      Try(at + 1, value + WorthOf(objective_, candidate.points, graph_.priority[mentee]));
      now_[mentee] = kNobody;
      ++left_[candidate.mentor];
    }
  }

  bool ComesFirst() const {
    const auto rank = [&](Index mentor) { return mentor == kNobody ? kNobody : rank_[mentor]; };
    for (const Index mentee : order_) {
      if (now_[mentee] != found_[mentee]) return rank(now_[mentee]) < rank(found_[mentee]);
    }
    return false;
  }

  const Graph& graph_;
  Objective objective_;
  const std::vector<uint32_t>& rank_;
  std::vector<int32_t> left_;
  std::vector<Index> order_;
  std::vector<Index> now_;
  std::vector<Index> found_;
  Value most_ = -1;
};

std::vector<Index> Assigned(const Assignment& assignment) {
  return {assignment.assigned().begin(), assignment.assigned().end()};
}

std::vector<uint32_t> RandomRank(size_t mentors, std::mt19937* random) {
  std::vector<uint32_t> rank(mentors);
  std::iota(rank.begin(), rank.end(), 0u);
  std::shuffle(rank.begin(), rank.end(), *random);
  return rank;
}

constexpr Objective kObjectives[] = {Objective::kQuality, Objective::kCoverage};

TEST(CanonicalTest, IsTheFirstOfAllOptimaOfRandomGraphsFullOfTies) {
  std::mt19937 random(7);
  int moved = 0;
  for (int round = 0; round < 6000; ++round) {
    const Shape shape{6, 5, 1 + round % 3, 1 + round % 3, 40 + 10 * (round % 7)};
    const Graph graph = RandomPool(shape, random).ToGraph();
    const std::vector<uint32_t> rank = RandomRank(graph.mentors(), &random);
    for (const Objective objective : kObjectives) {
      Assignment assignment(graph, objective);
      assignment.Solve();
      moved += assignment.Canonicalize(rank).empty() ? 0 : 1;
      ASSERT_TRUE(Check(graph.View(), objective, assignment.claim()).ok) << round;
      ASSERT_EQ(Assigned(assignment), FirstOptimum(graph, objective, rank).found()) << round;
    }
  }
  EXPECT_GT(moved, 1000);
}

// One of the changes that there are, of the assignment and of the plain pool.
void ChangeAtRandom(std::mt19937* random, PlainPool* pool, Assignment* assignment) {
  const auto below = [&](size_t end) { return static_cast<Index>((*random)() % end); };
  const Index mentee = below(pool->rows.size());
  const Index mentor = below(pool->capacity.size());
  switch (below(4)) {
    case 0: {
      const auto capacity = static_cast<int32_t>(below(3));
      assignment->SetCapacity(mentor, capacity);
      pool->capacity[mentor] = capacity;
      return;
    }
    case 1:
      assignment->Bar(mentee, mentor);
      pool->rows[mentee].erase(mentor);
      return;
    case 2: {
      const auto points = static_cast<Points>(1 + below(2));
      assignment->SetPoints(mentee, mentor, points);
      pool->rows[mentee][mentor] = points;
      return;
    }
    default:
      assignment->WhatIfPlaces(mentor, 1);
      assignment->RemoveMentee(mentee);
      pool->rows[mentee].clear();
      return;
  }
}

TEST(CanonicalTest, FollowsChangesFromWhereverTheyLead) {
  std::mt19937 random(8);
  for (int round = 0; round < 1500; ++round) {
    PlainPool pool = RandomPool({6, 5, 2, 2, 70}, random);
    if (pool.rows.empty() || pool.capacity.empty()) continue;
    const std::vector<uint32_t> rank = RandomRank(pool.capacity.size(), &random);
    Assignment assignment(pool.ToGraph(), kObjectives[round % 2]);
    assignment.Solve();
    for (int change = 0; change < 12; ++change) {
      ChangeAtRandom(&random, &pool, &assignment);
      if (random() % 3 == 0) continue;  // several changes before it is asked for
      assignment.Canonicalize(rank);
      const Graph graph = pool.ToGraph();
      ASSERT_TRUE(Check(graph.View(), assignment.objective(), assignment.claim()).ok);
      ASSERT_EQ(Assigned(assignment), FirstOptimum(graph, assignment.objective(), rank).found())
          << round << " " << change;
    }
  }
}

TEST(CanonicalTest, OfLargerGraphsItFollowsFromTheGraphWhateverTheHistory) {
  std::mt19937 random(9);
  for (int round = 0; round < 60; ++round) {
    PlainPool pool = RandomPool({120, 80, 3, 3, 10}, random);
    if (pool.rows.empty() || pool.capacity.empty()) continue;
    Assignment assignment(pool.ToGraph());
    assignment.Solve();
    for (int change = 0; change < 60; ++change) {
      ChangeAtRandom(&random, &pool, &assignment);
      assignment.Canonicalize();
      Assignment scratch(pool.ToGraph());
      scratch.Solve();
      scratch.Canonicalize();
      ASSERT_EQ(Assigned(assignment), Assigned(scratch)) << round << " " << change;
    }
  }
}

TEST(CanonicalTest, APlaceThatCostsNothingIsLeftForAnotherOfTheSameKind) {
  // Both mentors are worth the same to both mentees and each has two places: the first has both.
  const Graph graph{{0, 2, 4}, {{0, 5}, {1, 5}, {0, 5}, {1, 5}}, {2, 1}, {2, 2}};
  Assignment assignment(graph);
  assignment.Solve();
  assignment.Canonicalize();
  EXPECT_EQ(Assigned(assignment), (std::vector<Index>{0, 0}));
}

}  // namespace
}  // namespace tremplin::matching::engine
