#include "services/gateway/testing/hsds_rules.h"

#include <map>
#include <set>

#include "common/ids/ids.h"

namespace tremplin::gateway::testing {
namespace {

struct Rule {
  std::vector<std::string> required;
  std::map<std::string, std::set<std::string>> enums = {};
  std::map<std::string, std::string> nested = {};  // member → its kind, of one or of each
};

const std::map<std::string, Rule>& Rules() {
  static const auto& rules = *new std::map<std::string, Rule>{
      {"root", {.required = {"version", "profile", "openapi_url"}}},
      {"page",
       {.required = {"total_items", "total_pages", "page_number", "size", "first_page", "last_page",
                     "empty", "contents"}}},
      {"service",
       {.required = {"id", "name", "status"},
        .enums = {{"status", {"active", "inactive", "defunct", "temporarily closed"}}},
        .nested = {{"organization", "organization"},
                   {"languages", "language"},
                   {"service_at_locations", "service_at_location"}}}},
      {"organization",
       {.required = {"id", "name", "description"}, .nested = {{"locations", "location"}}}},
      {"location",
       {.required = {"id", "location_type"},
        .enums = {{"location_type", {"physical", "postal", "virtual"}}},
        .nested = {{"languages", "language"}}}},
      {"language", {.required = {"id"}}},
      {"service_at_location", {.required = {"id"}, .nested = {{"location", "location"}}}}};
  return rules;
}

void Look(const rapidjson::Value& value, const std::string& kind,
          std::vector<std::string>& faults) {
  const Rule& rule = Rules().at(kind);
  if (!value.IsObject()) {
    faults.push_back(kind + ": no object");
    return;
  }
  for (const std::string& name : rule.required) {
    if (!value.HasMember(name.c_str())) faults.push_back(kind + "." + name + ": missing");
  }
  if (value.HasMember("id") && !ids::IsUuid(value["id"].GetString())) {
    faults.push_back(kind + ".id: no UUID");
  }
  for (const auto& [name, codes] : rule.enums) {
    if (!value.HasMember(name.c_str())) continue;
    const std::string code = value[name.c_str()].GetString();
    if (!codes.contains(code)) faults.push_back(kind + "." + name + ": " + code);
  }
  for (const auto& [name, nested] : rule.nested) {
    if (!value.HasMember(name.c_str())) continue;
    const rapidjson::Value& member = value[name.c_str()];
    if (!member.IsArray()) {
      Look(member, nested, faults);
      continue;
    }
    for (const rapidjson::Value& each : member.GetArray()) Look(each, nested, faults);
  }
}

}  // namespace

std::vector<std::string> HsdsFaults(const rapidjson::Value& value, const std::string& kind) {
  std::vector<std::string> faults;
  Look(value, kind, faults);
  return faults;
}

}  // namespace tremplin::gateway::testing
