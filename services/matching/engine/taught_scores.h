#ifndef TREMPLIN_SERVICES_MATCHING_ENGINE_TAUGHT_SCORES_H_
#define TREMPLIN_SERVICES_MATCHING_ENGINE_TAUGHT_SCORES_H_

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "services/matching/engine/lessons.h"
#include "services/matching/engine/score_packed.h"

namespace tremplin::matching::engine {

// A packed score for each pair of lessons that is met, at most kSharedLessonsCount of them of about
// a kilobyte. Thread-safe but for Meet….
class TaughtScores {
 public:
  TaughtScores(Policy policy, absl::CivilDay today);

  // Somebody of a side has these lessons: to be said before a pair of theirs is scored. O(1) for
  // lessons that were met before.
  void MeetMentee(Lessons lessons);
  void MeetMentor(Lessons lessons);

  const PackedScore& Of(Lessons mentee, Lessons mentor) const {
    return scores_[position_[Together(mentee, mentor)]];
  }

 private:
  using Met = std::bitset<kLessonsCount>;

  void Add(SharedLessons lessons);

  Policy policy_;
  absl::CivilDay today_;
  Met mentees_;
  Met mentors_;
  std::vector<PackedScore> scores_;
  std::array<uint16_t, kSharedLessonsCount> position_ = {};  // in scores_; 0 before it is met
};

}  // namespace tremplin::matching::engine

#endif  // TREMPLIN_SERVICES_MATCHING_ENGINE_TAUGHT_SCORES_H_
