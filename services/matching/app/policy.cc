#include "services/matching/app/policy.h"

#include <utility>

#include "absl/strings/str_join.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "services/matching/messages.h"
#include "services/matching/store/bars.h"
#include "services/matching/store/proposals.h"

namespace tremplin::matching::app {
namespace {

constexpr double kDeclineLesson = 1.5;  // where the policy says nothing

}  // namespace

engine::Policy PolicyOf(const program::v1::Format& format, const program::Registry& registry,
                        int limit) {
  const program::v1::MatchingPolicy& policy = format.matching();
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
  for (const program::v1::Fact& fact : registry.facts()) {
    if (fact.matching() == program::v1::MATCHING_USE_CRITERION) to.further.insert(fact.name());
  }
  return to;
}

engine::Mentee MenteeOf(const store::PoolEntry& entry, const program::Program& program) {
  return {entry.enrolment,
          entry.person,
          entry.business_key,
          store::ProfileOf(program.registry, entry),
          absl::ToCivilDay(entry.waiting_since, program.time_zone),
          entry.lessons};
}

engine::Mentor MentorOf(const store::PoolEntry& entry, const program::Program& program) {
  return {entry.enrolment,
          entry.person,
          entry.business_key,
          store::ProfileOf(program.registry, entry),
          static_cast<int>(entry.Free()),
          entry.lessons};
}

bool IsFor(const program::v1::Format& format, const store::PoolEntry& entry,
           const program::Program& program, absl::CivilDay today) {
  if (!entry.Qualifies(format.code())) return false;
  if (entry.side == domain::Side::kMentor) return true;
  const absl::CivilDay since = absl::ToCivilDay(entry.waiting_since, program.time_zone);
  return today - since >= format.after_waiting_days();
}

std::vector<const program::v1::Format*> FormatsOf(const program::Program& program,
                                                  program::v1::Initiator initiator) {
  std::vector<const program::v1::Format*> formats;
  for (const program::v1::Format& format : program.definition.formats()) {
    if (initiator == program::v1::INITIATOR_UNSPECIFIED ||
        program::InitiatedBy(format, initiator)) {
      formats.push_back(&format);
    }
  }
  return formats;
}

absl::StatusOr<const program::v1::Format*> ChooseFormat(
    const std::vector<const program::v1::Format*>& among, std::string_view code) {
  if (code.empty() && among.size() == 1) return among[0];
  std::vector<std::string> codes;
  for (const program::v1::Format* format : among) {
    if (format->code() == code) return format;
    codes.push_back(format->code());
  }
  return status::InvalidFields(
      {status::Violation("format", kFormatUnknown, {absl::StrJoin(codes, ", ")})});
}

absl::StatusOr<FormatPool> ReadPool(database::Reader& reader, const program::Program& program,
                                    const program::v1::Format& format, absl::Time now) {
  FormatPool read;
  engine::Pool& pool = read.pool;
  pool.today = absl::ToCivilDay(now, program.time_zone);
  TREMPLIN_ASSIGN_OR_RETURN(pool.version, store::PoolVersion(reader, program.id));
  const std::string& group = format.matching().exclusivity_group();
  TREMPLIN_ASSIGN_OR_RETURN(std::vector<store::PoolEntry> mentees,
                            store::WaitingMentees(reader, program.id, group));
  TREMPLIN_ASSIGN_OR_RETURN(std::vector<store::PoolEntry> mentors,
                            store::ReadyMentors(reader, program.id));
  TREMPLIN_ASSIGN_OR_RETURN(pool.barred, store::BarredPairs(reader, program.id, format.code()));
  for (store::PoolEntry& entry : mentees) {
    if (!IsFor(format, entry, program, pool.today)) continue;
    pool.mentees.push_back(MenteeOf(entry, program));
    read.mentees.push_back(std::move(entry));
  }
  for (store::PoolEntry& entry : mentors) {
    if (!IsFor(format, entry, program, pool.today)) continue;
    pool.mentors.push_back(MentorOf(entry, program));
    read.mentors.push_back(std::move(entry));
  }
  return read;
}

}  // namespace tremplin::matching::app
