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
                                 FollowUpState::kAnswered, FollowUpState::kLost,
                                 FollowUpState::kLeft};

struct Cell {
  FollowUpState to;    // the state after it
  std::string reason;  // "" when legal
};

// One line per command, one cell per state, in the order of kStates: the table of the header.
struct Line {
  Command command;
  Cell cells[5];
};

TEST(FollowUp, FollowsItsTable_InEveryStateAndCommand) {
  const Cell opened{FollowUpState::kOpen, ""};
  const Cell early{FollowUpState::kScheduled, "FOLLOW_UP_NOT_OPEN"};
  const Cell answered{FollowUpState::kAnswered, "FOLLOW_UP_CLOSED"};
  const Cell lost{FollowUpState::kLost, "FOLLOW_UP_CLOSED"};
  const Cell open_already{FollowUpState::kOpen, "FOLLOW_UP_CLOSED"};
  const Cell left{FollowUpState::kLeft, "FOLLOW_UP_CLOSED"};
  const Cell leaves{FollowUpState::kLeft, ""};
  const auto unanswered = [](FollowUpState state) { return Cell{state, "NOT_ANSWERED"}; };
  const Line lines[] = {
      {Open{}, {opened, open_already, answered, lost, left}},
      {Remind{}, {early, opened, answered, lost, left}},
      {RecordAttempt{}, {early, opened, answered, lost, left}},
      {Answer{Employment::kRelated, 2, 4},
       {early, {FollowUpState::kAnswered, ""}, answered, lost, left}},
      {Close{}, {early, {FollowUpState::kLost, ""}, answered, lost, left}},
      {Move{At(2026, 3, 5), At(2026, 6, 1)},
       {{FollowUpState::kScheduled, ""}, opened, answered, lost, {FollowUpState::kScheduled, ""}}},
      {Move{At(2026, 5, 1), At(2026, 6, 1)},
       {{FollowUpState::kScheduled, ""},
        {FollowUpState::kScheduled, ""},
        answered,
        lost,
        {FollowUpState::kScheduled, ""}}},
      {Correct{{Employment::kNone, 1, 3}, "mistyped"},
       {unanswered(FollowUpState::kScheduled),
        unanswered(FollowUpState::kOpen),
        {FollowUpState::kAnswered, ""},
        unanswered(FollowUpState::kLost),
        unanswered(FollowUpState::kLeft)}},
      {Strike{"wrong_person"},
       {unanswered(FollowUpState::kScheduled), unanswered(FollowUpState::kOpen), opened,
        unanswered(FollowUpState::kLost), unanswered(FollowUpState::kLeft)}},
      {Leave{At(2026, 3, 8)}, {leaves, leaves, answered, leaves, left}},
      {Leave{At(2026, 4, 1)}, {leaves, leaves, answered, lost, left}},
  };
  for (const Line& line : lines) {
    for (size_t i = 0; i < 5; ++i) {
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

TEST(FollowUp, KeepsWhenAndWhyAnAnswerWasAmended) {
  const absl::Time answered = At(2026, 3, 5);
  const FollowUp first =
      Decide(InState(FollowUpState::kOpen), Answer{Employment::kRelated, 1, 2}, answered)->state;
  EXPECT_EQ(first.recorded, answered);
  const absl::Time found = At(2026, 5, 1);  // after the window
  const auto corrected =
      Decide(first, Correct{{Employment::kNone, 0, 0}, "misunderstood"}, found)->state;
  EXPECT_EQ(corrected.employment, Employment::kNone);
  EXPECT_EQ(corrected.answer_time, answered);  // it was answered in time
  EXPECT_EQ(corrected.recorded, found);
  EXPECT_EQ(corrected.amended, found);
  EXPECT_EQ(corrected.amend_reason, "misunderstood");
  const auto struck = Decide(first, Strike{"wrong_person"}, found)->state;
  EXPECT_EQ(struck.state, FollowUpState::kLost);
  EXPECT_EQ(struck.employment, Employment::kUnspecified);
  EXPECT_EQ(struck.recorded, absl::InfinitePast());
  EXPECT_EQ(struck.amended, found);
}

TEST(FollowUp, CountsRemindersAndAttemptsApart) {
  FollowUp open = InState(FollowUpState::kOpen);
  open = Decide(open, Remind{}, At(2026, 3, 9))->state;
  open = Decide(open, RecordAttempt{}, At(2026, 3, 10))->state;
  EXPECT_EQ(open.attempts, 2);
  EXPECT_EQ(open.reminders, 1);
}

TEST(FollowUp, KeepsWhenThePersonLeft_UntilAnotherWindowIsKnown) {
  const absl::StatusOr<Decision> left =
      Decide(InState(FollowUpState::kOpen), Leave{At(2026, 3, 8)}, At(2026, 3, 9));
  ASSERT_TRUE(left.ok());
  EXPECT_EQ(left->state.left_time, At(2026, 3, 8));
  EXPECT_FALSE(left->fact.has_value());  // nothing is sent of it
  const absl::StatusOr<Decision> moved =
      Decide(left->state, Move{At(2026, 2, 1), At(2026, 3, 1)}, At(2026, 3, 9));
  ASSERT_TRUE(moved.ok());
  EXPECT_EQ(moved->state.left_time, absl::InfinitePast());
  EXPECT_EQ(moved->state.close_time, At(2026, 3, 1));
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
  for (const status::FieldViolation& fault :
       CheckAnswer(answer, job, Known{absl::CivilDay(2026, 3, 9)})) {
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

std::string ReasonOfEnd(const std::vector<status::FieldViolation>& faults) {
  for (const status::FieldViolation& fault : faults) {
    if (fault.field == "job.end") return fault.reason;
  }
  return "";
}

TEST(Answer, DoesNotCallEmployed_WhoseJobEndedBeforeTheDay) {
  const auto end = [](const std::string& day) {
    const Job job{Employment::kRelated, "2026-02-01", day, 35, 2};
    return ReasonOfEnd(
        CheckAnswer({Employment::kRelated, 0, 0}, job, Known{absl::CivilDay(2026, 3, 9)}));
  };
  EXPECT_EQ(end("2026-03-08"), "JOB_ENDED");
  EXPECT_EQ(end("2026-03-09"), "");  // the last day of work is a day of work
  EXPECT_EQ(end("2026-03-10"), "END_IN_FUTURE");
  EXPECT_EQ(end(""), "");
  // Corrected in May, it is measured by the day of the answer.
  const Job ended_since{Employment::kRelated, "2026-02-01", "2026-04-01", 35, 2};
  EXPECT_TRUE(CheckAnswer({Employment::kRelated, 0, 0}, ended_since,
                          {absl::CivilDay(2026, 5, 9), {}, absl::CivilDay(2026, 3, 9)})
                  .empty());
}

std::vector<std::string> FieldsOfReported(const Job& job) {
  std::vector<std::string> fields;
  for (const status::FieldViolation& fault :
       CheckReportedJob(job, Known{absl::CivilDay(2026, 3, 9)})) {
    fields.push_back(fault.field);
  }
  return fields;
}

TEST(ReportedJob, MayHaveEnded_AndGoesWithoutEarnings) {
  EXPECT_TRUE(FieldsOfReported({Employment::kRelated, "2026-02-01", "2026-03-08", 35, 0}).empty());
  EXPECT_TRUE(FieldsOfReported({Employment::kOther, "2026-03-09", "2026-03-09", 1, 5}).empty());
  EXPECT_TRUE(FieldsOfReported({Employment::kInProfession, "1966-03-09", "", 100, 5}).empty());
}

TEST(ReportedJob, CannotBeginBeforeThePersonWas14) {
  const auto reasons = [](const std::string& start) {
    std::vector<std::string> named;
    const Job job{Employment::kOther, start, "", 20, 1};
    for (const auto& fault :
         CheckReportedJob(job, {absl::CivilDay(2026, 3, 9), absl::CivilDay(2004, 2, 29)})) {
      named.push_back(fault.reason);
    }
    return named;
  };
  EXPECT_EQ(reasons("2018-02-28"), std::vector<std::string>{"START_TOO_YOUNG"});
  EXPECT_TRUE(reasons("2018-03-01").empty());
}

TEST(ReportedJob, NamesEveryFault) {
  using Fields = std::vector<std::string>;
  EXPECT_EQ(FieldsOfReported({Employment::kUnspecified, "", "", 0, 6}),
            (Fields{"job.kind", "job.start", "job.hours_per_week", "job.earnings"}));
  EXPECT_EQ(FieldsOfReported({Employment::kNone, "1966-03-08", "2026-03-10", 101, -1}),
            (Fields{"job.kind", "job.start", "job.end", "job.hours_per_week", "job.earnings"}));
  EXPECT_EQ(FieldsOfReported({Employment::kOther, "2026-03-10", "", 20, 1}), Fields{"job.start"});
  EXPECT_EQ(FieldsOfReported({Employment::kOther, "2026-03-02", "2026-03-01", 20, 1}),
            Fields{"job.end"});
}

}  // namespace
}  // namespace tremplin::outcome
