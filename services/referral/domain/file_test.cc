#include "services/referral/domain/file.h"

#include <functional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace tremplin::referral {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const classification::Classification& Tables() {
  static const absl::StatusOr<classification::Classification> tables =
      classification::Classification::Load("deploy/data");
  return *tables;
}

File Good() {
  File file;
  file.given_name = "Béatrice";
  file.family_name = "Al-Masri";
  file.birth_date = "1985-08-20";
  file.email = "beatrice@example.org";
  file.referred_on = "2025-09-02";
  file.service_language = "fr";
  file.postal_code = "k1z 9e5";
  file.immigration_status = "permanent_resident";
  file.landed_on = "2022-10-03";
  file.foreign_trained = "yes";
  file.country_of_training = "SO";
  file.education = "bachelor";
  file.noc = "21102";
  file.years_experience = 14;
  file.scores = {7, 9, 7, 9, {}, {}, {}, 12};
  file.career_goal = "Return to my profession";
  file.resume = "yes";
  file.job_search_workshop = "no";
  file.consent_to_share = "yes";
  return file;
}

std::vector<std::string> FieldsAtFault(const File& file,
                                       Strictness strictness = Strictness::kSubmission) {
  std::vector<std::string> fields;
  for (const status::FieldViolation& v : Faults(file, Tables(), strictness)) {
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
  EXPECT_THAT(FieldsAtFault(File{}, Strictness::kCheck), IsEmpty());
}

TEST(FileTest, EveryKindOfFaultNamesItsColumn) {
  struct Case {
    const char* field;
    std::function<void(File&)> make;
  };
  const Case cases[] = {
      {"birth_date", [](File& f) { f.birth_date = "1985-02-30"; }},
      {"birth_date", [](File& f) { f.birth_date = "20/08/1985"; }},
      {"birth_date", [](File& f) { f.birth_date = "1985-8-20"; }},
      {"referred_on", [](File& f) { f.referred_on = "0000-01-01"; }},
      {"landed_on", [](File& f) { f.landed_on = "2022-13-01"; }},
      {"email", [](File& f) { f.email = "beatrice"; }},
      {"email", [](File& f) { f.email = "a@b"; }},
      {"email", [](File& f) { f.email = "a b@c.org"; }},
      {"email", [](File& f) { f.email = "a@b@c.org"; }},
      {"email", [](File& f) { f.email = "a@.org"; }},
      {"email", [](File& f) { f.email = "a@b."; }},
      {"postal_code", [](File& f) { f.postal_code = "D1A 1A1"; }},
      {"postal_code", [](File& f) { f.postal_code = "90210"; }},
      {"noc", [](File& f) { f.noc = "99999"; }},
      {"noc", [](File& f) { f.noc = "211"; }},
      {"en_reading", [](File& f) { f.scores[2] = 13; }},
      {"fr_listening", [](File& f) { f.scores[4] = 0; }},
      {"fr_writing", [](File& f) { f.scores[7] = -1; }},
      {"service_language", [](File& f) { f.service_language = "es"; }},
      {"immigration_status", [](File& f) { f.immigration_status = "Permanent Resident"; }},
      {"foreign_trained", [](File& f) { f.foreign_trained = "oui"; }},
      {"education", [](File& f) { f.education = "phd"; }},
      {"education", [](File& f) { f.education = "college, bachelor"; }},
      {"resume", [](File& f) { f.resume = "y"; }},
      {"job_search_workshop", [](File& f) { f.job_search_workshop = "1"; }},
      {"consent_to_share", [](File& f) { f.consent_to_share = "YES"; }},
      {"country_of_training", [](File& f) { f.country_of_training = "Somalia"; }},
      {"years_experience", [](File& f) { f.years_experience = -1; }},
      {"years_experience", [](File& f) { f.years_experience = 81; }},
      {"career_goal", [](File& f) { f.career_goal = std::string(9000, 'x'); }},
      {"given_name", [](File& f) { f.given_name = std::string(400, 'x'); }},
  };
  for (const Case& each : cases) {
    File file = Good();
    each.make(file);
    EXPECT_THAT(FieldsAtFault(file), ElementsAre(each.field));
  }
}

TEST(FileTest, LeapDaysAreReal) {
  File file = Good();
  file.birth_date = "1988-02-29";
  EXPECT_THAT(FieldsAtFault(file), IsEmpty());
}

TEST(FileTest, BlanksAroundAValueAreNoPartOfIt) {
  File file = Good();
  file.email = " beatrice@example.org\r\n";
  file.phone = "  ";
  const File trimmed = Trimmed(file);
  EXPECT_EQ(trimmed.email, "beatrice@example.org");
  EXPECT_EQ(trimmed.phone, "");
  EXPECT_EQ(Canonical(trimmed), Canonical(Good()));
}

TEST(FileTest, TheAgencysKeyIsPrintable) {
  EXPECT_FALSE(ExternalIdFault("OCI-1001 é").has_value());
  EXPECT_TRUE(ExternalIdFault("").has_value());
  EXPECT_TRUE(ExternalIdFault("  ").has_value());
  EXPECT_TRUE(ExternalIdFault("a\nb").has_value());
  EXPECT_FALSE(ExternalIdFault(std::string(128, 'x')).has_value());
  EXPECT_TRUE(ExternalIdFault(std::string(129, 'x')).has_value());
}

TEST(FileTest, FactsHoldWhatIsGiven) {
  const Facts facts = FactsOf(Good());
  EXPECT_EQ(std::get<std::string>(facts.at("postal_code")), "K1Z 9E5");
  EXPECT_EQ(std::get<int64_t>(facts.at("fr_writing")), 12);
  EXPECT_EQ(std::get<int64_t>(facts.at("years_experience")), 14);
  EXPECT_FALSE(facts.contains("fr_reading"));
  EXPECT_FALSE(facts.contains("phone"));
}

TEST(FileTest, CanonicalFormTellsContentsApart) {
  File other = Good();
  other.given_name = "Béatric";
  other.family_name = "eAl-Masri";  // the same letters, cut elsewhere
  EXPECT_NE(Canonical(Good()), Canonical(other));
  other = Good();
  other.scores[4] = 7;
  EXPECT_NE(Canonical(Good()), Canonical(other));
  EXPECT_EQ(Canonical(Good()), Canonical(Good()));
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
