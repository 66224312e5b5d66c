#include "common/person/contact.h"

#include "gtest/gtest.h"

namespace tremplin::person {
namespace {

TEST(ContactTest, AnAddressLosesWhatALinkPutBeforeIt) {
  EXPECT_EQ(Email(" mailto:Ana@place.ca\u00A0"), "Ana@place.ca");
  EXPECT_EQ(Email("MAILTO: ana@place.ca"), "ana@place.ca");
  EXPECT_EQ(EmailKey("mailto:ANA@Place.ca"), EmailKey("ana@place.ca"));
  EXPECT_EQ(EmailKey(""), "");
}

TEST(ContactTest, OneAddressIsAnAddress) {
  for (const std::string_view good :
       {"a@b.ca", "ana.li+x@sub.place.ca", "josé@exemple.québec", "o'neil@place.ca"}) {
    EXPECT_TRUE(IsEmail(good)) << good;
  }
  for (const std::string_view bad :
       {"", "a", "a@b", "@b.ca", "a@.ca", "a@b.", "a@b..ca", "a b@c.ca", "a@b.ca,c@d.ca", "a@b.ca;",
        "a@b.ca c@d.ca", "a@b\u00A0.ca", "a@@b.ca", "a\x01@b.ca"}) {
    EXPECT_FALSE(IsEmail(bad)) << bad;
  }
}

TEST(ContactTest, ANumberCanBeDialled) {
  for (const std::string_view good :
       {"613-555-0120", "+1 (613) 555‑0120", "5550120", "613 555 0120 ext 12", "٦١٣٥٥٥٠١٢٠"}) {
    EXPECT_TRUE(CanBeDialled(good)) << good;
  }
  for (const std::string_view bad :
       {"", "555", "6.13E+09", "6,13e9", "6.13555012E+09", "1234567890123456", "ask her sister"}) {
    EXPECT_FALSE(CanBeDialled(bad)) << bad;
  }
}

}  // namespace
}  // namespace tremplin::person
