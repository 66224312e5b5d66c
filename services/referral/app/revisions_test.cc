#include <optional>
#include <string>
#include <vector>

#include "common/status/macros.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/referral/store/referral_store.h"
#include "services/referral/testing/fixture.h"

// Applications are pinned to the revision of the file they were judged on.
namespace tremplin::referral {
namespace {

using app::Service;
using ::testing::ElementsAre;

constexpr char kOther[] = "programs/other";

class RevisionsTest : public ReferralTest {
 protected:
  void SetUp() override {
    ReferralTest::SetUp();
    if (system_ == nullptr) return;
    program::v1::ProgramDefinition other = System::Definition();
    other.set_id("other");
    system_->Publish(1, other, System::Start() - absl::Hours(1));
  }

  static v1::SubmitReferralRequest ForBoth() {
    v1::SubmitReferralRequest request = SubmitRequest("alpha", "A-1");
    request.add_programs(kOther);
    return request;
  }
  template <class Request, class Method>
  v1::Application Do(Method method, const std::string& name) {
    Request request;
    request.set_name(name);
    const auto answer = system_->Call(system_->Staff(), method, request);
    EXPECT_TRUE(answer.ok()) << answer.status();
    return answer.value_or(v1::Application());
  }
  v1::Application Admit(const std::string& name) {
    return Do<v1::AdmitApplicationRequest>(&Service::AdmitApplication, name);
  }
  v1::Application Get(const std::string& name) {
    return Do<v1::GetApplicationRequest>(&Service::GetApplication, name);
  }
  std::string EmailOf(const std::string& application) {
    v1::GetAdmittedFileRequest request;
    request.set_name(application);
    const auto file =
        system_->Call(system_->As(options::v1::ROLE_SERVICE), &Service::GetAdmittedFile, request);
    return file.ok() ? file->file().email() : status::ReasonOf(file.status());
  }
  int64_t Files() { return system_->Count("SELECT COUNT(*) FROM referral_file"); }
};

TEST_P(RevisionsTest, ACorrectionForOneProgramWorksWhileAnotherHasAdmitted) {
  v1::SubmitReferralRequest request = ForBoth();
  const v1::SubmitReferralResponse first = Submit(request);
  const std::string admitted = Admit(first.applications(0).name()).name();
  const std::string before = EmailOf(admitted);
  request.mutable_file()->set_email("new@example.org");
  Give(request.mutable_file(), "resume", {"no"});
  const v1::SubmitReferralResponse second = Submit(request);
  EXPECT_EQ(second.kind(), v1::SUBMISSION_KIND_REVISION);
  EXPECT_EQ(second.revision(), 2);
  // The admitted one stays with its decision and the file it was made on.
  EXPECT_EQ(second.applications(0).state(), v1::Application::STATE_ADMITTED);
  EXPECT_EQ(second.applications(0).decision().file_revision(), 1);
  EXPECT_EQ(second.applications(0).decision().verdict(), v1::VERDICT_ELIGIBLE);
  EXPECT_EQ(EmailOf(admitted), before);
  EXPECT_EQ(second.applications(1).decision().file_revision(), 2);
  EXPECT_THAT(second.applications(1).decision().reasons(), ElementsAre("resume"));
  Give(request.mutable_file(), "resume", {"yes"});
  const std::string other = Submit(request).applications(1).name();
  Admit(other);
  EXPECT_EQ(EmailOf(other), "new@example.org");
  EXPECT_EQ(EmailOf(admitted), before);
  // The second revision is nobody's any more.
  EXPECT_EQ(Files(), 2);
  EXPECT_EQ(Submit(request).kind(), v1::SUBMISSION_KIND_REPEAT);
}

TEST_P(RevisionsTest, ACorrectionWorksWhileThePersonWithdrewElsewhere) {
  v1::SubmitReferralRequest request = ForBoth();
  const v1::SubmitReferralResponse first = Submit(request);
  const std::string withdrawn = first.applications(0).name();
  Do<v1::WithdrawApplicationRequest>(&Service::WithdrawApplication, withdrawn);
  Give(request.mutable_file(), "resume", {"no"});
  const v1::SubmitReferralResponse second = Submit(request);
  EXPECT_EQ(second.kind(), v1::SUBMISSION_KIND_REVISION);
  EXPECT_EQ(second.applications(0).state(), v1::Application::STATE_WITHDRAWN);
  EXPECT_EQ(second.applications(0).decision().file_revision(), 1);
  EXPECT_EQ(second.applications(1).decision().verdict(), v1::VERDICT_INELIGIBLE);
  EXPECT_EQ(Files(), 2);
  // Reopened, it is judged on what holds now.
  const v1::Application reopened =
      Do<v1::ReopenApplicationRequest>(&Service::ReopenApplication, withdrawn);
  EXPECT_EQ(reopened.state(), v1::Application::STATE_RECEIVED);
  EXPECT_EQ(reopened.decision().file_revision(), 2);
  EXPECT_THAT(reopened.decision().reasons(), ElementsAre("resume"));
  EXPECT_EQ(Files(), 1);
  const auto changes = system_->Events<events::v1::ApplicationChanged>();
  EXPECT_EQ(changes.back().action(), "reopen");
  EXPECT_EQ(changes.back().verdict(), "ineligible");
  EXPECT_EQ(changes.back().file_revision(), 2);
}

// The application moves to the newest revision: a correction that another process prepares at the
// same time must not take that file from under it.
TEST_P(RevisionsTest, ACorrectionThatBeganBeforeAReopeningBeginsAnew) {
  const v1::SubmitReferralResponse first = Submit("alpha", "A-1");
  const std::string name = first.applications(0).name();
  Do<v1::WithdrawApplicationRequest>(&Service::WithdrawApplication, name);
  std::optional<ReferralRow> read;
  ASSERT_TRUE(system_
                  ->Write([&](database::Transaction& tx) -> absl::Status {
                    TREMPLIN_ASSIGN_OR_RETURN(
                        read, store::GetReferral(
                                  tx, first.referral().substr(first.referral().find('/') + 1)));
                    return absl::OkStatus();
                  })
                  .ok());
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(Do<v1::ReopenApplicationRequest>(&Service::ReopenApplication, name).state(),
            v1::Application::STATE_RECEIVED);
  EXPECT_TRUE(status::IsVersionConflict(
      system_->Write([&](database::Transaction& tx) { return store::UpdateReferral(tx, *read); })));
}

TEST_P(RevisionsTest, WhereAllIsSettledTheRevisionIsStoredAndNothingElseChanges) {
  v1::SubmitReferralRequest request = SubmitRequest("alpha", "A-1");
  const std::string name = Admit(Submit(request).applications(0).name()).name();
  const std::string before = Get(name).SerializeAsString();
  request.mutable_file()->set_phone("613-555-0000");
  const v1::SubmitReferralResponse revised = Submit(request);
  EXPECT_EQ(revised.kind(), v1::SUBMISSION_KIND_REVISION);
  EXPECT_EQ(revised.revision(), 2);
  EXPECT_EQ(Get(name).SerializeAsString(), before);
  EXPECT_EQ(Submit(request).kind(), v1::SUBMISSION_KIND_REPEAT);
  v1::GetReferralRequest get;
  get.set_name(revised.referral());
  EXPECT_EQ(system_->Call(system_->Agency(), &Service::GetReferral, get)->file().phone(),
            "613-555-0000");
}

TEST_P(RevisionsTest, OldRevisionsThatNobodyIsJudgedOnGo) {
  v1::SubmitReferralRequest request = ForBoth();
  for (int i = 0; i < 5; ++i) {
    request.mutable_file()->set_phone("613-555-000" + std::to_string(i));
    EXPECT_EQ(Submit(request).revision(), i + 1);
  }
  EXPECT_EQ(Files(), 1);
}

TEST_P(RevisionsTest, AFurtherProgramIsJudgedOnTheFileAsItStands) {
  v1::SubmitReferralRequest request = SubmitRequest("alpha", "A-1");
  Submit(request);
  request.add_programs(kOther);
  const v1::SubmitReferralResponse further = Submit(request);
  EXPECT_EQ(further.kind(), v1::SUBMISSION_KIND_REVISION);
  EXPECT_EQ(further.revision(), 1);
  EXPECT_EQ(further.applications(1).decision().file_revision(), 1);
  EXPECT_EQ(Files(), 1);
}

INSTANTIATE_TEST_SUITE_P(Sqlite, RevisionsTest, ::testing::Values(StoreKind::kSqlite));
INSTANTIATE_TEST_SUITE_P(Postgres, RevisionsTest, ::testing::Values(StoreKind::kPostgres));

}  // namespace
}  // namespace tremplin::referral
