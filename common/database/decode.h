#ifndef TREMPLIN_COMMON_DATABASE_DECODE_H_
#define TREMPLIN_COMMON_DATABASE_DECODE_H_

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/text/text.h"

namespace tremplin::database {

// A stored number as the enum it stands for. DATA_LOSS for one that stands for none: what is
// damaged or of a later version is never read as something else. `what` names the column for the
// log.
template <class Enum>
absl::StatusOr<Enum> EnumOf(int64_t stored, Enum first, Enum last, std::string_view what) {
  if (stored < static_cast<int64_t>(first) || stored > static_cast<int64_t>(last)) {
    return absl::DataLossError(text::Cat("unknown ", what, ": ", stored));
  }
  return static_cast<Enum>(stored);
}

}  // namespace tremplin::database

#endif  // TREMPLIN_COMMON_DATABASE_DECODE_H_
