#include "services/gateway/transcoding/binding.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>

#include "absl/strings/str_split.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/gateway/transcoding/messages.h"
#include "services/gateway/transcoding/values.h"

namespace tremplin::gateway::transcoding {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using Fields = std::vector<const FieldDescriptor*>;

constexpr size_t kLongestName = 100;  // of what is said back
constexpr size_t kMostFields = 16;    // in each other

absl::Status Refuse(std::string_view field, const messages::Message& message,
                    std::string_view arg = "") {
  std::string shown(field.substr(0, kLongestName));
  return status::InvalidFields({status::Violation(shown, message, {arg})});
}

std::string NameOf(const Fields& fields) {
  std::string name;
  for (const FieldDescriptor* field : fields) {
    if (!name.empty()) name += '.';
    name += field->name();
  }
  return name;
}

bool IsPlainMessage(const FieldDescriptor* field) {
  return field->message_type() != nullptr && !field->is_repeated() &&
         WrittenAs(field->message_type()) == Written::kObject;
}

// Whether one path of names leads to or into the other.
bool Overlap(std::string_view a, std::string_view b) {
  const std::string_view longer = a.size() < b.size() ? b : a;
  const std::string_view shorter = a.size() < b.size() ? a : b;
  return longer.starts_with(shorter) &&
         (longer.size() == shorter.size() || longer[shorter.size()] == '.');
}

// Whether path or body give the field.
bool IsElsewhere(const Route& route, const std::string& name) {
  if (route.whole_body || (route.body != nullptr && Overlap(route.body->name(), name))) return true;
  return std::any_of(
      route.path.variables.begin(), route.path.variables.end(),
      [&name](const PathVariable& variable) { return Overlap(variable.path, name); });
}

// The message that holds the last of the fields; null with a fault where a oneof is set already.
Message* Holder(Message& request, const Fields& fields) {
  Message* holder = &request;
  for (size_t i = 0; i + 1 < fields.size(); ++i) {
    holder = holder->GetReflection()->MutableMessage(holder, fields[i]);
  }
  return holder;
}

// The oneof of which the fields name a second member; null when there is none.
const google::protobuf::OneofDescriptor* SecondOfOneof(const Message& request,
                                                       const Fields& fields) {
  const Message* holder = &request;
  for (const FieldDescriptor* field : fields) {
    const auto* reflection = holder->GetReflection();
    if (const auto* oneof = field->real_containing_oneof()) {
      const FieldDescriptor* set = reflection->GetOneofFieldDescriptor(*holder, oneof);
      if (set != nullptr && set != field) return oneof;
    }
    if (field->message_type() == nullptr || field->is_repeated()) break;
    holder = &reflection->GetMessage(*holder, field);
  }
  return nullptr;
}

absl::Status BindParameter(const Route& route, const std::string& key, const std::string& value,
                           std::set<std::string>& seen, Message& request) {
  const Fields fields = FieldsOf(request.GetDescriptor(), key);
  if (fields.empty()) return Refuse(key, kUnknownParameter);
  const std::string name = NameOf(fields);
  if (IsElsewhere(route, name)) return Refuse(name, kParameterElsewhere);
  const FieldDescriptor* const field = fields.back();
  if (field->is_map() ||
      (field->message_type() != nullptr && WrittenAs(field->message_type()) == Written::kObject)) {
    return Refuse(name, kParameterNotScalar);
  }
  if (!seen.insert(name).second && !field->is_repeated()) return Refuse(name, kGivenTwice);
  if (const auto* oneof = SecondOfOneof(request, fields)) {
    return Refuse(name, kOneOfGivenTwice, oneof->name());
  }
  const messages::Message* const fault =
      PutScalar(*Holder(request, fields), field, {Scalar::Form::kUrl, value});
  return fault == nullptr ? absl::OkStatus() : Refuse(name, *fault);
}

// What the segments of a variable say.
std::optional<std::string> ValueOf(const PathTemplate& path, const PathVariable& variable,
                                   const std::vector<std::string_view>& segments) {
  const bool rest = path.segments[variable.end - 1].kind == PathSegment::Kind::kRest;
  const bool several = rest || variable.end - variable.begin > 1;
  const size_t end = rest ? segments.size() : variable.end;
  std::string value;
  for (size_t i = variable.begin; i < end; ++i) {
    const std::optional<std::string> decoded =
        PercentDecode(segments[i], several ? Slash::kKept : Slash::kDecoded);
    if (!decoded.has_value()) return std::nullopt;
    if (i > variable.begin) value += '/';
    value += *decoded;
  }
  return value;
}

}  // namespace

Fields FieldsOf(const Descriptor* type, std::string_view path) {
  Fields fields;
  for (const absl::string_view name : absl::StrSplit(text::Absl(path), '.')) {
    if (type == nullptr || fields.size() == kMostFields) return {};
    const FieldDescriptor* const field = FindField(type, {name.data(), name.size()});
    if (field == nullptr) return {};
    fields.push_back(field);
    type = IsPlainMessage(field) ? field->message_type() : nullptr;
  }
  return fields;
}

absl::Status BindPath(const Route& route, const std::vector<std::string_view>& segments,
                      Message& request) {
  for (const PathVariable& variable : route.path.variables) {
    const std::optional<std::string> value = ValueOf(route.path, variable, segments);
    if (!value.has_value()) {
      return status::Error(absl::StatusCode::kInvalidArgument, kPathMalformed);
    }
    const Fields fields = FieldsOf(request.GetDescriptor(), variable.path);
    const Scalar scalar{Scalar::Form::kUrl, *value};
    // Before the path, the body may have given it; the path is what counts.
    if (const messages::Message* fault =
            PutScalar(*Holder(request, fields), fields.back(), scalar)) {
      return Refuse(variable.path, *fault);
    }
  }
  return absl::OkStatus();
}

absl::Status BindQuery(const Route& route, const Parameters& parameters, Message& request) {
  std::set<std::string> seen;
  for (const auto& [key, value] : parameters) {
    TREMPLIN_RETURN_IF_ERROR(BindParameter(route, key, value, seen, request));
  }
  return absl::OkStatus();
}

}  // namespace tremplin::gateway::transcoding
