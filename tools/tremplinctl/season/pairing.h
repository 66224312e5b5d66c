#ifndef TREMPLIN_TOOLS_TREMPLINCTL_SEASON_PAIRING_H_
#define TREMPLIN_TOOLS_TREMPLINCTL_SEASON_PAIRING_H_

#include <mutex>
#include <set>
#include <string>

#include "tools/tremplinctl/season/stage.h"
#include "tremplin/matching/v1/matching.pb.h"
#include "tremplin/registration/v1/registration.pb.h"

namespace tremplin::ctl::season {

// Staff run the matching of each format that the algorithm proposes; where people may ask by
// themselves, mentees search and ask. Whoever is in a proposal takes its steps as they come: staff
// approve and hold the contact meeting, both sides answer. Some decline, some ask for more, some
// keep silent.
class Pairing {
 public:
  explicit Pairing(Stage& stage) : stage_(stage) {}

  absl::Status RunMatching();
  absl::Status Discover();  // proposals made, and people who may ask, since

 private:
  using Kind = program::v1::ProposalStep::Kind;

  // Whatever is to be done at the present step and is not planned yet. `seen`: as staff see it;
  // `step`: where it is now, which a participant's view tells too.
  void PlanStep(const matching::v1::Proposal& seen, Kind step);
  void PlanAnswer(const matching::v1::Proposal& proposal,
                  const matching::v1::ProposalParticipant& who, Kind step, bool asked, int days);
  absl::Status Answer(const matching::v1::Proposal& proposal,
                      const matching::v1::ProposalParticipant& who, Kind step, bool asked);
  void PlanMeeting(const matching::v1::Proposal& proposal);
  absl::Status Approve(const matching::v1::Proposal& proposal);

  absl::Status DiscoverSearches();
  void PlanSearch(const registration::v1::Enrolment& mentee, const std::string& format,
                  int attempt);
  absl::Status Ask(const registration::v1::Enrolment& mentee, const std::string& format,
                   int attempt);

  // True the first time.
  bool Once(const std::string& what);

  Stage& stage_;
  std::mutex mutex_;
  std::set<std::string> planned_;
  std::set<std::string> declined_;  // nobody answers these any more
};

// The key of a proposal or engagement of one and one: both business keys, so that a draw follows
// from who they are. Of more, or of one side: the person's own key.
template <class Participants>
std::string PairKey(const Participants& participants, const std::string& own_key) {
  std::string mentee;
  std::string mentor;
  int mentees = 0;
  int mentors = 0;
  for (const auto& one : participants) {
    const bool is_mentee = one.side() == program::v1::SUBJECT_MENTEE;
    ++(is_mentee ? mentees : mentors);
    (is_mentee ? mentee : mentor) = one.business_key();
  }
  return mentees == 1 && mentors == 1 ? mentee + "|" + mentor : own_key;
}

}  // namespace tremplin::ctl::season

#endif  // TREMPLIN_TOOLS_TREMPLINCTL_SEASON_PAIRING_H_
