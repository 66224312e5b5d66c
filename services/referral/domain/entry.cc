#include "services/referral/domain/entry.h"

#include <algorithm>
#include <string>

#include "services/referral/messages.h"

namespace tremplin::referral {
namespace {

constexpr size_t kMaxExternalId = 128;  // characters

bool Has(const google::protobuf::RepeatedField<int>& values, int value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

const google::protobuf::RepeatedField<int>& DoorsOf(
    const program::v1::ProgramDefinition& definition, Side side) {
  return side == Side::SUBJECT_MENTOR ? definition.mentor_doors() : definition.mentee_doors();
}

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

}  // namespace

std::string_view NameOf(Side side) {
  if (side == Side::SUBJECT_MENTEE) return "mentee";
  return side == Side::SUBJECT_MENTOR ? "mentor" : "";
}

std::string_view NameOf(Door door) {
  if (door == Door::DOOR_AGENCY) return "agency";
  if (door == Door::DOOR_SELF) return "self";
  return door == Door::DOOR_PROPOSER ? "proposer" : "";
}

Side SideOf(std::string_view name) {
  for (const Side side : {Side::SUBJECT_MENTEE, Side::SUBJECT_MENTOR}) {
    if (NameOf(side) == name) return side;
  }
  return Side::SUBJECT_UNSPECIFIED;
}

Door DoorOf(std::string_view name) {
  for (const Door door : {Door::DOOR_AGENCY, Door::DOOR_SELF, Door::DOOR_PROPOSER}) {
    if (NameOf(door) == name) return door;
  }
  return Door::DOOR_UNSPECIFIED;
}

bool IsOpen(const program::v1::ProgramDefinition& definition, Side side, Door door) {
  return Has(DoorsOf(definition, side), door);
}

bool Takes(const program::v1::ProgramDefinition& definition, Side side) {
  return !DoorsOf(definition, side).empty();
}

bool AdmitsAtOnce(const program::v1::ProgramDefinition& definition, Side side) {
  return (side == Side::SUBJECT_MENTOR
              ? definition.mentor_admission()
              : definition.mentee_admission()) == program::v1::ADMISSION_AUTOMATIC;
}

std::optional<status::FieldViolation> StatementFault(const program::v1::Fact& fact,
                                                     const Speaker& speaker) {
  using program::v1::STATED_BY_AGENCY;
  using program::v1::STATED_BY_PERSON;
  using program::v1::STATED_BY_STAFF;
  if (fact.has_derived()) return status::Violation(fact.name(), kFactDerived);
  const auto& by = fact.stated_by();
  if (speaker.staff && (speaker.door == Door::DOOR_SELF || Has(by, STATED_BY_STAFF))) {
    return std::nullopt;
  }
  if (Has(by, speaker.door == Door::DOOR_SELF ? STATED_BY_PERSON : STATED_BY_AGENCY)) {
    return std::nullopt;
  }
  if (Has(by, STATED_BY_PERSON)) return status::Violation(fact.name(), kFactByPerson);
  return status::Violation(fact.name(), Has(by, STATED_BY_STAFF) ? kFactByStaff : kFactByAgency);
}

std::optional<status::FieldViolation> ExternalIdFault(std::string_view external_id, Door door) {
  size_t characters = 0;
  bool printable = true;
  for (char c : external_id) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F) printable = false;
    if ((byte & 0xC0) != 0x80) ++characters;
  }
  const bool blank = std::all_of(external_id.begin(), external_id.end(), IsBlank);
  if (blank || !printable || characters > kMaxExternalId) {
    return status::Violation("external_id", kExternalIdMalformed);
  }
  if (door == Door::DOOR_SELF && external_id.find('/') != std::string_view::npos) {
    return status::Violation("external_id", kExternalIdSlash);
  }
  return std::nullopt;
}

}  // namespace tremplin::referral
