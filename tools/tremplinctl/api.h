#ifndef TREMPLIN_TOOLS_TREMPLINCTL_API_H_
#define TREMPLIN_TOOLS_TREMPLINCTL_API_H_

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/messages/message.h"
#include "common/rpc/client.h"
#include "tremplin/runtime/v1/operations.pb.h"

namespace tremplin::ctl {

struct ApiOptions {
  // service → host:port of each of its replicas, of every service.
  std::map<std::string, std::vector<std::string>> addresses;
  rpc::TlsFiles tls;
  std::string credential;  // the operator's, or whoever's --key-file names
  messages::Language language = messages::Language::kEnglish;
};

// The public API of a running system, whether in one process or several. Each call has a deadline
// of 30 s and is sent again with backoff for at most a minute on UNAVAILABLE, RESOURCE_EXHAUSTED
// and ABORTED: every request that changes something carries a request id, so it has its effect
// once. Thread-safe.
class Api {
 public:
  static absl::StatusOr<std::unique_ptr<Api>> Open(ApiOptions options);

  template <class Response, class Request>
  absl::StatusOr<Response> CallAs(const std::string& credential, const std::string& method,
                                  const Request& request) {
    absl::StatusOr<std::string> bytes = CallBytes(credential, method, request.SerializeAsString());
    if (!bytes.ok()) return std::move(bytes).status();
    Response response;
    if (!response.ParseFromString(*bytes)) {
      return absl::InternalError("the response cannot be decoded: " + method);
    }
    return response;
  }

  // As the holder of the key file.
  template <class Response, class Request>
  absl::StatusOr<Response> Call(const std::string& method, const Request& request) {
    return CallAs<Response>(options_.credential, method, request);
  }

  // The same of a request and an answer that are bytes already.
  absl::StatusOr<std::string> CallMethod(const std::string& method, const std::string& request) {
    return CallBytes(options_.credential, method, request);
  }

  // Every page of a list, as one response without a token. The request's page size is kept.
  template <class Response, class Request>
  absl::StatusOr<Response> CallAll(const std::string& method, Request request) {
    Response all;
    while (true) {
      absl::StatusOr<Response> page = Call<Response>(method, request);
      if (!page.ok()) return page;
      request.set_page_token(page->next_page_token());
      page->clear_next_page_token();
      all.MergeFrom(*page);
      if (request.page_token().empty()) return all;
    }
  }

  // GetStatus of every address.
  absl::StatusOr<std::vector<runtime::v1::GetStatusResponse>> Statuses();

  // Waits until every module reports an empty outbox, a consumer at the end of the log and no due
  // timer, twice in a row; and, when given, that business time. Returns the last statuses.
  // DEADLINE_EXCEEDED naming the busy modules.
  absl::StatusOr<std::vector<runtime::v1::ModuleStatus>> Settle(
      std::optional<absl::Time> business_time, absl::Duration timeout);

  // One replica of a service: for what its replicas have in common, as its store is.
  const std::string& AddressOf(const std::string& service) const {
    return options_.addresses.at(service).front();
  }
  // Those of all services, each once.
  std::set<std::string> OneOfEach() const;
  // Every replica of a service; of all services where it is "".
  std::set<std::string> AddressesOf(const std::string& service) const;
  absl::StatusOr<std::string> CallAt(const std::string& address, const std::string& method,
                                     const std::string& request);

  // The key file's holder's.
  const std::string& credential() const { return options_.credential; }
  messages::Language language() const { return options_.language; }

 private:
  explicit Api(ApiOptions options) : options_(std::move(options)) {}
  absl::StatusOr<std::string> CallBytes(const std::string& credential, const std::string& method,
                                        const std::string& request);
  absl::StatusOr<std::string> CallWithRetry(rpc::Client& client, const std::string& credential,
                                            const std::string& method, const std::string& request);

  ApiOptions options_;
  std::map<std::string, std::unique_ptr<rpc::Client>> clients_;  // by address
  std::atomic<size_t> calls_ = 0;                                // replicas take turns
};

// Why a module is not at rest at `business_time`, "" when it is.
std::string BusyReason(const runtime::v1::ModuleStatus& module,
                       std::optional<absl::Time> business_time);

}  // namespace tremplin::ctl

#endif  // TREMPLIN_TOOLS_TREMPLINCTL_API_H_
