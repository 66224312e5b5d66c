#include "services/referral/store/consent_store.h"

#include <string>

#include "common/clock/clock.h"
#include "common/status/error.h"
#include "common/status/macros.h"

namespace tremplin::referral::store {
namespace {

constexpr std::string_view kLedgerOf =
    "SELECT number, given, speaker, done_by, at_us, expires_us FROM referral_consent "
    "WHERE referral_id = $1 ORDER BY number";
constexpr std::string_view kAppend =
    "INSERT INTO referral_consent (referral_id, number, agency, purpose, given, speaker, done_by, "
    "at_us, expires_us) VALUES ($1, $2, $3, 'sharing', $4, $5, $6, $7, $8)";
constexpr std::string_view kSaveSharing =
    "UPDATE referral_application SET version = $3, shares = $4, shares_from_us = $5, "
    "silent_from_us = $6, told_state = $7 WHERE id = $1 AND version = $2";
constexpr std::string_view kHoldFeed =
    "UPDATE referral_feed_counter SET sequence = sequence WHERE agency = $1 AND door = $2";

}  // namespace

absl::StatusOr<Ledger> LedgerOf(database::Reader& reader, std::string_view referral) {
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result,
                            reader.Query(kLedgerOf, {std::string(referral)}));
  Ledger ledger;
  for (const database::Row& row : result.rows) {
    const ConsentSpeaker speaker = SpeakerOf(row.Text(2));
    if (speaker == ConsentSpeaker::CONSENT_SPEAKER_UNSPECIFIED) {
      return absl::DataLossError("a consent has a speaker that is none");
    }
    ledger.push_back({.number = row.Int(0),
                      .given = row.Int(1) != 0,
                      .speaker = speaker,
                      .by = row.Text(3),
                      .at = row.Time(4),
                      .expires = FromMoment(row.Int(5))});
  }
  return ledger;
}

absl::Status AppendConsent(database::Transaction& tx, const ReferralRow& referral,
                           const ConsentEntry& entry) {
  return tx.Execute(kAppend, {referral.id, entry.number, referral.agency,
                              int64_t{entry.given ? 1 : 0}, std::string(NameOf(entry.speaker)),
                              entry.by, clock::ToMicros(entry.at), ToMoment(entry.expires)});
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
