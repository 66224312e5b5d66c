#include "common/program/facts.h"

#include <string>
#include <vector>

#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"

namespace tremplin::program {
namespace {

using absl::CivilDay;

v1::FactRegistry Parse(const std::string& text) {
  v1::FactRegistry registry;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &registry)) << text;
  return registry;
}

const Registry& Facts() {
  static const Registry* const registry = new Registry(Parse(R"pb(
    facts {
      name: "number"
      whole_number { least: -5 most: 80 }
    }
    facts {
      name: "word"
      code {
        codes { code: "a" }
        codes { code: "b" }
      }
      matching: MATCHING_USE_CRITERION
    }
    facts {
      name: "words"
      codes {
        codes { code: "a" }
        codes { code: "b" }
      }
    }
    facts {
      name: "slots"
      about: SUBJECT_MENTEE
      codes { table: "slot" }
      matching: MATCHING_USE_AVAILABILITY
    }
    facts {
      name: "noc"
      code { table: "noc" }
    }
    facts {
      name: "goal"
      code { table: "goal" }
    }
    facts {
      name: "postal"
      about: SUBJECT_MENTEE
      code { table: "postal_code" }
      personal: true
      matching: MATCHING_USE_AREA
    }
    facts {
      name: "area"
      about: SUBJECT_MENTOR
      code { table: "area" }
      matching: MATCHING_USE_AREA
    }
    facts {
      name: "secret"
      yes_no {}
      personal: true
      matching: MATCHING_USE_CRITERION
    }
    facts {
      name: "agreed"
      yes_no {}
      holds_days: 10
    }
    facts {
      name: "came"
      day {}
    }
    facts {
      name: "leaves"
      day { may_be_future: true }
    }
    facts {
      name: "words_of_goal"
      text { most_characters: 5 }
    }
    facts {
      name: "age"
      whole_number { least: 0 most: 150 }
      derived { kind: KIND_YEARS_SINCE from: "birth_date" }
    }
    facts {
      name: "months_here"
      whole_number { least: 0 most: 1800 }
      derived { kind: KIND_MONTHS_SINCE from: "came" }
    }
  )pb"));
  return *registry;
}

v1::GivenFact Given(const std::string& name, const std::vector<std::string>& values) {
  v1::GivenFact given;
  given.set_name(name);
  for (const std::string& value : values) given.add_values(value);
  return given;
}
GivenFacts List(const std::vector<v1::GivenFact>& facts) { return {facts.begin(), facts.end()}; }

std::vector<std::string> Normalized(const std::string& name,
                                    const std::vector<std::string>& values) {
  const v1::GivenFact normal = Normal(Given(name, values), *Facts().Find(name));
  return {normal.values().begin(), normal.values().end()};
}

TEST(FactsTest, NormalIsWhatWasMeant) {
  using Values = std::vector<std::string>;
  const struct {
    const char* name;
    Values given;
    Values normal;
  } cases[] = {
      {"number", {" 7.0 "}, {"7"}},
      {"number", {"7,00"}, {"7"}},
      {"number", {"007"}, {"7"}},
      {"number", {"0"}, {"0"}},
      {"number", {"-0"}, {"0"}},
      {"number", {"-03.0"}, {"-3"}},
      {"number", {"7.5"}, {"7.5"}},
      {"number", {"seven"}, {"seven"}},
      {"number", {"7."}, {"7"}},
      {"number", {".0"}, {".0"}},
      {"word", {"\t a\r\n"}, {"a"}},
      {"word", {"\u00A0a\u00A0"}, {"a"}},
      {"word", {"", "  ", "\u00A0"}, {}},
      {"words", {"b", "a", " b", ""}, {"a", "b"}},
      {"postal", {"k1z 9e5"}, {"K1Z9E5"}},
      {"postal", {"K1Z9E5"}, {"K1Z9E5"}},
      {"postal", {"nowhere"}, {"nowhere"}},
      {"area", {"k1z"}, {"K1Z"}},
      {"area", {"k1z 9e5"}, {"K1Z"}},
      {"area", {"X"}, {"X"}},
  };
  for (const auto& each : cases) {
    EXPECT_EQ(Normalized(each.name, each.given), each.normal) << each.name << each.given[0];
  }
  const v1::GivenFact once = Normal(Given("words", {"b", "a"}), *Facts().Find("words"));
  EXPECT_EQ(Normal(once, *Facts().Find("words")).SerializeAsString(), once.SerializeAsString());
}

TEST(FactsTest, ACellHoldsSeveralCodes) {
  const v1::GivenFact given = FromCell(*Facts().Find("words"), " b;a, b ");
  EXPECT_EQ(given.name(), "words");
  EXPECT_EQ(std::vector<std::string>(given.values().begin(), given.values().end()),
            (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(FromCell(*Facts().Find("words_of_goal"), " a b ").values(0), "a b");
  EXPECT_TRUE(FromCell(*Facts().Find("words"), "  ").values().empty());
  EXPECT_TRUE(FromCell(*Facts().Find("number"), "").values().empty());
}

std::string ReasonOf(const v1::GivenFact& given, CivilDay today = CivilDay(2026, 1, 10)) {
  static const auto* const tables = new classification::Classification(
      classification::Classification::Load("deploy/data").value());
  const auto fault = FaultOf(given, *Facts().Find(given.name()), *tables, today);
  if (!fault.has_value()) return "";
  EXPECT_EQ(fault->field, given.name());
  EXPECT_FALSE(fault->fr.empty());
  for (const std::string& value : given.values()) {
    if (value.size() > 6) {
      EXPECT_EQ(fault->en.find(value), std::string::npos) << fault->en;
    }
  }
  return fault->reason;
}

TEST(FactsTest, EveryFaultIsNamedAndNeverTheValue) {
  const struct {
    const char* name;
    std::vector<std::string> values;
    const char* reason;
  } cases[] = {
      {"number", {"-5"}, ""},
      {"number", {"80"}, ""},
      {"number", {"81"}, "NOT_A_WHOLE_NUMBER"},
      {"number", {"-6"}, "NOT_A_WHOLE_NUMBER"},
      {"number", {"7.5"}, "NOT_A_WHOLE_NUMBER"},
      {"number", {"99999999999999999999"}, "NOT_A_WHOLE_NUMBER"},
      {"number", {"-"}, "NOT_A_WHOLE_NUMBER"},
      {"number", {"1", "2"}, "ONE_VALUE_ONLY"},
      {"number", {}, ""},
      {"word", {"a"}, ""},
      {"word", {"A"}, "NOT_ONE_OF"},
      {"words", {"a", "b"}, ""},
      {"words", {"a", "c"}, "NOT_ONE_OF"},
      {"words", std::vector<std::string>(101, "a"), "TOO_MANY_VALUES"},
      {"slots", {"mon-noon"}, ""},
      {"slots", {"mon-midnight"}, "SLOT_MALFORMED"},
      {"noc", {"21231"}, ""},
      {"noc", {"00000"}, "NOC_UNKNOWN"},
      {"goal", {"network"}, ""},
      {"goal", {"fame and riches"}, "NOT_IN_TABLE"},
      {"postal", {"K1Z9E5"}, ""},
      {"postal", {"K1Z 9E"}, "POSTAL_CODE_MALFORMED"},
      {"area", {"K1Z"}, ""},
      {"area", {"K1"}, "AREA_MALFORMED"},
      {"agreed", {"yes"}, ""},
      {"agreed", {"oui"}, "NOT_ONE_OF"},
      {"came", {"2026-01-10"}, ""},
      {"came", {"2026-01-11"}, "DAY_TO_COME"},
      {"came", {"2026-02-30"}, "NOT_A_DAY"},
      {"came", {"10/01/2026"}, "NOT_A_DAY"},
      {"leaves", {"2030-01-01"}, ""},
      {"words_of_goal", {"été à"}, ""},
      {"words_of_goal", {"étés à"}, "TEXT_TOO_LONG"},
      {"words_of_goal", {"\xFF"}, "TEXT_UNREADABLE"},
      {"age", {"30"}, "FACT_IS_DERIVED"},
  };
  for (const auto& each : cases) {
    EXPECT_EQ(ReasonOf(Given(each.name, each.values)), each.reason)
        << each.name << " " << (each.values.empty() ? "" : each.values[0]);
  }
  v1::GivenFact attested = Given("agreed", {"yes"});
  attested.set_attested_on("2026-01-10");
  EXPECT_EQ(ReasonOf(attested), "");
  attested.set_attested_on("2026-01-11");
  EXPECT_EQ(ReasonOf(attested), "ATTESTATION_DAY");
  attested.set_attested_on("yesterday");
  EXPECT_EQ(ReasonOf(attested), "ATTESTATION_DAY");
  attested.clear_attested_on();
  attested.set_note(std::string(4001, 'n'));
  EXPECT_EQ(ReasonOf(attested), "ATTESTATION_TOO_LONG");
}

TEST(FactsTest, KnownIsTypedAndLeavesOutWhatItCannotRead) {
  const auto known =
      Known(Facts(),
            List({Given("number", {"7"}), Given("word", {"b"}), Given("words", {"a", "b"}),
                  Given("unheard_of", {"x"}), Given("noc", {}), Given("number", {"8"}),
                  Given("goal", {"network"}), Given("age", {"3"})}),
            "", CivilDay(2026, 1, 10));
  EXPECT_EQ(known.size(), 4U);
  EXPECT_EQ(std::get<int64_t>(known.at("number")), 8);  // the last that was given
  EXPECT_EQ(std::get<std::string>(known.at("word")), "b");
  EXPECT_EQ(std::get<Codes>(known.at("words")), (Codes{"a", "b"}));
  EXPECT_TRUE(Known(Facts(), List({Given("number", {"many"})}), "", CivilDay(2026, 1, 1)).empty());
}

TEST(FactsTest, AnAttestationHoldsSoManyDays) {
  v1::GivenFact attested = Given("agreed", {"yes"});
  attested.set_attested_on("2026-01-01");
  EXPECT_TRUE(Known(Facts(), List({attested}), "", CivilDay(2026, 1, 11)).contains("agreed"));
  EXPECT_FALSE(Known(Facts(), List({attested}), "", CivilDay(2026, 1, 12)).contains("agreed"));
  attested.clear_attested_on();  // the file itself states it
  EXPECT_TRUE(Known(Facts(), List({attested}), "", CivilDay(2036, 1, 1)).contains("agreed"));
}

TEST(FactsTest, ADayToComeIsNotYetKnown) {
  const GivenFacts given = List({Given("came", {"2026-01-11"}), Given("leaves", {"2026-01-11"})});
  const auto known = Known(Facts(), given, "", CivilDay(2026, 1, 10));
  EXPECT_FALSE(known.contains("came"));
  EXPECT_FALSE(known.contains("months_here"));
  EXPECT_TRUE(known.contains("leaves"));
  EXPECT_TRUE(Known(Facts(), given, "", CivilDay(2026, 1, 11)).contains("came"));
}

int64_t Age(const std::string& born, CivilDay day) {
  const auto known = Known(Facts(), {}, born, day);
  const auto found = known.find("age");
  return found == known.end() ? -1 : std::get<int64_t>(found->second);
}
int64_t MonthsHere(const std::string& came, CivilDay day) {
  const auto known = Known(Facts(), List({Given("came", {came})}), "", day);
  const auto found = known.find("months_here");
  return found == known.end() ? -1 : std::get<int64_t>(found->second);
}

TEST(FactsTest, DerivedFactsAreCountedAtTheDay) {
  EXPECT_EQ(Age("1990-06-15", CivilDay(2026, 6, 14)), 35);
  EXPECT_EQ(Age("1990-06-15", CivilDay(2026, 6, 15)), 36);
  EXPECT_EQ(Age("", CivilDay(2026, 6, 15)), -1);
  EXPECT_EQ(Age("soon", CivilDay(2026, 6, 15)), -1);
  // Born on 29 February: a year older on the last day of other Februaries.
  EXPECT_EQ(Age("2004-02-29", CivilDay(2022, 2, 27)), 17);
  EXPECT_EQ(Age("2004-02-29", CivilDay(2022, 2, 28)), 18);
  EXPECT_EQ(Age("2004-02-29", CivilDay(2024, 2, 28)), 19);
  EXPECT_EQ(Age("2004-02-29", CivilDay(2024, 2, 29)), 20);
  EXPECT_EQ(MonthsHere("2026-01-31", CivilDay(2026, 1, 31)), 0);
  EXPECT_EQ(MonthsHere("2026-01-31", CivilDay(2026, 2, 27)), 0);
  EXPECT_EQ(MonthsHere("2026-01-31", CivilDay(2026, 2, 28)), 1);
  EXPECT_EQ(MonthsHere("2025-12-15", CivilDay(2026, 3, 14)), 2);
  EXPECT_EQ(MonthsHere("2025-12-15", CivilDay(2026, 3, 15)), 3);
}

TEST(FactsTest, LaterKeepsTheDayOfTheMonth) {
  EXPECT_EQ(Later(CivilDay(2024, 2, 29), 1, 0, 0), CivilDay(2025, 2, 28));
  EXPECT_EQ(Later(CivilDay(2024, 2, 29), 4, 0, 0), CivilDay(2028, 2, 29));
  EXPECT_EQ(Later(CivilDay(2026, 1, 31), 0, 1, 1), CivilDay(2026, 3, 1));
  EXPECT_EQ(Later(CivilDay(2026, 11, 30), 0, 3, 0), CivilDay(2027, 2, 28));
  EXPECT_EQ(Later(CivilDay(2026, 5, 5), 0, 0, 30), CivilDay(2026, 6, 4));
}

TEST(FactsTest, ADayIsReadStrictly) {
  EXPECT_EQ(ParseDay("2026-01-31"), CivilDay(2026, 1, 31));
  for (const char* no : {"", "2026-1-31", "2026-02-30", "0000-01-01", "2026-13-01", "2026-00-10",
                         "2026-01-00", "+026-01-01", "2026-01-01 ", "2026/01/01", "２026-01-01"}) {
    EXPECT_EQ(ParseDay(no), std::nullopt) << no;
  }
}

TEST(FactsTest, CanonicalIsOneTextForOneContent) {
  const v1::GivenFact a = Given("a", {"1"});
  const v1::GivenFact b = Given("b", {"x", "y"});
  const std::string both = Canonical(List({a, b}));
  EXPECT_EQ(Canonical(List({b, a})), both);
  // What was not given leaves no trace: a new fact changes no digest.
  EXPECT_EQ(Canonical(List({Given("new", {}), b, Given("aa", {}), a})), both);
  EXPECT_EQ(Canonical({}), "");
  // No two contents share a text, whatever their values hold.
  const std::vector<GivenFacts> different = {
      List({a}),
      List({Given("a", {"1", ""})}),
      List({Given("a", {"1:1"})}),
      List({Given("a1", {"1"})}),
      List({Given("b", {"xy"})}),
      List({Given("b", {"x", "y"})}),
      List({Given("b", {"y", "x"})}),
      List({Given("b", {"x1:y"})}),
      List({Given("a", {"1"}), Given("b", {"x"})}),
  };
  for (size_t i = 0; i < different.size(); ++i) {
    for (size_t j = i + 1; j < different.size(); ++j) {
      EXPECT_NE(Canonical(different[i]), Canonical(different[j])) << i << " " << j;
    }
  }
  v1::GivenFact attested = a;
  attested.set_attested_by("Rita");
  EXPECT_NE(Canonical(List({attested})), Canonical(List({a})));
}

TEST(FactsTest, MatchingSeesWhatTheRegistryLetsIt) {
  v1::GivenFact word = Given("word", {"a"});
  word.set_attested_by("Rita");
  word.set_note("told me so");
  word.set_attested_on("2026-01-01");
  const GivenFacts seen = SeenByMatching(
      Facts(),
      List({Given("number", {"7"}), word, Given("postal", {"K1Z9E5"}), Given("area", {"M5V"}),
            Given("secret", {"yes"}), Given("came", {"2026-01-01"}), Given("unheard_of", {"x"}),
            Given("slots", {"mon-noon"})}));
  ASSERT_EQ(seen.size(), 4);
  EXPECT_EQ(ValuesOf(seen, "word"), std::vector<std::string>{"a"});
  EXPECT_EQ(seen[0].attested_by() + seen[0].note() + seen[0].attested_on(), "");
  EXPECT_EQ(ValuesOf(seen, "postal"), std::vector<std::string>{"K1Z"});
  EXPECT_EQ(ValuesOf(seen, "area"), std::vector<std::string>{"M5V"});
  EXPECT_EQ(ValuesOf(Facts(), seen, v1::MATCHING_USE_AREA, v1::SUBJECT_MENTEE),
            std::vector<std::string>{"K1Z"});
  EXPECT_EQ(ValuesOf(Facts(), seen, v1::MATCHING_USE_AVAILABILITY, v1::SUBJECT_MENTEE),
            std::vector<std::string>{"mon-noon"});
  EXPECT_TRUE(ValuesOf(Facts(), seen, v1::MATCHING_USE_GOALS, v1::SUBJECT_MENTEE).empty());
  EXPECT_TRUE(ValuesOf(seen, "secret").empty());
  EXPECT_EQ(SeenByMatching(Facts(), seen).size(), 4);  // told on, it stays the same
}

}  // namespace
}  // namespace tremplin::program
