#include "services/matching/engine/live_pool.h"

#include <algorithm>
#include <cstring>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "services/matching/engine/live_order.h"
#include "services/matching/engine/testing/pools.h"

namespace tremplin::matching::engine {
namespace {

using testing::Kilometres;

using Pairs = std::vector<std::pair<std::string, std::string>>;

Pairs PairsOf(const Proposals& made) {
  Pairs pairs;
  for (const Proposed& one : made.proposed) pairs.emplace_back(one.mentee, one.mentor);
  return pairs;
}

// A pool changed in the simplest way there is, and a memory that is told the same.
class Twins {
 public:
  Twins(uint64_t seed, int mentees, int mentors, const Policy& policy)
      : random_(seed), policy_(policy), strangers_(testing::RandomPool(~seed, mentees, mentors)) {
    pool_ = testing::RandomPool(seed, mentees, mentors);
    for (Mentee& one : strangers_.mentees) Rename(&one);
    for (Mentor& one : strangers_.mentors) Rename(&one);
    auto live = LivePool::Build(pool_, policy_, Kilometres);
    EXPECT_TRUE(live.ok()) << live.status();
    live_ = *std::move(live);
  }

  LivePool& live() { return *live_; }
  Pool& pool() { return pool_; }
  size_t Below(size_t end) { return static_cast<size_t>(random_() % end); }

  void ChangeAtRandom() {
    switch (Below(10)) {
      case 0:
        return MenteeComes();
      case 1:
        return MenteeIsDifferent();
      case 2:
        return MenteeLeaves();
      case 3:
        return MentorComes();
      case 4:
        return MentorIsDifferent();
      case 5:
        return MentorLeaves();
      case 6:
      case 7:
        return PlacesChange();
      default:
        return BarChanges();
    }
  }

  void Put(const Mentee& one) {
    EXPECT_TRUE(live_->PutMentee(one).ok());
    Replace(&pool_.mentees, one);
  }
  void Put(const Mentor& one) {
    EXPECT_TRUE(live_->PutMentor(one).ok());
    Replace(&pool_.mentors, one);
  }

  // Fails unless the memory says what a batch over the same pool says.
  void ExpectTheSame() {
    std::shuffle(pool_.mentees.begin(), pool_.mentees.end(), random_);
    std::shuffle(pool_.mentors.begin(), pool_.mentors.end(), random_);
    const auto batch = Solution::Of(pool_, policy_, Kilometres);
    const auto full = live_->Solve();
    auto quick = live_->Propose();
    ASSERT_TRUE(batch.ok()) << batch.status();
    ASSERT_TRUE(full.ok()) << full.status();
    ASSERT_TRUE(quick.ok()) << quick.status();
    ASSERT_EQ((*full)->candidates().begin, (*batch)->candidates().begin);
    ASSERT_EQ((*full)->candidates().rows, (*batch)->candidates().rows);
    const Proposals wanted = (*batch)->ToProposals(/*reasons=*/false);
    ASSERT_EQ(PairsOf((*full)->ToProposals(/*reasons=*/false)), PairsOf(wanted));
    ASSERT_EQ(PairsOf(*quick), PairsOf(wanted));
    for (size_t i = 0; i < wanted.proposed.size(); ++i) {
      ASSERT_EQ(quick->proposed[i].rank, wanted.proposed[i].rank);
      ASSERT_EQ(quick->proposed[i].score, wanted.proposed[i].score);
    }
    const Certificate& proof = (*batch)->certificate();
    ASSERT_TRUE((*full)->certificate().ok);
    ASSERT_EQ((*full)->certificate().points, proof.points);
    const LivePool::Summary summary = live_->GetSummary();
    ASSERT_EQ(summary.points, proof.points);
    ASSERT_EQ(summary.served, int64_t{proof.served});
    ASSERT_EQ(summary.mentees, static_cast<int64_t>(pool_.mentees.size()));
  }

 private:
  template <typename Person>
  static void Rename(Person* one) {
    one->enrolment += "'";
    one->business_key += "'";
  }

  template <typename Person>
  static void Replace(std::vector<Person>* people, const Person& one) {
    for (Person& known : *people) {
      if (known.enrolment != one.enrolment) continue;
      known = one;
      return;
    }
    people->push_back(one);
  }

  void MenteeComes() { Put(strangers_.mentees[Below(strangers_.mentees.size())]); }
  void MentorComes() { Put(strangers_.mentors[Below(strangers_.mentors.size())]); }

  void MenteeIsDifferent() {
    if (pool_.mentees.empty()) return;
    Mentee one = pool_.mentees[Below(pool_.mentees.size())];
    if (Below(2) == 0) one.profile = strangers_.mentees[Below(strangers_.mentees.size())].profile;
    if (Below(2) == 0) one.waiting_since = pool_.today - static_cast<int>(Below(9));
    if (Below(4) == 0) one.business_key += "-";
    Put(one);
  }

