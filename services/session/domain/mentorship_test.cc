#include "services/session/domain/mentorship.h"

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

absl::TimeZone Ottawa() {
  absl::TimeZone zone;
  EXPECT_TRUE(absl::LoadTimeZone("America/Toronto", &zone));
  return zone;
}

const absl::Time kStart = absl::FromUnixSeconds(1'767'600'000);

Mentorship Pending() {
  Mentorship made;
  made.id = "m";
  made.mentee.enrolment = "mentee";
  made.mentor.enrolment = "mentor";
  made.terms = {90, 30, 60, 14, {Contact::kInPerson}, "America/Toronto"};
  made.sign_by = clock::EndOfDay(kStart, 14, Ottawa());
  return made;
}

Mentorship Apply(const Mentorship& from, const Command& command, absl::Time now = kStart) {
  absl::StatusOr<Decision> decision = Decide(from, command, now);
  EXPECT_TRUE(decision.ok()) << decision.status();
  return decision.ok() ? decision->next : from;
}

std::string Refusal(const Mentorship& from, const Command& command, absl::Time now = kStart) {
  absl::StatusOr<Decision> decision = Decide(from, command, now);
  EXPECT_EQ(decision.status().code(), absl::StatusCode::kFailedPrecondition);
  return status::ReasonOf(decision.status());
}

Mentorship In(State state) {
  Mentorship pending = Pending();
  if (state == State::kAgreementPending) return pending;
  if (state == State::kLapsed) return Apply(pending, Lapse{}, pending.sign_by);
  Mentorship active = Apply(Apply(pending, Sign{Side::kMentor}), Sign{Side::kMentee});
  if (state == State::kActive) return active;
  if (state == State::kCompleted) return Apply(active, Complete{true});
  return Apply(active, EndEarly{"moved"});
}

const std::vector<std::pair<std::string, Command>>& Commands() {
  static const auto* commands = new std::vector<std::pair<std::string, Command>>{
      {"sign", Sign{Side::kMentee}},
      {"lapse", Lapse{}},
      {"log", LogSession{kStart, 60, Contact::kInPerson}},
      {"check_in", CheckIn{}},
      {"review_due", ReviewDue{}},
      {"review", RecordReview{Review::kAtRisk}},
      {"extend", Extend{Side::kMentor, 30}},
      {"complete", Complete{true}},
      {"close", CloseByTime{}},
      {"end_early", EndEarly{"not_a_fit"}},
  };
  return *commands;
}

TEST(MentorshipTest, EveryStateAnswersEveryCommandAsItsTableSays) {
  std::map<State, std::map<std::string, std::string>> table;
  for (const auto& [name, command] : Commands()) {
    table[State::kAgreementPending][name] = "AGREEMENT_PENDING";
    table[State::kActive][name] = "active";
    for (State end : {State::kCompleted, State::kEndedEarly, State::kLapsed}) {
      table[end][name] = "MENTORSHIP_ENDED";
    }
  }
  table[State::kAgreementPending]["sign"] = "agreement_pending";
  table[State::kAgreementPending]["lapse"] = "NOT_DUE_YET";
  table[State::kAgreementPending]["end_early"] = "lapsed";
  table[State::kActive]["sign"] = "MENTORSHIP_ACTIVE";
  table[State::kActive]["lapse"] = "MENTORSHIP_ACTIVE";
  table[State::kActive]["review_due"] = "NOT_DUE_YET";
  table[State::kActive]["close"] = "NOT_DUE_YET";
  table[State::kActive]["complete"] = "completed";
  table[State::kActive]["end_early"] = "ended_early";
  for (State state : kAllStates) {
    for (const auto& [name, command] : Commands()) {
      const Mentorship before = In(state);
      ASSERT_EQ(before.state, state);
      absl::StatusOr<Decision> decision = Decide(before, command, kStart);
      const std::string& expected = table[state][name];
      if (decision.ok()) {
        EXPECT_EQ(NameOf(decision->next.state), expected) << NameOf(state) << " " << name;
      } else {
        EXPECT_EQ(decision.status().code(), absl::StatusCode::kFailedPrecondition);
        EXPECT_EQ(status::ReasonOf(decision.status()), expected) << NameOf(state) << " " << name;
      }
    }
  }
}

TEST(MentorshipTest, BothSignaturesBeginItUntilTheEndOfItsLastDay) {
  Mentorship half = Apply(Pending(), Sign{Side::kMentee});
  EXPECT_EQ(Refusal(half, Sign{Side::kMentee}), "ALREADY_SIGNED");
  absl::StatusOr<Decision> started = Decide(half, Sign{Side::kMentor}, kStart);
  EXPECT_EQ(started->fact, Fact::kStarted);
  EXPECT_EQ(started->next.start, kStart);
  EXPECT_EQ(started->next.term, clock::EndOfDay(kStart, 90, Ottawa()));
  EXPECT_EQ(started->next.next_review, clock::EndOfDay(kStart, 30, Ottawa()));
  EXPECT_EQ(CloseTime(started->next), clock::EndOfDay(kStart, 104, Ottawa()));
}

TEST(MentorshipTest, AnUnsignedAgreementLapsesAtItsDeadline) {
  Mentorship half = Apply(Pending(), Sign{Side::kMentee});
  const absl::Time before = half.sign_by - absl::Microseconds(1);
  EXPECT_TRUE(Decide(half, Sign{Side::kMentor}, before).ok());
  EXPECT_EQ(Refusal(half, Sign{Side::kMentor}, half.sign_by), "SIGNING_LATE");
  EXPECT_EQ(Refusal(half, EndEarly{"moved"}, half.sign_by), "SIGNING_LATE");
  EXPECT_EQ(Refusal(half, Lapse{}, before), "NOT_DUE_YET");
  absl::StatusOr<Decision> lapsed = Decide(half, Lapse{}, half.sign_by);
  EXPECT_EQ(lapsed->fact, Fact::kLapsed);
  EXPECT_EQ(lapsed->next.end_reason, "not_signed");
}

TEST(MentorshipTest, OnlyTheNamedKindsOfContactCount) {
  Mentorship active = In(State::kActive);
  const absl::Time later = kStart + absl::Hours(48);
  active = Apply(active, LogSession{later, 60, Contact::kInPerson}, later);
  active = Apply(active, LogSession{kStart, 45, Contact::kMail}, later);
  EXPECT_EQ(active.session_count, 2);
  EXPECT_EQ(active.counted_minutes, 60);
  EXPECT_EQ(Refusal(active, LogSession{later + absl::Seconds(1), 60, Contact::kCall}, later),
            "HELD_IN_FUTURE");
  EXPECT_EQ(Refusal(active, LogSession{kStart - absl::Seconds(1), 60, Contact::kCall}, later),
            "HELD_BEFORE_START");
}

TEST(MentorshipTest, WithinTheGraceItIsOpenAndThenTimeClosesIt) {
  Mentorship active = In(State::kActive);
  const absl::Time close = CloseTime(active);
  const absl::Time grace = close - absl::Microseconds(1);
  EXPECT_TRUE(Decide(active, LogSession{active.term, 60, Contact::kInPerson}, grace).ok());
  EXPECT_EQ(Refusal(active, CheckIn{}, close), "MENTORSHIP_CLOSING");
  EXPECT_EQ(Refusal(active, CloseByTime{}, grace), "NOT_DUE_YET");
  absl::StatusOr<Decision> closed = Decide(active, CloseByTime{}, close);
  EXPECT_EQ(closed->fact, Fact::kCompleted);
  EXPECT_EQ(closed->next.end_reason, "term");
  EXPECT_EQ(closed->next.end, close);
}

TEST(MentorshipTest, StaffCompletesItWhenGoalsAreMetOrTheTermIsReached) {
  Mentorship active = In(State::kActive);
  EXPECT_EQ(Apply(active, Complete{true}).end_reason, "goals_met");
  EXPECT_EQ(Refusal(active, Complete{false}), "TERM_NOT_REACHED");
  EXPECT_EQ(Apply(active, Complete{false}, active.term).end_reason, "term");
}

TEST(MentorshipTest, ReviewsComeRoundUntilTheTerm) {
  Mentorship active = In(State::kActive);
  int reviews = 0;
  while (active.next_review != absl::InfinitePast()) {
    const absl::Time due = active.next_review;
    EXPECT_EQ(due, clock::EndOfDay(kStart, 30 * (reviews + 1), Ottawa()));
    absl::StatusOr<Decision> decision = Decide(active, ReviewDue{}, due);
    EXPECT_EQ(decision->fact, Fact::kReviewDue);
    EXPECT_TRUE(decision->next.review_overdue);
    active = Apply(decision->next, RecordReview{Review::kOnTrack}, due);
    EXPECT_FALSE(active.review_overdue);
    ++reviews;
  }
  EXPECT_EQ(reviews, 2);  // the third would fall on the term
}

TEST(MentorshipTest, ItIsExtendedWhenBothNameTheSameDaysUpToTheMost) {
  Mentorship active = In(State::kActive);
  const absl::Time term = active.term;
  Mentorship asked = Apply(active, Extend{Side::kMentee, 30});
  EXPECT_EQ(asked.term, term);
  Mentorship other = Apply(asked, Extend{Side::kMentor, 20});
  EXPECT_EQ(other.term, term);
  absl::StatusOr<Decision> agreed = Decide(other, Extend{Side::kMentor, 30}, kStart);
  EXPECT_EQ(agreed->fact, Fact::kExtended);
  EXPECT_EQ(agreed->next.term, clock::EndOfDay(kStart, 120, Ottawa()));
  EXPECT_EQ(agreed->next.mentee.extension_days, 0);
  EXPECT_EQ(Refusal(agreed->next, Extend{Side::kMentee, 31}), "EXTENSION_TOO_LONG");
  EXPECT_TRUE(Decide(agreed->next, Extend{Side::kMentee, 30}, kStart).ok());
}

TEST(MentorshipTest, AnExtensionBringsReviewsBack) {
  Mentorship active = In(State::kActive);
  while (active.next_review != absl::InfinitePast()) {
    active = Apply(active, ReviewDue{}, active.next_review);
  }
  const absl::Time late = active.term - absl::Hours(1);
  active = Apply(active, Extend{Side::kMentee, 60}, late);
  active = Apply(active, Extend{Side::kMentor, 60}, late);
  EXPECT_EQ(active.next_review, clock::EndOfDay(kStart, 90, Ottawa()));
}

TEST(MentorshipTest, NamesRoundTrip) {
  for (State state : kAllStates) EXPECT_EQ(*StateOf(NameOf(state)), state);
  for (Contact contact : kAllContacts) EXPECT_EQ(*ContactOf(NameOf(contact)), contact);
  for (Review review : {Review::kNone, Review::kOnTrack, Review::kAtRisk}) {
    EXPECT_EQ(*ReviewOf(NameOf(review)), review);
  }
  EXPECT_FALSE(StateOf("x").ok());
}

// Random walks: an end is final and has a time and a reason; minutes never exceed what was logged;
// the term only grows, never past what the definition allows; nobody is active without both
// signatures.
TEST(MentorshipTest, RandomWalksKeepTheInvariants) {
  std::mt19937 random(42);
  int completed = 0;
  for (int walk = 0; walk < 2000; ++walk) {
    Mentorship mentorship = Pending();
    absl::Time now = kStart;
    int logged = 0;
    for (int step = 0; step < 40; ++step) {
      now += absl::Hours(random() % 96);
      Command command = Commands()[random() % Commands().size()].second;
      const Side side = random() % 2 == 0 ? Side::kMentee : Side::kMentor;
      if (mentorship.state == State::kAgreementPending && random() % 3 != 0) command = Sign{side};
      if (std::holds_alternative<EndEarly>(command) && random() % 4 != 0) command = CheckIn{};
      if (std::holds_alternative<Complete>(command)) command = Complete{random() % 20 == 0};
      if (std::holds_alternative<Extend>(command)) {
        command = Extend{side, static_cast<int>(random() % 3 + 1) * 10};
      }
      if (std::holds_alternative<LogSession>(command)) {
        command = LogSession{now - absl::Hours(random() % 40), 60, kAllContacts[random() % 4]};
      }
      absl::StatusOr<Decision> decision = Decide(mentorship, command, now);
      if (!decision.ok()) {
        ASSERT_NE(status::ReasonOf(decision.status()), "");
        continue;
      }
      const Mentorship& next = decision->next;
      ASSERT_TRUE(mentorship.state == State::kAgreementPending ||
                  mentorship.state == State::kActive);
      logged += decision->fact == Fact::kSessionLogged ? 60 : 0;
      ASSERT_LE(next.counted_minutes, logged);
      ASSERT_GE(next.term, mentorship.term);
      ASSERT_LE(next.extended_days, next.terms.max_extension_days);
      const bool ended = next.state == State::kCompleted || next.state == State::kEndedEarly ||
                         next.state == State::kLapsed;
      ASSERT_EQ(ended, next.end != absl::InfinitePast());
      ASSERT_EQ(ended, !next.end_reason.empty());
      if (next.state == State::kActive) {
        ASSERT_NE(next.mentee.signed_at, absl::InfinitePast());
        ASSERT_NE(next.mentor.signed_at, absl::InfinitePast());
      }
      completed += next.state == State::kCompleted ? 1 : 0;
      mentorship = next;
    }
  }
  EXPECT_GT(completed, 50);
}

}  // namespace
}  // namespace tremplin::session::domain
