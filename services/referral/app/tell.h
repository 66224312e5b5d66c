#ifndef TREMPLIN_SERVICES_REFERRAL_APP_TELL_H_
#define TREMPLIN_SERVICES_REFERRAL_APP_TELL_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "absl/status/status.h"
#include "common/database/database.h"
#include "common/program/program_store.h"
#include "common/rpc/call.h"
#include "services/referral/app/deps.h"
#include "services/referral/store/rows.h"

// What the others learn of a change: one event, and one entry of the feed of the organization the
// person came through.
namespace tremplin::referral::app {

// Writes the application as `action` made it, over the version read (or as a new one without), and
// tells it, as its next version in the first case. Where it is received and the program's rule
// admits, and nothing is wanting, it is admitted at once, as a change of its own that is told too.
// `program` is the version it is pinned to.
absl::Status StoreAndTell(database::Transaction& tx, const Deps& deps, const rpc::CallContext& call,
                          const program::Program& program, std::string_view action,
                          std::string_view milestone, std::optional<int64_t> read_version,
                          ApplicationRow* row);

}  // namespace tremplin::referral::app

#endif  // TREMPLIN_SERVICES_REFERRAL_APP_TELL_H_
