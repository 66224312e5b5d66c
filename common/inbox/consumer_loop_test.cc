#include <algorithm>
#include <atomic>
#include <map>
#include <set>
#include <string>

#include "common/inbox/inbox_test_support.h"
#include "common/text/text.h"
#include "gmock/gmock.h"

namespace tremplin::inbox {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class ConsumerLoopTest : public InboxFixture {};

TEST_F(ConsumerLoopTest, EachEventHasItsEffectOnceInTheOrderOfItsKey) {
  HandlePlainly();
  for (int i = 0; i < 20; ++i) {
    PublishAll({{"a", text::Cat(i)}, {"b", text::Cat(i)}, {"c", text::Cat(i)}});
  }
  const auto loop = NewLoop();
  ASSERT_TRUE(StepToEnd(*loop));
  for (const char* key : {"a", "b", "c"}) {
    const auto effects = EffectsOf(key);
    ASSERT_THAT(effects, SizeIs(20));
    for (int i = 0; i < 20; ++i) EXPECT_EQ(effects[static_cast<size_t>(i)], text::Cat(i));
  }
  EXPECT_EQ(Count("inbox"), 60);
}

TEST_F(ConsumerLoopTest, AChunkIsOneWrite) {
  HandlePlainly();
  std::vector<std::pair<std::string, std::string>> events;
  for (int i = 0; i < 60; ++i) events.emplace_back("a", text::Cat(i));
  PublishAll(events);
  const auto loop = NewLoop();
  loop->Step(absl::ZeroDuration());  // the first also prunes
  EXPECT_EQ(db_->writes, 2);
  EXPECT_THAT(EffectsOf("a"), SizeIs(60));
}

TEST_F(ConsumerLoopTest, WhatSeveralPartitionsHaveReadyIsOneWrite) {
  HandlePlainly();
  std::vector<std::pair<std::string, std::string>> events;
  for (int i = 0; i < 100; ++i) events.emplace_back(text::Cat("k", i % 10), text::Cat(i));
  PublishAll(events);
  const auto loop = NewLoop();
  loop->Step(absl::ZeroDuration());  // the first also prunes
  EXPECT_EQ(db_->writes, 2);
  EXPECT_EQ(Count("effect"), 64);  // of both partitions
  EXPECT_THAT(Values("SELECT DISTINCT key FROM demo_effect"), SizeIs(10));
  loop->Step(absl::ZeroDuration());
  EXPECT_EQ(db_->writes, 3);
  EXPECT_EQ(Count("effect"), 100);
  EXPECT_EQ(*loop->Lag(), 0);
}

// What a handler calls and writes comes from its own step of the trace; its line tells both.
TEST_F(ConsumerLoopTest, EachEventIsAStepOfItsTraceWithALine) {
  std::string handed_on;
  handlers_.On<google::protobuf::StringValue>(
      "peer",
      [&](const events::Event& event,
          const google::protobuf::StringValue& payload) -> absl::StatusOr<Apply> {
        if (payload.value() == "idle") return nullptr;
        handed_on = event.traceparent;
        return Effect(event, payload.value(), nullptr);
      });
  events::Event event = MakeEvent("a", "1");
  event.traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  Publish({event, MakeEvent("b", "idle")});
  const auto loop = NewLoop();
  ::testing::internal::CaptureStderr();
  EXPECT_TRUE(StepUntil(*loop, [&] { return Count("effect") == 1; }));
  const std::string log = ::testing::internal::GetCapturedStderr();
  EXPECT_THAT(log, HasSubstr("\"msg\":\"event\",\"consumer\":\"demo\""));
  EXPECT_THAT(log, HasSubstr("\"event_id\":\"" + event.id + "\",\"result\":\"applied\""));
  EXPECT_THAT(log, HasSubstr("\"trace\":\"4bf92f3577b34da6a3ce929d0e0e4736\""));
  EXPECT_THAT(log, HasSubstr("\"parent\":\"00f067aa0ba902b7\""));
  ASSERT_EQ(handed_on.size(), event.traceparent.size());
  EXPECT_THAT(log, HasSubstr("\"span\":\"" + handed_on.substr(36, 16) + "\""));
  EXPECT_EQ(std::count(log.begin(), log.end(), '\n'), 1) << "what means nothing here leaves none";
}

// Since when something may have waited is known to the moment where it is stuck.
TEST_F(ConsumerLoopTest, TellsWhatWaitsByPartitionAndHowLongAtMost) {
  bool away = true;
  HandlePlainly([&](const std::string&, const std::string&) {
    return away ? absl::UnavailableError("away") : absl::OkStatus();
  });
  const auto loop = NewLoop();
  loop->Step(absl::ZeroDuration());
  clock_.AdvanceSystem(absl::Seconds(30));
  loop->Step(absl::ZeroDuration());  // nothing to read, until now
  Publish({MakeEvent("a", "1")});
  loop->Step(absl::ZeroDuration());
  clock_.AdvanceSystem(absl::Seconds(7));
  loop->Step(absl::ZeroDuration());
  const auto stuck = loop->Waiting();
  ASSERT_TRUE(stuck.ok()) << stuck.status();
  EXPECT_EQ(LagOf(*stuck), 1);
  int waiting = 0;
  for (const PartitionWork& one : stuck->partitions) {
    EXPECT_TRUE(one.assigned);
    EXPECT_EQ(one.done, 0);
    EXPECT_EQ(one.oldest_age, one.waiting == 0 ? absl::ZeroDuration() : absl::Seconds(7));
    waiting += static_cast<int>(one.waiting);
  }
  EXPECT_EQ(waiting, 1);

  away = false;
  EXPECT_TRUE(StepUntil(*loop, [&] { return Count("effect") == 1; }));
  const auto over = loop->Waiting();
  ASSERT_TRUE(over.ok());
  int64_t done = 0;
  for (const PartitionWork& one : over->partitions) done += one.done;
  EXPECT_EQ(done, 1);
  EXPECT_EQ(LagOf(*over), 0);
}

TEST_F(ConsumerLoopTest, AnEventWithoutAnEffectIsNotWritten) {
  handlers_.On<google::protobuf::StringValue>(
      "peer",
      [](const events::Event& event,
         const google::protobuf::StringValue& payload) -> absl::StatusOr<Apply> {
        return payload.value() == "idle" ? nullptr : Effect(event, payload.value(), nullptr);
      });
  const events::Event idle = MakeEvent("a", "idle");
  Publish({idle, MakeEvent("a", "1"), idle});
  const auto loop = NewLoop();
  ASSERT_TRUE(StepToEnd(*loop));
  EXPECT_THAT(EffectsOf("a"), ElementsAre("1"));
  EXPECT_EQ(Count("inbox"), 1);
}

TEST_F(ConsumerLoopTest, WhatIsSeenOnTheEventToHaveNoEffectAsksTheDatabaseNothing) {
  handlers_.On<google::protobuf::StringValue>(
      "peer",
      [](const events::Event&, const google::protobuf::StringValue&) -> absl::StatusOr<Apply> {
        return nullptr;
      },
      Handlers::Reads::kEventAlone);
  const auto loop = NewLoop();
  loop->Step(absl::ZeroDuration());  // prunes
  PublishAll({{"a", "1"}, {"b", "2"}});
  const int writes = db_->writes;
  const int reads = db_->reads;
  loop->Step(absl::ZeroDuration());
  EXPECT_EQ(db_->writes, writes);
  EXPECT_EQ(db_->reads, reads);
  EXPECT_EQ(*loop->Lag(), 0);
}

TEST_F(ConsumerLoopTest, APreparationThatReadsSeesTheEarlierEffectsOfItsKey) {
  std::vector<size_t> seen;
  handlers_.On<google::protobuf::StringValue>(
      "peer",
      [&](const events::Event& event,
          const google::protobuf::StringValue& payload) -> absl::StatusOr<Apply> {
        seen.push_back(EffectsOf(event.key).size());
        return Effect(event, payload.value(), nullptr);
      });
  PublishAll({{"a", "0"}, {"a", "1"}, {"a", "2"}});
  const auto loop = NewLoop();
  ASSERT_TRUE(StepToEnd(*loop));
  EXPECT_THAT(seen, ElementsAre(0, 1, 2));
}

TEST_F(ConsumerLoopTest, TheSameEventTwiceHasOneEffect) {
  HandlePlainly();
  const events::Event event = MakeEvent("a", "once");
  Publish({event, MakeEvent("a", "other"), event});
  Publish({event});
  const auto loop = NewLoop();
  ASSERT_TRUE(StepToEnd(*loop));
  Publish({event});
  ASSERT_TRUE(StepToEnd(*loop));
  EXPECT_THAT(EffectsOf("a"), ElementsAre("once", "other"));
}

TEST_F(ConsumerLoopTest, AFailureInMidHandlerLeavesNothingAndTheRestOfTheChunkIsDone) {
  bool fails = true;
  HandlePlainly([&](const std::string& key, const std::string&) {
    return key == "bad" && fails ? absl::InternalError("half way") : absl::OkStatus();
  });
  PublishAll({{"bad", "1"}, {"bad", "2"}, {"good", "1"}, {"bad2", "1"}});
  const auto loop = NewLoop();
  loop->Step(absl::ZeroDuration());
  loop->Step(absl::ZeroDuration());
  EXPECT_THAT(EffectsOf("bad"), IsEmpty());
  EXPECT_THAT(EffectsOf("good"), ElementsAre("1"));
  EXPECT_EQ(Count("inbox"), 2);
  fails = false;
  ASSERT_TRUE(StepToEnd(*loop));
  EXPECT_THAT(EffectsOf("bad"), ElementsAre("1", "2"));
  EXPECT_THAT(EffectsOf("good"), ElementsAre("1"));
  EXPECT_EQ(Count("dead_letter"), 0);
}

TEST_F(ConsumerLoopTest, WhatKeepsFailingBecomesADeadLetterAndItsKeyIsParked) {
  int tries = 0;
  HandlePlainly([&](const std::string& key, const std::string& value) {
    if (key != "bad" || value != "1") return absl::OkStatus();
    ++tries;
    return absl::InternalError("never works");
  });
  PublishAll({{"bad", "0"}, {"bad", "1"}, {"bad", "2"}, {"good", "1"}});
  const auto loop = NewLoop();
  ASSERT_TRUE(StepToEnd(*loop));
  PublishAll({{"bad", "3"}, {"good", "2"}});
  ASSERT_TRUE(StepToEnd(*loop));
  EXPECT_GE(tries, 3);  // also together with others, which counts as no attempt of its own
  EXPECT_THAT(EffectsOf("bad"), ElementsAre("0"));
  EXPECT_THAT(EffectsOf("good"), ElementsAre("1", "2"));
  DeadLetters letters("demo", *db_, handlers_, clock_);
  const auto list = letters.List(10, "");
  ASSERT_TRUE(list.ok());
  ASSERT_THAT(*list, SizeIs(1));
  const DeadLetter& letter = list->front();
  EXPECT_EQ(letter.topic, "tremplin.peer.v1");
  EXPECT_EQ(letter.key, "bad");
  EXPECT_EQ(letter.type, kType);
  EXPECT_EQ(letter.error, "INTERNAL: never works");
  EXPECT_EQ(letter.attempts, 3);
  EXPECT_EQ(letter.parked_behind, 2);
  EXPECT_GT(letter.offset, 0);
  EXPECT_EQ(letter.at, kStart);
}

TEST_F(ConsumerLoopTest, AFailingPreparationIsTriedAsOftenAndThenBuried) {
  int tries = 0;
  handlers_.On<google::protobuf::StringValue>(
      "peer",
      [&](const events::Event& event,
          const google::protobuf::StringValue& payload) -> absl::StatusOr<Apply> {
        if (payload.value() == "bad") {
          ++tries;
          return absl::NotFoundError("the person is not there");
        }
        return Effect(event, payload.value(), nullptr);
      });
  PublishAll({{"a", "bad"}, {"a", "later"}, {"b", "fine"}});
  const auto loop = NewLoop();
  ASSERT_TRUE(StepToEnd(*loop));
  EXPECT_EQ(tries, 3);
  EXPECT_EQ(Count("dead_letter"), 1);
  EXPECT_EQ(Count("parked"), 1);
  EXPECT_THAT(EffectsOf("b"), ElementsAre("fine"));
}

TEST_F(ConsumerLoopTest, WhatCannotBeDecodedIsBuriedAtOnce) {
  HandlePlainly();
  events::Event headers = MakeEvent("a", "1");
  headers.type = "no type name";
  events::Event payload = MakeEvent("b", "1");
  payload.data = "\xff\xff\xff";
  Publish({headers, MakeEvent("a", "2"), payload, MakeEvent("b", "2"), MakeEvent("c", "1")});
  const auto loop = NewLoop();
  ASSERT_TRUE(StepToEnd(*loop));
  EXPECT_EQ(Count("dead_letter"), 2);
  EXPECT_EQ(Count("parked"), 2);
  EXPECT_THAT(EffectsOf("c"), ElementsAre("1"));
  DeadLetters letters("demo", *db_, handlers_, clock_);
  const auto list = letters.List(10, "");
  ASSERT_TRUE(list.ok());
  for (const DeadLetter& letter : *list) EXPECT_EQ(letter.attempts, 1);
  OpenLog();  // offsets are lost: everything is read again
  ASSERT_TRUE(StepToEnd(*NewLoop()));
  EXPECT_EQ(Count("dead_letter"), 2);
  EXPECT_EQ(Count("parked"), 2);
}

TEST_F(ConsumerLoopTest, AnOutagePausesAndBuriesNothing) {
  std::atomic<bool> down = true;
  std::atomic<int> asked = 0;
  handlers_.On<google::protobuf::StringValue>(
      "peer",
      [&](const events::Event& event,
          const google::protobuf::StringValue& payload) -> absl::StatusOr<Apply> {
        if (event.key == "needs-peer") {
          ++asked;
          if (down) return absl::UnavailableError("peer is down");
        }
        return Effect(event, payload.value(), nullptr);
      });
  PublishAll({{"needs-peer", "1"}, {"needs-peer", "2"}});
  const auto loop = NewLoop();
  ASSERT_TRUE(StepUntil(*loop, [&] { return asked >= 4; }));  // more than max_attempts
  EXPECT_EQ(Count("dead_letter"), 0);
  EXPECT_EQ(Count("inbox"), 0);
  down = false;
  ASSERT_TRUE(StepToEnd(*loop));
  EXPECT_THAT(EffectsOf("needs-peer"), ElementsAre("1", "2"));
}

TEST_F(ConsumerLoopTest, ADatabaseThatIsDownPausesAndBuriesNothing) {
  HandlePlainly();
  PublishAll({{"a", "1"}, {"b", "2"}});
  const auto loop = NewLoop();
  db_->down = true;
  for (int i = 0; i < 8; ++i) loop->Step(absl::Milliseconds(20));
  db_->down = false;
  ASSERT_TRUE(StepToEnd(*loop));
  EXPECT_THAT(EffectsOf("a"), ElementsAre("1"));
  EXPECT_THAT(EffectsOf("b"), ElementsAre("2"));
  EXPECT_EQ(Count("dead_letter"), 0);
}

TEST_F(ConsumerLoopTest, AnOutageOfOnePartitionLetsTheOthersFlow) {
  HandlePlainly([](const std::string& key, const std::string&) {
    return key == "stuck" ? absl::UnavailableError("down") : absl::OkStatus();
  });
  std::vector<std::pair<std::string, std::string>> events = {{"stuck", "1"}};
  for (int i = 0; i < 20; ++i) events.emplace_back(text::Cat("k", i), "1");
  PublishAll(events);
  const auto loop = NewLoop();
  EXPECT_TRUE(StepUntil(*loop, [&] { return Count("effect") >= 5; }));
  EXPECT_THAT(EffectsOf("stuck"), IsEmpty());
  EXPECT_EQ(Count("dead_letter"), 0);
}

TEST_F(ConsumerLoopTest, AnOutageWhilePreparingPausesItsPartitionOnly) {
  std::atomic<bool> down = true;
  handlers_.On<google::protobuf::StringValue>(
      "peer",
      [&](const events::Event& event,
          const google::protobuf::StringValue& payload) -> absl::StatusOr<Apply> {
        if (event.key == "stuck" && payload.value() == "2" && down) {
          return absl::UnavailableError("peer is down");
        }
        return Effect(event, payload.value(), nullptr);
      },
      Handlers::Reads::kEventAlone);
  std::vector<std::pair<std::string, std::string>> events = {{"stuck", "1"}, {"stuck", "2"}};
  for (int i = 0; i < 20; ++i) events.emplace_back(text::Cat("k", i), "1");
  PublishAll(events);
  const auto loop = NewLoop();
  ASSERT_TRUE(StepUntil(*loop, [&] { return Count("effect") >= 6; }));
  EXPECT_THAT(EffectsOf("stuck"), ElementsAre("1"));  // what comes before the outage has its effect
  EXPECT_GT(*loop->Lag(), 0);
  down = false;
  ASSERT_TRUE(StepToEnd(*loop));
  EXPECT_THAT(EffectsOf("stuck"), ElementsAre("1", "2"));
  EXPECT_EQ(Count("effect"), 22);
  EXPECT_EQ(Count("dead_letter"), 0);
}

TEST_F(ConsumerLoopTest, APeerThatIsDownIsCalledOnceAStep) {
  int calls = 0;
  handlers_.On<google::protobuf::StringValue>(
      "peer",
      [&](const events::Event&, const google::protobuf::StringValue&) -> absl::StatusOr<Apply> {
        ++calls;
        return absl::DeadlineExceededError("peer does not answer");
      },
      Handlers::Reads::kEventAlone);
  std::vector<std::pair<std::string, std::string>> events;
  for (int i = 0; i < 20; ++i) events.emplace_back(text::Cat("k", i), "1");
  PublishAll(events);
  const auto loop = NewLoop();
  loop->Step(absl::ZeroDuration());
  EXPECT_EQ(calls, 1);
  loop->Step(absl::ZeroDuration());  // the other partition
  EXPECT_EQ(calls, 2);
  loop->Step(absl::ZeroDuration());  // both are paused
  EXPECT_EQ(calls, 2);
}

TEST_F(ConsumerLoopTest, AnEventThatFailsLeavesTheOtherPartitionsEventsDoneInTheSameStep) {
  HandlePlainly([](const std::string& key, const std::string&) {
    return key == "bad" ? absl::InternalError("never works") : absl::OkStatus();
  });
  std::vector<std::pair<std::string, std::string>> events = {{"bad", "1"}};
  for (int i = 0; i < 20; ++i) events.emplace_back(text::Cat("k", i), "1");
  PublishAll(events);
  const auto loop = NewLoop();
  loop->Step(absl::ZeroDuration());
  EXPECT_EQ(Count("effect"), 20);
  EXPECT_EQ(Count("inbox"), 20);
  ASSERT_TRUE(StepToEnd(*loop));
  EXPECT_EQ(Count("dead_letter"), 1);
  EXPECT_EQ(Count("effect"), 20);
}

TEST_F(ConsumerLoopTest, AChunkHeldByAConsumerThatDiedHasItsEffectOnce) {
  HandlePlainly();
  PublishAll({{"a", "1"}, {"b", "2"}});
  {
    const auto victim = log_->NewConsumer({.group = "demo", .topics = handlers_.Topics()});
    EXPECT_FALSE(victim->Poll(64, absl::Seconds(1))->empty());
  }
  ASSERT_TRUE(StepToEnd(*NewLoop()));
  EXPECT_THAT(EffectsOf("a"), ElementsAre("1"));
  EXPECT_THAT(EffectsOf("b"), ElementsAre("2"));
}

TEST_F(ConsumerLoopTest, ACrashBetweenTheCommitAndTheOffsetHasOneEffect) {
  HandlePlainly();
  PublishAll({{"a", "1"}, {"a", "2"}, {"b", "1"}});
  const auto loop = NewLoop();
  loop->Step(absl::ZeroDuration());
  loop->Step(absl::ZeroDuration());
  ASSERT_EQ(Count("effect"), 3);
  OpenLog();  // another process's view: the offsets have not been saved since
  const auto heir = NewLoop();
  ASSERT_TRUE(StepToEnd(*heir));
  EXPECT_EQ(Count("effect"), 3);
  EXPECT_EQ(Count("inbox"), 3);
}

TEST_F(ConsumerLoopTest, ARepeatThatCannotBePreparedAgainIsNoFailure) {
  bool gone = false;
  handlers_.On<google::protobuf::StringValue>(
      "peer",
      [&](const events::Event& event,
          const google::protobuf::StringValue& payload) -> absl::StatusOr<Apply> {
        if (gone) return absl::NotFoundError("erased meanwhile");
        return Effect(event, payload.value(), nullptr);
      });
  const events::Event event = MakeEvent("a", "1");
  Publish({event});
  const auto loop = NewLoop();
  ASSERT_TRUE(StepToEnd(*loop));
  gone = true;
  Publish({event});
  ASSERT_TRUE(StepToEnd(*loop));
  EXPECT_EQ(Count("dead_letter"), 0);
  EXPECT_THAT(EffectsOf("a"), ElementsAre("1"));
}

TEST_F(ConsumerLoopTest, TypesWithoutAHandlerAreSkipped) {
  HandlePlainly();
  events::Event other = MakeEvent("a", "1");
  other.type = "google.protobuf.Int64Value";
  Publish({other, MakeEvent("a", "2")});
  const auto loop = NewLoop();
  ASSERT_TRUE(StepToEnd(*loop));
  EXPECT_THAT(EffectsOf("a"), ElementsAre("2"));
  EXPECT_EQ(Count("inbox"), 1);
}

TEST_F(ConsumerLoopTest, AnIdleStepTellsHowLongToWait) {
  HandlePlainly();
  const auto loop = NewLoop();
  EXPECT_GT(loop->Step(absl::ZeroDuration()), absl::ZeroDuration());
  PublishAll({{"a", "1"}});
  EXPECT_EQ(*loop->Lag(), 1);
  EXPECT_EQ(loop->Step(absl::ZeroDuration()), absl::ZeroDuration());
  EXPECT_EQ(*loop->Lag(), 0);
}

TEST_F(ConsumerLoopTest, OldInboxRowsArePruned) {
  HandlePlainly();
  PublishAll({{"a", "1"}, {"a", "2"}});
  const auto loop = NewLoop();
  ASSERT_TRUE(StepToEnd(*loop));
  clock_.AdvanceSystem(absl::Hours(24 * 29));
  loop->Step(absl::ZeroDuration());
  EXPECT_EQ(Count("inbox"), 2);
  clock_.AdvanceSystem(absl::Hours(24 * 2));
  loop->Step(absl::ZeroDuration());
  EXPECT_EQ(Count("inbox"), 0);
}

}  // namespace
}  // namespace tremplin::inbox
