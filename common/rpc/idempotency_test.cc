#include "common/rpc/idempotency.h"

#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <thread>
#include <vector>

#include "common/database/sqlite_database.h"
#include "common/rpc/messages.h"
#include "common/rpc/testing/echo.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "gtest/gtest.h"

namespace tremplin::rpc {
namespace {

using testing::EchoResponse;

class CommandsTest : public ::testing::Test {
 protected:
  CommandsTest()
      : path_(::testing::TempDir() + "/commands_" + std::to_string(getpid()) + ".db"),
        clock_(absl::UnixEpoch() + absl::Hours(1000000)),
        sealer_("test", {.master_id = "00000000",
                         .master = std::string(32, 'm'),
                         .index = std::string(32, 'i')}) {
    Remove();
    const std::string schema =
        std::string(kIdempotencySchemaSql) +
        "CREATE TABLE {service}_effect (id {identity}, what TEXT NOT NULL);\n";
    const database::Migration migrations[] = {{1, "test", schema}};
    file_ = *database::OpenSqliteFile({.path = path_});
    EXPECT_TRUE(database::MigrateSqlite(*file_, "test", migrations).ok());
    db_ = database::MakeSqliteDatabase(file_, "test");
    commands_ = std::make_unique<Commands>("test", *db_, sealer_, clock_);
  }
  ~CommandsTest() override {
    commands_.reset();
    db_.reset();
    file_.reset();
    Remove();
  }

  void Remove() {
    for (const char* suffix : {"", "-wal", "-shm", "-lock", ".lock"}) {
      std::filesystem::remove(path_ + suffix);
    }
  }

  static CallContext Call(const std::string& request_id, const std::string& digest = "d1") {
    CallContext call;
    call.principal = {.id = "k1", .role = Role::ROLE_OPERATOR};
    call.method = testing::kCount;
    call.request_id = request_id;
    call.request_digest = digest;
    return call;
  }

  absl::StatusOr<EchoResponse> Run(const CallContext& call, const std::string& answer,
                                   const std::string& subject = "",
                                   const absl::Status& end = absl::OkStatus()) {
    return commands_->Run<EchoResponse>(
        call, "lane",
        [&](database::Transaction& tx) -> absl::StatusOr<EchoResponse> {
          TREMPLIN_RETURN_IF_ERROR(
              tx.Execute("INSERT INTO test_effect (what) VALUES ($1)", {answer}));
          if (!end.ok()) return end;
          EchoResponse response;
          response.set_text(answer);
          response.set_count(++runs_);
          return response;
        },
        subject);
  }

  int64_t Count(const std::string& table) {
    return database::ReadRows(*db_, {}, "SELECT count(*) FROM " + table)->rows[0].Int(0);
  }

  std::string path_;
  clock::ManualClock clock_;
  seal::Sealer sealer_;
  std::shared_ptr<database::SqliteFile> file_;
  std::unique_ptr<database::Database> db_;
  std::unique_ptr<Commands> commands_;
  std::atomic<int> runs_ = 0;
};

TEST_F(CommandsTest, FiftyAtOnceHaveOneEffectAndOneAnswer) {
  std::atomic<int> equal = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 50; ++i) {
      threads.emplace_back([&] {
        const auto response = Run(Call("r1"), "made");
        if (response.ok() && response->text() == "made" && response->count() == 1) ++equal;
      });
    }
  }
  EXPECT_EQ(equal, 50);
  EXPECT_EQ(Count("test_effect"), 1);
  EXPECT_EQ(Count("test_idempotency"), 1);
}

TEST_F(CommandsTest, AnotherPayloadUnderTheSameIdIsRefused) {
  ASSERT_TRUE(Run(Call("r1", "d1"), "one").ok());
  const absl::Status status = Run(Call("r1", "d2"), "two").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(status::ReasonOf(status), "REQUEST_ID_REUSED");
  EXPECT_FALSE(status::DetailOf(status).fr.empty());
  EXPECT_EQ(Count("test_effect"), 1);
}

