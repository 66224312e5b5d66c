// What webhooks are sent, and when: each entry in order under its id, tried again by a schedule
// that is exact on a clock that stands still, each address by itself, whoever delivers. On both
// engines.

#include "services/notification/app/courier.h"

#include <condition_variable>
#include <thread>

#include "common/ids/ids.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/json_util.h"
#include "gtest/gtest.h"
#include "services/notification/domain/signature.h"
#include "services/notification/testing/webhook_fixture.h"
#include "tremplin/notification/events/v1/events.pb.h"

namespace tremplin::notification {
namespace {

using ::testing::ElementsAre;
using testing::HeaderOf;
using ::testing::IsEmpty;

class CourierTest : public testing::WebhookTest {
 protected:
  using WebhookTest::WebhookTest;
  std::string SignatureOf(const v1::Webhook& webhook, const PostRequest& post) const {
    int64_t timestamp = 0;
    EXPECT_TRUE(absl::SimpleAtoi(HeaderOf(post, "webhook-timestamp"), &timestamp));
    return Signatures({*SecretBytes(webhook.secret())}, HeaderOf(post, "webhook-id"), timestamp,
                      post.body);
  }
};

TEST_F(CourierTest, SendsWhatHappensFromNowOn_InOrder_UnderItsId) {
  Happens();
  const v1::Webhook webhook = Create();
  EXPECT_EQ(Deliver(), 0u) << "what was before it is replayed, where it is asked for";
  const std::string second = Happens();
  const std::string third = Happens();
  EXPECT_EQ(PassAndDeliver(absl::Seconds(1)), 2u);
  EXPECT_THAT(IdsPosted(), ElementsAre(second, third));
  const PostRequest post = poster_.posts()[0];
  EXPECT_EQ(post.url, "https://agency.example/hook");
  EXPECT_EQ(HeaderOf(post, "Content-Type"), "application/json");
  EXPECT_EQ(HeaderOf(post, "webhook-timestamp"),
            text::Cat(absl::ToUnixSeconds(module_.clock().SystemNow())));
  EXPECT_EQ(HeaderOf(post, "webhook-signature"), SignatureOf(webhook, post));
  referral::v1::StatusEntry told;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(post.body, &told).ok()) << post.body;
  EXPECT_EQ(told.SerializeAsString(), feeds_["maple"][1].SerializeAsString())
      << "the entry as the feed has it, and nothing more";
  EXPECT_EQ(PassAndDeliver(absl::Hours(1)), 0u);
  EXPECT_EQ(Get(webhook).sequence(), 3);
  EXPECT_EQ(Get(webhook).cursor(), "3");
  const auto deliveries = Deliveries(webhook);
  ASSERT_EQ(deliveries.size(), 2u);
  EXPECT_EQ(deliveries[0].id(), third);
  EXPECT_EQ(deliveries[0].http_status(), 200);
  EXPECT_EQ(deliveries[0].error(), "");
  EXPECT_EQ(deliveries[1].attempt(), 1);
}

TEST_F(CourierTest, OthersSeeNothingOfIt) {
  Create("maple", "https://maple.example/");
  Create("cedar", "https://cedar.example/");
  Happens("maple");
  EXPECT_EQ(Deliver(), 1u);
  EXPECT_EQ(poster_.posts()[0].url, "https://maple.example/");
}

// The schedule to the microsecond: never before its time, and at it; three days, then no more.
TEST_F(CourierTest, TriesAgainEverLater_ForThreeDays_ThenSaysThatItEnded) {
  const v1::Webhook webhook = Create();
  const std::string id = Happens();
  Happens();
  poster_.AnswersStatus(503);
  const absl::Time first = module_.clock().SystemNow();
  const std::string key = webhook.name().substr(webhook.name().find('/') + 1);
  int failures = 0;
  EXPECT_EQ(Deliver(), 1u);
  while (true) {
    ++failures;
    ASSERT_LT(failures, 100);
    const std::string attempt = text::Cat(failures);
    const std::string_view parts[] = {key, id, attempt};
    const absl::Time now = module_.clock().SystemNow();
    const absl::Time next =
        std::min(now + WaitAfter(failures, ids::Draw(parts)), first + absl::Hours(72));
    const v1::Webhook shown = Get(webhook);
    ASSERT_EQ(shown.failures(), failures);
    EXPECT_EQ(shown.last_error(), "status");
    EXPECT_EQ(resources::FromTimestamp(shown.failing_since_time()), first);
    if (now == first + absl::Hours(72)) break;
    EXPECT_EQ(shown.state(), v1::Webhook::STATE_ENABLED);
    EXPECT_EQ(resources::FromTimestamp(shown.next_attempt_time()),
              absl::FromUnixMicros(absl::ToUnixMicros(next)));
    const absl::Duration wait = absl::FromUnixMicros(absl::ToUnixMicros(next)) - now;
    EXPECT_EQ(PassAndDeliver(wait - absl::Microseconds(1)), 0u) << failures;
    module_.clock().AdvanceSystem(absl::Microseconds(1));
    courier_->LookAgain();
    EXPECT_EQ(Deliver(), 1u) << failures;
  }
  EXPECT_GT(failures, 20);
  EXPECT_LT(failures, 30);
  EXPECT_EQ(Get(webhook).state(), v1::Webhook::STATE_SUSPENDED);
  EXPECT_EQ(PassAndDeliver(absl::Hours(1000)), 0u);
  for (const std::string& posted : IdsPosted()) EXPECT_EQ(posted, id) << "one id at every try";
  const auto queued = module_.Events<events::v1::MessageQueued>();
  ASSERT_EQ(queued.size(), 1u);
  EXPECT_EQ(queued[0].template_(), "webhook_suspended");
  EXPECT_EQ(queued[0].recipient(), "maple");

  // Nothing was lost meanwhile.
  poster_.AnswersStatus(200);
  Enable(webhook);
  EXPECT_EQ(Deliver(), 2u);
  EXPECT_EQ(IdsPosted()[static_cast<size_t>(failures)], id);
  EXPECT_EQ(Get(webhook).failures(), 0);
}

TEST_F(CourierTest, TheNextWaitsForTheOneBefore) {
  Create();
  const std::string first = Happens();
  const std::string second = Happens();
  poster_.Answers([&](const PostRequest& post) {
    return Answer{.status = HeaderOf(post, "webhook-id") == first ? 500 : 200};
  });
  EXPECT_EQ(Deliver(), 1u);
  EXPECT_EQ(PassAndDeliver(absl::Seconds(11)), 1u);
  poster_.AnswersStatus(201);
  PassAndDeliver(absl::Seconds(21));
  EXPECT_THAT(IdsPosted(), ElementsAre(first, first, first, second));
}

TEST_F(CourierTest, GoneEndsItAtOnce) {
  const v1::Webhook webhook = Create();
  Happens();
  poster_.AnswersStatus(410);
  EXPECT_EQ(Deliver(), 1u);
  EXPECT_EQ(Get(webhook).state(), v1::Webhook::STATE_GONE);
  EXPECT_EQ(Get(webhook).last_error(), "gone");
  EXPECT_EQ(PassAndDeliver(absl::Hours(100)), 0u);
  const auto queued = module_.Events<events::v1::MessageQueued>();
  ASSERT_EQ(queued.size(), 1u);
  EXPECT_EQ(queued[0].template_(), "webhook_gone");
}

TEST_F(CourierTest, ARedirectIsAFailure) {
  const v1::Webhook webhook = Create();
  Happens();
  poster_.AnswersStatus(307);
  EXPECT_EQ(Deliver(), 1u);
  EXPECT_EQ(Get(webhook).last_error(), "redirect");
  EXPECT_EQ(Get(webhook).state(), v1::Webhook::STATE_ENABLED);
}

TEST_F(CourierTest, TwoSecretsSignForADayAfterARotation) {
  const v1::Webhook webhook = Create();
  v1::RotateWebhookSecretRequest rotate;
  rotate.set_name(webhook.name());
  const auto rotated = webhooks_->RotateWebhookSecret(Agency(), rotate);
  ASSERT_TRUE(rotated.ok()) << rotated.status();
  EXPECT_NE(rotated->secret(), webhook.secret());
  Happens();
  ASSERT_EQ(Deliver(), 1u);
  const PostRequest both = poster_.posts()[0];
  EXPECT_EQ(HeaderOf(both, "webhook-signature"),
            text::Cat(SignatureOf(*rotated, both), " ", SignatureOf(webhook, both)));
  Happens();
  ASSERT_EQ(PassAndDeliver(absl::Hours(24) - absl::Microseconds(1)), 1u);
  const PostRequest still = poster_.posts()[1];
  EXPECT_EQ(HeaderOf(still, "webhook-signature"),
            text::Cat(SignatureOf(*rotated, still), " ", SignatureOf(webhook, still)));
  Happens();
  ASSERT_EQ(PassAndDeliver(absl::Seconds(2)), 1u);
  const PostRequest alone = poster_.posts()[2];
  EXPECT_EQ(HeaderOf(alone, "webhook-signature"), SignatureOf(*rotated, alone));
}

TEST_F(CourierTest, GoesOnWhereItWas_AfterARestart) {
  const v1::Webhook webhook = Create();
  const std::string first = Happens();
  const std::string second = Happens();
  poster_.Answers([&](const PostRequest& post) {
    return Answer{.status = HeaderOf(post, "webhook-id") == first ? 200 : 500};
  });
  EXPECT_EQ(Deliver(), 2u);
  courier_ = NewCourier();
  poster_.AnswersStatus(200);
  const std::string third = Happens();
  EXPECT_EQ(PassAndDeliver(absl::Seconds(15)), 0u) << "the one before may still be there";
  EXPECT_EQ(PassAndDeliver(absl::Seconds(16)), 2u);
  EXPECT_THAT(IdsPosted(), ElementsAre(first, second, second, third));
  EXPECT_EQ(Get(webhook).sequence(), 3);
}

TEST_F(CourierTest, OneReplicaDelivers_AndWhoWasFrozenWritesNothing) {
  const v1::Webhook webhook = Create();
  Happens();
  const std::unique_ptr<Courier> other = NewCourier();
  EXPECT_EQ(Deliver(), 1u);
  Happens();
  module_.clock().AdvanceSystem(absl::Seconds(2));
  EXPECT_EQ(Deliver(*other), 0u) << "it has not the lease";
  // Frozen in the midst of a post, for longer than its term: the other takes over.
  bool within = false;
  poster_.Answers([&](const PostRequest&) {
    if (within) return Answer{.status = 200};
    within = true;
    module_.clock().AdvanceSystem(absl::Seconds(60));
    EXPECT_EQ(Deliver(*other), 1u);
    return Answer{.status = 500};
  });
  Deliver();
  EXPECT_EQ(Get(webhook).sequence(), 2);
  EXPECT_EQ(Get(webhook).failures(), 0) << "what the frozen one learnt late counts for nothing";
  EXPECT_EQ(Deliveries(webhook).size(), 2u);
}

// Who has not the lease asks for it once a second, however many webhooks there are.
TEST_F(CourierTest, WhoDoesNotDeliverLeavesTheStoreAlone) {
  for (int i = 0; i < 20; ++i) {
    const std::string agency = text::Cat("agency-", i);
    Create(agency, text::Cat("https://", agency, ".example/"));
    Happens(agency);
  }
  EXPECT_EQ(Deliver(), 20u);
  const std::unique_ptr<Courier> other = NewCourier();
  EXPECT_EQ(other->Step(), absl::ZeroDuration()) << "it asks";
  EXPECT_EQ(other->Step(), Courier::kPoll);
  module_.clock().AdvanceSystem(Courier::kPoll);
  EXPECT_EQ(other->Step(), absl::ZeroDuration());
  EXPECT_EQ(other->Step(), Courier::kPoll);
}

TEST_F(CourierTest, WhatItsOwnerSaysMeanwhileStands) {
  const v1::Webhook webhook = Create();
  Happens();
  poster_.Answers([&](const PostRequest&) {
    Enable(webhook, false);
    return Answer{.status = 500};
  });
  EXPECT_EQ(Deliver(), 1u);
  EXPECT_EQ(Get(webhook).state(), v1::Webhook::STATE_DISABLED);
  EXPECT_EQ(Get(webhook).failures(), 0);
  EXPECT_EQ(Deliveries(webhook).size(), 1u) << "that it was tried is told";
  EXPECT_EQ(PassAndDeliver(absl::Hours(1)), 0u);
}

TEST_F(CourierTest, AnOutageOfTheFeedIsNoFailureOfTheAddress) {
  const v1::Webhook webhook = Create();
  Happens();
  feed_status_ = absl::UnavailableError("away");
  EXPECT_EQ(Deliver(), 0u);
  EXPECT_EQ(PassAndDeliver(absl::Seconds(5)), 0u);
  EXPECT_EQ(Get(webhook).failures(), 0);
  feed_status_ = absl::OkStatus();
  EXPECT_EQ(PassAndDeliver(absl::Seconds(5)), 1u);
}

TEST_F(CourierTest, AFeedThatDoesNotReachToTheCursorIsToldToItsOwner) {
  Happens();
  Happens();
  const v1::Webhook webhook = Create();
  feeds_["maple"].clear();  // restored from before
  EXPECT_EQ(Deliver(), 0u);
  EXPECT_EQ(Get(webhook).last_error(), "feed");
  EXPECT_EQ(Get(webhook).failures(), 1);
  v1::ReplayWebhookRequest replay;
  replay.set_name(webhook.name());
  replay.set_cursor("0");
  EXPECT_TRUE(webhooks_->ReplayWebhook(Agency(), replay).ok());
  Happens();
  EXPECT_EQ(Deliver(), 1u);
}

TEST_F(CourierTest, WhatIsCutOffByTheEndOfTheProcessWasNoTry) {
  const v1::Webhook webhook = Create();
  Happens();
  poster_.Answers([](const PostRequest&) { return Answer{.error = Poster::kCancelled}; });
  EXPECT_EQ(Deliver(), 1u);
  EXPECT_EQ(Get(webhook).failures(), 0);
  EXPECT_THAT(Deliveries(webhook), IsEmpty());
}

TEST_F(CourierTest, ManyHaveTheirTurn) {
  for (int i = 0; i < 70; ++i) {
    const std::string agency = text::Cat("agency-", i);
    Create(agency, text::Cat("https://", agency, ".example/"));
    Happens(agency);
    Happens(agency);
  }
  EXPECT_EQ(Deliver(), 140u);
  std::set<std::string> first;
  for (size_t i = 0; i < 70; ++i) first.insert(poster_.posts()[i].url);
  EXPECT_EQ(first.size(), 70u) << "nobody's second goes before another's first";
}

TEST_F(CourierTest, KeepsTheLogForAMonth) {
  const v1::Webhook webhook = Create();
  Happens();
  Deliver();
  EXPECT_EQ(Deliveries(webhook).size(), 1u);
  PassAndDeliver(absl::Hours(24 * 30) - absl::Seconds(31));
  EXPECT_EQ(Deliveries(webhook).size(), 1u);
  PassAndDeliver(absl::Minutes(2));
  EXPECT_THAT(Deliveries(webhook), IsEmpty());
}

TEST_F(CourierTest, TellsHowManyFail_AndForHowLong) {
  Create();
  Happens();
  poster_.AnswersStatus(500);
  Deliver();
  PassAndDeliver(absl::Minutes(10));
  std::string page = module_.context().metrics.Render();
  EXPECT_NE(page.find("tremplin_webhooks_failing{state=\"enabled\"} 1"), std::string::npos) << page;
  EXPECT_NE(page.find("tremplin_webhook_oldest_undelivered_seconds 600"), std::string::npos)
      << page;
  for (int i = 0; i < 12; ++i) PassAndDeliver(absl::Hours(6));
  PassAndDeliver(absl::Minutes(1));
  page = module_.context().metrics.Render();
  EXPECT_NE(page.find("tremplin_webhooks_failing{state=\"enabled\"} 0"), std::string::npos) << page;
  EXPECT_NE(page.find("tremplin_webhooks_failing{state=\"suspended\"} 1"), std::string::npos);
  EXPECT_NE(page.find("tremplin_webhook_oldest_undelivered_seconds 0"), std::string::npos);
}

class HangingCourierTest : public CourierTest {
 protected:
  HangingCourierTest() : CourierTest(true) {}
};

TEST_F(HangingCourierTest, WhoHangsHoldsUpItselfAlone) {
  const v1::Webhook hanging = Create("maple", "https://maple.example/");
  Create("cedar", "https://cedar.example/");
  Happens("maple");
  for (int i = 0; i < 3; ++i) Happens("cedar");
  std::mutex mutex;
  std::condition_variable changed;
  bool hangs = false;
  bool let_go = false;
  poster_.Answers([&](const PostRequest& post) {
    if (post.url != "https://maple.example/") return Answer{.status = 200};
    std::unique_lock lock(mutex);
    hangs = true;
    changed.notify_all();
    changed.wait(lock, [&] { return let_go; });
    return Answer{.error = "timeout"};
  });
  std::jthread other([&] {
    while (true) {
      {
        const std::lock_guard lock(mutex);
        if (let_go) return;
      }
      courier_->Step();
    }
  });
  {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return hangs; });
  }
  courier_->LookAgain();
  Deliver();
  size_t to_cedar = 0;
  for (const PostRequest& post : poster_.posts()) to_cedar += post.url == "https://cedar.example/";
  EXPECT_EQ(to_cedar, 3u);
  EXPECT_EQ(Get(hanging).failures(), 0) << "it hangs still";
  {
    const std::lock_guard lock(mutex);
    let_go = true;
  }
  changed.notify_all();
  other.join();
  EXPECT_EQ(Get(hanging).last_error(), "timeout");
}

TEST_F(HangingCourierTest, SeveralThreadsDeliverEachEntryOnce) {
  std::vector<v1::Webhook> webhooks;
  for (int i = 0; i < 8; ++i) {
    const std::string agency = text::Cat("agency-", i);
    webhooks.push_back(Create(agency, text::Cat("https://", agency, ".example/")));
    for (int entry = 0; entry < 3; ++entry) Happens(agency);
  }
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < Courier::kThreads; ++i) threads.emplace_back([this] { Deliver(); });
  }
  Deliver();  // what one left to another that was done already
  EXPECT_EQ(poster_.posts().size(), 24u);
  for (const v1::Webhook& webhook : webhooks) {
    EXPECT_EQ(Get(webhook).sequence(), 3);
    EXPECT_EQ(Deliveries(webhook).size(), 3u);
  }
}

}  // namespace
}  // namespace tremplin::notification
