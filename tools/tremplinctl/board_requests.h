#ifndef TREMPLIN_TOOLS_TREMPLINCTL_BOARD_REQUESTS_H_
#define TREMPLIN_TOOLS_TREMPLINCTL_BOARD_REQUESTS_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/timestamp.pb.h"
#include "tremplin/matching/v1/matching.pb.h"

// What a coordinator types, as requests. Pure.
namespace tremplin::ctl {

// "enrolments/x" of "x" or of itself.
std::string FullName(std::string_view collection, const std::string& id);

// "2026-03-01" (midnight UTC) or "2026-03-01T00:00:00-05:00". INVALID_ARGUMENT for anything else.
absl::StatusOr<google::protobuf::Timestamp> TimeOf(const std::string& text);

// The changes of a what-if as they are typed.
struct WhatIf {
  std::vector<std::string> places;     // "ENROLMENT=2", "ENROLMENT=-1"
  std::vector<std::string> leave_out;  // enrolments
  std::vector<std::string> bar;        // "MENTEE=MENTOR"
  std::vector<std::string> unbar;
  std::vector<std::string> weights;  // "criterion=0.5"
  std::string objective;             // "": as it is
  std::optional<double> minimum_score;
  std::optional<int> waiting_bonus;
  std::optional<int> candidates;
};
// INVALID_ARGUMENT that names what cannot be read.
absl::StatusOr<matching::v1::SimulateRunRequest> RequestOf(const std::string& program,
                                                           const WhatIf& what_if);

}  // namespace tremplin::ctl

#endif  // TREMPLIN_TOOLS_TREMPLINCTL_BOARD_REQUESTS_H_
