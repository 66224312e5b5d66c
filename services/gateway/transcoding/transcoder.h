#ifndef TREMPLIN_SERVICES_GATEWAY_TRANSCODING_TRANSCODER_H_
#define TREMPLIN_SERVICES_GATEWAY_TRANSCODING_TRANSCODER_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "services/gateway/transcoding/path_template.h"

namespace tremplin::gateway::transcoding {

// One HttpRule, of a method or of its additional_bindings.
struct Route {
  std::string http_method;  // "GET"
  PathTemplate path;
  std::string pattern;  // as it is written in the rule
  const google::protobuf::MethodDescriptor* method = nullptr;
  std::string full_name;  // "tremplin.referral.v1.ReferralService/GetReferral"
  // What the body is: nothing, the whole request, or one field of it.
  bool whole_body = false;
  const google::protobuf::FieldDescriptor* body = nullptr;
  const google::protobuf::FieldDescriptor* response_body = nullptr;
  const google::protobuf::Message* request_prototype = nullptr;
  const google::protobuf::Message* response_prototype = nullptr;
};

// A request that has become a call.
struct Call {
  const Route* route = nullptr;
  std::unique_ptr<google::protobuf::Message> request;
};

// HTTP/JSON requests to messages and back, by the google.api.http rules of the methods, whatever
// they are (google/api/http.proto; design §5). Read-only once made; thread-safe.
class Transcoder {
 public:
  // Of the methods that have a rule. FAILED_PRECONDITION that names the method: a path or a field
  // that does not exist, a type that the mapping does not know, or two routes that match the same.
  static absl::StatusOr<std::unique_ptr<Transcoder>> Make(
      const std::vector<const google::protobuf::MethodDescriptor*>& methods);
  ~Transcoder();

  // The route for a request's method and path. NOT_FOUND (PATH_UNKNOWN), UNIMPLEMENTED
  // (METHOD_NOT_ALLOWED), INVALID_ARGUMENT (PATH_MALFORMED). Literals go before "*", and "*" before
  // "**"; a verb before its absence, whatever methods it has.
  absl::StatusOr<const Route*> Find(std::string_view http_method, std::string_view path) const;

  // The call that a request makes: `target` is path and query as they stand in its first line.
  // Beside Find's: INVALID_ARGUMENT that names what is at fault.
  absl::StatusOr<Call> Read(std::string_view http_method, std::string_view target,
                            std::string_view body) const;

  // The JSON of the method's answer.
  std::string Write(const Route& route, const google::protobuf::Message& response) const;

  const std::vector<std::unique_ptr<Route>>& routes() const;

 private:
  struct State;
  explicit Transcoder(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace tremplin::gateway::transcoding

#endif  // TREMPLIN_SERVICES_GATEWAY_TRANSCODING_TRANSCODER_H_
