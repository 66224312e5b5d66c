#ifndef TREMPLIN_COMMON_HOST_RUNTIME_SCHEMA_H_
#define TREMPLIN_COMMON_HOST_RUNTIME_SCHEMA_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/database/database.h"
#include "common/host/module.h"

namespace tremplin::host {

// All migrations of a service: number 1 makes the runtime's own tables, the module's follow, each
// one number later than the module says. FAILED_PRECONDITION when the module's are not numbered 1,
// 2, … The texts live as long as the program.
absl::StatusOr<std::vector<database::Migration>> MigrationsOf(const ModuleSpec& module);

// Whether the database's schema is that of this program. FAILED_PRECONDITION when it is behind or
// ahead (the text says what to do); an outage's status when it cannot be asked.
absl::Status CheckSchema(database::Database& db, const ModuleSpec& module);

}  // namespace tremplin::host

#endif  // TREMPLIN_COMMON_HOST_RUNTIME_SCHEMA_H_