  void MentorIsDifferent() {
    if (pool_.mentors.empty()) return;
    Mentor one = pool_.mentors[Below(pool_.mentors.size())];
    if (Below(3) > 0) one.profile = strangers_.mentors[Below(strangers_.mentors.size())].profile;
    if (Below(4) == 0) one.business_key += "-";
    if (Below(4) == 0) one.free = static_cast<int>(Below(3));
    Put(one);
  }

  void PlacesChange() {
    if (pool_.mentors.empty()) return;
    Mentor one = pool_.mentors[Below(pool_.mentors.size())];
    one.free = static_cast<int>(Below(4)) - 1;
    Put(one);
  }

  void MenteeLeaves() {
    if (pool_.mentees.empty()) return;
    const size_t at = Below(pool_.mentees.size());
    EXPECT_TRUE(live_->DropMentee(pool_.mentees[at].enrolment).ok());
    pool_.mentees.erase(pool_.mentees.begin() + static_cast<std::ptrdiff_t>(at));
  }

  void MentorLeaves() {
    if (pool_.mentors.empty()) return;
    const size_t at = Below(pool_.mentors.size());
    EXPECT_TRUE(live_->DropMentor(pool_.mentors[at].enrolment).ok());
    pool_.mentors.erase(pool_.mentors.begin() + static_cast<std::ptrdiff_t>(at));
  }

  // Of people who are there, and of strangers who may come.
  void BarChanges() {
    if (pool_.mentees.empty() || pool_.mentors.empty()) return;
    std::string mentee = pool_.mentees[Below(pool_.mentees.size())].enrolment;
    const std::string mentor = pool_.mentors[Below(pool_.mentors.size())].enrolment;
    if (Below(4) == 0) mentee = strangers_.mentees[Below(strangers_.mentees.size())].enrolment;
    if (Below(2) == 0) {
      EXPECT_TRUE(live_->Bar(mentee, mentor).ok());
      pool_.barred.insert({mentee, mentor});
    } else {
      EXPECT_TRUE(live_->Unbar(mentee, mentor).ok());
      pool_.barred.erase({mentee, mentor});
    }
  }

