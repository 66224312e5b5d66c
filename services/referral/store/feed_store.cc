#include "services/referral/store/feed_store.h"

#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "common/clock/clock.h"
#include "common/status/macros.h"
#include "common/text/text.h"

namespace tremplin::referral::store {
namespace {

constexpr std::string_view kNextSequence =
    "INSERT INTO referral_feed_counter (agency, door, sequence) VALUES ($1, $2, 1) "
    "ON CONFLICT (agency, door) DO UPDATE SET sequence = referral_feed_counter.sequence + 1";
// The sequence never comes here, so that nobody waits for it. Whether the source is told at all is
// asked once more behind the counter's row, where a consent that is just withdrawn holds it.
constexpr std::string_view kInsertFeed =
    "INSERT INTO referral_feed (agency, door, sequence, referral_id, side, external_id, "
    "application_id, program_id, program_version, milestone, reasons, at_us) "
    "SELECT $1, $2, sequence, $3, $4, $5, $6, $7, $8, $9, $10, $11 FROM referral_feed_counter "
    "WHERE agency = $1 AND door = $2 AND NOT EXISTS (SELECT 1 FROM referral_application a WHERE "
    "a.id = $6 AND a.silent_from_us <> 0 AND a.silent_from_us <= $12)";
constexpr std::string_view kListFeed =
    "SELECT agency, door, sequence, referral_id, side, external_id, application_id, program_id, "
    "program_version, milestone, reasons, at_us FROM referral_feed "
    "WHERE agency = $1 AND door = $2 AND sequence > $3 AND ($5 = '' OR program_id = $5) "
    "ORDER BY sequence LIMIT $4";
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
constexpr std::string_view kInsertWaiting =
    "INSERT INTO referral_waiting_milestone (enrolment, milestone, reasons, at_us) "
    "VALUES ($1, $2, $3, $4)";
constexpr std::string_view kListWaiting =
    "SELECT milestone, reasons, at_us FROM referral_waiting_milestone WHERE enrolment = $1 "
    "ORDER BY seq";
constexpr std::string_view kDeleteWaiting =
    "DELETE FROM referral_waiting_milestone WHERE enrolment = $1";

}  // namespace

absl::Status AppendFeed(database::Transaction& tx, const FeedRow& row) {
  if (row.agency.empty()) return absl::OkStatus();
  const std::string door(NameOf(row.door));
  TREMPLIN_RETURN_IF_ERROR(tx.Execute(kNextSequence, {row.agency, door}));
  return tx.Execute(kInsertFeed,
                    {row.agency, door, row.referral, std::string(NameOf(row.side)), row.external_id,
                     row.application, row.program, row.program_version, row.milestone,
                     BytesOf(row.reasons), clock::ToMicros(row.at), clock::ToMicros(row.told)});
}

absl::StatusOr<std::vector<FeedRow>> ListFeed(database::Reader& reader, std::string_view agency,
                                              Door door, std::string_view program, int64_t after,
                                              int limit) {
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result,
                            reader.Query(kListFeed, {std::string(agency), std::string(NameOf(door)),
                                                     after, int64_t{limit}, std::string(program)}));
  std::vector<FeedRow> rows;
  for (const database::Row& row : result.rows) {
    std::optional<std::vector<Finding>> reasons = FindingsOf(row.Blob(10));
    if (!reasons.has_value()) {
      return absl::DataLossError(
          text::Cat("the reasons of entry ", row.Int(2), " of the feed cannot be read"));
    }
    rows.push_back({row.Text(0), DoorOf(row.Text(1)), row.Int(2), row.Text(3), SideOf(row.Text(4)),
                    row.Text(5), row.Text(6), row.Text(7), row.Int(8), row.Text(9),
                    *std::move(reasons), row.Time(11), row.Time(11)});
  }
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
  return tx.Execute(kInsertWaiting, {std::string(enrolment), milestone.milestone,
                                     BytesOf(milestone.reasons), clock::ToMicros(milestone.at)});
}

absl::StatusOr<std::vector<WaitingMilestone>> TakeWaiting(database::Transaction& tx,
                                                          std::string_view enrolment) {
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result,
                            tx.Query(kListWaiting, {std::string(enrolment)}));
  std::vector<WaitingMilestone> waiting;
  for (const database::Row& row : result.rows) {
    std::optional<std::vector<std::string>> reasons = CodesOf(row.Blob(1));
    if (!reasons.has_value()) {
      return absl::DataLossError("the reasons of a milestone that waits cannot be read");
    }
    waiting.push_back({row.Text(0), *std::move(reasons), row.Time(2)});
  }
  if (!waiting.empty()) {
    TREMPLIN_RETURN_IF_ERROR(tx.Execute(kDeleteWaiting, {std::string(enrolment)}));
  }
  return waiting;
}

}  // namespace tremplin::referral::store
