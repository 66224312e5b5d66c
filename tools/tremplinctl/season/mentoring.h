#ifndef TREMPLIN_TOOLS_TREMPLINCTL_SEASON_MENTORING_H_
#define TREMPLIN_TOOLS_TREMPLINCTL_SEASON_MENTORING_H_

#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "tools/tremplinctl/season/stage.h"
#include "tremplin/session/v1/session.pb.h"

namespace tremplin::ctl::season {

// What happens in engagements, by the lifetime that the definition gives their format. Participants
// sign (a few do not), meet most weeks and tell so, answer check-ins, take phases and goals; staff
// review. Some end early, some meet their goals before the term, some extend; staff or time close
// the rest. A single meeting is held, and its connector leads on to others; some go on as what the
// format may become.
class Mentoring {
 public:
  explicit Mentoring(Stage& stage);

  absl::Status Discover();  // engagements begun, or waiting for signatures, since

 private:
  using Engagement = session::v1::Engagement;
  using Participant = session::v1::Participant;

  const program::v1::Engagement& TermsOf(const Engagement& engagement) const;

  // Documents that the start waits for, and later ones.
  void PlanSignatures(const Engagement& engagement, bool before_start);
  absl::Status Sign(const Engagement& engagement, const Participant& who,
                    const std::string& document);

  void Start(const Engagement& engagement);
  void StartTerm(const Engagement& engagement);
  // Sessions and check-ins from `first` until before `end`, as numbered weeks from `week`.
  void PlanSessions(const Engagement& engagement, absl::CivilDay first, absl::CivilDay end,
                    int week);
  void PlanReviews(const Engagement& engagement, absl::CivilDay end);
  void PlanExtension(const Engagement& engagement, absl::CivilDay term);
  absl::Status Extend(const Engagement& engagement, const Participant& who);
  void PlanClosing(const Engagement& engagement, absl::CivilDay day, bool goals_met);
  // Once it is over whoever was not asked before says what they wish: mentors are free again, and
  // after a single meeting mentees seek the next.
  absl::Status AnswerAfterEnd(const Engagement& engagement);
  // That for what time closes.
  void PlanAfterEnd(const Engagement& engagement, absl::CivilDay term);
  void PlanEarlyEnd(const Engagement& engagement, absl::CivilDay day);
  absl::Status EndEarly(const Engagement& engagement);
  absl::Status LogSession(const Engagement& engagement, int week);
  absl::Status CheckIn(const Engagement& engagement, int week, const Participant& who);

  // What the sample's season does not play.
  void PlanPlan(const Engagement& engagement, absl::CivilDay end);
  void PlanLeaving(const Engagement& engagement, absl::CivilDay end);
  void PlanJob(const Engagement& engagement, absl::CivilDay end);
  void StartMeeting(const Engagement& engagement);
  absl::Status HoldMeeting(const Engagement& engagement);
  void PlanIntroductions(const Engagement& engagement);
  absl::Status Introduce(const Engagement& engagement, int number);
  void PlanContinuation(const Engagement& engagement, absl::CivilDay day);

  // One action in the lane of the engagement.
  void Plan(absl::CivilDay day, const Engagement& engagement, const std::string& step,
            std::function<absl::Status()> run);

  Stage& stage_;
  bool some_start_unsigned_ = false;  // a format's engagements begin without a document
  std::mutex mutex_;
  std::set<std::string> seen_, started_;
};

}  // namespace tremplin::ctl::season

#endif  // TREMPLIN_TOOLS_TREMPLINCTL_SEASON_MENTORING_H_
