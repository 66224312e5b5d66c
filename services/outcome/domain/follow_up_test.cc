#include "services/outcome/domain/follow_up.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace tremplin::outcome {
namespace {

absl::TimeZone Toronto() {
  absl::TimeZone zone;
  if (!absl::LoadTimeZone("America/Toronto", &zone)) ADD_FAILURE() << "no time zone data";
  return zone;
}

absl::Time At(int year, int month, int day, int hour = 9) {
  return Toronto().At(absl::CivilHour(year, month, day, hour)).pre;
}

FollowUp InState(FollowUpState state) {
  FollowUp follow_up;
  follow_up.id = "f";
  follow_up.stage = "month_3";
  follow_up.state = state;
  follow_up.open_time = At(2026, 3, 1);
  follow_up.close_time = At(2026, 4, 1);
  follow_up.version = 7;
  return follow_up;
}

const FollowUpState kStates[] = {FollowUpState::kScheduled, FollowUpState::kOpen,
                                 FollowUpState::kAnswered, FollowUpState::kLost};

struct Cell {
  FollowUpState to;    // the state after it
  std::string reason;  // "" when legal
};

// One line per command, one cell per state, in the order of kStates: the table of the header.
struct Line {
  Command command;
  Cell cells[4];
};

TEST(FollowUp, FollowsItsTable_InEveryStateAndCommand) {
  const Cell opened{FollowUpState::kOpen, ""};
  const Cell early{FollowUpState::kScheduled, "FOLLOW_UP_NOT_OPEN"};
  const Cell answered{FollowUpState::kAnswered, "FOLLOW_UP_CLOSED"};
  const Cell lost{FollowUpState::kLost, "FOLLOW_UP_CLOSED"};
  const Cell open_already{FollowUpState::kOpen, "FOLLOW_UP_CLOSED"};
  const Line lines[] = {
      {Open{}, {opened, open_already, answered, lost}},
      {Remind{}, {early, opened, answered, lost}},
      {RecordAttempt{}, {early, opened, answered, lost}},
      {Answer{Employment::kRelated, 2, 4}, {early, {FollowUpState::kAnswered, ""}, answered, lost}},
      {Close{}, {early, {FollowUpState::kLost, ""}, answered, lost}},
      {Reschedule{At(2026, 5, 1), At(2026, 6, 1)},
       {{FollowUpState::kScheduled, ""}, open_already, answered, lost}},
  };
  for (const Line& line : lines) {
    for (size_t i = 0; i < 4; ++i) {
      SCOPED_TRACE("command " + std::to_string(line.command.index()) + " state " +
                   std::to_string(i));
      const FollowUp before = InState(kStates[i]);
      const absl::StatusOr<Decision> decision = Decide(before, line.command, At(2026, 3, 9));
      if (line.cells[i].reason.empty()) {
        ASSERT_TRUE(decision.ok()) << decision.status();
        EXPECT_EQ(decision->state.state, line.cells[i].to);
        EXPECT_EQ(decision->state.version, before.version + 1);
      } else {
        EXPECT_EQ(decision.status().code(), absl::StatusCode::kFailedPrecondition);
        EXPECT_EQ(status::ReasonOf(decision.status()), line.cells[i].reason);
      }
    }
  }
}

TEST(FollowUp, KeepsTheAnswer_UntilTheInstantTheWindowCloses) {
  const FollowUp open = InState(FollowUpState::kOpen);
  const Answer answer{Employment::kInProfession, 3, 5};
  const absl::Time last = open.close_time - absl::Microseconds(1);
  const absl::StatusOr<Decision> in_time = Decide(open, answer, last);
  ASSERT_TRUE(in_time.ok());
  EXPECT_EQ(in_time->fact, FollowUpFact::kAnswered);
  EXPECT_EQ(in_time->state.employment, Employment::kInProfession);
  EXPECT_EQ(in_time->state.interviews, 3);
  EXPECT_EQ(in_time->state.satisfaction, 5);
  EXPECT_EQ(in_time->state.answer_time, last);
  EXPECT_EQ(status::ReasonOf(Decide(open, answer, open.close_time).status()), "FOLLOW_UP_CLOSED");
}

TEST(FollowUp, CountsRemindersAndAttemptsApart) {
  FollowUp open = InState(FollowUpState::kOpen);
  open = Decide(open, Remind{}, At(2026, 3, 9))->state;
  open = Decide(open, RecordAttempt{}, At(2026, 3, 10))->state;
  EXPECT_EQ(open.attempts, 2);
  EXPECT_EQ(open.reminders, 1);
}

TEST(FollowUp, OpensCalendarMonthsLater_InTheProgramsZone) {
  EXPECT_EQ(AddMonths(At(2026, 1, 15), 3, Toronto()), At(2026, 4, 15));  // over the change of hour
  EXPECT_EQ(AddMonths(At(2025, 11, 30), 3, Toronto()), At(2026, 2, 28));
  EXPECT_EQ(AddMonths(At(2027, 11, 30), 3, Toronto()), At(2028, 2, 29));
  EXPECT_EQ(AddMonths(At(2026, 8, 31), 12, Toronto()), At(2027, 8, 31));
  EXPECT_EQ(AddMonths(At(2026, 8, 31), 0, Toronto()), At(2026, 8, 31));
}

TEST(FollowUp, SpreadsRemindersEvenly_InsideTheWindow) {
  const absl::Time open = At(2026, 4, 1);
  const absl::Time close = At(2026, 5, 1);
  EXPECT_EQ(ReminderTime(open, close, 2, 1), At(2026, 4, 11));
  EXPECT_EQ(ReminderTime(open, close, 2, 2), At(2026, 4, 21));
  EXPECT_EQ(ReminderTime(open, close, 3, 3), At(2026, 4, 23));
}

TEST(FollowUp, ReadsRealDatesOnly) {
  EXPECT_TRUE(ParseDay("2024-02-29").has_value());
  for (const char* bad : {"2023-02-29", "2023-13-01", "2023-1-01", "2023/01/01", "", "2023-00-10",
                          "abcd-ef-gh", "2023-01-01x"}) {
    EXPECT_FALSE(ParseDay(bad).has_value()) << bad;
  }
}

std::vector<std::string> Fields(const Answer& answer, const std::optional<Job>& job) {
  std::vector<std::string> fields;
  for (const status::FieldViolation& fault : CheckAnswer(answer, job, absl::CivilDay(2026, 3, 9))) {
    fields.push_back(fault.field);
  }
  return fields;
}

TEST(Answer, AsksForAJobOfTheEmployedOnly) {
  const Job job{Employment::kRelated, "2026-02-01", "", 35, 2};
  EXPECT_TRUE(Fields({Employment::kRelated, 0, 0}, job).empty());
  EXPECT_TRUE(Fields({Employment::kNone, 0, 0}, std::nullopt).empty());
  EXPECT_EQ(Fields({Employment::kRelated, 0, 0}, std::nullopt), std::vector<std::string>{"job"});
  EXPECT_EQ(Fields({Employment::kNone, 0, 0}, job), std::vector<std::string>{"job"});
  EXPECT_EQ(Fields({Employment::kUnspecified, 0, 0}, std::nullopt),
            std::vector<std::string>{"employment"});
  EXPECT_EQ(Fields({static_cast<Employment>(9), 0, 0}, std::nullopt),
            std::vector<std::string>{"employment"});
}

TEST(Answer, NamesEveryFaultAtOnce) {
  const Job job{Employment::kOther, "2026-03-10", "2026-02-30", 101, 6};
  EXPECT_EQ(Fields({Employment::kRelated, 201, 6}, job),
            (std::vector<std::string>{"job.kind", "job.start", "job.end", "job.hours_per_week",
                                      "job.earnings", "interviews", "satisfaction"}));
  const Job backwards{Employment::kRelated, "2026-03-09", "2026-03-08", 0, 0};
  EXPECT_EQ(Fields({Employment::kRelated, -1, -1}, backwards),
            (std::vector<std::string>{"job.end", "job.hours_per_week", "job.earnings", "interviews",
                                      "satisfaction"}));
}

}  // namespace
}  // namespace tremplin::outcome
