#include "services/matching/app/runs.h"

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "common/clock/clock.h"
#include "common/ids/ids.h"
#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/matching/app/page_place.h"
#include "services/matching/app/policy.h"
#include "services/matching/app/view.h"
#include "services/matching/messages.h"
#include "services/matching/store/proposals.h"

namespace tremplin::matching::app {
namespace {

constexpr int kTakeOvers = 3;  // of a program's lease, for one call
constexpr absl::Duration kCascadeDeadline = absl::Seconds(30);

// Beyond the limit nobody is proposed: whoever waits longest comes first.
void LeaveOut(int limit, engine::Proposals* chosen) {
  const auto most = static_cast<size_t>(limit);
  for (size_t i = most; i < chosen->proposed.size(); ++i) {
    chosen->unmatched.push_back({chosen->proposed[i].mentee, engine::Reason::kLimitReached, 0});
  }
  if (chosen->proposed.size() > most) chosen->proposed.resize(most);
}

void AddChosen(const engine::Proposals& chosen, v1::RunRecord* record) {
  for (const engine::Proposed& one : chosen.proposed) {
    v1::RunRecord::Pair* pair = record->add_chosen();
    pair->set_mentee(one.mentee);
    pair->set_mentor(one.mentor);
  }
}

}  // namespace

Runs::Runs(database::Database& db, rpc::Commands& commands, program::ProgramStore& programs,
           const Ledger& ledger, Memories& memories, lease::Leases& leases,
           engine::Distance distance)
    : db_(db),
      commands_(commands),
      programs_(programs),
      ledger_(ledger),
      memories_(memories),
      leases_(leases),
      distance_(std::move(distance)) {}

absl::StatusOr<Runs::Plan> Runs::Solve(std::shared_ptr<const program::Program> program,
                                       absl::Time now, int limit, Told told,
                                       const database::ReadOptions& reading) {
  const program::v1::MatchingPolicy& policy = program->definition.matching();
  Plan plan;
  plan.now = now;
  TREMPLIN_ASSIGN_OR_RETURN(Memories::Use memory, memories_.Follow(*program, now, reading));
  plan.pool_version = memory->version();
  plan.input = memory->input();
  plan.pinned = memory->Pinned(limit);
  limit -= static_cast<int>(plan.pinned.ready.size());
  if (told == Told::kPairs) {
    TREMPLIN_ASSIGN_OR_RETURN(plan.chosen, memory->pool().Propose());
    plan.run.summary = SummaryOf(memory->pool());
  } else {
    TREMPLIN_ASSIGN_OR_RETURN(const std::shared_ptr<const engine::Solution> solution,
                              memory->pool().Solve());
    store::AnswerCounts answers;
    TREMPLIN_RETURN_IF_ERROR(db_.Read(reading, [&](database::Reader& reader) -> absl::Status {
      TREMPLIN_ASSIGN_OR_RETURN(answers, store::CountAnswers(reader, program->id));
      return absl::OkStatus();
    }));
    plan.chosen = solution->ToProposals(told == Told::kReportAndReasons);
    plan.run.summary = SummaryOf(*solution, answers);
  }
  LeaveOut(limit, &plan.chosen);
  plan.run.program = program->id;
  plan.run.created = now;
  plan.run.record = store::RecordOf(plan.input, memory->pool().today(), policy, limit);
  v1::Run& summary = plan.run.summary;
  summary.set_program(resources::NameOf("programs", program->id));
  summary.set_program_version(program->version);
  *summary.mutable_create_time() = resources::ToTimestamp(now);
  summary.set_pool_version(plan.pool_version);
  summary.set_input_hash(store::InputHash(*plan.run.record));
  summary.set_chosen(static_cast<int32_t>(plan.chosen.proposed.size()));
  AddChosen(plan.chosen, &*plan.run.record);
  plan.program = std::move(program);
  return plan;
}

absl::Status Runs::ProposePinned(database::Transaction& tx, const Plan& plan, const NewId& new_id,
                                 const rpc::CallContext& call,
                                 v1::RunMatchingResponse* response) const {
  for (const store::Pin& pin : plan.pinned.ready) {
    TREMPLIN_ASSIGN_OR_RETURN(const std::optional<store::Pin> kept, store::FindPin(tx, pin.mentee));
    TREMPLIN_ASSIGN_OR_RETURN(const auto mentee, store::FindEntry(tx, pin.mentee));
    TREMPLIN_ASSIGN_OR_RETURN(const auto mentor, store::FindEntry(tx, pin.mentor));
    const bool stands = kept.has_value() && kept->mentor == pin.mentor;
    if (!stands || !mentee.has_value() || !mentor.has_value()) {
      *response->add_unmatched() = ChangedMeanwhile(pin.mentee);
      continue;
    }
    Pair pair{.id = new_id(text::Cat("proposal/", pin.mentee)),
              .mentee = *mentee,
              .mentor = *mentor,
              .contributions = {},
              .override_reason = kept->reason,
              .run = plan.run.id};
    ScorePair(*plan.program, plan.now, distance_, &pair);
    TREMPLIN_ASSIGN_OR_RETURN(Ledger::Made made,
                              ledger_.Make(tx, *plan.program, pair, plan.now, call.traceparent));
    if (made.refusal == Ledger::Refusal::kNone) {
      *response->add_proposals() = ToProto(made.row, call.principal);
    } else {
      *response->add_unmatched() = ChangedMeanwhile(pin.mentee);
    }
  }
  return absl::OkStatus();
}

// What staff decided after the pool was read: a bar, or a pin for another mentor.
absl::StatusOr<bool> Runs::StaffSayOtherwise(database::Transaction& tx,
                                             const engine::Proposed& pair) const {
  TREMPLIN_ASSIGN_OR_RETURN(const std::set<std::string> barred,
                            store::BarredMentors(tx, pair.mentee));
  if (barred.contains(pair.mentor)) return true;
  TREMPLIN_ASSIGN_OR_RETURN(const std::optional<store::Pin> pin, store::FindPin(tx, pair.mentee));
  return pin.has_value() && pin->mentor != pair.mentor;
}

absl::Status Runs::Propose(database::Transaction& tx, const Plan& plan, bool pool_changed,
                           const NewId& new_id, const rpc::CallContext& call,
                           v1::RunMatchingResponse* response) const {
  for (const engine::Proposed& one : plan.chosen.proposed) {
    bool stands = true;
    if (pool_changed) {
      TREMPLIN_ASSIGN_OR_RETURN(const bool otherwise, StaffSayOtherwise(tx, one));
      stands = !otherwise;
    }
    TREMPLIN_ASSIGN_OR_RETURN(std::optional<store::PoolEntry> mentee,
                              store::FindEntry(tx, one.mentee));
    TREMPLIN_ASSIGN_OR_RETURN(std::optional<store::PoolEntry> mentor,
                              store::FindEntry(tx, one.mentor));
    if (!stands || !mentee.has_value() || !mentor.has_value()) {
      *response->add_unmatched() = ChangedMeanwhile(one.mentee);
      continue;
    }
    const Pair pair{.id = new_id(text::Cat("proposal/", one.mentee)),
                    .mentee = *std::move(mentee),
                    .mentor = *std::move(mentor),
                    .score = one.score,
                    .rank = one.rank,
                    .contributions = one.contributions,
                    .override_reason = "",
                    .run = plan.run.id,
                    .contested = one.contested};
    TREMPLIN_ASSIGN_OR_RETURN(Ledger::Made made,
                              ledger_.Make(tx, *plan.program, pair, plan.now, call.traceparent));
    if (made.refusal == Ledger::Refusal::kNone) {
      *response->add_proposals() = ToProto(made.row, call.principal);
    } else {
      *response->add_unmatched() = ChangedMeanwhile(one.mentee);
    }
  }
  return absl::OkStatus();
}

absl::Status Runs::Write(database::Transaction& tx, Plan plan, const NewId& new_id,
                         const rpc::CallContext& call, v1::RunMatchingResponse* response) const {
  const std::string& program = plan.program->id;
  TREMPLIN_RETURN_IF_ERROR(leases_.Fence(tx, program, plan.epoch));
  plan.run.id = new_id("run");
  const bool proposes = !plan.chosen.proposed.empty() || !plan.pinned.ready.empty();
  if (proposes) {
    TREMPLIN_ASSIGN_OR_RETURN(const int64_t version, store::NextPoolVersion(tx, program));
    const bool pool_changed = version != plan.pool_version + 1;
    TREMPLIN_RETURN_IF_ERROR(ProposePinned(tx, plan, new_id, call, response));
    plan.run.summary.set_pinned(response->proposals_size());
    TREMPLIN_RETURN_IF_ERROR(Propose(tx, plan, pool_changed, new_id, call, response));
  }
  for (const v1::Unmatched& one : plan.pinned.unmatched) *response->add_unmatched() = one;
  for (const engine::Unmatched& one : plan.chosen.unmatched) {
    *response->add_unmatched() = ToProto(one);
  }
  v1::Run& summary = plan.run.summary;
  summary.set_name(resources::NameOf("runs", plan.run.id));
  summary.set_caller(call.principal.id);
  summary.set_trigger(call.principal.id.empty() ? "cascade" : "staff");
  summary.set_proposed(response->proposals_size());
  *response->mutable_run() = summary;
  // A cascade that proposes nobody is not worth a row.
  if (!proposes && call.principal.id.empty()) return absl::OkStatus();
  return store::InsertRun(tx, plan.run, plan.input);
}

absl::StatusOr<v1::RunMatchingResponse> Runs::RunOnce(
    const rpc::CallContext& call, std::shared_ptr<const program::Program> program, int limit) {
  TREMPLIN_ASSIGN_OR_RETURN(std::optional<int64_t> epoch, leases_.Hold(program->id));
  if (!epoch.has_value()) {
    TREMPLIN_ASSIGN_OR_RETURN(epoch, leases_.Take(program->id));
  }
  TREMPLIN_ASSIGN_OR_RETURN(Plan plan, Solve(std::move(program), call.business_now, limit,
                                             Told::kReportAndReasons, call.Read()));
  plan.epoch = *epoch;
  return commands_.Run<v1::RunMatchingResponse>(
      call, plan.program->id,
      [&](database::Transaction& tx) -> absl::StatusOr<v1::RunMatchingResponse> {
        v1::RunMatchingResponse response;
        const auto new_id = [&](const std::string& what) { return call.NewId(what); };
        TREMPLIN_RETURN_IF_ERROR(Write(tx, plan, new_id, call, &response));
        return response;
      });
}

absl::StatusOr<v1::RunMatchingResponse> Runs::RunMatching(const rpc::CallContext& call,
                                                          const v1::RunMatchingRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string id,
                            resources::IdOf("programs", request.program(), "program"));
  if (request.limit() < 0 || request.limit() > kMostProposals) {
    return status::InvalidFields({status::Violation("limit", kLimitOutOfRange)});
  }
  if (!MaySeeProgram(call.principal, id)) {
    return status::Error(absl::StatusCode::kNotFound, kProgramNotFound);
  }
  TREMPLIN_ASSIGN_OR_RETURN(const std::shared_ptr<const program::Program> program,
                            programs_.InForce(id, call.business_now));
  const int limit = request.limit() == 0 ? kMostProposals : request.limit();
  for (int i = 0; i < kTakeOvers; ++i) {
    absl::StatusOr<v1::RunMatchingResponse> response = RunOnce(call, program, limit);
    if (!absl::IsAborted(response.status())) return response;
  }
  return status::Error(absl::StatusCode::kAborted, kRunTakenOver);
}

