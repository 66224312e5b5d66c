#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/ids/ids.h"
#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "services/registration/app/convert.h"
#include "services/registration/app/identity.h"
#include "services/registration/app/service.h"
#include "services/registration/messages.h"
#include "services/registration/store/enrolments.h"
#include "services/registration/store/people.h"
#include "tremplin/referral/v1/referral.pb.h"

namespace tremplin::registration {
namespace {

using options::v1::Role;

constexpr int kMostEnrolments = 1000;  // of one person

// Of what is asked of referral for this call: the same again is the same there, and of two callers,
// or without an id of the call's own, it is not.
std::string RequestIdFor(const rpc::CallContext& call, std::string_view what,
                         std::string_view referral) {
  if (call.request_id.empty()) return ids::New();
  return ids::Derive({{what, call.principal.id, call.request_id, referral}});
}

// Staff see the people of their program, placed staff of these who came through their organization;
// a person sees themselves.
absl::StatusOr<bool> MaySee(database::Reader& reader, const rpc::Principal& principal,
                            const std::string& person) {
  // A service asks for somebody who may see the person: it has checked that.
  if (principal.role == Role::ROLE_SERVICE) return true;
  if (principal.role != Role::ROLE_COORDINATOR) return principal.person == person;
  if (principal.organization.empty()) {
    return principal.program.empty() ? absl::StatusOr<bool>(true)
                                     : store::IsEnrolled(reader, person, principal.program);
  }
  TREMPLIN_ASSIGN_OR_RETURN(
      const std::vector<store::EnrolmentRow> rows,
      store::ListOfPerson(reader, {.program = principal.program, .person = person}, {},
                          kMostEnrolments));
  return std::any_of(rows.begin(), rows.end(), [&](const store::EnrolmentRow& row) {
    return row.organization == principal.organization;
  });
}

constexpr char kSetConsent[] = "tremplin.referral.v1.ReferralService/SetConsent";
constexpr char kListConsents[] = "tremplin.referral.v1.ReferralService/ListConsents";
constexpr char kCorrectReferral[] = "tremplin.referral.v1.ReferralService/CorrectReferral";

// What the request gives replaces what stands.
v1::Person Corrected(v1::Person person, const v1::CorrectPersonRequest& request) {
  if (!request.given_name().empty()) person.set_given_name(request.given_name());
  if (!request.family_name().empty()) person.set_family_name(request.family_name());
  if (!request.email().empty()) person.set_email(request.email());
  if (!request.phone().empty()) person.set_phone(request.phone());
  if (!request.language().empty()) person.set_language(request.language());
  return person;
}

referral::v1::CorrectReferralRequest RequestOf(const rpc::CallContext& call,
                                               const v1::CorrectPersonRequest& request,
                                               const std::string& referral) {
  referral::v1::CorrectReferralRequest correct;
  correct.set_name(resources::NameOf("referrals", referral));
  correct.set_given_name(request.given_name());
  correct.set_family_name(request.family_name());
  correct.set_email(request.email());
  correct.set_phone(request.phone());
  correct.set_language(request.language());
  correct.set_by(call.principal.id);
  correct.set_request_id(RequestIdFor(call, "correct", referral));
  return correct;
}

referral::v1::SetConsentRequest ConsentRequestOf(const rpc::CallContext& call,
                                                 const v1::SetPersonConsentRequest& request,
                                                 const std::string& referral) {
  referral::v1::SetConsentRequest set;
  set.set_name(resources::NameOf("referrals", referral));
  set.set_organization(request.organization());
  set.set_purpose(request.purpose());
  set.set_decision(request.decision());
  if (request.has_expire_time()) *set.mutable_expire_time() = request.expire_time();
  set.set_by(call.principal.id);
  set.set_speaker(call.principal.role == Role::ROLE_COORDINATOR
                      ? program::v1::CONSENT_SPEAKER_STAFF
                      : program::v1::CONSENT_SPEAKER_PERSON);
  set.set_request_id(RequestIdFor(call, "consent", referral));
  return set;
}

absl::StatusOr<v1::Person> Open(database::Reader& reader, const seal::Sealer& sealer,
                                const std::string& id) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string plain, store::OpenPerson(reader, sealer, id));
  v1::Person person;
  if (!person.ParseFromString(plain)) return absl::DataLossError("a person cannot be decoded");
  return person;
}

}  // namespace

absl::StatusOr<v1::Person> Service::GetPerson(const rpc::CallContext& call,
                                              const v1::GetPersonRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string asked,
                            resources::IdOf(kPeople, request.name(), "name"));
  std::string id;
  std::string plain;
  TREMPLIN_RETURN_IF_ERROR(d_.db.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
    TREMPLIN_ASSIGN_OR_RETURN(id, store::HeadOf(reader, asked));
    TREMPLIN_ASSIGN_OR_RETURN(const bool visible, MaySee(reader, call.principal, id));
    if (!visible) return status::Error(absl::StatusCode::kNotFound, kPersonNotFound);
    TREMPLIN_ASSIGN_OR_RETURN(plain, store::OpenPerson(reader, d_.sealer, id));
    return absl::OkStatus();
  }));
  v1::Person person;
  if (!person.ParseFromString(plain)) return absl::DataLossError("a person cannot be decoded");
  person.set_name(resources::NameOf(kPeople, id));
  // Nothing is shown that is not in the audit log.
  TREMPLIN_RETURN_IF_ERROR(d_.db.Write(
      call.Write(id), [&](database::Transaction& tx) { return Audit(tx, call, person.name()); }));
  return person;
}

