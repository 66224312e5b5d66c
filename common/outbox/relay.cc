#include <algorithm>
#include <array>
#include <mutex>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "common/environment/backoff.h"
#include "common/events/event.h"
#include "common/logging/logging.h"
#include "common/outbox/outbox.h"
#include "common/text/text.h"

namespace tremplin::outbox {
namespace {

using database::Params;
using database::Tenant;

constexpr size_t kDeleteArity = 32;
constexpr size_t kDeleteAtOnce = 256;  // so many confirmed rows do not wait for others
constexpr int kPagesPerStep = 64;
constexpr int64_t kBacklogCountLimit = 100'000;
constexpr absl::Duration kDatabaseDeadline = absl::Seconds(5);
constexpr environment::Backoff kBackoff{absl::Milliseconds(50), absl::Seconds(5)};

struct Report {
  std::string event_id;
  absl::Status status;
};

// Filled by the log's threads, emptied by Step. Shared, because a report may come late.
class Reports {
 public:
  void Add(const std::string& event_id, const absl::Status& status) {
    const std::lock_guard lock(mutex_);
    list_.push_back({event_id, status});
  }
  std::vector<Report> Take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(list_, {});
  }
  bool empty() {
    const std::lock_guard lock(mutex_);
    return list_.empty();
  }

 private:
  std::mutex mutex_;
  std::vector<Report> list_;
};

struct Row {
  int64_t seq = 0;
  events::Event event;
};

struct InFlight {
  int64_t seq = 0;
  std::string key;
};

// A key whose row `seq` failed: later rows wait for it.
struct Held {
  int64_t seq = 0;
  int failures = 0;
  absl::Time next_try;
};

struct Lease {
  bool held = false;
  int64_t epoch = 0;
  absl::Time expires = absl::InfinitePast();
};

struct Statements {
  explicit Statements(const std::string& service) {
    const std::string outbox = service + "_outbox";
    const std::string lease = service + "_relay_lease";
    read = text::Cat("SELECT seq, event_id, type, key, time_us, traceparent, data FROM ", outbox,
                     " WHERE seq > $1 ORDER BY seq LIMIT $2");
    std::string places = "$1";
    for (size_t i = 2; i <= kDeleteArity; ++i) places += text::Cat(", $", i);
    remove = text::Cat("DELETE FROM ", outbox, " WHERE seq IN (", places, ")");
    acquire = text::Cat("UPDATE ", lease,
                        " SET holder = $1, epoch = epoch + 1, expires_us = $2 "
                        "WHERE id = 1 AND (expires_us < $3 OR holder = $1) RETURNING epoch");
    fence = text::Cat("UPDATE ", lease,
                      " SET expires_us = $1 WHERE id = 1 AND holder = $2 AND epoch = $3");
    holder = text::Cat("SELECT holder, epoch, expires_us FROM ", lease, " WHERE id = 1");
    stats = text::Cat("SELECT (SELECT COUNT(*) FROM (SELECT 1 FROM ", outbox,
                      " LIMIT $1) AS counted), (SELECT created_us FROM ", outbox,
                      " ORDER BY seq LIMIT 1)");
  }
  std::string read, remove, acquire, fence, holder, stats;
};

}  // namespace

struct Relay::State {
  State(std::string name, database::Database& database, eventlog::EventLog& event_log,
        const clock::Clock& time, RelayOptions relay_options)
      : service(std::move(name)),
        db(database),
        log(event_log),
        clock(time),
        options(std::move(relay_options)),
        sql(service) {}

  database::WriteOptions Writing() const {
    return {.lane_key = service + "/relay",
            .tenant = Tenant::All(),
            .deadline = absl::Now() + kDatabaseDeadline};
  }
  database::ReadOptions Reading() const {
    return {.tenant = Tenant::All(), .deadline = absl::Now() + kDatabaseDeadline};
  }

