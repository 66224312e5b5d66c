#ifndef TREMPLIN_COMMON_TEXT_UTF8_H_
#define TREMPLIN_COMMON_TEXT_UTF8_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tremplin::text {

// Length in bytes (1–4) of the valid UTF-8 sequence at the start of `text`; 0 when there is none
// (empty, truncated, overlong, a surrogate, beyond U+10FFFF).
inline size_t Utf8SequenceLength(std::string_view text) {
  if (text.empty()) return 0;
  const auto byte = [&text](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t first = byte(0);
  if (first < 0x80) return 1;
  if (first < 0xC2 || first > 0xF4) return 0;
  const size_t length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  if (text.size() < length) return 0;
  // The second byte's range is narrower after these first bytes (Unicode, table 3-7).
  const uint8_t low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
  const uint8_t high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
  if (byte(1) < low || byte(1) > high) return 0;
  for (size_t i = 2; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  return length;
}

inline bool IsUtf8(std::string_view text) {
  while (!text.empty()) {
    const size_t length = Utf8SequenceLength(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

}  // namespace tremplin::text

#endif  // TREMPLIN_COMMON_TEXT_UTF8_H_
