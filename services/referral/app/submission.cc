#include "services/referral/app/submission.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/referral/app/access.h"
#include "services/referral/app/consents.h"
#include "services/referral/app/convert.h"
#include "services/referral/app/corrections.h"
#include "services/referral/app/search.h"
#include "services/referral/app/tell.h"
#include "services/referral/messages.h"
#include "services/referral/store/application_store.h"
#include "services/referral/store/consent_store.h"
#include "services/referral/store/search_store.h"

namespace tremplin::referral::app {
namespace {

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

// Names of the facts that one file gives and the other does not, or otherwise; in order.
std::vector<std::string> Restated(const program::GivenFacts& before,
                                  const program::GivenFacts& after) {
  std::set<std::string> names;
  for (const program::GivenFacts* facts : {&before, &after}) {
    for (const program::v1::GivenFact& fact : *facts) {
      if (program::ValuesOf(before, fact.name()) != program::ValuesOf(after, fact.name())) {
        names.insert(fact.name());
      }
    }
  }
  return {names.begin(), names.end()};
}

// The referral of the candidate's identity, if there is one. A key of who came by themselves counts
// within the programs applied to: staff of others may have given it to somebody else.
absl::StatusOr<std::optional<ReferralRow>> Known(const database::Result& answer,
                                                 const Candidate& candidate) {
  TREMPLIN_ASSIGN_OR_RETURN(std::vector<store::Found> found, store::FoundReferrals(answer));
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

// What was told of the candidate's row when its file came first: while the content of one of the
// file's rows stands, sending it again is no news.
const store::ImportedRow* ToldBefore(const std::vector<store::ImportedRow>& rows,
                                     const Candidate& candidate, const ReferralRow& referral) {
  const bool stands = std::any_of(rows.begin(), rows.end(), [&](const store::ImportedRow& row) {
    return row.digest == referral.digest;
  });
  const auto told = std::find_if(rows.begin(), rows.end(), [&](const store::ImportedRow& row) {
    return row.row == candidate.row && row.digest == candidate.digest;
  });
  return stands && told != rows.end() ? &*told : nullptr;
}

// What the candidate's file says of consent is the first entry of the ledger, whichever program
// asks for it.
absl::Status BeginLedger(database::Transaction& tx, const rpc::CallContext& call,
                         const Candidate& candidate, const ReferralRow& referral) {
  std::optional<bool> word;
  for (const auto& program : candidate.programs) {
    Join(WordOf(*program, referral.side, candidate.file), &word);
  }
  return app::BeginLedger(tx, call, word, referral);
}

}  // namespace

Submitter::Looks Submitter::Look(database::Transaction& tx, const Candidate& candidate) {
  return {tx.Prefetch(store::FindingReferrals(candidate.entry.identity)),
          tx.Prefetch(store::FindingTwins({candidate.keys, candidate.keys_across}))};
}

absl::StatusOr<Stored> Submitter::Store(database::Transaction& tx, const rpc::CallContext& call,
                                        const Candidate& candidate, Looks looks,
                                        std::string_view id_prefix) const {
  Stored stored;
  stored.warnings = Warnings(candidate.file);
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result referrals, looks.referrals.Get());
  TREMPLIN_ASSIGN_OR_RETURN(std::optional<ReferralRow> known, Known(referrals, candidate));
  if (known.has_value()) {
    stored.referral = *std::move(known);
    TREMPLIN_RETURN_IF_ERROR(StoreKnown(tx, call, candidate, id_prefix, &stored));
  } else {
    TREMPLIN_RETURN_IF_ERROR(StoreNew(tx, call, candidate, looks.twins, id_prefix, &stored));
  }
  TREMPLIN_RETURN_IF_ERROR(AddWarnings(tx, call, candidate, &stored));
  if (stored.told_before) return stored;
  stored.findings = stored.applications.front().findings;
  if (candidate.source.empty()) return stored;
  TREMPLIN_RETURN_IF_ERROR(store::SaveImportedRow(
      tx, stored.referral.id, candidate.source,
      {candidate.row, candidate.digest, stored.kind, stored.possible_duplicate, stored.findings}));
  return stored;
}

absl::Status Submitter::StoreKnown(database::Transaction& tx, const rpc::CallContext& call,
                                   const Candidate& candidate, std::string_view id_prefix,
                                   Stored* stored) const {
  TREMPLIN_ASSIGN_OR_RETURN(std::vector<ApplicationRow> applications,
                            store::ApplicationsOf(tx, stored->referral.id));
  bool all_applied = true;
  for (const auto& program : candidate.programs) {
    const ApplicationRow* application = OfProgram(applications, program->id);
    all_applied = all_applied && application != nullptr;
    if (application != nullptr) stored->applications.push_back(*application);
  }
  const bool same = stored->referral.digest == candidate.digest;
  if (all_applied && !candidate.source.empty()) {
    TREMPLIN_ASSIGN_OR_RETURN(const std::vector<store::ImportedRow> rows,
                              store::ImportedRows(tx, stored->referral.id, candidate.source));
    if (const store::ImportedRow* told = ToldBefore(rows, candidate, stored->referral)) {
      stored->kind = static_cast<v1::SubmissionKind>(told->kind);
      stored->possible_duplicate = told->possible_duplicate;
      stored->findings = told->findings;
      stored->told_before = true;
      return absl::OkStatus();
    }
  }
  if (all_applied && same) {
    stored->kind = v1::SUBMISSION_KIND_REPEAT;
    return absl::OkStatus();
  }
  if (!same) {
    TREMPLIN_ASSIGN_OR_RETURN(const bool older, ComesLate(tx, stored->referral, candidate.file));
    if (older) {
      if (!all_applied) return Refused(kOlderExport);
      stored->kind = v1::SUBMISSION_KIND_STALE;
      return absl::OkStatus();
    }
  }
  stored->applications.clear();
  return StoreRevision(tx, call, candidate, id_prefix, std::move(applications), stored);
}

// An address of several people, an id that lost its zeros, somebody who came by themselves before.
// Of other agencies' people staff alone are told.
absl::Status Submitter::AddWarnings(database::Transaction& tx, const rpc::CallContext& call,
                                    const Candidate& candidate, Stored* stored) const {
  const store::Identity& identity = candidate.entry.identity;
  const ReferralRow& row = stored->referral;
  if (stored->kind == v1::SUBMISSION_KIND_NEW) {
    TREMPLIN_ASSIGN_OR_RETURN(const bool zeros_lost, store::HasIdWithZeros(tx, identity));
    if (zeros_lost) stored->warnings.push_back(status::Violation("external_id", kZerosLost));
  }
  if (!stored->possible_duplicate) return absl::OkStatus();
  TREMPLIN_ASSIGN_OR_RETURN(
      const bool shared, store::SharesAddress(tx, candidate.keys, row.id,
                                              IsPartner(call) ? identity.agency : std::string()));
  if (shared) stored->warnings.push_back(status::Violation("email", kAddressShared));
  if (candidate.entry.door != Door::DOOR_SELF) return absl::OkStatus();
  TREMPLIN_ASSIGN_OR_RETURN(const std::vector<Duplicate> duplicates,
                            store::ListDuplicates(tx, row.id));
  for (const Duplicate& duplicate : duplicates) {
    const absl::StatusOr<VisibleReferral> other = FindVisibleReferral(tx, call, duplicate.referral);
    if (absl::IsNotFound(other.status())) continue;  // of a program that is not the caller's
    TREMPLIN_RETURN_IF_ERROR(other.status());
    TREMPLIN_ASSIGN_OR_RETURN(const std::optional<File> file, StandingFile(tx, other->referral));
    if (!file.has_value() || !IsSamePerson(candidate.file, *file)) continue;
    stored->warnings.push_back(
        status::Violation("external_id", kSamePerson, {other->referral.external_id}));
    break;
  }
  return absl::OkStatus();
}

// Whether the file was made before the one that stands. INVALID_ARGUMENT when it is of somebody
// else.
absl::StatusOr<bool> Submitter::ComesLate(database::Reader& reader, const ReferralRow& referral,
                                          const File& file) const {
  TREMPLIN_ASSIGN_OR_RETURN(const std::optional<File> standing, StandingFile(reader, referral));
  if (!standing.has_value()) return false;
  if (IsSomebodyElse(file, *standing)) {
    return status::InvalidFields({status::Violation("external_id", kSomebodyElse)});
  }
  return IsOlder(file, *standing);
}

// The newest file; nothing when it was erased.
absl::StatusOr<std::optional<File>> Submitter::StandingFile(database::Reader& reader,
                                                            const ReferralRow& referral) const {
  TREMPLIN_ASSIGN_OR_RETURN(const std::optional<std::string> sealed,
                            store::GetFile(reader, referral.id, referral.revision));
  if (!sealed.has_value()) return std::nullopt;
  const absl::StatusOr<std::string> plain =
      deps_.sealer.Open(reader, referral.id, store::FileColumn(referral.revision), *sealed);
  if (absl::IsNotFound(plain.status())) return std::nullopt;
  TREMPLIN_RETURN_IF_ERROR(plain.status());
  TREMPLIN_ASSIGN_OR_RETURN(const v1::AdmittedFile admitted, FromPlain(*plain));
  return FileOf(admitted.file());
}

absl::Status Submitter::StoreNew(database::Transaction& tx, const rpc::CallContext& call,
                                 const Candidate& candidate, database::Prefetched& twin_look,
                                 std::string_view id_prefix, Stored* stored) const {
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
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result shared, twin_look.Get());
  const store::Twins twins = store::FoundTwins(shared, row.id);
  row.possible_duplicate = stored->possible_duplicate = store::HasDuplicate(twins);
  // The row whose insertion SealNew asks for is the referral's own, which is never deleted.
  TREMPLIN_ASSIGN_OR_RETURN(
      const database::Bytes sealed,
      deps_.sealer.SealNew(tx, row.id, store::FileColumn(row.revision), candidate.plain));
  TREMPLIN_RETURN_IF_ERROR(store::InsertReferral(tx, row));
  TREMPLIN_RETURN_IF_ERROR(store::InsertFile(tx, row, sealed));
  TREMPLIN_RETURN_IF_ERROR(store::SaveDuplicateKeys(tx, row, candidate.keys));
  TREMPLIN_RETURN_IF_ERROR(store::NoteTwins(tx, row.id, twins, /*known=*/false, call.business_now));
  TREMPLIN_RETURN_IF_ERROR(
      store::SaveNameTokens(tx, row.id, TokensOf(deps_.sealer, candidate.file), {}));
  for (size_t i = 0; i < candidate.programs.size(); ++i) {
    TREMPLIN_RETURN_IF_ERROR(Apply(tx, call, candidate, i, id_prefix, std::nullopt, stored));
  }
  TREMPLIN_RETURN_IF_ERROR(BeginLedger(tx, call, candidate, row));
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
    TREMPLIN_RETURN_IF_ERROR(StoreContent(tx, call, candidate, &applications, stored));
  }
  stored->possible_duplicate = row.possible_duplicate;
  row.updated = call.business_now;
  TREMPLIN_RETURN_IF_ERROR(store::UpdateReferral(tx, row));
  ++row.version;
  TREMPLIN_ASSIGN_OR_RETURN(const Ledger ledger, store::LedgerOf(tx, row.id));
  for (size_t i = 0; i < candidate.programs.size(); ++i) {
    const ApplicationRow* application = OfProgram(applications, candidate.programs[i]->id);
    if (application != nullptr) {
      stored->applications.push_back(*application);
    } else {
      TREMPLIN_RETURN_IF_ERROR(Apply(tx, call, candidate, i, id_prefix, SharingOf(ledger), stored));
    }
  }
  if (ledger.empty()) TREMPLIN_RETURN_IF_ERROR(BeginLedger(tx, call, candidate, row));
  return TellSubmitted(tx, call, *stored);
}

