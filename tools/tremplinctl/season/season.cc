#include "tools/tremplinctl/season/season.h"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

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

Season::Season(const std::vector<Stage*>& stages, Arrivals& arrivals, Progress& progress)
    : stage_(*stages.front()), arrivals_(arrivals), progress_(progress) {
  for (Stage* stage : stages) programs_.push_back(std::make_unique<Players>(*stage, arrivals));
}

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
  for (const auto& players : programs_) {
    Result::Program one;
    one.id = players->stage.definition.id();
    outcome::v1::GetFunnelRequest funnel;
    funnel.set_program(players->stage.program);
    TREMPLIN_ASSIGN_OR_RETURN(
        one.funnel, stage_.api.Call<outcome::v1::Funnel>(text::Cat(kOutcome, "GetFunnel"), funnel));
    outcome::v1::GetOutcomeReportRequest report;
    report.set_program(players->stage.program);
    TREMPLIN_ASSIGN_OR_RETURN(one.report, stage_.api.Call<outcome::v1::OutcomeReport>(
                                              text::Cat(kOutcome, "GetOutcomeReport"), report));
    result.programs.push_back(std::move(one));
  }
  for (const auto& module : modules_) result.dead_letters += module.dead_letters();
  return result;
}

void Season::SetToday(absl::CivilDay day) {
  for (const auto& players : programs_) players->stage.today = day;
}

absl::Status Season::Begin() {
  first_ = *arrivals_.FirstDay();
  last_referral_ = *arrivals_.LastDay();
  TREMPLIN_RETURN_IF_ERROR(stage_.api.Settle(std::nullopt, kPatience).status());
  SetToday(first_);
  TREMPLIN_RETURN_IF_ERROR(MoveTo(Morning(first_)));
  for (const auto& players : programs_) {
    TREMPLIN_RETURN_IF_ERROR(players->onboarding.OnboardMentors());
  }
  return absl::OkStatus();
}

absl::Status Season::Players::Discover() {
  TREMPLIN_RETURN_IF_ERROR(referring.Discover());
  TREMPLIN_RETURN_IF_ERROR(onboarding.Discover());
  TREMPLIN_RETURN_IF_ERROR(pairing.Discover());
  TREMPLIN_RETURN_IF_ERROR(mentoring.Discover());
  return following.Discover();
}

absl::Status Season::Day() {
  TREMPLIN_RETURN_IF_ERROR(arrivals_.Submit(stage_));
  // Whoever a program's rule admits at once is enrolled by an event.
  if (programs_.size() > 1) {
    TREMPLIN_RETURN_IF_ERROR(stage_.api.Settle(std::nullopt, kPatience).status());
  }
  std::vector<std::vector<Action>> lanes;
  for (const auto& players : programs_) {
    TREMPLIN_RETURN_IF_ERROR(players->Discover());
    for (std::vector<Action>& lane : players->stage.agenda.Take(stage_.today)) {
      lanes.push_back(std::move(lane));
    }
  }
  TREMPLIN_RETURN_IF_ERROR(stage_.workers.ForEach(lanes.size(), [&](size_t i) -> absl::Status {
    for (const Action& action : lanes[i]) {
      TREMPLIN_RETURN_IF_ERROR(action.run());
    }
    return absl::OkStatus();
  }));
  TREMPLIN_ASSIGN_OR_RETURN(const bool turns, TakeTurns());
  const bool matching = absl::GetWeekday(stage_.today) == absl::Weekday::monday &&
                        stage_.today <= last_referral_ + kMatchingDaysAfterLast;
  if (matching) TREMPLIN_RETURN_IF_ERROR(RunMatching());
  // What was begun today is found tomorrow.
  if (matching || turns || !lanes.empty()) stage_.agenda.Visit(stage_.today + 1);
  TREMPLIN_ASSIGN_OR_RETURN(modules_, stage_.api.Settle(stage_.now, kPatience));
  return absl::OkStatus();
}

absl::StatusOr<bool> Season::TakeTurns() {
  bool any = false;
  for (const auto& players : programs_) {
    std::vector<Action> due;
    for (std::vector<Action>& lane : players->stage.in_turn.Take(stage_.today)) {
      std::move(lane.begin(), lane.end(), std::back_inserter(due));
    }
    std::sort(due.begin(), due.end(), [](const Action& a, const Action& b) {
      return std::tie(a.key, a.step, a.lane) < std::tie(b.key, b.step, b.lane);
    });
    for (const Action& action : due) {
      any = true;
      TREMPLIN_RETURN_IF_ERROR(stage_.api.Settle(std::nullopt, kPatience).status());
      TREMPLIN_RETURN_IF_ERROR(action.run());
    }
  }
  return any;
}

absl::Status Season::RunMatching() {
  for (const auto& players : programs_) {
    TREMPLIN_RETURN_IF_ERROR(stage_.api.Settle(std::nullopt, kPatience).status());
    TREMPLIN_RETURN_IF_ERROR(players->pairing.RunMatching());
  }
  return absl::OkStatus();
}

std::optional<absl::CivilDay> Season::NextDay() const {
  std::optional<absl::CivilDay> next;
  const auto consider = [&next](absl::CivilDay day) {
    if (!next.has_value() || day < *next) next = day;
  };
  for (const auto& players : programs_) {
    if (const auto planned = players->stage.agenda.Next()) consider(*planned);
    if (const auto planned = players->stage.in_turn.Next()) consider(*planned);
  }
  if (const auto referrals = arrivals_.NextDay()) consider(*referrals);
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
  SetToday(day);
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
  for (const auto& players : programs_) players->stage.now = time;
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
