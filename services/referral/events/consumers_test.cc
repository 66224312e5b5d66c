#include "services/referral/events/consumers.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/referral/testing/fixture.h"
#include "tremplin/matching/events/v1/events.pb.h"
#include "tremplin/outcome/events/v1/events.pb.h"
#include "tremplin/registration/events/v1/events.pb.h"
#include "tremplin/session/events/v1/events.pb.h"

namespace tremplin::referral {
namespace {

namespace registration_events = ::tremplin::registration::events::v1;
namespace matching_events = ::tremplin::matching::events::v1;
namespace session_events = ::tremplin::session::events::v1;
namespace outcome_events = ::tremplin::outcome::events::v1;
using app::Service;
using ::testing::ElementsAre;

class ConsumersTest : public ReferralTest {
 protected:
  void SetUp() override {
    ReferralTest::SetUp();
    if (system_ == nullptr) return;
    Subscribe(handlers_, system_->clock);
  }

  template <class Payload>
  absl::Status Deliver(const Payload& payload) {
    ::tremplin::events::Event event;
    event.id = "event-" + std::to_string(++events_);
    event.type = Payload::descriptor()->full_name();
    event.time = system_->clock.BusinessNow();
    event.data = payload.SerializeAsString();
    const auto* prepare = handlers_.Find(event.type);
    if (prepare == nullptr) return absl::NotFoundError(event.type);
    const auto apply = (*prepare)(event);
    if (!apply.ok()) return apply.status();
    return system_->Write(*apply);
  }

  void Enrolled(const std::string& application) {
    registration_events::EnrolmentCreated created;
    created.set_enrolment("e-1");
    created.set_role(registration_events::ENROLMENT_ROLE_MENTEE);
    created.set_application(application.substr(application.find('/') + 1));
    EXPECT_TRUE(Deliver(created).ok());
  }
  void Ready() {
    registration_events::EnrolmentReady ready;
    ready.set_enrolment("e-1");
    ready.set_role(registration_events::ENROLMENT_ROLE_MENTEE);
    EXPECT_TRUE(Deliver(ready).ok());
  }
  void Matched() {
    matching_events::MatchMade matched;
    matched.mutable_proposal()->add_participants()->set_enrolment("m-1");
    matched.mutable_proposal()->add_participants()->set_enrolment("e-1");
    EXPECT_TRUE(Deliver(matched).ok());
  }
  std::vector<std::string> Milestones() {
    const auto feed =
        system_->Call(system_->Agency(), &Service::ListStatusFeed, v1::ListStatusFeedRequest());
    EXPECT_TRUE(feed.ok()) << feed.status();
    std::vector<std::string> milestones;
    for (const v1::StatusEntry& entry : feed->entries()) {
      milestones.push_back(entry.milestone());
      EXPECT_FALSE(entry.text().fr().empty()) << entry.milestone();
    }
    return milestones;
  }

  // How far its source sees that the person has come.
  std::string Place(const std::string& application) {
    v1::GetApplicationRequest get;
    get.set_name(application);
    const auto shown = system_->Call(system_->Agency(), &Service::GetApplication, get);
    EXPECT_TRUE(shown.ok()) << shown.status();
    return shown.ok() ? shown->milestone() : "";
  }

