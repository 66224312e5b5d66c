#include "services/registration/store/enrolments.h"

#include <utility>

#include "common/clock/clock.h"
#include "common/database/columns.h"
#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/registration/messages.h"
#include "services/registration/store/given.h"

namespace tremplin::registration::store {
namespace {

using database::Params;
using database::Row;
using database::Value;

constexpr std::string_view kIsEnrolled =
    "SELECT 1 FROM registration_enrolment WHERE person_id = $1 AND program_id = $2 LIMIT 1";
constexpr std::string_view kFindEnrolled =
    "SELECT enrolment_id FROM registration_enrolment WHERE person_id = $1 AND program_id = $2 "
    "AND role = $3 AND state <> 3 AND behind IS NULL";
constexpr std::string_view kIsEnrolledAs =
    "SELECT 1 FROM registration_enrolment WHERE person_id = $1 AND role = $2 LIMIT 1";
constexpr std::string_view kInsertAdmission =
    "INSERT INTO registration_admission (application, enrolment_id) VALUES ($1, $2)";
constexpr std::string_view kByApplication =
    "SELECT enrolment_id FROM registration_admission WHERE application = $1";
constexpr std::string_view kSetSilence =
    "INSERT INTO registration_silence (application, silent_from_us) VALUES ($1, $2) "
    "ON CONFLICT (application) DO UPDATE SET silent_from_us = excluded.silent_from_us";
constexpr std::string_view kEndSilence = "DELETE FROM registration_silence WHERE application = $1";
constexpr std::string_view kIsSilent =
    "SELECT 1 FROM registration_silence WHERE application = $1 AND silent_from_us <= $2";
constexpr std::string_view kSealedColumn = "facts";

constexpr int64_t kLastRole = 2;

// Facts and formats: what matching is told beside what was volunteered.
std::string FactBytes(const domain::Profile& profile) {
  v1::Enrolment kept;
  Append(profile.facts, *kept.mutable_facts());
  kept.mutable_formats()->Assign(profile.formats.begin(), profile.formats.end());
  return kept.SerializeAsString();
}

// How far they came, and why no further.
std::string ProgressBytes(const domain::Enrolment& enrolment) {
  v1::Enrolment kept;
  for (const domain::DoneStep& done : enrolment.done) {
    v1::OnboardingProgress& step = *kept.add_onboarding();
    step.set_step(done.code);
    *step.mutable_done_time() = resources::ToTimestamp(done.at);
  }
  kept.set_end_reason(enrolment.end_reason);
  return kept.SerializeAsString();
}

absl::Status Unreadable() {
  return absl::DataLossError("registration_enrolment holds what cannot be read");
}

absl::Status ReadFacts(const std::string& bytes, domain::Profile* to) {
  v1::Enrolment kept;
  if (!kept.ParseFromString(bytes)) return Unreadable();
  to->facts = ToDomain(kept.facts());
  to->formats = {kept.formats().begin(), kept.formats().end()};
  return absl::OkStatus();
}

absl::Status ReadProgress(const std::string& bytes, domain::Enrolment* to) {
  v1::Enrolment kept;
  if (!kept.ParseFromString(bytes)) return Unreadable();
  for (const v1::OnboardingProgress& step : kept.onboarding()) {
    to->done.push_back({.code = step.step(), .at = resources::FromTimestamp(step.done_time())});
  }
  to->end_reason = kept.end_reason();
  return absl::OkStatus();
}

// What nobody volunteered is NULL.
struct Volunteered {
  static Value Write(const domain::Preferences& preferences) {
    if (preferences == domain::Preferences()) return {};
    return database::Bytes{ToMessage(preferences).SerializeAsString()};
  }
  static absl::Status Read(const Row& row, size_t at, domain::Preferences* to) {
    v1::Preferences kept;
    if (!kept.ParseFromString(row.Blob(at))) return Unreadable();
    *to = ToDomain(kept);
    return absl::OkStatus();
  }
};

// What is not there is NULL.
struct Sealed {
  static Value Write(const std::string& sealed) {
    if (sealed.empty()) return {};
    return database::Bytes{sealed};
  }
  static absl::Status Read(const Row& row, size_t at, std::string* to) {
    *to = row.Blob(at);
    return absl::OkStatus();
  }
};

const database::Columns<EnrolmentRow>& EnrolmentColumns() {
  using database::As;
  using database::At;
  using database::NullIfEmpty;
  using domain::Enrolment;
  using RoleNumber = database::Numbered<domain::Role::kMentee, domain::Role::kMentor>;
  using StateNumber = database::Numbered<domain::State::kOnboarding, domain::State::kEnded>;
  using E = EnrolmentRow;
  static const auto* columns = new database::Columns<E>(
      "registration_enrolment",
      {At<&E::id>("enrolment_id").Fixed(),
       At<&E::person_id>("person_id"),
       At<&E::program_id>("program_id").Fixed(),
       At<&E::program_version>("program_version").Fixed(),
       As<RoleNumber, &E::enrolment, &Enrolment::role>("role").Fixed(),
       As<StateNumber, &E::enrolment, &Enrolment::state>("state"),
       As<NullIfEmpty, &E::organization>("organization").Fixed(),
       At<&E::application>("application").Fixed(),
       At<&E::business_key>("business_key").Fixed(),
       At<&E::door>("door").Fixed(),
       As<database::Micros, &E::created>("created_us").Fixed(),
       At<&E::version>("version").Fixed(),
       {"facts",
        [](const E& row) -> Value { return database::Bytes{FactBytes(row.enrolment.profile)}; },
        [](const Row& row, size_t at, E* to) {
          return ReadFacts(row.Blob(at), &to->enrolment.profile);
        }},
       As<Volunteered, &E::enrolment, &Enrolment::profile, &domain::Profile::preferences>(
           "volunteered"),
       {"progress",
        [](const E& row) -> Value { return database::Bytes{ProgressBytes(row.enrolment)}; },
        [](const Row& row, size_t at, E* to) {
          return ReadProgress(row.Blob(at), &to->enrolment);
        }},
       As<Sealed, &E::sealed>("sealed"),
       {"own_person_id",
        [](const E& row) -> Value {
          return row.own_person_id.empty() ? row.person_id : row.own_person_id;
        },
        [](const Row& row, size_t at, E* to) {
          to->own_person_id = row.IsNull(at) ? to->person_id : row.Text(at);
          return absl::OkStatus();
        }},
       As<NullIfEmpty, &E::behind>("behind"),
       At<&E::untold>("untold")});
  return *columns;
}

// How far it came.
const database::Columns<EnrolmentRow>& Progress() {
  static const auto* columns = new database::Columns<EnrolmentRow>(
      EnrolmentColumns().Only({"state", "facts", "volunteered", "progress", "sealed"}));
  return *columns;
}

// Whose it is, and behind what it stands.
const database::Columns<EnrolmentRow>& Place() {
  static const auto* columns = new database::Columns<EnrolmentRow>(
      EnrolmentColumns().Only({"person_id", "own_person_id", "behind", "untold", "sealed"}));
  return *columns;
}

constexpr std::string_view kNextVersion =
    ", version = version + 1 WHERE enrolment_id = $1 AND version = $2";

// The statements that name every column, put together once.
struct Statements {
  const std::string insert = text::Cat(EnrolmentColumns().Insert(), " ON CONFLICT DO NOTHING");
  const std::string update = Progress().Update(2, kNextVersion);
  const std::string reassign = Place().Update(2, kNextVersion);
  const std::string get = Select("enrolment_id = $1");
  const std::string own_of = Select(
      "own_person_id = $1 OR (own_person_id IS NULL AND person_id = $1) "
      "ORDER BY created_us, business_key, enrolment_id");
  const std::string of_program = Select(
      "program_id = $1 AND (role, business_key) > ($2, $3) AND role <= $4 "
      "ORDER BY role, business_key LIMIT $5");
  const std::string of_program_in_state = Select(
      "program_id = $1 AND (role, business_key) > ($2, $3) AND role <= $4 AND state = $6 "
      "ORDER BY role, business_key LIMIT $5");
  const std::string of_organization = Select(
      "program_id = $1 AND (role, business_key) > ($2, $3) AND role <= $4 AND organization = $6 "
      "AND ($7 = 0 OR state = $7) AND NOT EXISTS (SELECT 1 FROM registration_silence s WHERE "
      "s.application = registration_enrolment.application AND s.silent_from_us <= $8) "
      "ORDER BY role, business_key LIMIT $5");
  const std::string of_person = Select(
      "person_id = $1 AND (program_id, role, business_key) > ($2, $3, $4) "
      "AND ($5 = '' OR program_id = $5) AND ($6 = 0 OR role = $6) AND ($7 = 0 OR state = $7) "
      "ORDER BY program_id, role, business_key LIMIT $8");

