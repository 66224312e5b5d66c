// Changes of the pool, each repaired along shortest paths; and the same as a trial that is undone.

#include "services/matching/engine/assignment.h"

#include <algorithm>
#include <utility>

namespace tremplin::matching::engine {
namespace {

// The order of a mentor's wishes.
bool Before(const Assignment::Wish& wish, Index mentee) { return wish.mentee < mentee; }

}  // namespace

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
  StartOperation();
}

void Assignment::StartOperation() {
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

std::span<const Assignment::Change> Assignment::ReturnMentee(Index mentee,
                                                             std::span<const Candidate> candidates,
                                                             Priority priority) {
  Begin();
  priority_[mentee] = priority;
  PutRow(mentee, candidates);
  PlaceMentee(mentee);
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

std::span<const Assignment::Change> Assignment::AddMentor(std::span<const Wish> wishes,
                                                          int32_t capacity) {
  return ReturnMentor(NewMentor(), wishes, capacity);
}

std::span<const Assignment::Change> Assignment::RemoveMentor(Index mentor) {
  Begin();
  ChangePlaces(mentor, 0);
  for (const Wish& wish : wishes_[mentor]) {
    const Candidate* candidate = Find(wish.mentee, mentor);
    rows_.Erase(wish.mentee, static_cast<uint32_t>(candidate - rows_[wish.mentee].data()));
  }
  wishes_.Clear(mentor);
  SetPrice(mentor, 0);
  return Finish();
}

// With a price that keeps everyone away until there are places.
std::span<const Assignment::Change> Assignment::ReturnMentor(Index mentor,
                                                             std::span<const Wish> wishes,
                                                             int32_t capacity) {
  Begin();
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

Index Assignment::NewMentor() {
  PrepareForChanges();
  const Index mentor = mentors();
  capacity_.push_back(0);
  taken_.push_back(0);
  price_.push_back(0);
  first_.push_back(kNobody);
  labels_.push_back({});
  unsettled_.Resize(capacity_.size());
  touched_mentors_.Resize(capacity_.size());
  wishes_.AddRow();
  return mentor;
}

void Assignment::SetPriorities(std::vector<Priority> priority) {
  priority_ = std::move(priority);
  Solve();
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
  TouchMentor(mentor);
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
  touched_mentees_.Resize(priority_.size());
  rows_.AddRow();
  PutRow(mentee, candidates);
  return mentee;
}

void Assignment::PutRow(Index mentee, std::span<const Candidate> candidates) {
  rows_.Reserve(mentee, static_cast<uint32_t>(candidates.size()));
  for (const Candidate& candidate : candidates) {
    PutPoints(mentee, candidate.mentor, candidate.points);
  }
}

void Assignment::PutPoints(Index mentee, Index mentor, Points points) {
  if (surplus_[mentee] + price_[mentor] == PairWorth(mentee, points)) TouchMentor(mentor);
  if (!recording_) touched_mentees_.Add(mentee);
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

}  // namespace tremplin::matching::engine
