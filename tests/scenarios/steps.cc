#include "tests/scenarios/steps.h"

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "absl/strings/str_join.h"
#include "common/status/error.h"
#include "common/text/text.h"
#include "tremplin/notification/v1/notification.pb.h"

namespace tremplin::testing {
namespace {

constexpr char kReferral[] = "tremplin.referral.v1.ReferralService/";
constexpr char kMatching[] = "tremplin.matching.v1.MatchingService/";
constexpr char kSession[] = "tremplin.session.v1.SessionService/";
constexpr char kOutcome[] = "tremplin.outcome.v1.OutcomeService/";
constexpr char kNotification[] = "tremplin.notification.v1.NotificationService/";

template <class T>
T Must(absl::StatusOr<T> value, const char* step) {
  if (!value.ok()) {
    std::fprintf(stderr, "%s: %s\n", step, value.status().ToString().c_str());
    std::abort();
  }
  return *std::move(value);
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

std::map<std::string, int64_t> Funnel(World& world) {
  outcome::v1::GetFunnelRequest request;
  request.set_program(kProgram);
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
  request.set_program(kProgram);
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
  request.set_program(kProgram);
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
  auto answered =
      world.Call<outcome::v1::FollowUp>(credential, text::Cat(kOutcome, "AnswerFollowUp"), request);
  world.Settle();
  return answered;
}

absl::StatusOr<matching::v1::Proposal> AnswerProposal(World& world, const std::string& credential,
                                                      const std::string& proposal,
                                                      matching::v1::Answer answer) {
  matching::v1::AnswerProposalRequest request;
  request.set_name(proposal);
  request.set_answer(answer);
  if (answer == matching::v1::ANSWER_NO) request.set_reason("schedule");
  auto answered = world.Call<matching::v1::Proposal>(
      credential, text::Cat(kMatching, "AnswerProposal"), request);
  world.Settle();
  return answered;
}

matching::v1::Proposal Proposal(World& world, const std::string& name) {
  matching::v1::GetProposalRequest request;
  request.set_name(name);
  return Must(world.Call<matching::v1::Proposal>(world.coordinator(),
                                                 text::Cat(kMatching, "GetProposal"), request),
              "proposal");
}

session::v1::Mentorship Mentorship(World& world, const std::string& name) {
  session::v1::GetMentorshipRequest request;
  request.set_name(name);
  return Must(world.Call<session::v1::Mentorship>(world.coordinator(),
                                                  text::Cat(kSession, "GetMentorship"), request),
              "mentorship");
}

referral::v1::Application Application(World& world, const std::string& name) {
  referral::v1::GetApplicationRequest request;
  request.set_name(name);
  return Must(world.Call<referral::v1::Application>(
                  world.coordinator(), text::Cat(kReferral, "GetApplication"), request),
              "application");
}

std::string ReadyMentee(World& world, const std::string& external_id, int number) {
  const auto submitted = world.Submit("alpha", external_id, World::EligibleFile(number));
  world.Admit(submitted.applications(0).name());
  const std::string name = world.Enrolment(text::Cat("alpha/", external_id)).name();
  world.OnboardMentee(name);
  return name;
}

}  // namespace tremplin::testing
