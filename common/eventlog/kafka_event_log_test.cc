// What is Kafka's alone: the settings, and what happens when the broker or the client fails.
#include "common/eventlog/kafka_event_log.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "absl/time/clock.h"
#include "common/eventlog/kafka_consumer.h"
#include "common/eventlog/kafka_producer.h"
#include "common/ids/ids.h"
#include "common/text/text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "librdkafka/rdkafka_mock.h"
#include "tests/support/servers.h"

namespace tremplin::eventlog {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;

// Nothing listens there.
KafkaOptions Nowhere() { return {.brokers = "127.0.0.1:1", .client_id = "demo", .extra = {}}; }

events::Event MakeEvent(const std::string& service, const std::string& key,
                        const std::string& data) {
  return {.id = ids::New(),
          .service = service,
          .type = "tremplin.test.Happened",
          .key = key,
          .time = absl::UnixEpoch(),
          .traceparent = "",
          .data = data};
}

TEST(KafkaSettings, OfTheProducerAreTheDesigns) {
  const auto settings = EffectiveProducerSettings(Nowhere());
  const std::map<std::string, std::string> wanted = {
      {"enable.idempotence", "true"},
      {"acks", "-1"},  // as librdkafka says "all"
      {"message.timeout.ms", "0"},
      {"partitioner", "murmur2_random"},
      {"linger.ms", "0"},
      {"max.in.flight.requests.per.connection", "1"},
      {"retries", "2147483647"},
      {"socket.keepalive.enable", "true"},
      {"socket.nagle.disable", "true"},
      {"reconnect.backoff.max.ms", "1000"},
      {"client.id", "demo"},
  };
  for (const auto& setting : wanted) EXPECT_THAT(settings, Contains(setting));
}

TEST(KafkaSettings, OfTheConsumerAreTheDesigns) {
  const auto settings = EffectiveConsumerSettings(Nowhere(), {.group = "g", .topics = {"t"}});
  const std::map<std::string, std::string> wanted = {
      {"group.id", "g"},
      {"enable.auto.offset.store", "false"},
      {"enable.auto.commit", "false"},
      {"auto.offset.reset", "error"},
      {"partition.assignment.strategy", "range,roundrobin"},
      {"check.crcs", "true"},
      {"session.timeout.ms", "6000"},
      {"heartbeat.interval.ms", "2000"},
      {"max.poll.interval.ms", "300000"},
      {"allow.auto.create.topics", "false"},
      {"enable.partition.eof", "false"},
      {"fetch.min.bytes", "1"},
      {"fetch.wait.max.ms", "100"},
      {"socket.keepalive.enable", "true"},
      {"group.instance.id", ""},
  };
  for (const auto& [name, value] : wanted) {
    const auto found = settings.find(name);
    EXPECT_EQ(found == settings.end() ? "" : found->second, value) << name;
  }
}

TEST(KafkaSettings, OfTheInstallationWin) {
  KafkaOptions options = Nowhere();
  options.extra = {{"socket.timeout.ms", "4321"}};
  EXPECT_THAT(EffectiveProducerSettings(options), Contains(Pair("socket.timeout.ms", "4321")));
}

TEST(KafkaSecurity, IsReadFromAFile) {
  const auto settings = ParseKafkaSecurity(
      "# how the cluster lets us in\n\nsecurity.protocol = SASL_SSL\r\n"
      "sasl.mechanism=PLAIN\nsasl.username=tremplin\nsasl.password=a=b #c\n");
  ASSERT_TRUE(settings.ok()) << settings.status();
  EXPECT_THAT(
      *settings,
      ElementsAre(Pair("sasl.mechanism", "PLAIN"), Pair("sasl.password", "a=b #c"),
                  Pair("sasl.username", "tremplin"), Pair("security.protocol", "SASL_SSL")));
}

TEST(KafkaSecurity, WhatItCannotHoldIsRefusedByLineAndNeverRepeated) {
  for (const auto& [text, said] : std::map<std::string, std::string>{
           {"acks=0", "line 1: no security"},
           {"\nssl.nonsense=sesame", "line 2: librdkafka does not take this value of ssl.nonsense"},
           {"sasl.username=u\nsasl.username=sesame", "line 2: is there twice"},
           {"sesame", "line 1: no security"},
           {"security.protocol=sesame", "line 1: librdkafka does not take"},
           {"security.protocol=SSL\nssl.ca.location=/nowhere.pem", "ssl.ca.location"}}) {
    const auto settings = ParseKafkaSecurity(text);
    EXPECT_EQ(settings.status().code(), absl::StatusCode::kFailedPrecondition) << text;
    EXPECT_THAT(settings.status().ToString(), HasSubstr(said));
    EXPECT_THAT(settings.status().ToString(), Not(HasSubstr("sesame")));
  }
}

// The broker's listener by TLS, for those who have the password.
class KafkaGuarded : public ::testing::Test {
 protected:
  void SetUp() override {
    TREMPLIN_REQUIRE_SERVER(::tremplin::testing::Server("TREMPLIN_TEST_KAFKA_GUARDED"));
  }
  static KafkaOptions As(const std::string& password) {
    const auto security = ParseKafkaSecurity(text::Cat(
        "security.protocol=SASL_SSL\nsasl.mechanism=PLAIN\nsasl.username="
        "tremplin\nsasl.password=",
        password, "\nssl.ca.location=", ::tremplin::testing::Server("TREMPLIN_TEST_KAFKA_CA")));
    EXPECT_TRUE(security.ok()) << security.status();
    return {.brokers = ::tremplin::testing::Server("TREMPLIN_TEST_KAFKA_GUARDED"),
            .partitions = 1,
            .client_id = "demo",
            .extra = security.ok() ? *security : std::map<std::string, std::string>(),
            .publishing = std::make_shared<status::Condition>()};
  }
};

TEST_F(KafkaGuarded, WhoHasThePasswordIsLetIn) {
  const auto log = MakeKafkaEventLog(As("guarded"));
  const std::string topic = text::Cat("tremplin.guarded_", ids::New(), ".v1");
  ASSERT_EQ(log->EnsureTopics({topic}), absl::OkStatus());
  EXPECT_EQ(log->CheckTopics({topic}), absl::OkStatus());
}

TEST_F(KafkaGuarded, WhoHasAnotherIsRefusedAndThatIsTold) {
  const KafkaOptions options = As("another");
  const auto log = MakeKafkaEventLog(options);
  const auto producer = log->NewProducer();
  size_t taken = 0;
  events::Event event;
  event.id = ids::New();
  event.service = "demo";
  event.type = "t";
  event.key = "k";
  (void)producer->Publish(
      {event}, [](const std::string&, const absl::Status&) {}, &taken);
  const absl::Time limit = absl::Now() + absl::Seconds(20);
  while (!options.publishing->Has(status::Trouble::kRefused) && absl::Now() < limit) {
    (void)producer->Flush(absl::Milliseconds(50));
  }
  EXPECT_TRUE(options.publishing->Has(status::Trouble::kRefused));
}

TEST(KafkaUnreachable, PollAnswersWithinItsTimeAndSaysSo) {
  const auto log = MakeKafkaEventLog(Nowhere());
  const auto consumer = log->NewConsumer({.group = "g", .topics = {"tremplin.t.v1"}});
  const absl::Time begin = absl::Now();
  bool told = false;
  while (!told && absl::Now() - begin < absl::Seconds(20)) {
    const auto chunk = consumer->Poll(64, absl::Milliseconds(50));
    told = !chunk.ok();
    if (told) {
      EXPECT_EQ(chunk.status().code(), absl::StatusCode::kUnavailable);
    }
  }
  EXPECT_TRUE(told);
  EXPECT_EQ(consumer->Lags().status().code(), absl::StatusCode::kUnavailable);
  const absl::Time closing = absl::Now();
  consumer->Close();
  EXPECT_LT(absl::Now() - closing, absl::Seconds(10));
}

// librdkafka's broker of one node, which can refuse a request of choice.
class MockBroker {
 public:
  MockBroker() : owner_(kafka::MakeHandle(RD_KAFKA_PRODUCER, kafka::MakeConf({}))) {
    cluster_ = rd_kafka_mock_cluster_new(owner_.get(), 1);
  }
  ~MockBroker() { rd_kafka_mock_cluster_destroy(cluster_); }
  MockBroker(const MockBroker&) = delete;
  MockBroker& operator=(const MockBroker&) = delete;

