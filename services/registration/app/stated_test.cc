#include "services/registration/app/stated.h"

#include "gmock/gmock.h"
#include "services/registration/testing/registration_test_support.h"

namespace tremplin::registration {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

// Of a file's facts: what matching sees, and what was attested there.
TEST(FromFileTest, KeepsWhatMatchingSeesAndWhatWasAttested) {
  program::GivenFacts facts;
  *facts.Add() = Given("noc", {"41403"});
  *facts.Add() = Given("postal_code", {"K1Z9E5"});
  *facts.Add() = Given("came_on", {"2024-05-01"});  // asked by a criterion, seen by nobody else
  *facts.Add() = Given("capacity", {"2"});          // of the other side
  *facts.Add() = Given("unheard_of", {"1"});
  program::v1::GivenFact consent = Given("consent_to_share", {"yes"});
  consent.set_attested_by("A counsellor");
  *facts.Add() = consent;
  const program::Registry registry(ExampleFacts());
  const domain::Stated stated = FromFile(facts, domain::Role::kMentee, registry);
  EXPECT_THAT(stated.facts, ElementsAre(Pair("noc", domain::Given{.values = {"41403"}}),
                                        Pair("postal_code", domain::Given{.values = {"K1Z"}})));
  EXPECT_THAT(stated.sealed,
              ElementsAre(Pair("consent_to_share",
                               domain::Given{.values = {"yes"}, .attested_by = "A counsellor"})));
  EXPECT_THAT(FromFile({}, domain::Role::kMentor, registry).names, IsEmpty());
}

}  // namespace
}  // namespace tremplin::registration
