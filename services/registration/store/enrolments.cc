#include "services/registration/store/enrolments.h"

#include <utility>

#include "common/clock/clock.h"
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

constexpr std::string_view kColumns =
    "enrolment_id, person_id, program_id, program_version, role, state, organization, "
    "application, business_key, door, created_us, version, facts, volunteered, progress, sealed, "
    "own_person_id, behind, untold";

constexpr std::string_view kUpdate =
    "UPDATE registration_enrolment SET state = $3, facts = $4, volunteered = $5, progress = $6, "
    "sealed = $7, version = version + 1 WHERE enrolment_id = $1 AND version = $2";

constexpr std::string_view kIsEnrolled =
    "SELECT 1 FROM registration_enrolment WHERE person_id = $1 AND program_id = $2 LIMIT 1";
constexpr std::string_view kFindEnrolled =
    "SELECT enrolment_id FROM registration_enrolment WHERE person_id = $1 AND program_id = $2 "
    "AND role = $3 AND state <> 3 AND behind IS NULL";
constexpr std::string_view kIsEnrolledAs =
    "SELECT 1 FROM registration_enrolment WHERE person_id = $1 AND role = $2 LIMIT 1";
constexpr std::string_view kReassign =
    "UPDATE registration_enrolment SET person_id = $3, own_person_id = $4, behind = $5, untold = "
    "$6, sealed = $7, version = version + 1 WHERE enrolment_id = $1 AND version = $2";
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

// The statements that name every column, put together once.
struct Statements {
  const std::string insert = text::Cat(
      "INSERT INTO registration_enrolment (", kColumns,
      ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, "
      "$18, $19) ON CONFLICT DO NOTHING");
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
    return text::Cat("SELECT ", kColumns, " FROM registration_enrolment WHERE ", where);
  }
};

const Statements& Sql() {
  static const Statements* const statements = new Statements;
  return *statements;
}

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

database::Value VolunteeredBytes(const domain::Preferences& preferences) {
  if (preferences == domain::Preferences()) return {};
  return database::Bytes{ToMessage(preferences).SerializeAsString()};
}

database::Value SealedBytes(const EnrolmentRow& row) {
  if (row.sealed.empty()) return {};
  return database::Bytes{row.sealed};
}

absl::Status Unreadable() {
  return absl::DataLossError("registration_enrolment holds what cannot be read");
}

absl::StatusOr<EnrolmentRow> FromRow(const Row& row) {
  const int64_t role = row.Int(4);
  const int64_t state = row.Int(5);
  v1::Enrolment facts;
  v1::Enrolment progress;
  v1::Preferences volunteered;
  if (role < 1 || role > kLastRole || state < 1 || state > 3 ||
      !facts.ParseFromString(row.Blob(12)) || !volunteered.ParseFromString(row.Blob(13)) ||
      !progress.ParseFromString(row.Blob(14))) {
    return Unreadable();
  }
  EnrolmentRow read;
  read.id = row.Text(0);
  read.person_id = row.Text(1);
  read.program_id = row.Text(2);
  read.program_version = row.Int(3);
  read.enrolment.role = static_cast<domain::Role>(role);
  read.enrolment.state = static_cast<domain::State>(state);
  read.organization = row.Text(6);
  read.application = row.Text(7);
  read.business_key = row.Text(8);
  read.door = row.Int(9);
  read.created = row.Time(10);
  read.version = row.Int(11);
  read.enrolment.profile = {.facts = ToDomain(facts.facts()),
                            .preferences = ToDomain(volunteered),
                            .formats = {facts.formats().begin(), facts.formats().end()}};
  for (const v1::OnboardingProgress& step : progress.onboarding()) {
    read.enrolment.done.push_back(
        {.code = step.step(), .at = resources::FromTimestamp(step.done_time())});
  }
  read.enrolment.end_reason = progress.end_reason();
  read.sealed = row.Blob(15);
  read.own_person_id = row.IsNull(16) ? read.person_id : row.Text(16);
  read.behind = row.Text(17);
  read.untold = row.Int(18) != 0;
  return read;
}

