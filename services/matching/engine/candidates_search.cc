// Rows: the best mentors of one mentee or of everybody.

#include <algorithm>
#include <functional>
#include <numeric>
#include <tuple>

#include "services/matching/engine/candidates.h"

namespace tremplin::matching::engine {
namespace {

constexpr size_t kChunk = 512;
constexpr uint16_t kNotCounted = 0xFFFF;  // more units than there are

// Orders candidates: more points first, then the lesser rank, which is the position unless the
// index follows a pool.
uint64_t KeyOf(int points, uint32_t rank) {
  return static_cast<uint64_t>(points) << 32 | (UINT32_MAX - rank);
}
Scored ScoredOf(uint64_t key) {
  return {UINT32_MAX - static_cast<uint32_t>(key), static_cast<uint16_t>(key >> 32)};
}

// What no pair of these exceeds, by occupation alone.
int MostUnits(const PackedScore& score, const Seeker& seeker, const PackedProfile& mentor) {
  return seeker.base + seeker.most_besides +
         score.OccupationUnits(seeker.unit_group, mentor.unit_group);
}

// The best of what it is given.
class Best {
 public:
  void Start(int limit, int least_points) {
    limit_ = static_cast<size_t>(std::max(limit, 1));
    keys_.clear();
    keys_.reserve(std::min<size_t>(limit_, 1024) * 4);
    bar_ = KeyOf(least_points, UINT32_MAX);
  }

  // What the next must reach to be among the best; grows.
  uint64_t bar() const { return bar_; }
  int bar_points() const { return static_cast<int>(bar_ >> 32); }

  void Add(uint64_t key) {
    if (key < bar_) return;
    keys_.push_back(key);
    if (keys_.size() >= limit_ * 4) Cut();
  }

  // Brings the bar up to date when that is worth the work.
  void Settle() {
    if (keys_.size() >= limit_ * 2 || (keys_.size() >= limit_ && !full_bar())) Cut();
  }

  // The best, in order.
  const std::vector<uint64_t>& Finish() {
    if (keys_.size() > limit_) Cut();
    std::sort(keys_.begin(), keys_.end(), std::greater<>());
    return keys_;
  }

 private:
  bool full_bar() const { return (bar_ & UINT32_MAX) != 0; }

  void Cut() {
    const auto last = keys_.begin() + static_cast<std::ptrdiff_t>(limit_) - 1;
    std::nth_element(keys_.begin(), last, keys_.end(), std::greater<>());
    bar_ = *last;
    keys_.resize(limit_);
  }

  size_t limit_ = 1;
  std::vector<uint64_t> keys_;
  uint64_t bar_ = 0;
};

}  // namespace

// Finds rows; keeps what neighbours in area and occupation share. One thread's.
class CandidateIndex::Searcher {
 public:
  Searcher(const CandidateIndex& index, const Search& search)
      : index_(index),
        search_(search),
        order_(kUnitGroupCount + 1),
        by_area_(index_.classes_.size()),
        by_further_(index_.classes_.size()),
        proximity_(index.lane_mentor_.size() + Columns::kPadding),
        filled_for_(index.blocks_.size(), 0),
        hits_(kChunk) {}

  const std::vector<uint64_t>& Find(Index mentee) {
    const PackedProfile& profile = index_.mentees_[mentee];
    Enter(profile);
    best_.Start(search_.limit, index_.least_points_);
    const auto barred =
        std::equal_range(index_.barred_.begin(), index_.barred_.end(), std::pair(mentee, Index{0}),
                         [](const auto& a, const auto& b) { return a.first < b.first; });
    barred_ = {barred.first, barred.second};
    for (size_t at = 0; at < index_.classes_.size(); ++at) FindIn(profile, at);
    ScanAnnex(mentee);
    return best_.Finish();
  }

  uint64_t scored() const { return scored_; }

 private:
  // Among mentors of the same lessons.
  void FindIn(const PackedProfile& mentee, size_t at_class) {
    const Class& mentors = index_.classes_[at_class];
    const PackedScore& score = index_.scores_.Of(mentee.lessons, mentors.lessons);
    const Seeker seeker = score.Prepare(mentee);
    const std::vector<uint32_t>& order = OrderOf(seeker.unit_group);
    for (uint32_t i = mentors.begin; i < mentors.end; ++i) {
      const uint32_t at = order[i];
      const Block& block = index_.blocks_[at];
      const uint16_t occupation = score.OccupationUnits(seeker.unit_group, block.unit_group);
      if (search_.prune) {
        const int most = seeker.base + occupation + seeker.most_besides;
        // Blocks come by falling occupation: none after this one can do better.
        if (PointsOf(most) < best_.bar_points()) break;
        if (KeyOf(PointsOf(most - Missed(seeker, block)), index_.LeastRank(block)) < best_.bar()) {
          continue;
        }
      }
      FillProximity(score, at_class, at);
      ScanBlock(score, seeker, block, occupation);
    }
  }

