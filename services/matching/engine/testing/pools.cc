#include "services/matching/engine/testing/pools.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "services/matching/engine/likeness.h"
#include "services/matching/engine/score.h"

namespace tremplin::matching::engine::testing {
namespace {

const absl::CivilDay kToday(2026, 3, 2);

int Draw(std::mt19937_64* random, int below) {
  return static_cast<int>((*random)() % static_cast<uint64_t>(below));
}

std::string OneOf(std::mt19937_64* random, const std::vector<std::string>& of) {
  return of[static_cast<size_t>(Draw(random, static_cast<int>(of.size())))];
}

// A sorted part of `of`, each with chance 1 in `rarity`.
std::vector<std::string> SomeOf(std::mt19937_64* random, std::vector<std::string> of, int rarity) {
  std::vector<std::string> some;
  for (std::string& one : of) {
    if (Draw(random, rarity) == 0) some.push_back(std::move(one));
  }
  std::sort(some.begin(), some.end());
  return some;
}

std::vector<std::string> Slots() {
  std::vector<std::string> slots;
  for (const char* day : {"mon", "tue", "wed", "thu", "fri", "sat", "sun"}) {
    for (const char* part : {"morning", "noon", "evening"}) {
      slots.push_back(std::string(day) + "-" + part);
    }
  }
  return slots;
}

Profile FewCodes(std::mt19937_64* random) {
  Profile profile;
  profile.noc = OneOf(random, {"21231", "21231", "20012", "21300", "31301", "65200", "", "99999"});
  profile.naics = OneOf(random, {"", "54", "541", "31-33", "336", "62"});
  profile.languages = SomeOf(random, {"en", "fr", "es"}, 2);
  profile.fsa = OneOf(random, {"K10", "K20", "K55", "K99", "", "far"});
  profile.availability = SomeOf(random, Slots(), Draw(random, 3) == 0 ? 1000 : 4);
  profile.years_experience = Draw(random, 12) - 1;
  profile.goals = SomeOf(random, {"exam", "interview", "network"}, 2);
  return profile;
}

Profile ManyCodes(std::mt19937_64* random) {
  Profile profile;
  // A fifth of the unit groups, so that each has several mentors.
  profile.noc = UnitGroupCode(static_cast<UnitGroup>(Draw(random, kUnitGroupCount / 5) * 5));
  profile.naics = OneOf(random, {"111", "23", "31-33", "541", "54", "62", "621", "72", "61", ""});
  profile.languages = {"en"};
  if (Draw(random, 4) == 0) profile.languages = {"fr"};
  if (Draw(random, 4) == 0) profile.languages = {"en", "fr"};
  profile.fsa = "K" + std::to_string(10 + Draw(random, 80));
  profile.availability = SomeOf(random, Slots(), 5);
  return profile;
}

// Each criterion up to three times, of which two count; most people have none.
std::vector<std::string> SomeLessons(std::mt19937_64* random) {
  std::vector<std::string> lessons;
  if (Draw(random, 3) > 0) return lessons;
  for (const std::string_view criterion : kTeachable) {
    lessons.insert(lessons.end(), static_cast<size_t>(Draw(random, 4)), std::string(criterion));
  }
  return lessons;
}

// Two criteria that a policy may name beside the engine's own; half gave either.
void AddFurther(std::mt19937_64* random, Profile* profile) {
  if (Draw(random, 2) == 0) profile->further["certified"] = {Draw(random, 2) == 0 ? "no" : "yes"};
  std::vector<std::string> tools = SomeOf(random, {"a", "b", "c", "d"}, 2);
  if (!tools.empty()) profile->further["tools"] = std::move(tools);
}

// What is volunteered, and what the noes taught.
void AddFacts(std::mt19937_64* random, Pool* pool) {
  const std::vector<std::string> codes = {"woman", "parent", "speaks:ar", "background:africa"};
  for (Mentee& mentee : pool->mentees) {
    mentee.profile.wishes = SomeOf(random, codes, 2);
    mentee.profile.required = SomeOf(random, mentee.profile.wishes, 4);
    mentee.lessons = SomeLessons(random);
  }
  for (Mentor& mentor : pool->mentors) {
    mentor.profile.attributes = SomeOf(random, codes, 2);
    mentor.lessons = SomeLessons(random);
  }
  for (Mentee& mentee : pool->mentees) AddFurther(random, &mentee.profile);
  for (Mentor& mentor : pool->mentors) AddFurther(random, &mentor.profile);
}

template <typename MakeProfile>
Pool Make(std::mt19937_64* random, int mentees, int mentors, MakeProfile profile) {
  Pool pool;
  pool.today = kToday;
  for (int i = 0; i < mentees; ++i) {
    const std::string key = "a/" + std::to_string((i * 7919) % 100003);
    pool.mentees.push_back({"e" + key, "p" + key, key, profile(random), kToday - Draw(random, 90)});
  }
  for (int i = 0; i < mentors; ++i) {
    const std::string key = "M" + std::to_string((i * 7919) % 100003);
    pool.mentors.push_back({"e" + key, "p" + key, key, profile(random), Draw(random, 4)});
  }
  return pool;
}

}  // namespace

double Kilometres(std::string_view a, std::string_view b) {
  const auto known = [](std::string_view area) { return area.size() == 3 && area[0] == 'K'; };
  if (!known(a) || !known(b)) return -1;
  return std::abs(std::atoi(std::string(a.substr(1)).c_str()) -
                  std::atoi(std::string(b.substr(1)).c_str()));
}

Pool RandomPool(uint64_t seed, int mentees, int mentors) {
  std::mt19937_64 random(seed);
  Pool pool = Make(&random, mentees, mentors, FewCodes);
  AddFacts(&random, &pool);
  pool.mentors[0].person = pool.mentees[0].person;
  for (const Mentee& mentee : pool.mentees) {
    for (const Mentor& mentor : pool.mentors) {
      if (Draw(&random, 10) == 0) pool.barred.insert({mentee.enrolment, mentor.enrolment});
    }
  }
  pool.barred.insert({"left", "long ago"});
  return pool;
}

Policy RandomPolicy(uint64_t seed) {
  std::mt19937_64 random(seed);
  Policy policy;
  for (const char* criterion : {"occupation", "industry", "language", "availability", "proximity",
                                "level", "goals", "preference", "waiting", "certified", "tools",
                                "unheard_of"}) {
    if (Draw(&random, 4) > 0) policy.weights.push_back({criterion, Draw(&random, 4000) / 100.0});
  }
  policy.further = {"certified", "tools"};
  policy.minimum_score = Draw(&random, 2) == 0 ? 0 : Draw(&random, 60) / 100.0;
  policy.shared_language_required = Draw(&random, 2) == 0;
  policy.shared_slot_required = Draw(&random, 2) == 0;
  policy.decline_lesson = 1 + Draw(&random, 5) / 2.0;
  return policy;
}

rc::Gen<Pool> AnyPool(int mentees, int mentors) {
  return rc::gen::map(rc::gen::arbitrary<uint64_t>(),
                      [=](uint64_t seed) { return RandomPool(seed, mentees, mentors); });
}

rc::Gen<Policy> AnyPolicy() { return rc::gen::map(rc::gen::arbitrary<uint64_t>(), RandomPolicy); }

Pool PoolOfOttawa(int mentees, int mentors) {
  std::mt19937_64 random(2026);
  Pool pool = Make(&random, mentees, mentors, ManyCodes);
  for (Mentor& mentor : pool.mentors) mentor.free = 1 + mentor.free % 3;
  return pool;
}

Policy PolicyOfOttawa() {
  Policy policy;
  policy.weights = {{"occupation", 35},  {"industry", 18}, {"language", 12},
                    {"availability", 8}, {"proximity", 7}, {"waiting", 5}};
  policy.minimum_score = 0.35;
  policy.shared_language_required = true;
  return policy;
}

}  // namespace tremplin::matching::engine::testing
