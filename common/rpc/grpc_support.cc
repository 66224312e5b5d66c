#include "common/rpc/grpc_support.h"

#include <fstream>
#include <iterator>
#include <mutex>
#include <vector>

#include "common/logging/logging.h"
#include "common/rpc/details.h"
#include "google/protobuf/stubs/logging.h"
#include "google/rpc/status.pb.h"
#include "grpc/support/log.h"

namespace tremplin::rpc {
namespace {

void FromGpr(gpr_log_func_args* args) {
  const logging::Level level =
      args->severity == GPR_LOG_SEVERITY_ERROR ? logging::Level::kWarning : logging::Level::kDebug;
  logging::Log(level, "grpc", {{"text", std::string_view(args->message)}});
}

void FromProtobuf(google::protobuf::LogLevel level, const char*, int, const std::string& text) {
  // "contains invalid UTF-8" and the like: what a caller sent, who is told so.
  const bool fatal = level == google::protobuf::LOGLEVEL_FATAL;
  logging::Log(fatal ? logging::Level::kError : logging::Level::kDebug, "protobuf",
               {{"text", std::string_view(text)}});
}

}  // namespace

grpc::Status ToGrpcStatus(const absl::Status& status, messages::Language language) {
  if (status.ok()) return grpc::Status::OK;
  const google::rpc::Status wire = ToWire(status, language);
  return {static_cast<grpc::StatusCode>(wire.code()), wire.message(), wire.SerializeAsString()};
}

absl::Status FromGrpcStatus(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  google::rpc::Status wire;
  const bool detailed = !status.error_details().empty() &&
                        wire.ParseFromString(status.error_details()) &&
                        wire.code() == static_cast<int>(status.error_code());
  if (detailed) return FromWire(wire);
  return absl::Status(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
}

grpc::ByteBuffer ToByteBuffer(std::string_view bytes) {
  const grpc::Slice slice(bytes.data(), bytes.size());
  return {&slice, 1};
}

absl::StatusOr<std::string> FromByteBuffer(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  if (!buffer.Dump(&slices).ok()) return absl::InternalError("a message cannot be read");
  std::string bytes;
  bytes.reserve(buffer.Length());
  for (const grpc::Slice& slice : slices) {
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return bytes;
}

void RedirectLibraryLogs() {
  static std::once_flag once;
  std::call_once(once, [] {
    gpr_set_log_function(FromGpr);
    google::protobuf::SetLogHandler(FromProtobuf);
  });
}

absl::StatusOr<std::string> ReadPem(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string content{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (!file.good() && content.empty()) {
    return absl::FailedPreconditionError("cannot read " + path);
  }
  return content;
}

}  // namespace tremplin::rpc
