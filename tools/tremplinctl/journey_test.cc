#include "tools/tremplinctl/journey.h"

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/temp_dir.h"

namespace tremplin::ctl {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

constexpr char kTrace[] = "4bf92f3577b34da6a3ce929d0e0e4736";
constexpr char kOther[] = "aaf92f3577b34da6a3ce929d0e0e4736";
constexpr char kFront[] = "00000000000000f1", kSubmit[] = "00000000000000f2",
               kEnrol[] = "00000000000000f3", kAsk[] = "00000000000000f4";

// A line that ended so many milliseconds after a minute began.
std::string Line(int end_ms, const std::string& what, const std::string& trace,
                 const std::string& span, const std::string& parent) {
  return absl::StrCat("{\"ts\":\"2026-03-02T10:00:00.", end_ms,
                      "000Z\",\"level\":\"info\",\"service\":\"p\",", what, ",\"trace\":\"", trace,
                      "\",\"span\":\"", span, "\",\"parent\":\"", parent, "\"}\n");
}

std::string Call(const std::string& method) {
  return absl::StrCat("\"msg\":\"call\",\"method\":\"", method,
                      "\",\"code\":\"OK\",\"reason\":\"\",\"ms\":10.0");
}

const std::string& FrontLine() {
  static const auto& line = *new std::string(
      Line(150,
           "\"msg\":\"http\",\"method\":\"POST\",\"path\":\"/v1/referrals\",\"code\":200,\"ms\":50,"
           "\"request\":\"sha256:ba7816bf8f01cfea\"",
           kTrace, kFront, "00000000000000f0"));
  return line;
}
const std::string& SubmitLine() {
  static const auto& line = *new std::string(Line(
      140, Call("tremplin.referral.v1.ReferralService/SubmitReferral"), kTrace, kSubmit, kFront));
  return line;
}
const std::string& EnrolLine() {
  static const auto& line = *new std::string(
      Line(300,
           "\"msg\":\"event\",\"consumer\":\"registration\",\"type\":\"tremplin.referral.events.v1."
           "ApplicationAdmitted\",\"event_id\":\"0190f3a2\",\"result\":\"applied\",\"ms\":30",
           kTrace, kEnrol, kSubmit));
  return line;
}
const std::string& AskLine() {
  static const auto& line = *new std::string(
      Line(290, Call("tremplin.referral.v1.ReferralService/GetPerson"), kTrace, kAsk, kEnrol));
  return line;
}

std::vector<std::string> Told(const Journey& journey) {
  std::vector<std::string> told;
  for (const Step& step : journey.steps) {
    told.push_back(absl::StrCat(step.depth, " ", step.service, " ", step.what, " ", step.result));
  }
  return told;
}

class JourneyTest : public ::testing::Test {
 protected:
  std::string Write(const std::string& name, const std::string& content) {
    std::ofstream(dir_.File(name)) << content;
    return dir_.File(name);
  }
  absl::StatusOr<Found> Find(const std::vector<std::string>& paths, const std::string& id) {
    const absl::StatusOr<Logs> logs = Logs::Open(paths);
    if (!logs.ok()) return logs.status();
    return FindJourneys(*logs, id);
  }
  testing::TempDir dir_;
};

TEST_F(JourneyTest, EveryStepStandsBehindTheOneItComesFrom) {
  const std::string gateway = Write("gateway.log", FrontLine());
  const std::string others = Write(
      "others.log", absl::StrCat(AskLine(), EnrolLine(), "no JSON\n", SubmitLine(),
                                 Line(120, Call("tremplin.referral.v1.S/M"), kOther, kAsk, "")));
  for (const std::string& id :
       {std::string(kTrace), absl::StrCat("00-", kTrace, "-00f067aa0ba902b7-01"),
        std::string("abc"), std::string("0190f3a2")}) {
    const auto found = Find({others, gateway}, id);
    ASSERT_TRUE(found.ok()) << id << found.status();
    ASSERT_THAT(found->journeys, SizeIs(1)) << id;
    EXPECT_THAT(
        Told(found->journeys[0]),
        ElementsAre("0 gateway POST /v1/referrals 200", "1 referral SubmitReferral OK",
                    "2 registration ApplicationAdmitted applied", "3 referral GetPerson OK"));
    EXPECT_EQ(found->journeys[0].parents_missing, 0) << "the caller has no line here";
    EXPECT_EQ(found->journeys[0].steps[1].begin - found->journeys[0].steps[0].begin,
              absl::Milliseconds(30));
  }
}

TEST_F(JourneyTest, ReadsFoldersAndWhatPrecedesALine) {
  std::filesystem::create_directory(dir_.File("pods"));
  Write("pods/a.log", absl::StrCat("referral-1  | ", SubmitLine()));
  Write("pods/b.log", absl::StrCat("2026-03-02T10:00:01Z stderr F ", FrontLine()));
  const auto found = Find({dir_.File("pods"), dir_.File("pods/a.log")}, kTrace);
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_THAT(Told(found->journeys[0]), SizeIs(2)) << "a line that comes twice is one step";
}

TEST_F(JourneyTest, SaysThatAServicesLogIsMissing) {
  const auto found = Find({Write("log", absl::StrCat(FrontLine(), EnrolLine()))}, kTrace);
  ASSERT_TRUE(found.ok());
  EXPECT_THAT(Told(found->journeys[0]), SizeIs(2));
  EXPECT_EQ(found->journeys[0].parents_missing, 2);
}

TEST_F(JourneyTest, StepsThatNameOneAnotherEndToo) {
  const std::string circle =
      absl::StrCat(Line(100, Call("tremplin.a.v1.S/A"), kTrace, kFront, kSubmit),
                   Line(100, Call("tremplin.a.v1.S/B"), kTrace, kSubmit, kFront),
                   Line(100, Call("tremplin.a.v1.S/C"), kTrace, kAsk, kAsk));
  const auto found = Find({Write("log", circle)}, kTrace);
  ASSERT_TRUE(found.ok());
  EXPECT_THAT(found->journeys[0].steps, SizeIs(3));
}

TEST_F(JourneyTest, ManyStepsAreCutOffAndSaidToBe) {
  std::ofstream out(dir_.File("log"));
  for (size_t i = 0; i <= kMostSteps; ++i) {
    out << Line(100, Call("tremplin.a.v1.S/A"), kTrace, absl::StrCat("s", i), "");
  }
  out << std::string(3 * kLongestLine, 'x') << kTrace << "\n";
  out.close();
  const auto found = Find({dir_.File("log")}, kTrace);
  ASSERT_TRUE(found.ok());
  EXPECT_TRUE(found->more);
  EXPECT_THAT(found->journeys[0].steps, SizeIs(kMostSteps));
}

TEST_F(JourneyTest, WhatIsNotThereIsSaid) {
  const std::string log = Write("log", FrontLine());
  EXPECT_EQ(status::ReasonOf(Find({log}, kOther).status()), "TRACE_NOWHERE");
  EXPECT_EQ(status::ReasonOf(Find({log}, "POST").status()), "TRACE_NOWHERE")
      << "an id is a whole one";
  EXPECT_EQ(status::ReasonOf(Find({log}, "a\nb").status()), "TRACE_ID_WRONG");
  EXPECT_EQ(status::ReasonOf(Find({dir_.File("none")}, kOther).status()), "FILE_MISSING");
}

}  // namespace
}  // namespace tremplin::ctl
