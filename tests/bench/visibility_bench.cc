#include <atomic>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "common/clock/clock.h"
#include "common/database/postgres_database.h"
#include "common/database/sqlite_database.h"
#include "common/eventlog/kafka_event_log.h"
#include "common/eventlog/sqlite_event_log.h"
#include "common/ids/ids.h"
#include "common/inbox/inbox.h"
#include "common/outbox/outbox.h"
#include "tests/bench/benches.h"
#include "tests/bench/lanes.h"
#include "tests/bench/load.h"
#include "tests/bench/submit.h"
#include "tests/support/deployment.h"
#include "tests/support/temp_dir.h"
#include "tremplin/referral/events/v1/events.pb.h"

namespace tremplin::bench {
namespace {

using referral::events::v1::ReferralSubmitted;

constexpr size_t kWarmUp = 200;
constexpr char kSender[] = "sender";
constexpr char kReceiver[] = "receiver";
constexpr double kPerSecond = 500;

void Require(const absl::Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "bench: %s\n", status.ToString().c_str());
  std::abort();
}

// Wakes a loop, or lets it sleep until its next round.
class Wake {
 public:
  void Now() {
    std::lock_guard lock(mutex_);
    due_ = true;
    changed_.notify_one();
  }
  void Wait(absl::Duration at_most) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, absl::ToChronoMicroseconds(at_most), [this] { return due_; });
    due_ = false;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool due_ = false;
};

// When each fact was committed, and how long until its consumer's transaction held it.
class Stopwatch {
 public:
  void Committed(const std::string& id) {
    const absl::Time now = absl::Now();
    std::lock_guard lock(mutex_);
    committed_[id] = now;
  }
  void Seen(const std::string& id) {
    const absl::Time now = absl::Now();
    std::lock_guard lock(mutex_);
    const auto found = committed_.find(id);
    // Seen before the writer's thread came back from its commit: no time at all passed.
    milliseconds_.push_back(
        found == committed_.end() ? 0 : absl::ToDoubleMilliseconds(now - found->second));
  }
  size_t seen() {
    std::lock_guard lock(mutex_);
    return milliseconds_.size();
  }
  void Forget() {
    std::lock_guard lock(mutex_);
    milliseconds_.clear();
  }
  LoadResult Result() {
    LoadResult result;
    result.milliseconds = milliseconds_;
    std::sort(result.milliseconds.begin(), result.milliseconds.end());
    return result;
  }

 private:
  std::mutex mutex_;
  std::unordered_map<std::string, absl::Time> committed_;
  std::vector<double> milliseconds_;
};

void Tell(Report& report, const std::string& name, double aim_ms, const LoadResult& result,
          bool complete) {
  // On the way are the broker's append, where there is a broker, and the consumer's commit, which
  // is no faster than a flush.
  const double flush = RawFlushMs();
  report.Add({name, absl::StrCat("commit to visible, p50 at ", kPerSecond, "/s"),
              result.Percentile(50), "ms", "one flush of the disk", flush});
  report.Add({name, absl::StrCat("commit to visible, p99 at ", kPerSecond, "/s"),
              result.Percentile(99), "ms", "one flush of the disk", flush,
              absl::StrCat("≤ ", aim_ms), result.Percentile(99) <= aim_ms && complete});
}

