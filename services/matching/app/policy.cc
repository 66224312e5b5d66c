#include "services/matching/app/policy.h"

#include <string>
#include <utility>
#include <vector>

#include "common/status/macros.h"
#include "services/matching/store/proposals.h"

namespace tremplin::matching::app {
namespace {

constexpr double kDeclineLesson = 1.5;  // where the policy says nothing

}  // namespace

engine::Policy PolicyOf(const program::v1::MatchingPolicy& policy, int limit) {
  engine::Policy to;
  for (const program::v1::Weight& weight : policy.weights()) {
    to.weights.push_back({weight.criterion(), weight.weight()});
  }
  to.minimum_score = policy.minimum_score();
  to.shared_language_required = policy.shared_language_required();
  to.shared_slot_required = policy.shared_slot_required();
  to.waiting_bonus = policy.waiting_bonus();
  if (policy.candidates() > 0) to.candidates = policy.candidates();
  if (policy.objective() == "coverage") to.objective = engine::Objective::kCoverage;
  if (policy.objective() == "stable") to.objective = engine::Objective::kStable;
  to.decline_lesson = policy.decline_lesson() > 0 ? policy.decline_lesson() : kDeclineLesson;
  to.limit = limit;
  return to;
}

engine::Mentee MenteeOf(const store::PoolEntry& entry, absl::TimeZone zone) {
  return {entry.enrolment,
          entry.person,
          entry.business_key,
          entry.profile,
          absl::ToCivilDay(entry.waiting_since, zone),
          entry.lessons};
}

engine::Mentor MentorOf(const store::PoolEntry& entry) {
  return {entry.enrolment,
          entry.person,
          entry.business_key,
          entry.profile,
          static_cast<int>(entry.Free()),
          entry.lessons};
}

absl::StatusOr<engine::Pool> ReadPool(database::Reader& reader, const program::Program& program,
                                      absl::Time now) {
  engine::Pool pool;
  pool.today = absl::ToCivilDay(now, program.time_zone);
  TREMPLIN_ASSIGN_OR_RETURN(pool.version, store::PoolVersion(reader, program.id));
  const std::string& group = program.definition.matching().exclusivity_group();
  TREMPLIN_ASSIGN_OR_RETURN(std::vector<store::PoolEntry> mentees,
                            store::WaitingMentees(reader, program.id, group));
  TREMPLIN_ASSIGN_OR_RETURN(std::vector<store::PoolEntry> mentors,
                            store::ReadyMentors(reader, program.id));
  TREMPLIN_ASSIGN_OR_RETURN(pool.barred, store::BarredPairs(reader, program.id));
  for (const store::PoolEntry& entry : mentees) {
    pool.mentees.push_back(MenteeOf(entry, program.time_zone));
  }
  for (const store::PoolEntry& entry : mentors) pool.mentors.push_back(MentorOf(entry));
  return pool;
}

}  // namespace tremplin::matching::app
