#include "services/matching/engine/certificate.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace tremplin::matching::engine {
namespace {

using ::testing::HasSubstr;

constexpr Worth kPoint = Worth{1} << kPriorityBits;

// Three mentees and two mentors: the first wants either, the others mentor 0 alone, who has one
// place. The optimum is 6 + 9 points; who stays alone is mentee 2.
struct Case {
  Graph graph{{0, 2, 3, 4}, {{0, 10}, {1, 6}, {0, 9}, {0, 4}}, {3, 2, 1}, {1, 2}};
  std::vector<Index> mentor = {1, 0, kNobody};
  std::vector<Worth> surplus = {6 * kPoint + 3, 5 * kPoint + 1, 0};
  std::vector<Worth> price = {4 * kPoint + 1, 0};

  Certificate Checked() const {
    return Check(graph.View(), Objective::kQuality, {mentor, surplus, price});
  }
};

TEST(CertificateTest, AcceptsAnOptimumWithItsPrices) {
  const Certificate result = Case().Checked();
  EXPECT_TRUE(result.ok) << result.fault;
  EXPECT_EQ(result.points, 15);
  EXPECT_EQ(result.served, 2u);
  EXPECT_TRUE(result.value == 15 * kPoint + 5);
}

TEST(CertificateTest, AcceptsNobodyAtAll) {
  const Certificate result = Check(Graph().View(), Objective::kQuality, {});
  EXPECT_TRUE(result.ok) << result.fault;
  EXPECT_EQ(result.served, 0u);
}

// One change to a right answer, and the fault that must be told.
struct Mutation {
  const char* fault;
  void (*apply)(Case&);
};

TEST(CertificateTest, RejectsEveryWrongAnswerAndEveryWrongPrice) {
  const Mutation mutations[] = {
      {"not one entry", [](Case& c) { c.mentor.pop_back(); }},
      {"not one entry", [](Case& c) { c.surplus.push_back(0); }},
      {"not one entry", [](Case& c) { c.graph.priority.pop_back(); }},
      {"not one price", [](Case& c) { c.price.push_back(0); }},
      {"no such mentor", [](Case& c) { c.mentor[0] = 2; }},
      {"candidate of no such mentor", [](Case& c) { c.graph.candidates[1].mentor = 7; }},
      {"assigned but no candidate", [](Case& c) { c.mentor[1] = 1; }},
      {"assigned but not tight", [](Case& c) { c.mentor[0] = 0; }},
      {"assigned but not tight", [](Case& c) { ++c.surplus[0]; }},
      {"beyond capacity",
       [](Case& c) {
         c.graph.capacity = {0, 2};
       }},
      {"capacity below 0",
       [](Case& c) {
         c.graph.capacity = {1, -1};
       }},
      {"surplus without a mentor", [](Case& c) { c.mentor[0] = kNobody; }},
      {"surplus without a mentor", [](Case& c) { ++c.surplus[2]; }},
      {"surplus below 0", [](Case& c) { --c.surplus[2]; }},
      {"not covered", [](Case& c) { --c.surplus[0]; }},
      {"not covered", [](Case& c) { --c.price[0]; }},
      {"not covered", [](Case& c) { ++c.graph.priority[2]; }},
      {"not covered", [](Case& c) { ++c.graph.candidates[3].points; }},
      {"assigned but not tight", [](Case& c) { ++c.price[0]; }},
      {"assigned but not tight", [](Case& c) { --c.graph.candidates[2].points; }},
      {"a place is left at a price",
       [](Case& c) {
         c.surplus[0] -= 1;
         c.price[1] += 1;
         c.price[0] += 1;
         c.surplus[1] -= 1;
       }},
      {"price below 0",
       [](Case& c) {
         c.price[1] = -1;
         c.surplus[0] += 1;
       }},
      {"values of assignment and prices differ",
       [](Case& c) {  // a candidate twice in a row would count twice
         c.graph.candidates[0] = {1, 6};
       }},
  };
  for (const Mutation& mutation : mutations) {
    Case wrong;
    mutation.apply(wrong);
    const Certificate result = wrong.Checked();
    EXPECT_FALSE(result.ok) << mutation.fault;
    EXPECT_THAT(result.fault, HasSubstr(mutation.fault));
  }
}

TEST(CertificateTest, RejectsAFeasibleAnswerThatIsNotBestWhateverItsPrices) {
  Case worse;  // mentee 0 takes the one place of mentor 0: 10 points
  worse.mentor = {0, kNobody, kNobody};
  for (Worth price = 0; price <= 12; ++price) {
    worse.price = {price * kPoint, 0};
    worse.surplus = {10 * kPoint + 3 - worse.price[0], 0, 0};
    EXPECT_FALSE(worse.Checked().ok) << price;
  }
}

TEST(CertificateTest, AnObjectiveProvesOnlyItself) {
  const Case quality;
  EXPECT_FALSE(Check(quality.graph.View(), Objective::kCoverage,
                     {quality.mentor, quality.surplus, quality.price})
                   .ok);
}

TEST(WorthTest, PrioritiesNeverOutweighAPointNorPointsAPair) {
  const auto quality = Objective::kQuality;
  EXPECT_GT(WorthOf(quality, 8, 0), WorthOf(quality, 7, kPriorityEnd - 1));
  EXPECT_GT(WorthOf(quality, 7, 1), WorthOf(quality, 7, 0));
  const auto coverage = Objective::kCoverage;
  EXPECT_GT(WorthOf(coverage, 1, 0),
            Worth{kMaxMentees} * (WorthOf(quality, kMaxPoints, kPriorityEnd - 1) + 1) -
                Worth{kMaxMentees} * kPoint);
  EXPECT_LT(WorthOf(coverage, kMaxPoints, kPriorityEnd - 1), kWorthEnd);
}

}  // namespace
}  // namespace tremplin::matching::engine
