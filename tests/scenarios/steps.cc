#include "tests/scenarios/steps.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_join.h"
#include "absl/time/civil_time.h"
#include "common/resources/names.h"
#include "common/text/text.h"
#include "tremplin/notification/v1/notification.pb.h"

namespace tremplin::testing {
namespace {

constexpr char kReferral[] = "tremplin.referral.v1.ReferralService/";
constexpr char kMatching[] = "tremplin.matching.v1.MatchingService/";
constexpr char kSession[] = "tremplin.session.v1.SessionService/";
constexpr char kOutcome[] = "tremplin.outcome.v1.OutcomeService/";
constexpr char kNotification[] = "tremplin.notification.v1.NotificationService/";

// A command, and everything that comes of it.
template <class Response, class Request>
absl::StatusOr<Response> Do(World& world, const std::string& credential, const std::string& method,
                            const Request& request) {
  auto response = world.Call<Response>(credential, method, request);
  world.Settle();
  return response;
}

std::string Worded(referral::v1::Verdict verdict) {
  if (verdict == referral::v1::VERDICT_ELIGIBLE) return "eligible";
  if (verdict == referral::v1::VERDICT_INCOMPLETE) return "incomplete";
  return verdict == referral::v1::VERDICT_INELIGIBLE ? "ineligible" : "invalid";
}

referral::v1::Decision Decide(World& world, const referral::v1::ReferralFile& file,
                              program::v1::Subject side) {
  referral::v1::CheckEligibilityRequest request;
  request.add_programs(world.program());
  *request.mutable_file() = file;
  request.set_side(side);
  return Must(world.Call<referral::v1::CheckEligibilityResponse>(
                  world.agency("alpha"), text::Cat(kReferral, "CheckEligibility"), request),
              "check")
      .programs(0)
      .decision();
}

}  // namespace

std::vector<std::string> Milestones(World& world, const std::string& agency,
                                    const std::string& external_id) {
  referral::v1::ListStatusFeedRequest request;
  request.set_page_size(500);
  const auto feed = Must(world.Call<referral::v1::ListStatusFeedResponse>(
                             world.agency(agency), text::Cat(kReferral, "ListStatusFeed"), request),
                         "feed");
  std::vector<std::string> milestones;
  for (const referral::v1::StatusEntry& entry : feed.entries()) {
    if (entry.external_id() != external_id) continue;
    std::string milestone = entry.milestone();
    if (entry.reasons_size() > 0) {
      milestone = text::Cat(milestone, "(", absl::StrJoin(entry.reasons(), ","), ")");
    }
    milestones.push_back(std::move(milestone));
  }
  return milestones;
}

std::vector<std::string> Messages(World& world, const std::string& credential) {
  notification::v1::ListMessagesRequest request;
  request.set_page_size(500);
  const auto response = Must(world.Call<notification::v1::ListMessagesResponse>(
                                 credential, text::Cat(kNotification, "ListMessages"), request),
                             "messages");
  std::vector<std::string> templates;
  for (const auto& message : response.messages()) templates.push_back(message.template_());
  return templates;
}

int Count(const std::vector<std::string>& messages, const std::string& code) {
  return static_cast<int>(std::count(messages.begin(), messages.end(), code));
}

std::map<std::string, int64_t> Funnel(World& world) {
  outcome::v1::GetFunnelRequest request;
  request.set_program(world.program());
  const auto funnel = Must(world.Call<outcome::v1::Funnel>(
                               world.coordinator(), text::Cat(kOutcome, "GetFunnel"), request),
                           "funnel");
  std::map<std::string, int64_t> counts;
  for (const auto& step : funnel.steps()) {
    if (step.count() > 0) counts[step.code()] = step.count();
  }
  return counts;
}

outcome::v1::OutcomeReport Report(World& world) {
  outcome::v1::GetOutcomeReportRequest request;
  request.set_program(world.program());
  return Must(world.Call<outcome::v1::OutcomeReport>(
                  world.coordinator(), text::Cat(kOutcome, "GetOutcomeReport"), request),
              "report");
}

outcome::v1::StageReport StageOf(const outcome::v1::OutcomeReport& report,
                                 const std::string& stage) {
  for (const outcome::v1::StageReport& one : report.stages()) {
    if (one.stage() == stage) return one;
  }
  return {};
}

std::map<std::string, outcome::v1::FollowUp> FollowUps(World& world,
                                                       const std::string& credential) {
  outcome::v1::ListFollowUpsRequest request;
  request.set_program(world.program());
  const auto response = Must(world.Call<outcome::v1::ListFollowUpsResponse>(
                                 credential, text::Cat(kOutcome, "ListFollowUps"), request),
                             "follow-ups");
  std::map<std::string, outcome::v1::FollowUp> by_stage;
  for (const auto& follow_up : response.follow_ups()) by_stage[follow_up.stage()] = follow_up;
  return by_stage;
}

absl::StatusOr<outcome::v1::FollowUp> Answer(World& world, const std::string& credential,
                                             const outcome::v1::FollowUp& follow_up,
                                             outcome::v1::EmploymentStatus employment,
                                             const std::string& job_start) {
  outcome::v1::AnswerFollowUpRequest request;
  request.set_name(follow_up.name());
  request.set_employment(employment);
  if (!job_start.empty()) {
    request.mutable_job()->set_start(job_start);
    request.mutable_job()->set_hours_per_week(35);
    request.mutable_job()->set_earnings(outcome::v1::EARNINGS_BAND_45K_TO_60K);
  }
  return Do<outcome::v1::FollowUp>(world, credential, text::Cat(kOutcome, "AnswerFollowUp"),
                                   request);
}

void AnswerStage(World& world, const std::string& credential, const std::string& stage,
                 outcome::v1::EmploymentStatus employment, const std::string& job_start) {
  outcome::v1::FollowUp follow_up = FollowUps(world, credential)[stage];
  if (follow_up.name().empty()) Fail(absl::NotFoundError(stage), "follow-up");
  if (follow_up.state() == outcome::v1::FollowUp::STATE_SCHEDULED) {
    world.MoveTo(resources::FromTimestamp(follow_up.open_time()));
    follow_up = FollowUps(world, credential)[stage];
  }
  Must(Answer(world, credential, follow_up, employment, job_start), text::Cat("answer ", stage));
}

absl::StatusOr<outcome::v1::Job> ReportJob(World& world, const std::string& enrolment,
                                           outcome::v1::EmploymentStatus kind,
                                           const std::string& start) {
  outcome::v1::ReportJobRequest request;
  request.set_enrolment(enrolment);
  request.mutable_job()->set_kind(kind);
  request.mutable_job()->set_start(start);
  request.mutable_job()->set_hours_per_week(35);
  request.mutable_job()->set_earnings(outcome::v1::EARNINGS_BAND_45K_TO_60K);
  return Do<outcome::v1::Job>(world, world.KeyOf(enrolment), text::Cat(kOutcome, "ReportJob"),
                              request);
}

std::vector<outcome::v1::Job> Jobs(World& world, const std::string& enrolment) {
  outcome::v1::ListEmploymentRequest request;
  request.set_enrolment(enrolment);
  const auto jobs =
      Must(world.Call<outcome::v1::ListEmploymentResponse>(
               world.KeyOf(enrolment), text::Cat(kOutcome, "ListEmployment"), request),
           "employment");
  return {jobs.jobs().begin(), jobs.jobs().end()};
}

std::string Verdict(World& world, const referral::v1::ReferralFile& file, program::v1::Subject side,
                    const std::string& format) {
  const referral::v1::Decision decision = Decide(world, file, side);
  if (format.empty()) {
    return text::Cat(Worded(decision.verdict()), "(", absl::StrJoin(decision.reasons(), ","), ")");
  }
  for (const referral::v1::FormatDecision& one : decision.formats()) {
    if (one.format() != format) continue;
    return text::Cat(Worded(one.verdict()), "(", absl::StrJoin(one.reasons(), ","), ")");
  }
  return "no such format";
}

std::vector<std::string> FormatsOf(World& world, const referral::v1::ReferralFile& file,
                                   program::v1::Subject side) {
  std::vector<std::string> formats;
  const referral::v1::Decision decision = Decide(world, file, side);
  for (const referral::v1::FormatDecision& one : decision.formats()) {
    if (one.verdict() == referral::v1::VERDICT_ELIGIBLE) formats.push_back(one.format());
  }
  return formats;
}

referral::v1::Application Application(World& world, const std::string& name) {
  referral::v1::GetApplicationRequest request;
  request.set_name(name);
  return Must(world.Call<referral::v1::Application>(
                  world.coordinator(), text::Cat(kReferral, "GetApplication"), request),
              "application");
}

absl::StatusOr<matching::v1::Proposal> AnswerProposal(World& world, const std::string& credential,
                                                      const std::string& proposal,
                                                      matching::v1::Answer answer) {
  matching::v1::AnswerProposalRequest request;
  request.set_name(proposal);
  request.set_answer(answer);
  if (answer == matching::v1::ANSWER_NO) request.set_reason("schedule");
  return Do<matching::v1::Proposal>(world, credential, text::Cat(kMatching, "AnswerProposal"),
                                    request);
}

absl::StatusOr<matching::v1::Proposal> Propose(World& world, const std::vector<std::string>& people,
                                               const std::string& format) {
  matching::v1::CreateProposalRequest request;
  request.mutable_participants()->Add(people.begin(), people.end());
  request.set_format(format);
  request.set_override_reason("knows_both");
  return Do<matching::v1::Proposal>(world, world.coordinator(),
                                    text::Cat(kMatching, "CreateProposal"), request);
}

absl::StatusOr<matching::v1::Proposal> RequestMatch(World& world, const std::string& mentee,
                                                    const std::string& mentor,
                                                    const std::string& format) {
  matching::v1::RequestMatchRequest request;
  request.set_mentee_enrolment(mentee);
  request.set_mentor_enrolment(mentor);
  request.set_format(format);
  return Do<matching::v1::Proposal>(world, world.KeyOf(mentee),
                                    text::Cat(kMatching, "RequestMatch"), request);
}

std::vector<std::string> Search(World& world, const std::string& mentee,
                                const std::string& format) {
  matching::v1::SearchMentorsRequest request;
  request.set_mentee_enrolment(mentee);
  request.set_format(format);
  const auto found = Must(world.Call<matching::v1::SearchMentorsResponse>(
                              world.KeyOf(mentee), text::Cat(kMatching, "SearchMentors"), request),
                          "search");
  std::vector<std::string> mentors;
  for (const auto& mentor : found.mentors()) mentors.push_back(mentor.mentor_enrolment());
  return mentors;
}

std::vector<matching::v1::Proposal> Proposals(World& world, matching::v1::Proposal::State state,
                                              const std::string& format) {
  matching::v1::ListProposalsRequest request;
  request.set_program(world.program());
  request.set_state(state);
  request.set_format(format);
  const auto response =
      Must(world.Call<matching::v1::ListProposalsResponse>(
               world.coordinator(), text::Cat(kMatching, "ListProposals"), request),
           "proposals");
  return {response.proposals().begin(), response.proposals().end()};
}

std::vector<matching::v1::ListPoolResponse::Entry> Pool(World& world, matching::v1::Side side) {
  matching::v1::ListPoolRequest request;
  request.set_program(world.program());
  request.set_side(side);
  request.set_page_size(500);
  const auto response = Must(world.Call<matching::v1::ListPoolResponse>(
                                 world.coordinator(), text::Cat(kMatching, "ListPool"), request),
                             "pool");
  return {response.entries().begin(), response.entries().end()};
}

std::string Unmatched(const matching::v1::RunMatchingResponse& run, const std::string& mentee) {
  for (const matching::v1::Unmatched& one : run.unmatched()) {
    if (one.mentee_enrolment() == mentee) return one.reason();
  }
  return "";
}

session::v1::Engagement EngagementOf(World& world, const std::string& credential,
                                     const std::string& name) {
  session::v1::GetEngagementRequest request;
  request.set_name(name);
  return Must(world.Call<session::v1::Engagement>(credential, text::Cat(kSession, "GetEngagement"),
                                                  request),
              "engagement");
}

absl::StatusOr<session::v1::Introduction> Introduce(World& world,
                                                    const session::v1::Engagement& meeting,
                                                    const std::string& to) {
  session::v1::GiveIntroductionRequest request;
  request.set_engagement(meeting.name());
  request.set_to_enrolment(to);
  return Do<session::v1::Introduction>(world, world.KeyOf(MentorOf(meeting)),
                                       text::Cat(kSession, "GiveIntroduction"), request);
}

absl::StatusOr<session::v1::Engagement> WishToContinue(World& world, const std::string& enrolment,
                                                       const std::string& engagement,
                                                       const std::string& format) {
  session::v1::WishToContinueRequest request;
  request.set_name(engagement);
  request.set_format(format);
  return Do<session::v1::Engagement>(world, world.KeyOf(enrolment),
                                     text::Cat(kSession, "WishToContinue"), request);
}

absl::StatusOr<session::v1::Engagement> Leave(World& world, const std::string& enrolment,
                                              const std::string& engagement,
                                              session::v1::Rematch rematch) {
  session::v1::LeaveEngagementRequest request;
  request.set_name(engagement);
  request.set_reason("moved");
  request.set_rematch(rematch);
  return Do<session::v1::Engagement>(world, world.KeyOf(enrolment),
                                     text::Cat(kSession, "LeaveEngagement"), request);
}

absl::StatusOr<session::v1::Engagement> EndEarly(World& world, const std::string& enrolment,
                                                 const std::string& engagement,
                                                 const std::string& reason,
                                                 session::v1::Rematch rematch) {
  session::v1::EndEngagementEarlyRequest request;
  request.set_name(engagement);
  request.set_reason(reason);
  request.set_rematch(rematch);
  return Do<session::v1::Engagement>(world, world.KeyOf(enrolment),
                                     text::Cat(kSession, "EndEngagementEarly"), request);
}

absl::StatusOr<session::v1::Engagement> Complete(World& world, const std::string& engagement,
                                                 bool goals_met) {
  session::v1::CompleteEngagementRequest request;
  request.set_name(engagement);
  request.set_goals_met(goals_met);
  return Do<session::v1::Engagement>(world, world.coordinator(),
                                     text::Cat(kSession, "CompleteEngagement"), request);
}

absl::StatusOr<session::v1::Engagement> SignDocument(World& world, const std::string& enrolment,
                                                     const std::string& engagement,
                                                     const std::string& document) {
  session::v1::SignDocumentRequest request;
  request.set_name(engagement);
  request.set_document(document);
  return Do<session::v1::Engagement>(world, world.KeyOf(enrolment),
                                     text::Cat(kSession, "SignDocument"), request);
}

std::vector<session::v1::Chain::Meeting> ChainOf(World& world, const std::string& mentee) {
  session::v1::GetChainRequest request;
  request.set_enrolment(mentee);
  const auto chain = Must(
      world.Call<session::v1::Chain>(world.KeyOf(mentee), text::Cat(kSession, "GetChain"), request),
      "chain");
  return {chain.meetings().begin(), chain.meetings().end()};
}

session::v1::Participant ParticipantOf(const session::v1::Engagement& engagement,
                                       const std::string& enrolment) {
  for (const session::v1::Participant& one : engagement.participants()) {
    if (one.enrolment() == enrolment) return one;
  }
  Fail(absl::NotFoundError(enrolment), "participant");
}

std::string ReadyMentee(World& world, const std::string& external_id, int number) {
  const auto submitted = world.Submit("alpha", external_id, World::EligibleFile(number));
  world.Admit(submitted.applications(0).name());
  const std::string name = world.Enrolment(text::Cat("alpha/", external_id)).name();
  world.OnboardMentee(name);
  return name;
}

std::string DayAfter(const std::string& day, int years, int days) {
  absl::CivilDay civil;
  if (!absl::ParseCivilTime(day, &civil)) Fail(absl::InvalidArgumentError(day), "day");
  return absl::FormatCivilTime(absl::CivilDay(civil.year() + years, civil.month(), civil.day()) +
                               days);
}

}  // namespace tremplin::testing
