#include "services/gateway/openapi/schemas.h"

#include "absl/strings/strip.h"
#include "services/gateway/transcoding/values.h"

namespace tremplin::gateway {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using transcoding::Written;

// "referral.v1.Referral"
std::string ComponentOf(const std::string& full_name) {
  return std::string(absl::StripPrefix(full_name, "tremplin."));
}

void PutType(JsonOut& out, const char* type, const char* format = nullptr) {
  PutText(out, "type", type);
  if (format != nullptr) PutText(out, "format", format);
}

void PutNumber(JsonOut& out, const FieldDescriptor* field) {
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      PutType(out, "integer", "int32");
      PutKey(out, "minimum");
      out.Int(std::numeric_limits<int32_t>::min());
      PutKey(out, "maximum");
      out.Int(std::numeric_limits<int32_t>::max());
      return;
    case FieldDescriptor::CPPTYPE_UINT32:
      PutType(out, "integer", "uint32");
      PutKey(out, "minimum");
      out.Int(0);
      PutKey(out, "maximum");
      out.Uint(std::numeric_limits<uint32_t>::max());
      return;
    case FieldDescriptor::CPPTYPE_INT64:
      PutType(out, "string", "int64");
      PutText(out, "pattern", "^-?[0-9]{1,18}$");
      return;
    case FieldDescriptor::CPPTYPE_UINT64:
      PutType(out, "string", "uint64");
      PutText(out, "pattern", "^[0-9]{1,19}$");
      return;
    case FieldDescriptor::CPPTYPE_FLOAT:
      PutType(out, "number", "float");
      return;
    case FieldDescriptor::CPPTYPE_DOUBLE:
      PutType(out, "number", "double");
      return;
    case FieldDescriptor::CPPTYPE_BOOL:
    case FieldDescriptor::CPPTYPE_ENUM:
    case FieldDescriptor::CPPTYPE_STRING:
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return;
  }
}

}  // namespace

// The members of a schema for one value, without its braces.
void Schemas::Value(JsonOut& out, const FieldDescriptor* field) {
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      PutType(out, "boolean");
      return;
    case FieldDescriptor::CPPTYPE_ENUM:
      ReferEnum(out, field->enum_type());
      return;
    case FieldDescriptor::CPPTYPE_STRING:
      PutType(out, "string");
      if (field->type() == FieldDescriptor::TYPE_BYTES) {
        PutText(out, "contentEncoding", "base64");
      }
      return;
    case FieldDescriptor::CPPTYPE_MESSAGE:
      break;
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_INT64:
    case FieldDescriptor::CPPTYPE_UINT32:
    case FieldDescriptor::CPPTYPE_UINT64:
    case FieldDescriptor::CPPTYPE_FLOAT:
    case FieldDescriptor::CPPTYPE_DOUBLE:
      PutNumber(out, field);
      return;
  }
  switch (transcoding::WrittenAs(field->message_type())) {
    case Written::kObject:
      Refer(out, field->message_type());
      return;
    case Written::kTime:
      PutType(out, "string", "date-time");
      return;
    case Written::kDuration:
      PutType(out, "string");
      PutText(out, "pattern", "^-?[0-9]+(\\.[0-9]{1,9})?s$");
      return;
    case Written::kMask:
      PutType(out, "string");
      return;
    case Written::kWrapped:
      Value(out, field->message_type()->field(0));
      return;
  }
}

void Schemas::Field(JsonOut& out, const FieldDescriptor* field) {
  out.StartObject();
  if (const std::string comment = CommentOf(field); !comment.empty()) {
    PutText(out, "description", comment);
  }
  if (field->is_map()) {
    PutType(out, "object");
    PutKey(out, "additionalProperties");
    out.StartObject();
    Value(out, field->message_type()->map_value());
    out.EndObject();
  } else if (field->is_repeated()) {
    PutType(out, "array");
    PutKey(out, "items");
    out.StartObject();
    Value(out, field);
    out.EndObject();
  } else {
    Value(out, field);
  }
  out.EndObject();
}

void Schemas::Refer(JsonOut& out, const Descriptor* type) {
  const std::string name = ComponentOf(type->full_name());
  messages_.emplace(name, type);
  PutText(out, "$ref", "#/components/schemas/" + name);
}

void Schemas::ReferEnum(JsonOut& out, const EnumDescriptor* type) {
  const std::string name = ComponentOf(type->full_name());
  enums_.emplace(name, type);
  PutText(out, "$ref", "#/components/schemas/" + name);
}

void Schemas::Closed(JsonOut& out, const Descriptor* type, const std::set<std::string>& left_out) {
  out.StartObject();
  PutType(out, "object");
  PutKey(out, "properties");
  out.StartObject();
  for (int i = 0; i < type->field_count(); ++i) {
    if (left_out.contains(type->field(i)->name())) continue;
    PutKey(out, type->field(i)->json_name());
    Field(out, type->field(i));
  }
  out.EndObject();
  PutKey(out, "additionalProperties");
  out.Bool(false);
  out.EndObject();
}

void Schemas::Components(JsonOut& out) {
  // Writing a type may refer to others, before or behind it.
  std::set<std::string> written;
  while (written.size() < messages_.size()) {
    const std::map<std::string, const Descriptor*> so_far = messages_;
    for (const auto& [name, type] : so_far) {
      if (!written.insert(name).second) continue;
      PutKey(out, name);
      out.StartObject();
      if (const std::string comment = CommentOf(type); !comment.empty()) {
        PutText(out, "description", comment);
      }
      PutType(out, "object");
      PutKey(out, "properties");
      out.StartObject();
      for (int i = 0; i < type->field_count(); ++i) {
        PutKey(out, type->field(i)->json_name());
        Field(out, type->field(i));
      }
      out.EndObject();
      out.EndObject();
    }
  }
  for (const auto& [name, type] : enums_) {
    PutKey(out, name);
    out.StartObject();
    if (const std::string comment = CommentOf(type); !comment.empty()) {
      PutText(out, "description", comment);
    }
    PutType(out, "string");
    PutKey(out, "enum");
    out.StartArray();
    for (int i = 0; i < type->value_count(); ++i) PutText(out, type->value(i)->name());
    out.EndArray();
    out.EndObject();
  }
}

}  // namespace tremplin::gateway
