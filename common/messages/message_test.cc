#include "common/messages/message.h"

#include "gtest/gtest.h"

namespace tremplin::messages {
namespace {

// What must not compile (a missing language, unequal placeholders) cannot be a running test: the
// constructor is consteval. This pins what does.
constexpr Message kSample{"SAMPLE_2", "There is no {0} in {1}.", "Il n’y a pas de {0} dans {1}."};
static_assert(kSample.reason() == "SAMPLE_2");

TEST(MessageTest, KeepsBothLanguages) {
  EXPECT_EQ(kSample.en(), "There is no {0} in {1}.");
  EXPECT_EQ(kSample.fr(), "Il n’y a pas de {0} dans {1}.");
}

}  // namespace
}  // namespace tremplin::messages
