#ifndef TREMPLIN_SERVICES_GATEWAY_HTTP_SESSION_BODY_H_
#define TREMPLIN_SERVICES_GATEWAY_HTTP_SESSION_BODY_H_

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/gateway/http/message.h"
#include "services/gateway/http/session.h"

// A body that the handler reads itself, on a thread of its own, through the connection's strand.
namespace tremplin::gateway::http {

// For what a refused client still sends, and beyond the time of a piece.
inline constexpr absl::Duration kLinger = absl::Seconds(2);

// A piece of a body on its way from the connection to the thread that waits for it.
class Handover {
 public:
  void Put(absl::StatusOr<std::string> piece) {
    const std::lock_guard lock(mutex_);
    piece_ = std::move(piece);
    changed_.notify_one();
  }
  // Nothing when none came in time.
  std::optional<absl::StatusOr<std::string>> Take(std::chrono::nanoseconds patience) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, patience, [this] { return piece_.has_value(); });
    return std::move(piece_);
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<absl::StatusOr<std::string>> piece_;
};

// The body of a request, read through its connection, which may be gone.
class SessionBody final : public BodyReader {
 public:
  SessionBody(std::weak_ptr<SessionBase> session, absl::Duration patience)
      : session_(std::move(session)), patience_(patience) {}

  absl::StatusOr<std::string> Read() override;

 private:
  const std::weak_ptr<SessionBase> session_;
  const absl::Duration patience_;
  absl::Status status_;
};

}  // namespace tremplin::gateway::http

#endif  // TREMPLIN_SERVICES_GATEWAY_HTTP_SESSION_BODY_H_
