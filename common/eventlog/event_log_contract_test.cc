// What every adapter of the event log promises, run over all of them.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "common/eventlog/event_log_test_support.h"
#include "common/ids/ids.h"
#include "common/text/text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace tremplin::eventlog {
namespace {

template <class Backend>
class EventLogContract : public ::testing::Test {
 protected:
  void SetUp() override {
    TREMPLIN_REQUIRE_BACKEND(Backend);
    log_ = backend_.Make(kPartitions);
    ASSERT_TRUE(log_->EnsureTopics({topic_}).ok());
    producer_ = log_->NewProducer();
  }

  void TearDown() override {
    producer_.reset();
    log_.reset();
  }

  events::Event MakeEvent(const std::string& key, const std::string& data) const {
    return events::Event{.id = ids::New(),
                         .service = service_,
                         .type = "tremplin.test.Happened",
                         .key = key,
                         .time = absl::FromUnixMicros(1764633600123456),
                         .traceparent = "",
                         .data = data};
  }

  // Publishes and waits until each event is reported as durable.
  void Publish(const std::vector<events::Event>& events) {
    std::mutex mutex;
    std::set<std::string> delivered;
    size_t taken = 0;
    const absl::Status status = producer_->Publish(
        events,
        [&](const std::string& id, const absl::Status& report) {
          const std::lock_guard lock(mutex);
          EXPECT_TRUE(report.ok()) << report;
          EXPECT_TRUE(delivered.insert(id).second) << "reported twice";
        },
        &taken);
    ASSERT_TRUE(status.ok()) << status;
    EXPECT_EQ(taken, events.size());
    ASSERT_TRUE(producer_->Flush(absl::Seconds(20)).ok());
    const std::lock_guard lock(mutex);
    EXPECT_EQ(delivered.size(), events.size());
  }

  std::vector<events::Event> Numbered(int count, int keys) const {
    std::vector<events::Event> events;
    for (int i = 0; i < count; ++i) {
      events.push_back(MakeEvent(text::Cat("key-", i % keys), text::Cat(i)));
    }
    return events;
  }

  std::unique_ptr<Consumer> NewConsumer(const std::string& group,
                                        StartAt start_at = StartAt::kEarliest) {
    // Other tests meet on the same broker at the same time.
    return log_->NewConsumer(
        {.group = text::Cat(service_, "-", group), .topics = {topic_}, .start_at = start_at});
  }

  // Chunks, or none when none comes within the time.
  static std::vector<Chunk> PollFor(Consumer& consumer, absl::Duration within = absl::Seconds(20),
                                    size_t max_records = 64) {
    const absl::Time deadline = absl::Now() + within;
    while (absl::Now() < deadline) {
      auto chunks = consumer.Poll(max_records, absl::Milliseconds(50));
      if (chunks.ok() && !chunks->empty()) return *std::move(chunks);
      // Nothing but what passes by itself (a new topic, a coordinator that is being elected).
      if (!chunks.ok()) {
        EXPECT_EQ(chunks.status().code(), absl::StatusCode::kUnavailable);
      }
    }
    return {};
  }

  // Reads and commits until `count` records have come.
  static std::vector<Record> Drain(Consumer& consumer, size_t count) {
    std::vector<Record> records;
    while (records.size() < count) {
      std::vector<Chunk> chunks = PollFor(consumer);
      if (chunks.empty()) break;
      for (Chunk& chunk : chunks) {
        EXPECT_TRUE(consumer.Commit(chunk).ok());
        std::move(chunk.records.begin(), chunk.records.end(), std::back_inserter(records));
      }
    }
    return records;
  }

  static int64_t TotalLag(Consumer& consumer) {
    const absl::Time deadline = absl::Now() + absl::Seconds(20);
    absl::StatusOr<std::vector<Lag>> lags = consumer.Lags();
    while (!lags.ok() && absl::Now() < deadline) {
      EXPECT_EQ(lags.status().code(), absl::StatusCode::kUnavailable);
      (void)consumer.Poll(1, absl::Milliseconds(20));
      lags = consumer.Lags();
    }
    EXPECT_TRUE(lags.ok()) << lags.status();
    int64_t total = 0;
    if (lags.ok()) {
      for (const Lag& lag : *lags) total += lag.records;
    }
    return total;
  }

