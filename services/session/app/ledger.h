#ifndef TREMPLIN_SERVICES_SESSION_APP_LEDGER_H_
#define TREMPLIN_SERVICES_SESSION_APP_LEDGER_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "common/outbox/outbox.h"
#include "common/timers/timers.h"
#include "services/session/domain/mentorship.h"
#include "services/session/store/mentorships.h"
#include "tremplin/session/events/v1/events.pb.h"

namespace tremplin::session::app {

// Kinds of timers; their keys are mentorships' ids.
inline constexpr std::string_view kSignTimer = "sign";
inline constexpr std::string_view kReviewTimer = "review";
inline constexpr std::string_view kCloseTimer = "close";

// What a change tells beside the mentorship itself.
struct Telling {
  std::string traceparent;
  // Of an end: whether each is to be matched again.
  bool rematch_mentee = true;
  bool rematch_mentor = true;
};

// The one place where mentorships change: row, timers and event in one transaction. Thread-safe.
class Ledger {
 public:
  Ledger(const outbox::Outbox& outbox, const timers::Timers& timers);

  // A new mentorship, its agreement pending. ALREADY_EXISTS when the proposal has one.
  absl::Status Open(database::Transaction& tx, const domain::Mentorship& mentorship, absl::Time now,
                    const Telling& telling) const;

  // Applies a command to a mentorship read in this transaction and tells the facts that follow from
  // it alone. Sessions, check-ins and reviews are told by who has their details.
  // FAILED_PRECONDITION with a reason where its state does not allow it. `row` becomes what is
  // stored.
  absl::Status Apply(database::Transaction& tx, const domain::Command& command, absl::Time now,
                     const Telling& telling, store::MentorshipRow* row) const;

  // Appends one of those facts.
  template <class Event>
  absl::Status Tell(database::Transaction& tx, const domain::Mentorship& mentorship, absl::Time now,
                    const std::string& traceparent, Event event) const {
    FillParties(mentorship, event.mutable_parties());
    return outbox_.Append(tx, mentorship.id, now, event, traceparent);
  }

 private:
  static void FillParties(const domain::Mentorship& mentorship,
                          tremplin::session::events::v1::MentorshipParties* parties);
  absl::Status SetTimers(database::Transaction& tx, const domain::Mentorship& before,
                         const domain::Mentorship& after) const;
  absl::Status TellFact(database::Transaction& tx, const domain::Mentorship& before,
                        const domain::Mentorship& after, domain::Fact fact, absl::Time now,
                        const Telling& telling) const;

  const outbox::Outbox& outbox_;
  const timers::Timers& timers_;
};

}  // namespace tremplin::session::app

#endif  // TREMPLIN_SERVICES_SESSION_APP_LEDGER_H_
