#ifndef TREMPLIN_COMMON_HOST_OPERATIONS_SERVICE_H_
#define TREMPLIN_COMMON_HOST_OPERATIONS_SERVICE_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/host/module_runtime.h"
#include "common/rpc/dispatcher.h"
#include "common/rpc/registry.h"
#include "tremplin/runtime/v1/operations.pb.h"

namespace tremplin::host {

// tremplin.runtime.v1.OperationsService over all modules of the process. Thread-safe.
class OperationsService {
 public:
  using Figures = std::function<rpc::CallFigures(const std::string& module)>;

  // `modules` is complete before the first call. `figures` tells how a module's calls go.
  OperationsService(const std::vector<std::unique_ptr<ModuleRuntime>>& modules,
                    const clock::Clock& clock, bool demo, Figures figures);
  void Bind(rpc::Registry& registry);

  absl::StatusOr<runtime::v1::GetStatusResponse> GetStatus(
      const rpc::CallContext& call, const runtime::v1::GetStatusRequest& request);
  absl::StatusOr<runtime::v1::GetWorkResponse> GetWork(const rpc::CallContext& call,
                                                       const runtime::v1::GetWorkRequest& request);
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
  runtime::v1::ModuleWork WorkOf(ModuleRuntime& module, absl::Time deadline);
  absl::Status ReadWork(ModuleRuntime& module, absl::Time deadline, runtime::v1::ModuleWork& work);
  // What the module's stores tell of its work, as far as it can be read.
  absl::Status ReadState(ModuleRuntime& module, absl::Time deadline,
                         runtime::v1::ModuleStatus& status);

  const std::vector<std::unique_ptr<ModuleRuntime>>& modules_;
  const clock::Clock& clock_;
  const bool demo_;
  const Figures figures_;
};

}  // namespace tremplin::host

#endif  // TREMPLIN_COMMON_HOST_OPERATIONS_SERVICE_H_
