// What only PostgreSQL has: sessions that freeze, locks, lost connections, roles. The rest is in
// database_contract_test.
#include "common/database/postgres_database.h"

#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "common/status/condition.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "gtest/gtest.h"
#include "tests/support/postgres.h"
#include "tests/support/servers.h"
#include "tests/support/tcp_proxy.h"
#include "tests/support/threads.h"

namespace tremplin::database {
namespace {

using testing::TcpProxy;

constexpr Migration kMigrations[] = {
    {1, "tables",
     "CREATE TABLE {service}_counter (id TEXT PRIMARY KEY, total BIGINT NOT NULL);\n"
     "INSERT INTO {service}_counter (id, total) VALUES ('x', 0), ('y', 0);"}};
constexpr char kInsert[] = "INSERT INTO probe_counter (id, total) VALUES ($1, 1)";
constexpr char kIncrement[] = "UPDATE probe_counter SET total = total + 1 WHERE id = $1";

class PostgresDatabaseTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string server = testing::PostgresServer();
    TREMPLIN_REQUIRE_SERVER(server);
    server_ = std::make_unique<testing::TestPostgres>();
    ASSERT_EQ(MigratePostgres(server_->owner_uri(), "probe", server_->runtime_role(), kMigrations),
              absl::OkStatus());
    proxy_ = std::make_unique<TcpProxy>(server_->host(), server_->port());
  }

  std::unique_ptr<Database> Open(int lanes, absl::Duration statement_timeout = absl::Seconds(5),
                                 bool through_proxy = true) {
    PostgresOptions options;
    options.uri =
        through_proxy ? server_->RuntimeUriAt("127.0.0.1", proxy_->port()) : server_->runtime_uri();
    options.service = "probe";
    options.lanes = lanes;
    options.readers = 2;
    options.statement_timeout = statement_timeout;
    return MakePostgresDatabase(options);
  }

  static absl::Status Insert(Database& db, const std::string& id,
                             absl::Time deadline = absl::InfiniteFuture()) {
    return db.Write({.lane_key = "k", .deadline = deadline},
                    [id](Transaction& tx) { return tx.Execute(kInsert, {id}); });
  }

  std::string Count(const std::string& id) {
    return server_->Sql("SELECT count(*) FROM probe.probe_counter WHERE id = '" + id + "'");
  }
  std::string Total(const std::string& id) {
    return server_->Sql("SELECT total FROM probe.probe_counter WHERE id = '" + id + "'");
  }
  void KillSessions() {
    server_->Sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '" +
                 server_->runtime_role() + "'");
  }

  // Keys whose writes run on two different lanes.
  static std::pair<std::string, std::string> KeysOfTwoLanes(Database& db) {
    auto lane_of = [&](const std::string& key) {
      std::thread::id id;
      EXPECT_EQ(db.Write({.lane_key = key},
                         [&](Transaction&) {
                           id = std::this_thread::get_id();
                           return absl::OkStatus();
                         }),
                absl::OkStatus());
      return id;
    };
    std::thread::id first = lane_of("0");
    for (int i = 1; i < 1000; ++i) {
      if (lane_of(std::to_string(i)) != first) return {"0", std::to_string(i)};
    }
    return {"0", "0"};
  }

  std::unique_ptr<testing::TestPostgres> server_;
  // Of the clients to the server, from now on.
  std::shared_ptr<std::atomic<int>> CountMessages() {
    auto messages = std::make_shared<std::atomic<int>>(0);  // the proxy may hold it longer
    proxy_->SetJudge([messages](std::string_view) {
      ++*messages;
      return TcpProxy::Verdict::kForward;
    });
    return messages;
  }

  std::unique_ptr<TcpProxy> proxy_;
};

// The URI with another role or database.
std::string Replaced(std::string uri, const std::string& from, const std::string& to) {
  const size_t found = uri.find(from);
  EXPECT_NE(found, std::string::npos) << uri;
  return found == std::string::npos ? uri : uri.replace(found, from.size(), to);
}

