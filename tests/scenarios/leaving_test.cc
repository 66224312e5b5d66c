// Leaving, at whatever point: the others and staff are told, places are free, who is left keeps
// their turn, and nothing more is sent to who left. The cases "left", "reminders" and "ends early".

#include <algorithm>
#include <string>
#include <vector>

#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/text/text.h"
#include "gtest/gtest.h"
#include "tests/scenarios/steps.h"
#include "tremplin/notification/v1/notification.pb.h"

namespace tremplin {
namespace {

using matching::v1::ListPoolResponse;
using outcome::v1::FollowUp;
using session::v1::Engagement;
using testing::AnswerProposal;
using testing::Count;
using testing::FollowUps;
using testing::Funnel;
using testing::MenteeOf;
using testing::MentorOf;
using testing::Messages;
using testing::Must;
using testing::ParticipantOf;
using testing::Pool;
using testing::Proposals;
using testing::ReadyMentee;
using testing::Report;
using testing::StageOf;
using testing::World;

constexpr char kMatching[] = "tremplin.matching.v1.MatchingService/";
constexpr char kNotification[] = "tremplin.notification.v1.NotificationService/";
constexpr char kRegistration[] = "tremplin.registration.v1.RegistrationService/";
constexpr char kSession[] = "tremplin.session.v1.SessionService/";

void Withdraw(World& world, const std::string& enrolment) {
  registration::v1::WithdrawEnrolmentRequest request;
  request.set_name(enrolment);
  Must(world.Call<registration::v1::Enrolment>(
           world.KeyOf(enrolment), text::Cat(kRegistration, "WithdrawEnrolment"), request),
       "withdraw");
  world.Settle();
}

// Templates of what staff were told.
std::vector<std::string> ToldStaff(World& world) {
  notification::v1::ListMessagesRequest request;
  request.set_page_size(500);
  const auto response =
      Must(world.Call<notification::v1::ListMessagesResponse>(
               world.coordinator(), text::Cat(kNotification, "ListMessages"), request),
           "messages");
  std::vector<std::string> told;
  for (const notification::v1::Message& one : response.messages()) {
    if (one.recipient_kind() == notification::v1::Message::RECIPIENT_KIND_STAFF) {
      told.push_back(one.template_());
    }
  }
  return told;
}

// How somebody stands in the pool; none when they are not in it.
std::vector<ListPoolResponse::Entry> InPool(World& world, const std::string& enrolment) {
  std::vector<ListPoolResponse::Entry> found;
  for (const auto side : {matching::v1::SIDE_MENTEE, matching::v1::SIDE_MENTOR}) {
    for (ListPoolResponse::Entry& entry : Pool(world, side)) {
      if (entry.enrolment() == enrolment) found.push_back(std::move(entry));
    }
  }
  return found;
}

enum class Point { kWaiting, kProposed, kAccepted, kMatched, kActive };

// What those who stay and staff are told at each point; nobody stays of whom nobody was proposed.
std::string ToldAt(Point point) {
  if (point == Point::kWaiting) return "";
  if (point == Point::kMatched) return "agreement_lapsed";
  return point == Point::kActive ? "engagement_ended_early" : "proposal_ended";
}

class Left : public ::testing::TestWithParam<std::pair<Point, bool>> {
 protected:
  // A mentee who waited five days comes to the point with a mentor of one place.
  Left() : point_(GetParam().first) {
    mentee_ = ReadyMentee(world_, "A-1", 1);
    world_.MoveByDays(5);
    mentor_ = world_.ReadyMentor("M-1", 1);
    leaver_ = GetParam().second ? mentee_ : mentor_;
    stayer_ = GetParam().second ? mentor_ : mentee_;
    matched_ = world_.clock().BusinessNow();
    if (point_ == Point::kWaiting) return;
    matching::v1::Proposal proposal = world_.Match().at(0);
    if (point_ == Point::kProposed) return;
    if (point_ == Point::kAccepted) {
      proposal = world_.TakeStep(world_.TakeStep(proposal));
      return;
    }
    engagement_ = world_.Agree(proposal);
    if (point_ == Point::kActive) engagement_ = world_.Sign(engagement_);
  }

