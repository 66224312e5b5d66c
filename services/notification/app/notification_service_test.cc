// Notification alone, fed facts: who is told what of each, nothing to who left, one message a fact
// and recipient, and who may read which. On both engines.

#include <algorithm>
#include <string>
#include <vector>

#include "common/program/awaited.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/notification/module.h"
#include "tests/support/one_module.h"
#include "tremplin/matching/events/v1/events.pb.h"
#include "tremplin/notification/events/v1/events.pb.h"
#include "tremplin/notification/v1/notification.pb.h"
#include "tremplin/outcome/events/v1/events.pb.h"
#include "tremplin/referral/events/v1/events.pb.h"
#include "tremplin/registration/events/v1/events.pb.h"
#include "tremplin/registration/events/v1/sign_in.pb.h"
#include "tremplin/session/events/v1/events.pb.h"

namespace tremplin::notification {
namespace {

using program::v1::ProposalStep;
using program::v1::Subject;
using rpc::Principal;
using rpc::Role;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;
using SessionParticipant = session::events::v1::Participant;

constexpr char kService[] = "tremplin.notification.v1.NotificationService/";

// Pairs that hold a contact meeting and sign before they start; groups of protégés with documents
// of their own, asked of the mentors' side alone to accept.
program::v1::ProgramDefinition Definition() {
  program::v1::ProgramDefinition definition;
  definition.set_id("prog");
  definition.set_time_zone("America/Toronto");
  program::v1::Format& pair = *definition.add_formats();
  pair.set_code("pair");
  for (const auto kind : {ProposalStep::KIND_INTEREST, ProposalStep::KIND_CONTACT_MEETING,
                          ProposalStep::KIND_ACCEPTANCE, ProposalStep::KIND_AGREEMENT}) {
    pair.add_steps()->set_kind(kind);
  }
  pair.mutable_engagement()->add_documents()->set_before_start(true);
  program::v1::Format& group = *definition.add_formats();
  group.set_code("group");
  group.add_steps()->set_kind(ProposalStep::KIND_INTEREST);
  ProposalStep& acceptance = *group.add_steps();
  acceptance.set_kind(ProposalStep::KIND_ACCEPTANCE);
  acceptance.add_asked(Subject::SUBJECT_MENTOR);
  group.mutable_mentees()->mutable_called()->set_en("protégé");
  group.mutable_mentees()->mutable_called()->set_fr("protégé·e");
  group.mutable_engagement()->add_documents()->add_signed_by(Subject::SUBJECT_MENTEE);
  program::v1::Format& late = *definition.add_formats();
  late.set_code("late");  // the meeting is held once both have accepted
  late.add_steps()->set_kind(ProposalStep::KIND_ACCEPTANCE);
  late.add_steps()->set_kind(ProposalStep::KIND_CONTACT_MEETING);
  program::v1::FollowUpStage& exit = *definition.mutable_follow_up()->add_stages();
  exit.set_code("exit");
  program::v1::FollowUpStage& year = *definition.mutable_follow_up()->add_stages();
  year.set_code("year");
  year.set_also_without_engagement(true);
  return definition;
}

template <class Participant>
void Fill(Participant& participant, const std::string& person, Subject side) {
  participant.set_person(person);
  participant.set_enrolment("enrolment-of-" + person);
  participant.set_side(side);
}
// Of mentees and one mentor, called "mentor".
template <class Ref>
void Fill(Ref& ref, const std::string& format, const std::vector<std::string>& mentees) {
  ref.set_program("prog");
  ref.set_program_version(1);
  ref.set_format(format);
  for (const std::string& mentee : mentees) {
    Fill(*ref.add_participants(), mentee, Subject::SUBJECT_MENTEE);
  }
  Fill(*ref.add_participants(), "mentor", Subject::SUBJECT_MENTOR);
}
template <class Event>
Event OfProposal(const std::string& format, const std::vector<std::string>& mentees) {
  Event event;
  event.mutable_proposal()->set_proposal("p");
  Fill(*event.mutable_proposal(), format, mentees);
  return event;
}
template <class Event>
Event OfEngagement(const std::string& format, const std::vector<std::string>& mentees) {
  Event event;
  event.mutable_engagement()->set_engagement("e");
  Fill(*event.mutable_engagement(), format, mentees);
  return event;
}

class NotificationServiceTest : public ::testing::Test {
 protected:
  NotificationServiceTest() : module_(Spec(), absl::FromUnixSeconds(1'767'600'000)) {
    module_.Publish(Definition());
  }

  static Principal As(Role role, const std::string& person, const std::string& organization = "",
                      const std::string& program = "") {
    Principal principal;
    principal.id = "key";
    principal.role = role;
    principal.person = person;
    principal.organization = organization;
    principal.program = program;
    return principal;
  }
  void Tell(const google::protobuf::Message& fact) {
    const absl::Status told = module_.Deliver(fact, "key", module_.now());
    ASSERT_TRUE(told.ok()) << told;
  }
  void Propose() { Tell(OfProposal<matching::events::v1::ProposalMade>("pair", {"mentee"})); }
  void Change(const std::string& agency, referral::events::v1::ApplicationState state,
              bool silent = false) {
    referral::events::v1::ApplicationChanged changed;
    changed.set_referral("referral-" + agency);
    changed.set_application("application-" + agency);
    changed.set_program("prog");
    changed.set_agency(agency);
    changed.set_state(state);
    changed.set_silent(silent);
    Tell(changed);
  }
  void Return(const std::string& agency) {
    Change(agency, referral::events::v1::APPLICATION_STATE_RETURNED);
  }
  void Leave(const std::string& person) {
    registration::events::v1::EnrolmentEnded ended;
    ended.set_enrolment("enrolment-of-" + person);
    ended.set_person(person);
    ended.set_program("prog");
    Tell(ended);
  }
  std::vector<v1::Message> List(const Principal& as) {
    v1::ListMessagesRequest request;
    request.set_page_size(3);
    std::vector<v1::Message> all;
    while (true) {
      const auto page = module_.Call<v1::ListMessagesResponse>(
          as, std::string(kService) + "ListMessages", request);
      EXPECT_TRUE(page.ok()) << page.status();
      for (const v1::Message& message : page->messages()) all.push_back(message);
      if (page->next_page_token().empty()) return all;
      request.set_page_token(page->next_page_token());
    }
  }
  // "<recipient> <template>" of every message since the last look.
  std::vector<std::string> Told() {
    const std::vector<v1::Message> all = List(As(Role::ROLE_OPERATOR, ""));
    std::vector<std::string> told;
    for (size_t i = seen_; i < all.size(); ++i) {
      const std::string& recipient = all[i].recipient();
      told.push_back(recipient.substr(recipient.find('/') + 1) + " " + all[i].template_());
    }
    seen_ = all.size();
    return told;
  }
  // What staff have to do, of one kind or of all.
  std::vector<v1::Task> List(const Principal& as, const std::string& kind) {
    v1::ListTasksRequest request;
    request.set_kind(kind);
    request.set_page_size(2);
    std::vector<v1::Task> all;
    while (true) {
      const auto page =
          module_.Call<v1::ListTasksResponse>(as, std::string(kService) + "ListTasks", request);
      EXPECT_TRUE(page.ok()) << page.status();
      for (const v1::Task& task : page->tasks()) all.push_back(task);
      if (page->next_page_token().empty()) return all;
      request.set_page_token(page->next_page_token());
    }
  }
  // "<kind> <who asked> <count>"
  std::vector<std::string> ToDo(const Principal& as) {
    std::vector<std::string> to_do;
    for (const v1::Task& task : List(as, "")) {
      const std::string& by = task.by_enrolment();
      to_do.push_back(task.kind() + " " + by.substr(by.find('/') + 1) + " " +
                      std::to_string(task.count()));
    }
    return to_do;
  }
  absl::Status Get(const Principal& as, const std::string& name) {
    v1::GetMessageRequest request;
    request.set_name(name);
    return module_.Call<v1::Message>(as, std::string(kService) + "GetMessage", request).status();
  }

  testing::OneModule module_;
  size_t seen_ = 0;
};

TEST_F(NotificationServiceTest, TellsBothPersons_InBothLanguages) {
  Propose();
  const std::vector<v1::Message> hers = List(As(Role::ROLE_MENTEE, "mentee"));
  ASSERT_EQ(hers.size(), 1u);
  EXPECT_EQ(hers[0].template_(), "proposal_made");
  EXPECT_EQ(hers[0].about(), "proposals/p");
  EXPECT_EQ(hers[0].recipient(), "people/mentee");
  EXPECT_FALSE(hers[0].body().en().empty());
  EXPECT_FALSE(hers[0].body().fr().empty());
  EXPECT_EQ(List(As(Role::ROLE_MENTOR, "mentor")).size(), 1u);
  EXPECT_EQ(module_.Events<events::v1::MessageQueued>().size(), 2u);
}

TEST_F(NotificationServiceTest, ShowsEachTheirOwn) {
  Propose();
  Return("alpha");
  Return("beta");
  const Principal alpha = As(Role::ROLE_AGENCY, "", "alpha");
  const std::vector<v1::Message> own = List(alpha);
  ASSERT_EQ(own.size(), 1u);
  EXPECT_EQ(own[0].recipient(), "organizations/alpha");
  EXPECT_TRUE(Get(alpha, own[0].name()).ok());
  EXPECT_TRUE(absl::IsNotFound(Get(As(Role::ROLE_AGENCY, "", "beta"), own[0].name())));
  EXPECT_TRUE(absl::IsNotFound(Get(As(Role::ROLE_ORGANIZATION, "", "beta"), own[0].name())));
  EXPECT_TRUE(Get(As(Role::ROLE_ORGANIZATION, "", "alpha"), own[0].name()).ok());
  EXPECT_TRUE(absl::IsNotFound(Get(As(Role::ROLE_MENTEE, "mentee"), own[0].name())));
  EXPECT_TRUE(List(As(Role::ROLE_MENTEE, "alpha")).empty());
  EXPECT_TRUE(List(As(Role::ROLE_ORGANIZATION, "")).empty());
  EXPECT_EQ(List(As(Role::ROLE_OPERATOR, "")).size(), 4u);
  EXPECT_EQ(List(As(Role::ROLE_COORDINATOR, "", "", "prog")).size(), 4u);
  EXPECT_TRUE(List(As(Role::ROLE_COORDINATOR, "", "", "another")).empty());
}

TEST_F(NotificationServiceTest, FollowsAPairsProposal_StepByStep) {
  Propose();
  EXPECT_THAT(Told(), ElementsAre("mentee proposal_made", "mentor proposal_made"));
  auto reached = OfProposal<matching::events::v1::StepReached>("pair", {"mentee"});
  reached.set_step("contact_meeting");
  Tell(reached);
  EXPECT_THAT(Told(), ElementsAre("prog contact_meeting_to_hold"));
  reached.set_step("acceptance");
  Tell(reached);
  EXPECT_THAT(Told(), ElementsAre("mentee contact_meeting_held", "mentor contact_meeting_held"));
  auto matched = OfProposal<matching::events::v1::MatchMade>("pair", {"mentee"});
  matched.mutable_sign_by()->set_seconds(1);
  Tell(matched);
  EXPECT_THAT(Told(), ElementsAre("mentee agreement_to_sign", "mentor agreement_to_sign"));
  Tell(OfEngagement<session::events::v1::EngagementStarted>("pair", {"mentee"}));
  EXPECT_THAT(Told(), ElementsAre("mentee engagement_started", "mentor engagement_started"));
}

TEST_F(NotificationServiceTest, AsksThoseWhomTheStepAsks_AndOfNoMeetingThatIsNotHeld) {
  auto reached = OfProposal<matching::events::v1::StepReached>("group", {"a", "b"});
  reached.set_step("interest");
  Tell(reached);
  EXPECT_THAT(Told(), ElementsAre("a proposal_to_study", "b proposal_to_study",
                                  "mentor proposal_to_study"));
  reached.set_step("acceptance");
  Tell(reached);
  EXPECT_THAT(Told(), ElementsAre("mentor proposal_to_accept"));
  Tell(OfProposal<matching::events::v1::MatchMade>("group", {"a", "b"}));
  EXPECT_THAT(Told(), IsEmpty());  // nothing holds the start open
  Tell(OfEngagement<session::events::v1::EngagementStarted>("group", {"a", "b"}));
  EXPECT_THAT(Told(), ElementsAre("a engagement_started", "b engagement_started",
                                  "mentor engagement_started", "a documents_to_sign",
                                  "b documents_to_sign"));
}

TEST_F(NotificationServiceTest, SaysNothingOfAMeetingThatIsStillToCome) {
  auto reached = OfProposal<matching::events::v1::StepReached>("late", {"mentee"});
  reached.set_step("acceptance");
  Tell(reached);
  EXPECT_THAT(Told(), ElementsAre("mentee proposal_to_accept", "mentor proposal_to_accept"));
}

TEST_F(NotificationServiceTest, TellsTheOtherSide_OfWhatAParticipantAskedFor) {
  auto made = OfProposal<matching::events::v1::ProposalMade>("pair", {"mentee"});
  made.set_initiator("participant");
  Tell(made);
  EXPECT_THAT(Told(), ElementsAre("mentor proposal_made"));
  made.mutable_proposal()->clear_participants();
  Fill(*made.mutable_proposal()->add_participants(), "peer", Subject::SUBJECT_MENTEE);
  made.set_step("contact_meeting");
  Tell(made);  // peers have no other side; the meeting comes first
  EXPECT_THAT(Told(), ElementsAre("peer proposal_made", "prog contact_meeting_to_hold"));
}

TEST_F(NotificationServiceTest, TellsTheOthers_WhenOneOfAProposalIsExchanged) {
  auto dropped = OfProposal<matching::events::v1::ParticipantDropped>("group", {"a"});
  Fill(*dropped.mutable_participant(), "b", Subject::SUBJECT_MENTEE);
  Tell(dropped);
  EXPECT_THAT(Told(), ElementsAre("a proposal_left", "mentor proposal_left", "prog proposal_left",
                                  "b proposal_dropped"));
  auto taken_in = OfProposal<matching::events::v1::ParticipantProposed>("group", {"a", "c"});
  Fill(*taken_in.mutable_participant(), "c", Subject::SUBJECT_MENTEE);
  Tell(taken_in);
  EXPECT_THAT(Told(),
              ElementsAre("a proposal_taken_in", "mentor proposal_taken_in", "c proposal_made"));
  auto ended = OfProposal<matching::events::v1::ProposalEnded>("group", {"a", "c"});
  ended.set_by("time");
  Tell(ended);
  EXPECT_THAT(Told(), ElementsAre("a proposal_ended", "c proposal_ended", "mentor proposal_ended"));
  Leave("c");
  ended.set_by("enrolment");
  Tell(ended);
  EXPECT_THAT(Told(),
              ElementsAre("a proposal_ended", "mentor proposal_ended", "prog proposal_ended"));
}

TEST_F(NotificationServiceTest, SaysWhatTheProgramCallsThem) {
  auto left = OfEngagement<session::events::v1::ParticipantLeft>("group", {"a"});
  Fill(*left.mutable_participant(), "b", Subject::SUBJECT_MENTEE);
  left.mutable_participant()->set_rematch(SessionParticipant::REMATCH_NO);
  Tell(left);
  const std::vector<v1::Message> hers = List(As(Role::ROLE_MENTEE, "a"));
  ASSERT_EQ(hers.size(), 1u);
  EXPECT_THAT(hers[0].body().en(), HasSubstr("(protégé)"));
  EXPECT_THAT(hers[0].body().fr(), HasSubstr("(protégé·e)"));
  // Where the definition has no word for them, a general one stands.
  left.mutable_participant()->set_side(Subject::SUBJECT_MENTOR);
  Tell(left);
  EXPECT_THAT(List(As(Role::ROLE_MENTEE, "a")).at(1).body().en(), HasSubstr("(participant)"));
  for (const v1::Message& message : List(As(Role::ROLE_OPERATOR, ""))) {
    EXPECT_EQ(message.body().en().find('{'), std::string::npos);
  }
}

TEST_F(NotificationServiceTest, TellsOfComingGoingAndEnd_AndAsksForTheNextMatch) {
  auto joined = OfEngagement<session::events::v1::ParticipantJoined>("group", {"a", "b"});
  Fill(*joined.mutable_participant(), "b", Subject::SUBJECT_MENTEE);
  Tell(joined);
  EXPECT_THAT(Told(), ElementsAre("a engagement_joined", "mentor engagement_joined",
                                  "b engagement_entered", "b documents_to_sign"));
  auto left = OfEngagement<session::events::v1::ParticipantLeft>("group", {"a"});
  Fill(*left.mutable_participant(), "b", Subject::SUBJECT_MENTEE);
  Tell(left);
  EXPECT_THAT(Told(), ElementsAre("a engagement_left", "mentor engagement_left",
                                  "prog engagement_left", "b rematch_asked"));
  left.set_reason("enrolment_ended");  // heard before the end of the enrolment itself
  Tell(left);
  EXPECT_THAT(Told(),
              ElementsAre("a engagement_left", "mentor engagement_left", "prog engagement_left"));
  auto completed = OfEngagement<session::events::v1::EngagementCompleted>("group", {"a"});
  completed.mutable_engagement()->mutable_participants(1)->set_rematch(
      SessionParticipant::REMATCH_YES);
  Tell(completed);
  EXPECT_THAT(Told(), ElementsAre("a engagement_completed", "mentor engagement_completed",
                                  "a rematch_asked"));
  auto early = OfEngagement<session::events::v1::EngagementEndedEarly>("group", {"a"});
  early.mutable_engagement()->mutable_participants(0)->set_rematch(SessionParticipant::REMATCH_NO);
  Tell(early);
  EXPECT_THAT(Told(), ElementsAre("a engagement_ended_early", "mentor engagement_ended_early",
                                  "prog engagement_ended_early", "mentor rematch_asked"));
  auto lapsed = OfEngagement<session::events::v1::AgreementLapsed>("pair", {"a"});
  lapsed.set_reason("not_signed");
  Tell(lapsed);
  EXPECT_THAT(Told(), UnorderedElementsAre("a agreement_lapsed", "mentor agreement_lapsed",
                                           "a rematch_asked", "mentor rematch_asked"));
  lapsed.set_reason("enrolment_ended");
  lapsed.mutable_engagement()->mutable_participants(0)->set_rematch(SessionParticipant::REMATCH_NO);
  lapsed.mutable_engagement()->mutable_participants(1)->set_rematch(
      SessionParticipant::REMATCH_YES);
  Tell(lapsed);
  EXPECT_THAT(Told(), ElementsAre("mentor agreement_lapsed", "prog agreement_lapsed"));
}

TEST_F(NotificationServiceTest, TellsAllOfThem_ThatTheyCannotGoOn) {
  Leave("b");
  auto refused = OfProposal<matching::events::v1::ContinuationRefused>("group", {"a", "b"});
  refused.set_reason("left");
  Tell(refused);
  EXPECT_THAT(Told(), ElementsAre("a continuation_refused", "mentor continuation_refused",
                                  "prog continuation_refused"));
}

TEST_F(NotificationServiceTest, TellsStaffAndTheOthers_WhatHappensUnderWay) {
  auto extension = OfEngagement<session::events::v1::ExtensionAsked>("pair", {"mentee"});
  extension.set_by("enrolment-of-mentee");
  Tell(extension);
  EXPECT_THAT(Told(), ElementsAre("mentor extension_asked", "prog extension_asked"));
  Tell(OfEngagement<session::events::v1::MissesFlagged>("pair", {"mentee"}));
  EXPECT_THAT(Told(), ElementsAre("prog misses_flagged"));
  auto check_in = OfEngagement<session::events::v1::CheckInAnswered>("pair", {"mentee"});
  Tell(check_in);
  EXPECT_THAT(Told(), IsEmpty());
  check_in.set_wants_help(true);
  Tell(check_in);
  EXPECT_THAT(Told(), ElementsAre("prog help_wanted"));
  Tell(OfEngagement<session::events::v1::ReviewDue>("pair", {"mentee"}));
  EXPECT_THAT(Told(), ElementsAre("prog review_due"));
  auto introductions = OfEngagement<session::events::v1::IntroductionsDue>("pair", {"mentee"});
  Tell(introductions);
  EXPECT_THAT(Told(), ElementsAre("mentor introductions_due"));
}

// The case "help": a check-in that wants help, an "ask for more", a decline and a request to
// extend.
TEST_F(NotificationServiceTest, ListsForStaffWhatIsToDo_WhoAskedAndWhen) {
  const Principal staff = As(Role::ROLE_COORDINATOR, "", "", "prog");
  const absl::Time asked = module_.now();
  auto help = OfEngagement<session::events::v1::CheckInAnswered>("pair", {"mentee"});
  help.set_by("enrolment-of-mentee");
  help.set_wants_help(true);
  Tell(help);
  module_.MoveBy(absl::Hours(1));
  auto more = OfProposal<matching::events::v1::MoreAsked>("pair", {"mentee"});
  Fill(*more.mutable_participant(), "mentor", Subject::SUBJECT_MENTOR);
  Tell(more);
  EXPECT_THAT(Told(), ElementsAre("prog help_wanted", "mentee more_asked", "prog more_asked"));
  auto extension = OfEngagement<session::events::v1::ExtensionAsked>("pair", {"mentee"});
  extension.set_by("enrolment-of-mentor");
  extension.set_days(30);
  Tell(extension);
  auto misses = OfEngagement<session::events::v1::MissesFlagged>("pair", {"mentee"});
  misses.set_misses(2);
  Tell(misses);
  EXPECT_THAT(ToDo(staff),
              ElementsAre("help_wanted enrolment-of-mentee 0", "more_asked enrolment-of-mentor 0",
                          "extension_asked enrolment-of-mentor 30", "misses_flagged  2"));
  EXPECT_EQ(List(staff, "help_wanted").at(0).about(), "engagements/e");
  EXPECT_EQ(absl::FromUnixSeconds(List(staff, "help_wanted").at(0).ask_time().seconds()), asked);
  EXPECT_NE(List(staff, "help_wanted").at(0).text().en(),
            List(staff, "help_wanted").at(0).text().fr());
  auto declined = OfProposal<matching::events::v1::ProposalEnded>("pair", {"mentee"});
  declined.set_outcome("declined");
  declined.set_by("mentor");
  declined.set_by_enrolment("enrolment-of-mentor");
  declined.set_reason("goals");
  Tell(declined);  // what was asked before it needs no answer any more
  EXPECT_THAT(
      ToDo(staff),
      ElementsAre("help_wanted enrolment-of-mentee 0", "extension_asked enrolment-of-mentor 30",
                  "misses_flagged  2", "proposal_declined enrolment-of-mentor 0"));
  EXPECT_EQ(List(staff, "proposal_declined").at(0).reason(), "goals");
  Tell(OfEngagement<session::events::v1::EngagementExtended>("pair", {"mentee"}));
  Tell(OfEngagement<session::events::v1::ReviewRecorded>("pair", {"mentee"}));
  EXPECT_THAT(ToDo(staff), ElementsAre("help_wanted enrolment-of-mentee 0",
                                       "proposal_declined enrolment-of-mentor 0"));

  v1::SettleTaskRequest settle;
  settle.set_name(List(staff, "help_wanted").at(0).name());
  const auto as = [&](const Principal& who) {
    return module_.Call<v1::Task>(who, std::string(kService) + "SettleTask", settle);
  };
  settle.set_resolution("done");
  EXPECT_TRUE(absl::IsNotFound(as(As(Role::ROLE_COORDINATOR, "", "", "another")).status()));
  settle.set_resolution("somehow");
  EXPECT_TRUE(absl::IsInvalidArgument(as(staff).status()));
  settle.set_resolution("done");
  const auto settled = as(staff);
  ASSERT_TRUE(settled.ok()) << settled.status();
  EXPECT_EQ(settled->state(), v1::Task::STATE_SETTLED);
  EXPECT_EQ(settled->resolution(), "done");
  EXPECT_TRUE(absl::IsFailedPrecondition(as(staff).status()));
  EXPECT_EQ(ToDo(staff).size(), 1u);
  v1::ListTasksRequest past;
  past.set_state(v1::Task::STATE_SETTLED);
  const auto done =
      module_.Call<v1::ListTasksResponse>(staff, std::string(kService) + "ListTasks", past);
  ASSERT_TRUE(done.ok()) << done.status();
  EXPECT_EQ(done->tasks_size(), 4);
  EXPECT_EQ(done->tasks(1).resolution(), "overtaken");
  for (const Principal& none : {As(Role::ROLE_COORDINATOR, "", "", "another"),
                                As(Role::ROLE_COORDINATOR, "", "alpha", staff.program)}) {
    EXPECT_TRUE(
        absl::IsNotFound(module_
                             .Call<v1::ListTasksResponse>(none, std::string(kService) + "ListTasks",
                                                          v1::ListTasksRequest())
                             .status()));
  }
}

TEST_F(NotificationServiceTest, SendsNothingToWhoLeft_AndGoesOnTellingTheOthers) {
  Leave("mentee");
  Propose();
  EXPECT_THAT(Told(), ElementsAre("mentor proposal_made"));
  registration::events::v1::EnrolmentReady ready;
  ready.set_person("mentee");
  ready.set_program("prog");
  ready.set_enrolment("enrolment-of-mentee");
  Tell(ready);
  EXPECT_THAT(Told(), IsEmpty());
  ready.set_enrolment("another-of-mentee");  // they came again
  Tell(ready);
  EXPECT_THAT(Told(), ElementsAre("mentee enrolment_ready"));
}

TEST_F(NotificationServiceTest, ALinkToSignInIsToldWithoutTheLink) {
  registration::events::v1::SignInLinkAsked asked;
  asked.set_link("link-1");
  asked.set_account("dana");
  Tell(asked);
  EXPECT_THAT(Told(), ElementsAre("dana sign_in_link"));
  const std::vector<v1::Message> all = List(As(Role::ROLE_OPERATOR, ""));
  EXPECT_EQ(all.at(0).recipient_kind(), v1::Message::RECIPIENT_KIND_ACCOUNT);
  EXPECT_EQ(all.at(0).recipient(), "accounts/dana");
  EXPECT_EQ(all.at(0).about(), "signInLinks/link-1");
}

TEST_F(NotificationServiceTest, FollowsAfterLeaving_WhereTheDefinitionDoes) {
  outcome::events::v1::FollowUpOpened opened;
  opened.set_follow_up("f");
  opened.set_program("prog");
  opened.set_person("mentee");
  opened.set_enrolment("enrolment-of-mentee");
  opened.set_stage("exit");
  Tell(opened);
  EXPECT_THAT(Told(), ElementsAre("mentee follow_up_open"));
  Leave("mentee");
  Tell(opened);
  EXPECT_THAT(Told(), IsEmpty());
  outcome::events::v1::FollowUpAttemptDue due;
  due.set_program("prog");
  due.set_person("mentee");
  due.set_enrolment("enrolment-of-mentee");
  due.set_stage("exit");
  Tell(due);
  EXPECT_THAT(Told(), IsEmpty());
  due.set_stage("year");
  Tell(due);
  EXPECT_THAT(Told(), ElementsAre("mentee follow_up_reminder"));
}

TEST_F(NotificationServiceTest, TellsAnApplicationToWhoeverBroughtIt) {
  using namespace referral::events::v1;
  Change("alpha", APPLICATION_STATE_RECEIVED);
  EXPECT_THAT(Told(), IsEmpty());
  Change("alpha", APPLICATION_STATE_ADMITTED);
  EXPECT_THAT(Told(), ElementsAre("alpha application_admitted"));
  // Not while consent to share is withdrawn; the person themselves is told all the same.
  Change("alpha", APPLICATION_STATE_RETURNED, /*silent=*/true);
  EXPECT_THAT(Told(), IsEmpty());
  Change("", APPLICATION_STATE_ADMITTED, /*silent=*/true);
  Change("", APPLICATION_STATE_RETURNED);
  Change("", APPLICATION_STATE_WAITLISTED);
  EXPECT_THAT(Told(),
              ElementsAre("referral- application_admitted", "referral- application_returned",
                          "referral- application_waitlisted"));
  const std::vector<v1::Message> all = List(As(Role::ROLE_COORDINATOR, "", "", "prog"));
  EXPECT_EQ(all.at(1).recipient_kind(), v1::Message::RECIPIENT_KIND_APPLICANT);
  EXPECT_EQ(all.at(1).recipient(), "referrals/referral-");
  EXPECT_EQ(all.at(1).subject().en(), "You are admitted");
  EXPECT_EQ(all.at(0).subject().en(), "The person you referred is admitted");
}

// What never comes keeps nothing behind it waiting for ever.
TEST_F(NotificationServiceTest, AwaitsADefinitionForAWhileOnly) {
  auto fact = OfEngagement<session::events::v1::EngagementStarted>("pair", {"mentee"});
  fact.mutable_engagement()->set_program_version(2);
  const auto deliver = [&] { return module_.Deliver(fact, "key", module_.now()); };
  EXPECT_TRUE(absl::IsUnavailable(deliver())) << deliver();
  module_.clock().AdvanceSystem(program::AwaitedPrograms::kPatience + absl::Seconds(1));
  EXPECT_TRUE(absl::IsNotFound(deliver())) << deliver();
}

}  // namespace
}  // namespace tremplin::notification
