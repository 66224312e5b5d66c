#ifndef TREMPLIN_SERVICES_REFERRAL_STORE_SEARCH_STORE_H_
#define TREMPLIN_SERVICES_REFERRAL_STORE_SEARCH_STORE_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"

// By what staff find people, and what was corrected of them.
namespace tremplin::referral::store {

// --- names: keyed hashes of how their words begin ---
// Those of `former` that are not among `tokens` go.
absl::Status SaveNameTokens(database::Transaction& tx, std::string_view referral,
                            const std::vector<std::string>& tokens,
                            const std::vector<std::string>& former);

// --- referrals that may be meant: their ids before `before` ("": all), the newest first ---
absl::StatusOr<std::vector<std::string>> WithToken(database::Reader& reader, std::string_view token,
                                                   std::string_view before, int limit);
absl::StatusOr<std::vector<std::string>> WithBothTokens(database::Reader& reader,
                                                        std::string_view one,
                                                        std::string_view other,
                                                        std::string_view before, int limit);
// By the keyed hash of the email as mentee or as mentor.
absl::StatusOr<std::vector<std::string>> WithEmail(database::Reader& reader,
                                                   std::string_view mentee, std::string_view mentor,
                                                   std::string_view before, int limit);
absl::StatusOr<std::vector<std::string>> WithExternalId(database::Reader& reader,
                                                        std::string_view external_id,
                                                        std::string_view before, int limit);
absl::StatusOr<std::vector<std::string>> All(database::Reader& reader, std::string_view before,
                                             int limit);

// --- corrections ---
struct CorrectionRow {
  std::string referral;
  int64_t revision = 0;
  std::string agency;
  std::string by;
  absl::Time at;
  std::string changes;  // sealed
};
absl::Status InsertCorrection(database::Transaction& tx, const CorrectionRow& row);
// By revision.
absl::StatusOr<std::vector<CorrectionRow>> ListCorrections(database::Reader& reader,
                                                           std::string_view referral);

}  // namespace tremplin::referral::store

#endif  // TREMPLIN_SERVICES_REFERRAL_STORE_SEARCH_STORE_H_
