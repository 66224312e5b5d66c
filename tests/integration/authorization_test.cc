// Nobody sees another's: generated over every method of every service × every role × another
// tenant's resources (API1:2023, the project's third "must never happen"). A method added tomorrow
// is in it without anybody thinking of it, and one without a rule fails.
//
// Goal: (1) without a credential nothing is answered; (2) a role outside the method's rule is
// refused; (3) a role inside it, held by somebody else, learns nothing of the planted journey: no
// id, no name, and a resource that exists is answered exactly as one that does not; (4) the planted
// journey is unchanged after all of it; (5) a key of the journey's own people, or of staff, sees no
// further than its scope: the program it is bound to, and for placed staff their organization.
// All of it by either door: a call, and the HTTP request that the gateway makes the same call of.

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_replace.h"
#include "common/metrics/metrics.h"
#include "common/peers/peers.h"
#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/text/text.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "gtest/gtest.h"
#include "rapidjson/document.h"
#include "services/gateway/api/api.h"
#include "services/gateway/app/gateway.h"
#include "services/gateway/transcoding/json_writer.h"
#include "services/gateway/transcoding/transcoder.h"
#include "tests/support/world.h"
#include "tremplin/matching/v1/answering.pb.h"
#include "tremplin/notification/v1/notification.pb.h"
#include "tremplin/outcome/v1/answering.pb.h"
#include "tremplin/referral/v1/contact.pb.h"
#include "tremplin/registration/v1/sign_in.pb.h"
#include "tremplin/runtime/v1/operations.pb.h"

namespace tremplin {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::Message;
using google::protobuf::MessageFactory;
using google::protobuf::MethodDescriptor;
using options::v1::Role;
using testing::kProgram;
using testing::World;

constexpr char kOtherProgram[] = "programs/halifax-connector";
constexpr char kAbsentId[] = "00000000-0000-8000-8000-000000000000";

std::vector<const MethodDescriptor*> Methods() {
  const std::vector<const FileDescriptor*> files = {
      registration::v1::Program::descriptor()->file(),
      registration::v1::ActingRole::descriptor()->file(),
      referral::v1::Referral::descriptor()->file(),
      matching::v1::Proposal::descriptor()->file(),
      session::v1::Engagement::descriptor()->file(),
      outcome::v1::FollowUp::descriptor()->file(),
      notification::v1::Message::descriptor()->file(),
      runtime::v1::GetStatusRequest::descriptor()->file(),
      referral::v1::ReferralContact::descriptor()->file(),
      matching::v1::AnswerAsPersonRequest::descriptor()->file(),
      outcome::v1::AnswerAsPersonRequest::descriptor()->file()};
  std::vector<const MethodDescriptor*> methods;
  for (const FileDescriptor* file : files) {
    for (int s = 0; s < file->service_count(); ++s) {
      for (int m = 0; m < file->service(s)->method_count(); ++m) {
        methods.push_back(file->service(s)->method(m));
      }
    }
  }
  return methods;
}

std::string NameOf(const MethodDescriptor* method) {
  return method->service()->full_name() + "/" + method->name();
}

// What belongs to the planted journey, by the kind of resource.
using Resources = std::map<std::string, std::string>;

// Ids and names that nobody else may read.
std::vector<std::string> Secrets(const Resources& planted) {
  std::vector<std::string> secrets = {"planted", "Mentorgiven", "Mentorfamily", "OWN-1"};
  for (const auto& [kind, name] : planted) {
    // Public, or a number among one's own.
    if (kind == "organization" || kind == "program" || kind == "job") continue;
    secrets.push_back(name.substr(name.rfind('/') + 1));
  }
  return secrets;
}

// Whether the method's request names a program, whose people or figures it is then about.
bool NamesProgram(const MethodDescriptor* method) {
  if (method->name() == "GetProgram") return false;  // what programs ask of people is public
  for (int f = 0; f < method->input_type()->field_count(); ++f) {
    const auto& options = method->input_type()->field(f)->options();
    if (options.GetExtension(options::v1::resource) == "program") return true;
  }
  return false;
}

bool Allows(const MethodDescriptor* method, Role role) {
  const auto& roles = method->options().GetExtension(options::v1::access).roles();
  return std::find(roles.begin(), roles.end(), role) != roles.end();
}

// A key with less than its role's whole reach, none of it in the planted journey.
struct Scoped {
  std::string what;
  Role role = options::v1::ROLE_UNSPECIFIED;
  std::string credential;
  bool other_program = false;
};

// What else a handler asks for before it looks at whose the resource is.
const std::map<std::string, std::string>& Plausible() {
  static const auto* const values = new std::map<std::string, std::string>{
      {"reason", "other"},      {"step", "orientation"}, {"document", "agreement"},
      {"format", "one_to_one"}, {"phase", "first"},      {"goal", "network"},
      {"code", "network"}};
  return *values;
}

// A request with every resource field set to the planted one (or to one of that form that does not
// exist), and plausible values in the rest, so that the call reaches the handler's own checks.
std::unique_ptr<Message> MakeRequest(const MethodDescriptor* method, const Resources& planted,
                                     bool absent, int salt) {
  const Message* prototype =
      MessageFactory::generated_factory()->GetPrototype(method->input_type());
  std::unique_ptr<Message> request(prototype->New());
  const auto* reflection = request->GetReflection();
  for (int f = 0; f < method->input_type()->field_count(); ++f) {
    const FieldDescriptor* field = method->input_type()->field(f);
    if (field->message_type() == program::v1::GivenFact::descriptor() && field->is_repeated()) {
      auto& given =
          static_cast<program::v1::GivenFact&>(*reflection->AddMessage(request.get(), field));
      given.set_name("availability");
      given.add_values("mon-evening");
    }
    if (field->type() == FieldDescriptor::TYPE_MESSAGE) continue;
    const std::string kind = field->options().GetExtension(options::v1::resource);
    if (!kind.empty() && planted.contains(kind)) {
      std::string name = planted.at(kind);
      // Programs and organizations are no secrets; the planted ones exist for everybody.
      if (absent && kind != "program" && kind != "organization") {
        name = name.substr(0, name.rfind('/') + 1) + kAbsentId;
      }
      if (field->is_repeated()) {
        reflection->AddString(request.get(), field, name);
      } else {
        reflection->SetString(request.get(), field, name);
      }
    } else if (field->is_repeated()) {
      continue;
    } else if (field->name() == "request_id") {
      reflection->SetString(request.get(), field, text::Cat("probe-", salt, absent ? "-a" : "-p"));
    } else if (field->type() == FieldDescriptor::TYPE_ENUM && field->name() != "state") {
      reflection->SetEnum(request.get(), field, field->enum_type()->value(1));
    } else if (const auto plausible = Plausible().find(field->name());
               field->type() == FieldDescriptor::TYPE_STRING && plausible != Plausible().end()) {
      reflection->SetString(request.get(), field, plausible->second);
    } else if (field->name() == "days" || field->name() == "minutes" || field->name() == "rating") {
      reflection->SetInt32(request.get(), field, 7);
    } else if (field->name() == "page_size") {
      reflection->SetInt32(request.get(), field, 500);
    }
  }
  return request;
}

// The gateway before the system of a world, whose clock is its own.
class WebDoor {
 public:
  explicit WebDoor(World& world)
      : services_(world),
        api_(*gateway::Api::Load()),
        transcoder_(*gateway::transcoding::Transcoder::Make(api_->Methods())),
        gateway_(*transcoder_, services_, metrics_, {}) {}

