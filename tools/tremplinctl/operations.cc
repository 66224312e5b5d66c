// status, events, dead-letters: how far every module has come, and what failed.
#include <cstdio>
#include <memory>
#include <string>

#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "common/resources/names.h"
#include "common/services/services.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "tools/tremplinctl/command.h"
#include "tools/tremplinctl/messages.h"
#include "tools/tremplinctl/troubles.h"

namespace tremplin::ctl {
namespace {

constexpr char kOperations[] = "tremplin.runtime.v1.OperationsService/";

struct LettersOptions {
  std::string module;
  std::string type;
  int limit = 100;
  bool dry_run = false;
};

std::string TimeText(const google::protobuf::Timestamp& time) {
  return absl::FormatTime("%Y-%m-%d %H:%M", resources::FromTimestamp(time), absl::UTCTimeZone());
}

// "–" for what cannot be told.
std::string CountText(int64_t count) { return count < 0 ? "–" : text::Cat(count); }

void PrintStatus(Language language, const runtime::v1::GetStatusResponse& all) {
  Table table({"Module", "Outbox", "Oldest / Plus ancien (ms)", "Lag / Retard", "Dead / Mortes",
               "Next timer / Prochaine échéance", "Business time / Temps métier"});
  bool busy = false;
  const bool failed = PrintTroubles(language, all);  // first
  for (const runtime::v1::ModuleStatus& module : all.modules()) {
    busy = busy || !BusyReason(module, std::nullopt).empty();
    table.Row({module.module(), CountText(module.outbox_backlog()),
               text::Cat(module.outbox_oldest_age_us() / 1000), CountText(module.consumer_lag()),
               CountText(module.dead_letters()),
               module.has_next_timer() ? TimeText(module.next_timer()) : "–",
               TimeText(module.business_time())});
  }
  table.Print();
  if (busy || !failed) Say(language, busy ? kBusy : kSettled);
}

absl::Status Status(const Globals& globals) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::unique_ptr<Api> api, globals.Open());
  TREMPLIN_ASSIGN_OR_RETURN(const runtime::v1::GetStatusResponse all, AskStatus(*api));
  if (globals.json) {
    PrintJson(all);
  } else {
    PrintStatus(globals.language(), all);
  }
  return absl::OkStatus();
}

absl::Status List(const Globals& globals, const LettersOptions& options) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::unique_ptr<Api> api, globals.Open());
  runtime::v1::ListDeadLettersRequest request;
  request.set_module(options.module);
  request.set_type(options.type);
  request.set_page_size(options.limit);
  runtime::v1::ListDeadLettersResponse all;
  for (const std::string& address : api->OneOfEach()) {
    TREMPLIN_ASSIGN_OR_RETURN(const std::string bytes,
                              api->CallAt(address, text::Cat(kOperations, "ListDeadLetters"),
                                          request.SerializeAsString()));
    runtime::v1::ListDeadLettersResponse response;
    if (!response.ParseFromString(bytes)) return absl::InternalError("bad response");
    all.mutable_dead_letters()->MergeFrom(response.dead_letters());
  }
  if (globals.json) {
    PrintJson(all);
    return absl::OkStatus();
  }
  if (all.dead_letters().empty()) {
    Say(globals.language(), kNothing);
    return absl::OkStatus();
  }
  Table table({"Module", "Id", "Type", "Key / Clé", "Topic", "Attempts / Essais",
               "Parked / En attente", "Time / Heure", "Error / Erreur"});
  for (const runtime::v1::DeadLetter& letter : all.dead_letters()) {
    table.Row({letter.module(), text::Cat(letter.id()), letter.type(), letter.key(),
               absl::StrFormat("%s/%d@%d", letter.topic(), letter.partition(), letter.offset()),
               text::Cat(letter.attempts()), text::Cat(letter.parked()), TimeText(letter.time()),
               letter.error()});
  }
  table.Print({true, false, true, true, true, false, false, true, true});
  return absl::OkStatus();
}

absl::Status ReplayOf(const Globals& globals, const LettersOptions& options, Api& api,
                      const std::string& module) {
  runtime::v1::ReplayDeadLettersRequest request;
  request.set_module(module);
  request.set_type(options.type);
  request.set_limit(options.limit);
  request.set_dry_run(options.dry_run);
  TREMPLIN_ASSIGN_OR_RETURN(
      const std::string bytes,
      api.CallAt(api.AddressOf(module), text::Cat(kOperations, "ReplayDeadLetters"),
                 request.SerializeAsString()));
  runtime::v1::ReplayDeadLettersResponse response;
  if (!response.ParseFromString(bytes)) return absl::InternalError("bad response");
  if (globals.json) {
    PrintJson(response);
    return absl::OkStatus();
  }
  for (const auto& outcome : response.outcomes()) {
    std::printf("%s %lld: %s (+%lld)\n", module.c_str(), static_cast<long long>(outcome.id()),
                outcome.error().empty() ? "ok" : outcome.error().c_str(),
                static_cast<long long>(outcome.parked_applied()));
  }
  return absl::OkStatus();
}

