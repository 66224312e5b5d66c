#include "tests/bench/matching/instance.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

namespace tremplin::bench {

using matching::engine::Candidate;
using matching::engine::Graph;
using matching::engine::Index;
using matching::engine::Points;

namespace {

constexpr uint16_t kUnits = 516;
constexpr std::array<uint16_t, 5> kGroups = {10, 45, 89, 162, kUnits};
constexpr std::array<int, 6> kLikeness = {0, 25, 45, 65, 85, 100};  // percent, by depth
constexpr uint32_t kNear = 2048;
constexpr uint32_t kAnywhere = 64;
constexpr int kCentres = 6;

Points DistancePoints(float x, float y) {
  const float squared = x * x + y * y;
  if (squared < 5 * 5) return 1200;
  if (squared < 10 * 10) return 900;
  if (squared < 20 * 20) return 600;
  if (squared < 40 * 40) return 300;
  return 0;
}

}  // namespace

Instance::Instance(Index mentees, Index mentors, uint64_t seed, uint32_t candidates)
    : candidates_(candidates), random_(seed) {
  // Groups of a depth are runs of units of random lengths; each run lies within one of the depth
  // above, because its borders are among those below.
  std::vector<uint16_t> borders(kUnits - 1);
  std::iota(borders.begin(), borders.end(), uint16_t{1});
  std::shuffle(borders.begin(), borders.end(), random_);
  for (int depth = 0; depth < kDepths; ++depth) {
    std::vector<uint16_t>& group = group_[static_cast<size_t>(depth)];
    group.assign(kUnits, 0);
    for (int i = 0; i + 1 < kGroups[static_cast<size_t>(depth)]; ++i) {
      ++group[borders[static_cast<size_t>(i)]];
    }
    std::partial_sum(group.begin(), group.end(), group.begin());
  }
  by_popularity_.resize(kUnits);
  std::iota(by_popularity_.begin(), by_popularity_.end(), uint16_t{0});
  std::shuffle(by_popularity_.begin(), by_popularity_.end(), random_);
  elsewhere_ = by_popularity_;
  std::shuffle(elsewhere_.begin(), elsewhere_.end(), random_);
  for (int rank = 1; rank <= kUnits; ++rank) zipf_.push_back(1.0 / rank);
  std::partial_sum(zipf_.begin(), zipf_.end(), zipf_.begin());
  for (int unit = 0; unit < kUnits; ++unit) {
    unit_industry_.push_back(static_cast<uint16_t>(random_() % 20));
  }
  for (Index i = 0; i < mentees; ++i) mentees_.push_back(MakeMentee());
  for (Index j = 0; j < mentors; ++j) mentors_.push_back(MakeMentor());
  mentees_by_unit_ = Sorted(mentees_, &mentees_begin_);
  mentors_by_unit_ = Sorted(mentors_, &mentors_begin_);
}

Person Instance::MakePerson(bool elsewhere) {
  const auto uniform = [this] { return std::uniform_real_distribution<double>()(random_); };
  Person person;
  const auto rank = std::lower_bound(zipf_.begin(), zipf_.end(), uniform() * zipf_.back());
  person.unit =
      (elsewhere ? elsewhere_ : by_popularity_)[static_cast<size_t>(rank - zipf_.begin())];
  person.industry =
      uniform() < 2.0 / 3 ? unit_industry_[person.unit] : static_cast<uint16_t>(random_() % 20);
  while ((person.languages & 3) == 0) {
    if (uniform() < 0.85) person.languages |= 1;
    if (uniform() < 0.30) person.languages |= 2;
  }
  for (int language = 2; language < 10; ++language) {
    const int bit = uniform() < 0.06 ? 1 << language : 0;
    person.languages = static_cast<uint16_t>(person.languages | bit);
  }
  const int slots = 3 + static_cast<int>(random_() % 4);
  while (std::popcount(person.slots) < slots) {
    person.slots = static_cast<uint16_t>(person.slots | 1 << random_() % 15);
  }
  const auto centre = static_cast<int>(random_() % kCentres);
  std::normal_distribution<float> around(0, 6);
  person.x_km = static_cast<float>(10 + 20 * (centre % 3)) + around(random_);
  person.y_km = (centre < 3 ? 15.0F : 45.0F) + around(random_);
  return person;
}

int32_t Instance::MakeCapacity() {
  const auto percent = random_() % 100;
  return percent < 60 ? 1 : percent < 85 ? 2 : 3;
}

int Instance::Depth(uint16_t a, uint16_t b) const {
  int depth = 0;
  while (depth < kDepths &&
         group_[static_cast<size_t>(depth)][a] == group_[static_cast<size_t>(depth)][b]) {
    ++depth;
  }
  return depth;
}

Points Instance::Score(const Person& mentee, const Person& mentor) const {
  const auto languages = static_cast<uint16_t>(mentee.languages & mentor.languages);
  const auto slots = static_cast<uint16_t>(mentee.slots & mentor.slots);
  if (languages == 0 || slots == 0) return 0;
  return 45 * kLikeness[static_cast<size_t>(Depth(mentee.unit, mentor.unit))] +
         (mentee.industry == mentor.industry ? 1800 : 0) +
         (std::popcount(languages) > 1 ? 1200 : 0) + 325 * std::min(4, std::popcount(slots)) +
         DistancePoints(mentee.x_km - mentor.x_km, mentee.y_km - mentor.y_km);
}

Instance::ByUnit Instance::Sorted(const std::vector<Person>& people, std::vector<uint32_t>* begin) {
  begin->assign(kUnits + 1, 0);
  for (const Person& person : people) ++(*begin)[person.unit + 1];
  std::partial_sum(begin->begin(), begin->end(), begin->begin());
  std::vector<uint32_t> at = *begin;
  ByUnit sorted(people.size());
  for (Index i = 0; i < people.size(); ++i) sorted[at[people[i].unit]++] = i;
  return sorted;
}

std::vector<Index> Instance::Near(uint16_t unit, const ByUnit& people,
                                  const std::vector<uint32_t>& begin, uint32_t count) {
  std::vector<Index> near;
  if (people.empty()) return near;
  uint16_t done_from = unit;  // units done so far: a run around the person's own
  uint16_t done_to = unit;
  for (int depth = kDepths - 1; depth >= -1 && near.size() < count; --depth) {
    uint16_t from = 0;
    uint16_t to = kUnits;
    if (depth >= 0) {
      const std::vector<uint16_t>& group = group_[static_cast<size_t>(depth)];
      const auto run = std::equal_range(group.begin(), group.end(), group[unit]);
      from = static_cast<uint16_t>(run.first - group.begin());
      to = static_cast<uint16_t>(run.second - group.begin());
    }
    // What this group adds: the people left and right of those done.
    const uint32_t left = begin[done_from] - begin[from];
    const uint32_t all = left + begin[to] - begin[done_to];
    const uint32_t take = std::min(all, count - static_cast<uint32_t>(near.size()));
    const uint32_t start = all == 0 ? 0 : static_cast<uint32_t>(random_() % all);
    for (uint32_t i = 0; i < take; ++i) {
      const uint32_t at = (start + i) % all;
      near.push_back(people[at < left ? begin[from] + at : begin[done_to] + at - left]);
    }
    done_from = from;
    done_to = to;
  }
  for (uint32_t i = 0; i < kAnywhere; ++i) near.push_back(people[random_() % people.size()]);
  std::sort(near.begin(), near.end());
  near.erase(std::unique(near.begin(), near.end()), near.end());
  return near;
}

std::vector<Candidate> Instance::CandidatesOf(const Person& mentee) {
  std::vector<Candidate> best;
  for (const Index j : Near(mentee.unit, mentors_by_unit_, mentors_begin_, kNear)) {
    const Points points = Score(mentee, mentors_[j]);
    if (points > 0) best.push_back({j, points});
  }
  // Among equals those after a random mentor, so that not everybody names the same.
  const Index first = static_cast<Index>(random_() % std::max<size_t>(1, mentors_.size()));
  const auto better = [first](const Candidate& a, const Candidate& b) {
    return a.points != b.points ? a.points > b.points : a.mentor - first < b.mentor - first;
  };
  if (best.size() > candidates_) {
    std::nth_element(best.begin(), best.begin() + candidates_, best.end(), better);
    best.resize(candidates_);
  }
  std::sort(best.begin(), best.end(), [](const Candidate& a, const Candidate& b) {
    return a.points != b.points ? a.points > b.points : a.mentor < b.mentor;
  });
  return best;
}

std::vector<matching::engine::Assignment::Wish> Instance::WishesFor(const Person& mentor) {
  std::vector<matching::engine::Assignment::Wish> wishes;
  for (const Index i : Near(mentor.unit, mentees_by_unit_, mentees_begin_, kNear)) {
    const Points points = Score(mentees_[i], mentor);
    if (points > 0) wishes.push_back({i, points});
  }
  const size_t usual = candidates_ * mentees_.size() / std::max<size_t>(1, mentors_.size());
  if (wishes.size() > usual) {
    std::nth_element(wishes.begin(), wishes.begin() + static_cast<std::ptrdiff_t>(usual),
                     wishes.end(), [](const auto& a, const auto& b) {
                       return a.points != b.points ? a.points > b.points : a.mentee < b.mentee;
                     });
    wishes.resize(usual);
  }
  return wishes;
}

Graph Instance::MakeGraph() {
  Graph graph;
  graph.candidates.reserve(mentees_.size() * candidates_);
  for (const Person& mentee : mentees_) {
    const std::vector<Candidate> row = CandidatesOf(mentee);
    graph.candidates.insert(graph.candidates.end(), row.begin(), row.end());
    graph.begin.push_back(static_cast<uint32_t>(graph.candidates.size()));
  }
  graph.priority.resize(mentees_.size());
  std::iota(graph.priority.begin(), graph.priority.end(), 1);
  std::shuffle(graph.priority.begin(), graph.priority.end(), random_);
  for (size_t j = 0; j < mentors_.size(); ++j) graph.capacity.push_back(MakeCapacity());
  return graph;
}

}  // namespace tremplin::bench
