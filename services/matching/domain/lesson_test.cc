#include "services/matching/domain/lesson.h"

#include "gtest/gtest.h"

namespace tremplin::matching::domain {
namespace {

TEST(LessonTest, EachReasonNamesItsCriterionOrNone) {
  EXPECT_EQ(CriterionOf("schedule"), "availability");
  EXPECT_EQ(CriterionOf("occupation"), "occupation");
  EXPECT_EQ(CriterionOf("distance"), "proximity");
  EXPECT_EQ(CriterionOf("goals"), "goals");
  for (const char* reason : {"personal", "other", ""}) EXPECT_EQ(CriterionOf(reason), "");
}

}  // namespace
}  // namespace tremplin::matching::domain
