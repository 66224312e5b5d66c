#ifndef TREMPLIN_SERVICES_MATCHING_ENGINE_GRAPH_H_
#define TREMPLIN_SERVICES_MATCHING_ENGINE_GRAPH_H_

#include <cstdint>
#include <span>
#include <vector>

// Who could be mentored by whom, for how many points: what scoring hands to assignment, and what
// the points are worth to an objective.
namespace tremplin::matching::engine {

// A mentee or a mentor by position: 0, 1, … in the canonical order of a pool, which is the order of
// business keys. The order of a caller's rows therefore changes nothing.
using Index = uint32_t;
inline constexpr Index kNobody = ~Index{0};
inline constexpr Index kMaxMentees = Index{1} << 20;

// The score of a pair: 1 to kMaxPoints. A pair that is not possible is left out.
using Points = int32_t;
inline constexpr Points kMaxPoints = (Points{1} << 16) - 1;

// What decides between assignments of equal points: they serve the mentee of greater priority. Less
// than kPriorityEnd. The caller gives ranks in the order of (waiting since, business key), who
// comes first the greatest; counted down from kPriorityEnd - 1 they leave room for who comes later.
using Priority = uint32_t;
inline constexpr int kPriorityBits = 24;
inline constexpr Priority kPriorityEnd = Priority{1} << kPriorityBits;

struct Candidate {
  Index mentor = 0;
  Points points = 0;

  friend bool operator==(const Candidate&, const Candidate&) = default;
};

// A row's order: best first, so that a scan ends early; then the lower index.
inline bool Better(const Candidate& a, const Candidate& b) {
  return a.points != b.points ? a.points > b.points : a.mentor < b.mentor;
}

// What an assignment maximizes.
enum class Objective {
  kQuality,   // the sum of points
  kCoverage,  // how many are served, then the sum of points
  kStable,    // not a sum: no pair would both rather have each other (stable.h)
};

// What a pair is worth to an objective: from 1 to less than kWorthEnd.
using Worth = int64_t;
inline constexpr Worth kWorthEnd = Worth{1} << 61;

// What one more pair weighs under kCoverage, in points: more than all points that a chain of
// re-assignments can lose, which has at most kMaxMentees pairs.
inline constexpr Worth kCoverageBonus = Worth{1} << 36;
static_assert(kCoverageBonus >= Worth{kMaxMentees} * (kMaxPoints + 1));
static_assert(((kCoverageBonus + kMaxPoints + 1) << kPriorityBits) <= kWorthEnd);

// Worth = points · 2^24 + priority. A priority belongs to the mentee, not to the pair: two
// assignments differ by chains of re-assignments, and of a chain's mentees all but the two at its
// ends are served by both. A chain therefore changes the sum of priorities by less than 2^24,
// never enough to outweigh one point, however many mentees there are.
constexpr Worth WorthOf(Objective objective, Points points, Priority priority) {
  const Worth bonus = objective == Objective::kCoverage ? kCoverageBonus : 0;
  return ((bonus + points) << kPriorityBits) + priority;
}

// Sums of worth, and of prices over places.
__extension__ using Value = __int128;

// A graph that somebody else holds: mentee i's candidates are candidates[begin[i]] to
// candidates[end[i] - 1]. Valid while its holder is neither changed nor destroyed.
struct GraphView {
  std::span<const uint32_t> begin;
  std::span<const uint32_t> end;
  std::span<const Candidate> candidates;
  std::span<const Priority> priority;
  std::span<const int32_t> capacity;

  Index mentees() const { return static_cast<Index>(begin.size()); }
  Index mentors() const { return static_cast<Index>(capacity.size()); }
  std::span<const Candidate> Row(Index mentee) const {
    return candidates.subspan(begin[mentee], end[mentee] - begin[mentee]);
  }
};

// Sparse candidates in compressed rows: mentee i's are candidates[begin[i]] to candidates[begin[i +
// 1] - 1], each mentor at most once, in any order (best first is quickest). 8 bytes a candidate.
struct Graph {
  std::vector<uint32_t> begin = {0};  // one more than there are mentees
  std::vector<Candidate> candidates;
  std::vector<Priority> priority;  // by mentee
  std::vector<int32_t> capacity;   // by mentor: free places, 0 or more

  Index mentees() const { return static_cast<Index>(begin.size() - 1); }
  Index mentors() const { return static_cast<Index>(capacity.size()); }
  GraphView View() const {
    const std::span<const uint32_t> all(begin);
    return {all.first(mentees()), all.last(mentees()), candidates, priority, capacity};
  }
};

}  // namespace tremplin::matching::engine

#endif  // TREMPLIN_SERVICES_MATCHING_ENGINE_GRAPH_H_
