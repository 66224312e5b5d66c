#include "services/session/domain/credits.h"

#include "absl/time/civil_time.h"

namespace tremplin::session::domain {
namespace {

constexpr int64_t kMinutesAnHour = 60;
constexpr int64_t kMillionthsInAHundredth = 10'000;

// What the fact said at the end of the day, or at its beginning: one change a day is what counts,
// and whoever was entitled at any time of the day is.
bool EntitledOn(const std::vector<FactSince>& facts, const std::string& enrolment,
                const std::string& fact, absl::CivilDay day, absl::TimeZone zone) {
  bool entitled = false;
  for (const FactSince& one : facts) {
    if (one.enrolment != enrolment || one.fact != fact) continue;
    const absl::CivilDay since = absl::ToCivilDay(one.since, zone);
    if (since > day) break;
    // A no of that very day takes nothing of it away.
    entitled = one.yes || (entitled && since == day);
  }
  return entitled;
}

}  // namespace

std::map<std::pair<std::string, std::string>, int64_t> CreditsOf(
    const Terms& terms, const std::vector<Attendance>& attended,
    const std::vector<FactSince>& facts) {
  const absl::TimeZone zone = ZoneOf(terms);
  std::map<std::pair<std::string, std::string>, int64_t> earned;
  for (const CreditRule& rule : terms.credits) {
    std::map<std::string, int64_t> minutes;
    for (const Attendance& one : attended) {
      const absl::CivilDay day = absl::ToCivilDay(one.held, zone);
      if (!EntitledOn(facts, one.enrolment, rule.fact, day, zone)) continue;
      minutes[one.enrolment] += one.minutes;
    }
    for (const auto& [enrolment, total] : minutes) {
      earned[{enrolment, rule.code}] =
          total * rule.millionths_per_hour / (kMinutesAnHour * kMillionthsInAHundredth);
    }
  }
  return earned;
}

}  // namespace tremplin::session::domain
