#ifndef TREMPLIN_SERVICES_GATEWAY_OPENAPI_SCHEMAS_H_
#define TREMPLIN_SERVICES_GATEWAY_OPENAPI_SCHEMAS_H_

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "google/protobuf/descriptor.h"
#include "services/gateway/transcoding/json_out.h"

namespace tremplin::gateway {

// What the proto says before or behind the element, in one line; "" where it says nothing.
template <class Descriptor>
std::string CommentOf(const Descriptor* descriptor) {
  google::protobuf::SourceLocation location;
  if (!descriptor->GetSourceLocation(&location)) return "";
  const std::string& text =
      location.leading_comments.empty() ? location.trailing_comments : location.leading_comments;
  std::string line;
  for (const char c : text) {
    const bool space = c == '\n' || c == ' ';
    if (!space) {
      line += c;
    } else if (!line.empty() && line.back() != ' ') {
      line += ' ';
    }
  }
  while (!line.empty() && line.back() == ' ') line.pop_back();
  return line;
}

// JSON Schemas of messages, as protobuf's JSON mapping writes them. Types that were referred to are
// kept, for the document's components.
class Schemas {
 public:
  // The value of a field, with its comment.
  void Field(JsonOut& out, const google::protobuf::FieldDescriptor* field);
  // A reference to a type.
  void Refer(JsonOut& out, const google::protobuf::Descriptor* type);
  // The fields of a type, but for those left out (proto names), as an object that takes no others.
  void Closed(JsonOut& out, const google::protobuf::Descriptor* type,
              const std::set<std::string>& left_out);
  // The members of components/schemas: every type that was referred to, and those they refer to.
  void Components(JsonOut& out);

 private:
  void Value(JsonOut& out, const google::protobuf::FieldDescriptor* field);
  void ReferEnum(JsonOut& out, const google::protobuf::EnumDescriptor* type);

  std::map<std::string, const google::protobuf::Descriptor*> messages_;
  std::map<std::string, const google::protobuf::EnumDescriptor*> enums_;
};

}  // namespace tremplin::gateway

#endif  // TREMPLIN_SERVICES_GATEWAY_OPENAPI_SCHEMAS_H_
