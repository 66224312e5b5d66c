#ifndef TREMPLIN_TESTS_SUPPORT_WORLD_H_
#define TREMPLIN_TESTS_SUPPORT_WORLD_H_

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/clock/clock.h"
#include "common/environment/simulated.h"
#include "common/host/host.h"
#include "tremplin/matching/v1/matching.pb.h"
#include "tremplin/options/v1/options.pb.h"
#include "tremplin/outcome/v1/outcome.pb.h"
#include "tremplin/program/v1/program.pb.h"
#include "tremplin/referral/v1/referral.pb.h"
#include "tremplin/registration/v1/registration.pb.h"
#include "tremplin/session/v1/session.pb.h"

namespace tremplin::testing {

inline constexpr char kProgram[] = "programs/ottawa-career-mentoring";

// Prints the status and what it says of fields, and ends the test.
[[noreturn]] void Fail(const absl::Status& status, std::string_view step);

// The value; a step that fails ends the test.
template <class T>
T Must(absl::StatusOr<T> value, std::string_view step) {
  if (!value.ok()) Fail(value.status(), step);
  return *std::move(value);
}

// What is known of a person: values by the name of the fact. None takes a fact away.
using Given = std::map<std::string, std::vector<std::string>>;
void Give(referral::v1::ReferralFile& file, const Given& given);

// Somebody's file without any fact; `number` makes the person.
referral::v1::ReferralFile Somebody(int number);
referral::v1::ReferralFile Somebody(int number, const Given& given);

// Enrolments of a side, in order: of a proposal those who are in it, of an engagement those who did
// not leave.
std::vector<std::string> Of(const matching::v1::Proposal& proposal, program::v1::Subject side);
std::vector<std::string> Of(const session::v1::Engagement& engagement, program::v1::Subject side);
// The one mentee or mentor of a pair.
std::string MenteeOf(const matching::v1::Proposal& proposal);
std::string MentorOf(const matching::v1::Proposal& proposal);
std::string MenteeOf(const session::v1::Engagement& engagement);
std::string MentorOf(const session::v1::Engagement& engagement);

// The whole system in this process, stepped by the test, with the facts of deploy/facts, one or
// more programs of deploy/programs in force, their organizations, the agencies "alpha" and "beta"
// and a coordinator for each program. The first program is the one meant where none is named.
// Everything that differs between programs is read from their definitions. Every step goes through
// the public API with the credential of whoever would take it. A step that fails ends the test with
// its status. What it draws follows from a seed, so a journey is the same each time. Not
// thread-safe, and of several at once the last one made goes first.
class World {
 public:
  static constexpr uint64_t kSeed = 1;

  // Ottawa's program.
  World();
  // The programs of these files: "halifax-connector".
  explicit World(const std::vector<std::string>& programs, uint64_t seed = kSeed,
                 host::InlineOptions options = {});
  ~World();

  // A call as anybody; the request id, where the request has one, is made by the world unless set.
  // Where nobody is reached it is made again, as a client does.
  template <class Response, class Request>
  absl::StatusOr<Response> Call(const std::string& credential, const std::string& method,
                                Request request) {
    if constexpr (requires { request.set_request_id(""); }) {
      if (request.request_id().empty()) request.set_request_id(NextRequestId());
    }
    absl::StatusOr<std::string> bytes = CallBytes(credential, method, request.SerializeAsString());
    if (!bytes.ok()) return bytes.status();
    Response response;
    response.ParseFromString(*bytes);
    return response;
  }
  absl::StatusOr<std::string> CallBytes(const std::string& credential, const std::string& method,
                                        const std::string& request);

  // Publishes the first program as it is kept in deploy/programs, but for `edit`: a version of its
  // own, in force at once.
  using Edit = std::function<void(program::v1::ProgramDefinition&)>;
  void PublishProgram(const Edit& edit);

  // "programs/…" of the first program.
  const std::string& program() const { return program_; }
  // As it was last published.
  const program::v1::ProgramDefinition& definition(const std::string& program) const {
    return definitions_.at(program);
  }
  const program::v1::Format& format(const std::string& program, const std::string& code) const;

  // Credentials.
  const std::string& operator_key() const { return operator_; }
  const std::string& coordinator() const { return coordinators_.at(program_); }
  const std::string& coordinator(const std::string& program) const {
    return coordinators_.at(program);
  }
  const std::string& agency(const std::string& id) const { return agencies_.at(id); }
  // Of an organization that proposes people.
  const std::string& proposer(const std::string& id);
  std::string NewKey(options::v1::Role role, const std::string& organization = "",
                     const std::string& person = "", const std::string& program = "");

