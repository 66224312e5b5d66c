#ifndef TREMPLIN_COMMON_PROGRAM_CRITERIA_H_
#define TREMPLIN_COMMON_PROGRAM_CRITERIA_H_

#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tremplin/program/v1/program.pb.h"

namespace tremplin::program {

// What is known of a person, by name. A fact that was not given is absent from the map.
using Fact = std::variant<std::string, int64_t>;
using Facts = std::map<std::string, Fact, std::less<>>;

enum class Finding { kPass, kFail, kMissing };

struct CriterionFinding {
  const v1::Criterion* criterion;  // lives as long as the definition
  Finding finding;
};

// Judges every criterion, in the order of the definition. Pure.
std::vector<CriterionFinding> Evaluate(const v1::Criteria& criteria, const Facts& facts);

// Three-valued value of one predicate. Pure.
Finding Evaluate(const v1::Predicate& predicate, const Facts& facts);

// INVALID_ARGUMENT with a violation for every fault: a text missing in either language, an unknown
// time zone, a predicate without kind, doubled codes, negative lengths. What a publication must
// pass.
absl::Status Validate(const v1::ProgramDefinition& definition);

// Reads a definition kept as textproto. INVALID_ARGUMENT with line and column of the first fault.
absl::StatusOr<v1::ProgramDefinition> ParseDefinition(const std::string& textproto);

}  // namespace tremplin::program

#endif  // TREMPLIN_COMMON_PROGRAM_CRITERIA_H_
