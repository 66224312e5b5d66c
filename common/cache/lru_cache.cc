#include <cstddef>
#include <list>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>

#include "absl/time/time.h"
#include "common/cache/cache.h"
#include "common/environment/environment.h"

namespace tremplin::cache {
namespace {

// What an entry costs beside its key and value: nodes of the list and of the map.
constexpr size_t kEntryOverheadBytes = 128;

class LruCache final : public Cache {
 public:
  explicit LruCache(const LruOptions& options) : max_bytes_(options.max_bytes) {}

  std::optional<std::string> Get(std::string_view key) override {
    const absl::Duration now = environment::SteadyNow();
    const std::lock_guard lock(mutex_);
    const auto found = index_.find(key);
    if (found == index_.end()) return std::nullopt;
    if (found->second->expires <= now) {
      Erase(found->second);
      return std::nullopt;
    }
    entries_.splice(entries_.begin(), entries_, found->second);
    return found->second->value;
  }

  void Put(std::string_view key, std::string_view value, absl::Duration ttl) override {
    const absl::Duration expires = environment::SteadyNow() + ttl;
    const std::lock_guard lock(mutex_);
    const auto found = index_.find(key);
    if (found != index_.end()) Erase(found->second);
    Entry entry{std::string(key), std::string(value), expires};
    if (ttl <= absl::ZeroDuration() || Cost(entry) > max_bytes_) return;
    bytes_ += Cost(entry);
    entries_.push_front(std::move(entry));
    index_.emplace(entries_.front().key, entries_.begin());
    while (bytes_ > max_bytes_) Erase(std::prev(entries_.end()));
  }

  void Remove(std::string_view key) override {
    const std::lock_guard lock(mutex_);
    const auto found = index_.find(key);
    if (found != index_.end()) Erase(found->second);
  }

 private:
  struct Entry {
    std::string key;
    std::string value;
    absl::Duration expires;  // steady time: a jump of the system's clock makes no entry stay
  };
  using Entries = std::list<Entry>;

  static size_t Cost(const Entry& entry) {
    return entry.key.size() + entry.value.size() + kEntryOverheadBytes;
  }

  void Erase(Entries::iterator entry) {
    bytes_ -= Cost(*entry);
    index_.erase(entry->key);
    entries_.erase(entry);
  }

  const size_t max_bytes_;
  std::mutex mutex_;
  Entries entries_;                                                // most recently used first
  std::unordered_map<std::string_view, Entries::iterator> index_;  // keys live in entries_
  size_t bytes_ = 0;
};

}  // namespace

std::unique_ptr<Cache> MakeLruCache(const LruOptions& options) {
  return std::make_unique<LruCache>(options);
}

}  // namespace tremplin::cache
