// lag, outbox, timers, leases, top: what waits, where, and who does it.
#include <unistd.h>

#include <cstdio>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/resources/names.h"
#include "common/services/services.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "tools/tremplinctl/command.h"
#include "tools/tremplinctl/messages.h"
#include "tools/tremplinctl/pace.h"
#include "tools/tremplinctl/troubles.h"
#include "tools/tremplinctl/work_messages.h"

namespace tremplin::ctl {
namespace {

using runtime::v1::GetWorkResponse;
using runtime::v1::ModuleWork;

constexpr char kGetWork[] = "tremplin.runtime.v1.OperationsService/GetWork";
constexpr int64_t kMicrosInSecond = 1'000'000;

struct WorkOptions {
  std::string module;
  bool all = false;
};

struct TopOptions {
  int every = 2;   // seconds
  int rounds = 0;  // 0: until it is interrupted
  bool once = false;
};

std::string TimeText(const google::protobuf::Timestamp& time) {
  return absl::FormatTime("%Y-%m-%d %H:%M:%S", resources::FromTimestamp(time), absl::UTCTimeZone());
}

// "–" for what cannot be told.
std::string CountText(int64_t count) { return count < 0 ? "–" : text::Cat(count); }
std::string SecondsText(int64_t micros) {
  return micros < 0 ? "–" : absl::StrFormat("%.1f", static_cast<double>(micros) / kMicrosInSecond);
}

// Adds what another replica of the same service tells. Most of it is their store's, the same of
// each; a partition is told best by who reads it, and each has calls of its own.
void AddReplica(const ModuleWork& replica, ModuleWork& module) {
  std::map<std::pair<std::string, int>, runtime::v1::PartitionWork*> known;
  for (runtime::v1::PartitionWork& one : *module.mutable_partitions()) {
    known[{one.topic(), one.partition()}] = &one;
  }
  for (const runtime::v1::PartitionWork& one : replica.partitions()) {
    const auto found = known.find({one.topic(), one.partition()});
    if (found == known.end()) {
      *module.add_partitions() = one;
    } else if (one.assigned()) {
      *found->second = one;
    }
  }
  runtime::v1::CallWork& calls = *module.mutable_calls();
  const runtime::v1::CallWork& more = replica.calls();
  calls.set_answered(calls.answered() + more.answered());
  calls.set_failed(calls.failed() + more.failed());
  calls.set_turned_away(calls.turned_away() + more.turned_away());
  for (int i = 0; i < more.counts_size(); ++i) {
    if (i == calls.counts_size()) calls.add_counts(0);
    calls.set_counts(i, calls.counts(i) + more.counts(i));
  }
  if (module.untold().empty()) module.set_untold(replica.untold());
}

// Of every process, or of those that run the module.
absl::StatusOr<GetWorkResponse> Ask(Api& api, const std::string& module) {
  runtime::v1::GetWorkRequest request;
  request.set_module(module);
  GetWorkResponse all;
  std::map<std::string, ModuleWork*> modules;
  for (const std::string& address : api.AddressesOf(module)) {
    TREMPLIN_ASSIGN_OR_RETURN(const std::string bytes,
                              api.CallAt(address, kGetWork, request.SerializeAsString()));
    GetWorkResponse response;
    if (!response.ParseFromString(bytes)) return absl::InternalError("bad response");
    *all.mutable_time() = response.time();
    for (const ModuleWork& one : response.modules()) {
      ModuleWork*& known = modules[one.module()];
      if (known != nullptr) {
        AddReplica(one, *known);
      } else {
        known = all.add_modules();
        *known = one;
      }
    }
  }
  return all;
}

void PrintUntold(Language language, const GetWorkResponse& all) {
  for (const ModuleWork& module : all.modules()) {
    if (module.untold().empty()) continue;
    Say(language, kWorkUntold, {module.module(), module.untold()});
  }
}

void PrintLag(Language language, const GetWorkResponse& work, const WorkOptions& options) {
  Table table({"Module", "Topic", "Partition", "Waiting / En attente",
               "Oldest at most / Plus ancien au plus (s)", "Done / Traités", "Read here / Lu ici"});
  bool any = false;
  for (const ModuleWork& module : work.modules()) {
    for (const runtime::v1::PartitionWork& one : module.partitions()) {
      if (one.waiting() == 0 && !options.all) continue;
      any = true;
      table.Row({module.module(), one.topic(), text::Cat(one.partition()), text::Cat(one.waiting()),
                 SecondsText(one.oldest_age_us()), text::Cat(one.done()),
                 Text(language, one.assigned() ? kWorkYes : kWorkNo)});
    }
  }
  if (any) {
    table.Print({true, true, false, false, false, false, true});
  } else {
    Say(language, kWorkNoLag);
  }
}

void PrintOutbox(Language, const GetWorkResponse& work, const WorkOptions&) {
  Table table({"Module", "Waiting / En attente", "Oldest / Plus ancien (s)"});
  for (const ModuleWork& module : work.modules()) {
    const bool told = module.outbox_waiting() >= 0;
    table.Row({module.module(), CountText(module.outbox_waiting()),
               SecondsText(told ? module.outbox_oldest_age_us() : -1)});
  }
  table.Print();
}

void PrintTimers(Language language, const GetWorkResponse& work, const WorkOptions&) {
  Table table({"Module", "Kind / Sorte", "Due / Échues", "Late / En retard",
               "Most overdue / Plus en retard (s)", "Next / Prochaine"});
  for (const ModuleWork& module : work.modules()) {
    for (const runtime::v1::TimerWork& one : module.timers()) {
      table.Row({module.module(), one.kind(), text::Cat(one.due()), text::Cat(one.late()),
                 SecondsText(one.lateness_us()), one.has_next() ? TimeText(one.next()) : "–"});
    }
  }
  table.Print({true, true, false, false, false, true});
  for (const ModuleWork& module : work.modules()) {
    if (module.more_timers()) Say(language, kWorkMoreTimers, {module.module()});
  }
}

void PrintLeases(Language language, const GetWorkResponse& work, const WorkOptions&) {
  Table table(
      {"Module", "Lease / Bail", "Holder / Détenteur", "Epoch / Époque", "Until / Jusqu’à"});
  const absl::Time now = resources::FromTimestamp(work.time());
  bool any = false;
  for (const ModuleWork& module : work.modules()) {
    for (const runtime::v1::WorkLease& one : module.leases()) {
      any = true;
      const bool over = resources::FromTimestamp(one.until()) < now;
      const std::string until = TimeText(one.until());
      table.Row({module.module(), one.name(), one.holder(), text::Cat(one.epoch()),
                 over ? Text(language, kWorkOver, {until}) : until});
    }
  }
  if (any) {
    table.Print({true, true, true, false, true});
  } else {
    Say(language, kWorkNoLeases);
  }
}

using Print = void (*)(Language, const GetWorkResponse&, const WorkOptions&);

absl::Status Show(const Globals& globals, const WorkOptions& options, Print print) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::unique_ptr<Api> api, globals.Open());
  TREMPLIN_ASSIGN_OR_RETURN(const GetWorkResponse work, Ask(*api, options.module));
  if (globals.json) {
    PrintJson(work);
    return absl::OkStatus();
  }
  print(globals.language(), work, options);
  PrintUntold(globals.language(), work);
  return absl::OkStatus();
}

