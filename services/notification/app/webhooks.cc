#include "services/notification/app/webhooks.h"

#include <cstdlib>
#include <optional>
#include <utility>
#include <vector>

#include "common/environment/environment.h"
#include "common/ids/ids.h"
#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/notification/app/posting.h"
#include "services/notification/domain/address.h"
#include "services/notification/domain/signature.h"
#include "services/notification/messages.h"
#include "tremplin/referral/v1/referral.pb.h"
#include "tremplin/registration/v1/registration.pb.h"

namespace tremplin::notification {
namespace {

using options::v1::Role;

constexpr char kWebhooks[] = "webhooks";
constexpr char kFindCursor[] = "tremplin.referral.v1.ReferralService/FindStatusCursor";
constexpr char kReadFeed[] = "tremplin.referral.v1.ReferralService/ReadStatusFeed";
constexpr char kGetOrganization[] = "tremplin.registration.v1.RegistrationService/GetOrganization";
constexpr size_t kSecretBytes = 32;
constexpr int kMostTests = 4;

bool MaySee(const rpc::Principal& principal, const WebhookRow& webhook) {
  if (!principal.program.empty() && principal.program != webhook.program) return false;
  return principal.role == Role::ROLE_OPERATOR ||
         (!principal.organization.empty() && principal.organization == webhook.organization);
}

absl::Status NotFound() { return status::Error(absl::StatusCode::kNotFound, kWebhookNotFound); }

// Random also in demo mode: a secret that can be derived is none, and no result depends on it.
std::string NewSecret() { return environment::SecretBytes(kSecretBytes); }

v1::Webhook ToProto(const WebhookRow& row) {
  v1::Webhook proto;
  proto.set_name(resources::NameOf(kWebhooks, row.id));
  proto.set_organization(resources::NameOf("organizations", row.organization));
  proto.set_program(resources::NameOf("programs", row.program));
  proto.set_url(row.url);
  const Standing& standing = row.standing;
  proto.set_state(static_cast<v1::Webhook::State>(standing.state));
  const Message& meaning = MeaningOf(standing.state);
  proto.mutable_state_text()->set_en(std::string(meaning.en()));
  proto.mutable_state_text()->set_fr(std::string(meaning.fr()));
  if (!row.former_secret.empty()) {
    *proto.mutable_former_secret_expire_time() = resources::ToTimestamp(row.former_until);
  }
  proto.set_sequence(row.sequence);
  proto.set_cursor(row.cursor);
  proto.set_failures(standing.failures);
  proto.set_last_error(standing.last_error);
  if (standing.failures > 0) {
    *proto.mutable_failing_since_time() = resources::ToTimestamp(standing.failing_since);
    if (standing.state == WebhookState::kEnabled) {
      *proto.mutable_next_attempt_time() = resources::ToTimestamp(standing.next);
    }
  }
  *proto.mutable_create_time() = resources::ToTimestamp(row.created);
  proto.set_etag(resources::Etag(row.version));
  return proto;
}

v1::WebhookDelivery ToProto(const DeliveryRow& row) {
  v1::WebhookDelivery proto;
  *proto.mutable_time() = resources::ToTimestamp(row.begun);
  proto.set_id(row.entry);
  proto.set_sequence(row.sequence);
  proto.set_attempt(static_cast<int32_t>(row.attempt));
  proto.set_http_status(row.answer.status);
  proto.set_error(row.answer.error);
  proto.set_duration_ms(absl::ToInt64Milliseconds(row.lasted));
  return proto;
}

// As its owner begins anew with it.
Standing Anew(WebhookState state) { return {.state = state}; }

// One of a few at once, till it goes out of scope.
class Place {
 public:
  explicit Place(std::atomic<int>& taken) : taken_(taken), had_(++taken <= kMostTests) {}
  ~Place() { --taken_; }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  bool had() const { return had_; }

