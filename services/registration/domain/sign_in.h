#ifndef TREMPLIN_SERVICES_REGISTRATION_DOMAIN_SIGN_IN_H_
#define TREMPLIN_SERVICES_REGISTRATION_DOMAIN_SIGN_IN_H_

#include <string_view>

#include "absl/time/time.h"

// How long what lets somebody in holds, and how often it may be asked for. Pure; by system time.
//
//   link      asked for ──within kLinkWaits──► sent, or handed over ──within kLinkHolds──► used,
//   once sign-in   begun ──within kBeginHolds──► finished, once session   used at least every
//   kSessionIdle, for kSessionHolds in all ──► over
namespace tremplin::registration::domain {

inline constexpr absl::Duration kLinkWaits = absl::Hours(1);
inline constexpr absl::Duration kLinkHolds = absl::Minutes(15);
inline constexpr absl::Duration kBeginHolds = absl::Minutes(10);
inline constexpr absl::Duration kSessionIdle = absl::Hours(2);
inline constexpr absl::Duration kSessionHolds = absl::Hours(12);
// That a session is used is written down once in so long: nearly every use is a read only.
inline constexpr absl::Duration kUseNoted = absl::Minutes(1);

// Of links asked for with one address, within kAskedWithin.
inline constexpr int kMostAsked = 5;
inline constexpr absl::Duration kAskedWithin = absl::Hours(1);
// Who may sign in with one address.
inline constexpr int kMostOfAnAddress = 16;
// Of one account at once; one more ends the one begun first.
inline constexpr int kMostSessions = 20;
// Of one account.
inline constexpr int kMostRoles = 100;

// When a session that was last used then is over.
absl::Time SessionOver(absl::Time used, absl::Time expires);

// Whether `path` leads into this system and nowhere else: "/…", printable ASCII, no backslash
// (which browsers read as a slash), not the begin of another host ("//…"), of at most 500
// characters.
bool IsOwnPath(std::string_view path);

}  // namespace tremplin::registration::domain

#endif  // TREMPLIN_SERVICES_REGISTRATION_DOMAIN_SIGN_IN_H_
