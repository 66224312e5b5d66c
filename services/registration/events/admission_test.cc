#include "services/registration/events/admission.h"

#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/ids/ids.h"
#include "gmock/gmock.h"
#include "services/registration/testing/registration_test_support.h"
#include "tremplin/referral/v1/referral.pb.h"
#include "tremplin/registration/events/v1/events.pb.h"

namespace tremplin::registration {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Referral, as far as admission asks it.
class FakeReferral final : public peers::Transport {
 public:
  struct Script {
    referral::v1::ReferralFile file;
    absl::Status error;
    std::vector<std::string> asked;
  };
  explicit FakeReferral(Script& script) : script_(script) {}

  absl::StatusOr<std::string> Call(const std::string& method, const std::string& request,
                                   const rpc::Envelope&) override {
    EXPECT_EQ(method, "tremplin.referral.v1.ReferralService/GetAdmittedFile");
    referral::v1::GetAdmittedFileRequest asked;
    EXPECT_TRUE(asked.ParseFromString(request));
    script_.asked.push_back(asked.name());
    if (!script_.error.ok()) return script_.error;
    referral::v1::AdmittedFile admitted;
    *admitted.mutable_file() = script_.file;
    return admitted.SerializeAsString();
  }

 private:
  Script& script_;
};

class AdmissionTest : public RegistrationTest {
 protected:
  void SetUp() override {
    RegistrationTest::SetUp();
    Publish();
    before_ = Events().size();
    script_.file.set_given_name("Karim");
    script_.file.set_family_name("Wang");
    script_.file.set_birth_date("1991-10-25");
    script_.file.set_email("karim@example.org");
    script_.file.set_service_language("en");
    script_.file.set_postal_code("k1z 9e5");
    script_.file.set_noc("41403");
    script_.file.set_years_experience(12);
    peers_ = std::make_unique<peers::Peers>(std::make_unique<FakeReferral>(script_), "service");
    admission_ = std::make_unique<Admission>(outbox_, *peers_, *programs_, clock_, *sealer_);
    admission_->Subscribe(handlers_);
  }

  static referral::events::v1::ApplicationChanged Changed(const std::string& application) {
    referral::events::v1::ApplicationChanged changed;
    changed.set_referral("referral-1");
    changed.set_application(application);
    changed.set_program("ottawa-career-mentoring");
    changed.set_program_version(1);
    changed.set_agency("ociso");
    changed.set_external_id("OCI 1001/" + application);
    changed.set_state(referral::events::v1::APPLICATION_STATE_ADMITTED);
    return changed;
  }

  // Prepares and applies, as the consumer does but for its inbox.
  absl::Status Handle(const referral::events::v1::ApplicationChanged& changed) {
    ::tremplin::events::Event event;
    event.type = changed.GetDescriptor()->full_name();
    event.time = Start() + absl::Hours(5);
    event.data = changed.SerializeAsString();
    const inbox::Handlers::Prepare* prepare = handlers_.Find(event.type);
    if (prepare == nullptr) return absl::NotFoundError("no handler");
    absl::StatusOr<inbox::Apply> apply = (*prepare)(event);
    if (!apply.ok() || *apply == nullptr) return apply.status();
    return db_->Write({.lane_key = "chunk", .tenant = database::Tenant::All()}, *apply);
  }

  std::vector<std::string> NewEvents() {
    std::vector<std::string> all = Events();
    return {all.begin() + static_cast<int64_t>(before_), all.end()};
  }

  v1::Enrolment Enrolment(const std::string& application) {
    const std::array<std::string_view, 2> parts{"enrolment", application};
    v1::GetEnrolmentRequest request;
    request.set_name("enrolments/" + ids::Derive(parts));
    const auto found = Call(Staff(), &Service::GetEnrolment, request);
    EXPECT_TRUE(found.ok()) << found.status();
    return *found;
  }

