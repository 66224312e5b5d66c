#ifndef TREMPLIN_SERVICES_SESSION_STORE_ENGAGEMENTS_H_
#define TREMPLIN_SERVICES_SESSION_STORE_ENGAGEMENTS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/database/database.h"
#include "services/session/domain/engagement.h"
#include "tremplin/program/v1/program.pb.h"

// Engagements as rows: themselves, participants, signatures, goals and phases.
namespace tremplin::session::store {

struct EngagementRow {
  domain::Engagement engagement;
  int64_t version = 1;
};

absl::StatusOr<std::optional<EngagementRow>> FindEngagement(database::Reader& reader,
                                                            std::string_view id);
// With the format it was made under (Pinned). ALREADY_EXISTS when the proposal has one.
absl::Status InsertEngagement(database::Transaction& tx, const domain::Engagement& engagement,
                              const program::v1::Format& pinned);
// Writes what `next` changes over the row as it was read; a version conflict when it has changed
// since. `row` becomes what is stored.
absl::Status UpdateEngagement(database::Transaction& tx, domain::Engagement next,
                              EngagementRow* row);

struct EngagementFilter {
  std::string program;  // "": any, for a person's
  std::string format;   // "": any
  std::optional<domain::State> state;
  // "": a program's. Else the person's on that side, by the state they saw last of those they left.
  std::string person;
  domain::Side side = domain::Side::kMentee;
};
// By id, after `after`.
absl::StatusOr<std::vector<EngagementRow>> ListEngagements(database::Reader& reader,
                                                           const EngagementFilter& filter,
                                                           std::string_view after, int limit);

// All in which the enrolment takes or took part, by when they were opened, then by proposal.
absl::StatusOr<std::vector<EngagementRow>> ListOfEnrolment(database::Reader& reader,
                                                           std::string_view enrolment);

}  // namespace tremplin::session::store

#endif  // TREMPLIN_SERVICES_SESSION_STORE_ENGAGEMENTS_H_
