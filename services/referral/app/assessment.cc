#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/referral/app/access.h"
#include "services/referral/app/convert.h"
#include "services/referral/app/service.h"
#include "services/referral/messages.h"
#include "services/referral/store/feed_store.h"

namespace tremplin::referral::app {
namespace {

constexpr std::array<std::string_view, 3> kExemptionReasons = {
    "equivalent_experience", "documents_seen", "director_decision"};

// The reasons staff give, checked against the program.
template <class Codes>
absl::Status TakeReasons(const Codes& codes, const program::Program& program,
                         std::vector<std::string>* reasons) {
  reasons->clear();
  std::vector<status::FieldViolation> violations;
  for (int i = 0; i < codes.size(); ++i) {
    if (!IsStaffReason(codes[i], program)) {
      violations.push_back(status::Violation(text::Cat("reasons[", i, "]"), kReasonUnknown));
    } else if (std::find(reasons->begin(), reasons->end(), codes[i]) == reasons->end()) {
      reasons->push_back(codes[i]);
    }
  }
  if (!violations.empty()) return status::InvalidFields(std::move(violations));
  return absl::OkStatus();
}

absl::Status Exempt(const v1::AdmitApplicationRequest& request, ApplicationRow* row) {
  std::vector<status::FieldViolation> violations;
  for (int i = 0; i < request.exemptions_size(); ++i) {
    const auto& exemption = request.exemptions(i);
    const std::string path = text::Cat("exemptions[", i, "].");
    if (std::find(kExemptionReasons.begin(), kExemptionReasons.end(), exemption.reason()) ==
        kExemptionReasons.end()) {
      violations.push_back(status::Violation(path + "reason", kExemptionReason));
      continue;
    }
    const auto finding =
        std::find_if(row->findings.begin(), row->findings.end(), [&](const Finding& each) {
          return each.code == exemption.code() && each.result != Result::kPass;
        });
    if (finding == row->findings.end()) {
      violations.push_back(status::Violation(path + "code", kExemptionUnknown));
      continue;
    }
    if (finding->result == Result::kExempted) continue;
    finding->result = Result::kExempted;
    row->exemptions.push_back(text::Cat(exemption.code(), "=", exemption.reason()));
  }
  if (!violations.empty()) return status::InvalidFields(std::move(violations));
  return absl::OkStatus();
}

// What the agency reads beside the milestone: staff's reasons.
bool CarriesReasons(State state) {
  return state == State::kReturned || state == State::kWaitlisted;
}

absl::Status Nothing(database::Transaction&, const program::Program&, ApplicationRow*, Command*) {
  return absl::OkStatus();
}

}  // namespace

absl::Status Service::Tell(database::Transaction& tx, const CallContext& call,
                           const ApplicationRow& row, Action action, std::string_view milestone) {
  TREMPLIN_RETURN_IF_ERROR(deps_.outbox.Append(tx, row.referral, call.business_now,
                                               ChangeOf(row, NameOf(action)), call.traceparent));
  return store::AppendFeed(
      tx, {.agency = row.agency,
           .referral = row.referral,
           .external_id = row.external_id,
           .application = row.id,
           .program = row.program,
           .program_version = row.program_version,
           .milestone = std::string(milestone),
           .reasons = CarriesReasons(row.state) ? row.staff_reasons : std::vector<std::string>(),
           .at = call.business_now});
}

Answer<v1::Application> Service::Change(const CallContext& call, const std::string& name,
                                        const std::string& etag, Action action,
                                        const Prepare& prepare) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string id, resources::IdOf("applications", name, "name"));
  // Read once before, for the lane: the agency's, on which all its applications change.
  std::string lane;
  TREMPLIN_RETURN_IF_ERROR(
      deps_.db.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
        TREMPLIN_ASSIGN_OR_RETURN(const ApplicationRow row, VisibleApplication(reader, call, id));
        lane = row.agency;
        return absl::OkStatus();
      }));
  return deps_.commands.Run<v1::Application>(
      call, lane, [&](database::Transaction& tx) -> absl::StatusOr<v1::Application> {
        TREMPLIN_ASSIGN_OR_RETURN(ApplicationRow row, VisibleApplication(tx, call, id));
        TREMPLIN_RETURN_IF_ERROR(resources::CheckEtag(etag, row.version));
        TREMPLIN_ASSIGN_OR_RETURN(const std::shared_ptr<const program::Program> program,
                                  deps_.programs.Version(tx, row.program, row.program_version));
        Command command{.action = action};
        TREMPLIN_RETURN_IF_ERROR(prepare(tx, *program, &row, &command));
        TREMPLIN_ASSIGN_OR_RETURN(const Transition transition, Decide(row.state, command));
        row.state = transition.state;
        if (!CarriesReasons(row.state)) row.staff_reasons.clear();
        row.updated = call.business_now;
        TREMPLIN_RETURN_IF_ERROR(store::UpdateApplication(tx, row));
        ++row.version;
        TREMPLIN_RETURN_IF_ERROR(Tell(tx, call, row, action, transition.milestone));
        return app::ToProto(row, *program, Detail::kAll);
      });
}

Answer<v1::Application> Service::StartReview(const CallContext& call,
                                             const v1::StartReviewRequest& request) {
  return Change(call, request.name(), request.etag(), Action::kStartReview, Nothing);
}

Answer<v1::Application> Service::AdmitApplication(const CallContext& call,
                                                  const v1::AdmitApplicationRequest& request) {
  return Change(call, request.name(), request.etag(), Action::kAdmit,
                [&](database::Transaction& tx, const program::Program&, ApplicationRow* row,
                    Command* command) -> absl::Status {
                  TREMPLIN_RETURN_IF_ERROR(Exempt(request, row));
                  TREMPLIN_ASSIGN_OR_RETURN(const std::optional<ReferralRow> referral,
                                            store::FindReferral(tx, row->agency, row->external_id));
                  command->consent = referral.has_value() && referral->consent;
                  command->findings = row->findings;
                  row->decided = call.business_now;
                  return absl::OkStatus();
                });
}

Answer<v1::Application> Service::ReturnApplication(const CallContext& call,
                                                   const v1::ReturnApplicationRequest& request) {
  return Change(
      call, request.name(), request.etag(), Action::kReturn,
      [&](database::Transaction&, const program::Program& program, ApplicationRow* row,
          Command* command) -> absl::Status {
        TREMPLIN_RETURN_IF_ERROR(TakeReasons(request.reasons(), program, &row->staff_reasons));
        command->reasons = row->staff_reasons;
        return absl::OkStatus();
      });
}

Answer<v1::Application> Service::WaitlistApplication(
    const CallContext& call, const v1::WaitlistApplicationRequest& request) {
  return Change(
      call, request.name(), request.etag(), Action::kWaitlist,
      [&](database::Transaction&, const program::Program& program, ApplicationRow* row,
          Command*) -> absl::Status {
        TREMPLIN_RETURN_IF_ERROR(TakeReasons(request.reasons(), program, &row->staff_reasons));
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
