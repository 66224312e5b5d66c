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
#include "services/referral/store/application_store.h"

namespace tremplin::referral::app {
namespace {

using Response = v1::PreviewProgramResponse;

constexpr int kPage = 500;
constexpr size_t kMostChanges = 200;

// The definition as it would be published now: held to what publication holds it to, and bound to
// the registry of the version in force, whose own facts it brings anew.
absl::StatusOr<std::shared_ptr<const program::Program>> AsPublished(
    const program::v1::ProgramDefinition& definition, const program::Program& in_force) {
  program::v1::FactRegistry base;
  const std::string own = text::Cat(in_force.id, ".");
  for (const program::v1::Fact& fact : in_force.registry.facts()) {
    if (!fact.name().starts_with(own)) *base.add_facts() = fact;
  }
  TREMPLIN_RETURN_IF_ERROR(program::Validate(definition, base));
  return program::Program::Of(in_force.id, in_force.version + 1, in_force.effective_from,
                              program::Bound(definition, base));
}

// Judges one application after the other by the definition, and counts.
class Preview {
 public:
  Preview(const program::Program& then, program::ProgramStore& programs, absl::Time now)
      : then_(then), programs_(programs), now_(now) {}

  absl::Status Take(const ApplicationRow& row, const File& file) {
    TREMPLIN_ASSIGN_OR_RETURN(const Rules rules, Pinned(row));
    const Rules then_rules(then_, row.side);
    const Verdict now = rules.Assess(row.findings).verdict;
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
  absl::StatusOr<Rules> Pinned(const ApplicationRow& row) {
    std::shared_ptr<const program::Program>& program = pinned_[row.program_version];
    if (program == nullptr) {
      TREMPLIN_ASSIGN_OR_RETURN(program, programs_.Version(row.program, row.program_version));
    }
    return Rules(*program, row.side);
  }

  const program::Program& then_;
  program::ProgramStore& programs_;
  const absl::Time now_;
  std::map<int64_t, std::shared_ptr<const program::Program>> pinned_;  // by version
  std::map<std::string, Response::Change> changes_;                    // the first so many
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
  TREMPLIN_RETURN_IF_ERROR(CheckSeesAll(call));
  const auto in_force = deps_.programs.InForce(id, call.business_now);
  if (absl::IsNotFound(in_force.status())) return Response();  // nobody waits for it yet
  if (!in_force.ok()) return in_force.status();
  TREMPLIN_ASSIGN_OR_RETURN(const std::shared_ptr<const program::Program> then,
                            AsPublished(request.definition(), **in_force));
  Preview preview(*then, deps_.programs, call.business_now);
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
