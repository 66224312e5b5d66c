#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_join.h"
#include "common/resources/names.h"
#include "common/text/text.h"
#include "services/gateway/fhir/datatypes.h"
#include "services/gateway/fhir/mapping.h"
#include "services/gateway/fhir/messages.h"

// A pushed ServiceRequest, with the Tasks of its Bundle, as a referral's submission, by the table
// of mapping.h.
namespace tremplin::gateway::fhir {
namespace {

using program::v1::GivenFact;
using program::v1::SUBJECT_MENTEE;
using program::v1::SUBJECT_MENTOR;
using referral::v1::ReferralFile;
using referral::v1::SubmitReferralRequest;

constexpr size_t kDay = 10;  // characters of "YYYY-MM-DD"
constexpr int kMostPrograms = 30;
constexpr std::string_view kIntents[] = {"order",  "original-order", "proposal",
                                         "plan",   "directive",      "reflex-order",
                                         "option", "instance-order", "filler-order"};

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
