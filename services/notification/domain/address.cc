#include "services/notification/domain/address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <string>

#include "services/notification/messages.h"

namespace tremplin::notification {
namespace {

// A range of addresses: its first bytes, of which `bits` count.
struct Range {
  std::array<uint8_t, 12> prefix;
  int bits;
  Reach reach;
};

// What is not the internet's (IANA's registries of special-purpose addresses).
constexpr Range kRanges4[] = {
    {{0}, 8, Reach::kNobody},              // this network
    {{10}, 8, Reach::kInside},             //
    {{100, 64}, 10, Reach::kInside},       // shared by a carrier's customers
    {{127}, 8, Reach::kInside},            // loopback
    {{169, 254}, 16, Reach::kNobody},      // link-local
    {{172, 16}, 12, Reach::kInside},       //
    {{192, 0, 0}, 24, Reach::kNobody},     // protocol assignments
    {{192, 0, 2}, 24, Reach::kNobody},     // documentation
    {{192, 88, 99}, 24, Reach::kNobody},   // 6to4 relays
    {{192, 168}, 16, Reach::kInside},      //
    {{198, 18}, 15, Reach::kNobody},       // benchmarks
    {{198, 51, 100}, 24, Reach::kNobody},  // documentation
    {{203, 0, 113}, 24, Reach::kNobody},   // documentation
    {{224}, 3, Reach::kNobody},            // multicast, reserved, broadcast
};
// Of v6 all that is not global unicast (2000::/3) is nobody's but what is listed.
constexpr Range kRanges6[] = {
    {{0xfc}, 7, Reach::kInside},                     // unique local
    {{0x20, 0x01, 0x00}, 23, Reach::kNobody},        // protocol assignments, Teredo among them
    {{0x20, 0x01, 0x0d, 0xb8}, 32, Reach::kNobody},  // documentation
    {{0x3f, 0xff}, 20, Reach::kNobody},              // documentation
    {{0x20}, 3, Reach::kPublic},
};
constexpr uint8_t kLoopback6[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};

// Where a v6 address of a range holds the v4 address that it stands for.
struct Embedding {
  Range range;
  size_t at;
};
constexpr Embedding kEmbeddings[] = {
    {{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96, Reach::kPublic}, 12},        // mapped
    {{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, 96, Reach::kPublic}, 12},              // compatible
    {{{0x00, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0}, 96, Reach::kPublic}, 12},  // NAT64
    {{{0x20, 0x02}, 16, Reach::kPublic}, 2},                                       // 6to4
};

bool In(const Range& range, absl::Span<const uint8_t> address) {
  for (int bit = 0; bit < range.bits; bit += 8) {
    const size_t i = static_cast<size_t>(bit / 8);
    const int left = std::min(8, range.bits - bit);
    if (((address[i] ^ range.prefix[i]) >> (8 - left)) != 0) return false;
  }
  return true;
}

template <size_t kSize>
Reach Find(const Range (&ranges)[kSize], absl::Span<const uint8_t> address, Reach otherwise) {
  for (const Range& range : ranges) {
    if (In(range, address)) return range.reach;
  }
  return otherwise;
}

bool IsNameCharacter(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '.' || c == '_';
}

// A port from 1 to 65535, or none.
bool IsPort(std::string_view text) {
  if (text.empty()) return true;
  if (text.front() != ':') return false;
  int port = 0;
  const char* const end = text.data() + text.size();
  const auto [last, error] = std::from_chars(text.data() + 1, end, port);
  return error == std::errc() && last == end && port >= 1 && port <= 65535;
}

// A name of the internet's, or an address that a webhook may go to.
const messages::Message* HostFault(std::string_view host, bool inside) {
  if (const std::optional<Reach> reach = ReachOfLiteral(host)) {
    const bool allowed = *reach == Reach::kPublic || (inside && *reach == Reach::kInside);
    return allowed ? nullptr : &kWebhookAddressRefused;
  }
  if (host.empty() || !std::all_of(host.begin(), host.end(), IsNameCharacter)) {
    return &kWebhookUrlMalformed;
  }
  // "localhost", or a neighbour in a cluster.
  if (!inside && host.find('.') == std::string_view::npos) return &kWebhookAddressRefused;
  return nullptr;
}

}  // namespace

Reach ReachOf(absl::Span<const uint8_t> address) {
  if (address.size() == 4) return Find(kRanges4, address, Reach::kPublic);
  if (address.size() != 16) return Reach::kNobody;
  if (std::equal(address.begin(), address.end(), std::begin(kLoopback6))) return Reach::kInside;
  for (const Embedding& one : kEmbeddings) {
    if (In(one.range, address)) return ReachOf(address.subspan(one.at, 4));
  }
  return Find(kRanges6, address, Reach::kNobody);
}

std::optional<Reach> ReachOfLiteral(std::string_view host) {
  std::array<uint8_t, 16> bytes{};
  std::string text(host);
  if (inet_pton(AF_INET, text.c_str(), bytes.data()) == 1) {
    return ReachOf(absl::MakeSpan(bytes).first(4));
  }
  if (text.size() < 2 || text.front() != '[' || text.back() != ']') return std::nullopt;
  text = text.substr(1, text.size() - 2);
  if (inet_pton(AF_INET6, text.c_str(), bytes.data()) != 1) return Reach::kNobody;
  return ReachOf(bytes);
}

const messages::Message* UrlFault(std::string_view url, bool inside) {
  if (url.empty() || url.size() > kLongestUrl) return &kWebhookUrlMalformed;
  for (const char c : url) {
    if (c <= ' ' || c > '~' || c == '\\' || c == '#') return &kWebhookUrlMalformed;
  }
  const bool plain = url.starts_with("http://");
  if (!plain && !url.starts_with("https://")) return &kWebhookUrlMalformed;
  if (plain && !inside) return &kWebhookNeedsHttps;
  std::string_view rest = url.substr(url.find("//") + 2);
  const std::string_view authority = rest.substr(0, rest.find_first_of("/?"));
  if (authority.find('@') != std::string_view::npos) return &kWebhookUserInfo;
  const size_t end = authority.starts_with('[') ? authority.find(']') + 1 : authority.find(':');
  const std::string_view host = authority.substr(0, end);
  const std::string_view port = end < authority.size() ? authority.substr(end) : std::string_view();
  if (!IsPort(port)) return &kWebhookUrlMalformed;
  return HostFault(host, inside);
}

}  // namespace tremplin::notification
