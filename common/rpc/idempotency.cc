#include "common/rpc/idempotency.h"

#include "absl/strings/str_replace.h"
#include "common/rpc/messages.h"
#include "common/status/error.h"
#include "common/status/macros.h"

namespace tremplin::rpc {
namespace {

constexpr std::string_view kPurpose = "idempotency";

std::string WithPrefix(const char* sql, const std::string& service) {
  return absl::StrReplaceAll(sql, {{"{service}", service}});
}

}  // namespace

const std::string_view kIdempotencySchemaSql = R"sql(
CREATE TABLE {service}_idempotency (
  principal TEXT NOT NULL,
  method TEXT NOT NULL,
  request_id TEXT NOT NULL,
  subject TEXT NOT NULL,
  digest {bytes} NOT NULL,
  response {bytes} NOT NULL,
  created_us BIGINT NOT NULL,
  PRIMARY KEY (principal, method, request_id)
);
CREATE INDEX {service}_idempotency_created ON {service}_idempotency (created_us);
CREATE INDEX {service}_idempotency_subject ON {service}_idempotency (subject) WHERE subject <> '';
)sql";

Commands::Commands(std::string service, database::Database& db, const seal::Sealer& sealer,
                   const clock::Clock& clock)
    : service_(std::move(service)), db_(db), sealer_(sealer), clock_(clock) {
  find_sql_ = WithPrefix(
      "SELECT digest, response FROM {service}_idempotency "
      "WHERE principal = $1 AND method = $2 AND request_id = $3",
      service_);
  insert_sql_ = WithPrefix(
      "INSERT INTO {service}_idempotency "
      "(principal, method, request_id, subject, digest, response, created_us) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7)",
      service_);
  erase_sql_ = WithPrefix("DELETE FROM {service}_idempotency WHERE subject = $1", service_);
  trim_sql_ = WithPrefix(
      "DELETE FROM {service}_idempotency WHERE (principal, method, request_id) IN ("
      "SELECT principal, method, request_id FROM {service}_idempotency "
      "WHERE created_us < $1 ORDER BY created_us LIMIT $2)",
      service_);
}

absl::Status Commands::RunRaw(
    const CallContext& call, std::string_view lane_key, std::string_view subject,
    const std::function<void(database::Transaction&)>& prefetch,
    const std::function<absl::StatusOr<std::string>(database::Transaction&)>& fn,
    const std::function<bool(const std::string&)>& restore) {
  const database::Statement find = {find_sql_, {call.principal.id, call.method, call.request_id}};
  const auto once = [&](database::Transaction& tx) -> absl::Status {
    if (prefetch != nullptr) prefetch(tx);
    if (call.request_id.empty()) return fn(tx).status();
    database::Prefetched look = tx.Prefetch(find);
    TREMPLIN_ASSIGN_OR_RETURN(const database::Result stored, look.Get());
    if (!stored.rows.empty()) {
      if (stored.rows[0].Blob(0) != call.request_digest) {
        return status::Error(absl::StatusCode::kFailedPrecondition, kRequestIdReused);
      }
      TREMPLIN_ASSIGN_OR_RETURN(const std::string response,
                                sealer_.OpenForService(kPurpose, stored.rows[0].Blob(1)));
      if (!restore(response)) return absl::DataLossError("a stored answer cannot be decoded");
      return absl::OkStatus();
    }
    TREMPLIN_ASSIGN_OR_RETURN(const std::string response, fn(tx));
    return tx.Execute(insert_sql_, {call.principal.id, call.method, call.request_id,
                                    std::string(subject), database::Bytes{call.request_digest},
                                    database::Bytes{sealer_.SealForService(kPurpose, response)},
                                    clock::ToMicros(clock_.SystemNow())});
  };
  const database::WriteOptions options = call.Write(lane_key);
  absl::Status status = db_.Write(options, once);
  // Another replica stored an answer to the same request, or the very thing that the handler was to
  // make, since ours was looked for: now it is found. (A unique violation that comes of something
  // else ends the same way again.)
  if (absl::IsAlreadyExists(status) && status::ReasonOf(status).empty()) {
    status = db_.Write(options, once);
  }
  return status;
}

absl::Status Commands::EraseSubject(database::Transaction& tx, std::string_view subject) const {
  // "" marks the answers that belong to nobody.
  if (subject.empty()) return absl::OkStatus();
  return tx.Execute(erase_sql_, {std::string(subject)});
}

absl::StatusOr<int64_t> Commands::Trim(absl::Duration age, int limit) {
  const int64_t before = clock::ToMicros(clock_.SystemNow() - age);
  int64_t gone = 0;
  const absl::Status trimmed =
      db_.Write({.lane_key = service_ + "_idempotency",
                 .tenant = database::Tenant::All(),
                 .deadline = clock_.SystemNow() + absl::Seconds(10)},
                [&](database::Transaction& tx) -> absl::Status {
                  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result,
                                            tx.Query(trim_sql_, {before, int64_t{limit}}));
                  gone = result.affected;
                  return absl::OkStatus();
                });
  if (!trimmed.ok()) return trimmed;
  return gone;
}

}  // namespace tremplin::rpc
