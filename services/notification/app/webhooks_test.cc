// The handlers of webhooks: who sees which, what an address may be, secrets that are told once and
// kept sealed, and what an owner may do with one. On both engines.

#include "services/notification/app/webhooks.h"

#include "common/status/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/notification/domain/signature.h"
#include "services/notification/testing/webhook_fixture.h"

namespace tremplin::notification {
namespace {

using rpc::Role;
using ::testing::ElementsAre;
using testing::HeaderOf;
using ::testing::IsEmpty;

class WebhooksTest : public testing::WebhookTest {
 protected:
  template <class Request>
  static Request Of(const v1::Webhook& webhook) {
    Request request;
    request.set_name(webhook.name());
    return request;
  }
  std::vector<std::string> Listed(const rpc::CallContext& call,
                                  const std::string& organization = "") {
    v1::ListWebhooksRequest request;
    request.set_organization(organization);
    const auto listed = webhooks_->ListWebhooks(call, request);
    EXPECT_TRUE(listed.ok()) << listed.status();
    std::vector<std::string> names;
    if (!listed.ok()) return names;
    for (const v1::Webhook& one : listed->webhooks()) names.push_back(one.name());
    return names;
  }
  template <class T>
  static std::string ReasonOf(const absl::StatusOr<T>& answer) {
    return status::ReasonOf(answer.status());
  }
  template <class T>
  static std::string ViolationOf(const absl::StatusOr<T>& answer) {
    const auto detail = status::DetailOf(answer.status());
    return detail.violations.empty() ? "" : detail.violations[0].reason;
  }
};

TEST_F(WebhooksTest, TellsTheSecretOnce_AndKeepsItSealed) {
  v1::CreateWebhookRequest request;
  request.set_url("https://agency.example/hook");
  const rpc::CallContext call = Agency();
  const auto made = webhooks_->CreateWebhook(call, request);
  ASSERT_TRUE(made.ok()) << made.status();
  const auto bytes = SecretBytes(made->secret());
  ASSERT_TRUE(bytes.has_value());
  EXPECT_EQ(bytes->size(), 32u);
  EXPECT_EQ(made->state(), v1::Webhook::STATE_ENABLED);
  EXPECT_NE(made->state_text().en(), made->state_text().fr());
  EXPECT_EQ(made->organization(), "organizations/maple");
  EXPECT_EQ(Get(*made).secret(), "");

  // The same request again is the same webhook with the same secret.
  const auto again = webhooks_->CreateWebhook(call, request);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->name(), made->name());
  EXPECT_EQ(again->secret(), made->secret());
  EXPECT_EQ(Listed(Agency()).size(), 1u);

