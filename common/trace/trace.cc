#include "common/trace/trace.h"

#include <cstdint>

#include "absl/strings/str_format.h"
#include "common/digest/digest.h"
#include "common/environment/environment.h"
#include "common/ids/ids.h"
#include "common/text/text.h"

namespace tremplin::trace {
namespace {

// "00-" trace id (32) "-" parent id (16) "-" flags (2)
constexpr size_t kTraceStart = 3;
constexpr size_t kTraceLength = 32;
constexpr size_t kParentStart = 36;
constexpr size_t kParentLength = 16;
constexpr size_t kLength = 55;
constexpr size_t kDigestLength = 16;

bool IsLowerHex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

bool IsZero(std::string_view text) { return text.find_first_not_of('0') == std::string_view::npos; }

}  // namespace

bool IsTraceparent(std::string_view text) {
  if (text.size() != kLength || text.substr(0, kTraceStart) != "00-") return false;
  for (size_t i = kTraceStart; i < kLength; ++i) {
    const bool dash = i == kParentStart - 1 || i == kParentStart + kParentLength;
    if (dash ? text[i] != '-' : !IsLowerHex(text[i])) return false;
  }
  return !IsZero(text.substr(kTraceStart, kTraceLength)) &&
         !IsZero(text.substr(kParentStart, kParentLength));
}

std::string NewTraceparent() {
  const uint64_t high = environment::PublicBits() | 1;  // no id is zero
  const uint64_t low = environment::PublicBits();
  return absl::StrFormat("00-%016x%016x-%016x-01", high, low, environment::PublicBits() | 1);
}

std::string ChildOf(std::string_view traceparent) {
  if (!IsTraceparent(traceparent)) return NewTraceparent();
  std::string child(traceparent);
  child.replace(kParentStart, kParentLength,
                absl::StrFormat("%016x", environment::PublicBits() | 1));
  return child;
}

std::string_view TraceIdOf(std::string_view traceparent) {
  return IsTraceparent(traceparent) ? traceparent.substr(kTraceStart, kTraceLength)
                                    : std::string_view();
}

std::string_view SpanIdOf(std::string_view traceparent) {
  return IsTraceparent(traceparent) ? traceparent.substr(kParentStart, kParentLength)
                                    : std::string_view();
}

std::string LoggedRequestId(std::string_view request_id) {
  if (request_id.empty() || ids::IsUuid(request_id)) return std::string(request_id);
  return text::Cat("sha256:", digest::Sha256Hex(request_id).substr(0, kDigestLength));
}

}  // namespace tremplin::trace
