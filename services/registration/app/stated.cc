#include "services/registration/app/stated.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "common/text/text.h"
#include "services/registration/messages.h"
#include "services/registration/store/given.h"

namespace tremplin::registration {
namespace {

using program::v1::Fact;
using program::v1::GivenFact;

constexpr size_t kMostNote = 1000;

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
void Keep(const program::Registry& registry, const Fact& fact, const GivenFact& given,
          domain::Stated& stated) {
  stated.names.push_back(given.name());
  if (given.values().empty()) return;
  if (Seen(fact)) {
    program::GivenFacts one;
    *one.Add() = given;
    for (GivenFact& seen : program::SeenByMatching(registry, one)) {
      seen.set_attested_on(given.attested_on());
      seen.clear_attested_by();
      seen.clear_note();
      stated.facts[seen.name()] = store::ToDomain(seen);
    }
  }
  if (!Seen(fact) || IsAttested(given)) stated.sealed[given.name()] = store::ToDomain(given);
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
    faults.Limit(text::Cat(field, ".note"), given[i].note(), kMostNote);
    GivenFact normal = program::Normal(given[i], *fact);
    if (!normal.values().empty()) {
      std::optional<status::FieldViolation> fault = program::FaultOf(normal, *fact, tables);
      if (fault.has_value()) {
        fault->field = field;
        faults.Add(*std::move(fault));
        continue;
      }
    }
    Attest(*fact, statement, normal);
    Keep(registry, *fact, normal, stated);
  }
  return stated;
}

domain::Stated FromFile(const program::GivenFacts& given, domain::Role about,
                        const program::Registry& registry) {
  domain::Stated stated;
  for (const GivenFact& each : given) {
    const Fact* fact = registry.Find(each.name());
    if (fact == nullptr || !Contains(fact->about(), SubjectOf(about))) continue;
    if (Seen(*fact) || IsAttested(each)) Keep(registry, *fact, each, stated);
  }
  return stated;
}

}  // namespace tremplin::registration
