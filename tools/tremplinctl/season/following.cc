#include "tools/tremplinctl/season/following.h"

#include "common/resources/names.h"
#include "common/status/macros.h"
#include "common/text/text.h"

namespace tremplin::ctl::season {
namespace {

using outcome::v1::FollowUp;

constexpr char kOutcome[] = "tremplin.outcome.v1.OutcomeService/";

// What becomes of people at a stage: shares of those who answer.
struct Odds {
  const char* stage;
  double answers;
  double in_profession;
  double related;
  double other;
};
constexpr Odds kOdds[] = {
    {"baseline", 0.93, 0.03, 0.07, 0.36}, {"exit", 0.82, 0.31, 0.18, 0.22},
    {"month_3", 0.74, 0.43, 0.18, 0.17},  {"month_6", 0.67, 0.52, 0.17, 0.14},
    {"month_12", 0.58, 0.60, 0.16, 0.11},
};

constexpr Odds kOtherStage = {"", 0.7, 0.4, 0.18, 0.17};

const Odds& OddsOf(const std::string& stage) {
  for (const Odds& odds : kOdds) {
    if (stage == odds.stage) return odds;
  }
  return kOtherStage;
}

outcome::v1::EmploymentStatus Employment(const Odds& odds, double luck) {
  if (luck < odds.in_profession) return outcome::v1::EMPLOYMENT_STATUS_IN_PROFESSION;
  luck -= odds.in_profession;
  if (luck < odds.related) return outcome::v1::EMPLOYMENT_STATUS_RELATED;
  luck -= odds.related;
  if (luck < odds.other) return outcome::v1::EMPLOYMENT_STATUS_OTHER;
  return outcome::v1::EMPLOYMENT_STATUS_NONE;
}

}  // namespace

absl::Status Following::Discover() {
  if (stage_.today - last_ < 7) return absl::OkStatus();
  last_ = stage_.today;
  outcome::v1::ListFollowUpsRequest request;
  request.set_state(FollowUp::STATE_OPEN);
  TREMPLIN_ASSIGN_OR_RETURN(const std::vector<FollowUp> open,
                            ListAll(stage_, text::Cat(kOutcome, "ListFollowUps"), request,
                                    &outcome::v1::ListFollowUpsResponse::follow_ups));
  for (const FollowUp& follow_up : open) {
    if (!seen_.insert(follow_up.name()).second) continue;
    const std::string& key = follow_up.business_key();
    const std::string step = text::Cat("follow_up/", follow_up.stage());
    if (!stage_.draws.Chance(key, step, OddsOf(follow_up.stage()).answers)) continue;
    // Found up to a week after it opened and visited up to a week after the day drawn, an answer
    // still comes within the shortest window, of 30 days.
    stage_.In(stage_.draws.Between(key, text::Cat(step, "/days"), 1, 14),
              {follow_up.name(), key, step, [this, follow_up] { return Answer(follow_up); }});
  }
  return absl::OkStatus();
}

absl::Status Following::Answer(const FollowUp& follow_up) {
  const std::string& key = follow_up.business_key();
  const std::string step = text::Cat("follow_up/", follow_up.stage());
  std::string credential = stage_.coordinator;
  if (stage_.draws.Chance(key, text::Cat(step, "/self"), 0.75)) {
    TREMPLIN_ASSIGN_OR_RETURN(credential, stage_.CredentialOf(follow_up.enrolment()));
  }
  outcome::v1::AnswerFollowUpRequest request;
  request.set_name(follow_up.name());
  request.set_employment(
      Employment(OddsOf(follow_up.stage()), stage_.draws.Unit(key, "employment")));
  if (request.employment() != outcome::v1::EMPLOYMENT_STATUS_NONE) {
    const int days = stage_.draws.Between(key, text::Cat(step, "/since"), 0, 60);
    outcome::v1::Job& job = *request.mutable_job();
    job.set_start(absl::FormatCivilTime(stage_.today - days));
    job.set_hours_per_week(stage_.draws.Between(key, text::Cat(step, "/hours"), 15, 40));
    job.set_earnings(static_cast<outcome::v1::EarningsBand>(
        stage_.draws.Between(key, text::Cat(step, "/earnings"), 1, 5)));
  }
  request.set_interviews(stage_.draws.Between(key, text::Cat(step, "/interviews"), 0, 6));
  request.set_satisfaction(stage_.draws.Between(key, text::Cat(step, "/satisfaction"), 3, 5));
  return stage_
      .Act<FollowUp>(credential, text::Cat(kOutcome, "AnswerFollowUp"), std::move(request), key,
                     step)
      .status();
}

}  // namespace tremplin::ctl::season
