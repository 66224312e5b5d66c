#ifndef TREMPLIN_COMMON_DATABASE_ERROR_H_
#define TREMPLIN_COMMON_DATABASE_ERROR_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace tremplin::database {

// For the adapters: a status that ConstraintOf reads.
absl::Status ConstraintError(absl::StatusCode code, const std::string& text,
                             std::string_view constraint);

}  // namespace tremplin::database

#endif  // TREMPLIN_COMMON_DATABASE_ERROR_H_
