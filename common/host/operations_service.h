#ifndef TREMPLIN_COMMON_HOST_OPERATIONS_SERVICE_H_
#define TREMPLIN_COMMON_HOST_OPERATIONS_SERVICE_H_

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "common/host/module_runtime.h"
#include "common/rpc/registry.h"
#include "tremplin/runtime/v1/operations.pb.h"

namespace tremplin::host {

// tremplin.runtime.v1.OperationsService over all modules of the process. Thread-safe.
class OperationsService {
 public:
  // `modules` is complete before the first call.
  OperationsService(const std::vector<std::unique_ptr<ModuleRuntime>>& modules,
                    const clock::Clock& clock, bool demo);
  void Bind(rpc::Registry& registry);

  absl::StatusOr<runtime::v1::GetStatusResponse> GetStatus(
      const rpc::CallContext& call, const runtime::v1::GetStatusRequest& request);
  absl::StatusOr<runtime::v1::ListDeadLettersResponse> ListDeadLetters(
      const rpc::CallContext& call, const runtime::v1::ListDeadLettersRequest& request);
  absl::StatusOr<runtime::v1::ReplayDeadLettersResponse> ReplayDeadLetters(
      const rpc::CallContext& call, const runtime::v1::ReplayDeadLettersRequest& request);
  absl::StatusOr<runtime::v1::DiscardDeadLetterResponse> DiscardDeadLetter(
      const rpc::CallContext& call, const runtime::v1::DiscardDeadLetterRequest& request);
  absl::StatusOr<runtime::v1::RewrapKeysResponse> RewrapKeys(
      const rpc::CallContext& call, const runtime::v1::RewrapKeysRequest& request);

 private:
  // The module of that name. INVALID_ARGUMENT without a name, NOT_FOUND when it is not run here.
  absl::StatusOr<ModuleRuntime*> Find(const std::string& module) const;
  runtime::v1::ModuleStatus StatusOf(ModuleRuntime& module, absl::Time deadline);
  // What the module's stores tell of its work, as far as it can be read.
  absl::Status ReadState(ModuleRuntime& module, absl::Time deadline,
                         runtime::v1::ModuleStatus& status);

  const std::vector<std::unique_ptr<ModuleRuntime>>& modules_;
  const clock::Clock& clock_;
  const bool demo_;
};

}  // namespace tremplin::host

#endif  // TREMPLIN_COMMON_HOST_OPERATIONS_SERVICE_H_
