// The ledger of consents, and what follows of it: admission, the feed, and what the source is
// shown.

#include <string>
#include <vector>

#include "common/clock/clock.h"
#include "common/resources/names.h"
#include "gmock/gmock.h"
#include "services/referral/events/consumers.h"
#include "services/referral/testing/fixture.h"
#include "tremplin/registration/events/v1/events.pb.h"

namespace tremplin::referral {
namespace {

using app::Service;
using program::v1::Consent;
using program::v1::CONSENT_DECISION_GIVEN;
using program::v1::CONSENT_DECISION_WITHDRAWN;
using program::v1::CONSENT_SPEAKER_PERSON;
using program::v1::ConsentDecision;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ConsentsTest : public ReferralTest {
 protected:
  void SetUp() override {
    ReferralTest::SetUp();
    if (system_ == nullptr) return;
    Subscribe(handlers_, system_->clock);
    submitted_ = Submit("alpha", "A-1");
  }
  void Pass(absl::Duration by = absl::Hours(1)) {
    system_->clock.SetBusiness(system_->clock.BusinessNow() + by);
  }

  absl::StatusOr<Consent> Set(const rpc::CallContext& as, ConsentDecision decision,
                              absl::Duration holds = absl::ZeroDuration()) {
    v1::SetConsentRequest request;
    request.set_name(submitted_.referral());
    request.set_decision(decision);
    if (holds != absl::ZeroDuration()) {
      *request.mutable_expire_time() = resources::ToTimestamp(system_->clock.BusinessNow() + holds);
    }
    rpc::CallContext call = as;
    call.business_now = system_->clock.BusinessNow();
    return system_->Call(call, &Service::SetConsent, request);
  }
  // As registration asks for the person.
  absl::StatusOr<Consent> SetByPerson(ConsentDecision decision,
                                      const std::string& organization = "") {
    v1::SetConsentRequest request;
    request.set_name(submitted_.referral());
    request.set_decision(decision);
    request.set_by("apiKeys/person");
    request.set_speaker(CONSENT_SPEAKER_PERSON);
    request.set_organization(organization);
    return system_->Call(system_->As(options::v1::ROLE_SERVICE), &Service::SetConsent, request);
  }

  // "given by file", …, as the caller reads them.
  std::vector<std::string> Ledger(const rpc::CallContext& call) {
    v1::ListConsentsRequest request;
    request.set_name(submitted_.referral());
    const auto response = system_->Call(call, &Service::ListConsents, request);
    EXPECT_TRUE(response.ok()) << response.status();
    std::vector<std::string> ledger;
    for (const Consent& one : response->consents()) {
      ledger.push_back(
          std::string(one.decision() == CONSENT_DECISION_GIVEN ? "given" : "withdrawn") + " by " +
          std::string(NameOf(one.speaker())) + (one.in_force() ? ", in force" : ""));
    }
    return ledger;
  }

  absl::StatusOr<v1::Application> Admit() {
    v1::AdmitApplicationRequest request;
    request.set_name(submitted_.applications(0).name());
    return system_->Call(system_->Staff(), &Service::AdmitApplication, request);
  }
  template <class Payload>
  void Deliver(const Payload& payload, absl::Time happened) {
    ::tremplin::events::Event event;
    event.id = "event-" + std::to_string(++events_);
    event.type = Payload::descriptor()->full_name();
    event.time = happened;
    event.data = payload.SerializeAsString();
    const auto apply = (*handlers_.Find(event.type))(event);
    ASSERT_TRUE(apply.ok()) << apply.status();
    ASSERT_TRUE(system_->Write(*apply).ok());
  }
  void Enrolled() {
    registration::events::v1::EnrolmentCreated created;
    created.set_enrolment("e-1");
    const std::string& name = submitted_.applications(0).name();
    created.set_application(name.substr(name.find('/') + 1));
    Deliver(created, system_->clock.BusinessNow());
  }
  void Ready(absl::Time happened) {
    registration::events::v1::EnrolmentReady ready;
    ready.set_enrolment("e-1");
    Deliver(ready, happened);
  }
  std::vector<std::string> Feed() {
    const auto feed =
        system_->Call(system_->Agency(), &Service::ListStatusFeed, v1::ListStatusFeedRequest());
    EXPECT_TRUE(feed.ok()) << feed.status();
    std::vector<std::string> milestones;
    for (const v1::StatusEntry& entry : feed->entries()) milestones.push_back(entry.milestone());
    return milestones;
  }
  v1::Referral Read(const rpc::CallContext& call) {
    v1::GetReferralRequest request;
    request.set_name(submitted_.referral());
    const auto read = system_->Call(call, &Service::GetReferral, request);
    EXPECT_TRUE(read.ok()) << read.status();
    return read.ok() ? *read : v1::Referral();
  }

  int Listed(const rpc::CallContext& call, v1::Application::State state) {
    v1::ListApplicationsRequest list;
    list.set_state(state);
    const auto listed = system_->Call(call, &Service::ListApplications, list);
    EXPECT_TRUE(listed.ok()) << listed.status();
    return listed.ok() ? listed->applications_size() : -1;
  }

  inbox::Handlers handlers_;
  int events_ = 0;
  v1::SubmitReferralResponse submitted_;
};

TEST_P(ConsentsTest, TheFilesWordIsTheFirstEntry) {
  EXPECT_THAT(Ledger(system_->Agency()), ElementsAre("given by file, in force"));
}

TEST_P(ConsentsTest, WithdrawnBeforeAdmissionNobodyIsAdmittedAndNothingIsTold) {
  Pass();
  ASSERT_TRUE(Set(system_->Agency(), CONSENT_DECISION_WITHDRAWN).ok());
  EXPECT_EQ(status::ReasonOf(Admit().status()), "CONSENT_NEEDED");
  v1::WaitlistApplicationRequest wait;
  wait.set_name(submitted_.applications(0).name());
  ASSERT_TRUE(system_->Call(system_->Staff(), &Service::WaitlistApplication, wait).ok());
  EXPECT_THAT(Feed(), ElementsAre("received"));
  EXPECT_EQ(Read(system_->Agency()).applications(0).state(), v1::Application::STATE_RECEIVED);
  EXPECT_EQ(Read(system_->Staff()).applications(0).state(), v1::Application::STATE_WAITLISTED);
  // Nor by asking for those in a state: it is found in the one that each knows of.
  EXPECT_EQ(Listed(system_->Agency(), v1::Application::STATE_WAITLISTED), 0);
  EXPECT_EQ(Listed(system_->Agency(), v1::Application::STATE_RECEIVED), 1);
  EXPECT_EQ(Listed(system_->Staff(), v1::Application::STATE_WAITLISTED), 1);
  EXPECT_EQ(Listed(system_->Staff(), v1::Application::STATE_RECEIVED), 0);
  Pass();
  ASSERT_TRUE(Set(system_->Agency(), CONSENT_DECISION_GIVEN).ok());
  EXPECT_EQ(Read(system_->Agency()).applications(0).state(), v1::Application::STATE_WAITLISTED);
  EXPECT_TRUE(Admit().ok());
  EXPECT_THAT(Feed(), ElementsAre("received", "admitted"));
}

TEST_P(ConsentsTest, AfterAdmissionTheFeedStopsAndGoesOnFromThenWhenItIsGivenAgain) {
  ASSERT_TRUE(Admit().ok());
  Enrolled();
  Pass();
  const absl::Time before = system_->clock.BusinessNow();
  Pass();
  ASSERT_TRUE(Set(system_->Agency(), CONSENT_DECISION_WITHDRAWN).ok());
  Ready(before);  // it is learnt late what happened while consent stood
  Ready(system_->clock.BusinessNow());
  const absl::Time between = system_->clock.BusinessNow();
  EXPECT_THAT(Feed(), ElementsAre("received", "admitted", "enrolled"));
  Pass();
  ASSERT_TRUE(Set(system_->Agency(), CONSENT_DECISION_GIVEN).ok());
  Ready(between);
  EXPECT_THAT(Feed(), ElementsAre("received", "admitted", "enrolled"));
  Ready(system_->clock.BusinessNow());
  EXPECT_THAT(Feed(), ElementsAre("received", "admitted", "enrolled", "ready"));
  EXPECT_THAT(Ledger(system_->Staff()), ElementsAre("given by file", "withdrawn by organization",
                                                    "given by organization, in force"));
}

TEST_P(ConsentsTest, WhatThePersonWithdrewTheAgencyDoesNotGive) {
  Pass();
  ASSERT_TRUE(SetByPerson(CONSENT_DECISION_WITHDRAWN).ok());
  EXPECT_EQ(status::ReasonOf(Set(system_->Agency(), CONSENT_DECISION_GIVEN).status()),
            "CONSENT_IS_THE_PERSONS");
  // Nor do its files, which go on saying yes.
  v1::SubmitReferralRequest request = SubmitRequest("alpha", "A-1");
  Give(request.mutable_file(), "consent_to_share", {"no"});
  Submit(request);
  Give(request.mutable_file(), "consent_to_share", {"yes"});
  request.mutable_file()->set_phone("613-555-0000");
  EXPECT_EQ(Submit(request).applications(0).decision().verdict(), v1::VERDICT_INCOMPLETE);
  EXPECT_EQ(status::ReasonOf(Admit().status()), "CONSENT_NEEDED");
  EXPECT_THAT(Feed(), ElementsAre("received"));
  EXPECT_THAT(Ledger(system_->Agency()), ElementsAre("given by file", "withdrawn by person"));
  Pass();
  ASSERT_TRUE(SetByPerson(CONSENT_DECISION_GIVEN).ok());
  EXPECT_TRUE(Admit().ok()) << "judged anew with the consent that stands";
}

TEST_P(ConsentsTest, ExpiredIsAsWithdrawn) {
  ASSERT_TRUE(Admit().ok());
  Enrolled();
  ASSERT_TRUE(Set(system_->Staff(), CONSENT_DECISION_GIVEN, absl::Hours(2)).ok());
  Ready(system_->clock.BusinessNow());
  Pass(absl::Hours(2));
  Ready(system_->clock.BusinessNow());
  EXPECT_THAT(Feed(), ElementsAre("received", "admitted", "enrolled", "ready"));
  EXPECT_FALSE(Read(system_->Agency()).has_file());
  EXPECT_THAT(Ledger(system_->Agency()), ElementsAre("given by file", "given by staff"));
}

TEST_P(ConsentsTest, GivenWhereTheFileSaidNothingTheApplicationIsJudgedAnew) {
  v1::SubmitReferralRequest request = SubmitRequest("alpha", "A-2");
  Give(request.mutable_file(), "consent_to_share");
  submitted_ = Submit(request);
  EXPECT_EQ(submitted_.applications(0).decision().verdict(), v1::VERDICT_INCOMPLETE);
  EXPECT_THAT(Ledger(system_->Agency()), IsEmpty());
  Pass();
  ASSERT_TRUE(Set(system_->Agency(), CONSENT_DECISION_GIVEN).ok());
  EXPECT_EQ(Read(system_->Staff()).applications(0).decision().verdict(), v1::VERDICT_ELIGIBLE);
  // A further file that says nothing either takes nothing back.
  request.mutable_file()->set_phone("613-555-0000");
  EXPECT_EQ(Submit(request).applications(0).decision().verdict(), v1::VERDICT_ELIGIBLE);
  EXPECT_TRUE(Admit().ok());
}

TEST_P(ConsentsTest, WhatOthersCorrectAfterwardsIsNotTheAgencys) {
  Pass();
  ASSERT_TRUE(SetByPerson(CONSENT_DECISION_WITHDRAWN).ok());
  Pass();
  v1::CorrectReferralRequest correct;
  correct.set_name(submitted_.referral());
  correct.set_family_name("Anders");
  ASSERT_TRUE(system_->Call(system_->Staff(), &Service::CorrectReferral, correct).ok());
  EXPECT_FALSE(Read(system_->Agency()).has_file());
  EXPECT_EQ(Read(system_->Staff()).file().family_name(), "Anders");
  const auto listed =
      system_->Call(system_->Agency(), &Service::ListReferrals, v1::ListReferralsRequest());
  ASSERT_TRUE(listed.ok()) << listed.status();
  ASSERT_EQ(listed->referrals_size(), 1);
  EXPECT_EQ(listed->referrals(0).family_name(), "");
  v1::ListCorrectionsRequest history;
  history.set_name(submitted_.referral());
  EXPECT_EQ(
      system_->Call(system_->Agency(), &Service::ListCorrections, history)->corrections_size(), 0);
  EXPECT_EQ(system_->Call(system_->Staff(), &Service::ListCorrections, history)->corrections_size(),
            1);
}

TEST_P(ConsentsTest, OneOrganizationsConsentIsNotAnothers) {
  EXPECT_EQ(SetByPerson(CONSENT_DECISION_WITHDRAWN, "organizations/beta").status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_EQ(Set(system_->Agency("beta"), CONSENT_DECISION_WITHDRAWN).status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_TRUE(SetByPerson(CONSENT_DECISION_WITHDRAWN, "organizations/alpha").ok());
  // Who said it with which key is not told to the agency.
  v1::ListConsentsRequest list;
  list.set_name(submitted_.referral());
  EXPECT_EQ(system_->Call(system_->Agency(), &Service::ListConsents, list)->consents(1).by(), "");
  EXPECT_EQ(system_->Call(system_->Staff(), &Service::ListConsents, list)->consents(1).by(),
            "apiKeys/person");
}

TEST_P(ConsentsTest, AFurtherProgramFollowsWhatStands) {
  program::v1::ProgramDefinition second = System::Definition();
  second.set_id("second-program");
  system_->Publish(1, second, System::Start());
  Pass();
  ASSERT_TRUE(SetByPerson(CONSENT_DECISION_WITHDRAWN).ok());
  v1::SubmitReferralRequest request = SubmitRequest("alpha", "A-1");
  request.add_programs("programs/second-program");
  const v1::SubmitReferralResponse further = Submit(request);
  ASSERT_EQ(further.applications_size(), 2);
  EXPECT_EQ(further.applications(1).decision().verdict(), v1::VERDICT_INCOMPLETE);
  EXPECT_THAT(Feed(), ElementsAre("received"));
}

TEST_P(ConsentsTest, ARetryIsAnsweredAsBeforeAndTheSameIsNoNewEntry) {
  v1::SetConsentRequest request;
  request.set_name(submitted_.referral());
  request.set_decision(CONSENT_DECISION_WITHDRAWN);
  request.set_request_id("once");
  const auto first = system_->Call(system_->Agency(), &Service::SetConsent, request);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(system_->Call(system_->Agency(), &Service::SetConsent, request)->number(),
            first->number());
  EXPECT_EQ(Set(system_->Agency(), CONSENT_DECISION_WITHDRAWN)->number(), first->number());
  EXPECT_EQ(system_->Events<events::v1::ConsentChanged>().size(), 1U);
}

TEST_P(ConsentsTest, WhatIsAskedForIsChecked) {
  EXPECT_EQ(Set(system_->Agency(), program::v1::CONSENT_DECISION_UNSPECIFIED).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Set(system_->Agency(), CONSENT_DECISION_GIVEN, -absl::Hours(1)).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Set(system_->Agency(), CONSENT_DECISION_WITHDRAWN, absl::Hours(1)).status().code(),
            absl::StatusCode::kInvalidArgument);
}

INSTANTIATE_TEST_SUITE_P(Sqlite, ConsentsTest, ::testing::Values(StoreKind::kSqlite));
INSTANTIATE_TEST_SUITE_P(Postgres, ConsentsTest, ::testing::Values(StoreKind::kPostgres));

}  // namespace
}  // namespace tremplin::referral
