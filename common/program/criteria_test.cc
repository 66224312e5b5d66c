#include "common/program/criteria.h"

#include <string>

#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"

namespace tremplin::program {
namespace {

v1::Predicate Parse(const std::string& text) {
  v1::Predicate predicate;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &predicate)) << text;
  return predicate;
}

constexpr absl::CivilDay kDay(2026, 3, 1);

Finding Judge(const std::string& predicate, const Facts& facts, absl::CivilDay day = kDay) {
  return Evaluate(Parse(predicate), facts, day);
}

TEST(CriteriaTest, OneOf) {
  const std::string p = R"(one_of { fact: "status" values: "a" values: "b" })";
  EXPECT_EQ(Judge(p, {{"status", "b"}}), Finding::kPass);
  EXPECT_EQ(Judge(p, {{"status", "c"}}), Finding::kFail);
  EXPECT_EQ(Judge(p, {{"status", ""}}), Finding::kFail);
  EXPECT_EQ(Judge(p, {}), Finding::kMissing);
  EXPECT_EQ(Judge(p, {{"status", int64_t{1}}}), Finding::kMissing);
}

TEST(CriteriaTest, AtLeast) {
  const std::string p = R"(at_least { fact: "years" minimum: 2 })";
  EXPECT_EQ(Judge(p, {{"years", int64_t{2}}}), Finding::kPass);
  EXPECT_EQ(Judge(p, {{"years", int64_t{1}}}), Finding::kFail);
  EXPECT_EQ(Judge(p, {}), Finding::kMissing);
}

TEST(CriteriaTest, OneOfSeveralCodes) {
  const std::string p = R"(one_of { fact: "languages" values: "fr" values: "de" })";
  EXPECT_EQ(Judge(p, {{"languages", Codes{"en", "fr"}}}), Finding::kPass);
  EXPECT_EQ(Judge(p, {{"languages", Codes{"en"}}}), Finding::kFail);
  EXPECT_EQ(Judge(p, {}), Finding::kMissing);
  const std::string soft = R"(one_of_or_missing { fact: "languages" values: "fr" })";
  EXPECT_EQ(Judge(soft, {{"languages", Codes{"en", "fr"}}}), Finding::kPass);
  EXPECT_EQ(Judge(soft, {{"languages", Codes{"en"}}}), Finding::kMissing);
}

TEST(CriteriaTest, ContainsAll) {
  const std::string p = R"(contains_all { fact: "languages" values: "en" values: "fr" })";
  EXPECT_EQ(Judge(p, {{"languages", Codes{"en", "es", "fr"}}}), Finding::kPass);
  EXPECT_EQ(Judge(p, {{"languages", Codes{"en"}}}), Finding::kFail);
  EXPECT_EQ(Judge(p, {{"languages", "en"}}), Finding::kMissing);
  EXPECT_EQ(Judge(p, {}), Finding::kMissing);
}

TEST(CriteriaTest, AtMost) {
  const std::string p = R"(at_most { fact: "months" maximum: 60 })";
  EXPECT_EQ(Judge(p, {{"months", int64_t{60}}}), Finding::kPass);
  EXPECT_EQ(Judge(p, {{"months", int64_t{61}}}), Finding::kFail);
  EXPECT_EQ(Judge(p, {}), Finding::kMissing);
}

TEST(CriteriaTest, FiveYearsToTheDayAreWithinAndADayMoreIsNot) {
  const std::string p = R"(within_past { fact: "came" years: 5 })";
  const Facts facts = {{"came", "2021-03-01"}};
  EXPECT_EQ(Judge(p, facts, absl::CivilDay(2026, 3, 1)), Finding::kPass);
  EXPECT_EQ(Judge(p, facts, absl::CivilDay(2026, 3, 2)), Finding::kFail);
  EXPECT_EQ(Judge(p, facts, absl::CivilDay(2021, 2, 1)), Finding::kPass);  // a day to come
  EXPECT_EQ(Judge(p, {}), Finding::kMissing);
  EXPECT_EQ(Judge(p, {{"came", "long ago"}}), Finding::kMissing);
}