  static std::string Select(std::string_view where) {
    return EnrolmentColumns().Select(text::Cat("WHERE ", where));
  }
};

const Statements& Sql() {
  static const Statements* const statements = new Statements;
  return *statements;
}

absl::StatusOr<std::string> FirstText(const absl::StatusOr<database::Result>& result) {
  if (!result.ok()) return result.status();
  return result->rows.empty() ? std::string() : result->rows[0].Text(0);
}

// A filter by role is a range of the index: it begins and ends at that role.
std::pair<int64_t, int64_t> Roles(const EnrolmentFilter& filter, const EnrolmentCursor& after) {
  if (filter.role == 0) return {after.role, kLastRole};
  return {filter.role, filter.role};
}

}  // namespace

absl::Status OpenFacts(database::Reader& reader, const seal::Sealer& sealer, EnrolmentRow& row) {
  if (row.sealed.empty()) return absl::OkStatus();
  const absl::StatusOr<std::string> plain =
      sealer.Open(reader, row.person_id, kSealedColumn, row.sealed);
  if (absl::IsNotFound(plain.status())) return absl::OkStatus();  // erased
  if (!plain.ok()) return plain.status();
  v1::Enrolment kept;
  if (!kept.ParseFromString(*plain)) return Unreadable();
  row.enrolment.profile.sealed = ToDomain(kept.facts());
  return absl::OkStatus();
}

absl::Status SealFacts(database::Transaction& tx, const seal::Sealer& sealer, EnrolmentRow& row) {
  row.sealed.clear();
  if (row.enrolment.profile.sealed.empty()) return absl::OkStatus();
  v1::Enrolment kept;
  Append(row.enrolment.profile.sealed, *kept.mutable_facts());
  TREMPLIN_ASSIGN_OR_RETURN(database::Bytes sealed, sealer.Seal(tx, row.person_id, kSealedColumn,
                                                                kept.SerializeAsString()));
  row.sealed = std::move(sealed.data);
  return absl::OkStatus();
}

absl::StatusOr<bool> InsertEnrolment(database::Transaction& tx, const EnrolmentRow& row) {
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result,
                            tx.Query(Sql().insert, EnrolmentColumns().Inserted(row)));
  return result.affected == 1;
}

