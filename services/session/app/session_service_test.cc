#include <string>
#include <vector>

#include "services/session/testing/fixture.h"

// The engagement of one and one.
namespace tremplin::session {
namespace {

namespace facts = tremplin::session::events::v1;
using resources::FromTimestamp;

class PairTest : public ServiceTest {
 protected:
  absl::Status Match(int n = 1) {
    auto made = Made("proposal-" + std::to_string(n), "pair", {n}, {n});
    *made.mutable_sign_by() = resources::ToTimestamp(module_.now() + absl::Hours(24 * 14));
    return Deliver(made);
  }
  v1::Engagement Only(const rpc::Principal& as) {
    v1::ListEngagementsRequest request;
    request.set_program(kProgram);
    auto response = Call<v1::ListEngagementsResponse>(as, "ListEngagements", request);
    EXPECT_TRUE(response.ok()) << response.status();
    EXPECT_EQ(response->engagements_size(), 1);
    return response->engagements_size() == 1 ? response->engagements(0) : v1::Engagement();
  }
  // One that both have signed.
  std::string Active() {
    EXPECT_EQ(Match(), absl::OkStatus());
    const std::string name = Only(Staff()).name();
    EXPECT_TRUE(Sign(Mentee(), name).ok());
    EXPECT_EQ(Sign(Mentor(), name)->state(), v1::Engagement::STATE_ACTIVE);
    return name;
  }
};

TEST_F(PairTest, AMatchOpensOneEngagementWhoseIdFollowsFromTheProposal) {
  ASSERT_EQ(Match(), absl::OkStatus());
  EXPECT_EQ(Match().code(), absl::StatusCode::kAlreadyExists);
  const v1::Engagement made = Only(Staff());
  EXPECT_EQ(made.state(), v1::Engagement::STATE_AGREEMENT_PENDING);
  EXPECT_EQ(made.proposal(), "proposals/proposal-1");
  EXPECT_EQ(made.format(), "pair");
  EXPECT_EQ(Of(made, "mentee-1").business_key(), "alpha/mentee-1");
  ASSERT_EQ(module_.Events<facts::AgreementPending>().size(), 1u);
  const facts::EngagementRef ref = module_.Events<facts::AgreementPending>()[0].engagement();
  EXPECT_EQ(Of(ref, "mentor-1").person(), "person-mentor-1");
  EXPECT_EQ(Of(ref, "mentor-1").side(), program::v1::SUBJECT_MENTOR);
}

TEST_F(PairTest, ADefinitionNotYetKnownIsFetched) {
  testing::OneModule empty(Spec(), module_.now());
  empty.SetPeer("tremplin.registration.v1.RegistrationService/GetProgram",
                [](const std::string&) -> absl::StatusOr<std::string> {
                  registration::v1::Program program;
                  *program.mutable_definition() = Definition();
                  return program.SerializeAsString();
                });
  EXPECT_EQ(empty.Deliver(Made("p", "pair", {1}, {1}), "p", empty.now()), absl::OkStatus());
  const auto started = empty.Events<facts::EngagementStarted>();
  ASSERT_EQ(started.size(), 1u);
  EXPECT_EQ(FromTimestamp(started[0].term()), clock::EndOfDay(empty.now(), 90, Zone()));
}

TEST_F(PairTest, AFormatThatTheProgramHasNotIsADeadLetter) {
  EXPECT_EQ(Deliver(Made("p", "trio", {1}, {1})).code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(PairTest, BothSignAndItIsActiveUntilItsTerm) {
  const std::string name = Active();
  const auto started = module_.Events<facts::EngagementStarted>();
  ASSERT_EQ(started.size(), 1u);
  EXPECT_EQ(FromTimestamp(started[0].term()), FromTimestamp(Get(name).term_time()));
  EXPECT_EQ(FromTimestamp(started[0].term()), clock::EndOfDay(module_.now(), 90, Zone()));
}

TEST_F(PairTest, EveryoneActsOnTheirOwnOnly) {
  const std::string name = Active();
  EXPECT_EQ(Sign(Mentee(2), name).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Log(Mentor(2), name, module_.now(), v1::CONTACT_CALL).status().code(),
            absl::StatusCode::kNotFound);
  // A person's credential as a mentee does not act as the mentor they may be elsewhere.
  EXPECT_EQ(Sign(Person(rpc::Role::ROLE_MENTEE, "person-mentor-1"), name).status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_EQ(Get(Staff("another-program"), name).status().code(), absl::StatusCode::kNotFound);
  const auto own = Get(Mentee(), name);
  ASSERT_TRUE(own.ok());
  EXPECT_EQ(Of(*own, "mentor-1").business_key(), "");
  EXPECT_EQ(Of(*own, "mentee-1").business_key(), "alpha/mentee-1");
  v1::ListEngagementsRequest list;
  EXPECT_EQ(
      Call<v1::ListEngagementsResponse>(Mentee(2), "ListEngagements", list)->engagements_size(), 0);
  EXPECT_EQ(
      Call<v1::ListEngagementsResponse>(Mentor(), "ListEngagements", list)->engagements_size(), 1);
}

TEST_F(PairTest, ListsAreByProgramStateAndFormat) {
  const std::string pair = Active();
  for (int n = 2; n <= 20; ++n) Begun("hours", {n}, {n});
  const auto names = [&](const std::string& format, v1::Engagement::State state, int size) {
    v1::ListEngagementsRequest list;
    list.set_program(kProgram);
    list.set_format(format);
    list.set_state(state);
    list.set_page_size(size);
    std::vector<std::string> all;
    while (true) {
      auto page = Call<v1::ListEngagementsResponse>(Staff(), "ListEngagements", list);
      EXPECT_TRUE(page.ok()) << page.status();
      for (const v1::Engagement& one : page->engagements()) {
        EXPECT_EQ(one.participants_size(), 2);
        all.push_back(one.name());
      }
      if (page->next_page_token().empty()) return all;
      list.set_page_token(page->next_page_token());
    }
  };
  EXPECT_EQ(names("", v1::Engagement::STATE_UNSPECIFIED, 7).size(), 20u);
  EXPECT_EQ(names("", v1::Engagement::STATE_UNSPECIFIED, 100).size(), 20u);
  EXPECT_EQ(names("hours", v1::Engagement::STATE_UNSPECIFIED, 100).size(), 19u);
  EXPECT_EQ(names("hours", v1::Engagement::STATE_COMPLETED, 100).size(), 0u);
  EXPECT_EQ(names("", v1::Engagement::STATE_ACTIVE, 3).size(), 20u);
  EXPECT_EQ(names("pair", v1::Engagement::STATE_ACTIVE, 3), std::vector<std::string>{pair});
}

TEST_F(PairTest, AnUnsignedAgreementLapsesAndAllAreMatchedAgain) {
  ASSERT_EQ(Match(), absl::OkStatus());
  const std::string name = Only(Staff()).name();
  ASSERT_TRUE(Sign(Mentee(), name).ok());
  module_.MoveBy(absl::Hours(24 * 15));
  EXPECT_EQ(Get(name).state(), v1::Engagement::STATE_LAPSED);
  const auto lapsed = module_.Events<facts::AgreementLapsed>();
  ASSERT_EQ(lapsed.size(), 1u);
  EXPECT_EQ(lapsed[0].reason(), "not_signed");
  EXPECT_EQ(Of(lapsed[0].engagement(), "mentee-1").rematch(), facts::Participant::REMATCH_YES);
  EXPECT_EQ(Of(lapsed[0].engagement(), "mentor-1").rematch(), facts::Participant::REMATCH_YES);
  EXPECT_EQ(Sign(Mentor(), name).status().code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(PairTest, SessionsAddUpWhereTheirKindCounts) {
  const std::string name = Active();
  module_.MoveBy(absl::Hours(48));
  const absl::Time held = module_.now() - absl::Hours(3);
  const auto counted = Log(Mentee(), name, held, v1::CONTACT_IN_PERSON);
  ASSERT_TRUE(counted.ok()) << counted.status();
  EXPECT_TRUE(counted->counts());
  EXPECT_EQ(counted->attended_size(), 2);
  EXPECT_FALSE(Log(Mentor(), name, held + absl::Hours(1), v1::CONTACT_MAIL, 15)->counts());
  EXPECT_EQ(
      Log(Mentor(), name, module_.now() - absl::Minutes(59), v1::CONTACT_CALL).status().code(),
      absl::StatusCode::kFailedPrecondition);
  const auto faults = Log(Mentor(), name, held, v1::CONTACT_UNSPECIFIED, 1441, {"?"});
  EXPECT_EQ(faults.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(status::DetailOf(faults.status()).violations.size(), 3u);
  EXPECT_EQ(Get(name).counted_minutes(), 60);
  EXPECT_EQ(Get(name).session_count(), 2);
  EXPECT_EQ(Of(Get(name), "mentor-1").counted_minutes(), 60);
  ASSERT_EQ(module_.Events<facts::SessionLogged>().size(), 2u);
  EXPECT_EQ(module_.Events<facts::SessionLogged>()[0].attended(0), "mentee-1");
  v1::ListSessionsRequest list;
  list.set_engagement(name);
  list.set_page_size(1);
  const auto page = Call<v1::ListSessionsResponse>(Mentee(), "ListSessions", list);
  ASSERT_EQ(page->sessions_size(), 1);
  list.set_page_token(page->next_page_token());
  EXPECT_EQ(Call<v1::ListSessionsResponse>(Mentee(), "ListSessions", list)->sessions_size(), 1);
}

TEST_F(PairTest, TwoLogsOfOneMeetingAreOne) {
  const std::string name = Active();
  module_.MoveBy(absl::Hours(48));
  const absl::Time held = module_.now() - absl::Hours(10);
  const auto first = Log(Mentee(), name, held, v1::CONTACT_IN_PERSON, 60);
  ASSERT_TRUE(first.ok());
  const auto again = Log(Mentor(), name, held + absl::Minutes(59), v1::CONTACT_CALL, 60);
  EXPECT_EQ(again.status().code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(status::ReasonOf(again.status()), "SESSION_OVERLAPS");
  EXPECT_NE(status::DetailOf(again.status()).en.find(first->name()), std::string::npos);
  EXPECT_FALSE(Log(Mentor(), name, held - absl::Minutes(59), v1::CONTACT_CALL, 60).ok());
  EXPECT_TRUE(Log(Mentor(), name, held + absl::Minutes(60), v1::CONTACT_CALL, 60).ok());
  EXPECT_TRUE(Log(Mentor(), name, held - absl::Minutes(60), v1::CONTACT_CALL, 60).ok());
  EXPECT_EQ(Get(name).session_count(), 3);
  // One that was struck is in nobody's way.
  v1::StrikeSessionRequest strike;
  strike.set_name(first->name());
  strike.set_reason("not_held");
  ASSERT_TRUE(Call<v1::Session>(Staff(), "StrikeSession", strike).ok());
  EXPECT_TRUE(Log(Mentor(), name, held + absl::Minutes(5), v1::CONTACT_CALL, 30).ok());
}

TEST_F(PairTest, WhatWasLoggedWrongIsCorrectedOrStruckWithAReasonAndItsHistoryStays) {
  const std::string name = Active();
  module_.MoveBy(absl::Hours(48));
  const absl::Time held = module_.now() - absl::Hours(10);
  const auto logged = Log(Mentee(), name, held, v1::CONTACT_MAIL, 60);
  ASSERT_TRUE(logged.ok());
  EXPECT_EQ(Get(name).counted_minutes(), 0);
  v1::CorrectSessionRequest correct;
  correct.set_name(logged->name());
  *correct.mutable_held_time() = resources::ToTimestamp(held);
  correct.set_minutes(90);
  correct.set_contact(v1::CONTACT_IN_PERSON);
  EXPECT_EQ(FaultOf(Call<v1::Session>(Mentor(), "CorrectSession", correct).status()),
            "REASON_UNKNOWN");
  correct.set_reason("wrong_length");
  correct.set_etag("\"9\"");
  EXPECT_EQ(Call<v1::Session>(Mentor(), "CorrectSession", correct).status().code(),
            absl::StatusCode::kAborted);
  correct.set_etag(logged->etag());
  const auto corrected = Call<v1::Session>(Mentor(), "CorrectSession", correct);
  ASSERT_TRUE(corrected.ok()) << corrected.status();
  EXPECT_EQ(corrected->state(), v1::Session::STATE_CORRECTED);
  EXPECT_EQ(corrected->reason(), "wrong_length");
  EXPECT_EQ(Get(name).counted_minutes(), 90);
  EXPECT_EQ(Get(name).session_count(), 1);
  EXPECT_EQ(module_.Count("SELECT minutes FROM session_history"), 60);
  EXPECT_EQ(module_.Count("SELECT COUNT(*) FROM session_history_attendance"), 2);
  v1::StrikeSessionRequest strike;
  strike.set_name(logged->name());
  strike.set_reason("logged_twice");
  const auto struck = Call<v1::Session>(Staff(), "StrikeSession", strike);
  ASSERT_TRUE(struck.ok()) << struck.status();
  EXPECT_EQ(struck->state(), v1::Session::STATE_STRUCK);
  EXPECT_FALSE(struck->counts());
  EXPECT_EQ(Get(name).counted_minutes(), 0);
  EXPECT_EQ(Of(Get(name), "mentee-1").session_count(), 0);
  EXPECT_EQ(module_.Count("SELECT COUNT(*) FROM session_history"), 2);
  const auto told = module_.Events<facts::SessionCorrected>();
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].minutes(), 90);
  EXPECT_EQ(told[0].reason(), "wrong_length");
  EXPECT_EQ(told[0].attended_size(), 2);
  ASSERT_EQ(module_.Events<facts::SessionStruck>().size(), 1u);
  EXPECT_EQ(module_.Events<facts::SessionStruck>()[0].session(), told[0].session());
  correct.clear_etag();
  EXPECT_EQ(status::ReasonOf(Call<v1::Session>(Mentor(), "CorrectSession", correct).status()),
            "SESSION_STRUCK");
  correct.set_name(name + "/sessions/unknown");
  EXPECT_EQ(Call<v1::Session>(Mentor(), "CorrectSession", correct).status().code(),
            absl::StatusCode::kNotFound);
  correct.set_name(name);
  EXPECT_FALSE(Call<v1::Session>(Mentor(), "CorrectSession", correct).ok());
}

TEST_F(PairTest, ReviewsAreOverdueUntilRecorded) {
  const std::string name = Active();
  module_.MoveBy(absl::Hours(24 * 32));
  EXPECT_EQ(module_.Events<facts::ReviewDue>().size(), 1u);
  EXPECT_TRUE(Get(name).review_overdue());
  v1::RecordReviewRequest review;
  review.set_engagement(name);
  EXPECT_EQ(Call(Staff(), "RecordReview", review).status().code(),
            absl::StatusCode::kInvalidArgument);
  review.set_status(v1::RecordReviewRequest::STATUS_AT_RISK);
  const auto recorded = Call(Staff(), "RecordReview", review);
  ASSERT_TRUE(recorded.ok());
  EXPECT_FALSE(recorded->review_overdue());
  EXPECT_EQ(recorded->review_status(), "at_risk");
  EXPECT_EQ(Get(Mentee(), name)->review_status(), "");
  EXPECT_EQ(module_.Events<facts::ReviewRecorded>()[0].status(), "at_risk");
  module_.MoveBy(absl::Hours(24 * 31));
  EXPECT_EQ(module_.Events<facts::ReviewDue>().size(), 2u);
}

TEST_F(PairTest, CheckInsAreToldAndMissesInARowAreFlagged) {
  const std::string name = Active();
  v1::AnswerCheckInRequest check_in;
  check_in.set_engagement(name);
  const auto answer = [&](const rpc::Principal& as, bool met, int rating) {
    check_in.set_met(met);
    check_in.set_rating(rating);
    return Call<v1::AnswerCheckInResponse>(as, "AnswerCheckIn", check_in).status();
  };
  EXPECT_EQ(FaultOf(answer(Mentee(), true, 11)), "RATING_OUT_OF_RANGE");
  EXPECT_EQ(FaultOf(answer(Mentee(), true, 0)), "RATING_OUT_OF_RANGE");
  EXPECT_EQ(FaultOf(answer(Mentee(), false, 3)), "RATING_WITHOUT_MEETING");
  EXPECT_EQ(answer(Mentee(), true, 9), absl::OkStatus());
  ASSERT_EQ(module_.Events<facts::CheckInAnswered>().size(), 1u);
  EXPECT_EQ(module_.Events<facts::CheckInAnswered>()[0].by(), "mentee-1");
  EXPECT_EQ(answer(Mentee(), false, 0), absl::OkStatus());
  EXPECT_EQ(module_.Events<facts::MissesFlagged>().size(), 0u);
  EXPECT_EQ(answer(Mentor(), false, 0), absl::OkStatus());
  ASSERT_EQ(module_.Events<facts::MissesFlagged>().size(), 1u);
  EXPECT_EQ(module_.Events<facts::MissesFlagged>()[0].misses(), 2);
  EXPECT_EQ(Get(name).misses(), 2);
  EXPECT_EQ(Get(Mentee(), name)->misses(), 0);
}

TEST_F(PairTest, TimeClosesItAfterTheGraceAndAsksTheMenteeWhatTheyWish) {
  const std::string name = Active();
  const absl::Time term = FromTimestamp(Get(name).term_time());
  module_.MoveTo(term + absl::Hours(24 * 14) - absl::Seconds(1));
  EXPECT_EQ(Get(name).state(), v1::Engagement::STATE_ACTIVE);
  EXPECT_TRUE(Log(Mentee(), name, term - absl::Hours(5), v1::CONTACT_IN_PERSON).ok());
  module_.MoveBy(absl::Hours(2));
  EXPECT_EQ(Get(name).state(), v1::Engagement::STATE_COMPLETED);
  const auto completed = module_.Events<facts::EngagementCompleted>();
  ASSERT_EQ(completed.size(), 1u);
  EXPECT_EQ(completed[0].reason(), "term");
  EXPECT_EQ(completed[0].counted_minutes(), 60);
  const facts::Participant& mentee = Of(completed[0].engagement(), "mentee-1");
  EXPECT_EQ(mentee.counted_minutes(), 60);
  EXPECT_EQ(mentee.rematch(), facts::Participant::REMATCH_UNSPECIFIED);
  EXPECT_EQ(Of(completed[0].engagement(), "mentor-1").rematch(), facts::Participant::REMATCH_YES);
  EXPECT_EQ(Log(Mentee(), name, term, v1::CONTACT_CALL).status().code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(module_.Count("SELECT COUNT(*) FROM session_timer"), 0);
  v1::AnswerRematchRequest answer;
  answer.set_name(name);
  EXPECT_EQ(FaultOf(Call(Mentee(), "AnswerRematch", answer).status()), "REMATCH_REQUIRED");
  answer.set_rematch(v1::REMATCH_NO);
  ASSERT_TRUE(Call(Mentee(), "AnswerRematch", answer).ok());
  ASSERT_TRUE(Call(Mentee(), "AnswerRematch", answer).ok());  // once is enough
  EXPECT_EQ(FaultOf(Call(Staff(), "AnswerRematch", answer).status()), "ENROLMENT_REQUIRED");
  answer.set_enrolment("enrolments/mentor-1");
  EXPECT_EQ(FaultOf(Call(Mentee(), "AnswerRematch", answer).status()), "ENROLMENT_NOT_YOURS");
  answer.set_rematch(v1::REMATCH_NO);  // who would have been matched again says no
  ASSERT_TRUE(Call(Staff(), "AnswerRematch", answer).ok());
  const auto answered = module_.Events<facts::RematchAnswered>();
  ASSERT_EQ(answered.size(), 2u);
  EXPECT_EQ(answered[0].participant().enrolment(), "mentee-1");
  EXPECT_EQ(answered[0].participant().rematch(), facts::Participant::REMATCH_NO);
  EXPECT_EQ(answered[1].participant().enrolment(), "mentor-1");
  EXPECT_EQ(answered[1].participant().rematch(), facts::Participant::REMATCH_NO);
  // What one side wishes is not told to the other.
  EXPECT_EQ(Of(*Get(Mentor(), name), "mentee-1").rematch(), v1::REMATCH_UNSPECIFIED);
}

TEST_F(PairTest, AnExtensionMovesTheTermAndItsTimers) {
  const std::string name = Active();
  const absl::Time term = FromTimestamp(Get(name).term_time());
  v1::ExtendEngagementRequest extend;
  extend.set_name(name);
  EXPECT_EQ(FaultOf(Call(Mentee(), "ExtendEngagement", extend).status()), "DAYS_OUT_OF_RANGE");
  extend.set_days(91);
  EXPECT_EQ(status::ReasonOf(Call(Mentee(), "ExtendEngagement", extend).status()),
            "EXTENSION_TOO_LONG");
  extend.set_days(30);
  EXPECT_EQ(Of(*Call(Mentee(), "ExtendEngagement", extend), "mentee-1").extension_days(), 30);
  ASSERT_EQ(module_.Events<facts::ExtensionAsked>().size(), 1u);
  EXPECT_EQ(module_.Events<facts::ExtensionAsked>()[0].by(), "mentee-1");
  EXPECT_TRUE(Call(Mentor(), "ExtendEngagement", extend).ok());
  EXPECT_EQ(module_.Events<facts::EngagementExtended>().size(), 1u);
  module_.MoveTo(term + absl::Hours(24 * 20));
  EXPECT_EQ(Get(name).state(), v1::Engagement::STATE_ACTIVE);
  module_.MoveBy(absl::Hours(24 * 30));
  EXPECT_EQ(Get(name).state(), v1::Engagement::STATE_COMPLETED);
  EXPECT_EQ(module_.Events<facts::ReviewDue>().size(), 3u);  // 30, 60 and 90 days
}

TEST_F(PairTest, EitherSideEndsItEarlyWithAReasonAndAnswersForThemselves) {
  const std::string name = Active();
  v1::EndEngagementEarlyRequest end;
  end.set_name(name);
  end.set_reason("bored");
  EXPECT_EQ(FaultOf(Call(Mentor(), "EndEngagementEarly", end).status()), "REASON_UNKNOWN");
  end.set_reason("not_a_fit");
  end.set_rematch(v1::REMATCH_YES);
  end.set_rematch_mentees(v1::REMATCH_NO);
  EXPECT_EQ(FaultOf(Call(Mentor(), "EndEngagementEarly", end).status()), "REMATCH_NOT_YOURS");
  end.clear_rematch_mentees();
  ASSERT_TRUE(Call(Mentor(), "EndEngagementEarly", end).ok());
  const auto ended = module_.Events<facts::EngagementEndedEarly>();
  ASSERT_EQ(ended.size(), 1u);
  EXPECT_EQ(Of(ended[0].engagement(), "mentor-1").rematch(), facts::Participant::REMATCH_YES);
  EXPECT_EQ(Of(ended[0].engagement(), "mentee-1").rematch(),
            facts::Participant::REMATCH_UNSPECIFIED);
  EXPECT_EQ(module_.Count("SELECT COUNT(*) FROM session_timer"), 0);
}

TEST_F(PairTest, WhoLeavesThePairEndsIt) {
  const std::string name = Active();
  ASSERT_TRUE(Leave(Mentee(), name, "found_work", v1::REMATCH_NO).ok());
  const auto ended = module_.Events<facts::EngagementEndedEarly>();
  ASSERT_EQ(ended.size(), 1u);
  EXPECT_EQ(ended[0].reason(), "found_work");
  EXPECT_EQ(ended[0].engagement().participants_size(), 2);
  EXPECT_EQ(module_.Events<facts::ParticipantLeft>().size(), 0u);
}

TEST_F(PairTest, AnEnrolmentThatEndsEndsThePairAndTheOtherWaitsAgain) {
  const std::string name = Active();
  EndEnrolment("mentee-1");
  EXPECT_EQ(Get(name).state(), v1::Engagement::STATE_ENDED_EARLY);
  const auto ended = module_.Events<facts::EngagementEndedEarly>();
  ASSERT_EQ(ended.size(), 1u);
  EXPECT_EQ(ended[0].reason(), "enrolment_ended");
  EXPECT_EQ(Of(ended[0].engagement(), "mentee-1").rematch(), facts::Participant::REMATCH_NO);
  EXPECT_EQ(Of(ended[0].engagement(), "mentor-1").rematch(), facts::Participant::REMATCH_YES);
  for (const rpc::Principal& one : {Mentee(), Mentor()}) {
    EXPECT_EQ(status::ReasonOf(LogNow(one, name).status()), "ENGAGEMENT_ENDED");
  }
  EndEnrolment("mentee-1");  // told twice, it is one end
  EXPECT_EQ(module_.Events<facts::EngagementEndedEarly>().size(), 1u);
}

TEST_F(PairTest, AMatchOfWhoHasLeftMeanwhileIsOffAtOnce) {
  EndEnrolment("mentor-1");
  ASSERT_EQ(Match(), absl::OkStatus());
  EXPECT_EQ(Only(Staff()).state(), v1::Engagement::STATE_LAPSED);
  const auto lapsed = module_.Events<facts::AgreementLapsed>();
  ASSERT_EQ(lapsed.size(), 1u);
  EXPECT_EQ(lapsed[0].reason(), "enrolment_ended");
  // Who comes back is another matter.
  Ready("mentor-2");
  EndEnrolment("mentor-2");
  Ready("mentor-2");
  ASSERT_EQ(Match(2), absl::OkStatus());
  EXPECT_EQ(module_.Events<facts::AgreementLapsed>().size(), 1u);
}

TEST_F(PairTest, ARetryOfARequestHasOneEffect) {
  const std::string name = Active();
  module_.MoveBy(absl::Hours(1));
  v1::LogSessionRequest request =
      SessionAt(name, module_.now() - absl::Hours(1), v1::CONTACT_IN_PERSON, 45);
  request.set_request_id("3f0c5c3e-1111-4222-8333-444455556666");
  const auto first = Call<v1::Session>(Mentee(), "LogSession", request);
  const auto again = Call<v1::Session>(Mentee(), "LogSession", request);
  ASSERT_TRUE(first.ok() && again.ok());
  EXPECT_EQ(first->SerializeAsString(), again->SerializeAsString());
  EXPECT_EQ(Get(name).session_count(), 1);
}

}  // namespace
}  // namespace tremplin::session