  // The first route of a method; null when it has none for the outside.
  const gateway::transcoding::Route* RouteOf(const MethodDescriptor* method) const {
    for (const auto& route : transcoder_->routes()) {
      if (route->full_name == NameOf(method)) return route.get();
    }
    return nullptr;
  }

  absl::StatusOr<std::string> Call(const std::string& credential,
                                   const gateway::transcoding::Route& route, Message& request) {
    gateway::http::Request sent{.method = route.http_method, .target = Target(route, request)};
    if (!credential.empty()) sent.headers = {{"Authorization", "Bearer " + credential}};
    if (route.whole_body) {
      sent.headers.emplace_back("Content-Type", "application/json");
      sent.body = gateway::transcoding::WriteJson(request);
    }
    const gateway::http::Response response = gateway_.Handle(sent);
    if (response.status == 200) return response.body;
    rapidjson::Document error;
    error.Parse(response.body.data(), response.body.size());
    if (error.HasParseError() || !error.HasMember("code")) {
      return absl::InternalError(text::Cat("HTTP ", response.status, ": ", response.body));
    }
    std::string reason;
    if (error.HasMember("details") && !error["details"].Empty() &&
        error["details"][0].HasMember("reason")) {
      reason = error["details"][0]["reason"].GetString();
    }
    return status::WithDetail(
        static_cast<absl::StatusCode>(error["code"].GetInt()),
        {.reason = reason, .en = response.body, .fr = response.body, .violations = {}});
  }

  // A path that is no method's.
  gateway::http::Response Send(const std::string& credential, const std::string& method,
                               const std::string& target, const std::string& body = "") {
    gateway::http::Request sent{.method = method, .target = target, .body = body};
    if (!credential.empty()) sent.headers = {{"Authorization", "Bearer " + credential}};
    sent.headers.emplace_back("Content-Type", "application/json");
    return gateway_.Handle(sent);
  }

 private:
  class Services final : public peers::Transport {
   public:
    explicit Services(World& world) : world_(world) {}
    absl::StatusOr<std::string> Call(const std::string& method, const std::string& request,
                                     const rpc::Envelope& envelope) override {
      return world_.CallBytes(envelope.credential, method, request);
    }

