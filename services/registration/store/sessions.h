#ifndef TREMPLIN_SERVICES_REGISTRATION_STORE_SESSIONS_H_
#define TREMPLIN_SERVICES_REGISTRATION_STORE_SESSIONS_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"

// What lets somebody in, as rows: links, sign-ins begun with the issuer, sessions. Of no secret
// more than its SHA-256 (hex). All times are the system's. Each kind's rows that are over are
// deleted, a bounded number with each new one.
namespace tremplin::registration::store {

// --- links ---
struct LinkRow {
  std::string id = {};
  std::string account = {};
  std::string secret_hash = {};  // "" until it is sent
  absl::Time expires = {};
};
absl::Status InsertLink(database::Transaction& tx, const LinkRow& row, absl::Time now);
// One that is neither used nor over.
absl::StatusOr<std::optional<LinkRow>> FindLink(database::Reader& reader,
                                                std::string_view secret_hash, absl::Time now);
// Gives a link that waits, or was given one before, its secret; nothing when it is used or over.
absl::StatusOr<std::optional<LinkRow>> IssueLink(database::Transaction& tx, std::string_view id,
                                                 std::string_view secret_hash, absl::Time expires,
                                                 absl::Time now);
// Takes it, for good: of several at once one has the account, the others "".
absl::StatusOr<std::string> TakeLink(database::Transaction& tx, std::string_view secret_hash,
                                     absl::Time now);

// That a link was asked for with the address; how often since `since`, this time included.
absl::StatusOr<int64_t> NoteAsked(database::Transaction& tx, std::string_view email_index,
                                  absl::Time now, absl::Time since);

// --- sign-ins begun with the issuer ---
struct BegunRow {
  std::string state_hash = {};
  std::string return_path = {};
  absl::Time expires = {};
};
absl::Status InsertBegun(database::Transaction& tx, const BegunRow& row, absl::Time now);
// Takes it, for good; nothing when it is over, or taken.
absl::StatusOr<std::optional<BegunRow>> TakeBegun(database::Transaction& tx,
                                                  std::string_view state_hash, absl::Time now);

// --- sessions ---
struct SessionRow {
  std::string id = {};
  std::string token_hash = {};
  std::string account = {};
  std::string role = {};
  absl::Time created = {};
  absl::Time used = {};
  absl::Time expires = {};
};
// Of one account at most `most`: those begun first go.
absl::Status InsertSession(database::Transaction& tx, const SessionRow& row, int most,
                           absl::Time now);
// Whatever its times are.
absl::StatusOr<std::optional<SessionRow>> FindSession(database::Reader& reader,
                                                      std::string_view token_hash);
absl::Status NoteUse(database::Transaction& tx, std::string_view id, absl::Time now);
// Another token and role; false when the session has another token than `before` by now.
absl::StatusOr<bool> ChangeSession(database::Transaction& tx, const SessionRow& row,
                                   std::string_view before);
// The last begun first.
absl::StatusOr<std::vector<SessionRow>> SessionsOf(database::Reader& reader,
                                                   std::string_view account, int limit);
// False when the account has no such session.
absl::StatusOr<bool> DeleteSession(database::Transaction& tx, std::string_view account,
                                   std::string_view id);
absl::Status DeleteSessionsIn(database::Transaction& tx, std::string_view role);

}  // namespace tremplin::registration::store

#endif  // TREMPLIN_SERVICES_REGISTRATION_STORE_SESSIONS_H_
