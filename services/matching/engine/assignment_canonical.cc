// Assignment::Canonicalize: among equal optima the one that the graph alone decides.

#include <algorithm>
#include <numeric>

#include "services/matching/engine/assignment.h"

namespace tremplin::matching::engine {

// Mentors at whose price the mentee, who has one, would be as well off.
template <typename Visit>
void Assignment::ForEachTight(Index mentee, const Visit& visit) const {
  const Worth base = Base(mentee) - surplus_[mentee];
  for (const Candidate& candidate : rows_[mentee]) {
    const Worth left = base + (Worth{candidate.points} << kPriorityBits);
    if (left < 0) return;  // worse than any price
    if (left == price_[candidate.mentor]) visit(candidate.mentor);
  }
}

// The pairs that RegionSearch follows, of everybody who has a mentor.
struct Assignment::TightPairs {
  const Assignment& of;

  template <typename Visit>
  void ForEachNext(Index mentor, const Visit& visit) const {
    for (Index i = of.first_[mentor]; i != kNobody; i = of.next_[i]) {
      of.ForEachTight(i, [&](Index other) {
        if (other != mentor) visit(other);
      });
    }
  }
  template <typename Visit>
  void ForEachBefore(Index mentor, const Visit& visit) const {
    for (const Wish& wish : of.wishes_[mentor]) {
      const Index other = of.mentor_[wish.mentee];
      if (other == kNobody || other == mentor) continue;
      const Worth worth = of.PairWorth(wish.mentee, wish.points);
      if (of.surplus_[wish.mentee] + of.price_[mentor] == worth) visit(other);
    }
  }
  bool HasPlaceLeft(Index mentor) const { return of.free_places(mentor) > 0; }
  bool CostsNothing(Index mentor) const { return of.price_[mentor] == 0; }
};

// Whoever may have to choose again. All else is as it was when it was settled, but for pairs that
// are gone: with fewer to choose from, what was chosen is still first.
std::vector<Index> Assignment::Unsettled() {
  std::vector<Index> region;
  if (all_unsettled_) {
    region.resize(mentors());
    std::iota(region.begin(), region.end(), Index{0});
  } else {
    region.assign(unsettled_.list().begin(), unsettled_.list().end());
    region_search_.Resize(mentors());
    region_search_.Find(TightPairs{*this}, &region);
  }
  return region;
}

TightPart Assignment::PartOf(std::span<const Index> region, std::span<const uint32_t> rank,
                             std::vector<Index>* mentees) {
  TightPart part;
  place_.resize(mentors(), kNobody);
  for (const Index mentor : region) {
    place_[mentor] = static_cast<Index>(part.mentors.size());
    part.mentors.push_back({.rank = rank.empty() ? mentor : rank[mentor],
                            .places_left = std::max(0, free_places(mentor)),
                            .costs_nothing = price_[mentor] == 0});
    for (Index i = first_[mentor]; i != kNobody; i = next_[i]) mentees->push_back(i);
  }
  std::sort(mentees->begin(), mentees->end(), [this](Index a, Index b) {
    return priority_[a] != priority_[b] ? priority_[a] > priority_[b] : a < b;
  });
  for (const Index mentee : *mentees) {
    part.mentor_of.push_back(place_[mentor_[mentee]]);
    ForEachTight(mentee, [&](Index mentor) {
      if (place_[mentor] != kNobody) part.tight.push_back(place_[mentor]);
    });
    part.begin.push_back(static_cast<uint32_t>(part.tight.size()));
  }
  for (const Index mentor : region) place_[mentor] = kNobody;
  return part;
}

std::span<const Assignment::Change> Assignment::Canonicalize(std::span<const uint32_t> rank) {
  StartOperation();
  const std::vector<Index> region = Unsettled();
  std::vector<Index> mentees;
  const TightPart part = PartOf(region, rank, &mentees);
  const std::vector<Index> chosen = ChooseCanonically(part);
  std::vector<size_t> moved;
  for (size_t at = 0; at < mentees.size(); ++at) {
    if (chosen[at] == part.mentor_of[at]) continue;
    moved.push_back(at);
    Unlink(mentees[at]);
  }
  for (const size_t at : moved) {
    const Index mentor = region[chosen[at]];
    Link(mentees[at], mentor, Find(mentees[at], mentor)->points);
  }
  unsettled_.Clear();
  all_unsettled_ = false;
  return Finish();
}

}  // namespace tremplin::matching::engine
