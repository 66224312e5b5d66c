#include "tools/tremplinctl/season/newcomers.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "common/classification/classification.h"
#include "common/program/criteria.h"
#include "common/program/format.h"
#include "common/text/text.h"
#include "gtest/gtest.h"
#include "tools/tremplinctl/population.h"

namespace tremplin::ctl::season {
namespace {

using program::v1::ProgramDefinition;

constexpr absl::CivilDay kFirst(2025, 9, 2);

std::vector<ProgramDefinition> Programs() {
  const auto facts = ReadFacts("deploy/facts");
  auto programs = ReadPrograms("deploy/programs");
  EXPECT_TRUE(facts.ok() && programs.ok()) << facts.status() << programs.status();
  for (ProgramDefinition& one : *programs) one = program::Bound(one, *facts);
  return *programs;
}

std::vector<Arrival> People(uint64_t seed) {
  return Newcomers(Programs(), {"ociso", "cesoc"}, Draws(seed), kFirst);
}

// Whether the person meets every criterion of a format of the program; those whose evidence staff
// find later count as met.
bool MeetsAFormat(const ProgramDefinition& program, const Arrival& person) {
  const program::Registry facts(program.registry());
  const program::Facts known =
      program::Known(facts, person.complete.facts(), person.complete.birth_date(), person.day);
  return std::any_of(
      program.formats().begin(), program.formats().end(), [&](const program::v1::Format& format) {
        const auto findings =
            program::Evaluate(program::CriteriaOf(program, format, person.side), known, person.day);
        return std::all_of(findings.begin(), findings.end(),
                           [](const auto& one) { return one.finding == program::Finding::kPass; });
      });
}

TEST(Newcomers, MeetTheCriteriaOfWhatTheyComeFor) {
  std::map<std::string, ProgramDefinition> programs;
  for (ProgramDefinition& one : Programs()) programs["programs/" + one.id()] = std::move(one);
  std::map<std::string, int> met;
  std::map<std::string, int> all;
  for (const Arrival& person : People(1)) {
    // Of two programs the second's criteria may ask for another value of a fact.
    const std::string side =
        person.side == program::v1::SUBJECT_MENTEE ? "mentees of " : "mentors of ";
    const std::string& name = person.programs.back();
    ++all[side + name];
    if (MeetsAFormat(programs.at(name), person)) ++met[side + name];
  }
  EXPECT_GE(all.size(), programs.size());
  for (const auto& [whom, count] : all) {
    EXPECT_GE(met[whom] * 10, count * 8) << whom << ": " << met[whom] << " of " << count;
  }
}

TEST(Newcomers, ManyComeForTwoPrograms_NeverOfOneExclusivityGroup) {
  std::map<std::string, std::set<std::string>> groups;
  for (const ProgramDefinition& one : Programs()) {
    for (const auto& format : one.formats()) {
      groups["programs/" + one.id()].insert(format.matching().exclusivity_group());
    }
  }
  int in_two = 0;
  for (const Arrival& person : People(1)) {
    if (person.programs.size() < 2) continue;
    ++in_two;
    for (const std::string& group : groups[person.programs[0]]) {
      if (!group.empty()) EXPECT_EQ(groups[person.programs[1]].count(group), 0u) << person.Key();
    }
  }
  EXPECT_GE(in_two, 20);
}

TEST(Newcomers, FollowFromTheSeedAlone) {
  const std::vector<Arrival> once = People(7);
  const std::vector<Arrival> again = People(7);
  ASSERT_EQ(once.size(), again.size());
  std::set<std::string> keys;
  for (size_t i = 0; i < once.size(); ++i) {
    EXPECT_EQ(once[i].file.SerializeAsString(), again[i].file.SerializeAsString());
    EXPECT_TRUE(keys.insert(once[i].Key()).second) << once[i].Key();
  }
  EXPECT_NE(People(8).front().file.SerializeAsString(), once.front().file.SerializeAsString());
}

TEST(Newcomers, GiveNothingThatCannotBeRead) {
  const auto tables = classification::Classification::Load("deploy/data");
  ASSERT_TRUE(tables.ok());
  std::map<std::string, program::Registry> facts;
  for (const ProgramDefinition& one : Programs()) {
    facts.emplace("programs/" + one.id(), program::Registry(one.registry()));
  }
  for (const Arrival& person : People(1)) {
    for (const program::v1::GivenFact& given : person.complete.facts()) {
      for (const std::string& name : person.programs) {
        const program::v1::Fact* fact = facts.at(name).Find(given.name());
        if (fact == nullptr) continue;
        EXPECT_FALSE(
            program::FaultOf(program::Normal(given, *fact), *fact, *tables, person.day).has_value())
            << given.ShortDebugString();
      }
    }
  }
}

}  // namespace
}  // namespace tremplin::ctl::season