TEST(CriteriaTest, AtLeastAgoBeginsOnTheDay) {
  const std::string p = R"(at_least_ago { fact: "job" months: 6 days: 1 })";
  const Facts facts = {{"job", "2025-08-31"}};  // six months on: the last of February
  EXPECT_EQ(Judge(p, facts, absl::CivilDay(2026, 2, 28)), Finding::kFail);
  EXPECT_EQ(Judge(p, facts, absl::CivilDay(2026, 3, 1)), Finding::kPass);
  EXPECT_EQ(Judge(p, {}), Finding::kMissing);
}

TEST(CriteriaTest, The29thOfFebruaryEndsOnTheLastOfTheMonth) {
  const std::string p = R"(within_past { fact: "ended" years: 3 })";
  const Facts facts = {{"ended", "2024-02-29"}};
  EXPECT_EQ(Judge(p, facts, absl::CivilDay(2027, 2, 28)), Finding::kPass);
  EXPECT_EQ(Judge(p, facts, absl::CivilDay(2027, 3, 1)), Finding::kFail);
  const std::string four = R"(within_past { fact: "ended" years: 4 })";
  EXPECT_EQ(Judge(four, facts, absl::CivilDay(2028, 2, 29)), Finding::kPass);
  EXPECT_EQ(Judge(four, facts, absl::CivilDay(2028, 3, 1)), Finding::kFail);
}

TEST(CriteriaTest, AnyGivenCountsEveryKindOfFact) {
  for (const char* given :
       {R"(within_past { fact: "f" years: 1 })", R"(at_least_ago { fact: "f" days: 1 })",
        R"(at_most { fact: "f" maximum: 9 })", R"(contains_all { fact: "f" values: "a" })",
        R"(given { facts: "f" })", R"(one_of { fact: "f" values: "a" })",
        R"(prefix_one_of { fact: "f" prefixes: "a" })", R"(at_least { fact: "f" minimum: 1 })",
        R"(one_of_or_missing { fact: "f" values: "a" })",
        R"(all { predicates { given { facts: "f" } } })",
        R"(any_given { predicates { given { facts: "f" } } })"}) {
    const std::string p = std::string("any_given { predicates { ") + given +
                          R"( } predicates { at_least { fact: "n" minimum: 9 } } })";
    // Not given, it is left out, and what is given decides.
    EXPECT_EQ(Judge(p, {{"n", int64_t{5}}}), Finding::kFail) << given;
    // Given, it counts, be it of another type than what is asked.
    EXPECT_NE(Judge(p, {{"n", int64_t{5}}, {"f", int64_t{5}}}), Finding::kFail) << given;
  }
}

TEST(CriteriaTest, AllAtLeastFailsBeforeItMisses) {
  const std::string p = R"(all_at_least { facts: "a" facts: "b" minimum: 5 })";
  EXPECT_EQ(Judge(p, {{"a", int64_t{5}}, {"b", int64_t{9}}}), Finding::kPass);
  EXPECT_EQ(Judge(p, {{"a", int64_t{5}}}), Finding::kMissing);
  EXPECT_EQ(Judge(p, {{"b", int64_t{4}}}), Finding::kFail);
  EXPECT_EQ(Judge(p, {}), Finding::kMissing);
}

TEST(CriteriaTest, PrefixOneOf) {
  const std::string p = R"(prefix_one_of { fact: "postal_code" prefixes: "K" prefixes: "L" })";
  EXPECT_EQ(Judge(p, {{"postal_code", "L1A"}}), Finding::kPass);
  EXPECT_EQ(Judge(p, {{"postal_code", "J9H"}}), Finding::kFail);
  EXPECT_EQ(Judge(p, {}), Finding::kMissing);
}

