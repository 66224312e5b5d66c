#ifndef TREMPLIN_SERVICES_GATEWAY_FHIR_DATATYPES_H_
#define TREMPLIN_SERVICES_GATEWAY_FHIR_DATATYPES_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "rapidjson/document.h"
#include "services/gateway/fhir/element.h"
#include "services/gateway/transcoding/json_out.h"

// Datatypes of FHIR R4 and references between its resources, read and written. Pure.
namespace tremplin::gateway::fhir {

// The id that a reference gives: of "Organization/x", however long the address before it, or of an
// identifier of `system`; "" for another reference.
std::string IdOfReference(Element& reference, std::string_view type, std::string_view system);

// The codes of `system` in a CodeableConcept; what others call it changes nothing.
std::vector<std::string> CodesOf(Element concept_element, std::string_view system);

// An identifier as a search says it, and as one key: "value", or "system|value" where it has a
// system. "|value" is "value"; "" for what is none.
std::string KeyOfToken(std::string_view token);

// The resource's type; "" where it has none.
std::string TypeOf(const rapidjson::Value& resource);

// Where the references of a request lead: to what is contained ("#id"), or to entries of its
// Bundle. What was added outlives it.
class Linked {
 public:
  struct Target {
    const rapidjson::Value* resource;
    std::string path;
    bool used = false;
  };
  void Add(std::string reference, const rapidjson::Value& resource, std::string path);
  // `path` is that of the list.
  void AddContained(const rapidjson::Value& contained, std::string_view path);
  // Null where it leads nowhere, or to another type. One that is found is used.
  const Target* Find(const std::string& reference, std::string_view type);
  // The paths of what nothing led to.
  std::vector<std::string> Unused() const;

 private:
  std::map<std::string, Target> targets_;
};

void PutCoding(JsonOut& out, std::string_view system, std::string_view code,
               std::string_view display = "");
void PutConcept(JsonOut& out, std::string_view system, std::string_view code,
                std::string_view display = "");
void PutReference(JsonOut& out, std::string_view reference);
// To what is known by its id and is no resource here.
void PutLogical(JsonOut& out, std::string_view type, std::string_view system, std::string_view id);
// The member "identifier": one, of such a key.
void PutIdentifier(JsonOut& out, std::string_view key);
std::string InstantOf(absl::Time time);

}  // namespace tremplin::gateway::fhir

#endif  // TREMPLIN_SERVICES_GATEWAY_FHIR_DATATYPES_H_
