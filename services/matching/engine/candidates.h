#ifndef TREMPLIN_SERVICES_MATCHING_ENGINE_CANDIDATES_H_
#define TREMPLIN_SERVICES_MATCHING_ENGINE_CANDIDATES_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "services/matching/engine/candidates_scan.h"
#include "services/matching/engine/graph.h"
#include "services/matching/engine/matcher.h"
#include "services/matching/engine/profile.h"
#include "services/matching/engine/score.h"
#include "services/matching/engine/score_packed.h"
#include "services/matching/engine/taught_scores.h"

// Who may mentor whom: for each mentee the best k mentors of the whole pool. Exact, with no
// neighbourhood outside which nobody looks: occupations only tell which mentors cannot be among the
// best and need not be scored.
namespace tremplin::matching::engine {

struct Scored {
  Index other = 0;
  uint16_t points = 0;

  friend bool operator==(const Scored&, const Scored&) = default;
};

// Mentee i's mentors are rows[begin[i]] to rows[begin[i + 1] - 1]: more points first, equal ones by
// business key.
struct Candidates {
  std::vector<uint32_t> begin = {0};
  std::vector<Scored> rows;
  uint64_t pairs = 0;   // mentees × mentors
  uint64_t scored = 0;  // of these, pairs whose points were counted

  std::span<const Scored> Of(Index mentee) const {
    return {rows.data() + begin[mentee], begin[mentee + 1] - begin[mentee]};
  }
};

struct Search {
  int limit = 50;         // most mentors of a mentee
  bool full_too = false;  // mentors without a free place are candidates
  bool prune = true;      // skip mentors whose occupation alone rules them out; same answer
  ScanPath path = BestScanPath();
};

// A pool packed for scoring under one policy. Immutable and thread-safe once built, but for SetFree
// and for what is said of an index that follows a pool.
class CandidateIndex {
  class Searcher;

 public:
  // RESOURCE_EXHAUSTED as Codes::Pack; INVALID_ARGUMENT for a negative weight or a mentee or mentor
  // with another's business key. O(people · log people).
  static absl::StatusOr<CandidateIndex> Build(const Pool& pool, const Policy& policy,
                                              Distance distance);

  // Every mentee's row. O(pairs) at worst; `Candidates::scored` tells how many it came to.
  Candidates All(const Search& search) const;

  // One mentee's row, the same as in All.
  std::vector<Scored> Row(Index mentee, const Search& search) const;

  // One mentor's mentees, all whom they suit, by position, whether the mentor is free or not: with
  // the points that All gives these pairs. O(mentees).
  std::vector<Scored> Column(Index mentor) const;

  // The index of a part of these people, in the order given; mentors must be in that of ranks. Its
  // mentors have these places. Answers for a pair are as here. O(the part · log of it).
  CandidateIndex Part(std::span<const Index> mentees, std::span<const Index> mentors,
                      std::span<const int32_t> places) const;

  // Points of a pair, whether it is possible or not.
  int Points(Index mentee, Index mentor) const;

  Index mentees() const { return static_cast<Index>(mentees_.size()); }
  Index mentors() const { return static_cast<Index>(mentors_.size()); }

  // Position in the caller's Pool of those at these positions in the order of business keys.
  size_t MenteeInPool(Index mentee) const { return mentee_order_[mentee]; }
  size_t MentorInPool(Index mentor) const { return mentor_order_[mentor]; }

  const PackedProfile& mentee(Index at) const { return mentees_[at]; }
  const PackedProfile& mentor(Index at) const { return mentors_[at]; }
  bool Barred(Index mentee, Index mentor) const;
  // Mentee and mentor of each barred pair, sorted.
  const std::vector<std::pair<Index, Index>>& barred() const { return barred_; }
  int least_points() const { return least_points_; }
  int DaysWaited(Index mentee) const;

  // Not to be called while anything else is.
  void SetFree(Index mentor, int places) { mentors_[mentor].free = places; }

  // Memory held, roughly.
  size_t Bytes() const;

  // ---- For a memory that follows a pool (live_pool.h). From now on positions are places: they
  // stay whose they are, ties are broken by the rank of a mentor, and a place that somebody left
  // may be given away again; what names a position in the caller's Pool means nothing. None of this
  // is thread-safe.
  void Follow();

  // As Build packs people. RESOURCE_EXHAUSTED as Codes::Pack.
  absl::StatusOr<PackedProfile> Pack(const Mentee& mentee) { return codes_->Pack(mentee); }
  absl::StatusOr<PackedProfile> Pack(const Mentor& mentor) { return codes_->Pack(mentor); }

  // Somebody comes to a place: the next after the last, or one that was left. A mentor who comes
  // ranks before whoever has this rank now.
  void PutMentee(Index at, const PackedProfile& mentee);
  void PutMentor(Index at, const PackedProfile& mentor, uint32_t rank);
  // They leave; with them their bars.
  void DropMentee(Index at);
  void DropMentor(Index at);
  // False when it was so already.
  bool SetBarred(Index mentee, Index mentor, bool barred);

  // Who comes first among equal points, and mentors in that order.
  std::span<const uint32_t> ranks() const { return rank_; }
  std::span<const Index> by_rank() const { return by_rank_; }

  // Whether the pair may be a candidate, places apart, and its points; 0 and false otherwise.
  bool Suits(Index mentee, Index mentor, uint16_t* points) const;

