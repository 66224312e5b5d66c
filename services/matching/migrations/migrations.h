#ifndef TREMPLIN_SERVICES_MATCHING_MIGRATIONS_MIGRATIONS_H_
#define TREMPLIN_SERVICES_MATCHING_MIGRATIONS_MIGRATIONS_H_

#include "absl/types/span.h"
#include "common/database/database.h"

namespace tremplin::matching {

absl::Span<const database::Migration> Migrations();

}  // namespace tremplin::matching

#endif  // TREMPLIN_SERVICES_MATCHING_MIGRATIONS_MIGRATIONS_H_
