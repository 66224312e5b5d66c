#ifndef TREMPLIN_SERVICES_NOTIFICATION_DOMAIN_ADDRESS_H_
#define TREMPLIN_SERVICES_NOTIFICATION_DOMAIN_ADDRESS_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "absl/types/span.h"
#include "common/messages/message.h"

// Where a webhook may lead: what somebody writes into an address must not make the service call
// what stands beside it (API7:2023). Pure.
namespace tremplin::notification {

// By whom an IP address is reached.
enum class Reach {
  kPublic,  // the internet
  kInside,  // this machine or a private network: loopback, 10/8, fc00::/7, …
  kNobody  // nothing a webhook is for: link-local (and with it the cloud's metadata), multicast, …
};

// Of an address in network order: 4 bytes, or 16. What embeds a v4 address (mapped, compatible,
// NAT64, 6to4) is as that address. kNobody for any other length.
Reach ReachOf(absl::Span<const uint8_t> address);

// The address that a host of a URL says literally ("192.0.2.1", "[2001:db8::1]"); nothing for a
// name.
std::optional<Reach> ReachOfLiteral(std::string_view host);

inline constexpr size_t kLongestUrl = 2000;

// What is wrong with the address of a webhook; nullptr when it can be taken. `inside`: the
// installation delivers inside its own network. A name is no fault here wherever it leads: the
// address is looked at when it is connected to.
const messages::Message* UrlFault(std::string_view url, bool inside);

}  // namespace tremplin::notification

#endif  // TREMPLIN_SERVICES_NOTIFICATION_DOMAIN_ADDRESS_H_
