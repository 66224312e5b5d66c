#include "services/gateway/app/mail_page.h"

#include <string>
#include <vector>

#include "common/status/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tremplin/notification/v1/notification.pb.h"

namespace tremplin::gateway {
namespace {

using notification::v1::MailLink;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class MailPageTest : public ::testing::Test {
 protected:
  MailPageTest() {
    link_.set_state(MailLink::STATE_OPEN);
    link_.mutable_subject()->set_en("A match <is> proposed");
    link_.mutable_subject()->set_fr("Un jumelage");
    link_.mutable_answer()->set_en("Yes");
    link_.mutable_answer()->set_fr("Oui");
    link_.mutable_told()->set_en("Noted");
    link_.mutable_told()->set_fr("Noté");
  }

  http::Response Send(const std::string& method, const std::string& target,
                      const std::string& body = "",
                      const std::string& type = "application/x-www-form-urlencoded") {
    return MailPage(
        {.method = method, .target = target, .headers = {{"Content-Type", type}}, .body = body},
        [this](const std::string& called, const std::string& request) {
          calls_.push_back(called.substr(called.find('/') + 1));
          request_ = request;
          return answer_.ok() ? absl::StatusOr<std::string>(link_.SerializeAsString()) : answer_;
        });
  }

  MailLink link_;
  absl::StatusOr<std::string> answer_ = std::string();
  std::vector<std::string> calls_;
  std::string request_;
};

TEST_F(MailPageTest, GetShowsAForm_WithoutScript_AndFollowsNothing) {
  const http::Response page = Send("GET", "/mail/en/a.b.c?utm=1");
  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(calls_, ElementsAre("GetMailLink"));
  notification::v1::GetMailLinkRequest request;
  ASSERT_TRUE(request.ParseFromString(request_));
  EXPECT_EQ(request.token(), "a.b.c");
  EXPECT_EQ(http::Find(page.headers, "content-type"), "text/html; charset=utf-8");
  EXPECT_THAT(std::string(http::Find(page.headers, "content-security-policy")),
              HasSubstr("default-src 'none'"));
  EXPECT_THAT(page.body, HasSubstr("<form method=\"post\">"));
  EXPECT_THAT(page.body, HasSubstr("A match &lt;is&gt; proposed"));
  EXPECT_THAT(page.body, HasSubstr("<strong>Yes</strong>"));
  EXPECT_THAT(page.body, Not(HasSubstr("<script")));
}

TEST_F(MailPageTest, IsInTheLanguageOfTheMail) {
  const http::Response page = Send("GET", "/mail/fr/a.b.c");
  EXPECT_THAT(page.body, HasSubstr("<html lang=\"fr\">"));
  EXPECT_THAT(page.body, HasSubstr("Oui"));
  EXPECT_THAT(page.body, HasSubstr("Confirmer"));
}

TEST_F(MailPageTest, PostFollowsIt_WithTheReasonOfItsForm) {
  MailLink::Reason& reason = *link_.add_reasons();
  reason.set_code("schedule");
  reason.mutable_text()->set_en("The times");
  EXPECT_THAT(Send("GET", "/mail/en/t").body, HasSubstr("value=\"schedule\""));
  link_.set_state(MailLink::STATE_DONE);
  const http::Response page = Send("POST", "/mail/en/t", "reason=schedule");
  EXPECT_THAT(calls_, ElementsAre("GetMailLink", "FollowMailLink"));
  notification::v1::FollowMailLinkRequest request;
  ASSERT_TRUE(request.ParseFromString(request_));
  EXPECT_EQ(request.token(), "t");
  EXPECT_EQ(request.reason(), "schedule");
  EXPECT_THAT(page.body, HasSubstr("Noted"));
  EXPECT_THAT(page.body, Not(HasSubstr("<form")));
}

TEST_F(MailPageTest, MailProgramsPostAsRfc8058Says) {
  link_.set_state(MailLink::STATE_DONE);
  EXPECT_EQ(Send("POST", "/mail/en/t", "List-Unsubscribe=One-Click").status, 200);
  EXPECT_EQ(Send("POST", "/mail/en/t", "--x\r\n", "multipart/form-data; boundary=x").status, 200);
  EXPECT_THAT(calls_, ElementsAre("FollowMailLink", "FollowMailLink"));
}

TEST_F(MailPageTest, ErrorsAreTold_AndOtherMethodsRefused) {
  answer_ = status::WithDetail(
      absl::StatusCode::kNotFound,
      {.reason = "LINK_UNKNOWN", .en = "Nowhere.", .fr = "Nulle part.", .violations = {}});
  const http::Response page = Send("GET", "/mail/fr/t");
  EXPECT_EQ(page.status, 404);
  EXPECT_THAT(page.body, HasSubstr("Nulle part."));
  EXPECT_EQ(Send("GET", "/mail/").status, 404);
  EXPECT_EQ(Send("DELETE", "/mail/en/t").status, 405);
  EXPECT_FALSE(IsMailPage("/v1/mailLinks:get"));
}

}  // namespace
}  // namespace tremplin::gateway
