#ifndef TREMPLIN_SERVICES_MATCHING_APP_STAFF_PAIRS_H_
#define TREMPLIN_SERVICES_MATCHING_APP_STAFF_PAIRS_H_

#include <vector>

#include "absl/time/time.h"
#include "common/program/program_store.h"
#include "services/matching/app/ledger.h"
#include "services/matching/engine/matcher.h"
#include "services/matching/engine/score.h"
#include "services/matching/store/pins.h"
#include "services/matching/store/pool.h"
#include "tremplin/matching/v1/matching.pb.h"

// Pairs that staff want, beside what the engine chooses.
namespace tremplin::matching::app {

// Scores what staff or participants bring together like any other, so that its reasons can be read beside it: a pair by
// its criteria, more by what counts of a group (app/groups.h).
void ScoreDraft(const program::Program& program, absl::Time now, const engine::Distance& distance,
                Draft* draft);

struct PinnedPairs {
  std::vector<store::Pin> ready;         // to be proposed before anything is optimized
  std::vector<v1::Unmatched> unmatched;  // kept for a mentor without a place, or beyond the limit
};
// Takes the pinned mentees, and a place for each whose mentor has one, out of a pool: what is left
// is what the engine chooses from. Whoever waits longest is served first, at most `limit`.
PinnedPairs TakePins(const std::vector<store::Pin>& pins, int limit, engine::Pool* pool);

}  // namespace tremplin::matching::app

#endif  // TREMPLIN_SERVICES_MATCHING_APP_STAFF_PAIRS_H_
