#ifndef TREMPLIN_SERVICES_REGISTRATION_DOMAIN_PROFILE_H_
#define TREMPLIN_SERVICES_REGISTRATION_DOMAIN_PROFILE_H_

#include <map>
#include <string>
#include <vector>

// What is known of an enrolled person. Facts are text here, typed by the registry that the program
// is bound to; no fact is known by its name. Pure.
namespace tremplin::registration::domain {

// What was given of one fact; see tremplin.program.v1.GivenFact.
struct Given {
  std::vector<std::string> values = {};
  std::string attested_by = {};
  std::string attested_on = {};  // "YYYY-MM-DD"
  std::string note = {};
  friend bool operator==(const Given&, const Given&) = default;
};

// By name, so that equal facts are equal in whatever order they were given.
using GivenFacts = std::map<std::string, Given, std::less<>>;

// What a person volunteered for matching, in codes of classification::Traits; all empty without
// their consent.
struct Preferences {
  bool consent = false;
  std::vector<std::string> wishes = {};      // mentees: of a mentor
  std::vector<std::string> required = {};    // of the wishes, those without which nobody will do
  std::vector<std::string> attributes = {};  // mentors: of themselves
  friend bool operator==(const Preferences&, const Preferences&) = default;
};

struct Profile {
  // What matching sees: without who attested it, with the day, since it may hold for so long only.
  GivenFacts facts = {};
  // What matching does not see, and who attested what with which note: kept sealed.
  GivenFacts sealed = {};
  Preferences preferences = {};
  // Codes of the program's formats for which they meet every criterion.
  std::vector<std::string> formats = {};
  friend bool operator==(const Profile&, const Profile&) = default;

  // Whether matching sees the same of both.
  bool SeemsAs(const Profile& other) const {
    return facts == other.facts && preferences == other.preferences && formats == other.formats;
  }
};

// Facts stated anew: each of `names` loses what was given before, and is what these give.
struct Stated {
  std::vector<std::string> names = {};
  GivenFacts facts = {};
  GivenFacts sealed = {};
};
void Restate(const Stated& stated, Profile& profile);

// What a later admission of the same person to the same program adds: of each fact the newer, the
// newer formats, and what was volunteered with it if anything was.
void Join(const Profile& newer, Profile& profile);
// Of `newer`, the facts that `known` has not; formats and preferences as `known` has them.
Profile NewOnly(Profile newer, const Profile& known);

}  // namespace tremplin::registration::domain

#endif  // TREMPLIN_SERVICES_REGISTRATION_DOMAIN_PROFILE_H_
