#ifndef TREMPLIN_SERVICES_SESSION_TESTING_FIXTURE_H_
#define TREMPLIN_SERVICES_SESSION_TESTING_FIXTURE_H_

#include <string>
#include <utility>
#include <vector>

#include "common/clock/day.h"
#include "common/resources/names.h"
#include "common/status/error.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "services/session/module.h"
#include "tests/support/one_module.h"
#include "tremplin/matching/events/v1/events.pb.h"
#include "tremplin/registration/events/v1/events.pb.h"
#include "tremplin/registration/v1/registration.pb.h"
#include "tremplin/session/events/v1/events.pb.h"
#include "tremplin/session/v1/session.pb.h"

// Session alone, with a program of five formats: what its tests share.
namespace tremplin::session {

inline constexpr char kProgramId[] = "many-kinds";
inline constexpr char kProgram[] = "programs/many-kinds";

inline constexpr char kDefinition[] = R"pb(
  id: "many-kinds"
  time_zone: "America/Toronto"
  formats {
    code: "pair"
    mentees { least: 1 most: 1 }
    mentors { least: 1 most: 1 }
    engagement {
      length_days: 90
      counting_contacts: "in_person"
      review_every_days: 30
      max_extension_days: 90
      close_grace_days: 14
      documents { code: "agreement" before_start: true }
      misses_before_flag: 2
    }
  }
  formats {
    code: "group"
    mentees { least: 2 most: 4 }
    mentors { least: 1 most: 2 }
    engagement { length_days: 60 counting_contacts: "video" close_grace_days: 7 }
  }
  formats {
    code: "meeting"
    mentees { least: 1 most: 1 }
    mentors { least: 1 most: 1 }
    engagement {
      single_meeting_minutes: 30
      counting_contacts: "in_person"
      counting_contacts: "video"
      introductions { count: 3 remind_after_days: 7 reminders: 2 }
      becomes: "pair"
    }
  }
  formats {
    code: "season"
    mentees { least: 1 most: 1 }
    mentors { least: 1 most: 1 }
    engagement {
      season { from: "09-01" to: "06-30" }
      counting_contacts: "video"
      documents { code: "undertaking" pair_private: true }
      phases { code: "first_contact" due_day: 14 }
      phases { code: "closing" }
      credits { code: "category_1" fact: "certified" per_hour: 1 }
      least_minutes: 30
      most_minutes: 120
    }
  }
  formats {
    code: "hours"
    mentees { least: 1 most: 1 }
    mentors { least: 1 most: 1 }
    engagement {
      hours { hours: 2 at_most_days: 30 }
      counting_contacts: "video"
    }
  }
)pb";

class ServiceTest : public ::testing::Test {
 protected:
  ServiceTest() : module_(Spec(), absl::FromUnixSeconds(1'767'600'000)) {
    module_.Publish(Definition());
  }

  static program::v1::ProgramDefinition Definition() {
    program::v1::ProgramDefinition definition;
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(kDefinition, &definition));
    return definition;
  }
  static absl::TimeZone Zone() {
    absl::TimeZone zone;
    EXPECT_TRUE(absl::LoadTimeZone("America/Toronto", &zone));
    return zone;
  }

  static rpc::Principal Staff(const std::string& program = "") {
    rpc::Principal principal;
    principal.id = "staff";
    principal.role = rpc::Role::ROLE_COORDINATOR;
    principal.program = program;
    return principal;
  }
  static rpc::Principal Person(rpc::Role role, const std::string& person) {
    rpc::Principal principal;
    principal.id = "key-" + person;
    principal.role = role;
    principal.person = person;
    return principal;
  }
  static rpc::Principal Mentee(int n = 1) {
    return Person(rpc::Role::ROLE_MENTEE, "person-mentee-" + std::to_string(n));
  }
  static rpc::Principal Mentor(int n = 1) {
    return Person(rpc::Role::ROLE_MENTOR, "person-mentor-" + std::to_string(n));
  }

