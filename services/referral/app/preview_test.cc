#include <algorithm>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "common/status/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/referral/testing/fixture.h"

// What a definition would change for those who wait.
namespace tremplin::referral {
namespace {

using app::Service;
using ::testing::ElementsAre;

class PreviewTest : public ReferralTest {
 protected:
  v1::PreviewProgramResponse Preview(const program::v1::ProgramDefinition& definition) {
    v1::PreviewProgramRequest request;
    *request.mutable_definition() = definition;
    auto response =
        system_->Call(system_->As(options::v1::ROLE_OPERATOR), &Service::PreviewProgram, request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.value_or(v1::PreviewProgramResponse());
  }
  std::string Applied(const std::string& key, const std::string& education) {
    v1::SubmitReferralRequest request = SubmitRequest("alpha", key);
    Give(request.mutable_file(), "education", {education});
    return Submit(request).applications(0).name();
  }
  static void Name(program::v1::Text* text) {
    text->set_en("Certified");
    text->set_fr("Agrément");
  }
  static void Ask(const std::vector<std::string>& educations,
                  program::v1::ProgramDefinition* definition) {
    auto* asked =
        definition->mutable_mentee()->mutable_criteria(2)->mutable_predicate()->mutable_one_of();
    asked->set_fact("education");
    asked->clear_values();
    for (const std::string& each : educations) asked->add_values(each);
  }
};

TEST_P(PreviewTest, ADefinitionThatCouldNotBePublishedIsRefused) {
  v1::PreviewProgramRequest request;
  *request.mutable_definition() = System::Definition();
  Ask({"no-such-education"}, request.mutable_definition());
  const auto response =
      system_->Call(system_->As(options::v1::ROLE_OPERATOR), &Service::PreviewProgram, request);
  ASSERT_EQ(response.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(status::DetailOf(response.status()).violations.front().field,
            "mentee.criteria[2].predicate.one_of.values[0]");
}

TEST_P(PreviewTest, OpenApplicationsAreJudgedAndNothingIsStored) {
  const std::string loses = Applied("A-1", "college");
  const std::string gains = Applied("A-2", "secondary");
  Applied("A-3", "master");
  v1::AdmitApplicationRequest admit;
  admit.set_name(Applied("A-4", "college"));  // settled: none of the preview's
  ASSERT_TRUE(system_->Call(system_->Staff(), &Service::AdmitApplication, admit).ok());
  v1::StartReviewRequest review;
  review.set_name(loses);
  ASSERT_TRUE(system_->Call(system_->Staff(), &Service::StartReview, review).ok());
  const int64_t events = system_->Count("SELECT COUNT(*) FROM referral_outbox");
  program::v1::ProgramDefinition definition = System::Definition();
  Ask({"secondary", "master"}, &definition);
  const v1::PreviewProgramResponse preview = Preview(definition);
  EXPECT_EQ(preview.considered(), 3);
  EXPECT_EQ(preview.gains(), 1);
  EXPECT_EQ(preview.losses(), 1);
  ASSERT_EQ(preview.changes_size(), 2);
  for (const auto& change : preview.changes()) {
    const bool lost = change.application() == loses;
    EXPECT_EQ(change.application(), lost ? loses : gains);
    EXPECT_EQ(change.now(), lost ? v1::VERDICT_ELIGIBLE : v1::VERDICT_INELIGIBLE);
    EXPECT_EQ(change.then(), lost ? v1::VERDICT_INELIGIBLE : v1::VERDICT_ELIGIBLE);
    EXPECT_EQ(change.reasons_size(), lost ? 1 : 0);
  }
  EXPECT_EQ(system_->Count("SELECT COUNT(*) FROM referral_outbox"), events);
  EXPECT_EQ(Preview(System::Definition()).changes_size(), 0);
}

TEST_P(PreviewTest, AFactOfItsOwnIsAskedOfEverybody) {
  Applied("A-1", "college");
  program::v1::ProgramDefinition definition = System::Definition();
  program::v1::Fact* fact = definition.add_facts();
  fact->set_name(std::string(kOttawaId) + ".certified");
  fact->add_about(program::v1::SUBJECT_MENTEE);
  fact->add_stated_by(program::v1::STATED_BY_STAFF);
  fact->mutable_yes_no();
  Name(fact->mutable_title());
  program::v1::Criterion* criterion = definition.mutable_mentee()->add_criteria();
  criterion->set_code("certified");
  Name(criterion->mutable_title());
  Name(criterion->mutable_fail_reason());
  Name(criterion->mutable_missing_reason());
  criterion->mutable_predicate()->mutable_one_of()->set_fact(fact->name());
  criterion->mutable_predicate()->mutable_one_of()->add_values("yes");
  const v1::PreviewProgramResponse preview = Preview(definition);
  ASSERT_EQ(preview.changes_size(), 1);
  EXPECT_EQ(preview.losses(), 1);
  EXPECT_EQ(preview.changes(0).then(), v1::VERDICT_INCOMPLETE);
  EXPECT_THAT(preview.changes(0).reasons(), ElementsAre("certified"));
}

TEST_P(PreviewTest, NobodyWaitsForAProgramThatIsNotYet) {
  Applied("A-1", "college");
  program::v1::ProgramDefinition definition = System::Definition();
  definition.set_id("not-yet");
  EXPECT_EQ(Preview(definition).considered(), 0);
  definition.set_id("Not a program");
  v1::PreviewProgramRequest request;
  *request.mutable_definition() = definition;
  EXPECT_EQ(system_->Call(system_->Staff(), &Service::PreviewProgram, request).status().code(),
            absl::StatusCode::kInvalidArgument);
  request.mutable_definition()->set_id(kOttawaId);
  EXPECT_EQ(system_
                ->Call(system_->As(options::v1::ROLE_COORDINATOR, "", "another"),
                       &Service::PreviewProgram, request)
                .status()
                .code(),
            absl::StatusCode::kPermissionDenied);
}

// More than one page, more changes than are told.
TEST_P(PreviewTest, EveryApplicationIsConsideredOnce) {
  constexpr int kPeople = 620;
  for (int batch = 0; batch < 2; ++batch) {
    v1::BatchSubmitReferralsRequest request;
    request.add_programs(kOttawa);
    for (int i = 0; i < kPeople / 2; ++i) {
      const std::string key = std::to_string(batch) + "-" + std::to_string(i);
      const v1::SubmitReferralRequest single = SubmitRequest("alpha", key);
      auto* item = request.add_items();
      item->set_agency(single.agency());
      item->set_external_id(key);
      *item->mutable_file() = single.file();
    }
    ASSERT_TRUE(system_->Call(system_->Agency(), &Service::BatchSubmitReferrals, request).ok());
  }
  program::v1::ProgramDefinition definition = System::Definition();
  Ask({"master"}, &definition);
  const absl::Time before = absl::Now();
  const v1::PreviewProgramResponse preview = Preview(definition);
  RecordProperty("microseconds_a_person",
                 std::to_string(absl::ToInt64Microseconds(absl::Now() - before) / kPeople));
  EXPECT_EQ(preview.considered(), kPeople);
  EXPECT_EQ(preview.losses(), kPeople);
  EXPECT_EQ(preview.changes_size(), 200);
  std::vector<std::string> names;
  for (const auto& change : preview.changes()) names.push_back(change.application());
  EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
}

INSTANTIATE_TEST_SUITE_P(Sqlite, PreviewTest, ::testing::Values(StoreKind::kSqlite));
INSTANTIATE_TEST_SUITE_P(Postgres, PreviewTest, ::testing::Values(StoreKind::kPostgres));

}  // namespace
}  // namespace tremplin::referral
