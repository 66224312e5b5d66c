// What a memory answers: the pairs, a summary, the full answer.

#include <algorithm>
#include <utility>

#include "services/matching/engine/live_state.h"
#include "services/matching/engine/rounds.h"
#include "services/matching/engine/stable.h"

namespace tremplin::matching::engine {

const Mentee* LivePool::State::FindMentee(std::string_view enrolment) const {
  const Index at = mentees_.Find(enrolment);
  return at == kNobody ? nullptr : &mentees_[at];
}

const Mentor* LivePool::State::FindMentor(std::string_view enrolment) const {
  const Index at = mentors_.Find(enrolment);
  return at == kNobody ? nullptr : &mentors_[at];
}

// By mentee. Deferred acceptance breaks ties by index, so mentors are handed to it by rank.
std::vector<Index> LivePool::State::StableMentors() const {
  const LiveRound& round = *rounds_.front();
  Graph graph;
  std::vector<Points> of_mentors;
  for (Index mentee = 0; mentee < mentees_.places(); ++mentee) {
    for (const Scored& one : round.Row(mentee)) {
      const Points points = ObjectivePoints(policy_, one.points, index_.DaysWaited(mentee));
      graph.candidates.push_back({index_.ranks()[one.other], points});
      of_mentors.push_back(points);
    }
    graph.begin.push_back(static_cast<uint32_t>(graph.candidates.size()));
  }
  graph.priority = order_.priorities();
  graph.priority.resize(mentees_.places(), 0);
  for (const Index mentor : index_.by_rank()) graph.capacity.push_back(round.places(mentor));
  std::vector<Index> mentors = SolveStable({graph.View(), of_mentors});
  for (Index& mentor : mentors) {
    if (mentor != kNobody) mentor = index_.by_rank()[mentor];
  }
  return mentors;
}

std::vector<Index> LivePool::State::Mentors() const {
  if (IsStable()) return StableMentors();
  std::vector<Index> mentors(mentees_.places(), kNobody);
  for (const auto& round : rounds_) {
    const std::span<const Index> assigned = round->assignment().assigned();
    for (Index mentee = 0; mentee < assigned.size(); ++mentee) {
      if (assigned[mentee] != kNobody) mentors[mentee] = assigned[mentee];
    }
  }
  return mentors;
}

Worth LivePool::State::PriceOf(Index mentor) const {
  Worth price = 0;
  if (IsStable()) return price;
  for (const auto& round : rounds_) {
    if (mentor < round->assignment().mentors()) price += round->assignment().price(mentor);
  }
  return price;
}

absl::StatusOr<Proposals> LivePool::State::Propose() {
  for (const auto& round : rounds_) {
    if (const std::string fault = round->FaultSinceChecked(); !fault.empty()) {
      return NotCertified(fault);
    }
  }
  const std::vector<Index> mentors = Mentors();
  Proposals proposals;
  for (const Index mentee : order_.order()) {
    const Index mentor = mentors[mentee];
    if (mentor == kNobody) continue;
    if (static_cast<int>(proposals.proposed.size()) >= policy_.limit) break;
    proposals.proposed.push_back(MakeProposed(mentees_[mentee], mentors_[mentor], today_, policy_,
                                              distance_, RankOf(mentee, mentor, index_, &full_too_),
                                              PriceOf(mentor)));
  }
  return proposals;
}

LivePool::Summary LivePool::State::GetSummary() const {
  Summary summary;
  summary.mentees = static_cast<int64_t>(mentees_.size());
  summary.mentors = static_cast<int64_t>(mentors_.size());
  summary.places = places_;
  if (!IsStable()) {
    for (const auto& round : rounds_) {
      summary.served += round->assignment().total().served;
      summary.points += round->assignment().total().points;
    }
    return summary;
  }
  const std::vector<Index> mentors = StableMentors();
  for (Index mentee = 0; mentee < mentors.size(); ++mentee) {
    if (mentors[mentee] == kNobody) continue;
    ++summary.served;
    summary.points +=
        ObjectivePoints(policy_, index_.Points(mentee, mentors[mentee]), index_.DaysWaited(mentee));
  }
  return summary;
}

// Lists, in the order of the pool, who is where here.
Pool LivePool::State::ToPool(std::vector<Index>* mentees, std::vector<Index>* mentors) const {
  Pool pool;
  pool.version = version_;
  pool.today = today_;
  for (Index at = 0; at < mentees_.places(); ++at) {
    if (!mentees_.Has(at)) continue;
    pool.mentees.push_back(mentees_[at]);
    mentees->push_back(at);
  }
  for (Index at = 0; at < mentors_.places(); ++at) {
    if (!mentors_.Has(at)) continue;
    pool.mentors.push_back(mentors_[at]);
    mentors->push_back(at);
  }
  pool.barred = bars_.pairs();
  return pool;
}

absl::StatusOr<std::shared_ptr<const Solution>> LivePool::State::Solve() const {
  std::vector<Index> mentees;
  std::vector<Index> mentors;
  Pool pool = ToPool(&mentees, &mentors);
  return Solution::OfSolved(std::move(pool), policy_, distance_, [&](const CandidateIndex& index) {
    return AnswerBy(index, mentees, mentors);
  });
}

// In the positions of another index, whose pool has these people.
absl::StatusOr<Solution::Answer> LivePool::State::AnswerBy(
    const CandidateIndex& index, const std::vector<Index>& mentees,
    const std::vector<Index>& mentors) const {
  std::vector<Index> mentee_at(mentees_.places(), kNobody);
  std::vector<Index> mentor_at(mentors_.places(), kNobody);
  for (Index at = 0; at < index.mentees(); ++at) mentee_at[mentees[index.MenteeInPool(at)]] = at;
  for (Index at = 0; at < index.mentors(); ++at) mentor_at[mentors[index.MentorInPool(at)]] = at;
  Solution::Answer answer{{}, RoundSum(index.mentees(), index.mentors())};
  for (Index at = 0; at < index.mentees(); ++at) {
    for (const Scored& one : rounds_.front()->Row(mentees[index.MenteeInPool(at)])) {
      answer.candidates.rows.push_back({mentor_at[one.other], one.points});
    }
    answer.candidates.begin.push_back(static_cast<uint32_t>(answer.candidates.rows.size()));
  }
  for (const auto& round : rounds_) {
    const Assignment& assignment = round->assignment();
    const std::span<const Index> of_mentees(mentee_at);
    const std::span<const Index> of_mentors(mentor_at);
    absl::Status added = answer.sum.Add(assignment, of_mentees.first(assignment.mentees()),
                                        of_mentors.first(assignment.mentors()));
    if (!added.ok()) return added;
  }
  return answer;
}

LivePool::Tallies LivePool::State::GetTallies() const {
  Tallies tallies;
  for (const auto& round : rounds_) tallies.rows_searched += round->rows_searched();
  tallies.layouts = index_.layouts();
  tallies.solved_anew = solved_anew_;
  tallies.rounds = static_cast<int64_t>(rounds_.size());
  return tallies;
}

size_t LivePool::State::Bytes() const {
  size_t bytes = sizeof(*this) + index_.Bytes();
  for (const auto& round : rounds_) bytes += round->Bytes();
  return bytes + mentees_.places() * sizeof(Mentee) + mentors_.places() * sizeof(Mentor);
}

}  // namespace tremplin::matching::engine
