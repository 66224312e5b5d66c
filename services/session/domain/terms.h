#ifndef TREMPLIN_SERVICES_SESSION_DOMAIN_TERMS_H_
#define TREMPLIN_SERVICES_SESSION_DOMAIN_TERMS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

// How an engagement of a format runs: the definition it was made under, pinned. Pure.
namespace tremplin::session::domain {

enum class Side { kMentee, kMentor };
inline constexpr Side kAllSides[] = {Side::kMentee, Side::kMentor};

enum class Contact { kInPerson, kVideo, kCall, kMail };
inline constexpr Contact kAllContacts[] = {Contact::kInPerson, Contact::kVideo, Contact::kCall,
                                           Contact::kMail};

struct Bounds {
  int least = 1;
  int most = 1;
  friend bool operator==(const Bounds&, const Bounds&) = default;
};

struct Document {
  std::string code;
  bool by_mentees = true;
  bool by_mentors = true;
  bool pair_private = false;  // staff see only when it was signed
  bool before_start = false;  // the start waits for it
  friend bool operator==(const Document&, const Document&) = default;
};

struct Phase {
  std::string code;
  int due_day = 0;  // days from the start; 0: none
  friend bool operator==(const Phase&, const Phase&) = default;
};

// Credits by the hour for those of whom the fact said yes at the day of the session.
struct CreditRule {
  std::string code;
  std::string fact;
  int64_t millionths_per_hour = 0;
  friend bool operator==(const CreditRule&, const CreditRule&) = default;
};

enum class Lifetime { kLength, kSingleMeeting, kSeason, kHours };

struct Terms {
  Lifetime lifetime = Lifetime::kLength;
  int days = 0;          // kLength: in all; kHours: at most
  int hours = 0;         // kHours
  int season_month = 0;  // kSeason: its last day of each year
  int season_day = 0;
  Bounds mentees, mentors;
  int review_every_days = 0;
  int max_extension_days = 0;  // in all
  int close_grace_days = 0;
  int misses_before_flag = 0;
  int least_minutes = 5;  // usual lengths of a session
  int most_minutes = 480;
  std::vector<Contact> counting = {};  // kinds of contact that count toward the cadence
  std::vector<Document> documents = {};
  std::vector<Phase> phases = {};
  std::vector<CreditRule> credits = {};
  int introductions = 0;
  int remind_after_days = 0;  // days after the meeting, at the beginning of the day
  int reminders = 0;
  std::vector<std::string> becomes = {};  // formats as which it may go on
  std::string time_zone;                  // IANA name; days end by it
  friend bool operator==(const Terms&, const Terms&) = default;

  const Bounds& bounds(Side side) const { return side == Side::kMentee ? mentees : mentors; }
};

absl::TimeZone ZoneOf(const Terms& terms);

// The midnight that lies `days` after the midnight `from`.
absl::Time AddDays(absl::Time from, int days, const Terms& terms);

// The end of the last day of an engagement that starts at `start`; InfinitePast for a single
// meeting. A season's is its last day on or after the day of the start: of the season it starts in,
// or of the next one.
absl::Time TermOf(const Terms& terms, absl::Time start);

// Whether a session of this kind counts toward the cadence.
bool Counts(const Terms& terms, Contact contact);

// nullptr when the format has none of that code.
const Document* FindDocument(const Terms& terms, std::string_view code);
const Phase* FindPhase(const Terms& terms, std::string_view code);
bool SignedBy(const Document& document, Side side);

// Codes as stored and sent.
std::string_view NameOf(Contact contact);  // "in_person", …
std::string_view NameOf(Side side);        // "mentee", "mentor"
absl::StatusOr<Contact> ContactOf(std::string_view name);
absl::StatusOr<Side> SideOf(std::string_view name);

}  // namespace tremplin::session::domain

#endif  // TREMPLIN_SERVICES_SESSION_DOMAIN_TERMS_H_
