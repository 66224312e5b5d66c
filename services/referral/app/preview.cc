// What a definition would change for those who wait.

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/program/criteria.h"
#include "common/resources/names.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/referral/app/access.h"
#include "services/referral/app/convert.h"
#include "services/referral/app/service.h"

namespace tremplin::referral::app {
namespace {

using Response = v1::PreviewProgramResponse;

constexpr int kPage = 500;
constexpr size_t kMostChanges = 200;

// The definition as it would be published now: bound to the registry of the version in force, whose
// own facts it brings anew.
program::Program AsPublished(const program::v1::ProgramDefinition& definition,
                             const program::Program& in_force) {
  program::v1::FactRegistry base;
  const std::string own = text::Cat(in_force.id, ".");
  for (const program::v1::Fact& fact : in_force.registry.facts()) {
    if (!fact.name().starts_with(own)) *base.add_facts() = fact;
  }
  program::Program program;
  program.id = in_force.id;
  program.version = in_force.version + 1;
  program.definition = program::Bound(definition, base);
  program.registry = program::Registry(program.definition.registry());
  if (!absl::LoadTimeZone(definition.time_zone(), &program.time_zone)) {
    program.time_zone = in_force.time_zone;
  }
  return program;
}

// Judges one application after the other by the definition, and counts.
class Preview {
 public:
  Preview(const program::Program& then, program::ProgramStore& programs, absl::Time now)
      : then_{Rules(then, Side::SUBJECT_MENTEE), Rules(then, Side::SUBJECT_MENTOR)},
        programs_(programs),
        now_(now) {}

  absl::Status Take(const ApplicationRow& row, const File& file) {
    TREMPLIN_ASSIGN_OR_RETURN(const Rules* rules, Pinned(row));
    const Rules& then_rules = then_[row.side == Side::SUBJECT_MENTOR ? 1 : 0];
    const Verdict now = rules->Assess(row.findings).verdict;
    Assessment then = then_rules.Assess(then_rules.Judge(file, now_, row.findings));
    response_.set_considered(response_.considered() + 1);
    if (now == then.verdict) return absl::OkStatus();
    if (then.verdict == Verdict::kEligible) response_.set_gains(response_.gains() + 1);
    if (now == Verdict::kEligible) response_.set_losses(response_.losses() + 1);
    Response::Change& change = changes_[resources::NameOf("applications", row.id)];
    change.set_now(ToProto(now));
    change.set_then(ToProto(then.verdict));
    for (std::string& code : then.unmet) change.add_reasons(std::move(code));
    if (changes_.size() > kMostChanges) changes_.erase(std::prev(changes_.end()));
    return absl::OkStatus();
  }

  Response Finish() && {
    for (auto& [application, change] : changes_) {
      change.set_application(application);
      *response_.add_changes() = std::move(change);
    }
    return std::move(response_);
  }

 private:
  struct Version {
    std::shared_ptr<const program::Program> program;
    Rules rules;
  };

  absl::StatusOr<const Rules*> Pinned(const ApplicationRow& row) {
    const auto key = std::make_pair(row.program_version, row.side);
    auto found = pinned_.find(key);
    if (found == pinned_.end()) {
      TREMPLIN_ASSIGN_OR_RETURN(std::shared_ptr<const program::Program> program,
                                programs_.Version(row.program, row.program_version));
      Rules rules(*program, row.side);
      found = pinned_.emplace(key, Version{std::move(program), std::move(rules)}).first;
    }
    return &found->second.rules;
  }

  const Rules then_[2];  // of mentees, of mentors
  program::ProgramStore& programs_;
  const absl::Time now_;
  std::map<std::pair<int64_t, Side>, Version> pinned_;
  std::map<std::string, Response::Change> changes_;  // the first so many
  Response response_;
};

}  // namespace

Answer<Response> Service::PreviewProgram(const CallContext& call,
                                         const v1::PreviewProgramRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(
      const std::string id,
      resources::IdOf("programs", text::Cat("programs/", request.definition().id()),
                      "definition.id"));
  TREMPLIN_RETURN_IF_ERROR(CheckProgram(call, id));
  const auto in_force = deps_.programs.InForce(id, call.business_now);
  if (absl::IsNotFound(in_force.status())) return Response();  // nobody waits for it yet
  if (!in_force.ok()) return in_force.status();
  const program::Program then = AsPublished(request.definition(), **in_force);
  Preview preview(then, deps_.programs, call.business_now);
  for (const State state : kAllStates) {
    if (IsSettled(state)) continue;
    ListKey after;
    for (bool more = true; more;) {
      std::vector<store::FiledApplication> page;
      TREMPLIN_RETURN_IF_ERROR(
          deps_.db.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
            TREMPLIN_ASSIGN_OR_RETURN(page, store::ListFiled(reader, id, state, after, kPage));
            return absl::OkStatus();
          }));
      for (const store::FiledApplication& each : page) {
        const ApplicationRow& row = each.application;
        TREMPLIN_ASSIGN_OR_RETURN(
            const std::string plain,
            deps_.sealer.OpenJoined(row.referral, store::FileColumn(row.file_revision), each.file,
                                    each.wrapped, each.master_id));
        TREMPLIN_ASSIGN_OR_RETURN(const v1::AdmittedFile kept, FromPlain(plain));
        TREMPLIN_RETURN_IF_ERROR(preview.Take(row, FileOf(kept.file())));
      }
      more = page.size() == static_cast<size_t>(kPage);
      if (more) after = store::KeyOf(page.back().application);
    }
  }
  return std::move(preview).Finish();
}

}  // namespace tremplin::referral::app
