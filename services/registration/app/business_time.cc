#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "services/registration/app/service.h"
#include "services/registration/messages.h"
#include "services/registration/store/journal.h"
#include "tremplin/runtime/events/v1/events.pb.h"

namespace tremplin::registration {
namespace {

constexpr std::string_view kKey = "business-time";

v1::SetBusinessTimeResponse Answer(absl::Time time) {
  v1::SetBusinessTimeResponse response;
  *response.mutable_business_time() = resources::ToTimestamp(time);
  return response;
}

bool IsPlausible(absl::Time time) {
  const int64_t year = absl::UTCTimeZone().At(time).cs.year();
  return year >= 2000 && year < 2200;
}

}  // namespace

absl::StatusOr<v1::SetBusinessTimeResponse> Service::SetBusinessTime(
    const rpc::CallContext& call, const v1::SetBusinessTimeRequest& request) {
  if (!d_.demo) return status::Error(absl::StatusCode::kFailedPrecondition, kNotDemo);
  const absl::Time time = resources::FromTimestamp(request.business_time());
  if (!IsPlausible(time)) {
    return status::InvalidFields({status::Violation("business_time", kTimeInvalid)});
  }
  return d_.commands.Run<v1::SetBusinessTimeResponse>(
      call, kKey, [&](database::Transaction& tx) -> absl::StatusOr<v1::SetBusinessTimeResponse> {
        TREMPLIN_ASSIGN_OR_RETURN(const store::BusinessTime stored, store::GetBusinessTime(tx));
        if (stored.version != 0 && time < stored.time) {
          return status::Error(absl::StatusCode::kFailedPrecondition, kBusinessTimeBackwards,
                               {absl::FormatTime(stored.time, absl::UTCTimeZone())});
        }
        if (stored.version != 0 && time == stored.time) return Answer(time);
        TREMPLIN_RETURN_IF_ERROR(store::PutBusinessTime(tx, time, stored.version));
        runtime::events::v1::BusinessTimeSet event;
        *event.mutable_business_time() = resources::ToTimestamp(time);
        TREMPLIN_RETURN_IF_ERROR(d_.outbox.Append(tx, kKey, time, event, call.traceparent));
        TREMPLIN_RETURN_IF_ERROR(Audit(tx, call, kKey));
        return Answer(time);
      });
}

}  // namespace tremplin::registration
