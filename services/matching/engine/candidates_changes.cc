// An index that follows a pool: places and ranks, mentors in an annex until they are laid out, and
// what a change asks of it.

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

#include "services/matching/engine/candidates.h"

namespace tremplin::matching::engine {
namespace {

constexpr double kNotCounted = std::numeric_limits<double>::quiet_NaN();
// Distances are remembered for so many pairs of areas: 8 bytes each.
constexpr size_t kMostRemembered = size_t{1} << 22;

// Mentors are laid out again when so many are in no lane, or so many lanes are nobody's.
size_t MostInAnnex(size_t mentors) { return 64 + mentors / 32; }
size_t MostLanesLeft(size_t lanes) { return 64 + lanes / 8; }

}  // namespace

void CandidateIndex::Follow() {
  follows_ = true;
  rank_.resize(mentors_.size());
  std::iota(rank_.begin(), rank_.end(), 0u);
  by_rank_.resize(mentors_.size());
  std::iota(by_rank_.begin(), by_rank_.end(), Index{0});
  lane_of_.assign(mentors_.size(), kNobody);
  for (uint32_t lane = 0; lane < lane_mentor_.size(); ++lane) lane_of_[lane_mentor_[lane]] = lane;
  most_.resize(mentees_.size());
  for (Index mentee = 0; mentee < mentees(); ++mentee) CountMost(mentee);
  kilometres_ = std::make_unique<std::vector<std::vector<double>>>();
}

void CandidateIndex::CountMost(Index mentee) {
  const Seeker seeker = scores_.Of(mentees_[mentee].lessons, kNoLessons).Prepare(mentees_[mentee]);
  most_[mentee] = static_cast<uint16_t>(seeker.base + seeker.most_besides);
}

void CandidateIndex::PutMentee(Index at, const PackedProfile& mentee) {
  if (at == mentees_.size()) {
    mentees_.emplace_back();
    most_.push_back(0);
  }
  mentees_[at] = mentee;
  scores_.MeetMentee(mentee.lessons);
  CountMost(at);
}

void CandidateIndex::PutMentor(Index at, const PackedProfile& mentor, uint32_t rank) {
  if (at == mentors_.size()) {
    mentors_.emplace_back();
    rank_.push_back(0);
    lane_of_.push_back(kNobody);
  }
  mentors_[at] = mentor;
  scores_.MeetMentor(mentor.lessons);
  by_rank_.insert(by_rank_.begin() + rank, at);
  CountRanksFrom(rank);
  annex_.push_back(at);
  LayOutAgainIfDue();
}

void CandidateIndex::DropMentee(Index at) {
  mentees_[at].person = kNoPerson;
  std::erase_if(barred_, [&](const auto& pair) { return pair.first == at; });
}

void CandidateIndex::DropMentor(Index at) {
  TakeOffLane(at);
  by_rank_.erase(by_rank_.begin() + rank_[at]);
  CountRanksFrom(rank_[at]);
  mentors_[at].person = kNoPerson;
  mentors_[at].free = 0;
  std::erase_if(barred_, [&](const auto& pair) { return pair.second == at; });
  LayOutAgainIfDue();
}

bool CandidateIndex::SetBarred(Index mentee, Index mentor, bool barred) {
  const std::pair pair(mentee, mentor);
  const auto at = std::lower_bound(barred_.begin(), barred_.end(), pair);
  const bool is_barred = at != barred_.end() && *at == pair;
  if (is_barred == barred) return false;
  if (barred) {
    barred_.insert(at, pair);
  } else {
    barred_.erase(at);
  }
  return true;
}

void CandidateIndex::CountRanksFrom(uint32_t rank) {
  for (; rank < by_rank_.size(); ++rank) rank_[by_rank_[rank]] = rank;
}

void CandidateIndex::TakeOffLane(Index mentor) {
  if (lane_of_[mentor] == kNobody) {
    std::erase(annex_, mentor);
    return;
  }
  lane_mentor_[lane_of_[mentor]] = kNobody;
  lane_of_[mentor] = kNobody;
  ++lanes_left_;
}

void CandidateIndex::LayOutAgainIfDue() {
  if (annex_.size() <= MostInAnnex(mentors_.size()) &&
      lanes_left_ <= MostLanesLeft(lane_mentor_.size())) {
    return;
  }
  blocks_.clear();
  classes_.clear();
  LayOut();
  std::fill(lane_of_.begin(), lane_of_.end(), kNobody);
  for (uint32_t lane = 0; lane < lane_mentor_.size(); ++lane) lane_of_[lane_mentor_[lane]] = lane;
  annex_.clear();
  lanes_left_ = 0;
  ++layouts_;
}

double CandidateIndex::RememberedKilometres(uint16_t area, uint16_t other) const {
  const size_t areas = codes_->areas().size();
  std::vector<std::vector<double>>& known = *kilometres_;
  if (known.size() <= area) known.resize(areas);
  if (known[area].size() <= other) {
    if (areas * areas > kMostRemembered) {
      for (std::vector<double>& others : known) others = {};
    }
    known[area].resize(areas, kNotCounted);
  }
  double& kilometres = known[area][other];
  if (std::isnan(kilometres)) kilometres = distance_(codes_->areas()[area], codes_->areas()[other]);
  return kilometres;
}

bool CandidateIndex::Suits(Index mentee, Index mentor, uint16_t* points) const {
  const PackedScore& score = ScoreOf(mentees_[mentee], mentors_[mentor]);
  return Suits(score, score.Prepare(mentees_[mentee]), mentee, mentor, points);
}

bool CandidateIndex::Suits(const PackedScore& score, const Seeker& seeker, Index mentee,
                           Index mentor, uint16_t* points) const {
  const PackedProfile& other = mentors_[mentor];
  const Offer offer = OfferOf(other);
  if (seeker.person == other.person || !MayMeet(seeker, offer)) return false;
  const uint16_t occupation = score.OccupationUnits(seeker.unit_group, other.unit_group);
  const uint16_t besides = BesidesUnits(score, mentees_[mentee], other);
  const int found = PointsOf(PairUnits(seeker, offer, occupation, besides));
  if (found < least_points_ || Barred(mentee, mentor)) return false;
  *points = static_cast<uint16_t>(found);
  return true;
}

// Where either side has lessons, occupation rules nobody out beforehand: it weighs otherwise.
std::vector<Scored> CandidateIndex::ColumnReaching(Index mentor,
                                                   std::span<const uint16_t> need) const {
  const PackedScore& plain = scores_.Of(kNoLessons, kNoLessons);
  const bool learnt = mentors_[mentor].lessons != kNoLessons;
  std::array<uint32_t, kUnitGroupCount + 1> occupation = {};
  for (UnitGroup group = 0; group <= kUnitGroupCount; ++group) {
    occupation[group] = plain.OccupationUnits(group, mentors_[mentor].unit_group);
  }
  std::vector<Scored> column;
  for (Index mentee = 0; mentee < need.size(); ++mentee) {
    const bool rules = !learnt && mentees_[mentee].lessons == kNoLessons;
    if (rules && most_[mentee] + occupation[mentees_[mentee].unit_group] < need[mentee]) continue;
    if (need[mentee] == kNeverReached) continue;
    uint16_t points = 0;
    if (!Suits(mentee, mentor, &points)) continue;
    if (points >= PointsOf(need[mentee])) column.push_back({mentee, points});
  }
  return column;
}

}  // namespace tremplin::matching::engine
