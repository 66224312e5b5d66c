#include "services/gateway/transcoding/values.h"

#include <charconv>
#include <cmath>
#include <limits>
#include <set>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "common/text/text.h"
#include "common/text/utf8.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/field_mask.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/protobuf/util/field_mask_util.h"
#include "google/protobuf/util/time_util.h"
#include "services/gateway/transcoding/messages.h"

namespace tremplin::gateway::transcoding {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using Form = Scalar::Form;

constexpr double kExactInDouble = 9007199254740992.0;  // 2^53

// Sets a field, or adds to it when it is repeated, by the pair of functions of its type.
#define TREMPLIN_PUT(Type, value)                                 \
  do {                                                            \
    const Reflection* const reflection = message.GetReflection(); \
    if (field->is_repeated()) {                                   \
      reflection->Add##Type(&message, field, value);              \
    } else {                                                      \
      reflection->Set##Type(&message, field, value);              \
    }                                                             \
  } while (false)

bool IsNumberText(const Scalar& scalar) {
  if (scalar.form == Form::kYesNo || scalar.text.empty()) return false;
  // The grammar of JSON's numbers, so that neither spaces, "+1", hexadecimal nor "inf" pass.
  for (const char c : scalar.text) {
    if ((c < '0' || c > '9') && c != '-' && c != '+' && c != '.' && c != 'e' && c != 'E') {
      return false;
    }
  }
  const char first = scalar.text.front();
  const char last = scalar.text.back();
  const std::string_view digits = scalar.text.substr(first == '-' ? 1 : 0);
  if (digits.size() > 1 && digits[0] == '0' && digits[1] >= '0' && digits[1] <= '9') return false;
  return (first == '-' || (first >= '0' && first <= '9')) && last >= '0' && last <= '9';
}

// A whole number as digits, or as 1.0 and 1e3 while that is exact.
template <class Number>
const messages::Message* ReadWhole(const Scalar& scalar, Number& number) {
  if (!IsNumberText(scalar)) return &kExpectedWholeNumber;
  const char* const end = scalar.text.data() + scalar.text.size();
  const auto [stop, error] = std::from_chars(scalar.text.data(), end, number);
  if (error == std::errc() && stop == end) return nullptr;
  double real = 0;
  if (!absl::SimpleAtod(text::Absl(scalar.text), &real)) return &kExpectedWholeNumber;
  if (real != std::floor(real) && std::isfinite(real)) return &kExpectedWholeNumber;
  const bool fits = std::abs(real) <= kExactInDouble &&
                    real >= static_cast<double>(std::numeric_limits<Number>::min()) &&
                    real <= static_cast<double>(std::numeric_limits<Number>::max());
  if (!fits) return &kOutOfRange;
  number = static_cast<Number>(real);
  return nullptr;
}

bool Parse(std::string_view text, float& number) {
  return absl::SimpleAtof(text::Absl(text), &number);
}
bool Parse(std::string_view text, double& number) {
  return absl::SimpleAtod(text::Absl(text), &number);
}

template <class Real>
const messages::Message* ReadReal(const Scalar& scalar, Real& number) {
  if (scalar.form != Form::kNumber) {
    if (scalar.text == "NaN" || scalar.text == "Infinity" || scalar.text == "-Infinity") {
      number = scalar.text == "NaN"        ? std::numeric_limits<Real>::quiet_NaN()
               : scalar.text == "Infinity" ? std::numeric_limits<Real>::infinity()
                                           : -std::numeric_limits<Real>::infinity();
      return nullptr;
    }
  }
  if (!IsNumberText(scalar) || !Parse(scalar.text, number)) return &kExpectedNumber;
  return std::isfinite(number) ? nullptr : &kOutOfRange;
}

bool ReadBytes(std::string_view text, std::string& bytes) {
  const absl::string_view base64 = text::Absl(text);
  return absl::Base64Unescape(base64, &bytes) || absl::WebSafeBase64Unescape(base64, &bytes);
}

const messages::Message* PutEnum(Message& message, const FieldDescriptor* field,
                                 const Scalar& scalar) {
  if (scalar.form == Form::kYesNo) return &kExpectedEnumName;
  const auto* value = scalar.form == Form::kNumber
                          ? nullptr
                          : field->enum_type()->FindValueByName(std::string(scalar.text));
  if (value == nullptr && scalar.form != Form::kText) {
    int32_t number = 0;
    if (const auto* fault = ReadWhole(scalar, number)) {
      return scalar.form == Form::kUrl ? &kUnknownEnumValue : fault;
    }
    value = field->enum_type()->FindValueByNumber(number);
  }
  if (value == nullptr) return &kUnknownEnumValue;
  TREMPLIN_PUT(Enum, value);
  return nullptr;
}

Message& SubMessage(Message& message, const FieldDescriptor* field) {
  const Reflection* const reflection = message.GetReflection();
  return field->is_repeated() ? *reflection->AddMessage(&message, field)
                              : *reflection->MutableMessage(&message, field);
}

// Takes over a message of the program into one of the same type that may be another's (dynamic).
const messages::Message* TakeOver(const Message& from, Message& to) {
  if (from.GetDescriptor() == to.GetDescriptor()) {
    to.CopyFrom(from);
  } else {
    to.ParsePartialFromString(from.SerializePartialAsString());
  }
  return nullptr;
}

const messages::Message* PutTime(Message& to, std::string_view text) {
  google::protobuf::Timestamp time;
  if (!google::protobuf::util::TimeUtil::FromString(std::string(text), &time)) {
    return &kExpectedTime;
  }
  return TakeOver(time, to);
}

const messages::Message* PutDuration(Message& to, std::string_view text) {
  google::protobuf::Duration duration;
  const bool digits = text.size() >= 2 && text.find_first_not_of("-0123456789.s") == text.npos &&
                      text[text.size() - 2] != '.' && text.back() == 's';
  if (!digits || !google::protobuf::util::TimeUtil::FromString(std::string(text), &duration)) {
    return &kExpectedDuration;
  }
  return TakeOver(duration, to);
}

const messages::Message* PutMask(Message& to, std::string_view text) {
  google::protobuf::FieldMask mask;
  if (!text.empty() && !google::protobuf::util::FieldMaskUtil::FromJsonString(
                           google::protobuf::StringPiece(text.data(), text.size()), &mask)) {
    return &kExpectedMask;
  }
  return TakeOver(mask, to);
}

const messages::Message* PutMessage(Message& message, const FieldDescriptor* field,
                                    const Scalar& scalar) {
  const bool is_text = scalar.form == Form::kText || scalar.form == Form::kUrl;
  switch (WrittenAs(field->message_type())) {
    case Written::kObject:
      return &kExpectedObject;
    case Written::kTime:
      return is_text ? PutTime(SubMessage(message, field), scalar.text) : &kExpectedTime;
    case Written::kDuration:
      return is_text ? PutDuration(SubMessage(message, field), scalar.text) : &kExpectedDuration;
    case Written::kMask:
      return is_text ? PutMask(SubMessage(message, field), scalar.text) : &kExpectedMask;
    case Written::kWrapped:
      return PutScalar(SubMessage(message, field), field->message_type()->field(0), scalar);
  }
  return &kExpectedObject;
}

bool IsSupportedWithin(const Descriptor* type, std::set<const Descriptor*>& seen) {
  if (!seen.insert(type).second) return true;
  const std::string& name = type->full_name();
  if (name == "google.protobuf.Any" || type->file()->name() == "google/protobuf/struct.proto") {
    return false;
  }
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* field = type->field(i);
    if (field->type() == FieldDescriptor::TYPE_GROUP) return false;
    if (field->message_type() != nullptr && !IsSupportedWithin(field->message_type(), seen)) {
      return false;
    }
  }
  return true;
}

}  // namespace

