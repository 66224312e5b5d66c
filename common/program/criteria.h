#ifndef TREMPLIN_COMMON_PROGRAM_CRITERIA_H_
#define TREMPLIN_COMMON_PROGRAM_CRITERIA_H_

#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "common/program/facts.h"
#include "tremplin/program/v1/program.pb.h"

namespace tremplin::program {

enum class Finding { kPass, kFail, kMissing };

struct CriterionFinding {
  const v1::Criterion* criterion;  // lives as long as the definition
  Finding finding;
};

// Judges every criterion as of `day`, in their order. Pure.
std::vector<CriterionFinding> Evaluate(const std::vector<const v1::Criterion*>& criteria,
                                       const Facts& facts, absl::CivilDay day);

// Three-valued value of one predicate as of `day`. Pure.
Finding Evaluate(const v1::Predicate& predicate, const Facts& facts, absl::CivilDay day);

// INVALID_ARGUMENT with a violation for every fault, as of the registry (without the definition's
// own facts): whatever would break later is refused here. A text missing in either language; a code
// outside [a-z0-9_.-]{1,64} or doubled; a fact or value that the registry does not know, or not of
// the predicate's type; a word outside its vocabulary (contacts, objectives, weights, tables,
// parts, languages); an owner, zone or day malformed; no criteria, no format, no step that anybody
// may do; bounds that cross; weights that sum to nothing; numbers outside their sensible range (the
// proto says which). What a publication must pass.
absl::Status Validate(const v1::ProgramDefinition& definition, const v1::FactRegistry& base);

// The definition as it is kept: bound to `base` and its own facts (ProgramDefinition.registry).
v1::ProgramDefinition Bound(v1::ProgramDefinition definition, const v1::FactRegistry& base);

// Reads a definition kept as textproto. INVALID_ARGUMENT with line and column of the first fault.
absl::StatusOr<v1::ProgramDefinition> ParseDefinition(const std::string& textproto);

}  // namespace tremplin::program

#endif  // TREMPLIN_COMMON_PROGRAM_CRITERIA_H_
