#include "services/matching/engine/groups.h"

#include <algorithm>
#include <array>
#include <bit>
#include <functional>
#include <map>
#include <tuple>
#include <utility>

#include "services/matching/engine/candidates.h"
#include "services/matching/engine/likeness.h"

namespace tremplin::matching::engine {
namespace {

constexpr size_t kSlots = Codes::kMostSlots;
constexpr size_t kLanguages = Codes::kMostLanguages;
constexpr size_t kCells = kSlots * kLanguages;  // a language and a slot
constexpr int16_t kNever = -1;

// SplitMix64 (Steele, Lea, Flood 2014): the same numbers with every standard library.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  size_t Below(size_t below) {
    uint64_t z = (state_ += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return static_cast<size_t>((z ^ (z >> 31)) % below);
  }

 private:
  uint64_t state_;
};

struct Draft {
  std::vector<Index> mentees;
  std::vector<Index> mentors;
  uint16_t language = 0;  // one bit
  uint32_t slot = 0;      // one bit
};

bool Fits(const PackedProfile& person, uint16_t language, uint32_t slot) {
  return (person.languages & language) != 0 && (person.slots & slot) != 0;
}

int CellsOf(const PackedProfile& person) {
  return std::popcount(person.languages) * std::popcount(person.slots);
}

template <typename Each>
void ForEachCell(const PackedProfile& person, Each each) {
  for (uint32_t slots = person.slots; slots != 0; slots &= slots - 1) {
    for (unsigned languages = person.languages; languages != 0; languages &= languages - 1) {
      each(static_cast<size_t>(std::countr_zero(slots)) * kLanguages +
           static_cast<size_t>(std::countr_zero(languages)));
    }
  }
}

class Maker {
 public:
  Maker(const Pool& pool, const CandidateIndex& index, const GroupRules& rules)
      : pool_(pool), index_(index), rules_(rules), random_(rules.seed) {
    mentee_in_.assign(index.mentees(), false);
    mentor_in_.assign(index.mentors(), false);
    CountFits();
    CountCells();
    all_at_start_ = mentees_at_;
    mentors_at_start_ = mentors_at_;
  }

  Grouping Make() {
    for (size_t cell = ScarcestCell(); cell < kCells; cell = ScarcestCell()) StartGroup(cell);
    AddLeftOvers();
    Grouping grouping;
    std::tie(grouping.started_cohesion, grouping.started_fit) = Means();
    Improve();
    std::tie(grouping.cohesion, grouping.fit) = Means();
    for (const Draft& draft : drafts_) grouping.groups.push_back(GroupOf(draft));
    AddReasons(&grouping);
    return grouping;
  }

 private:
  int Fit(Index mentee, Index mentor) const {
    return fit_[size_t{mentee} * index_.mentors() + mentor];
  }
  int16_t& FitAt(Index mentee, Index mentor) {
    return fit_[size_t{mentee} * index_.mentors() + mentor];
  }
  int Alike(Index a, Index b) const {
    const UnitGroup one = index_.mentee(a).unit_group;
    const UnitGroup other = index_.mentee(b).unit_group;
    return Likeness(one, other) + Likeness(other, one);
  }

  void CountFits() {
    fit_.assign(size_t{index_.mentees()} * index_.mentors(), 0);
    std::map<uint32_t, Index> mentee_of;
    for (Index mentee = 0; mentee < index_.mentees(); ++mentee) {
      mentee_of[index_.mentee(mentee).person] = mentee;
    }
    for (Index mentor = 0; mentor < index_.mentors(); ++mentor) {
      for (const Scored& one : index_.Column(mentor)) {
        FitAt(one.other, mentor) = static_cast<int16_t>(one.points);
      }
      const auto self = mentee_of.find(index_.mentor(mentor).person);
      if (self != mentee_of.end()) FitAt(self->second, mentor) = kNever;
      for (Index mentee = 0; mentee < index_.mentees(); ++mentee) {
        const bool lacks = (index_.mentee(mentee).required & ~index_.mentor(mentor).wishes) != 0;
        if (lacks) FitAt(mentee, mentor) = kNever;
      }
    }
    for (const auto& [mentee, mentor] : index_.barred()) FitAt(mentee, mentor) = kNever;
  }

