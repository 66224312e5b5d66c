#include "services/matching/engine/simulator.h"

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "rapidcheck/gtest.h"
#include "services/matching/engine/simulator_draws.h"
#include "services/matching/engine/testing/pools.h"

namespace tremplin::matching::engine {
namespace {

using testing::Kilometres;

const absl::CivilDay kMonday(2026, 3, 2);

// 21231: software engineers; 65200: food servers, far from them.
Profile In(const std::string& noc, std::vector<std::string> languages = {"en"}) {
  Profile profile;
  profile.noc = noc;
  profile.languages = std::move(languages);
  return profile;
}

// Everyone says yes two days after a proposal, a match lasts ten, nobody loses patience.
SeasonRules Certain() {
  SeasonRules rules;
  rules.policy.weights = {{"occupation", 1}};
  rules.policy.shared_language_required = true;
  rules.conduct = {.patience_days = 0,
                   .yes_at_worst = 1,
                   .yes_at_best = 1,
                   .answer_days_least = 2,
                   .answer_days_most = 2,
                   .engagement_days = 10};
  rules.last = kMonday + 60;
  return rules;
}

SeasonResult Played(const Population& population, const SeasonRules& rules) {
  const auto result = Simulate(population, rules, Kilometres);
  EXPECT_TRUE(result.ok()) << result.status();
  return result.ok() ? *result : SeasonResult();
}

TEST(DrawsTest, AreTheSameOnEveryMachine) {
  // Counted by another program from the definition in the header.
  EXPECT_EQ(Draws(1).Bits({}), 0x5CA6BBCBB1E85355u);
  EXPECT_EQ(Draws(2026).Bits({"patience", "ociso/OCI-1002"}), 0x9F7E8E672BED7EC7u);
  EXPECT_NE(Draws(1).Bits({"ab", "c"}), Draws(1).Bits({"a", "bc"}));
}

TEST(DrawsTest, FollowTheirDistributions) {
  const Draws draws(7);
  double units = 0;
  double days = 0;
  std::map<int, int> between;
  constexpr int kMany = 20'000;
  for (int i = 0; i < kMany; ++i) {
    const std::string key = std::to_string(i);
    units += draws.Unit({"unit", key});
    days += draws.Days(90, {"days", key});
    ++between[draws.Between(3, 6, {"between", key})];
  }
  EXPECT_NEAR(units / kMany, 0.5, 0.01);
  EXPECT_NEAR(days / kMany, 90.5, 3);  // rounding up adds half a day
  ASSERT_EQ(between.size(), 4u);
  for (int value = 3; value <= 6; ++value) EXPECT_NEAR(between[value], kMany / 4.0, 300) << value;
  EXPECT_EQ(draws.Days(0, {"none"}), 1);
}

class EveryRegime : public ::testing::TestWithParam<std::pair<Regime, SeasonEngine>> {};

TEST_P(EveryRegime, APlaceIsTakenAgainOnTheDayItsMatchEnds) {
  const Population population = {
      .mentees = {{"a", In("21231"), kMonday}, {"b", In("21231"), kMonday + 1}},
      .mentors = {{"m", In("21231"), kMonday, 1}}};
  SeasonRules rules = Certain();
  rules.regime = GetParam().first;
  rules.engine = GetParam().second;
  const SeasonResult result = Played(population, rules);
  EXPECT_EQ(result.stories[0], (Story{Fate::kMatched, kMonday + 2, 0, 10'000, 1}));
  EXPECT_EQ(result.stories[1], (Story{Fate::kMatched, kMonday + 14, 0, 10'000, 1}));
  EXPECT_EQ(result.holds, (std::vector<Hold>{{0, 0, kMonday, kMonday + 12, true},
                                             {1, 0, kMonday + 12, kMonday + 24, true}}));
  EXPECT_EQ(result.report.all.matched_waits.p50, 2);
  EXPECT_EQ(result.report.all.matched_waits.p99, 13);
  EXPECT_EQ(result.report.all.match_rate, 1);
  EXPECT_EQ(result.left_share, 0);
}

TEST_P(EveryRegime, ADeclinedPairIsNotProposedAgainAndWhoeverIsLeftTriesTheNext) {
  const Population population = {
      .mentees = {{"a", In("21231"), kMonday}},
      .mentors = {{"near", In("21231"), kMonday, 2}, {"far", In("65200"), kMonday, 1}}};
  SeasonRules rules = Certain();
  rules.regime = GetParam().first;
  rules.engine = GetParam().second;
  rules.conduct.yes_at_worst = 0;
  rules.conduct.yes_at_best = 0;
  const SeasonResult result = Played(population, rules);
  EXPECT_EQ(result.holds, (std::vector<Hold>{{0, 0, kMonday, kMonday + 2, false},
                                             {0, 1, kMonday + 2, kMonday + 4, false}}));
  EXPECT_EQ(result.stories[0], (Story{Fate::kWaiting, rules.last, 0, 0, 2}));
  EXPECT_EQ(result.report.decline_rate, 1);
  EXPECT_EQ(result.report.all.unmatched_waits.p50, 60);
}

// One whom the only mentor suits badly waits longest; one whom they suit well came later.
Population OneFitsOneWaits() {
  return {.mentees = {{"waits", In("65200"), kMonday}, {"fits", In("21231"), kMonday + 5}},
          .mentors = {{"m", In("21231"), kMonday + 7, 1}}};
}

TEST_P(EveryRegime, TheOptimumServesWhoFitsAndTheGreedyEngineWhoCameFirst) {
  SeasonRules rules = Certain();
  rules.regime = GetParam().first;
  rules.engine = GetParam().second;
  const SeasonResult result = Played(OneFitsOneWaits(), rules);
  ASSERT_EQ(result.holds.size(), 2u);
  EXPECT_EQ(result.holds[0].from, kMonday + 7);
  EXPECT_EQ(result.holds[0].mentee, rules.engine == SeasonEngine::kGreedy ? 0u : 1u);
}

INSTANTIATE_TEST_SUITE_P(All, EveryRegime,
                         ::testing::Values(std::pair(Regime::kDaily, SeasonEngine::kGreedy),
                                           std::pair(Regime::kDaily, SeasonEngine::kOptimal),
                                           std::pair(Regime::kContinuous, SeasonEngine::kGreedy),
                                           std::pair(Regime::kContinuous, SeasonEngine::kOptimal)));

TEST(SimulatorTest, ABonusOfWaitingServesWhoWaitsLongest) {
  for (const Regime regime : {Regime::kDaily, Regime::kContinuous}) {
    SeasonRules rules = Certain();
    rules.regime = regime;
    Population population = OneFitsOneWaits();
    population.mentees[0].arrives = kMonday - 200;  // 205 days × 50 points more than the other
    EXPECT_EQ(Played(population, rules).holds[0].mentee, 1u);
    rules.policy.waiting_bonus = 50;
    EXPECT_EQ(Played(population, rules).holds[0].mentee, 0u);
  }
}

TEST(SimulatorTest, BatchesComeOnMondaysAndFirstsOfTheMonth) {
  Population population = {.mentors = {{"m", In("21231"), kMonday, 20}}};
  for (int day = 1; day <= 20; ++day) {
    population.mentees.push_back({std::to_string(day), In("21231"), kMonday + day});
  }
  SeasonRules rules = Certain();
  const auto days = [&](Regime regime) {
    rules.regime = regime;
    std::map<absl::CivilDay, int> proposed;
    for (const Hold& hold : Played(population, rules).holds) ++proposed[hold.from];
    return proposed;
  };
  using Days = std::map<absl::CivilDay, int>;
  EXPECT_EQ(days(Regime::kWeekly), (Days{{kMonday + 7, 7}, {kMonday + 14, 7}, {kMonday + 21, 6}}));
  EXPECT_EQ(days(Regime::kMonthly), (Days{{absl::CivilDay(2026, 4, 1), 20}}));
  EXPECT_EQ(days(Regime::kDaily).size(), 20u);
}

TEST(SimulatorTest, WhoeverLosesPatienceLeavesAlsoFromAnOpenProposal) {
  const Draws draws(1);
  const int patience = draws.Days(9, {"patience", "a"});
  ASSERT_GT(patience, 1);
  SeasonRules rules = Certain();
  rules.conduct.patience_days = 9;
  Population population = {.mentees = {{"a", In("21231"), kMonday}}};
  EXPECT_EQ(Played(population, rules).stories[0],
            (Story{Fate::kLeft, kMonday + patience, 0, 0, 0}));
  population.mentors = {{"m", In("21231"), kMonday, 1}};
  // Both say yes on the day on which the mentee leaves: too late.
  rules.conduct.answer_days_least = rules.conduct.answer_days_most = patience;
  const SeasonResult late = Played(population, rules);
  EXPECT_EQ(late.stories[0], (Story{Fate::kLeft, kMonday + patience, 0, 0, 1}));
  EXPECT_EQ(late.holds, (std::vector<Hold>{{0, 0, kMonday, kMonday + patience, false}}));
  EXPECT_EQ(late.left_share, 1);
  EXPECT_EQ(late.report.decline_rate, 0);
  rules.conduct.answer_days_least = rules.conduct.answer_days_most = patience - 1;
  EXPECT_EQ(Played(population, rules).stories[0].fate, Fate::kMatched);
}

TEST(SimulatorTest, YesIsLikelierTheBetterThePairSuits) {
  const auto declined = [](const std::string& noc) {
    Population population;
    for (int i = 0; i < 400; ++i) {
      const std::string key = std::to_string(i);
      population.mentees.push_back({key, In("21231"), kMonday});
      population.mentors.push_back({key, In(noc), kMonday, 1});
    }
    SeasonRules rules = Certain();
    rules.conduct.yes_at_worst = 0.5;
    rules.conduct.yes_at_best = 0.9;
    rules.last = kMonday + 2;
    const SeasonResult result = Played(population, rules);
    EXPECT_EQ(result.proposed, 400 + result.declined);  // those tried anew on the last day
    return result.declined / 400.0;
  };
  EXPECT_NEAR(declined("21231"), 1 - 0.9 * 0.9, 0.06);
  EXPECT_GT(declined("65200"), 0.6);
}

TEST(SimulatorTest, GroupsAreThoseThatWereGivenAndNoOthers) {
  Population population = {.mentors = {{"m", In("21231"), kMonday, 9}}};
  for (int i = 0; i < 10; ++i) {
    population.mentees.push_back({std::to_string(i), In("21231", {i < 5 ? "fr" : "en"}), kMonday});
  }
  const auto attributes = [&] {
    std::map<std::string, double> ratios;
    for (const AttributeReport& one : Played(population, Certain()).report.attributes) {
      ratios[one.attribute] = one.rate_ratio;
    }
    return ratios;
  };
  using Ratios = std::map<std::string, double>;
  EXPECT_EQ(attributes(), (Ratios{{"language", 0}, {"occupation", 1}}));
  for (ArrivingMentee& one : population.mentees) one.groups["gender"] = "woman";
  EXPECT_EQ(attributes(), (Ratios{{"gender", 1}, {"language", 0}, {"occupation", 1}}));
}

TEST(SimulatorTest, RefusesWhatCannotBePlayed) {
  const Population good = {.mentees = {{"a", In("21231"), kMonday}},
                           .mentors = {{"m", In("21231"), kMonday, 1}}};
  const auto code = [](const Population& population, const SeasonRules& rules) {
    return Simulate(population, rules, Kilometres).status().code();
  };
  EXPECT_EQ(code(good, Certain()), absl::StatusCode::kOk);
  EXPECT_EQ(code({}, Certain()), absl::StatusCode::kOk);
  std::vector<Population> populations(4, good);
  populations[0].mentees.push_back(good.mentees[0]);
  populations[1].mentors.push_back(good.mentors[0]);
  populations[2].mentors[0].places = -1;
  populations[3].mentees[0].arrives = Certain().last + 1;
  for (const Population& bad : populations) {
    EXPECT_EQ(code(bad, Certain()), absl::StatusCode::kInvalidArgument);
  }
  std::vector<SeasonRules> rules(5, Certain());
  rules[0].conduct.yes_at_best = 1.1;
  rules[1].conduct.patience_days = -1;
  rules[2].conduct.answer_days_least = 0;
  rules[3].conduct.answer_days_most = 1;
  rules[4].conduct.engagement_days = 0;
  for (const SeasonRules& bad : rules) {
    EXPECT_EQ(code(good, bad), absl::StatusCode::kInvalidArgument);
  }
}

// A season of few codes, where ties, unknown values and shortage are common.
struct AnySeason {
  Population population;
  SeasonRules rules;
};

AnySeason Any() {
  AnySeason any;
  const Pool pool = *testing::AnyPool(14, 5);
  std::mt19937 random(*rc::gen::inRange(0U, 1'000'000U));
  const auto draw = [&](unsigned below) { return static_cast<int>(random() % below); };
  for (const Mentee& one : pool.mentees) {
    any.population.mentees.push_back({one.business_key, one.profile, kMonday + draw(40)});
  }
  for (const Mentor& one : pool.mentors) {
    any.population.mentors.push_back({one.business_key, one.profile, kMonday + draw(20), one.free});
  }
  any.rules.policy = *testing::AnyPolicy();
  any.rules.policy.shared_slot_required = false;  // the greedy engine does not ask for it
  any.rules.policy.candidates = 2;
  any.rules.policy.waiting_bonus = draw(51);
  any.rules.policy.objective =
      *rc::gen::element(Objective::kQuality, Objective::kCoverage, Objective::kStable);
  any.rules.regime =
      *rc::gen::element(Regime::kContinuous, Regime::kDaily, Regime::kWeekly, Regime::kMonthly);
  any.rules.engine = *rc::gen::element(SeasonEngine::kGreedy, SeasonEngine::kOptimal);
  any.rules.conduct.patience_days = draw(3) * 15;
  any.rules.conduct.engagement_days = 1 + draw(20);
  any.rules.seed = random();
  any.rules.last = kMonday + 70;
  return any;
}

bool Covers(const Hold& hold, absl::CivilDay day) { return hold.from <= day && day < hold.until; }

RC_GTEST_PROP(SimulatorTest, NoPlaceIsTakenTwiceAndNobodyIsInTwoProposals, ()) {
  const AnySeason any = Any();
  const SeasonResult result = Played(any.population, any.rules);
  RC_CLASSIFY(result.holds.size() > 5);
  for (absl::CivilDay day = kMonday; day <= any.rules.last; ++day) {
    std::map<size_t, int> taken;
    std::set<size_t> open;
    for (const Hold& hold : result.holds) {
      if (!Covers(hold, day)) continue;
      ++taken[hold.mentor];
      // A match, once made, is no more a proposal, but a mentee has only one of either.
      RC_ASSERT(open.insert(hold.mentee).second);
    }
    for (const auto& [mentor, places] : taken) {
      RC_ASSERT(places <= any.population.mentors[mentor].places);
      RC_ASSERT(any.population.mentors[mentor].arrives <= day);
    }
  }
}

RC_GTEST_PROP(SimulatorTest, NobodyIsProposedBeforeTheyArriveAfterTheyLeftOrTwiceToTheSame, ()) {
  const AnySeason any = Any();
  const SeasonResult result = Played(any.population, any.rules);
  std::set<std::pair<size_t, size_t>> pairs;
  std::vector<int> proposals(any.population.mentees.size(), 0);
  for (const Hold& hold : result.holds) {
    const Story& story = result.stories[hold.mentee];
    RC_ASSERT(hold.from >= any.population.mentees[hold.mentee].arrives);
    RC_ASSERT(hold.from < hold.until);
    RC_ASSERT(story.fate == Fate::kWaiting || hold.from < story.day);
    RC_ASSERT(hold.matched == (story.fate == Fate::kMatched && story.mentor == hold.mentor));
    RC_ASSERT(pairs.insert({hold.mentee, hold.mentor}).second);
    ++proposals[hold.mentee];
  }
  for (size_t i = 0; i < result.stories.size(); ++i) {
    const Story& story = result.stories[i];
    RC_ASSERT(story.proposals == proposals[i]);
    const int patience = any.rules.conduct.patience_days == 0
                             ? 1'000
                             : Draws(any.rules.seed)
                                   .Days(any.rules.conduct.patience_days,
                                         {"patience", any.population.mentees[i].business_key});
    const absl::CivilDay ends = any.population.mentees[i].arrives + patience;
    if (story.fate == Fate::kMatched) RC_ASSERT(story.day < ends);
    if (story.fate == Fate::kLeft) RC_ASSERT(story.day == ends);
    if (story.fate == Fate::kWaiting) RC_ASSERT(any.rules.last < ends);
  }
}

RC_GTEST_PROP(SimulatorTest, TheSameSeedGivesTheSameSeasonInAnyOrderOfRows, ()) {
  AnySeason any = Any();
  const SeasonResult first = Played(any.population, any.rules);
  const SeasonResult again = Played(any.population, any.rules);
  RC_ASSERT(first.stories == again.stories);
  RC_ASSERT(first.holds == again.holds);
  const auto by_key = [&](const SeasonResult& result) {
    std::map<std::string, std::pair<Fate, std::string>> fates;
    for (size_t i = 0; i < result.stories.size(); ++i) {
      const Story& story = result.stories[i];
      const bool matched = story.fate == Fate::kMatched;
      fates[any.population.mentees[i].business_key] = {
          story.fate, matched ? any.population.mentors[story.mentor].business_key : ""};
    }
    return fates;
  };
  const auto before = by_key(first);
  std::reverse(any.population.mentees.begin(), any.population.mentees.end());
  std::rotate(any.population.mentors.begin(), any.population.mentors.begin() + 2,
              any.population.mentors.end());
  RC_ASSERT(by_key(Played(any.population, any.rules)) == before);
}

// Whether a pair may be proposed on a day by the rules alone, clear of what rounding decides.
bool Suits(const AnySeason& any, size_t mentee_at, size_t mentor_at, absl::CivilDay day) {
  const ArrivingMentee& mentee = any.population.mentees[mentee_at];
  const ArrivingMentor& mentor = any.population.mentors[mentor_at];
  const Policy& policy = any.rules.policy;
  if (policy.shared_language_required && !ShareLanguage(mentee.profile, mentor.profile)) {
    return false;
  }
  const Mentee one{"", "", mentee.business_key, mentee.profile, mentee.arrives};
  const Mentor other{"", "", mentor.business_key, mentor.profile, 1};
  if (!HasRequired(mentee.profile, mentor.profile)) return false;
  return Score(Contributions(one, other, day, policy, Kilometres)) >= policy.minimum_score + 1e-3;
}

RC_GTEST_PROP(SimulatorTest, DailyAndContinuousLeaveNobodyWhomAFreePlaceSuits, ()) {
  AnySeason any = Any();
  any.rules.regime = *rc::gen::element(Regime::kContinuous, Regime::kDaily);
  // Deferred acceptance looks at the best candidates alone.
  if (any.rules.policy.objective == Objective::kStable) any.rules.policy.candidates = 50;
  const SeasonResult result = Played(any.population, any.rules);
  for (absl::CivilDay day = kMonday; day <= any.rules.last; ++day) {
    std::vector<int> taken(any.population.mentors.size(), 0);
    std::set<size_t> busy;
    std::set<std::pair<size_t, size_t>> declined;
    for (const Hold& hold : result.holds) {
      if (hold.until <= day && !hold.matched) declined.insert({hold.mentee, hold.mentor});
      if (!Covers(hold, day)) continue;
      ++taken[hold.mentor];
      busy.insert(hold.mentee);
    }
    for (size_t i = 0; i < any.population.mentees.size(); ++i) {
      const Story& story = result.stories[i];
      const bool gone = story.fate != Fate::kWaiting && story.day <= day;
      if (gone || busy.count(i) > 0 || any.population.mentees[i].arrives > day) continue;
      for (size_t j = 0; j < taken.size(); ++j) {
        const ArrivingMentor& mentor = any.population.mentors[j];
        if (mentor.arrives > day || taken[j] >= mentor.places || declined.count({i, j}) > 0) {
          continue;
        }
        RC_ASSERT(!Suits(any, i, j, day));
      }
    }
  }
}

}  // namespace
}  // namespace tremplin::matching::engine
