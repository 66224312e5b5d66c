#include "services/session/app/introductions.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "services/session/app/view.h"
#include "services/session/messages.h"
#include "services/session/store/enrolments.h"
#include "services/session/store/introductions.h"

namespace tremplin::session::app {
namespace {

namespace facts = tremplin::session::events::v1;
using Rows = std::vector<store::EngagementRow>;

// Somebody of the program who may be met there, and none of those who sit together already.
absl::Status CheckIntroduced(database::Reader& reader, const domain::Engagement& engagement,
                             const std::string& to) {
  if (to.empty()) return absl::OkStatus();
  TREMPLIN_ASSIGN_OR_RETURN(const std::optional<store::Enrolment> known,
                            store::FindEnrolment(reader, to));
  if (!known.has_value() || known->program != engagement.program ||
      known->side != domain::Side::kMentor || known->ended != absl::InfinitePast()) {
    return status::InvalidFields({status::Violation("to_enrolment", kIntroducedUnknown)});
  }
  for (const domain::Participant& one : engagement.participants) {
    if (one.person == known->person) {
      return status::InvalidFields({status::Violation("to_enrolment", kIntroducedThemselves)});
    }
  }
  return absl::OkStatus();
}

bool IsMeeting(const domain::Engagement& engagement) { return engagement.terms.introductions > 0; }

// Whether the caller may see what the enrolment did, which they took part in as a mentee.
absl::Status CheckChainVisible(database::Reader& reader, const rpc::Principal& principal,
                               const std::string& enrolment) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::optional<store::Enrolment> known,
                            store::FindEnrolment(reader, enrolment));
  const bool visible = known.has_value() && known->side == domain::Side::kMentee &&
                       MaySeeProgram(principal, known->program) &&
                       (!OwnSide(principal).has_value() ||
                        (!principal.person.empty() && known->person == principal.person));
  if (visible) return absl::OkStatus();
  return status::Error(absl::StatusCode::kNotFound, kEnrolmentNotFound);
}

v1::Chain::Meeting MeetingOf(const domain::Engagement& meeting, const Rows& all) {
  v1::Chain::Meeting to;
  to.set_engagement(resources::NameOf("engagements", meeting.id));
  for (const domain::Participant& one : meeting.participants) {
    if (one.side != domain::Side::kMentor) continue;
    to.set_connector_enrolment(resources::NameOf("enrolments", one.enrolment));
    break;
  }
  to.set_state(ToProto(meeting.state));
  if (meeting.held != absl::InfinitePast()) {
    *to.mutable_held_time() = resources::ToTimestamp(meeting.held);
  }
  to.set_introductions_given(meeting.introductions_given);
  for (const store::EngagementRow& other : all) {
    const domain::Engagement& one = other.engagement;
    if (one.id == meeting.continues && IsMeeting(one)) {
      to.set_introduced_by(resources::NameOf("engagements", one.id));
    }
    if (one.continues == meeting.id && !IsMeeting(one)) {
      to.set_became(resources::NameOf("engagements", one.id));
    }
  }
  return to;
}

}  // namespace

Introductions::Introductions(database::Database& db, rpc::Commands& commands, const Ledger& ledger)
    : db_(db), commands_(commands), ledger_(ledger) {}

absl::StatusOr<v1::Introduction> Introductions::GiveIntroduction(
    const rpc::CallContext& call, const v1::GiveIntroductionRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string id,
                            resources::IdOf("engagements", request.engagement(), "engagement"));
  store::Introduction introduction{call.NewId("introduction"), id, 0, "", "", call.business_now};
  if (!request.to_enrolment().empty()) {
    TREMPLIN_ASSIGN_OR_RETURN(
        introduction.to, resources::IdOf("enrolments", request.to_enrolment(), "to_enrolment"));
  }
  return commands_.Run<v1::Introduction>(
      call, id, [&](database::Transaction& tx) -> absl::StatusOr<v1::Introduction> {
        TREMPLIN_ASSIGN_OR_RETURN(store::EngagementRow row, ReadVisible(tx, call.principal, id));
        store::Introduction made = introduction;
        TREMPLIN_RETURN_IF_ERROR(CheckIntroduced(tx, row.engagement, made.to));
        facts::IntroductionGiven event;
        event.set_introduction(made.id);
        event.set_to(made.to);
        const domain::GiveIntroduction command{ActingAs(call.principal, row.engagement), made.to};
        TREMPLIN_RETURN_IF_ERROR(
            ledger_.Apply(tx, command, call.business_now, {call.traceparent, event}, &row));
        made.number = row.engagement.introductions_given;
        TREMPLIN_ASSIGN_OR_RETURN(const bool inserted, store::InsertIntroduction(tx, made));
        if (!inserted) return status::Error(absl::StatusCode::kAlreadyExists, kAlreadyIntroduced);
        return ToProto(made);
      });
}

absl::StatusOr<v1::ListIntroductionsResponse> Introductions::ListIntroductions(
    const rpc::CallContext& call, const v1::ListIntroductionsRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string id,
                            resources::IdOf("engagements", request.engagement(), "engagement"));
  v1::ListIntroductionsResponse response;
  TREMPLIN_RETURN_IF_ERROR(db_.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
    response.Clear();
    TREMPLIN_ASSIGN_OR_RETURN(const store::EngagementRow row,
                              ReadVisible(reader, call.principal, id));
    const absl::Time until = SeesUntil(call.principal, row.engagement);
    TREMPLIN_ASSIGN_OR_RETURN(const std::vector<store::Introduction> all,
                              store::ListIntroductions(reader, id));
    for (const store::Introduction& one : all) {
      if (one.given <= until) *response.add_introductions() = ToProto(one);
    }
    return absl::OkStatus();
  }));
  return response;
}

absl::StatusOr<v1::Chain> Introductions::GetChain(const rpc::CallContext& call,
                                                  const v1::GetChainRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string enrolment,
                            resources::IdOf("enrolments", request.enrolment(), "enrolment"));
  v1::Chain chain;
  TREMPLIN_RETURN_IF_ERROR(db_.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
    chain.Clear();
    TREMPLIN_RETURN_IF_ERROR(CheckChainVisible(reader, call.principal, enrolment));
    TREMPLIN_ASSIGN_OR_RETURN(Rows rows, store::ListOfEnrolment(reader, enrolment));
    // By when they were held; those that are still to come, by when they were opened, last.
    std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
      const auto held = [](const domain::Engagement& one) {
        return one.held == absl::InfinitePast() ? absl::InfiniteFuture() : one.held;
      };
      return held(a.engagement) < held(b.engagement);
    });
    for (const store::EngagementRow& row : rows) {
      if (IsMeeting(row.engagement)) *chain.add_meetings() = MeetingOf(row.engagement, rows);
    }
    return absl::OkStatus();
  }));
  return chain;
}

}  // namespace tremplin::session::app