TEST_F(PostgresDatabaseTest, AServerThatDoesNotLetUsInIsToldOfAndIsAnOutage) {
  const auto condition = std::make_shared<status::Condition>();
  PostgresOptions options;
  options.uri = Replaced(server_->runtime_uri(), server_->runtime_role() + ":", "nobody:");
  options.service = "probe";
  options.lanes = 1;
  options.condition = condition;
  const auto refused = MakePostgresDatabase(options);
  const absl::Status pinged = refused->Ping(absl::Seconds(5));
  EXPECT_TRUE(status::IsRefused(pinged)) << pinged;
  EXPECT_TRUE(status::IsOutage(pinged)) << "it is waited for";
  EXPECT_TRUE(status::IsRefused(Insert(*refused, "a", absl::Now() + absl::Seconds(5))));
  ASSERT_TRUE(condition->Has(status::Trouble::kRefused));
  EXPECT_EQ(condition->Now()[0].cause.substr(0, 11), "postgres 28") << condition->Now()[0].cause;

  options.uri = server_->runtime_uri();
  EXPECT_EQ(MakePostgresDatabase(options)->Ping(absl::Seconds(5)), absl::OkStatus());
  EXPECT_FALSE(condition->Has(status::Trouble::kRefused));
}

TEST_F(PostgresDatabaseTest, AServerThatIsAwayRefusesNothing) {
  const auto condition = std::make_shared<status::Condition>();
  PostgresOptions options;
  options.uri = server_->RuntimeUriAt("127.0.0.1", 1);
  options.service = "probe";
  options.condition = condition;
  const absl::Status away = MakePostgresDatabase(options)->Ping(absl::Seconds(5));
  EXPECT_TRUE(absl::IsUnavailable(away)) << away;
  EXPECT_FALSE(status::IsRefused(away));
  EXPECT_TRUE(condition->Now().empty());
}

TEST_F(PostgresDatabaseTest, AFullDiskIsWhatItIsOnTheOtherStore) {
  const auto condition = std::make_shared<status::Condition>();
  PostgresOptions options;
  options.uri = server_->runtime_uri();
  options.service = "probe";
  options.condition = condition;
  const auto db = MakePostgresDatabase(options);
  const absl::Status full = db->Write({}, [](Transaction& tx) {
    return tx.Query("DO $$ BEGIN RAISE EXCEPTION 'no space' USING ERRCODE = '53100'; END $$")
        .status();
  });
  EXPECT_TRUE(status::IsDiskFull(full)) << full;
  EXPECT_TRUE(condition->Has(status::Trouble::kDiskFull));
}

TEST_F(PostgresDatabaseTest, ServicesRunUnderAPlainRole) {
  std::unique_ptr<Database> db = Open(1);
  Result role = *ReadRows(*db, {},
                          "SELECT rolsuper, rolbypassrls, (SELECT count(*) FROM pg_tables WHERE "
                          "tableowner = current_user) FROM pg_roles WHERE rolname = current_user");
  EXPECT_EQ(role.rows.at(0).Int(0), 0);
  EXPECT_EQ(role.rows.at(0).Int(1), 0);
  EXPECT_EQ(role.rows.at(0).Int(2), 0);
  for (const char* forbidden :
       {"DROP TABLE probe_counter", "CREATE TABLE probe_more (id TEXT)",
        "ALTER TABLE probe_counter DISABLE ROW LEVEL SECURITY",
        "INSERT INTO probe_schema_migration (version, name, checksum, applied_us) "
        "VALUES (9, '', '', 0)"}) {
    EXPECT_FALSE(db->Write({}, [&](Transaction& tx) { return tx.Execute(forbidden); }).ok())
        << forbidden;
  }
  for (const std::string& role_name : {std::string("postgres"), std::string("no_such_role")}) {
    EXPECT_EQ(MigratePostgres(server_->owner_uri(), "probe", role_name, kMigrations).code(),
              absl::StatusCode::kFailedPrecondition)
        << role_name;
  }
}

TEST_F(PostgresDatabaseTest, SessionSettingsAreBounds) {
  std::unique_ptr<Database> db = Open(1);
  ASSERT_EQ(db->Write({},
                      [](Transaction& tx) {
                        const std::pair<const char*, const char*> expected[] = {
                            {"statement_timeout", "5s"},
                            {"lock_timeout", "2s"},
                            {"idle_in_transaction_session_timeout", "1s"},
                            {"transaction_isolation", "read committed"},
                            {"search_path", "probe"}};
                        for (const auto& [name, value] : expected) {
                          TREMPLIN_ASSIGN_OR_RETURN(Result row,
                                                    tx.Query("SELECT current_setting($1)", {name}));
                          EXPECT_EQ(row.rows.at(0).Text(0), value) << name;
                        }
                        return absl::OkStatus();
                      }),
            absl::OkStatus());
}

