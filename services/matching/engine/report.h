#ifndef TREMPLIN_SERVICES_MATCHING_ENGINE_REPORT_H_
#define TREMPLIN_SERVICES_MATCHING_ENGINE_REPORT_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

// How good and how fair a run was, so that a coordinator chooses a policy with open eyes. Pure
// functions over plain data; an average or a rate of nobody is 0 beside a count of 0.
namespace tremplin::matching::engine {

// One mentee of a run.
struct Outcome {
  // What fairness is reported by: "language" → "fr", "gender" → "woman"… One who did not say is
  // left out of that attribute, not made a group of.
  std::map<std::string, std::string> groups;
  bool matched = false;
  int points = 0;       // 0–10,000; of the matched
  int days_waited = 0;  // until the match, or until now
};

struct Waits {
  int p50 = 0;  // days
  int p90 = 0;
  int p99 = 0;
};

// The least value such that at least `percent` hundredths of all are no greater (nearest rank); 0
// for none. `percent` 1–100.
int Percentile(std::vector<int> values, int percent);

struct GroupReport {
  std::string group;
  int mentees = 0;
  int matched = 0;
  double match_rate = 0;   // matched / mentees
  double mean_points = 0;  // of the matched
  Waits matched_waits;
  Waits unmatched_waits;
};

struct AttributeReport {
  std::string attribute;
  std::vector<GroupReport> groups;  // by name
  // Least over greatest match rate of the groups of at least `smallest` people: 1 is even. 1 when
  // fewer than two are that large or nobody at all is matched.
  double rate_ratio = 1;
  // The same of mean points, over groups that have a match.
  double points_ratio = 1;
};

// What the solver and the service know beyond the mentees.
struct RunFacts {
  std::vector<int> mentees_of;  // by mentor with a place at the start: how many they got
  int64_t blocking_pairs = 0;   // pairs that would both rather have each other
  int64_t value = 0;            // of the answer, in points
  int64_t bound = 0;            // what no answer exceeds (the dual value), in points
  int declined = 0;             // proposals answered no
  int answered = 0;             // proposals answered
  int overridden = 0;           // proposals that staff replaced
  int proposed = 0;             // proposals made
};

struct RunReport {
  GroupReport all;                          // group ""
  std::vector<AttributeReport> attributes;  // by name
  // 0: every mentor got equally many; towards 1: one got all. Shows how demand falls on mentors.
  double exposure_gini = 0;
  int64_t blocking_pairs = 0;
  double optimality_gap = 0;  // (bound − value) / bound
  double decline_rate = 0;    // declined / answered
  double override_share = 0;  // overridden / proposed
};

// G = Σ (2i − n − 1) xᵢ / (n Σ xᵢ) over the n values in ascending order; 0 when they sum to 0.
// Values 0 or more. O(n log n).
double Gini(std::vector<int> values);

// Ratios leave out groups of fewer than `smallest` people, in which one person is a large part.
RunReport Report(const std::vector<Outcome>& outcomes, const RunFacts& facts, int smallest = 5);

}  // namespace tremplin::matching::engine

#endif  // TREMPLIN_SERVICES_MATCHING_ENGINE_REPORT_H_
