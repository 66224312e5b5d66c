#ifndef TREMPLIN_SERVICES_GATEWAY_FHIR_CAPABILITY_H_
#define TREMPLIN_SERVICES_GATEWAY_FHIR_CAPABILITY_H_

#include <string>

// What is served as FHIR.
namespace tremplin::gateway::fhir {

// The CapabilityStatement. Describes this release, so it is the same for everybody.
std::string Capability();

}  // namespace tremplin::gateway::fhir

#endif  // TREMPLIN_SERVICES_GATEWAY_FHIR_CAPABILITY_H_
