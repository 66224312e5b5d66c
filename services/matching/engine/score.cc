#include "services/matching/engine/score.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>

#include "services/matching/engine/likeness.h"

namespace tremplin::matching::engine {
namespace {

constexpr double kSameSector = 0.6;
constexpr double kNearKilometres = 5;
constexpr double kFarKilometres = 80;
constexpr double kFullWaitDays = 60;
constexpr int kYearsBehind = 5;
constexpr int kYearsRange = 7;

bool Overlaps(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  return std::any_of(a.begin(), a.end(), [&](const std::string& one) {
    return std::find(b.begin(), b.end(), one) != b.end();
  });
}

const std::vector<std::string>& FurtherOf(const Profile& profile, const std::string& criterion) {
  static const std::vector<std::string>* nothing = new std::vector<std::string>();
  const auto found = profile.further.find(criterion);
  return found == profile.further.end() ? *nothing : found->second;
}

std::optional<double> ValueOf(const std::string& criterion, const Mentee& mentee,
                              const Mentor& mentor, absl::CivilDay today, const Policy& policy,
                              const Distance& distance) {
  const Profile& from = mentee.profile;
  const Profile& to = mentor.profile;
  if (criterion == "occupation") return OccupationLikeness(from.noc, to.noc);
  if (criterion == "industry") return IndustryLikeness(from.naics, to.naics);
  if (criterion == "language") return ShareLanguage(from, to) ? 1 : 0;
  if (criterion == "proximity") return Proximity(distance(from.fsa, to.fsa));
  if (criterion == "availability") return AvailabilityOverlap(from.availability, to.availability);
  if (criterion == "level") return LevelLead(from.years_experience, to.years_experience);
  if (criterion == "goals") return GoalsServed(from.goals, to.goals);
  if (criterion == "preference") return WishesMet(from.wishes, to.attributes);
  if (criterion == "waiting") return Waiting(mentee.waiting_since, today);
  if (policy.further.contains(criterion)) {
    return AvailabilityOverlap(FurtherOf(from, criterion), FurtherOf(to, criterion));
  }
  return std::nullopt;
}

}  // namespace

double OccupationLikeness(std::string_view mentee_noc, std::string_view mentor_noc) {
  return Likeness(UnitGroupOf(mentee_noc), UnitGroupOf(mentor_noc)) / 100.0;
}

std::string_view SectorOf(std::string_view naics) {
  const std::string_view two = naics.substr(0, 2);
  if (two == "31" || two == "32" || two == "33") return "31";
  if (two == "44" || two == "45") return "44";
  if (two == "48" || two == "49") return "48";
  return two;
}

double IndustryLikeness(std::string_view mentee_naics, std::string_view mentor_naics) {
  if (mentee_naics.empty() || mentor_naics.empty()) return kUnknown;
  if (mentee_naics == mentor_naics) return 1;
  return SectorOf(mentee_naics) == SectorOf(mentor_naics) ? kSameSector : 0;
}

double Proximity(double kilometres) {
  if (kilometres < 0) return kUnknown;
  const double far = (kilometres - kNearKilometres) / (kFarKilometres - kNearKilometres);
  return 1 - std::clamp(far, 0.0, 1.0);
}

double LevelLead(int mentee_years, int mentor_years) {
  if (mentee_years < 0 || mentor_years < 0) return kUnknown;
  const int lead = std::min(mentor_years, kMostYears) - std::min(mentee_years, kMostYears);
  return std::clamp(lead + kYearsBehind, 0, kYearsRange) / static_cast<double>(kYearsRange);
}

double GoalsServed(const std::vector<std::string>& mentee, const std::vector<std::string>& mentor) {
  return AvailabilityOverlap(mentee, mentor);
}

double WishesMet(const std::vector<std::string>& wishes,
                 const std::vector<std::string>& attributes) {
  return AvailabilityOverlap(wishes, attributes);
}

bool HasRequired(const Profile& mentee, const Profile& mentor) {
  return std::all_of(mentee.required.begin(), mentee.required.end(), [&](const std::string& wish) {
    return std::find(mentor.attributes.begin(), mentor.attributes.end(), wish) !=
           mentor.attributes.end();
  });
}

int LessonsOn(std::string_view criterion, const std::vector<std::string>& lessons) {
  const auto count = std::count(lessons.begin(), lessons.end(), criterion);
  return static_cast<int>(std::min<std::ptrdiff_t>(count, kMostLessons));
}

double Taught(double weight, int lessons, const Policy& policy) {
  for (int i = 0; i < lessons; ++i) weight *= policy.decline_lesson;
  return weight;
}

double AvailabilityOverlap(const std::vector<std::string>& mentee,
                           const std::vector<std::string>& mentor) {
  if (mentee.empty() || mentor.empty()) return kUnknown;
  const auto shared = std::count_if(mentee.begin(), mentee.end(), [&](const std::string& slot) {
    return std::find(mentor.begin(), mentor.end(), slot) != mentor.end();
  });
  return static_cast<double>(shared) / static_cast<double>(mentee.size());
}

double Waiting(absl::CivilDay since, absl::CivilDay today) {
  return std::clamp(static_cast<double>(today - since) / kFullWaitDays, 0.0, 1.0);
}

bool ShareLanguage(const Profile& mentee, const Profile& mentor) {
  return Overlaps(mentee.languages, mentor.languages);
}

std::vector<Contribution> Contributions(const Mentee& mentee, const Mentor& mentor,
                                        absl::CivilDay today, const Policy& policy,
                                        const Distance& distance) {
  std::vector<Contribution> contributions;
  contributions.reserve(policy.weights.size());
  for (const Weight& weight : policy.weights) {
    const std::optional<double> value = ValueOf(weight.criterion, mentee, mentor, today, policy, distance);
    if (!value.has_value()) continue;
    const int lessons =
        LessonsOn(weight.criterion, mentee.lessons) + LessonsOn(weight.criterion, mentor.lessons);
    contributions.push_back({weight.criterion, *value, Taught(weight.weight, lessons, policy)});
  }
  return contributions;
}

double Score(const std::vector<Contribution>& contributions) {
  double sum = 0;
  double weights = 0;
  for (const Contribution& one : contributions) {
    sum += one.weight * one.value;
    weights += one.weight;
  }
  if (weights <= 0) return 0;
  return std::round(sum / weights * 1e6) / 1e6;
}

}  // namespace tremplin::matching::engine