// A new revision: open applications move to it, settled ones stay on the file they were judged on.
absl::Status Submitter::StoreContent(database::Transaction& tx, const rpc::CallContext& call,
                                     const Candidate& candidate,
                                     std::vector<ApplicationRow>* applications,
                                     Stored* stored) const {
  ReferralRow* const row = &stored->referral;
  Describe(candidate, call.business_now, row);
  TREMPLIN_ASSIGN_OR_RETURN(const std::optional<File> before,
                            NewRevision(tx, call, candidate, call.principal.id, row));
  TREMPLIN_RETURN_IF_ERROR(
      KeepConsentOfFile(tx, deps_, call, before, candidate.file, row, applications));
  if (before.has_value()) stored->restated = Restated(before->facts, candidate.file.facts);
  for (ApplicationRow& application : *applications) {
    TREMPLIN_RETURN_IF_ERROR(Rejudge(tx, call, candidate, row->revision, &application));
  }
  return store::PruneFiles(tx, row->id, row->revision);
}

absl::StatusOr<std::optional<File>> Submitter::NewRevision(database::Transaction& tx,
                                                           const rpc::CallContext& call,
                                                           const Candidate& candidate,
                                                           std::string_view by,
                                                           ReferralRow* row) const {
  database::Prefetched look =
      tx.Prefetch(store::FindingTwins({candidate.keys, candidate.keys_across}));
  const absl::StatusOr<v1::AdmittedFile> before =
      OpenRevision(tx, deps_.sealer, row->id, row->revision);
  if (!before.ok() && !absl::IsNotFound(before.status())) return before.status();
  std::vector<std::string> former;
  if (before.ok()) former = TokensOf(deps_.sealer, FileOf(before->file()));
  ++row->revision;
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result shared, look.Get());
  const store::Twins twins = store::FoundTwins(shared, row->id);
  row->possible_duplicate = store::HasDuplicate(twins);
  TREMPLIN_RETURN_IF_ERROR(store::SaveDuplicateKeys(tx, *row, candidate.keys));
  TREMPLIN_RETURN_IF_ERROR(store::NoteTwins(tx, row->id, twins, /*known=*/true, call.business_now));
  TREMPLIN_RETURN_IF_ERROR(
      store::SaveNameTokens(tx, row->id, TokensOf(deps_.sealer, candidate.file), former));
  TREMPLIN_ASSIGN_OR_RETURN(
      const database::Bytes sealed,
      deps_.sealer.Seal(tx, row->id, store::FileColumn(row->revision), candidate.plain));
  TREMPLIN_RETURN_IF_ERROR(store::InsertFile(tx, *row, sealed));
  if (!before.ok()) return std::nullopt;
  File standing = FileOf(before->file());
  TREMPLIN_RETURN_IF_ERROR(
      KeepCorrection(tx, deps_.sealer, *row, standing, candidate.file, by, call.business_now));
  return standing;
}

