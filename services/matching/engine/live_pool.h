#ifndef TREMPLIN_SERVICES_MATCHING_ENGINE_LIVE_POOL_H_
#define TREMPLIN_SERVICES_MATCHING_ENGINE_LIVE_POOL_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/matching/engine/matcher.h"
#include "services/matching/engine/score.h"
#include "services/matching/engine/solution.h"

namespace tremplin::matching::engine {

// The memory of a program's pool: it follows each change and stays at the optimum. After any
// history its pairs are those that Solution::Of gives for the pool as it now is; so are everyone's
// candidates, the points and the counts. Prices prove the same optimum but need not be the same
// ones: an optimum has more than one set of them.
//
// Made for one day and one policy. Waits are counted to `today` and weights are packed when it is
// built: another day, another policy, or a change that was refused for want of room
// (RESOURCE_EXHAUSTED) means a new LivePool.
//
// A change costs what it changes: the rows that somebody enters or leaves and the paths on which
// places change hands, far less than the pool as a rule. Now and then a change also tidies up
// (`Tallies` counts how often): mentors who came are laid out among the others, rows whose reserve
// is used up are searched again.
//
// All people are named by enrolment, and every change is idempotent: what is so already changes
// nothing and is OK. Bars may name who is not in the pool; they hold once both are. Not
// thread-safe; what Solve returns is.
class LivePool {
 public:
  // As Solution::Of, of the same errors.
  static absl::StatusOr<std::unique_ptr<LivePool>> Build(Pool pool, Policy policy,
                                                         Distance distance);
  ~LivePool();
  LivePool(const LivePool&) = delete;
  LivePool& operator=(const LivePool&) = delete;

  // Somebody comes, or anything about them is different now: profile, wait, places. A mentor with
  // 0 places stays known, as full. INVALID_ARGUMENT for another's business key,
  // RESOURCE_EXHAUSTED as CandidateIndex::Build; then nothing has changed.
  absl::Status PutMentee(const Mentee& mentee);
  absl::Status PutMentor(const Mentor& mentor);
  // Somebody leaves. Their bars stay, for when they come back.
  absl::Status DropMentee(std::string_view enrolment);
  absl::Status DropMentor(std::string_view enrolment);
  // The pair is not to be proposed; or may be again.
  absl::Status Bar(std::string_view mentee, std::string_view mentor);
  absl::Status Unbar(std::string_view mentee, std::string_view mentor);

  // The pairs of the present optimum, as Solution::ToProposals has them, but with nothing said of
  // the unmatched (`unmatched` is empty). INTERNAL when the optimum does not pass its check: of
  // what changed since the last call, by the code that checks a batch (certificate.h). What is not
  // proposed costs no more than a look at whether it is. kStable: solves deferred acceptance over
  // the rows, O(candidates).
  absl::StatusOr<Proposals> Propose();

  // The full answer, with its reasons and figures and the whole certificate checked, as
  // Solution::Of gives it. O(pool): it copies everybody and their candidates, but searches nothing
  // and, but for kStable, solves nothing.
  absl::StatusOr<std::shared_ptr<const Solution>> Solve() const;

  // For a run's summary. O(1), but for kStable.
  struct Summary {
    int64_t mentees = 0;
    int64_t mentors = 0;  // full ones too
    int64_t places = 0;   // free ones, before anybody is assigned
    int64_t served = 0;
    int64_t points = 0;  // of the pairs, as the objective counts them
  };
  Summary GetSummary() const;

  // What would be gained by so many more places of a mentor, or if this mentee came (or were as
  // described). Exactly: the change is made and taken back. An unknown mentor is NOT_FOUND.
  struct Gain {
    int64_t points = 0;
    int64_t served = 0;
  };
  absl::StatusOr<Gain> WhatIfPlaces(std::string_view mentor, int more);
  absl::StatusOr<Gain> WhatIfMentee(const Mentee& mentee);

  // The pool version that the memory has followed to; kept, not interpreted.
  int64_t version() const;
  void SetVersion(int64_t version);

  absl::CivilDay today() const;
  const Policy& policy() const;

  // How often what is rare was done, since it was built.
  struct Tallies {
    int64_t rows_searched = 0;  // again, because a reserve was used up
    int64_t layouts = 0;        // mentors who came were laid out among the others
    int64_t solved_anew = 0;    // no priority was left between two mentees
    int64_t rounds = 0;         // that there are now
  };
  Tallies GetTallies() const;

  // Memory held, roughly, in bytes.
  size_t Bytes() const;

 private:
  class State;
  explicit LivePool(std::unique_ptr<State> state);
  absl::StatusOr<Gain> Tried(const std::function<absl::Status()>& change,
                             const std::function<absl::Status()>& undo);

  std::unique_ptr<State> state_;
};

}  // namespace tremplin::matching::engine

#endif  // TREMPLIN_SERVICES_MATCHING_ENGINE_LIVE_POOL_H_
