#ifndef TREMPLIN_SERVICES_REFERRAL_STORE_ROWS_H_
#define TREMPLIN_SERVICES_REFERRAL_STORE_ROWS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "absl/time/time.h"
#include "common/database/database.h"
#include "services/referral/domain/application.h"
#include "services/referral/domain/consent.h"
#include "services/referral/domain/entry.h"
#include "services/referral/domain/verdict.h"

// What referral keeps, row by row. Times are business time.
namespace tremplin::referral {

struct ReferralRow {
  std::string id;
  std::string agency;  // the organization they came through; "" for who came by themselves
  Side side = Side::SUBJECT_MENTEE;
  Door door = Door::DOOR_AGENCY;
  std::string external_id;
  // Where the key counts: "" for an organization's own keys; for who came by themselves the first
  // program (by id) they applied to, so that staff of several programs need not know each other's
  // keys.
  std::string space;
  int64_t revision = 1;  // of the content
  int64_t version = 1;
  std::string digest;    // keyed, of the content
  std::string language;  // "en", "fr" or ""
  bool possible_duplicate = false;
  absl::Time created;
  absl::Time updated;
  // From then on its source is told nothing more (Sharing::silent_from).
  absl::Time silent_from = absl::InfiniteFuture();
};

struct ApplicationRow {
  std::string id;
  std::string referral;
  std::string agency;
  Side side = Side::SUBJECT_MENTEE;
  Door door = Door::DOOR_AGENCY;
  std::string external_id;
  std::string program;
  int64_t program_version = 0;  // pinned: what it was judged under
  int64_t file_revision = 1;    // pinned: what it was judged on
  State state = State::kReceived;
  std::vector<Finding> findings;  // every criterion of the side, in the order of the definition
  bool consent = false;           // that file agrees to what the program asks consent for
  Sharing sharing;                // what its source is told, by the ledger of consents
  // Where the state changed while the source was told nothing: the one it knows of.
  std::optional<State> told_state;
  std::vector<std::string> staff_reasons;
  int64_t version = 1;
  absl::Time decided;
  absl::Time created;
  absl::Time updated;
  // What its source was told last of who was admitted: "enrolled", …, and when that was.
  std::string milestone;
  absl::Time milestone_at;
};

struct FeedRow {
  std::string agency;
  Door door = Door::DOOR_AGENCY;
  int64_t sequence = 0;  // given by the store
  std::string referral;
  Side side = Side::SUBJECT_MENTEE;
  std::string external_id;
  std::string application;
  std::string program;
  int64_t program_version = 0;
  std::string milestone;
  // By code; of a criterion with what was found, which says how its reason is told.
  std::vector<Finding> reasons;
  absl::Time at;
  // When it is told: nothing is added where consent does not stand then.
  absl::Time told;
};

// A milestone that came before the enrolment it is about.
struct WaitingMilestone {
  std::string milestone;
  std::vector<std::string> reasons;
  absl::Time at;
};

struct Duplicate {
  std::string referral;
  std::string agency;
  std::vector<std::string> matched_by;  // "email", "name_and_birth_date"
  bool linked = false;
};

// Place of a row in a list: by creation, then by what its source calls it.
struct ListKey {
  int64_t created_us = INT64_MIN;
  std::string agency;
  std::string external_id;
  std::string program;  // of a referral: its space
  std::string side;
  friend bool operator<(const ListKey& a, const ListKey& b) {
    return std::tie(a.created_us, a.agency, a.external_id, a.program, a.side) <
           std::tie(b.created_us, b.agency, b.external_id, b.program, b.side);
  }
};

// Keys as page tokens hold them. The first page begins after the key of "".
std::string Pack(const ListKey& key);
ListKey UnpackKey(std::string_view text);

// The doors by which people come through an organization: the one, or all of them.
std::vector<Door> DoorsOf(std::optional<Door> door);

// A moment that may never come, as columns hold it: 0 for absl::InfiniteFuture().
int64_t ToMoment(absl::Time time);

// ApplicationRow::told_state as its column holds it; "" for none.
std::string ToldName(const ApplicationRow& row);

// As columns hold them, whatever is in a code; nothing for what they cannot be read from.
database::Bytes BytesOf(const std::vector<std::string>& codes);
std::optional<std::vector<std::string>> CodesOf(const std::string& bytes);
database::Bytes BytesOf(const std::vector<Finding>& findings);
std::optional<std::vector<Finding>> FindingsOf(const std::string& bytes);

}  // namespace tremplin::referral

#endif  // TREMPLIN_SERVICES_REFERRAL_STORE_ROWS_H_
