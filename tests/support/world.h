#ifndef TREMPLIN_TESTS_SUPPORT_WORLD_H_
#define TREMPLIN_TESTS_SUPPORT_WORLD_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/clock/clock.h"
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

// The whole system in this process, stepped by the test, with the Ottawa program published, the
// agencies "alpha" and "beta" and a coordinator. Every step goes through the public API with the
// credential of whoever would take it. A step that fails ends the test with its status. Not
// thread-safe.
class World {
 public:
  World();
  ~World();

  // A call as anybody; the request id, where the request has one, is made by the world unless set.
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

  // Publishes the program as it is kept in deploy/programs, but for `edit`: a version of its own,
  // in force at once.
  using Edit = std::function<void(program::v1::ProgramDefinition&)>;
  void PublishProgram(const Edit& edit);

  // Credentials.
  const std::string& operator_key() const { return operator_; }
  const std::string& coordinator() const { return coordinator_; }
  const std::string& agency(const std::string& id) const { return agencies_.at(id); }
  std::string NewKey(options::v1::Role role, const std::string& organization = "",
                     const std::string& person = "", const std::string& program = "");

  // Business time moves to `time` and everything that falls due happens.
  void MoveTo(absl::Time time);
  void MoveBy(absl::Duration by) { MoveTo(clock_.BusinessNow() + by); }
  void Settle();

  // A file that meets every criterion; `number` makes the person.
  static referral::v1::ReferralFile EligibleFile(int number);

  // Steps of the journey; each settles.
  referral::v1::SubmitReferralResponse Submit(const std::string& agency,
                                              const std::string& external_id,
                                              const referral::v1::ReferralFile& file);
  void Admit(const std::string& application);
  // The enrolment of "<agency>/<external id>" or of a mentor's id.
  registration::v1::Enrolment Enrolment(const std::string& business_key);
  void OnboardMentee(const std::string& enrolment);
  // A mentor of the same occupation as EligibleFile, oriented and interviewed. Returns the
  // enrolment's name.
  std::string ReadyMentor(const std::string& mentor_id, int capacity);
  std::string MenteeKey(const std::string& enrolment);
  std::string MentorKey(const std::string& enrolment);

  // Runs matching; the proposals made.
  std::vector<matching::v1::Proposal> Match();
  // Both interested, contact meeting, both accept: the mentorship, agreement pending.
  session::v1::Mentorship Agree(const matching::v1::Proposal& proposal);
  session::v1::Mentorship Sign(const session::v1::Mentorship& mentorship);

  host::InlineSystem& system() { return *system_; }
  clock::ManualClock& clock() { return clock_; }
  const std::string& data_dir() const { return data_dir_; }

 private:
  std::string NextRequestId();
  void CreateOrganization(const std::string& id, registration::v1::Part part);
  void CompleteStep(const std::string& enrolment, const std::string& step, bool gate);
  std::string PersonKey(const std::string& enrolment, options::v1::Role role);

  std::string data_dir_;
  clock::ManualClock clock_;
  std::unique_ptr<host::InlineSystem> system_;
  std::string operator_;
  std::string coordinator_;
  std::map<std::string, std::string> agencies_;
  std::map<std::string, std::string> person_keys_;
  int request_ = 0;
};

}  // namespace tremplin::testing

#endif  // TREMPLIN_TESTS_SUPPORT_WORLD_H_