TEST_F(PostgresDatabaseTest, ADeadlockIsFoundBeforeAWaitForALockEnds) {
  std::unique_ptr<Database> db = Open(1);
  const auto setting = [&](const char* name) {
    return "SELECT setting::bigint FROM pg_settings WHERE name = '" + std::string(name) + "'";
  };
  int64_t lock_timeout_ms = 0;
  ASSERT_EQ(db->Write({},
                      [&](Transaction& tx) {
                        TREMPLIN_ASSIGN_OR_RETURN(Result row, tx.Query(setting("lock_timeout")));
                        lock_timeout_ms = row.rows.at(0).Int(0);
                        return absl::OkStatus();
                      }),
            absl::OkStatus());
  const int64_t deadlock_timeout_ms = std::stoll(server_->Sql(setting("deadlock_timeout")));
  EXPECT_GE(lock_timeout_ms, 2 * deadlock_timeout_ms);
}

TEST_F(PostgresDatabaseTest, AFrozenSessionHoldsNobodyForLong) {
  std::unique_ptr<Database> db = Open(4);
  auto [first, second] = KeysOfTwoLanes(*db);
  ASSERT_NE(first, second);
  std::promise<void> locked;
  std::promise<void> thaw;
  std::atomic<int> runs{0};
  absl::Status frozen_result;
  std::jthread frozen([&, key = first] {
    frozen_result = db->Write({.lane_key = key}, [&](Transaction& tx) {
      TREMPLIN_RETURN_IF_ERROR(tx.Query(kIncrement, {"x"}).status());
      if (++runs == 1) {
        locked.set_value();
        thaw.get_future().wait();
      }
      return tx.Query(kIncrement, {"x"}).status();
    });
  });
  locked.get_future().wait();
  absl::Time start = absl::Now();
  EXPECT_EQ(db->Write({.lane_key = second},
                      [](Transaction& tx) { return tx.Execute(kIncrement, {"x"}); }),
            absl::OkStatus());
  EXPECT_LT(absl::Now() - start, absl::Seconds(6));
  // Its locks go before the session does.
  absl::Time limit = absl::Now() + absl::Seconds(10);
  std::string idle;
  do {
    idle = server_->Sql(
        "SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction' AND datname = "
        "current_database()");
  } while (idle != "0" && absl::Now() < limit);
  EXPECT_EQ(idle, "0") << "the server did not end the frozen session";
  thaw.set_value();
  frozen.join();
  // Nothing of its first run remained; it ran again by itself.
  EXPECT_EQ(frozen_result, absl::OkStatus());
  EXPECT_EQ(runs.load(), 2);
  EXPECT_EQ(Total("x"), "3");
}

TEST_F(PostgresDatabaseTest, BatchesThatLockInOppositeOrderBothSucceed) {
  std::unique_ptr<Database> db = Open(4);
  auto [first, second] = KeysOfTwoLanes(*db);
  std::atomic<int> holding{0};
  auto crossing = [&](const std::string& key, const std::string& one, const std::string& other) {
    bool met = false;
    return db->Write({.lane_key = key}, [&, one, other](Transaction& tx) {
      TREMPLIN_RETURN_IF_ERROR(tx.Query(kIncrement, {one}).status());
      if (!met) {
        met = true;
        ++holding;
        absl::Time limit = absl::Now() + absl::Milliseconds(500);
        while (holding.load() < 2 && absl::Now() < limit) std::this_thread::yield();
      }
      return tx.Query(kIncrement, {other}).status();
    });
  };
  absl::Status a;
  absl::Status b;
  {
    std::jthread one([&, key = first] { a = crossing(key, "x", "y"); });
    std::jthread two([&, key = second] { b = crossing(key, "y", "x"); });
  }
  EXPECT_EQ(a, absl::OkStatus());
  EXPECT_EQ(b, absl::OkStatus());
  EXPECT_EQ(holding.load(), 2);
  EXPECT_EQ(Total("x"), "2");
  EXPECT_EQ(Total("y"), "2");
}

