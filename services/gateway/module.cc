#include "services/gateway/module.h"

#include <atomic>
#include <string>
#include <string_view>
#include <utility>

#include "common/cache/buckets.h"
#include "common/host/adapters.h"
#include "common/logging/logging.h"
#include "common/status/macros.h"
#include "services/gateway/api/api.h"
#include "services/gateway/app/gateway.h"
#include "services/gateway/auth/sign_in.h"
#include "services/gateway/docs/docs.h"
#include "services/gateway/http/server.h"
#include "services/gateway/openapi/asyncapi.h"
#include "services/gateway/openapi/openapi.h"
#include "services/gateway/transcoding/transcoder.h"

namespace tremplin::gateway {
namespace {

constexpr double kSaved = 10;  // seconds of requests that may be sent at once

class GatewayFront final : public host::Front {
 public:
  absl::Status Open(const host::FrontContext& context) {
    TREMPLIN_ASSIGN_OR_RETURN(api_, Api::Load());
    TREMPLIN_ASSIGN_OR_RETURN(transcoder_, transcoding::Transcoder::Make(api_->Methods()));
    const config::Config& config = context.config;
    if (!config.redis.empty()) {
      TREMPLIN_ASSIGN_OR_RETURN(const cache::RedisOptions redis,
                                host::RedisOf(config, "tremplin:rate:"));
      buckets_ = cache::MakeRedisBuckets(redis);
    }
    sign_in_ = std::make_unique<auth::SignIn>(context.services);
    gateway_ = std::make_unique<Gateway>(
        *transcoder_, context.services, context.metrics,
        GatewayOptions{
            .origins = config.web_origins,
            .tls = !config.web_certificate.empty(),
            .openapi = OpenApi(*transcoder_),
            .asyncapi = AsyncApi(*api_),
            .pages = [this](const http::Request& request) { return sign_in_->Handle(request); },
            .ready = [this] { return serving_.load(); },
            .rate = {.per_second = 1.0 * config.web_rate, .burst = kSaved * config.web_rate},
            .tenant_rate = {.per_second = 1.0 * config.web_tenant_rate,
                            .burst = kSaved * config.web_tenant_rate},
            .shared = buckets_.get()});
    http::ServerOptions options;
    options.listen = config.web_listen;
    options.certificate = config.web_certificate;
    options.key = config.web_key;
    options.executor_threads = config.executor_threads;
    options.executor_queue = config.executor_queue;
    options.at_once = &Gateway::IsAtOnce;
    options.reads_body = [this](std::string_view method, std::string_view target) {
      return gateway_->ReadsBody(method, target);
    };
    TREMPLIN_ASSIGN_OR_RETURN(server_,
                              http::Server::Start(
                                  [this](const http::Request& request) {
                                    if (auto page = Docs(request)) return *std::move(page);
                                    return gateway_->Handle(request);
                                  },
                                  [this](http::Refusal refusal, const http::Request& request) {
                                    return gateway_->Refuse(refusal, request);
                                  },
                                  options));
    const std::string address = server_->address();
    logging::Info("web", {{"address", std::string_view(address)}});
    return absl::OkStatus();
  }

  std::string address() const override { return server_->address(); }
  void SetServing(bool serving) override { serving_ = serving; }
  int Drain(absl::Duration grace) override { return server_->Drain(grace); }

 private:
  std::atomic<bool> serving_ = false;
  std::unique_ptr<Api> api_;
  std::unique_ptr<transcoding::Transcoder> transcoder_;
  std::unique_ptr<cache::Buckets> buckets_;  // where replicas share them
  std::unique_ptr<auth::SignIn> sign_in_;
  std::unique_ptr<Gateway> gateway_;
  std::unique_ptr<http::Server> server_;  // last: it calls the gateway
};

}  // namespace

absl::StatusOr<std::unique_ptr<host::Front>> MakeFront(const host::FrontContext& context) {
  auto front = std::make_unique<GatewayFront>();
  TREMPLIN_RETURN_IF_ERROR(front->Open(context));
  return front;
}

}  // namespace tremplin::gateway
