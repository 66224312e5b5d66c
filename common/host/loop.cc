#include "common/host/loop.h"

#include <exception>
#include <utility>

#include "common/logging/logging.h"

namespace tremplin::host {
namespace {

constexpr absl::Duration kAfterException = absl::Seconds(1);

}  // namespace

Loop::Loop(std::string name, std::function<absl::Duration()> step)
    : name_(std::move(name)), step_(std::move(step)) {}

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

void Loop::Run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    absl::Duration wait = kAfterException;
    try {
      wait = step_();
    } catch (const std::exception& e) {
      // A library's: the loop goes on, since nothing else does its work.
      logging::Error("a loop's step threw",
                     {{"loop", std::string_view(name_)}, {"error", std::string_view(e.what())}});
    }
    std::unique_lock lock(mutex_);
    if (wait > absl::ZeroDuration()) {
      changed_.wait_for(lock, stop, absl::ToChronoNanoseconds(wait), [this] { return woken_; });
    }
    woken_ = false;
  }
}

}  // namespace tremplin::host
