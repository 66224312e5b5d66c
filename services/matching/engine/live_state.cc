#include "services/matching/engine/live_state.h"

#include <algorithm>
#include <numeric>
#include <tuple>

namespace tremplin::matching::engine {
namespace {

template <typename Person>
void SortByKey(std::vector<Person>* people) {
  std::sort(people->begin(), people->end(),
            [](const Person& a, const Person& b) { return a.business_key < b.business_key; });
}

template <typename Person>
absl::Status FillRoster(const std::vector<Person>& people, Roster<Person>* roster) {
  for (const Person& person : people) {
    if (roster->Find(person.enrolment) != kNobody) {
      return absl::InvalidArgumentError("enrolment twice: " + person.enrolment);
    }
    roster->Put(person);
  }
  return absl::OkStatus();
}

absl::Status TooManyMentees() {
  return absl::ResourceExhaustedError("more than " + std::to_string(kMaxMentees) + " mentees");
}

}  // namespace

LivePool::State::State(Policy policy, Distance distance, CandidateIndex index, const Pool& pool)
    : policy_(std::move(policy)),
      distance_(std::move(distance)),
      today_(pool.today),
      version_(pool.version),
      index_(std::move(index)),
      full_too_(index_, {.limit = policy_.candidates, .full_too = true}) {}

absl::StatusOr<std::unique_ptr<LivePool::State>> LivePool::State::Build(Pool pool, Policy policy,
                                                                        Distance distance) {
  if (pool.mentees.size() > kMaxMentees) return TooManyMentees();
  // So that places are, at first, positions.
  SortByKey(&pool.mentees);
  SortByKey(&pool.mentors);
  absl::StatusOr<CandidateIndex> index = CandidateIndex::Build(pool, policy, distance);
  if (!index.ok()) return index.status();
  std::unique_ptr<State> state(
      new State(std::move(policy), std::move(distance), *std::move(index), pool));
  absl::Status filled = FillRoster(pool.mentees, &state->mentees_);
  if (filled.ok()) filled = FillRoster(pool.mentors, &state->mentors_);
  if (!filled.ok()) return filled;
  for (const auto& [mentee, mentor] : pool.barred) state->bars_.Add(mentee, mentor);
  state->Start();
  return state;
}

void LivePool::State::Start() {
  index_.Follow();
  std::vector<Index> order(mentees_.places());
  std::iota(order.begin(), order.end(), Index{0});
  std::stable_sort(order.begin(), order.end(), [this](Index a, Index b) {
    return mentees_[a].waiting_since < mentees_[b].waiting_since;
  });
  order_.Start(order);
  std::vector<int32_t> places(mentors_.places());
  for (Index at = 0; at < places.size(); ++at) {
    places[at] = std::max(0, mentors_[at].free);
    places_ += places[at];
  }
  AddRound(order, places);
  Settle();
}

void LivePool::State::AddRound(const std::vector<Index>& mentees,
                               const std::vector<int32_t>& places) {
  const int candidates =
      rounds_.empty() ? policy_.candidates : CandidatesInNextRound(rounds_.back()->candidates());
  rounds_.push_back(
      std::make_unique<LiveRound>(index_, policy_, candidates, /*first=*/rounds_.empty()));
  rounds_.back()->Start(mentees, places, order_.priorities());
}

// ---- Changes

absl::Status LivePool::State::PutMentee(const Mentee& mentee) {
  const Index known = mentees_.Find(mentee.enrolment);
  if (known != kNobody && mentees_[known] == mentee) return absl::OkStatus();
  if (absl::Status admits = mentees_.Admits(mentee); !admits.ok()) return admits;
  if (known == kNobody && mentees_.size() >= kMaxMentees) return TooManyMentees();
  const absl::StatusOr<PackedProfile> packed = index_.Pack(mentee);
  if (!packed.ok()) return packed.status();
  if (known != kNobody) Leave(known);
  const Index at = mentees_.Put(mentee);
  index_.PutMentee(at, *packed);
  BarAllOf(mentee, at);
  Enter(at);
  Settle();
  return absl::OkStatus();
}

absl::Status LivePool::State::DropMentee(std::string_view enrolment) {
  const Index at = mentees_.Find(enrolment);
  if (at == kNobody) return absl::OkStatus();
  Leave(at);
  mentees_.Drop(at);
  Settle();
  return absl::OkStatus();
}

void LivePool::State::Leave(Index mentee) {
  for (const auto& round : rounds_) round->LeaveMentee(mentee);
  order_.Erase(mentee);
  index_.DropMentee(mentee);
}

void LivePool::State::Enter(Index mentee) {
  const Mentee& one = mentees_[mentee];
  const bool had_room = order_.Insert(mentee, [&](Index other) {
    return std::tie(mentees_[other].waiting_since, mentees_[other].business_key) <
           std::tie(one.waiting_since, one.business_key);
  });
  if (!had_room) {
    ++solved_anew_;
    for (const auto& round : rounds_) round->SetPriorities(order_.priorities());
  }
  rounds_.front()->EnterMentee(mentee, order_.priorities()[mentee]);
}

absl::Status LivePool::State::PutMentor(const Mentor& mentor) {
  const Index known = mentors_.Find(mentor.enrolment);
  if (known != kNobody && mentors_[known] == mentor) return absl::OkStatus();
  if (absl::Status admits = mentors_.Admits(mentor); !admits.ok()) return admits;
  const absl::StatusOr<PackedProfile> packed = index_.Pack(mentor);
  if (!packed.ok()) return packed.status();
  if (known == kNobody) {
    EnterAsMentor(mentors_.Put(mentor), *packed);
    Settle();
    return absl::OkStatus();
  }
  Mentor as_before = mentor;
  as_before.free = mentors_[known].free;
  if (mentors_[known] == as_before) {  // only places
    places_ += std::max(0, mentor.free) - std::max(0, mentors_[known].free);
    mentors_.Put(mentor);
    index_.SetFree(known, mentor.free);
    rounds_.front()->SetPlaces(known, mentor.free);
  } else {
    LeaveAsMentor(known);
    EnterAsMentor(mentors_.Put(mentor), *packed);
  }
  Settle();
  return absl::OkStatus();
}

absl::Status LivePool::State::DropMentor(std::string_view enrolment) {
  const Index at = mentors_.Find(enrolment);
  if (at == kNobody) return absl::OkStatus();
  LeaveAsMentor(at);
  mentors_.Drop(at);
  Settle();
  return absl::OkStatus();
}

void LivePool::State::LeaveAsMentor(Index mentor) {
  index_.SetFree(mentor, 0);
  for (const auto& round : rounds_) round->SetPlaces(mentor, 0);
  index_.DropMentor(mentor);
  places_ -= std::max(0, mentors_[mentor].free);
}

void LivePool::State::EnterAsMentor(Index mentor, const PackedProfile& packed) {
  const Mentor& one = mentors_[mentor];
  index_.PutMentor(mentor, packed, RankFor(one.business_key));
  places_ += std::max(0, one.free);
  BarAllOf(one, mentor);
  rounds_.front()->SetPlaces(mentor, one.free);
}

uint32_t LivePool::State::RankFor(const std::string& business_key) const {
  const std::span<const Index> by_rank = index_.by_rank();
  const auto at = std::partition_point(by_rank.begin(), by_rank.end(), [&](Index other) {
    return mentors_[other].business_key < business_key;
  });
  return static_cast<uint32_t>(at - by_rank.begin());
}

void LivePool::State::BarAllOf(const Mentee& mentee, Index at) {
  bars_.ForEachOfMentee(mentee.enrolment, [&](const std::string& mentor) {
    const Index other = mentors_.Find(mentor);
    if (other != kNobody) index_.SetBarred(at, other, true);
  });
}

void LivePool::State::BarAllOf(const Mentor& mentor, Index at) {
  bars_.ForEachOfMentor(mentor.enrolment, [&](const std::string& mentee) {
    const Index other = mentees_.Find(mentee);
    if (other != kNobody) index_.SetBarred(other, at, true);
  });
}

absl::Status LivePool::State::SetBar(std::string_view mentee, std::string_view mentor,
                                     bool barred) {
  const bool changed = barred ? bars_.Add(mentee, mentor) : bars_.Remove(mentee, mentor);
  const Index one = mentees_.Find(mentee);
  const Index other = mentors_.Find(mentor);
  if (!changed || one == kNobody || other == kNobody) return absl::OkStatus();
  uint16_t points = 0;
  const bool suited = index_.Suits(one, other, &points);
  index_.SetBarred(one, other, barred);
  const bool suits = index_.Suits(one, other, &points);
  for (const auto& round : rounds_) {
    if (suited) round->BarPair(one, other, points);
    if (suits) round->UnbarPair(one, other, points);
  }
  Settle();
  return absl::OkStatus();
}

// Each round from the first on is made canonical and hands on whom it leaves.
void LivePool::State::Settle() {
  for (size_t round = 0; round < rounds_.size(); ++round) {
    rounds_[round]->Settle();
    if (!IsStable()) HandOn(round);
    rounds_[round]->ForgetChanges();
  }
}

void LivePool::State::HandOn(size_t round) {
  LiveRound& last = *rounds_[round];
  const std::span<const Index> changed = last.changed_mentees();
  if (round + 1 == rounds_.size()) {
    const bool any_left =
        std::any_of(changed.begin(), changed.end(), [&](Index i) { return last.IsLeft(i); });
    if (any_left) StartNextRound(last);
    return;
  }
  LiveRound& next = *rounds_[round + 1];
  for (const Index mentee : changed) {
    if (!last.IsLeft(mentee)) next.LeaveMentee(mentee);
  }
  for (const Index mentor : last.changed_mentors()) {
    next.SetPlaces(mentor, last.assignment().free_places(mentor));
  }
  for (const Index mentee : changed) {
    if (last.IsLeft(mentee) && !next.Has(mentee)) {
      next.EnterMentee(mentee, order_.priorities()[mentee]);
    }
  }
}

void LivePool::State::StartNextRound(const LiveRound& last) {
  std::vector<Index> mentees;
  for (const Index mentee : order_.order()) {
    if (last.IsLeft(mentee)) mentees.push_back(mentee);
  }
  std::vector<int32_t> places(index_.mentors());
  for (Index mentor = 0; mentor < last.assignment().mentors(); ++mentor) {
    places[mentor] = std::max(0, last.assignment().free_places(mentor));
  }
  AddRound(mentees, places);
}

}  // namespace tremplin::matching::engine
