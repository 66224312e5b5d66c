#include "common/host/supervisor.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <cstring>

#include "absl/strings/numbers.h"

namespace tremplin::host {
namespace {

std::string Environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace

Supervisor::Supervisor() : socket_(Environment("NOTIFY_SOCKET")) {
  int64_t within = 0;  // a sign of life is expected so often
  if (socket_.empty() || !absl::SimpleAtoi(Environment("WATCHDOG_USEC"), &within) || within <= 0) {
    return;
  }
  alive_ = std::make_unique<Loop>("alive", [this, every = absl::Microseconds(within) / 3] {
    Tell("WATCHDOG=1");
    return every;
  });
  alive_->Start();
}

void Supervisor::Tell(const std::string& text) const {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (socket_.empty() || socket_.size() >= sizeof(address.sun_path)) return;
  std::memcpy(address.sun_path, socket_.data(), socket_.size());
  if (address.sun_path[0] == '@') address.sun_path[0] = '\0';  // an abstract name
  const int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return;
  // Who cannot be told will act by its own limits; nothing here depends on it.
  sendto(descriptor, text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT,
         reinterpret_cast<const sockaddr*>(&address),
         static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket_.size()));
  close(descriptor);
}

}  // namespace tremplin::host
