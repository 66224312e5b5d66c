#include "tests/support/partner.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/resources/names.h"
#include "common/services/services.h"
#include "common/status/error.h"
#include "tremplin/registration/v1/registration.pb.h"
#include "tremplin/runtime/v1/operations.pb.h"

namespace tremplin::testing {
namespace {

absl::StatusOr<std::vector<runtime::v1::ModuleStatus>> Statuses(const Deployment& deployment) {
  std::vector<runtime::v1::ModuleStatus> all;
  std::set<std::string> asked;
  for (const std::string& service : services::Names()) {
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

std::string OperatorKey(const Deployment& deployment) {
  std::string key = ReadFile(deployment.operator_key_file());
  while (!key.empty() && key.back() == '\n') key.pop_back();
  return key;
}

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

void GiveFact(referral::v1::ReferralFile* file, const std::string& name,
              const std::vector<std::string>& values) {
  program::v1::GivenFact* given = nullptr;
  for (program::v1::GivenFact& one : *file->mutable_facts()) {
    if (one.name() == name) given = &one;
  }
  if (given == nullptr) given = file->add_facts();
  given->set_name(name);
  given->mutable_values()->Assign(values.begin(), values.end());
}

referral::v1::ReferralFile EligibleFile(int number) {
  referral::v1::ReferralFile file;
  file.set_given_name(absl::StrCat("Given", number));
  file.set_family_name(absl::StrCat("Family", number));
  file.set_birth_date("1990-01-15");
  file.set_email(absl::StrCat("person", number, "@example.org"));
  file.set_language("en");
  file.set_referred_on("2025-09-02");
  const std::pair<const char*, const char*> facts[] = {
      {"service_language", "en"},
      {"postal_code", "K1N 6N5"},
      {"immigration_status", "permanent_resident"},
      {"foreign_trained", "yes"},
      {"country_of_training", "IN"},
      {"education", "master"},
      {"noc", "21231"},
      {"years_experience", "6"},
      {"career_goal", "Software work in my own profession"},
      {"resume", "yes"},
      {"job_search_workshop", "yes"},
      {"en_listening", "8"},
      {"en_speaking", "8"},
      {"en_reading", "8"},
      {"en_writing", "8"},
      {"consent_to_share", "yes"}};
  for (const auto& [name, value] : facts) GiveFact(&file, name, {value});
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
  if (!key.ok()) {
    std::fprintf(stderr, "no key: %s\n", key.status().ToString().c_str());
    std::abort();
  }
  return key->secret();
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

int64_t EventsWaiting(const Deployment& deployment) {
  const int64_t outbox = OutboxBacklog(deployment);
  const int64_t lag = Sum(deployment, &runtime::v1::ModuleStatus::consumer_lag);
  return outbox < 0 || lag < 0 ? -1 : outbox + lag;
}

}  // namespace tremplin::testing
