#include "services/notification/store/task_store.h"

#include "common/clock/clock.h"
#include "common/status/macros.h"

namespace tremplin::notification {
namespace {

constexpr std::string_view kInsertSql =
    "INSERT INTO notification_task (id, program, kind, about, by_enrolment, asked_us, count, "
    "reason, "
    "settled_by, resolution) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '', '') ON CONFLICT (id) DO "
    "NOTHING";
constexpr std::string_view kFindSql =
    "SELECT seq, id, program, kind, about, by_enrolment, asked_us, count, reason, settled_us, "
    "settled_by, resolution FROM notification_task WHERE id = $1";
constexpr std::string_view kSettleSql =
    "UPDATE notification_task SET settled_us = $2, settled_by = $3, resolution = $4 WHERE id = $1 "
    "AND settled_us IS NULL";
constexpr std::string_view kOvertakeSql =
    "UPDATE notification_task SET settled_us = $3, resolution = $4 WHERE about = $1 AND kind = $2 "
    "AND settled_us IS NULL";
constexpr std::string_view kListOpenSql =
    "SELECT seq, id, program, kind, about, by_enrolment, asked_us, count, reason, settled_us, "
    "settled_by, resolution FROM notification_task WHERE program = $1 AND settled_us IS NULL AND "
    "seq > $2 AND ($3 = '' OR kind = $3) ORDER BY seq LIMIT $4";
constexpr std::string_view kListSettledSql =
    "SELECT seq, id, program, kind, about, by_enrolment, asked_us, count, reason, settled_us, "
    "settled_by, resolution FROM notification_task WHERE program = $1 AND settled_us IS NOT NULL "
    "AND seq > $2 AND ($3 = '' OR kind = $3) ORDER BY seq LIMIT $4";

ListedTask FromRow(const database::Row& row) {
  ListedTask listed;
  listed.sequence = row.Int(0);
  Task& task = listed.task;
  task.id = row.Text(1);
  task.program = row.Text(2);
  task.kind = row.Text(3);
  task.about = row.Text(4);
  task.by_enrolment = row.Text(5);
  task.asked = row.Time(6);
  task.count = row.Int(7);
  task.reason = row.Text(8);
  task.settled = row.Time(9);
  task.settled_by = row.Text(10);
  task.resolution = row.Text(11);
  return listed;
}

}  // namespace

absl::Status InsertTask(database::Transaction& tx, const Task& task) {
  return tx.Execute(kInsertSql, {task.id, task.program, task.kind, task.about, task.by_enrolment,
                                 clock::ToMicros(task.asked), task.count, task.reason});
}

absl::StatusOr<std::optional<Task>> FindTask(database::Reader& reader, const std::string& id) {
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result, reader.Query(kFindSql, {id}));
  if (result.rows.empty()) return std::optional<Task>();
  return std::optional<Task>(FromRow(result.rows.front()).task);
}

absl::StatusOr<bool> Settle(database::Transaction& tx, const std::string& id,
                            const std::string& resolution, const std::string& by, absl::Time at) {
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result,
                            tx.Query(kSettleSql, {id, clock::ToMicros(at), by, resolution}));
  return result.affected > 0;
}

absl::Status Overtake(database::Transaction& tx, const std::string& about, std::string_view kind,
                      absl::Time at) {
  return tx.Execute(kOvertakeSql,
                    {about, std::string(kind), clock::ToMicros(at), std::string(kOvertaken)});
}

absl::StatusOr<std::vector<ListedTask>> ListTasks(database::Reader& reader,
                                                  const TaskFilter& filter) {
  TREMPLIN_ASSIGN_OR_RETURN(
      const database::Result result,
      reader.Query(filter.settled ? kListSettledSql : kListOpenSql,
                   {filter.program, filter.after, filter.kind, int64_t{filter.limit}}));
  std::vector<ListedTask> tasks;
  tasks.reserve(result.rows.size());
  for (const database::Row& row : result.rows) tasks.push_back(FromRow(row));
  return tasks;
}

}  // namespace tremplin::notification
