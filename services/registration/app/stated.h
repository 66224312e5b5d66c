#ifndef TREMPLIN_SERVICES_REGISTRATION_APP_STATED_H_
#define TREMPLIN_SERVICES_REGISTRATION_APP_STATED_H_

#include <set>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "common/classification/classification.h"
#include "common/program/facts.h"
#include "common/program/program_store.h"
#include "services/registration/app/checks.h"
#include "services/registration/domain/enrolment.h"

// Given facts by the registry that a program is bound to: which may be stated of whom by whom, what
// of them matching sees and what is kept sealed. Pure.
namespace tremplin::registration {

struct Statement {
  domain::Role about = domain::Role::kMentee;
  domain::Actor by = domain::Actor::kStaff;
  std::string staff = {};  // principal that attests, for kStaff
  absl::CivilDay day;      // business day of the program
  // Facts beyond those that matching sees which may be stated here: an onboarding step's.
  std::vector<std::string> also = {};
};

// What is stated, normal. Each fact once, known and not derived, about the side, seen by matching
// or among `also`, well-formed, and the caller's to state: a person states what is theirs to state,
// staff state any and attest those that are theirs to attest. Adds a fault for each that is not;
// the field is "facts.<name>", or "facts[i]" for what has no name here.
domain::Stated CheckStated(Faults& faults, const program::GivenFacts& given,
                           const Statement& statement, const program::Registry& registry,
                           const classification::Classification& tables);

// Of an admitted file: what matching sees of the side's facts, and what was attested there.
domain::Stated FromFile(const program::GivenFacts& given, domain::Role about,
                        const program::Registry& registry);

// Of what the person's newest file says of these facts: what matching sees of the side's, and no
// criterion of the side judges, since what was decided stays decided on what it was.
domain::Stated Offered(const program::GivenFacts& given, const std::set<std::string>& names,
                       domain::Role about, const program::Program& program);

}  // namespace tremplin::registration

#endif  // TREMPLIN_SERVICES_REGISTRATION_APP_STATED_H_