absl::StatusOr<Service::Known> Service::FindKnown(const rpc::CallContext& call,
                                                  const std::string& name) const {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string asked, resources::IdOf(kPeople, name, "name"));
  Known known;
  TREMPLIN_RETURN_IF_ERROR(d_.db.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
    TREMPLIN_ASSIGN_OR_RETURN(known.head, store::HeadOf(reader, asked));
    TREMPLIN_ASSIGN_OR_RETURN(const bool visible, MaySee(reader, call.principal, known.head));
    if (!visible) return status::Error(absl::StatusCode::kNotFound, kPersonNotFound);
    TREMPLIN_ASSIGN_OR_RETURN(known.records, store::RecordsOf(reader, known.head));
    if (known.records.empty()) return status::Error(absl::StatusCode::kNotFound, kPersonNotFound);
    known.referrals.clear();
    for (const std::string& record : known.records) {
      TREMPLIN_ASSIGN_OR_RETURN(const std::vector<std::string> of_record,
                                store::ReferralsOf(reader, record));
      known.referrals.insert(known.referrals.end(), of_record.begin(), of_record.end());
    }
    return absl::OkStatus();
  }));
  return known;
}

// What is said of consent stands in referral, by referral: there it is judged and takes effect, so
// that it has when this is answered. A retry asks under the same request ids.
absl::StatusOr<v1::SetPersonConsentResponse> Service::SetPersonConsent(
    const rpc::CallContext& call, const v1::SetPersonConsentRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const Known known, FindKnown(call, request.name()));
  bool heard = false;
  for (const std::string& referral : known.referrals) {
    const absl::Status set =
        d_.peers
            .Call<program::v1::Consent>(kSetConsent, ConsentRequestOf(call, request, referral),
                                        peers::PeerCall::AsServiceFor(call))
            .status();
    if (absl::IsNotFound(set)) continue;  // through another organization
    TREMPLIN_RETURN_IF_ERROR(set);
    heard = true;
  }
  if (!heard) return status::Error(absl::StatusCode::kNotFound, kNoConsentThere);
  TREMPLIN_ASSIGN_OR_RETURN(const auto ledgers, ConsentsOf(call, known));
  return d_.commands.Run<v1::SetPersonConsentResponse>(
      call, known.head,
      [&](database::Transaction& tx) -> absl::StatusOr<v1::SetPersonConsentResponse> {
        TREMPLIN_RETURN_IF_ERROR(Audit(tx, call, resources::NameOf(kPeople, known.head)));
        v1::SetPersonConsentResponse response;
        *response.mutable_consents() = ledgers.consents();
        return response;
      },
      known.head);
}

absl::StatusOr<v1::ListPersonConsentsResponse> Service::ListPersonConsents(
    const rpc::CallContext& call, const v1::ListPersonConsentsRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const Known known, FindKnown(call, request.name()));
  return ConsentsOf(call, known);
}

absl::StatusOr<v1::ListPersonConsentsResponse> Service::ConsentsOf(const rpc::CallContext& call,
                                                                   const Known& known) const {
  v1::ListPersonConsentsResponse response;
  for (const std::string& referral : known.referrals) {
    referral::v1::ListConsentsRequest list;
    list.set_name(resources::NameOf("referrals", referral));
    const auto ledger = d_.peers.Call<referral::v1::ListConsentsResponse>(
        kListConsents, list, peers::PeerCall::AsServiceFor(call));
    if (absl::IsNotFound(ledger.status())) continue;
    TREMPLIN_RETURN_IF_ERROR(ledger.status());
    response.mutable_consents()->MergeFrom(ledger->consents());
  }
  return response;
}

// The files by which they came are corrected first, where their fields are judged; a retry does
// that again under the same request ids. What stands here follows at once, and once more by the
// event.
absl::StatusOr<v1::Person> Service::CorrectPerson(const rpc::CallContext& call,
                                                  const v1::CorrectPersonRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const Known found, FindKnown(call, request.name()));
  for (const std::string& referral : found.referrals) {
    const absl::Status corrected =
        d_.peers
            .Call<referral::v1::Referral>(kCorrectReferral, RequestOf(call, request, referral),
                                          peers::PeerCall::AsServiceFor(call))
            .status();
    if (!absl::IsNotFound(corrected)) TREMPLIN_RETURN_IF_ERROR(corrected);
  }
  return d_.commands.Run<v1::Person>(
      call, found.head,
      [&](database::Transaction& tx) -> absl::StatusOr<v1::Person> {
        for (const std::string& record : found.records) {
          const absl::StatusOr<v1::Person> known = Open(tx, d_.sealer, record);
          if (absl::IsNotFound(known.status())) continue;  // erased
          TREMPLIN_RETURN_IF_ERROR(known.status());
          TREMPLIN_RETURN_IF_ERROR(store::UpdatePerson(
              tx, d_.sealer, MakePersonRow(d_.sealer, record, Corrected(*known, request))));
          TREMPLIN_RETURN_IF_ERROR(Audit(tx, call, resources::NameOf(kPeople, record)));
        }
        TREMPLIN_ASSIGN_OR_RETURN(v1::Person person, Open(tx, d_.sealer, found.head));
        person.set_name(resources::NameOf(kPeople, found.head));
        return person;
      },
      found.head);
}

}  // namespace tremplin::registration
