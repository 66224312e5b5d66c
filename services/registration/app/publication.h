#ifndef TREMPLIN_SERVICES_REGISTRATION_APP_PUBLICATION_H_
#define TREMPLIN_SERVICES_REGISTRATION_APP_PUBLICATION_H_

#include <set>
#include <string>

#include "google/protobuf/message.h"
#include "tremplin/program/v1/program.pb.h"

// What publications of facts and of programs share. Pure.
namespace tremplin::registration {

// One lane for both: a program is judged by the facts as they stand when it is published, and facts
// by the programs.
inline constexpr char kPublicationLane[] = "publication";

// SHA-256: equal contents give equal digests.
std::string DigestOf(const google::protobuf::Message& message);

// Every fact that the definition names, in a predicate, a step, a policy or a derivation; not those
// of the registry it is bound to.
std::set<std::string> FactsNamedBy(const program::v1::ProgramDefinition& definition);

}  // namespace tremplin::registration

#endif  // TREMPLIN_SERVICES_REGISTRATION_APP_PUBLICATION_H_
