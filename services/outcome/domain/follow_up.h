#ifndef TREMPLIN_SERVICES_OUTCOME_DOMAIN_FOLLOW_UP_H_
#define TREMPLIN_SERVICES_OUTCOME_DOMAIN_FOLLOW_UP_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/person/day.h"
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
//
// An answer that was wrong is corrected whenever that is found, or struck: it stays ANSWERED, or is
// OPEN again, and LOST once its window has passed. Of what holds no answer: NOT_ANSWERED.
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
  absl::Time recorded = absl::InfinitePast();  // of the answer as it stands now
  absl::Time amended = absl::InfinitePast();   // when an answer was last corrected or struck
  std::string amend_reason = {};               // coded
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
// What was answered was wrong.
struct Correct {
  Answer answer;
  std::string reason;
};
struct Strike {
  std::string reason;
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
using Command =
    std::variant<Open, Remind, RecordAttempt, Answer, Correct, Strike, Close, Move, Leave>;

enum class FollowUpFact { kOpened, kAttemptDue, kAnswered, kAmended, kLost };

struct Decision {
  FollowUp state;
  std::optional<FollowUpFact> fact;  // none for RecordAttempt, Move and Leave
};

// Why an answer or a job is corrected or struck.
inline constexpr std::string_view kAmendReasonList =
    "mistyped, misunderstood, learned_later, wrong_person, other";
bool IsAmendReason(std::string_view reason);

absl::StatusOr<Decision> Decide(const FollowUp& follow_up, const Command& command, absl::Time now);

// The numbers are those of the API and are stored.
enum class JobState { kTold = 1, kAmended = 2, kStruck = 3 };

// A job a person tells of, and how it stands in their history.
struct Job {
  Employment kind = Employment::kUnspecified;
  std::string start;  // "YYYY-MM-DD"
  std::string end;    // "" while it lasts
  int hours_per_week = 0;
  int earnings = 0;    // EarningsBand 1–5; 0 when not told
  int64_t number = 0;  // within the participation
  JobState state = JobState::kTold;
  std::string reason = {};   // coded: why it was amended or struck
  std::string told_in = {};  // the follow-up whose answer told of it first; "" for none
  int64_t version = 1;
};

// What an answer or a job is checked against.
struct Known {
  absl::CivilDay today;
  std::optional<absl::CivilDay> born = std::nullopt;      // nobody works before 14
  std::optional<absl::CivilDay> answered = std::nullopt;  // of a correction: the day it is about
};

// Every fault of an answer, in the order of the request's fields; empty when it may be stored. A
// job is required of the employed and refused of the others; its kind, when given, equals
// `answer.employment`; it has begun by the day of the answer and has not ended before: who lost it
// is not employed by it.
std::vector<status::FieldViolation> CheckAnswer(const Answer& answer, const std::optional<Job>& job,
                                                const Known& known);

// Every fault of a job told of outside any stage; empty when it may be stored. It has a kind, began
// at most 60 years ago, may have ended, neither after `today`; earnings need not be told.
std::vector<status::FieldViolation> CheckReportedJob(const Job& job, const Known& known);

using person::ParseDay;

}  // namespace tremplin::outcome

#endif  // TREMPLIN_SERVICES_OUTCOME_DOMAIN_FOLLOW_UP_H_