 private:
  std::atomic<int>& taken_;
  const bool had_;
};

}  // namespace

Webhooks::Webhooks(WebhookDeps deps) : deps_(std::move(deps)) {}

absl::StatusOr<std::string> Webhooks::OrganizationOf(const rpc::CallContext& call,
                                                     const v1::CreateWebhookRequest& request) {
  const std::string& own = call.principal.organization;
  const absl::Status unknown =
      status::Error(absl::StatusCode::kNotFound, kWebhookOrganizationNotFound);
  if (request.organization().empty()) {
    if (!own.empty()) return own;
    if (call.principal.role != Role::ROLE_OPERATOR) return unknown;
    return status::InvalidFields({status::Violation("organization", kWebhookOrganizationRequired)});
  }
  TREMPLIN_ASSIGN_OR_RETURN(
      std::string id, resources::IdOf("organizations", request.organization(), "organization"));
  if (call.principal.role != Role::ROLE_OPERATOR) {
    if (id != own) return unknown;
    return id;
  }
  registration::v1::GetOrganizationRequest get;
  get.set_name(request.organization());
  TREMPLIN_RETURN_IF_ERROR(deps_.peers
                               .Call<registration::v1::Organization>(
                                   kGetOrganization, get, peers::PeerCall::OnBehalfOf(call))
                               .status());
  return id;
}

absl::StatusOr<std::string> Webhooks::ProgramOf(const rpc::CallContext& call,
                                                const std::string& named) {
  const std::string& own = call.principal.program;
  if (named.empty()) return own;
  TREMPLIN_ASSIGN_OR_RETURN(std::string id, resources::IdOf("programs", named, "program"));
  if (!own.empty() && id != own) {
    return status::Error(absl::StatusCode::kNotFound, kProgramNotFound);
  }
  TREMPLIN_RETURN_IF_ERROR(deps_.programs.Version(id, 1).status());
  return id;
}

absl::StatusOr<v1::Webhook> Webhooks::CreateWebhook(const rpc::CallContext& call,
                                                    const v1::CreateWebhookRequest& request) {
  WebhookRow row;
  TREMPLIN_ASSIGN_OR_RETURN(row.organization, OrganizationOf(call, request));
  TREMPLIN_ASSIGN_OR_RETURN(row.program, ProgramOf(call, request.program()));
  if (const Message* fault = UrlFault(request.url(), deps_.inside)) {
    return status::InvalidFields({status::Violation("url", *fault)});
  }
  row.url = request.url();
  row.id = call.NewId("webhook");
  row.created = deps_.clock.SystemNow();
  referral::v1::FindStatusCursorRequest find;
  find.set_organization(resources::NameOf("organizations", row.organization));
  TREMPLIN_ASSIGN_OR_RETURN(const auto found,
                            deps_.peers.Call<referral::v1::FindStatusCursorResponse>(
                                kFindCursor, find, peers::PeerCall::AsServiceFor(call)));
  row.cursor = found.cursor();
  const std::string secret = NewSecret();
  const auto create = [&](database::Transaction& tx) -> absl::StatusOr<v1::Webhook> {
    TREMPLIN_ASSIGN_OR_RETURN(const std::optional<int> slot, FreeSlot(tx, row.organization));
    if (!slot.has_value()) {
      return status::Error(absl::StatusCode::kFailedPrecondition, kWebhooksTooMany,
                           {text::Cat(kMostOfOrganization)});
    }
    WebhookRow made = row;
    TREMPLIN_ASSIGN_OR_RETURN(made.secret, SealSecret(deps_.sealer, tx, row.id, secret));
    TREMPLIN_RETURN_IF_ERROR(InsertWebhook(tx, made, *slot));
    v1::Webhook answer = ToProto(made);
    answer.set_secret(WrittenSecret(secret));
    return answer;
  };
  auto answer =
      deps_.commands.Run<v1::Webhook>(call, text::Cat("webhooks/", row.organization), create);
  deps_.changed();
  return answer;
}

absl::StatusOr<WebhookRow> Webhooks::Read(const rpc::CallContext& call, const std::string& name) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string id, resources::IdOf(kWebhooks, name, "name"));
  std::optional<WebhookRow> found;
  TREMPLIN_RETURN_IF_ERROR(
      deps_.db.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
        TREMPLIN_ASSIGN_OR_RETURN(found, FindWebhook(reader, id));
        return absl::OkStatus();
      }));
  if (!found.has_value() || !MaySee(call.principal, *found)) return NotFound();
  return *std::move(found);
}

absl::StatusOr<v1::Webhook> Webhooks::GetWebhook(const rpc::CallContext& call,
                                                 const v1::GetWebhookRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const WebhookRow row, Read(call, request.name()));
  return ToProto(row);
}

absl::StatusOr<v1::ListWebhooksResponse> Webhooks::ListWebhooks(
    const rpc::CallContext& call, const v1::ListWebhooksRequest& request) {
  WebhookFilter filter;
  TREMPLIN_ASSIGN_OR_RETURN(filter.limit, resources::PageSize(request.page_size()));
  filter.program = call.principal.program;
  if (!request.organization().empty()) {
    TREMPLIN_ASSIGN_OR_RETURN(
        filter.organization,
        resources::IdOf("organizations", request.organization(), "organization"));
  }
  v1::ListWebhooksResponse response;
  if (call.principal.role != Role::ROLE_OPERATOR) {
    const std::string& own = call.principal.organization;
    if (own.empty()) return response;
    if (!filter.organization.empty() && filter.organization != own) {
      return status::Error(absl::StatusCode::kNotFound, kWebhookOrganizationNotFound);
    }
    filter.organization = own;
  }
  const std::string scope = text::Cat("webhooks/", filter.organization, "/", filter.program);
  TREMPLIN_ASSIGN_OR_RETURN(filter.after, resources::LastKey(scope, request.page_token()));
  std::vector<WebhookRow> rows;
  TREMPLIN_RETURN_IF_ERROR(
      deps_.db.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
        TREMPLIN_ASSIGN_OR_RETURN(rows, notification::ListWebhooks(reader, filter));
        return absl::OkStatus();
      }));
  for (const WebhookRow& row : rows) *response.add_webhooks() = ToProto(row);
  if (rows.size() == static_cast<size_t>(filter.limit)) {
    response.set_next_page_token(resources::PageToken(scope, rows.back().id));
  }
  return response;
}