// The second write's deadline passes while it waits for the first one's statement, which waits for
// a lock. It has changed nothing, so the first one goes on.
TEST_F(PostgresDatabaseTest, ADeadlineThatPassesInAnothersStatementUndoesNothing) {
  std::unique_ptr<Database> db = Open(4);
  auto [first, second] = KeysOfTwoLanes(*db);
  std::promise<void> locked;
  std::promise<void> unlock;
  std::jthread locker([&, key = second] {
    EXPECT_EQ(db->Write({.lane_key = key},
                        [&](Transaction& tx) {
                          TREMPLIN_RETURN_IF_ERROR(tx.Query(kIncrement, {"x"}).status());
                          locked.set_value();
                          unlock.get_future().wait();
                          return absl::OkStatus();
                        }),
              absl::OkStatus());
  });
  locked.get_future().wait();
  auto session = [&, key = first] {
    int64_t pid = 0;
    EXPECT_EQ(db->Write({.lane_key = key},
                        [&](Transaction& tx) {
                          TREMPLIN_ASSIGN_OR_RETURN(Result row,
                                                    tx.Query("SELECT pg_backend_pid()"));
                          pid = row.rows.at(0).Int(0);
                          return absl::OkStatus();
                        }),
              absl::OkStatus());
    return pid;
  };
  const int64_t session_before = session();
  std::promise<void> holding;
  std::promise<void> go;
  std::jthread holder([&, key = first] {
    (void)db->Write({.lane_key = key}, [&](Transaction&) {
      holding.set_value();
      go.get_future().wait();
      return absl::OkStatus();
    });
  });
  holding.get_future().wait();
  std::atomic<int> runs{0};
  absl::Status waiting;
  absl::Status late;
  std::jthread one = testing::StartAndAwaitSleep([&, key = first] {
    waiting = db->Write({.lane_key = key}, [&](Transaction& tx) {
      ++runs;
      TREMPLIN_RETURN_IF_ERROR(tx.Query("SELECT total FROM probe_counter").status());
      return tx.Execute(kIncrement, {"x"});
    });
  });
  std::jthread two = testing::StartAndAwaitSleep([&, key = first] {
    late = db->Write(
        {.lane_key = key, .deadline = absl::Now() + absl::Milliseconds(300)},
        [&](Transaction& tx) { return tx.Query("SELECT total FROM probe_counter").status(); });
  });
  go.set_value();
  two.join();
  unlock.set_value();
  one.join();
  EXPECT_FALSE(late.ok());
  EXPECT_EQ(waiting, absl::OkStatus());
  EXPECT_EQ(runs.load(), 1);
  EXPECT_EQ(session(), session_before) << "the connection was given up";
  locker.join();
  EXPECT_EQ(Total("x"), "2");
}

// One message for what is prefetched, one for the change and the COMMIT; without, one a question.
// One more is allowed for, as a message may arrive in two pieces.
TEST_F(PostgresDatabaseTest, AWriteThatPrefetchesWaitsTwice) {
  std::unique_ptr<Database> db = Open(1);
  constexpr std::string_view kSelect = "SELECT total FROM probe_counter WHERE id = $1";
  const std::shared_ptr<std::atomic<int>> messages = CountMessages();
  const auto sent_by = [&](const std::function<absl::Status(Transaction&)>& ask) {
    const int before = messages->load();
    EXPECT_EQ(db->Write({},
                        [&](Transaction& tx) {
                          TREMPLIN_RETURN_IF_ERROR(ask(tx));
                          return tx.Execute(kIncrement, {"x"});
                        }),
              absl::OkStatus());
    return messages->load() - before;
  };
  const auto one_by_one = [&](Transaction& tx) {
    for (const char* id : {"x", "y", "z"}) {
      TREMPLIN_RETURN_IF_ERROR(tx.Query(kSelect, {id}).status());
    }
    return absl::OkStatus();
  };
  const auto together = [&](Transaction& tx) {
    std::vector<Prefetched> asked;
    for (const char* id : {"x", "y", "z"}) asked.push_back(tx.Prefetch({kSelect, {id}}));
    for (Prefetched& each : asked) TREMPLIN_RETURN_IF_ERROR(each.Get().status());
    return absl::OkStatus();
  };
  sent_by(one_by_one);  // connects and prepares
  EXPECT_GE(sent_by(one_by_one), 4);
  EXPECT_LE(sent_by(together), 3);
}

