#ifndef TREMPLIN_SERVICES_GATEWAY_FHIR_ELEMENT_H_
#define TREMPLIN_SERVICES_GATEWAY_FHIR_ELEMENT_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/messages/message.h"
#include "common/status/error.h"
#include "rapidjson/document.h"

// Resources as they are read: an element knows where it stands, and what of it nobody asked for.
namespace tremplin::gateway::fhir {

// What came up while a resource was read; both by the elements' FHIRPath ("Patient.telecom[1]"),
// never with a value, and a hundred of each at most.
struct Findings {
  std::vector<status::FieldViolation> faults;
  std::vector<std::string> unread;  // elements that nothing is made of

  void Fault(std::string_view path, const messages::Message& message,
             std::initializer_list<std::string_view> args = {});
  void Unread(std::string path);
};

// An object of a resource. Each read of a member marks it; when the element goes out of scope, the
// other members are told as unread, but for what says nothing of the content (resourceType, id,
// meta, text). A modifier (modifierExtension, implicitRules) may turn the meaning of all the rest,
// so it is a fault.
class Element {
 public:
  // `value` and `findings` outlive it.
  Element(const rapidjson::Value& value, std::string path, Findings& findings);
  ~Element();
  Element(Element&&) = default;
  Element(const Element&) = delete;
  Element& operator=(const Element&) = delete;

  const std::string& path() const { return state_->path; }
  Findings& findings() { return state_->findings; }

  // Nothing, or empty, where the member is not given or null; a fault where it is of another kind.
  std::string Text(const char* name);
  std::vector<std::string> Texts(const char* name);
  std::optional<Element> Object(const char* name);
  std::vector<Element> List(const char* name);
  // Of any kind; null where it is not given.
  const rapidjson::Value* Any(const char* name);
  // Members that say nothing to us, as it should be.
  void Pass(std::initializer_list<const char*> names);
  // Nothing is made of the whole.
  void Leave();

  void Fault(const char* name, const messages::Message& message,
             std::initializer_list<std::string_view> args = {});

 private:
  struct State {
    const rapidjson::Value& value;
    std::string path;
    Findings& findings;
    std::vector<std::string_view> asked = {};
    bool told = false;
  };
  std::string PathOf(const char* name) const;

  std::unique_ptr<State> state_;  // null once moved from
};

}  // namespace tremplin::gateway::fhir

#endif  // TREMPLIN_SERVICES_GATEWAY_FHIR_ELEMENT_H_
