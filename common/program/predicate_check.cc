#include <optional>

#include "common/classification/tables.h"
#include "common/program/checker.h"

namespace tremplin::program::check {
namespace {

constexpr int kDeepest = 8;
constexpr int kMostParts = 50;  // values, facts or predicates of one
constexpr int kMostCriteria = 60;
constexpr int kMostExemptions = 20;
constexpr int kMostHoldsDays = 3650;
constexpr int kMostYears = 100;

// Whether the fact can have that value.
bool Has(const v1::Fact& fact, std::string_view value) {
  if (fact.has_yes_no()) return value == "yes" || value == "no";
  const v1::OneCode& type = fact.has_codes() ? fact.codes() : fact.code();
  if (!type.table().empty()) {
    const v1::GivenFact normal = FromCell(fact, value);  // as it is kept in a file
    return classification::MayHold(type.table(), value) && normal.values_size() == 1 &&
           normal.values(0) == value;
  }
  return std::any_of(type.codes().begin(), type.codes().end(),
                     [&](const v1::OneCode::Code& code) { return code.code() == value; });
}

// Whether some value of the fact can begin so.
bool MayBegin(const v1::Fact& fact, std::string_view prefix) {
  if (fact.has_text()) return true;
  const v1::OneCode& type = fact.code();
  if (type.table().empty()) {
    return std::any_of(
        type.codes().begin(), type.codes().end(),
        [&](const v1::OneCode::Code& code) { return code.code().starts_with(prefix); });
  }
  constexpr std::string_view kDigits = "0123456789";
  if (type.table() == "noc") {
    return prefix.size() <= 5 && prefix.find_first_not_of(kDigits) == std::string_view::npos;
  }
  if (type.table() == "postal_code" || type.table() == "area") {
    // Letters and digits in turn: completed to a whole one, it is one.
    constexpr std::string_view kWhole = "K1A1A1";
    if (prefix.find_first_of("abcdefghijklmnopqrstuvwxyz ") != std::string_view::npos) return false;
    if (prefix.size() > (type.table() == "area" ? 3U : kWhole.size())) return false;
    const std::string whole = text::Cat(prefix, kWhole.substr(prefix.size()));
    return classification::IsArea(whole.substr(0, 3)) && classification::IsPostalCode(whole);
  }
  if (type.table() == "naics") {
    return prefix.size() <= 5 && prefix.find_first_not_of("0123456789-") == std::string_view::npos;
  }
  return classification::MayHold(type.table(), prefix);
}

// The predicates of one criterion of a side.
class PredicateChecker {
 public:
  PredicateChecker(const v1::Criterion& criterion, const Registry& registry, v1::Subject side,
                   Faults& faults)
      : criterion_(criterion), registry_(registry), side_(side), faults_(faults) {}

  void Run(const std::string& path) {
    Check(criterion_.predicate(), path + ".predicate", 1);
    if (!criterion_.has_funder_bounds()) return;
    const v1::FunderBounds& bounds = criterion_.funder_bounds();
    if (bounds.least() > bounds.most()) return faults_.Add(path + ".funder_bounds", kBoundsCross);
    if (!has_number_) return faults_.Add(path + ".funder_bounds", kFunderWithoutNumber);
    if (least_ < bounds.least() || most_ > bounds.most()) {
      faults_.Add(path + ".predicate", kOutsideFunder,
                  {std::to_string(bounds.least()), std::to_string(bounds.most())});
    }
  }

 private:
  const v1::Fact* Find(const std::string& name, const std::string& field) {
    return FindAbout(registry_, name, side_, field, faults_);
  }

  // The fact if its type is one of those the predicate reads.
  const v1::Fact* Find(const std::string& name, const std::string& field, std::string_view types,
                       std::initializer_list<v1::Fact::TypeCase> wanted) {
    const v1::Fact* fact = Find(name, field);
    if (fact == nullptr || Contains(wanted, fact->type_case())) return fact;
    faults_.Add(field, kFactOfAnotherType, {name, types});
    return nullptr;
  }

