#include "services/gateway/transcoding/json_writer.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/field_mask.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/protobuf/util/field_mask_util.h"
#include "google/protobuf/util/time_util.h"
#include "rapidjson/stringbuffer.h"
#include "rapidjson/writer.h"
#include "services/gateway/transcoding/values.h"

namespace tremplin::gateway::transcoding {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using google::protobuf::util::TimeUtil;

// A message of another's (dynamic) type as the program's own.
template <class Own>
Own AsOwn(const Message& message) {
  Own own;
  if (message.GetDescriptor() == Own::descriptor()) {
    own.CopyFrom(message);
  } else {
    own.ParsePartialFromString(message.SerializePartialAsString());
  }
  return own;
}

class JsonWriter {
 public:
  void Object(const Message& message) {
    writer_.StartObject();
    std::vector<const FieldDescriptor*> fields;
    message.GetReflection()->ListFields(message, &fields);
    for (const FieldDescriptor* field : fields) {
      if (field->is_extension()) continue;
      Text(field->json_name(), true);
      Field(message, field);
    }
    writer_.EndObject();
  }

  void Field(const Message& message, const FieldDescriptor* field) {
    if (field->is_map()) {
      Map(message, field);
    } else if (field->is_repeated()) {
      writer_.StartArray();
      const int count = message.GetReflection()->FieldSize(message, field);
      for (int i = 0; i < count; ++i) Value(message, field, i);
      writer_.EndArray();
    } else {
      Value(message, field, -1);
    }
  }

  std::string Take() const { return {buffer_.GetString(), buffer_.GetSize()}; }

 private:
  void Text(const std::string& text, bool key = false) {
    const auto size = static_cast<rapidjson::SizeType>(text.size());
    if (key) {
      writer_.Key(text.data(), size);
    } else {
      writer_.String(text.data(), size);
    }
  }

  void Map(const Message& message, const FieldDescriptor* field) {
    const FieldDescriptor* const key = field->message_type()->map_key();
    const Reflection* const reflection = message.GetReflection();
    std::vector<std::pair<std::string, const Message*>> entries;
    for (int i = 0; i < reflection->FieldSize(message, field); ++i) {
      const Message& entry = reflection->GetRepeatedMessage(message, field, i);
      entries.emplace_back(KeyOf(entry, key), &entry);
    }
    std::sort(entries.begin(), entries.end());
    writer_.StartObject();
    for (const auto& [name, entry] : entries) {
      Text(name, true);
      Value(*entry, field->message_type()->map_value(), -1);
    }
    writer_.EndObject();
  }

  static std::string KeyOf(const Message& entry, const FieldDescriptor* key) {
    const Reflection* const reflection = entry.GetReflection();
    // Keys of other types do not exist.
    if (key->cpp_type() == FieldDescriptor::CPPTYPE_STRING)
      return reflection->GetString(entry, key);
    if (key->cpp_type() == FieldDescriptor::CPPTYPE_BOOL) {
      return reflection->GetBool(entry, key) ? "true" : "false";
    }
    if (key->cpp_type() == FieldDescriptor::CPPTYPE_INT32) {
      return absl::StrCat(reflection->GetInt32(entry, key));
    }
    if (key->cpp_type() == FieldDescriptor::CPPTYPE_INT64) {
      return absl::StrCat(reflection->GetInt64(entry, key));
    }
    if (key->cpp_type() == FieldDescriptor::CPPTYPE_UINT32) {
      return absl::StrCat(reflection->GetUInt32(entry, key));
    }
    return absl::StrCat(reflection->GetUInt64(entry, key));
  }

  void Real(double number) {
    if (std::isnan(number)) {
      Text("NaN");
    } else if (std::isinf(number)) {
      Text(number > 0 ? "Infinity" : "-Infinity");
    } else {
      writer_.Double(number);
    }
  }

  // Few digits that are this float again.
  void Real(float number) {
    if (!std::isfinite(number)) {
      Real(static_cast<double>(number));
      return;
    }
    std::string text = absl::StrCat(number);
    float same = 0;
    if (!absl::SimpleAtof(text, &same) || same != number) text = absl::StrFormat("%.9g", number);
    writer_.RawValue(text.data(), text.size(), rapidjson::kNumberType);
  }

