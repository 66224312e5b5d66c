#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/referral/testing/fixture.h"

// Both sides and every door: the assessment is the same, what one sees is one's own.
namespace tremplin::referral {
namespace {

using app::Service;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class DoorsTest : public ReferralTest {
 protected:
  absl::StatusOr<v1::SubmitReferralResponse> Send(const rpc::CallContext& call,
                                                  const v1::SubmitReferralRequest& request) {
    return system_->Call(call, &Service::SubmitReferral, request);
  }
  v1::SubmitReferralResponse Enter(const v1::SubmitReferralRequest& request) {
    auto response = Send(system_->Staff(), request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.value_or(v1::SubmitReferralResponse());
  }
  // "field REASON" of the first violation, or the reason of the error.
  std::string Refusal(const rpc::CallContext& call, const v1::SubmitReferralRequest& request) {
    const absl::Status status = Send(call, request).status();
    const auto violations = status::DetailOf(status).violations;
    return violations.empty() ? status::ReasonOf(status)
                              : violations[0].field + " " + violations[0].reason;
  }
  static v1::SubmitReferralRequest Proposal(const std::string& organization,
                                            const std::string& key) {
    v1::SubmitReferralRequest request = MentorRequest(key);
    request.set_agency("organizations/" + organization);
    request.set_door(program::v1::DOOR_PROPOSER);
    return request;
  }
};

TEST_P(DoorsTest, AMentorIsJudgedByTheMentorsCriteriaAndAdmittedByTheRule) {
  const v1::SubmitReferralResponse entered = Enter(MentorRequest("M-1"));
  ASSERT_EQ(entered.applications_size(), 1);
  EXPECT_EQ(entered.applications(0).state(), v1::Application::STATE_ADMITTED);
  EXPECT_EQ(entered.applications(0).side(), program::v1::SUBJECT_MENTOR);
  EXPECT_EQ(entered.applications(0).agency(), "");
  const auto changes = system_->Events<events::v1::ApplicationChanged>();
  ASSERT_EQ(changes.size(), 2U);
  EXPECT_EQ(changes[0].action(), "submit");
  EXPECT_EQ(changes[0].state(), events::v1::APPLICATION_STATE_RECEIVED);
  EXPECT_EQ(changes[0].version(), 1);
  EXPECT_EQ(changes[1].action(), "admit");
  EXPECT_EQ(changes[1].state(), events::v1::APPLICATION_STATE_ADMITTED);
  EXPECT_EQ(changes[1].version(), 2);
  EXPECT_EQ(changes[1].door(), "self");
  EXPECT_EQ(changes[1].side(), program::v1::SUBJECT_MENTOR);
  EXPECT_THAT(changes[1].formats(), ElementsAre("one_to_one"));
  EXPECT_EQ(changes[1].agency(), "");
  const auto submitted = system_->Events<events::v1::ReferralSubmitted>();
  EXPECT_EQ(submitted.at(0).side(), program::v1::SUBJECT_MENTOR);
  EXPECT_EQ(submitted.at(0).door(), "self");
  v1::GetAdmittedFileRequest get;
  get.set_name(entered.applications(0).name());
  const auto file =
      system_->Call(system_->As(options::v1::ROLE_SERVICE), &Service::GetAdmittedFile, get);
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ(file->side(), program::v1::SUBJECT_MENTOR);
  EXPECT_EQ(file->door(), program::v1::DOOR_SELF);
  EXPECT_THAT(file->formats(), ElementsAre("one_to_one"));
}

TEST_P(DoorsTest, WhatAMentorDidNotGiveIsAskedAndComesUnderTheSameKey) {
  v1::SubmitReferralRequest request = MentorRequest("M-1");
  Give(request.mutable_file(), "years_in_region");
  const v1::SubmitReferralResponse asked = Enter(request);
  EXPECT_EQ(asked.applications(0).state(), v1::Application::STATE_RECEIVED);
  EXPECT_EQ(asked.applications(0).decision().verdict(), v1::VERDICT_INCOMPLETE);
  EXPECT_THAT(asked.applications(0).decision().reasons(), ElementsAre("years_in_region"));
  EXPECT_FALSE(asked.applications(0).decision().results(0).reason().fr().empty());
  Give(request.mutable_file(), "years_in_region", {"1"});
  EXPECT_EQ(Enter(request).applications(0).decision().verdict(), v1::VERDICT_INELIGIBLE);
  Give(request.mutable_file(), "years_in_region", {"2"});
  const v1::SubmitReferralResponse corrected = Enter(request);
  EXPECT_EQ(corrected.referral(), asked.referral());
  EXPECT_EQ(corrected.applications(0).name(), asked.applications(0).name());
  EXPECT_EQ(corrected.applications(0).state(), v1::Application::STATE_ADMITTED);
  std::vector<std::string> actions;
  for (const auto& change : system_->Events<events::v1::ApplicationChanged>()) {
    actions.push_back(change.action());
    EXPECT_EQ(change.version(), static_cast<int64_t>(actions.size()));
  }
  EXPECT_THAT(actions, ElementsAre("submit", "resubmit", "resubmit", "admit"));
}

TEST_P(DoorsTest, TheSameKeyStandsForOneMenteeAndOneMentor) {
  const v1::SubmitReferralResponse mentor = Enter(Proposal("alpha", "K-1"));
  v1::SubmitReferralRequest mentee = SubmitRequest("alpha", "K-1");
  const v1::SubmitReferralResponse other = Enter(mentee);
  EXPECT_EQ(other.kind(), v1::SUBMISSION_KIND_NEW);
  EXPECT_NE(other.referral(), mentor.referral());
}

TEST_P(DoorsTest, KeysOfStaffOfSeveralProgramsDoNotMeet) {
  program::v1::ProgramDefinition definition = System::Definition();
  definition.set_id("other");
  system_->Publish(1, definition, System::Start() - absl::Hours(1));
  const rpc::CallContext ottawa = system_->As(options::v1::ROLE_COORDINATOR, "", kOttawaId);
  const rpc::CallContext other = system_->As(options::v1::ROLE_COORDINATOR, "", "other");
  v1::SubmitReferralRequest luc = MentorRequest("M-1");
  v1::SubmitReferralRequest ana = MentorRequest("M-1");
  ana.mutable_file()->set_given_name("Ana");
  ana.mutable_file()->set_email("ana@example.org");
  ana.set_programs(0, "programs/other");
  const auto first = Send(ottawa, luc);
  const auto second = Send(other, ana);
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(second->kind(), v1::SUBMISSION_KIND_NEW);
  EXPECT_NE(second->referral(), first->referral());
  EXPECT_EQ(Send(ottawa, luc)->kind(), v1::SUBMISSION_KIND_REPEAT);
  EXPECT_EQ(Send(other, ana)->kind(), v1::SUBMISSION_KIND_REPEAT);
  // For both at once the key means nobody.
  luc.add_programs("programs/other");
  EXPECT_EQ(Refusal(system_->Staff(), luc), "KEY_SPLIT");
}

TEST_P(DoorsTest, WhoIsEnteredForTwoProgramsIsCorrectedByStaffOfOne) {
  program::v1::ProgramDefinition definition = System::Definition();
  definition.set_id("another");
  system_->Publish(1, definition, System::Start() - absl::Hours(1));
  v1::SubmitReferralRequest request = MentorRequest("M-1");
  request.add_programs("programs/another");
  const v1::SubmitReferralResponse entered = Enter(request);
  request.mutable_programs()->RemoveLast();
  request.mutable_file()->set_phone("613-555-0100");
  const auto corrected = Send(system_->As(options::v1::ROLE_COORDINATOR, "", kOttawaId), request);
  ASSERT_TRUE(corrected.ok()) << corrected.status();
  EXPECT_EQ(corrected->referral(), entered.referral());
  EXPECT_EQ(corrected->revision(), 2);
}

TEST_P(DoorsTest, AnOrganizationProposesForItselfByItsDoorOnly) {
  const rpc::CallContext alpha = system_->Organization("alpha");
  EXPECT_EQ(Refusal(alpha, Proposal("beta", "P-1")), "AGENCY_OTHER");
  v1::SubmitReferralRequest request = Proposal("alpha", "P-1");
  request.set_door(program::v1::DOOR_SELF);
  EXPECT_EQ(Refusal(alpha, request), "door DOOR_NOT_YOURS");
  request.set_door(program::v1::DOOR_AGENCY);
  EXPECT_EQ(Refusal(alpha, request), "door DOOR_NOT_YOURS");
  request.set_door(program::v1::DOOR_PROPOSER);
  request.mutable_volunteered()->set_consent(true);
  request.mutable_volunteered()->add_attributes("woman");
  EXPECT_EQ(Refusal(alpha, request), "volunteered VOLUNTEERED_BY_OTHERS");
  request.clear_volunteered();
  const auto proposed = Send(alpha, request);
  ASSERT_TRUE(proposed.ok()) << proposed.status();
  EXPECT_EQ(system_->Events<events::v1::ReferralSubmitted>().at(0).door(), "proposer");
}

TEST_P(DoorsTest, AnOrganizationsAnswersDoNotTellWhoIsKnown) {
  Enter(MentorRequest("P-1"));
  Enter(Proposal("beta", "P-1"));
  const auto proposed = Send(system_->Organization("alpha"), Proposal("alpha", "P-1"));
  ASSERT_TRUE(proposed.ok()) << proposed.status();
  EXPECT_EQ(proposed->kind(), v1::SUBMISSION_KIND_NEW);
  EXPECT_EQ(proposed->revision(), 1);
  v1::GetReferralRequest get;
  get.set_name(proposed->referral());
  EXPECT_FALSE(system_->Call(system_->Organization("alpha"), &Service::GetReferral, get)
                   ->possible_duplicate());
  EXPECT_TRUE(system_->Call(system_->Staff(), &Service::GetReferral, get)->possible_duplicate());
}

// A mentor need not say when they were born: those who do not say it are not one another.
TEST_P(DoorsTest, MentorsWithoutABirthDateAreNoDuplicates) {
  const v1::SubmitReferralResponse first = Enter(MentorRequest("M-1"));
  v1::SubmitReferralRequest request = MentorRequest("M-2");
  request.mutable_file()->set_given_name("Ana");
  const v1::SubmitReferralResponse second = Enter(request);
  v1::GetReferralRequest get;
  get.set_name(second.referral());
  EXPECT_FALSE(system_->Call(system_->Staff(), &Service::GetReferral, get)->possible_duplicate());
  v1::ListPossibleDuplicatesRequest list;
  list.set_name(first.referral());
  const auto none = system_->Call(system_->Staff(), &Service::ListPossibleDuplicates, list);
  ASSERT_TRUE(none.ok()) << none.status();
  EXPECT_EQ(none->duplicates_size(), 0);
  // With the same day of birth and name they are.
  request = MentorRequest("M-3");
  request.mutable_file()->set_birth_date("1970-01-01");
  Enter(request);
  request.set_external_id("M-4");
  request.mutable_file()->set_email("other@example.org");
  get.set_name(Enter(request).referral());
  EXPECT_TRUE(system_->Call(system_->Staff(), &Service::GetReferral, get)->possible_duplicate());
}

TEST_P(DoorsTest, APartnersKeyOfOneProgramSeesNoOther) {
  program::v1::ProgramDefinition definition = System::Definition();
  definition.set_id("other");
  system_->Publish(1, definition, System::Start() - absl::Hours(1));
  v1::SubmitReferralRequest request = SubmitRequest("alpha", "A-1");
  request.add_programs("programs/other");
  const v1::SubmitReferralResponse both = Submit(request);
  const rpc::CallContext of_other = system_->As(options::v1::ROLE_AGENCY, "alpha", "other");
  v1::GetReferralRequest get;
  get.set_name(both.referral());
  EXPECT_EQ(system_->Call(of_other, &Service::GetReferral, get)->applications_size(), 1);
  EXPECT_EQ(system_->Call(system_->Agency(), &Service::GetReferral, get)->applications_size(), 2);
  v1::WithdrawApplicationRequest withdraw;
  withdraw.set_name(both.applications(0).name());
  EXPECT_TRUE(
      absl::IsNotFound(system_->Call(of_other, &Service::WithdrawApplication, withdraw).status()));
  withdraw.set_name(both.applications(1).name());
  EXPECT_TRUE(system_->Call(of_other, &Service::WithdrawApplication, withdraw).ok());
}

TEST_P(DoorsTest, EachPartOfAnOrganizationSeesItsOwn) {
  const v1::SubmitReferralResponse referred = Submit("alpha", "A-1");
  const auto proposed = Send(system_->Organization("alpha"), Proposal("alpha", "P-1"));
  ASSERT_TRUE(proposed.ok()) << proposed.status();
  const auto keys = [&](const rpc::CallContext& call) {
    std::vector<std::string> seen;
    const auto referrals = system_->Call(call, &Service::ListReferrals, v1::ListReferralsRequest());
    for (const v1::Referral& each : referrals->referrals()) seen.push_back(each.external_id());
    const auto applications =
        system_->Call(call, &Service::ListApplications, v1::ListApplicationsRequest());
    for (const v1::Application& each : applications->applications()) {
      seen.push_back(each.external_id());
    }
    if (call.principal.role != options::v1::ROLE_COORDINATOR) {
      const auto feed = system_->Call(call, &Service::ListStatusFeed, v1::ListStatusFeedRequest());
      for (const v1::StatusEntry& each : feed->entries()) seen.push_back(each.external_id());
    }
    return seen;
  };
  EXPECT_THAT(keys(system_->Agency()), ElementsAre("A-1", "A-1", "A-1"));
  EXPECT_THAT(keys(system_->Organization()), ElementsAre("P-1", "P-1", "P-1", "P-1"));
  EXPECT_THAT(keys(system_->Organization("beta")), IsEmpty());
  EXPECT_THAT(keys(system_->Staff()), ElementsAre("A-1", "P-1", "A-1", "P-1"));
  v1::GetReferralRequest get;
  get.set_name(referred.referral());
  EXPECT_EQ(system_->Call(system_->Organization(), &Service::GetReferral, get).status().code(),
            absl::StatusCode::kNotFound);
  v1::WithdrawApplicationRequest withdraw;
  withdraw.set_name(proposed->applications(0).name());
  EXPECT_EQ(
      system_->Call(system_->Agency(), &Service::WithdrawApplication, withdraw).status().code(),
      absl::StatusCode::kNotFound);
}

TEST_P(DoorsTest, AClosedDoorStaysClosed) {
  // No agency refers mentors to Ottawa.
  v1::SubmitReferralRequest request = Proposal("alpha", "M-1");
  request.clear_door();
  EXPECT_EQ(Refusal(system_->Agency(), request), "DOOR_CLOSED");
  EXPECT_EQ(system_->Count("SELECT COUNT(*) FROM referral_referral"), 0);
  request.set_door(program::v1::DOOR_PROPOSER);
  EXPECT_EQ(Refusal(system_->Staff(), request), "");
}

TEST_P(DoorsTest, DoorsAndAgenciesGoTogether) {
  v1::SubmitReferralRequest request = MentorRequest("M-1");
  request.set_door(program::v1::DOOR_PROPOSER);
  EXPECT_EQ(Refusal(system_->Staff(), request), "agency REQUIRED");
  request.set_agency("organizations/alpha");
  request.set_door(program::v1::DOOR_SELF);
  EXPECT_EQ(Refusal(system_->Staff(), request), "agency NO_AGENCY_FOR_SELF");
  request.clear_agency();
  request.set_side(program::v1::SUBJECT_ORGANIZATION);
  EXPECT_EQ(Refusal(system_->Staff(), request), "side SIDE_UNKNOWN");
  request.set_side(program::v1::SUBJECT_MENTOR);
  request.set_external_id("alpha/M-1");
  EXPECT_EQ(Refusal(system_->Staff(), request), "external_id EXTERNAL_ID_SLASH");
  request = MentorRequest("M-1");
  request.mutable_file()->clear_email();
  EXPECT_EQ(Refusal(system_->Staff(), request), "file.email REQUIRED");
}

TEST_P(DoorsTest, WhatIsVolunteeredIsPartOfTheContentAndHandedOn) {
  v1::SubmitReferralRequest request = MentorRequest("M-1");
  request.mutable_volunteered()->set_consent(true);
  request.mutable_volunteered()->add_attributes("woman");
  const v1::SubmitReferralResponse entered = Enter(request);
  EXPECT_EQ(Enter(request).kind(), v1::SUBMISSION_KIND_REPEAT);
  v1::GetAdmittedFileRequest get;
  get.set_name(entered.applications(0).name());
  const auto file =
      system_->Call(system_->As(options::v1::ROLE_SERVICE), &Service::GetAdmittedFile, get);
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_THAT(file->volunteered().attributes(), ElementsAre("woman"));
  request.clear_volunteered();
  EXPECT_EQ(Enter(request).kind(), v1::SUBMISSION_KIND_REVISION);
}

// Case "placed staff": a coordinator's key of one organization. On PostgreSQL the row-level wall
// stands behind.
TEST_P(DoorsTest, PlacedStaffDealWithTheirOrganizationsPeopleOnly) {
  const std::string own = Submit("alpha", "A-1").applications(0).name();
  const v1::SubmitReferralResponse beta = Submit("beta", "B-1");
  const std::string other = beta.applications(0).name();
  const rpc::CallContext placed = system_->As(options::v1::ROLE_COORDINATOR, "alpha");
  v1::ListApplicationsRequest all;
  const auto listed = system_->Call(placed, &Service::ListApplications, all);
  ASSERT_TRUE(listed.ok()) << listed.status();
  ASSERT_EQ(listed->applications_size(), 1);
  EXPECT_EQ(listed->applications(0).name(), own);
  v1::AdmitApplicationRequest admit;
  admit.set_name(own);
  const auto admitted = system_->Call(placed, &Service::AdmitApplication, admit);
  ASSERT_TRUE(admitted.ok()) << admitted.status();
  EXPECT_EQ(admitted->state(), v1::Application::STATE_ADMITTED);
  admit.set_name(other);
  EXPECT_EQ(system_->Call(placed, &Service::AdmitApplication, admit).status().code(),
            absl::StatusCode::kNotFound);
  v1::GetReferralRequest get;
  get.set_name(beta.referral());
  EXPECT_EQ(system_->Call(placed, &Service::GetReferral, get).status().code(),
            absl::StatusCode::kNotFound);
  // They enter their organization's people, and nobody beside it.
  EXPECT_TRUE(Send(placed, SubmitRequest("alpha", "A-2")).ok());
  EXPECT_EQ(Refusal(placed, SubmitRequest("beta", "B-2")), "AGENCY_OTHER");
  EXPECT_EQ(Refusal(placed, MentorRequest("M-1")), "agency REQUIRED");
}

TEST_P(DoorsTest, TheRuleAdmitsNobodyAgainstTheirConsent) {
  // Who hands in their own file shares it themselves, unless it says no.
  v1::SubmitReferralRequest request = MentorRequest("M-1");
  Give(request.mutable_file(), "consent_to_share", {"no"});
  EXPECT_EQ(Enter(request).applications(0).state(), v1::Application::STATE_RECEIVED);
  Give(request.mutable_file(), "consent_to_share");
  EXPECT_EQ(Enter(request).applications(0).state(), v1::Application::STATE_ADMITTED);
  // Of somebody proposed, the file must say yes.
  v1::SubmitReferralRequest proposed = MentorRequest("M-2");
  proposed.set_agency("organizations/alpha");
  proposed.set_door(program::v1::DOOR_PROPOSER);
  Give(proposed.mutable_file(), "consent_to_share");
  EXPECT_EQ(Enter(proposed).applications(0).state(), v1::Application::STATE_RECEIVED);
  Give(proposed.mutable_file(), "consent_to_share", {"yes"});
  EXPECT_EQ(Enter(proposed).applications(0).state(), v1::Application::STATE_ADMITTED);
}

INSTANTIATE_TEST_SUITE_P(Sqlite, DoorsTest, ::testing::Values(StoreKind::kSqlite));
INSTANTIATE_TEST_SUITE_P(Postgres, DoorsTest, ::testing::Values(StoreKind::kPostgres));

}  // namespace
}  // namespace tremplin::referral
