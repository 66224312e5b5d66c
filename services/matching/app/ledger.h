#ifndef TREMPLIN_SERVICES_MATCHING_APP_LEDGER_H_
#define TREMPLIN_SERVICES_MATCHING_APP_LEDGER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "common/outbox/outbox.h"
#include "common/program/program_store.h"
#include "common/timers/timers.h"
#include "services/matching/domain/proposal.h"
#include "services/matching/store/pins.h"
#include "services/matching/store/pool.h"
#include "services/matching/store/proposals.h"

namespace tremplin::matching::app {

// Kinds of timers. Keys: the proposal's id; the program's id; the mentee's enrolment; the paused
// enrolment.
inline constexpr std::string_view kAnswerTimer = "answer";
inline constexpr std::string_view kCascadeTimer = "cascade";
inline constexpr std::string_view kPinTimer = "pin";
inline constexpr std::string_view kPauseTimer = "pause";
// When the cascade of a program that proposes daily runs, on the clock of the program: all that a
// day freed precedes it, in whatever order it came, so that the same facts give the same proposals
// in one process and in many.
inline constexpr int kCascadeHour = 6;

// What is to be proposed, by the engine or by staff.
struct Pair {
  std::string id;  // of the proposal
  store::PoolEntry mentee, mentor;
  double score = 0;
  int rank = 0;
  std::vector<engine::Contribution> contributions;
  std::string override_reason;  // staff's own decision: it needs no approval
  std::string run = {};         // "" when no run made it
  int contested = 0;            // points
};

// The one place where proposals change: row, reservation, timers and event in one transaction,
// under the program's next pool version. Thread-safe.
class Ledger {
 public:
  Ledger(const outbox::Outbox& outbox, const timers::Timers& timers,
         program::ProgramStore& programs);

  enum class Refusal {
    kNone,
    kNotInPool,
    kSamePerson,
    kOtherProgram,
    kPaused,
    kMenteeEngaged,
    kMentorFull,
  };
  struct Made {
    Refusal refusal = Refusal::kNone;
    store::ProposalRow row;  // when it was made
  };
  // Makes one proposal as of `now`, holding a place of the mentor, which ends the pair's pin; it is
  // suggested to staff first where the program's policy and the pair ask for that. A refusal leaves
  // nothing. The caller has taken the pool version in this transaction and read both entries after
  // that.
  absl::StatusOr<Made> Make(database::Transaction& tx, const program::Program& program,
                            const Pair& pair, absl::Time now, std::string_view traceparent) const;

  // Somebody came to the pool or said anew what they offer: a program that proposes continuously
  // runs at once.
  absl::Status Arrived(database::Transaction& tx, std::string_view program, absl::Time now) const;

  // A place or a person became free: the engine runs the next morning of `zone`, or at once where
  // the program proposes continuously, unless it is to run sooner anyway.
  absl::Status Freed(database::Transaction& tx, std::string_view program, absl::TimeZone zone,
                     absl::Time now) const;

  // Ends a pin and its timer. The caller has taken the pool version in this transaction.
  absl::Status EndPin(database::Transaction& tx, const store::Pin& pin) const;

  // Applies a command to a proposal read in this transaction. FAILED_PRECONDITION with a reason
  // where its state does not allow it. `row` becomes what is stored.
  absl::Status Apply(database::Transaction& tx, const domain::Command& command, absl::Time now,
                     std::string_view traceparent, store::ProposalRow* row) const;

 private:
  absl::StatusOr<bool> ProposesContinuously(database::Transaction& tx, std::string_view program,
                                            absl::Time now) const;
  // A no that names a criterion makes it weigh more for its side from the next run on.
  absl::Status Teach(database::Transaction& tx, const domain::Proposal& proposal,
                     const domain::SayNo& no, int64_t pool_version) const;
  absl::Status Tell(database::Transaction& tx, const store::ProposalRow& row, domain::Fact fact,
                    absl::Time now, std::string_view traceparent) const;

  const outbox::Outbox& outbox_;
  const timers::Timers& timers_;
  program::ProgramStore& programs_;
};

}  // namespace tremplin::matching::app

#endif  // TREMPLIN_SERVICES_MATCHING_APP_LEDGER_H_
