#include "services/outcome/domain/follow_up.h"

#include "common/text/text.h"
#include "services/outcome/messages.h"

namespace tremplin::outcome {
namespace {

constexpr int kMaxInterviews = 200;
constexpr int kMaxSatisfaction = 5;
constexpr int kMaxHours = 100;
constexpr int kMaxEarnings = 5;
constexpr int kMaxYearsBack = 60;

absl::Status NotPossible(FollowUpState state) {
  const bool before = state == FollowUpState::kScheduled;
  return status::Error(absl::StatusCode::kFailedPrecondition,
                       before ? kFollowUpNotOpen : kFollowUpClosed);
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
    return Moved(std::move(next), FollowUpState::kAnswered, FollowUpFact::kAnswered);
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

std::optional<absl::CivilDay> CheckStart(const Job& job, absl::CivilDay today, Violations& faults) {
  const std::optional<absl::CivilDay> start = ParseDay(job.start);
  if (!start.has_value()) {
    faults.push_back(status::Violation("job.start", kDateInvalid));
  } else if (*start > today) {
    faults.push_back(status::Violation("job.start", kStartInFuture));
  } else if (*start < YearsBefore(today, kMaxYearsBack)) {
    faults.push_back(status::Violation("job.start", kStartTooEarly));
  }
  return start;
}

// `lasting`: the person answers that they work in it.
void CheckEnd(const Job& job, std::optional<absl::CivilDay> start, absl::CivilDay today,
              bool lasting, Violations& faults) {
  if (job.end.empty()) return;
  const std::optional<absl::CivilDay> end = ParseDay(job.end);
  if (!end.has_value()) {
    faults.push_back(status::Violation("job.end", kDateInvalid));
  } else if (start.has_value() && *end < *start) {
    faults.push_back(status::Violation("job.end", kEndBeforeStart));
  } else if (*end > today) {
    faults.push_back(status::Violation("job.end", kEndInFuture));
  } else if (lasting && *end < today) {
    faults.push_back(status::Violation("job.end", kJobEnded));
  }
}

void CheckJob(const Job& job, absl::CivilDay today, bool answers_stage, Violations& faults) {
  const std::optional<absl::CivilDay> start = CheckStart(job, today, faults);
  CheckEnd(job, start, today, answers_stage, faults);
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

absl::StatusOr<Decision> Decide(const FollowUp& follow_up, const Command& command, absl::Time now) {
  absl::StatusOr<Decision> decision = std::visit(Decider{follow_up, now}, command);
  if (decision.ok()) ++decision->state.version;
  return decision;
}

std::vector<status::FieldViolation> CheckAnswer(const Answer& answer, const std::optional<Job>& job,
                                                absl::CivilDay today) {
  std::vector<status::FieldViolation> faults;
  const int employment = static_cast<int>(answer.employment);
  const bool known = employment >= 1 && employment <= 4;
  if (!known) faults.push_back(status::Violation("employment", kEmploymentRequired));
  if (known && answer.employment != Employment::kNone && !job.has_value()) {
    faults.push_back(status::Violation("job", kJobRequired));
  }
  if (answer.employment == Employment::kNone && job.has_value()) {
    faults.push_back(status::Violation("job", kJobRefused));
  } else if (job.has_value()) {
    if (job->kind != Employment::kUnspecified && job->kind != answer.employment) {
      faults.push_back(status::Violation("job.kind", kJobKindDiffers));
    }
    CheckJob(*job, today, true, faults);
  }
  if (answer.interviews < 0 || answer.interviews > kMaxInterviews) {
    faults.push_back(status::Violation("interviews", kOutOfRange, {"0", "200"}));
  }
  if (answer.satisfaction < 0 || answer.satisfaction > kMaxSatisfaction) {
    faults.push_back(status::Violation("satisfaction", kOutOfRange, {"0", "5"}));
  }
  return faults;
}

std::vector<status::FieldViolation> CheckReportedJob(const Job& job, absl::CivilDay today) {
  std::vector<status::FieldViolation> faults;
  const int kind = static_cast<int>(job.kind);
  if (kind < 1 || kind > static_cast<int>(Employment::kOther)) {
    faults.push_back(status::Violation("job.kind", kKindRequired));
  }
  CheckJob(job, today, false, faults);
  return faults;
}

std::optional<absl::CivilDay> ParseDay(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  int number[3] = {0, 0, 0};
  int part = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (i == 4 || i == 7) {
      ++part;
      continue;
    }
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    number[part] = number[part] * 10 + (text[i] - '0');
  }
  const absl::CivilDay day(number[0], number[1], number[2]);
  // An impossible day is normalized by CivilDay into another one.
  if (day.year() != number[0] || day.month() != number[1] || day.day() != number[2]) {
    return std::nullopt;
  }
  return day;
}

}  // namespace tremplin::outcome