// One look; the paces are between it and the one before.
struct Look {
  absl::Time at;
  absl::StatusOr<runtime::v1::GetStatusResponse> status;
  absl::StatusOr<GetWorkResponse> work;
};

Look TakeLook(Api& api) {
  auto status = AskStatus(api);
  auto work = Ask(api, "");
  return {.at = absl::Now(), .status = std::move(status), .work = std::move(work)};
}

int64_t Waiting(const ModuleWork& module) {
  int64_t waiting = 0;
  for (const runtime::v1::PartitionWork& one : module.partitions()) waiting += one.waiting();
  return module.partitions().empty() && !module.untold().empty() ? -1 : waiting;
}

int64_t Late(const ModuleWork& module) {
  int64_t late = 0;
  for (const runtime::v1::TimerWork& one : module.timers()) late += one.late();
  return late;
}

std::vector<std::string> PaceCells(const Look& before, const Look& now, const ModuleWork& module) {
  if (before.work.ok()) {
    for (const ModuleWork& then : before.work->modules()) {
      if (then.module() != module.module()) continue;
      const auto pace = PaceOf(then.calls(), module.calls(), now.at - before.at);
      if (!pace.has_value()) break;
      return {absl::StrFormat("%.1f", pace->calls), absl::StrFormat("%.1f", pace->failed),
              pace->p99.has_value()
                  ? absl::StrFormat("%.1f", absl::ToDoubleMilliseconds(*pace->p99))
                  : "–"};
    }
  }
  return {"–", "–", "–"};
}

