#ifndef TREMPLIN_SERVICES_SESSION_APP_LEDGER_H_
#define TREMPLIN_SERVICES_SESSION_APP_LEDGER_H_

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "common/outbox/outbox.h"
#include "common/timers/timers.h"
#include "services/session/domain/engagement.h"
#include "services/session/store/engagements.h"
#include "tremplin/program/v1/program.pb.h"
#include "tremplin/session/events/v1/events.pb.h"

namespace tremplin::session::app {

// Kinds of timers; their keys are engagements' ids.
inline constexpr std::string_view kSignTimer = "sign";
inline constexpr std::string_view kReviewTimer = "review";
inline constexpr std::string_view kCloseTimer = "close";
inline constexpr std::string_view kIntroductionsTimer = "introductions";

// What a change tells beside the engagement itself: the detail of a fact that has one, without its
// EngagementRef.
struct Telling {
  std::string traceparent = {};
  std::variant<
      std::monostate, tremplin::session::events::v1::SessionLogged,
      tremplin::session::events::v1::SessionCorrected, tremplin::session::events::v1::SessionStruck,
      tremplin::session::events::v1::CheckInAnswered, tremplin::session::events::v1::ReviewRecorded,
      tremplin::session::events::v1::IntroductionGiven>
      detail = {};
};

// The one place where engagements change: rows, timers and events in one transaction. Thread-safe.
class Ledger {
 public:
  Ledger(const outbox::Outbox& outbox, const timers::Timers& timers);

  // A new engagement under its pinned format. Notes which introduction led to it. Whose enrolment
  // has ended meanwhile leaves it at once. ALREADY_EXISTS when the proposal has one.
  absl::Status Open(database::Transaction& tx, domain::Engagement made,
                    const program::v1::Format& pinned, absl::Time now,
                    const Telling& telling) const;

  // More participants in a running one; nothing where it has ended meanwhile. Whose enrolment has
  // ended leaves it at once.
  absl::Status Join(database::Transaction& tx, const domain::Join& command, absl::Time now,
                    const Telling& telling, store::EngagementRow* row) const;

  // Applies a command to an engagement read in this transaction and tells what follows. What the
  // domain refuses changes nothing. `row` becomes what is stored.
  absl::Status Apply(database::Transaction& tx, const domain::Command& command, absl::Time now,
                     const Telling& telling, store::EngagementRow* row) const;

  // Takes somebody whose enrolment has ended out, where they are still in it.
  absl::Status LeaveEnded(database::Transaction& tx, const std::string& enrolment, absl::Time now,
                          const Telling& telling, store::EngagementRow* row) const;

 private:
  struct Change {
    const domain::Engagement& before;
    const domain::Engagement& after;
    absl::Time now;
    const Telling& telling;
  };
  absl::Status Settle(database::Transaction& tx, const Change& change,
                      const std::vector<domain::Fact>& facts) const;
  absl::Status LeaveIfEnded(database::Transaction& tx, const std::vector<std::string>& enrolments,
                            absl::Time now, const Telling& telling,
                            store::EngagementRow* row) const;
  absl::Status SetTimers(database::Transaction& tx, const Change& change) const;
  absl::Status TellFact(database::Transaction& tx, const Change& change,
                        const domain::Fact& fact) const;
  absl::Status TellUnderWay(database::Transaction& tx, const Change& change,
                            domain::Fact::Kind kind) const;
  absl::Status TellOf(database::Transaction& tx, const Change& change,
                      const domain::Fact& fact) const;
  absl::Status TellDetail(database::Transaction& tx, const Change& change) const;
  absl::Status TellEnd(database::Transaction& tx, const Change& change,
                       domain::Fact::Kind kind) const;
  template <class Event>
  absl::Status Tell(database::Transaction& tx, const Change& change, Event event) const;

  const outbox::Outbox& outbox_;
  const timers::Timers& timers_;
};

}  // namespace tremplin::session::app

#endif  // TREMPLIN_SERVICES_SESSION_APP_LEDGER_H_
