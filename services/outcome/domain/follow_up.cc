#include "services/outcome/domain/follow_up.h"

#include <algorithm>
#include <iterator>

#include "common/text/text.h"
#include "services/outcome/messages.h"

namespace tremplin::outcome {
namespace {

constexpr int kMaxInterviews = 200;
constexpr int kMaxSatisfaction = 5;
constexpr int kMaxHours = 100;
constexpr int kMaxEarnings = 5;
constexpr int kMaxYearsBack = 60;
constexpr int kLeastAge = 14;
constexpr std::string_view kAmendReasons[] = {"mistyped", "misunderstood", "learned_later",
                                              "wrong_person", "other"};

absl::Status NotPossible(FollowUpState state) {
  const bool before = state == FollowUpState::kScheduled;
  return status::Error(absl::StatusCode::kFailedPrecondition,
                       before ? kFollowUpNotOpen : kFollowUpClosed);
}

absl::Status NotAnswered() {
  return status::Error(absl::StatusCode::kFailedPrecondition, kNotAnswered);
}

absl::StatusOr<Decision> Moved(FollowUp follow_up, FollowUpState to, FollowUpFact fact) {
  follow_up.state = to;
  return Decision{std::move(follow_up), fact};
}

struct Decider {
  const FollowUp& now_is;
  absl::Time now;

  absl::StatusOr<Decision> operator()(const Open&) const {
    if (now_is.state != FollowUpState::kScheduled) {
      return status::Error(absl::StatusCode::kFailedPrecondition, kFollowUpClosed);
    }
    return Moved(now_is, FollowUpState::kOpen, FollowUpFact::kOpened);
  }

  absl::StatusOr<Decision> operator()(const Remind&) const {
    if (now_is.state != FollowUpState::kOpen) return NotPossible(now_is.state);
    FollowUp next = now_is;
    ++next.attempts;
    ++next.reminders;
    return Moved(std::move(next), FollowUpState::kOpen, FollowUpFact::kAttemptDue);
  }

  absl::StatusOr<Decision> operator()(const RecordAttempt&) const {
    if (now_is.state != FollowUpState::kOpen) return NotPossible(now_is.state);
    FollowUp next = now_is;
    ++next.attempts;
    return Decision{std::move(next), std::nullopt};
  }

  absl::StatusOr<Decision> operator()(const Answer& answer) const {
    if (now_is.state != FollowUpState::kOpen) return NotPossible(now_is.state);
    if (now >= now_is.close_time) {
      return status::Error(absl::StatusCode::kFailedPrecondition, kFollowUpClosed);
    }
    FollowUp next = now_is;
    next.employment = answer.employment;
    next.interviews = answer.interviews;
    next.satisfaction = answer.satisfaction;
    next.answer_time = now;
    next.recorded = now;
    return Moved(std::move(next), FollowUpState::kAnswered, FollowUpFact::kAnswered);
  }

  absl::StatusOr<Decision> operator()(const Correct& correct) const {
    if (now_is.state != FollowUpState::kAnswered) return NotAnswered();
    FollowUp next = now_is;
    next.employment = correct.answer.employment;
    next.interviews = correct.answer.interviews;
    next.satisfaction = correct.answer.satisfaction;
    next.recorded = now;
    next.amended = now;
    next.amend_reason = correct.reason;
    return Moved(std::move(next), FollowUpState::kAnswered, FollowUpFact::kAmended);
  }

  absl::StatusOr<Decision> operator()(const Strike& strike) const {
    if (now_is.state != FollowUpState::kAnswered) return NotAnswered();
    FollowUp next = now_is;
    next.employment = Employment::kUnspecified;
    next.interviews = 0;
    next.satisfaction = 0;
    next.answer_time = absl::InfinitePast();
    next.recorded = absl::InfinitePast();
    next.amended = now;
    next.amend_reason = strike.reason;
    const bool open = now < now_is.close_time;
    return Moved(std::move(next), open ? FollowUpState::kOpen : FollowUpState::kLost,
                 FollowUpFact::kAmended);
  }

  absl::StatusOr<Decision> operator()(const Close&) const {
    if (now_is.state != FollowUpState::kOpen) return NotPossible(now_is.state);
    return Moved(now_is, FollowUpState::kLost, FollowUpFact::kLost);
  }

  absl::StatusOr<Decision> operator()(const Move& to) const {
    if (now_is.state == FollowUpState::kAnswered || now_is.state == FollowUpState::kLost) {
      return status::Error(absl::StatusCode::kFailedPrecondition, kFollowUpClosed);
    }
    FollowUp next = now_is;
    next.open_time = to.open_time;
    next.close_time = to.close_time;
    next.left_time = absl::InfinitePast();
    if (now_is.state == FollowUpState::kLeft || to.open_time > now) {
      next.state = FollowUpState::kScheduled;
    }
    return Decision{std::move(next), std::nullopt};
  }

