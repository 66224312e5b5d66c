#ifndef TREMPLIN_SERVICES_MATCHING_APP_POOL_H_
#define TREMPLIN_SERVICES_MATCHING_APP_POOL_H_

#include "absl/status/statusor.h"
#include "common/database/database.h"
#include "common/program/program_store.h"
#include "common/rpc/call.h"
#include "tremplin/matching/v1/matching.pb.h"

namespace tremplin::matching::app {

// The pool as staff see it. Thread-safe.
class Pool {
 public:
  Pool(database::Database& db, program::ProgramStore& programs);

  absl::StatusOr<v1::ListPoolResponse> ListPool(const rpc::CallContext& call,
                                                const v1::ListPoolRequest& request);

 private:
  database::Database& db_;
  program::ProgramStore& programs_;
};

}  // namespace tremplin::matching::app

#endif  // TREMPLIN_SERVICES_MATCHING_APP_POOL_H_
