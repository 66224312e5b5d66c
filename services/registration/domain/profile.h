#ifndef TREMPLIN_SERVICES_REGISTRATION_DOMAIN_PROFILE_H_
#define TREMPLIN_SERVICES_REGISTRATION_DOMAIN_PROFILE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tremplin::registration::domain {

inline constexpr int kLargestCapacity = 20;

// What a person volunteered for matching, in codes of classification::Traits; all empty without
// their consent.
struct Preferences {
  bool consent = false;
  std::vector<std::string> wishes = {};      // mentees: of a mentor
  std::vector<std::string> required = {};    // of the wishes, those without which nobody will do
  std::vector<std::string> attributes = {};  // mentors: of themselves
  friend bool operator==(const Preferences&, const Preferences&) = default;
};

// What matching may know of a person: codes only.
struct Profile {
  std::string noc = {};
  std::string naics = {};
  std::vector<std::string> languages = {};     // "en", "fr"
  std::string fsa = {};                        // "K1N"
  std::vector<std::string> availability = {};  // weekly slots, see IsSlot
  int64_t years_experience = 0;                // 0 also when not given
  int64_t years_in_region = 0;
  int64_t months_offered = 0;
  int64_t capacity = 0;                 // mentees at once, 0–20; 0 for mentees
  std::vector<std::string> goals = {};  // codes of classification::Goals: sought or offered
  Preferences preferences = {};
  friend bool operator==(const Profile&, const Profile&) = default;
};

// Whether `text` is "<mon…sun>-<morning|noon|evening>".
bool IsSlot(std::string_view text);

// Whether `text` is a real calendar day "YYYY-MM-DD".
bool IsDay(std::string_view text);

}  // namespace tremplin::registration::domain

#endif  // TREMPLIN_SERVICES_REGISTRATION_DOMAIN_PROFILE_H_
