// A journey through all services while each port fails now and then ends as it does in calm: what
// is done is there once, and nothing is left over.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/match.h"
#include "common/database/database.h"
#include "common/host/testing/faults.h"
#include "common/text/text.h"
#include "gtest/gtest.h"
#include "tests/scenarios/steps.h"

namespace tremplin {
namespace {

using host::testing::FaultRates;
using host::testing::Faults;
using testing::Complete;
using testing::World;

constexpr char kProgram[] = "ottawa-career-mentoring";
constexpr uint64_t kWorldSeed = 11;

constexpr FaultRates kCalm = {};
constexpr FaultRates kTrouble = {.write_refused = 2,
                                 .write_unknown = 2,
                                 .read_refused = 2,
                                 .call_refused = 3,
                                 .answer_lost = 3,
                                 .publish_refused = 5,
                                 .report_lost = 5,
                                 .poll_refused = 5,
                                 .published_twice = 5,
                                 .poll_late = 10,
                                 .handed_again = 10};

// Tables of things that are, by service, and so many rows as there are.
const std::map<std::string, std::vector<std::string>>& Tables() {
  static const auto* const tables = new std::map<std::string, std::vector<std::string>>{
      {"registration", {"enrolment", "person", "api_key", "organization", "dead_letter"}},
      {"referral",
       {"referral", "application", "file", "consent", "feed", "enrolment", "dead_letter"}},
      {"matching", {"proposal", "participant", "reservation", "pool", "dead_letter"}},
      {"session",
       {"engagement", "participant", "session", "attendance", "signature", "dead_letter"}},
      {"outcome", {"enrolment", "engagement", "session", "follow_up", "dead_letter"}},
      {"notification", {"message", "task", "dead_letter"}}};
  return *tables;
}

std::map<std::string, int64_t> RowsOf(World& world) {
  std::map<std::string, int64_t> counts;
  for (const auto& [service, tables] : Tables()) {
    for (const std::string& table : tables) {
      const std::string name = text::Cat(service, "_", table);
      const auto rows =
          database::ReadRows(world.system().db(service), {.tenant = database::Tenant::All()},
                             text::Cat("SELECT COUNT(*) FROM ", name));
      EXPECT_TRUE(rows.ok()) << name << ": " << rows.status();
      if (rows.ok()) counts[name] = rows->rows.at(0).Int(0);
    }
  }
  return counts;
}

// Two people come in, one is matched, meets the mentor and ends; then a month passes.
void Play(World& world) {
  const std::string mentor = world.ReadyMentor("M-1", 2);
  world.Admit(world.Submit("alpha", "A-1", World::EligibleFile(1)).applications(0).name());
  world.OnboardMentee(world.Enrolment("alpha/A-1").name());
  world.Submit("beta", "B-1", World::EligibleFile(2));
  const auto proposals = world.Match();
  ASSERT_EQ(proposals.size(), 1U);
  const session::v1::Engagement active = world.Sign(world.Agree(proposals.at(0)));
  for (int week = 0; week < 3; ++week) {
    for (int day = 0; day < 7; ++day) world.MoveByDays(1);
    ASSERT_TRUE(world.Log(active, 60).ok());
  }
  ASSERT_TRUE(Complete(world, active.name(), /*goals_met=*/true).ok());
  // Day by day: of reminders that fall due at once, one whose turn fails is overtaken by the next.
  for (int day = 0; day < 40; ++day) world.MoveByDays(1);
}

std::map<std::string, int64_t> PlayedIn(uint64_t seed, const FaultRates& rates, bool relayed,
                                        int* met) {
  Faults faults(seed, rates);
  World world({kProgram}, kWorldSeed, faults.Around({.relayed = relayed}));
  faults.Begin();
  Play(world);
  faults.End();
  *met = faults.met();
  return RowsOf(world);
}

TEST(Trouble, LeavesWhatCalmLeaves) {
  int met = 0;
  const std::map<std::string, int64_t> calm = PlayedIn(1, kCalm, /*relayed=*/true, &met);
  EXPECT_EQ(met, 0);
  EXPECT_GT(calm.at("session_session"), 0);
  for (const auto& [table, rows] : calm) {
    if (absl::EndsWith(table, "_dead_letter")) {
      EXPECT_EQ(rows, 0) << table;
    }
  }
  for (uint64_t seed = 1; seed <= 4; ++seed) {
    SCOPED_TRACE(seed);
    EXPECT_EQ(PlayedIn(seed, kTrouble, /*relayed=*/true, &met), calm);
    EXPECT_GT(met, 100);
  }
  EXPECT_EQ(PlayedIn(3, kTrouble, /*relayed=*/false, &met), calm);
}

}  // namespace
}  // namespace tremplin
