#include "services/gateway/fhir/element.h"

#include <algorithm>
#include <utility>

#include "common/text/text.h"
#include "services/gateway/fhir/messages.h"
#include "services/gateway/transcoding/messages.h"

namespace tremplin::gateway::fhir {
namespace {

constexpr size_t kMostFindings = 100;
constexpr rapidjson::SizeType kMostElements = 1000;
constexpr size_t kLongestName = 100;  // of what is said back
constexpr std::string_view kModifiers[] = {"modifierExtension", "implicitRules"};
constexpr std::string_view kNoContent[] = {"resourceType", "id", "meta", "text"};

template <class Names>
bool Has(const Names& names, std::string_view name) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

std::string_view NameOf(const rapidjson::Value& name) {
  return {name.GetString(), name.GetStringLength()};
}

}  // namespace

void Findings::Fault(std::string_view path, const messages::Message& message,
                     std::initializer_list<std::string_view> args) {
  if (faults.size() < kMostFindings) faults.push_back(status::Violation(path, message, args));
}

void Findings::Unread(std::string path) {
  if (unread.size() < kMostFindings) unread.push_back(std::move(path));
}

Element::Element(const rapidjson::Value& value, std::string path, Findings& findings)
    : state_(new State{.value = value, .path = std::move(path), .findings = findings}) {
  if (!value.IsObject()) {
    state_->findings.Fault(state_->path, transcoding::kExpectedObject);
    return;
  }
  for (const std::string_view modifier : kModifiers) {
    if (value.HasMember(modifier.data())) Fault(modifier.data(), kModifier);
  }
}

Element::~Element() {
  if (state_ == nullptr || state_->told || !state_->value.IsObject()) return;
  for (const auto& member : state_->value.GetObject()) {
    const std::string_view name = NameOf(member.name);
    if (Has(state_->asked, name) || Has(kNoContent, name) || Has(kModifiers, name)) continue;
    state_->findings.Unread(text::Cat(state_->path, ".", name.size() > kLongestName ? "*" : name));
  }
}

std::string Element::PathOf(const char* name) const { return text::Cat(state_->path, ".", name); }

const rapidjson::Value* Element::Any(const char* name) {
  state_->asked.emplace_back(name);
  if (!state_->value.IsObject()) return nullptr;
  const auto found = state_->value.FindMember(name);
  if (found == state_->value.MemberEnd() || found->value.IsNull()) return nullptr;
  return &found->value;
}

std::string Element::Text(const char* name) {
  const rapidjson::Value* const value = Any(name);
  if (value == nullptr) return "";
  if (value->IsString()) return std::string(NameOf(*value));
  Fault(name, transcoding::kExpectedText);
  return "";
}

std::vector<std::string> Element::Texts(const char* name) {
  std::vector<std::string> texts;
  const rapidjson::Value* const value = Any(name);
  if (value == nullptr) return texts;
  if (!value->IsArray()) {
    Fault(name, transcoding::kExpectedList);
    return texts;
  }
  for (const auto& each : value->GetArray()) {
    if (each.IsString()) {
      texts.emplace_back(NameOf(each));
    } else if (!each.IsNull()) {
      Fault(name, transcoding::kExpectedText);
    }
  }
  return texts;
}

std::optional<Element> Element::Object(const char* name) {
  const rapidjson::Value* const value = Any(name);
  if (value == nullptr) return std::nullopt;
  return Element(*value, PathOf(name), state_->findings);
}

std::vector<Element> Element::List(const char* name) {
  std::vector<Element> elements;
  const rapidjson::Value* const value = Any(name);
  if (value == nullptr) return elements;
  if (!value->IsArray()) {
    Fault(name, transcoding::kExpectedList);
    return elements;
  }
  if (value->Size() > kMostElements) {
    Fault(name, kTooManyElements, {text::Cat(kMostElements)});
    return elements;
  }
  elements.reserve(value->Size());
  for (rapidjson::SizeType i = 0; i < value->Size(); ++i) {
    elements.emplace_back((*value)[i], text::Cat(PathOf(name), "[", i, "]"), state_->findings);
  }
  return elements;
}

void Element::Pass(std::initializer_list<const char*> names) {
  state_->asked.insert(state_->asked.end(), names.begin(), names.end());
}

void Element::Leave() {
  state_->findings.Unread(state_->path);
  state_->told = true;
}

void Element::Fault(const char* name, const messages::Message& message,
                    std::initializer_list<std::string_view> args) {
  state_->findings.Fault(PathOf(name), message, args);
}

}  // namespace tremplin::gateway::fhir