// One message for all of a read that asks at once. The end of a read, for which nobody waits, is
// another, which may be counted with the next.
TEST_F(PostgresDatabaseTest, AReadThatPrefetchesWaitsOnce) {
  std::unique_ptr<Database> db = Open(1);
  constexpr std::string_view kSelect = "SELECT total FROM probe_counter WHERE id = $1";
  const std::shared_ptr<std::atomic<int>> messages = CountMessages();
  const auto sent_by = [&](bool together) {
    const int before = messages->load();
    EXPECT_EQ(db->Read({},
                       [&](Reader& reader) {
                         std::vector<Prefetched> asked;
                         for (const char* id : {"x", "y", "z", "u", "v", "w"}) {
                           asked.push_back(reader.Prefetch({kSelect, {id}}));
                           if (!together) TREMPLIN_RETURN_IF_ERROR(asked.back().Get().status());
                         }
                         for (Prefetched& each : asked) {
                           if (together) TREMPLIN_RETURN_IF_ERROR(each.Get().status());
                         }
                         return absl::OkStatus();
                       }),
              absl::OkStatus());
    return messages->load() - before;
  };
  sent_by(false);  // connects and prepares
  EXPECT_GE(sent_by(false), 6);
  EXPECT_LE(sent_by(true), 4);
}

// Whether a message of the client holds the first COMMIT of its connection (later ones go by the
// name of a prepared statement).
bool HoldsCommit(std::string_view bytes) { return bytes.find("COMMIT") != std::string_view::npos; }

TEST_F(PostgresDatabaseTest, ACommitThatArrivedIsNotRepeated) {
  std::unique_ptr<Database> db = Open(1);
  std::atomic<int> cuts{0};
  proxy_->SetJudge([&](std::string_view bytes) {
    bool cut = HoldsCommit(bytes) && cuts++ == 0;
    return cut ? TcpProxy::Verdict::kForwardThenDrop : TcpProxy::Verdict::kForward;
  });
  std::atomic<int> runs{0};
  std::atomic<int> hooks{0};
  EXPECT_EQ(db->Write({.deadline = absl::Now() + absl::Seconds(20)},
                      [&](Transaction& tx) {
                        ++runs;
                        tx.AfterCommit([&hooks] { ++hooks; });
                        return tx.Execute(kIncrement, {"x"});
                      }),
            absl::OkStatus());
  EXPECT_GE(cuts.load(), 1);
  EXPECT_EQ(runs.load(), 1);
  EXPECT_EQ(hooks.load(), 1);
  EXPECT_EQ(Total("x"), "1");
}

TEST_F(PostgresDatabaseTest, ACommitThatNeverArrivedIsRunAgain) {
  std::unique_ptr<Database> db = Open(1);
  std::atomic<int> cuts{0};
  proxy_->SetJudge([&](std::string_view bytes) {
    bool cut = HoldsCommit(bytes) && cuts++ == 0;
    return cut ? TcpProxy::Verdict::kDrop : TcpProxy::Verdict::kForward;
  });
  std::atomic<int> runs{0};
  EXPECT_EQ(db->Write({.deadline = absl::Now() + absl::Seconds(20)},
                      [&](Transaction& tx) {
                        ++runs;
                        return tx.Execute(kIncrement, {"x"});
                      }),
            absl::OkStatus());
  EXPECT_EQ(runs.load(), 2);
  EXPECT_EQ(Total("x"), "1");
}

TEST_F(PostgresDatabaseTest, AnUnresolvedCommitIsUnavailableAtTheDeadline) {
  std::unique_ptr<Database> db = Open(1);
  proxy_->SetJudge([&](std::string_view bytes) {
    if (!HoldsCommit(bytes)) return TcpProxy::Verdict::kForward;
    proxy_->Refuse(true);
    return TcpProxy::Verdict::kForwardThenDrop;
  });
  absl::Time deadline = absl::Now() + absl::Seconds(1);
  EXPECT_EQ(Insert(*db, "a", deadline).code(), absl::StatusCode::kUnavailable);
  EXPECT_LT(absl::Now() - deadline, absl::Seconds(1));
  proxy_->SetJudge(nullptr);
  proxy_->Refuse(false);
  // It had taken effect, as the status warns; the lane works again.
  EXPECT_EQ(Count("a"), "1");
  absl::Status again;
  absl::Time limit = absl::Now() + absl::Seconds(10);
  do {
    again = Insert(*db, "b", limit);
  } while (absl::IsUnavailable(again) && absl::Now() < limit);
  EXPECT_EQ(again, absl::OkStatus());
}

