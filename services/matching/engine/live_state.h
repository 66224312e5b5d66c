#ifndef TREMPLIN_SERVICES_MATCHING_ENGINE_LIVE_STATE_H_
#define TREMPLIN_SERVICES_MATCHING_ENGINE_LIVE_STATE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "services/matching/engine/live_order.h"
#include "services/matching/engine/live_pool.h"
#include "services/matching/engine/live_roster.h"
#include "services/matching/engine/live_round.h"
#include "services/matching/engine/rounds.h"

namespace tremplin::matching::engine {

// What a LivePool holds, in three layers that name people by the same places: who they are (the
// rosters and bars), how they compare (the index), and who has whom (the rounds). A change leaves
// all rounds, changes roster and index, enters the first round, and is settled: each round's
// optimum is made canonical, and whoever it leaves is handed to the next.
class LivePool::State {
 public:
  static absl::StatusOr<std::unique_ptr<State>> Build(Pool pool, Policy policy, Distance distance);

  absl::Status PutMentee(const Mentee& mentee);
  absl::Status PutMentor(const Mentor& mentor);
  absl::Status DropMentee(std::string_view enrolment);
  absl::Status DropMentor(std::string_view enrolment);
  absl::Status SetBar(std::string_view mentee, std::string_view mentor, bool barred);

  absl::StatusOr<Proposals> Propose();
  absl::StatusOr<std::shared_ptr<const Solution>> Solve() const;
  Summary GetSummary() const;

  // Null for who is not in the pool.
  const Mentee* FindMentee(std::string_view enrolment) const;
  const Mentor* FindMentor(std::string_view enrolment) const;

  int64_t version() const { return version_; }
  void SetVersion(int64_t version) { version_ = version; }
  absl::CivilDay today() const { return today_; }
  const Policy& policy() const { return policy_; }
  Tallies GetTallies() const;
  size_t Bytes() const;

 private:
  State(Policy policy, Distance distance, CandidateIndex index, const Pool& pool);

  bool IsStable() const { return policy_.objective == Objective::kStable; }
  void Start();
  void AddRound(const std::vector<Index>& mentees, const std::vector<int32_t>& places);
  // Everything after the round at this place follows from it.
  void HandOn(size_t round);
  void StartNextRound(const LiveRound& last);
  void Settle();

  void Enter(Index mentee);
  void Leave(Index mentee);
  void LeaveAsMentor(Index mentor);
  void EnterAsMentor(Index mentor, const PackedProfile& packed);
  uint32_t RankFor(const std::string& business_key) const;
  // Bars of somebody who is there now with others who are.
  void BarAllOf(const Mentee& mentee, Index at);
  void BarAllOf(const Mentor& mentor, Index at);

  // By mentee.
  std::vector<Index> Mentors() const;
  std::vector<Index> StableMentors() const;
  Worth PriceOf(Index mentor) const;
  Pool ToPool(std::vector<Index>* mentees, std::vector<Index>* mentors) const;
  absl::StatusOr<Solution::Answer> AnswerBy(const CandidateIndex& index,
                                            const std::vector<Index>& mentees,
                                            const std::vector<Index>& mentors) const;

  const Policy policy_;
  const Distance distance_;
  const absl::CivilDay today_;
  int64_t version_ = 0;
  Roster<Mentee> mentees_;
  Roster<Mentor> mentors_;
  Bars bars_;
  CandidateIndex index_;
  WaitingOrder order_;
  std::vector<std::unique_ptr<LiveRound>> rounds_;
  int64_t places_ = 0;
  int64_t solved_anew_ = 0;
  CandidateIndex::RowSearch full_too_;  // the best candidates, whether they have a place or not
};

}  // namespace tremplin::matching::engine

#endif  // TREMPLIN_SERVICES_MATCHING_ENGINE_LIVE_STATE_H_
