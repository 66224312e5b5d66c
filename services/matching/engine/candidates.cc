#include "services/matching/engine/candidates.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <functional>
#include <numeric>
#include <string>
#include <tuple>
#include <unordered_map>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace tremplin::matching::engine {
namespace {

// A unit group of more mentors is laid out by sector, so that a bound knows the industry too.
constexpr size_t kSplitFrom = 64;
constexpr int kMostDays = 255;
constexpr int kMostBonus = 50;  // points a day

template <typename Person>
absl::StatusOr<std::vector<uint32_t>> OrderOfKeys(const std::vector<Person>& people) {
  std::vector<uint32_t> order(people.size());
  std::iota(order.begin(), order.end(), 0u);
  std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
    return people[a].business_key < people[b].business_key;
  });
  for (size_t i = 1; i < order.size(); ++i) {
    if (people[order[i - 1]].business_key == people[order[i]].business_key) {
      return absl::InvalidArgumentError(
          absl::StrCat("business key twice: ", people[order[i]].business_key));
    }
  }
  return order;
}

template <typename Person>
std::unordered_map<std::string_view, Index> ByEnrolment(const std::vector<Person>& people,
                                                        const std::vector<uint32_t>& order) {
  std::unordered_map<std::string_view, Index> by_enrolment;
  for (Index at = 0; at < order.size(); ++at) by_enrolment[people[order[at]].enrolment] = at;
  return by_enrolment;
}

}  // namespace

CandidateIndex::CandidateIndex(const Policy& policy, absl::CivilDay today, Distance distance)
    : scores_(policy, today),
      distance_(std::move(distance)),
      // A hair less, so that a minimum such as .3 is not above 3,000 points by its representation.
      least_points_(static_cast<int>(std::ceil(policy.minimum_score * kFullPoints - 1e-6))),
      today_(static_cast<int32_t>(today - absl::CivilDay(1970, 1, 1))) {
  codes_->SetFurther(FurtherCriteria(policy));
}

CandidateIndex::CandidateIndex(RulesOf rules)
    : scores_(rules.whole.scores_),
      distance_(rules.whole.distance_),
      least_points_(rules.whole.least_points_),
      today_(rules.whole.today_),
      codes_(rules.whole.codes_) {}

absl::StatusOr<CandidateIndex> CandidateIndex::Build(const Pool& pool, const Policy& policy,
                                                     Distance distance) {
  for (const Weight& weight : policy.weights) {
    if (weight.weight < 0) {
      return absl::InvalidArgumentError(absl::StrCat("negative weight: ", weight.criterion));
    }
  }
  CandidateIndex index(policy, pool.today, std::move(distance));
  if (absl::Status status = index.Pack(pool); !status.ok()) return status;
  index.LayOut();
  return index;
}

absl::Status CandidateIndex::Pack(const Pool& pool) {
  auto mentees = OrderOfKeys(pool.mentees);
  if (!mentees.ok()) return mentees.status();
  auto mentors = OrderOfKeys(pool.mentors);
  if (!mentors.ok()) return mentors.status();
  mentee_order_ = *std::move(mentees);
  mentor_order_ = *std::move(mentors);
  mentees_.reserve(mentee_order_.size());
  mentors_.reserve(mentor_order_.size());
  for (const uint32_t at : mentee_order_) {
    absl::StatusOr<PackedProfile> packed = codes_->Pack(pool.mentees[at]);
    if (!packed.ok()) return packed.status();
    mentees_.push_back(*packed);
    scores_.MeetMentee(packed->lessons);
  }
  for (const uint32_t at : mentor_order_) {
    absl::StatusOr<PackedProfile> packed = codes_->Pack(pool.mentors[at]);
    if (!packed.ok()) return packed.status();
    mentors_.push_back(*packed);
    scores_.MeetMentor(packed->lessons);
  }
  if (pool.barred.empty()) return absl::OkStatus();
  const auto mentee_at = ByEnrolment(pool.mentees, mentee_order_);
  const auto mentor_at = ByEnrolment(pool.mentors, mentor_order_);
  for (const auto& [mentee, mentor] : pool.barred) {
    const auto one = mentee_at.find(mentee);
    const auto other = mentor_at.find(mentor);
    if (one == mentee_at.end() || other == mentor_at.end()) continue;  // not in the pool now
    barred_.emplace_back(one->second, other->second);
  }
  std::sort(barred_.begin(), barred_.end());
  return absl::OkStatus();
}

