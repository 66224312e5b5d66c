#include "services/session/app/sessions.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/session/app/change.h"
#include "services/session/app/view.h"
#include "services/session/messages.h"

namespace tremplin::session::app {
namespace {

namespace facts = tremplin::session::events::v1;

constexpr int kMaxMinutes = 1440;
constexpr int kMaxRating = 10;
constexpr std::string_view kStaff = "staff";
constexpr std::array<std::string_view, 6> kPutRightReasons = {
    "wrong_time", "wrong_length", "wrong_people", "logged_twice", "not_held", "other"};
constexpr std::string_view kPutRightReasonList =
    "wrong_time, wrong_length, wrong_people, logged_twice, not_held, other";

using Violations = std::vector<status::FieldViolation>;

// What a session is said to be in a request (LogSession, CorrectSession); who was there by their
// enrolments' ids, nobody for everybody. Adds what is wrong to `violations`.
template <class Request>
domain::Held HeldOf(const Request& request, Violations* violations) {
  domain::Held held;
  if (!request.has_held_time()) {
    violations->push_back(status::Violation("held_time", kHeldTimeRequired));
  }
  if (request.minutes() < 1 || request.minutes() > kMaxMinutes) {
    violations->push_back(status::Violation("minutes", kMinutesOutOfRange));
  }
  const std::optional<domain::Contact> contact = ContactOf(request.contact());
  if (!contact.has_value()) violations->push_back(status::Violation("contact", kContactRequired));
  for (int i = 0; i < request.attended_size(); ++i) {
    absl::StatusOr<std::string> id =
        resources::IdOf("enrolments", request.attended(i), text::Cat("attended[", i, "]"));
    if (!id.ok()) {
      violations->push_back(status::Violation(text::Cat("attended[", i, "]"), kAttendedUnknown));
      continue;
    }
    held.attended.push_back(*std::move(id));
  }
  std::sort(held.attended.begin(), held.attended.end());
  held.attended.erase(std::unique(held.attended.begin(), held.attended.end()), held.attended.end());
  held.at = resources::FromTimestamp(request.held_time());
  held.minutes = request.minutes();
  held.contact = contact.value_or(domain::Contact::kInPerson);
  return held;
}

// As the engagement takes it: whether it counts, and everybody where nobody was named.
void Complete(const domain::Engagement& engagement, domain::Held* held) {
  held->counts = domain::Counts(engagement.terms, held->contact);
  if (held->attended.empty()) held->attended = domain::InItAt(engagement, held->at);
}

void CheckReason(const std::string& reason, Violations* violations) {
  if (std::find(kPutRightReasons.begin(), kPutRightReasons.end(), reason) ==
      kPutRightReasons.end()) {
    violations->push_back(
        status::Violation("reason", kCorrectionReasonUnknown, {kPutRightReasonList}));
  }
}

absl::Status Faults(Violations violations) {
  if (violations.empty()) return absl::OkStatus();
  return status::InvalidFields(std::move(violations));
}

std::string SessionName(const std::string& engagement, const std::string& id) {
  return text::Cat(resources::NameOf("engagements", engagement), "/sessions/", id);
}

// "engagements/<id>/sessions/<id>" → both ids.
absl::StatusOr<std::pair<std::string, std::string>> IdsOf(const std::string& name) {
  constexpr std::string_view kBetween = "/sessions/";
  const size_t at = name.find(kBetween);
  if (at == std::string::npos) {
    TREMPLIN_RETURN_IF_ERROR(resources::IdOf("sessions", name, "name").status());
    return status::Error(absl::StatusCode::kNotFound, kSessionNotFound);
  }
  TREMPLIN_ASSIGN_OR_RETURN(std::string engagement,
                            resources::IdOf("engagements", name.substr(0, at), "name"));
  TREMPLIN_ASSIGN_OR_RETURN(std::string session,
                            resources::IdOf("sessions", name.substr(at + 1), "name"));
  return std::pair(std::move(engagement), std::move(session));
}

// Two logs of one meeting are one.
absl::Status CheckOverlap(database::Reader& reader, const domain::Engagement& engagement,
                          const domain::Held& held, const std::string& except) {
  TREMPLIN_ASSIGN_OR_RETURN(
      const std::string there,
      store::Overlapping(reader, engagement.id, held.at, held.over(), except));
  if (there.empty()) return absl::OkStatus();
  return status::Error(absl::StatusCode::kAlreadyExists, kSessionOverlaps,
                       {SessionName(engagement.id, there)});
}

bool IsInIt(const domain::Engagement& engagement, const std::string& by) {
  const domain::Participant* acting = engagement.Find(by);
  return by.empty() || (acting != nullptr && acting->present());
}

std::string ChangedBy(const std::string& by) { return by.empty() ? std::string(kStaff) : by; }

// A session as SessionLogged and SessionCorrected tell of it.
template <class Event>
Event EventOf(const store::Session& session) {
  Event event;
  event.set_session(session.id);
  *event.mutable_held_at() = resources::ToTimestamp(session.held.at);
  event.set_minutes(session.held.minutes);
  event.set_contact(std::string(domain::NameOf(session.held.contact)));
  event.set_counts(session.held.counts);
  for (const std::string& enrolment : session.held.attended) event.add_attended(enrolment);
  return event;
}

absl::Status CheckCheckIn(const v1::AnswerCheckInRequest& request) {
  if (!request.met()) {
    if (request.rating() == 0) return absl::OkStatus();
    return status::InvalidFields({status::Violation("rating", kRatingWithoutMeeting)});
  }
  if (request.rating() >= 1 && request.rating() <= kMaxRating) return absl::OkStatus();
  return status::InvalidFields({status::Violation("rating", kRatingOutOfRange)});
}

}  // namespace

Sessions::Sessions(database::Database& db, rpc::Commands& commands, const Ledger& ledger)
    : db_(db), commands_(commands), ledger_(ledger) {}

absl::StatusOr<v1::Session> Sessions::LogSession(const rpc::CallContext& call,
                                                 const v1::LogSessionRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string id,
                            resources::IdOf("engagements", request.engagement(), "engagement"));
  Violations violations;
  store::Session session;
  session.held = HeldOf(request, &violations);
  TREMPLIN_RETURN_IF_ERROR(Faults(std::move(violations)));
  session.id = call.NewId("session");
  session.engagement = id;
  session.changed = call.business_now;
  return commands_.Run<v1::Session>(
      call, id, [&](database::Transaction& tx) -> absl::StatusOr<v1::Session> {
        TREMPLIN_ASSIGN_OR_RETURN(store::EngagementRow row, ReadVisible(tx, call.principal, id));
        store::Session made = session;
        const std::string by = ActingAs(call.principal, row.engagement);
        made.changed_by = ChangedBy(by);
        Complete(row.engagement, &made.held);
        if (IsInIt(row.engagement, by)) {
          TREMPLIN_RETURN_IF_ERROR(CheckOverlap(tx, row.engagement, made.held, ""));
        }
        const domain::LogSession command{by, made.held, request.confirm_length()};
        TREMPLIN_RETURN_IF_ERROR(
            ledger_.Apply(tx, command, call.business_now,
                          {call.traceparent, EventOf<facts::SessionLogged>(made)}, &row));
        TREMPLIN_RETURN_IF_ERROR(store::InsertSession(tx, made));
        return ToProto(made);
      });
}