absl::StatusOr<timers::Effect> Runs::Cascade(const std::string& program_id, absl::Time due) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::optional<int64_t> epoch, leases_.Hold(program_id));
  if (!epoch.has_value()) return timers::Effect();
  TREMPLIN_ASSIGN_OR_RETURN(std::shared_ptr<const program::Program> program,
                            programs_.InForce(program_id, due));
  const bool at_once = program->definition.matching().proposing() == "continuous";
  TREMPLIN_ASSIGN_OR_RETURN(
      Plan plan,
      Solve(std::move(program), due, kMostProposals, at_once ? Told::kPairs : Told::kReport,
            {.tenant = database::Tenant::All(), .deadline = absl::Now() + kCascadeDeadline}));
  plan.epoch = *epoch;
  return timers::Effect(
      [this, plan = std::move(plan)](database::Transaction& tx) { return WriteCascade(tx, plan); });
}

absl::Status Runs::WriteCascade(database::Transaction& tx, const Plan& plan) const {
  const std::string& program = plan.program->id;
  // Whatever came after the pool was read found this timer set, and waits for the next one.
  TREMPLIN_ASSIGN_OR_RETURN(const int64_t version, store::PoolVersion(tx, program));
  if (version != plan.pool_version) {
    TREMPLIN_RETURN_IF_ERROR(ledger_.Freed(tx, program, plan.program->time_zone, plan.now));
  }
  // Of two cascades due at one moment the later has read a later pool.
  const std::string when = text::Cat(clock::ToMicros(plan.now), "/", plan.pool_version);
  const auto new_id = [&](const std::string& what) {
    const std::string_view parts[] = {"cascade", program, when, what};
    return ids::Derive(parts);
  };
  rpc::CallContext nobody;  // nothing is answered to anybody
  v1::RunMatchingResponse ignored;
  return Write(tx, plan, new_id, nobody, &ignored);
}

