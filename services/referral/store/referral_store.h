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

// Statements over referrals, their files and their applications. Every function runs inside the
// caller's transaction and sees what its tenant may see. Each statement costs the same however many
// rows there are.
namespace tremplin::referral::store {

using database::Reader;
using database::Transaction;

// --- organizations ---
absl::Status AddOrganization(Transaction& tx, std::string_view organization);
absl::StatusOr<bool> HasOrganization(Reader& reader, std::string_view organization);

// --- referrals ---
struct Identity {
  std::string agency;  // "" for who came by themselves
  Side side = Side::SUBJECT_MENTEE;
  std::string external_id;
};
struct Found {
  ReferralRow referral;
  std::string program;  // of who came by themselves: one that the referral applied to
};
// By identity: one of an organization at most; of who came by themselves one for each program that
// such a key applied to.
database::Statement FindingReferrals(const Identity& identity);
absl::StatusOr<std::vector<Found>> FoundReferrals(const database::Result& answer);
absl::StatusOr<std::optional<ReferralRow>> GetReferral(Reader& reader, std::string_view id);
// ALREADY_EXISTS, at the latest as the end of the write or its nested part, when another process
// stored the same identity meanwhile.
absl::Status InsertReferral(Transaction& tx, const ReferralRow& row);
// Writes content and revision; `row.version` is the version read. VersionConflict when it changed.
absl::Status UpdateReferral(Transaction& tx, const ReferralRow& row);

struct ReferralFilter {
  std::string agency;        // "" for all
  std::optional<Door> door;  // with an agency only
};
// After `after`, at most `limit`.
absl::StatusOr<std::vector<ReferralRow>> ListReferrals(Reader& reader, const ReferralFilter& filter,
                                                       const ListKey& after, int limit);
// Of those the ones that their source knows by this key, and, where a program is given, that
// applied to it.
absl::StatusOr<std::vector<ReferralRow>> ListReferralsByKey(Reader& reader,
                                                            std::string_view external_id,
                                                            const ReferralFilter& filter,
                                                            std::string_view program,
                                                            const ListKey& after, int limit);
ListKey KeyOf(const ReferralRow& row);

// --- files ---
// The column that a revision is sealed as.
std::string FileColumn(int64_t revision);
absl::Status InsertFile(Transaction& tx, const ReferralRow& referral,
                        const database::Bytes& sealed);
// Sealed; nullopt when there is none.
absl::StatusOr<std::optional<std::string>> GetFile(Reader& reader, std::string_view referral,
                                                   int64_t revision);
// The newest one of a referral, with the key it is sealed under; none where there is none, or it
// was erased.
struct SealedFile {
  int64_t revision = 0;
  std::string file, wrapped, master_id;
};
database::Statement FindingNewestFile(std::string_view referral);
std::optional<SealedFile> FoundFile(const database::Result& answer);
// Drops revisions before `latest` that no application pins.
absl::Status PruneFiles(Transaction& tx, std::string_view referral, int64_t latest);

// --- files that were imported ---
// What a row of a file came to when it was first taken.
struct ImportedRow {
  int64_t row = 0;
  std::string digest;  // keyed, of its content
  int kind = 0;        // of the submission
  bool possible_duplicate = false;
  std::vector<Finding> findings = {};  // that its verdict was told by
};
// Of one referral, by row.
absl::StatusOr<std::vector<ImportedRow>> ImportedRows(Reader& reader, std::string_view referral,
                                                      std::string_view source);
// In place of what it was before.
absl::Status SaveImportedRow(Transaction& tx, std::string_view referral, std::string_view source,
                             const ImportedRow& row);

// --- possible duplicates ---
struct DuplicateKeys {
  std::string email;   // keyed hashes; "" for none
  std::string person;  // given name, family name and birth date
};
// Whom keys are compared across: an agency, or each who came by themselves.
std::string OriginOf(const Identity& identity);
// Of a referral's content as it stands; a revision replaces those before.
absl::Status SaveDuplicateKeys(Transaction& tx, const ReferralRow& referral,
                               const DuplicateKeys& keys);
// Whether another referral, of the agency unless it is "", has the email and belongs to another
// person: each has a name and a birth date, and they differ.
absl::StatusOr<bool> SharesAddress(Reader& reader, const DuplicateKeys& keys,
                                   std::string_view referral, std::string_view agency);
// Whether the agency has a referral whose id is this one, all of digits, with zeros before it.
absl::StatusOr<bool> HasIdWithZeros(Reader& reader, const Identity& identity);
// Other referrals that share a key with this one, by agency and id.
absl::StatusOr<std::vector<Duplicate>> ListDuplicates(Reader& reader, std::string_view referral);
}  // namespace tremplin::referral::store

#endif  // TREMPLIN_SERVICES_REFERRAL_STORE_REFERRAL_STORE_H_
