#include "services/referral/store/referral_store.h"

#include <algorithm>
#include <map>
#include <utility>

#include "common/clock/clock.h"
#include "common/status/error.h"
#include "common/status/macros.h"

namespace tremplin::referral::store {
namespace {

constexpr std::string_view kInsertOrganization =
    "INSERT INTO referral_organization (organization) VALUES ($1) "
    "ON CONFLICT (organization) DO NOTHING";
constexpr std::string_view kFindOrganization =
    "SELECT 1 FROM referral_organization WHERE organization = $1";

constexpr std::string_view kFindReferral =
    "SELECT "
    "id, agency, external_id, revision, version, digest, language, consent, "
    "possible_duplicate, referred_on, created_us, updated_us"
    " FROM referral_referral WHERE agency = $1 AND external_id = $2";
constexpr std::string_view kGetReferral =
    "SELECT "
    "id, agency, external_id, revision, version, digest, language, consent, "
    "possible_duplicate, referred_on, created_us, updated_us"
    ", file FROM referral_referral WHERE id = $1";
constexpr std::string_view kInsertReferral =
    "INSERT INTO referral_referral ("
    "id, agency, external_id, revision, version, digest, language, consent, "
    "possible_duplicate, referred_on, created_us, updated_us"
    ", file) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
constexpr std::string_view kUpdateReferral =
    "UPDATE referral_referral SET revision = $3, version = version + 1, digest = $4, "
    "language = $5, consent = $6, possible_duplicate = $7, referred_on = $8, file = $9, "
    "updated_us = $10 WHERE id = $1 AND version = $2";
constexpr std::string_view kListReferrals =
    "SELECT "
    "id, agency, external_id, revision, version, digest, language, consent, "
    "possible_duplicate, referred_on, created_us, updated_us"
    " FROM referral_referral WHERE (created_us, agency, external_id) > ($1, $2, $3) "
    "ORDER BY created_us, agency, external_id LIMIT $4";
constexpr std::string_view kListReferralsOfAgency =
    "SELECT "
    "id, agency, external_id, revision, version, digest, language, consent, "
    "possible_duplicate, referred_on, created_us, updated_us"
    " FROM referral_referral WHERE agency = $1 AND (created_us, external_id) > ($2, $3) "
    "ORDER BY created_us, external_id LIMIT $4";

constexpr std::string_view kApplicationsOf =
    "SELECT "
    "id, referral_id, agency, external_id, program_id, program_version, state, findings, "
    "exemptions, staff_reasons, version, decided_us, created_us, updated_us"
    " FROM referral_application WHERE referral_id = $1 ORDER BY program_id";
constexpr std::string_view kGetApplication =
    "SELECT "
    "id, referral_id, agency, external_id, program_id, program_version, state, findings, "
    "exemptions, staff_reasons, version, decided_us, created_us, updated_us"
    " FROM referral_application WHERE id = $1";
constexpr std::string_view kInsertApplication =
    "INSERT INTO referral_application ("
    "id, referral_id, agency, external_id, program_id, program_version, state, findings, "
    "exemptions, staff_reasons, version, decided_us, created_us, updated_us"
    ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
constexpr std::string_view kUpdateApplication =
    "UPDATE referral_application SET program_version = $3, state = $4, findings = $5, "
    "exemptions = $6, staff_reasons = $7, version = version + 1, decided_us = $8, "
    "updated_us = $9 WHERE id = $1 AND version = $2";
constexpr std::string_view kNextProgram =
    "SELECT MIN(program_id) FROM referral_application WHERE program_id > $1";
constexpr std::string_view kListByProgram =
    "SELECT "
    "id, referral_id, agency, external_id, program_id, program_version, state, findings, "
    "exemptions, staff_reasons, version, decided_us, created_us, updated_us"
    " FROM referral_application WHERE program_id = $1 AND state = $2 "
    "AND (created_us, agency, external_id) >= ($3, $4, $5) "
    "ORDER BY created_us, agency, external_id LIMIT $6";
constexpr std::string_view kListByAgency =
    "SELECT "
    "id, referral_id, agency, external_id, program_id, program_version, state, findings, "
    "exemptions, staff_reasons, version, decided_us, created_us, updated_us"
    " FROM referral_application WHERE agency = $1 AND state = $2 "
    "AND (created_us, external_id, program_id) >= ($3, $4, $5) "
    "ORDER BY created_us, external_id, program_id LIMIT $6";
constexpr std::string_view kListByAgencyAndProgram =
    "SELECT "
    "id, referral_id, agency, external_id, program_id, program_version, state, findings, "
    "exemptions, staff_reasons, version, decided_us, created_us, updated_us"
    " FROM referral_application WHERE agency = $1 AND state = $2 "
    "AND (created_us, external_id, program_id) >= ($3, $4, $5) AND program_id = $7 "
    "ORDER BY created_us, external_id, program_id LIMIT $6";

// Ranges, not "<>": an agency may have any number of rows under one hash.
constexpr std::string_view kHasDuplicate =
    "SELECT 1 FROM referral_duplicate_key WHERE email = $1 AND agency < $3 UNION ALL "
    "SELECT 1 FROM referral_duplicate_key WHERE email = $1 AND agency > $3 UNION ALL "
    "SELECT 1 FROM referral_duplicate_key WHERE person = $2 AND agency < $3 UNION ALL "
    "SELECT 1 FROM referral_duplicate_key WHERE person = $2 AND agency > $3 LIMIT 1";
constexpr std::string_view kSaveKeys =
    "INSERT INTO referral_duplicate_key (referral_id, agency, email, person) "
    "VALUES ($1, $2, $3, $4) ON CONFLICT (referral_id) DO UPDATE SET "
    "email = excluded.email, person = excluded.person";
constexpr std::string_view kListDuplicates =
    "SELECT o.referral_id, o.agency, 'email', l.other_id FROM referral_duplicate_key k "
    "JOIN referral_duplicate_key o ON o.email = k.email AND o.agency <> k.agency "
    "LEFT JOIN referral_link l ON l.referral_id = k.referral_id AND l.other_id = o.referral_id "
    "WHERE k.referral_id = $1 UNION ALL "
    "SELECT o.referral_id, o.agency, 'name_and_birth_date', l.other_id "
    "FROM referral_duplicate_key k "
    "JOIN referral_duplicate_key o ON o.person = k.person AND o.agency <> k.agency "
    "LEFT JOIN referral_link l ON l.referral_id = k.referral_id AND l.other_id = o.referral_id "
    "WHERE k.referral_id = $1 ORDER BY 2, 1, 3 LIMIT 500";
constexpr std::string_view kInsertLink =
    "INSERT INTO referral_link (referral_id, other_id, linked_by, linked_us) "
    "VALUES ($1, $2, $3, $4), ($2, $1, $3, $4) ON CONFLICT (referral_id, other_id) DO NOTHING";

ReferralRow ReferralOf(const database::Row& row) {
  ReferralRow out;
  out.id = row.Text(0);
  out.agency = row.Text(1);
  out.external_id = row.Text(2);
  out.revision = row.Int(3);
  out.version = row.Int(4);
  out.digest = row.Text(5);
  out.language = row.Text(6);
  out.consent = row.Int(7) != 0;
  out.possible_duplicate = row.Int(8) != 0;
  out.referred_on = row.Text(9);
  out.created = row.Time(10);
  out.updated = row.Time(11);
  if (row.size() > 12) out.file = row.Blob(12);
  return out;
}

ApplicationRow ApplicationOfRow(const database::Row& row) {
  ApplicationRow out;
  out.id = row.Text(0);
  out.referral = row.Text(1);
  out.agency = row.Text(2);
  out.external_id = row.Text(3);
  out.program = row.Text(4);
  out.program_version = row.Int(5);
  out.state = StateOf(row.Text(6));
  out.findings = Unpack(row.Text(7));
  out.exemptions = UnpackCodes(row.Text(8));
  out.staff_reasons = UnpackCodes(row.Text(9));
  out.version = row.Int(10);
  out.decided = row.Time(11);
  out.created = row.Time(12);
  out.updated = row.Time(13);
  return out;
}

template <class T, class Convert>
std::vector<T> Rows(const database::Result& result, Convert convert) {
  std::vector<T> rows;
  rows.reserve(result.rows.size());
  for (const database::Row& row : result.rows) rows.push_back(convert(row));
  return rows;
}

template <class T, class Convert>
absl::StatusOr<std::optional<T>> One(absl::StatusOr<database::Result> result, Convert convert) {
  if (!result.ok()) return std::move(result).status();
  if (result->rows.empty()) return std::nullopt;
  return convert(result->rows[0]);
}

// Affected by a statement that names the version it read.
absl::Status Changed(const absl::StatusOr<database::Result>& result, std::string_view what) {
  if (!result.ok()) return result.status();
  return result->affected == 0 ? status::VersionConflict(what) : absl::OkStatus();
}

int64_t Flag(bool value) { return value ? 1 : 0; }

absl::StatusOr<std::vector<std::string>> Programs(Reader& reader) {
  std::vector<std::string> programs;
  std::string last;
  while (true) {
    TREMPLIN_ASSIGN_OR_RETURN(const database::Result next, reader.Query(kNextProgram, {last}));
    if (next.rows.empty() || next.rows[0].IsNull(0)) return programs;
    last = next.rows[0].Text(0);
    programs.push_back(last);
  }
}

}  // namespace

absl::Status AddOrganization(Transaction& tx, std::string_view organization) {
  return tx.Execute(kInsertOrganization, {std::string(organization)});
}

absl::StatusOr<bool> HasOrganization(Reader& reader, std::string_view organization) {
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result,
                            reader.Query(kFindOrganization, {std::string(organization)}));
  return !result.rows.empty();
}