   private:
    World& world_;
  };

  // Path and query; what stands in the path is taken out of the request.
  static std::string Target(const gateway::transcoding::Route& route, Message& request) {
    const auto* reflection = request.GetReflection();
    const auto* type = request.GetDescriptor();
    std::string target = route.pattern;
    for (const auto& variable : route.path.variables) {
      const FieldDescriptor* field = type->FindFieldByName(variable.path);
      const size_t begin = target.find("{" + variable.path);
      const size_t end = target.find('}', begin) + 1;
      target.replace(begin, end - begin, reflection->GetString(request, field));
      reflection->ClearField(&request, field);
    }
    if (route.whole_body) return target;
    std::string query;
    const auto add = [&query](const FieldDescriptor* field, const std::string& value) {
      query += text::Cat(query.empty() ? "?" : "&", field->json_name(), "=", value);
    };
    for (int f = 0; f < type->field_count(); ++f) {
      const FieldDescriptor* field = type->field(f);
      if (field->type() == FieldDescriptor::TYPE_MESSAGE) continue;
      if (field->is_repeated()) {
        for (int i = 0; i < reflection->FieldSize(request, field); ++i) {
          add(field, reflection->GetRepeatedString(request, field, i));
        }
      } else if (reflection->HasField(request, field)) {
        std::string value = gateway::transcoding::WriteJson(request, field);
        if (value.front() == '"') value = value.substr(1, value.size() - 2);
        add(field, value);
      }
    }
    return target + query;
  }

