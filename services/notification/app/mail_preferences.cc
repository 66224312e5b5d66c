#include "services/notification/app/mail_preferences.h"

#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "services/notification/messages.h"
#include "services/notification/store/mail_store.h"
#include "tremplin/referral/v1/referral.pb.h"
#include "tremplin/registration/v1/registration.pb.h"

namespace tremplin::notification {
namespace {

using Told = v1::MailPreference;

constexpr char kGetPerson[] = "tremplin.registration.v1.RegistrationService/GetPerson";
constexpr char kGetReferral[] = "tremplin.referral.v1.ReferralService/GetReferral";

bool IsStaff(const rpc::CallContext& call) {
  return call.principal.role == rpc::Role::ROLE_COORDINATOR;
}

// How it became known, by who says it.
absl::StatusOr<int64_t> ToldOf(const rpc::CallContext& call, Told::Told told) {
  const bool to_staff =
      told == Told::TOLD_IN_PERSON || told == Told::TOLD_BY_PHONE || told == Told::TOLD_IN_WRITING;
  if (IsStaff(call)) {
    if (to_staff) return told;
    return status::InvalidFields({status::Violation("told", kToldRequired)});
  }
  if (told == Told::TOLD_UNSPECIFIED || told == Told::TOLD_BY_THEMSELVES) {
    return Told::TOLD_BY_THEMSELVES;
  }
  return status::InvalidFields({status::Violation("told", kToldByStaff)});
}

v1::MailPreference ToProto(const std::string& recipient, const MailWish& wish) {
  v1::MailPreference preference;
  preference.set_recipient(recipient);
  preference.set_wanted(wish.wanted);
  preference.set_told(static_cast<Told::Told>(wish.told));
  if (wish.told != 0) *preference.mutable_set_time() = resources::ToTimestamp(wish.at);
  return preference;
}

// Of linked people: whoever of them wants none is sent none under that name, and staff are to know.
absl::StatusOr<MailWish> WishOf(database::Reader& reader,
                                const std::vector<Recipient>& recipients) {
  MailWish told;
  for (const Recipient& recipient : recipients) {
    TREMPLIN_ASSIGN_OR_RETURN(const MailWish wish, FindWish(reader, recipient));
    const bool stricter = told.wanted && !wish.wanted;
    const bool later = told.wanted == wish.wanted && wish.at > told.at;
    if (stricter || later) told = wish;
  }
  return told;
}

}  // namespace

MailPreferences::MailPreferences(database::Database& db, rpc::Commands& commands,
                                 peers::Peers& peers, const clock::Clock& clock)
    : db_(db), commands_(commands), peers_(peers), clock_(clock) {}

absl::StatusOr<MailPreferences::Meant> MailPreferences::Find(const rpc::CallContext& call,
                                                             const std::string& name) {
  const auto as_caller = peers::PeerCall::OnBehalfOf(call);
  if (const auto referral = resources::IdOf("referrals", name, "recipient"); referral.ok()) {
    if (!IsStaff(call)) return status::Error(absl::StatusCode::kNotFound, kRecipientNotFound);
    referral::v1::GetReferralRequest request;
    request.set_name(name);
    TREMPLIN_RETURN_IF_ERROR(
        peers_.Call<referral::v1::Referral>(kGetReferral, request, as_caller).status());
    return Meant{name, {{RecipientKind::kApplicant, *referral}}};
  }
  TREMPLIN_ASSIGN_OR_RETURN(const std::string asked, resources::IdOf("people", name, "recipient"));
  registration::v1::GetPersonRequest request;
  request.set_name(name);
  TREMPLIN_ASSIGN_OR_RETURN(const auto person,
                            peers_.Call<registration::v1::Person>(kGetPerson, request, as_caller));
  TREMPLIN_ASSIGN_OR_RETURN(const std::string head,
                            resources::IdOf("people", person.name(), "recipient"));
  Meant meant{person.name(), {{RecipientKind::kPerson, head}}};
  if (asked != head) meant.recipients.push_back({RecipientKind::kPerson, asked});
  return meant;
}

absl::StatusOr<v1::MailPreference> MailPreferences::GetMailPreference(
    const rpc::CallContext& call, const v1::GetMailPreferenceRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const Meant meant, Find(call, request.recipient()));
  MailWish wish;
  TREMPLIN_RETURN_IF_ERROR(db_.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
    TREMPLIN_ASSIGN_OR_RETURN(wish, WishOf(reader, meant.recipients));
    return absl::OkStatus();
  }));
  return ToProto(meant.name, wish);
}

absl::StatusOr<v1::MailPreference> MailPreferences::SetMailPreference(
    const rpc::CallContext& call, const v1::SetMailPreferenceRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const Meant meant, Find(call, request.recipient()));
  TREMPLIN_ASSIGN_OR_RETURN(const int64_t told, ToldOf(call, request.told()));
  const MailWish wish{.wanted = request.wanted(), .told = told, .at = clock_.SystemNow()};
  return commands_.Run<v1::MailPreference>(
      call, meant.recipients.front().id,
      [&](database::Transaction& tx) -> absl::StatusOr<v1::MailPreference> {
        for (const Recipient& recipient : meant.recipients) {
          TREMPLIN_RETURN_IF_ERROR(SaveWish(tx, recipient, wish, call.principal.id));
        }
        TREMPLIN_ASSIGN_OR_RETURN(const MailWish stands, WishOf(tx, meant.recipients));
        return ToProto(meant.name, stands);
      });
}

}  // namespace tremplin::notification