absl::StatusOr<v1::Webhook> Webhooks::Change(const rpc::CallContext& call, const std::string& name,
                                             const Edit& edit, const std::string& secret) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string id, resources::IdOf(kWebhooks, name, "name"));
  const auto change = [&](database::Transaction& tx) -> absl::StatusOr<v1::Webhook> {
    TREMPLIN_ASSIGN_OR_RETURN(std::optional<WebhookRow> row, FindWebhook(tx, id));
    if (!row.has_value() || !MaySee(call.principal, *row)) return NotFound();
    TREMPLIN_RETURN_IF_ERROR(edit(tx, *row));
    TREMPLIN_RETURN_IF_ERROR(ChangeWebhook(tx, *row));
    ++row->version;
    v1::Webhook answer = ToProto(*row);
    answer.set_secret(secret);
    return answer;
  };
  auto answer = deps_.commands.Run<v1::Webhook>(call, id, change);
  deps_.changed();
  return answer;
}

absl::StatusOr<v1::Webhook> Webhooks::UpdateWebhook(const rpc::CallContext& call,
                                                    const v1::UpdateWebhookRequest& request) {
  return Change(call, request.name(), [&](database::Transaction&, WebhookRow& row) -> absl::Status {
    TREMPLIN_RETURN_IF_ERROR(resources::CheckEtag(request.etag(), row.version));
    if (!request.url().empty()) {
      if (const Message* fault = UrlFault(request.url(), deps_.inside)) {
        return status::InvalidFields({status::Violation("url", *fault)});
      }
      row.url = request.url();
      // What another address did says nothing of this one.
      row.standing = Anew(row.standing.state);
    }
    if (request.has_enabled()) {
      row.standing = Anew(request.enabled() ? WebhookState::kEnabled : WebhookState::kDisabled);
    }
    return absl::OkStatus();
  });
}

absl::StatusOr<v1::DeleteWebhookResponse> Webhooks::DeleteWebhook(
    const rpc::CallContext& call, const v1::DeleteWebhookRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string id,
                            resources::IdOf(kWebhooks, request.name(), "name"));
  return deps_.commands.Run<v1::DeleteWebhookResponse>(
      call, id, [&](database::Transaction& tx) -> absl::StatusOr<v1::DeleteWebhookResponse> {
        TREMPLIN_ASSIGN_OR_RETURN(const std::optional<WebhookRow> row, FindWebhook(tx, id));
        if (!row.has_value() || !MaySee(call.principal, *row)) return NotFound();
        TREMPLIN_RETURN_IF_ERROR(notification::DeleteWebhook(tx, id));
        TREMPLIN_RETURN_IF_ERROR(EraseSecrets(deps_.sealer, tx, id));
        return v1::DeleteWebhookResponse();
      });
}

absl::StatusOr<v1::Webhook> Webhooks::RotateWebhookSecret(
    const rpc::CallContext& call, const v1::RotateWebhookSecretRequest& request) {
  const std::string secret = NewSecret();
  const auto rotate = [&](database::Transaction& tx, WebhookRow& row) -> absl::Status {
    row.former_secret = std::move(row.secret);
    row.former_until = deps_.clock.SystemNow() + kFormerSecretLives;
    TREMPLIN_ASSIGN_OR_RETURN(row.secret, SealSecret(deps_.sealer, tx, row.id, secret));
    return absl::OkStatus();
  };
  return Change(call, request.name(), rotate, WrittenSecret(secret));
}

