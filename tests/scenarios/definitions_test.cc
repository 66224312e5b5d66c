// Every definition of deploy/programs is one that may be published, and every text that a person
// may read stands in both languages.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "common/program/criteria.h"
#include "common/program/facts.h"
#include "common/status/error.h"
#include "gmock/gmock.h"
#include "google/protobuf/message.h"
#include "gtest/gtest.h"

namespace tremplin {
namespace {

namespace fs = std::filesystem;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using program::v1::FactRegistry;
using program::v1::ProgramDefinition;
using program::v1::Text;

std::vector<fs::path> Files(const fs::path& directory) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(directory)) {
    if (entry.path().extension() == ".textproto") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::string Read(const fs::path& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

FactRegistry KeptFacts() {
  FactRegistry registry;
  for (const fs::path& path : Files("deploy/facts")) {
    const auto part = program::ParseRegistry(Read(path));
    EXPECT_TRUE(part.ok()) << path << ": " << part.status();
    if (part.ok()) registry.MergeFrom(*part);
  }
  return registry;
}

using Found = std::function<void(const std::string& where, const Text& text)>;

void EachText(const Message& message, const std::string& where, const Found& found) {
  if (message.GetDescriptor() == Text::descriptor()) {
    found(where, static_cast<const Text&>(message));
    return;
  }
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->message_type() == nullptr) continue;
    const std::string inside = where + "." + field->name();
    if (!field->is_repeated()) {
      EachText(message.GetReflection()->GetMessage(message, field), inside, found);
      continue;
    }
    for (int i = 0; i < message.GetReflection()->FieldSize(message, field); ++i) {
      EachText(message.GetReflection()->GetRepeatedMessage(message, field, i),
               inside + "[" + std::to_string(i) + "]", found);
    }
  }
}

// What may be the same word in both languages: proper names, and words the languages share.
bool MayBeShared(const Text& text) {
  static const std::set<std::string>* const shared =
      new std::set<std::string>{"Orientation", "Exploration"};
  return shared->count(text.en()) > 0;
}

// As it is printed in Canada: a no-break space before a colon, none before ; ! ?, and curved
// apostrophes.
std::string FaultOfFrench(const std::string& french) {
  for (const char* wrong : {" :", " ;", " !", " ?", " %", "'"}) {
    if (french.find(wrong) != std::string::npos) return std::string("has \"") + wrong + "\"";
  }
  return "";
}

class Definition : public ::testing::TestWithParam<fs::path> {
 protected:
  static ProgramDefinition Parsed() {
    const auto definition = program::ParseDefinition(Read(GetParam()));
    EXPECT_TRUE(definition.ok()) << definition.status();
    return definition.ok() ? *definition : ProgramDefinition();
  }
};

TEST_P(Definition, MayBePublished) {
  const FactRegistry facts = KeptFacts();
  const absl::Status registry = program::ValidateRegistry(facts);
  for (const auto& violation : status::DetailOf(registry).violations) {
    ADD_FAILURE() << violation.field << ": " << violation.en;
  }
  const absl::Status valid = program::Validate(Parsed(), facts);
  EXPECT_TRUE(valid.ok()) << valid;
  for (const auto& violation : status::DetailOf(valid).violations) {
    ADD_FAILURE() << violation.field << ": " << violation.en;
  }
}

TEST_P(Definition, IsNamedByItsFile) { EXPECT_EQ(Parsed().id(), GetParam().stem().string()); }

TEST_P(Definition, SpeaksBothLanguages) {
  int texts = 0;
  EachText(Parsed(), "", [&texts](const std::string& where, const Text& text) {
    ++texts;
    EXPECT_NE(text.en(), "") << where;
    EXPECT_NE(text.fr(), "") << where;
    if (!MayBeShared(text)) {
      EXPECT_NE(text.en(), text.fr()) << where;
    }
    EXPECT_EQ(FaultOfFrench(text.fr()), "") << where << ": " << text.fr();
  });
  EXPECT_GT(texts, 20);
}

TEST_P(Definition, TellsWhereEachCriterionComesFrom) {
  const ProgramDefinition definition = Parsed();
  const auto check = [](const program::v1::Criteria& criteria) {
    for (const program::v1::Criterion& criterion : criteria.criteria()) {
      EXPECT_NE(criterion.source(), "") << criterion.code();
    }
  };
  check(definition.mentee());
  check(definition.mentor());
  for (const program::v1::Format& format : definition.formats()) {
    check(format.mentee());
    check(format.mentor());
  }
}

INSTANTIATE_TEST_SUITE_P(Kept, Definition, ::testing::ValuesIn(Files("deploy/programs")),
                         [](const auto& file) {
                           std::string name = file.param.stem().string();
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

// 004: « des attestations d’études postsecondaires (ou l’équivalent) ou une certification
// professionnelle ».
TEST(OttawaDefinition, TakesACertificationInPlaceOfADiploma) {
  const auto ottawa =
      program::ParseDefinition(Read("deploy/programs/ottawa-career-mentoring.textproto"));
  ASSERT_TRUE(ottawa.ok());
  const auto& criteria = ottawa->mentee().criteria();
  const auto education = std::find_if(criteria.begin(), criteria.end(),
                                      [](const auto& one) { return one.code() == "education"; });
  ASSERT_NE(education, criteria.end());
  const auto judged = [&](const program::Facts& facts) {
    return program::Evaluate(education->predicate(), facts, absl::CivilDay(2026, 1, 5));
  };
  const std::string kLevel = "education";
  const std::string kCertified = "professional_certification";
  EXPECT_EQ(judged({{kLevel, "bachelor"}}), program::Finding::kPass);
  EXPECT_EQ(judged({{kLevel, "bachelor"}, {kCertified, "no"}}), program::Finding::kPass);
  EXPECT_EQ(judged({{kLevel, "secondary"}, {kCertified, "yes"}}), program::Finding::kPass);
  EXPECT_EQ(judged({{kCertified, "yes"}}), program::Finding::kPass);
  EXPECT_EQ(judged({{kLevel, "secondary"}}), program::Finding::kFail);
  EXPECT_EQ(judged({{kLevel, "secondary"}, {kCertified, "no"}}), program::Finding::kFail);
  EXPECT_EQ(judged({{kCertified, "no"}}), program::Finding::kMissing);
  EXPECT_EQ(judged({}), program::Finding::kMissing);
}

// What staff alone may state, some step lets them state: else nobody ever could.
TEST(Facts, OfTheRegistry_ThatStaffAloneState_AreStatedInSomeStep) {
  std::set<std::string> stated;
  for (const fs::path& path : Files("deploy/programs")) {
    const auto definition = program::ParseDefinition(Read(path));
    ASSERT_TRUE(definition.ok()) << path;
    for (const auto& steps : {definition->mentee_onboarding(), definition->mentor_onboarding()}) {
      for (const auto& step : steps) stated.insert(step.facts().begin(), step.facts().end());
    }
  }
  int by_staff = 0;
  const FactRegistry registry = KeptFacts();
  for (const program::v1::Fact& fact : registry.facts()) {
    if (fact.stated_by_size() != 1 || fact.stated_by(0) != program::v1::STATED_BY_STAFF) continue;
    ++by_staff;
    EXPECT_EQ(stated.count(fact.name()), 1U) << fact.name();
  }
  EXPECT_GT(by_staff, 0);
}

TEST(Facts, OfTheRegistry_SpeakBothLanguages) {
  int texts = 0;
  EachText(KeptFacts(), "", [&texts](const std::string& where, const Text& text) {
    ++texts;
    EXPECT_NE(text.en(), "") << where;
    EXPECT_NE(text.fr(), "") << where;
    EXPECT_EQ(FaultOfFrench(text.fr()), "") << where << ": " << text.fr();
  });
  EXPECT_GT(texts, 20);
}

}  // namespace
}  // namespace tremplin