Written WrittenAs(const Descriptor* type) {
  const std::string& name = type->full_name();
  if (!name.starts_with("google.protobuf.")) return Written::kObject;
  if (name == "google.protobuf.Timestamp") return Written::kTime;
  if (name == "google.protobuf.Duration") return Written::kDuration;
  if (name == "google.protobuf.FieldMask") return Written::kMask;
  if (type->file()->name() == "google/protobuf/wrappers.proto") return Written::kWrapped;
  return Written::kObject;
}

bool IsSupported(const Descriptor* type) {
  std::set<const Descriptor*> seen;
  return IsSupportedWithin(type, seen);
}

const messages::Message* PutScalar(Message& message, const FieldDescriptor* field,
                                   const Scalar& scalar) {
  const messages::Message* fault = nullptr;
  const bool is_text = scalar.form == Form::kText || scalar.form == Form::kUrl;
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32: {
      int32_t number = 0;
      if ((fault = ReadWhole(scalar, number)) == nullptr) TREMPLIN_PUT(Int32, number);
      return fault;
    }
    case FieldDescriptor::CPPTYPE_INT64: {
      int64_t number = 0;
      if ((fault = ReadWhole(scalar, number)) == nullptr) TREMPLIN_PUT(Int64, number);
      return fault;
    }
    case FieldDescriptor::CPPTYPE_UINT32: {
      uint32_t number = 0;
      if ((fault = ReadWhole(scalar, number)) == nullptr) TREMPLIN_PUT(UInt32, number);
      return fault;
    }
    case FieldDescriptor::CPPTYPE_UINT64: {
      uint64_t number = 0;
      if ((fault = ReadWhole(scalar, number)) == nullptr) TREMPLIN_PUT(UInt64, number);
      return fault;
    }
    case FieldDescriptor::CPPTYPE_FLOAT: {
      float number = 0;
      if ((fault = ReadReal(scalar, number)) == nullptr) TREMPLIN_PUT(Float, number);
      return fault;
    }
    case FieldDescriptor::CPPTYPE_DOUBLE: {
      double number = 0;
      if ((fault = ReadReal(scalar, number)) == nullptr) TREMPLIN_PUT(Double, number);
      return fault;
    }
    case FieldDescriptor::CPPTYPE_BOOL: {
      const bool yes = scalar.text == "true";
      const bool known = yes || scalar.text == "false";
      if (!known || (scalar.form != Form::kYesNo && scalar.form != Form::kUrl)) {
        return &kExpectedYesNo;
      }
      TREMPLIN_PUT(Bool, yes);
      return nullptr;
    }
    case FieldDescriptor::CPPTYPE_ENUM:
      return PutEnum(message, field, scalar);
    case FieldDescriptor::CPPTYPE_STRING: {
      if (field->type() == FieldDescriptor::TYPE_BYTES) {
        std::string bytes;
        if (!is_text || !ReadBytes(scalar.text, bytes)) return &kExpectedBytes;
        TREMPLIN_PUT(String, std::move(bytes));
        return nullptr;
      }
      if (!is_text || !text::IsUtf8(scalar.text)) return &kExpectedText;
      TREMPLIN_PUT(String, std::string(scalar.text));
      return nullptr;
    }
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return PutMessage(message, field, scalar);
  }
  return &kExpectedObject;
}

#undef TREMPLIN_PUT

const FieldDescriptor* FindField(const Descriptor* type, std::string_view name) {
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* field = type->field(i);
    if (field->json_name() == name || field->name() == name) return field;
  }
  return nullptr;
}

}  // namespace tremplin::gateway::transcoding