  bool HoldLease();
  bool AcquireLease();
  bool RenewLease(const std::function<absl::Status(database::Transaction&)>& work, bool release);
  void Forget();
  void ApplyReports();
  void Failed(const InFlight& row, const absl::Status& status);
  bool DeleteConfirmed();
  bool DeletingIsDue() const;
  bool IsFull() const { return in_flight.size() >= static_cast<size_t>(options.in_flight); }
  bool MayPublish(const Row& row) const;
  std::vector<Row> ReadNew(bool* more);
  absl::Status Publish(std::vector<Row> rows);
  absl::Duration PublishNew();
  absl::Duration UntilConfirmed() const;
  absl::Duration Idle() const;

  const std::string service;
  database::Database& db;
  eventlog::EventLog& log;
  const clock::Clock& clock;
  const RelayOptions options;
  const Statements sql;
  const std::shared_ptr<Reports> reports = std::make_shared<Reports>();
  std::unique_ptr<eventlog::Producer> producer;
  Lease lease;
  std::unordered_map<std::string, InFlight> in_flight;  // by event id, until its row is deleted
  std::unordered_set<int64_t> in_flight_seqs;
  std::unordered_map<std::string, Held> held;              // by key
  std::vector<std::pair<std::string, int64_t>> confirmed;  // event id and seq, rows to delete
  absl::Time deleted = absl::InfinitePast();               // when rows were deleted last
  absl::Duration published;                                // when some were last; steady time
  int64_t scan_from = 0;  // where the next Step goes on when the last one could not see all rows
};

bool Relay::State::HoldLease() {
  const absl::Time now = clock.SystemNow();
  if (!lease.held) return AcquireLease();
  if (now < lease.expires - options.lease * 2 / 3) return true;
  RenewLease([](database::Transaction&) { return absl::OkStatus(); }, /*release=*/false);
  // A database that cannot be reached does not end the lease; time does.
  return lease.held && clock.SystemNow() < lease.expires;
}

bool Relay::State::AcquireLease() {
  const absl::Time now = clock.SystemNow();
  const absl::Time expires = now + options.lease;
  int64_t epoch = 0;
  const absl::Status status = db.Write(Writing(), [&](database::Transaction& tx) {
    epoch = 0;
    const auto result =
        tx.Query(sql.acquire, {options.holder, clock::ToMicros(expires), clock::ToMicros(now)});
    if (!result.ok()) return result.status();
    if (!result->rows.empty()) epoch = result->rows[0].Int(0);
    return absl::OkStatus();
  });
  if (!status.ok() || epoch == 0) return false;
  lease = {.held = true, .epoch = epoch, .expires = expires};
  logging::Info("relay has the lease", {{"relay", std::string_view(service)}, {"epoch", epoch}});
  return true;
}

// Runs `work` in a transaction that fails unless this relay still has its epoch, and prolongs the
// lease with it (or ends it). False when the work was not done.
bool Relay::State::RenewLease(const std::function<absl::Status(database::Transaction&)>& work,
                              bool release) {
  const absl::Time expires = release ? absl::UnixEpoch() : clock.SystemNow() + options.lease;
  bool lost = false;
  const absl::Status status = db.Write(Writing(), [&](database::Transaction& tx) {
    lost = false;
    const auto fence = tx.Query(sql.fence, {clock::ToMicros(expires), options.holder, lease.epoch});
    if (!fence.ok()) return fence.status();
    lost = fence->affected == 0;
    if (lost) return absl::FailedPreconditionError("another relay has the lease");
    return work(tx);
  });
  if (lost) {
    logging::Warning("relay lost its lease",
                     {{"relay", std::string_view(service)}, {"epoch", lease.epoch}});
    Forget();
    lease = Lease();
    return false;
  }
  if (status.ok()) {
    lease.expires = expires;
    return true;
  }
  logging::Warning("relay cannot write",
                   {{"relay", std::string_view(service)},
                    {"error", std::string_view(status.message().data(), status.message().size())}});
  return false;
}

// Everything is read from the table again. The producer goes too, so that nothing it still holds is
// sent later.
void Relay::State::Forget() {
  producer.reset();
  reports->Take();
  in_flight.clear();
  in_flight_seqs.clear();
  held.clear();
  confirmed.clear();
  scan_from = 0;
}