TEST(CriteriaTest, GivenAndConsentNeverFail) {
  const std::string given = R"(given { facts: "noc" facts: "goal" })";
  EXPECT_EQ(Judge(given, {{"noc", "1"}, {"goal", "x"}}), Finding::kPass);
  EXPECT_EQ(Judge(given, {{"noc", "1"}}), Finding::kMissing);
  const std::string consent = R"(one_of_or_missing { fact: "consent" values: "yes" })";
  EXPECT_EQ(Judge(consent, {{"consent", "yes"}}), Finding::kPass);
  EXPECT_EQ(Judge(consent, {{"consent", "no"}}), Finding::kMissing);
  EXPECT_EQ(Judge(consent, {}), Finding::kMissing);
}

// P, F, M: predicates that pass, fail, miss for the facts below.
constexpr char kPass[] = R"(predicates { at_least { fact: "n" minimum: 1 } })";
constexpr char kFail[] = R"(predicates { at_least { fact: "n" minimum: 9 } })";
constexpr char kMiss[] = R"(predicates { at_least { fact: "absent" minimum: 1 } })";

Finding Combine(const std::string& kind, std::initializer_list<const char*> parts) {
  std::string text = kind + " {";
  for (const char* part : parts) text += part;
  return Judge(text + "}", {{"n", int64_t{5}}});
}

TEST(CriteriaTest, AnyIsThreeValued) {
  EXPECT_EQ(Combine("any", {kFail, kMiss, kPass}), Finding::kPass);
  EXPECT_EQ(Combine("any", {kFail, kMiss}), Finding::kMissing);
  EXPECT_EQ(Combine("any", {kFail, kFail}), Finding::kFail);
}

TEST(CriteriaTest, AllIsThreeValued) {
  EXPECT_EQ(Combine("all", {kPass, kMiss, kFail}), Finding::kFail);
  EXPECT_EQ(Combine("all", {kPass, kMiss}), Finding::kMissing);
  EXPECT_EQ(Combine("all", {kPass, kPass}), Finding::kPass);
}

TEST(CriteriaTest, AnyGivenLeavesOutWhatWasNotGivenAtAll) {
  EXPECT_EQ(Combine("any_given", {kFail, kMiss}), Finding::kFail);
  EXPECT_EQ(Combine("any_given", {kPass, kMiss}), Finding::kPass);
  EXPECT_EQ(Combine("any_given", {kMiss, kMiss}), Finding::kMissing);
  // Given in part: evidence may still come.
  const std::string p =
      R"(any_given { predicates { all_at_least { facts: "a" facts: "b" minimum: 5 } }
                                       predicates { all_at_least { facts: "c" facts: "d" minimum: 5 } } })";
  EXPECT_EQ(Judge(p, {{"a", int64_t{1}}, {"c", int64_t{5}}}), Finding::kMissing);
  EXPECT_EQ(Judge(p, {{"a", int64_t{1}}}), Finding::kFail);
}

TEST(CriteriaTest, JudgesInTheOrderOfTheDefinition) {
  v1::Criteria criteria;
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(
      R"(criteria { code: "z" predicate { at_least { fact: "n" minimum: 1 } } }
         criteria { code: "a" predicate { given { facts: "m" } } }
         criteria { code: "none" })",
      &criteria));
  const auto findings =
      Evaluate({&criteria.criteria(0), &criteria.criteria(1), &criteria.criteria(2)},
               {{"n", int64_t{0}}}, kDay);
  ASSERT_EQ(findings.size(), 3U);
  EXPECT_EQ(findings[0].criterion->code(), "z");
  EXPECT_EQ(findings[0].finding, Finding::kFail);
  EXPECT_EQ(findings[1].finding, Finding::kMissing);
  EXPECT_EQ(findings[2].finding, Finding::kMissing);
}

}  // namespace
}  // namespace tremplin::program
