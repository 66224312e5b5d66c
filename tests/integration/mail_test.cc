// Mail of a system as it is run: one process, killed and started again, toward a real mail server.
// People are written to in their language, once; what is not taken comes again under its id, who is
// not reached is on staff's list, and a link of a mail answers what the mail asked.

#include <signal.h>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/gateway/testing/http_client.h"
#include "tests/support/deployment.h"
#include "tests/support/mail_server.h"
#include "tests/support/partner.h"
#include "tests/support/servers.h"
#include "tests/support/staff.h"
#include "tests/support/temp_dir.h"
#include "tremplin/matching/v1/matching.pb.h"
#include "tremplin/notification/v1/notification.pb.h"
#include "tremplin/outcome/v1/outcome.pb.h"

namespace tremplin {
namespace {

using gateway::testing::Answer;
using gateway::testing::Fetch;
using matching::v1::Proposal;
using notification::v1::Message;
using notification::v1::Task;
using outcome::v1::FollowUp;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::TakenMail;

constexpr char kNotification[] = "tremplin.notification.v1.NotificationService/";
constexpr char kMatching[] = "tremplin.matching.v1.MatchingService/";
constexpr char kOutcome[] = "tremplin.outcome.v1.OutcomeService/";
constexpr char kReferral[] = "tremplin.referral.v1.ReferralService/";
// A mail that was put off comes again after 10, 20, 40, … seconds.
constexpr absl::Duration kPatience = absl::Minutes(3);

// One system and one mail server for all: each test has people of its own.
class MailTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (!testing::MailServer::Available()) return;
    server_ = new testing::MailServer();
    web_ = absl::StrCat("127.0.0.1:", testing::FreePort());
    deployment_ = testing::MakeStandalone({.flags = {"--smtp", server_->address(), "--smtp-tls",
                                                     "none", "--mail-from", "tremplin@example.org",
                                                     "--public-url", absl::StrCat("http://", web_),
                                                     "--web-listen", web_, "--web-rate", "0"}})
                      .release();
    ASSERT_TRUE(deployment_->WaitServing(absl::Seconds(120)));
    ASSERT_TRUE(deployment_->Load(false));
    ASSERT_TRUE(testing::PublishContinuous(*deployment_).ok());
    staff_ = new testing::Staff(*deployment_);
  }
  static void TearDownTestSuite() {
    if (deployment_ != nullptr) {
      testing::Process& process = deployment_->Get("standalone");
      process.Signal(SIGTERM);
      EXPECT_EQ(process.Wait(absl::Seconds(60)), 0) << "mail does not hold up the end";
    }
    delete staff_;
    delete deployment_;
    delete server_;
  }
  void SetUp() override {
    TREMPLIN_REQUIRE_SERVER(std::string(testing::MailServer::Available() ? "aiosmtpd" : ""));
  }

  // A mentor who entered by themselves: told that they are admitted, and once they are ready.
  static std::string Mentor(const std::string& key, const std::string& language,
                            const std::string& email = "") {
    referral::v1::ReferralFile file = testing::Staff::MentorFile(key, 1);
    file.set_language(language);
    file.set_given_name("Noémie");
    if (!email.empty()) file.set_email(email);
    const auto ready = staff_->ReadyMentor(key, file);
    EXPECT_TRUE(ready.ok()) << ready.status();
    return ready.value_or("");
  }
  // A mentee who came through an agency, and is ready; their e-mail is person<number>@example.org.
  static void Mentee(int number) {
    testing::PersistentClient agency(
        *deployment_,
        testing::MakeKey(*deployment_, options::v1::ROLE_AGENCY, "organizations/ociso"));
    referral::v1::SubmitReferralRequest request;
    request.set_agency("organizations/ociso");
    request.set_external_id(absl::StrCat("MAIL-", number));
    request.add_programs(testing::kOttawa);
    *request.mutable_file() = testing::EligibleFile(number);
    request.set_request_id(absl::StrCat("mail/", number));
    const auto submitted = agency.Call<referral::v1::SubmitReferralResponse>(
        "referral", absl::StrCat(kReferral, "SubmitReferral"), request);
    ASSERT_TRUE(submitted.ok()) << submitted.status();
    ASSERT_TRUE(staff_->Admit(submitted->applications(0).name()).ok());
  }
  static void Orient() {
    ASSERT_TRUE(testing::Eventually(
        [] {
          const auto waiting = staff_->MenteesOnboarding(10);
          if (!waiting.ok() || waiting->empty()) return false;
          for (const auto& mentee : *waiting) {
            EXPECT_TRUE(staff_->CompleteStep(mentee.name(), "needs_analysis", /*gate=*/true).ok());
            EXPECT_TRUE(staff_->CompleteStep(mentee.name(), "orientation", /*gate=*/false).ok());
          }
          return true;
        },
        kPatience));
  }

