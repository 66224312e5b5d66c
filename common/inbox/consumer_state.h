#ifndef TREMPLIN_COMMON_INBOX_CONSUMER_STATE_H_
#define TREMPLIN_COMMON_INBOX_CONSUMER_STATE_H_

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/inbox/inbox.h"
#include "common/inbox/inbox_store.h"
#include "common/inbox/key_queue.h"
#include "common/metrics/metrics.h"

// What consumer_loop.cc (polling, pausing, housekeeping), consumer_pass.cc (one pass over what was
// polled) and consumer_apply.cc (the Writes of a pass) share.
namespace tremplin::inbox {

inline std::string_view Text(absl::string_view text) { return {text.data(), text.size()}; }

using Partition = std::pair<std::string, int32_t>;
inline Partition PartitionOf(const eventlog::Chunk& chunk) {
  return {chunk.topic, chunk.partition};
}

// An event of the pass and what is to be done with it.
struct Item {
  enum class Action { kApply, kPark, kDeadLetter };
  const eventlog::Record* record = nullptr;  // of a chunk of the pass
  size_t chunk = 0;                          // which one
  std::optional<events::Event> event;        // none when it cannot be decoded
  std::string parent;                        // the span that it was written in
  InboxKey place;                            // stands for the id of what cannot be decoded
  const Handlers::Prepare* prepare = nullptr;
  bool reads_event_alone = false;
  std::optional<absl::StatusOr<Apply>> prepared;  // beforehand, where that looks at the event only
  bool done = false;
  Action action = Action::kApply;
  Apply apply;
  absl::Status failure;
  int attempts = 0;  // made so far, this one included

  bool has_key() const { return !record->key.empty(); }
  KeyRef key() const { return {record->topic, record->key}; }
  const std::string& event_id() const { return event.has_value() ? event->id : place.event_id; }
  InboxKey inbox_key() const {
    return event.has_value() ? InboxKey{event->service, event->id} : place;
  }
  std::string_view traceparent() const {
    return event.has_value() ? std::string_view(event->traceparent) : "";
  }
  std::string_view type() const { return event.has_value() ? std::string_view(event->type) : ""; }
  Entry entry() const { return {*record, inbox_key(), std::string(type())}; }
};

// What became of an item in a Write.
enum class Result { kWaiting, kNoEffect, kApplied, kRepeat, kParked, kUnblocked, kFailed, kDead };

struct Meters {
  explicit Meters(const std::string& service)
      : applied(Get("tremplin_events_applied_total", "Events that had their effect.", service)),
        repeats(Get("tremplin_event_redeliveries_total",
                    "Events that came again and were dropped by the inbox.", service)),
        skipped(Get("tremplin_events_skipped_total", "Events without a handler or an effect here.",
                    service)),
        dead(Get("tremplin_dead_letters_total", "Events that became dead letters.", service)),
        parked(Get("tremplin_events_parked_total", "Events parked behind a dead letter.", service)),
        outages(Get("tremplin_consumer_pauses_total", "Chunks given back in an outage.", service)) {
  }
  static metrics::Counter& Get(const std::string& name, const std::string& help,
                               const std::string& service) {
    return metrics::Default().GetCounter(name, help, {{"service", service}});
  }
  metrics::Counter &applied, &repeats, &skipped, &dead, &parked, &outages;
};

// How far a group is with each partition it reads. Obtained once a partition; one thread's.
class PartitionMeters {
 public:
  explicit PartitionMeters(std::string service) : service_(std::move(service)) {}
  void Done(const Partition& partition, size_t records) {
    Meter& meter = Of(partition);
    meter.done.Add(static_cast<double>(records));
    meter.total += static_cast<int64_t>(records);
  }
  int64_t TotalOf(const Partition& partition) { return Of(partition).total; }
  void Left(const Partition& partition, int64_t records) {
    Of(partition).left.Set(static_cast<double>(records));
  }

 private:
  struct Meter {
    metrics::Counter& done;
    metrics::Gauge& left;
    int64_t total = 0;
  };
  Meter& Of(const Partition& partition);

  const std::string service_;
  std::map<Partition, Meter> meters_;
};

struct ConsumerLoop::State {
  State(ConsumerLoopOptions loop_options, database::Database& database,
        std::unique_ptr<eventlog::Consumer> member, const Handlers& event_handlers,
        const clock::Clock& time)
      : options(std::move(loop_options)),
        db(database),
        consumer(std::move(member)),
        handlers(event_handlers),
        clock(time),
        store(options.service),
        queue(options.service, database, event_handlers, time),
        meters(options.service),
        partition_meters(options.service),
        nothing_left(clock.SteadyNow()) {}

