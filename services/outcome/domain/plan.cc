#include "services/outcome/domain/plan.h"

#include <algorithm>
#include <cstdint>

namespace tremplin::outcome {
namespace {

bool Known(absl::Time time) { return time != absl::InfinitePast(); }

absl::Time OwnStart(StageStart start, const Participation& participation) {
  switch (start) {
    case StageStart::kAdmission:
      return participation.admitted;
    case StageStart::kEndOfEngagement:
      return participation.engagement_ended;
    case StageStart::kFirstMeeting:
      return participation.first_meeting;
  }
  return absl::InfinitePast();
}

// What the stage counts from. The end of an engagement that comes of the leaving is a little later
// than the leaving itself: the earlier of the two counts, whichever is heard of first.
absl::Time StartOf(const StageRule& rule, const Participation& participation) {
  const absl::Time own = OwnStart(rule.start, participation);
  if (!rule.after_leaving || !Known(participation.left)) return own;
  return Known(own) ? std::min(own, participation.left) : participation.left;
}

absl::Time StartOfDay(absl::CivilDay day, absl::TimeZone zone) {
  return absl::FromCivil(absl::CivilSecond(day), zone);
}

}  // namespace

std::optional<Window> WindowOf(const StageRule& rule, const Participation& participation,
                               absl::TimeZone zone) {
  if (!Known(participation.admitted)) return std::nullopt;
  const absl::Time start = StartOf(rule, participation);
  if (!Known(start)) return std::nullopt;
  const absl::CivilDay start_day(absl::ToCivilSecond(start, zone));
  const absl::CivilDay day = AddMonths(start_day, rule.months);
  const absl::Time open = rule.months == 0 ? start : StartOfDay(day, zone);
  const absl::CivilDay first_whole = open == StartOfDay(day, zone) ? day : day + 1;
  return Window{open, StartOfDay(first_whole + rule.window_days, zone)};
}

bool EndsByLeaving(const StageRule& rule, const Participation& participation) {
  return !rule.after_leaving && Known(participation.left);
}

absl::CivilDay AddMonths(absl::CivilDay day, int months) {
  const absl::CivilMonth month = absl::CivilMonth(day) + months;
  const int last_day = (absl::CivilDay(month + 1) - 1).day();
  return absl::CivilDay(month.year(), month.month(), std::min(day.day(), last_day));
}

absl::Time ReminderTime(const Window& window, int planned, int number, absl::TimeZone zone) {
  const absl::CivilSecond open = absl::ToCivilSecond(window.open, zone);
  const absl::CivilSecond close = absl::ToCivilSecond(window.close, zone);
  const int64_t days = absl::CivilDay(close) - absl::CivilDay(open);
  const absl::CivilDay day = absl::CivilDay(open) + days * number / (planned + 1);
  return absl::FromCivil(absl::CivilSecond(day.year(), day.month(), day.day(), open.hour(),
                                           open.minute(), open.second()),
                         zone);
}

}  // namespace tremplin::outcome
