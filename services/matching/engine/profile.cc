#include "services/matching/engine/profile.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace tremplin::matching::engine {
namespace {

constexpr size_t kMostCodes = 65535;

uint32_t Position(std::unordered_map<std::string, uint32_t>* table, std::string_view code) {
  return table->emplace(std::string(code), static_cast<uint32_t>(table->size())).first->second;
}

absl::StatusOr<uint32_t> Bits(std::unordered_map<std::string, uint32_t>* table,
                              const std::vector<std::string>& codes, size_t most,
                              const char* what) {
  uint32_t bits = 0;
  for (const std::string& code : codes) {
    const uint32_t position = Position(table, code);
    if (position >= most) {
      return absl::ResourceExhaustedError(absl::StrCat("more than ", most, " ", what));
    }
    bits |= uint32_t{1} << position;
  }
  return bits;
}

size_t TableBytes(const std::unordered_map<std::string, uint32_t>& table) {
  size_t bytes = table.bucket_count() * sizeof(void*);
  for (const auto& [code, position] : table) {
    // A node: its link, its hash, the code and the position.
    bytes += sizeof(void*) * 2 + sizeof(std::pair<const std::string, uint32_t>);
    if (code.capacity() > std::string().capacity()) bytes += code.capacity() + 1;
  }
  return bytes;
}

}  // namespace

absl::StatusOr<PackedProfile> Codes::PackCodes(const Profile& profile, const std::string& person) {
  PackedProfile packed;
  packed.person = Position(&persons_, person);
  packed.unit_group = UnitGroupOf(profile.noc);
  if (!profile.naics.empty()) {
    packed.naics = static_cast<uint16_t>(Position(&industries_, profile.naics) + 1);
    packed.sector = static_cast<uint16_t>(Position(&sectors_, SectorOf(profile.naics)) + 1);
  }
  packed.area = static_cast<uint16_t>(Position(&areas_, profile.fsa));
  if (areas_.size() > area_names_.size()) area_names_.push_back(profile.fsa);
  if (areas_.size() > kMostCodes || industries_.size() > kMostCodes) {
    return absl::ResourceExhaustedError(absl::StrCat("more than ", kMostCodes, " areas"));
  }
  const auto languages = Bits(&languages_, profile.languages, kMostLanguages, "languages");
  if (!languages.ok()) return languages.status();
  packed.languages = static_cast<uint16_t>(*languages);
  const auto slots = Bits(&slots_, profile.availability, kMostSlots, "weekly slots");
  if (!slots.ok()) return slots.status();
  packed.slots = *slots;
  const auto goals = Bits(&goals_, profile.goals, kMostGoals, "goals");
  if (!goals.ok()) return goals.status();
  packed.goals = static_cast<uint16_t>(*goals);
  if (absl::Status status = PackWishes(profile, &packed); !status.ok()) return status;
  if (absl::Status status = PackFurther(profile, &packed); !status.ok()) return status;
  if (profile.years_experience >= 0) {
    packed.years = static_cast<uint8_t>(std::min(profile.years_experience, kMostYears));
  }
  return packed;
}

// A profile has a mentee's wishes or a mentor's attributes: the same codes, the same bits.
absl::Status Codes::PackWishes(const Profile& profile, PackedProfile* packed) {
  for (const std::vector<std::string>* codes : {&profile.wishes, &profile.attributes}) {
    const auto bits = Bits(&wishes_, *codes, kMostWishes, "wishes");
    if (!bits.ok()) return bits.status();
    packed->wishes |= *bits;
  }
  const auto required = Bits(&wishes_, profile.required, kMostWishes, "wishes");
  if (!required.ok()) return required.status();
  packed->required = *required;
  return absl::OkStatus();
}

void Codes::SetFurther(std::vector<std::string> criteria) {
  further_criteria_ = std::move(criteria);
}

absl::Status Codes::PackFurther(const Profile& profile, PackedProfile* packed) {
  Further given(further_criteria_.size());
  bool anything = false;
  for (size_t i = 0; i < further_criteria_.size(); ++i) {
    const auto found = profile.further.find(further_criteria_[i]);
    if (found == profile.further.end()) continue;
    for (const std::string& code : found->second) given[i].push_back(Position(&further_codes_, code));
    std::sort(given[i].begin(), given[i].end());
    anything = anything || !given[i].empty();
  }
  if (!anything) return absl::OkStatus();
  const auto [at, is_new] = further_at_.try_emplace(given, static_cast<uint16_t>(further_.size()));
  if (is_new && further_.size() > kMostCodes) {
    further_at_.erase(at);
    return absl::ResourceExhaustedError(
        absl::StrCat("more than ", kMostCodes, " answers to the further criteria"));
  }
  if (is_new) further_.push_back(std::move(given));
  packed->further = at->second;
  return absl::OkStatus();
}

absl::StatusOr<PackedProfile> Codes::Pack(const Mentee& mentee) {
  absl::StatusOr<PackedProfile> packed = PackCodes(mentee.profile, mentee.person);
  if (packed.ok()) {
    packed->since_day = static_cast<int32_t>(mentee.waiting_since - absl::CivilDay(1970, 1, 1));
    packed->lessons = LessonsOf(mentee.lessons);
  }
  return packed;
}

absl::StatusOr<PackedProfile> Codes::Pack(const Mentor& mentor) {
  absl::StatusOr<PackedProfile> packed = PackCodes(mentor.profile, mentor.person);
  if (packed.ok()) {
    packed->free = mentor.free;
    packed->lessons = LessonsOf(mentor.lessons);
  }
  return packed;
}

size_t Codes::Bytes() const {
  size_t bytes = 0;
  for (const Table* table :
       {&persons_, &industries_, &sectors_, &areas_, &languages_, &slots_, &goals_, &wishes_,
        &further_codes_}) {
    bytes += TableBytes(*table);
  }
  bytes += further_.size() * 2 * (sizeof(Further) + further_criteria_.size() * sizeof(Further::value_type));
  return bytes;
}

}  // namespace tremplin::matching::engine
