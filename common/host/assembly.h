#ifndef TREMPLIN_COMMON_HOST_ASSEMBLY_H_
#define TREMPLIN_COMMON_HOST_ASSEMBLY_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/host/module_runtime.h"
#include "common/host/operations_service.h"
#include "common/rpc/authenticator.h"
#include "common/rpc/dispatcher.h"

namespace tremplin::host {

// The modules of a process and what dispatches to them, whichever way it runs. Filled on one
// thread, then read-only.
class Assembly {
 public:
  // `process` outlives it. `keys_known_for` is how long the owner's word on an API key holds.
  Assembly(const ProcessContext& process, std::string operator_key, std::string digest_key,
           absl::Duration keys_known_for);
  ~Assembly();

  // Where the inline transport looks for the dispatcher.
  rpc::Dispatcher* const* dispatcher_slot() const { return &dispatcher_; }

  void Add(const ModuleSpec& spec, ModuleAdapters adapters);
  // Makes the dispatcher. FAILED_PRECONDITION naming every method that is served but not bound.
  absl::Status Finish();

  rpc::Dispatcher& dispatcher() { return *dispatcher_; }
  const std::vector<std::unique_ptr<ModuleRuntime>>& modules() const { return modules_; }

 private:
  absl::StatusOr<rpc::ResolvedKey> Resolve(const std::string& key_hash, absl::Time deadline);

  const ProcessContext& process_;
  const std::string digest_key_;
  rpc::Registry registry_;
  std::vector<std::unique_ptr<ModuleRuntime>> modules_;
  OperationsService operations_;
  rpc::ApiKeyAuthenticator authenticator_;
  std::unique_ptr<rpc::Dispatcher> owned_dispatcher_;
  rpc::Dispatcher* dispatcher_ = nullptr;
};

}  // namespace tremplin::host

#endif  // TREMPLIN_COMMON_HOST_ASSEMBLY_H_
