#include "services/matching/engine/assignment.h"

#include <algorithm>
#include <random>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "rapidcheck/gtest.h"
#include "services/matching/engine/assignment_testing.h"

namespace tremplin::matching::engine {
namespace {

constexpr Objective kObjectives[] = {Objective::kQuality, Objective::kCoverage};

// Whether the assignment proves itself optimal on a graph that is not its own copy.
Certificate Proof(const Assignment& assignment, const Graph& graph) {
  return Check(graph.View(), assignment.objective(), assignment.claim());
}

Assignment Solved(const Graph& graph, Objective objective) {
  Assignment assignment(graph, objective);
  assignment.Solve();
  return assignment;
}

std::vector<bool> Served(const Assignment& assignment) {
  std::vector<bool> served;
  for (const Index mentor : assignment.assigned()) served.push_back(mentor != kNobody);
  return served;
}

std::vector<Index> Assigned(const Assignment& assignment) {
  return {assignment.assigned().begin(), assignment.assigned().end()};
}

// Fails unless the graph's optimum is found, proved, and the true one.
void ExpectOptimal(const Graph& graph, Objective objective) {
  ASSERT_EQ(GraphFault(graph), "");
  const Assignment assignment = Solved(graph, objective);
  const Certificate proof = Proof(assignment, graph);
  ASSERT_TRUE(proof.ok) << proof.fault;
  ASSERT_TRUE(proof.value == assignment.value());
  ASSERT_EQ(proof.points, assignment.total().points);
  ASSERT_EQ(proof.served, assignment.total().served);
  ASSERT_TRUE(assignment.value() == BestByTryingAll(graph, objective));
  const BestPoints best = BestPointsByTryingAll(graph, objective);
  ASSERT_EQ(assignment.total().points, best.points);
  if (objective == Objective::kCoverage) {
    ASSERT_EQ(assignment.total().served, best.served);
  }
}

TEST(AssignmentTest, EverySmallGraphIsSolvedAsByTryingAll) {
  // Three mentees, two mentors: each pair impossible or worth 1 or 2, capacities 0 to 2.
  for (int code = 0; code < 729 * 9; ++code) {
    PlainPool pool;
    pool.rows.resize(3);
    pool.priority = {2, 3, 1};
    pool.capacity = {code % 3, code / 3 % 3};
    int pairs = code / 9;
    for (auto& row : pool.rows) {
      for (Index j = 0; j < 2; ++j, pairs /= 3) {
        if (pairs % 3 > 0) row[j] = pairs % 3;
      }
    }
    for (const Objective objective : kObjectives) ExpectOptimal(pool.ToGraph(), objective);
    if (HasFatalFailure()) FAIL() << "graph " << code;
  }
}

TEST(AssignmentTest, RandomGraphsUpToSevenBySevenAreSolvedAsByTryingAll) {
  std::mt19937 random(1);
  for (int round = 0; round < 4000; ++round) {
    const Shape shape{7, 7, 1 + round % 3, 1 + round % 7, 20 + 10 * (round % 9)};
    const Graph graph = RandomPool(shape, random).ToGraph();
    for (const Objective objective : kObjectives) ExpectOptimal(graph, objective);
    if (HasFatalFailure()) FAIL() << "round " << round;
  }
}

TEST(AssignmentTest, ServesTheLexicographicallyFirstSetByPriority) {
  // With powers of two the sum of priorities is the lexicographic order itself.
  std::mt19937 random(2);
  int contested = 0;
  for (int round = 0; round < 2000; ++round) {
    PlainPool pool = RandomPool({8, 5, 2, 2, 50}, random);
    const Assignment ranks = Solved(pool.ToGraph(), Objective::kQuality);
    for (Priority& priority : pool.priority) priority = Priority{1} << priority;
    const Graph powers = pool.ToGraph();
    const Assignment lexicographic = Solved(powers, Objective::kQuality);
    ASSERT_TRUE(lexicographic.value() == BestByTryingAll(powers, Objective::kQuality));
    ASSERT_EQ(Served(ranks), Served(lexicographic)) << round;
    contested += ranks.total().served < ranks.mentees() ? 1 : 0;
  }
  EXPECT_GT(contested, 500);
}

TEST(AssignmentTest, TheGreatestPriorityNeverOutweighsAPoint) {
  PlainPool pool;
  pool.rows = {{{0, 7}}, {{0, 8}}};
  pool.priority = {kPriorityEnd - 1, 0};
  pool.capacity = {1};
  EXPECT_EQ(Assigned(Solved(pool.ToGraph(), Objective::kQuality)),
            (std::vector<Index>{kNobody, 0}));
  pool.rows[0][0] = 8;
  EXPECT_EQ(Assigned(Solved(pool.ToGraph(), Objective::kQuality)),
            (std::vector<Index>{0, kNobody}));
}

TEST(AssignmentTest, CoverageServesMoreForAnyLossOfPoints) {
  // A chain of mentees who each prefer their neighbour's mentor by nearly all points there are.
  constexpr Index kLength = 2000;
  PlainPool pool;
  for (Index i = 0; i < kLength; ++i) {
    pool.rows.push_back({{i, 1}});
    if (i > 0) pool.rows[i][i - 1] = kMaxPoints;
    pool.priority.push_back(kLength - i);
    pool.capacity.push_back(1);
  }
  const Graph graph = pool.ToGraph();
  const Assignment quality = Solved(graph, Objective::kQuality);
  EXPECT_EQ(quality.total().served, kLength - 1);
  EXPECT_EQ(quality.total().points, int64_t{kLength - 1} * kMaxPoints);
  const Assignment coverage = Solved(graph, Objective::kCoverage);
  EXPECT_EQ(coverage.total().served, kLength);
  EXPECT_EQ(coverage.total().points, kLength);
  EXPECT_TRUE(Proof(coverage, graph).ok);
}

TEST(AssignmentTest, MeaninglessGraphsAreNamed) {
  const Graph good{{0, 2, 3}, {{0, 10}, {1, 6}, {0, kMaxPoints}}, {3, kPriorityEnd - 1}, {1, 0}};
  EXPECT_EQ(GraphFault(good), "");
  EXPECT_EQ(GraphFault(Graph()), "");
  const std::vector<std::pair<std::string, void (*)(Graph&)>> mutations = {
      {"rows do not cover the candidates", [](Graph& g) { g.candidates.pop_back(); }},
      {"rows do not cover the candidates", [](Graph& g) { g.begin.clear(); }},
      {"rows do not cover the candidates", [](Graph& g) { g.begin[0] = 1; }},
      {"not one priority for each mentee", [](Graph& g) { g.priority.pop_back(); }},
      {"mentor 1: capacity below 0", [](Graph& g) { g.capacity[1] = -1; }},
      {"rows out of order",
       [](Graph& g) {
         g.begin = {0, 4, 3};
       }},
      {"mentee 1: priority out of range", [](Graph& g) { g.priority[1] = kPriorityEnd; }},
      {"mentee 0: no mentor 2", [](Graph& g) { g.candidates[1].mentor = 2; }},
      {"mentee 0: points out of range", [](Graph& g) { g.candidates[1].points = 0; }},
      {"mentee 1: points out of range", [](Graph& g) { ++g.candidates[2].points; }},
      {"mentee 0: a mentor twice", [](Graph& g) { g.candidates[1].mentor = 0; }},
  };
  for (const auto& [fault, apply] : mutations) {
    Graph graph = good;
    apply(graph);
    EXPECT_EQ(GraphFault(graph), fault);
  }
}

TEST(AssignmentTest, ShortfallSaysHowFarAPairIsFromTheOptimum) {
  PlainPool pool;
  pool.rows = {{{0, 10}, {1, 6}}, {{0, 9}}, {{0, 4}}};
  pool.priority = {0, 0, 0};
  pool.capacity = {1, 2};
  const Assignment assignment = Solved(pool.ToGraph(), Objective::kQuality);
  EXPECT_EQ(Assigned(assignment), (std::vector<Index>{1, 0, kNobody}));
  EXPECT_EQ(assignment.Shortfall(0, 1), Worth{0});
  EXPECT_EQ(assignment.Shortfall(2, 1), std::nullopt);
  // One more point for mentee 2 and mentor 0 is worth nothing while the price is above.
  ASSERT_TRUE(assignment.Shortfall(2, 0).has_value());
  EXPECT_EQ(Assignment::InPoints(*assignment.Shortfall(2, 0)),
            Assignment::InPoints(assignment.price(0)) - 4);
  EXPECT_EQ(assignment.free_places(1), 1);
  EXPECT_EQ(assignment.price(1), 0);
}

// ---- Changes

// Plays random events on an assignment and on a plain pool alike.
class Player {
 public:
  Player(PlainPool pool, Objective objective, uint32_t seed)
      : pool_(std::move(pool)), assignment_(pool_.ToGraph(), objective), random_(seed) {
    assignment_.Solve();
  }