  static void AddParticipant(const std::string& enrolment, program::v1::Subject side,
                             matching::events::v1::ProposalRef* ref) {
    matching::events::v1::Participant& one = *ref->add_participants();
    one.set_enrolment(enrolment);
    one.set_person("person-" + enrolment);
    one.set_side(side);
    one.set_business_key("alpha/" + enrolment);
  }
  // A match of these mentees and mentors, by their numbers.
  static matching::events::v1::MatchMade Made(const std::string& proposal,
                                              const std::string& format,
                                              const std::vector<int>& mentees,
                                              const std::vector<int>& mentors) {
    matching::events::v1::MatchMade made;
    matching::events::v1::ProposalRef& ref = *made.mutable_proposal();
    ref.set_proposal(proposal);
    ref.set_program(kProgramId);
    ref.set_program_version(1);
    ref.set_format(format);
    for (int n : mentees) {
      AddParticipant("mentee-" + std::to_string(n), program::v1::SUBJECT_MENTEE, &ref);
    }
    for (int n : mentors) {
      AddParticipant("mentor-" + std::to_string(n), program::v1::SUBJECT_MENTOR, &ref);
    }
    return made;
  }
  absl::Status Deliver(const matching::events::v1::MatchMade& made) {
    return module_.Deliver(made, made.proposal().proposal(), module_.now());
  }
  // A match under way, with nothing to sign: the engagement's name.
  std::string Begun(const std::string& format, const std::vector<int>& mentees = {1},
                    const std::vector<int>& mentors = {1}, const std::string& continues = "") {
    matching::events::v1::MatchMade made =
        Made("begun-" + std::to_string(++begun_), format, mentees, mentors);
    made.mutable_proposal()->set_continues_engagement(
        continues.empty() ? "" : continues.substr(std::string("engagements/").size()));
    EXPECT_EQ(Deliver(made), absl::OkStatus());
    return Last();
  }
  // The engagement that began or was opened last.
  std::string Last() {
    const auto started = module_.Events<events::v1::EngagementStarted>();
    EXPECT_FALSE(started.empty());
    return started.empty() ? "" : "engagements/" + started.back().engagement().engagement();
  }

  void Ready(const std::string& enrolment, const std::string& certified = "",
             const std::string& program = kProgramId) {
    registration::events::v1::EnrolmentReady ready;
    ready.set_enrolment(enrolment);
    ready.set_person("person-" + enrolment);
    ready.set_program(program);
    ready.set_role(enrolment.starts_with("mentor")
                       ? registration::events::v1::ENROLMENT_ROLE_MENTOR
                       : registration::events::v1::ENROLMENT_ROLE_MENTEE);
    if (!certified.empty()) SetCertified(certified, ready.mutable_profile());
    EXPECT_EQ(module_.Deliver(ready, enrolment, module_.now()), absl::OkStatus());
  }
  void Changed(const std::string& enrolment, const std::string& certified) {
    registration::events::v1::EnrolmentChanged changed;
    changed.set_enrolment(enrolment);
    changed.set_program(kProgramId);
    if (!certified.empty()) SetCertified(certified, changed.mutable_profile());
    EXPECT_EQ(module_.Deliver(changed, enrolment, module_.now()), absl::OkStatus());
  }
  static void SetCertified(const std::string& certified,
                           registration::events::v1::Profile* profile) {
    program::v1::GivenFact& fact = *profile->add_facts();
    fact.set_name("certified");
    fact.add_values(certified);
  }
  void EndEnrolment(const std::string& enrolment) {
    registration::events::v1::EnrolmentEnded ended;
    ended.set_enrolment(enrolment);
    ended.set_person("person-" + enrolment);
    ended.set_program(kProgramId);
    ended.set_reason("withdrawn");
    EXPECT_EQ(module_.Deliver(ended, enrolment, module_.now()), absl::OkStatus());
  }

