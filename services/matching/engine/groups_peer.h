#ifndef TREMPLIN_SERVICES_MATCHING_ENGINE_GROUPS_PEER_H_
#define TREMPLIN_SERVICES_MATCHING_ENGINE_GROUPS_PEER_H_

#include <cstddef>
#include <vector>

#include "absl/status/statusor.h"
#include "services/matching/engine/matcher.h"
#include "services/matching/engine/score.h"

// Peers: pairs within one population, each person in one pair at most.
namespace tremplin::matching::engine {

struct PeerPair {
  size_t one = 0;  // positions in the pool's mentees; `one` has the lesser business key
  size_t other = 0;
  int points = 0;  // 0–10,000: the mean of both directions' scores

  friend bool operator==(const PeerPair&, const PeerPair&) = default;
};

struct Peers {
  std::vector<PeerPair> pairs;  // by business key of `one`
  std::vector<size_t> alone;    // by business key
  bool exact = false;           // no other pairing has more points
};

// Up to this many people the pairing is exact.
inline constexpr size_t kExactPeers = 16;

// Pairs the pool's mentees with each other for the most points in sum. A pair is possible when the
// policy's hard rules and least score allow both directions and neither is barred with the other;
// with more than kExactPeers people only each one's best `policy.candidates` are looked at:
// greedily by points, then exchanges between pairs until none gains. The order of the pool changes
// nothing. O(n² · 2ⁿ) or O(n · candidates² · rounds). Errors as CandidateIndex::Build.
absl::StatusOr<Peers> MatchPeers(const Pool& pool, const Policy& policy, const Distance& distance);

}  // namespace tremplin::matching::engine

#endif  // TREMPLIN_SERVICES_MATCHING_ENGINE_GROUPS_PEER_H_
