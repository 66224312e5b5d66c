#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "common/text/text.h"
#include "services/gateway/fhir/datatypes.h"
#include "services/gateway/fhir/mapping.h"
#include "services/gateway/fhir/messages.h"
#include "services/gateway/fhir/writing.h"

// An application as a Task, by the table of mapping.h.
namespace tremplin::gateway::fhir {
namespace {

using messages::Language;
using referral::v1::Application;

constexpr std::string_view kTaskCodeSystem = "http://hl7.org/fhir/CodeSystem/task-code";

struct Place {
  Application::State state;
  std::string_view milestone;
  std::string_view task_status;
  std::string_view code;
  const messages::Message* text;
};
constexpr Place kPlaces[] = {
    {Application::STATE_RECEIVED, "", "requested", "received", &kPlaceReceived},
    {Application::STATE_UNDER_REVIEW, "", "received", "under_review", &kPlaceUnderReview},
    {Application::STATE_RETURNED, "", "rejected", "returned", &kPlaceReturned},
    {Application::STATE_WAITLISTED, "", "on-hold", "waitlisted", &kPlaceWaitlisted},
    {Application::STATE_WITHDRAWN, "", "cancelled", "withdrawn", &kPlaceWithdrawn},
    {Application::STATE_ADMITTED, "", "accepted", "admitted", &kPlaceAdmitted},
    {Application::STATE_ADMITTED, "enrolled", "accepted", "enrolled", &kPlaceEnrolled},
    {Application::STATE_ADMITTED, "ready", "accepted", "ready", &kPlaceReady},
    {Application::STATE_ADMITTED, "matched", "accepted", "matched", &kPlaceMatched},
    {Application::STATE_ADMITTED, "started", "in-progress", "started", &kPlaceStarted},
    {Application::STATE_ADMITTED, "completed", "completed", "completed", &kPlaceCompleted},
    {Application::STATE_ADMITTED, "ended_early", "failed", "ended_early", &kPlaceEndedEarly},
};

// A milestone counts once the person is admitted; one that is not known here is passed over.
const Place& PlaceOf(const Application& application) {
  const Place* found = std::begin(kPlaces);
  for (const Place& place : kPlaces) {
    if (place.state != application.state()) continue;
    if (place.milestone.empty() || place.milestone == application.milestone()) found = &place;
  }
  return *found;
}

// Staff's reasons where there are some; else what the decision found wanting, which holds until the
// person is admitted.
void PutReasons(JsonOut& out, const Application& application, Language language) {
  std::vector<std::pair<std::string_view, std::string_view>> reasons;
  for (int i = 0; i < application.staff_reasons_size(); ++i) {
    const bool told = i < application.staff_reason_texts_size();
    reasons.emplace_back(
        application.staff_reasons(i),
        told ? std::string_view(In(application.staff_reason_texts(i), language)) : "");
  }
  const bool open = application.state() == Application::STATE_RECEIVED ||
                    application.state() == Application::STATE_UNDER_REVIEW;
  for (const referral::v1::CriterionResult& result : application.decision().results()) {
    const bool wanting = result.result() == referral::v1::FINDING_RESULT_FAIL ||
                         result.result() == referral::v1::FINDING_RESULT_MISSING;
    if (open && wanting) reasons.emplace_back(result.code(), In(result.reason(), language));
  }
  if (reasons.empty()) return;
  PutObject(out, "statusReason", [&] {
    std::string said;
    PutList(out, "coding", [&] {
      for (const auto& [code, sentence] : reasons) {
        PutCoding(out, kReasonSystem, code);
        if (sentence.empty()) continue;
        absl::StrAppend(&said, said.empty() ? "" : " ", text::Absl(sentence));
      }
    });
    if (!said.empty()) PutText(out, "text", said);
  });
}

}  // namespace

std::string WriteTask(const Application& application, Language language) {
  rapidjson::StringBuffer buffer;
  JsonOut out(buffer);
  const Place& place = PlaceOf(application);
  const std::string order = text::Cat("ServiceRequest/", IdOf(application.referral()));
  PutObject(out, [&] {
    PutHead(out, "Task", application);
    PutIdentifier(out, application.external_id());
    PutList(out, "basedOn", [&] { PutReference(out, order); });
    PutText(out, "status", place.task_status);
    PutReasons(out, application, language);
    PutKey(out, "businessStatus");
    PutConcept(out, kPlaceSystem, place.code, In(*place.text, language));
    PutText(out, "intent", "order");
    PutKey(out, "code");
    PutConcept(out, kTaskCodeSystem, "fulfill");
    PutKey(out, "focus");
    PutReference(out, order);
    PutKey(out, "for");
    PutLogical(out, "Patient", kReferralSystem, IdOf(application.referral()));
    PutTime(out, "authoredOn", application.create_time());
    PutTime(out, "lastModified", application.update_time());
    PutRequester(out, application.agency());
    PutKey(out, "owner");
    PutLogical(out, "HealthcareService", kProgramSystem, IdOf(application.program()));
  });
  return {buffer.GetString(), buffer.GetSize()};
}

std::string_view TaskStatusOf(const Application& application) {
  return PlaceOf(application).task_status;
}

Application::State StateOfTask(std::string_view status) {
  for (const Place& place : kPlaces) {
    if (place.task_status == status) return place.state;
  }
  return Application::STATE_UNSPECIFIED;
}

std::string VersionOf(const Application& application) {
  return VersionDigest(text::Cat(application.name(), "/", application.etag(), "/",
                                 static_cast<int>(application.state()), "/",
                                 application.milestone()));
}

}  // namespace tremplin::gateway::fhir