  EXPECT_EQ(module_.db().Read({.tenant = database::Tenant::All()},
                              [&](database::Reader& reader) -> absl::Status {
                                const auto row = FindWebhook(
                                    reader, made->name().substr(made->name().find('/') + 1));
                                EXPECT_TRUE(row.ok() && row->has_value());
                                EXPECT_EQ((*row)->secret.find(*bytes), std::string::npos);
                                EXPECT_EQ((*row)->secret.find(made->secret()), std::string::npos);
                                return absl::OkStatus();
                              }),
            absl::OkStatus());
}

TEST_F(WebhooksTest, AnAgencySeesItsOwnAlone) {
  const v1::Webhook webhook = Create("maple");
  const rpc::CallContext other = Agency("cedar");
  EXPECT_EQ(ReasonOf(webhooks_->GetWebhook(other, Of<v1::GetWebhookRequest>(webhook))),
            "WEBHOOK_NOT_FOUND");
  EXPECT_EQ(
      ReasonOf(webhooks_->UpdateWebhook(Agency("cedar"), Of<v1::UpdateWebhookRequest>(webhook))),
      "WEBHOOK_NOT_FOUND");
  EXPECT_EQ(
      ReasonOf(webhooks_->DeleteWebhook(Agency("cedar"), Of<v1::DeleteWebhookRequest>(webhook))),
      "WEBHOOK_NOT_FOUND");
  EXPECT_EQ(ReasonOf(webhooks_->RotateWebhookSecret(Agency("cedar"),
                                                    Of<v1::RotateWebhookSecretRequest>(webhook))),
            "WEBHOOK_NOT_FOUND");
  EXPECT_EQ(ReasonOf(webhooks_->TestWebhook(Agency("cedar"), Of<v1::TestWebhookRequest>(webhook))),
            "WEBHOOK_NOT_FOUND");
  EXPECT_EQ(ReasonOf(webhooks_->ListWebhookDeliveries(
                other, Of<v1::ListWebhookDeliveriesRequest>(webhook))),
            "WEBHOOK_NOT_FOUND");
  auto replay = Of<v1::ReplayWebhookRequest>(webhook);
  replay.set_cursor("0");
  EXPECT_EQ(ReasonOf(webhooks_->ReplayWebhook(Agency("cedar"), replay)), "WEBHOOK_NOT_FOUND");
  EXPECT_THAT(poster_.posts(), IsEmpty());
  EXPECT_THAT(Listed(other), IsEmpty());
  v1::ListWebhooksRequest of_maple;
  of_maple.set_organization("organizations/maple");
  EXPECT_EQ(ReasonOf(webhooks_->ListWebhooks(other, of_maple)), "ORGANIZATION_NOT_FOUND");
  v1::CreateWebhookRequest for_maple;
  for_maple.set_organization("organizations/maple");
  for_maple.set_url("https://cedar.example/");
  EXPECT_EQ(ReasonOf(webhooks_->CreateWebhook(Agency("cedar"), for_maple)),
            "ORGANIZATION_NOT_FOUND");
  EXPECT_THAT(Listed(Agency("maple")), ElementsAre(webhook.name()));
}

TEST_F(WebhooksTest, AnOperatorSeesAll_AndNamesWhoseItIs) {
  const v1::Webhook maple = Create("maple");
  const v1::Webhook cedar = Create("cedar");
  const rpc::CallContext op = As(Role::ROLE_OPERATOR, "");
  EXPECT_EQ(Listed(op).size(), 2u);
  EXPECT_THAT(Listed(op, "organizations/cedar"), ElementsAre(cedar.name()));
  v1::CreateWebhookRequest request;
  request.set_url("https://elm.example/");
  EXPECT_EQ(ViolationOf(webhooks_->CreateWebhook(op, request)), "WEBHOOK_ORGANIZATION_REQUIRED");
  request.set_organization("organizations/elm");
  const auto made = webhooks_->CreateWebhook(As(Role::ROLE_OPERATOR, ""), request);
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_THAT(Listed(Agency("elm")), ElementsAre(made->name()));
  module_.SetPeer("tremplin.registration.v1.RegistrationService/GetOrganization",
                  [](const std::string&) { return absl::NotFoundError("none"); });
  EXPECT_TRUE(
      absl::IsNotFound(webhooks_->CreateWebhook(As(Role::ROLE_OPERATOR, ""), request).status()));
}

TEST_F(WebhooksTest, AKeyOfAProgramHasThoseOfThatProgram) {
  const v1::Webhook of_all = Create("maple");
  const rpc::CallContext bound = As(Role::ROLE_AGENCY, "maple", "prog");
  EXPECT_EQ(ReasonOf(webhooks_->GetWebhook(bound, Of<v1::GetWebhookRequest>(of_all))),
            "WEBHOOK_NOT_FOUND");
  EXPECT_THAT(Listed(bound), IsEmpty());
  v1::CreateWebhookRequest request;
  request.set_url("https://maple.example/");
  const auto made = webhooks_->CreateWebhook(bound, request);
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(made->program(), "programs/prog") << "and sees no other's entries by it";
  EXPECT_THAT(Listed(bound), ElementsAre(made->name()));
  request.set_program("programs/other");
  EXPECT_EQ(ReasonOf(webhooks_->CreateWebhook(As(Role::ROLE_AGENCY, "maple", "prog"), request)),
            "PROGRAM_NOT_FOUND");
  EXPECT_EQ(ReasonOf(webhooks_->CreateWebhook(Agency(), request)), "PROGRAM_NOT_FOUND")
      << "there is none";
}

TEST_F(WebhooksTest, RefusesAddressesThatAreNotTheInternets) {
  v1::CreateWebhookRequest request;
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "WEBHOOK_URL_MALFORMED"},
      {"http://maple.example/", "WEBHOOK_NEEDS_HTTPS"},
      {"https://me:pw@maple.example/", "WEBHOOK_USER_INFO"},
      {"https://169.254.169.254/", "WEBHOOK_ADDRESS_REFUSED"}};
  for (const auto& [url, reason] : cases) {
    request.set_url(url);
    EXPECT_EQ(ViolationOf(webhooks_->CreateWebhook(Agency(), request)), reason) << url;
  }
  EXPECT_THAT(Listed(Agency()), IsEmpty());
  const v1::Webhook webhook = Create();
  auto update = Of<v1::UpdateWebhookRequest>(webhook);
  update.set_url("https://[::1]/");
  EXPECT_EQ(ViolationOf(webhooks_->UpdateWebhook(Agency(), update)), "WEBHOOK_ADDRESS_REFUSED");
  EXPECT_EQ(Get(webhook).url(), webhook.url());
}

