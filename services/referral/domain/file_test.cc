#include "services/referral/domain/file.h"

#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace tremplin::referral {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr Speaker kAgency{Door::DOOR_AGENCY, false};

const classification::Classification& Tables() {
  static const absl::StatusOr<classification::Classification> tables =
      classification::Classification::Load("deploy/data");
  return *tables;
}

const program::Registry& Base() {
  static const program::Registry registry = [] {
    std::ifstream in("deploy/facts/base.textproto");
    return program::Registry(
        *program::ParseRegistry(std::string(std::istreambuf_iterator<char>(in), {})));
  }();
  return registry;
}
Registries All() { return {&Base()}; }

void Give(File& file, const std::string& name, const std::vector<std::string>& values) {
  for (int i = file.facts.size() - 1; i >= 0; --i) {
    if (file.facts[i].name() == name) file.facts.DeleteSubrange(i, 1);
  }
  program::v1::GivenFact* given = file.facts.Add();
  given->set_name(name);
  for (const std::string& value : values) given->add_values(value);
}

File Good() {
  File file;
  file.given_name = "Béatrice";
  file.family_name = "Al-Masri";
  file.birth_date = "1985-08-20";
  file.email = "beatrice@example.org";
  file.referred_on = "2025-09-02";
  file.language = "fr";
  Give(file, "postal_code", {"k1z 9e5"});
  Give(file, "immigration_status", {"permanent_resident"});
  Give(file, "foreign_trained", {"yes"});
  Give(file, "education", {"bachelor"});
  Give(file, "noc", {"21102"});
  Give(file, "years_experience", {"14"});
  Give(file, "en_listening", {"7.0"});
  Give(file, "consent_to_share", {"yes"});
  return file;
}

std::vector<std::string> FieldsAtFault(const File& file, Side side = Side::SUBJECT_MENTEE,
                                       const Speaker& speaker = kAgency,
                                       Strictness strictness = Strictness::kSubmission) {
  std::vector<std::string> fields;
  for (const status::FieldViolation& v : Faults(Normal(file, All()), All(), Tables(), side, speaker,
                                                absl::CivilDay(2025, 9, 2), strictness)) {
    EXPECT_FALSE(v.en.empty());
    EXPECT_FALSE(v.fr.empty());
    fields.push_back(v.field);
  }
  return fields;
}

TEST(FileTest, AGoodFileHasNoFaults) { EXPECT_THAT(FieldsAtFault(Good()), IsEmpty()); }

TEST(FileTest, WhoThePersonIsMustBeGiven) {
  EXPECT_THAT(FieldsAtFault(File{}),
              ElementsAre("referred_on", "given_name", "family_name", "birth_date", "email"));
  EXPECT_THAT(FieldsAtFault(File{}, Side::SUBJECT_MENTEE, kAgency, Strictness::kCheck), IsEmpty());
  // A mentor need not say when they were born, nor who comes by themselves when a file was made.
  EXPECT_THAT(FieldsAtFault(File{}, Side::SUBJECT_MENTOR, {Door::DOOR_SELF, true}),
              ElementsAre("given_name", "family_name", "email"));
}

TEST(FileTest, OneNameAndOneWayToReachThemAreEnough) {
  File file = Good();
  file.given_name = "FNU";
  EXPECT_THAT(FieldsAtFault(file), IsEmpty());
  file.family_name = "\u2014";
  EXPECT_THAT(FieldsAtFault(file), ElementsAre("given_name", "family_name"));
  file = Good();
  file.phone = "6.13E+09";
  EXPECT_THAT(FieldsAtFault(file), IsEmpty()) << "the address is good";
  file.email = "";
  EXPECT_THAT(FieldsAtFault(file), ElementsAre("phone"));
  file.phone = "+1 613 555‑0142";
  EXPECT_THAT(FieldsAtFault(file), IsEmpty());
}

TEST(FileTest, DaysLieWithinALife) {
  File file = Good();
  file.birth_date = file.referred_on;
  EXPECT_THAT(FieldsAtFault(file), ElementsAre("birth_date"));
  file.birth_date = "1905-09-02";
  EXPECT_THAT(FieldsAtFault(file), IsEmpty());
  file.birth_date = "1905-09-01";
  EXPECT_THAT(FieldsAtFault(file), ElementsAre("birth_date"));
  file = Good();
  Give(file, "landed_on", {"1985-08-19"});
  EXPECT_THAT(FieldsAtFault(file), ElementsAre("landed_on"));
  Give(file, "landed_on", {"1985-08-20"});
  EXPECT_THAT(FieldsAtFault(file), IsEmpty());
  Give(file, "landed_on", {file.referred_on});
  EXPECT_THAT(FieldsAtFault(file), IsEmpty());
  file.referred_on = "2025-08-30";  // and today is the second of September
  EXPECT_THAT(FieldsAtFault(file), ElementsAre("landed_on"));
}

