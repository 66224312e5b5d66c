#include "services/session/app/view.h"

#include <string>
#include <utility>

#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/session/messages.h"

namespace tremplin::session::app {
namespace {

using google::protobuf::Timestamp;
using resources::NameOf;

v1::Mentorship::State ToProto(domain::State state) {
  switch (state) {
    case domain::State::kAgreementPending:
      return v1::Mentorship::STATE_AGREEMENT_PENDING;
    case domain::State::kActive:
      return v1::Mentorship::STATE_ACTIVE;
    case domain::State::kCompleted:
      return v1::Mentorship::STATE_COMPLETED;
    case domain::State::kEndedEarly:
      return v1::Mentorship::STATE_ENDED_EARLY;
    case domain::State::kLapsed:
      return v1::Mentorship::STATE_LAPSED;
  }
  return v1::Mentorship::STATE_UNSPECIFIED;
}

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

bool MaySee(const rpc::Principal& principal, const domain::Mentorship& mentorship) {
  if (!MaySeeProgram(principal, mentorship.program)) return false;
  const std::optional<domain::Side> side = OwnSide(principal);
  if (!side.has_value()) return true;
  return !principal.person.empty() && mentorship.party(*side).person == principal.person;
}

}  // namespace

std::optional<domain::Side> OwnSide(const rpc::Principal& principal) {
  if (principal.role == rpc::Role::ROLE_MENTEE) return domain::Side::kMentee;
  if (principal.role == rpc::Role::ROLE_MENTOR) return domain::Side::kMentor;
  return std::nullopt;
}

bool MaySeeProgram(const rpc::Principal& principal, std::string_view program) {
  return principal.program.empty() || principal.program == program;
}

absl::StatusOr<store::MentorshipRow> ReadVisible(database::Reader& reader,
                                                 const rpc::Principal& principal,
                                                 std::string_view id) {
  TREMPLIN_ASSIGN_OR_RETURN(std::optional<store::MentorshipRow> row,
                            store::FindMentorship(reader, id));
  if (!row.has_value() || !MaySee(principal, row->mentorship)) {
    return status::Error(absl::StatusCode::kNotFound, kMentorshipNotFound);
  }
  return *std::move(row);
}

v1::Mentorship ToProto(const store::MentorshipRow& row, const rpc::Principal& principal) {
  const domain::Mentorship& from = row.mentorship;
  const std::optional<domain::Side> own = OwnSide(principal);
  v1::Mentorship to;
  const auto set_time = [](absl::Time time, Timestamp* (v1::Mentorship::*field)(),
                           v1::Mentorship* message) {
    if (time != absl::InfinitePast()) *(message->*field)() = resources::ToTimestamp(time);
  };
  to.set_name(NameOf("mentorships", from.id));
  to.set_proposal(NameOf("proposals", from.proposal));
  to.set_program(NameOf("programs", from.program));
  to.set_program_version(from.program_version);
  to.set_mentee_enrolment(NameOf("enrolments", from.mentee.enrolment));
  to.set_mentor_enrolment(NameOf("enrolments", from.mentor.enrolment));
  to.set_state(ToProto(from.state));
  set_time(from.mentee.signed_at, &v1::Mentorship::mutable_mentee_signed_time, &to);
  set_time(from.mentor.signed_at, &v1::Mentorship::mutable_mentor_signed_time, &to);
  set_time(from.sign_by, &v1::Mentorship::mutable_sign_by_time, &to);
  set_time(from.start, &v1::Mentorship::mutable_start_time, &to);
  set_time(from.term, &v1::Mentorship::mutable_term_time, &to);
  set_time(from.end, &v1::Mentorship::mutable_end_time, &to);
  to.set_end_reason(from.end_reason);
  to.set_counted_minutes(from.counted_minutes);
  to.set_session_count(from.session_count);
  if (!own.has_value()) {
    set_time(from.next_review, &v1::Mentorship::mutable_next_review_time, &to);
    to.set_review_status(std::string(domain::NameOf(from.review)));
    to.set_review_overdue(from.review_overdue);
  }
  to.set_mentee_extension_days(from.mentee.extension_days);
  to.set_mentor_extension_days(from.mentor.extension_days);
  to.set_etag(resources::Etag(row.version));
  if (own != domain::Side::kMentor) to.set_mentee_business_key(from.mentee.business_key);
  if (own != domain::Side::kMentee) to.set_mentor_business_key(from.mentor.business_key);
  return to;
}

v1::Session ToProto(const store::Session& session) {
  v1::Session to;
  to.set_name(text::Cat(NameOf("mentorships", session.mentorship), "/sessions/", session.id));
  *to.mutable_held_time() = resources::ToTimestamp(session.held);
  to.set_minutes(session.minutes);
  to.set_contact(ToProto(session.contact));
  to.set_counts(session.counts);
  return to;
}

std::optional<domain::State> StateOf(v1::Mentorship::State state) {
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

}  // namespace tremplin::session::app
