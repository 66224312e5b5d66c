#include "services/referral/events/consumers.h"

#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/referral/testing/fixture.h"
#include "tremplin/matching/events/v1/events.pb.h"
#include "tremplin/outcome/events/v1/events.pb.h"
#include "tremplin/registration/events/v1/events.pb.h"
#include "tremplin/registration/v1/registration.pb.h"
#include "tremplin/session/events/v1/events.pb.h"

namespace tremplin::referral {
namespace {

namespace registration_events = ::tremplin::registration::events::v1;
namespace matching_events = ::tremplin::matching::events::v1;
namespace session_events = ::tremplin::session::events::v1;
namespace outcome_events = ::tremplin::outcome::events::v1;
using app::Service;
using ::testing::ElementsAre;

// Registration as far as referral asks it.
class OneProgram final : public peers::Transport {
 public:
  absl::StatusOr<std::string> Call(const std::string& method, const std::string& request,
                                   const rpc::Envelope&) override {
    EXPECT_EQ(method, "tremplin.registration.v1.RegistrationService/GetProgram");
    ::tremplin::registration::v1::GetProgramRequest asked;
    EXPECT_TRUE(asked.ParseFromString(request));
    ::tremplin::registration::v1::Program program;
    *program.mutable_definition() = System::Definition();
    program.mutable_definition()->set_id("other");
    program.set_version(asked.version());
    return program.SerializeAsString();
  }
};

class ConsumersTest : public ReferralTest {
 protected:
  void SetUp() override {
    ReferralTest::SetUp();
    if (system_ == nullptr) return;
    peers_ = std::make_unique<peers::Peers>(std::make_unique<OneProgram>(), "service-key");
    consumers_ = std::make_unique<Consumers>(system_->programs(), *peers_, system_->clock);
    consumers_->Subscribe(handlers_);
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
    matched.mutable_parties()->set_mentee_enrolment("e-1");
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

  std::unique_ptr<peers::Peers> peers_;
  std::unique_ptr<Consumers> consumers_;
  inbox::Handlers handlers_;
  int events_ = 0;
};

TEST_P(ConsumersTest, TheFeedFollowsThePerson) {
  Enrolled(Submit("alpha", "A-1").applications(0).name());
  Ready();
  Matched();
  session_events::MentorshipStarted started;
  started.mutable_parties()->set_mentee_enrolment("e-1");
  ASSERT_TRUE(Deliver(started).ok());
  session_events::MentorshipCompleted completed;
  completed.mutable_parties()->set_mentee_enrolment("e-1");
  completed.set_reason("goals_met");
  ASSERT_TRUE(Deliver(completed).ok());
  outcome_events::FollowUpAnswered answered;
  answered.set_enrolment("e-1");
  answered.set_stage("month_3");
  answered.set_employment("in_profession");
  ASSERT_TRUE(Deliver(answered).ok());
  EXPECT_THAT(Milestones(), ElementsAre("received", "enrolled", "ready", "matched", "started",
                                        "completed", "outcome"));
}

TEST_P(ConsumersTest, AMilestoneThatComesFirstWaitsForItsEnrolment) {
  const std::string application = Submit("alpha", "A-1").applications(0).name();
  Ready();
  Matched();
  EXPECT_THAT(Milestones(), ElementsAre("received"));
  Enrolled(application);
  EXPECT_THAT(Milestones(), ElementsAre("received", "enrolled", "ready", "matched"));
  EXPECT_EQ(system_->Count("SELECT COUNT(*) FROM referral_waiting_milestone"), 0);
}

TEST_P(ConsumersTest, WithoutConsentNothingMoreIsTold) {
  v1::SubmitReferralRequest request = SubmitRequest("alpha", "A-1");
  request.mutable_file()->set_consent_to_share("no");
  Enrolled(Submit(request).applications(0).name());
  Ready();
  EXPECT_THAT(Milestones(), ElementsAre("received"));
}

TEST_P(ConsumersTest, WhoCameWithoutAReferralHasNoFeed) {
  Ready();
  Enrolled("");
  Matched();
  EXPECT_THAT(Milestones(), ElementsAre());
  EXPECT_EQ(system_->Count("SELECT COUNT(*) FROM referral_waiting_milestone"), 0);
}

TEST_P(ConsumersTest, ProgramsAndAgenciesAreLearnt) {
  v1::SubmitReferralRequest request = SubmitRequest("gamma", "G-1");
  request.set_programs(0, "programs/other");
  EXPECT_FALSE(system_->Call(system_->Agency("gamma"), &Service::SubmitReferral, request).ok());
  registration_events::OrganizationCreated created;
  created.set_organization("gamma");
  ASSERT_TRUE(Deliver(created).ok());
  registration_events::ProgramPublished published;
  published.set_program("other");
  published.set_version(3);
  published.mutable_effective_from()->set_seconds(absl::ToUnixSeconds(System::Start()) - 1);
  ASSERT_TRUE(Deliver(published).ok());
  const auto response = system_->Call(system_->Agency("gamma"), &Service::SubmitReferral, request);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->applications(0).decision().program_version(), 3);
}

INSTANTIATE_TEST_SUITE_P(Sqlite, ConsumersTest, ::testing::Values(StoreKind::kSqlite));
INSTANTIATE_TEST_SUITE_P(Postgres, ConsumersTest, ::testing::Values(StoreKind::kPostgres));

}  // namespace
}  // namespace tremplin::referral
