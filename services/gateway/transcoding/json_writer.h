#ifndef TREMPLIN_SERVICES_GATEWAY_TRANSCODING_JSON_WRITER_H_
#define TREMPLIN_SERVICES_GATEWAY_TRANSCODING_JSON_WRITER_H_

#include <string>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace tremplin::gateway::transcoding {

// Protobuf's JSON mapping: names in camelCase, 64-bit integers as strings, enums by name (by number
// where this program does not know it), bytes in base64, fields at their default left out, maps by
// key. Equal messages have equal texts. The type is one that IsSupported.
std::string WriteJson(const google::protobuf::Message& message);

// The value of one field, as it would stand behind its name: a list or map also when it is empty.
std::string WriteJson(const google::protobuf::Message& message,
                      const google::protobuf::FieldDescriptor* field);

}  // namespace tremplin::gateway::transcoding

#endif  // TREMPLIN_SERVICES_GATEWAY_TRANSCODING_JSON_WRITER_H_
