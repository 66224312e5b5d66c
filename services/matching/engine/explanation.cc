#include "services/matching/engine/explanation.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <map>
#include <string_view>
#include <utility>

#include "services/matching/engine/likeness.h"

namespace tremplin::matching::engine {
namespace {

constexpr int kNearLikeness = 60;
constexpr int kRelatedLikeness = 45;
constexpr double kNearKilometres = 15;
constexpr double kReachKilometres = 80;
// Of each kind of change, how many are tried at most.
constexpr size_t kMostOfAKind = 4;

using List = std::vector<std::string>;

List Shared(const List& a, const List& b) {
  List shared;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(shared));
  return shared;
}

// Whole numbers that sum to `total`, each as near to its exact one as that allows: the largest
// remainders are rounded up.
std::vector<int> RoundedTo(int total, const std::vector<double>& exact) {
  std::vector<int> rounded;
  std::vector<size_t> order;
  int sum = 0;
  for (size_t i = 0; i < exact.size(); ++i) {
    rounded.push_back(static_cast<int>(std::floor(exact[i])));
    sum += rounded.back();
    order.push_back(i);
  }
  if (order.empty()) return rounded;
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return exact[a] - std::floor(exact[a]) > exact[b] - std::floor(exact[b]);
  });
  for (size_t i = 0; sum < total; i = (i + 1) % order.size(), ++sum) ++rounded[order[i]];
  // A point too many by the score's own rounding is taken from the largest.
  for (; sum > total; --sum) --*std::max_element(rounded.begin(), rounded.end());
  return rounded;
}

Closeness ByLikeness(int likeness) {
  if (likeness == 100) return Closeness::kSame;
  if (likeness >= kNearLikeness) return Closeness::kNear;
  return likeness >= kRelatedLikeness ? Closeness::kRelated : Closeness::kOther;
}

// Codes that mentors have and the mentee lacks, those of most mentors first, then by code.
List Lacking(const std::map<std::string, int>& offered) {
  std::vector<std::pair<int, std::string>> order;
  for (const auto& [code, mentors] : offered) order.emplace_back(-mentors, code);
  std::sort(order.begin(), order.end());
  if (order.size() > kMostOfAKind) order.resize(kMostOfAKind);
  List codes;
  for (auto& [mentors, code] : order) codes.push_back(std::move(code));
  return codes;
}

void CountLacking(const List& have, const List& offered, std::map<std::string, int>* counts) {
  for (const std::string& code : offered) {
    if (std::find(have.begin(), have.end(), code) == have.end()) ++(*counts)[code];
  }
}

}  // namespace

void Apply(const Change& change, const CandidateIndex& index, Index mentee, Pool* pool,
           Policy* policy) {
  Profile& profile = pool->mentees[index.MenteeInPool(mentee)].profile;
  const auto insert = [&](List* list) {
    list->insert(std::upper_bound(list->begin(), list->end(), change.code), change.code);
  };
  switch (change.kind) {
    case ChangeKind::kLanguage:
      insert(&profile.languages);
      break;
    case ChangeKind::kSlot:
      insert(&profile.availability);
      break;
    case ChangeKind::kWish:
      std::erase(profile.required, change.code);
      break;
    case ChangeKind::kPlace: {
      int& places = pool->mentors[index.MentorInPool(change.mentor)].free;
      places = std::max(0, places) + 1;
      break;
    }
    case ChangeKind::kMinimum:
      policy->minimum_score = static_cast<double>(change.least_points) / kFullPoints;
      break;
  }
}

Explainer::Explainer(const Pool& pool, const Policy& policy, const CandidateIndex& index,
                     const Candidates& candidates, const Distance& distance,
                     const Standing& standing)
    : pool_(pool),
      policy_(policy),
      index_(index),
      candidates_(candidates),
      distance_(distance),
      standing_(standing),
      taken_(index.mentors(), 0) {
  for (const Index mentor : standing.mentor_of) {
    if (mentor != kNobody) ++taken_[mentor];
  }
}

bool Explainer::HasPlaceLeft(Index mentor) const {
  return index_.mentor(mentor).free > taken_[mentor];
}

std::vector<Part> Explainer::Parts(Index mentee, Index mentor, int points) const {
  const std::vector<Contribution> contributions =
      Contributions(MenteeAt(mentee), MentorAt(mentor), pool_.today, policy_, distance_);
  double weights = 0;
  for (const Contribution& one : contributions) weights += one.weight;
  std::vector<double> exact;
  std::vector<Part> parts;
  for (const Contribution& one : contributions) {
    const double most = weights > 0 ? one.weight / weights * kFullPoints : 0;
    exact.push_back(most * one.value);
    parts.push_back({one.criterion, 0, static_cast<int>(std::lround(most))});
  }
  const std::vector<int> rounded = RoundedTo(points, exact);
  for (size_t i = 0; i < parts.size(); ++i) parts[i].points = rounded[i];
  return parts;
}

