#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/classification/tables.h"
#include "common/classification/vocabulary.h"
#include "common/person/normal.h"
#include "common/program/facts.h"
#include "common/program/messages.h"
#include "common/text/utf8.h"

namespace tremplin::program {
namespace {

// Characters.
constexpr size_t kMostAttester = 200;
constexpr size_t kMostNote = 4000;
constexpr int kMostCodes = 100;

bool IsDigits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// "7.0", "7,00" and "007" are 7; what is no such number stays as it is.
std::string NormalNumber(std::string_view text) {
  const bool negative = text.starts_with('-');
  std::string_view digits = text.substr(negative ? 1 : 0);
  const size_t point = digits.find_first_of(".,");
  if (point != std::string_view::npos) {
    const std::string_view fraction = digits.substr(point + 1);
    if (fraction.find_first_not_of('0') != std::string_view::npos) return std::string(text);
    digits = digits.substr(0, point);
  }
  if (!IsDigits(digits)) return std::string(text);
  digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size() - 1));
  return (negative && digits != "0" ? "-" : "") + std::string(digits);
}

std::string NormalCode(std::string_view text, const v1::OneCode& type) {
  if (type.table() == "postal_code") {
    std::string code = person::Code(text);
    return classification::IsPostalCode(code) ? code : std::string(text);
  }
  if (type.table() == "area") {
    std::string code = person::Code(text);
    if (classification::IsArea(code)) return code;
    std::string area = classification::FsaOf(code);
    return area.empty() ? std::string(text) : area;
  }
  return std::string(text);
}

std::string NormalValue(std::string_view text, const v1::Fact& fact) {
  if (fact.has_whole_number()) return NormalNumber(text);
  if (fact.has_code()) return NormalCode(text, fact.code());
  if (fact.has_codes()) return NormalCode(text, fact.codes());
  return std::string(text);
}

// The codes as a sentence lists them.
std::string ListOf(const v1::OneCode& type) {
  std::string list;
  for (const v1::OneCode::Code& code : type.codes()) {
    if (!list.empty()) list += ", ";
    list += code.code();
  }
  return list;
}

bool IsAllowed(std::string_view value, const v1::OneCode& type,
               const classification::Classification& tables) {
  if (!type.table().empty()) return classification::Holds(tables, type.table(), value);
  return std::any_of(type.codes().begin(), type.codes().end(),
                     [&](const v1::OneCode::Code& code) { return code.code() == value; });
}

const messages::Message& TableMessage(std::string_view table) {
  if (table == "noc") return kNotANoc;
  if (table == "naics") return kNotANaics;
  if (table == "country") return kNotACountry;
  if (table == "postal_code") return kNotAPostalCode;
  if (table == "area") return kNotAnArea;
  if (table == "slot") return kNotASlot;
  if (table == "language") return kNotALanguage;
  return kNotInTable;
}

// The codes of one of our own vocabularies, as a sentence lists them.
std::string TableTerms(std::string_view table) {
  std::string list;
  for (const classification::Term& term :
       table == "goal" ? classification::Goals() : classification::Traits()) {
    if (!list.empty()) list += ", ";
    list += term.code;
  }
  return list;
}

class ValueChecker {
 public:
  ValueChecker(const v1::GivenFact& given, const v1::Fact& fact,
               const classification::Classification& tables, absl::CivilDay today)
      : given_(given), fact_(fact), tables_(tables), today_(today) {}

  std::optional<status::FieldViolation> Run() {
    if (fact_.has_derived()) return Violation(kFactIsDerived);
    if (auto fault = AttestationFault()) return fault;
    if (given_.values().empty()) return std::nullopt;  // not given
    if (fact_.type_case() == v1::Fact::kCodes) {
      if (given_.values_size() > kMostCodes) return Violation(kTooManyValues);
    } else if (given_.values_size() > 1) {
      return Violation(kOneValueOnly);
    }
    for (const std::string& value : given_.values()) {
      if (auto fault = ValueFault(value)) return fault;
    }
    return std::nullopt;
  }

 private:
  std::optional<status::FieldViolation> Violation(
      const messages::Message& message, std::initializer_list<std::string_view> args = {}) const {
    return status::Violation(given_.name(), message, args);
  }

