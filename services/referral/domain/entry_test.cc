#include "services/referral/domain/entry.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/referral/domain/volunteered.h"

namespace tremplin::referral {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(EntryTest, NamesAreReadBack) {
  for (const Side side : {Side::SUBJECT_MENTEE, Side::SUBJECT_MENTOR}) {
    EXPECT_EQ(SideOf(NameOf(side)), side);
  }
  for (const Door door : {Door::DOOR_AGENCY, Door::DOOR_SELF, Door::DOOR_PROPOSER}) {
    EXPECT_EQ(DoorOf(NameOf(door)), door);
  }
  EXPECT_EQ(NameOf(Side::SUBJECT_ORGANIZATION), "");
}

TEST(EntryTest, TheSourcesKeyIsPrintable) {
  const auto fault = [](const std::string& key, Door door = Door::DOOR_AGENCY) {
    return ExternalIdFault(key, door).has_value();
  };
  EXPECT_FALSE(fault("OCI-1001 é"));
  EXPECT_TRUE(fault(""));
  EXPECT_TRUE(fault("  "));
  EXPECT_TRUE(fault("a\nb"));
  EXPECT_FALSE(fault(std::string(128, 'x')));
  EXPECT_TRUE(fault(std::string(129, 'x')));
  // "<agency>/<key>" is what those are called who come through somebody.
  EXPECT_FALSE(fault("a/b"));
  EXPECT_TRUE(fault("a/b", Door::DOOR_SELF));
}

// Who states: by agency and organization, by the person's own door, each alone and through staff.
TEST(EntryTest, FactsAreStatedByWhomTheRegistrySays) {
  using program::v1::STATED_BY_AGENCY;
  using program::v1::STATED_BY_PERSON;
  using program::v1::STATED_BY_STAFF;
  const auto refusal = [](std::vector<program::v1::StatedBy> by, Door door, bool staff) {
    program::v1::Fact fact;
    fact.set_name("fact");
    for (const auto each : by) fact.add_stated_by(each);
    const auto fault = StatementFault(fact, {door, staff});
    return fault.has_value() ? fault->reason : std::string();
  };
  for (const Door door : {Door::DOOR_AGENCY, Door::DOOR_PROPOSER}) {
    EXPECT_EQ(refusal({STATED_BY_AGENCY}, door, false), "");
    EXPECT_EQ(refusal({STATED_BY_PERSON}, door, false), "FACT_BY_PERSON");
    EXPECT_EQ(refusal({STATED_BY_STAFF}, door, false), "FACT_BY_STAFF");
    EXPECT_EQ(refusal({STATED_BY_AGENCY}, door, true), "");
    EXPECT_EQ(refusal({STATED_BY_STAFF}, door, true), "");
    EXPECT_EQ(refusal({STATED_BY_PERSON}, door, true), "FACT_BY_PERSON");
  }
  EXPECT_EQ(refusal({STATED_BY_PERSON}, Door::DOOR_SELF, false), "");
  EXPECT_EQ(refusal({STATED_BY_AGENCY}, Door::DOOR_SELF, false), "FACT_BY_AGENCY");
  for (const auto by : {STATED_BY_AGENCY, STATED_BY_PERSON, STATED_BY_STAFF}) {
    EXPECT_EQ(refusal({by}, Door::DOOR_SELF, true), "");
  }
  program::v1::Fact derived;
  derived.mutable_derived();
  EXPECT_TRUE(StatementFault(derived, {Door::DOOR_SELF, true}).has_value());
}

std::vector<std::string> FieldsAtFault(const Volunteered& volunteered, Side side) {
  std::vector<std::string> fields;
  for (const status::FieldViolation& each : Faults(volunteered, side)) fields.push_back(each.field);
  return fields;
}

TEST(EntryTest, WhatIsVolunteeredIsKnownAndAgreedTo) {
  const Side mentee = Side::SUBJECT_MENTEE;
  const Side mentor = Side::SUBJECT_MENTOR;
  EXPECT_THAT(FieldsAtFault({}, mentee), IsEmpty());
  EXPECT_THAT(FieldsAtFault({.consent = true, .wishes = {"woman"}, .required = {"woman"}}, mentee),
              IsEmpty());
  EXPECT_THAT(FieldsAtFault({.consent = true, .attributes = {"woman"}}, mentor), IsEmpty());
  EXPECT_THAT(FieldsAtFault({.wishes = {"woman"}}, mentee), ElementsAre("volunteered.consent"));
  EXPECT_THAT(FieldsAtFault({.consent = true, .wishes = {"woman", "tall", "woman"}}, mentee),
              ElementsAre("volunteered.wishes[1]", "volunteered.wishes[2]"));
  EXPECT_THAT(FieldsAtFault({.consent = true, .required = {"woman"}}, mentee),
              ElementsAre("volunteered.required[0]"));
  EXPECT_THAT(FieldsAtFault({.consent = true, .wishes = {"woman"}}, mentor),
              ElementsAre("volunteered.wishes"));
  EXPECT_THAT(FieldsAtFault({.consent = true, .attributes = {"woman"}}, mentee),
              ElementsAre("volunteered.attributes"));
  EXPECT_THAT(
      FieldsAtFault({.consent = true, .wishes = std::vector<std::string>(33, "woman")}, mentee),
      ElementsAre("volunteered.wishes"));
}

}  // namespace
}  // namespace tremplin::referral
