#include "services/matching/engine/simulator_choice.h"

#include <cmath>
#include <optional>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "services/matching/engine/assignment.h"
#include "services/matching/engine/candidates.h"
#include "services/matching/engine/greedy.h"
#include "services/matching/engine/solution.h"

namespace tremplin::matching::engine {
namespace {

using Couples = std::vector<Couple>;

// Enrolments of a season are positions.
std::string EnrolmentOf(size_t position) { return absl::StrCat(position); }

size_t PositionOf(const std::string& enrolment) {
  size_t position = 0;
  return absl::SimpleAtoi(enrolment, &position) ? position : 0;
}

// What every way of choosing needs.
class Base : public Chooser {
 public:
  Base(const Population& population, const SeasonRules& rules, const Distance& distance,
       const Moment& moment)
      : population_(population), rules_(rules), distance_(distance), moment_(moment) {}

 protected:
  void AddMentee(size_t position, Pool* pool) const {
    const ArrivingMentee& one = population_.mentees[position];
    pool->mentees.push_back({EnrolmentOf(position), absl::StrCat("mentee/", one.business_key),
                             one.business_key, one.profile, one.arrives});
  }

  void AddMentor(size_t position, Pool* pool) const {
    const ArrivingMentor& one = population_.mentors[position];
    pool->mentors.push_back({EnrolmentOf(position), absl::StrCat("mentor/", one.business_key),
                             one.business_key, one.profile, moment_.free[position]});
  }

  void AddFreeMentors(Pool* pool) const {
    for (size_t i = 0; i < moment_.free.size(); ++i) {
      if (moment_.free[i] > 0) AddMentor(i, pool);
    }
  }

  // Of the pool's mentees alone.
  void AddBarred(Pool* pool) const {
    for (const Mentee& one : pool->mentees) {
      const size_t mentee = PositionOf(one.enrolment);
      for (auto at = moment_.barred.lower_bound({mentee, 0});
           at != moment_.barred.end() && at->first == mentee; ++at) {
        pool->barred.insert({one.enrolment, EnrolmentOf(at->second)});
      }
    }
  }

