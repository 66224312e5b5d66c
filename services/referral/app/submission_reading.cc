// From what a caller sends to a candidate: who may submit whom, what a file says, what it is found
// by. And back: files as they are kept, opened.
#include <algorithm>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/person/normal.h"
#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/referral/app/access.h"
#include "services/referral/app/convert.h"
#include "services/referral/app/submission.h"
#include "services/referral/messages.h"

namespace tremplin::referral::app {
namespace {

constexpr size_t kMaxPrograms = 30;

Side OtherSide(Side side) {
  return side == Side::SUBJECT_MENTOR ? Side::SUBJECT_MENTEE : Side::SUBJECT_MENTOR;
}

// The side they come on; a fault for what is none.
void ReadSide(Side side, Reading* reading) {
  if (side == Side::SUBJECT_UNSPECIFIED) side = Side::SUBJECT_MENTEE;
  if (NameOf(side).empty()) {
    reading->entry_faults.push_back(status::Violation("side", kSideUnknown));
  }
  reading->entry.identity.side = side;
}

// The door they come by: a partner's own; for staff the agency's, or nobody's.
void ReadDoor(const rpc::CallContext& call, Door door, bool through_somebody, Reading* reading) {
  std::vector<status::FieldViolation>& faults = reading->entry_faults;
  const std::optional<Door> own = DoorOf(call);
  if (door == Door::DOOR_UNSPECIFIED) {
    door = own.value_or(through_somebody ? Door::DOOR_AGENCY : Door::DOOR_SELF);
  }
  reading->entry.door = door;
  if (NameOf(door).empty()) {
    faults.push_back(status::Violation("door", kDoorUnknown));
  } else if (own.has_value() && door != *own) {
    faults.push_back(status::Violation("door", kDoorNotYours));
  } else if (door == Door::DOOR_SELF && through_somebody) {
    faults.push_back(status::Violation("agency", kNoAgencyForSelf));
  } else if (door != Door::DOOR_SELF && !through_somebody) {
    faults.push_back(status::Violation("agency", kFieldRequired));
  }
}

}  // namespace

Registries RegistriesOf(const Programs& programs) {
  Registries registries;
  for (const auto& program : programs) registries.push_back(&program->registry);
  return registries;
}

// One who comes as mentee and as mentor is not twice the same. A mentor need not say when they were
// born: what is not given has no key.
store::DuplicateKeys KeysOf(const seal::Sealer& sealer, Side side, const File& file) {
  const auto key = [&](std::string_view purpose, const std::string& value) {
    return value.empty() ? "" : sealer.Index(text::Cat(purpose, "/", NameOf(side)), value);
  };
  return {key("email", EmailKey(file)), key("person", PersonKey(file))};
}

absl::StatusOr<v1::AdmittedFile> OpenRevision(database::Reader& reader, const seal::Sealer& sealer,
                                              const std::string& referral, int64_t revision) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::optional<std::string> sealed,
                            store::GetFile(reader, referral, revision));
  if (!sealed.has_value()) return ReferralNotFound(referral);
  TREMPLIN_ASSIGN_OR_RETURN(const std::string plain,
                            sealer.Open(reader, referral, store::FileColumn(revision), *sealed));
  return FromPlain(plain);
}

absl::StatusOr<v1::AdmittedFile> OpenNewest(const seal::Sealer& sealer, const std::string& referral,
                                            const absl::StatusOr<database::Result>& answer) {
  if (!answer.ok()) return answer.status();
  const std::optional<store::SealedFile> sealed = store::FoundFile(*answer);
  if (!sealed.has_value()) return ReferralNotFound(referral);
  TREMPLIN_ASSIGN_OR_RETURN(const std::string plain,
                            sealer.OpenJoined(referral, store::FileColumn(sealed->revision),
                                              sealed->file, sealed->wrapped, sealed->master_id));
  return FromPlain(plain);
}

std::string Entry::Lane() const {
  return identity.agency.empty() ? text::Cat("self/", identity.external_id) : identity.agency;
}

absl::StatusOr<Programs> Submitter::FindPrograms(const rpc::CallContext& call,
                                                 const std::vector<std::string>& names) {
  const std::set<std::string> different(names.begin(), names.end());
  if (names.empty() || names.size() > kMaxPrograms || different.size() != names.size()) {
    return status::InvalidFields({status::Violation("programs", kProgramsCount)});
  }
  Programs programs;
  for (const std::string& name : names) {
    TREMPLIN_ASSIGN_OR_RETURN(const std::string id, resources::IdOf("programs", name, "programs"));
    TREMPLIN_RETURN_IF_ERROR(CheckProgram(call, id));
    TREMPLIN_ASSIGN_OR_RETURN(std::shared_ptr<const program::Program> program,
                              deps_.programs.InForce(id, call.business_now));
    programs.push_back(std::move(program));
  }
  return programs;
}

