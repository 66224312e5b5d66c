#include "common/status/condition.h"

#include "absl/strings/cord.h"
#include "absl/time/clock.h"
#include "absl/types/optional.h"
#include "common/messages/message.h"
#include "common/status/error.h"

namespace tremplin::status {
namespace {

constexpr char kCauseUrl[] = "tremplin/cause";
constexpr absl::Duration kAfterOutage = absl::Seconds(1);
// Somebody has to make space.
constexpr absl::Duration kAfterFullDisk = absl::Seconds(30);

constexpr messages::Message kDiskFull{
    "DISK_FULL",
    "The system’s disk is full: nothing can be stored at the moment, and nothing was. Try again in "
    "a few minutes with the same request id; if it lasts, tell the operations team.",
    "Le disque du système est plein : rien ne peut être enregistré pour le moment, et rien ne l’a "
    "été. Réessayez dans quelques minutes avec le même identifiant de requête ; si cela dure, "
    "prévenez l’équipe d’exploitation."};

constexpr messages::Message kRefused{
    "SERVER_REFUSES",
    "A part of the system does not let this service in at the moment. Try again in a few minutes "
    "with the same request id; if it lasts, tell the operations team.",
    "Une partie du système n’admet pas ce service pour le moment. Réessayez dans quelques minutes "
    "avec le même identifiant de requête ; si cela dure, prévenez l’équipe d’exploitation."};

absl::Status WithCause(absl::Status status, std::string_view cause) {
  status.SetPayload(kCauseUrl, absl::Cord(absl::string_view(cause.data(), cause.size())));
  return status;
}

}  // namespace

void Condition::Met(Trouble trouble, std::string_view cause) {
  const std::lock_guard lock(mutex_);
  if (met_.contains(trouble)) return;
  met_[trouble] = {.standing = {trouble, std::string(cause), absl::Now(), absl::ZeroDuration()},
                   .begin = std::chrono::steady_clock::now()};
  any_ = true;
}

void Condition::Ended(Trouble trouble) {
  if (!any_) return;
  const std::lock_guard lock(mutex_);
  met_.erase(trouble);
  any_ = !met_.empty();
}

std::vector<Standing> Condition::Now() const {
  std::vector<Standing> standings;
  const std::lock_guard lock(mutex_);
  for (const auto& [trouble, entry] : met_) {
    standings.push_back(entry.standing);
    standings.back().lasting = absl::FromChrono(std::chrono::steady_clock::now() - entry.begin);
  }
  return standings;
}

bool Condition::Has(Trouble trouble) const {
  if (!any_) return false;
  const std::lock_guard lock(mutex_);
  return met_.contains(trouble);
}

absl::Status DiskFullError(std::string_view cause) {
  return WithCause(Error(absl::StatusCode::kResourceExhausted, kDiskFull), cause);
}

bool IsDiskFull(const absl::Status& status) {
  return absl::IsResourceExhausted(status) && ReasonOf(status) == kDiskFull.reason();
}

absl::Status RefusedError(std::string_view cause) {
  return WithCause(Error(absl::StatusCode::kUnavailable, kRefused), cause);
}

bool IsRefused(const absl::Status& status) {
  return absl::IsUnavailable(status) && ReasonOf(status) == kRefused.reason();
}

std::string CauseOf(const absl::Status& status) {
  const absl::optional<absl::Cord> cause = status.GetPayload(kCauseUrl);
  return cause.has_value() ? std::string(*cause) : std::string(status.message());
}

absl::Duration RetryAfter(const absl::Status& status) {
  if (IsDiskFull(status)) return kAfterFullDisk;
  return absl::IsUnavailable(status) || absl::IsResourceExhausted(status) ? kAfterOutage
                                                                          : absl::ZeroDuration();
}

}  // namespace tremplin::status
