#include "services/registration/app/sign_in.h"

#include <thread>

#include "common/digest/digest.h"
#include "common/text/text.h"
#include "gmock/gmock.h"
#include "services/registration/testing/registration_test_support.h"
#include "tremplin/registration/events/v1/sign_in.pb.h"

namespace tremplin::registration {
namespace {

using options::v1::Role;
using options::v1::ROLE_AGENCY;
using options::v1::ROLE_COORDINATOR;
using options::v1::ROLE_FUNDER;
using options::v1::ROLE_MANAGER;
using options::v1::ROLE_MENTEE;
using options::v1::ROLE_MENTOR;
using options::v1::ROLE_OPERATOR;
using options::v1::ROLE_SERVICE;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

// Vouches for whoever the test says.
class FakeIssuer final : public Issuer {
 public:
  absl::StatusOr<std::string> AuthorizationUrl(const Challenge& challenge, absl::Time) override {
    begun = challenge;
    return text::Cat("https://issuer.example/auth?state=", challenge.state);
  }
  absl::StatusOr<Vouched> Exchange(const std::string& code, const std::string&,
                                   const Challenge& challenge, absl::Time) override {
    EXPECT_EQ(challenge.code_verifier, begun.code_verifier);
    EXPECT_EQ(challenge.nonce, begun.nonce);
    if (code != "good") return absl::UnauthenticatedError("invalid_grant");
    return vouched;
  }
  absl::StatusOr<Vouched> Check(const std::string& access_token, absl::Time) override {
    if (access_token != "good") return absl::UnauthenticatedError("signature");
    return vouched;
  }
  Challenge begun;
  Vouched vouched{.issuer = "https://issuer.example", .subject = "sub-1"};
};

class SignInAppTest : public RegistrationTest {
 protected:
  void SetUp() override {
    RegistrationTest::SetUp();
    Publish();
    CreateOrganization("alpha", v1::PART_AGENCY);
    Make();
  }

  void Make(bool by_email = false) {
    sign_in_ = std::make_unique<SignIn>(SignInDependencies{.db = *db_,
                                                           .commands = *commands_,
                                                           .outbox = outbox_,
                                                           .programs = *programs_,
                                                           .clock = clock_,
                                                           .sealer = *sealer_,
                                                           .issuer = &issuer_,
                                                           .public_url = "https://t.example",
                                                           .links_by_email = by_email});
  }

  template <class Request, class Response>
  absl::StatusOr<Response> Ask(rpc::CallContext call,
                               absl::StatusOr<Response> (SignIn::*method)(const rpc::CallContext&,
                                                                          const Request&),
                               Request request) {
    if constexpr (requires { request.request_id(); }) {
      if (request.request_id().empty()) {
        request.set_request_id("sign-in-" + std::to_string(++asked_));
      }
      call.request_id = request.request_id();
    }
    call.method = Request::descriptor()->full_name();
    call.request_digest = digest::Sha256Hex(request.SerializeAsString());
    return ((*sign_in_).*method)(call, request);
  }

  static rpc::CallContext Nobody() { return {}; }
  // A call that carries the session's token, as the dispatcher makes it.
  rpc::CallContext With(const std::string& token) {
    rpc::CallContext call;
    call.credential = token;
    const auto key = Resolve(token);
    if (key.ok()) {
      call.principal.id = key->name().substr(key->name().find('/') + 1);
      call.principal.role = key->role();
    }
    call.business_now = clock_.BusinessNow();
    return call;
  }
  absl::StatusOr<v1::ApiKey> Resolve(const std::string& token) {
    v1::ResolveApiKeyRequest request;
    request.set_key_hash(digest::Sha256Hex(token));
    return Call(As(ROLE_SERVICE), &Service::ResolveApiKey, request);
  }

