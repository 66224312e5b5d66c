#include "services/matching/app/staff_pairs.h"

#include <algorithm>
#include <map>
#include <string>
#include <tuple>
#include <utility>

#include "services/matching/app/policy.h"
#include "services/matching/app/view.h"

namespace tremplin::matching::app {

void ScorePair(const program::Program& program, absl::Time now, const engine::Distance& distance,
               Pair* pair) {
  pair->contributions =
      engine::Contributions(MenteeOf(pair->mentee, program.time_zone), MentorOf(pair->mentor),
                            absl::ToCivilDay(now, program.time_zone),
                            PolicyOf(program.definition.matching(), 1), distance);
  pair->score = engine::Score(pair->contributions);
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
