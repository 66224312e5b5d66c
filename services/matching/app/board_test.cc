// What staff decide on a board: approvals, pins, pauses, and what they look at.

#include <string>
#include <vector>

#include "common/clock/day.h"
#include "services/matching/testing/fixture.h"

namespace tremplin::matching {
namespace {

constexpr absl::Duration kDay = absl::Hours(24);

class BoardTest : public MatchingTest {
 protected:
  // The program as it is, but for a policy in which staff approve.
  void AskForApproval(int days = 7, const std::string& proposing = "") {
    program::v1::ProgramDefinition definition = Ottawa();
    definition = WithApproval(definition, days);
    definition.mutable_formats(0)->mutable_matching()->set_proposing(proposing);
    module_.Publish(definition, 2);
  }
  absl::StatusOr<v1::Proposal> Approve(const std::string& name, const std::string& etag = "") {
    v1::ApproveProposalRequest request;
    request.set_name(name);
    request.set_etag(etag);
    return Call(Staff(), "ApproveProposal", request);
  }
  absl::StatusOr<v1::Proposal> Cancel(const std::string& name, const std::string& reason) {
    v1::CancelProposalRequest request;
    request.set_name(name);
    request.set_reason(reason);
    return Call(Staff(), "CancelProposal", request);
  }
  absl::StatusOr<v1::PairPin> Pin(int mentee, int mentor, absl::Duration lasting = 30 * kDay) {
    v1::SetPairPinRequest request;
    request.set_mentee_enrolment(MenteeName(mentee));
    request.set_mentor_enrolment(MentorName(mentor));
    request.set_pinned(true);
    request.set_reason("special_need");
    *request.mutable_until_time() = resources::ToTimestamp(module_.now() + lasting);
    return Call<v1::PairPin>(Staff(), "SetPairPin", request);
  }
  absl::StatusOr<v1::PairPin> Unpin(int mentee, int mentor) {
    v1::SetPairPinRequest request;
    request.set_mentee_enrolment(MenteeName(mentee));
    request.set_mentor_enrolment(MentorName(mentor));
    return Call<v1::PairPin>(Staff(), "SetPairPin", request);
  }
  absl::StatusOr<v1::Pause> Pause(const rpc::Principal& as, const std::string& enrolment,
                                  absl::Duration lasting = absl::ZeroDuration()) {
    v1::SetPauseRequest request;
    request.set_enrolment(enrolment);
    request.set_paused(true);
    if (lasting > absl::ZeroDuration()) {
      *request.mutable_until_time() = resources::ToTimestamp(module_.now() + lasting);
    }
    return Call<v1::Pause>(as, "SetPause", request);
  }
  absl::StatusOr<v1::Pause> Resume(const rpc::Principal& as, const std::string& enrolment) {
    v1::SetPauseRequest request;
    request.set_enrolment(enrolment);
    return Call<v1::Pause>(as, "SetPause", request);
  }
  v1::MenteeExplanation Explain(int mentee) {
    v1::ExplainMenteeRequest request;
    request.set_mentee_enrolment(MenteeName(mentee));
    auto told = Call<v1::MenteeExplanation>(Staff(), "ExplainMentee", request);
    EXPECT_TRUE(told.ok()) << told.status();
    return told.ok() ? *told : v1::MenteeExplanation();
  }
  std::vector<std::string> List(const v1::ListProposalsRequest& filter, int page_size) {
    v1::ListProposalsRequest request = filter;
    request.set_program(kProgram);
    request.set_page_size(page_size);
    std::vector<std::string> names;
    do {
      const auto page = Call<v1::ListProposalsResponse>(Staff(), "ListProposals", request);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) break;
      for (const v1::Proposal& one : page->proposals()) names.push_back(one.name());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return names;
  }
  std::vector<v1::PairPin> Pins() {
    v1::ListPinsRequest request;
    request.set_program(kProgram);
    const auto page = Call<v1::ListPinsResponse>(Staff(), "ListPins", request);
    EXPECT_TRUE(page.ok()) << page.status();
    return {page->pins().begin(), page->pins().end()};
  }
  int SeenBy(const rpc::Principal& side) {
    return Call<v1::ListProposalsResponse>(side, "ListProposals", v1::ListProposalsRequest())
        ->proposals_size();
  }
  absl::StatusCode Gets(const rpc::Principal& side, const std::string& name) {
    v1::GetProposalRequest request;
    request.set_name(name);
    return Call(side, "GetProposal", request).status().code();
  }
};

TEST_F(BoardTest, WhatIsSuggestedHoldsBothAndIsSeenByStaffAlone) {
  AskForApproval();
  AddMentor(1, 1);
  AddMentee(1);
  AddMentee(2);
  const v1::RunMatchingResponse run = Run();
  ASSERT_EQ(run.proposals_size(), 1);
  const v1::Proposal& suggested = run.proposals(0);
  EXPECT_EQ(StageOf(suggested), "STAFF_APPROVAL");
  absl::TimeZone ottawa;
  ASSERT_TRUE(absl::LoadTimeZone("America/Toronto", &ottawa));
  EXPECT_EQ(resources::FromTimestamp(suggested.due_time()),
            clock::EndOfDay(module_.now(), 7, ottawa));
  EXPECT_EQ(Reservations(), 1);
  EXPECT_EQ(Run().proposals_size(), 0);  // the place and the mentee are held
  EXPECT_TRUE(module_.Events<facts::ProposalMade>().empty());
  for (const rpc::Principal& side : {Mentee(1), Mentor(1)}) {
    EXPECT_EQ(SeenBy(side), 0);
    EXPECT_EQ(Gets(side, suggested.name()), absl::StatusCode::kNotFound);
    EXPECT_EQ(Answer(side, suggested.name(), v1::ANSWER_YES).status().code(),
              absl::StatusCode::kNotFound);
  }
  // Nor does the mentee learn of it by asking why there is nobody.
  v1::ExplainMenteeRequest why;
  why.set_mentee_enrolment(MenteeName(1));
  EXPECT_EQ(Call<v1::MenteeExplanation>(Mentee(1), "ExplainMentee", why)->reason(), "with_staff");
  v1::AnswerProposalRequest noted;
  noted.set_name(suggested.name());
  noted.set_answer(v1::ANSWER_YES);
  noted.set_enrolment(MenteeName(1));
  EXPECT_EQ(status::ReasonOf(Call(Staff(), "AnswerProposal", noted).status()), "APPROVAL_AWAITED");
}

TEST_F(BoardTest, AnApprovalShowsItAndTellsWhoApproved) {
  AskForApproval();
  AddMentor(1, 1);
  AddMentee(1);
  const std::string name = Run().proposals(0).name();
  EXPECT_EQ(Approve(name, "stale").status().code(), absl::StatusCode::kAborted);
  module_.MoveBy(2 * kDay);
  const auto approved = Approve(name);
  ASSERT_TRUE(approved.ok()) << approved.status();
  EXPECT_EQ(StageOf(*approved), "INTEREST");
  EXPECT_EQ(approved->approved_by(), "staff");
  EXPECT_EQ(resources::FromTimestamp(approved->approve_time()), module_.now());
  EXPECT_GT(resources::FromTimestamp(approved->due_time()), module_.now() + 7 * kDay);
  EXPECT_EQ(Get(name).approved_by(), "staff");
  const auto made = module_.Events<facts::ProposalMade>();
  ASSERT_EQ(made.size(), 1u);
  EXPECT_EQ(made[0].due().seconds(), approved->due_time().seconds());
  EXPECT_EQ(SeenBy(Mentee(1)), 1);
  v1::GetProposalRequest get;
  get.set_name(name);
  EXPECT_EQ(Call(Mentor(1), "GetProposal", get)->approved_by(), "");
  EXPECT_EQ(status::ReasonOf(Approve(name).status()), "APPROVAL_NOT_AWAITED");
  Agree(name, 1, 1);
  EXPECT_EQ(status::ReasonOf(Approve(name).status()), "PROPOSAL_MATCHED");
}

TEST_F(BoardTest, ASuggestionTurnedDownIsToldToNobodyAndNotMadeAgain) {
  AskForApproval();
  AddMentor(1, 1);
  AddMentee(1);
  const std::string name = Run().proposals(0).name();
  ASSERT_TRUE(Cancel(name, "staff_decision").ok());
  EXPECT_EQ(Reservations(), 0);
  EXPECT_TRUE(module_.Events<facts::ProposalEnded>().empty());
  EXPECT_EQ(Gets(Mentee(1), name), absl::StatusCode::kNotFound);
  EXPECT_EQ(SeenBy(Mentor(1)), 0);
  const v1::RunMatchingResponse run = Run();
  EXPECT_EQ(run.proposals_size(), 0);
  EXPECT_EQ(run.unmatched(0).reason(), "already_declined");
  // Nor does it count among what was proposed.
  EXPECT_EQ(run.run().report().override_share(), 0);
}

TEST_F(BoardTest, StaffsSilenceFreesBothAndTheMorningSuggestsThemAgain) {
  AskForApproval(2);
  AddMentor(1, 1);
  AddMentee(1);
  const std::string name = Run().proposals(0).name();
  module_.MoveBy(2 * kDay);
  EXPECT_EQ(StageOf(Get(name)), "STAFF_APPROVAL");
  module_.MoveBy(kDay);
  EXPECT_EQ(StageOf(Get(name)), "EXPIRED");
  EXPECT_EQ(Get(name).end_reason(), "not_approved");
  EXPECT_EQ(status::ReasonOf(Approve(name).status()), "PROPOSAL_ENDED");
  EXPECT_TRUE(module_.Events<facts::ProposalEnded>().empty());
  module_.MoveBy(absl::Hours(8));
  v1::ListProposalsRequest suggested;
  suggested.set_step(program::v1::ProposalStep::KIND_STAFF_APPROVAL);
  ASSERT_EQ(List(suggested, 10).size(), 1u);
  EXPECT_NE(List(suggested, 10)[0], name);
}

TEST_F(BoardTest, AnOverrideNeedsNoApproval) {
  AskForApproval();
  AddMentor(1, 1);
  AddMentee(1);
  const auto made = Override(MenteeName(1), MentorName(1));
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(StageOf(*made), "INTEREST");
  EXPECT_EQ(module_.Events<facts::ProposalMade>().size(), 1u);
}

TEST_F(BoardTest, ManyAreApprovedAtOnceWithAVerdictEach) {
  AskForApproval();
  AddMentor(1, 3);
  for (int i = 1; i <= 3; ++i) AddMentee(i);
  const v1::RunMatchingResponse run = Run();
  ASSERT_EQ(run.proposals_size(), 3);
  ASSERT_TRUE(Cancel(run.proposals(2).name(), "staff_decision").ok());
  v1::BatchApproveProposalsRequest request;
  request.set_program(kProgram);
  request.set_request_id("3f0c5c3e-1111-4222-8333-444455556666");
  for (const v1::Proposal& one : run.proposals()) request.add_items()->set_name(one.name());
  request.mutable_items(1)->set_etag("stale");
  request.add_items()->set_name(run.proposals(0).name());
  request.add_items()->set_name("proposals/nowhere");
  request.add_items()->set_name("rubbish");
  using Response = v1::BatchApproveProposalsResponse;
  const auto answer = Call<Response>(Staff(), "BatchApproveProposals", request);
  ASSERT_TRUE(answer.ok()) << answer.status();
  const std::vector<std::string> expected = {"",
                                             "ETAG_MISMATCH",
                                             "PROPOSAL_ENDED",
                                             "APPROVAL_NOT_AWAITED",
                                             "PROPOSAL_NOT_FOUND",
                                             "INVALID_FIELDS"};
  ASSERT_EQ(answer->results_size(), 6);
  for (int i = 0; i < 6; ++i) {
    EXPECT_EQ(answer->results(i).name(), request.items(i).name());
    EXPECT_EQ(answer->results(i).error_reason(), expected[static_cast<size_t>(i)]);
    EXPECT_EQ(answer->results(i).error().fr().empty(), i == 0);
    EXPECT_EQ(answer->results(i).has_proposal(), i == 0);
  }
  EXPECT_EQ(answer->approved(), 1);
  EXPECT_EQ(StageOf(Get(run.proposals(0).name())), "INTEREST");
  EXPECT_EQ(StageOf(Get(run.proposals(1).name())), "STAFF_APPROVAL");
  EXPECT_EQ(module_.Events<facts::ProposalMade>().size(), 1u);
  const auto again = Call<Response>(Staff(), "BatchApproveProposals", request);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->SerializeAsString(), answer->SerializeAsString());

