#include <algorithm>
#include <map>
#include <utility>

#include "common/text/text.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/text_format.h"
#include "tools/tremplinctl/program_words.h"

namespace tremplin::ctl {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::TextFormat;

// By what parts of a list are told apart.
constexpr const char* kKeys[] = {"code", "name", "criterion", "organization", "kind"};

std::string Short(const Message& message) {
  TextFormat::Printer printer;
  printer.SetSingleLineMode(true);
  printer.SetUseUtf8StringEscaping(true);
  std::string text;
  printer.PrintToString(message, &text);
  while (!text.empty() && text.back() == ' ') text.pop_back();
  return text;
}

std::string ValueOf(const Message& message, const FieldDescriptor* field, int index) {
  TextFormat::Printer printer;
  printer.SetUseUtf8StringEscaping(true);
  printer.SetSingleLineMode(true);
  std::string text;
  printer.PrintFieldValueToString(message, field, index, &text);
  return text;
}

// What a scalar field says, all its values in their order.
std::string Values(const Message& message, const FieldDescriptor* field) {
  if (!field->is_repeated()) return ValueOf(message, field, -1);
  std::string all;
  for (int i = 0; i < message.GetReflection()->FieldSize(message, field); ++i) {
    all += (all.empty() ? "" : ", ") + ValueOf(message, field, i);
  }
  return all.empty() ? "–" : all;
}

class Comparison {
 public:
  void Compare(const Message& before, const Message& after, const std::string& path) {
    for (int i = 0; i < before.GetDescriptor()->field_count(); ++i) {
      const FieldDescriptor* field = before.GetDescriptor()->field(i);
      if (path.empty() && field->name() == "registry") continue;
      const std::string name = path.empty() ? field->name() : path + "." + field->name();
      if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
        const std::string was = Values(before, field);
        const std::string is = Values(after, field);
        if (was != is) lines_.push_back("~ " + name + ": " + was + " → " + is);
      } else if (field->is_repeated()) {
        CompareLists(before, after, field, name);
      } else {
        CompareParts(before, after, field, name);
      }
    }
  }
  std::vector<std::string> Take() { return std::move(lines_); }

 private:
  static std::string KeyOf(const Message& part, int index) {
    for (const char* key : kKeys) {
      const FieldDescriptor* field = part.GetDescriptor()->FindFieldByName(key);
      if (field == nullptr || field->is_repeated()) continue;
      if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
        return part.GetReflection()->GetString(part, field);
      }
      if (field->cpp_type() == FieldDescriptor::CPPTYPE_ENUM) return ValueOf(part, field, -1);
    }
    return text::Cat(index);
  }

  void Changed(char sign, const std::string& name, const Message& part) {
    lines_.push_back(text::Cat(std::string(1, sign), " ", name, ": ", Short(part)));
  }

  void CompareParts(const Message& before, const Message& after, const FieldDescriptor* field,
                    const std::string& name) {
    const bool was = before.GetReflection()->HasField(before, field);
    const bool is = after.GetReflection()->HasField(after, field);
    const Message& from = before.GetReflection()->GetMessage(before, field);
    const Message& to = after.GetReflection()->GetMessage(after, field);
    if (was && is) {
      Compare(from, to, name);
    } else if (was) {
      Changed('-', name, from);
    } else if (is) {
      Changed('+', name, to);
    }
  }

  void CompareLists(const Message& before, const Message& after, const FieldDescriptor* field,
                    const std::string& name) {
    const auto* reflection = before.GetReflection();
    std::map<std::string, const Message*> was;
    std::vector<std::string> order_before;
    for (int i = 0; i < reflection->FieldSize(before, field); ++i) {
      const Message& part = reflection->GetRepeatedMessage(before, field, i);
      order_before.push_back(KeyOf(part, i));
      was[order_before.back()] = &part;
    }
    std::map<std::string, const Message*> is;
    std::vector<std::string> order_after;
    for (int i = 0; i < reflection->FieldSize(after, field); ++i) {
      const Message& part = reflection->GetRepeatedMessage(after, field, i);
      order_after.push_back(KeyOf(part, i));
      is[order_after.back()] = &part;
    }
    for (const std::string& key : order_before) {
      const std::string at = text::Cat(name, "[", key, "]");
      if (is.contains(key)) {
        Compare(*was[key], *is[key], at);
      } else {
        Changed('-', at, *was[key]);
      }
    }
    for (const std::string& key : order_after) {
      if (!was.contains(key)) Changed('+', text::Cat(name, "[", key, "]"), *is[key]);
    }
    CompareOrder(order_before, order_after, name);
  }

  // Steps follow each other: their order is part of the definition.
  void CompareOrder(const std::vector<std::string>& before, const std::vector<std::string>& after,
                    const std::string& name) {
    if (before == after ||
        !std::is_permutation(before.begin(), before.end(), after.begin(), after.end())) {
      return;
    }
    std::string from;
    std::string to;
    for (const std::string& key : before) from += (from.empty() ? "" : ", ") + key;
    for (const std::string& key : after) to += (to.empty() ? "" : ", ") + key;
    lines_.push_back("~ " + name + ": " + from + " → " + to);
  }

  std::vector<std::string> lines_;
};

}  // namespace

std::vector<std::string> Differences(const program::v1::ProgramDefinition& before,
                                     const program::v1::ProgramDefinition& after) {
  Comparison comparison;
  comparison.Compare(before, after, "");
  return comparison.Take();
}

}  // namespace tremplin::ctl
