#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "services/registration/events/admission.h"
#include "services/registration/testing/registration_test_support.h"
#include "tremplin/registration/events/v1/events.pb.h"

// People whom staff linked are one, whenever they were admitted, until the link is undone.
namespace tremplin::registration {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class LinkingTest : public RegistrationTest {
 protected:
  void SetUp() override {
    RegistrationTest::SetUp();
    Publish();
    before_ = Events().size();
  }
  // One person as two agencies refer them.
  static referral::v1::AdmittedFile By(const std::string& agency) {
    referral::v1::AdmittedFile admitted = MenteeFile("karim");
    admitted.set_application("of-" + agency);
    admitted.set_referral("referral-" + agency);
    admitted.set_agency(agency);
    admitted.set_external_id("K-1");
    return admitted;
  }
  // One after the other.
  v1::Enrolment Enrol(const referral::v1::AdmittedFile& admitted) {
    event_time_ += absl::Minutes(1);
    return RegistrationTest::Enrol(admitted);
  }
  void Link(const std::string& one, const std::string& other) {
    referral::events::v1::ReferralsLinked linked;
    linked.set_referral("referral-" + one);
    linked.set_other("referral-" + other);
    EXPECT_EQ(Handle(linked), absl::OkStatus());
  }
  void Unlink(const std::string& one, const std::string& other) {
    referral::events::v1::ReferralsUnlinked undone;
    undone.set_referral("referral-" + one);
    undone.set_other("referral-" + other);
    EXPECT_EQ(Handle(undone), absl::OkStatus());
  }
  std::vector<std::string> NewEvents() {
    std::vector<std::string> all = Events();
    std::vector<std::string> events(all.begin() + static_cast<int64_t>(before_), all.end());
    before_ = all.size();
    return events;
  }
  void MakeReady(const v1::Enrolment& enrolment) {
    ASSERT_TRUE(Complete(enrolment.name(), "needs_analysis", /*gate=*/true).ok());
    const auto ready = Complete(enrolment.name(), "orientation");
    ASSERT_TRUE(ready.ok()) << ready.status();
    ASSERT_EQ(ready->state(), v1::Enrolment::STATE_READY);
  }
  size_t before_ = 0;
};

TEST_F(LinkingTest, LinkedBeforeAdmissionTheyAreOnePersonWithOneEnrolmentThatCounts) {
  Link("ociso", "beta");
  const v1::Enrolment first = Enrol(By("ociso"));
  EXPECT_EQ(first.behind(), "");
  EXPECT_THAT(NewEvents(), ElementsAre("EnrolmentCreated"));
  const v1::Enrolment second = Enrol(By("beta"));
  EXPECT_EQ(second.person(), first.person());
  EXPECT_EQ(second.behind(), first.name());
  // Nobody but who sent them hears of the second: it is in no pool and no figure.
  EXPECT_THAT(NewEvents(), ElementsAre("EnrolmentIdentified"));
  const auto told = Last<events::v1::EnrolmentIdentified>();
  EXPECT_EQ("enrolments/" + told.behind(), first.name());
  EXPECT_EQ(told.application(), "of-beta");
  Enrol(By("beta"));  // the same again
  EXPECT_THAT(NewEvents(), IsEmpty());
}

TEST_F(LinkingTest, WhatStandsBehindIsActedOnWhereItCounts) {
  Link("ociso", "beta");
  const v1::Enrolment first = Enrol(By("ociso"));
  const v1::Enrolment second = Enrol(By("beta"));
  const auto refused = Complete(second.name(), "needs_analysis", /*gate=*/true);
  EXPECT_EQ(status::ReasonOf(refused.status()), "ENROLMENT_BEHIND");
  MakeReady(first);
}

TEST_F(LinkingTest, UndoneBeforeAnythingElseEachIsAsIfAdmittedAlone) {
  Link("ociso", "beta");
  const v1::Enrolment first = Enrol(By("ociso"));
  const v1::Enrolment second = Enrol(By("beta"));
  NewEvents();
  Unlink("beta", "ociso");
  EXPECT_THAT(NewEvents(), ElementsAre("EnrolmentCreated", "EnrolmentIdentified"));
  const v1::Enrolment after = EnrolmentOf("of-beta");
  EXPECT_EQ(after.name(), second.name());
  EXPECT_EQ(after.behind(), "");
  EXPECT_NE(after.person(), first.person());
  EXPECT_EQ(EnrolmentOf("of-ociso").person(), first.person());
  MakeReady(after);
}

TEST_F(LinkingTest, LinkedAfterAdmissionTheReadyOneCountsAndTheLinkIsUndoneWithoutTrace) {
  const v1::Enrolment first = Enrol(By("ociso"));
  const v1::Enrolment second = Enrol(By("beta"));
  EXPECT_NE(first.person(), second.person());
  MakeReady(second);
  NewEvents();
  Link("beta", "ociso");
  EXPECT_EQ(EnrolmentOf("of-ociso").behind(), second.name());
  EXPECT_EQ(EnrolmentOf("of-beta").behind(), "");
  EXPECT_EQ(EnrolmentOf("of-ociso").person(), EnrolmentOf("of-beta").person());
  NewEvents();
  Link("ociso", "beta");  // the same again
  EXPECT_THAT(NewEvents(), IsEmpty());
  Unlink("ociso", "beta");
  for (const v1::Enrolment* before : {&first, &second}) {
    const v1::Enrolment after = EnrolmentOf(before == &first ? "of-ociso" : "of-beta");
    EXPECT_EQ(after.person(), before->person());
    EXPECT_EQ(after.behind(), "");
  }
  EXPECT_EQ(EnrolmentOf("of-ociso").state(), v1::Enrolment::STATE_ONBOARDING);
  EXPECT_EQ(EnrolmentOf("of-beta").state(), v1::Enrolment::STATE_READY);
  EXPECT_EQ(Count("SELECT count(*) FROM registration_person WHERE head_id IS NOT NULL"), 0);
}

TEST_F(LinkingTest, OfThreeTheLinkThatIsUndoneAlonePartsThem) {
  Link("ociso", "beta");
  Link("beta", "gamma");
  const v1::Enrolment first = Enrol(By("ociso"));
  const v1::Enrolment second = Enrol(By("beta"));
  const v1::Enrolment third = Enrol(By("gamma"));
  EXPECT_EQ(third.behind(), first.name());
  EXPECT_EQ(third.person(), first.person());
  Unlink("ociso", "beta");
  EXPECT_EQ(EnrolmentOf("of-ociso").behind(), "");
  EXPECT_NE(EnrolmentOf("of-beta").person(), first.person());
  EXPECT_EQ(EnrolmentOf("of-beta").person(), EnrolmentOf("of-gamma").person());
  const int behind = (EnrolmentOf("of-beta").behind().empty() ? 0 : 1) +
                     (EnrolmentOf("of-gamma").behind().empty() ? 0 : 1);
  EXPECT_EQ(behind, 1);
  EXPECT_EQ(EnrolmentOf("of-beta").name(), second.name());
}

TEST_F(LinkingTest, WhatIsSealedIsReadByTheOnePersonAndAfterTheUndoingByEach) {
  const v1::Enrolment first = Enrol(By("ociso"));
  referral::v1::AdmittedFile attested = By("beta");
  const v1::Enrolment second = Enrol(By("beta"));
  const std::vector<std::string> facts = Told(second.facts());
  Link("ociso", "beta");
  EXPECT_EQ(Told(EnrolmentOf("of-beta").facts()), facts);
  Unlink("ociso", "beta");
  EXPECT_EQ(Told(EnrolmentOf("of-beta").facts()), facts);
}

// The case "same in both parts", in either order.
TEST_F(LinkingTest, SameInBothParts) {
  const auto mentor_of = [](const std::string& key) {
    referral::v1::AdmittedFile mentor = MentorFile(key);
    *mentor.mutable_file()->mutable_given_name() = MenteeFile(key).file().given_name();
    *mentor.mutable_file()->mutable_family_name() = MenteeFile(key).file().family_name();
    *mentor.mutable_file()->mutable_email() = MenteeFile(key).file().email();
    mentor.set_application("mentor-" + key);
    mentor.set_referral("mentor-referral-" + key);
    return mentor;
  };
  const v1::Enrolment mentor = Enrol(mentor_of("one"));
  EXPECT_EQ(Enrol(MenteeFile("one")).person(), mentor.person());
  const v1::Enrolment mentee = Enrol(MenteeFile("two"));
  EXPECT_EQ(Enrol(mentor_of("two")).person(), mentee.person());
}

}  // namespace
}  // namespace tremplin::registration
