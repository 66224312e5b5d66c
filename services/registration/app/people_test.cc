#include "gmock/gmock.h"
#include "services/registration/testing/registration_test_support.h"
#include "tremplin/runtime/events/v1/events.pb.h"

namespace tremplin::registration {
namespace {

using options::v1::ROLE_MENTEE;
using options::v1::ROLE_MENTOR;
using ::testing::ElementsAre;

class PeopleTest : public RegistrationTest {
 protected:
  void SetUp() override {
    RegistrationTest::SetUp();
    Publish();
    mentor_ = ReadyMentor("M1");
  }
  absl::StatusOr<v1::Person> Get(const rpc::CallContext& call, const std::string& name) {
    v1::GetPersonRequest request;
    request.set_name(name);
    return Call(call, &Service::GetPerson, request);
  }
  int64_t Reads() {
    return Count(
        "SELECT count(*) FROM registration_audit WHERE action = "
        "'tremplin.registration.v1.GetPersonRequest'");
  }
  v1::Enrolment mentor_;
};

TEST_F(PeopleTest, StaffAndThePersonReadItAndEachReadIsKept) {
  const auto read = Get(Staff(), mentor_.person());
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->name(), mentor_.person());
  EXPECT_EQ(read->given_name(), "GivenM1");
  EXPECT_EQ(read->email(), "M1@example.org");
  EXPECT_EQ(Reads(), 1);
  EXPECT_TRUE(Get(AsPerson(ROLE_MENTOR, mentor_.person()), mentor_.person()).ok());
  EXPECT_EQ(Reads(), 2);
}

TEST_F(PeopleTest, NobodyElseLearnsThatThereIsOne) {
  const std::string absent = "people/00000000-0000-0000-0000-000000000000";
  rpc::CallContext elsewhere = Staff();
  elsewhere.principal.program = "another";
  for (const rpc::CallContext& call :
       {elsewhere, AsPerson(ROLE_MENTEE, "people/somebody"), As(ROLE_MENTEE)}) {
    const auto present = Get(call, mentor_.person());
    EXPECT_EQ(present.status().code(), absl::StatusCode::kNotFound);
    EXPECT_EQ(present.status(), Get(call, absent).status());
  }
  EXPECT_EQ(Reads(), 0);
  rpc::CallContext here = Staff();
  here.principal.program = kProgramId;
  EXPECT_TRUE(Get(here, mentor_.person()).ok());
}

TEST_F(PeopleTest, AnErasedPersonIsGone) {
  const std::string id = mentor_.person().substr(7);
  ASSERT_TRUE(db_->Write({.lane_key = id},
                         [&](database::Transaction& tx) { return sealer_->Erase(tx, id); })
                  .ok());
  EXPECT_EQ(status::ReasonOf(Get(Staff(), mentor_.person()).status()), "PERSON_NOT_FOUND");
}

class BusinessTimeTest : public RegistrationTest {
 protected:
  absl::StatusOr<v1::SetBusinessTimeResponse> Set(int64_t seconds) {
    v1::SetBusinessTimeRequest request;
    request.mutable_business_time()->set_seconds(seconds);
    return Call(Operator(), &Service::SetBusinessTime, request);
  }
};

TEST_F(BusinessTimeTest, GoesForwardOnlyAndTellsOnce) {
  ASSERT_TRUE(Set(1'756'800'000).ok());
  EXPECT_EQ(Last<runtime::events::v1::BusinessTimeSet>().business_time().seconds(), 1'756'800'000);
  ASSERT_TRUE(Set(1'756'800'000).ok());
  EXPECT_THAT(Events(), ElementsAre("BusinessTimeSet"));
  const auto back = Set(1'756'799'999);
  EXPECT_EQ(back.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(status::ReasonOf(back.status()), "BUSINESS_TIME_BACKWARDS");
  const auto on = Set(1'756'900'000);
  ASSERT_TRUE(on.ok());
  EXPECT_EQ(on->business_time().seconds(), 1'756'900'000);
  EXPECT_THAT(Events(), ElementsAre("BusinessTimeSet", "BusinessTimeSet"));
}

TEST_F(BusinessTimeTest, AnImplausibleTimeIsRefused) {
  for (const int64_t seconds : {int64_t{0}, int64_t{-1}, int64_t{1} << 60}) {
    EXPECT_THAT(ViolationsOf(Set(seconds).status()), ElementsAre("business_time TIME_INVALID"));
  }
}

class RealTimeTest : public BusinessTimeTest {
 protected:
  RealTimeTest() { demo_ = false; }
};

TEST_F(RealTimeTest, OutsideDemoModeItIsNotToBeSet) {
  EXPECT_EQ(status::ReasonOf(Set(1'756'800'000).status()), "NOT_DEMO");
  EXPECT_THAT(Events(), ElementsAre());
}

}  // namespace
}  // namespace tremplin::registration
