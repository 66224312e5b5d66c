#include "services/referral/domain/application.h"

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "common/status/error.h"
#include "gtest/gtest.h"

namespace tremplin::referral {
namespace {

// The table of the header, typed a second time: name of the next state, "" where it is refused.
const std::map<std::string, std::map<std::string, std::string>> kExpected = {
    {"received",
     {{"resubmit", "received"},
      {"start_review", "under_review"},
      {"admit", "admitted"},
      {"return", "returned"},
      {"waitlist", "waitlisted"},
      {"withdraw", "withdrawn"},
      {"reopen", ""}}},
    {"under_review",
     {{"resubmit", "under_review"},
      {"start_review", ""},
      {"admit", "admitted"},
      {"return", "returned"},
      {"waitlist", "waitlisted"},
      {"withdraw", "withdrawn"},
      {"reopen", ""}}},
    {"waitlisted",
     {{"resubmit", "waitlisted"},
      {"start_review", "under_review"},
      {"admit", "admitted"},
      {"return", "returned"},
      {"waitlist", ""},
      {"withdraw", "withdrawn"},
      {"reopen", ""}}},
    {"returned",
     {{"resubmit", "received"},
      {"start_review", ""},
      {"admit", ""},
      {"return", ""},
      {"waitlist", ""},
      {"withdraw", "withdrawn"},
      {"reopen", "received"}}},
    {"admitted",
     {{"resubmit", ""},
      {"start_review", ""},
      {"admit", ""},
      {"return", ""},
      {"waitlist", ""},
      {"withdraw", ""},
      {"reopen", ""}}},
    {"withdrawn",
     {{"resubmit", ""},
      {"start_review", ""},
      {"admit", ""},
      {"return", ""},
      {"waitlist", ""},
      {"withdraw", ""},
      {"reopen", "received"}}},
};

Command Allowed(Action action) {
  return {
      .action = action, .verdict = Verdict::kEligible, .consent = true, .reasons = {"no_place"}};
}

std::string Upper(std::string text) {
  for (char& c : text) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  return text;
}

TEST(ApplicationTest, EveryStateMeetsEveryCommand) {
  for (const State state : kAllStates) {
    for (const Action action : kAllActions) {
      const std::string from(NameOf(state));
      const std::string by(NameOf(action));
      const std::string& to = kExpected.at(from).at(by);
      const absl::StatusOr<Transition> transition = Decide(state, Allowed(action));
      ASSERT_EQ(transition.ok(), !to.empty()) << from << " " << by;
      if (transition.ok()) {
        EXPECT_EQ(NameOf(transition->state), to) << from << " " << by;
        const std::string milestone = by == "resubmit" ? "received"
                                      : by == "reopen" ? "reopened"
                                                       : to;
        EXPECT_EQ(transition->milestone, milestone) << from << " " << by;
        continue;
      }
      EXPECT_EQ(transition.status().code(), absl::StatusCode::kFailedPrecondition);
      EXPECT_EQ(status::ReasonOf(transition.status()), "STATE_" + Upper(from));
      EXPECT_FALSE(status::DetailOf(transition.status()).fr.empty());
    }
  }
}

TEST(ApplicationTest, AdmissionNeedsEveryCriterion) {
  Command admit = Allowed(Action::kAdmit);
  for (const Verdict verdict : {Verdict::kIneligible, Verdict::kIncomplete}) {
    admit.verdict = verdict;
    admit.unmet = {"resume", "education"};
    const absl::Status refused = Decide(State::kUnderReview, admit).status();
    EXPECT_EQ(status::ReasonOf(refused), "NOT_ELIGIBLE");
    EXPECT_NE(status::DetailOf(refused).en.find("resume, education"), std::string::npos);
  }
}

TEST(ApplicationTest, AdmissionNeedsConsentWhateverIsExempted) {
  Command admit = Allowed(Action::kAdmit);
  admit.consent = false;
  EXPECT_EQ(status::ReasonOf(Decide(State::kReceived, admit).status()), "CONSENT_NEEDED");
}

TEST(ApplicationTest, AReturnNeedsAReason) {
  Command command = Allowed(Action::kReturn);
  command.reasons.clear();
  EXPECT_EQ(status::ReasonOf(Decide(State::kReceived, command).status()), "REASONS_REQUIRED");
}

TEST(ApplicationTest, StatesHaveNames) {
  for (const State state : kAllStates) EXPECT_EQ(StateOf(NameOf(state)), state);
}

}  // namespace
}  // namespace tremplin::referral
