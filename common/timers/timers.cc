#include "common/timers/timers.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "absl/time/clock.h"
#include "common/environment/backoff.h"
#include "common/logging/logging.h"
#include "common/text/text.h"

namespace tremplin::timers {

const std::string_view kTimersSchemaSql = R"sql(
CREATE TABLE {service}_timer (
  kind TEXT NOT NULL,
  key TEXT NOT NULL,
  due_us BIGINT NOT NULL,
  attempts BIGINT NOT NULL,
  next_try_us BIGINT NOT NULL,
  PRIMARY KEY (kind, key)
);
CREATE INDEX {service}_timer_due ON {service}_timer (due_us, kind, key);
)sql";

namespace {

constexpr int64_t kPerStep = 256;
// Fewer are not worth threads of their own.
constexpr size_t kMany = 8;
constexpr absl::Duration kDatabaseDeadline = absl::Seconds(10);
// For what was not served now: another replica's, or failed.
constexpr absl::Duration kLookSoon = absl::Milliseconds(50);
constexpr environment::Backoff kBackoff{absl::Seconds(1), absl::Minutes(5)};

database::ReadOptions Reading() {
  return {.tenant = database::Tenant::All(), .deadline = absl::Now() + kDatabaseDeadline};
}

database::WriteOptions Writing(std::string_view key) {
  return {.lane_key = std::string(key),
          .tenant = database::Tenant::All(),
          .deadline = absl::Now() + kDatabaseDeadline};
}

std::string_view Text(absl::string_view text) { return {text.data(), text.size()}; }

}  // namespace

Timers::Timers(std::string service, database::Database& db, const clock::Clock& clock, int at_once)
    : service_(std::move(service)), db_(db), clock_(clock), at_once_(at_once) {
  const std::string table = service_ + "_timer";
  set_sql_ = text::Cat("INSERT INTO ", table,
                       " (kind, key, due_us, attempts, next_try_us) VALUES ($1, $2, $3, 0, 0) "
                       "ON CONFLICT (kind, key) DO UPDATE SET due_us = excluded.due_us, "
                       "attempts = 0, next_try_us = 0");
  sooner_sql_ = text::Cat("INSERT INTO ", table,
                          " (kind, key, due_us, attempts, next_try_us) VALUES ($1, $2, $3, 0, 0) "
                          "ON CONFLICT (kind, key) DO UPDATE SET due_us = excluded.due_us, "
                          "attempts = 0, next_try_us = 0 WHERE ",
                          table, ".due_us > excluded.due_us");
  cancel_sql_ = text::Cat("DELETE FROM ", table, " WHERE kind = $1 AND key = $2");
  due_sql_ = text::Cat("SELECT kind, key, due_us, attempts FROM ", table,
                       " WHERE due_us <= $1 AND next_try_us <= $2 "
                       "ORDER BY due_us, kind, key LIMIT $3");
  delete_sql_ = text::Cat("DELETE FROM ", table, " WHERE kind = $1 AND key = $2 AND due_us = $3");
  postpone_sql_ = text::Cat("UPDATE ", table,
                            " SET attempts = attempts + 1, next_try_us = $4 "
                            "WHERE kind = $1 AND key = $2 AND due_us = $3");
  waiting_sql_ =
      text::Cat("SELECT kind, due_us FROM ", table, " ORDER BY due_us, kind, key LIMIT $1");
  next_sql_ = text::Cat("SELECT due_us FROM ", table, " ORDER BY due_us LIMIT 1");
}

void Timers::Handle(std::string kind, Fire fire) {
  together_.insert(kind);
  HandlePrepared(std::move(kind), [fire = std::move(fire)](const std::string& key, absl::Time due) {
    return Effect([&fire, key, due](database::Transaction& tx) { return fire(tx, key, due); });
  });
}

void Timers::HandlePrepared(std::string kind, Prepare prepare) {
  prepare_.insert_or_assign(std::move(kind), std::move(prepare));
}

void Timers::OnSet(std::function<void()> wake) { wake_ = std::move(wake); }

