// Notification alone, fed facts: one message a fact and recipient, and who may read which. On both
// engines.

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "services/notification/module.h"
#include "tests/support/one_module.h"
#include "tremplin/matching/events/v1/events.pb.h"
#include "tremplin/notification/events/v1/events.pb.h"
#include "tremplin/notification/v1/notification.pb.h"
#include "tremplin/referral/events/v1/events.pb.h"

namespace tremplin::notification {
namespace {

using rpc::Principal;
using rpc::Role;

constexpr char kService[] = "tremplin.notification.v1.NotificationService/";

class NotificationServiceTest : public ::testing::Test {
 protected:
  NotificationServiceTest() : module_(Spec(), absl::FromUnixSeconds(1'767'600'000)) {}

  static Principal As(Role role, const std::string& person, const std::string& organization = "",
                      const std::string& program = "") {
    Principal principal;
    principal.id = "key";
    principal.role = role;
    principal.person = person;
    principal.organization = organization;
    principal.program = program;
    return principal;
  }
  void Propose() {
    matching::events::v1::ProposalMade made;
    made.mutable_parties()->set_proposal("p");
    made.mutable_parties()->set_program("prog");
    made.mutable_parties()->set_mentee_person("mentee");
    made.mutable_parties()->set_mentor_person("mentor");
    ASSERT_TRUE(module_.Deliver(made, "p", module_.now()).ok());
  }
  void Return(const std::string& agency) {
    referral::events::v1::ApplicationChanged changed;
    changed.set_application("application-" + agency);
    changed.set_program("prog");
    changed.set_agency(agency);
    changed.set_state(referral::events::v1::APPLICATION_STATE_RETURNED);
    ASSERT_TRUE(module_.Deliver(changed, agency, module_.now()).ok());
  }
  std::vector<v1::Message> List(const Principal& as) {
    v1::ListMessagesRequest request;
    request.set_page_size(1);
    std::vector<v1::Message> all;
    while (true) {
      const auto page = module_.Call<v1::ListMessagesResponse>(
          as, std::string(kService) + "ListMessages", request);
      EXPECT_TRUE(page.ok()) << page.status();
      for (const v1::Message& message : page->messages()) all.push_back(message);
      if (page->next_page_token().empty()) return all;
      request.set_page_token(page->next_page_token());
    }
  }
  absl::Status Get(const Principal& as, const std::string& name) {
    v1::GetMessageRequest request;
    request.set_name(name);
    return module_.Call<v1::Message>(as, std::string(kService) + "GetMessage", request).status();
  }

  testing::OneModule module_;
};

TEST_F(NotificationServiceTest, TellsBothPersons_InBothLanguages) {
  Propose();
  const std::vector<v1::Message> hers = List(As(Role::ROLE_MENTEE, "mentee"));
  ASSERT_EQ(hers.size(), 1u);
  EXPECT_EQ(hers[0].template_(), "proposal_made");
  EXPECT_EQ(hers[0].about(), "proposals/p");
  EXPECT_EQ(hers[0].recipient(), "people/mentee");
  EXPECT_FALSE(hers[0].body().en().empty());
  EXPECT_FALSE(hers[0].body().fr().empty());
  EXPECT_EQ(List(As(Role::ROLE_MENTOR, "mentor")).size(), 1u);
  EXPECT_EQ(module_.Events<events::v1::MessageQueued>().size(), 2u);
}

TEST_F(NotificationServiceTest, ShowsEachTheirOwn) {
  Propose();
  Return("alpha");
  Return("beta");
  const Principal alpha = As(Role::ROLE_AGENCY, "", "alpha");
  const std::vector<v1::Message> own = List(alpha);
  ASSERT_EQ(own.size(), 1u);
  EXPECT_EQ(own[0].recipient(), "organizations/alpha");
  EXPECT_TRUE(Get(alpha, own[0].name()).ok());
  EXPECT_TRUE(absl::IsNotFound(Get(As(Role::ROLE_AGENCY, "", "beta"), own[0].name())));
  EXPECT_TRUE(absl::IsNotFound(Get(As(Role::ROLE_MENTEE, "mentee"), own[0].name())));
  EXPECT_TRUE(List(As(Role::ROLE_MENTEE, "alpha")).empty());
  EXPECT_EQ(List(As(Role::ROLE_OPERATOR, "")).size(), 4u);
  EXPECT_EQ(List(As(Role::ROLE_COORDINATOR, "", "", "prog")).size(), 4u);
  EXPECT_TRUE(List(As(Role::ROLE_COORDINATOR, "", "", "another")).empty());
}

}  // namespace
}  // namespace tremplin::notification
