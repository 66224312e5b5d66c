#ifndef TREMPLIN_SERVICES_GATEWAY_TRANSCODING_VALUES_H_
#define TREMPLIN_SERVICES_GATEWAY_TRANSCODING_VALUES_H_

#include <string>
#include <string_view>

#include "common/messages/message.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

// Fields from and to the texts that stand for them in JSON and in URLs (protobuf's JSON mapping).
namespace tremplin::gateway::transcoding {

// A value as it was written. In a URL everything is text, so the field's type decides.
struct Scalar {
  enum class Form { kText, kNumber, kYesNo, kUrl };
  Form form;
  std::string_view text;
};

// How a message type is written: as an object, or in one of the forms of their own.
enum class Written { kObject, kTime, kDuration, kMask, kWrapped };
Written WrittenAs(const google::protobuf::Descriptor* type);

// Whether the mapping here knows the type and all that it holds: google.protobuf.Any, Struct, Value
// and ListValue it does not, nor groups.
bool IsSupported(const google::protobuf::Descriptor* type);

// Sets the field, or adds to it when it is repeated. Nothing when all is well, else what is wrong.
// The field is no map, and of a message type only where that is not written as an object.
const messages::Message* PutScalar(google::protobuf::Message& message,
                                   const google::protobuf::FieldDescriptor* field,
                                   const Scalar& scalar);

// The field of that name: as JSON writes it ("pageSize") or as the proto does ("page_size").
const google::protobuf::FieldDescriptor* FindField(const google::protobuf::Descriptor* type,
                                                   std::string_view name);

}  // namespace tremplin::gateway::transcoding

#endif  // TREMPLIN_SERVICES_GATEWAY_TRANSCODING_VALUES_H_
