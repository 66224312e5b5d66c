#include "services/gateway/fhir/mapping.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_join.h"
#include "common/digest/digest.h"
#include "common/resources/names.h"
#include "common/text/text.h"
#include "services/gateway/fhir/datatypes.h"
#include "services/gateway/fhir/messages.h"
#include "services/gateway/transcoding/json_out.h"

namespace tremplin::gateway::fhir {
namespace {

using messages::Language;
using program::v1::GivenFact;
using program::v1::SUBJECT_MENTEE;
using program::v1::SUBJECT_MENTOR;
using referral::v1::Application;
using referral::v1::Referral;
using referral::v1::ReferralFile;
using referral::v1::SubmitReferralRequest;

constexpr size_t kDay = 10;            // characters of "YYYY-MM-DD"
constexpr size_t kVersionDigits = 16;  // of a digest
constexpr int kMostPrograms = 30;
constexpr std::string_view kLanguageSystem = "urn:ietf:bcp:47";
constexpr std::string_view kTaskCodeSystem = "http://hl7.org/fhir/CodeSystem/task-code";
constexpr std::string_view kIntents[] = {"order",  "original-order", "proposal",
                                         "plan",   "directive",      "reflex-order",
                                         "option", "instance-order", "filler-order"};

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

bool IsOver(std::string_view task_status) {
  return task_status == "completed" || task_status == "failed" || task_status == "cancelled";
}

std::string_view In(const messages::Message& message, Language language) {
  return language == Language::kFrench ? message.fr() : message.en();
}
const std::string& In(const program::v1::Text& text, Language language) {
  return language == Language::kFrench ? text.fr() : text.en();
}

std::string_view IdOf(std::string_view name) { return name.substr(name.find('/') + 1); }

// --- what comes in ---

// The one that is official, else the first.
std::string ReadIdentifier(Element& order) {
  std::string chosen;
  bool official = false;
  for (Element& identifier : order.List("identifier")) {
    identifier.Pass({"type", "assigner", "period"});
    const bool is_official = identifier.Text("use") == "official";
    const std::string system = identifier.Text("system");
    const std::string value = identifier.Text("value");
    const std::string key = KeyOfToken(system.empty() ? value : text::Cat(system, "|", value));
    const bool split = (system.empty() ? value : system).find('|') != std::string::npos;
    if (value.empty() || key.empty() || split) {
      order.Fault("identifier", kIdentifierWanted);
    } else if (chosen.empty() || (is_official && !official)) {
      chosen = key;
      official = is_official;
    } else {
      identifier.Leave();
    }
  }
  if (chosen.empty()) order.Fault("identifier", kIdentifierWanted);
  return chosen;
}

// The day of a dateTime; what is none is left to who checks days.
std::string DayOf(std::string time) {
  if (time.size() > kDay && time[kDay] == 'T') time.resize(kDay);
  return time;
}

void ReadOrder(Element& order) {
  if (order.Text("status") != "active") order.Fault("status", kActiveWanted);
  const std::string intent = order.Text("intent");
  if (std::find(std::begin(kIntents), std::end(kIntents), intent) == std::end(kIntents)) {
    order.Fault("intent", kIntentWanted);
  }
  const rapidjson::Value* const never = order.Any("doNotPerform");
  if (never != nullptr && !never->IsFalse()) order.Fault("doNotPerform", kDoNotPerform);
}

void AddProgram(std::string_view id, SubmitReferralRequest& request) {
  const std::string name = resources::NameOf("programs", id);
  const auto& known = request.programs();
  if (std::find(known.begin(), known.end(), name) == known.end()) request.add_programs(name);
}

void ReadPrograms(Element& order, SubmitReferralRequest& request) {
  for (Element& performer : order.List("performer")) {
    const std::string id = IdOfReference(performer, "HealthcareService", kProgramSystem);
    if (id.empty()) {
      performer.Leave();
    } else {
      AddProgram(id, request);
    }
  }
  if (std::optional<Element> code = order.Object("code")) {
    for (const std::string& id : CodesOf(*std::move(code), kProgramSystem)) {
      AddProgram(id, request);
    }
  }
}

void ReadSide(Element& order, SubmitReferralRequest& request) {
  request.set_side(SUBJECT_MENTEE);
  for (Element& category : order.List("category")) {
    for (const std::string& code : CodesOf(std::move(category), kSideSystem)) {
      if (code == "mentor") request.set_side(SUBJECT_MENTOR);
    }
  }
}

void ReadName(Element& patient, ReferralFile& file) {
  bool official = false;
  for (Element& name : patient.List("name")) {
    const std::string use = name.Text("use");
    const bool better = file.family_name().empty() && file.given_name().empty();
    const bool is_official = use == "official" || use == "usual";
    if (use == "old" || use == "maiden" || (!better && (official || !is_official))) {
      name.Leave();
      continue;
    }
    official = is_official;
    name.Pass({"text"});
    file.set_family_name(name.Text("family"));
    file.set_given_name(absl::StrJoin(name.Texts("given"), " "));
  }
}

void ReadTelecom(Element& patient, ReferralFile& file) {
  for (Element& point : patient.List("telecom")) {
    const std::string system = point.Text("system");
    const std::string value = point.Text("value");
    point.Pass({"use", "rank"});
    if (system == "email" && file.email().empty()) {
      file.set_email(value);
    } else if ((system == "phone" || system == "sms") && file.phone().empty()) {
      file.set_phone(value);
    } else {
      point.Leave();
    }
  }
}

// The first of the languages that people are written to in, or the preferred one.
void ReadLanguage(Element& patient, ReferralFile& file) {
  for (Element& communication : patient.List("communication")) {
    const rapidjson::Value* const preferred = communication.Any("preferred");
    std::string spoken;
    if (std::optional<Element> language = communication.Object("language")) {
      for (const std::string& code : CodesOf(*std::move(language), kLanguageSystem)) {
        spoken = absl::AsciiStrToLower(code.substr(0, code.find('-')));
      }
    }
    const bool written = spoken == "en" || spoken == "fr";
    const bool prefers = preferred != nullptr && preferred->IsTrue();
    if (written && (file.language().empty() || prefers)) {
      file.set_language(spoken);
    } else if (!written) {
      communication.Leave();
    }
  }
}

std::string ReadPostalCode(Element& patient) {
  std::string code;
  for (Element& address : patient.List("address")) {
    const std::string given = address.Text("postalCode");
    if (code.empty()) code = given;
  }
  return code;
}

// One answer in the words of a given fact; nothing where there is none.
std::optional<std::string> ReadAnswer(Element& answer) {
  if (std::optional<Element> coding = answer.Object("valueCoding")) {
    coding->Pass({"system", "display", "version", "userSelected"});
    return coding->Text("code");
  }
  for (const char* name : {"valueString", "valueDate"}) {
    if (answer.Any(name) != nullptr) return answer.Text(name);
  }
  if (const rapidjson::Value* const yes = answer.Any("valueBoolean")) {
    if (yes->IsBool()) return yes->GetBool() ? "yes" : "no";
  }
  if (const rapidjson::Value* const number = answer.Any("valueInteger")) {
    if (number->IsInt64()) return text::Cat(number->GetInt64());
  }
  answer.Fault("value", kAnswerKind);
  return std::nullopt;
}

void ReadAttestation(Element& item, GivenFact& fact) {
  for (Element& extension : item.List("extension")) {
    if (extension.Text("url") != kAttested) {
      extension.Leave();
      continue;
    }
    for (Element& part : extension.List("extension")) {
      const std::string url = part.Text("url");
      if (url == "by") fact.set_attested_by(part.Text("valueString"));
      if (url == "on") fact.set_attested_on(part.Text("valueDate"));
      if (url == "note") fact.set_note(part.Text("valueString"));
    }
  }
}

// The items of a questionnaire, and those within groups.
void ReadItems(Element& holder, ReferralFile& file) {
  for (Element& item : holder.List("item")) {
    item.Pass({"text", "definition"});
    const std::string name = item.Text("linkId");
    if (item.Any("item") != nullptr) {
      ReadItems(item, file);
      continue;
    }
    GivenFact& fact = *file.add_facts();
    fact.set_name(name);
    for (Element& answer : item.List("answer")) {
      if (std::optional<std::string> value = ReadAnswer(answer)) fact.add_values(*std::move(value));
    }
    ReadAttestation(item, fact);
  }
}

void ReadFacts(Element& order, Linked& linked, ReferralFile& file) {
  for (Element& info : order.List("supportingInfo")) {
    info.Pass({"type", "display"});
    const Linked::Target* const target =
        linked.Find(info.Text("reference"), "QuestionnaireResponse");
    if (target == nullptr) {
      info.Leave();
      continue;
    }
    Element response(*target->resource, target->path, info.findings());
    response.Pass({"status", "questionnaire", "identifier", "subject", "authored", "author",
                   "source", "basedOn"});
    ReadItems(response, file);
  }
}

void ReadPatient(Element& order, Linked& linked, const std::string& area, ReferralFile& file) {
  std::optional<Element> subject = order.Object("subject");
  const Linked::Target* target = nullptr;
  if (subject.has_value()) {
    subject->Pass({"type", "display", "identifier"});
    target = linked.Find(subject->Text("reference"), "Patient");
  }
  if (target == nullptr) {
    order.Fault("subject", kSubjectWanted);
    return;
  }
  Element patient(*target->resource, target->path, order.findings());
  patient.Pass({"identifier", "active"});
  ReadName(patient, file);
  file.set_birth_date(patient.Text("birthDate"));
  ReadTelecom(patient, file);
  ReadLanguage(patient, file);
  const std::string postal_code = ReadPostalCode(patient);
  const bool known = std::any_of(file.facts().begin(), file.facts().end(),
                                 [&](const GivenFact& fact) { return fact.name() == area; });
  if (postal_code.empty() || known) return;
  if (area.empty()) {
    order.findings().Unread(text::Cat(target->path, ".address.postalCode"));
    return;
  }
  GivenFact& fact = *file.add_facts();
  fact.set_name(area);
  fact.add_values(postal_code);
}

// --- what goes out ---

void PutTime(JsonOut& out, std::string_view key, const google::protobuf::Timestamp& time) {
  PutText(out, key, InstantOf(resources::FromTimestamp(time)));
}

// None of who came by themselves.
void PutRequester(JsonOut& out, std::string_view agency) {
  if (IdOf(agency).empty()) return;
  PutKey(out, "requester");
  PutLogical(out, "Organization", kOrganizationSystem, IdOf(agency));
}

template <class Resource>
void PutHead(JsonOut& out, std::string_view type, const Resource& resource) {
  PutText(out, "resourceType", type);
  PutText(out, "id", IdOf(resource.name()));
  PutObject(out, "meta", [&] {
    PutText(out, "versionId", VersionOf(resource));
    PutTime(out, "lastUpdated", resource.update_time());
  });
}

void PutTelecom(JsonOut& out, std::string_view system, std::string_view value) {
  if (value.empty()) return;
  PutObject(out, [&] {
    PutText(out, "system", system);
    PutText(out, "value", value);
  });
}

void PutName(JsonOut& out, const ReferralFile& file) {
  if (file.family_name().empty() && file.given_name().empty()) return;
  PutList(out, "name", [&] {
    PutObject(out, [&] {
      if (!file.family_name().empty()) PutText(out, "family", file.family_name());
      if (!file.given_name().empty())
        PutList(out, "given", [&] { PutText(out, file.given_name()); });
    });
  });
}

void PutAddress(JsonOut& out, const ReferralFile& file, const std::string& area) {
  const auto fact = std::find_if(
      file.facts().begin(), file.facts().end(),
      [&](const GivenFact& each) { return each.name() == area && !each.values().empty(); });
  if (fact == file.facts().end()) return;
  PutList(out, "address",
          [&] { PutObject(out, [&] { PutText(out, "postalCode", fact->values(0)); }); });
}

void PutPatient(JsonOut& out, const Referral& referral, const Terms& terms) {
  const ReferralFile& file = referral.file();
  PutObject(out, [&] {
    PutText(out, "resourceType", "Patient");
    PutText(out, "id", "patient");
    PutIdentifier(out, text::Cat(kReferralSystem, "|", IdOf(referral.name())));
    PutName(out, file);
    if (!file.email().empty() || !file.phone().empty()) {
      PutList(out, "telecom", [&] {
        PutTelecom(out, "email", file.email());
        PutTelecom(out, "phone", file.phone());
      });
    }
    if (!file.birth_date().empty()) PutText(out, "birthDate", file.birth_date());
    PutAddress(out, file, terms.AreaOf(referral.side()));
    if (file.language().empty()) return;
    PutList(out, "communication", [&] {
      PutObject(out, [&] {
        PutKey(out, "language");
        PutConcept(out, kLanguageSystem, file.language());
        PutKey(out, "preferred");
        out.Bool(true);
      });
    });
  });
}

void PutAttested(JsonOut& out, const char* part, const char* kind, std::string_view value) {
  if (value.empty()) return;
  PutObject(out, [&] {
    PutText(out, "url", part);
    PutText(out, kind, value);
  });
}

void PutFact(JsonOut& out, const GivenFact& fact) {
  PutObject(out, [&] {
    if (!fact.attested_by().empty() || !fact.attested_on().empty() || !fact.note().empty()) {
      PutList(out, "extension", [&] {
        PutObject(out, [&] {
          PutList(out, "extension", [&] {
            PutAttested(out, "by", "valueString", fact.attested_by());
            PutAttested(out, "on", "valueDate", fact.attested_on());
            PutAttested(out, "note", "valueString", fact.note());
          });
          PutText(out, "url", kAttested);
        });
      });
    }
    PutText(out, "linkId", fact.name());
    if (fact.values().empty()) return;
    PutList(out, "answer", [&] {
      for (const std::string& value : fact.values()) {
        PutObject(out, [&] { PutText(out, "valueString", value); });
      }
    });
  });
}

void PutFacts(JsonOut& out, const ReferralFile& file) {
  PutObject(out, [&] {
    PutText(out, "resourceType", "QuestionnaireResponse");
    PutText(out, "id", "facts");
    PutText(out, "status", "completed");
    PutList(out, "item", [&] {
      for (const GivenFact& fact : file.facts()) PutFact(out, fact);
    });
  });
}

// It is over when it is with every program.
std::string_view OrderStatusOf(const Referral& referral) {
  bool over = !referral.applications().empty();
  bool revoked = over;
  for (const Application& application : referral.applications()) {
    const std::string_view status = TaskStatusOf(application);
    over = over && IsOver(status);
    revoked = revoked && status == "cancelled";
  }
  if (revoked) return "revoked";
  return over ? "completed" : "active";
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
        if (!sentence.empty())
          absl::StrAppend(&said, said.empty() ? "" : " ", text::Absl(sentence));
      }
    });
    if (!said.empty()) PutText(out, "text", said);
  });
}

