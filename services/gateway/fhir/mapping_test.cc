// What a hospital's system sends as FHIR is what an agency's sends as JSON, and what became of it
// can be read as FHIR.

#include "services/gateway/fhir/mapping.h"

#include <set>
#include <string>
#include <vector>

#include "common/status/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/gateway/fhir/outcome.h"
#include "services/gateway/transcoding/json_tree.h"
#include "services/gateway/transcoding/json_writer.h"

namespace tremplin::gateway::fhir {
namespace {

using messages::Language;
using referral::v1::Application;
using referral::v1::Referral;
using referral::v1::SubmitReferralRequest;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

constexpr char kHospital[] = R"({
  "resourceType": "ServiceRequest",
  "meta": {"profile": ["http://hl7.org/fhir/us/sdoh-clinicalcare/StructureDefinition/SDOHCC-ServiceRequest"]},
  "contained": [
    {"resourceType": "Patient", "id": "p", "active": true, "gender": "female",
     "identifier": [{"system": "https://hospital.example/mrn", "value": "007"}],
     "name": [{"use": "nickname", "given": ["Ama"]},
              {"use": "official", "family": "Haddad", "given": ["Amal", "Rose"]}],
     "birthDate": "1990-02-01",
     "telecom": [{"system": "phone", "value": "613-555-0101", "use": "mobile"},
                 {"system": "email", "value": "amal@example.org"},
                 {"system": "fax", "value": "613-555-0199"}],
     "communication": [{"language": {"coding": [{"system": "urn:ietf:bcp:47", "code": "en"}]}},
                       {"language": {"coding": [{"system": "urn:ietf:bcp:47", "code": "fr-CA"}]}, "preferred": true}],
     "address": [{"city": "Ottawa", "postalCode": "K1N 6N5"}]},
    {"resourceType": "QuestionnaireResponse", "id": "q", "status": "completed", "item": [
      {"linkId": "status", "answer": [{"valueCoding": {"code": "permanent_resident", "display": "PR"}}]},
      {"linkId": "about work", "text": "Work", "item": [
        {"linkId": "noc", "answer": [{"valueString": "21231"}]},
        {"linkId": "years", "answer": [{"valueInteger": 6}]},
        {"linkId": "goals", "answer": [{"valueString": "network"}, {"valueString": "interview"}]}]},
      {"linkId": "resume", "answer": [{"valueBoolean": true}]},
      {"linkId": "arrived", "answer": [{"valueDate": "2024-05-01"}],
       "extension": [{"url": "urn:tremplin:attested", "extension": [
         {"url": "by", "valueString": "staff/1"}, {"url": "on", "valueDate": "2025-09-01"},
         {"url": "note", "valueString": "seen"}]}]}]}],
  "identifier": [{"system": "https://hospital.example/referrals", "value": "R-17"}],
  "status": "active", "intent": "order", "priority": "routine",
  "category": [{"coding": [{"system": "http://hl7.org/fhir/us/sdoh-clinicalcare/CodeSystem/SDOHCC-CodeSystemTemporaryCodes", "code": "employment-status"}]}],
  "code": {"coding": [{"system": "http://snomed.info/sct", "code": "710911006"},
                      {"system": "urn:tremplin:program", "code": "second"}]},
  "subject": {"reference": "#p"},
  "authoredOn": "2025-09-02T10:00:00-04:00",
  "requester": {"reference": "https://tremplin.example/fhir/r4/Organization/ociso"},
  "performer": [{"reference": "HealthcareService/first"},
                {"identifier": {"system": "urn:tremplin:program", "value": "second"}}],
  "reasonCode": [{"text": "unemployed"}],
  "supportingInfo": [{"reference": "#q"}]
})";

Terms Areas() { return {.area_of_mentee = "home_area", .area_of_mentor = "work_area"}; }

SubmitReferralRequest Read(const std::string& json, Findings& findings) {
  const auto document = transcoding::ReadJsonTree(json);
  EXPECT_TRUE(document.ok()) << document.status();
  if (!document.ok()) return {};
  return ReadReferral(*document, "ServiceRequest", {}, Areas(), findings);
}

