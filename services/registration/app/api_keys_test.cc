#include "common/digest/digest.h"
#include "gmock/gmock.h"
#include "services/registration/testing/registration_test_support.h"

namespace tremplin::registration {
namespace {

using options::v1::ROLE_AGENCY;
using options::v1::ROLE_COORDINATOR;
using options::v1::ROLE_MENTEE;
using options::v1::ROLE_MENTOR;
using options::v1::ROLE_OPERATOR;
using options::v1::ROLE_ORGANIZATION;
using options::v1::ROLE_SERVICE;
using options::v1::ROLE_UNSPECIFIED;
using ::testing::UnorderedElementsAre;

class ApiKeysTest : public RegistrationTest {
 protected:
  void SetUp() override {
    RegistrationTest::SetUp();
    Publish();
    CreateOrganization("alpha", v1::PART_AGENCY);
    CreateOrganization("shop", v1::PART_EMPLOYER);
  }

  static v1::CreateApiKeyRequest Request(options::v1::Role role,
                                         const std::string& organization = "",
                                         const std::string& person = "",
                                         const std::string& program = "") {
    v1::CreateApiKeyRequest request;
    request.set_role(role);
    request.set_organization(organization);
    request.set_person(person);
    request.set_program(program);
    return request;
  }
  absl::StatusOr<v1::CreateApiKeyResponse> Create(const v1::CreateApiKeyRequest& request) {
    return Call(Operator(), &Service::CreateApiKey, request);
  }
  absl::StatusOr<v1::ApiKey> Resolve(const std::string& secret) {
    v1::ResolveApiKeyRequest request;
    request.set_key_hash(digest::Sha256Hex(secret));
    return Call(As(ROLE_SERVICE), &Service::ResolveApiKey, request);
  }
};

TEST_F(ApiKeysTest, IsShownOnceAndFoundByItsHash) {
  const auto made = Create(Request(ROLE_AGENCY, "organizations/alpha"));
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(made->secret().size(), 46u);
  EXPECT_EQ(made->secret().substr(0, 3), "tk_");
  const auto resolved = Resolve(made->secret());
  ASSERT_TRUE(resolved.ok()) << resolved.status();
  EXPECT_EQ(resolved->SerializeAsString(), made->api_key().SerializeAsString());
  EXPECT_EQ(resolved->organization(), "organizations/alpha");
  EXPECT_EQ(resolved->expire_time().seconds(),
            absl::ToUnixSeconds(clock_.SystemNow() + absl::Hours(24 * 365)));
  EXPECT_EQ(Resolve("tk_another").status().code(), absl::StatusCode::kNotFound);
}

TEST_F(ApiKeysTest, ARetryGetsTheSameSecretAnotherRequestAnother) {
  v1::CreateApiKeyRequest request = Request(ROLE_COORDINATOR);
  request.set_request_id("once");
  const std::string secret = Create(request)->secret();
  EXPECT_EQ(Create(request)->secret(), secret);
  request.set_request_id("twice");
  EXPECT_NE(Create(request)->secret(), secret);
  EXPECT_EQ(Count("SELECT count(*) FROM registration_api_key"), 2);
}

TEST_F(ApiKeysTest, ExpiresBySystemTime) {
  v1::CreateApiKeyRequest request = Request(ROLE_COORDINATOR);
  request.set_days(1);
  const std::string secret = Create(request)->secret();
  clock_.SetBusiness(Start() + absl::Hours(1000));
  clock_.AdvanceSystem(absl::Hours(24) - absl::Microseconds(1));
  EXPECT_TRUE(Resolve(secret).ok());
  clock_.AdvanceSystem(absl::Microseconds(1));
  EXPECT_EQ(status::ReasonOf(Resolve(secret).status()), "API_KEY_NOT_FOUND");
}

TEST_F(ApiKeysTest, RevokedItIsNobodys) {
  const auto made = Create(Request(ROLE_COORDINATOR, "", "", kProgram));
  ASSERT_TRUE(made.ok()) << made.status();
  v1::RevokeApiKeyRequest revoke;
  revoke.set_name(made->api_key().name());
  const auto revoked = Call(Operator(), &Service::RevokeApiKey, revoke);
  ASSERT_TRUE(revoked.ok());
  EXPECT_TRUE(revoked->revoked());
  EXPECT_EQ(Resolve(made->secret()).status().code(), absl::StatusCode::kNotFound);
  revoke.set_name("apiKeys/none");
  EXPECT_EQ(Call(Operator(), &Service::RevokeApiKey, revoke).status().code(),
            absl::StatusCode::kNotFound);
  v1::ListApiKeysRequest list;
  const auto listed = Call(Operator(), &Service::ListApiKeys, list);
  ASSERT_EQ(listed->api_keys_size(), 1);
  EXPECT_TRUE(listed->api_keys(0).revoked());
  EXPECT_EQ(listed->DebugString().find(made->secret()), std::string::npos);
}

TEST_F(ApiKeysTest, AKeysHolderIsToldAsWhomTheyAct) {
  rpc::CallContext agency = As(ROLE_AGENCY);
  agency.principal.organization = "alpha";
  agency.principal.program = "prog";
  const auto mine = Call(agency, &Service::GetMyRole, v1::GetMyRoleRequest());
  ASSERT_TRUE(mine.ok()) << mine.status();
  EXPECT_EQ(mine->role(), ROLE_AGENCY);
  EXPECT_EQ(mine->organization(), "organizations/alpha");
  EXPECT_EQ(mine->program(), "programs/prog");
}

TEST_F(ApiKeysTest, ARoleBringsWhatItNeedsAndNothingElse) {
  EXPECT_THAT(ViolationsOf(Create(Request(ROLE_AGENCY)).status()),
              UnorderedElementsAre("organization REQUIRED"));
  EXPECT_THAT(ViolationsOf(Create(Request(ROLE_MENTOR, "organizations/alpha")).status()),
              UnorderedElementsAre("organization NOT_ALLOWED_HERE", "person REQUIRED"));
  EXPECT_THAT(ViolationsOf(Create(Request(ROLE_UNSPECIFIED)).status()),
              UnorderedElementsAre("role CHOOSE_ONE"));
  EXPECT_THAT(ViolationsOf(Create(Request(ROLE_SERVICE)).status()),
              UnorderedElementsAre("role CHOOSE_ONE"));
  EXPECT_THAT(ViolationsOf(Create(Request(ROLE_OPERATOR, "", "", kProgram)).status()),
              UnorderedElementsAre("program NOT_ALLOWED_HERE"));
  // Only a coordinator is placed: what a manager or a funder sees is of programs.
  for (const auto role : {options::v1::ROLE_MANAGER, options::v1::ROLE_FUNDER}) {
    EXPECT_THAT(ViolationsOf(Create(Request(role, "organizations/alpha")).status()),
                UnorderedElementsAre("organization NOT_ALLOWED_HERE"));
  }
  // A committee is a program's.
  const auto committee = options::v1::ROLE_ADVISORY_COMMITTEE;
  EXPECT_THAT(ViolationsOf(Create(Request(committee)).status()),
              UnorderedElementsAre("program REQUIRED"));
  EXPECT_THAT(
      ViolationsOf(Create(Request(committee, "organizations/alpha", "", kProgram)).status()),
      UnorderedElementsAre("organization NOT_ALLOWED_HERE"));
  v1::CreateApiKeyRequest days = Request(ROLE_COORDINATOR);
  days.set_days(401);
  EXPECT_THAT(ViolationsOf(Create(days).status()), UnorderedElementsAre("days OUT_OF_RANGE"));
  EXPECT_EQ(Count("SELECT count(*) FROM registration_api_key"), 0);
  EXPECT_TRUE(Create(Request(committee, "", "", kProgram)).ok());
}

TEST_F(ApiKeysTest, WhatItNamesExists) {
  EXPECT_EQ(status::ReasonOf(Create(Request(ROLE_AGENCY, "organizations/none")).status()),
            "ORGANIZATION_NOT_FOUND");
  EXPECT_EQ(status::ReasonOf(Create(Request(ROLE_AGENCY, "organizations/shop")).status()),
            "NOT_AN_AGENCY");
  EXPECT_TRUE(Create(Request(ROLE_ORGANIZATION, "organizations/shop")).ok());
  EXPECT_EQ(status::ReasonOf(Create(Request(ROLE_MENTEE, "", "people/none")).status()),
            "PERSON_NOT_FOUND");
  EXPECT_EQ(status::ReasonOf(Create(Request(ROLE_COORDINATOR, "", "", "programs/none")).status()),
            "PROGRAM_NOT_FOUND");
  EXPECT_TRUE(Create(Request(ROLE_MENTOR, "", Enrol(MentorFile("M1")).person())).ok());
}

TEST_F(ApiKeysTest, ARubbishHashIsRefused) {
  v1::ResolveApiKeyRequest request;
  request.set_key_hash("ABC");
  EXPECT_THAT(ViolationsOf(Call(As(ROLE_SERVICE), &Service::ResolveApiKey, request).status()),
              UnorderedElementsAre("key_hash KEY_HASH_INVALID"));
}

}  // namespace
}  // namespace tremplin::registration
