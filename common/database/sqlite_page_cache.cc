#include "common/database/sqlite_page_cache.h"

#include <sqlite3.h>

#include <algorithm>
#include <new>

namespace tremplin::database {
namespace {

sqlite3_pcache_methods2 real;

// One cache. SQLite sees a pointer of its own type.
class PageCache {
 public:
  explicit PageCache(sqlite3_pcache* pages) : pages_(pages) {}

  static PageCache& Of(sqlite3_pcache* cache) { return *reinterpret_cast<PageCache*>(cache); }
  sqlite3_pcache* pages() const { return pages_; }

  void Fetched(unsigned key) { greatest_ = std::max(greatest_, key); }

  // A number beyond all others is taken for a moment only, as long as one page has it.
  void Renumbered(unsigned old_key, unsigned new_key) {
    if (old_key == passing_) passing_ = 0;
    if (new_key <= greatest_) return;
    greatest_ = std::max(greatest_, passing_);
    passing_ = new_key;
  }

  // Whether a page with this number or a greater one may be there. If so, the caller drops them.
  bool Cut(unsigned limit) {
    const unsigned greatest = std::max(greatest_, passing_);
    if (greatest < limit) return false;
    greatest_ = limit - 1;
    passing_ = 0;
    return true;
  }

 private:
  sqlite3_pcache* const pages_;
  unsigned greatest_ = 0;
  unsigned passing_ = 0;
};

sqlite3_pcache* Create(int page_size, int extra_size, int purgeable) {
  sqlite3_pcache* const pages = real.xCreate(page_size, extra_size, purgeable);
  if (pages == nullptr) return nullptr;
  auto* const cache = new (std::nothrow) PageCache(pages);
  if (cache == nullptr) real.xDestroy(pages);
  return reinterpret_cast<sqlite3_pcache*>(cache);
}

void Destroy(sqlite3_pcache* cache) {
  real.xDestroy(PageCache::Of(cache).pages());
  delete &PageCache::Of(cache);
}

sqlite3_pcache_page* Fetch(sqlite3_pcache* cache, unsigned key, int create) {
  if (create != 0) PageCache::Of(cache).Fetched(key);
  return real.xFetch(PageCache::Of(cache).pages(), key, create);
}

void Rekey(sqlite3_pcache* cache, sqlite3_pcache_page* page, unsigned old_key, unsigned new_key) {
  PageCache::Of(cache).Renumbered(old_key, new_key);
  real.xRekey(PageCache::Of(cache).pages(), page, old_key, new_key);
}

void Truncate(sqlite3_pcache* cache, unsigned limit) {
  if (PageCache::Of(cache).Cut(limit)) real.xTruncate(PageCache::Of(cache).pages(), limit);
}

void Cachesize(sqlite3_pcache* cache, int pages) {
  real.xCachesize(PageCache::Of(cache).pages(), pages);
}

int Pagecount(sqlite3_pcache* cache) { return real.xPagecount(PageCache::Of(cache).pages()); }

void Unpin(sqlite3_pcache* cache, sqlite3_pcache_page* page, int discard) {
  real.xUnpin(PageCache::Of(cache).pages(), page, discard);
}

void Shrink(sqlite3_pcache* cache) { real.xShrink(PageCache::Of(cache).pages()); }

}  // namespace

bool RememberGreatestPage() {
  if (sqlite3_config(SQLITE_CONFIG_GETPCACHE2, &real) != SQLITE_OK) return false;
  sqlite3_pcache_methods2 ours = real;
  ours.xCreate = Create;
  ours.xCachesize = Cachesize;
  ours.xPagecount = Pagecount;
  ours.xFetch = Fetch;
  ours.xUnpin = Unpin;
  ours.xRekey = Rekey;
  ours.xTruncate = Truncate;
  ours.xDestroy = Destroy;
  ours.xShrink = Shrink;
  return sqlite3_config(SQLITE_CONFIG_PCACHE2, &ours) == SQLITE_OK;
}

}  // namespace tremplin::database
