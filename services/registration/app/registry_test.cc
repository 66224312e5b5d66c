#include "gmock/gmock.h"
#include "services/registration/app/publication.h"
#include "services/registration/testing/registration_test_support.h"

namespace tremplin::registration {
namespace {

using program::v1::FactRegistry;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class RegistryTest : public RegistrationTest {
 protected:
  absl::StatusOr<v1::Facts> Get() {
    return Call(Staff(), &Service::GetFacts, v1::GetFactsRequest());
  }
  static program::v1::Fact& Find(FactRegistry& registry, const std::string& name) {
    for (program::v1::Fact& fact : *registry.mutable_facts()) {
      if (fact.name() == name) return fact;
    }
    return *registry.add_facts();
  }
  static FactRegistry Without(const std::string& name) {
    const FactRegistry all = ExampleFacts();
    FactRegistry registry;
    for (const program::v1::Fact& fact : all.facts()) {
      if (fact.name() != name) *registry.add_facts() = fact;
    }
    return registry;
  }
};

TEST_F(RegistryTest, VersionsCountAndTheSameAgainIsNoNews) {
  EXPECT_EQ(Get().status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(status::ReasonOf(Get().status()), "FACTS_NOT_PUBLISHED");
  const auto first = PublishFacts(ExampleFacts());
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(first->version(), 1);
  EXPECT_EQ(PublishFacts(ExampleFacts())->version(), 1);
  FactRegistry more = ExampleFacts();
  Find(more, "noc").mutable_title()->set_en("Work");
  clock_.SetBusiness(Start() + absl::Hours(24));
  EXPECT_EQ(PublishFacts(more)->version(), 2);
  const auto latest = Get();
  ASSERT_TRUE(latest.ok());
  EXPECT_EQ(latest->version(), 2);
  EXPECT_EQ(latest->registry().SerializeAsString(), more.SerializeAsString());
  EXPECT_EQ(latest->publish_time().seconds(), absl::ToUnixSeconds(Start() + absl::Hours(24)));
  EXPECT_EQ(Count("SELECT count(*) FROM registration_audit"), 2);
}

TEST_F(RegistryTest, WhatIsMalformedIsRefusedAndChecksStoreNothing) {
  FactRegistry wrong = ExampleFacts();
  Find(wrong, "noc").mutable_title()->clear_fr();
  const auto refused = PublishFacts(wrong);
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ViolationsOf(refused.status()).size(), 1u);
  v1::PublishFactsRequest check;
  *check.mutable_registry() = ExampleFacts();
  check.set_validate_only(true);
  const auto checked = Call(Operator(), &Service::PublishFacts, check);
  ASSERT_TRUE(checked.ok()) << checked.status();
  EXPECT_EQ(checked->version(), 1);
  EXPECT_FALSE(checked->has_publish_time());
  EXPECT_FALSE(Get().ok());
}

TEST_F(RegistryTest, AFactThatADefinitionInForceNamesStaysWithItsType) {
  Publish();
  for (const char* named : {"background_check", "consent_to_share"}) {
    const auto gone = PublishFacts(Without(named));
    EXPECT_EQ(gone.status().code(), absl::StatusCode::kFailedPrecondition) << named;
    EXPECT_EQ(status::ReasonOf(gone.status()), "FACT_IN_USE");
    EXPECT_NE(status::DetailOf(gone.status()).en.find(named), std::string::npos);
    EXPECT_NE(status::DetailOf(gone.status()).fr.find(kProgramId), std::string::npos);
  }
  FactRegistry retyped = ExampleFacts();
  Find(retyped, "hobby").mutable_yes_no();
  EXPECT_EQ(status::ReasonOf(PublishFacts(retyped).status()), "FACT_IN_USE");
  // One that it does not name may go.
  EXPECT_EQ(PublishFacts(Without("licensed"))->version(), 2);
}

TEST_F(RegistryTest, WhatOnlyAFormerVersionNamedMayGo) {
  Publish();
  program::v1::ProgramDefinition next = ExampleProgram();
  next.mutable_mentee_onboarding(0)->clear_facts();
  next.set_effective_from("2026-01-01");
  ASSERT_TRUE(PublishProgram(next).ok());
  EXPECT_EQ(status::ReasonOf(PublishFacts(Without("hobby")).status()), "FACT_IN_USE");
  clock_.SetBusiness(absl::FromCivil(absl::CivilSecond(2026, 1, 1, 5, 0, 0), absl::UTCTimeZone()));
  EXPECT_TRUE(PublishFacts(Without("hobby")).ok());
}

TEST_F(RegistryTest, ADefinitionsOwnFactIsItsOwnMatter) {
  Publish();
  program::v1::ProgramDefinition own = ExampleProgram();
  program::v1::Fact& fact = *own.add_facts();
  fact = ExampleFacts().facts(0);
  fact.set_name("example-mentoring.second_noc");
  fact.clear_matching();
  fact.clear_headers_en();
  fact.clear_headers_fr();
  fact.add_stated_by(program::v1::STATED_BY_STAFF);
  own.mutable_mentee_onboarding(0)->add_facts(fact.name());
  const auto published = PublishProgram(own);
  ASSERT_TRUE(published.ok()) << published.status();
  EXPECT_EQ(published->definition().registry().facts_size(), ExampleFacts().facts_size() + 1);
  FactRegistry more = ExampleFacts();
  Find(more, "noc").mutable_title()->set_en("Work");
  EXPECT_TRUE(PublishFacts(more).ok());
}

TEST_F(RegistryTest, AManagerOfOneProgramDoesNotPublishForAll) {
  rpc::CallContext manager = As(options::v1::ROLE_MANAGER);
  manager.principal.program = kProgramId;
  v1::PublishFactsRequest request;
  *request.mutable_registry() = ExampleFacts();
  const auto refused = Call(manager, &Service::PublishFacts, request);
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kPermissionDenied);
  manager.principal.program.clear();
  EXPECT_TRUE(Call(manager, &Service::PublishFacts, request).ok());
}

TEST(FactsNamedByTest, FindsThemWhereverTheyStand) {
  EXPECT_THAT(FactsNamedBy(ExampleProgram()),
              UnorderedElementsAre("noc", "years_here", "hobby", "background_check",
                                   "consent_to_share", "occupation", "language"));
  EXPECT_THAT(FactsNamedBy(program::v1::ProgramDefinition()), IsEmpty());
}

}  // namespace
}  // namespace tremplin::registration
