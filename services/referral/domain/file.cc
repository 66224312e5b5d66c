#include "services/referral/domain/file.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <set>
#include <utility>

#include "common/text/text.h"
#include "services/referral/messages.h"

namespace tremplin::referral {
namespace {

using program::v1::Fact;
using program::v1::GivenFact;
using status::FieldViolation;

// Longest texts taken, in bytes; far above what people have, far below what would hurt.
constexpr size_t kMaxText = 320;
constexpr int kMaxFacts = 100;
constexpr size_t kMaxFactName = 128;
// Canonical combining classes of accents and points; the lower ones make another letter (the
// voicing marks of kana, the nukta and virama of Indic scripts).
constexpr uint8_t kFirstAccentClass = 10;

struct IdentityField {
  std::string_view name;
  std::string File::*value;
};

// Who the person is and how to reach them, in the order in which faults are told.
constexpr IdentityField kIdentity[] = {
    {"referred_on", &File::referred_on},
    {"given_name", &File::given_name},
    {"family_name", &File::family_name},
    {"birth_date", &File::birth_date},
    {"email", &File::email},
    {"phone", &File::phone},
    {"language", &File::language},
};

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

bool IsControl(char c) { return (c >= 0 && c < ' ') || c == '\x7f'; }

// x@y.z without blanks and with one at sign.
bool IsEmail(std::string_view text) {
  if (std::any_of(text.begin(), text.end(), IsBlank)) return false;
  const size_t at = text.find('@');
  if (at == 0 || at == std::string_view::npos) return false;
  if (text.find('@', at + 1) != std::string_view::npos) return false;
  const std::string_view domain = text.substr(at + 1);
  const size_t dot = domain.find('.', 1);
  return dot != std::string_view::npos && dot + 1 < domain.size();
}

// Such a name may stand in an error as the field at fault.
bool IsFactName(std::string_view name) {
  return !name.empty() && name.size() <= kMaxFactName &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
                  c == '-';
         });
}

void Trim(std::string* value) {
  size_t end = value->size();
  while (end > 0 && IsBlank((*value)[end - 1])) --end;
  size_t begin = 0;
  while (begin < end && IsBlank((*value)[begin])) ++begin;
  if (begin > 0 || end < value->size()) *value = value->substr(begin, end - begin);
}

// What a file tells as past lies before the day it was made, or today: an office whose file is
// dated ahead of us may know of what we have yet to reach.
absl::CivilDay LastDay(const File& file, absl::CivilDay today) {
  const std::optional<absl::CivilDay> made = program::ParseDay(file.referred_on);
  return made.has_value() ? std::max(*made, today) : today;
}

class Checker {
 public:
  Checker(const File& file, const Registries& registries,
          const classification::Classification& tables, Side side, const Speaker& speaker,
          absl::CivilDay today, Strictness strictness)
      : file_(file),
        registries_(registries),
        tables_(tables),
        side_(side),
        speaker_(speaker),
        last_day_(LastDay(file, today)),
        strictness_(strictness) {}

  std::vector<FieldViolation> Run() {
    for (const IdentityField& field : kIdentity) Check(field.name, file_.*field.value);
    CheckFacts();
    return std::move(violations_);
  }

 private:
  void Add(std::string_view field, const messages::Message& message,
           std::initializer_list<std::string_view> args = {}) {
    violations_.push_back(status::Violation(field, message, args));
  }

  bool Required(std::string_view field) const {
    if (strictness_ == Strictness::kCheck) return false;
    const bool mentor = side_ == Side::SUBJECT_MENTOR;
    if (field == "birth_date") return !mentor;
    if (field == "referred_on") return !mentor && speaker_.door == Door::DOOR_AGENCY;
    return field == "given_name" || field == "family_name" || field == "email";
  }

  void Check(std::string_view field, const std::string& value) {
    if (value.empty()) {
      if (Required(field)) Add(field, kFieldRequired);
      return;
    }
    if (value.size() > kMaxText) return Add(field, kFieldTooLong, {std::to_string(kMaxText)});
    // A new line would begin another header of a letter to them.
    if (std::any_of(value.begin(), value.end(), IsControl)) return Add(field, kControlCharacter);
    if (field == "birth_date" || field == "referred_on") {
      const std::optional<absl::CivilDay> day = program::ParseDay(value);
      if (!day.has_value()) return Add(field, kDateMalformed);
      if (field == "birth_date" && *day > last_day_) Add(field, kBornLater);
    } else if (field == "email") {
      if (!IsEmail(value)) Add(field, kEmailMalformed);
    } else if (field == "language") {
      if (value != "en" && value != "fr") Add(field, kCodeUnknown, {"en, fr"});
    }
  }