std::string Digest(const std::string& of) {
  return digest::Sha256Hex(of).substr(0, kVersionDigits);
}

}  // namespace

Terms Terms::Of(const program::v1::FactRegistry& registry) {
  Terms terms;
  for (const program::v1::Fact& fact : registry.facts()) {
    if (fact.matching() != program::v1::MATCHING_USE_AREA) continue;
    for (const int subject : fact.about()) {
      if (subject == SUBJECT_MENTEE) terms.area_of_mentee = fact.name();
      if (subject == SUBJECT_MENTOR) terms.area_of_mentor = fact.name();
    }
  }
  return terms;
}

SubmitReferralRequest ReadReferral(const rapidjson::Value& service_request, std::string path,
                                   Linked linked, const Terms& terms, Findings& findings) {
  SubmitReferralRequest request;
  {
    Element order(service_request, std::move(path), findings);
    if (const rapidjson::Value* const contained = order.Any("contained")) {
      linked.AddContained(*contained, text::Cat(order.path(), ".contained"));
    }
    ReferralFile& file = *request.mutable_file();
    request.set_external_id(ReadIdentifier(order));
    ReadOrder(order);
    ReadSide(order, request);
    file.set_referred_on(DayOf(order.Text("authoredOn")));
    if (std::optional<Element> requester = order.Object("requester")) {
      request.set_agency(resources::NameOf(
          "organizations", IdOfReference(*requester, "Organization", kOrganizationSystem)));
    }
    if (request.agency().empty()) {
      order.Fault("requester", kRequesterWanted, {kOrganizationSystem});
    }
    ReadPrograms(order, request);
    ReadFacts(order, linked, file);
    ReadPatient(order, linked, terms.AreaOf(request.side()), file);
  }
  for (std::string& unused : linked.Unused()) findings.Unread(std::move(unused));
  return request;
}

