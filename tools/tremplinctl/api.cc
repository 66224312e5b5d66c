#include "tools/tremplinctl/api.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <set>

#include "common/environment/backoff.h"
#include "common/environment/environment.h"
#include "common/resources/names.h"
#include "common/services/services.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "tools/tremplinctl/messages.h"

namespace tremplin::ctl {
namespace {

constexpr absl::Duration kDeadline = absl::Seconds(30);
constexpr absl::Duration kRetryFor = absl::Seconds(60);
constexpr environment::Backoff kBackoff{absl::Milliseconds(20), absl::Seconds(2)};
constexpr environment::Backoff kPolls{absl::Microseconds(500), absl::Milliseconds(8)};
constexpr char kGetStatus[] = "tremplin.runtime.v1.OperationsService/GetStatus";

bool MayPass(const absl::Status& status) {
  return status.code() == absl::StatusCode::kUnavailable ||
         status.code() == absl::StatusCode::kResourceExhausted ||
         status.code() == absl::StatusCode::kAborted;
}

// "tremplin.referral.v1.ReferralService/GetReferral" → "referral".
std::string ServiceOf(const std::string& method) {
  const size_t begin = method.find('.') + 1;
  return method.substr(begin, method.find('.', begin) - begin);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Api>> Api::Open(ApiOptions options) {
  std::unique_ptr<Api> api(new Api(std::move(options)));
  for (const std::string& service : services::Names()) {
    const auto addresses = api->options_.addresses.find(service);
    if (addresses == api->options_.addresses.end()) {
      return status::Error(absl::StatusCode::kInvalidArgument, kAddressMissing, {service});
    }
    for (const std::string& address : addresses->second) {
      std::unique_ptr<rpc::Client>& client = api->clients_[address];
      if (client != nullptr) continue;
      client = std::make_unique<rpc::Client>(address, api->options_.credential, api->options_.tls);
    }
  }
  return api;
}

absl::StatusOr<std::string> Api::CallBytes(const std::string& credential, const std::string& method,
                                           const std::string& request) {
  const auto found = options_.addresses.find(ServiceOf(method));
  if (found == options_.addresses.end()) return absl::InternalError("no service of " + method);
  const std::vector<std::string>& replicas = found->second;
  const std::string& address = replicas[calls_.fetch_add(1) % replicas.size()];
  return CallWithRetry(*clients_.at(address), credential, method, request);
}

absl::StatusOr<std::string> Api::CallAt(const std::string& address, const std::string& method,
                                        const std::string& request) {
  return CallWithRetry(*clients_.at(address), options_.credential, method, request);
}

absl::StatusOr<std::string> Api::CallWithRetry(rpc::Client& client, const std::string& credential,
                                               const std::string& method,
                                               const std::string& request) {
  const absl::Time give_up = absl::Now() + kRetryFor;
  for (int tries = 1;; ++tries) {
    const absl::Duration backoff = kBackoff.After(tries);
    rpc::Envelope envelope;
    envelope.credential = credential;
    envelope.deadline = absl::Now() + kDeadline;
    envelope.language = options_.language;
    absl::StatusOr<std::string> response = client.CallBytes(method, request, envelope);
    if (response.ok() || !MayPass(response.status()) || absl::Now() + backoff > give_up) {
      return response;
    }
    environment::Sleep(backoff);
  }
}

std::set<std::string> Api::OneOfEach() const {
  std::set<std::string> addresses;
  for (const auto& [service, replicas] : options_.addresses) addresses.insert(replicas.front());
  return addresses;
}

std::set<std::string> Api::AddressesOf(const std::string& service) const {
  std::set<std::string> addresses;
  for (const auto& [each, replicas] : options_.addresses) {
    if (service.empty() || each == service) addresses.insert(replicas.begin(), replicas.end());
  }
  return addresses;
}

absl::StatusOr<std::vector<runtime::v1::GetStatusResponse>> Api::Statuses() {
  // All at once, so that the snapshots of the processes are taken together.
  std::mutex mutex;
  std::condition_variable changed;
  size_t waiting = clients_.size();
  absl::Status failed;
  std::map<std::string, runtime::v1::GetStatusResponse> answers;
  rpc::Envelope envelope;
  envelope.credential = options_.credential;
  envelope.deadline = absl::Now() + kDeadline;
  for (const auto& [address, client] : clients_) {
    client->CallAsync(kGetStatus, "", envelope,
                      [&, to = address](absl::StatusOr<std::string> bytes) {
                        const std::lock_guard lock(mutex);
                        if (!bytes.ok()) {
                          failed = bytes.status();
                        } else if (!answers[to].ParseFromString(*bytes)) {
                          failed = absl::InternalError("the status cannot be decoded");
                        }
                        if (--waiting == 0) changed.notify_one();
                      });
  }
  std::unique_lock lock(mutex);
  changed.wait(lock, [&] { return waiting == 0; });
  if (!failed.ok()) return failed;
  std::vector<runtime::v1::GetStatusResponse> responses;
  for (auto& [address, answer] : answers) responses.push_back(std::move(answer));
  return responses;
}

std::string BusyReason(const runtime::v1::ModuleStatus& module,
                       std::optional<absl::Time> business_time) {
  if (module.outbox_backlog() != 0) return text::Cat("outbox ", module.outbox_backlog());
  if (module.consumer_lag() != 0) return text::Cat("lag ", module.consumer_lag());
  const absl::Time now = resources::FromTimestamp(module.business_time());
  if (business_time.has_value() && now != *business_time) return "business time";
  if (module.has_next_timer() && resources::FromTimestamp(module.next_timer()) <= now) {
    return "timer";
  }
  return "";
}

absl::StatusOr<std::vector<runtime::v1::ModuleStatus>> Api::Settle(
    std::optional<absl::Time> business_time, absl::Duration timeout) {
  const absl::Time give_up = absl::Now() + timeout;
  int polls = 0;
  int quiet = 0;
  while (true) {
    std::vector<runtime::v1::ModuleStatus> modules;
    std::string busy;
    absl::StatusOr<std::vector<runtime::v1::GetStatusResponse>> responses = Statuses();
    if (!responses.ok() && !MayPass(responses.status())) return responses.status();
    if (!responses.ok()) busy = "unreachable";
    if (responses.ok()) {
      for (const runtime::v1::GetStatusResponse& response : *responses) {
        for (const runtime::v1::ModuleStatus& module : response.modules()) {
          const std::string reason = BusyReason(module, business_time);
          if (!reason.empty()) busy = text::Cat(busy, " ", module.module(), ": ", reason);
          modules.push_back(module);
        }
      }
    }
    quiet = busy.empty() ? quiet + 1 : 0;
    if (quiet == 2) return modules;
    if (quiet == 1) continue;
    if (absl::Now() > give_up) {
      return status::Error(absl::StatusCode::kDeadlineExceeded, kNotSettled, {busy});
    }
    environment::Sleep(kPolls.After(++polls));
  }
}

}  // namespace tremplin::ctl
