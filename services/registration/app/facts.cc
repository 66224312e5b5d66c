#include "services/registration/app/facts.h"

#include <set>

#include "absl/strings/numbers.h"

namespace tremplin::registration {
namespace {

void AddNumeric(const program::v1::Predicate& predicate, std::set<std::string>& numeric);

template <class Predicates>
void AddNumericOfAll(const Predicates& predicates, std::set<std::string>& numeric) {
  for (const program::v1::Predicate& each : predicates) AddNumeric(each, numeric);
}

// The names of the facts that are compared with numbers.
void AddNumeric(const program::v1::Predicate& predicate, std::set<std::string>& numeric) {
  if (predicate.has_at_least()) numeric.insert(predicate.at_least().fact());
  for (const std::string& fact : predicate.all_at_least().facts()) numeric.insert(fact);
  AddNumericOfAll(predicate.any().predicates(), numeric);
  AddNumericOfAll(predicate.any_given().predicates(), numeric);
  AddNumericOfAll(predicate.all().predicates(), numeric);
}

void AddText(program::Facts& facts, const char* name, const std::string& value) {
  if (!value.empty()) facts[name] = value;
}

}  // namespace

program::Facts FactsOf(const v1::Profile& profile, const Attested& attested,
                       const program::v1::Criteria& criteria) {
  std::set<std::string> numeric;
  for (const program::v1::Criterion& criterion : criteria.criteria()) {
    AddNumeric(criterion.predicate(), numeric);
  }
  program::Facts facts;
  AddText(facts, "postal_code", profile.fsa());  // its first letter tells the province
  for (const auto& [name, value] : attested) {
    int64_t number = 0;
    if (value.empty()) continue;
    if (!numeric.contains(name)) {
      facts[name] = value;
    } else if (absl::SimpleAtoi(value, &number)) {
      facts[name] = number;
    }
  }
  // What the profile says stands, whatever is attested beside it.
  AddText(facts, "noc", profile.noc());
  AddText(facts, "naics", profile.naics());
  AddText(facts, "fsa", profile.fsa());
  facts["years_experience"] = int64_t{profile.years_experience()};
  facts["years_in_region"] = int64_t{profile.years_in_region()};
  facts["months_offered"] = int64_t{profile.months_offered()};
  return facts;
}

std::vector<std::string> Unmet(const program::v1::Criteria& criteria, const program::Facts& facts) {
  std::vector<std::string> codes;
  for (const program::CriterionFinding& finding : program::Evaluate(criteria, facts)) {
    if (finding.finding != program::Finding::kPass) codes.push_back(finding.criterion->code());
  }
  return codes;
}

}  // namespace tremplin::registration
