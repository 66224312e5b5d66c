// Follow-ups are planned the same whatever the order of the facts, reminded of, and end with who
// leaves.

#include "services/outcome/testing/fixture.h"

namespace tremplin::outcome {
namespace {

TEST_F(OutcomeServiceTest, SchedulesTheSame_WhicheverFactComesFirst) {
  const absl::Time ended = module_.now();
  Enrol(1);
  GoThrough(1, ended - absl::Hours(24), ended);
  GoThrough(2, ended - absl::Hours(24), ended);  // heard before the enrolment
  EXPECT_TRUE(List(Herself(2), v1::FollowUp::STATE_UNSPECIFIED).empty());
  Enrol(2);
  for (const int n : {1, 2}) {
    SCOPED_TRACE(n);
    EXPECT_EQ(List(Herself(n), v1::FollowUp::STATE_OPEN).size(), 2u);       // baseline and exit
    EXPECT_EQ(List(Herself(n), v1::FollowUp::STATE_SCHEDULED).size(), 2u);  // month_3 and year_1
  }
  EXPECT_EQ(module_.Events<events::v1::FollowUpOpened>().size(), 4u);
}

TEST_F(OutcomeServiceTest, CountsFromTheEndOfTheEngagementThatBeganFirst) {
  const absl::Time first = module_.now();
  Enrol(1);
  GoThrough(1, first, first + absl::Hours(24 * 30));
  const absl::Time open = OpenOf(StageOf(1, "month_3"));
  GoThrough(1, first + absl::Hours(24 * 31), first + absl::Hours(24 * 60), "again");
  // One that began while the first ran, and ended sooner, is not the first either.
  GoThrough(1, first + absl::Hours(24 * 5), first + absl::Hours(24 * 10), "beside");
  EXPECT_EQ(OpenOf(StageOf(1, "month_3")), open);
  EXPECT_EQ(OpenOf(StageOf(1, "exit")), first + absl::Hours(24 * 30));
  EXPECT_EQ(Step("completed"), 3);
}

TEST_F(OutcomeServiceTest, TakesASecondEngagementHeardOfFirst_BackWhenTheFirstIsKnown) {
  const absl::Time first = module_.now();
  Enrol(1);
  GoThrough(1, first + absl::Hours(24 * 31), first + absl::Hours(24 * 60), "again");
  EXPECT_EQ(StageOf(1, "exit").state(), v1::FollowUp::STATE_OPEN);
  const auto ref = Engagement("m1", {1});
  Deliver(Of<session::events::v1::EngagementStarted>(ref), "m1", first);
  EXPECT_EQ(StageOf(1, "exit").name(), "");  // it has not ended
  EXPECT_EQ(StageOf(1, "month_3").name(), "");
  Deliver(CompletedAt(ref, first + absl::Hours(24 * 40)), "m1", first + absl::Hours(24 * 40));
  EXPECT_EQ(OpenOf(StageOf(1, "exit")), first + absl::Hours(24 * 40));
}

TEST_F(OutcomeServiceTest, EndsAStageOfAGroup_ForWhoLeftItByThemselves) {
  for (const int n : {1, 2, 3}) Enrol(n);
  const absl::Time began = module_.now();
  Deliver(Of<session::events::v1::EngagementStarted>(Engagement("g", {1, 2})), "g", began);
  module_.MoveBy(absl::Hours(24 * 7));
  auto joined = Of<session::events::v1::ParticipantJoined>(Engagement("g", {1, 2, 3}));
  *joined.mutable_participant() = Mentee(3);
  Deliver(joined, "g", module_.now());
  module_.MoveBy(absl::Hours(24 * 7));
  auto left = Of<session::events::v1::ParticipantLeft>(Engagement("g", {1, 3}));
  *left.mutable_participant() = Mentee(2);
  Deliver(left, "g", module_.now());
  EXPECT_EQ(OpenOf(StageOf(2, "exit")), module_.now());
  EXPECT_EQ(StageOf(1, "exit").name(), "");
  const absl::Time ended = module_.now() + absl::Hours(24 * 7);
  module_.MoveTo(ended);
  Deliver(CompletedAt(Engagement("g", {1, 3}), ended), "g", ended);
  EXPECT_EQ(OpenOf(StageOf(1, "exit")), ended);
  EXPECT_EQ(OpenOf(StageOf(3, "exit")), ended);
  EXPECT_LT(OpenOf(StageOf(2, "exit")), ended);
  EXPECT_EQ(Step("started"), 1);  // one engagement, whatever its size
  EXPECT_EQ(Step("completed"), 1);
}

TEST_F(OutcomeServiceTest, StartsNothing_WhereNothingBegan) {
  Enrol(1);
  const auto ref = Engagement("g", {1, 2});
  Deliver(Of<session::events::v1::AgreementLapsed>(ref), "g", module_.now());
  auto left = Of<session::events::v1::ParticipantLeft>(Engagement("h", {2}));
  *left.mutable_participant() = Mentee(1);
  Deliver(left, "h", module_.now());
  EXPECT_EQ(StageOf(1, "exit").name(), "");
  EXPECT_EQ(Step("lapsed"), 1);
  // Who joined one that never began has begun nothing: the next engagement is their first.
  auto joined = Of<session::events::v1::ParticipantJoined>(Engagement("l", {1}));
  *joined.mutable_participant() = Mentee(1);
  Deliver(joined, "l", module_.now());
  Deliver(Of<session::events::v1::AgreementLapsed>(Engagement("l", {1})), "l", module_.now());
  GoThrough(1, module_.now() + absl::Hours(1), module_.now() + absl::Hours(24));
  EXPECT_EQ(OpenOf(StageOf(1, "exit")), module_.now() + absl::Hours(24));
}

TEST_F(OutcomeServiceTest, CountsFromTheFirstMeetingAttended) {
  for (const int n : {1, 2}) Enrol(n);
  module_.MoveTo(Local(2026, 3, 20, 12));
  const auto ref = Engagement("g", {1, 2});
  Deliver(Met(ref, "s2", Local(2026, 3, 10, 18), {1, 2}), "g", module_.now());
  Deliver(Met(ref, "s1", Local(2026, 3, 3, 18), {1}), "g", module_.now());  // logged afterwards
  Deliver(Met(ref, "s3", Local(2026, 3, 17, 18), {1, 2}), "g", module_.now());
  EXPECT_EQ(OpenOf(StageOf(1, "met_1")), Local(2026, 4, 3));
  EXPECT_EQ(OpenOf(StageOf(2, "met_1")), Local(2026, 4, 10));
  EXPECT_EQ(Step("sessions"), 3);
}

TEST_F(OutcomeServiceTest, FollowsWhatASessionIsPutRightTo) {
  Enrol(1);
  const auto ref = Engagement("m1", {1});
  Deliver(Of<session::events::v1::EngagementStarted>(ref), "m1", Local(2026, 1, 6));
  Deliver(Met(ref, "s1", Local(2026, 1, 10, 18), {1}), "m1", Local(2026, 1, 10, 20));
  Deliver(Met(ref, "s2", Local(2026, 1, 20, 18), {1}), "m1", Local(2026, 1, 20, 20));
  EXPECT_EQ(OpenOf(StageOf(1, "met_1")), Local(2026, 2, 10));
  EXPECT_EQ(Step("sessions"), 2);
  auto corrected = Of<session::events::v1::SessionCorrected>(ref);
  corrected.set_session("s1");
  *corrected.mutable_held_at() = resources::ToTimestamp(Local(2026, 1, 12, 18));
  corrected.add_attended("enrolment-1");
  corrected.add_attended("mentor-enrolment");
  Deliver(corrected, "m1", Local(2026, 1, 21));
  EXPECT_EQ(OpenOf(StageOf(1, "met_1")), Local(2026, 2, 12));
  auto struck = Of<session::events::v1::SessionStruck>(ref);
  struck.set_session("s1");
  Deliver(struck, "m1", Local(2026, 1, 22));
  EXPECT_EQ(OpenOf(StageOf(1, "met_1")), Local(2026, 2, 20));
  EXPECT_EQ(Step("sessions"), 1);
  struck.set_session("s2");
  Deliver(struck, "m1", Local(2026, 1, 23));
  EXPECT_EQ(StageOf(1, "met_1").name(), "");  // they have not met
  EXPECT_EQ(Step("sessions"), 0);
}

TEST_F(OutcomeServiceTest, RemindsNobodyTwice_WhenAnEarlierMeetingBecomesKnown) {
  Enrol(1);
  const absl::Time first = module_.now();
  const auto ref = Engagement("m1", {1});
  Deliver(Of<session::events::v1::EngagementStarted>(ref), "m1", first);
  Deliver(Met(ref, "s1", first, {1}), "m1", first);
  module_.MoveBy(absl::Hours(24 * 45));  // a month to the opening, ten days to the first reminder
  ASSERT_EQ(StageOf(1, "met_1").state(), v1::FollowUp::STATE_OPEN);
  ASSERT_EQ(StageOf(1, "met_1").attempts(), 1);
  const absl::Time before = OpenOf(StageOf(1, "met_1"));
  Deliver(Met(ref, "s0", first - absl::Hours(24 * 3), {1}), "m1", module_.now());
  EXPECT_LT(OpenOf(StageOf(1, "met_1")), before);
  module_.MoveBy(absl::Hours(1));
  EXPECT_EQ(StageOf(1, "met_1").attempts(), 1);
  module_.MoveBy(absl::Hours(24 * 10));
  EXPECT_EQ(StageOf(1, "met_1").attempts(), 2);  // the second, as planned
}

TEST_F(OutcomeServiceTest, KnowsWhoAttended_ThoughTheyLeftSinceAndEnrolmentComesLast) {
  const absl::Time enrolled = module_.now();
  module_.MoveTo(Local(2026, 3, 20, 12));
  // Mentee 1 is no longer among the participants when the session is told of.
  Deliver(Met(Engagement("g", {2}), "s1", Local(2026, 3, 3, 18), {1, 2}), "g", module_.now());
  Deliver(Created(1), "enrolment-1", enrolled);
  EXPECT_EQ(OpenOf(StageOf(1, "met_1")), Local(2026, 4, 3));
}

TEST_F(OutcomeServiceTest, OpensALaterStageWithItsDay_AndHasWholeDaysOverTheChangeOfHour) {
  Enrol(1);
  GoThrough(1, Local(2026, 1, 7, 9), Local(2026, 2, 10, 9));
  // From 10 May for thirty days; the clocks changed in March.
  EXPECT_EQ(OpenOf(StageOf(1, "month_3")), Local(2026, 5, 10));
  EXPECT_EQ(CloseOf(StageOf(1, "month_3")), Local(2026, 6, 9));
  module_.MoveTo(Local(2026, 5, 9, 23));
  EXPECT_EQ(status::ReasonOf(Answer(Herself(1), StageOf(1, "month_3"), v1::EMPLOYMENT_STATUS_NONE)),
            "FOLLOW_UP_NOT_OPEN");
  module_.MoveTo(Local(2026, 6, 8, 21));
  EXPECT_TRUE(Answer(Herself(1), StageOf(1, "month_3"), v1::EMPLOYMENT_STATUS_NONE).ok());
}

TEST_F(OutcomeServiceTest, SendsNothingMoreToWhoLeft_AndCountsThemApart) {
  module_.MoveTo(Local(2026, 1, 6, 14));
  for (int n = 1; n <= 3; ++n) Enrol(n);
  GoThrough(1, Local(2026, 1, 6, 14), Local(2026, 1, 7, 14));
  ASSERT_TRUE(Answer(Herself(1), StageOf(1, "baseline"), v1::EMPLOYMENT_STATUS_NONE).ok());
  module_.MoveTo(Local(2026, 1, 8));
  Leave(1);
  Leave(2);
  EXPECT_EQ(StageOf(1, "baseline").state(), v1::FollowUp::STATE_ANSWERED);
  EXPECT_EQ(StageOf(1, "exit").state(), v1::FollowUp::STATE_LEFT);
  EXPECT_EQ(StageOf(1, "month_3").state(), v1::FollowUp::STATE_LEFT);
  EXPECT_EQ(StageOf(1, "year_1").state(), v1::FollowUp::STATE_SCHEDULED);  // followed after it
  EXPECT_EQ(StageOf(2, "baseline").state(), v1::FollowUp::STATE_LEFT);
  EXPECT_EQ(StageOf(2, "exit").name(), "");  // no engagement, and not followed without
  EXPECT_EQ(OpenOf(StageOf(2, "year_1")), Local(2027, 1, 8));
  EXPECT_EQ(
      status::ReasonOf(Answer(Herself(2), StageOf(2, "baseline"), v1::EMPLOYMENT_STATUS_NONE)),
      "FOLLOW_UP_CLOSED");
  module_.MoveTo(Local(2026, 7, 1));
  EXPECT_EQ(module_.Events<events::v1::FollowUpOpened>().size(), 4u);  // 3 baselines, an exit
  EXPECT_EQ(module_.Events<events::v1::FollowUpAttemptDue>().size(), 2u);
  EXPECT_EQ(module_.Events<events::v1::FollowUpLost>().size(), 1u);
  const v1::StageReport baseline = Stage("baseline");
  EXPECT_EQ(baseline.due(), 3);
  EXPECT_EQ(baseline.answered(), 1);
  EXPECT_EQ(baseline.left(), 1);
  EXPECT_EQ(baseline.lost(), 1);
  EXPECT_EQ(baseline.open(), 0);
  EXPECT_EQ(baseline.response().denominator(), 2);
  EXPECT_EQ(Stage("month_3").left(), 1);
  EXPECT_EQ(Step("left"), 2);
  module_.MoveTo(Local(2027, 1, 8, 12));
  EXPECT_EQ(StageOf(2, "year_1").state(), v1::FollowUp::STATE_OPEN);
}

TEST_F(OutcomeServiceTest, CountsAsLeft_WhoWasTakenForLostBeforeTheirLeavingWasHeardOf) {
  module_.MoveTo(Local(2026, 1, 6, 14));
  Enrol(1);
  module_.MoveTo(Local(2026, 3, 1));
  EXPECT_EQ(Stage("baseline").lost(), 1);
  Deliver(Left(1), "enrolment-1", Local(2026, 1, 20));
  EXPECT_EQ(Stage("baseline").lost(), 0);
  EXPECT_EQ(Stage("baseline").left(), 1);
  // Who left after the window had closed was lost.
  Enrol(2);
  module_.MoveTo(Local(2026, 5, 1));
  Leave(2);
  EXPECT_EQ(Stage("baseline").lost(), 1);
}

}  // namespace
}  // namespace tremplin::outcome
