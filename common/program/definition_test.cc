#include <fstream>
#include <functional>
#include <iterator>
#include <string>

#include "common/program/criteria.h"
#include "common/status/error.h"
#include "gtest/gtest.h"

namespace tremplin::program {
namespace {

std::string ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

v1::ProgramDefinition Ottawa() {
  const absl::StatusOr<v1::ProgramDefinition> definition =
      ParseDefinition(ReadFile("deploy/programs/ottawa-career-mentoring.textproto"));
  EXPECT_TRUE(definition.ok()) << definition.status();
  return definition.value_or(v1::ProgramDefinition());
}

TEST(DefinitionTest, OttawaMayBePublished) {
  const v1::ProgramDefinition ottawa = Ottawa();
  const absl::Status status = Validate(ottawa);
  for (const status::FieldViolation& v : status::DetailOf(status).violations) {
    ADD_FAILURE() << v.field << ": " << v.en;
  }
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(ottawa.id(), "ottawa-career-mentoring");
  EXPECT_EQ(ottawa.mentee().criteria_size(), 9);
}

TEST(DefinitionTest, TellsLineAndColumnOfAFault) {
  const absl::Status status = ParseDefinition("id: \"x\"\nnonsense: 1\n").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(status::DetailOf(status).en.find("Line 2"), std::string::npos)
      << status::DetailOf(status).en;
}

struct Fault {
  const char* field;
  const char* reason;
  std::function<void(v1::ProgramDefinition&)> make;
};

TEST(DefinitionTest, EveryFaultIsNamed) {
  const Fault faults[] = {
      {"name", "TEXT_MISSING", [](auto& d) { d.mutable_name()->clear_fr(); }},
      {"name", "TEXT_MISSING", [](auto& d) { d.mutable_name()->set_en(" \n"); }},
      {"provider", "TEXT_MISSING", [](auto& d) { d.clear_provider(); }},
      {"mentee.criteria[1].fail_reason", "TEXT_MISSING",
       [](auto& d) { d.mutable_mentee()->mutable_criteria(1)->clear_fail_reason(); }},
      {"follow_up.stages[0].title", "TEXT_MISSING",
       [](auto& d) { d.mutable_follow_up()->mutable_stages(0)->mutable_title()->clear_en(); }},
      {"id", "ID_MALFORMED", [](auto& d) { d.set_id("Ottawa 1"); }},
      {"kind", "REQUIRED", [](auto& d) { d.clear_kind(); }},
      {"time_zone", "TIME_ZONE_UNKNOWN", [](auto& d) { d.set_time_zone("Mars/Olympus"); }},
      {"effective_from", "DATE_MALFORMED", [](auto& d) { d.set_effective_from("2025-02-30"); }},
      {"review_by", "REVIEW_TOO_EARLY", [](auto& d) { d.set_review_by(d.effective_from()); }},
      {"mentee_doors", "REQUIRED", [](auto& d) { d.add_mentee_doors(v1::DOOR_UNSPECIFIED); }},
      {"mentee.criteria[1].code", "DOUBLED",
       [](auto& d) { d.mutable_mentee()->mutable_criteria(1)->set_code("immigration_status"); }},
      {"mentee.criteria[0].predicate", "PREDICATE_MISSING",
       [](auto& d) { d.mutable_mentee()->mutable_criteria(0)->clear_predicate(); }},
      {"mentee.criteria[0].predicate.one_of.values", "REQUIRED",
       [](auto& d) {
         d.mutable_mentee()
             ->mutable_criteria(0)
             ->mutable_predicate()
             ->mutable_one_of()
             ->clear_values();
       }},
      {"mentee.criteria[0].predicate.any.predicates[0]", "PREDICATE_MISSING",
       [](auto& d) {
         d.mutable_mentee()
             ->mutable_criteria(0)
             ->mutable_predicate()
             ->mutable_any()
             ->add_predicates();
       }},
      {"mentor_onboarding[1].code", "DOUBLED",
       [](auto& d) { d.mutable_mentor_onboarding(1)->set_code(d.mentor_onboarding(0).code()); }},
      {"matching.weights[0].weight", "NEGATIVE",
       [](auto& d) { d.mutable_matching()->mutable_weights(0)->set_weight(-1); }},
      {"matching.weights[0].criterion", "WEIGHT_UNKNOWN",
       [](auto& d) { d.mutable_matching()->mutable_weights(0)->set_criterion("star_sign"); }},
      {"matching.decline_lesson", "LESSON_OUT_OF_RANGE",
       [](auto& d) { d.mutable_matching()->set_decline_lesson(0.5); }},
      {"matching.decline_lesson", "LESSON_OUT_OF_RANGE",
       [](auto& d) { d.mutable_matching()->set_decline_lesson(3.5); }},
      {"matching.minimum_score", "OUT_OF_RANGE",
       [](auto& d) { d.mutable_matching()->set_minimum_score(1.5); }},
      {"matching.approval", "CHOICE_UNKNOWN",
       [](auto& d) { d.mutable_matching()->set_approval("manager"); }},
      {"matching.approval_days", "NEGATIVE",
       [](auto& d) { d.mutable_matching()->set_approval_days(-1); }},
      {"engagement.length_days", "NEGATIVE",
       [](auto& d) { d.mutable_engagement()->set_length_days(-90); }},
      {"follow_up.stages[2].window_days", "NEGATIVE",
       [](auto& d) { d.mutable_follow_up()->mutable_stages(2)->set_window_days(-1); }},
  };
  for (const Fault& fault : faults) {
    v1::ProgramDefinition definition = Ottawa();
    fault.make(definition);
    const auto violations = status::DetailOf(Validate(definition)).violations;
    ASSERT_EQ(violations.size(), 1U) << fault.field << " " << fault.reason;
    EXPECT_EQ(violations[0].field, fault.field);
    EXPECT_EQ(violations[0].reason, fault.reason);
    EXPECT_FALSE(violations[0].fr.empty());
  }
}

TEST(DefinitionTest, FaultsAreNamedTogether) {
  EXPECT_GE(status::DetailOf(Validate(v1::ProgramDefinition())).violations.size(), 7U);
}

}  // namespace
}  // namespace tremplin::program
