#include "common/ids/ids.h"

#include <array>

#include "absl/time/time.h"
#include "common/digest/digest.h"
#include "common/environment/environment.h"

namespace tremplin::ids {
namespace {

std::string Format(const unsigned char* bytes) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string text(36, '-');
  size_t at = 0;
  for (size_t i = 0; i < 16; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) ++at;
    text[at++] = kHex[bytes[i] >> 4];
    text[at++] = kHex[bytes[i] & 15];
  }
  return text;
}

// The 60 leading bits (milliseconds, then a 12-bit counter) of the last id. A counter that runs
// over borrows from the next millisecond, which RFC 9562 allows.
uint64_t NextTimestampAndCounter() {
  const auto millis = static_cast<uint64_t>(absl::ToUnixMillis(environment::SystemNow()));
  return environment::Ascending(millis << 12U);
}

digest::Bytes Hash(absl::Span<const std::string_view> parts) {
  std::string text;
  for (std::string_view part : parts) {
    for (int shift = 24; shift >= 0; shift -= 8) {
      text.push_back(static_cast<char>((part.size() >> shift) & 0xff));
    }
    text.append(part);
  }
  return digest::Sha256(text);
}

}  // namespace

std::string New() {
  uint64_t leading = NextTimestampAndCounter();
  std::array<unsigned char, 16> bytes;
  for (size_t i = 0; i < 6; ++i) {
    bytes[i] = static_cast<unsigned char>((leading >> (52 - 8 * i)) & 0xff);
  }
  bytes[6] = static_cast<unsigned char>(0x70 | ((leading >> 8) & 0x0f));
  bytes[7] = static_cast<unsigned char>(leading & 0xff);
  environment::FillPublic(bytes.data() + 8, 8);
  bytes[8] = static_cast<unsigned char>(0x80 | (bytes[8] & 0x3f));
  return Format(bytes.data());
}

std::string Derive(absl::Span<const std::string_view> parts) {
  digest::Bytes digest = Hash(parts);
  digest[6] = static_cast<unsigned char>(0x80 | (digest[6] & 0x0f));
  digest[8] = static_cast<unsigned char>(0x80 | (digest[8] & 0x3f));
  return Format(digest.data());
}

bool IsUuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    char c = text[i];
    bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    if (dash ? c != '-' : !hex) return false;
  }
  return true;
}

uint64_t Draw(absl::Span<const std::string_view> parts) {
  digest::Bytes digest = Hash(parts);
  uint64_t value = 0;
  for (size_t i = 0; i < 8; ++i) value = value << 8 | digest[i];
  return value;
}

}  // namespace tremplin::ids