  static constexpr int kPartitions = 3;
  Backend backend_;
  const std::string service_ = text::Cat("t", ids::New());
  const std::string topic_ = events::TopicOf(service_);
  std::unique_ptr<EventLog> log_;
  std::unique_ptr<Producer> producer_;
};

TYPED_TEST_SUITE(EventLogContract, Backends);

TYPED_TEST(EventLogContract, ARecordComesBackAsItWasWritten) {
  events::Event event = this->MakeEvent("key", std::string("\0\x01\xff", 3));
  event.traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  const events::Event empty = this->MakeEvent("key", "");
  this->Publish({event, empty});
  auto consumer = this->NewConsumer("g");
  const std::vector<Record> records = this->Drain(*consumer, 2);
  ASSERT_EQ(records.size(), 2);
  EXPECT_EQ(records[0].topic, this->topic_);
  EXPECT_EQ(records[0].key, "key");
  EXPECT_EQ(records[0].value, event.data);
  EXPECT_EQ(records[0].headers, events::EncodeHeaders(event));
  EXPECT_EQ(records[1].value, "");
  EXPECT_EQ(records[1].headers, events::EncodeHeaders(empty));
  EXPECT_LT(records[0].offset, records[1].offset);
}

TYPED_TEST(EventLogContract, LagIsThatOfTheWholeGroup) {
  this->Publish(this->Numbered(60, 17));
  auto one = this->NewConsumer("g");
  auto two = this->NewConsumer("g");
  // Each has what it is to have; neither gets anything done.
  const absl::Time deadline = absl::Now() + absl::Seconds(20);
  bool both = false;
  while (!both && absl::Now() < deadline) {
    (void)one->Poll(1, absl::Milliseconds(20));
    (void)two->Poll(1, absl::Milliseconds(20));
    const auto a = one->Lags();
    const auto b = two->Lags();
    const auto assigned = [](const Lag& lag) { return lag.assigned; };
    both = a.ok() && b.ok() &&
           std::ranges::count_if(*a, assigned) + std::ranges::count_if(*b, assigned) ==
               this->kPartitions;
  }
  ASSERT_TRUE(both);
  EXPECT_EQ(this->TotalLag(*one), 60);
  EXPECT_EQ(this->TotalLag(*two), 60);
}

TYPED_TEST(EventLogContract, OrderHoldsPerKeyAndAKeyStaysInOnePartition) {
  this->Publish(this->Numbered(600, 17));
  auto consumer = this->NewConsumer("g");
  std::map<std::string, int> last;
  std::map<std::string, std::set<int32_t>> partitions;
  std::set<int32_t> used;
  for (const Record& record : this->Drain(*consumer, 600)) {
    const int number = std::stoi(record.value);
    const auto [entry, first] = last.emplace(record.key, number);
    if (!first) {
      EXPECT_LT(entry->second, number);
    }
    entry->second = number;
    partitions[record.key].insert(record.partition);
    used.insert(record.partition);
  }
  EXPECT_EQ(last.size(), 17);
  EXPECT_GT(used.size(), 1);
  for (const auto& [key, in] : partitions) EXPECT_EQ(in.size(), 1) << key;
}

TYPED_TEST(EventLogContract, APollBringsAChunkOfEachPartitionAndNoMoreThanAsked) {
  this->Publish(this->Numbered(200, 9));
  auto consumer = this->NewConsumer("g");
  size_t total = 0;
  size_t most_partitions = 0;
  while (total < 200) {
    const std::vector<Chunk> chunks = this->PollFor(*consumer, absl::Seconds(20), 64);
    ASSERT_FALSE(chunks.empty());
    size_t records = 0;
    std::set<int32_t> partitions;
    for (const Chunk& chunk : chunks) {
      EXPECT_FALSE(chunk.empty());
      EXPECT_TRUE(partitions.insert(chunk.partition).second);
      records += chunk.records.size();
      int64_t last = -1;
      for (const Record& record : chunk.records) {
        EXPECT_EQ(record.topic, chunk.topic);
        EXPECT_EQ(record.partition, chunk.partition);
        EXPECT_GT(record.offset, last);
        last = record.offset;
      }
      EXPECT_TRUE(consumer->Commit(chunk).ok());
    }
    EXPECT_LE(records, 64);
    total += records;
    most_partitions = std::max(most_partitions, partitions.size());
  }
  EXPECT_EQ(total, 200);
  EXPECT_GT(most_partitions, 1);
}

// The others come before it is done: at most what a client has fetched of it already is before
// them (Kafka: a thousand records or a megabyte).
TYPED_TEST(EventLogContract, APartitionWithMuchToReadDoesNotKeepTheOthersWaiting) {
  constexpr size_t kMuch = 6000;
  std::vector<events::Event> much;
  for (size_t i = 0; i < kMuch; ++i)
    much.push_back(this->MakeEvent("key-0", std::string(1000, 'x')));
  this->Publish(much);
  this->Publish(this->Numbered(40, 20));
  auto consumer = this->NewConsumer("g");
  std::set<int32_t> seen;
  size_t records = 0;
  while (seen.size() < 2 && records < kMuch) {
    const std::vector<Chunk> chunks = this->PollFor(*consumer, absl::Seconds(20), 64);
    ASSERT_FALSE(chunks.empty());
    for (const Chunk& chunk : chunks) {
      seen.insert(chunk.partition);
      records += chunk.records.size();
      EXPECT_TRUE(consumer->Commit(chunk).ok());
    }
  }
  EXPECT_GT(seen.size(), 1);
}

TYPED_TEST(EventLogContract, AMemberGoesOnWhereItsGroupCommitted) {
  this->Publish(this->Numbered(30, 5));
  {
    auto first = this->NewConsumer("g");
    EXPECT_EQ(this->Drain(*first, 30).size(), 30);
    first->Close();
  }
  const events::Event late = this->MakeEvent("key-1", "late");
  this->Publish({late});
  auto second = this->NewConsumer("g");
  const std::vector<Record> records = this->Drain(*second, 1);
  ASSERT_EQ(records.size(), 1);
  EXPECT_EQ(records[0].value, "late");
  EXPECT_TRUE(this->PollFor(*second, absl::Milliseconds(300)).empty());
}

TYPED_TEST(EventLogContract, EachGroupReadsEverything) {
  this->Publish(this->Numbered(20, 5));
  auto one = this->NewConsumer("one");
  EXPECT_EQ(this->Drain(*one, 20).size(), 20);
  auto two = this->NewConsumer("two");
  EXPECT_EQ(this->Drain(*two, 20).size(), 20);
}

TYPED_TEST(EventLogContract, WhatAMemberHeldWhenItDiedIsReadAgain) {
  this->Publish(this->Numbered(10, 1));
  {
    auto victim = this->NewConsumer("g");
    EXPECT_FALSE(this->PollFor(*victim).empty());
  }
  auto heir = this->NewConsumer("g");
  const std::vector<Record> records = this->Drain(*heir, 10);
  ASSERT_EQ(records.size(), 10);
  EXPECT_EQ(records.front().value, "0");
}

TYPED_TEST(EventLogContract, ARetriedChunkComesAgainAfterItsDelayAndOthersFlowMeanwhile) {
  this->Publish(this->Numbered(60, 20));
  auto consumer = this->NewConsumer("g");
  std::vector<Chunk> chunks = this->PollFor(*consumer, absl::Seconds(20), 4);
  ASSERT_FALSE(chunks.empty());
  const Chunk held = chunks.front();
  const absl::Time begin = absl::Now();
  consumer->Retry(held, absl::Milliseconds(700));
  chunks.erase(chunks.begin());
  size_t others = 0;
  Chunk again;
  while (again.empty()) {
    for (Chunk& chunk : chunks) {
      if (chunk.partition == held.partition) {
        again = std::move(chunk);
        continue;
      }
      others += chunk.records.size();
      EXPECT_TRUE(consumer->Commit(chunk).ok());
    }
    if (!again.empty()) break;
    chunks = this->PollFor(*consumer, absl::Seconds(20), 4);
    ASSERT_FALSE(chunks.empty());
  }
  EXPECT_GE(absl::Now() - begin, absl::Milliseconds(690));
  EXPECT_GT(others, 0);
  ASSERT_GE(again.records.size(), held.records.size());
  for (size_t i = 0; i < held.records.size(); ++i) {
    EXPECT_EQ(again.records[i].offset, held.records[i].offset);
    EXPECT_EQ(again.records[i].value, held.records[i].value);
    EXPECT_EQ(again.records[i].headers, held.records[i].headers);
  }
  EXPECT_TRUE(consumer->Commit(again).ok());
  this->Drain(*consumer, 60 - others - again.records.size());
  EXPECT_EQ(this->TotalLag(*consumer), 0);
}

TYPED_TEST(EventLogContract, CommitAfterLeavingIsRefused) {
  this->Publish(this->Numbered(5, 1));
  auto consumer = this->NewConsumer("g");
  const std::vector<Chunk> chunks = this->PollFor(*consumer);
  ASSERT_FALSE(chunks.empty());
  consumer->Close();
  EXPECT_EQ(consumer->Commit(chunks.front()).code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_FALSE(consumer->Poll(1, absl::ZeroDuration()).ok());
  consumer->Close();  // once more does nothing
}

TYPED_TEST(EventLogContract, LagIsWhatHasNotBeenCommitted) {
  this->Publish(this->Numbered(12, 1));
  auto consumer = this->NewConsumer("g");
  EXPECT_EQ(this->TotalLag(*consumer), 12);
  const std::vector<Chunk> chunks = this->PollFor(*consumer, absl::Seconds(20), 5);
  ASSERT_EQ(chunks.size(), 1);
  ASSERT_EQ(chunks.front().records.size(), 5);
  EXPECT_EQ(this->TotalLag(*consumer), 12);
  EXPECT_TRUE(consumer->Commit(chunks.front()).ok());
  EXPECT_EQ(this->TotalLag(*consumer), 7);
  this->Drain(*consumer, 7);
  EXPECT_EQ(this->TotalLag(*consumer), 0);
  this->Publish(this->Numbered(3, 1));
  EXPECT_EQ(this->TotalLag(*consumer), 3);
}

TYPED_TEST(EventLogContract, AGroupMayBeginAtTheEnd) {
  this->Publish(this->Numbered(5, 5));
  auto consumer = this->NewConsumer("g", StartAt::kLatest);
  EXPECT_EQ(this->TotalLag(*consumer), 0);
  this->Publish({this->MakeEvent("key", "new")});
  const std::vector<Record> records = this->Drain(*consumer, 1);
  ASSERT_EQ(records.size(), 1);
  EXPECT_EQ(records[0].value, "new");
}

TYPED_TEST(EventLogContract, TopicsAreCreatedOnceAndTheirPartitionsChecked) {
  EXPECT_TRUE(this->log_->EnsureTopics({this->topic_}).ok());
  EXPECT_TRUE(this->log_->CheckTopics({this->topic_}).ok());
  EXPECT_EQ(this->log_->CheckTopics({this->topic_ + "x"}).code(),
            absl::StatusCode::kFailedPrecondition);
  const auto other = this->backend_.Make(this->kPartitions + 1);
  EXPECT_EQ(other->EnsureTopics({this->topic_}).code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(other->CheckTopics({this->topic_}).code(), absl::StatusCode::kFailedPrecondition);
}

TYPED_TEST(EventLogContract, ProducersOfManyThreadsLoseNothing) {
  constexpr int kThreads = 4;
  constexpr int kEach = 100;
  std::atomic<int> reported = 0;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0; i < kEach; ++i) {
          size_t taken = 0;
          const auto status = this->producer_->Publish(
              {this->MakeEvent(text::Cat("key-", t), text::Cat(i))},
              [&](const std::string&, const absl::Status& report) {
                if (report.ok()) ++reported;
              },
              &taken);
          EXPECT_TRUE(status.ok()) << status;
        }
      });
    }
  }
  ASSERT_TRUE(this->producer_->Flush(absl::Seconds(20)).ok());
  EXPECT_EQ(reported, kThreads * kEach);
  auto consumer = this->NewConsumer("g");
  std::map<std::string, int> next;
  for (const Record& record : this->Drain(*consumer, kThreads * kEach)) {
    EXPECT_EQ(record.value, text::Cat(next[record.key]++)) << record.key;
  }
  EXPECT_EQ(next.size(), kThreads);
}

}  // namespace
}  // namespace tremplin::eventlog
