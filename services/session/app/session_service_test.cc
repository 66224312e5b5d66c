#include <string>
#include <vector>

#include "common/clock/day.h"
#include "common/resources/names.h"
#include "common/status/error.h"
#include "gtest/gtest.h"
#include "services/session/module.h"
#include "tests/support/one_module.h"
#include "tremplin/matching/events/v1/events.pb.h"
#include "tremplin/registration/v1/registration.pb.h"
#include "tremplin/session/events/v1/events.pb.h"
#include "tremplin/session/v1/session.pb.h"

namespace tremplin::session {
namespace {

namespace facts = tremplin::session::events::v1;
using resources::FromTimestamp;
using rpc::Principal;
using rpc::Role;

constexpr char kProgram[] = "programs/ottawa-career-mentoring";
constexpr char kService[] = "tremplin.session.v1.SessionService/";

class SessionServiceTest : public ::testing::Test {
 protected:
  SessionServiceTest() : module_(Spec(), absl::FromUnixSeconds(1'767'600'000)) {
    module_.Publish(testing::OneModule::Ottawa());
  }

  static Principal Staff(const std::string& program = "") {
    Principal principal;
    principal.id = "staff";
    principal.role = Role::ROLE_COORDINATOR;
    principal.program = program;
    return principal;
  }
  static Principal Person(Role role, const std::string& person) {
    Principal principal;
    principal.id = "key-" + person;
    principal.role = role;
    principal.person = person;
    return principal;
  }
  static Principal Mentee(int n = 1) {
    return Person(Role::ROLE_MENTEE, "mentee-person-" + std::to_string(n));
  }
  static Principal Mentor(int n = 1) {
    return Person(Role::ROLE_MENTOR, "mentor-person-" + std::to_string(n));
  }

  absl::Status Match(int n = 1) {
    const std::string number = std::to_string(n);
    matching::events::v1::MatchMade made;
    matching::events::v1::ProposalParties& parties = *made.mutable_parties();
    parties.set_proposal("proposal-" + number);
    parties.set_program("ottawa-career-mentoring");
    parties.set_program_version(1);
    parties.set_mentee_enrolment("mentee-" + number);
    parties.set_mentee_person("mentee-person-" + number);
    parties.set_mentee_business_key("alpha/" + number);
    parties.set_mentor_enrolment("mentor-" + number);
    parties.set_mentor_person("mentor-person-" + number);
    parties.set_mentor_business_key("M" + number);
    *made.mutable_sign_by() = resources::ToTimestamp(module_.now() + absl::Hours(24 * 14));
    return module_.Deliver(made, parties.proposal(), module_.now());
  }

  template <class Response = v1::Mentorship, class Request>
  absl::StatusOr<Response> Call(const Principal& as, const std::string& method, Request request) {
    return module_.Call<Response>(as, kService + method, std::move(request));
  }

  v1::Mentorship Only(const Principal& as) {
    v1::ListMentorshipsRequest request;
    request.set_program(kProgram);
    auto response = Call<v1::ListMentorshipsResponse>(as, "ListMentorships", request);
    EXPECT_TRUE(response.ok()) << response.status();
    EXPECT_EQ(response->mentorships_size(), 1);
    return response->mentorships_size() == 1 ? response->mentorships(0) : v1::Mentorship();
  }
  absl::StatusOr<v1::Mentorship> Sign(const Principal& as, const std::string& name) {
    v1::SignAgreementRequest request;
    request.set_name(name);
    return Call(as, "SignAgreement", request);
  }
  // A mentorship that both have signed.
  std::string Active() {
    EXPECT_EQ(Match(), absl::OkStatus());
    const std::string name = Only(Staff()).name();
    EXPECT_TRUE(Sign(Mentee(), name).ok());
    EXPECT_EQ(Sign(Mentor(), name)->state(), v1::Mentorship::STATE_ACTIVE);
    return name;
  }
  absl::StatusOr<v1::Session> Log(const Principal& as, const std::string& mentorship,
                                  absl::Time held, v1::Contact contact, int minutes = 60) {
    v1::LogSessionRequest request;
    request.set_mentorship(mentorship);
    *request.mutable_held_time() = resources::ToTimestamp(held);
    request.set_minutes(minutes);
    request.set_contact(contact);
    return Call<v1::Session>(as, "LogSession", request);
  }
  v1::Mentorship Get(const std::string& name) {
    v1::GetMentorshipRequest request;
    request.set_name(name);
    return *Call(Staff(), "GetMentorship", request);
  }

  testing::OneModule module_;
};

TEST_F(SessionServiceTest, AMatchOpensOneMentorshipWhoseIdFollowsFromTheProposal) {
  ASSERT_EQ(Match(), absl::OkStatus());
  EXPECT_EQ(Match().code(), absl::StatusCode::kAlreadyExists);
  const v1::Mentorship made = Only(Staff());
  EXPECT_EQ(made.state(), v1::Mentorship::STATE_AGREEMENT_PENDING);
  EXPECT_EQ(made.proposal(), "proposals/proposal-1");
  EXPECT_EQ(made.mentee_business_key(), "alpha/1");
  EXPECT_EQ(module_.Events<facts::AgreementPending>().size(), 1u);
}

TEST_F(SessionServiceTest, ADefinitionNotYetKnownIsFetched) {
  testing::OneModule empty(Spec(), module_.now());
  empty.SetPeer("tremplin.registration.v1.RegistrationService/GetProgram",
                [](const std::string&) -> absl::StatusOr<std::string> {
                  registration::v1::Program program;
                  *program.mutable_definition() = testing::OneModule::Ottawa();
                  return program.SerializeAsString();
                });
  matching::events::v1::MatchMade made;
  made.mutable_parties()->set_proposal("p");
  made.mutable_parties()->set_program("ottawa-career-mentoring");
  made.mutable_parties()->set_program_version(1);
  EXPECT_EQ(empty.Deliver(made, "p", empty.now()), absl::OkStatus());
  EXPECT_EQ(empty.Count("SELECT length_days FROM session_mentorship"), 90);
}

TEST_F(SessionServiceTest, BothSignAndItIsActiveUntilItsTerm) {
  const std::string name = Active();
  const auto started = module_.Events<facts::MentorshipStarted>();
  ASSERT_EQ(started.size(), 1u);
  EXPECT_EQ(FromTimestamp(started[0].term()), FromTimestamp(Get(name).term_time()));
  EXPECT_EQ(started[0].parties().mentor_person(), "mentor-person-1");
}

TEST_F(SessionServiceTest, EveryoneActsOnTheirOwnOnly) {
  const std::string name = Active();
  EXPECT_EQ(Sign(Mentee(2), name).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Log(Mentor(2), name, module_.now(), v1::CONTACT_CALL).status().code(),
            absl::StatusCode::kNotFound);
  // A person's credential as a mentee does not act as the mentor they may be elsewhere.
  EXPECT_EQ(Sign(Person(Role::ROLE_MENTEE, "mentor-person-1"), name).status().code(),
            absl::StatusCode::kNotFound);
  v1::GetMentorshipRequest get;
  get.set_name(name);
  EXPECT_EQ(Call(Staff("another-program"), "GetMentorship", get).status().code(),
            absl::StatusCode::kNotFound);
  const auto own = Call(Mentee(), "GetMentorship", get);
  ASSERT_TRUE(own.ok());
  EXPECT_EQ(own->mentor_business_key(), "");
  EXPECT_EQ(own->mentee_business_key(), "alpha/1");
  v1::ListMentorshipsRequest list;
  EXPECT_EQ(
      Call<v1::ListMentorshipsResponse>(Mentee(2), "ListMentorships", list)->mentorships_size(), 0);
  EXPECT_EQ(
      Call<v1::ListMentorshipsResponse>(Mentor(), "ListMentorships", list)->mentorships_size(), 1);
}

TEST_F(SessionServiceTest, AnUnsignedAgreementLapsesAndBothAreFreeAgain) {
  ASSERT_EQ(Match(), absl::OkStatus());
  const std::string name = Only(Staff()).name();
  ASSERT_TRUE(Sign(Mentee(), name).ok());
  module_.MoveBy(absl::Hours(24 * 15));
  EXPECT_EQ(Get(name).state(), v1::Mentorship::STATE_LAPSED);
  const auto lapsed = module_.Events<facts::AgreementLapsed>();
  ASSERT_EQ(lapsed.size(), 1u);
  EXPECT_TRUE(lapsed[0].rematch_mentee());
  EXPECT_TRUE(lapsed[0].rematch_mentor());
  EXPECT_EQ(Sign(Mentor(), name).status().code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(SessionServiceTest, SessionsAddUpWhereTheirKindCounts) {
  const std::string name = Active();
  module_.MoveBy(absl::Hours(48));
  const absl::Time held = module_.now() - absl::Hours(2);
  const auto counted = Log(Mentee(), name, held, v1::CONTACT_IN_PERSON);
  ASSERT_TRUE(counted.ok()) << counted.status();
  EXPECT_TRUE(counted->counts());
  EXPECT_FALSE(Log(Mentor(), name, held, v1::CONTACT_MAIL, 15)->counts());
  // The mentor logs the meeting that the mentee logged: it is there once.
  EXPECT_EQ(Log(Mentor(), name, held, v1::CONTACT_IN_PERSON).status().code(),
            absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(Log(Mentor(), name, module_.now() + absl::Hours(1), v1::CONTACT_CALL).status().code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(Log(Mentor(), name, held, v1::CONTACT_UNSPECIFIED, 4).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Get(name).counted_minutes(), 60);
  EXPECT_EQ(Get(name).session_count(), 2);
  EXPECT_EQ(module_.Events<facts::SessionLogged>().size(), 2u);
  v1::ListSessionsRequest list;
  list.set_mentorship(name);
  list.set_page_size(1);
  const auto page = Call<v1::ListSessionsResponse>(Mentee(), "ListSessions", list);
  ASSERT_EQ(page->sessions_size(), 1);
  list.set_page_token(page->next_page_token());
  EXPECT_EQ(Call<v1::ListSessionsResponse>(Mentee(), "ListSessions", list)->sessions_size(), 1);
}

TEST_F(SessionServiceTest, ReviewsAreOverdueUntilRecordedAndCheckInsAreTold) {
  const std::string name = Active();
  module_.MoveBy(absl::Hours(24 * 32));
  EXPECT_EQ(module_.Events<facts::ReviewDue>().size(), 1u);
  EXPECT_TRUE(Get(name).review_overdue());
  v1::RecordReviewRequest review;
  review.set_mentorship(name);
  EXPECT_EQ(Call(Staff(), "RecordReview", review).status().code(),
            absl::StatusCode::kInvalidArgument);
  review.set_status(v1::RecordReviewRequest::STATUS_AT_RISK);
  const auto recorded = Call(Staff(), "RecordReview", review);
  ASSERT_TRUE(recorded.ok());
  EXPECT_FALSE(recorded->review_overdue());
  EXPECT_EQ(recorded->review_status(), "at_risk");
  module_.MoveBy(absl::Hours(24 * 31));
  EXPECT_EQ(module_.Events<facts::ReviewDue>().size(), 2u);

  v1::AnswerCheckInRequest check_in;
  check_in.set_mentorship(name);
  check_in.set_rating(11);
  EXPECT_FALSE(Call<v1::AnswerCheckInResponse>(Mentee(), "AnswerCheckIn", check_in).ok());
  check_in.set_rating(9);
  EXPECT_TRUE(Call<v1::AnswerCheckInResponse>(Mentee(), "AnswerCheckIn", check_in).ok());
  ASSERT_EQ(module_.Events<facts::CheckInAnswered>().size(), 1u);
  EXPECT_EQ(module_.Events<facts::CheckInAnswered>()[0].by(), "mentee");
}

TEST_F(SessionServiceTest, TimeClosesItAfterTheGrace) {
  const std::string name = Active();
  const absl::Time term = FromTimestamp(Get(name).term_time());
  module_.MoveTo(term + absl::Hours(24 * 14) - absl::Seconds(1));
  EXPECT_EQ(Get(name).state(), v1::Mentorship::STATE_ACTIVE);
  EXPECT_TRUE(Log(Mentee(), name, term - absl::Hours(5), v1::CONTACT_IN_PERSON).ok());
  module_.MoveBy(absl::Hours(2));
  EXPECT_EQ(Get(name).state(), v1::Mentorship::STATE_COMPLETED);
  const auto completed = module_.Events<facts::MentorshipCompleted>();
  ASSERT_EQ(completed.size(), 1u);
  EXPECT_EQ(completed[0].reason(), "term");
  EXPECT_EQ(completed[0].counted_minutes(), 60);
  EXPECT_EQ(Log(Mentee(), name, term, v1::CONTACT_CALL).status().code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(module_.Count("SELECT COUNT(*) FROM session_timer"), 0);
}

TEST_F(SessionServiceTest, AnExtensionMovesTheTermAndItsTimers) {
  const std::string name = Active();
  const absl::Time term = FromTimestamp(Get(name).term_time());
  v1::ExtendMentorshipRequest extend;
  extend.set_name(name);
  extend.set_days(91);
  EXPECT_EQ(status::ReasonOf(Call(Mentee(), "ExtendMentorship", extend).status()),
            "EXTENSION_TOO_LONG");
  extend.set_days(30);
  EXPECT_EQ(Call(Mentee(), "ExtendMentorship", extend)->mentee_extension_days(), 30);
  EXPECT_TRUE(Call(Mentor(), "ExtendMentorship", extend).ok());
  EXPECT_EQ(module_.Events<facts::MentorshipExtended>().size(), 1u);
  module_.MoveTo(term + absl::Hours(24 * 20));
  EXPECT_EQ(Get(name).state(), v1::Mentorship::STATE_ACTIVE);
  module_.MoveBy(absl::Hours(24 * 30));
  EXPECT_EQ(Get(name).state(), v1::Mentorship::STATE_COMPLETED);
  EXPECT_EQ(module_.Events<facts::ReviewDue>().size(), 3u);  // 30, 60 and 90 days
}

TEST_F(SessionServiceTest, EitherSideEndsItEarlyWithAReason) {
  const std::string name = Active();
  v1::EndMentorshipEarlyRequest end;
  end.set_name(name);
  end.set_reason("bored");
  EXPECT_EQ(Call(Mentor(), "EndMentorshipEarly", end).status().code(),
            absl::StatusCode::kInvalidArgument);
  end.set_reason("not_a_fit");
  end.set_rematch_mentee(true);
  ASSERT_TRUE(Call(Mentor(), "EndMentorshipEarly", end).ok());
  const auto ended = module_.Events<facts::MentorshipEndedEarly>();
  ASSERT_EQ(ended.size(), 1u);
  EXPECT_TRUE(ended[0].rematch_mentee());
  EXPECT_FALSE(ended[0].rematch_mentor());
  EXPECT_EQ(module_.Count("SELECT COUNT(*) FROM session_timer"), 0);
}

TEST_F(SessionServiceTest, ARetryOfARequestHasOneEffect) {
  const std::string name = Active();
  v1::LogSessionRequest request;
  request.set_mentorship(name);
  *request.mutable_held_time() = resources::ToTimestamp(module_.now());
  request.set_minutes(45);
  request.set_contact(v1::CONTACT_IN_PERSON);
  request.set_request_id("3f0c5c3e-1111-4222-8333-444455556666");
  const auto first = Call<v1::Session>(Mentee(), "LogSession", request);
  const auto again = Call<v1::Session>(Mentee(), "LogSession", request);
  ASSERT_TRUE(first.ok() && again.ok());
  EXPECT_EQ(first->SerializeAsString(), again->SerializeAsString());
  EXPECT_EQ(Get(name).session_count(), 1);
}

}  // namespace
}  // namespace tremplin::session
