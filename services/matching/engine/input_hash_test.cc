#include "services/matching/engine/input_hash.h"

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace tremplin::matching::engine {
namespace {

Mentee Somebody() {
  Mentee mentee{"e", "p", "k", {"21231", "54", {"en"}, "K1A", {"mon-noon"}}, {}};
  mentee.waiting_since = absl::CivilDay(2026, 3, 2);
  return mentee;
}

// A fact that the hash left out could change what a run gives under the same hash.
TEST(InputHashTest, TellsEveryFactOfAPersonApart) {
  const std::vector<std::function<void(Mentee*)>> changes = {
      [](Mentee*) {},
      [](Mentee* one) { one->enrolment = "f"; },
      [](Mentee* one) { one->person = "q"; },
      [](Mentee* one) { one->business_key = "l"; },
      [](Mentee* one) { one->profile.noc = "21232"; },
      [](Mentee* one) { one->profile.naics = "541"; },
      [](Mentee* one) { one->profile.languages = {"fr"}; },
      [](Mentee* one) { one->profile.fsa = "K1B"; },
      [](Mentee* one) { one->profile.availability = {"tue-noon"}; },
      [](Mentee* one) { one->profile.years_experience = 3; },
      [](Mentee* one) { one->profile.goals = {"woman"}; },
      [](Mentee* one) { one->profile.wishes = {"woman"}; },
      [](Mentee* one) { one->profile.required = {"woman"}; },
      [](Mentee* one) { one->profile.attributes = {"woman"}; },
      [](Mentee* one) { one->lessons = {"woman"}; },
      [](Mentee* one) { ++one->waiting_since; },
  };
  std::set<std::string> facts;
  for (const auto& change : changes) {
    Mentee mentee = Somebody();
    change(&mentee);
    facts.insert(FactsOf(mentee));
  }
  EXPECT_EQ(facts.size(), changes.size());
}

}  // namespace
}  // namespace tremplin::matching::engine
