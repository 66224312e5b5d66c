#ifndef TREMPLIN_SERVICES_REFERRAL_STORE_ROWS_H_
#define TREMPLIN_SERVICES_REFERRAL_STORE_ROWS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "absl/time/time.h"
#include "services/referral/domain/application.h"
#include "services/referral/domain/verdict.h"

// What referral keeps, row by row. Times are business time.
namespace tremplin::referral {

struct ReferralRow {
  std::string id;
  std::string agency;
  std::string external_id;
  int64_t revision = 1;
  int64_t version = 1;
  std::string digest;    // keyed, of the content
  std::string language;  // "en", "fr" or ""
  bool consent = false;  // consent_to_share is yes
  bool possible_duplicate = false;
  std::string referred_on;
  std::string file;  // sealed; empty where it was not asked for
  absl::Time created;
  absl::Time updated;
};

struct ApplicationRow {
  std::string id;
  std::string referral;
  std::string agency;
  std::string external_id;
  std::string program;
  int64_t program_version = 0;  // pinned: what it was judged under
  State state = State::kReceived;
  std::vector<Finding> findings;
  std::vector<std::string> exemptions;  // "residence=documents_seen"
  std::vector<std::string> staff_reasons;
  int64_t version = 1;
  absl::Time decided;
  absl::Time created;
  absl::Time updated;
};

struct FeedRow {
  std::string agency;
  int64_t sequence = 0;  // given by the store
  std::string referral;
  std::string external_id;
  std::string application;
  std::string program;
  int64_t program_version = 0;
  std::string milestone;
  std::vector<std::string> reasons;
  absl::Time at;
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

// Place of a row in a list: by creation, then by what its agency calls it.
struct ListKey {
  int64_t created_us = INT64_MIN;
  std::string agency;
  std::string external_id;
  std::string program;
  friend bool operator<(const ListKey& a, const ListKey& b) {
    return std::tie(a.created_us, a.agency, a.external_id, a.program) <
           std::tie(b.created_us, b.agency, b.external_id, b.program);
  }
};

// Keys as page tokens hold them. The first page begins after the key of "".
std::string Pack(const ListKey& key);
ListKey UnpackKey(std::string_view text);

// Codes as one column holds them, blank-separated.
std::string PackCodes(const std::vector<std::string>& codes);
std::vector<std::string> UnpackCodes(std::string_view text);

}  // namespace tremplin::referral

#endif  // TREMPLIN_SERVICES_REFERRAL_STORE_ROWS_H_