  std::mt19937_64 random_;
  Policy policy_;
  Pool pool_;
  Pool strangers_;
  std::unique_ptr<LivePool> live_;
};

constexpr Objective kObjectives[] = {Objective::kQuality, Objective::kCoverage, Objective::kStable};

Policy PolicyOf(uint64_t seed) {
  Policy policy = testing::RandomPolicy(seed);
  policy.limit = 1000;
  policy.objective = kObjectives[seed % 3];
  policy.candidates = 1 + static_cast<int>(seed / 3 % 4);
  policy.waiting_bonus = seed % 5 == 0 ? 3 : 0;
  return policy;
}

// Ten thousand sequences as it is run, fewer where sanitizers take their time.
#ifdef NDEBUG
constexpr uint64_t kSequences = 10'000;
#else
constexpr uint64_t kSequences = 500;
#endif

TEST(LivePoolTest, AfterEveryChangeItIsWhatABatchWouldBe) {
  int64_t searched = 0;
  int64_t rounds = 0;
  for (uint64_t seed = 0; seed < kSequences; ++seed) {
    Twins twins(seed, 2 + static_cast<int>(seed % 8), 1 + static_cast<int>(seed % 11),
                PolicyOf(seed));
    twins.ExpectTheSame();
    for (int change = 0; change < 8 && !HasFatalFailure(); ++change) {
      twins.ChangeAtRandom();
      twins.ExpectTheSame();
    }
    if (HasFatalFailure()) FAIL() << "seed " << seed;
    searched += twins.live().GetTallies().rows_searched;
    rounds += twins.live().GetTallies().rounds > 1 ? 1 : 0;
  }
  EXPECT_GT(searched, 1);
  EXPECT_GT(rounds, 20);
}

TEST(LivePoolTest, OfLargerPoolsItFollowsHundredsOfChangesThroughAllThatIsRare) {
  LivePool::Tallies all;
  for (uint64_t seed = 0; seed < 3; ++seed) {
    Policy policy = PolicyOf(seed + 100);
    policy.candidates = seed == 1 ? 3 : 10;
    policy.objective = kObjectives[seed % 3];
    Twins twins(seed, 300, 200, policy);
    for (int change = 0; change < 1000 && !HasFatalFailure(); ++change) {
      twins.ChangeAtRandom();
      if (change % 50 == 0) twins.ExpectTheSame();
    }
    // Each comes just before the one who came last.
    for (int i = 0; i < 30 && !HasFatalFailure(); ++i) {
      Mentee one = twins.pool().mentees[twins.Below(twins.pool().mentees.size())];
      one.enrolment = "late" + std::to_string(i);
      one.business_key = "z" + std::to_string(100 - i);
      one.waiting_since = twins.pool().today;
      twins.Put(one);
      if (i % 10 == 9) twins.ExpectTheSame();
    }
    if (HasFatalFailure()) FAIL() << "seed " << seed;
    const LivePool::Tallies tallies = twins.live().GetTallies();
    all.rows_searched += tallies.rows_searched;
    all.layouts += tallies.layouts;
    all.solved_anew += tallies.solved_anew;
    all.rounds = std::max(all.rounds, tallies.rounds);
  }
  EXPECT_GT(all.rows_searched, 0);
  EXPECT_GT(all.layouts, 0);
  EXPECT_GT(all.solved_anew, 0);
  EXPECT_GT(all.rounds, 1);
}

TEST(LivePoolTest, WhatIsSoAlreadyChangesNothing) {
  Twins twins(3, 8, 6, PolicyOf(3));
  for (const Mentee& one : twins.pool().mentees) EXPECT_TRUE(twins.live().PutMentee(one).ok());
  for (const Mentor& one : twins.pool().mentors) EXPECT_TRUE(twins.live().PutMentor(one).ok());
  for (const auto& [mentee, mentor] : twins.pool().barred) {
    EXPECT_TRUE(twins.live().Bar(mentee, mentor).ok());
  }
  EXPECT_TRUE(twins.live().DropMentee("nobody").ok());
  EXPECT_TRUE(twins.live().DropMentor("nobody").ok());
  EXPECT_TRUE(twins.live().Unbar("nobody", "nobody").ok());
  twins.ExpectTheSame();
}

TEST(LivePoolTest, WhatAPoolMayNotHoldIsRefusedAndChangesNothing) {
  Twins twins(4, 8, 6, PolicyOf(4));
  Mentee double_key = twins.pool().mentees[0];
  double_key.enrolment = "another";
  EXPECT_EQ(twins.live().PutMentee(double_key).code(), absl::StatusCode::kInvalidArgument);
  Mentor of_many_languages = twins.pool().mentors[0];
  for (int i = 0; i < 40; ++i) {
    of_many_languages.profile.languages.push_back("l" + std::to_string(i));
  }
  EXPECT_EQ(twins.live().PutMentor(of_many_languages).code(), absl::StatusCode::kResourceExhausted);
  twins.ExpectTheSame();
  Pool twice = twins.pool();
  twice.mentees.push_back(twice.mentees[0]);
  EXPECT_EQ(LivePool::Build(twice, PolicyOf(4), Kilometres).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(LivePoolTest, AWhatIfTellsTheGainAndLeavesEverythingAsItWas) {
  for (uint64_t seed = 0; seed < 200; ++seed) {
    Twins twins(seed, 7, 4, PolicyOf(seed));
    const LivePool::Summary before = twins.live().GetSummary();
    Mentor more = twins.pool().mentors[seed % 4];
    const auto gain = twins.live().WhatIfPlaces(more.enrolment, 1);
    ASSERT_TRUE(gain.ok());
    Mentee other = twins.pool().mentees[0];
    other.enrolment = other.person = other.business_key = "other";
    const auto gain_of_other = twins.live().WhatIfMentee(other);
    ASSERT_TRUE(gain_of_other.ok());
    twins.ExpectTheSame();
    more.free = std::max(0, more.free) + 1;
    twins.Put(more);
    EXPECT_EQ(twins.live().GetSummary().points, before.points + gain->points);
    EXPECT_EQ(twins.live().GetSummary().served, before.served + gain->served);
    if (HasFatalFailure()) FAIL() << "seed " << seed;
  }
  EXPECT_EQ(Twins(1, 7, 4, PolicyOf(1)).live().WhatIfPlaces("nobody", 1).status().code(),
            absl::StatusCode::kNotFound);
}

TEST(LivePoolTest, ALimitProposesWhoeverWaitsLongest) {
  Policy policy = PolicyOf(3);
  policy.limit = 2;
  policy.minimum_score = 0;
  Twins twins(9, 20, 20, policy);
  twins.ExpectTheSame();
  EXPECT_EQ(twins.live().Propose()->proposed.size(), 2u);
}

TEST(WaitingOrderTest, PrioritiesFallAlongTheOrderAlsoWhenThereIsNoRoomLeft) {
  std::mt19937 random(5);
  WaitingOrder order;
  std::vector<Index> wanted = {0, 1, 2};
  order.Start(wanted);
  int spread = 0;
  for (Index mentee = 3; mentee < 3000; ++mentee) {
    const size_t place = mentee % 3 == 0 ? wanted.size() : random() % 5;
    const std::set<Index> before(wanted.begin(),
                                 wanted.begin() + static_cast<std::ptrdiff_t>(place));
    spread += order.Insert(mentee, [&](Index other) { return before.contains(other); }) ? 0 : 1;
    wanted.insert(wanted.begin() + static_cast<std::ptrdiff_t>(place), mentee);
    ASSERT_EQ(order.order(), wanted);
    for (size_t i = 1; i < wanted.size(); ++i) {
      ASSERT_GT(order.priorities()[wanted[i - 1]], order.priorities()[wanted[i]]);
    }
    ASSERT_LT(order.priorities()[wanted.front()], kPriorityEnd);
    if (mentee % 7 == 0) {
      order.Erase(wanted.back());
      wanted.pop_back();
    }
  }
  EXPECT_GT(spread, 10);
}

}  // namespace
}  // namespace tremplin::matching::engine
