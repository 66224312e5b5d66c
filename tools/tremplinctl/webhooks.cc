// webhooks create|list|show|update|delete|rotate|test|deliveries|replay: the status feed of an
// agency, pushed to an address of its own.
#include <cstdio>
#include <memory>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/time/time.h"
#include "common/ids/ids.h"
#include "common/resources/names.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "tools/tremplinctl/command.h"
#include "tools/tremplinctl/files.h"
#include "tools/tremplinctl/webhooks_messages.h"
#include "tremplin/notification/v1/notification.pb.h"

namespace tremplin::ctl {
namespace {

using notification::v1::Webhook;
using notification::v1::WebhookDelivery;

constexpr char kWebhooks[] = "tremplin.notification.v1.WebhookService/";
constexpr int kPageSize = 100;
constexpr int kDeliveriesShown = 50;

struct WebhookOptions {
  std::string name, organization, program, url, out, cursor, time;
  bool enable = false;
  bool disable = false;
  int limit = kDeliveriesShown;
};

std::string Full(std::string_view collection, const std::string& id) {
  return id.empty() || id.find('/') != std::string::npos ? id : resources::NameOf(collection, id);
}

std::string Moment(const google::protobuf::Timestamp& time) {
  return absl::FormatTime("%Y-%m-%d %H:%M:%S UTC", resources::FromTimestamp(time),
                          absl::UTCTimeZone());
}

std::string StateOf(const Webhook& webhook) {
  constexpr size_t kPrefix = std::string_view("STATE_").size();
  return absl::AsciiStrToLower(Webhook::State_Name(webhook.state()).substr(kPrefix));
}

// A request about one webhook; its id makes it one effect, however often it is sent.
template <class Request>
Request About(const WebhookOptions& options) {
  Request request;
  request.set_name(Full("webhooks", options.name));
  if constexpr (requires { request.set_request_id(""); }) request.set_request_id(ids::New());
  return request;
}

// A sentence about it, or all of it where that is asked for.
void Tell(const Globals& globals, const Webhook& webhook, const Message& message) {
  if (globals.json) {
    PrintJson(webhook);
  } else {
    Say(globals.language(), message, {webhook.name()});
  }
}

absl::Status Create(const Globals& globals, const WebhookOptions& options) {
  notification::v1::CreateWebhookRequest request;
  request.set_organization(Full("organizations", options.organization));
  request.set_program(Full("programs", options.program));
  request.set_url(options.url);
  request.set_request_id(ids::New());
  TREMPLIN_ASSIGN_OR_RETURN(const std::unique_ptr<Api> api, globals.Open());
  TREMPLIN_ASSIGN_OR_RETURN(auto created,
                            api->Call<Webhook>(text::Cat(kWebhooks, "CreateWebhook"), request));
  // As an API key's: the secret goes into a file that its owner alone can read, and a webhook whose
  // secret nobody has is not left behind.
  const absl::Status written = WritePrivate(options.out, text::Cat(created.secret(), "\n"));
  if (!written.ok()) {
    notification::v1::DeleteWebhookRequest remove;
    remove.set_name(created.name());
    remove.set_request_id(ids::New());
    TREMPLIN_RETURN_IF_ERROR(api->Call<notification::v1::DeleteWebhookResponse>(
                                    text::Cat(kWebhooks, "DeleteWebhook"), remove)
                                 .status());
    return written;
  }
  created.clear_secret();
  if (globals.json) {
    PrintJson(created);
  } else {
    Say(globals.language(), kWebhookCreated, {created.name(), options.out});
  }
  return absl::OkStatus();
}

absl::Status List(const Globals& globals, const WebhookOptions& options) {
  notification::v1::ListWebhooksRequest request;
  request.set_organization(Full("organizations", options.organization));
  request.set_page_size(kPageSize);
  TREMPLIN_ASSIGN_OR_RETURN(const std::unique_ptr<Api> api, globals.Open());
  TREMPLIN_ASSIGN_OR_RETURN(const auto all, api->CallAll<notification::v1::ListWebhooksResponse>(
                                                text::Cat(kWebhooks, "ListWebhooks"), request));
  if (globals.json) {
    PrintJson(all);
    return absl::OkStatus();
  }
  if (all.webhooks().empty()) {
    Say(globals.language(), kNoWebhooks);
    return absl::OkStatus();
  }
  Table table({"Webhook", "Organization / Organisme", "Program / Programme", "State / État",
               "Address / Adresse", "Failures / Échecs", "Last / Dernier"});
  for (const Webhook& one : all.webhooks()) {
    table.Row({one.name(), one.organization(), one.program(), StateOf(one), one.url(),
               text::Cat(one.failures()), one.last_error()});
  }
  table.Print({true, true, true, true, true, false, true});
  return absl::OkStatus();
}

absl::Status Show(const Globals& globals, const WebhookOptions& options) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::unique_ptr<Api> api, globals.Open());
  TREMPLIN_ASSIGN_OR_RETURN(
      const auto webhook, api->Call<Webhook>(text::Cat(kWebhooks, "GetWebhook"),
                                             About<notification::v1::GetWebhookRequest>(options)));
  if (globals.json) {
    PrintJson(webhook);
    return absl::OkStatus();
  }
  const bool french = globals.language() == Language::kFrench;
  Table table({webhook.name(), StateOf(webhook)});
  table.Row({"Organization / Organisme", webhook.organization()});
  table.Row({"Program / Programme", webhook.program()});
  table.Row({"Address / Adresse", webhook.url()});
  table.Row({"Sequence / Séquence", text::Cat(webhook.sequence())});
  table.Row({"Cursor / Curseur", webhook.cursor()});
  if (webhook.has_former_secret_expire_time()) {
    table.Row({"Former secret until / Ancien secret jusqu’au",
               Moment(webhook.former_secret_expire_time())});
  }
  if (webhook.failures() > 0) {
    table.Row(
        {"Failures / Échecs", text::Cat(webhook.failures(), " (", webhook.last_error(), ")")});
    table.Row({"Since / Depuis", Moment(webhook.failing_since_time())});
  }
  if (webhook.has_next_attempt_time()) {
    table.Row({"Next try / Prochain essai", Moment(webhook.next_attempt_time())});
  }
  table.Print({true, true});
  std::printf("%s\n", (french ? webhook.state_text().fr() : webhook.state_text().en()).c_str());
  return absl::OkStatus();
}

