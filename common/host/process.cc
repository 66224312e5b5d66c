#include "common/host/process.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <thread>

#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/environment/environment.h"
#include "common/host/loop.h"
#include "common/host/supervisor.h"
#include "common/logging/logging.h"
#include "common/metrics/probes.h"
#include "common/rpc/server.h"
#include "common/status/condition.h"
#include "common/status/error.h"
#include "common/status/macros.h"

namespace tremplin::host {
namespace {

constexpr absl::Duration kCheckAgain = absl::Milliseconds(500);
constexpr absl::Duration kGaugesEvery = absl::Seconds(4);
constexpr absl::Duration kPastGrace = absl::Seconds(5);
constexpr absl::Duration kRelayDrain = absl::Seconds(5);
constexpr absl::Duration kHousekeepingEvery = absl::Minutes(5);  // where there is nothing to keep

// What every program's days are counted by. A slim image easily comes without, and would start,
// only to refuse the first definition.
constexpr char kSomeTimeZone[] = "America/Toronto";
constexpr char kNoTimeZones[] =
    "tzdata: this machine has no tables of time zones; install the package tzdata, or name their "
    "folder in TZDIR\n"
    "tzdata : il n’y a pas de tables de fuseaux horaires sur cette machine ; installez le paquet "
    "tzdata ou indiquez leur dossier dans TZDIR\n";

bool HasTimeZones() {
  absl::TimeZone ignored;
  return absl::LoadTimeZone(kSomeTimeZone, &ignored);
}

sigset_t EndSignals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  return set;
}

rpc::ServerOptions OptionsOf(const config::Config& config) {
  rpc::ServerOptions options;
  options.listen = config.listen;
  options.tls = {.certificate = config.tls_certificate,
                 .key = config.tls_key,
                 .client_ca = config.tls_client_ca};
  options.executor_threads = config.executor_threads;
  options.executor_queue = config.executor_queue;
  options.reflection = config.reflection;
  return options;
}

// Whole or not at all: whoever waits for the file reads the address at once.
absl::Status WriteReadyFile(const std::string& path, const std::string& address) {
  if (path.empty()) return absl::OkStatus();
  const std::string temporary = path + ".new";
  {
    std::ofstream file(temporary);
    file << address << "\n";
    if (!file.flush()) return absl::FailedPreconditionError("cannot write " + temporary);
  }
  std::error_code error;
  std::filesystem::rename(temporary, path, error);
  if (error) return absl::FailedPreconditionError("cannot write " + path);
  return absl::OkStatus();
}

void RemoveReadyFile(const std::string& path) {
  std::error_code ignored;
  if (!path.empty()) std::filesystem::remove(path, ignored);
}

// Ends the process when draining takes longer than it may.
class Watchdog {
 public:
  explicit Watchdog(absl::Duration after)
      : loop_("watchdog", [until = absl::Now() + after]() -> absl::Duration {
          if (absl::Now() < until) return until - absl::Now();
          logging::Error("the drain took longer than the grace; ending");
          _exit(1);
        }) {
    loop_.Start();
  }

 private:
  Loop loop_;
};

// Waits for the stores, then opens the modules and says so, on a thread of its own, so that a
// signal ends the wait.
class Startup {
 public:
  // `serving` becomes true once calls are served.
  Startup(Assembly& assembly, const config::Config& config, const ServeHooks& hooks,
          rpc::Server& server, Front* front, const Supervisor& supervisor,
          std::atomic<bool>& serving)
      : serving_(serving),
        supervisor_(supervisor),
        assembly_(assembly),
        config_(config),
        hooks_(hooks),
        server_(server),
        front_(front),
        thread_([this](const std::stop_token& stop) { Run(stop); }) {}

  // Ends the thread. Whether the modules' loops run, and what failed.
  bool Stop() {
    thread_.request_stop();
    if (thread_.joinable()) thread_.join();
    return opened_;
  }
  const absl::Status& fault() const { return fault_; }