absl::Status Submitter::Correct(database::Transaction& tx, const rpc::CallContext& call,
                                const Candidate& candidate, std::string_view by,
                                const std::vector<ApplicationRow>& applications,
                                ReferralRow* referral) const {
  TREMPLIN_RETURN_IF_ERROR(NewRevision(tx, call, candidate, by, referral).status());
  referral->language = candidate.file.language;
  referral->updated = call.business_now;
  TREMPLIN_RETURN_IF_ERROR(store::UpdateReferral(tx, *referral));
  ++referral->version;
  TREMPLIN_RETURN_IF_ERROR(store::PruneFiles(tx, referral->id, referral->revision));
  Stored stored;
  stored.referral = *referral;
  stored.applications = applications;
  return TellSubmitted(tx, call, stored);
}

absl::Status Submitter::Reconsider(database::Transaction& tx, const rpc::CallContext& call,
                                   const ReferralRow& referral,
                                   std::vector<ApplicationRow>* applications) const {
  TREMPLIN_ASSIGN_OR_RETURN(const std::optional<File> file, StandingFile(tx, referral));
  if (!file.has_value()) return absl::OkStatus();
  Candidate candidate;
  candidate.file = *file;
  for (ApplicationRow& row : *applications) {
    TREMPLIN_ASSIGN_OR_RETURN(const std::shared_ptr<const program::Program> program,
                              deps_.programs.Version(tx, row.program, row.program_version));
    const bool by_rule =
        row.state == State::kReceived && AdmitsAtOnce(program->definition, row.side);
    if (row.consent && !by_rule) continue;
    TREMPLIN_RETURN_IF_ERROR(Rejudge(tx, call, candidate, referral.revision, &row));
  }
  return store::PruneFiles(tx, referral.id, referral.revision);
}