absl::StatusOr<std::vector<EnrolmentRow>> FromRows(absl::StatusOr<database::Result> result) {
  if (!result.ok()) return std::move(result).status();
  std::vector<EnrolmentRow> rows;
  rows.reserve(result->rows.size());
  for (const Row& row : result->rows) {
    TREMPLIN_ASSIGN_OR_RETURN(EnrolmentRow read, FromRow(row));
    rows.push_back(std::move(read));
  }
  return rows;
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
  const domain::Enrolment& enrolment = row.enrolment;
  Params params = {row.id,
                   row.person_id,
                   row.program_id,
                   row.program_version,
                   static_cast<int64_t>(enrolment.role),
                   static_cast<int64_t>(enrolment.state),
                   database::TextOrNull(row.organization),
                   row.application,
                   row.business_key,
                   row.door,
                   clock::ToMicros(row.created),
                   row.version,
                   database::Bytes{FactBytes(enrolment.profile)},
                   VolunteeredBytes(enrolment.profile.preferences),
                   database::Bytes{ProgressBytes(enrolment)},
                   SealedBytes(row),
                   row.own_person_id.empty() ? row.person_id : row.own_person_id,
                   database::TextOrNull(row.behind),
                   int64_t{row.untold}};
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result,
                            tx.Query(Sql().insert, std::move(params)));
  return result.affected == 1;
}

absl::StatusOr<EnrolmentRow> GetEnrolment(database::Reader& reader, std::string_view id) {
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result,
                            reader.Query(Sql().get, {std::string(id)}));
  if (result.rows.empty()) {
    return status::Error(absl::StatusCode::kNotFound, kEnrolmentNotFound);
  }
  return FromRow(result.rows[0]);
}

absl::StatusOr<std::string> FindEnrolled(database::Reader& reader, std::string_view person_id,
                                         std::string_view program_id, domain::Role role) {
  return FirstText(reader.Query(kFindEnrolled, {std::string(person_id), std::string(program_id),
                                                static_cast<int64_t>(role)}));
}

absl::Status UpdateEnrolment(database::Transaction& tx, EnrolmentRow& row) {
  const domain::Enrolment& enrolment = row.enrolment;
  Params params = {row.id,
                   row.version,
                   static_cast<int64_t>(enrolment.state),
                   database::Bytes{FactBytes(enrolment.profile)},
                   VolunteeredBytes(enrolment.profile.preferences),
                   database::Bytes{ProgressBytes(enrolment)},
                   SealedBytes(row)};
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result, tx.Query(kUpdate, std::move(params)));
  if (result.affected != 1) return status::VersionConflict("registration_enrolment");
  ++row.version;
  return absl::OkStatus();
}

absl::StatusOr<std::vector<EnrolmentRow>> ListOwnOf(database::Reader& reader,
                                                    std::string_view own_person_id) {
  return FromRows(reader.Query(Sql().own_of, {std::string(own_person_id)}));
}

absl::StatusOr<bool> IsEnrolledAs(database::Reader& reader, std::string_view person_id,
                                  domain::Role role) {
  TREMPLIN_ASSIGN_OR_RETURN(
      const database::Result result,
      reader.Query(kIsEnrolledAs, {std::string(person_id), static_cast<int64_t>(role)}));
  return !result.rows.empty();
}

absl::Status Reassign(database::Transaction& tx, EnrolmentRow& row) {
  Params params = {row.id,
                   row.version,
                   row.person_id,
                   row.own_person_id,
                   database::TextOrNull(row.behind),
                   int64_t{row.untold},
                   SealedBytes(row)};
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result, tx.Query(kReassign, std::move(params)));
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
  if (filter.state == 0) return FromRows(reader.Query(Sql().of_program, std::move(params)));
  params.push_back(filter.state);
  return FromRows(reader.Query(Sql().of_program_in_state, std::move(params)));
}

absl::StatusOr<std::vector<EnrolmentRow>> ListOfOrganization(database::Reader& reader,
                                                             const EnrolmentFilter& filter,
                                                             const EnrolmentCursor& after,
                                                             int limit) {
  const auto [first, last] = Roles(filter, after);
  return FromRows(reader.Query(
      Sql().of_organization,
      {filter.program, first, after.business_key, last, int64_t{limit}, filter.organization,
       filter.state, filter.shown_at.has_value() ? clock::ToMicros(*filter.shown_at) : INT64_MIN}));
}

absl::StatusOr<std::vector<EnrolmentRow>> ListOfPerson(database::Reader& reader,
                                                       const EnrolmentFilter& filter,
                                                       const EnrolmentCursor& after, int limit) {
  return FromRows(
      reader.Query(Sql().of_person, {filter.person, after.program, after.role, after.business_key,
                                     filter.program, filter.role, filter.state, int64_t{limit}}));
}

}  // namespace tremplin::registration::store
