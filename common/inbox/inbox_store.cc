#include "common/inbox/inbox_store.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "common/clock/clock.h"
#include "common/events/event.h"
#include "common/inbox/inbox.h"
#include "common/status/macros.h"
#include "common/text/text.h"

namespace tremplin::inbox {

using database::Bytes;

// In {service}_inbox the growing seq serves pruning: oldest rows first, without an index on time.
const std::string_view kInboxSchemaSql = R"sql(
CREATE TABLE {service}_inbox (
  seq {identity},
  consumer TEXT NOT NULL,
  source TEXT NOT NULL,
  event_id TEXT NOT NULL,
  received_us BIGINT NOT NULL,
  UNIQUE (event_id, source, consumer)
);
CREATE TABLE {service}_dead_letter (
  id {identity},
  topic TEXT NOT NULL,
  log_partition BIGINT NOT NULL,
  log_offset BIGINT NOT NULL,
  headers {bytes} NOT NULL,
  key {bytes} NOT NULL,
  value {bytes} NOT NULL,
  source TEXT NOT NULL,
  event_id TEXT NOT NULL,
  type TEXT NOT NULL,
  error TEXT NOT NULL,
  attempts BIGINT NOT NULL,
  failed BIGINT NOT NULL,
  parked_behind BIGINT NOT NULL,
  at_us BIGINT NOT NULL
);
CREATE UNIQUE INDEX {service}_dead_letter_key ON {service}_dead_letter (topic, key)
  WHERE length(key) > 0;
CREATE INDEX {service}_dead_letter_failed ON {service}_dead_letter (failed, id);
CREATE TABLE {service}_parked (
  seq {identity},
  topic TEXT NOT NULL,
  log_partition BIGINT NOT NULL,
  log_offset BIGINT NOT NULL,
  headers {bytes} NOT NULL,
  key {bytes} NOT NULL,
  value {bytes} NOT NULL,
  source TEXT NOT NULL,
  event_id TEXT NOT NULL,
  type TEXT NOT NULL,
  at_us BIGINT NOT NULL
);
CREATE INDEX {service}_parked_key ON {service}_parked (topic, key, seq);
CREATE TABLE {service}_discarded (
  id {identity},
  topic TEXT NOT NULL,
  log_partition BIGINT NOT NULL,
  log_offset BIGINT NOT NULL,
  headers {bytes} NOT NULL,
  key {bytes} NOT NULL,
  value {bytes} NOT NULL,
  source TEXT NOT NULL,
  event_id TEXT NOT NULL,
  type TEXT NOT NULL,
  error TEXT NOT NULL,
  discarded_by TEXT NOT NULL,
  reason TEXT NOT NULL,
  discarded_us BIGINT NOT NULL
);
)sql";

namespace {

constexpr int kPruneRows = 1000;
constexpr size_t kErrorBytes = 500;
constexpr size_t kMarkSizes = 7;  // up to 64 events in a statement
constexpr std::string_view kEntryColumns =
    "topic, log_partition, log_offset, headers, key, value, source, event_id, type";

database::Params EntryParams(const Entry& entry) {
  return {entry.record.topic,
          int64_t{entry.record.partition},
          entry.record.offset,
          Bytes{events::PackHeaders(entry.record.headers)},
          Bytes{entry.record.key},
          Bytes{entry.record.value},
          entry.inbox_key.source,
          entry.inbox_key.event_id,
          entry.type};
}

absl::StatusOr<Entry> ReadEntry(const database::Row& row, size_t first) {
  auto headers = events::UnpackHeaders(row.Blob(first + 3));
  if (!headers.ok()) return headers.status();
  return Entry{.record = {.topic = row.Text(first),
                          .partition = static_cast<int32_t>(row.Int(first + 1)),
                          .offset = row.Int(first + 2),
                          .headers = *std::move(headers),
                          .key = row.Blob(first + 4),
                          .value = row.Blob(first + 5)},
               .inbox_key = {row.Text(first + 6), row.Text(first + 7)},
               .type = row.Text(first + 8)};
}

absl::StatusOr<std::vector<Head>> ReadHeads(const database::Result& result) {
  std::vector<Head> heads;
  for (const database::Row& row : result.rows) {
    TREMPLIN_ASSIGN_OR_RETURN(Entry entry, ReadEntry(row, 6));
    heads.push_back(Head{.id = row.Int(0),
                         .entry = std::move(entry),
                         .error = row.Text(1),
                         .attempts = static_cast<int>(row.Int(2)),
                         .failed = row.Int(3) != 0,
                         .parked_behind = row.Int(4),
                         .at = clock::FromMicros(row.Int(5))});
  }
  return heads;
}

}  // namespace

std::string DescribeFailure(const absl::Status& status) {
  std::string text = text::Cat(absl::StatusCodeToString(status.code()), ": ", status.message());
  if (text.size() > kErrorBytes) text.resize(kErrorBytes);
  for (char& c : text) {
    if (!absl::ascii_isprint(static_cast<unsigned char>(c))) c = '?';
  }
  return text;
}

