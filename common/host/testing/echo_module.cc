#include "common/host/testing/echo_module.h"

#include <memory>
#include <string>

#include "common/status/macros.h"
#include "tremplin/rpc_testing/v1/echo.pb.h"

namespace tremplin::host::testing {
namespace {

using rpc_testing::v1::EchoRequest;
using rpc_testing::v1::EchoResponse;

constexpr database::Migration kMigrations[] = {{1, "rows",
                                                "CREATE TABLE {service}_row (\n"
                                                "  seq {identity},\n"
                                                "  kind TEXT NOT NULL,\n"
                                                "  text TEXT NOT NULL\n"
                                                ");\n"}};

absl::Status Insert(database::Transaction& tx, const char* kind, const std::string& text) {
  return tx.Execute("INSERT INTO echo_row (kind, text) VALUES ($1, $2)", {std::string(kind), text});
}

class EchoModule final : public Module {
 public:
  explicit EchoModule(const ModuleContext& context) : context_(context) {}

  void Bind(rpc::Registry& registry) override {
    rpc::Binder(registry, "echo", "tremplin.rpc_testing.v1.EchoService")
        .Method("Echo", this, &EchoModule::Echo)
        .Method("Count", this, &EchoModule::Count)
        .Method("Open", this, &EchoModule::Echo);
  }
  void Subscribe(inbox::Handlers& handlers) override {
    handlers.On<EchoResponse>(
        "echo", [](const events::Event&, const EchoResponse& fact) -> absl::StatusOr<inbox::Apply> {
          return inbox::Apply([text = fact.text()](database::Transaction& tx) {
            return Insert(tx, "event", text);
          });
        });
  }
  void Schedule(timers::Timers& timers) override {
    timers.Handle("day", [](database::Transaction& tx, const std::string& key, absl::Time) {
      return Insert(tx, "timer", key);
    });
  }

  absl::StatusOr<EchoResponse> Echo(const rpc::CallContext& call, const EchoRequest& request) {
    EchoResponse response;
    response.set_text(request.text());
    response.set_principal(call.principal.id);
    return response;
  }

  absl::StatusOr<EchoResponse> Count(const rpc::CallContext& call, const EchoRequest& request) {
    return context_.commands.Run<EchoResponse>(
        call, request.text(), [&](database::Transaction& tx) -> absl::StatusOr<EchoResponse> {
          EchoResponse response;
          response.set_text(request.text());
          TREMPLIN_RETURN_IF_ERROR(Insert(tx, "call", request.text()));
          TREMPLIN_RETURN_IF_ERROR(context_.outbox.Append(tx, request.text(), call.business_now,
                                                          response, call.traceparent));
          TREMPLIN_RETURN_IF_ERROR(
              context_.timers.Set(tx, "day", request.text(), call.business_now + absl::Hours(24)));
          return response;
        });
  }

 private:
  const ModuleContext context_;
};

}  // namespace

ModuleSpec EchoSpec() {
  return {"echo", kMigrations,
          [](const ModuleContext& context) { return std::make_unique<EchoModule>(context); }};
}

}  // namespace tremplin::host::testing