ProposalExplanation Explainer::Proposal(Index mentee, Index mentor) const {
  ProposalExplanation explanation;
  explanation.points = index_.Points(mentee, mentor);
  explanation.parts = Parts(mentee, mentor, explanation.points);
  const auto row = candidates_.Of(mentee);
  explanation.candidates = static_cast<int>(row.size());
  for (size_t i = 0; i < row.size(); ++i) {
    if (row[i].other == mentor) explanation.rank = static_cast<int>(i) + 1;
  }
  explanation.contested = PointsOf(standing_.price[mentor]);
  explanation.surplus = PointsOf(standing_.surplus[mentee]);
  return explanation;
}

Common Explainer::InCommon(Index mentee, Index mentor) const {
  const Profile& from = MenteeAt(mentee).profile;
  const Profile& to = MentorAt(mentor).profile;
  Common common;
  common.languages = Shared(from.languages, to.languages);
  common.slots = Shared(from.availability, to.availability);
  common.goals = Shared(from.goals, to.goals);
  const UnitGroup own = UnitGroupOf(from.noc);
  const UnitGroup other = UnitGroupOf(to.noc);
  if (own != kNoUnitGroup && other != kNoUnitGroup) {
    common.occupation = ByLikeness(Likeness(own, other));
  }
  if (!from.naics.empty() && !to.naics.empty()) {
    const bool sector = SectorOf(from.naics) == SectorOf(to.naics);
    common.industry = from.naics == to.naics ? Closeness::kSame
                      : sector               ? Closeness::kNear
                                             : Closeness::kOther;
  }
  const double kilometres = distance_(from.fsa, to.fsa);
  if (kilometres >= 0) {
    common.place = from.fsa == to.fsa               ? Closeness::kSame
                   : kilometres <= kNearKilometres  ? Closeness::kNear
                   : kilometres <= kReachKilometres ? Closeness::kRelated
                                                    : Closeness::kOther;
  }
  return common;
}

std::optional<Rule> Explainer::FirstFailed(Index mentee, Index mentor, int points) const {
  const Mentee& one = MenteeAt(mentee);
  const Mentor& other = MentorAt(mentor);
  if (one.person == other.person) return Rule::kAnotherPerson;
  if (policy_.shared_language_required && !ShareLanguage(one.profile, other.profile)) {
    return Rule::kSharedLanguage;
  }
  const List& slots = one.profile.availability;
  const List& offered = other.profile.availability;
  if (policy_.shared_slot_required && !slots.empty() && !offered.empty() &&
      Shared(slots, offered).empty()) {
    return Rule::kSharedSlot;
  }
  if (!HasRequired(one.profile, other.profile)) return Rule::kRequired;
  if (index_.Barred(mentee, mentor)) return Rule::kNotBarred;
  if (points < index_.least_points()) return Rule::kLeastPoints;
  if (other.free <= 0) return Rule::kPlace;
  return std::nullopt;
}

std::vector<Explainer::Seen> Explainer::SeenFrom(Index mentee) const {
  std::vector<Seen> seen;
  seen.reserve(index_.mentors());
  for (Index mentor = 0; mentor < index_.mentors(); ++mentor) {
    Seen one;
    one.mentor = mentor;
    one.points = index_.Points(mentee, mentor);
    one.fails = FirstFailed(mentee, mentor, one.points);
    one.near = Likeness(index_.mentee(mentee).unit_group, index_.mentor(mentor).unit_group) >=
               kNearLikeness;
    seen.push_back(one);
  }
  return seen;
}

std::vector<Stage> Explainer::Stages(Index mentee, const std::vector<Seen>& seen) const {
  std::vector<Stage> stages;
  for (const Rule rule : {Rule::kAnotherPerson, Rule::kSharedLanguage, Rule::kSharedSlot,
                          Rule::kRequired, Rule::kNotBarred, Rule::kLeastPoints, Rule::kPlace}) {
    if (rule == Rule::kSharedLanguage && !policy_.shared_language_required) continue;
    if (rule == Rule::kSharedSlot && !policy_.shared_slot_required) continue;
    if (rule == Rule::kRequired && MenteeAt(mentee).profile.required.empty()) continue;
    Stage stage{rule, 0, 0};
    for (const Seen& one : seen) {
      if (one.fails.has_value() && *one.fails <= rule) continue;
      ++stage.left;
      if (one.near) ++stage.left_near;
    }
    stages.push_back(stage);
  }
  return stages;
}