void CheckPrograms(const SubmitReferralRequest& request, std::string_view path,
                   Findings& findings) {
  if (!request.programs().empty() && request.programs_size() <= kMostPrograms) return;
  findings.Fault(text::Cat(path, ".performer"), kPerformerWanted, {kProgramSystem});
}

std::string ReadTask(const rapidjson::Value& resource, std::string path,
                     SubmitReferralRequest& request, Findings& findings) {
  Element task(resource, std::move(path), findings);
  task.Pass({"identifier", "basedOn", "groupIdentifier", "status", "intent", "code", "focus", "for",
             "authoredOn", "lastModified", "requester"});
  std::optional<Element> owner = task.Object("owner");
  if (!owner.has_value()) return "";
  const std::string id = IdOfReference(*owner, "HealthcareService", kProgramSystem);
  if (id.empty()) {
    owner->Leave();
    return "";
  }
  AddProgram(id, request);
  return resources::NameOf("programs", id);
}

std::string WriteServiceRequest(const Referral& referral, const Terms& terms, Language language) {
  rapidjson::StringBuffer buffer;
  JsonOut out(buffer);
  const ReferralFile& file = referral.file();
  PutObject(out, [&] {
    PutHead(out, "ServiceRequest", referral);
    PutList(out, "contained", [&] {
      PutPatient(out, referral, terms);
      if (!file.facts().empty()) PutFacts(out, file);
    });
    PutIdentifier(out, referral.external_id());
    PutText(out, "status", OrderStatusOf(referral));
    PutText(out, "intent", "order");
    PutList(out, "category", [&] {
      PutConcept(out, kSideSystem, referral.side() == SUBJECT_MENTOR ? "mentor" : "mentee");
    });
    PutObject(out, "code", [&] { PutText(out, "text", In(kServiceAsked, language)); });
    PutKey(out, "subject");
    PutReference(out, "#patient");
    if (!file.referred_on().empty()) PutText(out, "authoredOn", file.referred_on());
    PutRequester(out, referral.agency());
    if (!referral.applications().empty()) {
      PutList(out, "performer", [&] {
        for (const Application& application : referral.applications()) {
          PutLogical(out, "HealthcareService", kProgramSystem, IdOf(application.program()));
        }
      });
    }
    if (file.facts().empty()) return;
    PutList(out, "supportingInfo", [&] { PutReference(out, "#facts"); });
  });
  return {buffer.GetString(), buffer.GetSize()};
}

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
  return Digest(text::Cat(application.name(), "/", application.etag(), "/",
                          static_cast<int>(application.state()), "/", application.milestone()));
}

