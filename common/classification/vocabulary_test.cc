#include "common/classification/vocabulary.h"

#include <set>
#include <string_view>

#include "gtest/gtest.h"

namespace tremplin::classification {
namespace {

TEST(VocabularyTest, EachCodeIsFoundInItsOwnVocabularyOnly) {
  EXPECT_EQ(FindGoal("licensing")->label.fr(), "un permis d’exercice");
  EXPECT_EQ(FindTrait("speaks:ar")->label.en(), "speaks Arabic");
  EXPECT_EQ(FindGoal("woman"), nullptr);
  EXPECT_EQ(FindTrait("licensing"), nullptr);
  EXPECT_EQ(FindGoal(""), nullptr);
}

TEST(VocabularyTest, CodesAreStoredInListsAndThereforeHoldNoneOfTheirSigns) {
  std::set<std::string_view> codes;
  for (const absl::Span<const Term> terms : {Goals(), Traits()}) {
    for (const Term& term : terms) {
      EXPECT_TRUE(codes.insert(term.code).second) << term.code;
      EXPECT_EQ(term.code.find_first_not_of("abcdefghijklmnopqrstuvwxyz_:"), std::string_view::npos)
          << term.code;
    }
  }
}

}  // namespace
}  // namespace tremplin::classification
