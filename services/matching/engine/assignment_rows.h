#ifndef TREMPLIN_SERVICES_MATCHING_ENGINE_ASSIGNMENT_ROWS_H_
#define TREMPLIN_SERVICES_MATCHING_ENGINE_ASSIGNMENT_ROWS_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace tremplin::matching::engine {

// Rows of varying length in one array. A row that outgrows its room moves to a larger one; rooms
// that rows have left are used again. At most 2^32 - 1 items in all. Not thread-safe.
template <typename T>
class Rows {
 public:
  Rows() = default;
  // Row r is items[begin[r]] to items[begin[r + 1] - 1]. Takes the items over: no copy.
  Rows(const std::vector<uint32_t>& begin, std::vector<T> items)
      : begin_(begin.begin(), begin.end() - 1),
        end_(begin.begin() + 1, begin.end()),
        limit_(end_),
        items_(std::move(items)) {}

  std::span<const T> operator[](uint32_t row) const {
    return {items_.data() + begin_[row], end_[row] - begin_[row]};
  }
  // Invalid after the next change of any row's length.
  std::span<T> Mutable(uint32_t row) {
    return {items_.data() + begin_[row], end_[row] - begin_[row]};
  }

  // Room for an eighth more items, which costs no memory until it is used. Copies all once.
  void MakeRoom() { items_.reserve(items_.size() + items_.size() / 8); }

  void AddRow() {
    begin_.push_back(0);
    end_.push_back(0);
    limit_.push_back(0);
  }
  // The last row, which must be empty.
  void PopRow() {
    Release(static_cast<uint32_t>(begin_.size() - 1));
    begin_.pop_back();
    end_.pop_back();
    limit_.pop_back();
  }
  // Room for so many in all, so that filling the row moves it at most once.
  void Reserve(uint32_t row, uint32_t size) {
    if (limit_[row] - begin_[row] < size) Move(row, size);
  }
  // Before the item at position, which may be the row's length. O(length).
  void Insert(uint32_t row, uint32_t position, const T& item) {
    const uint32_t length = end_[row] - begin_[row];
    if (end_[row] == limit_[row]) Move(row, length + length / 8 + 1);
    T* const first = items_.data() + begin_[row];
    std::copy_backward(first + position, first + length, first + length + 1);
    first[position] = item;
    ++end_[row];
  }
  void Erase(uint32_t row, uint32_t position) {
    T* const first = items_.data() + begin_[row];
    std::copy(first + position + 1, items_.data() + end_[row], first + position);
    --end_[row];
  }
  // Empties the row and gives its room back.
  void Clear(uint32_t row) {
    Release(row);
    begin_[row] = end_[row] = limit_[row] = 0;
  }

  size_t Bytes() const {
    return begin_.size() * 3 * sizeof(uint32_t) + items_.capacity() * sizeof(T);
  }

  std::span<const uint32_t> begin() const { return begin_; }
  std::span<const uint32_t> end() const { return end_; }
  std::span<const T> items() const { return items_; }

 private:
  static constexpr uint32_t kStep = 8;  // rooms are a multiple of this, unless given by the caller

  void Release(uint32_t row) {
    const uint32_t step = (limit_[row] - begin_[row]) / kStep;
    if (step == 0) return;
    if (vacant_.size() <= step) vacant_.resize(step + 1);
    vacant_[step].push_back(begin_[row]);
  }
  void Move(uint32_t row, uint32_t size) {
    const uint32_t step = (size + kStep - 1) / kStep;
    uint32_t begin = 0;
    if (step < vacant_.size() && !vacant_[step].empty()) {
      begin = vacant_[step].back();
      vacant_[step].pop_back();
    } else {
      begin = static_cast<uint32_t>(items_.size());
      // By an eighth, not to twice the size: this array is nearly all the memory there is.
      const size_t needed = items_.size() + size_t{step} * kStep;
      if (needed > items_.capacity()) items_.reserve(needed + needed / 8);
      items_.resize(needed);
    }
    std::copy(items_.begin() + begin_[row], items_.begin() + end_[row], items_.begin() + begin);
    Release(row);
    end_[row] = begin + (end_[row] - begin_[row]);
    begin_[row] = begin;
    limit_[row] = begin + step * kStep;
  }

  std::vector<uint32_t> begin_;
  std::vector<uint32_t> end_;
  std::vector<uint32_t> limit_;  // where the row's room ends
  std::vector<T> items_;
  std::vector<std::vector<uint32_t>> vacant_;  // by room / kStep: where such rooms begin
};

}  // namespace tremplin::matching::engine

#endif  // TREMPLIN_SERVICES_MATCHING_ENGINE_ASSIGNMENT_ROWS_H_