absl::StatusOr<std::optional<ReferralRow>> FindReferral(Reader& reader, std::string_view agency,
                                                        std::string_view external_id) {
  database::Statement find = FindingReferral(agency, external_id);
  return One<ReferralRow>(reader.Query(find.sql, std::move(find.params)), ReferralOf);
}

database::Statement FindingReferral(std::string_view agency, std::string_view external_id) {
  return {kFindReferral, {std::string(agency), std::string(external_id)}};
}

absl::StatusOr<std::optional<ReferralRow>> GetReferral(Reader& reader, std::string_view id) {
  return One<ReferralRow>(reader.Query(kGetReferral, {std::string(id)}), ReferralOf);
}

absl::Status InsertReferral(Transaction& tx, const ReferralRow& row) {
  return tx.Execute(
      kInsertReferral,
      {row.id, row.agency, row.external_id, row.revision, row.version, row.digest, row.language,
       Flag(row.consent), Flag(row.possible_duplicate), row.referred_on,
       clock::ToMicros(row.created), clock::ToMicros(row.updated), database::Bytes{row.file}});
}

absl::Status UpdateReferral(Transaction& tx, const ReferralRow& row) {
  return Changed(
      tx.Query(kUpdateReferral, {row.id, row.version, row.revision, row.digest, row.language,
                                 Flag(row.consent), Flag(row.possible_duplicate), row.referred_on,
                                 database::Bytes{row.file}, clock::ToMicros(row.updated)}),
      "referral");
}

