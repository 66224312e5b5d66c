#ifndef TREMPLIN_SERVICES_SESSION_STORE_ENROLMENTS_H_
#define TREMPLIN_SERVICES_SESSION_STORE_ENROLMENTS_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "services/session/domain/credits.h"
#include "services/session/domain/terms.h"

// What registration tells of enrolments, as far as engagements need it: ids and yes/no facts.
namespace tremplin::session::store {

struct Enrolment {
  std::string id;
  std::string program;
  std::string person;
  domain::Side side = domain::Side::kMentee;
  absl::Time ended = absl::InfinitePast();  // InfinitePast: it has not
};

// As it is now; one that is there is written over.
absl::Status PutEnrolment(database::Transaction& tx, const Enrolment& enrolment);
absl::StatusOr<std::optional<Enrolment>> FindEnrolment(database::Reader& reader,
                                                       std::string_view id);

// Whose the enrolment is now, here and in its engagements.
absl::Status SetPerson(database::Transaction& tx, std::string_view enrolment,
                       std::string_view person);

// What the enrolment's facts say from `since` on: true for yes. A fact that was known and is not in
// it says no from then on. Only what changes is written.
absl::Status PutFacts(database::Transaction& tx, std::string_view enrolment, absl::Time since,
                      const std::map<std::string, bool>& says);
// Of everybody who is or was in the engagement, by growing time.
absl::StatusOr<std::vector<domain::FactSince>> ListFacts(database::Reader& reader,
                                                         std::string_view engagement);

}  // namespace tremplin::session::store

#endif  // TREMPLIN_SERVICES_SESSION_STORE_ENROLMENTS_H_
