#include "tools/tremplinctl/season/mentoring.h"

#include "common/resources/names.h"
#include "common/status/macros.h"
#include "common/text/text.h"

namespace tremplin::ctl::season {
namespace {

using session::v1::Mentorship;

constexpr char kSession[] = "tremplin.session.v1.SessionService/";
constexpr int kReviewEvery = 30;
constexpr int kExtensionDays = 30;
constexpr double kHeld = 0.9;
constexpr const char* kEarlyReasons[] = {"not_a_fit", "mentor_unavailable", "mentee_unavailable",
                                         "found_work", "moved"};

std::string KeyOf(const Mentorship& mentorship) {
  return text::Cat(mentorship.mentee_business_key(), "|", mentorship.mentor_business_key());
}

const std::string& EnrolmentOf(const Mentorship& mentorship, bool mentee) {
  return mentee ? mentorship.mentee_enrolment() : mentorship.mentor_enrolment();
}

const char* NameOf(bool mentee) { return mentee ? "mentee" : "mentor"; }

}  // namespace

absl::Status Mentoring::Discover() {
  session::v1::ListMentorshipsRequest request;
  request.set_state(Mentorship::STATE_AGREEMENT_PENDING);
  TREMPLIN_ASSIGN_OR_RETURN(const std::vector<Mentorship> pending,
                            ListAll(stage_, text::Cat(kSession, "ListMentorships"), request,
                                    &session::v1::ListMentorshipsResponse::mentorships));
  for (const Mentorship& mentorship : pending) {
    if (!seen_.insert(mentorship.name()).second) continue;
    const std::string key = KeyOf(mentorship);
    for (const bool mentee : {true, false}) {
      const std::string step = text::Cat("sign/", NameOf(mentee));
      if (stage_.draws.Chance(key, text::Cat(step, "/never"), 0.025)) continue;
      stage_.In(stage_.draws.Between(key, text::Cat(step, "/days"), 1, 7),
                {mentorship.name(), key, step,
                 [this, mentorship, mentee] { return Sign(mentorship, mentee); }});
    }
  }
  return absl::OkStatus();
}

absl::Status Mentoring::Sign(const Mentorship& mentorship, bool mentee) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string credential,
                            stage_.CredentialOf(EnrolmentOf(mentorship, mentee)));
  session::v1::SignAgreementRequest request;
  request.set_name(mentorship.name());
  TREMPLIN_ASSIGN_OR_RETURN(
      const std::optional<Mentorship> now,
      stage_.Act<Mentorship>(credential, text::Cat(kSession, "SignAgreement"), std::move(request),
                             KeyOf(mentorship), text::Cat("sign/", NameOf(mentee))));
  if (now.has_value() && now->state() == Mentorship::STATE_ACTIVE) {
    // One side's view does not tell the other's key: what staff saw goes on, with the term.
    Mentorship started = mentorship;
    *started.mutable_term_time() = now->term_time();
    Start(started);
  }
  return absl::OkStatus();
}

void Mentoring::Start(const Mentorship& mentorship) {
  const std::string key = KeyOf(mentorship);
  const absl::CivilDay term =
      absl::ToCivilDay(resources::FromTimestamp(mentorship.term_time()), stage_.zone);
  absl::CivilDay end = term;
  const double fate = stage_.draws.Unit(key, "fate");
  if (fate < 0.10) {
    end = stage_.today + stage_.draws.Between(key, "early/days", 14, 70);
    PlanEarlyEnd(mentorship, end);
  } else if (fate < 0.24) {
    end = stage_.today + stage_.draws.Between(key, "goals/days", 63, 84);
    PlanClosing(mentorship, end, /*goals_met=*/true);
  } else if (fate < 0.36) {
    PlanExtension(mentorship, term);
  } else if (fate < 0.80) {
    PlanClosing(mentorship, term + stage_.draws.Between(key, "close/days", 1, 5), false);
  }  // the rest is closed by time
  PlanSessions(mentorship, stage_.today + 3, end, 0);
  PlanReviews(mentorship, end);
}