  std::optional<status::FieldViolation> AttestationFault() const {
    if (!text::IsUtf8(given_.attested_by()) || !text::IsUtf8(given_.note()) ||
        person::IsLonger(given_.attested_by(), kMostAttester) ||
        person::IsLonger(given_.note(), kMostNote)) {
      return Violation(kAttestationTooLong);
    }
    if (given_.attested_on().empty()) return std::nullopt;
    const std::optional<absl::CivilDay> day = ParseDay(given_.attested_on());
    if (!day.has_value() || *day > today_) return Violation(kAttestationDay);
    return std::nullopt;
  }

  std::optional<status::FieldViolation> CodeFault(std::string_view value,
                                                  const v1::OneCode& type) const {
    if (IsAllowed(value, type, tables_)) return std::nullopt;
    if (type.table().empty()) return Violation(kNotOneOf, {ListOf(type)});
    const messages::Message& message = TableMessage(type.table());
    if (&message != &kNotInTable) return Violation(message);
    return Violation(message, {TableTerms(type.table())});
  }

  std::optional<status::FieldViolation> NumberFault(std::string_view value) const {
    const std::string_view digits = value.substr(value.starts_with('-') ? 1 : 0);
    const v1::WholeNumber& bounds = fact_.whole_number();
    if (IsDigits(digits) && digits.size() <= 15) {
      const int64_t number = std::stoll(std::string(value));
      if (number >= bounds.least() && number <= bounds.most()) return std::nullopt;
    }
    return Violation(kNotAWholeNumber,
                     {std::to_string(bounds.least()), std::to_string(bounds.most())});
  }

  std::optional<status::FieldViolation> ValueFault(const std::string& value) const {
    if (!text::IsUtf8(value)) return Violation(kNotUtf8);
    switch (fact_.type_case()) {
      case v1::Fact::kCode:
        return CodeFault(value, fact_.code());
      case v1::Fact::kCodes:
        return CodeFault(value, fact_.codes());
      case v1::Fact::kYesNo:
        if (value == "yes" || value == "no") return std::nullopt;
        return Violation(kNotOneOf, {"yes, no"});
      case v1::Fact::kWholeNumber:
        return NumberFault(value);
      case v1::Fact::kDay: {
        const std::optional<absl::CivilDay> day = ParseDay(value);
        if (!day.has_value()) return Violation(kNotADay);
        if (!fact_.day().may_be_future() && *day > today_) return Violation(kDayToCome);
        return std::nullopt;
      }
      case v1::Fact::kText:
        if (!person::IsLonger(value, static_cast<size_t>(fact_.text().most_characters()))) {
          return std::nullopt;
        }
        return Violation(kTextTooLong, {std::to_string(fact_.text().most_characters())});
      case v1::Fact::TYPE_NOT_SET:
        break;
    }
    return Violation(kTypeMissing);
  }

  const v1::GivenFact& given_;
  const v1::Fact& fact_;
  const classification::Classification& tables_;
  const absl::CivilDay today_;
};

}  // namespace

v1::GivenFact Normal(const v1::GivenFact& given, const v1::Fact& fact) {
  v1::GivenFact normal;
  normal.set_name(given.name());
  for (const std::string& value : given.values()) {
    const std::string meant = fact.has_text() ? person::Block(value) : person::Line(value);
    if (!meant.empty()) normal.add_values(NormalValue(meant, fact));
  }
  if (!given.attested_by().empty()) normal.set_attested_by(person::Line(given.attested_by()));
  if (!given.attested_on().empty()) normal.set_attested_on(person::Line(given.attested_on()));
  if (!given.note().empty()) normal.set_note(person::Block(given.note()));
  if (fact.type_case() == v1::Fact::kCodes) {
    auto& values = *normal.mutable_values();
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
  }
  return normal;
}

v1::GivenFact FromCell(const v1::Fact& fact, std::string_view cell) {
  v1::GivenFact given;
  given.set_name(fact.name());
  if (fact.type_case() != v1::Fact::kCodes) {
    given.add_values(std::string(cell));
    return Normal(given, fact);
  }
  constexpr std::string_view kBetween = " ,;";
  const std::string line = person::Line(cell);  // no white space but blanks
  for (size_t begin = line.find_first_not_of(kBetween); begin != std::string_view::npos;) {
    const size_t end = std::min(line.find_first_of(kBetween, begin), line.size());
    given.add_values(std::string(line.substr(begin, end - begin)));
    begin = line.find_first_not_of(kBetween, end);
  }
  return Normal(given, fact);
}

std::optional<status::FieldViolation> FaultOf(const v1::GivenFact& given, const v1::Fact& fact,
                                              const classification::Classification& tables,
                                              absl::CivilDay today) {
  return ValueChecker(given, fact, tables, today).Run();
}

}  // namespace tremplin::program