  // Business time moves to `time` and everything that falls due happens.
  void MoveTo(absl::Time time);
  void MoveBy(absl::Duration by) { MoveTo(clock_.BusinessNow() + by); }
  void MoveByDays(int days) { MoveBy(days * absl::Hours(24)); }
  void Settle();
  // Today in the first program, and so many days from then: "YYYY-MM-DD".
  std::string Day(int days = 0);

  // A file that meets every criterion of Ottawa's program; `number` makes the person.
  static referral::v1::ReferralFile EligibleFile(int number);

  // How somebody comes in.
  struct Entry {
    std::string external_id{};
    referral::v1::ReferralFile file{};
    program::v1::Subject side = program::v1::SUBJECT_MENTEE;
    std::string agency{};                 // "alpha", "" for who comes by themselves or is proposed
    std::string proposer{};               // organization that proposes them
    std::vector<std::string> programs{};  // the first program when empty
  };
  // Whatever comes of it; settles.
  absl::StatusOr<referral::v1::SubmitReferralResponse> Enter(const Entry& entry);

  // Steps of the journey; each settles.
  referral::v1::SubmitReferralResponse Submit(const std::string& agency,
                                              const std::string& external_id,
                                              const referral::v1::ReferralFile& file);
  void Admit(const std::string& application);
  // The enrolment of a business key: "<agency>/<external id>", or the external id.
  registration::v1::Enrolment Enrolment(const std::string& business_key);
  registration::v1::Enrolment Enrolment(const std::string& program,
                                        const std::string& business_key);
  // Every compulsory step of the definition that is not done, gates passed; `facts` are stated with
  // the first step that takes facts.
  void Onboard(const std::string& enrolment, const Given& facts = {});
  void OnboardMentee(const std::string& enrolment);
  // Enters, is admitted by rule or by staff, and is onboarded. The enrolment's name.
  std::string Ready(const Entry& entry, const Given& onboarding = {});
  // A mentor of Ottawa of the same occupation as EligibleFile. The enrolment's name.
  std::string ReadyMentor(const std::string& mentor_id, int capacity);
  std::string MenteeKey(const std::string& enrolment);
  std::string MentorKey(const std::string& enrolment);
  // The key of the person in the role of their enrolment.
  std::string KeyOf(const std::string& enrolment);

  // Runs matching for a format ("": the only one) of a program ("": the first); the answer, or the
  // proposals made.
  matching::v1::RunMatchingResponse Run(const std::string& format = "",
                                        const std::string& program = "");
  std::vector<matching::v1::Proposal> Match(const std::string& format = "",
                                            const std::string& program = "");
  matching::v1::Proposal Proposal(const std::string& name);
  // Takes the step at which the proposal is: staff approve or hold the meeting, everybody who is
  // asked says yes.
  matching::v1::Proposal TakeStep(const matching::v1::Proposal& proposal);
  // All steps till it is matched, and the engagement that came of it.
  session::v1::Engagement Agree(const matching::v1::Proposal& proposal);
  session::v1::Engagement EngagementOf(const matching::v1::Proposal& proposal);
  session::v1::Engagement Engagement(const std::string& name);
  // Everybody signs what the start waits for.
  session::v1::Engagement Sign(const session::v1::Engagement& engagement);
  // A session that ended now, logged by the first mentee, attended by all unless said.
  absl::StatusOr<session::v1::Session> Log(
      const session::v1::Engagement& engagement, int minutes,
      session::v1::Contact contact = session::v1::CONTACT_IN_PERSON,
      const std::vector<std::string>& attended = {}, bool confirm_length = false);

  // Ends the system; what it stored stays in the folder, in one file, until the world is gone.
  void Close() { system_.reset(); }
  host::InlineSystem& system() { return *system_; }
  clock::ManualClock& clock() { return clock_; }
  const std::string& data_dir() const { return data_dir_; }

 private:
  std::string NextRequestId();
  void PublishFacts();
  void Publish(program::v1::ProgramDefinition definition);
  void CreateOrganization(const std::string& id,
                          std::initializer_list<registration::v1::Part> parts);
  referral::v1::Application ApplicationOf(const std::string& name);
  registration::v1::Enrolment GetEnrolment(const std::string& name);
  void CompleteStep(const std::string& enrolment, const program::v1::OnboardingStep& step,
                    const Given& facts);

  std::string data_dir_;
  clock::ManualClock clock_;
  environment::Simulated environment_;
  std::unique_ptr<host::InlineSystem> system_;
  std::string program_;
  std::map<std::string, program::v1::ProgramDefinition> definitions_;  // by name
  std::string operator_;
  std::map<std::string, std::string> coordinators_;  // by program
  std::map<std::string, std::string> agencies_;
  std::map<std::string, std::string> proposers_;
  std::map<std::string, bool> organizations_;
  std::map<std::string, std::string> person_keys_;  // by enrolment
  int request_ = 0;
};

}  // namespace tremplin::testing

#endif  // TREMPLIN_TESTS_SUPPORT_WORLD_H_
