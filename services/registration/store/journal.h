#ifndef TREMPLIN_SERVICES_REGISTRATION_STORE_JOURNAL_H_
#define TREMPLIN_SERVICES_REGISTRATION_STORE_JOURNAL_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"

// What is kept of the system itself: the audit log and business time.
namespace tremplin::registration::store {

// Who did what to which resource: ids only. Rows are added, never changed.
struct AuditEntry {
  std::string actor = {};     // principal
  int64_t role = 0;           // number of tremplin.options.v1.Role
  std::string action = {};    // method or event type
  std::string resource = {};  // "people/<id>"
  absl::Time at = {};         // system time
};
absl::Status AppendAudit(database::Transaction& tx, const AuditEntry& entry);

// Business time as it was last set; version 0 while it never was.
struct BusinessTime {
  absl::Time time = {};
  int64_t version = 0;
};
absl::StatusOr<BusinessTime> GetBusinessTime(database::Reader& reader);

// Sets it over the version that was read. A version conflict when somebody else was first.
absl::Status PutBusinessTime(database::Transaction& tx, absl::Time time, int64_t version);

}  // namespace tremplin::registration::store

#endif  // TREMPLIN_SERVICES_REGISTRATION_STORE_JOURNAL_H_
