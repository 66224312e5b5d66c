#include "services/referral/app/submission.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/referral/app/access.h"
#include "services/referral/app/convert.h"
#include "services/referral/app/tell.h"
#include "services/referral/messages.h"

namespace tremplin::referral::app {
namespace {

constexpr size_t kMaxPrograms = 30;

const ApplicationRow* OfProgram(const std::vector<ApplicationRow>& applications,
                                std::string_view program) {
  for (const ApplicationRow& application : applications) {
    if (application.program == program) return &application;
  }
  return nullptr;
}

absl::Status Refused(const messages::Message& message,
                     std::initializer_list<std::string_view> args = {}) {
  return status::Error(absl::StatusCode::kFailedPrecondition, message, args);
}

// What a submission says of the person beside the sealed file.
void Describe(const Candidate& candidate, absl::Time now, ReferralRow* row) {
  row->digest = candidate.digest;
  row->language = candidate.file.language;
  row->updated = now;
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

// The referral of the candidate's identity, if there is one. A key of who came by themselves counts
// within the programs applied to: staff of others may have given it to somebody else.
absl::StatusOr<std::optional<ReferralRow>> Known(database::Reader& reader,
                                                 const Candidate& candidate) {
  TREMPLIN_ASSIGN_OR_RETURN(std::vector<store::Found> found,
                            store::FindReferrals(reader, candidate.entry.identity));
  std::optional<ReferralRow> known;
  for (store::Found& each : found) {
    const bool asked =
        std::any_of(candidate.programs.begin(), candidate.programs.end(),
                    [&](const auto& program) { return program->id == each.program; });
    if (!candidate.entry.identity.agency.empty() || asked) {
      if (known.has_value() && known->id != each.referral.id) return Refused(kKeySplit);
      known = std::move(each.referral);
    }
  }
  if (known.has_value() && known->door != candidate.entry.door) return Refused(kKeyTaken);
  return known;
}

}  // namespace

Registries RegistriesOf(const Programs& programs) {
  Registries registries;
  for (const auto& program : programs) registries.push_back(&program->registry);
  return registries;
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
  if (agency_name.empty()) return absl::OkStatus();
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
  entry.identity.external_id = external_id;
  TREMPLIN_RETURN_IF_ERROR(ReadAgency(call, agency_name, &reading));
  ReadSide(side, &reading);
  ReadDoor(call, door, !agency_name.empty(), &reading);
  if (std::optional<status::FieldViolation> fault = ExternalIdFault(external_id, entry.door)) {
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
  candidate.plain = PlainOf(candidate.file, reading.volunteered);
  candidate.digest = deps_.sealer.Index("content", Canonical(candidate.file, reading.volunteered));
  // One who comes as mentee and as mentor is not twice the same. A mentor need not say when they
  // were born: what is not given has no key.
  const auto key = [&](std::string_view purpose, const std::string& value) {
    return value.empty() ? "" : deps_.sealer.Index(text::Cat(purpose, "/", NameOf(side)), value);
  };
  candidate.keys = {key("email", EmailKey(candidate.file)),
                    key("person", PersonKey(candidate.file))};
  candidate.programs = programs;
  for (const auto& program : programs) {
    candidate.findings.push_back(Rules(*program, side).Judge(candidate.file, call.business_now));
  }
  return candidate;
}

std::vector<database::Statement> Submitter::Ahead(const Candidate& candidate) {
  return {store::FindingReferrals(candidate.entry.identity),
          store::FindingDuplicate(candidate.keys, store::OriginOf(candidate.entry.identity))};
}

absl::StatusOr<Stored> Submitter::Store(database::Transaction& tx, const rpc::CallContext& call,
                                        const Candidate& candidate,
                                        std::string_view id_prefix) const {
  Stored stored;
  TREMPLIN_ASSIGN_OR_RETURN(std::optional<ReferralRow> known, Known(tx, candidate));
  if (!known.has_value()) {
    TREMPLIN_RETURN_IF_ERROR(StoreNew(tx, call, candidate, id_prefix, &stored));
    return stored;
  }
  stored.referral = *std::move(known);
  TREMPLIN_ASSIGN_OR_RETURN(std::vector<ApplicationRow> applications,
                            store::ApplicationsOf(tx, stored.referral.id));
  bool all_applied = true;
  for (const auto& program : candidate.programs) {
    const ApplicationRow* application = OfProgram(applications, program->id);
    all_applied = all_applied && application != nullptr;
    if (application != nullptr) stored.applications.push_back(*application);
  }
  if (all_applied && stored.referral.digest == candidate.digest) {
    stored.kind = v1::SUBMISSION_KIND_REPEAT;
    return stored;
  }
  stored.applications.clear();
  TREMPLIN_RETURN_IF_ERROR(
      StoreRevision(tx, call, candidate, id_prefix, std::move(applications), &stored));
  return stored;
}

absl::Status Submitter::StoreNew(database::Transaction& tx, const rpc::CallContext& call,
                                 const Candidate& candidate, std::string_view id_prefix,
                                 Stored* stored) const {
  stored->kind = v1::SUBMISSION_KIND_NEW;
  ReferralRow& row = stored->referral;
  const store::Identity& identity = candidate.entry.identity;
  row.id = call.NewId(text::Cat(id_prefix, "referral"));
  row.agency = identity.agency;
  row.side = identity.side;
  row.door = candidate.entry.door;
  row.external_id = identity.external_id;
  if (identity.agency.empty()) {
    row.space = (*std::min_element(candidate.programs.begin(), candidate.programs.end(),
                                   [](const auto& a, const auto& b) { return a->id < b->id; }))
                    ->id;
  }
  row.created = call.business_now;
  Describe(candidate, call.business_now, &row);
  TREMPLIN_ASSIGN_OR_RETURN(row.possible_duplicate,
                            store::HasDuplicate(tx, candidate.keys, store::OriginOf(identity)));
  stored->possible_duplicate = row.possible_duplicate;
  // The row whose insertion SealNew asks for is the referral's own, which is never deleted.
  TREMPLIN_ASSIGN_OR_RETURN(
      const database::Bytes sealed,
      deps_.sealer.SealNew(tx, row.id, store::FileColumn(row.revision), candidate.plain));
  TREMPLIN_RETURN_IF_ERROR(store::InsertReferral(tx, row));
  TREMPLIN_RETURN_IF_ERROR(store::InsertFile(tx, row, sealed));
  TREMPLIN_RETURN_IF_ERROR(store::SaveDuplicateKeys(tx, row, candidate.keys));
  for (size_t i = 0; i < candidate.programs.size(); ++i) {
    TREMPLIN_RETURN_IF_ERROR(Apply(tx, call, candidate, i, id_prefix, stored));
  }
  return TellSubmitted(tx, call, *stored);
}

absl::Status Submitter::StoreRevision(database::Transaction& tx, const rpc::CallContext& call,
                                      const Candidate& candidate, std::string_view id_prefix,
                                      std::vector<ApplicationRow> applications,
                                      Stored* stored) const {
  stored->kind = v1::SUBMISSION_KIND_REVISION;
  ReferralRow& row = stored->referral;
  // The same content for further programs leaves the applications there are as they stand.
  if (row.digest != candidate.digest) {
    TREMPLIN_RETURN_IF_ERROR(StoreContent(tx, call, candidate, &applications, &row));
  }
  stored->possible_duplicate = row.possible_duplicate;
  row.updated = call.business_now;
  TREMPLIN_RETURN_IF_ERROR(store::UpdateReferral(tx, row));
  ++row.version;
  for (size_t i = 0; i < candidate.programs.size(); ++i) {
    const ApplicationRow* application = OfProgram(applications, candidate.programs[i]->id);
    if (application != nullptr) {
      stored->applications.push_back(*application);
    } else {
      TREMPLIN_RETURN_IF_ERROR(Apply(tx, call, candidate, i, id_prefix, stored));
    }
  }
  return TellSubmitted(tx, call, *stored);
}

// A new revision: open applications move to it, settled ones stay on the file they were judged on.
absl::Status Submitter::StoreContent(database::Transaction& tx, const rpc::CallContext& call,
                                     const Candidate& candidate,
                                     std::vector<ApplicationRow>* applications,
                                     ReferralRow* row) const {
  ++row->revision;
  Describe(candidate, call.business_now, row);
  TREMPLIN_ASSIGN_OR_RETURN(
      row->possible_duplicate,
      store::HasDuplicate(tx, candidate.keys, store::OriginOf(candidate.entry.identity)));
  TREMPLIN_RETURN_IF_ERROR(store::SaveDuplicateKeys(tx, *row, candidate.keys));
  TREMPLIN_ASSIGN_OR_RETURN(
      const database::Bytes sealed,
      deps_.sealer.Seal(tx, row->id, store::FileColumn(row->revision), candidate.plain));
  TREMPLIN_RETURN_IF_ERROR(store::InsertFile(tx, *row, sealed));
  for (ApplicationRow& application : *applications) {
    TREMPLIN_RETURN_IF_ERROR(Rejudge(tx, call, candidate, row->revision, &application));
  }
  return store::PruneFiles(tx, row->id, row->revision);
}

// Judges an open application again, by the version of its program that is in force now. Of a
// settled one, only the consent to tell of what follows is taken from the newest file.
absl::Status Submitter::Rejudge(database::Transaction& tx, const rpc::CallContext& call,
                                const Candidate& candidate, int64_t revision,
                                ApplicationRow* application) const {
  if (IsSettled(application->state)) {
    TREMPLIN_ASSIGN_OR_RETURN(
        const std::shared_ptr<const program::Program> pinned,
        deps_.programs.Version(tx, application->program, application->program_version));
    const bool shares = Shares(*pinned, application->side, candidate.file);
    if (shares == application->shares) return absl::OkStatus();
    application->shares = shares;
    return store::SetShares(tx, application->id, shares);
  }
  TREMPLIN_ASSIGN_OR_RETURN(const Transition transition,
                            Decide(application->state, {.action = Action::kResubmit}));
  TREMPLIN_ASSIGN_OR_RETURN(const std::shared_ptr<const program::Program> program,
                            deps_.programs.InForce(tx, application->program, call.business_now));
  if (application->state == State::kReturned) application->staff_reasons.clear();
  application->state = transition.state;
  JudgeAnew(*program, candidate.file, revision, call.business_now, application);
  return StoreAndTell(tx, deps_, call, *program, NameOf(Action::kResubmit), transition.milestone,
                      application->version, application);
}

// A new application to the candidate's program of this number.
absl::Status Submitter::Apply(database::Transaction& tx, const rpc::CallContext& call,
                              const Candidate& candidate, size_t program,
                              std::string_view id_prefix, Stored* stored) const {
  const program::Program& applied = *candidate.programs[program];
  const ReferralRow& referral = stored->referral;
  if (!IsOpen(applied.definition, referral.side, referral.door)) {
    return Refused(kDoorClosed, {applied.id});
  }
  ApplicationRow row;
  row.id = call.NewId(text::Cat(id_prefix, "application/", applied.id));
  row.referral = referral.id;
  row.agency = referral.agency;
  row.side = referral.side;
  row.door = referral.door;
  row.external_id = referral.external_id;
  row.program = applied.id;
  row.program_version = applied.version;
  row.file_revision = referral.revision;
  row.findings = candidate.findings[program];
  row.consent = Consents(applied, referral.side, referral.door, candidate.file);
  row.shares = Shares(applied, referral.side, candidate.file);
  row.decided = row.created = call.business_now;
  TREMPLIN_RETURN_IF_ERROR(StoreAndTell(tx, deps_, call, applied, "submit",
                                        NameOf(State::kReceived), std::nullopt, &row));
  stored->applications.push_back(std::move(row));
  return absl::OkStatus();
}

absl::Status Submitter::TellSubmitted(database::Transaction& tx, const rpc::CallContext& call,
                                      const Stored& stored) const {
  events::v1::ReferralSubmitted event;
  event.set_referral(stored.referral.id);
  event.set_agency(stored.referral.agency);
  event.set_revision(stored.referral.revision);
  event.set_door(std::string(NameOf(stored.referral.door)));
  event.set_language(stored.referral.language);
  event.set_side(stored.referral.side);
  for (const ApplicationRow& application : stored.applications) {
    event.add_applications(application.id);
  }
  return deps_.outbox.Append(tx, stored.referral.id, call.business_now, event, call.traceparent);
}

}  // namespace tremplin::referral::app
