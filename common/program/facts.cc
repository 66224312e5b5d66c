#include "common/program/facts.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "common/classification/tables.h"

namespace tremplin::program {
namespace {

// Each part with its length, so that no two lists of parts give the same text.
void Put(std::string* out, std::string_view part) {
  out->append(std::to_string(part.size()));
  out->push_back(':');
  out->append(part);
}

std::optional<int64_t> NumberOf(const std::string& text) {
  const bool negative = text.starts_with('-');
  const std::string_view digits = std::string_view(text).substr(negative ? 1 : 0);
  if (digits.empty() || digits.size() > 15) return std::nullopt;
  int64_t number = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + (c - '0');
  }
  return negative ? -number : number;
}

// Whole months from `from` to `day`; nothing when it is to come.
std::optional<int64_t> MonthsSince(absl::CivilDay from, absl::CivilDay day) {
  if (from > day) return std::nullopt;
  const int64_t months = absl::CivilMonth(day) - absl::CivilMonth(from);
  return Later(from, 0, static_cast<int>(months), 0) <= day ? months : months - 1;
}

bool StillHolds(const v1::GivenFact& given, const v1::Fact& fact, absl::CivilDay day) {
  if (fact.holds_days() <= 0 || given.attested_on().empty()) return true;
  const std::optional<absl::CivilDay> attested = ParseDay(given.attested_on());
  return attested.has_value() && day <= *attested + fact.holds_days();
}

// The typed fact; nothing where the value is not of its type.
std::optional<Fact> Typed(const v1::GivenFact& given, const v1::Fact& fact, absl::CivilDay day) {
  if (given.values().empty()) return std::nullopt;
  switch (fact.type_case()) {
    case v1::Fact::kWholeNumber: {
      const std::optional<int64_t> number = NumberOf(given.values(0));
      if (!number.has_value()) return std::nullopt;
      return Fact(*number);
    }
    case v1::Fact::kCodes:
      return Fact(Codes(given.values().begin(), given.values().end()));
    case v1::Fact::kDay:
      if (!fact.day().may_be_future()) {
        const std::optional<absl::CivilDay> when = ParseDay(given.values(0));
        if (!when.has_value() || *when > day) return std::nullopt;
      }
      return Fact(given.values(0));
    case v1::Fact::kCode:
    case v1::Fact::kYesNo:
    case v1::Fact::kText:
      return Fact(given.values(0));
    case v1::Fact::TYPE_NOT_SET:
      break;
  }
  return std::nullopt;
}

bool IsSeenByMatching(const v1::Fact& fact) {
  if (fact.matching() == v1::MATCHING_USE_UNSPECIFIED) return false;
  return !fact.personal() || fact.matching() == v1::MATCHING_USE_AREA;
}

}  // namespace

std::string HeaderKey(std::string_view header) {
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* normalizer = icu::Normalizer2::getNFKDInstance(error);
  if (U_FAILURE(error)) return std::string(header);
  const icu::UnicodeString text = icu::UnicodeString::fromUTF8(
      icu::StringPiece(header.data(), static_cast<int32_t>(header.size())));
  icu::UnicodeString parts = normalizer->normalize(icu::UnicodeString(text).foldCase(), error);
  if (U_FAILURE(error)) return std::string(header);
  icu::UnicodeString kept;
  for (int32_t i = 0; i < parts.length(); i = parts.moveIndex32(i, 1)) {
    const UChar32 c = parts.char32At(i);
    if (u_isalnum(c)) kept.append(c);
  }
  std::string key;
  kept.toUTF8String(key);
  return key;
}

struct Registry::Index {
  v1::FactRegistry registry;
  std::unordered_map<std::string_view, const v1::Fact*> by_name;
  std::unordered_multimap<std::string, const v1::Fact*> by_header;
  std::vector<const v1::Fact*> derived;
  const v1::Fact* by_use[v1::MatchingUse_ARRAYSIZE][v1::Subject_ARRAYSIZE] = {};

  explicit Index(v1::FactRegistry facts) : registry(std::move(facts)) {
    for (const v1::Fact& fact : registry.facts()) {
      by_name.emplace(fact.name(), &fact);
      by_header.emplace(HeaderKey(fact.name()), &fact);
      for (const std::string& header : fact.headers_en())
        by_header.emplace(HeaderKey(header), &fact);
      for (const std::string& header : fact.headers_fr())
        by_header.emplace(HeaderKey(header), &fact);
      if (fact.has_derived()) derived.push_back(&fact);
      for (const int about : fact.about()) Use(fact, about);
    }
  }
  void Use(const v1::Fact& fact, int about) {
    if (!v1::Subject_IsValid(about) || !v1::MatchingUse_IsValid(fact.matching())) return;
    const v1::Fact*& place = by_use[fact.matching()][about];
    if (place == nullptr) place = &fact;
  }
};

Registry::Registry(v1::FactRegistry registry)
    : index_(std::make_shared<const Index>(std::move(registry))) {}

