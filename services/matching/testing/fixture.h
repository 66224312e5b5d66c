#ifndef TREMPLIN_SERVICES_MATCHING_TESTING_FIXTURE_H_
#define TREMPLIN_SERVICES_MATCHING_TESTING_FIXTURE_H_

#include <string>
#include <utility>
#include <vector>

#include "common/resources/names.h"
#include "common/status/error.h"
#include "gtest/gtest.h"
#include "common/program/facts.h"
#include "services/matching/module.h"
#include "services/matching/testing/programs.h"
#include "tests/support/one_module.h"
#include "tremplin/matching/events/v1/events.pb.h"
#include "tremplin/matching/v1/matching.pb.h"
#include "tremplin/registration/events/v1/events.pb.h"
#include "tremplin/session/events/v1/events.pb.h"

namespace tremplin::matching {

namespace facts = tremplin::matching::events::v1;
namespace reg = tremplin::registration::events::v1;

inline constexpr char kProgram[] = "programs/ottawa-career-mentoring";
inline constexpr char kProgramId[] = "ottawa-career-mentoring";

// What registration tells of somebody, fact by fact.
class TestProfile {
 public:
  TestProfile() = default;
  TestProfile& Set(const std::string& name, const std::vector<std::string>& values) {
    for (program::v1::GivenFact& fact : *profile_.mutable_facts()) {
      if (fact.name() == name) return Put(values, &fact);
    }
    profile_.add_facts()->set_name(name);
    return Put(values, profile_.mutable_facts()->rbegin().operator->());
  }
  void set_noc(const std::string& code) { Set("noc", {code}); }
  void set_naics(const std::string& code) { Set("naics", {code}); }
  void set_fsa(const std::string& area) { Set("area", {area}); }
  void set_years_experience(int years) { Set("years_experience", {std::to_string(years)}); }
  void set_capacity(int places) { Set("capacity", {std::to_string(places)}); }
  void add_languages(const std::string& code) { Add("service_language", code); }
  void add_availability(const std::string& slot) { Add("availability", slot); }
  void add_goals(const std::string& goal) { Add("goals", goal); }
  void add_wishes(const std::string& code) { profile_.add_wishes(code); }
  void add_required(const std::string& code) { profile_.add_required(code); }
  void add_attributes(const std::string& code) { profile_.add_attributes(code); }
  operator const reg::Profile&() const { return profile_; }  // NOLINT: it is one

