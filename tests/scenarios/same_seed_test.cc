// A run in one process is a function of its seed: the same journey leaves the same store, byte by
// byte, and the same log, trace by trace. Whoever draws a number or reads a clock past
// common/environment is found here.

#include <sqlite3.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <iterator>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "common/digest/digest.h"
#include "common/ids/ids.h"
#include "common/text/text.h"
#include "gtest/gtest.h"
#include "tests/scenarios/steps.h"

namespace tremplin {
namespace {

using testing::Complete;
using testing::World;

constexpr char kProgram[] = "ottawa-career-mentoring";

struct Journey {
  std::string store;  // the file's bytes
  std::string log;    // every line
};

// The bytes of a store that nobody has open, with what still lies in its log of writes (whose own
// bytes hold a salt of SQLite's).
std::string StoreOf(const std::string& path) {
  sqlite3* db = nullptr;
  EXPECT_EQ(sqlite3_open_v2(path.c_str(), &db, SQLITE_OPEN_READWRITE, nullptr), SQLITE_OK);
  EXPECT_EQ(sqlite3_exec(db, "PRAGMA wal_checkpoint(TRUNCATE)", nullptr, nullptr, nullptr),
            SQLITE_OK);
  EXPECT_EQ(sqlite3_close(db), SQLITE_OK);
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// Two people and a mentor, from a push to a match, sessions, an end, and so far that follow-ups
// open and what is kept for a while is trimmed.
void Play(World& world) {
  const std::string mentor = world.ReadyMentor("M-1", 2);
  const auto submitted = world.Submit("alpha", "A-1", World::EligibleFile(1));
  world.Admit(submitted.applications(0).name());
  const std::string mentee = world.Enrolment("alpha/A-1").name();
  world.OnboardMentee(mentee);
  world.Submit("beta", "B-1", World::EligibleFile(2));
  const auto proposals = world.Match();
  ASSERT_EQ(proposals.size(), 1U);
  const session::v1::Engagement active = world.Sign(world.Agree(proposals.at(0)));
  for (int week = 0; week < 3; ++week) {
    world.MoveByDays(7);
    ASSERT_TRUE(world.Log(active, 60).ok());
  }
  ASSERT_TRUE(Complete(world, active.name(), /*goals_met=*/true).ok());
  world.clock().AdvanceSystem(absl::Hours(24 * 8));
  world.MoveByDays(200);
  world.system().KeepHouse();
}

using Meddle = std::function<void(World&)>;

Journey RunWith(uint64_t seed, host::InlineOptions options = {}, const Meddle& meddle = nullptr) {
  Journey run;
  ::testing::internal::CaptureStderr();
  {
    World world({kProgram}, seed, std::move(options));
    if (meddle) meddle(world);
    Play(world);
    world.Close();
    run.store = StoreOf(world.data_dir() + "/tremplin.db");
  }
  run.log = ::testing::internal::GetCapturedStderr();
  return run;
}

// The line, with its number, at which two logs part; "" for equal ones.
std::string FirstDifference(const std::string& a, const std::string& b) {
  std::istringstream left(a);
  std::istringstream right(b);
  std::string one;
  std::string other;
  for (int number = 1;; ++number) {
    const bool more = static_cast<bool>(std::getline(left, one));
    const bool more_there = static_cast<bool>(std::getline(right, other));
    if (!more && !more_there) return "";
    if (more != more_there || one != other) return text::Cat(number, ": ", one, "\n", other);
  }
}

void ExpectSame(const Journey& a, const Journey& b) {
  EXPECT_EQ(FirstDifference(a.log, b.log), "");
  ASSERT_EQ(a.store.size(), b.store.size());
  const auto [at, there] = std::mismatch(a.store.begin(), a.store.end(), b.store.begin());
  EXPECT_TRUE(at == a.store.end()) << "the stores part at byte " << at - a.store.begin();
}

std::set<std::string> TracesOf(const Journey& run) {
  constexpr std::string_view kTrace = "\"trace\":\"";
  std::set<std::string> traces;
  for (size_t at = run.log.find(kTrace); at != std::string::npos; at = run.log.find(kTrace, at)) {
    at += kTrace.size();
    traces.insert(run.log.substr(at, 32));
  }
  return traces;
}

TEST(SameSeed, TheSameJourneyLeavesTheSameBytesAndTraces) {
  const Journey once = RunWith(7);
  EXPECT_GT(once.store.size(), 500'000U);
  EXPECT_GT(TracesOf(once).size(), 50U);
  // For who compares processes or machines (--gtest_output).
  RecordProperty("store", digest::Sha256Hex(once.store));
  RecordProperty("log", digest::Sha256Hex(once.log));
  ExpectSame(once, RunWith(7));
}

TEST(SameSeed, SoItDoesThroughOutboxAndRelay) {
  ExpectSame(RunWith(7, {.relayed = true}), RunWith(7, {.relayed = true}));
}

TEST(SameSeed, AnotherSeedDrawsOthers) {
  const Journey once = RunWith(7);
  const Journey other = RunWith(8);
  EXPECT_NE(once.store, other.store);
  const std::set<std::string> traces = TracesOf(once);
  for (const std::string& trace : TracesOf(other)) EXPECT_EQ(traces.count(trace), 0U) << trace;
}

// Another thread draws from the system: one such id in the store, and the runs part.
TEST(SameSeed, WhatIsDrawnPastTheSeedIsFound) {
  const Meddle submit = [](World& world) {
    std::string id;
    std::jthread([&id] { id = ids::New(); }).join();
    world.Submit("alpha", id, World::EligibleFile(9));
  };
  EXPECT_NE(RunWith(7, {}, submit).store, RunWith(7, {}, submit).store);
}

}  // namespace
}  // namespace tremplin