  // The first mail to an address whose subject begins so.
  static TakenMail Wait(const std::string& to, const std::string& subject) {
    TakenMail found;
    EXPECT_TRUE(testing::Eventually(
        [&] {
          for (const TakenMail& mail : server_->To(to)) {
            if (!mail.subject.starts_with(subject)) continue;
            found = mail;
            return true;
          }
          return false;
        },
        kPatience))
        << to << ": " << subject;
    return found;
  }
  // The path of the link behind a label.
  static std::string PathBehind(const TakenMail& mail, const std::string& label) {
    const std::string base = absl::StrCat(label, "\nhttp://", web_);
    const size_t at = mail.text.find(base);
    EXPECT_NE(at, std::string::npos) << mail.text;
    if (at == std::string::npos) return "";
    const size_t begin = at + base.size();
    return mail.text.substr(begin, mail.text.find('\n', begin) - begin);
  }
  static Answer Open(const std::string& method, const std::string& path,
                     const std::string& body = "") {
    std::optional<Answer> answer =
        Fetch(web_, method, path, {{"Content-Type", "application/x-www-form-urlencoded"}}, body);
    EXPECT_TRUE(answer.has_value());
    return answer.value_or(Answer());
  }

  static std::vector<Task> Tasks(const std::string& kind) {
    notification::v1::ListTasksRequest request;
    request.set_kind(kind);
    const auto listed = staff_->client().Call<notification::v1::ListTasksResponse>(
        "notification", absl::StrCat(kNotification, "ListTasks"), request);
    EXPECT_TRUE(listed.ok()) << listed.status();
    if (!listed.ok()) return {};
    return {listed->tasks().begin(), listed->tasks().end()};
  }
  static std::vector<Message> Messages(const std::string& template_code) {
    notification::v1::ListMessagesRequest request;
    request.set_template_(template_code);
    request.set_page_size(500);
    const auto listed = staff_->client().Call<notification::v1::ListMessagesResponse>(
        "notification", absl::StrCat(kNotification, "ListMessages"), request);
    EXPECT_TRUE(listed.ok()) << listed.status();
    if (!listed.ok()) return {};
    return {listed->messages().begin(), listed->messages().end()};
  }
  static bool PhoneTaskFor(const std::string& reason) {
    const std::vector<Task> tasks = Tasks("to_phone");
    return std::any_of(tasks.begin(), tasks.end(),
                       [&](const Task& task) { return task.reason() == reason; });
  }

  // tremplinctl phone, by staff.
  static testing::Finished Phone(const std::vector<std::string>& args) {
    const testing::TempDir dir;
    std::ofstream(dir.File("key"))
        << testing::MakeKey(*deployment_, options::v1::ROLE_COORDINATOR, "", "", testing::kOttawa);
    chmod(dir.File("key").c_str(), 0600);
    std::vector<std::string> argv = {testing::BinDir() + "/tremplinctl",
                                     "--address",
                                     deployment_->Address("notification"),
                                     "--key-file",
                                     dir.File("key"),
                                     "--language",
                                     "fr",
                                     "phone"};
    argv.insert(argv.end(), args.begin(), args.end());
    return testing::Run(argv);
  }

  static testing::MailServer* server_;
  static std::string web_;
  static testing::Deployment* deployment_;
  static testing::Staff* staff_;
};
testing::MailServer* MailTest::server_ = nullptr;
std::string MailTest::web_;
testing::Deployment* MailTest::deployment_ = nullptr;
testing::Staff* MailTest::staff_ = nullptr;

