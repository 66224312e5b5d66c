#include "services/notification/domain/task.h"

#include "common/ids/ids.h"
#include "services/notification/domain/mail_messages.h"
#include "services/notification/messages.h"

namespace tremplin::notification {
namespace {

constexpr TaskKind kKinds[] = {
    {"help_wanted", kHelpBody},
    {"more_asked", kMoreAskedStaffBody},
    {"proposal_declined", kDeclinedTask},
    {"extension_asked", kExtensionStaffBody},
    {"misses_flagged", kMissesBody},
    {"review_due", kReviewBody},
    {"continuation_refused", kRefusedStaffBody},
    {kToPhoneKind, kToPhoneTask},
    {kJobToldKind, kJobToldTask},
};
constexpr std::string_view kResolutions[] = {"done", "not_needed", "other"};

}  // namespace

absl::Span<const TaskKind> TaskKinds() { return kKinds; }

const TaskKind* FindTaskKind(std::string_view code) {
  for (const TaskKind& kind : kKinds) {
    if (kind.code == code) return &kind;
  }
  return nullptr;
}

bool IsResolution(std::string_view resolution) {
  for (const std::string_view one : kResolutions) {
    if (one == resolution) return true;
  }
  return false;
}

Task MakeTask(std::string_view event_id, const TaskChanges::Asked& asked, std::string_view program,
              std::string_view about, absl::Time at) {
  Task task;
  task.id = ids::Derive({{"task", event_id, asked.kind}});
  task.program = std::string(program);
  task.kind = std::string(asked.kind);
  task.about = std::string(about);
  task.by_enrolment = asked.by_enrolment;
  task.asked = at;
  task.count = asked.count;
  task.reason = asked.reason;
  return task;
}

}  // namespace tremplin::notification
