#ifndef TREMPLIN_SERVICES_REFERRAL_APP_CONSENTS_H_
#define TREMPLIN_SERVICES_REFERRAL_APP_CONSENTS_H_

#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/database/database.h"
#include "common/rpc/call.h"
#include "services/referral/app/deps.h"
#include "services/referral/domain/consent.h"
#include "services/referral/domain/file.h"
#include "services/referral/store/rows.h"

// Consent to share, as a ledger, and what its source is told and shown of a person.
namespace tremplin::referral::app {

// Adds what one of several programs reads in a file to what all of them do: yes goes before no.
void Join(std::optional<bool> word, std::optional<bool>* joined);

// What the first file of a referral says, if anything, is the first entry.
absl::Status BeginLedger(database::Transaction& tx, const rpc::CallContext& call,
                         std::optional<bool> word, const ReferralRow& referral);

// Adds to the ledger what is said, and makes what follows hold: for the referral, which the caller
// writes, and its applications, each of which shares if it did or `agrees`; and tells the others.
// The entry; nullopt where there is none.
absl::StatusOr<std::optional<ConsentEntry>> KeepConsent(database::Transaction& tx, const Deps& deps,
                                                        const rpc::CallContext& call,
                                                        const ConsentCommand& command,
                                                        const std::vector<bool>& agrees,
                                                        ReferralRow* referral,
                                                        std::vector<ApplicationRow>* applications);

// As KeepConsent, of a newer file, which speaks where it says otherwise than the one before.
absl::Status KeepConsentOfFile(database::Transaction& tx, const Deps& deps,
                               const rpc::CallContext& call, const std::optional<File>& before,
                               const File& after, ReferralRow* referral,
                               std::vector<ApplicationRow>* applications);

// Before the application's state changes: its source goes on knowing the state that it was told
// while it is told nothing, unless it changes it itself.
void KeepTold(const rpc::CallContext& call, ApplicationRow* row);
// The application as the caller may know it.
ApplicationRow Shown(const rpc::CallContext& call, const ApplicationRow& row);
// Whether the caller is the source, and told nothing of the person now.
bool IsSilentFor(const rpc::CallContext& call, const ReferralRow& referral);

}  // namespace tremplin::referral::app

#endif  // TREMPLIN_SERVICES_REFERRAL_APP_CONSENTS_H_