  // One or more, each once.
  template <class List>
  void Distinct(const List& list, const std::string& field) {
    if (list.empty()) faults_.Add(field, kRequired);
    faults_.Count(field, list.size(), kMostParts);
    std::set<std::string_view> seen;
    for (int i = 0; i < list.size(); ++i) {
      if (!seen.insert(list[i]).second) {
        faults_.Add(text::Cat(field, "[", i, "]"), kDoubled, {list[i]});
      }
    }
  }

  template <class OneOf>
  void Codes(const OneOf& predicate, const std::string& path) {
    Values(predicate,
           Find(predicate.fact(), path + ".fact", "code, codes, yes_no",
                {v1::Fact::kCode, v1::Fact::kCodes, v1::Fact::kYesNo}),
           path);
  }
  template <class OneOf>
  void Values(const OneOf& predicate, const v1::Fact* fact, const std::string& path) {
    Distinct(predicate.values(), path + ".values");
    if (fact == nullptr) return;
    for (int i = 0; i < predicate.values_size(); ++i) {
      if (!Has(*fact, predicate.values(i))) {
        faults_.Add(text::Cat(path, ".values[", i, "]"), kValueUnknown, {fact->name()});
      }
    }
  }

  void Number(const std::string& name, const std::string& field, int64_t number,
              const std::string& number_field) {
    const v1::Fact* fact = Find(name, field, "whole_number", {v1::Fact::kWholeNumber});
    if (fact == nullptr) return;
    faults_.Within(number_field, number, fact->whole_number().least(), fact->whole_number().most());
    least_ = has_number_ ? std::min(least_, number) : number;
    most_ = has_number_ ? std::max(most_, number) : number;
    has_number_ = true;
  }

  void AllAtLeast(const v1::AllAtLeast& predicate, const std::string& path) {
    Distinct(predicate.facts(), path + ".facts");
    for (int i = 0; i < predicate.facts_size(); ++i) {
      Number(predicate.facts(i), text::Cat(path, ".facts[", i, "]"), predicate.minimum(),
             path + ".minimum");
    }
  }

  void Prefix(const v1::PrefixOneOf& predicate, const std::string& path) {
    Distinct(predicate.prefixes(), path + ".prefixes");
    const v1::Fact* fact =
        Find(predicate.fact(), path + ".fact", "code, text", {v1::Fact::kCode, v1::Fact::kText});
    if (fact == nullptr) return;
    for (int i = 0; i < predicate.prefixes_size(); ++i) {
      const std::string& prefix = predicate.prefixes(i);
      if (prefix.empty() || !MayBegin(*fact, prefix)) {
        faults_.Add(text::Cat(path, ".prefixes[", i, "]"), kValueUnknown, {fact->name()});
      }
    }
  }

  void GivenFacts(const v1::Given& predicate, const std::string& path) {
    Distinct(predicate.facts(), path + ".facts");
    for (int i = 0; i < predicate.facts_size(); ++i) {
      Find(predicate.facts(i), text::Cat(path, ".facts[", i, "]"));
    }
  }

  void Period(const v1::Since& since, const std::string& path) {
    Find(since.fact(), path + ".fact", "day", {v1::Fact::kDay});
    faults_.Within(path + ".years", since.years(), 0, kMostYears);
    faults_.Within(path + ".months", since.months(), 0, kMostYears * 12);
    faults_.Within(path + ".days", since.days(), 0, kMostYears * 366);
    if (since.years() == 0 && since.months() == 0 && since.days() == 0) {
      faults_.Add(path, kPeriodMissing);
    }
  }

  template <class List>
  void Nested(const List& predicates, const std::string& path, int depth) {
    if (predicates.empty()) faults_.Add(path, kRequired);
    if (depth >= kDeepest) return faults_.Add(path, kNestedTooDeep);
    faults_.Count(path, predicates.size(), kMostParts);
    for (int i = 0; i < predicates.size(); ++i) {
      Check(predicates[i], text::Cat(path, "[", i, "]"), depth + 1);
    }
  }

