#include "services/matching/engine/taught_scores.h"

#include <utility>

namespace tremplin::matching::engine {

TaughtScores::TaughtScores(Policy policy, absl::CivilDay today)
    : policy_(std::move(policy)), today_(today) {
  scores_.emplace_back(policy_, today_);
  mentees_.set(kNoLessons);
  mentors_.set(kNoLessons);
}

void TaughtScores::MeetMentee(Lessons lessons) {
  if (mentees_[lessons]) return;
  mentees_.set(lessons);
  for (size_t other = 0; other < kLessonsCount; ++other) {
    if (mentors_[other]) Add(Together(lessons, static_cast<Lessons>(other)));
  }
}

void TaughtScores::MeetMentor(Lessons lessons) {
  if (mentors_[lessons]) return;
  mentors_.set(lessons);
  for (size_t other = 0; other < kLessonsCount; ++other) {
    if (mentees_[other]) Add(Together(static_cast<Lessons>(other), lessons));
  }
}

void TaughtScores::Add(SharedLessons lessons) {
  if (position_[lessons] != 0) return;
  position_[lessons] = static_cast<uint16_t>(scores_.size());
  scores_.emplace_back(PolicyAfter(lessons, policy_), today_);
}

}  // namespace tremplin::matching::engine
