#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "common/events/event.h"

// The record as lines: the key, the data, then one "name: value" a header. Whatever decodes must
// encode to headers that decode to the same event.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  const auto line = [&rest] {
    const size_t end = rest.find('\n');
    const std::string_view head = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    return std::string(head);
  };
  const std::string key = line();
  const std::string value = line();
  std::vector<tremplin::events::Header> headers;
  while (!rest.empty() && headers.size() < 64) {
    const std::string header = line();
    const size_t colon = header.find(": ");
    if (colon == std::string::npos) {
      headers.emplace_back(header, "");
    } else {
      headers.emplace_back(header.substr(0, colon), header.substr(colon + 2));
    }
  }
  const auto event = tremplin::events::DecodeEvent(headers, key, value);
  if (!event.ok()) {
    if (event.status().code() != absl::StatusCode::kInvalidArgument) std::abort();
    return 0;
  }
  const auto again =
      tremplin::events::DecodeEvent(tremplin::events::EncodeHeaders(*event), key, value);
  if (!again.ok() || again->id != event->id || again->service != event->service ||
      again->type != event->type || again->key != event->key || again->time != event->time ||
      again->traceparent != event->traceparent || again->data != event->data) {
    std::abort();
  }
  return 0;
}
