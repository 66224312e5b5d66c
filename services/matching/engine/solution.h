#ifndef TREMPLIN_SERVICES_MATCHING_ENGINE_SOLUTION_H_
#define TREMPLIN_SERVICES_MATCHING_ENGINE_SOLUTION_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "services/matching/engine/assignment.h"
#include "services/matching/engine/candidates.h"
#include "services/matching/engine/explanation.h"
#include "services/matching/engine/matcher.h"
#include "services/matching/engine/report.h"
#include "services/matching/engine/rounds.h"
#include "services/matching/engine/score.h"

namespace tremplin::matching::engine {

// A pool that has been solved under a policy, with its proof, its reasons and its figures. Keeps
// what it was made from. Immutable; thread-safe.
//
// kQuality and kCoverage are exact optima over the candidates, and checked: one whose certificate
// fails is an error, not an answer. Of several optima it is the one that canonical.h names, so the
// pairs follow from the facts alone. Whoever stays without a mentor, having as many candidates as
// are considered, has others beyond them who may have a place left: these mentees and these places
// are a round of their own, solved and checked like the first over four times as many candidates,
// and so on, until whoever is left has none beyond. A round takes nobody's mentor away.
//
// kStable is mentee-proposing deferred acceptance over the first round's candidates, checked for
// blocking pairs; both sides prefer more points.
class Solution {
 public:
  struct Answer {
    Candidates candidates;
    RoundSum sum;
  };
  // The answer by the positions of this index.
  using FindAnswer = std::function<absl::StatusOr<Answer>(const CandidateIndex& index)>;

  // RESOURCE_EXHAUSTED or INVALID_ARGUMENT as CandidateIndex::Build; INTERNAL when the answer does
  // not pass its check.
  static absl::StatusOr<std::shared_ptr<const Solution>> Of(Pool pool, Policy policy,
                                                            Distance distance);

  // Of a pool that a memory has solved already: the first round's candidates by position, and the
  // answers of its rounds. kStable is solved over these candidates.
  static absl::StatusOr<std::shared_ptr<const Solution>> OfSolved(Pool pool, Policy policy,
                                                                  Distance distance,
                                                                  const FindAnswer& find_answer);

  // Pairs and reasons. Where there are more pairs than the policy's limit, whoever waits longest
  // comes first. `reasons` may be left out where only the pairs matter.
  Proposals ToProposals(bool reasons = true) const;

  // What the check found. kStable: `ok` says that no pair blocks; value and points are the
  // answer's.
  const Certificate& certificate() const { return certificate_; }

  // What no assignment of the candidates, of all rounds, exceeds, in points: by the prices of all
  // rounds together, rounded.
  int64_t bound_points() const { return bound_; }

  // Why somebody has nobody, with at most `tries` changes tried by solving again. Nothing for
  // whoever has a mentor or is not a mentee of the pool.
  std::optional<UnmatchedExplanation> WhyNobody(std::string_view mentee_enrolment, int tries) const;
  // Of any pair of the pool; nothing when there is no such.
  std::optional<ProposalExplanation> WhyPair(std::string_view mentee_enrolment,
                                             std::string_view mentor_enrolment) const;

  // Fairness and quality by language and by broad occupational category.
  RunReport Figures() const;

  // Of the first round, by positions in the order of business keys.
  const Candidates& candidates() const { return candidates_; }
  const Pool& pool() const { return pool_; }
  const Policy& policy() const { return policy_; }
  // The enrolment of a mentor as an explanation names them.
  const Mentor& MentorAt(Index mentor) const { return pool_.mentors[index_->MentorInPool(mentor)]; }

 private:
  Solution(Pool pool, Policy policy, Distance distance);

  absl::Status Solve();
  absl::Status MakeIndex();
  absl::Status SolveStably();
  void Keep(const RoundSum& sum);
  // The graph of the first round's candidates and of the pairs that later rounds made.
  Graph GraphOfPairs() const;
  Explainer MakeExplainer() const;
  const Mentee& MenteeAt(Index mentee) const { return pool_.mentees[index_->MenteeInPool(mentee)]; }
  std::vector<Index> ByWaiting() const;
  Proposed ProposedAt(Index mentee, Index mentor, CandidateIndex::RowSearch* best) const;
  std::optional<Index> FindMentee(std::string_view enrolment) const;

  Pool pool_;
  Policy policy_;
  Distance distance_;
  std::unique_ptr<CandidateIndex> index_;
  Candidates candidates_;  // of the first round
  Standing standing_;
  Certificate certificate_;
  int64_t bound_ = 0;  // what no assignment exceeds, in points
  int64_t blocking_pairs_ = 0;
};

// A pair as it is proposed. `price`: of the mentor's place.
Proposed MakeProposed(const Mentee& mentee, const Mentor& mentor, absl::CivilDay today,
                      const Policy& policy, const Distance& distance, int rank, Worth price);

// The place of the mentor, from 1, among all whom the mentee may be proposed, full ones too; 0 for
// who is not one of them. `best` finds the best candidates, full ones too.
int RankOf(Index mentee, Index mentor, const CandidateIndex& index,
           CandidateIndex::RowSearch* best);

// The reason told for a cause, and how many mentors suit but for their place.
Reason ReasonOf(Cause cause);
int FullAmong(const UnmatchedExplanation& why);

// Solution::Of as a Matcher.
std::unique_ptr<Matcher> MakeOptimalMatcher(Distance distance);

}  // namespace tremplin::matching::engine

#endif  // TREMPLIN_SERVICES_MATCHING_ENGINE_SOLUTION_H_
