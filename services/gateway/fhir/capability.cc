#include "services/gateway/fhir/capability.h"

#include <initializer_list>
#include <string_view>

#include "common/version/version.h"
#include "services/gateway/transcoding/json_out.h"

namespace tremplin::gateway::fhir {
namespace {

constexpr std::string_view kChanged = "2026-11-30";  // the day of this statement's last change

struct Parameter {
  std::string_view name, type, text;
};

void PutInteractions(JsonOut& out, std::initializer_list<std::string_view> codes) {
  PutList(out, "interaction", [&] {
    for (const std::string_view code : codes) {
      PutObject(out, [&] { PutText(out, "code", code); });
    }
  });
}

void PutResource(JsonOut& out, std::string_view type, std::string_view text,
                 std::initializer_list<std::string_view> interactions, std::string_view linked,
                 std::initializer_list<Parameter> parameters) {
  PutObject(out, [&] {
    PutText(out, "type", type);
    PutText(out, "documentation", text);
    PutInteractions(out, interactions);
    PutText(out, "versioning", "versioned");
    PutKey(out, "readHistory");
    out.Bool(false);
    PutKey(out, "updateCreate");
    out.Bool(false);
    PutKey(out, "conditionalCreate");
    out.Bool(false);
    PutText(out, "conditionalRead", "not-match");
    PutList(out, linked, [&] {
      PutText(out, "Task:focus");
      PutText(out, "Task:based-on");
    });
    PutList(out, "searchParam", [&] {
      for (const Parameter& parameter : parameters) {
        PutObject(out, [&] {
          PutText(out, "name", parameter.name);
          PutText(out, "type", parameter.type);
          PutText(out, "documentation", parameter.text);
        });
      }
    });
  });
}

void PutResources(JsonOut& out) {
  PutList(out, "resource", [&] {
    PutResource(
        out, "ServiceRequest",
        "A referral. Its Patient is contained in it; what is known of the person besides comes as "
        "a contained QuestionnaireResponse (supportingInfo), by the names of facts. The identifier "
        "is the sender's own key: the same one again, with the same content, changes nothing, with "
        "changed content it is a new revision. Elements that nothing is made of are ignored, and "
        "told with Prefer: return=OperationOutcome; with Prefer: handling=strict they are refused. "
        "A search goes by GET, and by POST to _search with its parameters as a form.",
        {"create", "read", "search-type"}, "searchRevInclude",
        {{"_id", "token", "The id here."},
         {"identifier", "token",
          "system|value; value alone finds those that were sent without a system."}});
    PutResource(
        out, "Task",
        "Where a referral stands with one program; made by the program's side for each performer. "
        "An update sets the status: cancelled withdraws, requested reopens what was withdrawn or "
        "rejected; all else of the body is not looked at.",
        {"read", "search-type", "update"}, "searchInclude",
        {{"_id", "token", "The id here."},
         {"identifier", "token", "That of the ServiceRequest."},
         {"based-on", "reference", "ServiceRequest/{id}"},
         {"focus", "reference", "ServiceRequest/{id}"},
         {"status", "token", "One, or several with commas between."}});
  });
}

}  // namespace

std::string Capability() {
  rapidjson::StringBuffer buffer;
  JsonOut out(buffer);
  PutObject(out, [&] {
    PutText(out, "resourceType", "CapabilityStatement");
    PutText(out, "status", "active");
    PutText(out, "date", kChanged);
    PutText(out, "kind", "instance");
    PutObject(out, "software", [&] {
      PutText(out, "name", "Tremplin");
      PutText(out, "version", version::Number());
    });
    PutObject(out, "implementation", [&] {
      PutText(out, "description", "Referrals to mentoring programs, taken and followed.");
    });
    PutText(out, "fhirVersion", "4.0.1");
    PutList(out, "format", [&] { PutText(out, "json"); });
    PutList(out, "rest", [&] {
      PutObject(out, [&] {
        PutText(out, "mode", "server");
        PutObject(out, "security",
                  [&] { PutText(out, "description", "An agency's key: Authorization: Bearer."); });
        PutResources(out);
        PutInteractions(out, {"transaction"});
      });
    });
  });
  return {buffer.GetString(), buffer.GetSize()};
}

}  // namespace tremplin::gateway::fhir