  absl::StatusOr<Decision> operator()(const Leave& leave) const {
    const bool lost_before_it_was_heard =
        now_is.state == FollowUpState::kLost && leave.at < now_is.close_time;
    if (now_is.state != FollowUpState::kScheduled && now_is.state != FollowUpState::kOpen &&
        !lost_before_it_was_heard) {
      return status::Error(absl::StatusCode::kFailedPrecondition, kFollowUpClosed);
    }
    FollowUp next = now_is;
    next.state = FollowUpState::kLeft;
    next.left_time = leave.at;
    return Decision{std::move(next), std::nullopt};
  }
};

using Violations = std::vector<status::FieldViolation>;

absl::CivilDay YearsBefore(absl::CivilDay day, int years) {
  return absl::CivilDay(day.year() - years, day.month(), day.day());
}

std::optional<absl::CivilDay> CheckStart(const Job& job, const Known& known, Violations& faults) {
  const absl::CivilDay today = known.answered.value_or(known.today);
  const std::optional<absl::CivilDay> start = ParseDay(job.start);
  if (!start.has_value()) {
    faults.push_back(status::Violation("job.start", kDateInvalid));
  } else if (*start > today) {
    faults.push_back(status::Violation("job.start", kStartInFuture));
  } else if (*start < YearsBefore(today, kMaxYearsBack)) {
    faults.push_back(status::Violation("job.start", kStartTooEarly));
  } else if (known.born.has_value() && *start < YearsBefore(*known.born, -kLeastAge)) {
    faults.push_back(status::Violation("job.start", kStartTooYoung));
  }
  return start;
}

// `lasting`: the person answers that they work in it.
void CheckEnd(const Job& job, std::optional<absl::CivilDay> start, const Known& known, bool lasting,
              Violations& faults) {
  if (job.end.empty()) return;
  const std::optional<absl::CivilDay> end = ParseDay(job.end);
  if (!end.has_value()) {
    faults.push_back(status::Violation("job.end", kDateInvalid));
  } else if (start.has_value() && *end < *start) {
    faults.push_back(status::Violation("job.end", kEndBeforeStart));
  } else if (*end > known.today) {
    faults.push_back(status::Violation("job.end", kEndInFuture));
  } else if (lasting && *end < known.answered.value_or(known.today)) {
    faults.push_back(status::Violation("job.end", kJobEnded));
  }
}

void CheckJob(const Job& job, const Known& known, bool answers_stage, Violations& faults) {
  const std::optional<absl::CivilDay> start = CheckStart(job, known, faults);
  CheckEnd(job, start, known, answers_stage, faults);
  if (job.hours_per_week < 1 || job.hours_per_week > kMaxHours) {
    faults.push_back(status::Violation("job.hours_per_week", kOutOfRange, {"1", "100"}));
  }
  if (job.earnings < (answers_stage ? 1 : 0) || job.earnings > kMaxEarnings) {
    faults.push_back(status::Violation("job.earnings", kEarningsRequired));
  }
}

}  // namespace

std::string_view CodeOf(Employment employment) {
  switch (employment) {
    case Employment::kInProfession:
      return "in_profession";
    case Employment::kRelated:
      return "related";
    case Employment::kOther:
      return "other";
    case Employment::kNone:
      return "none";
    case Employment::kUnspecified:
      return "";
  }
  return "";
}

bool IsAmendReason(std::string_view reason) {
  return std::find(std::begin(kAmendReasons), std::end(kAmendReasons), reason) !=
         std::end(kAmendReasons);
}

absl::StatusOr<Decision> Decide(const FollowUp& follow_up, const Command& command, absl::Time now) {
  absl::StatusOr<Decision> decision = std::visit(Decider{follow_up, now}, command);
  if (decision.ok()) ++decision->state.version;
  return decision;
}

std::vector<status::FieldViolation> CheckAnswer(const Answer& answer, const std::optional<Job>& job,
                                                const Known& known) {
  std::vector<status::FieldViolation> faults;
  const int employment = static_cast<int>(answer.employment);
  const bool is_one = employment >= 1 && employment <= 4;
  if (!is_one) faults.push_back(status::Violation("employment", kEmploymentRequired));
  if (is_one && answer.employment != Employment::kNone && !job.has_value()) {
    faults.push_back(status::Violation("job", kJobRequired));
  }
  if (answer.employment == Employment::kNone && job.has_value()) {
    faults.push_back(status::Violation("job", kJobRefused));
  } else if (job.has_value()) {
    if (job->kind != Employment::kUnspecified && job->kind != answer.employment) {
      faults.push_back(status::Violation("job.kind", kJobKindDiffers));
    }
    CheckJob(*job, known, true, faults);
  }
  if (answer.interviews < 0 || answer.interviews > kMaxInterviews) {
    faults.push_back(status::Violation("interviews", kOutOfRange, {"0", "200"}));
  }
  if (answer.satisfaction < 0 || answer.satisfaction > kMaxSatisfaction) {
    faults.push_back(status::Violation("satisfaction", kOutOfRange, {"0", "5"}));
  }
  return faults;
}

std::vector<status::FieldViolation> CheckReportedJob(const Job& job, const Known& known) {
  std::vector<status::FieldViolation> faults;
  const int kind = static_cast<int>(job.kind);
  if (kind < 1 || kind > static_cast<int>(Employment::kOther)) {
    faults.push_back(status::Violation("job.kind", kKindRequired));
  }
  CheckJob(job, known, false, faults);
  return faults;
}

}  // namespace tremplin::outcome
