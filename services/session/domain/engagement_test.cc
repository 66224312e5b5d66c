#include "services/session/domain/engagement.h"

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "common/clock/day.h"
#include "common/status/error.h"
#include "gtest/gtest.h"

namespace tremplin::session::domain {
namespace {

using Kind = Fact::Kind;

absl::TimeZone Ottawa() {
  absl::TimeZone zone;
  EXPECT_TRUE(absl::LoadTimeZone("America/Toronto", &zone));
  return zone;
}

const absl::Time kStart = absl::FromUnixSeconds(1'767'600'000);
const absl::Time kSignBy = clock::EndOfDay(kStart, 14, Ottawa());
const absl::Time kLater = kStart + absl::Hours(48);

Participant Someone(const std::string& enrolment, Side side) {
  Participant one;
  one.enrolment = enrolment;
  one.person = "person-" + enrolment;
  one.side = side;
  one.business_key = enrolment;
  return one;
}

// One and one for 90 days, under an agreement.
Terms Pair() {
  Terms terms;
  terms.days = 90;
  terms.review_every_days = 30;
  terms.max_extension_days = 60;
  terms.close_grace_days = 14;
  terms.misses_before_flag = 2;
  terms.counting = {Contact::kInPerson};
  terms.documents = {{"agreement", true, true, false, true}};
  terms.phases = {{"first_contact", 14}};
  terms.becomes = {"longer"};
  terms.time_zone = "America/Toronto";
  return terms;
}

// Two to four mentees with one or two mentors; nothing to sign.
Terms Group() {
  Terms terms = Pair();
  terms.mentees = {2, 4};
  terms.mentors = {1, 2};
  terms.documents.clear();
  return terms;
}

// A meeting of 30 minutes that leads to three others.
Terms Meeting() {
  Terms terms = Pair();
  terms.lifetime = Lifetime::kSingleMeeting;
  terms.days = 0;
  terms.documents.clear();
  terms.counting = {Contact::kInPerson, Contact::kVideo};
  terms.introductions = 3;
  terms.remind_after_days = 7;
  terms.reminders = 2;
  return terms;
}

Engagement Made(Terms terms, int mentees = 1, int mentors = 1) {
  Engagement made;
  made.id = "e";
  made.proposal = "p";
  made.terms = std::move(terms);
  for (int i = 1; i <= mentees; ++i) {
    made.participants.push_back(Someone("mentee-" + std::to_string(i), Side::kMentee));
  }
  for (int i = 1; i <= mentors; ++i) {
    made.participants.push_back(Someone("mentor-" + std::to_string(i), Side::kMentor));
  }
  return made;
}

Engagement Pending() {
  Engagement made = Made(Pair());
  made.sign_by = kSignBy;
  return Open(made, kStart).next;
}

Engagement Apply(const Engagement& from, const Command& command, absl::Time now = kStart) {
  absl::StatusOr<Decision> decision = Decide(from, command, now);
  EXPECT_TRUE(decision.ok()) << decision.status();
  return decision.ok() ? decision->next : from;
}

std::vector<Kind> Facts(const Engagement& from, const Command& command, absl::Time now = kStart) {
  absl::StatusOr<Decision> decision = Decide(from, command, now);
  EXPECT_TRUE(decision.ok()) << decision.status();
  std::vector<Kind> kinds;
  if (!decision.ok()) return kinds;
  for (const Fact& fact : decision->facts) kinds.push_back(fact.kind);
  return kinds;
}

std::string Refusal(const Engagement& from, const Command& command, absl::Time now = kStart) {
  absl::StatusOr<Decision> decision = Decide(from, command, now);
  EXPECT_EQ(decision.status().code(), absl::StatusCode::kFailedPrecondition);
  return status::ReasonOf(decision.status());
}

std::string Fault(const Engagement& from, const Command& command, absl::Time now = kStart) {
  absl::StatusOr<Decision> decision = Decide(from, command, now);
  EXPECT_EQ(decision.status().code(), absl::StatusCode::kInvalidArgument);
  const auto violations = status::DetailOf(decision.status()).violations;
  return violations.empty() ? "" : violations[0].reason;
}

Held SessionAt(absl::Time at, int minutes = 60, Contact contact = Contact::kInPerson,
               std::vector<std::string> attended = {"mentee-1", "mentor-1"}) {
  return {at, minutes, contact, contact == Contact::kInPerson, std::move(attended)};
}
LogSession Log(absl::Time at, int minutes = 60, Contact contact = Contact::kInPerson) {
  return {"mentee-1", SessionAt(at, minutes, contact), false};
}

Engagement In(State state) {
  Engagement pending = Pending();
  if (state == State::kAgreementPending) return pending;
  if (state == State::kLapsed) return Apply(pending, Lapse{}, pending.sign_by);
  Engagement active = Apply(Apply(pending, Sign{"mentor-1", ""}), Sign{"mentee-1", ""});
  if (state == State::kActive) return active;
  if (state == State::kCompleted) return Apply(active, Complete{true}, kLater);
  return Apply(active, EndEarly{"mentee-1", "moved", Rematch::kNo, {}, {}}, kLater);
}

const std::vector<std::pair<std::string, Command>>& Commands() {
  static const auto* commands = new std::vector<std::pair<std::string, Command>>{
      {"sign", Sign{"mentee-1", ""}},
      {"lapse", Lapse{}},
      {"join", Join{{Someone("mentee-9", Side::kMentee)}, kSignBy}},
      {"leave", Leave{"mentor-1", "moved", Rematch::kYes}},
      {"log", Log(kStart)},
      {"correct", CorrectSession{"", SessionAt(kStart), SessionAt(kStart, 90), false}},
      {"strike", StrikeSession{SessionAt(kStart)}},
      {"check_in", CheckIn{"mentee-1", true}},
      {"review_due", ReviewDue{}},
      {"review", RecordReview{Review::kAtRisk}},
      {"extend", Extend{"mentor-1", 30}},
      {"goal", SetGoal{"mentee-1", "", "network", {}, 0}},
      {"phase", SetPhase{"mentee-1", "first_contact", true}},
      {"introduction", GiveIntroduction{"mentor-1", ""}},
      {"introductions_due", IntroductionsDue{}},
      {"wish", WishToContinue{"mentee-1", "longer"}},
      {"cannot_go_on", CannotGoOn{}},
      {"complete", Complete{true}},
      {"close", CloseByTime{}},
      {"end_early", EndEarly{"", "not_a_fit", {}, Rematch::kYes, Rematch::kNo}},
      {"rematch", AnswerRematch{"mentee-1", Rematch::kYes}},
  };
  return *commands;
}

TEST(EngagementTest, EveryStateAnswersEveryCommandAsItsTableSays) {
  std::map<State, std::map<std::string, std::string>> table;
  for (const auto& [name, command] : Commands()) {
    table[State::kAgreementPending][name] = "AGREEMENT_PENDING";
    table[State::kActive][name] = "active";
    for (State end : {State::kCompleted, State::kEndedEarly, State::kLapsed}) {
      table[end][name] = "ENGAGEMENT_ENDED";
      for (const char* open : {"rematch", "cannot_go_on"}) {
        table[end][open] = std::string(NameOf(end));
      }
    }
    for (State end : {State::kCompleted, State::kEndedEarly}) {
      for (const char* open : {"correct", "strike", "wish"}) {
        table[end][open] = std::string(NameOf(end));
      }
    }
  }
  auto& pending = table[State::kAgreementPending];
  for (const char* open : {"sign", "join", "cannot_go_on"}) pending[open] = "agreement_pending";
  for (const char* broken : {"leave", "end_early"}) pending[broken] = "lapsed";
  pending["lapse"] = "NOT_DUE_YET";
  pending["rematch"] = "ENGAGEMENT_NOT_ENDED";
  auto& active = table[State::kActive];
  active["sign"] = "ALREADY_SIGNED";
  active["lapse"] = "ENGAGEMENT_ACTIVE";
  active["review_due"] = active["close"] = "NOT_DUE_YET";
  active["introduction"] = "NO_INTRODUCTIONS";
  active["introductions_due"] = "ENGAGEMENT_ACTIVE";
  active["rematch"] = "ENGAGEMENT_NOT_ENDED";
  active["complete"] = "completed";
  for (const char* broken : {"leave", "end_early"}) active[broken] = "ended_early";
  table[State::kCompleted]["introduction"] = "NO_INTRODUCTIONS";
  table[State::kCompleted]["introductions_due"] = "NOT_DUE_YET";
  for (State state : kAllStates) {
    for (const auto& [name, command] : Commands()) {
      const Engagement before = In(state);
      ASSERT_EQ(before.state, state);
      const absl::Time now = state == State::kAgreementPending ? kStart : kLater;
      absl::StatusOr<Decision> decision = Decide(before, command, now);
      const std::string& expected = table[state][name];
      if (decision.ok()) {
        EXPECT_EQ(NameOf(decision->next.state), expected) << NameOf(state) << " " << name;
      } else {
        EXPECT_EQ(decision.status().code(), absl::StatusCode::kFailedPrecondition)
            << NameOf(state) << " " << name << decision.status();
        EXPECT_EQ(status::ReasonOf(decision.status()), expected) << NameOf(state) << " " << name;
      }
    }
  }
}

TEST(EngagementTest, TheLastSignatureBeginsItUntilTheEndOfItsLastDay) {
  EXPECT_EQ(Open(Pending(), kStart).facts, std::vector<Fact>{{Kind::kAgreementPending}});
  Engagement half = Apply(Pending(), Sign{"mentee-1", "agreement"});
  EXPECT_EQ(Refusal(half, Sign{"mentee-1", ""}), "ALREADY_SIGNED");
  absl::StatusOr<Decision> started = Decide(half, Sign{"mentor-1", ""}, kStart);
  EXPECT_EQ(started->facts, std::vector<Fact>{{Kind::kStarted}});
  EXPECT_EQ(started->next.start, kStart);
  EXPECT_EQ(started->next.term, clock::EndOfDay(kStart, 90, Ottawa()));
  EXPECT_EQ(started->next.next_review, clock::EndOfDay(kStart, 30, Ottawa()));
  EXPECT_EQ(CloseTime(started->next), clock::EndOfDay(kStart, 104, Ottawa()));
}

TEST(EngagementTest, WithNothingToSignItBeginsAtOnce) {
  const Decision opened = Open(Made(Group(), 2), kStart);
  EXPECT_EQ(opened.next.state, State::kActive);
  EXPECT_EQ(opened.facts, std::vector<Fact>{{Kind::kStarted}});
  Engagement made = Made(Pair());  // a document, but nobody is asked to sign it before the start
  EXPECT_EQ(Open(made, kStart).next.state, State::kActive);
}

TEST(EngagementTest, EverybodySignsWhatTheirSideSigns) {
  Engagement made = Made(Pair());
  made.sign_by = kSignBy;
  made.terms.documents = {{"agreement", true, true, false, true},
                          {"undertaking", true, true, true, false},
                          {"screening", false, true, false, true}};
  made = Open(made, kStart).next;
  EXPECT_EQ(Fault(made, Sign{"mentee-1", "screening"}), "DOCUMENT_UNKNOWN");
  EXPECT_EQ(Fault(made, Sign{"mentee-1", "lease"}), "DOCUMENT_UNKNOWN");
  EXPECT_EQ(Fault(made, Sign{"mentor-1", ""}), "DOCUMENT_REQUIRED");
  made = Apply(made, Sign{"mentee-1", ""});
  made = Apply(made, Sign{"mentor-1", "agreement"});
  EXPECT_EQ(made.state, State::kAgreementPending);
  made = Apply(made, Sign{"mentor-1", "screening"});
  EXPECT_EQ(made.state, State::kActive);
  const Document undertaking = *FindDocument(made.terms, "undertaking");
  made = Apply(made, Sign{"mentee-1", "undertaking"}, kLater);  // at any time
  EXPECT_FALSE(SignedByAll(made, undertaking));
  EXPECT_TRUE(SignedByAll(Apply(made, Sign{"mentor-1", "undertaking"}, kLater), undertaking));
}

TEST(EngagementTest, AnUnsignedAgreementLapsesAtItsDeadlineAndAllAreMatchedAgain) {
  Engagement half = Apply(Pending(), Sign{"mentee-1", ""});
  const absl::Time before = half.sign_by - absl::Microseconds(1);
  EXPECT_TRUE(Decide(half, Sign{"mentor-1", ""}, before).ok());
  EXPECT_EQ(Refusal(half, Sign{"mentor-1", ""}, half.sign_by), "SIGNING_LATE");
  EXPECT_EQ(Refusal(half, EndEarly{"", "moved", {}, {}, {}}, half.sign_by), "SIGNING_LATE");
  EXPECT_EQ(Refusal(half, Lapse{}, before), "NOT_DUE_YET");
  const Engagement lapsed = Apply(half, Lapse{}, half.sign_by);
  EXPECT_EQ(lapsed.end_reason, "not_signed");
  EXPECT_EQ(lapsed.Find("mentee-1")->rematch, Rematch::kYes);
  EXPECT_EQ(lapsed.Find("mentor-1")->rematch, Rematch::kYes);
}

TEST(EngagementTest, OnlyTheNamedKindsOfContactCountAndForThoseWhoWereThere) {
  Engagement group = Open(Made(Group(), 3), kStart).next;
  group = Apply(group,
                LogSession{"",
                           SessionAt(kStart + absl::Hours(1), 60, Contact::kInPerson,
                                     {"mentee-1", "mentee-2", "mentor-1"}),
                           false},
                kLater);
  group = Apply(group, LogSession{"", SessionAt(kStart, 45, Contact::kMail), false}, kLater);
  EXPECT_EQ(group.session_count, 2);
  EXPECT_EQ(group.counted_minutes, 60);
  EXPECT_EQ(group.Find("mentee-1")->session_count, 2);
  EXPECT_EQ(group.Find("mentee-2")->counted_minutes, 60);
  EXPECT_EQ(group.Find("mentee-3")->session_count, 0);
}

TEST(EngagementTest, ASessionIsLoggedWhenItIsOverAndWhatWasHeldBeforeIsNot) {
  const Engagement active = In(State::kActive);
  const absl::Time over = kLater + absl::Minutes(60);
  EXPECT_EQ(Refusal(active, Log(kLater), over - absl::Microseconds(1)), "SESSION_NOT_OVER");
  absl::StatusOr<Decision> early = Decide(active, Log(kLater), kLater);
  EXPECT_NE(status::DetailOf(early.status()).en.find("2026-01-07 04:00"), std::string::npos)
      << status::DetailOf(early.status()).en;
  EXPECT_TRUE(Decide(active, Log(kLater), over).ok());
  EXPECT_EQ(Refusal(active, Log(kStart - absl::Seconds(1)), kLater), "HELD_BEFORE_START");
}

TEST(EngagementTest, AnUnusualLengthIsTakenWhenConfirmed) {
  Engagement active = In(State::kActive);
  active.terms.least_minutes = 15;
  active.terms.most_minutes = 120;
  EXPECT_TRUE(Decide(active, Log(kStart, 15), kLater).ok());
  EXPECT_TRUE(Decide(active, Log(kStart, 120), kLater).ok());
  EXPECT_EQ(Refusal(active, Log(kStart, 14), kLater), "LENGTH_UNUSUAL");
  EXPECT_EQ(Refusal(active, Log(kStart, 121), kLater), "LENGTH_UNUSUAL");
  EXPECT_TRUE(Decide(active, LogSession{"", SessionAt(kStart, 300), true}, kLater).ok());
}

TEST(EngagementTest, OnlyThoseWhoWereInItAttended) {
  const Engagement active = In(State::kActive);
  EXPECT_EQ(
      Fault(active, LogSession{"", SessionAt(kStart, 60, Contact::kCall, {"x", "mentor-1"}), false},
            kLater),
      "ATTENDED_UNKNOWN");
  EXPECT_EQ(
      Fault(active, LogSession{"", SessionAt(kStart, 60, Contact::kCall, {"mentor-1"}), false},
            kLater),
      "ATTENDED_TOO_FEW");
  Engagement group = Open(Made(Group(), 3), kStart).next;
  group = Apply(group, Leave{"mentee-3", "moved", Rematch::kNo}, kLater);
  group = Apply(group, Join{{Someone("mentee-4", Side::kMentee)}, {}}, kLater);
  const std::vector<std::string> first = {"mentee-1", "mentee-2", "mentee-3", "mentor-1"};
  EXPECT_EQ(InItAt(group, kStart), first);
  const std::vector<std::string> then = {"mentee-1", "mentee-2", "mentee-4", "mentor-1"};
  EXPECT_EQ(InItAt(group, kLater + absl::Hours(1)), then);
}

TEST(EngagementTest, WhatIsCorrectedOrStruckLeavesEveryCount) {
  Engagement active = Apply(In(State::kActive), Log(kStart), kLater);
  const Held logged = SessionAt(kStart);
  const Engagement corrected =
      Apply(active, CorrectSession{"mentee-1", logged, SessionAt(kStart, 90), false}, kLater);
  EXPECT_EQ(corrected.counted_minutes, 90);
  EXPECT_EQ(corrected.session_count, 1);
  EXPECT_EQ(corrected.Find("mentor-1")->counted_minutes, 90);
  const Engagement struck = Apply(active, StrikeSession{logged}, kLater);
  EXPECT_EQ(struck.counted_minutes, 0);
  EXPECT_EQ(struck.Find("mentee-1")->session_count, 0);
  EXPECT_EQ(Refusal(active, CorrectSession{"", logged, SessionAt(kLater), false}, kLater),
            "SESSION_NOT_OVER");
  // An end does not freeze a mistake, but a session after it there cannot have been.
  const Engagement done = Apply(active, Complete{true}, kLater);
  EXPECT_TRUE(Decide(done, CorrectSession{"", logged, SessionAt(kStart, 30), false}, kLater).ok());
  EXPECT_EQ(Refusal(done, CorrectSession{"", logged, SessionAt(kLater, 30), false},
                    kLater + absl::Hours(5)),
            "HELD_AFTER_END");
}

TEST(EngagementTest, WithinTheGraceItIsOpenAndThenTimeClosesIt) {
  Engagement active = In(State::kActive);
  const absl::Time close = CloseTime(active);
  const absl::Time grace = close - absl::Microseconds(1);
  EXPECT_TRUE(Decide(active, Log(active.term), grace).ok());
  EXPECT_EQ(Refusal(active, CheckIn{"mentee-1", true}, close), "ENGAGEMENT_CLOSING");
  EXPECT_EQ(Refusal(active, CloseByTime{}, grace), "NOT_DUE_YET");
  const Engagement closed = Apply(active, CloseByTime{}, close);
  EXPECT_EQ(closed.end_reason, "term");
  EXPECT_EQ(closed.end, close);
  EXPECT_EQ(closed.Find("mentee-1")->rematch, Rematch::kAsk);
  EXPECT_EQ(closed.Find("mentor-1")->rematch, Rematch::kYes) << "their place is free again";
}

TEST(EngagementTest, StaffCompletesItWhenGoalsAreMetOrTheTermIsReached) {
  Engagement active = In(State::kActive);
  EXPECT_EQ(Apply(active, Complete{true}).end_reason, "goals_met");
  EXPECT_EQ(Refusal(active, Complete{false}), "TERM_NOT_REACHED");
  EXPECT_EQ(Apply(active, Complete{false}, active.term).end_reason, "term");
}

TEST(EngagementTest, HoursReachedEndItAndTheLastDayIsTheLatest) {
  Terms terms = Pair();
  terms.lifetime = Lifetime::kHours;
  terms.hours = 2;
  terms.days = 30;
  terms.documents.clear();
  Engagement active = Open(Made(terms), kStart).next;
  EXPECT_EQ(active.term, clock::EndOfDay(kStart, 30, Ottawa()));
  active = Apply(active, Log(kStart, 119), kLater);
  EXPECT_EQ(active.state, State::kActive);
  const std::vector<Kind> told = {Kind::kSessionLogged, Kind::kCompleted};
  EXPECT_EQ(Facts(active, Log(kStart + absl::Hours(3), 5), kLater), told);
  const Engagement done = Apply(active, Log(kStart + absl::Hours(3), 5), kLater);
  EXPECT_EQ(done.end_reason, "hours_reached");
  // A correction that reaches them ends it as well.
  EXPECT_EQ(Apply(active, CorrectSession{"", SessionAt(kStart, 119), SessionAt(kStart, 120), false},
                  kLater)
                .end_reason,
            "hours_reached");
}

TEST(EngagementTest, ASingleMeetingEndsWhenHeldAndItsIntroductionsAreAskedFor) {
  Engagement active = Open(Made(Meeting()), kStart).next;
  EXPECT_EQ(active.term, absl::InfinitePast());
  EXPECT_EQ(active.next_review, absl::InfinitePast());
  EXPECT_EQ(CloseTime(active), clock::EndOfDay(kStart, 14, Ottawa()));
  const Engagement held = Apply(active, Log(kStart, 30), kLater);
  EXPECT_EQ(held.state, State::kCompleted);
  EXPECT_EQ(held.end_reason, "held");
  EXPECT_EQ(held.term, kStart + absl::Minutes(30));
  EXPECT_EQ(IntroductionsMissing(held), 3);
  const absl::Time due = clock::EndOfDay(kStart, 6, Ottawa());  // the seventh day begins
  EXPECT_EQ(held.next_reminder, due);
  EXPECT_EQ(Refusal(held, IntroductionsDue{}, due - absl::Seconds(1)), "NOT_DUE_YET");
  Engagement reminded = Apply(held, IntroductionsDue{}, due);
  EXPECT_EQ(reminded.reminders_sent, 1);
  EXPECT_EQ(reminded.next_reminder, clock::EndOfDay(kStart, 13, Ottawa()));
  reminded = Apply(reminded, IntroductionsDue{}, reminded.next_reminder);
  EXPECT_EQ(reminded.next_reminder, absl::InfinitePast());  // as often as the definition says
}

TEST(EngagementTest, IntroductionsGivenEndTheReminders) {
  Engagement held = Apply(Open(Made(Meeting()), kStart).next, Log(kStart, 30), kLater);
  for (int given = 1; given <= 3; ++given) {
    EXPECT_NE(held.next_reminder, absl::InfinitePast());
    held = Apply(held, GiveIntroduction{"mentor-1", "mentor-" + std::to_string(given + 1)}, kLater);
    EXPECT_EQ(IntroductionsMissing(held), 3 - given);
  }
  EXPECT_EQ(held.next_reminder, absl::InfinitePast());
  EXPECT_TRUE(Decide(held, GiveIntroduction{"mentor-1", ""}, kLater).ok());  // more than asked
  EXPECT_EQ(Fault(held, GiveIntroduction{"mentor-1", "mentee-1"}, kLater), "INTRODUCED_THEMSELVES");
  for (int given = 4; given <= kMaxIntroductions; ++given) {
    held = Apply(held, GiveIntroduction{"mentor-1", ""}, kLater);
  }
  EXPECT_EQ(Refusal(held, GiveIntroduction{"mentor-1", ""}, kLater), "INTRODUCTIONS_TOO_MANY");
}

TEST(EngagementTest, ReviewsComeRoundUntilTheTerm) {
  Engagement active = In(State::kActive);
  int reviews = 0;
  while (active.next_review != absl::InfinitePast()) {
    const absl::Time due = active.next_review;
    EXPECT_EQ(due, clock::EndOfDay(kStart, 30 * (reviews + 1), Ottawa()));
    EXPECT_EQ(Facts(active, ReviewDue{}, due), std::vector<Kind>{Kind::kReviewDue});
    active = Apply(active, ReviewDue{}, due);
    EXPECT_TRUE(active.review_overdue);
    active = Apply(active, RecordReview{Review::kOnTrack}, due);
    EXPECT_FALSE(active.review_overdue);
    ++reviews;
  }
  EXPECT_EQ(reviews, 2);  // the third would fall on the term
}

TEST(EngagementTest, MissesInARowAreFlaggedOnceUntilTheyMeetAgain) {
  Engagement active = In(State::kActive);
  active = Apply(active, CheckIn{"mentee-1", false});
  EXPECT_EQ(active.misses, 1);
  active = Apply(active, CheckIn{"mentee-1", true});
  EXPECT_EQ(active.misses, 0);
  active = Apply(active, CheckIn{"mentee-1", false});
  const std::vector<Kind> flagged = {Kind::kCheckedIn, Kind::kMissesFlagged};
  EXPECT_EQ(Facts(active, CheckIn{"mentor-1", false}), flagged);
  active = Apply(active, CheckIn{"mentor-1", false});
  EXPECT_EQ(Facts(active, CheckIn{"mentor-1", false}), std::vector<Kind>{Kind::kCheckedIn});
}

TEST(EngagementTest, ItIsExtendedWhenAllNameTheSameDaysUpToTheMost) {
  Engagement active = In(State::kActive);
  const absl::Time term = active.term;
  EXPECT_EQ(Facts(active, Extend{"mentee-1", 30}), std::vector<Kind>{Kind::kExtensionAsked});
  Engagement asked = Apply(active, Extend{"mentee-1", 30});
  Engagement other = Apply(asked, Extend{"mentor-1", 20});
  EXPECT_EQ(other.term, term);
  EXPECT_EQ(Facts(other, Extend{"mentor-1", 30}), std::vector<Kind>{Kind::kExtended});
  const Engagement agreed = Apply(other, Extend{"mentor-1", 30});
  EXPECT_EQ(agreed.term, clock::EndOfDay(kStart, 120, Ottawa()));
  EXPECT_EQ(agreed.Find("mentee-1")->extension_days, 0);
  EXPECT_EQ(Refusal(agreed, Extend{"mentee-1", 31}), "EXTENSION_TOO_LONG");
  EXPECT_TRUE(Decide(agreed, Extend{"mentee-1", 30}, kStart).ok());
  EXPECT_EQ(Refusal(Open(Made(Meeting()), kStart).next, Extend{"mentee-1", 1}),
            "EXTENSION_TOO_LONG");
}

TEST(EngagementTest, AllOfAGroupAgreeToItsExtensionAndWhoLeftHasNoSay) {
  Engagement group = Open(Made(Group(), 3), kStart).next;
  for (const char* one : {"mentee-1", "mentee-2", "mentor-1"}) {
    group = Apply(group, Extend{one, 10});
    EXPECT_EQ(group.extended_days, 0);
  }
  group = Apply(group, Leave{"mentee-3", "moved", Rematch::kNo}, kLater);
  EXPECT_EQ(group.extended_days, 10);
}

TEST(EngagementTest, AnExtensionBringsReviewsBack) {
  Engagement active = In(State::kActive);
  while (active.next_review != absl::InfinitePast()) {
    active = Apply(active, ReviewDue{}, active.next_review);
  }
  const absl::Time late = active.term - absl::Hours(1);
  active = Apply(active, Extend{"mentee-1", 60}, late);
  active = Apply(active, Extend{"mentor-1", 60}, late);
  EXPECT_EQ(active.next_review, clock::EndOfDay(kStart, 90, Ottawa()));
}

TEST(EngagementTest, ThePlanHasAtMostTwentyGoals) {
  Engagement active = In(State::kActive);
  for (int i = 0; i < kMaxGoals; ++i) {
    active = Apply(active, SetGoal{"mentee-1", "", "network", {}, 0});
  }
  EXPECT_EQ(active.goals[19].id, "g20");
  EXPECT_EQ(Refusal(active, SetGoal{"mentor-1", "", "network", {}, 0}), "GOALS_TOO_MANY");
  active = Apply(active, SetGoal{"mentor-1", "g2", "licensing", GoalState::kMet, 100});
  EXPECT_EQ(active.goals[1], (Goal{"g2", "licensing", GoalState::kMet, 100}));
  active = Apply(active, SetGoal{"mentor-1", "g2", "", {}, 80});
  EXPECT_EQ(active.goals[1], (Goal{"g2", "licensing", GoalState::kMet, 80}));
  EXPECT_EQ(Fault(active, SetGoal{"mentor-1", "g21", "", {}, 80}), "GOAL_UNKNOWN");
  EXPECT_EQ(Fault(active, SetPhase{"mentor-1", "nothing", true}), "PHASE_UNKNOWN");
  active = Apply(active, SetPhase{"mentor-1", "first_contact", true}, kLater);
  EXPECT_EQ(active.phases_done.at("first_contact"), kLater);
  active = Apply(active, SetPhase{"mentor-1", "first_contact", false}, kLater);
  EXPECT_TRUE(active.phases_done.empty());
}

TEST(EngagementTest, AGroupGoesOnWhileItsLeastIsMet) {
  Engagement group = Open(Made(Group(), 3), kStart).next;
  EXPECT_EQ(Refusal(group, EndEarly{"mentee-1", "moved", {}, {}, {}}), "LEAVE_INSTEAD");
  EXPECT_EQ(Facts(group, Leave{"mentee-3", "found_work", Rematch::kNo}),
            std::vector<Kind>{Kind::kLeft});
  group = Apply(group, Leave{"mentee-3", "found_work", Rematch::kNo});
  EXPECT_EQ(group.state, State::kActive);
  EXPECT_EQ(Refusal(group, CheckIn{"mentee-3", true}), "NOT_IN_ENGAGEMENT");
  EXPECT_EQ(Refusal(group, Leave{"mentee-3", "moved", Rematch::kNo}), "NOT_IN_ENGAGEMENT");
  EXPECT_EQ(Apply(group, AnswerRematch{"mentee-3", Rematch::kYes}).Find("mentee-3")->rematch,
            Rematch::kYes);
  const Engagement ended = Apply(group, Leave{"mentee-2", "moved", Rematch::kYes});
  EXPECT_EQ(ended.state, State::kEndedEarly);
  EXPECT_EQ(ended.end_reason, "too_few_left");
  EXPECT_EQ(ended.Find("mentee-2")->rematch, Rematch::kYes);
  EXPECT_EQ(ended.Find("mentee-1")->rematch, Rematch::kAsk);
  EXPECT_EQ(Apply(group, Leave{"mentor-1", "moved", Rematch::kYes}).end_reason, "too_few_left");
  // Nobody else can go on without the only mentor, who may therefore end it for all.
  EXPECT_TRUE(Decide(group, EndEarly{"mentor-1", "moved", {}, {}, {}}, kStart).ok());
}

TEST(EngagementTest, AGroupOfWhichOneWillNotSignBeginsWithoutThem) {
  Engagement made = Made(Group(), 3);
  made.terms.documents = Pair().documents;
  made.sign_by = kSignBy;
  made = Open(made, kStart).next;
  for (const char* one : {"mentee-1", "mentee-2", "mentor-1"}) made = Apply(made, Sign{one, ""});
  EXPECT_EQ(made.state, State::kAgreementPending);
  const std::vector<Kind> told = {Kind::kLeft, Kind::kStarted};
  EXPECT_EQ(Facts(made, Leave{"mentee-3", "not_a_fit", Rematch::kYes}), told);
  // Who joins before the start signs too, with the time they were given.
  const absl::Time longer = kSignBy + absl::Hours(24 * 7);
  Engagement joined = Apply(made, Join{{Someone("mentee-4", Side::kMentee)}, longer});
  EXPECT_EQ(joined.sign_by, longer);
  joined = Apply(joined, Sign{"mentee-3", ""});
  EXPECT_EQ(joined.state, State::kAgreementPending);
  EXPECT_EQ(Apply(joined, Sign{"mentee-4", ""}).state, State::kActive);
}

TEST(EngagementTest, APairEndsWithWhoLeavesAndSaysWhy) {
  const Engagement ended =
      Apply(In(State::kActive), Leave{"mentee-1", "found_work", Rematch::kNo}, kLater);
  EXPECT_EQ(ended.end_reason, "found_work");
  EXPECT_EQ(ended.Find("mentee-1")->rematch, Rematch::kNo);
  EXPECT_EQ(ended.Find("mentor-1")->rematch, Rematch::kAsk);
  const Engagement lapsed = Apply(Pending(), Leave{"mentee-1", "moved", Rematch::kNo});
  EXPECT_EQ(lapsed.state, State::kLapsed);
  EXPECT_EQ(lapsed.end_reason, "moved");
}

TEST(EngagementTest, WhoseEngagementAnothersLeavingTheProgramEndedWaitsAgain) {
  for (const char* leaver : {"mentee-1", "mentor-1"}) {
    const Leave leave{leaver, std::string(kEnrolmentEnded), Rematch::kNo};
    for (const Engagement& before : {In(State::kAgreementPending), In(State::kActive)}) {
      const Engagement over = Apply(before, leave, kStart);
      EXPECT_EQ(over.end_reason, kEnrolmentEnded);
      for (const Participant& one : over.participants) {
        EXPECT_EQ(one.rematch, one.enrolment == leaver ? Rematch::kNo : Rematch::kYes)
            << one.enrolment;
      }
    }
  }
}

TEST(EngagementTest, WhoEndsItAnswersForThemselvesAndStaffForEachSide) {
  const Engagement own = Apply(
      In(State::kActive), EndEarly{"mentor-1", "moved", Rematch::kYes, Rematch::kNo, Rematch::kNo});
  EXPECT_EQ(own.Find("mentor-1")->rematch, Rematch::kYes);
  EXPECT_EQ(own.Find("mentee-1")->rematch, Rematch::kAsk);
  const Engagement staff =
      Apply(In(State::kActive), EndEarly{"", "moved", Rematch::kNo, Rematch::kYes, Rematch::kAsk});
  EXPECT_EQ(staff.Find("mentee-1")->rematch, Rematch::kYes);
  EXPECT_EQ(staff.Find("mentor-1")->rematch, Rematch::kAsk);
  const Decision answered = *Decide(staff, AnswerRematch{"mentor-1", Rematch::kNo}, kLater);
  EXPECT_EQ(answered.facts, (std::vector<Fact>{{Kind::kRematchAnswered, "mentor-1"}}));
  // The same again is told to nobody.
  EXPECT_TRUE(
      Decide(answered.next, AnswerRematch{"mentor-1", Rematch::kNo}, kLater)->facts.empty());
  const Engagement withdrawn =
      Apply(In(State::kActive), Leave{"mentee-1", std::string(kEnrolmentEnded), Rematch::kNo});
  EXPECT_EQ(Refusal(withdrawn, AnswerRematch{"mentee-1", Rematch::kYes}), "ENROLMENT_ENDED");
}

TEST(EngagementTest, ItGoesOnAsWhatAllWishOnceAndWithinThirtyDays) {
  const Engagement done = In(State::kCompleted);
  EXPECT_EQ(Fault(done, WishToContinue{"mentee-1", "group"}, kLater), "FORMAT_UNKNOWN");
  Engagement wished = Apply(done, WishToContinue{"mentee-1", "longer"}, kLater);
  wished = Apply(wished, WishToContinue{"mentee-1", ""}, kLater);  // taken back
  wished = Apply(wished, WishToContinue{"mentor-1", "longer"}, kLater);
  EXPECT_EQ(wished.continued_as, "");
  EXPECT_EQ(Facts(wished, WishToContinue{"mentee-1", "longer"}, kLater),
            std::vector<Kind>{Kind::kContinuationAgreed});
  const Engagement agreed = Apply(wished, WishToContinue{"mentee-1", "longer"}, kLater);
  EXPECT_EQ(Refusal(agreed, WishToContinue{"mentee-1", "longer"}, kLater), "CONTINUATION_AGREED");
  // Matching may have found no place for it: they may wish anew.
  const Engagement refused = Apply(agreed, CannotGoOn{}, kLater);
  EXPECT_TRUE(Facts(refused, WishToContinue{"mentee-1", "longer"}, kLater).empty());
  const absl::Time until = clock::EndOfDay(done.end, 30, Ottawa());
  EXPECT_TRUE(
      Decide(done, WishToContinue{"mentee-1", "longer"}, until - absl::Microseconds(1)).ok());
  EXPECT_EQ(Refusal(done, WishToContinue{"mentee-1", "longer"}, until), "CONTINUE_TOO_LATE");
}

TEST(EngagementTest, NamesRoundTrip) {
  for (State state : kAllStates) EXPECT_EQ(*StateOf(NameOf(state)), state);
  for (Review review : kAllReviews) EXPECT_EQ(*ReviewOf(NameOf(review)), review);
  for (Rematch rematch : kAllRematches) EXPECT_EQ(*RematchOf(NameOf(rematch)), rematch);
  for (GoalState state : kAllGoalStates) EXPECT_EQ(*GoalStateOf(NameOf(state)), state);
  EXPECT_FALSE(StateOf("x").ok());
}

// A command as somebody might give it just now.
Command Random(std::mt19937* random, const Engagement& engagement, absl::Time now) {
  Command command = Commands()[(*random)() % Commands().size()].second;
  const Participant& one = engagement.participants[(*random)() % engagement.participants.size()];
  if (engagement.state == State::kAgreementPending && (*random)() % 3 != 0) {
    return Sign{one.enrolment, ""};
  }
  if (std::holds_alternative<EndEarly>(command) && (*random)() % 4 != 0) {
    return CheckIn{one.enrolment, (*random)() % 2 == 0};
  }
  if (std::holds_alternative<Complete>(command)) return Complete{(*random)() % 20 == 0};
  if (std::holds_alternative<Extend>(command)) {
    return Extend{one.enrolment, static_cast<int>((*random)() % 3 + 1) * 10};
  }
  if (std::holds_alternative<Leave>(command)) {
    if ((*random)() % 3 != 0) return CheckIn{one.enrolment, true};
    return Leave{one.enrolment, "moved", Rematch::kAsk};
  }
  if (std::holds_alternative<Join>(command)) {
    const std::string number = std::to_string((*random)() % 6);
    return Join{{Someone("mentee-" + number, Side::kMentee)}, now + absl::Hours(24)};
  }
  if (std::holds_alternative<LogSession>(command) ||
      std::holds_alternative<CorrectSession>(command) ||
      std::holds_alternative<StrikeSession>(command)) {
    const absl::Time at = now - absl::Hours((*random)() % 40) - absl::Hours(1);
    Held held = SessionAt(at, 60, kAllContacts[(*random)() % 4], InItAt(engagement, at));
    return LogSession{"", std::move(held), false};
  }
  return command;
}

void ExpectInvariants(const Engagement& before, const Decision& decision, int logged) {
  const Engagement& next = decision.next;
  ASSERT_LE(next.counted_minutes, logged);
  ASSERT_GE(next.term, before.term);
  ASSERT_LE(next.extended_days, next.terms.max_extension_days);
  ASSERT_EQ(Ended(next.state), next.end != absl::InfinitePast());
  ASSERT_EQ(Ended(next.state), !next.end_reason.empty());
  if (Ended(before.state)) {
    ASSERT_EQ(next.state, before.state);
  }
  int mentees = 0, mentors = 0;
  for (const Participant& one : next.participants) {
    ASSERT_LE(one.counted_minutes, next.counted_minutes);
    if (!one.present()) continue;
    ++(one.side == Side::kMentee ? mentees : mentors);
  }
  // Also of one that has ended: it ended with all who were in it.
  ASSERT_GE(mentees, next.terms.mentees.least);
  ASSERT_GE(mentors, next.terms.mentors.least);
}

// Random walks: an end is final and has a time and a reason; minutes never exceed what was logged,
// nor anybody's those of all; the term only grows, never past what the definition allows; nobody
// goes on below the format's least.
TEST(EngagementTest, RandomWalksKeepTheInvariants) {
  std::mt19937 random(42);
  int completed = 0, left = 0;
  for (int walk = 0; walk < 500; ++walk) {
    Engagement made = walk % 2 == 0 ? Made(Pair()) : Made(Group(), 4, 2);
    if (walk % 4 == 1) made.terms.documents = Pair().documents;
    if (walk % 3 != 0) made.sign_by = kSignBy;
    Engagement engagement = Open(made, kStart).next;
    absl::Time now = kStart;
    int logged = 0;
    for (int step = 0; step < 40; ++step) {
      now += absl::Hours(random() % 96);
      const Command command = Random(&random, engagement, now);
      absl::StatusOr<Decision> decision = Decide(engagement, command, now);
      if (!decision.ok()) {
        ASSERT_NE(status::ReasonOf(decision.status()), "");
        continue;
      }
      const std::vector<Fact>& facts = decision->facts;
      const auto told = [&](Kind kind) {
        return std::any_of(facts.begin(), facts.end(),
                           [&](const Fact& fact) { return fact.kind == kind; });
      };
      logged += told(Kind::kSessionLogged) ? 60 : 0;
      completed += told(Kind::kCompleted) ? 1 : 0;
      left += told(Kind::kLeft) ? 1 : 0;
      ExpectInvariants(engagement, *decision, logged);
      engagement = decision->next;
    }
  }
  EXPECT_GT(completed, 10);
  EXPECT_GT(left, 10);
}

}  // namespace
}  // namespace tremplin::session::domain
