#ifndef TREMPLIN_SERVICES_MATCHING_STORE_PINS_H_
#define TREMPLIN_SERVICES_MATCHING_STORE_PINS_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"

// Pairs that staff want to be proposed before any other, as rows: one a mentee at most.
namespace tremplin::matching::store {

struct Pin {
  std::string mentee;  // enrolment
  std::string mentor;  // enrolment
  std::string program;
  std::string reason;
  std::string by;
  absl::Time at;
  absl::Time until;
};

// Pins, or renews a pin of the same mentee.
absl::Status PutPin(database::Transaction& tx, const Pin& pin);
absl::Status DropPin(database::Transaction& tx, std::string_view mentee);
absl::StatusOr<std::optional<Pin>> FindPin(database::Reader& reader, std::string_view mentee);

// A program's, by mentee, after `after`.
absl::StatusOr<std::vector<Pin>> ListPins(database::Reader& reader, std::string_view program,
                                          std::string_view after, int limit);
// Those of a program that are in force at `now`.
absl::StatusOr<std::vector<Pin>> PinsInForce(database::Reader& reader, std::string_view program,
                                             absl::Time now);
// Those of which the enrolment is the mentee or the mentor.
absl::StatusOr<std::vector<Pin>> PinsOf(database::Reader& reader, std::string_view enrolment);

}  // namespace tremplin::matching::store

#endif  // TREMPLIN_SERVICES_MATCHING_STORE_PINS_H_
