#include <condition_variable>
#include <map>
#include <mutex>

#include "common/cache/cache.h"

namespace tremplin::cache {

struct LoadingCache::State {
  // A computation that several threads wait for.
  struct Load {
    bool done = false;
    absl::StatusOr<std::string> result;
  };

  State(Cache& below, absl::Duration time_to_live) : cache(below), ttl(time_to_live) {}

  Cache& cache;
  const absl::Duration ttl;
  std::mutex mutex;
  std::condition_variable finished;
  std::map<std::string, std::shared_ptr<Load>> loads;
};

LoadingCache::LoadingCache(Cache& cache, absl::Duration ttl)
    : state_(std::make_unique<State>(cache, ttl)) {}

LoadingCache::~LoadingCache() = default;

absl::StatusOr<std::string> LoadingCache::Get(
    const std::string& key, const std::function<absl::StatusOr<std::string>()>& compute) {
  State& s = *state_;
  std::shared_ptr<State::Load> load;
  {
    std::unique_lock lock(s.mutex);
    const auto [entry, first] = s.loads.try_emplace(key, nullptr);
    if (!first) {
      load = entry->second;
      s.finished.wait(lock, [&] { return load->done; });
      return load->result;
    }
    load = entry->second = std::make_shared<State::Load>();
  }
  // The look-up too is made once: a slow cache is asked by one thread.
  absl::StatusOr<std::string> result = absl::UnknownError("not computed");
  if (std::optional<std::string> cached = s.cache.Get(key); cached.has_value()) {
    result = *std::move(cached);
  } else {
    result = compute();
    if (result.ok()) s.cache.Put(key, *result, s.ttl);
  }
  {
    const std::lock_guard lock(s.mutex);
    load->result = result;
    load->done = true;
    s.loads.erase(key);
  }
  s.finished.notify_all();
  return result;
}

}  // namespace tremplin::cache
