#ifndef TREMPLIN_SERVICES_GATEWAY_HTTP_SESSION_H_
#define TREMPLIN_SERVICES_GATEWAY_HTTP_SESSION_H_

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <set>
#include <utility>

#include "boost/asio/ip/tcp.hpp"
#include "boost/asio/ssl/context.hpp"
#include "common/rpc/executor.h"
#include "services/gateway/http/message.h"
#include "services/gateway/http/server.h"

// One connection of the server; the server's own, not for who starts one.
namespace tremplin::gateway::http {

class Handover;
class SessionBase;

// What sessions share.
struct Shared {
  Shared(Handler handle, Server::Refuse refused, const ServerOptions& opts)
      : handler(std::move(handle)),
        refuse(std::move(refused)),
        options(opts),
        executor(std::make_unique<rpc::Executor>(opts.executor_threads,
                                                 static_cast<size_t>(opts.executor_queue))) {}

  const Handler handler;
  const Server::Refuse refuse;
  const ServerOptions options;
  std::atomic<bool> draining = false;

  std::mutex mutex;
  std::condition_variable changed;
  std::set<SessionBase*> sessions;

  std::unique_ptr<rpc::Executor> executor;  // until the server is drained
};

// A connection, which lives as long as something of it is under way.
class SessionBase : public std::enable_shared_from_this<SessionBase> {
 public:
  explicit SessionBase(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {}
  virtual ~SessionBase() {
    const std::lock_guard lock(shared_->mutex);
    shared_->sessions.erase(this);
    shared_->changed.notify_all();
  }
  SessionBase(const SessionBase&) = delete;
  SessionBase& operator=(const SessionBase&) = delete;

  // Before Run. Not by the constructor: others find it from then on, and hold it.
  void Join() {
    const std::lock_guard lock(shared_->mutex);
    shared_->sessions.insert(this);
  }
  virtual void Run() = 0;
  // From any thread: ends when nothing is under way, or in any case with `now`.
  virtual void End(bool now) = 0;
  // From any thread, while a request is answered: reads the next piece of its body.
  virtual void ReadPiece(std::shared_ptr<Handover> handover) = 0;
  bool busy() const { return busy_; }

 protected:
  std::shared_ptr<Shared> shared_;
  std::atomic<bool> busy_ = false;  // a request has begun and is not answered yet
};

// Of a socket whose executor is a strand; with TLS where `tls` is given, which outlives it.
std::shared_ptr<SessionBase> MakeSession(std::shared_ptr<Shared> shared,
                                         boost::asio::ip::tcp::socket socket,
                                         boost::asio::ssl::context* tls);

}  // namespace tremplin::gateway::http

#endif  // TREMPLIN_SERVICES_GATEWAY_HTTP_SESSION_H_