  inbox::Handlers handlers_;
  int events_ = 0;
};

TEST_P(ConsumersTest, TheFeedFollowsThePerson) {
  Enrolled(Submit("alpha", "A-1").applications(0).name());
  Ready();
  Matched();
  session_events::EngagementStarted started;
  started.mutable_engagement()->add_participants()->set_enrolment("e-1");
  ASSERT_TRUE(Deliver(started).ok());
  session_events::EngagementCompleted completed;
  completed.mutable_engagement()->add_participants()->set_enrolment("e-1");
  completed.set_reason("goals_met");
  ASSERT_TRUE(Deliver(completed).ok());
  outcome_events::FollowUpAnswered answered;
  answered.set_enrolment("e-1");
  answered.set_stage("month_3");
  answered.set_employment("in_profession");
  ASSERT_TRUE(Deliver(answered).ok());
  outcome_events::FollowUpAmended amended;
  amended.set_enrolment("e-1");
  amended.set_stage("month_3");
  amended.set_employment("none");
  ASSERT_TRUE(Deliver(amended).ok());
  outcome_events::JobReported job;
  job.set_enrolment("e-1");
  job.set_employment("in_profession");
  ASSERT_TRUE(Deliver(job).ok());
  EXPECT_THAT(Milestones(), ElementsAre("received", "enrolled", "ready", "matched", "started",
                                        "completed", "outcome", "outcome_amended", "outcome"));
}

TEST_P(ConsumersTest, AnApplicationSaysHowFarThePersonHasCome) {
  const std::string application = Submit("alpha", "A-1").applications(0).name();
  EXPECT_EQ(Place(application), "");
  Enrolled(application);
  session_events::EngagementStarted started;
  started.mutable_engagement()->add_participants()->set_enrolment("e-1");
  ASSERT_TRUE(Deliver(started).ok());
  Matched();  // at the same moment, on a topic that is read later
  EXPECT_EQ(Place(application), "started");
  session_events::EngagementEndedEarly ended;
  ended.mutable_engagement()->add_participants()->set_enrolment("e-1");
  ASSERT_TRUE(Deliver(ended).ok());
  EXPECT_EQ(Place(application), "ended_early");
  system_->clock.SetBusiness(System::Start() + absl::Hours(1));
  Matched();
  EXPECT_EQ(Place(application), "matched") << "again, later";
  outcome_events::JobReported job;
  job.set_enrolment("e-1");
  ASSERT_TRUE(Deliver(job).ok());
  EXPECT_EQ(Place(application), "matched") << "an outcome is no place";
}

TEST_P(ConsumersTest, WhyAnEngagementEndedIsToldOfMenteesOnly) {
  Enrolled(Submit("alpha", "A-1").applications(0).name());
  session_events::EngagementEndedEarly ended;
  auto* who = ended.mutable_engagement()->add_participants();
  who->set_enrolment("e-1");
  who->set_side(program::v1::SUBJECT_MENTOR);
  ended.set_reason("found_work");
  ASSERT_TRUE(Deliver(ended).ok());
  who->set_side(program::v1::SUBJECT_MENTEE);
  ASSERT_TRUE(Deliver(ended).ok());
  const auto feed =
      system_->Call(system_->Agency(), &Service::ListStatusFeed, v1::ListStatusFeedRequest());
  ASSERT_TRUE(feed.ok()) << feed.status();
  ASSERT_EQ(feed->entries_size(), 4);  // received, enrolled, and the two
  EXPECT_EQ(feed->entries(2).milestone(), "ended_early");
  EXPECT_EQ(feed->entries(2).reasons_size(), 0);
  EXPECT_THAT(feed->entries(3).reasons(), ElementsAre("found_work"));
}

TEST_P(ConsumersTest, AMilestoneThatComesFirstWaitsForItsEnrolment) {
  const std::string application = Submit("alpha", "A-1").applications(0).name();
  Ready();
  Matched();
  EXPECT_THAT(Milestones(), ElementsAre("received"));
  Enrolled(application);
  EXPECT_THAT(Milestones(), ElementsAre("received", "enrolled", "ready", "matched"));
  // That of the other one waits on.
  EXPECT_EQ(system_->Count("SELECT COUNT(*) FROM referral_waiting_milestone"), 1);
}

TEST_P(ConsumersTest, WithoutConsentNothingMoreIsTold) {
  v1::SubmitReferralRequest request = SubmitRequest("alpha", "A-1");
  Give(request.mutable_file(), "consent_to_share", {"no"});
  const std::string application = Submit(request).applications(0).name();
  Enrolled(application);
  Ready();
  EXPECT_THAT(Milestones(), ElementsAre("received"));
  EXPECT_EQ(Place(application), "");
}

// A program that asks for no consent has none to tell of what follows.
TEST_P(ConsumersTest, WhereNoConsentIsAskedNothingMoreIsTold) {
  program::v1::ProgramDefinition definition = System::Definition();
  definition.clear_consent_fact();
  system_->Publish(2, definition, System::Start());
  v1::SubmitReferralRequest request = SubmitRequest("alpha", "A-1");
  const std::string name = Submit(request).applications(0).name();
  request.mutable_file()->set_phone("613-555-0000");
  Submit(request);
  v1::AdmitApplicationRequest admit;
  admit.set_name(name);
  ASSERT_TRUE(system_->Call(system_->Staff(), &Service::AdmitApplication, admit).ok());
  request.mutable_file()->set_phone("613-555-0001");
  Submit(request);
  Enrolled(name);
  Ready();
  EXPECT_THAT(Milestones(), ElementsAre("received", "received", "admitted"));
}

TEST_P(ConsumersTest, WhoCameWithoutAReferralHasNoFeed) {
  Ready();
  Enrolled("");
  Matched();
  EXPECT_THAT(Milestones(), ElementsAre());
  EXPECT_EQ(
      system_->Count("SELECT COUNT(*) FROM referral_waiting_milestone WHERE enrolment = 'e-1'"), 0);
}

TEST_P(ConsumersTest, WhoCameByThemselvesHasNoFeed) {
  const auto entered =
      system_->Call(system_->Staff(), &Service::SubmitReferral, MentorRequest("M-1"));
  ASSERT_TRUE(entered.ok()) << entered.status();
  Enrolled(entered->applications(0).name());
  Ready();
  EXPECT_EQ(system_->Count("SELECT COUNT(*) FROM referral_feed"), 0);
}

TEST_P(ConsumersTest, OneOfManyJoinsAndLeaves) {
  Enrolled(Submit("alpha", "A-1").applications(0).name());
  session_events::ParticipantJoined joined;
  joined.mutable_participant()->set_enrolment("e-1");
  ASSERT_TRUE(Deliver(joined).ok());
  session_events::ParticipantLeft left;
  left.mutable_participant()->set_enrolment("e-1");
  left.set_reason("moved");
  ASSERT_TRUE(Deliver(left).ok());
  EXPECT_THAT(Milestones(), ElementsAre("received", "enrolled", "started", "ended_early"));
}

TEST_P(ConsumersTest, ConsentTakenBackAfterAdmissionEndsTheTelling) {
  v1::SubmitReferralRequest request = SubmitRequest("alpha", "A-1");
  const std::string name = Submit(request).applications(0).name();
  v1::AdmitApplicationRequest admit;
  admit.set_name(name);
  ASSERT_TRUE(system_->Call(system_->Staff(), &Service::AdmitApplication, admit).ok());
  Enrolled(name);
  Give(request.mutable_file(), "consent_to_share", {"no"});
  EXPECT_EQ(Submit(request).applications(0).state(), v1::Application::STATE_ADMITTED);
  Ready();
  EXPECT_THAT(Milestones(), ElementsAre("received", "admitted", "enrolled"));
  Give(request.mutable_file(), "consent_to_share", {"yes"});
  Submit(request);
  Matched();
  EXPECT_THAT(Milestones(), ElementsAre("received", "admitted", "enrolled", "matched"));
}

TEST_P(ConsumersTest, AKeyOfOneProgramReadsItsPartOfTheFeed) {
  Submit("alpha", "A-1");
  const auto feed = [&](const std::string& program) {
    const auto read = system_->Call(system_->As(options::v1::ROLE_AGENCY, "alpha", program),
                                    &Service::ListStatusFeed, v1::ListStatusFeedRequest());
    EXPECT_TRUE(read.ok()) << read.status();
    return read->entries_size();
  };
  EXPECT_EQ(feed(""), 1);
  EXPECT_EQ(feed(kOttawaId), 1);
  EXPECT_EQ(feed("another-program"), 0);
}

TEST_P(ConsumersTest, ACursorBeyondTheEndIsRefused) {
  Submit("alpha", "A-1");
  const auto list = [&](const std::string& cursor) {
    v1::ListStatusFeedRequest request;
    request.set_cursor(cursor);
    return system_->Call(system_->Agency(), &Service::ListStatusFeed, request);
  };
  const auto all = list("");
  ASSERT_TRUE(all.ok()) << all.status();
  EXPECT_TRUE(list(all->cursor()).ok()) << "the end itself is no fault";
  ASSERT_TRUE(system_
                  ->Write([](database::Transaction& tx) {
                    return tx.Execute("UPDATE referral_feed_counter SET sequence = 0", {});
                  })
                  .ok());  // as after the restore of an older copy
  const auto beyond = list(all->cursor());
  EXPECT_EQ(beyond.status().code(), absl::StatusCode::kInvalidArgument);
  ASSERT_EQ(status::DetailOf(beyond.status()).violations.size(), 1U);
  EXPECT_EQ(status::DetailOf(beyond.status()).violations[0].reason, "CURSOR_BEYOND_END");
}

TEST_P(ConsumersTest, AgenciesAreLearnt) {
  const v1::SubmitReferralRequest request = SubmitRequest("gamma", "G-1");
  EXPECT_FALSE(system_->Call(system_->Agency("gamma"), &Service::SubmitReferral, request).ok());
  registration_events::OrganizationCreated created;
  created.set_organization("gamma");
  ASSERT_TRUE(Deliver(created).ok());
  EXPECT_TRUE(system_->Call(system_->Agency("gamma"), &Service::SubmitReferral, request).ok());
}

INSTANTIATE_TEST_SUITE_P(Sqlite, ConsumersTest, ::testing::Values(StoreKind::kSqlite));
INSTANTIATE_TEST_SUITE_P(Postgres, ConsumersTest, ::testing::Values(StoreKind::kPostgres));

}  // namespace
}  // namespace tremplin::referral
