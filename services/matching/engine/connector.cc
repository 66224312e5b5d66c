#include "services/matching/engine/connector.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <optional>
#include <utility>

namespace tremplin::matching::engine {
namespace {

// Connectors who suit a chain and were not met in it, best first.
std::vector<Scored> NotMet(const CandidateIndex& index, const Chain& chain) {
  Search search;
  search.limit = static_cast<int>(std::max<Index>(index.mentors(), 1));
  search.full_too = true;
  std::vector<Scored> row = index.Row(chain.seeker, search);
  std::erase_if(row, [&](const Scored& one) {
    return std::find(chain.met.begin(), chain.met.end(), one.other) != chain.met.end();
  });
  return row;
}

// The position in `row` of who is best after the load is taken off.
std::optional<size_t> BestNow(const std::vector<Scored>& row, const ConnectorRules& rules,
                              const std::vector<int>& open) {
  std::optional<size_t> best;
  int best_points = 0;
  for (size_t i = 0; i < row.size(); ++i) {
    // The row falls: nobody further on can have more, even unasked.
    if (best.has_value() && row[i].points <= best_points) break;
    const int load = open[row[i].other];
    if (load >= rules.most_open) continue;
    const int points = row[i].points - rules.points_per_open * load;
    if (best.has_value() && points <= best_points) continue;
    best = i;
    best_points = points;
  }
  return best;
}

}  // namespace

std::vector<std::vector<Introduction>> NextIntroductions(const CandidateIndex& index,
                                                         const std::vector<Chain>& chains,
                                                         const ConnectorRules& rules,
                                                         std::vector<int>* open) {
  std::vector<size_t> order(chains.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    const Index one = chains[a].seeker;
    const Index other = chains[b].seeker;
    return std::pair(index.mentee(one).since_day, one) <
           std::pair(index.mentee(other).since_day, other);
  });
  std::vector<std::vector<Scored>> rows;
  rows.reserve(chains.size());
  for (const Chain& chain : chains) rows.push_back(NotMet(index, chain));
  std::vector<std::vector<Introduction>> made(chains.size());
  for (int turn = 0; turn < rules.introductions; ++turn) {
    for (const size_t at : order) {
      if (turn >= chains[at].most) continue;
      const std::optional<size_t> best = BestNow(rows[at], rules, *open);
      if (!best.has_value()) continue;
      const Scored chosen = rows[at][*best];
      made[at].push_back({chosen.other, chosen.points});
      ++(*open)[chosen.other];
      rows[at].erase(rows[at].begin() + static_cast<std::ptrdiff_t>(*best));
    }
  }
  return made;
}

}  // namespace tremplin::matching::engine
