// Of engagements, what only a season of several programs plays: plans, leaving, jobs, single
// meetings and what they lead to.
#include <algorithm>

#include "common/resources/names.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "tools/tremplinctl/goals.h"
#include "tools/tremplinctl/population.h"
#include "tools/tremplinctl/season/engaged.h"
#include "tools/tremplinctl/season/mentoring.h"
#include "tremplin/outcome/v1/outcome.pb.h"
#include "tremplin/registration/v1/registration.pb.h"

namespace tremplin::ctl::season {
namespace {

using registration::v1::Enrolment;
using session::v1::Engagement;
using session::v1::Participant;

constexpr char kOutcome[] = "tremplin.outcome.v1.OutcomeService/";

}  // namespace

void Mentoring::PlanPlan(const Engagement& engagement, absl::CivilDay end) {
  const std::string key = KeyOf(engagement);
  const std::vector<Participant> present = Present(engagement);
  if (present.empty()) return;
  int number = 0;
  for (const program::v1::Phase& phase : TermsOf(engagement).phases()) {
    ++number;
    const std::string step = text::Cat("phase/", phase.code());
    if (!stage_.draws.Chance(key, step, 0.85)) continue;
    const int due = phase.due_day() > 0 ? phase.due_day() : 7 * number;
    const absl::CivilDay day =
        stage_.today + due + stage_.draws.Between(key, text::Cat(step, "/days"), -3, 6);
    if (day >= end) continue;
    Plan(day, engagement, step, [this, engagement, by = present.front(), step, phase] {
      session::v1::SetPhaseRequest request;
      request.set_engagement(engagement.name());
      request.set_phase(phase.code());
      request.set_done(true);
      const auto credential = stage_.CredentialOf(by.enrolment());
      if (!credential.ok()) return credential.status();
      return stage_
          .Act<Engagement>(*credential, text::Cat(kSession, "SetPhase"), request, engagement.name(),
                           step)
          .status();
    });
  }
  const std::vector<std::string> goals = DrawnGoals(/*mentor=*/false, [&](std::string_view code) {
    return stage_.draws.Unit(key, text::Cat("plan/", code));
  });
  for (const std::string& code : goals) {
    const std::string step = text::Cat("goal/", code);
    Plan(stage_.today + stage_.draws.Between(key, text::Cat(step, "/days"), 4, 20), engagement,
         step, [this, engagement, by = present.front(), step, code] {
           session::v1::SetGoalRequest request;
           request.set_engagement(engagement.name());
           request.set_code(code);
           request.set_state(session::v1::Goal::STATE_OPEN);
           const auto credential = stage_.CredentialOf(by.enrolment());
           if (!credential.ok()) return credential.status();
           return stage_
               .Act<Engagement>(*credential, text::Cat(kSession, "SetGoal"), request,
                                engagement.name(), step)
               .status();
         });
  }
}

// Of a group some go before the others.
void Mentoring::PlanLeaving(const Engagement& engagement, absl::CivilDay end) {
  if (IsPair(engagement)) return;
  for (const Participant& who : Present(engagement)) {
    if (!stage_.draws.Chance(who.business_key(), "leave", 0.06)) continue;
    const absl::CivilDay day =
        stage_.today + stage_.draws.Between(who.business_key(), "leave/days", 10, 60);
    if (day >= end) continue;
    Plan(day, engagement, text::Cat("leave/", who.business_key()), [this, engagement, who] {
      session::v1::LeaveEngagementRequest request;
      request.set_name(engagement.name());
      request.set_reason("moved");
      request.set_rematch(session::v1::REMATCH_NO);
      const auto credential = stage_.CredentialOf(who.enrolment());
      if (!credential.ok()) return credential.status();
      return stage_
          .Act<Engagement>(*credential, text::Cat(kSession, "LeaveEngagement"), request,
                           who.enrolment(), text::Cat("leave/", engagement.name()))
          .status();
    });
  }
}

// A job found on the way is told at once; the engagement goes on.
void Mentoring::PlanJob(const Engagement& engagement, absl::CivilDay end) {
  for (const Participant& who : Present(engagement)) {
    const std::string& key = who.business_key();
    if (who.side() != program::v1::SUBJECT_MENTEE) continue;
    if (!stage_.draws.Chance(key, "job", 0.08)) continue;
    const absl::CivilDay day = stage_.today + stage_.draws.Between(key, "job/days", 10, 60);
    if (day >= end) continue;
    Plan(day, engagement, text::Cat("job/", key), [this, who] {
      outcome::v1::ReportJobRequest request;
      request.set_enrolment(who.enrolment());
      outcome::v1::Job& job = *request.mutable_job();
      job.set_kind(outcome::v1::EMPLOYMENT_STATUS_RELATED);
      job.set_start(absl::FormatCivilTime(stage_.today - 1));
      job.set_hours_per_week(30);
      job.set_earnings(outcome::v1::EARNINGS_BAND_45K_TO_60K);
      const auto credential = stage_.CredentialOf(who.enrolment());
      if (!credential.ok()) return credential.status();
      return stage_
          .Act<outcome::v1::Job>(*credential, text::Cat(kOutcome, "ReportJob"), request,
                                 who.business_key(), "job")
          .status();
    });
  }
}

void Mentoring::StartMeeting(const Engagement& engagement) {
  const std::string key = KeyOf(engagement);
  if (stage_.draws.Chance(key, "meeting/never", 0.06)) {
    return PlanEarlyEnd(engagement,
                        stage_.today + stage_.draws.Between(key, "meeting/days", 10, 20));
  }
  Plan(stage_.today + stage_.draws.Between(key, "meeting/days", 2, 12), engagement, "meeting",
       [this, engagement] { return HoldMeeting(engagement); });
}

absl::Status Mentoring::HoldMeeting(const Engagement& engagement) {
  const std::vector<Participant> present = Present(engagement);
  const Participant& by = FirstOf(present, program::v1::SUBJECT_MENTOR);
  TREMPLIN_ASSIGN_OR_RETURN(const std::string credential, stage_.CredentialOf(by.enrolment()));
  session::v1::LogSessionRequest request;
  request.set_engagement(engagement.name());
  request.set_minutes(TermsOf(engagement).single_meeting_minutes());
  request.set_contact(session::v1::CONTACT_IN_PERSON);
  *request.mutable_held_time() =
      resources::ToTimestamp(stage_.now - absl::Minutes(request.minutes()));
  TREMPLIN_ASSIGN_OR_RETURN(
      const std::optional<session::v1::Session> held,
      stage_.Act<session::v1::Session>(credential, text::Cat(kSession, "LogSession"), request,
                                       engagement.name(), "meeting"));
  if (!held.has_value()) return absl::OkStatus();
  PlanIntroductions(engagement);
  PlanContinuation(engagement, stage_.today + 3);
  return AnswerAfterEnd(engagement);
}

void Mentoring::PlanIntroductions(const Engagement& engagement) {
  const std::string key = KeyOf(engagement);
  for (int number = 1; number <= TermsOf(engagement).introductions().count(); ++number) {
    const std::string step = text::Cat("introduce/", number);
    if (!stage_.draws.Chance(key, step, 0.9)) continue;
    const int days = stage_.draws.Between(key, text::Cat(step, "/days"), 1, 12);
    stage_.in_turn.Plan(stage_.today + days,
                        {engagement.name(), key, step,
                         [this, engagement, number] { return Introduce(engagement, number); }});
  }
}

// The first now and then leads to another connector of the program, the others to people outside.
absl::Status Mentoring::Introduce(const Engagement& engagement, int number) {
  const std::string key = KeyOf(engagement);
  const std::string step = text::Cat("introduce/", number);
  const std::vector<Participant> present = Present(engagement);
  const Participant& by = FirstOf(present, program::v1::SUBJECT_MENTOR);
  session::v1::GiveIntroductionRequest request;
  request.set_engagement(engagement.name());
  if (number == 1 && stage_.draws.Chance(key, text::Cat(step, "/inside"), 0.4)) {
    registration::v1::ListEnrolmentsRequest list;
    list.set_role(registration::v1::ENROLMENT_ROLE_MENTOR);
    list.set_state(Enrolment::STATE_READY);
    TREMPLIN_ASSIGN_OR_RETURN(std::vector<Enrolment> connectors,
                              ListAll(stage_, text::Cat(kRegistration, "ListEnrolments"), list,
                                      &registration::v1::ListEnrolmentsResponse::enrolments));
    const auto unfit = [&](const Enrolment& one) {
      return one.name() == by.enrolment() || std::find(one.formats().begin(), one.formats().end(),
                                                       engagement.format()) == one.formats().end();
    };
    connectors.erase(std::remove_if(connectors.begin(), connectors.end(), unfit), connectors.end());
    std::sort(connectors.begin(), connectors.end(), [](const Enrolment& a, const Enrolment& b) {
      return a.business_key() < b.business_key();
    });
    if (!connectors.empty()) {
      const int to = stage_.draws.Between(key, text::Cat(step, "/to"), 0,
                                          static_cast<int>(connectors.size()) - 1);
      request.set_to_enrolment(connectors[static_cast<size_t>(to)].name());
    }
  }
  TREMPLIN_ASSIGN_OR_RETURN(const std::string credential, stage_.CredentialOf(by.enrolment()));
  stage_.agenda.Visit(stage_.today + 1);
  return stage_
      .Act<session::v1::Introduction>(credential, text::Cat(kSession, "GiveIntroduction"), request,
                                      engagement.name(), step)
      .status();
}

void Mentoring::PlanContinuation(const Engagement& engagement, absl::CivilDay day) {
  const std::string key = KeyOf(engagement);
  const auto& becomes = TermsOf(engagement).becomes();
  if (becomes.empty() || !stage_.draws.Chance(key, "continue", 0.15)) return;
  const std::string format = becomes[0];
  stage_.in_turn.Plan(
      std::max(day, stage_.today + 1),
      {engagement.name(), key, "continue", [this, engagement, format]() -> absl::Status {
         stage_.agenda.Visit(stage_.today + 1);
         for (const Participant& who : Present(engagement)) {
           session::v1::WishToContinueRequest request;
           request.set_name(engagement.name());
           request.set_format(format);
           TREMPLIN_ASSIGN_OR_RETURN(const std::string credential,
                                     stage_.CredentialOf(who.enrolment()));
           TREMPLIN_RETURN_IF_ERROR(
               stage_
                   .Act<Engagement>(credential, text::Cat(kSession, "WishToContinue"), request,
                                    who.enrolment(), text::Cat("continue/", engagement.name()))
                   .status());
         }
         return absl::OkStatus();
       }});
}

}  // namespace tremplin::ctl::season
