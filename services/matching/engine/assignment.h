#ifndef TREMPLIN_SERVICES_MATCHING_ENGINE_ASSIGNMENT_H_
#define TREMPLIN_SERVICES_MATCHING_ENGINE_ASSIGNMENT_H_

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "services/matching/engine/assignment_marks.h"
#include "services/matching/engine/assignment_region.h"
#include "services/matching/engine/assignment_rows.h"
#include "services/matching/engine/canonical.h"
#include "services/matching/engine/certificate.h"
#include "services/matching/engine/graph.h"

namespace tremplin::matching::engine {

// Empty when the graph keeps every limit that graph.h names and no mentor is twice in a row;
// otherwise the first fault. O(candidates).
std::string GraphFault(const Graph& graph);

// A pool with its optimal assignment and the prices that prove it, kept optimal through every
// change of the pool.
//
// What is optimal: no assignment has a greater sum of worth (graph.h): under kQuality of points,
// under kCoverage of mentees served and then of points. Among those, the set of mentees served is
// the first in lexicographic order of priority: it has the mentee of greatest priority whom any of
// them serves, of those that do the next, and so on; if priorities differ, no other set is as good.
// (The sets that optimal assignments serve are the bases of a generalized matroid, where the
// greedy order is optimal: Murota, Discrete Convex Analysis, 2003, on valuated matroids.) Which of
// several mentors worth the same a mentee gets is decided by history until Canonicalize is called:
// then by the graph alone (canonical.h). Canonicalize costs little where it is called after each
// change: it looks at what hangs together by pairs worth the same with what changed since the last.
//
// Prices: one more place of a mentor would add at most their price, one place less would cost at
// least that; a mentee's surplus is by how much their pair's worth exceeds the price. Both are
// exact integers in units of worth.
//
// A change re-assigns along one shortest path for each mentee or place that it makes free, found by
// Dijkstra's algorithm on reduced worths, which are never negative (Edmonds and Karp 1972; with
// capacities as in Ahuja, Magnanti and Orlin, Network Flows, 1993, §9.7). It costs what lies nearer
// than the path's end: far less than the pool, as a rule; all candidates, at worst.
//
// Indices out of range, a points or priority beyond its limit, or a mentor twice in a row are
// errors of the caller and not checked, except by GraphFault. Not thread-safe; a copy is
// independent.
class Assignment {
 public:
  // A mentee whose mentor an operation changed, and whom they had before it.
  struct Change {
    Index mentee = 0;
    Index before = kNobody;

    friend bool operator==(const Change&, const Change&) = default;
  };

  // What an assignment amounts to, and by how much two of them differ.
  struct Total {
    int64_t points = 0;
    int64_t served = 0;
    int64_t priority = 0;  // sum over those served

    friend bool operator==(const Total&, const Total&) = default;
  };

  // Keeps the graph; nobody is assigned before Solve. O(candidates), and a sort of each row that
  // is not in order.
  explicit Assignment(Graph graph, Objective objective = Objective::kQuality);

  // From scratch: forgets assignment and prices, and finds an optimum.
  //
  // A coarse auction in points finds prices that are about right (Bertsekas 1979); an exact one, of
  // bids that keep complementary slackness, then assigns whom it can without displacing anyone for
  // nothing (both are bounded in bids); shortest paths place whoever is left and fill the places
  // that were made too dear; then those whom only coverage, then those whom only priority decides.
  void Solve();

  // Builds what the first change would build, if Solve has not: each mentor's wishes, 8 bytes a
  // candidate.
  void PrepareForChanges();

  // Each of the following keeps the optimum and returns whose mentor changed, in the order of
  // indices; the span is valid until the next operation. They need Solve before them (on an empty
  // graph too).

  // Their index is mentees() before the call. Priorities of others are not changed.
  std::span<const Change> AddMentee(std::span<const Candidate> candidates, Priority priority);
  // They have no candidate from now on.
  std::span<const Change> RemoveMentee(Index mentee);
  // Somebody who was removed, or never had a candidate, is given some: as AddMentee, at this index.
  std::span<const Change> ReturnMentee(Index mentee, std::span<const Candidate> candidates,
                                       Priority priority);
  // The pair is possible no more. Nothing if it was not.
  std::span<const Change> Bar(Index mentee, Index mentor);
  // A mentor who leaves has capacity 0.
  std::span<const Change> SetCapacity(Index mentor, int32_t capacity);
  // Their index is mentors() before the call. Each mentee at most once.
  struct Wish {
    Index mentee = 0;
    Points points = 0;
  };
  std::span<const Change> AddMentor(std::span<const Wish> wishes, int32_t capacity);
  // They are nobody's candidate from now on, have no places, and price 0.
  std::span<const Change> RemoveMentor(Index mentor);
  // Somebody who was removed, or never was a candidate, is one again: as AddMentor, at this index.
  std::span<const Change> ReturnMentor(Index mentor, std::span<const Wish> wishes,
                                       int32_t capacity);
  // Also makes a pair possible that was not.
  std::span<const Change> SetPoints(Index mentee, Index mentor, Points points);

