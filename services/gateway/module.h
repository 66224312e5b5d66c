#ifndef TREMPLIN_SERVICES_GATEWAY_MODULE_H_
#define TREMPLIN_SERVICES_GATEWAY_MODULE_H_

#include <memory>

#include "absl/status/statusor.h"
#include "common/host/front.h"

namespace tremplin::gateway {

// The gateway on --web-listen. FAILED_PRECONDITION when a method's HTTP rule cannot be served, or
// the address or certificate cannot be used.
absl::StatusOr<std::unique_ptr<host::Front>> MakeFront(const host::FrontContext& context);

}  // namespace tremplin::gateway

#endif  // TREMPLIN_SERVICES_GATEWAY_MODULE_H_
