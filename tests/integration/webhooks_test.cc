// Webhooks of a system as it is run: one process, killed and started again, toward real receivers.
// What an agency is sent is what its feed has: each entry once it was taken, in order, under its
// id, signed; nothing of another agency's, and nothing more once consent is withdrawn.

#include <signal.h>

#include <atomic>
#include <fstream>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "common/resources/names.h"
#include "common/text/text.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/json_util.h"
#include "gtest/gtest.h"
#include "services/notification/domain/signature.h"
#include "services/notification/testing/receiver.h"
#include "tests/support/deployment.h"
#include "tests/support/partner.h"
#include "tests/support/staff.h"
#include "tests/support/temp_dir.h"
#include "tremplin/notification/v1/notification.pb.h"
#include "tremplin/referral/v1/referral.pb.h"

namespace tremplin {
namespace {

using notification::testing::Received;
using notification::testing::Receiver;
using notification::testing::Status;
using notification::v1::Webhook;
using referral::v1::StatusEntry;
using ::testing::ElementsAreArray;

constexpr char kReferral[] = "tremplin.referral.v1.ReferralService/";
constexpr char kWebhook[] = "tremplin.notification.v1.WebhookService/";
constexpr absl::Duration kPatience = absl::Seconds(90);

// An agency of the sample with a key of its own.
class Agency {
 public:
  Agency(const testing::Deployment& deployment, std::string id)
      : id_(std::move(id)),
        client_(deployment,
                testing::MakeKey(deployment, options::v1::ROLE_AGENCY, "organizations/" + id_)) {}

  referral::v1::SubmitReferralResponse Submit(const std::string& external_id, int person) {
    referral::v1::SubmitReferralRequest request;
    request.set_agency("organizations/" + id_);
    request.set_external_id(external_id);
    request.add_programs(testing::kOttawa);
    *request.mutable_file() = testing::EligibleFile(person);
    request.set_request_id(text::Cat(id_, "/", external_id));
    return Must(client_.Call<referral::v1::SubmitReferralResponse>(
        "referral", text::Cat(kReferral, "SubmitReferral"), request));
  }
  std::vector<StatusEntry> Feed() {
    std::vector<StatusEntry> entries;
    referral::v1::ListStatusFeedRequest request;
    request.set_page_size(500);
    while (true) {
      const auto page = Must(client_.Call<referral::v1::ListStatusFeedResponse>(
          "referral", text::Cat(kReferral, "ListStatusFeed"), request));
      entries.insert(entries.end(), page.entries().begin(), page.entries().end());
      if (!page.more()) return entries;
      request.set_cursor(page.cursor());
    }
  }
  Webhook Create(const std::string& url) {
    notification::v1::CreateWebhookRequest request;
    request.set_url(url);
    request.set_request_id(text::Cat(id_, "/", url));
    return Must(
        client_.Call<Webhook>("notification", text::Cat(kWebhook, "CreateWebhook"), request));
  }
  Webhook Get(const Webhook& webhook) {
    notification::v1::GetWebhookRequest request;
    request.set_name(webhook.name());
    return Must(client_.Call<Webhook>("notification", text::Cat(kWebhook, "GetWebhook"), request));
  }
  void WithdrawConsent(const std::string& referral) {
    referral::v1::SetConsentRequest request;
    request.set_name(referral);
    request.set_decision(program::v1::CONSENT_DECISION_WITHDRAWN);
    request.set_request_id("withdraw/" + referral);
    Must(client_.Call<program::v1::Consent>("referral", text::Cat(kReferral, "SetConsent"),
                                            request));
  }
  testing::PersistentClient& client() { return client_; }