 private:
  void Run(const std::stop_token& stop) {
    bool told = false;
    while (!stop.stop_requested()) {
      absl::Status status = hooks_.check();
      if (status.ok()) status = Open();
      if (status.ok()) return;
      if (!status::IsOutage(status)) {
        fault_ = status;
        kill(getpid(), SIGTERM);
        return;
      }
      if (!told) {
        const std::string why(status.message());
        logging::Warning("waiting for the stores", {{"why", std::string_view(why)}});
        told = true;
      }
      for (const auto& module : assembly_.modules()) module->SetWaiting(status::CauseOf(status));
      absl::SleepFor(kCheckAgain);
    }
  }

  absl::Status Open() {
    for (const auto& module : assembly_.modules()) TREMPLIN_RETURN_IF_ERROR(module->Open());
    for (const auto& module : assembly_.modules()) module->StartLoops();
    opened_ = true;
    server_.SetServing(true);
    if (front_ != nullptr) front_->SetServing(true);
    serving_ = true;
    TREMPLIN_RETURN_IF_ERROR(WriteReadyFile(config_.ready_file, server_.address()));
    supervisor_.Ready();
    const std::string address = server_.address();
    logging::Info("serving", {{"address", std::string_view(address)}});
    return absl::OkStatus();
  }

  std::atomic<bool>& serving_;
  const Supervisor& supervisor_;
  Assembly& assembly_;
  const config::Config& config_;
  const ServeHooks& hooks_;
  rpc::Server& server_;
  Front* const front_;
  absl::Status fault_;
  std::atomic<bool> opened_ = false;
  std::jthread thread_;
};

void LogDrained(int cut_off, absl::Time begin) {
  logging::Info("drained", {{"calls_cut_off", int64_t{cut_off}},
                            {"ms", absl::ToDoubleMilliseconds(absl::Now() - begin)}});
}

// Front → server → consumers → timers and relays: what each still does reaches the next.
int DrainAll(Assembly& assembly, const config::Config& config, rpc::Server& server, Front* front,
             bool opened) {
  const Watchdog watchdog(config.drain_wait + config.grace + kPastGrace);
  RemoveReadyFile(config.ready_file);
  server.SetServing(false);
  if (front != nullptr) front->SetServing(false);
  absl::SleepFor(config.drain_wait);
  const absl::Time begin = absl::Now();
  int cut_off = front == nullptr ? 0 : front->Drain(config.grace);
  const absl::Duration rest = config.grace - (absl::Now() - begin);
  cut_off += server.Drain(std::max(rest, absl::ZeroDuration()));
  if (opened) {
    for (const auto& module : assembly.modules()) module->StopConsumer();
    const absl::Duration left = config.grace - (absl::Now() - begin);
    const absl::Duration each = std::min(kRelayDrain, std::max(absl::Seconds(1), left)) /
                                static_cast<double>(assembly.modules().size());
    for (const auto& module : assembly.modules()) module->StopRest(each);
  }
  LogDrained(cut_off, begin);
  return cut_off == 0 ? 0 : 1;
}

constexpr char kNotServing[] = "starting or ending";

// A store that is away, or refuses, is waited for: a new process would do no better.
metrics::Probes ProbesOf(const std::atomic<bool>& serving, const Assembly& assembly,
                         bool store_is_own) {
  const auto live = [&assembly]() -> std::string {
    for (const auto& module : assembly.modules()) {
      if (std::string dead = module->Dead(); !dead.empty()) return dead;
    }
    return "";
  };
  const auto ready = [&serving, &assembly, store_is_own]() -> std::string {
    if (!serving) return kNotServing;
    // Every replica has the same server: sending callers elsewhere would take their reads from them
    // too.
    if (!store_is_own) return "";
    const bool full = std::any_of(assembly.modules().begin(), assembly.modules().end(),
                                  [](const auto& module) { return module->DiskFull(); });
    return full ? "disk full" : "";
  };
  return {.live = live, .ready = ready};
}

}  // namespace

void PrepareProcess() {
  environment::RefuseSimulation();
  const sigset_t set = EndSignals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  // A peer that goes away is an error of the write, not a signal.
  std::signal(SIGPIPE, SIG_IGN);
#ifdef NDEBUG
  // Debian's abseil is built to follow the order in which mutexes are locked, gRPC's among them:
  // under load that is a tenth of what a service computes.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
#endif
}

