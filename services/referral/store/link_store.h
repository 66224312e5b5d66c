#ifndef TREMPLIN_SERVICES_REFERRAL_STORE_LINK_STORE_H_
#define TREMPLIN_SERVICES_REFERRAL_STORE_LINK_STORE_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/database/database.h"
#include "services/referral/store/referral_store.h"

// Who may be one person, and who is by staff's word. Pairs are unordered; both directions are kept,
// so that either entry is found by the other.
namespace tremplin::referral::store {

// Two entries that share a key. Of a link of strangers neither `by_email` nor `by_person`.
struct PairRow {
  std::string referral;
  std::string other;
  bool by_email = false;
  bool by_person = false;
  bool linked = false;
  bool apart = false;
  std::string by;  // who linked them or kept them apart; "" while nobody did
  absl::Time at;   // when; else when they were found
};

// --- pairs that may be one person ---
// Keys of the entry as they would be on its own side and on the other one: nobody is two people for
// coming in two parts.
struct SidedKeys {
  DuplicateKeys own;
  DuplicateKeys other;
};
// Which keys another entry shares, and whether it came on the other side.
struct Shared {
  bool email = false;
  bool person = false;
  bool across = false;
};
using Twins = std::map<std::string, Shared>;  // by referral
// Whoever shares a key with the entry, the first 64 by id, those of its own side before others.
database::Statement FindingTwins(const SidedKeys& keys);
Twins FoundTwins(const database::Result& answer, std::string_view referral);
// Whether one of them came on the entry's own side: it may have been entered before.
bool HasDuplicate(const Twins& twins);
// Keeps them. What was found before and no longer holds goes, except where staff spoke; `known`
// when the entry was stored before.
absl::Status NoteTwins(Transaction& tx, std::string_view referral, const Twins& twins, bool known,
                       absl::Time at);
// What staff have said nothing about, or what they kept apart; in the order in which it was found.
absl::StatusOr<std::vector<PairRow>> ListSuggestions(Reader& reader, bool apart,
                                                     const ListKey& after, int limit);
absl::Status KeepApart(Transaction& tx, std::string_view referral, std::string_view other,
                       std::string_view by, absl::Time at);

// --- links ---
// False when they were linked before. A link takes back that they were kept apart.
absl::StatusOr<bool> Link(Transaction& tx, std::string_view referral, std::string_view other,
                          std::string_view by, absl::Time at);
// False when they were not linked.
absl::StatusOr<bool> Unlink(Transaction& tx, std::string_view referral, std::string_view other,
                            std::string_view by, absl::Time at);
absl::StatusOr<std::vector<PairRow>> ListLinks(Reader& reader, const ListKey& after, int limit);
// The pair as it stands; nullopt where neither keys nor staff know it.
absl::StatusOr<std::optional<PairRow>> FindPair(Reader& reader, std::string_view referral,
                                                std::string_view other);
// The entry and all that are linked with it, directly or by others; sorted, at most 200.
absl::StatusOr<std::vector<std::string>> LinkedWith(Reader& reader, std::string_view referral);

// Place of a pair in its list.
ListKey KeyOf(const PairRow& row);

}  // namespace tremplin::referral::store

#endif  // TREMPLIN_SERVICES_REFERRAL_STORE_LINK_STORE_H_
