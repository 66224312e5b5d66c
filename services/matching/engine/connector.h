#ifndef TREMPLIN_SERVICES_MATCHING_ENGINE_CONNECTOR_H_
#define TREMPLIN_SERVICES_MATCHING_ENGINE_CONNECTOR_H_

#include <limits>
#include <vector>

#include "services/matching/engine/candidates.h"
#include "services/matching/engine/graph.h"

// Connector meetings: a person meets somebody of their field once, who leads them on to the next.
// Whom to meet next, so that nobody is met twice in a chain and the asking is spread over all who
// offered it.
namespace tremplin::matching::engine {

struct ConnectorRules {
  int introductions = 3;      // for a person at once
  int most_open = 3;          // introductions a connector has at once, 0 or more
  int points_per_open = 400;  // what each open introduction of a connector costs, in points
};

// One person's way so far.
struct Chain {
  Index seeker = 0;
  std::vector<Index> met;  // connectors met, asked or refused in this chain, in any order
  // No more than these, however many the rules allow: of who has some open already. 0 or less: none.
  int most = std::numeric_limits<int>::max();
};

struct Introduction {
  Index connector = 0;
  int points = 0;  // of the pair, without what is taken off for load

  friend bool operator==(const Introduction&, const Introduction&) = default;
};

// For each chain up to `introductions` connectors, best first, each different from the chain's
// `met` and from each other. `open` counts each connector's open introductions and grows by those
// made. Given in turns, those who wait longest first in each (then by business key), so that nobody
// has a third while another who could have had it has none; in a turn each takes who has the most
// points after points_per_open · open is taken off, ties by business key. Mentors of the index are
// the connectors; whether they have a place as mentors does not matter. Fewer where fewer suit or
// are not at most_open. The order of `chains` changes nothing as long as no seeker has two.
// O(chains · connectors · log connectors).
std::vector<std::vector<Introduction>> NextIntroductions(const CandidateIndex& index,
                                                         const std::vector<Chain>& chains,
                                                         const ConnectorRules& rules,
                                                         std::vector<int>* open);

}  // namespace tremplin::matching::engine

#endif  // TREMPLIN_SERVICES_MATCHING_ENGINE_CONNECTOR_H_
