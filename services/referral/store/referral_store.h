#ifndef TREMPLIN_SERVICES_REFERRAL_STORE_REFERRAL_STORE_H_
#define TREMPLIN_SERVICES_REFERRAL_STORE_REFERRAL_STORE_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/database/database.h"
#include "services/referral/store/rows.h"

// Statements over referrals and their applications. Every function runs inside the caller's
// transaction and sees what its tenant may see. Each statement costs the same however many rows
// there are.
namespace tremplin::referral::store {

using database::Reader;
using database::Transaction;

// --- organizations ---
absl::Status AddOrganization(Transaction& tx, std::string_view organization);
absl::StatusOr<bool> HasOrganization(Reader& reader, std::string_view organization);

// --- referrals ---
// By identity, without the file.
absl::StatusOr<std::optional<ReferralRow>> FindReferral(Reader& reader, std::string_view agency,
                                                        std::string_view external_id);
// What FindReferral asks.
database::Statement FindingReferral(std::string_view agency, std::string_view external_id);
// By id, with the sealed file.
absl::StatusOr<std::optional<ReferralRow>> GetReferral(Reader& reader, std::string_view id);
// ALREADY_EXISTS, at the latest as the end of the write or its nested part, when another process
// stored the same identity meanwhile.
absl::Status InsertReferral(Transaction& tx, const ReferralRow& row);
// Writes content and revision; `row.version` is the version read. VersionConflict when it changed.
absl::Status UpdateReferral(Transaction& tx, const ReferralRow& row);
// After `after`, at most `limit`, without files. Of one agency, or of all ("").
absl::StatusOr<std::vector<ReferralRow>> ListReferrals(Reader& reader, std::string_view agency,
                                                       const ListKey& after, int limit);
ListKey KeyOf(const ReferralRow& row);

// --- applications ---
absl::StatusOr<std::vector<ApplicationRow>> ApplicationsOf(Reader& reader,
                                                           std::string_view referral);
absl::StatusOr<std::optional<ApplicationRow>> GetApplication(Reader& reader, std::string_view id);
absl::Status InsertApplication(Transaction& tx, const ApplicationRow& row);
// `row.version` is the version read; the row gets the next. VersionConflict when it changed.
absl::Status UpdateApplication(Transaction& tx, const ApplicationRow& row);

struct ApplicationFilter {
  std::string agency;   // "" for all
  std::string program;  // "" for all
  std::optional<State> state;
};
absl::StatusOr<std::vector<ApplicationRow>> ListApplications(Reader& reader,
                                                             const ApplicationFilter& filter,
                                                             const ListKey& after, int limit);
ListKey KeyOf(const ApplicationRow& row);

// --- possible duplicates ---
struct DuplicateKeys {
  std::string email;   // keyed hashes; "" for none
  std::string person;  // given name, family name and birth date
};
// Whether a referral of another agency has one of the keys.
absl::StatusOr<bool> HasDuplicate(Reader& reader, const DuplicateKeys& keys,
                                  std::string_view agency);
// What HasDuplicate asks.
database::Statement FindingDuplicate(const DuplicateKeys& keys, std::string_view agency);
// Of a referral's content as it stands; a revision replaces those before.
absl::Status SaveDuplicateKeys(Transaction& tx, std::string_view referral, std::string_view agency,
                               const DuplicateKeys& keys);
// Referrals of other agencies that share a key with this one, by agency and id.
absl::StatusOr<std::vector<Duplicate>> ListDuplicates(Reader& reader, std::string_view referral);
// Both directions; the same again changes nothing.
absl::Status Link(Transaction& tx, std::string_view referral, std::string_view other,
                  std::string_view by, absl::Time at);

}  // namespace tremplin::referral::store

#endif  // TREMPLIN_SERVICES_REFERRAL_STORE_REFERRAL_STORE_H_
