#ifndef TREMPLIN_SERVICES_MATCHING_ENGINE_LIVE_ORDER_H_
#define TREMPLIN_SERVICES_MATCHING_ENGINE_LIVE_ORDER_H_

#include <algorithm>
#include <cstddef>
#include <vector>

#include "services/matching/engine/graph.h"

namespace tremplin::matching::engine {

// Mentees in the order of (waiting since, business key), and priorities that fall along it. Only
// their order means anything, so there are gaps for whoever comes between two others, and half of
// the range is kept for whoever comes last. Not thread-safe.
class WaitingOrder {
 public:
  // In this order, with even gaps. At most kMaxMentees.
  void Start(std::vector<Index> order) {
    order_ = std::move(order);
    for (const Index mentee : order_) Reserve(mentee);
    Spread();
  }

  // Somebody new, before the first of the others for whom comes_before(other) is false. False when
  // no priority is left between their neighbours: then everybody has another one now.
  template <typename ComesBefore>
  bool Insert(Index mentee, const ComesBefore& comes_before) {
    const auto at = std::partition_point(order_.begin(), order_.end(), comes_before);
    Reserve(mentee);
    const Priority above = at == order_.begin() ? kPriorityEnd : priority_[*(at - 1)];
    const Priority below = at == order_.end() ? LowestAfter(above) : priority_[*at];
    order_.insert(at, mentee);
    if (above - below < 2) {
      Spread();
      return false;
    }
    priority_[mentee] = below + (above - below) / 2;
    return true;
  }

  void Erase(Index mentee) {
    const auto at = std::partition_point(order_.begin(), order_.end(), [&](Index other) {
      return priority_[other] > priority_[mentee];
    });
    order_.erase(at);
  }

  // Longest wait first.
  const std::vector<Index>& order() const { return order_; }
  // By mentee; of no meaning for who is not in the order.
  const std::vector<Priority>& priorities() const { return priority_; }

 private:
  void Reserve(Index mentee) {
    if (priority_.size() <= mentee) priority_.resize(mentee + 1, 0);
  }
  // Whoever comes last leaves room for many after them.
  static Priority LowestAfter(Priority above) { return above - std::min(above, above / 32 + 2); }

  void Spread() {
    const Priority gap = kPriorityEnd / 2 / static_cast<Priority>(order_.size() + 1);
    for (size_t i = 0; i < order_.size(); ++i) {
      priority_[order_[i]] = kPriorityEnd - 1 - static_cast<Priority>(i) * gap;
    }
  }

  std::vector<Index> order_;
  std::vector<Priority> priority_;
};

}  // namespace tremplin::matching::engine

#endif  // TREMPLIN_SERVICES_MATCHING_ENGINE_LIVE_ORDER_H_
