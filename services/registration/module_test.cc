#include "services/registration/module.h"

#include <memory>
#include <string>

#include "common/host/host.h"
#include "common/status/error.h"
#include "gtest/gtest.h"
#include "services/registration/testing/example.h"
#include "tests/support/temp_dir.h"
#include "tremplin/registration/v1/registration.pb.h"

namespace tremplin::registration {
namespace {

// Stands where referral would, so that its topic is there to be followed.
class SilentModule final : public host::Module {
 public:
  void Bind(rpc::Registry&) override {}
  void Subscribe(inbox::Handlers&) override {}
  void Schedule(timers::Timers&) override {}
};

host::ModuleSpec SilentReferral() {
  return {.name = "referral", .migrations = {}, .make = [](const host::ModuleContext&) {
            return std::make_unique<SilentModule>();
          }};
}

// Registration in its host, through the dispatcher: credentials, rules and rubbish included.
class RegistrationModuleTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const host::ModuleSpec modules[] = {Spec(), SilentReferral()};
    auto opened = host::InlineSystem::Open(dir_.File("data"), modules, clock_);
    ASSERT_TRUE(opened.ok()) << opened.status();
    system_ = *std::move(opened);
    operator_ = system_->operator_credential();
  }

  absl::StatusOr<std::string> CallBytes(const std::string& credential, const std::string& method,
                                        const std::string& request) {
    rpc::Envelope envelope;
    envelope.credential = credential;
    envelope.deadline = clock_.SystemNow() + absl::Seconds(10);
    return system_->dispatcher().Call("tremplin.registration.v1.RegistrationService/" + method,
                                      request, envelope);
  }
  template <class Response, class Request>
  absl::StatusOr<Response> Call(const std::string& credential, const std::string& method,
                                const Request& request) {
    const absl::StatusOr<std::string> bytes =
        CallBytes(credential, method, request.SerializeAsString());
    if (!bytes.ok()) return bytes.status();
    Response response;
    EXPECT_TRUE(response.ParseFromString(*bytes));
    return response;
  }

  void Publish() {
    v1::CreateOrganizationRequest owner;
    owner.set_organization_id(kOwner);
    owner.mutable_organization()->set_title_en("The owner");
    owner.mutable_organization()->set_title_fr("Le responsable");
    owner.mutable_organization()->add_parts(v1::PART_PROGRAM_OWNER);
    owner.set_request_id("owner");
    ASSERT_TRUE(Call<v1::Organization>(operator_, "CreateOrganization", owner).ok());
    v1::PublishFactsRequest facts;
    *facts.mutable_registry() = ExampleFacts();
    facts.set_request_id("facts");
    ASSERT_TRUE(Call<v1::Facts>(operator_, "PublishFacts", facts).ok());
    v1::PublishProgramRequest request;
    *request.mutable_definition() = ExampleProgram();
    request.set_request_id("publish");
    const auto published = Call<v1::Program>(operator_, "PublishProgram", request);
    ASSERT_TRUE(published.ok()) << published.status();
  }

  absl::StatusOr<v1::CreateApiKeyResponse> CoordinatorKey(const std::string& request_id) {
    v1::CreateApiKeyRequest request;
    request.set_role(options::v1::ROLE_COORDINATOR);
    request.set_program(kProgram);
    request.set_request_id(request_id);
    return Call<v1::CreateApiKeyResponse>(operator_, "CreateApiKey", request);
  }

