#include "services/referral/store/feed_store.h"

#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "common/clock/clock.h"
#include "common/database/columns.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/referral/store/codecs.h"

namespace tremplin::referral::store {
namespace {

using database::As;
using database::At;
using database::Micros;

constexpr std::string_view kNextSequence =
    "INSERT INTO referral_feed_counter (agency, door, sequence) VALUES ($1, $2, 1) "
    "ON CONFLICT (agency, door) DO UPDATE SET sequence = referral_feed_counter.sequence + 1";
constexpr std::string_view kLastSequence =
    "SELECT sequence FROM referral_feed_counter WHERE agency = $1 AND door = $2";
constexpr std::string_view kSequenceBefore =
    "SELECT sequence - 1 FROM referral_feed WHERE agency = $1 AND door = $2 AND at_us >= $3 "
    "ORDER BY sequence LIMIT 1";
constexpr std::string_view kInsertEnrolment =
    "INSERT INTO referral_enrolment (enrolment, application_id) VALUES ($1, $2) "
    "ON CONFLICT (enrolment) DO NOTHING";
constexpr std::string_view kFindEnrolment =
    "SELECT application_id FROM referral_enrolment WHERE enrolment = $1";
constexpr std::string_view kUnfollow =
    "DELETE FROM referral_enrolment_follower WHERE application_id = $1";
constexpr std::string_view kFollow =
    "INSERT INTO referral_enrolment_follower (enrolment, application_id) VALUES ($1, $2) "
    "ON CONFLICT DO NOTHING";
constexpr std::string_view kFollowers =
    "SELECT application_id FROM referral_enrolment_follower WHERE enrolment = $1 "
    "ORDER BY application_id";
constexpr std::string_view kKeepStarted =
    "UPDATE referral_enrolment_follower SET started = 1 WHERE enrolment = $1 AND application_id = "
    "$2";
constexpr std::string_view kTakeStarted =
    "UPDATE referral_enrolment_follower SET started = 0 WHERE enrolment = $1 AND application_id = "
    "$2 AND (started = 1 OR NOT EXISTS (SELECT 1 FROM referral_application a WHERE a.id = $2 AND "
    "a.door = 'proposer'))";
constexpr std::string_view kDeleteWaiting =
    "DELETE FROM referral_waiting_milestone WHERE enrolment = $1";

const database::Columns<FeedRow>& FeedColumns() {
  static const auto* columns = new database::Columns<FeedRow>(
      "referral_feed",
      {At<&FeedRow::agency>("agency"), As<DoorName, &FeedRow::door>("door"),
       At<&FeedRow::referral>("referral_id"), As<SideName, &FeedRow::side>("side"),
       At<&FeedRow::external_id>("external_id"), At<&FeedRow::application>("application_id"),
       At<&FeedRow::program>("program_id"), At<&FeedRow::program_version>("program_version"),
       At<&FeedRow::milestone>("milestone"), As<FindingBytes, &FeedRow::reasons>("reasons"),
       As<Micros, &FeedRow::at>("at_us"), At<&FeedRow::sequence>("sequence").OnlyRead()});
  return *columns;
}

const database::Columns<WaitingMilestone>& WaitingColumns() {
  static const auto* columns =
      new database::Columns<WaitingMilestone>("referral_waiting_milestone",
                                              {At<&WaitingMilestone::milestone>("milestone"),
                                               As<CodeBytes, &WaitingMilestone::reasons>("reasons"),
                                               As<Micros, &WaitingMilestone::at>("at_us")},
                                              {"enrolment"});
  return *columns;
}

}  // namespace

absl::Status AppendFeed(database::Transaction& tx, const FeedRow& row) {
  if (row.agency.empty()) return absl::OkStatus();
  // The sequence never comes here, so that nobody waits for it. Whether the source is told at all
  // is asked once more behind the counter's row, where a consent that is just withdrawn holds it.
  static const auto* sql = new std::string(text::Cat(
      "INSERT INTO referral_feed (", FeedColumns().List(),
      ") SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, sequence FROM referral_feed_counter "
      "WHERE agency = $1 AND door = $2 AND NOT EXISTS (SELECT 1 FROM referral_application a WHERE "
      "a.id = $6 AND a.silent_from_us <> 0 AND a.silent_from_us <= $12)"));
  TREMPLIN_RETURN_IF_ERROR(tx.Execute(kNextSequence, {row.agency, std::string(NameOf(row.door))}));
  database::Params params = FeedColumns().Inserted(row);
  params.emplace_back(clock::ToMicros(row.told));
  return tx.Execute(*sql, std::move(params));
}

absl::StatusOr<std::vector<FeedRow>> ListFeed(database::Reader& reader, std::string_view agency,
                                              Door door, std::string_view program, int64_t after,
                                              int limit) {
  static const auto* sql = new std::string(
      FeedColumns().Select("WHERE agency = $1 AND door = $2 AND sequence > $3 AND ($5 = '' OR "
                           "program_id = $5) ORDER BY sequence LIMIT $4"));
  TREMPLIN_ASSIGN_OR_RETURN(
      std::vector<FeedRow> rows,
      FeedColumns().ReadAll(reader.Query(*sql, {std::string(agency), std::string(NameOf(door)),
                                                after, int64_t{limit}, std::string(program)})));
  for (FeedRow& row : rows) row.told = row.at;
  return rows;
}

absl::StatusOr<int64_t> LastSequence(database::Reader& reader, std::string_view agency, Door door) {
  TREMPLIN_ASSIGN_OR_RETURN(
      const database::Result result,
      reader.Query(kLastSequence, {std::string(agency), std::string(NameOf(door))}));
  return result.rows.empty() ? 0 : result.rows[0].Int(0);
}

absl::StatusOr<int64_t> SequenceBefore(database::Reader& reader, std::string_view agency, Door door,
                                       absl::Time time) {
  TREMPLIN_ASSIGN_OR_RETURN(
      const database::Result result,
      reader.Query(kSequenceBefore,
                   {std::string(agency), std::string(NameOf(door)), clock::ToMicros(time)}));
  return result.rows.empty() ? LastSequence(reader, agency, door) : result.rows[0].Int(0);
}

absl::Status SaveEnrolment(database::Transaction& tx, std::string_view enrolment,
                           std::string_view application) {
  return tx.Execute(kInsertEnrolment, {std::string(enrolment), std::string(application)});
}

absl::StatusOr<std::optional<std::string>> ApplicationOf(database::Reader& reader,
                                                         std::string_view enrolment) {
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result,
                            reader.Query(kFindEnrolment, {std::string(enrolment)}));
  if (result.rows.empty()) return std::nullopt;
  return result.rows[0].Text(0);
}

