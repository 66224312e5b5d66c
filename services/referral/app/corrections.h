#ifndef TREMPLIN_SERVICES_REFERRAL_APP_CORRECTIONS_H_
#define TREMPLIN_SERVICES_REFERRAL_APP_CORRECTIONS_H_

#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "common/seal/seal.h"
#include "services/referral/domain/file.h"
#include "services/referral/store/rows.h"

namespace tremplin::referral::app {

// Keeps what the referral's newest revision changed of who the person is and how they are reached,
// sealed; nothing where it changed nothing of that.
absl::Status KeepCorrection(database::Transaction& tx, const seal::Sealer& sealer,
                            const ReferralRow& referral, const File& before, const File& after,
                            std::string_view by, absl::Time at);

}  // namespace tremplin::referral::app

#endif  // TREMPLIN_SERVICES_REFERRAL_APP_CORRECTIONS_H_