 private:
  TestProfile& Put(const std::vector<std::string>& values, program::v1::GivenFact* fact) {
    fact->mutable_values()->Assign(values.begin(), values.end());
    return *this;
  }
  void Add(const std::string& name, const std::string& value) {
    std::vector<std::string> values = program::ValuesOf(profile_.facts(), name);
    values.push_back(value);
    Set(name, values);
  }
  reg::Profile profile_;
};

// Of a pair's proposal.
inline std::string EnrolmentOf(const v1::Proposal& proposal, program::v1::Subject side) {
  for (const v1::ProposalParticipant& one : proposal.participants()) {
    if (one.side() == side) return one.enrolment();
  }
  return "";
}
inline std::string MenteeIn(const v1::Proposal& proposal) {
  return EnrolmentOf(proposal, program::v1::SUBJECT_MENTEE);
}
inline std::string MentorIn(const v1::Proposal& proposal) {
  return EnrolmentOf(proposal, program::v1::SUBJECT_MENTOR);
}
inline facts::Participant OneOf(const facts::ProposalRef& ref, program::v1::Subject side) {
  for (const facts::Participant& one : ref.participants()) {
    if (one.side() == side) return one;
  }
  return {};
}
// The state of a proposal; while it is open, its step.
inline std::string StageOf(const v1::Proposal& proposal) {
  if (proposal.state() != v1::Proposal::STATE_OPEN) {
    return v1::Proposal::State_Name(proposal.state()).substr(6);
  }
  return program::v1::ProposalStep::Kind_Name(proposal.step()).substr(5);
}

// Matching on an embedded store, with the Ottawa program published. People are numbered: mentee 3
// is enrolment "mentee-3", person "person-mentee-3", key "alpha/3"; all are alike unless told.
class MatchingTest : public ::testing::Test {
 protected:
  explicit MatchingTest(bool threads = false)
      : module_(Spec(), absl::FromUnixSeconds(1'767'600'000), threads) {
    module_.Publish(Ottawa());
  }

  static rpc::Principal Staff(const std::string& program = "") {
    rpc::Principal principal;
    principal.id = "staff";
    principal.role = rpc::Role::ROLE_COORDINATOR;
    principal.program = program;
    return principal;
  }
  static rpc::Principal Person(rpc::Role role, const std::string& person) {
    rpc::Principal principal;
    principal.id = "key-" + person;
    principal.role = role;
    principal.person = person;
    return principal;
  }
  static rpc::Principal Mentee(int n) {
    return Person(rpc::Role::ROLE_MENTEE, "person-mentee-" + std::to_string(n));
  }
  static rpc::Principal Mentor(int n) {
    return Person(rpc::Role::ROLE_MENTOR, "person-mentor-" + std::to_string(n));
  }
  static std::string MenteeName(int n) { return "enrolments/mentee-" + std::to_string(n); }
  static std::string MentorName(int n) { return "enrolments/mentor-" + std::to_string(n); }

  static TestProfile Engineer(int capacity, const std::string& language = "en") {
    TestProfile profile;
    profile.set_noc("21231");
    profile.set_naics("54");
    profile.add_languages(language);
    profile.set_fsa("K1Z");
    profile.add_availability("mon-evening");
    profile.set_capacity(capacity);
    return profile;
  }
  absl::Status Ready(reg::EnrolmentRole role, int n, const TestProfile& profile,
                     const std::string& program = kProgramId, const std::string& person = "") {
    const bool mentee = role == reg::ENROLMENT_ROLE_MENTEE;
    const std::string suffix =
        program == kProgramId ? std::to_string(n) : program + std::to_string(n);
    reg::EnrolmentReady ready;
    ready.set_enrolment((mentee ? "mentee-" : "mentor-") + suffix);
    ready.set_person(person.empty() ? "person-" + ready.enrolment() : person);
    ready.set_program(program);
    ready.set_program_version(1);
    ready.set_role(role);
    ready.set_business_key((mentee ? "alpha/" : "M") + suffix);
    *ready.mutable_profile() = profile;
    for (const std::string& format : formats_) ready.add_formats(format);
    return module_.Deliver(ready, ready.enrolment(), module_.now());
  }
  void AddMentee(int n, const std::string& language = "en") {
    EXPECT_EQ(Ready(reg::ENROLMENT_ROLE_MENTEE, n, Engineer(0, language)), absl::OkStatus());
  }
  void AddMentor(int n, int capacity) {
    EXPECT_EQ(Ready(reg::ENROLMENT_ROLE_MENTOR, n, Engineer(capacity)), absl::OkStatus());
  }
  absl::Status SetCapacity(int n, int capacity) {
    reg::EnrolmentChanged changed;
    changed.set_enrolment("mentor-" + std::to_string(n));
    changed.set_program(kProgramId);
    changed.set_role(reg::ENROLMENT_ROLE_MENTOR);
    *changed.mutable_profile() = Engineer(capacity);
    for (const std::string& format : formats_) changed.add_formats(format);
    return module_.Deliver(changed, changed.enrolment(), module_.now());
  }
  absl::Status EndEnrolment(const std::string& enrolment) {
    reg::EnrolmentEnded ended;
    ended.set_enrolment(enrolment);
    ended.set_program(kProgramId);
    ended.set_reason("withdrawn");
    return module_.Deliver(ended, enrolment, module_.now());
  }

  template <class Response = v1::Proposal, class Request>
  absl::StatusOr<Response> Call(const rpc::Principal& as, const std::string& method,
                                Request request) {
    return module_.Call<Response>(as, "tremplin.matching.v1.MatchingService/" + method,
                                  std::move(request));
  }
  v1::RunMatchingResponse Run(int limit = 0, const std::string& format = "") {
    v1::RunMatchingRequest request;
    request.set_program(kProgram);
    request.set_format(format);
    request.set_limit(limit);
    auto response = Call<v1::RunMatchingResponse>(Staff(), "RunMatching", request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? *response : v1::RunMatchingResponse();
  }
  absl::StatusOr<v1::Proposal> Answer(const rpc::Principal& as, const std::string& name,
                                      v1::Answer answer, const std::string& reason = "") {
    v1::AnswerProposalRequest request;
    request.set_name(name);
    request.set_answer(answer);
    request.set_reason(reason);
    return Call(as, "AnswerProposal", request);
  }
  absl::StatusOr<v1::Proposal> Meet(const std::string& name) {
    v1::RecordContactMeetingRequest request;
    request.set_name(name);
    return Call(Staff(), "RecordContactMeeting", request);
  }
  absl::StatusOr<v1::Proposal> Override(const std::string& mentee, const std::string& mentor) {
    v1::CreateProposalRequest request;
    request.add_participants(mentee);
    request.add_participants(mentor);
    request.set_override_reason("knows_both");
    return Call(Staff(), "CreateProposal", request);
  }
  v1::Proposal Get(const std::string& name) {
    v1::GetProposalRequest request;
    request.set_name(name);
    auto found = Call(Staff(), "GetProposal", request);
    EXPECT_TRUE(found.ok()) << found.status();
    return found.ok() ? *found : v1::Proposal();
  }
  // Both interested, met, both accept.
  void Agree(const std::string& name, int mentee, int mentor) {
    for (const bool met : {false, true}) {
      if (met) {
        EXPECT_TRUE(Meet(name).ok());
      }
      EXPECT_TRUE(Answer(Mentee(mentee), name, v1::ANSWER_YES).ok());
      EXPECT_TRUE(Answer(Mentor(mentor), name, v1::ANSWER_YES).ok());
    }
    EXPECT_EQ(Get(name).state(), v1::Proposal::STATE_MATCHED);
  }
  int64_t Reservations() { return module_.Count("SELECT COUNT(*) FROM matching_reservation"); }
  int64_t Active() {
    return module_.Count("SELECT COUNT(*) FROM matching_proposal WHERE active = 1");
  }

  // That everybody qualifies for who is made from now on.
  std::vector<std::string> formats_ = {kOneToOne};
  testing::OneModule module_;
};

}  // namespace tremplin::matching

#endif  // TREMPLIN_SERVICES_MATCHING_TESTING_FIXTURE_H_
