#include "services/matching/app/runs.h"

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "common/clock/clock.h"
#include "common/ids/ids.h"
#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/matching/app/page_place.h"
#include "services/matching/app/view.h"
#include "services/matching/messages.h"

namespace tremplin::matching::app {
namespace {

constexpr int kMaxProposals = 1000;

using Entries = std::unordered_map<std::string, store::PoolEntry>;

absl::StatusOr<Entries> ByEnrolment(absl::StatusOr<std::vector<store::PoolEntry>> entries) {
  TREMPLIN_RETURN_IF_ERROR(entries.status());
  Entries by_enrolment;
  for (store::PoolEntry& entry : *entries) {
    std::string enrolment = entry.enrolment;
    by_enrolment.emplace(std::move(enrolment), std::move(entry));
  }
  return by_enrolment;
}

}  // namespace

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

Runs::Runs(database::Database& db, rpc::Commands& commands, program::ProgramStore& programs,
           const Ledger& ledger, engine::Distance distance)
    : db_(db),
      commands_(commands),
      programs_(programs),
      ledger_(ledger),
      distance_(std::move(distance)) {}

absl::StatusOr<Runs::Plan> Runs::Solve(database::Reader& reader, const program::Program& program,
                                       absl::Time now, int limit) const {
  const program::v1::MatchingPolicy& policy = program.definition.matching();
  TREMPLIN_ASSIGN_OR_RETURN(engine::Pool pool, ReadPool(reader, program, now));
  TREMPLIN_ASSIGN_OR_RETURN(const store::AnswerCounts answers,
                            store::CountAnswers(reader, program.id));
  TREMPLIN_ASSIGN_OR_RETURN(const std::vector<store::Pin> pins,
                            store::PinsInForce(reader, program.id, now));
  Plan plan;
  plan.pinned = TakePins(pins, limit, &pool);
  limit -= static_cast<int>(plan.pinned.ready.size());
  plan.run.record = store::RecordOf(pool, policy, limit);
  const int64_t version = pool.version;
  TREMPLIN_ASSIGN_OR_RETURN(
      plan.solution, engine::Solution::Of(std::move(pool), PolicyOf(policy, limit), distance_));
  plan.chosen = plan.solution->ToProposals();
  for (const engine::Proposed& one : plan.chosen.proposed) {
    v1::RunRecord::Pair* pair = plan.run.record->add_chosen();
    pair->set_mentee(one.mentee);
    pair->set_mentor(one.mentor);
  }
  plan.run.program = program.id;
  plan.run.created = now;
  v1::Run& summary = plan.run.summary;
  summary = SummaryOf(*plan.solution, answers);
  summary.set_program(resources::NameOf("programs", program.id));
  summary.set_program_version(program.version);
  *summary.mutable_create_time() = resources::ToTimestamp(now);
  summary.set_pool_version(version);
  summary.set_input_hash(store::InputHash(*plan.run.record));
  summary.set_chosen(static_cast<int32_t>(plan.chosen.proposed.size()));
  return plan;
}

absl::Status Runs::ProposePinned(database::Transaction& tx, const program::Program& program,
                                 const Plan& plan, absl::Time now, const NewId& new_id,
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
    ScorePair(program, now, distance_, &pair);
    TREMPLIN_ASSIGN_OR_RETURN(Ledger::Made made,
                              ledger_.Make(tx, program, pair, now, call.traceparent));
    if (made.refusal == Ledger::Refusal::kNone) {
      *response->add_proposals() = ToProto(made.row, call.principal);
    } else {
      *response->add_unmatched() = ChangedMeanwhile(pin.mentee);
    }
  }
  return absl::OkStatus();
}

absl::Status Runs::Propose(database::Transaction& tx, const program::Program& program,
                           const Plan& plan, absl::Time now, const NewId& new_id,
                           const rpc::CallContext& call, v1::RunMatchingResponse* response) const {
  // The pool once more, now that nobody else writes it: two statements instead of two a pair.
  const std::string& group = program.definition.matching().exclusivity_group();
  TREMPLIN_ASSIGN_OR_RETURN(Entries mentees,
                            ByEnrolment(store::WaitingMentees(tx, program.id, group)));
  TREMPLIN_ASSIGN_OR_RETURN(Entries mentors, ByEnrolment(store::ReadyMentors(tx, program.id)));
  for (const engine::Proposed& one : plan.chosen.proposed) {
    const auto mentee = mentees.find(one.mentee);
    const auto mentor = mentors.find(one.mentor);
    if (mentee == mentees.end() || mentor == mentors.end()) {
      *response->add_unmatched() = ChangedMeanwhile(one.mentee);
      continue;
    }
    const Pair pair{.id = new_id(text::Cat("proposal/", one.mentee)),
                    .mentee = mentee->second,
                    .mentor = mentor->second,
                    .score = one.score,
                    .rank = one.rank,
                    .contributions = one.contributions,
                    .override_reason = "",
                    .run = plan.run.id,
                    .contested = one.contested};
    TREMPLIN_ASSIGN_OR_RETURN(Ledger::Made made,
                              ledger_.Make(tx, program, pair, now, call.traceparent));
    if (made.refusal == Ledger::Refusal::kNone) {
      *response->add_proposals() = ToProto(made.row, call.principal);
    } else {
      *response->add_unmatched() = ChangedMeanwhile(one.mentee);
    }
  }
  return absl::OkStatus();
}

