#ifndef TREMPLIN_SERVICES_MATCHING_ENGINE_GRAPH_H_
#define TREMPLIN_SERVICES_MATCHING_ENGINE_GRAPH_H_

#include <cstdint>
#include <vector>

// Who could be mentored by whom, at what worth: what scoring hands to assignment.
namespace tremplin::matching::engine {

// A mentee or a mentor by position: 0, 1, … in the canonical order of a pool, which is the order of
// business keys. The order of a caller's rows therefore changes nothing.
using Index = uint32_t;

// What a pair is worth to the objective: greater than 0, at most kMaxWorth. The caller composes it:
// score points in the upper bits, what breaks ties in the lower ones.
using Worth = int64_t;
inline constexpr Worth kMaxWorth = Worth{1} << 60;

struct Candidate {
  Index mentor = 0;
  Worth worth = 0;
};

// Sparse candidates in compressed rows: mentee i's are candidates[begin[i]] to candidates[begin[i +
// 1] - 1], each mentor at most once, in any order. A pair that is absent is not possible.
struct Graph {
  std::vector<uint32_t> begin = {0};  // one more than there are mentees
  std::vector<Candidate> candidates;
  std::vector<int32_t> capacity;  // by mentor: free places, 0 or more

  Index mentees() const { return static_cast<Index>(begin.size() - 1); }
  Index mentors() const { return static_cast<Index>(capacity.size()); }
};

}  // namespace tremplin::matching::engine

#endif  // TREMPLIN_SERVICES_MATCHING_ENGINE_GRAPH_H_
