#include "common/rpc/request_check.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/rpc/messages.h"
#include "common/status/error.h"
#include "common/text/utf8.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/protobuf/unknown_field_set.h"

namespace tremplin::rpc {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using google::protobuf::UnknownField;
using google::protobuf::UnknownFieldSet;
using status::FieldViolation;

constexpr int kMaxDepth = 100;          // protobuf's own limit
constexpr size_t kMaxViolations = 500;  // more help nobody
constexpr size_t kMaxRequestId = 128;
// Ranges of google.protobuf.Timestamp (years 1 to 9999) and Duration, as their protos say.
constexpr int64_t kFirstSecond = -62135596800;
constexpr int64_t kLastSecond = 253402300799;
constexpr int64_t kLongestSeconds = 315576000000;
constexpr int32_t kMostNanos = 999999999;

bool IsInRange(const google::protobuf::Timestamp& time) {
  return time.seconds() >= kFirstSecond && time.seconds() <= kLastSecond && time.nanos() >= 0 &&
         time.nanos() <= kMostNanos;
}

bool IsInRange(const google::protobuf::Duration& duration) {
  const int64_t seconds = duration.seconds();
  const int32_t nanos = duration.nanos();
  const bool one_sign = (seconds >= 0 && nanos >= 0) || (seconds <= 0 && nanos <= 0);
  return one_sign && seconds >= -kLongestSeconds && seconds <= kLongestSeconds &&
         nanos >= -kMostNanos && nanos <= kMostNanos;
}

std::string PathOf(const std::string& parent, const FieldDescriptor& field, int index) {
  std::string path = parent.empty() ? field.name() : absl::StrCat(parent, ".", field.name());
  if (field.is_repeated()) absl::StrAppend(&path, "[", index, "]");
  return path;
}

// Finds text that is not UTF-8 in bytes that the parser refused: it does not say where.
void FindBadText(const std::string& bytes, const Descriptor& type, const std::string& parent,
                 int depth, std::vector<FieldViolation>& found) {
  UnknownFieldSet fields;
  if (depth > kMaxDepth || !fields.ParseFromString(bytes)) return;
  std::map<int, int> seen;
  for (int i = 0; i < fields.field_count() && found.size() < kMaxViolations; ++i) {
    const UnknownField& raw = fields.field(i);
    const FieldDescriptor* field = type.FindFieldByNumber(raw.number());
    if (field == nullptr || raw.type() != UnknownField::TYPE_LENGTH_DELIMITED) continue;
    const std::string path = PathOf(parent, *field, seen[raw.number()]++);
    if (field->type() == FieldDescriptor::TYPE_STRING) {
      if (!text::IsUtf8(raw.length_delimited())) {
        found.push_back(status::Violation(path, kInvalidUtf8));
      }
    } else if (field->type() == FieldDescriptor::TYPE_MESSAGE) {
      FindBadText(raw.length_delimited(), *field->message_type(), path, depth + 1, found);
    }
  }
}

// Finds values that their type does not allow, wherever they stand.
class ValueFinder {
 public:
  explicit ValueFinder(std::vector<FieldViolation>& found) : found_(found) {}

  void Find(const Message& message, const std::string& parent) {
    const Reflection& reflection = *message.GetReflection();
    std::vector<const FieldDescriptor*> fields;
    reflection.ListFields(message, &fields);
    for (const FieldDescriptor* field : fields) {
      if (found_.size() >= kMaxViolations) return;
      const int count = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
      for (int i = 0; i < count; ++i) Visit(message, reflection, *field, i, parent);
    }
  }

 private:
  void Visit(const Message& message, const Reflection& reflection, const FieldDescriptor& field,
             int index, const std::string& parent) {
    const bool repeated = field.is_repeated();
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
      const int number = repeated ? reflection.GetRepeatedEnumValue(message, &field, index)
                                  : reflection.GetEnumValue(message, &field);
      if (field.enum_type()->FindValueByNumber(number) == nullptr) {
        found_.push_back(status::Violation(PathOf(parent, field, index), kUnknownEnumValue));
      }
    } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      const Message& value = repeated ? reflection.GetRepeatedMessage(message, &field, index)
                                      : reflection.GetMessage(message, &field);
      VisitMessage(value, PathOf(parent, field, index));
    }
  }

  void VisitMessage(const Message& value, const std::string& path) {
    using google::protobuf::Duration;
    using google::protobuf::Timestamp;
    if (value.GetDescriptor() == Timestamp::descriptor()) {
      if (!IsInRange(static_cast<const Timestamp&>(value))) {
        found_.push_back(status::Violation(path, kTimestampOutOfRange));
      }
    } else if (value.GetDescriptor() == Duration::descriptor()) {
      if (!IsInRange(static_cast<const Duration&>(value))) {
        found_.push_back(status::Violation(path, kDurationOutOfRange));
      }
    } else {
      Find(value, path);
    }
  }

  std::vector<FieldViolation>& found_;
};

bool IsRequestId(const std::string& id) {
  if (id.size() > kMaxRequestId) return false;
  for (const char c : id) {
    if (c < 0x20 || c > 0x7E) return false;
  }
  return true;
}

}  // namespace

RequestCheck::RequestCheck(const Descriptor* type)
    : type_(type), request_id_field_(type->FindFieldByName("request_id")) {
  if (request_id_field_ != nullptr && (request_id_field_->type() != FieldDescriptor::TYPE_STRING ||
                                       request_id_field_->is_repeated())) {
    request_id_field_ = nullptr;
  }
}

absl::Status RequestCheck::Decode(std::string_view bytes, Message& request) const {
  std::vector<FieldViolation> found;
  if (!request.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    FindBadText(std::string(bytes), *type_, "", 0, found);
    if (!found.empty()) return status::InvalidFields(std::move(found));
    return status::Error(absl::StatusCode::kInvalidArgument, kMalformedRequest);
  }
  ValueFinder(found).Find(request, "");
  if (request_id_field_ != nullptr) {
    std::string scratch;
    const std::string& id =
        request.GetReflection()->GetStringReference(request, request_id_field_, &scratch);
    if (!IsRequestId(id)) found.push_back(status::Violation("request_id", kInvalidRequestId));
  }
  return found.empty() ? absl::OkStatus() : status::InvalidFields(std::move(found));
}

}  // namespace tremplin::rpc
