#ifndef TREMPLIN_SERVICES_NOTIFICATION_STORE_TASK_STORE_H_
#define TREMPLIN_SERVICES_NOTIFICATION_STORE_TASK_STORE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/database/database.h"
#include "services/notification/domain/task.h"

// Rows of what staff have to do. Free functions: the caller owns the transaction.
namespace tremplin::notification {

// Once, however often it is told.
absl::Status InsertTask(database::Transaction& tx, const Task& task);
absl::StatusOr<std::optional<Task>> FindTask(database::Reader& reader, const std::string& id);
// Settles one that is open; false when it is settled already.
absl::StatusOr<bool> Settle(database::Transaction& tx, const std::string& id,
                            const std::string& resolution, const std::string& by, absl::Time at);
// Those of a kind that are open about something are overtaken.
absl::Status Overtake(database::Transaction& tx, const std::string& about, std::string_view kind,
                      absl::Time at);

struct TaskFilter {
  std::string program;
  bool settled = false;
  std::string kind;   // "" for all
  int64_t after = 0;  // sequence of the last one shown
  int limit = 100;
};
struct ListedTask {
  int64_t sequence = 0;
  Task task;
};
// Oldest first.
absl::StatusOr<std::vector<ListedTask>> ListTasks(database::Reader& reader,
                                                  const TaskFilter& filter);

}  // namespace tremplin::notification

#endif  // TREMPLIN_SERVICES_NOTIFICATION_STORE_TASK_STORE_H_
