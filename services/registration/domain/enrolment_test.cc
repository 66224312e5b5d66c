#include "services/registration/domain/enrolment.h"

#include <map>
#include <random>
#include <string>
#include <vector>

#include "common/status/error.h"
#include "gtest/gtest.h"

namespace tremplin::registration::domain {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'760'000'000);

std::vector<Step> MenteeSteps() {
  return {{.code = "needs_analysis", .compulsory = true, .gate = true},
          {.code = "orientation", .compulsory = true, .gate = false}};
}

std::vector<Step> MentorSteps() {
  return {{.code = "orientation", .compulsory = true, .gate = false},
          {.code = "workshop", .compulsory = false, .gate = false, .by_person = true},
          {.code = "interview", .compulsory = true, .gate = false}};
}

Profile Known() { return {.facts = {{"noc", {.values = {"21231"}}}}, .formats = {"pair"}}; }
Enrolment Mentee() { return Enrol(Role::kMentee, Known(), MenteeSteps()).next; }
Enrolment Mentor() { return Enrol(Role::kMentor, Known(), MentorSteps()).next; }

// One fact that matching sees, or no longer given.
Stated Seen(const std::string& name, std::vector<std::string> values) {
  Stated stated{.names = {name}};
  if (!values.empty()) stated.facts[name] = {.values = std::move(values)};
  return stated;
}

template <class E>
bool Has(const Decision& decision) {
  for (const Event& event : decision.events) {
    if (std::holds_alternative<E>(event)) return true;
  }
  return false;
}

Enrolment After(Enrolment enrolment, const std::vector<Command>& commands,
                const std::vector<Step>& steps) {
  for (const Command& command : commands) {
    auto decision = Decide(enrolment, command, steps, kNow);
    EXPECT_TRUE(decision.ok()) << decision.status();
    enrolment = decision->next;
  }
  return enrolment;
}

std::string ReasonOf(const absl::StatusOr<Decision>& decision) {
  const status::ErrorDetail detail = status::DetailOf(decision.status());
  return detail.violations.empty() ? detail.reason : detail.violations[0].reason;
}

// Every state × every command: the outcome the table promises, "" for success.
struct Case {
  State state;
  // 0 next step, 1 done step, 2 later step, 3 unknown step, 4 facts, 5 withdraw, 6 preferences,
  // 7 another admission
  int command;
  std::string reason;
  State next;
};

TEST(EnrolmentTable, EveryStateAndCommand) {
  const std::vector<Step> steps = MentorSteps();
  const std::map<State, Enrolment> states = {
      {State::kOnboarding, After(Mentor(), {CompleteStep{.step = "orientation"}}, steps)},
      {State::kReady,
       After(Mentor(), {CompleteStep{.step = "orientation"}, CompleteStep{.step = "interview"}},
             steps)},
      {State::kEnded, After(Mentor(), {Withdraw{}}, steps)}};
  const std::vector<Command> commands = {CompleteStep{.step = "workshop"},
                                         CompleteStep{.step = "orientation"},
                                         CompleteStep{.step = "interview"},
                                         CompleteStep{.step = "dance"},
                                         StateFacts{Seen("places", {"3"})},
                                         Withdraw{},
                                         SetPreferences{},
                                         JoinAdmission{Known()}};
  const std::vector<Case> cases = {
      {State::kOnboarding, 0, "", State::kOnboarding},
      {State::kOnboarding, 1, "STEP_DONE", State::kOnboarding},
      {State::kOnboarding, 2, "", State::kReady},
      {State::kOnboarding, 3, "STEP_UNKNOWN", State::kOnboarding},
      {State::kOnboarding, 4, "", State::kOnboarding},
      {State::kOnboarding, 5, "", State::kEnded},
      {State::kOnboarding, 6, "", State::kOnboarding},
      {State::kOnboarding, 7, "", State::kOnboarding},
      {State::kReady, 0, "", State::kReady},
      {State::kReady, 1, "STEP_DONE", State::kReady},
      {State::kReady, 2, "STEP_DONE", State::kReady},
      {State::kReady, 3, "STEP_UNKNOWN", State::kReady},
      {State::kReady, 4, "", State::kReady},
      {State::kReady, 5, "", State::kEnded},
      {State::kReady, 6, "", State::kReady},
      {State::kReady, 7, "", State::kReady},
      {State::kEnded, 0, "ENROLMENT_ENDED", State::kEnded},
      {State::kEnded, 1, "ENROLMENT_ENDED", State::kEnded},
      {State::kEnded, 2, "ENROLMENT_ENDED", State::kEnded},
      {State::kEnded, 3, "ENROLMENT_ENDED", State::kEnded},
      {State::kEnded, 4, "ENROLMENT_ENDED", State::kEnded},
      {State::kEnded, 5, "ENROLMENT_ENDED", State::kEnded},
      {State::kEnded, 6, "ENROLMENT_ENDED", State::kEnded},
      {State::kEnded, 7, "ENROLMENT_ENDED", State::kEnded},
  };
  ASSERT_EQ(cases.size(), states.size() * commands.size());
  for (const Case& c : cases) {
    const Enrolment& before = states.at(c.state);
    ASSERT_EQ(before.state, c.state);
    const auto decision = Decide(before, commands[static_cast<size_t>(c.command)], steps, kNow);
    const std::string where = "state " + std::to_string(static_cast<int>(c.state)) + " command " +
                              std::to_string(c.command);
    if (c.reason.empty()) {
      ASSERT_TRUE(decision.ok()) << where << ": " << decision.status();
      EXPECT_EQ(decision->next.state, c.next) << where;
    } else {
      ASSERT_FALSE(decision.ok()) << where;
      EXPECT_EQ(ReasonOf(decision), c.reason) << where;
    }
  }
}

TEST(EnrolmentGate, InvitedGoesOnAndNotInvitedEnds) {
  auto invited =
      Decide(Mentee(), CompleteStep{.step = "needs_analysis", .gate_result = GateResult::kInvited},
             MenteeSteps(), kNow);
  ASSERT_TRUE(invited.ok());
  EXPECT_EQ(invited->next.state, State::kOnboarding);
  EXPECT_TRUE(Has<StepCompleted>(*invited));
  EXPECT_FALSE(Has<Ended>(*invited));

  auto refused = Decide(
      Mentee(), CompleteStep{.step = "needs_analysis", .gate_result = GateResult::kNotInvited},
      MenteeSteps(), kNow);
  ASSERT_TRUE(refused.ok());
  EXPECT_EQ(refused->next.state, State::kEnded);
  EXPECT_EQ(refused->next.end_reason, kNotInvited);
  EXPECT_TRUE(Has<Ended>(*refused));
  EXPECT_FALSE(Has<BecameReady>(*refused));
}

TEST(EnrolmentGate, AGateNeedsAResultAndNothingElseTakesOne) {
  EXPECT_EQ(ReasonOf(Decide(Mentee(), CompleteStep{.step = "needs_analysis"}, MenteeSteps(), kNow)),
            "GATE_RESULT_REQUIRED");
  EXPECT_EQ(ReasonOf(Decide(
                Mentor(), CompleteStep{.step = "orientation", .gate_result = GateResult::kInvited},
                MentorSteps(), kNow)),
            "GATE_RESULT_REFUSED");
}

TEST(EnrolmentSteps, ACompulsoryStepIsNotJumped) {
  const auto decision = Decide(Mentor(), CompleteStep{.step = "interview"}, MentorSteps(), kNow);
  EXPECT_EQ(ReasonOf(decision), "STEP_OUT_OF_ORDER");
  EXPECT_NE(status::DetailOf(decision.status()).fr.find("orientation"), std::string::npos);
  // An optional step too waits for the compulsory ones before it.
  EXPECT_EQ(ReasonOf(Decide(Mentor(), CompleteStep{.step = "workshop"}, MentorSteps(), kNow)),
            "STEP_OUT_OF_ORDER");
}

TEST(EnrolmentSteps, ReadyOnceAfterTheLastCompulsoryStep) {
  const Enrolment oriented = After(Mentor(), {CompleteStep{.step = "orientation"}}, MentorSteps());
  const auto ready = Decide(oriented, CompleteStep{.step = "interview"}, MentorSteps(), kNow);
  ASSERT_TRUE(ready.ok());
  EXPECT_TRUE(Has<BecameReady>(*ready));
  // The optional step, done late, tells of itself and of nothing else.
  const auto late = Decide(ready->next, CompleteStep{.step = "workshop"}, MentorSteps(), kNow);
  ASSERT_TRUE(late.ok());
  ASSERT_EQ(late->events.size(), 1u);
  EXPECT_TRUE(Has<StepCompleted>(*late));
  EXPECT_EQ(late->next.done.back(), (DoneStep{.code = "workshop", .at = kNow}));
}

TEST(EnrolmentSteps, ThePersonRecordsWhatTheDefinitionLetsThemAndNeverAGate) {
  const auto as_person = [](const std::string& step) {
    return CompleteStep{.step = step, .by = Actor::kPerson};
  };
  const auto refused = Decide(Mentor(), as_person("orientation"), MentorSteps(), kNow);
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(ReasonOf(refused), "STEP_NOT_YOURS");
  const Enrolment oriented = After(Mentor(), {CompleteStep{.step = "orientation"}}, MentorSteps());
  EXPECT_TRUE(Decide(oriented, as_person("workshop"), MentorSteps(), kNow).ok());
  std::vector<Step> steps = MenteeSteps();
  steps[0].by_person = true;
  CompleteStep invited = as_person("needs_analysis");
  invited.gate_result = GateResult::kInvited;
  EXPECT_EQ(ReasonOf(Decide(Mentee(), invited, steps, kNow)), "STEP_NOT_YOURS");
}

TEST(EnrolmentSteps, FactsLearntInOneReplaceWhatWasGivenOfThem) {
  Enrolment mentor = Mentor();
  mentor.profile.facts["slots"] = {.values = {"mon-noon"}};
  auto kept = Decide(mentor, CompleteStep{.step = "orientation"}, MentorSteps(), kNow);
  ASSERT_TRUE(kept.ok());
  EXPECT_EQ(kept->next.profile, mentor.profile);
  const Stated evening = Seen("slots", {"sun-evening"});
  auto replaced =
      Decide(mentor, CompleteStep{.step = "orientation", .stated = evening}, MentorSteps(), kNow);
  ASSERT_TRUE(replaced.ok());
  EXPECT_EQ(replaced->next.profile.facts.at("slots").values,
            std::vector<std::string>{"sun-evening"});
  EXPECT_EQ(replaced->next.profile.facts.at("noc"), mentor.profile.facts.at("noc"));
  EXPECT_FALSE(Has<ProfileChanged>(*replaced));
  const Enrolment ready =
      After(mentor, {CompleteStep{.step = "orientation"}, CompleteStep{.step = "interview"}},
            MentorSteps());
  auto changed =
      Decide(ready, CompleteStep{.step = "workshop", .stated = evening}, MentorSteps(), kNow);
  ASSERT_TRUE(changed.ok());
  EXPECT_TRUE(Has<ProfileChanged>(*changed));
}

TEST(EnrolmentFacts, AReadyPersonsChangeIsToldOnceAnothersNever) {
  const Command three = StateFacts{Seen("places", {"3"})};
  const auto onboarding = Decide(Mentor(), three, MentorSteps(), kNow);
  ASSERT_TRUE(onboarding.ok());
  EXPECT_TRUE(onboarding->events.empty());  // nobody follows one who is not ready
  const Enrolment ready =
      After(Mentor(), {CompleteStep{.step = "orientation"}, CompleteStep{.step = "interview"}},
            MentorSteps());
  auto changed = Decide(ready, three, MentorSteps(), kNow);
  ASSERT_TRUE(changed.ok());
  EXPECT_TRUE(Has<ProfileChanged>(*changed));
  auto same = Decide(changed->next, three, MentorSteps(), kNow);
  ASSERT_TRUE(same.ok());
  EXPECT_TRUE(same->events.empty());
  EXPECT_EQ(same->next, changed->next);
  // No value: no longer given.
  auto gone = Decide(changed->next, StateFacts{Seen("places", {})}, MentorSteps(), kNow);
  ASSERT_TRUE(gone.ok());
  EXPECT_TRUE(Has<ProfileChanged>(*gone));
  EXPECT_EQ(gone->next.profile, ready.profile);
}

TEST(EnrolmentFacts, WhatMatchingDoesNotSeeIsKeptAndToldToNobody) {
  const Enrolment ready = Enrol(Role::kMentor, Known(), {}).next;
  ASSERT_EQ(ready.state, State::kReady);
  Stated attested{.names = {"licence"}};
  attested.sealed["licence"] = {.values = {"yes"}, .attested_by = "staff", .note = "seen"};
  const auto decision = Decide(ready, StateFacts{attested}, {}, kNow);
  ASSERT_TRUE(decision.ok());
  EXPECT_TRUE(decision->events.empty());
  EXPECT_EQ(decision->next.profile.sealed.at("licence").note, "seen");
  // Stated anew by somebody else, the attestation holds no longer.
  EXPECT_TRUE(
      After(decision->next, {StateFacts{Seen("licence", {"no"})}}, {}).profile.sealed.empty());
}

TEST(EnrolmentJoin, OfEachFactTheNewerAndTheNewerFormats) {
  Enrolment ready = Enrol(Role::kMentor, Known(), {}).next;
  ready.profile.facts["places"] = {.values = {"2"}};
  ready.profile.preferences = {.consent = true, .attributes = {"woman"}};
  Profile newer{.facts = {{"noc", {.values = {"31102"}}}}, .formats = {"group"}};
  const auto joined = Decide(ready, JoinAdmission{newer}, {}, kNow);
  ASSERT_TRUE(joined.ok());
  EXPECT_TRUE(Has<ProfileChanged>(*joined));
  const Profile& profile = joined->next.profile;
  EXPECT_EQ(profile.facts.at("noc").values, std::vector<std::string>{"31102"});
  EXPECT_EQ(profile.facts.at("places").values, std::vector<std::string>{"2"});
  EXPECT_EQ(profile.formats, std::vector<std::string>{"group"});
  EXPECT_EQ(profile.preferences, ready.profile.preferences);
  newer.preferences = {.consent = true, .attributes = {"parent"}};
  EXPECT_EQ(After(ready, {JoinAdmission{newer}}, {}).profile.preferences, newer.preferences);
}

TEST(EnrolmentPreferences, AreReplacedToldWhenReadyAndGoneWithTheEnd) {
  const Preferences woman{.consent = true, .wishes = {"woman"}};
  auto analysed = Decide(
      Mentee(),
      CompleteStep{
          .step = "needs_analysis", .gate_result = GateResult::kInvited, .preferences = woman},
      MenteeSteps(), kNow);
  ASSERT_TRUE(analysed.ok());
  EXPECT_EQ(analysed->next.profile.preferences, woman);
  EXPECT_FALSE(Has<ProfileChanged>(*analysed));
  // A step that says nothing of them leaves them.
  const Enrolment ready =
      After(analysed->next, {CompleteStep{.step = "orientation"}}, MenteeSteps());
  EXPECT_EQ(ready.profile.preferences, woman);
  const auto withdrawn = Decide(ready, SetPreferences{}, MenteeSteps(), kNow);
  ASSERT_TRUE(withdrawn.ok());
  EXPECT_TRUE(Has<ProfileChanged>(*withdrawn));
  EXPECT_EQ(withdrawn->next.profile.preferences, Preferences());
  EXPECT_EQ(After(ready, {Withdraw{}}, MenteeSteps()).profile.preferences, Preferences());
}

TEST(EnrolmentEntry, WithoutCompulsoryStepsOneIsReadyAtOnce) {
  const std::vector<Step> optional = {{.code = "workshop", .compulsory = false}};
  EXPECT_EQ(Enrol(Role::kMentor, {}, optional).next.state, State::kReady);
  EXPECT_EQ(Enrol(Role::kMentor, {}, {}).next.state, State::kReady);
  EXPECT_EQ(Enrol(Role::kMentor, {}, MentorSteps()).next.state, State::kOnboarding);
}

// Whatever is asked in whatever order: ready at most once and only with every compulsory step,
// an end is final, an error changes nothing.
TEST(EnrolmentWalk, InvariantsHoldOnRandomWalks) {
  std::mt19937 random(7);
  const std::vector<std::string> codes = {"orientation", "workshop", "interview", "dance"};
  for (int walk = 0; walk < 2000; ++walk) {
    Enrolment enrolment = Mentor();
    int ready = 0;
    int ended = 0;
    for (int i = 0; i < 12; ++i) {
      const Enrolment before = enrolment;
      Command command = Withdraw{};
      if (random() % 8 != 0) {
        command = StateFacts{Seen("places", {std::to_string(random() % 25)})};
      }
      if (random() % 3 != 0) command = CompleteStep{.step = codes[random() % codes.size()]};
      const auto decision = Decide(enrolment, command, MentorSteps(), kNow);
      if (!decision.ok()) continue;
      ASSERT_NE(before.state, State::kEnded);
      enrolment = decision->next;
      ready += Has<BecameReady>(*decision) ? 1 : 0;
      ended += Has<Ended>(*decision) ? 1 : 0;
      ASSERT_EQ(enrolment.state == State::kEnded, ended == 1);
    }
    ASSERT_LE(ready, 1);
    ASSERT_LE(ended, 1);
    if (enrolment.state == State::kReady) {
      ASSERT_GE(enrolment.done.size(), 2u);
    }
  }
}

}  // namespace
}  // namespace tremplin::registration::domain
