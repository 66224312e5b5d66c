#ifndef TREMPLIN_SERVICES_MATCHING_ENGINE_SCORE_H_
#define TREMPLIN_SERVICES_MATCHING_ENGINE_SCORE_H_

#include <functional>
#include <string_view>
#include <vector>

#include "services/matching/engine/matcher.h"

// How well a mentor suits a mentee: each criterion in [0, 1], the score their weighted mean. Pure.
namespace tremplin::matching::engine {

// Kilometres between two forward sortation areas, negative when either is unknown.
using Distance = std::function<double(std::string_view, std::string_view)>;

// What a criterion is worth when one side gave nothing to compare.
inline constexpr double kUnknown = 0.5;

// How alike two NOC 2021 unit groups are, for a mentor of the second: likeness.h. kUnknown when
// either is not one.
double OccupationLikeness(std::string_view mentee_noc, std::string_view mentor_noc);

// Experience beyond this many years counts as this many.
inline constexpr int kMostYears = 60;

// The sector of a NAICS code; the three sectors that span several two-digit codes are named by
// their first.
std::string_view SectorOf(std::string_view naics);

// 1 for the same code, .6 for the same sector (31-33, 44-45 and 48-49 are one each).
double IndustryLikeness(std::string_view mentee_naics, std::string_view mentor_naics);

// 1 up to 5 km, falling evenly to 0 at 80 km.
double Proximity(double kilometres);

// Share of the mentee's weekly slots in which the mentor is free too.
double AvailabilityOverlap(const std::vector<std::string>& mentee,
                           const std::vector<std::string>& mentor);

// How far the mentor is ahead in years of experience, at most kMostYears each: 1 from two years
// ahead, falling evenly to 0 at five behind. kUnknown when either is negative.
double LevelLead(int mentee_years, int mentor_years);

// Share of what the mentee seeks that the mentor offers.
double GoalsServed(const std::vector<std::string>& mentee, const std::vector<std::string>& mentor);

// Share of the mentee's wishes that the mentor's attributes meet.
double WishesMet(const std::vector<std::string>& wishes,
                 const std::vector<std::string>& attributes);

// Whether the mentor has every attribute without which the mentee wants nobody: what a mentor did
// not volunteer they do not have.
bool HasRequired(const Profile& mentee, const Profile& mentor);

// Criteria that a no may name. At most kMostLessons noes of a side count for each.
inline constexpr std::string_view kTeachable[] = {"availability", "goals", "occupation",
                                                  "proximity"};
inline constexpr int kMostLessons = 2;

// How many lessons on a criterion count, 0–kMostLessons.
int LessonsOn(std::string_view criterion, const std::vector<std::string>& lessons);

// A weight after `lessons` on its criterion, of both sides together: times Policy::decline_lesson
// for each.
double Taught(double weight, int lessons, const Policy& policy);

// Grows evenly to 1 at 60 days.
double Waiting(absl::CivilDay since, absl::CivilDay today);

bool ShareLanguage(const Profile& mentee, const Profile& mentor);

// In the order of the policy's weights, each as both sides' noes taught it; a criterion the engine
// does not know is left out.
std::vector<Contribution> Contributions(const Mentee& mentee, const Mentor& mentor,
                                        absl::CivilDay today, const Policy& policy,
                                        const Distance& distance);

// Σ weight · value / Σ weight, rounded to a millionth so that sums in another order agree; 0
// without weights.
double Score(const std::vector<Contribution>& contributions);

}  // namespace tremplin::matching::engine

#endif  // TREMPLIN_SERVICES_MATCHING_ENGINE_SCORE_H_
