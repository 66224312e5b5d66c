// consent give|withdraw|list: the ledger of what a person agreed to, of one referral or, by staff
// and the person, of all by which they came.
#include <cstdio>
#include <memory>
#include <string>

#include "absl/time/time.h"
#include "common/ids/ids.h"
#include "common/resources/names.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "tools/tremplinctl/command.h"
#include "tools/tremplinctl/people_messages.h"
#include "tremplin/referral/v1/referral.pb.h"
#include "tremplin/registration/v1/registration.pb.h"

namespace tremplin::ctl {
namespace {

using program::v1::Consent;

constexpr char kReferral[] = "tremplin.referral.v1.ReferralService/";
constexpr char kRegistration[] = "tremplin.registration.v1.RegistrationService/";

struct ConsentOptions {
  std::string of;  // "referrals/…", "people/…", or the id of a referral
  std::string organization;
  std::string until;
};

bool IsPerson(const std::string& of) { return of.starts_with("people/"); }

std::string ReferralName(const std::string& of) {
  return of.find('/') != std::string::npos ? of : resources::NameOf("referrals", of);
}

std::string Moment(const google::protobuf::Timestamp& time) {
  return absl::FormatTime("%Y-%m-%d %H:%M UTC", resources::FromTimestamp(time),
                          absl::UTCTimeZone());
}

const Message& WordOf(program::v1::ConsentSpeaker speaker) {
  if (speaker == program::v1::CONSENT_SPEAKER_PERSON) return kSpeakerPerson;
  if (speaker == program::v1::CONSENT_SPEAKER_STAFF) return kSpeakerStaff;
  return speaker == program::v1::CONSENT_SPEAKER_ORGANIZATION ? kSpeakerOrganization : kSpeakerFile;
}

template <class Consents>
void PrintConsents(const Globals& globals, const Consents& consents) {
  const Language language = globals.language();
  if (consents.empty()) Say(language, kNoConsents);
  Table table({"Referral / Aiguillage", "With / Avec", "Said / Décision", "By / Par",
               "When / Quand", "Until / Jusqu’au", "In force / En vigueur"});
  for (const Consent& one : consents) {
    const bool given = one.decision() == program::v1::CONSENT_DECISION_GIVEN;
    table.Row({one.referral(), one.organization(),
               Text(language, given ? kConsentGiven : kConsentWithdrawn),
               Text(language, WordOf(one.speaker())), Moment(one.time()),
               one.has_expire_time() ? Moment(one.expire_time()) : "",
               one.in_force() ? Text(language, kYes) : ""});
  }
  if (!consents.empty()) table.Print({true, true, true, true, true, true, true});
}

template <class Response>
absl::Status Show(const Globals& globals, const absl::StatusOr<Response>& response) {
  if (!response.ok()) return response.status();
  if (globals.json) {
    PrintJson(*response);
  } else {
    PrintConsents(globals, response->consents());
  }
  return absl::OkStatus();
}

absl::Status List(const Globals& globals, const ConsentOptions& options) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::unique_ptr<Api> api, globals.Open());
  if (IsPerson(options.of)) {
    registration::v1::ListPersonConsentsRequest request;
    request.set_name(options.of);
    return Show(globals, api->Call<registration::v1::ListPersonConsentsResponse>(
                             text::Cat(kRegistration, "ListPersonConsents"), request));
  }
  referral::v1::ListConsentsRequest request;
  request.set_name(ReferralName(options.of));
  return Show(globals, api->Call<referral::v1::ListConsentsResponse>(
                           text::Cat(kReferral, "ListConsents"), request));
}

// What both requests say.
template <class Request>
absl::StatusOr<Request> RequestOf(const ConsentOptions& options,
                                  program::v1::ConsentDecision decision) {
  Request request;
  request.set_decision(decision);
  request.set_request_id(ids::New());
  if (!options.organization.empty()) {
    request.set_organization(options.organization.find('/') != std::string::npos
                                 ? options.organization
                                 : resources::NameOf("organizations", options.organization));
  }
  if (options.until.empty()) return request;
  absl::Time until;
  std::string error;
  if (!absl::ParseTime("%Y-%m-%d", options.until, &until, &error) &&
      !absl::ParseTime(absl::RFC3339_full, options.until, &until, &error)) {
    return absl::InvalidArgumentError(text::Cat("--until ", options.until));
  }
  *request.mutable_expire_time() = resources::ToTimestamp(until);
  return request;
}

absl::Status Set(const Globals& globals, const ConsentOptions& options,
                 program::v1::ConsentDecision decision) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::unique_ptr<Api> api, globals.Open());
  if (IsPerson(options.of)) {
    TREMPLIN_ASSIGN_OR_RETURN(
        auto request, RequestOf<registration::v1::SetPersonConsentRequest>(options, decision));
    request.set_name(options.of);
    return Show(globals, api->Call<registration::v1::SetPersonConsentResponse>(
                             text::Cat(kRegistration, "SetPersonConsent"), request));
  }
  TREMPLIN_ASSIGN_OR_RETURN(auto request,
                            RequestOf<referral::v1::SetConsentRequest>(options, decision));
  request.set_name(ReferralName(options.of));
  TREMPLIN_ASSIGN_OR_RETURN(const auto set,
                            api->Call<Consent>(text::Cat(kReferral, "SetConsent"), request));
  if (globals.json) {
    PrintJson(set);
  } else {
    const bool given = set.decision() == program::v1::CONSENT_DECISION_GIVEN;
    Say(globals.language(), given ? kConsentIsGiven : kConsentIsWithdrawn,
        {set.referral(), Moment(set.time())});
  }
  return absl::OkStatus();
}

std::shared_ptr<ConsentOptions> AddOf(CLI::App& command) {
  auto options = std::make_shared<ConsentOptions>();
  command.add_option("of", options->of, "a referral, or people/… for all by which they came")
      ->required();
  return options;
}

}  // namespace

void AddConsent(CLI::App& app, const Globals& globals, absl::Status& result) {
  CLI::App* consent =
      app.add_subcommand("consent", "what a person agrees to / à quoi une personne consent");
  consent->require_subcommand(1);
  using program::v1::ConsentDecision;
  const auto add_set = [&](const char* name, const char* what, ConsentDecision decision) {
    CLI::App* command = consent->add_subcommand(name, what);
    const std::shared_ptr<ConsentOptions> options = AddOf(*command);
    command->add_option("--organization", options->organization,
                        "of a person: with this organization only");
    if (decision == ConsentDecision::CONSENT_DECISION_GIVEN) {
      command->add_option("--until", options->until, "until when it holds: 2026-06-30");
    }
    command->callback(
        [&globals, &result, options, decision] { result = Set(globals, *options, decision); });
  };
  add_set("give", "consent to share is given / consentement donné",
          ConsentDecision::CONSENT_DECISION_GIVEN);
  add_set("withdraw", "consent to share is withdrawn, from now on / consentement retiré",
          ConsentDecision::CONSENT_DECISION_WITHDRAWN);
  CLI::App* list = consent->add_subcommand("list", "the ledger, oldest first / le registre");
  const std::shared_ptr<ConsentOptions> listed = AddOf(*list);
  list->callback([&globals, &result, listed] { result = List(globals, *listed); });
}

}  // namespace tremplin::ctl
