#ifndef TREMPLIN_SERVICES_MATCHING_ENGINE_CERTIFICATE_H_
#define TREMPLIN_SERVICES_MATCHING_ENGINE_CERTIFICATE_H_

#include <span>
#include <string>

#include "services/matching/engine/graph.h"

// Proof that an assignment is optimal, by code that shares nothing with what found it.
namespace tremplin::matching::engine {

// An answer to a graph with the prices that prove it. All worths are of one objective.
struct Claim {
  std::span<const Index> mentor;   // by mentee: whom they are assigned, or kNobody
  std::span<const Worth> surplus;  // by mentee: what their assignment leaves them above its price
  std::span<const Worth> price;    // by mentor: of one place
};

struct Certificate {
  bool ok = false;
  Value value = 0;      // of the assignment; meaningful when ok
  int64_t points = 0;   // of the assignment; meaningful when ok
  Index served = 0;     // mentees with a mentor; meaningful when ok
  std::string fault{};  // the first one found; empty when ok
};

// Checks that the claim is feasible (each assigned pair is a candidate, no mentor beyond capacity),
// that surplus and price are at least 0 and cover each candidate (surplus + price ≥ worth), and
// complementary slackness: equality on assigned pairs, surplus 0 of whoever is not assigned, price
// 0 of whoever has a place left. By linear programming duality such an assignment is optimal, and
// Σ worth = Σ surplus + Σ capacity · price, which is checked too. (Papadimitriou and Steiglitz,
// Combinatorial Optimization, 1982, theorem 3.4.) Time and memory: O(candidates), O(mentors).
Certificate Check(const GraphView& graph, Objective objective, const Claim& claim);

// The same of an answer that passed before these mentees or mentors changed: whoever may be at
// fault since is among the mentees, or is one of the mentors. `taken`: by mentor, places that are
// taken. Empty, or the first fault. O(candidates of these mentees).
std::string FaultSince(const GraphView& graph, Objective objective, const Claim& claim,
                       std::span<const int32_t> taken, std::span<const Index> mentees,
                       std::span<const Index> mentors);

}  // namespace tremplin::matching::engine

#endif  // TREMPLIN_SERVICES_MATCHING_ENGINE_CERTIFICATE_H_
