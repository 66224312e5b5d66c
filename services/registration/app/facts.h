#ifndef TREMPLIN_SERVICES_REGISTRATION_APP_FACTS_H_
#define TREMPLIN_SERVICES_REGISTRATION_APP_FACTS_H_

#include <string>
#include <vector>

#include "common/program/criteria.h"
#include "google/protobuf/map.h"
#include "tremplin/program/v1/program.pb.h"
#include "tremplin/registration/v1/registration.pb.h"

namespace tremplin::registration {

using Attested = google::protobuf::Map<std::string, std::string>;

// What the criteria may ask of one who enters here: the profile's codes, and attested facts beside
// them. An attested fact is a number where a criterion compares it with one. Pure.
program::Facts FactsOf(const v1::Profile& profile, const Attested& attested,
                       const program::v1::Criteria& criteria);

// Codes of the criteria that do not pass, in the order of the definition. Pure.
std::vector<std::string> Unmet(const program::v1::Criteria& criteria, const program::Facts& facts);

}  // namespace tremplin::registration

#endif  // TREMPLIN_SERVICES_REGISTRATION_APP_FACTS_H_
