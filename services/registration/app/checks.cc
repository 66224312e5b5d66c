#include "services/registration/app/checks.h"

#include <algorithm>
#include <set>

#include "common/classification/vocabulary.h"
#include "common/text/text.h"
#include "services/registration/domain/profile.h"
#include "services/registration/messages.h"

namespace tremplin::registration {
namespace {

constexpr size_t kMostName = 100;
constexpr size_t kMostTitle = 200;
constexpr int kMostSites = 100;
constexpr int kMostSlots = 21;
constexpr int kMostCodes = 32;  // of goals, wishes, attributes each

std::string At(std::string_view list, int index, std::string_view field = "") {
  return text::Cat(list, "[", index, "]", field);
}

void CheckLanguages(Faults& faults, const Texts& languages) {
  if (languages.empty()) faults.Add("profile.languages", kRequired);
  std::set<std::string_view> seen;
  for (int i = 0; i < languages.size(); ++i) {
    const std::string& language = languages[i];
    if (language != "en" && language != "fr") {
      faults.Add(At("profile.languages", i), kLanguageInvalid);
    } else if (!seen.insert(language).second) {
      faults.Add(At("profile.languages", i), kRepeated);
    }
  }
}

using Known = bool (*)(std::string_view code);

bool IsGoal(std::string_view code) { return classification::FindGoal(code) != nullptr; }
bool IsTrait(std::string_view code) { return classification::FindTrait(code) != nullptr; }

// Codes that are known, each once.
void CheckCodes(Faults& faults, std::string_view field, const Texts& codes, Known known,
                const messages::Message& unknown) {
  if (codes.size() > kMostCodes) return faults.Add(field, kTooMany, {text::Cat(kMostCodes)});
  std::set<std::string_view> seen;
  for (int i = 0; i < codes.size(); ++i) {
    if (!known(codes[i])) {
      faults.Add(At(field, i), unknown);
    } else if (!seen.insert(codes[i]).second) {
      faults.Add(At(field, i), kRepeated);
    }
  }
}

void CheckSite(Faults& faults, const std::string& at, const v1::Site& site,
               std::set<std::string>& seen) {
  if (!IsSlug(site.id())) {
    faults.Add(text::Cat(at, ".id"), kSlugInvalid);
  } else if (!seen.insert(site.id()).second) {
    faults.Add(text::Cat(at, ".id"), kRepeated);
  }
  faults.Require(text::Cat(at, ".title_en"), site.title_en(), kMostTitle);
  faults.Require(text::Cat(at, ".title_fr"), site.title_fr(), kMostTitle);
  if (!site.fsa().empty() && !IsFsa(site.fsa())) faults.Add(text::Cat(at, ".fsa"), kFsaInvalid);
}

}  // namespace

void Faults::Require(std::string_view field, std::string_view text, size_t most) {
  if (text.empty()) Add(field, kRequired);
  Limit(field, text, most);
}

void Faults::Limit(std::string_view field, std::string_view text, size_t most) {
  if (text.size() > most) Add(field, kTooLong, {text::Cat(most)});
  const auto is_control = [](char c) { return (c >= 0 && c < ' ') || c == '\x7f'; };
  if (std::any_of(text.begin(), text.end(), is_control)) Add(field, kControlCharacter);
}

void Faults::Range(std::string_view field, int64_t value, int64_t least, int64_t most) {
  if (value < least || value > most) {
    Add(field, kOutOfRange, {text::Cat(least), text::Cat(most)});
  }
}

void Faults::Take(const absl::Status& status) {
  for (status::FieldViolation& violation : status::DetailOf(status).violations) {
    faults_.push_back(std::move(violation));
  }
}

bool IsSlug(std::string_view text) {
  return !text.empty() && text.size() <= 63 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

bool IsEmail(std::string_view text) {
  const size_t at = text.find('@');
  if (text.size() > 254 || at == 0 || at == std::string_view::npos) return false;
  if (std::any_of(text.begin(), text.end(), [](char c) { return c >= 0 && c <= ' '; })) {
    return false;
  }
  const std::string_view place = text.substr(at + 1);
  const size_t dot = place.rfind('.');
  return place.find('@') == std::string_view::npos && dot != std::string_view::npos && dot > 0 &&
         dot + 1 < place.size();
}

bool IsFsa(std::string_view text) {
  return text.size() == 3 && classification::FsaOf(text::Cat(text, "1A1")) == text;
}

void CheckSlots(Faults& faults, std::string_view field, const Texts& slots) {
  if (slots.size() > kMostSlots) return faults.Add(field, kTooMany, {text::Cat(kMostSlots)});
  CheckCodes(faults, field, slots, domain::IsSlot, kSlotInvalid);
}

void CheckGoals(Faults& faults, std::string_view field, const Texts& goals) {
  CheckCodes(faults, field, goals, IsGoal, kGoalUnknown);
}

void CheckPreferences(Faults& faults, std::string_view field, const v1::Preferences& preferences,
                      v1::EnrolmentRole role) {
  const Texts& wishes = preferences.wishes();
  const std::string wishes_field = text::Cat(field, ".wishes");
  const std::string required_field = text::Cat(field, ".required");
  const std::string attributes_field = text::Cat(field, ".attributes");
  CheckCodes(faults, wishes_field, wishes, IsTrait, kTraitUnknown);
  CheckCodes(faults, required_field, preferences.required(), IsTrait, kTraitUnknown);
  CheckCodes(faults, attributes_field, preferences.attributes(), IsTrait, kTraitUnknown);
  for (int i = 0; i < preferences.required_size(); ++i) {
    const bool wished =
        std::find(wishes.begin(), wishes.end(), preferences.required(i)) != wishes.end();
    if (!wished) faults.Add(At(required_field, i), kNotWished);
  }
  const bool mentee = role == v1::ENROLMENT_ROLE_MENTEE;
  if (!mentee && !wishes.empty()) faults.Add(wishes_field, kNotAllowedHere);
  if (mentee && !preferences.attributes().empty()) faults.Add(attributes_field, kNotAllowedHere);
  const bool any = !wishes.empty() || !preferences.attributes().empty();
  if (any && !preferences.consent()) faults.Add(text::Cat(field, ".consent"), kConsentRequired);
}

void CheckPerson(Faults& faults, const v1::Person& person, v1::EnrolmentRole role,
                 absl::Time today) {
  faults.Require("person.given_name", person.given_name(), kMostName);
  faults.Require("person.family_name", person.family_name(), kMostName);
  if (!IsEmail(person.email())) faults.Add("person.email", kEmailInvalid);
  faults.Limit("person.phone", person.phone(), 40);
  if (person.language() != "en" && person.language() != "fr") {
    faults.Add("person.language", kLanguageInvalid);
  }
  const std::string& born = person.birth_date();
  if (born.empty()) {
    if (role == v1::ENROLMENT_ROLE_MENTEE) faults.Add("person.birth_date", kRequired);
  } else if (!domain::IsDay(born) ||
             born > absl::FormatTime("%Y-%m-%d", today, absl::UTCTimeZone())) {
    faults.Add("person.birth_date", kDateInvalid);
  }
}

void CheckProfile(Faults& faults, const v1::Profile& profile, v1::EnrolmentRole role,
                  const classification::Classification& classification) {
  if (!classification.IsNocUnitGroup(profile.noc())) faults.Add("profile.noc", kNocUnknown);
  if (!profile.naics().empty() && !classification.IsNaics(profile.naics())) {
    faults.Add("profile.naics", kNaicsUnknown);
  }
  CheckLanguages(faults, profile.languages());
  if (!profile.fsa().empty() && !IsFsa(profile.fsa())) faults.Add("profile.fsa", kFsaInvalid);
  CheckSlots(faults, "profile.availability", profile.availability());
  CheckGoals(faults, "profile.goals", profile.goals());
  CheckPreferences(faults, "profile.preferences", profile.preferences(), role);
  faults.Range("profile.years_experience", profile.years_experience(), 0, 80);
  faults.Range("profile.years_in_region", profile.years_in_region(), 0, 80);
  faults.Range("profile.months_offered", profile.months_offered(), 0, 120);
  if (role == v1::ENROLMENT_ROLE_MENTEE) {
    if (profile.capacity() != 0) faults.Add("profile.capacity", kNotAllowedHere);
  } else {
    faults.Range("profile.capacity", profile.capacity(), 0, domain::kLargestCapacity);
  }
}

void CheckOrganization(Faults& faults, const v1::Organization& organization) {
  faults.Require("organization.title_en", organization.title_en(), kMostTitle);
  faults.Require("organization.title_fr", organization.title_fr(), kMostTitle);
  if (organization.parts().empty()) faults.Add("organization.parts", kRequired);
  std::set<int> parts;
  for (int i = 0; i < organization.parts_size(); ++i) {
    const int part = organization.parts(i);
    if (part == v1::PART_UNSPECIFIED || !v1::Part_IsValid(part)) {
      faults.Add(At("organization.parts", i), kChooseOne);
    } else if (!parts.insert(part).second) {
      faults.Add(At("organization.parts", i), kRepeated);
    }
  }
  if (organization.sites_size() > kMostSites) {
    faults.Add("organization.sites", kTooMany, {text::Cat(kMostSites)});
    return;
  }
  std::set<std::string> sites;
  for (int i = 0; i < organization.sites_size(); ++i) {
    CheckSite(faults, At("organization.sites", i), organization.sites(i), sites);
  }
}

}  // namespace tremplin::registration
