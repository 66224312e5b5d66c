#include "services/matching/engine/assignment.h"

#include <algorithm>
#include <cstddef>

#include "absl/strings/str_cat.h"

namespace tremplin::matching::engine {
namespace {

// The coarse auction's step as a part of the greatest score, found by trial: smaller ones take
// longer to settle prices, larger ones leave more to repair.
constexpr Points kCoarseParts = 100;

// How many bids an auction takes for each mentee, on average, before it is broken off: bids of
// equal worths need never end. Shortest paths do the rest in any case.
constexpr size_t kCoarseBidsPerMentee = 60;
constexpr size_t kExactBidsPerMentee = 12;

// A row's order: best first, so that a scan ends early; then the lower index.
bool Better(const Candidate& a, const Candidate& b) {
  return a.points != b.points ? a.points > b.points : a.mentor < b.mentor;
}

// The order of a mentor's wishes.
bool Before(const Assignment::Wish& wish, Index mentee) { return wish.mentee < mentee; }

std::string RowFault(const Graph& graph, Index mentee, std::vector<Index>* seen_by) {
  if (graph.priority[mentee] >= kPriorityEnd) {
    return absl::StrCat("mentee ", mentee, ": priority out of range");
  }
  for (uint32_t at = graph.begin[mentee]; at < graph.begin[mentee + 1]; ++at) {
    const Candidate& candidate = graph.candidates[at];
    if (candidate.mentor >= graph.mentors()) {
      return absl::StrCat("mentee ", mentee, ": no mentor ", candidate.mentor);
    }
    if (candidate.points < 1 || candidate.points > kMaxPoints) {
      return absl::StrCat("mentee ", mentee, ": points out of range");
    }
    Index& seen = (*seen_by)[candidate.mentor];
    if (seen == mentee) return absl::StrCat("mentee ", mentee, ": a mentor twice");
    seen = mentee;
  }
  return "";
}

}  // namespace

std::string GraphFault(const Graph& graph) {
  if (graph.begin.empty() || graph.begin.front() != 0 ||
      graph.begin.back() != graph.candidates.size()) {
    return "rows do not cover the candidates";
  }
  if (!std::is_sorted(graph.begin.begin(), graph.begin.end())) return "rows out of order";
  if (graph.mentees() > kMaxMentees) return "too many mentees";
  if (graph.priority.size() != graph.mentees()) return "not one priority for each mentee";
  for (Index j = 0; j < graph.mentors(); ++j) {
    if (graph.capacity[j] < 0) return absl::StrCat("mentor ", j, ": capacity below 0");
  }
  std::vector<Index> seen_by(graph.mentors(), kNobody);
  for (Index i = 0; i < graph.mentees(); ++i) {
    std::string fault = RowFault(graph, i, &seen_by);
    if (!fault.empty()) return fault;
  }
  return "";
}

Assignment::Assignment(Graph graph, Objective objective)
    : objective_(objective),
      base_(objective == Objective::kCoverage ? kCoverageBonus << kPriorityBits : 0),
      rows_(graph.begin, std::move(graph.candidates)),
      priority_(std::move(graph.priority)),
      capacity_(std::move(graph.capacity)),
      mentor_(priority_.size(), kNobody),
      points_(priority_.size(), 0),
      surplus_(priority_.size(), 0),
      price_(capacity_.size(), 0),
      taken_(capacity_.size(), 0),
      first_(capacity_.size(), kNobody),
      next_(priority_.size(), kNobody),
      previous_(priority_.size(), kNobody),
      labels_(capacity_.size()),
      touched_(priority_.size(), 0) {
  for (Index i = 0; i < mentees(); ++i) {
    const std::span<Candidate> row = rows_.Mutable(i);
    if (!std::is_sorted(row.begin(), row.end(), Better)) std::sort(row.begin(), row.end(), Better);
  }
}

GraphView Assignment::graph() const {
  return {rows_.begin(), rows_.end(), rows_.items(), priority_, capacity_};
}

Value Assignment::value() const {
  return Value{base_} * total_.served + (Value{total_.points} << kPriorityBits) + total_.priority;
}

std::optional<Worth> Assignment::Shortfall(Index mentee, Index mentor) const {
  const Candidate* candidate = Find(mentee, mentor);
  if (candidate == nullptr) return std::nullopt;
  return surplus_[mentee] + price_[mentor] - PairWorth(mentee, candidate->points);
}

const Candidate* Assignment::Find(Index mentee, Index mentor) const {
  for (const Candidate& candidate : rows_[mentee]) {
    if (candidate.mentor == mentor) return &candidate;
  }
  return nullptr;
}

// What the mentee would be left with at today's prices; 0 is to stay alone.
Worth Assignment::BestSurplus(Index mentee) const {
  Worth best = 0;
  const Worth base = Base(mentee);
  for (const Candidate& candidate : rows_[mentee]) {
    const Worth worth = base + (Worth{candidate.points} << kPriorityBits);
    if (worth <= best) break;
    best = std::max(best, worth - price_[candidate.mentor]);
  }
  return best;
}

// ---- Solve

void Assignment::Solve() {
  Forget();
  const Worth base = base_;
  base_ = 0;
  priority_mask_ = 0;
  Points greatest = 0;
  for (Index i = 0; i < mentees(); ++i) {
    if (!rows_[i].empty()) greatest = std::max(greatest, rows_[i].front().points);
  }
  Auction(Worth{std::max(greatest / kCoarseParts, 1)} << kPriorityBits);
  Auction(0);
  AssignRemaining();
  // Whatever makes all candidates of a mentee worth as much more leaves tight pairs tight, if the
  // mentee's surplus grows by it. So only who has no mentor is placed anew.
  base_ = base;
  RaiseSurplus();
  AssignRemaining();
  priority_mask_ = kPriorityEnd - 1;
  RaiseSurplus();
  AssignRemaining();
  changes_.clear();
}

// To what the pair of each assigned mentee is worth by now.
void Assignment::RaiseSurplus() {
  for (Index i = 0; i < mentees(); ++i) {
    if (mentor_[i] != kNobody) surplus_[i] = PairWorth(i, points_[i]) - price_[mentor_[i]];
  }
}

void Assignment::Forget() {
  std::fill(mentor_.begin(), mentor_.end(), kNobody);
  std::fill(surplus_.begin(), surplus_.end(), Worth{0});
  std::fill(price_.begin(), price_.end(), Worth{0});
  std::fill(taken_.begin(), taken_.end(), 0);
  std::fill(first_.begin(), first_.end(), kNobody);
  total_ = {};
  changes_.clear();
}

// Each place has the price that was paid for it; a mentor's price is the least of theirs. Whoever
// bids in steps of 0 pays so much that the next best choice would be as good: their pair is tight
// then, and stays so, because prices only rise.
void Assignment::Auction(Worth step) {
  std::vector<Worth> paid(mentees(), 0);
  std::vector<Index> waiting;
  for (Index i = mentees(); i-- > 0;) {
    if (mentor_[i] == kNobody) {
      waiting.push_back(i);
    } else {
      paid[i] = price_[mentor_[i]];
    }
  }
  const size_t most = step == 0 ? kExactBidsPerMentee : kCoarseBidsPerMentee;
  for (size_t bids = most * mentees(); bids > 0 && !waiting.empty(); --bids) {
    const Index mentee = waiting.back();
    waiting.pop_back();
    AuctionBid(mentee, step, &paid, &waiting);
  }
  for (Index i = 0; i < mentees(); ++i) {
    if (mentor_[i] == kNobody) continue;
    surplus_[i] = PairWorth(i, points_[i]) - price_[mentor_[i]];
    // After coarse bids another mentor may be better at these prices.
    if (step > 0 && BestSurplus(i) > surplus_[i]) Unlink(i);
  }
}

void Assignment::AuctionBid(Index mentee, Worth step, std::vector<Worth>* paid,
                            std::vector<Index>* waiting) {
  Candidate choice{kNobody, 0};
  Worth best = 0;
  Worth second = 0;
  for (const Candidate& candidate : rows_[mentee]) {
    const Worth worth = PairWorth(mentee, candidate.points);
    if (worth <= second) break;
    const Worth left = worth - price_[candidate.mentor];
    if (left > best) {
      second = best;
      best = left;
      choice = candidate;
    } else if (left > second) {
      second = left;
      // Of equal choices one that is free, so that nobody is displaced for nothing.
      if (left == best && Full(choice.mentor) && !Full(candidate.mentor)) choice = candidate;
    }
  }
  if (choice.mentor == kNobody) return;
  const Worth price = price_[choice.mentor];
  second -= step;
  if (Full(choice.mentor)) {
    if (best == second) return;  // left to shortest paths
    Index holder = kNobody;
    LeastPaid(choice.mentor, *paid, &holder);
    if (holder == kNobody) {  // no place at all: the price only has to keep everyone away
      price_[choice.mentor] += best - second;
      waiting->push_back(mentee);
      return;
    }
    Unlink(holder);
    waiting->push_back(holder);
  }
  Link(mentee, choice.mentor, choice.points);
  (*paid)[mentee] = price + best - second;
  if (Full(choice.mentor)) price_[choice.mentor] = LeastPaid(choice.mentor, *paid, nullptr);
}

Worth Assignment::LeastPaid(Index mentor, const std::vector<Worth>& paid, Index* holder) const {
  Worth least = 0;
  bool found = false;
  for (Index i = first_[mentor]; i != kNobody; i = next_[i]) {
    if (found && paid[i] >= least) continue;
    found = true;
    least = paid[i];
    if (holder != nullptr) *holder = i;
  }
  return least;
}

void Assignment::AssignRemaining() {
  for (Index i = 0; i < mentees(); ++i) {
    if (mentor_[i] == kNobody) PlaceMentee(i);
  }
  // Places that the auction made too dear.
  for (Index j = 0; j < mentors(); ++j) {
    while (!Full(j) && price_[j] > 0) {
      PrepareForChanges();
      FillPlace(j);
    }
  }
}

// ---- Shortest paths

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

// ---- Changes

void Assignment::PrepareForChanges() {
  if (prepared_) return;
  prepared_ = true;
  rows_.MakeRoom();  // before there are wishes, so that never three such arrays exist at once
  std::vector<uint32_t> begin(mentors() + 1, 0);
  for (Index i = 0; i < mentees(); ++i) {
    for (const Candidate& candidate : rows_[i]) ++begin[candidate.mentor + 1];
  }
  for (Index j = 0; j < mentors(); ++j) begin[j + 1] += begin[j];
  std::vector<Wish> wishes;
  wishes.reserve(begin.back() + begin.back() / 8);  // as MakeRoom
  wishes.resize(begin.back());
  std::vector<uint32_t> at(begin.begin(), begin.end() - 1);
  for (Index i = 0; i < mentees(); ++i) {
    for (const Candidate& candidate : rows_[i]) {
      wishes[at[candidate.mentor]++] = {i, candidate.points};
    }
  }
  wishes_ = Rows<Wish>(begin, std::move(wishes));
}

void Assignment::Begin() {
  PrepareForChanges();
  changes_.clear();
  if (++operation_ == 0) {
    std::fill(touched_.begin(), touched_.end(), 0);
    operation_ = 1;
  }
}

std::span<const Assignment::Change> Assignment::Finish() {
  std::erase_if(changes_, [this](const Change& c) { return mentor_[c.mentee] == c.before; });
  std::sort(changes_.begin(), changes_.end(),
            [](const Change& a, const Change& b) { return a.mentee < b.mentee; });
  return changes_;
}

std::span<const Assignment::Change> Assignment::AddMentee(std::span<const Candidate> candidates,
                                                          Priority priority) {
  Begin();
  PlaceMentee(NewMentee(candidates, priority));
  return Finish();
}

std::span<const Assignment::Change> Assignment::RemoveMentee(Index mentee) {
  Begin();
  Free(mentee);
  SetSurplus(mentee, 0);
  for (const Candidate& candidate : rows_[mentee]) DropWish(mentee, candidate.mentor);
  rows_.Clear(mentee);
  return Finish();
}

std::span<const Assignment::Change> Assignment::Bar(Index mentee, Index mentor) {
  Begin();
  if (Find(mentee, mentor) == nullptr) return Finish();
  const bool assigned = mentor_[mentee] == mentor;
  if (assigned) Free(mentee);
  DropPair(mentee, mentor);
  if (assigned) PlaceMentee(mentee);
  return Finish();
}

std::span<const Assignment::Change> Assignment::SetCapacity(Index mentor, int32_t capacity) {
  Begin();
  ChangePlaces(mentor, capacity);
  return Finish();
}

// With a price that keeps everyone away until there are places.
std::span<const Assignment::Change> Assignment::AddMentor(std::span<const Wish> wishes,
                                                          int32_t capacity) {
  Begin();
  const Index mentor = mentors();
  capacity_.push_back(0);
  taken_.push_back(0);
  price_.push_back(0);
  first_.push_back(kNobody);
  labels_.push_back({});
  wishes_.AddRow();
  wishes_.Reserve(mentor, static_cast<uint32_t>(wishes.size()));
  Worth price = 0;
  for (const Wish& wish : wishes) {
    PutPoints(wish.mentee, mentor, wish.points);
    price = std::max(price, PairWorth(wish.mentee, wish.points) - surplus_[wish.mentee]);
  }
  SetPrice(mentor, price);
  ChangePlaces(mentor, capacity);
  return Finish();
}

std::span<const Assignment::Change> Assignment::SetPoints(Index mentee, Index mentor,
                                                          Points points) {
  Begin();
  const Candidate* candidate = Find(mentee, mentor);
  if (candidate != nullptr && candidate->points == points) return Finish();
  const bool assigned = mentor_[mentee] == mentor;
  // Worse for a pair that is not assigned, or better but still too dear, changes nothing else.
  const bool needs_path = assigned || PairWorth(mentee, points) - price_[mentor] > surplus_[mentee];
  if (needs_path) Free(mentee);
  PutPoints(mentee, mentor, points);
  if (needs_path) PlaceMentee(mentee);
  return Finish();
}

// Takes the mentee's mentor away and fills the place. Until PlaceMentee they have none, with a
// surplus: not yet an optimum.
void Assignment::Free(Index mentee) {
  const Index mentor = mentor_[mentee];
  if (mentor == kNobody) return;
  Unlink(mentee);
  detached_ = mentee;
  FillPlace(mentor);
  detached_ = kNobody;
}

void Assignment::ChangePlaces(Index mentor, int32_t capacity) {
  while (capacity_[mentor] < capacity) {
    if (price_[mentor] == 0) {  // nobody wants more
      capacity_[mentor] = capacity;
      return;
    }
    ++capacity_[mentor];
    FillPlace(mentor);
  }
  while (capacity_[mentor] > capacity) {
    if (!Full(mentor)) {
      capacity_[mentor] = std::max(capacity, taken_[mentor]);
      continue;
    }
    // Whoever goes, the value is the same; who has least to lose is placed anew.
    Index least = first_[mentor];
    for (Index i = least; i != kNobody; i = next_[i]) {
      if (surplus_[i] < surplus_[least] || (surplus_[i] == surplus_[least] && i > least)) least = i;
    }
    Unlink(least);
    --capacity_[mentor];
    PlaceMentee(least);
  }
}

Index Assignment::NewMentee(std::span<const Candidate> candidates, Priority priority) {
  const Index mentee = mentees();
  priority_.push_back(priority);
  mentor_.push_back(kNobody);
  points_.push_back(0);
  surplus_.push_back(0);
  next_.push_back(kNobody);
  previous_.push_back(kNobody);
  touched_.push_back(0);
  rows_.AddRow();
  rows_.Reserve(mentee, static_cast<uint32_t>(candidates.size()));
  for (const Candidate& candidate : candidates) {
    PutPoints(mentee, candidate.mentor, candidate.points);
  }
  return mentee;
}

void Assignment::PutPoints(Index mentee, Index mentor, Points points) {
  DropPair(mentee, mentor);
  const Candidate candidate{mentor, points};
  const std::span<const Candidate> row = rows_[mentee];
  const auto at = std::upper_bound(row.begin(), row.end(), candidate, Better);
  rows_.Insert(mentee, static_cast<uint32_t>(at - row.begin()), candidate);
  const std::span<const Wish> wishes = wishes_[mentor];
  const auto wish = std::lower_bound(wishes.begin(), wishes.end(), mentee, Before);
  wishes_.Insert(mentor, static_cast<uint32_t>(wish - wishes.begin()), {mentee, points});
}

void Assignment::DropPair(Index mentee, Index mentor) {
  const Candidate* candidate = Find(mentee, mentor);
  if (candidate == nullptr) return;
  rows_.Erase(mentee, static_cast<uint32_t>(candidate - rows_[mentee].data()));
  DropWish(mentee, mentor);
}

void Assignment::DropWish(Index mentee, Index mentor) {
  const std::span<const Wish> wishes = wishes_[mentor];
  const auto at = std::lower_bound(wishes.begin(), wishes.end(), mentee, Before);
  wishes_.Erase(mentor, static_cast<uint32_t>(at - wishes.begin()));
}

// ---- What if

void Assignment::StartTrial() {
  Begin();
  undo_.clear();
  recording_ = true;
}

Assignment::Total Assignment::FinishTrial(const Total& before) {
  const Total gained{total_.points - before.points, total_.served - before.served,
                     total_.priority - before.priority};
  recording_ = false;
  TakeBack();
  changes_.clear();
  return gained;
}

Assignment::Total Assignment::WhatIfMentee(std::span<const Candidate> candidates,
                                           Priority priority) {
  StartTrial();
  const Index mentee = NewMentee(candidates, priority);
  const Total before = total_;
  PlaceMentee(mentee);
  const Total gained = FinishTrial(before);
  for (const Candidate& candidate : candidates) DropWish(mentee, candidate.mentor);
  rows_.Clear(mentee);
  rows_.PopRow();
  priority_.pop_back();
  mentor_.pop_back();
  points_.pop_back();
  surplus_.pop_back();
  next_.pop_back();
  previous_.pop_back();
  touched_.pop_back();
  return gained;
}

Assignment::Total Assignment::WhatIfPlaces(Index mentor, int32_t more) {
  StartTrial();
  const int32_t capacity = capacity_[mentor];
  const Total before = total_;
  ChangePlaces(mentor, std::max(0, capacity + more));
  const Total gained = FinishTrial(before);
  capacity_[mentor] = capacity;
  return gained;
}

Assignment::Total Assignment::WhatIfPoints(Index mentee, Index mentor, Points points) {
  StartTrial();
  const Candidate* candidate = Find(mentee, mentor);
  const Points now = candidate == nullptr ? 0 : candidate->points;
  const Total before = total_;
  Free(mentee);
  PutPoints(mentee, mentor, points);
  PlaceMentee(mentee);
  const Total gained = FinishTrial(before);
  if (now == 0) {
    DropPair(mentee, mentor);
  } else {
    PutPoints(mentee, mentor, now);
  }
  return gained;
}

void Assignment::TakeBack() {
  for (auto undo = undo_.rbegin(); undo != undo_.rend(); ++undo) {
    switch (undo->kind) {
      case Undo::Kind::kSurplus:
        surplus_[undo->index] = undo->worth;
        break;
      case Undo::Kind::kPrice:
        price_[undo->index] = undo->worth;
        break;
      case Undo::Kind::kLink:
        Unlink(undo->index);
        break;
      case Undo::Kind::kUnlink:
        InsertBetween(undo->index, undo->mentor, undo->previous, undo->next, undo->points);
        break;
    }
  }
  undo_.clear();
}

// ---- The assignment

void Assignment::SetSurplus(Index mentee, Worth surplus) {
  if (recording_) {
    undo_.push_back({.kind = Undo::Kind::kSurplus, .index = mentee, .worth = surplus_[mentee]});
  }
  surplus_[mentee] = surplus;
}

void Assignment::SetPrice(Index mentor, Worth price) {
  if (recording_) {
    undo_.push_back({.kind = Undo::Kind::kPrice, .index = mentor, .worth = price_[mentor]});
  }
  price_[mentor] = price;
}

void Assignment::Link(Index mentee, Index mentor, Points points) {
  if (recording_) undo_.push_back({.kind = Undo::Kind::kLink, .index = mentee});
  InsertBetween(mentee, mentor, kNobody, first_[mentor], points);
}

void Assignment::InsertBetween(Index mentee, Index mentor, Index previous, Index next,
                               Points points) {
  if (operation_ != 0 && touched_[mentee] != operation_) {
    touched_[mentee] = operation_;
    changes_.push_back({mentee, kNobody});
  }
  mentor_[mentee] = mentor;
  points_[mentee] = points;
  previous_[mentee] = previous;
  next_[mentee] = next;
  (previous == kNobody ? first_[mentor] : next_[previous]) = mentee;
  if (next != kNobody) previous_[next] = mentee;
  ++taken_[mentor];
  total_.points += points;
  total_.priority += priority_[mentee];
  ++total_.served;
}

void Assignment::Unlink(Index mentee) {
  const Index mentor = mentor_[mentee];
  if (recording_) {
    undo_.push_back({.kind = Undo::Kind::kUnlink,
                     .index = mentee,
                     .mentor = mentor,
                     .previous = previous_[mentee],
                     .next = next_[mentee],
                     .points = points_[mentee]});
  }
  if (operation_ != 0 && touched_[mentee] != operation_) {
    touched_[mentee] = operation_;
    changes_.push_back({mentee, mentor});
  }
  const Index previous = previous_[mentee];
  const Index next = next_[mentee];
  (previous == kNobody ? first_[mentor] : next_[previous]) = next;
  if (next != kNobody) previous_[next] = previous;
  --taken_[mentor];
  total_.points -= points_[mentee];
  total_.priority -= priority_[mentee];
  --total_.served;
  mentor_[mentee] = kNobody;
}

}  // namespace tremplin::matching::engine
