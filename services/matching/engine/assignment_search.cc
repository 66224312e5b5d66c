// The shortest paths by which one mentee is placed or one place is filled.

#include "services/matching/engine/assignment.h"

#include <algorithm>

namespace tremplin::matching::engine {

void Assignment::StartSearch() {
  if (++search_ == 0) {  // after 2^32 searches old labels would look new
    for (Label& label : labels_) label.search = 0;
    search_ = 1;
  }
  heap_.clear();
  level_.clear();
  settled_.clear();
  level_distance_ = 0;
}

namespace {
constexpr auto kFarther = [](const auto& a, const auto& b) {
  return a.distance != b.distance ? a.distance > b.distance : a.mentor > b.mentor;
};
}  // namespace

void Assignment::Push(Worth distance, Index mentor) {
  if (distance == level_distance_) {
    level_.push_back(mentor);
    return;
  }
  heap_.push_back({distance, mentor});
  std::push_heap(heap_.begin(), heap_.end(), kFarther);
}

// The nearest mentor not yet taken, if nearer than limit; settles them.
bool Assignment::Pop(Worth limit, Reached* next) {
  if (!level_.empty()) {
    *next = {level_distance_, level_.back()};
    if (level_distance_ >= limit) return false;
    level_.pop_back();
    settled_.push_back(*next);
    return true;
  }
  while (!heap_.empty()) {
    *next = heap_.front();
    if (next->distance >= limit) return false;
    std::pop_heap(heap_.begin(), heap_.end(), kFarther);
    heap_.pop_back();
    if (labels_[next->mentor].distance != next->distance) continue;  // reached nearer since
    level_distance_ = next->distance;
    settled_.push_back(*next);
    return true;
  }
  return false;
}

// The mentee must have no mentor. All else stays as near to an optimum as it was: candidates
// covered, pairs tight.
void Assignment::PlaceMentee(Index mentee) {
  SetSurplus(mentee, BestSurplus(mentee));
  if (surplus_[mentee] == 0) return;
  const Path path = SearchFrom(mentee);
  SetSurplus(mentee, surplus_[mentee] - path.length);
  for (const Reached& settled : settled_) {
    const Worth nearer = path.length - settled.distance;
    if (nearer <= 0) continue;
    SetPrice(settled.mentor, price_[settled.mentor] + nearer);
    for (Index i = first_[settled.mentor]; i != kNobody; i = next_[i]) {
      SetSurplus(i, surplus_[i] - nearer);
    }
  }
  MoveAlong(mentee, path);
}

// Distances are sums of shortfalls. A path ends where a place is free, or with a mentee who stays
// alone, which costs their surplus; the nearest end found so far bounds the search.
Assignment::Path Assignment::SearchFrom(Index mentee) {
  StartSearch();
  Path best{End::kStays, surplus_[mentee]};
  ScanMentee(mentee, 0, &best);
  Reached next{};
  while (Pop(best.length, &next)) {
    for (Index i = first_[next.mentor]; i != kNobody; i = next_[i]) {
      if (next.distance + surplus_[i] < best.length) {
        best = {End::kAlone, next.distance + surplus_[i], next.mentor, i};
      }
      ScanMentee(i, next.distance, &best);
    }
  }
  return best;
}

void Assignment::ScanMentee(Index mentee, Worth distance, Path* best) {
  const Worth base = distance + surplus_[mentee] - Base(mentee);
  for (const Candidate& candidate : rows_[mentee]) {
    const Worth without_price = base - (Worth{candidate.points} << kPriorityBits);
    if (without_price >= best->length) break;
    const Worth reached = without_price + price_[candidate.mentor];
    if (reached >= best->length) continue;
    Label& label = labels_[candidate.mentor];
    if (label.search == search_ && label.distance <= reached) continue;
    label = {reached, search_, mentee, kNobody};
    if (Full(candidate.mentor)) {
      Push(reached, candidate.mentor);
    } else {
      *best = {End::kFreePlace, reached, candidate.mentor, kNobody};
    }
  }
}

// From the path's end back to the mentee who has no mentor yet.
void Assignment::MoveAlong(Index mentee, const Path& path) {
  if (path.end == End::kStays) return;
  if (path.end == End::kAlone) Unlink(path.mentee);
  Index free = path.mentor;
  for (;;) {
    const Index moving = labels_[free].via;
    const Index left = mentor_[moving];
    if (moving != mentee) Unlink(moving);
    Link(moving, free, Find(moving, free)->points);
    if (moving == mentee) return;
    free = left;
  }
}

// The mentor must have a place that nobody holds: someone takes it, or its price falls to 0. All
// else stays as near to an optimum as it was.
void Assignment::FillPlace(Index mentor) {
  if (price_[mentor] == 0) return;
  const Path path = SearchPlace(mentor);
  for (const Reached& settled : settled_) {
    const Worth nearer = path.length - settled.distance;
    if (nearer <= 0) continue;
    SetPrice(settled.mentor, price_[settled.mentor] - nearer);
    for (Index i = first_[settled.mentor]; i != kNobody; i = next_[i]) {
      SetSurplus(i, surplus_[i] + nearer);
    }
  }
  MoveInto(mentor, path);
}

// As SearchFrom, the other way: a path goes from the place to who takes it, to the place they
// leave, and so on. It ends with a mentee who had no mentor, or where a place is left free, which
// costs its price.
Assignment::Path Assignment::SearchPlace(Index mentor) {
  StartSearch();
  Path best{End::kStays, price_[mentor]};
  labels_[mentor] = {0, search_, kNobody, kNobody};
  Push(0, mentor);
  Reached next{};
  while (Pop(best.length, &next)) ScanMentor(next.mentor, next.distance, &best);
  return best;
}

void Assignment::ScanMentor(Index mentor, Worth distance, Path* best) {
  const Worth base = distance + price_[mentor];
  for (const Wish& wish : wishes_[mentor]) {
    const Worth reached = base + surplus_[wish.mentee] - PairWorth(wish.mentee, wish.points);
    if (reached >= best->length || wish.mentee == detached_) continue;
    const Index left = mentor_[wish.mentee];
    if (left == kNobody) {
      *best = {End::kAlone, reached, mentor, wish.mentee};
      continue;
    }
    Label& label = labels_[left];
    if (label.search == search_ && label.distance <= reached) continue;
    label = {reached, search_, wish.mentee, mentor};
    if (reached + price_[left] < best->length) {
      *best = {End::kFreePlace, reached + price_[left], left, kNobody};
    }
    Push(reached, left);
  }
}

void Assignment::MoveInto(Index mentor, const Path& path) {
  if (path.end == End::kStays) return;
  Index at = path.mentor;
  if (path.end == End::kAlone) Link(path.mentee, at, Find(path.mentee, at)->points);
  while (at != mentor) {
    const Label& label = labels_[at];
    Unlink(label.via);
    Link(label.via, label.from, Find(label.via, label.from)->points);
    at = label.from;
  }
}

}  // namespace tremplin::matching::engine
