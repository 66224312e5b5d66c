#ifndef TREMPLIN_COMMON_RPC_GRPC_SUPPORT_H_
#define TREMPLIN_COMMON_RPC_GRPC_SUPPORT_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/messages/message.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/status.h"

// Between gRPC's types and ours, for the server and the client alike.
namespace tremplin::rpc {

// The trailer `grpc-status-details-bin` carries ToWire(status).
grpc::Status ToGrpcStatus(const absl::Status& status, messages::Language language);
absl::Status FromGrpcStatus(const grpc::Status& status);

grpc::ByteBuffer ToByteBuffer(std::string_view bytes);
// INTERNAL when the buffer cannot be read.
absl::StatusOr<std::string> FromByteBuffer(const grpc::ByteBuffer& buffer);

// Sends the log lines of gRPC and protobuf to our log. Once per process; later calls do nothing.
void RedirectLibraryLogs();

// The content of a file with a certificate or key. FAILED_PRECONDITION naming the path.
absl::StatusOr<std::string> ReadPem(const std::string& path);

}  // namespace tremplin::rpc

#endif  // TREMPLIN_COMMON_RPC_GRPC_SUPPORT_H_