InboxStore::InboxStore(const std::string& service) : service_(service) {
  const std::string inbox = service + "_inbox";
  const std::string dead = service + "_dead_letter";
  const std::string parked = service + "_parked";
  mark_ = text::Cat("INSERT INTO ", inbox,
                    " (consumer, source, event_id, received_us) VALUES ($1, $2, $3, $4) "
                    "ON CONFLICT (event_id, source, consumer) DO NOTHING");
  for (size_t size = 0; size < kMarkSizes; ++size) {
    std::string rows = "($1, $3, $4, $2)";
    for (size_t i = 1; i < size_t{1} << size; ++i) {
      rows += text::Cat(", ($1, $", 3 + 2 * i, ", $", 4 + 2 * i, ", $2)");
    }
    mark_new_.push_back(text::Cat("INSERT INTO ", inbox,
                                  " (consumer, source, event_id, received_us) VALUES ", rows));
  }
  is_marked_ =
      text::Cat("SELECT 1 FROM ", inbox, " WHERE event_id = $1 AND source = $2 AND consumer = $3");
  add_ = text::Cat("INSERT INTO ", dead, " (", kEntryColumns,
                   ", error, attempts, failed, parked_behind, at_us) VALUES ($1, $2, $3, $4, $5, "
                   "$6, $7, $8, $9, $10, $11, 1, 0, $12)");
  park_count_ = text::Cat("UPDATE ", dead,
                          " SET parked_behind = parked_behind + 1 WHERE topic = $1 AND key = $2 "
                          "AND length(key) > 0");
  park_ = text::Cat("INSERT INTO ", parked, " (", kEntryColumns,
                    ", at_us) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)");
  lock_ = text::Cat("UPDATE ", dead,
                    " SET attempts = attempts + 1 WHERE id = $1 AND log_partition = $2 AND "
                    "log_offset = $3");
  fail_ = text::Cat("UPDATE ", dead, " SET failed = 1, error = $2, at_us = $3 WHERE id = $1");
  first_parked_ = text::Cat("SELECT seq, ", kEntryColumns, " FROM ", parked,
                            " WHERE topic = $1 AND key = $2 ORDER BY seq LIMIT 1");
  replace_ = text::Cat("UPDATE ", dead,
                       " SET topic = $1, log_partition = $2, log_offset = $3, headers = $4, "
                       "key = $5, value = $6, source = $7, event_id = $8, type = $9, error = '', "
                       "attempts = 0, failed = 0, parked_behind = parked_behind - 1, at_us = $10 "
                       "WHERE id = $11");
  unpark_ = text::Cat("DELETE FROM ", parked, " WHERE seq = $1");
  remove_ = text::Cat("DELETE FROM ", dead, " WHERE id = $1");
  any_ = text::Cat("SELECT 1 FROM ", dead, " LIMIT 1");
  blocked_ = text::Cat("SELECT 1 FROM ", dead,
                       " WHERE topic = $1 AND key = $2 AND length(key) > 0 LIMIT 1");
  const std::string select = text::Cat("SELECT id, error, attempts, failed, parked_behind, at_us, ",
                                       kEntryColumns, " FROM ", dead);
  heads_ = text::Cat(select, " WHERE failed = $1 AND ($2 = '' OR type = $2) ORDER BY id LIMIT $3");
  head_by_id_ = text::Cat(select, " WHERE id = $1");
  count_ = text::Cat("SELECT COUNT(*) FROM ", dead, " WHERE failed = 1");
  runnable_ = text::Cat("SELECT COUNT(*), CAST(SUM(parked_behind) AS BIGINT) FROM ", dead,
                        " WHERE failed = 0");
  prune_ = text::Cat("DELETE FROM ", inbox, " WHERE received_us < $1 AND seq IN (SELECT seq FROM ",
                     inbox, " ORDER BY seq LIMIT $2)");
}

absl::StatusOr<bool> InboxStore::Mark(database::Transaction& tx, InboxKey key,
                                      absl::Time now) const {
  const auto result = tx.Query(
      mark_, {service_, std::move(key.source), std::move(key.event_id), clock::ToMicros(now)});
  if (!result.ok()) return result.status();
  return result->affected > 0;
}

absl::Status InboxStore::MarkNew(database::Transaction& tx, const std::vector<InboxKey>& keys,
                                 absl::Time now) const {
  size_t done = 0;
  for (size_t size = mark_new_.size(); size-- > 0;) {
    const size_t events = size_t{1} << size;
    for (; keys.size() - done >= events; done += events) {
      database::Params params = {service_, clock::ToMicros(now)};
      for (size_t i = done; i < done + events; ++i) {
        params.emplace_back(keys[i].source);
        params.emplace_back(keys[i].event_id);
      }
      TREMPLIN_RETURN_IF_ERROR(tx.Execute(mark_new_[size], std::move(params)));
    }
  }
  return absl::OkStatus();
}

absl::Status InboxStore::AddDeadLetter(database::Transaction& tx, const Entry& entry,
                                       std::string_view error, int attempts, absl::Time now) const {
  database::Params params = EntryParams(entry);
  params.emplace_back(std::string(error));
  params.emplace_back(int64_t{attempts});
  params.emplace_back(clock::ToMicros(now));
  return tx.Execute(add_, std::move(params));
}

