#include "common/program/criteria.h"

#include <algorithm>
#include <optional>
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

// Whether the fact's code, or one of its codes, is one of the values; nothing when it is not given.
template <class Values>
std::optional<bool> IsOneOf(const Facts& facts, const std::string& name, const Values& values) {
  const auto found = facts.find(name);
  if (found == facts.end()) return std::nullopt;
  if (const auto* text = std::get_if<std::string>(&found->second)) return Holds(values, *text);
  const auto* codes = std::get_if<Codes>(&found->second);
  if (codes == nullptr) return std::nullopt;
  return std::any_of(codes->begin(), codes->end(),
                     [&](const std::string& code) { return Holds(values, code); });
}

Finding EvaluatePrefix(const v1::PrefixOneOf& predicate, const Facts& facts) {
  const std::string* text = TextOf(facts, predicate.fact());
  if (text == nullptr) return Finding::kMissing;
  const auto& prefixes = predicate.prefixes();
  return PassIf(std::any_of(prefixes.begin(), prefixes.end(),
                            [&](const std::string& prefix) { return text->starts_with(prefix); }));
}

Finding EvaluateGiven(const v1::Given& predicate, const Facts& facts) {
  const auto& names = predicate.facts();
  const bool given = std::all_of(names.begin(), names.end(),
                                 [&](const std::string& name) { return facts.contains(name); });
  return given ? Finding::kPass : Finding::kMissing;
}

Finding EvaluateContainsAll(const v1::ContainsAll& predicate, const Facts& facts) {
  const auto found = facts.find(predicate.fact());
  const auto* codes = found == facts.end() ? nullptr : std::get_if<Codes>(&found->second);
  if (codes == nullptr) return Finding::kMissing;
  const auto& values = predicate.values();
  return PassIf(std::all_of(values.begin(), values.end(),
                            [&](const std::string& value) { return Holds(*codes, value); }));
}

// The fact's day with the period added; nothing when it is not given.
std::optional<absl::CivilDay> EndOf(const v1::Since& since, const Facts& facts) {
  const std::string* text = TextOf(facts, since.fact());
  if (text == nullptr) return std::nullopt;
  const std::optional<absl::CivilDay> from = ParseDay(*text);
  if (!from.has_value()) return std::nullopt;
  return Later(*from, since.years(), since.months(), since.days());
}

template <class Names>
bool HasOneOf(const Names& names, const Facts& facts) {
  return std::any_of(names.begin(), names.end(),
                     [&](const std::string& name) { return facts.contains(name); });
}

// Whether at least one fact that the predicate reads is given.
bool HasAnyFact(const v1::Predicate& predicate, const Facts& facts) {
  const auto any_of = [&](const auto& predicates) {
    return std::any_of(predicates.begin(), predicates.end(),
                       [&](const v1::Predicate& each) { return HasAnyFact(each, facts); });
  };
  switch (predicate.kind_case()) {
    case v1::Predicate::kOneOf:
      return facts.contains(predicate.one_of().fact());
    case v1::Predicate::kAtLeast:
      return facts.contains(predicate.at_least().fact());
    case v1::Predicate::kAtMost:
      return facts.contains(predicate.at_most().fact());
    case v1::Predicate::kAllAtLeast:
      return HasOneOf(predicate.all_at_least().facts(), facts);
    case v1::Predicate::kPrefixOneOf:
      return facts.contains(predicate.prefix_one_of().fact());
    case v1::Predicate::kGiven:
      return HasOneOf(predicate.given().facts(), facts);
    case v1::Predicate::kOneOfOrMissing:
      return facts.contains(predicate.one_of_or_missing().fact());
    case v1::Predicate::kContainsAll:
      return facts.contains(predicate.contains_all().fact());
    case v1::Predicate::kWithinPast:
      return facts.contains(predicate.within_past().fact());
    case v1::Predicate::kAtLeastAgo:
      return facts.contains(predicate.at_least_ago().fact());
    case v1::Predicate::kAny:
      return any_of(predicate.any().predicates());
    case v1::Predicate::kAll:
      return any_of(predicate.all().predicates());
    case v1::Predicate::kAnyGiven:
      return any_of(predicate.any_given().predicates());
    case v1::Predicate::KIND_NOT_SET:
      break;
  }
  return false;
}

