#include <functional>
#include <limits>
#include <set>
#include <string>

#include "common/program/criteria.h"
#include "common/program/format.h"
#include "common/program/program_samples.h"
#include "common/program/source_lines.h"
#include "common/status/error.h"
#include "gtest/gtest.h"

namespace tremplin::program {
namespace {

using Definition = v1::ProgramDefinition;

const v1::FactRegistry& Base() {
  static const auto* const base = new v1::FactRegistry(samples::Base());
  return *base;
}

void ExpectValid(const Definition& definition) {
  const absl::Status status = Validate(definition, Base());
  for (const status::FieldViolation& v : status::DetailOf(status).violations) {
    ADD_FAILURE() << definition.id() << " " << v.field << ": " << v.en;
  }
  EXPECT_TRUE(status.ok()) << status;
}

TEST(DefinitionTest, EveryProgramMayBePublished) {
  const auto deployed = samples::Deployed();
  EXPECT_GE(deployed.size(), 7U);
  std::set<std::string> ids;
  for (const Definition& definition : deployed) {
    ExpectValid(definition);
    EXPECT_TRUE(ids.insert(definition.id()).second) << definition.id();
  }
  EXPECT_TRUE(ids.contains("ottawa-career-mentoring"));
}

TEST(DefinitionTest, WhatIsRichMayBePublished) {
  ExpectValid(samples::Rich());
  const Definition rich = samples::Rich();
  EXPECT_EQ(ShapeOf(rich.formats(0)), Shape::kPair);
  EXPECT_EQ(ShapeOf(rich.formats(1)), Shape::kGroup);
  EXPECT_EQ(ShapeOf(rich.formats(2)), Shape::kPeers);
  EXPECT_EQ(ShapeOf(rich.formats(3)), Shape::kMeetings);
}

TEST(DefinitionTest, TellsLineAndColumnOfAFault) {
  const absl::Status status = ParseDefinition("id: \"x\"\nnonsense: 1\n").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(status::DetailOf(status).en.find("Line 2"), std::string::npos)
      << status::DetailOf(status).en;
}

TEST(DefinitionTest, TellsTheLineOfAField) {
  Definition definition;
  const auto lines = SourceLines::Read(
      "id: \"x\"\nmentee {\n  criteria { code: \"a\" }\n  criteria {\n    code: \"b\"\n  }\n}\n",
      &definition);
  ASSERT_TRUE(lines.ok()) << lines.status();
  EXPECT_EQ(definition.mentee().criteria_size(), 2);
  EXPECT_EQ(lines->LineOf("id"), 1);
  EXPECT_EQ(lines->LineOf("mentee.criteria[0].code"), 3);
  EXPECT_EQ(lines->LineOf("mentee.criteria[1].code"), 5);
  EXPECT_EQ(lines->LineOf("mentee.criteria[1].title"), 4);  // not given: what is around it
  EXPECT_EQ(lines->LineOf("mentee.criteria[7]"), 2);
  EXPECT_EQ(lines->LineOf("owner"), 0);
  EXPECT_EQ(lines->LineOf("nonsense.x"), 0);
}

TEST(DefinitionTest, BoundHoldsEveryFact) {
  const Definition bound = Bound(samples::Rich(), Base());
  const Registry registry(bound.registry());
  EXPECT_NE(registry.Find("rich.color"), nullptr);
  EXPECT_NE(registry.Find("noc"), nullptr);
  EXPECT_EQ(registry.facts().size(), Base().facts_size() + 1);
  EXPECT_TRUE(ValidateRegistry(bound.registry()).ok());
  // What is bound is not published again.
  EXPECT_EQ(status::DetailOf(Validate(bound, Base())).violations.at(0).field, "registry");
}

TEST(DefinitionTest, AFormatAsksTheProgramsCriteriaAndItsOwn) {
  const auto codes = [](const std::vector<const v1::Criterion*>& criteria) {
    std::string all;
    for (const v1::Criterion* criterion : criteria) all += criterion->code() + " ";
    return all;
  };
  const Definition rich = samples::Rich();
  EXPECT_EQ(codes(CriteriaOf(rich, rich.formats(0), v1::SUBJECT_MENTEE)),
            "status level area benefits goal ");
  EXPECT_EQ(codes(CriteriaOf(rich, rich.formats(0), v1::SUBJECT_MENTOR)), "years affiliated ");
  EXPECT_EQ(codes(CriteriaOf(rich, rich.formats(1), v1::SUBJECT_MENTOR)), "years color ");
  EXPECT_EQ(codes(AllCriteria(rich, v1::SUBJECT_MENTOR)), "years color affiliated ");
  EXPECT_EQ(FindFormat(rich, "meeting"), &rich.formats(3));
  EXPECT_EQ(FindFormat(rich, "nothing"), nullptr);
  EXPECT_EQ(AgreementDays(rich.formats(0)), 14);
  EXPECT_EQ(AgreementDays(rich.formats(1)), 0);
  EXPECT_TRUE(Asks(rich.formats(1).steps(0), v1::SUBJECT_MENTEE));
  EXPECT_FALSE(Asks(rich.formats(1).steps(0), v1::SUBJECT_MENTOR));
  EXPECT_TRUE(Asks(rich.formats(0).steps(3), v1::SUBJECT_MENTOR));
  EXPECT_TRUE(InitiatedBy(rich.formats(0), v1::INITIATOR_PARTICIPANT));
  EXPECT_FALSE(InitiatedBy(rich.formats(1), v1::INITIATOR_PARTICIPANT));
}

struct Fault {
  const char* field;
  const char* reason;
  std::function<void(Definition&)> make;
};

// Each fault alone in the rich definition: named, with its field, and nothing else is.
void ExpectNamed(std::initializer_list<Fault> faults) {
  for (const Fault& fault : faults) {
    Definition definition = samples::Rich();
    fault.make(definition);
    const auto violations = status::DetailOf(Validate(definition, Base())).violations;
    ASSERT_EQ(violations.size(), 1U)
        << fault.field << " " << fault.reason << " "
        << (violations.size() > 1 ? violations[0].field + " " + violations[1].field : "");
    EXPECT_EQ(violations[0].field, fault.field);
    EXPECT_EQ(violations[0].reason, fault.reason) << fault.field;
    EXPECT_FALSE(violations[0].fr.empty());
  }
}

v1::Criterion& Mentee(Definition& d, int i) { return *d.mutable_mentee()->mutable_criteria(i); }
v1::Predicate& Asked(Definition& d, int i) { return *Mentee(d, i).mutable_predicate(); }
v1::Format& Pair(Definition& d) { return *d.mutable_formats(0); }
v1::MatchingPolicy& Policy(Definition& d) { return *Pair(d).mutable_matching(); }
v1::Engagement& Runs(Definition& d) { return *Pair(d).mutable_engagement(); }
v1::FollowUpStage& Stage(Definition& d) { return *d.mutable_follow_up()->mutable_stages(2); }

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

TEST(DefinitionTest, FaultsOfTheHeadingAreNamed) {
  ExpectNamed({
      {"name", "TEXT_MISSING", [](auto& d) { d.mutable_name()->clear_fr(); }},
      {"name", "TEXT_MISSING", [](auto& d) { d.mutable_name()->set_en(" \n"); }},
      {"name", "TEXT_UNREADABLE", [](auto& d) { d.mutable_name()->set_en("\xC3"); }},
      {"name", "TEXT_TOO_LONG", [](auto& d) { d.mutable_name()->set_en(std::string(5000, 'x')); }},
      {"provider", "TEXT_MISSING", [](auto& d) { d.clear_provider(); }},
      {"kind", "REQUIRED", [](auto& d) { d.clear_kind(); }},
      {"kind", "REQUIRED", [](auto& d) { d.set_kind(static_cast<v1::Kind>(77)); }},
      {"owner", "ID_MALFORMED", [](auto& d) { d.set_owner("The Owner"); }},
      {"time_zone", "TIME_ZONE_UNKNOWN", [](auto& d) { d.set_time_zone("Mars/Olympus"); }},
      {"time_zone", "TIME_ZONE_UNKNOWN", [](auto& d) { d.set_time_zone("../etc/passwd"); }},
      {"effective_from", "DATE_MALFORMED", [](auto& d) { d.set_effective_from("2025-02-30"); }},
      {"review_by", "DATE_MALFORMED", [](auto& d) { d.set_review_by("9999-01-01"); }},
      {"review_by", "REVIEW_TOO_EARLY", [](auto& d) { d.set_review_by(d.effective_from()); }},
      {"mentee_doors[2]", "DOUBLED", [](auto& d) { d.add_mentee_doors(v1::DOOR_SELF); }},
      {"mentor_doors", "REQUIRED", [](auto& d) { d.clear_mentor_doors(); }},
      {"languages[1]", "CHOICE_UNKNOWN", [](auto& d) { d.set_languages(1, "de"); }},
      {"involved[0].parts[1]", "CHOICE_UNKNOWN",
       [](auto& d) { d.mutable_involved(0)->set_parts(1, "watches"); }},
      {"involved[0].organization", "ID_MALFORMED",
       [](auto& d) { d.mutable_involved(0)->set_organization("a b"); }},
      {"consent_fact", "FACT_UNKNOWN", [](auto& d) { d.set_consent_fact("consent"); }},
      {"consent_fact", "NOT_YES_OR_NO", [](auto& d) { d.set_consent_fact("noc"); }},
      {"mentee_admission", "REQUIRED",
       [](auto& d) { d.set_mentee_admission(static_cast<v1::Admission>(9)); }},
      {"mentee_onboarding[0].code", "CODE_MALFORMED",
       [](auto& d) { d.mutable_mentee_onboarding(0)->set_code("needs analysis"); }},
      {"mentee_onboarding[1].code", "DOUBLED",
       [](auto& d) { d.mutable_mentee_onboarding(1)->set_code("analysis"); }},
      {"mentee_onboarding[0].facts[0]", "FACT_UNKNOWN",
       [](auto& d) { d.mutable_mentee_onboarding(0)->set_facts(0, "nocc"); }},
      {"mentor_onboarding[0].facts[0]", "FACT_OF_OTHERS",
       [](auto& d) { d.mutable_mentor_onboarding(0)->set_facts(0, "resume"); }},
      {"mentee_onboarding[0].done_by[0]", "REQUIRED",
       [](auto& d) { d.mutable_mentee_onboarding(0)->set_done_by(0, v1::STATED_BY_UNSPECIFIED); }},
      {"mentor_onboarding[0].done_by", "STEP_FOR_NOBODY",
       [](auto& d) {
         d.clear_mentor_doors();
         d.add_mentor_doors(v1::DOOR_SELF);
         d.mutable_mentor_onboarding(0)->add_done_by(v1::STATED_BY_AGENCY);
       }},
      {"facts[0].name", "OWN_FACT_NAME_MALFORMED",
       [](auto& d) {
         v1::Fact& fact = *d.add_facts();
         fact = d.facts(0);
         *d.mutable_facts(1) = d.facts(0);
         d.mutable_facts(0)->set_name("poor.color");
         d.mutable_facts(0)->clear_headers_en();
         d.mutable_facts(0)->clear_headers_fr();
       }},
      {"facts[0].headers_en[0]", "HEADER_TAKEN",
       [](auto& d) { d.mutable_facts(0)->set_headers_en(0, "Resume"); }},
  });
}

TEST(DefinitionTest, FaultsOfCriteriaAreNamed) {
  ExpectNamed({
      {"mentee.criteria[1].fail_reason", "TEXT_MISSING",
       [](auto& d) { Mentee(d, 1).clear_fail_reason(); }},
      {"mentee.criteria[1].code", "CODE_MALFORMED", [](auto& d) { Mentee(d, 1).set_code("a=b"); }},
      {"mentee.criteria[1].code", "CODE_MALFORMED", [](auto& d) { Mentee(d, 1).clear_code(); }},
      {"mentee.criteria[1].code", "CODE_MALFORMED", [](auto& d) { Mentee(d, 1).set_code("é"); }},
      {"mentee.criteria[1].code", "DOUBLED", [](auto& d) { Mentee(d, 1).set_code("status"); }},
      {"mentee.criteria[0].predicate", "PREDICATE_MISSING",
       [](auto& d) { Mentee(d, 0).clear_predicate(); }},
      {"mentee.criteria[0].predicate.one_of.fact", "FACT_UNKNOWN",
       [](auto& d) { Asked(d, 0).mutable_one_of()->set_fact("imigration_status"); }},
      {"mentee.criteria[0].predicate.one_of.fact", "FACT_OF_OTHERS",
       [](auto& d) { Asked(d, 0).mutable_one_of()->set_fact("years_in_region"); }},
      {"mentee.criteria[0].predicate.one_of.fact", "FACT_OF_ANOTHER_TYPE",
       [](auto& d) { Asked(d, 0).mutable_one_of()->set_fact("career_goal"); }},
      {"mentee.criteria[0].predicate.one_of.values[1]", "VALUE_UNKNOWN",
       [](auto& d) { Asked(d, 0).mutable_one_of()->set_values(1, "citizens"); }},
      {"mentee.criteria[0].predicate.one_of.values[1]", "DOUBLED",
       [](auto& d) { Asked(d, 0).mutable_one_of()->set_values(1, "permanent_resident"); }},
      {"mentee.criteria[0].predicate.one_of.values", "REQUIRED",
       [](auto& d) { Asked(d, 0).mutable_one_of()->clear_values(); }},
      {"mentee.criteria[0].predicate.one_of.values[0]", "VALUE_UNKNOWN",
       [](auto& d) {
         Asked(d, 0).mutable_one_of()->set_fact("postal_code");
         Asked(d, 0).mutable_one_of()->clear_values();
         Asked(d, 0).mutable_one_of()->add_values("k1z 9e5");
       }},
      {"mentee.criteria[1].funder_bounds", "BOUNDS_CROSS",
       [](auto& d) { Mentee(d, 1).mutable_funder_bounds()->set_most(3); }},
      {"mentee.criteria[1].predicate", "OUTSIDE_FUNDER",
       [](auto& d) { Mentee(d, 1).mutable_funder_bounds()->set_most(5); }},
      {"mentee.criteria[0].funder_bounds", "FUNDER_WITHOUT_NUMBER",
       [](auto& d) { Mentee(d, 0).mutable_funder_bounds()->set_most(5); }},
      {"mentee.criteria[2].predicate.prefix_one_of.prefixes[0]", "VALUE_UNKNOWN",
       [](auto& d) { Asked(d, 2).mutable_prefix_one_of()->set_prefixes(0, "k"); }},
      {"mentee.criteria[2].predicate.prefix_one_of.prefixes[0]", "VALUE_UNKNOWN",
       [](auto& d) { Asked(d, 2).mutable_prefix_one_of()->set_prefixes(0, ""); }},
      {"mentee.criteria[2].predicate.prefix_one_of.prefixes[0]", "VALUE_UNKNOWN",
       [](auto& d) { Asked(d, 2).mutable_prefix_one_of()->set_prefixes(0, "D"); }},
      {"mentee.criteria[3].predicate.any.predicates[1].within_past", "PERIOD_MISSING",
       [](auto& d) {
         Asked(d, 3).mutable_any()->mutable_predicates(1)->mutable_within_past()->clear_years();
       }},
      {"mentee.criteria[3].predicate.any.predicates[1].within_past.years", "NOT_WITHIN",
       [](auto& d) {
         Asked(d, 3).mutable_any()->mutable_predicates(1)->mutable_within_past()->set_years(101);
       }},
      {"mentee.criteria[3].predicate.any.predicates[1].within_past.fact", "FACT_OF_ANOTHER_TYPE",
       [](auto& d) {
         Asked(d, 3).mutable_any()->mutable_predicates(1)->mutable_within_past()->set_fact("age");
       }},
      {"mentee.criteria[3].predicate.any.predicates", "REQUIRED",
       [](auto& d) { Asked(d, 3).mutable_any()->clear_predicates(); }},
      {"mentee.criteria[4].predicate.contains_all.fact", "FACT_OF_ANOTHER_TYPE",
       [](auto& d) { Asked(d, 4).mutable_contains_all()->set_fact("noc"); }},
      {"mentee.criteria[5].predicate.given.facts", "REQUIRED",
       [](auto& d) { Asked(d, 5).mutable_given()->clear_facts(); }},
      {"mentee.criteria[5].predicate.given.facts[1]", "REQUIRED",
       [](auto& d) { Asked(d, 5).mutable_given()->set_facts(1, ""); }},
      {"mentee.criteria[0].exemptions[0].code", "CODE_MALFORMED",
       [](auto& d) { Mentee(d, 0).mutable_exemptions(0)->set_code("The director"); }},
      {"mentee.criteria[0].exemptions[0].holds_days", "NOT_WITHIN",
       [](auto& d) { Mentee(d, 0).mutable_exemptions(0)->set_holds_days(-1); }},
      {"mentor.criteria[0].predicate.at_least.minimum", "NOT_WITHIN",
       [](auto& d) {
         d.mutable_mentor()
             ->mutable_criteria(0)
             ->mutable_predicate()
             ->mutable_at_least()
             ->set_minimum(int64_t{1} << 40);
       }},
      {"formats[0].mentor.criteria[0].code", "DOUBLED",
       [](auto& d) { Pair(d).mutable_mentor()->mutable_criteria(0)->set_code("years"); }},
      {"formats[1].mentor.criteria[0]", "CRITERION_DIFFERS",
       [](auto& d) {
         v1::Criterion& other = *d.mutable_formats(1)->mutable_mentor()->add_criteria();
         other = d.formats(0).mentor().criteria(0);
         other.mutable_predicate()->mutable_one_of()->set_values(0, "no");
       }},
  });
  // The same criterion in two formats is one.
  Definition same = samples::Rich();
  *same.mutable_formats(1)->mutable_mentor()->add_criteria() = same.formats(0).mentor().criteria(0);
  ExpectValid(same);
  EXPECT_EQ(AllCriteria(same, v1::SUBJECT_MENTOR).size(), 3U);
}

TEST(DefinitionTest, PredicatesStandInEachOtherOnlySoDeep) {
  const auto nested = [](int depth) {
    Definition definition = samples::Rich();
    v1::Predicate predicate = definition.mentee().criteria(0).predicate();
    for (int i = 1; i < depth; ++i) {
      v1::Predicate outer;
      *outer.mutable_all()->add_predicates() = predicate;
      predicate = outer;
    }
    Asked(definition, 0) = predicate;
    return Validate(definition, Base());
  };
  EXPECT_TRUE(nested(8).ok());
  EXPECT_EQ(status::DetailOf(nested(9)).violations.at(0).reason, "NESTED_TOO_DEEP");
}

TEST(DefinitionTest, FaultsOfFormatsAreNamed) {
  ExpectNamed({
      {"formats[2].code", "CODE_MALFORMED",
       [](auto& d) { d.mutable_formats(2)->set_code("of peers"); }},
      {"formats[0].mentees", "BOUNDS_CROSS",
       [](auto& d) {
         Pair(d).clear_initiators();
         Pair(d).add_initiators(v1::INITIATOR_COORDINATOR);
         Pair(d).mutable_mentees()->set_least(2);
       }},
      {"formats[1].mentees.most", "NOT_WITHIN",
       [](auto& d) { d.mutable_formats(1)->mutable_mentees()->set_most(101); }},
      {"formats[1].mentees.least", "NOT_WITHIN",
       [](auto& d) { d.mutable_formats(1)->mutable_mentees()->set_least(0); }},
      {"formats[1].mentees.called", "TEXT_MISSING",
       [](auto& d) { d.mutable_formats(1)->mutable_mentees()->clear_called(); }},
      {"formats[2].mentees", "SIDE_MISSING",
       [](auto& d) { d.mutable_formats(2)->mutable_mentees()->set_least(1); }},
      {"formats[1].initiators", "REQUIRED",
       [](auto& d) { d.mutable_formats(1)->clear_initiators(); }},
      {"formats[1].initiators[0]", "PAIRS_ONLY",
       [](auto& d) { d.mutable_formats(1)->set_initiators(0, v1::INITIATOR_PARTICIPANT); }},
      {"formats[1].steps", "NOBODY_DECIDES", [](auto& d) { d.mutable_formats(1)->clear_steps(); }},
      {"formats[0].steps", "NOBODY_ASKED",
       [](auto& d) {
         for (const int step : {1, 3}) {
           Pair(d).mutable_steps(step)->clear_asked();
           Pair(d).mutable_steps(step)->add_asked(v1::SUBJECT_MENTEE);
         }
       }},
      {"formats[0].steps[1].days", "NOT_WITHIN",
       [](auto& d) { Pair(d).mutable_steps(1)->set_days(0); }},
      {"formats[0].steps[1].days", "NOT_WITHIN",
       [](auto& d) { Pair(d).mutable_steps(1)->set_days(91); }},
      {"formats[1].steps[1].kind", "STEP_OUT_OF_ORDER",
       [](auto& d) {
         v1::ProposalStep& step = *d.mutable_formats(1)->add_steps();
         step.set_kind(v1::ProposalStep::KIND_STAFF_APPROVAL);
         step.set_days(2);
       }},
      {"formats[0].steps[2].asked", "STEP_ASKS_NOBODY",
       [](auto& d) { Pair(d).mutable_steps(2)->add_asked(v1::SUBJECT_MENTEE); }},
      {"formats[2].steps[0].asked[0]", "SIDE_ABSENT",
       [](auto& d) { d.mutable_formats(2)->mutable_steps(0)->add_asked(v1::SUBJECT_MENTOR); }},
      {"formats[1].steps[1].kind", "DOUBLED",
       [](auto& d) {
         const v1::ProposalStep step = d.formats(1).steps(0);
         *d.mutable_formats(1)->add_steps() = step;
       }},
      {"formats[0].mentee_not_asked[0]", "CRITERION_UNKNOWN",
       [](auto& d) { Pair(d).set_mentee_not_asked(0, "beth"); }},
      {"formats[0].mentor.criteria", "NO_CRITERIA",
       [](auto& d) {
         Pair(d).add_mentor_not_asked("years");
         Pair(d).clear_mentor();
       }},
      {"formats[0].after_waiting_days", "NOT_WITHIN",
       [](auto& d) { Pair(d).set_after_waiting_days(-1); }},
      {"formats[0].disclosures[1].facts[0]", "FACT_PERSONAL",
       [](auto& d) { Pair(d).mutable_disclosures(1)->set_facts(0, "career_goal"); }},
      {"formats[0].disclosures[1].facts[0]", "FACT_OF_OTHERS",
       [](auto& d) { Pair(d).mutable_disclosures(1)->set_facts(0, "years_in_region"); }},
      {"formats[0].disclosures[1].facts[0]", "FACT_NOT_SEEN",
       [](auto& d) { Pair(d).mutable_disclosures(1)->set_facts(0, "education"); }},
      {"formats[0].disclosures[0]", "NOTHING_DISCLOSED",
       [](auto& d) { Pair(d).mutable_disclosures(0)->clear_contact(); }},
      {"formats[1].disclosures[0].from", "STEP_UNKNOWN",
       [](auto& d) {
         const v1::Disclosure disclosure = d.formats(0).disclosures(1);
         *d.mutable_formats(1)->add_disclosures() = disclosure;
       }},
      {"formats[2].disclosures[0].to", "SIDE_ABSENT",
       [](auto& d) { d.mutable_formats(2)->mutable_disclosures(0)->set_to(v1::SUBJECT_MENTOR); }},
  });
}

TEST(DefinitionTest, FaultsOfPoliciesAreNamed) {
  ExpectNamed({
      {"formats[0].matching.weights[0].weight", "NOT_WITHIN",
       [](auto& d) { Policy(d).mutable_weights(0)->set_weight(-1); }},
      {"formats[0].matching.weights[0].criterion", "WEIGHT_UNKNOWN",
       [](auto& d) { Policy(d).mutable_weights(0)->set_criterion("star_sign"); }},
      {"formats[0].matching.weights[0].criterion", "WEIGHT_UNKNOWN",
       [](auto& d) { Policy(d).mutable_weights(0)->set_criterion("noc"); }},
      {"formats[0].matching.weights[1].criterion", "DOUBLED",
       [](auto& d) { Policy(d).mutable_weights(1)->set_criterion("occupation"); }},
      {"formats[1].matching.weights", "WEIGHTS_SUM_TO_NOTHING",
       [](auto& d) { d.mutable_formats(1)->mutable_matching()->clear_weights(); }},
      {"formats[1].matching.weights", "WEIGHTS_SUM_TO_NOTHING",
       [](auto& d) {
         d.mutable_formats(1)->mutable_matching()->mutable_weights(0)->set_weight(0);
       }},
      {"formats[0].matching.exclusivity_group", "CODE_MALFORMED",
       [](auto& d) { Policy(d).set_exclusivity_group("One!"); }},
      {"formats[0].matching.decline_lesson", "NOT_WITHIN",
       [](auto& d) { Policy(d).set_decline_lesson(0.5); }},
      {"formats[0].matching.decline_lesson", "NOT_WITHIN",
       [](auto& d) { Policy(d).set_decline_lesson(3.5); }},
      {"formats[0].matching.minimum_score", "NOT_WITHIN",
       [](auto& d) { Policy(d).set_minimum_score(1.5); }},
      {"formats[0].matching.objective", "CHOICE_UNKNOWN",
       [](auto& d) { Policy(d).set_objective("joy"); }},
      {"formats[0].matching.proposing", "CHOICE_UNKNOWN",
       [](auto& d) { Policy(d).set_proposing("hourly"); }},
      {"formats[0].matching.waiting_bonus", "NOT_WITHIN",
       [](auto& d) { Policy(d).set_waiting_bonus(51); }},
      {"formats[0].matching.candidates", "NOT_WITHIN",
       [](auto& d) { Policy(d).set_candidates(501); }},
      {"formats[0].matching.open_requests", "NOT_WITHIN",
       [](auto& d) { Policy(d).set_open_requests(21); }},
      {"formats[1].matching.cohesion", "NOT_WITHIN",
       [](auto& d) { d.mutable_formats(1)->mutable_matching()->set_cohesion(-1); }},
  });
}

TEST(DefinitionTest, FaultsOfEngagementsAreNamed) {
  ExpectNamed({
      {"formats[0].engagement", "LIFETIME_MISSING", [](auto& d) { Runs(d).clear_lifetime(); }},
      {"formats[0].engagement.length_days", "NOT_WITHIN",
       [](auto& d) { Runs(d).set_length_days(2'147'483'647); }},
      {"formats[0].engagement.length_days", "NOT_WITHIN",
       [](auto& d) { Runs(d).set_length_days(-90); }},
      {"formats[0].engagement.hours_per_week", "NOT_WITHIN",
       [](auto& d) { Runs(d).set_hours_per_week(169); }},
      {"formats[0].engagement.counting_contacts[0]", "CHOICE_UNKNOWN",
       [](auto& d) { Runs(d).set_counting_contacts(0, "pigeon"); }},
      // Nothing would count, so the hours would never be reached, and no credit be earned.
      {"formats[0].engagement.counting_contacts", "NOTHING_COUNTS",
       [](auto& d) { Runs(d).clear_counting_contacts(); }},
      {"formats[1].engagement.counting_contacts", "NOTHING_COUNTS",
       [](auto& d) { d.mutable_formats(1)->mutable_engagement()->clear_counting_contacts(); }},
      // Nobody logs it, and it would hold its places for good.
      {"formats[3].engagement.close_grace_days", "NOT_WITHIN",
       [](auto& d) { d.mutable_formats(3)->mutable_engagement()->clear_close_grace_days(); }},
      {"formats[0].engagement.most_minutes", "BOUNDS_CROSS",
       [](auto& d) { Runs(d).set_most_minutes(9); }},
      {"formats[0].engagement.most_minutes", "BOUNDS_CROSS",
       [](auto& d) {
         Runs(d).clear_most_minutes();  // as usual: 480
         Runs(d).set_least_minutes(601);
       }},
      {"formats[0].engagement.documents[1].code", "DOUBLED",
       [](auto& d) { Runs(d).mutable_documents(1)->set_code("agreement"); }},
      {"formats[0].engagement.documents", "DOCUMENTS_MISSING",
       [](auto& d) { Runs(d).mutable_documents(0)->clear_before_start(); }},
      {"formats[0].engagement.documents[0].before_start", "AGREEMENT_MISSING",
       [](auto& d) { Pair(d).mutable_steps()->RemoveLast(); }},
      {"formats[0].engagement.documents[0].signed_by", "SIGNER_NOT_ASKED",
       [](auto& d) { Pair(d).mutable_steps(4)->add_asked(v1::SUBJECT_MENTEE); }},
      {"formats[0].engagement.phases[0].due_day", "NOT_WITHIN",
       [](auto& d) { Runs(d).mutable_phases(0)->set_due_day(-1); }},
      {"formats[0].engagement.credits[0].fact", "CREDIT_FACT",
       [](auto& d) { Runs(d).mutable_credits(0)->set_fact("organization_member"); }},
      {"formats[0].engagement.credits[0].fact", "FACT_UNKNOWN",
       [](auto& d) { Runs(d).mutable_credits(0)->set_fact("certified"); }},
      {"formats[0].engagement.introductions", "INTRODUCTIONS_OF_MEETINGS",
       [](auto& d) { Runs(d).mutable_introductions()->set_count(3); }},
      {"formats[3].engagement.introductions.count", "NOT_WITHIN",
       [](auto& d) {
         d.mutable_formats(3)->mutable_engagement()->mutable_introductions()->set_count(11);
       }},
      {"formats[3].engagement.introductions.remind_after_days", "NOT_WITHIN",
       [](auto& d) {
         d.mutable_formats(3)
             ->mutable_engagement()
             ->mutable_introductions()
             ->clear_remind_after_days();
       }},
      {"formats[3].engagement.becomes[0]", "FORMAT_UNKNOWN",
       [](auto& d) { d.mutable_formats(3)->mutable_engagement()->set_becomes(0, "trio"); }},
      {"formats[3].engagement.becomes[0]", "FORMAT_UNKNOWN",
       [](auto& d) { d.mutable_formats(3)->mutable_engagement()->set_becomes(0, "meeting"); }},
      {"formats[2].engagement.season.from", "SEASON_DAY_MALFORMED",
       [](auto& d) {
         d.mutable_formats(2)->mutable_engagement()->mutable_season()->set_from("02-29");
       }},
      {"formats[2].engagement.season.to", "SEASON_DAY_MALFORMED",
       [](auto& d) {
         d.mutable_formats(2)->mutable_engagement()->mutable_season()->set_to("June");
       }},
      {"formats[1].engagement.hours.hours", "NOT_WITHIN",
       [](auto& d) { d.mutable_formats(1)->mutable_engagement()->mutable_hours()->clear_hours(); }},
  });
}

TEST(DefinitionTest, FaultsOfFollowUpAreNamed) {
  ExpectNamed({
      {"follow_up.stages[0].title", "TEXT_MISSING",
       [](auto& d) { d.mutable_follow_up()->mutable_stages(0)->mutable_title()->clear_en(); }},
      {"follow_up.stages[2].code", "DOUBLED", [](auto& d) { Stage(d).set_code("exit"); }},
      {"follow_up.stages[2].window_days", "NOT_WITHIN",
       [](auto& d) { Stage(d).set_window_days(-1); }},
      {"follow_up.stages[2].attempts", "NOT_WITHIN",
       [](auto& d) { Stage(d).set_attempts(100'000); }},
      // Two reminders in a window of two days: one would come with the opening.
      {"follow_up.stages[2].attempts", "NOT_WITHIN",
       [](auto& d) {
         Stage(d).set_window_days(2);
         Stage(d).set_attempts(2);
       }},
      {"follow_up.stages[2].months_after_start", "NOT_WITHIN",
       [](auto& d) { Stage(d).set_months_after_start(61); }},
      {"follow_up.minimum_cell", "NOT_WITHIN",
       [](auto& d) { d.mutable_follow_up()->set_minimum_cell(-1); }},
  });
}

TEST(DefinitionTest, WhatIsNoNumberIsRefused) {
  for (const double value : {kNan, std::numeric_limits<double>::infinity()}) {
    Definition definition = samples::Rich();
    Policy(definition).set_minimum_score(value);
    Policy(definition).mutable_weights(0)->set_weight(value);
    Runs(definition).set_hours_per_week(value);
    Runs(definition).mutable_credits(0)->set_per_hour(value);
    std::set<std::string> fields;
    for (const auto& v : status::DetailOf(Validate(definition, Base())).violations) {
      fields.insert(v.field);
    }
    for (const char* field :
         {"formats[0].matching.minimum_score", "formats[0].matching.weights[0].weight",
          "formats[0].engagement.hours_per_week", "formats[0].engagement.credits[0].per_hour"}) {
      EXPECT_TRUE(fields.contains(field)) << field;
    }
  }
}

TEST(DefinitionTest, FaultsAreNamedTogether) {
  EXPECT_GE(status::DetailOf(Validate(v1::ProgramDefinition(), Base())).violations.size(), 7U);
}

}  // namespace
}  // namespace tremplin::program
