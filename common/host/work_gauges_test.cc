#include "common/host/work_gauges.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "common/database/sqlite_database.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/temp_dir.h"

namespace tremplin::host {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const absl::Time kStart = absl::FromCivil(absl::CivilDay(2026, 3, 1), absl::UTCTimeZone());

class WorkGaugesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto file = database::OpenSqliteFile({.path = dir_.File("db"), .inline_lane = true});
    ASSERT_TRUE(file.ok()) << file.status();
    db_ = database::MakeSqliteDatabase(*file, "desk");
    ASSERT_TRUE(database::MigrateSqlite(
                    **file, "desk",
                    std::vector<database::Migration>{
                        {1, "tables",
                         "CREATE TABLE desk_letter (program TEXT, place TEXT, at_us BIGINT);"}})
                    .ok());
    gauges_ = std::make_unique<WorkGauges>(
        *db_, clock_,
        [] {
          return std::vector<std::string>{"a", "b"};
        },
        metrics_,
        std::vector<WorkGauge>{{.count_name = "letters_waiting",
                                .count_help = "Letters.",
                                .age_name = "letters_oldest_seconds",
                                .age_help = "Oldest.",
                                .label = "place",
                                .sql = "SELECT place, count(*), min(at_us) FROM desk_letter WHERE "
                                       "program = $1 GROUP BY place"}});
  }
  void Run(std::string_view sql, std::vector<database::Value> parameters = {}) {
    ASSERT_TRUE(db_->Write({.lane_key = "x", .tenant = database::Tenant::All()},
                           [&](database::Transaction& tx) { return tx.Execute(sql, parameters); })
                    .ok());
  }
  void Add(const std::string& program, const std::string& place) {
    Run("INSERT INTO desk_letter (program, place, at_us) VALUES ($1, $2, $3)",
        {program, place, clock::ToMicros(clock_.BusinessNow())});
  }
  void Pass(absl::Duration time) {
    clock_.AdvanceSystem(time);
    clock_.SetBusiness(clock_.BusinessNow() + time);
  }

  testing::TempDir dir_;
  clock::ManualClock clock_{kStart};
  metrics::Registry metrics_;
  std::unique_ptr<database::Database> db_;
  std::unique_ptr<WorkGauges> gauges_;
};

TEST_F(WorkGaugesTest, TellHowMuchWaitsAndSinceWhen) {
  Add("a", "north");
  Pass(absl::Hours(1));
  Add("a", "north");
  Add("b", "south");
  Add("c", "south");  // a program that is not in force
  Pass(absl::Hours(1));
  const std::string page = metrics_.Render();
  EXPECT_THAT(page, HasSubstr("letters_waiting{place=\"north\",program=\"a\"} 2\n"));
  EXPECT_THAT(page, HasSubstr("letters_waiting{place=\"south\",program=\"b\"} 1\n"));
  EXPECT_THAT(page, HasSubstr("letters_oldest_seconds{place=\"north\",program=\"a\"} 7200\n"));
  EXPECT_THAT(page, Not(HasSubstr("program=\"c\"")));
}

TEST_F(WorkGaugesTest, GoToZeroWhenNothingWaits) {
  Add("a", "north");
  metrics_.Render();
  Run("DELETE FROM desk_letter");
  Pass(absl::Minutes(1));
  const std::string page = metrics_.Render();
  EXPECT_THAT(page, HasSubstr("letters_waiting{place=\"north\",program=\"a\"} 0\n"));
  EXPECT_THAT(page, HasSubstr("letters_oldest_seconds{place=\"north\",program=\"a\"} 0\n"));
}

TEST_F(WorkGaugesTest, ReadNoOftenerThanTwiceAMinute) {
  metrics_.Render();
  Add("a", "north");
  Pass(absl::Seconds(10));
  EXPECT_THAT(metrics_.Render(), Not(HasSubstr("place=\"north\"")));
  Pass(absl::Seconds(25));
  EXPECT_THAT(metrics_.Render(), HasSubstr("place=\"north\""));
}

TEST_F(WorkGaugesTest, AModuleThatIsGoneIsNotAsked) {
  Add("a", "north");
  gauges_.reset();
  db_.reset();
  EXPECT_THAT(metrics_.Render(), Not(HasSubstr("place=\"north\"")));
}

}  // namespace
}  // namespace tremplin::host
