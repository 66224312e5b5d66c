#include "common/classification/tables.h"

#include <iterator>

#include "gtest/gtest.h"

namespace tremplin::classification {
namespace {

TEST(TablesTest, CountriesAndLanguagesAreThoseOfIso) {
  for (const char* code : {"CA", "AD", "ZW", "XK", "SY"}) EXPECT_TRUE(IsCountry(code)) << code;
  for (const char* code : {"ZZ", "ca", "C", "", "CAN", "A ", " A", "D "}) {
    EXPECT_FALSE(IsCountry(code)) << code;
  }
  for (const char* code : {"en", "fr", "aa", "zu"}) EXPECT_TRUE(IsLanguage(code)) << code;
  for (const char* code : {"xx", "EN", "", "eng", "n "}) EXPECT_FALSE(IsLanguage(code)) << code;
}

TEST(TablesTest, ASlotIsADayAndAPartOfIt) {
  for (const char* slot : {"mon-morning", "sun-evening", "wed-noon"}) {
    EXPECT_TRUE(IsSlot(slot)) << slot;
  }
  for (const char* slot : {"", "mon", "mon-", "mon-night", "day-noon", "mon_noon", "monday-noon"}) {
    EXPECT_FALSE(IsSlot(slot)) << slot;
  }
}

TEST(TablesTest, AnAreaIsTheFirstHalfOfAPostalCode) {
  EXPECT_TRUE(IsArea("K1Z"));
  for (const char* area : {"", "K1", "K1Z 9E5", "k1z", "D1A", "KK1", "W1A"}) {
    EXPECT_FALSE(IsArea(area)) << area;
  }
}

TEST(TablesTest, EveryTableHoldsItsCodesAndNoOther) {
  const struct {
    const char* table;
    const char* code;
    const char* not_code;
  } cases[] = {{"noc", "21231", "00001"},         {"naics", "31-33", "99"},
               {"country", "ET", "ZZ"},           {"postal_code", "K1Z9E5", "K1Z"},
               {"area", "K1Z", "K1Z9E5"},         {"slot", "mon-noon", "mon"},
               {"goal", "network", "networking"}, {"trait", "parent", "parents"},
               {"language", "fr", "french"}};
  const auto tables = Classification::Load("deploy/data");
  ASSERT_TRUE(tables.ok()) << tables.status();
  EXPECT_EQ(std::size(cases), TableNames().size());
  for (const auto& each : cases) {
    EXPECT_TRUE(IsTable(each.table)) << each.table;
    EXPECT_TRUE(Holds(*tables, each.table, each.code)) << each.table;
    EXPECT_TRUE(MayHold(each.table, each.code)) << each.table;
    EXPECT_FALSE(Holds(*tables, each.table, each.not_code)) << each.table;
  }
  EXPECT_FALSE(IsTable("moon"));
  EXPECT_FALSE(Holds(*tables, "moon", "x"));
}

}  // namespace
}  // namespace tremplin::classification
