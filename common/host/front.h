#ifndef TREMPLIN_COMMON_HOST_FRONT_H_
#define TREMPLIN_COMMON_HOST_FRONT_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/config/config.h"
#include "common/metrics/metrics.h"
#include "common/peers/peers.h"

namespace tremplin::host {

// Another way into the system beside gRPC, which calls the services as any client does. The host
// starts it with the process, tells it when calls are served, and drains it before what it calls.
class Front {
 public:
  virtual ~Front() = default;
  virtual std::string address() const = 0;    // host:port as bound
  virtual void SetServing(bool serving) = 0;  // not until the first call
  // Lets what is under way finish, at most `grace`; then cuts it off. Returns how much was.
  virtual int Drain(absl::Duration grace) = 0;
};

// What a front is made of; all of it outlives the front.
struct FrontContext {
  const config::Config& config;
  peers::Transport& services;
  metrics::Registry& metrics;
};
using FrontMaker = std::function<absl::StatusOr<std::unique_ptr<Front>>(const FrontContext&)>;

}  // namespace tremplin::host

#endif  // TREMPLIN_COMMON_HOST_FRONT_H_
