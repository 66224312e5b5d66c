#include "services/registration/app/checks.h"

#include <algorithm>
#include <set>

#include "common/classification/classification.h"
#include "common/classification/vocabulary.h"
#include "common/text/text.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "services/registration/messages.h"

namespace tremplin::registration {
namespace {

constexpr size_t kMostTitle = 200;
constexpr int kMostSites = 100;
constexpr int kMostCodes = 32;  // of wishes, required, attributes each

std::string At(std::string_view list, int index, std::string_view field = "") {
  return text::Cat(list, "[", index, "]", field);
}

using Texts = google::protobuf::RepeatedPtrField<std::string>;

// Traits that are known, each once.
void CheckTraits(Faults& faults, std::string_view field, const Texts& codes) {
  if (codes.size() > kMostCodes) return faults.Add(field, kTooMany, {text::Cat(kMostCodes)});
  std::set<std::string_view> seen;
  for (int i = 0; i < codes.size(); ++i) {
    if (classification::FindTrait(codes[i]) == nullptr) {
      faults.Add(At(field, i), kTraitUnknown);
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

bool IsFsa(std::string_view text) {
  return text.size() == 3 && classification::FsaOf(text::Cat(text, "1A1")) == text;
}

void CheckPreferences(Faults& faults, std::string_view field, const v1::Preferences& preferences,
                      domain::Role role) {
  const Texts& wishes = preferences.wishes();
  const std::string wishes_field = text::Cat(field, ".wishes");
  const std::string required_field = text::Cat(field, ".required");
  const std::string attributes_field = text::Cat(field, ".attributes");
  CheckTraits(faults, wishes_field, wishes);
  CheckTraits(faults, required_field, preferences.required());
  CheckTraits(faults, attributes_field, preferences.attributes());
  for (int i = 0; i < preferences.required_size(); ++i) {
    const bool wished =
        std::find(wishes.begin(), wishes.end(), preferences.required(i)) != wishes.end();
    if (!wished) faults.Add(At(required_field, i), kNotWished);
  }
  const bool mentee = role == domain::Role::kMentee;
  if (!mentee && !wishes.empty()) faults.Add(wishes_field, kNotAllowedHere);
  if (mentee && !preferences.attributes().empty()) faults.Add(attributes_field, kNotAllowedHere);
  const bool any = !wishes.empty() || !preferences.attributes().empty();
  if (any && !preferences.consent()) faults.Add(text::Cat(field, ".consent"), kConsentRequired);
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
