#ifndef TREMPLIN_COMMON_HOST_PROCESS_H_
#define TREMPLIN_COMMON_HOST_PROCESS_H_

#include <functional>
#include <optional>
#include <string>
#include <variant>

#include "absl/status/status.h"
#include "common/config/config.h"
#include "common/host/assembly.h"
#include "common/host/front.h"

namespace tremplin::host {

// Keeps SIGTERM and SIGINT for Serve, refuses every simulation, and sets what holds for the whole
// process. Before any thread is started: they inherit it.
void PrepareProcess();

// The configuration, or the exit code after its text was written (help to standard output, faults
// to standard error).
std::variant<config::Config, int> Configure(int argc, const char* const* argv, config::Shape shape);

// Writes why the process ends to the log, and returns exit code 1.
int Failed(const char* what, const absl::Status& status);

// What differs between the shapes when a process serves.
struct ServeHooks {
  // Whether the stores are there as they should be: tried again on an outage, any other error ends
  // the process.
  std::function<absl::Status()> check;
  // Beside the modules' own housekeeping; returns after how long it is to be called again.
  std::function<absl::Duration()> keep_house = nullptr;
  // Whether the store is this process' alone: without space in it nothing is ready.
  bool store_is_own = false;
  // Started and drained with gRPC, where there is one.
  std::function<absl::StatusOr<std::unique_ptr<Front>>()> front = nullptr;
};

// Serves until SIGTERM or SIGINT: gRPC and metrics at once but NOT_SERVING, the loops and SERVING
// once `check` passes; then the drain. Returns the exit code: 0 when all was drained within the
// grace, 1 otherwise.
int Serve(Assembly& assembly, const config::Config& config, metrics::Registry& metrics,
          const ServeHooks& hooks);

// The same of a front alone, without gRPC, modules and stores of its own.
int ServeFront(Front& front, const config::Config& config, metrics::Registry& metrics);

}  // namespace tremplin::host

#endif  // TREMPLIN_COMMON_HOST_PROCESS_H_