  testing::TempDir dir_;
  clock::ManualClock clock_{absl::FromUnixSeconds(1'757'000'000)};
  std::unique_ptr<host::InlineSystem> system_;
  std::string operator_;
};

TEST_F(RegistrationModuleTest, AKeyMadeHereOpensTheDoorUntilItIsRevoked) {
  Publish();
  const auto key = CoordinatorKey("key");
  ASSERT_TRUE(key.ok()) << key.status();
  v1::ListProgramsRequest list;
  const auto listed = Call<v1::ListProgramsResponse>(key->secret(), "ListPrograms", list);
  ASSERT_TRUE(listed.ok()) << listed.status();
  EXPECT_EQ(listed->programs_size(), 1);
  v1::ListApiKeysRequest keys;
  EXPECT_EQ(Call<v1::ListApiKeysResponse>(key->secret(), "ListApiKeys", keys).status().code(),
            absl::StatusCode::kPermissionDenied);
  v1::RevokeApiKeyRequest revoke;
  revoke.set_name(key->api_key().name());
  revoke.set_request_id("revoke");
  ASSERT_TRUE(Call<v1::ApiKey>(operator_, "RevokeApiKey", revoke).ok());
  clock_.AdvanceSystem(absl::Minutes(1));  // answers about keys are remembered for a short while
  EXPECT_EQ(Call<v1::ListProgramsResponse>(key->secret(), "ListPrograms", list).status().code(),
            absl::StatusCode::kUnauthenticated);
}

// A manager's key of one program is no key to another's, nor to the facts of all.
TEST_F(RegistrationModuleTest, AManagersKeyPublishesItsProgramOnly) {
  Publish();
  v1::CreateApiKeyRequest make;
  make.set_role(options::v1::ROLE_MANAGER);
  make.set_program(kProgram);
  make.set_request_id("manager");
  const auto key = Call<v1::CreateApiKeyResponse>(operator_, "CreateApiKey", make);
  ASSERT_TRUE(key.ok()) << key.status();
  v1::PublishProgramRequest request;
  *request.mutable_definition() = ExampleProgram();
  request.mutable_definition()->mutable_name()->set_en("Renamed");
  request.set_request_id("own");
  const auto own = Call<v1::Program>(key->secret(), "PublishProgram", request);
  ASSERT_TRUE(own.ok()) << own.status();
  EXPECT_EQ(own->version(), 2);
  request.mutable_definition()->set_id("another-program");
  request.set_request_id("another");
  const auto another = Call<v1::Program>(key->secret(), "PublishProgram", request);
  EXPECT_EQ(another.status().code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(status::ReasonOf(another.status()), "KEY_OF_ONE_PROGRAM");
  v1::PublishFactsRequest facts;
  *facts.mutable_registry() = ExampleFacts();
  facts.set_request_id("facts of all");
  EXPECT_EQ(Call<v1::Facts>(key->secret(), "PublishFacts", facts).status().code(),
            absl::StatusCode::kPermissionDenied);
}

TEST_F(RegistrationModuleTest, IdsFollowFromTheRequestSecretsDoNot) {
  Publish();
  const auto key = CoordinatorKey("key");
  ASSERT_TRUE(key.ok());
  EXPECT_EQ(CoordinatorKey("key")->secret(), key->secret());
  testing::TempDir elsewhere;
  const host::ModuleSpec modules[] = {Spec(), SilentReferral()};
  auto other = host::InlineSystem::Open(elsewhere.File("data"), modules, clock_);
  ASSERT_TRUE(other.ok()) << other.status();
  system_ = *std::move(other);
  operator_ = system_->operator_credential();
  Publish();
  const auto there = CoordinatorKey("key");
  ASSERT_TRUE(there.ok());
  EXPECT_EQ(there->api_key().name(), key->api_key().name());
  EXPECT_NE(there->secret(), key->secret());
}

TEST_F(RegistrationModuleTest, BusinessTimeIsFollowedByTheEvent) {
  v1::SetBusinessTimeRequest request;
  request.mutable_business_time()->set_seconds(1'757'500'000);
  request.set_request_id("time");
  ASSERT_TRUE(Call<v1::SetBusinessTimeResponse>(operator_, "SetBusinessTime", request).ok());
  ASSERT_TRUE(system_->Settle().ok());
  EXPECT_EQ(clock_.BusinessNow(), absl::FromUnixSeconds(1'757'500'000));
}

TEST_F(RegistrationModuleTest, RubbishIsRefusedBeforeItIsStored) {
  v1::CreateOrganizationRequest request;
  request.set_organization_id("alpha");
  request.set_request_id("rubbish");
  request.mutable_organization()->set_title_en("Alpha");
  request.mutable_organization()->set_title_fr("Alpha");
  request.mutable_organization()->add_parts(v1::PART_AGENCY);
  std::string latin = request.SerializeAsString();
  const size_t at = latin.find("Alpha");
  latin[at] = '\xe9';  // Windows-1252, not UTF-8
  EXPECT_EQ(CallBytes(operator_, "CreateOrganization", latin).status().code(),
            absl::StatusCode::kInvalidArgument);
  request.mutable_organization()->add_parts(static_cast<v1::Part>(99));
  const auto unknown = Call<v1::Organization>(operator_, "CreateOrganization", request);
  EXPECT_EQ(unknown.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_FALSE(status::DetailOf(unknown.status()).violations.empty());
  const auto rows = database::ReadRows(system_->db("registration"), {},
                                       "SELECT count(*) FROM registration_organization");
  ASSERT_TRUE(rows.ok());
  EXPECT_EQ(rows->rows[0].Int(0), 0);
}

}  // namespace
}  // namespace tremplin::registration
