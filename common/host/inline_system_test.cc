#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <utility>

#include "common/host/host.h"
#include "common/host/testing/echo_module.h"
#include "common/outbox/outbox.h"
#include "gtest/gtest.h"
#include "tests/support/temp_dir.h"
#include "tremplin/rpc_testing/v1/echo.pb.h"
#include "tremplin/runtime/v1/operations.pb.h"

namespace tremplin::host {
namespace {

constexpr char kCount[] = "tremplin.rpc_testing.v1.EchoService/Count";
constexpr char kGetWork[] = "tremplin.runtime.v1.OperationsService/GetWork";
constexpr char kGetStatus[] = "tremplin.runtime.v1.OperationsService/GetStatus";

class InlineSystemTest : public ::testing::Test {
 protected:
  InlineSystemTest() : clock_(absl::FromCivil(absl::CivilDay(2025, 9, 2), absl::UTCTimeZone())) {
    Open();
  }

  void Open(InlineOptions options = {}) {
    system_.reset();
    const ModuleSpec modules[] = {testing::EchoSpec()};
    auto opened = InlineSystem::Open(dir_.File("data"), modules, clock_, std::move(options));
    ASSERT_TRUE(opened.ok()) << opened.status();
    system_ = *std::move(opened);
  }

  absl::Status Count(const std::string& text, const std::string& request_id) {
    rpc_testing::v1::EchoRequest request;
    request.set_text(text);
    request.set_request_id(request_id);
    return Call(kCount, request.SerializeAsString()).status();
  }
  absl::StatusOr<std::string> Call(const char* method, const std::string& request) {
    return system_->dispatcher().Call(method, request,
                                      {.credential = system_->operator_credential(),
                                       .deadline = clock_.SystemNow() + absl::Seconds(10),
                                       .traceparent = ""});
  }
  int64_t Rows(const std::string& kind) {
    return database::ReadRows(system_->db("echo"), {},
                              "SELECT count(*) FROM echo_row WHERE kind = $1", {kind})
        ->rows[0]
        .Int(0);
  }

  int64_t RowsOf(const std::string& table) {
    return database::ReadRows(system_->db("echo"), {}, "SELECT count(*) FROM " + table, {})
        ->rows[0]
        .Int(0);
  }