  // Mentees whom the mentor suits, places apart, with at least `need` units (of a point
  // kUnitsPerPoint) each; kNeverReached leaves a mentee out. Most are ruled out by their occupation
  // alone. O(mentees), at a nanosecond or two.
  static constexpr uint16_t kNeverReached = 0xFFFF;
  std::vector<Scored> ColumnReaching(Index mentor, std::span<const uint16_t> need) const;

  // The mentee's best of these mentors, at most `limit`, whatever places they have: as Row.
  std::vector<Scored> RowAmong(Index mentee, std::span<const Index> mentors, int limit) const;

  // Rows, one after the other: keeps what searches share until the mentors are laid out anew.
  class RowSearch {
   public:
    RowSearch(const CandidateIndex& index, const Search& search);
    ~RowSearch();
    std::vector<Scored> Find(Index mentee);

   private:
    const CandidateIndex& index_;
    Search search_;
    int64_t layout_ = -1;
    std::unique_ptr<Searcher> searcher_;
  };

  // How often mentors who came were laid out among the others.
  int64_t layouts() const { return layouts_; }

 private:
  // Mentors of the same lessons and one unit group, and of one sector where there are many, in a
  // run of lanes.
  struct Block {
    UnitGroup unit_group = kNoUnitGroup;
    bool one_sector = false;
    uint16_t sector = kNoIndustry;
    uint32_t begin = 0;
    uint32_t count = 0;
    Index least = 0;  // least position of a mentor in it
  };
  // Blocks of mentors of the same lessons, which a mentee compares by one score. Those without
  // come first.
  struct Class {
    Lessons lessons = kNoLessons;
    uint32_t begin = 0;
    uint32_t end = 0;
  };

  CandidateIndex(const Policy& policy, absl::CivilDay today, Distance distance);
  // Nobody's yet, by the rules and codes of another.
  struct RulesOf {
    const CandidateIndex& whole;
  };
  explicit CandidateIndex(RulesOf rules);

  absl::Status Pack(const Pool& pool);
  void LayOut();
  void AddBlock(const PackedProfile& mentor, bool split, uint32_t lane);
  double Kilometres(uint16_t area, uint16_t other) const;
  // Of proximity and of the further criteria.
  uint16_t BesidesUnits(const PackedScore& score, const PackedProfile& mentee,
                        const PackedProfile& mentor) const;
  uint16_t FurtherUnits(const PackedScore& score, uint16_t mentee, uint16_t mentor) const {
    return score.FurtherUnits(codes_->further()[mentee], codes_->further()[mentor]);
  }
  const PackedScore& ScoreOf(const PackedProfile& mentee, const PackedProfile& mentor) const {
    return scores_.Of(mentee.lessons, mentor.lessons);
  }

  void CountRanksFrom(uint32_t rank);
  void TakeOffLane(Index mentor);
  void LayOutAgainIfDue();
  double RememberedKilometres(uint16_t area, uint16_t other) const;
  // What is left of a block's least rank when ranks have moved.
  uint32_t LeastRank(const Block& block) const { return follows_ ? 0 : block.least; }
  std::vector<Scored> InPlaces(const std::vector<uint64_t>& keys) const;
  uint32_t Rank(Index mentor) const { return rank_.empty() ? mentor : rank_[mentor]; }
  bool Suits(const PackedScore& score, const Seeker& seeker, Index mentee, Index mentor,
             uint16_t* points) const;
  void CountMost(Index mentee);

  TaughtScores scores_;
  Distance distance_;
  int least_points_ = 0;
  int32_t today_ = 0;
  std::shared_ptr<Codes> codes_ = std::make_shared<Codes>();  // a part's are the whole's
  std::vector<PackedProfile> mentees_;
  std::vector<PackedProfile> mentors_;
  std::vector<uint32_t> mentee_order_;
  std::vector<uint32_t> mentor_order_;
  std::vector<std::pair<Index, Index>> barred_;  // sorted

  Columns columns_;                  // by lane
  std::vector<Index> lane_mentor_;   // by lane
  std::vector<uint16_t> lane_area_;     // by lane
  std::vector<uint16_t> lane_further_;  // by lane
  std::vector<Block> blocks_;
  std::vector<Class> classes_;

  // Of an index that follows a pool.
  bool follows_ = false;
  std::vector<uint32_t> rank_;  // by mentor
  std::vector<Index> by_rank_;
  std::vector<uint32_t> lane_of_;  // by mentor, kNobody for who is in no lane
  std::vector<Index> annex_;       // mentors in no lane yet
  size_t lanes_left_ = 0;          // lanes of nobody
  int64_t layouts_ = 0;
  // By mentee: the most units that are not of occupation, with a mentor without lessons.
  std::vector<uint16_t> most_;
  // By areas: distances already counted.
  std::unique_ptr<std::vector<std::vector<double>>> kilometres_;
};

// Points of a pair as the objective counts them: its score, 1 at least, and the policy's bonus for
// each day waited, of 255 at most. No more than kMaxPoints.
engine::Points ObjectivePoints(const Policy& policy, int points, int days_waited);

// A price, a surplus or a difference of worths in points, rounded: a priority alone is none. Under
// kCoverage what decides over being matched at all counts as kMaxPoints.
int64_t PointsOf(Worth worth);

// The graph of the candidates, with the free places of `index` and priorities by who waits longest,
// then by business key. The only place where a Graph is filled.
Graph MakeGraph(const CandidateIndex& index, const Candidates& candidates, const Policy& policy);

}  // namespace tremplin::matching::engine

#endif  // TREMPLIN_SERVICES_MATCHING_ENGINE_CANDIDATES_H_