  static v1::GrantRoleRequest StaffRole(Role role, const std::string& email = "dana@example.org",
                                        const std::string& given = "Dana",
                                        const std::string& program = kProgram) {
    v1::GrantRoleRequest request;
    request.mutable_staff()->set_given_name(given);
    request.mutable_staff()->set_family_name("Roy");
    request.mutable_staff()->set_email(email);
    request.mutable_staff()->set_language("fr");
    request.set_role(role);
    request.set_program(program);
    return request;
  }
  v1::ActingRole Granted(const v1::GrantRoleRequest& request) {
    const auto granted = Ask(Operator(), &SignIn::GrantRole, request);
    EXPECT_TRUE(granted.ok()) << granted.status();
    return granted.ok() ? *granted : v1::ActingRole();
  }
  v1::ActingRole Also(const std::string& account, Role role) {
    v1::GrantRoleRequest request;
    request.set_account(account);
    request.set_role(role);
    return Granted(request);
  }
  absl::StatusOr<v1::SignInLink> Link(const rpc::CallContext& call, const std::string& account) {
    v1::CreateSignInLinkRequest request;
    request.set_account(account);
    return Ask(call, &SignIn::CreateSignInLink, request);
  }
  static std::string SecretOf(const std::string& url) { return url.substr(url.find("tl_")); }
  absl::StatusOr<v1::SignedIn> Confirm(const std::string& secret) {
    v1::ConfirmSignInLinkRequest request;
    request.set_secret(secret);
    return Ask(Nobody(), &SignIn::ConfirmSignInLink, request);
  }
  std::string SignedInAs(const std::string& account) {
    const auto link = Link(Operator(), account);
    EXPECT_TRUE(link.ok()) << link.status();
    const auto in = Confirm(SecretOf(link->url()));
    EXPECT_TRUE(in.ok()) << in.status();
    return in.ok() ? in->session_token() : "";
  }
  absl::Status Request(const std::string& email) {
    v1::RequestSignInLinkRequest request;
    request.set_email(email);
    return Ask(Nobody(), &SignIn::RequestSignInLink, request).status();
  }
  absl::StatusOr<v1::IssueSignInLinkResponse> Issue(const std::string& id) {
    v1::IssueSignInLinkRequest request;
    request.set_name("signInLinks/" + id);
    return Ask(As(ROLE_SERVICE), &SignIn::IssueSignInLink, request);
  }
  std::vector<std::string> LinksWaiting() {
    const auto rows =
        Rows("SELECT link_id FROM registration_sign_in_link WHERE secret_hash IS NULL ORDER BY 1");
    std::vector<std::string> ids;
    for (const auto& row : rows->rows) ids.push_back(row.Text(0));
    return ids;
  }
  absl::StatusOr<v1::SignedIn> Switch(const std::string& token, const std::string& role) {
    v1::SwitchRoleRequest request;
    request.set_role(role);
    return Ask(With(token), &SignIn::SwitchRole, request);
  }

