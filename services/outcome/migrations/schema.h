#ifndef TREMPLIN_SERVICES_OUTCOME_MIGRATIONS_SCHEMA_H_
#define TREMPLIN_SERVICES_OUTCOME_MIGRATIONS_SCHEMA_H_

#include "absl/types/span.h"
#include "common/database/database.h"

namespace tremplin::outcome {

// The tables of outcome, forward only.
absl::Span<const database::Migration> Migrations();

}  // namespace tremplin::outcome

#endif  // TREMPLIN_SERVICES_OUTCOME_MIGRATIONS_SCHEMA_H_
