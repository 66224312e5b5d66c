#ifndef TREMPLIN_SERVICES_MATCHING_APP_PAUSES_H_
#define TREMPLIN_SERVICES_MATCHING_APP_PAUSES_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/rpc/call.h"
#include "common/rpc/idempotency.h"
#include "common/timers/timers.h"
#include "services/matching/app/ledger.h"
#include "services/matching/store/pool.h"
#include "tremplin/matching/v1/matching.pb.h"

namespace tremplin::matching::app {

// Who takes no new proposal for now. Open proposals and matches stay, and so does the time since
// when a mentee waits. Thread-safe.
class Pauses {
 public:
  Pauses(rpc::Commands& commands, const timers::Timers& timers, const Ledger& ledger);

  absl::StatusOr<v1::Pause> SetPause(const rpc::CallContext& call,
                                     const v1::SetPauseRequest& request);

  // Ends whatever pause somebody ready is in.
  absl::StatusOr<v1::ReturnToPoolResponse> ReturnToPool(const rpc::CallContext& call,
                                                        const v1::ReturnToPoolRequest& request);

  // The timer kPauseTimer: a pause whose time is up by `due` ends.
  absl::Status Resume(database::Transaction& tx, const std::string& enrolment,
                      absl::Time due) const;

 private:
  absl::Status Resume(database::Transaction& tx, store::PoolEntry entry, int64_t version,
                      absl::Time now) const;

  rpc::Commands& commands_;
  const timers::Timers& timers_;
  const Ledger& ledger_;
};

}  // namespace tremplin::matching::app

#endif  // TREMPLIN_SERVICES_MATCHING_APP_PAUSES_H_