TEST_F(WebhooksTest, AnOrganizationHasFiveAtMost) {
  std::vector<v1::Webhook> made;
  for (int i = 0; i < 5; ++i) made.push_back(Create());
  v1::CreateWebhookRequest request;
  request.set_url("https://maple.example/");
  EXPECT_EQ(ReasonOf(webhooks_->CreateWebhook(Agency(), request)), "WEBHOOKS_TOO_MANY");
  Create("cedar");
  ASSERT_TRUE(webhooks_->DeleteWebhook(Agency(), Of<v1::DeleteWebhookRequest>(made[2])).ok());
  EXPECT_TRUE(webhooks_->CreateWebhook(Agency(), request).ok());
}

TEST_F(WebhooksTest, IsChangedByWhoSawItAsItIs) {
  const v1::Webhook webhook = Create();
  auto update = Of<v1::UpdateWebhookRequest>(webhook);
  update.set_url("https://maple.example/other");
  update.set_etag(webhook.etag());
  const auto changed = webhooks_->UpdateWebhook(Agency(), update);
  ASSERT_TRUE(changed.ok()) << changed.status();
  EXPECT_EQ(changed->url(), "https://maple.example/other");
  EXPECT_EQ(changed->state(), v1::Webhook::STATE_ENABLED) << "as it was where nothing is said";
  EXPECT_EQ(ReasonOf(webhooks_->UpdateWebhook(Agency(), update)), "ETAG_MISMATCH");
  EXPECT_EQ(Enable(webhook, false).state(), v1::Webhook::STATE_DISABLED);
  Happens();
  EXPECT_EQ(Deliver(), 0u);
  EXPECT_EQ(Enable(webhook).state(), v1::Webhook::STATE_ENABLED);
  EXPECT_EQ(Deliver(), 1u);
  EXPECT_EQ(poster_.posts()[0].url, "https://maple.example/other");
}

TEST_F(WebhooksTest, IsDeletedWithItsSecret) {
  const v1::Webhook webhook = Create();
  Happens();
  ASSERT_TRUE(webhooks_->DeleteWebhook(Agency(), Of<v1::DeleteWebhookRequest>(webhook)).ok());
  EXPECT_EQ(Deliver(), 0u);
  EXPECT_EQ(ReasonOf(webhooks_->GetWebhook(Agency(), Of<v1::GetWebhookRequest>(webhook))),
            "WEBHOOK_NOT_FOUND");
  EXPECT_EQ(module_.Count("SELECT COUNT(*) FROM notification_subject_key"), 0);
}

