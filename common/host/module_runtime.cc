#include "common/host/module_runtime.h"

#include <algorithm>
#include <utility>

#include "common/host/program_sync.h"
#include "common/logging/logging.h"
#include "common/rpc/authenticator.h"
#include "common/status/macros.h"
#include "common/text/text.h"

namespace tremplin::host {
namespace {

// Kafka wakes a waiting poll itself; the wait bounds how long a question for the lag is open.
constexpr absl::Duration kDistributedPoll = absl::Milliseconds(200);
// Where business time may be set, it may be by another replica, which tells nobody here.
constexpr absl::Duration kFollowTime = absl::Milliseconds(50);
constexpr absl::Duration kLeftOverPatience = absl::Seconds(60);
constexpr absl::Duration kHousekeepingEvery = absl::Minutes(1);
constexpr absl::Duration kAnswersKept = absl::Hours(48);
// Few at once, since other writes wait behind them, and soon again while there are more.
constexpr int kAnswersPerTrim = 500;
constexpr absl::Duration kHousekeepingGoesOn = absl::Milliseconds(100);
constexpr absl::Duration kKeysDeadline = absl::Seconds(10);
constexpr int kMostLeases = 1000;
constexpr absl::Duration kGaugeLag = absl::Milliseconds(500);
constexpr absl::Duration kTryFullDisk = absl::Seconds(2);
// A client that failed for good is made anew at once; where that has not helped for so long, a new
// process may.
constexpr absl::Duration kClientMayBeLost = absl::Minutes(1);

Fault::Kind KindOf(status::Trouble trouble) {
  switch (trouble) {
    case status::Trouble::kDiskFull:
      return Fault::Kind::kDiskFull;
    case status::Trouble::kRefused:
      return Fault::Kind::kRefused;
    case status::Trouble::kStopped:
    case status::Trouble::kClientLost:
      break;
  }
  return Fault::Kind::kStopped;
}

void AddFaults(const std::shared_ptr<status::Condition>& condition, std::string_view part,
               std::vector<Fault>& faults) {
  if (condition == nullptr) return;
  for (const status::Standing& standing : condition->Now()) {
    faults.push_back({.kind = KindOf(standing.trouble),
                      .part = std::string(part),
                      .cause = standing.cause,
                      .since = standing.since});
  }
}

bool HasLeases(const ModuleSpec& spec) {
  return std::any_of(
      spec.migrations.begin(), spec.migrations.end(),
      [](const database::Migration& one) { return one.sql == lease::kLeaseSchemaSql; });
}

}  // namespace

ModuleRuntime::ModuleRuntime(const ModuleSpec& spec, ModuleAdapters adapters,
                             const ProcessContext& process, rpc::Registry& registry)
    : name_(spec.name),
      has_leases_(HasLeases(spec)),
      adapters_(std::move(adapters)),
      process_(process) {
  database::Database& db = *adapters_.db;
  sealer_ = std::make_unique<seal::Sealer>(name_, adapters_.keys);
  commands_ = std::make_unique<rpc::Commands>(name_, db, *sealer_, process.clock);
  outbox_ = std::make_unique<outbox::Outbox>(name_, adapters_.log.Local());
  timers_ = std::make_unique<timers::Timers>(name_, db, process.clock, process.timers_at_once);
  peers_ = std::make_unique<peers::Peers>(std::move(adapters_.transport),
                                          rpc::ServiceCredential(name_, process.service_key),
                                          &process.clock);
  programs_ = std::make_unique<program::ProgramStore>(name_, db);
  timers_loop_ = std::make_unique<Loop>(name_ + " timers", [this] {
    (void)CatchUpBusinessTime();  // at the latest in the next step
    const absl::Duration wait = timers_->Step();
    return process_.business_time.enabled() ? std::min(wait, kFollowTime) : wait;
  });
  relay_loop_ = std::make_unique<Loop>(name_ + " relay", [this] { return relay_->Step(); });
  consumer_loop_ = std::make_unique<Loop>(name_ + " consumer", [this] { return ConsumerStep(); });
  housekeeping_loop_ =
      std::make_unique<Loop>(name_ + " housekeeping", [this] { return KeepHouse(); });
  outbox_->OnAppended([this] { relay_loop_->Wake(); });
  timers_->OnSet([this] { timers_loop_->Wake(); });

  module_ = spec.make({db, *commands_, *outbox_, *timers_, *peers_, *adapters_.cache, process.clock,
                       *sealer_, *programs_, process.metrics, process.config});
  module_->Bind(registry);
  FollowBusinessTime(
      name_, process.business_time, [this] { timers_loop_->Wake(); }, handlers_);
  // A module with more to do on a publication handles the event itself, in place of this.
  if (name_ != "registration") FollowPrograms(*peers_, *adapters_.cache, *programs_, handlers_);
  module_->Subscribe(handlers_);
  module_->Schedule(*timers_);
  chores_ = module_->Chores();
  for (const Chore& chore : chores_) {
    chore_loops_.push_back(std::make_unique<Loop>(name_ + " " + chore.name, chore.step));
  }
  dead_letters_ = std::make_unique<inbox::DeadLetters>(name_, db, handlers_, process.clock);
}

ModuleRuntime::~ModuleRuntime() {
  StopConsumer();
  StopRest(absl::ZeroDuration());
}

absl::Status ModuleRuntime::Open() {
  TREMPLIN_RETURN_IF_ERROR(adapters_.db->Write(
      {.tenant = database::Tenant::All(), .deadline = absl::Now() + kKeysDeadline},
      [this](database::Transaction& tx) { return sealer_->TakeUse(tx); }));
  TREMPLIN_RETURN_IF_ERROR(LoadBusinessTime(name_, *adapters_.db, process_.business_time));
  outbox::RelayOptions relay;
  relay.holder = process_.holder;
  relay_ = std::make_unique<outbox::Relay>(name_, *adapters_.db, adapters_.log, process_.clock,
                                           std::move(relay));
  if (!Relays()) TREMPLIN_RETURN_IF_ERROR(PublishLeftOver());
  inbox::ConsumerLoopOptions options;
  options.service = name_;
  consumer_ = std::make_unique<inbox::ConsumerLoop>(
      std::move(options), *adapters_.db,
      adapters_.log.NewConsumer({.group = name_, .topics = handlers_.Topics()}), handlers_,
      process_.clock);
  opened_ = true;
  return absl::OkStatus();
}

// An embedded store of a version that still relayed may hold events; new ones must not pass them.
absl::Status ModuleRuntime::PublishLeftOver() {
  const absl::Time limit = absl::Now() + kLeftOverPatience;
  while (true) {
    TREMPLIN_ASSIGN_OR_RETURN(const outbox::RelayStats left, relay_->Stats());
    if (left.backlog == 0) return absl::OkStatus();
    if (absl::Now() > limit) {
      return absl::UnavailableError(text::Cat("events of ", name_, " cannot be published"));
    }
    if (relay_->Step() > absl::ZeroDuration()) relay_->Drain(kLeftOverPatience);
  }
}

void ModuleRuntime::StartLoops() {
  {
    std::lock_guard lock(lag_mutex_);
    looping_ = true;
  }
  if (Relays()) relay_loop_->Start();
  consumer_loop_->Start();
  timers_loop_->Start();
  housekeeping_loop_->Start();
  for (const auto& loop : chore_loops_) loop->Start();
}

void ModuleRuntime::StopConsumer() {
  consumer_loop_->Stop();
  {
    std::lock_guard lock(lag_mutex_);
    looping_ = false;
  }
  lag_changed_.notify_all();
  if (consumer_ != nullptr) consumer_->Close();
}

void ModuleRuntime::StopRest(absl::Duration timeout) {
  for (const Chore& chore : chores_) chore.cancel();
  for (const auto& loop : chore_loops_) loop->Stop();
  timers_loop_->Stop();
  housekeeping_loop_->Stop();
  relay_loop_->Stop();
  if (timeout <= absl::ZeroDuration()) return;
  module_->Stop();
  if (Relays() && relay_ != nullptr) relay_->Drain(timeout);
}

void ModuleRuntime::WakeConsumer() { consumer_loop_->Wake(); }

absl::Duration ModuleRuntime::ConsumerStep() {
  AnswerLag();
  return consumer_->Step(process_.distributed ? kDistributedPoll : absl::ZeroDuration());
}

void ModuleRuntime::AnswerLag() {
  int64_t question = 0;
  {
    std::lock_guard lock(lag_mutex_);
    if (lag_answered_ == lag_questions_) return;
    question = lag_questions_;
  }
  absl::StatusOr<inbox::ConsumerWork> lag = consumer_->Waiting();
  {
    std::lock_guard lock(lag_mutex_);
    lag_ = std::move(lag);
    lag_answered_ = question;
  }
  lag_changed_.notify_all();
}

absl::StatusOr<int64_t> ModuleRuntime::Lag(absl::Duration timeout) {
  TREMPLIN_ASSIGN_OR_RETURN(const inbox::ConsumerWork work, ConsumerWaits(timeout));
  return inbox::LagOf(work);
}

absl::StatusOr<inbox::ConsumerWork> ModuleRuntime::ConsumerWaits(absl::Duration timeout) {
  if (!opened_) return absl::UnavailableError("the consumer has not begun");
  std::unique_lock lock(lag_mutex_);
  if (!looping_) return consumer_->Waiting();
  // The consumer belongs to its thread: that one answers, at its next step.
  const int64_t question = ++lag_questions_;
  consumer_loop_->Wake();
  lag_changed_.wait_for(lock, absl::ToChronoNanoseconds(timeout),
                        [&] { return lag_answered_ >= question || !looping_; });
  if (lag_answered_ < question) return absl::UnavailableError("the consumer is busy");
  return lag_;
}

absl::StatusOr<std::vector<lease::Standing>> ModuleRuntime::Leases() {
  std::vector<lease::Standing> leases;
  TREMPLIN_ASSIGN_OR_RETURN(const outbox::RelayHolder relay, relay_->Holder());
  if (!relay.holder.empty()) {
    leases.push_back({"relay", relay.holder, relay.epoch, relay.expires});
  }
  if (!has_leases_) return leases;
  TREMPLIN_ASSIGN_OR_RETURN(
      const std::vector<lease::Standing> own,
      lease::List(*adapters_.db, name_, kMostLeases - static_cast<int>(leases.size())));
  leases.insert(leases.end(), own.begin(), own.end());
  return leases;
}

absl::Duration ModuleRuntime::KeepHouse() {
  const absl::StatusOr<int64_t> trimmed = commands_->Trim(kAnswersKept, kAnswersPerTrim);
  if (trimmed.ok()) return *trimmed < kAnswersPerTrim ? kHousekeepingEvery : kHousekeepingGoesOn;
  const std::string error(trimmed.status().message());
  logging::Warning("stored answers were not trimmed",
                   {{"module", std::string_view(name_)}, {"error", std::string_view(error)}});
  return kHousekeepingEvery;
}

absl::Status ModuleRuntime::CatchUpBusinessTime() {
  if (!process_.distributed || !process_.business_time.enabled()) return absl::OkStatus();
  return LoadBusinessTime(name_, *adapters_.db, process_.business_time);
}

absl::StatusOr<int> ModuleRuntime::RewrapKeys(int limit, absl::Time deadline) {
  int rewrapped = 0;
  const absl::Status done =
      adapters_.db->Write({.tenant = database::Tenant::All(), .deadline = deadline},
                          [&](database::Transaction& tx) -> absl::Status {
                            TREMPLIN_ASSIGN_OR_RETURN(rewrapped, sealer_->Rewrap(tx, limit));
                            return absl::OkStatus();
                          });
  if (!done.ok()) return done;
  return rewrapped;
}

void ModuleRuntime::SetWaiting(std::string_view why) {
  const std::lock_guard lock(waiting_mutex_);
  waiting_.assign(why);
}

std::string ModuleRuntime::waiting() const {
  const std::lock_guard lock(waiting_mutex_);
  return waiting_;
}

std::vector<Fault> ModuleRuntime::Faults() const {
  std::vector<Fault> faults;
  AddFaults(adapters_.conditions.store, "store", faults);
  AddFaults(adapters_.conditions.reading, "event log", faults);
  AddFaults(adapters_.conditions.publishing, "event log", faults);
  AddFaults(adapters_.conditions.cache, "cache", faults);
  for (const auto& [part, loop] : Loops()) {
    const std::optional<Loop::Trouble> stuck = loop->Stuck();
    if (!stuck.has_value()) continue;
    faults.push_back({.kind = Fault::Kind::kStopped,
                      .part = part,
                      .cause = stuck->cause,
                      .since = absl::Now() - stuck->lasting});
  }
  std::stable_sort(faults.begin(), faults.end(),
                   [](const Fault& a, const Fault& b) { return a.kind < b.kind; });
  return faults;
}

std::vector<std::pair<std::string, const Loop*>> ModuleRuntime::Loops() const {
  std::vector<std::pair<std::string, const Loop*>> loops = {
      {"consumer", consumer_loop_.get()},
      {"relay", relay_loop_.get()},
      {"timers", timers_loop_.get()},
      {"housekeeping", housekeeping_loop_.get()}};
  for (size_t i = 0; i < chores_.size(); ++i) {
    loops.emplace_back(chores_[i].name, chore_loops_[i].get());
  }
  return loops;
}

std::string ModuleRuntime::Dead() const {
  for (const auto& condition : {adapters_.conditions.reading, adapters_.conditions.publishing}) {
    if (condition == nullptr) continue;
    for (const status::Standing& standing : condition->Now()) {
      const bool lost = standing.trouble == status::Trouble::kClientLost;
      if (lost && standing.lasting >= kClientMayBeLost) return standing.cause;
    }
  }
  for (const auto& [part, loop] : Loops()) {
    if (const auto stuck = loop->Stuck()) return text::Cat(name_, " ", part, ": ", stuck->cause);
  }
  return "";
}

bool ModuleRuntime::DiskFull() const {
  const auto& store = adapters_.conditions.store;
  return store != nullptr && store->Has(status::Trouble::kDiskFull);
}

// A row comes and goes within one transaction, so the store has to write and ends as it was.
void ModuleRuntime::TryFullDisk() {
  if (!DiskFull()) return;
  const std::string table = name_ + "_followed_time";
  const std::string put = text::Cat("INSERT INTO ", table, " (id, business_us) VALUES (0, 0)");
  const std::string take = text::Cat("DELETE FROM ", table, " WHERE id = 0");
  const absl::Status written = adapters_.db->Write({.lane_key = table,
                                                    .tenant = database::Tenant::All(),
                                                    .deadline = absl::Now() + kTryFullDisk},
                                                   [&](database::Transaction& tx) -> absl::Status {
                                                     TREMPLIN_RETURN_IF_ERROR(tx.Execute(put));
                                                     return tx.Execute(take);
                                                   });
  if (!written.ok()) return;
  adapters_.conditions.store->Ended(status::Trouble::kDiskFull);
  logging::Info("the store has space again", {{"module", std::string_view(name_)}});
}

void ModuleRuntime::RefreshFaults() {
  TryFullDisk();
  const std::vector<Fault> faults = Faults();
  const auto tell = [&](Fault::Kind kind, const char* part, const char* name, const char* help) {
    const bool met = std::any_of(faults.begin(), faults.end(), [&](const Fault& fault) {
      return fault.kind == kind && fault.part == part;
    });
    process_.metrics.GetGauge(name, help, {{"service", name_}, {"part", part}}).Set(met ? 1 : 0);
  };
  tell(Fault::Kind::kDiskFull, "store", "tremplin_disk_full",
       "1 while the store takes no writes because its disk is full.");
  for (const char* part : {"store", "event log", "cache"}) {
    tell(Fault::Kind::kRefused, part, "tremplin_server_refuses",
         "1 while a server does not let the service in.");
  }
  tell(Fault::Kind::kStopped, "event log", "tremplin_stopped",
       "1 while a part does not go on by itself.");
  for (const auto& [part, loop] : Loops()) {
    tell(Fault::Kind::kStopped, part.c_str(), "tremplin_stopped",
         "1 while a part does not go on by itself.");
  }
}

void ModuleRuntime::RefreshGauges() {
  metrics::Registry& metrics = process_.metrics;
  const metrics::Labels labels = {{"service", name_}};
  if (const auto stats = relay_->Stats(); stats.ok()) {
    metrics
        .GetGauge("tremplin_outbox_backlog_events", "Events not yet confirmed by the log.", labels)
        .Set(static_cast<double>(stats->backlog));
    metrics.GetGauge("tremplin_outbox_oldest_age_seconds", "Age of the oldest of them.", labels)
        .Set(absl::ToDoubleSeconds(stats->oldest_age));
  }
  if (const auto lag = Lag(kGaugeLag); lag.ok()) {
    metrics
        .GetGauge("tremplin_consumer_lag_events",
                  "Events that the consumer group has yet to read; every member says the same.",
                  labels)
        .Set(static_cast<double>(*lag));
  }
  if (const auto dead = dead_letters_->Count(); dead.ok()) {
    metrics
        .GetGauge("tremplin_dead_letters", "Events that failed for reasons of their own.", labels)
        .Set(static_cast<double>(*dead));
  }
  metrics
      .GetGauge("tremplin_timer_lateness_seconds",
                "How far behind the most overdue timer is, in business time.", labels)
      .Set(absl::ToDoubleSeconds(timers_->Lateness()));
}

}  // namespace tremplin::host
