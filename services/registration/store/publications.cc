#include "services/registration/store/publications.h"

#include <utility>

#include "common/clock/clock.h"
#include "common/status/error.h"
#include "common/status/macros.h"

namespace tremplin::registration::store {
namespace {

constexpr std::string_view kLatestFacts =
    "SELECT version, digest, published_us, registry FROM registration_facts "
    "ORDER BY version DESC LIMIT 1";
constexpr std::string_view kInsertFacts =
    "INSERT INTO registration_facts (version, digest, published_us, registry) "
    "VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
constexpr std::string_view kLatest =
    "SELECT version, digest, published_us FROM registration_publication WHERE program_id = $1 "
    "ORDER BY version DESC LIMIT 1";
constexpr std::string_view kGet =
    "SELECT version, digest, published_us FROM registration_publication WHERE program_id = $1 "
    "AND version = $2";
constexpr std::string_view kInsert =
    "INSERT INTO registration_publication (program_id, version, digest, published_us) "
    "VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
constexpr std::string_view kPrograms =
    "SELECT program_id FROM registration_publication WHERE version = 1 AND program_id > $1 "
    "ORDER BY program_id LIMIT $2";

absl::StatusOr<Publication> One(absl::StatusOr<database::Result> result) {
  if (!result.ok()) return std::move(result).status();
  if (result->rows.empty()) return Publication{};
  const database::Row& row = result->rows[0];
  return Publication{.version = row.Int(0), .digest = row.Text(1), .published = row.Time(2)};
}

}  // namespace

absl::StatusOr<PublishedFacts> LatestFacts(database::Reader& reader) {
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result, reader.Query(kLatestFacts));
  if (result.rows.empty()) return PublishedFacts{};
  const database::Row& row = result.rows[0];
  return PublishedFacts{
      .publication = {.version = row.Int(0), .digest = row.Text(1), .published = row.Time(2)},
      .registry = row.Blob(3)};
}

absl::Status InsertFacts(database::Transaction& tx, const PublishedFacts& facts) {
  const Publication& publication = facts.publication;
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result,
                            tx.Query(kInsertFacts, {publication.version, publication.digest,
                                                    clock::ToMicros(publication.published),
                                                    database::Bytes{facts.registry}}));
  if (result.affected != 1) return status::VersionConflict("registration_facts");
  return absl::OkStatus();
}

absl::StatusOr<Publication> LatestPublication(database::Reader& reader, std::string_view program) {
  return One(reader.Query(kLatest, {std::string(program)}));
}

absl::StatusOr<Publication> GetPublication(database::Reader& reader, std::string_view program,
                                           int64_t version) {
  return One(reader.Query(kGet, {std::string(program), version}));
}

absl::Status InsertPublication(database::Transaction& tx, std::string_view program,
                               const Publication& publication) {
  TREMPLIN_ASSIGN_OR_RETURN(
      const database::Result result,
      tx.Query(kInsert, {std::string(program), publication.version, publication.digest,
                         clock::ToMicros(publication.published)}));
  if (result.affected != 1) return status::VersionConflict("registration_publication");
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> ListProgramIds(database::Reader& reader,
                                                        std::string_view after, int limit) {
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result,
                            reader.Query(kPrograms, {std::string(after), int64_t{limit}}));
  std::vector<std::string> ids;
  for (const database::Row& row : result.rows) ids.push_back(row.Text(0));
  return ids;
}

}  // namespace tremplin::registration::store
