#ifndef TREMPLIN_SERVICES_NOTIFICATION_APP_TASKS_H_
#define TREMPLIN_SERVICES_NOTIFICATION_APP_TASKS_H_

#include "absl/status/statusor.h"
#include "common/database/database.h"
#include "common/program/program_store.h"
#include "common/rpc/call.h"
#include "common/rpc/idempotency.h"
#include "tremplin/notification/v1/notification.pb.h"

namespace tremplin::notification {

// What staff have to do: the list of a program, and settling. Of another program's nothing is
// found, nor by staff placed with an organization. Thread-safe.
class Tasks {
 public:
  Tasks(database::Database& db, rpc::Commands& commands, program::ProgramStore& programs);
  absl::StatusOr<v1::ListTasksResponse> ListTasks(const rpc::CallContext& call,
                                                  const v1::ListTasksRequest& request);
  absl::StatusOr<v1::Task> SettleTask(const rpc::CallContext& call,
                                      const v1::SettleTaskRequest& request);

 private:
  database::Database& db_;
  rpc::Commands& commands_;
  program::ProgramStore& programs_;
};

}  // namespace tremplin::notification

#endif  // TREMPLIN_SERVICES_NOTIFICATION_APP_TASKS_H_
