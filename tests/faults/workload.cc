#include "tests/faults/workload.h"

#include <algorithm>
#include <set>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/resources/names.h"
#include "common/status/error.h"
#include "gtest/gtest.h"
#include "tremplin/outcome/v1/outcome.pb.h"
#include "tremplin/registration/v1/registration.pb.h"
#include "tremplin/runtime/v1/operations.pb.h"

namespace tremplin::testing {
namespace {

constexpr char kProgram[] = "programs/ottawa-career-mentoring";
constexpr char kReferral[] = "tremplin.referral.v1.ReferralService/";

std::string OperatorKey(const Deployment& deployment) {
  std::string key = ReadFile(deployment.operator_key_file());
  while (!key.empty() && key.back() == '\n') key.pop_back();
  return key;
}

absl::StatusOr<std::vector<runtime::v1::ModuleStatus>> Statuses(const Deployment& deployment) {
  std::vector<runtime::v1::ModuleStatus> all;
  std::set<std::string> asked;
  for (const std::string service :
       {"registration", "referral", "matching", "session", "outcome", "notification"}) {
    if (!asked.insert(deployment.Address(service)).second) continue;
    rpc::Client client(deployment.Address(service), OperatorKey(deployment));
    auto status = client.Call<runtime::v1::GetStatusResponse>(
        "tremplin.runtime.v1.OperationsService/GetStatus", runtime::v1::GetStatusRequest(),
        absl::Seconds(5));
    if (!status.ok()) return status.status();
    all.insert(all.end(), status->modules().begin(), status->modules().end());
  }
  return all;
}

bool Quiet(const runtime::v1::ModuleStatus& module) {
  const bool timer_due =
      module.has_next_timer() && resources::FromTimestamp(module.next_timer()) <=
                                     resources::FromTimestamp(module.business_time());
  return module.outbox_backlog() == 0 && module.consumer_lag() == 0 && !timer_due;
}

int64_t Sum(const Deployment& deployment, int64_t (runtime::v1::ModuleStatus::*count)() const) {
  const auto statuses = Statuses(deployment);
  if (!statuses.ok()) return -1;
  int64_t sum = 0;
  for (const auto& module : *statuses) sum += (module.*count)();
  return sum;
}

}  // namespace

PersistentClient::PersistentClient(const Deployment& deployment, std::string credential)
    : deployment_(deployment), credential_(std::move(credential)) {}

bool PersistentClient::Outage(const absl::Status& status) { return status::IsOutage(status); }

void PersistentClient::Pause() { absl::SleepFor(absl::Milliseconds(20)); }

rpc::Client& PersistentClient::Client(const std::string& service) {
  std::lock_guard lock(mutex_);
  std::unique_ptr<rpc::Client>& client = clients_[service];
  if (client == nullptr) {
    client = std::make_unique<rpc::Client>(deployment_.Address(service), credential_);
  }
  return *client;
}

referral::v1::ReferralFile EligibleFile(int number) {
  referral::v1::ReferralFile file;
  file.set_given_name(absl::StrCat("Given", number));
  file.set_family_name(absl::StrCat("Family", number));
  file.set_birth_date("1990-01-15");
  file.set_email(absl::StrCat("person", number, "@example.org"));
  file.set_service_language("en");
  file.set_postal_code("K1N 6N5");
  file.set_immigration_status("permanent_resident");
  file.set_foreign_trained("yes");
  file.set_country_of_training("IN");
  file.set_education("master");
  file.set_noc("21231");
  file.set_years_experience(6);
  file.set_career_goal("Software work in my own profession");
  file.set_resume("yes");
  file.set_job_search_workshop("yes");
  file.set_en_listening(8);
  file.set_en_speaking(8);
  file.set_en_reading(8);
  file.set_en_writing(8);
  file.set_consent_to_share("yes");
  file.set_referred_on("2025-09-02");
  return file;
}

std::string MakeKey(const Deployment& deployment, options::v1::Role role,
                    const std::string& organization, const std::string& person,
                    const std::string& program) {
  registration::v1::CreateApiKeyRequest request;
  request.set_role(role);
  request.set_organization(organization);
  request.set_person(person);
  request.set_program(program);
  request.set_request_id(absl::StrCat("key-", role, "-", organization, person, program));
  PersistentClient client(deployment, OperatorKey(deployment));
  auto key = client.Call<registration::v1::CreateApiKeyResponse>(
      "registration", "tremplin.registration.v1.RegistrationService/CreateApiKey", request);
  EXPECT_TRUE(key.ok()) << key.status();
  return key.ok() ? key->secret() : "";
}

ReferralWorkload::ReferralWorkload(const Deployment& deployment, std::string agency)
    : deployment_(deployment),
      agency_(std::move(agency)),
      agency_client_(deployment, MakeKey(deployment, options::v1::ROLE_AGENCY,
                                         absl::StrCat("organizations/", agency_))),
      staff_client_(deployment,
                    MakeKey(deployment, options::v1::ROLE_COORDINATOR, "", "", kProgram)) {}

void ReferralWorkload::Failed(const std::string& step, const absl::Status& status) {
  std::lock_guard lock(mutex_);
  errors_.push_back(absl::StrCat(step, ": ", status.ToString()));
}

void ReferralWorkload::One(int number, bool admit) {
  referral::v1::SubmitReferralRequest submit;
  submit.set_agency(absl::StrCat("organizations/", agency_));
  submit.set_external_id(absl::StrCat("W-", number));
  *submit.mutable_file() = EligibleFile(number);
  submit.add_programs(kProgram);
  submit.set_request_id(absl::StrCat("submit-", agency_, "-", number));
  const auto submitted = agency_client_.Call<referral::v1::SubmitReferralResponse>(
      "referral", absl::StrCat(kReferral, "SubmitReferral"), submit);
  if (!submitted.ok()) return Failed("submit", submitted.status());
  {
    std::lock_guard lock(mutex_);
    acknowledged_[submit.external_id()] = submitted->referral();
  }
  if (!admit) return;
  referral::v1::StartReviewRequest review;
  review.set_name(submitted->applications(0).name());
  review.set_request_id(absl::StrCat("review-", agency_, "-", number));
  const auto reviewed = staff_client_.Call<referral::v1::Application>(
      "referral", absl::StrCat(kReferral, "StartReview"), review);
  if (!reviewed.ok()) return Failed("review", reviewed.status());
  referral::v1::AdmitApplicationRequest decision;
  decision.set_name(review.name());
  decision.set_request_id(absl::StrCat("admit-", agency_, "-", number));
  const auto admitted = staff_client_.Call<referral::v1::Application>(
      "referral", absl::StrCat(kReferral, "AdmitApplication"), decision);
  if (!admitted.ok()) return Failed("admit", admitted.status());
  std::lock_guard lock(mutex_);
  ++admitted_;
}

void ReferralWorkload::Run(int first, int count, int threads, bool admit) {
  std::atomic<int> next{first};
  std::vector<std::jthread> workers;
  for (int t = 0; t < threads; ++t) {
    workers.emplace_back([&] {
      for (int number = next++; number < first + count; number = next++) One(number, admit);
    });
  }
}

std::vector<referral::v1::StatusEntry> ReferralWorkload::Feed() {
  std::vector<referral::v1::StatusEntry> entries;
  referral::v1::ListStatusFeedRequest request;
  request.set_page_size(500);
  for (;;) {
    const auto page = agency_client_.Call<referral::v1::ListStatusFeedResponse>(
        "referral", absl::StrCat(kReferral, "ListStatusFeed"), request);
    EXPECT_TRUE(page.ok()) << page.status();
    if (!page.ok()) return entries;
    entries.insert(entries.end(), page->entries().begin(), page->entries().end());
    if (!page->more()) return entries;
    request.set_cursor(page->cursor());
  }
}

int64_t ReferralWorkload::FunnelCount(const std::string& code) {
  outcome::v1::GetFunnelRequest request;
  request.set_program(kProgram);
  const auto funnel = staff_client_.Call<outcome::v1::Funnel>(
      "outcome", "tremplin.outcome.v1.OutcomeService/GetFunnel", request);
  EXPECT_TRUE(funnel.ok()) << funnel.status();
  if (!funnel.ok()) return -1;
  for (const auto& step : funnel->steps()) {
    if (step.code() == code) return step.count();
  }
  return 0;
}

void ReferralWorkload::Verify() {
  for (const std::string& error : errors_) ADD_FAILURE() << error;
  ASSERT_TRUE(WaitSettled(deployment_, absl::Minutes(2))) << "the system does not settle";
  EXPECT_EQ(DeadLetters(deployment_), 0);

  // Every acknowledged referral is there once, under the id that was acknowledged.
  std::map<std::string, std::string> stored;
  referral::v1::ListReferralsRequest list;
  list.set_page_size(500);
  do {
    const auto page = agency_client_.Call<referral::v1::ListReferralsResponse>(
        "referral", absl::StrCat(kReferral, "ListReferrals"), list);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const auto& referral : page->referrals()) {
      EXPECT_TRUE(stored.emplace(referral.external_id(), referral.name()).second)
          << referral.external_id() << " is there twice";
    }
    list.set_page_token(page->next_page_token());
  } while (!list.page_token().empty());
  EXPECT_EQ(stored, acknowledged_);