  Services services_;
  metrics::Registry metrics_;
  const std::unique_ptr<gateway::Api> api_;
  const std::unique_ptr<gateway::transcoding::Transcoder> transcoder_;
  gateway::Gateway gateway_;
};

class AuthorizationTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto submitted = world_.Submit("alpha", "OWN-1", World::EligibleFile(1));
    planted_["referral"] = submitted.referral();
    planted_["application"] = submitted.applications(0).name();
    planted_["program"] = kProgram;
    planted_["organization"] = "organizations/alpha";
    world_.Admit(planted_["application"]);
    const auto mentee = world_.Enrolment("alpha/OWN-1");
    planted_["enrolment"] = mentee.name();
    planted_["person"] = mentee.person();
    world_.OnboardMentee(mentee.name());
    const std::string mentor = world_.ReadyMentor("MENTOR-1", 2);
    mentor_person_ = world_.Enrolment("MENTOR-1").person();
    const auto proposals = world_.Match();
    ASSERT_EQ(proposals.size(), 1u);
    planted_["proposal"] = proposals[0].name();
    planted_["run"] = proposals[0].run();
    const auto engagement = world_.Sign(world_.Agree(proposals[0]));
    planted_["engagement"] = engagement.name();
    planted_["session"] = LogSession(mentee.name(), engagement.name());
    outcome::v1::ListFollowUpsRequest follow_ups;
    follow_ups.set_program(kProgram);
    auto listed = world_.Call<outcome::v1::ListFollowUpsResponse>(
        world_.coordinator(), "tremplin.outcome.v1.OutcomeService/ListFollowUps", follow_ups);
    ASSERT_TRUE(listed.ok()) << listed.status();
    ASSERT_GT(listed->follow_ups_size(), 0);
    planted_["follow_up"] = listed->follow_ups(0).name();
    outcome::v1::ReportJobRequest job;
    job.set_enrolment(mentee.name());
    job.mutable_job()->set_kind(outcome::v1::EMPLOYMENT_STATUS_OTHER);
    job.mutable_job()->set_start("2025-01-01");
    job.mutable_job()->set_hours_per_week(20);
    const auto told = world_.Call<outcome::v1::Job>(
        world_.coordinator(), "tremplin.outcome.v1.OutcomeService/ReportJob", job);
    ASSERT_TRUE(told.ok()) << told.status();
    planted_["job"] = told->name();
    notification::v1::ListMessagesRequest messages;
    auto sent = world_.Call<notification::v1::ListMessagesResponse>(
        world_.MenteeKey(mentee.name()),
        "tremplin.notification.v1.NotificationService/ListMessages", messages);
    ASSERT_TRUE(sent.ok()) << sent.status();
    ASSERT_GT(sent->messages_size(), 0);
    planted_["message"] = sent->messages(0).name();
    planted_["api_key"] = text::Cat("apiKeys/", kAbsentId);
    planted_["task"] = text::Cat("tasks/", kAbsentId);
    planted_["webhook"] = PlantWebhook();
    PlantAccount();
    MakeStrangers(mentor);
  }

  // Of the journey's agency, and off before anything could be sent to it.
  std::string PlantWebhook() {
    constexpr char kService[] = "tremplin.notification.v1.WebhookService/";
    notification::v1::CreateWebhookRequest create;
    create.set_url("https://planted.example/hook");
    const auto made = world_.Call<notification::v1::Webhook>(
        world_.agency("alpha"), text::Cat(kService, "CreateWebhook"), create);
    EXPECT_TRUE(made.ok()) << made.status();
    if (!made.ok()) return text::Cat("webhooks/", kAbsentId);
    notification::v1::UpdateWebhookRequest off;
    off.set_name(made->name());
    off.set_enabled(false);
    const auto changed = world_.Call<notification::v1::Webhook>(
        world_.agency("alpha"), text::Cat(kService, "UpdateWebhook"), off);
    EXPECT_TRUE(changed.ok()) << changed.status();
    return made->name();
  }

  // The account of the journey's mentee, with a role that was granted, and a session.
  void PlantAccount() {
    constexpr char kService[] = "tremplin.registration.v1.SignInService/";
    planted_["account"] = text::Cat("accounts/", planted_["person"].substr(7));
    planted_["sign_in_link"] = text::Cat("signInLinks/", kAbsentId);
    registration::v1::GrantRoleRequest grant;
    grant.set_account(planted_["account"]);
    grant.set_role(options::v1::ROLE_COORDINATOR);
    grant.set_program(kProgram);
    const auto role = world_.Call<registration::v1::ActingRole>(
        world_.operator_key(), text::Cat(kService, "GrantRole"), grant);
    ASSERT_TRUE(role.ok()) << role.status();
    planted_["role"] = role->name();
    registration::v1::CreateSignInLinkRequest link;
    link.set_account(planted_["account"]);
    const auto made = world_.Call<registration::v1::SignInLink>(
        world_.operator_key(), text::Cat(kService, "CreateSignInLink"), link);
    ASSERT_TRUE(made.ok()) << made.status();
    registration::v1::ConfirmSignInLinkRequest confirm;
    confirm.set_secret(made->url().substr(made->url().find("tl_")));
    const auto signed_in = world_.Call<registration::v1::SignedIn>(
        "", text::Cat(kService, "ConfirmSignInLink"), confirm);
    ASSERT_TRUE(signed_in.ok()) << signed_in.status();
    planted_["sign_in_session"] = signed_in->session().name();
    session_token_ = signed_in->session_token();
  }

  // A session of the planted engagement, as its mentee logs it.
  std::string LogSession(const std::string& mentee, const std::string& engagement) {
    world_.MoveBy(absl::Hours(24));
    session::v1::LogSessionRequest request;
    request.set_engagement(engagement);
    *request.mutable_held_time() =
        resources::ToTimestamp(world_.clock().BusinessNow() - absl::Hours(2));
    request.set_minutes(60);
    request.set_contact(session::v1::CONTACT_IN_PERSON);
    const auto logged = world_.Call<session::v1::Session>(
        world_.MenteeKey(mentee), "tremplin.session.v1.SessionService/LogSession", request);
    EXPECT_TRUE(logged.ok()) << logged.status();
    return logged.ok() ? logged->name() : engagement + "/sessions/none";
  }

  // Somebody in each role who has no part in the planted journey.
  void MakeStrangers(const std::string&) {
    referral::v1::ReferralFile file = World::EligibleFile(0);
    file.set_given_name("Somebody");
    file.set_family_name("Else");
    file.set_email("somebody.else@example.org");
    for (auto& fact : *file.mutable_facts()) {
      if (fact.name() == "career_goal") fact.set_values(0, "Theirs, and for them to read");
    }
    const auto other = world_.Submit("beta", "OTHER-1", file);
    world_.Admit(other.applications(0).name());
    const auto mentee = world_.Enrolment("beta/OTHER-1");
    const std::string mentor = world_.ReadyMentor("STRANGER", 1);
    strangers_ = {
        {options::v1::ROLE_AGENCY, world_.agency("beta")},
        {options::v1::ROLE_MENTEE, world_.MenteeKey(mentee.name())},
        {options::v1::ROLE_MENTOR, world_.MentorKey(mentor)},
        {options::v1::ROLE_ORGANIZATION,
         world_.NewKey(options::v1::ROLE_ORGANIZATION, "organizations/beta")},
        {options::v1::ROLE_MANAGER, world_.NewKey(options::v1::ROLE_MANAGER)},
        {options::v1::ROLE_FUNDER, world_.NewKey(options::v1::ROLE_FUNDER)},
        {options::v1::ROLE_ADVISORY_COMMITTEE,
         world_.NewKey(options::v1::ROLE_ADVISORY_COMMITTEE, "", "", kProgram)},
        {options::v1::ROLE_COORDINATOR, world_.coordinator()},
        {options::v1::ROLE_OPERATOR, world_.operator_key()},
        {options::v1::ROLE_SERVICE, world_.system().service_credential()},
    };
  }

  // Keys of the journey's own people, and of staff, that are bound to what the journey is no part
  // of.
  std::vector<Scoped> ScopedKeys() {
    std::vector<Scoped> keys;
    const auto add = [&](const std::string& what, Role role, const std::string& organization,
                         const std::string& person, const std::string& program) {
      keys.push_back({text::Cat(options::v1::Role_Name(role), " ", what), role,
                      world_.NewKey(role, organization, person, program),
                      program == kOtherProgram});
    };
    const std::string elsewhere = "of another program";
    add(elsewhere, options::v1::ROLE_AGENCY, "organizations/alpha", "", kOtherProgram);
    add(elsewhere, options::v1::ROLE_ORGANIZATION, "organizations/alpha", "", kOtherProgram);
    add(elsewhere, options::v1::ROLE_MENTEE, "", planted_["person"], kOtherProgram);
    add(elsewhere, options::v1::ROLE_MENTOR, "", mentor_person_, kOtherProgram);
    add(elsewhere, options::v1::ROLE_COORDINATOR, "", "", kOtherProgram);
    add(elsewhere, options::v1::ROLE_COORDINATOR, "organizations/alpha", "", kOtherProgram);
    add(elsewhere, options::v1::ROLE_MANAGER, "", "", kOtherProgram);
    add(elsewhere, options::v1::ROLE_FUNDER, "", "", kOtherProgram);
    add(elsewhere, options::v1::ROLE_ADVISORY_COMMITTEE, "", "", kOtherProgram);
    add("placed elsewhere", options::v1::ROLE_COORDINATOR, "organizations/beta", "", "");
    add("placed elsewhere, of the program", options::v1::ROLE_COORDINATOR, "organizations/beta", "",
        kProgram);
    return keys;
  }

  void ExpectBlind(const MethodDescriptor* method, const Scoped& key) {
    const std::string where = text::Cat(NameOf(method), " as ", key.what);
    const auto present = Probe(key.credential, method, false);
    const auto absent = Probe(key.credential, method, true);
    EXPECT_EQ(present.status().code(), absent.status().code())
        << where << ": " << present.status() << " but for what does not exist " << absent.status();
    EXPECT_EQ(status::ReasonOf(present.status()), status::ReasonOf(absent.status())) << where;
    if (key.other_program && NamesProgram(method)) {
      EXPECT_FALSE(present.ok()) << where << " answered for a program that is not the key's";
    }
    if (!present.ok()) return;
    for (const std::string& secret : Secrets(planted_)) {
      EXPECT_EQ(present->find(secret), std::string::npos) << where << " told " << secret;
    }
  }

  static bool TenantBound(Role role) {
    return role == options::v1::ROLE_AGENCY || role == options::v1::ROLE_MENTEE ||
           role == options::v1::ROLE_MENTOR || role == options::v1::ROLE_ORGANIZATION;
  }

  absl::StatusOr<std::string> Probe(const std::string& credential, const MethodDescriptor* method,
                                    bool absent) {
    const std::unique_ptr<Message> request = MakeRequest(method, planted_, absent, ++salt_);
    const auto* route = web_ == nullptr ? nullptr : web_->RouteOf(method);
    if (route == nullptr) {
      return world_.CallBytes(credential, NameOf(method), request->SerializeAsString());
    }
    ++over_http_;
    return web_->Call(credential, *route, *request);
  }

  // The planted journey as its own people see it.
  std::string Snapshot() {
    std::string all;
    const auto add = [&](const std::string& credential, const std::string& method,
                         const std::string& name) {
      referral::v1::GetReferralRequest request;  // every Get has `name` as field 1
      request.set_name(name);
      auto got = world_.CallBytes(credential, method, request.SerializeAsString());
      EXPECT_TRUE(got.ok()) << method << " " << got.status();
      if (got.ok()) all += *got;
    };
    add(world_.agency("alpha"), "tremplin.referral.v1.ReferralService/GetReferral",
        planted_["referral"]);
    add(world_.coordinator(), "tremplin.registration.v1.RegistrationService/GetEnrolment",
        planted_["enrolment"]);
    add(world_.coordinator(), "tremplin.matching.v1.MatchingService/GetProposal",
        planted_["proposal"]);
    add(world_.coordinator(), "tremplin.session.v1.SessionService/GetEngagement",
        planted_["engagement"]);
    add(world_.coordinator(), "tremplin.outcome.v1.OutcomeService/GetFollowUp",
        planted_["follow_up"]);
    add(world_.agency("alpha"), "tremplin.notification.v1.WebhookService/GetWebhook",
        planted_["webhook"]);
    return all;
  }

  World world_{std::vector<std::string>{"ottawa-career-mentoring", "halifax-connector"}};
  Resources planted_;
  std::string mentor_person_;
  std::string session_token_;  // of the planted person
  std::map<Role, std::string> strangers_;
  int salt_ = 0;
  std::unique_ptr<WebDoor> web_;  // by which probes go where a method has a route
  int over_http_ = 0;             // probes that did
};

