#include "tools/tremplinctl/season/referring.h"

#include <algorithm>

#include "common/resources/names.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "tools/tremplinctl/files.h"
#include "tools/tremplinctl/rows.h"

namespace tremplin::ctl::season {
namespace {

using referral::v1::Application;
using referral::v1::ReferralFile;

constexpr char kReferral[] = "tremplin.referral.v1.ReferralService/";
constexpr int kMostRounds = 3;

std::string KeyOf(const Application& application) {
  const std::string& agency = application.agency();
  return text::Cat(agency.substr(agency.find('/') + 1), "/", application.external_id());
}

std::string AgencyOf(const std::string& key) { return key.substr(0, key.find('/')); }

// The evidence that was missing, as a client brings it.
ReferralFile Completed(ReferralFile file) {
  const auto fill = [&file](const char* field, const char* value) {
    const auto* descriptor = ReferralFile::descriptor()->FindFieldByName(field);
    const auto* reflection = file.GetReflection();
    if (reflection->GetString(file, descriptor).empty()) {
      reflection->SetString(&file, descriptor, value);
    }
  };
  fill("immigration_status", "permanent_resident");
  fill("foreign_trained", "yes");
  fill("education", "bachelor");
  fill("postal_code", "K1N 6N5");
  fill("job_search_workshop", "yes");
  fill("resume", "yes");
  fill("noc", "21231");
  fill("career_goal", "Return to my profession");
  fill("consent_to_share", "yes");
  const bool french = file.fr_listening() >= 5 && !file.has_en_listening();
  for (const char* skill : {"listening", "speaking", "reading", "writing"}) {
    const auto* descriptor =
        ReferralFile::descriptor()->FindFieldByName(text::Cat(french ? "fr_" : "en_", skill));
    if (!file.GetReflection()->HasField(file, descriptor)) {
      file.GetReflection()->SetInt32(&file, descriptor, 7);
    }
  }
  return file;
}

std::optional<absl::CivilDay> ParseDay(const std::string& cell) {
  absl::CivilDay day;
  if (cell.size() != 10 || !absl::ParseCivilTime(cell, &day)) return std::nullopt;
  return day;
}

}  // namespace

absl::Status Referring::Read(const std::string& path) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::unique_ptr<Sheet> sheet,
                            Sheet::Open(path, ReferralColumns()));
  absl::CivilDay day;
  while (true) {
    TREMPLIN_ASSIGN_OR_RETURN(const bool any, sheet->Next());
    if (!any) return absl::OkStatus();
    const auto referred_on = ParseDay((*sheet)["referred_on"]);
    if (referred_on.has_value()) day = std::max(day, *referred_on);
    rows_.push_back({day, (*sheet)["agency"], (*sheet)["external_id"], ToFile(*sheet)});
  }
}

std::optional<absl::CivilDay> Referring::NextDay() const {
  if (next_ == rows_.size()) return std::nullopt;
  return rows_[next_].day;
}

std::optional<absl::CivilDay> Referring::LastDay() const {
  if (rows_.empty()) return std::nullopt;
  return rows_.back().day;
}

absl::Status Referring::Submit() {
  using referral::v1::BatchSubmitReferralsRequest;
  using referral::v1::BatchSubmitReferralsResponse;
  std::map<std::string, BatchSubmitReferralsRequest> batches;
  for (; next_ < rows_.size() && rows_[next_].day <= stage_.today; ++next_) {
    const Row& row = rows_[next_];
    if (stage_.agencies.count(row.agency) == 0) continue;  // nobody to send it: an unreadable row
    latest_[text::Cat(row.agency, "/", row.external_id)] = next_;
    BatchSubmitReferralsRequest& batch = batches[row.agency];
    BatchSubmitReferralsRequest::Item& item = *batch.add_items();
    item.set_agency(resources::NameOf("organizations", row.agency));
    item.set_external_id(row.external_id);
    *item.mutable_file() = row.file;
  }
  std::vector<std::string> agencies;
  for (auto& [agency, batch] : batches) {
    batch.add_programs(stage_.program);
    agencies.push_back(agency);
  }
  return stage_.workers.ForEach(agencies.size(), [&](size_t i) {
    const std::string& agency = agencies[i];
    return stage_
        .Act<BatchSubmitReferralsResponse>(
            stage_.agencies.at(agency), text::Cat(kReferral, "BatchSubmitReferrals"),
            batches.at(agency), agency, absl::FormatCivilTime(stage_.today))
        .status();
  });
}

absl::Status Referring::Discover() {
  referral::v1::ListApplicationsRequest request;
  request.set_state(Application::STATE_RECEIVED);
  TREMPLIN_ASSIGN_OR_RETURN(const std::vector<Application> received,
                            ListAll(stage_, text::Cat(kReferral, "ListApplications"), request,
                                    &referral::v1::ListApplicationsResponse::applications));
  for (const Application& application : received) {
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
  const std::string credential = stage_.agencies.at(AgencyOf(key));
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
  const Row& row = rows_[latest_.at(key)];
  referral::v1::SubmitReferralRequest request;
  request.set_agency(resources::NameOf("organizations", row.agency));
  request.set_external_id(row.external_id);
  *request.mutable_file() = Completed(row.file);
  request.add_programs(stage_.program);
  return stage_
      .Act<referral::v1::SubmitReferralResponse>(stage_.agencies.at(row.agency),
                                                 text::Cat(kReferral, "SubmitReferral"), request,
                                                 key, text::Cat("resubmit/", round))
      .status();
}

}  // namespace tremplin::ctl::season
