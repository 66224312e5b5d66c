#include <array>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "civetweb.h"
#include "common/logging/logging.h"
#include "common/metrics/probes.h"

namespace tremplin::metrics {
namespace {

// Answers GET and HEAD; whatever else is asked is refused.
int Answer(mg_connection* connection, int code, std::string_view type, std::string_view body) {
  const std::string_view method = mg_get_request_info(connection)->request_method;
  if (method != "GET" && method != "HEAD") {
    mg_printf(connection,
              "HTTP/1.1 405 Method Not Allowed\r\nAllow: GET, HEAD\r\nContent-Length: 0\r\n"
              "Connection: close\r\n\r\n");
    return 405;
  }
  mg_printf(connection,
            "HTTP/1.1 %d %s\r\nContent-Type: %.*s\r\nContent-Length: %zu\r\n"
            "Cache-Control: no-store\r\nConnection: close\r\n\r\n",
            code, code == 200 ? "OK" : "Service Unavailable", static_cast<int>(type.size()),
            type.data(), body.size());
  if (method == "GET") mg_write(connection, body.data(), body.size());
  return code;
}

class CivetEndpoint final : public Endpoint {
 public:
  CivetEndpoint(Registry& registry, Probes probes)
      : registry_(registry), probes_(std::move(probes)) {}
  ~CivetEndpoint() override {
    if (context_ != nullptr) mg_stop(context_);
  }

  // "", or why it cannot be bound.
  std::string Start(const std::string& listen) {
    // Two threads: a slow scrape holds up no probe.
    const char* const options[] = {"listening_ports",    listen.c_str(), "num_threads", "2",
                                   "request_timeout_ms", "5000",         nullptr};
    const mg_callbacks callbacks{};
    mg_init_data init{&callbacks, nullptr, const_cast<const char**>(options)};
    unsigned code = 0;
    std::array<char, 256> why{};
    mg_error_data error{&code, why.data(), why.size()};
    context_ = mg_start2(&init, &error);
    if (context_ == nullptr) return why.data();
    mg_server_port port{};
    mg_get_server_ports(context_, 1, &port);
    address_ = listen.substr(0, listen.rfind(':') + 1) + std::to_string(port.port);
    mg_set_request_handler(context_, "/metrics$", &CivetEndpoint::OnMetrics, this);
    mg_set_request_handler(context_, "/livez$", &CivetEndpoint::OnLive, this);
    mg_set_request_handler(context_, "/readyz$", &CivetEndpoint::OnReady, this);
    return "";
  }
  std::string address() const override { return address_; }

 private:
  static int OnMetrics(mg_connection* connection, void* self) {
    return Answer(connection, 200, "text/plain; version=0.0.4; charset=utf-8",
                  static_cast<CivetEndpoint*>(self)->registry_.Render());
  }
  static int OnLive(mg_connection* connection, void* self) {
    return Probe(connection, static_cast<CivetEndpoint*>(self)->probes_.live);
  }
  static int OnReady(mg_connection* connection, void* self) {
    return Probe(connection, static_cast<CivetEndpoint*>(self)->probes_.ready);
  }
  static int Probe(mg_connection* connection, const std::function<std::string()>& ask) {
    const std::string why_not = ask ? ask() : "";
    return Answer(connection, why_not.empty() ? 200 : 503, "text/plain; charset=utf-8",
                  why_not.empty() ? "ok\n" : "no: " + why_not + "\n");
  }

  Registry& registry_;
  const Probes probes_;
  mg_context* context_ = nullptr;
  std::string address_;
};

}  // namespace

std::unique_ptr<Endpoint> Serve(Registry& registry, const std::string& listen, Health health) {
  const auto told = [](std::function<bool()> ask) -> std::function<std::string()> {
    if (!ask) return nullptr;
    return [ask = std::move(ask)] { return ask() ? "" : "not now"; };
  };
  return Serve(
      registry, listen,
      Probes{.live = told(std::move(health.live)), .ready = told(std::move(health.ready))});
}

std::unique_ptr<Endpoint> Serve(Registry& registry, const std::string& listen, Probes probes) {
  auto endpoint = std::make_unique<CivetEndpoint>(registry, std::move(probes));
  const std::string why = endpoint->Start(listen);
  if (why.empty()) return endpoint;
  logging::Error("metrics cannot be served",
                 {{"listen", listen}, {"error", std::string_view(why)}});
  return nullptr;
}

}  // namespace tremplin::metrics
