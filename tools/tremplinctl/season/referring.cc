#include "tools/tremplinctl/season/referring.h"

#include "common/resources/names.h"
#include "common/status/macros.h"
#include "common/text/text.h"

namespace tremplin::ctl::season {
namespace {

using referral::v1::Application;

constexpr char kReferral[] = "tremplin.referral.v1.ReferralService/";
constexpr int kMostRounds = 3;

std::string AgencyOf(const Application& application) {
  const std::string& agency = application.agency();
  return agency.empty() ? agency : agency.substr(agency.find('/') + 1);
}

std::string KeyOf(const Application& application) {
  const std::string agency = AgencyOf(application);
  return agency.empty() ? application.external_id()
                        : text::Cat(agency, "/", application.external_id());
}

std::string AgencyOf(const std::string& key) {
  return key.find('/') == std::string::npos ? "" : key.substr(0, key.find('/'));
}

// The agency withdraws its own; staff note it for who came by themselves.
absl::StatusOr<std::string> WithdrawingCredential(Stage& stage, const std::string& key) {
  const std::string agency = AgencyOf(key);
  if (agency.empty()) return stage.coordinator;
  return Arrivals::CredentialOf(stage, agency);
}

}  // namespace

bool Referring::IsReviewed(const Application& application) const {
  const bool mentor = application.side() == program::v1::SUBJECT_MENTOR;
  if (!mentor) return true;
  // Mentors whom the rule did not take are staff's to talk to, not to return.
  return stage_.definition.mentor_admission() != program::v1::ADMISSION_AUTOMATIC;
}

absl::Status Referring::Discover() {
  referral::v1::ListApplicationsRequest request;
  request.set_state(Application::STATE_RECEIVED);
  TREMPLIN_ASSIGN_OR_RETURN(const std::vector<Application> received,
                            ListAll(stage_, text::Cat(kReferral, "ListApplications"), request,
                                    &referral::v1::ListApplicationsResponse::applications));
  for (const Application& application : received) {
    if (!IsReviewed(application)) continue;
    const std::string key = KeyOf(application);
    const int round = ++rounds_[key];
    stage_.agenda.Plan(stage_.today,
                       {application.name(), key, "review",
                        [this, application, round] { return Review(application, round); }});
  }
  return absl::OkStatus();
}

absl::Status Referring::Review(const Application& application, int round) {
  const std::string key = KeyOf(application);
  referral::v1::StartReviewRequest request;
  request.set_name(application.name());
  TREMPLIN_ASSIGN_OR_RETURN(
      const std::optional<Application> reviewed,
      stage_.Act<Application>(stage_.coordinator, text::Cat(kReferral, "StartReview"), request, key,
                              text::Cat("review/", round)));
  if (!reviewed.has_value()) return absl::OkStatus();
  return Decide(*reviewed, key, round);
}

absl::Status Referring::Decide(const Application& application, const std::string& key, int round) {
  const std::string& name = application.name();
  const std::string step = text::Cat("decide/", round);
  const int days = stage_.draws.Between(key, text::Cat(step, "/days"), 0, 4);
  if (application.decision().verdict() != referral::v1::VERDICT_ELIGIBLE) {
    if (days == 0) return Return(name, application.decision(), key, round);
    stage_.In(days, {name, key, step, [this, name, decision = application.decision(), key, round] {
                       return Return(name, decision, key, round);
                     }});
    return absl::OkStatus();
  }
  const double draw = stage_.draws.Unit(key, step);
  if (draw < 0.03) {
    stage_.In(days,
              {name, key, step, [this, name, key, round] { return Withdraw(name, key, round); }});
    return absl::OkStatus();
  }
  if (draw < 0.08) {
    referral::v1::WaitlistApplicationRequest request;
    request.set_name(name);
    request.add_reasons("no_place");
    TREMPLIN_RETURN_IF_ERROR(stage_
                                 .Act<Application>(stage_.coordinator,
                                                   text::Cat(kReferral, "WaitlistApplication"),
                                                   request, key, step)
                                 .status());
  } else if (days == 0) {
    return Admit(name, key, round);
  }
  const int wait = draw < 0.08 ? 14 + days * 4 : days;
  stage_.In(wait, {name, key, step, [this, name, key, round] { return Admit(name, key, round); }});
  return absl::OkStatus();
}

absl::Status Referring::Admit(const std::string& name, const std::string& key, int round) {
  referral::v1::AdmitApplicationRequest request;
  request.set_name(name);
  TREMPLIN_ASSIGN_OR_RETURN(
      const std::optional<Application> admitted,
      stage_.Act<Application>(stage_.coordinator, text::Cat(kReferral, "AdmitApplication"), request,
                              key, text::Cat("admit/", round)));
  if (admitted.has_value()) return absl::OkStatus();
  // The agency changed the file meanwhile: whoever is no longer eligible goes back.
  referral::v1::GetApplicationRequest get;
  get.set_name(name);
  TREMPLIN_ASSIGN_OR_RETURN(const Application now,
                            stage_.api.CallAs<Application>(
                                stage_.coordinator, text::Cat(kReferral, "GetApplication"), get));
  if (now.state() != Application::STATE_UNDER_REVIEW &&
      now.state() != Application::STATE_WAITLISTED) {
    return absl::OkStatus();
  }
  return Return(name, now.decision(), key, round);
}

absl::Status Referring::Return(const std::string& name, const referral::v1::Decision& decision,
                               const std::string& key, int round) {
  referral::v1::ReturnApplicationRequest request;
  request.set_name(name);
  *request.mutable_reasons() = decision.reasons();
  if (request.reasons().empty()) request.add_reasons("unreachable");
  TREMPLIN_ASSIGN_OR_RETURN(
      const std::optional<Application> returned,
      stage_.Act<Application>(stage_.coordinator, text::Cat(kReferral, "ReturnApplication"),
                              request, key, text::Cat("return/", round)));
  const std::string step = text::Cat("resubmit/", round);
  if (!returned.has_value() || round >= kMostRounds ||
      decision.verdict() != referral::v1::VERDICT_INCOMPLETE ||
      !stage_.draws.Chance(key, step, 0.65)) {
    return absl::OkStatus();
  }
  stage_.In(stage_.draws.Between(key, text::Cat(step, "/days"), 3, 14),
            {name, key, step, [this, key, round] { return Resubmit(key, round); }});
  return absl::OkStatus();
}

absl::Status Referring::Withdraw(const std::string& name, const std::string& key, int round) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string credential, WithdrawingCredential(stage_, key));
  referral::v1::WithdrawApplicationRequest request;
  request.set_name(name);
  TREMPLIN_ASSIGN_OR_RETURN(
      const std::optional<Application> withdrawn,
      stage_.Act<Application>(credential, text::Cat(kReferral, "WithdrawApplication"), request, key,
                              text::Cat("withdraw/", round)));
  const std::string step = text::Cat("reopen/", round);
  if (!withdrawn.has_value() || !stage_.draws.Chance(key, step, 0.3)) return absl::OkStatus();
  stage_.In(stage_.draws.Between(key, text::Cat(step, "/days"), 7, 20),
            {name, key, step, [this, name, key, step, credential] {
               referral::v1::ReopenApplicationRequest reopen;
               reopen.set_name(name);
               // It is received again: staff find it tomorrow.
               stage_.agenda.Visit(stage_.today + 1);
               return stage_
                   .Act<Application>(credential, text::Cat(kReferral, "ReopenApplication"), reopen,
                                     key, step)
                   .status();
             }});
  return absl::OkStatus();
}

absl::Status Referring::Resubmit(const std::string& key, int round) {
  const Arrival* arrival = arrivals_.Latest(key);
  if (arrival == nullptr) return absl::OkStatus();
  referral::v1::SubmitReferralRequest request;
  if (!arrival->agency.empty()) {
    request.set_agency(resources::NameOf("organizations", arrival->agency));
  }
  request.set_external_id(arrival->external_id);
  request.set_side(arrival->side);
  request.set_door(arrival->door);
  *request.mutable_file() = arrival->complete;
  request.mutable_programs()->Assign(arrival->programs.begin(), arrival->programs.end());
  TREMPLIN_ASSIGN_OR_RETURN(const std::string credential,
                            Arrivals::CredentialOf(stage_, arrival->agency));
  return stage_
      .Act<referral::v1::SubmitReferralResponse>(credential, text::Cat(kReferral, "SubmitReferral"),
                                                 request, key, text::Cat("resubmit/", round))
      .status();
}

}  // namespace tremplin::ctl::season
