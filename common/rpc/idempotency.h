#ifndef TREMPLIN_COMMON_RPC_IDEMPOTENCY_H_
#define TREMPLIN_COMMON_RPC_IDEMPOTENCY_H_

#include <functional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "common/clock/clock.h"
#include "common/database/database.h"
#include "common/rpc/call.h"
#include "common/seal/seal.h"

namespace tremplin::rpc {

// `{service}_idempotency` (principal, method, request_id unique together, subject, digest, response
// {bytes}, created_us).
extern const std::string_view kIdempotencySchemaSql;

// How every handler that changes something writes: the effect, its events and the stored answer are
// one transaction, so the same request sent again, also at once and also after a crash, has one
// effect and one answer. Thread-safe.
class Commands {
 public:
  Commands(std::string service, database::Database& db, const seal::Sealer& sealer,
           const clock::Clock& clock);

  // Runs `fn` in a Write on the lane of `lane_key` under the call's tenant and deadline. When the
  // call has a request id: a stored answer of (principal, method, request id) is returned instead
  // of running `fn`; another payload under the same id is FAILED_PRECONDITION with reason
  // REQUEST_ID_REUSED. Errors store nothing. `subject` names whose personal data the answer may
  // hold ("" for none): erasing the subject deletes the row. `prefetch`, if given, runs before
  // anything is waited for, so that what it prefetches for `fn` costs one wait together with the
  // look at the stored answers. ALREADY_EXISTS without a reason may mean that another replica was
  // faster: all of it runs once more, and finds what there is.
  template <class Response>
  absl::StatusOr<Response> Run(
      const CallContext& call, std::string_view lane_key,
      const std::function<absl::StatusOr<Response>(database::Transaction&)>& fn,
      std::string_view subject = "",
      const std::function<void(database::Transaction&)>& prefetch = nullptr) {
    Response response;
    absl::Status status = RunRaw(
        call, lane_key, subject, prefetch,
        [&](database::Transaction& tx) -> absl::StatusOr<std::string> {
          absl::StatusOr<Response> made = fn(tx);
          if (!made.ok()) return std::move(made).status();
          response = *std::move(made);
          return response.SerializeAsString();
        },
        [&](const std::string& stored) { return response.ParseFromString(stored); });
    if (!status.ok()) return status;
    return response;
  }

  // Deletes the stored answers of a subject (erasure).
  absl::Status EraseSubject(database::Transaction& tx, std::string_view subject) const;

  // Deletes rows older than `age` by system time, at most `limit`: called by the host now and then.
  // Returns how many went: `limit` means that there may be more.
  absl::StatusOr<int64_t> Trim(absl::Duration age, int limit);

 private:
  absl::Status RunRaw(const CallContext& call, std::string_view lane_key, std::string_view subject,
                      const std::function<void(database::Transaction&)>& prefetch,
                      const std::function<absl::StatusOr<std::string>(database::Transaction&)>& fn,
                      const std::function<bool(const std::string&)>& restore);
  std::string service_;
  database::Database& db_;
  const seal::Sealer& sealer_;
  const clock::Clock& clock_;
  std::string find_sql_, insert_sql_, erase_sql_, trim_sql_;
};

}  // namespace tremplin::rpc

#endif  // TREMPLIN_COMMON_RPC_IDEMPOTENCY_H_
