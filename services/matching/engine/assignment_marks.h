#ifndef TREMPLIN_SERVICES_MATCHING_ENGINE_ASSIGNMENT_MARKS_H_
#define TREMPLIN_SERVICES_MATCHING_ENGINE_ASSIGNMENT_MARKS_H_

#include <cstdint>
#include <span>
#include <vector>

#include "services/matching/engine/graph.h"

namespace tremplin::matching::engine {

// A set of indices, listed in the order in which they were added. Adding is O(1), clearing costs
// what was added. Not thread-safe.
class Marks {
 public:
  void Resize(size_t indices) { is_marked_.resize(indices, 0); }
  void Add(Index index) {
    if (is_marked_[index] != 0) return;
    is_marked_[index] = 1;
    list_.push_back(index);
  }
  bool Has(Index index) const { return is_marked_[index] != 0; }
  std::span<const Index> list() const { return list_; }
  void Clear() {
    for (const Index index : list_) is_marked_[index] = 0;
    list_.clear();
  }

 private:
  std::vector<uint8_t> is_marked_;
  std::vector<Index> list_;
};

}  // namespace tremplin::matching::engine

#endif  // TREMPLIN_SERVICES_MATCHING_ENGINE_ASSIGNMENT_MARKS_H_
