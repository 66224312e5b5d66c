#ifndef TREMPLIN_SERVICES_MATCHING_STORE_IDENTIFICATION_H_
#define TREMPLIN_SERVICES_MATCHING_STORE_IDENTIFICATION_H_

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "common/database/database.h"

namespace tremplin::matching::store {

// Whose the enrolment is now, here and in what it takes part in, and whether it stands behind
// another of that person: then it is out of the pool until it does no more. A second match that
// excludes others keeps the person it was made for: it runs to its end. Nothing where it is not
// known.
absl::Status Identify(database::Transaction& tx, std::string_view enrolment,
                      std::string_view person, bool behind, int64_t pool_version);

}  // namespace tremplin::matching::store

#endif  // TREMPLIN_SERVICES_MATCHING_STORE_IDENTIFICATION_H_
