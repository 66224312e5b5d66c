#include "common/program/criteria.h"

#include <algorithm>
#include <functional>
#include <string_view>

namespace tremplin::program {
namespace {

const std::string* TextOf(const Facts& facts, const std::string& name) {
  const auto found = facts.find(name);
  return found == facts.end() ? nullptr : std::get_if<std::string>(&found->second);
}

const int64_t* NumberOf(const Facts& facts, const std::string& name) {
  const auto found = facts.find(name);
  return found == facts.end() ? nullptr : std::get_if<int64_t>(&found->second);
}

template <class Values>
bool Holds(const Values& values, std::string_view text) {
  return std::any_of(values.begin(), values.end(),
                     [&](const std::string& value) { return value == text; });
}

Finding PassIf(bool pass) { return pass ? Finding::kPass : Finding::kFail; }

Finding EvaluateAllAtLeast(const v1::AllAtLeast& predicate, const Facts& facts) {
  bool missing = false;
  for (const std::string& name : predicate.facts()) {
    const int64_t* number = NumberOf(facts, name);
    if (number == nullptr) {
      missing = true;
    } else if (*number < predicate.minimum()) {
      return Finding::kFail;
    }
  }
  return missing ? Finding::kMissing : Finding::kPass;
}

// The names of the facts a predicate reads.
void ForEachFact(const v1::Predicate& predicate,
                 const std::function<void(const std::string&)>& visit) {
  switch (predicate.kind_case()) {
    case v1::Predicate::kOneOf:
      return visit(predicate.one_of().fact());
    case v1::Predicate::kAtLeast:
      return visit(predicate.at_least().fact());
    case v1::Predicate::kAllAtLeast:
      for (const std::string& fact : predicate.all_at_least().facts()) visit(fact);
      return;
    case v1::Predicate::kPrefixOneOf:
      return visit(predicate.prefix_one_of().fact());
    case v1::Predicate::kGiven:
      for (const std::string& fact : predicate.given().facts()) visit(fact);
      return;
    case v1::Predicate::kAny:
      for (const v1::Predicate& each : predicate.any().predicates()) ForEachFact(each, visit);
      return;
    case v1::Predicate::kAll:
      for (const v1::Predicate& each : predicate.all().predicates()) ForEachFact(each, visit);
      return;
    case v1::Predicate::kOneOfOrMissing:
      return visit(predicate.one_of_or_missing().fact());
    case v1::Predicate::kAnyGiven:
      for (const v1::Predicate& each : predicate.any_given().predicates()) ForEachFact(each, visit);
      return;
    case v1::Predicate::KIND_NOT_SET:
      return;
  }
}

bool HasAnyFact(const v1::Predicate& predicate, const Facts& facts) {
  bool has = false;
  ForEachFact(predicate, [&](const std::string& name) { has = has || facts.contains(name); });
  return has;
}

Finding EvaluateAny(const v1::Any& any, const Facts& facts, bool given_only) {
  bool missing = false;
  bool judged = false;
  for (const v1::Predicate& each : any.predicates()) {
    if (given_only && !HasAnyFact(each, facts)) continue;
    judged = true;
    const Finding finding = Evaluate(each, facts);
    if (finding == Finding::kPass) return Finding::kPass;
    missing = missing || finding == Finding::kMissing;
  }
  if (given_only && !judged) return Finding::kMissing;
  return missing ? Finding::kMissing : Finding::kFail;
}

Finding EvaluateAll(const v1::All& all, const Facts& facts) {
  bool missing = false;
  for (const v1::Predicate& each : all.predicates()) {
    const Finding finding = Evaluate(each, facts);
    if (finding == Finding::kFail) return Finding::kFail;
    missing = missing || finding == Finding::kMissing;
  }
  return missing ? Finding::kMissing : Finding::kPass;
}

}  // namespace

Finding Evaluate(const v1::Predicate& predicate, const Facts& facts) {
  switch (predicate.kind_case()) {
    case v1::Predicate::kOneOf: {
      const std::string* text = TextOf(facts, predicate.one_of().fact());
      return text == nullptr ? Finding::kMissing
                             : PassIf(Holds(predicate.one_of().values(), *text));
    }
    case v1::Predicate::kAtLeast: {
      const int64_t* number = NumberOf(facts, predicate.at_least().fact());
      return number == nullptr ? Finding::kMissing
                               : PassIf(*number >= predicate.at_least().minimum());
    }
    case v1::Predicate::kAllAtLeast:
      return EvaluateAllAtLeast(predicate.all_at_least(), facts);
    case v1::Predicate::kPrefixOneOf: {
      const std::string* text = TextOf(facts, predicate.prefix_one_of().fact());
      if (text == nullptr) return Finding::kMissing;
      const auto& prefixes = predicate.prefix_one_of().prefixes();
      return PassIf(std::any_of(prefixes.begin(), prefixes.end(), [&](const std::string& prefix) {
        return text->starts_with(prefix);
      }));
    }
    case v1::Predicate::kGiven: {
      const auto& names = predicate.given().facts();
      const bool given = std::all_of(names.begin(), names.end(),
                                     [&](const std::string& name) { return facts.contains(name); });
      return given ? Finding::kPass : Finding::kMissing;
    }
    case v1::Predicate::kAny:
      return EvaluateAny(predicate.any(), facts, /*given_only=*/false);
    case v1::Predicate::kAll:
      return EvaluateAll(predicate.all(), facts);
    case v1::Predicate::kOneOfOrMissing: {
      const std::string* text = TextOf(facts, predicate.one_of_or_missing().fact());
      const bool pass = text != nullptr && Holds(predicate.one_of_or_missing().values(), *text);
      return pass ? Finding::kPass : Finding::kMissing;
    }
    case v1::Predicate::kAnyGiven:
      return EvaluateAny(predicate.any_given(), facts, /*given_only=*/true);
    case v1::Predicate::KIND_NOT_SET:
      break;
  }
  return Finding::kMissing;  // refused by Validate; never admits anybody
}

std::vector<CriterionFinding> Evaluate(const v1::Criteria& criteria, const Facts& facts) {
  std::vector<CriterionFinding> findings;
  findings.reserve(static_cast<size_t>(criteria.criteria_size()));
  for (const v1::Criterion& criterion : criteria.criteria()) {
    findings.push_back({&criterion, Evaluate(criterion.predicate(), facts)});
  }
  return findings;
}

}  // namespace tremplin::program
