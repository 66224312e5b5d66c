// Groups, peers, single meetings and requests of mentees, through the API.

#include <set>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "services/matching/testing/fixture.h"
#include "tremplin/registration/v1/registration.pb.h"

namespace tremplin::matching {
namespace {

namespace ses = tremplin::session::events::v1;

class FormatTest : public MatchingTest {
 protected:
  void Use(const program::v1::Format& format) {
    module_.Publish(WithFormat(format), 2);
    formats_ = {format.code()};
  }
  absl::StatusOr<v1::Proposal> Say(const std::string& proposal, const std::string& enrolment,
                                   v1::Answer answer) {
    v1::AnswerProposalRequest request;
    request.set_name(proposal);
    request.set_enrolment(enrolment);
    request.set_answer(answer);
    if (answer == v1::ANSWER_NO) request.set_reason("personal");
    return Call(Staff(), "AnswerProposal", request);
  }
  // Everybody who is in it says yes.
  v1::Proposal AllSayYes(const std::string& proposal) {
    const v1::Proposal now = Get(proposal);
    for (const v1::ProposalParticipant& one : now.participants()) {
      if (one.dropped().empty() && one.answer() != v1::ANSWER_YES) {
        EXPECT_TRUE(Say(proposal, one.enrolment(), v1::ANSWER_YES).ok()) << one.enrolment();
      }
    }
    return Get(proposal);
  }
  static int In(const v1::Proposal& proposal, program::v1::Subject side) {
    int in = 0;
    for (const auto& one : proposal.participants()) {
      if (one.side() == side && one.dropped().empty()) ++in;
    }
    return in;
  }
  static std::string IdOf(const std::string& name) { return name.substr(name.find('/') + 1); }
  // What session tells of what came of a proposal.
  ses::EngagementRef RefOf(const v1::Proposal& proposal, const std::string& engagement) {
    ses::EngagementRef ref;
    ref.set_engagement(engagement);
    ref.set_proposal(IdOf(proposal.name()));
    ref.set_program(kProgramId);
    ref.set_program_version(proposal.program_version());
    ref.set_format(proposal.format());
    for (const auto& one : proposal.participants()) {
      ses::Participant* to = ref.add_participants();
      to->set_enrolment(IdOf(one.enrolment()));
      to->set_side(one.side());
      to->set_rematch(ses::Participant::REMATCH_YES);
    }
    return ref;
  }
  absl::Status Leaves(const v1::Proposal& proposal, const std::string& enrolment,
                      program::v1::Subject side = program::v1::SUBJECT_MENTEE,
                      const std::string& engagement = "e1") {
    ses::ParticipantLeft left;
    *left.mutable_engagement() = RefOf(proposal, engagement);
    left.mutable_participant()->set_enrolment(IdOf(enrolment));
    left.mutable_participant()->set_side(side);
    left.mutable_participant()->set_rematch(ses::Participant::REMATCH_NO);
    left.set_reason("moved");
    return module_.Deliver(left, engagement, module_.now());
  }
  // Of three mentees and two mentors, whose engagement is "e1".
  v1::Proposal RunningGroup() {
    Use(GroupFormat());
    for (int n = 1; n <= 3; ++n) AddMentee(n);
    AddMentor(1, 1);
    AddMentor(2, 1);
    const v1::Proposal group = AllSayYes(Run().proposals(0).name());
    EXPECT_EQ(StageOf(group), "MATCHED");
    ses::EngagementStarted started;
    *started.mutable_engagement() = RefOf(group, "e1");
    EXPECT_EQ(module_.Deliver(started, "e1", module_.now()), absl::OkStatus());
    return group;
  }
  absl::Status Ends(const ses::EngagementRef& ref) {
    ses::EngagementCompleted completed;
    *completed.mutable_engagement() = ref;
    completed.set_reason("term");
    *completed.mutable_ended_at() = resources::ToTimestamp(module_.now());
    return module_.Deliver(completed, ref.engagement(), module_.now());
  }
  absl::Status GoesOnAs(const ses::EngagementRef& ref, const std::string& format) {
    ses::ContinuationAgreed agreed;
    *agreed.mutable_engagement() = ref;
    agreed.set_format(format);
    return module_.Deliver(agreed, ref.engagement(), module_.now());
  }
  bool Reproduced(const v1::Run& run) {
    v1::VerifyRunRequest verify;
    verify.set_name(run.name());
    const auto verified = Call<v1::VerifyRunResponse>(Staff(), "VerifyRun", verify);
    EXPECT_TRUE(verified.ok()) << verified.status();
    return verified.ok() && verified->reproduced() && verified->certified();
  }
};

TEST_F(FormatTest, ARunMakesAGroupAndTellsWhyAndWhoIsLeft) {
  Use(GroupFormat());
  for (int n = 1; n <= 5; ++n) AddMentee(n);
  AddMentee(6, "fr");
  TestProfile no_hours;
  no_hours.set_noc("21231");
  no_hours.add_languages("en");
  ASSERT_EQ(Ready(reg::ENROLMENT_ROLE_MENTEE, 7, no_hours), absl::OkStatus());
  AddMentor(1, 1);
  AddMentor(2, 1);
  const v1::RunMatchingResponse run = Run();
  ASSERT_EQ(run.proposals_size(), 1);
  const v1::Proposal& group = run.proposals(0);
  EXPECT_EQ(In(group, program::v1::SUBJECT_MENTEE), 4);
  EXPECT_EQ(In(group, program::v1::SUBJECT_MENTOR), 2);
  EXPECT_EQ(group.language(), "en");
  EXPECT_EQ(group.slot(), "mon-evening");
  EXPECT_GT(group.score(), 0);
  EXPECT_EQ(group.contributions(0).criterion(), "cohesion");
  EXPECT_EQ(group.contributions(0).value(), 1);
  std::map<std::string, std::string> why;
  for (const v1::Unmatched& one : run.unmatched()) {
    why[one.mentee_enrolment()] = one.reason();
    EXPECT_NE(one.text().en(), one.text().fr());
  }
  EXPECT_EQ(why.size(), 3u);
  EXPECT_EQ(why[MenteeName(6)], "no_shared_slot");
  EXPECT_EQ(why[MenteeName(7)], "not_given");
  EXPECT_EQ(run.run().algorithm(), "groups");
  EXPECT_TRUE(run.run().certified());
  EXPECT_EQ(run.run().report().all().matched(), 4);
  EXPECT_TRUE(Reproduced(run.run()));
  EXPECT_EQ(Reservations(), 2);
  // Each sees it, with a score of what their side may know.
  v1::GetProposalRequest get;
  get.set_name(group.name());
  const auto seen = Call(Mentor(1), "GetProposal", get);
  ASSERT_TRUE(seen.ok()) << seen.status();
  for (const v1::Contribution& one : seen->contributions()) {
    EXPECT_NE(one.criterion(), "waiting");
    EXPECT_EQ(one.weight(), 0);
  }
  // Why somebody is in no group is told to them too.
  v1::ExplainMenteeRequest ask;
  ask.set_mentee_enrolment(MenteeName(7));
  EXPECT_EQ(Call<v1::MenteeExplanation>(Mentee(7), "ExplainMentee", ask)->reason(), "not_given");
  EXPECT_EQ(Run().proposals_size(), 0);
  const auto made = module_.Events<facts::ProposalMade>();
  ASSERT_EQ(made.size(), 1u);
  EXPECT_EQ(made[0].proposal().participants_size(), 6);
  EXPECT_EQ(made[0].initiator(), "algorithm");
}

TEST_F(FormatTest, TooFewForAGroupAreToldSo) {
  Use(GroupFormat());
  AddMentee(1);
  AddMentee(2);
  AddMentor(1, 1);
  AddMentor(2, 1);
  const v1::RunMatchingResponse run = Run();
  EXPECT_EQ(run.proposals_size(), 0);
  ASSERT_EQ(run.unmatched_size(), 2);
  EXPECT_EQ(run.unmatched(0).reason(), "too_few");
}

TEST_F(FormatTest, AGapOfAnOpenGroupIsFilledByTheNextRunAndAllAgree) {
  Use(GroupFormat());
  for (int n = 1; n <= 3; ++n) AddMentee(n);
  AddMentor(1, 1);
  AddMentor(2, 1);
  const std::string name = Run().proposals(0).name();
  ASSERT_TRUE(Say(name, MenteeName(1), v1::ANSWER_NO).ok());
  EXPECT_EQ(StageOf(Get(name)), "ACCEPTANCE");
  const auto dropped = module_.Events<facts::ParticipantDropped>();
  ASSERT_EQ(dropped.size(), 1u);
  EXPECT_EQ(dropped[0].participant().enrolment(), "mentee-1");
  EXPECT_EQ(dropped[0].outcome(), "declined");
  EXPECT_EQ(dropped[0].proposal().participants_size(), 4);
  // Who said no is not asked again; who shares language and slot is.
  EXPECT_EQ(Run().proposals_size(), 0);
  AddMentee(4, "fr");
  AddMentee(5);
  const v1::RunMatchingResponse filled = Run();
  ASSERT_EQ(filled.proposals_size(), 1);
  EXPECT_EQ(filled.proposals(0).name(), name);
  const auto asked = module_.Events<facts::ParticipantProposed>();
  ASSERT_EQ(asked.size(), 1u);
  EXPECT_EQ(asked[0].participant().enrolment(), "mentee-5");
  const v1::Proposal matched = AllSayYes(name);
  EXPECT_EQ(StageOf(matched), "MATCHED");
  EXPECT_EQ(In(matched, program::v1::SUBJECT_MENTEE), 3);
  const auto match = module_.Events<facts::MatchMade>();
  ASSERT_EQ(match.size(), 1u);
  EXPECT_EQ(match[0].proposal().participants_size(), 5);
  EXPECT_FALSE(match[0].has_sign_by());
}

TEST_F(FormatTest, AGroupThatStaysTooSmallEndsAndFreesAll) {
  Use(GroupFormat());
  for (int n = 1; n <= 3; ++n) AddMentee(n);
  AddMentor(1, 1);
  AddMentor(2, 1);
  const std::string name = Run().proposals(0).name();
  ASSERT_EQ(EndEnrolment("mentee-2"), absl::OkStatus());
  EXPECT_EQ(StageOf(Get(name)), "ACCEPTANCE");
  for (const std::string& one : {MenteeName(1), MenteeName(3), MentorName(1), MentorName(2)}) {
    ASSERT_TRUE(Say(name, one, v1::ANSWER_YES).ok());
  }
  module_.MoveBy(absl::Hours(24 * 9));
  EXPECT_EQ(StageOf(Get(name)), "EXPIRED");
  EXPECT_EQ(Get(name).end_reason(), "too_few_left");
  EXPECT_EQ(Reservations(), 0);
  EXPECT_EQ(module_.Count("SELECT COUNT(*) FROM matching_participant WHERE active = 1"), 0);
}

TEST_F(FormatTest, WhoLeavesARunningGroupIsFollowedByOneWhoJoinsIt) {
  Use(GroupFormat());
  for (int n = 1; n <= 3; ++n) AddMentee(n);
  AddMentor(1, 1);
  AddMentor(2, 1);
  const v1::Proposal group = AllSayYes(Run().proposals(0).name());
  ASSERT_EQ(StageOf(group), "MATCHED");
  ASSERT_EQ(Leaves(group, MenteeName(2)), absl::OkStatus());
  const auto freed = module_.Events<facts::MatchEnded>();
  ASSERT_EQ(freed.size(), 1u);
  ASSERT_EQ(freed[0].freed_size(), 1);
  EXPECT_EQ(freed[0].freed(0).enrolment(), "mentee-2");
  EXPECT_EQ(freed[0].proposal().participants_size(), 4);
  AddMentee(4);
  const v1::RunMatchingResponse run = Run();
  ASSERT_EQ(run.proposals_size(), 1);
  EXPECT_EQ(run.proposals(0).joins_engagement(), "engagements/e1");
  EXPECT_EQ(MenteeIn(run.proposals(0)), MenteeName(4));
  EXPECT_EQ(Run().proposals_size(), 0);  // the gap is being filled
  ASSERT_EQ(StageOf(AllSayYes(run.proposals(0).name())), "MATCHED");
  const auto match = module_.Events<facts::MatchMade>();
  ASSERT_EQ(match.size(), 2u);
  EXPECT_EQ(match[1].proposal().joins_engagement(), "e1");
  EXPECT_EQ(match[1].proposal().participants_size(), 1);
  // The end of the engagement frees everybody, whoever joined later too.
  ses::EngagementCompleted completed;
  *completed.mutable_engagement() = RefOf(group, "e1");
  completed.set_reason("term");
  *completed.mutable_ended_at() = resources::ToTimestamp(module_.now());
  ASSERT_EQ(module_.Deliver(completed, "e1", module_.now()), absl::OkStatus());
  EXPECT_EQ(Reservations(), 0);
  EXPECT_EQ(module_.Count("SELECT COUNT(*) FROM matching_participant WHERE active = 1"), 0);
}

TEST_F(FormatTest, WhoJoinedARunningGroupDoesNotFillItsNextGap) {
  const v1::Proposal group = RunningGroup();
  ASSERT_EQ(Leaves(group, MentorName(1), program::v1::SUBJECT_MENTOR), absl::OkStatus());
  AddMentor(3, 3);
  const v1::RunMatchingResponse run = Run();
  ASSERT_EQ(run.proposals_size(), 1);
  ASSERT_EQ(StageOf(AllSayYes(run.proposals(0).name())), "MATCHED");
  ASSERT_EQ(Leaves(group, MentorName(2), program::v1::SUBJECT_MENTOR), absl::OkStatus());
  EXPECT_EQ(Run().proposals_size(), 0);
  EXPECT_EQ(Reservations(), 1);
}

TEST_F(FormatTest, NobodyFillsTwoGapsOfOneGroup) {
  const v1::Proposal group = RunningGroup();
  ASSERT_EQ(Leaves(group, MentorName(1), program::v1::SUBJECT_MENTOR), absl::OkStatus());
  ASSERT_EQ(Leaves(group, MentorName(2), program::v1::SUBJECT_MENTOR), absl::OkStatus());
  AddMentor(3, 3);
  EXPECT_EQ(Run().proposals_size(), 1);
  EXPECT_EQ(Reservations(), 1);
}

TEST_F(FormatTest, AMentorWithTwoPlacesFillsTheGapsOfTwoGroups) {
  Use(GroupFormat());
  for (int n = 1; n <= 6; ++n) AddMentee(n);
  for (int n = 1; n <= 4; ++n) AddMentor(n, 1);
  const v1::RunMatchingResponse made = Run();
  ASSERT_EQ(made.proposals_size(), 2);
  for (int i = 0; i < 2; ++i) {
    const v1::Proposal group = AllSayYes(made.proposals(i).name());
    ASSERT_EQ(
        Leaves(group, MentorIn(group), program::v1::SUBJECT_MENTOR, "e" + std::to_string(i + 1)),
        absl::OkStatus());
  }
  AddMentor(5, 2);
  const v1::RunMatchingResponse run = Run();
  ASSERT_EQ(run.proposals_size(), 2);
  EXPECT_NE(run.proposals(0).joins_engagement(), run.proposals(1).joins_engagement());
}

TEST_F(FormatTest, AGroupOfWhichAllWhoBeganItLeftEnds) {
  const v1::Proposal group = RunningGroup();
  for (const auto& one : group.participants()) {
    ASSERT_EQ(Leaves(group, one.enrolment(), one.side()), absl::OkStatus());
  }
  ses::EngagementRef ref = RefOf(group, "e1");
  ref.clear_participants();
  EXPECT_EQ(Ends(ref), absl::OkStatus());
}

TEST_F(FormatTest, GapsAreFilledThoughAllWhoBeganTheGroupLeft) {
  const v1::Proposal group = RunningGroup();
  ASSERT_EQ(Leaves(group, MenteeName(2)), absl::OkStatus());
  AddMentee(4);
  v1::RunMatchingResponse run = Run();
  ASSERT_EQ(run.proposals_size(), 1);
  ASSERT_EQ(StageOf(AllSayYes(run.proposals(0).name())), "MATCHED");
  for (const auto& one : group.participants()) {
    if (one.enrolment() == MenteeName(2)) continue;
    ASSERT_EQ(Leaves(group, one.enrolment(), one.side()), absl::OkStatus());
  }
  AddMentee(5);
  AddMentor(3, 1);
  run = Run();
  std::set<std::string> joining;
  for (const v1::Proposal& one : run.proposals()) {
    EXPECT_EQ(one.joins_engagement(), "engagements/e1");
    joining.insert(one.participants(0).enrolment());
  }
  EXPECT_EQ(joining, (std::set<std::string>{MenteeName(5), MentorName(3)}));
  for (const v1::Proposal& one : run.proposals()) {
    EXPECT_EQ(StageOf(AllSayYes(one.name())), "MATCHED");
  }
  ses::EngagementRef ref = RefOf(group, "e1");
  ref.clear_participants();
  ASSERT_EQ(Ends(ref), absl::OkStatus());
  EXPECT_EQ(module_.Count("SELECT COUNT(*) FROM matching_participant WHERE active = 1"), 0);
}

TEST_F(FormatTest, WhoLeavesAGroupThatGoesOnAsAnotherHoldsNoPlaceOfIt) {
  const v1::Proposal group = RunningGroup();
  ASSERT_EQ(GoesOnAs(RefOf(group, "e1"), "group"), absl::OkStatus());
  ASSERT_EQ(module_.Events<facts::MatchMade>().size(), 2u);
  EXPECT_EQ(Leaves(group, MenteeName(2)), absl::OkStatus());
  EXPECT_EQ(Ends(RefOf(group, "e1")), absl::OkStatus());
  EXPECT_EQ(Reservations(), 2);
}

TEST_F(FormatTest, AGroupGoesOnWithThoseWhoJoinedIt) {
  const v1::Proposal group = RunningGroup();
  ASSERT_EQ(Leaves(group, MenteeName(2)), absl::OkStatus());
  AddMentee(4);
  const v1::RunMatchingResponse run = Run();
  ASSERT_EQ(run.proposals_size(), 1);
  AllSayYes(run.proposals(0).name());
  ses::EngagementRef ref = RefOf(group, "e1");
  ref.mutable_participants(1)->set_enrolment("mentee-4");
  ASSERT_EQ(GoesOnAs(ref, "group"), absl::OkStatus());
  EXPECT_EQ(module_.Events<facts::MatchMade>().size(), 3u);
  EXPECT_EQ(Reservations(), 2);
}

TEST_F(FormatTest, AGroupThatCannotGoOnAsAnotherKeepsItsPlaces) {
  const v1::Proposal group = RunningGroup();
  ASSERT_EQ(EndEnrolment("mentee-1"), absl::OkStatus());
  ASSERT_EQ(GoesOnAs(RefOf(group, "e1"), "group"), absl::OkStatus());
  EXPECT_EQ(StageOf(Get(group.name())), "MATCHED");
  EXPECT_EQ(Reservations(), 2);
  const auto refused = module_.Events<facts::ContinuationRefused>();
  ASSERT_EQ(refused.size(), 1u);
  EXPECT_EQ(refused[0].engagement(), "e1");
  EXPECT_EQ(refused[0].reason(), "left");
  EXPECT_EQ(refused[0].proposal().participants_size(), 5);
}

TEST_F(FormatTest, AGroupWhoseMentorTakesNobodyElseKeepsItsPlaces) {
  const v1::Proposal group = RunningGroup();
  ASSERT_EQ(SetCapacity(1, 0), absl::OkStatus());
  ASSERT_EQ(GoesOnAs(RefOf(group, "e1"), "group"), absl::OkStatus());
  EXPECT_EQ(module_.Events<facts::MatchMade>().size(), 1u);
  EXPECT_EQ(StageOf(Get(group.name())), "MATCHED");
  EXPECT_EQ(Reservations(), 2);
}

TEST_F(FormatTest, WhoJoinedLaterKeepsTheTimeTheyHadWaited) {
  const v1::Proposal group = RunningGroup();
  module_.MoveBy(absl::Hours(24 * 10));
  AddMentee(4);
  module_.MoveBy(absl::Hours(24 * 10));
  ASSERT_EQ(Leaves(group, MenteeName(2)), absl::OkStatus());
  const v1::RunMatchingResponse run = Run();
  ASSERT_EQ(run.proposals_size(), 1);
  ASSERT_EQ(StageOf(AllSayYes(run.proposals(0).name())), "MATCHED");
  module_.MoveBy(absl::Hours(24 * 30));
  ses::EngagementRef ref = RefOf(group, "e1");
  ref.mutable_participants(1)->set_enrolment("mentee-4");
  ASSERT_EQ(Ends(ref), absl::OkStatus());
  const int64_t since =
      module_.Count("SELECT waiting_since_us FROM matching_pool WHERE enrolment = 'mentee-4'");
  EXPECT_EQ(module_.now() - absl::FromUnixMicros(since), absl::Hours(24 * 10));
}

TEST_F(FormatTest, StaffMakeAGroupWithinItsBoundsAndAddToARunningOne) {
  Use(GroupFormat());
  for (int n = 1; n <= 6; ++n) AddMentee(n);
  AddMentor(1, 2);
  AddMentor(2, 1);
  v1::CreateProposalRequest request;
  for (const std::string& one : {MenteeName(1), MenteeName(2), MentorName(1), MentorName(2)}) {
    request.add_participants(one);
  }
  request.set_override_reason("existing_pair");
  EXPECT_EQ(status::ReasonOf(Call(Staff(), "CreateProposal", request).status()), "OUT_OF_BOUNDS");
  request.add_participants(MenteeName(2));
  EXPECT_EQ(Call(Staff(), "CreateProposal", request).status().code(),
            absl::StatusCode::kInvalidArgument);
  request.mutable_participants()->RemoveLast();
  request.add_participants(MenteeName(3));
  const auto made = Call(Staff(), "CreateProposal", request);
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(made->slot(), "mon-evening");
  const v1::Proposal group = AllSayYes(made->name());
  ses::EngagementStarted started;
  *started.mutable_engagement() = RefOf(group, "e1");
  ASSERT_EQ(module_.Deliver(started, "e1", module_.now()), absl::OkStatus());
  v1::CreateProposalRequest join;
  join.add_participants(MenteeName(4));
  join.set_override_reason("special_need");
  join.set_joins_engagement("engagements/unknown");
  EXPECT_EQ(status::ReasonOf(Call(Staff(), "CreateProposal", join).status()), "ENGAGEMENT_UNKNOWN");
  join.set_joins_engagement("engagements/e1");
  join.set_participants(0, MentorName(1));
  EXPECT_EQ(status::ReasonOf(Call(Staff(), "CreateProposal", join).status()),
            "ALREADY_PARTICIPANT");
  join.set_participants(0, MenteeName(4));
  ASSERT_TRUE(Call(Staff(), "CreateProposal", join).ok());
  join.set_participants(0, MenteeName(5));
  EXPECT_EQ(status::ReasonOf(Call(Staff(), "CreateProposal", join).status()), "OUT_OF_BOUNDS");
}

TEST_F(FormatTest, AFormatForThoseWhoWaitTakesNobodySooner) {
  program::v1::Format format = GroupFormat();
  format.set_after_waiting_days(30);
  Use(format);
  for (int n = 1; n <= 3; ++n) AddMentee(n);
  AddMentor(1, 1);
  AddMentor(2, 1);
  module_.MoveBy(absl::Hours(24 * 29));
  EXPECT_EQ(Run().proposals_size(), 0);
  module_.MoveBy(absl::Hours(24));
  EXPECT_EQ(Run().proposals_size(), 1);
}

TEST_F(FormatTest, PeersArePairedAndAreNotPairedAgain) {
  Use(PeerFormat());
  for (int n = 1; n <= 3; ++n) AddMentee(n);
  const v1::RunMatchingResponse run = Run();
  ASSERT_EQ(run.proposals_size(), 1);
  EXPECT_EQ(run.unmatched_size(), 1);
  EXPECT_EQ(run.run().algorithm(), "peers");
  EXPECT_TRUE(Reproduced(run.run()));
  const v1::Proposal& pair = run.proposals(0);
  EXPECT_EQ(In(pair, program::v1::SUBJECT_MENTEE), 2);
  const std::string one = pair.participants(0).enrolment();
  const std::string other = pair.participants(1).enrolment();
  ASSERT_TRUE(Say(pair.name(), one, v1::ANSWER_NO).ok());
  EXPECT_EQ(StageOf(Get(pair.name())), "DECLINED");
  const v1::RunMatchingResponse again = Run();
  ASSERT_EQ(again.proposals_size(), 1);
  std::set<std::string> paired;
  for (const auto& who : again.proposals(0).participants()) paired.insert(who.enrolment());
  EXPECT_FALSE(paired.contains(one) && paired.contains(other));
}

TEST_F(FormatTest, PeersLearnOfEachOtherWhatTheFormatDiscloses) {
  program::v1::Format format = PeerFormat();
  format.clear_disclosures();
  program::v1::Disclosure* first = format.add_disclosures();
  first->set_from(program::v1::ProposalStep::KIND_ACCEPTANCE);
  first->set_to(program::v1::SUBJECT_MENTEE);
  first->add_facts("noc");
  program::v1::Disclosure* last = format.add_disclosures();
  last->set_to(program::v1::SUBJECT_MENTEE);
  last->set_contact(true);
  Use(format);
  AddMentee(1);
  AddMentee(2);
  module_.SetPeer("tremplin.registration.v1.RegistrationService/GetPerson",
                  [](const std::string& bytes) -> absl::StatusOr<std::string> {
                    registration::v1::GetPersonRequest request;
                    request.ParseFromString(bytes);
                    registration::v1::Person person;
                    person.set_given_name("of " + request.name());
                    return person.SerializeAsString();
                  });
  v1::GetProposalRequest get;
  get.set_name(Run().proposals(0).name());
  const auto before = Call(Mentee(1), "GetProposal", get);
  ASSERT_TRUE(before.ok()) << before.status();
  ASSERT_EQ(before->participants(1).enrolment(), MenteeName(2));
  ASSERT_EQ(before->participants(1).facts_size(), 1);
  EXPECT_EQ(before->participants(1).facts(0).name(), "noc");
  EXPECT_FALSE(before->participants(1).has_contact());
  AllSayYes(get.name());
  const auto after = Call(Mentee(1), "GetProposal", get);
  ASSERT_TRUE(after.ok()) << after.status();
  EXPECT_EQ(after->participants(1).contact().given_name(), "of people/person-mentee-2");
  EXPECT_FALSE(after->participants(0).has_contact());
}

class MeetingTest : public FormatTest {
 protected:
  void SetUp() override {
    program::v1::ProgramDefinition definition = Ottawa();
    *definition.add_formats() = MeetingFormat();
    module_.Publish(definition, 2);
    formats_ = {"meeting", kOneToOne};
    AddMentee(1);
    for (int n = 1; n <= 4; ++n) AddMentor(n, 2);
  }
  v1::RunMatchingResponse RunMeetings() {
    v1::RunMatchingRequest request;
    request.set_program(kProgram);
    request.set_format("meeting");
    auto response = Call<v1::RunMatchingResponse>(Staff(), "RunMatching", request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? *response : v1::RunMatchingResponse();
  }
  absl::Status Held(const v1::Proposal& meeting, const std::string& engagement) {
    ses::EngagementCompleted completed;
    *completed.mutable_engagement() = RefOf(meeting, engagement);
    for (ses::Participant& one : *completed.mutable_engagement()->mutable_participants()) {
      one.clear_rematch();  // nobody is asked after a meeting
    }
    completed.set_reason("held");
    *completed.mutable_ended_at() = resources::ToTimestamp(module_.now());
    return module_.Deliver(completed, engagement, module_.now());
  }
};

TEST_F(MeetingTest, SeveralMeetingsAreOpenAtOnceAndNobodyIsMetTwice) {
  const v1::RunMatchingResponse first = RunMeetings();
  ASSERT_EQ(first.proposals_size(), 2);
  EXPECT_TRUE(Reproduced(first.run()));
  EXPECT_EQ(RunMeetings().proposals_size(), 0);  // two are open
  std::set<std::string> met;
  for (const v1::Proposal& one : first.proposals()) met.insert(MentorIn(one));
  const v1::Proposal meeting = AllSayYes(first.proposals(0).name());
  ASSERT_EQ(StageOf(meeting), "MATCHED");
  ASSERT_EQ(Held(meeting, "e1"), absl::OkStatus());
  const v1::RunMatchingResponse next = RunMeetings();
  ASSERT_EQ(next.proposals_size(), 1);
  EXPECT_TRUE(met.insert(MentorIn(next.proposals(0))).second);
}

// What is told of one moment comes in any order.
class MeetingsOverAtOnceTest : public MeetingTest, public ::testing::WithParamInterface<bool> {};
INSTANTIATE_TEST_SUITE_P(NewestFirst, MeetingsOverAtOnceTest, ::testing::Bool());

TEST_P(MeetingsOverAtOnceTest, LeaveTheTimeWaitedBeforeTheFirst) {
  module_.MoveBy(absl::Hours(24 * 5));
  std::vector<v1::Proposal> met;
  const auto meet = [&] {
    const v1::RunMatchingResponse run = RunMeetings();
    for (const v1::Proposal& one : run.proposals()) met.push_back(AllSayYes(one.name()));
  };
  meet();
  module_.MoveBy(absl::Hours(24 * 10));
  ASSERT_EQ(met.size(), 2u);
  ASSERT_EQ(Held(met[0], "e1"), absl::OkStatus());
  meet();
  module_.MoveBy(absl::Hours(24 * 10));
  ASSERT_EQ(met.size(), 3u);
  if (GetParam()) std::swap(met[1], met[2]);
  ASSERT_EQ(Held(met[1], "e2"), absl::OkStatus());
  ASSERT_EQ(Held(met[2], "e3"), absl::OkStatus());
  const int64_t since =
      module_.Count("SELECT waiting_since_us FROM matching_pool WHERE enrolment = 'mentee-1'");
  EXPECT_EQ(module_.now() - absl::FromUnixMicros(since), absl::Hours(24 * 5));
}

TEST_P(MeetingsOverAtOnceTest, ANoToOneOfThemStands) {
  const v1::RunMatchingResponse run = RunMeetings();
  ASSERT_EQ(run.proposals_size(), 2);
  std::vector<v1::Proposal> met;
  for (const v1::Proposal& one : run.proposals()) met.push_back(AllSayYes(one.name()));
  ses::EngagementEndedEarly ended;
  *ended.mutable_engagement() = RefOf(met[1], "e2");
  for (ses::Participant& one : *ended.mutable_engagement()->mutable_participants()) {
    const bool mentee = one.side() == program::v1::SUBJECT_MENTEE;
    one.set_rematch(mentee ? ses::Participant::REMATCH_NO : ses::Participant::REMATCH_YES);
  }
  ended.set_reason("found_work");
  *ended.mutable_ended_at() = resources::ToTimestamp(module_.now());
  const bool held_first = GetParam();
  if (held_first) {
    ASSERT_EQ(Held(met[0], "e1"), absl::OkStatus());
  }
  ASSERT_EQ(module_.Deliver(ended, "e2", module_.now()), absl::OkStatus());
  if (!held_first) {
    ASSERT_EQ(Held(met[0], "e1"), absl::OkStatus());
  }
  EXPECT_EQ(
      module_.Count("SELECT COUNT(*) FROM matching_pool WHERE enrolment = 'mentee-1' AND paused = 1"
                    " AND paused_by = 'engagement'"),
      1);
  EXPECT_EQ(RunMeetings().proposals_size(), 0);
}

TEST_F(MeetingTest, TheTimeWaitedIsKeptFromMeetingToMeeting) {
  const auto meet_after = [&](int days) {
    module_.MoveBy(absl::Hours(24 * days));
    const v1::RunMatchingResponse run = RunMeetings();
    std::vector<v1::Proposal> met;
    for (const v1::Proposal& one : run.proposals()) met.push_back(AllSayYes(one.name()));
    module_.MoveBy(absl::Hours(24 * 10));
    for (const v1::Proposal& one : met) EXPECT_EQ(Held(one, one.name()), absl::OkStatus());
    return met.size();
  };
  ASSERT_EQ(meet_after(50), 2u);
  ASSERT_EQ(meet_after(0), 2u);
  const int64_t since =
      module_.Count("SELECT waiting_since_us FROM matching_pool WHERE enrolment = 'mentee-1'");
  EXPECT_EQ(module_.now() - absl::FromUnixMicros(since), absl::Hours(24 * 50));
}

TEST_F(MeetingTest, AnIntroductionLeadsToAProposalThatContinuesTheMeeting) {
  const v1::Proposal meeting = AllSayYes(RunMeetings().proposals(0).name());
  std::set<std::string> asked = {MentorName(1), MentorName(2), MentorName(3), MentorName(4)};
  for (const auto& one : module_.Events<facts::ProposalMade>()) {
    asked.erase("enrolments/" + OneOf(one.proposal(), program::v1::SUBJECT_MENTOR).enrolment());
  }
  ASSERT_EQ(asked.size(), 2u);
  ses::IntroductionGiven given;
  *given.mutable_engagement() = RefOf(meeting, "e1");
  given.set_introduction("i1");
  given.set_to(IdOf(*asked.begin()));
  ASSERT_EQ(module_.Deliver(given, "e1", module_.now()), absl::OkStatus());
  auto made = module_.Events<facts::ProposalMade>();
  ASSERT_EQ(made.size(), 3u);
  EXPECT_EQ(made[2].proposal().continues_engagement(), "e1");
  EXPECT_EQ(made[2].initiator(), "participant");
  EXPECT_EQ("enrolments/" + OneOf(made[2].proposal(), program::v1::SUBJECT_MENTOR).enrolment(),
            *asked.begin());
  // One who was met, and somebody outside the program, lead to none.
  given.set_introduction("i2");
  given.set_to(IdOf(MentorIn(meeting)));
  ASSERT_EQ(module_.Deliver(given, "e1", module_.now()), absl::OkStatus());
  given.set_introduction("i3");
  given.set_to("");
  ASSERT_EQ(module_.Deliver(given, "e1", module_.now()), absl::OkStatus());
  EXPECT_EQ(module_.Events<facts::ProposalMade>().size(), 3u);
}

TEST_F(MeetingTest, AMeetingThatGoesOnAsAMentorshipIsMatchedAtOnce) {
  const v1::Proposal meeting = AllSayYes(RunMeetings().proposals(0).name());
  ASSERT_EQ(Held(meeting, "e1"), absl::OkStatus());
  ses::ContinuationAgreed agreed;
  *agreed.mutable_engagement() = RefOf(meeting, "e1");
  agreed.set_format(kOneToOne);
  ASSERT_EQ(module_.Deliver(agreed, "e1", module_.now()), absl::OkStatus());
  const auto matched = module_.Events<facts::MatchMade>();
  ASSERT_EQ(matched.size(), 2u);
  EXPECT_EQ(matched[1].proposal().format(), kOneToOne);
  EXPECT_EQ(matched[1].proposal().continues_engagement(), "e1");
  EXPECT_TRUE(matched[1].has_sign_by());
  EXPECT_EQ(
      module_.Count("SELECT COUNT(*) FROM matching_participant WHERE active = 1 AND exclusive = 1 "
                    "AND side = 'mentee'"),
      1);
}

TEST_F(MeetingTest, AMentorWhoPausedGoesOnWithWhomTheyAgreedTo) {
  const v1::Proposal meeting = AllSayYes(RunMeetings().proposals(0).name());
  ASSERT_EQ(Held(meeting, "e1"), absl::OkStatus());
  v1::SetPauseRequest pause;
  pause.set_enrolment(MentorIn(meeting));
  pause.set_paused(true);
  const rpc::Principal mentor = Person(rpc::Role::ROLE_MENTOR, "person-" + IdOf(MentorIn(meeting)));
  ASSERT_TRUE(Call<v1::Pause>(mentor, "SetPause", pause).ok());
  ASSERT_EQ(GoesOnAs(RefOf(meeting, "e1"), kOneToOne), absl::OkStatus());
  EXPECT_EQ(module_.Events<facts::MatchMade>().size(), 2u);
}

class RequestTest : public FormatTest {
 protected:
  void SetUp() override {
    Use(AskedFormat());
    AddMentee(1);
    AddMentee(2);
    for (int n = 1; n <= 3; ++n) AddMentor(n, 1);
  }
  absl::StatusOr<v1::SearchMentorsResponse> Search(int mentee, int page_size = 0,
                                                   const std::string& token = "") {
    v1::SearchMentorsRequest request;
    request.set_mentee_enrolment(MenteeName(mentee));
    request.set_page_size(page_size);
    request.set_page_token(token);
    return Call<v1::SearchMentorsResponse>(Mentee(mentee), "SearchMentors", request);
  }
  std::set<std::string> Found(int mentee) {
    std::set<std::string> found;
    const auto response = Search(mentee);
    EXPECT_TRUE(response.ok()) << response.status();
    if (!response.ok()) return found;
    for (const auto& one : response->mentors()) found.insert(one.mentor_enrolment());
    return found;
  }
  absl::StatusOr<v1::Proposal> Ask(int mentee, int mentor) {
    v1::RequestMatchRequest request;
    request.set_mentee_enrolment(MenteeName(mentee));
    request.set_mentor_enrolment(MentorName(mentor));
    return Call(Mentee(mentee), "RequestMatch", request);
  }
};

TEST_F(RequestTest, OnlyThoseWithAPlaceAreFoundAndWhatIsNotDisclosedIsNotTold) {
  ASSERT_EQ(Ready(reg::ENROLMENT_ROLE_MENTOR, 4, Engineer(0)), absl::OkStatus());
  ASSERT_EQ(Ready(reg::ENROLMENT_ROLE_MENTOR, 5, Engineer(1, "fr")), absl::OkStatus());
  EXPECT_EQ(Found(1), (std::set<std::string>{MentorName(1), MentorName(2), MentorName(3)}));
  const auto page = Search(1, 2);
  ASSERT_EQ(page->mentors_size(), 2);
  EXPECT_EQ(page->requests_left(), 2);
  EXPECT_EQ(program::ValuesOf(page->mentors(0).facts(), "noc"), std::vector<std::string>{"21231"});
  EXPECT_EQ(page->mentors(0).facts_size(), 1);
  const auto rest = Search(1, 2, page->next_page_token());
  ASSERT_EQ(rest->mentors_size(), 1);
  EXPECT_EQ(rest->next_page_token(), "");
  v1::SearchMentorsRequest hidden;
  hidden.set_mentee_enrolment(MenteeName(1));
  hidden.add_having()->set_name("availability");
  EXPECT_EQ(Call<v1::SearchMentorsResponse>(Mentee(1), "SearchMentors", hidden).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Call<v1::SearchMentorsResponse>(Mentee(2), "SearchMentors", hidden).status().code(),
            absl::StatusCode::kNotFound);
}

TEST_F(RequestTest, RequestsAreBoundedHoldAPlaceAndTheFirstMatchEndsTheOthers) {
  const auto first = Ask(1, 1);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(status::ReasonOf(Ask(1, 1).status()), "ALREADY_REQUESTED");
  const auto second = Ask(1, 2);
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(status::ReasonOf(Ask(1, 3).status()), "REQUESTS_OPEN");
  EXPECT_EQ(Search(1)->requests_left(), 0);
  EXPECT_EQ(status::ReasonOf(Ask(2, 1).status()), "MENTOR_FULL");
  EXPECT_EQ(Found(2), (std::set<std::string>{MentorName(3)}));
  EXPECT_EQ(Reservations(), 2);

  ASSERT_TRUE(Answer(Mentor(2), second->name(), v1::ANSWER_YES).ok());
  EXPECT_EQ(StageOf(Get(second->name())), "ACCEPTANCE");
  ASSERT_TRUE(Answer(Mentee(1), second->name(), v1::ANSWER_YES).ok());
  EXPECT_EQ(StageOf(Get(second->name())), "MATCHED");
  EXPECT_EQ(StageOf(Get(first->name())), "CANCELLED");
  EXPECT_EQ(Get(first->name()).end_reason(), "matched_elsewhere");
  EXPECT_EQ(Reservations(), 1);
  EXPECT_EQ(status::ReasonOf(Ask(1, 3).status()), "MENTEE_ALREADY_PROPOSED");
  EXPECT_TRUE(Found(1).empty());
}

TEST_F(RequestTest, AMatchThatStaffMadeEndsRequestsToo) {
  const auto asked = Ask(1, 1);
  ASSERT_TRUE(asked.ok()) << asked.status();
  const auto made = Override(MenteeName(1), MentorName(2));
  ASSERT_TRUE(made.ok()) << made.status();
  ASSERT_TRUE(Answer(Mentor(2), made->name(), v1::ANSWER_YES).ok());
  ASSERT_TRUE(Answer(Mentee(1), made->name(), v1::ANSWER_YES).ok());
  ASSERT_EQ(StageOf(Get(made->name())), "MATCHED");
  EXPECT_EQ(Get(asked->name()).end_reason(), "matched_elsewhere");
  EXPECT_EQ(Reservations(), 1);
}

TEST_F(RequestTest, SilenceEndsARequestAndItsMentorIsFoundNoMoreByWhoAsked) {
  const auto asked = Ask(1, 1);
  ASSERT_TRUE(asked.ok()) << asked.status();
  module_.MoveBy(absl::Hours(24 * 9));
  EXPECT_EQ(StageOf(Get(asked->name())), "EXPIRED");
  EXPECT_EQ(Found(1), (std::set<std::string>{MentorName(2), MentorName(3)}));
  EXPECT_EQ(status::ReasonOf(Ask(1, 1).status()), "PAIR_BARRED");
  EXPECT_TRUE(Found(2).contains(MentorName(1)));
}

}  // namespace
}  // namespace tremplin::matching