absl::StatusOr<std::vector<ReferralRow>> ListReferrals(Reader& reader, std::string_view agency,
                                                       const ListKey& after, int limit) {
  absl::StatusOr<database::Result> result =
      agency.empty() ? reader.Query(kListReferrals, {after.created_us, after.agency,
                                                     after.external_id, int64_t{limit}})
                     : reader.Query(kListReferralsOfAgency, {std::string(agency), after.created_us,
                                                             after.external_id, int64_t{limit}});
  if (!result.ok()) return std::move(result).status();
  return Rows<ReferralRow>(*result, ReferralOf);
}

ListKey KeyOf(const ReferralRow& row) {
  return {clock::ToMicros(row.created), row.agency, row.external_id, ""};
}

absl::StatusOr<std::vector<ApplicationRow>> ApplicationsOf(Reader& reader,
                                                           std::string_view referral) {
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result,
                            reader.Query(kApplicationsOf, {std::string(referral)}));
  return Rows<ApplicationRow>(result, ApplicationOfRow);
}

absl::StatusOr<std::optional<ApplicationRow>> GetApplication(Reader& reader, std::string_view id) {
  return One<ApplicationRow>(reader.Query(kGetApplication, {std::string(id)}), ApplicationOfRow);
}

absl::Status InsertApplication(Transaction& tx, const ApplicationRow& row) {
  return tx.Execute(
      kInsertApplication,
      {row.id, row.referral, row.agency, row.external_id, row.program, row.program_version,
       std::string(NameOf(row.state)), Pack(row.findings), PackCodes(row.exemptions),
       PackCodes(row.staff_reasons), row.version, clock::ToMicros(row.decided),
       clock::ToMicros(row.created), clock::ToMicros(row.updated)});
}

