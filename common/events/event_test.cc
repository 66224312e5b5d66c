#include "common/events/event.h"

#include <algorithm>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace tremplin::events {
namespace {

Event Sample() {
  return Event{.id = "0193b3a0-7c00-7000-8000-000000000001",
               .service = "referral",
               .type = "tremplin.referral.events.v1.ReferralSubmitted",
               .key = "0193b3a0-7c00-7000-8000-0000000000aa",
               .time = absl::FromUnixMicros(1764633600123456),
               .traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
               .data = std::string("\x0a\x00\x01", 3)};
}

std::string& Value(std::vector<Header>& headers, std::string_view name) {
  return std::find_if(headers.begin(), headers.end(),
                      [&](const Header& header) { return header.first == name; })
      ->second;
}

TEST(Event, TopicCarriesTheServiceAndTheVersion) {
  EXPECT_EQ(TopicOf("referral"), "tremplin.referral.v1");
}

TEST(Event, EncodesCloudEventsBinaryMode) {
  EXPECT_THAT(
      EncodeHeaders(Sample()),
      ::testing::ElementsAre(
          Header{"ce_specversion", "1.0"}, Header{"ce_id", Sample().id},
          Header{"ce_source", "/tremplin/referral"},
          Header{"ce_type", "tremplin.referral.events.v1.ReferralSubmitted"},
          Header{"ce_subject", Sample().key}, Header{"ce_time", "2025-12-02T00:00:00.123456Z"},
          Header{"content-type", "application/protobuf"},
          Header{"traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}));
}

TEST(Event, DecodesWhatItEncodes) {
  for (const bool traced : {true, false}) {
    Event event = Sample();
    if (!traced) event.traceparent.clear();
    std::vector<Header> headers = EncodeHeaders(event);
    std::reverse(headers.begin(), headers.end());
    headers.emplace_back("x-transport", "of no concern");
    const absl::StatusOr<Event> decoded = DecodeEvent(headers, event.key, event.data);
    ASSERT_TRUE(decoded.ok()) << decoded.status();
    EXPECT_EQ(decoded->id, event.id);
    EXPECT_EQ(decoded->service, event.service);
    EXPECT_EQ(decoded->type, event.type);
    EXPECT_EQ(decoded->key, event.key);
    EXPECT_EQ(decoded->time, event.time);
    EXPECT_EQ(decoded->traceparent, event.traceparent);
    EXPECT_EQ(decoded->data, event.data);
  }
}

TEST(Event, ReadsTimesWithAnOffset) {
  std::vector<Header> headers = EncodeHeaders(Sample());
  Value(headers, "ce_time") = "2025-12-01T19:00:00.123456789-05:00";
  const absl::StatusOr<Event> decoded = DecodeEvent(headers, Sample().key, "");
  ASSERT_TRUE(decoded.ok()) << decoded.status();
  EXPECT_EQ(decoded->time, Sample().time);
}

TEST(Event, RefusesAMissingOrDoubledHeaderAndNamesIt) {
  const std::vector<Header> headers = EncodeHeaders(Sample());
  for (size_t i = 0; i < headers.size(); ++i) {
    std::vector<Header> doubled = headers;
    doubled.push_back(headers[i]);
    const absl::Status twice = DecodeEvent(doubled, Sample().key, "").status();
    EXPECT_EQ(twice.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_TRUE(twice.message().find(headers[i].first) != std::string::npos) << twice;
    if (headers[i].first == "traceparent") continue;
    std::vector<Header> missing = headers;
    missing.erase(missing.begin() + static_cast<std::ptrdiff_t>(i));
    const absl::Status none = DecodeEvent(missing, Sample().key, "").status();
    EXPECT_EQ(none.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_TRUE(none.message().find(headers[i].first) != std::string::npos) << none;
  }
}

TEST(Event, RefusesAMalformedHeaderAndNamesIt) {
  const std::vector<Header> bad = {
      {"ce_specversion", "0.3"},
      {"ce_id", ""},
      {"ce_id", "with space"},
      {"ce_id", std::string(129, 'a')},
      {"ce_source", "/elsewhere/referral"},
      {"ce_source", "/tremplin/"},
      {"ce_source", "/tremplin/Referral"},
      {"ce_type", "a/b"},
      {"ce_type", ""},
      {"ce_subject", "another-key"},
      {"ce_subject", ""},
      {"ce_time", "yesterday"},
      {"ce_time", "infinite-future-and-more"},
      {"ce_time", "2025-13-01T00:00:00.000000Z"},
      {"ce_time", " 2025-12-01T00:00:00.000000Z"},
      {"content-type", "application/json"},
      {"traceparent", "00-short"},
      {"traceparent", "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01"},
  };
  for (const auto& [name, value] : bad) {
    std::vector<Header> headers = EncodeHeaders(Sample());
    Value(headers, name) = value;
    const absl::Status status = DecodeEvent(headers, Sample().key, "").status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << name << "=" << value;
    EXPECT_TRUE(status.message().find(name) != std::string::npos) << status;
  }
}

}  // namespace
}  // namespace tremplin::events
