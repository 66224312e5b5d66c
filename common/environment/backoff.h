#ifndef TREMPLIN_COMMON_ENVIRONMENT_BACKOFF_H_
#define TREMPLIN_COMMON_ENVIRONMENT_BACKOFF_H_

#include "absl/time/time.h"

namespace tremplin::environment {

// How long to leave alone what has failed: `first`, twice as long after each further failure, at
// most `longest`.
struct Backoff {
  absl::Duration first;
  absl::Duration longest;

  // After so many failures in a row; none where there was none.
  absl::Duration After(int failures) const;
};

// Between half of it and one and a half, so that those who failed together do not come again
// together.
absl::Duration Jittered(absl::Duration wait);

}  // namespace tremplin::environment

#endif  // TREMPLIN_COMMON_ENVIRONMENT_BACKOFF_H_