// The path of an event with the loops the host runs, and nothing else: outbox and relay where the
// log is elsewhere, log, consumer, inbox.
void Measure(Report& report, const std::string& name, double aim_ms, database::Database& sender,
             database::Database& receiver, eventlog::EventLog& log, const Effort& effort) {
  const clock::SystemClock clock;
  const bool relays = log.Local() == nullptr;
  outbox::Outbox outbox(kSender, log.Local());
  outbox::RelayOptions relay_options;
  relay_options.holder = "bench";
  outbox::Relay relay(kSender, sender, log, clock, relay_options);
  Wake relay_wake;
  Wake consumer_wake;
  outbox.OnAppended([&] { relay_wake.Now(); });
  log.OnPublished([&](const std::string&) { consumer_wake.Now(); });

  Stopwatch stopwatch;
  inbox::Handlers handlers;
  handlers.On<ReferralSubmitted>(
      kSender, [&](const events::Event& event, const ReferralSubmitted&) -> inbox::Apply {
        return [&stopwatch, id = event.key](database::Transaction& tx) {
          tx.AfterCommit([&stopwatch, id] { stopwatch.Seen(id); });
          return absl::OkStatus();
        };
      });
  inbox::ConsumerLoopOptions loop_options;
  loop_options.service = kReceiver;
  inbox::ConsumerLoop loop(
      loop_options, receiver,
      log.NewConsumer({kReceiver, {events::TopicOf(kSender)}, eventlog::StartAt::kEarliest}),
      handlers, clock);
  const absl::Duration poll = relays ? absl::Milliseconds(100) : absl::ZeroDuration();
  std::jthread relaying([&](const std::stop_token& stop) {
    while (relays && !stop.stop_requested()) relay_wake.Wait(relay.Step());
  });
  std::jthread consuming([&](const std::stop_token& stop) {
    while (!stop.stop_requested()) consumer_wake.Wait(loop.Step(poll));
  });
  const auto count = static_cast<size_t>(kPerSecond * (effort.quick ? 2 : 10));
  const auto send = [&] {
    const std::string id = ids::New();
    database::WriteOptions write;
    write.lane_key = id;
    write.tenant = database::Tenant::All();
    Require(sender.Write(write, [&](database::Transaction& tx) {
      ReferralSubmitted payload;
      payload.set_referral(id);
      payload.set_agency("bench");
      return outbox.Append(tx, id, absl::Now(), payload);
    }));
    stopwatch.Committed(id);
  };
  // The group forms, statements are prepared.
  for (size_t i = 0; i < kWarmUp; ++i) send();
  testing::Eventually([&] { return stopwatch.seen() >= kWarmUp; }, absl::Seconds(30));
  stopwatch.Forget();
  const absl::Time start = absl::Now();
  for (size_t i = 0; i < count; ++i) {
    const absl::Time due = start + absl::Seconds(static_cast<double>(i) / kPerSecond);
    absl::SleepFor(due - absl::Now());
    send();
  }
  testing::Eventually([&] { return stopwatch.seen() >= count; }, absl::Seconds(30));
  relaying.request_stop();
  consuming.request_stop();
  relay_wake.Now();
  consumer_wake.Now();
  relaying.join();
  consuming.join();
  loop.Close();
  relay.Drain(absl::Seconds(2));
  Tell(report, name, aim_ms, stopwatch.Result(), stopwatch.seen() == count);
}

database::Migration RuntimeSchema() {
  static const std::string sql =
      absl::StrCat(std::string(outbox::kOutboxSchemaSql), std::string(inbox::kInboxSchemaSql));
  return {1, "bench", sql};
}

}  // namespace

void VisibilityEmbedded(Report& report, const Effort& effort) {
  const testing::TempDir dir;
  database::SqliteOptions options;
  options.path = dir.File("bench.db");
  auto file = database::OpenSqliteFile(options);
  Require(file.status());
  const database::Migration schema = RuntimeSchema();
  Require(database::MigrateSqlite(**file, kSender, {&schema, 1}));
  Require(database::MigrateSqlite(**file, kReceiver, {&schema, 1}));
  Require(database::MigrateSqlite(**file, "log", eventlog::SqliteEventLogMigrations()));
  const auto sender = database::MakeSqliteDatabase(*file, kSender);
  const auto receiver = database::MakeSqliteDatabase(*file, kReceiver);
  const auto log_db = database::MakeSqliteDatabase(*file, "log");
  const auto log = eventlog::MakeSqliteEventLog(*log_db, 1);
  const std::string topics[] = {events::TopicOf(kSender)};
  Require(log->EnsureTopics(topics));
  Measure(report, "visibility-embedded", 3, *sender, *receiver, *log, effort);
}

void VisibilityDistributed(Report& report, const Effort& effort) {
  const auto deployment = testing::MakeDistributed(Production());
  if (deployment == nullptr) {
    report.Note("visibility-distributed: no servers (tools/install test)");
    return;
  }
  // The servers alone: the services are at rest.
  const std::string owner = deployment->ServerAddress("postgres");
  const database::Migration schema = RuntimeSchema();
  Require(database::EnsureRole(owner, "tremplin_bench", ""));
  std::vector<std::unique_ptr<database::Database>> databases;
  for (const char* service : {kSender, kReceiver}) {
    Require(database::MigratePostgres(owner, service, "tremplin_bench", {&schema, 1}));
    database::PostgresOptions options;
    options.uri = absl::StrReplaceAll(owner, {{"postgres@", "tremplin_bench@"}});
    options.service = service;
    databases.push_back(database::MakePostgresDatabase(options));
  }
  eventlog::KafkaOptions kafka;
  kafka.brokers = deployment->ServerAddress("kafka");
  kafka.client_id = "bench";
  const auto log = eventlog::MakeKafkaEventLog(kafka);
  const std::string topics[] = {events::TopicOf(kSender)};
  Require(log->EnsureTopics(topics));
  Measure(report, "visibility-distributed", 10, *databases[0], *databases[1], *log, effort);
}

}  // namespace tremplin::bench