absl::StatusOr<DeliveryRow> Webhooks::PostTest(const rpc::CallContext& call,
                                               const std::string& name) {
  TREMPLIN_ASSIGN_OR_RETURN(const WebhookRow webhook, Read(call, name));
  const absl::Time now = deps_.clock.SystemNow();
  std::vector<std::string> secrets;
  TREMPLIN_RETURN_IF_ERROR(
      deps_.db.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
        TREMPLIN_ASSIGN_OR_RETURN(secrets, OpenSecrets(deps_.sealer, reader, webhook, now));
        return absl::OkStatus();
      }));
  const Place place(tests_);
  if (!place.had()) {
    return status::Error(absl::StatusCode::kResourceExhausted, kWebhookTestsBusy);
  }
  // Sent again under the same request id, it is the same event.
  const std::string_view parts[] = {"webhook test", webhook.id, call.request_id};
  DeliveryRow row{.webhook = webhook.id,
                  .organization = webhook.organization,
                  .entry = call.request_id.empty() ? ids::New() : ids::Derive(parts),
                  .attempt = 1,
                  .begun = now};
  const std::string body =
      text::Cat(R"({"type":"tremplin.test","timestamp":")",
                absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", now, absl::UTCTimeZone()), "\"}");
  const absl::Duration begun = deps_.clock.SteadyNow();
  row.answer = deps_.poster.Post(SignedPost(webhook.url, secrets, row.entry, now, body));
  row.lasted = deps_.clock.SteadyNow() - begun;
  if (row.answer.error == Poster::kCancelled) {
    return absl::UnavailableError("the service ends");
  }
  row.answer.error = std::string(row.answer.Fault());
  return row;
}

absl::StatusOr<v1::WebhookDelivery> Webhooks::TestWebhook(const rpc::CallContext& call,
                                                          const v1::TestWebhookRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const DeliveryRow row, PostTest(call, request.name()));
  return deps_.commands.Run<v1::WebhookDelivery>(
      call, row.webhook, [&](database::Transaction& tx) -> absl::StatusOr<v1::WebhookDelivery> {
        TREMPLIN_RETURN_IF_ERROR(InsertDelivery(tx, row));
        return ToProto(row);
      });
}

absl::StatusOr<v1::ListWebhookDeliveriesResponse> Webhooks::ListWebhookDeliveries(
    const rpc::CallContext& call, const v1::ListWebhookDeliveriesRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const int limit, resources::PageSize(request.page_size()));
  TREMPLIN_ASSIGN_OR_RETURN(const WebhookRow webhook, Read(call, request.name()));
  const std::string scope = text::Cat("webhookDeliveries/", webhook.id);
  TREMPLIN_ASSIGN_OR_RETURN(const std::string last,
                            resources::LastKey(scope, request.page_token()));
  const int64_t before = last.empty() ? 0 : std::strtoll(last.c_str(), nullptr, 10);
  std::vector<DeliveryRow> rows;
  TREMPLIN_RETURN_IF_ERROR(
      deps_.db.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
        TREMPLIN_ASSIGN_OR_RETURN(rows, ListDeliveries(reader, webhook.id, before, limit));
        return absl::OkStatus();
      }));
  v1::ListWebhookDeliveriesResponse response;
  for (const DeliveryRow& row : rows) *response.add_deliveries() = ToProto(row);
  if (rows.size() == static_cast<size_t>(limit)) {
    response.set_next_page_token(
        resources::PageToken(scope, text::Cat(rows.back().sequence_in_log)));
  }
  return response;
}

absl::StatusOr<std::string> Webhooks::CursorAt(const rpc::CallContext& call,
                                               const WebhookRow& webhook,
                                               const v1::ReplayWebhookRequest& request) {
  const std::string organization = resources::NameOf("organizations", webhook.organization);
  if (request.has_time()) {
    referral::v1::FindStatusCursorRequest find;
    find.set_organization(organization);
    *find.mutable_time() = request.time();
    TREMPLIN_ASSIGN_OR_RETURN(const auto found,
                              deps_.peers.Call<referral::v1::FindStatusCursorResponse>(
                                  kFindCursor, find, peers::PeerCall::AsServiceFor(call)));
    return found.cursor();
  }
  if (!request.has_cursor()) {
    return status::InvalidFields({status::Violation("cursor", kWebhookReplayFrom)});
  }
  // Whether it is one of this feed.
  referral::v1::ReadStatusFeedRequest read;
  read.set_organization(organization);
  read.set_cursor(request.cursor());
  read.set_page_size(1);
  TREMPLIN_RETURN_IF_ERROR(deps_.peers
                               .Call<referral::v1::ListStatusFeedResponse>(
                                   kReadFeed, read, peers::PeerCall::AsServiceFor(call))
                               .status());
  return request.cursor();
}

absl::StatusOr<v1::Webhook> Webhooks::ReplayWebhook(const rpc::CallContext& call,
                                                    const v1::ReplayWebhookRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const WebhookRow webhook, Read(call, request.name()));
  TREMPLIN_ASSIGN_OR_RETURN(const std::string cursor, CursorAt(call, webhook, request));
  return Change(call, request.name(), [&](database::Transaction&, WebhookRow& row) {
    row.cursor = cursor;
    row.sequence = 0;
    row.standing = Anew(row.standing.state);
    return absl::OkStatus();
  });
}

}  // namespace tremplin::notification