absl::Status Timers::Set(database::Transaction& tx, std::string_view kind, std::string_view key,
                         absl::Time due) const {
  const absl::Status status =
      tx.Execute(set_sql_, {std::string(kind), std::string(key), clock::ToMicros(due)});
  if (status.ok()) WakeAfter(tx);
  return status;
}

absl::Status Timers::SetSooner(database::Transaction& tx, std::string_view kind,
                               std::string_view key, absl::Time due) const {
  const absl::Status status =
      tx.Execute(sooner_sql_, {std::string(kind), std::string(key), clock::ToMicros(due)});
  if (status.ok()) WakeAfter(tx);
  return status;
}

void Timers::WakeAfter(database::Transaction& tx) const {
  tx.AfterCommit([set = set_, wake = wake_] {
    *set = true;
    if (wake) wake();
  });
}

absl::Status Timers::Cancel(database::Transaction& tx, std::string_view kind,
                            std::string_view key) const {
  return tx.Execute(cancel_sql_, {std::string(kind), std::string(key)});
}

absl::Duration Timers::Step() {
  if (IsQuiet()) return UntilDue();
  const int64_t business = clock::ToMicros(clock_.BusinessNow());
  const absl::Time now = clock_.SystemNow();
  const int64_t system = clock::ToMicros(now);
  std::erase_if(left_, [&](const auto& left) { return left.second <= now; });
  // Those left to others do not stand in the way of the rest.
  const auto most = kPerStep + static_cast<int64_t>(left_.size());
  const auto rows = database::ReadRows(db_, Reading(), due_sql_, {business, system, most});
  if (!rows.ok()) return kLookSoon;
  std::vector<Due> due;
  for (const database::Row& row : rows->rows) {
    Due one{row.Text(0), row.Text(1), row.Int(2), static_cast<int>(row.Int(3))};
    if (!left_.contains({one.kind, one.key})) due.push_back(std::move(one));
  }
  const std::vector<Fired> fired = FireAll(due);
  for (size_t i = 0; i < due.size(); ++i) {
    if (fired[i] != Fired::kLeft) continue;
    left_.insert_or_assign({due[i].kind, due[i].key}, clock_.SystemNow() + kLookAgain);
  }
  if (std::any_of(fired.begin(), fired.end(), [](Fired one) { return one != Fired::kLeft; })) {
    return absl::ZeroDuration();
  }
  if (rows->rows.empty()) KeepQuiet();
  return IsQuiet() ? UntilDue() : kLookSoon;
}

absl::Duration Timers::UntilDue() const {
  return std::min(
      {quiet_->due - clock_.BusinessNow(), quiet_->look_again - clock_.SteadyNow(), kLookAgain});
}

bool Timers::IsQuiet() const {
  return !*set_ && quiet_.has_value() && clock_.BusinessNow() < quiet_->due &&
         clock_.SteadyNow() < quiet_->look_again;
}

// After a look that found nothing to do. Failed timers that wait for their next try are due all the
// while, and looked for at each step.
void Timers::KeepQuiet() {
  quiet_.reset();
  // Before the look, so that none is missed that is set during it.
  *set_ = false;
  const auto next = NextDue();
  if (!next.ok()) return;
  quiet_ = Quiet{next->value_or(absl::InfiniteFuture()), clock_.SteadyNow() + kLookAgain};
}

std::vector<Timers::Fired> Timers::FireAll(absl::Span<const Due> due) {
  std::vector<Fired> all;
  for (size_t begin = 0; begin < due.size();) {
    size_t end = begin + 1;
    while (end < due.size() && due[end].due_us == due[begin].due_us &&
           due[end].kind == due[begin].kind) {
      ++end;
    }
    const std::vector<Fired> fired = FireTogether(due.subspan(begin, end - begin));
    all.insert(all.end(), fired.begin(), fired.end());
    begin = end;
  }
  return all;
}

