#ifndef TREMPLIN_SERVICES_SESSION_MIGRATIONS_MIGRATIONS_H_
#define TREMPLIN_SERVICES_SESSION_MIGRATIONS_MIGRATIONS_H_

#include "absl/types/span.h"
#include "common/database/database.h"

namespace tremplin::session {

absl::Span<const database::Migration> Migrations();

}  // namespace tremplin::session

#endif  // TREMPLIN_SERVICES_SESSION_MIGRATIONS_MIGRATIONS_H_
