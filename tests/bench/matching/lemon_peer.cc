#include "tests/bench/matching/lemon_peer.h"

#include <lemon/cost_scaling.h>
#include <lemon/network_simplex.h>
#include <lemon/static_graph.h>

#include <algorithm>
#include <ctime>
#include <utility>
#include <vector>

namespace tremplin::bench {
namespace {

using Graph = lemon::StaticDigraph;
// Processor time, for the same reason as in the benchmark's own figures.
double Now() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

// Nodes: mentees, mentors, and one more which is source and sink. Arcs, in LEMON's order by source:
// mentee to each candidate and to the last node (who stays alone), mentor to the last node.
struct Arcs {
  std::vector<std::pair<int, int>> ends;
  std::vector<int64_t> upper;
  std::vector<int64_t> cost;

  void Add(size_t from, size_t to, int64_t most, int64_t costs) {
    ends.emplace_back(static_cast<int>(from), static_cast<int>(to));
    upper.push_back(most);
    cost.push_back(costs);
  }
};

Arcs MakeArcs(const LemonProblem& problem) {
  Arcs arcs;
  const size_t last = problem.mentees + problem.mentors;
  for (size_t i = 0; i < problem.mentees; ++i) {
    for (uint32_t at = problem.begin[i]; at < problem.begin[i + 1]; ++at) {
      arcs.Add(i, problem.mentees + problem.mentor[at], 1, -problem.worth[at]);
    }
    arcs.Add(i, last, 1, 0);
  }
  for (size_t j = 0; j < problem.mentors; ++j) {
    arcs.Add(problem.mentees + j, last, problem.capacity[j], 0);
  }
  return arcs;
}

template <typename Algorithm>
LemonAnswer Solve(const LemonProblem& problem) {
  LemonAnswer answer{false, 0, 0, 0};
  double start = Now();
  const size_t nodes = problem.mentees + problem.mentors + 1;
  const Arcs arcs = MakeArcs(problem);
  Graph graph;
  graph.build(static_cast<int>(nodes), arcs.ends.begin(), arcs.ends.end());
  Graph::ArcMap<int64_t> upper(graph);
  Graph::ArcMap<int64_t> cost(graph);
  for (int arc = 0; arc < graph.arcNum(); ++arc) {
    upper[graph.arc(arc)] = arcs.upper[static_cast<size_t>(arc)];
    cost[graph.arc(arc)] = arcs.cost[static_cast<size_t>(arc)];
  }
  Graph::NodeMap<int64_t> supply(graph, 0);
  for (size_t i = 0; i < problem.mentees; ++i) supply[graph.node(static_cast<int>(i))] = 1;
  supply[graph.node(static_cast<int>(nodes - 1))] = -static_cast<int64_t>(problem.mentees);
  Algorithm algorithm(graph);
  algorithm.upperMap(upper).costMap(cost).supplyMap(supply);
  answer.build_seconds = Now() - start;
  start = Now();
  answer.optimal = algorithm.run() == Algorithm::OPTIMAL;
  answer.solve_seconds = Now() - start;
  answer.value = -static_cast<int64_t>(algorithm.totalCost());
  return answer;
}

}  // namespace

LemonAnswer SolveWithLemon(const LemonProblem& problem, LemonAlgorithm algorithm) {
  if (problem.mentees == 0) return {true, 0, 0, 0};
  switch (algorithm) {
    case LemonAlgorithm::kNetworkSimplex:
      return Solve<lemon::NetworkSimplex<Graph, int64_t, int64_t>>(problem);
    case LemonAlgorithm::kCostScaling:
      return Solve<lemon::CostScaling<Graph, int64_t, int64_t>>(problem);
  }
  return {false, 0, 0, 0};
}

}  // namespace tremplin::bench
