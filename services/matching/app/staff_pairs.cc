#include "services/matching/app/staff_pairs.h"

#include <algorithm>
#include <map>
#include <string>
#include <tuple>
#include <utility>

#include "services/matching/app/groups.h"
#include "services/matching/app/policy.h"
#include "services/matching/app/view.h"

namespace tremplin::matching::app {

void ScoreDraft(const program::Program& program, absl::Time now, const engine::Distance& distance,
                Draft* draft) {
  std::vector<engine::Mentee> mentees;
  std::vector<engine::Mentor> mentors;
  for (const store::PoolEntry& one : draft->people) {
    if (one.side == domain::Side::kMentee) {
      mentees.push_back(MenteeOf(one, program));
    } else {
      mentors.push_back(MentorOf(one, program));
    }
  }
  draft->contributions = Together(
      mentees, mentors, {program, *draft->format, absl::ToCivilDay(now, program.time_zone), distance});
  draft->score = engine::Score(draft->contributions);
}

PinnedPairs TakePins(const std::vector<store::Pin>& pins, int limit, engine::Pool* pool) {
  PinnedPairs taken;
  if (pins.empty()) return taken;
  std::map<std::string, const store::Pin*> by_mentee;
  for (const store::Pin& pin : pins) by_mentee.emplace(pin.mentee, &pin);
  std::map<std::string, int*> places;
  for (engine::Mentor& mentor : pool->mentors) places.emplace(mentor.enrolment, &mentor.free);

  const auto kept = std::stable_partition(
      pool->mentees.begin(), pool->mentees.end(),
      [&](const engine::Mentee& one) { return !by_mentee.contains(one.enrolment); });
  std::sort(kept, pool->mentees.end(), [](const engine::Mentee& a, const engine::Mentee& b) {
    return std::tie(a.waiting_since, a.business_key) < std::tie(b.waiting_since, b.business_key);
  });
  for (auto mentee = kept; mentee != pool->mentees.end(); ++mentee) {
    const store::Pin& pin = *by_mentee.at(mentee->enrolment);
    const auto place = places.find(pin.mentor);
    if (place == places.end() || *place->second <= 0) {
      taken.unmatched.push_back(KeptForOne(pin.mentee));
    } else if (static_cast<int>(taken.ready.size()) >= limit) {
      taken.unmatched.push_back(
          ToProto(engine::Unmatched{pin.mentee, engine::Reason::kLimitReached}));
    } else {
      --*place->second;
      taken.ready.push_back(pin);
    }
  }
  pool->mentees.erase(kept, pool->mentees.end());
  return taken;
}

}  // namespace tremplin::matching::app