  void Play() {
    const std::vector<Index> before = Assigned(assignment_);
    const std::vector<Assignment::Change> changes = PlayOne();
    std::vector<Assignment::Change> expected;
    for (Index i = 0; i < assignment_.mentees(); ++i) {
      const Index was = i < before.size() ? before[i] : kNobody;
      if (assignment_.assigned()[i] != was) expected.push_back({i, was});
    }
    ASSERT_EQ(changes, expected);
  }

  void ExpectSameAsFromScratch() const {
    const Graph graph = pool_.ToGraph();
    const Certificate proof = Proof(assignment_, graph);
    ASSERT_TRUE(proof.ok) << proof.fault;
    ASSERT_TRUE(proof.value == assignment_.value());
    const Assignment scratch = Solved(graph, assignment_.objective());
    ASSERT_TRUE(scratch.value() == assignment_.value());
    ASSERT_EQ(scratch.total(), assignment_.total());
    ASSERT_EQ(Served(scratch), Served(assignment_));
  }

  Assignment& assignment() { return assignment_; }
  const PlainPool& pool() const { return pool_; }
  Index SomeMentee() { return Below(assignment_.mentees()); }
  Index SomeMentor() { return Below(assignment_.mentors()); }
  Points SomePoints() { return 1 + static_cast<Points>(Below(5)); }
  Priority NextPriority() { return 1000 + priorities_++ * 7919 % 5000; }
  std::vector<Candidate> SomeCandidates() {
    std::vector<Candidate> candidates;
    for (Index j = 0; j < assignment_.mentors(); ++j) {
      if (Below(2) == 0) candidates.push_back({j, SomePoints()});
    }
    std::shuffle(candidates.begin(), candidates.end(), random_);
    return candidates;
  }
  Index Below(size_t end) { return static_cast<Index>(random_() % std::max<size_t>(1, end)); }