void Mentoring::PlanSessions(const Mentorship& mentorship, absl::CivilDay first, absl::CivilDay end,
                             int week) {
  const std::string key = KeyOf(mentorship);
  for (absl::CivilDay day = first; day < end; day += 7, ++week) {
    if (stage_.draws.Chance(key, text::Cat("session/", week), kHeld)) {
      stage_.agenda.Plan(day, {mentorship.name(), key, text::Cat("session/", week),
                               [this, mentorship, week] { return LogSession(mentorship, week); }});
    }
    if (week % 4 != 3) continue;
    for (const bool mentee : {true, false}) {
      const std::string step = text::Cat("check_in/", NameOf(mentee), "/", week);
      if (!stage_.draws.Chance(key, step, 0.6)) continue;
      stage_.agenda.Plan(day, {mentorship.name(), key, step, [this, mentorship, week, mentee] {
                                 return CheckIn(mentorship, week, mentee);
                               }});
    }
  }
}

void Mentoring::PlanReviews(const Mentorship& mentorship, absl::CivilDay end) {
  const std::string key = KeyOf(mentorship);
  for (int number = 1; stage_.today + number * kReviewEvery < end; ++number) {
    const std::string step = text::Cat("review/", number);
    const absl::CivilDay day = stage_.today + number * kReviewEvery +
                               stage_.draws.Between(key, text::Cat(step, "/days"), 1, 4);
    if (day >= end) break;
    stage_.agenda.Plan(
        day, {mentorship.name(), key, step, [this, mentorship, key, step] {
                session::v1::RecordReviewRequest request;
                request.set_mentorship(mentorship.name());
                request.set_status(stage_.draws.Chance(key, step, 0.12)
                                       ? session::v1::RecordReviewRequest::STATUS_AT_RISK
                                       : session::v1::RecordReviewRequest::STATUS_ON_TRACK);
                return stage_
                    .Act<Mentorship>(stage_.coordinator, text::Cat(kSession, "RecordReview"),
                                     request, key, step)
                    .status();
              }});
  }
}

void Mentoring::PlanExtension(const Mentorship& mentorship, absl::CivilDay term) {
  const std::string key = KeyOf(mentorship);
  for (const bool mentee : {true, false}) {
    const std::string step = text::Cat("extend/", NameOf(mentee));
    stage_.agenda.Plan(term - stage_.draws.Between(key, text::Cat(step, "/days"), 5, 14),
                       {mentorship.name(), key, step,
                        [this, mentorship, mentee] { return Extend(mentorship, mentee); }});
  }
}

absl::Status Mentoring::Extend(const Mentorship& mentorship, bool mentee) {
  const std::string key = KeyOf(mentorship);
  TREMPLIN_ASSIGN_OR_RETURN(const std::string credential,
                            stage_.CredentialOf(EnrolmentOf(mentorship, mentee)));
  session::v1::ExtendMentorshipRequest request;
  request.set_name(mentorship.name());
  request.set_days(kExtensionDays);
  TREMPLIN_ASSIGN_OR_RETURN(
      const std::optional<Mentorship> now,
      stage_.Act<Mentorship>(credential, text::Cat(kSession, "ExtendMentorship"),
                             std::move(request), key, text::Cat("extend/", NameOf(mentee))));
  if (!now.has_value()) return absl::OkStatus();
  const auto day = [this](const google::protobuf::Timestamp& time) {
    return absl::ToCivilDay(resources::FromTimestamp(time), stage_.zone);
  };
  const absl::CivilDay old_term = day(mentorship.term_time());
  const absl::CivilDay term = day(now->term_time());
  if (term <= old_term) return absl::OkStatus();  // the other side has yet to agree
  PlanSessions(mentorship, old_term + 1, term, 100);
  PlanClosing(mentorship, term + stage_.draws.Between(key, "close/days", 1, 5), false);
  return absl::OkStatus();
}