  World world_;
  Point point_;
  std::string mentee_, mentor_, leaver_, stayer_;
  absl::Time matched_;
  Engagement engagement_;
};

TEST_P(Left, FreesThePlaceTellsTheOthersAndLeavesThemTheirTurn) {
  const ListPoolResponse::Entry before = InPool(world_, stayer_).at(0);
  world_.MoveByDays(2);
  const size_t told_leaver = Messages(world_, world_.KeyOf(leaver_)).size();
  const absl::Time left = world_.clock().BusinessNow();
  Withdraw(world_, leaver_);

  EXPECT_TRUE(InPool(world_, leaver_).empty());
  const auto after = InPool(world_, stayer_);
  ASSERT_EQ(after.size(), 1u);
  EXPECT_EQ(after[0].taken(), 0);
  EXPECT_FALSE(after[0].paused());
  const absl::Time since = resources::FromTimestamp(before.waiting_since());
  // The time with somebody is none of waiting; what they had waited before it is theirs.
  const bool was_together = point_ == Point::kActive && stayer_ == mentee_;
  const absl::Time turn = was_together ? left - (matched_ - since) : since;
  if (stayer_ == mentee_) {
    EXPECT_EQ(resources::FromTimestamp(after[0].waiting_since()), turn);
  }
  if (!ToldAt(point_).empty()) {
    EXPECT_EQ(Count(Messages(world_, world_.KeyOf(stayer_)), ToldAt(point_)), 1);
    EXPECT_EQ(Count(ToldStaff(world_), ToldAt(point_)), 1);
    EXPECT_EQ(Count(Messages(world_, world_.KeyOf(stayer_)), "rematch_asked"), 0);
  }
  if (!engagement_.name().empty()) {
    EXPECT_EQ(world_.Engagement(engagement_.name()).end_reason(), "enrolment_ended");
    world_.MoveBy(absl::Hours(1));
    session::v1::LogSessionRequest log;
    log.set_engagement(engagement_.name());
    *log.mutable_held_time() =
        resources::ToTimestamp(world_.clock().BusinessNow() - absl::Hours(1));
    log.set_minutes(60);
    log.set_contact(session::v1::CONTACT_IN_PERSON);
    EXPECT_EQ(
        status::ReasonOf(world_
                             .Call<session::v1::Session>(world_.KeyOf(leaver_),
                                                         text::Cat(kSession, "LogSession"), log)
                             .status()),
        "ENGAGEMENT_ENDED");
  }
  const std::string another =
      stayer_ == mentee_ ? world_.ReadyMentor("M-2", 1) : ReadyMentee(world_, "A-2", 2);
  world_.MoveByDays(1);
  std::vector<matching::v1::Proposal> next = Proposals(world_, matching::v1::Proposal::STATE_OPEN);
  if (next.empty()) next = world_.Match();
  ASSERT_EQ(next.size(), 1u);
  EXPECT_EQ(stayer_ == mentee_ ? MenteeOf(next[0]) : MentorOf(next[0]), stayer_);
  EXPECT_EQ(stayer_ == mentee_ ? MentorOf(next[0]) : MenteeOf(next[0]), another);

  world_.MoveByDays(400);  // past every reminder and close
  EXPECT_EQ(Messages(world_, world_.KeyOf(leaver_)).size(), told_leaver);
  EXPECT_EQ(Funnel(world_).count("left"), leaver_ == mentee_ ? 1u : 0u);
}

std::vector<std::pair<Point, bool>> Everywhere() {
  std::vector<std::pair<Point, bool>> all;
  for (const Point point :
       {Point::kWaiting, Point::kProposed, Point::kAccepted, Point::kMatched, Point::kActive}) {
    for (const bool mentee : {true, false}) all.emplace_back(point, mentee);
  }
  return all;
}
std::string NameOf(const ::testing::TestParamInfo<std::pair<Point, bool>>& tested) {
  static const std::vector<std::string> names = {"Waiting", "Proposed", "Accepted", "Matched",
                                                 "Active"};
  const auto [point, mentee] = tested.param;
  return text::Cat(names[static_cast<size_t>(point)], mentee ? "Mentee" : "Mentor");
}
INSTANTIATE_TEST_SUITE_P(AtAnyPoint, Left, ::testing::ValuesIn(Everywhere()), NameOf);

TEST(Reminders, GoToNobodyWhoWithdrewOnTheTwelfthDay) {
  World world;
  world.Admit(world.Submit("alpha", "A-1", World::EligibleFile(1)).applications(0).name());
  const std::string enrolment = world.Enrolment("alpha/A-1").name();
  const std::string key = world.KeyOf(enrolment);
  EXPECT_EQ(FollowUps(world, key)["baseline"].state(), FollowUp::STATE_OPEN);
  world.MoveByDays(12);
  const std::vector<std::string> before = Messages(world, key);
  Withdraw(world, enrolment);
  world.MoveByDays(60);
  EXPECT_EQ(Messages(world, key), before);
  EXPECT_EQ(FollowUps(world, key)["baseline"].state(), FollowUp::STATE_LEFT);
  const outcome::v1::StageReport stage = StageOf(Report(world), "baseline");
  EXPECT_EQ(stage.due(), 1);
  EXPECT_EQ(stage.left(), 1);
  EXPECT_EQ(stage.lost(), 0);
  EXPECT_EQ(Funnel(world).at("left"), 1);
}

TEST(EndsEarly, WhoEndsItSpeaksForThemselves_AndStaffMayPutTheOtherBack) {
  World world;
  const std::string mentee = ReadyMentee(world, "A-1", 1);
  const std::string mentor = world.ReadyMentor("M-1", 1);
  const Engagement pair = world.Sign(world.Agree(world.Match().at(0)));
  world.MoveByDays(10);
  ASSERT_TRUE(
      testing::EndEarly(world, mentor, pair.name(), "not_a_fit", session::v1::REMATCH_YES).ok());
  const Engagement ended = world.Engagement(pair.name());
  EXPECT_EQ(ParticipantOf(ended, mentor).rematch(), session::v1::REMATCH_YES);
  EXPECT_EQ(ParticipantOf(ended, mentee).rematch(), session::v1::REMATCH_UNSPECIFIED);
  EXPECT_EQ(Count(Messages(world, world.KeyOf(mentee)), "rematch_asked"), 1);
  EXPECT_EQ(Count(Messages(world, world.KeyOf(mentor)), "rematch_asked"), 0);
  EXPECT_TRUE(InPool(world, mentee).at(0).paused());  // until they say, or staff do
  EXPECT_FALSE(InPool(world, mentor).at(0).paused());
  world.ReadyMentor("M-2", 1);
  EXPECT_TRUE(world.Match().empty());

  matching::v1::ReturnToPoolRequest back;
  back.set_enrolment(mentee);
  ASSERT_TRUE(world
                  .Call<matching::v1::ReturnToPoolResponse>(
                      world.coordinator(), text::Cat(kMatching, "ReturnToPool"), back)
                  .ok());
  world.Settle();
  EXPECT_FALSE(InPool(world, mentee).at(0).paused());
  world.MoveByDays(1);
  std::vector<matching::v1::Proposal> next = Proposals(world, matching::v1::Proposal::STATE_OPEN);
  if (next.empty()) next = world.Match();
  ASSERT_EQ(next.size(), 1u);
  EXPECT_EQ(MenteeOf(next[0]), mentee);
  EXPECT_NE(MentorOf(next[0]), mentor);
}

// "<kind> <who asked>" of what staff have to do.
std::vector<std::string> ToDo(World& world) {
  notification::v1::ListTasksRequest request;
  request.set_program(world.program());
  const auto listed = Must(world.Call<notification::v1::ListTasksResponse>(
                               world.coordinator(), text::Cat(kNotification, "ListTasks"), request),
                           "tasks");
  std::vector<std::string> to_do;
  for (const notification::v1::Task& task : listed.tasks()) {
    to_do.push_back(text::Cat(task.kind(), " ", task.by_enrolment()));
  }
  return to_do;
}

TEST(Help, ReachesStaffAsSomethingToDo_WithWhoAsked) {
  World world;
  const std::string mentee = ReadyMentee(world, "A-1", 1);
  world.ReadyMentor("M-1", 1);
  const matching::v1::Proposal first = world.Match().at(0);
  const std::string mentor = MentorOf(first);
  ASSERT_TRUE(
      AnswerProposal(world, world.KeyOf(mentee), first.name(), matching::v1::ANSWER_ASK_MORE).ok());
  EXPECT_EQ(ToDo(world), std::vector<std::string>{text::Cat("more_asked ", mentee)});
  EXPECT_EQ(Count(Messages(world, world.KeyOf(mentor)), "more_asked"), 1);
  ASSERT_TRUE(
      AnswerProposal(world, world.KeyOf(mentor), first.name(), matching::v1::ANSWER_NO).ok());
  EXPECT_EQ(ToDo(world), std::vector<std::string>{text::Cat("proposal_declined ", mentor)});
  EXPECT_EQ(Count(Messages(world, world.KeyOf(mentee)), "proposal_ended"), 1);

  world.ReadyMentor("M-2", 1);
  world.MoveByDays(1);
  std::vector<matching::v1::Proposal> next = Proposals(world, matching::v1::Proposal::STATE_OPEN);
  if (next.empty()) next = world.Match();
  const Engagement pair = world.Sign(world.Agree(next.at(0)));
  session::v1::AnswerCheckInRequest check_in;
  check_in.set_engagement(pair.name());
  check_in.set_wants_help(true);
  ASSERT_TRUE(world
                  .Call<session::v1::AnswerCheckInResponse>(
                      world.KeyOf(mentee), text::Cat(kSession, "AnswerCheckIn"), check_in)
                  .ok());
  session::v1::ExtendEngagementRequest extend;
  extend.set_name(pair.name());
  extend.set_days(30);
  const std::string other = MentorOf(pair);
  ASSERT_TRUE(
      world.Call<Engagement>(world.KeyOf(other), text::Cat(kSession, "ExtendEngagement"), extend)
          .ok());
  world.Settle();
  EXPECT_EQ(Count(Messages(world, world.KeyOf(mentee)), "extension_asked"), 1);
  EXPECT_EQ(Count(Messages(world, world.KeyOf(other)), "help_wanted"), 0);  // staff's alone
  EXPECT_EQ(ToDo(world), (std::vector<std::string>{text::Cat("proposal_declined ", mentor),
                                                   text::Cat("help_wanted ", mentee),
                                                   text::Cat("extension_asked ", other)}));
  ASSERT_TRUE(
      world.Call<Engagement>(world.KeyOf(mentee), text::Cat(kSession, "ExtendEngagement"), extend)
          .ok());
  world.Settle();
  EXPECT_EQ(ToDo(world).size(), 2u);  // both agreed
}

}  // namespace
}  // namespace tremplin
