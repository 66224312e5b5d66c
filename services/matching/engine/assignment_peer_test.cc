#include <random>
#include <vector>

#include "gtest/gtest.h"
#include "services/matching/engine/assignment.h"
#include "services/matching/engine/assignment_testing.h"
#include "tests/bench/matching/instance.h"
#include "tests/bench/matching/lemon_peer.h"

// Pools too large to try all assignments, against another solver.
namespace tremplin::matching::engine {
namespace {

using bench::LemonAlgorithm;

// The optimal sum of points, by LEMON.
bench::LemonAnswer LemonPoints(const Graph& graph, LemonAlgorithm algorithm) {
  std::vector<uint32_t> mentor;
  std::vector<int64_t> worth;
  for (const Candidate& candidate : graph.candidates) {
    mentor.push_back(candidate.mentor);
    worth.push_back(candidate.points);
  }
  return bench::SolveWithLemon({graph.mentees(), graph.mentors(), graph.begin.data(), mentor.data(),
                                worth.data(), graph.capacity.data()},
                               algorithm);
}

void ExpectAsLemon(const Graph& graph) {
  ASSERT_EQ(GraphFault(graph), "");
  Assignment assignment(graph);
  assignment.Solve();
  const Certificate proof = Check(graph.View(), Objective::kQuality, assignment.claim());
  ASSERT_TRUE(proof.ok) << proof.fault;
  for (const auto algorithm : {LemonAlgorithm::kNetworkSimplex, LemonAlgorithm::kCostScaling}) {
    const bench::LemonAnswer lemon = LemonPoints(graph, algorithm);
    ASSERT_TRUE(lemon.optimal);
    ASSERT_EQ(assignment.total().points, lemon.value);
  }
}

TEST(AssignmentPeerTest, RandomPoolsHaveTheValueThatLemonFinds) {
  std::mt19937 random(8);
  for (int round = 0; round < 60; ++round) {
    ExpectAsLemon(RandomPool({150, 100, 3, 1 + round * 10, 5 + round % 20}, random).ToGraph());
    if (HasFatalFailure()) FAIL() << "round " << round;
  }
}

TEST(AssignmentPeerTest, StructuredPoolsHaveTheValueThatLemonFinds) {
  for (const uint64_t seed : {1U, 2U, 3U}) {
    bench::Instance instance(600, 400, seed, 20);
    ExpectAsLemon(instance.MakeGraph());
    if (HasFatalFailure()) FAIL() << "seed " << seed;
  }
}

}  // namespace
}  // namespace tremplin::matching::engine
