#include "tests/bench/matching/candidates_bench.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <numeric>
#include <random>
#include <string_view>
#include <utility>

#include "services/matching/engine/candidates.h"
#include "services/matching/engine/groups.h"

namespace tremplin::bench {
namespace {

using matching::engine::CandidateIndex;
using matching::engine::Candidates;
using matching::engine::Index;
using matching::engine::Policy;
using matching::engine::Pool;
using matching::engine::Profile;
using matching::engine::ScanPath;
using matching::engine::Search;

constexpr int kAreas = 150;
constexpr double kSquareKilometres = 120;
constexpr double kZipf = 0.9;

class Drawing {
 public:
  explicit Drawing(uint64_t seed) : random_(seed), order_(matching::engine::kUnitGroupCount) {
    std::iota(order_.begin(), order_.end(), uint16_t{0});
    for (size_t i = order_.size() - 1; i > 0; --i) {
      std::swap(order_[i], order_[Below(static_cast<int>(i) + 1)]);
    }
    double sum = 0;
    for (size_t rank = 0; rank < order_.size(); ++rank) {
      sum += 1 / std::pow(static_cast<double>(rank + 1), kZipf);
      sums_.push_back(sum);
    }
  }

  size_t Below(int below) { return random_() % static_cast<uint64_t>(below); }

  Profile Person() {
    Profile profile;
    const double at = static_cast<double>(random_() >> 11) * 0x1p-53 * sums_.back();
    const auto rank =
        static_cast<size_t>(std::lower_bound(sums_.begin(), sums_.end(), at) - sums_.begin());
    profile.noc = matching::engine::UnitGroupCode(order_[std::min(rank, order_.size() - 1)]);
    profile.naics = Industry(profile.noc);
    const size_t language = Below(100);
    if (language < 90) profile.languages.emplace_back("en");
    if (language >= 75) profile.languages.emplace_back("fr");
    // The lesser of two draws: more people where the numbers are small.
    profile.fsa = "A" + std::to_string(100 + std::min(Below(kAreas), Below(kAreas)));
    profile.availability = Slots();
    return profile;
  }

 private:
  std::string Industry(const std::string& noc) {
    static const std::vector<std::string> kIndustries = {
        "111", "212", "221", "236", "311", "336", "413", "445", "484", "511",
        "522", "531", "541", "561", "611", "621", "622", "711", "722", "913"};
    const size_t own = static_cast<size_t>(std::atoi(noc.c_str())) % kIndustries.size();
    return kIndustries[Below(3) < 2 ? own : Below(static_cast<int>(kIndustries.size()))];
  }

  std::vector<std::string> Slots() {
    static const std::vector<std::string> kDays = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
    static const std::vector<std::string> kParts = {"morning", "noon", "evening"};
    std::vector<std::string> slots;
    for (size_t left = 3 + Below(3); left > 0; --left) {
      slots.push_back(kDays[Below(7)] + "-" + kParts[Below(3)]);
    }
    std::sort(slots.begin(), slots.end());
    slots.erase(std::unique(slots.begin(), slots.end()), slots.end());
    return slots;
  }

