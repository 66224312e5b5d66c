#ifndef TREMPLIN_SERVICES_MATCHING_STORE_BARS_H_
#define TREMPLIN_SERVICES_MATCHING_STORE_BARS_H_

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"

// Who must not be proposed to whom, and who has met.
namespace tremplin::matching::store {

// (mentee enrolment, mentor enrolment) that the engine must not propose in a format: barred by how
// a proposal of that format ended (a meeting that did not come about says nothing of a group), or
// by staff, whose bar holds in every format.
absl::StatusOr<std::set<std::pair<std::string, std::string>>> BarredPairs(database::Reader& reader,
                                                                          std::string_view program,
                                                                          std::string_view format);

// The mentors (enrolments) who must not be proposed to one mentee in a format.
absl::StatusOr<std::set<std::string>> BarredMentors(database::Reader& reader,
                                                    std::string_view mentee_enrolment,
                                                    std::string_view format);
// A proposal's end bars a pair in its format.
absl::Status PutPastPair(database::Transaction& tx, std::string_view program,
                         std::string_view format, std::string_view mentee, std::string_view mentor);

// Mentors whom a mentee has met, been asked with or refused in a format of a program.
absl::StatusOr<std::map<std::string, std::set<std::string>>> MetInFormat(database::Reader& reader,
                                                                         std::string_view program,
                                                                         std::string_view format);

// A pair that staff barred.
struct Bar {
  std::string mentee;  // enrolment
  std::string mentor;  // enrolment
  std::string program;
  std::string reason;
  std::string by;
  absl::Time at;
};
// Bars a pair, or renews the reason; lifts the bar.
absl::Status PutBar(database::Transaction& tx, const Bar& bar);
absl::StatusOr<bool> HasBar(database::Reader& reader, std::string_view mentee,
                            std::string_view mentor);
absl::Status DropBar(database::Transaction& tx, std::string_view mentee, std::string_view mentor);

}  // namespace tremplin::matching::store

#endif  // TREMPLIN_SERVICES_MATCHING_STORE_BARS_H_