  // Units that no mentor of the block can have because of their industry.
  static int Missed(const Seeker& seeker, const Block& block) {
    if (!block.one_sector || seeker.naics == kNoIndustry) return 0;
    const int most = seeker.same_sector + seeker.same_industry;
    if (block.sector == kNoIndustry) return most - seeker.no_industry;
    return block.sector == seeker.sector ? 0 : most;
  }

  void ScanBlock(const PackedScore& score, const Seeker& seeker, const Block& block,
                 uint16_t occupation) {
    for (uint32_t done = 0; done < block.count; done += kChunk) {
      const Lanes lanes{block.begin + done, std::min<size_t>(kChunk, block.count - done),
                        occupation, proximity_.data()};
      const auto least = static_cast<uint16_t>(LeastUnits(best_.bar_points()));
      const size_t found = Scan(search_.path, seeker, index_.columns_, lanes, least,
                                score.compares_level(), score.compares_goals(), hits_.data());
      scored_ += lanes.count;
      for (size_t i = 0; i < found; ++i) Take(seeker, hits_[i]);
      best_.Settle();
    }
  }

  void Take(const Seeker& seeker, const Hit& hit) {
    const Index mentor = index_.lane_mentor_[hit.lane];
    if (mentor == kNobody) return;
    const uint64_t key = KeyOf(PointsOf(hit.units), index_.Rank(mentor));
    if (key < best_.bar()) return;
    const PackedProfile& profile = index_.mentors_[mentor];
    if (profile.person == seeker.person) return;
    if (!search_.full_too && profile.free <= 0) return;
    const bool barred = std::any_of(barred_.begin(), barred_.end(),
                                    [&](const auto& pair) { return pair.second == mentor; });
    if (!barred) best_.Add(key);
  }

  // Mentors who came since the others were laid out.
  void ScanAnnex(Index mentee) {
    if (index_.annex_.empty()) return;
    const PackedProfile& seeking = index_.mentees_[mentee];
    const PackedScore& plain = index_.scores_.Of(seeking.lessons, kNoLessons);
    const Seeker seeker = plain.Prepare(seeking);
    for (const Index mentor : index_.annex_) {
      const PackedProfile& profile = index_.mentors_[mentor];
      if (!search_.full_too && profile.free <= 0) continue;
      uint16_t points = 0;
      bool suits = false;
      if (profile.lessons == kNoLessons) {
        if (PointsOf(MostUnits(plain, seeker, profile)) < best_.bar_points()) continue;
        suits = index_.Suits(plain, seeker, mentee, mentor, &points);
      } else {
        suits = index_.Suits(mentee, mentor, &points);
      }
      if (suits) best_.Add(KeyOf(points, index_.Rank(mentor)));
    }
  }

  // Each class's blocks by falling likeness to a unit group, equal ones as they lie.
  const std::vector<uint32_t>& OrderOf(UnitGroup unit_group) {
    std::vector<uint32_t>& order = order_[unit_group];
    if (order.empty()) {
      order.resize(index_.blocks_.size());
      std::iota(order.begin(), order.end(), 0u);
      for (const Class& mentors : index_.classes_) {
        std::stable_sort(order.begin() + mentors.begin, order.begin() + mentors.end,
                         [&](uint32_t a, uint32_t b) {
                           return Likeness(unit_group, index_.blocks_[a].unit_group) >
                                  Likeness(unit_group, index_.blocks_[b].unit_group);
                         });
      }
    }
    return order;
  }

  // Distances are counted once an area and laid out by lane once a block, when first asked for.
  // What both gave of the further criteria is laid out with them, so that the scan knows one sum.
  void Enter(const PackedProfile& mentee) {
    const bool same_place = epoch_ > 0 && mentee.area == area_ && mentee.lessons == lessons_;
    if (same_place && mentee.further == further_) return;
    further_ = mentee.further;
    ++epoch_;
    const size_t answers = index_.codes_->further().size();
    for (auto& units : by_further_) units.assign(answers, kNotCounted);
    if (same_place) return;
    area_ = mentee.area;
    lessons_ = mentee.lessons;
    for (auto& units : by_area_) units.assign(index_.codes_->areas().size(), kNotCounted);
  }

  void FillProximity(const PackedScore& score, size_t at_class, uint32_t at) {
    if (filled_for_[at] == epoch_) return;
    filled_for_[at] = epoch_;
    const Block& block = index_.blocks_[at];
    for (uint32_t lane = block.begin; lane < block.begin + block.count; ++lane) {
      const uint16_t area = index_.lane_area_[lane];
      uint16_t& units = by_area_[at_class][area];
      if (units == kNotCounted) units = score.ProximityUnits(index_.Kilometres(area_, area));
      proximity_[lane] = units;
      if (!score.compares_further()) continue;
      uint16_t& further = by_further_[at_class][index_.lane_further_[lane]];
      if (further == kNotCounted) {
        further = index_.FurtherUnits(score, further_, index_.lane_further_[lane]);
      }
      proximity_[lane] = static_cast<uint16_t>(units + further);
    }
  }

