#include <cmath>
#include <string>

#include "common/clock/day.h"
#include "common/program/awaited.h"
#include "services/matching/store/runs.h"
#include "services/matching/testing/fixture.h"
#include "tremplin/registration/v1/registration.pb.h"

namespace tremplin::matching {
namespace {

namespace ses = tremplin::session::events::v1;

TEST_F(MatchingTest, ARunProposesWithItsReasonsAndHoldsPlaces) {
  AddMentor(1, 1);
  AddMentee(1);
  AddMentee(2);
  AddMentee(3, "fr");
  const v1::RunMatchingResponse run = Run();
  ASSERT_EQ(run.proposals_size(), 1);
  const v1::Proposal& proposal = run.proposals(0);
  EXPECT_EQ(MenteeIn(proposal), MenteeName(1));
  EXPECT_EQ(MentorIn(proposal), MentorName(1));
  EXPECT_EQ(StageOf(proposal), "INTEREST");
  EXPECT_EQ(proposal.rank(), 1);
  EXPECT_EQ(proposal.program_version(), 1);
  EXPECT_EQ(proposal.contributions_size(), 9);
  EXPECT_EQ(proposal.contributions(0).text().fr(), "Ressemblance des professions (CNP)");
  ASSERT_EQ(run.unmatched_size(), 2);
  EXPECT_EQ(run.unmatched(0).reason(), "others_suit_better");
  EXPECT_NE(run.unmatched(0).text().en().find('0'), std::string::npos);
  EXPECT_EQ(run.unmatched(1).reason(), "no_shared_language");
  EXPECT_NE(run.unmatched(1).text().fr(), "");
  EXPECT_EQ(Reservations(), 1);
  const auto made = module_.Events<facts::ProposalMade>();
  ASSERT_EQ(made.size(), 1u);
  EXPECT_EQ(OneOf(made[0].proposal(), program::v1::SUBJECT_MENTEE).business_key(), "alpha/1");
  EXPECT_EQ(OneOf(made[0].proposal(), program::v1::SUBJECT_MENTOR).business_key(), "M1");
  EXPECT_EQ(Run().proposals_size(), 0);
}

TEST_F(MatchingTest, ARetriedRunHasOneEffectAndOneAnswer) {
  AddMentor(1, 1);
  AddMentee(1);
  AddMentee(2);
  v1::RunMatchingRequest request;
  request.set_program(kProgram);
  request.set_request_id("3f0c5c3e-1111-4222-8333-444455556666");
  const auto first = Call<v1::RunMatchingResponse>(Staff(), "RunMatching", request);
  const auto again = Call<v1::RunMatchingResponse>(Staff(), "RunMatching", request);
  ASSERT_TRUE(first.ok() && again.ok());
  EXPECT_EQ(first->SerializeAsString(), again->SerializeAsString());
  EXPECT_EQ(Active(), 1);
}

TEST_F(MatchingTest, TheWholeWayToAMatchTellsEachStep) {
  AddMentor(1, 1);
  AddMentee(1);
  const std::string name = Run().proposals(0).name();
  Agree(name, 1, 1);
  const auto steps = module_.Events<facts::StepReached>();
  ASSERT_EQ(steps.size(), 2u);
  EXPECT_EQ(steps[0].step(), "contact_meeting");
  EXPECT_EQ(steps[1].step(), "acceptance");
  EXPECT_EQ(module_.Events<facts::ProposalMade>()[0].step(), "interest");
  const auto matched = module_.Events<facts::MatchMade>();
  ASSERT_EQ(matched.size(), 1u);
  EXPECT_GT(resources::FromTimestamp(matched[0].sign_by()), module_.now() + absl::Hours(24 * 14));
  EXPECT_EQ(Reservations(), 1);
  EXPECT_EQ(module_.Count("SELECT COUNT(*) FROM matching_timer"), 0);
}

TEST_F(MatchingTest, ADeclineFreesThePlaceAndTheMorningProposesTheNextBest) {
  AddMentor(1, 1);
  AddMentor(2, 1);
  AddMentee(1);
  const v1::Proposal first = Run().proposals(0);
  const int chosen = MentorIn(first) == MentorName(1) ? 1 : 2;  // both suit alike
  EXPECT_EQ(Answer(Mentor(chosen), first.name(), v1::ANSWER_NO).status().code(),
            absl::StatusCode::kInvalidArgument);
  ASSERT_TRUE(Answer(Mentor(chosen), first.name(), v1::ANSWER_NO, "schedule").ok());
  EXPECT_EQ(Reservations(), 0);
  const auto ended = module_.Events<facts::ProposalEnded>();
  ASSERT_EQ(ended.size(), 1u);
  EXPECT_EQ(ended[0].outcome(), "declined");
  EXPECT_EQ(ended[0].by(), "mentor");
  module_.MoveBy(absl::Hours(24));
  EXPECT_EQ(Active(), 1);
  const auto made = module_.Events<facts::ProposalMade>();
  ASSERT_EQ(made.size(), 2u);
  EXPECT_EQ("enrolments/" + OneOf(made[1].proposal(), program::v1::SUBJECT_MENTOR).enrolment(),
            MentorName(3 - chosen));
}

TEST_F(MatchingTest, SilenceExpiresAndThePairIsNotProposedAgain) {
  AddMentor(1, 1);
  AddMentee(1);
  const std::string name = Run().proposals(0).name();
  ASSERT_TRUE(Answer(Mentee(1), name, v1::ANSWER_YES).ok());
  module_.MoveBy(absl::Hours(24 * 9));
  EXPECT_EQ(StageOf(Get(name)), "EXPIRED");
  EXPECT_EQ(Get(name).ended_by(), "time");
  const v1::RunMatchingResponse run = Run();
  EXPECT_EQ(run.proposals_size(), 0);
  EXPECT_EQ(run.unmatched(0).reason(), "already_declined");
  EXPECT_EQ(Reservations(), 0);
}

TEST_F(MatchingTest, AskingForMoreMovesTheDeadline) {
  AddMentor(1, 1);
  AddMentee(1);
  const std::string name = Run().proposals(0).name();
  module_.MoveBy(absl::Hours(24 * 5));
  ASSERT_TRUE(Answer(Mentee(1), name, v1::ANSWER_ASK_MORE).ok());
  module_.MoveBy(absl::Hours(24 * 5));
  EXPECT_EQ(StageOf(Get(name)), "INTEREST");
  module_.MoveBy(absl::Hours(24 * 3));
  EXPECT_EQ(StageOf(Get(name)), "EXPIRED");
}

TEST_F(MatchingTest, OneSeesOnesOwnProposalsAndCodesOfTheOther) {
  AddMentor(1, 1);
  AddMentee(1);
  AddMentee(2);
  const std::string name = Run().proposals(0).name();
  v1::GetProposalRequest get;
  get.set_name(name);
  const auto own = Call(Mentee(1), "GetProposal", get);
  ASSERT_TRUE(own.ok()) << own.status();
  EXPECT_EQ(own->participants(0).business_key(), "alpha/1");
  EXPECT_EQ(own->participants(1).business_key(), "");
  // What the format discloses at this step, and nothing else.
  EXPECT_EQ(program::ValuesOf(own->participants(1).facts(), "noc"),
            std::vector<std::string>{"21231"});
  EXPECT_EQ(own->participants(1).facts_size(), 1);
  EXPECT_GT(own->participants(0).facts_size(), 1);
  EXPECT_EQ(Call(Mentee(2), "GetProposal", get).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(
      Call(Person(rpc::Role::ROLE_MENTOR, "person-mentee-1"), "GetProposal", get).status().code(),
      absl::StatusCode::kNotFound);
  EXPECT_EQ(Call(Staff("another"), "GetProposal", get).status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_EQ(Answer(Mentee(2), name, v1::ANSWER_YES).status().code(), absl::StatusCode::kNotFound);
  v1::ListProposalsRequest list;
  EXPECT_EQ(Call<v1::ListProposalsResponse>(Mentee(1), "ListProposals", list)->proposals_size(), 1);
  EXPECT_EQ(Call<v1::ListProposalsResponse>(Mentee(2), "ListProposals", list)->proposals_size(), 0);
  list.set_program(kProgram);
  list.set_step(program::v1::ProposalStep::KIND_ACCEPTANCE);
  EXPECT_EQ(Call<v1::ListProposalsResponse>(Staff(), "ListProposals", list)->proposals_size(), 0);
  // Why the mentor stopped is between the mentor and staff.
  ASSERT_TRUE(Answer(Mentor(1), name, v1::ANSWER_NO, "personal").ok());
  EXPECT_EQ(Call(Mentee(1), "GetProposal", get)->end_reason(), "");
  EXPECT_EQ(Get(name).end_reason(), "personal");
}

TEST_F(MatchingTest, StaffNotesASidesAnswerAndSaysWhose) {
  AddMentor(1, 1);
  AddMentee(1);
  v1::AnswerProposalRequest request;
  request.set_name(Run().proposals(0).name());
  request.set_answer(v1::ANSWER_YES);
  EXPECT_EQ(Call(Staff(), "AnswerProposal", request).status().code(),
            absl::StatusCode::kInvalidArgument);
  request.set_enrolment(MentorName(1));
  EXPECT_EQ(Call(Staff(), "AnswerProposal", request)->participants(1).answer(), v1::ANSWER_YES);
  EXPECT_EQ(Call(Mentee(1), "AnswerProposal", request).status().code(),
            absl::StatusCode::kInvalidArgument);
  request.set_enrolment(MenteeName(1));
  request.set_etag("stale");
  EXPECT_EQ(Call(Staff(), "AnswerProposal", request).status().code(), absl::StatusCode::kAborted);
}

TEST_F(MatchingTest, AnOverrideNeedsAReasonAPlaceAndAFreeMentee) {
  AddMentor(1, 1);
  AddMentee(1);
  AddMentee(2, "fr");
  v1::CreateProposalRequest request;
  request.add_participants(MenteeName(2));
  request.add_participants(MentorName(1));
  EXPECT_EQ(Call(Staff(), "CreateProposal", request).status().code(),
            absl::StatusCode::kInvalidArgument);
  const auto made = Override(MenteeName(2), MentorName(1));
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(made->rank(), 0);
  EXPECT_EQ(made->override_reason(), "knows_both");
  EXPECT_EQ(made->contributions_size(), 9);
  EXPECT_EQ(status::ReasonOf(Override(MenteeName(1), MentorName(1)).status()), "MENTOR_FULL");
  AddMentor(2, 1);
  EXPECT_EQ(status::ReasonOf(Override(MenteeName(2), MentorName(2)).status()),
            "MENTEE_ALREADY_PROPOSED");
  EXPECT_EQ(status::ReasonOf(Override(MenteeName(9), MentorName(2)).status()),
            "ENROLMENT_NOT_IN_POOL");
  EXPECT_EQ(Reservations(), 1);
}

TEST_F(MatchingTest, ExclusiveProgramsShareOneMatchAPerson) {
  program::v1::ProgramDefinition other = Ottawa();
  other.set_id("other");
  module_.Publish(other);
  AddMentor(1, 5);
  AddMentee(1);
  ASSERT_EQ(Ready(reg::ENROLMENT_ROLE_MENTEE, 1, Engineer(0), "other", "person-mentee-1"),
            absl::OkStatus());
  ASSERT_EQ(Ready(reg::ENROLMENT_ROLE_MENTOR, 1, Engineer(5), "other"), absl::OkStatus());
  ASSERT_EQ(Run().proposals_size(), 1);
  EXPECT_EQ(
      status::ReasonOf(Override("enrolments/mentee-other1", "enrolments/mentor-other1").status()),
      "MENTEE_ALREADY_PROPOSED");
  v1::RunMatchingRequest request;
  request.set_program("programs/other");
  EXPECT_EQ(Call<v1::RunMatchingResponse>(Staff(), "RunMatching", request)->proposals_size(), 0);
}

TEST_F(MatchingTest, ALoweredCapacityEndsNothingAndBlocksNewOnes) {
  AddMentor(1, 3);
  for (int n = 1; n <= 3; ++n) AddMentee(n);
  const v1::RunMatchingResponse run = Run();
  ASSERT_EQ(run.proposals_size(), 3);
  ASSERT_EQ(SetCapacity(1, 1), absl::OkStatus());
  EXPECT_EQ(Active(), 3);
  AddMentee(4);
  // The lowest slot is free again, but as many places as allowed are still taken.
  ASSERT_TRUE(Answer(Mentee(1), run.proposals(0).name(), v1::ANSWER_NO, "goals").ok());
  EXPECT_EQ(Run().proposals_size(), 0);
  EXPECT_EQ(status::ReasonOf(Override(MenteeName(4), MentorName(1)).status()), "MENTOR_FULL");
  ASSERT_TRUE(Answer(Mentee(2), run.proposals(1).name(), v1::ANSWER_NO, "goals").ok());
  ASSERT_TRUE(Answer(Mentee(3), run.proposals(2).name(), v1::ANSWER_NO, "goals").ok());
  EXPECT_EQ(Run().proposals_size(), 1);
}

TEST_F(MatchingTest, AnEndedEnrolmentCancelsWhatIsOpenAndLeavesThePool) {
  AddMentor(1, 2);
  AddMentee(1);
  AddMentee(2);
  const v1::RunMatchingResponse run = Run();
  ASSERT_EQ(run.proposals_size(), 2);
  ASSERT_EQ(EndEnrolment("mentee-1"), absl::OkStatus());
  EXPECT_EQ(StageOf(Get(run.proposals(0).name())), "CANCELLED");
  EXPECT_EQ(Get(run.proposals(0).name()).ended_by(), "enrolment");
  ASSERT_EQ(EndEnrolment("mentor-1"), absl::OkStatus());
  EXPECT_EQ(Active(), 0);
  EXPECT_EQ(Run().unmatched_size(), 1);
}

TEST_F(MatchingTest, ThePoolShowsWhoWaitsAndWhoIsFree) {
  AddMentor(1, 2);
  AddMentee(1);
  AddMentee(2);
  Run(1);
  v1::ListPoolRequest request;
  request.set_program(kProgram);
  request.set_page_size(2);
  const auto page = Call<v1::ListPoolResponse>(Staff(), "ListPool", request);
  ASSERT_TRUE(page.ok()) << page.status();
  ASSERT_EQ(page->entries_size(), 2);
  EXPECT_EQ(page->entries(0).taken(), 1);
  EXPECT_EQ(page->entries(1).taken(), 0);
  request.set_page_token(page->next_page_token());
  const auto rest = Call<v1::ListPoolResponse>(Staff(), "ListPool", request);
  ASSERT_EQ(rest->entries_size(), 1);
  EXPECT_EQ(rest->entries(0).side(), v1::SIDE_MENTOR);
  EXPECT_EQ(rest->entries(0).capacity(), 2);
  EXPECT_EQ(rest->entries(0).taken(), 1);
  EXPECT_EQ(rest->next_page_token(), "");
  request.set_side(v1::SIDE_MENTOR);  // the token is of another list
  EXPECT_EQ(Call<v1::ListPoolResponse>(Staff(), "ListPool", request).status().code(),
            absl::StatusCode::kInvalidArgument);
}

// What session tells of a match.
class MatchEndTest : public MatchingTest {
 protected:
  using Rematch = ses::Participant::Rematch;
  static constexpr Rematch kYes = ses::Participant::REMATCH_YES;
  static constexpr Rematch kNo = ses::Participant::REMATCH_NO;
  static constexpr Rematch kUnsaid = ses::Participant::REMATCH_UNSPECIFIED;

  void SetUp() override {
    AddMentor(1, 1);
    AddMentee(1);
    name_ = Run().proposals(0).name();
    Agree(name_, 1, 1);
  }
  ses::EngagementRef Ref(Rematch mentee, Rematch mentor) {
    ses::EngagementRef ref;
    ref.set_engagement("e1");
    ref.set_proposal(name_.substr(name_.find('/') + 1));
    ref.set_program(kProgramId);
    ref.set_program_version(1);
    ref.set_format(kOneToOne);
    *ref.add_participants() = Who("mentee-1", program::v1::SUBJECT_MENTEE, mentee);
    *ref.add_participants() = Who("mentor-1", program::v1::SUBJECT_MENTOR, mentor);
    return ref;
  }
  static ses::Participant Who(const std::string& enrolment, program::v1::Subject side,
                              Rematch rematch) {
    ses::Participant one;
    one.set_enrolment(enrolment);
    one.set_side(side);
    one.set_rematch(rematch);
    return one;
  }
  template <class Event>
  absl::Status Tell(Event event, Rematch mentee, Rematch mentor) {
    *event.mutable_engagement() = Ref(mentee, mentor);
    return module_.Deliver(event, "e1", module_.now());
  }
  absl::Status End(const std::string& reason, Rematch mentee, Rematch mentor) {
    ses::EngagementEndedEarly ended;
    ended.set_reason(reason);
    *ended.mutable_ended_at() = resources::ToTimestamp(module_.now());
    return Tell(ended, mentee, mentor);
  }
  std::string name_;
};

TEST_F(MatchEndTest, ALapsedAgreementFreesBothAndBarsThePair) {
  ses::AgreementLapsed lapsed;
  ASSERT_EQ(Tell(lapsed, kYes, kYes), absl::OkStatus());
  EXPECT_EQ(StageOf(Get(name_)), "CLOSED");
  EXPECT_EQ(Reservations(), 0);
  const auto ended = module_.Events<facts::MatchEnded>();
  ASSERT_EQ(ended.size(), 1u);
  EXPECT_EQ(ended[0].freed_size(), 2);
  AddMentor(2, 1);
  const v1::RunMatchingResponse run = Run();
  ASSERT_EQ(run.proposals_size(), 1);
  EXPECT_EQ(MentorIn(run.proposals(0)), MentorName(2));
  EXPECT_EQ(Tell(lapsed, kYes, kYes).code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(MatchEndTest, WhoHasNotSaidWhetherToBeMatchedAgainWaitsToBeAsked) {
  ses::EngagementCompleted completed;
  completed.set_reason("goals_met");
  *completed.mutable_ended_at() = resources::ToTimestamp(module_.now());
  ASSERT_EQ(Tell(completed, kUnsaid, kYes), absl::OkStatus());
  AddMentee(2);
  const v1::RunMatchingResponse run = Run();
  ASSERT_EQ(run.proposals_size(), 1);
  EXPECT_EQ(MenteeIn(run.proposals(0)), MenteeName(2));
  EXPECT_EQ(run.unmatched_size(), 0);
  // Their answer puts them back.
  ses::RematchAnswered said;
  *said.mutable_engagement() = Ref(kYes, kYes);
  *said.mutable_participant() = Who("mentee-1", program::v1::SUBJECT_MENTEE, kYes);
  ASSERT_EQ(module_.Deliver(said, "e1", module_.now()), absl::OkStatus());
  AddMentor(2, 1);
  const v1::RunMatchingResponse again = Run();
  ASSERT_EQ(again.proposals_size(), 1);
  EXPECT_EQ(MenteeIn(again.proposals(0)), MenteeName(1));
}

TEST_F(MatchEndTest, StaffPutSomebodyBackWhoHasNotSaid) {
  ASSERT_EQ(End("moved", kUnsaid, kNo), absl::OkStatus());
  AddMentor(2, 1);
  EXPECT_EQ(Run().proposals_size(), 0);
  v1::ReturnToPoolRequest request;
  request.set_enrolment(MenteeName(1));
  EXPECT_EQ(
      Call<v1::ReturnToPoolResponse>(Staff("another"), "ReturnToPool", request).status().code(),
      absl::StatusCode::kNotFound);
  ASSERT_TRUE(Call<v1::ReturnToPoolResponse>(Staff(), "ReturnToPool", request).ok());
  EXPECT_EQ(Run().proposals_size(), 1);
}

TEST_F(MatchEndTest, AnEarlyEndMatchesAgainWhoWishesIt) {
  ASSERT_EQ(End("not_a_fit", kYes, kNo), absl::OkStatus());
  AddMentee(2);
  EXPECT_EQ(Run().proposals_size(), 0);  // the mentor takes no more
  AddMentor(2, 1);
  const v1::RunMatchingResponse run = Run();
  ASSERT_EQ(run.proposals_size(), 1);
  EXPECT_EQ(MentorIn(run.proposals(0)), MentorName(2));
  // The mentor says anew how many they take.
  ASSERT_EQ(SetCapacity(1, 2), absl::OkStatus());
  EXPECT_EQ(Run().proposals_size(), 1);
}

TEST_F(MatchEndTest, TheTimeWaitedBeforeAMatchCountsAfterIt) {
  // Mentee 1 waited no day, mentee 2 ten; then the match of mentee 1 ends.
  AddMentee(2);
  module_.MoveBy(absl::Hours(24 * 10));
  ASSERT_EQ(End("mentor_unavailable", kYes, kNo), absl::OkStatus());
  AddMentor(2, 1);
  const v1::RunMatchingResponse run = Run();
  ASSERT_EQ(run.proposals_size(), 1);
  EXPECT_EQ(MenteeIn(run.proposals(0)), MenteeName(2));
}

TEST_F(MatchingTest, EachChangeTakesTheNextPoolVersion) {
  AddMentor(1, 1);
  AddMentee(1);
  const std::string version = "SELECT version FROM matching_pool_version";
  EXPECT_EQ(module_.Count(version), 2);
  const std::string name = Run().proposals(0).name();
  EXPECT_EQ(module_.Count(version), 3);
  ASSERT_TRUE(Answer(Mentee(1), name, v1::ANSWER_NO, "goals").ok());
  EXPECT_EQ(module_.Count(version), 4);
  Run();  // nobody to propose
  EXPECT_EQ(module_.Count(version), 4);
}

TEST_F(MatchingTest, TheOutlookCountsPlacesAndWaitOfNearOccupationsAndTheLanguage) {
  AddMentor(1, 2);
  EXPECT_EQ(Ready(reg::ENROLMENT_ROLE_MENTOR, 2, Engineer(3, "fr")), absl::OkStatus());
  TestProfile nurse = Engineer(5);
  nurse.set_noc("31301");
  EXPECT_EQ(Ready(reg::ENROLMENT_ROLE_MENTOR, 3, nurse), absl::OkStatus());
  AddMentee(1);
  AddMentee(2, "fr");
  v1::GetOutlookRequest request;
  request.set_program(kProgram);
  request.set_occupation("21232");
  const auto ask = [&] {
    auto outlook = Call<v1::Outlook>(Staff(), "GetOutlook", request);
    EXPECT_TRUE(outlook.ok()) << outlook.status();
    return outlook.ok() ? *outlook : v1::Outlook();
  };
  EXPECT_EQ(ask().mentors(), 2);
  EXPECT_EQ(ask().free_places(), 5);
  EXPECT_EQ(ask().waiting(), 2);
  request.add_languages("en");
  EXPECT_EQ(ask().mentors(), 1);
  EXPECT_EQ(ask().free_places(), 2);
  EXPECT_EQ(ask().waiting(), 1);
  EXPECT_FALSE(ask().has_median_wait_days());
  // A proposal takes a place, and who has it waits no more.
  module_.MoveBy(absl::Hours(24 * 3));
  ASSERT_EQ(Run().proposals_size(), 2);
  EXPECT_EQ(ask().free_places(), 1);
  EXPECT_EQ(ask().waiting(), 0);
}

TEST_F(MatchingTest, TheWaitIsToldFromFiveMatchesOn) {
  AddMentor(1, 5);
  for (int i = 1; i <= 4; ++i) AddMentee(i);
  module_.MoveBy(absl::Hours(24 * 3));
  v1::GetOutlookRequest request;
  request.set_program(kProgram);
  request.set_occupation("21231");
  const v1::RunMatchingResponse first = Run();
  for (const v1::Proposal& one : first.proposals()) {
    Agree(one.name(), std::stoi(MenteeIn(one).substr(18)), 1);
  }
  EXPECT_FALSE(Call<v1::Outlook>(Staff(), "GetOutlook", request)->has_median_wait_days());
  AddMentee(5);
  module_.MoveBy(absl::Hours(24 * 9));
  const v1::RunMatchingResponse second = Run();
  ASSERT_EQ(second.proposals_size(), 1);
  Agree(second.proposals(0).name(), 5, 1);
  EXPECT_EQ(Call<v1::Outlook>(Staff(), "GetOutlook", request)->median_wait_days(), 3);
  module_.MoveBy(absl::Hours(24 * 175));  // the four are no longer of the last half year
  EXPECT_FALSE(Call<v1::Outlook>(Staff(), "GetOutlook", request)->has_median_wait_days());
}

TEST_F(MatchingTest, TheOutlookOfRubbishAndOfOtherProgramsIsRefused) {
  v1::GetOutlookRequest request;
  request.set_program(kProgram);
  request.set_occupation("2123x");
  EXPECT_EQ(Call<v1::Outlook>(Staff(), "GetOutlook", request).status().code(),
            absl::StatusCode::kInvalidArgument);
  request.set_occupation("21231");
  EXPECT_EQ(Call<v1::Outlook>(Staff("another"), "GetOutlook", request).status().code(),
            absl::StatusCode::kNotFound);
}

TEST_F(MatchingTest, ARunIsKeptWithItsProofAndCanBeSolvedAgain) {
  AddMentor(1, 1);
  AddMentor(2, 2);
  for (int i = 1; i <= 4; ++i) AddMentee(i);
  const v1::RunMatchingResponse response = Run();
  ASSERT_EQ(response.proposals_size(), 3);
  const v1::Run& run = response.run();
  EXPECT_EQ(run.mentees(), 4);
  EXPECT_EQ(run.mentors(), 2);
  EXPECT_EQ(run.free_places(), 3);
  EXPECT_EQ(run.chosen(), 3);
  EXPECT_EQ(run.proposed(), 3);
  EXPECT_EQ(run.trigger(), "staff");
  EXPECT_EQ(run.objective(), "quality");
  EXPECT_TRUE(run.certified());
  EXPECT_GT(run.points(), 0);
  EXPECT_EQ(run.points(), run.bound_points());
  EXPECT_EQ(run.report().all().matched(), 3);
  EXPECT_EQ(run.report().all().match_rate(), 0.75);
  for (const v1::Proposal& proposal : response.proposals()) EXPECT_EQ(proposal.run(), run.name());

  v1::GetRunRequest get;
  get.set_name(run.name());
  const auto kept = Call<v1::Run>(Staff(), "GetRun", get);
  ASSERT_TRUE(kept.ok()) << kept.status();
  EXPECT_EQ(kept->SerializeAsString(), run.SerializeAsString());
  EXPECT_EQ(Call<v1::Run>(Staff("another"), "GetRun", get).status().code(),
            absl::StatusCode::kNotFound);

  v1::VerifyRunRequest verify;
  verify.set_name(run.name());
  auto verified = Call<v1::VerifyRunResponse>(Staff(), "VerifyRun", verify);
  ASSERT_TRUE(verified.ok()) << verified.status();
  EXPECT_TRUE(verified->reproduced());
  EXPECT_TRUE(verified->certified());
  // A record that was tampered with is found out.
  database::WriteOptions write;
  write.lane_key = "tamper";
  write.tenant = database::Tenant::All();
  ASSERT_TRUE(module_.db()
                  .Write(write,
                         [](database::Transaction& tx) {
                           v1::RunRecord record;
                           record.set_limit(7);
                           return tx.Execute("UPDATE matching_run SET record = $1",
                                             {database::Bytes{record.SerializeAsString()}});
                         })
                  .ok());
  verified = Call<v1::VerifyRunResponse>(Staff(), "VerifyRun", verify);
  ASSERT_TRUE(verified.ok()) << verified.status();
  EXPECT_FALSE(verified->reproduced());
}

TEST_F(MatchingTest, RunsAreListedLatestFirstAndOldOnesLoseTheirRecord) {
  AddMentee(1);
  const std::string first = Run().run().name();
  for (int i = 0; i < 2 * store::kRecordsKept - 1; ++i) {
    module_.MoveBy(absl::Hours(1));
    AddMentee(2 + i);  // so that each run is given something else
    Run();
  }
  v1::ListRunsRequest list;
  list.set_program(kProgram);
  list.set_page_size(20);
  std::vector<std::string> names;
  do {
    const auto page = Call<v1::ListRunsResponse>(Staff(), "ListRuns", list);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const v1::Run& run : page->runs()) names.push_back(run.name());
    list.set_page_token(page->next_page_token());
  } while (!list.page_token().empty());
  ASSERT_EQ(names.size(), size_t{2 * store::kRecordsKept});
  EXPECT_EQ(names.back(), first);
  v1::VerifyRunRequest verify;
  verify.set_name(first);
  EXPECT_EQ(status::ReasonOf(Call<v1::VerifyRunResponse>(Staff(), "VerifyRun", verify).status()),
            "RUN_RECORD_GONE");
  for (int i = 0; i < store::kRecordsKept; ++i) {
    verify.set_name(names[static_cast<size_t>(i)]);
    const auto verified = Call<v1::VerifyRunResponse>(Staff(), "VerifyRun", verify);
    ASSERT_TRUE(verified.ok()) << verified.status();
    EXPECT_TRUE(verified->reproduced() && verified->certified()) << i;
  }
  // Of the parts that runs share only those are left which a kept record names: each run stored its
  // newcomer's part, beside the parts that stayed as they were.
  const int64_t parts = module_.Count("SELECT COUNT(*) FROM matching_run_part");
  EXPECT_GT(parts, store::kRecordsKept - 1);
  EXPECT_LE(parts, store::kRecordsKept + static_cast<int64_t>(store::RunInput::kParts));
}

TEST_F(MatchingTest, AMenteeIsToldWhyNobodyAndWhatWouldHelpButNotOfWhom) {
  AddMentor(1, 1);
  AddMentee(1, "fr");
  AddMentee(2);
  v1::ExplainMenteeRequest request;
  request.set_mentee_enrolment(MenteeName(1));
  auto staff = Call<v1::MenteeExplanation>(Staff(), "ExplainMentee", request);
  ASSERT_TRUE(staff.ok()) << staff.status();
  EXPECT_EQ(staff->reason(), "no_shared_language");
  EXPECT_FALSE(staff->text().fr().empty());
  ASSERT_GE(staff->stages_size(), 2);
  EXPECT_EQ(staff->stages(0).rule(), "another_person");
  EXPECT_EQ(staff->stages(0).left(), 1);
  EXPECT_EQ(staff->stages(1).rule(), "shared_language");
  EXPECT_EQ(staff->stages(1).left(), 0);

  // Two who are alike and one place: whoever came second is told that a place more would do.
  AddMentee(3);
  request.set_mentee_enrolment(MenteeName(3));
  staff = Call<v1::MenteeExplanation>(Staff(), "ExplainMentee", request);
  ASSERT_TRUE(staff.ok()) << staff.status();
  EXPECT_EQ(staff->reason(), "others_suit_better");
  EXPECT_EQ(staff->nearest().mentor_enrolment(), MentorName(1));
  ASSERT_GT(staff->remedies_size(), 0);
  EXPECT_EQ(staff->remedies(0).kind(), "place");
  EXPECT_EQ(staff->remedies(0).mentor_enrolment(), MentorName(1));
  const auto own = Call<v1::MenteeExplanation>(Mentee(3), "ExplainMentee", request);
  ASSERT_TRUE(own.ok()) << own.status();
  EXPECT_EQ(own->reason(), "others_suit_better");
  EXPECT_EQ(own->nearest().mentor_enrolment(), "");
  for (const auto& remedy : own->remedies()) EXPECT_EQ(remedy.mentor_enrolment(), "");
  EXPECT_EQ(Call<v1::MenteeExplanation>(Mentee(2), "ExplainMentee", request).status().code(),
            absl::StatusCode::kNotFound);

  request.set_mentee_enrolment(MenteeName(2));
  EXPECT_EQ(Call<v1::MenteeExplanation>(Staff(), "ExplainMentee", request)->reason(), "matched");
  Run();
  EXPECT_EQ(Call<v1::MenteeExplanation>(Staff(), "ExplainMentee", request)->reason(), "proposed");
  request.set_mentee_enrolment(MentorName(1));
  EXPECT_EQ(Call<v1::MenteeExplanation>(Staff(), "ExplainMentee", request).status().code(),
            absl::StatusCode::kNotFound);
}

TEST_F(MatchingTest, TheOtherSideIsToldHowCloseBothAreAndNotHowLongAnybodyWaits) {
  AddMentor(1, 1);
  AddMentee(1);
  const std::string name = Run().proposals(0).name();
  EXPECT_EQ(Get(name).contributions_size(), 9);
  v1::GetProposalRequest request;
  request.set_name(name);
  const auto seen = Call(Mentor(1), "GetProposal", request);
  ASSERT_TRUE(seen.ok()) << seen.status();
  EXPECT_EQ(seen->contributions_size(), 7);
  for (const v1::Contribution& one : seen->contributions()) {
    EXPECT_NE(one.criterion(), "waiting");
    EXPECT_EQ(one.weight(), 0);
    EXPECT_EQ(one.value() * 2, std::floor(one.value() * 2));
  }
  EXPECT_EQ(seen->run(), "");
}

// What a mentor volunteered decides who is proposed, and is not to be read from a score.
TEST_F(MatchingTest, ScoresOfOtherwiseEqualMentorsAreEqualToTheMentee) {
  TestProfile mentee = Engineer(0);
  mentee.add_wishes("woman");
  mentee.add_wishes("parent");
  ASSERT_EQ(Ready(reg::ENROLMENT_ROLE_MENTEE, 1, mentee), absl::OkStatus());
  std::vector<double> to_staff;
  std::vector<double> to_mentee;
  for (int n = 1; n <= 3; ++n) {
    TestProfile mentor = Engineer(1);
    if (n == 1) mentor.add_attributes("woman");
    if (n == 2) mentor.add_attributes("changed_career");
    ASSERT_EQ(Ready(reg::ENROLMENT_ROLE_MENTOR, n, mentor), absl::OkStatus());
    const auto made = Override(MenteeName(1), MentorName(n));
    ASSERT_TRUE(made.ok()) << made.status();
    to_staff.push_back(made->score());
    v1::GetProposalRequest get;
    get.set_name(made->name());
    to_mentee.push_back(Call(Mentee(1), "GetProposal", get)->score());
    ASSERT_TRUE(Answer(Mentee(1), made->name(), v1::ANSWER_NO, "schedule").ok());
  }
  EXPECT_NE(to_staff[0], to_staff[1]);
  EXPECT_NE(to_staff[1], to_staff[2]);
  EXPECT_GT(to_mentee[0], 0);
  EXPECT_EQ(to_mentee[0], to_mentee[1]);
  EXPECT_EQ(to_mentee[1], to_mentee[2]);
}

TEST_F(MatchingTest, ContactIsToldWhereTheFormatDisclosesIt) {
  AddMentor(1, 1);
  AddMentee(1);
  const std::string name = Run().proposals(0).name();
  module_.SetPeer("tremplin.registration.v1.RegistrationService/GetPerson",
                  [](const std::string& bytes) -> absl::StatusOr<std::string> {
                    registration::v1::GetPersonRequest request;
                    request.ParseFromString(bytes);
                    registration::v1::Person person;
                    person.set_given_name("of " + request.name());
                    return person.SerializeAsString();
                  });
  v1::GetProposalRequest get;
  get.set_name(name);
  EXPECT_FALSE(Call(Mentee(1), "GetProposal", get)->participants(1).has_contact());
  Agree(name, 1, 1);
  const auto seen = Call(Mentee(1), "GetProposal", get);
  ASSERT_TRUE(seen.ok()) << seen.status();
  EXPECT_EQ(seen->participants(1).contact().given_name(), "of people/person-mentor-1");
  EXPECT_FALSE(seen->participants(0).has_contact());
}

// A weight may name a fact that the program's registry lets matching compare.
TEST_F(MatchingTest, AFactOfTheProgramCountsByItsName) {
  program::v1::ProgramDefinition definition = Ottawa();
  program::v1::Weight* weight = definition.mutable_formats(0)->mutable_matching()->add_weights();
  weight->set_criterion("tools");
  weight->set_weight(60);
  module_.Publish(definition, 2);
  TestProfile mentee = Engineer(0);
  mentee.Set("tools", {"lathe", "mill"});
  ASSERT_EQ(Ready(reg::ENROLMENT_ROLE_MENTEE, 1, mentee), absl::OkStatus());
  AddMentor(1, 1);  // did not say: half
  TestProfile has = Engineer(1);
  has.Set("tools", {"lathe", "mill", "saw"});
  ASSERT_EQ(Ready(reg::ENROLMENT_ROLE_MENTOR, 2, has), absl::OkStatus());
  TestProfile lacks = Engineer(1);
  lacks.Set("tools", {"saw"});
  ASSERT_EQ(Ready(reg::ENROLMENT_ROLE_MENTOR, 3, lacks), absl::OkStatus());
  const v1::RunMatchingResponse run = Run();
  ASSERT_EQ(run.proposals_size(), 1);
  EXPECT_EQ(MentorIn(run.proposals(0)), MentorName(2));
  const v1::Contribution& part = run.proposals(0).contributions(9);
  EXPECT_EQ(part.criterion(), "tools");
  EXPECT_EQ(part.value(), 1);
  EXPECT_EQ(part.text().fr(), "Outils du métier");
  EXPECT_TRUE(run.run().certified());
}

TEST_F(MatchingTest, AContinuousProgramProposesAsSoonAsSomebodyIsReadyOrFree) {
  program::v1::ProgramDefinition definition = Ottawa();
  definition.mutable_formats(0)->mutable_matching()->set_proposing("continuous");
  module_.Publish(definition, 2);
  AddMentor(1, 1);
  AddMentee(1);
  AddMentee(2);
  module_.MoveBy(absl::ZeroDuration());
  EXPECT_EQ(Active(), 1);
  const auto made = module_.Events<facts::ProposalMade>();
  ASSERT_EQ(made.size(), 1u);
  const std::string name = "proposals/" + made[0].proposal().proposal();
  const std::string first = OneOf(made[0].proposal(), program::v1::SUBJECT_MENTEE).person();
  // A decline frees the place for the other, at the same moment of business time.
  ASSERT_TRUE(Answer(Person(rpc::Role::ROLE_MENTEE, first), name, v1::ANSWER_NO, "schedule").ok());
  module_.MoveBy(absl::ZeroDuration());
  EXPECT_EQ(Active(), 1);
  EXPECT_EQ(module_.Events<facts::ProposalMade>().size(), 2u);
  // More places: whoever waits and was not declined gets one; the pair that was is left alone.
  ASSERT_TRUE(SetCapacity(1, 2).ok());
  AddMentee(3);
  module_.MoveBy(absl::ZeroDuration());
  EXPECT_EQ(Active(), 2);
  EXPECT_EQ(module_.Events<facts::ProposalMade>().size(), 3u);
}

TEST_F(MatchingTest, ADailyProgramWaitsForItsRun) {
  AddMentor(1, 1);
  AddMentee(1);
  module_.MoveBy(absl::Hours(24 * 3));
  EXPECT_EQ(Active(), 0);
}

TEST_F(MatchingTest, StaffBarAPairFromTheEngineAndLiftTheBar) {
  AddMentor(1, 1);
  AddMentee(1);
  v1::SetPairBarRequest request;
  request.set_mentee_enrolment(MenteeName(1));
  request.set_mentor_enrolment(MentorName(1));
  request.set_barred(true);
  EXPECT_EQ(Call<v1::PairBar>(Staff(), "SetPairBar", request).status().code(),
            absl::StatusCode::kInvalidArgument);
  request.set_reason("safety");
  EXPECT_EQ(Call<v1::PairBar>(Staff("another"), "SetPairBar", request).status().code(),
            absl::StatusCode::kNotFound);
  const auto bar = Call<v1::PairBar>(Staff(), "SetPairBar", request);
  ASSERT_TRUE(bar.ok()) << bar.status();
  EXPECT_TRUE(bar->barred());
  const v1::RunMatchingResponse barred = Run();
  EXPECT_EQ(barred.proposals_size(), 0);
  EXPECT_EQ(barred.unmatched(0).reason(), "already_declined");

  request.set_barred(false);
  EXPECT_EQ(Call<v1::PairBar>(Staff(), "SetPairBar", request).status().code(),
            absl::StatusCode::kInvalidArgument);
  request.set_reason("");
  ASSERT_TRUE(Call<v1::PairBar>(Staff(), "SetPairBar", request).ok());
  EXPECT_EQ(Run().proposals_size(), 1);

  std::swap(*request.mutable_mentee_enrolment(), *request.mutable_mentor_enrolment());
  EXPECT_EQ(Call<v1::PairBar>(Staff(), "SetPairBar", request).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

// What never comes keeps nothing behind it waiting for ever.
TEST_F(MatchingTest, ADefinitionIsAwaitedForAWhileOnly) {
  const auto ready = [&] {
    return Ready(reg::ENROLMENT_ROLE_MENTEE, 1, Engineer(0), "unpublished");
  };
  EXPECT_TRUE(absl::IsUnavailable(ready())) << ready();
  module_.clock().AdvanceSystem(program::AwaitedPrograms::kPatience + absl::Seconds(1));
  EXPECT_TRUE(absl::IsNotFound(ready())) << ready();
}

}  // namespace
}  // namespace tremplin::matching