void Mentoring::PlanClosing(const Mentorship& mentorship, absl::CivilDay day, bool goals_met) {
  const std::string key = KeyOf(mentorship);
  stage_.agenda.Plan(day, {mentorship.name(), key, "complete", [this, mentorship, key, goals_met] {
                             session::v1::CompleteMentorshipRequest request;
                             request.set_name(mentorship.name());
                             request.set_goals_met(goals_met);
                             return stage_
                                 .Act<Mentorship>(stage_.coordinator,
                                                  text::Cat(kSession, "CompleteMentorship"),
                                                  request, key, "complete")
                                 .status();
                           }});
}

void Mentoring::PlanEarlyEnd(const Mentorship& mentorship, absl::CivilDay day) {
  stage_.agenda.Plan(day, {mentorship.name(), KeyOf(mentorship), "end_early",
                           [this, mentorship] { return EndEarly(mentorship); }});
}

absl::Status Mentoring::EndEarly(const Mentorship& mentorship) {
  const std::string key = KeyOf(mentorship);
  const int who = stage_.draws.Between(key, "early/who", 0, 2);
  std::string credential = stage_.coordinator;
  if (who != 2) {
    TREMPLIN_ASSIGN_OR_RETURN(credential, stage_.CredentialOf(EnrolmentOf(mentorship, who == 0)));
  }
  session::v1::EndMentorshipEarlyRequest request;
  request.set_name(mentorship.name());
  const int reason = stage_.draws.Between(key, "early/reason", 0, 4);
  request.set_reason(kEarlyReasons[reason]);
  // Who found work or moved, or has no more time, does not go on; the other one does.
  request.set_rematch_mentee(reason < 2);
  request.set_rematch_mentor(reason != 1);
  return stage_
      .Act<Mentorship>(credential, text::Cat(kSession, "EndMentorshipEarly"), std::move(request),
                       key, "end_early")
      .status();
}

absl::Status Mentoring::LogSession(const Mentorship& mentorship, int week) {
  const std::string key = KeyOf(mentorship);
  const std::string step = text::Cat("session/", week);
  const bool mentee = stage_.draws.Chance(key, text::Cat(step, "/by"), 0.5);
  TREMPLIN_ASSIGN_OR_RETURN(const std::string credential,
                            stage_.CredentialOf(EnrolmentOf(mentorship, mentee)));
  session::v1::LogSessionRequest request;
  request.set_mentorship(mentorship.name());
  *request.mutable_held_time() = resources::ToTimestamp(stage_.now);
  request.set_minutes(15 * stage_.draws.Between(key, text::Cat(step, "/minutes"), 3, 8));
  const double contact = stage_.draws.Unit(key, text::Cat(step, "/contact"));
  request.set_contact(contact < 0.82   ? session::v1::CONTACT_IN_PERSON
                      : contact < 0.92 ? session::v1::CONTACT_VIDEO
                                       : session::v1::CONTACT_CALL);
  return stage_
      .Act<session::v1::Session>(credential, text::Cat(kSession, "LogSession"), std::move(request),
                                 key, step)
      .status();
}

absl::Status Mentoring::CheckIn(const Mentorship& mentorship, int week, bool mentee) {
  const std::string key = KeyOf(mentorship);
  const std::string step = text::Cat("check_in/", NameOf(mentee), "/", week);
  TREMPLIN_ASSIGN_OR_RETURN(const std::string credential,
                            stage_.CredentialOf(EnrolmentOf(mentorship, mentee)));
  session::v1::AnswerCheckInRequest request;
  request.set_mentorship(mentorship.name());
  request.set_met(stage_.draws.Chance(key, text::Cat("session/", week), kHeld));
  request.set_rating(stage_.draws.Between(key, text::Cat(step, "/rating"), 5, 10));
  request.set_wants_help(stage_.draws.Chance(key, text::Cat(step, "/help"), 0.05));
  return stage_
      .Act<session::v1::AnswerCheckInResponse>(credential, text::Cat(kSession, "AnswerCheckIn"),
                                               std::move(request), key, step)
      .status();
}

}  // namespace tremplin::ctl::season
