#include <map>

#include "common/classification/tables.h"
#include "common/program/checker.h"

namespace tremplin::program {
namespace {

// Every version of a program carries its registry, and is fetched in one message.
constexpr size_t kMostRegistryBytes = 1024 * 1024;

}  // namespace

namespace check {
namespace {

constexpr int kMostFacts = 500;
constexpr int kMostCodes = 500;
constexpr int kMostHeaders = 20;
constexpr int kMostCharacters = 8000;
constexpr int kMostHoldsDays = 3650;
constexpr int64_t kMostNumber = 1'000'000'000;
constexpr int64_t kMostCapacity = 100;  // mentees of a mentor at once

bool IsPlainName(std::string_view name) {
  if (name.empty() || name.size() > 64 || name[0] < 'a' || name[0] > 'z') return false;
  return name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string_view::npos;
}

// A plain name, or a definition's id, a dot and a plain name.
bool IsName(std::string_view name, std::string_view own_id, bool own) {
  if (name == "birth_date") return false;  // of the person, typed
  const size_t dot = name.find('.');
  if (dot == std::string_view::npos) return !own && IsPlainName(name);
  const std::string_view id = name.substr(0, dot);
  return IsId(id) && (!own || id == own_id) && IsPlainName(name.substr(dot + 1));
}

bool IsFactCode(std::string_view code) {
  return !code.empty() && code.size() <= 64 &&
         code.find_first_not_of(
             "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.:-") ==
             std::string_view::npos;
}

class FactChecker {
 public:
  explicit FactChecker(const v1::FactRegistry& registry) {
    for (const v1::Fact& fact : registry.facts()) by_name_.emplace(fact.name(), &fact);
  }

  void Check(const v1::Fact& fact, const std::string& path, std::string_view own_id, bool own,
             Faults& faults) {
    faults_ = &faults;
    if (!IsName(fact.name(), own_id, own)) {
      faults_->Add(path + ".name", own ? kOwnFactName : kFactName);
    } else if (!names_.insert(fact.name()).second) {
      faults_->Add(path + ".name", kDoubled, {fact.name()});
    }
    Chosen(fact.about(), path + ".about");
    if (!fact.has_derived()) Chosen(fact.stated_by(), path + ".stated_by");
    faults_->Within(path + ".holds_days", fact.holds_days(), 0, kMostHoldsDays);
    Type(fact, path);
    Use(fact, path);
    Headers(fact, path);
    if (fact.has_derived()) Derived(fact, path);
  }

 private:
  // One or more, each once.
  template <class List>
  void Chosen(const List& chosen, const std::string& path) {
    if (chosen.empty()) faults_->Add(path, kRequired);
    std::set<int> seen;
    for (int i = 0; i < chosen.size(); ++i) {
      const int value = chosen[i];
      if (value == 0) faults_->Add(text::Cat(path, "[", i, "]"), kRequired);
      if (!seen.insert(value).second) {
        faults_->Add(text::Cat(path, "[", i, "]"), kDoubled, {std::to_string(value)});
      }
    }
  }

  void OneCode(const v1::OneCode& type, const std::string& path) {
    if (type.codes().empty() == type.table().empty()) return faults_->Add(path, kCodesOrTable);
    if (!type.table().empty() && !classification::IsTable(type.table())) {
      faults_->Add(path + ".table", kTableUnknown);
    }
    faults_->Count(path + ".codes", type.codes_size(), kMostCodes);
    std::set<std::string> seen;
    for (int i = 0; i < type.codes_size(); ++i) {
      const std::string field = text::Cat(path, ".codes[", i, "].code");
      const std::string& code = type.codes(i).code();
      if (!IsFactCode(code)) {
        faults_->Add(field, kFactCodeMalformed);
      } else if (!seen.insert(code).second) {
        faults_->Add(field, kDoubled, {code});
      }
    }
  }

  void Type(const v1::Fact& fact, const std::string& path) {
    switch (fact.type_case()) {
      case v1::Fact::kCode:
        return OneCode(fact.code(), path + ".code");
      case v1::Fact::kCodes:
        return OneCode(fact.codes(), path + ".codes");
      case v1::Fact::kWholeNumber: {
        const v1::WholeNumber& bounds = fact.whole_number();
        faults_->Within(path + ".whole_number.least", bounds.least(), -kMostNumber, kMostNumber);
        faults_->Within(path + ".whole_number.most", bounds.most(), -kMostNumber, kMostNumber);
        if (bounds.least() > bounds.most()) faults_->Add(path + ".whole_number", kBoundsCross);
        return;
      }
      case v1::Fact::kText:
        return faults_->Within(path + ".text.most_characters", fact.text().most_characters(), 1,
                               kMostCharacters);
      case v1::Fact::kYesNo:
      case v1::Fact::kDay:
        return;
      case v1::Fact::TYPE_NOT_SET:
        return faults_->Add(path, kTypeMissing);
    }
  }

