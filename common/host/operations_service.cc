#include "common/host/operations_service.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"

namespace tremplin::host {
namespace {

using runtime::v1::DiscardDeadLetterRequest;
using runtime::v1::DiscardDeadLetterResponse;
using runtime::v1::GetStatusRequest;
using runtime::v1::GetStatusResponse;
using runtime::v1::GetWorkRequest;
using runtime::v1::GetWorkResponse;
using runtime::v1::ListDeadLettersRequest;
using runtime::v1::ListDeadLettersResponse;
using runtime::v1::ModuleStatus;
using runtime::v1::ModuleWork;
using runtime::v1::ReplayDeadLettersRequest;
using runtime::v1::ReplayDeadLettersResponse;
using runtime::v1::RewrapKeysRequest;
using runtime::v1::RewrapKeysResponse;

constexpr absl::Duration kLongestLag = absl::Seconds(2);
constexpr size_t kLongestReason = 1000;  // bytes
constexpr std::string_view kStore = "store";

constexpr messages::Message kModuleUnknown{
    "MODULE_UNKNOWN", "This process does not run the module {0}. Ask the service itself.",
    "Ce processus n’exécute pas le module {0}. Interrogez le service lui-même."};

constexpr messages::Message kModuleMissing{"MODULE_MISSING", "Name the module.",
                                           "Nommez le module."};

constexpr messages::Message kReasonNeeded{
    "REASON_NEEDED", "Say in a sentence, of 1000 bytes at most, why the event is given up.",
    "Dites en une phrase, d’au plus 1000 octets, pourquoi l’événement est abandonné."};

constexpr messages::Message kLetterUnknown{
    "DEAD_LETTER_UNKNOWN",
    "There is no dead letter {0} in {1}. List them; another may have dealt with it.",
    "Il n’y a pas de lettre morte {0} dans {1}. Affichez la liste; quelqu’un d’autre s’en est "
    "peut-être occupé."};

void Fill(const std::string& module, const inbox::DeadLetter& from, runtime::v1::DeadLetter& to) {
  to.set_module(module);
  to.set_id(from.id);
  to.set_topic(from.topic);
  to.set_partition(from.partition);
  to.set_offset(from.offset);
  to.set_key(from.key);
  to.set_event_id(from.event_id);
  to.set_type(from.type);
  to.set_error(from.error);
  to.set_attempts(from.attempts);
  to.set_parked(from.parked_behind);
  *to.mutable_time() = resources::ToTimestamp(from.at);
}

runtime::v1::Fault::Kind KindOf(Fault::Kind kind) {
  switch (kind) {
    case Fault::Kind::kDiskFull:
      return runtime::v1::Fault::KIND_DISK_FULL;
    case Fault::Kind::kRefused:
      return runtime::v1::Fault::KIND_REFUSED;
    case Fault::Kind::kStopped:
      break;
  }
  return runtime::v1::Fault::KIND_STOPPED;
}

void Fill(const Fault& from, runtime::v1::Fault& to) {
  to.set_kind(KindOf(from.kind));
  to.set_part(from.part);
  to.set_cause(from.cause);
  *to.mutable_since() = resources::ToTimestamp(from.since);
}

void Fill(const inbox::PartitionWork& from, runtime::v1::PartitionWork& to) {
  to.set_topic(from.topic);
  to.set_partition(from.partition);
  to.set_waiting(from.waiting);
  to.set_oldest_age_us(from.oldest_age.has_value() ? absl::ToInt64Microseconds(*from.oldest_age)
                                                   : -1);
  to.set_done(from.done);
  to.set_assigned(from.assigned);
}

void Fill(const std::string& kind, const timers::KindWork& from, runtime::v1::TimerWork& to) {
  to.set_kind(kind);
  to.set_due(from.due);
  to.set_late(from.late);
  to.set_lateness_us(absl::ToInt64Microseconds(from.lateness));
  if (from.next.has_value()) *to.mutable_next() = resources::ToTimestamp(*from.next);
}

void Fill(const lease::Standing& from, runtime::v1::WorkLease& to) {
  to.set_name(from.id);
  to.set_holder(from.holder);
  to.set_epoch(from.epoch);
  *to.mutable_until() = resources::ToTimestamp(from.expires);
}

void Fill(const rpc::CallFigures& from, runtime::v1::CallWork& to) {
  to.set_answered(from.answered);
  to.set_failed(from.failed);
  to.set_turned_away(from.turned_away);
  for (const double bound : rpc::kCallBounds) to.add_bounds(bound);
  for (const int64_t count : from.counts) to.add_counts(count);
}

bool Known(const std::vector<std::unique_ptr<ModuleRuntime>>& modules, const std::string& name) {
  return std::any_of(modules.begin(), modules.end(),
                     [&name](const auto& module) { return module->name() == name; });
}

}  // namespace

OperationsService::OperationsService(const std::vector<std::unique_ptr<ModuleRuntime>>& modules,
                                     const clock::Clock& clock, bool demo, Figures figures)
    : modules_(modules), clock_(clock), demo_(demo), figures_(std::move(figures)) {}

void OperationsService::Bind(rpc::Registry& registry) {
  rpc::Binder(registry, "runtime", "tremplin.runtime.v1.OperationsService")
      .Method("GetStatus", this, &OperationsService::GetStatus)
      .Method("GetWork", this, &OperationsService::GetWork)
      .Method("ListDeadLetters", this, &OperationsService::ListDeadLetters)
      .Method("ReplayDeadLetters", this, &OperationsService::ReplayDeadLetters)
      .Method("DiscardDeadLetter", this, &OperationsService::DiscardDeadLetter)
      .Method("RewrapKeys", this, &OperationsService::RewrapKeys);
}

absl::Status OperationsService::ReadState(ModuleRuntime& module, absl::Time deadline,
                                          ModuleStatus& status) {
  TREMPLIN_RETURN_IF_ERROR(module.CatchUpBusinessTime());
  // The order matters to those who wait for quiet: what the consumer or a timer has just done shows
  // in the outbox, which is therefore read last.
  const absl::Duration wait = std::min(kLongestLag, deadline - clock_.SystemNow());
  const absl::StatusOr<int64_t> lag = module.Lag(wait);
  if (lag.ok()) status.set_consumer_lag(*lag);
  TREMPLIN_ASSIGN_OR_RETURN(const std::optional<absl::Time> next, module.timers().NextDue());
  if (next.has_value()) *status.mutable_next_timer() = resources::ToTimestamp(*next);
  TREMPLIN_ASSIGN_OR_RETURN(const int64_t dead, module.dead_letters().Count());
  status.set_dead_letters(dead);
  if (dead > 0) {
    TREMPLIN_ASSIGN_OR_RETURN(const auto oldest, module.dead_letters().List(1, ""));
    if (!oldest.empty()) {
      status.set_dead_letter_cause(text::Cat(oldest[0].type, ": ", oldest[0].error));
    }
  }
  TREMPLIN_ASSIGN_OR_RETURN(const outbox::RelayStats stats, module.relay().Stats());
  status.set_outbox_backlog(stats.backlog);
  status.set_outbox_oldest_age_us(absl::ToInt64Microseconds(stats.oldest_age));
  return absl::OkStatus();
}

// Answers whatever the module's stores do: that is when it is asked.
ModuleStatus OperationsService::StatusOf(ModuleRuntime& module, absl::Time deadline) {
  ModuleStatus status;
  status.set_module(module.name());
  status.set_consumer_lag(-1);
  status.set_dead_letters(-1);
  status.set_outbox_backlog(-1);
  const absl::Status read = module.opened() ? ReadState(module, deadline, status)
                                            : absl::UnavailableError(module.waiting());
  for (const Fault& fault : module.Faults()) Fill(fault, *status.add_faults());
  const bool refused = std::any_of(
      status.faults().begin(), status.faults().end(), [](const runtime::v1::Fault& fault) {
        return fault.kind() == runtime::v1::Fault::KIND_REFUSED && fault.part() == kStore;
      });
  if (!read.ok() && !refused) {
    runtime::v1::Fault& away = *status.add_faults();
    away.set_kind(runtime::v1::Fault::KIND_AWAY);
    away.set_part(std::string(kStore));
    away.set_cause(std::string(read.message()));
    *away.mutable_since() = resources::ToTimestamp(clock_.SystemNow());
  }
  *status.mutable_business_time() = resources::ToTimestamp(clock_.BusinessNow());
  return status;
}

absl::StatusOr<GetStatusResponse> OperationsService::GetStatus(const rpc::CallContext& call,
                                                               const GetStatusRequest&) {
  GetStatusResponse response;
  response.set_demo(demo_);
  response.set_version(TREMPLIN_VERSION);
  for (const auto& module : modules_) {
    *response.add_modules() = StatusOf(*module, call.deadline);
  }
  return response;
}

absl::Status OperationsService::ReadWork(ModuleRuntime& module, absl::Time deadline,
                                         ModuleWork& work) {
  if (!module.opened()) return absl::UnavailableError(module.waiting());
  TREMPLIN_ASSIGN_OR_RETURN(const timers::TimerWork timers, module.timers().Waiting());
  for (const auto& [kind, of] : timers.kinds) Fill(kind, of, *work.add_timers());
  work.set_more_timers(timers.more);
  TREMPLIN_ASSIGN_OR_RETURN(const int64_t dead, module.dead_letters().Count());
  work.set_dead_letters(dead);
  TREMPLIN_ASSIGN_OR_RETURN(const std::vector<lease::Standing> leases, module.Leases());
  for (const lease::Standing& lease : leases) Fill(lease, *work.add_leases());
  TREMPLIN_ASSIGN_OR_RETURN(const outbox::RelayStats stats, module.relay().Stats());
  work.set_outbox_waiting(stats.backlog);
  work.set_outbox_oldest_age_us(absl::ToInt64Microseconds(stats.oldest_age));
  const absl::Duration wait = std::min(kLongestLag, deadline - clock_.SystemNow());
  TREMPLIN_ASSIGN_OR_RETURN(const inbox::ConsumerWork waits, module.ConsumerWaits(wait));
  for (const inbox::PartitionWork& partition : waits.partitions) {
    Fill(partition, *work.add_partitions());
  }
  return absl::OkStatus();
}

// Answers whatever the module's stores do.
ModuleWork OperationsService::WorkOf(ModuleRuntime& module, absl::Time deadline) {
  ModuleWork work;
  work.set_module(module.name());
  work.set_dead_letters(-1);
  work.set_outbox_waiting(-1);
  Fill(figures_(module.name()), *work.mutable_calls());
  const absl::Status read = ReadWork(module, deadline, work);
  if (!read.ok()) work.set_untold(std::string(read.message()));
  return work;
}

absl::StatusOr<GetWorkResponse> OperationsService::GetWork(const rpc::CallContext& call,
                                                           const GetWorkRequest& request) {
  if (!request.module().empty() && !Known(modules_, request.module())) {
    return status::Error(absl::StatusCode::kNotFound, kModuleUnknown, {request.module()});
  }
  GetWorkResponse response;
  *response.mutable_time() = resources::ToTimestamp(clock_.SystemNow());
  for (const auto& module : modules_) {
    if (!request.module().empty() && module->name() != request.module()) continue;
    *response.add_modules() = WorkOf(*module, call.deadline);
  }
  return response;
}

absl::StatusOr<ListDeadLettersResponse> OperationsService::ListDeadLetters(
    const rpc::CallContext&, const ListDeadLettersRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const int size, resources::PageSize(request.page_size()));
  if (!request.module().empty() && !Known(modules_, request.module())) {
    return status::Error(absl::StatusCode::kNotFound, kModuleUnknown, {request.module()});
  }
  ListDeadLettersResponse response;
  for (const auto& module : modules_) {
    if (!request.module().empty() && module->name() != request.module()) continue;
    TREMPLIN_ASSIGN_OR_RETURN(const auto letters,
                              module->dead_letters().List(size, request.type()));
    for (const inbox::DeadLetter& letter : letters) {
      Fill(module->name(), letter, *response.add_dead_letters());
    }
  }
  return response;
}

