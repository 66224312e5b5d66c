#ifndef TREMPLIN_SERVICES_REFERRAL_STORE_CONSENT_STORE_H_
#define TREMPLIN_SERVICES_REFERRAL_STORE_CONSENT_STORE_H_

#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/database/database.h"
#include "services/referral/domain/consent.h"
#include "services/referral/store/rows.h"

// The ledger of consents, and what follows of it.
namespace tremplin::referral::store {

absl::StatusOr<Ledger> LedgerOf(database::Reader& reader, std::string_view referral);
// Entries are only added. The caller holds the referral (UpdateReferral), so that no two get one
// number.
absl::Status AppendConsent(database::Transaction& tx, const ReferralRow& referral,
                           const ConsentEntry& entry);
// Writes what the source of the application is told from now on, over the version read, and counts
// the version on: a change of another process that read it before meets this one.
absl::Status SaveSharing(database::Transaction& tx, ApplicationRow* row);
// Until this write ends nothing is added to the feed, so that no milestone which was looked at
// before comes after it.
absl::Status HoldFeed(database::Transaction& tx, std::string_view agency, Door door);

}  // namespace tremplin::referral::store

#endif  // TREMPLIN_SERVICES_REFERRAL_STORE_CONSENT_STORE_H_
