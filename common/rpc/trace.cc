#include "common/rpc/trace.h"

#include <random>

#include "absl/strings/str_format.h"

namespace tremplin::rpc {
namespace {

// "00-" trace id (32) "-" parent id (16) "-" flags (2)
constexpr size_t kTraceStart = 3;
constexpr size_t kTraceLength = 32;
constexpr size_t kParentStart = 36;
constexpr size_t kParentLength = 16;
constexpr size_t kLength = 55;

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
  thread_local std::mt19937_64 random{std::random_device{}()};
  return absl::StrFormat("00-%016x%016x-%016x-01", random() | 1, random(), random() | 1);
}

std::string_view TraceIdOf(std::string_view traceparent) {
  return IsTraceparent(traceparent) ? traceparent.substr(kTraceStart, kTraceLength)
                                    : std::string_view();
}

}  // namespace tremplin::rpc