absl::StatusOr<ModuleRuntime*> OperationsService::Find(const std::string& module) const {
  if (module.empty()) return status::InvalidFields({status::Violation("module", kModuleMissing)});
  for (const auto& each : modules_) {
    if (each->name() == module) return each.get();
  }
  return status::Error(absl::StatusCode::kNotFound, kModuleUnknown, {module});
}

absl::StatusOr<ReplayDeadLettersResponse> OperationsService::ReplayDeadLetters(
    const rpc::CallContext&, const ReplayDeadLettersRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(ModuleRuntime* const module, Find(request.module()));
  TREMPLIN_ASSIGN_OR_RETURN(const int limit, resources::PageSize(request.limit()));
  TREMPLIN_ASSIGN_OR_RETURN(
      const auto results, module->dead_letters().Replay(request.type(), limit, request.dry_run()));
  ReplayDeadLettersResponse response;
  for (const auto& result : results) {
    auto& outcome = *response.add_outcomes();
    outcome.set_id(result.id);
    outcome.set_error(result.status.ok() ? "" : result.status.ToString());
    outcome.set_parked_applied(result.parked_applied);
  }
  return response;
}

absl::StatusOr<DiscardDeadLetterResponse> OperationsService::DiscardDeadLetter(
    const rpc::CallContext& call, const DiscardDeadLetterRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(ModuleRuntime* const module, Find(request.module()));
  if (request.reason().empty() || request.reason().size() > kLongestReason) {
    return status::InvalidFields({status::Violation("reason", kReasonNeeded)});
  }
  const absl::StatusOr<inbox::DeadLetters::ReplayResult> result =
      module->dead_letters().Discard(request.id(), call.principal.id, request.reason());
  if (absl::IsNotFound(result.status())) {
    return status::Error(absl::StatusCode::kNotFound, kLetterUnknown,
                         {text::Cat(request.id()), request.module()});
  }
  if (!result.ok()) return result.status();
  if (!result->status.ok()) return result->status;
  logging::Info("a dead letter was discarded", {{"module", std::string_view(request.module())},
                                                {"id", request.id()},
                                                {"by", std::string_view(call.principal.id)}});
  DiscardDeadLetterResponse response;
  response.set_parked_applied(result->parked_applied);
  return response;
}

absl::StatusOr<RewrapKeysResponse> OperationsService::RewrapKeys(const rpc::CallContext& call,
                                                                 const RewrapKeysRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(ModuleRuntime* const module, Find(request.module()));
  TREMPLIN_ASSIGN_OR_RETURN(const int limit, resources::PageSize(request.limit()));
  TREMPLIN_ASSIGN_OR_RETURN(const int rewrapped, module->RewrapKeys(limit, call.deadline));
  RewrapKeysResponse response;
  response.set_rewrapped(rewrapped);
  return response;
}

}  // namespace tremplin::host
