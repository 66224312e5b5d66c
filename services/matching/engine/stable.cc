#include "services/matching/engine/stable.h"

#include <algorithm>
#include <cstddef>

namespace tremplin::matching::engine {
namespace {

// How a mentor sees a mentee.
struct Suitor {
  Points points = 0;
  Priority priority = 0;
  Index mentee = kNobody;
};

// Strict: no two mentees are equal to a mentor.
bool Preferred(const Suitor& a, const Suitor& b) {
  if (a.points != b.points) return a.points > b.points;
  if (a.priority != b.priority) return a.priority > b.priority;
  return a.mentee < b.mentee;
}

bool MenteePrefers(const Candidate& a, const Candidate& b) {
  return a.points != b.points ? a.points > b.points : a.mentor < b.mentor;
}

Suitor SuitorAt(const Preferences& preferences, Index mentee, uint32_t at) {
  return {preferences.of_mentors[at], preferences.graph.priority[mentee], mentee};
}

// Positions of candidates, each row in its mentee's order of preference.
std::vector<uint32_t> Ranked(const GraphView& graph) {
  std::vector<uint32_t> ranked(graph.candidates.size());
  for (Index i = 0; i < graph.mentees(); ++i) {
    for (uint32_t at = graph.begin[i]; at < graph.end[i]; ++at) ranked[at] = at;
    std::sort(ranked.begin() + graph.begin[i], ranked.begin() + graph.end[i],
              [&](uint32_t a, uint32_t b) {
                return MenteePrefers(graph.candidates[a], graph.candidates[b]);
              });
  }
  return ranked;
}

// Offers the suitor to a mentor who keeps the best of them; returns whom they turn away. The kept
// ones are a heap with the least preferred on top.
Index Offer(const Suitor& suitor, int32_t capacity, std::vector<Suitor>* kept) {
  if (capacity == 0) return suitor.mentee;
  if (kept->size() == static_cast<size_t>(capacity)) {
    if (!Preferred(suitor, kept->front())) return suitor.mentee;
    std::pop_heap(kept->begin(), kept->end(), Preferred);
    const Index turned_away = kept->back().mentee;
    kept->back() = suitor;
    std::push_heap(kept->begin(), kept->end(), Preferred);
    return turned_away;
  }
  kept->push_back(suitor);
  std::push_heap(kept->begin(), kept->end(), Preferred);
  return kNobody;
}

// By mentor: the least preferred of those they have, or of anybody while a place is free.
struct Threshold {
  int32_t taken = 0;
  Suitor least{};
};

std::vector<Threshold> Thresholds(const Preferences& preferences, std::span<const Index> assigned) {
  std::vector<Threshold> thresholds(preferences.graph.mentors());
  for (Index i = 0; i < preferences.graph.mentees(); ++i) {
    if (assigned[i] == kNobody) continue;
    Threshold& threshold = thresholds[assigned[i]];
    for (uint32_t at = preferences.graph.begin[i]; at < preferences.graph.end[i]; ++at) {
      if (preferences.graph.candidates[at].mentor != assigned[i]) continue;
      const Suitor suitor = SuitorAt(preferences, i, at);
      if (threshold.taken == 0 || Preferred(threshold.least, suitor)) threshold.least = suitor;
      ++threshold.taken;
    }
  }
  return thresholds;
}

// Calls visit(mentee) for every blocking pair.
template <typename Visit>
void ForEachBlockingPair(const Preferences& preferences, std::span<const Index> assigned,
                         const Visit& visit) {
  const GraphView& graph = preferences.graph;
  const std::vector<Threshold> thresholds = Thresholds(preferences, assigned);
  for (Index i = 0; i < graph.mentees(); ++i) {
    Candidate now{kNobody, 0};
    for (const Candidate& candidate : graph.Row(i)) {
      if (candidate.mentor == assigned[i]) now = candidate;
    }
    for (uint32_t at = graph.begin[i]; at < graph.end[i]; ++at) {
      const Candidate& candidate = graph.candidates[at];
      if (!MenteePrefers(candidate, now)) continue;
      const Threshold& threshold = thresholds[candidate.mentor];
      const int32_t capacity = graph.capacity[candidate.mentor];
      if (threshold.taken < capacity ||
          (capacity > 0 && Preferred(SuitorAt(preferences, i, at), threshold.least))) {
        visit(i);
      }
    }
  }
}

}  // namespace

std::vector<Index> SolveStable(const Preferences& preferences) {
  const GraphView& graph = preferences.graph;
  const std::vector<uint32_t> ranked = Ranked(graph);
  std::vector<uint32_t> next(graph.begin.begin(), graph.begin.end());
  std::vector<std::vector<Suitor>> kept(graph.mentors());
  for (Index first = 0; first < graph.mentees(); ++first) {
    // Whoever is turned away asks the next of their own; the answer is the same in any order.
    Index asking = first;
    while (asking != kNobody && next[asking] < graph.end[asking]) {
      const uint32_t at = ranked[next[asking]++];
      const Index mentor = graph.candidates[at].mentor;
      asking = Offer(SuitorAt(preferences, asking, at), graph.capacity[mentor], &kept[mentor]);
    }
  }
  std::vector<Index> assigned(graph.mentees(), kNobody);
  for (Index j = 0; j < graph.mentors(); ++j) {
    for (const Suitor& suitor : kept[j]) assigned[suitor.mentee] = j;
  }
  return assigned;
}

int64_t CountBlockingPairs(const Preferences& preferences, std::span<const Index> assigned) {
  int64_t count = 0;
  ForEachBlockingPair(preferences, assigned, [&](Index) { ++count; });
  return count;
}

int64_t CountBlockingMentees(const Preferences& preferences, std::span<const Index> assigned) {
  int64_t count = 0;
  Index last = kNobody;
  ForEachBlockingPair(preferences, assigned, [&](Index mentee) {
    count += mentee != last ? 1 : 0;
    last = mentee;
  });
  return count;
}

}  // namespace tremplin::matching::engine