TEST_F(MailTest, PeopleAreWrittenToInTheirLanguage_AndAnswerAProposalByALink) {
  Mentor("en-1", "en");
  const TakenMail english = Wait("en-1@example.org", "You are ready to be matched");
  EXPECT_THAT(english.text, HasSubstr("Hello Noémie,"));
  EXPECT_THAT(english.html, HasSubstr("Hello Noémie,"));
  EXPECT_THAT(english.defects, IsEmpty());
  EXPECT_EQ(english.headers.at("list-unsubscribe-post"), "List-Unsubscribe=One-Click");
  Mentor("fr-1", "fr");
  const TakenMail french = Wait("fr-1@example.org", "Vous êtes prêt·e");
  EXPECT_THAT(french.text, HasSubstr("Bonjour Noémie,"));

  Mentee(901);
  // The follow-up at admission: answered by a link, once.
  const TakenMail asked = Wait("person901@example.org", "How is your work going?");
  const std::string no_job = PathBehind(asked, "I have no job at present");
  const Answer looked = Open("GET", no_job);
  EXPECT_EQ(looked.status, 200);
  EXPECT_THAT(looked.body, HasSubstr("I have no job at present"));
  const auto answered = [] {
    outcome::v1::ListFollowUpsRequest request;
    request.set_program(testing::kOttawa);
    request.set_state(FollowUp::STATE_ANSWERED);
    const auto listed = staff_->client().Call<outcome::v1::ListFollowUpsResponse>(
        "outcome", absl::StrCat(kOutcome, "ListFollowUps"), request);
    EXPECT_TRUE(listed.ok()) << listed.status();
    return listed.value_or(outcome::v1::ListFollowUpsResponse());
  };
  EXPECT_EQ(answered().follow_ups_size(), 0) << "looking answers nothing";
  EXPECT_THAT(Open("POST", no_job).body, HasSubstr("Your answer is noted"));
  ASSERT_EQ(answered().follow_ups_size(), 1);
  EXPECT_EQ(answered().follow_ups(0).employment(), outcome::v1::EMPLOYMENT_STATUS_NONE);
  EXPECT_THAT(Open("POST", no_job).body, HasSubstr("answered already"));

  Orient();
  const TakenMail proposed = Wait("person901@example.org", "A match is proposed to you");
  const auto proposals = [] {
    matching::v1::ListProposalsRequest request;
    request.set_program(testing::kOttawa);
    const auto listed = staff_->client().Call<matching::v1::ListProposalsResponse>(
        "matching", absl::StrCat(kMatching, "ListProposals"), request);
    EXPECT_TRUE(listed.ok()) << listed.status();
    return listed.value_or(matching::v1::ListProposalsResponse());
  };
  const std::string no = PathBehind(proposed, "No, thank you");
  EXPECT_THAT(Open("GET", no).body, HasSubstr("value=\"schedule\""));
  ASSERT_EQ(proposals().proposals_size(), 1);
  EXPECT_EQ(proposals().proposals(0).state(), Proposal::STATE_OPEN);
  EXPECT_EQ(Open("POST", no).status, 400) << "no reason";
  EXPECT_EQ(Open("POST", no, "reason=schedule").status, 200);
  EXPECT_EQ(proposals().proposals(0).state(), Proposal::STATE_DECLINED);
  EXPECT_THAT(Open("POST", PathBehind(proposed, "Yes, that suits me")).body,
              HasSubstr("answered already"));
  EXPECT_EQ(Open("GET", no.substr(0, no.size() - 1) + "x").status, 404);
}

TEST_F(MailTest, WhatIsNotTakenNowComesAgain_UnderTheSameId) {
  server_->Set("not-now");
  Mentor("later-1", "en");
  // Others may be written to meanwhile.
  std::string id;
  ASSERT_TRUE(testing::Eventually(
      [&] {
        for (const TakenMail& mail : server_->put_off()) {
          if (mail.to == "later-1@example.org") id = mail.headers.at("message-id");
        }
        return !id.empty();
      },
      kPatience));
  EXPECT_THAT(server_->To("later-1@example.org"), IsEmpty());
  server_->Clear("not-now");
  ASSERT_TRUE(testing::Eventually(
      [&] {
        for (const TakenMail& mail : server_->To("later-1@example.org")) {
          if (mail.headers.at("message-id") == id) return true;
        }
        return false;
      },
      kPatience));
}

