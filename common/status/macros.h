#ifndef TREMPLIN_COMMON_STATUS_MACROS_H_
#define TREMPLIN_COMMON_STATUS_MACROS_H_

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

// The two macros of the project: abseil 20220623 has no public form of them.

// Names are made with __COUNTER__, so that the macros may stand in a lambda that is an argument of
// one of them.
#define TREMPLIN_CONCAT_INNER_(a, b) a##b
#define TREMPLIN_CONCAT_(a, b) TREMPLIN_CONCAT_INNER_(a, b)

// Returns the status from the enclosing function when it is not OK.
#define TREMPLIN_RETURN_IF_ERROR(expression) \
  TREMPLIN_RETURN_IF_ERROR_IMPL_(TREMPLIN_CONCAT_(_status_, __COUNTER__), expression)
#define TREMPLIN_RETURN_IF_ERROR_IMPL_(status, expression)  \
  do {                                                      \
    if (absl::Status status = (expression); !status.ok()) { \
      return status;                                        \
    }                                                       \
  } while (false)

// `TREMPLIN_ASSIGN_OR_RETURN(auto x, F());` binds the value, or returns the status.
#define TREMPLIN_ASSIGN_OR_RETURN(lhs, expression) \
  TREMPLIN_ASSIGN_OR_RETURN_IMPL_(TREMPLIN_CONCAT_(_status_or_, __COUNTER__), lhs, expression)
#define TREMPLIN_ASSIGN_OR_RETURN_IMPL_(statusor, lhs, expression) \
  auto statusor = (expression);                                    \
  if (!statusor.ok()) return std::move(statusor).status();         \
  lhs = *std::move(statusor)

#endif  // TREMPLIN_COMMON_STATUS_MACROS_H_
