#include "services/referral/domain/file.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <initializer_list>
#include <utility>

#include "absl/time/civil_time.h"
#include "services/referral/messages.h"

namespace tremplin::referral {
namespace {

using status::FieldViolation;

// Longest texts taken, in bytes; far above what people have, far below what would hurt.
constexpr size_t kMaxShortText = 320;
constexpr size_t kMaxLongText = 8000;
constexpr size_t kMaxExternalId = 128;  // characters
constexpr int32_t kMaxYears = 80;
// Canonical combining classes of accents and points; the lower ones make another letter (the
// voicing marks of kana, the nukta and virama of Indic scripts).
constexpr uint8_t kFirstAccentClass = 10;

struct TextField {
  std::string_view name;
  std::string File::*value;
};

// Every text field, in the order of the columns, with the numbers left out.
constexpr TextField kTextFields[] = {
    {"referred_on", &File::referred_on},
    {"given_name", &File::given_name},
    {"family_name", &File::family_name},
    {"birth_date", &File::birth_date},
    {"email", &File::email},
    {"phone", &File::phone},
    {"service_language", &File::service_language},
    {"postal_code", &File::postal_code},
    {"immigration_status", &File::immigration_status},
    {"landed_on", &File::landed_on},
    {"foreign_trained", &File::foreign_trained},
    {"country_of_training", &File::country_of_training},
    {"education", &File::education},
    {"noc", &File::noc},
    {"career_goal", &File::career_goal},
    {"resume", &File::resume},
    {"job_search_workshop", &File::job_search_workshop},
    {"consent_to_share", &File::consent_to_share},
};

constexpr std::string_view kYesNo = "yes, no";
constexpr std::string_view kLanguages = "en, fr";
constexpr std::string_view kStatuses =
    "permanent_resident, convention_refugee, work_permit, refugee_claimant, citizen, study_permit";
constexpr std::string_view kEducations = "secondary, trade, college, bachelor, master, doctorate";

bool IsOneOf(std::string_view list, std::string_view code) {
  while (!list.empty()) {
    const size_t end = std::min(list.find(", "), list.size());
    if (list.substr(0, end) == code) return true;
    list.remove_prefix(std::min(end + 2, list.size()));
  }
  return false;
}

bool IsDate(const std::string& text) {
  absl::CivilDay day;
  return text.size() == 10 && text[4] == '-' && text[0] >= '0' && text[0] <= '9' &&
         absl::ParseCivilTime(text, &day) && day.year() >= 1 && absl::FormatCivilTime(day) == text;
}

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

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

bool IsCountry(std::string_view text) {
  return text.size() == 2 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

class Checker {
 public:
  Checker(const File& file, const classification::Classification& tables, Strictness strictness)
      : file_(file), tables_(tables), strictness_(strictness) {}

  std::vector<FieldViolation> Run() {
    for (const TextField& field : kTextFields) {
      Check(field.name, file_.*field.value);
      if (field.name == "noc") Years();
    }
    for (size_t i = 0; i < kScoreNames.size(); ++i) {
      const std::optional<int32_t>& score = file_.scores[i];
      if (score.has_value() && (*score < 1 || *score > 12)) Add(kScoreNames[i], kScoreMalformed);
    }
    return std::move(violations_);
  }

 private:
  void Add(std::string_view field, const messages::Message& message,
           std::initializer_list<std::string_view> args = {}) {
    violations_.push_back(status::Violation(field, message, args));
  }

  static bool Identifies(std::string_view field) {
    return field == "given_name" || field == "family_name" || field == "birth_date" ||
           field == "referred_on" || field == "email";
  }

  void Code(std::string_view field, std::string_view list, std::string_view value) {
    if (!IsOneOf(list, value)) Add(field, kCodeUnknown, {list});
  }

  void Years() {
    const std::optional<int32_t>& years = file_.years_experience;
    if (years.has_value() && (*years < 0 || *years > kMaxYears)) {
      Add("years_experience", kYearsMalformed);
    }
  }

  void Check(std::string_view field, const std::string& value) {
    if (value.empty()) {
      if (strictness_ == Strictness::kSubmission && Identifies(field)) Add(field, kFieldRequired);
      return;
    }
    const size_t limit = field == "career_goal" ? kMaxLongText : kMaxShortText;
    if (value.size() > limit) return Add(field, kFieldTooLong, {std::to_string(limit)});
    if (field == "birth_date" || field == "referred_on" || field == "landed_on") {
      if (!IsDate(value)) Add(field, kDateMalformed);
    } else if (field == "email") {
      if (!IsEmail(value)) Add(field, kEmailMalformed);
    } else if (field == "postal_code") {
      if (!classification::IsPostalCode(value)) Add(field, kPostalCodeMalformed);
    } else if (field == "country_of_training") {
      if (!IsCountry(value)) Add(field, kCountryMalformed);
    } else if (field == "noc") {
      if (!tables_.IsNocUnitGroup(value)) Add(field, kNocUnknown);
    } else if (field == "service_language") {
      Code(field, kLanguages, value);
    } else if (field == "immigration_status") {
      Code(field, kStatuses, value);
    } else if (field == "education") {
      Code(field, kEducations, value);
    } else if (field == "foreign_trained" || field == "resume" || field == "job_search_workshop" ||
               field == "consent_to_share") {
      Code(field, kYesNo, value);
    }
  }

  const File& file_;
  const classification::Classification& tables_;
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

}  // namespace

File Trimmed(File file) {
  for (const TextField& field : kTextFields) {
    std::string& value = file.*field.value;
    size_t end = value.size();
    while (end > 0 && IsBlank(value[end - 1])) --end;
    size_t begin = 0;
    while (begin < end && IsBlank(value[begin])) ++begin;
    if (begin > 0 || end < value.size()) value = value.substr(begin, end - begin);
  }
  return file;
}

std::vector<FieldViolation> Faults(const File& file, const classification::Classification& tables,
                                   Strictness strictness) {
  return Checker(file, tables, strictness).Run();
}

std::optional<FieldViolation> ExternalIdFault(std::string_view external_id) {
  size_t characters = 0;
  bool printable = true;
  for (char c : external_id) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F) printable = false;
    if ((byte & 0xC0) != 0x80) ++characters;
  }
  const bool blank = std::all_of(external_id.begin(), external_id.end(), IsBlank);
  if (!blank && printable && characters <= kMaxExternalId) return std::nullopt;
  return status::Violation("external_id", kExternalIdMalformed);
}

Facts FactsOf(const File& file) {
  Facts facts;
  for (const TextField& field : kTextFields) {
    const std::string& value = file.*field.value;
    if (!value.empty()) facts.emplace(field.name, value);
  }
  const auto postal_code = facts.find("postal_code");
  if (postal_code != facts.end()) {
    for (char& c : std::get<std::string>(postal_code->second)) {
      if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
  }
  if (file.years_experience.has_value()) {
    facts.emplace("years_experience", int64_t{*file.years_experience});
  }
  for (size_t i = 0; i < kScoreNames.size(); ++i) {
    if (file.scores[i].has_value()) facts.emplace(kScoreNames[i], int64_t{*file.scores[i]});
  }
  return facts;
}

std::string Canonical(const File& file) {
  std::string out = "1";  // version of this form
  for (const TextField& field : kTextFields) Put(&out, file.*field.value);
  const auto number = [&](const std::optional<int32_t>& value) {
    Put(&out, value.has_value() ? std::to_string(*value) : "");
  };
  number(file.years_experience);
  for (const std::optional<int32_t>& score : file.scores) number(score);
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
