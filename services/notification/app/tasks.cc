#include "services/notification/app/tasks.h"

#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/notification/domain/task.h"
#include "services/notification/messages.h"
#include "services/notification/store/task_store.h"

namespace tremplin::notification {
namespace {

// Tasks are a whole program's: staff placed with one organization have none here.
bool MaySee(const rpc::Principal& principal, std::string_view program) {
  return principal.organization.empty() &&
         (principal.program.empty() || principal.program == program);
}

v1::Task ToProto(const Task& task) {
  v1::Task proto;
  proto.set_name(resources::NameOf("tasks", task.id));
  proto.set_program(resources::NameOf("programs", task.program));
  proto.set_kind(task.kind);
  proto.set_about(task.about);
  proto.set_by_enrolment(resources::NameOf("enrolments", task.by_enrolment));
  *proto.mutable_ask_time() = resources::ToTimestamp(task.asked);
  proto.set_count(static_cast<int32_t>(task.count));
  proto.set_reason(task.reason);
  if (const TaskKind* kind = FindTaskKind(task.kind)) {
    proto.mutable_text()->set_en(std::string(kind->text.en()));
    proto.mutable_text()->set_fr(std::string(kind->text.fr()));
  }
  proto.set_state(task.open() ? v1::Task::STATE_OPEN : v1::Task::STATE_SETTLED);
  if (!task.open()) *proto.mutable_settle_time() = resources::ToTimestamp(task.settled);
  proto.set_resolution(task.resolution);
  return proto;
}

// The program whose tasks are listed.
absl::StatusOr<std::string> ProgramOf(const rpc::Principal& principal, const std::string& named) {
  if (named.empty()) {
    if (!principal.organization.empty()) {
      return status::Error(absl::StatusCode::kNotFound, kProgramNotFound);
    }
    if (!principal.program.empty()) return principal.program;
    return status::InvalidFields({status::Violation("program", kProgramRequired)});
  }
  TREMPLIN_ASSIGN_OR_RETURN(std::string id, resources::IdOf("programs", named, "program"));
  if (!MaySee(principal, id)) return status::Error(absl::StatusCode::kNotFound, kProgramNotFound);
  return id;
}

}  // namespace

Tasks::Tasks(database::Database& db, rpc::Commands& commands, program::ProgramStore& programs)
    : db_(db), commands_(commands), programs_(programs) {}

absl::StatusOr<v1::ListTasksResponse> Tasks::ListTasks(const rpc::CallContext& call,
                                                       const v1::ListTasksRequest& request) {
  TaskFilter filter;
  TREMPLIN_ASSIGN_OR_RETURN(filter.program, ProgramOf(call.principal, request.program()));
  TREMPLIN_RETURN_IF_ERROR(programs_.Version(filter.program, 1).status());
  TREMPLIN_ASSIGN_OR_RETURN(filter.limit, resources::PageSize(request.page_size()));
  filter.settled = request.state() == v1::Task::STATE_SETTLED;
  filter.kind = request.kind();
  const std::string scope =
      text::Cat("tasks/", filter.program, "/", filter.settled ? 1 : 0, "/", filter.kind);
  TREMPLIN_ASSIGN_OR_RETURN(const std::string last,
                            resources::LastKey(scope, request.page_token()));
  if (!last.empty()) filter.after = std::strtoll(last.c_str(), nullptr, 10);
  std::vector<ListedTask> listed;
  TREMPLIN_RETURN_IF_ERROR(db_.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
    TREMPLIN_ASSIGN_OR_RETURN(listed, notification::ListTasks(reader, filter));
    return absl::OkStatus();
  }));
  v1::ListTasksResponse response;
  for (const ListedTask& one : listed) *response.add_tasks() = ToProto(one.task);
  if (listed.size() == static_cast<size_t>(filter.limit)) {
    response.set_next_page_token(
        resources::PageToken(scope, std::to_string(listed.back().sequence)));
  }
  return response;
}

absl::StatusOr<v1::Task> Tasks::SettleTask(const rpc::CallContext& call,
                                           const v1::SettleTaskRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string id, resources::IdOf("tasks", request.name(), "name"));
  return commands_.Run<v1::Task>(
      call, id, [&](database::Transaction& tx) -> absl::StatusOr<v1::Task> {
        TREMPLIN_ASSIGN_OR_RETURN(std::optional<Task> task, FindTask(tx, id));
        if (!task.has_value() || !MaySee(call.principal, task->program)) {
          return status::Error(absl::StatusCode::kNotFound, kTaskNotFound);
        }
        if (!IsResolution(request.resolution())) {
          return status::InvalidFields(
              {status::Violation("resolution", kResolutionUnknown, {kResolutionList})});
        }
        TREMPLIN_ASSIGN_OR_RETURN(const bool settled, Settle(tx, id, request.resolution(),
                                                             call.principal.id, call.business_now));
        if (!settled) return status::Error(absl::StatusCode::kFailedPrecondition, kTaskSettled);
        TREMPLIN_ASSIGN_OR_RETURN(task, FindTask(tx, id));
        return ToProto(*task);
      });
}

}  // namespace tremplin::notification
