#include "common/database/sqlite_page_cache.h"

#include "gtest/gtest.h"

namespace tremplin::database {
namespace {

constexpr unsigned kLockPage = 262'145;

TEST(GreatestPageTest, NothingBehindTheGreatestIsToBeDropped) {
  GreatestPage greatest;
  for (const unsigned page : {3U, 7U, 5U}) greatest.Added(page);
  EXPECT_FALSE(greatest.CutAt(8));
  EXPECT_TRUE(greatest.CutAt(7));
  EXPECT_FALSE(greatest.CutAt(7));
  EXPECT_TRUE(greatest.CutAt(4));  // what lies before the cut may all be there
}

TEST(GreatestPageTest, ANumberTakenForAMomentIsForgotten) {
  GreatestPage greatest;
  greatest.Added(7);
  // Two pages change places.
  greatest.Renumbered(6, kLockPage);
  greatest.Renumbered(7, 6);
  greatest.Renumbered(kLockPage, 7);
  EXPECT_FALSE(greatest.CutAt(8));
}

TEST(GreatestPageTest, ANumberThatAPageKeepsCounts) {
  GreatestPage greatest;
  greatest.Added(7);
  greatest.Renumbered(6, kLockPage);
  greatest.Renumbered(5, kLockPage + 1);
  greatest.Renumbered(kLockPage + 1, 5);
  EXPECT_TRUE(greatest.CutAt(kLockPage));
  EXPECT_FALSE(greatest.CutAt(kLockPage));
}

}  // namespace
}  // namespace tremplin::database