// Judges an open application again, by the version of its program that is in force now.
absl::Status Submitter::Rejudge(database::Transaction& tx, const rpc::CallContext& call,
                                const Candidate& candidate, int64_t revision,
                                ApplicationRow* application) const {
  if (IsSettled(application->state)) return absl::OkStatus();
  TREMPLIN_ASSIGN_OR_RETURN(const Transition transition,
                            Decide(application->state, {.action = Action::kResubmit}));
  TREMPLIN_ASSIGN_OR_RETURN(const std::shared_ptr<const program::Program> program,
                            deps_.programs.InForce(tx, application->program, call.business_now));
  KeepTold(call, application);
  if (application->state == State::kReturned) application->staff_reasons.clear();
  application->state = transition.state;
  JudgeAnew(*program, candidate.file, revision, call.business_now, application);
  return StoreAndTell(tx, deps_, call, *program, NameOf(Action::kResubmit), transition.milestone,
                      application->version, application);
}

// A new application to the candidate's program of this number. What stands of consent already, if
// the referral is not new, holds for it too.
absl::Status Submitter::Apply(database::Transaction& tx, const rpc::CallContext& call,
                              const Candidate& candidate, size_t program,
                              std::string_view id_prefix, const std::optional<Sharing>& standing,
                              Stored* stored) const {
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
  row.decided = row.created = call.business_now;
  const bool agrees = WordOf(applied, referral.side, candidate.file).value_or(false);
  if (standing.has_value()) row.sharing = *standing;
  if (!row.sharing.shares && !row.sharing.IsSilent(call.business_now)) {
    row.sharing.shares = agrees;
    row.sharing.from = call.business_now;
  }
  if (standing.has_value()) {
    JudgeAnew(applied, candidate.file, referral.revision, call.business_now, &row);
  } else {
    row.findings = candidate.findings[program];
    row.consent = Consents(applied, referral.side, referral.door, candidate.file);
  }
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
  event.mutable_restated()->Assign(stored.restated.begin(), stored.restated.end());
  for (const ApplicationRow& application : stored.applications) {
    event.add_applications(application.id);
  }
  return deps_.outbox.Append(tx, stored.referral.id, call.business_now, event, call.traceparent);
}

}  // namespace tremplin::referral::app
