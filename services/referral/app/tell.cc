#include "services/referral/app/tell.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "common/status/macros.h"
#include "services/referral/app/convert.h"
#include "services/referral/app/judging.h"
#include "services/referral/store/application_store.h"
#include "services/referral/store/feed_store.h"
#include "services/referral/store/referral_store.h"

namespace tremplin::referral::app {
namespace {

// The codes with what was found of them; what staff give beside the criteria was not looked for.
std::vector<Finding> Found(const std::vector<std::string>& codes, const ApplicationRow& row) {
  std::vector<Finding> found;
  for (const std::string& code : codes) {
    const auto finding = std::find_if(row.findings.begin(), row.findings.end(),
                                      [&](const Finding& each) { return each.code == code; });
    found.push_back(finding == row.findings.end() ? Finding{code, Result::kFail} : *finding);
  }
  return found;
}

// What the source reads beside the milestone: the decision's reasons when it is received, staff's
// when it is returned or waits.
std::vector<Finding> ReasonsFor(const ApplicationRow& row, const Assessment& assessment,
                                std::string_view milestone) {
  if (milestone == NameOf(State::kReceived)) return Found(assessment.reasons, row);
  if (row.state == State::kReturned || row.state == State::kWaitlisted) {
    return Found(row.staff_reasons, row);
  }
  return {};
}

absl::Status Tell(database::Transaction& tx, const Deps& deps, const rpc::CallContext& call,
                  const ApplicationRow& row, const program::Program& program,
                  std::string_view action, std::string_view milestone) {
  const Assessment assessment = Rules(program, row.side).Assess(row.findings);
  events::v1::ApplicationChanged changed = ChangeOf(row, assessment, action);
  changed.set_silent(row.sharing.IsSilent(call.business_now));
  TREMPLIN_RETURN_IF_ERROR(
      deps.outbox.Append(tx, row.referral, call.business_now, changed, call.traceparent));
  return store::AppendFeed(tx, {.agency = row.agency,
                                .door = row.door,
                                .referral = row.referral,
                                .side = row.side,
                                .external_id = row.external_id,
                                .application = row.id,
                                .program = row.program,
                                .program_version = row.program_version,
                                .milestone = std::string(milestone),
                                .reasons = ReasonsFor(row, assessment, milestone),
                                .at = call.business_now,
                                .told = call.business_now});
}

// Where the program's rule admits and nothing is wanting: admitted, as its next version.
bool AdmitByRule(const program::Program& program, absl::Time now, ApplicationRow* row) {
  if (row->state != State::kReceived || !AdmitsAtOnce(program.definition, row->side)) return false;
  const Assessment assessment = Rules(program, row->side).Assess(row->findings);
  const absl::StatusOr<Transition> admitted =
      Decide(row->state, {.action = Action::kAdmit,
                          .verdict = assessment.verdict,
                          .unmet = assessment.unmet,
                          .consent = ConsentsNow(program, *row, now)});
  if (!admitted.ok()) return false;
  row->state = admitted->state;
  ++row->version;
  return true;
}

}  // namespace

absl::Status StoreAndTell(database::Transaction& tx, const Deps& deps, const rpc::CallContext& call,
                          const program::Program& program, std::string_view action,
                          std::string_view milestone, std::optional<int64_t> read_version,
                          ApplicationRow* row) {
  if (read_version.has_value()) row->version = *read_version + 1;
  row->updated = call.business_now;
  const ApplicationRow as_told = *row;
  const bool admitted = AdmitByRule(program, call.business_now, row);
  TREMPLIN_RETURN_IF_ERROR(read_version.has_value()
                               ? store::UpdateApplication(tx, *row, *read_version)
                               : store::InsertApplication(tx, *row));
  TREMPLIN_RETURN_IF_ERROR(Tell(tx, deps, call, as_told, program, action, milestone));
  if (!admitted) return absl::OkStatus();
  return Tell(tx, deps, call, *row, program, NameOf(Action::kAdmit), NameOf(State::kAdmitted));
}

}  // namespace tremplin::referral::app
