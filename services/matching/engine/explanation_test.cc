#include "services/matching/engine/explanation.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "rapidcheck/gtest.h"
#include "services/matching/engine/testing/pools.h"

namespace tremplin::matching::engine {
namespace {

using testing::Kilometres;

// The best assignment of a few mentees, by trying them all. The price of a mentor is what the
// optimum loses with one place of theirs, the greatest that proves it.
class Exact {
 public:
  Exact(const Pool& pool, const Policy& policy)
      : index_(*CandidateIndex::Build(pool, policy, Kilometres)),
        candidates_(index_.All({})),
        graph_(MakeGraph(index_, candidates_, policy)) {
    Worth best = -1;
    std::vector<Index> chosen(graph_.mentees(), kNobody);
    Try(0, 0, &chosen, &best, &standing_.mentor_of);
    for (Index mentor = 0; mentor < graph_.mentors(); ++mentor) {
      standing_.price.push_back(0);
      if (graph_.capacity[mentor] == 0) continue;
      --graph_.capacity[mentor];
      standing_.price.back() = best - Value();
      ++graph_.capacity[mentor];
    }
    for (Index mentee = 0; mentee < graph_.mentees(); ++mentee) {
      standing_.surplus.push_back(Has(mentee) ? Surplus(mentee) : 0);
    }
  }

  const CandidateIndex& index() const { return index_; }
  const Candidates& candidates() const { return candidates_; }
  const Standing& standing() const { return standing_; }
  bool Has(Index mentee) const { return standing_.mentor_of[mentee] != kNobody; }

 private:
  Worth WorthAt(Index mentee, const Candidate& one) const {
    return WorthOf(Objective::kQuality, one.points, graph_.priority[mentee]);
  }

  Worth Surplus(Index mentee) const {
    for (uint32_t at = graph_.begin[mentee]; at < graph_.begin[mentee + 1]; ++at) {
      const Candidate& one = graph_.candidates[at];
      if (one.mentor != standing_.mentor_of[mentee]) continue;
      return WorthAt(mentee, one) - standing_.price[one.mentor];
    }
    return 0;
  }

  Worth Value() {
    Worth best = -1;
    std::vector<Index> chosen(graph_.mentees(), kNobody);
    std::vector<Index> ignored;
    Try(0, 0, &chosen, &best, &ignored);
    return best;
  }

  void Try(Index mentee, Worth sum, std::vector<Index>* chosen, Worth* best,
           std::vector<Index>* best_chosen) {
    if (mentee == graph_.mentees()) {
      if (sum > *best) {
        *best = sum;
        *best_chosen = *chosen;
      }
      return;
    }
    Try(mentee + 1, sum, chosen, best, best_chosen);
    for (uint32_t at = graph_.begin[mentee]; at < graph_.begin[mentee + 1]; ++at) {
      const Candidate& one = graph_.candidates[at];
      if (graph_.capacity[one.mentor] == 0) continue;
      --graph_.capacity[one.mentor];
      (*chosen)[mentee] = one.mentor;
      Try(mentee + 1, sum + WorthAt(mentee, one), chosen, best, best_chosen);
      (*chosen)[mentee] = kNobody;
      ++graph_.capacity[one.mentor];
    }
  }

