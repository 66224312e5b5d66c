#include "services/referral/domain/file.h"

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <set>
#include <utility>

#include "common/person/contact.h"
#include "common/person/name.h"
#include "common/person/normal.h"
#include "common/text/text.h"
#include "services/referral/messages.h"

namespace tremplin::referral {
namespace {

using program::v1::Fact;
using program::v1::GivenFact;
using status::FieldViolation;

// Longest texts taken, in characters; far above what people have, far below what would hurt.
constexpr size_t kMaxText = 320;
constexpr int kMostYears = 120;  // that a person has lived
constexpr int kMaxFacts = 100;
constexpr size_t kMaxFactName = 128;
struct IdentityField {
  std::string_view name;
  std::string File::*value;
  std::string (*normal)(std::string_view);
};

// Who the person is and how to reach them, in the order in which faults are told.
constexpr IdentityField kIdentity[] = {
    {"referred_on", &File::referred_on, person::Line},
    {"given_name", &File::given_name, person::Name},
    {"family_name", &File::family_name, person::Name},
    {"birth_date", &File::birth_date, person::Line},
    {"email", &File::email, person::Email},
    {"phone", &File::phone, person::Line},
    {"language", &File::language, person::Line},
};

bool IsControl(char c) { return (c >= 0 && c < ' ') || c == '\x7f'; }

// Such a name may stand in an error as the field at fault.
bool IsFactName(std::string_view name) {
  return !name.empty() && name.size() <= kMaxFactName &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
                  c == '-';
         });
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
        today_(today),
        made_(program::ParseDay(file.referred_on)),
        born_(program::ParseDay(file.birth_date)),
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
    if (field == "email") return file_.phone.empty();
    // Some people have one name.
    const bool name = field == "given_name" || field == "family_name";
    return name && file_.given_name.empty() && file_.family_name.empty();
  }

  void Check(std::string_view field, const std::string& value) {
    if (value.empty()) {
      if (Required(field)) Add(field, kFieldRequired);
      return;
    }
    if (person::IsLonger(value, kMaxText)) {
      return Add(field, kFieldTooLong, {std::to_string(kMaxText)});
    }
    if (std::any_of(value.begin(), value.end(), IsControl)) return Add(field, kControlCharacter);
    if (field == "referred_on") {
      if (!made_.has_value()) Add(field, kDateMalformed);
    } else if (field == "birth_date") {
      CheckBirth();
    } else if (field == "email") {
      if (!person::IsEmail(value)) Add(field, kEmailMalformed);
    } else if (field == "phone") {
      // Beside an address a number that nobody can dial does no harm.
      if (file_.email.empty() && !person::CanBeDialled(value)) Add(field, kPhoneMalformed);
    } else if (field == "language") {
      if (value != "en" && value != "fr") Add(field, kCodeUnknown, {"en, fr"});
    }
  }

  void CheckBirth() {
    if (!born_.has_value()) return Add("birth_date", kDateMalformed);
    const bool later = made_.has_value() ? *born_ >= *made_ : *born_ > today_;
    if (later) return Add("birth_date", kBornLater);
    if (*born_ < person::Later(AsOf(), -kMostYears, 0, 0)) Add("birth_date", kBornLongAgo);
  }

  // The day as of which the file tells of the past.
  absl::CivilDay AsOf() const { return made_.value_or(today_); }

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
    // An office whose file is dated ahead of us may know of what we have yet to reach.
    const absl::CivilDay last = std::max(AsOf(), today_);
    if (auto fault = program::FaultOf(given, fact, tables_, last)) return fault;
    return LifeFault(given, fact);
  }

  // What has happened to the person lies between their birth and the day the file was made; what
  // staff attested may be later than that.
  std::optional<FieldViolation> LifeFault(const GivenFact& given, const Fact& fact) const {
    if (!fact.has_day() || fact.day().may_be_future() || given.values().empty()) {
      return std::nullopt;
    }
    const std::optional<absl::CivilDay> day = program::ParseDay(given.values(0));
    if (!day.has_value()) return std::nullopt;
    const bool before = born_.has_value() && *day < *born_;
    const bool after = *day > AsOf() && given.attested_by().empty() && given.attested_on().empty();
    if (!before && !after) return std::nullopt;
    return status::Violation(fact.name(), kDayOutsideLife);
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
  const absl::CivilDay today_;
  const std::optional<absl::CivilDay> made_;
  const std::optional<absl::CivilDay> born_;
  const Strictness strictness_;
  std::vector<FieldViolation> violations_;
};

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
  for (const IdentityField& field : kIdentity) {
    file.*field.value = field.normal(file.*field.value);
  }
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

std::vector<FieldViolation> Warnings(const File& file) {
  std::vector<FieldViolation> warnings;
  if (person::IsGarbled(file.given_name)) {
    warnings.push_back(status::Violation("given_name", kNameGarbled));
  }
  if (person::IsGarbled(file.family_name)) {
    warnings.push_back(status::Violation("family_name", kNameGarbled));
  }
  if (!file.email.empty() && !file.phone.empty() && !person::CanBeDialled(file.phone)) {
    warnings.push_back(status::Violation("phone", kPhoneNotDialled));
  }
  return warnings;
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

std::string EmailKey(const File& file) { return person::EmailKey(file.email); }

std::string PersonKey(const File& file) {
  return person::PersonKey(file.given_name, file.family_name, file.birth_date);
}

bool IsSomebodyElse(const File& file, const File& standing) {
  return person::NameKey(file.given_name, file.family_name) !=
             person::NameKey(standing.given_name, standing.family_name) &&
         file.birth_date != standing.birth_date && EmailKey(file) != EmailKey(standing);
}

bool IsSamePerson(const File& file, const File& other) {
  const bool born_apart =
      !file.birth_date.empty() && !other.birth_date.empty() && file.birth_date != other.birth_date;
  return !born_apart && EmailKey(file) == EmailKey(other) &&
         person::NameKey(file.given_name, file.family_name) ==
             person::NameKey(other.given_name, other.family_name);
}

bool IsOlder(const File& file, const File& standing) {
  const std::optional<absl::CivilDay> made = program::ParseDay(file.referred_on);
  const std::optional<absl::CivilDay> stands = program::ParseDay(standing.referred_on);
  return made.has_value() && stands.has_value() && *made < *stands;
}

}  // namespace tremplin::referral