TEST_F(CommandsTest, AnErrorStoresNothing) {
  EXPECT_FALSE(Run(Call("r1"), "one", "", absl::AbortedError("no")).ok());
  EXPECT_EQ(Count("test_effect"), 0);
  EXPECT_EQ(Count("test_idempotency"), 0);
  EXPECT_TRUE(Run(Call("r1"), "one").ok());
}

TEST_F(CommandsTest, IdsBelongToThePrincipalAndTheMethod) {
  ASSERT_TRUE(Run(Call("r1"), "one").ok());
  CallContext other = Call("r1", "d2");
  other.principal.id = "k2";
  EXPECT_EQ(Run(other, "two")->text(), "two");
  CallContext elsewhere = Call("r1", "d3");
  elsewhere.method = testing::kEcho;
  EXPECT_EQ(Run(elsewhere, "three")->text(), "three");
}

TEST_F(CommandsTest, WithoutARequestIdEachCallIsItsOwn) {
  ASSERT_TRUE(Run(Call(""), "a").ok());
  ASSERT_TRUE(Run(Call(""), "b").ok());
  EXPECT_EQ(Count("test_effect"), 2);
  EXPECT_EQ(Count("test_idempotency"), 0);
}

// The one who was faster is played by the function itself.
TEST_F(CommandsTest, WhoFindsThatAnotherWasFasterIsRunOnceMore) {
  for (const char* request_id : {"", "r1"}) {
    int looks = 0;
    const auto response = commands_->Run<EchoResponse>(
        Call(request_id), "lane", [&](database::Transaction&) -> absl::StatusOr<EchoResponse> {
          if (++looks == 1) return absl::AlreadyExistsError("a row");
          return EchoResponse();
        });
    EXPECT_EQ(response.status(), absl::OkStatus()) << request_id;
    EXPECT_EQ(looks, 2) << request_id;
  }
}

TEST_F(CommandsTest, ARefusalThatSaysWhyIsNotTriedAgain) {
  int looks = 0;
  const auto response = commands_->Run<EchoResponse>(
      Call(""), "lane", [&](database::Transaction&) -> absl::StatusOr<EchoResponse> {
        ++looks;
        return status::Error(absl::StatusCode::kAlreadyExists, kRequestIdReused);
      });
  EXPECT_TRUE(absl::IsAlreadyExists(response.status()));
  EXPECT_EQ(looks, 1);
}

TEST_F(CommandsTest, AnswersAreSealed) {
  ASSERT_TRUE(Run(Call("r1"), "Marie Tremblay").ok());
  const auto rows = database::ReadRows(*db_, {}, "SELECT response FROM test_idempotency");
  EXPECT_EQ(rows->rows[0].Blob(0).find("Marie"), std::string::npos);
}

TEST_F(CommandsTest, ErasureTakesTheSubjectsAnswersOnly) {
  ASSERT_TRUE(Run(Call("r1"), "one", "s1").ok());
  ASSERT_TRUE(Run(Call("r2"), "two", "s2").ok());
  ASSERT_TRUE(Run(Call("r3"), "three").ok());
  const auto erase = [&](const char* subject) {
    return db_->Write(
        {.lane_key = "x", .tenant = database::Tenant::All()},
        [&](database::Transaction& tx) { return commands_->EraseSubject(tx, subject); });
  };
  ASSERT_TRUE(erase("s1").ok());
  ASSERT_TRUE(erase("").ok());
  EXPECT_EQ(Count("test_idempotency"), 2);
}

TEST_F(CommandsTest, TrimTakesOldAnswersAFewAtATime) {
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(Run(Call("r" + std::to_string(i)), "x").ok());
  clock_.AdvanceSystem(absl::Hours(49));
  ASSERT_TRUE(Run(Call("fresh"), "x").ok());
  EXPECT_EQ(*commands_->Trim(absl::Hours(48), 2), 2);
  EXPECT_EQ(Count("test_idempotency"), 4);
  ASSERT_TRUE(commands_->Trim(absl::Hours(48), 100).ok());
  EXPECT_EQ(Count("test_idempotency"), 1);
}

}  // namespace
}  // namespace tremplin::rpc
