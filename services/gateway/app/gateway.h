#ifndef TREMPLIN_SERVICES_GATEWAY_APP_GATEWAY_H_
#define TREMPLIN_SERVICES_GATEWAY_APP_GATEWAY_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/metrics/metrics.h"
#include "common/peers/peers.h"
#include "services/gateway/app/limits.h"
#include "services/gateway/http/message.h"
#include "services/gateway/http/server.h"
#include "services/gateway/transcoding/transcoder.h"

namespace tremplin::gateway {

struct GatewayOptions {
  std::vector<std::string> origins = {};  // whose pages may call
  bool tls = false;
  std::string openapi = {};   // the document, at /openapi.json
  std::string asyncapi = {};  // of the events, at /asyncapi.json
  // What else is served; nothing for a request that is none of it.
  std::function<std::optional<http::Response>(const http::Request&)> pages =
      [](const http::Request&) { return std::nullopt; };
  std::function<bool()> ready = [] { return true; };
  cache::Rate rate = {};             // of a client: a key, or an address without one
  cache::Rate tenant_rate = {};      // of all clients that act for one organization
  cache::Buckets* shared = nullptr;  // outlives the gateway
};

// HTTP requests to calls of the services and back, as whoever the bearer of the request is. Beside
// the methods' own paths: /openapi.json, /asyncapi.json, the directory as HSDS (app/hsds.h),
// referrals as FHIR (app/fhir.h), /livez, /readyz, and a feed (a method whose answer has entries, a
// cursor and `more`) as server-sent events or NDJSON where the request accepts these. Files of
// people come in as they are (app/import.h). Keeps nothing of a request. Thread-safe.
class Gateway {
 public:
  // All arguments outlive it, and it outlives the streams it made.
  Gateway(const transcoding::Transcoder& transcoder, peers::Transport& services,
          metrics::Registry& metrics, GatewayOptions options);
  ~Gateway();

  // May wait for the services.
  http::Response Handle(const http::Request& request);
  // Whether Handle never waits for the request, as for probes (http::ServerOptions::at_once).
  static bool IsAtOnce(std::string_view method, std::string_view target);
  // Whether Handle reads the body itself (http::ServerOptions::reads_body). Does not wait.
  bool ReadsBody(std::string_view method, std::string_view target) const;
  // Does not wait.
  http::Response Refuse(http::Refusal refusal, const http::Request& request);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tremplin::gateway

#endif  // TREMPLIN_SERVICES_GATEWAY_APP_GATEWAY_H_