Cause Explainer::CauseOf(const std::vector<Seen>& seen) const {
  // The rule that is failed last by anybody is the first that leaves nobody.
  std::optional<Rule> last = Rule::kAnotherPerson;
  for (const Seen& one : seen) {
    if (!one.fails.has_value()) {
      if (HasPlaceLeft(one.mentor)) return Cause::kOutOfCandidates;
      last = std::nullopt;
    } else if (last.has_value()) {
      last = std::max(*last, *one.fails);
    }
  }
  if (!last.has_value()) return Cause::kOutbid;
  switch (*last) {
    case Rule::kAnotherPerson:
      return Cause::kNobodyThere;
    case Rule::kSharedLanguage:
      return Cause::kNoSharedLanguage;
    case Rule::kSharedSlot:
      return Cause::kNoSharedSlot;
    case Rule::kRequired:
      return Cause::kNoneAsRequired;
    case Rule::kNotBarred:
      return Cause::kAllBarred;
    case Rule::kLeastPoints:
      return Cause::kScoreTooLow;
    case Rule::kPlace:
      return Cause::kAllFull;
  }
  return Cause::kNobodyThere;
}

std::optional<Nearest> Explainer::NearestOf(Index mentee, const std::vector<Seen>& seen) const {
  std::optional<Nearest> nearest;
  const int days = index_.DaysWaited(mentee);
  for (const Seen& one : seen) {
    const bool too_low = one.fails == Rule::kLeastPoints;
    const bool has_place = HasPlaceLeft(one.mentor);
    // Who is full has no price of a place here, unless this run filled it.
    if (one.fails.has_value() && !(too_low && has_place)) continue;
    const int64_t short_by =
        too_low
            ? index_.least_points() - one.points
            : std::max<int64_t>(
                  0, PointsOf(standing_.price[one.mentor] + standing_.surplus[mentee] -
                              WorthOf(policy_.objective, ObjectivePoints(policy_, one.points, days),
                                      /*priority=*/0)));
    // One with a place left comes before all whose places others have.
    const auto order = [](const Nearest& of) { return std::pair(!of.has_place, of.short_by); };
    const Nearest here{one.mentor, one.points, short_by, "", has_place};
    if (!nearest.has_value() || order(here) < order(*nearest)) nearest = here;
  }
  if (!nearest.has_value()) return nearest;
  int most_lost = -1;
  for (const Part& part : Parts(mentee, nearest->mentor, nearest->points)) {
    if (part.most - part.points <= most_lost) continue;
    most_lost = part.most - part.points;
    nearest->criterion = part.criterion;
  }
  return nearest;
}

std::vector<Change> Explainer::Changes(Index mentee, const std::vector<Seen>& seen) const {
  const Profile& own = MenteeAt(mentee).profile;
  std::vector<std::pair<int, Index>> without_place;
  std::map<std::string, int> languages;
  std::map<std::string, int> slots;
  int least = -1;
  for (const Seen& one : seen) {
    if (!one.fails.has_value() || one.fails == Rule::kPlace) {
      if (!HasPlaceLeft(one.mentor)) without_place.emplace_back(-one.points, one.mentor);
      continue;
    }
    if (one.fails == Rule::kAnotherPerson || one.fails == Rule::kNotBarred) continue;
    if (index_.mentor(one.mentor).free <= 0) continue;
    CountLacking(own.languages, MentorAt(one.mentor).profile.languages, &languages);
    CountLacking(own.availability, MentorAt(one.mentor).profile.availability, &slots);
    if (one.fails == Rule::kLeastPoints && HasPlaceLeft(one.mentor)) {
      least = std::max(least, one.points);
    }
  }
  std::vector<Change> changes;
  std::sort(without_place.begin(), without_place.end());
  if (without_place.size() > kMostOfAKind) without_place.resize(kMostOfAKind);
  for (const auto& [points, mentor] : without_place) {
    changes.push_back({ChangeKind::kPlace, "", mentor, 0});
  }
  for (std::string& code : Lacking(languages)) {
    changes.push_back({ChangeKind::kLanguage, std::move(code), 0, 0});
  }
  for (std::string& code : Lacking(slots)) {
    changes.push_back({ChangeKind::kSlot, std::move(code), 0, 0});
  }
  for (size_t i = 0; i < own.required.size() && i < kMostOfAKind; ++i) {
    changes.push_back({ChangeKind::kWish, own.required[i], 0, 0});
  }
  if (least >= 0) changes.push_back({ChangeKind::kMinimum, "", 0, least});
  return changes;
}

UnmatchedExplanation Explainer::Unmatched(Index mentee, const Resolve& resolve, int tries) const {
  const std::vector<Seen> seen = SeenFrom(mentee);
  UnmatchedExplanation explanation;
  explanation.cause = CauseOf(seen);
  explanation.stages = Stages(mentee, seen);
  explanation.nearest = NearestOf(mentee, seen);
  for (const Change& change : Changes(mentee, seen)) {
    if (tries-- <= 0) break;
    if (resolve(change)) explanation.remedies.push_back(change);
  }
  return explanation;
}

}  // namespace tremplin::matching::engine