  FakeIssuer issuer_;
  std::unique_ptr<SignIn> sign_in_;
  int asked_ = 0;
};

// --- roles ---

TEST_F(SignInAppTest, OnePersonHasManyRolesAndTheSameRoleIsGrantedOnce) {
  const auto first = Granted(StaffRole(ROLE_COORDINATOR));
  const auto again = Granted(StaffRole(ROLE_COORDINATOR));
  EXPECT_EQ(again.name(), first.name());
  auto accents = StaffRole(ROLE_FUNDER, "DANA@example.org", "Dána");
  EXPECT_EQ(Granted(accents).account(), first.account()) << "the same address and name";
  EXPECT_NE(Granted(StaffRole(ROLE_FUNDER, "dana@example.org", "Denis")).account(), first.account())
      << "somebody else with that address";
  v1::ListRolesRequest list;
  list.set_account(first.account());
  const auto roles = Ask(Operator(), &SignIn::ListRoles, list);
  ASSERT_TRUE(roles.ok()) << roles.status();
  EXPECT_EQ(roles->roles_size(), 2);
}

TEST_F(SignInAppTest, AManagerGrantsInTheirOwnProgramAndNoOperators) {
  rpc::CallContext manager = As(ROLE_MANAGER);
  manager.principal.program = kProgramId;
  EXPECT_TRUE(Ask(manager, &SignIn::GrantRole, StaffRole(ROLE_COORDINATOR)).ok());
  for (const auto& refused :
       {StaffRole(ROLE_COORDINATOR, "dana@example.org", "Dana", ""),
        StaffRole(ROLE_COORDINATOR, "dana@example.org", "Dana", "programs/another"),
        StaffRole(ROLE_OPERATOR, "dana@example.org", "Dana", "")}) {
    EXPECT_EQ(Ask(manager, &SignIn::GrantRole, refused).status().code(),
              absl::StatusCode::kPermissionDenied);
  }
  auto with_login = StaffRole(ROLE_COORDINATOR);
  with_login.mutable_login()->set_issuer("https://issuer.example");
  with_login.mutable_login()->set_subject("mine");
  EXPECT_EQ(Ask(manager, &SignIn::GrantRole, with_login).status().code(),
            absl::StatusCode::kPermissionDenied)
      << "a manager could sign in as anybody";
  const auto funder = Granted(StaffRole(ROLE_FUNDER, "fu@example.org", "Fu", ""));
  v1::RevokeRoleRequest revoke;
  revoke.set_name(funder.name());
  EXPECT_EQ(Ask(manager, &SignIn::RevokeRole, revoke).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(SignInAppTest, ACommitteeActsInTheProgramItIsOf) {
  rpc::CallContext manager = As(ROLE_MANAGER);
  manager.principal.program = kProgramId;
  const auto granted =
      Ask(manager, &SignIn::GrantRole, StaffRole(options::v1::ROLE_ADVISORY_COMMITTEE));
  ASSERT_TRUE(granted.ok()) << granted.status();
  const auto link = Link(manager, granted->account());
  ASSERT_TRUE(link.ok()) << link.status();
  const auto in = Confirm(SecretOf(link->url()));
  ASSERT_TRUE(in.ok()) << in.status();
  const auto key = Resolve(in->session_token());
  ASSERT_TRUE(key.ok()) << key.status();
  EXPECT_EQ(key->role(), options::v1::ROLE_ADVISORY_COMMITTEE);
  EXPECT_EQ(key->program(), kProgram);
  const auto unbound =
      StaffRole(options::v1::ROLE_ADVISORY_COMMITTEE, "dana@example.org", "Dana", "");
  EXPECT_THAT(ViolationsOf(Ask(Operator(), &SignIn::GrantRole, unbound).status()),
              UnorderedElementsAre("program REQUIRED"));
}

TEST_F(SignInAppTest, RefusesWhatNoRoleIs) {
  auto both = StaffRole(ROLE_COORDINATOR);
  both.set_account("accounts/a");
  auto mentee = StaffRole(ROLE_MENTEE);
  auto agency = StaffRole(ROLE_AGENCY);
  auto nameless = StaffRole(ROLE_COORDINATOR, "no address");
  nameless.mutable_staff()->clear_given_name();
  nameless.mutable_staff()->set_language("de");
  const auto faults = [&](const v1::GrantRoleRequest& request) {
    return ViolationsOf(Ask(Operator(), &SignIn::GrantRole, request).status());
  };
  EXPECT_THAT(faults(both), ElementsAre("account ACCOUNT_OR_STAFF"));
  EXPECT_THAT(faults(mentee), ElementsAre("role CHOOSE_ONE"));
  EXPECT_THAT(faults(agency), ElementsAre("organization REQUIRED"));
  EXPECT_THAT(faults(nameless),
              ElementsAre("staff.given_name REQUIRED", "staff.email EMAIL_INVALID",
                          "staff.language LANGUAGE_INVALID"));
}

// --- links ---

TEST_F(SignInAppTest, ALinkSignsInOnceAndNobodyReadsItsSecretInTheStore) {
  const auto role = Granted(StaffRole(ROLE_COORDINATOR));
  const auto link = Link(Operator(), role.account());
  ASSERT_TRUE(link.ok()) << link.status();
  EXPECT_THAT(link->url(), HasSubstr("https://t.example/auth/link?secret=tl_"));
  const std::string secret = SecretOf(link->url());
  v1::ReadSignInLinkRequest read;
  read.set_secret(secret);
  const auto named = Ask(Nobody(), &SignIn::ReadSignInLink, read);
  ASSERT_TRUE(named.ok()) << named.status();
  EXPECT_EQ(named->given_name(), "Dana");
  const auto in = Confirm(secret);
  ASSERT_TRUE(in.ok()) << in.status();
  EXPECT_EQ(in->session().role().name(), role.name());
  EXPECT_EQ(status::ReasonOf(Confirm(secret).status()), "SIGN_IN_LINK_OVER");
  EXPECT_EQ(status::ReasonOf(Ask(Nobody(), &SignIn::ReadSignInLink, read).status()),
            "SIGN_IN_LINK_OVER");
  const auto key = Resolve(in->session_token());
  ASSERT_TRUE(key.ok()) << key.status();
  EXPECT_EQ(key->role(), ROLE_COORDINATOR);
  EXPECT_EQ(key->program(), kProgram);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM registration_session WHERE token_hash LIKE 'ts_%'"), 0);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM registration_sign_in_link WHERE secret_hash LIKE 'tl_%'"),
            0);
}

TEST_F(SignInAppTest, OfManyAtOnceOneIsSignedIn) {
  const auto role = Granted(StaffRole(ROLE_COORDINATOR));
  for (int round = 0; round < 5; ++round) {
    const auto link = Link(Operator(), role.account());
    ASSERT_TRUE(link.ok()) << link.status();
    const std::string secret = SecretOf(link->url());
    std::atomic<int> in = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&] {
        v1::ConfirmSignInLinkRequest request;
        request.set_secret(secret);
        if (sign_in_->ConfirmSignInLink(Nobody(), request).ok()) ++in;
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(in, 1);
  }
}

TEST_F(SignInAppTest, ALinkHoldsForAQuarterOfAnHour) {
  const auto role = Granted(StaffRole(ROLE_COORDINATOR));
  const auto link = Link(Operator(), role.account());
  ASSERT_TRUE(link.ok()) << link.status();
  clock_.AdvanceSystem(absl::Minutes(15));
  EXPECT_EQ(status::ReasonOf(Confirm(SecretOf(link->url())).status()), "SIGN_IN_LINK_OVER");
}

TEST_F(SignInAppTest, WhoShareAnAddressEachSignInAsThemselves) {
  auto ana = MentorFile("one");
  ana.mutable_file()->set_email("shared@example.org");
  ana.mutable_file()->set_given_name("Ana");
  auto ben = MentorFile("two");
  ben.mutable_file()->set_email("Shared@Example.org");
  ben.mutable_file()->set_given_name("Ben");
  const std::string first = Enrol(ana).person();
  const std::string second = Enrol(ben).person();
  ASSERT_EQ(Request("shared@example.org"), absl::OkStatus());
  std::vector<std::string> names, people;
  for (const std::string& id : LinksWaiting()) {
    const auto issued = Issue(id);
    ASSERT_TRUE(issued.ok()) << issued.status();
    names.push_back(issued->recipient().given_name());
    const auto in = Confirm(SecretOf(issued->link().url()));
    ASSERT_TRUE(in.ok()) << in.status();
    const auto key = Resolve(in->session_token());
    ASSERT_TRUE(key.ok()) << key.status();
    EXPECT_EQ(key->role(), ROLE_MENTOR);
    EXPECT_EQ(key->program(), kProgram) << "acts in the program of the enrolment";
    people.push_back(key->person());
  }
  EXPECT_THAT(names, UnorderedElementsAre("Ana", "Ben"));
  EXPECT_THAT(people, UnorderedElementsAre(first, second));
}

TEST_F(SignInAppTest, WhetherAnAddressIsKnownIsToldToNobody) {
  Granted(StaffRole(ROLE_COORDINATOR));
  EXPECT_EQ(Request("nobody@example.org"), absl::OkStatus());
  EXPECT_TRUE(LinksWaiting().empty());
  EXPECT_EQ(Request(" Dana@Example.org "), absl::OkStatus());
  EXPECT_EQ(LinksWaiting().size(), 1u);
  EXPECT_EQ(Last<events::v1::SignInLinkAsked>().link(), LinksWaiting().front());
  EXPECT_THAT(ViolationsOf(Request("no address")), ElementsAre("email EMAIL_INVALID"));
}

TEST_F(SignInAppTest, AnAddressIsSentFiveLinksAnHour) {
  Granted(StaffRole(ROLE_COORDINATOR));
  for (int i = 0; i < 8; ++i) EXPECT_EQ(Request("dana@example.org"), absl::OkStatus());
  EXPECT_EQ(LinksWaiting().size(), 5u);
  clock_.AdvanceSystem(absl::Hours(1) + absl::Seconds(1));
  EXPECT_EQ(Request("dana@example.org"), absl::OkStatus());
  EXPECT_GE(LinksWaiting().size(), 1u) << "those of an hour ago may be gone";
}

TEST_F(SignInAppTest, ALinkSentAgainHasAnotherSecretAndTheOneBeforeOpensNothing) {
  Granted(StaffRole(ROLE_COORDINATOR));
  ASSERT_EQ(Request("dana@example.org"), absl::OkStatus());
  const std::string id = LinksWaiting().front();
  const auto first = Issue(id);
  const auto second = Issue(id);
  ASSERT_TRUE(first.ok() && second.ok()) << first.status() << second.status();
  EXPECT_EQ(first->recipient().email(), "dana@example.org");
  EXPECT_FALSE(Confirm(SecretOf(first->link().url())).ok());
  EXPECT_TRUE(Confirm(SecretOf(second->link().url())).ok());
  EXPECT_EQ(Issue(id).status().code(), absl::StatusCode::kNotFound) << "used";
}

TEST_F(SignInAppTest, ALinkNeverGivesItsMakerMoreThanTheyHave) {
  const std::string mentor = Enrol(MentorFile("m")).person().substr(7);
  rpc::CallContext staff = As(ROLE_COORDINATOR);
  staff.principal.program = kProgramId;
  EXPECT_TRUE(Link(staff, "accounts/" + mentor).ok());
  EXPECT_TRUE(Link(As(ROLE_MANAGER), "accounts/" + mentor).ok());
  const auto refused = [&](const rpc::CallContext& call) {
    return status::ReasonOf(Link(call, "accounts/" + mentor).status());
  };
  rpc::CallContext elsewhere = staff;
  elsewhere.principal.program = "another";
  EXPECT_EQ(refused(elsewhere), "ACCOUNT_NOT_FOUND");
  rpc::CallContext placed = staff;
  placed.principal.organization = "alpha";
  EXPECT_EQ(refused(placed), "ACCOUNT_NOT_FOUND");
  // The mentor becomes staff too: who could sign in as them would be staff.
  Also("accounts/" + mentor, ROLE_COORDINATOR);
  EXPECT_EQ(refused(staff), "ACCOUNT_NOT_FOUND");
  Also("accounts/" + mentor, ROLE_OPERATOR);
  EXPECT_EQ(refused(As(ROLE_MANAGER)), "ACCOUNT_NOT_FOUND");
  EXPECT_TRUE(Link(Operator(), "accounts/" + mentor).ok());
  EXPECT_EQ(status::ReasonOf(Link(Operator(), "accounts/nobody").status()), "ACCOUNT_NOT_FOUND");
}

// --- sessions ---

TEST_F(SignInAppTest, StaffWhoIsAMentorTooIsOneAccountWithTheRolesOfBoth) {
  auto file = MentorFile("dana");
  file.mutable_file()->set_given_name("Dana");
  file.mutable_file()->set_family_name("Roy");
  Enrol(file);
  const auto staff = Granted(StaffRole(ROLE_COORDINATOR));
  ASSERT_EQ(Request("dana@example.org"), absl::OkStatus());
  ASSERT_EQ(LinksWaiting().size(), 1u) << "one account, one link";
  const auto mine =
      Ask(With(SignedInAs(staff.account())), &SignIn::GetMySession, v1::GetMySessionRequest());
  ASSERT_TRUE(mine.ok()) << mine.status();
  ASSERT_EQ(mine->roles_size(), 2);
  EXPECT_EQ(mine->roles(0).role(), ROLE_COORDINATOR);
  EXPECT_EQ(mine->roles(1).role(), ROLE_MENTOR);
  EXPECT_FALSE(mine->roles(1).title().fr().empty());
  EXPECT_EQ(mine->given_name(), "Dana");
}

TEST_F(SignInAppTest, ASessionActsInOneRoleAtATimeAndSwitchesUnderANewToken) {
  const auto first = Granted(StaffRole(ROLE_COORDINATOR));
  const auto second = Also(first.account(), ROLE_FUNDER);
  const std::string token = SignedInAs(first.account());
  ASSERT_EQ(Resolve(token)->role(), ROLE_COORDINATOR);
  const auto switched = Switch(token, second.name());
  ASSERT_TRUE(switched.ok()) << switched.status();
  EXPECT_EQ(Resolve(token).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Resolve(switched->session_token())->role(), ROLE_FUNDER);
  EXPECT_EQ(Resolve(switched->session_token())->program(), "");
  const auto another = Granted(StaffRole(ROLE_COORDINATOR, "eve@example.org", "Eve"));
  EXPECT_EQ(status::ReasonOf(Switch(switched->session_token(), another.name()).status()),
            "ROLE_NOT_FOUND")
      << "another account's";
}

TEST_F(SignInAppTest, ASessionEndsUnusedSignedOutOrWithItsRole) {
  const auto role = Granted(StaffRole(ROLE_COORDINATOR));
  const std::string unused = SignedInAs(role.account());
  clock_.AdvanceSystem(absl::Minutes(90));
  EXPECT_TRUE(Resolve(unused).ok());
  clock_.AdvanceSystem(absl::Minutes(90));
  EXPECT_TRUE(Resolve(unused).ok()) << "it was used meanwhile";
  clock_.AdvanceSystem(absl::Hours(2));
  EXPECT_FALSE(Resolve(unused).ok());

  const std::string out = SignedInAs(role.account());
  ASSERT_TRUE(Ask(With(out), &SignIn::SignOut, v1::SignOutRequest()).ok());
  EXPECT_FALSE(Resolve(out).ok());

  const std::string long_one = SignedInAs(role.account());
  for (int i = 0; i < 11; ++i) {
    clock_.AdvanceSystem(absl::Hours(1));
    EXPECT_TRUE(Resolve(long_one).ok());
  }
  clock_.AdvanceSystem(absl::Hours(1));
  EXPECT_FALSE(Resolve(long_one).ok()) << "half a day in all";

  const std::string revoked = SignedInAs(role.account());
  v1::RevokeRoleRequest revoke;
  revoke.set_name(role.name());
  ASSERT_TRUE(Ask(Operator(), &SignIn::RevokeRole, revoke).ok());
  EXPECT_FALSE(Resolve(revoked).ok());
  const auto link = Link(Operator(), role.account());
  ASSERT_TRUE(link.ok()) << link.status();
  EXPECT_EQ(status::ReasonOf(Confirm(SecretOf(link->url())).status()), "NO_ROLE_HERE");
}

TEST_F(SignInAppTest, OnesSessionsAreListedAndEndedOthersAreNot) {
  const auto role = Granted(StaffRole(ROLE_COORDINATOR));
  const std::string here = SignedInAs(role.account());
  const std::string there = SignedInAs(role.account());
  const std::string eve =
      SignedInAs(Granted(StaffRole(ROLE_COORDINATOR, "eve@example.org", "Eve")).account());
  const auto list = Ask(With(here), &SignIn::ListMySessions, v1::ListMySessionsRequest());
  ASSERT_TRUE(list.ok()) << list.status();
  ASSERT_EQ(list->sessions_size(), 2);
  v1::EndSessionRequest end;
  for (const auto& session : list->sessions()) {
    if (!session.current()) end.set_name(session.name());
  }
  EXPECT_EQ(status::ReasonOf(Ask(With(eve), &SignIn::EndSession, end).status()),
            "SESSION_NOT_FOUND");
  EXPECT_TRUE(Ask(With(here), &SignIn::EndSession, end).ok());
  EXPECT_TRUE(Resolve(here).ok());
  EXPECT_FALSE(Resolve(there).ok());
  EXPECT_EQ(
      status::ReasonOf(Ask(Staff(), &SignIn::ListMySessions, v1::ListMySessionsRequest()).status()),
      "NOT_A_SESSION");
}

TEST_F(SignInAppTest, TheTwentyFirstSessionEndsTheFirst) {
  const auto role = Granted(StaffRole(ROLE_COORDINATOR));
  const std::string first = SignedInAs(role.account());
  for (int i = 0; i < 20; ++i) {
    clock_.AdvanceSystem(absl::Seconds(1));
    SignedInAs(role.account());
  }
  EXPECT_FALSE(Resolve(first).ok());
  EXPECT_EQ(Count("SELECT COUNT(*) FROM registration_session"), 20);
}

// --- the issuer ---

class IssuerSignInTest : public SignInAppTest {
 protected:
  v1::BeginSignInResponse Begin(const std::string& path = "/auth/") {
    v1::BeginSignInRequest request;
    request.set_return_path(path);
    const auto begun = Ask(Nobody(), &SignIn::BeginSignIn, request);
    EXPECT_TRUE(begun.ok()) << begun.status();
    return begun.ok() ? *begun : v1::BeginSignInResponse();
  }
  absl::StatusOr<v1::SignedIn> Finish(const std::string& secret, const std::string& state,
                                      const std::string& code = "good") {
    v1::FinishSignInRequest request;
    request.set_browser_secret(secret);
    request.set_state(state);
    request.set_code(code);
    return Ask(Nobody(), &SignIn::FinishSignIn, request);
  }
};

TEST_F(IssuerSignInTest, ALoginSignsInTheAccountThatHasIt) {
  auto grant = StaffRole(ROLE_COORDINATOR);
  grant.mutable_login()->set_issuer("https://issuer.example");
  grant.mutable_login()->set_subject("sub-1");
  const auto role = Granted(grant);
  const auto begun = Begin();
  const std::string state = issuer_.begun.state;
  const auto in = Finish(begun.browser_secret(), state);
  ASSERT_TRUE(in.ok()) << in.status();
  EXPECT_EQ(in->session().role().name(), role.name());
  EXPECT_EQ(in->return_path(), "/auth/");
  EXPECT_EQ(status::ReasonOf(Finish(begun.browser_secret(), state).status()), "SIGN_IN_OVER")
      << "once";
  auto other = StaffRole(ROLE_COORDINATOR, "eve@example.org", "Eve");
  *other.mutable_login() = grant.login();
  EXPECT_EQ(status::ReasonOf(Ask(Operator(), &SignIn::GrantRole, other).status()), "LOGIN_TAKEN");
}

TEST_F(IssuerSignInTest, WhoBeganItFinishesItInTime) {
  const auto begun = Begin();
  const std::string state = issuer_.begun.state;
  const auto another = Begin();
  EXPECT_EQ(status::ReasonOf(Finish(another.browser_secret(), state).status()), "SIGN_IN_OVER")
      << "another browser";
  EXPECT_EQ(status::ReasonOf(Finish("", state).status()), "SIGN_IN_OVER");
  clock_.AdvanceSystem(absl::Minutes(10));
  EXPECT_EQ(status::ReasonOf(Finish(begun.browser_secret(), state).status()), "SIGN_IN_OVER");
  const auto late = Begin();
  EXPECT_EQ(status::ReasonOf(Finish(late.browser_secret(), issuer_.begun.state, "bad").status()),
            "ISSUER_REFUSED");
  v1::BeginSignInRequest elsewhere;
  elsewhere.set_return_path("https://evil.example/");
  EXPECT_THAT(ViolationsOf(Ask(Nobody(), &SignIn::BeginSignIn, elsewhere).status()),
              ElementsAre("return_path PATH_NOT_OWN"));
}

TEST_F(IssuerSignInTest, AnUnknownLoginIsRefusedUnlessItsAddressIsOnesAloneAndMayCount) {
  Granted(StaffRole(ROLE_COORDINATOR));
  issuer_.vouched.email = "dana@example.org";
  const auto finish = [&] {
    const auto begun = Begin();
    return Finish(begun.browser_secret(), issuer_.begun.state);
  };
  EXPECT_EQ(status::ReasonOf(finish().status()), "LOGIN_UNKNOWN");
  Make(/*by_email=*/true);
  issuer_.vouched.email = "";
  EXPECT_EQ(status::ReasonOf(finish().status()), "LOGIN_UNKNOWN") << "not verified";
  issuer_.vouched.email = "dana@example.org";
  EXPECT_TRUE(finish().ok());
  Granted(StaffRole(ROLE_COORDINATOR, "dana@example.org", "Denis"));
  EXPECT_TRUE(finish().ok()) << "by the login from now on";
  issuer_.vouched.subject = "sub-2";
  EXPECT_EQ(status::ReasonOf(finish().status()), "LOGIN_UNKNOWN") << "two have the address";
}

TEST_F(IssuerSignInTest, APartnersSystemExchangesItsTokenForASessionThatEndsWithIt) {
  auto grant = StaffRole(ROLE_AGENCY, "it@alpha.example", "CaseWorks", "");
  grant.set_organization("organizations/alpha");
  grant.mutable_login()->set_issuer("https://issuer.example");
  grant.mutable_login()->set_subject("sub-1");
  Granted(grant);
  issuer_.vouched.expires = clock_.SystemNow() + absl::Minutes(10);
  v1::ExchangeTokenRequest exchange;
  exchange.set_access_token("forged");
  EXPECT_EQ(status::ReasonOf(Ask(Nobody(), &SignIn::ExchangeToken, exchange).status()),
            "ISSUER_REFUSED");
  exchange.set_access_token("good");
  const auto in = Ask(Nobody(), &SignIn::ExchangeToken, exchange);
  ASSERT_TRUE(in.ok()) << in.status();
  EXPECT_EQ(Resolve(in->session_token())->role(), ROLE_AGENCY);
  EXPECT_EQ(Resolve(in->session_token())->organization(), "organizations/alpha");
  clock_.AdvanceSystem(absl::Minutes(10));
  EXPECT_FALSE(Resolve(in->session_token()).ok());
}

}  // namespace
}  // namespace tremplin::registration
