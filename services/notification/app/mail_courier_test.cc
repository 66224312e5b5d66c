// Messages as mail, toward a mailer that does as it is told: whom each is sent to and in which
// words, what keeps it from being sent, what is tried again; and the links in them.

#include "services/notification/app/mail_courier.h"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/ids/ids.h"
#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/text/text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/notification/app/queueing.h"
#include "services/notification/domain/mail_link.h"
#include "services/notification/module.h"
#include "services/notification/store/message_store.h"
#include "tests/support/one_module.h"
#include "tremplin/matching/v1/answering.pb.h"
#include "tremplin/notification/v1/notification.pb.h"
#include "tremplin/outcome/v1/answering.pb.h"
#include "tremplin/referral/events/v1/events.pb.h"
#include "tremplin/referral/v1/contact.pb.h"
#include "tremplin/referral/v1/referral.pb.h"
#include "tremplin/registration/events/v1/events.pb.h"
#include "tremplin/registration/v1/registration.pb.h"
#include "tremplin/registration/v1/sign_in.pb.h"

namespace tremplin::notification {
namespace {

using rpc::Principal;
using rpc::Role;
using Verdict = Sent::Verdict;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr char kService[] = "tremplin.notification.v1.NotificationService/";
constexpr char kLinks[] = "tremplin.notification.v1.MailLinkService/";
constexpr char kBase[] = "https://portal.example.org";
const Principal kStaff{.id = "staff", .role = Role::ROLE_COORDINATOR, .program = "prog"};

class FakeMailer final : public Mailer {
 public:
  Sent Send(const Mail& mail) override {
    mails.push_back(mail);
    return answer;
  }
  void Cancel() override {}

