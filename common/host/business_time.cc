#include "common/host/business_time.h"

#include <memory>
#include <utility>

#include "common/clock/clock.h"
#include "common/logging/logging.h"
#include "common/resources/names.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "tremplin/runtime/events/v1/events.pb.h"

namespace tremplin::host {

const std::string_view kBusinessTimeSchemaSql = R"sql(
CREATE TABLE {service}_followed_time (
  id BIGINT PRIMARY KEY,
  business_us BIGINT NOT NULL
);
)sql";

BusinessTime::BusinessTime(bool enabled, std::function<void(absl::Time)> set)
    : enabled_(enabled), set_(std::move(set)) {}

void BusinessTime::Advance(absl::Time time) {
  if (!enabled_) return;
  std::lock_guard lock(mutex_);
  if (last_.has_value() && time <= *last_) return;
  last_ = time;
  set_(time);
}

void FollowBusinessTime(const std::string& service, BusinessTime& time, std::function<void()> moved,
                        inbox::Handlers& handlers) {
  const std::string table = service + "_followed_time";
  const auto sql = std::make_shared<const std::string>(
      text::Cat("INSERT INTO ", table, " (id, business_us) VALUES (1, $1) ",
                "ON CONFLICT (id) DO UPDATE SET business_us = excluded.business_us WHERE ", table,
                ".business_us < excluded.business_us"));
  handlers.On<runtime::events::v1::BusinessTimeSet>(
      "registration",
      [sql, &time, moved = std::move(moved)](
          const events::Event&,
          const runtime::events::v1::BusinessTimeSet& payload) -> absl::StatusOr<inbox::Apply> {
        if (!time.enabled()) {
          logging::Warning("business time was set elsewhere; this process is not in demo mode");
          return inbox::Apply([](database::Transaction&) { return absl::OkStatus(); });
        }
        const absl::Time to = resources::FromTimestamp(payload.business_time());
        return inbox::Apply([sql, to, &time, moved](database::Transaction& tx) {
          tx.AfterCommit([&time, to, moved] {
            time.Advance(to);
            moved();
          });
          return tx.Execute(*sql, {clock::ToMicros(to)});
        });
      },
      inbox::Handlers::Reads::kEventAlone);
}

absl::Status LoadBusinessTime(const std::string& service, database::Database& db,
                              BusinessTime& time) {
  const std::string sql =
      text::Cat("SELECT business_us FROM ", service, "_followed_time WHERE id = 1");
  TREMPLIN_ASSIGN_OR_RETURN(
      const database::Result found,
      database::ReadRows(
          db, {.tenant = database::Tenant::All(), .deadline = absl::Now() + absl::Seconds(5)},
          sql));
  if (!found.rows.empty()) time.Advance(found.rows[0].Time(0));
  return absl::OkStatus();
}

}  // namespace tremplin::host