TEST_F(PostgresDatabaseTest, ABlackHoleEndsCallsAtTheirDeadlineAndPasses) {
  std::unique_ptr<Database> db = Open(1, absl::Milliseconds(500));
  ASSERT_EQ(Insert(*db, "before"), absl::OkStatus());
  proxy_->Freeze(true);
  std::vector<std::jthread> callers;
  for (int i = 0; i < 3; ++i) {
    callers.emplace_back([&, i] {
      absl::Time deadline = absl::Now() + absl::Milliseconds(1500);
      absl::Status status = Insert(*db, "during" + std::to_string(i), deadline);
      EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << status;
      EXPECT_LT(absl::Now() - deadline, absl::Seconds(1));
    });
  }
  callers.emplace_back([&] {
    absl::Time deadline = absl::Now() + absl::Milliseconds(300);
    absl::StatusOr<Result> result = ReadRows(*db, {.deadline = deadline}, "SELECT 1");
    EXPECT_FALSE(result.ok());
    EXPECT_LT(absl::Now() - deadline, absl::Seconds(1));
  });
  callers.clear();
  proxy_->Freeze(false);
  absl::Status after;
  absl::Time limit = absl::Now() + absl::Seconds(10);
  do {
    after = Insert(*db, "after", limit);
  } while (absl::IsUnavailable(after) && absl::Now() < limit);
  EXPECT_EQ(after, absl::OkStatus());
  EXPECT_EQ(db->Ping(absl::Seconds(5)), absl::OkStatus());
}

TEST_F(PostgresDatabaseTest, AServerThatIsDownIsToldAtOnceAndComesBack) {
  proxy_->Refuse(true);
  std::unique_ptr<Database> db = Open(1);
  absl::Time start = absl::Now();
  EXPECT_EQ(Insert(*db, "a").code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(db->Ping(absl::Seconds(1)).code(), absl::StatusCode::kUnavailable);
  EXPECT_LT(absl::Now() - start, absl::Seconds(3));
  proxy_->Refuse(false);
  absl::Status after;
  absl::Time limit = start + absl::Seconds(10);
  do {
    after = Insert(*db, "a", limit);
  } while (absl::IsUnavailable(after) && absl::Now() < limit);
  EXPECT_EQ(after, absl::OkStatus());
  EXPECT_EQ(Count("a"), "1");
}

TEST_F(PostgresDatabaseTest, SessionsEndedByTheServerAreMadeAgain) {
  std::unique_ptr<Database> db = Open(1);
  ASSERT_EQ(Insert(*db, "a"), absl::OkStatus());
  ASSERT_EQ(ReadRows(*db, {}, "SELECT 1").status(), absl::OkStatus());
  KillSessions();
  EXPECT_EQ(Insert(*db, "b"), absl::OkStatus());
  EXPECT_EQ(ReadRows(*db, {}, "SELECT 1").status(), absl::OkStatus());
  // In the middle of a write: nothing is committed yet, so it runs again.
  int runs = 0;
  EXPECT_EQ(db->Write({},
                      [&](Transaction& tx) {
                        TREMPLIN_RETURN_IF_ERROR(tx.Query(kIncrement, {"x"}).status());
                        if (++runs == 1) KillSessions();
                        return tx.Query(kIncrement, {"x"}).status();
                      }),
            absl::OkStatus());
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(Total("x"), "2");
}

TEST_F(PostgresDatabaseTest, MigratingFromTwoProcessesAtOnceIsSafe) {
  std::vector<absl::Status> results(4);
  {
    std::vector<std::jthread> threads;
    for (absl::Status& result : results) {
      threads.emplace_back([&] {
        result =
            MigratePostgres(server_->owner_uri(), "other", server_->runtime_role(), kMigrations);
      });
    }
  }
  for (const absl::Status& result : results) EXPECT_EQ(result, absl::OkStatus());
  EXPECT_EQ(server_->Sql("SELECT count(*) FROM other.other_counter"), "2");
}

TEST_F(PostgresDatabaseTest, EnsureRoleMakesDatabaseAndRoleOnce) {
  std::string uri = server_->superuser_uri() + "_made";
  std::string role = server_->runtime_role() + "_made";
  for (int i = 0; i < 2; ++i) EXPECT_EQ(EnsureRole(uri, role, "it's"), absl::OkStatus());
  EXPECT_EQ(server_->Sql("SELECT rolcanlogin AND NOT rolsuper AND NOT rolbypassrls FROM pg_roles "
                         "WHERE rolname = '" +
                         role + "'"),
            "t");
  std::string name = uri.substr(uri.rfind('/') + 1);
  EXPECT_EQ(server_->Sql("SELECT datcollate FROM pg_database WHERE datname = '" + name + "'"), "C");
  server_->Sql("DROP DATABASE " + name);
  server_->Sql("DROP ROLE " + role);
}

}  // namespace
}  // namespace tremplin::database