absl::Status Runs::Write(database::Transaction& tx, const program::Program& program, Plan plan,
                         absl::Time now, const NewId& new_id, const rpc::CallContext& call,
                         v1::RunMatchingResponse* response) const {
  plan.run.id = new_id("run");
  const bool proposes = !plan.chosen.proposed.empty() || !plan.pinned.ready.empty();
  if (proposes) {
    TREMPLIN_RETURN_IF_ERROR(store::NextPoolVersion(tx, program.id).status());
    TREMPLIN_RETURN_IF_ERROR(ProposePinned(tx, program, plan, now, new_id, call, response));
    plan.run.summary.set_pinned(response->proposals_size());
    TREMPLIN_RETURN_IF_ERROR(Propose(tx, program, plan, now, new_id, call, response));
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
  return store::InsertRun(tx, plan.run);
}

absl::StatusOr<v1::RunMatchingResponse> Runs::RunMatching(const rpc::CallContext& call,
                                                          const v1::RunMatchingRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string id,
                            resources::IdOf("programs", request.program(), "program"));
  if (request.limit() < 0 || request.limit() > kMaxProposals) {
    return status::InvalidFields({status::Violation("limit", kLimitOutOfRange)});
  }
  if (!MaySeeProgram(call.principal, id)) {
    return status::Error(absl::StatusCode::kNotFound, kProgramNotFound);
  }
  TREMPLIN_ASSIGN_OR_RETURN(std::shared_ptr<const program::Program> program,
                            programs_.InForce(id, call.business_now));
  const int limit = request.limit() == 0 ? kMaxProposals : request.limit();
  Plan plan;
  TREMPLIN_RETURN_IF_ERROR(db_.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
    TREMPLIN_ASSIGN_OR_RETURN(plan, Solve(reader, *program, call.business_now, limit));
    return absl::OkStatus();
  }));
  return commands_.Run<v1::RunMatchingResponse>(
      call, id, [&](database::Transaction& tx) -> absl::StatusOr<v1::RunMatchingResponse> {
        v1::RunMatchingResponse response;
        const auto new_id = [&](const std::string& what) { return call.NewId(what); };
        TREMPLIN_RETURN_IF_ERROR(
            Write(tx, *program, plan, call.business_now, new_id, call, &response));
        return response;
      });
}

absl::Status Runs::Cascade(database::Transaction& tx, const std::string& program_id,
                           absl::Time due) const {
  TREMPLIN_ASSIGN_OR_RETURN(std::shared_ptr<const program::Program> program,
                            programs_.InForce(program_id, due));
  TREMPLIN_ASSIGN_OR_RETURN(Plan plan, Solve(tx, *program, due, kMaxProposals));
  // Of two cascades due at one moment the later has read a later pool.
  const std::string when = text::Cat(clock::ToMicros(due), "/", plan.run.summary.pool_version());
  const auto new_id = [&](const std::string& what) {
    const std::string_view parts[] = {"cascade", program_id, when, what};
    return ids::Derive(parts);
  };
  rpc::CallContext nobody;  // nothing is answered to anybody
  v1::RunMatchingResponse ignored;
  return Write(tx, *program, std::move(plan), due, new_id, nobody, &ignored);
}

absl::StatusOr<store::RunRow> Runs::ReadRun(const rpc::CallContext& call, const std::string& name) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string id, resources::IdOf("runs", name, "name"));
  std::optional<store::RunRow> row;
  TREMPLIN_RETURN_IF_ERROR(db_.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
    TREMPLIN_ASSIGN_OR_RETURN(row, store::FindRun(reader, id));
    return absl::OkStatus();
  }));
  if (!row.has_value() || !MaySeeProgram(call.principal, row->program)) {
    return status::Error(absl::StatusCode::kNotFound, kRunNotFound);
  }
  return *std::move(row);
}

absl::StatusOr<v1::Run> Runs::GetRun(const rpc::CallContext& call,
                                     const v1::GetRunRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(store::RunRow row, ReadRun(call, request.name()));
  return std::move(row.summary);
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
  TREMPLIN_ASSIGN_OR_RETURN(const store::RunRow row, ReadRun(call, request.name()));
  if (!row.record.has_value()) {
    return status::Error(absl::StatusCode::kFailedPrecondition, kRunRecordGone);
  }
  const v1::RunRecord& record = *row.record;
  const auto solution = engine::Solution::Of(store::PoolOf(record),
                                             PolicyOf(record.policy(), record.limit()), distance_);
  v1::VerifyRunResponse response;
  // What does not pass its check again is the answer, not a failure of the question.
  if (!solution.ok()) return response;
  response.set_certified((*solution)->certificate().ok);
  v1::RunRecord again = record;
  again.clear_chosen();
  for (const engine::Proposed& one : (*solution)->ToProposals(/*reasons=*/false).proposed) {
    v1::RunRecord::Pair* pair = again.add_chosen();
    pair->set_mentee(one.mentee);
    pair->set_mentor(one.mentor);
  }
  response.set_reproduced(store::InputHash(record) == row.summary.input_hash() &&
                          again.SerializeAsString() == record.SerializeAsString());
  return response;
}

}  // namespace tremplin::matching::app
