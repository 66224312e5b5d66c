#include "common/cache/cache.h"
#include "common/text/text.h"
#include "gtest/gtest.h"

namespace tremplin::cache {
namespace {

constexpr absl::Duration kLong = absl::Minutes(10);

TEST(LruCache, IsBoundedInBytesAndDropsWhatWasUsedLeastRecently) {
  const auto cache = MakeLruCache({.max_bytes = 10'000});
  const std::string value(1000, 'x');
  for (int i = 0; i < 8; ++i) cache->Put(text::Cat("key-", i), value, kLong);
  ASSERT_TRUE(cache->Get("key-0").has_value());  // used again, so key-1 is the oldest
  cache->Put("key-8", value, kLong);
  EXPECT_FALSE(cache->Get("key-1").has_value());
  EXPECT_TRUE(cache->Get("key-0").has_value());
  EXPECT_TRUE(cache->Get("key-8").has_value());
  int kept = 0;
  for (int i = 0; i < 1000; ++i) cache->Put(text::Cat("more-", i), value, kLong);
  for (int i = 0; i < 1000; ++i) kept += cache->Get(text::Cat("more-", i)).has_value() ? 1 : 0;
  EXPECT_LE(kept * 1000, 10'000);
  EXPECT_GE(kept, 5);
}

TEST(LruCache, KeepsNothingThatIsLargerThanItself) {
  const auto cache = MakeLruCache({.max_bytes = 1000});
  cache->Put("small", "value", kLong);
  cache->Put("large", std::string(1001, 'x'), kLong);
  EXPECT_FALSE(cache->Get("large").has_value());
  EXPECT_TRUE(cache->Get("small").has_value());
}

}  // namespace
}  // namespace tremplin::cache