void Relay::State::ApplyReports() {
  for (const Report& report : reports->Take()) {
    const auto found = in_flight.find(report.event_id);
    if (found == in_flight.end()) continue;
    const InFlight& row = found->second;
    if (!report.status.ok()) {
      Failed(row, report.status);
      in_flight_seqs.erase(row.seq);
      in_flight.erase(found);
      continue;
    }
    const auto holding = held.find(row.key);
    if (holding != held.end() && holding->second.seq == row.seq) held.erase(holding);
    confirmed.emplace_back(report.event_id, row.seq);
  }
}

void Relay::State::Failed(const InFlight& row, const absl::Status& status) {
  logging::Warning("event not delivered, will be tried again",
                   {{"relay", std::string_view(service)},
                    {"seq", row.seq},
                    {"error", std::string_view(status.message().data(), status.message().size())}});
  const auto [entry, first] = held.try_emplace(row.key, Held{.seq = row.seq, .next_try = {}});
  Held& holding = entry->second;
  if (row.seq > holding.seq) return;  // waits behind the one that failed first
  if (row.seq < holding.seq) holding = Held{.seq = row.seq, .next_try = {}};
  holding.next_try = clock.SystemNow() + kBackoff.After(++holding.failures);
}

bool Relay::State::DeletingIsDue() const {
  if (confirmed.empty()) return false;
  return confirmed.size() >= kDeleteAtOnce || IsFull() ||
         clock.SystemNow() >= deleted + options.confirm;
}

bool Relay::State::DeleteConfirmed() {
  if (confirmed.empty()) return true;
  const bool done = RenewLease(
      [&](database::Transaction& tx) {
        for (size_t begin = 0; begin < confirmed.size(); begin += kDeleteArity) {
          Params params;
          params.reserve(kDeleteArity);
          for (size_t i = 0; i < kDeleteArity; ++i) {
            // Places that are left over name the last row once more.
            params.emplace_back(confirmed[std::min(begin + i, confirmed.size() - 1)].second);
          }
          if (absl::Status status = tx.Execute(sql.remove, std::move(params)); !status.ok()) {
            return status;
          }
        }
        return absl::OkStatus();
      },
      /*release=*/false);
  if (!done) return false;
  for (const auto& [event_id, seq] : confirmed) {
    in_flight.erase(event_id);
    in_flight_seqs.erase(seq);
  }
  confirmed.clear();
  deleted = clock.SystemNow();
  return true;
}

bool Relay::State::MayPublish(const Row& row) const {
  if (in_flight_seqs.count(row.seq) > 0) return false;
  const auto holding = held.find(row.event.key);
  if (holding == held.end()) return true;
  return row.seq <= holding->second.seq && clock.SystemNow() >= holding->second.next_try;
}

// Pages through the rows from the lowest seq on. What is in flight or held is passed over; a scan
// that finds too much of it goes on in the next Step.
std::vector<Row> Relay::State::ReadNew(bool* more) {
  std::vector<Row> rows;
  *more = false;
  const auto batch = static_cast<size_t>(options.batch);
  int64_t after = std::exchange(scan_from, 0);
  for (int page = 0; page < kPagesPerStep; ++page) {
    auto result = database::ReadRows(db, Reading(), sql.read, {after, int64_t{options.batch}});
    if (!result.ok()) return rows;
    for (const database::Row& read : result->rows) {
      after = read.Int(0);
      Row row{.seq = read.Int(0),
              .event = {.id = read.Text(1),
                        .service = service,
                        .type = read.Text(2),
                        .key = read.Text(3),
                        .time = clock::FromMicros(read.Int(4)),
                        .traceparent = read.Text(5),
                        .data = read.Blob(6)}};
      if (!MayPublish(row)) continue;
      rows.push_back(std::move(row));
      *more = rows.size() >= batch ||
              in_flight.size() + rows.size() >= static_cast<size_t>(options.in_flight);
      if (*more) return rows;
    }
    if (result->rows.size() < batch) return rows;
  }
  scan_from = after;
  *more = true;
  return rows;
}

