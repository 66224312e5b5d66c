#include "services/registration/app/stated.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "common/text/text.h"
#include "services/registration/app/publication.h"
#include "services/registration/messages.h"
#include "services/registration/store/given.h"

namespace tremplin::registration {
namespace {

using program::v1::Fact;
using program::v1::GivenFact;

template <class List, class Value>
bool Contains(const List& list, const Value& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

program::v1::Subject SubjectOf(domain::Role role) {
  return role == domain::Role::kMentee ? program::v1::SUBJECT_MENTEE : program::v1::SUBJECT_MENTOR;
}

bool Seen(const Fact& fact) { return fact.matching() != program::v1::MATCHING_USE_UNSPECIFIED; }

bool IsAttested(const GivenFact& given) {
  return !given.attested_by().empty() || !given.attested_on().empty();
}

// Puts one fact where it is kept. Matching is told when it was attested, not by whom nor why.
void Keep(const program::Registry& registry, const GivenFact& given, domain::Stated& stated) {
  stated.names.push_back(given.name());
  if (given.values().empty()) return;
  program::GivenFacts one;
  *one.Add() = given;
  const program::GivenFacts seen = program::SeenByMatching(registry, one);
  for (const GivenFact& each : seen) {
    stated.facts[each.name()] = {.values = {each.values().begin(), each.values().end()},
                                 .attested_on = given.attested_on()};
  }
  if (seen.empty() || IsAttested(given)) stated.sealed[given.name()] = store::ToDomain(given);
}

// Why the fact may not be stated so, if anything; not yet whether its value is well-formed.
const messages::Message* Objection(const Fact& fact, const Statement& statement) {
  if (!Contains(fact.about(), SubjectOf(statement.about))) return &kFactOfOtherSide;
  if (!Seen(fact) && !Contains(statement.also, fact.name())) return &kFactNotForMatching;
  if (statement.by == domain::Actor::kPerson &&
      !Contains(fact.stated_by(), program::v1::STATED_BY_PERSON)) {
    return &kFactNotYours;
  }
  return nullptr;
}

// The attestation is the caller's own, whatever the request says of it.
void Attest(const Fact& fact, const Statement& statement, GivenFact& given) {
  given.clear_attested_by();
  given.clear_attested_on();
  if (statement.by != domain::Actor::kStaff ||
      !Contains(fact.stated_by(), program::v1::STATED_BY_STAFF)) {
    given.clear_note();
    return;
  }
  given.set_attested_by(statement.staff);
  given.set_attested_on(absl::FormatCivilTime(statement.day));
}

}  // namespace

domain::Stated CheckStated(Faults& faults, const program::GivenFacts& given,
                           const Statement& statement, const program::Registry& registry,
                           const classification::Classification& tables) {
  domain::Stated stated;
  std::set<std::string_view> names;
  for (int i = 0; i < given.size(); ++i) {
    const Fact* fact = registry.Find(given[i].name());
    if (fact == nullptr || fact->has_derived()) {
      faults.Add(text::Cat("facts[", i, "]"), kFactUnknown);
      continue;
    }
    const std::string field = text::Cat("facts.", fact->name());
    if (!names.insert(fact->name()).second) {
      faults.Add(field, kRepeated);
      continue;
    }
    if (const messages::Message* objection = Objection(*fact, statement); objection != nullptr) {
      faults.Add(field, *objection);
      continue;
    }
    GivenFact normal = program::Normal(given[i], *fact);
    Attest(*fact, statement, normal);
    std::optional<status::FieldViolation> fault =
        program::FaultOf(normal, *fact, tables, statement.day);
    if (fault.has_value()) {
      fault->field = field;
      faults.Add(*std::move(fault));
      continue;
    }
    Keep(registry, normal, stated);
  }
  return stated;
}

domain::Stated FromFile(const program::GivenFacts& given, domain::Role about,
                        const program::Registry& registry) {
  domain::Stated stated;
  for (const GivenFact& each : given) {
    const Fact* fact = registry.Find(each.name());
    if (fact == nullptr || !Contains(fact->about(), SubjectOf(about))) continue;
    if (Seen(*fact) || IsAttested(each)) Keep(registry, each, stated);
  }
  return stated;
}

domain::Stated Offered(const program::GivenFacts& given, const std::set<std::string>& names,
                       domain::Role about, const program::Program& program) {
  program::v1::ProgramDefinition judged;
  for (const program::v1::Criterion* criterion : program.Asked(SubjectOf(about)).all) {
    *judged.mutable_mentor()->add_criteria() = *criterion;
  }
  std::set<std::string> by_criteria = FactsNamedBy(judged);
  for (const Fact& fact : program.registry.facts()) {
    if (by_criteria.contains(fact.name())) by_criteria.insert(fact.derived().from());
  }
  program::GivenFacts offered;
  domain::Stated stated;
  for (const std::string& name : names) {
    const Fact* fact = program.registry.Find(name);
    if (fact == nullptr || !Contains(fact->about(), SubjectOf(about)) || !Seen(*fact)) continue;
    if (by_criteria.contains(name)) continue;
    stated.names.push_back(name);
    for (const GivenFact& each : given) {
      if (each.name() == name) *offered.Add() = each;
    }
  }
  for (const GivenFact& each : offered) Keep(program.registry, each, stated);
  return stated;
}

}  // namespace tremplin::registration