  KafkaOptions options() const {
    return {.brokers = rd_kafka_mock_cluster_bootstraps(cluster_),
            .partitions = 1,
            .client_id = "demo",
            .extra = {}};
  }
  void CreateTopic(const std::string& topic) {
    rd_kafka_mock_topic_create(cluster_, topic.c_str(), 1, 1);
  }
  // As a broker does that is not yet, or no longer, the leader that its metadata name.
  void RefuseNextProduce(absl::Duration after) {
    constexpr int16_t kProduce = 0;
    rd_kafka_mock_broker_push_request_error_rtts(
        cluster_, 1, kProduce, 1, RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION,
        static_cast<int>(absl::ToInt64Milliseconds(after)));
  }

 private:
  kafka::Handle owner_;
  rd_kafka_mock_cluster_t* cluster_ = nullptr;
};

// A new topic's leader refuses the first request and takes the second; as it knows nothing of the
// producer, no sequence number tells it that there is a gap.
TEST(KafkaProducing, ARefusedRequestIsNotPassedByALaterOne) {
  MockBroker broker;
  broker.CreateTopic("tremplin.t.v1");
  const auto log = MakeKafkaEventLog(broker.options());
  const auto producer = log->NewProducer();
  const auto publish = [&](const std::string& data) {
    size_t taken = 0;
    return producer->Publish(
        {MakeEvent("t", "k", data)},
        [](const std::string&, const absl::Status& status) { EXPECT_TRUE(status.ok()) << status; },
        &taken);
  };
  ASSERT_TRUE(publish("0").ok());
  ASSERT_TRUE(producer->Flush(absl::Seconds(20)).ok()) << "connected, and the topic known";
  broker.RefuseNextProduce(absl::Milliseconds(500));
  for (const char* data : {"1", "2", "3"}) {
    ASSERT_TRUE(publish(data).ok());
    absl::SleepFor(absl::Milliseconds(100));  // a request each, if several may be under way
  }
  ASSERT_TRUE(producer->Flush(absl::Seconds(20)).ok());
  const auto consumer = log->NewConsumer({.group = "g", .topics = {"tremplin.t.v1"}});
  std::vector<std::string> values;
  const absl::Time deadline = absl::Now() + absl::Seconds(30);
  while (values.size() < 4 && absl::Now() < deadline) {
    const auto chunks = consumer->Poll(64, absl::Milliseconds(100));
    if (!chunks.ok()) continue;
    for (const Chunk& chunk : *chunks) {
      for (const Record& record : chunk.records) values.push_back(record.value);
    }
  }
  EXPECT_THAT(values, ElementsAre("0", "1", "2", "3"));
}

TEST(KafkaUnreachable, TopicsCannotBeChecked) {
  const auto log = MakeKafkaEventLog(Nowhere());
  EXPECT_EQ(log->CheckTopics({"tremplin.t.v1"}).code(), absl::StatusCode::kUnavailable);
}

TEST(KafkaUnreachable, AProducerThatGoesReportsWhatItHolds) {
  const auto log = MakeKafkaEventLog(Nowhere());
  auto producer = log->NewProducer();
  std::atomic<int> failed = 0;
  size_t taken = 0;
  ASSERT_TRUE(producer
                  ->Publish(
                      {MakeEvent("t", "k", "1"), MakeEvent("t", "k", "2")},
                      [&](const std::string&, const absl::Status& status) {
                        if (!status.ok()) ++failed;
                      },
                      &taken)
                  .ok());
  EXPECT_EQ(taken, 2);
  EXPECT_EQ(producer->Flush(absl::Milliseconds(50)).code(), absl::StatusCode::kDeadlineExceeded);
  producer.reset();
  EXPECT_EQ(failed, 2);
}

TEST(KafkaUnreachable, AFatalErrorReportsWhatIsOutstandingAndEndsTheProducer) {
  kafka::KafkaProducer producer(Nowhere());
  std::atomic<int> failed = 0;
  const auto count = [&](const std::string&, const absl::Status& status) {
    if (!status.ok()) ++failed;
  };
  size_t taken = 0;
  ASSERT_TRUE(producer.Publish({MakeEvent("t", "k", "1")}, count, &taken).ok());
  rd_kafka_test_fatal_error(producer.handle(), RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER,
                            "as a test wants it");
  const absl::Time deadline = absl::Now() + absl::Seconds(20);
  while (failed == 0 && absl::Now() < deadline) absl::SleepFor(absl::Milliseconds(5));
  EXPECT_EQ(failed, 1);
  EXPECT_EQ(producer.Publish({MakeEvent("t", "k", "2")}, count, &taken).code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(taken, 0);
}

class KafkaEventLogTest : public ::testing::Test {
 protected:
  void SetUp() override {
    TREMPLIN_REQUIRE_SERVER(testing::KafkaServer());
    options_ = {.brokers = testing::KafkaServer(),
                .partitions = 4,
                .replication = 1,
                .client_id = "demo",
                .extra = {}};
    log_ = MakeKafkaEventLog(options_);
    ASSERT_TRUE(log_->EnsureTopics({topic_}).ok());
  }

  void Publish(int from, int to) {
    std::vector<events::Event> events;
    for (int i = from; i < to; ++i) {
      events.push_back(MakeEvent(service_, text::Cat("key-", i % 16), text::Cat(i)));
    }
    const auto producer = log_->NewProducer();
    size_t taken = 0;
    ASSERT_TRUE(producer
                    ->Publish(
                        events, [](const std::string&, const absl::Status&) {}, &taken)
                    .ok());
    ASSERT_TRUE(producer->Flush(absl::Seconds(20)).ok());
  }

  // Commits offsets for the group as an operator might by mistake.
  void CommitByHand(int64_t offset) {
    rd_kafka_conf_t* conf =
        kafka::MakeConf(kafka::ConsumerSettings(options_, {.group = group_, .topics = {topic_}}));
    const kafka::Handle handle = kafka::MakeHandle(RD_KAFKA_CONSUMER, conf);
    const kafka::Partitions list(rd_kafka_topic_partition_list_new(options_.partitions));
    for (int i = 0; i < options_.partitions; ++i) {
      rd_kafka_topic_partition_list_add(list.get(), topic_.c_str(), i)->offset = offset;
    }
    ASSERT_EQ(rd_kafka_commit(handle.get(), list.get(), 0), RD_KAFKA_RESP_ERR_NO_ERROR);
  }

  KafkaOptions options_;
  const std::string service_ = text::Cat("k", ids::New());
  const std::string topic_ = events::TopicOf(service_);
  // Its own: other tests meet on the same broker at the same time.
  const std::string group_ = text::Cat("group-", service_);
  std::unique_ptr<EventLog> log_;
};

TEST_F(KafkaEventLogTest, ACommittedOffsetThatTheLogDoesNotHaveIsDataLossAndNeverAJump) {
  Publish(0, 32);
  CommitByHand(1'000'000);
  const auto consumer = log_->NewConsumer({.group = group_, .topics = {topic_}});
  const absl::Time deadline = absl::Now() + absl::Seconds(20);
  absl::Status status;
  while (!absl::IsDataLoss(status) && absl::Now() < deadline) {
    const auto chunk = consumer->Poll(64, absl::Milliseconds(100));
    status = chunk.status();
    ASSERT_TRUE(!chunk.ok() || chunk->empty());
  }
  EXPECT_TRUE(absl::IsDataLoss(status)) << status;
  for (int i = 0; i < 5; ++i) {  // and it stays so
    EXPECT_TRUE(absl::IsDataLoss(consumer->Poll(64, absl::Milliseconds(50)).status()));
  }
}

TEST_F(KafkaEventLogTest, MembersShareThePartitionsAndOneTakesOverFromAnother) {
  Publish(0, 200);
  const auto one = log_->NewConsumer({.group = group_, .topics = {topic_}});
  auto two = log_->NewConsumer({.group = group_, .topics = {topic_}});
  std::set<std::string> seen;
  const auto step = [&](Consumer& consumer) {
    const auto chunks = consumer.Poll(8, absl::Milliseconds(10));
    if (!chunks.ok()) return;
    for (const Chunk& chunk : *chunks) {
      const absl::Status committed = consumer.Commit(chunk);
      EXPECT_TRUE(committed.ok() || absl::IsFailedPrecondition(committed)) << committed;
      for (const Record& record : chunk.records) seen.insert(record.value);
    }
  };
  const absl::Time deadline = absl::Now() + absl::Seconds(60);
  const auto both_have = [&] {
    const auto a = one->Lags();
    const auto b = two->Lags();
    const auto assigned = [](const Lag& lag) { return lag.assigned; };
    return a.ok() && b.ok() && std::ranges::count_if(*a, assigned) == 2 &&
           std::ranges::count_if(*b, assigned) == 2;
  };
  while ((seen.size() < 200 || !both_have()) && absl::Now() < deadline) {
    step(*one);
    step(*two);
  }
  EXPECT_EQ(seen.size(), 200);
  EXPECT_TRUE(both_have());
  two->Close();
  Publish(200, 300);
  while (seen.size() < 300 && absl::Now() < deadline) step(*one);
  EXPECT_EQ(seen.size(), 300);
}

TEST_F(KafkaEventLogTest, APartitionThatIsRetriedLongDoesNotFillTheMemoryNorStopTheOthers) {
  Publish(0, 6000);
  const auto consumer = log_->NewConsumer({.group = group_, .topics = {topic_}});
  const absl::Time deadline = absl::Now() + absl::Seconds(60);
  int32_t stuck = -1;
  size_t others = 0;
  std::map<int32_t, int64_t> next;
  const auto handle = [&](const Chunk& chunk) {
    if (stuck == -1) stuck = chunk.partition;
    if (chunk.partition == stuck && others < 3000) {
      consumer->Retry(chunk, absl::Milliseconds(100));
      return;
    }
    // After pausing and resuming nothing is missing and nothing comes twice.
    for (const Record& record : chunk.records) {
      EXPECT_EQ(record.offset, next[chunk.partition]++);
    }
    if (chunk.partition != stuck) others += chunk.records.size();
    EXPECT_TRUE(consumer->Commit(chunk).ok());
  };
  const auto step = [&] {
    const auto chunks = consumer->Poll(64, absl::Milliseconds(20));
    if (chunks.ok()) std::for_each(chunks->begin(), chunks->end(), handle);
  };
  const auto total = [&] {
    int64_t sum = 0;
    for (const auto& [partition, offset] : next) sum += offset;
    return sum;
  };
  while (total() < 6000 && absl::Now() < deadline) step();
  EXPECT_EQ(total(), 6000);
}

}  // namespace
}  // namespace tremplin::eventlog
