#include "services/matching/engine/likeness.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "services/matching/engine/likeness_build.h"

namespace tremplin::matching::engine {
namespace {

struct Pair {
  std::string_view mentee;
  std::string_view mentor;
  std::string_view what;
};

// Pairs a practitioner would introduce without a second thought, chosen before the table was tuned.
constexpr Pair kNear[] = {
    {"21231", "20012", "software engineer, manager of information systems"},
    {"21232", "20012", "software developer, manager of information systems"},
    {"22222", "21231", "systems tester, software engineer"},
    {"22300", "21300", "civil technologist, civil engineer"},
    {"22310", "21310", "electronics technologist, electrical engineer"},
    {"22301", "21301", "mechanical technologist, mechanical engineer"},
    {"22210", "21200", "architectural technologist, architect"},
    {"21300", "20010", "civil engineer, engineering manager"},
    {"32101", "31301", "practical nurse, registered nurse"},
    {"33102", "32101", "nurse aide, practical nurse"},
    {"31301", "30010", "registered nurse, manager in health care"},
    {"32124", "31120", "pharmacy technician, pharmacist"},
    {"33100", "32111", "dental assistant, dental hygienist"},
    {"12200", "11100", "bookkeeper, accountant"},
    {"14200", "12200", "accounting clerk, bookkeeper"},
    {"11100", "10010", "accountant, financial manager"},
    {"12101", "11200", "recruitment officer, human resources professional"},
    {"11202", "10022", "marketing professional, marketing manager"},
    {"41220", "40021", "secondary school teacher, school principal"},
    {"43100", "41221", "teacher assistant, elementary school teacher"},
    {"42201", "41300", "social service worker, social worker"},
    {"42200", "41101", "paralegal, lawyer"},
    {"63200", "62200", "cook, chef"},
    {"72200", "72011", "electrician, electrical contractor"},
    {"72310", "72013", "carpenter, carpentry contractor"},
};

// Pairs that share a digit, a level or a rank word, and nothing that one could teach the other.
constexpr Pair kFar[] = {
    {"21231", "31301", "software engineer, registered nurse"},
    {"21231", "21110", "software engineer, biologist"},
    {"21300", "21211", "civil engineer, data scientist"},
    {"21300", "31102", "civil engineer, family physician"},
    {"22220", "32120", "network technician, medical laboratory technologist"},
    {"22221", "33103", "user support technician, pharmacy assistant"},
    {"20012", "70010", "manager of information systems, construction manager"},
    {"10010", "30010", "financial manager, manager in health care"},
    {"62020", "82020", "food service supervisor, mining supervisor"},
    {"92012", "12011", "supervisor in food processing, in insurance offices"},
    {"31301", "31103", "registered nurse, veterinarian"},
    {"31120", "31202", "pharmacist, physiotherapist"},
    {"11100", "13110", "accountant, administrative assistant"},
    {"11200", "14400", "human resources professional, shipper"},
    {"11100", "12110", "accountant, court reporter"},
    {"41220", "41101", "secondary school teacher, lawyer"},
    {"41221", "42101", "elementary school teacher, firefighter"},
    {"41300", "40042", "social worker, commissioned officer"},
    {"42202", "42100", "early childhood educator, police officer"},
    {"63200", "63100", "cook, insurance agent"},
    {"65200", "65312", "server, janitor"},
    {"72200", "72310", "electrician, carpenter"},
    {"72106", "72600", "welder, air pilot"},
    {"72310", "73300", "carpenter, truck driver"},
    {"11101", "41302", "financial analyst, religious leader"},
};

constexpr int kNearFrom = 60;
constexpr int kFarTo = 45;

int Between(std::string_view mentee, std::string_view mentor) {
  return Likeness(UnitGroupOf(mentee), UnitGroupOf(mentor));
}

TEST(LikenessTest, TwentyFivePairsAreNear) {
  static_assert(std::size(kNear) == 25);
  for (const Pair& pair : kNear) {
    EXPECT_GE(Between(pair.mentee, pair.mentor), kNearFrom) << pair.what;
  }
}

TEST(LikenessTest, TwentyFivePairsAreFar) {
  static_assert(std::size(kFar) == 25);
  for (const Pair& pair : kFar) EXPECT_LE(Between(pair.mentee, pair.mentor), kFarTo) << pair.what;
}

TEST(LikenessTest, SoftwarePeopleAndTheirManagersAreNearBothWays) {
  EXPECT_GE(Between("21231", "20012"), 80);
  EXPECT_GE(Between("20012", "21231"), 80);
}

TEST(LikenessTest, DepthIsTheLeastThatAgreeingCodesGet) {
  EXPECT_EQ(Between("21231", "21231"), 100);
  EXPECT_EQ(Between("21231", "21232"), 85);
  EXPECT_GE(Between("21231", "21222"), 65);
  EXPECT_GE(Between("21231", "21300"), 45);
  EXPECT_GE(Between("21231", "22100"), 25);
  EXPECT_EQ(Between("21231", "65320"), 0);
}

TEST(LikenessTest, OnlyOneselfIsWhollyAlike) {
  for (UnitGroup mentee = 0; mentee < kUnitGroupCount; ++mentee) {
    for (UnitGroup mentor = 0; mentor < kUnitGroupCount; ++mentor) {
      const int likeness = Likeness(mentee, mentor);
      ASSERT_GE(likeness, 0);
      ASSERT_EQ(likeness == 100, mentee == mentor);
      ASSERT_LE(likeness, 100);
      // The direction changes what the TEER takes away, and nothing else.
      const int teer_below = UnitGroupCode(mentor)[1] - UnitGroupCode(mentee)[1];
      if (teer_below < 2 && teer_below > -2) {
        ASSERT_EQ(likeness, Likeness(mentor, mentee));
      }
      if (teer_below >= 2) {
        ASSERT_EQ(likeness, std::max(0, Likeness(mentor, mentee) - 10));
      }
    }
  }
}

TEST(LikenessTest, CodesAndPositionsAreEachOthers) {
  EXPECT_EQ(UnitGroupCode(0), "00010");
  EXPECT_EQ(UnitGroupCode(515), "95109");
  for (UnitGroup one = 0; one < kUnitGroupCount; ++one) {
    ASSERT_EQ(UnitGroupOf(UnitGroupCode(one)), one);
  }
  for (const char* code : {"", "2123", "212310", "99999", "00000", "21231x"}) {
    EXPECT_EQ(UnitGroupOf(code), kNoUnitGroup) << code;
  }
  EXPECT_EQ(UnitGroupCode(kNoUnitGroup), "");
  EXPECT_EQ(Between("21231", ""), kUnknownLikeness);
  EXPECT_EQ(Between("99999", "21231"), kUnknownLikeness);
}

TEST(LikenessBuildTest, WordsAreFoldedCutAndDistinct) {
  EXPECT_EQ(TitleWords("Ingénieur en génie (ingénierie)"),
            (std::vector<std::string>{"genie", "ingeni"}));
  EXPECT_EQ(TitleWords("Maître d'œuvre – X-ray"),
            (std::vector<std::string>{"maitre", "oeuvre", "ray"}));
  EXPECT_TRUE(TitleWords("").empty());
}

TEST(LikenessBuildTest, RareWordsLinkAndRankWordsDoNot) {
  const std::vector<Occupation> occupations = {
      {"10000", {"finance manager"}, {"directeur des finances"}},
      {"20000", {"software manager"}, {"directeur du logiciel"}},
      {"21000", {"software engineer"}, {"concepteur de logiciel"}},
      {"30000", {"hospital manager"}, {"directeur d'hôpital"}},
      {"75000", {"hospital manager"}, {"directeur d'hôpital"}},
  };
  const std::vector<uint8_t> table = BuildLikeness(occupations);
  EXPECT_EQ(table[1 * 5 + 2], 85);       // software, across the TEER
  EXPECT_EQ(table[0 * 5 + 1], 0);        // manager only
  EXPECT_EQ(table[3 * 5 + 4], 85 - 10);  // all words, five TEER below
  EXPECT_EQ(table[4 * 5 + 3], 85);
}

}  // namespace
}  // namespace tremplin::matching::engine