  request.set_request_id("");
  EXPECT_EQ(Call<Response>(Staff("another"), "BatchApproveProposals", request).status().code(),
            absl::StatusCode::kNotFound);
  request.clear_items();
  EXPECT_EQ(Call<Response>(Staff(), "BatchApproveProposals", request).status().code(),
            absl::StatusCode::kInvalidArgument);
  for (int i = 0; i <= 500; ++i) request.add_items()->set_name("proposals/nowhere");
  EXPECT_EQ(Call<Response>(Staff(), "BatchApproveProposals", request).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(BoardTest, AnotherProgramsProposalIsNotApprovedInABatch) {
  AskForApproval();
  program::v1::ProgramDefinition other = Ottawa();
  other.set_id("other");
  module_.Publish(other);
  AddMentor(1, 1);
  AddMentee(1);
  v1::BatchApproveProposalsRequest request;
  request.set_program("programs/other");
  request.add_items()->set_name(Run().proposals(0).name());
  const auto answer =
      Call<v1::BatchApproveProposalsResponse>(Staff(), "BatchApproveProposals", request);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->results(0).error_reason(), "PROPOSAL_NOT_FOUND");
  EXPECT_EQ(answer->approved(), 0);
}

TEST_F(BoardTest, APinnedPairComesFirstAsStaffs) {
  AskForApproval();  // which staff's own pair does not need
  AddMentor(1, 1);
  AddMentee(1);
  module_.MoveBy(3 * kDay);  // who waits longer would come first
  AddMentee(2);
  const auto pin = Pin(2, 1);
  ASSERT_TRUE(pin.ok()) << pin.status();
  EXPECT_EQ(pin->pinned_by(), "staff");
  EXPECT_EQ(Explain(2).reason(), "matched");
  const v1::RunMatchingResponse run = Run();
  ASSERT_EQ(run.proposals_size(), 1);
  EXPECT_EQ(MenteeIn(run.proposals(0)), MenteeName(2));
  EXPECT_EQ(StageOf(run.proposals(0)), "INTEREST");
  EXPECT_EQ(run.proposals(0).override_reason(), "special_need");
  EXPECT_EQ(run.proposals(0).run(), run.run().name());
  EXPECT_EQ(run.proposals(0).contributions_size(),
            Ottawa().formats(0).matching().weights_size());
  EXPECT_EQ(run.run().pinned(), 1);
  EXPECT_EQ(run.run().proposed(), 1);
  EXPECT_EQ(run.run().chosen(), 0);
  EXPECT_TRUE(Pins().empty());  // it ended with its proposal
  v1::VerifyRunRequest verify;
  verify.set_name(run.run().name());
  EXPECT_TRUE(Call<v1::VerifyRunResponse>(Staff(), "VerifyRun", verify)->reproduced());
  EXPECT_EQ(module_.Count("SELECT COUNT(*) FROM matching_timer WHERE kind = 'pin'"), 0);
}

TEST_F(BoardTest, AMenteePinnedToAFullMentorWaitsUntilThePinsDay) {
  AddMentor(1, 1);
  AddMentor(2, 1);
  AddMentee(1);
  AddMentee(2);
  ASSERT_TRUE(Override(MenteeName(2), MentorName(1)).ok());
  ASSERT_TRUE(Pin(1, 1, 5 * kDay).ok());
  const v1::RunMatchingResponse run = Run();
  EXPECT_EQ(run.proposals_size(), 0);  // though the other mentor is free
  ASSERT_EQ(run.unmatched_size(), 1);
  EXPECT_EQ(run.unmatched(0).reason(), "pinned");
  EXPECT_FALSE(run.unmatched(0).text().fr().empty());
  EXPECT_EQ(Explain(1).reason(), "pinned");
  EXPECT_NE(Explain(1).text().en(), Explain(1).text().fr());
  module_.MoveBy(4 * kDay);
  EXPECT_EQ(Active(), 1);
  // Past its day the mentee is free, and the morning proposes them to whoever has a place.
  module_.MoveBy(2 * kDay);
  EXPECT_TRUE(Pins().empty());
  EXPECT_EQ(Active(), 2);
  EXPECT_EQ(SeenBy(Mentor(2)), 1);
}

TEST_F(BoardTest, ThePlaceThatBecomesFreeGoesToThePinByTheCascade) {
  AddMentor(1, 1);
  AddMentee(1);
  AddMentee(2);
  AddMentee(3);
  const auto other = Override(MenteeName(1), MentorName(1));
  ASSERT_TRUE(other.ok());
  ASSERT_TRUE(Pin(3, 1).ok());
  ASSERT_TRUE(Answer(Mentor(1), other->name(), v1::ANSWER_NO, "goals").ok());
  module_.MoveBy(kDay);
  EXPECT_EQ(SeenBy(Mentee(3)), 1);
  EXPECT_EQ(SeenBy(Mentee(2)), 0);
  const auto made = module_.Events<facts::ProposalMade>();
  ASSERT_EQ(made.size(), 2u);
  EXPECT_EQ(made[1].override_reason(), "special_need");
}

TEST_F(BoardTest, PinsAreListedLiftedAndEndWithAnEnrolment) {
  AddMentor(1, 1);
  AddMentor(2, 1);
  AddMentee(1);
  AddMentee(2);
  ASSERT_TRUE(Pin(1, 1).ok());
  ASSERT_TRUE(Pin(2, 2).ok());
  ASSERT_EQ(Pins().size(), 2u);
  EXPECT_EQ(Pins()[0].mentee_enrolment(), MenteeName(1));
  EXPECT_EQ(Pins()[0].mentor_enrolment(), MentorName(1));
  EXPECT_EQ(Pins()[0].reason(), "special_need");
  v1::ListPinsRequest page;
  page.set_program(kProgram);
  page.set_page_size(1);
  const auto first = Call<v1::ListPinsResponse>(Staff(), "ListPins", page);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(first->pins_size(), 1);
  page.set_page_token(first->next_page_token());
  const auto second = Call<v1::ListPinsResponse>(Staff(), "ListPins", page);
  EXPECT_EQ(second->pins(0).mentee_enrolment(), MenteeName(2));
  EXPECT_EQ(second->next_page_token(), "");

  EXPECT_FALSE(Unpin(1, 2)->pinned());  // not that pair's
  EXPECT_EQ(Pins().size(), 2u);
  EXPECT_FALSE(Unpin(1, 1)->pinned());
  ASSERT_EQ(Pins().size(), 1u);
  ASSERT_EQ(EndEnrolment("mentor-2"), absl::OkStatus());
  EXPECT_TRUE(Pins().empty());
}

TEST_F(BoardTest, APinNeedsAReasonADayAndAPairThatIsNotBarred) {
  AddMentor(1, 1);
  AddMentor(2, 1);
  AddMentee(1);
  v1::SetPairPinRequest request;
  request.set_mentee_enrolment(MenteeName(1));
  request.set_mentor_enrolment(MentorName(1));
  request.set_pinned(true);
  const auto refused = Call<v1::PairPin>(Staff(), "SetPairPin", request);
  ASSERT_EQ(refused.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(status::DetailOf(refused.status()).violations.size(), 2u);
  for (const absl::Duration lasting : {-kDay, absl::ZeroDuration(), 61 * kDay}) {
    EXPECT_EQ(Pin(1, 1, lasting).status().code(), absl::StatusCode::kInvalidArgument);
  }
  request.set_pinned(false);
  request.set_reason("special_need");
  EXPECT_EQ(Call<v1::PairPin>(Staff(), "SetPairPin", request).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Pin(9, 1).status().code(), absl::StatusCode::kNotFound);

  v1::SetPairBarRequest bar;
  bar.set_mentee_enrolment(MenteeName(1));
  bar.set_mentor_enrolment(MentorName(1));
  bar.set_barred(true);
  bar.set_reason("safety");
  ASSERT_TRUE(Call<v1::PairBar>(Staff(), "SetPairBar", bar).ok());
  EXPECT_EQ(status::ReasonOf(Pin(1, 1).status()), "PAIR_BARRED");
  ASSERT_TRUE(Pin(1, 2).ok());
  ASSERT_TRUE(Pin(1, 2, 40 * kDay).ok());  // renewed
  EXPECT_EQ(Pins().size(), 1u);
  bar.set_mentor_enrolment(MentorName(2));
  EXPECT_EQ(status::ReasonOf(Call<v1::PairBar>(Staff(), "SetPairBar", bar).status()),
            "PAIR_PINNED");
  AddMentor(3, 1);
  EXPECT_EQ(status::ReasonOf(Pin(1, 3).status()), "MENTEE_PINNED");
}

TEST_F(BoardTest, APinInAContinuousProgramIsProposedAtOnceAndItsEndFreesTheMentee) {
  program::v1::ProgramDefinition definition = Ottawa();
  definition.mutable_formats(0)->mutable_matching()->set_proposing("continuous");
  module_.Publish(definition, 2);
  AddMentee(1);
  AddMentor(1, 0);
  ASSERT_TRUE(Pin(1, 1, 2 * kDay).ok());
  AddMentor(2, 1);
  module_.MoveBy(kDay);
  EXPECT_EQ(Active(), 0);
  module_.MoveBy(kDay);
  EXPECT_EQ(SeenBy(Mentor(2)), 1);
  AddMentee(2);
  ASSERT_EQ(SetCapacity(1, 1), absl::OkStatus());
  ASSERT_TRUE(Pin(2, 1).ok());
  module_.MoveBy(absl::ZeroDuration());
  EXPECT_EQ(SeenBy(Mentor(1)), 1);
}

TEST_F(BoardTest, TheLimitCountsPinnedPairsToo) {
  AddMentor(1, 3);
  for (int i = 1; i <= 3; ++i) AddMentee(i);
  ASSERT_TRUE(Pin(2, 1).ok());
  ASSERT_TRUE(Pin(3, 1).ok());
  const v1::RunMatchingResponse run = Run(1);
  ASSERT_EQ(run.proposals_size(), 1);
  EXPECT_EQ(MenteeIn(run.proposals(0)), MenteeName(2));
  ASSERT_EQ(run.unmatched_size(), 2);
  for (const v1::Unmatched& one : run.unmatched()) EXPECT_EQ(one.reason(), "limit_reached");
  EXPECT_EQ(Pins().size(), 1u);
  EXPECT_EQ(Run().proposals_size(), 2);
}

TEST_F(BoardTest, AMentorPausesThemselvesUntilADay) {
  AddMentor(1, 2);
  AddMentee(1);
  const std::string open = Run().proposals(0).name();
  AddMentee(2);
  EXPECT_EQ(Pause(Mentor(2), MentorName(1)).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Pause(Mentor(1), MenteeName(2)).status().code(), absl::StatusCode::kNotFound);
  const auto paused = Pause(Mentor(1), MentorName(1), 3 * kDay);
  ASSERT_TRUE(paused.ok()) << paused.status();
  EXPECT_EQ(paused->paused_by(), "self");
  EXPECT_EQ(resources::FromTimestamp(paused->until_time()), module_.now() + 3 * kDay);
  const v1::RunMatchingResponse run = Run();
  EXPECT_EQ(run.proposals_size(), 0);
  EXPECT_EQ(run.unmatched(0).reason(), "no_mentor_free");
  EXPECT_EQ(StageOf(Get(open)), "INTEREST");  // what is open stays
  EXPECT_EQ(status::ReasonOf(Override(MenteeName(2), MentorName(1)).status()), "PERSON_PAUSED");

  v1::GetOutlookRequest outlook;
  outlook.set_program(kProgram);
  outlook.set_occupation("21231");
  EXPECT_EQ(Call<v1::Outlook>(Staff(), "GetOutlook", outlook)->paused_mentors(), 1);
  EXPECT_EQ(Call<v1::Outlook>(Staff(), "GetOutlook", outlook)->free_places(), 0);
  v1::ListPoolRequest list;
  list.set_program(kProgram);
  list.set_side(v1::SIDE_MENTOR);
  const auto pool = Call<v1::ListPoolResponse>(Staff(), "ListPool", list);
  EXPECT_TRUE(pool->entries(0).paused());
  EXPECT_EQ(pool->entries(0).paused_by(), "self");
  EXPECT_EQ(pool->entries(0).pause_until_time().seconds(), paused->until_time().seconds());

  // It ends by itself, and the next morning proposes.
  module_.MoveBy(4 * kDay);
  EXPECT_FALSE(Call<v1::ListPoolResponse>(Staff(), "ListPool", list)->entries(0).paused());
  EXPECT_EQ(Active(), 2);
}

TEST_F(BoardTest, AMenteePausedByStaffKeepsTheirPlaceInTheOrder) {
  AddMentor(1, 1);
  AddMentee(1);
  module_.MoveBy(10 * kDay);
  AddMentee(2);
  ASSERT_TRUE(Pause(Staff(), MenteeName(1)).ok());
  EXPECT_EQ(Explain(1).reason(), "paused");
  v1::RunMatchingResponse run = Run();
  ASSERT_EQ(run.proposals_size(), 1);
  EXPECT_EQ(MenteeIn(run.proposals(0)), MenteeName(2));
  EXPECT_EQ(run.unmatched_size(), 0);  // who is paused does not wait for a run
  ASSERT_TRUE(Cancel(run.proposals(0).name(), "person_unavailable").ok());
  const auto resumed = Resume(Staff(), MenteeName(1));
  ASSERT_TRUE(resumed.ok()) << resumed.status();
  EXPECT_FALSE(resumed->paused());
  run = Run();
  ASSERT_EQ(run.proposals_size(), 1);
  EXPECT_EQ(MenteeIn(run.proposals(0)), MenteeName(1));
}

TEST_F(BoardTest, WhatStaffPausedOnlyStaffResume) {
  AddMentor(1, 1);
  AddMentee(1);
  ASSERT_TRUE(Pause(Staff(), MentorName(1)).ok());
  EXPECT_EQ(status::ReasonOf(Resume(Mentor(1), MentorName(1)).status()), "PAUSED_BY_STAFF");
  EXPECT_EQ(status::ReasonOf(Pause(Mentor(1), MentorName(1), kDay).status()), "PAUSED_BY_STAFF");
  ASSERT_EQ(SetCapacity(1, 2), absl::OkStatus());  // saying anew how many they take is not enough
  EXPECT_EQ(Run().proposals_size(), 0);
  EXPECT_EQ(Pause(Staff("another"), MentorName(1)).status().code(), absl::StatusCode::kNotFound);
  ASSERT_TRUE(Resume(Staff(), MentorName(1)).ok());
  EXPECT_EQ(Run().proposals_size(), 1);
  // One's own pause is one's own to end, by a call or by saying anew how many one takes.
  ASSERT_TRUE(Pause(Mentor(1), MentorName(1)).ok());
  AddMentee(2);
  EXPECT_EQ(Run().proposals_size(), 0);
  ASSERT_EQ(SetCapacity(1, 3), absl::OkStatus());
  EXPECT_EQ(Run().proposals_size(), 1);
}

TEST_F(BoardTest, APauseThatWasSetAnewDoesNotEndAtItsFirstDay) {
  AddMentor(1, 1);
  AddMentee(1);
  ASSERT_TRUE(Pause(Mentor(1), MentorName(1), kDay).ok());
  ASSERT_TRUE(Pause(Mentor(1), MentorName(1)).ok());
  module_.MoveBy(3 * kDay);
  EXPECT_EQ(Run().proposals_size(), 0);
  v1::SetPauseRequest request;
  request.set_enrolment(MentorName(1));
  *request.mutable_until_time() = resources::ToTimestamp(module_.now() + kDay);
  EXPECT_EQ(Call<v1::Pause>(Mentor(1), "SetPause", request).status().code(),
            absl::StatusCode::kInvalidArgument);
  request.set_paused(true);
  *request.mutable_until_time() = resources::ToTimestamp(module_.now());
  EXPECT_EQ(Call<v1::Pause>(Mentor(1), "SetPause", request).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(BoardTest, TheBoardListsWhatNeedsStaffByItsDueTime) {
  AddMentor(1, 5);
  for (int i = 1; i <= 5; ++i) AddMentee(i);
  std::vector<std::string> names;
  for (int i = 1; i <= 4; ++i) {
    const auto made = Override(MenteeName(i), MentorName(1));
    ASSERT_TRUE(made.ok()) << made.status();
    names.push_back(made->name());
  }
  const auto interested = [&](int mentee) {
    ASSERT_TRUE(
        Answer(Mentee(mentee), names[static_cast<size_t>(mentee - 1)], v1::ANSWER_YES).ok());
    ASSERT_TRUE(Answer(Mentor(1), names[static_cast<size_t>(mentee - 1)], v1::ANSWER_YES).ok());
  };
  interested(2);  // due in 14 days
  module_.MoveBy(kDay);
  interested(1);  // due a day later
  ASSERT_TRUE(Meet(names[0]).ok());
  interested(3);
  AskForApproval();
  const v1::RunMatchingResponse run = Run();
  ASSERT_EQ(run.proposals_size(), 1);
  const std::string suggested = run.proposals(0).name();

  v1::ListProposalsRequest board;
  board.set_needs_staff(true);
  board.set_order_by("due_time");
  const std::vector<std::string> expected = {suggested, names[1], names[2]};
  EXPECT_EQ(List(board, 1), expected);
  EXPECT_EQ(List(board, 2), expected);
  EXPECT_EQ(List(board, 100), expected);
  board.set_step(program::v1::ProposalStep::KIND_CONTACT_MEETING);
  EXPECT_EQ(List(board, 100), std::vector<std::string>({names[1], names[2]}));
  board.clear_state();
  board.clear_order_by();
  EXPECT_EQ(List(board, 1).size(), 3u);

  v1::ListProposalsRequest due;
  *due.mutable_due_before() = resources::ToTimestamp(module_.now() + 7 * kDay);
  EXPECT_EQ(List(due, 1), std::vector<std::string>({names[3]}));
  due.clear_due_before();
  due.set_order_by("due_time");
  EXPECT_EQ(List(due, 1).size(), 5u);
}

TEST_F(BoardTest, TheBoardIsForStaff) {
  v1::ListProposalsRequest request;
  request.set_needs_staff(true);
  request.set_order_by("due_time");
  const auto asked = Call<v1::ListProposalsResponse>(Mentee(1), "ListProposals", request);
  ASSERT_EQ(asked.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(status::DetailOf(asked.status()).violations.size(), 2u);
  request.set_program(kProgram);
  request.set_order_by("name");
  EXPECT_EQ(Call<v1::ListProposalsResponse>(Staff(), "ListProposals", request).status().code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace tremplin::matching
