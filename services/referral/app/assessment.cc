#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/referral/app/access.h"
#include "services/referral/app/consents.h"
#include "services/referral/app/convert.h"
#include "services/referral/app/service.h"
#include "services/referral/app/tell.h"
#include "services/referral/messages.h"

namespace tremplin::referral::app {
namespace {

// The reasons staff give, checked against the program.
template <class Codes>
absl::Status TakeReasons(const Codes& codes, const program::Program& program, Side side,
                         std::vector<std::string>* reasons) {
  reasons->clear();
  std::vector<status::FieldViolation> violations;
  for (int i = 0; i < codes.size(); ++i) {
    if (!IsStaffReason(codes[i], program, side)) {
      violations.push_back(status::Violation(text::Cat("reasons[", i, "]"), kReasonUnknown));
    } else if (std::find(reasons->begin(), reasons->end(), codes[i]) == reasons->end()) {
      reasons->push_back(codes[i]);
    }
  }
  if (!violations.empty()) return status::InvalidFields(std::move(violations));
  return absl::OkStatus();
}

// For which staff may exempt from the criterion, and for how many days each holds (0: always).
std::vector<program::v1::ExemptionRule> RulesOf(const program::v1::Criterion& criterion) {
  if (!criterion.exemptions().empty()) {
    return {criterion.exemptions().begin(), criterion.exemptions().end()};
  }
  std::vector<program::v1::ExemptionRule> rules(3);
  rules[0].set_code("equivalent_experience");
  rules[1].set_code("documents_seen");
  rules[2].set_code("director_decision");
  return rules;
}

// Exempts from one criterion, if its rules have the reason; else says which they have.
std::optional<status::FieldViolation> ExemptFrom(const program::v1::Criterion& criterion,
                                                 const std::string& reason, absl::CivilDay day,
                                                 std::string_view path, Finding* finding) {
  std::string known;
  for (const program::v1::ExemptionRule& rule : RulesOf(criterion)) {
    if (rule.code() == reason) {
      finding->result = Result::kExempted;
      finding->exemption = reason;
      finding->exempted_until =
          rule.holds_days() > 0 ? absl::FormatCivilTime(day + rule.holds_days()) : "";
      return std::nullopt;
    }
    known += text::Cat(known.empty() ? "" : ", ", rule.code());
  }
  return status::Violation(text::Cat(path, "reason"), kExemptionReason, {known});
}

absl::Status Exempt(const v1::AdmitApplicationRequest& request, const program::Program& program,
                    absl::Time now, ApplicationRow* row) {
  const absl::CivilDay day = absl::ToCivilDay(now, program.time_zone);
  std::vector<status::FieldViolation> violations;
  for (int i = 0; i < request.exemptions_size(); ++i) {
    const auto& exemption = request.exemptions(i);
    const std::string path = text::Cat("exemptions[", i, "].");
    const auto finding =
        std::find_if(row->findings.begin(), row->findings.end(), [&](const Finding& each) {
          return each.code == exemption.code() && each.result != Result::kPass;
        });
    const program::v1::Criterion* criterion = CriterionOf(exemption.code(), program, row->side);
    if (finding == row->findings.end() || criterion == nullptr) {
      violations.push_back(status::Violation(path + "code", kExemptionUnknown));
      continue;
    }
    if (finding->result == Result::kExempted) continue;
    if (auto fault = ExemptFrom(*criterion, exemption.reason(), day, path, &*finding)) {
      violations.push_back(*std::move(fault));
    }
  }
  if (!violations.empty()) return status::InvalidFields(std::move(violations));
  return absl::OkStatus();
}

// Whether the reasons staff gave still stand.
bool CarriesReasons(State state) {
  return state == State::kReturned || state == State::kWaitlisted;
}

absl::Status Nothing(database::Transaction&, const program::Program&, ApplicationRow*, Command*) {
  return absl::OkStatus();
}

}  // namespace

Answer<v1::Application> Service::Change(const CallContext& call, const std::string& name,
                                        const std::string& etag, Action action,
                                        const Prepare& prepare) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string id, resources::IdOf("applications", name, "name"));
  // Read once before, for the lane on which all changes of this source run.
  std::string lane;
  TREMPLIN_RETURN_IF_ERROR(
      deps_.db.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
        TREMPLIN_ASSIGN_OR_RETURN(const ApplicationRow row, VisibleApplication(reader, call, id));
        lane = Entry{{row.agency, row.side, row.external_id}, row.door}.Lane();
        return absl::OkStatus();
      }));
  return deps_.commands.Run<v1::Application>(
      call, lane, [&](database::Transaction& tx) -> absl::StatusOr<v1::Application> {
        TREMPLIN_ASSIGN_OR_RETURN(ApplicationRow row, VisibleApplication(tx, call, id));
        TREMPLIN_RETURN_IF_ERROR(resources::CheckEtag(etag, row.version));
        TREMPLIN_ASSIGN_OR_RETURN(std::shared_ptr<const program::Program> program,
                                  deps_.programs.Version(tx, row.program, row.program_version));
        Command command{.action = action};
        TREMPLIN_RETURN_IF_ERROR(prepare(tx, *program, &row, &command));
        TREMPLIN_ASSIGN_OR_RETURN(const Transition transition, Decide(row.state, command));
        KeepTold(call, &row);
        row.state = transition.state;
        if (!CarriesReasons(row.state)) row.staff_reasons.clear();
        if (action == Action::kReopen) {
          TREMPLIN_ASSIGN_OR_RETURN(program, JudgeOnNewest(tx, call, &row));
        }
        TREMPLIN_RETURN_IF_ERROR(StoreAndTell(tx, deps_, call, *program, NameOf(action),
                                              transition.milestone, row.version, &row));
        if (action == Action::kReopen) {
          TREMPLIN_RETURN_IF_ERROR(store::PruneFiles(tx, row.referral, row.file_revision));
        }
        return app::ToProto(Shown(call, row), *program, Detail::kAll);
      });
}

