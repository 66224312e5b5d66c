#include "gmock/gmock.h"
#include "services/registration/app/identity.h"
#include "services/registration/testing/registration_test_support.h"
#include "tremplin/registration/events/v1/events.pb.h"

namespace tremplin::registration {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class EntryTest : public RegistrationTest {
 protected:
  void SetUp() override {
    RegistrationTest::SetUp();
    Publish();
    CreateOrganization("shop", v1::PART_EMPLOYER);
    CreateOrganization("other", v1::PART_EMPLOYER);
    before_ = Events().size();
  }
  absl::StatusOr<v1::Enrolment> Enrol(const v1::CreateEnrolmentRequest& request) {
    return Call(Staff(), &Service::CreateEnrolment, request);
  }
  std::vector<std::string> NewEvents() {
    std::vector<std::string> events = Events();
    events.erase(events.begin(), events.begin() + static_cast<int64_t>(before_));
    return events;
  }
  size_t before_ = 0;
};

TEST_F(EntryTest, AnEligibleMentorBeginsOnboarding) {
  const auto made = Enrol(MentorRequest("M00001"));
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(made->state(), v1::Enrolment::STATE_ONBOARDING);
  EXPECT_EQ(made->program(), kOttawa);
  EXPECT_EQ(made->program_version(), 1);
  EXPECT_EQ(made->business_key(), "M00001");
  EXPECT_EQ(made->profile().capacity(), 2);
  EXPECT_EQ(made->etag(), "v1");
  ASSERT_EQ(made->onboarding_size(), 3);
  EXPECT_EQ(made->onboarding(0).step(), "orientation");
  EXPECT_FALSE(made->onboarding(0).done());
  EXPECT_THAT(NewEvents(), ElementsAre("EnrolmentCreated"));
  const auto event = Last<events::v1::EnrolmentCreated>();
  EXPECT_EQ("enrolments/" + event.enrolment(), made->name());
  EXPECT_EQ("people/" + event.person(), made->person());
  EXPECT_EQ(event.program(), "ottawa-career-mentoring");
  EXPECT_EQ(event.role(), events::v1::ENROLMENT_ROLE_MENTOR);
  EXPECT_EQ(event.language(), "fr");
}

TEST_F(EntryTest, AMentorWhoDoesNotMeetTheCriteriaGetsTheReasons) {
  v1::CreateEnrolmentRequest request = MentorRequest("M00002");
  request.mutable_profile()->set_years_in_region(1);
  request.clear_attested();
  const auto made = Enrol(request);
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(made->state(), v1::Enrolment::STATE_ENDED);
  EXPECT_EQ(made->end_reason(), "not_eligible");
  EXPECT_EQ(made->reasons_size(), 2);
  EXPECT_THAT(NewEvents(), ElementsAre("EnrolmentCreated", "EnrolmentEnded"));
  EXPECT_EQ(Last<events::v1::EnrolmentEnded>().reason(), "not_eligible");
}

TEST_F(EntryTest, AMenteeAtTheDoorIsJudgedTheSameWay) {
  const auto made = Enrol(MenteeRequest("S1"));
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(made->state(), v1::Enrolment::STATE_ONBOARDING);
  EXPECT_THAT(made->reasons(), IsEmpty());
  v1::CreateEnrolmentRequest weak = MenteeRequest("S2");
  (*weak.mutable_attested())["en_reading"] = "4";
  const auto refused = Enrol(weak);
  ASSERT_TRUE(refused.ok());
  EXPECT_THAT(refused->reasons(), ElementsAre("language_level"));
  EXPECT_EQ(refused->end_reason(), "not_eligible");
}

TEST_F(EntryTest, AClosedDoorStaysClosed) {
  v1::CreateEnrolmentRequest request = MentorRequest("M1");
  request.set_door(program::v1::DOOR_AGENCY);
  EXPECT_EQ(status::ReasonOf(Enrol(request).status()), "DOOR_CLOSED");
  v1::CreateEnrolmentRequest mentee = MenteeRequest("S1");
  mentee.set_door(program::v1::DOOR_AGENCY);  // open, but in referral
  EXPECT_EQ(Enrol(mentee).status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(NewEvents(), IsEmpty());
  EXPECT_EQ(Count("SELECT count(*) FROM registration_person"), 0);
}

TEST_F(EntryTest, AKeyIsTakenOncePerProgramAndRole) {
  v1::CreateEnrolmentRequest request = MentorRequest("M1");
  request.set_request_id("once");
  const auto made = Enrol(request);
  ASSERT_TRUE(made.ok());
  EXPECT_EQ(Enrol(request)->name(), made->name());
  request.set_request_id("twice");
  EXPECT_EQ(status::ReasonOf(Enrol(request).status()), "ENROLMENT_EXISTS");
  v1::CreateEnrolmentRequest mentee = MenteeRequest("M1");
  EXPECT_TRUE(Enrol(mentee).ok());
  EXPECT_EQ(Count("SELECT count(*) FROM registration_enrolment"), 2);
}

TEST_F(EntryTest, OnePersonMayBeMentorAndMentee) {
  const auto mentor = Enrol(MentorRequest("Abe"));
  v1::CreateEnrolmentRequest same = MenteeRequest("abe2");
  same.mutable_person()->set_given_name("GIVENABE");
  same.mutable_person()->set_family_name("Fàmilyabé");
  same.mutable_person()->set_email(" ABE@EXAMPLE.ORG");
  EXPECT_FALSE(Enrol(same).ok());  // a space is no address
  same.mutable_person()->set_email("ABE@EXAMPLE.ORG");
  const auto mentee = Enrol(same);
  ASSERT_TRUE(mentee.ok()) << mentee.status();
  EXPECT_EQ(mentee->person(), mentor->person());
  // A household may share an address: another name is another person.
  v1::CreateEnrolmentRequest other = MenteeRequest("abe3");
  other.mutable_person()->set_email("abe@example.org");
  EXPECT_NE(Enrol(other)->person(), mentor->person());
}

TEST_F(EntryTest, AnotherBirthDateIsAnotherPerson) {
  const auto first = Enrol(MenteeRequest("a"));
  v1::CreateEnrolmentRequest twin = MenteeRequest("a");
  twin.set_business_key("b");
  twin.mutable_person()->set_birth_date("1990-01-01");
  const auto second = Enrol(twin);
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_NE(second->person(), first->person());
}

TEST_F(EntryTest, EveryFaultIsToldInBothLanguagesAndNothingIsStored) {
  v1::CreateEnrolmentRequest request;
  request.set_role(v1::ENROLMENT_ROLE_MENTEE);
  request.set_program("programme");
  request.set_organization("shop");
  request.set_business_key("a/b");
  request.mutable_person()->set_email("nobody");
  request.mutable_person()->set_language("de");
  request.mutable_person()->set_birth_date("2023-02-30");
  request.mutable_person()->set_given_name(std::string(101, 'x'));
  request.mutable_profile()->set_noc("00000");
  request.mutable_profile()->set_naics("9999");
  request.mutable_profile()->set_fsa("D1D");
  request.mutable_profile()->add_languages("en");
  request.mutable_profile()->add_languages("en");
  request.mutable_profile()->add_availability("mon-night");
  request.mutable_profile()->set_years_experience(-1);
  request.mutable_profile()->set_capacity(1);
  EXPECT_THAT(
      ViolationsOf(Enrol(request).status()),
      UnorderedElementsAre(
          "program RESOURCE_NAME_INVALID", "organization RESOURCE_NAME_INVALID", "door CHOOSE_ONE",
          "business_key BUSINESS_KEY_INVALID", "person.given_name TOO_LONG",
          "person.family_name REQUIRED", "person.email EMAIL_INVALID",
          "person.language LANGUAGE_INVALID", "person.birth_date DATE_INVALID",
          "profile.noc NOC_UNKNOWN", "profile.naics NAICS_UNKNOWN", "profile.fsa FSA_INVALID",
          "profile.languages[1] REPEATED", "profile.availability[0] SLOT_INVALID",
          "profile.years_experience OUT_OF_RANGE", "profile.capacity NOT_ALLOWED_HERE"));
  EXPECT_EQ(Count("SELECT count(*) FROM registration_person"), 0);
  EXPECT_EQ(Count("SELECT count(*) FROM registration_enrolment"), 0);
}

TEST_F(EntryTest, AMenteeHasABirthDateInThePast) {
  v1::CreateEnrolmentRequest request = MenteeRequest("S1");
  request.mutable_person()->clear_birth_date();
  EXPECT_THAT(ViolationsOf(Enrol(request).status()), ElementsAre("person.birth_date REQUIRED"));
  request.mutable_person()->set_birth_date("2031-01-01");
  EXPECT_THAT(ViolationsOf(Enrol(request).status()), ElementsAre("person.birth_date DATE_INVALID"));
}

TEST_F(EntryTest, AnOrganizationProposesForItselfOnly) {
  v1::CreateEnrolmentRequest request = MentorRequest("E1");
  request.set_door(program::v1::DOOR_PROPOSER);
  const auto proposed = Call(AsOrganization("shop"), &Service::CreateEnrolment, request);
  ASSERT_TRUE(proposed.ok()) << proposed.status();
  EXPECT_EQ(proposed->organization(), "organizations/shop");
  EXPECT_EQ(proposed->business_key(), "shop:E1");
  request.set_organization("organizations/other");
  EXPECT_EQ(
      status::ReasonOf(Call(AsOrganization("shop"), &Service::CreateEnrolment, request).status()),
      "ORGANIZATION_FOREIGN");
  request.clear_organization();
  request.set_door(program::v1::DOOR_SELF);
  EXPECT_EQ(Call(AsOrganization("shop"), &Service::CreateEnrolment, request).status().code(),
            absl::StatusCode::kPermissionDenied);
}

// An employer must not find out, by trying keys, that somebody mentors without it.
TEST_F(EntryTest, AKeyTakenElsewhereIsFreeForAnOrganization) {
  ASSERT_TRUE(Enrol(MentorRequest("E1")).ok());
  v1::CreateEnrolmentRequest request = MentorRequest("E1");
  request.set_door(program::v1::DOOR_PROPOSER);
  EXPECT_TRUE(Call(AsOrganization("shop"), &Service::CreateEnrolment, request).ok());
}

TEST_F(EntryTest, UnknownProgramsAndOrganizationsAreNotFound) {
  v1::CreateEnrolmentRequest request = MentorRequest("M1");
  request.set_program("programs/none");
  EXPECT_EQ(status::ReasonOf(Enrol(request).status()), "PROGRAM_NOT_FOUND");
  request.set_program(kOttawa);
  request.set_organization("organizations/none");
  EXPECT_EQ(status::ReasonOf(Enrol(request).status()), "ORGANIZATION_NOT_FOUND");
  rpc::CallContext elsewhere = Staff();
  elsewhere.principal.program = "another";
  EXPECT_EQ(
      status::ReasonOf(Call(elsewhere, &Service::CreateEnrolment, MentorRequest("M1")).status()),
      "PROGRAM_NOT_FOUND");
}

// Names, addresses and attested words are nowhere in the file in the clear.
TEST_F(EntryTest, PersonalDataIsSealed) {
  v1::CreateEnrolmentRequest request = MentorRequest("M1");
  request.mutable_person()->set_given_name("Plantedgiven");
  request.mutable_person()->set_email("planted@example.org");
  (*request.mutable_attested())["note"] = "Plantedwords";
  ASSERT_TRUE(Enrol(request).ok());
  for (const char* column :
       {"SELECT sealed FROM registration_person", "SELECT attested FROM registration_enrolment",
        "SELECT response FROM registration_idempotency", "SELECT data FROM registration_outbox"}) {
    const auto rows = Rows(column);
    ASSERT_TRUE(rows.ok());
    for (const database::Row& row : rows->rows) {
      EXPECT_EQ(row.Blob(0).find("lanted"), std::string::npos) << column;
    }
  }
}

TEST(IdentityTest, FoldsCaseAccentsAndWidth) {
  EXPECT_EQ(Fold("ÉLOÏSE "), "eloise");
  EXPECT_EQ(Fold("Trần"), Fold("tran"));
  EXPECT_EQ(Fold("ＡＢＣ"), "abc");
  EXPECT_EQ(Fold("محمد"), "محمد");
  EXPECT_NE(Fold("Ivan"), Fold("Evan"));
  EXPECT_EQ(Fold(""), "");
}

}  // namespace
}  // namespace tremplin::registration
