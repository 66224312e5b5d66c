#ifndef TREMPLIN_COMMON_DATABASE_POSTGRES_VALUES_H_
#define TREMPLIN_COMMON_DATABASE_POSTGRES_VALUES_H_

#include <libpq-fe.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/database/database.h"

// Values, results and errors of libpq. Private to common/database.
namespace tremplin::database {

// The type a parameter is declared with; 0 (PostgreSQL infers it) for NULL.
Oid OidOf(const Value& value);

// Parameters in libpq's binary form; refers to `params`, which must outlive it.
class BinaryParams {
 public:
  explicit BinaryParams(const Params& params);
  BinaryParams(const BinaryParams&) = delete;
  BinaryParams& operator=(const BinaryParams&) = delete;

  int count() const { return static_cast<int>(values_.size()); }
  const char* const* values() const { return values_.data(); }
  const int* lengths() const { return lengths_.data(); }
  const int* formats() const { return formats_.data(); }

 private:
  std::vector<std::array<char, 8>> numbers_;
  std::vector<const char*> values_;
  std::vector<int> lengths_;
  std::vector<int> formats_;
};

// A result in binary form. INTERNAL for a type outside the subset.
absl::StatusOr<Result> DecodeResult(const PGresult* result);

// An error result as a status; its text holds no values of rows.
absl::Status ErrorOf(const PGresult* result, std::string_view sql);

// The five-letter code of an error result, "" where it has none.
std::string SqlStateOf(const PGresult* result);

// What a server says to a write once another has taken its place: it follows that one, or was set
// to take no more writes. Connections to it are of no use any more.
inline constexpr std::string_view kReadOnlyState = "25006";

// Whether after this error the whole transaction has to be given up, not only the savepoint:
// deadlock, serialization, a lock waited for too long while other locks are held, a broken state.
bool EndsTransaction(std::string_view sql_state);

}  // namespace tremplin::database

#endif  // TREMPLIN_COMMON_DATABASE_POSTGRES_VALUES_H_
