// Nobody sees another's: generated over every method of every service × every role × another
// tenant's resources (API1:2023, the project's third "must never happen"). A method added tomorrow
// is in it without anybody thinking of it, and one without a rule fails.
//
// Goal: (1) without a credential nothing is answered; (2) a role outside the method's rule is
// refused; (3) a role inside it, held by somebody else, learns nothing of the planted journey: no
// id, no name, and a resource that exists is answered exactly as one that does not; (4) the planted
// journey is unchanged after all of it.

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/text/text.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "gtest/gtest.h"
#include "tests/support/world.h"
#include "tremplin/notification/v1/notification.pb.h"
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

constexpr char kAbsentId[] = "00000000-0000-8000-8000-000000000000";

std::vector<const MethodDescriptor*> Methods() {
  const std::vector<const FileDescriptor*> files = {
      registration::v1::Program::descriptor()->file(),
      referral::v1::Referral::descriptor()->file(),
      matching::v1::Proposal::descriptor()->file(),
      session::v1::Engagement::descriptor()->file(),
      outcome::v1::FollowUp::descriptor()->file(),
      notification::v1::Message::descriptor()->file(),
      runtime::v1::GetStatusRequest::descriptor()->file()};
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
    if (kind == "organization" || kind == "program") continue;  // public
    secrets.push_back(name.substr(name.rfind('/') + 1));
  }
  return secrets;
}

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
    notification::v1::ListMessagesRequest messages;
    auto sent = world_.Call<notification::v1::ListMessagesResponse>(
        world_.MenteeKey(mentee.name()),
        "tremplin.notification.v1.NotificationService/ListMessages", messages);
    ASSERT_TRUE(sent.ok()) << sent.status();
    ASSERT_GT(sent->messages_size(), 0);
    planted_["message"] = sent->messages(0).name();
    planted_["api_key"] = text::Cat("apiKeys/", kAbsentId);
    MakeStrangers(mentor);
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
    const auto other = world_.Submit("beta", "OTHER-1", World::EligibleFile(0));
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
        {options::v1::ROLE_COORDINATOR, world_.coordinator()},
        {options::v1::ROLE_OPERATOR, world_.operator_key()},
        {options::v1::ROLE_SERVICE, world_.system().service_credential()},
    };
  }

  static bool TenantBound(Role role) {
    return role == options::v1::ROLE_AGENCY || role == options::v1::ROLE_MENTEE ||
           role == options::v1::ROLE_MENTOR || role == options::v1::ROLE_ORGANIZATION;
  }

  absl::StatusOr<std::string> Probe(const std::string& credential, const MethodDescriptor* method,
                                    bool absent) {
    return world_.CallBytes(credential, NameOf(method),
                            MakeRequest(method, planted_, absent, ++salt_)->SerializeAsString());
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
    return all;
  }

  World world_;
  Resources planted_;
  std::string mentor_person_;
  std::map<Role, std::string> strangers_;
  int salt_ = 0;
};

TEST_F(AuthorizationTest, NobodyWithoutACredentialIsAnswered) {
  for (const MethodDescriptor* method : Methods()) {
    if (method->options().GetExtension(options::v1::access).anyone()) continue;
    for (const std::string credential : {"", "tk_not-a-key", "Bearer"}) {
      EXPECT_EQ(Probe(credential, method, false).status().code(),
                absl::StatusCode::kUnauthenticated)
          << NameOf(method);
    }
  }
}

TEST_F(AuthorizationTest, ARoleOutsideTheRuleIsRefused) {
  for (const MethodDescriptor* method : Methods()) {
    const auto& access = method->options().GetExtension(options::v1::access);
    ASSERT_TRUE(access.anyone() || access.roles_size() > 0) << NameOf(method) << " has no rule";
    const std::set<int> allowed(access.roles().begin(), access.roles().end());
    for (const auto& [role, credential] : strangers_) {
      if (allowed.contains(role)) continue;
      const auto answer = Probe(credential, method, false);
      EXPECT_EQ(answer.status().code(), absl::StatusCode::kPermissionDenied)
          << NameOf(method) << " as " << options::v1::Role_Name(role) << ": " << answer.status();
    }
  }
}

TEST_F(AuthorizationTest, AnotherTenantLearnsAndChangesNothing) {
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