std::vector<Timers::Fired> Timers::FireTogether(absl::Span<const Due> due) {
  std::vector<Fired> fired(due.size(), Fired::kDone);
  const bool many = due.size() >= kMany && together_.contains(due[0].kind);
  const size_t threads = many ? static_cast<size_t>(at_once_) : 1;
  const auto fire = [&](size_t first) {
    for (size_t i = first; i < due.size(); i += threads) fired[i] = FireOne(due[i]);
  };
  std::vector<std::jthread> others;
  for (size_t first = 1; first < threads; ++first) others.emplace_back(fire, first);
  fire(0);
  others.clear();
  return fired;
}

absl::StatusOr<Effect> Timers::PrepareOne(const Due& due) {
  const auto prepare = prepare_.find(due.kind);
  if (prepare == prepare_.end()) {
    return absl::UnimplementedError("no handler for the timer's kind");
  }
  return prepare->second(due.key, clock::FromMicros(due.due_us));
}

Timers::Fired Timers::FireOne(const Due& due) {
  absl::Status status;
  for (int i = 0; i < kPrepareTries; ++i) {
    const absl::StatusOr<Effect> effect = PrepareOne(due);
    if (effect.ok() && *effect == nullptr) return Fired::kLeft;
    status = effect.ok() ? Run(due, *effect) : effect.status();
    if (!absl::IsAborted(status)) break;
  }
  if (status.ok()) return Fired::kDone;
  Postpone(due, status);
  return Fired::kFailed;
}

// The row's deletion and its effect are one transaction. Who finds no row has lost a race, or the
// timer was set anew or cancelled meanwhile.
absl::Status Timers::Run(const Due& due, const Effect& effect) {
  return db_.Write(Writing(due.key), [&](database::Transaction& tx) -> absl::Status {
    const auto deleted = tx.Query(delete_sql_, {due.kind, due.key, due.due_us});
    if (!deleted.ok()) return deleted.status();
    if (deleted->affected == 0) return absl::OkStatus();
    return effect(tx);
  });
}

void Timers::Postpone(const Due& due, const absl::Status& why) {
  logging::Warning("timer failed, will be tried again", {{"service", std::string_view(service_)},
                                                         {"kind", std::string_view(due.kind)},
                                                         {"attempts", int64_t{due.attempts} + 1},
                                                         {"error", Text(why.message())}});
  const int64_t next_try_us =
      clock::ToMicros(clock_.SystemNow() + kBackoff.After(due.attempts + 1));
  // A database that does not take this either is asked again in the next Step.
  (void)db_.Write(Writing(due.key), [&](database::Transaction& tx) {
    return tx.Execute(postpone_sql_, {due.kind, due.key, due.due_us, next_try_us});
  });
}

absl::StatusOr<std::optional<absl::Time>> Timers::NextDue() {
  const auto result = database::ReadRows(db_, Reading(), next_sql_);
  if (!result.ok()) return result.status();
  if (result->rows.empty()) return std::optional<absl::Time>();
  return std::optional<absl::Time>(clock::FromMicros(result->rows[0].Int(0)));
}

absl::StatusOr<TimerWork> Timers::Waiting() {
  const absl::Time now = clock_.BusinessNow();
  const auto result = database::ReadRows(db_, Reading(), waiting_sql_, {kMostCounted + 1});
  if (!result.ok()) return result.status();
  TimerWork work;
  for (const auto& [kind, handler] : prepare_) work.kinds.try_emplace(kind);
  int64_t counted = 0;
  for (const database::Row& row : result->rows) {
    work.more = ++counted > kMostCounted;
    if (work.more) break;
    KindWork& kind = work.kinds[row.Text(0)];
    const absl::Time due = clock::FromMicros(row.Int(1));
    if (due > now) {
      if (!kind.next.has_value()) kind.next = due;
      continue;
    }
    ++kind.due;
    if (now - due > kLate) ++kind.late;
    kind.lateness = std::max(kind.lateness, now - due);
  }
  return work;
}

absl::Duration Timers::Lateness() {
  const auto next = NextDue();
  if (!next.ok() || !next->has_value()) return absl::ZeroDuration();
  return std::max(absl::ZeroDuration(), clock_.BusinessNow() - **next);
}

}  // namespace tremplin::timers
