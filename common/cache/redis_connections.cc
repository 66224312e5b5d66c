#include "common/cache/redis_connections.h"

#include <sys/time.h>

#include <csignal>
#include <string_view>
#include <utility>

#include "common/logging/logging.h"
#include "common/text/text.h"

namespace tremplin::cache {

using std::chrono::steady_clock;

RedisConnections::RedisConnections(RedisOptions options,
                                   std::shared_ptr<status::Condition> condition)
    : options_(std::move(options)), condition_(std::move(condition)) {
  // hiredis writes to a connection the server has closed without suppressing the signal.
  const auto before = std::signal(SIGPIPE, SIG_IGN);
  if (before != SIG_DFL && before != SIG_ERR) std::signal(SIGPIPE, before);
}

RedisConnections::Reply RedisConnections::Run(const std::vector<std::string>& command) {
  Connection connection = Take();
  if (connection == nullptr) return nullptr;
  std::vector<const char*> parts;
  std::vector<size_t> sizes;
  for (const std::string& part : command) {
    parts.push_back(part.data());
    sizes.push_back(part.size());
  }
  Reply reply(static_cast<redisReply*>(redisCommandArgv(
      connection.get(), static_cast<int>(parts.size()), parts.data(), sizes.data())));
  Note(reply.get());
  const bool fine = reply != nullptr && connection->err == 0 && reply->type != REDIS_REPLY_ERROR;
  if (!fine) reply.reset();
  GiveBack(fine ? std::move(connection) : nullptr);
  return reply;
}

// What the server answers tells whether it has this client.
void RedisConnections::Note(const redisReply* reply) const {
  if (condition_ == nullptr || reply == nullptr) return;
  if (reply->type != REDIS_REPLY_ERROR) {
    condition_->Ended(status::Trouble::kRefused);
    return;
  }
  const std::string_view text(reply->str, reply->len);
  for (const std::string_view refusal : {"NOAUTH", "WRONGPASS", "NOPERM", "DENIED"}) {
    if (!text.starts_with(refusal)) continue;
    condition_->Met(status::Trouble::kRefused, text::Cat("redis ", refusal));
  }
}

// A connection of one's own, nullptr while the server is left alone or when none gets free within
// the timeout.
RedisConnections::Connection RedisConnections::Take() {
  {
    std::unique_lock lock(mutex_);
    const auto free = [this] { return Resting() || in_use_ < options_.connections; };
    if (!free_.wait_for(lock, absl::ToChronoMilliseconds(options_.timeout), free)) return nullptr;
    if (Resting()) return nullptr;
    ++in_use_;
    if (!idle_.empty()) {
      Connection connection = std::move(idle_.back());
      idle_.pop_back();
      return connection;
    }
  }
  Connection connection = Connect();
  if (connection == nullptr) GiveBack(nullptr);
  return connection;
}

void RedisConnections::GiveBack(Connection connection) {
  std::vector<Connection> closing;
  {
    const std::lock_guard lock(mutex_);
    --in_use_;
    if (connection != nullptr) {
      idle_.push_back(std::move(connection));
    } else {
      rest_until_ = steady_clock::now() + absl::ToChronoMilliseconds(options_.rest_after_error);
      closing.swap(idle_);  // opened before the error, hence likely as dead
    }
  }
  if (connection == nullptr && !closing.empty()) logging::Warning("redis failed, left alone");
  free_.notify_all();
}

bool RedisConnections::SignIn(redisContext& connection) const {
  if (options_.password.empty()) return true;
  std::vector<const char*> parts = {"AUTH"};
  if (!options_.user.empty()) parts.push_back(options_.user.c_str());
  parts.push_back(options_.password.c_str());
  const Reply reply(static_cast<redisReply*>(
      redisCommandArgv(&connection, static_cast<int>(parts.size()), parts.data(), nullptr)));
  Note(reply.get());
  if (reply == nullptr) return false;
  if (reply->type != REDIS_REPLY_ERROR) return true;
  // Also where the server has no such user, or wants no password: in whatever words.
  if (condition_ != nullptr) condition_->Met(status::Trouble::kRefused, "redis AUTH");
  return false;
}

RedisConnections::Connection RedisConnections::Connect() const {
  const timeval timeout = absl::ToTimeval(options_.timeout);
  Connection connection(redisConnectWithTimeout(options_.host.c_str(), options_.port, timeout));
  if (connection == nullptr || connection->err != 0) return nullptr;
  if (redisSetTimeout(connection.get(), timeout) != REDIS_OK) return nullptr;
  return SignIn(*connection) ? std::move(connection) : nullptr;
}

}  // namespace tremplin::cache
