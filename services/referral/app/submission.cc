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
#include "services/referral/messages.h"
#include "services/referral/store/feed_store.h"

namespace tremplin::referral::app {
namespace {

constexpr size_t kMaxPrograms = 10;

const ApplicationRow* OfProgram(const std::vector<ApplicationRow>& applications,
                                std::string_view program) {
  for (const ApplicationRow& application : applications) {
    if (application.program == program) return &application;
  }
  return nullptr;
}

// What a submission says of the person beside the sealed file.
void Describe(const Candidate& candidate, absl::Time now, ReferralRow* row) {
  row->digest = candidate.digest;
  row->language = candidate.file.service_language;
  row->consent = candidate.file.consent_to_share == "yes";
  row->referred_on = candidate.file.referred_on;
  row->updated = now;
}

}  // namespace

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

absl::StatusOr<std::vector<status::FieldViolation>> Submitter::Faults(
    const rpc::CallContext& call, const std::string& agency_name, const std::string& external_id,
    const File& file) {
  std::vector<status::FieldViolation> faults;
  const absl::StatusOr<std::string> agency =
      resources::IdOf("organizations", agency_name, "agency");
  if (agency_name.empty()) {
    faults.push_back(status::Violation("agency", kFieldRequired));
  } else {
    bool known = false;
    if (agency.ok()) {
      TREMPLIN_ASSIGN_OR_RETURN(known, IsKnown(call, *agency));
    }
    if (!known) faults.push_back(status::Violation("agency", kAgencyUnknown));
  }
  if (std::optional<status::FieldViolation> fault = ExternalIdFault(external_id)) {
    faults.push_back(*std::move(fault));
  }
  for (status::FieldViolation& fault :
       referral::Faults(file, deps_.tables, Strictness::kSubmission)) {
    faults.push_back(std::move(fault));
  }
  return faults;
}

Candidate Submitter::Judged(std::string_view agency, std::string_view external_id, File file,
                            const Programs& programs) const {
  Candidate candidate;
  candidate.agency = agency;
  candidate.external_id = external_id;
  candidate.plain = ToProto(file).SerializeAsString();
  candidate.digest = deps_.sealer.Index("content", Canonical(file));
  candidate.keys = {deps_.sealer.Index("email", EmailKey(file)),
                    deps_.sealer.Index("person", PersonKey(file))};
  candidate.programs = programs;
  for (const auto& program : programs) candidate.findings.push_back(Judge(*program, file));
  candidate.file = std::move(file);
  return candidate;
}

std::vector<database::Statement> Submitter::Ahead(const Candidate& candidate) {
  return {store::FindingReferral(candidate.agency, candidate.external_id),
          store::FindingDuplicate(candidate.keys, candidate.agency)};
}

absl::StatusOr<Stored> Submitter::Store(database::Transaction& tx, const rpc::CallContext& call,
                                        const Candidate& candidate,
                                        std::string_view id_prefix) const {
  Stored stored;
  TREMPLIN_ASSIGN_OR_RETURN(std::optional<ReferralRow> known,
                            store::FindReferral(tx, candidate.agency, candidate.external_id));
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
  row.id = call.NewId(text::Cat(id_prefix, "referral"));
  row.agency = candidate.agency;
  row.external_id = candidate.external_id;
  row.created = call.business_now;
  Describe(candidate, call.business_now, &row);
  TREMPLIN_ASSIGN_OR_RETURN(row.possible_duplicate,
                            store::HasDuplicate(tx, candidate.keys, candidate.agency));
  stored->possible_duplicate = row.possible_duplicate;
  // The row whose insertion SealNew asks for is the referral's own, which is never deleted.
  TREMPLIN_ASSIGN_OR_RETURN(database::Bytes sealed,
                            deps_.sealer.SealNew(tx, row.id, "file", candidate.plain));
  row.file = std::move(sealed.data);
  TREMPLIN_RETURN_IF_ERROR(store::InsertReferral(tx, row));
  TREMPLIN_RETURN_IF_ERROR(store::SaveDuplicateKeys(tx, row.id, candidate.agency, candidate.keys));
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
  const bool changed = row.digest != candidate.digest;
  if (changed) {
    for (ApplicationRow& application : applications) {
      TREMPLIN_RETURN_IF_ERROR(Rejudge(tx, call, candidate, &application));
    }
    TREMPLIN_ASSIGN_OR_RETURN(row.possible_duplicate,
                              store::HasDuplicate(tx, candidate.keys, candidate.agency));
    TREMPLIN_RETURN_IF_ERROR(
        store::SaveDuplicateKeys(tx, row.id, candidate.agency, candidate.keys));
  }
  stored->possible_duplicate = row.possible_duplicate;
  Describe(candidate, call.business_now, &row);
  ++row.revision;
  TREMPLIN_ASSIGN_OR_RETURN(database::Bytes sealed,
                            deps_.sealer.Seal(tx, row.id, "file", candidate.plain));
  row.file = std::move(sealed.data);
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

// Judges an application again, by the version of its program that is in force now.
absl::Status Submitter::Rejudge(database::Transaction& tx, const rpc::CallContext& call,
                                const Candidate& candidate, ApplicationRow* application) const {
  TREMPLIN_ASSIGN_OR_RETURN(const Transition transition,
                            Decide(application->state, {.action = Action::kResubmit}));
  TREMPLIN_ASSIGN_OR_RETURN(const std::shared_ptr<const program::Program> program,
                            deps_.programs.InForce(tx, application->program, call.business_now));
  if (application->state == State::kReturned) application->staff_reasons.clear();
  application->state = transition.state;
  application->program_version = program->version;
  application->findings = Judge(*program, candidate.file);
  application->exemptions.clear();
  application->decided = call.business_now;
  application->updated = call.business_now;
  TREMPLIN_RETURN_IF_ERROR(store::UpdateApplication(tx, *application));
  ++application->version;
  return Tell(tx, call, *application, NameOf(Action::kResubmit));
}

// A new application to the candidate's program of this number.
absl::Status Submitter::Apply(database::Transaction& tx, const rpc::CallContext& call,
                              const Candidate& candidate, size_t program,
                              std::string_view id_prefix, Stored* stored) const {
  const program::Program& applied = *candidate.programs[program];
  ApplicationRow row;
  row.id = call.NewId(text::Cat(id_prefix, "application/", applied.id));
  row.referral = stored->referral.id;
  row.agency = candidate.agency;
  row.external_id = candidate.external_id;
  row.program = applied.id;
  row.program_version = applied.version;
  row.findings = candidate.findings[program];
  row.decided = row.created = row.updated = call.business_now;
  TREMPLIN_RETURN_IF_ERROR(store::InsertApplication(tx, row));
  TREMPLIN_RETURN_IF_ERROR(Tell(tx, call, row, "submit"));
  stored->applications.push_back(std::move(row));
  return absl::OkStatus();
}

// The event and the agency's feed: both say that the application was received.
absl::Status Submitter::Tell(database::Transaction& tx, const rpc::CallContext& call,
                             const ApplicationRow& application, std::string_view action) const {
  TREMPLIN_RETURN_IF_ERROR(deps_.outbox.Append(tx, application.referral, call.business_now,
                                               ChangeOf(application, action), call.traceparent));
  return store::AppendFeed(tx, {.agency = application.agency,
                                .referral = application.referral,
                                .external_id = application.external_id,
                                .application = application.id,
                                .program = application.program,
                                .program_version = application.program_version,
                                .milestone = std::string(NameOf(State::kReceived)),
                                .reasons = ReasonsOf(application.findings),
                                .at = call.business_now});
}

absl::Status Submitter::TellSubmitted(database::Transaction& tx, const rpc::CallContext& call,
                                      const Stored& stored) const {
  events::v1::ReferralSubmitted event;
  event.set_referral(stored.referral.id);
  event.set_agency(stored.referral.agency);
  event.set_revision(stored.referral.revision);
  event.set_door("agency");
  event.set_language(stored.referral.language);
  for (const ApplicationRow& application : stored.applications) {
    event.add_applications(application.id);
  }
  return deps_.outbox.Append(tx, stored.referral.id, call.business_now, event, call.traceparent);
}

}  // namespace tremplin::referral::app
