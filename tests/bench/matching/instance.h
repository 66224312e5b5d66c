#ifndef TREMPLIN_TESTS_BENCH_MATCHING_INSTANCE_H_
#define TREMPLIN_TESTS_BENCH_MATCHING_INSTANCE_H_

#include <array>
#include <cstdint>
#include <random>
#include <vector>

#include "services/matching/engine/assignment.h"
#include "services/matching/engine/graph.h"

namespace tremplin::bench {

// What matters to a score of a mentee or a mentor.
struct Person {
  uint16_t unit = 0;       // of the occupation tree
  uint16_t industry = 0;   // of 20
  uint16_t languages = 0;  // bits
  uint16_t slots = 0;      // bits
  float x_km = 0;
  float y_km = 0;
};

// Pools that are structured as real ones are: most people are in a few occupations and places, and
// scores come in coarse steps, so that many worths tie. The seed decides everything.
//
//   occupation  a tree of 10 broad, 45 major, 89 sub-major, 162 minor groups and 516 units, as many
//               as the NOC 2021 has; people over units by Zipf's law (exponent 1), a third
//               of the mentors in another order of popularity than the mentees
//   languages   English 85 %, French 30 % (at least one), each of eight others 6 %
//   slots       3 to 6 of 15 weekly half-days
//   home        in a square of 60 km, around one of six centres (deviation 6 km)
//   industry    one of 20, two thirds that of the unit
//   capacity    1, 2, 3 with 60, 25, 15 %: mean 1.55
//
// Score of 10,000: occupation 4,500 (0, 25, 45, 65, 85, 100 % by the depth at which units meet),
// industry 1,800, a second shared language 1,200, slots 1,300 (a quarter each, up to four),
// distance 1,200 (five steps, parted at 5, 10, 20 and 40 km). A pair needs a shared language and a
// shared slot.
//
// Candidates: the k best of 2,048 mentors from the mentee's unit outwards through the tree, in
// each group from a random mentor on, and of 64 from anywhere.
//
// Not thread-safe.
class Instance {
 public:
  Instance(matching::engine::Index mentees, matching::engine::Index mentors, uint64_t seed,
           uint32_t candidates = 50);

  // The whole pool, best candidates first; priorities are a random order.
  matching::engine::Graph MakeGraph();

  // Newcomers of the same kind.
  Person MakeMentee() { return MakePerson(false); }
  Person MakeMentor() { return MakePerson(random_() % 3 == 0); }
  int32_t MakeCapacity();
  std::vector<matching::engine::Candidate> CandidatesOf(const Person& mentee);
  // Mentees for whom a new mentor would be among the best: from the same groups outwards, as many
  // as a mentor has on average.
  std::vector<matching::engine::Assignment::Wish> WishesFor(const Person& mentor);

 private:
  static constexpr int kDepths = 5;
  // People by unit, and the units in the order of the tree.
  using ByUnit = std::vector<matching::engine::Index>;

  Person MakePerson(bool elsewhere);
  int Depth(uint16_t a, uint16_t b) const;
  matching::engine::Points Score(const Person& mentee, const Person& mentor) const;
  // Up to count of the people nearest to the unit, and 64 others.
  std::vector<matching::engine::Index> Near(uint16_t unit, const ByUnit& people,
                                            const std::vector<uint32_t>& begin, uint32_t count);
  static ByUnit Sorted(const std::vector<Person>& people, std::vector<uint32_t>* begin);

  uint32_t candidates_;
  std::mt19937_64 random_;
  std::array<std::vector<uint16_t>, kDepths> group_;  // by depth and unit
  std::vector<uint16_t> by_popularity_;
  std::vector<uint16_t> elsewhere_;  // the other order
  std::vector<double> zipf_;
  std::vector<uint16_t> unit_industry_;
  std::vector<Person> mentees_;
  std::vector<Person> mentors_;
  ByUnit mentees_by_unit_;
  ByUnit mentors_by_unit_;
  std::vector<uint32_t> mentees_begin_;
  std::vector<uint32_t> mentors_begin_;
};

}  // namespace tremplin::bench

#endif  // TREMPLIN_TESTS_BENCH_MATCHING_INSTANCE_H_