  // The i-th value, or the only one when `i` is -1.
  void Value(const Message& message, const FieldDescriptor* field, int i) {
    const Reflection* const r = message.GetReflection();
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_INT32:
        writer_.Int(i < 0 ? r->GetInt32(message, field) : r->GetRepeatedInt32(message, field, i));
        return;
      case FieldDescriptor::CPPTYPE_UINT32:
        writer_.Uint(i < 0 ? r->GetUInt32(message, field)
                           : r->GetRepeatedUInt32(message, field, i));
        return;
      case FieldDescriptor::CPPTYPE_INT64:
        Text(absl::StrCat(i < 0 ? r->GetInt64(message, field)
                                : r->GetRepeatedInt64(message, field, i)));
        return;
      case FieldDescriptor::CPPTYPE_UINT64:
        Text(absl::StrCat(i < 0 ? r->GetUInt64(message, field)
                                : r->GetRepeatedUInt64(message, field, i)));
        return;
      case FieldDescriptor::CPPTYPE_DOUBLE:
        Real(i < 0 ? r->GetDouble(message, field) : r->GetRepeatedDouble(message, field, i));
        return;
      case FieldDescriptor::CPPTYPE_FLOAT:
        Real(i < 0 ? r->GetFloat(message, field) : r->GetRepeatedFloat(message, field, i));
        return;
      case FieldDescriptor::CPPTYPE_BOOL:
        writer_.Bool(i < 0 ? r->GetBool(message, field) : r->GetRepeatedBool(message, field, i));
        return;
      case FieldDescriptor::CPPTYPE_ENUM:
        Enum(field,
             i < 0 ? r->GetEnumValue(message, field) : r->GetRepeatedEnumValue(message, field, i));
        return;
      case FieldDescriptor::CPPTYPE_STRING: {
        std::string scratch;
        const std::string& text = i < 0
                                      ? r->GetStringReference(message, field, &scratch)
                                      : r->GetRepeatedStringReference(message, field, i, &scratch);
        Text(field->type() == FieldDescriptor::TYPE_BYTES ? absl::Base64Escape(text) : text);
        return;
      }
      case FieldDescriptor::CPPTYPE_MESSAGE:
        Sub(i < 0 ? r->GetMessage(message, field) : r->GetRepeatedMessage(message, field, i));
        return;
    }
  }

  void Enum(const FieldDescriptor* field, int number) {
    if (const auto* value = field->enum_type()->FindValueByNumber(number)) {
      Text(value->name());
    } else {
      writer_.Int(number);
    }
  }

  void Sub(const Message& message) {
    switch (WrittenAs(message.GetDescriptor())) {
      case Written::kObject:
        Object(message);
        return;
      case Written::kTime:
        Time(AsOwn<google::protobuf::Timestamp>(message));
        return;
      case Written::kDuration:
        Text(TimeUtil::ToString(AsOwn<google::protobuf::Duration>(message)));
        return;
      case Written::kMask: {
        std::string text;
        google::protobuf::util::FieldMaskUtil::ToJsonString(
            AsOwn<google::protobuf::FieldMask>(message), &text);
        Text(text);
        return;
      }
      case Written::kWrapped:
        Value(message, message.GetDescriptor()->field(0), -1);
        return;
    }
  }

  void Time(const google::protobuf::Timestamp& time) {
    // The library aborts on others.
    const bool valid = time.seconds() >= TimeUtil::kTimestampMinSeconds &&
                       time.seconds() <= TimeUtil::kTimestampMaxSeconds;
    Text(valid ? TimeUtil::ToString(time) : "");
  }

  rapidjson::StringBuffer buffer_;
  rapidjson::Writer<rapidjson::StringBuffer> writer_{buffer_};
};

}  // namespace

std::string WriteJson(const Message& message) {
  JsonWriter writer;
  writer.Object(message);
  return writer.Take();
}

std::string WriteJson(const Message& message, const FieldDescriptor* field) {
  JsonWriter writer;
  writer.Field(message, field);
  return writer.Take();
}

}  // namespace tremplin::gateway::transcoding