  // Whether a fact of that type can serve matching so.
  static bool Serves(const v1::Fact& fact) {
    const v1::MatchingUse use = fact.matching();
    if (use == v1::MATCHING_USE_OCCUPATION) return IsCodeOf(fact, {"noc"});
    if (use == v1::MATCHING_USE_INDUSTRY) return IsCodeOf(fact, {"naics"});
    if (use == v1::MATCHING_USE_AREA) return IsCodeOf(fact, {"postal_code", "area"});
    if (use == v1::MATCHING_USE_AVAILABILITY) return fact.codes().table() == "slot";
    if (use == v1::MATCHING_USE_LANGUAGES || use == v1::MATCHING_USE_GOALS) return fact.has_codes();
    if (use == v1::MATCHING_USE_EXPERIENCE || use == v1::MATCHING_USE_CAPACITY) {
      return fact.has_whole_number() && fact.whole_number().least() >= 0;
    }
    return !fact.has_text() && !fact.has_day();
  }
  static bool IsCodeOf(const v1::Fact& fact, std::initializer_list<std::string_view> tables) {
    return fact.has_code() && Contains(tables, fact.code().table());
  }

  void Use(const v1::Fact& fact, const std::string& path) {
    const v1::MatchingUse use = fact.matching();
    if (use == v1::MATCHING_USE_UNSPECIFIED) return;
    if (fact.personal() && use != v1::MATCHING_USE_AREA) {
      faults_->Add(path + ".matching", kPersonalToMatching);
    }
    if (fact.has_derived()) faults_->Add(path + ".matching", kDerivedToMatching);
    if (!Serves(fact)) faults_->Add(path + ".matching", kUseOfAnotherType);
    if (use == v1::MATCHING_USE_CRITERION) return;
    if (use == v1::MATCHING_USE_CAPACITY && fact.has_whole_number()) {
      faults_->Within(path + ".whole_number.most", fact.whole_number().most(), 0, kMostCapacity);
    }
    for (const int about : fact.about()) {
      const auto [it, added] = uses_.emplace(std::pair<int, int>(use, about), fact.name());
      if (!added && it->second != fact.name()) {
        faults_->Add(path + ".matching", kUseTaken, {it->second});
      }
    }
  }

  void Headers(const v1::Fact& fact, const std::string& path) {
    faults_->Count(path + ".headers_en", fact.headers_en_size(), kMostHeaders);
    faults_->Count(path + ".headers_fr", fact.headers_fr_size(), kMostHeaders);
    Header(fact, fact.name(), path + ".name");
    for (int i = 0; i < fact.headers_en_size(); ++i) {
      Header(fact, fact.headers_en(i), text::Cat(path, ".headers_en[", i, "]"));
    }
    for (int i = 0; i < fact.headers_fr_size(); ++i) {
      Header(fact, fact.headers_fr(i), text::Cat(path, ".headers_fr[", i, "]"));
    }
  }
  void Header(const v1::Fact& fact, std::string_view header, const std::string& field) {
    const std::string key = HeaderKey(header);
    if (key.empty()) return faults_->Add(field, kHeaderBlank);
    for (const int about : fact.about()) {
      const auto [it, added] = headers_.emplace(std::pair(key, about), fact.name());
      if (!added && it->second != fact.name())
        return faults_->Add(field, kHeaderTaken, {it->second});
    }
  }

  void Derived(const v1::Fact& fact, const std::string& path) {
    if (!fact.has_whole_number()) faults_->Add(path + ".derived", kDerivedIsANumber);
    if (fact.derived().kind() == v1::Derivation::KIND_UNSPECIFIED) {
      faults_->Add(path + ".derived.kind", kRequired);
    }
    if (!fact.stated_by().empty()) faults_->Add(path + ".stated_by", kDerivedStated);
    if (fact.holds_days() != 0) faults_->Add(path + ".holds_days", kDerivedStated);
    if (fact.derived().from() == "birth_date") return;
    const auto from = by_name_.find(fact.derived().from());
    if (from == by_name_.end() || from->second->type_case() != v1::Fact::kDay) {
      faults_->Add(path + ".derived.from", kDerivedFromNoDay);
    }
  }

  Faults* faults_ = nullptr;  // of the fact at hand
  std::map<std::string, const v1::Fact*, std::less<>> by_name_;
  std::set<std::string> names_;
  std::map<std::pair<int, int>, std::string> uses_;
  std::map<std::pair<std::string, int>, std::string> headers_;
};

}  // namespace

void CheckFacts(const v1::FactRegistry& registry, int first, std::string_view own_id,
                Faults& faults) {
  Faults of_base;  // told when the base was published
  FactChecker checker(registry);
  for (int i = 0; i < registry.facts_size(); ++i) {
    const bool own = i >= first && !own_id.empty();
    checker.Check(registry.facts(i), text::Cat("facts[", own ? i - first : i, "]"), own_id, own,
                  own || own_id.empty() ? faults : of_base);
  }
  faults.Count("facts", registry.facts_size(), kMostFacts);
}

}  // namespace check

absl::Status ValidateRegistry(const v1::FactRegistry& registry) {
  check::Faults faults;
  if (registry.ByteSizeLong() > kMostRegistryBytes) {
    faults.Add("facts", kRegistryTooLong, {std::to_string(kMostRegistryBytes)});
    return status::InvalidFields(faults.Take());
  }
  check::CheckForm(registry, "", faults);
  check::CheckFacts(registry, 0, "", faults);
  if (faults.empty()) return absl::OkStatus();
  return status::InvalidFields(faults.Take());
}

}  // namespace tremplin::program