absl::StatusOr<bool> Submitter::IsKnown(const rpc::CallContext& call, const std::string& agency) {
  {
    std::lock_guard lock(mutex_);
    if (known_agencies_.contains(agency)) return true;
  }
  bool known = false;
  TREMPLIN_RETURN_IF_ERROR(
      deps_.db.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
        TREMPLIN_ASSIGN_OR_RETURN(known, store::HasOrganization(reader, agency));
        return absl::OkStatus();
      }));
  if (!known) return false;
  std::lock_guard lock(mutex_);
  known_agencies_.insert(agency);
  return true;
}

absl::Status Submitter::ReadAgency(const rpc::CallContext& call, const std::string& agency_name,
                                   Reading* reading) {
  if (agency_name.empty()) {
    // Staff placed with an organization enter nobody beside it.
    const bool placed = !IsPartner(call) && !OnlyOrganization(call).empty();
    if (placed) reading->entry_faults.push_back(status::Violation("agency", kFieldRequired));
    return absl::OkStatus();
  }
  const absl::StatusOr<std::string> agency =
      resources::IdOf("organizations", agency_name, "agency");
  bool known = false;
  if (agency.ok()) {
    // Another's is refused before anything is said about it.
    TREMPLIN_RETURN_IF_ERROR(CheckAgency(call, *agency));
    TREMPLIN_ASSIGN_OR_RETURN(known, IsKnown(call, *agency));
    reading->entry.identity.agency = *agency;
  }
  if (!known) reading->entry_faults.push_back(status::Violation("agency", kAgencyUnknown));
  return absl::OkStatus();
}

absl::StatusOr<Reading> Submitter::Read(const rpc::CallContext& call,
                                        const std::string& agency_name,
                                        const std::string& external_id, Side side, Door door,
                                        const v1::ReferralFile& file,
                                        const v1::Volunteered& volunteered,
                                        const Programs& programs) {
  Reading reading;
  Entry& entry = reading.entry;
  entry.staff = !IsPartner(call);
  entry.identity.external_id = person::Line(external_id);
  TREMPLIN_RETURN_IF_ERROR(ReadAgency(call, agency_name, &reading));
  ReadSide(side, &reading);
  ReadDoor(call, door, !agency_name.empty(), &reading);
  if (std::optional<status::FieldViolation> fault =
          ExternalIdFault(entry.identity.external_id, entry.door)) {
    reading.entry_faults.push_back(*std::move(fault));
  }
  reading.volunteered = VolunteeredOf(volunteered);
  if (entry.door == Door::DOOR_PROPOSER && !entry.staff && !IsEmpty(reading.volunteered)) {
    reading.entry_faults.push_back(status::Violation("volunteered", kVolunteeredByOthers));
  } else {
    for (status::FieldViolation& fault : Faults(reading.volunteered, entry.identity.side)) {
      reading.entry_faults.push_back(std::move(fault));
    }
  }
  const Registries registries = RegistriesOf(programs);
  reading.file = Normal(FileOf(file), registries);
  // A day is the same everywhere in the country at the latest when it has begun in Greenwich.
  reading.file_faults =
      Faults(reading.file, registries, deps_.tables, entry.identity.side, {entry.door, entry.staff},
             absl::ToCivilDay(call.business_now, absl::UTCTimeZone()), Strictness::kSubmission);
  return reading;
}

Candidate Submitter::Judged(const rpc::CallContext& call, Reading reading,
                            const Programs& programs) const {
  Candidate candidate;
  candidate.entry = std::move(reading.entry);
  candidate.file = std::move(reading.file);
  const Side side = candidate.entry.identity.side;
  Key(reading.volunteered, &candidate);
  candidate.programs = programs;
  for (const auto& program : programs) {
    candidate.findings.push_back(Rules(*program, side).Judge(candidate.file, call.business_now));
  }
  return candidate;
}

std::string Submitter::SourceOf(const std::string& source) const {
  return deps_.sealer.Index("import source", source);
}

void Submitter::Key(const Volunteered& volunteered, Candidate* candidate) const {
  const Side side = candidate->entry.identity.side;
  candidate->plain = PlainOf(candidate->file, volunteered);
  candidate->digest = deps_.sealer.Index("content", Canonical(candidate->file, volunteered));
  candidate->keys = KeysOf(deps_.sealer, side, candidate->file);
  candidate->keys_across = KeysOf(deps_.sealer, OtherSide(side), candidate->file);
}

}  // namespace tremplin::referral::app
