// Consent to share: given, withdrawn and expired, at any time, and kept with its history.
#include "services/referral/app/consents.h"

#include <memory>
#include <string>
#include <utility>

#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "services/referral/app/access.h"
#include "services/referral/app/convert.h"
#include "services/referral/app/judging.h"
#include "services/referral/app/service.h"
#include "services/referral/messages.h"
#include "services/referral/store/application_store.h"
#include "services/referral/store/consent_store.h"
#include "services/referral/store/referral_store.h"

namespace tremplin::referral::app {
namespace {

using program::v1::Consent;

absl::Status Tell(database::Transaction& tx, const Deps& deps, const rpc::CallContext& call,
                  const ReferralRow& referral, const std::vector<ApplicationRow>& applications) {
  events::v1::ConsentChanged event;
  event.set_referral(referral.id);
  event.set_agency(referral.agency);
  for (const ApplicationRow& application : applications) event.add_applications(application.id);
  if (referral.silent_from != absl::InfiniteFuture()) {
    *event.mutable_silent_from() = resources::ToTimestamp(referral.silent_from);
  }
  return deps.outbox.Append(tx, referral.id, call.business_now, event, call.traceparent);
}

Consent ToProto(const ConsentEntry& entry, const ReferralRow& referral, const CallContext& call) {
  Consent out;
  out.set_referral(resources::NameOf("referrals", referral.id));
  out.set_number(entry.number);
  out.set_purpose(program::v1::CONSENT_PURPOSE_SHARING);
  if (!referral.agency.empty()) {
    out.set_organization(resources::NameOf("organizations", referral.agency));
  }
  out.set_decision(entry.given ? program::v1::CONSENT_DECISION_GIVEN
                               : program::v1::CONSENT_DECISION_WITHDRAWN);
  out.set_speaker(entry.speaker);
  if (!IsPartner(call) || entry.by == call.principal.id) out.set_by(entry.by);
  *out.mutable_time() = resources::ToTimestamp(entry.at);
  if (entry.expires != absl::InfiniteFuture()) {
    *out.mutable_expire_time() = resources::ToTimestamp(entry.expires);
  }
  return out;
}

v1::ListConsentsResponse ToProto(const Ledger& ledger, const ReferralRow& referral,
                                 const CallContext& call) {
  v1::ListConsentsResponse response;
  for (const ConsentEntry& entry : ledger) {
    *response.add_consents() = ToProto(entry, referral, call);
  }
  if (!ledger.empty() && ledger.back().given && ledger.back().expires > call.business_now) {
    response.mutable_consents()->rbegin()->set_in_force(true);
  }
  return response;
}

// Who says it: of itself an organization and staff; a service for whom it asks.
absl::StatusOr<ConsentCommand> CommandOf(const CallContext& call,
                                         const v1::SetConsentRequest& request) {
  ConsentCommand command{.given = request.decision() == program::v1::CONSENT_DECISION_GIVEN,
                         .speaker = IsPartner(call) ? ConsentSpeaker::CONSENT_SPEAKER_ORGANIZATION
                                                    : ConsentSpeaker::CONSENT_SPEAKER_STAFF,
                         .by = call.principal.id};
  if (request.decision() == program::v1::CONSENT_DECISION_UNSPECIFIED) {
    return status::InvalidFields({status::Violation("decision", kConsentDecision)});
  }
  if (request.has_expire_time()) {
    command.expires = resources::FromTimestamp(request.expire_time());
    if (!command.given || command.expires <= call.business_now) {
      return status::InvalidFields({status::Violation("expire_time", kConsentExpires)});
    }
  }
  if (call.principal.role == rpc::Role::ROLE_SERVICE) {
    if (!request.by().empty()) command.by = request.by();
    if (request.speaker() == ConsentSpeaker::CONSENT_SPEAKER_PERSON) {
      command.speaker = request.speaker();
    }
  }
  return command;
}

}  // namespace

void Join(std::optional<bool> word, std::optional<bool>* joined) {
  if (word.has_value()) joined->emplace(*word || joined->value_or(false));
}

absl::Status BeginLedger(database::Transaction& tx, const rpc::CallContext& call,
                         std::optional<bool> word, const ReferralRow& referral) {
  if (!word.has_value()) return absl::OkStatus();
  TREMPLIN_ASSIGN_OR_RETURN(
      const std::optional<ConsentEntry> entry,
      Decide(Ledger(), {.given = *word, .by = call.principal.id}, call.business_now));
  return entry.has_value() ? store::AppendConsent(tx, referral, *entry) : absl::OkStatus();
}

absl::StatusOr<std::optional<ConsentEntry>> KeepConsent(database::Transaction& tx, const Deps& deps,
                                                        const rpc::CallContext& call,
                                                        const ConsentCommand& command,
                                                        const std::vector<bool>& agrees,
                                                        ReferralRow* referral,
                                                        std::vector<ApplicationRow>* applications) {
  TREMPLIN_ASSIGN_OR_RETURN(Ledger ledger, store::LedgerOf(tx, referral->id));
  TREMPLIN_ASSIGN_OR_RETURN(std::optional<ConsentEntry> entry,
                            Decide(ledger, command, call.business_now));
  if (!entry.has_value()) return entry;
  TREMPLIN_RETURN_IF_ERROR(store::HoldFeed(tx, referral->agency, referral->door));
  TREMPLIN_RETURN_IF_ERROR(store::AppendConsent(tx, *referral, *entry));
  ledger.push_back(*entry);
  const Sharing sharing = SharingOf(ledger);
  referral->silent_from = sharing.silent_from;
  for (size_t i = 0; i < applications->size(); ++i) {
    ApplicationRow& row = applications->at(i);
    const bool shares = row.sharing.Holds(call.business_now) || agrees[i];
    row.sharing = sharing;
    row.sharing.shares = shares;
    if (!row.sharing.IsSilent(call.business_now)) row.told_state.reset();
    TREMPLIN_RETURN_IF_ERROR(store::SaveSharing(tx, &row));
  }
  TREMPLIN_RETURN_IF_ERROR(Tell(tx, deps, call, *referral, *applications));
  return entry;
}

absl::Status KeepConsentOfFile(database::Transaction& tx, const Deps& deps,
                               const rpc::CallContext& call, const std::optional<File>& before,
                               const File& after, ReferralRow* referral,
                               std::vector<ApplicationRow>* applications) {
  std::optional<bool> former;
  std::optional<bool> word;
  std::vector<bool> agrees;
  for (const ApplicationRow& row : *applications) {
    TREMPLIN_ASSIGN_OR_RETURN(const std::shared_ptr<const program::Program> program,
                              deps.programs.Version(tx, row.program, row.program_version));
    if (before.has_value()) Join(WordOf(*program, row.side, *before), &former);
    const std::optional<bool> own = WordOf(*program, row.side, after);
    Join(own, &word);
    agrees.push_back(own.value_or(false));
  }
  if (former == word) return absl::OkStatus();
  return KeepConsent(tx, deps, call,
                     {.given = word.value_or(false),
                      .speaker = ConsentSpeaker::CONSENT_SPEAKER_FILE,
                      .by = call.principal.id},
                     agrees, referral, applications)
      .status();
}

void KeepTold(const rpc::CallContext& call, ApplicationRow* row) {
  if (!row->sharing.IsSilent(call.business_now) || IsPartner(call)) {
    row->told_state.reset();
  } else if (!row->told_state.has_value()) {
    row->told_state = row->state;
  }
}

ApplicationRow Shown(const rpc::CallContext& call, const ApplicationRow& row) {
  ApplicationRow shown = row;
  if (!IsPartner(call) || !row.sharing.IsSilent(call.business_now) || !row.told_state.has_value()) {
    return shown;
  }
  // What it was told stays told: when, and why, it learnt from the feed.
  shown.state = *row.told_state;
  shown.staff_reasons.clear();
  shown.decided = shown.updated = row.created;
  return shown;
}

bool IsSilentFor(const rpc::CallContext& call, const ReferralRow& referral) {
  return IsPartner(call) && call.business_now >= referral.silent_from;
}

Answer<Consent> Service::SetConsent(const CallContext& call, const v1::SetConsentRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string id,
                            resources::IdOf("referrals", request.name(), "name"));
  std::string organization;
  if (!request.organization().empty()) {
    TREMPLIN_ASSIGN_OR_RETURN(
        organization, resources::IdOf("organizations", request.organization(), "organization"));
  }
  TREMPLIN_ASSIGN_OR_RETURN(const ConsentCommand command, CommandOf(call, request));
  // Read once before, for the lane on which all changes of this source run.
  std::string lane;
  TREMPLIN_RETURN_IF_ERROR(
      deps_.db.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
        TREMPLIN_ASSIGN_OR_RETURN(const VisibleReferral visible,
                                  FindVisibleReferral(reader, call, id));
        const ReferralRow& row = visible.referral;
        if (!organization.empty() && row.agency != organization) return ReferralNotFound(id);
        lane = Entry{{row.agency, row.side, row.external_id}, row.door}.Lane();
        return absl::OkStatus();
      }));
  return deps_.commands.Run<Consent>(
      call, lane, [&](database::Transaction& tx) -> absl::StatusOr<Consent> {
        TREMPLIN_ASSIGN_OR_RETURN(VisibleReferral visible, FindVisibleReferral(tx, call, id));
        ReferralRow& row = visible.referral;
        // Held, so that the ledger that is read is the one that is added to.
        TREMPLIN_RETURN_IF_ERROR(store::UpdateReferral(tx, row));
        ++row.version;
        // It is the person's with the organization, whichever programs the caller sees.
        TREMPLIN_ASSIGN_OR_RETURN(std::vector<ApplicationRow> applications,
                                  store::ApplicationsOf(tx, id));
        const std::vector<bool> agrees(applications.size(), command.given);
        TREMPLIN_ASSIGN_OR_RETURN(
            const std::optional<ConsentEntry> entry,
            KeepConsent(tx, deps_, call, command, agrees, &row, &applications));
        if (entry.has_value()) {
          if (entry->given) {
            TREMPLIN_RETURN_IF_ERROR(submitter_.Reconsider(tx, call, row, &applications));
          }
          TREMPLIN_RETURN_IF_ERROR(store::UpdateReferral(tx, row));
        }
        TREMPLIN_ASSIGN_OR_RETURN(const Ledger ledger, store::LedgerOf(tx, id));
        return *ToProto(ledger, row, call).consents().rbegin();
      });
}

Answer<v1::ListConsentsResponse> Service::ListConsents(const CallContext& call,
                                                       const v1::ListConsentsRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string id,
                            resources::IdOf("referrals", request.name(), "name"));
  v1::ListConsentsResponse response;
  TREMPLIN_RETURN_IF_ERROR(
      deps_.db.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
        TREMPLIN_ASSIGN_OR_RETURN(const VisibleReferral visible,
                                  FindVisibleReferral(reader, call, id));
        TREMPLIN_ASSIGN_OR_RETURN(const Ledger ledger, store::LedgerOf(reader, id));
        response = ToProto(ledger, visible.referral, call);
        return absl::OkStatus();
      }));
  return response;
}

}  // namespace tremplin::referral::app