  // Of all optima that serve the same mentees (all optima, if priorities differ) takes the one that
  // the graph alone decides: mentees in the order of priority, then of their index, each get the
  // first mentor they can have in any of them. Mentors are in the order of `rank`, by index
  // (distinct), or without one in the order of their indices; it must order mentors as it did
  // before. Prices are as they were.
  std::span<const Change> Canonicalize(std::span<const uint32_t> rank = {});

  // All priorities are different now; solves anew.
  void SetPriorities(std::vector<Priority> priority);

  // Everybody of whom anything that Check looks at changed since ClearTouched; others may be named
  // too.
  std::span<const Index> touched_mentees() const { return touched_mentees_.list(); }
  std::span<const Index> touched_mentors() const { return touched_mentors_.list(); }
  void ClearTouched();
  // Whose candidate a mentor is, in the order of indices. Needs PrepareForChanges.
  std::span<const Wish> wishes(Index mentor) const { return wishes_[mentor]; }
  std::span<const int32_t> taken() const { return taken_; }

  // What would be gained if: the total after such a change less the total now. Afterwards
  // everything is as before, prices too.
  Total WhatIfMentee(std::span<const Candidate> candidates, Priority priority);
  Total WhatIfPlaces(Index mentor, int32_t more);
  Total WhatIfPoints(Index mentee, Index mentor, Points points);

  Index mentees() const { return static_cast<Index>(mentor_.size()); }
  Index mentors() const { return static_cast<Index>(price_.size()); }
  Objective objective() const { return objective_; }
  const Total& total() const { return total_; }
  Value value() const;
  // By mentee: their mentor, or kNobody.
  std::span<const Index> assigned() const { return mentor_; }
  int32_t free_places(Index mentor) const { return capacity_[mentor] - taken_[mentor]; }
  Worth surplus(Index mentee) const { return surplus_[mentee]; }
  Worth price(Index mentor) const { return price_[mentor]; }
  // Surplus and price less the pair's worth: how much a pair fell short of the optimum, 0 if some
  // prices make it part of one. Nothing if the pair is not possible. O(candidates of the mentee).
  std::optional<Worth> Shortfall(Index mentee, Index mentor) const;
  // Worth in whole points and a remainder below one, without the bonus of kCoverage.
  static double InPoints(Worth worth) {
    return static_cast<double>(worth) / static_cast<double>(Worth{1} << kPriorityBits);
  }

  GraphView graph() const;
  // Memory held, roughly.
  size_t Bytes() const;
  // Valid until the next operation that is not const.
  Claim claim() const { return {mentor_, surplus_, price_}; }

 private:
  struct Label {
    Worth distance = 0;
    uint32_t search = 0;   // the search that set this label
    Index via = kNobody;   // the mentee whose step reached this mentor
    Index from = kNobody;  // SearchPlace: the mentor to whom that mentee would go
  };
  struct Reached {
    Worth distance;
    Index mentor;
  };
  // Where a path ends.
  enum class End { kStays, kFreePlace, kAlone };
  struct Path {
    End end = End::kStays;
    Worth length = 0;
    Index mentor = kNobody;
    Index mentee = kNobody;
  };
  // What to put back after a what-if.
  struct Undo {
    enum class Kind { kSurplus, kPrice, kLink, kUnlink } kind = Kind::kSurplus;
    Index index = 0;  // of a mentee, or of kPrice's mentor
    Worth worth = 0;
    // kUnlink: where the mentee was.
    Index mentor = kNobody;
    Index previous = kNobody;
    Index next = kNobody;
    Points points = 0;
  };

  Worth Base(Index mentee) const { return base_ + (priority_[mentee] & priority_mask_); }
  Worth PairWorth(Index mentee, Points points) const {
    return (Worth{points} << kPriorityBits) + Base(mentee);
  }
  const Candidate* Find(Index mentee, Index mentor) const;
  Worth BestSurplus(Index mentee) const;
  bool Full(Index mentor) const { return taken_[mentor] >= capacity_[mentor]; }

