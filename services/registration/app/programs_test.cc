#include "gmock/gmock.h"
#include "services/registration/testing/registration_test_support.h"
#include "tremplin/registration/events/v1/events.pb.h"

namespace tremplin::registration {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

class ProgramsTest : public RegistrationTest {
 protected:
  absl::StatusOr<v1::Program> Publish(const program::v1::ProgramDefinition& definition,
                                      bool validate_only = false) {
    v1::PublishProgramRequest request;
    *request.mutable_definition() = definition;
    request.set_validate_only(validate_only);
    return Call(Operator(), &Service::PublishProgram, request);
  }
  absl::StatusOr<v1::Program> Get(int64_t version) {
    v1::GetProgramRequest request;
    request.set_name(kOttawa);
    request.set_version(version);
    return Call(Staff(), &Service::GetProgram, request);
  }
};

TEST_F(ProgramsTest, VersionsCountAndTheSameAgainIsNoNews) {
  program::v1::ProgramDefinition definition = Definition();
  EXPECT_EQ(Publish(definition)->version(), 1);
  EXPECT_EQ(Publish(definition)->version(), 1);
  EXPECT_THAT(Events(), ElementsAre("ProgramPublished"));
  definition.mutable_name()->set_en("Another name");
  EXPECT_EQ(Publish(definition)->version(), 2);
  const auto event = Last<events::v1::ProgramPublished>();
  EXPECT_EQ(event.program(), "ottawa-career-mentoring");
  EXPECT_EQ(event.version(), 2);
  // 2025-01-01 begins in Ottawa at 05:00 UTC.
  EXPECT_EQ(event.effective_from().seconds(), 1'735'707'600);
  // Going back to what was before is a version of its own.
  EXPECT_EQ(Publish(Definition())->version(), 3);
  EXPECT_EQ(Count("SELECT count(*) FROM registration_audit"), 3);
}

TEST_F(ProgramsTest, OneLanguageIsRefusedAndChecksStoreNothing) {
  program::v1::ProgramDefinition definition = Definition();
  definition.mutable_name()->clear_fr();
  const auto refused = Publish(definition);
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(ViolationsOf(refused.status()), Not(IsEmpty()));
  EXPECT_EQ(Publish(Definition(), /*validate_only=*/true)->version(), 1);
  EXPECT_THAT(Events(), IsEmpty());
  EXPECT_EQ(status::ReasonOf(Get(1).status()), "PROGRAM_NOT_FOUND");
}

TEST_F(ProgramsTest, TheVersionInForceFollowsBusinessTime) {
  ASSERT_TRUE(Publish(Definition()).ok());
  program::v1::ProgramDefinition next = Definition();
  next.set_effective_from("2026-01-01");
  ASSERT_TRUE(Publish(next).ok());
  EXPECT_EQ(Get(0)->version(), 1);
  EXPECT_EQ(Get(2)->version(), 2);
  EXPECT_TRUE(Get(1)->has_publish_time());
  clock_.SetBusiness(absl::FromCivil(absl::CivilSecond(2026, 1, 1, 5, 0, 0), absl::UTCTimeZone()));
  EXPECT_EQ(Get(0)->version(), 2);
  EXPECT_EQ(status::ReasonOf(Get(7).status()), "PROGRAM_NOT_FOUND");
}

TEST_F(ProgramsTest, ListsEachProgramOnceByPages) {
  for (const char* id : {"alpha", "beta", "gamma"}) {
    program::v1::ProgramDefinition definition = Definition();
    definition.set_id(id);
    ASSERT_TRUE(Publish(definition).ok());
    definition.mutable_name()->set_en("Again");
    ASSERT_TRUE(Publish(definition).ok());
  }
  v1::ListProgramsRequest request;
  request.set_page_size(2);
  auto first = Call(Staff(), &Service::ListPrograms, request);
  ASSERT_TRUE(first.ok());
  ASSERT_EQ(first->programs_size(), 2);
  EXPECT_EQ(first->programs(0).name(), "programs/alpha");
  EXPECT_EQ(first->programs(0).version(), 2);
  request.set_page_token(first->next_page_token());
  auto second = Call(Staff(), &Service::ListPrograms, request);
  ASSERT_TRUE(second.ok());
  ASSERT_EQ(second->programs_size(), 1);
  EXPECT_EQ(second->programs(0).name(), "programs/gamma");
  EXPECT_EQ(second->next_page_token(), "");
}

}  // namespace
}  // namespace tremplin::registration
