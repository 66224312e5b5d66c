#ifndef TREMPLIN_SERVICES_MATCHING_ENGINE_CANONICAL_H_
#define TREMPLIN_SERVICES_MATCHING_ENGINE_CANONICAL_H_

#include <cstdint>
#include <span>
#include <vector>

#include "services/matching/engine/graph.h"

namespace tremplin::matching::engine {

// A part of an optimal assignment in which mentees may change their mentors at no loss: mentors by
// position, and every mentee who has one of them, with all mentors that are worth the same to them
// at the prices (tight pairs). Whoever has no mentor is not in it.
struct TightPart {
  struct Mentor {
    uint32_t rank = 0;           // who comes first
    int32_t places_left = 0;     // 0 unless they cost nothing
    bool costs_nothing = false;  // at price 0 a place may be left free
  };
  std::vector<Mentor> mentors;

  // By mentee, in the order in which they choose: their mentor, and where their tight ones are.
  std::vector<Index> mentor_of;
  std::vector<uint32_t> begin = {0};  // one more than there are mentees
  std::vector<Index> tight;           // each once, their own mentor among them

  Index mentees() const { return static_cast<Index>(mentor_of.size()); }
  std::span<const Index> TightOf(Index mentee) const {
    return {tight.data() + begin[mentee], begin[mentee + 1] - begin[mentee]};
  }
};

// Among all assignments that use tight pairs only, serve the same mentees, keep every place taken
// that costs something, and no mentor beyond their places: the one that gives the first mentee the
// first mentor whom they have in any of them, then the second, and so on. By mentee, their mentor.
// These assignments are the optima that serve the same mentees (complementary slackness), so the
// answer does not depend on the one that it starts from, nor on the prices.
//
// Two of them differ by cycles of a graph whose edges lead from a mentor to each other whom one of
// their mentees could have; one more node lets a mentor with a place left gain a mentee where
// another, whose places cost nothing, loses one. Only edges within a strongly connected component
// are in a cycle (Tarjan, Depth-first search and linear graph algorithms, 1972), and what hangs
// together by such edges can be decided apart from all else. There each mentee, in turn, gets the
// first mentor from whom a path leads back to their own that moves nobody who has chosen already.
//
// O(pairs), and for each mentee with a choice at most the pairs of what hangs together: little,
// unless many pairs are worth the same for many.
std::vector<Index> ChooseCanonically(const TightPart& part);

}  // namespace tremplin::matching::engine

#endif  // TREMPLIN_SERVICES_MATCHING_ENGINE_CANONICAL_H_