  // One pass over chunks of different partitions.
  struct Pass {
    Pass(std::vector<eventlog::Chunk> polled, absl::Duration now)
        : chunks(std::move(polled)), begin(now), outages(chunks.size()) {}
    bool Paused(const Item& item) const { return !outages[item.chunk].ok(); }

    const std::vector<eventlog::Chunk> chunks;
    const absl::Duration begin;         // by the steady clock
    std::vector<absl::Status> outages;  // by chunk; one that is not OK is given back
    std::vector<Item> items;
    std::set<KeyRef> blocked;  // keys that have a head
    std::set<KeyRef> failed;   // keys whose next event waits for another attempt
    bool cut_short = false;    // after an outage: what is left comes again with the next poll
  };

  // What a Write did with each item of a round.
  struct Outcomes {
    explicit Outcomes(size_t size) : results(size, Result::kWaiting), failures(size) {}
    std::vector<Result> results;
    std::vector<absl::Status> failures;
    std::optional<size_t> culprit;  // the item whose outage ended the Write
  };

  absl::Duration PollFailed(const absl::Status& status);
  void Handle(std::vector<eventlog::Chunk> chunks);
  void Finish(const Pass& pass, size_t number);
  void Process(Pass& pass);
  void Decode(Pass& pass);
  Item DecodeRecord(const eventlog::Record& record) const;
  static void PrepareEarly(Item& item);
  bool IsOfNoConcern(const eventlog::Record& record) const;
  absl::Status LookUp(Pass& pass);
  absl::Status LookUpBlocked(Pass& pass, const std::set<KeyRef>& keys);
  std::vector<size_t> NextRound(const Pass& pass) const;
  void PrepareRound(Pass& pass, std::vector<size_t>& round);
  absl::Status PrepareItem(Pass& pass, Item& item);
  absl::Status PrepareFailed(Pass& pass, Item& item, const absl::Status& failure);
  void ApplyRound(Pass& pass, std::vector<size_t> round);
  absl::Status WriteTogether(const Pass& pass, const std::vector<size_t>& round,
                             Outcomes& outcomes);
  absl::Status WriteOneByOne(const Pass& pass, const std::vector<size_t>& round,
                             Outcomes& outcomes);
  absl::Status WriteItem(database::Transaction& tx, const Item& item, Result& result,
                         absl::Status& failure);
  bool NoneHasFailedBefore(const Pass& pass, const std::vector<size_t>& round) const;
  absl::Status SettleRound(Pass& pass, const std::vector<size_t>& round, const Outcomes& outcomes);
  absl::Status ApplyItem(database::Transaction& tx, const Item& item, Result& result,
                         absl::Status& failure);
  absl::Status BuryItem(database::Transaction& tx, const Item& item, const absl::Status& failure,
                        int tries, Result& result);
  absl::Status ParkItem(database::Transaction& tx, const Item& item, Result& result);
  void Settle(Pass& pass, Item& item, Result result);
  void Log(const Pass& pass, const Item& item, std::string_view result) const;
  int NextAttempt(const Item& item) const;
  bool GivesUp(const absl::Status& failure, int tries) const;
  void KeepHouse();
  void GiveBack(const eventlog::Chunk& chunk, absl::Duration pause);
  absl::Duration OldestAge(const Partition& partition) const;

  const ConsumerLoopOptions options;
  database::Database& db;
  const std::unique_ptr<eventlog::Consumer> consumer;
  const Handlers& handlers;
  const clock::Clock& clock;
  const InboxStore store;
  const KeyQueue queue;
  Meters meters;
  PartitionMeters partition_meters;
  std::map<std::string, int> attempts;  // failed ones, by event id
  // Partitions whose records have lately all been new: their ids are not looked up beforehand.
  std::set<Partition> clean;
  std::map<Partition, int> pauses;  // consecutive
  // When everything that was ready had been done with: what waits now has come since. Of
  // partitions that were given back meanwhile, the moment before that.
  absl::Duration nothing_left;
  std::map<Partition, absl::Duration> given_back;
  int poll_failures = 0;
  absl::Time next_flow = absl::InfinitePast();
  absl::Time next_prune = absl::InfinitePast();
};

}  // namespace tremplin::inbox

#endif  // TREMPLIN_COMMON_INBOX_CONSUMER_STATE_H_
