// One person is one, by whatever door, in whatever part and through whatever agency they came: the
// cases "c23", "same in both parts" and "employer asks", and a link that is made late and undone;
// what they say anew, the case "c26".

#include <map>
#include <string>
#include <vector>

#include "common/status/error.h"
#include "common/text/text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/scenarios/steps.h"

namespace tremplin {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using testing::Funnel;
using ::testing::IsEmpty;
using testing::Messages;
using testing::Milestones;
using testing::Must;
using ::testing::Not;
using ::testing::Pair;
using testing::World;

constexpr char kReferral[] = "tremplin.referral.v1.ReferralService/";

void Link(World& world, const std::string& one, const std::string& other) {
  referral::v1::LinkReferralsRequest request;
  request.set_name(one);
  request.set_other(other);
  Must(world.Call<referral::v1::LinkReferralsResponse>(
           world.coordinator(), text::Cat(kReferral, "LinkReferrals"), request),
       "link");
  world.Settle();
}

void Unlink(World& world, const std::string& one, const std::string& other) {
  referral::v1::UnlinkReferralsRequest request;
  request.set_name(one);
  request.set_other(other);
  Must(world.Call<referral::v1::UnlinkReferralsResponse>(
           world.coordinator(), text::Cat(kReferral, "UnlinkReferrals"), request),
       "unlink");
  world.Settle();
}

int64_t PoolOf(World& world, matching::v1::Side side) {
  return static_cast<int64_t>(testing::Pool(world, side).size());
}

// Import (one person, two agencies); staff link them; both admitted, ready, matched.
TEST(PeopleTest, C23) {
  World world;
  const auto first = world.Submit("alpha", "A-1", World::EligibleFile(1));
  const auto second = world.Submit("beta", "B-1", World::EligibleFile(1));
  referral::v1::ListSuggestionsRequest list;
  const auto suggested =
      Must(world.Call<referral::v1::ListSuggestionsResponse>(
               world.coordinator(), text::Cat(kReferral, "ListSuggestions"), list),
           "suggestions");
  ASSERT_EQ(suggested.suggestions_size(), 1);
  Link(world, first.referral(), second.referral());
  world.Admit(first.applications(0).name());
  world.Admit(second.applications(0).name());
  const auto mentee = world.Enrolment("alpha/A-1");
  const auto behind = world.Enrolment("beta/B-1");
  EXPECT_EQ(behind.person(), mentee.person());
  EXPECT_EQ(behind.behind(), mentee.name());
  EXPECT_EQ(mentee.given_name(), World::EligibleFile(1).given_name());
  world.OnboardMentee(mentee.name());
  world.ReadyMentor("M-1", 1);
  world.ReadyMentor("M-2", 1);
  EXPECT_EQ(PoolOf(world, matching::v1::SIDE_MENTEE), 1);
  const auto proposals = world.Match();
  ASSERT_EQ(proposals.size(), 1u);  // one mentor at a time
  EXPECT_EQ(testing::MenteeOf(proposals[0]), mentee.name());
  world.Sign(world.Agree(proposals[0]));
  // Once in every figure.
  const std::map<std::string, int64_t> funnel = Funnel(world);
  for (const char* step :
       {"referred", "eligible", "admitted", "mentees_enrolled", "mentees_ready", "matched"}) {
    EXPECT_THAT(funnel, Contains(Pair(step, 1))) << step;
  }
  // Either agency sees its own referral only, and what becomes of its client.
  const std::vector<std::string> way = {"received", "under_review", "admitted", "enrolled",
                                        "ready",    "matched",      "started"};
  EXPECT_EQ(Milestones(world, "alpha", "A-1"), way);
  EXPECT_EQ(Milestones(world, "beta", "B-1"), way);
  EXPECT_THAT(Milestones(world, "alpha", "B-1"), IsEmpty());
  referral::v1::GetReferralRequest get;
  get.set_name(second.referral());
  EXPECT_FALSE(world
                   .Call<referral::v1::Referral>(world.agency("alpha"),
                                                 text::Cat(kReferral, "GetReferral"), get)
                   .ok());
}

// Both wait for a mentor when it is found out that they are one; then it turns out that they are
// not.
TEST(PeopleTest, ALateLinkTakesOneOutOfThePoolAndItsUndoingBringsItBack) {
  World world;
  const auto first = world.Submit("alpha", "A-1", World::EligibleFile(1));
  const auto second = world.Submit("beta", "B-1", World::EligibleFile(1));
  for (const auto* each : {&first, &second}) world.Admit(each->applications(0).name());
  for (const char* key : {"alpha/A-1", "beta/B-1"}) {
    world.OnboardMentee(world.Enrolment(key).name());
  }
  const std::string person = world.Enrolment("beta/B-1").person();
  const std::map<std::string, int64_t> before = Funnel(world);
  EXPECT_THAT(before, Contains(Pair("mentees_ready", 2)));
  EXPECT_EQ(PoolOf(world, matching::v1::SIDE_MENTEE), 2);
  Link(world, second.referral(), first.referral());
  EXPECT_EQ(PoolOf(world, matching::v1::SIDE_MENTEE), 1);
  for (const char* step : {"referred", "admitted", "mentees_enrolled", "mentees_ready"}) {
    EXPECT_THAT(Funnel(world), Contains(Pair(step, 1))) << step;
  }
  Unlink(world, first.referral(), second.referral());
  EXPECT_EQ(Funnel(world), before);
  EXPECT_EQ(PoolOf(world, matching::v1::SIDE_MENTEE), 2);
  EXPECT_EQ(world.Enrolment("beta/B-1").person(), person);
  EXPECT_EQ(world.Enrolment("beta/B-1").behind(), "");
  world.ReadyMentor("M-1", 2);
  EXPECT_EQ(world.Match().size(), 2u);
}

// Who is in a mentorship by one enrolment is not proposed by the other.
TEST(PeopleTest, ALinkEndsNothingThatRunsAndNoSecondMentorComes) {
  World world;
  const auto first = world.Submit("alpha", "A-1", World::EligibleFile(1));
  world.Admit(first.applications(0).name());
  world.OnboardMentee(world.Enrolment("alpha/A-1").name());
  world.ReadyMentor("M-1", 1);
  const auto proposals = world.Match();
  ASSERT_EQ(proposals.size(), 1u);
  const auto engagement = world.Sign(world.Agree(proposals[0]));
  const auto second = world.Submit("beta", "B-1", World::EligibleFile(1));
  world.Admit(second.applications(0).name());
  world.OnboardMentee(world.Enrolment("beta/B-1").name());
  Link(world, first.referral(), second.referral());
  world.ReadyMentor("M-2", 2);
  EXPECT_THAT(world.Match(), IsEmpty());
  EXPECT_EQ(world.Engagement(engagement.name()).state(), session::v1::Engagement::STATE_ACTIVE);
}

// A mentor's entry, then a referral with the same name and e-mail; and the other order.
TEST(PeopleTest, SameInBothParts) {
  for (const bool mentor_first : {true, false}) {
    World world;
    referral::v1::ReferralFile file = World::EligibleFile(1);
    const auto mentee_comes = [&] {
      const auto referred = world.Submit("alpha", "A-1", file);
      world.Admit(referred.applications(0).name());
      world.OnboardMentee(world.Enrolment("alpha/A-1").name());
    };
    const auto mentor_comes = [&] {
      World::Entry entry;
      entry.external_id = "M-1";
      entry.side = program::v1::SUBJECT_MENTOR;
      entry.file = testing::Somebody(1, {{"service_language", {"fr"}},
                                         {"noc", {"21231"}},
                                         {"years_in_region", {"8"}},
                                         {"months_offered", {"6"}},
                                         {"network_contacts", {"yes"}},
                                         {"consent_to_share", {"yes"}}});
      entry.file.set_birth_date(file.birth_date());
      world.Ready(entry);
    };
    if (mentor_first) mentor_comes();
    mentee_comes();
    if (!mentor_first) mentor_comes();
    const auto mentee = world.Enrolment("alpha/A-1");
    const auto mentor = world.Enrolment("M-1");
    EXPECT_EQ(mentee.person(), mentor.person());
    EXPECT_THAT(world.Match(), IsEmpty());
    const auto forced = testing::Propose(world, {mentee.name(), mentor.name()}, "one_to_one");
    EXPECT_FALSE(forced.ok());
    EXPECT_EQ(status::ReasonOf(forced.status()), "SAME_PERSON");
  }
}

// The case "employer asks": an organization enters its employees as mentors, of whom one is a
// mentor here already, one an agency's client, and one nobody.
TEST(PeopleTest, EmployerAsks) {
  World world;
  const testing::Given mentor = {{"service_language", {"fr"}},  {"noc", {"21231"}},
                                 {"years_in_region", {"8"}},    {"months_offered", {"6"}},
                                 {"network_contacts", {"yes"}}, {"consent_to_share", {"yes"}}};
  const auto entry = [&](const std::string& key, int person, const std::string& proposer) {
    World::Entry made;
    made.external_id = key;
    made.side = program::v1::SUBJECT_MENTOR;
    made.file = testing::Somebody(person, mentor);
    made.proposer = proposer;
    return made;
  };
  world.Ready(entry("M-1", 1, ""));
  const auto client = world.Submit("alpha", "A-2", World::EligibleFile(2));
  world.Admit(client.applications(0).name());
  std::vector<std::string> answers;
  for (int person = 1; person <= 3; ++person) {
    auto answer = Must(world.Enter(entry(text::Cat("E-", person), person, "maple")), "propose");
    EXPECT_EQ(answer.referral().size(), client.referral().size());
    answer.clear_referral();
    for (auto& application : *answer.mutable_applications()) {
      application.clear_name();
      application.clear_referral();
      application.clear_external_id();
    }
    answers.push_back(answer.SerializeAsString());
  }
  EXPECT_EQ(answers[0], answers[2]);
  EXPECT_EQ(answers[1], answers[2]);
  // Nor from the feed, nor from its lists.
  const auto feed = Must(world.Call<referral::v1::ListStatusFeedResponse>(
                             world.proposer("maple"), text::Cat(kReferral, "ListStatusFeed"),
                             referral::v1::ListStatusFeedRequest()),
                         "feed");
  std::map<std::string, std::vector<std::string>> told;
  for (const auto& one : feed.entries()) told[one.external_id()].push_back(one.milestone());
  EXPECT_EQ(told["E-1"], told["E-3"]);
  EXPECT_EQ(told["E-2"], told["E-3"]);
  registration::v1::ListEnrolmentsRequest list;
  list.set_program(world.program());
  const auto enrolments =
      Must(world.Call<registration::v1::ListEnrolmentsResponse>(
               world.proposer("maple"),
               "tremplin.registration.v1.RegistrationService/ListEnrolments", list),
           "enrolments");
  ASSERT_EQ(enrolments.enrolments_size(), 3);
  for (const auto& one : enrolments.enrolments()) {
    EXPECT_EQ(one.state(), enrolments.enrolments(2).state());
    EXPECT_EQ(one.ByteSizeLong(), enrolments.enrolments(2).ByteSizeLong());
  }
}

// Nor from the end of what began before it entered them.
TEST(PeopleTest, EmployerAsksOfSomebodyWhoIsMatched) {
  World world;
  const std::string mentor = world.ReadyMentor("M-1", 1);
  testing::ReadyMentee(world, "A-1", 1);
  const auto engagement = world.Sign(world.Agree(world.Match().at(0)));
  World::Entry entry;
  entry.external_id = "E-1";
  entry.side = program::v1::SUBJECT_MENTOR;
  entry.file = testing::Somebody(1, {{"service_language", {"fr"}},
                                     {"noc", {"21231"}},
                                     {"years_in_region", {"8"}},
                                     {"months_offered", {"6"}},
                                     {"network_contacts", {"yes"}},
                                     {"consent_to_share", {"yes"}}});
  entry.file.set_given_name("MentorgivenM-1");
  entry.file.set_family_name("MentorfamilyM-1");
  entry.file.set_email("M-1-mentorplanted@example.org");
  entry.proposer = "maple";
  Must(world.Enter(entry), "propose");
  world.MoveByDays(1);
  Must(testing::EndEarly(world, mentor, engagement.name(), "not_a_fit", session::v1::REMATCH_NO),
       "end");
  world.Settle();
  const auto feed = Must(world.Call<referral::v1::ListStatusFeedResponse>(
                             world.proposer("maple"), text::Cat(kReferral, "ListStatusFeed"),
                             referral::v1::ListStatusFeedRequest()),
                         "feed");
  EXPECT_EQ(feed.entries(feed.entries_size() - 1).milestone(), "enrolled");
}

// The case "c26": the same mentor again, who takes one now, and then two again.
TEST(PeopleTest, C26) {
  World world;
  const auto mentor_takes = [&](int capacity) {
    World::Entry entry;
    entry.external_id = "M-1";
    entry.side = program::v1::SUBJECT_MENTOR;
    entry.file = testing::Somebody(9, {{"service_language", {"fr"}},
                                       {"noc", {"21231"}},
                                       {"availability", {"mon-evening"}},
                                       {"years_in_region", {"8"}},
                                       {"months_offered", {"6"}},
                                       {"network_contacts", {"yes"}},
                                       {"capacity", {text::Cat(capacity)}},
                                       {"consent_to_share", {"yes"}}});
    return entry;
  };
  const auto capacity = [&] {
    const auto pool = testing::Pool(world, matching::v1::SIDE_MENTOR);
    return pool.size() == 1 ? pool[0].capacity() : -1;
  };
  world.Ready(mentor_takes(2));
  EXPECT_EQ(capacity(), 2);
  testing::ReadyMentee(world, "A-1", 1);
  const auto engagement = world.Sign(world.Agree(world.Match().at(0)));
  EXPECT_EQ(Must(world.Enter(mentor_takes(1)), "one now").kind(),
            referral::v1::SUBMISSION_KIND_REVISION);
  EXPECT_EQ(capacity(), 1);
  // A lowered capacity blocks new matches and ends none.
  testing::ReadyMentee(world, "A-2", 2);
  EXPECT_THAT(world.Match(), IsEmpty());
  EXPECT_EQ(world.Engagement(engagement.name()).state(), session::v1::Engagement::STATE_ACTIVE);
  EXPECT_EQ(Must(world.Enter(mentor_takes(1)), "the same").kind(),
            referral::v1::SUBMISSION_KIND_REPEAT);
  Must(world.Enter(mentor_takes(2)), "two again");
  EXPECT_EQ(capacity(), 2);
  EXPECT_EQ(world.Match().size(), 1u);
}

// Mentee and mentor were proposed to each other when staff find that they are one.
TEST(PeopleTest, AProposalToOneselfEndsWithTheLink) {
  World world;
  const auto referred = world.Submit("alpha", "A-1", World::EligibleFile(1));
  world.Admit(referred.applications(0).name());
  world.OnboardMentee(world.Enrolment("alpha/A-1").name());
  world.ReadyMentor("M-1", 1);
  const auto proposals = world.Match();
  ASSERT_EQ(proposals.size(), 1u);
  referral::v1::SearchReferralsRequest search;
  search.set_external_id("M-1");
  const auto found = Must(world.Call<referral::v1::SearchReferralsResponse>(
                              world.coordinator(), text::Cat(kReferral, "SearchReferrals"), search),
                          "search");
  ASSERT_EQ(found.referrals_size(), 1);
  referral::v1::LinkReferralsRequest link;
  link.set_name(referred.referral());
  link.set_other(found.referrals(0).name());
  link.set_confirm_strangers(true);
  Must(world.Call<referral::v1::LinkReferralsResponse>(world.coordinator(),
                                                       text::Cat(kReferral, "LinkReferrals"), link),
       "link");
  world.Settle();
  EXPECT_EQ(world.Proposal(proposals[0].name()).state(), matching::v1::Proposal::STATE_CANCELLED);
  EXPECT_THAT(world.Match(), IsEmpty());
}

// The case "c24", as the rest of the system sees it: where they are written to follows.
TEST(PeopleTest, ACorrectionReachesThePersonWhereverItWasMade) {
  World world;
  referral::v1::ReferralFile file = World::EligibleFile(1);
  const auto referred = world.Submit("alpha", "A-1", file);
  world.Admit(referred.applications(0).name());
  const auto enrolment = world.Enrolment("alpha/A-1");
  const auto email = [&] {
    registration::v1::GetPersonRequest get;
    get.set_name(enrolment.person());
    return Must(world.Call<registration::v1::Person>(
                    world.coordinator(), "tremplin.registration.v1.RegistrationService/GetPerson",
                    get),
                "person")
        .email();
  };
  file.set_family_name(file.family_name() + " Martin");
  file.set_email("ana.martin@example.org");
  world.Submit("alpha", "A-1", file);
  EXPECT_EQ(email(), "ana.martin@example.org");
  // By the person themselves: the agency's file has it too, with who did it.
  registration::v1::CorrectPersonRequest correct;
  correct.set_name(enrolment.person());
  correct.set_email("ana@example.org");
  Must(world.Call<registration::v1::Person>(
           world.MenteeKey(enrolment.name()),
           "tremplin.registration.v1.RegistrationService/CorrectPerson", correct),
       "correct");
  world.Settle();
  EXPECT_EQ(email(), "ana@example.org");
  referral::v1::ListCorrectionsRequest list;
  list.set_name(referred.referral());
  const auto history =
      Must(world.Call<referral::v1::ListCorrectionsResponse>(
               world.agency("alpha"), text::Cat(kReferral, "ListCorrections"), list),
           "history");
  ASSERT_EQ(history.corrections_size(), 2);
  EXPECT_EQ(history.corrections(1).changes(0).after(), "ana@example.org");
  EXPECT_NE(history.corrections(1).by(), history.corrections(0).by());
  // A word that cannot be read is refused by name, and nothing changes.
  correct.set_email("nobody");
  const auto refused = world.Call<registration::v1::Person>(
      world.coordinator(), "tremplin.registration.v1.RegistrationService/CorrectPerson", correct);
  EXPECT_EQ(status::ReasonOf(refused.status()), "INVALID_FIELDS");
  EXPECT_EQ(email(), "ana@example.org");
}

}  // namespace
}  // namespace tremplin
