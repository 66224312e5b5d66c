#ifndef TREMPLIN_SERVICES_REGISTRATION_STORE_PEOPLE_H_
#define TREMPLIN_SERVICES_REGISTRATION_STORE_PEOPLE_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "common/seal/seal.h"

// People as rows: one sealed blob each (subject: the person), found by keyed hashes. What is in the
// blob is the caller's.
namespace tremplin::registration::store {

struct PersonRow {
  std::string id = {};
  std::string plain = {};             // sealed where it is stored
  std::string email_index = {};       // keyed hash
  std::string name_birth_index = {};  // keyed hash, "" without a birth date
  absl::Time created = {};            // business time
};

absl::Status InsertPerson(database::Transaction& tx, const seal::Sealer& sealer,
                          const PersonRow& row);

// Writes what is known of a person over what was, and what they are found by.
absl::Status UpdatePerson(database::Transaction& tx, const seal::Sealer& sealer,
                          const PersonRow& row);

// The blob of a person. NOT_FOUND with reason PERSON_NOT_FOUND when there is none, or erased.
absl::StatusOr<std::string> OpenPerson(database::Reader& reader, const seal::Sealer& sealer,
                                       std::string_view id);

// Ids of people with this email, the first made first, at most 16.
absl::StatusOr<std::vector<std::string>> FindByEmail(database::Reader& reader,
                                                     std::string_view email_index);

// The person who came by this referral, "" for none; and that they did. A person may come by
// several.
absl::StatusOr<std::string> FindByReferral(database::Reader& reader, std::string_view referral);
absl::Status InsertReferral(database::Transaction& tx, std::string_view referral,
                            std::string_view person_id);

// The referrals by which the person's record came.
absl::StatusOr<std::vector<std::string>> ReferralsOf(database::Reader& reader,
                                                     std::string_view person_id);

// Until this write ends, nobody else decides who this referral's person is.
absl::Status HoldReferral(database::Transaction& tx, std::string_view referral);

// Until this write ends, nobody else enters with this email: two entries of one person at once find
// each other, on different replicas too.
absl::Status HoldEmail(database::Transaction& tx, std::string_view email_index);

absl::StatusOr<bool> PersonExists(database::Reader& reader, std::string_view id);

// --- people whom staff linked ---
// A record, and as whose it counts.
struct RecordRow {
  std::string id = {};
  std::string head = {};  // the record's own id where it stands for itself
  absl::Time created = {};
};
// nullopt when there is none.
absl::StatusOr<std::optional<RecordRow>> FindRecord(database::Reader& reader, std::string_view id);
// As whom the record counts; the id itself where there is no such record.
absl::StatusOr<std::string> HeadOf(database::Reader& reader, std::string_view id);
// The records that count as this person, the person's own among them.
absl::StatusOr<std::vector<std::string>> RecordsOf(database::Reader& reader, std::string_view head);
absl::Status SetHead(database::Transaction& tx, std::string_view id, std::string_view head);

// Two referrals that are one person by staff's word, and no more. The same again changes nothing.
absl::Status PutLink(database::Transaction& tx, std::string_view referral, std::string_view other);
absl::Status DropLink(database::Transaction& tx, std::string_view referral, std::string_view other);
absl::StatusOr<std::vector<std::string>> LinkedTo(database::Reader& reader,
                                                  std::string_view referral);

}  // namespace tremplin::registration::store

#endif  // TREMPLIN_SERVICES_REGISTRATION_STORE_PEOPLE_H_
