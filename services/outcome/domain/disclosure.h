#ifndef TREMPLIN_SERVICES_OUTCOME_DOMAIN_DISCLOSURE_H_
#define TREMPLIN_SERVICES_OUTCOME_DOMAIN_DISCLOSURE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/time/time.h"

// Which counts of people by kind may be shown, so that nobody learns of a group that is smaller
// than the least cell: neither from a count, nor from what is left of the total, nor from what was
// shown of another day. Pure.
//
// What is shown changes at releases only. Whatever day is asked for, its last release is shown, so
// that the releases together are all that can be known. A release shows every kind, or the first
// and the last, or the last alone; of the hidden ones the total tells the sum, which is no secret.
// The choices are nested, so that of any two releases the one that shows fewer says what both tell
// of: the kinds it shows and the sum of the rest. From one release to any other, and from the
// beginning on, each of these changed by nobody or by the least cell at least. So no small number
// is the difference of two that were shown. A release is made as soon as this allows one, and shows
// the most that is possible then.
namespace tremplin::outcome {

inline constexpr size_t kMostKinds = 4;
using KindCounts = std::array<int64_t, kMostKinds>;

// Somebody came to a kind, or (-1) left it, at a time.
struct KindChange {
  absl::Time at;
  size_t kind = 0;
  int64_t by = 1;
};

struct Disclosure {
  KindCounts counts = {};                // as of `at`; those of hidden kinds read 0
  unsigned shown = 0;                    // bit k: kind k is shown
  int64_t total = 0;                     // as of `at`
  absl::Time at = absl::InfinitePast();  // InfinitePast: nothing has been released yet

  bool Shows(size_t kind) const { return (shown >> kind & 1U) != 0; }
};

// What may be shown after `changes`, which are in the order of their times, of `kinds` kinds (2 to
// kMostKinds). Nobody at all is no secret: without any change every kind shows 0.
Disclosure Disclose(const std::vector<KindChange>& changes, size_t kinds, int64_t least_cell);

}  // namespace tremplin::outcome

#endif  // TREMPLIN_SERVICES_OUTCOME_DOMAIN_DISCLOSURE_H_