  template <class Response = v1::Engagement, class Request>
  absl::StatusOr<Response> Call(const rpc::Principal& as, const std::string& method,
                                Request request) {
    return module_.Call<Response>(as, "tremplin.session.v1.SessionService/" + method,
                                  std::move(request));
  }
  absl::StatusOr<v1::Engagement> Get(const rpc::Principal& as, const std::string& name) {
    v1::GetEngagementRequest request;
    request.set_name(name);
    return Call(as, "GetEngagement", request);
  }
  v1::Engagement Get(const std::string& name) {
    auto found = Get(Staff(), name);
    EXPECT_TRUE(found.ok()) << found.status();
    return found.ok() ? *found : v1::Engagement();
  }
  absl::StatusOr<v1::Engagement> Sign(const rpc::Principal& as, const std::string& name,
                                      const std::string& document = "") {
    v1::SignDocumentRequest request;
    request.set_name(name);
    request.set_document(document);
    return Call(as, "SignDocument", request);
  }
  static v1::LogSessionRequest SessionAt(const std::string& engagement, absl::Time held,
                                         v1::Contact contact, int minutes = 60,
                                         const std::vector<std::string>& attended = {}) {
    v1::LogSessionRequest request;
    request.set_engagement(engagement);
    *request.mutable_held_time() = resources::ToTimestamp(held);
    request.set_minutes(minutes);
    request.set_contact(contact);
    for (const std::string& one : attended) request.add_attended("enrolments/" + one);
    return request;
  }
  absl::StatusOr<v1::Session> Log(const rpc::Principal& as, const std::string& engagement,
                                  absl::Time held, v1::Contact contact, int minutes = 60,
                                  const std::vector<std::string>& attended = {}) {
    return Call<v1::Session>(as, "LogSession",
                             SessionAt(engagement, held, contact, minutes, attended));
  }
  // A session that ended just now.
  absl::StatusOr<v1::Session> LogNow(const rpc::Principal& as, const std::string& engagement,
                                     int minutes = 60, v1::Contact contact = v1::CONTACT_VIDEO) {
    module_.MoveBy(absl::Minutes(minutes));
    return Log(as, engagement, module_.now() - absl::Minutes(minutes), contact, minutes);
  }
  absl::StatusOr<v1::Engagement> Leave(const rpc::Principal& as, const std::string& name,
                                       const std::string& reason, v1::Rematch rematch,
                                       const std::string& enrolment = "") {
    v1::LeaveEngagementRequest request;
    request.set_name(name);
    request.set_reason(reason);
    request.set_rematch(rematch);
    if (!enrolment.empty()) request.set_enrolment("enrolments/" + enrolment);
    return Call(as, "LeaveEngagement", request);
  }

  static const v1::Participant& Of(const v1::Engagement& engagement, const std::string& enrolment) {
    for (const v1::Participant& one : engagement.participants()) {
      if (one.enrolment() == "enrolments/" + enrolment) return one;
    }
    ADD_FAILURE() << enrolment << " is not in " << engagement.ShortDebugString();
    return v1::Participant::default_instance();
  }
  static const events::v1::Participant& Of(const events::v1::EngagementRef& ref,
                                           const std::string& enrolment) {
    for (const events::v1::Participant& one : ref.participants()) {
      if (one.enrolment() == enrolment) return one;
    }
    ADD_FAILURE() << enrolment << " is not in " << ref.ShortDebugString();
    return events::v1::Participant::default_instance();
  }
  static std::string FaultOf(const absl::Status& status) {
    const auto violations = status::DetailOf(status).violations;
    return violations.empty() ? status::ReasonOf(status) : violations[0].reason;
  }

  testing::OneModule module_;
  int begun_ = 0;
};

}  // namespace tremplin::session

#endif  // TREMPLIN_SERVICES_SESSION_TESTING_FIXTURE_H_