absl::StatusOr<bool> InboxStore::Park(database::Transaction& tx, const Entry& entry,
                                      absl::Time now) const {
  const auto counted = tx.Query(park_count_, {entry.record.topic, Bytes{entry.record.key}});
  if (!counted.ok()) return counted.status();
  if (counted->affected == 0) return false;
  database::Params params = EntryParams(entry);
  params.emplace_back(clock::ToMicros(now));
  TREMPLIN_RETURN_IF_ERROR(tx.Execute(park_, std::move(params)));
  return true;
}

absl::StatusOr<bool> InboxStore::Lock(database::Transaction& tx, const Head& head) const {
  const auto result =
      tx.Query(lock_, {head.id, int64_t{head.entry.record.partition}, head.entry.record.offset});
  if (!result.ok()) return result.status();
  return result->affected > 0;
}

absl::Status InboxStore::Fail(database::Transaction& tx, const Head& head, std::string_view error,
                              absl::Time now) const {
  return tx.Execute(fail_, {head.id, std::string(error), clock::ToMicros(now)});
}

absl::StatusOr<bool> InboxStore::Promote(database::Transaction& tx, const Head& head,
                                         absl::Time now) const {
  const std::string& key = head.entry.record.key;
  if (key.empty()) {  // no key, no queue
    TREMPLIN_RETURN_IF_ERROR(tx.Execute(remove_, {head.id}));
    return false;
  }
  const auto parked = tx.Query(first_parked_, {head.entry.record.topic, Bytes{key}});
  if (!parked.ok()) return parked.status();
  if (parked->rows.empty()) {
    TREMPLIN_RETURN_IF_ERROR(tx.Execute(remove_, {head.id}));
    return false;
  }
  TREMPLIN_ASSIGN_OR_RETURN(const Entry next, ReadEntry(parked->rows[0], 1));
  database::Params params = EntryParams(next);
  params.emplace_back(clock::ToMicros(now));
  params.emplace_back(head.id);
  TREMPLIN_RETURN_IF_ERROR(tx.Execute(replace_, std::move(params)));
  TREMPLIN_RETURN_IF_ERROR(tx.Execute(unpark_, {parked->rows[0].Int(0)}));
  return true;
}

absl::Status InboxStore::RecordDiscarded(database::Transaction& tx, const Head& head,
                                         std::string_view by, std::string_view reason,
                                         absl::Time now) const {
  database::Params params = EntryParams(head.entry);
  params.insert(params.end(),
                {head.error, std::string(by), std::string(reason), clock::ToMicros(now)});
  return tx.Execute(text::Cat("INSERT INTO ", service_, "_discarded (", kEntryColumns,
                              ", error, discarded_by, reason, discarded_us) VALUES ($1, $2, $3, "
                              "$4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"),
                    std::move(params));
}

absl::Status InboxStore::Prune(database::Transaction& tx, absl::Time older_than) const {
  return tx.Execute(prune_, {clock::ToMicros(older_than), int64_t{kPruneRows}});
}

absl::StatusOr<bool> InboxStore::IsMarked(database::Reader& reader, InboxKey key) const {
  const auto result =
      reader.Query(is_marked_, {std::move(key.event_id), std::move(key.source), service_});
  if (!result.ok()) return result.status();
  return !result->rows.empty();
}

absl::StatusOr<std::set<KeyRef>> InboxStore::Blocked(database::Reader& reader,
                                                     const std::set<KeyRef>& keys) const {
  std::set<KeyRef> blocked;
  const auto any = reader.Query(any_, {});
  if (!any.ok()) return any.status();
  if (any->rows.empty()) return blocked;  // as nearly always
  for (const KeyRef& key : keys) {
    const auto result =
        reader.Query(blocked_, {std::string(key.first), Bytes{std::string(key.second)}});
    if (!result.ok()) return result.status();
    if (!result->rows.empty()) blocked.insert(key);
  }
  return blocked;
}

absl::StatusOr<std::vector<Head>> InboxStore::Heads(database::Reader& reader, bool failed,
                                                    std::string_view type_filter, int limit) const {
  const auto result =
      reader.Query(heads_, {int64_t{failed}, std::string(type_filter), int64_t{limit}});
  if (!result.ok()) return result.status();
  return ReadHeads(*result);
}

absl::StatusOr<std::vector<Head>> InboxStore::HeadById(database::Reader& reader, int64_t id) const {
  const auto result = reader.Query(head_by_id_, {id});
  if (!result.ok()) return result.status();
  return ReadHeads(*result);
}

absl::StatusOr<int64_t> InboxStore::CountDead(database::Reader& reader) const {
  const auto result = reader.Query(count_, {});
  if (!result.ok()) return result.status();
  return result->rows.at(0).Int(0);
}

absl::StatusOr<int64_t> InboxStore::CountRunnable(database::Reader& reader) const {
  const auto result = reader.Query(runnable_, {});
  if (!result.ok()) return result.status();
  return result->rows.at(0).Int(0) + result->rows.at(0).Int(1);
}

}  // namespace tremplin::inbox
