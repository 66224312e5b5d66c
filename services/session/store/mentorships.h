#ifndef TREMPLIN_SERVICES_SESSION_STORE_MENTORSHIPS_H_
#define TREMPLIN_SERVICES_SESSION_STORE_MENTORSHIPS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "services/session/domain/mentorship.h"

// Mentorships and what belongs to them, as rows.
namespace tremplin::session::store {

struct MentorshipRow {
  domain::Mentorship mentorship;
  int64_t version = 1;
};

absl::StatusOr<std::optional<MentorshipRow>> FindMentorship(database::Reader& reader,
                                                            std::string_view id);
// ALREADY_EXISTS when the proposal has one.
absl::Status InsertMentorship(database::Transaction& tx, const domain::Mentorship& mentorship);
// Writes `next` over the row as it was read; a version conflict when it has changed since. `row`
// becomes what is stored.
absl::Status UpdateMentorship(database::Transaction& tx, domain::Mentorship next,
                              MentorshipRow* row);

struct MentorshipFilter {
  std::string program;        // "": any
  std::string mentee_person;  // one of the three is set
  std::string mentor_person;
  std::optional<domain::State> state;
};
// By id, after `after`.
absl::StatusOr<std::vector<MentorshipRow>> ListMentorships(database::Reader& reader,
                                                           const MentorshipFilter& filter,
                                                           std::string_view after, int limit);

struct Session {
  std::string id;
  std::string mentorship;
  absl::Time held;
  int minutes = 0;
  domain::Contact contact = domain::Contact::kInPerson;
  bool counts = false;
  std::string logged_by;  // "mentee", "mentor", "staff"
  absl::Time logged;
};
// False when one that began at the same time by the same contact is there already.
absl::StatusOr<bool> InsertSession(database::Transaction& tx, const Session& session);
// By id, after `after`.
absl::StatusOr<std::vector<Session>> ListSessions(database::Reader& reader,
                                                  std::string_view mentorship,
                                                  std::string_view after, int limit);

struct CheckIn {
  std::string id;
  std::string mentorship;
  domain::Side side = domain::Side::kMentee;
  bool met = false;
  int rating = 0;
  bool wants_help = false;
  absl::Time answered;
};
absl::Status InsertCheckIn(database::Transaction& tx, const CheckIn& check_in);

struct Review {
  std::string id;
  std::string mentorship;
  domain::Review status = domain::Review::kNone;
  std::string reviewer;  // the principal's id
  absl::Time recorded;
};
absl::Status InsertReview(database::Transaction& tx, const Review& review);

}  // namespace tremplin::session::store

#endif  // TREMPLIN_SERVICES_SESSION_STORE_MENTORSHIPS_H_
