#include "services/session/app/change.h"

#include <utility>

#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "services/session/app/view.h"
#include "services/session/messages.h"

namespace tremplin::session::app {

absl::StatusOr<v1::Engagement> ChangeEngagement(rpc::Commands& commands, const Ledger& ledger,
                                                const rpc::CallContext& call,
                                                const std::string& name, std::string_view field,
                                                const MakeCommand& make) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string id, resources::IdOf("engagements", name, field));
  return commands.Run<v1::Engagement>(
      call, id, [&](database::Transaction& tx) -> absl::StatusOr<v1::Engagement> {
        TREMPLIN_ASSIGN_OR_RETURN(store::EngagementRow row, ReadVisible(tx, call.principal, id));
        TREMPLIN_ASSIGN_OR_RETURN(const domain::Command command,
                                  make(row.engagement, ActingAs(call.principal, row.engagement)));
        TREMPLIN_RETURN_IF_ERROR(
            ledger.Apply(tx, command, call.business_now, {.traceparent = call.traceparent}, &row));
        return ToProto(tx, row, call.principal);
      });
}

absl::StatusOr<std::string> WhomMeant(const std::string& by, const std::string& enrolment) {
  if (enrolment.empty()) {
    if (!by.empty()) return by;
    return status::InvalidFields({status::Violation("enrolment", kEnrolmentRequired)});
  }
  TREMPLIN_ASSIGN_OR_RETURN(std::string named,
                            resources::IdOf("enrolments", enrolment, "enrolment"));
  if (!by.empty() && named != by) {
    return status::InvalidFields({status::Violation("enrolment", kEnrolmentNotYours)});
  }
  return named;
}

}  // namespace tremplin::session::app