void CandidateIndex::LayOut() {
  std::array<size_t, kUnitGroupCount + 1> size = {};
  for (const PackedProfile& mentor : mentors_) ++size[mentor.unit_group];
  // A sector only parts lanes where it will be a block of its own.
  const auto place = [&](Index mentor) {
    const PackedProfile& profile = mentors_[mentor];
    const bool split = size[profile.unit_group] >= kSplitFrom;
    return std::tuple(profile.lessons, profile.unit_group, split ? profile.sector : 0, mentor);
  };
  lane_mentor_.resize(mentors_.size());
  std::iota(lane_mentor_.begin(), lane_mentor_.end(), Index{0});
  std::erase_if(lane_mentor_, [&](Index mentor) { return mentors_[mentor].person == kNoPerson; });
  std::sort(lane_mentor_.begin(), lane_mentor_.end(),
            [&](Index a, Index b) { return place(a) < place(b); });
  columns_.Resize(mentors_.size());
  lane_area_.resize(mentors_.size());
  lane_further_.resize(mentors_.size());
  for (size_t lane = 0; lane < lane_mentor_.size(); ++lane) {
    const PackedProfile& mentor = mentors_[lane_mentor_[lane]];
    columns_.Put(lane, OfferOf(mentor));
    lane_area_[lane] = mentor.area;
    lane_further_[lane] = mentor.further;
    AddBlock(mentor, size[mentor.unit_group] >= kSplitFrom, static_cast<uint32_t>(lane));
    ++blocks_.back().count;
    classes_.back().end = static_cast<uint32_t>(blocks_.size());
  }
}

// Where the mentor of the lane does not belong to the block before it.
void CandidateIndex::AddBlock(const PackedProfile& mentor, bool split, uint32_t lane) {
  const auto at = static_cast<uint32_t>(blocks_.size());
  const bool other_class = classes_.empty() || classes_.back().lessons != mentor.lessons;
  if (other_class) classes_.push_back({mentor.lessons, at, at});
  const uint16_t sector = split ? mentor.sector : kNoIndustry;
  if (other_class || blocks_.back().unit_group != mentor.unit_group ||
      (split && blocks_.back().sector != sector)) {
    blocks_.push_back({mentor.unit_group, split, sector, lane, 0, lane_mentor_[lane]});
  }
}

CandidateIndex CandidateIndex::Part(std::span<const Index> mentees, std::span<const Index> mentors,
                                    std::span<const int32_t> places) const {
  CandidateIndex part(RulesOf{*this});
  std::vector<Index> mentee_at(mentees_.size(), kNobody);
  std::vector<Index> mentor_at(mentors_.size(), kNobody);
  for (const Index mentee : mentees) {
    mentee_at[mentee] = part.mentees();
    part.mentees_.push_back(mentees_[mentee]);
    if (!follows_) part.mentee_order_.push_back(mentee_order_[mentee]);
  }
  for (size_t i = 0; i < mentors.size(); ++i) {
    mentor_at[mentors[i]] = part.mentors();
    part.mentors_.push_back(mentors_[mentors[i]]);
    part.mentors_.back().free = places[i];
    if (!follows_) part.mentor_order_.push_back(mentor_order_[mentors[i]]);
  }
  for (const auto& [mentee, mentor] : barred_) {
    if (mentee_at[mentee] == kNobody || mentor_at[mentor] == kNobody) continue;
    part.barred_.emplace_back(mentee_at[mentee], mentor_at[mentor]);
  }
  std::sort(part.barred_.begin(), part.barred_.end());
  part.LayOut();
  return part;
}

double CandidateIndex::Kilometres(uint16_t area, uint16_t other) const {
  if (follows_) return RememberedKilometres(area, other);
  return distance_(codes_->areas()[area], codes_->areas()[other]);
}

