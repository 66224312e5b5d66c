#include <algorithm>
#include <string>

#include "common/text/text.h"
#include "services/gateway/fhir/datatypes.h"
#include "services/gateway/fhir/mapping.h"
#include "services/gateway/fhir/messages.h"
#include "services/gateway/fhir/writing.h"

// A referral as a ServiceRequest, with its Patient and facts, by the table of mapping.h.
namespace tremplin::gateway::fhir {
namespace {

using messages::Language;
using program::v1::GivenFact;
using program::v1::SUBJECT_MENTOR;
using referral::v1::Application;
using referral::v1::Referral;
using referral::v1::ReferralFile;

bool IsOver(std::string_view task_status) {
  return task_status == "completed" || task_status == "failed" || task_status == "cancelled";
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
      if (!file.given_name().empty()) {
        PutList(out, "given", [&] { PutText(out, file.given_name()); });
      }
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

}  // namespace

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

std::string VersionOf(const Referral& referral) {
  std::string all = text::Cat(referral.name(), "/", referral.revision(), "/", referral.has_file());
  for (const Application& application : referral.applications()) {
    absl::StrAppend(&all, "/", VersionOf(application));
  }
  return VersionDigest(all);
}

}  // namespace tremplin::gateway::fhir
