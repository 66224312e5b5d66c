// Runs as they are kept: shown, listed, and solved again to see that the same comes of it.
#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/clock/clock.h"
#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/matching/app/other_pool.h"
#include "services/matching/app/page_place.h"
#include "services/matching/app/policy.h"
#include "services/matching/app/runs.h"
#include "services/matching/app/view.h"
#include "services/matching/messages.h"
#include "services/matching/store/proposals.h"

namespace tremplin::matching::app {

absl::StatusOr<Runs::PastRun> Runs::ReadRun(const rpc::CallContext& call, const std::string& name) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string id, resources::IdOf("runs", name, "name"));
  PastRun past;
  TREMPLIN_RETURN_IF_ERROR(db_.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
    TREMPLIN_ASSIGN_OR_RETURN(std::optional<store::RunRow> row, store::FindRun(reader, id));
    if (!row.has_value() || !MaySeeProgram(call.principal, row->program)) {
      return status::Error(absl::StatusCode::kNotFound, kRunNotFound);
    }
    past.row = *std::move(row);
    if (!past.row.record.has_value()) return absl::OkStatus();
    past.input = store::ReadInput(reader, past.row.program, *past.row.record);
    if (status::IsOutage(past.input.status())) return past.input.status();
    TREMPLIN_ASSIGN_OR_RETURN(past.answers, store::CountAnswers(reader, past.row.program));
    return absl::OkStatus();
  }));
  return past;
}

absl::StatusOr<std::shared_ptr<const engine::Solution>> Runs::SolveAgain(PastRun past) const {
  TREMPLIN_RETURN_IF_ERROR(past.input.status());
  const v1::RunRecord& record = *past.row.record;
  return engine::Solution::Of(
      *std::move(past.input),
      PolicyOf(record.format(), program::Registry(record.registry()), record.limit()), distance_);
}

absl::StatusOr<v1::Run> Runs::GetRun(const rpc::CallContext& call,
                                     const v1::GetRunRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const PastRun past, ReadRun(call, request.name()));
  v1::Run run = past.row.summary;
  if (run.has_report() || !past.input.ok() || !IsAssignment(past)) return run;
  TREMPLIN_ASSIGN_OR_RETURN(const auto solution, SolveAgain(past));
  *run.mutable_report() = SummaryOf(*solution, past.answers).report();
  run.set_bound_points(solution->bound_points());
  return run;
}

absl::StatusOr<v1::ListRunsResponse> Runs::ListRuns(const rpc::CallContext& call,
                                                    const v1::ListRunsRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string program,
                            resources::IdOf("programs", request.program(), "program"));
  if (!MaySeeProgram(call.principal, program)) {
    return status::Error(absl::StatusCode::kNotFound, kProgramNotFound);
  }
  TREMPLIN_RETURN_IF_ERROR(programs_.Version(program, 1).status());
  TREMPLIN_ASSIGN_OR_RETURN(const int size, resources::PageSize(request.page_size()));
  const std::string scope = text::Cat("ListRuns/", program);
  TREMPLIN_ASSIGN_OR_RETURN(const std::string last,
                            resources::LastKey(scope, request.page_token()));
  TREMPLIN_ASSIGN_OR_RETURN(const PagePlace before,
                            PlaceOf(last, {std::numeric_limits<int64_t>::max(), ""}));
  v1::ListRunsResponse response;
  TREMPLIN_RETURN_IF_ERROR(db_.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
    response.Clear();
    TREMPLIN_ASSIGN_OR_RETURN(
        const std::vector<store::RunRow> rows,
        store::ListRuns(reader, program, before.time_us, before.id, size + 1));
    for (size_t i = 0; i < rows.size(); ++i) {
      if (response.runs_size() == size) {
        const store::RunRow& shown = rows[i - 1];
        response.set_next_page_token(
            resources::PageToken(scope, KeyOf({clock::ToMicros(shown.created), shown.id})));
        break;
      }
      *response.add_runs() = rows[i].summary;
    }
    return absl::OkStatus();
  }));
  return response;
}

absl::StatusOr<v1::VerifyRunResponse> Runs::VerifyRun(const rpc::CallContext& call,
                                                      const v1::VerifyRunRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const PastRun past, ReadRun(call, request.name()));
  if (!past.row.record.has_value()) {
    return status::Error(absl::StatusCode::kFailedPrecondition, kRunRecordGone);
  }
  const v1::RunRecord& record = *past.row.record;
  const bool is_genuine = store::InputHash(record) == past.row.summary.input_hash();
  // A part goes when somebody withdraws what they had volunteered.
  if (is_genuine && absl::IsNotFound(past.input.status())) {
    return status::Error(absl::StatusCode::kFailedPrecondition, kRunRecordGone);
  }
  v1::VerifyRunResponse response;
  v1::RunRecord again = record;
  again.clear_chosen();
  again.clear_groups();
  std::vector<Chosen> chosen;
  // What does not pass its check again is the answer, not a failure of the question.
  if (IsAssignment(past)) {
    const auto solution = SolveAgain(past);
    if (!solution.ok()) return response;
    response.set_certified((*solution)->certificate().ok);
    chosen = ChosenOf((*solution)->ToProposals(/*reasons=*/false));
  } else {
    if (!past.input.ok()) return response;
    const absl::StatusOr<Solved> solved = SolveOthersAgain(*past.input, record);
    if (!solved.ok()) return response;
    response.set_certified(true);
    chosen = solved->chosen;
  }
  const auto most = static_cast<size_t>(std::max(0, record.limit()));
  if (chosen.size() > most) chosen.resize(most);
  AddChosen(chosen, IsAssignment(past), &again);
  response.set_reproduced(is_genuine && again.SerializeAsString() == record.SerializeAsString());
  return response;
}

bool Runs::IsAssignment(const PastRun& past) {
  return past.row.record.has_value() && app::IsAssignment(past.row.record->format());
}

absl::StatusOr<Solved> Runs::SolveOthersAgain(const engine::Pool& pool,
                                              const v1::RunRecord& record) const {
  program::Program program;
  program.registry = program::Registry(record.registry());
  Chains chains;
  for (const v1::RunRecord::Open& one : record.open()) {
    chains.open[one.enrolment()] = one.meetings();
  }
  return SolveOf(pool, chains, {program, record.format(), pool.today, distance_});
}

}  // namespace tremplin::matching::app
