#include "common/logging/logging.h"

#include <string>

#include "common/logging/json.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace tremplin::logging {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;

std::string Json(std::string_view text) {
  std::string out;
  AppendJsonString(text, out);
  return out;
}

TEST(LoggingTest, WritesOneJsonObjectALine) {
  Init("referral", Level::kInfo);
  ::testing::internal::CaptureStderr();
  Info("served", {{"count", int64_t{3}}, {"ok", true}, {"ms", 1.5}, {"method", "a\"b\n"}});
  EXPECT_THAT(
      ::testing::internal::GetCapturedStderr(),
      MatchesRegex(
          R"(\{"ts":"[0-9T:.-]+Z","level":"info","service":"referral","msg":"served","count":3,)"
          R"("ok":true,"ms":1\.5,"method":"a\\"b\\n"\})"
          "\n"));
}

TEST(LoggingTest, LeavesOutWhatIsBelowTheLevel) {
  Init("referral", Level::kWarning);
  ::testing::internal::CaptureStderr();
  Info("quiet");
  Debug("quieter");
  Error("loud");
  const std::string out = ::testing::internal::GetCapturedStderr();
  EXPECT_THAT(out, HasSubstr("\"level\":\"error\""));
  EXPECT_EQ(out.find("quiet"), std::string::npos);
}

TEST(JsonTest, ReplacesInvalidUtf8AndEscapesControls) {
  EXPECT_EQ(Json("é ✓ 𝄞"), "\"é ✓ 𝄞\"");
  EXPECT_EQ(Json("a\xFF"), "\"a\xEF\xBF\xBD\"");
  EXPECT_EQ(Json("\xC3"), "\"\xEF\xBF\xBD\"");
  EXPECT_EQ(Json("\xED\xA0\x80"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");  // a surrogate
  EXPECT_EQ(Json("\xC0\xAF"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\"");                  // overlong
  EXPECT_EQ(Json(std::string_view("\x01\x00", 2)), "\"\\u0001\\u0000\"");
}

TEST(JsonTest, NumbersThatJsonCannotHoldAreNull) {
  std::string out;
  AppendJsonNumber(std::numeric_limits<double>::infinity(), out);
  EXPECT_EQ(out, "null");
}

}  // namespace
}  // namespace tremplin::logging
