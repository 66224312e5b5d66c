#include "services/matching/app/reasons.h"

#include <algorithm>

#include "absl/strings/str_join.h"
#include "services/matching/messages.h"

namespace tremplin::matching::app {

const Codes& OverrideReasons() {
  static const Codes* codes = new Codes{"knows_both", "special_need", "re_match",
                                        "engine_missed", "existing_pair"};
  return *codes;
}

const Codes& DeclineReasons() {
  static const Codes* codes =
      new Codes{"schedule", "occupation", "distance", "goals", "personal", "other"};
  return *codes;
}

const Codes& CancelReasons() {
  static const Codes* codes = new Codes{"staff_decision", "person_unavailable"};
  return *codes;
}

const Codes& BarReasons() {
  static const Codes* codes =
      new Codes{"know_each_other", "conflict_of_interest", "safety", "staff_judgement"};
  return *codes;
}

void CheckReason(const std::string& field, const std::string& reason, const Codes& codes,
                 std::vector<status::FieldViolation>* violations) {
  if (std::find(codes.begin(), codes.end(), reason) != codes.end()) return;
  violations->push_back(status::Violation(field, kReasonUnknown, {absl::StrJoin(codes, ", ")}));
}

}  // namespace tremplin::matching::app
