#include <algorithm>
#include <functional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "services/registration/testing/registration_test_support.h"

namespace tremplin::registration {
namespace {

constexpr int kAtOnce = 12;

// What many do at the same instant.
class ConcurrencyTest : public RegistrationTest {
 protected:
  void SetUp() override {
    RegistrationTest::SetUp();
    if (!IsSkipped()) Publish();
  }

  template <class Result>
  static std::vector<Result> AtOnce(const std::function<Result(int)>& run) {
    std::vector<Result> results(kAtOnce, Result(absl::UnknownError("did not run")));
    {
      std::vector<std::jthread> threads;
      for (int i = 0; i < kAtOnce; ++i) {
        threads.emplace_back([&, i] { results[static_cast<size_t>(i)] = run(i); });
      }
    }
    return results;
  }

  using Enrolled = absl::StatusOr<v1::Enrolment>;
};

TEST_F(ConcurrencyTest, OneApplicationIsOneEnrolmentHoweverOftenItIsTold) {
  const referral::v1::AdmittedFile mentor = MentorFile("M1");
  referral_.files["applications/" + mentor.application()] = mentor;
  for (const absl::Status& result :
       AtOnce<absl::Status>([&](int) { return Handle(Admitted(mentor)); })) {
    EXPECT_EQ(result, absl::OkStatus());
  }
  EXPECT_EQ(Count("SELECT count(*) FROM registration_enrolment"), 1);
  EXPECT_EQ(Count("SELECT count(*) FROM registration_person"), 1);
}

TEST_F(ConcurrencyTest, OnePersonAtManyDoorsIsOnePersonEnrolledOnce) {
  std::vector<referral::events::v1::ApplicationChanged> admitted;
  for (int i = 0; i < kAtOnce; ++i) {
    referral::v1::AdmittedFile mentor = MentorFile("M" + std::to_string(i));
    mentor.mutable_file()->set_given_name("Same");
    mentor.mutable_file()->set_family_name("Person");
    mentor.mutable_file()->set_email("same@example.org");
    referral_.files["applications/" + mentor.application()] = mentor;
    admitted.push_back(Admitted(mentor));
  }
  for (const absl::Status& result :
       AtOnce<absl::Status>([&](int i) { return Handle(admitted[static_cast<size_t>(i)]); })) {
    EXPECT_EQ(result, absl::OkStatus());
  }
  EXPECT_EQ(Count("SELECT count(*) FROM registration_enrolment"), 1);
  EXPECT_EQ(Count("SELECT count(*) FROM registration_person"), 1);
  EXPECT_EQ(Count("SELECT count(*) FROM registration_admission"), kAtOnce);
}

TEST_F(ConcurrencyTest, AStepIsDoneOnce) {
  const v1::Enrolment mentor = Enrol(MentorFile("M1"));
  const auto results = AtOnce<Enrolled>([&](int i) {
    v1::CompleteOnboardingStepRequest request;
    request.set_name(mentor.name());
    request.set_step("orientation");
    request.set_request_id("step-" + std::to_string(i));
    return Call(Staff(), &Service::CompleteOnboardingStep, request);
  });
  const auto done = std::count_if(results.begin(), results.end(),
                                  [](const Enrolled& result) { return result.ok(); });
  EXPECT_EQ(done, 1);
  const std::vector<std::string> events = Events();
  EXPECT_EQ(std::count(events.begin(), events.end(), "OnboardingStepCompleted"), 1);
}

TEST_F(ConcurrencyTest, BusinessTimeNeverGoesBack) {
  using Set = absl::StatusOr<v1::SetBusinessTimeResponse>;
  const auto results = AtOnce<Set>([&](int i) {
    v1::SetBusinessTimeRequest request;
    request.mutable_business_time()->set_seconds(1'757'000'000 + 60 * (i * 5 % kAtOnce));
    request.set_request_id("time-" + std::to_string(i));
    return Call(Operator(), &Service::SetBusinessTime, request);
  });
  for (const Set& result : results) {
    if (!result.ok()) {
      EXPECT_EQ(status::ReasonOf(result.status()), "BUSINESS_TIME_BACKWARDS") << result.status();
    }
  }
  const auto told = Rows(
      "SELECT time_us FROM registration_outbox WHERE type LIKE '%BusinessTimeSet' ORDER BY seq");
  ASSERT_TRUE(told.ok());
  ASSERT_FALSE(told->rows.empty());
  for (size_t i = 1; i < told->rows.size(); ++i) {
    EXPECT_LT(told->rows[i - 1].Int(0), told->rows[i].Int(0));
  }
  EXPECT_EQ(told->rows.back().Int(0), (1'757'000'000 + 60 * (kAtOnce - 1)) * int64_t{1'000'000});
}

}  // namespace
}  // namespace tremplin::registration
