#ifndef TREMPLIN_SERVICES_NOTIFICATION_EVENTS_TASK_FACTS_H_
#define TREMPLIN_SERVICES_NOTIFICATION_EVENTS_TASK_FACTS_H_

#include "services/notification/domain/task.h"
#include "tremplin/matching/events/v1/events.pb.h"
#include "tremplin/session/events/v1/events.pb.h"

// What staff have to do of a fact of another service, or not any more. Pure.
namespace tremplin::notification {

// What a fact asks of staff; of most it is nothing.
template <class Payload>
inline TaskChanges TasksOf(const Payload&) {
  return {};
}
inline TaskChanges TasksOf(const matching::events::v1::MoreAsked& p) {
  return {.asked = {{.kind = "more_asked", .by_enrolment = p.participant().enrolment()}}};
}
inline TaskChanges TasksOf(const matching::events::v1::StepReached&) {
  return {.overtaken = {"more_asked"}};
}
inline TaskChanges TasksOf(const matching::events::v1::MatchMade&) {
  return {.overtaken = {"more_asked"}};
}
inline TaskChanges TasksOf(const matching::events::v1::ParticipantDropped& p) {
  if (p.outcome() != "declined") return {};
  return {.asked = {{.kind = "proposal_declined",
                     .by_enrolment = p.participant().enrolment(),
                     .reason = p.reason()}}};
}
inline TaskChanges TasksOf(const matching::events::v1::ProposalEnded& p) {
  TaskChanges changes{.overtaken = {"more_asked"}};
  if (p.outcome() == "declined") {
    changes.asked.push_back(
        {.kind = "proposal_declined", .by_enrolment = p.by_enrolment(), .reason = p.reason()});
  }
  return changes;
}
inline TaskChanges TasksOf(const matching::events::v1::ContinuationRefused& p) {
  return {.asked = {{.kind = "continuation_refused", .reason = p.reason()}}};
}
inline TaskChanges TasksOf(const session::events::v1::CheckInAnswered& p) {
  if (!p.wants_help()) return {};
  return {.asked = {{.kind = "help_wanted", .by_enrolment = p.by()}}};
}
inline TaskChanges TasksOf(const session::events::v1::ExtensionAsked& p) {
  return {.asked = {{.kind = "extension_asked", .by_enrolment = p.by(), .count = p.days()}}};
}
inline TaskChanges TasksOf(const session::events::v1::EngagementExtended&) {
  return {.overtaken = {"extension_asked"}};
}
inline TaskChanges TasksOf(const session::events::v1::MissesFlagged& p) {
  return {.asked = {{.kind = "misses_flagged", .count = p.misses()}}};
}
inline TaskChanges TasksOf(const session::events::v1::ReviewDue&) {
  return {.asked = {{.kind = "review_due"}}, .overtaken = {"review_due"}};  // one at a time
}
inline TaskChanges TasksOf(const session::events::v1::ReviewRecorded&) {
  return {.overtaken = {"review_due", "misses_flagged"}};
}
// Help may be wanted all the same once it is over.
inline TaskChanges AtTheEnd() {
  return {.overtaken = {"extension_asked", "misses_flagged", "review_due"}};
}
inline TaskChanges TasksOf(const session::events::v1::EngagementCompleted&) { return AtTheEnd(); }
inline TaskChanges TasksOf(const session::events::v1::EngagementEndedEarly&) { return AtTheEnd(); }

}  // namespace tremplin::notification

#endif  // TREMPLIN_SERVICES_NOTIFICATION_EVENTS_TASK_FACTS_H_
