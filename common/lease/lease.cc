#include "common/lease/lease.h"

#include <utility>

#include "absl/time/clock.h"
#include "common/logging/logging.h"
#include "common/status/macros.h"
#include "common/text/text.h"

namespace tremplin::lease {

const std::string_view kLeaseSchemaSql = R"sql(
CREATE TABLE {service}_lease (
  id TEXT PRIMARY KEY,
  holder TEXT NOT NULL,
  epoch BIGINT NOT NULL,
  expires_us BIGINT NOT NULL
);
)sql";

namespace {

constexpr absl::Duration kDatabaseDeadline = absl::Seconds(5);
constexpr absl::Duration kRelease = absl::Seconds(2);

}  // namespace

absl::StatusOr<std::vector<Standing>> List(database::Database& db, const std::string& service,
                                           int limit) {
  TREMPLIN_ASSIGN_OR_RETURN(
      const database::Result result,
      database::ReadRows(
          db, {.tenant = database::Tenant::All(), .deadline = absl::Now() + kDatabaseDeadline},
          text::Cat("SELECT id, holder, epoch, expires_us FROM ", service,
                    "_lease ORDER BY id LIMIT $1"),
          {int64_t{limit}}));
  std::vector<Standing> leases;
  for (const database::Row& row : result.rows) {
    leases.push_back({.id = row.Text(0),
                      .holder = row.Text(1),
                      .epoch = row.Int(2),
                      .expires = clock::FromMicros(row.Int(3))});
  }
  return leases;
}

Leases::Leases(LeaseOptions options, database::Database& db, const clock::Clock& clock)
    : options_(std::move(options)), db_(db), clock_(clock) {
  const std::string table = options_.service + "_lease";
  take_sql_ = text::Cat("INSERT INTO ", table,
                        " (id, holder, epoch, expires_us) VALUES ($1, $2, 1, $3) "
                        "ON CONFLICT (id) DO UPDATE SET holder = excluded.holder, epoch = ",
                        table, ".epoch + 1, expires_us = excluded.expires_us");
  acquire_sql_ = text::Cat(take_sql_, " WHERE ", table, ".expires_us < $4 OR ", table,
                           ".holder = excluded.holder RETURNING epoch");
  take_sql_ += " RETURNING epoch";
  fence_sql_ = text::Cat("UPDATE ", table,
                         " SET expires_us = $1 WHERE id = $2 AND holder = $3 AND epoch = $4");
  release_sql_ = text::Cat("UPDATE ", table, " SET expires_us = 0 WHERE holder = $1");
}

std::optional<Leases::Held> Leases::Known(const std::string& id) {
  const std::lock_guard lock(mutex_);
  const auto found = held_.find(id);
  if (found == held_.end()) return std::nullopt;
  return found->second;
}

// Of two that come out of order the later epoch stays.
void Leases::Remember(const std::string& id, const Held& held) {
  const std::lock_guard lock(mutex_);
  Held& known = held_[id];
  if (held.epoch < known.epoch) return;
  if (held.epoch > known.epoch || held.expires > known.expires) known = held;
}

void Leases::Forget(const std::string& id, int64_t epoch) {
  const std::lock_guard lock(mutex_);
  const auto found = held_.find(id);
  if (found != held_.end() && found->second.epoch == epoch) held_.erase(found);
}

std::optional<int64_t> Leases::FreshEpoch(const std::string& id) {
  const std::optional<Held> known = Known(id);
  const bool fresh =
      known.has_value() && clock_.SystemNow() < known->expires - options_.term * 2 / 3;
  return fresh ? std::optional(known->epoch) : std::nullopt;
}

// Two threads that took the same lease at once would each have an epoch, and what the earlier one
// then writes be refused; so one of them asks, and the other finds what it was told.
absl::StatusOr<std::optional<int64_t>> Leases::Hold(const std::string& id) {
  if (const std::optional<int64_t> epoch = FreshEpoch(id)) return epoch;
  const std::lock_guard asking(asking_);
  if (const std::optional<int64_t> epoch = FreshEpoch(id)) return epoch;
  const std::optional<Held> known = Known(id);
  const absl::Time now = clock_.SystemNow();
  if (known.has_value() && now < known->expires) {
    const absl::Status prolonged =
        db_.Write({.lane_key = "lease/" + id,
                   .tenant = database::Tenant::All(),
                   .deadline = absl::Now() + kDatabaseDeadline},
                  [&](database::Transaction& tx) { return Fence(tx, id, known->epoch); });
    if (prolonged.ok()) return known->epoch;
    if (!absl::IsAborted(prolonged)) return prolonged;
  }
  return Acquire(id, From::kNobody);
}

absl::StatusOr<int64_t> Leases::Take(const std::string& id) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::optional<int64_t> epoch, Acquire(id, From::kAnybody));
  return *epoch;
}

absl::StatusOr<std::optional<int64_t>> Leases::Acquire(const std::string& id, From from) {
  const absl::Time now = clock_.SystemNow();
  Held held{0, now + options_.term};
  const auto write = [&](database::Transaction& tx) -> absl::Status {
    held.epoch = 0;
    database::Params params = {id, options_.holder, clock::ToMicros(held.expires)};
    if (from == From::kNobody) params.emplace_back(clock::ToMicros(now));
    const auto result =
        tx.Query(from == From::kNobody ? acquire_sql_ : take_sql_, std::move(params));
    if (!result.ok()) return result.status();
    if (!result->rows.empty()) held.epoch = result->rows[0].Int(0);
    return absl::OkStatus();
  };
  TREMPLIN_RETURN_IF_ERROR(db_.Write({.lane_key = "lease/" + id,
                                      .tenant = database::Tenant::All(),
                                      .deadline = absl::Now() + kDatabaseDeadline},
                                     write));
  if (held.epoch == 0) return std::nullopt;
  logging::Info("lease taken", {{"service", std::string_view(options_.service)},
                                {"lease", std::string_view(id)},
                                {"epoch", held.epoch}});
  Remember(id, held);
  return held.epoch;
}

absl::Status Leases::Fence(database::Transaction& tx, const std::string& id, int64_t epoch) {
  const absl::Time expires = clock_.SystemNow() + options_.term;
  TREMPLIN_ASSIGN_OR_RETURN(
      const database::Result fenced,
      tx.Query(fence_sql_, {clock::ToMicros(expires), id, options_.holder, epoch}));
  if (fenced.affected == 0) {
    logging::Warning("lease lost, the write is refused",
                     {{"service", std::string_view(options_.service)},
                      {"lease", std::string_view(id)},
                      {"epoch", epoch}});
    Forget(id, epoch);
    return absl::AbortedError("another replica has the lease");
  }
  tx.AfterCommit([this, id, epoch, expires] { Remember(id, {epoch, expires}); });
  return absl::OkStatus();
}

void Leases::Release() {
  {
    const std::lock_guard lock(mutex_);
    if (held_.empty()) return;
    held_.clear();
  }
  const absl::Status released = db_.Write(
      {.lane_key = "lease/", .tenant = database::Tenant::All(), .deadline = absl::Now() + kRelease},
      [&](database::Transaction& tx) { return tx.Execute(release_sql_, {options_.holder}); });
  if (released.ok()) return;
  logging::Warning("leases not given up", {{"service", std::string_view(options_.service)},
                                           {"error", std::string(released.message())}});
}

}  // namespace tremplin::lease
