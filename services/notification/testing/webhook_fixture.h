#ifndef TREMPLIN_SERVICES_NOTIFICATION_TESTING_WEBHOOK_FIXTURE_H_
#define TREMPLIN_SERVICES_NOTIFICATION_TESTING_WEBHOOK_FIXTURE_H_

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "common/resources/names.h"
#include "common/text/text.h"
#include "gtest/gtest.h"
#include "services/notification/app/courier.h"
#include "services/notification/app/webhooks.h"
#include "services/notification/module.h"
#include "tests/support/one_module.h"
#include "tremplin/referral/v1/referral.pb.h"
#include "tremplin/registration/v1/registration.pb.h"

namespace tremplin::notification::testing {

// Keeps what is posted and answers as it is told. Thread-safe.
class FakePoster final : public Poster {
 public:
  Answer Post(const PostRequest& request) override {
    std::function<Answer(const PostRequest&)> answer;
    {
      const std::lock_guard lock(mutex_);
      posts_.push_back(request);
      answer = answer_;
    }
    return answer ? answer(request) : Answer{.status = 200};
  }
  void Cancel() override {}

  void Answers(std::function<Answer(const PostRequest&)> answer) {
    const std::lock_guard lock(mutex_);
    answer_ = std::move(answer);
  }
  void AnswersStatus(int status) {
    Answers([status](const PostRequest&) { return Answer{.status = status}; });
  }
  std::vector<PostRequest> posts() const {
    const std::lock_guard lock(mutex_);
    return posts_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<PostRequest> posts_;
  std::function<Answer(const PostRequest&)> answer_;
};

inline std::string HeaderOf(const PostRequest& post, std::string_view name) {
  for (const auto& [key, value] : post.headers) {
    if (key == name) return value;
  }
  return "";
}

// Notification alone, on a store of its own and a clock that stands still, before feeds that a test
// writes: cursors are the sequence behind which they go on.
class WebhookTest : public ::testing::Test {
 protected:
  explicit WebhookTest(bool threads = false)
      : module_(Spec(), absl::FromUnixSeconds(1'767'600'000), threads) {
    program::v1::ProgramDefinition definition;
    definition.set_id("prog");
    module_.Publish(definition);
    module_.SetPeer("tremplin.referral.v1.ReferralService/ReadStatusFeed",
                    [this](const std::string& bytes) { return ReadFeed(bytes); });
    module_.SetPeer("tremplin.referral.v1.ReferralService/FindStatusCursor",
                    [this](const std::string& bytes) { return FindCursor(bytes); });
    module_.SetPeer("tremplin.registration.v1.RegistrationService/GetOrganization",
                    [](const std::string&) { return std::string(); });
    courier_ = NewCourier();
    webhooks_ =
        std::make_unique<Webhooks>(WebhookDeps{.db = module_.db(),
                                               .commands = module_.context().commands,
                                               .peers = module_.context().peers,
                                               .sealer = module_.context().sealer,
                                               .clock = module_.clock(),
                                               .programs = module_.context().programs,
                                               .poster = poster_,
                                               .inside = false,
                                               .changed = [this] { courier_->LookAgain(); }});
  }

  // Another process of the service, or this one started again.
  std::unique_ptr<Courier> NewCourier() {
    const host::ModuleContext context = module_.context();
    return std::make_unique<Courier>(context.db, context.peers, context.sealer, context.outbox,
                                     context.clock, context.metrics, poster_);
  }

  rpc::CallContext As(rpc::Role role, const std::string& organization,
                      const std::string& program = "") {
    rpc::CallContext call;
    call.principal = {.id = "key", .role = role, .organization = organization, .program = program};
    call.method = "m";
    call.request_id = text::Cat("request-", ++requests_);
    call.business_now = module_.now();
    return call;
  }
  rpc::CallContext Agency(const std::string& organization = "maple") {
    return As(rpc::Role::ROLE_AGENCY, organization);
  }

  v1::Webhook Create(const std::string& organization = "maple",
                     const std::string& url = "https://agency.example/hook") {
    v1::CreateWebhookRequest request;
    request.set_url(url);
    auto made = webhooks_->CreateWebhook(Agency(organization), request);
    EXPECT_TRUE(made.ok()) << made.status();
    return made.value_or(v1::Webhook());
  }
  v1::Webhook Get(const v1::Webhook& webhook) {
    v1::GetWebhookRequest request;
    request.set_name(webhook.name());
    auto got = webhooks_->GetWebhook(As(rpc::Role::ROLE_OPERATOR, ""), request);
    EXPECT_TRUE(got.ok()) << got.status();
    return got.value_or(v1::Webhook());
  }
  v1::Webhook Enable(const v1::Webhook& webhook, bool enabled = true) {
    v1::UpdateWebhookRequest request;
    request.set_name(webhook.name());
    request.set_enabled(enabled);
    auto changed = webhooks_->UpdateWebhook(As(rpc::Role::ROLE_OPERATOR, ""), request);
    EXPECT_TRUE(changed.ok()) << changed.status();
    return changed.value_or(v1::Webhook());
  }
  std::vector<v1::WebhookDelivery> Deliveries(const v1::Webhook& webhook) {
    v1::ListWebhookDeliveriesRequest request;
    request.set_name(webhook.name());
    request.set_page_size(500);
    const auto listed = webhooks_->ListWebhookDeliveries(As(rpc::Role::ROLE_OPERATOR, ""), request);
    EXPECT_TRUE(listed.ok()) << listed.status();
    if (!listed.ok()) return {};
    return {listed->deliveries().begin(), listed->deliveries().end()};
  }

  // An entry at the end of an agency's feed; its id.
  std::string Happens(const std::string& organization = "maple") {
    const std::lock_guard lock(mutex_);
    std::vector<referral::v1::StatusEntry>& feed = feeds_[organization];
    referral::v1::StatusEntry& entry = feed.emplace_back();
    entry.set_sequence(static_cast<int64_t>(feed.size()));
    entry.set_id(text::Cat(organization, "-entry-", feed.size()));
    entry.set_external_id("CASE-1");
    entry.set_milestone("received");
    *entry.mutable_time() = resources::ToTimestamp(module_.now());
    return entry.id();
  }
  // All that can be delivered now; how many posts that were.
  size_t Deliver(Courier& courier) {
    const size_t before = poster_.posts().size();
    for (int steps = 0; steps < 1000; ++steps) {
      if (courier.Step() > absl::ZeroDuration()) return poster_.posts().size() - before;
    }
    ADD_FAILURE() << "the courier does not come to rest";
    return 0;
  }
  size_t Deliver() { return Deliver(*courier_); }
  // Time passes, and what is due by then is delivered.
  size_t PassAndDeliver(absl::Duration by) {
    module_.clock().AdvanceSystem(by);
    return Deliver();
  }
  std::vector<std::string> IdsPosted() const {
    std::vector<std::string> ids;
    for (const PostRequest& post : poster_.posts()) ids.push_back(HeaderOf(post, "webhook-id"));
    return ids;
  }

  absl::StatusOr<std::string> ReadFeed(const std::string& bytes) {
    const std::lock_guard lock(mutex_);
    if (!feed_status_.ok()) return feed_status_;
    referral::v1::ReadStatusFeedRequest request;
    request.ParseFromString(bytes);
    const auto& feed = feeds_[request.organization().substr(request.organization().find('/') + 1)];
    int64_t after = 0;
    if (!absl::SimpleAtoi(request.cursor(), &after) || after > static_cast<int64_t>(feed.size())) {
      return absl::InvalidArgumentError("cursor");
    }
    referral::v1::ListStatusFeedResponse page;
    if (after < static_cast<int64_t>(feed.size())) {
      *page.add_entries() = feed[static_cast<size_t>(after)];
      ++after;
    }
    page.set_more(after < static_cast<int64_t>(feed.size()));
    page.set_cursor(text::Cat(after));
    return page.SerializeAsString();
  }
  absl::StatusOr<std::string> FindCursor(const std::string& bytes) {
    const std::lock_guard lock(mutex_);
    referral::v1::FindStatusCursorRequest request;
    request.ParseFromString(bytes);
    const auto& feed = feeds_[request.organization().substr(request.organization().find('/') + 1)];
    referral::v1::FindStatusCursorResponse response;
    // "From a time" is from the beginning here.
    response.set_cursor(request.has_time() ? "0" : text::Cat(feed.size()));
    return response.SerializeAsString();
  }

  std::mutex mutex_;
  std::map<std::string, std::vector<referral::v1::StatusEntry>> feeds_;
  absl::Status feed_status_;
  FakePoster poster_;
  tremplin::testing::OneModule module_;
  std::unique_ptr<Courier> courier_;
  std::unique_ptr<Webhooks> webhooks_;
  int requests_ = 0;
};

}  // namespace tremplin::notification::testing

#endif  // TREMPLIN_SERVICES_NOTIFICATION_TESTING_WEBHOOK_FIXTURE_H_
