#include "services/referral/store/rows.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace tremplin::referral {
namespace {

TEST(RowsTest, FindingsAreKeptWhateverIsInTheirCodes) {
  const std::vector<Finding> findings = {{"a=b", Result::kFail},
                                         {"needs analysis", Result::kMissing},
                                         {"", Result::kPass},
                                         {"é,;\n=pass", Result::kExempted, "a=b c", "2026-01-01"}};
  EXPECT_EQ(FindingsOf(BytesOf(findings).data), findings);
  const std::vector<std::string> codes = {"a b", "", "c=d", "é"};
  EXPECT_EQ(CodesOf(BytesOf(codes).data), codes);
  EXPECT_EQ(FindingsOf(""), std::vector<Finding>());
  EXPECT_EQ(FindingsOf("\xff"), std::nullopt);
  EXPECT_EQ(CodesOf("\xff"), std::nullopt);
  ListKey key{5, "agency", "A\x1f\x1f=1", "program", "mentee"};
  const ListKey read = UnpackKey(Pack(key));
  EXPECT_FALSE(key < read || read < key);
}

}  // namespace
}  // namespace tremplin::referral