absl::Status Update(const Globals& globals, const WebhookOptions& options) {
  auto request = About<notification::v1::UpdateWebhookRequest>(options);
  request.set_url(options.url);
  if (options.enable || options.disable) request.set_enabled(options.enable);
  TREMPLIN_ASSIGN_OR_RETURN(const std::unique_ptr<Api> api, globals.Open());
  TREMPLIN_ASSIGN_OR_RETURN(const auto webhook,
                            api->Call<Webhook>(text::Cat(kWebhooks, "UpdateWebhook"), request));
  Tell(globals, webhook, kWebhookUpdated);
  return absl::OkStatus();
}

absl::Status Delete(const Globals& globals, const WebhookOptions& options) {
  const auto request = About<notification::v1::DeleteWebhookRequest>(options);
  TREMPLIN_ASSIGN_OR_RETURN(const std::unique_ptr<Api> api, globals.Open());
  TREMPLIN_ASSIGN_OR_RETURN(const auto deleted,
                            api->Call<notification::v1::DeleteWebhookResponse>(
                                text::Cat(kWebhooks, "DeleteWebhook"), request));
  if (globals.json) {
    PrintJson(deleted);
  } else {
    Say(globals.language(), kWebhookDeleted, {request.name()});
  }
  return absl::OkStatus();
}

absl::Status Rotate(const Globals& globals, const WebhookOptions& options) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::unique_ptr<Api> api, globals.Open());
  TREMPLIN_ASSIGN_OR_RETURN(
      auto webhook,
      api->Call<Webhook>(text::Cat(kWebhooks, "RotateWebhookSecret"),
                         About<notification::v1::RotateWebhookSecretRequest>(options)));
  const absl::Status written = WritePrivate(options.out, text::Cat(webhook.secret(), "\n"));
  if (!written.ok()) {
    Warn(globals.language(), kWebhookSecretLost, {webhook.name()});
    return written;
  }
  webhook.clear_secret();
  if (globals.json) {
    PrintJson(webhook);
  } else {
    Say(globals.language(), kWebhookRotated,
        {webhook.name(), options.out, Moment(webhook.former_secret_expire_time())});
  }
  return absl::OkStatus();
}

absl::Status Test(const Globals& globals, const WebhookOptions& options) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::unique_ptr<Api> api, globals.Open());
  TREMPLIN_ASSIGN_OR_RETURN(
      const auto told,
      api->Call<WebhookDelivery>(text::Cat(kWebhooks, "TestWebhook"),
                                 About<notification::v1::TestWebhookRequest>(options)));
  const std::string status = text::Cat(told.http_status());
  const std::string lasted = text::Cat(told.duration_ms());
  if (globals.json) {
    PrintJson(told);
  } else if (told.error().empty()) {
    Say(globals.language(), kWebhookTestTaken, {status, lasted});
  }
  if (told.error().empty()) return absl::OkStatus();
  return absl::FailedPreconditionError(
      Text(globals.language(), kWebhookTestFailed, {told.error(), status, lasted}));
}

