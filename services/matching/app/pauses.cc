#include "services/matching/app/pauses.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "services/matching/app/view.h"
#include "services/matching/messages.h"

namespace tremplin::matching::app {
namespace {

absl::Status CheckRequest(const v1::SetPauseRequest& request, absl::Time now) {
  if (!request.has_until_time()) return absl::OkStatus();
  if (!request.paused()) {
    return status::InvalidFields({status::Violation("until_time", kUntilUnneeded)});
  }
  if (resources::FromTimestamp(request.until_time()) <= now) {
    return status::InvalidFields({status::Violation("until_time", kUntilPast)});
  }
  return absl::OkStatus();
}

// The entry, if the caller may pause it: staff anybody of their program, mentors themselves.
absl::StatusOr<store::PoolEntry> ReadOwn(database::Reader& reader, const rpc::Principal& principal,
                                         const std::string& enrolment) {
  TREMPLIN_ASSIGN_OR_RETURN(store::PoolEntry entry, ReadVisibleEntry(reader, principal, enrolment));
  const std::optional<domain::Side> own = OwnSide(principal);
  const bool theirs = !own.has_value() || (entry.side == *own && !principal.person.empty() &&
                                           entry.person == principal.person);
  if (!theirs || !entry.ready) {
    return status::Error(absl::StatusCode::kNotFound, kEnrolmentNotInPool);
  }
  return entry;
}

v1::Pause ToPause(const store::PoolEntry& entry) {
  v1::Pause to;
  to.set_enrolment(resources::NameOf("enrolments", entry.enrolment));
  to.set_paused(entry.paused);
  if (entry.paused_until != absl::InfinitePast()) {
    *to.mutable_until_time() = resources::ToTimestamp(entry.paused_until);
  }
  to.set_paused_by(entry.paused_by);
  return to;
}

}  // namespace

Pauses::Pauses(rpc::Commands& commands, const timers::Timers& timers, const Ledger& ledger)
    : commands_(commands), timers_(timers), ledger_(ledger) {}

absl::StatusOr<v1::ReturnToPoolResponse> Pauses::ReturnToPool(
    const rpc::CallContext& call, const v1::ReturnToPoolRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string id,
                            resources::IdOf("enrolments", request.enrolment(), "enrolment"));
  return commands_.Run<v1::ReturnToPoolResponse>(
      call, id, [&](database::Transaction& tx) -> absl::StatusOr<v1::ReturnToPoolResponse> {
        TREMPLIN_ASSIGN_OR_RETURN(store::PoolEntry entry, ReadOwn(tx, call.principal, id));
        TREMPLIN_ASSIGN_OR_RETURN(const int64_t version, store::NextPoolVersion(tx, entry.program));
        TREMPLIN_RETURN_IF_ERROR(timers_.Cancel(tx, kPauseTimer, id));
        TREMPLIN_RETURN_IF_ERROR(Resume(tx, entry, version, call.business_now));
        v1::ReturnToPoolResponse response;
        response.set_enrolment(request.enrolment());
        *response.mutable_waiting_since() = resources::ToTimestamp(entry.waiting_since);
        return response;
      });
}

absl::StatusOr<v1::Pause> Pauses::SetPause(const rpc::CallContext& call,
                                           const v1::SetPauseRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string id,
                            resources::IdOf("enrolments", request.enrolment(), "enrolment"));
  TREMPLIN_RETURN_IF_ERROR(CheckRequest(request, call.business_now));
  return commands_.Run<v1::Pause>(
      call, id, [&](database::Transaction& tx) -> absl::StatusOr<v1::Pause> {
        TREMPLIN_ASSIGN_OR_RETURN(store::PoolEntry entry, ReadOwn(tx, call.principal, id));
        const bool staff = !OwnSide(call.principal).has_value();
        if (!staff && entry.paused_by == store::kPausedByStaff) {
          return status::Error(absl::StatusCode::kFailedPrecondition, kPausedByStaff);
        }
        TREMPLIN_ASSIGN_OR_RETURN(const int64_t version, store::NextPoolVersion(tx, entry.program));
        TREMPLIN_RETURN_IF_ERROR(timers_.Cancel(tx, kPauseTimer, id));
        if (!request.paused()) {
          if (entry.paused) {
            TREMPLIN_RETURN_IF_ERROR(Resume(tx, entry, version, call.business_now));
          }
          entry.Resume();
          return ToPause(entry);
        }
        const absl::Time until = request.has_until_time()
                                     ? resources::FromTimestamp(request.until_time())
                                     : absl::InfinitePast();
        entry.Pause(staff ? store::kPausedByStaff : store::kPausedBySelf, until);
        TREMPLIN_RETURN_IF_ERROR(store::UpdateEntry(tx, entry, version));
        if (request.has_until_time()) {
          TREMPLIN_RETURN_IF_ERROR(timers_.Set(tx, kPauseTimer, id, until));
        }
        return ToPause(entry);
      });
}

absl::Status Pauses::Resume(database::Transaction& tx, const std::string& enrolment,
                            absl::Time due) const {
  TREMPLIN_ASSIGN_OR_RETURN(std::optional<store::PoolEntry> entry, store::FindEntry(tx, enrolment));
  if (!entry.has_value() || entry->paused_until == absl::InfinitePast() ||
      entry->paused_until > due) {
    return absl::OkStatus();
  }
  TREMPLIN_ASSIGN_OR_RETURN(const int64_t version, store::NextPoolVersion(tx, entry->program));
  return Resume(tx, *std::move(entry), version, due);
}

absl::Status Pauses::Resume(database::Transaction& tx, store::PoolEntry entry, int64_t version,
                            absl::Time now) const {
  entry.Resume();
  TREMPLIN_RETURN_IF_ERROR(store::UpdateEntry(tx, entry, version));
  return ledger_.Freed(tx, entry.program, now);
}

}  // namespace tremplin::matching::app
