#include <algorithm>
#include <utility>

#include "common/environment/backoff.h"
#include "common/inbox/consumer_state.h"
#include "common/logging/logging.h"
#include "common/status/macros.h"
#include "common/text/text.h"

namespace tremplin::inbox {
namespace {

// Where a poll does not wait by itself: whoever publishes wakes the loop, so that it looks by
// itself for what was given back, and keeps house.
constexpr absl::Duration kIdle = absl::Milliseconds(250);
constexpr absl::Duration kGivenBack = absl::Milliseconds(50);
constexpr absl::Duration kLongestOutagePause = absl::Seconds(5);
constexpr absl::Duration kLongestRetryPause = absl::Seconds(1);
constexpr absl::Duration kFlowEvery = absl::Seconds(1);
constexpr absl::Duration kPruneEvery = absl::Minutes(1);
constexpr int kFlowHeads = 16;
constexpr int kFlowEvents = 256;

absl::Duration OutagePause(const ConsumerLoopOptions& options, int failures) {
  return environment::Backoff{options.outage_pause, kLongestOutagePause}.After(failures);
}

}  // namespace

int64_t LagOf(const ConsumerWork& work) {
  int64_t total = work.runnable;
  for (const PartitionWork& partition : work.partitions) total += partition.waiting;
  return total;
}

PartitionMeters::Meter& PartitionMeters::Of(const Partition& partition) {
  const auto found = meters_.find(partition);
  if (found != meters_.end()) return found->second;
  const metrics::Labels labels = {{"service", service_},
                                  {"topic", partition.first},
                                  {"partition", text::Cat(partition.second)}};
  metrics::Registry& registry = metrics::Default();
  return meters_
      .emplace(
          partition,
          Meter{registry.GetCounter("tremplin_consumer_events_total",
                                    "Events done with, by partition.", labels),
                registry.GetGauge("tremplin_consumer_partition_lag_events",
                                  "Events that the group has yet to read, by partition.", labels)})
      .first->second;
}

absl::Duration ConsumerLoop::State::PollFailed(const absl::Status& status) {
  const absl::Duration pause = OutagePause(options, ++poll_failures);
  const bool lost = absl::IsDataLoss(status);
  if (lost || poll_failures == 1) {
    logging::Log(
        lost ? logging::Level::kError : logging::Level::kWarning, "cannot read the event log",
        {{"consumer", std::string_view(options.service)}, {"error", Text(status.message())}});
  }
  return pause;
}

void ConsumerLoop::State::Handle(std::vector<eventlog::Chunk> chunks) {
  Pass pass(std::move(chunks), clock.SteadyNow());
  Process(pass);
  for (size_t number = 0; number < pass.chunks.size(); ++number) Finish(pass, number);
}

// Commits the chunk of this number, or gives it back.
void ConsumerLoop::State::Finish(const Pass& pass, size_t number) {
  const eventlog::Chunk& chunk = pass.chunks[number];
  const Partition partition = PartitionOf(chunk);
  if (const absl::Status& outage = pass.outages[number]; !outage.ok()) {
    const absl::Duration pause = OutagePause(options, ++pauses[partition]);
    logging::Warning("consumer pauses", {{"consumer", std::string_view(options.service)},
                                         {"topic", std::string_view(chunk.topic)},
                                         {"partition", int64_t{chunk.partition}},
                                         {"error", Text(outage.message())}});
    meters.outages.Add();
    clean.erase(partition);
    GiveBack(chunk, pause);
    return;
  }
  pauses.erase(partition);
  int most = 0;
  bool waiting = false;
  for (const Item& item : pass.items) {
    if (item.done || item.chunk != number) continue;
    waiting = true;
    const auto tried = attempts.find(item.event_id());
    if (tried != attempts.end()) most = std::max(most, tried->second);
  }
  if (waiting) {
    clean.erase(partition);
    const bool untried = pass.cut_short && most == 0;
    const environment::Backoff retries{options.retry_pause, kLongestRetryPause};
    GiveBack(chunk, untried ? absl::ZeroDuration() : retries.After(most + 1));
    return;
  }
  // Refused when the partition was taken away: its new owner reads the chunk again, and the inbox
  // drops it.
  const absl::Status committed = consumer->Commit(chunk);
  given_back.erase(partition);
  if (committed.ok()) {
    partition_meters.Done(partition, chunk.records.size());
  } else {
    clean.erase(partition);
  }
}

void ConsumerLoop::State::GiveBack(const eventlog::Chunk& chunk, absl::Duration pause) {
  given_back.try_emplace(PartitionOf(chunk), nothing_left);
  consumer->Retry(chunk, pause);
}

absl::Duration ConsumerLoop::State::OldestAge(const Partition& partition) const {
  const auto held = given_back.find(partition);
  return clock.SteadyNow() - (held == given_back.end() ? nothing_left : held->second);
}

// Goes on with queues whose replay was cut short, and prunes the inbox.
void ConsumerLoop::State::KeepHouse() {
  const absl::Time now = clock.SystemNow();
  if (now >= next_flow) {
    next_flow = now + kFlowEvery;
    std::vector<Head> heads;
    const absl::Status read = db.Read(Reading(), [&](database::Reader& reader) -> absl::Status {
      TREMPLIN_ASSIGN_OR_RETURN(heads, store.Heads(reader, /*failed=*/false, "", kFlowHeads));
      return absl::OkStatus();
    });
    if (read.ok()) {
      for (const Head& head : heads) queue.Drain(head.id, kFlowEvents);
    }
  }
  if (now >= next_prune) {
    next_prune = now + kPruneEvery;
    (void)db.Write(Writing("inbox/prune"), [&](database::Transaction& tx) {
      return store.Prune(tx, now - options.inbox_retention);
    });  // what fails is pruned the next time
  }
}

ConsumerLoop::ConsumerLoop(ConsumerLoopOptions options, database::Database& db,
                           std::unique_ptr<eventlog::Consumer> consumer, const Handlers& handlers,
                           const clock::Clock& clock)
    : state_(
          std::make_unique<State>(std::move(options), db, std::move(consumer), handlers, clock)) {}

ConsumerLoop::~ConsumerLoop() = default;

absl::Duration ConsumerLoop::Step(absl::Duration wait) {
  State& s = *state_;
  s.KeepHouse();
  auto chunks = s.consumer->Poll(s.options.chunk, wait);
  if (!chunks.ok()) return s.PollFailed(chunks.status());
  s.poll_failures = 0;
  if (chunks->empty()) s.nothing_left = s.clock.SteadyNow();
  if (chunks->empty() && wait > absl::ZeroDuration()) return absl::ZeroDuration();
  if (chunks->empty()) return s.given_back.empty() ? kIdle : kGivenBack;
  s.Handle(*std::move(chunks));
  return absl::ZeroDuration();
}

absl::StatusOr<ConsumerWork> ConsumerLoop::Waiting() {
  State& s = *state_;
  TREMPLIN_ASSIGN_OR_RETURN(const std::vector<eventlog::Lag> lags, s.consumer->Lags());
  ConsumerWork work;
  for (const eventlog::Lag& lag : lags) {
    const Partition partition = {lag.topic, lag.partition};
    s.partition_meters.Left(partition, lag.records);
    PartitionWork& told =
        work.partitions.emplace_back(PartitionWork{.topic = lag.topic,
                                                   .partition = lag.partition,
                                                   .waiting = lag.records,
                                                   .oldest_age = std::nullopt,
                                                   .done = s.partition_meters.TotalOf(partition),
                                                   .assigned = lag.assigned});
    if (!lag.assigned) continue;
    told.oldest_age = lag.records > 0 ? s.OldestAge(partition) : absl::ZeroDuration();
  }
  const absl::Status read = s.db.Read(Reading(), [&](database::Reader& reader) -> absl::Status {
    TREMPLIN_ASSIGN_OR_RETURN(work.runnable, s.store.CountRunnable(reader));
    return absl::OkStatus();
  });
  if (!read.ok()) return read;
  return work;
}

absl::StatusOr<int64_t> ConsumerLoop::Lag() {
  TREMPLIN_ASSIGN_OR_RETURN(const ConsumerWork work, Waiting());
  return LagOf(work);
}

void ConsumerLoop::Close() { state_->consumer->Close(); }

}  // namespace tremplin::inbox
