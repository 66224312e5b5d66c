// Consent to share is withdrawn, by the agency or by the person, at any time: recorded at once, and
// the feed tells that agency nothing more. The case "consent".

#include <string>
#include <vector>

#include "common/status/error.h"
#include "common/text/text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/scenarios/steps.h"

namespace tremplin {
namespace {

using program::v1::Consent;
using program::v1::CONSENT_DECISION_GIVEN;
using program::v1::CONSENT_DECISION_WITHDRAWN;
using program::v1::ConsentDecision;
using ::testing::ElementsAre;
using testing::Milestones;
using testing::Must;
using testing::World;

constexpr char kReferral[] = "tremplin.referral.v1.ReferralService/";
constexpr char kRegistration[] = "tremplin.registration.v1.RegistrationService/";

// A client of alpha who is admitted and whom beta sent as well, apart.
class ConsentTest : public ::testing::Test {
 protected:
  ConsentTest() {
    submitted_ = world_.Submit("alpha", "A-1", World::EligibleFile(1));
    world_.Admit(submitted_.applications(0).name());
    enrolment_ = world_.Enrolment("alpha/A-1");
  }

  absl::StatusOr<Consent> ByAgency(ConsentDecision decision) {
    referral::v1::SetConsentRequest request;
    request.set_name(submitted_.referral());
    request.set_decision(decision);
    auto said =
        world_.Call<Consent>(world_.agency("alpha"), text::Cat(kReferral, "SetConsent"), request);
    world_.Settle();
    return said;
  }
  absl::StatusOr<registration::v1::SetPersonConsentResponse> ByPerson(
      ConsentDecision decision, const std::string& organization = "") {
    registration::v1::SetPersonConsentRequest request;
    request.set_name(enrolment_.person());
    request.set_decision(decision);
    request.set_organization(organization);
    auto said = world_.Call<registration::v1::SetPersonConsentResponse>(
        world_.MenteeKey(enrolment_.name()), text::Cat(kRegistration, "SetPersonConsent"), request);
    world_.Settle();
    return said;
  }
  // What follows in registration, matching and session.
  void GoOn() {
    world_.MoveByDays(1);
    world_.OnboardMentee(enrolment_.name());
    world_.ReadyMentor("M-1", 1);
    world_.Sign(world_.Agree(world_.Match().at(0)));
  }
  std::vector<std::string> Feed() { return Milestones(world_, "alpha", "A-1"); }

  World world_;
  referral::v1::SubmitReferralResponse submitted_;
  registration::v1::Enrolment enrolment_;
};

TEST_F(ConsentTest, TheAgencyWithdrawsAndIsToldNothingMore) {
  world_.MoveByDays(1);
  Must(ByAgency(CONSENT_DECISION_WITHDRAWN), "withdraw");
  const std::vector<std::string> told = Feed();
  EXPECT_THAT(told, ElementsAre("received", "under_review", "admitted", "enrolled"));
  GoOn();
  EXPECT_EQ(Feed(), told) << "read from the beginning: what was told, and nothing later";
}

TEST_F(ConsentTest, ThePersonWithdrawsAndIsTheOneToGiveItAgain) {
  world_.MoveByDays(1);
  const auto ledger = Must(ByPerson(CONSENT_DECISION_WITHDRAWN), "withdraw");
  ASSERT_EQ(ledger.consents_size(), 2);
  EXPECT_EQ(ledger.consents(1).speaker(), program::v1::CONSENT_SPEAKER_PERSON);
  const std::vector<std::string> told = Feed();
  GoOn();
  EXPECT_EQ(Feed(), told);
  EXPECT_EQ(status::ReasonOf(ByAgency(CONSENT_DECISION_GIVEN).status()), "CONSENT_IS_THE_PERSONS");
  world_.MoveByDays(1);
  Must(ByPerson(CONSENT_DECISION_GIVEN, "organizations/alpha"), "give again");
  EXPECT_EQ(Feed(), told) << "what happened meanwhile stays untold";
  const auto job = testing::ReportJob(world_, enrolment_.name(),
                                      outcome::v1::EMPLOYMENT_STATUS_IN_PROFESSION, world_.Day(-1));
  ASSERT_TRUE(job.ok()) << job.status();
  world_.Settle();
  std::vector<std::string> further = told;
  further.push_back("outcome(in_profession)");
  EXPECT_EQ(Feed(), further);
}

TEST_F(ConsentTest, BothWithdrawInEitherOrder) {
  world_.MoveByDays(1);
  Must(ByAgency(CONSENT_DECISION_WITHDRAWN), "the agency first");
  world_.MoveByDays(1);
  Must(ByPerson(CONSENT_DECISION_WITHDRAWN), "then the person");
  EXPECT_FALSE(ByAgency(CONSENT_DECISION_GIVEN).ok());
  Must(ByPerson(CONSENT_DECISION_GIVEN), "the person gives");
  Must(ByPerson(CONSENT_DECISION_WITHDRAWN), "the person first");
  Must(ByAgency(CONSENT_DECISION_WITHDRAWN), "then the agency");
  Must(ByPerson(CONSENT_DECISION_GIVEN), "the person gives again");
  const std::vector<std::string> told = Feed();
  world_.OnboardMentee(enrolment_.name());
  EXPECT_EQ(Feed().size(), told.size() + 1);
}

// An organization's mentor: what it is shown of them ends with the feed.
TEST_F(ConsentTest, AnOrganizationSeesNoMoreOfAMentorWhoWithdraws) {
  World::Entry entry;
  entry.external_id = "E-1";
  entry.file = testing::Somebody(7, {{"service_language", {"fr"}},
                                     {"noc", {"21231"}},
                                     {"years_in_region", {"5"}},
                                     {"months_offered", {"6"}},
                                     {"network_contacts", {"yes"}},
                                     {"consent_to_share", {"yes"}}});
  entry.side = program::v1::SUBJECT_MENTOR;
  entry.proposer = "maple";
  const auto proposed = Must(world_.Enter(entry), "propose");
  const auto listed = [&] {
    registration::v1::ListEnrolmentsRequest list;
    list.set_program(world_.program());
    return Must(world_.Call<registration::v1::ListEnrolmentsResponse>(
                    world_.proposer("maple"), text::Cat(kRegistration, "ListEnrolments"), list),
                "list")
        .enrolments_size();
  };
  if (testing::Application(world_, proposed.applications(0).name()).state() !=
      referral::v1::Application::STATE_ADMITTED) {
    world_.Admit(proposed.applications(0).name());
  }
  ASSERT_EQ(listed(), 1);
  world_.MoveByDays(1);
  referral::v1::SetConsentRequest request;
  request.set_name(proposed.referral());
  request.set_decision(CONSENT_DECISION_WITHDRAWN);
  Must(world_.Call<Consent>(world_.coordinator(), text::Cat(kReferral, "SetConsent"), request),
       "staff withdraw for the mentor");
  world_.Settle();
  EXPECT_EQ(listed(), 0);
}

}  // namespace
}  // namespace tremplin