  // Each event had its effect once, in the order of its key: the feed is written by the effects,
  // two of which came back from another service.
  std::map<std::string, std::vector<std::string>> milestones;
  int64_t sequence = 0;
  for (const auto& entry : Feed()) {
    EXPECT_EQ(entry.sequence(), ++sequence);
    milestones[entry.external_id()].push_back(entry.milestone());
  }
  const std::vector<std::string> journey =
      admitted_ > 0 ? std::vector<std::string>{"received", "under_review", "admitted", "enrolled"}
                    : std::vector<std::string>{"received"};
  EXPECT_EQ(milestones.size(), acknowledged_.size());
  for (const auto& [external_id, seen] : milestones) EXPECT_EQ(seen, journey) << external_id;
  EXPECT_EQ(FunnelCount("referred"), static_cast<int64_t>(acknowledged_.size()));
  EXPECT_EQ(FunnelCount("admitted"), admitted_);
  EXPECT_EQ(FunnelCount("mentees_enrolled"), admitted_);
}

bool WaitSettled(const Deployment& deployment, absl::Duration timeout) {
  int quiet = 0;
  return Eventually(
      [&] {
        const auto statuses = Statuses(deployment);
        const bool all = statuses.ok() && std::all_of(statuses->begin(), statuses->end(), Quiet);
        quiet = all ? quiet + 1 : 0;
        return quiet >= 2;
      },
      timeout);
}

int64_t DeadLetters(const Deployment& deployment) {
  return Sum(deployment, &runtime::v1::ModuleStatus::dead_letters);
}

int64_t OutboxBacklog(const Deployment& deployment) {
  return Sum(deployment, &runtime::v1::ModuleStatus::outbox_backlog);
}

}  // namespace tremplin::testing
