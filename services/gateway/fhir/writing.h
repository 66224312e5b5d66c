#ifndef TREMPLIN_SERVICES_GATEWAY_FHIR_WRITING_H_
#define TREMPLIN_SERVICES_GATEWAY_FHIR_WRITING_H_

#include <string>
#include <string_view>

#include "common/messages/message.h"
#include "google/protobuf/timestamp.pb.h"
#include "services/gateway/fhir/mapping.h"
#include "services/gateway/transcoding/json_out.h"
#include "tremplin/program/v1/text.pb.h"

// What ServiceRequest and Task are written with alike. Pure.
namespace tremplin::gateway::fhir {

std::string_view In(const messages::Message& message, messages::Language language);
const std::string& In(const program::v1::Text& text, messages::Language language);

// What stands behind the slash of a resource's name.
std::string_view IdOf(std::string_view name);

void PutTime(JsonOut& out, std::string_view key, const google::protobuf::Timestamp& time);
// None of who came by themselves.
void PutRequester(JsonOut& out, std::string_view agency);

// Type, id and version of a referral or an application.
template <class Resource>
void PutHead(JsonOut& out, std::string_view type, const Resource& resource) {
  PutText(out, "resourceType", type);
  PutText(out, "id", IdOf(resource.name()));
  PutObject(out, "meta", [&] {
    PutText(out, "versionId", VersionOf(resource));
    PutTime(out, "lastUpdated", resource.update_time());
  });
}

// Of what a version is made of.
std::string VersionDigest(const std::string& of);

}  // namespace tremplin::gateway::fhir

#endif  // TREMPLIN_SERVICES_GATEWAY_FHIR_WRITING_H_
