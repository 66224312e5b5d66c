#include <algorithm>
#include <fstream>
#include <functional>
#include <string>

#include "common/program/facts.h"
#include "common/program/program_samples.h"
#include "common/status/error.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"

namespace tremplin::program {
namespace {

using samples::Base;

v1::FactRegistry Parse(const std::string& text) {
  v1::FactRegistry registry;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &registry)) << text;
  return registry;
}

TEST(RegistryTest, TheBaseMayBePublished) {
  const v1::FactRegistry base = Base();
  EXPECT_GT(base.facts_size(), 50);
  const absl::Status status = ValidateRegistry(base);
  for (const status::FieldViolation& v : status::DetailOf(status).violations) {
    ADD_FAILURE() << v.field << ": " << v.en;
  }
  EXPECT_TRUE(status.ok()) << status;
}

TEST(RegistryTest, EveryColumnOfTheSamplesHasItsFact) {
  const Registry registry(Base());
  const struct {
    const char* file;
    v1::Subject about;
    std::string typed;  // who the person is, typed, and through whom they came
  } samples[] = {
      {"deploy/data/sample/referrals.csv", v1::SUBJECT_MENTEE,
       ",agency,external_id,referred_on,given_name,family_name,birth_date,email,phone,"},
      {"deploy/data/sample/mentors.csv", v1::SUBJECT_MENTOR,
       ",mentor_id,given_name,family_name,email,recruited_through,"},
  };
  for (const auto& sample : samples) {
    std::ifstream in(sample.file);
    std::string header;
    ASSERT_TRUE(std::getline(in, header)) << sample.file;
    header.erase(header.find_last_not_of("\r\n") + 1);
    size_t begin = 0;
    while (begin <= header.size()) {
      const size_t end = std::min(header.find(',', begin), header.size());
      const std::string column = header.substr(begin, end - begin);
      begin = end + 1;
      if (sample.typed.find("," + column + ",") != std::string::npos) continue;
      EXPECT_NE(registry.FindHeader(column, sample.about), nullptr) << column;
    }
  }
}

TEST(RegistryTest, MatchingFindsWhatItNeedsOfBothSides) {
  const Registry registry(Base());
  const struct {
    v1::MatchingUse use;
    const char* mentee;
    const char* mentor;
  } uses[] = {{v1::MATCHING_USE_OCCUPATION, "noc", "noc"},
              {v1::MATCHING_USE_INDUSTRY, "naics", "naics"},
              {v1::MATCHING_USE_LANGUAGES, "service_language", "service_language"},
              {v1::MATCHING_USE_AREA, "postal_code", "fsa"},
              {v1::MATCHING_USE_AVAILABILITY, "availability", "availability"},
              {v1::MATCHING_USE_EXPERIENCE, "years_experience", "years_experience"},
              {v1::MATCHING_USE_GOALS, "goals", "goals"},
              {v1::MATCHING_USE_CAPACITY, nullptr, "capacity"}};
  for (const auto& each : uses) {
    const v1::Fact* mentee = registry.WithUse(each.use, v1::SUBJECT_MENTEE);
    const v1::Fact* mentor = registry.WithUse(each.use, v1::SUBJECT_MENTOR);
    EXPECT_EQ(mentee == nullptr ? "" : mentee->name(), each.mentee == nullptr ? "" : each.mentee);
    ASSERT_NE(mentor, nullptr) << each.use;
    EXPECT_EQ(mentor->name(), each.mentor);
  }
}

TEST(RegistryTest, FindsAHeaderInEitherLanguage) {
  const Registry registry(Base());
  const struct {
    const char* header;
    const char* fact;
  } headers[] = {{"postal_code", "postal_code"},
                 {"Postal Code", "postal_code"},
                 {"POSTAL-CODE", "postal_code"},
                 {"Code postal", "postal_code"},
                 {"niveau de scolarite", "education"},
                 {"Niveau de\u00A0scolarit\u00E9 ", "education"},
                 {"Statut d'immigration", "immigration_status"},
                 {"Statut d\u2019immigration", "immigration_status"},
                 {"e\u0301ducation", "education"}};
  for (const auto& each : headers) {
    const v1::Fact* fact = registry.FindHeader(each.header);
    ASSERT_NE(fact, nullptr) << each.header;
    EXPECT_EQ(fact->name(), each.fact) << each.header;
  }
  ASSERT_NE(registry.FindHeader("postal code", v1::SUBJECT_MENTOR), nullptr);
  EXPECT_EQ(registry.FindHeader("postal code", v1::SUBJECT_MENTOR)->name(), "fsa");
  EXPECT_EQ(registry.FindHeader("months offered", v1::SUBJECT_MENTEE), nullptr);
  for (const char* none : {"", " ", "shoe size", "birth_date"}) {
    EXPECT_EQ(registry.FindHeader(none), nullptr) << none;
  }
  EXPECT_EQ(Registry().Find("noc"), nullptr);
  EXPECT_EQ(Registry().FindHeader("noc"), nullptr);
  EXPECT_EQ(Registry().WithUse(v1::MATCHING_USE_GOALS, v1::SUBJECT_MENTEE), nullptr);
  EXPECT_TRUE(Registry().facts().empty());
}