absl::Status Deliveries(const Globals& globals, const WebhookOptions& options) {
  auto request = About<notification::v1::ListWebhookDeliveriesRequest>(options);
  request.set_page_size(options.limit);
  TREMPLIN_ASSIGN_OR_RETURN(const std::unique_ptr<Api> api, globals.Open());
  TREMPLIN_ASSIGN_OR_RETURN(const auto listed,
                            api->Call<notification::v1::ListWebhookDeliveriesResponse>(
                                text::Cat(kWebhooks, "ListWebhookDeliveries"), request));
  if (globals.json) {
    PrintJson(listed);
    return absl::OkStatus();
  }
  if (listed.deliveries().empty()) {
    Say(globals.language(), kNoDeliveries);
    return absl::OkStatus();
  }
  Table table({"Time / Moment", "Id", "Sequence / Séquence", "Attempt / Essai", "HTTP",
               "Error / Erreur", "ms"});
  for (const WebhookDelivery& one : listed.deliveries()) {
    table.Row({Moment(one.time()), one.id(), text::Cat(one.sequence()), text::Cat(one.attempt()),
               text::Cat(one.http_status()), one.error(), text::Cat(one.duration_ms())});
  }
  table.Print({true, true, false, false, false, true, false});
  return absl::OkStatus();
}

absl::Status Replay(const Globals& globals, const WebhookOptions& options) {
  auto request = About<notification::v1::ReplayWebhookRequest>(options);
  if (!options.cursor.empty()) request.set_cursor(options.cursor);
  if (!options.time.empty()) {
    absl::Time time;
    std::string error;
    if (!absl::ParseTime("%Y-%m-%d", options.time, &time, &error) &&
        !absl::ParseTime(absl::RFC3339_full, options.time, &time, &error)) {
      return absl::InvalidArgumentError(text::Cat("--time ", options.time));
    }
    *request.mutable_time() = resources::ToTimestamp(time);
  }
  TREMPLIN_ASSIGN_OR_RETURN(const std::unique_ptr<Api> api, globals.Open());
  TREMPLIN_ASSIGN_OR_RETURN(const auto webhook,
                            api->Call<Webhook>(text::Cat(kWebhooks, "ReplayWebhook"), request));
  Tell(globals, webhook, kWebhookReplayed);
  return absl::OkStatus();
}

}  // namespace

void AddWebhooks(CLI::App& app, const Globals& globals, absl::Status& result) {
  CLI::App* group = app.add_subcommand(
      "webhooks", "an agency's status feed, pushed to an address / fil de suivi poussé");
  group->require_subcommand(1);
  const auto add = [&](const char* name, const char* what, bool of_one,
                       absl::Status (*run)(const Globals&, const WebhookOptions&)) {
    CLI::App* command = group->add_subcommand(name, what);
    auto options = std::make_shared<WebhookOptions>();
    if (of_one) {
      command->add_option("webhook", options->name, "webhooks/… or its id")->required();
    }
    command->callback([&globals, &result, options, run] { result = run(globals, *options); });
    return std::make_pair(command, options);
  };
  const auto [create, made] = add("create", "the secret goes into a file / créer", false, &Create);
  create->add_option("--url", made->url, "https://host/path")->required();
  create->add_option("--out", made->out, "the file that gets the secret, mode 600")->required();
  create->add_option("--organization", made->organization, "whose, with an operator's key");
  create->add_option("--program", made->program, "entries of this program alone");
  const auto [list, listed] = add("list", "all of them / tous", false, &List);
  list->add_option("--organization", listed->organization, "of this one alone");
  add("show", "where it stands / où il en est", true, &Show);
  const auto [update, updated] =
      add("update", "another address, off, on again / modifier", true, &Update);
  update->add_option("--url", updated->url, "https://host/path");
  CLI::Option* enable =
      update->add_flag("--enable", updated->enable, "it goes on where it stopped");
  update->add_flag("--disable", updated->disable, "nothing is sent")->excludes(enable);
  add("delete", "with its secret / supprimer", true, &Delete);
  const auto [rotate, rotated] =
      add("rotate", "a new secret, into a file / renouveler le secret", true, &Rotate);
  rotate->add_option("--out", rotated->out, "the file that gets the secret, mode 600")->required();
  add("test", "sends a test at once / envoyer un essai", true, &Test);
  const auto [deliveries, shown] =
      add("deliveries", "what was tried, newest first / essais", true, &Deliveries);
  deliveries->add_option("--limit", shown->limit, "how many (default 50)")
      ->check(CLI::Range(1, 500));
  const auto [replay, replayed] =
      add("replay", "goes on from elsewhere in the feed / reprendre", true, &Replay);
  CLI::Option* cursor = replay->add_option("--cursor", replayed->cursor, "a cursor of the feed");
  replay->add_option("--time", replayed->time, "2026-06-30, or RFC 3339")->excludes(cursor);
}

}  // namespace tremplin::ctl