TEST(FileTest, SomebodyElseSharesNothing) {
  File other = Good();
  other.given_name = "Ana";
  other.birth_date = "1990-01-02";
  EXPECT_FALSE(IsSomebodyElse(other, Good()));
  other.email = "ana@example.org";
  EXPECT_TRUE(IsSomebodyElse(other, Good()));
  other.given_name = "AL MASRI";
  other.family_name = "béatrice";
  EXPECT_FALSE(IsSomebodyElse(other, Good()));
}

TEST(FileTest, EveryKindOfFaultNamesItsField) {
  struct Case {
    const char* field;
    std::function<void(File&)> make;
  };
  const Case cases[] = {
      {"birth_date", [](File& f) { f.birth_date = "1985-02-30"; }},
      {"birth_date", [](File& f) { f.birth_date = "20/08/1985"; }},
      {"birth_date", [](File& f) { f.birth_date = "1985-8-20"; }},
      {"birth_date", [](File& f) { f.birth_date = "2025-09-03"; }},
      {"referred_on", [](File& f) { f.referred_on = "0000-01-01"; }},
      {"email", [](File& f) { f.email = "beatrice"; }},
      {"email", [](File& f) { f.email = "a@b"; }},
      {"email", [](File& f) { f.email = "a b@c.org"; }},
      {"email", [](File& f) { f.email = "a@b@c.org"; }},
      {"email", [](File& f) { f.email = "a@.org"; }},
      {"email", [](File& f) { f.email = "a@b."; }},
      {"language", [](File& f) { f.language = "es"; }},
      {"given_name", [](File& f) { f.given_name = std::string(400, 'x'); }},
      {"family_name", [](File& f) { f.family_name = std::string("Al\0Masri", 8); }},
      {"email", [](File& f) { f.email = "a\x1b@c.org"; }},
      {"phone",
       [](File& f) {
         f.phone =
             "613\x7f"
             "5550142";
       }},
      {"landed_on", [](File& f) { Give(f, "landed_on", {"2022-13-01"}); }},
      {"landed_on", [](File& f) { Give(f, "landed_on", {"2025-09-03"}); }},
      {"postal_code", [](File& f) { Give(f, "postal_code", {"D1A 1A1"}); }},
      {"noc", [](File& f) { Give(f, "noc", {"99999"}); }},
      {"en_reading", [](File& f) { Give(f, "en_reading", {"13"}); }},
      {"fr_listening", [](File& f) { Give(f, "fr_listening", {"0"}); }},
      {"service_language",
       [](File& f) {
         Give(f, "service_language", {"fr", "xx"});
       }},
      {"immigration_status", [](File& f) { Give(f, "immigration_status", {"Permanent"}); }},
      {"education",
       [](File& f) {
         Give(f, "education", {"college", "bachelor"});
       }},
      {"consent_to_share", [](File& f) { Give(f, "consent_to_share", {"YES"}); }},
      {"years_experience", [](File& f) { Give(f, "years_experience", {"many"}); }},
      {"career_goal", [](File& f) { Give(f, "career_goal", {std::string(9000, 'x')}); }},
      {"shoe_size", [](File& f) { Give(f, "shoe_size", {"43"}); }},
      {"age", [](File& f) { Give(f, "age", {"40"}); }},
      {"months_offered", [](File& f) { Give(f, "months_offered", {"3"}); }},
      {"noc", [](File& f) { *f.facts.Add() = f.facts[4]; }},
  };
  for (const Case& each : cases) {
    File file = Good();
    each.make(file);
    EXPECT_THAT(FieldsAtFault(file), ElementsAre(each.field));
  }
}

TEST(FileTest, FaultsStandInTheOrderOfTheRegistry) {
  File file = Good();
  Give(file, "shoe_size", {"43"});
  Give(file, "noc", {"x"});
  Give(file, "postal_code", {"x"});
  file.email = "x";
  EXPECT_THAT(FieldsAtFault(file), ElementsAre("email", "postal_code", "noc", "shoe_size"));
}

TEST(FileTest, ALanguageTakenFromAFactIsToldOnce) {
  File file = Good();
  file.language = "xx";
  EXPECT_THAT(FieldsAtFault(file), ElementsAre("language"));
  Give(file, "service_language", {"xx"});
  EXPECT_THAT(FieldsAtFault(file), ElementsAre("service_language"));
}

