#include <memory>
#include <string>
#include <utility>
#include <variant>

#include "common/host/host.h"
#include "common/host/process.h"
#include "common/logging/logging.h"
#include "common/metrics/metrics.h"
#include "common/peers/peers.h"

namespace tremplin::host {

int RunStateless(int argc, const char* const* argv, std::string_view name,
                 const FrontMaker& front) {
  PrepareProcess();
  std::variant<config::Config, int> configured = Configure(argc, argv, config::Shape::kGateway);
  if (const int* code = std::get_if<int>(&configured)) return *code;
  const config::Config config = std::get<config::Config>(std::move(configured));
  logging::Init(name, config.log_level);
  const std::unique_ptr<peers::Transport> services =
      peers::MakeGrpcTransport({.addresses = config.peers,
                                .tls = {.certificate = config.tls_certificate,
                                        .key = config.tls_key,
                                        .client_ca = config.tls_client_ca}});
  metrics::Registry& metrics = metrics::Default();
  absl::StatusOr<std::unique_ptr<Front>> made =
      front({.config = config, .services = *services, .metrics = metrics});
  if (!made.ok()) return Failed("cannot serve", made.status());
  return ServeFront(**made, config, metrics);
}

}  // namespace tremplin::host
