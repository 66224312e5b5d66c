#ifndef TREMPLIN_COMMON_RESOURCES_NAMES_H_
#define TREMPLIN_COMMON_RESOURCES_NAMES_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "google/protobuf/timestamp.pb.h"

// Resource names ("referrals/<id>"), timestamps and page tokens: what every API does alike.
// Thread-safe.
namespace tremplin::resources {

// The id in "<collection>/<id>". INVALID_ARGUMENT with a violation of `field` when `name` has
// another form (1–128 of [A-Za-z0-9._~-] after the slash).
absl::StatusOr<std::string> IdOf(std::string_view collection, std::string_view name,
                                 std::string_view field);

// "<collection>/<id>", "" for an empty id.
std::string NameOf(std::string_view collection, std::string_view id);

google::protobuf::Timestamp ToTimestamp(absl::Time time);
absl::Time FromTimestamp(const google::protobuf::Timestamp& timestamp);

// Page size asked for → rows to read: 0 means 100; INVALID_ARGUMENT unless 0–500.
absl::StatusOr<int> PageSize(int asked);

// Page tokens are opaque and stable: they hold the sort key of the last row shown. `scope` names
// the method and its filters, so that a token is refused (INVALID_ARGUMENT, reason
// PAGE_TOKEN_INVALID) where it was not made. Not secret: sort keys are ids and times.
std::string PageToken(std::string_view scope, std::string_view last_key);
absl::StatusOr<std::string> LastKey(std::string_view scope, std::string_view token);  // "" for ""

// An etag of an aggregate's version, and the check: OK when `etag` is empty or equal, else ABORTED
// with reason ETAG_MISMATCH.
std::string Etag(int64_t version);
absl::Status CheckEtag(std::string_view etag, int64_t version);

}  // namespace tremplin::resources

#endif  // TREMPLIN_COMMON_RESOURCES_NAMES_H_
