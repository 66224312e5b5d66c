#ifndef TREMPLIN_COMMON_CLASSIFICATION_TABLES_H_
#define TREMPLIN_COMMON_CLASSIFICATION_TABLES_H_

#include <string_view>

#include "absl/types/span.h"
#include "common/classification/classification.h"

// The reference tables by name, for facts whose codes come from one of them.
namespace tremplin::classification {

// "noc", "naics", "country", "postal_code", "area", "slot", "goal", "trait", "language".
absl::Span<const std::string_view> TableNames();
bool IsTable(std::string_view name);

// Whether the table of that name holds the code. A postal code and an area are held when they are
// well formed.
bool Holds(const Classification& tables, std::string_view table, std::string_view code);

// Whether the code could be one of the table's, by its form alone where the table is a file: what
// can be told of a rule before the files are at hand.
bool MayHold(std::string_view table, std::string_view code);

// ISO 3166-1 alpha-2, in capitals ("CA"), and XK.
bool IsCountry(std::string_view text);
// ISO 639-1, in small letters ("fr").
bool IsLanguage(std::string_view text);
// "<mon…sun>-<morning|noon|evening>".
bool IsSlot(std::string_view text);
// A forward sortation area, in capitals ("K1Z").
bool IsArea(std::string_view text);

}  // namespace tremplin::classification

#endif  // TREMPLIN_COMMON_CLASSIFICATION_TABLES_H_
