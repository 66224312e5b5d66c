#ifndef TREMPLIN_TOOLS_TREMPLINCTL_SEASON_MENTORING_H_
#define TREMPLIN_TOOLS_TREMPLINCTL_SEASON_MENTORING_H_

#include <set>
#include <string>

#include "tools/tremplinctl/season/stage.h"
#include "tremplin/session/v1/session.pb.h"

namespace tremplin::ctl::season {

// Both sign (a few do not), meet most weeks and tell so, answer check-ins; staff review monthly.
// Some end early, some meet their goals before the term, some extend; staff or time close the rest.
class Mentoring {
 public:
  explicit Mentoring(Stage& stage) : stage_(stage) {}

  absl::Status Discover();  // agreements to sign

 private:
  absl::Status Sign(const session::v1::Mentorship& mentorship, bool mentee);
  void Start(const session::v1::Mentorship& mentorship);
  // Sessions and check-ins from `first` until before `end`, as numbered weeks from `week`.
  void PlanSessions(const session::v1::Mentorship& mentorship, absl::CivilDay first,
                    absl::CivilDay end, int week);
  void PlanReviews(const session::v1::Mentorship& mentorship, absl::CivilDay end);
  void PlanExtension(const session::v1::Mentorship& mentorship, absl::CivilDay term);
  absl::Status Extend(const session::v1::Mentorship& mentorship, bool mentee);
  void PlanClosing(const session::v1::Mentorship& mentorship, absl::CivilDay day, bool goals_met);
  void PlanEarlyEnd(const session::v1::Mentorship& mentorship, absl::CivilDay day);
  absl::Status LogSession(const session::v1::Mentorship& mentorship, int week);
  absl::Status CheckIn(const session::v1::Mentorship& mentorship, int week, bool mentee);
  absl::Status EndEarly(const session::v1::Mentorship& mentorship);

  Stage& stage_;
  std::set<std::string> seen_;
};

}  // namespace tremplin::ctl::season

#endif  // TREMPLIN_TOOLS_TREMPLINCTL_SEASON_MENTORING_H_
