#include "services/matching/engine/candidates.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "rapidcheck/gtest.h"
#include "services/matching/engine/testing/pools.h"

namespace tremplin::matching::engine {
namespace {

using testing::AnyPolicy;
using testing::AnyPool;
using testing::Kilometres;

CandidateIndex IndexOf(const Pool& pool, const Policy& policy) {
  absl::StatusOr<CandidateIndex> index = CandidateIndex::Build(pool, policy, Kilometres);
  EXPECT_TRUE(index.ok()) << index.status();
  return *std::move(index);
}

bool Overlap(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  return std::any_of(a.begin(), a.end(), [&](const std::string& one) {
    return std::find(b.begin(), b.end(), one) != b.end();
  });
}

// What a row must be, by score.h's codes for who may and by Points for how well: everyone, sorted.
std::vector<Scored> RowByHand(const Pool& pool, const Policy& policy, const CandidateIndex& index,
                              Index mentee, const Search& search) {
  const Mentee& one = pool.mentees[index.MenteeInPool(mentee)];
  std::vector<Scored> row;
  for (Index mentor = 0; mentor < index.mentors(); ++mentor) {
    const Mentor& other = pool.mentors[index.MentorInPool(mentor)];
    if (one.person == other.person) continue;
    if (!search.full_too && other.free <= 0) continue;
    if (pool.barred.count({one.enrolment, other.enrolment}) > 0) continue;
    if (policy.shared_language_required && !ShareLanguage(one.profile, other.profile)) continue;
    if (policy.shared_slot_required && !one.profile.availability.empty() &&
        !other.profile.availability.empty() &&
        !Overlap(one.profile.availability, other.profile.availability)) {
      continue;
    }
    if (!HasRequired(one.profile, other.profile)) continue;
    const int points = index.Points(mentee, mentor);
    if (points < policy.minimum_score * kFullPoints - 1e-6) continue;
    row.push_back({mentor, static_cast<uint16_t>(points)});
  }
  std::stable_sort(row.begin(), row.end(),
                   [](const Scored& a, const Scored& b) { return a.points > b.points; });
  row.resize(std::min<size_t>(row.size(), static_cast<size_t>(search.limit)));
  return row;
}

// Rows in names instead of positions.
std::map<std::string, std::vector<std::pair<std::string, int>>> Named(const Pool& pool,
                                                                      const CandidateIndex& index,
                                                                      const Candidates& all) {
  std::map<std::string, std::vector<std::pair<std::string, int>>> named;
  for (Index mentee = 0; mentee < index.mentees(); ++mentee) {
    auto& row = named[pool.mentees[index.MenteeInPool(mentee)].business_key];
    for (const Scored& one : all.Of(mentee)) {
      row.emplace_back(pool.mentors[index.MentorInPool(one.other)].business_key, one.points);
    }
  }
  return named;
}

RC_GTEST_PROP(PackedScoreTest, IsWithinOnePointOfTheScoreOfCodes, ()) {
  const Pool pool = *AnyPool(8, 12);
  const Policy policy = *AnyPolicy();
  const CandidateIndex index = IndexOf(pool, policy);
  for (Index i = 0; i < index.mentees(); ++i) {
    for (Index j = 0; j < index.mentors(); ++j) {
      const double exact =
          Score(Contributions(pool.mentees[index.MenteeInPool(i)],
                              pool.mentors[index.MentorInPool(j)], pool.today, policy, Kilometres));
      RC_ASSERT(std::abs(index.Points(i, j) - std::round(exact * kFullPoints)) <= 1);
    }
  }
}

RC_GTEST_PROP(CandidatesTest, RowsAreTheBestOfEveryone, ()) {
  // Enough mentors that some unit groups are laid out by sector.
  const Pool pool = *AnyPool(4, 400);
  const Policy policy = *AnyPolicy();
  Search search;
  search.limit = *rc::gen::inRange(1, 40);
  search.full_too = *rc::gen::arbitrary<bool>();
  search.prune = *rc::gen::arbitrary<bool>();
  search.path = *rc::gen::arbitrary<bool>() ? ScanPath::kScalar : BestScanPath();
  const CandidateIndex index = IndexOf(pool, policy);
  const Candidates all = index.All(search);
  for (Index mentee = 0; mentee < index.mentees(); ++mentee) {
    const std::vector<Scored> expected = RowByHand(pool, policy, index, mentee, search);
    RC_ASSERT(std::vector<Scored>(all.Of(mentee).begin(), all.Of(mentee).end()) == expected);
    RC_ASSERT(index.Row(mentee, search) == expected);
  }
}

RC_GTEST_PROP(CandidatesTest, AColumnHasThePairsOfTheRows, ()) {
  const Pool pool = *AnyPool(40, 10);
  const Policy policy = *AnyPolicy();
  Search search;
  search.limit = 1000;
  search.full_too = true;
  const CandidateIndex index = IndexOf(pool, policy);
  const Candidates all = index.All(search);
  for (Index mentor = 0; mentor < index.mentors(); ++mentor) {
    std::vector<Scored> expected;
    for (Index mentee = 0; mentee < index.mentees(); ++mentee) {
      for (const Scored& one : all.Of(mentee)) {
        if (one.other == mentor) expected.push_back({mentee, one.points});
      }
    }
    RC_ASSERT(index.Column(mentor) == expected);
  }
}

RC_GTEST_PROP(CandidatesTest, TheOrderOfTheInputChangesNothing, ()) {
  Pool pool = *AnyPool(10, 60);
  const Policy policy = *AnyPolicy();
  Search search;
  search.limit = 7;
  const CandidateIndex index = IndexOf(pool, policy);
  const auto before = Named(pool, index, index.All(search));
  std::reverse(pool.mentees.begin(), pool.mentees.end());
  std::rotate(pool.mentors.begin(), pool.mentors.begin() + *rc::gen::inRange<std::ptrdiff_t>(0, 60),
              pool.mentors.end());
  const CandidateIndex again = IndexOf(pool, policy);
  RC_ASSERT(Named(pool, again, again.All(search)) == before);
}

RC_GTEST_PROP(CandidatesScanTest, WideAndScalarFindTheSame, ()) {
  const Pool pool = *AnyPool(5, 70);
  const Policy policy = *AnyPolicy();
  PackedScore score(policy, pool.today);
  Codes codes;
  Columns columns;
  columns.Resize(pool.mentors.size());
  for (size_t i = 0; i < pool.mentors.size(); ++i) {
    columns.Put(i, OfferOf(*codes.Pack(pool.mentors[i])));
  }
  std::vector<uint16_t> proximity(pool.mentors.size() + Columns::kPadding);
  for (uint16_t& one : proximity) {
    one = score.ProximityUnits(*rc::gen::inRange(0, 100));
  }
  const Seeker seeker = score.Prepare(*codes.Pack(pool.mentees[0]));
  const size_t begin = *rc::gen::inRange<size_t>(0, 70);
  const Lanes lanes{begin, *rc::gen::inRange<size_t>(0, 71 - begin),
                    score.OccupationUnits(3, *rc::gen::inRange<UnitGroup>(0, 517)),
                    proximity.data()};
  const auto least = *rc::gen::inRange<uint16_t>(0, 60001);
  std::vector<Hit> scalar(70);
  std::vector<Hit> wide(70);
  scalar.resize(Scan(ScanPath::kScalar, seeker, columns, lanes, least, score.compares_level(),
                     score.compares_goals(), scalar.data()));
  wide.resize(Scan(BestScanPath(), seeker, columns, lanes, least, score.compares_level(),
                   score.compares_goals(), wide.data()));
  RC_ASSERT(scalar.size() == wide.size());
  for (size_t i = 0; i < scalar.size(); ++i) {
    RC_ASSERT(scalar[i].lane == wide[i].lane);
    RC_ASSERT(scalar[i].units == wide[i].units);
  }
}

TEST(CandidatesTest, NobodyIsLostBecauseTheirOccupationHasNoMentor) {
  Pool pool = testing::PoolOfOttawa(1, 30);
  pool.mentees[0].profile.noc = "31103";
  for (Mentor& mentor : pool.mentors) mentor.profile.noc = "21231";
  Policy policy = testing::PolicyOfOttawa();
  policy.minimum_score = 0;
  policy.candidates = 5;
  Search search;
  search.limit = policy.candidates;
  const CandidateIndex index = IndexOf(pool, policy);
  EXPECT_EQ(index.All(search).Of(0).size(), 5u);
}

TEST(CandidatesTest, PruningLeavesOutManyAndChangesNothing) {
  const Pool pool = testing::PoolOfOttawa(200, 3000);
  const CandidateIndex index = IndexOf(pool, testing::PolicyOfOttawa());
  Search search;
  search.prune = false;
  const Candidates every = index.All(search);
  EXPECT_EQ(every.scored, every.pairs);
  search.prune = true;
  const Candidates few = index.All(search);
  EXPECT_EQ(few.rows, every.rows);
  EXPECT_EQ(few.begin, every.begin);
  EXPECT_LT(few.scored, every.scored * 2 / 3);
}

TEST(CandidatesTest, AFullMentorIsNoCandidateUntilAPlaceIsFree) {
  Pool pool = testing::PoolOfOttawa(1, 1);
  pool.mentors[0].free = 0;
  Policy policy = testing::PolicyOfOttawa();
  policy.minimum_score = 0;
  policy.shared_language_required = false;
  CandidateIndex index = IndexOf(pool, policy);
  EXPECT_TRUE(index.All({}).rows.empty());
  EXPECT_EQ(index.Column(0).size(), 1u);
  index.SetFree(0, 1);
  EXPECT_EQ(index.All({}).rows.size(), 1u);
}

TEST(CandidatesTest, WhatCannotBePackedIsRefused) {
  Pool pool = testing::PoolOfOttawa(2, 2);
  Policy policy = testing::PolicyOfOttawa();
  policy.weights[0].weight = -1;
  EXPECT_EQ(CandidateIndex::Build(pool, policy, Kilometres).status().code(),
            absl::StatusCode::kInvalidArgument);
  policy = testing::PolicyOfOttawa();
  pool.mentees[1].business_key = pool.mentees[0].business_key;
  EXPECT_EQ(CandidateIndex::Build(pool, policy, Kilometres).status().code(),
            absl::StatusCode::kInvalidArgument);
  pool = testing::PoolOfOttawa(2, 2);
  for (int i = 0; i < 33; ++i) {
    pool.mentors[0].profile.availability.push_back("slot" + std::to_string(i));
  }
  EXPECT_EQ(CandidateIndex::Build(pool, policy, Kilometres).status().code(),
            absl::StatusCode::kResourceExhausted);
}

// Two mentors, of whom the one of the nearer occupation lives farther away.
Pool NearWorkOrNearHome() {
  Pool pool;
  pool.today = absl::CivilDay(2026, 3, 2);
  const Profile own{"21231", "54", {"en"}, "K10", {"mon-evening"}};
  Profile far = own;
  far.fsa = "K60";
  Profile other = own;
  other.noc = "21222";
  pool.mentees = {{"ea", "pa", "a", own, pool.today}};
  pool.mentors = {{"em1", "pm1", "m1", far, 1}, {"em2", "pm2", "m2", other, 1}};
  return pool;
}

TEST(LessonsTest, ANoForDistanceMakesTheNearerMentorTheBest) {
  Pool pool = NearWorkOrNearHome();
  Policy policy = testing::PolicyOfOttawa();
  policy.decline_lesson = 3;
  const auto best = [&] { return IndexOf(pool, policy).All({}).Of(0)[0].other; };
  EXPECT_EQ(best(), 0u);
  pool.mentees[0].lessons = {"proximity", "proximity"};
  EXPECT_EQ(best(), 1u);
  policy.decline_lesson = 1;
  EXPECT_EQ(best(), 0u);
}

TEST(LessonsTest, AMentorsNoCountsForPairsWithThem) {
  Pool pool = NearWorkOrNearHome();
  Policy policy = testing::PolicyOfOttawa();
  policy.decline_lesson = 3;
  const CandidateIndex before = IndexOf(pool, policy);
  pool.mentors[0].lessons = {"proximity"};
  const CandidateIndex after = IndexOf(pool, policy);
  EXPECT_LT(after.Points(0, 0), before.Points(0, 0));
  EXPECT_EQ(after.Points(0, 1), before.Points(0, 1));
  // Both sides' noes add up, two of each.
  pool.mentees[0].lessons = {"proximity", "proximity", "proximity"};
  const auto contributions =
      Contributions(pool.mentees[0], pool.mentors[0], pool.today, policy, Kilometres);
  EXPECT_EQ(contributions[4].criterion, "proximity");
  EXPECT_EQ(contributions[4].weight, 7 * 3 * 3 * 3);
}

TEST(LessonsTest, PruningStaysExactWhereMentorsWereTaughtDifferently) {
  Pool pool = testing::PoolOfOttawa(60, 1500);
  for (size_t i = 0; i < pool.mentors.size(); i += 5) {
    pool.mentors[i].lessons = {i % 2 == 0 ? "proximity" : "occupation"};
  }
  for (size_t i = 0; i < pool.mentees.size(); i += 3) pool.mentees[i].lessons = {"availability"};
  Policy policy = testing::PolicyOfOttawa();
  policy.decline_lesson = 2;
  const CandidateIndex index = IndexOf(pool, policy);
  const Candidates every = index.All({.prune = false});
  const Candidates few = index.All({});
  EXPECT_EQ(few.rows, every.rows);
  EXPECT_LT(few.scored, every.scored);
}

TEST(WishesTest, WhatIsRequiredMustBeVolunteered) {
  Pool pool = NearWorkOrNearHome();
  pool.mentees[0].profile.wishes = {"speaks:ar", "woman"};
  pool.mentees[0].profile.required = {"woman"};
  const Policy policy = testing::PolicyOfOttawa();
  const auto mentors = [&] {
    std::vector<Index> found;
    for (const Scored& one : IndexOf(pool, policy).Row(0, {})) found.push_back(one.other);
    return found;
  };
  EXPECT_TRUE(mentors().empty());
  pool.mentors[1].profile.attributes = {"woman"};
  EXPECT_EQ(mentors(), std::vector<Index>{1});
  pool.mentees[0].profile.required.clear();
  EXPECT_EQ(mentors(), (std::vector<Index>{0, 1}));
}

TEST(WishesTest, AreTheShareThatIsMetAndUnknownWhereNoneAreGiven) {
  EXPECT_EQ(WishesMet({"parent", "woman"}, {"woman"}), 0.5);
  EXPECT_EQ(WishesMet({"woman"}, {"parent"}), 0);
  EXPECT_EQ(WishesMet({}, {"parent"}), kUnknown);
  EXPECT_EQ(WishesMet({"parent"}, {}), kUnknown);
}

TEST(ObjectivePointsTest, TheBonusCountsDaysUpToALimit) {
  Policy policy;
  EXPECT_EQ(ObjectivePoints(policy, 5000, 9), 5000);
  EXPECT_EQ(ObjectivePoints(policy, 0, 9), 1);
  policy.waiting_bonus = 30;
  EXPECT_EQ(ObjectivePoints(policy, 5000, 9), 5270);
  EXPECT_EQ(ObjectivePoints(policy, 5000, 999), 5000 + 30 * 255);
  policy.waiting_bonus = 999;
  EXPECT_LE(ObjectivePoints(policy, 10000, 999), kMaxPoints);
}

TEST(PointsOfTest, RoundsAPriorityAwayAndBoundsWhatCoverageAdds) {
  EXPECT_EQ(PointsOf(WorthOf(Objective::kQuality, 700, 12345)), 700);
  EXPECT_EQ(PointsOf(WorthOf(Objective::kQuality, 700, 0) - 1), 700);
  EXPECT_EQ(PointsOf(WorthOf(Objective::kCoverage, 700, 0)), kMaxPoints);
  EXPECT_EQ(PointsOf(0), 0);
}

TEST(MakeGraphTest, HasTheRowsThePointsTheOrderOfWaitingAndThePlaces) {
  Pool pool = testing::PoolOfOttawa(20, 40);
  Policy policy = testing::PolicyOfOttawa();
  policy.waiting_bonus = 7;
  const CandidateIndex index = IndexOf(pool, policy);
  const Candidates all = index.All({});
  const Graph graph = MakeGraph(index, all, policy);
  ASSERT_EQ(graph.mentees(), 20u);
  ASSERT_EQ(graph.mentors(), 40u);
  ASSERT_EQ(graph.candidates.size(), all.rows.size());
  ASSERT_FALSE(all.rows.empty());
  for (Index mentee = 0; mentee < 20; ++mentee) {
    for (uint32_t at = graph.begin[mentee]; at < graph.begin[mentee + 1]; ++at) {
      EXPECT_EQ(graph.candidates[at].mentor, all.rows[at].other);
      EXPECT_EQ(graph.candidates[at].points,
                ObjectivePoints(policy, all.rows[at].points, index.DaysWaited(mentee)));
    }
    for (Index other = 0; other < 20; ++other) {
      if (mentee == other) continue;
      const auto key = [&](Index one) {
        return std::pair(index.mentee(one).since_day,
                         pool.mentees[index.MenteeInPool(one)].business_key);
      };
      EXPECT_EQ(graph.priority[mentee] > graph.priority[other], key(mentee) < key(other));
    }
  }
  for (Index mentor = 0; mentor < 40; ++mentor) {
    EXPECT_EQ(graph.capacity[mentor], pool.mentors[index.MentorInPool(mentor)].free);
  }
}

}  // namespace
}  // namespace tremplin::matching::engine
