#ifndef TREMPLIN_SERVICES_REFERRAL_STORE_FEED_STORE_H_
#define TREMPLIN_SERVICES_REFERRAL_STORE_FEED_STORE_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/database/database.h"
#include "services/referral/store/rows.h"

// The status feed of those who refer and propose, and which enrolment came of which application.
namespace tremplin::referral::store {

// Adds an entry with the next sequence of the agency and door; none for who came by themselves. The
// counter's row is locked until the commit, so sequences have no gaps and grow in the order of
// commits.
absl::Status AppendFeed(database::Transaction& tx, const FeedRow& row);
// Those of one program, or of all ("").
absl::StatusOr<std::vector<FeedRow>> ListFeed(database::Reader& reader, std::string_view agency,
                                              Door door, std::string_view program, int64_t after,
                                              int limit);
// The last sequence of the agency and door, 0 before the first.
absl::StatusOr<int64_t> LastSequence(database::Reader& reader, std::string_view agency, Door door);
// The sequence before the first entry of what happened at `time` or later; the last one where there
// is none.
absl::StatusOr<int64_t> SequenceBefore(database::Reader& reader, std::string_view agency, Door door,
                                       absl::Time time);

// Keeps the application of an enrolment, "" for one that came without. The same again changes
// nothing.
absl::Status SaveEnrolment(database::Transaction& tx, std::string_view enrolment,
                           std::string_view application);
// nullopt when the enrolment is not known yet; "" when it came without an application.
absl::StatusOr<std::optional<std::string>> ApplicationOf(database::Reader& reader,
                                                         std::string_view enrolment);

// The application is told what becomes of this enrolment too, instead of another; "" for none: it
// is told of its own alone.
absl::Status Follow(database::Transaction& tx, std::string_view application,
                    std::string_view enrolment);
// Keeps that the follower was told of a start; and takes that back with the end: false where an
// organization that proposes was not told of it, since to hear of the end alone would tell it that
// the person was here before.
absl::Status KeepStarted(database::Transaction& tx, std::string_view enrolment,
                         std::string_view application);
absl::StatusOr<bool> TakeStarted(database::Transaction& tx, std::string_view enrolment,
                                 std::string_view application);
absl::StatusOr<std::vector<std::string>> FollowersOf(database::Reader& reader,
                                                     std::string_view enrolment);

// Milestones of an enrolment that is not known yet, in the order they came.
absl::Status AddWaiting(database::Transaction& tx, std::string_view enrolment,
                        const WaitingMilestone& milestone);
absl::StatusOr<std::vector<WaitingMilestone>> TakeWaiting(database::Transaction& tx,
                                                          std::string_view enrolment);

}  // namespace tremplin::referral::store

#endif  // TREMPLIN_SERVICES_REFERRAL_STORE_FEED_STORE_H_