  tremplin::testing::TempDir dir_;
  clock::ManualClock clock_;
  std::unique_ptr<InlineSystem> system_;
};

TEST_F(InlineSystemTest, AnEventHasItsEffectOnceSettled) {
  ASSERT_TRUE(Count("a", "1").ok());
  ASSERT_TRUE(Count("a", "1").ok());
  ASSERT_TRUE(Count("b", "2").ok());
  EXPECT_EQ(Rows("event"), 0) << "nothing moves by itself";
  const absl::Status settled = system_->Settle();
  ASSERT_TRUE(settled.ok()) << settled;
  EXPECT_EQ(Rows("call"), 2);
  EXPECT_EQ(Rows("event"), 2);
  EXPECT_EQ(Rows("timer"), 0);
}

TEST_F(InlineSystemTest, TimersFollowBusinessTime) {
  ASSERT_TRUE(Count("a", "1").ok());
  ASSERT_TRUE(system_->Settle().ok());
  clock_.SetBusiness(clock_.BusinessNow() + absl::Hours(24));
  ASSERT_TRUE(system_->Settle().ok());
  EXPECT_EQ(Rows("timer"), 1);
}

TEST_F(InlineSystemTest, WhereTheLogIsElsewhereEventsGoThroughOutboxAndRelay) {
  Open({.relayed = true});
  ASSERT_TRUE(Count("a", "1").ok());
  ASSERT_TRUE(Count("b", "2").ok());
  EXPECT_EQ(RowsOf("echo_outbox"), 2);
  const absl::Status settled = system_->Settle();
  ASSERT_TRUE(settled.ok()) << settled;
  EXPECT_EQ(RowsOf("echo_outbox"), 0);
  EXPECT_EQ(Rows("event"), 2);
}

TEST_F(InlineSystemTest, HousekeepingIsAStep) {
  ASSERT_TRUE(Count("a", "1").ok());
  clock_.AdvanceSystem(absl::Hours(47));
  system_->KeepHouse();
  EXPECT_EQ(RowsOf("echo_idempotency"), 1) << "an answer is kept for two days";
  clock_.AdvanceSystem(absl::Hours(2));
  EXPECT_EQ(RowsOf("echo_idempotency"), 1) << "nothing moves by itself";
  system_->KeepHouse();
  EXPECT_EQ(RowsOf("echo_idempotency"), 0);
}

TEST_F(InlineSystemTest, EverythingOutlastsTheProcess) {
  ASSERT_TRUE(Count("a", "1").ok());
  Open();
  ASSERT_TRUE(Count("a", "1").ok()) << "answered again from what is stored";
  ASSERT_TRUE(system_->Settle().ok());
  EXPECT_EQ(Rows("call"), 1);
  EXPECT_EQ(Rows("event"), 1);
}

TEST_F(InlineSystemTest, AMissingOrOtherKeyBesideAFullStoreStopsTheStart_AndWritesNothing) {
  ASSERT_TRUE(Count("a", "1").ok());
  for (const std::string role : {"master", "index"}) {
    SCOPED_TRACE(role);
    system_.reset();
    const std::string path = dir_.File("data/" + role + ".key");
    const std::string aside = path + ".aside";
    std::filesystem::rename(path, aside);
    const ModuleSpec modules[] = {testing::EchoSpec()};
    absl::Status missing = InlineSystem::Open(dir_.File("data"), modules, clock_).status();
    EXPECT_EQ(missing.code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_NE(missing.message().find(role + " key"), absl::string_view::npos) << missing;
    EXPECT_FALSE(std::filesystem::exists(path));
    std::ofstream(path) << std::string(64, 'b') << "\n";
    std::filesystem::permissions(path, std::filesystem::perms::owner_read);
    absl::Status other = InlineSystem::Open(dir_.File("data"), modules, clock_).status();
    EXPECT_EQ(other.code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_NE(other.message().find(role + " key"), absl::string_view::npos) << other;
    std::filesystem::rename(aside, path);
  }
  Open();
  EXPECT_TRUE(Count("a", "1").ok()) << "with its keys it goes on";
}

TEST_F(InlineSystemTest, EventsThatAnEarlierVersionLeftInTheOutboxGoFirst) {
  const outbox::Outbox relayed("echo");
  const auto leave = [&](const std::string& text) {
    return system_->db("echo").Write({}, [&](database::Transaction& tx) {
      rpc_testing::v1::EchoResponse fact;
      fact.set_text(text);
      return relayed.Append(tx, "a", clock_.BusinessNow(), fact);
    });
  };
  for (const char* text : {"left", "behind"}) ASSERT_TRUE(leave(text).ok());
  Open();
  ASSERT_TRUE(Count("a", "1").ok());
  ASSERT_TRUE(system_->Settle().ok());
  const auto rows = database::ReadRows(
      system_->db("echo"), {}, "SELECT text FROM echo_row WHERE kind = $1 ORDER BY seq", {"event"});
  ASSERT_TRUE(rows.ok()) << rows.status();
  ASSERT_EQ(rows->rows.size(), 3);
  EXPECT_EQ(rows->rows[0].Text(0), "left");
  EXPECT_EQ(rows->rows[1].Text(0), "behind");
  EXPECT_EQ(rows->rows[2].Text(0), "a");
}

TEST_F(InlineSystemTest, TheWorkTellsWhatWaitsWhereAndHowCallsGo) {
  ASSERT_TRUE(Count("a", "1").ok());
  const auto work = [&] {
    runtime::v1::GetWorkResponse response;
    auto bytes = Call(kGetWork, "");
    EXPECT_TRUE(bytes.ok()) << bytes.status();
    response.ParseFromString(bytes.value_or(""));
    EXPECT_EQ(response.modules_size(), 1);
    return response.modules(0);
  };
  const auto waiting = [](const runtime::v1::ModuleWork& module) {
    int64_t count = 0;
    for (const auto& partition : module.partitions()) count += partition.waiting();
    return count;
  };
  const runtime::v1::ModuleWork begun = work();
  EXPECT_EQ(begun.untold(), "");
  EXPECT_EQ(waiting(begun), 1);
  ASSERT_EQ(begun.timers_size(), 1);
  EXPECT_EQ(begun.timers(0).kind(), "day");
  EXPECT_EQ(begun.timers(0).due(), 0);
  EXPECT_EQ(begun.timers(0).next().seconds(),
            absl::ToUnixSeconds(clock_.BusinessNow() + absl::Hours(24)));
  EXPECT_EQ(begun.calls().answered(), 1) << "the echo module's alone";
  EXPECT_EQ(begun.calls().counts_size(), begun.calls().bounds_size() + 1);
  clock_.SetBusiness(clock_.BusinessNow() + absl::Hours(25));
  EXPECT_EQ(work().timers(0).late(), 1);
  EXPECT_EQ(work().timers(0).lateness_us(), absl::ToInt64Microseconds(absl::Hours(1)));
  ASSERT_TRUE(system_->Settle().ok());
  EXPECT_EQ(waiting(work()), 0);
  EXPECT_EQ(work().timers(0).due(), 0);
  EXPECT_EQ(work().outbox_waiting(), 0);
  EXPECT_EQ(work().dead_letters(), 0);

  runtime::v1::GetWorkRequest other;
  other.set_module("nobody");
  EXPECT_EQ(Call(kGetWork, other.SerializeAsString()).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(InlineSystemTest, TheStatusTellsWhatIsLeft) {
  ASSERT_TRUE(Count("a", "1").ok());
  const auto status = [&] {
    runtime::v1::GetStatusResponse response;
    auto bytes = Call(kGetStatus, "");
    EXPECT_TRUE(bytes.ok()) << bytes.status();
    response.ParseFromString(bytes.value_or(""));
    EXPECT_EQ(response.modules_size(), 1);
    return response.modules(0);
  };
  EXPECT_EQ(status().consumer_lag(), 1);
  ASSERT_TRUE(system_->Settle().ok());
  const runtime::v1::ModuleStatus quiet = status();
  EXPECT_EQ(quiet.outbox_backlog(), 0);
  EXPECT_EQ(quiet.consumer_lag(), 0);
  EXPECT_EQ(quiet.dead_letters(), 0);
  EXPECT_EQ(quiet.next_timer().seconds(),
            absl::ToUnixSeconds(clock_.BusinessNow() + absl::Hours(24)));
}

TEST_F(InlineSystemTest, WhatIsGivenUpNeedsAReasonAndMustBeThere) {
  constexpr char kDiscard[] = "tremplin.runtime.v1.OperationsService/DiscardDeadLetter";
  runtime::v1::DiscardDeadLetterRequest request;
  request.set_module("echo");
  request.set_id(7);
  EXPECT_EQ(Call(kDiscard, request.SerializeAsString()).status().code(),
            absl::StatusCode::kInvalidArgument);
  request.set_reason("entered twice");
  EXPECT_EQ(Call(kDiscard, request.SerializeAsString()).status().code(),
            absl::StatusCode::kNotFound);
  request.set_module("nobody");
  EXPECT_EQ(Call(kDiscard, request.SerializeAsString()).status().code(),
            absl::StatusCode::kNotFound);
}

TEST_F(InlineSystemTest, KeysAreRewrappedUntilNoneIsLeft) {
  runtime::v1::RewrapKeysRequest request;
  request.set_module("echo");
  const auto bytes =
      Call("tremplin.runtime.v1.OperationsService/RewrapKeys", request.SerializeAsString());
  ASSERT_TRUE(bytes.ok()) << bytes.status();
  runtime::v1::RewrapKeysResponse response;
  ASSERT_TRUE(response.ParseFromString(*bytes));
  EXPECT_EQ(response.rewrapped(), 0) << "there is one master key only";
}

TEST_F(InlineSystemTest, MethodsThatNobodyBindsStopTheStart) {
  ModuleSpec spec = testing::EchoSpec();
  class Partial final : public Module {
   public:
    void Bind(rpc::Registry& registry) override {
      registry.Bind<rpc_testing::v1::EchoRequest, rpc_testing::v1::EchoResponse>(
          "echo", "tremplin.rpc_testing.v1.EchoService/Echo",
          [](const rpc::CallContext&, const rpc_testing::v1::EchoRequest&) {
            return rpc_testing::v1::EchoResponse();
          });
    }
    void Subscribe(inbox::Handlers&) override {}
    void Schedule(timers::Timers&) override {}
  };
  spec.make = [](const ModuleContext&) { return std::make_unique<Partial>(); };
  const ModuleSpec modules[] = {spec};
  const absl::Status status = InlineSystem::Open(dir_.File("other"), modules, clock_).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(status.ToString().find("EchoService/Count"), std::string::npos);
}

TEST_F(InlineSystemTest, AModulesMigrationsHaveNoGaps) {
  ModuleSpec spec = testing::EchoSpec();
  const database::Migration first[] = {{2, "rows", "CREATE TABLE {service}_row (id BIGINT);"}};
  spec.migrations = first;
  const ModuleSpec modules[] = {spec};
  EXPECT_EQ(InlineSystem::Open(dir_.File("other"), modules, clock_).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace tremplin::host
