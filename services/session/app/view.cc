#include "services/session/app/view.h"

#include <algorithm>
#include <map>
#include <utility>

#include "common/clock/day.h"
#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/session/domain/credits.h"
#include "services/session/messages.h"
#include "services/session/store/enrolments.h"

namespace tremplin::session::app {
namespace {

using google::protobuf::Timestamp;
using resources::NameOf;
using Credits = std::map<std::pair<std::string, std::string>, int64_t>;

v1::Contact ToProto(domain::Contact contact) {
  switch (contact) {
    case domain::Contact::kInPerson:
      return v1::CONTACT_IN_PERSON;
    case domain::Contact::kVideo:
      return v1::CONTACT_VIDEO;
    case domain::Contact::kCall:
      return v1::CONTACT_CALL;
    case domain::Contact::kMail:
      return v1::CONTACT_MAIL;
  }
  return v1::CONTACT_UNSPECIFIED;
}

v1::Rematch ToProto(domain::Rematch rematch) {
  switch (rematch) {
    case domain::Rematch::kAsk:
      return v1::REMATCH_UNSPECIFIED;
    case domain::Rematch::kYes:
      return v1::REMATCH_YES;
    case domain::Rematch::kNo:
      return v1::REMATCH_NO;
  }
  return v1::REMATCH_UNSPECIFIED;
}

v1::Goal::State ToProto(domain::GoalState state) {
  switch (state) {
    case domain::GoalState::kOpen:
      return v1::Goal::STATE_OPEN;
    case domain::GoalState::kMet:
      return v1::Goal::STATE_MET;
    case domain::GoalState::kDropped:
      return v1::Goal::STATE_DROPPED;
  }
  return v1::Goal::STATE_UNSPECIFIED;
}

v1::Session::State ToProto(store::SessionState state) {
  switch (state) {
    case store::SessionState::kLogged:
      return v1::Session::STATE_LOGGED;
    case store::SessionState::kCorrected:
      return v1::Session::STATE_CORRECTED;
    case store::SessionState::kStruck:
      return v1::Session::STATE_STRUCK;
  }
  return v1::Session::STATE_UNSPECIFIED;
}

void SetTime(absl::Time time, Timestamp* (v1::Engagement::*field)(), v1::Engagement* to) {
  if (time != absl::InfinitePast()) *(to->*field)() = resources::ToTimestamp(time);
}

bool MaySee(const rpc::Principal& principal, const domain::Engagement& engagement) {
  if (!MaySeeProgram(principal, engagement.program)) return false;
  return !OwnSide(principal).has_value() || OwnPart(principal, engagement) != nullptr;
}

// The engagement as who left at `left` knew it then; what is theirs stays.
domain::Engagement AsLeft(domain::Engagement engagement, const std::string& own, absl::Time left) {
  const bool had_begun = engagement.start != absl::InfinitePast() && engagement.start <= left;
  engagement.state = had_begun ? domain::State::kActive : domain::State::kAgreementPending;
  if (!had_begun) engagement.start = absl::InfinitePast();
  engagement.term = engagement.end = absl::InfinitePast();
  engagement.end_reason.clear();
  engagement.goals.clear();
  engagement.phases_done.clear();
  std::erase_if(engagement.participants,
                [&](const domain::Participant& one) { return one.joined > left; });
  for (domain::Participant& one : engagement.participants) {
    if (one.enrolment == own) {
      engagement.counted_minutes = one.counted_minutes;
      engagement.session_count = one.session_count;
      continue;
    }
    if (one.left > left) one.left = absl::InfinitePast();
    one.counted_minutes = one.session_count = one.extension_days = 0;
    std::erase_if(one.signatures, [&](const auto& signature) { return signature.second > left; });
  }
  return engagement;
}

// What staff see of a document that stays between the participants: when the last of them had
// signed it.
absl::Time WhenSigned(const domain::Engagement& engagement, const domain::Document& document) {
  absl::Time last = absl::InfinitePast();
  if (!domain::SignedByAll(engagement, document)) return last;
  for (const domain::Participant& one : engagement.participants) {
    const auto signature = one.signatures.find(document.code);
    if (signature != one.signatures.end()) last = std::max(last, signature->second);
  }
  return last;
}

void AddSignatures(const domain::Engagement& engagement, const domain::Participant& from,
                   bool staff, v1::Participant* to) {
  for (const auto& [code, when] : from.signatures) {
    const domain::Document* document = domain::FindDocument(engagement.terms, code);
    const bool kept = staff && document != nullptr && document->pair_private;
    const absl::Time shown = kept ? WhenSigned(engagement, *document) : when;
    if (shown == absl::InfinitePast()) continue;
    v1::Signature& signature = *to->add_signatures();
    signature.set_document(code);
    *signature.mutable_sign_time() = resources::ToTimestamp(shown);
  }
}

void AddCredits(const Credits& credits, const std::string& enrolment, v1::Participant* to) {
  for (const auto& [whose, hundredths] : credits) {
    if (whose.first != enrolment) continue;
    v1::Credit& credit = *to->add_credits();
    credit.set_rule(whose.second);
    credit.set_hundredths(static_cast<int32_t>(hundredths));
  }
}

void AddParticipant(const domain::Engagement& engagement, const domain::Participant& from,
                    const domain::Participant* own, const Credits& credits, v1::Engagement* to) {
  v1::Participant& one = *to->add_participants();
  one.set_enrolment(NameOf("enrolments", from.enrolment));
  one.set_side(from.side == domain::Side::kMentee ? program::v1::SUBJECT_MENTEE
                                                  : program::v1::SUBJECT_MENTOR);
  *one.mutable_join_time() = resources::ToTimestamp(from.joined);
  if (!from.present()) *one.mutable_leave_time() = resources::ToTimestamp(from.left);
  one.set_counted_minutes(from.counted_minutes);
  one.set_session_count(from.session_count);
  one.set_extension_days(from.extension_days);
  AddSignatures(engagement, from, own == nullptr, &one);
  if (own != nullptr && own->enrolment != from.enrolment) return;
  one.set_business_key(from.business_key);
  one.set_leave_reason(from.leave_reason);
  one.set_rematch(ToProto(from.rematch));
  one.set_continue_as(from.continue_as);
  AddCredits(credits, from.enrolment, &one);
}

void AddPlan(const domain::Engagement& from, v1::Engagement* to) {
  for (const domain::Phase& phase : from.terms.phases) {
    v1::PhaseProgress& progress = *to->add_phases();
    progress.set_phase(phase.code);
    const auto done = from.phases_done.find(phase.code);
    if (done != from.phases_done.end()) {
      progress.set_done(true);
      *progress.mutable_done_time() = resources::ToTimestamp(done->second);
    }
    if (phase.due_day > 0 && from.start != absl::InfinitePast()) {
      *progress.mutable_expected_time() = resources::ToTimestamp(
          clock::EndOfDay(from.start, phase.due_day, domain::ZoneOf(from.terms)));
    }
  }
  for (const domain::Goal& goal : from.goals) {
    v1::Goal& one = *to->add_goals();
    one.set_id(goal.id);
    one.set_code(goal.code);
    one.set_state(ToProto(goal.state));
    one.set_progress(goal.progress);
  }
}

void AddStaffs(const domain::Engagement& from, v1::Engagement* to) {
  SetTime(from.next_review, &v1::Engagement::mutable_next_review_time, to);
  to->set_review_status(std::string(domain::NameOf(from.review)));
  to->set_review_overdue(from.review_overdue);
  to->set_misses(from.misses);
}

v1::Engagement Filled(const domain::Engagement& from, const domain::Participant* own,
                      const Credits& credits) {
  v1::Engagement to;
  to.set_name(NameOf("engagements", from.id));
  to.set_proposal(NameOf("proposals", from.proposal));
  to.set_program(NameOf("programs", from.program));
  to.set_program_version(from.program_version);
  to.set_format(from.format);
  to.set_state(app::ToProto(from.state));
  SetTime(from.sign_by, &v1::Engagement::mutable_sign_by_time, &to);
  SetTime(from.start, &v1::Engagement::mutable_start_time, &to);
  SetTime(from.term, &v1::Engagement::mutable_term_time, &to);
  SetTime(from.end, &v1::Engagement::mutable_end_time, &to);
  to.set_end_reason(from.end_reason);
  to.set_counted_minutes(from.counted_minutes);
  to.set_session_count(from.session_count);
  to.set_continues(NameOf("engagements", from.continues));
  AddPlan(from, &to);
  for (const domain::Participant& one : from.participants) {
    // Those who left are shown to staff and to themselves.
    const bool is_own = own != nullptr && own->enrolment == one.enrolment;
    if (!one.present() && own != nullptr && !is_own) continue;
    AddParticipant(from, one, own, credits, &to);
  }
  if (own == nullptr) AddStaffs(from, &to);
  return to;
}

absl::StatusOr<Credits> ReadCredits(database::Reader& reader,
                                    const domain::Engagement& engagement) {
  if (engagement.terms.credits.empty()) return Credits();
  TREMPLIN_ASSIGN_OR_RETURN(const std::vector<domain::Attendance> attended,
                            store::ListAttendance(reader, engagement.id));
  TREMPLIN_ASSIGN_OR_RETURN(const std::vector<domain::FactSince> facts,
                            store::ListFacts(reader, engagement.id));
  return domain::CreditsOf(engagement.terms, attended, facts);
}

}  // namespace

std::optional<domain::Side> OwnSide(const rpc::Principal& principal) {
  if (principal.role == rpc::Role::ROLE_MENTEE) return domain::Side::kMentee;
  if (principal.role == rpc::Role::ROLE_MENTOR) return domain::Side::kMentor;
  return std::nullopt;
}

bool MaySeeProgram(const rpc::Principal& principal, std::string_view program) {
  // Staff placed with an organization see its people; what is here is a whole program's.
  const bool placed =
      principal.role == rpc::Role::ROLE_COORDINATOR && !principal.organization.empty();
  return !placed && (principal.program.empty() || principal.program == program);
}

const domain::Participant* OwnPart(const rpc::Principal& principal,
                                   const domain::Engagement& engagement) {
  const std::optional<domain::Side> side = OwnSide(principal);
  if (!side.has_value() || principal.person.empty()) return nullptr;
  for (const domain::Participant& one : engagement.participants) {
    if (one.side == *side && one.person == principal.person) return &one;
  }
  return nullptr;
}

std::string ActingAs(const rpc::Principal& principal, const domain::Engagement& engagement) {
  const domain::Participant* own = OwnPart(principal, engagement);
  return own == nullptr ? std::string() : own->enrolment;
}

absl::StatusOr<store::EngagementRow> ReadVisible(database::Reader& reader,
                                                 const rpc::Principal& principal,
                                                 std::string_view id) {
  TREMPLIN_ASSIGN_OR_RETURN(std::optional<store::EngagementRow> row,
                            store::FindEngagement(reader, id));
  if (!row.has_value() || !MaySee(principal, row->engagement)) {
    return status::Error(absl::StatusCode::kNotFound, kEngagementNotFound);
  }
  return *std::move(row);
}

absl::Time SeesUntil(const rpc::Principal& principal, const domain::Engagement& engagement) {
  const domain::Participant* own = OwnPart(principal, engagement);
  if (own == nullptr || own->present()) {
    return absl::InfiniteFuture();
  }
  return own->left;
}

absl::StatusOr<v1::Engagement> ToProto(database::Reader& reader, const store::EngagementRow& row,
                                       const rpc::Principal& principal) {
  TREMPLIN_ASSIGN_OR_RETURN(const Credits credits, ReadCredits(reader, row.engagement));
  const domain::Participant* own = OwnPart(principal, row.engagement);
  const absl::Time until = SeesUntil(principal, row.engagement);
  if (until != absl::InfiniteFuture()) {
    return Filled(AsLeft(row.engagement, own->enrolment, until), own, credits);
  }
  v1::Engagement to = Filled(row.engagement, own, credits);
  to.set_introductions_missing(domain::IntroductionsMissing(row.engagement));
  to.set_etag(resources::Etag(row.version));
  return to;
}

v1::Session ToProto(const store::Session& session) {
  v1::Session to;
  to.set_name(text::Cat(NameOf("engagements", session.engagement), "/sessions/", session.id));
  *to.mutable_held_time() = resources::ToTimestamp(session.held.at);
  to.set_minutes(session.held.minutes);
  to.set_contact(ToProto(session.held.contact));
  to.set_counts(session.held.counts && session.state != store::SessionState::kStruck);
  for (const std::string& enrolment : session.held.attended) {
    to.add_attended(NameOf("enrolments", enrolment));
  }
  to.set_state(ToProto(session.state));
  to.set_reason(session.reason);
  to.set_etag(resources::Etag(session.version));
  return to;
}

v1::Introduction ToProto(const store::Introduction& introduction) {
  v1::Introduction to;
  to.set_name(text::Cat(NameOf("engagements", introduction.engagement), "/introductions/",
                        introduction.id));
  to.set_to_enrolment(NameOf("enrolments", introduction.to));
  *to.mutable_give_time() = resources::ToTimestamp(introduction.given);
  to.set_engagement(NameOf("engagements", introduction.led_to));
  return to;
}

v1::Engagement::State ToProto(domain::State state) {
  switch (state) {
    case domain::State::kAgreementPending:
      return v1::Engagement::STATE_AGREEMENT_PENDING;
    case domain::State::kActive:
      return v1::Engagement::STATE_ACTIVE;
    case domain::State::kCompleted:
      return v1::Engagement::STATE_COMPLETED;
    case domain::State::kEndedEarly:
      return v1::Engagement::STATE_ENDED_EARLY;
    case domain::State::kLapsed:
      return v1::Engagement::STATE_LAPSED;
  }
  return v1::Engagement::STATE_UNSPECIFIED;
}

std::optional<domain::State> StateOf(v1::Engagement::State state) {
  for (domain::State one : domain::kAllStates) {
    if (ToProto(one) == state) return one;
  }
  return std::nullopt;
}

std::optional<domain::Contact> ContactOf(v1::Contact contact) {
  for (domain::Contact one : domain::kAllContacts) {
    if (ToProto(one) == contact) return one;
  }
  return std::nullopt;
}

std::optional<domain::GoalState> GoalStateOf(v1::Goal::State state) {
  for (domain::GoalState one : domain::kAllGoalStates) {
    if (ToProto(one) == state) return one;
  }
  return std::nullopt;
}

domain::Rematch RematchOf(v1::Rematch rematch) {
  for (domain::Rematch one : domain::kAllRematches) {
    if (ToProto(one) == rematch) return one;
  }
  return domain::Rematch::kAsk;
}

}  // namespace tremplin::session::app