// What was reopened is judged on the newest file, by the version in force, which is returned. A
// correction that another process made or is making meets it at the referral's row: else the file
// that is newest here could be nobody's there, and go.
absl::StatusOr<std::shared_ptr<const program::Program>> Service::JudgeOnNewest(
    database::Transaction& tx, const CallContext& call, ApplicationRow* row) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::optional<ReferralRow> referral,
                            store::GetReferral(tx, row->referral));
  if (!referral.has_value()) return ReferralNotFound(row->referral);
  TREMPLIN_RETURN_IF_ERROR(store::UpdateReferral(tx, *referral));
  TREMPLIN_ASSIGN_OR_RETURN(const v1::AdmittedFile kept,
                            OpenFile(tx, row->referral, referral->revision));
  TREMPLIN_ASSIGN_OR_RETURN(std::shared_ptr<const program::Program> program,
                            deps_.programs.InForce(tx, row->program, call.business_now));
  JudgeAnew(*program, FileOf(kept.file()), referral->revision, call.business_now, row);
  return program;
}

Answer<v1::Application> Service::StartReview(const CallContext& call,
                                             const v1::StartReviewRequest& request) {
  return Change(call, request.name(), request.etag(), Action::kStartReview, Nothing);
}

Answer<v1::Application> Service::AdmitApplication(const CallContext& call,
                                                  const v1::AdmitApplicationRequest& request) {
  return Change(call, request.name(), request.etag(), Action::kAdmit,
                [&](database::Transaction&, const program::Program& program, ApplicationRow* row,
                    Command* command) -> absl::Status {
                  TREMPLIN_RETURN_IF_ERROR(Exempt(request, program, call.business_now, row));
                  Assessment assessment = Rules(program, row->side).Assess(row->findings);
                  command->verdict = assessment.verdict;
                  command->unmet = std::move(assessment.unmet);
                  command->consent = ConsentsNow(program, *row, call.business_now);
                  row->decided = call.business_now;
                  return absl::OkStatus();
                });
}

Answer<v1::Application> Service::ReturnApplication(const CallContext& call,
                                                   const v1::ReturnApplicationRequest& request) {
  return Change(call, request.name(), request.etag(), Action::kReturn,
                [&](database::Transaction&, const program::Program& program, ApplicationRow* row,
                    Command* command) -> absl::Status {
                  TREMPLIN_RETURN_IF_ERROR(
                      TakeReasons(request.reasons(), program, row->side, &row->staff_reasons));
                  command->reasons = row->staff_reasons;
                  return absl::OkStatus();
                });
}

Answer<v1::Application> Service::WaitlistApplication(
    const CallContext& call, const v1::WaitlistApplicationRequest& request) {
  return Change(call, request.name(), request.etag(), Action::kWaitlist,
                [&](database::Transaction&, const program::Program& program, ApplicationRow* row,
                    Command*) -> absl::Status {
                  TREMPLIN_RETURN_IF_ERROR(
                      TakeReasons(request.reasons(), program, row->side, &row->staff_reasons));
                  // Nobody waits without a reason.
                  if (row->staff_reasons.empty()) row->staff_reasons = {"no_place"};
                  return absl::OkStatus();
                });
}

Answer<v1::Application> Service::WithdrawApplication(
    const CallContext& call, const v1::WithdrawApplicationRequest& request) {
  return Change(call, request.name(), request.etag(), Action::kWithdraw, Nothing);
}

Answer<v1::Application> Service::ReopenApplication(const CallContext& call,
                                                   const v1::ReopenApplicationRequest& request) {
  return Change(call, request.name(), request.etag(), Action::kReopen, Nothing);
}

}  // namespace tremplin::referral::app
