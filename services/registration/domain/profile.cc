#include "services/registration/domain/profile.h"

namespace tremplin::registration::domain {
namespace {

void Replace(const GivenFacts& newer, GivenFacts& facts) {
  for (const auto& [name, given] : newer) facts[name] = given;
}

}  // namespace

void Restate(const Stated& stated, Profile& profile) {
  for (const std::string& name : stated.names) {
    profile.facts.erase(name);
    profile.sealed.erase(name);
  }
  Replace(stated.facts, profile.facts);
  Replace(stated.sealed, profile.sealed);
}

void Join(const Profile& newer, Profile& profile) {
  for (const auto& [name, given] : newer.facts) profile.sealed.erase(name);
  Replace(newer.facts, profile.facts);
  Replace(newer.sealed, profile.sealed);
  profile.formats = newer.formats;
  if (newer.preferences.consent) profile.preferences = newer.preferences;
}

Profile NewOnly(Profile newer, const Profile& known) {
  const auto given = [&known](const auto& fact) {
    return known.facts.contains(fact.first) || known.sealed.contains(fact.first);
  };
  std::erase_if(newer.facts, given);
  std::erase_if(newer.sealed, given);
  newer.formats = known.formats;
  newer.preferences = {};
  return newer;
}

}  // namespace tremplin::registration::domain