  // Solve in steps.
  void Forget();

  void Auction(Worth step);
  void AuctionBid(Index mentee, Worth step, std::vector<Worth>* paid, std::vector<Index>* waiting);
  Worth LeastPaid(Index mentor, const std::vector<Worth>& paid, Index* holder) const;
  void AssignRemaining();
  void RaiseSurplus();

  // One path to the best for a mentee who has no mentor, or for a place that nobody holds. Each
  // ends with its own mentee or place in order and disturbs no other.
  void PlaceMentee(Index mentee);
  void FillPlace(Index mentor);
  Path SearchFrom(Index mentee);
  void ScanMentee(Index mentee, Worth distance, Path* best);
  Path SearchPlace(Index mentor);
  void ScanMentor(Index mentor, Worth distance, Path* best);
  void MoveAlong(Index mentee, const Path& path);
  void MoveInto(Index mentor, const Path& path);
  void StartSearch();
  void Push(Worth distance, Index mentor);
  bool Pop(Worth limit, Reached* next);

  // The pool.
  void Free(Index mentee);
  void ChangePlaces(Index mentor, int32_t capacity);
  void PutPoints(Index mentee, Index mentor, Points points);
  void DropPair(Index mentee, Index mentor);
  void PutWish(Index mentee, Index mentor, Points points);
  void DropWish(Index mentee, Index mentor);
  Index NewMentee(std::span<const Candidate> candidates, Priority priority);
  void PutRow(Index mentee, std::span<const Candidate> candidates);
  Index NewMentor();

  // Canonicalize in steps.
  struct TightPairs;
  std::vector<Index> Unsettled();
  TightPart PartOf(std::span<const Index> region, std::span<const uint32_t> rank,
                   std::vector<Index>* mentees);
  template <typename Visit>
  void ForEachTight(Index mentee, const Visit& visit) const;

  // The assignment.
  void Link(Index mentee, Index mentor, Points points);
  void Unlink(Index mentee);
  void TouchMentee(Index mentee);
  void TouchMentor(Index mentor);
  void SetSurplus(Index mentee, Worth surplus);
  void SetPrice(Index mentor, Worth price);
  void Begin();
  void StartOperation();
  std::span<const Change> Finish();
  void TakeBack();
  void InsertBetween(Index mentee, Index mentor, Index previous, Index next, Points points);
  void StartTrial();
  Total FinishTrial(const Total& before);

  Objective objective_;
  Worth base_;  // what every pair is worth before its points
  Rows<Candidate> rows_;
  std::vector<Priority> priority_;
  Priority priority_mask_ = kPriorityEnd - 1;  // 0 while Solve decides by points alone
  std::vector<int32_t> capacity_;
  Rows<Wish> wishes_;
  bool prepared_ = false;

  std::vector<Index> mentor_;
  std::vector<Points> points_;  // of a mentee's pair
  std::vector<Worth> surplus_;
  std::vector<Worth> price_;
  std::vector<int32_t> taken_;
  // Who holds a mentor's places: a list through the mentees.
  std::vector<Index> first_;
  std::vector<Index> next_;
  std::vector<Index> previous_;
  Total total_;

  // Mentors of whom anything changed that Canonicalize looks at, since it was called: price,
  // places, mentees and their surplus, a new tight pair. All, after Solve.
  Marks unsettled_;
  bool all_unsettled_ = true;
  std::vector<Index> place_;  // by mentor: in the part that it looks at, or kNobody
  RegionSearch region_search_;

  Marks touched_mentees_;
  Marks touched_mentors_;

  // Of the current search.
  uint32_t search_ = 0;
  Index detached_ = kNobody;  // a mentee whom SearchPlace must leave out
  std::vector<Label> labels_;
  std::vector<Reached> heap_;
  std::vector<Index> level_;  // reached at the distance of the mentor last taken
  Worth level_distance_ = 0;
  std::vector<Reached> settled_;

  // Of the current operation.
  uint32_t operation_ = 0;
  std::vector<uint32_t> touched_;  // by mentee: the last operation that changed their mentor
  std::vector<Change> changes_;
  bool recording_ = false;  // within a what-if
  std::vector<Undo> undo_;
};

}  // namespace tremplin::matching::engine

#endif  // TREMPLIN_SERVICES_MATCHING_ENGINE_ASSIGNMENT_H_
