#include <set>
#include <string>

#include "common/inbox/inbox_test_support.h"
#include "gmock/gmock.h"

namespace tremplin::inbox {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Values in `broken_` fail; everything else has its effect.
class DeadLettersTest : public InboxFixture {
 protected:
  void SetUp() override {
    InboxFixture::SetUp();
    HandlePlainly([this](const std::string&, const std::string& value) {
      if (down_) return absl::UnavailableError("down");
      return broken_.count(value) > 0 ? absl::InternalError("broken " + value) : absl::OkStatus();
    });
  }

  void Consume(const std::vector<std::pair<std::string, std::string>>& events) {
    PublishAll(events);
    const auto loop = NewLoop();
    ASSERT_TRUE(StepToEnd(*loop));
  }

  DeadLetters::ReplayResult ReplayOne(bool dry_run = false) {
    const auto results = letters().Replay("", 10, dry_run);
    EXPECT_TRUE(results.ok());
    EXPECT_THAT(*results, SizeIs(1));
    return results->front();
  }

  DeadLetters letters() { return {"demo", *db_, handlers_, clock_}; }

  std::set<std::string> broken_;
  bool down_ = false;
};

TEST_F(DeadLettersTest, AReplayHasTheEffectAndTheParkedFollowInOrder) {
  broken_ = {"1"};
  Consume({{"a", "1"}, {"a", "2"}, {"a", "3"}, {"b", "1x"}});
  EXPECT_THAT(EffectsOf("a"), IsEmpty());
  broken_.clear();
  const auto result = ReplayOne();
  EXPECT_TRUE(result.status.ok()) << result.status;
  EXPECT_EQ(result.parked_applied, 2);
  EXPECT_THAT(EffectsOf("a"), ElementsAre("1", "2", "3"));
  EXPECT_EQ(Count("dead_letter"), 0);
  EXPECT_EQ(Count("parked"), 0);
  Consume({{"a", "4"}});
  EXPECT_THAT(EffectsOf("a"), ElementsAre("1", "2", "3", "4"));
}

TEST_F(DeadLettersTest, AReplayThatFailsLeavesTheLetterWithItsNewError) {
  broken_ = {"1"};
  Consume({{"a", "1"}, {"a", "2"}});
  const auto result = ReplayOne();
  EXPECT_EQ(result.status.code(), absl::StatusCode::kInternal);
  EXPECT_EQ(*letters().Count(), 1);
  EXPECT_EQ(letters().List(10, "")->front().attempts, 4);
  EXPECT_EQ(Count("parked"), 1);
  EXPECT_THAT(EffectsOf("a"), IsEmpty());
}

TEST_F(DeadLettersTest, AParkedEventThatFailsBecomesTheNewDeadLetter) {
  broken_ = {"1", "3"};
  Consume({{"a", "1"}, {"a", "2"}, {"a", "3"}, {"a", "4"}});
  broken_ = {"3"};
  EXPECT_EQ(ReplayOne().parked_applied, 1);
  EXPECT_THAT(EffectsOf("a"), ElementsAre("1", "2"));
  const auto list = letters().List(10, "");
  ASSERT_THAT(*list, SizeIs(1));
  EXPECT_EQ(list->front().error, "INTERNAL: broken 3");
  EXPECT_EQ(list->front().parked_behind, 1);
  Consume({{"a", "5"}});
  EXPECT_EQ(Count("parked"), 2);
  broken_.clear();
  EXPECT_EQ(ReplayOne().parked_applied, 2);
  EXPECT_THAT(EffectsOf("a"), ElementsAre("1", "2", "3", "4", "5"));
}

TEST_F(DeadLettersTest, ADryRunChangesNothing) {
  broken_ = {"1"};
  Consume({{"a", "1"}, {"a", "2"}});
  EXPECT_EQ(ReplayOne(/*dry_run=*/true).status.code(), absl::StatusCode::kInternal);
  EXPECT_EQ(letters().List(10, "")->front().attempts, 3);
  broken_.clear();
  EXPECT_TRUE(ReplayOne(/*dry_run=*/true).status.ok());
  EXPECT_THAT(EffectsOf("a"), IsEmpty());
  EXPECT_EQ(Count("parked"), 1);
  EXPECT_EQ(*letters().Count(), 1);
}

TEST_F(DeadLettersTest, AnOutageDuringAReplayLeavesTheLetterAsItWas) {
  broken_ = {"1"};
  Consume({{"a", "1"}});
  down_ = true;
  EXPECT_EQ(ReplayOne().status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(letters().List(10, "")->front().error, "INTERNAL: broken 1");
}

TEST_F(DeadLettersTest, DiscardingLetsTheKeyFlowWithoutTheEffect) {
  broken_ = {"1"};
  Consume({{"a", "1"}, {"a", "2"}});
  const int64_t id = letters().List(10, "")->front().id;
  const auto result = letters().Discard(id, "operator", "entered twice");
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_TRUE(result->status.ok());
  EXPECT_EQ(result->parked_applied, 1);
  EXPECT_THAT(EffectsOf("a"), ElementsAre("2"));
  EXPECT_EQ(Count("dead_letter"), 0);
  EXPECT_EQ(Count("discarded WHERE reason = 'entered twice' AND discarded_by = 'operator'"), 1);
  EXPECT_EQ(letters().Discard(id, "operator", "again").status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_EQ(Count("discarded"), 1);
}

TEST_F(DeadLettersTest, AreListedByTypeAndReplayedUpToALimitOldestFirst) {
  broken_ = {"1"};
  Consume({{"a", "1"}, {"b", "1"}, {"c", "1"}});
  EXPECT_THAT(*letters().List(2, ""), SizeIs(2));
  EXPECT_THAT(*letters().List(10, kType), SizeIs(3));
  EXPECT_THAT(*letters().List(10, "another.Type"), IsEmpty());
  EXPECT_THAT(*letters().Replay("another.Type", 10, false), IsEmpty());
  const int64_t oldest = letters().List(1, "")->front().id;
  broken_.clear();
  const auto results = letters().Replay(kType, 1, false);
  ASSERT_THAT(*results, SizeIs(1));
  EXPECT_EQ(results->front().id, oldest);
  EXPECT_EQ(*letters().Count(), 2);
}

TEST_F(DeadLettersTest, TheLoopGoesOnWithAReplayThatWasCutShort) {
  broken_ = {"1"};
  Consume({{"a", "1"}, {"a", "2"}, {"a", "3"}});
  broken_.clear();
  // The letter's own effect had been had, and the process died before the parked ones flowed.
  ASSERT_TRUE(Execute("UPDATE demo_dead_letter SET failed = 0").ok());
  const auto loop = NewLoop();
  EXPECT_EQ(*loop->Lag(), 3);
  clock_.AdvanceSystem(absl::Seconds(2));
  ASSERT_TRUE(StepToEnd(*loop));
  EXPECT_THAT(EffectsOf("a"), ElementsAre("1", "2", "3"));
  EXPECT_EQ(Count("dead_letter"), 0);
}

TEST_F(DeadLettersTest, AnUndecodableRecordWithoutAKeyBlocksNoOther) {
  events::Event broken = MakeEvent("", "1");
  events::Event again = MakeEvent("", "2");
  Publish({broken, again, MakeEvent("a", "1x")});
  ASSERT_TRUE(StepToEnd(*NewLoop()));
  EXPECT_EQ(*letters().Count(), 2);
  EXPECT_EQ(Count("parked"), 0);
  EXPECT_THAT(EffectsOf("a"), ElementsAre("1x"));
  EXPECT_TRUE(
      letters().Discard(letters().List(1, "")->front().id, "operator", "rubbish")->status.ok());
  EXPECT_EQ(*letters().Count(), 1);
}

}  // namespace
}  // namespace tremplin::inbox
