#ifndef TREMPLIN_SERVICES_REFERRAL_MIGRATIONS_SCHEMA_H_
#define TREMPLIN_SERVICES_REFERRAL_MIGRATIONS_SCHEMA_H_

#include "absl/types/span.h"
#include "common/database/database.h"

namespace tremplin::referral {

// The tables of referral, forward only.
absl::Span<const database::Migration> Migrations();

}  // namespace tremplin::referral

#endif  // TREMPLIN_SERVICES_REFERRAL_MIGRATIONS_SCHEMA_H_
