#ifndef TREMPLIN_SERVICES_MATCHING_APP_PAIRS_H_
#define TREMPLIN_SERVICES_MATCHING_APP_PAIRS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "common/program/program_store.h"
#include "common/rpc/call.h"
#include "common/rpc/idempotency.h"
#include "common/timers/timers.h"
#include "services/matching/app/ledger.h"
#include "tremplin/matching/v1/matching.pb.h"

namespace tremplin::matching::app {

// What staff know of a pair: that it must not be proposed (a bar), or is to be proposed before any
// other (a pin). Thread-safe.
class Pairs {
 public:
  Pairs(database::Database& db, rpc::Commands& commands, program::ProgramStore& programs,
        const timers::Timers& timers, const Ledger& ledger);

  absl::StatusOr<v1::PairBar> SetPairBar(const rpc::CallContext& call,
                                         const v1::SetPairBarRequest& request);
  absl::StatusOr<v1::PairPin> SetPairPin(const rpc::CallContext& call,
                                         const v1::SetPairPinRequest& request);
  absl::StatusOr<v1::ListPinsResponse> ListPins(const rpc::CallContext& call,
                                                const v1::ListPinsRequest& request);

  // The timer kPinTimer: a pin whose time is up by `due` ends, and its mentee is free again.
  absl::Status EndPin(database::Transaction& tx, const std::string& mentee, absl::Time due) const;

 private:
  database::Database& db_;
  rpc::Commands& commands_;
  program::ProgramStore& programs_;
  const timers::Timers& timers_;
  const Ledger& ledger_;
};

}  // namespace tremplin::matching::app

#endif  // TREMPLIN_SERVICES_MATCHING_APP_PAIRS_H_