  const CandidateIndex& index_;
  Search search_;
  Best best_;
  std::span<const std::pair<Index, Index>> barred_;
  std::vector<std::vector<uint32_t>> order_;  // by unit group
  uint16_t area_ = 0;
  Lessons lessons_ = kNoLessons;
  uint16_t further_ = kNothingFurther;
  uint32_t epoch_ = 0;                             // of area, lessons and what was given further
  std::vector<std::vector<uint16_t>> by_area_;     // units, by class of mentors
  std::vector<std::vector<uint16_t>> by_further_;  // the same
  std::vector<uint16_t> proximity_;                // with further units, by lane
  std::vector<uint32_t> filled_for_;            // by block
  std::vector<Hit> hits_;
  uint64_t scored_ = 0;
};

Candidates CandidateIndex::All(const Search& search) const {
  // In an order in which neighbours share most; the answer is in the order of business keys.
  std::vector<Index> order(mentees_.size());
  std::iota(order.begin(), order.end(), Index{0});
  std::sort(order.begin(), order.end(), [&](Index a, Index b) {
    const auto place = [&](Index at) {
      const PackedProfile& one = mentees_[at];
      return std::tuple(one.area, one.lessons, one.further, one.unit_group, at);
    };
    return place(a) < place(b);
  });
  const size_t stride = std::min<size_t>(static_cast<size_t>(std::max(search.limit, 1)), mentors());
  Candidates found;
  found.pairs = uint64_t{mentees()} * mentors();
  found.rows.resize(mentees_.size() * stride);
  std::vector<uint32_t> count(mentees_.size());
  Searcher searcher(*this, search);
  for (const Index mentee : order) {
    const std::vector<uint64_t>& keys = searcher.Find(mentee);
    count[mentee] = static_cast<uint32_t>(keys.size());
    std::transform(keys.begin(), keys.end(),
                   found.rows.begin() + static_cast<std::ptrdiff_t>(mentee * stride), ScoredOf);
  }
  found.scored = searcher.scored();
  // Rows move together to the left: what is read always lies at or right of what is written.
  size_t end = 0;
  for (size_t mentee = 0; mentee < mentees_.size(); ++mentee) {
    for (size_t i = 0; i < count[mentee]; ++i) found.rows[end++] = found.rows[mentee * stride + i];
    found.begin.push_back(static_cast<uint32_t>(end));
  }
  found.rows.resize(end);
  return found;
}

std::vector<Scored> CandidateIndex::Row(Index mentee, const Search& search) const {
  Searcher searcher(*this, search);
  return InPlaces(searcher.Find(mentee));
}

// Keys name mentors by rank.
std::vector<Scored> CandidateIndex::InPlaces(const std::vector<uint64_t>& keys) const {
  std::vector<Scored> row;
  row.reserve(keys.size());
  for (const uint64_t key : keys) {
    row.push_back(ScoredOf(key));
    if (follows_) row.back().other = by_rank_[row.back().other];
  }
  return row;
}

CandidateIndex::RowSearch::RowSearch(const CandidateIndex& index, const Search& search)
    : index_(index), search_(search) {}
CandidateIndex::RowSearch::~RowSearch() = default;

std::vector<Scored> CandidateIndex::RowSearch::Find(Index mentee) {
  if (layout_ != index_.layouts_) {
    searcher_ = std::make_unique<Searcher>(index_, search_);
    layout_ = index_.layouts_;
  }
  return index_.InPlaces(searcher_->Find(mentee));
}

std::vector<Scored> CandidateIndex::RowAmong(Index mentee, std::span<const Index> mentors,
                                             int limit) const {
  const PackedScore& plain = scores_.Of(mentees_[mentee].lessons, kNoLessons);
  const Seeker seeker = plain.Prepare(mentees_[mentee]);
  Best best;
  best.Start(limit, least_points_);
  for (const Index mentor : mentors) {
    uint16_t points = 0;
    bool suits = false;
    if (mentors_[mentor].lessons == kNoLessons) {
      if (PointsOf(MostUnits(plain, seeker, mentors_[mentor])) < best.bar_points()) continue;
      suits = Suits(plain, seeker, mentee, mentor, &points);
    } else {
      suits = Suits(mentee, mentor, &points);
    }
    if (suits) best.Add(KeyOf(points, Rank(mentor)));
    best.Settle();
  }
  return InPlaces(best.Finish());
}

}  // namespace tremplin::matching::engine
