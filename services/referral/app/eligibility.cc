#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/environment/environment.h"
#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/referral/app/access.h"
#include "services/referral/app/convert.h"
#include "services/referral/app/service.h"
#include "services/referral/messages.h"
#include "tremplin/matching/v1/matching.pb.h"

namespace tremplin::referral::app {
namespace {

constexpr char kGetOutlook[] = "tremplin.matching.v1.MatchingService/GetOutlook";
// The decisions are the answer; the figures beside them, of all programs together, are not worth a
// longer wait.
constexpr absl::Duration kOutlookPatience = absl::Milliseconds(500);

v1::Outlook ToOutlook(const matching::v1::Outlook& from) {
  v1::Outlook to;
  to.set_mentors(from.mentors());
  to.set_free_places(from.free_places());
  to.set_waiting(from.waiting());
  if (from.has_median_wait_days()) to.set_median_wait_days(from.median_wait_days());
  return to;
}

// Every program in force that the caller acts in and that takes people on the side.
absl::StatusOr<Programs> All(const CallContext& call, Side side, program::ProgramStore& store) {
  TREMPLIN_ASSIGN_OR_RETURN(Programs programs, store.AllInForce(call.business_now));
  const auto is_no_choice = [&](const auto& program) {
    return !CheckProgram(call, program->id).ok() || !Takes(program->definition, side);
  };
  programs.erase(std::remove_if(programs.begin(), programs.end(), is_no_choice), programs.end());
  return programs;
}

}  // namespace

void Service::TellOutlook(const CallContext& call, const program::Program& program,
                          const File& file, absl::Time patience,
                          v1::CheckEligibilityResponse::Program* response) {
  const auto given = [&](program::v1::MatchingUse use) {
    return program::ValuesOf(program.registry, file.facts, use, Side::SUBJECT_MENTEE);
  };
  const std::vector<std::string> occupation = given(program::v1::MATCHING_USE_OCCUPATION);
  if (occupation.empty()) return;
  matching::v1::GetOutlookRequest request;
  request.set_program(resources::NameOf("programs", program.id));
  request.set_occupation(occupation.front());
  for (std::string& language : given(program::v1::MATCHING_USE_LANGUAGES)) {
    request.add_languages(std::move(language));
  }
  const absl::StatusOr<std::string> figures = outlooks_.Get(
      text::Cat("matching/outlook/", request.SerializeAsString()),
      [&]() -> absl::StatusOr<std::string> {
        if (environment::SystemNow() >= patience) {
          return absl::DeadlineExceededError("no time for the outlook");
        }
        peers::PeerCall peer = peers::PeerCall::AsServiceFor(call);
        peer.deadline = std::min(peer.deadline, patience);
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
  const Side side =
      request.side() == Side::SUBJECT_UNSPECIFIED ? Side::SUBJECT_MENTEE : request.side();
  if (NameOf(side).empty()) return status::InvalidFields({status::Violation("side", kSideUnknown)});
  TREMPLIN_ASSIGN_OR_RETURN(const Programs programs,
                            request.programs().empty()
                                ? All(call, side, deps_.programs)
                                : submitter_.InForce(call, request.programs()));
  const Registries registries = RegistriesOf(programs);
  const File file = Normal(FileOf(request.file()), registries);
  std::vector<status::FieldViolation> faults =
      Faults(file, registries, deps_.tables, side, {},
             absl::ToCivilDay(call.business_now, absl::UTCTimeZone()), Strictness::kCheck);
  if (!faults.empty()) {
    for (status::FieldViolation& fault : faults) fault.field.insert(0, "file.");
    return status::InvalidFields(std::move(faults));
  }
  const absl::Time patience = environment::SystemNow() + kOutlookPatience;
  v1::CheckEligibilityResponse response;
  for (const auto& program : programs) {
    auto* out = response.add_programs();
    out->set_program(resources::NameOf("programs", program->id));
    *out->mutable_name() = program->definition.name();
    const Rules rules(*program, side);
    *out->mutable_decision() = ToDecision(rules.Judge(file, call.business_now), *program, rules,
                                          call.business_now, Detail::kAll);
    if (side == Side::SUBJECT_MENTEE) TellOutlook(call, *program, file, patience, out);
  }
  return response;
}

}  // namespace tremplin::referral::app
