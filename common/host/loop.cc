#include "common/host/loop.h"

#include <exception>
#include <utility>

#include "common/logging/logging.h"

namespace tremplin::host {
namespace {

constexpr absl::Duration kAfterException = absl::Seconds(1);

}  // namespace

Loop::Loop(std::string name, std::function<absl::Duration()> step, LoopBounds bounds)
    : name_(std::move(name)), step_(std::move(step)), bounds_(bounds) {}

Loop::~Loop() { Stop(); }

void Loop::Start() {
  thread_ = std::jthread([this](const std::stop_token& stop) { Run(stop); });
}

void Loop::Wake() {
  {
    std::lock_guard lock(mutex_);
    if (woken_) return;
    woken_ = true;
  }
  changed_.notify_one();
}

void Loop::Stop() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
}

std::optional<Loop::Trouble> Loop::Stuck() const {
  const std::lock_guard lock(mutex_);
  const SteadyTime now = std::chrono::steady_clock::now();
  const auto since = [&](const std::optional<SteadyTime>& begin) {
    return begin.has_value() ? absl::FromChrono(now - *begin) : absl::ZeroDuration();
  };
  if (since(failing_) >= bounds_.failing) return Trouble{error_, since(failing_)};
  if (since(stepping_) >= bounds_.step) return Trouble{"a step does not end", since(stepping_)};
  return std::nullopt;
}

absl::Duration Loop::RunStep() {
  const SteadyTime begin = std::chrono::steady_clock::now();
  {
    const std::lock_guard lock(mutex_);
    stepping_ = begin;
  }
  absl::Duration wait = kAfterException;
  std::string error;
  try {
    wait = step_();
  } catch (const std::exception& e) {
    // A library's: the loop goes on, since nothing else does its work.
    error = e.what();
    logging::Error("a loop's step threw",
                   {{"loop", std::string_view(name_)}, {"error", std::string_view(error)}});
    if (error.empty()) error = "an exception";
  }
  const std::lock_guard lock(mutex_);
  stepping_.reset();
  if (error.empty()) {
    failing_.reset();
  } else if (!failing_.has_value()) {
    failing_ = begin;
  }
  error_ = std::move(error);
  return wait;
}

void Loop::Run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const absl::Duration wait = RunStep();
    std::unique_lock lock(mutex_);
    if (wait > absl::ZeroDuration()) {
      changed_.wait_for(lock, stop, absl::ToChronoNanoseconds(wait), [this] { return woken_; });
    }
    woken_ = false;
  }
}

}  // namespace tremplin::host