  void CountCells() {
    for (Index i = 0; i < index_.mentees(); ++i) {
      ForEachCell(index_.mentee(i), [&](size_t cell) { ++mentees_at_[cell]; });
    }
    for (Index i = 0; i < index_.mentors(); ++i) {
      if (index_.mentor(i).free <= 0) continue;
      ForEachCell(index_.mentor(i), [&](size_t cell) { ++mentors_at_[cell]; });
    }
  }

  int GroupsAt(size_t cell) const {
    return std::min(mentees_at_[cell] / rules_.least_mentees,
                    mentors_at_[cell] / rules_.least_mentors);
  }

  // Where fewest groups can still be made, at least one: waiting would lose it. kCells when none.
  size_t ScarcestCell() const {
    size_t scarcest = kCells;
    for (size_t cell = 0; cell < kCells; ++cell) {
      if (spent_[cell] || GroupsAt(cell) == 0) continue;
      const auto order = [&](size_t at) { return std::tuple(GroupsAt(at), mentees_at_[at], at); };
      if (scarcest == kCells || order(cell) < order(scarcest)) scarcest = cell;
    }
    return scarcest;
  }

  void TakeMentee(Index mentee, Draft* draft) {
    mentee_in_[mentee] = true;
    draft->mentees.push_back(mentee);
    ForEachCell(index_.mentee(mentee), [&](size_t cell) { --mentees_at_[cell]; });
  }
  void TakeMentor(Index mentor, Draft* draft) {
    mentor_in_[mentor] = true;
    draft->mentors.push_back(mentor);
    ForEachCell(index_.mentor(mentor), [&](size_t cell) { --mentors_at_[cell]; });
  }

  bool MayJoin(Index mentee, const Draft& draft) const {
    return Fits(index_.mentee(mentee), draft.language, draft.slot) &&
           std::none_of(draft.mentors.begin(), draft.mentors.end(),
                        [&](Index mentor) { return Fit(mentee, mentor) == kNever; });
  }
  bool MayLead(Index mentor, const Draft& draft) const {
    return Fits(index_.mentor(mentor), draft.language, draft.slot) &&
           std::none_of(draft.mentees.begin(), draft.mentees.end(),
                        [&](Index mentee) { return Fit(mentee, mentor) == kNever; });
  }
  int64_t FitOf(Index mentor, const Draft& draft) const {
    int64_t sum = 0;
    for (const Index mentee : draft.mentees) sum += Fit(mentee, mentor);
    return sum;
  }

  void StartGroup(size_t cell) {
    Draft draft;
    draft.slot = uint32_t{1} << (cell / kLanguages);
    draft.language = static_cast<uint16_t>(1u << (cell % kLanguages));
    const int size = std::min(rules_.most_mentees, mentees_at_[cell] / GroupsAt(cell));
    const std::vector<Index> mentees = MenteesToStart(draft, size);
    for (const Index mentee : mentees) draft.mentees.push_back(mentee);
    std::vector<std::pair<int64_t, Index>> mentors;
    for (Index i = 0; i < index_.mentors(); ++i) {
      if (mentor_in_[i] || index_.mentor(i).free <= 0 || !MayLead(i, draft)) continue;
      mentors.emplace_back(-FitOf(i, draft), i);
    }
    draft.mentees.clear();
    const auto least = static_cast<size_t>(rules_.least_mentors);
    if (mentors.size() < least) {
      // Barred pairs stand in the way of these; the cell is not asked again.
      spent_[cell] = true;
      return;
    }
    std::sort(mentors.begin(), mentors.end());
    for (const Index mentee : mentees) TakeMentee(mentee, &draft);
    for (size_t i = 0; i < least; ++i) TakeMentor(mentors[i].second, &draft);
    drafts_.push_back(std::move(draft));
  }

  // Those most alike to the one with the fewest choices.
  std::vector<Index> MenteesToStart(const Draft& draft, int size) const {
    std::vector<Index> there;
    for (Index i = 0; i < index_.mentees(); ++i) {
      if (!mentee_in_[i] && Fits(index_.mentee(i), draft.language, draft.slot)) there.push_back(i);
    }
    const Index first = *std::min_element(there.begin(), there.end(), [&](Index a, Index b) {
      return CellsOf(index_.mentee(a)) < CellsOf(index_.mentee(b));
    });
    std::stable_sort(there.begin(), there.end(), [&](Index a, Index b) {
      return std::pair(a != first, -Alike(a, first)) < std::pair(b != first, -Alike(b, first));
    });
    there.resize(static_cast<size_t>(size));
    return there;
  }

