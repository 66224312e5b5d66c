#include "tools/tremplinctl/season/evidence.h"

#include <algorithm>
#include <limits>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "common/text/text.h"
#include "tools/tremplinctl/goals.h"

namespace tremplin::ctl::season {
namespace {

using program::v1::Fact;
using program::v1::Predicate;

constexpr int64_t kUnbounded = std::numeric_limits<int32_t>::max();
constexpr char kBirthDate[] = "birth_date";

// Some of each reference table.
const std::map<std::string, std::vector<std::string>>& Samples() {
  static const auto& samples = *new std::map<std::string, std::vector<std::string>>{
      {"noc", {"21231", "21300", "31301", "11100", "41220", "12200"}},
      {"naics", {"541", "622", "611", "336"}},
      {"country", {"IN", "SY", "CN", "NG", "FR", "CO"}},
      {"postal_code",
       {"K1N 6N5", "K2P 1L4", "N6A 3K7", "M5V 2T6", "L4K 1W2", "P3E 5J1", "B3H 4R2", "H2X 1Y4",
        "G1R 4S9", "J8X 2K1", "V6B 1A1", "T2P 1J9", "R3C 0V8", "S7K 0J5", "E1C 1E1", "A1C 5S7",
        "C1A 4P3"}},
      {"area",
       {"K1N", "K2P", "N6A", "M5V", "L4K", "P3E", "B3H", "H2X", "G1R", "J8X", "V6B", "T2P", "R3C",
        "S7K", "E1C", "A1C", "C1A"}},
      {"language", {"en", "fr"}},
      {"slot", {"mon-evening", "tue-evening", "wed-noon", "thu-evening", "sat-morning"}},
      {"goal", {"network", "understand_hiring", "first_job_in_profession"}},
      {"trait", {"immigrant_experience", "trained_abroad"}},
  };
  return samples;
}

std::vector<std::string> CodesOf(const Fact& fact) {
  const program::v1::OneCode& type = fact.has_code() ? fact.code() : fact.codes();
  const auto sample = Samples().find(type.table());
  if (sample != Samples().end()) return sample->second;
  std::vector<std::string> codes;
  for (const auto& code : type.codes()) codes.push_back(code.code());
  return codes;
}

std::vector<std::string> ListOf(const google::protobuf::RepeatedPtrField<std::string>& list) {
  return {list.begin(), list.end()};
}

// Days of a period, a little less or a little more than it may have by the calendar.
int64_t ShortDays(const program::v1::Since& since) {
  return int64_t{since.years()} * 365 + int64_t{since.months()} * 28 + since.days();
}
int64_t LongDays(const program::v1::Since& since) {
  return int64_t{since.years()} * 366 + int64_t{since.months()} * 31 + since.days();
}

bool IsAbout(const Fact& fact, program::v1::Subject side) {
  return std::find(fact.about().begin(), fact.about().end(), side) != fact.about().end();
}

}  // namespace

Evidence::Evidence(program::Registry registry, const Draws& draws, std::string key,
                   absl::CivilDay day)
    : registry_(std::move(registry)), draws_(draws), key_(std::move(key)), day_(day) {}

int Evidence::Between(const std::string& step, int64_t low, int64_t high) const {
  return draws_.Between(key_, text::Cat("evidence/", step), static_cast<int>(low),
                        static_cast<int>(std::max(low, high)));
}

Evidence::Bounds& Evidence::BoundsOf(const std::string& name) {
  const Fact* fact = Find(name);
  Bounds all{0, kUnbounded};
  if (fact != nullptr && fact->has_whole_number()) {
    all = {fact->whole_number().least(), fact->whole_number().most()};
  }
  return numbers_.emplace(name, all).first->second;
}

void Evidence::AtLeast(const std::string& name, int64_t least) {
  Bounds& bounds = BoundsOf(name);
  bounds.least = std::max(bounds.least, least);
}

void Evidence::AtMost(const std::string& name, int64_t most) {
  Bounds& bounds = BoundsOf(name);
  bounds.most = std::min(bounds.most, most);
}

void Evidence::OneOf(const std::string& name, const std::vector<std::string>& values) {
  std::vector<std::string>& mine = values_[name];
  const bool met = std::any_of(mine.begin(), mine.end(), [&values](const std::string& one) {
    return std::find(values.begin(), values.end(), one) != values.end();
  });
  if (met || values.empty()) return;
  const auto& drawn =
      values[static_cast<size_t>(Between(name, 0, static_cast<int64_t>(values.size()) - 1))];
  const Fact* fact = Find(name);
  if (fact == nullptr || !fact->has_codes()) mine.clear();
  mine.push_back(drawn);
}

void Evidence::Meet(const Predicate& predicate) {
  switch (predicate.kind_case()) {
    case Predicate::kOneOf:
      return OneOf(predicate.one_of().fact(), ListOf(predicate.one_of().values()));
    case Predicate::kOneOfOrMissing:
      return OneOf(predicate.one_of_or_missing().fact(),
                   ListOf(predicate.one_of_or_missing().values()));
    case Predicate::kAtLeast:
      return AtLeast(predicate.at_least().fact(), predicate.at_least().minimum());
    case Predicate::kAtMost:
      return AtMost(predicate.at_most().fact(), predicate.at_most().maximum());
    case Predicate::kAllAtLeast:
      for (const std::string& fact : predicate.all_at_least().facts()) {
        AtLeast(fact, predicate.all_at_least().minimum());
      }
      return;
    case Predicate::kPrefixOneOf: {
      const Fact* fact = Find(predicate.prefix_one_of().fact());
      const std::vector<std::string> prefixes = ListOf(predicate.prefix_one_of().prefixes());
      if (fact != nullptr) values_[fact->name()] = {AnyCode(*fact, fact->name(), prefixes)};
      return;
    }
    case Predicate::kGiven:
      for (const std::string& name : predicate.given().facts()) {
        const Fact* fact = Find(name);
        if (fact != nullptr) SetAny(*fact, program::v1::SUBJECT_MENTEE);
      }
      return;
    case Predicate::kAny:
      if (!predicate.any().predicates().empty()) Meet(predicate.any().predicates(0));
      return;
    case Predicate::kAnyGiven:
      if (!predicate.any_given().predicates().empty()) Meet(predicate.any_given().predicates(0));
      return;
    case Predicate::kAll:
      for (const Predicate& one : predicate.all().predicates()) Meet(one);
      return;
    case Predicate::kContainsAll: {
      std::vector<std::string>& mine = values_[predicate.contains_all().fact()];
      for (const std::string& value : predicate.contains_all().values()) {
        if (std::find(mine.begin(), mine.end(), value) == mine.end()) mine.push_back(value);
      }
      return;
    }
    case Predicate::kWithinPast: {
      Bounds& days =
          days_ago_.emplace(predicate.within_past().fact(), Bounds{1, kUnbounded}).first->second;
      days.most = std::min(days.most, ShortDays(predicate.within_past()) - 60);
      return;
    }
    case Predicate::kAtLeastAgo: {
      Bounds& days =
          days_ago_.emplace(predicate.at_least_ago().fact(), Bounds{1, kUnbounded}).first->second;
      days.least = std::max(days.least, LongDays(predicate.at_least_ago()) + 1);
      return;
    }
    case Predicate::KIND_NOT_SET:
      return;
  }
}

void Evidence::Consent(const std::string& fact) {
  if (!fact.empty()) values_[fact] = {"yes"};
}

std::string Evidence::AnyCode(const Fact& fact, const std::string& step,
                              const std::vector<std::string>& prefixes) const {
  std::vector<std::string> codes = CodesOf(fact);
  if (!prefixes.empty()) {
    const auto unfit = [&prefixes](const std::string& code) {
      return std::none_of(prefixes.begin(), prefixes.end(), [&code](const std::string& prefix) {
        return absl::StartsWith(code, prefix);
      });
    };
    codes.erase(std::remove_if(codes.begin(), codes.end(), unfit), codes.end());
    if (codes.empty()) return prefixes.front();
  }
  if (codes.empty()) return "";
  return codes[static_cast<size_t>(Between(step, 0, static_cast<int64_t>(codes.size()) - 1))];
}

void Evidence::SetAny(const Fact& fact, program::v1::Subject side) {
  const std::string& name = fact.name();
  if (fact.has_derived() || values_.count(name) > 0 || numbers_.count(name) > 0 ||
      days_ago_.count(name) > 0) {
    return;
  }
  if (fact.matching() == program::v1::MATCHING_USE_GOALS) {
    values_[name] = DrawnGoals(side == program::v1::SUBJECT_MENTOR, [&](std::string_view code) {
      return draws_.Unit(key_, text::Cat("goal/", code));
    });
  } else if (fact.matching() == program::v1::MATCHING_USE_CAPACITY) {
    values_[name] = {text::Cat(Between(name, 1, 2))};
  } else if (fact.has_code()) {
    values_[name] = {AnyCode(fact, name, {})};
  } else if (fact.has_codes()) {
    std::set<std::string> drawn;
    for (int i = 0; i < 3; ++i) drawn.insert(AnyCode(fact, text::Cat(name, "/", i), {}));
    values_[name].assign(drawn.begin(), drawn.end());
  } else if (fact.has_yes_no()) {
    values_[name] = {Between(name, 0, 1) == 0 ? "no" : "yes"};
  } else if (fact.has_whole_number()) {
    AtLeast(name, std::min(fact.whole_number().least() + 5, fact.whole_number().most()));
  } else if (fact.has_day()) {
    days_ago_.emplace(name, Bounds{30, 700});
  } else if (fact.has_text()) {
    values_[name] = {"Return to my profession"};
  }
}

void Evidence::Fill(program::v1::Subject side) {
  for (const Fact& fact : registry_.facts()) {
    if (fact.matching() == program::v1::MATCHING_USE_UNSPECIFIED || !IsAbout(fact, side)) continue;
    const auto& by = fact.stated_by();
    if (std::find(by.begin(), by.end(), program::v1::STATED_BY_AGENCY) != by.end()) {
      SetAny(fact, side);
    }
  }
}

void Evidence::AddTo(referral::v1::ReferralFile* file) const {
  std::map<std::string, std::vector<std::string>> all = values_;
  const auto set_day = [&](const std::string& name, const Bounds& days, const std::string& step) {
    const int64_t most = std::min(days.most, days.least + 300);
    const std::string day = absl::FormatCivilTime(day_ - Between(step, days.least, most));
    if (name == kBirthDate) {
      file->set_birth_date(day);
    } else {
      all[name] = {day};
    }
  };
  for (const auto& [name, bounds] : numbers_) {
    const Fact* fact = Find(name);
    if (fact == nullptr) continue;
    const int64_t number = Between(name, bounds.least, std::min(bounds.most, bounds.least + 3));
    if (!fact->has_derived()) {
      all[name] = {text::Cat(number)};
      continue;
    }
    const bool years = fact->derived().kind() == program::v1::Derivation::KIND_YEARS_SINCE;
    const int64_t days = number * (years ? 366 : 31) + 10;
    set_day(fact->derived().from(), {days, days}, name);
  }
  for (const auto& [name, days] : days_ago_) set_day(name, days, name);
  for (const auto& [name, values] : all) {
    if (values.empty() || values.front().empty() || Find(name) == nullptr) continue;
    program::v1::GivenFact& given = *file->add_facts();
    given.set_name(name);
    given.mutable_values()->Assign(values.begin(), values.end());
  }
}

}  // namespace tremplin::ctl::season
