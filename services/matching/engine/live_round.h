#ifndef TREMPLIN_SERVICES_MATCHING_ENGINE_LIVE_ROUND_H_
#define TREMPLIN_SERVICES_MATCHING_ENGINE_LIVE_ROUND_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "services/matching/engine/assignment.h"
#include "services/matching/engine/assignment_marks.h"
#include "services/matching/engine/candidates.h"
#include "services/matching/engine/matcher.h"

namespace tremplin::matching::engine {

// One round (rounds.h) that follows a pool: its mentees' rows and its optimum. People are places of
// the index, the same in all rounds; whoever is not in the round has no row, or no places.
//
// A row is exactly the mentee's best candidates. It is kept longer than the round considers, by a
// reserve: when a mentor has no place any more, the next comes from there, and only a row whose
// reserve is used up is searched again. Whoever has places again, or is new, enters the rows they
// belong to and pushes the last ones out.
//
// The index must outlive it. A change of the index is told before or after it is made, as each
// operation says. Not thread-safe.
class LiveRound {
 public:
  // `first`: of everybody. Its mentors' places are the index's, which searches by them; those of
  // later rounds are what SetPlaces says.
  LiveRound(const CandidateIndex& index, const Policy& policy, int candidates, bool first);

  // Everybody at once: these mentees over these places, by mentor.
  void Start(std::span<const Index> mentees, std::span<const int32_t> places,
             const std::vector<Priority>& priorities);

  // A mentee comes in, when the index knows them; or leaves, while it still does. Their rows must
  // be searched by the places there are.
  void EnterMentee(Index mentee, Priority priority);
  void LeaveMentee(Index mentee);
  // A mentor's places in this round; 0 and they leave it. The index knows them as they are; of the
  // first round, it has their places already.
  void SetPlaces(Index mentor, int32_t places);
  // The pair, of these points, may be a candidate no more, when the index says so; or may be again.
  void BarPair(Index mentee, Index mentor, uint16_t points);
  void UnbarPair(Index mentee, Index mentor, uint16_t points);
  void SetPriorities(const std::vector<Priority>& priorities);

  // The canonical optimum.
  void Settle();

  bool Has(Index mentee) const { return mentee < is_in_.size() && is_in_[mentee]; }
  int32_t places(Index mentor) const { return mentor < places_.size() ? places_[mentor] : 0; }
  const Assignment& assignment() const { return *assignment_; }
  int candidates() const { return candidates_; }
  // The best candidates, as CandidateIndex::All has them.
  std::span<const Scored> Row(Index mentee) const;
  // Whether the mentee is in the next round.
  bool IsLeft(Index mentee) const;

  // Who may be left now and was not, or the other way; and mentors who may have other places left.
  // Until the next Forget.
  std::span<const Index> changed_mentees();
  std::span<const Index> changed_mentors() const { return assignment_->touched_mentors(); }
  void ForgetChanges();

  // Checks what changed since the last call; empty when nothing is wrong.
  std::string FaultSinceChecked();

  int64_t rows_searched() const { return rows_searched_; }
  size_t Bytes() const;

 private:
  void GrowRows();
  void Grow();
  void CheckAll();
  std::vector<Scored> Search(Index mentee);
  size_t limit() const { return static_cast<size_t>(candidates_) + reserve_; }
  bool ComesBefore(const Scored& a, const Scored& b) const;
  size_t PlaceIn(const std::vector<Scored>& row, const Scored& one) const;
  Candidate CandidateOf(Index mentee, const Scored& one) const;
  // Puts one into a row; what the assignment must be told.
  struct Entered {
    bool is_candidate = false;
    Index pushed_out = kNobody;
  };
  Entered Insert(Index mentee, const Scored& one);
  // False when it is not in the row.
  bool Erase(Index mentee, const Scored& one, bool* was_candidate);
  void Refill(Index mentee);
  void SetNeed(Index mentee);
  void EnterMentor(Index mentor, int32_t places);
  void LeaveMentor(Index mentor);

  const CandidateIndex& index_;
  const Policy& policy_;
  int candidates_;
  size_t reserve_;
  bool first_;
  CandidateIndex::RowSearch search_;
  std::optional<Assignment> assignment_;

  std::vector<bool> is_in_;
  std::vector<std::vector<Scored>> rows_;
  std::vector<bool> complete_;   // the row is all there is
  std::vector<uint16_t> need_;   // units to be of interest to a row
  std::vector<int32_t> places_;  // by mentor
  std::vector<Index> open_;      // mentors with places
  std::vector<uint32_t> open_at_;

  Marks resized_;  // mentees whose row is longer or shorter
  Marks unchecked_mentees_;
  Marks unchecked_mentors_;
  int64_t rows_searched_ = 0;
};

}  // namespace tremplin::matching::engine

#endif  // TREMPLIN_SERVICES_MATCHING_ENGINE_LIVE_ROUND_H_
