#include "services/registration/store/journal.h"

#include <utility>

#include "common/clock/clock.h"
#include "common/status/error.h"
#include "common/status/macros.h"

namespace tremplin::registration::store {
namespace {

constexpr std::string_view kAudit =
    "INSERT INTO registration_audit (at_us, actor, role, action, resource) "
    "VALUES ($1, $2, $3, $4, $5)";
constexpr std::string_view kGetTime =
    "SELECT business_us, version FROM registration_business_setting WHERE id = 1";
constexpr std::string_view kFirstTime =
    "INSERT INTO registration_business_setting (id, business_us, version) VALUES (1, $1, 1) "
    "ON CONFLICT DO NOTHING";
constexpr std::string_view kNextTime =
    "UPDATE registration_business_setting SET business_us = $1, version = version + 1 "
    "WHERE id = 1 AND version = $2";

}  // namespace

absl::Status AppendAudit(database::Transaction& tx, const AuditEntry& entry) {
  return tx.Execute(
      kAudit, {clock::ToMicros(entry.at), entry.actor, entry.role, entry.action, entry.resource});
}

absl::StatusOr<BusinessTime> GetBusinessTime(database::Reader& reader) {
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result, reader.Query(kGetTime));
  if (result.rows.empty()) return BusinessTime{};
  return BusinessTime{.time = result.rows[0].Time(0), .version = result.rows[0].Int(1)};
}

absl::Status PutBusinessTime(database::Transaction& tx, absl::Time time, int64_t version) {
  database::Params params = {clock::ToMicros(time)};
  if (version != 0) params.emplace_back(version);
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result,
                            tx.Query(version == 0 ? kFirstTime : kNextTime, std::move(params)));
  if (result.affected != 1) return status::VersionConflict("registration_business_setting");
  return absl::OkStatus();
}

}  // namespace tremplin::registration::store