  CandidateIndex index_;
  Candidates candidates_;
  Graph graph_;
  Standing standing_;
};

const Distance kDistance = Kilometres;

Explainer ExplainerOf(const Pool& pool, const Policy& policy, const Exact& exact) {
  return {pool, policy, exact.index(), exact.candidates(), kDistance, exact.standing()};
}

// Solves again on copies, as a service would.
Resolve ResolveOf(const Pool& pool, const Policy& policy, const Exact& exact, Index mentee) {
  return [&pool, &policy, &exact, mentee](const Change& change) {
    Pool changed = pool;
    Policy to = policy;
    Apply(change, exact.index(), mentee, &changed, &to);
    return Exact(changed, to).Has(mentee);
  };
}

Profile French() { return {"31301", "62", {"fr"}, "K10", {"mon-evening"}}; }

Mentee Seeks(const std::string& key, Profile profile) {
  return {"e" + key, "p" + key, key, std::move(profile), absl::CivilDay(2026, 1, 1)};
}
Mentor Offers(const std::string& key, int free, Profile profile) {
  return {"e" + key, "p" + key, key, std::move(profile), free};
}

Policy SimplePolicy() {
  Policy policy;
  policy.weights = {{"occupation", 60}, {"proximity", 20}, {"language", 10}, {"availability", 10}};
  policy.minimum_score = 0.9;
  policy.shared_language_required = true;
  return policy;
}

Pool PoolOf(std::vector<Mentee> mentees, std::vector<Mentor> mentors) {
  Pool pool;
  pool.today = absl::CivilDay(2026, 3, 2);
  pool.mentees = std::move(mentees);
  pool.mentors = std::move(mentors);
  return pool;
}

UnmatchedExplanation Why(const Pool& pool, const Policy& policy, Index mentee) {
  const Exact exact(pool, policy);
  EXPECT_FALSE(exact.Has(mentee));
  return ExplainerOf(pool, policy, exact).Unmatched(mentee, ResolveOf(pool, policy, exact, mentee));
}

TEST(ExplainerTest, ThreeSpeakFrenchAllAreFullAndTheNearestFreeOneIsTooFarAway) {
  Profile far = French();
  far.fsa = "K90";
  Profile english = French();
  english.languages = {"en"};
  const Pool pool =
      PoolOf({Seeks("a", French())},
             {Offers("m1", 0, French()), Offers("m2", 0, French()), Offers("m3", 0, French()),
              Offers("m4", 2, far), Offers("m5", 1, english)});
  const UnmatchedExplanation why = Why(pool, SimplePolicy(), 0);
  EXPECT_EQ(why.cause, Cause::kAllFull);
  EXPECT_EQ(why.stages, (std::vector<Stage>{{Rule::kAnotherPerson, 5, 5},
                                            {Rule::kSharedLanguage, 4, 4},
                                            {Rule::kNotBarred, 4, 4},
                                            {Rule::kLeastPoints, 3, 3},
                                            {Rule::kPlace, 0, 0}}));
  ASSERT_TRUE(why.nearest.has_value());
  EXPECT_EQ(why.nearest->mentor, 3u);
  EXPECT_EQ(why.nearest->points, 8000);
  EXPECT_EQ(why.nearest->short_by, 1000);
  EXPECT_EQ(why.nearest->criterion, "proximity");
  EXPECT_TRUE(why.nearest->has_place);
  EXPECT_EQ(why.remedies, (std::vector<Change>{{ChangeKind::kPlace, "", 0, 0},
                                               {ChangeKind::kPlace, "", 1, 0},
                                               {ChangeKind::kPlace, "", 2, 0},
                                               {ChangeKind::kLanguage, "en", 0, 0},
                                               {ChangeKind::kMinimum, "", 0, 8000}}));
}

TEST(ExplainerTest, WhoIsOutbidLearnsByHowMuch) {
  Profile farther = French();
  farther.fsa = "K35";  // 25 km: 4/15 of proximity lost
  const Pool pool = PoolOf({Seeks("a", French()), Seeks("b", farther)}, {Offers("m", 1, French())});
  const UnmatchedExplanation why = Why(pool, SimplePolicy(), 1);
  EXPECT_EQ(why.cause, Cause::kOutbid);
  ASSERT_TRUE(why.nearest.has_value());
  // 2,000 points of proximity times 20/75.
  EXPECT_EQ(why.nearest->short_by, 533);
  EXPECT_EQ(why.nearest->criterion, "proximity");
  EXPECT_FALSE(why.nearest->has_place);
  EXPECT_EQ(why.remedies, (std::vector<Change>{{ChangeKind::kPlace, "", 0, 0}}));
}

TEST(ExplainerTest, EachCauseIsTheFirstRuleThatLeavesNobody) {
  Policy policy = SimplePolicy();
  policy.shared_slot_required = true;
  Pool pool = PoolOf({Seeks("a", French())}, {Offers("m", 1, French())});
  pool.mentors[0].person = "pa";
  EXPECT_EQ(Why(pool, policy, 0).cause, Cause::kNobodyThere);
  pool.mentors[0].person = "pm";
  pool.mentors[0].profile.languages = {"en"};
  EXPECT_EQ(Why(pool, policy, 0).cause, Cause::kNoSharedLanguage);
  pool.mentors[0].profile.languages = {"fr"};
  pool.mentors[0].profile.availability = {"tue-noon"};
  const UnmatchedExplanation slot = Why(pool, policy, 0);
  EXPECT_EQ(slot.cause, Cause::kNoSharedSlot);
  // The slot alone would not do: half of the availability would still be missing… but it does.
  EXPECT_EQ(slot.remedies, (std::vector<Change>{{ChangeKind::kSlot, "tue-noon", 0, 0}}));
  pool.mentors[0].profile.availability = {"mon-evening"};
  pool.mentees[0].profile.wishes = pool.mentees[0].profile.required = {"woman"};
  const UnmatchedExplanation wish = Why(pool, policy, 0);
  EXPECT_EQ(wish.cause, Cause::kNoneAsRequired);
  EXPECT_EQ(wish.stages[3], (Stage{Rule::kRequired, 0, 0}));
  EXPECT_EQ(wish.remedies, (std::vector<Change>{{ChangeKind::kWish, "woman", 0, 0}}));
  pool.mentors[0].profile.attributes = {"woman"};
  pool.barred = {{"ea", "em"}};
  const UnmatchedExplanation barred = Why(pool, policy, 0);
  EXPECT_EQ(barred.cause, Cause::kAllBarred);
  EXPECT_TRUE(barred.remedies.empty());
  pool.barred.clear();
  pool.mentors[0].profile.noc = "65200";
  EXPECT_EQ(Why(pool, policy, 0).cause, Cause::kScoreTooLow);
  pool.mentors.clear();
  EXPECT_EQ(Why(pool, policy, 0).cause, Cause::kNobodyThere);
}

TEST(ExplainerTest, WhoIsBeyondTheCandidatesIsSaidToBe) {
  const Pool pool = PoolOf({Seeks("a", French())}, {Offers("m", 1, French())});
  const Policy policy = SimplePolicy();
  const CandidateIndex index = *CandidateIndex::Build(pool, policy, Kilometres);
  const Candidates none{{0, 0}, {}, 1, 0};
  const Standing standing{{kNobody}, {0}, {0}};
  const Explainer explainer(pool, policy, index, none, kDistance, standing);
  EXPECT_EQ(explainer.Unmatched(0, [](const Change&) { return false; }).cause,
            Cause::kOutOfCandidates);
}

TEST(ExplainerTest, TriesAreBounded) {
  const Pool pool =
      PoolOf({Seeks("a", French())}, {Offers("m1", 0, French()), Offers("m2", 0, French())});
  const Policy policy = SimplePolicy();
  const Exact exact(pool, policy);
  int asked = 0;
  const auto why = ExplainerOf(pool, policy, exact)
                       .Unmatched(
                           0,
                           [&](const Change&) {
                             ++asked;
                             return false;
                           },
                           1);
  EXPECT_EQ(asked, 1);
  EXPECT_TRUE(why.remedies.empty());
}

TEST(ExplainerTest, AProposalTellsRankPriceAndSurplus) {
  Profile farther = French();
  farther.fsa = "K35";
  const Pool pool = PoolOf({Seeks("a", French()), Seeks("b", farther)},
                           {Offers("m1", 1, French()), Offers("m2", 5, farther)});
  const Policy policy = SimplePolicy();
  const Exact exact(pool, policy);
  const Explainer explainer = ExplainerOf(pool, policy, exact);
  const ProposalExplanation made = explainer.Proposal(0, 0);
  EXPECT_EQ(made.points, 10000);
  EXPECT_EQ(made.parts, (std::vector<Part>{{"occupation", 6000, 6000},
                                           {"proximity", 2000, 2000},
                                           {"language", 1000, 1000},
                                           {"availability", 1000, 1000}}));
  EXPECT_EQ(made.rank, 1);
  EXPECT_EQ(made.candidates, 2);
  EXPECT_EQ(made.contested, 533);  // what a would lose by going to m2
  EXPECT_EQ(made.surplus, 9467);
  EXPECT_EQ(explainer.Proposal(0, 1).rank, 2);
  EXPECT_EQ(explainer.Proposal(0, 1).points, 9467);
}

TEST(ExplainerTest, WhatIsToldToASideIsOnlyWhatBothHave) {
  Profile mentee{"21231", "541", {"en", "fr"}, "K10", {"mon-evening", "sat-noon"}};
  mentee.goals = {"exam", "network"};
  Profile mentor{"20012", "54", {"es", "fr"}, "K20", {"fri-noon", "sat-noon"}};
  mentor.goals = {"network"};
  const Pool pool = PoolOf({Seeks("a", mentee)}, {Offers("m", 1, mentor)});
  Policy policy = SimplePolicy();
  policy.minimum_score = 0;
  const Exact exact(pool, policy);
  const Common common = ExplainerOf(pool, policy, exact).InCommon(0, 0);
  EXPECT_EQ(common.languages, std::vector<std::string>{"fr"});
  EXPECT_EQ(common.slots, std::vector<std::string>{"sat-noon"});
  EXPECT_EQ(common.goals, std::vector<std::string>{"network"});
  EXPECT_EQ(common.occupation, Closeness::kNear);
  EXPECT_EQ(common.industry, Closeness::kNear);
  EXPECT_EQ(common.place, Closeness::kNear);
}

RC_GTEST_PROP(ExplainerTest, PartsSumToThePointsAndNoneExceedsItsMost, ()) {
  const Pool pool = *testing::AnyPool(3, 5);
  const Policy policy = *testing::AnyPolicy();
  const Exact exact(pool, policy);
  const Explainer explainer = ExplainerOf(pool, policy, exact);
  for (Index mentee = 0; mentee < 3; ++mentee) {
    for (Index mentor = 0; mentor < 5; ++mentor) {
      const ProposalExplanation made = explainer.Proposal(mentee, mentor);
      int sum = 0;
      for (const Part& part : made.parts) {
        sum += part.points;
        RC_ASSERT(part.points <= part.most + 1);
        RC_ASSERT(part.points >= -1);
      }
      RC_ASSERT(made.parts.empty() || sum == made.points);
    }
  }
}

RC_GTEST_PROP(ExplainerTest, TheUnmatchedGetTrueCountsAndRemediesThatWork, ()) {
  const Pool pool = *testing::AnyPool(4, 4);
  const Policy policy = *testing::AnyPolicy();
  const Exact exact(pool, policy);
  const Explainer explainer = ExplainerOf(pool, policy, exact);
  for (Index mentee = 0; mentee < 4; ++mentee) {
    if (exact.Has(mentee)) continue;
    const Resolve resolve = ResolveOf(pool, policy, exact, mentee);
    const UnmatchedExplanation why = explainer.Unmatched(mentee, resolve);
    for (size_t i = 1; i < why.stages.size(); ++i) {
      RC_ASSERT(why.stages[i].left <= why.stages[i - 1].left);
      RC_ASSERT(why.stages[i].left_near <= why.stages[i].left);
    }
    // Somebody suits and has a place only when others took it: the optimum leaves no such place.
    RC_ASSERT((why.cause == Cause::kOutbid) == (why.stages.back().left > 0));
    RC_ASSERT(why.cause != Cause::kOutOfCandidates);
    for (const Change& change : why.remedies) RC_ASSERT(resolve(change));
  }
}

}  // namespace
}  // namespace tremplin::matching::engine