const v1::Fact* Registry::Find(std::string_view name) const {
  if (index_ == nullptr) return nullptr;
  const auto found = index_->by_name.find(name);
  return found == index_->by_name.end() ? nullptr : found->second;
}

const v1::Fact* Registry::FindHeader(std::string_view header, v1::Subject about) const {
  if (index_ == nullptr) return nullptr;
  const auto [begin, end] = index_->by_header.equal_range(HeaderKey(header));
  const v1::Fact* found = nullptr;
  for (auto it = begin; it != end; ++it) {
    const auto& subjects = it->second->about();
    if (about != v1::SUBJECT_UNSPECIFIED &&
        std::find(subjects.begin(), subjects.end(), about) == subjects.end()) {
      continue;
    }
    // The first of the registry, whatever the order of the table.
    if (found == nullptr || it->second < found) found = it->second;
  }
  return found;
}

const v1::Fact* Registry::WithUse(v1::MatchingUse use, v1::Subject about) const {
  if (index_ == nullptr || !v1::MatchingUse_IsValid(use) || !v1::Subject_IsValid(about)) {
    return nullptr;
  }
  return index_->by_use[use][about];
}

const google::protobuf::RepeatedPtrField<v1::Fact>& Registry::facts() const {
  return index_ == nullptr ? v1::FactRegistry::default_instance().facts()
                           : index_->registry.facts();
}

const std::vector<const v1::Fact*>& Registry::derived() const {
  static const std::vector<const v1::Fact*> none;
  return index_ == nullptr ? none : index_->derived;
}

Facts Known(const Registry& registry, const GivenFacts& given, std::string_view birth_date,
            absl::CivilDay day) {
  Facts facts;
  for (const v1::GivenFact& each : given) {
    const v1::Fact* fact = registry.Find(each.name());
    if (fact == nullptr || fact->has_derived()) continue;
    if (!StillHolds(each, *fact, day)) continue;
    std::optional<Fact> typed = Typed(each, *fact, day);
    if (typed.has_value()) facts.insert_or_assign(each.name(), *std::move(typed));
  }
  for (const v1::Fact* each : registry.derived()) {
    const v1::Fact& fact = *each;
    std::string_view from = birth_date;
    if (fact.derived().from() != "birth_date") {
      const auto found = facts.find(fact.derived().from());
      const auto* text = found == facts.end() ? nullptr : std::get_if<std::string>(&found->second);
      from = text == nullptr ? std::string_view() : std::string_view(*text);
    }
    const std::optional<absl::CivilDay> since = ParseDay(from);
    if (!since.has_value()) continue;
    const std::optional<int64_t> months = MonthsSince(*since, day);
    if (!months.has_value()) continue;
    const bool years = fact.derived().kind() == v1::Derivation::KIND_YEARS_SINCE;
    facts.insert_or_assign(fact.name(), years ? *months / 12 : *months);
  }
  return facts;
}

std::string Canonical(const GivenFacts& given) {
  std::vector<const v1::GivenFact*> sorted;
  for (const v1::GivenFact& fact : given) {
    if (!fact.values().empty()) sorted.push_back(&fact);
  }
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto* a, const auto* b) { return a->name() < b->name(); });
  std::string out;
  for (const v1::GivenFact* fact : sorted) {
    Put(&out, fact->name());
    Put(&out, std::to_string(fact->values_size()));
    for (const std::string& value : fact->values()) Put(&out, value);
    Put(&out, fact->attested_by());
    Put(&out, fact->attested_on());
    Put(&out, fact->note());
  }
  return out;
}

GivenFacts SeenByMatching(const Registry& registry, const GivenFacts& given) {
  GivenFacts seen;
  for (const v1::GivenFact& each : given) {
    const v1::Fact* fact = registry.Find(each.name());
    if (fact == nullptr || fact->has_derived() || !IsSeenByMatching(*fact)) continue;
    v1::GivenFact told;
    told.set_name(each.name());
    for (const std::string& value : each.values()) {
      if (fact->matching() != v1::MATCHING_USE_AREA || classification::IsArea(value)) {
        told.add_values(value);
      } else if (std::string area = classification::FsaOf(value); !area.empty()) {
        told.add_values(std::move(area));
      }
    }
    if (!told.values().empty()) *seen.Add() = std::move(told);
  }
  return seen;
}

std::vector<std::string> ValuesOf(const GivenFacts& given, std::string_view name) {
  std::vector<std::string> values;
  for (const v1::GivenFact& fact : given) {
    if (fact.name() == name) values.assign(fact.values().begin(), fact.values().end());
  }
  return values;
}

std::vector<std::string> ValuesOf(const Registry& registry, const GivenFacts& given,
                                  v1::MatchingUse use, v1::Subject about) {
  const v1::Fact* fact = registry.WithUse(use, about);
  return fact == nullptr ? std::vector<std::string>() : ValuesOf(given, fact->name());
}

}  // namespace tremplin::program