  void AddLeftOvers() {
    for (Index mentee = 0; mentee < index_.mentees(); ++mentee) {
      if (mentee_in_[mentee]) continue;
      Draft* best = nullptr;
      for (Draft& draft : drafts_) {
        if (draft.mentees.size() >= static_cast<size_t>(rules_.most_mentees)) continue;
        if (!MayJoin(mentee, draft)) continue;
        if (best == nullptr || MeanAlike(mentee, draft) > MeanAlike(mentee, *best)) best = &draft;
      }
      if (best != nullptr) TakeMentee(mentee, best);
    }
    for (Index mentor = 0; mentor < index_.mentors(); ++mentor) {
      if (mentor_in_[mentor] || index_.mentor(mentor).free <= 0) continue;
      Draft* best = nullptr;
      for (Draft& draft : drafts_) {
        if (draft.mentors.size() >= static_cast<size_t>(rules_.most_mentors)) continue;
        if (!MayLead(mentor, draft)) continue;
        if (best == nullptr || FitOf(mentor, draft) > FitOf(mentor, *best)) best = &draft;
      }
      if (best != nullptr) TakeMentor(mentor, best);
    }
  }

  double MeanAlike(Index mentee, const Draft& draft) const {
    double sum = 0;
    for (const Index other : draft.mentees) sum += Alike(mentee, other);
    return sum / static_cast<double>(draft.mentees.size());
  }

  double CohesionOf(const Draft& draft) const {
    double sum = 0;
    for (size_t i = 0; i < draft.mentees.size(); ++i) {
      for (size_t j = 0; j < i; ++j) sum += Alike(draft.mentees[i], draft.mentees[j]);
    }
    const auto n = static_cast<double>(draft.mentees.size());
    return sum / (n * (n - 1));  // of n (n - 1) / 2 pairs, each counted in both directions
  }
  double FitOf(const Draft& draft) const {
    double sum = 0;
    for (const Index mentor : draft.mentors) sum += static_cast<double>(FitOf(mentor, draft));
    return sum / static_cast<double>(draft.mentees.size() * draft.mentors.size()) / 100;
  }
  double WorthOf(const Draft& draft) const {
    return rules_.cohesion * CohesionOf(draft) + rules_.fit * FitOf(draft);
  }

  std::pair<double, double> Means() const {
    double cohesion = 0;
    double fit = 0;
    for (const Draft& draft : drafts_) {
      cohesion += CohesionOf(draft);
      fit += FitOf(draft);
    }
    const auto n = static_cast<double>(std::max<size_t>(drafts_.size(), 1));
    return {cohesion / n, fit / n};
  }

  void Improve() {
    if (drafts_.size() < 2) return;
    for (const Draft& draft : drafts_) worth_.push_back(WorthOf(draft));
    const uint64_t tries =
        uint64_t{index_.mentees()} * static_cast<uint64_t>(std::max(0, rules_.tries_per_mentee));
    for (uint64_t i = 0; i < tries; ++i) {
      const size_t a = random_.Below(drafts_.size());
      const size_t b = random_.Below(drafts_.size());
      if (a == b) continue;
      const size_t kind = random_.Below(10);
      if (kind == 0) {
        TryMove(a, b);
      } else if (kind < 3) {
        TryExchange(a, b, &Draft::mentors, &Maker::MayLead);
      } else {
        TryExchange(a, b, &Draft::mentees, &Maker::MayJoin);
      }
    }
  }

  // Two people change places; back again when the two groups are the worse for it.
  void TryExchange(size_t a, size_t b, std::vector<Index> Draft::*side,
                   bool (Maker::*may)(Index, const Draft&) const) {
    std::vector<Index>& from = drafts_[a].*side;
    std::vector<Index>& to = drafts_[b].*side;
    Index& one = from[random_.Below(from.size())];
    Index& other = to[random_.Below(to.size())];
    if (!(this->*may)(one, drafts_[b]) || !(this->*may)(other, drafts_[a])) return;
    std::swap(one, other);
    if (!Keep(a, b)) std::swap(one, other);
  }

  void TryMove(size_t a, size_t b) {
    std::vector<Index>& from = drafts_[a].mentees;
    std::vector<Index>& to = drafts_[b].mentees;
    if (from.size() <= static_cast<size_t>(rules_.least_mentees)) return;
    if (to.size() >= static_cast<size_t>(rules_.most_mentees)) return;
    const size_t at = random_.Below(from.size());
    if (!MayJoin(from[at], drafts_[b])) return;
    std::swap(from[at], from.back());
    to.push_back(from.back());
    from.pop_back();
    if (Keep(a, b)) return;
    from.push_back(to.back());
    to.pop_back();
    std::swap(from[at], from.back());
  }

