#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/referral/testing/fixture.h"

// Verdicts for each format, admission by the program's rule, exemptions by the criterion's.
namespace tremplin::referral {
namespace {

using app::Service;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Ottawa with a second format, which asks a master's degree and no résumé.
program::v1::ProgramDefinition TwoFormats() {
  program::v1::ProgramDefinition definition = System::Definition();
  program::v1::Format* scholars = definition.add_formats();
  *scholars = definition.formats(0);
  scholars->set_code("scholars");
  scholars->add_mentee_not_asked("resume");
  program::v1::Criterion* degree = scholars->mutable_mentee()->add_criteria();
  *degree = definition.mentee().criteria(2);
  degree->set_code("degree");
  degree->clear_predicate();
  degree->mutable_predicate()->mutable_one_of()->set_fact("education");
  degree->mutable_predicate()->mutable_one_of()->add_values("master");
  return definition;
}

class FormatsTest : public ReferralTest {
 protected:
  void Publish(const program::v1::ProgramDefinition& definition) {
    system_->Publish(2, definition, System::Start() - absl::Hours(1));
  }
};

TEST_P(FormatsTest, TheWholeVerdictIsThatOfTheBestFormat) {
  Publish(TwoFormats());
  v1::SubmitReferralRequest request = SubmitRequest("alpha", "A-1");
  v1::Decision decision = Submit(request).applications(0).decision();
  EXPECT_EQ(decision.verdict(), v1::VERDICT_ELIGIBLE);
  EXPECT_THAT(decision.reasons(), IsEmpty());
  ASSERT_EQ(decision.formats_size(), 2);
  EXPECT_EQ(decision.formats(0).format(), "one_to_one");
  EXPECT_FALSE(decision.formats(0).name().fr().empty());
  EXPECT_EQ(decision.formats(0).verdict(), v1::VERDICT_ELIGIBLE);
  EXPECT_EQ(decision.formats(1).format(), "scholars");
  EXPECT_EQ(decision.formats(1).verdict(), v1::VERDICT_INELIGIBLE);
  EXPECT_THAT(decision.formats(1).reasons(), ElementsAre("degree"));
  EXPECT_THAT(system_->Events<events::v1::ApplicationChanged>().back().formats(),
              ElementsAre("one_to_one"));
  // Without a résumé, neither; what both miss is told.
  Give(request.mutable_file(), "resume", {"no"});
  decision = Submit(request).applications(0).decision();
  EXPECT_EQ(decision.verdict(), v1::VERDICT_INELIGIBLE);
  EXPECT_THAT(decision.reasons(), ElementsAre("resume", "degree"));
  Give(request.mutable_file(), "education", {"master"});
  decision = Submit(request).applications(0).decision();
  EXPECT_EQ(decision.verdict(), v1::VERDICT_ELIGIBLE);
  EXPECT_THAT(system_->Events<events::v1::ApplicationChanged>().back().formats(),
              ElementsAre("scholars"));
}

TEST_P(FormatsTest, TheProgramsRuleAdmitsInTheSubmissionItself) {
  program::v1::ProgramDefinition definition = TwoFormats();
  definition.set_mentee_admission(program::v1::ADMISSION_AUTOMATIC);
  Publish(definition);
  v1::SubmitReferralRequest request = SubmitRequest("alpha", "A-1");
  EXPECT_EQ(Submit(request).applications(0).state(), v1::Application::STATE_ADMITTED);
  const auto feed =
      system_->Call(system_->Agency(), &Service::ListStatusFeed, v1::ListStatusFeedRequest());
  ASSERT_EQ(feed->entries_size(), 2);
  EXPECT_EQ(feed->entries(0).milestone(), "received");
  EXPECT_EQ(feed->entries(1).milestone(), "admitted");
  EXPECT_EQ(Submit(request).kind(), v1::SUBMISSION_KIND_REPEAT);
  // Not without consent, and not who waits for staff.
  request = SubmitRequest("alpha", "A-2");
  Give(request.mutable_file(), "consent_to_share", {"no"});
  const v1::SubmitReferralResponse waits = Submit(request);
  EXPECT_EQ(waits.applications(0).state(), v1::Application::STATE_RECEIVED);
  v1::WaitlistApplicationRequest waitlist;
  waitlist.set_name(waits.applications(0).name());
  ASSERT_TRUE(system_->Call(system_->Staff(), &Service::WaitlistApplication, waitlist).ok());
  Give(request.mutable_file(), "consent_to_share", {"yes"});
  EXPECT_EQ(Submit(request).applications(0).state(), v1::Application::STATE_WAITLISTED);
}

TEST_P(FormatsTest, ExemptionsFollowTheCriterionsRules) {
  program::v1::ProgramDefinition definition = System::Definition();
  program::v1::ExemptionRule* rule =
      definition.mutable_mentee()->mutable_criteria(2)->add_exemptions();
  rule->set_code("assessed abroad=yes");
  rule->set_holds_days(30);
  Publish(definition);
  v1::SubmitReferralRequest request = SubmitRequest("alpha", "A-1");
  Give(request.mutable_file(), "education", {"secondary"});
  v1::AdmitApplicationRequest admit;
  admit.set_name(Submit(request).applications(0).name());
  admit.add_exemptions()->set_code("education");
  admit.mutable_exemptions(0)->set_reason("equivalent_experience");
  const auto refused = system_->Call(system_->Staff(), &Service::AdmitApplication, admit);
  const auto violations = status::DetailOf(refused.status()).violations;
  ASSERT_EQ(violations.size(), 1U);
  EXPECT_EQ(violations[0].field, "exemptions[0].reason");
  EXPECT_NE(violations[0].en.find("assessed abroad=yes"), std::string::npos);
  admit.mutable_exemptions(0)->set_reason("assessed abroad=yes");
  const auto admitted = system_->Call(system_->Staff(), &Service::AdmitApplication, admit);
  ASSERT_TRUE(admitted.ok()) << admitted.status();
  v1::GetApplicationRequest get;
  get.set_name(admit.name());
  const auto kept = system_->Call(system_->Staff(), &Service::GetApplication, get);
  EXPECT_EQ(kept->decision().results(2).result(), v1::FINDING_RESULT_EXEMPTED);
  EXPECT_EQ(kept->decision().results(2).exemption(), "assessed abroad=yes");
  // September 4th in Ottawa, and thirty days more.
  EXPECT_EQ(kept->decision().results(2).exempted_until(), "2025-10-04");
}

TEST_P(FormatsTest, ACriterionsCodeIsKeptWhateverIsInIt) {
  program::v1::ProgramDefinition definition = System::Definition();
  definition.mutable_mentee()->mutable_criteria(6)->set_code("a=b résumé");
  Publish(definition);
  v1::SubmitReferralRequest request = SubmitRequest("alpha", "A-1");
  Give(request.mutable_file(), "resume", {"no"});
  v1::GetApplicationRequest get;
  get.set_name(Submit(request).applications(0).name());
  const auto kept = system_->Call(system_->Agency(), &Service::GetApplication, get);
  ASSERT_TRUE(kept.ok()) << kept.status();
  EXPECT_EQ(kept->decision().verdict(), v1::VERDICT_INELIGIBLE);
  EXPECT_THAT(kept->decision().reasons(), ElementsAre("a=b résumé"));
  v1::ReturnApplicationRequest back;
  back.set_name(get.name());
  back.add_reasons("a=b résumé");
  ASSERT_TRUE(system_->Call(system_->Staff(), &Service::ReturnApplication, back).ok());
  const auto feed =
      system_->Call(system_->Agency(), &Service::ListStatusFeed, v1::ListStatusFeedRequest());
  EXPECT_THAT(feed->entries(1).reasons(), ElementsAre("a=b résumé"));
}

INSTANTIATE_TEST_SUITE_P(Sqlite, FormatsTest, ::testing::Values(StoreKind::kSqlite));
INSTANTIATE_TEST_SUITE_P(Postgres, FormatsTest, ::testing::Values(StoreKind::kPostgres));

}  // namespace
}  // namespace tremplin::referral