absl::Status Relay::State::Publish(std::vector<Row> rows) {
  if (producer == nullptr) producer = log.NewProducer();
  std::vector<events::Event> batch;
  batch.reserve(rows.size());
  for (Row& row : rows) {
    in_flight.emplace(row.event.id, InFlight{row.seq, row.event.key});
    in_flight_seqs.insert(row.seq);
    batch.push_back(std::move(row.event));
  }
  size_t taken = 0;
  const absl::Status status = producer->Publish(
      batch,
      [to = reports](const std::string& event_id, const absl::Status& report) {
        to->Add(event_id, report);
      },
      &taken);
  for (size_t i = taken; i < batch.size(); ++i) {
    in_flight.erase(batch[i].id);
    in_flight_seqs.erase(rows[i].seq);
  }
  if (absl::IsFailedPrecondition(status)) {
    logging::Error("producer failed for good, making a new one",
                   {{"relay", std::string_view(service)}});
    producer.reset();  // reports what was outstanding as failed
  }
  return status;
}

absl::Duration Relay::State::PublishNew() {
  bool more = false;
  std::vector<Row> rows = ReadNew(&more);
  if (!rows.empty()) {
    // The lease may have run out while the rows were read.
    if (clock.SystemNow() >= lease.expires) return absl::ZeroDuration();
    published = clock.SteadyNow();
    if (!Publish(std::move(rows)).ok()) return options.poll;
  }
  return more ? absl::ZeroDuration() : UntilConfirmed();
}

absl::Duration Relay::State::Idle() const {
  const bool quiet = held.empty() && clock.SteadyNow() >= published + options.quiet_after;
  return quiet ? options.quiet_poll : options.poll;
}

// How long until reports are to be looked at.
absl::Duration Relay::State::UntilConfirmed() const {
  if (in_flight.empty()) return Idle();
  if (options.confirm > absl::ZeroDuration()) return std::min(options.poll, options.confirm);
  return reports->empty() ? options.poll : absl::ZeroDuration();
}

Relay::Relay(std::string service, database::Database& db, eventlog::EventLog& log,
             const clock::Clock& clock, RelayOptions options)
    : state_(std::make_unique<State>(std::move(service), db, log, clock, std::move(options))) {}

Relay::~Relay() { state_->producer.reset(); }

absl::Duration Relay::Step() {
  State& s = *state_;
  if (!s.HoldLease()) return std::max(s.options.poll, s.options.lease / 5);
  s.ApplyReports();
  // New rows first: nobody waits for the deletes.
  const absl::Duration wait = s.IsFull() ? s.UntilConfirmed() : s.PublishNew();
  if (s.DeletingIsDue() && !s.DeleteConfirmed()) return s.options.poll;
  return wait;
}

void Relay::Drain(absl::Duration timeout) {
  State& s = *state_;
  if (s.producer != nullptr) {
    (void)s.producer->Flush(timeout);  // what is not reported is published again at the next start
    s.ApplyReports();
    s.DeleteConfirmed();
    s.producer.reset();
  }
  if (s.lease.held) {
    s.RenewLease([](database::Transaction&) { return absl::OkStatus(); }, /*release=*/true);
    s.lease = Lease();
  }
  s.Forget();
}

absl::StatusOr<RelayHolder> Relay::Holder() const {
  const auto result = database::ReadRows(state_->db, state_->Reading(), state_->sql.holder);
  if (!result.ok()) return result.status();
  if (result->rows.empty()) return RelayHolder();
  const database::Row& row = result->rows[0];
  return RelayHolder{
      .holder = row.Text(0), .epoch = row.Int(1), .expires = clock::FromMicros(row.Int(2))};
}

absl::StatusOr<RelayStats> Relay::Stats() {
  const auto result =
      database::ReadRows(state_->db, state_->Reading(), state_->sql.stats, {kBacklogCountLimit});
  if (!result.ok()) return result.status();
  RelayStats stats;
  stats.backlog = result->rows.at(0).Int(0);
  if (!result->rows[0].IsNull(1)) {
    const absl::Duration age =
        state_->clock.SystemNow() - clock::FromMicros(result->rows[0].Int(1));
    stats.oldest_age = std::max(absl::ZeroDuration(), age);
  }
  return stats;
}

}  // namespace tremplin::outbox
