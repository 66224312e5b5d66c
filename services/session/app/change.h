#ifndef TREMPLIN_SERVICES_SESSION_APP_CHANGE_H_
#define TREMPLIN_SERVICES_SESSION_APP_CHANGE_H_

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "common/database/database.h"
#include "common/rpc/call.h"
#include "common/rpc/idempotency.h"
#include "services/session/app/ledger.h"
#include "services/session/domain/engagement.h"
#include "tremplin/session/v1/session.pb.h"

namespace tremplin::session::app {

// The command that a caller means: `by` is their enrolment in the engagement, "" for staff.
using MakeCommand = std::function<absl::StatusOr<domain::Command>(
    const domain::Engagement& engagement, const std::string& by)>;

// What every method does that changes an engagement and answers with it: reads it as the caller may
// see it, on its lane, and applies the command. `name` is "engagements/<id>", given in `field`.
absl::StatusOr<v1::Engagement> ChangeEngagement(rpc::Commands& commands, const Ledger& ledger,
                                                const rpc::CallContext& call,
                                                const std::string& name, std::string_view field,
                                                const MakeCommand& make);

// Whom a request is about: staff name an enrolment, a participant nobody or themselves.
// INVALID_ARGUMENT otherwise.
absl::StatusOr<std::string> WhomMeant(const std::string& by, const std::string& enrolment);

}  // namespace tremplin::session::app

#endif  // TREMPLIN_SERVICES_SESSION_APP_CHANGE_H_
