#ifndef TREMPLIN_COMMON_STATUS_ERROR_H_
#define TREMPLIN_COMMON_STATUS_ERROR_H_

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "common/messages/message.h"

// Errors are absl::Status values that carry, as a payload, what a person and a machine need: a
// stable reason, the sentence in English and in French, and the fields at fault. common/rpc turns
// the payload into google.rpc.ErrorInfo, LocalizedMessage and BadRequest; nothing else does.
//
// A status without the payload is an internal fault: its text stays in the log, and the caller
// reads a general sentence.
namespace tremplin::status {

// One field at fault. `field` is the path in the request in proto names ("file.birth_date",
// "items[3].file.email"). Never holds the value itself: values are personal data.
struct FieldViolation {
  std::string field;
  std::string reason;  // UPPER_SNAKE_CASE
  std::string en;
  std::string fr;
};

// What the payload says.
struct ErrorDetail {
  std::string reason;
  std::string en;
  std::string fr;
  std::vector<FieldViolation> violations;
};

// An error with a sentence for people; `args` fill {0}, {1}, … and never hold personal data.
absl::Status Error(absl::StatusCode code, const messages::Message& message,
                   std::initializer_list<std::string_view> args = {});

// A violation of one field.
FieldViolation Violation(std::string_view field, const messages::Message& message,
                         std::initializer_list<std::string_view> args = {});

// INVALID_ARGUMENT with reason INVALID_FIELDS that lists every field at fault. `violations` is not
// empty.
absl::Status InvalidFields(std::vector<FieldViolation> violations);

// The detail of `status`, or an empty one (reason "") where it carries none.
ErrorDetail DetailOf(const absl::Status& status);

// The reason of `status`, "" where it has none.
std::string ReasonOf(const absl::Status& status);

// Puts a detail (as DetailOf gives it) back on a status: how the peers' client rebuilds an error
// that came over the wire.
absl::Status WithDetail(absl::StatusCode code, const ErrorDetail& detail);

// Fills {0}, {1}, … of a template.
std::string Fill(std::string_view text, absl::Span<const std::string_view> args);

// Status of an optimistic-lock miss: the row has another version than the one read. Database::Write
// runs the function again (at most 3 times), then the caller sees ABORTED.
absl::Status VersionConflict(std::string_view what);
bool IsVersionConflict(const absl::Status& status);

// True for what an outage looks like (UNAVAILABLE, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, ABORTED):
// a consumer pauses and tries again, it never dead-letters these.
bool IsOutage(const absl::Status& status);

}  // namespace tremplin::status

#endif  // TREMPLIN_COMMON_STATUS_ERROR_H_
