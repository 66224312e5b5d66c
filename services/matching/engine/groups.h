#ifndef TREMPLIN_SERVICES_MATCHING_ENGINE_GROUPS_H_
#define TREMPLIN_SERVICES_MATCHING_ENGINE_GROUPS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/matching/engine/matcher.h"
#include "services/matching/engine/score.h"

// Groups of mentees with a team of mentors. Bounds, one language and one weekly slot that all have
// in common, and barred pairs are hard; what is maximized is how alike the mentees of a group are
// (cohesion) and how well its mentors suit them (fit).
namespace tremplin::matching::engine {

struct GroupRules {
  int least_mentees = 8;  // 2 or more
  int most_mentees = 10;
  int least_mentors = 2;  // 1 or more
  int most_mentors = 3;
  double cohesion = 1;  // weights of the two aims, 0 or more
  double fit = 1;
  uint64_t seed = 1;            // of the search
  int tries_per_mentee = 2000;  // exchanges tried
};

struct Group {
  std::vector<size_t> mentees;  // positions in the pool, ascending by business key
  std::vector<size_t> mentors;
  std::string language;  // that all have
  std::string slot;
};

enum class LeftOut {
  kNotGiven,      // no language or no weekly slot
  kNobodyToMeet,  // no mentor (mentee) has a language and a slot of theirs
  kTooFew,        // at none of their slots in a language of theirs are there people for a group
  kGroupsFull,    // there are, but the others' groups took them
  kNoPlace,       // a mentor without a free place
};

struct LeftOver {
  size_t at = 0;  // position in the pool
  LeftOut reason = LeftOut::kNotGiven;
};

struct Grouping {
  std::vector<Group> groups;
  std::vector<LeftOver> mentees;  // in nobody's group
  std::vector<LeftOver> mentors;
  // Means over groups, 0–100: likeness of two mentees, score of a mentee and a mentor. Below the
  // least score a pair counts 0.
  double cohesion = 0;
  double fit = 0;
  double started_cohesion = 0;  // before the search
  double started_fit = 0;
};

// One group at a time at the (language, slot) that is scarcest, starting from the mentee with the
// fewest choices and taking those most alike; then exchanges of two mentees, two mentors, or a
// move, each kept when it does not lessen the weighted sum of cohesion and fit. The same answer for
// the same facts and seed, in any order of the pool. Errors as CandidateIndex::Build, and
// INVALID_ARGUMENT for bounds that cross. O(mentees · (mentors + tries)), memory mentees · mentors
// · 2 bytes.
absl::StatusOr<Grouping> MakeGroups(const Pool& pool, const Policy& policy,
                                    const Distance& distance, const GroupRules& rules);

// Whether a grouping keeps every hard rule and accounts for everybody once, checked from the pool
// alone: OK, or INTERNAL naming what is broken.
absl::Status CheckGroups(const Pool& pool, const GroupRules& rules, const Grouping& grouping);

}  // namespace tremplin::matching::engine

#endif  // TREMPLIN_SERVICES_MATCHING_ENGINE_GROUPS_H_
