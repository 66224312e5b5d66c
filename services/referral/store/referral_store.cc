#include "services/referral/store/referral_store.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <tuple>
#include <utility>

#include "common/clock/clock.h"
#include "common/database/columns.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/referral/store/codecs.h"

namespace tremplin::referral::store {
namespace {

using database::As;
using database::At;
using database::Micros;
using database::OrNever;

constexpr std::string_view kInsertOrganization =
    "INSERT INTO referral_organization (organization) VALUES ($1) "
    "ON CONFLICT (organization) DO NOTHING";
constexpr std::string_view kFindOrganization =
    "SELECT 1 FROM referral_organization WHERE organization = $1";

constexpr std::string_view kInsertFile =
    "INSERT INTO referral_file (referral_id, revision, agency, file) VALUES ($1, $2, $3, $4)";
constexpr std::string_view kGetFile =
    "SELECT file FROM referral_file WHERE referral_id = $1 AND revision = $2";
constexpr std::string_view kNewestFile =
    "SELECT f.revision, f.file, k.wrapped, k.master_id FROM referral_referral r JOIN referral_file "
    "f ON f.referral_id = r.id AND f.revision = r.revision JOIN referral_subject_key k ON "
    "k.subject = r.id WHERE r.id = $1";
constexpr std::string_view kPruneFiles =
    "DELETE FROM referral_file WHERE referral_id = $1 AND revision < $2 AND revision NOT IN "
    "(SELECT file_revision FROM referral_application WHERE referral_id = $1)";

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
// Affected by a statement that names the version it read.
absl::Status Changed(const absl::StatusOr<database::Result>& result, std::string_view what) {
  if (!result.ok()) return result.status();
  return result->affected == 0 ? status::VersionConflict(what) : absl::OkStatus();
}

using Referrals = database::Columns<ReferralRow>;

const Referrals& ReferralColumns() {
  static const auto* columns = new Referrals(
      "referral_referral",
      {At<&ReferralRow::id>("id").Fixed(), At<&ReferralRow::agency>("agency").Fixed(),
       As<SideName, &ReferralRow::side>("side").Fixed(),
       As<DoorName, &ReferralRow::door>("door").Fixed(),
       At<&ReferralRow::external_id>("external_id").Fixed(),
       At<&ReferralRow::space>("space").Fixed(), At<&ReferralRow::revision>("revision"),
       At<&ReferralRow::version>("version").Fixed(), At<&ReferralRow::digest>("digest"),
       At<&ReferralRow::language>("language"),
       At<&ReferralRow::possible_duplicate>("possible_duplicate"),
       As<Micros, &ReferralRow::created>("created_us").Fixed(),
       As<Micros, &ReferralRow::updated>("updated_us"),
       As<OrNever, &ReferralRow::silent_from>("silent_from_us")});
  return *columns;
}

// The column holds what was found when the content came; behind the others, whether there is a
// possible duplicate now.
std::string SelectReferrals(std::string_view rest) {
  return text::Cat(
      "SELECT ", ReferralColumns().List(),
      ", CASE WHEN EXISTS (SELECT 1 FROM referral_twin t WHERE t.referral_id = "
      "referral_referral.id AND t.across = 0 AND t.apart = 0) THEN CAST(1 AS BIGINT) ELSE CAST(0 "
      "AS BIGINT) END FROM referral_referral ",
      rest);
}

absl::StatusOr<ReferralRow> ReferralOf(const database::Row& row) {
  TREMPLIN_ASSIGN_OR_RETURN(ReferralRow referral, ReferralColumns().Read(row));
  referral.possible_duplicate = row.Int(ReferralColumns().size()) != 0;
  return referral;
}

absl::StatusOr<std::vector<ReferralRow>> ReferralsOf(absl::StatusOr<database::Result> result) {
  if (!result.ok()) return std::move(result).status();
  std::vector<ReferralRow> rows;
  rows.reserve(result->rows.size());
  for (const database::Row& row : result->rows) {
    TREMPLIN_ASSIGN_OR_RETURN(ReferralRow referral, ReferralOf(row));
    rows.push_back(std::move(referral));
  }
  return rows;
}

const database::Columns<ImportedRow>& ImportedColumns() {
  static const auto* columns = new database::Columns<ImportedRow>(
      "referral_imported_row",
      {At<&ImportedRow::row>("row_number").Fixed(), At<&ImportedRow::digest>("digest"),
       At<&ImportedRow::kind>("kind"), At<&ImportedRow::possible_duplicate>("possible_duplicate"),
       As<FindingBytes, &ImportedRow::findings>("findings")},
      {"referral_id", "source"});
  return *columns;
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

// Of each, what follows the columns is the program that it was found by.
database::Statement FindingReferrals(const Identity& identity) {
  static const auto* of_agency = new std::string(
      text::Cat("SELECT ", ReferralColumns().List(),
                ", '' FROM referral_referral WHERE agency = $1 AND side = $2 AND external_id = $3 "
                "AND space = ''"));
  static const auto* entries = new std::string(
      text::Cat("SELECT ", ReferralColumns().List("r"),
                ", a.program_id FROM referral_application a JOIN referral_referral r ON r.id = "
                "a.referral_id WHERE a.agency = '' AND a.side = $1 AND a.external_id = $2 ORDER BY "
                "a.program_id"));
  const std::string side(NameOf(identity.side));
  if (identity.agency.empty()) return {*entries, {side, identity.external_id}};
  return {*of_agency, {identity.agency, side, identity.external_id}};
}

absl::StatusOr<std::vector<Found>> FoundReferrals(const database::Result& answer) {
  std::vector<Found> found;
  for (const database::Row& row : answer.rows) {
    TREMPLIN_ASSIGN_OR_RETURN(ReferralRow referral, ReferralColumns().Read(row));
    found.push_back({std::move(referral), row.Text(ReferralColumns().size())});
  }
  return found;
}

absl::StatusOr<std::optional<ReferralRow>> GetReferral(Reader& reader, std::string_view id) {
  static const auto* sql = new std::string(SelectReferrals("WHERE id = $1"));
  TREMPLIN_ASSIGN_OR_RETURN(std::vector<ReferralRow> rows,
                            ReferralsOf(reader.Query(*sql, {std::string(id)})));
  if (rows.empty()) return std::nullopt;
  return std::move(rows.front());
}

absl::Status InsertReferral(Transaction& tx, const ReferralRow& row) {
  static const auto* sql = new std::string(ReferralColumns().Insert());
  return tx.Execute(*sql, ReferralColumns().Inserted(row));
}

absl::Status UpdateReferral(Transaction& tx, const ReferralRow& row) {
  static const auto* sql = new std::string(
      ReferralColumns().Update(2, ", version = version + 1 WHERE id = $1 AND version = $2"));
  return Changed(tx.Query(*sql, ReferralColumns().Changed(row, {row.id, row.version})), "referral");
}

absl::StatusOr<std::vector<ReferralRow>> ListReferralsByKey(Reader& reader,
                                                            std::string_view external_id,
                                                            const ReferralFilter& filter,
                                                            std::string_view program,
                                                            const ListKey& after, int limit) {
  static const auto* sql = new std::string(SelectReferrals(
      "WHERE external_id = $1 AND ($2 = '' OR agency = $2) AND ($3 = '' OR door = $3) AND ($4 = '' "
      "OR EXISTS (SELECT 1 FROM referral_application a WHERE a.referral_id = referral_referral.id "
      "AND a.program_id = $4)) AND (created_us, agency, side, space) > ($5, $6, $7, $8) ORDER BY "
      "created_us, agency, side, space LIMIT $9"));
  const std::string door =
      filter.door.has_value() ? std::string(NameOf(*filter.door)) : std::string();
  return ReferralsOf(reader.Query(
      *sql, {std::string(external_id), filter.agency, door, std::string(program), after.created_us,
             after.agency, after.side, after.program, int64_t{limit}}));
}

// One stream, or those of an agency's doors merged.
absl::StatusOr<std::vector<ReferralRow>> ListReferrals(Reader& reader, const ReferralFilter& filter,
                                                       const ListKey& after, int limit) {
  static const auto* all = new std::string(
      SelectReferrals("WHERE (created_us, agency, external_id, side, space) > ($1, $2, $3, $4, $5) "
                      "ORDER BY created_us, agency, external_id, side, space LIMIT $6"));
  static const auto* of_agency = new std::string(SelectReferrals(
      "WHERE agency = $1 AND door = $2 AND (created_us, external_id, side, space) > ($3, $4, $5, "
      "$6) ORDER BY created_us, external_id, side, space LIMIT $7"));
  if (filter.agency.empty()) {
    return ReferralsOf(reader.Query(*all, {after.created_us, after.agency, after.external_id,
                                           after.side, after.program, int64_t{limit}}));
  }
  std::vector<ReferralRow> rows;
  for (const Door door : DoorsOf(filter.door)) {
    TREMPLIN_ASSIGN_OR_RETURN(
        std::vector<ReferralRow> of_door,
        ReferralsOf(reader.Query(*of_agency,
                                 {filter.agency, std::string(NameOf(door)), after.created_us,
                                  after.external_id, after.side, after.program, int64_t{limit}})));
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
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result,
                            reader.Query(kGetFile, {std::string(referral), revision}));
  if (result.rows.empty()) return std::nullopt;
  return result.rows.front().Blob(0);
}

database::Statement FindingNewestFile(std::string_view referral) {
  return {kNewestFile, {std::string(referral)}};
}

std::optional<SealedFile> FoundFile(const database::Result& answer) {
  if (answer.rows.empty()) return std::nullopt;
  const database::Row& row = answer.rows.front();
  return SealedFile{row.Int(0), row.Blob(1), row.Blob(2), row.Text(3)};
}

absl::Status PruneFiles(Transaction& tx, std::string_view referral, int64_t latest) {
  return tx.Execute(kPruneFiles, {std::string(referral), latest});
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
  static const auto* sql = new std::string(
      ImportedColumns().Select("WHERE referral_id = $1 AND source = $2 ORDER BY row_number"));
  return ImportedColumns().ReadAll(
      reader.Query(*sql, {std::string(referral), std::string(source)}));
}

absl::Status SaveImportedRow(Transaction& tx, std::string_view referral, std::string_view source,
                             const ImportedRow& row) {
  static const auto* sql =
      new std::string(ImportedColumns().Upsert("referral_id, source, row_number"));
  return tx.Execute(*sql,
                    ImportedColumns().Inserted(row, {std::string(referral), std::string(source)}));
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
