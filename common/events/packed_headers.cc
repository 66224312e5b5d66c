#include <cstdint>

#include "absl/status/status.h"
#include "common/events/event.h"

// Each text is preceded by its length: 4 bytes, the lowest first.
namespace tremplin::events {
namespace {

constexpr size_t kLengthBytes = 4;

void Append(std::string& packed, std::string_view text) {
  const auto size = static_cast<uint32_t>(text.size());
  for (size_t i = 0; i < kLengthBytes; ++i) {
    packed.push_back(static_cast<char>((size >> (8 * i)) & 0xff));
  }
  packed.append(text);
}

bool Take(std::string_view& packed, std::string& text) {
  if (packed.size() < kLengthBytes) return false;
  uint32_t size = 0;
  for (size_t i = 0; i < kLengthBytes; ++i) {
    size |= static_cast<uint32_t>(static_cast<unsigned char>(packed[i])) << (8 * i);
  }
  packed.remove_prefix(kLengthBytes);
  if (packed.size() < size) return false;
  text.assign(packed.substr(0, size));
  packed.remove_prefix(size);
  return true;
}

}  // namespace

std::string PackHeaders(const std::vector<Header>& headers) {
  std::string packed;
  size_t size = 0;
  for (const auto& [name, value] : headers) size += 2 * kLengthBytes + name.size() + value.size();
  packed.reserve(size);
  for (const auto& [name, value] : headers) {
    Append(packed, name);
    Append(packed, value);
  }
  return packed;
}

absl::StatusOr<std::vector<Header>> UnpackHeaders(std::string_view packed) {
  std::vector<Header> headers;
  while (!packed.empty()) {
    Header header;
    if (!Take(packed, header.first) || !Take(packed, header.second)) {
      return absl::InvalidArgumentError("packed headers are cut off");
    }
    headers.push_back(std::move(header));
  }
  return headers;
}

}  // namespace tremplin::events
