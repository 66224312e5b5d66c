#include "services/matching/engine/live_round.h"

#include <algorithm>
#include <utility>

#include "services/matching/engine/certificate.h"
#include "services/matching/engine/rounds.h"

namespace tremplin::matching::engine {
namespace {

// So many more than are considered, found by trial: fewer are searched again too often, more cost
// memory and longer searches.
size_t ReserveFor(int candidates) { return static_cast<size_t>(candidates) / 2 + 2; }

}  // namespace

LiveRound::LiveRound(const CandidateIndex& index, const Policy& policy, int candidates, bool first)
    : index_(index),
      policy_(policy),
      candidates_(std::max(candidates, 1)),
      reserve_(ReserveFor(candidates_)),
      first_(first),
      search_(index, {.limit = static_cast<int>(limit())}) {}

void LiveRound::Start(std::span<const Index> mentees, std::span<const int32_t> places,
                      const std::vector<Priority>& priorities) {
  const Objective objective =
      policy_.objective == Objective::kStable ? Objective::kQuality : policy_.objective;
  std::vector<Index> mentors;
  for (const Index mentor : index_.by_rank()) {
    if (places[mentor] > 0) mentors.push_back(mentor);
  }
  std::vector<int32_t> part_places;
  for (const Index mentor : mentors) part_places.push_back(places[mentor]);
  const Candidates found =
      index_.Part(mentees, mentors, part_places).All({.limit = static_cast<int>(limit())});

  GrowRows();
  places_.assign(places.begin(), places.end());
  for (const Index mentor : mentors) {
    open_at_[mentor] = static_cast<uint32_t>(open_.size());
    open_.push_back(mentor);
  }
  for (Index at = 0; at < mentees.size(); ++at) {
    const Index mentee = mentees[at];
    is_in_[mentee] = true;
    for (const Scored& one : found.Of(at)) {
      rows_[mentee].push_back({mentors[one.other], one.points});
    }
    complete_[mentee] = rows_[mentee].size() < limit();
    SetNeed(mentee);
  }
  Graph graph;
  for (Index mentee = 0; mentee < is_in_.size(); ++mentee) {
    for (const Scored& one : Row(mentee)) graph.candidates.push_back(CandidateOf(mentee, one));
    graph.begin.push_back(static_cast<uint32_t>(graph.candidates.size()));
  }
  graph.priority = priorities;
  graph.priority.resize(is_in_.size(), 0);
  graph.capacity = places_;
  assignment_.emplace(std::move(graph), objective);
  assignment_->Solve();
  assignment_->PrepareForChanges();
  CheckAll();
}

// To as many places as the index has.
void LiveRound::GrowRows() {
  const Index mentees = index_.mentees();
  const Index mentors = index_.mentors();
  is_in_.resize(mentees, false);
  rows_.resize(mentees);
  complete_.resize(mentees, true);
  need_.resize(mentees, CandidateIndex::kNeverReached);
  places_.resize(mentors, 0);
  open_at_.resize(mentors, kNobody);
  resized_.Resize(mentees);
  unchecked_mentees_.Resize(mentees);
  unchecked_mentors_.Resize(mentors);
}

void LiveRound::Grow() {
  GrowRows();
  while (assignment_->mentees() < index_.mentees()) assignment_->AddMentee({}, 0);
  while (assignment_->mentors() < index_.mentors()) assignment_->AddMentor({}, 0);
}

void LiveRound::CheckAll() {
  for (Index mentee = 0; mentee < assignment_->mentees(); ++mentee) resized_.Add(mentee);
  for (Index mentor = 0; mentor < assignment_->mentors(); ++mentor) unchecked_mentors_.Add(mentor);
}

std::span<const Scored> LiveRound::Row(Index mentee) const {
  const std::vector<Scored>& row = rows_[mentee];
  return {row.data(), std::min(row.size(), static_cast<size_t>(candidates_))};
}

bool LiveRound::IsLeft(Index mentee) const {
  return Has(mentee) && assignment_->assigned()[mentee] == kNobody &&
         MayHaveOthers(Row(mentee).size(), candidates_);
}

std::vector<Scored> LiveRound::Search(Index mentee) {
  std::vector<Scored> row =
      first_ ? search_.Find(mentee) : index_.RowAmong(mentee, open_, static_cast<int>(limit()));
  complete_[mentee] = row.size() < limit();
  return row;
}

bool LiveRound::ComesBefore(const Scored& a, const Scored& b) const {
  if (a.points != b.points) return a.points > b.points;
  return index_.ranks()[a.other] < index_.ranks()[b.other];
}

size_t LiveRound::PlaceIn(const std::vector<Scored>& row, const Scored& one) const {
  const auto at =
      std::lower_bound(row.begin(), row.end(), one,
                       [this](const Scored& a, const Scored& b) { return ComesBefore(a, b); });
  return static_cast<size_t>(at - row.begin());
}

Candidate LiveRound::CandidateOf(Index mentee, const Scored& one) const {
  return {one.other, ObjectivePoints(policy_, one.points, index_.DaysWaited(mentee))};
}

// What a mentor must reach at least to come into the row, or to be in it.
void LiveRound::SetNeed(Index mentee) {
  const int points = complete_[mentee] ? index_.least_points() : rows_[mentee].back().points;
  need_[mentee] = static_cast<uint16_t>(LeastUnits(points));
}

void LiveRound::EnterMentee(Index mentee, Priority priority) {
  Grow();
  is_in_[mentee] = true;
  rows_[mentee] = Search(mentee);
  SetNeed(mentee);
  resized_.Add(mentee);
  std::vector<Candidate> candidates;
  for (const Scored& one : Row(mentee)) candidates.push_back(CandidateOf(mentee, one));
  assignment_->ReturnMentee(mentee, candidates, priority);
}

void LiveRound::LeaveMentee(Index mentee) {
  if (!Has(mentee)) return;
  assignment_->RemoveMentee(mentee);
  is_in_[mentee] = false;
  rows_[mentee] = {};
  complete_[mentee] = true;
  need_[mentee] = CandidateIndex::kNeverReached;
  resized_.Add(mentee);
}

void LiveRound::SetPlaces(Index mentor, int32_t places) {
  Grow();
  places = std::max(places, 0);
  const int32_t before = places_[mentor];
  if (places == before) return;
  places_[mentor] = places;
  if (before == 0) {
    EnterMentor(mentor, places);
  } else if (places == 0) {
    LeaveMentor(mentor);
  } else {
    assignment_->SetCapacity(mentor, places);
  }
}

void LiveRound::EnterMentor(Index mentor, int32_t places) {
  open_at_[mentor] = static_cast<uint32_t>(open_.size());
  open_.push_back(mentor);
  std::vector<Assignment::Wish> wishes;
  std::vector<std::pair<Index, Index>> pushed_out;
  for (const Scored& one : index_.ColumnReaching(mentor, need_)) {
    const Index mentee = one.other;
    const Entered entered = Insert(mentee, {mentor, one.points});
    if (entered.is_candidate) {
      wishes.push_back({mentee, CandidateOf(mentee, {mentor, one.points}).points});
    }
    if (entered.pushed_out != kNobody) pushed_out.emplace_back(mentee, entered.pushed_out);
  }
  assignment_->ReturnMentor(mentor, wishes, places);
  for (const auto& [mentee, other] : pushed_out) assignment_->Bar(mentee, other);
}

void LiveRound::LeaveMentor(Index mentor) {
  open_at_[open_.back()] = open_at_[mentor];
  open_[open_at_[mentor]] = open_.back();
  open_.pop_back();
  assignment_->RemoveMentor(mentor);
  for (const Scored& one : index_.ColumnReaching(mentor, need_)) {
    bool was_candidate = false;
    if (!Erase(one.other, {mentor, one.points}, &was_candidate)) continue;
    if (was_candidate) Refill(one.other);
    SetNeed(one.other);
  }
}

void LiveRound::BarPair(Index mentee, Index mentor, uint16_t points) {
  if (!Has(mentee) || places(mentor) == 0) return;
  bool was_candidate = false;
  if (!Erase(mentee, {mentor, points}, &was_candidate)) return;
  if (was_candidate) {
    assignment_->Bar(mentee, mentor);
    Refill(mentee);
  }
  SetNeed(mentee);
}

void LiveRound::UnbarPair(Index mentee, Index mentor, uint16_t points) {
  if (!Has(mentee) || places(mentor) == 0) return;
  const Entered entered = Insert(mentee, {mentor, points});
  if (!entered.is_candidate) return;
  assignment_->SetPoints(mentee, mentor, CandidateOf(mentee, {mentor, points}).points);
  if (entered.pushed_out != kNobody) assignment_->Bar(mentee, entered.pushed_out);
}

LiveRound::Entered LiveRound::Insert(Index mentee, const Scored& one) {
  std::vector<Scored>& row = rows_[mentee];
  const size_t at = PlaceIn(row, one);
  // Beyond the end of a row that is not all, there may be others who come before this one.
  if (at == row.size() && !complete_[mentee]) return {};
  row.insert(row.begin() + static_cast<std::ptrdiff_t>(at), one);
  resized_.Add(mentee);
  const size_t considered = static_cast<size_t>(candidates_);
  Entered entered;
  entered.is_candidate = at < considered;
  if (entered.is_candidate && row.size() > considered) entered.pushed_out = row[considered].other;
  if (row.size() > limit()) row.pop_back();
  if (row.size() >= limit()) complete_[mentee] = false;
  SetNeed(mentee);
  return entered;
}

bool LiveRound::Erase(Index mentee, const Scored& one, bool* was_candidate) {
  std::vector<Scored>& row = rows_[mentee];
  const size_t at = PlaceIn(row, one);
  if (at == row.size() || row[at].other != one.other) return false;
  row.erase(row.begin() + static_cast<std::ptrdiff_t>(at));
  resized_.Add(mentee);
  *was_candidate = at < static_cast<size_t>(candidates_);
  return true;
}

// After one of the candidates is gone: the next comes from the reserve.
void LiveRound::Refill(Index mentee) {
  const size_t considered = static_cast<size_t>(candidates_);
  size_t known = considered - 1;
  if (rows_[mentee].size() < considered) {
    if (complete_[mentee]) return;
    known = rows_[mentee].size();
    rows_[mentee] = Search(mentee);
    ++rows_searched_;
  }
  const std::span<const Scored> row = Row(mentee);
  for (size_t at = known; at < row.size(); ++at) {
    const Candidate candidate = CandidateOf(mentee, row[at]);
    assignment_->SetPoints(mentee, candidate.mentor, candidate.points);
  }
}

void LiveRound::SetPriorities(const std::vector<Priority>& priorities) {
  std::vector<Priority> all = priorities;
  all.resize(assignment_->mentees(), 0);
  assignment_->SetPriorities(std::move(all));
  CheckAll();
}

void LiveRound::Settle() { assignment_->Canonicalize(index_.ranks()); }

std::span<const Index> LiveRound::changed_mentees() {
  for (const Index mentee : assignment_->touched_mentees()) resized_.Add(mentee);
  return resized_.list();
}

void LiveRound::ForgetChanges() {
  for (const Index mentee : changed_mentees()) unchecked_mentees_.Add(mentee);
  for (const Index mentor : assignment_->touched_mentors()) unchecked_mentors_.Add(mentor);
  assignment_->ClearTouched();
  resized_.Clear();
}

// A mentor's price may leave any of those uncovered whose candidate they are.
std::string LiveRound::FaultSinceChecked() {
  for (const Index mentor : unchecked_mentors_.list()) {
    for (const Assignment::Wish& wish : assignment_->wishes(mentor)) {
      unchecked_mentees_.Add(wish.mentee);
    }
  }
  std::string fault =
      FaultSince(assignment_->graph(), assignment_->objective(), assignment_->claim(),
                 assignment_->taken(), unchecked_mentees_.list(), unchecked_mentors_.list());
  if (fault.empty()) {
    unchecked_mentees_.Clear();
    unchecked_mentors_.Clear();
  }
  return fault;
}

size_t LiveRound::Bytes() const {
  size_t bytes = 0;
  for (const std::vector<Scored>& row : rows_) {
    bytes += sizeof(std::vector<Scored>) + row.capacity() * sizeof(Scored);
  }
  return bytes + assignment_->Bytes();
}

}  // namespace tremplin::matching::engine
