#include "tools/tremplinctl/program_words.h"

#include <string>

#include "common/program/criteria.h"
#include "common/program/program_samples.h"
#include "gtest/gtest.h"

namespace tremplin::ctl {
namespace {

using program::v1::ProgramDefinition;

ProgramDefinition Rich() {
  return program::Bound(program::samples::Rich(), program::samples::Base());
}

bool Says(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(ProgramWordsTest, ExplainsInPlainWords) {
  const std::string text = Explain(Rich(), messages::Language::kEnglish);
  for (const char* part : {
           "Rich (rich)",
           "People come through an agency or by themselves.",
           "Immigration status: permanent resident or Canadian citizen",
           "Postal code: begins with K, L1",
           "within the past 3 years",
           "at least 2 months and 3 days ago",
           "Age: at most 64",
           "Languages of service: English and French",
           "Analysis (compulsory; it decides who goes on) → Reading (optional)",
           "8 to 10 × mentee and 2 to 3 × mentor",
           "Not asked here: Both.",
           "affiliated with a partner organization: yes",
           "one meeting of 30 minutes",
           "each year from 09-01 to 06-30",
           "24 hours, over 120 days at most",
           "it goes on as: Pair, Group.",
           "Undertaking (kept between the participants)",
           "3 months from the first meeting, open for 30 days, 0 reminders",
       }) {
    EXPECT_TRUE(Says(text, part)) << part << "\n" << text;
  }
}

TEST(ProgramWordsTest, ExplainsInFrench) {
  const std::string text = Explain(Rich(), messages::Language::kFrench);
  EXPECT_TRUE(Says(text, "Riche (rich)")) << text;
  EXPECT_TRUE(Says(text, "Langues de service\u00A0: anglais et fran\u00E7ais")) << text;
  EXPECT_FALSE(Says(text, "Rich (")) << text;
  EXPECT_FALSE(Says(text, "at least")) << text;
}

TEST(ProgramWordsTest, EveryProgramIsExplained) {
  for (const ProgramDefinition& definition : program::samples::Deployed()) {
    const ProgramDefinition bound = program::Bound(definition, program::samples::Base());
    for (const auto language : {messages::Language::kEnglish, messages::Language::kFrench}) {
      const std::string text = Explain(bound, language);
      EXPECT_FALSE(Says(text, "_"))
          << "a code stands where words should: " << definition.id() << "\n"
          << text;
    }
  }
}

TEST(ProgramWordsTest, DifferencesAreToldByCode) {
  const ProgramDefinition before = Rich();
  EXPECT_TRUE(Differences(before, before).empty());
  EXPECT_TRUE(Differences(before, program::samples::Rich()).empty());  // registries apart
  ProgramDefinition after = before;
  after.set_owner("other");
  after.mutable_mentee()->mutable_criteria()->DeleteSubrange(1, 1);
  auto& status = *after.mutable_mentee()->mutable_criteria(0);
  status.mutable_predicate()->mutable_one_of()->add_values("study_permit");
  *after.add_formats() = before.formats(1);
  after.mutable_formats(4)->set_code("trio");
  after.mutable_mentee_onboarding()->SwapElements(0, 1);
  const std::vector<std::string> lines = Differences(before, after);
  const auto begins = [&](const std::string& start) {
    for (const std::string& line : lines) {
      if (line.starts_with(start)) return true;
    }
    return false;
  };
  EXPECT_EQ(lines.size(), 5U);
  EXPECT_TRUE(begins("~ owner: \"ociso\" → \"other\""));
  EXPECT_TRUE(begins("- mentee.criteria[level]: "));
  EXPECT_TRUE(
      begins("~ mentee.criteria[status].predicate.one_of.values: \"permanent_resident\", "
             "\"citizen\" → \"permanent_resident\", \"citizen\", \"study_permit\""));
  EXPECT_TRUE(begins("+ formats[trio]: "));
  EXPECT_TRUE(begins("~ mentee_onboarding: analysis, reading → reading, analysis"));
  for (const std::string& line : lines) SCOPED_TRACE(line);
}

}  // namespace
}  // namespace tremplin::ctl