enum class Door { kCall, kHttp };
std::string NameOf(Door door) { return door == Door::kHttp ? "OverHttp" : "AsCall"; }

class EveryMethodTest : public AuthorizationTest, public ::testing::WithParamInterface<Door> {
 protected:
  void SetUp() override {
    AuthorizationTest::SetUp();
    if (GetParam() == Door::kHttp) web_ = std::make_unique<WebDoor>(world_);
  }
  void TearDown() override {
    if (GetParam() == Door::kHttp) {
      EXPECT_GT(over_http_, least_over_http_);
    }
  }

  int least_over_http_ = 50;  // of the probes, so that the door was tried
};
INSTANTIATE_TEST_SUITE_P(Doors, EveryMethodTest, ::testing::Values(Door::kCall, Door::kHttp),
                         [](const auto& door) { return NameOf(door.param); });

TEST_P(EveryMethodTest, NobodyWithoutACredentialIsAnswered) {
  for (const MethodDescriptor* method : Methods()) {
    if (method->options().GetExtension(options::v1::access).anyone()) continue;
    world_.clock().AdvanceSystem(absl::Seconds(1));  // so many unknown keys a second are asked for
    for (const std::string credential : {"", "tk_not-a-key", "Bearer"}) {
      EXPECT_EQ(Probe(credential, method, false).status().code(),
                absl::StatusCode::kUnauthenticated)
          << NameOf(method);
    }
  }
}

