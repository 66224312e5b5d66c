#include "services/referral/store/referral_store.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <tuple>
#include <utility>

#include "common/clock/clock.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"

namespace tremplin::referral::store {
namespace {

constexpr std::string_view kInsertOrganization =
    "INSERT INTO referral_organization (organization) VALUES ($1) "
    "ON CONFLICT (organization) DO NOTHING";
constexpr std::string_view kFindOrganization =
    "SELECT 1 FROM referral_organization WHERE organization = $1";

constexpr std::string_view kFindReferral =
    "SELECT id, agency, side, door, external_id, space, revision, version, digest, language, "
    "possible_duplicate, created_us, updated_us, silent_from_us, '' FROM referral_referral WHERE "
    "agency = $1 "
    "AND side = $2 AND external_id = $3 AND space = ''";
constexpr std::string_view kFindEntries =
    "SELECT r.id, r.agency, r.side, r.door, r.external_id, r.space, r.revision, r.version, "
    "r.digest, r.language, r.possible_duplicate, r.created_us, r.updated_us, r.silent_from_us, "
    "a.program_id "
    "FROM referral_application a JOIN referral_referral r ON r.id = a.referral_id WHERE "
    "a.agency = '' AND a.side = $1 AND a.external_id = $2 ORDER BY a.program_id";
constexpr std::string_view kGetReferral =
    "SELECT id, agency, side, door, external_id, space, revision, version, digest, language, "
    "CASE WHEN EXISTS (SELECT 1 FROM referral_twin t WHERE t.referral_id = referral_referral.id "
    "AND "
    "t.across = 0 AND t.apart = 0) THEN CAST(1 AS BIGINT) ELSE CAST(0 AS BIGINT) END, created_us, "
    "updated_us, silent_from_us FROM referral_referral WHERE id = $1";
constexpr std::string_view kInsertReferral =
    "INSERT INTO referral_referral (id, agency, side, door, external_id, space, revision, "
    "version, digest, language, possible_duplicate, created_us, updated_us, silent_from_us) VALUES "
    "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
constexpr std::string_view kUpdateReferral =
    "UPDATE referral_referral SET revision = $3, version = version + 1, digest = $4, "
    "language = $5, possible_duplicate = $6, updated_us = $7, silent_from_us = $8 WHERE id = $1 "
    "AND "
    "version = $2";
constexpr std::string_view kListReferrals =
    "SELECT id, agency, side, door, external_id, space, revision, version, digest, language, "
    "CASE WHEN EXISTS (SELECT 1 FROM referral_twin t WHERE t.referral_id = referral_referral.id "
    "AND "
    "t.across = 0 AND t.apart = 0) THEN CAST(1 AS BIGINT) ELSE CAST(0 AS BIGINT) END, created_us, "
    "updated_us, silent_from_us FROM referral_referral WHERE (created_us, "
    "agency, external_id, side, space) > ($1, $2, $3, $4, $5) ORDER BY created_us, agency, "
    "external_id, side, space LIMIT $6";
constexpr std::string_view kListReferralsOfAgency =
    "SELECT id, agency, side, door, external_id, space, revision, version, digest, language, "
    "CASE WHEN EXISTS (SELECT 1 FROM referral_twin t WHERE t.referral_id = referral_referral.id "
    "AND "
    "t.across = 0 AND t.apart = 0) THEN CAST(1 AS BIGINT) ELSE CAST(0 AS BIGINT) END, created_us, "
    "updated_us, silent_from_us FROM referral_referral WHERE agency = $1 AND "
    "door = $2 AND (created_us, external_id, side, space) > ($3, $4, $5, $6) ORDER BY "
    "created_us, external_id, side, space LIMIT $7";

constexpr std::string_view kListReferralsByKey =
    "SELECT id, agency, side, door, external_id, space, revision, version, digest, language, "
    "CASE WHEN EXISTS (SELECT 1 FROM referral_twin t WHERE t.referral_id = referral_referral.id "
    "AND t.across = 0 AND t.apart = 0) THEN CAST(1 AS BIGINT) ELSE CAST(0 AS BIGINT) END, "
    "created_us, updated_us, silent_from_us FROM referral_referral WHERE external_id = $1 AND "
    "($2 = '' OR agency = $2) AND ($3 = '' OR door = $3) AND ($4 = '' OR EXISTS (SELECT 1 FROM "
    "referral_application a WHERE a.referral_id = referral_referral.id AND a.program_id = $4)) AND "
    "(created_us, agency, side, space) > ($5, $6, $7, $8) ORDER BY created_us, agency, side, space "
    "LIMIT $9";

constexpr std::string_view kInsertFile =
    "INSERT INTO referral_file (referral_id, revision, agency, file) VALUES ($1, $2, $3, $4)";
constexpr std::string_view kGetFile =
    "SELECT file FROM referral_file WHERE referral_id = $1 AND revision = $2";
constexpr std::string_view kPruneFiles =
    "DELETE FROM referral_file WHERE referral_id = $1 AND revision < $2 AND revision NOT IN "
    "(SELECT file_revision FROM referral_application WHERE referral_id = $1)";

constexpr std::string_view kApplicationsOf =
    "SELECT id, referral_id, agency, side, door, external_id, program_id, program_version, "
    "file_revision, state, findings, consent, shares, staff_reasons, version, decided_us, "
    "created_us, updated_us, shares_from_us, silent_from_us, told_state, milestone, "
    "milestone_us FROM referral_application "
    "WHERE referral_id = $1 ORDER BY "
    "program_id";
constexpr std::string_view kGetApplication =
    "SELECT id, referral_id, agency, side, door, external_id, program_id, program_version, "
    "file_revision, state, findings, consent, shares, staff_reasons, version, decided_us, "
    "created_us, updated_us, shares_from_us, silent_from_us, told_state, milestone, "
    "milestone_us FROM referral_application "
    "WHERE id = $1";
constexpr std::string_view kInsertApplication =
    "INSERT INTO referral_application (id, referral_id, agency, side, door, external_id, "
    "program_id, program_version, file_revision, state, findings, consent, shares, "
    "staff_reasons, version, decided_us, created_us, updated_us, shares_from_us, silent_from_us, "
    "told_state) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, "
    "$17, "
    "$18, $19, $20, $21)";
constexpr std::string_view kUpdateApplication =
    "UPDATE referral_application SET version = $3, program_version = $4, file_revision = $5, "
    "state = $6, findings = $7, consent = $8, told_state = $9, staff_reasons = $10, decided_us = "
    "$11, updated_us = $12 WHERE id = $1 AND version = $2";
constexpr std::string_view kSaveMilestone =
    "UPDATE referral_application SET milestone = $2, milestone_us = $3 WHERE id = $1 AND "
    "milestone_us <= $3 AND (silent_from_us = 0 OR silent_from_us > $4)";
constexpr std::string_view kNextProgram =
    "SELECT MIN(program_id) FROM referral_application WHERE program_id > $1";
constexpr std::string_view kListByProgram =
    "SELECT id, referral_id, agency, side, door, external_id, program_id, program_version, "
    "file_revision, state, findings, consent, shares, staff_reasons, version, decided_us, "
    "created_us, updated_us, shares_from_us, silent_from_us, told_state, milestone, "
    "milestone_us FROM referral_application "
    "WHERE program_id = $1 AND state = $2 "
    "AND (created_us, agency, external_id, side) >= ($3, $4, $5, $6) ORDER BY created_us, "
    "agency, external_id, side LIMIT $7";
// By the state that the organization knows of, as the index has it.
constexpr std::string_view kListByAgency =
    "SELECT id, referral_id, agency, side, door, external_id, program_id, program_version, "
    "file_revision, state, findings, consent, shares, staff_reasons, version, decided_us, "
    "created_us, updated_us, shares_from_us, silent_from_us, told_state, milestone, "
    "milestone_us FROM referral_application "
    "WHERE agency = $1 AND door = $2 AND "
    "(CASE told_state WHEN '' THEN state ELSE told_state END) = $3 AND (created_us, external_id, "
    "program_id, side) >= ($4, $5, $6, $7) ORDER BY "
    "created_us, external_id, program_id, side LIMIT $8";
constexpr std::string_view kListByAgencyAndProgram =
    "SELECT id, referral_id, agency, side, door, external_id, program_id, program_version, "
    "file_revision, state, findings, consent, shares, staff_reasons, version, decided_us, "
    "created_us, updated_us, shares_from_us, silent_from_us, told_state, milestone, "
    "milestone_us FROM referral_application "
    "WHERE agency = $1 AND door = $2 AND "
    "(CASE told_state WHEN '' THEN state ELSE told_state END) = $3 AND (created_us, external_id, "
    "program_id, side) >= ($4, $5, $6, $7) AND "
    "program_id = $9 ORDER BY created_us, external_id, program_id, side LIMIT $8";
constexpr std::string_view kListFiled =
    "SELECT a.id, a.referral_id, a.agency, a.side, a.door, a.external_id, a.program_id, "
    "a.program_version, a.file_revision, a.state, a.findings, a.consent, a.shares, "
    "a.staff_reasons, a.version, a.decided_us, a.created_us, a.updated_us, a.shares_from_us, "
    "a.silent_from_us, a.told_state, a.milestone, a.milestone_us, f.file, "
    "k.wrapped, k.master_id FROM referral_application a JOIN referral_file f ON "
    "f.referral_id = a.referral_id AND f.revision = a.file_revision JOIN "
    "referral_subject_key k ON k.subject = a.referral_id WHERE a.program_id = $1 AND a.state "
    "= $2 AND (a.created_us, a.agency, a.external_id, a.side) > ($3, $4, $5, $6) ORDER BY "
    "a.created_us, a.agency, a.external_id, a.side LIMIT $7";

// What was not given is nobody's.
constexpr std::string_view kSaveKeys =
    "INSERT INTO referral_duplicate_key (referral_id, agency, origin, email, person) VALUES "
    "($1, $2, $3, $4, $5) ON CONFLICT (referral_id) DO UPDATE SET email = excluded.email, "
    "person = excluded.person";
constexpr std::string_view kListDuplicates =
    "SELECT o.referral_id, o.agency, 'email', l.other_id FROM referral_duplicate_key k "
    "JOIN referral_duplicate_key o ON o.email = k.email AND o.referral_id <> k.referral_id "
    "LEFT JOIN referral_link l ON l.referral_id = k.referral_id AND l.other_id = o.referral_id "
    "WHERE k.referral_id = $1 AND k.email <> '' UNION ALL "
    "SELECT o.referral_id, o.agency, 'name_and_birth_date', l.other_id "
    "FROM referral_duplicate_key k "
    "JOIN referral_duplicate_key o ON o.person = k.person AND o.referral_id <> k.referral_id "
    "LEFT JOIN referral_link l ON l.referral_id = k.referral_id AND l.other_id = o.referral_id "
    "WHERE k.referral_id = $1 AND k.person <> '' ORDER BY 2, 1, 3 LIMIT 500";

constexpr std::string_view kSharesAddress =
    "SELECT 1 FROM referral_duplicate_key WHERE email = $1 AND person <> '' AND person <> $2 AND "
    "referral_id <> $3 LIMIT 1";
constexpr std::string_view kSharesAddressInAgency =
    "SELECT 1 FROM referral_duplicate_key WHERE email = $1 AND person <> '' AND person <> $2 AND "
    "referral_id <> $3 AND agency = $4 LIMIT 1";
constexpr std::string_view kHasIdWithZeros =
    "SELECT 1 FROM referral_referral WHERE agency = $1 AND side = $2 AND external_id IN ($3, $4, "
    "$5, $6, $7, $8, $9, $10) LIMIT 1";
constexpr int kMostZeros = 8;  // as many as kHasIdWithZeros asks for
constexpr std::string_view kImportedRows =
    "SELECT row_number, digest, kind, possible_duplicate, findings FROM referral_imported_row "
    "WHERE "
    "referral_id = $1 AND source = $2 ORDER BY row_number";
constexpr std::string_view kSaveImportedRow =
    "INSERT INTO referral_imported_row (referral_id, source, row_number, digest, kind, "
    "possible_duplicate, findings) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (referral_id, "
    "source, row_number) DO UPDATE SET digest = excluded.digest, kind = excluded.kind, "
    "possible_duplicate = excluded.possible_duplicate, findings = excluded.findings";

// What no code of ours has written: a row that was damaged, or is a later release's. Read as
// anything else, it would be acted upon.
absl::Status Unreadable(std::string_view what, std::string_view id) {
  return absl::DataLossError(text::Cat("the ", what, " of ", id, " cannot be read"));
}

absl::StatusOr<ReferralRow> ReferralOf(const database::Row& row) {
  ReferralRow out;
  out.id = row.Text(0);
  out.agency = row.Text(1);
  out.side = SideOf(row.Text(2));
  out.door = DoorOf(row.Text(3));
  out.external_id = row.Text(4);
  out.space = row.Text(5);
  out.revision = row.Int(6);
  out.version = row.Int(7);
  out.digest = row.Text(8);
  out.language = row.Text(9);
  out.possible_duplicate = row.Int(10) != 0;
  out.created = row.Time(11);
  out.updated = row.Time(12);
  out.silent_from = FromMoment(row.Int(13));
  if (out.side == Side::SUBJECT_UNSPECIFIED) return Unreadable("side", out.id);
  if (out.door == Door::DOOR_UNSPECIFIED) return Unreadable("door", out.id);
  return out;
}

absl::StatusOr<ApplicationRow> ApplicationOfRow(const database::Row& row) {
  ApplicationRow out;
  out.id = row.Text(0);
  out.referral = row.Text(1);
  out.agency = row.Text(2);
  out.side = SideOf(row.Text(3));
  out.door = DoorOf(row.Text(4));
  out.external_id = row.Text(5);
  out.program = row.Text(6);
  out.program_version = row.Int(7);
  out.file_revision = row.Int(8);
  const std::optional<State> state = StateOf(row.Text(9));
  std::optional<std::vector<Finding>> findings = FindingsOf(row.Blob(10));
  out.consent = row.Int(11) != 0;
  out.sharing.shares = row.Int(12) != 0;
  std::optional<std::vector<std::string>> reasons = CodesOf(row.Blob(13));
  out.version = row.Int(14);
  out.decided = row.Time(15);
  out.created = row.Time(16);
  out.updated = row.Time(17);
  out.sharing.from = row.Time(18);
  out.sharing.silent_from = FromMoment(row.Int(19));
  const std::string told = row.Text(20);
  out.told_state = StateOf(told);
  out.milestone = row.Text(21);
  out.milestone_at = row.Time(22);
  if (out.side == Side::SUBJECT_UNSPECIFIED) return Unreadable("side", out.id);
  if (out.door == Door::DOOR_UNSPECIFIED) return Unreadable("door", out.id);
  if (!state.has_value() || (!told.empty() && !out.told_state.has_value())) {
    return Unreadable("state", out.id);
  }
  if (!findings.has_value() || !reasons.has_value()) return Unreadable("findings", out.id);
  out.state = *state;
  out.findings = *std::move(findings);
  out.staff_reasons = *std::move(reasons);
  return out;
}

template <class T, class Convert>
absl::StatusOr<std::vector<T>> Rows(const database::Result& result, Convert convert) {
  std::vector<T> rows;
  rows.reserve(result.rows.size());
  for (const database::Row& row : result.rows) {
    TREMPLIN_ASSIGN_OR_RETURN(T one, convert(row));
    rows.push_back(std::move(one));
  }
  return rows;
}

template <class T, class Convert>
absl::StatusOr<std::optional<T>> One(absl::StatusOr<database::Result> result, Convert convert) {
  if (!result.ok()) return std::move(result).status();
  if (result->rows.empty()) return std::nullopt;
  TREMPLIN_ASSIGN_OR_RETURN(T one, convert(result->rows[0]));
  return one;
}

// Affected by a statement that names the version it read.
absl::Status Changed(const absl::StatusOr<database::Result>& result, std::string_view what) {
  if (!result.ok()) return result.status();
  return result->affected == 0 ? status::VersionConflict(what) : absl::OkStatus();
}

int64_t Flag(bool value) { return value ? 1 : 0; }

// By which people come through an organization.
std::vector<Door> DoorsOf(std::optional<Door> door) {
  if (door.has_value()) return {*door};
  return {Door::DOOR_AGENCY, Door::DOOR_PROPOSER};
}

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

database::Statement FindingReferrals(const Identity& identity) {
  const std::string side(NameOf(identity.side));
  if (identity.agency.empty()) return {kFindEntries, {side, identity.external_id}};
  return {kFindReferral, {identity.agency, side, identity.external_id}};
}

absl::StatusOr<std::vector<Found>> FoundReferrals(const database::Result& answer) {
  return Rows<Found>(answer, [](const database::Row& row) -> absl::StatusOr<Found> {
    TREMPLIN_ASSIGN_OR_RETURN(ReferralRow referral, ReferralOf(row));
    return Found{std::move(referral), row.Text(14)};
  });
}

absl::StatusOr<std::optional<ReferralRow>> GetReferral(Reader& reader, std::string_view id) {
  return One<ReferralRow>(reader.Query(kGetReferral, {std::string(id)}), ReferralOf);
}

absl::Status InsertReferral(Transaction& tx, const ReferralRow& row) {
  return tx.Execute(kInsertReferral, {row.id, row.agency, std::string(NameOf(row.side)),
                                      std::string(NameOf(row.door)), row.external_id, row.space,
                                      row.revision, row.version, row.digest, row.language,
                                      Flag(row.possible_duplicate), clock::ToMicros(row.created),
                                      clock::ToMicros(row.updated), ToMoment(row.silent_from)});
}

absl::Status UpdateReferral(Transaction& tx, const ReferralRow& row) {
  return Changed(
      tx.Query(kUpdateReferral, {row.id, row.version, row.revision, row.digest, row.language,
                                 Flag(row.possible_duplicate), clock::ToMicros(row.updated),
                                 ToMoment(row.silent_from)}),
      "referral");
}

absl::StatusOr<std::vector<ReferralRow>> ListReferralsByKey(Reader& reader,
                                                            std::string_view external_id,
                                                            const ReferralFilter& filter,
                                                            std::string_view program,
                                                            const ListKey& after, int limit) {
  const std::string door =
      filter.door.has_value() ? std::string(NameOf(*filter.door)) : std::string();
  TREMPLIN_ASSIGN_OR_RETURN(
      const database::Result result,
      reader.Query(kListReferralsByKey,
                   {std::string(external_id), filter.agency, door, std::string(program),
                    after.created_us, after.agency, after.side, after.program, int64_t{limit}}));
  return Rows<ReferralRow>(result, ReferralOf);
}

// One stream, or those of an agency's doors merged.
absl::StatusOr<std::vector<ReferralRow>> ListReferrals(Reader& reader, const ReferralFilter& filter,
                                                       const ListKey& after, int limit) {
  if (filter.agency.empty()) {
    TREMPLIN_ASSIGN_OR_RETURN(
        const database::Result result,
        reader.Query(kListReferrals, {after.created_us, after.agency, after.external_id, after.side,
                                      after.program, int64_t{limit}}));
    return Rows<ReferralRow>(result, ReferralOf);
  }
  std::vector<ReferralRow> rows;
  for (const Door door : DoorsOf(filter.door)) {
    TREMPLIN_ASSIGN_OR_RETURN(
        const database::Result result,
        reader.Query(kListReferralsOfAgency,
                     {filter.agency, std::string(NameOf(door)), after.created_us, after.external_id,
                      after.side, after.program, int64_t{limit}}));
    TREMPLIN_ASSIGN_OR_RETURN(std::vector<ReferralRow> of_door,
                              Rows<ReferralRow>(result, ReferralOf));
    std::move(of_door.begin(), of_door.end(), std::back_inserter(rows));
  }
  const auto place = [](const ReferralRow& row) {
    return std::make_tuple(row.created, row.external_id, NameOf(row.side), row.space);
  };
  std::sort(rows.begin(), rows.end(),
            [&](const auto& a, const auto& b) { return place(a) < place(b); });
  if (rows.size() > static_cast<size_t>(limit)) rows.resize(static_cast<size_t>(limit));
  return rows;
}

ListKey KeyOf(const ReferralRow& row) {
  return {clock::ToMicros(row.created), row.agency, row.external_id, row.space,
          std::string(NameOf(row.side))};
}

std::string FileColumn(int64_t revision) { return text::Cat("file/", revision); }

absl::Status InsertFile(Transaction& tx, const ReferralRow& referral,
                        const database::Bytes& sealed) {
  return tx.Execute(kInsertFile, {referral.id, referral.revision, referral.agency, sealed});
}

absl::StatusOr<std::optional<std::string>> GetFile(Reader& reader, std::string_view referral,
                                                   int64_t revision) {
  return One<std::string>(
      reader.Query(kGetFile, {std::string(referral), revision}),
      [](const database::Row& row) -> absl::StatusOr<std::string> { return row.Blob(0); });
}

absl::Status PruneFiles(Transaction& tx, std::string_view referral, int64_t latest) {
  return tx.Execute(kPruneFiles, {std::string(referral), latest});
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
  return tx.Execute(kInsertApplication, {row.id,
                                         row.referral,
                                         row.agency,
                                         std::string(NameOf(row.side)),
                                         std::string(NameOf(row.door)),
                                         row.external_id,
                                         row.program,
                                         row.program_version,
                                         row.file_revision,
                                         std::string(NameOf(row.state)),
                                         BytesOf(row.findings),
                                         Flag(row.consent),
                                         Flag(row.sharing.shares),
                                         BytesOf(row.staff_reasons),
                                         row.version,
                                         clock::ToMicros(row.decided),
                                         clock::ToMicros(row.created),
                                         clock::ToMicros(row.updated),
                                         clock::ToMicros(row.sharing.from),
                                         ToMoment(row.sharing.silent_from),
                                         ToldName(row)});
}

absl::Status SaveMilestone(Transaction& tx, std::string_view application,
                           std::string_view milestone, absl::Time at, absl::Time told) {
  return tx.Execute(kSaveMilestone, {std::string(application), std::string(milestone),
                                     clock::ToMicros(at), clock::ToMicros(told)});
}

absl::Status UpdateApplication(Transaction& tx, const ApplicationRow& row, int64_t read_version) {
  return Changed(tx.Query(kUpdateApplication,
                          {row.id, read_version, row.version, row.program_version,
                           row.file_revision, std::string(NameOf(row.state)), BytesOf(row.findings),
                           Flag(row.consent), ToldName(row), BytesOf(row.staff_reasons),
                           clock::ToMicros(row.decided), clock::ToMicros(row.updated)}),
                 "application");
}

ListKey KeyOf(const ApplicationRow& row) {
  return {clock::ToMicros(row.created), row.agency, row.external_id, row.program,
          std::string(NameOf(row.side))};
}

// One indexed stream per state (and program, and door), merged: a page costs the same whatever the
// filter leaves out.
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
  const auto take = [&](const absl::StatusOr<database::Result>& result) -> absl::Status {
    if (!result.ok()) return result.status();
    for (const database::Row& row : result->rows) {
      TREMPLIN_ASSIGN_OR_RETURN(ApplicationRow application, ApplicationOfRow(row));
      if (after < KeyOf(application)) rows.push_back(std::move(application));
    }
    return absl::OkStatus();
  };
  const int64_t fetch = int64_t{limit} + 1;  // the first may be the last of the page before
  for (const std::string& program : programs) {
    for (const State state : states) {
      const std::string name(NameOf(state));
      if (filter.agency.empty()) {
        TREMPLIN_RETURN_IF_ERROR(
            take(reader.Query(kListByProgram, {program, name, after.created_us, after.agency,
                                               after.external_id, after.side, fetch})));
        continue;
      }
      for (const Door door : DoorsOf(filter.door)) {
        database::Params params = {filter.agency,
                                   std::string(NameOf(door)),
                                   name,
                                   after.created_us,
                                   after.external_id,
                                   after.program,
                                   after.side,
                                   fetch};
        if (!program.empty()) params.emplace_back(program);
        TREMPLIN_RETURN_IF_ERROR(take(reader.Query(
            program.empty() ? kListByAgency : kListByAgencyAndProgram, std::move(params))));
      }
    }
  }
  std::sort(rows.begin(), rows.end(),
            [](const auto& a, const auto& b) { return KeyOf(a) < KeyOf(b); });
  if (rows.size() > static_cast<size_t>(limit)) rows.resize(static_cast<size_t>(limit));
  return rows;
}

absl::StatusOr<std::vector<FiledApplication>> ListFiled(Reader& reader, std::string_view program,
                                                        State state, const ListKey& after,
                                                        int limit) {
  TREMPLIN_ASSIGN_OR_RETURN(
      const database::Result result,
      reader.Query(kListFiled, {std::string(program), std::string(NameOf(state)), after.created_us,
                                after.agency, after.external_id, after.side, int64_t{limit}}));
  return Rows<FiledApplication>(
      result, [](const database::Row& row) -> absl::StatusOr<FiledApplication> {
        TREMPLIN_ASSIGN_OR_RETURN(ApplicationRow application, ApplicationOfRow(row));
        return FiledApplication{std::move(application), row.Blob(23), row.Blob(24), row.Text(25)};
      });
}

// An organization's id never begins with a slash.
std::string OriginOf(const Identity& identity) {
  return identity.agency.empty() ? text::Cat("/", identity.external_id) : identity.agency;
}

absl::Status SaveDuplicateKeys(Transaction& tx, const ReferralRow& referral,
                               const DuplicateKeys& keys) {
  return tx.Execute(kSaveKeys, {referral.id, referral.agency,
                                OriginOf({referral.agency, referral.side, referral.external_id}),
                                keys.email, keys.person});
}

absl::StatusOr<bool> SharesAddress(Reader& reader, const DuplicateKeys& keys,
                                   std::string_view referral, std::string_view agency) {
  if (keys.email.empty() || keys.person.empty()) return false;
  std::vector<database::Value> params = {keys.email, keys.person, std::string(referral)};
  if (!agency.empty()) params.emplace_back(std::string(agency));
  TREMPLIN_ASSIGN_OR_RETURN(
      const database::Result result,
      reader.Query(agency.empty() ? kSharesAddress : kSharesAddressInAgency, std::move(params)));
  return !result.rows.empty();
}

absl::StatusOr<bool> HasIdWithZeros(Reader& reader, const Identity& identity) {
  const std::string& id = identity.external_id;
  if (identity.agency.empty() || id.find_first_not_of("0123456789") != std::string::npos) {
    return false;
  }
  std::vector<database::Value> params = {identity.agency, std::string(NameOf(identity.side))};
  for (int zeros = 1; zeros <= kMostZeros; ++zeros) {
    params.emplace_back(std::string(static_cast<size_t>(zeros), '0') + id);
  }
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result,
                            reader.Query(kHasIdWithZeros, std::move(params)));
  return !result.rows.empty();
}

absl::StatusOr<std::vector<ImportedRow>> ImportedRows(Reader& reader, std::string_view referral,
                                                      std::string_view source) {
  TREMPLIN_ASSIGN_OR_RETURN(
      const database::Result result,
      reader.Query(kImportedRows, {std::string(referral), std::string(source)}));
  std::vector<ImportedRow> rows;
  for (const database::Row& row : result.rows) {
    std::optional<std::vector<Finding>> findings = FindingsOf(row.Blob(4));
    if (!findings.has_value()) return Unreadable("imported findings", referral);
    rows.push_back({row.Int(0), row.Text(1), static_cast<int>(row.Int(2)), row.Int(3) != 0,
                    *std::move(findings)});
  }
  return rows;
}

absl::Status SaveImportedRow(Transaction& tx, std::string_view referral, std::string_view source,
                             const ImportedRow& row) {
  return tx.Execute(kSaveImportedRow, {std::string(referral), std::string(source), row.row,
                                       row.digest, static_cast<int64_t>(row.kind),
                                       Flag(row.possible_duplicate), BytesOf(row.findings)});
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

}  // namespace tremplin::referral::store
