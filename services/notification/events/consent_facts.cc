#include "services/notification/events/consent_facts.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/resources/names.h"
#include "common/status/macros.h"
#include "services/notification/store/mail_store.h"
#include "tremplin/referral/events/v1/events.pb.h"
#include "tremplin/registration/events/v1/events.pb.h"

namespace tremplin::notification {
namespace {

using Effect = absl::StatusOr<inbox::Apply>;
using referral::events::v1::ConsentChanged;

constexpr auto kEventOnly = inbox::Handlers::Reads::kEventAlone;
constexpr char kReason[] = "consent";

absl::Status Withhold(database::Transaction& tx, const ConsentChanged& p) {
  TREMPLIN_RETURN_IF_ERROR(WithholdMail(tx, {RecipientKind::kApplicant, p.referral()}, kReason));
  for (const std::string& application : p.applications()) {
    TREMPLIN_ASSIGN_OR_RETURN(const std::vector<std::string> people, PeopleOf(tx, application));
    for (const std::string& person : people) {
      TREMPLIN_RETURN_IF_ERROR(WithholdMail(tx, {RecipientKind::kPerson, person}, kReason));
    }
  }
  return absl::OkStatus();
}

absl::Status Follow(database::Transaction& tx, const ConsentChanged& p, absl::Time at) {
  const bool ends = p.has_silent_from();
  const absl::Time from = ends ? resources::FromTimestamp(p.silent_from()) : absl::InfiniteFuture();
  for (const std::string& application : p.applications()) {
    const std::string about = resources::NameOf("applications", application);
    TREMPLIN_RETURN_IF_ERROR(ends ? BeginSilence(tx, about, from) : EndSilence(tx, about, at));
  }
  return from <= at ? Withhold(tx, p) : absl::OkStatus();
}

}  // namespace

void SubscribeConsent(inbox::Handlers& handlers) {
  handlers.On<ConsentChanged>(
      "referral",
      [](const auto& event, const auto& p) -> Effect {
        return inbox::Apply(
            [p, at = event.time](database::Transaction& tx) { return Follow(tx, p, at); });
      },
      kEventOnly);
  handlers.On<registration::events::v1::EnrolmentCreated>(
      "registration",
      [](const auto&, const auto& p) -> Effect {
        if (p.application().empty()) return inbox::Apply();
        return inbox::Apply(
            [application = p.application(), person = p.person()](database::Transaction& tx) {
              return SaveCameBy(tx, application, person);
            });
      },
      kEventOnly);
  handlers.On<registration::events::v1::EnrolmentIdentified>(
      "registration",
      [](const auto&, const auto& p) -> Effect {
        if (p.application().empty()) return inbox::Apply();
        return inbox::Apply(
            [application = p.application(), person = p.person()](database::Transaction& tx) {
              return SaveCameBy(tx, application, person);
            });
      },
      kEventOnly);
}

}  // namespace tremplin::notification
