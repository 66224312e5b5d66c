#include "services/registration/store/organizations.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/clock/clock.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "services/registration/messages.h"

namespace tremplin::registration::store {
namespace {

constexpr std::string_view kInsert =
    "INSERT INTO registration_organization (organization_id, title_en, title_fr, parts, "
    "created_us) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
constexpr std::string_view kInsertSite =
    "INSERT INTO registration_site (organization_id, position, site_id, title_en, title_fr, fsa) "
    "VALUES ($1, $2, $3, $4, $5, $6)";
constexpr std::string_view kGet =
    "SELECT organization_id, title_en, title_fr, parts, created_us FROM registration_organization "
    "WHERE organization_id = $1";
constexpr std::string_view kList =
    "SELECT organization_id, title_en, title_fr, parts, created_us FROM registration_organization "
    "WHERE organization_id > $1 ORDER BY organization_id LIMIT $2";
constexpr std::string_view kSites =
    "SELECT organization_id, site_id, title_en, title_fr, fsa FROM registration_site "
    "WHERE organization_id >= $1 AND organization_id <= $2 ORDER BY organization_id, position";

OrganizationRow FromRow(const database::Row& row) {
  OrganizationRow read{.id = row.Text(0), .title_en = row.Text(1), .title_fr = row.Text(2)};
  for (const auto part : absl::StrSplit(row.Text(3), ' ', absl::SkipEmpty())) {
    int64_t number = 0;
    if (absl::SimpleAtoi(part, &number)) read.parts.push_back(number);
  }
  read.created = row.Time(4);
  return read;
}

// Gives the organizations, which are in the order of ids, their sites.
absl::Status AddSites(database::Reader& reader, std::vector<OrganizationRow>& organizations) {
  if (organizations.empty()) return absl::OkStatus();
  TREMPLIN_ASSIGN_OR_RETURN(
      const database::Result result,
      reader.Query(kSites, {organizations.front().id, organizations.back().id}));
  auto organization = organizations.begin();
  for (const database::Row& row : result.rows) {
    while (organization->id != row.Text(0)) ++organization;
    organization->sites.push_back(
        {.id = row.Text(1), .title_en = row.Text(2), .title_fr = row.Text(3), .fsa = row.Text(4)});
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<bool> InsertOrganization(database::Transaction& tx, const OrganizationRow& row) {
  TREMPLIN_ASSIGN_OR_RETURN(
      const database::Result result,
      tx.Query(kInsert, {row.id, row.title_en, row.title_fr, absl::StrJoin(row.parts, " "),
                         clock::ToMicros(row.created)}));
  if (result.affected != 1) return false;
  int64_t position = 0;
  for (const SiteRow& site : row.sites) {
    TREMPLIN_RETURN_IF_ERROR(tx.Execute(
        kInsertSite, {row.id, position++, site.id, site.title_en, site.title_fr, site.fsa}));
  }
  return true;
}

absl::StatusOr<OrganizationRow> GetOrganization(database::Reader& reader, std::string_view id) {
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result, reader.Query(kGet, {std::string(id)}));
  if (result.rows.empty()) {
    return status::Error(absl::StatusCode::kNotFound, kOrganizationNotFound, {id});
  }
  std::vector<OrganizationRow> one = {FromRow(result.rows[0])};
  TREMPLIN_RETURN_IF_ERROR(AddSites(reader, one));
  return std::move(one[0]);
}

absl::StatusOr<std::vector<OrganizationRow>> ListOrganizations(database::Reader& reader,
                                                               std::string_view after, int limit) {
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result,
                            reader.Query(kList, {std::string(after), int64_t{limit}}));
  std::vector<OrganizationRow> rows;
  for (const database::Row& row : result.rows) rows.push_back(FromRow(row));
  TREMPLIN_RETURN_IF_ERROR(AddSites(reader, rows));
  return rows;
}

}  // namespace tremplin::registration::store
