#include <string>
#include <vector>

#include "services/session/testing/fixture.h"

// Engagements of other kinds than one and one: groups, single meetings, seasons, hours.
namespace tremplin::session {
namespace {

namespace facts = tremplin::session::events::v1;
using resources::FromTimestamp;

using GroupTest = ServiceTest;

TEST_F(GroupTest, WhoLeavesIsToldOfAndTheOthersGoOn) {
  const std::string name = Begun("group", {1, 2, 3}, {1});
  const absl::Time held = module_.now();
  module_.MoveBy(absl::Hours(24));
  const auto logged = Log(Mentor(), name, held, v1::CONTACT_VIDEO, 60, {"mentee-3", "mentor-1"});
  ASSERT_TRUE(logged.ok()) << logged.status();
  v1::EndEngagementEarlyRequest end;
  end.set_name(name);
  end.set_reason("moved");
  EXPECT_EQ(status::ReasonOf(Call(Mentee(3), "EndEngagementEarly", end).status()), "LEAVE_INSTEAD");
  EXPECT_EQ(FaultOf(Leave(Mentee(3), name, "moved", v1::REMATCH_YES, "mentee-1").status()),
            "ENROLMENT_NOT_YOURS");
  ASSERT_TRUE(Leave(Mentee(3), name, "found_work", v1::REMATCH_NO).ok());
  const auto left = module_.Events<facts::ParticipantLeft>();
  ASSERT_EQ(left.size(), 1u);
  EXPECT_EQ(left[0].reason(), "found_work");
  EXPECT_EQ(left[0].participant().enrolment(), "mentee-3");
  EXPECT_EQ(left[0].participant().rematch(), facts::Participant::REMATCH_NO);
  EXPECT_EQ(left[0].participant().counted_minutes(), 60);
  EXPECT_EQ(left[0].engagement().participants_size(), 3);
  EXPECT_EQ(Get(name).state(), v1::Engagement::STATE_ACTIVE);
  // Staff see who left and why; the others no more than that somebody is gone.
  EXPECT_EQ(Of(Get(name), "mentee-3").leave_reason(), "found_work");
  EXPECT_EQ(Get(Mentee(1), name)->participants_size(), 3);
}

TEST_F(GroupTest, WhoLeftSeesItAsItWasAndLogsNothing) {
  const std::string name = Begun("group", {1, 2, 3}, {1});
  const absl::Time first = module_.now();
  module_.MoveBy(absl::Hours(24));
  const auto logged = Log(Mentor(), name, first, v1::CONTACT_VIDEO);
  ASSERT_TRUE(logged.ok());
  ASSERT_TRUE(Leave(Mentee(3), name, "moved", v1::REMATCH_YES).ok());
  module_.MoveBy(absl::Hours(24));
  ASSERT_TRUE(LogNow(Mentor(), name).ok());
  v1::SetGoalRequest goal;
  goal.set_engagement(name);
  goal.set_code("network");
  ASSERT_TRUE(Call(Mentee(1), "SetGoal", goal).ok());
  module_.MoveBy(absl::Hours(24 * 90));
  ASSERT_EQ(Get(name).state(), v1::Engagement::STATE_COMPLETED);

  const auto seen = Get(Mentee(3), name);
  ASSERT_TRUE(seen.ok()) << seen.status();
  EXPECT_EQ(seen->state(), v1::Engagement::STATE_ACTIVE);
  EXPECT_FALSE(seen->has_end_time());
  EXPECT_EQ(seen->end_reason(), "");
  EXPECT_EQ(seen->goals_size(), 0);
  EXPECT_EQ(seen->session_count(), 1);
  EXPECT_EQ(Of(*seen, "mentee-3").counted_minutes(), 60);
  EXPECT_EQ(Of(*seen, "mentee-3").leave_reason(), "moved");
  EXPECT_EQ(Of(*seen, "mentee-1").counted_minutes(), 0);
  v1::ListSessionsRequest sessions;
  sessions.set_engagement(name);
  EXPECT_EQ(Call<v1::ListSessionsResponse>(Mentee(3), "ListSessions", sessions)->sessions_size(),
            1);
  EXPECT_EQ(Call<v1::ListSessionsResponse>(Mentee(1), "ListSessions", sessions)->sessions_size(),
            2);
  v1::ListEngagementsRequest list;
  list.set_state(v1::Engagement::STATE_COMPLETED);
  EXPECT_EQ(
      Call<v1::ListEngagementsResponse>(Mentee(3), "ListEngagements", list)->engagements_size(), 0);
  list.set_state(v1::Engagement::STATE_ACTIVE);
  EXPECT_EQ(
      Call<v1::ListEngagementsResponse>(Mentee(3), "ListEngagements", list)->engagements_size(), 1);
}

TEST_F(GroupTest, WhoLeftActsNoMoreThanToAnswerForThemselves) {
  const std::string name = Begun("group", {1, 2, 3}, {1});
  ASSERT_TRUE(Leave(Staff(), name, "other", v1::REMATCH_UNSPECIFIED, "mentee-3").ok());
  EXPECT_EQ(module_.Events<facts::ParticipantLeft>()[0].participant().rematch(),
            facts::Participant::REMATCH_UNSPECIFIED);
  module_.MoveBy(absl::Hours(2));
  EXPECT_EQ(status::ReasonOf(
                Log(Mentee(3), name, module_.now() - absl::Hours(2), v1::CONTACT_VIDEO).status()),
            "NOT_IN_ENGAGEMENT");
  EXPECT_EQ(status::ReasonOf(Leave(Mentee(3), name, "moved", v1::REMATCH_YES).status()),
            "NOT_IN_ENGAGEMENT");
  v1::AnswerRematchRequest answer;
  answer.set_name(name);
  answer.set_rematch(v1::REMATCH_YES);
  EXPECT_EQ(status::ReasonOf(Call(Mentee(1), "AnswerRematch", answer).status()),
            "ENGAGEMENT_NOT_ENDED");
  ASSERT_TRUE(Call(Mentee(3), "AnswerRematch", answer).ok());
  EXPECT_EQ(module_.Events<facts::RematchAnswered>()[0].participant().enrolment(), "mentee-3");
}

TEST_F(GroupTest, BelowItsLeastItEndsForAll) {
  const std::string name = Begun("group", {1, 2}, {1});
  ASSERT_TRUE(Leave(Mentee(2), name, "moved", v1::REMATCH_NO).ok());
  const auto ended = module_.Events<facts::EngagementEndedEarly>();
  ASSERT_EQ(ended.size(), 1u);
  EXPECT_EQ(ended[0].reason(), "too_few_left");
  EXPECT_EQ(ended[0].engagement().participants_size(), 3);
  EXPECT_EQ(Of(ended[0].engagement(), "mentee-2").rematch(), facts::Participant::REMATCH_NO);
  EXPECT_EQ(Of(ended[0].engagement(), "mentee-1").rematch(),
            facts::Participant::REMATCH_UNSPECIFIED);
  EXPECT_EQ(module_.Events<facts::ParticipantLeft>().size(), 0u);
}

TEST_F(GroupTest, SomebodyJoinsARunningOne) {
  const std::string name = Begun("group", {1, 2, 3}, {1});
  ASSERT_TRUE(Leave(Mentee(3), name, "moved", v1::REMATCH_NO).ok());
  module_.MoveBy(absl::Hours(24));
  auto made = Made("gap", "group", {4}, {});
  made.mutable_proposal()->set_joins_engagement(name.substr(std::string("engagements/").size()));
  ASSERT_EQ(Deliver(made), absl::OkStatus());
  const auto joined = module_.Events<facts::ParticipantJoined>();
  ASSERT_EQ(joined.size(), 1u);
  EXPECT_EQ(joined[0].participant().enrolment(), "mentee-4");
  EXPECT_EQ(joined[0].engagement().participants_size(), 4);
  EXPECT_EQ(Get(Mentee(4), name)->participants_size(), 4);
  // Who left sees nothing of who came.
  EXPECT_EQ(Get(Mentee(3), name)->participants_size(), 4);
  EXPECT_EQ(FaultOf(Log(Mentor(), name, module_.now() - absl::Hours(24), v1::CONTACT_VIDEO, 60,
                        {"mentee-4", "mentor-1"})
                        .status()),
            "ATTENDED_UNKNOWN");
}

TEST_F(GroupTest, WhoJoinsWhatHasEndedJoinsNothing) {
  const std::string name = Begun("group", {1, 2}, {1});
  ASSERT_TRUE(Leave(Mentee(2), name, "moved", v1::REMATCH_NO).ok());
  auto made = Made("gap", "group", {4}, {});
  made.mutable_proposal()->set_joins_engagement(name.substr(std::string("engagements/").size()));
  ASSERT_EQ(Deliver(made), absl::OkStatus());
  EXPECT_EQ(module_.Events<facts::ParticipantJoined>().size(), 0u);
  EXPECT_EQ(Get(Mentee(4), name).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(GroupTest, AnEnrolmentThatEndsLeavesTheGroup) {
  const std::string name = Begun("group", {1, 2, 3}, {1});
  const std::string pair = Begun("hours", {3}, {2});
  EndEnrolment("mentee-3");
  EXPECT_EQ(Get(name).state(), v1::Engagement::STATE_ACTIVE);
  EXPECT_EQ(Get(pair).state(), v1::Engagement::STATE_ENDED_EARLY);
  ASSERT_EQ(module_.Events<facts::ParticipantLeft>().size(), 1u);
  EXPECT_EQ(module_.Events<facts::ParticipantLeft>()[0].reason(), "enrolment_ended");
  v1::AnswerRematchRequest answer;
  answer.set_name(name);
  answer.set_rematch(v1::REMATCH_YES);
  EXPECT_EQ(status::ReasonOf(Call(Mentee(3), "AnswerRematch", answer).status()), "ENROLMENT_ENDED");
}

class MeetingTest : public ServiceTest {
 protected:
  // A meeting that was held.
  std::string Held(int mentee, int mentor, const std::string& continues = "") {
    const std::string name = Begun("meeting", {mentee}, {mentor}, continues);
    const auto logged = LogNow(Mentee(mentee), name, 30);
    EXPECT_TRUE(logged.ok()) << logged.status();
    return name;
  }
  absl::StatusOr<v1::Introduction> Introduce(const rpc::Principal& as, const std::string& name,
                                             const std::string& to) {
    v1::GiveIntroductionRequest request;
    request.set_engagement(name);
    if (!to.empty()) request.set_to_enrolment("enrolments/" + to);
    return Call<v1::Introduction>(as, "GiveIntroduction", request);
  }
  std::vector<v1::Introduction> Introductions(const std::string& name) {
    v1::ListIntroductionsRequest request;
    request.set_engagement(name);
    auto all = Call<v1::ListIntroductionsResponse>(Mentee(), "ListIntroductions", request);
    EXPECT_TRUE(all.ok()) << all.status();
    return {all->introductions().begin(), all->introductions().end()};
  }
  absl::StatusOr<v1::Chain> Chain(const rpc::Principal& as) {
    v1::GetChainRequest request;
    request.set_enrolment("enrolments/mentee-1");
    return Call<v1::Chain>(as, "GetChain", request);
  }
};

TEST_F(MeetingTest, TheFirstSessionEndsIt) {
  const std::string name = Begun("meeting");
  EXPECT_FALSE(module_.Events<facts::EngagementStarted>()[0].has_term());
  EXPECT_FALSE(Get(name).has_term_time());
  ASSERT_TRUE(LogNow(Mentor(), name, 30).ok());
  const v1::Engagement held = Get(name);
  EXPECT_EQ(held.state(), v1::Engagement::STATE_COMPLETED);
  EXPECT_EQ(held.end_reason(), "held");
  EXPECT_EQ(FromTimestamp(held.term_time()), module_.now());
  EXPECT_EQ(held.introductions_missing(), 3);
  ASSERT_EQ(module_.Events<facts::EngagementCompleted>().size(), 1u);
  EXPECT_EQ(module_.Events<facts::EngagementCompleted>()[0].sessions(), 1);
  // The other logs the same meeting: they are told which it is, not that it has ended.
  EXPECT_EQ(
      status::ReasonOf(
          Log(Mentee(), name, module_.now() - absl::Minutes(30), v1::CONTACT_VIDEO, 30).status()),
      "SESSION_OVERLAPS");
}

TEST_F(MeetingTest, MissingIntroductionsAreAskedForAsOftenAsTheDefinitionSays) {
  const std::string name = Held(1, 1);
  const absl::Time held = module_.now();
  Ready("mentor-2");
  ASSERT_TRUE(Introduce(Mentor(), name, "mentor-2").ok());
  module_.MoveTo(clock::EndOfDay(held, 6, Zone()) - absl::Seconds(1));
  EXPECT_EQ(module_.Events<facts::IntroductionsDue>().size(), 0u);
  module_.MoveBy(absl::Seconds(2));
  ASSERT_EQ(module_.Events<facts::IntroductionsDue>().size(), 1u);
  EXPECT_EQ(module_.Events<facts::IntroductionsDue>()[0].missing(), 2);
  EXPECT_EQ(module_.Events<facts::IntroductionsDue>()[0].attempt(), 1);
  ASSERT_TRUE(Introduce(Mentor(), name, "").ok());
  module_.MoveBy(absl::Hours(24 * 60));
  const auto due = module_.Events<facts::IntroductionsDue>();
  ASSERT_EQ(due.size(), 2u);
  EXPECT_EQ(due[1].missing(), 1);
  EXPECT_EQ(module_.Count("SELECT COUNT(*) FROM session_timer"), 0);
}

TEST_F(MeetingTest, AConnectorLeadsOnToWhoIsReadyInTheProgram) {
  const std::string name = Held(1, 1);
  Ready("mentor-2");
  Ready("mentor-3");
  Ready("mentor-8", "", "another-program");
  Ready("mentee-9");
  for (const char* unknown : {"mentor-7", "mentor-8", "mentee-9"}) {
    EXPECT_EQ(FaultOf(Introduce(Mentor(), name, unknown).status()), "INTRODUCED_UNKNOWN");
  }
  Ready("mentor-1");
  EXPECT_EQ(FaultOf(Introduce(Mentor(), name, "mentor-1").status()), "INTRODUCED_THEMSELVES");
  ASSERT_TRUE(Introduce(Mentor(), name, "mentor-2").ok());
  EXPECT_EQ(Introduce(Mentor(), name, "mentor-2").status().code(),
            absl::StatusCode::kAlreadyExists);
  ASSERT_TRUE(Introduce(Mentor(), name, "").ok());
  EXPECT_EQ(Get(name).introductions_missing(), 1);  // two instead of three
  ASSERT_TRUE(Introduce(Staff(), name, "mentor-3").ok());
  EXPECT_EQ(Get(name).introductions_missing(), 0);
  module_.MoveBy(absl::Hours(24 * 30));
  EXPECT_EQ(module_.Events<facts::IntroductionsDue>().size(), 0u);
  const auto given = module_.Events<facts::IntroductionGiven>();
  ASSERT_EQ(given.size(), 3u);
  EXPECT_EQ(given[0].to(), "mentor-2");
  EXPECT_EQ(given[1].to(), "");
  EXPECT_EQ(status::ReasonOf(Introduce(Mentor(), Begun("hours"), "mentor-2").status()),
            "NO_INTRODUCTIONS");
}

TEST_F(MeetingTest, AChainIsAGraph) {
  for (const char* one : {"mentee-1", "mentor-1", "mentor-2", "mentor-3"}) Ready(one);
  const std::string first = Held(1, 1);
  ASSERT_TRUE(Introduce(Mentor(1), first, "mentor-2").ok());
  ASSERT_TRUE(Introduce(Mentor(1), first, "mentor-3").ok());
  const std::string second = Held(1, 2, first);
  module_.MoveBy(absl::Hours(1));
  const std::string third = Held(1, 3, first);
  const std::string became = Begun("hours", {1}, {2}, second);
  Begun("meeting", {2}, {1});  // of somebody else
  EXPECT_EQ(Introductions(first)[0].engagement(), second);
  EXPECT_EQ(Introductions(first)[1].engagement(), third);
  EXPECT_EQ(Get(second).continues(), first);
  const auto chain = Chain(Mentee());
  ASSERT_TRUE(chain.ok()) << chain.status();
  ASSERT_EQ(chain->meetings_size(), 3);
  EXPECT_EQ(chain->meetings(0).engagement(), first);
  EXPECT_EQ(chain->meetings(0).introduced_by(), "");
  EXPECT_EQ(chain->meetings(0).introductions_given(), 2);
  EXPECT_EQ(chain->meetings(1).introduced_by(), first);
  EXPECT_EQ(chain->meetings(1).connector_enrolment(), "enrolments/mentor-2");
  EXPECT_EQ(chain->meetings(1).became(), became);
  EXPECT_EQ(chain->meetings(2).introduced_by(), first);
  EXPECT_EQ(chain->meetings(2).became(), "");
  EXPECT_TRUE(Chain(Staff()).ok());
  EXPECT_EQ(Chain(Mentee(2)).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Chain(Staff("another-program")).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(MeetingTest, ItBecomesAMentorshipWhenBothWishIt) {
  const std::string name = Held(1, 1);
  v1::WishToContinueRequest wish;
  wish.set_name(name);
  wish.set_format("group");
  EXPECT_EQ(FaultOf(Call(Mentee(), "WishToContinue", wish).status()), "FORMAT_UNKNOWN");
  wish.set_format("pair");
  ASSERT_TRUE(Call(Mentee(), "WishToContinue", wish).ok());
  EXPECT_EQ(module_.Events<facts::ContinuationAgreed>().size(), 0u);
  // An unrequited wish is not told to the other.
  EXPECT_EQ(Of(*Get(Mentor(), name), "mentee-1").continue_as(), "");
  EXPECT_EQ(Of(*Get(Mentee(), name), "mentee-1").continue_as(), "pair");
  ASSERT_TRUE(Call(Mentor(), "WishToContinue", wish).ok());
  const auto agreed = module_.Events<facts::ContinuationAgreed>();
  ASSERT_EQ(agreed.size(), 1u);
  EXPECT_EQ(agreed[0].format(), "pair");
  EXPECT_EQ(agreed[0].engagement().participants_size(), 2);
  EXPECT_EQ(status::ReasonOf(Call(Mentor(), "WishToContinue", wish).status()),
            "CONTINUATION_AGREED");
}

using SeasonTest = ServiceTest;

TEST_F(SeasonTest, ItEndsWithTheLastDayOfTheSeasonItStartsIn) {
  const std::string name = Begun("season");  // in January
  const absl::Time last = absl::FromCivil(
      absl::CivilDay(absl::ToCivilYear(module_.now(), Zone()).year(), 7, 1), Zone());
  EXPECT_EQ(FromTimestamp(Get(name).term_time()), last);
  module_.MoveTo(last - absl::Seconds(1));
  EXPECT_EQ(Get(name).state(), v1::Engagement::STATE_ACTIVE);
  module_.MoveBy(absl::Seconds(2));
  EXPECT_EQ(Get(name).state(), v1::Engagement::STATE_COMPLETED);
  EXPECT_EQ(Get(name).end_reason(), "term");
}

TEST_F(SeasonTest, SixSessionsOfNinetyMinutesAreNineCreditsForAMemberAndNoneForAGuest) {
  Ready("mentor-1", "yes");
  Ready("mentee-1", "no");
  const std::string name = Begun("season");
  for (int i = 0; i < 6; ++i) {
    module_.MoveBy(absl::Hours(24));
    ASSERT_TRUE(LogNow(Mentor(), name, 90).ok());
  }
  const v1::Engagement seen = Get(name);
  ASSERT_EQ(Of(seen, "mentor-1").credits_size(), 1);
  EXPECT_EQ(Of(seen, "mentor-1").credits(0).rule(), "category_1");
  EXPECT_EQ(Of(seen, "mentor-1").credits(0).hundredths(), 900);
  EXPECT_EQ(Of(seen, "mentee-1").credits_size(), 0);
  // One's own, and not the other's.
  EXPECT_EQ(Of(*Get(Mentor(), name), "mentor-1").credits_size(), 1);
  EXPECT_EQ(Of(*Get(Mentee(), name), "mentor-1").credits_size(), 0);
  // A kind of contact that does not count earns nothing; what is struck is gone.
  module_.MoveBy(absl::Hours(24));
  const auto mail = LogNow(Mentor(), name, 90, v1::CONTACT_MAIL);
  ASSERT_TRUE(mail.ok());
  EXPECT_EQ(Of(Get(name), "mentor-1").credits(0).hundredths(), 900);
  v1::ListSessionsRequest list;
  list.set_engagement(name);
  const auto sessions = Call<v1::ListSessionsResponse>(Staff(), "ListSessions", list);
  for (const v1::Session& one : sessions->sessions()) {
    if (one.name() == mail->name()) continue;
    v1::StrikeSessionRequest strike;
    strike.set_name(one.name());
    strike.set_reason("not_held");
    ASSERT_TRUE(Call<v1::Session>(Staff(), "StrikeSession", strike).ok());
    break;
  }
  EXPECT_EQ(Of(Get(name), "mentor-1").credits(0).hundredths(), 750);
}

TEST_F(SeasonTest, CreditsFollowTheFactAtTheDayOfTheSessionHoweverLateItIsHeardOf) {
  Ready("mentor-1", "yes");
  const std::string name = Begun("season");
  module_.MoveBy(absl::Hours(24));
  ASSERT_TRUE(LogNow(Mentor(), name, 60).ok());
  const auto credits = [&](const std::string& enrolment) {
    const v1::Engagement seen = Get(name);
    const v1::Participant& one = Of(seen, enrolment);
    return one.credits_size() == 0 ? 0 : one.credits(0).hundredths();
  };
  EXPECT_EQ(credits("mentor-1"), 100);
  // The mentee's readiness, told before the match, is heard only now.
  registration::events::v1::EnrolmentReady ready;
  ready.set_enrolment("mentee-1");
  ready.set_person("person-mentee-1");
  ready.set_program(kProgramId);
  SetCertified("yes", ready.mutable_profile());
  ASSERT_EQ(module_.Deliver(ready, "mentee-1", module_.now() - absl::Hours(24 * 9)),
            absl::OkStatus());
  EXPECT_EQ(credits("mentee-1"), 100);
  // The membership is not renewed: later sessions earn nothing, earlier ones stay.
  module_.MoveBy(absl::Hours(24));
  Changed("mentor-1", "");
  module_.MoveBy(absl::Hours(24));
  ASSERT_TRUE(LogNow(Mentor(), name, 60).ok());
  EXPECT_EQ(credits("mentor-1"), 100);
  EXPECT_EQ(credits("mentee-1"), 200);
}

TEST_F(SeasonTest, AnUndertakingStaysBetweenThePair) {
  const std::string name = Begun("season");
  ASSERT_TRUE(Sign(Mentee(), name, "undertaking").ok());
  EXPECT_EQ(FaultOf(Sign(Mentor(), name).status()), "DOCUMENT_REQUIRED");
  // The pair sees each other's signature; staff nothing yet.
  EXPECT_EQ(Of(*Get(Mentor(), name), "mentee-1").signatures_size(), 1);
  EXPECT_EQ(Of(Get(name), "mentee-1").signatures_size(), 0);
  module_.MoveBy(absl::Hours(24));
  ASSERT_TRUE(Sign(Mentor(), name, "undertaking").ok());
  // Now staff see when it was signed: not who signed first.
  const v1::Engagement seen = Get(name);
  ASSERT_EQ(Of(seen, "mentee-1").signatures_size(), 1);
  EXPECT_EQ(FromTimestamp(Of(seen, "mentee-1").signatures(0).sign_time()), module_.now());
  EXPECT_EQ(FromTimestamp(Of(seen, "mentor-1").signatures(0).sign_time()), module_.now());
}

TEST_F(SeasonTest, AnUnusualLengthIsAskedAbout) {
  const std::string name = Begun("season");
  module_.MoveBy(absl::Hours(24));
  v1::LogSessionRequest request =
      SessionAt(name, module_.now() - absl::Hours(3), v1::CONTACT_VIDEO, 121);
  const auto asked = Call<v1::Session>(Mentor(), "LogSession", request);
  EXPECT_EQ(status::ReasonOf(asked.status()), "LENGTH_UNUSUAL");
  EXPECT_NE(status::DetailOf(asked.status()).en.find("30 to 120"), std::string::npos);
  request.set_confirm_length(true);
  EXPECT_TRUE(Call<v1::Session>(Mentor(), "LogSession", request).ok());
}

TEST_F(SeasonTest, ThePlanIsOfGoalsOfTheVocabularyAndOfPhasesInAnyOrder) {
  const std::string name = Begun("season");
  v1::SetGoalRequest goal;
  goal.set_engagement(name);
  goal.set_code("get rich");
  goal.set_progress(101);
  const auto faults = Call(Mentee(), "SetGoal", goal);
  EXPECT_EQ(status::DetailOf(faults.status()).violations.size(), 2u);
  goal.set_code("network");
  goal.set_progress(10);
  ASSERT_TRUE(Call(Mentee(), "SetGoal", goal).ok());
  goal.set_code("");
  goal.set_goal("g1");
  goal.set_progress(100);
  goal.set_state(v1::Goal::STATE_MET);
  ASSERT_TRUE(Call(Mentor(), "SetGoal", goal).ok());
  v1::SetPhaseRequest phase;
  phase.set_engagement(name);
  phase.set_phase("graduation");
  EXPECT_EQ(FaultOf(Call(Mentee(), "SetPhase", phase).status()), "PHASE_UNKNOWN");
  phase.set_phase("closing");
  phase.set_done(true);
  ASSERT_TRUE(Call(Mentee(), "SetPhase", phase).ok());
  v1::Engagement seen = Get(name);
  ASSERT_EQ(seen.goals_size(), 1);
  EXPECT_EQ(seen.goals(0).code(), "network");
  EXPECT_EQ(seen.goals(0).state(), v1::Goal::STATE_MET);
  EXPECT_EQ(seen.goals(0).progress(), 100);
  ASSERT_EQ(seen.phases_size(), 2);
  EXPECT_EQ(seen.phases(0).phase(), "first_contact");
  EXPECT_FALSE(seen.phases(0).done());
  EXPECT_EQ(FromTimestamp(seen.phases(0).expected_time()),
            clock::EndOfDay(module_.now(), 14, Zone()));
  EXPECT_TRUE(seen.phases(1).done());
  EXPECT_EQ(FromTimestamp(seen.phases(1).done_time()), module_.now());
  phase.set_done(false);
  ASSERT_TRUE(Call(Staff(), "SetPhase", phase).ok());
  seen = Get(name);
  EXPECT_FALSE(seen.phases(1).done());
}

using HoursTest = ServiceTest;

TEST_F(HoursTest, HoursReachedEndIt) {
  const std::string name = Begun("hours");
  module_.MoveBy(absl::Hours(24));
  ASSERT_TRUE(LogNow(Mentor(), name, 119).ok());
  ASSERT_TRUE(LogNow(Mentor(), name, 60, v1::CONTACT_MAIL).ok());
  EXPECT_EQ(Get(name).state(), v1::Engagement::STATE_ACTIVE);
  ASSERT_TRUE(LogNow(Mentor(), name, 5).ok());
  EXPECT_EQ(Get(name).state(), v1::Engagement::STATE_COMPLETED);
  const auto completed = module_.Events<facts::EngagementCompleted>();
  ASSERT_EQ(completed.size(), 1u);
  EXPECT_EQ(completed[0].reason(), "hours_reached");
  EXPECT_EQ(completed[0].counted_minutes(), 124);
  EXPECT_EQ(completed[0].sessions(), 3);
}

TEST_F(HoursTest, TheLatestDayEndsItToo) {
  const std::string name = Begun("hours");
  module_.MoveTo(clock::EndOfDay(module_.now(), 30, Zone()) + absl::Seconds(1));
  EXPECT_EQ(Get(name).end_reason(), "term");
}

}  // namespace
}  // namespace tremplin::session
