#include "services/matching/migrations/migrations.h"

#include <algorithm>
#include <memory>
#include <string>

#include "common/database/postgres_database.h"
#include "common/database/sqlite_database.h"
#include "gtest/gtest.h"
#include "tests/support/one_module.h"

namespace tremplin::matching {
namespace {

// An empty store of the kind that this program tests.
class Store {
 public:
  absl::Status Migrate(absl::Span<const database::Migration> migrations) {
    if (testing::OneModule::store == testing::OneModule::Store::kPostgres) {
      if (postgres_ == nullptr) postgres_ = std::make_unique<testing::TestPostgres>();
      const absl::Status done = database::MigratePostgres(postgres_->owner_uri(), "matching",
                                                          postgres_->runtime_role(), migrations);
      db_ =
          database::MakePostgresDatabase({.uri = postgres_->runtime_uri(), .service = "matching"});
      return done;
    }
    if (file_ == nullptr) {
      auto file = database::OpenSqliteFile({.path = dir_.File("data.db"), .inline_lane = true});
      if (!file.ok()) return file.status();
      file_ = *std::move(file);
    }
    const absl::Status done = database::MigrateSqlite(*file_, "matching", migrations);
    db_ = database::MakeSqliteDatabase(file_, "matching");
    return done;
  }
  absl::Status Execute(const std::string& sql, database::Params params) {
    return db_->Write({.lane_key = "test", .tenant = database::Tenant::All()},
                      [&](database::Transaction& tx) { return tx.Execute(sql, params); });
  }
  std::string Text(const std::string& sql, const std::string& parameter) {
    std::string text = "nothing";
    EXPECT_EQ(db_->Read({.tenant = database::Tenant::All()},
                        [&](database::Reader& reader) -> absl::Status {
                          auto result = reader.Query(sql, {parameter});
                          if (!result.ok()) return result.status();
                          if (!result->rows.empty()) text = result->rows[0].Text(0);
                          return absl::OkStatus();
                        }),
              absl::OkStatus());
    return text;
  }

 private:
  testing::TempDir dir_;
  std::unique_ptr<testing::TestPostgres> postgres_;
  std::shared_ptr<database::SqliteFile> file_;
  std::unique_ptr<database::Database> db_;
};

constexpr char kPutPerson[] =
    "INSERT INTO matching_pool (enrolment, program_id, role, person, business_key, noc, naics, "
    "languages, fsa, availability, capacity, paused, status, waiting_since_us, pool_version) "
    "VALUES ($1, 'p', $2, $1, $1, '', '', '', '', '', 1, 0, 'ready', 0, 1)";
constexpr char kPutNo[] =
    "INSERT INTO matching_proposal (id, program_id, program_version, mentee_enrolment, "
    "mentee_person, mentee_business_key, mentee_reply, mentee_asked, mentor_enrolment, "
    "mentor_person, mentor_business_key, mentor_reply, mentor_asked, answer_days, "
    "contact_meeting_days, agreement_days, time_zone, exclusivity_group, state, active, barred, "
    "end_reason, ended_by, score, rank, override_reason, contributions, created_us, version) "
    "VALUES ($1, 'p', 1, 'a', 'a', 'a', 0, 0, 'm', 'm', 'm', 0, 0, 7, 7, 7, 'UTC', '', $2, 0, 1, "
    "$3, $4, 0.5, 1, '', $5, 0, 1)";

TEST(MigrationsTest, NoesFromBeforeTeachAsLaterOnesDo) {
  Store store;
  const auto all = Migrations();
  const auto facts =
      std::find_if(all.begin(), all.end(), [](const auto& one) { return one.name == "facts"; });
  ASSERT_NE(facts, all.end());
  ASSERT_EQ(store.Migrate(all.first(static_cast<size_t>(facts - all.begin()))), absl::OkStatus());
  ASSERT_EQ(store.Execute(kPutPerson, {std::string("a"), std::string("mentee")}), absl::OkStatus());
  ASSERT_EQ(store.Execute(kPutPerson, {std::string("m"), std::string("mentor")}), absl::OkStatus());
  auto put_no = [&, n = 0](std::string state, std::string reason, std::string by) mutable {
    ASSERT_EQ(store.Execute(kPutNo, {std::to_string(++n), std::move(state), std::move(reason),
                                     std::move(by), database::Bytes{}}),
              absl::OkStatus());
  };
  for (int i = 0; i < 3; ++i) put_no("declined", "distance", "mentee");
  put_no("declined", "schedule", "mentee");
  put_no("declined", "personal", "mentee");
  put_no("declined", "goals", "mentor");
  put_no("cancelled", "occupation", "staff");
  ASSERT_EQ(store.Migrate(all), absl::OkStatus());
  constexpr char kLessons[] = "SELECT lessons FROM matching_pool WHERE enrolment = $1";
  EXPECT_EQ(store.Text(kLessons, "a"), "availability,proximity,proximity");
  EXPECT_EQ(store.Text(kLessons, "m"), "goals");
}

}  // namespace
}  // namespace tremplin::matching
