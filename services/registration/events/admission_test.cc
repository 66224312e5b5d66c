#include "services/registration/events/admission.h"

#include <string>
#include <vector>

#include "common/resources/names.h"
#include "gmock/gmock.h"
#include "services/registration/app/identity.h"
#include "services/registration/testing/registration_test_support.h"
#include "tremplin/registration/events/v1/events.pb.h"

namespace tremplin::registration {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

class AdmissionTest : public RegistrationTest {
 protected:
  void SetUp() override {
    RegistrationTest::SetUp();
    Publish();
    before_ = Events().size();
  }
  // A mentee of "ociso" by one of several applications of one referral.
  static referral::v1::AdmittedFile Karim(const std::string& application) {
    referral::v1::AdmittedFile admitted = MenteeFile("karim");
    admitted.set_referral("referral-1");
    admitted.set_application(application);
    admitted.set_agency("ociso");
    admitted.set_external_id("OCI 1001/" + application);
    admitted.mutable_file()->set_email("karim@example.org");
    admitted.mutable_file()->set_language("en");
    Give(admitted, "noc", {"41403"});
    Give(admitted, "postal_code", {"K1Z9E5"});
    return admitted;
  }
  // The same person by themselves.
  static referral::v1::AdmittedFile Myself(const std::string& application,
                                           program::v1::Subject side) {
    referral::v1::AdmittedFile admitted = Karim(application);
    admitted.set_referral("referral of " + application);
    admitted.clear_agency();
    admitted.set_door(program::v1::DOOR_SELF);
    admitted.set_side(side);
    admitted.set_external_id(application);
    return admitted;
  }
  std::vector<std::string> NewEvents() {
    std::vector<std::string> all = Events();
    return {all.begin() + static_cast<int64_t>(before_), all.end()};
  }
  size_t before_ = 0;
};

TEST_F(AdmissionTest, AnAdmittedFileBecomesAPersonAndAnEnrolment) {
  const v1::Enrolment enrolment = Enrol(Karim("a1"));
  EXPECT_EQ(enrolment.state(), v1::Enrolment::STATE_ONBOARDING);
  EXPECT_EQ(enrolment.role(), v1::ENROLMENT_ROLE_MENTEE);
  EXPECT_EQ(enrolment.organization(), "organizations/ociso");
  EXPECT_EQ(enrolment.business_key(), "ociso/OCI 1001/a1");
  EXPECT_EQ(enrolment.program(), kProgram);
  EXPECT_EQ(enrolment.program_version(), 1);
  EXPECT_THAT(enrolment.formats(), ElementsAre("one_to_one"));
  // What matching sees: an area, no postal code; the day of arrival not at all.
  EXPECT_THAT(Told(enrolment.facts()),
              ElementsAre("noc=41403", "postal_code=K1Z", "service_language=fr"));
  ASSERT_EQ(enrolment.onboarding_size(), 2);
  EXPECT_FALSE(enrolment.onboarding(0).done());
  // Dated by the fact, not by when it was read.
  EXPECT_EQ(enrolment.create_time().seconds(), absl::ToUnixSeconds(Start() + absl::Hours(5)));
  EXPECT_THAT(NewEvents(), ElementsAre("EnrolmentCreated"));
  const auto created = Last<events::v1::EnrolmentCreated>();
  EXPECT_EQ("enrolments/" + created.enrolment(), enrolment.name());
  EXPECT_EQ(created.application(), "a1");
  EXPECT_EQ(created.organization(), "ociso");
  EXPECT_EQ(created.language(), "en");
  EXPECT_THAT(created.formats(), ElementsAre("one_to_one"));
  v1::GetPersonRequest get;
  get.set_name(enrolment.person());
  EXPECT_EQ(Call(Staff(), &Service::GetPerson, get)->email(), "karim@example.org");
}

TEST_F(AdmissionTest, AMentorIsEnrolledTheSameWay) {
  const v1::Enrolment mentor = Enrol(MentorFile("M1"));
  EXPECT_EQ(mentor.role(), v1::ENROLMENT_ROLE_MENTOR);
  EXPECT_EQ(mentor.business_key(), "M1");
  EXPECT_EQ(mentor.organization(), "");
  EXPECT_EQ(mentor.onboarding_size(), 3);
  EXPECT_THAT(Told(mentor.facts()),
              ElementsAre("capacity=2", "noc=21231", "postal_code=K1N", "service_language=fr"));
  referral::v1::AdmittedFile proposed = MentorFile("M2");
  proposed.set_door(program::v1::DOOR_PROPOSER);
  proposed.set_agency("shop");
  const v1::Enrolment of_shop = Enrol(proposed);
  EXPECT_EQ(of_shop.business_key(), "shop/M2");
  EXPECT_EQ(of_shop.organization(), "organizations/shop");
  EXPECT_EQ(Last<events::v1::EnrolmentCreated>().role(), events::v1::ENROLMENT_ROLE_MENTOR);
}

TEST_F(AdmissionTest, NoKeyOfOnesOwnIsAnOrganizations) {
  EXPECT_EQ(Enrol(Karim("a1")).business_key(), "ociso/OCI 1001/a1");
  referral::v1::AdmittedFile own = Myself("m1", program::v1::SUBJECT_MENTEE);
  own.mutable_file()->set_given_name("Another");
  own.set_external_id("ociso/OCI 1001/a1");
  EXPECT_EQ(Enrol(own).business_key(), "/ociso/OCI 1001/a1");
}

TEST_F(AdmissionTest, TheSameFactAgainChangesNothing) {
  Enrol(Karim("a1"));
  Enrol(Karim("a1"));
  EXPECT_THAT(NewEvents(), ElementsAre("EnrolmentCreated"));
  EXPECT_EQ(Count("SELECT count(*) FROM registration_person"), 1);
  EXPECT_EQ(Count("SELECT count(*) FROM registration_enrolment"), 1);
}

TEST_F(AdmissionTest, ApplicationsOfOneReferralAreOnePersonTwoAgenciesClientsAreTwo) {
  program::v1::ProgramDefinition second = ExampleProgram();
  second.set_id("another-program");
  ASSERT_TRUE(PublishProgram(second).ok());
  const v1::Enrolment first = Enrol(Karim("a1"));
  referral::v1::AdmittedFile there = Karim("a2");
  there.set_program("another-program");
  EXPECT_EQ(Enrol(there).person(), first.person());
  referral::v1::AdmittedFile elsewhere = Karim("a3");
  elsewhere.set_referral("referral-2");  // the same words, but nobody said it is one person
  elsewhere.set_agency("beta");
  EXPECT_NE(Enrol(elsewhere).person(), first.person());
}

TEST_F(AdmissionTest, WhoComesByThemselvesIsThePersonOfTheSameNameAndEmail) {
  const v1::Enrolment mentee = Enrol(Karim("a1"));
  referral::v1::AdmittedFile same = Myself("m1", program::v1::SUBJECT_MENTOR);
  same.mutable_file()->set_given_name("GIVENKARIM");
  same.mutable_file()->set_family_name("Fàmilykarim");
  same.mutable_file()->set_email("KARIM@EXAMPLE.ORG");
  same.mutable_file()->clear_birth_date();
  const v1::Enrolment mentor = Enrol(same);
  EXPECT_EQ(mentor.person(), mentee.person());
  EXPECT_NE(mentor.name(), mentee.name());
  // A household may share an address: another name, or another day of birth, is another person.
  referral::v1::AdmittedFile partner = Myself("m2", program::v1::SUBJECT_MENTOR);
  partner.mutable_file()->set_given_name("Another");
  EXPECT_NE(Enrol(partner).person(), mentee.person());
  referral::v1::AdmittedFile twin = Myself("m3", program::v1::SUBJECT_MENTOR);
  twin.mutable_file()->set_birth_date("1990-01-01");
  EXPECT_NE(Enrol(twin).person(), mentee.person());
}

TEST_F(AdmissionTest, WithoutAnEmailNobodyIsTakenForAnother) {
  referral::v1::AdmittedFile first = Myself("m1", program::v1::SUBJECT_MENTOR);
  first.mutable_file()->clear_email();
  referral::v1::AdmittedFile second = Myself("m2", program::v1::SUBJECT_MENTOR);
  second.mutable_file()->clear_email();
  EXPECT_NE(Enrol(first).person(), Enrol(second).person());
}

TEST_F(AdmissionTest, WhatOthersProposeOfSomebodyReplacesNothingTheyGave) {
  referral::v1::AdmittedFile self = Myself("m1", program::v1::SUBJECT_MENTOR);
  Give(self, "capacity", {"2"});
  const v1::Enrolment mentor = Enrol(self);
  referral::v1::AdmittedFile proposed = Myself("m2", program::v1::SUBJECT_MENTOR);
  proposed.set_door(program::v1::DOOR_PROPOSER);
  proposed.set_agency("beta");
  Give(proposed, "capacity", {"9"});
  Give(proposed, "naics", {"541"});
  proposed.clear_formats();
  const v1::Enrolment shown = Enrol(proposed);
  EXPECT_EQ(shown.behind(), mentor.name());
  const v1::Enrolment joined = EnrolmentOf("m1");
  EXPECT_THAT(Told(joined.facts()), ::testing::Contains("capacity=2"));
  EXPECT_EQ(joined.formats_size(), mentor.formats_size());
}

// The case "employer asks": what it reads of somebody who is here, in either part, is what it reads
// of a stranger.
TEST_F(AdmissionTest, AnOrganizationLearnsNotWhomElseItsMentorsAreKnownTo) {
  Enrol(Myself("m1", program::v1::SUBJECT_MENTOR));
  referral::v1::AdmittedFile client = MenteeFile("yara");
  client.mutable_file()->set_email("yara@example.org");
  client.set_agency("ociso");
  Enrol(client);
  const auto propose = [&](referral::v1::AdmittedFile file, const std::string& key) {
    file.set_application(key);
    file.set_referral("referral of " + key);
    file.set_side(program::v1::SUBJECT_MENTOR);
    file.set_door(program::v1::DOOR_PROPOSER);
    file.set_agency("shop");
    file.set_external_id(key);
    Enrol(file);
  };
  propose(Myself("e1", program::v1::SUBJECT_MENTOR), "e1");  // a mentor here
  referral::v1::AdmittedFile as_client = Myself("e2", program::v1::SUBJECT_MENTOR);
  as_client.mutable_file()->set_given_name(client.file().given_name());
  as_client.mutable_file()->set_family_name(client.file().family_name());
  as_client.mutable_file()->set_birth_date(client.file().birth_date());
  as_client.mutable_file()->set_email(client.file().email());
  propose(as_client, "e2");  // an agency's client
  referral::v1::AdmittedFile stranger = Myself("e3", program::v1::SUBJECT_MENTOR);
  stranger.mutable_file()->set_given_name("Nobody");
  stranger.mutable_file()->set_email("nobody@example.org");
  propose(stranger, "e3");
  v1::ListEnrolmentsRequest list;
  list.set_program(kProgram);
  auto listed = Call(AsOrganization("shop"), &Service::ListEnrolments, list);
  ASSERT_TRUE(listed.ok()) << listed.status();
  ASSERT_EQ(listed->enrolments_size(), 3);
  std::vector<std::string> seen;
  for (v1::Enrolment& each : *listed->mutable_enrolments()) {
    v1::GetEnrolmentRequest get;
    get.set_name(each.name());
    EXPECT_EQ(Call(AsOrganization("shop"), &Service::GetEnrolment, get)->SerializeAsString(),
              each.SerializeAsString());
    const std::string key = each.business_key().substr(each.business_key().find('/') + 1);
    // Whoever knows how ids are made finds no other than a stranger's.
    EXPECT_EQ(each.person(), "people/" + PersonIdOf(key));
    each.clear_name();
    each.clear_person();
    each.clear_business_key();
    seen.push_back(each.SerializeAsString());
  }
  EXPECT_EQ(seen[0], seen[2]);
  EXPECT_EQ(seen[1], seen[2]);
}

TEST_F(AdmissionTest, WhatAMentorOffersFollowsTheirNewerFile) {
  referral::v1::AdmittedFile file = MentorFile("M1");
  file.set_program(resources::NameOf("programs", kProgramId));  // as referral answers
  const v1::Enrolment mentor = ReadyMentor("M1");
  before_ = Events().size();
  const auto submitted = [&](const std::vector<std::string>& restated) {
    referral::events::v1::ReferralSubmitted event;
    event.set_referral(file.referral());
    event.set_revision(2);
    event.set_side(program::v1::SUBJECT_MENTOR);
    event.add_applications(file.application());
    event.mutable_restated()->Assign(restated.begin(), restated.end());
    *file.mutable_newest_facts() = file.file().facts();
    referral_.files["applications/" + file.application()] = file;
    EXPECT_EQ(Handle(event), absl::OkStatus());
  };
  Give(file, "capacity", {"1"});
  Give(file, "noc", {"31102"});
  submitted({"capacity", "noc"});
  // What a criterion judged stays what was decided on.
  EXPECT_THAT(Told(EnrolmentOf(file.application()).facts()),
              ElementsAre("capacity=1", "noc=21231", "postal_code=K1N", "service_language=fr"));
  EXPECT_THAT(NewEvents(), ElementsAre("EnrolmentChanged"));
  // What the file says as before takes nothing back that was stated since.
  v1::StateFactsRequest state;
  state.set_name(mentor.name());
  *state.add_facts() = Given("capacity", {"4"});
  ASSERT_TRUE(Call(Staff(), &Service::StateFacts, state).ok());
  submitted({"service_language"});
  EXPECT_THAT(Told(EnrolmentOf(file.application()).facts()), Contains("capacity=4"));
  // What is no longer given is not given.
  file.mutable_file()->clear_facts();
  submitted({"capacity"});
  EXPECT_THAT(Told(EnrolmentOf(file.application()).facts()), Not(Contains("capacity=4")));
}

TEST_F(AdmissionTest, WhoseSourceIsToldNothingMoreIsNotShownToIt) {
  referral::v1::AdmittedFile proposed = MentorFile("M2");
  proposed.set_door(program::v1::DOOR_PROPOSER);
  proposed.set_agency("shop");
  const v1::Enrolment of_shop = Enrol(proposed);
  const auto shown = [&] {
    v1::ListEnrolmentsRequest list;
    list.set_program(kProgram);
    const auto listed = Call(AsOrganization("shop"), &Service::ListEnrolments, list);
    EXPECT_TRUE(listed.ok()) << listed.status();
    v1::GetEnrolmentRequest get;
    get.set_name(of_shop.name());
    const auto got = Call(AsOrganization("shop"), &Service::GetEnrolment, get);
    EXPECT_EQ(got.ok(), listed->enrolments_size() == 1);
    return got.ok();
  };
  referral::events::v1::ConsentChanged changed;
  changed.add_applications(proposed.application());
  EXPECT_TRUE(shown());
  *changed.mutable_silent_from() =
      resources::ToTimestamp(clock_.BusinessNow() + absl::Hours(1));  // it expires
  EXPECT_EQ(Handle(changed), absl::OkStatus());
  EXPECT_TRUE(shown());
  *changed.mutable_silent_from() = resources::ToTimestamp(clock_.BusinessNow());
  EXPECT_EQ(Handle(changed), absl::OkStatus());
  EXPECT_FALSE(shown());
  EXPECT_FALSE(EnrolmentOf(proposed.application()).name().empty()) << "staff see it";
  changed.clear_silent_from();
  EXPECT_EQ(Handle(changed), absl::OkStatus());
  EXPECT_TRUE(shown());
}

TEST_F(AdmissionTest, AnotherAdmissionToTheSamePartJoinsTheEnrolment) {
  referral::v1::AdmittedFile first = Myself("m1", program::v1::SUBJECT_MENTOR);
  Give(first, "capacity", {"2"});
  first.mutable_volunteered()->set_consent(true);
  first.mutable_volunteered()->add_attributes("woman");
  const v1::Enrolment mentor = Enrol(first);
  ASSERT_TRUE(Complete(mentor.name(), "orientation").ok());
  ASSERT_TRUE(Complete(mentor.name(), "interview").ok());
  before_ = Events().size();
  referral::v1::AdmittedFile second = Myself("m2", program::v1::SUBJECT_MENTOR);
  Give(second, "noc", {"31102"});
  second.clear_formats();
  second.add_formats("group");
  const v1::Enrolment joined = Enrol(second);
  EXPECT_EQ(joined.name(), mentor.name());
  EXPECT_EQ(joined.business_key(), "m1");
  EXPECT_EQ(joined.state(), v1::Enrolment::STATE_READY);
  EXPECT_THAT(Told(joined.facts()),
              ElementsAre("capacity=2", "noc=31102", "postal_code=K1Z", "service_language=fr"));
  EXPECT_THAT(joined.formats(), ElementsAre("group"));
  EXPECT_THAT(joined.preferences().attributes(), ElementsAre("woman"));
  EXPECT_THAT(NewEvents(), ElementsAre("EnrolmentChanged"));
  EXPECT_THAT(Last<events::v1::EnrolmentChanged>().formats(), ElementsAre("group"));
  Enrol(second);
  EXPECT_THAT(NewEvents(), ElementsAre("EnrolmentChanged"));
  // Who left may come again, as an enrolment of its own.
  v1::WithdrawEnrolmentRequest withdraw;
  withdraw.set_name(mentor.name());
  ASSERT_TRUE(Call(Staff(), &Service::WithdrawEnrolment, withdraw).ok());
  const v1::Enrolment again = Enrol(Myself("m3", program::v1::SUBJECT_MENTOR));
  EXPECT_NE(again.name(), mentor.name());
  EXPECT_EQ(again.person(), mentor.person());
  EXPECT_EQ(again.state(), v1::Enrolment::STATE_ONBOARDING);
}

// Names, addresses, and what was attested in the file are nowhere in the store in the clear.
TEST_F(AdmissionTest, PersonalDataIsSealed) {
  referral::v1::AdmittedFile mentor = MentorFile("M1");
  mentor.mutable_file()->set_given_name("Plantedgiven");
  mentor.mutable_file()->set_email("planted@example.org");
  program::v1::GivenFact checked = Given("background_check", {"yes"});
  checked.set_attested_by("Plantedattester");
  checked.set_attested_on("2025-08-01");
  *mentor.mutable_file()->add_facts() = checked;
  EXPECT_THAT(Told(Enrol(mentor).facts()), Contains("background_check=yes"));
  for (const char* column :
       {"SELECT sealed FROM registration_person", "SELECT facts FROM registration_enrolment",
        "SELECT sealed FROM registration_enrolment", "SELECT data FROM registration_outbox"}) {
    const auto rows = Rows(column);
    ASSERT_TRUE(rows.ok());
    for (const database::Row& row : rows->rows) {
      EXPECT_EQ(row.Blob(0).find("lanted"), std::string::npos) << column;
      EXPECT_EQ(row.Blob(0).find("background"), std::string::npos) << column;
    }
  }
}

TEST_F(AdmissionTest, OtherStatesHaveNoEffectHere) {
  auto changed = Admitted(Karim("a1"));
  for (const auto state : {referral::events::v1::APPLICATION_STATE_RECEIVED,
                           referral::events::v1::APPLICATION_STATE_RETURNED,
                           referral::events::v1::APPLICATION_STATE_WITHDRAWN}) {
    changed.set_state(state);
    EXPECT_EQ(Handle(changed), absl::OkStatus());
  }
  EXPECT_EQ(referral_.asked, 0);
  EXPECT_THAT(NewEvents(), IsEmpty());
}

TEST_F(AdmissionTest, AnOutageOfReferralIsHandedOnAsOne) {
  referral_.error = absl::ResourceExhaustedError("busy");
  EXPECT_TRUE(status::IsOutage(Handle(Admitted(Karim("a1")))));
  EXPECT_EQ(Count("SELECT count(*) FROM registration_person"), 0);
  referral_.error = absl::OkStatus();
  EXPECT_EQ(Enrol(Karim("a1")).role(), v1::ENROLMENT_ROLE_MENTEE);
}

TEST_F(AdmissionTest, AnEnrolmentThatMovedOnIsLeftAsItIs) {
  const v1::Enrolment enrolment = Enrol(Karim("a1"));
  ASSERT_TRUE(Complete(enrolment.name(), "needs_analysis", /*gate=*/true).ok());
  EXPECT_TRUE(Enrol(Karim("a1")).onboarding(0).done());
}

}  // namespace
}  // namespace tremplin::registration