// A registry with one fact of each type, all right.
constexpr char kRight[] = R"pb(
  facts {
    name: "a"
    title { en: "a" fr: "a" }
    about: SUBJECT_MENTEE
    stated_by: STATED_BY_PERSON
    code {
      codes {
        code: "x"
        title { en: "x" fr: "x" }
      }
      codes {
        code: "y"
        title { en: "y" fr: "y" }
      }
    }
  }
  facts {
    name: "b"
    title { en: "b" fr: "b" }
    about: SUBJECT_MENTEE
    stated_by: STATED_BY_PERSON
    codes { table: "slot" }
    matching: MATCHING_USE_AVAILABILITY
    headers_en: "bee"
  }
  facts {
    name: "c"
    title { en: "c" fr: "c" }
    about: SUBJECT_MENTEE
    stated_by: STATED_BY_STAFF
    holds_days: 30
    whole_number { least: 0 most: 9 }
  }
  facts {
    name: "d"
    title { en: "d" fr: "d" }
    about: SUBJECT_MENTEE
    stated_by: STATED_BY_PERSON
    personal: true
    day {}
  }
  facts {
    name: "e"
    title { en: "e" fr: "e" }
    about: SUBJECT_MENTEE
    stated_by: STATED_BY_PERSON
    text { most_characters: 10 }
  }
  facts {
    name: "f"
    title { en: "f" fr: "f" }
    about: SUBJECT_MENTEE
    whole_number { least: 0 most: 90 }
    derived { kind: KIND_YEARS_SINCE from: "d" }
  }
)pb";

struct Damage {
  const char* field;
  const char* reason;
  std::function<void(v1::FactRegistry&)> make;
};

