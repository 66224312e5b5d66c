#ifndef TREMPLIN_SERVICES_OUTCOME_DOMAIN_PLAN_H_
#define TREMPLIN_SERVICES_OUTCOME_DOMAIN_PLAN_H_

#include <optional>
#include <string>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"

// When a stage of follow-up is due for one person's participation in a program. Pure: what is known
// of the participation in, the window out, whatever the order in which it became known.
namespace tremplin::outcome {

// What a stage counts from.
enum class StageStart { kAdmission, kEndOfEngagement, kFirstMeeting };

// A stage as the program's definition has it.
struct StageRule {
  std::string code;
  StageStart start = StageStart::kEndOfEngagement;
  int months = 0;       // whole months after the start
  int window_days = 0;  // whole local days in which an answer counts
  int reminders = 0;
  // Who left without what the stage starts from is followed from the day they left, and who left
  // after it is followed on; where it is false, leaving ends the stage.
  bool after_leaving = false;
};

// What is known of a person's participation; absl::InfinitePast() for what is not.
struct Participation {
  absl::Time admitted = absl::InfinitePast();
  absl::Time first_meeting = absl::InfinitePast();
  // When the engagement that began first ended for this person.
  absl::Time engagement_ended = absl::InfinitePast();
  absl::Time left = absl::InfinitePast();
};

// [open, close)
struct Window {
  absl::Time open;
  absl::Time close;
  friend bool operator==(const Window& a, const Window& b) {
    return a.open == b.open && a.close == b.close;
  }
};

// The window of the stage; nullopt while it has nothing to start from. A stage of no months opens
// at the instant it starts from, a later one with the local day that lies so many calendar months
// after (the last day of a shorter month stands in for a missing day: 30 November + 3 months → 28
// February). It then has its whole local days, of 23 or 25 hours where the clocks change, and
// closes with the last of them; what is left of the day of an opening within it comes on top.
std::optional<Window> WindowOf(const StageRule& rule, const Participation& participation,
                               absl::TimeZone zone);

// Whether the person left and the stage is not followed after that.
bool EndsByLeaving(const StageRule& rule, const Participation& participation);

// `months` calendar months after `day`.
absl::CivilDay AddMonths(absl::CivilDay day, int months);

// When reminder `number` (1 to `planned`) of the window is due: evenly spread, a whole number of
// local days after the opening, at its time of day.
absl::Time ReminderTime(const Window& window, int planned, int number, absl::TimeZone zone);

}  // namespace tremplin::outcome

#endif  // TREMPLIN_SERVICES_OUTCOME_DOMAIN_PLAN_H_
