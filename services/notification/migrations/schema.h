#ifndef TREMPLIN_SERVICES_NOTIFICATION_MIGRATIONS_SCHEMA_H_
#define TREMPLIN_SERVICES_NOTIFICATION_MIGRATIONS_SCHEMA_H_

#include "absl/types/span.h"
#include "common/database/database.h"

namespace tremplin::notification {

// The tables of notification, forward only.
absl::Span<const database::Migration> Migrations();

}  // namespace tremplin::notification

#endif  // TREMPLIN_SERVICES_NOTIFICATION_MIGRATIONS_SCHEMA_H_