  void CheckFacts() {
    if (file_.facts.size() > kMaxFacts) return Add("facts", kTooManyFacts);
    std::vector<std::pair<size_t, FieldViolation>> faults;  // with their place
    std::set<std::string_view> seen;
    for (int i = 0; i < file_.facts.size(); ++i) {
      const GivenFact& given = file_.facts[i];
      const Fact* fact = FindFact(registries_, given.name());
      std::optional<FieldViolation> fault;
      if (fact == nullptr) {
        fault = status::Violation(
            IsFactName(given.name()) ? given.name() : text::Cat("facts[", i, "].name"),
            kFactUnknown);
      } else if (!seen.insert(given.name()).second) {
        fault = status::Violation(given.name(), kGivenTwice);
      } else {
        fault = FaultOf(given, *fact);
      }
      if (!fault.has_value()) continue;
      ForgetLanguage(given);
      faults.emplace_back(PlaceOf(fact), *std::move(fault));
    }
    std::stable_sort(faults.begin(), faults.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    for (auto& [place, fault] : faults) violations_.push_back(std::move(fault));
  }

  std::optional<FieldViolation> FaultOf(const GivenFact& given, const Fact& fact) const {
    const auto& about = fact.about();
    if (std::find(about.begin(), about.end(), side_) == about.end()) {
      return status::Violation(fact.name(), kFactOfOthers);
    }
    if (strictness_ == Strictness::kSubmission) {
      if (std::optional<FieldViolation> fault = StatementFault(fact, speaker_)) return fault;
      const bool attested =
          !given.attested_by().empty() || !given.attested_on().empty() || !given.note().empty();
      if (attested && !speaker_.staff) return status::Violation(fact.name(), kAttestedByStaff);
    }
    return program::FaultOf(given, fact, tables_, last_day_);
  }

  // Of a language that was taken from a fact at fault, the fact alone is told.
  void ForgetLanguage(const GivenFact& given) {
    const auto& values = given.values();
    if (std::find(values.begin(), values.end(), file_.language) == values.end()) return;
    violations_.erase(
        std::remove_if(violations_.begin(), violations_.end(),
                       [](const FieldViolation& each) { return each.field == "language"; }),
        violations_.end());
  }

  // Where the fact stands in the registries; after all for one that none knows.
  size_t PlaceOf(const Fact* fact) const {
    size_t place = 0;
    for (const program::Registry* registry : registries_) {
      for (const Fact& each : registry->facts()) {
        if (&each == fact) return place;
        ++place;
      }
    }
    return place;
  }

  const File& file_;
  const Registries& registries_;
  const classification::Classification& tables_;
  const Side side_;
  const Speaker speaker_;
  const absl::CivilDay last_day_;  // nothing told as past lies after it
  const Strictness strictness_;
  std::vector<FieldViolation> violations_;
};

// Case and accents apart, in any script: decomposed, without marks, case folded, runs of blanks as
// one.
std::string Folded(const std::string& text) {
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* normalizer = icu::Normalizer2::getNFKDInstance(error);
  if (U_FAILURE(error)) return text;
  icu::UnicodeString parts =
      normalizer->normalize(icu::UnicodeString::fromUTF8(text).foldCase(), error);
  if (U_FAILURE(error)) return text;
  icu::UnicodeString kept;
  for (int32_t i = 0; i < parts.length(); i = parts.moveIndex32(i, 1)) {
    const UChar32 c = parts.char32At(i);
    if (u_getCombiningClass(c) >= kFirstAccentClass) continue;
    if (u_isUWhiteSpace(c)) {
      if (!kept.isEmpty() && kept[kept.length() - 1] != u' ') kept.append(u' ');
    } else {
      kept.append(c);
    }
  }
  std::string folded;
  kept.trim().foldCase().toUTF8String(folded);
  return folded;
}

// Each part with its length, so that no two lists of parts give the same text.
void Put(std::string* out, std::string_view part) {
  out->append(std::to_string(part.size()));
  out->push_back(':');
  out->append(part);
}

void Put(std::string* out, const std::vector<std::string>& parts) {
  Put(out, std::to_string(parts.size()));
  for (const std::string& part : parts) Put(out, part);
}

}  // namespace

const Fact* FindFact(const Registries& registries, std::string_view name) {
  for (const program::Registry* registry : registries) {
    if (const Fact* fact = registry->Find(name)) return fact;
  }
  return nullptr;
}

File Normal(File file, const Registries& registries) {
  for (const IdentityField& field : kIdentity) Trim(&(file.*field.value));
  program::GivenFacts facts;
  facts.Reserve(file.facts.size());
  for (GivenFact& given : file.facts) {
    const Fact* fact = FindFact(registries, given.name());
    if (fact != nullptr) given = program::Normal(given, *fact);
    if (fact == nullptr || !given.values().empty()) *facts.Add() = std::move(given);
  }
  file.facts = std::move(facts);
  return file;
}

std::vector<FieldViolation> Faults(const File& file, const Registries& registries,
                                   const classification::Classification& tables, Side side,
                                   const Speaker& speaker, absl::CivilDay today,
                                   Strictness strictness) {
  return Checker(file, registries, tables, side, speaker, today, strictness).Run();
}

std::string Canonical(const File& file, const Volunteered& volunteered) {
  std::string out = "2";  // version of this form
  for (const IdentityField& field : kIdentity) Put(&out, file.*field.value);
  Put(&out, program::Canonical(file.facts));
  if (IsEmpty(volunteered)) return out;
  Put(&out, volunteered.consent ? "yes" : "no");
  Put(&out, volunteered.wishes);
  Put(&out, volunteered.required);
  Put(&out, volunteered.attributes);
  return out;
}

std::string EmailKey(const File& file) {
  if (file.email.empty()) return "";
  icu::UnicodeString email = icu::UnicodeString::fromUTF8(file.email);
  std::string key;
  email.trim().foldCase().toUTF8String(key);
  return key;
}

std::string PersonKey(const File& file) {
  if (file.given_name.empty() || file.family_name.empty() || file.birth_date.empty()) return "";
  std::string key;
  Put(&key, Folded(file.given_name));
  Put(&key, Folded(file.family_name));
  Put(&key, file.birth_date);
  return key;
}

}  // namespace tremplin::referral