absl::StatusOr<EnrolmentRow> GetEnrolment(database::Reader& reader, std::string_view id) {
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result,
                            reader.Query(Sql().get, {std::string(id)}));
  if (result.rows.empty()) {
    return status::Error(absl::StatusCode::kNotFound, kEnrolmentNotFound);
  }
  return EnrolmentColumns().Read(result.rows[0]);
}

absl::StatusOr<std::string> FindEnrolled(database::Reader& reader, std::string_view person_id,
                                         std::string_view program_id, domain::Role role) {
  return FirstText(reader.Query(kFindEnrolled, {std::string(person_id), std::string(program_id),
                                                static_cast<int64_t>(role)}));
}

absl::Status UpdateEnrolment(database::Transaction& tx, EnrolmentRow& row) {
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result,
                            tx.Query(Sql().update, Progress().Changed(row, {row.id, row.version})));
  if (result.affected != 1) return status::VersionConflict("registration_enrolment");
  ++row.version;
  return absl::OkStatus();
}

absl::StatusOr<std::vector<EnrolmentRow>> ListOwnOf(database::Reader& reader,
                                                    std::string_view own_person_id) {
  return EnrolmentColumns().ReadAll(reader.Query(Sql().own_of, {std::string(own_person_id)}));
}

absl::StatusOr<bool> IsEnrolledAs(database::Reader& reader, std::string_view person_id,
                                  domain::Role role) {
  TREMPLIN_ASSIGN_OR_RETURN(
      const database::Result result,
      reader.Query(kIsEnrolledAs, {std::string(person_id), static_cast<int64_t>(role)}));
  return !result.rows.empty();
}

