#include "services/matching/app/explanations.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "services/matching/app/other_pool.h"
#include "services/matching/app/policy.h"
#include "services/matching/app/view.h"
#include "services/matching/engine/solution.h"
#include "services/matching/messages.h"
#include "services/matching/store/pins.h"
#include "services/matching/store/pool.h"
#include "services/matching/store/proposals.h"

namespace tremplin::matching::app {
namespace {

absl::Status NotInPool() { return status::Error(absl::StatusCode::kNotFound, kEnrolmentNotInPool); }

// A mentee of the caller's: staff's program, or the mentee themselves.
bool MayAsk(const rpc::Principal& principal, const store::PoolEntry& entry) {
  if (entry.side != domain::Side::kMentee || !MaySeeProgram(principal, entry.program)) return false;
  if (!OwnSide(principal).has_value()) return true;
  return !principal.person.empty() && principal.person == entry.person;
}

// The format asked for, or the first that is for the mentee now.
absl::StatusOr<const program::v1::Format*> FormatFor(const program::Program& program,
                                                     const store::PoolEntry& mentee,
                                                     absl::CivilDay today,
                                                     const std::string& code) {
  std::vector<const program::v1::Format*> theirs;
  for (const program::v1::Format* one : FormatsOf(program, program::v1::INITIATOR_ALGORITHM)) {
    if (IsFor(*one, mentee, program, today)) theirs.push_back(one);
  }
  if (code.empty() && !theirs.empty()) return theirs[0];
  return ChooseFormat(theirs, code);
}

}  // namespace

absl::StatusOr<v1::MenteeExplanation> Explanations::ExplainMentee(
    const rpc::CallContext& call, const v1::ExplainMenteeRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(
      const std::string id,
      resources::IdOf("enrolments", request.mentee_enrolment(), "mentee_enrolment"));
  std::optional<store::PoolEntry> mentee;
  bool suggested = false;
  std::shared_ptr<const program::Program> program;
  TREMPLIN_RETURN_IF_ERROR(db_.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
    TREMPLIN_ASSIGN_OR_RETURN(mentee, store::FindEntry(reader, id));
    if (!mentee.has_value() || !mentee->ready || !MayAsk(call.principal, *mentee)) {
      return NotInPool();
    }
    TREMPLIN_ASSIGN_OR_RETURN(suggested, store::AwaitsApproval(reader, id));
    TREMPLIN_ASSIGN_OR_RETURN(program,
                              programs_.InForce(reader, mentee->program, call.business_now));
    return absl::OkStatus();
  }));
  if (suggested) return Explained("with_staff", kExplainWithStaff);
  if (mentee->taken > 0) return Explained("proposed", kExplainProposed);
  if (mentee->paused) return Explained("paused", kExplainPaused);
  TREMPLIN_ASSIGN_OR_RETURN(const program::v1::Format* format,
                            FormatFor(*program, *mentee,
                                      absl::ToCivilDay(call.business_now, program->time_zone),
                                      request.format()));
  if (!IsAssignment(*format)) return ExplainOther(call, *program, *format, request);
  std::shared_ptr<const engine::Solution> solution;
  {
    TREMPLIN_ASSIGN_OR_RETURN(Memories::Use memory,
                              memories_.Follow(*program, *format, call.business_now, call.Read()));
    for (const v1::Unmatched& one : memory->Pinned(kMostProposals).unmatched) {
      if (one.mentee_enrolment() == request.mentee_enrolment()) {
        return Explained("pinned", kWhyPinned);
      }
    }
    TREMPLIN_ASSIGN_OR_RETURN(solution, memory->pool().Solve());
  }
  const std::optional<engine::UnmatchedExplanation> why = solution->WhyNobody(id, kTries);
  if (!why.has_value()) return Explained("matched", kExplainMatched);
  return ToProto(*why, *solution, program->registry, call.principal);
}

// Solves the pool as it is, and looks where the mentee is.
absl::StatusOr<v1::MenteeExplanation> Explanations::ExplainOther(
    const rpc::CallContext& call, const program::Program& program,
    const program::v1::Format& format, const v1::ExplainMenteeRequest& request) {
  OtherPool pool;
  TREMPLIN_RETURN_IF_ERROR(db_.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
    TREMPLIN_ASSIGN_OR_RETURN(pool, ReadOthers(reader, program, format, call.business_now));
    return absl::OkStatus();
  }));
  engine::Pool& people = pool.read.pool;
  const Scoring scoring = {program, format, people.today, distance_};
  for (const Fill& fill : FillGaps(pool.active, pool.joining, pool.mentees_in, pool.mentors_in,
                                   kMostProposals, scoring, &people)) {
    if (resources::NameOf("enrolments", fill.enrolment) == request.mentee_enrolment()) {
      return Explained("matched", kExplainMatched);
    }
  }
  TREMPLIN_ASSIGN_OR_RETURN(const Solved solved, SolveOf(people, pool.chains, scoring));
  for (const v1::Unmatched& one : solved.unmatched) {
    if (one.mentee_enrolment() != request.mentee_enrolment()) continue;
    v1::MenteeExplanation why;
    why.set_reason(one.reason());
    *why.mutable_text() = one.text();
    return why;
  }
  const bool there = std::any_of(people.mentees.begin(), people.mentees.end(), [&](const auto& one) {
    return resources::NameOf("enrolments", one.enrolment) == request.mentee_enrolment();
  });
  return there ? Explained("matched", kExplainMatched) : Explained("pinned", kWhyPinned);
}

}  // namespace tremplin::matching::app
