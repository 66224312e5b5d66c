#ifndef TREMPLIN_SERVICES_MATCHING_ENGINE_ASSIGNMENT_REGION_H_
#define TREMPLIN_SERVICES_MATCHING_ENGINE_ASSIGNMENT_REGION_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "services/matching/engine/assignment_marks.h"
#include "services/matching/engine/graph.h"

namespace tremplin::matching::engine {

// Finds what canonical.h has to look at again after a change: the mentors who hang together, by
// pairs that are in a cycle, with those of whom something changed.
//
// A pair worth the same to a mentee of one mentor leads from that one to the other. It is in a
// cycle when the two are strongly connected without the node for places that cost nothing, or when
// one of those leads to the first and the second leads to a place left. Both are found from the
// changed mentors outwards, so what is not near them is not looked at. Keeps its memory from one
// search to the next; a copy is independent. Not thread-safe.
class RegionSearch {
 public:
  void Resize(size_t mentors) {
    seeds_.Resize(mentors);
    region_.Resize(mentors);
    exchanging_.Resize(mentors);
    for (Answers* answers : {&to_place_, &from_nothing_}) {
      answers->of.resize(mentors, kNotAsked);
      answers->parent.resize(mentors, kNobody);
    }
    met_.resize(mentors, 0);
    low_.resize(mentors, 0);
    is_open_.resize(mentors, false);
  }

  // `Pairs` tells of the assignment:
  //   ForEachNext(mentor, visit), ForEachBefore(mentor, visit)
  //       visit(other) for each other mentor whom a pair leads to, or from
  //   HasPlaceLeft(mentor), CostsNothing(mentor)
  // Replaces the mentors of whom something changed by those to look at again. Who is in no cycle is
  // not among them: nobody can choose there.
  template <typename Pairs>
  void Find(const Pairs& pairs, std::vector<Index>* seeds) {
    for (const Index seed : *seeds) seeds_.Add(seed);
    for (const Index seed : *seeds) {
      if (MayExchangePlaces(pairs, seed)) {
        exchanging_.Add(seed);
      } else if (met_[seed] == 0) {
        Connect(pairs, seed);
      }
    }
    const auto join = [&](Index other) {
      if (!exchanging_.Has(other) && MayExchangePlaces(pairs, other)) exchanging_.Add(other);
    };
    for (size_t at = 0; at < exchanging_.list().size(); ++at) {
      const Index mentor = exchanging_.list()[at];
      region_.Add(mentor);
      pairs.ForEachNext(mentor, join);
      pairs.ForEachBefore(mentor, join);
    }
    seeds->assign(region_.list().begin(), region_.list().end());
    Clear();
  }

 private:
  enum Answer : uint8_t { kNotAsked, kNo, kYes };
  // To one question about mentors, as far as it was asked.
  struct Answers {
    std::vector<Answer> of;
    std::vector<Index> parent;
    std::vector<Index> asked;
  };

  template <typename Pairs>
  bool MayExchangePlaces(const Pairs& pairs, Index mentor) {
    return Leads(
               &to_place_, mentor,
               [&](Index at, const auto& visit) { pairs.ForEachNext(at, visit); },
               [&](Index at) { return pairs.HasPlaceLeft(at); }) &&
           Leads(
               &from_nothing_, mentor,
               [&](Index at, const auto& visit) { pairs.ForEachBefore(at, visit); },
               [&](Index at) { return pairs.CostsNothing(at); });
  }

