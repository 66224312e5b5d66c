#ifndef TREMPLIN_TESTS_SCENARIOS_STEPS_H_
#define TREMPLIN_TESTS_SCENARIOS_STEPS_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "tests/support/world.h"
#include "tremplin/outcome/v1/outcome.pb.h"
#include "tremplin/referral/v1/referral.pb.h"

// What scenarios look at and do beyond the steps of the World. A step that fails ends the test,
// but where a StatusOr is returned.
namespace tremplin::testing {

// Milestones of an external id in the agency's feed, in order, "returned(resume)" with reasons.
std::vector<std::string> Milestones(World& world, const std::string& agency,
                                    const std::string& external_id);

// Template codes of the messages addressed to the holder of a credential, in order; how many are of
// a code.
std::vector<std::string> Messages(World& world, const std::string& credential);
int Count(const std::vector<std::string>& messages, const std::string& code);

// Steps of the first program's funnel above zero.
std::map<std::string, int64_t> Funnel(World& world);

outcome::v1::OutcomeReport Report(World& world);
outcome::v1::StageReport StageOf(const outcome::v1::OutcomeReport& report,
                                 const std::string& stage);

// The person's follow-ups by stage, as they see them.
std::map<std::string, outcome::v1::FollowUp> FollowUps(World& world, const std::string& credential);
absl::StatusOr<outcome::v1::FollowUp> Answer(World& world, const std::string& credential,
                                             const outcome::v1::FollowUp& follow_up,
                                             outcome::v1::EmploymentStatus employment,
                                             const std::string& job_start);
// Goes to the day when the person's follow-up of the stage opens, unless it is open, and answers
// it.
void AnswerStage(World& world, const std::string& credential, const std::string& stage,
                 outcome::v1::EmploymentStatus employment, const std::string& job_start = "");
// A job told of outside any stage, by the person.
absl::StatusOr<outcome::v1::Job> ReportJob(World& world, const std::string& enrolment,
                                           outcome::v1::EmploymentStatus kind,
                                           const std::string& start);
std::vector<outcome::v1::Job> Jobs(World& world, const std::string& enrolment);

// The first program's verdict on a file that is not stored, with its reasons: "eligible()",
// "ineligible(residence)", "incomplete(a,b)"; of a format when one is named.
std::string Verdict(World& world, const referral::v1::ReferralFile& file,
                    program::v1::Subject side = program::v1::SUBJECT_MENTEE,
                    const std::string& format = "");
// The formats of an eligible person, in the order of the definition.
std::vector<std::string> FormatsOf(World& world, const referral::v1::ReferralFile& file,
                                   program::v1::Subject side);
referral::v1::Application Application(World& world, const std::string& name);

// One's answer to a proposal.
absl::StatusOr<matching::v1::Proposal> AnswerProposal(World& world, const std::string& credential,
                                                      const std::string& proposal,
                                                      matching::v1::Answer answer);
absl::StatusOr<matching::v1::Proposal> Propose(World& world, const std::vector<std::string>& people,
                                               const std::string& format);
absl::StatusOr<matching::v1::Proposal> RequestMatch(World& world, const std::string& mentee,
                                                    const std::string& mentor,
                                                    const std::string& format);
// Mentors whom the mentee may ask, as enrolments.
std::vector<std::string> Search(World& world, const std::string& mentee, const std::string& format);
std::vector<matching::v1::Proposal> Proposals(World& world, matching::v1::Proposal::State state,
                                              const std::string& format = "");
std::vector<matching::v1::ListPoolResponse::Entry> Pool(World& world, matching::v1::Side side);
// Why a run left somebody without a proposal; "" when it did not.
std::string Unmatched(const matching::v1::RunMatchingResponse& run, const std::string& mentee);

// As a participant sees it.
session::v1::Engagement EngagementOf(World& world, const std::string& credential,
                                     const std::string& name);
absl::StatusOr<session::v1::Introduction> Introduce(World& world,
                                                    const session::v1::Engagement& meeting,
                                                    const std::string& to);
absl::StatusOr<session::v1::Engagement> WishToContinue(World& world, const std::string& enrolment,
                                                       const std::string& engagement,
                                                       const std::string& format);
absl::StatusOr<session::v1::Engagement> Leave(World& world, const std::string& enrolment,
                                              const std::string& engagement,
                                              session::v1::Rematch rematch);
absl::StatusOr<session::v1::Engagement> EndEarly(World& world, const std::string& enrolment,
                                                 const std::string& engagement,
                                                 const std::string& reason,
                                                 session::v1::Rematch rematch);
absl::StatusOr<session::v1::Engagement> Complete(World& world, const std::string& engagement,
                                                 bool goals_met);
absl::StatusOr<session::v1::Engagement> SignDocument(World& world, const std::string& enrolment,
                                                     const std::string& engagement,
                                                     const std::string& document);
std::vector<session::v1::Chain::Meeting> ChainOf(World& world, const std::string& mentee);
// Of an engagement's participants, the one of that enrolment.
session::v1::Participant ParticipantOf(const session::v1::Engagement& engagement,
                                       const std::string& enrolment);

// Submits, admits and onboards an eligible person of Ottawa; the enrolment's name.
std::string ReadyMentee(World& world, const std::string& external_id, int number);

// A whole number of days before or after a day: "2025-09-02".
std::string DayAfter(const std::string& day, int years, int days);

}  // namespace tremplin::testing

#endif  // TREMPLIN_TESTS_SCENARIOS_STEPS_H_
