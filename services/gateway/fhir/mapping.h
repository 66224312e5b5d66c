#ifndef TREMPLIN_SERVICES_GATEWAY_FHIR_MAPPING_H_
#define TREMPLIN_SERVICES_GATEWAY_FHIR_MAPPING_H_

#include <string>
#include <string_view>

#include "common/messages/message.h"
#include "rapidjson/document.h"
#include "services/gateway/fhir/datatypes.h"
#include "services/gateway/fhir/element.h"
#include "tremplin/program/v1/facts.pb.h"
#include "tremplin/referral/v1/referral.pb.h"

// Referrals as FHIR R4 (https://hl7.org/fhir/R4/), in the shape of the SDOH Clinical Care guide:
// nothing outside this folder knows both. A referral is a ServiceRequest with the Patient contained
// in it, each of its applications a Task that fulfils it:
//
//   externalId      ServiceRequest.identifier: "value", or "system|value" where it has a system
//   agency          requester       Organization/{id}, or an identifier of kOrganizationSystem
//   programs        performer       HealthcareService/{id}, or an identifier of kProgramSystem;
//                   or codings of kProgramSystem in code; in a Bundle also Task.owner
//   side            category        a coding of kSideSystem: mentee (unless said), mentor
//   referredOn      authoredOn      the day of it
//   who it is       subject         Patient: name, birthDate, telecom, communication
//   facts           supportingInfo  QuestionnaireResponse: linkId is the name of the fact, each
//   answer
//                   a value; what is attested by an extension kAttested of the item
//
// Facts are carried by their names, so a new one needs nothing here. One may also come by an
// element of FHIR's own, by what the registry says that it is for: the postal code.
//
//   state, milestone                     Task.status   Task.businessStatus
//   RECEIVED                             requested     received
//   UNDER_REVIEW                         received      under_review
//   RETURNED                             rejected      returned
//   WAITLISTED                           on-hold       waitlisted
//   WITHDRAWN                            cancelled     withdrawn
//   ADMITTED                             accepted      admitted
//   ADMITTED, enrolled, ready, matched   accepted      the milestone
//   ADMITTED, started                    in-progress   started
//   ADMITTED, completed                  completed     completed
//   ADMITTED, ended_early                failed        ended_early
//
// What is pushed is read in submission.cc; what is shown, written in service_request.cc and
// task.cc. Pure; thread-safe.
namespace tremplin::gateway::fhir {

inline constexpr std::string_view kOrganizationSystem = "urn:tremplin:organization";
inline constexpr std::string_view kProgramSystem = "urn:tremplin:program";
inline constexpr std::string_view kReferralSystem = "urn:tremplin:referral";
inline constexpr std::string_view kSideSystem = "urn:tremplin:side";
inline constexpr std::string_view kPlaceSystem = "urn:tremplin:application-status";
inline constexpr std::string_view kReasonSystem = "urn:tremplin:reason";
inline constexpr std::string_view kAttested = "urn:tremplin:attested";
inline constexpr std::string_view kLanguageSystem = "urn:ietf:bcp:47";

// The facts that FHIR has an element for, by the use that the registry gives them; "" for none.
struct Terms {
  std::string area_of_mentee, area_of_mentor;

  static Terms Of(const program::v1::FactRegistry& registry);
  const std::string& AreaOf(program::v1::Subject side) const {
    return side == program::v1::SUBJECT_MENTOR ? area_of_mentor : area_of_mentee;
  }
};

// A referral that is pushed. What is wrong with the resource, as far as it can be told here, and
// what of it is not kept, is in `findings`.
referral::v1::SubmitReferralRequest ReadReferral(const rapidjson::Value& service_request,
                                                 std::string path, Linked linked,
                                                 const Terms& terms, Findings& findings);

// Adds the program that a Task of the same Bundle is for, and returns its name; "" where it says
// none.
std::string ReadTask(const rapidjson::Value& resource, std::string path,
                     referral::v1::SubmitReferralRequest& request, Findings& findings);

// Whether there are programs, once all was read; `path` is the ServiceRequest's.
void CheckPrograms(const referral::v1::SubmitReferralRequest& request, std::string_view path,
                   Findings& findings);

// The resources as JSON, with the Patient as far as the file is there. The language is that of
// their texts.
std::string WriteServiceRequest(const referral::v1::Referral& referral, const Terms& terms,
                                messages::Language language);
std::string WriteTask(const referral::v1::Application& application, messages::Language language);

// "requested", …
std::string_view TaskStatusOf(const referral::v1::Application& application);
// The one state of applications whose Tasks have the status; UNSPECIFIED where there is no such
// status.
referral::v1::Application::State StateOfTask(std::string_view status);

// The same as long as nothing of the resource changes, whatever the language.
std::string VersionOf(const referral::v1::Referral& referral);
std::string VersionOf(const referral::v1::Application& application);

// Where the field of SubmitReferral at fault stands in FHIR: a FHIRPath.
std::string ExpressionOf(std::string_view field);

}  // namespace tremplin::gateway::fhir

#endif  // TREMPLIN_SERVICES_GATEWAY_FHIR_MAPPING_H_
