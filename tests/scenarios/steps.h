#ifndef TREMPLIN_TESTS_SCENARIOS_STEPS_H_
#define TREMPLIN_TESTS_SCENARIOS_STEPS_H_

#include <map>
#include <string>
#include <vector>

#include "tests/support/world.h"
#include "tremplin/outcome/v1/outcome.pb.h"
#include "tremplin/referral/v1/referral.pb.h"

// What scenarios look at and do beyond the steps of the World. A step that fails ends the test.
namespace tremplin::testing {

// Milestones of an external id in the agency's feed, in order, "returned(resume)" with reasons.
std::vector<std::string> Milestones(World& world, const std::string& agency,
                                    const std::string& external_id);

// Template codes of the messages addressed to the holder of a credential, in order.
std::vector<std::string> Messages(World& world, const std::string& credential);

// Steps of the funnel above zero.
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

// One side's answer to a proposal.
absl::StatusOr<matching::v1::Proposal> AnswerProposal(World& world, const std::string& credential,
                                                      const std::string& proposal,
                                                      matching::v1::Answer answer);
matching::v1::Proposal Proposal(World& world, const std::string& name);
session::v1::Mentorship Mentorship(World& world, const std::string& name);
referral::v1::Application Application(World& world, const std::string& name);

// Submits, admits and onboards an eligible person; the enrolment's name.
std::string ReadyMentee(World& world, const std::string& external_id, int number);

}  // namespace tremplin::testing

#endif  // TREMPLIN_TESTS_SCENARIOS_STEPS_H_