absl::StatusOr<Runs::Kept> Runs::ReadRun(const rpc::CallContext& call, const std::string& name) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string id, resources::IdOf("runs", name, "name"));
  Kept kept;
  TREMPLIN_RETURN_IF_ERROR(db_.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
    TREMPLIN_ASSIGN_OR_RETURN(std::optional<store::RunRow> row, store::FindRun(reader, id));
    if (!row.has_value() || !MaySeeProgram(call.principal, row->program)) {
      return status::Error(absl::StatusCode::kNotFound, kRunNotFound);
    }
    kept.row = *std::move(row);
    if (!kept.row.record.has_value()) return absl::OkStatus();
    kept.input = store::ReadInput(reader, kept.row.program, *kept.row.record);
    if (status::IsOutage(kept.input.status())) return kept.input.status();
    TREMPLIN_ASSIGN_OR_RETURN(kept.answers, store::CountAnswers(reader, kept.row.program));
    return absl::OkStatus();
  }));
  return kept;
}

absl::StatusOr<std::shared_ptr<const engine::Solution>> Runs::SolveAgain(Kept kept) const {
  TREMPLIN_RETURN_IF_ERROR(kept.input.status());
  const v1::RunRecord& record = *kept.row.record;
  return engine::Solution::Of(*std::move(kept.input), PolicyOf(record.policy(), record.limit()),
                              distance_);
}