Finding EvaluateAny(const v1::Any& any, const Facts& facts, absl::CivilDay day, bool given_only) {
  bool missing = false;
  bool judged = false;
  for (const v1::Predicate& each : any.predicates()) {
    if (given_only && !HasAnyFact(each, facts)) continue;
    judged = true;
    const Finding finding = Evaluate(each, facts, day);
    if (finding == Finding::kPass) return Finding::kPass;
    missing = missing || finding == Finding::kMissing;
  }
  if (given_only && !judged) return Finding::kMissing;
  return missing ? Finding::kMissing : Finding::kFail;
}

Finding EvaluateAll(const v1::All& all, const Facts& facts, absl::CivilDay day) {
  bool missing = false;
  for (const v1::Predicate& each : all.predicates()) {
    const Finding finding = Evaluate(each, facts, day);
    if (finding == Finding::kFail) return Finding::kFail;
    missing = missing || finding == Finding::kMissing;
  }
  return missing ? Finding::kMissing : Finding::kPass;
}

Finding PassIfKnown(std::optional<bool> pass) {
  return pass.has_value() ? PassIf(*pass) : Finding::kMissing;
}

}  // namespace

Finding Evaluate(const v1::Predicate& predicate, const Facts& facts, absl::CivilDay day) {
  switch (predicate.kind_case()) {
    case v1::Predicate::kOneOf:
      return PassIfKnown(IsOneOf(facts, predicate.one_of().fact(), predicate.one_of().values()));
    case v1::Predicate::kAtLeast: {
      const int64_t* number = NumberOf(facts, predicate.at_least().fact());
      if (number == nullptr) return Finding::kMissing;
      return PassIf(*number >= predicate.at_least().minimum());
    }
    case v1::Predicate::kAtMost: {
      const int64_t* number = NumberOf(facts, predicate.at_most().fact());
      if (number == nullptr) return Finding::kMissing;
      return PassIf(*number <= predicate.at_most().maximum());
    }
    case v1::Predicate::kAllAtLeast:
      return EvaluateAllAtLeast(predicate.all_at_least(), facts);
    case v1::Predicate::kPrefixOneOf:
      return EvaluatePrefix(predicate.prefix_one_of(), facts);
    case v1::Predicate::kGiven:
      return EvaluateGiven(predicate.given(), facts);
    case v1::Predicate::kAny:
      return EvaluateAny(predicate.any(), facts, day, /*given_only=*/false);
    case v1::Predicate::kAll:
      return EvaluateAll(predicate.all(), facts, day);
    case v1::Predicate::kOneOfOrMissing: {
      const v1::OneOfOrMissing& one_of = predicate.one_of_or_missing();
      const bool pass = IsOneOf(facts, one_of.fact(), one_of.values()).value_or(false);
      return pass ? Finding::kPass : Finding::kMissing;
    }
    case v1::Predicate::kAnyGiven:
      return EvaluateAny(predicate.any_given(), facts, day, /*given_only=*/true);
    case v1::Predicate::kContainsAll:
      return EvaluateContainsAll(predicate.contains_all(), facts);
    case v1::Predicate::kWithinPast: {
      const std::optional<absl::CivilDay> end = EndOf(predicate.within_past(), facts);
      return end.has_value() ? PassIf(day <= *end) : Finding::kMissing;
    }
    case v1::Predicate::kAtLeastAgo: {
      const std::optional<absl::CivilDay> end = EndOf(predicate.at_least_ago(), facts);
      return end.has_value() ? PassIf(day >= *end) : Finding::kMissing;
    }
    case v1::Predicate::KIND_NOT_SET:
      break;
  }
  return Finding::kMissing;  // refused by Validate; never admits anybody
}

std::vector<CriterionFinding> Evaluate(const std::vector<const v1::Criterion*>& criteria,
                                       const Facts& facts, absl::CivilDay day) {
  std::vector<CriterionFinding> findings;
  findings.reserve(criteria.size());
  for (const v1::Criterion* criterion : criteria) {
    findings.push_back({criterion, Evaluate(criterion->predicate(), facts, day)});
  }
  return findings;
}

}  // namespace tremplin::program
