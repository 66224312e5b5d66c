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
absl::StatusOr<std::vector<FeedRow>> ListFeed(database::Reader& reader, std::string_view agency,
                                              Door door, int64_t after, int limit);

// Keeps the application of an enrolment, "" for one that came without. The same again changes
// nothing.
absl::Status SaveEnrolment(database::Transaction& tx, std::string_view enrolment,
                           std::string_view application);
// nullopt when the enrolment is not known yet; "" when it came without an application.
absl::StatusOr<std::optional<std::string>> ApplicationOf(database::Reader& reader,
                                                         std::string_view enrolment);

// Milestones of an enrolment that is not known yet, in the order they came.
absl::Status AddWaiting(database::Transaction& tx, std::string_view enrolment,
                        const WaitingMilestone& milestone);
absl::StatusOr<std::vector<WaitingMilestone>> TakeWaiting(database::Transaction& tx,
                                                          std::string_view enrolment);

}  // namespace tremplin::referral::store

#endif  // TREMPLIN_SERVICES_REFERRAL_STORE_FEED_STORE_H_
