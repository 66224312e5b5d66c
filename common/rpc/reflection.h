#ifndef TREMPLIN_COMMON_RPC_REFLECTION_H_
#define TREMPLIN_COMMON_RPC_REFLECTION_H_

#include <string>
#include <vector>

#include "grpcpp/generic/async_generic_service.h"

namespace tremplin::rpc {

inline constexpr char kReflectionMethod[] =
    "grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";

// Answers one serialized ServerReflectionRequest, from the descriptors linked into the program.
std::string AnswerReflection(const std::string& request, const std::vector<std::string>& services);

// Serves one reflection call; owns itself. `services` outlives it.
grpc::ServerGenericBidiReactor* NewReflectionCall(const std::vector<std::string>& services);

}  // namespace tremplin::rpc

#endif  // TREMPLIN_COMMON_RPC_REFLECTION_H_
