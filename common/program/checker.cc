#include "common/program/checker.h"

#include <cmath>

#include "common/text/utf8.h"
#include "google/protobuf/descriptor.h"

namespace tremplin::program::check {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr size_t kMostTextBytes = 4000;

bool IsBlank(const std::string& text) {
  return text.find_first_not_of(" \t\r\n") == std::string::npos;
}

// Valid UTF-8 without control characters but line ends and tabs.
bool IsReadable(const std::string& text) {
  return text::IsUtf8(text) && std::none_of(text.begin(), text.end(), [](char c) {
           const auto byte = static_cast<unsigned char>(c);
           return (byte < 0x20 && c != '\n' && c != '\r' && c != '\t') || byte == 0x7F;
         });
}

void CheckText(const v1::Text& text, const std::string& path, Faults& faults) {
  if (IsBlank(text.en()) || IsBlank(text.fr())) {
    faults.Add(path, kTextMissing);
  } else if (text.en().size() > kMostTextBytes || text.fr().size() > kMostTextBytes) {
    faults.Add(path, kTextTooLong, {std::to_string(kMostTextBytes)});
  } else if (!IsReadable(text.en()) || !IsReadable(text.fr())) {
    faults.Add(path, kNotUtf8);
  }
}

// One scalar: `index` is -1 for a field that stands once.
void CheckScalar(const Message& message, const FieldDescriptor* field, int index,
                 const std::string& path, Faults& faults) {
  const auto* reflection = message.GetReflection();
  if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
    const std::string text = index < 0 ? reflection->GetString(message, field)
                                       : reflection->GetRepeatedString(message, field, index);
    if (text.size() > kMostTextBytes) {
      faults.Add(path, kTextTooLong, {std::to_string(kMostTextBytes)});
    } else if (!IsReadable(text)) {
      faults.Add(path, kNotUtf8);
    }
  } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
    const int value = index < 0 ? reflection->GetEnumValue(message, field)
                                : reflection->GetRepeatedEnumValue(message, field, index);
    if (field->enum_type()->FindValueByNumber(value) == nullptr) faults.Add(path, kRequired);
  } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_DOUBLE) {
    const double value = index < 0 ? reflection->GetDouble(message, field)
                                   : reflection->GetRepeatedDouble(message, field, index);
    if (!std::isfinite(value)) faults.Add(path, kNotFinite);
  }
}

bool IsCode(std::string_view code) {
  return !code.empty() && code.size() <= 64 &&
         code.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_.-") ==
             std::string_view::npos;
}

// A side that is not there needs no name.
bool MayGoWithout(const Message& message, const FieldDescriptor* field) {
  if (message.GetDescriptor() != v1::Side::descriptor() || field->name() != "called") return false;
  return static_cast<const v1::Side&>(message).most() == 0;
}

void CheckMessageField(const Message& message, const FieldDescriptor* field,
                       const std::string& name, Faults& faults) {
  const auto* reflection = message.GetReflection();
  if (field->is_repeated()) {
    for (int i = 0; i < reflection->FieldSize(message, field); ++i) {
      CheckForm(reflection->GetRepeatedMessage(message, field, i), text::Cat(name, "[", i, "]"),
                faults);
    }
  } else if (field->message_type() == v1::Text::descriptor()) {
    if (MayGoWithout(message, field)) return;
    CheckText(static_cast<const v1::Text&>(reflection->GetMessage(message, field)), name, faults);
  } else if (reflection->HasField(message, field)) {
    CheckForm(reflection->GetMessage(message, field), name, faults);
  }
}

}  // namespace

void Faults::Add(std::string_view field, const messages::Message& message,
                 std::initializer_list<std::string_view> args) {
  violations_.push_back(status::Violation(field, message, args));
}

void Faults::Within(std::string_view field, int64_t value, int64_t least, int64_t most) {
  if (value < least || value > most) {
    Add(field, kNotWithin, {std::to_string(least), std::to_string(most)});
  }
}

void Faults::Between(std::string_view field, double value, double least, double most) {
  if (!(value >= least && value <= most)) {
    Add(field, kNotWithin, {text::Cat(least), text::Cat(most)});
  }
}

void Faults::WithinOrUsual(std::string_view field, int64_t value, int64_t least, int64_t most) {
  if (value != 0) Within(field, value, least, most);
}

void Faults::Word(std::string_view field, std::string_view word,
                  std::initializer_list<std::string_view> words, bool may_be_empty) {
  if (word.empty() && may_be_empty) return;
  if (Contains(words, word)) return;
  std::string list;
  for (const std::string_view each : words) list += (list.empty() ? "" : ", ") + std::string(each);
  Add(field, kChoiceUnknown, {list});
}

void Faults::Code(std::string_view field, const std::string& code, std::set<std::string>* seen) {
  if (!IsCode(code)) {
    Add(field, kCodeMalformed);
  } else if (!seen->insert(code).second) {
    Add(field, kDoubled, {code});
  }
}

void Faults::Count(std::string_view field, int count, int most) {
  if (count > most) Add(field, kTooMany, {std::to_string(most)});
}

bool IsId(std::string_view id) {
  if (id.empty() || id.size() > 64 || id[0] < 'a' || id[0] > 'z') return false;
  return id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string_view::npos;
}

void CheckForm(const Message& message, const std::string& path, Faults& faults) {
  const auto* reflection = message.GetReflection();
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* field = message.GetDescriptor()->field(i);
    const std::string name = path.empty() ? field->name() : path + "." + field->name();
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      CheckMessageField(message, field, name, faults);
    } else if (!field->is_repeated()) {
      CheckScalar(message, field, -1, name, faults);
    } else {
      for (int j = 0; j < reflection->FieldSize(message, field); ++j) {
        CheckScalar(message, field, j, text::Cat(name, "[", j, "]"), faults);
      }
    }
  }
}

}  // namespace tremplin::program::check
