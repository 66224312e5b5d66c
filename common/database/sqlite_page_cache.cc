#include "common/database/sqlite_page_cache.h"

#include <sqlite3.h>

#include <algorithm>
#include <new>

namespace tremplin::database {
namespace {

sqlite3_pcache_methods2 real;

// One cache. SQLite sees a pointer of its own type.
struct PageCache {
  sqlite3_pcache* const pages;
  GreatestPage greatest = {};

  static PageCache& Of(sqlite3_pcache* cache) { return *reinterpret_cast<PageCache*>(cache); }
};

sqlite3_pcache* Create(int page_size, int extra_size, int purgeable) {
  sqlite3_pcache* const pages = real.xCreate(page_size, extra_size, purgeable);
  if (pages == nullptr) return nullptr;
  auto* const cache = new (std::nothrow) PageCache{pages};
  if (cache == nullptr) real.xDestroy(pages);
  return reinterpret_cast<sqlite3_pcache*>(cache);
}

void Destroy(sqlite3_pcache* cache) {
  real.xDestroy(PageCache::Of(cache).pages);
  delete &PageCache::Of(cache);
}

sqlite3_pcache_page* Fetch(sqlite3_pcache* cache, unsigned key, int create) {
  if (create != 0) PageCache::Of(cache).greatest.Added(key);
  return real.xFetch(PageCache::Of(cache).pages, key, create);
}

void Rekey(sqlite3_pcache* cache, sqlite3_pcache_page* page, unsigned old_key, unsigned new_key) {
  PageCache::Of(cache).greatest.Renumbered(old_key, new_key);
  real.xRekey(PageCache::Of(cache).pages, page, old_key, new_key);
}

void Truncate(sqlite3_pcache* cache, unsigned limit) {
  if (PageCache::Of(cache).greatest.CutAt(limit)) real.xTruncate(PageCache::Of(cache).pages, limit);
}

void Cachesize(sqlite3_pcache* cache, int pages) {
  real.xCachesize(PageCache::Of(cache).pages, pages);
}

int Pagecount(sqlite3_pcache* cache) { return real.xPagecount(PageCache::Of(cache).pages); }

void Unpin(sqlite3_pcache* cache, sqlite3_pcache_page* page, int discard) {
  real.xUnpin(PageCache::Of(cache).pages, page, discard);
}

void Shrink(sqlite3_pcache* cache) { real.xShrink(PageCache::Of(cache).pages); }

}  // namespace

void GreatestPage::Added(unsigned page) { greatest_ = std::max(greatest_, page); }

void GreatestPage::Renumbered(unsigned from, unsigned to) {
  if (from == passing_) passing_ = 0;
  if (to <= greatest_) return;
  greatest_ = std::max(greatest_, passing_);
  passing_ = to;
}

bool GreatestPage::CutAt(unsigned page) {
  if (std::max(greatest_, passing_) < page) return false;
  greatest_ = page - 1;
  passing_ = 0;
  return true;
}

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