 private:
  using Changes = std::span<const Assignment::Change>;

  std::vector<Assignment::Change> PlayOne() {
    const bool people = assignment_.mentees() > 0 && assignment_.mentors() > 0;
    Changes changes;
    switch (people ? Below(8) : Below(2)) {
      case 0:
        changes = Arrive();
        break;
      case 1:
        changes = ArriveMentor();
        break;
      case 2:
        changes = Withdraw();
        break;
      case 3:
      case 4:
        changes = Decline();
        break;
      case 5:
      case 6:
        changes = ChangeCapacity();
        break;
      default:
        changes = ChangePoints();
    }
    return {changes.begin(), changes.end()};
  }

  Changes Arrive() {
    const std::vector<Candidate> candidates = SomeCandidates();
    const Priority priority = NextPriority();
    pool_.rows.emplace_back();
    for (const Candidate& one : candidates) pool_.rows.back()[one.mentor] = one.points;
    pool_.priority.push_back(priority);
    return assignment_.AddMentee(candidates, priority);
  }
  Changes ArriveMentor() {
    std::vector<Assignment::Wish> wishes;
    for (Index i = 0; i < assignment_.mentees(); ++i) {
      if (!removed_.contains(i) && Below(2) == 0) wishes.push_back({i, SomePoints()});
    }
    for (const Assignment::Wish& wish : wishes) {
      pool_.rows[wish.mentee][assignment_.mentors()] = wish.points;
    }
    pool_.capacity.push_back(static_cast<int32_t>(Below(4)));
    return assignment_.AddMentor(wishes, pool_.capacity.back());
  }
  Changes Withdraw() {
    const Index mentee = SomeMentee();
    pool_.rows[mentee].clear();
    removed_.insert(mentee);
    return assignment_.RemoveMentee(mentee);
  }
  // Of the assigned pair, mostly.
  Changes Decline() {
    const Index mentee = SomeMentee();
    const Index assigned = assignment_.assigned()[mentee];
    const Index mentor = assigned == kNobody || Below(4) == 0 ? SomeMentor() : assigned;
    pool_.rows[mentee].erase(mentor);
    return assignment_.Bar(mentee, mentor);
  }
  Changes ChangeCapacity() {
    const Index mentor = SomeMentor();
    pool_.capacity[mentor] = static_cast<int32_t>(Below(4));
    return assignment_.SetCapacity(mentor, pool_.capacity[mentor]);
  }
  Changes ChangePoints() {
    const Index mentee = SomeMentee();
    if (removed_.contains(mentee)) return {};
    const Index assigned = assignment_.assigned()[mentee];
    const Index mentor = assigned == kNobody || Below(2) == 0 ? SomeMentor() : assigned;
    pool_.rows[mentee][mentor] = SomePoints();
    return assignment_.SetPoints(mentee, mentor, pool_.rows[mentee][mentor]);
  }

