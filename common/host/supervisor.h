#ifndef TREMPLIN_COMMON_HOST_SUPERVISOR_H_
#define TREMPLIN_COMMON_HOST_SUPERVISOR_H_

#include <memory>
#include <string>

#include "common/host/loop.h"

namespace tremplin::host {

// Tells whoever started the process (systemd, Type=notify) how it stands, by the datagram socket in
// NOTIFY_SOCKET: that it serves, that it ends, and, where WATCHDOG_USEC asks for it, that it still
// runs, so that a frozen process is replaced. Without NOTIFY_SOCKET it does nothing. Ready and
// Stopping may be called from any thread.
class Supervisor {
 public:
  Supervisor();
  void Ready() const { Tell("READY=1"); }
  void Stopping() const { Tell("STOPPING=1"); }

 private:
  void Tell(const std::string& text) const;

  std::string socket_;
  std::unique_ptr<Loop> alive_;
};

}  // namespace tremplin::host

#endif  // TREMPLIN_COMMON_HOST_SUPERVISOR_H_
