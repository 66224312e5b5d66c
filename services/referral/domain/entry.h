#ifndef TREMPLIN_SERVICES_REFERRAL_DOMAIN_ENTRY_H_
#define TREMPLIN_SERVICES_REFERRAL_DOMAIN_ENTRY_H_

#include <optional>
#include <string_view>

#include "common/status/error.h"
#include "tremplin/program/v1/facts.pb.h"
#include "tremplin/program/v1/program.pb.h"
#include "tremplin/program/v1/text.pb.h"

// How somebody comes: on which side, by which door, under which key. Pure.
namespace tremplin::referral {

using Side = program::v1::Subject;
using Door = program::v1::Door;

// "mentee", "mentor"; "agency", "self", "proposer": as columns and events say them.
std::string_view NameOf(Side side);
std::string_view NameOf(Door door);
// SUBJECT_UNSPECIFIED and DOOR_UNSPECIFIED for a name that is none.
Side SideOf(std::string_view name);
Door DoorOf(std::string_view name);

// Who fills in a file.
struct Speaker {
  Door door = Door::DOOR_UNSPECIFIED;
  bool staff = false;  // staff or operators, for whoever comes by the door
};

// The definition's doors for the side hold this one.
bool IsOpen(const program::v1::ProgramDefinition& definition, Side side, Door door);
// The definition lets anybody in on the side.
bool Takes(const program::v1::ProgramDefinition& definition, Side side);
// The program's rule admits who is eligible, staff are not waited for.
bool AdmitsAtOnce(const program::v1::ProgramDefinition& definition, Side side);

// Why the speaker may not state the fact, if so: an agency or organization what it knows of its
// client, staff besides what they attest, and anything for who comes by themselves.
std::optional<status::FieldViolation> StatementFault(const program::v1::Fact& fact,
                                                     const Speaker& speaker);

// Faults of the source's own key. Who comes by themselves has a key without a slash: no key of
// theirs reads as "<agency>/<key>".
std::optional<status::FieldViolation> ExternalIdFault(std::string_view external_id, Door door);

}  // namespace tremplin::referral

#endif  // TREMPLIN_SERVICES_REFERRAL_DOMAIN_ENTRY_H_