TEST_P(EveryMethodTest, ARoleOutsideTheRuleIsRefused) {
  for (const MethodDescriptor* method : Methods()) {
    const auto& access = method->options().GetExtension(options::v1::access);
    ASSERT_TRUE(access.anyone() || access.roles_size() > 0) << NameOf(method) << " has no rule";
    if (access.anyone()) continue;
    const std::set<int> allowed(access.roles().begin(), access.roles().end());
    for (const auto& [role, credential] : strangers_) {
      if (allowed.contains(role)) continue;
      const auto answer = Probe(credential, method, false);
      EXPECT_EQ(answer.status().code(), absl::StatusCode::kPermissionDenied)
          << NameOf(method) << " as " << options::v1::Role_Name(role) << ": " << answer.status();
    }
  }
}

TEST_P(EveryMethodTest, AnotherTenantLearnsAndChangesNothing) {
  const std::string before = Snapshot();
  int probed = 0;
  for (const MethodDescriptor* method : Methods()) {
    const auto& access = method->options().GetExtension(options::v1::access);
    for (int allowed : access.roles()) {
      const Role role = static_cast<Role>(allowed);
      if (!TenantBound(role)) continue;
      ++probed;
      const auto present = Probe(strangers_.at(role), method, false);
      const auto absent = Probe(strangers_.at(role), method, true);
      const std::string where = NameOf(method) + " as " + options::v1::Role_Name(role);
      EXPECT_EQ(present.status().code(), absent.status().code())
          << where << ": " << present.status() << " but for what does not exist "
          << absent.status();
      EXPECT_EQ(status::ReasonOf(present.status()), status::ReasonOf(absent.status())) << where;
      if (!present.ok()) continue;
      for (const std::string& secret : Secrets(planted_)) {
        EXPECT_EQ(present->find(secret), std::string::npos) << where << " told " << secret;
      }
    }
  }
  EXPECT_GT(probed, 30);
  EXPECT_EQ(Snapshot(), before);
}

TEST_P(EveryMethodTest, AKeySeesNoFurtherThanItsScope) {
  const std::string before = Snapshot();
  const std::vector<Scoped> keys = ScopedKeys();
  int probed = 0;
  for (const MethodDescriptor* method : Methods()) {
    for (const Scoped& key : keys) {
      if (!Allows(method, key.role)) continue;
      // Whoever it is of, a person's own name, address and consent are of no program.
      const std::set<std::string> own = {"GetPerson",         "CorrectPerson",
                                         "SetPersonConsent",  "ListPersonConsents",
                                         "GetMailPreference", "SetMailPreference"};
      const bool of_person = own.contains(method->name());
      if (of_person && TenantBound(key.role)) continue;
      ++probed;
      ExpectBlind(method, key);
    }
  }
  EXPECT_GT(probed, 150);
  EXPECT_EQ(Snapshot(), before);
}

