#ifndef TREMPLIN_SERVICES_SESSION_STORE_SESSIONS_H_
#define TREMPLIN_SERVICES_SESSION_STORE_SESSIONS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "services/session/domain/credits.h"
#include "services/session/domain/engagement.h"

// Sessions with who was there and what they were before, check-ins and reviews, as rows.
namespace tremplin::session::store {

enum class SessionState { kLogged, kCorrected, kStruck };
inline constexpr SessionState kAllSessionStates[] = {
    SessionState::kLogged, SessionState::kCorrected, SessionState::kStruck};
std::string_view NameOf(SessionState state);  // "logged", "corrected", "struck"

struct Session {
  std::string id;
  std::string engagement;
  domain::Held held;
  SessionState state = SessionState::kLogged;
  std::string reason;      // coded; of the last correction, or why it was struck
  std::string changed_by;  // the enrolment, or "staff"
  absl::Time changed;
  int64_t version = 1;
};

absl::Status InsertSession(database::Transaction& tx, const Session& session);
absl::StatusOr<std::optional<Session>> FindSession(database::Reader& reader,
                                                   std::string_view engagement,
                                                   std::string_view id);
// Writes `next` over the session as it was read, and keeps what it was; a version conflict when it
// has changed since.
absl::Status UpdateSession(database::Transaction& tx, const Session& before, Session next);
// By id, after `after`; only what was held by `until`.
absl::StatusOr<std::vector<Session>> ListSessions(database::Reader& reader,
                                                  std::string_view engagement, absl::Time until,
                                                  std::string_view after, int limit);
// The first session, but `except`, that is not struck and shares a moment with [from, over); "" for
// none.
absl::StatusOr<std::string> Overlapping(database::Reader& reader, std::string_view engagement,
                                        absl::Time from, absl::Time over, std::string_view except);
// Who was at the sessions that count, one each.
absl::StatusOr<std::vector<domain::Attendance>> ListAttendance(database::Reader& reader,
                                                               std::string_view engagement);

struct CheckIn {
  std::string id;
  std::string engagement;
  std::string enrolment;
  bool met = false;
  int rating = 0;
  bool wants_help = false;
  absl::Time answered;
};
absl::Status InsertCheckIn(database::Transaction& tx, const CheckIn& check_in);

struct Review {
  std::string id;
  std::string engagement;
  domain::Review status = domain::Review::kNone;
  std::string reviewer;  // the principal's id
  absl::Time recorded;
};
absl::Status InsertReview(database::Transaction& tx, const Review& review);

}  // namespace tremplin::session::store

#endif  // TREMPLIN_SERVICES_SESSION_STORE_SESSIONS_H_