  size_t before_ = 0;
  FakeReferral::Script script_;
  std::unique_ptr<peers::Peers> peers_;
  std::unique_ptr<Admission> admission_;
  inbox::Handlers handlers_;
};

TEST_F(AdmissionTest, AnAdmittedFileBecomesAPersonAndAnEnrolment) {
  ASSERT_EQ(Handle(Changed("a1")), absl::OkStatus());
  EXPECT_THAT(script_.asked, ElementsAre("applications/a1"));
  const v1::Enrolment enrolment = Enrolment("a1");
  EXPECT_EQ(enrolment.state(), v1::Enrolment::STATE_ONBOARDING);
  EXPECT_EQ(enrolment.role(), v1::ENROLMENT_ROLE_MENTEE);
  EXPECT_EQ(enrolment.organization(), "organizations/ociso");
  EXPECT_EQ(enrolment.business_key(), "ociso/OCI 1001/a1");
  EXPECT_EQ(enrolment.profile().noc(), "41403");
  EXPECT_EQ(enrolment.profile().fsa(), "K1Z");
  EXPECT_THAT(enrolment.profile().languages(), ElementsAre("en"));
  EXPECT_THAT(enrolment.profile().availability(), IsEmpty());
  EXPECT_EQ(enrolment.profile().years_experience(), 12);
  // Dated by the fact, not by when it was read.
  EXPECT_EQ(enrolment.create_time().seconds(), absl::ToUnixSeconds(Start() + absl::Hours(5)));
  EXPECT_THAT(NewEvents(), ElementsAre("EnrolmentCreated"));
  const auto created = Last<events::v1::EnrolmentCreated>();
  EXPECT_EQ(created.application(), "a1");
  EXPECT_EQ(created.organization(), "ociso");
  EXPECT_EQ(created.language(), "en");
  v1::GetPersonRequest get;
  get.set_name(enrolment.person());
  EXPECT_EQ(Call(Staff(), &Service::GetPerson, get)->email(), "karim@example.org");
}

TEST_F(AdmissionTest, TheSameFactAgainChangesNothing) {
  ASSERT_EQ(Handle(Changed("a1")), absl::OkStatus());
  ASSERT_EQ(Handle(Changed("a1")), absl::OkStatus());
  EXPECT_THAT(NewEvents(), ElementsAre("EnrolmentCreated"));
  EXPECT_EQ(Count("SELECT count(*) FROM registration_person"), 1);
  EXPECT_EQ(Count("SELECT count(*) FROM registration_enrolment"), 1);
}

TEST_F(AdmissionTest, ApplicationsOfOneReferralAreOnePersonOthersAreTwo) {
  ASSERT_EQ(Handle(Changed("a1")), absl::OkStatus());
  ASSERT_EQ(Handle(Changed("a2")), absl::OkStatus());
  EXPECT_EQ(Enrolment("a1").person(), Enrolment("a2").person());
  auto elsewhere = Changed("a3");
  elsewhere.set_referral("referral-2");  // the same words, but nobody said it is one person
  ASSERT_EQ(Handle(elsewhere), absl::OkStatus());
  EXPECT_NE(Enrolment("a3").person(), Enrolment("a1").person());
}

TEST_F(AdmissionTest, OtherStatesHaveNoEffectHere) {
  auto changed = Changed("a1");
  for (const auto state : {referral::events::v1::APPLICATION_STATE_RECEIVED,
                           referral::events::v1::APPLICATION_STATE_RETURNED,
                           referral::events::v1::APPLICATION_STATE_WITHDRAWN}) {
    changed.set_state(state);
    EXPECT_EQ(Handle(changed), absl::OkStatus());
  }
  EXPECT_THAT(script_.asked, IsEmpty());
  EXPECT_THAT(NewEvents(), IsEmpty());
}

TEST_F(AdmissionTest, AnOutageOfReferralIsHandedOnAsOne) {
  script_.error = absl::ResourceExhaustedError("busy");
  EXPECT_TRUE(status::IsOutage(Handle(Changed("a1"))));
  EXPECT_EQ(Count("SELECT count(*) FROM registration_person"), 0);
  script_.error = absl::OkStatus();
  EXPECT_EQ(Handle(Changed("a1")), absl::OkStatus());
}

TEST_F(AdmissionTest, AnEnrolmentThatMovedOnIsLeftAsItIs) {
  ASSERT_EQ(Handle(Changed("a1")), absl::OkStatus());
  ASSERT_TRUE(Complete(Enrolment("a1").name(), "needs_analysis", /*gate=*/true).ok());
  ASSERT_EQ(Handle(Changed("a1")), absl::OkStatus());
  EXPECT_TRUE(Enrolment("a1").onboarding(0).done());
}

}  // namespace
}  // namespace tremplin::registration
