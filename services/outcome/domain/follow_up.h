#ifndef TREMPLIN_SERVICES_OUTCOME_DOMAIN_FOLLOW_UP_H_
#define TREMPLIN_SERVICES_OUTCOME_DOMAIN_FOLLOW_UP_H_

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/status/error.h"

// One follow-up of one person's participation in a program at one stage. Pure: no I/O, no clock.
//
//              | Open  Remind  RecordAttempt  Answer      Close  Move        Leave
//   SCHEDULED  | OPEN  -       -              NOT_OPEN    -      SCHEDULED   LEFT
//   OPEN       | -     OPEN    OPEN           ANSWERED*   LOST   OPEN**      LEFT
//   ANSWERED   | -     -       CLOSED         CLOSED      -      -           -
//   LOST       | -     -       CLOSED         CLOSED      -      -           LEFT***
//   LEFT       | -     -       CLOSED         CLOSED      -      SCHEDULED   -
//
//   -           not possible: FAILED_PRECONDITION, reason FOLLOW_UP_NOT_OPEN before the window and
//               FOLLOW_UP_CLOSED after it; the state stays as it is
//   ANSWERED*   at or after close_time, though the timer has not fired yet: FOLLOW_UP_CLOSED
//   OPEN**      SCHEDULED when the new window opens after now
//   LEFT***     only when they left before close_time and it was heard of afterwards; else as -
namespace tremplin::outcome {

// The numbers are those of the API and are stored.
enum class FollowUpState { kScheduled = 1, kOpen = 2, kAnswered = 3, kLost = 4, kLeft = 5 };
enum class Employment { kUnspecified = 0, kInProfession = 1, kRelated = 2, kOther = 3, kNone = 4 };

// "in_profession", "related", "other", "none"; "" for unspecified.
std::string_view CodeOf(Employment employment);

struct FollowUp {
  std::string id;
  std::string enrolment;
  std::string person;
  std::string program;
  int64_t program_version = 0;
  std::string organization;  // the agency that referred the person, "" for none
  std::string business_key;
  std::string language;
  std::string stage;
  FollowUpState state = FollowUpState::kScheduled;
  absl::Time open_time;
  absl::Time close_time;
  int attempts = 0;           // reminders sent and attempts staff recorded
  int reminders = 0;          // of them, those sent by time
  int planned_reminders = 0;  // how many the definition asks for
  Employment employment = Employment::kUnspecified;
  absl::Time answer_time = absl::InfinitePast();
  absl::Time left_time = absl::InfinitePast();  // of LEFT: when the person left the program
  int interviews = 0;
  int satisfaction = 0;
  int64_t version = 1;
};

struct Open {};
struct Remind {};
struct RecordAttempt {};
struct Close {};
struct Answer {
  Employment employment = Employment::kUnspecified;
  int interviews = 0;
  int satisfaction = 0;
};
// An earlier start became known: the window is another one.
struct Move {
  absl::Time open_time;
  absl::Time close_time;
};
// The person left the program and the stage is not followed after that.
struct Leave {
  absl::Time at;
};
using Command = std::variant<Open, Remind, RecordAttempt, Answer, Close, Move, Leave>;

enum class FollowUpFact { kOpened, kAttemptDue, kAnswered, kLost };

struct Decision {
  FollowUp state;
  std::optional<FollowUpFact> fact;  // none for RecordAttempt, Move and Leave
};

absl::StatusOr<Decision> Decide(const FollowUp& follow_up, const Command& command, absl::Time now);

// A job a person tells of.
struct Job {
  Employment kind = Employment::kUnspecified;
  std::string start;  // "YYYY-MM-DD"
  std::string end;    // "" while it lasts
  int hours_per_week = 0;
  int earnings = 0;  // EarningsBand 1–5; 0 when not told
};

// Every fault of an answer, in the order of the request's fields; empty when it may be stored. A
// job is required of the employed and refused of the others; its kind, when given, equals
// `answer.employment`; it has begun by `today` and has not ended before: who lost it is not
// employed by it.
std::vector<status::FieldViolation> CheckAnswer(const Answer& answer, const std::optional<Job>& job,
                                                absl::CivilDay today);

// Every fault of a job told of outside any stage; empty when it may be stored. It has a kind, began
// at most 60 years ago, may have ended, neither after `today`; earnings need not be told.
std::vector<status::FieldViolation> CheckReportedJob(const Job& job, absl::CivilDay today);

// "YYYY-MM-DD" → day; nullopt when it is not a real date.
std::optional<absl::CivilDay> ParseDay(std::string_view text);

}  // namespace tremplin::outcome

#endif  // TREMPLIN_SERVICES_OUTCOME_DOMAIN_FOLLOW_UP_H_