  // What an engine says of a pool.
  Answer Ask(Pool pool) const {
    pool.today = moment_.today;
    AddBarred(&pool);
    if (pool.mentees.empty() || pool.mentors.empty()) return Couples();
    const auto made =
        rules_.engine == SeasonEngine::kGreedy ? AskGreedy(pool) : AskOptimal(std::move(pool));
    if (!made.ok()) return made.status();
    Couples couples;
    for (const Proposed& one : made->proposed) {
      couples.push_back({PositionOf(one.mentee), PositionOf(one.mentor),
                         static_cast<int>(std::lround(one.score * 10'000))});
    }
    return couples;
  }

  // Everybody who waits and every free place.
  Answer AskAll() const {
    Pool pool;
    for (const size_t mentee : moment_.waiting) AddMentee(mentee, &pool);
    AddFreeMentors(&pool);
    return Ask(std::move(pool));
  }

  const Population& population_;
  const SeasonRules& rules_;
  const Distance& distance_;
  const Moment& moment_;

 private:
  absl::StatusOr<Proposals> AskGreedy(const Pool& pool) const {
    return MakeGreedyMatcher(distance_)->Propose(pool, rules_.policy);
  }

  absl::StatusOr<Proposals> AskOptimal(Pool pool) const {
    const auto solution = Solution::Of(std::move(pool), rules_.policy, distance_);
    if (!solution.ok()) return solution.status();
    return (*solution)->ToProposals(/*reasons=*/false);
  }
};

class Batches final : public Base {
 public:
  using Base::Base;

  Answer DayEnds() override { return IsDue() ? AskAll() : Couples(); }

 private:
  bool IsDue() const {
    switch (rules_.regime) {
      case Regime::kContinuous:
      case Regime::kDaily:
        return true;
      case Regime::kWeekly:
        return absl::GetWeekday(moment_.today) == absl::Weekday::monday;
      case Regime::kMonthly:
        return moment_.today.day() == 1;
    }
    return true;
  }
};

// First come, first served, at once. Between events nobody waits whom a free place suits, so an
// event concerns its own mentee or place alone. Scores grow with waiting: in the morning somebody
// may reach the least score.
class GreedyContinuous final : public Base {
 public:
  using Base::Base;

  Answer DayBegins() override { return AskAll(); }

  Answer MenteeWaits(size_t mentee) override {
    Pool pool;
    AddMentee(mentee, &pool);
    AddFreeMentors(&pool);
    return Ask(std::move(pool));
  }

  Answer PlaceIsFree(size_t mentor) override {
    Pool pool;
    for (const size_t mentee : moment_.waiting) AddMentee(mentee, &pool);
    AddMentor(mentor, &pool);
    return Ask(std::move(pool));
  }
};

// One optimal assignment, repaired at each event of a day. Each morning it is made anew, because
// waiting changes the points of every pair.
class OptimalContinuous final : public Base {
 public:
  using Base::Base;

  Answer DayBegins() override {
    if (absl::Status built = BuildIndex(); !built.ok()) return built;
    // Rows of those who wait; whoever else is around may come to wait today.
    Candidates candidates;
    person_.clear();
    for (Index at = 0; at < index_->mentees(); ++at) {
      const size_t mentee = mentees_[index_->MenteeInPool(at)];
      row_of_[mentee] = at;
      if (moment_.waiting.count(mentee) > 0) {
        const std::vector<Scored> row = index_->Row(at, Everyone());
        candidates.rows.insert(candidates.rows.end(), row.begin(), row.end());
      }
      candidates.begin.push_back(static_cast<uint32_t>(candidates.rows.size()));
      person_.push_back(mentee);
    }
    Graph graph = MakeGraph(*index_, candidates, rules_.policy);
    priority_ = graph.priority;
    assignment_.emplace(std::move(graph), ObjectiveOf(rules_.policy));
    assignment_->Solve();
    return TakeAssigned();
  }

  Answer MenteeWaits(size_t mentee) override {
    const Index at = row_of_.at(mentee);
    std::vector<Candidate> row;
    for (const Scored& one : index_->Row(at, Everyone())) {
      // Declined since the morning.
      if (moment_.barred.count({mentee, mentors_[index_->MentorInPool(one.other)]}) > 0) continue;
      row.push_back(
          {one.other, ObjectivePoints(rules_.policy, one.points, index_->DaysWaited(at))});
    }
    person_.push_back(mentee);
    assignment_->AddMentee(row, priority_[at]);
    return TakeAssigned();
  }

  Answer PlaceIsFree(size_t mentor) override {
    assignment_->SetCapacity(node_of_mentor_.at(mentor), moment_.free[mentor]);
    return TakeAssigned();
  }

 private:
  static Objective ObjectiveOf(const Policy& policy) {
    return policy.objective == Objective::kCoverage ? Objective::kCoverage : Objective::kQuality;
  }

  Search Everyone() const {
    return {.limit = static_cast<int>(index_->mentors()), .full_too = true};
  }

  absl::Status BuildIndex() {
    Pool pool;
    pool.today = moment_.today;
    mentees_.assign(moment_.around.begin(), moment_.around.end());
    for (const size_t mentee : mentees_) AddMentee(mentee, &pool);
    mentors_.clear();
    for (size_t mentor = 0; mentor < moment_.here.size(); ++mentor) {
      if (!moment_.here[mentor]) continue;
      mentors_.push_back(mentor);
      AddMentor(mentor, &pool);
    }
    AddBarred(&pool);
    absl::StatusOr<CandidateIndex> index = CandidateIndex::Build(pool, rules_.policy, distance_);
    if (!index.ok()) return index.status();
    index_.emplace(*std::move(index));
    row_of_.clear();
    node_of_mentor_.clear();
    for (Index at = 0; at < index_->mentors(); ++at) {
      node_of_mentor_[mentors_[index_->MentorInPool(at)]] = at;
    }
    return absl::OkStatus();
  }

  // Every pair of the assignment, taken out of it with the place it holds. What is left is optimal
  // with nobody assigned: a pair possible now could have been added before.
  Couples TakeAssigned() {
    Couples couples;
    std::vector<Index> nodes;
    std::vector<int32_t> left(index_->mentors(), -1);
    for (Index node = 0; node < assignment_->mentees(); ++node) {
      const Index mentor = assignment_->assigned()[node];
      if (mentor == kNobody) continue;
      const size_t mentee = person_[node];
      couples.push_back({mentee, mentors_[index_->MentorInPool(mentor)],
                         index_->Points(row_of_.at(mentee), mentor)});
      nodes.push_back(node);
      if (left[mentor] < 0) left[mentor] = moment_.free[couples.back().mentor];
      --left[mentor];
    }
    for (const Index node : nodes) assignment_->RemoveMentee(node);
    for (Index mentor = 0; mentor < left.size(); ++mentor) {
      if (left[mentor] >= 0) assignment_->SetCapacity(mentor, left[mentor]);
    }
    return couples;
  }

  // Of today.
  std::vector<size_t> mentees_;  // by position in the pool
  std::vector<size_t> mentors_;
  std::optional<CandidateIndex> index_;
  std::vector<Priority> priority_;          // by position in the index
  std::map<size_t, Index> row_of_;          // mentee → position in the index
  std::map<size_t, Index> node_of_mentor_;  // mentor → position in index and assignment
  std::optional<Assignment> assignment_;
  std::vector<size_t> person_;  // by position in the assignment: of those who were in it, too
};

}  // namespace

std::unique_ptr<Chooser> MakeChooser(const Population& population, const SeasonRules& rules,
                                     const Distance& distance, const Moment& moment) {
  if (rules.regime != Regime::kContinuous) {
    return std::make_unique<Batches>(population, rules, distance, moment);
  }
  if (rules.engine == SeasonEngine::kGreedy) {
    return std::make_unique<GreedyContinuous>(population, rules, distance, moment);
  }
  return std::make_unique<OptimalContinuous>(population, rules, distance, moment);
}

}  // namespace tremplin::matching::engine