  void Check(const v1::Predicate& predicate, const std::string& path, int depth) {
    switch (predicate.kind_case()) {
      case v1::Predicate::kOneOf:
        return Codes(predicate.one_of(), path + ".one_of");
      case v1::Predicate::kOneOfOrMissing:
        return Codes(predicate.one_of_or_missing(), path + ".one_of_or_missing");
      case v1::Predicate::kContainsAll: {
        const v1::ContainsAll& all = predicate.contains_all();
        return Values(all,
                      Find(all.fact(), path + ".contains_all.fact", "codes", {v1::Fact::kCodes}),
                      path + ".contains_all");
      }
      case v1::Predicate::kAtLeast:
        return Number(predicate.at_least().fact(), path + ".at_least.fact",
                      predicate.at_least().minimum(), path + ".at_least.minimum");
      case v1::Predicate::kAtMost:
        return Number(predicate.at_most().fact(), path + ".at_most.fact",
                      predicate.at_most().maximum(), path + ".at_most.maximum");
      case v1::Predicate::kAllAtLeast:
        return AllAtLeast(predicate.all_at_least(), path + ".all_at_least");
      case v1::Predicate::kPrefixOneOf:
        return Prefix(predicate.prefix_one_of(), path + ".prefix_one_of");
      case v1::Predicate::kGiven:
        return GivenFacts(predicate.given(), path + ".given");
      case v1::Predicate::kWithinPast:
        return Period(predicate.within_past(), path + ".within_past");
      case v1::Predicate::kAtLeastAgo:
        return Period(predicate.at_least_ago(), path + ".at_least_ago");
      case v1::Predicate::kAny:
        return Nested(predicate.any().predicates(), path + ".any.predicates", depth);
      case v1::Predicate::kAll:
        return Nested(predicate.all().predicates(), path + ".all.predicates", depth);
      case v1::Predicate::kAnyGiven:
        return Nested(predicate.any_given().predicates(), path + ".any_given.predicates", depth);
      case v1::Predicate::KIND_NOT_SET:
        return faults_.Add(path, kPredicateMissing);
    }
  }

  const v1::Criterion& criterion_;
  const Registry& registry_;
  const v1::Subject side_;
  Faults& faults_;
  // Of the numbers that the predicate asks for.
  bool has_number_ = false;
  int64_t least_ = 0;
  int64_t most_ = 0;
};

}  // namespace

const v1::Fact* FindAbout(const Registry& registry, const std::string& name, v1::Subject about,
                          const std::string& field, Faults& faults) {
  if (name.empty()) {
    faults.Add(field, kRequired);
    return nullptr;
  }
  const v1::Fact* fact = registry.Find(name);
  if (fact == nullptr) {
    faults.Add(field, kFactUnknown, {name});
  } else if (!Contains(fact->about(), static_cast<int>(about))) {
    faults.Add(field, kFactOfOthers, {name});
    return nullptr;
  }
  return fact;
}

void CheckCriteria(const v1::Criteria& criteria, const Registry& registry, v1::Subject side,
                   const std::string& path, std::set<std::string>* seen, Faults& faults) {
  faults.Count(path + ".criteria", criteria.criteria_size(), kMostCriteria);
  for (int i = 0; i < criteria.criteria_size(); ++i) {
    const v1::Criterion& criterion = criteria.criteria(i);
    const std::string at = text::Cat(path, ".criteria[", i, "]");
    faults.Code(at + ".code", criterion.code(), seen);
    PredicateChecker(criterion, registry, side, faults).Run(at);
    faults.Count(at + ".exemptions", criterion.exemptions_size(), kMostExemptions);
    std::set<std::string> codes;
    for (int j = 0; j < criterion.exemptions_size(); ++j) {
      const std::string exemption = text::Cat(at, ".exemptions[", j, "]");
      faults.Code(exemption + ".code", criterion.exemptions(j).code(), &codes);
      faults.Within(exemption + ".holds_days", criterion.exemptions(j).holds_days(), 0,
                    kMostHoldsDays);
    }
  }
}

}  // namespace tremplin::program::check
