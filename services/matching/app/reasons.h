#ifndef TREMPLIN_SERVICES_MATCHING_APP_REASONS_H_
#define TREMPLIN_SERVICES_MATCHING_APP_REASONS_H_

#include <string>
#include <vector>

#include "common/status/error.h"

// The coded reasons that people give for what they decide.
namespace tremplin::matching::app {

using Codes = std::vector<std::string>;

const Codes& OverrideReasons();  // also of a pin, which becomes one
const Codes& DeclineReasons();
const Codes& CancelReasons();
const Codes& BarReasons();

// Adds a violation of `field`, which names the codes, unless `reason` is one of them.
void CheckReason(const std::string& field, const std::string& reason, const Codes& codes,
                 std::vector<status::FieldViolation>* violations);

}  // namespace tremplin::matching::app

#endif  // TREMPLIN_SERVICES_MATCHING_APP_REASONS_H_
