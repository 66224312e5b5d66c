#include "services/matching/app/simulations.h"

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/program/format.h"
#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/matching/app/policy.h"
#include "services/matching/app/staff_pairs.h"
#include "services/matching/app/trial.h"
#include "services/matching/app/view.h"
#include "services/matching/engine/solution.h"
#include "services/matching/messages.h"
#include "services/matching/store/pins.h"
#include "services/matching/store/proposals.h"

namespace tremplin::matching::app {
namespace {

constexpr int kMostChanges = 20;
constexpr int kMostEffects = 200;

// What one reading says of a program.
struct Reading {
  engine::Pool pool;
  std::vector<store::Pin> pins;
  store::AnswerCounts answers;
};

// A pool that was solved, and nothing more.
struct Solved {
  v1::Run run;
  std::map<std::string, std::string> mentor_of;    // enrolments, of those who would be proposed
  std::map<std::string, v1::Unmatched> unmatched;  // by the mentee's enrolment
};

absl::StatusOr<Solved> Solve(engine::Pool pool, const engine::Policy& policy,
                             const Reading& reading, const engine::Distance& distance) {
  const int everybody = static_cast<int>(pool.mentees.size());
  const PinnedPairs pinned = TakePins(reading.pins, everybody, &pool);
  engine::Policy all = policy;
  all.limit = everybody;
  TREMPLIN_ASSIGN_OR_RETURN(const std::shared_ptr<const engine::Solution> solution,
                            engine::Solution::Of(std::move(pool), all, distance));
  const engine::Proposals chosen = solution->ToProposals();
  Solved solved;
  solved.run = SummaryOf(*solution, reading.answers);
  solved.run.set_pool_version(reading.pool.version);
  solved.run.set_chosen(static_cast<int32_t>(chosen.proposed.size()));
  solved.run.set_pinned(static_cast<int32_t>(pinned.ready.size()));
  for (const store::Pin& pin : pinned.ready) solved.mentor_of.emplace(pin.mentee, pin.mentor);
  for (const engine::Proposed& one : chosen.proposed) {
    solved.mentor_of.emplace(one.mentee, one.mentor);
  }
  for (const engine::Unmatched& one : chosen.unmatched) {
    solved.unmatched.emplace(one.mentee, ToProto(one));
  }
  for (const v1::Unmatched& one : pinned.unmatched) {
    TREMPLIN_ASSIGN_OR_RETURN(std::string mentee,
                              resources::IdOf("enrolments", one.mentee_enrolment(), "mentee"));
    solved.unmatched.emplace(std::move(mentee), one);
  }
  return solved;
}

// Mentees of the pool by business key: an order that follows from facts.
std::map<std::string, std::string> ByKey(const engine::Pool& pool) {
  std::map<std::string, std::string> by_key;
  for (const engine::Mentee& one : pool.mentees) by_key.emplace(one.business_key, one.enrolment);
  return by_key;
}

void FillEffect(const std::string& mentee, const std::string& mentor, const v1::Unmatched* why,
                v1::SimulateRunResponse::Effect* effect) {
  effect->set_mentee_enrolment(resources::NameOf("enrolments", mentee));
  effect->set_mentor_enrolment(resources::NameOf("enrolments", mentor));
  effect->set_kind(why == nullptr ? "gains" : "loses");
  if (why == nullptr) {
    SetText(kWhyGains, {}, effect->mutable_text());
    return;
  }
  effect->set_reason(why->reason());
  *effect->mutable_text() = why->text();
}

void FillEffects(const Reading& reading, const Solved& now, const Solved& then,
                 v1::SimulateRunResponse* response) {
  for (const auto& [key, mentee] : ByKey(reading.pool)) {
    const auto before = now.mentor_of.find(mentee);
    const auto after = then.mentor_of.find(mentee);
    const bool had = before != now.mentor_of.end();
    const bool has = after != then.mentor_of.end();
    if (had == has) continue;
    if (has) {
      response->set_gains(response->gains() + 1);
    } else {
      response->set_losses(response->losses() + 1);
    }
    if (response->effects_size() == kMostEffects) {
      response->set_effects_left_out(response->effects_left_out() + 1);
      continue;
    }
    v1::SimulateRunResponse::Effect* effect = response->add_effects();
    if (has) {
      FillEffect(mentee, after->second, nullptr, effect);
    } else {
      const auto why = then.unmatched.find(mentee);
      const v1::Unmatched left_out = LeftOut(mentee);
      FillEffect(mentee, before->second, why == then.unmatched.end() ? &left_out : &why->second,
                 effect);
    }
  }
}

}  // namespace

Simulations::Simulations(database::Database& db, program::ProgramStore& programs,
                         engine::Distance distance)
    : db_(db), programs_(programs), distance_(std::move(distance)) {}

absl::StatusOr<v1::SimulateRunResponse> Simulations::SimulateRun(
    const rpc::CallContext& call, const v1::SimulateRunRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string id,
                            resources::IdOf("programs", request.program(), "program"));
  if (request.changes().empty() || request.changes_size() > kMostChanges) {
    return status::InvalidFields({status::Violation("changes", kChangesOutOfRange)});
  }
  if (!MaySeeProgram(call.principal, id)) {
    return status::Error(absl::StatusCode::kNotFound, kProgramNotFound);
  }
  TREMPLIN_ASSIGN_OR_RETURN(const std::shared_ptr<const program::Program> program,
                            programs_.InForce(id, call.business_now));
  std::vector<const program::v1::Format*> assigned;
  for (const program::v1::Format* one : FormatsOf(*program, program::v1::INITIATOR_ALGORITHM)) {
    if (program::ShapeOf(*one) == program::Shape::kPair) assigned.push_back(one);
  }
  TREMPLIN_ASSIGN_OR_RETURN(const program::v1::Format* format,
                            ChooseFormat(assigned, request.format()));
  Reading reading;
  TREMPLIN_RETURN_IF_ERROR(db_.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
    TREMPLIN_ASSIGN_OR_RETURN(FormatPool read,
                              ReadPool(reader, *program, *format, call.business_now));
    reading.pool = std::move(read.pool);
    TREMPLIN_ASSIGN_OR_RETURN(reading.pins, store::PinsInForce(reader, id, call.business_now));
    TREMPLIN_ASSIGN_OR_RETURN(reading.answers, store::CountAnswers(reader, id));
    return absl::OkStatus();
  }));
  const engine::Policy policy = PolicyOf(*format, program->registry, 1);
  Trial trial(reading.pool, policy, distance_);
  std::vector<status::FieldViolation> violations;
  for (int i = 0; i < request.changes_size(); ++i) {
    trial.Change(request.changes(i), text::Cat("changes[", i, "]"), &violations);
  }
  if (!violations.empty()) return status::InvalidFields(std::move(violations));

  TREMPLIN_ASSIGN_OR_RETURN(Solved now, Solve(reading.pool, policy, reading, distance_));
  TREMPLIN_ASSIGN_OR_RETURN(Solved then, Solve(trial.pool(), trial.policy(), reading, distance_));
  v1::SimulateRunResponse response;
  FillEffects(reading, now, then, &response);
  for (v1::Run* run : {&now.run, &then.run}) {
    run->set_program(request.program());
    run->set_program_version(program->version);
    run->set_format(format->code());
    run->set_algorithm("assignment");
    *run->mutable_create_time() = resources::ToTimestamp(call.business_now);
  }
  *response.mutable_now() = std::move(now.run);
  *response.mutable_then() = std::move(then.run);
  return response;
}

}  // namespace tremplin::matching::app
