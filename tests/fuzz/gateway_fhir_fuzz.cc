#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "services/gateway/fhir/mapping.h"
#include "services/gateway/transcoding/json_tree.h"

// Whatever the bytes: reading them as a ServiceRequest ends, and what is taken of them is the same
// when it is written and read again.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tremplin::gateway;  // NOLINT(google-build-using-namespace): of this function only
  const fhir::Terms terms = {.area_of_mentee = "home", .area_of_mentor = "work"};
  const auto read = [&](std::string_view json,
                        tremplin::referral::v1::SubmitReferralRequest& into) {
    const auto document = transcoding::ReadJsonTree(json);
    if (!document.ok()) return false;
    fhir::Findings findings;
    into = fhir::ReadReferral(*document, "ServiceRequest", {}, terms, findings);
    return findings.faults.empty();
  };
  tremplin::referral::v1::SubmitReferralRequest taken;
  if (!read({reinterpret_cast<const char*>(data), size}, taken)) return 0;
  tremplin::referral::v1::Referral referral;
  referral.set_name("referrals/r");
  referral.set_agency(taken.agency());
  referral.set_external_id(taken.external_id());
  referral.set_side(taken.side());
  *referral.mutable_file() = taken.file();
  for (const std::string& program : taken.programs()) {
    auto* const application = referral.add_applications();
    application->set_program(program);
    application->set_state(tremplin::referral::v1::Application::STATE_RECEIVED);
  }
  const std::string json =
      fhir::WriteServiceRequest(referral, terms, tremplin::messages::Language::kEnglish);
  tremplin::referral::v1::SubmitReferralRequest again;
  if (!read(json, again)) std::abort();
  if (again.SerializeAsString() != taken.SerializeAsString()) std::abort();
  return 0;
}
