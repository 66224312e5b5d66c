#include "services/matching/engine/live_pool.h"

#include <algorithm>
#include <utility>

#include "services/matching/engine/live_roster.h"

namespace tremplin::matching::engine {

class LivePool::State {
 public:
  State(Policy policy, Distance distance, Digest digest, absl::CivilDay today)
      : policy_(std::move(policy)),
        distance_(std::move(distance)),
        digest_(std::move(digest)),
        today_(today) {}

  Pool ToPool() const {
    Pool pool;
    pool.version = version_;
    pool.today = today_;
    for (Index i = 0; i < mentees_.places(); ++i) {
      if (mentees_.Has(i)) pool.mentees.push_back(mentees_[i]);
    }
    for (Index j = 0; j < mentors_.places(); ++j) {
      if (mentors_.Has(j)) pool.mentors.push_back(mentors_[j]);
    }
    pool.barred = bars_.pairs();
    return pool;
  }

  absl::Status Refresh() {
    auto solved = Solution::Of(ToPool(), policy_, distance_);
    if (!solved.ok()) return solved.status();
    solution_ = *std::move(solved);
    if (digest_ != nullptr) hash_ = HashOf(solution_->pool(), digest_);
    return absl::OkStatus();
  }

  Policy policy_;
  Distance distance_;
  Digest digest_;
  absl::CivilDay today_;
  int64_t version_ = 0;
  Roster<Mentee> mentees_;
  Roster<Mentor> mentors_;
  Bars bars_;
  InputHash hash_;
  std::shared_ptr<const Solution> solution_;
};

LivePool::LivePool(std::unique_ptr<State> state) : state_(std::move(state)) {}
LivePool::~LivePool() = default;

absl::StatusOr<std::unique_ptr<LivePool>> LivePool::Build(Pool pool, Policy policy,
                                                          Distance distance, Digest digest) {
  auto state = std::make_unique<State>(std::move(policy), std::move(distance), std::move(digest),
                                       pool.today);
  state->version_ = pool.version;
  for (const Mentee& mentee : pool.mentees) {
    if (absl::Status admits = state->mentees_.Admits(mentee); !admits.ok()) return admits;
    state->mentees_.Put(mentee);
  }
  for (const Mentor& mentor : pool.mentors) {
    if (absl::Status admits = state->mentors_.Admits(mentor); !admits.ok()) return admits;
    state->mentors_.Put(mentor);
  }
  for (const auto& [mentee, mentor] : pool.barred) state->bars_.Add(mentee, mentor);
  if (absl::Status refreshed = state->Refresh(); !refreshed.ok()) return refreshed;
  return std::unique_ptr<LivePool>(new LivePool(std::move(state)));
}

absl::Status LivePool::PutMentee(const Mentee& mentee) {
  if (absl::Status admits = state_->mentees_.Admits(mentee); !admits.ok()) return admits;
  state_->mentees_.Put(mentee);
  return state_->Refresh();
}

absl::Status LivePool::PutMentor(const Mentor& mentor) {
  if (absl::Status admits = state_->mentors_.Admits(mentor); !admits.ok()) return admits;
  state_->mentors_.Put(mentor);
  return state_->Refresh();
}

absl::Status LivePool::DropMentee(std::string_view enrolment) {
  const Index at = state_->mentees_.Find(enrolment);
  if (at == kNobody) return absl::OkStatus();
  state_->mentees_.Drop(at);
  return state_->Refresh();
}

absl::Status LivePool::DropMentor(std::string_view enrolment) {
  const Index at = state_->mentors_.Find(enrolment);
  if (at == kNobody) return absl::OkStatus();
  state_->mentors_.Drop(at);
  return state_->Refresh();
}

absl::Status LivePool::Bar(std::string_view mentee, std::string_view mentor) {
  return state_->bars_.Add(mentee, mentor) ? state_->Refresh() : absl::OkStatus();
}

absl::Status LivePool::Unbar(std::string_view mentee, std::string_view mentor) {
  return state_->bars_.Remove(mentee, mentor) ? state_->Refresh() : absl::OkStatus();
}

absl::StatusOr<Proposals> LivePool::Propose() {
  Proposals proposals = state_->solution_->ToProposals(/*reasons=*/false);
  proposals.unmatched.clear();
  return proposals;
}

absl::StatusOr<std::shared_ptr<const Solution>> LivePool::Solve() const {
  return state_->solution_;
}

LivePool::Summary LivePool::GetSummary() const {
  Summary summary;
  summary.mentees = static_cast<int64_t>(state_->mentees_.size());
  summary.mentors = static_cast<int64_t>(state_->mentors_.size());
  for (const Mentor& mentor : state_->solution_->pool().mentors) {
    summary.places += std::max(0, mentor.free);
  }
  const Certificate& certificate = state_->solution_->certificate();
  summary.served = certificate.served;
  summary.points = certificate.points;
  summary.value = certificate.value;
  return summary;
}

const InputHash& LivePool::input_hash() const { return state_->hash_; }

absl::StatusOr<Assignment::Total> LivePool::WhatIfPlaces(std::string_view mentor, int more) {
  const Index at = state_->mentors_.Find(mentor);
  if (at == kNobody) return absl::NotFoundError("no such mentor");
  const Mentor before = state_->mentors_[at];
  Mentor after = before;
  after.free = std::max(0, std::max(0, before.free) + more);
  const Summary now = GetSummary();
  if (absl::Status put = PutMentor(after); !put.ok()) return put;
  const Summary then = GetSummary();
  if (absl::Status put = PutMentor(before); !put.ok()) return put;
  return Assignment::Total{then.points - now.points, then.served - now.served, 0};
}

absl::StatusOr<Assignment::Total> LivePool::WhatIfMentee(const Mentee& mentee) {
  const Index at = state_->mentees_.Find(mentee.enrolment);
  const bool known = at != kNobody;
  const Mentee before = known ? state_->mentees_[at] : Mentee();
  const Summary now = GetSummary();
  if (absl::Status put = PutMentee(mentee); !put.ok()) return put;
  const Summary then = GetSummary();
  const absl::Status back = known ? PutMentee(before) : DropMentee(mentee.enrolment);
  if (!back.ok()) return back;
  return Assignment::Total{then.points - now.points, then.served - now.served, 0};
}

int64_t LivePool::version() const { return state_->version_; }
void LivePool::SetVersion(int64_t version) { state_->version_ = version; }
absl::CivilDay LivePool::today() const { return state_->today_; }
const Policy& LivePool::policy() const { return state_->policy_; }
LivePool::Tallies LivePool::GetTallies() const { return {}; }
size_t LivePool::Bytes() const { return sizeof(State); }

}  // namespace tremplin::matching::engine