std::vector<Scored> CandidateIndex::Column(Index mentor) const {
  const PackedProfile& profile = mentors_[mentor];
  const Offer offer = OfferOf(profile);
  std::vector<double> kilometres(codes_->areas().size());
  std::vector<bool> known(codes_->areas().size());
  std::vector<Scored> column;
  for (Index mentee = 0; mentee < mentees_.size(); ++mentee) {
    const PackedScore& score = ScoreOf(mentees_[mentee], profile);
    const Seeker seeker = score.Prepare(mentees_[mentee]);
    if (seeker.person == profile.person || !MayMeet(seeker, offer)) continue;
    if (!known[seeker.area]) {
      known[seeker.area] = true;
      kilometres[seeker.area] = Kilometres(seeker.area, profile.area);
    }
    const uint16_t occupation = score.OccupationUnits(seeker.unit_group, profile.unit_group);
    uint16_t besides = score.ProximityUnits(kilometres[seeker.area]);
    if (score.compares_further()) {
      besides = static_cast<uint16_t>(besides + FurtherUnits(score, mentees_[mentee].further, profile.further));
    }
    const int points = PointsOf(PairUnits(seeker, offer, occupation, besides));
    if (points < least_points_ || Barred(mentee, mentor)) continue;
    column.push_back({mentee, static_cast<uint16_t>(points)});
  }
  return column;
}

int CandidateIndex::Points(Index mentee, Index mentor) const {
  const PackedProfile& other = mentors_[mentor];
  const PackedScore& score = ScoreOf(mentees_[mentee], other);
  const Seeker seeker = score.Prepare(mentees_[mentee]);
  return PointsOf(PairUnits(seeker, OfferOf(other),
                            score.OccupationUnits(seeker.unit_group, other.unit_group),
                            BesidesUnits(score, mentees_[mentee], other)));
}

uint16_t CandidateIndex::BesidesUnits(const PackedScore& score, const PackedProfile& mentee,
                                      const PackedProfile& mentor) const {
  int units = score.ProximityUnits(Kilometres(mentee.area, mentor.area));
  if (score.compares_further()) units += FurtherUnits(score, mentee.further, mentor.further);
  return static_cast<uint16_t>(units);
}

bool CandidateIndex::Barred(Index mentee, Index mentor) const {
  return std::binary_search(barred_.begin(), barred_.end(), std::pair(mentee, mentor));
}

int CandidateIndex::DaysWaited(Index mentee) const {
  return std::max(0, today_ - mentees_[mentee].since_day);
}

size_t CandidateIndex::Bytes() const {
  return sizeof(*this) + (mentees_.size() + mentors_.size()) * (sizeof(PackedProfile) + 4) +
         barred_.size() * sizeof(barred_[0]) + columns_.Bytes() +
         lane_mentor_.size() * (sizeof(Index) + sizeof(uint16_t)) + blocks_.size() * sizeof(Block) +
         codes_->Bytes();
}

Points ObjectivePoints(const Policy& policy, int points, int days_waited) {
  const int bonus = std::clamp(policy.waiting_bonus, 0, kMostBonus);
  return std::max(points, 1) + bonus * std::clamp(days_waited, 0, kMostDays);
}
static_assert(kFullPoints + kMostBonus * kMostDays <= kMaxPoints);

int64_t PointsOf(Worth worth) {
  const int64_t points = (worth + (Worth{1} << (kPriorityBits - 1))) >> kPriorityBits;
  return std::clamp<int64_t>(points, -kMaxPoints, kMaxPoints);
}

Graph MakeGraph(const CandidateIndex& index, const Candidates& candidates, const Policy& policy) {
  Graph graph;
  graph.begin = candidates.begin;
  graph.candidates.reserve(candidates.rows.size());
  for (Index mentee = 0; mentee < index.mentees(); ++mentee) {
    const int days = index.DaysWaited(mentee);
    for (const Scored& one : candidates.Of(mentee)) {
      graph.candidates.push_back({one.other, ObjectivePoints(policy, one.points, days)});
    }
  }
  std::vector<Index> order(index.mentees());
  std::iota(order.begin(), order.end(), Index{0});
  std::stable_sort(order.begin(), order.end(), [&](Index a, Index b) {
    return index.mentee(a).since_day < index.mentee(b).since_day;
  });
  graph.priority.resize(order.size());
  for (size_t at = 0; at < order.size(); ++at) {
    graph.priority[order[at]] = static_cast<Priority>(order.size() - at);
  }
  graph.capacity.reserve(index.mentors());
  for (Index mentor = 0; mentor < index.mentors(); ++mentor) {
    graph.capacity.push_back(std::max(0, index.mentor(mentor).free));
  }
  return graph;
}

}  // namespace tremplin::matching::engine