absl::Status Reassign(database::Transaction& tx, EnrolmentRow& row) {
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result,
                            tx.Query(Sql().reassign, Place().Changed(row, {row.id, row.version})));
  if (result.affected != 1) return status::VersionConflict("registration_enrolment");
  ++row.version;
  return absl::OkStatus();
}

absl::Status InsertAdmission(database::Transaction& tx, std::string_view application,
                             std::string_view enrolment_id) {
  return tx.Execute(kInsertAdmission, {std::string(application), std::string(enrolment_id)});
}

absl::StatusOr<std::string> FindByApplication(database::Reader& reader,
                                              std::string_view application) {
  return FirstText(reader.Query(kByApplication, {std::string(application)}));
}

absl::Status SetSilence(database::Transaction& tx, std::string_view application, absl::Time from) {
  if (from == absl::InfiniteFuture()) return tx.Execute(kEndSilence, {std::string(application)});
  return tx.Execute(kSetSilence, {std::string(application), clock::ToMicros(from)});
}

absl::StatusOr<bool> IsSilent(database::Reader& reader, std::string_view application,
                              absl::Time now) {
  TREMPLIN_ASSIGN_OR_RETURN(
      const database::Result result,
      reader.Query(kIsSilent, {std::string(application), clock::ToMicros(now)}));
  return !result.rows.empty();
}

absl::StatusOr<bool> IsEnrolled(database::Reader& reader, std::string_view person_id,
                                std::string_view program_id) {
  TREMPLIN_ASSIGN_OR_RETURN(
      const database::Result result,
      reader.Query(kIsEnrolled, {std::string(person_id), std::string(program_id)}));
  return !result.rows.empty();
}

absl::StatusOr<std::vector<EnrolmentRow>> ListOfProgram(database::Reader& reader,
                                                        const EnrolmentFilter& filter,
                                                        const EnrolmentCursor& after, int limit) {
  const auto [first, last] = Roles(filter, after);
  Params params = {filter.program, first, after.business_key, last, int64_t{limit}};
  if (filter.state == 0)
    return EnrolmentColumns().ReadAll(reader.Query(Sql().of_program, std::move(params)));
  params.push_back(filter.state);
  return EnrolmentColumns().ReadAll(reader.Query(Sql().of_program_in_state, std::move(params)));
}

absl::StatusOr<std::vector<EnrolmentRow>> ListOfOrganization(database::Reader& reader,
                                                             const EnrolmentFilter& filter,
                                                             const EnrolmentCursor& after,
                                                             int limit) {
  const auto [first, last] = Roles(filter, after);
  return EnrolmentColumns().ReadAll(reader.Query(
      Sql().of_organization,
      {filter.program, first, after.business_key, last, int64_t{limit}, filter.organization,
       filter.state, filter.shown_at.has_value() ? clock::ToMicros(*filter.shown_at) : INT64_MIN}));
}

absl::StatusOr<std::vector<EnrolmentRow>> ListOfPerson(database::Reader& reader,
                                                       const EnrolmentFilter& filter,
                                                       const EnrolmentCursor& after, int limit) {
  return EnrolmentColumns().ReadAll(
      reader.Query(Sql().of_person, {filter.person, after.program, after.role, after.business_key,
                                     filter.program, filter.role, filter.state, int64_t{limit}}));
}

}  // namespace tremplin::registration::store