TEST_F(MailTest, WhoIsRefusedIsPhoned_ByStaffsList) {
  Mentor("refused-1", "en", "refused-1@example.org");
  ASSERT_TRUE(testing::Eventually([] { return PhoneTaskFor("refused"); }, kPatience));
  const testing::Finished shown = Phone({"list"});
  EXPECT_THAT(shown.output, HasSubstr("Noémie Number refused-1"));
  EXPECT_THAT(shown.output, HasSubstr("adresse refusée"));
  // Each of what they were told: that they are admitted, and ready.
  EXPECT_TRUE(testing::Eventually(
      [] {
        for (const Task& task : Tasks("to_phone")) {
          EXPECT_THAT(task.about(), HasSubstr("messages/"));
          if (task.reason() == "refused") Phone({"done", task.name()});
        }
        return !PhoneTaskFor("refused");
      },
      kPatience));
}

TEST_F(MailTest, AfterAPostToTheUnsubscribeLinkNoMailIsSent) {
  Mentor("quiet-1", "en");
  const TakenMail ready = Wait("quiet-1@example.org", "You are ready to be matched");
  const std::string header = ready.headers.at("list-unsubscribe");
  const std::string base = absl::StrCat("<http://", web_);
  ASSERT_TRUE(header.starts_with(base)) << header;
  const std::string path = header.substr(base.size(), header.size() - base.size() - 1);
  EXPECT_EQ(Open("GET", path).status, 200);
  EXPECT_EQ(Open("POST", path, "List-Unsubscribe=One-Click").status, 200);
  const size_t before = server_->To("quiet-1@example.org").size();
  Mentee(902);
  Orient();
  Wait("person902@example.org", "A match is proposed to you");
  EXPECT_EQ(server_->To("quiet-1@example.org").size(), before);
}

TEST_F(MailTest, WhatWasQueuedBeforeConsentWasWithdrawnIsNotSent) {
  server_->Stop();
  Mentee(903);
  Mentee(904);
  ASSERT_TRUE(testing::Eventually(
      [] {
        int queued = 0;
        for (const Message& one : Messages("follow_up_open")) {
          queued += one.mail() == Message::MAIL_QUEUED ? 1 : 0;
        }
        return queued >= 2;
      },
      kPatience));
  testing::PersistentClient agency(
      *deployment_,
      testing::MakeKey(*deployment_, options::v1::ROLE_AGENCY, "organizations/ociso"));
  const auto listed = agency.Call<referral::v1::ListReferralsResponse>(
      "referral", absl::StrCat(kReferral, "ListReferrals"), referral::v1::ListReferralsRequest());
  ASSERT_TRUE(listed.ok());
  for (const auto& one : listed->referrals()) {
    if (one.external_id() != "MAIL-903") continue;
    referral::v1::SetConsentRequest withdraw;
    withdraw.set_name(one.name());
    withdraw.set_decision(program::v1::CONSENT_DECISION_WITHDRAWN);
    withdraw.set_request_id("withdraw/903");
    ASSERT_TRUE(
        agency
            .Call<program::v1::Consent>("referral", absl::StrCat(kReferral, "SetConsent"), withdraw)
            .ok());
  }
  ASSERT_TRUE(testing::Eventually(
      [] {
        const std::vector<Message> messages = Messages("follow_up_open");
        return std::any_of(messages.begin(), messages.end(), [](const Message& one) {
          return one.mail() == Message::MAIL_WITHHELD && one.mail_reason() == "consent";
        });
      },
      kPatience));
  server_->Start();
  Wait("person904@example.org", "How is your work going?");
  EXPECT_THAT(server_->To("person903@example.org"), IsEmpty());
}

TEST_F(MailTest, KilledBeforeItIsNoted_AMailComesAgainUnderTheSameId) {
  server_->Set("hang");
  Mentor("killed-1", "en");
  ASSERT_TRUE(
      testing::Eventually([] { return !server_->To("killed-1@example.org").empty(); }, kPatience));
  deployment_->KillAndRestart("standalone");
  server_->Clear("hang");
  ASSERT_TRUE(deployment_->WaitServing(absl::Seconds(120)));
  // The lease of the one that was killed runs out first.
  ASSERT_TRUE(testing::Eventually([] { return server_->To("killed-1@example.org").size() >= 2; },
                                  absl::Minutes(3)));
  const std::vector<TakenMail> mails = server_->To("killed-1@example.org");
  EXPECT_EQ(mails[0].headers.at("message-id"), mails[1].headers.at("message-id"));
  EXPECT_EQ(mails[0].text, mails[1].text);
}

}  // namespace
}  // namespace tremplin