  std::vector<Mail> mails;
  Sent answer{.verdict = Verdict::kTaken};
};

class MailTest : public ::testing::Test {
 protected:
  MailTest() : module_(Spec(), absl::FromUnixSeconds(1'767'600'000)) {
    program::v1::ProgramDefinition definition;
    definition.set_id("prog");
    definition.set_effective_from("2020-01-01");
    definition.set_time_zone("America/Toronto");
    definition.mutable_name()->set_en("Ottawa Mentoring");
    definition.mutable_name()->set_fr("Mentorat d’Ottawa");
    module_.Publish(definition);
    module_.SetPeer("tremplin.registration.v1.RegistrationService/GetPerson",
                    [this](const std::string& bytes) -> absl::StatusOr<std::string> {
                      if (!people_status_.ok()) return people_status_;
                      registration::v1::GetPersonRequest request;
                      request.ParseFromString(bytes);
                      const auto found = people_.find(request.name());
                      if (found == people_.end()) return absl::NotFoundError("nobody");
                      return found->second.SerializeAsString();
                    });
    module_.SetPeer("tremplin.referral.v1.ReferralService/GetReferral",
                    [](const std::string& bytes) -> absl::StatusOr<std::string> {
                      referral::v1::GetReferralRequest request;
                      request.ParseFromString(bytes);
                      if (request.name() != "referrals/r") return absl::NotFoundError("none");
                      return std::string();
                    });
    module_.SetPeer("tremplin.referral.v1.ContactService/GetReferralContact",
                    [this](const std::string&) -> absl::StatusOr<std::string> {
                      return contact_.SerializeAsString();
                    });
    module_.SetPeer(
        "tremplin.registration.v1.SignInService/IssueSignInLink",
        [this](const std::string&) -> absl::StatusOr<std::string> {
          if (!link_status_.ok()) return link_status_;
          registration::v1::IssueSignInLinkResponse issued;
          issued.mutable_recipient()->set_given_name("Dana");
          issued.mutable_recipient()->set_email("dana@example.org");
          issued.mutable_recipient()->set_language("fr");
          issued.mutable_link()->set_url(text::Cat(kBase, "/auth/link?secret=", ++links_issued_));
          return issued.SerializeAsString();
        });
    module_.SetPeer("tremplin.matching.v1.AnsweringService/AnswerAsPerson",
                    [this](const std::string& bytes) { return Answer(proposals_, bytes); });
    module_.SetPeer("tremplin.outcome.v1.AnsweringService/AnswerAsPerson",
                    [this](const std::string& bytes) { return Answer(follow_ups_, bytes); });
    Knows("amal", "fr");
    courier_ = NewCourier();
  }

  template <class Request>
  absl::StatusOr<std::string> Answer(std::vector<Request>& answers, const std::string& bytes) {
    if (!answer_status_.ok()) return answer_status_;
    answers.emplace_back().ParseFromString(bytes);
    return std::string();
  }

  // Another process of the service, or this one started again.
  std::unique_ptr<MailCourier> NewCourier() {
    const host::ModuleContext context = module_.context();
    return std::make_unique<MailCourier>(MailCourierDeps{.db = context.db,
                                                         .peers = context.peers,
                                                         .sealer = context.sealer,
                                                         .clock = context.clock,
                                                         .programs = context.programs,
                                                         .metrics = context.metrics,
                                                         .mailer = mailer_,
                                                         .links = kBase});
  }

  void Knows(const std::string& id, const std::string& language) {
    registration::v1::Person& person = people_["people/" + id];
    person.set_name("people/" + id);
    person.set_given_name("Amal");
    person.set_email(id + "@example.org");
    person.set_language(language);
  }

  // A message to a person, and its id.
  std::string Queue(const std::string& person = "amal",
                    const std::string& template_code = "engagement_started",
                    const std::string& about = "engagements/e", const std::string& step = "") {
    return Queue({RecipientKind::kPerson, person}, template_code, about, step);
  }
  std::string Queue(const Recipient& recipient, const std::string& template_code,
                    const std::string& about, const std::string& step = "") {
    const QueuedMessage message = MakeMessage(text::Cat("event-", ++events_), recipient,
                                              template_code, "prog", about, module_.now());
    const absl::Status queued =
        module_.db().Write(Writing(), [&](database::Transaction& tx) -> absl::Status {
          return QueueMessage(
              tx, module_.context().outbox, message,
              MailTerms{"enrolment-of-" + recipient.id, step, module_.clock().SystemNow()});
        });
    EXPECT_TRUE(queued.ok()) << queued;
    return message.id;
  }
  static database::WriteOptions Writing() {
    return {.lane_key = "test", .tenant = database::Tenant::All()};
  }

  // All that can be sent now; how many mails that were.
  size_t Deliver(MailCourier& courier) {
    const size_t before = mailer_.mails.size();
    for (int steps = 0; steps < 1000; ++steps) {
      if (courier.Step() > absl::ZeroDuration()) return mailer_.mails.size() - before;
    }
    ADD_FAILURE() << "the courier does not come to rest";
    return 0;
  }
  size_t Deliver() { return Deliver(*courier_); }
  size_t PassAndDeliver(absl::Duration by) {
    module_.clock().AdvanceSystem(by);
    return Deliver();
  }

  v1::Message Get(const std::string& id) {
    v1::GetMessageRequest request;
    request.set_name("messages/" + id);
    auto got = module_.Call<v1::Message>(kStaff, text::Cat(kService, "GetMessage"), request);
    EXPECT_TRUE(got.ok()) << got.status();
    return got.value_or(v1::Message());
  }
  std::vector<v1::Task> Tasks(const std::string& kind) {
    v1::ListTasksRequest request;
    request.set_kind(kind);
    const auto listed =
        module_.Call<v1::ListTasksResponse>(kStaff, text::Cat(kService, "ListTasks"), request);
    EXPECT_TRUE(listed.ok()) << listed.status();
    if (!listed.ok()) return {};
    return {listed->tasks().begin(), listed->tasks().end()};
  }
  // Of the last mail, behind a label.
  std::string TokenBehind(const std::string& label) const {
    const std::string& text = mailer_.mails.back().text;
    const size_t at = text.find(label + "\r\n" + kBase + "/mail/");
    EXPECT_NE(at, std::string::npos) << text;
    const size_t begin = text.rfind('/', text.find("\r\n", at + label.size() + 2)) + 1;
    return text.substr(begin, text.find("\r\n", begin) - begin);
  }
  absl::StatusOr<v1::MailLink> Look(const std::string& token) {
    v1::GetMailLinkRequest request;
    request.set_token(token);
    return module_.Call<v1::MailLink>(Principal(), text::Cat(kLinks, "GetMailLink"), request);
  }
  absl::StatusOr<v1::MailLink> Follow(const std::string& token, const std::string& reason = "") {
    v1::FollowMailLinkRequest request;
    request.set_token(token);
    request.set_reason(reason);
    return module_.Call<v1::MailLink>(Principal(), text::Cat(kLinks, "FollowMailLink"), request);
  }
  absl::StatusOr<v1::MailPreference> Preference(const Principal& as, const std::string& of) {
    v1::GetMailPreferenceRequest request;
    request.set_recipient(of);
    return module_.Call<v1::MailPreference>(as, text::Cat(kService, "GetMailPreference"), request);
  }
  absl::StatusOr<v1::MailPreference> Wants(
      const Principal& as, const std::string& of, bool wanted,
      v1::MailPreference::Told told = v1::MailPreference::TOLD_UNSPECIFIED) {
    v1::SetMailPreferenceRequest request;
    request.set_recipient(of);
    request.set_wanted(wanted);
    request.set_told(told);
    return module_.Call<v1::MailPreference>(as, text::Cat(kService, "SetMailPreference"), request);
  }
  void Tell(const google::protobuf::Message& fact) {
    const absl::Status told = module_.Deliver(fact, "key", module_.now());
    ASSERT_TRUE(told.ok()) << told;
  }

  FakeMailer mailer_;
  std::map<std::string, registration::v1::Person> people_;
  absl::Status people_status_;
  referral::v1::ReferralContact contact_;
  absl::Status link_status_;
  int links_issued_ = 0;
  absl::Status answer_status_;
  std::vector<matching::v1::AnswerAsPersonRequest> proposals_;
  std::vector<outcome::v1::AnswerAsPersonRequest> follow_ups_;
  tremplin::testing::OneModule module_;
  std::unique_ptr<MailCourier> courier_;
  int events_ = 0;
};

TEST_F(MailTest, EachIsSentOnce_InTheLanguageOfWhomItIsFor) {
  Knows("boris", "en");
  const std::string french = Queue("amal");
  const std::string english = Queue("boris");
  EXPECT_EQ(Deliver(), 2u);
  EXPECT_EQ(Deliver(), 0u);
  EXPECT_EQ(mailer_.mails[0].id, french);
  EXPECT_EQ(mailer_.mails[0].to, "amal@example.org");
  EXPECT_EQ(mailer_.mails[0].subject, "Vous pouvez commencer");
  EXPECT_EQ(mailer_.mails[0].from_name, "Mentorat d’Ottawa");
  EXPECT_THAT(mailer_.mails[0].text, HasSubstr("Bonjour Amal,"));
  EXPECT_THAT(mailer_.mails[0].unsubscribe, HasSubstr("https://portal.example.org/mail/fr/"));
  EXPECT_EQ(mailer_.mails[1].subject, "You can start");
  EXPECT_EQ(Get(english).mail(), v1::Message::MAIL_SENT);
  EXPECT_EQ(module_.Count("SELECT COUNT(*) FROM notification_mail WHERE recipient LIKE '%@%'"), 0);
}

TEST_F(MailTest, WhoAppliedIsReachedAsTheirReferralSays) {
  contact_.set_email("applicant@example.org");
  contact_.set_language("en");
  Queue({RecipientKind::kApplicant, "r"}, "application_admitted", "applications/a");
  EXPECT_EQ(Deliver(), 1u);
  EXPECT_EQ(mailer_.mails[0].to, "applicant@example.org");
  contact_.set_silent(true);
  const std::string silent =
      Queue({RecipientKind::kApplicant, "r"}, "application_waitlisted", "applications/a");
  EXPECT_EQ(Deliver(), 0u);
  EXPECT_EQ(Get(silent).mail(), v1::Message::MAIL_WITHHELD);
  EXPECT_EQ(Get(silent).mail_reason(), "consent");
}

TEST_F(MailTest, WhatIsNotTakenNowComesAgain_UnderTheSameId_AndSaysTheSame) {
  Queue("amal", "follow_up_open", "followUps/f");
  mailer_.answer = {.verdict = Verdict::kNotNow, .error = "not_now"};
  EXPECT_EQ(Deliver(), 1u);
  EXPECT_EQ(PassAndDeliver(absl::Seconds(1)), 0u) << "at once again";
  courier_ = NewCourier();
  mailer_.answer = {.verdict = Verdict::kTaken};
  // Once the lease of the one before has run out.
  ASSERT_EQ(PassAndDeliver(absl::Minutes(2)), 1u);
  EXPECT_EQ(mailer_.mails[0].id, mailer_.mails[1].id);
  EXPECT_EQ(mailer_.mails[0].text, mailer_.mails[1].text);
}

TEST_F(MailTest, OneThatIsPutOffDoesNotHoldUpOthers_AndEndsAfterThreeDays) {
  const std::string id = Queue();
  mailer_.answer = {.verdict = Verdict::kNotNow, .error = "not_now"};
  Deliver();
  mailer_.answer = {.verdict = Verdict::kTaken};
  Knows("boris", "en");
  Queue("boris");
  EXPECT_EQ(Deliver(), 1u);
  mailer_.answer = {.verdict = Verdict::kNotNow, .error = "not_now"};
  for (int hours = 0; hours < 80; ++hours) PassAndDeliver(absl::Hours(1));
  EXPECT_EQ(Get(id).mail(), v1::Message::MAIL_TO_PHONE);
  EXPECT_EQ(Get(id).mail_reason(), "expired");
  EXPECT_LT(mailer_.mails.size(), 40u);
  EXPECT_THAT(Tasks("to_phone"), SizeIs(1));
}

TEST_F(MailTest, WhileTheServerIsAwayNothingIsTried) {
  for (int i = 0; i < 5; ++i) Queue();
  mailer_.answer = {.verdict = Verdict::kAway, .error = "not_reached"};
  EXPECT_EQ(Deliver(), 1u);
  EXPECT_EQ(PassAndDeliver(absl::Seconds(5)), 0u);
  mailer_.answer = {.verdict = Verdict::kTaken};
  EXPECT_EQ(PassAndDeliver(absl::Seconds(10)), 5u);
}

TEST_F(MailTest, WhoIsNotReachedByMailIsPhoned) {
  people_["people/amal"].clear_email();
  const std::string none = Queue();
  Deliver();
  people_["people/amal"].set_email("amal@example.org\r\nBcc: all@example.org");
  const std::string odd = Queue();
  Deliver();
  people_["people/amal"].set_email("amal@example.org");
  mailer_.answer = {.verdict = Verdict::kRefused, .error = "refused"};
  const std::string refused = Queue();
  Deliver();
  EXPECT_THAT(mailer_.mails, SizeIs(1));
  const std::vector<v1::Task> tasks = Tasks("to_phone");
  ASSERT_THAT(tasks, SizeIs(3));
  EXPECT_EQ(tasks[0].about(), "messages/" + none);
  EXPECT_EQ(tasks[0].reason(), "no_address");
  EXPECT_EQ(tasks[0].by_enrolment(), "enrolments/enrolment-of-amal");
  EXPECT_EQ(tasks[1].about(), "messages/" + odd);
  EXPECT_EQ(tasks[1].reason(), "address_malformed");
  EXPECT_EQ(tasks[2].about(), "messages/" + refused);
  EXPECT_EQ(tasks[2].reason(), "refused");
  v1::SettleTaskRequest settle;
  settle.set_name(tasks[0].name());
  settle.set_resolution("done");
  EXPECT_TRUE(module_.Call<v1::Task>(kStaff, text::Cat(kService, "SettleTask"), settle).ok());
  EXPECT_THAT(Tasks("to_phone"), SizeIs(2));
}

TEST_F(MailTest, NothingIsSentToWhoLeftMeanwhile_OrWasErased) {
  const std::string left = Queue();
  registration::events::v1::EnrolmentEnded ended;
  ended.set_enrolment("enrolment-of-amal");
  Tell(ended);
  const std::string erased = Queue("nobody");
  EXPECT_EQ(Deliver(), 0u);
  EXPECT_EQ(Get(left).mail_reason(), "left");
  EXPECT_EQ(Get(erased).mail_reason(), "erased");
  EXPECT_EQ(Get(erased).mail(), v1::Message::MAIL_WITHHELD);
  EXPECT_THAT(Tasks("to_phone"), IsEmpty());
}

TEST_F(MailTest, WhatWasQueuedBeforeConsentWasWithdrawnIsNotSent) {
  registration::events::v1::EnrolmentCreated created;
  created.set_enrolment("enrolment-of-amal");
  created.set_person("amal");
  created.set_application("a");
  Tell(created);
  Knows("boris", "en");
  const std::string of_amal = Queue("amal");
  const std::string of_boris = Queue("boris");
  referral::events::v1::ConsentChanged withdrawn;
  withdrawn.set_referral("r");
  withdrawn.set_agency("maple");
  withdrawn.add_applications("a");
  *withdrawn.mutable_silent_from() = resources::ToTimestamp(module_.now());
  Tell(withdrawn);
  EXPECT_EQ(Deliver(), 1u);
  EXPECT_EQ(mailer_.mails[0].id, of_boris);
  EXPECT_EQ(Get(of_amal).mail(), v1::Message::MAIL_WITHHELD);
  EXPECT_EQ(Get(of_amal).mail_reason(), "consent");
  EXPECT_THAT(Tasks("to_phone"), IsEmpty());
}

TEST_F(MailTest, AnOrganizationIsShownNothingOfWhoWithdrewConsent_ButWhatFollowsANewOne) {
  const Recipient maple{RecipientKind::kOrganization, "maple"};
  const Principal agency{.id = "key", .role = Role::ROLE_AGENCY, .organization = "maple"};
  const auto shown = [&] {
    const auto listed = module_.Call<v1::ListMessagesResponse>(
        agency, text::Cat(kService, "ListMessages"), v1::ListMessagesRequest());
    std::vector<std::string> templates;
    for (const v1::Message& one : listed->messages()) templates.push_back(one.template_());
    return templates;
  };
  const std::string before = Queue(maple, "application_waitlisted", "applications/a");
  Queue(maple, "application_returned", "applications/b");
  referral::events::v1::ConsentChanged changed;
  changed.set_referral("r");
  changed.set_agency("maple");
  changed.add_applications("a");
  module_.MoveBy(absl::Hours(1));
  *changed.mutable_silent_from() = resources::ToTimestamp(module_.now() + absl::Hours(1));
  Tell(changed);
  EXPECT_THAT(shown(), ElementsAre("application_waitlisted", "application_returned"));
  module_.MoveBy(absl::Hours(2));
  EXPECT_THAT(shown(), ElementsAre("application_returned"));
  v1::GetMessageRequest get;
  get.set_name("messages/" + before);
  EXPECT_TRUE(absl::IsNotFound(
      module_.Call<v1::Message>(agency, text::Cat(kService, "GetMessage"), get).status()));
  EXPECT_EQ(Get(before).template_(), "application_waitlisted") << "staff see it";
  changed.clear_silent_from();
  Tell(changed);
  Queue(maple, "application_admitted", "applications/a");
  EXPECT_THAT(shown(), ElementsAre("application_returned", "application_admitted"));
}

TEST_F(MailTest, OneReplicaSends_AndAnotherGoesOn) {
  Queue();
  EXPECT_EQ(Deliver(), 1u);
  const auto other = NewCourier();
  Queue();
  EXPECT_EQ(Deliver(*other), 0u);
  module_.clock().AdvanceSystem(absl::Minutes(2));
  EXPECT_EQ(Deliver(*other), 1u);
}

TEST_F(MailTest, WhileNobodyCanBeAskedMailWaits) {
  Queue();
  people_status_ = absl::UnavailableError("away");
  EXPECT_EQ(Deliver(), 0u);
  // A fault of one's own does not hold up the others.
  people_status_ = absl::DataLossError("does not open");
  EXPECT_EQ(Deliver(), 0u);
  people_status_ = absl::OkStatus();
  Knows("boris", "en");
  Queue("boris");
  EXPECT_EQ(Deliver(), 1u);
  EXPECT_EQ(PassAndDeliver(absl::Seconds(10)), 1u);
}

TEST_F(MailTest, UnsubscribedOnce_NoMailIsSent_AndStaffPhone) {
  const std::string queued = Queue();
  Deliver();
  const std::string token = TokenBehind("Ne plus recevoir de courriels");
  ASSERT_TRUE(Look(token).ok());
  Queue();
  EXPECT_EQ(Deliver(), 1u) << "looking changes nothing";
  ASSERT_EQ(Follow(token)->state(), v1::MailLink::STATE_DONE);
  EXPECT_EQ(Follow(token)->state(), v1::MailLink::STATE_DONE);
  Queue();
  EXPECT_EQ(Deliver(), 0u);
  ASSERT_THAT(Tasks("to_phone"), SizeIs(1));
  EXPECT_EQ(Tasks("to_phone")[0].reason(), "unsubscribed");
}

// Case "again": by themselves, and by staff who say how they were told.
TEST_F(MailTest, WhoTurnedMailOffIsSentItAgainOnceTheySaySo) {
  Queue();
  Deliver();
  Follow(TokenBehind("Ne plus recevoir de courriels")).IgnoreError();
  const Principal amal{.id = "key", .role = Role::ROLE_MENTEE, .person = "amal"};
  EXPECT_FALSE(Preference(amal, "people/amal")->wanted());
  EXPECT_EQ(Preference(kStaff, "people/amal")->told(), v1::MailPreference::TOLD_BY_THEMSELVES);
  EXPECT_TRUE(absl::IsInvalidArgument(Wants(kStaff, "people/amal", true).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(
      Wants(amal, "people/amal", true, v1::MailPreference::TOLD_BY_PHONE).status()));
  Queue();
  EXPECT_EQ(Deliver(), 0u) << "nothing was said that counts";
  const auto again = Wants(kStaff, "people/amal", true, v1::MailPreference::TOLD_BY_PHONE);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_TRUE(again->wanted());
  EXPECT_EQ(again->told(), v1::MailPreference::TOLD_BY_PHONE);
  Queue();
  EXPECT_EQ(Deliver(), 1u);
  EXPECT_FALSE(Wants(amal, "people/amal", false)->wanted());
  Queue();
  EXPECT_EQ(Deliver(), 0u);
  EXPECT_TRUE(Wants(amal, "people/amal", true)->wanted());
  EXPECT_TRUE(Wants(amal, "people/amal", true)->wanted()) << "twice is once";
  Queue();
  EXPECT_EQ(Deliver(), 1u);
  EXPECT_EQ(module_.Count("SELECT COUNT(*) FROM notification_mail_wish"), 4);
}

TEST_F(MailTest, MailIsWantedWhereNothingElseWasSaid) {
  EXPECT_TRUE(Preference(kStaff, "people/amal")->wanted());
  EXPECT_FALSE(Preference(kStaff, "people/amal")->has_set_time());
  EXPECT_TRUE(absl::IsNotFound(Preference(kStaff, "people/nobody").status()));
  EXPECT_TRUE(absl::IsInvalidArgument(Preference(kStaff, "").status()));
}

// Linked people are one: mail goes to the name a message was made under.
TEST_F(MailTest, OfLinkedPeopleAllAreSentMailAgain) {
  people_["people/record"] = people_["people/amal"];
  ASSERT_TRUE(Wants(kStaff, "people/record", false, v1::MailPreference::TOLD_IN_PERSON).ok());
  Queue("amal");
  Queue("record");
  EXPECT_EQ(Deliver(), 0u);
  const auto again = Wants(kStaff, "people/record", true, v1::MailPreference::TOLD_IN_WRITING);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->recipient(), "people/amal");
  Queue("amal");
  Queue("record");
  EXPECT_EQ(Deliver(), 2u);
}

TEST_F(MailTest, WhoAppliedByThemselvesIsAskedForByStaffAlone) {
  const Principal amal{.id = "key", .role = Role::ROLE_MENTEE, .person = "amal"};
  EXPECT_TRUE(absl::IsNotFound(Preference(amal, "referrals/r").status()));
  ASSERT_TRUE(Wants(kStaff, "referrals/r", false, v1::MailPreference::TOLD_IN_PERSON).ok());
  contact_.set_email("applicant@example.org");
  Queue({RecipientKind::kApplicant, "r"}, "application_admitted", "applications/a");
  EXPECT_EQ(Deliver(), 0u);
  EXPECT_TRUE(absl::IsNotFound(Preference(kStaff, "referrals/gone").status()));
}

TEST_F(MailTest, AProposalIsAnsweredByALink_Once) {
  Queue("amal", "proposal_made", "proposals/p", "interest");
  Deliver();
  const std::string yes = TokenBehind("Oui, cela me convient");
  const std::string no = TokenBehind("Non, merci");
  EXPECT_EQ(Look(yes)->state(), v1::MailLink::STATE_OPEN);
  EXPECT_EQ(Look(yes)->subject().fr(), "Un jumelage vous est proposé");
  EXPECT_GT(Look(no)->reasons_size(), 0);
  EXPECT_THAT(proposals_, IsEmpty()) << "looking changes nothing";
  EXPECT_TRUE(absl::IsInvalidArgument(Follow(no).status())) << "no reason";
  EXPECT_EQ(Follow(no, "schedule")->state(), v1::MailLink::STATE_DONE);
  ASSERT_THAT(proposals_, SizeIs(1));
  EXPECT_EQ(proposals_[0].name(), "proposals/p");
  EXPECT_EQ(proposals_[0].person(), "people/amal");
  EXPECT_EQ(proposals_[0].step(), "interest");
  EXPECT_EQ(proposals_[0].answer(), matching::v1::ANSWER_NO);
  EXPECT_EQ(proposals_[0].reason(), "schedule");
  for (const std::string& token : {yes, no}) {
    EXPECT_EQ(Follow(token, "schedule")->state(), v1::MailLink::STATE_USED);
    EXPECT_EQ(Look(token)->state(), v1::MailLink::STATE_USED);
  }
  EXPECT_THAT(proposals_, SizeIs(1));
}

TEST_F(MailTest, AFollowUpIsAnsweredByALink_AndAJobIsAskedForByStaff) {
  Queue("amal", "follow_up_open", "followUps/f");
  Deliver();
  EXPECT_EQ(Follow(TokenBehind("Je n’ai pas d’emploi en ce moment"))->state(),
            v1::MailLink::STATE_DONE);
  ASSERT_THAT(follow_ups_, SizeIs(1));
  EXPECT_EQ(follow_ups_[0].name(), "followUps/f");
  EXPECT_EQ(follow_ups_[0].person(), "people/amal");
  EXPECT_EQ(follow_ups_[0].employment(), outcome::v1::EMPLOYMENT_STATUS_NONE);
  Queue("amal", "follow_up_reminder", "followUps/f");
  Deliver();
  EXPECT_EQ(Follow(TokenBehind("J’ai un emploi"))->state(), v1::MailLink::STATE_DONE);
  EXPECT_THAT(follow_ups_, SizeIs(1));
  ASSERT_THAT(Tasks("job_told"), SizeIs(1));
  EXPECT_EQ(Tasks("job_told")[0].about(), "followUps/f");
}

TEST_F(MailTest, WhatCannotBeAnsweredAnyMoreIsTold_AndIsNotUsedUp) {
  Queue("amal", "follow_up_open", "followUps/f");
  Deliver();
  const std::string token = TokenBehind("Je n’ai pas d’emploi en ce moment");
  answer_status_ = status::WithDetail(
      absl::StatusCode::kFailedPrecondition,
      {.reason = "FOLLOW_UP_CLOSED", .en = "Closed.", .fr = "Clos.", .violations = {}});
  EXPECT_EQ(status::ReasonOf(Follow(token).status()), "FOLLOW_UP_CLOSED");
  EXPECT_EQ(Look(token)->state(), v1::MailLink::STATE_OPEN);
}

TEST_F(MailTest, LinksEndAfterAMonth_AndOthersLeadNowhere) {
  Queue("amal", "follow_up_open", "followUps/f");
  Deliver();
  const std::string token = TokenBehind("Je n’ai pas d’emploi en ce moment");
  EXPECT_EQ(status::ReasonOf(Follow(token + "0").status()), "LINK_UNKNOWN");
  EXPECT_EQ(status::ReasonOf(Look("").status()), "LINK_UNKNOWN");
  module_.clock().AdvanceSystem(kLinkLives);
  EXPECT_EQ(status::ReasonOf(Follow(token).status()), "LINK_EXPIRED");
  EXPECT_THAT(follow_ups_, IsEmpty());
}

// The link is drawn for each try, and stands nowhere but in the mail.
TEST_F(MailTest, ALinkToSignInGoesOutAsSoonAsItIsAskedFor) {
  mailer_.answer = {.verdict = Verdict::kNotNow, .error = "smtp_450"};
  const std::string id =
      Queue({RecipientKind::kAccount, "dana"}, "sign_in_link", "signInLinks/one");
  EXPECT_EQ(Deliver(), 1U);
  mailer_.answer = {.verdict = Verdict::kTaken};
  EXPECT_EQ(PassAndDeliver(absl::Minutes(10)), 1U);
  const Mail& mail = mailer_.mails.back();
  EXPECT_EQ(mail.to, "dana@example.org");
  EXPECT_EQ(mail.subject, "Votre lien de connexion");
  EXPECT_THAT(mail.text,
              HasSubstr(text::Cat("Ouvrir une session\r\n", kBase, "/auth/link?secret=2")));
  EXPECT_THAT(mail.html, HasSubstr("/auth/link?secret=2"));
  EXPECT_THAT(mail.text, Not(HasSubstr("secret=1")));
  EXPECT_EQ(mail.unsubscribe, "");
  EXPECT_THAT(mail.text, Not(HasSubstr("Ne plus recevoir")));
}

TEST_F(MailTest, ALinkToSignInThatIsTooOldIsNotSentAndNobodyIsPhoned) {
  link_status_ = absl::NotFoundError("over");
  Queue({RecipientKind::kAccount, "dana"}, "sign_in_link", "signInLinks/one");
  EXPECT_EQ(Deliver(), 0U);
  link_status_ = absl::OkStatus();
  Queue({RecipientKind::kAccount, "dana"}, "sign_in_link", "signInLinks/two");
  mailer_.answer = {.verdict = Verdict::kRefused, .error = "smtp_550"};
  EXPECT_EQ(Deliver(), 1U);
  EXPECT_EQ(PassAndDeliver(absl::Hours(1)), 0U);
  EXPECT_THAT(Tasks("to_phone"), IsEmpty());
}

}  // namespace
}  // namespace tremplin::notification
