// The answer to a COMMIT is lost together with the server, and the standby that takes its place
// never heard of the transaction. Goal: the write runs again, whatever the standby has done under
// the transaction's id since.

#include <sys/stat.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/database/postgres_database.h"
#include "gtest/gtest.h"
#include "tests/faults/superuser.h"
#include "tests/support/process.h"
#include "tests/support/servers.h"
#include "tests/support/tcp_proxy.h"
#include "tests/support/temp_dir.h"

namespace tremplin {
namespace {

using testing::Eventually;
using testing::Sql;
using testing::TcpProxy;

constexpr char kRole[] = "tremplin_probe";
constexpr database::Migration kMigrations[] = {
    {1, "rows", "CREATE TABLE {service}_row (id TEXT PRIMARY KEY);"}};

class LostCommitTest : public ::testing::Test {
 protected:
  void SetUp() override {
    TREMPLIN_REQUIRE_SERVER(testing::PostgresServer());
    chmod(dir_.path().c_str(), 0755);  // PostgreSQL's user has to enter it
    ASSERT_EQ(
        testing::Run({"tools/servers", "start", dir_.path(), "postgres", "postgres_standby"}).code,
        0);
    ASSERT_EQ(database::EnsureRole(Uri("postgres"), kRole, ""), absl::OkStatus());
    ASSERT_EQ(database::MigratePostgres(Uri("postgres"), "probe", kRole, kMigrations),
              absl::OkStatus());
    ASSERT_TRUE(Eventually(
        [&] { return Sql(Uri("postgres_standby"), "SELECT to_regclass('probe.probe_row')") != ""; },
        absl::Seconds(30)));
    primary_ = std::make_unique<TcpProxy>("127.0.0.1", Port("postgres"));
    standby_ = std::make_unique<TcpProxy>("127.0.0.1", Port("postgres_standby"));
    standby_->Refuse(true);
    db_ = database::MakePostgresDatabase(
        {.uri = absl::StrCat("postgresql://", kRole, "@127.0.0.1:", primary_->port(),
                             ",127.0.0.1:", standby_->port(), "/postgres"),
         .service = "probe",
         .lanes = 1});
  }
  void TearDown() override {
    db_.reset();
    testing::Run({"tools/servers", "stop", dir_.path()});
  }

  int Port(const std::string& server) const {
    return std::stoi(testing::ReadFile(absl::StrCat(dir_.path(), "/", server, "/port")));
  }
  std::string Uri(const std::string& server) const {
    return absl::StrCat("postgresql://postgres@127.0.0.1:", Port(server), "/postgres");
  }
  absl::Status Insert(const std::string& id) {
    return db_->Write({.deadline = absl::Now() + absl::Minutes(1)}, [&](database::Transaction& tx) {
      ++runs_;
      return tx.Execute("INSERT INTO probe_row (id) VALUES ($1)", {id});
    });
  }

  // From here on the standby hears nothing of what the primary does.
  void CutReplication() {
    Sql(Uri("postgres_standby"), "ALTER SYSTEM SET primary_conninfo = ''");
    Sql(Uri("postgres_standby"), "SELECT pg_reload_conf()");
    ASSERT_TRUE(Eventually(
        [&] { return Sql(Uri("postgres"), "SELECT count(*) FROM pg_stat_replication") == "0"; },
        absl::Seconds(30)));
  }
  // The next COMMIT is the last that anybody hears of the primary.
  void LosePrimaryAtCommit() {
    primary_->SetJudge([this](std::string_view bytes) {
      if (bytes.find("COMMIT") == std::string_view::npos) return TcpProxy::Verdict::kForward;
      primary_->Refuse(true);
      lost_ = true;
      return TcpProxy::Verdict::kDrop;
    });
  }
  // The standby takes over, and commits `transactions` before it hears of us.
  void TakeOver(int transactions) {
    testing::Run({"tools/servers", "kill", dir_.path(), "postgres"});
    primary_.reset();  // nobody listens there any more, as on the port of a server that is dead
    Sql(Uri("postgres_standby"), "SELECT pg_promote()");
    for (int i = 0; i < transactions; ++i) {
      Sql(Uri("postgres_standby"), "SELECT pg_current_xact_id()");
    }
    standby_->Refuse(false);
  }
  void ExpectRunAgainAfterTakeOver(int transactions) {
    LosePrimaryAtCommit();
    absl::Status inserted;
    {
      std::jthread inserting([&] { inserted = Insert("one"); });
      ASSERT_TRUE(Eventually([&] { return lost_.load(); }, absl::Seconds(30)));
      TakeOver(transactions);
    }
    EXPECT_EQ(inserted, absl::OkStatus());
    EXPECT_EQ(runs_, 2);
    EXPECT_EQ(Sql(Uri("postgres_standby"), "SELECT count(*) FROM probe.probe_row"), "1");
  }

  testing::TempDir dir_;
  std::unique_ptr<TcpProxy> primary_;
  std::unique_ptr<TcpProxy> standby_;
  std::unique_ptr<database::Database> db_;
  std::atomic<bool> lost_{false};
  std::atomic<int> runs_{0};
};

TEST_F(LostCommitTest, ItsIdHasBeenGivenToAnothersSince) {
  CutReplication();
  ExpectRunAgainAfterTakeOver(100);
}

TEST_F(LostCommitTest, ItsIdIsInTheFuture) {
  CutReplication();
  // Of transactions that the standby has not heard of either.
  for (int i = 0; i < 3; ++i) Sql(Uri("postgres"), "SELECT pg_current_xact_id()");
  ExpectRunAgainAfterTakeOver(0);
}

}  // namespace
}  // namespace tremplin
