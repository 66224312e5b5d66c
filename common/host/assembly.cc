#include "common/host/assembly.h"

#include <utility>

#include "absl/strings/str_join.h"
#include "common/resources/names.h"
#include "common/status/macros.h"
#include "tremplin/registration/v1/registration.pb.h"

namespace tremplin::host {
namespace {

// "ociso" of "organizations/ociso".
std::string IdOf(const std::string& name) {
  const size_t slash = name.find('/');
  return slash == std::string::npos ? name : name.substr(slash + 1);
}

rpc::ResolvedKey ToResolved(const registration::v1::ApiKey& key) {
  return {.principal = {.id = IdOf(key.name()),
                        .role = key.role(),
                        .organization = IdOf(key.organization()),
                        .person = IdOf(key.person()),
                        .program = IdOf(key.program())},
          .expires = key.has_expire_time() ? resources::FromTimestamp(key.expire_time())
                                           : absl::InfiniteFuture()};
}

rpc::ApiKeyOptions KeyOptions(const ProcessContext& process, std::string operator_key,
                              absl::Duration known_for) {
  rpc::ApiKeyOptions options;
  options.service_key = process.service_key;
  options.operator_key = std::move(operator_key);
  options.known_for = known_for;
  options.unknown_for = std::min(options.unknown_for, known_for);
  return options;
}

}  // namespace

Assembly::Assembly(const ProcessContext& process, std::string operator_key, std::string digest_key,
                   absl::Duration keys_known_for)
    : process_(process),
      digest_key_(std::move(digest_key)),
      operations_(modules_, process.clock, process.config.demo,
                  [this](const std::string& module) {
                    return dispatcher_ == nullptr ? rpc::CallFigures()
                                                  : dispatcher_->Figures(module);
                  }),
      authenticator_(
          KeyOptions(process, std::move(operator_key), keys_known_for),
          [this](const std::string& hash, absl::Time deadline) { return Resolve(hash, deadline); },
          process.clock) {
  operations_.Bind(registry_);
}

Assembly::~Assembly() = default;

void Assembly::Add(const ModuleSpec& spec, ModuleAdapters adapters) {
  modules_.push_back(
      std::make_unique<ModuleRuntime>(spec, std::move(adapters), process_, registry_));
}

absl::Status Assembly::Finish() {
  if (const std::vector<std::string> unbound = registry_.Unbound(); !unbound.empty()) {
    return absl::FailedPreconditionError("methods served but not bound: " +
                                         absl::StrJoin(unbound, ", "));
  }
  owned_dispatcher_ = std::make_unique<rpc::Dispatcher>(
      registry_, authenticator_, process_.clock, process_.metrics,
      rpc::DispatcherOptions{.demo = process_.config.demo, .digest_key = digest_key_});
  dispatcher_ = owned_dispatcher_.get();
  return absl::OkStatus();
}

absl::StatusOr<rpc::ResolvedKey> Assembly::Resolve(const std::string& key_hash,
                                                   absl::Time deadline) {
  registration::v1::ResolveApiKeyRequest request;
  request.set_key_hash(key_hash);
  TREMPLIN_ASSIGN_OR_RETURN(
      const auto key, modules_.front()->peers().Call<registration::v1::ApiKey>(
                          "tremplin.registration.v1.RegistrationService/ResolveApiKey", request,
                          peers::PeerCall::AsService(deadline)));
  return ToResolved(key);
}

}  // namespace tremplin::host