  std::mt19937_64 random_;
  std::vector<uint16_t> order_;
  std::vector<double> sums_;
};

double Seconds(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double BestOf(int times, const std::function<void()>& work) {
  double best = Seconds(work);
  for (int i = 1; i < times; ++i) best = std::min(best, Seconds(work));
  return best;
}

// Every pair scored by a part of the mentees, so that it takes about a second.
double RawRate(const Pool& pool, ScanPath path, int times) {
  Pool part = pool;
  const size_t fit = 1'000'000'000 / pool.mentors.size() / (path == ScanPath::kScalar ? 16 : 1);
  part.mentees.resize(std::min(part.mentees.size(), std::max<size_t>(fit, 1)));
  const auto index = CandidateIndex::Build(part, StructuredPolicy(), StructuredKilometres);
  Search search;
  search.prune = false;
  search.path = path;
  uint64_t scored = 0;
  const double seconds = BestOf(times, [&] { scored = index->All(search).scored; });
  return static_cast<double>(scored) / seconds / 1e6;
}

constexpr double kAimedRate = 60;  // million pairs a second and core
constexpr double kAimedGroupSeconds = 1;

void Measure(int mentees, int mentors, int times, Report* report) {
  const std::string bench = "candidates-" + std::to_string(mentees / 1000) + "k";
  const auto add = [&](const char* what, double value, const char* unit) {
    report->Add({.bench = bench, .what = what, .value = value, .unit = unit});
  };
  const Pool pool = StructuredPool(mentees, mentors, 1);
  const double raw = RawRate(pool, matching::engine::BestScanPath(), times);
  report->Add({.bench = bench,
               .what = "every pair scored, none pruned",
               .value = raw,
               .unit = "M pairs/s",
               .aim = "≥ 60",
               .met = raw >= kAimedRate});
  add("the same without SIMD", RawRate(pool, ScanPath::kScalar, times), "M pairs/s");
  const auto build = [&] {
    return CandidateIndex::Build(pool, StructuredPolicy(), StructuredKilometres);
  };
  const auto index = build();
  add("index built", BestOf(times, [&] { (void)build(); }) * 1e3, "ms");
  Candidates all;
  const double seconds = BestOf(times, [&] { all = index->All({}); });
  add("all candidates, k = 50", seconds, "s");
  add("pruned pairs counted too", static_cast<double>(all.pairs) / seconds / 1e6, "M pairs/s");
  add("pairs scored", 100 * static_cast<double>(all.scored) / static_cast<double>(all.pairs), "%");
  add("index, a person", static_cast<double>(index->Bytes()) / (mentees + mentors), "bytes");
  add("candidates, a mentee", static_cast<double>(all.rows.size() * sizeof(all.rows[0])) / mentees,
      "bytes");
  constexpr int kArrivals = 200;
  const auto each = [&](const std::function<void(int)>& arrives) {
    return Seconds([&] {
             for (int i = 0; i < kArrivals; ++i) arrives(i);
           }) *
           1e6 / kArrivals;
  };
  add("a mentee arrives: their row",
      each([&](int i) { (void)index->Row(static_cast<Index>(i * (mentees / kArrivals)), {}); }),
      "us");
  add("a mentor arrives: their column",
      each([&](int i) { (void)index->Column(static_cast<Index>(i * (mentors / kArrivals))); }),
      "us");
}

// Groups of 8 to 10 mentees with 2 or 3 mentors.
void MeasureGroups(int mentees, int mentors, int times, Report* report) {
  const Pool pool = StructuredPool(mentees, mentors, 2);
  const matching::engine::GroupRules rules;
  absl::StatusOr<matching::engine::Grouping> made;
  const double seconds = BestOf(times, [&] {
    made = matching::engine::MakeGroups(pool, StructuredPolicy(), StructuredKilometres, rules);
  });
  const bool right = matching::engine::CheckGroups(pool, rules, *made).ok();
  const std::string bench = "groups-" + std::to_string(mentees);
  report->Add({.bench = bench,
               .what = right ? "made, hard rules hold" : "made, HARD RULES BROKEN",
               .value = seconds,
               .unit = "s",
               .aim = "≤ 1",
               .met = right && seconds <= kAimedGroupSeconds});
  const auto add = [&](const char* what, double value, const char* unit) {
    report->Add({.bench = bench, .what = what, .value = value, .unit = unit});
  };
  add("groups", static_cast<double>(made->groups.size()), "");
  add("mentees left over", static_cast<double>(made->mentees.size()), "");
  add("cohesion before the search", made->started_cohesion, "of 100");
  add("cohesion", made->cohesion, "of 100");
  add("fit before the search", made->started_fit, "of 100");
  add("fit", made->fit, "of 100");
}

}  // namespace

Pool StructuredPool(int mentees, int mentors, uint64_t seed) {
  Drawing drawing(seed);
  Pool pool;
  pool.today = absl::CivilDay(2026, 3, 2);
  for (int i = 0; i < mentees; ++i) {
    const std::string key = "agency/" + std::to_string(1'000'000 + i);
    pool.mentees.push_back({"enrolments/" + key, "persons/" + key, key, drawing.Person(),
                            pool.today - static_cast<int>(drawing.Below(120))});
  }
  for (int i = 0; i < mentors; ++i) {
    const std::string key = "M" + std::to_string(1'000'000 + i);
    pool.mentors.push_back({"enrolments/" + key, "persons/" + key, key, drawing.Person(),
                            1 + static_cast<int>(drawing.Below(3))});
  }
  return pool;
}

double StructuredKilometres(std::string_view a, std::string_view b) {
  const auto at = [](std::string_view area) {
    // A spiral from the middle: area 100 is the centre.
    const int number = std::atoi(std::string(area.substr(1)).c_str()) - 100;
    const double out = kSquareKilometres / 2 * number / kAreas;
    return std::pair(out * std::cos(number), out * std::sin(number));
  };
  const auto [ax, ay] = at(a);
  const auto [bx, by] = at(b);
  return std::hypot(ax - bx, ay - by);
}

Policy StructuredPolicy() {
  Policy policy;
  policy.weights = {{"occupation", 35},  {"industry", 18}, {"language", 12},
                    {"availability", 8}, {"proximity", 7}, {"waiting", 5}};
  policy.minimum_score = 0.35;
  policy.shared_language_required = true;
  return policy;
}

void MeasureCandidates(Report& report, bool quick) {
  const int times = quick ? 2 : 5;
  Measure(10'000, 7'000, times, &report);
  MeasureGroups(2'700, 800, times, &report);
  if (!quick) Measure(100'000, 70'000, times, &report);
}

}  // namespace tremplin::bench