std::variant<config::Config, int> Configure(int argc, const char* const* argv,
                                            config::Shape shape) {
  std::variant<config::Config, config::Exit> parsed = config::Parse(argc, argv, shape);
  if (auto* config = std::get_if<config::Config>(&parsed)) {
    if (HasTimeZones()) return std::move(*config);
    std::fputs(kNoTimeZones, stderr);
    return 2;
  }
  const config::Exit& exit = std::get<config::Exit>(parsed);
  std::fputs(exit.text.c_str(), exit.code == 0 ? stdout : stderr);
  return exit.code;
}

int Failed(const char* what, const absl::Status& status) {
  const std::string why = status.ToString();
  logging::Error(what, {{"why", std::string_view(why)}});
  return 1;
}

int Serve(Assembly& assembly, const config::Config& config, metrics::Registry& metrics,
          const ServeHooks& hooks) {
  RemoveReadyFile(config.ready_file);
  absl::StatusOr<std::unique_ptr<rpc::Server>> server =
      rpc::Server::Start(assembly.dispatcher(), OptionsOf(config));
  if (!server.ok()) return Failed("cannot serve", server.status());
  std::atomic<bool> serving = false;
  std::unique_ptr<metrics::Endpoint> endpoint;
  if (!config.metrics_listen.empty()) {
    endpoint = metrics::Serve(metrics, config.metrics_listen,
                              ProbesOf(serving, assembly, hooks.store_is_own));
    if (endpoint == nullptr) return 1;
  }
  std::unique_ptr<Front> front;
  if (hooks.front) {
    absl::StatusOr<std::unique_ptr<Front>> made = hooks.front();
    if (!made.ok()) return Failed("cannot serve", made.status());
    front = *std::move(made);
  }
  const Supervisor supervisor;
  Startup startup(assembly, config, hooks, **server, front.get(), supervisor, serving);
  Loop gauges("gauges", [&]() -> absl::Duration {
    for (const auto& module : assembly.modules()) {
      module->RefreshFaults();
      if (serving) module->RefreshGauges();
    }
    return kGaugesEvery;
  });
  Loop housekeeping("housekeeping", [&]() -> absl::Duration {
    return hooks.keep_house ? hooks.keep_house() : kHousekeepingEvery;
  });
  gauges.Start();
  housekeeping.Start();
  const sigset_t set = EndSignals();
  int signal = 0;
  sigwait(&set, &signal);
  supervisor.Stopping();
  const bool opened = startup.Stop();
  serving = false;
  gauges.Stop();
  housekeeping.Stop();
  const int code = DrainAll(assembly, config, **server, front.get(), opened);
  if (!startup.fault().ok()) return Failed("cannot start", startup.fault());
  return code;
}

int ServeFront(Front& front, const config::Config& config, metrics::Registry& metrics) {
  RemoveReadyFile(config.ready_file);
  std::atomic<bool> serving = false;
  std::unique_ptr<metrics::Endpoint> endpoint;
  if (!config.metrics_listen.empty()) {
    endpoint =
        metrics::Serve(metrics, config.metrics_listen,
                       metrics::Probes{.live = nullptr, .ready = [&serving]() -> std::string {
                                         return serving ? "" : kNotServing;
                                       }});
    if (endpoint == nullptr) return 1;
  }
  const Supervisor supervisor;
  front.SetServing(true);
  serving = true;
  const std::string address = front.address();
  const absl::Status written = WriteReadyFile(config.ready_file, address);
  if (!written.ok()) return Failed("cannot start", written);
  supervisor.Ready();
  logging::Info("serving", {{"address", std::string_view(address)}});
  const sigset_t set = EndSignals();
  int signal = 0;
  sigwait(&set, &signal);
  supervisor.Stopping();
  const Watchdog watchdog(config.drain_wait + config.grace + kPastGrace);
  RemoveReadyFile(config.ready_file);
  serving = false;
  front.SetServing(false);
  absl::SleepFor(config.drain_wait);
  const absl::Time begin = absl::Now();
  const int cut_off = front.Drain(config.grace);
  LogDrained(cut_off, begin);
  return cut_off == 0 ? 0 : 1;
}

}  // namespace tremplin::host
