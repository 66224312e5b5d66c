#include "services/matching/app/trial.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "common/resources/names.h"
#include "services/matching/messages.h"

namespace tremplin::matching::app {
namespace {

using Change = v1::SimulateRunRequest::Change;

constexpr int kMostPlacesMore = 20;
constexpr int kMostWaitingBonus = 50;
constexpr int kMostCandidates = 500;
constexpr double kMostWeight = 1000;

// Adds a violation unless `least` ≤ value ≤ `most`; what is no number is not.
bool InRange(double value, double least, double most, const std::string& path,
             std::vector<status::FieldViolation>* violations) {
  if (value >= least && value <= most) return true;
  violations->push_back(status::Violation(
      path, kNumberOutOfRange, {absl::StrFormat("%g", least), absl::StrFormat("%g", most)}));
  return false;
}

// Of a mentee or mentor of the pool, by the name of their enrolment; the end when there is none.
template <class Side>
auto Find(std::vector<Side>& side, const std::string& name) {
  return std::find_if(side.begin(), side.end(), [&](const Side& one) {
    return resources::NameOf("enrolments", one.enrolment) == name;
  });
}

}  // namespace

Trial::Trial(engine::Pool pool, engine::Policy policy, const engine::Distance& distance)
    : pool_(std::move(pool)), policy_(std::move(policy)), distance_(distance) {}

void Trial::Change(const v1::SimulateRunRequest::Change& change, const std::string& path,
                   std::vector<status::FieldViolation>* violations) {
  switch (change.kind_case()) {
    case app::Change::kPlaces:
      return On(change.places(), path + ".places", violations);
    case app::Change::kLeaveOut:
      return LeaveOut(change.leave_out(), path + ".leave_out", violations);
    case app::Change::kBar:
      return On(change.bar(), path + ".bar", violations);
    case app::Change::kObjective:
      return Objective(change.objective(), path + ".objective", violations);
    case app::Change::kMinimumScore:
      if (InRange(change.minimum_score(), 0, 1, path + ".minimum_score", violations)) {
        policy_.minimum_score = change.minimum_score();
      }
      return;
    case app::Change::kWeight:
      return On(change.weight(), path + ".weight", violations);
    case app::Change::kWaitingBonus:
      if (InRange(change.waiting_bonus(), 0, kMostWaitingBonus, path + ".waiting_bonus",
                  violations)) {
        policy_.waiting_bonus = change.waiting_bonus();
      }
      return;
    case app::Change::kCandidates:
      if (InRange(change.candidates(), 1, kMostCandidates, path + ".candidates", violations)) {
        policy_.candidates = change.candidates();
      }
      return;
    case app::Change::KIND_NOT_SET:
      violations->push_back(status::Violation(path, kChangeMissing));
  }
}

void Trial::On(const app::Change::Places& places, const std::string& path, Violations* violations) {
  const bool in_range =
      InRange(places.more(), -kMostPlacesMore, kMostPlacesMore, path + ".more", violations);
  if (places.more() == 0) {
    violations->push_back(status::Violation(path + ".more", kMoreIsNothing));
  }
  const auto mentor = Find(pool_.mentors, places.mentor_enrolment());
  if (mentor == pool_.mentors.end()) {
    violations->push_back(status::Violation(path + ".mentor_enrolment", kNotInRun));
  } else if (in_range) {
    mentor->free = std::max(0, mentor->free + places.more());
  }
}

void Trial::LeaveOut(const std::string& enrolment, const std::string& path,
                     Violations* violations) {
  if (const auto mentee = Find(pool_.mentees, enrolment); mentee != pool_.mentees.end()) {
    pool_.mentees.erase(mentee);
  } else if (const auto mentor = Find(pool_.mentors, enrolment); mentor != pool_.mentors.end()) {
    pool_.mentors.erase(mentor);
  } else {
    violations->push_back(status::Violation(path, kNotInRun));
  }
}

void Trial::On(const app::Change::Bar& bar, const std::string& path, Violations* violations) {
  const auto mentee = Find(pool_.mentees, bar.mentee_enrolment());
  const auto mentor = Find(pool_.mentors, bar.mentor_enrolment());
  if (mentee == pool_.mentees.end()) {
    violations->push_back(status::Violation(path + ".mentee_enrolment", kNotInRun));
  }
  if (mentor == pool_.mentors.end()) {
    violations->push_back(status::Violation(path + ".mentor_enrolment", kNotInRun));
  }
  if (mentee == pool_.mentees.end() || mentor == pool_.mentors.end()) return;
  if (bar.barred()) {
    pool_.barred.emplace(mentee->enrolment, mentor->enrolment);
  } else {
    pool_.barred.erase({mentee->enrolment, mentor->enrolment});
  }
}

void Trial::Objective(const std::string& objective, const std::string& path,
                      Violations* violations) {
  if (objective == "quality") {
    policy_.objective = engine::Objective::kQuality;
  } else if (objective == "coverage") {
    policy_.objective = engine::Objective::kCoverage;
  } else if (objective == "stable") {
    policy_.objective = engine::Objective::kStable;
  } else {
    violations->push_back(status::Violation(path, kChoiceUnknown, {"quality, coverage, stable"}));
  }
}

void Trial::On(const program::v1::Weight& weight, const std::string& path, Violations* violations) {
  if (!InRange(weight.weight(), 0, kMostWeight, path + ".weight", violations)) return;
  // The engine leaves out a criterion that it does not know.
  engine::Policy alone;
  alone.further = policy_.further;
  alone.weights = {{weight.criterion(), 1}};
  if (engine::Contributions({}, {}, pool_.today, alone, distance_).empty()) {
    violations->push_back(status::Violation(path + ".criterion", kCriterionUnknown));
    return;
  }
  const auto same =
      std::find_if(policy_.weights.begin(), policy_.weights.end(),
                   [&](const engine::Weight& one) { return one.criterion == weight.criterion(); });
  if (same != policy_.weights.end()) {
    same->weight = weight.weight();
  } else {
    policy_.weights.push_back({weight.criterion(), weight.weight()});
  }
}

}  // namespace tremplin::matching::app