 private:
  template <class T>
  static T Must(absl::StatusOr<T> value) {
    EXPECT_TRUE(value.ok()) << value.status();
    return value.ok() ? *std::move(value) : T();
  }
  const std::string id_;
  testing::PersistentClient client_;
};

StatusEntry EntryOf(const Received& received) {
  StatusEntry entry;
  EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(received.body, &entry).ok())
      << received.body;
  return entry;
}

std::vector<std::string> Told(const std::vector<StatusEntry>& entries) {
  std::vector<std::string> told;
  for (const StatusEntry& entry : entries) told.push_back(entry.ShortDebugString());
  return told;
}

bool IsSigned(const Received& received, const Webhook& webhook) {
  int64_t timestamp = 0;
  return absl::SimpleAtoi(received.headers.at("webhook-timestamp"), &timestamp) &&
         received.headers.at("webhook-signature") ==
             notification::Signatures({*notification::SecretBytes(webhook.secret())},
                                      received.headers.at("webhook-id"), timestamp, received.body);
}

// One system for all: each test has agencies of its own.
class WebhooksTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    deployment_ = testing::MakeStandalone({.flags = {"--webhooks-inside"}}).release();
    ASSERT_TRUE(deployment_->WaitServing(absl::Seconds(60)));
    ASSERT_TRUE(deployment_->Load(false));
  }
  static void TearDownTestSuite() {
    testing::Process& process = deployment_->Get("standalone");
    process.Signal(SIGTERM);
    EXPECT_EQ(process.Wait(absl::Seconds(60)), 0) << "webhooks do not hold up the end";
    delete deployment_;
  }

  // What was sent and taken, as the feed tells it.
  static void ExpectFeedWasSent(Agency& agency, const Webhook& webhook, const Receiver& receiver,
                                size_t from = 0) {
    std::vector<StatusEntry> feed = agency.Feed();
    feed.erase(feed.begin(), feed.begin() + static_cast<int64_t>(from));
    ASSERT_GT(feed.size(), 0u);
    testing::Eventually([&] { return receiver.received().size() >= feed.size(); }, kPatience);
    std::vector<StatusEntry> sent;
    for (const Received& received : receiver.received()) {
      sent.push_back(EntryOf(received));
      EXPECT_EQ(received.headers.at("webhook-id"), sent.back().id());
      EXPECT_TRUE(IsSigned(received, webhook));
    }
    EXPECT_THAT(Told(sent), ElementsAreArray(Told(feed)));
  }

  static testing::Deployment* deployment_;
};
testing::Deployment* WebhooksTest::deployment_ = nullptr;

TEST_F(WebhooksTest, EachEntryOfTheFeedArrivesOnce_InOrder_AndNoneOfAnothers) {
  Agency agency(*deployment_, "ociso");
  Agency other(*deployment_, "lasi-world-skills");
  const Receiver receiver([](const Received&) { return Status(204); });
  const Receiver theirs([](const Received&) { return Status(200); });
  agency.Submit("BEFORE", 1);
  const size_t before = agency.Feed().size();
  const Webhook webhook = agency.Create(receiver.url());
  const Webhook other_webhook = other.Create(theirs.url());
  for (int i = 0; i < 20; ++i) {
    agency.Submit(text::Cat("HOOK-", i), 10 + i);
    if (i % 5 == 0) other.Submit(text::Cat("THEIRS-", i), 100 + i);
  }
  ExpectFeedWasSent(agency, webhook, receiver, before);
  ExpectFeedWasSent(other, other_webhook, theirs);
  notification::v1::GetWebhookRequest peek;
  peek.set_name(webhook.name());
  EXPECT_EQ(other.client()
                .Call<Webhook>("notification", text::Cat(kWebhook, "GetWebhook"), peek)
                .status()
                .code(),
            absl::StatusCode::kNotFound);
}

// The receiver takes nothing, the system is killed in the midst, the receiver recovers: nothing is
// lost, nothing comes out of order, and what comes again comes under the id it had.
TEST_F(WebhooksTest, NothingIsLost_ThroughAFailingReceiverAndARestart) {
  Agency agency(*deployment_, "cci");
  std::atomic<bool> works = true;
  std::mutex mutex;
  std::vector<std::string> refused;
  std::vector<StatusEntry> taken;
  const Receiver receiver([&](const Received& received) {
    const std::lock_guard lock(mutex);
    if (!works) {
      refused.push_back(received.headers.at("webhook-id"));
      return Status(500);
    }
    taken.push_back(EntryOf(received));
    return Status(200);
  });
  const auto count = [&](const auto& list) {
    const std::lock_guard lock(mutex);
    return list.size();
  };
  const Webhook webhook = agency.Create(receiver.url());
  agency.Submit("FAIL-1", 201);
  ASSERT_TRUE(testing::Eventually([&] { return count(taken) >= agency.Feed().size(); }, kPatience));
  works = false;
  agency.Submit("FAIL-2", 202);
  ASSERT_TRUE(testing::Eventually([&] { return count(refused) > 0; }, kPatience));
  EXPECT_TRUE(testing::Eventually([&] { return agency.Get(webhook).failures() > 0; }, kPatience));
  deployment_->KillAndRestart("standalone");
  ASSERT_TRUE(deployment_->WaitServing(absl::Seconds(60)));
  EXPECT_EQ(agency.Get(webhook).last_error(), "status");
  works = true;
  agency.Submit("FAIL-3", 203);
  const std::vector<StatusEntry> feed = agency.Feed();
  ASSERT_TRUE(testing::Eventually([&] { return count(taken) >= feed.size(); }, kPatience));
  const std::lock_guard lock(mutex);
  EXPECT_THAT(Told(taken), ElementsAreArray(Told(feed)));
  for (const std::string& id : refused) {
    EXPECT_TRUE(std::any_of(taken.begin(), taken.end(), [&](const StatusEntry& entry) {
      return entry.id() == id;
    })) << id;
  }
}

