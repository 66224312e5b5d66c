#include "services/matching/engine/assignment_testing.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace tremplin::matching::engine {
namespace {

// The best sum over all assignments of what `gain` says of a pair. A state is how many places of
// each mentor are taken, as digits of a number.
template <typename Sum, typename Gain>
Sum Best(const Graph& graph, const Gain& gain) {
  std::vector<size_t> digit = {1};
  for (const int32_t capacity : graph.capacity) {
    digit.push_back(digit.back() * (static_cast<size_t>(capacity) + 1));
  }
  std::vector<std::pair<bool, Sum>> best(digit.back());
  best[0].first = true;
  for (Index i = 0; i < graph.mentees(); ++i) {
    std::vector<std::pair<bool, Sum>> next = best;
    for (size_t state = 0; state < best.size(); ++state) {
      if (!best[state].first) continue;
      for (uint32_t at = graph.begin[i]; at < graph.begin[i + 1]; ++at) {
        const Index j = graph.candidates[at].mentor;
        const auto taken = state / digit[j] % (static_cast<size_t>(graph.capacity[j]) + 1);
        if (static_cast<int32_t>(taken) >= graph.capacity[j]) continue;
        const Sum sum = best[state].second + gain(i, graph.candidates[at].points);
        auto& target = next[state + digit[j]];
        if (!target.first || sum > target.second) target = {true, sum};
      }
    }
    best = std::move(next);
  }
  Sum most{};
  for (const auto& [reached, sum] : best) {
    if (reached && sum > most) most = sum;
  }
  return most;
}

}  // namespace

Graph PlainPool::ToGraph() const {
  Graph graph;
  for (const auto& row : rows) {
    for (const auto& [mentor, points] : row) graph.candidates.push_back({mentor, points});
    graph.begin.push_back(static_cast<uint32_t>(graph.candidates.size()));
  }
  graph.priority = priority;
  graph.capacity = capacity;
  return graph;
}

PlainPool RandomPool(const Shape& shape, std::mt19937& random) {
  const auto below = [&](int end) {
    return static_cast<int>(random() % static_cast<uint32_t>(end));
  };
  PlainPool pool;
  pool.rows.resize(static_cast<size_t>(below(shape.mentees + 1)));
  pool.capacity.resize(static_cast<size_t>(below(shape.mentors + 1)));
  for (int32_t& capacity : pool.capacity) capacity = below(shape.max_capacity + 1);
  for (auto& row : pool.rows) {
    for (Index j = 0; j < pool.capacity.size(); ++j) {
      if (below(100) < shape.percent_possible) row[j] = 1 + below(shape.max_points);
    }
  }
  pool.priority.resize(pool.rows.size());
  std::iota(pool.priority.begin(), pool.priority.end(), 1);
  std::shuffle(pool.priority.begin(), pool.priority.end(), random);
  return pool;
}

Value BestByTryingAll(const Graph& graph, Objective objective) {
  return Best<Value>(graph, [&](Index mentee, Points points) {
    return Value{WorthOf(objective, points, graph.priority[mentee])};
  });
}

BestPoints BestPointsByTryingAll(const Graph& graph, Objective objective) {
  // 2^32 is far above the points of a small pool.
  constexpr int64_t kPair = int64_t{1} << 32;
  const int64_t pair = objective == Objective::kCoverage ? kPair : 0;
  const auto best = Best<int64_t>(graph, [&](Index, Points points) { return pair + points; });
  return {best / kPair, best % kPair};
}

}  // namespace tremplin::matching::engine
