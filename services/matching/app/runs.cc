#include "services/matching/app/runs.h"

#include <memory>
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

engine::Policy PolicyOf(const program::v1::MatchingPolicy& policy, int limit) {
  engine::Policy to;
  for (const program::v1::Weight& weight : policy.weights()) {
    to.weights.push_back({weight.criterion(), weight.weight()});
  }
  to.minimum_score = policy.minimum_score();
  to.shared_language_required = policy.shared_language_required();
  to.limit = limit;
  return to;
}

engine::Mentee MenteeOf(const store::PoolEntry& entry, absl::TimeZone zone) {
  return {entry.enrolment, entry.person, entry.business_key, entry.profile,
          absl::ToCivilDay(entry.waiting_since, zone)};
}

engine::Mentor MentorOf(const store::PoolEntry& entry) {
  return {entry.enrolment, entry.person, entry.business_key, entry.profile,
          static_cast<int>(entry.Free())};
}

Runs::Runs(database::Database& db, rpc::Commands& commands, program::ProgramStore& programs,
           const Ledger& ledger, const engine::Matcher& matcher)
    : db_(db), commands_(commands), programs_(programs), ledger_(ledger), matcher_(matcher) {}

absl::StatusOr<engine::Proposals> Runs::Choose(database::Reader& reader,
                                               const program::Program& program, absl::Time now,
                                               int limit) const {
  engine::Pool pool;
  pool.today = absl::ToCivilDay(now, program.time_zone);
  TREMPLIN_ASSIGN_OR_RETURN(pool.version, store::PoolVersion(reader, program.id));
  const program::v1::MatchingPolicy& policy = program.definition.matching();
  TREMPLIN_ASSIGN_OR_RETURN(std::vector<store::PoolEntry> mentees,
                            store::WaitingMentees(reader, program.id, policy.exclusivity_group()));
  TREMPLIN_ASSIGN_OR_RETURN(std::vector<store::PoolEntry> mentors,
                            store::ReadyMentors(reader, program.id));
  TREMPLIN_ASSIGN_OR_RETURN(pool.barred, store::BarredPairs(reader, program.id));
  for (const store::PoolEntry& entry : mentees) {
    pool.mentees.push_back(MenteeOf(entry, program.time_zone));
  }
  for (const store::PoolEntry& entry : mentors) pool.mentors.push_back(MentorOf(entry));
  return matcher_.Propose(pool, PolicyOf(policy, limit));
}

absl::Status Runs::Propose(database::Transaction& tx, const program::Program& program,
                           const engine::Proposals& chosen, absl::Time now, const NewId& new_id,
                           const rpc::CallContext& call, v1::RunMatchingResponse* response) const {
  // The pool once more, now that nobody else writes it: two statements instead of two a pair.
  const std::string& group = program.definition.matching().exclusivity_group();
  TREMPLIN_ASSIGN_OR_RETURN(Entries mentees,
                            ByEnrolment(store::WaitingMentees(tx, program.id, group)));
  TREMPLIN_ASSIGN_OR_RETURN(Entries mentors, ByEnrolment(store::ReadyMentors(tx, program.id)));
  for (const engine::Proposed& one : chosen.proposed) {
    const auto mentee = mentees.find(one.mentee);
    const auto mentor = mentors.find(one.mentor);
    if (mentee == mentees.end() || mentor == mentors.end()) {
      *response->add_unmatched() = ChangedMeanwhile(one.mentee);
      continue;
    }
    const Pair pair{.id = new_id(one.mentee),
                    .mentee = mentee->second,
                    .mentor = mentor->second,
                    .score = one.score,
                    .rank = one.rank,
                    .contributions = one.contributions,
                    .override_reason = ""};
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

absl::Status Runs::Write(database::Transaction& tx, const program::Program& program,
                         const engine::Proposals& chosen, absl::Time now, const NewId& new_id,
                         const rpc::CallContext& call, v1::RunMatchingResponse* response) const {
  if (!chosen.proposed.empty()) {
    TREMPLIN_RETURN_IF_ERROR(store::NextPoolVersion(tx, program.id).status());
    TREMPLIN_RETURN_IF_ERROR(Propose(tx, program, chosen, now, new_id, call, response));
  }
  for (const engine::Unmatched& one : chosen.unmatched) *response->add_unmatched() = ToProto(one);
  return absl::OkStatus();
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
  engine::Proposals chosen;
  TREMPLIN_RETURN_IF_ERROR(db_.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
    TREMPLIN_ASSIGN_OR_RETURN(chosen, Choose(reader, *program, call.business_now, limit));
    return absl::OkStatus();
  }));
  return commands_.Run<v1::RunMatchingResponse>(
      call, id, [&](database::Transaction& tx) -> absl::StatusOr<v1::RunMatchingResponse> {
        v1::RunMatchingResponse response;
        const auto new_id = [&](const std::string& mentee) {
          return call.NewId(text::Cat("proposal/", mentee));
        };
        TREMPLIN_RETURN_IF_ERROR(
            Write(tx, *program, chosen, call.business_now, new_id, call, &response));
        return response;
      });
}

absl::Status Runs::Cascade(database::Transaction& tx, const std::string& program_id,
                           absl::Time due) const {
  TREMPLIN_ASSIGN_OR_RETURN(std::shared_ptr<const program::Program> program,
                            programs_.InForce(program_id, due));
  TREMPLIN_ASSIGN_OR_RETURN(const engine::Proposals chosen,
                            Choose(tx, *program, due, kMaxProposals));
  const std::string morning = text::Cat(clock::ToMicros(due));
  const auto new_id = [&](const std::string& mentee) {
    const std::string_view parts[] = {"cascade", program_id, morning, mentee};
    return ids::Derive(parts);
  };
  rpc::CallContext nobody;  // nothing is answered to anybody
  v1::RunMatchingResponse ignored;
  return Write(tx, *program, chosen, due, new_id, nobody, &ignored);
}

}  // namespace tremplin::matching::app
