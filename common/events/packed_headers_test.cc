#include "common/events/event.h"
#include "gtest/gtest.h"

namespace tremplin::events {
namespace {

TEST(PackedHeaders, ComeBackAsTheyWere) {
  const std::vector<Header> headers = {{"ce_id", "1"},
                                       {"", ""},
                                       {"ce_id", std::string("\0\xff", 2)},
                                       {"long", std::string(70000, 'x')}};
  const auto unpacked = UnpackHeaders(PackHeaders(headers));
  ASSERT_TRUE(unpacked.ok());
  EXPECT_EQ(*unpacked, headers);
  EXPECT_TRUE(UnpackHeaders("")->empty());
}

TEST(PackedHeaders, EveryCutIsRefusedExceptBetweenHeaders) {
  const std::string packed = PackHeaders({{"a", "bc"}});
  for (size_t size = 1; size < packed.size(); ++size) {
    EXPECT_FALSE(UnpackHeaders(std::string_view(packed).substr(0, size)).ok()) << size;
  }
  EXPECT_FALSE(UnpackHeaders("\xff\xff\xff\xff").ok());
}

}  // namespace
}  // namespace tremplin::events