absl::StatusOr<v1::Session> Sessions::ChangeSession(const rpc::CallContext& call,
                                                    const std::string& name,
                                                    const std::string& etag,
                                                    const MakePutRight& make) {
  TREMPLIN_ASSIGN_OR_RETURN(const auto ids, IdsOf(name));
  return commands_.Run<v1::Session>(
      call, ids.first, [&](database::Transaction& tx) -> absl::StatusOr<v1::Session> {
        TREMPLIN_ASSIGN_OR_RETURN(store::EngagementRow row,
                                  ReadVisible(tx, call.principal, ids.first));
        TREMPLIN_ASSIGN_OR_RETURN(const std::optional<store::Session> before,
                                  store::FindSession(tx, ids.first, ids.second));
        if (!before.has_value() || before->held.at > SeesUntil(call.principal, row.engagement)) {
          return status::Error(absl::StatusCode::kNotFound, kSessionNotFound);
        }
        TREMPLIN_RETURN_IF_ERROR(resources::CheckEtag(etag, before->version));
        if (before->state == store::SessionState::kStruck) {
          return status::Error(absl::StatusCode::kFailedPrecondition, kSessionStruck);
        }
        const std::string by = ActingAs(call.principal, row.engagement);
        TREMPLIN_ASSIGN_OR_RETURN(PutRight right, make(tx, row.engagement, by, *before));
        right.next.changed_by = ChangedBy(by);
        right.next.changed = call.business_now;
        right.telling.traceparent = call.traceparent;
        TREMPLIN_RETURN_IF_ERROR(
            ledger_.Apply(tx, right.command, call.business_now, right.telling, &row));
        TREMPLIN_RETURN_IF_ERROR(store::UpdateSession(tx, *before, right.next));
        right.next.version = before->version + 1;
        return ToProto(right.next);
      });
}

absl::StatusOr<v1::Session> Sessions::CorrectSession(const rpc::CallContext& call,
                                                     const v1::CorrectSessionRequest& request) {
  Violations violations;
  const domain::Held said = HeldOf(request, &violations);
  CheckReason(request.reason(), &violations);
  TREMPLIN_RETURN_IF_ERROR(Faults(std::move(violations)));
  return ChangeSession(
      call, request.name(), request.etag(),
      [&](database::Transaction& tx, const domain::Engagement& engagement, const std::string& by,
          const store::Session& before) -> absl::StatusOr<PutRight> {
        store::Session next = before;
        next.held = said;
        next.state = store::SessionState::kCorrected;
        next.reason = request.reason();
        Complete(engagement, &next.held);
        TREMPLIN_RETURN_IF_ERROR(CheckOverlap(tx, engagement, next.held, before.id));
        const domain::CorrectSession command{by, before.held, next.held, request.confirm_length()};
        auto event = EventOf<facts::SessionCorrected>(next);
        event.set_reason(next.reason);
        return PutRight{std::move(next), command, {.detail = std::move(event)}};
      });
}

