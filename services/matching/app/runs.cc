#include "services/matching/app/runs.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "common/clock/clock.h"
#include "common/ids/ids.h"
#include "common/program/format.h"
#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/matching/app/other_pool.h"
#include "services/matching/app/policy.h"
#include "services/matching/app/view.h"
#include "services/matching/messages.h"
#include "services/matching/store/bars.h"
#include "services/matching/store/proposals.h"

namespace tremplin::matching::app {
namespace {

constexpr int kTakeOvers = 3;  // of a program's lease, for one call
constexpr absl::Duration kCascadeDeadline = absl::Seconds(30);

// The pool as a run's record keeps it; whom a mentee met counts as barred, meetings open as places
// gone.
store::RunInput InputOf(const OtherPool& pool) {
  std::map<std::string_view, const store::PoolEntry*> entries;
  for (const store::PoolEntry& entry : pool.read.mentees) entries.emplace(entry.enrolment, &entry);
  for (const store::PoolEntry& entry : pool.read.mentors) entries.emplace(entry.enrolment, &entry);
  std::map<std::string, std::set<std::string>> barred;
  for (const auto& [mentee, mentor] : pool.read.pool.barred) barred[mentee].insert(mentor);
  store::RunInput input;
  for (const engine::Mentee& one : pool.read.pool.mentees) {
    input.PutMentee(*entries.at(one.enrolment), one.waiting_since, barred[one.enrolment]);
  }
  for (const engine::Mentor& one : pool.read.pool.mentors) {
    input.PutMentor(*entries.at(one.enrolment), one.free);
  }
  return input;
}

absl::StatusOr<std::vector<store::PoolEntry>> ReadPeople(database::Reader& reader,
                                                         const Chosen& chosen) {
  std::vector<store::PoolEntry> people;
  for (const auto* side : {&chosen.mentees, &chosen.mentors}) {
    for (const std::string& enrolment : *side) {
      TREMPLIN_ASSIGN_OR_RETURN(std::optional<store::PoolEntry> entry,
                                store::FindEntry(reader, enrolment));
      if (!entry.has_value()) return std::vector<store::PoolEntry>();
      people.push_back(*std::move(entry));
    }
  }
  return people;
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

absl::Status Runs::SolveAssignment(Detail detail, int limit, const database::ReadOptions& reading,
                                   Plan* plan) {
  TREMPLIN_ASSIGN_OR_RETURN(Memories::Use memory,
                            memories_.Follow(*plan->program, *plan->format, plan->now, reading));
  plan->pool_version = memory->version();
  plan->input = memory->input();
  plan->pinned = memory->Pinned(limit);
  limit -= static_cast<int>(plan->pinned.ready.size());
  engine::Proposals chosen;
  if (detail == Detail::kPairs) {
    TREMPLIN_ASSIGN_OR_RETURN(chosen, memory->pool().Propose());
    plan->run.summary = SummaryOf(memory->pool());
  } else {
    TREMPLIN_ASSIGN_OR_RETURN(const std::shared_ptr<const engine::Solution> solution,
                              memory->pool().Solve());
    store::AnswerCounts answers;
    TREMPLIN_RETURN_IF_ERROR(db_.Read(reading, [&](database::Reader& reader) -> absl::Status {
      TREMPLIN_ASSIGN_OR_RETURN(answers, store::CountAnswers(reader, plan->program->id));
      return absl::OkStatus();
    }));
    chosen = solution->ToProposals(detail == Detail::kReportAndReasons);
    plan->run.summary = SummaryOf(*solution, answers);
  }
  plan->run.summary.set_algorithm("assignment");
  plan->chosen = ChosenOf(chosen);
  for (const engine::Unmatched& one : chosen.unmatched) plan->unmatched.push_back(ToProto(one));
  plan->run.record = store::RecordOf(plan->input, memory->pool().today(), *plan->format,
                                     plan->program->definition.registry(), limit);
  return absl::OkStatus();
}

absl::Status Runs::SolveOthers(int limit, const database::ReadOptions& reading, Plan* plan) {
  OtherPool pool;
  TREMPLIN_RETURN_IF_ERROR(db_.Read(reading, [&](database::Reader& reader) -> absl::Status {
    TREMPLIN_ASSIGN_OR_RETURN(pool, ReadOthers(reader, *plan->program, *plan->format, plan->now));
    return absl::OkStatus();
  }));
  engine::Pool& people = pool.read.pool;
  const Scoring scoring = {*plan->program, *plan->format, people.today, distance_};
  plan->pool_version = people.version;
  plan->fills = app::FillGaps(pool.active, pool.joining, pool.mentees_in, pool.mentors_in, limit,
                              scoring, &people);
  limit -= static_cast<int>(plan->fills.size());
  for (const auto& [mentee, met] : pool.chains.met) {
    for (const std::string& mentor : met) people.barred.emplace(mentee, mentor);
  }
  TREMPLIN_ASSIGN_OR_RETURN(Solved solved, SolveOf(people, pool.chains, scoring));
  plan->input = InputOf(pool).Made();
  v1::Run& summary = plan->run.summary;
  summary.set_algorithm(solved.algorithm);
  summary.set_mentees(static_cast<int32_t>(people.mentees.size()));
  summary.set_mentors(static_cast<int32_t>(people.mentors.size()));
  int places = 0;
  for (const engine::Mentor& one : people.mentors) places += std::max(0, one.free);
  summary.set_free_places(places);
  summary.set_certified(true);
  summary.set_points(solved.points);
  summary.set_bound_points(solved.bound_points);
  *summary.mutable_report() = ReportOf(people, solved.points_of, pool.answers);
  plan->chosen = std::move(solved.chosen);
  plan->unmatched = std::move(solved.unmatched);
  plan->run.record = store::RecordOf(plan->input, people.today, *plan->format,
                                     plan->program->definition.registry(), limit);
  for (const auto& [enrolment, open] : pool.chains.open) {
    v1::RunRecord::Open* one = plan->run.record->add_open();
    one->set_enrolment(enrolment);
    one->set_meetings(open);
  }
  return absl::OkStatus();
}

absl::StatusOr<Runs::Plan> Runs::Solve(std::shared_ptr<const program::Program> program,
                                       const program::v1::Format& format, absl::Time now, int limit,
                                       Detail detail, const database::ReadOptions& reading) {
  Plan plan;
  plan.now = now;
  plan.program = std::move(program);
  plan.format = &format;
  TREMPLIN_RETURN_IF_ERROR(app::IsAssignment(format)
                               ? SolveAssignment(detail, limit, reading, &plan)
                               : SolveOthers(limit, reading, &plan));
  // Beyond the limit nobody is proposed: whoever waits longest comes first.
  const auto most = static_cast<size_t>(std::max(0, plan.run.record->limit()));
  for (size_t i = most; i < plan.chosen.size(); ++i) {
    for (const std::string& mentee : plan.chosen[i].mentees) {
      plan.unmatched.push_back(
          ToProto(engine::Unmatched{mentee, engine::Reason::kLimitReached, 0}));
    }
  }
  if (plan.chosen.size() > most) plan.chosen.resize(most);
  plan.run.program = plan.program->id;
  plan.run.created = now;
  v1::Run& summary = plan.run.summary;
  summary.set_program(resources::NameOf("programs", plan.program->id));
  summary.set_program_version(plan.program->version);
  summary.set_format(format.code());
  *summary.mutable_create_time() = resources::ToTimestamp(now);
  summary.set_pool_version(plan.pool_version);
  summary.set_input_hash(store::InputHash(*plan.run.record));
  summary.set_chosen(static_cast<int32_t>(plan.chosen.size()));
  AddChosen(plan.chosen, app::IsAssignment(format), &*plan.run.record);
  return plan;
}

absl::Status Runs::FillGaps(database::Transaction& tx, const Plan& plan, const NewId& new_id,
                            const rpc::CallContext& call, v1::RunMatchingResponse* response) const {
  for (const Fill& fill : plan.fills) {
    TREMPLIN_ASSIGN_OR_RETURN(std::optional<store::ProposalRow> row,
                              store::FindProposal(tx, fill.proposal));
    TREMPLIN_ASSIGN_OR_RETURN(std::optional<store::PoolEntry> entry,
                              store::FindEntry(tx, fill.enrolment));
    if (!row.has_value() || !entry.has_value()) continue;
    const bool mentee = entry->side == domain::Side::kMentee;
    const bool gapes = row->proposal.Gap(entry->side) > 0;
    bool filled = false;
    if (fill.joins_engagement.empty() && gapes && row->proposal.state == domain::State::kOpen &&
        plan.now < row->proposal.due) {
      TREMPLIN_ASSIGN_OR_RETURN(const Ledger::Refusal refusal,
                                ledger_.TakeIn(tx, *entry, plan.now, call.traceparent, &*row));
      filled = refusal == Ledger::Refusal::kNone;
    } else if (!fill.joins_engagement.empty() && gapes) {
      // A mentor with more than one place may join more than one.
      Draft draft{.id = new_id(text::Cat("joins/", fill.joins_engagement, "/", fill.enrolment)),
                  .format = plan.format,
                  .people = {*std::move(entry)},
                  .score = fill.score,
                  .contributions = fill.contributions,
                  .run = plan.run.id,
                  .language = row->language,
                  .slot = row->slot,
                  .joins_engagement = fill.joins_engagement};
      TREMPLIN_ASSIGN_OR_RETURN(Ledger::Made made,
                                ledger_.Make(tx, *plan.program, draft, plan.now, call.traceparent));
      filled = made.refusal == Ledger::Refusal::kNone;
      if (filled) row = std::move(made.row);
    }
    if (filled) {
      *response->add_proposals() = ToProto(*row, call.principal, {*plan.program});
    } else if (mentee) {
      *response->add_unmatched() = ChangedMeanwhile(fill.enrolment);
    }
  }
  return absl::OkStatus();
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
    Draft draft{.id = new_id(text::Cat("proposal/", pin.mentee)),
                .format = plan.format,
                .people = {*mentee, *mentor},
                .override_reason = kept->reason,
                .run = plan.run.id,
                .initiator = program::v1::INITIATOR_COORDINATOR};
    ScoreDraft(*plan.program, plan.now, distance_, &draft);
    TREMPLIN_ASSIGN_OR_RETURN(Ledger::Made made,
                              ledger_.Make(tx, *plan.program, draft, plan.now, call.traceparent));
    if (made.refusal == Ledger::Refusal::kNone) {
      *response->add_proposals() = ToProto(made.row, call.principal, {*plan.program});
    } else {
      *response->add_unmatched() = ChangedMeanwhile(pin.mentee);
    }
  }
  return absl::OkStatus();
}

// What staff decided after the pool was read: a bar, or a pin for another mentor.
absl::StatusOr<bool> Runs::StaffSayOtherwise(database::Transaction& tx, const std::string& format,
                                             const Chosen& chosen) const {
  for (const std::string& mentee : chosen.mentees) {
    TREMPLIN_ASSIGN_OR_RETURN(const std::set<std::string> barred,
                              store::BarredMentors(tx, mentee, format));
    for (const auto* others : {&chosen.mentors, &chosen.mentees}) {
      if (std::any_of(others->begin(), others->end(),
                      [&](const std::string& one) { return barred.contains(one); })) {
        return true;
      }
    }
    TREMPLIN_ASSIGN_OR_RETURN(const std::optional<store::Pin> pin, store::FindPin(tx, mentee));
    if (!pin.has_value()) continue;
    const auto& mentors = chosen.mentors;
    if (std::find(mentors.begin(), mentors.end(), pin->mentor) == mentors.end()) return true;
  }
  return false;
}

absl::Status Runs::Propose(database::Transaction& tx, const Plan& plan, bool pool_changed,
                           const NewId& new_id, const rpc::CallContext& call,
                           v1::RunMatchingResponse* response) const {
  const auto changed = [&](const Chosen& one) {
    for (const std::string& mentee : one.mentees) {
      *response->add_unmatched() = ChangedMeanwhile(mentee);
    }
  };
  for (const Chosen& one : plan.chosen) {
    bool stands = true;
    if (pool_changed) {
      TREMPLIN_ASSIGN_OR_RETURN(const bool otherwise,
                                StaffSayOtherwise(tx, plan.format->code(), one));
      stands = !otherwise;
    }
    TREMPLIN_ASSIGN_OR_RETURN(std::vector<store::PoolEntry> people, ReadPeople(tx, one));
    if (!stands || people.empty()) {
      changed(one);
      continue;
    }
    std::string what = text::Cat("proposal/", one.mentees[0]);
    if (!app::IsAssignment(*plan.format) && !one.mentors.empty()) {
      what = text::Cat(what, "/", one.mentors[0]);
    }
    const Draft draft{.id = new_id(what),
                      .format = plan.format,
                      .people = std::move(people),
                      .score = one.score,
                      .rank = one.rank,
                      .contributions = one.contributions,
                      .run = plan.run.id,
                      .contested = one.contested,
                      .language = one.language,
                      .slot = one.slot};
    TREMPLIN_ASSIGN_OR_RETURN(Ledger::Made made,
                              ledger_.Make(tx, *plan.program, draft, plan.now, call.traceparent));
    if (made.refusal == Ledger::Refusal::kNone) {
      *response->add_proposals() = ToProto(made.row, call.principal, {*plan.program});
    } else {
      changed(one);
    }
  }
  return absl::OkStatus();
}

absl::Status Runs::Write(database::Transaction& tx, Plan plan, const NewId& new_id,
                         const rpc::CallContext& call, v1::RunMatchingResponse* response) const {
  const std::string& program = plan.program->id;
  TREMPLIN_RETURN_IF_ERROR(leases_.Fence(tx, program, plan.epoch));
  plan.run.id = new_id("run");
  const bool proposes = !plan.chosen.empty() || !plan.pinned.ready.empty() || !plan.fills.empty();
  if (proposes) {
    TREMPLIN_ASSIGN_OR_RETURN(const int64_t version, store::NextPoolVersion(tx, program));
    const bool pool_changed = version != plan.pool_version + 1;
    TREMPLIN_RETURN_IF_ERROR(ProposePinned(tx, plan, new_id, call, response));
    plan.run.summary.set_pinned(response->proposals_size());
    TREMPLIN_RETURN_IF_ERROR(FillGaps(tx, plan, new_id, call, response));
    TREMPLIN_RETURN_IF_ERROR(Propose(tx, plan, pool_changed, new_id, call, response));
  }
  for (const v1::Unmatched& one : plan.pinned.unmatched) *response->add_unmatched() = one;
  for (const v1::Unmatched& one : plan.unmatched) *response->add_unmatched() = one;
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
    const rpc::CallContext& call, std::shared_ptr<const program::Program> program,
    const program::v1::Format& format, int limit) {
  TREMPLIN_ASSIGN_OR_RETURN(std::optional<int64_t> epoch, leases_.Hold(program->id));
  if (!epoch.has_value()) {
    TREMPLIN_ASSIGN_OR_RETURN(epoch, leases_.Take(program->id));
  }
  TREMPLIN_ASSIGN_OR_RETURN(Plan plan, Solve(std::move(program), format, call.business_now, limit,
                                             Detail::kReportAndReasons, call.Read()));
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
  TREMPLIN_ASSIGN_OR_RETURN(
      const program::v1::Format* format,
      ChooseFormat(FormatsOf(*program, program::v1::INITIATOR_ALGORITHM), request.format()));
  const int limit = request.limit() == 0 ? kMostProposals : request.limit();
  for (int i = 0; i < kTakeOvers; ++i) {
    absl::StatusOr<v1::RunMatchingResponse> response = RunOnce(call, program, *format, limit);
    if (!absl::IsAborted(response.status())) return response;
  }
  return status::Error(absl::StatusCode::kAborted, kRunTakenOver);
}

absl::StatusOr<timers::Effect> Runs::Cascade(const std::string& key, absl::Time due) {
  const size_t slash = key.find('/');
  const std::string program_id = key.substr(0, slash);
  TREMPLIN_ASSIGN_OR_RETURN(const std::optional<int64_t> epoch, leases_.Hold(program_id));
  if (!epoch.has_value()) return timers::Effect();
  TREMPLIN_ASSIGN_OR_RETURN(std::shared_ptr<const program::Program> program,
                            programs_.InForce(program_id, due));
  const program::v1::Format* format =
      program::FindFormat(program->definition, key.substr(slash + 1));
  if (format == nullptr) {  // of an earlier version
    return timers::Effect([](database::Transaction&) { return absl::OkStatus(); });
  }
  const bool at_once = format->matching().proposing() == "continuous";
  TREMPLIN_ASSIGN_OR_RETURN(Plan plan, Solve(std::move(program), *format, due, kMostProposals,
                                             at_once ? Detail::kPairs : Detail::kReport,
                                             {.tenant = database::Tenant::All(),
                                              .deadline = absl::Now() + kCascadeDeadline}));
  plan.epoch = *epoch;
  return timers::Effect(
      [this, plan = std::move(plan)](database::Transaction& tx) { return WriteCascade(tx, plan); });
}

absl::Status Runs::WriteCascade(database::Transaction& tx, const Plan& plan) const {
  const std::string& program = plan.program->id;
  // Whatever came after the pool was read found this timer set, and waits for the next one.
  TREMPLIN_ASSIGN_OR_RETURN(const int64_t version, store::PoolVersion(tx, program));
  if (version != plan.pool_version) {
    TREMPLIN_RETURN_IF_ERROR(ledger_.Freed(tx, program, plan.now));
  }
  TREMPLIN_RETURN_IF_ERROR(ledger_.RunNext(tx, *plan.program, *plan.format, plan.now));
  // Of two cascades due at one moment the later has read a later pool.
  const std::string when = text::Cat(clock::ToMicros(plan.now), "/", plan.pool_version);
  const auto new_id = [&](const std::string& what) {
    const std::string_view parts[] = {"cascade", program, plan.format->code(), when, what};
    return ids::Derive(parts);
  };
  rpc::CallContext nobody;  // nothing is answered to anybody
  v1::RunMatchingResponse ignored;
  return Write(tx, plan, new_id, nobody, &ignored);
}

}  // namespace tremplin::matching::app
