#include "services/matching/engine/greedy.h"

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>

#include "gtest/gtest.h"

namespace tremplin::matching::engine {
namespace {

const absl::CivilDay kToday(2026, 3, 2);

Profile Engineer() { return {"21231", "54", {"en"}, "K1A", {"mon-evening", "sat-morning"}}; }

Mentee Waits(const std::string& key, int days, Profile profile = Engineer()) {
  return {"e-" + key, "p-" + key, key, std::move(profile), kToday - days};
}

Mentor Free(const std::string& key, int places, Profile profile = Engineer()) {
  return {"e-" + key, "p-" + key, key, std::move(profile), places};
}

Policy OttawaPolicy() {
  return {{{"occupation", 35},
           {"industry", 18},
           {"language", 12},
           {"availability", 8},
           {"proximity", 7},
           {"waiting", 5}},
          0.3,
          true,
          1000};
}

std::unique_ptr<Matcher> Matcher5Km() {
  return MakeGreedyMatcher([](std::string_view, std::string_view) { return 5.0; });
}

TEST(GreedyTest, WhoWaitsLongestChoosesFirstAndTiesGoByBusinessKey) {
  Pool pool;
  pool.today = kToday;
  pool.mentees = {Waits("b", 3), Waits("a", 3), Waits("z", 9)};
  pool.mentors = {Free("m2", 1), Free("m1", 1)};
  Proposals made = (*Matcher5Km()->Propose(pool, OttawaPolicy()));
  ASSERT_EQ(made.proposed.size(), 2u);
  EXPECT_EQ(made.proposed[0].mentee, "e-z");
  EXPECT_EQ(made.proposed[0].mentor, "e-m1");
  EXPECT_EQ(made.proposed[0].rank, 1);
  EXPECT_EQ(made.proposed[1].mentee, "e-a");
  EXPECT_EQ(made.proposed[1].mentor, "e-m2");
  EXPECT_EQ(made.proposed[1].rank, 2);
  ASSERT_EQ(made.unmatched.size(), 1u);
  EXPECT_EQ(made.unmatched[0].mentee, "e-b");
  EXPECT_EQ(made.unmatched[0].reason, Reason::kNoMentorFree);
  EXPECT_EQ(made.unmatched[0].full, 2);
}

TEST(GreedyTest, EachReasonIsTheTrueOne) {
  Profile french = Engineer();
  french.languages = {"fr"};
  Profile nurse = {"31301", "62", {"en"}, "K1A", {"tue-noon"}};
  Pool pool;
  pool.today = kToday;
  pool.mentors = {Free("m1", 1)};
  Profile wishing = Engineer();
  wishing.required = {"woman"};
  pool.mentees = {Waits("french", 0, french), Waits("nurse", 0, nurse), Waits("again", 0),
                  Waits("wishing", 0, wishing)};
  pool.barred = {{"e-again", "e-m1"}};
  Policy policy = OttawaPolicy();
  policy.minimum_score = 0.6;
  std::map<std::string, Reason> why;
  const Proposals made = *Matcher5Km()->Propose(pool, policy);
  for (const Unmatched& one : made.unmatched) {
    why[one.mentee] = one.reason;
  }
  EXPECT_EQ(why["e-french"], Reason::kNoSharedLanguage);
  EXPECT_EQ(why["e-nurse"], Reason::kScoreTooLow);
  EXPECT_EQ(why["e-again"], Reason::kAlreadyDeclined);
  EXPECT_EQ(why["e-wishing"], Reason::kNoneAsRequired);
  pool.mentors.clear();
  EXPECT_EQ((*Matcher5Km()->Propose(pool, policy)).unmatched[0].reason, Reason::kNoMentorFree);
}

TEST(GreedyTest, NobodyMentorsThemselvesAndTheLimitHolds) {
  Pool pool;
  pool.today = kToday;
  pool.mentees = {Waits("a", 2), Waits("b", 1)};
  pool.mentors = {Free("m", 5)};
  pool.mentors[0].person = "p-a";
  Policy policy = OttawaPolicy();
  Proposals made = (*Matcher5Km()->Propose(pool, policy));
  ASSERT_EQ(made.proposed.size(), 1u);
  EXPECT_EQ(made.proposed[0].mentee, "e-b");
  policy.limit = 0;
  EXPECT_EQ((*Matcher5Km()->Propose(pool, policy)).unmatched[1].reason, Reason::kLimitReached);
}

TEST(GreedyTest, TheAnswerFollowsFromFactsNotFromOrderOrIds) {
  std::mt19937 random(7);
  const std::vector<std::string> nocs = {"21231", "20012", "21232", "31301", "11100"};
  Pool pool;
  pool.today = kToday;
  for (int i = 0; i < 60; ++i) {
    Profile profile = Engineer();
    profile.noc = nocs[random() % nocs.size()];
    profile.languages =
        random() % 3 == 0 ? std::vector<std::string>{"fr"} : std::vector<std::string>{"en", "fr"};
    if (i % 2 == 0) {
      pool.mentees.push_back(
          Waits("k" + std::to_string(i), static_cast<int>(random() % 5), profile));
    } else {
      pool.mentors.push_back(
          Free("k" + std::to_string(i), static_cast<int>(random() % 3), profile));
    }
  }
  const auto by_key = [](const Proposals& made) {
    std::vector<std::pair<std::string, std::string>> pairs;
    for (const Proposed& one : made.proposed) {
      pairs.emplace_back(one.mentee.substr(one.mentee.find('k')),
                         one.mentor.substr(one.mentor.find('k')));
    }
    return pairs;
  };
  const Proposals first = (*Matcher5Km()->Propose(pool, OttawaPolicy()));
  std::map<std::string, int> taken;
  for (const Proposed& one : first.proposed) ++taken[one.mentor];
  for (const Mentor& mentor : pool.mentors) EXPECT_LE(taken[mentor.enrolment], mentor.free);
  EXPECT_EQ(first.proposed.size() + first.unmatched.size(), pool.mentees.size());
  std::shuffle(pool.mentees.begin(), pool.mentees.end(), random);
  std::shuffle(pool.mentors.begin(), pool.mentors.end(), random);
  for (Mentor& mentor : pool.mentors) {
    mentor.enrolment = std::to_string(random() % 100) + mentor.enrolment;
  }
  EXPECT_EQ(by_key(first), by_key((*Matcher5Km()->Propose(pool, OttawaPolicy()))));
}

TEST(ScoreTest, OccupationsAreAlikeByDepthAndAcrossTheTeer) {
  EXPECT_DOUBLE_EQ(OccupationLikeness("21231", "21231"), 1);
  EXPECT_DOUBLE_EQ(OccupationLikeness("21231", "21232"), 0.85);
  EXPECT_GT(OccupationLikeness("21231", "20012"), 0.75);
  EXPECT_LT(OccupationLikeness("21231", "31301"), 0.1);
  EXPECT_DOUBLE_EQ(OccupationLikeness("21231", ""), kUnknown);
}

TEST(ScoreTest, SectorsThatSpanCodesAreOne) {
  EXPECT_DOUBLE_EQ(IndustryLikeness("541", "541"), 1);
  EXPECT_DOUBLE_EQ(IndustryLikeness("54", "541"), 0.6);
  EXPECT_DOUBLE_EQ(IndustryLikeness("31-33", "336"), 0.6);
  EXPECT_DOUBLE_EQ(IndustryLikeness("448", "455"), 0.6);
  EXPECT_DOUBLE_EQ(IndustryLikeness("54", "62"), 0);
  EXPECT_DOUBLE_EQ(IndustryLikeness("", "62"), kUnknown);
}

TEST(ScoreTest, DistanceSlotsAndWaitingStayBetweenNoughtAndOne) {
  EXPECT_DOUBLE_EQ(Proximity(0), 1);
  EXPECT_DOUBLE_EQ(Proximity(42.5), 0.5);
  EXPECT_DOUBLE_EQ(Proximity(4000), 0);
  EXPECT_DOUBLE_EQ(Proximity(-1), kUnknown);
  EXPECT_DOUBLE_EQ(AvailabilityOverlap({"a", "b"}, {"b", "c"}), 0.5);
  EXPECT_DOUBLE_EQ(AvailabilityOverlap({}, {"b"}), kUnknown);
  EXPECT_DOUBLE_EQ(Waiting(kToday - 30, kToday), 0.5);
  EXPECT_DOUBLE_EQ(Waiting(kToday - 900, kToday), 1);
  EXPECT_DOUBLE_EQ(Waiting(kToday + 3, kToday), 0);
}

TEST(ScoreTest, TheScoreIsTheWeightedMean) {
  EXPECT_DOUBLE_EQ(Score({{"occupation", 1, 3}, {"industry", 0, 1}}), 0.75);
  EXPECT_DOUBLE_EQ(Score({{"occupation", 1, 1}, {"industry", 0, 2}}), 0.333333);
  EXPECT_DOUBLE_EQ(Score({}), 0);
}

}  // namespace
}  // namespace tremplin::matching::engine