std::string VersionOf(const Referral& referral) {
  std::string all = text::Cat(referral.name(), "/", referral.revision(), "/", referral.has_file());
  for (const Application& application : referral.applications()) {
    absl::StrAppend(&all, "/", VersionOf(application));
  }
  return Digest(all);
}

std::string ExpressionOf(std::string_view field) {
  static constexpr std::pair<std::string_view, std::string_view> kExpressions[] = {
      {"external_id", "ServiceRequest.identifier"},
      {"agency", "ServiceRequest.requester"},
      {"programs", "ServiceRequest.performer"},
      {"side", "ServiceRequest.category"},
      {"referred_on", "ServiceRequest.authoredOn"},
      {"given_name", "Patient.name.given"},
      {"family_name", "Patient.name.family"},
      {"birth_date", "Patient.birthDate"},
      {"email", "Patient.telecom.where(system='email').value"},
      {"phone", "Patient.telecom.where(system='phone').value"},
      {"language", "Patient.communication.language"},
  };
  if (field.starts_with("file.")) field.remove_prefix(5);
  const std::string_view name = field.substr(0, field.find('['));
  for (const auto& [ours, theirs] : kExpressions) {
    if (ours == name) return std::string(theirs);
  }
  return text::Cat("QuestionnaireResponse.item.where(linkId='", field, "')");
}

}  // namespace tremplin::gateway::fhir
