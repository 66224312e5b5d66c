#include "services/gateway/fhir/datatypes.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "common/text/text.h"

namespace tremplin::gateway::fhir {

std::string IdOfReference(Element& reference, std::string_view type, std::string_view system) {
  reference.Pass({"type", "display"});
  const std::string target = text::Cat("/", reference.Text("reference"));
  std::string id;
  if (std::optional<Element> identifier = reference.Object("identifier")) {
    identifier->Pass({"use", "type", "assigner"});
    const bool ours = identifier->Text("system") == system;
    const std::string value = identifier->Text("value");
    if (ours) id = value;
  }
  const std::string middle = text::Cat("/", type, "/");
  const size_t at = target.rfind(middle);
  if (!id.empty() || at == std::string::npos) return id;
  return target.substr(at + middle.size());
}

std::vector<std::string> CodesOf(Element concept_element, std::string_view system) {
  std::vector<std::string> codes;
  concept_element.Pass({"text"});
  for (Element& coding : concept_element.List("coding")) {
    coding.Pass({"display", "version", "userSelected"});
    const bool ours = coding.Text("system") == system;
    std::string code = coding.Text("code");
    if (ours && !code.empty()) codes.push_back(std::move(code));
  }
  return codes;
}

std::string KeyOfToken(std::string_view token) {
  if (token.starts_with('|')) token.remove_prefix(1);
  const size_t bar = token.find('|');
  if (bar == std::string_view::npos) return std::string(token);
  const std::string_view system = token.substr(0, bar);
  const bool blank =
      std::any_of(system.begin(), system.end(), [](char c) { return c <= ' ' || c == '\x7f'; });
  return system.empty() || blank || bar + 1 == token.size() ? "" : std::string(token);
}

std::string TypeOf(const rapidjson::Value& resource) {
  if (!resource.IsObject()) return "";
  const auto type = resource.FindMember("resourceType");
  const bool said = type != resource.MemberEnd() && type->value.IsString();
  return said ? std::string(type->value.GetString(), type->value.GetStringLength()) : "";
}

void Linked::Add(std::string reference, const rapidjson::Value& resource, std::string path) {
  targets_.emplace(std::move(reference), Target{.resource = &resource, .path = std::move(path)});
}

void Linked::AddContained(const rapidjson::Value& contained, std::string_view path) {
  if (!contained.IsArray()) return;
  for (rapidjson::SizeType i = 0; i < contained.Size(); ++i) {
    const rapidjson::Value& resource = contained[i];
    std::string id;
    if (resource.IsObject() && resource.HasMember("id") && resource["id"].IsString()) {
      id = resource["id"].GetString();
    }
    Add(text::Cat("#", id), resource, text::Cat(path, "[", i, "]"));
  }
}

const Linked::Target* Linked::Find(const std::string& reference, std::string_view type) {
  const auto found = targets_.find(reference);
  if (found == targets_.end() || TypeOf(*found->second.resource) != type) return nullptr;
  found->second.used = true;
  return &found->second;
}

std::vector<std::string> Linked::Unused() const {
  std::vector<std::string> paths;
  for (const auto& [reference, target] : targets_) {
    if (!target.used) paths.push_back(target.path);
  }
  return paths;
}

void PutCoding(JsonOut& out, std::string_view system, std::string_view code,
               std::string_view display) {
  PutObject(out, [&] {
    PutText(out, "system", system);
    PutText(out, "code", code);
    if (!display.empty()) PutText(out, "display", display);
  });
}

void PutConcept(JsonOut& out, std::string_view system, std::string_view code,
                std::string_view display) {
  PutObject(out, [&] { PutList(out, "coding", [&] { PutCoding(out, system, code, display); }); });
}

void PutReference(JsonOut& out, std::string_view reference) {
  PutObject(out, [&] { PutText(out, "reference", reference); });
}

void PutLogical(JsonOut& out, std::string_view type, std::string_view system, std::string_view id) {
  PutObject(out, [&] {
    PutText(out, "type", type);
    PutObject(out, "identifier", [&] {
      PutText(out, "system", system);
      PutText(out, "value", id);
    });
  });
}

void PutIdentifier(JsonOut& out, std::string_view key) {
  const size_t bar = key.find('|');
  const bool has_system = bar != std::string_view::npos && KeyOfToken(key) == key;
  PutList(out, "identifier", [&] {
    PutObject(out, [&] {
      if (has_system) PutText(out, "system", key.substr(0, bar));
      PutText(out, "value", has_system ? key.substr(bar + 1) : key);
    });
  });
}

std::string InstantOf(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", time, absl::UTCTimeZone());
}

}  // namespace tremplin::gateway::fhir
