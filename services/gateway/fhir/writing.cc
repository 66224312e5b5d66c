#include "services/gateway/fhir/writing.h"

#include "common/digest/digest.h"
#include "common/resources/names.h"
#include "services/gateway/fhir/datatypes.h"

namespace tremplin::gateway::fhir {
namespace {

constexpr size_t kVersionDigits = 16;  // of a digest

}  // namespace

std::string_view In(const messages::Message& message, messages::Language language) {
  return language == messages::Language::kFrench ? message.fr() : message.en();
}
const std::string& In(const program::v1::Text& text, messages::Language language) {
  return language == messages::Language::kFrench ? text.fr() : text.en();
}

std::string_view IdOf(std::string_view name) { return name.substr(name.find('/') + 1); }

void PutTime(JsonOut& out, std::string_view key, const google::protobuf::Timestamp& time) {
  PutText(out, key, InstantOf(resources::FromTimestamp(time)));
}

void PutRequester(JsonOut& out, std::string_view agency) {
  if (IdOf(agency).empty()) return;
  PutKey(out, "requester");
  PutLogical(out, "Organization", kOrganizationSystem, IdOf(agency));
}

std::string VersionDigest(const std::string& of) {
  return digest::Sha256Hex(of).substr(0, kVersionDigits);
}

}  // namespace tremplin::gateway::fhir
