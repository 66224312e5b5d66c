#ifndef TREMPLIN_SERVICES_GATEWAY_TRANSCODING_JSON_READER_H_
#define TREMPLIN_SERVICES_GATEWAY_TRANSCODING_JSON_READER_H_

#include <string_view>

#include "absl/status/status.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

// JSON to messages by protobuf's mapping, and nothing beyond it: a field that does not exist, one
// that is given twice (by either of its names, or as two of one oneof), a value of another type or
// beyond the field's range is INVALID_ARGUMENT that names the field in proto names
// ("file.birth_date", "items[3].file.email"). null means "not given".
namespace tremplin::gateway::transcoding {

inline constexpr int kMaxDepth = 64;  // of objects and lists in each other

// Reads an object into `message`. An empty text is the empty object. Types are ones that
// IsSupported.
absl::Status ReadJson(std::string_view json, google::protobuf::Message& message);

// Reads a value into one field of `message`; an empty text leaves it out.
absl::Status ReadJson(std::string_view json, google::protobuf::Message& message,
                      const google::protobuf::FieldDescriptor* field);

}  // namespace tremplin::gateway::transcoding

#endif  // TREMPLIN_SERVICES_GATEWAY_TRANSCODING_JSON_READER_H_
