#include "tools/tremplinctl/board_requests.h"

#include "common/resources/names.h"
#include "common/status/error.h"
#include "gtest/gtest.h"

namespace tremplin::ctl {
namespace {

TEST(BoardRequests, ADateOrATimeIsReadAndNothingElse) {
  const absl::Time midnight = absl::FromCivil(absl::CivilDay(2026, 3, 1), absl::FixedTimeZone(0));
  EXPECT_EQ(resources::FromTimestamp(*TimeOf("2026-03-01")), midnight);
  EXPECT_EQ(resources::FromTimestamp(*TimeOf("2026-03-01T00:00:00-05:00")),
            midnight + absl::Hours(5));
  for (const char* text : {"", "2026-3-1", "2026-02-30", "tomorrow", "infinite-future",
                           "2026-03-01T00:00", "2026-03-01T25:00:00Z"}) {
    EXPECT_EQ(status::ReasonOf(TimeOf(text).status()), "TIME_UNREADABLE") << text;
  }
}

TEST(BoardRequests, AWhatIfNamesItsChanges) {
  WhatIf what_if;
  what_if.places = {"mentor-1=-2", "enrolments/mentor-2=3"};
  what_if.leave_out = {"mentee-1"};
  what_if.bar = {"mentee-2=mentor-1"};
  what_if.unbar = {"mentee-3=mentor-1"};
  what_if.weights = {"occupation=0.5"};
  what_if.objective = "coverage";
  what_if.minimum_score = 0;
  what_if.waiting_bonus = 7;
  what_if.candidates = 20;
  const auto request = RequestOf("ottawa", what_if);
  ASSERT_TRUE(request.ok()) << request.status();
  EXPECT_EQ(request->program(), "programs/ottawa");
  ASSERT_EQ(request->changes_size(), 10);
  EXPECT_EQ(request->changes(0).places().mentor_enrolment(), "enrolments/mentor-1");
  EXPECT_EQ(request->changes(0).places().more(), -2);
  EXPECT_EQ(request->changes(1).places().mentor_enrolment(), "enrolments/mentor-2");
  EXPECT_EQ(request->changes(2).weight().criterion(), "occupation");
  EXPECT_EQ(request->changes(2).weight().weight(), 0.5);
  EXPECT_EQ(request->changes(3).leave_out(), "enrolments/mentee-1");
  EXPECT_TRUE(request->changes(4).bar().barred());
  EXPECT_FALSE(request->changes(5).bar().barred());
  EXPECT_EQ(request->changes(5).bar().mentee_enrolment(), "enrolments/mentee-3");
  EXPECT_EQ(request->changes(6).objective(), "coverage");
  EXPECT_EQ(request->changes(7).kind_case(),
            matching::v1::SimulateRunRequest::Change::kMinimumScore);
  EXPECT_EQ(request->changes(8).waiting_bonus(), 7);
  EXPECT_EQ(request->changes(9).candidates(), 20);
}

TEST(BoardRequests, WhatCannotBeReadIsNamed) {
  WhatIf what_if;
  what_if.places = {"mentor-1"};
  EXPECT_EQ(status::ReasonOf(RequestOf("ottawa", what_if).status()), "ASSIGNMENT_UNREADABLE");
  what_if.places = {"mentor-1=many"};
  EXPECT_EQ(status::ReasonOf(RequestOf("ottawa", what_if).status()), "NUMBER_UNREADABLE");
  what_if = {};
  what_if.bar = {"=mentor-1"};
  EXPECT_EQ(status::ReasonOf(RequestOf("ottawa", what_if).status()), "ASSIGNMENT_UNREADABLE");
  what_if = {};
  what_if.weights = {"goals=x"};
  EXPECT_EQ(status::ReasonOf(RequestOf("ottawa", what_if).status()), "NUMBER_UNREADABLE");
}

}  // namespace
}  // namespace tremplin::ctl