  // Whether steps lead from the mentor to one who is an end. All who were met on the way to no end
  // have none; those on the way to one do.
  template <typename Steps, typename IsEnd>
  bool Leads(Answers* answers, Index mentor, const Steps& steps, const IsEnd& is_end) {
    if (answers->of[mentor] != kNotAsked) return answers->of[mentor] == kYes;
    const size_t first = answers->asked.size();
    const auto meet = [&](Index at, Index parent) {
      answers->of[at] = kNo;
      answers->parent[at] = parent;
      answers->asked.push_back(at);
    };
    Index end = kNobody;
    meet(mentor, kNobody);
    if (is_end(mentor)) end = mentor;
    for (size_t at = first; at < answers->asked.size() && end == kNobody; ++at) {
      const Index from = answers->asked[at];
      steps(from, [&](Index other) {
        if (end != kNobody || answers->of[other] == kNo) return;
        const bool known = answers->of[other] == kYes;
        if (!known) meet(other, from);
        if (known || is_end(other)) end = known ? from : other;
      });
    }
    if (end == kNobody) return false;
    // Not all were asked to their end: only those on the path have an answer.
    for (size_t at = first; at < answers->asked.size(); ++at) {
      answers->of[answers->asked[at]] = kNotAsked;
    }
    for (Index at = end; at != kNobody; at = answers->parent[at]) answers->of[at] = kYes;
    return true;
  }

  // Adds the strongly connected components of the mentor, and of those met on the way that have a
  // seed among them, by Tarjan's algorithm without recursion.
  template <typename Pairs>
  void Connect(const Pairs& pairs, Index root) {
    Enter(pairs, root);
    while (!path_.empty()) {
      Visit& visit = path_.back();
      if (visit.next < visit.end) {
        const Index to = steps_[visit.next++];
        if (met_[to] == 0) {
          Enter(pairs, to);
        } else if (is_open_[to]) {
          low_[visit.mentor] = std::min(low_[visit.mentor], met_[to]);
        }
        continue;
      }
      const Index mentor = visit.mentor;
      steps_.resize(visit.begin);
      path_.pop_back();
      if (!path_.empty()) {
        low_[path_.back().mentor] = std::min(low_[path_.back().mentor], low_[mentor]);
      }
      if (low_[mentor] == met_[mentor]) Close(mentor);
    }
  }

  template <typename Pairs>
  void Enter(const Pairs& pairs, Index mentor) {
    met_[mentor] = low_[mentor] = static_cast<uint32_t>(visited_.size() + 1);
    visited_.push_back(mentor);
    open_.push_back(mentor);
    is_open_[mentor] = true;
    const size_t begin = steps_.size();
    pairs.ForEachNext(mentor, [&](Index other) { steps_.push_back(other); });
    path_.push_back({mentor, begin, begin, steps_.size()});
  }

  void Close(Index root) {
    const auto first = std::find(open_.rbegin(), open_.rend(), root).base() - 1;
    const bool has_seed =
        open_.end() - first > 1 &&
        std::any_of(first, open_.end(), [&](Index mentor) { return seeds_.Has(mentor); });
    for (auto at = first; at != open_.end(); ++at) {
      is_open_[*at] = false;
      if (has_seed) region_.Add(*at);
    }
    open_.erase(first, open_.end());
  }

  void Clear() {
    seeds_.Clear();
    region_.Clear();
    exchanging_.Clear();
    for (Answers* answers : {&to_place_, &from_nothing_}) {
      for (const Index mentor : answers->asked) answers->of[mentor] = kNotAsked;
      answers->asked.clear();
    }
    for (const Index mentor : visited_) met_[mentor] = 0;
    visited_.clear();
  }

  struct Visit {
    Index mentor;
    size_t begin;  // of their steps in steps_
    size_t next;
    size_t end;
  };

  Marks seeds_;
  Marks region_;
  Marks exchanging_;
  Answers to_place_;
  Answers from_nothing_;
  // Of Connect.
  std::vector<uint32_t> met_;
  std::vector<uint32_t> low_;
  std::vector<bool> is_open_;
  std::vector<Index> open_;
  std::vector<Index> visited_;
  std::vector<Index> steps_;
  std::vector<Visit> path_;
};

}  // namespace tremplin::matching::engine

#endif  // TREMPLIN_SERVICES_MATCHING_ENGINE_ASSIGNMENT_REGION_H_
