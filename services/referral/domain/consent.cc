#include "services/referral/domain/consent.h"

#include <algorithm>
#include <array>
#include <utility>

#include "common/status/error.h"
#include "services/referral/messages.h"

namespace tremplin::referral {
namespace {

constexpr std::array<std::pair<ConsentSpeaker, std::string_view>, 4> kSpeakers = {
    {{ConsentSpeaker::CONSENT_SPEAKER_FILE, "file"},
     {ConsentSpeaker::CONSENT_SPEAKER_ORGANIZATION, "organization"},
     {ConsentSpeaker::CONSENT_SPEAKER_PERSON, "person"},
     {ConsentSpeaker::CONSENT_SPEAKER_STAFF, "staff"}}};

// Nobody changes their mind as often; what is withdrawn is taken however often.
constexpr size_t kMostEntries = 500;

bool IsThePersons(ConsentSpeaker speaker) {
  return speaker == ConsentSpeaker::CONSENT_SPEAKER_PERSON ||
         speaker == ConsentSpeaker::CONSENT_SPEAKER_STAFF;
}

// Whether the person, or staff for them, said that it is not to be given so.
bool IsDenied(const Ledger& ledger, const ConsentCommand& command) {
  if (!command.given || IsThePersons(command.speaker)) return false;
  const auto own = std::find_if(ledger.rbegin(), ledger.rend(), [](const ConsentEntry& entry) {
    return IsThePersons(entry.speaker);
  });
  return own != ledger.rend() && (!own->given || own->expires < command.expires);
}

bool Repeats(const ConsentEntry& last, const ConsentCommand& command, absl::Time now) {
  if (last.given != command.given || last.speaker != command.speaker) return false;
  return !command.given || (last.expires == command.expires && last.expires > now);
}

}  // namespace

absl::StatusOr<std::optional<ConsentEntry>> Decide(const Ledger& ledger,
                                                   const ConsentCommand& command, absl::Time now) {
  const bool file = command.speaker == ConsentSpeaker::CONSENT_SPEAKER_FILE;
  if (IsDenied(ledger, command)) {
    if (file) return std::nullopt;
    return status::Error(absl::StatusCode::kFailedPrecondition, kConsentIsThePersons);
  }
  if (!ledger.empty()) {
    if (file && SharingOf(ledger).Holds(now) == command.given) return std::nullopt;
    if (Repeats(ledger.back(), command, now)) return std::nullopt;
  }
  if (command.given && ledger.size() >= kMostEntries) {
    if (file) return std::nullopt;
    return status::Error(absl::StatusCode::kFailedPrecondition, kConsentTooOften);
  }
  return ConsentEntry{.number = ledger.empty() ? 1 : ledger.back().number + 1,
                      .given = command.given,
                      .speaker = command.speaker,
                      .by = command.by,
                      .at = now,
                      .expires = command.given ? command.expires : absl::InfiniteFuture()};
}

Sharing SharingOf(const Ledger& ledger) {
  Sharing sharing;
  for (const ConsentEntry& entry : ledger) {
    if (entry.given) {
      if (!sharing.Holds(entry.at)) sharing.from = entry.at;
      sharing.shares = true;
      sharing.silent_from = entry.expires;
    } else if (sharing.shares || entry.speaker != ConsentSpeaker::CONSENT_SPEAKER_FILE) {
      sharing.silent_from = std::min(sharing.silent_from, entry.at);
    }
  }
  return sharing;
}

std::string_view NameOf(ConsentSpeaker speaker) {
  for (const auto& [known, name] : kSpeakers) {
    if (known == speaker) return name;
  }
  return "";
}

ConsentSpeaker SpeakerOf(std::string_view name) {
  for (const auto& [speaker, known] : kSpeakers) {
    if (known == name) return speaker;
  }
  return ConsentSpeaker::CONSENT_SPEAKER_UNSPECIFIED;
}

}  // namespace tremplin::referral