absl::Status Follow(database::Transaction& tx, std::string_view application,
                    std::string_view enrolment) {
  TREMPLIN_RETURN_IF_ERROR(tx.Execute(kUnfollow, {std::string(application)}));
  if (enrolment.empty()) return absl::OkStatus();
  return tx.Execute(kFollow, {std::string(enrolment), std::string(application)});
}

absl::Status KeepStarted(database::Transaction& tx, std::string_view enrolment,
                         std::string_view application) {
  return tx.Execute(kKeepStarted, {std::string(enrolment), std::string(application)});
}

absl::StatusOr<bool> TakeStarted(database::Transaction& tx, std::string_view enrolment,
                                 std::string_view application) {
  TREMPLIN_ASSIGN_OR_RETURN(
      const database::Result result,
      tx.Query(kTakeStarted, {std::string(enrolment), std::string(application)}));
  return result.affected > 0;
}

absl::StatusOr<std::vector<std::string>> FollowersOf(database::Reader& reader,
                                                     std::string_view enrolment) {
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result,
                            reader.Query(kFollowers, {std::string(enrolment)}));
  std::vector<std::string> applications;
  for (const database::Row& row : result.rows) applications.push_back(row.Text(0));
  return applications;
}

absl::Status AddWaiting(database::Transaction& tx, std::string_view enrolment,
                        const WaitingMilestone& milestone) {
  static const auto* sql = new std::string(WaitingColumns().Insert());
  return tx.Execute(*sql, WaitingColumns().Inserted(milestone, {std::string(enrolment)}));
}

absl::StatusOr<std::vector<WaitingMilestone>> TakeWaiting(database::Transaction& tx,
                                                          std::string_view enrolment) {
  static const auto* sql =
      new std::string(WaitingColumns().Select("WHERE enrolment = $1 ORDER BY seq"));
  TREMPLIN_ASSIGN_OR_RETURN(std::vector<WaitingMilestone> waiting,
                            WaitingColumns().ReadAll(tx.Query(*sql, {std::string(enrolment)})));
  if (!waiting.empty()) {
    TREMPLIN_RETURN_IF_ERROR(tx.Execute(kDeleteWaiting, {std::string(enrolment)}));
  }
  return waiting;
}

}  // namespace tremplin::referral::store
