#include "tools/tremplinctl/season/newcomers.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "common/program/format.h"
#include "common/resources/names.h"
#include "common/text/text.h"
#include "tools/tremplinctl/season/evidence.h"

namespace tremplin::ctl::season {
namespace {

using program::v1::ProgramDefinition;

constexpr int kMentorDays = 3;

std::set<std::string> ExclusiveIn(const ProgramDefinition& program) {
  std::set<std::string> groups;
  for (const program::v1::Format& format : program.formats()) {
    if (!format.matching().exclusivity_group().empty()) {
      groups.insert(format.matching().exclusivity_group());
    }
  }
  return groups;
}

bool MayGoTogether(const ProgramDefinition& one, const ProgramDefinition& other) {
  const std::set<std::string> mine = ExclusiveIn(one);
  const std::set<std::string> theirs = ExclusiveIn(other);
  return one.id() != other.id() &&
         std::none_of(mine.begin(), mine.end(),
                      [&theirs](const std::string& group) { return theirs.count(group) > 0; });
}

bool Takes(const google::protobuf::RepeatedField<int>& doors, program::v1::Door door) {
  return std::find(doors.begin(), doors.end(), door) != doors.end();
}

// Both programs' facts, the first's first.
program::Registry FactsOf(const std::vector<const ProgramDefinition*>& programs) {
  program::v1::FactRegistry all;
  std::set<std::string> names;
  for (const ProgramDefinition* one : programs) {
    for (const program::v1::Fact& fact : one->registry().facts()) {
      if (names.insert(fact.name()).second) *all.add_facts() = fact;
    }
  }
  return program::Registry(std::move(all));
}

void Meet(const ProgramDefinition& program, program::v1::Subject side, const Draws& draws,
          const std::string& key, Evidence* evidence) {
  const int format =
      draws.Between(key, text::Cat("format/", program.id()), 0, program.formats_size() - 1);
  for (const program::v1::Criterion* one :
       program::CriteriaOf(program, program.formats(format), side)) {
    evidence->Meet(one->predicate());
  }
  evidence->Consent(program.consent_fact());
}

Arrival Come(const std::vector<const ProgramDefinition*>& programs, program::v1::Subject side,
             const std::string& id, absl::CivilDay day, const Draws& draws) {
  Arrival one;
  one.day = day;
  one.side = side;
  one.external_id = id;
  one.file.set_given_name(side == program::v1::SUBJECT_MENTEE ? "Ada" : "Bo");
  one.file.set_family_name(text::Cat("Season ", id));
  one.file.set_email(text::Cat(absl::AsciiStrToLower(id), "@example.org"));
  one.file.set_birth_date(
      absl::FormatCivilTime(day - draws.Between(id, "born", 25 * 366, 55 * 365)));
  one.file.set_referred_on(absl::FormatCivilTime(day));
  Evidence evidence(FactsOf(programs), draws, id, day);
  for (const ProgramDefinition* program : programs) {
    Meet(*program, side, draws, id, &evidence);
    one.programs.push_back(resources::NameOf("programs", program->id()));
  }
  evidence.Fill(side);
  evidence.AddTo(&one.file);
  const std::vector<std::string> languages = program::ValuesOf(
      FactsOf(programs), one.file.facts(), program::v1::MATCHING_USE_LANGUAGES, side);
  one.file.set_language(languages.empty() ? "en" : languages.front());
  one.complete = one.file;
  return one;
}

bool AllTake(const std::vector<const ProgramDefinition*>& programs, program::v1::Subject side,
             program::v1::Door door) {
  return std::all_of(programs.begin(), programs.end(), [side, door](const ProgramDefinition* one) {
    return Takes(side == program::v1::SUBJECT_MENTEE ? one->mentee_doors() : one->mentor_doors(),
                 door);
  });
}

bool HaveDoorInCommon(const std::vector<const ProgramDefinition*>& programs) {
  return AllTake(programs, program::v1::SUBJECT_MENTEE, program::v1::DOOR_AGENCY) ||
         AllTake(programs, program::v1::SUBJECT_MENTEE, program::v1::DOOR_SELF);
}

// An agency's where all the programs take those; else by themselves; else by whoever proposes for
// the program.
void ChooseDoor(const std::vector<const ProgramDefinition*>& programs,
                const std::vector<std::string>& agencies, const Draws& draws, Arrival* one) {
  if (AllTake(programs, one->side, program::v1::DOOR_AGENCY) && !agencies.empty()) {
    one->door = program::v1::DOOR_AGENCY;
    one->agency = agencies[static_cast<size_t>(
        draws.Between(one->external_id, "agency", 0, static_cast<int>(agencies.size()) - 1))];
  } else if (AllTake(programs, one->side, program::v1::DOOR_SELF)) {
    one->door = program::v1::DOOR_SELF;
  } else {
    one->door = program::v1::DOOR_PROPOSER;
    one->agency = programs.front()->owner();
    for (const program::v1::Involved& other : programs.front()->involved()) {
      const auto& parts = other.parts();
      if (std::find(parts.begin(), parts.end(), "recruits") != parts.end()) {
        one->agency = other.organization();
      }
    }
  }
}

void Lack(const Draws& draws, Arrival* one) {
  if (one->file.facts().empty()) return;
  const int at = draws.Between(one->external_id, "lacks", 0, one->file.facts_size() - 1);
  one->file.mutable_facts()->DeleteSubrange(at, 1);
}

}  // namespace

std::vector<Arrival> Newcomers(const std::vector<ProgramDefinition>& programs,
                               const std::vector<std::string>& agencies, const Draws& draws,
                               absl::CivilDay first, const NewcomersPlan& plan) {
  std::vector<Arrival> all;
  for (size_t p = 0; p < programs.size(); ++p) {
    const ProgramDefinition& program = programs[p];
    std::vector<const ProgramDefinition*> others;
    for (const ProgramDefinition& other : programs) {
      if (MayGoTogether(program, other)) others.push_back(&other);
    }
    for (int i = 0; i < plan.mentors; ++i) {
      const std::string id = text::Cat("ALL-", p + 1, "-M", i + 1);
      all.push_back(Come({&program}, program::v1::SUBJECT_MENTOR, id,
                         first + draws.Between(id, "day", 0, kMentorDays - 1), draws));
      ChooseDoor({&program}, agencies, draws, &all.back());
    }
    for (int i = 0; i < plan.mentees; ++i) {
      const std::string id = text::Cat("ALL-", p + 1, "-", i + 1);
      std::vector<const ProgramDefinition*> applied = {&program};
      if (!others.empty() && draws.Chance(id, "two", plan.in_two)) {
        applied.push_back(others[static_cast<size_t>(
            draws.Between(id, "second", 0, static_cast<int>(others.size()) - 1))]);
        if (!HaveDoorInCommon(applied)) applied.pop_back();
      }
      all.push_back(Come(applied, program::v1::SUBJECT_MENTEE, id,
                         first + draws.Between(id, "day", kMentorDays, plan.days), draws));
      ChooseDoor(applied, agencies, draws, &all.back());
      if (draws.Chance(id, "lacking", plan.lacking)) Lack(draws, &all.back());
    }
  }
  return all;
}

}  // namespace tremplin::ctl::season
