#include "tools/tremplinctl/board_requests.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "tools/tremplinctl/board_messages.h"

namespace tremplin::ctl {
namespace {

using Change = matching::v1::SimulateRunRequest::Change;
using Assignment = std::pair<std::string, std::string>;

absl::Status Unreadable(const messages::Message& message, const std::string& text) {
  return status::Error(absl::StatusCode::kInvalidArgument, message, {text});
}

absl::StatusOr<Assignment> AssignmentOf(const std::string& text) {
  const size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == text.size()) {
    return Unreadable(kAssignmentUnreadable, text);
  }
  return Assignment{text.substr(0, equals), text.substr(equals + 1)};
}

absl::Status AddBars(const std::vector<std::string>& pairs, bool barred,
                     matching::v1::SimulateRunRequest* request) {
  for (const std::string& text : pairs) {
    TREMPLIN_ASSIGN_OR_RETURN(const Assignment pair, AssignmentOf(text));
    Change::Bar* bar = request->add_changes()->mutable_bar();
    bar->set_mentee_enrolment(FullName("enrolments", pair.first));
    bar->set_mentor_enrolment(FullName("enrolments", pair.second));
    bar->set_barred(barred);
  }
  return absl::OkStatus();
}

absl::Status AddNumbers(const WhatIf& what_if, matching::v1::SimulateRunRequest* request) {
  for (const std::string& text : what_if.places) {
    TREMPLIN_ASSIGN_OR_RETURN(const Assignment pair, AssignmentOf(text));
    Change::Places* places = request->add_changes()->mutable_places();
    places->set_mentor_enrolment(FullName("enrolments", pair.first));
    int more = 0;
    if (!absl::SimpleAtoi(pair.second, &more)) return Unreadable(kNumberUnreadable, text);
    places->set_more(more);
  }
  for (const std::string& text : what_if.weights) {
    TREMPLIN_ASSIGN_OR_RETURN(const Assignment pair, AssignmentOf(text));
    double weight = 0;
    if (!absl::SimpleAtod(pair.second, &weight)) return Unreadable(kNumberUnreadable, text);
    request->add_changes()->mutable_weight()->set_criterion(pair.first);
    request->mutable_changes(request->changes_size() - 1)->mutable_weight()->set_weight(weight);
  }
  return absl::OkStatus();
}

}  // namespace

std::string FullName(std::string_view collection, const std::string& id) {
  return id.find('/') == std::string::npos ? resources::NameOf(collection, id) : id;
}

absl::StatusOr<google::protobuf::Timestamp> TimeOf(const std::string& text) {
  absl::CivilDay day;
  if (text.size() == 10 && absl::ParseCivilTime(text, &day)) {
    return resources::ToTimestamp(absl::FromCivil(day, absl::UTCTimeZone()));
  }
  absl::Time time;
  std::string error;
  if (text.size() < 20 || !absl::ParseTime(absl::RFC3339_full, text, &time, &error)) {
    return Unreadable(kTimeUnreadable, text);
  }
  return resources::ToTimestamp(time);
}

absl::StatusOr<matching::v1::SimulateRunRequest> RequestOf(const std::string& program,
                                                           const WhatIf& what_if) {
  matching::v1::SimulateRunRequest request;
  request.set_program(FullName("programs", program));
  TREMPLIN_RETURN_IF_ERROR(AddNumbers(what_if, &request));
  for (const std::string& enrolment : what_if.leave_out) {
    request.add_changes()->set_leave_out(FullName("enrolments", enrolment));
  }
  TREMPLIN_RETURN_IF_ERROR(AddBars(what_if.bar, true, &request));
  TREMPLIN_RETURN_IF_ERROR(AddBars(what_if.unbar, false, &request));
  if (!what_if.objective.empty()) request.add_changes()->set_objective(what_if.objective);
  if (what_if.minimum_score.has_value()) {
    request.add_changes()->set_minimum_score(*what_if.minimum_score);
  }
  if (what_if.waiting_bonus.has_value()) {
    request.add_changes()->set_waiting_bonus(*what_if.waiting_bonus);
  }
  if (what_if.candidates.has_value()) request.add_changes()->set_candidates(*what_if.candidates);
  return request;
}

}  // namespace tremplin::ctl