void PrintTop(const Look& before, const Look& now) {
  Table table({"Module", "Requests / Requêtes (/s)", "Errors / Erreurs (/s)", "p99 (ms) ≤",
               "Outbox", "Oldest / Plus ancien (s)", "Lag / Retard", "Dead / Mortes",
               "Timers late / Échéances en retard"});
  for (const ModuleWork& module : now.work->modules()) {
    std::vector<std::string> cells = {module.module()};
    for (std::string& cell : PaceCells(before, now, module)) cells.push_back(std::move(cell));
    const bool told = module.outbox_waiting() >= 0;
    cells.push_back(CountText(module.outbox_waiting()));
    cells.push_back(SecondsText(told ? module.outbox_oldest_age_us() : -1));
    cells.push_back(CountText(Waiting(module)));
    cells.push_back(CountText(module.dead_letters()));
    cells.push_back(module.timers().empty() && !module.untold().empty() ? "–"
                                                                        : text::Cat(Late(module)));
    table.Row(std::move(cells));
  }
  table.Print();
}

void PrintLook(Language language, const Look& before, const Look& now) {
  const std::string time =
      absl::FormatTime("%Y-%m-%d %H:%M:%S", absl::Now(), absl::LocalTimeZone());
  const std::string version = now.status.ok() ? now.status->version() + " " : "";
  std::printf("Tremplin %s· %s\n\n", version.c_str(), time.c_str());
  for (const absl::Status& status : {now.status.status(), now.work.status()}) {
    if (status.ok()) continue;
    Tell(language, status);
    return;
  }
  PrintTroubles(language, *now.status);
  PrintTop(before, now);
  PrintUntold(language, *now.work);
}

// The same again and again, on a screen that is cleared before each. Who is not reached now may be
// reached the next time: an operator watches a restart with it.
absl::Status Top(const Globals& globals, const TopOptions& options) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::unique_ptr<Api> api, globals.Open());
  const bool clears = isatty(STDOUT_FILENO) == 1 && !options.once;
  const int rounds = options.once ? 1 : options.rounds;
  Look before = TakeLook(*api);
  for (int round = 0; rounds == 0 || round < rounds; ++round) {
    absl::SleepFor(absl::Seconds(options.every));
    Look now = TakeLook(*api);
    if (clears) std::fputs("\033[H\033[2J", stdout);
    if (options.once && !now.work.ok()) return now.work.status();
    PrintLook(globals.language(), before, now);
    std::fflush(stdout);
    before = std::move(now);
  }
  return absl::OkStatus();
}

void AddTop(CLI::App& app, const Globals& globals, absl::Status& result) {
  auto options = std::make_shared<TopOptions>();
  CLI::App* top = app.add_subcommand("top", "calls, errors and what waits, live / en continu");
  top->add_option("--every", options->every, "seconds")
      ->check(CLI::Range(1, 3600))
      ->capture_default_str();
  top->add_option("--rounds", options->rounds, "end after so many; 0: until interrupted")
      ->check(CLI::Range(0, 1000000))
      ->capture_default_str();
  top->add_flag("--once", options->once, "one round, for scripts / une seule fois");
  top->callback([&globals, &result, options] { result = Top(globals, *options); });
}

}  // namespace

void AddWork(CLI::App& app, const Globals& globals, absl::Status& result) {
  struct Command {
    const char* name;
    const char* help;
    Print print;
  };
  for (const Command& command :
       {Command{"lag", "events that wait to be read, by partition / à lire", PrintLag},
        Command{"outbox", "events that wait to be published / à publier", PrintOutbox},
        Command{"timers", "what is due, late and next, by kind / échéances", PrintTimers},
        Command{"leases", "which process does which work / baux", PrintLeases}}) {
    auto options = std::make_shared<WorkOptions>();
    CLI::App* added = app.add_subcommand(command.name, command.help);
    added->add_option("--module", options->module, "one module's only")
        ->check(CLI::IsMember(services::Names()));
    if (command.print == PrintLag) {
      added->add_flag("--all", options->all, "partitions without anything waiting, too");
    }
    added->callback([&globals, &result, options, print = command.print] {
      result = Show(globals, *options, print);
    });
  }
  AddTop(app, globals, result);
}

}  // namespace tremplin::ctl
