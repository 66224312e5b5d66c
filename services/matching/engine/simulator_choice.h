#ifndef TREMPLIN_SERVICES_MATCHING_ENGINE_SIMULATOR_CHOICE_H_
#define TREMPLIN_SERVICES_MATCHING_ENGINE_SIMULATOR_CHOICE_H_

#include <cstddef>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "services/matching/engine/simulator.h"

// Who is proposed to whom in a simulated season, and when.
namespace tremplin::matching::engine {

// The program at a moment of the season. People by position in a population whose rows are in the
// order of business keys.
struct Moment {
  absl::CivilDay today;
  std::set<size_t> around;   // mentees who arrived by the end of today, neither matched nor gone
  std::set<size_t> waiting;  // those of them who are here and in no open proposal
  std::vector<int> free;     // by mentor: places that may be taken; 0 before they arrive
  std::vector<bool> here;    // by mentor: arrived by the end of today
  std::set<std::pair<size_t, size_t>> barred;  // mentee, mentor
};

struct Couple {
  size_t mentee = 0;
  size_t mentor = 0;
  int points = 0;  // score in 1/10,000
};

// Told of a day's beginning, when those who wait and lost patience have left, and of every later
// event that may make a pair possible, after the moment shows it; answers with the pairs to
// propose, which the caller applies to the moment before the next call. Not thread-safe.
class Chooser {
 public:
  using Answer = absl::StatusOr<std::vector<Couple>>;

  virtual ~Chooser() = default;
  virtual Answer DayBegins() { return std::vector<Couple>(); }
  virtual Answer MenteeWaits(size_t /*mentee*/) { return std::vector<Couple>(); }
  virtual Answer PlaceIsFree(size_t /*mentor*/) { return std::vector<Couple>(); }
  virtual Answer DayEnds() { return std::vector<Couple>(); }
};

// What it is given must outlive it.
std::unique_ptr<Chooser> MakeChooser(const Population& population, const SeasonRules& rules,
                                     const Distance& distance, const Moment& moment);

}  // namespace tremplin::matching::engine

#endif  // TREMPLIN_SERVICES_MATCHING_ENGINE_SIMULATOR_CHOICE_H_