absl::Status UpdateApplication(Transaction& tx, const ApplicationRow& row) {
  return Changed(
      tx.Query(kUpdateApplication,
               {row.id, row.version, row.program_version, std::string(NameOf(row.state)),
                Pack(row.findings), PackCodes(row.exemptions), PackCodes(row.staff_reasons),
                clock::ToMicros(row.decided), clock::ToMicros(row.updated)}),
      "application");
}

ListKey KeyOf(const ApplicationRow& row) {
  return {clock::ToMicros(row.created), row.agency, row.external_id, row.program};
}

// One indexed stream per state (and program), merged: a page costs the same whatever the filter
// leaves out.
absl::StatusOr<std::vector<ApplicationRow>> ListApplications(Reader& reader,
                                                             const ApplicationFilter& filter,
                                                             const ListKey& after, int limit) {
  std::vector<State> states(std::begin(kAllStates), std::end(kAllStates));
  if (filter.state.has_value()) states = {*filter.state};
  std::vector<std::string> programs = {filter.program};
  if (filter.agency.empty() && filter.program.empty()) {
    TREMPLIN_ASSIGN_OR_RETURN(programs, Programs(reader));
  }
  std::vector<ApplicationRow> rows;
  for (const std::string& program : programs) {
    for (const State state : states) {
      const std::string name(NameOf(state));
      const int64_t fetch = int64_t{limit} + 1;  // the first may be the last of the page before
      absl::StatusOr<database::Result> result;
      if (filter.agency.empty()) {
        result = reader.Query(kListByProgram, {program, name, after.created_us, after.agency,
                                               after.external_id, fetch});
      } else {
        database::Params params = {filter.agency,     name,          after.created_us,
                                   after.external_id, after.program, fetch};
        if (!program.empty()) params.emplace_back(program);
        result = reader.Query(program.empty() ? kListByAgency : kListByAgencyAndProgram,
                              std::move(params));
      }
      if (!result.ok()) return std::move(result).status();
      for (const database::Row& row : result->rows) {
        ApplicationRow application = ApplicationOfRow(row);
        if (after < KeyOf(application)) rows.push_back(std::move(application));
      }
    }
  }
  std::sort(rows.begin(), rows.end(),
            [](const auto& a, const auto& b) { return KeyOf(a) < KeyOf(b); });
  if (rows.size() > static_cast<size_t>(limit)) rows.resize(static_cast<size_t>(limit));
  return rows;
}

absl::StatusOr<bool> HasDuplicate(Reader& reader, const DuplicateKeys& keys,
                                  std::string_view agency) {
  database::Statement find = FindingDuplicate(keys, agency);
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result,
                            reader.Query(find.sql, std::move(find.params)));
  return !result.rows.empty();
}

database::Statement FindingDuplicate(const DuplicateKeys& keys, std::string_view agency) {
  return {kHasDuplicate, {keys.email, keys.person, std::string(agency)}};
}

absl::Status SaveDuplicateKeys(Transaction& tx, std::string_view referral, std::string_view agency,
                               const DuplicateKeys& keys) {
  return tx.Execute(kSaveKeys,
                    {std::string(referral), std::string(agency), keys.email, keys.person});
}

absl::StatusOr<std::vector<Duplicate>> ListDuplicates(Reader& reader, std::string_view referral) {
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result,
                            reader.Query(kListDuplicates, {std::string(referral)}));
  std::vector<Duplicate> duplicates;
  for (const database::Row& row : result.rows) {
    if (duplicates.empty() || duplicates.back().referral != row.Text(0)) {
      duplicates.push_back({row.Text(0), row.Text(1), {}, !row.IsNull(3)});
    }
    duplicates.back().matched_by.push_back(row.Text(2));
  }
  return duplicates;
}

absl::Status Link(Transaction& tx, std::string_view referral, std::string_view other,
                  std::string_view by, absl::Time at) {
  return tx.Execute(kInsertLink, {std::string(referral), std::string(other), std::string(by),
                                  clock::ToMicros(at)});
}

}  // namespace tremplin::referral::store
