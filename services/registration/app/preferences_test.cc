// What people volunteer for matching with their consent.

#include "gmock/gmock.h"
#include "services/registration/testing/registration_test_support.h"
#include "tremplin/registration/events/v1/events.pb.h"

namespace tremplin::registration {
namespace {

using options::v1::ROLE_MENTEE;
using options::v1::ROLE_MENTOR;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class PreferencesTest : public RegistrationTest {
 protected:
  void SetUp() override {
    RegistrationTest::SetUp();
    Publish();
    CreateOrganization("shop", v1::PART_EMPLOYER);
  }
  static v1::Preferences Wishes() {
    v1::Preferences preferences;
    preferences.set_consent(true);
    preferences.add_wishes("woman");
    preferences.add_wishes("speaks:ar");
    preferences.add_required("woman");
    return preferences;
  }
  v1::Enrolment Mentee(const std::string& key) { return Enrol(MenteeFile(key)); }
  absl::StatusOr<v1::Enrolment> AnalyseNeeds(const std::string& name) {
    v1::CompleteOnboardingStepRequest request;
    request.set_name(name);
    request.set_step("needs_analysis");
    request.set_gate_result(v1::CompleteOnboardingStepRequest::GATE_RESULT_INVITED);
    *request.mutable_preferences() = Wishes();
    return Call(Staff(), &Service::CompleteOnboardingStep, request);
  }
  absl::StatusOr<v1::Enrolment> Set(const rpc::CallContext& call, const std::string& name,
                                    const v1::Preferences& preferences) {
    v1::SetPreferencesRequest request;
    request.set_name(name);
    *request.mutable_preferences() = preferences;
    return Call(call, &Service::SetPreferences, request);
  }
};

TEST_F(PreferencesTest, WhatANeedsAnalysisFoundIsTold) {
  const v1::Enrolment mentee = Mentee("S1");
  const auto analysed = AnalyseNeeds(mentee.name());
  ASSERT_TRUE(analysed.ok()) << analysed.status();
  EXPECT_THAT(analysed->preferences().wishes(), ElementsAre("woman", "speaks:ar"));
  ASSERT_TRUE(Complete(mentee.name(), "orientation").ok());
  const auto ready = Last<events::v1::EnrolmentReady>();
  EXPECT_THAT(ready.profile().wishes(), ElementsAre("woman", "speaks:ar"));
  EXPECT_THAT(ready.profile().required(), ElementsAre("woman"));
}

TEST_F(PreferencesTest, WhatAnApplicantVolunteeredWithConsentIsTold) {
  referral::v1::AdmittedFile mentor = MentorFile("M1");
  mentor.mutable_volunteered()->set_consent(true);
  mentor.mutable_volunteered()->add_attributes("immigrant_experience");
  const v1::Enrolment made = Enrol(mentor);
  ASSERT_TRUE(Complete(made.name(), "orientation").ok());
  ASSERT_TRUE(Complete(made.name(), "interview").ok());
  EXPECT_THAT(Last<events::v1::EnrolmentReady>().profile().attributes(),
              ElementsAre("immigrant_experience"));
  mentor = MentorFile("M2");
  mentor.mutable_volunteered()->add_attributes("woman");
  EXPECT_FALSE(Enrol(mentor).has_preferences());
}

TEST_F(PreferencesTest, AReadyPersonSetsThemAnewOrWithdrawsThem) {
  const v1::Enrolment mentee = Mentee("S1");
  ASSERT_TRUE(AnalyseNeeds(mentee.name()).ok());
  ASSERT_TRUE(Complete(mentee.name(), "orientation").ok());
  const rpc::CallContext own = AsPerson(ROLE_MENTEE, mentee.person());
  EXPECT_EQ(Set(AsPerson(ROLE_MENTEE, Mentee("S2").person()), mentee.name(), {}).status().code(),
            absl::StatusCode::kNotFound);
  const auto withdrawn = Set(own, mentee.name(), {});
  ASSERT_TRUE(withdrawn.ok()) << withdrawn.status();
  EXPECT_FALSE(withdrawn->has_preferences());
  const auto changed = Last<events::v1::EnrolmentChanged>();
  EXPECT_THAT(changed.profile().wishes(), IsEmpty());
  EXPECT_THAT(changed.profile().required(), IsEmpty());
  EXPECT_EQ(Count("SELECT COUNT(*) FROM registration_enrolment WHERE volunteered IS NOT NULL"), 0);
}

TEST_F(PreferencesTest, NothingIsTakenWithoutConsentNorFromTheWrongSide) {
  const v1::Enrolment mentee = Mentee("S1");
  v1::Preferences silent = Wishes();
  silent.set_consent(false);
  EXPECT_THAT(ViolationsOf(Set(Staff(), mentee.name(), silent).status()),
              ElementsAre("preferences.consent CONSENT_REQUIRED"));
  v1::Preferences wrong = Wishes();
  wrong.add_wishes("star_sign");
  wrong.add_wishes("woman");
  wrong.add_required("parent");
  wrong.add_attributes("man");
  EXPECT_THAT(ViolationsOf(Set(Staff(), mentee.name(), wrong).status()),
              UnorderedElementsAre(
                  "preferences.wishes[2] TRAIT_UNKNOWN", "preferences.wishes[3] REPEATED",
                  "preferences.required[1] NOT_WISHED", "preferences.attributes NOT_ALLOWED_HERE"));
  EXPECT_THAT(ViolationsOf(Set(Staff(), ReadyMentor("M1").name(), Wishes()).status()),
              ElementsAre("preferences.wishes NOT_ALLOWED_HERE"));
}

TEST_F(PreferencesTest, AnOrganizationDoesNotSeeThem) {
  referral::v1::AdmittedFile mentor = MentorFile("E1");
  mentor.set_door(program::v1::DOOR_PROPOSER);
  mentor.set_agency("shop");
  mentor.mutable_volunteered()->set_consent(true);
  mentor.mutable_volunteered()->add_attributes("woman");
  const v1::Enrolment made = Enrol(mentor);
  EXPECT_TRUE(made.has_preferences());

  v1::GetEnrolmentRequest get;
  get.set_name(made.name());
  const auto seen = Call(AsOrganization("shop"), &Service::GetEnrolment, get);
  ASSERT_TRUE(seen.ok()) << seen.status();
  EXPECT_FALSE(seen->has_preferences());
  EXPECT_TRUE(
      Call(AsPerson(ROLE_MENTOR, made.person()), &Service::GetEnrolment, get)->has_preferences());
  v1::ListEnrolmentsRequest list;
  list.set_program(kProgram);
  const auto listed = Call(AsOrganization("shop"), &Service::ListEnrolments, list);
  ASSERT_TRUE(listed.ok()) << listed.status();
  ASSERT_EQ(listed->enrolments_size(), 1);
  EXPECT_FALSE(listed->enrolments(0).has_preferences());
}

TEST_F(PreferencesTest, AnEndLeavesNothingThatWasVolunteered) {
  const v1::Enrolment mentee = Mentee("S1");
  ASSERT_TRUE(AnalyseNeeds(mentee.name()).ok());
  EXPECT_EQ(Count("SELECT COUNT(*) FROM registration_enrolment WHERE volunteered IS NOT NULL"), 1);
  v1::WithdrawEnrolmentRequest request;
  request.set_name(mentee.name());
  ASSERT_TRUE(Call(Staff(), &Service::WithdrawEnrolment, request).ok());
  EXPECT_EQ(Count("SELECT COUNT(*) FROM registration_enrolment WHERE volunteered IS NOT NULL"), 0);
}

}  // namespace
}  // namespace tremplin::registration
