#include "services/referral/store/consent_store.h"

#include <string>

#include "common/clock/clock.h"
#include "common/database/columns.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "services/referral/store/codecs.h"

namespace tremplin::referral::store {
namespace {

using database::As;
using database::At;

// Appended to, and never changed.
const database::Columns<ConsentEntry>& ConsentColumns() {
  static const auto* columns = new database::Columns<ConsentEntry>(
      "referral_consent",
      {At<&ConsentEntry::number>("number"), At<&ConsentEntry::given>("given"),
       As<SpeakerName, &ConsentEntry::speaker>("speaker"), At<&ConsentEntry::by>("done_by"),
       As<database::Micros, &ConsentEntry::at>("at_us"),
       As<database::OrNever, &ConsentEntry::expires>("expires_us"),
       database::Computed<ConsentEntry>(
           "purpose", [](const ConsentEntry& /*entry*/) -> database::Value { return "sharing"; })},
      {"referral_id", "agency"});
  return *columns;
}

constexpr std::string_view kSaveSharing =
    "UPDATE referral_application SET version = $3, shares = $4, shares_from_us = $5, "
    "silent_from_us = $6, told_state = $7 WHERE id = $1 AND version = $2";
constexpr std::string_view kHoldFeed =
    "UPDATE referral_feed_counter SET sequence = sequence WHERE agency = $1 AND door = $2";

}  // namespace

absl::StatusOr<Ledger> LedgerOf(database::Reader& reader, std::string_view referral) {
  static const auto* sql =
      new std::string(ConsentColumns().Select("WHERE referral_id = $1 ORDER BY number"));
  return ConsentColumns().ReadAll(reader.Query(*sql, {std::string(referral)}));
}

absl::Status AppendConsent(database::Transaction& tx, const ReferralRow& referral,
                           const ConsentEntry& entry) {
  static const auto* sql = new std::string(ConsentColumns().Insert());
  return tx.Execute(*sql, ConsentColumns().Inserted(entry, {referral.id, referral.agency}));
}

absl::Status SaveSharing(database::Transaction& tx, ApplicationRow* row) {
  TREMPLIN_ASSIGN_OR_RETURN(
      const database::Result result,
      tx.Query(kSaveSharing,
               {row->id, row->version, row->version + 1, int64_t{row->sharing.shares ? 1 : 0},
                clock::ToMicros(row->sharing.from), ToMoment(row->sharing.silent_from),
                ToldName(*row)}));
  if (result.affected == 0) return status::VersionConflict("application");
  ++row->version;
  return absl::OkStatus();
}

absl::Status HoldFeed(database::Transaction& tx, std::string_view agency, Door door) {
  return tx.Execute(kHoldFeed, {std::string(agency), std::string(NameOf(door))});
}

}  // namespace tremplin::referral::store
