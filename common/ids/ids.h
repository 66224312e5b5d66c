#ifndef TREMPLIN_COMMON_IDS_IDS_H_
#define TREMPLIN_COMMON_IDS_IDS_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/types/span.h"

// Ids are UUIDs in lower-case text form, 36 characters. Thread-safe.
namespace tremplin::ids {

// A new UUIDv7 (RFC 9562): 48 bits of system time in milliseconds, the rest random. Ids of one
// process grow within a millisecond, so that indexes stay dense. Both are the environment's
// (common/environment): in a simulation they follow from its seed and its clock.
std::string New();

// A UUIDv8 whose bits are the SHA-256 of the parts (each preceded by its length): the same parts
// give the same id on every machine. For ids that must not be drawn twice (person of an
// application, ids in demo mode). The parts are not secret and hold no personal data.
std::string Derive(absl::Span<const std::string_view> parts);

// Whether `text` is a UUID in the form above.
bool IsUuid(std::string_view text);

// 64 bits of the SHA-256 of the parts: the seedable draw of demo and tests.
uint64_t Draw(absl::Span<const std::string_view> parts);

}  // namespace tremplin::ids

#endif  // TREMPLIN_COMMON_IDS_IDS_H_