TEST_F(WebhooksTest, ATestIsSentAtOnce_AndItsAnswerTold) {
  const v1::Webhook webhook = Create();
  Enable(webhook, false);
  poster_.AnswersStatus(202);
  const auto told = webhooks_->TestWebhook(Agency(), Of<v1::TestWebhookRequest>(webhook));
  ASSERT_TRUE(told.ok()) << told.status();
  EXPECT_EQ(told->http_status(), 202);
  EXPECT_EQ(told->error(), "");
  EXPECT_EQ(told->sequence(), 0);
  ASSERT_EQ(poster_.posts().size(), 1u);
  const PostRequest post = poster_.posts()[0];
  EXPECT_EQ(HeaderOf(post, "webhook-id"), told->id());
  EXPECT_EQ(post.body, R"({"type":"tremplin.test","timestamp":"2026-01-05T08:00:00Z"})");
  EXPECT_EQ(HeaderOf(post, "webhook-signature"),
            Signatures({*SecretBytes(webhook.secret())}, told->id(),
                       absl::ToUnixSeconds(module_.now()), post.body));
  poster_.Answers([](const PostRequest&) { return Answer{.error = "timeout"}; });
  const auto failed = webhooks_->TestWebhook(Agency(), Of<v1::TestWebhookRequest>(webhook));
  ASSERT_TRUE(failed.ok()) << failed.status();
  EXPECT_EQ(failed->error(), "timeout");
  EXPECT_EQ(Get(webhook).failures(), 0) << "a test moves nothing";
  const auto deliveries = Deliveries(webhook);
  ASSERT_EQ(deliveries.size(), 2u) << "and is told in the log";
  EXPECT_EQ(deliveries[0].error(), "timeout");
  EXPECT_EQ(deliveries[1].http_status(), 202);
}

TEST_F(WebhooksTest, AFewTestsAtOnce) {
  const v1::Webhook webhook = Create();
  int depth = 0;
  std::string refused;
  poster_.Answers([&](const PostRequest&) {
    ++depth;
    const auto inner = webhooks_->TestWebhook(Agency(), Of<v1::TestWebhookRequest>(webhook));
    if (!inner.ok()) refused = ReasonOf(inner);
    return Answer{.status = 200};
  });
  EXPECT_TRUE(webhooks_->TestWebhook(Agency(), Of<v1::TestWebhookRequest>(webhook)).ok());
  EXPECT_EQ(depth, 4);
  EXPECT_EQ(refused, "WEBHOOK_TESTS_BUSY");
  poster_.AnswersStatus(200);
  EXPECT_TRUE(webhooks_->TestWebhook(Agency(), Of<v1::TestWebhookRequest>(webhook)).ok());
}

TEST_F(WebhooksTest, IsReplayedFromACursorOrATime) {
  const std::string first = Happens();
  const v1::Webhook webhook = Create();
  const std::string second = Happens();
  EXPECT_EQ(Deliver(), 1u);
  auto replay = Of<v1::ReplayWebhookRequest>(webhook);
  EXPECT_EQ(ViolationOf(webhooks_->ReplayWebhook(Agency(), replay)), "WEBHOOK_REPLAY_FROM");
  replay.set_cursor("77");
  EXPECT_TRUE(absl::IsInvalidArgument(webhooks_->ReplayWebhook(Agency(), replay).status()));
  EXPECT_EQ(Get(webhook).cursor(), "2") << "nothing is changed by what cannot be followed";
  replay.set_cursor("1");
  ASSERT_TRUE(webhooks_->ReplayWebhook(Agency(), replay).ok());
  EXPECT_EQ(Deliver(), 1u);
  *replay.mutable_time() = resources::ToTimestamp(module_.now());
  ASSERT_TRUE(webhooks_->ReplayWebhook(Agency(), replay).ok());
  EXPECT_EQ(Get(webhook).sequence(), 0);
  EXPECT_EQ(Deliver(), 2u);
  EXPECT_THAT(IdsPosted(), ElementsAre(second, second, first, second)) << "under the ids they had";
}

TEST_F(WebhooksTest, ListsDeliveriesByPages) {
  const v1::Webhook webhook = Create();
  for (int i = 0; i < 5; ++i) Happens();
  Deliver();
  auto request = Of<v1::ListWebhookDeliveriesRequest>(webhook);
  request.set_page_size(2);
  std::vector<int64_t> sequences;
  do {
    const auto page = webhooks_->ListWebhookDeliveries(Agency(), request);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const auto& one : page->deliveries()) sequences.push_back(one.sequence());
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  EXPECT_THAT(sequences, ElementsAre(5, 4, 3, 2, 1));
}

}  // namespace
}  // namespace tremplin::notification