absl::StatusOr<v1::Session> Sessions::StrikeSession(const rpc::CallContext& call,
                                                    const v1::StrikeSessionRequest& request) {
  Violations violations;
  CheckReason(request.reason(), &violations);
  TREMPLIN_RETURN_IF_ERROR(Faults(std::move(violations)));
  return ChangeSession(call, request.name(), request.etag(),
                       [&](database::Transaction&, const domain::Engagement&, const std::string&,
                           const store::Session& before) -> absl::StatusOr<PutRight> {
                         store::Session next = before;
                         next.state = store::SessionState::kStruck;
                         next.reason = request.reason();
                         facts::SessionStruck event;
                         event.set_session(next.id);
                         event.set_reason(next.reason);
                         return PutRight{std::move(next),
                                         domain::StrikeSession{before.held},
                                         {.detail = std::move(event)}};
                       });
}

absl::StatusOr<v1::ListSessionsResponse> Sessions::ListSessions(
    const rpc::CallContext& call, const v1::ListSessionsRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string id,
                            resources::IdOf("engagements", request.engagement(), "engagement"));
  TREMPLIN_ASSIGN_OR_RETURN(const int size, resources::PageSize(request.page_size()));
  const std::string scope = text::Cat("ListSessions/", id);
  TREMPLIN_ASSIGN_OR_RETURN(const std::string after,
                            resources::LastKey(scope, request.page_token()));
  v1::ListSessionsResponse response;
  TREMPLIN_RETURN_IF_ERROR(db_.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
    response.Clear();
    TREMPLIN_ASSIGN_OR_RETURN(const store::EngagementRow row,
                              ReadVisible(reader, call.principal, id));
    const absl::Time until = SeesUntil(call.principal, row.engagement);
    TREMPLIN_ASSIGN_OR_RETURN(const std::vector<store::Session> sessions,
                              store::ListSessions(reader, id, until, after, size + 1));
    std::string last;
    for (const store::Session& session : sessions) {
      if (response.sessions_size() == size) {
        response.set_next_page_token(resources::PageToken(scope, last));
        break;
      }
      *response.add_sessions() = ToProto(session);
      last = session.id;
    }
    return absl::OkStatus();
  }));
  return response;
}

absl::StatusOr<v1::AnswerCheckInResponse> Sessions::AnswerCheckIn(
    const rpc::CallContext& call, const v1::AnswerCheckInRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string id,
                            resources::IdOf("engagements", request.engagement(), "engagement"));
  TREMPLIN_RETURN_IF_ERROR(CheckCheckIn(request));
  store::CheckIn check_in{
      call.NewId("check_in"), id, "", request.met(), request.rating(), request.wants_help(),
      call.business_now};
  return commands_.Run<v1::AnswerCheckInResponse>(
      call, id, [&](database::Transaction& tx) -> absl::StatusOr<v1::AnswerCheckInResponse> {
        TREMPLIN_ASSIGN_OR_RETURN(store::EngagementRow row, ReadVisible(tx, call.principal, id));
        check_in.enrolment = ActingAs(call.principal, row.engagement);
        facts::CheckInAnswered event;
        event.set_by(check_in.enrolment);
        event.set_rating(check_in.rating);
        event.set_met(check_in.met);
        event.set_wants_help(check_in.wants_help);
        const domain::CheckIn command{check_in.enrolment, check_in.met};
        TREMPLIN_RETURN_IF_ERROR(
            ledger_.Apply(tx, command, call.business_now, {call.traceparent, event}, &row));
        TREMPLIN_RETURN_IF_ERROR(store::InsertCheckIn(tx, check_in));
        return v1::AnswerCheckInResponse();
      });
}

absl::StatusOr<v1::Engagement> Sessions::RecordReview(const rpc::CallContext& call,
                                                      const v1::RecordReviewRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string id,
                            resources::IdOf("engagements", request.engagement(), "engagement"));
  store::Review review{call.NewId("review"), id, domain::Review::kOnTrack, call.principal.id,
                       call.business_now};
  if (request.status() == v1::RecordReviewRequest::STATUS_AT_RISK) {
    review.status = domain::Review::kAtRisk;
  } else if (request.status() != v1::RecordReviewRequest::STATUS_ON_TRACK) {
    return status::InvalidFields({status::Violation("status", kReviewStatusRequired)});
  }
  return commands_.Run<v1::Engagement>(
      call, id, [&](database::Transaction& tx) -> absl::StatusOr<v1::Engagement> {
        TREMPLIN_ASSIGN_OR_RETURN(store::EngagementRow row, ReadVisible(tx, call.principal, id));
        facts::ReviewRecorded event;
        event.set_status(std::string(domain::NameOf(review.status)));
        TREMPLIN_RETURN_IF_ERROR(ledger_.Apply(tx, domain::RecordReview{review.status},
                                               call.business_now, {call.traceparent, event}, &row));
        TREMPLIN_RETURN_IF_ERROR(store::InsertReview(tx, review));
        return ToProto(tx, row, call.principal);
      });
}

}  // namespace tremplin::session::app