TEST(RegistryTest, EveryFaultIsNamed) {
  ASSERT_TRUE(ValidateRegistry(Parse(kRight)).ok());
  const Damage faults[] = {
      {"facts[0].name", "FACT_NAME_MALFORMED",
       [](auto& r) { r.mutable_facts(0)->set_name("A b"); }},
      {"facts[0].name", "FACT_NAME_MALFORMED",
       [](auto& r) { r.mutable_facts(0)->set_name("noé"); }},
      {"facts[0].name", "FACT_NAME_MALFORMED",
       [](auto& r) { r.mutable_facts(0)->set_name(std::string(65, 'a')); }},
      {"facts[0].name", "FACT_NAME_MALFORMED",
       [](auto& r) { r.mutable_facts(0)->set_name("birth_date"); }},
      {"facts[1].name", "DOUBLED", [](auto& r) { r.mutable_facts(1)->set_name("a"); }},
      {"facts[0].title", "TEXT_MISSING", [](auto& r) { r.mutable_facts(0)->clear_title(); }},
      {"facts[0].code.codes[1].title", "TEXT_MISSING",
       [](auto& r) { r.mutable_facts(0)->mutable_code()->mutable_codes(1)->clear_title(); }},
      {"facts[0].about", "REQUIRED", [](auto& r) { r.mutable_facts(0)->clear_about(); }},
      {"facts[0].stated_by", "REQUIRED", [](auto& r) { r.mutable_facts(0)->clear_stated_by(); }},
      {"facts[0].stated_by[1]", "DOUBLED",
       [](auto& r) { r.mutable_facts(0)->add_stated_by(v1::STATED_BY_PERSON); }},
      {"facts[0]", "TYPE_MISSING", [](auto& r) { r.mutable_facts(0)->clear_type(); }},
      {"facts[0].code", "CODES_OR_TABLE",
       [](auto& r) { r.mutable_facts(0)->mutable_code()->clear_codes(); }},
      {"facts[0].code", "CODES_OR_TABLE",
       [](auto& r) { r.mutable_facts(0)->mutable_code()->set_table("noc"); }},
      {"facts[0].code.codes[1].code", "DOUBLED",
       [](auto& r) { r.mutable_facts(0)->mutable_code()->mutable_codes(1)->set_code("x"); }},
      {"facts[0].code.codes[1].code", "FACT_CODE_MALFORMED",
       [](auto& r) { r.mutable_facts(0)->mutable_code()->mutable_codes(1)->set_code("x y"); }},
      {"facts[1].codes.table", "TABLE_UNKNOWN",
       [](auto& r) {
         r.mutable_facts(1)->mutable_codes()->set_table("moon");
         r.mutable_facts(1)->clear_matching();
       }},
      {"facts[1].matching", "USE_OF_ANOTHER_TYPE",
       [](auto& r) { r.mutable_facts(1)->set_matching(v1::MATCHING_USE_CAPACITY); }},
      {"facts[1].matching", "PERSONAL_TO_MATCHING",
       [](auto& r) { r.mutable_facts(1)->set_personal(true); }},
      {"facts[2].holds_days", "NOT_WITHIN",
       [](auto& r) { r.mutable_facts(2)->set_holds_days(1 << 30); }},
      {"facts[2].whole_number", "BOUNDS_CROSS",
       [](auto& r) { r.mutable_facts(2)->mutable_whole_number()->set_least(10); }},
      {"facts[2].whole_number.most", "NOT_WITHIN",
       [](auto& r) { r.mutable_facts(2)->mutable_whole_number()->set_most(int64_t{1} << 40); }},
      // As many places would be rows.
      {"facts[2].whole_number.most", "NOT_WITHIN",
       [](auto& r) {
         r.mutable_facts(2)->mutable_whole_number()->set_least(0);
         r.mutable_facts(2)->mutable_whole_number()->set_most(101);
         r.mutable_facts(2)->set_matching(v1::MATCHING_USE_CAPACITY);
       }},
      {"facts", "REGISTRY_TOO_LONG",
       [](auto& r) {
         for (int i = 0; i < 300; ++i) {
           v1::Fact& fact = *r.add_facts();
           fact = r.facts(2);
           fact.set_name("many_" + std::to_string(i));
           fact.mutable_title()->set_en(std::string(3900, 'x'));
         }
       }},
      {"facts[2].headers_fr[0]", "HEADER_TAKEN",
       [](auto& r) { r.mutable_facts(2)->add_headers_fr(" B-E-É "); }},
      {"facts[2].headers_fr[0]", "HEADER_BLANK",
       [](auto& r) { r.mutable_facts(2)->add_headers_fr("--"); }},
      {"facts[4].text.most_characters", "NOT_WITHIN",
       [](auto& r) { r.mutable_facts(4)->mutable_text()->set_most_characters(0); }},
      {"facts[5].derived.from", "DERIVED_FROM_NO_DAY",
       [](auto& r) { r.mutable_facts(5)->mutable_derived()->set_from("c"); }},
      {"facts[5].derived.kind", "REQUIRED",
       [](auto& r) { r.mutable_facts(5)->mutable_derived()->clear_kind(); }},
      {"facts[5].derived", "DERIVED_IS_A_NUMBER",
       [](auto& r) { r.mutable_facts(5)->mutable_yes_no(); }},
      {"facts[5].stated_by", "DERIVED_STATED",
       [](auto& r) { r.mutable_facts(5)->add_stated_by(v1::STATED_BY_PERSON); }},
      {"facts[5].matching", "DERIVED_TO_MATCHING",
       [](auto& r) { r.mutable_facts(5)->set_matching(v1::MATCHING_USE_CRITERION); }},
  };
  for (const Damage& fault : faults) {
    v1::FactRegistry registry = Parse(kRight);
    fault.make(registry);
    const auto violations = status::DetailOf(ValidateRegistry(registry)).violations;
    ASSERT_EQ(violations.size(), 1U) << fault.field << " " << fault.reason;
    EXPECT_EQ(violations[0].field, fault.field);
    EXPECT_EQ(violations[0].reason, fault.reason);
    EXPECT_FALSE(violations[0].fr.empty());
  }
}

TEST(RegistryTest, OneFactOfAUseAboutASubject) {
  v1::FactRegistry registry = Parse(kRight);
  v1::Fact& other = *registry.add_facts();
  other = registry.facts(1);
  other.set_name("g");
  other.clear_headers_en();
  const auto violations = status::DetailOf(ValidateRegistry(registry)).violations;
  ASSERT_EQ(violations.size(), 1U);
  EXPECT_EQ(violations[0].reason, "USE_TAKEN");
  other.clear_about();
  other.add_about(v1::SUBJECT_MENTOR);
  EXPECT_TRUE(ValidateRegistry(registry).ok());
}

TEST(RegistryTest, TellsLineAndColumnOfAFault) {
  const absl::Status status = ParseRegistry("facts { }\nfacts { nonsense: 1 }\n").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(status::DetailOf(status).en.find("Line 2"), std::string::npos);
}

}  // namespace
}  // namespace tremplin::program