TEST_P(EveryMethodTest, WhoSeesAggregatesSeesNobody) {
  least_over_http_ = 10;  // there are few such methods
  const std::string before = Snapshot();
  int answered = 0;
  for (const MethodDescriptor* method : Methods()) {
    for (const Role role : {options::v1::ROLE_FUNDER, options::v1::ROLE_ADVISORY_COMMITTEE}) {
      if (!Allows(method, role)) continue;
      const auto told = Probe(strangers_.at(role), method, false);
      if (!told.ok()) continue;
      ++answered;
      for (const std::string& secret : Secrets(planted_)) {
        EXPECT_EQ(told->find(secret), std::string::npos)
            << NameOf(method) << " as " << options::v1::Role_Name(role) << " told " << secret;
      }
    }
  }
  EXPECT_GE(answered, 10) << "programs, facts, figures";
  EXPECT_EQ(Snapshot(), before);
}

// FHIR has paths of its own, by which the same is seen as by the methods' own.
TEST_F(AuthorizationTest, ByFhirNobodySeesAnothers) {
  WebDoor web(world_);
  const std::string before = Snapshot();
  std::map<std::string, std::string> keys = {{"nobody", ""}};
  for (const auto& [role, key] : strangers_) {
    if (TenantBound(role)) keys[options::v1::Role_Name(role)] = key;
  }
  for (const Scoped& key : ScopedKeys()) keys[key.what] = key.credential;
  const auto id_of = [&](const std::string& kind) {
    return planted_[kind].substr(planted_[kind].find('/') + 1);
  };
  for (const auto& [what, key] : keys) {
    for (const std::string path :
         {"/ServiceRequest/@r", "/ServiceRequest?_id=@r", "/ServiceRequest", "/Task/@a",
          "/Task?_id=@a", "/Task?based-on=ServiceRequest/@r",
          "/Task?status=accepted,in-progress"}) {
      world_.clock().AdvanceSystem(
          absl::Seconds(1));  // so many unknown keys a second are asked for
      const std::string target = absl::StrReplaceAll(
          "/fhir/r4" + path, {{"@r", id_of("referral")}, {"@a", id_of("application")}});
      const auto present = web.Send(key, "GET", target);
      const auto absent =
          web.Send(key, "GET",
                   absl::StrReplaceAll("/fhir/r4" + path, {{"@r", kAbsentId}, {"@a", kAbsentId}}));
      EXPECT_EQ(present.status, absent.status) << path << " as " << what;
      // A search, and what is not found, say what was asked for.
      const std::string asked = path.find("@r") != std::string::npos   ? id_of("referral")
                                : path.find("@a") != std::string::npos ? id_of("application")
                                                                       : target;
      const std::string told = absl::StrReplaceAll(present.body, {{target, ""}, {asked, ""}});
      for (const std::string& secret : Secrets(planted_)) {
        EXPECT_EQ(told.find(secret), std::string::npos) << path << " as " << what << ": " << told;
      }
    }
    const auto cancel = [&](const std::string& id) {
      return web
          .Send(key, "PUT", "/fhir/r4/Task/" + id,
                text::Cat(R"({"resourceType":"Task","status":"cancelled","id":")", id, "\"}"))
          .status;
    };
    EXPECT_EQ(cancel(id_of("application")), cancel(kAbsentId)) << what;
  }
  EXPECT_EQ(Snapshot(), before);
  // The planted journey's own see it, so there is something to be seen.
  const std::string own = web.Send(world_.agency("alpha"), "GET", "/fhir/r4/Task").body;
  EXPECT_NE(own.find(id_of("application")), std::string::npos);
}

// Case "placed staff": they do their organization's people all that they are there for.
TEST_F(AuthorizationTest, PlacedStaffSeeTheirOrganizationsPeopleOnly) {
  const std::string placed = world_.NewKey(options::v1::ROLE_COORDINATOR, "organizations/alpha");
  const auto calls = [&](const std::string& method, const std::string& name) {
    referral::v1::GetReferralRequest request;  // every Get has `name` as field 1
    request.set_name(name);
    return world_.CallBytes(placed, method, request.SerializeAsString()).status();
  };
  EXPECT_EQ(calls("tremplin.referral.v1.ReferralService/GetReferral", planted_["referral"]),
            absl::OkStatus());
  EXPECT_EQ(
      calls("tremplin.registration.v1.RegistrationService/GetEnrolment", planted_["enrolment"]),
      absl::OkStatus());
  EXPECT_EQ(calls("tremplin.registration.v1.RegistrationService/GetPerson", planted_["person"]),
            absl::OkStatus());
  EXPECT_EQ(calls("tremplin.outcome.v1.OutcomeService/GetFollowUp", planted_["follow_up"]),
            absl::OkStatus());
  EXPECT_EQ(calls("tremplin.registration.v1.RegistrationService/GetPerson", mentor_person_).code(),
            absl::StatusCode::kNotFound);

  const auto referrals = world_.Call<referral::v1::ListReferralsResponse>(
      placed, "tremplin.referral.v1.ReferralService/ListReferrals",
      referral::v1::ListReferralsRequest());
  ASSERT_TRUE(referrals.ok()) << referrals.status();
  EXPECT_EQ(referrals->referrals_size(), 1) << "not beta's";
  registration::v1::ListEnrolmentsRequest list;
  list.set_program(kProgram);
  const auto enrolments = world_.Call<registration::v1::ListEnrolmentsResponse>(
      placed, "tremplin.registration.v1.RegistrationService/ListEnrolments", list);
  ASSERT_TRUE(enrolments.ok()) << enrolments.status();
  ASSERT_EQ(enrolments->enrolments_size(), 1) << "not beta's, and no mentor who came by themselves";
  EXPECT_EQ(enrolments->enrolments(0).name(), planted_["enrolment"]);

  for (const char* agency : {"", "organizations/beta"}) {
    referral::v1::SubmitReferralRequest submit;
    submit.set_agency(agency);
    submit.set_external_id("PLACED-1");
    *submit.mutable_file() = World::EligibleFile(7);
    submit.add_programs(kProgram);
    EXPECT_FALSE(world_
                     .Call<referral::v1::SubmitReferralResponse>(
                         placed, "tremplin.referral.v1.ReferralService/SubmitReferral", submit)
                     .ok())
        << agency;
  }
}

