#include "services/registration/store/enrolments.h"

#include <array>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/clock/clock.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/registration/messages.h"

namespace tremplin::registration::store {
namespace {

using database::Params;
using database::Row;

constexpr std::string_view kColumns =
    "enrolment_id, person_id, program_id, program_version, role, state, organization, "
    "application, business_key, door, noc, naics, languages, fsa, availability, "
    "years_experience, years_in_region, months_offered, capacity, done, reasons, end_reason, "
    "created_us, version, goals, consent, wishes, required, attributes";

constexpr std::string_view kUpdate =
    "UPDATE registration_enrolment SET state = $3, noc = $4, naics = $5, languages = $6, fsa = $7, "
    "availability = $8, years_experience = $9, years_in_region = $10, months_offered = $11, "
    "capacity = $12, done = $13, reasons = $14, end_reason = $15, goals = $16, consent = $17, "
    "wishes = $18, required = $19, attributes = $20, version = version + 1 "
    "WHERE enrolment_id = $1 AND version = $2";

constexpr std::string_view kIsEnrolled =
    "SELECT 1 FROM registration_enrolment WHERE person_id = $1 AND program_id = $2 LIMIT 1";

// The statements that name every column, put together once.
struct Statements {
  const std::string insert = text::Cat(
      "INSERT INTO registration_enrolment (", kColumns,
      ", attested) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, "
      "$17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30) ON CONFLICT DO "
      "NOTHING");
  const std::string get = Select("enrolment_id = $1");
  const std::string of_program = Select(
      "program_id = $1 AND (role, business_key) > ($2, $3) AND role <= $4 "
      "ORDER BY role, business_key LIMIT $5");
  const std::string of_program_in_state = Select(
      "program_id = $1 AND (role, business_key) > ($2, $3) AND role <= $4 AND state = $6 "
      "ORDER BY role, business_key LIMIT $5");
  const std::string of_organization = Select(
      "program_id = $1 AND (role, business_key) > ($2, $3) AND role <= $4 AND organization = $6 "
      "AND ($7 = 0 OR state = $7) ORDER BY role, business_key LIMIT $5");
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

std::string Words(const std::vector<std::string>& words) { return absl::StrJoin(words, " "); }
std::vector<std::string> FromWords(const std::string& text) {
  return absl::StrSplit(text, ' ', absl::SkipEmpty());
}

// "needs_analysis@1760000000000000 orientation@…"
std::string DoneText(const std::vector<domain::DoneStep>& done) {
  return absl::StrJoin(done, " ", [](std::string* out, const domain::DoneStep& step) {
    absl::StrAppend(out, step.code, "@", clock::ToMicros(step.at));
  });
}

absl::StatusOr<std::vector<domain::DoneStep>> FromDoneText(const std::string& text) {
  std::vector<domain::DoneStep> done;
  for (const std::string& word : FromWords(text)) {
    const size_t at = word.rfind('@');
    int64_t micros = 0;
    if (at == std::string::npos || !absl::SimpleAtoi(word.substr(at + 1), &micros)) {
      return absl::DataLossError("registration_enrolment.done cannot be read");
    }
    done.push_back({.code = word.substr(0, at), .at = clock::FromMicros(micros)});
  }
  return done;
}

absl::StatusOr<EnrolmentRow> FromRow(const Row& row) {
  const int64_t role = row.Int(4);
  const int64_t state = row.Int(5);
  if (role < 1 || role > kLastRole || state < 1 || state > 3) {
    return absl::DataLossError("registration_enrolment holds an unknown role or state");
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
  domain::Profile& profile = read.enrolment.profile;
  profile.noc = row.Text(10);
  profile.naics = row.Text(11);
  profile.languages = FromWords(row.Text(12));
  profile.fsa = row.Text(13);
  profile.availability = FromWords(row.Text(14));
  profile.years_experience = row.Int(15);
  profile.years_in_region = row.Int(16);
  profile.months_offered = row.Int(17);
  profile.capacity = row.Int(18);
  TREMPLIN_ASSIGN_OR_RETURN(read.enrolment.done, FromDoneText(row.Text(19)));
  read.enrolment.reasons = FromWords(row.Text(20));
  read.enrolment.end_reason = row.Text(21);
  read.created = row.Time(22);
  read.version = row.Int(23);
  profile.goals = FromWords(row.Text(24));
  profile.preferences.consent = row.Int(25) != 0;
  profile.preferences.wishes = FromWords(row.Text(26));
  profile.preferences.required = FromWords(row.Text(27));
  profile.preferences.attributes = FromWords(row.Text(28));
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

// A filter by role is a range of the index: it begins and ends at that role.
std::pair<int64_t, int64_t> Roles(const EnrolmentFilter& filter, const EnrolmentCursor& after) {
  if (filter.role == 0) return {after.role, kLastRole};
  return {filter.role, filter.role};
}

}  // namespace

absl::StatusOr<bool> InsertEnrolment(database::Transaction& tx, const EnrolmentRow& row) {
  const domain::Enrolment& enrolment = row.enrolment;
  const domain::Profile& profile = enrolment.profile;
  Params params = {row.id,
                   row.person_id,
                   row.program_id,
                   row.program_version,
                   static_cast<int64_t>(enrolment.role),
                   static_cast<int64_t>(enrolment.state),
                   database::TextOrNull(row.organization),
                   database::TextOrNull(row.application),
                   row.business_key,
                   row.door,
                   profile.noc,
                   profile.naics,
                   Words(profile.languages),
                   profile.fsa,
                   Words(profile.availability),
                   profile.years_experience,
                   profile.years_in_region,
                   profile.months_offered,
                   profile.capacity,
                   DoneText(enrolment.done),
                   Words(enrolment.reasons),
                   enrolment.end_reason,
                   clock::ToMicros(row.created),
                   row.version,
                   Words(profile.goals),
                   int64_t{profile.preferences.consent},
                   Words(profile.preferences.wishes),
                   Words(profile.preferences.required),
                   Words(profile.preferences.attributes),
                   row.attested.empty() ? database::Value() : database::Bytes{row.attested}};
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

absl::Status UpdateEnrolment(database::Transaction& tx, EnrolmentRow& row) {
  const domain::Enrolment& enrolment = row.enrolment;
  const domain::Profile& profile = enrolment.profile;
  Params params = {row.id,
                   row.version,
                   static_cast<int64_t>(enrolment.state),
                   profile.noc,
                   profile.naics,
                   Words(profile.languages),
                   profile.fsa,
                   Words(profile.availability),
                   profile.years_experience,
                   profile.years_in_region,
                   profile.months_offered,
                   profile.capacity,
                   DoneText(enrolment.done),
                   Words(enrolment.reasons),
                   enrolment.end_reason,
                   Words(profile.goals),
                   int64_t{profile.preferences.consent},
                   Words(profile.preferences.wishes),
                   Words(profile.preferences.required),
                   Words(profile.preferences.attributes)};
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result, tx.Query(kUpdate, std::move(params)));
  if (result.affected != 1) return status::VersionConflict("registration_enrolment");
  ++row.version;
  return absl::OkStatus();
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
  return FromRows(
      reader.Query(Sql().of_organization, {filter.program, first, after.business_key, last,
                                           int64_t{limit}, filter.organization, filter.state}));
}

absl::StatusOr<std::vector<EnrolmentRow>> ListOfPerson(database::Reader& reader,
                                                       const EnrolmentFilter& filter,
                                                       const EnrolmentCursor& after, int limit) {
  return FromRows(
      reader.Query(Sql().of_person, {filter.person, after.program, after.role, after.business_key,
                                     filter.program, filter.role, filter.state, int64_t{limit}}));
}

}  // namespace tremplin::registration::store