TEST_F(WebhooksTest, NothingMoreIsSentOnceConsentIsWithdrawn) {
  Agency agency(*deployment_, "ymca-ywca-ncr");
  testing::Staff staff(*deployment_);
  const Receiver receiver([](const Received&) { return Status(200); });
  const Webhook webhook = agency.Create(receiver.url());
  const auto silent = agency.Submit("SILENT-1", 301);
  const auto other = agency.Submit("SPOKEN-1", 302);
  agency.WithdrawConsent(silent.referral());
  ASSERT_FALSE(staff.Admit(silent.applications(0).name()).ok());
  ASSERT_TRUE(staff.Admit(other.applications(0).name()).ok());
  ASSERT_TRUE(testing::Eventually(
      [&] {
        const auto received = receiver.received();
        return !received.empty() && EntryOf(received.back()).milestone() == "enrolled";
      },
      kPatience));
  ExpectFeedWasSent(agency, webhook, receiver);
  int of_silent = 0;
  for (const Received& received : receiver.received()) {
    of_silent += EntryOf(received).external_id() == "SILENT-1" ? 1 : 0;
  }
  EXPECT_EQ(of_silent, 1) << "that it was received, before";
}

// The receiver that agencies are shown (deploy/examples/webhooks.py) understands what is sent, and
// takes nothing that another sends; the command line makes, tries, shows and ends a webhook.
TEST_F(WebhooksTest, TheExampleTakesThem_AndTheCommandLineManagesThem) {
  Agency agency(*deployment_, "cesoc");
  const testing::TempDir dir;
  const std::string port = std::to_string(testing::FreePort());
  const std::string url = text::Cat("http://127.0.0.1:", port, "/hook");
  const auto ctl = [](const std::vector<std::string>& args) {
    const testing::Finished finished = deployment_->Ctl(args);
    EXPECT_EQ(finished.code, 0) << finished.output << finished.errors;
    return finished.output;
  };
  const std::string created = ctl({"--json", "webhooks", "create", "--organization", "cesoc",
                                   "--url", url, "--out", dir.File("secret")});
  EXPECT_EQ(created.find("whsec_"), std::string::npos) << "the secret is in its file alone";
  Webhook webhook;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(created, &webhook).ok()) << created;

  const testing::Finished nobody = deployment_->Ctl({"webhooks", "test", webhook.name()});
  EXPECT_EQ(nobody.code, 1);
  EXPECT_NE(nobody.errors.find("not_reached"), std::string::npos) << nobody.errors;
  testing::Process receiver(
      {"/usr/bin/python3", "deploy/examples/webhooks.py", port, dir.File("secret")},
      dir.File("log"));
  ASSERT_TRUE(testing::Eventually(
      [&] {
        return deployment_->Ctl({"webhooks", "test", webhook.name()}).code == 0;
      },
      absl::Seconds(30)));
  const testing::Finished forged = testing::Run(
      {"/usr/bin/curl", "--silent", "--output", "/dev/null", "--write-out", "%{http_code}", "-H",
       "webhook-id: x", "-H", text::Cat("webhook-timestamp: ", absl::ToUnixSeconds(absl::Now())),
       "-H", "webhook-signature: v1,AAAA", "--data", "{}", url});
  EXPECT_EQ(forged.output, "401");

  agency.Submit("PY-1", 401);
  const std::vector<StatusEntry> feed = agency.Feed();
  ASSERT_TRUE(testing::Eventually(
      [&] {
        const std::string log = testing::ReadFile(dir.File("log"));
        return std::all_of(feed.begin(), feed.end(), [&](const StatusEntry& entry) {
          return log.find(text::Cat("{\"id\": \"", entry.id(), "\"")) != std::string::npos;
        });
      },
      kPatience))
      << testing::ReadFile(dir.File("log"));

  EXPECT_NE(
      ctl({"--language", "fr", "webhooks", "show", webhook.name()}).find("Les entrées du fil"),
      std::string::npos);
  EXPECT_NE(ctl({"webhooks", "list"}).find(url), std::string::npos);
  EXPECT_NE(ctl({"webhooks", "deliveries", webhook.name()}).find("204"), std::string::npos);
  ctl({"webhooks", "rotate", webhook.name(), "--out", dir.File("new")});
  EXPECT_NE(testing::ReadFile(dir.File("new")), testing::ReadFile(dir.File("secret")));
  ctl({"webhooks", "test", webhook.name()});  // the one before signs too
  ctl({"webhooks", "replay", webhook.name(), "--time", "2020-01-01"});
  ctl({"webhooks", "update", webhook.name(), "--disable"});
  EXPECT_NE(ctl({"webhooks", "show", webhook.name()}).find("disabled"), std::string::npos);
  ctl({"webhooks", "delete", webhook.name()});
  EXPECT_NE(deployment_->Ctl({"webhooks", "show", webhook.name()}).code, 0);
}

}  // namespace
}  // namespace tremplin
