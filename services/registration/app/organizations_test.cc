#include "gmock/gmock.h"
#include "services/registration/testing/registration_test_support.h"

namespace tremplin::registration {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

class OrganizationsTest : public RegistrationTest {
 protected:
  static v1::CreateOrganizationRequest Request(const std::string& id) {
    v1::CreateOrganizationRequest request;
    request.set_organization_id(id);
    v1::Organization& organization = *request.mutable_organization();
    organization.set_title_en("Ottawa Community Immigrant Services Organization");
    organization.set_title_fr("Organisme communautaire des services aux immigrants d’Ottawa");
    organization.add_parts(v1::PART_AGENCY);
    organization.add_parts(v1::PART_PROGRAM_OWNER);
    v1::Site& site = *organization.add_sites();
    site.set_id("west");
    site.set_title_en("West end");
    site.set_title_fr("Secteur ouest");
    site.set_fsa("K2B");
    return request;
  }
};

TEST_F(OrganizationsTest, KeepsPartsAndSites) {
  auto made = Call(Operator(), &Service::CreateOrganization, Request("ociso"));
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(made->name(), "organizations/ociso");
  v1::GetOrganizationRequest get;
  get.set_name("organizations/ociso");
  auto read = Call(Staff(), &Service::GetOrganization, get);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->SerializeAsString(), made->SerializeAsString());
  EXPECT_THAT(read->parts(), ElementsAre(v1::PART_AGENCY, v1::PART_PROGRAM_OWNER));
  EXPECT_EQ(read->sites(0).title_fr(), "Secteur ouest");
  EXPECT_THAT(Events(), ElementsAre("OrganizationCreated"));
}

TEST_F(OrganizationsTest, TheSameRequestGetsTheSameAnswerAnotherIsRefused) {
  v1::CreateOrganizationRequest request = Request("ociso");
  request.set_request_id("once");
  ASSERT_TRUE(Call(Operator(), &Service::CreateOrganization, request).ok());
  ASSERT_TRUE(Call(Operator(), &Service::CreateOrganization, request).ok());
  request.mutable_organization()->set_title_en("Other");
  EXPECT_EQ(status::ReasonOf(Call(Operator(), &Service::CreateOrganization, request).status()),
            "REQUEST_ID_REUSED");
  const auto taken = Call(Operator(), &Service::CreateOrganization, Request("ociso"));
  EXPECT_EQ(taken.status().code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(status::ReasonOf(taken.status()), "ORGANIZATION_EXISTS");
  EXPECT_THAT(Events(), ElementsAre("OrganizationCreated"));
}

TEST_F(OrganizationsTest, EveryFaultIsToldAtOnce) {
  v1::CreateOrganizationRequest request = Request("Not a slug");
  v1::Organization& organization = *request.mutable_organization();
  organization.clear_title_fr();
  organization.add_parts(v1::PART_AGENCY);
  organization.add_parts(v1::PART_UNSPECIFIED);
  organization.mutable_sites(0)->set_fsa("D1D");
  *organization.add_sites() = organization.sites(0);
  const auto refused = Call(Operator(), &Service::CreateOrganization, request);
  EXPECT_THAT(ViolationsOf(refused.status()),
              UnorderedElementsAre(
                  "organization_id ID_INVALID", "organization.title_fr REQUIRED",
                  "organization.parts[2] REPEATED", "organization.parts[3] CHOOSE_ONE",
                  "organization.sites[0].fsa FSA_INVALID", "organization.sites[1].id REPEATED",
                  "organization.sites[1].fsa FSA_INVALID"));
  EXPECT_EQ(Count("SELECT count(*) FROM registration_organization"), 0);
}

TEST_F(OrganizationsTest, AZeroByteIsTheFieldsFault) {
  v1::CreateOrganizationRequest request = Request("ociso");
  request.mutable_organization()->set_title_en(std::string("a\0b", 3));
  EXPECT_THAT(ViolationsOf(Call(Operator(), &Service::CreateOrganization, request).status()),
              ElementsAre("organization.title_en CONTROL_CHARACTER"));
}

TEST_F(OrganizationsTest, ListsByPagesWithTheirSites) {
  for (const char* id : {"c", "a", "b"}) {
    ASSERT_TRUE(Call(Operator(), &Service::CreateOrganization, Request(id)).ok());
  }
  v1::ListOrganizationsRequest request;
  request.set_page_size(2);
  const auto first = Call(Staff(), &Service::ListOrganizations, request);
  ASSERT_TRUE(first.ok());
  ASSERT_EQ(first->organizations_size(), 2);
  EXPECT_EQ(first->organizations(1).name(), "organizations/b");
  EXPECT_EQ(first->organizations(1).sites_size(), 1);
  request.set_page_token(first->next_page_token());
  const auto second = Call(Staff(), &Service::ListOrganizations, request);
  ASSERT_TRUE(second.ok());
  ASSERT_EQ(second->organizations_size(), 1);
  EXPECT_EQ(second->organizations(0).name(), "organizations/c");
  request.set_page_token("rubbish");
  EXPECT_EQ(status::ReasonOf(Call(Staff(), &Service::ListOrganizations, request).status()),
            "PAGE_TOKEN_INVALID");
}

}  // namespace
}  // namespace tremplin::registration