absl::StatusOr<v1::Run> Runs::GetRun(const rpc::CallContext& call,
                                     const v1::GetRunRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const Kept kept, ReadRun(call, request.name()));
  v1::Run run = kept.row.summary;
  if (run.has_report() || !kept.input.ok()) return run;
  TREMPLIN_ASSIGN_OR_RETURN(const auto solution, SolveAgain(kept));
  *run.mutable_report() = SummaryOf(*solution, kept.answers).report();
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
  TREMPLIN_ASSIGN_OR_RETURN(const Kept kept, ReadRun(call, request.name()));
  if (!kept.row.record.has_value()) {
    return status::Error(absl::StatusCode::kFailedPrecondition, kRunRecordGone);
  }
  const v1::RunRecord& record = *kept.row.record;
  const auto solution = SolveAgain(kept);
  v1::VerifyRunResponse response;
  // What does not pass its check again is the answer, not a failure of the question.
  if (!solution.ok()) return response;
  response.set_certified((*solution)->certificate().ok);
  v1::RunRecord again = record;
  again.clear_chosen();
  AddChosen((*solution)->ToProposals(/*reasons=*/false), &again);
  response.set_reproduced(store::InputHash(record) == kept.row.summary.input_hash() &&
                          again.SerializeAsString() == record.SerializeAsString());
  return response;
}

}  // namespace tremplin::matching::app