std::string Replaced(std::string text, const std::string& from, const std::string& to) {
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

std::vector<std::string> FaultsOf(const std::string& json) {
  Findings findings;
  Read(json, findings);
  std::vector<std::string> faults;
  for (const auto& fault : findings.faults) {
    faults.push_back(fault.field + ": " + fault.reason);
    EXPECT_FALSE(fault.fr.empty());
  }
  return faults;
}

TEST(FhirMapping, WhatAHospitalSendsIsAReferral) {
  Findings findings;
  EXPECT_EQ(
      transcoding::WriteJson(Read(kHospital, findings)),
      R"({"agency":"organizations/ociso","externalId":"https://hospital.example/referrals|R-17",)"
      R"("file":{"givenName":"Amal Rose","familyName":"Haddad","birthDate":"1990-02-01",)"
      R"("email":"amal@example.org","phone":"613-555-0101","language":"fr","referredOn":"2025-09-02",)"
      R"("facts":[{"name":"status","values":["permanent_resident"]},{"name":"noc","values":["21231"]},)"
      R"({"name":"years","values":["6"]},{"name":"goals","values":["network","interview"]},)"
      R"({"name":"resume","values":["yes"]},{"name":"arrived","values":["2024-05-01"],)"
      R"("attestedBy":"staff/1","attestedOn":"2025-09-01","note":"seen"},)"
      R"({"name":"home_area","values":["K1N 6N5"]}]},"programs":["programs/first","programs/second"],)"
      R"("side":"SUBJECT_MENTEE"})");
  EXPECT_THAT(findings.faults, IsEmpty());
}

TEST(FhirMapping, WhatIsNotKeptIsTold) {
  Findings findings;
  Read(kHospital, findings);
  EXPECT_THAT(findings.unread,
              UnorderedElementsAre("ServiceRequest.contained[0].gender",
                                   "ServiceRequest.contained[0].telecom[2]",
                                   "ServiceRequest.contained[0].address[0].city",
                                   "ServiceRequest.priority", "ServiceRequest.reasonCode"));
  // As is a resource that nothing refers to.
  Findings unreferenced;
  Read(Replaced(kHospital, R"("supportingInfo": [{"reference": "#q"}])", R"("note": [])"),
       unreferenced);
  EXPECT_THAT(unreferenced.unread, ::testing::Contains("ServiceRequest.contained[1]"));
}

TEST(FhirMapping, WhatIsWrongIsToldByItsPlace) {
  const std::string good = kHospital;
  const auto with = [&](const std::string& from, const std::string& to) {
    return FaultsOf(Replaced(good, from, to));
  };
  EXPECT_THAT(with(R"("value": "R-17")", R"("use": "official")"),
              ElementsAre("ServiceRequest.identifier: IDENTIFIER_WANTED",
                          "ServiceRequest.identifier: IDENTIFIER_WANTED"));
  EXPECT_THAT(with("https://hospital.example/referrals", "a b"),
              ::testing::Contains("ServiceRequest.identifier: IDENTIFIER_WANTED"));
  EXPECT_THAT(with(R"("status": "active")", R"("status": "draft")"),
              ElementsAre("ServiceRequest.status: STATUS_NOT_ACTIVE"));
  EXPECT_THAT(with(R"("intent": "order")", R"("intent": "wish")"),
              ElementsAre("ServiceRequest.intent: INTENT_WANTED"));
  EXPECT_THAT(with(R"("priority": "routine")", R"("doNotPerform": true)"),
              ElementsAre("ServiceRequest.doNotPerform: DO_NOT_PERFORM"));
  EXPECT_THAT(with(R"("priority": "routine")", R"("modifierExtension": [])"),
              ElementsAre("ServiceRequest.modifierExtension: MODIFIER_NOT_SUPPORTED"));
  EXPECT_THAT(with(R"("active": true)", R"("implicitRules": "http://x")"),
              ElementsAre("ServiceRequest.contained[0].implicitRules: MODIFIER_NOT_SUPPORTED"));
  EXPECT_THAT(with("Organization/ociso", "Practitioner/7"),
              ElementsAre("ServiceRequest.requester: REQUESTER_WANTED"));
  EXPECT_THAT(with(R"("reference": "#p")", R"("reference": "Patient/7")"),
              ElementsAre("ServiceRequest.subject: SUBJECT_WANTED"));
  EXPECT_THAT(with(R"("reference": "#p")", R"("reference": "#q")"),
              ElementsAre("ServiceRequest.subject: SUBJECT_WANTED"));
  EXPECT_THAT(with(R"("valueInteger": 6)", R"("valueDecimal": 6.5)"),
              ElementsAre("ServiceRequest.contained[1].item[1].item[1].answer[0].value: "
                          "ANSWER_KIND"));
  EXPECT_THAT(with(R"("birthDate": "1990-02-01")", R"("birthDate": 1990)"),
              ElementsAre("ServiceRequest.contained[0].birthDate: WRONG_TYPE"));
  EXPECT_THAT(with(R"("given": ["Amal", "Rose"])", R"("given": "Amal")"),
              ElementsAre("ServiceRequest.contained[0].name[1].given: WRONG_TYPE"));
  EXPECT_THAT(with(R"({"reference": "HealthcareService/first"})", "7"),
              ElementsAre("ServiceRequest.performer[0]: WRONG_TYPE"));
}

TEST(FhirMapping, AProgramIsAskedFor) {
  Findings findings;
  SubmitReferralRequest request;
  CheckPrograms(request, "ServiceRequest", findings);
  ASSERT_EQ(findings.faults.size(), 1U);
  EXPECT_EQ(findings.faults[0].field, "ServiceRequest.performer");
  EXPECT_THAT(findings.faults[0].en, HasSubstr("urn:tremplin:program"));
  // A Task of the same Bundle says it too.
  const auto task = transcoding::ReadJsonTree(
      R"({"resourceType":"Task","status":"requested","owner":{"reference":"HealthcareService/x"}})");
  Findings of_task;
  EXPECT_EQ(ReadTask(*task, "Task", request, of_task), "programs/x");
  CheckPrograms(request, "ServiceRequest", of_task);
  EXPECT_THAT(of_task.faults, IsEmpty());
  EXPECT_THAT(of_task.unread, IsEmpty());
}

TEST(FhirMapping, TheRegistrySaysWhichFactAPostalCodeIs) {
  program::v1::FactRegistry registry;
  program::v1::Fact* fact = registry.add_facts();
  fact->set_name("where_they_live");
  fact->set_matching(program::v1::MATCHING_USE_AREA);
  fact->add_about(program::v1::SUBJECT_MENTEE);
  registry.add_facts()->set_name("other");
  const Terms terms = Terms::Of(registry);
  EXPECT_EQ(terms.AreaOf(program::v1::SUBJECT_MENTEE), "where_they_live");
  EXPECT_EQ(terms.AreaOf(program::v1::SUBJECT_MENTOR), "");
}

TEST(FhirMapping, AnIdentifierIsOneKey) {
  EXPECT_EQ(KeyOfToken("R-17"), "R-17");
  EXPECT_EQ(KeyOfToken("|R-17"), "R-17");
  EXPECT_EQ(KeyOfToken("urn:a|R|17"), "urn:a|R|17");
  for (const char* none : {"", "|", "urn:a|", "a b|c"}) EXPECT_EQ(KeyOfToken(none), "") << none;
}

Application Of(Application::State state, const std::string& milestone = "") {
  Application application;
  application.set_name("applications/a-1");
  application.set_referral("referrals/r-1");
  application.set_program("programs/first");
  application.set_agency("organizations/ociso");
  application.set_external_id("urn:h|R-17");
  application.set_state(state);
  application.set_milestone(milestone);
  application.set_etag("v3");
  application.mutable_create_time()->set_seconds(1'756'800'000);
  application.mutable_update_time()->set_seconds(1'756'900'000);
  return application;
}

// Every state there is, of the proto: one that is added is not forgotten here.
TEST(FhirMapping, EveryStateIsATasksStatus) {
  const std::vector<std::pair<std::string, std::string>> expected = {
      {"STATE_RECEIVED", "requested"}, {"STATE_UNDER_REVIEW", "received"},
      {"STATE_ADMITTED", "accepted"},  {"STATE_RETURNED", "rejected"},
      {"STATE_WAITLISTED", "on-hold"}, {"STATE_WITHDRAWN", "cancelled"}};
  const auto* states = Application::State_descriptor();
  ASSERT_EQ(static_cast<size_t>(states->value_count()), expected.size() + 1);
  for (size_t i = 0; i < expected.size(); ++i) {
    const auto state = static_cast<Application::State>(i + 1);
    EXPECT_EQ(states->FindValueByNumber(state)->name(), expected[i].first);
    EXPECT_EQ(TaskStatusOf(Of(state)), expected[i].second);
    EXPECT_EQ(StateOfTask(expected[i].second), state);
    // What an earlier admission led to says nothing of another state.
    if (state == Application::STATE_ADMITTED) continue;
    EXPECT_EQ(TaskStatusOf(Of(state, "started")), expected[i].second);
  }
  const std::vector<std::pair<std::string, std::string>> way = {
      {"enrolled", "accepted"},      {"ready", "accepted"},      {"matched", "accepted"},
      {"started", "in-progress"},    {"completed", "completed"}, {"ended_early", "failed"},
      {"not_known_here", "accepted"}};
  for (const auto& [milestone, status] : way) {
    EXPECT_EQ(TaskStatusOf(Of(Application::STATE_ADMITTED, milestone)), status) << milestone;
    EXPECT_EQ(StateOfTask(status), Application::STATE_ADMITTED);
  }
  EXPECT_EQ(StateOfTask("draft"), Application::STATE_UNSPECIFIED);
}

TEST(FhirMapping, ATaskSaysWhyInTheCallersLanguage) {
  Application application = Of(Application::STATE_RETURNED);
  application.add_staff_reasons("no_place");
  application.add_staff_reason_texts()->set_fr("Il n’y a pas de place.");
  // What the decision says is told while it is open only.
  auto* wanting = application.mutable_decision()->add_results();
  wanting->set_code("noc");
  wanting->set_result(referral::v1::FINDING_RESULT_MISSING);
  wanting->mutable_reason()->set_en("Say the occupation.");
  EXPECT_EQ(
      WriteTask(application, Language::kFrench),
      R"({"resourceType":"Task","id":"a-1","meta":{"versionId":")" + VersionOf(application) +
          R"(","lastUpdated":"2025-09-03T11:46:40.000Z"},"identifier":[{"system":"urn:h","value":"R-17"}],)"
          R"("basedOn":[{"reference":"ServiceRequest/r-1"}],"status":"rejected",)"
          R"("statusReason":{"coding":[{"system":"urn:tremplin:reason","code":"no_place"}],)"
          R"("text":"Il n’y a pas de place."},"businessStatus":{"coding":[{"system":)"
          R"("urn:tremplin:application-status","code":"returned",)"
          R"("display":"Demande retournée à l’organisme"}]},"intent":"order",)"
          R"("code":{"coding":[{"system":"http://hl7.org/fhir/CodeSystem/task-code","code":"fulfill"}]},)"
          R"("focus":{"reference":"ServiceRequest/r-1"},"for":{"type":"Patient","identifier":)"
          R"({"system":"urn:tremplin:referral","value":"r-1"}},"authoredOn":"2025-09-02T08:00:00.000Z",)"
          R"("lastModified":"2025-09-03T11:46:40.000Z","requester":{"type":"Organization","identifier":)"
          R"({"system":"urn:tremplin:organization","value":"ociso"}},"owner":{"type":"HealthcareService",)"
          R"("identifier":{"system":"urn:tremplin:program","value":"first"}}})");
  application.clear_staff_reasons();
  application.clear_staff_reason_texts();
  application.set_state(Application::STATE_RECEIVED);
  EXPECT_THAT(WriteTask(application, Language::kEnglish), HasSubstr("Say the occupation."));
  application.set_state(Application::STATE_ADMITTED);
  EXPECT_THAT(WriteTask(application, Language::kEnglish),
              ::testing::Not(HasSubstr("statusReason")));
}

TEST(FhirMapping, AVersionIsAnotherWheneverSomethingChanges) {
  const Application received = Of(Application::STATE_RECEIVED);
  Referral referral;
  referral.set_name("referrals/r-1");
  *referral.add_applications() = received;
  std::set<std::string> versions = {VersionOf(received), VersionOf(referral)};
  Application changed = received;
  changed.set_milestone("started");
  versions.insert(VersionOf(changed));
  changed.set_etag("v4");
  versions.insert(VersionOf(changed));
  *referral.mutable_applications(0) = changed;
  versions.insert(VersionOf(referral));
  referral.set_revision(2);
  versions.insert(VersionOf(referral));
  EXPECT_EQ(versions.size(), 6U);
}

TEST(FhirMapping, AReferralIsOverWhenItIsWithEveryProgram) {
  const auto status = [](const std::vector<Application>& applications) {
    Referral referral;
    for (const Application& each : applications) *referral.add_applications() = each;
    const std::string json = WriteServiceRequest(referral, {}, Language::kEnglish);
    const size_t at = json.find("\"status\":\"") + 10;
    return json.substr(at, json.find('"', at) - at);
  };
  const Application received = Of(Application::STATE_RECEIVED);
  const Application withdrawn = Of(Application::STATE_WITHDRAWN);
  const Application done = Of(Application::STATE_ADMITTED, "completed");
  EXPECT_EQ(status({}), "active");
  EXPECT_EQ(status({received, done}), "active");
  EXPECT_EQ(status({withdrawn, withdrawn}), "revoked");
  EXPECT_EQ(status({withdrawn, done}), "completed");
}

// Whose consent is withdrawn is no more than their key.
TEST(FhirMapping, WithoutTheFileNothingIsSaidOfThePerson) {
  Referral referral;
  referral.set_name("referrals/r-1");
  referral.set_external_id("R-17");
  EXPECT_THAT(WriteServiceRequest(referral, Areas(), Language::kEnglish),
              HasSubstr(R"("contained":[{"resourceType":"Patient","id":"patient","identifier":)"
                        R"([{"system":"urn:tremplin:referral","value":"r-1"}]}],"identifier")"));
}

TEST(FhirMapping, AFaultOfTheServicesHasAPlaceToo) {
  EXPECT_EQ(ExpressionOf("birth_date"), "Patient.birthDate");
  EXPECT_EQ(ExpressionOf("file.email"), "Patient.telecom.where(system='email').value");
  EXPECT_EQ(ExpressionOf("programs[1]"), "ServiceRequest.performer");
  EXPECT_EQ(ExpressionOf("noc"), "QuestionnaireResponse.item.where(linkId='noc')");
}

TEST(FhirOutcome, AnErrorSaysWhatTheJsonApiSays) {
  constexpr messages::Message kNo{"NO_SUCH", "No.", "Non."};
  EXPECT_EQ(OutcomeOf(status::Error(absl::StatusCode::kNotFound, kNo), Language::kFrench),
            R"({"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"not-found",)"
            R"("details":{"coding":[{"system":"urn:tremplin:reason","code":"NO_SUCH"}],)"
            R"("text":"Non."}}]})");
  EXPECT_EQ(
      OutcomeOf(status::InvalidFields({status::Violation("Patient.birthDate", kNo),
                                       status::Violation("page_token", kNo)}),
                Language::kEnglish),
      R"({"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"invalid",)"
      R"("details":{"coding":[{"system":"urn:tremplin:reason","code":"NO_SUCH"}],"text":"No."},)"
      R"("expression":["Patient.birthDate"]},{"severity":"error","code":"invalid",)"
      R"("details":{"coding":[{"system":"urn:tremplin:reason","code":"NO_SUCH"}],"text":"No."}}]})");
  for (const auto& [code, type] :
       {std::pair(absl::StatusCode::kUnauthenticated, "login"),
        std::pair(absl::StatusCode::kPermissionDenied, "forbidden"),
        std::pair(absl::StatusCode::kAborted, "conflict"),
        std::pair(absl::StatusCode::kFailedPrecondition, "business-rule"),
        std::pair(absl::StatusCode::kResourceExhausted, "throttled"),
        std::pair(absl::StatusCode::kUnavailable, "transient"),
        std::pair(absl::StatusCode::kInternal, "exception")}) {
    EXPECT_THAT(OutcomeOf(status::Error(code, kNo), Language::kEnglish),
                HasSubstr(std::string("\"code\":\"") + type + "\""));
  }
}

TEST(FhirOutcome, APushSaysWhatToLookAt) {
  referral::v1::SubmitReferralResponse response;
  EXPECT_THAT(OutcomeOf(response, {}, Language::kFrench), HasSubstr("Tout a été pris."));
  auto* warning = response.add_warnings();
  warning->set_field("phone");
  warning->set_code("PHONE_ODD");
  warning->mutable_text()->set_en("Look at it.");
  response.add_notices()->set_reason("APPLICATION_WITHDRAWN");
  Findings findings;
  findings.Unread("Patient.gender");
  const std::string told = OutcomeOf(response, findings, Language::kEnglish);
  EXPECT_THAT(told, HasSubstr(R"("severity":"warning")"));
  EXPECT_THAT(told, HasSubstr(R"("expression":["Patient.telecom.where(system='phone').value"])"));
  EXPECT_THAT(told, HasSubstr("APPLICATION_WITHDRAWN"));
  EXPECT_THAT(told, HasSubstr(R"("expression":["Patient.gender"])"));
}

}  // namespace
}  // namespace tremplin::gateway::fhir