TEST(FileTest, ANameThatIsNoNameIsToldByItsPlace) {
  File file = Good();
  Give(file, "Béatrice", {"x"});
  EXPECT_THAT(FieldsAtFault(file), ElementsAre("facts[8].name"));
}

TEST(FileTest, AHundredFactsAtMost) {
  File file = Good();
  for (int i = 0; i < 100; ++i) Give(file, "fact_" + std::to_string(i), {"x"});
  EXPECT_THAT(FieldsAtFault(file), ElementsAre("facts"));
}

TEST(FileTest, OnlyStaffAttest) {
  File file = Good();
  file.facts[2].set_attested_by("somebody");
  EXPECT_THAT(FieldsAtFault(file), ElementsAre(file.facts[2].name()));
  EXPECT_THAT(FieldsAtFault(file, Side::SUBJECT_MENTEE, {Door::DOOR_AGENCY, true}), IsEmpty());
}

TEST(FileTest, LeapDaysAreReal) {
  File file = Good();
  file.birth_date = "1988-02-29";
  EXPECT_THAT(FieldsAtFault(file), IsEmpty());
}

TEST(FileTest, BlanksAroundAValueAreNoPartOfIt) {
  File file = Good();
  file.email = " mailto:beatrice@example.org\u00A0\r\n";
  file.given_name = "\u200BBe\u0301atrice\t";
  file.family_name = "Al-Masri ";
  file.phone = "  ";
  Give(file, "noc", {" 21102\u202F"});
  Give(file, "resume", {" "});
  const File normal = Normal(file, All());
  EXPECT_EQ(normal.email, "beatrice@example.org");
  EXPECT_EQ(normal.phone, "");
  // A new line would begin another header of a letter to them.
  file.given_name = "Béatrice\r\nBcc: all";
  EXPECT_EQ(Normal(file, All()).given_name, "Béatrice Bcc: all");
  EXPECT_EQ(Canonical(normal, {}), Canonical(Normal(Good(), All()), {}));
}

TEST(FileTest, CanonicalFormTellsContentsApart) {
  const std::string good = Canonical(Good(), {});
  File other = Good();
  other.given_name = "Béatric";
  other.family_name = "eAl-Masri";  // the same letters, cut elsewhere
  EXPECT_NE(good, Canonical(other, {}));
  other = Good();
  Give(other, "fr_listening", {"7"});
  EXPECT_NE(good, Canonical(other, {}));
  EXPECT_NE(good, Canonical(Good(), {.consent = true, .wishes = {"woman"}}));
  EXPECT_NE(Canonical(Good(), {.consent = true, .wishes = {"woman"}}),
            Canonical(Good(), {.consent = true, .attributes = {"woman"}}));
  // The order in which facts were given is no content.
  other = Good();
  other.facts.SwapElements(0, 3);
  EXPECT_EQ(good, Canonical(other, {}));
}

TEST(FileTest, PersonKeyIsBlindToCaseAndAccentsInAnyScript) {
  const auto key = [](const std::string& given, const std::string& family) {
    File file = Good();
    file.given_name = given;
    file.family_name = family;
    return PersonKey(file);
  };
  EXPECT_EQ(key("Béatrice", "Trần"), key("BEATRICE", "tran"));
  EXPECT_EQ(key("Jose", "García  López"), key("JOSÉ", "Garcia Lopez"));
  EXPECT_EQ(key("АЛЁНА", "Е"), key("алена", "е"));
  EXPECT_EQ(key("مُحَمَّد", "A"), key("محمد", "a"));
  EXPECT_EQ(key("Μαρία", "X"), key("ΜΑΡΙΑ", "x"));
  EXPECT_NE(key("Satō", "B"), key("Sata", "B"));
  EXPECT_NE(key("が", "B"), key("か", "B"));
  EXPECT_NE(key("ab", "c"), key("a", "bc"));
  EXPECT_EQ(key("Jean-Paul", "O’Neil"), key("ONEIL", "Jean Paul"));
}

TEST(FileTest, EmailKeyIsBlindToCase) {
  File file = Good();
  const std::string key = EmailKey(file);
  file.email = "Beatrice@EXAMPLE.org";
  EXPECT_EQ(EmailKey(file), key);
  file.email = "beatrice@example.com";
  EXPECT_NE(EmailKey(file), key);
}

}  // namespace
}  // namespace tremplin::referral
