#ifndef TREMPLIN_SERVICES_REFERRAL_DOMAIN_CONSENT_H_
#define TREMPLIN_SERVICES_REFERRAL_DOMAIN_CONSENT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "tremplin/program/v1/consent.pb.h"

// The ledger of consents of one referral: what was said, by whom and when. Pure.
//
//   what stands           | given                          withdrawn
//   ----------------------+-----------------------------------------------------------
//   nothing was said      | told from now on               silent from now on (+)
//   given                 | told on, expiry anew           silent from now on
//   withdrawn, or expired | told from now on (*)           silent as before
//
// Each is an entry, unless it says what stands by who said it last. A file speaks where what it
// says of consent differs from the file before, and is no entry where it changes nothing.
//
// (*) What the person, or staff for them, withdrew or limited is given again, or for longer, by
// these alone: the organization is refused with CONSENT_IS_THE_PERSONS, and its file says it in
// vain. (+) A file that says no where consent was never given silences nobody: its source is still
// told what becomes of what it sent.
namespace tremplin::referral {

using ConsentSpeaker = program::v1::ConsentSpeaker;

struct ConsentEntry {
  int64_t number = 0;  // from 1
  bool given = false;
  ConsentSpeaker speaker = ConsentSpeaker::CONSENT_SPEAKER_FILE;
  std::string by;
  absl::Time at;
  absl::Time expires = absl::InfiniteFuture();
};
using Ledger = std::vector<ConsentEntry>;  // by number

// What follows of the ledger for what the source is told.
struct Sharing {
  // The source is told what happens after admission, from then on.
  bool shares = false;
  absl::Time from = absl::UnixEpoch();
  // From then on it is told nothing at all.
  absl::Time silent_from = absl::InfiniteFuture();

  bool IsSilent(absl::Time now) const { return now >= silent_from; }
  // Whether consent stands.
  bool Holds(absl::Time now) const { return shares && !IsSilent(now); }
  // Whether the source may be told now of what happened at a time.
  bool Tells(absl::Time happened, absl::Time now) const {
    return Holds(now) && happened >= from && !IsSilent(happened);
  }
};

struct ConsentCommand {
  bool given = false;
  ConsentSpeaker speaker = ConsentSpeaker::CONSENT_SPEAKER_FILE;
  std::string by = {};
  absl::Time expires = absl::InfiniteFuture();
};

// The entry to add; nullopt where there is none.
absl::StatusOr<std::optional<ConsentEntry>> Decide(const Ledger& ledger,
                                                   const ConsentCommand& command, absl::Time now);

// What follows of all that was said.
Sharing SharingOf(const Ledger& ledger);

// As columns hold it: "file", "organization", "person", "staff".
std::string_view NameOf(ConsentSpeaker speaker);
// CONSENT_SPEAKER_UNSPECIFIED for a name that is none.
ConsentSpeaker SpeakerOf(std::string_view name);

}  // namespace tremplin::referral

#endif  // TREMPLIN_SERVICES_REFERRAL_DOMAIN_CONSENT_H_
