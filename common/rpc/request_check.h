#ifndef TREMPLIN_COMMON_RPC_REQUEST_CHECK_H_
#define TREMPLIN_COMMON_RPC_REQUEST_CHECK_H_

#include <string_view>

#include "absl/status/status.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

// What is refused before any handler sees it, whatever the method is.
namespace tremplin::rpc {

// Decodes requests of one type. Built once a method; thread-safe.
class RequestCheck {
 public:
  explicit RequestCheck(const google::protobuf::Descriptor* type);

  // Parses `bytes` into `request`. INVALID_ARGUMENT that lists every field holding text that is not
  // UTF-8 (INVALID_UTF8), an enum number unknown to this program (UNKNOWN_ENUM_VALUE), a Timestamp
  // or Duration outside protobuf's range (TIMESTAMP_OUT_OF_RANGE, DURATION_OUT_OF_RANGE), or a
  // `request_id` that is not 1–128 printable ASCII characters (INVALID_REQUEST_ID; an absent one is
  // fine); MALFORMED_REQUEST for bytes that are not the message at all.
  absl::Status Decode(std::string_view bytes, google::protobuf::Message& request) const;

  // The field `request_id` of the type, null when it has none.
  const google::protobuf::FieldDescriptor* request_id_field() const { return request_id_field_; }

 private:
  const google::protobuf::Descriptor* type_;
  const google::protobuf::FieldDescriptor* request_id_field_;
};

}  // namespace tremplin::rpc

#endif  // TREMPLIN_COMMON_RPC_REQUEST_CHECK_H_
