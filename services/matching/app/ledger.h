#ifndef TREMPLIN_SERVICES_MATCHING_APP_LEDGER_H_
#define TREMPLIN_SERVICES_MATCHING_APP_LEDGER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
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
#include "tremplin/matching/events/v1/events.pb.h"

namespace tremplin::matching::app {

// Kinds of timers. Keys: the proposal's id; the program's id and the format's code; the mentee's
// enrolment; the paused enrolment.
inline constexpr std::string_view kAnswerTimer = "answer";
inline constexpr std::string_view kCascadeTimer = "cascade";
inline constexpr std::string_view kPinTimer = "pin";
inline constexpr std::string_view kPauseTimer = "pause";
// When the cascade of a format that proposes daily runs, on the clock of the program: all that a
// day freed precedes it, in whatever order it came, so that the same facts give the same proposals
// in one process and in many.
inline constexpr int kCascadeHour = 6;

// "program/format": neither has a slash.
std::string CascadeKey(std::string_view program, std::string_view format);

// What is to be proposed, by the engine, by staff or by one of those in it.
struct Draft {
  std::string id;  // of the proposal
  const program::v1::Format* format = nullptr;
  std::vector<store::PoolEntry> people = {};
  double score = 0;
  int rank = 0;
  std::vector<engine::Contribution> contributions = {};
  std::string override_reason = {};
  std::string run = {};  // "" when no run made it
  int contested = 0;     // points
  program::v1::Initiator initiator = program::v1::INITIATOR_ALGORITHM;
  std::string by = {};  // the enrolment of who asks the others; "" for staff and the engine
  std::string language = {};
  std::string slot = {};
  std::string joins_engagement = {};
  std::string continues_engagement = {};
  bool matched = false;  // all have agreed already: no step is asked, staff's pause alone counts
};

// The one place where proposals change: row, reservations, timers and events in one transaction,
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
    kOutOfBounds,
    kPaused,
    kMenteeEngaged,
    kMentorFull,
  };
  struct Made {
    Refusal refusal = Refusal::kNone;
    store::ProposalRow row;  // when it was made
  };
  // Makes one proposal as of `now`, holding a place of each mentor, which ends the pin of a pair;
  // what the engine chose is suggested to staff first where the format asks for that. A refusal
  // leaves nothing. The caller has taken the pool version in this transaction and read the entries
  // after that.
  absl::StatusOr<Made> Make(database::Transaction& tx, const program::Program& program,
                            const Draft& draft, absl::Time now, std::string_view traceparent) const;

  // Tells that what had been agreed on cannot be.
  absl::Status Tell(database::Transaction& tx, const events::v1::ContinuationRefused& refused,
                    absl::Time now, std::string_view traceparent) const;

  // What of a draft's people alone refuses it: kNone, or as Make's. Nothing is read or written.
  Refusal Fits(const program::Program& program, const Draft& draft) const;

  // Takes somebody into an open proposal where another left. The caller as for Make.
  absl::StatusOr<Refusal> TakeIn(database::Transaction& tx, const store::PoolEntry& newcomer,
                                 absl::Time now, std::string_view traceparent,
                                 store::ProposalRow* row) const;

  // Somebody came to the pool or said anew what they offer: formats that propose continuously run
  // at once.
  absl::Status Arrived(database::Transaction& tx, std::string_view program, absl::Time now) const;

  // A place or a person became free: the engine runs the next morning of the program's zone, or at
  // once in formats that propose continuously, unless it is to run sooner anyway.
  absl::Status Freed(database::Transaction& tx, std::string_view program, absl::Time now) const;

  // The next format of the program after `format` that proposes as it does is to run, as of the
  // same moment.
  absl::Status RunNext(database::Transaction& tx, const program::Program& program,
                       const program::v1::Format& format, absl::Time now) const;

  // Ends a pin and its timer. The caller has taken the pool version in this transaction.
  absl::Status EndPin(database::Transaction& tx, const store::Pin& pin) const;

  // Applies a command to a proposal read in this transaction. FAILED_PRECONDITION with a reason
  // where its state does not allow it. `row` becomes what is stored. A match, however it came
  // about, ends its mentees' open requests; a single meeting does not.
  absl::Status Apply(database::Transaction& tx, const domain::Command& command, absl::Time now,
                     std::string_view traceparent, store::ProposalRow* row) const;

 private:
  absl::Status Run(database::Transaction& tx, std::string_view program, bool freed,
                   absl::Time now) const;
  // A no that names a criterion makes it weigh more for its side from the next run on.
  absl::Status Teach(database::Transaction& tx, const domain::SayNo& no,
                     int64_t pool_version) const;
  // Everything of a decision but the row: timers, places, bars, events.
  absl::Status Carry(database::Transaction& tx, const domain::Proposal& before,
                     const domain::Decision& decision, absl::Time now, std::string_view traceparent,
                     store::ProposalRow* row) const;
  // What became a match excludes others from now on, and ends what its mentees asked for beside it.
  absl::Status Settle(database::Transaction& tx, absl::Time now, std::string_view traceparent,
                      store::ProposalRow* row) const;
  absl::Status Tell(database::Transaction& tx, const store::ProposalRow& row,
                    const domain::Proposal& before, const domain::Decision& decision,
                    const domain::Fact& fact, absl::Time now, std::string_view traceparent) const;

  const outbox::Outbox& outbox_;
  const timers::Timers& timers_;
  program::ProgramStore& programs_;
};

}  // namespace tremplin::matching::app

#endif  // TREMPLIN_SERVICES_MATCHING_APP_LEDGER_H_
