#ifndef TREMPLIN_SERVICES_NOTIFICATION_DOMAIN_TASK_H_
#define TREMPLIN_SERVICES_NOTIFICATION_DOMAIN_TASK_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/messages/message.h"

// What staff have to do because somebody asked for it, or something happened. Pure.
//
//   a task is open → settled: by staff, or as overtaken where what came after leaves nothing to do
namespace tremplin::notification {

struct TaskKind {
  std::string_view code;  // "help_wanted"
  messages::Message text;
};
absl::Span<const TaskKind> TaskKinds();
// nullptr when there is none of that code.
const TaskKind* FindTaskKind(std::string_view code);

// Mail does not reach somebody; somebody said by a mail's link that they have a job.
inline constexpr std::string_view kToPhoneKind = "to_phone";
inline constexpr std::string_view kJobToldKind = "job_told";

inline constexpr std::string_view kOvertaken = "overtaken";
inline constexpr std::string_view kResolutionList = "done, not_needed, other";
// Whether staff may settle a task so.
bool IsResolution(std::string_view resolution);

struct Task {
  std::string id;
  std::string program;
  std::string kind;
  std::string about;         // "engagements/…"
  std::string by_enrolment;  // who asked; "" for nobody in particular
  absl::Time asked;
  int64_t count = 0;   // days asked for, check-ins without a meeting
  std::string reason;  // coded, of who declined
  absl::Time settled = absl::InfinitePast();
  std::string settled_by;  // a principal's id; "" when overtaken
  std::string resolution;

  bool open() const { return settled == absl::InfinitePast(); }
};

// What a fact asks of staff, and of which kinds nothing is left to do about what it tells of.
struct TaskChanges {
  struct Asked {
    std::string_view kind;
    std::string by_enrolment = {};
    int64_t count = 0;
    std::string reason = {};
  };
  std::vector<Asked> asked = {};
  std::vector<std::string_view> overtaken = {};

  bool empty() const { return asked.empty() && overtaken.empty(); }
};

// The task that fact `event_id` causes: its id follows from the fact, so that told twice it is one.
Task MakeTask(std::string_view event_id, const TaskChanges::Asked& asked, std::string_view program,
              std::string_view about, absl::Time at);

}  // namespace tremplin::notification

#endif  // TREMPLIN_SERVICES_NOTIFICATION_DOMAIN_TASK_H_
