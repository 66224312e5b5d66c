#ifndef TREMPLIN_SERVICES_REGISTRATION_MIGRATIONS_MIGRATIONS_H_
#define TREMPLIN_SERVICES_REGISTRATION_MIGRATIONS_MIGRATIONS_H_

#include "absl/types/span.h"
#include "common/database/database.h"

namespace tremplin::registration {

// The tables of registration, forward only; the host puts the runtime's own before them. Lives as
// long as the program.
absl::Span<const database::Migration> Migrations();

}  // namespace tremplin::registration

#endif  // TREMPLIN_SERVICES_REGISTRATION_MIGRATIONS_MIGRATIONS_H_