  bool Keep(size_t a, size_t b) {
    const double at_a = WorthOf(drafts_[a]);
    const double at_b = WorthOf(drafts_[b]);
    if (at_a + at_b < worth_[a] + worth_[b]) return false;
    worth_[a] = at_a;
    worth_[b] = at_b;
    return true;
  }

  Group GroupOf(const Draft& draft) const {
    Group group;
    const auto in_order = [](std::vector<Index> people) {
      std::sort(people.begin(), people.end());
      return people;
    };
    for (const Index one : in_order(draft.mentees)) {
      group.mentees.push_back(index_.MenteeInPool(one));
    }
    for (const Index one : in_order(draft.mentors)) {
      group.mentors.push_back(index_.MentorInPool(one));
    }
    // Bits mean nothing outside: the first code by name that everybody has.
    group.language = FirstCommon(group, &Profile::languages);
    group.slot = FirstCommon(group, &Profile::availability);
    return group;
  }

  std::string FirstCommon(const Group& group, std::vector<std::string> Profile::*list) const {
    for (const std::string& code : pool_.mentees[group.mentees[0]].profile.*list) {
      const auto has = [&](const Profile& profile) {
        return std::find((profile.*list).begin(), (profile.*list).end(), code) !=
               (profile.*list).end();
      };
      if (std::all_of(group.mentees.begin(), group.mentees.end(),
                      [&](size_t at) { return has(pool_.mentees[at].profile); }) &&
          std::all_of(group.mentors.begin(), group.mentors.end(),
                      [&](size_t at) { return has(pool_.mentors[at].profile); })) {
        return code;
      }
    }
    return "";
  }

  LeftOut ReasonOf(const PackedProfile& person, const std::array<int, kCells>& others) const {
    if (CellsOf(person) == 0) return LeftOut::kNotGiven;
    bool anybody = false;
    bool enough = false;
    ForEachCell(person, [&](size_t cell) {
      anybody = anybody || others[cell] > 0;
      enough = enough || (all_at_start_[cell] >= rules_.least_mentees &&
                          mentors_at_start_[cell] >= rules_.least_mentors);
    });
    if (!anybody) return LeftOut::kNobodyToMeet;
    return enough ? LeftOut::kGroupsFull : LeftOut::kTooFew;
  }

  void AddReasons(Grouping* grouping) const {
    for (Index i = 0; i < index_.mentees(); ++i) {
      if (mentee_in_[i]) continue;
      grouping->mentees.push_back(
          {index_.MenteeInPool(i), ReasonOf(index_.mentee(i), mentors_at_start_)});
    }
    for (Index i = 0; i < index_.mentors(); ++i) {
      if (mentor_in_[i]) continue;
      const LeftOut reason = index_.mentor(i).free <= 0 ? LeftOut::kNoPlace
                                                        : ReasonOf(index_.mentor(i), all_at_start_);
      grouping->mentors.push_back({index_.MentorInPool(i), reason});
    }
  }

  const Pool& pool_;
  const CandidateIndex& index_;
  GroupRules rules_;
  Random random_;
  std::vector<int16_t> fit_;  // points by mentee and mentor, 0 below the least score, or kNever
  std::vector<bool> mentee_in_;
  std::vector<bool> mentor_in_;
  std::array<int, kCells> mentees_at_ = {};  // not yet in a group
  std::array<int, kCells> mentors_at_ = {};
  std::array<int, kCells> all_at_start_ = {};
  std::array<int, kCells> mentors_at_start_ = {};
  std::array<bool, kCells> spent_ = {};
  std::vector<Draft> drafts_;
  std::vector<double> worth_;  // by draft
};

}  // namespace

absl::StatusOr<Grouping> MakeGroups(const Pool& pool, const Policy& policy,
                                    const Distance& distance, const GroupRules& rules) {
  if (rules.least_mentees < 2 || rules.least_mentors < 1 ||
      rules.most_mentees < rules.least_mentees || rules.most_mentors < rules.least_mentors) {
    return absl::InvalidArgumentError("group bounds cross");
  }
  const absl::StatusOr<CandidateIndex> index = CandidateIndex::Build(pool, policy, distance);
  if (!index.ok()) return index.status();
  return Maker(pool, *index, rules).Make();
}

}  // namespace tremplin::matching::engine
