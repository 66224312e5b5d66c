#include "services/referral/store/link_store.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "common/clock/clock.h"
#include "common/status/macros.h"

namespace tremplin::referral::store {
namespace {

constexpr int64_t kMostTwins = 64;
constexpr size_t kMostLinked = 200;

// Each part is one look into an index; what was not given is nobody's.
constexpr std::string_view kFindTwins =
    "SELECT referral_id, CAST(1 AS BIGINT), CAST(0 AS BIGINT) FROM referral_duplicate_key WHERE "
    "email = $1 AND email <> '' UNION ALL "
    "SELECT referral_id, CAST(1 AS BIGINT), CAST(1 AS BIGINT) FROM referral_duplicate_key WHERE "
    "email = $2 AND email <> '' UNION ALL "
    "SELECT referral_id, CAST(2 AS BIGINT), CAST(0 AS BIGINT) FROM referral_duplicate_key WHERE "
    "person = $3 AND person <> '' UNION ALL "
    "SELECT referral_id, CAST(2 AS BIGINT), CAST(1 AS BIGINT) FROM referral_duplicate_key WHERE "
    "person = $4 AND person <> '' ORDER BY 3, 1, 2 LIMIT $5";
constexpr std::string_view kKnownTwins =
    "SELECT other_id FROM referral_twin WHERE referral_id = $1 AND apart = 0";
constexpr std::string_view kDropTwin =
    "DELETE FROM referral_twin WHERE ((referral_id = $1 AND other_id = $2) OR (referral_id = $2 "
    "AND other_id = $1)) AND apart = 0";
constexpr std::string_view kPutTwin =
    "INSERT INTO referral_twin (referral_id, other_id, by_email, by_person, across, apart, "
    "changed_by, changed_us) VALUES ($1, $2, $3, $4, $5, 0, '', $6), ($2, $1, $3, $4, $5, 0, '', "
    "$6) ON CONFLICT (referral_id, other_id) DO UPDATE SET by_email = excluded.by_email, by_person "
    "= excluded.by_person";
constexpr std::string_view kListTwins =
    "SELECT t.referral_id, t.other_id, t.by_email, t.by_person, CAST(0 AS BIGINT), t.apart, "
    "t.changed_by, "
    "t.changed_us FROM referral_twin t WHERE t.apart = $1 AND (t.changed_us, t.referral_id, "
    "t.other_id) > ($2, $3, $4) AND t.referral_id < t.other_id AND NOT EXISTS (SELECT 1 FROM "
    "referral_link l WHERE l.referral_id = t.referral_id AND l.other_id = t.other_id) ORDER BY "
    "t.changed_us, t.referral_id, t.other_id LIMIT $5";
constexpr std::string_view kKeepApart =
    "INSERT INTO referral_twin (referral_id, other_id, by_email, by_person, across, apart, "
    "changed_by, changed_us) VALUES ($1, $2, 0, 0, 0, 1, $3, $4), ($2, $1, 0, 0, 0, 1, $3, $4) ON "
    "CONFLICT (referral_id, other_id) DO UPDATE SET apart = 1, changed_by = excluded.changed_by, "
    "changed_us = excluded.changed_us";
constexpr std::string_view kTogether =
    "UPDATE referral_twin SET apart = 0 WHERE (referral_id = $1 AND other_id = $2) OR (referral_id "
    "= $2 AND other_id = $1)";

constexpr std::string_view kInsertLink =
    "INSERT INTO referral_link (referral_id, other_id, linked_by, linked_us) "
    "VALUES ($1, $2, $3, $4), ($2, $1, $3, $4) ON CONFLICT (referral_id, other_id) DO NOTHING";
constexpr std::string_view kDropLink =
    "DELETE FROM referral_link WHERE (referral_id = $1 AND other_id = $2) OR (referral_id = $2 AND "
    "other_id = $1)";
constexpr std::string_view kLog =
    "INSERT INTO referral_link_log (referral_id, other_id, action, done_by, done_us) VALUES ($1, "
    "$2, $3, $4, $5)";
constexpr std::string_view kListLinks =
    "SELECT l.referral_id, l.other_id, t.by_email, t.by_person, CAST(1 AS BIGINT), CAST(0 AS "
    "BIGINT), l.linked_by, l.linked_us "
    "FROM referral_link l LEFT JOIN referral_twin t ON t.referral_id = l.referral_id AND "
    "t.other_id = l.other_id WHERE (l.linked_us, l.referral_id, l.other_id) > ($1, $2, $3) AND "
    "l.referral_id < l.other_id ORDER BY l.linked_us, l.referral_id, l.other_id LIMIT $4";
constexpr std::string_view kFindLink =
    "SELECT l.referral_id, l.other_id, t.by_email, t.by_person, CAST(1 AS BIGINT), CAST(0 AS "
    "BIGINT), l.linked_by, l.linked_us "
    "FROM referral_link l LEFT JOIN referral_twin t ON t.referral_id = l.referral_id AND "
    "t.other_id = l.other_id WHERE l.referral_id = $1 AND l.other_id = $2";
constexpr std::string_view kFindTwin =
    "SELECT referral_id, other_id, by_email, by_person, CAST(0 AS BIGINT), apart, changed_by, "
    "changed_us FROM "
    "referral_twin WHERE referral_id = $1 AND other_id = $2";
constexpr std::string_view kLinked =
    "SELECT other_id FROM referral_link WHERE referral_id = $1 ORDER BY other_id";

PairRow PairOf(const database::Row& row) {
  return {row.Text(0),     row.Text(1),     row.Int(2) != 0, row.Int(3) != 0,
          row.Int(4) != 0, row.Int(5) != 0, row.Text(6),     row.Time(7)};
}

absl::StatusOr<std::vector<PairRow>> PairsOf(absl::StatusOr<database::Result> result) {
  if (!result.ok()) return std::move(result).status();
  std::vector<PairRow> rows;
  for (const database::Row& row : result->rows) rows.push_back(PairOf(row));
  return rows;
}

absl::Status Log(Transaction& tx, std::string_view referral, std::string_view other,
                 std::string_view action, std::string_view by, absl::Time at) {
  return tx.Execute(kLog, {std::string(referral), std::string(other), std::string(action),
                           std::string(by), clock::ToMicros(at)});
}

}  // namespace

database::Statement FindingTwins(const SidedKeys& keys) {
  return {kFindTwins,
          {keys.own.email, keys.other.email, keys.own.person, keys.other.person, kMostTwins}};
}

Twins FoundTwins(const database::Result& answer, std::string_view referral) {
  Twins twins;
  for (const database::Row& row : answer.rows) {
    if (row.Text(0) == referral) continue;
    Shared& shared = twins[row.Text(0)];
    (row.Int(1) == 1 ? shared.email : shared.person) = true;
    shared.across = row.Int(2) != 0;
  }
  return twins;
}

bool HasDuplicate(const Twins& twins) {
  return std::any_of(twins.begin(), twins.end(),
                     [](const auto& twin) { return !twin.second.across; });
}

absl::Status NoteTwins(Transaction& tx, std::string_view referral, const Twins& twins, bool known,
                       absl::Time at) {
  const std::string id(referral);
  if (known) {
    TREMPLIN_ASSIGN_OR_RETURN(const database::Result before, tx.Query(kKnownTwins, {id}));
    for (const database::Row& row : before.rows) {
      if (twins.contains(row.Text(0))) continue;
      TREMPLIN_RETURN_IF_ERROR(tx.Execute(kDropTwin, {id, row.Text(0)}));
    }
  }
  for (const auto& [other, shared] : twins) {
    TREMPLIN_RETURN_IF_ERROR(
        tx.Execute(kPutTwin, {id, other, int64_t{shared.email}, int64_t{shared.person},
                              int64_t{shared.across}, clock::ToMicros(at)}));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<PairRow>> ListSuggestions(Reader& reader, bool apart,
                                                     const ListKey& after, int limit) {
  return PairsOf(reader.Query(kListTwins, {int64_t{apart}, after.created_us, after.agency,
                                           after.external_id, int64_t{limit}}));
}

absl::Status KeepApart(Transaction& tx, std::string_view referral, std::string_view other,
                       std::string_view by, absl::Time at) {
  TREMPLIN_RETURN_IF_ERROR(tx.Execute(kKeepApart, {std::string(referral), std::string(other),
                                                   std::string(by), clock::ToMicros(at)}));
  return Log(tx, referral, other, "keep_apart", by, at);
}

absl::StatusOr<bool> Link(Transaction& tx, std::string_view referral, std::string_view other,
                          std::string_view by, absl::Time at) {
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result,
                            tx.Query(kInsertLink, {std::string(referral), std::string(other),
                                                   std::string(by), clock::ToMicros(at)}));
  if (result.affected == 0) return false;
  TREMPLIN_RETURN_IF_ERROR(tx.Execute(kTogether, {std::string(referral), std::string(other)}));
  TREMPLIN_RETURN_IF_ERROR(Log(tx, referral, other, "link", by, at));
  return true;
}

absl::StatusOr<bool> Unlink(Transaction& tx, std::string_view referral, std::string_view other,
                            std::string_view by, absl::Time at) {
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result,
                            tx.Query(kDropLink, {std::string(referral), std::string(other)}));
  if (result.affected == 0) return false;
  TREMPLIN_RETURN_IF_ERROR(Log(tx, referral, other, "unlink", by, at));
  return true;
}

absl::StatusOr<std::vector<PairRow>> ListLinks(Reader& reader, const ListKey& after, int limit) {
  return PairsOf(reader.Query(kListLinks,
                              {after.created_us, after.agency, after.external_id, int64_t{limit}}));
}

absl::StatusOr<std::optional<PairRow>> FindPair(Reader& reader, std::string_view referral,
                                                std::string_view other) {
  for (const std::string_view find : {kFindLink, kFindTwin}) {
    TREMPLIN_ASSIGN_OR_RETURN(const database::Result result,
                              reader.Query(find, {std::string(referral), std::string(other)}));
    if (!result.rows.empty()) return PairOf(result.rows[0]);
  }
  return std::nullopt;
}

absl::StatusOr<std::vector<std::string>> LinkedWith(Reader& reader, std::string_view referral) {
  std::set<std::string> found = {std::string(referral)};
  std::vector<std::string> open = {std::string(referral)};
  while (!open.empty() && found.size() < kMostLinked) {
    const std::string next = std::move(open.back());
    open.pop_back();
    TREMPLIN_ASSIGN_OR_RETURN(const database::Result result, reader.Query(kLinked, {next}));
    for (const database::Row& row : result.rows) {
      if (found.insert(row.Text(0)).second) open.push_back(row.Text(0));
    }
  }
  return std::vector<std::string>(found.begin(), found.end());
}

ListKey KeyOf(const PairRow& row) {
  return {clock::ToMicros(row.at), row.referral, row.other, "", ""};
}

}  // namespace tremplin::referral::store