  PlainPool pool_;
  Assignment assignment_;
  std::mt19937 random_;
  std::set<Index> removed_;
  uint32_t priorities_ = 0;
};

TEST(AssignmentTest, TenThousandSequencesOfEventsStayEqualToFromScratch) {
  std::mt19937 random(3);
  for (uint32_t sequence = 0; sequence < 10000; ++sequence) {
    const Shape shape{6, 5, 2, 1 + static_cast<int>(sequence % 5), 60};
    Player player(RandomPool(shape, random), kObjectives[sequence % 2], sequence);
    for (int event = 0; event < 6; ++event) {
      player.Play();
      player.ExpectSameAsFromScratch();
      if (HasFatalFailure()) FAIL() << "sequence " << sequence << ", event " << event;
    }
  }
}

TEST(AssignmentTest, ALongSequenceOnALargerPoolStaysEqualToFromScratch) {
  std::mt19937 random(4);
  for (const Objective objective : kObjectives) {
    PlainPool pool = RandomPool({400, 200, 3, 50, 8}, random);
    Player player(std::move(pool), objective, 5);
    for (int event = 0; event < 400; ++event) {
      player.Play();
      if (event % 10 == 9) player.ExpectSameAsFromScratch();
      if (HasFatalFailure()) FAIL() << "event " << event;
    }
  }
}

TEST(AssignmentTest, WhatIfSaysWhatTheChangeGainsAndLeavesEverythingAsItWas) {
  std::mt19937 random(6);
  int gained_something = 0;
  for (uint32_t round = 0; round < 3000; ++round) {
    PlainPool pool = RandomPool({8, 5, 2, 5, 60}, random);
    if (pool.rows.empty() || pool.capacity.empty()) continue;
    Player player(std::move(pool), kObjectives[round % 2], round);
    Assignment& assignment = player.assignment();
    assignment.PrepareForChanges();
    const Assignment untouched = assignment;
    Assignment changed = assignment;
    const Index mentee = player.SomeMentee();
    const Index mentor = player.SomeMentor();
    const Points points = player.SomePoints();
    Assignment::Total gained;
    if (round % 3 == 0) {
      const std::vector<Candidate> candidates = player.SomeCandidates();
      gained = assignment.WhatIfMentee(candidates, 77);
      changed.AddMentee(candidates, 77);
    } else if (round % 3 == 1) {
      const int more = static_cast<int>(player.Below(4)) - 1;
      gained = assignment.WhatIfPlaces(mentor, more);
      changed.SetCapacity(mentor, std::max(0, player.pool().capacity[mentor] + more));
    } else {
      gained = assignment.WhatIfPoints(mentee, mentor, points);
      changed.SetPoints(mentee, mentor, points);
    }
    gained_something += gained == Assignment::Total{} ? 0 : 1;
    ASSERT_EQ(changed.total().points - untouched.total().points, gained.points) << round;
    ASSERT_EQ(changed.total().served - untouched.total().served, gained.served) << round;
    ASSERT_EQ(changed.total().priority - untouched.total().priority, gained.priority) << round;
    ASSERT_EQ(Assigned(assignment), Assigned(untouched));
    ASSERT_EQ(assignment.total(), untouched.total());
    player.ExpectSameAsFromScratch();  // graph and prices too
    // What follows goes as if nobody had asked.
    Assignment later = untouched;
    later.SetCapacity(mentor, 3);
    assignment.SetCapacity(mentor, 3);
    ASSERT_EQ(Assigned(assignment), Assigned(later)) << round;
    ASSERT_TRUE(std::ranges::equal(assignment.claim().price, later.claim().price));
    ASSERT_TRUE(std::ranges::equal(assignment.claim().surplus, later.claim().surplus));
  }
  EXPECT_GT(gained_something, 500);
}

// ---- Properties

PlainPool AnyPool() {
  std::mt19937 random(*rc::gen::arbitrary<uint32_t>());
  return RandomPool({*rc::gen::inRange(1, 60), *rc::gen::inRange(1, 40), 3,
                     *rc::gen::inRange(1, 100), *rc::gen::inRange(5, 60)},
                    random);
}

RC_GTEST_PROP(AssignmentProperty, KeepsCapacityAndBarsAndProvesItself, ()) {
  const PlainPool pool = AnyPool();
  const auto objective = *rc::gen::element(Objective::kQuality, Objective::kCoverage);
  const Assignment assignment = Solved(pool.ToGraph(), objective);
  std::vector<int32_t> taken(pool.capacity.size(), 0);
  for (Index i = 0; i < assignment.mentees(); ++i) {
    const Index mentor = assignment.assigned()[i];
    if (mentor == kNobody) continue;
    RC_ASSERT(pool.rows[i].contains(mentor));
    RC_ASSERT(++taken[mentor] <= pool.capacity[mentor]);
  }
  RC_ASSERT(Proof(assignment, pool.ToGraph()).ok);
}

RC_GTEST_PROP(AssignmentProperty, TheOrderOfCandidatesChangesNothing, ()) {
  const Graph graph = AnyPool().ToGraph();
  Graph shuffled = graph;
  std::mt19937 random(*rc::gen::arbitrary<uint32_t>());
  for (Index i = 0; i < graph.mentees(); ++i) {
    std::shuffle(shuffled.candidates.begin() + shuffled.begin[i],
                 shuffled.candidates.begin() + shuffled.begin[i + 1], random);
  }
  const Assignment a = Solved(graph, Objective::kQuality);
  const Assignment b = Solved(shuffled, Objective::kQuality);
  RC_ASSERT(Assigned(a) == Assigned(b));
  RC_ASSERT(std::ranges::equal(a.claim().price, b.claim().price));
}

RC_GTEST_PROP(AssignmentProperty, WhoIsServedDoesNotDependOnIndices, ()) {
  const PlainPool pool = AnyPool();
  std::vector<Index> place(pool.rows.size());
  for (Index i = 0; i < place.size(); ++i) place[i] = i;
  std::mt19937 random(*rc::gen::arbitrary<uint32_t>());
  std::shuffle(place.begin(), place.end(), random);
  PlainPool moved = pool;
  for (Index i = 0; i < place.size(); ++i) {
    moved.rows[place[i]] = pool.rows[i];
    moved.priority[place[i]] = pool.priority[i];
  }
  const Assignment a = Solved(pool.ToGraph(), Objective::kQuality);
  const Assignment b = Solved(moved.ToGraph(), Objective::kQuality);
  RC_ASSERT(a.total() == b.total());
  for (Index i = 0; i < place.size(); ++i) {
    RC_ASSERT((a.assigned()[i] == kNobody) == (b.assigned()[place[i]] == kNobody));
  }
}

RC_GTEST_PROP(AssignmentProperty, AMentorOrAPlaceMoreNeverLowersTheValue, ()) {
  const PlainPool pool = AnyPool();
  const auto objective = *rc::gen::element(Objective::kQuality, Objective::kCoverage);
  const Value value = Solved(pool.ToGraph(), objective).value();
  PlainPool more = pool;
  more.capacity.push_back(1);
  for (auto& row : more.rows) {
    if (*rc::gen::inRange(0, 2) == 1) {
      row[static_cast<Index>(pool.capacity.size())] = *rc::gen::inRange(1, 100);
    }
  }
  RC_ASSERT(Solved(more.ToGraph(), objective).value() >= value);
  more = pool;
  if (more.capacity.empty()) return;
  ++more.capacity[*rc::gen::inRange<size_t>(0, more.capacity.size())];
  RC_ASSERT(Solved(more.ToGraph(), objective).value() >= value);
}

RC_GTEST_PROP(AssignmentProperty, APriceBoundsWhatOnePlaceMoreOrLessIsWorth, ()) {
  const PlainPool pool = AnyPool();
  RC_PRE(!pool.capacity.empty());
  const Index mentor = *rc::gen::inRange<Index>(0, static_cast<Index>(pool.capacity.size()));
  const Assignment assignment = Solved(pool.ToGraph(), Objective::kQuality);
  PlainPool other = pool;
  ++other.capacity[mentor];
  const Value more = Solved(other.ToGraph(), Objective::kQuality).value();
  RC_ASSERT(more - assignment.value() <= assignment.price(mentor));
  if (pool.capacity[mentor] == 0) return;
  other.capacity[mentor] -= 2;
  const Value less = Solved(other.ToGraph(), Objective::kQuality).value();
  RC_ASSERT(assignment.value() - less >= assignment.price(mentor));
}

}  // namespace
}  // namespace tremplin::matching::engine