absl::Status Replay(const Globals& globals, const LettersOptions& options) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::unique_ptr<Api> api, globals.Open());
  for (const std::string& module : services::Names()) {
    if (!options.module.empty() && options.module != module) continue;
    TREMPLIN_RETURN_IF_ERROR(ReplayOf(globals, options, *api, module));
  }
  return absl::OkStatus();
}

struct DiscardOptions {
  std::string module;
  int64_t id = 0;
  std::string reason;
};

absl::Status Discard(const Globals& globals, const DiscardOptions& options) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::unique_ptr<Api> api, globals.Open());
  runtime::v1::DiscardDeadLetterRequest request;
  request.set_module(options.module);
  request.set_id(options.id);
  request.set_reason(options.reason);
  TREMPLIN_ASSIGN_OR_RETURN(
      const std::string bytes,
      api->CallAt(api->AddressOf(options.module), text::Cat(kOperations, "DiscardDeadLetter"),
                  request.SerializeAsString()));
  runtime::v1::DiscardDeadLetterResponse response;
  if (!response.ParseFromString(bytes)) return absl::InternalError("bad response");
  if (globals.json) {
    PrintJson(response);
  } else {
    Say(globals.language(), kDiscarded, {text::Cat(response.parked_applied())});
  }
  return absl::OkStatus();
}

// Until none of the module's data keys lies under a former master key.
absl::Status RewrapModule(Api& api, const std::string& module, int64_t* rewrapped) {
  runtime::v1::RewrapKeysRequest request;
  request.set_module(module);
  request.set_limit(500);
  while (true) {
    TREMPLIN_ASSIGN_OR_RETURN(
        const std::string bytes,
        api.CallAt(api.AddressOf(module), text::Cat(kOperations, "RewrapKeys"),
                   request.SerializeAsString()));
    runtime::v1::RewrapKeysResponse response;
    if (!response.ParseFromString(bytes)) return absl::InternalError("bad response");
    if (response.rewrapped() == 0) break;
    *rewrapped += response.rewrapped();
  }
  return absl::OkStatus();
}

absl::Status Rewrap(const Globals& globals) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::unique_ptr<Api> api, globals.Open());
  int64_t rewrapped = 0;
  for (const std::string& module : services::Names()) {
    TREMPLIN_RETURN_IF_ERROR(RewrapModule(*api, module, &rewrapped));
  }
  Say(globals.language(), kRewrapped, {text::Cat(rewrapped)});
  return absl::OkStatus();
}

void AddLetters(CLI::App& letters, const Globals& globals, absl::Status& result) {
  auto options = std::make_shared<LettersOptions>();
  CLI::App* list = letters.add_subcommand("list", "what failed, with where it came from");
  CLI::App* replay = letters.add_subcommand("replay", "run it through its handlers again");
  for (CLI::App* command : {list, replay}) {
    command->add_option("--module", options->module, "one module's only")
        ->check(CLI::IsMember(services::Names()));
    command->add_option("--type", options->type, "one event type's only");
    command->add_option("--limit", options->limit, "at most so many a module")
        ->check(CLI::Range(1, 500))
        ->capture_default_str();
  }
  replay->add_flag("--dry-run", options->dry_run, "run the handlers, undo their effect");
  list->callback([&globals, &result, options] { result = List(globals, *options); });
  replay->callback([&globals, &result, options] { result = Replay(globals, *options); });
  auto discard_options = std::make_shared<DiscardOptions>();
  CLI::App* discard = letters.add_subcommand("discard", "give one up, with a reason / abandonner");
  discard->add_option("--module", discard_options->module, "its module")
      ->required()
      ->check(CLI::IsMember(services::Names()));
  discard->add_option("--id", discard_options->id, "its number in the list")->required();
  discard->add_option("--reason", discard_options->reason, "why, in a sentence")->required();
  discard->callback(
      [&globals, &result, discard_options] { result = Discard(globals, *discard_options); });
}

}  // namespace

void AddOperations(CLI::App& app, const Globals& globals, absl::Status& result) {
  CLI::App* status = app.add_subcommand("status", "how far every module has come / état");
  status->callback([&globals, &result] { result = Status(globals); });
  CLI::App* letters = app.add_subcommand("dead-letters", "events that failed / lettres mortes");
  letters->require_subcommand(1);
  AddLetters(*letters, globals, result);
  CLI::App* keys = app.add_subcommand("keys", "the system's own keys / clés du système");
  keys->require_subcommand(1);
  CLI::App* rewrap = keys->add_subcommand(
      "rewrap", "after a new first line in master.key: bring what lies under former keys to it");
  rewrap->callback([&globals, &result] { result = Rewrap(globals); });
  CLI::App* events = app.add_subcommand("events", "events on their way / événements en route");
  events->require_subcommand(1);
  CLI::App* list = events->add_subcommand("list", "outboxes, lags and failures of every module");
  list->callback([&globals, &result] {
    result = Status(globals);
    if (result.ok()) result = List(globals, {});
  });
  auto options = std::make_shared<LettersOptions>();
  CLI::App* replay = events->add_subcommand("replay", "replay the failed ones of every module");
  replay->add_option("--type", options->type, "one event type's only");
  replay->add_flag("--dry-run", options->dry_run, "run the handlers, undo their effect");
  replay->callback([&globals, &result, options] { result = Replay(globals, *options); });
}

}  // namespace tremplin::ctl
