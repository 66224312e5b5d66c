#include "services/session/app/sessions.h"

#include <optional>
#include <utility>
#include <vector>

#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/session/app/view.h"
#include "services/session/messages.h"

namespace tremplin::session::app {
namespace {

namespace facts = tremplin::session::events::v1;

constexpr int kMinMinutes = 5;
constexpr int kMaxMinutes = 600;
constexpr int kMaxRating = 10;

absl::Status Check(const v1::LogSessionRequest& request) {
  std::vector<status::FieldViolation> violations;
  if (!request.has_held_time()) {
    violations.push_back(status::Violation("held_time", kHeldTimeRequired));
  }
  if (request.minutes() < kMinMinutes || request.minutes() > kMaxMinutes) {
    violations.push_back(status::Violation("minutes", kMinutesOutOfRange));
  }
  if (!ContactOf(request.contact()).has_value()) {
    violations.push_back(status::Violation("contact", kContactRequired));
  }
  if (!violations.empty()) return status::InvalidFields(std::move(violations));
  return absl::OkStatus();
}

std::string LoggedBy(const rpc::Principal& principal) {
  const std::optional<domain::Side> side = OwnSide(principal);
  return side.has_value() ? std::string(domain::NameOf(*side)) : "staff";
}

facts::SessionLogged Logged(const store::Session& session) {
  facts::SessionLogged event;
  event.set_session(session.id);
  *event.mutable_held_at() = resources::ToTimestamp(session.held);
  event.set_minutes(session.minutes);
  event.set_contact(std::string(domain::NameOf(session.contact)));
  event.set_counts(session.counts);
  return event;
}

}  // namespace

Sessions::Sessions(database::Database& db, rpc::Commands& commands, const Ledger& ledger)
    : db_(db), commands_(commands), ledger_(ledger) {}

absl::StatusOr<v1::Session> Sessions::LogSession(const rpc::CallContext& call,
                                                 const v1::LogSessionRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string id,
                            resources::IdOf("mentorships", request.mentorship(), "mentorship"));
  TREMPLIN_RETURN_IF_ERROR(Check(request));
  store::Session session;
  session.id = call.NewId("session");
  session.mentorship = id;
  session.held = resources::FromTimestamp(request.held_time());
  session.minutes = request.minutes();
  session.contact = *ContactOf(request.contact());
  session.logged_by = LoggedBy(call.principal);
  session.logged = call.business_now;
  return commands_.Run<v1::Session>(
      call, id, [&](database::Transaction& tx) -> absl::StatusOr<v1::Session> {
        TREMPLIN_ASSIGN_OR_RETURN(store::MentorshipRow row, ReadVisible(tx, call.principal, id));
        store::Session made = session;
        made.counts = domain::Counts(row.mentorship.terms, made.contact);
        const domain::LogSession command{made.held, made.minutes, made.contact};
        TREMPLIN_RETURN_IF_ERROR(ledger_.Apply(tx, command, call.business_now, {}, &row));
        TREMPLIN_ASSIGN_OR_RETURN(const bool inserted, store::InsertSession(tx, made));
        if (!inserted) {
          return status::Error(absl::StatusCode::kAlreadyExists, kSessionLoggedAlready);
        }
        TREMPLIN_RETURN_IF_ERROR(
            ledger_.Tell(tx, row.mentorship, call.business_now, call.traceparent, Logged(made)));
        return ToProto(made);
      });
}

absl::StatusOr<v1::ListSessionsResponse> Sessions::ListSessions(
    const rpc::CallContext& call, const v1::ListSessionsRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string id,
                            resources::IdOf("mentorships", request.mentorship(), "mentorship"));
  TREMPLIN_ASSIGN_OR_RETURN(const int size, resources::PageSize(request.page_size()));
  const std::string scope = text::Cat("ListSessions/", id);
  TREMPLIN_ASSIGN_OR_RETURN(const std::string after,
                            resources::LastKey(scope, request.page_token()));
  v1::ListSessionsResponse response;
  TREMPLIN_RETURN_IF_ERROR(db_.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
    response.Clear();
    TREMPLIN_RETURN_IF_ERROR(ReadVisible(reader, call.principal, id).status());
    TREMPLIN_ASSIGN_OR_RETURN(const std::vector<store::Session> sessions,
                              store::ListSessions(reader, id, after, size + 1));
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
                            resources::IdOf("mentorships", request.mentorship(), "mentorship"));
  if (request.rating() < 1 || request.rating() > kMaxRating) {
    return status::InvalidFields({status::Violation("rating", kRatingOutOfRange)});
  }
  store::CheckIn check_in;
  check_in.id = call.NewId("check_in");
  check_in.mentorship = id;
  check_in.side = OwnSide(call.principal).value_or(domain::Side::kMentee);
  check_in.met = request.met();
  check_in.rating = request.rating();
  check_in.wants_help = request.wants_help();
  check_in.answered = call.business_now;
  return commands_.Run<v1::AnswerCheckInResponse>(
      call, id, [&](database::Transaction& tx) -> absl::StatusOr<v1::AnswerCheckInResponse> {
        TREMPLIN_ASSIGN_OR_RETURN(store::MentorshipRow row, ReadVisible(tx, call.principal, id));
        TREMPLIN_RETURN_IF_ERROR(ledger_.Apply(tx, domain::CheckIn{}, call.business_now, {}, &row));
        TREMPLIN_RETURN_IF_ERROR(store::InsertCheckIn(tx, check_in));
        facts::CheckInAnswered event;
        event.set_by(std::string(domain::NameOf(check_in.side)));
        event.set_rating(check_in.rating);
        event.set_met(check_in.met);
        event.set_wants_help(check_in.wants_help);
        TREMPLIN_RETURN_IF_ERROR(
            ledger_.Tell(tx, row.mentorship, call.business_now, call.traceparent, event));
        return v1::AnswerCheckInResponse();
      });
}

absl::StatusOr<v1::Mentorship> Sessions::RecordReview(const rpc::CallContext& call,
                                                      const v1::RecordReviewRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string id,
                            resources::IdOf("mentorships", request.mentorship(), "mentorship"));
  store::Review review;
  review.id = call.NewId("review");
  review.mentorship = id;
  if (request.status() == v1::RecordReviewRequest::STATUS_ON_TRACK) {
    review.status = domain::Review::kOnTrack;
  } else if (request.status() == v1::RecordReviewRequest::STATUS_AT_RISK) {
    review.status = domain::Review::kAtRisk;
  } else {
    return status::InvalidFields({status::Violation("status", kReviewStatusRequired)});
  }
  review.reviewer = call.principal.id;
  review.recorded = call.business_now;
  return commands_.Run<v1::Mentorship>(
      call, id, [&](database::Transaction& tx) -> absl::StatusOr<v1::Mentorship> {
        TREMPLIN_ASSIGN_OR_RETURN(store::MentorshipRow row, ReadVisible(tx, call.principal, id));
        TREMPLIN_RETURN_IF_ERROR(
            ledger_.Apply(tx, domain::RecordReview{review.status}, call.business_now, {}, &row));
        TREMPLIN_RETURN_IF_ERROR(store::InsertReview(tx, review));
        facts::ReviewRecorded event;
        event.set_status(std::string(domain::NameOf(review.status)));
        TREMPLIN_RETURN_IF_ERROR(
            ledger_.Tell(tx, row.mentorship, call.business_now, call.traceparent, event));
        return ToProto(row, call.principal);
      });
}

}  // namespace tremplin::session::app
