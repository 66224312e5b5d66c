#include "common/rpc/reflection.h"

#include <set>

#include "common/rpc/grpc_support.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"
#include "grpc/reflection/v1alpha/reflection.pb.h"
#include "grpcpp/support/byte_buffer.h"

namespace tremplin::rpc {
namespace {

namespace v1alpha = grpc::reflection::v1alpha;
using google::protobuf::DescriptorPool;
using google::protobuf::FileDescriptor;

// The file and all it imports, each once, so that a tool needs one question.
void AddFiles(const FileDescriptor* file, std::set<const FileDescriptor*>& seen,
              v1alpha::FileDescriptorResponse& response) {
  if (!seen.insert(file).second) return;
  google::protobuf::FileDescriptorProto proto;
  file->CopyTo(&proto);
  response.add_file_descriptor_proto(proto.SerializeAsString());
  for (int i = 0; i < file->dependency_count(); ++i) {
    AddFiles(file->dependency(i), seen, response);
  }
}

void Answer(const FileDescriptor* file, v1alpha::ServerReflectionResponse& response) {
  if (file == nullptr) {
    response.mutable_error_response()->set_error_code(grpc::StatusCode::NOT_FOUND);
    response.mutable_error_response()->set_error_message("not found");
    return;
  }
  std::set<const FileDescriptor*> seen;
  AddFiles(file, seen, *response.mutable_file_descriptor_response());
}

// Reads a question, writes its answer, and so on until the caller is done.
class ReflectionCall final : public grpc::ServerGenericBidiReactor {
 public:
  explicit ReflectionCall(const std::vector<std::string>& services) : services_(services) {
    StartRead(&request_);
  }
  void OnReadDone(bool ok) override {
    const absl::StatusOr<std::string> request =
        ok ? FromByteBuffer(request_) : absl::StatusOr<std::string>(absl::CancelledError());
    if (!request.ok()) {
      Finish(grpc::Status::OK);
      return;
    }
    request_.Clear();
    response_ = ToByteBuffer(AnswerReflection(*request, services_));
    StartWrite(&response_);
  }
  void OnWriteDone(bool ok) override {
    if (ok) {
      StartRead(&request_);
    } else {
      Finish(grpc::Status::OK);
    }
  }
  void OnDone() override { delete this; }

 private:
  const std::vector<std::string>& services_;
  grpc::ByteBuffer request_;
  grpc::ByteBuffer response_;
};

}  // namespace

std::string AnswerReflection(const std::string& request, const std::vector<std::string>& services) {
  v1alpha::ServerReflectionResponse response;
  v1alpha::ServerReflectionRequest& question = *response.mutable_original_request();
  const DescriptorPool& pool = *DescriptorPool::generated_pool();
  const bool parsed = question.ParseFromString(request);
  if (parsed && question.has_list_services()) {
    for (const std::string& name : services) {
      response.mutable_list_services_response()->add_service()->set_name(name);
    }
  } else if (parsed && question.has_file_by_filename()) {
    Answer(pool.FindFileByName(question.file_by_filename()), response);
  } else if (parsed && question.has_file_containing_symbol()) {
    Answer(pool.FindFileContainingSymbol(question.file_containing_symbol()), response);
  } else {
    response.mutable_error_response()->set_error_code(grpc::StatusCode::UNIMPLEMENTED);
    response.mutable_error_response()->set_error_message("unknown question");
  }
  return response.SerializeAsString();
}

grpc::ServerGenericBidiReactor* NewReflectionCall(const std::vector<std::string>& services) {
  return new ReflectionCall(services);
}

}  // namespace tremplin::rpc
