#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/referral/app/access.h"
#include "services/referral/app/convert.h"
#include "services/referral/app/service.h"
#include "tremplin/matching/v1/matching.pb.h"

namespace tremplin::referral::app {
namespace {

constexpr char kGetOutlook[] = "tremplin.matching.v1.MatchingService/GetOutlook";
// The decision is the answer; the figures beside it are not worth a longer wait.
constexpr absl::Duration kOutlookPatience = absl::Milliseconds(500);

v1::Outlook ToOutlook(const matching::v1::Outlook& from) {
  v1::Outlook to;
  to.set_mentors(from.mentors());
  to.set_free_places(from.free_places());
  to.set_waiting(from.waiting());
  if (from.has_median_wait_days()) to.set_median_wait_days(from.median_wait_days());
  return to;
}

}  // namespace

void Service::TellOutlook(const CallContext& call, const std::string& program, const File& file,
                          v1::CheckEligibilityResponse* response) {
  if (file.noc.empty()) return;
  matching::v1::GetOutlookRequest request;
  request.set_program(resources::NameOf("programs", program));
  request.set_noc(file.noc);
  if (!file.service_language.empty()) request.add_languages(file.service_language);
  const absl::StatusOr<std::string> figures = outlooks_.Get(
      text::Cat("matching/outlook/", program, "/", file.noc, "/", file.service_language),
      [&]() -> absl::StatusOr<std::string> {
        peers::PeerCall peer = peers::PeerCall::AsServiceFor(call);
        peer.deadline = std::min(peer.deadline, absl::Now() + kOutlookPatience);
        TREMPLIN_ASSIGN_OR_RETURN(const auto outlook, deps_.peers.Call<matching::v1::Outlook>(
                                                          kGetOutlook, request, peer));
        return outlook.SerializeAsString();
      });
  matching::v1::Outlook outlook;
  if (figures.ok() && outlook.ParseFromString(*figures)) {
    *response->mutable_outlook() = ToOutlook(outlook);
  }
}

Answer<v1::CheckEligibilityResponse> Service::CheckEligibility(
    const CallContext& call, const v1::CheckEligibilityRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string id,
                            resources::IdOf("programs", request.program(), "program"));
  TREMPLIN_RETURN_IF_ERROR(CheckProgram(call, id));
  TREMPLIN_ASSIGN_OR_RETURN(const std::shared_ptr<const program::Program> program,
                            deps_.programs.InForce(id, call.business_now));
  const File file = FileOf(request.file());
  std::vector<status::FieldViolation> faults = Faults(file, deps_.tables, Strictness::kCheck);
  if (!faults.empty()) {
    for (status::FieldViolation& fault : faults) fault.field.insert(0, "file.");
    return status::InvalidFields(std::move(faults));
  }
  v1::CheckEligibilityResponse response;
  *response.mutable_decision() =
      ToDecision(Judge(*program, file), *program, call.business_now, Detail::kAll);
  TellOutlook(call, id, file, &response);
  return response;
}

}  // namespace tremplin::referral::app
