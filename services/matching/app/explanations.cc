#include "services/matching/app/explanations.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/status/macros.h"
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
  std::shared_ptr<const engine::Solution> solution;
  {
    TREMPLIN_ASSIGN_OR_RETURN(Memories::Use memory,
                              memories_.Follow(*program, call.business_now, call.Read()));
    for (const v1::Unmatched& one : memory->Pinned(kMostProposals).unmatched) {
      if (one.mentee_enrolment() == request.mentee_enrolment()) {
        return Explained("pinned", kWhyPinned);
      }
    }
    TREMPLIN_ASSIGN_OR_RETURN(solution, memory->pool().Solve());
  }
  const std::optional<engine::UnmatchedExplanation> why = solution->WhyNobody(id, kTries);
  if (!why.has_value()) return Explained("matched", kExplainMatched);
  return ToProto(*why, *solution, call.principal);
}

}  // namespace tremplin::matching::app
