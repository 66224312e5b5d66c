#ifndef TREMPLIN_COMMON_TEXT_TEXT_H_
#define TREMPLIN_COMMON_TEXT_TEXT_H_

#include <string>
#include <string_view>
#include <type_traits>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

// Debian builds abseil with a string_view of its own, which std::string_view does not convert to.
// These two close the gap, so that our code speaks std::string_view everywhere.
namespace tremplin::text {

inline absl::string_view Absl(std::string_view text) { return {text.data(), text.size()}; }

namespace internal {
template <class T>
decltype(auto) Piece(const T& value) {
  if constexpr (std::is_convertible_v<const T&, std::string_view> &&
                !std::is_convertible_v<const T&, absl::string_view>) {
    return Absl(value);
  } else {
    return (value);
  }
}
}  // namespace internal

// absl::StrCat over std::string_view, numbers and the like.
template <class... Parts>
std::string Cat(const Parts&... parts) {
  return absl::StrCat(internal::Piece(parts)...);
}

}  // namespace tremplin::text

#endif  // TREMPLIN_COMMON_TEXT_TEXT_H_
