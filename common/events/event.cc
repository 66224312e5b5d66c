#include "common/events/event.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "common/text/text.h"
#include "common/trace/trace.h"

namespace tremplin::events {
namespace {

constexpr std::string_view kSourcePrefix = "/tremplin/";
constexpr std::string_view kContentType = "application/protobuf";
constexpr std::string_view kTimeFormat = "%Y-%m-%d%ET%H:%M:%E6SZ";

enum Slot : size_t {
  kSpecVersion,
  kId,
  kSource,
  kType,
  kSubject,
  kTime,
  kContent,
  kTraceparent,
  kSlots
};
constexpr std::array<std::string_view, kSlots> kNames = {
    "ce_specversion", "ce_id",   "ce_source",    kTypeHeader,
    "ce_subject",     "ce_time", "content-type", "traceparent"};

using Slots = std::array<const std::string*, kSlots>;

absl::Status Bad(Slot slot, std::string_view what) {
  return absl::InvalidArgumentError(text::Cat("header ", kNames[slot], " ", what));
}

template <class Predicate>
bool AllOf(std::string_view text, size_t max, Predicate predicate) {
  return !text.empty() && text.size() <= max && std::all_of(text.begin(), text.end(), [&](char c) {
    return predicate(static_cast<unsigned char>(c));
  });
}

bool IsToken(std::string_view text, size_t max) {
  return AllOf(text, max, [](unsigned char c) { return absl::ascii_isgraph(c); });
}

bool IsServiceName(std::string_view text) {
  return AllOf(text, 32, [](unsigned char c) { return absl::ascii_islower(c) || c == '_'; });
}

// absl::ParseTime also reads "infinite-future" and lenient spaces, which are not RFC 3339.
std::optional<absl::Time> ParseTime(const std::string& text) {
  if (text.size() < 20 || text.size() > 40 ||
      !absl::ascii_isdigit(static_cast<unsigned char>(text.front()))) {
    return std::nullopt;
  }
  const bool clean = std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isdigit(static_cast<unsigned char>(c)) ||
           std::string_view("-+:.TZ").find(c) != std::string_view::npos;
  });
  absl::Time time;
  std::string error;
  if (!clean || !absl::ParseTime(absl::RFC3339_full, text, &time, &error)) return std::nullopt;
  return absl::FromUnixMicros(absl::ToUnixMicros(time));
}

absl::StatusOr<Slots> Collect(const std::vector<Header>& headers) {
  Slots slots{};
  for (const auto& [name, value] : headers) {
    const auto found = std::find(kNames.begin(), kNames.end(), name);
    if (found == kNames.end()) continue;  // an extension attribute, or a header of the transport
    const auto slot = static_cast<Slot>(found - kNames.begin());
    if (slots[slot] != nullptr) return Bad(slot, "is doubled");
    slots[slot] = &value;
  }
  for (size_t slot = 0; slot < kTraceparent; ++slot) {
    if (slots[slot] == nullptr) return Bad(static_cast<Slot>(slot), "is missing");
  }
  return slots;
}

}  // namespace

bool IsTypeName(std::string_view type) {
  return AllOf(type, 256,
               [](unsigned char c) { return absl::ascii_isalnum(c) || c == '_' || c == '.'; });
}

std::string TopicOf(std::string_view service) { return text::Cat("tremplin.", service, ".v1"); }

bool IsKey(std::string_view key) { return IsToken(key, 256); }

std::vector<Header> EncodeHeaders(const Event& event) {
  std::vector<Header> headers;
  headers.reserve(kSlots);
  const auto add = [&](Slot slot, std::string value) {
    headers.emplace_back(std::string(kNames[slot]), std::move(value));
  };
  add(kSpecVersion, "1.0");
  add(kId, event.id);
  add(kSource, text::Cat(kSourcePrefix, event.service));
  add(kType, event.type);
  add(kSubject, event.key);
  add(kTime, absl::FormatTime(text::Absl(kTimeFormat), event.time, absl::UTCTimeZone()));
  add(kContent, std::string(kContentType));
  if (!event.traceparent.empty()) add(kTraceparent, event.traceparent);
  return headers;
}

absl::StatusOr<Event> DecodeEvent(const std::vector<Header>& headers, std::string key,
                                  std::string data) {
  const absl::StatusOr<Slots> collected = Collect(headers);
  if (!collected.ok()) return collected.status();
  const Slots& slots = *collected;
  if (*slots[kSpecVersion] != "1.0") return Bad(kSpecVersion, "is not 1.0");
  if (!IsToken(*slots[kId], 128)) return Bad(kId, "is malformed");
  std::string_view service = *slots[kSource];
  if (!service.starts_with(kSourcePrefix)) return Bad(kSource, "is malformed");
  service.remove_prefix(kSourcePrefix.size());
  if (!IsServiceName(service)) return Bad(kSource, "is malformed");
  if (!IsTypeName(*slots[kType])) return Bad(kType, "is malformed");
  if (!IsKey(*slots[kSubject])) return Bad(kSubject, "is malformed");
  if (*slots[kSubject] != key) return Bad(kSubject, "is not the record's key");
  const std::optional<absl::Time> time = ParseTime(*slots[kTime]);
  if (!time.has_value()) return Bad(kTime, "is malformed");
  if (*slots[kContent] != kContentType) return Bad(kContent, "is not application/protobuf");
  const std::string* traceparent = slots[kTraceparent];
  if (traceparent != nullptr && !trace::IsTraceparent(*traceparent)) {
    return Bad(kTraceparent, "is malformed");
  }
  return Event{.id = *slots[kId],
               .service = std::string(service),
               .type = *slots[kType],
               .key = std::move(key),
               .time = *time,
               .traceparent = traceparent == nullptr ? "" : *traceparent,
               .data = std::move(data)};
}

}  // namespace tremplin::events
