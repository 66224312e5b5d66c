#ifndef TREMPLIN_COMMON_DATABASE_SQLITE_PAGE_CACHE_H_
#define TREMPLIN_COMMON_DATABASE_SQLITE_PAGE_CACHE_H_

// Private to common/database.
namespace tremplin::database {

// The greatest page number that a cache may hold.
class GreatestPage {
 public:
  void Added(unsigned page);
  // A number beyond all others counts only as long as the page has it.
  void Renumbered(unsigned from, unsigned to);
  // Whether this page or one behind it may be there. If so, the caller drops them.
  bool CutAt(unsigned page);

 private:
  unsigned greatest_ = 0;
  unsigned passing_ = 0;  // beyond `greatest_`, 0 for none
};

// Puts a memory before SQLite's cache of pages, for the whole process: the greatest page number it
// really holds. At each commit SQLite has its cache drop what lies behind the end of the file. The
// cache then visits every page it holds unless it knows of none so far behind, and it never knows
// that for long: a page that changes places with another in a split takes the number of the lock
// page, 262,145, for a moment, and the cache notes that as its greatest. So commits would be slower
// the larger the cache is. Called before SQLite's first use; false when SQLite was in use already.
bool RememberGreatestPage();

}  // namespace tremplin::database

#endif  // TREMPLIN_COMMON_DATABASE_SQLITE_PAGE_CACHE_H_
