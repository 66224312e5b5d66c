#include "services/matching/engine/groups.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "rapidcheck/gtest.h"
#include "services/matching/engine/testing/pools.h"

namespace tremplin::matching::engine {
namespace {

using testing::Kilometres;

GroupRules AnyRules() {
  GroupRules rules;
  rules.least_mentees = *rc::gen::inRange(2, 5);
  rules.most_mentees = rules.least_mentees + *rc::gen::inRange(0, 3);
  rules.least_mentors = *rc::gen::inRange(1, 3);
  rules.most_mentors = rules.least_mentors + *rc::gen::inRange(0, 2);
  rules.seed = *rc::gen::arbitrary<uint64_t>();
  rules.tries_per_mentee = 50;
  return rules;
}

std::vector<std::set<std::string>> Named(const Pool& pool, const Grouping& grouping) {
  std::vector<std::set<std::string>> named;
  for (const Group& group : grouping.groups) {
    std::set<std::string>& names = named.emplace_back();
    for (const size_t one : group.mentees) names.insert(pool.mentees[one].business_key);
    for (const size_t one : group.mentors) names.insert(pool.mentors[one].business_key);
  }
  return named;
}

RC_GTEST_PROP(GroupsTest, HardRulesHoldAndTheSearchDoesNotHarm, ()) {
  const Pool pool = *testing::AnyPool(40, 12);
  const Policy policy = *testing::AnyPolicy();
  const GroupRules rules = AnyRules();
  const Grouping grouping = *MakeGroups(pool, policy, Kilometres, rules);
  const absl::Status status = CheckGroups(pool, rules, grouping);
  RC_ASSERT(status.ok());
  RC_ASSERT(grouping.cohesion + grouping.fit >=
            grouping.started_cohesion + grouping.started_fit - 1e-9);
}

RC_GTEST_PROP(GroupsTest, TheSameFactsAndSeedGiveTheSameGroupsInAnyOrder, ()) {
  Pool pool = *testing::AnyPool(30, 10);
  const Policy policy = *testing::AnyPolicy();
  const GroupRules rules = AnyRules();
  const auto before = Named(pool, *MakeGroups(pool, policy, Kilometres, rules));
  std::reverse(pool.mentees.begin(), pool.mentees.end());
  std::rotate(pool.mentors.begin(), pool.mentors.begin() + 3, pool.mentors.end());
  RC_ASSERT(Named(pool, *MakeGroups(pool, policy, Kilometres, rules)) == before);
}

TEST(GroupsTest, TheSearchGathersThoseOfOneField) {
  Pool pool = testing::PoolOfOttawa(180, 60);
  for (Mentee& mentee : pool.mentees) {
    mentee.profile.languages = {"en"};
    mentee.profile.availability = {"mon-evening", "tue-evening"};
  }
  for (Mentor& mentor : pool.mentors) {
    mentor.profile.languages = {"en"};
    mentor.profile.availability = {"mon-evening", "tue-evening"};
  }
  GroupRules rules;
  rules.tries_per_mentee = 300;
  const Grouping grouping = *MakeGroups(pool, testing::PolicyOfOttawa(), Kilometres, rules);
  ASSERT_TRUE(CheckGroups(pool, rules, grouping).ok());
  EXPECT_GE(grouping.groups.size(), 18u);
  EXPECT_TRUE(grouping.mentees.empty());
  EXPECT_GT(grouping.cohesion + grouping.fit,
            1.05 * (grouping.started_cohesion + grouping.started_fit));
}

TEST(GroupsTest, WhoIsLeftOutLearnsWhy) {
  const Profile usual{"21231", "541", {"en"}, "K10", {"mon-evening"}};
  Pool pool;
  pool.today = absl::CivilDay(2026, 3, 2);
  const auto mentee = [&](const std::string& key, Profile profile) {
    pool.mentees.push_back({"e" + key, "p" + key, key, std::move(profile), pool.today});
  };
  const auto mentor = [&](const std::string& key, int free, Profile profile) {
    pool.mentors.push_back({"e" + key, "p" + key, key, std::move(profile), free});
  };
  for (const char* key : {"a1", "a2", "a3"}) mentee(key, usual);
  Profile other = usual;
  other.availability = {};
  mentee("b", other);
  other.availability = {"sun-noon"};
  mentee("c", other);
  other.availability = {"tue-noon"};
  mentee("d", other);
  mentor("m1", 1, usual);
  mentor("m2", 0, usual);
  mentor("m3", 1, other);
  GroupRules rules;
  rules.least_mentees = rules.most_mentees = 2;
  rules.least_mentors = rules.most_mentors = 1;
  const Grouping grouping = *MakeGroups(pool, testing::PolicyOfOttawa(), Kilometres, rules);
  ASSERT_TRUE(CheckGroups(pool, rules, grouping).ok());
  ASSERT_EQ(grouping.groups.size(), 1u);
  EXPECT_EQ(grouping.groups[0].slot, "mon-evening");
  ASSERT_EQ(grouping.mentees.size(), 4u);
  EXPECT_EQ(grouping.mentees[0].reason, LeftOut::kGroupsFull);
  EXPECT_EQ(grouping.mentees[1].reason, LeftOut::kNotGiven);
  EXPECT_EQ(grouping.mentees[2].reason, LeftOut::kNobodyToMeet);
  EXPECT_EQ(grouping.mentees[3].reason, LeftOut::kTooFew);
  ASSERT_EQ(grouping.mentors.size(), 2u);
  EXPECT_EQ(grouping.mentors[0].reason, LeftOut::kNoPlace);
  EXPECT_EQ(grouping.mentors[1].reason, LeftOut::kTooFew);
}

TEST(GroupsTest, TheCheckRejectsWhatIsBroken) {
  Pool pool = testing::PoolOfOttawa(60, 20);
  for (Mentee& mentee : pool.mentees) mentee.profile.availability = {"mon-evening"};
  for (Mentor& mentor : pool.mentors) mentor.profile.availability = {"mon-evening"};
  GroupRules rules;
  rules.tries_per_mentee = 50;
  const Grouping good = *MakeGroups(pool, testing::PolicyOfOttawa(), Kilometres, rules);
  ASSERT_GE(good.groups.size(), 2u);
  ASSERT_TRUE(CheckGroups(pool, rules, good).ok());
  Grouping bad = good;
  bad.groups[0].mentees.push_back(bad.groups[1].mentees[0]);
  EXPECT_FALSE(CheckGroups(pool, rules, bad).ok());
  bad = good;
  bad.groups[0].mentors.pop_back();
  EXPECT_FALSE(CheckGroups(pool, rules, bad).ok());
  bad = good;
  bad.groups[0].mentees.resize(7);
  EXPECT_FALSE(CheckGroups(pool, rules, bad).ok());
  bad = good;
  bad.groups[0].slot = "tue-noon";
  EXPECT_FALSE(CheckGroups(pool, rules, bad).ok());
  bad = good;
  bad.groups[0].language = "es";
  EXPECT_FALSE(CheckGroups(pool, rules, bad).ok());
  bad = good;
  bad.groups.pop_back();
  EXPECT_FALSE(CheckGroups(pool, rules, bad).ok());
  pool.barred.insert({pool.mentees[good.groups[0].mentees[0]].enrolment,
                      pool.mentors[good.groups[0].mentors[0]].enrolment});
  EXPECT_FALSE(CheckGroups(pool, rules, good).ok());
  pool.barred.clear();
  pool.mentors[good.groups[0].mentors[0]].free = 0;
  EXPECT_FALSE(CheckGroups(pool, rules, good).ok());
  pool.mentors[good.groups[0].mentors[0]].free = 1;
  pool.mentors[good.groups[0].mentors[0]].person = pool.mentees[good.groups[0].mentees[0]].person;
  EXPECT_FALSE(CheckGroups(pool, rules, good).ok());
}

TEST(GroupsTest, BoundsThatCrossAreRefused) {
  GroupRules rules;
  rules.most_mentees = 7;
  EXPECT_EQ(MakeGroups({}, {}, Kilometres, rules).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(MakeGroups({}, {}, Kilometres, {})->groups.empty());
}

}  // namespace
}  // namespace tremplin::matching::engine
