#include "services/session/domain/terms.h"

#include <algorithm>

#include "absl/status/status.h"
#include "common/clock/day.h"
#include "common/text/text.h"

namespace tremplin::session::domain {
namespace {

// A month's day, or its last one where it has none of that number.
absl::CivilDay DayOf(absl::civil_year_t year, int month, int day) {
  const absl::CivilMonth of(year, month);
  return std::min(absl::CivilDay(of) + (day - 1), absl::CivilDay(of + 1) - 1);
}

absl::Time SeasonEnd(const Terms& terms, absl::Time start) {
  const absl::TimeZone zone = ZoneOf(terms);
  const absl::CivilDay first = absl::ToCivilDay(start, zone);
  absl::CivilDay last = DayOf(first.year(), terms.season_month, terms.season_day);
  if (last < first) last = DayOf(first.year() + 1, terms.season_month, terms.season_day);
  return absl::FromCivil(last + 1, zone);
}

template <class Coded>
const Coded* FindCode(const std::vector<Coded>& all, std::string_view code) {
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const Coded& one) { return one.code == code; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace

absl::TimeZone ZoneOf(const Terms& terms) {
  absl::TimeZone zone = absl::UTCTimeZone();
  absl::LoadTimeZone(terms.time_zone, &zone);
  return zone;
}

absl::Time AddDays(absl::Time from, int days, const Terms& terms) {
  const absl::TimeZone zone = ZoneOf(terms);
  return absl::FromCivil(absl::ToCivilDay(from, zone) + days, zone);
}

absl::Time TermOf(const Terms& terms, absl::Time start) {
  switch (terms.lifetime) {
    case Lifetime::kLength:
    case Lifetime::kHours:
      return clock::EndOfDay(start, terms.days, ZoneOf(terms));
    case Lifetime::kSeason:
      return SeasonEnd(terms, start);
    case Lifetime::kSingleMeeting:
      return absl::InfinitePast();
  }
  return absl::InfinitePast();
}

bool Counts(const Terms& terms, Contact contact) {
  return std::find(terms.counting.begin(), terms.counting.end(), contact) != terms.counting.end();
}

const Document* FindDocument(const Terms& terms, std::string_view code) {
  return FindCode(terms.documents, code);
}

const Phase* FindPhase(const Terms& terms, std::string_view code) {
  return FindCode(terms.phases, code);
}

bool SignedBy(const Document& document, Side side) {
  return side == Side::kMentee ? document.by_mentees : document.by_mentors;
}

std::string_view NameOf(Contact contact) {
  switch (contact) {
    case Contact::kInPerson:
      return "in_person";
    case Contact::kVideo:
      return "video";
    case Contact::kCall:
      return "call";
    case Contact::kMail:
      return "mail";
  }
  return "";
}

std::string_view NameOf(Side side) { return side == Side::kMentee ? "mentee" : "mentor"; }

absl::StatusOr<Contact> ContactOf(std::string_view name) {
  for (Contact contact : kAllContacts) {
    if (NameOf(contact) == name) return contact;
  }
  return absl::DataLossError(text::Cat("unknown kind of contact: ", name));
}

absl::StatusOr<Side> SideOf(std::string_view name) {
  for (Side side : kAllSides) {
    if (NameOf(side) == name) return side;
  }
  return absl::DataLossError(text::Cat("unknown side: ", name));
}

}  // namespace tremplin::session::domain
