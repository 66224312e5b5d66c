#ifndef TREMPLIN_SERVICES_MATCHING_ENGINE_SIMULATOR_H_
#define TREMPLIN_SERVICES_MATCHING_ENGINE_SIMULATOR_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "services/matching/engine/matcher.h"
#include "services/matching/engine/report.h"
#include "services/matching/engine/score.h"

// Plays a season of a program in memory, so that a coordinator sees what a policy would have done:
// people arrive, are proposed to each other, answer, meet, or lose patience. Pure: no clock, no
// I/O, and no chance but the seed's.
namespace tremplin::matching::engine {

struct ArrivingMentee {
  std::string business_key;  // of nobody else among the mentees
  Profile profile;
  absl::CivilDay arrives;  // ready to be matched, and waiting, from this day
  // What else fairness is reported by, as Outcome::groups: "gender" → "woman". Only what the
  // population was given; language and occupation are taken from the profile.
  std::map<std::string, std::string> groups = {};
};

struct ArrivingMentor {
  std::string business_key;  // of nobody else among the mentors
  Profile profile;
  absl::CivilDay arrives;
  int places = 0;  // mentees at once, 0 or more
};

struct Population {
  std::vector<ArrivingMentee> mentees = {};
  std::vector<ArrivingMentor> mentors = {};  // they stay
};

// How people behave.
struct Conduct {
  // Mean of an exponentially distributed patience in days, counted from arrival; whoever is not
  // matched when it ends leaves for good. 0: nobody leaves.
  double patience_days = 90;
  // Each side says yes with a probability that grows evenly with the score: of 0, and of 1.
  double yes_at_worst = 0.60;
  double yes_at_best = 0.95;
  // Days each side takes to answer, all as likely; 1 or more. A no stops a proposal at once.
  int answer_days_least = 1;
  int answer_days_most = 7;
  // Days for which a match keeps the mentor's place; 1 or more.
  int engagement_days = 90;
};

// When pairs are proposed. Batches come at the end of a day, of Mondays, of the first of a month.
enum class Regime { kContinuous, kDaily, kWeekly, kMonthly };

// kGreedy: first come, first served (greedy.h). kOptimal: an exact optimum of the objective
// (solution.h), repaired event by event where the regime is continuous (assignment.h).
enum class SeasonEngine { kGreedy, kOptimal };

struct SeasonRules {
  Policy policy;  // its `limit` bounds a batch; the greedy engine ignores objective and bonus
  Regime regime = Regime::kDaily;
  SeasonEngine engine = SeasonEngine::kOptimal;
  Conduct conduct;
  uint64_t seed = 1;
  absl::CivilDay last;  // the last day played; no mentee arrives after it
};

enum class Fate { kWaiting, kMatched, kLeft };

// What became of a mentee.
struct Story {
  Fate fate = Fate::kWaiting;
  absl::CivilDay day;  // of the match (both said yes), of leaving, or the last day
  size_t mentor = 0;   // matched: position in Population::mentors
  int points = 0;      // matched: score in 1/10,000
  int proposals = 0;   // they got

  friend bool operator==(const Story&, const Story&) = default;
};

// A mentor's place kept by a proposal, and by the match if it became one, on the days from `from`
// to the one before `until`: on that day it may be taken again.
struct Hold {
  size_t mentee = 0;  // positions in the population
  size_t mentor = 0;
  absl::CivilDay from;
  absl::CivilDay until;
  bool matched = false;

  friend bool operator==(const Hold&, const Hold&) = default;
};

struct SeasonResult {
  std::vector<Story> stories;  // by mentee
  std::vector<Hold> holds;     // in the order in which they were proposed
  // Match rate, mean points and waits, of all and by group. Waits are days from arrival to the
  // match; of who was not matched, until they left or the season ended. Facts that only one run
  // has (blocking pairs, optimality gap) are 0.
  RunReport report;
  double left_share = 0;  // of all mentees, left without a match
  int proposed = 0;
  int declined = 0;
};

// On each day, in this order: who lost patience leaves, from an open proposal too; places whose
// match ended become free; answers come in; mentors arrive; mentees arrive; then a batch, if one is
// due. Within each kind by business key. A declined pair is never proposed again, and the mentee
// waits on, since they arrived. Continuous: at a day's beginning, since scores grow with waiting,
// and after each of these events whoever can be served is proposed at once, which leaves nobody
// unserved whom a free place suits. One mentee or one place at a time leaves objectives nothing to
// differ by, but for the waiting bonus; kStable is played as kQuality there.
//
// The answer follows from the facts: the order of rows changes nothing but positions.
// INVALID_ARGUMENT for a business key given twice, a probability outside 0–1, days or places out of
// the ranges above, or a mentee who arrives after the last day; else as Solution::Of. O(days) runs
// of the engine over who waits and who is free.
absl::StatusOr<SeasonResult> Simulate(const Population& population, const SeasonRules& rules,
                                      const Distance& distance);

}  // namespace tremplin::matching::engine

#endif  // TREMPLIN_SERVICES_MATCHING_ENGINE_SIMULATOR_H_
