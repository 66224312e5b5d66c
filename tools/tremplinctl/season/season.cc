#include "tools/tremplinctl/season/season.h"

#include <algorithm>

#include "common/resources/names.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "tools/tremplinctl/messages.h"
#include "tools/tremplinctl/population.h"

namespace tremplin::ctl::season {
namespace {

constexpr int kMorningHour = 9;
constexpr absl::Duration kPatience = absl::Seconds(120);
constexpr int kMatchingDaysAfterLast = 56;
constexpr int kLongestDays = 1200;  // a season that goes on is a fault
constexpr int kExpectedTail = 670;  // from the last referral to the last follow-up, about
constexpr char kOutcome[] = "tremplin.outcome.v1.OutcomeService/";

// Deadlines of a mentorship free places through events, which the cascade of the same morning is to
// find: business time stops at each. Those of matching come in their order within matching, and
// those of a follow-up concern nobody else: they are caught up with at the next stop.
bool StopsAt(const runtime::v1::ModuleStatus& module) {
  return module.module() != "matching" && module.module() != "outcome" &&
         module.module() != "notification";
}

absl::CivilDay MondayFrom(absl::CivilDay day) {
  return absl::NextWeekday(day - 1, absl::Weekday::monday);
}

}  // namespace

Season::Season(Stage& stage, Referring& referring, Progress& progress)
    : stage_(stage),
      referring_(referring),
      onboarding_(stage),
      pairing_(stage),
      mentoring_(stage),
      following_(stage),
      progress_(progress) {}

absl::StatusOr<Result> Season::Play() {
  TREMPLIN_RETURN_IF_ERROR(Begin());
  while (true) {
    TREMPLIN_RETURN_IF_ERROR(Day());
    const std::optional<absl::CivilDay> next = NextDay();
    if (!next.has_value()) break;
    if (*next - first_ > kLongestDays) {
      return status::Error(absl::StatusCode::kInternal, kSeasonTooLong,
                           {absl::FormatCivilTime(*next)});
    }
    TREMPLIN_RETURN_IF_ERROR(MoveTo(*next));
    ShowProgress();
  }
  Result result;
  outcome::v1::GetFunnelRequest funnel;
  funnel.set_program(stage_.program);
  TREMPLIN_ASSIGN_OR_RETURN(result.funnel, stage_.api.Call<outcome::v1::Funnel>(
                                               text::Cat(kOutcome, "GetFunnel"), funnel));
  outcome::v1::GetOutcomeReportRequest report;
  report.set_program(stage_.program);
  TREMPLIN_ASSIGN_OR_RETURN(result.report, stage_.api.Call<outcome::v1::OutcomeReport>(
                                               text::Cat(kOutcome, "GetOutcomeReport"), report));
  for (const auto& module : modules_) result.dead_letters += module.dead_letters();
  return result;
}

absl::Status Season::Begin() {
  first_ = *referring_.NextDay();
  last_referral_ = *referring_.LastDay();
  TREMPLIN_RETURN_IF_ERROR(stage_.api.Settle(std::nullopt, kPatience).status());
  stage_.today = first_;
  TREMPLIN_RETURN_IF_ERROR(MoveTo(Morning(first_)));
  return onboarding_.OnboardMentors();
}

absl::Status Season::Day() {
  TREMPLIN_RETURN_IF_ERROR(referring_.Submit());
  TREMPLIN_RETURN_IF_ERROR(referring_.Discover());
  TREMPLIN_RETURN_IF_ERROR(onboarding_.Discover());
  TREMPLIN_RETURN_IF_ERROR(pairing_.Discover());
  TREMPLIN_RETURN_IF_ERROR(mentoring_.Discover());
  TREMPLIN_RETURN_IF_ERROR(following_.Discover());
  const std::vector<std::vector<Action>> lanes = stage_.agenda.Take(stage_.today);
  TREMPLIN_RETURN_IF_ERROR(stage_.workers.ForEach(lanes.size(), [&](size_t i) -> absl::Status {
    for (const Action& action : lanes[i]) {
      TREMPLIN_RETURN_IF_ERROR(action.run());
    }
    return absl::OkStatus();
  }));
  const bool matching = absl::GetWeekday(stage_.today) == absl::Weekday::monday &&
                        stage_.today <= last_referral_ + kMatchingDaysAfterLast;
  if (matching) {
    TREMPLIN_RETURN_IF_ERROR(stage_.api.Settle(std::nullopt, kPatience).status());
    TREMPLIN_RETURN_IF_ERROR(pairing_.RunMatching());
  }
  // What was begun today is found tomorrow.
  if (matching || !lanes.empty()) stage_.agenda.Visit(stage_.today + 1);
  TREMPLIN_ASSIGN_OR_RETURN(modules_, stage_.api.Settle(stage_.now, kPatience));
  return absl::OkStatus();
}

std::optional<absl::CivilDay> Season::NextDay() const {
  std::optional<absl::CivilDay> next = stage_.agenda.Next();
  const auto consider = [&next](absl::CivilDay day) {
    if (!next.has_value() || day < *next) next = day;
  };
  if (const auto referrals = referring_.NextDay()) consider(*referrals);
  for (const runtime::v1::ModuleStatus& module : modules_) {
    if (!module.has_next_timer()) continue;
    const absl::Time due = resources::FromTimestamp(module.next_timer());
    absl::CivilDay day = absl::ToCivilDay(due, stage_.zone);
    if (Morning(day) < due) ++day;
    consider(day);
  }
  if (!next.has_value()) return next;
  *next = std::max(*next, stage_.today + 1);
  // Once follow-ups alone are left, a visit a week is enough.
  return OnlyFollowUpsLeft() ? MondayFrom(*next) : *next;
}

bool Season::OnlyFollowUpsLeft() const {
  return stage_.today > last_referral_ + kMatchingDaysAfterLast &&
         std::none_of(modules_.begin(), modules_.end(),
                      [](const runtime::v1::ModuleStatus& module) {
                        return module.module() != "outcome" && module.has_next_timer();
                      });
}

absl::Status Season::MoveTo(absl::CivilDay day) {
  const absl::Time target = Morning(day);
  while (true) {
    absl::Time stop = target;
    for (const runtime::v1::ModuleStatus& module : modules_) {
      if (!module.has_next_timer() || !StopsAt(module)) continue;
      stop = std::min(stop, resources::FromTimestamp(module.next_timer()));
    }
    TREMPLIN_RETURN_IF_ERROR(MoveTo(stop));
    if (stop == target) break;
  }
  stage_.today = day;
  return absl::OkStatus();
}

absl::Status Season::MoveTo(absl::Time time) {
  registration::v1::SetBusinessTimeRequest request;
  *request.mutable_business_time() = resources::ToTimestamp(time);
  request.set_request_id(
      ids::Derive({{"season", stage_.draws.seed(), text::Cat(absl::ToUnixMicros(time))}}));
  TREMPLIN_RETURN_IF_ERROR(stage_.api
                               .Call<registration::v1::SetBusinessTimeResponse>(
                                   text::Cat(kRegistration, "SetBusinessTime"), request)
                               .status());
  stage_.now = time;
  TREMPLIN_ASSIGN_OR_RETURN(modules_, stage_.api.Settle(time, kPatience));
  return absl::OkStatus();
}

absl::Time Season::Morning(absl::CivilDay day) const {
  return stage_.zone.At(absl::CivilSecond(day.year(), day.month(), day.day(), kMorningHour, 0, 0))
      .pre;
}

void Season::ShowProgress() {
  progress_.Show(stage_.today - first_, last_referral_ + kExpectedTail - first_,
                 absl::FormatCivilTime(stage_.today));
}

}  // namespace tremplin::ctl::season
