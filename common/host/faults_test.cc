// Exactly one effect of everything that was answered, whatever goes wrong at the ports: refusals,
// outages after the deed, lost reports, events that come twice or late, and a process that ends
// between two steps.

#include "common/host/testing/faults.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/environment/simulated.h"
#include "common/host/testing/echo_module.h"
#include "common/text/text.h"
#include "gtest/gtest.h"
#include "tests/support/temp_dir.h"
#include "tremplin/rpc_testing/v1/echo.pb.h"

namespace tremplin::host::testing {
namespace {

constexpr int kCalls = 60;
constexpr int kMostTries = 200;
constexpr int kCrashEvery = 13;

constexpr FaultRates kAll = {.write_refused = 10,
                             .write_unknown = 10,
                             .read_refused = 10,
                             .call_refused = 10,
                             .answer_lost = 10,
                             .publish_refused = 10,
                             .report_lost = 10,
                             .poll_refused = 10,
                             .published_twice = 10,
                             .poll_late = 10,
                             .handed_again = 10};

// A system with faults at its ports, and a caller who asks again until there is an answer.
class Troubled {
 public:
  Troubled(uint64_t seed, const FaultRates& rates, bool relayed)
      : clock_(absl::FromCivil(absl::CivilDay(2025, 9, 2), absl::UTCTimeZone())),
        environment_(seed, clock_),
        faults_(seed, rates),
        relayed_(relayed) {
    Open();
  }

  // Whatever was not stored is gone.
  void Crash() { Open(); }

  // The answer's status, once it is one.
  absl::Status Count(int number) {
    rpc_testing::v1::EchoRequest request;
    request.set_text(text::Cat("text-", number));
    request.set_request_id(text::Cat("request-", number));
    absl::Status status;
    for (int tries = 0; tries < kMostTries; ++tries) {
      status = system_->dispatcher()
                   .Call("tremplin.rpc_testing.v1.EchoService/Count", request.SerializeAsString(),
                         {.credential = system_->operator_credential(),
                          .deadline = clock_.SystemNow() + absl::Seconds(10),
                          .traceparent = ""})
                   .status();
      if (!absl::IsUnavailable(status)) return status;
      clock_.AdvanceSystem(absl::Milliseconds(20));
    }
    return status;
  }

  void Play() {
    for (int number = 0; number < kCalls; ++number) {
      const absl::Status counted = Count(number);
      EXPECT_TRUE(counted.ok()) << counted;
      if (number % kCrashEvery == 0) Crash();
      if (number % 3 == 0) Settle();
    }
    Settle();
    clock_.SetBusiness(clock_.BusinessNow() + absl::Hours(24));
    Settle();
    faults_.End();
  }

  // "kind text" of every effect, in the order of the store.
  std::vector<std::string> Effects() {
    return Texts("SELECT kind, text FROM echo_row ORDER BY seq");
  }
  std::vector<std::string> DeadLetters() {
    return Texts("SELECT topic, error FROM echo_dead_letter");
  }
  int faults() const { return faults_.met(); }

 private:
  void Open() {
    faults_.End();
    system_.reset();
    const ModuleSpec modules[] = {EchoSpec()};
    auto opened = InlineSystem::Open(dir_.File("data"), modules, clock_,
                                     faults_.Around({.relayed = relayed_}));
    ASSERT_TRUE(opened.ok()) << opened.status();
    system_ = *std::move(opened);
    faults_.Begin();
  }
  void Settle() {
    const absl::Status settled = system_->Settle();
    EXPECT_TRUE(settled.ok()) << settled;
  }
  std::vector<std::string> Texts(std::string_view sql) {
    std::vector<std::string> texts;
    const auto rows = database::ReadRows(system_->db("echo"), {}, sql, {});
    EXPECT_TRUE(rows.ok()) << rows.status();
    if (!rows.ok()) return texts;
    for (const database::Row& row : rows->rows) {
      texts.push_back(text::Cat(row.Text(0), " ", row.Text(1)));
    }
    return texts;
  }

  tremplin::testing::TempDir dir_;
  clock::ManualClock clock_;
  environment::Simulated environment_;
  Faults faults_;
  const bool relayed_;
  std::unique_ptr<InlineSystem> system_;
};

std::vector<std::string> EachOnce() {
  std::vector<std::string> effects;
  for (const char* kind : {"call", "event", "timer"}) {
    for (int number = 0; number < kCalls; ++number) {
      effects.push_back(text::Cat(kind, " text-", number));
    }
  }
  std::sort(effects.begin(), effects.end());
  return effects;
}

void ExpectEachOnce(Troubled& system) {
  std::vector<std::string> effects = system.Effects();
  std::sort(effects.begin(), effects.end());
  EXPECT_EQ(effects, EachOnce());
  EXPECT_TRUE(system.DeadLetters().empty()) << system.DeadLetters().front();
}

TEST(FaultsTest, EverythingHasItsEffectOnce_ThroughOutboxAndRelay) {
  for (uint64_t seed = 1; seed <= 4; ++seed) {
    SCOPED_TRACE(seed);
    Troubled system(seed, kAll, /*relayed=*/true);
    system.Play();
    EXPECT_GT(system.faults(), 100);
    ExpectEachOnce(system);
  }
}

TEST(FaultsTest, EverythingHasItsEffectOnce_InOneProcess) {
  for (uint64_t seed = 1; seed <= 4; ++seed) {
    SCOPED_TRACE(seed);
    Troubled system(seed, kAll, /*relayed=*/false);
    system.Play();
    EXPECT_GT(system.faults(), 50);
    ExpectEachOnce(system);
  }
}

TEST(FaultsTest, OneSeedMeetsTheSameFaults) {
  Troubled once(5, kAll, /*relayed=*/true);
  once.Play();
  const std::vector<std::string> effects = once.Effects();
  const auto again = [&](uint64_t seed) {
    Troubled system(seed, kAll, /*relayed=*/true);
    system.Play();
    return std::pair(system.faults(), system.Effects());
  };
  EXPECT_EQ(again(5), std::pair(once.faults(), effects));
  EXPECT_NE(again(6), std::pair(once.faults(), effects));
}

}  // namespace
}  // namespace tremplin::host::testing