// A list of a program that does not exist says so, alike in every service.
TEST_F(AuthorizationTest, ListsOfAProgramThatDoesNotExistAnswerAlike) {
  const std::string staff = world_.NewKey(options::v1::ROLE_COORDINATOR);
  Resources nowhere = planted_;
  nowhere["program"] = "programs/no-such-program";
  int asked = 0;
  for (const MethodDescriptor* method : Methods()) {
    if (method->name().rfind("List", 0) != 0 || !NamesProgram(method) ||
        !Allows(method, options::v1::ROLE_COORDINATOR)) {
      continue;
    }
    ++asked;
    const absl::Status answer =
        world_
            .CallBytes(staff, NameOf(method),
                       MakeRequest(method, nowhere, false, ++salt_)->SerializeAsString())
            .status();
    EXPECT_EQ(answer.code(), absl::StatusCode::kNotFound) << NameOf(method) << ": " << answer;
    EXPECT_EQ(status::ReasonOf(answer), "PROGRAM_NOT_FOUND") << NameOf(method);
  }
  EXPECT_GE(asked, 7);
}

// Case "a session": it is a role of its account's, as a key of that role is.
TEST_F(AuthorizationTest, ASessionReachesWhatItsRoleMayAndNoMore) {
  constexpr char kService[] = "tremplin.registration.v1.SignInService/";
  const auto mine = world_.Call<registration::v1::MySession>(
      session_token_, text::Cat(kService, "GetMySession"), registration::v1::GetMySessionRequest());
  ASSERT_TRUE(mine.ok()) << mine.status();
  ASSERT_EQ(mine->roles_size(), 2);
  EXPECT_EQ(mine->session().role().role(), options::v1::ROLE_COORDINATOR);
  const auto status = [&](const std::string& token, const std::string& enrolment) {
    registration::v1::GetEnrolmentRequest request;
    request.set_name(enrolment);
    return world_
        .Call<registration::v1::Enrolment>(
            token, "tremplin.registration.v1.RegistrationService/GetEnrolment", request)
        .status()
        .code();
  };
  const std::string another = world_.Enrolment("beta/OTHER-1").name();
  EXPECT_EQ(status(session_token_, planted_["enrolment"]), absl::StatusCode::kOk);
  EXPECT_EQ(status(session_token_, another), absl::StatusCode::kOk) << "staff of the program";
  registration::v1::SwitchRoleRequest change;
  change.set_role(mine->roles(1).name());
  const auto switched = world_.Call<registration::v1::SignedIn>(
      session_token_, text::Cat(kService, "SwitchRole"), change);
  ASSERT_TRUE(switched.ok()) << switched.status();
  EXPECT_EQ(status(switched->session_token(), planted_["enrolment"]), absl::StatusCode::kOk);
  EXPECT_EQ(status(switched->session_token(), another), absl::StatusCode::kNotFound);
}

// The owner does reach what the strangers did not: otherwise the test above would pass for a system
// that refuses all.
TEST_F(AuthorizationTest, TheOwnerIsAnswered) {
  referral::v1::GetReferralRequest request;
  request.set_name(planted_["referral"]);
  EXPECT_TRUE(world_
                  .Call<referral::v1::Referral>(world_.agency("alpha"),
                                                "tremplin.referral.v1.ReferralService/GetReferral",
                                                request)
                  .ok());
  registration::v1::GetPersonRequest person;
  person.set_name(planted_["person"]);
  EXPECT_TRUE(world_
                  .Call<registration::v1::Person>(
                      world_.MenteeKey(planted_["enrolment"]),
                      "tremplin.registration.v1.RegistrationService/GetPerson", person)
                  .ok());
}

}  // namespace
}  // namespace tremplin
