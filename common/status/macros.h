#ifndef TREMPLIN_COMMON_STATUS_MACROS_H_
#define TREMPLIN_COMMON_STATUS_MACROS_H_

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

// The two macros of the project: abseil 20220623 has no public form of them.

// Returns the status from the enclosing function when it is not OK.
#define TREMPLIN_RETURN_IF_ERROR(expression)                  \
  do {                                                        \
    if (absl::Status _status = (expression); !_status.ok()) { \
      return _status;                                         \
    }                                                         \
  } while (false)

#define TREMPLIN_CONCAT_INNER_(a, b) a##b
#define TREMPLIN_CONCAT_(a, b) TREMPLIN_CONCAT_INNER_(a, b)

// `TREMPLIN_ASSIGN_OR_RETURN(auto x, F());` binds the value, or returns the status.
#define TREMPLIN_ASSIGN_OR_RETURN(lhs, expression) \
  TREMPLIN_ASSIGN_OR_RETURN_IMPL_(TREMPLIN_CONCAT_(_status_or_, __LINE__), lhs, expression)
#define TREMPLIN_ASSIGN_OR_RETURN_IMPL_(statusor, lhs, expression) \
  auto statusor = (expression);                                    \
  if (!statusor.ok()) return std::move(statusor).status();         \
  lhs = *std::move(statusor)

#endif  // TREMPLIN_COMMON_STATUS_MACROS_H_
