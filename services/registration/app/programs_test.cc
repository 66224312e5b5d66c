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
  void SetUp() override {
    RegistrationTest::SetUp();
    CreateOrganization(kOwner, v1::PART_PROGRAM_OWNER);
    ASSERT_TRUE(PublishFacts(ExampleFacts()).ok());
    before_ = Events().size();
    audited_ = Count("SELECT count(*) FROM registration_audit");
  }
  absl::StatusOr<v1::Program> Check(const program::v1::ProgramDefinition& definition) {
    v1::PublishProgramRequest request;
    *request.mutable_definition() = definition;
    request.set_validate_only(true);
    return Call(Operator(), &Service::PublishProgram, request);
  }
  absl::StatusOr<v1::Program> Get(int64_t version) {
    v1::GetProgramRequest request;
    request.set_name(kProgram);
    request.set_version(version);
    return Call(Staff(), &Service::GetProgram, request);
  }
  std::vector<std::string> NewEvents() {
    const std::vector<std::string> all = Events();
    return {all.begin() + static_cast<int64_t>(before_), all.end()};
  }
  size_t before_ = 0;
  int64_t audited_ = 0;
};

TEST_F(ProgramsTest, VersionsCountAndTheSameAgainIsNoNews) {
  program::v1::ProgramDefinition definition = ExampleProgram();
  EXPECT_EQ(PublishProgram(definition)->version(), 1);
  EXPECT_EQ(PublishProgram(definition)->version(), 1);
  EXPECT_THAT(NewEvents(), ElementsAre("ProgramPublished"));
  definition.mutable_name()->set_en("Another name");
  EXPECT_EQ(PublishProgram(definition)->version(), 2);
  const auto event = Last<events::v1::ProgramPublished>();
  EXPECT_EQ(event.program(), kProgramId);
  EXPECT_EQ(event.version(), 2);
  // 2025-01-01 begins in Ottawa at 05:00 UTC.
  EXPECT_EQ(event.effective_from().seconds(), 1'735'707'600);
  // Going back to what was before is a version of its own.
  EXPECT_EQ(PublishProgram(ExampleProgram())->version(), 3);
  EXPECT_EQ(Count("SELECT count(*) FROM registration_audit"), audited_ + 3);
}

TEST_F(ProgramsTest, OneLanguageIsRefusedAndChecksStoreNothing) {
  program::v1::ProgramDefinition definition = ExampleProgram();
  definition.mutable_name()->clear_fr();
  const auto refused = PublishProgram(definition);
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(ViolationsOf(refused.status()), Not(IsEmpty()));
  EXPECT_EQ(Check(ExampleProgram())->version(), 1);
  EXPECT_THAT(NewEvents(), IsEmpty());
  EXPECT_EQ(status::ReasonOf(Get(1).status()), "PROGRAM_NOT_FOUND");
}

TEST_F(ProgramsTest, AVersionIsBoundToTheFactsAsTheyStood) {
  const auto published = PublishProgram(ExampleProgram());
  ASSERT_TRUE(published.ok()) << published.status();
  EXPECT_EQ(published->definition().registry().facts_size(), ExampleFacts().facts_size());
  EXPECT_EQ(Get(1)->definition().SerializeAsString(), published->definition().SerializeAsString());
  // The same definition under other facts is another version; the first stays as it was.
  program::v1::FactRegistry more = ExampleFacts();
  *more.add_facts() = more.facts(0);
  more.mutable_facts(more.facts_size() - 1)->set_name("second_noc");
  more.mutable_facts(more.facts_size() - 1)->clear_matching();
  const auto facts = PublishFacts(more);
  ASSERT_TRUE(facts.ok()) << facts.status();
  EXPECT_EQ(facts->version(), 2);
  EXPECT_EQ(Check(ExampleProgram())->version(), 2);
  EXPECT_EQ(PublishProgram(ExampleProgram())->version(), 2);
  EXPECT_EQ(PublishProgram(ExampleProgram())->version(), 2);
  EXPECT_EQ(Get(2)->definition().registry().facts_size(), more.facts_size());
  EXPECT_EQ(Get(1)->definition().registry().facts_size(), ExampleFacts().facts_size());
  EXPECT_THAT(NewEvents(), ElementsAre("ProgramPublished", "ProgramPublished"));
}

TEST_F(ProgramsTest, WhatWouldBreakLaterIsRefused) {
  program::v1::ProgramDefinition definition = ExampleProgram();
  definition.set_owner("nobody");
  program::v1::Involved& involved = *definition.add_involved();
  involved.set_organization("noone");
  involved.add_parts("refers");
  EXPECT_THAT(
      ViolationsOf(PublishProgram(definition).status()),
      ElementsAre("owner ORGANIZATION_UNKNOWN", "involved[0].organization ORGANIZATION_UNKNOWN"));
  EXPECT_THAT(ViolationsOf(Check(definition).status()).size(), 2u);
  definition = ExampleProgram();
  definition.mutable_mentee()->mutable_criteria(0)->mutable_predicate()->mutable_given()->set_facts(
      0, "nocc");
  EXPECT_EQ(PublishProgram(definition).status().code(), absl::StatusCode::kInvalidArgument);
  definition = ExampleProgram();
  *definition.mutable_registry() = ExampleFacts();
  EXPECT_EQ(PublishProgram(definition).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(NewEvents(), IsEmpty());
}

TEST_F(ProgramsTest, AManagerOfOneProgramPublishesNoOther) {
  rpc::CallContext manager = As(options::v1::ROLE_MANAGER);
  manager.principal.program = "another";
  v1::PublishProgramRequest request;
  *request.mutable_definition() = ExampleProgram();
  for (const bool validate_only : {true, false}) {
    request.set_validate_only(validate_only);
    const auto refused = Call(manager, &Service::PublishProgram, request);
    EXPECT_EQ(refused.status().code(), absl::StatusCode::kPermissionDenied);
    EXPECT_EQ(status::ReasonOf(refused.status()), "KEY_OF_ONE_PROGRAM");
    request.clear_request_id();
  }
  manager.principal.program = kProgramId;
  EXPECT_TRUE(Call(manager, &Service::PublishProgram, request).ok());
}

class NoFactsTest : public RegistrationTest {};

TEST_F(NoFactsTest, AProgramRestsOnPublishedFacts) {
  CreateOrganization(kOwner, v1::PART_PROGRAM_OWNER);
  const auto refused = PublishProgram(ExampleProgram());
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(status::ReasonOf(refused.status()), "FACTS_NOT_PUBLISHED");
  EXPECT_NE(status::DetailOf(refused.status()).fr, status::DetailOf(refused.status()).en);
}

TEST_F(ProgramsTest, TheVersionInForceFollowsBusinessTime) {
  ASSERT_TRUE(PublishProgram(ExampleProgram()).ok());
  program::v1::ProgramDefinition next = ExampleProgram();
  next.set_effective_from("2026-01-01");
  ASSERT_TRUE(PublishProgram(next).ok());
  EXPECT_EQ(Get(0)->version(), 1);
  EXPECT_EQ(Get(2)->version(), 2);
  EXPECT_TRUE(Get(1)->has_publish_time());
  clock_.SetBusiness(absl::FromCivil(absl::CivilSecond(2026, 1, 1, 5, 0, 0), absl::UTCTimeZone()));
  EXPECT_EQ(Get(0)->version(), 2);
  EXPECT_EQ(status::ReasonOf(Get(7).status()), "PROGRAM_NOT_FOUND");
}

TEST_F(ProgramsTest, ListsEachProgramOnceByPages) {
  for (const char* id : {"alpha", "beta", "gamma"}) {
    program::v1::ProgramDefinition definition = ExampleProgram();
    definition.set_id(id);
    ASSERT_TRUE(PublishProgram(definition).ok());
    definition.mutable_name()->set_en("Again");
    ASSERT_TRUE(PublishProgram(definition).ok());
  }
  v1::ListProgramsRequest request;
  request.set_page_size(2);
  auto first = Call(Staff(), &Service::ListPrograms, request);
  ASSERT_TRUE(first.ok());
  ASSERT_EQ(first->programs_size(), 2);
  EXPECT_EQ(first->programs(0).name(), "programs/alpha");
  EXPECT_EQ(first->programs(0).version(), 2);
  EXPECT_FALSE(first->programs(0).definition().has_registry());
  request.set_page_token(first->next_page_token());
  auto second = Call(Staff(), &Service::ListPrograms, request);
  ASSERT_TRUE(second.ok());
  ASSERT_EQ(second->programs_size(), 1);
  EXPECT_EQ(second->programs(0).name(), "programs/gamma");
  EXPECT_EQ(second->next_page_token(), "");
}

}  // namespace
}  // namespace tremplin::registration
