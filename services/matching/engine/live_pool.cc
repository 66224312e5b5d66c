#include "services/matching/engine/live_pool.h"

#include <algorithm>
#include <utility>

#include "services/matching/engine/live_state.h"

namespace tremplin::matching::engine {

LivePool::LivePool(std::unique_ptr<State> state) : state_(std::move(state)) {}
LivePool::~LivePool() = default;

absl::StatusOr<std::unique_ptr<LivePool>> LivePool::Build(Pool pool, Policy policy,
                                                          Distance distance) {
  absl::StatusOr<std::unique_ptr<State>> state =
      State::Build(std::move(pool), std::move(policy), std::move(distance));
  if (!state.ok()) return state.status();
  return std::unique_ptr<LivePool>(new LivePool(*std::move(state)));
}

absl::Status LivePool::PutMentee(const Mentee& mentee) { return state_->PutMentee(mentee); }
absl::Status LivePool::PutMentor(const Mentor& mentor) { return state_->PutMentor(mentor); }

absl::Status LivePool::DropMentee(std::string_view enrolment) {
  return state_->DropMentee(enrolment);
}

absl::Status LivePool::DropMentor(std::string_view enrolment) {
  return state_->DropMentor(enrolment);
}

absl::Status LivePool::Bar(std::string_view mentee, std::string_view mentor) {
  return state_->SetBar(mentee, mentor, true);
}

absl::Status LivePool::Unbar(std::string_view mentee, std::string_view mentor) {
  return state_->SetBar(mentee, mentor, false);
}

absl::StatusOr<Proposals> LivePool::Propose() { return state_->Propose(); }

absl::StatusOr<std::shared_ptr<const Solution>> LivePool::Solve() const { return state_->Solve(); }

LivePool::Summary LivePool::GetSummary() const { return state_->GetSummary(); }

absl::StatusOr<LivePool::Gain> LivePool::WhatIfPlaces(std::string_view mentor, int more) {
  const Mentor* known = state_->FindMentor(mentor);
  if (known == nullptr) return absl::NotFoundError("no such mentor");
  const Mentor before = *known;
  Mentor after = before;
  after.free = std::max(0, std::max(0, before.free) + more);
  return Tried([&] { return PutMentor(after); }, [&] { return PutMentor(before); });
}

absl::StatusOr<LivePool::Gain> LivePool::WhatIfMentee(const Mentee& mentee) {
  const Mentee* known = state_->FindMentee(mentee.enrolment);
  if (known == nullptr) {
    return Tried([&] { return PutMentee(mentee); }, [&] { return DropMentee(mentee.enrolment); });
  }
  return Tried([&] { return PutMentee(mentee); },
               [&, before = *known] { return PutMentee(before); });
}

absl::StatusOr<LivePool::Gain> LivePool::Tried(const std::function<absl::Status()>& change,
                                               const std::function<absl::Status()>& undo) {
  const Summary before = GetSummary();
  if (absl::Status changed = change(); !changed.ok()) return changed;
  const Summary after = GetSummary();
  if (absl::Status undone = undo(); !undone.ok()) return undone;
  return Gain{after.points - before.points, after.served - before.served};
}

int64_t LivePool::version() const { return state_->version(); }
void LivePool::SetVersion(int64_t version) { state_->SetVersion(version); }
absl::CivilDay LivePool::today() const { return state_->today(); }
const Policy& LivePool::policy() const { return state_->policy(); }
LivePool::Tallies LivePool::GetTallies() const { return state_->GetTallies(); }
size_t LivePool::Bytes() const { return state_->Bytes(); }

}  // namespace tremplin::matching::engine
