#include "services/registration/store/given.h"

namespace tremplin::registration::store {

domain::Given ToDomain(const program::v1::GivenFact& given) {
  return {.values = {given.values().begin(), given.values().end()},
          .attested_by = given.attested_by(),
          .attested_on = given.attested_on(),
          .note = given.note()};
}

domain::GivenFacts ToDomain(const GivenList& list) {
  domain::GivenFacts facts;
  for (const program::v1::GivenFact& given : list) facts[given.name()] = ToDomain(given);
  return facts;
}

domain::Preferences ToDomain(const v1::Preferences& preferences) {
  return {.consent = preferences.consent(),
          .wishes = {preferences.wishes().begin(), preferences.wishes().end()},
          .required = {preferences.required().begin(), preferences.required().end()},
          .attributes = {preferences.attributes().begin(), preferences.attributes().end()}};
}

void Append(const domain::GivenFacts& facts, GivenList& list) {
  for (const auto& [name, given] : facts) {
    program::v1::GivenFact& added = *list.Add();
    added.set_name(name);
    added.mutable_values()->Assign(given.values.begin(), given.values.end());
    added.set_attested_by(given.attested_by);
    added.set_attested_on(given.attested_on);
    added.set_note(given.note);
  }
}

v1::Preferences ToMessage(const domain::Preferences& preferences) {
  v1::Preferences out;
  out.set_consent(preferences.consent);
  out.mutable_wishes()->Assign(preferences.wishes.begin(), preferences.wishes.end());
  out.mutable_required()->Assign(preferences.required.begin(), preferences.required.end());
  out.mutable_attributes()->Assign(preferences.attributes.begin(), preferences.attributes.end());
  return out;
}

}  // namespace tremplin::registration::store
