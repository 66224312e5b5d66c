#ifndef TREMPLIN_SERVICES_REGISTRATION_TESTING_REGISTRATION_TEST_SUPPORT_H_
#define TREMPLIN_SERVICES_REGISTRATION_TESTING_REGISTRATION_TEST_SUPPORT_H_

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/classification/classification.h"
#include "common/clock/clock.h"
#include "common/database/database.h"
#include "common/digest/digest.h"
#include "common/inbox/inbox.h"
#include "common/outbox/outbox.h"
#include "common/peers/peers.h"
#include "common/program/program_store.h"
#include "common/rpc/call.h"
#include "common/rpc/idempotency.h"
#include "common/seal/seal.h"
#include "common/status/error.h"
#include "google/protobuf/message.h"
#include "gtest/gtest.h"
#include "services/registration/app/service.h"
#include "services/registration/events/admission.h"
#include "services/registration/testing/example.h"
#include "services/registration/testing/store_test_support.h"
#include "tests/support/temp_dir.h"
#include "tremplin/referral/events/v1/events.pb.h"
#include "tremplin/referral/v1/referral.pb.h"

namespace tremplin::registration {

// Referral, as far as admission asks it: the files of admitted applications. Thread-safe once
// filled.
class FakeReferral final : public peers::Transport {
 public:
  struct Script {
    std::map<std::string, referral::v1::AdmittedFile> files;  // by "applications/<id>"
    absl::Status error;
    std::atomic<int> asked = 0;
  };
  explicit FakeReferral(Script& script) : script_(script) {}
  absl::StatusOr<std::string> Call(const std::string& method, const std::string& request,
                                   const rpc::Envelope& envelope) override;

 private:
  Script& script_;
};

// A fact as a file gives it.
void Give(referral::v1::AdmittedFile& admitted, const std::string& name,
          const std::vector<std::string>& values);
program::v1::GivenFact Given(const std::string& name, const std::vector<std::string>& values);
// "name=value,value" of each, in their order.
std::vector<std::string> Told(
    const google::protobuf::RepeatedPtrField<program::v1::GivenFact>& facts);

// Registration on a store of its own, called without a server. Not thread-safe.
class RegistrationTest : public ::testing::Test {
 protected:
  void SetUp() override;

  // Whoever calls. Each call has a request id of its own unless set.
  rpc::CallContext As(options::v1::Role role) const;
  rpc::CallContext AsPerson(options::v1::Role role, const std::string& person) const;
  rpc::CallContext AsOrganization(const std::string& organization) const;
  rpc::CallContext Staff() const { return As(options::v1::ROLE_COORDINATOR); }
  rpc::CallContext Operator() const { return As(options::v1::ROLE_OPERATOR); }

  // Calls a method as the dispatcher would.
  template <class Request, class Response>
  absl::StatusOr<Response> Call(rpc::CallContext call,
                                absl::StatusOr<Response> (Service::*method)(const rpc::CallContext&,
                                                                            const Request&),
                                Request request) {
    if constexpr (requires { request.request_id(); }) {
      if (request.request_id().empty()) {
        request.set_request_id("request-" + std::to_string(++requests_));
      }
      call.request_id = request.request_id();
    }
    call.method = Request::descriptor()->full_name();
    call.request_digest = digest::Sha256Hex(request.SerializeAsString());
    return ((*service_).*method)(call, request);
  }

  // The example's facts and program, with the owner.
  void Publish();
  absl::StatusOr<v1::Facts> PublishFacts(const program::v1::FactRegistry& registry);
  absl::StatusOr<v1::Program> PublishProgram(const program::v1::ProgramDefinition& definition);
  void CreateOrganization(const std::string& id, v1::Part part);

  // Files that meet the criteria of the example: a mentor who came by themselves, a mentee whom
  // "alpha" refers. Each is an application and a referral of its own.
  static referral::v1::AdmittedFile MentorFile(const std::string& key);
  static referral::v1::AdmittedFile MenteeFile(const std::string& key);
  static referral::events::v1::ApplicationChanged Admitted(
      const referral::v1::AdmittedFile& admitted);
  // Prepares and applies an event of referral, as the consumer does but for its inbox.
  absl::Status Handle(const google::protobuf::Message& fact);
  // Admits the application, and the enrolment it led to.
  v1::Enrolment Enrol(const referral::v1::AdmittedFile& admitted);
  v1::Enrolment EnrolmentOf(const std::string& application);
  absl::StatusOr<v1::Enrolment> Complete(const std::string& enrolment, const std::string& step,
                                         bool gate = false);
  // A mentor with every compulsory step done.
  v1::Enrolment ReadyMentor(const std::string& key);

  // Types of the events in the outbox from the first to the last, without their package.
  std::vector<std::string> Events();
  // The payload of the last event of its type.
  template <class Event>
  Event Last() {
    Event event;
    EXPECT_TRUE(event.ParseFromString(LastPayload(Event::descriptor()->full_name())));
    return event;
  }
  int64_t Count(const std::string& sql);
  // Rows as nobody's tenant and everybody's may see them.
  absl::StatusOr<database::Result> Rows(const std::string& sql, database::Params params = {});

  static absl::Time Start() { return absl::FromUnixSeconds(1'757'000'000); }  // September 2025

  testing::TempDir dir_;
  clock::ManualClock clock_{Start()};
  std::unique_ptr<TestStore> store_;
  database::Database* db_ = nullptr;
  std::unique_ptr<seal::Sealer> sealer_;
  std::unique_ptr<program::ProgramStore> programs_;
  std::unique_ptr<rpc::Commands> commands_;
  outbox::Outbox outbox_{"registration"};
  absl::StatusOr<classification::Classification> classification_;
  std::unique_ptr<Service> service_;
  FakeReferral::Script referral_;
  std::unique_ptr<peers::Peers> peers_;
  std::unique_ptr<Admission> admission_;
  inbox::Handlers handlers_;
  bool demo_ = true;
  // When what Handle is given happened.
  absl::Time event_time_ = Start() + absl::Hours(5);

 private:
  std::string LastPayload(const std::string& type);
  int requests_ = 0;
};

// The field and reason of each violation: "person.email EMAIL_INVALID". Each speaks both languages.
std::vector<std::string> ViolationsOf(const absl::Status& status);

}  // namespace tremplin::registration

#endif  // TREMPLIN_SERVICES_REGISTRATION_TESTING_REGISTRATION_TEST_SUPPORT_H_
