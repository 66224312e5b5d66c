#ifndef TREMPLIN_SERVICES_MATCHING_ENGINE_ROUNDS_H_
#define TREMPLIN_SERVICES_MATCHING_ENGINE_ROUNDS_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/matching/engine/assignment.h"
#include "services/matching/engine/candidates.h"
#include "services/matching/engine/certificate.h"
#include "services/matching/engine/explanation.h"
#include "services/matching/engine/matcher.h"

// A pool is solved in rounds. The first is everybody over their best candidates. Whoever stays
// without a mentor there, having as many candidates as are considered, may suit others beyond them
// who have a place left: these mentees and these places are the next round, over more candidates
// each; and so on. Each round is an optimum of its own and takes nobody's mentor away, so what a
// round is follows from the answer of the one before. Whoever is left in the end suits nobody with
// a place left.
namespace tremplin::matching::engine {

// How many candidates a mentee has at most in the round after one of so many: each round has four
// times as many, so there are few.
inline int CandidatesInNextRound(int candidates) {
  constexpr int kMost = 1 << 28;
  return candidates < kMost / 4 ? candidates * 4 : kMost;
}

// Whether whoever stays without a mentor with a row of this length is in the next round.
inline bool MayHaveOthers(size_t row, int candidates) {
  return row >= static_cast<size_t>(candidates < 1 ? 1 : candidates);
}

// The answers of all rounds, one after the other, as one.
class RoundSum {
 public:
  RoundSum(Index mentees, Index mentors);

  // Checks the answer to a round and adds it: INTERNAL when it does not pass. Its mentees and
  // mentors are at these positions of the whole, kNobody for places in the assignment that are
  // nobody's.
  absl::Status Add(const Assignment& assignment, std::span<const Index> mentees,
                   std::span<const Index> mentors);

  // Prices are the sums of those of all rounds: what one more place would add.
  const Standing& standing() const { return standing_; }
  // Of the whole: sums of the rounds'.
  const Certificate& certificate() const { return certificate_; }
  // What no assignment of any candidates of any round exceeds in points, rounded: the prices of all
  // rounds together cover all their pairs, at the cost of places given away in earlier rounds.
  int64_t bound_points() const { return certificate_.points + above_; }

 private:
  Standing standing_;
  Certificate certificate_{.ok = true};
  int64_t above_ = 0;
};

// Solves all rounds of an index for whose mentees `rows` are the first round's candidates.
// Canonical (canonical.h). INTERNAL when an answer does not pass its check.
absl::StatusOr<RoundSum> SolveRounds(const CandidateIndex& index, const Candidates& rows,
                                     const Policy& policy);

// The error of an answer that did not pass.
absl::Status NotCertified(const std::string& fault);

}  // namespace tremplin::matching::engine

#endif  // TREMPLIN_SERVICES_MATCHING_ENGINE_ROUNDS_H_
