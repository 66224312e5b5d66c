#include "services/matching/domain/proposal.h"

#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "common/clock/day.h"
#include "common/status/error.h"
#include "gtest/gtest.h"

namespace tremplin::matching::domain {
namespace {

absl::TimeZone Ottawa() {
  absl::TimeZone zone;
  EXPECT_TRUE(absl::LoadTimeZone("America/Toronto", &zone));
  return zone;
}

const absl::Time kStart = absl::FromUnixSeconds(1'767'600'000);

Proposal Made(int approval_days = 0) {
  Proposal made;
  made.id = "p";
  made.program = "ottawa";
  made.mentee.enrolment = "mentee";
  made.mentor.enrolment = "mentor";
  made.terms = {7, 14, 10, "America/Toronto", approval_days};
  return Propose(made, kStart);
}

Proposal Apply(const Proposal& from, const Command& command, absl::Time now = kStart) {
  absl::StatusOr<Decision> decision = Decide(from, command, now);
  EXPECT_TRUE(decision.ok()) << decision.status();
  return decision.ok() ? decision->next : from;
}

Proposal Suggested() { return Made(3); }

Proposal In(State state) {
  if (state == State::kSuggested) return Suggested();
  Proposal proposal = Made();
  if (state == State::kProposed) return proposal;
  if (state == State::kDeclined) return Apply(proposal, SayNo{Side::kMentee, "goals"});
  if (state == State::kExpired) return Apply(proposal, Expire{}, proposal.due);
  if (state == State::kCancelled) return Apply(proposal, Cancel{"staff", "staff_decision"});
  proposal = Apply(Apply(proposal, SayYes{Side::kMentee}), SayYes{Side::kMentor});
  if (state == State::kInterested) return proposal;
  proposal = Apply(proposal, RecordMeeting{});
  if (state == State::kMet) return proposal;
  proposal = Apply(Apply(proposal, SayYes{Side::kMentor}), SayYes{Side::kMentee});
  if (state == State::kMatched) return proposal;
  return Apply(proposal, Close{"goals_met"});
}

const std::vector<std::pair<std::string, Command>>& Commands() {
  static const auto* commands = new std::vector<std::pair<std::string, Command>>{
      {"approve", Approve{"coordinator"}},
      {"yes", SayYes{Side::kMentee}},
      {"no", SayNo{Side::kMentor, "schedule"}},
      {"more", AskMore{Side::kMentor}},
      {"meeting", RecordMeeting{}},
      {"expire", Expire{}},
      {"cancel", Cancel{"staff", "staff_decision"}},
      {"close", Close{"agreement_lapsed"}},
  };
  return *commands;
}

// What the table in the header says: the next state, or the reason of the refusal.
const std::map<State, std::map<std::string, std::string>>& Table() {
  static const std::map<std::string, std::string> ended = {
      {"approve", "PROPOSAL_ENDED"}, {"yes", "PROPOSAL_ENDED"},        {"no", "PROPOSAL_ENDED"},
      {"more", "PROPOSAL_ENDED"},    {"meeting", "PROPOSAL_ENDED"},    {"expire", "PROPOSAL_ENDED"},
      {"cancel", "PROPOSAL_ENDED"},  {"close", "PROPOSAL_NOT_MATCHED"}};
  static const auto* table = new std::map<State, std::map<std::string, std::string>>{
      {State::kSuggested,
       {{"approve", "proposed"},
        {"yes", "APPROVAL_AWAITED"},
        {"no", "APPROVAL_AWAITED"},
        {"more", "APPROVAL_AWAITED"},
        {"meeting", "APPROVAL_AWAITED"},
        {"expire", "NOT_DUE_YET"},
        {"cancel", "cancelled"},
        {"close", "PROPOSAL_NOT_MATCHED"}}},
      {State::kProposed,
       {{"approve", "APPROVAL_NOT_AWAITED"},
        {"yes", "proposed"},
        {"no", "declined"},
        {"more", "proposed"},
        {"meeting", "INTEREST_AWAITED"},
        {"expire", "NOT_DUE_YET"},
        {"cancel", "cancelled"},
        {"close", "PROPOSAL_NOT_MATCHED"}}},
      {State::kInterested,
       {{"approve", "APPROVAL_NOT_AWAITED"},
        {"yes", "CONTACT_MEETING_AWAITED"},
        {"no", "declined"},
        {"more", "CONTACT_MEETING_AWAITED"},
        {"meeting", "met"},
        {"expire", "NOT_DUE_YET"},
        {"cancel", "cancelled"},
        {"close", "PROPOSAL_NOT_MATCHED"}}},
      {State::kMet,
       {{"approve", "APPROVAL_NOT_AWAITED"},
        {"yes", "met"},
        {"no", "declined"},
        {"more", "met"},
        {"meeting", "CONTACT_MEETING_RECORDED"},
        {"expire", "NOT_DUE_YET"},
        {"cancel", "cancelled"},
        {"close", "PROPOSAL_NOT_MATCHED"}}},
      {State::kMatched,
       {{"approve", "PROPOSAL_MATCHED"},
        {"yes", "PROPOSAL_MATCHED"},
        {"no", "PROPOSAL_MATCHED"},
        {"more", "PROPOSAL_MATCHED"},
        {"meeting", "PROPOSAL_MATCHED"},
        {"expire", "PROPOSAL_MATCHED"},
        {"cancel", "PROPOSAL_MATCHED"},
        {"close", "closed"}}},
      {State::kDeclined, ended},
      {State::kExpired, ended},
      {State::kCancelled, ended},
      {State::kClosed, ended}};
  return *table;
}

TEST(ProposalTest, EveryStateAnswersEveryCommandAsItsTableSays) {
  for (State state : kAllStates) {
    for (const auto& [name, command] : Commands()) {
      const Proposal before = In(state);
      ASSERT_EQ(before.state, state);
      absl::StatusOr<Decision> decision = Decide(before, command, kStart);
      const std::string& expected = Table().at(state).at(name);
      if (decision.ok()) {
        EXPECT_EQ(NameOf(decision->next.state), expected) << NameOf(state) << " " << name;
      } else {
        EXPECT_EQ(decision.status().code(), absl::StatusCode::kFailedPrecondition);
        EXPECT_EQ(status::ReasonOf(decision.status()), expected) << NameOf(state) << " " << name;
      }
    }
  }
}

TEST(ProposalTest, EachChangeTellsItsFactAndFreesThePlaceOnlyAtAnEnd) {
  Proposal half = Apply(Made(), SayYes{Side::kMentee});
  EXPECT_EQ(Decide(half, SayYes{Side::kMentor}, kStart)->fact, Fact::kInterested);
  EXPECT_EQ(Decide(In(State::kInterested), RecordMeeting{}, kStart)->fact, Fact::kMeetingHeld);
  Proposal met = Apply(In(State::kMet), SayYes{Side::kMentor});
  absl::StatusOr<Decision> matched = Decide(met, SayYes{Side::kMentee}, kStart);
  EXPECT_EQ(matched->fact, Fact::kMatched);
  EXPECT_FALSE(matched->frees_place);
  absl::StatusOr<Decision> closed = Decide(matched->next, Close{"term"}, kStart);
  EXPECT_EQ(closed->fact, Fact::kMatchEnded);
  EXPECT_TRUE(closed->frees_place);
  absl::StatusOr<Decision> no = Decide(Made(), SayNo{Side::kMentor, "distance"}, kStart);
  EXPECT_EQ(no->fact, Fact::kEnded);
  EXPECT_TRUE(no->frees_place);
  EXPECT_EQ(no->next.ended_by, "mentor");
  EXPECT_EQ(no->next.end_reason, "distance");
}

TEST(ProposalTest, AnApprovalShowsTheProposalAndBeginsItsDeadlines) {
  const Proposal suggested = Suggested();
  EXPECT_EQ(suggested.due, clock::EndOfDay(kStart, 3, Ottawa()));
  EXPECT_FALSE(suggested.shown);
  const absl::Time later = kStart + absl::Hours(48);
  const absl::StatusOr<Decision> approved = Decide(suggested, Approve{"coordinator"}, later);
  ASSERT_TRUE(approved.ok()) << approved.status();
  EXPECT_EQ(approved->fact, Fact::kProposed);
  EXPECT_FALSE(approved->frees_place);
  EXPECT_TRUE(approved->next.shown);
  EXPECT_EQ(approved->next.approved_by, "coordinator");
  EXPECT_EQ(approved->next.approved, later);
  EXPECT_EQ(approved->next.due, clock::EndOfDay(later, 7, Ottawa()));
  EXPECT_TRUE(Made().shown);
  EXPECT_FALSE(Decide(suggested, Approve{"coordinator"}, suggested.due).ok());
}

TEST(ProposalTest, WhatWasNeverShownEndsWithoutAFact) {
  for (const auto& [command, at] : {std::pair<Command, absl::Time>{Expire{}, Suggested().due},
                                    {Cancel{"staff", "staff_decision"}, kStart},
                                    {Cancel{"enrolment", "withdrawn"}, kStart}}) {
    const absl::StatusOr<Decision> ended = Decide(Suggested(), command, at);
    ASSERT_TRUE(ended.ok()) << ended.status();
    EXPECT_EQ(ended->fact, Fact::kNone);
    EXPECT_TRUE(ended->frees_place);
    EXPECT_FALSE(ended->next.shown);
  }
}

TEST(ProposalTest, DeadlinesEndWithTheDayInTheProgramsTimeZone) {
  EXPECT_EQ(Made().due, clock::EndOfDay(kStart, 7, Ottawa()));
  EXPECT_EQ(In(State::kInterested).due, clock::EndOfDay(kStart, 14, Ottawa()));
  EXPECT_EQ(In(State::kMet).due, clock::EndOfDay(kStart, 7, Ottawa()));
  EXPECT_EQ(In(State::kMatched).due, absl::InfinitePast());
  EXPECT_EQ(SignBy(In(State::kMatched), kStart), clock::EndOfDay(kStart, 10, Ottawa()));
}

TEST(ProposalTest, AtTheDeadlineTimeHasTheWord) {
  for (State state : {State::kProposed, State::kInterested, State::kMet}) {
    const Proposal open = In(state);
    const absl::Time before = open.due - absl::Microseconds(1);
    EXPECT_TRUE(Decide(open, SayNo{Side::kMentee, "goals"}, before).ok());
    EXPECT_FALSE(Decide(open, SayNo{Side::kMentee, "goals"}, open.due).ok());
    EXPECT_FALSE(Decide(open, Expire{}, before).ok());
    absl::StatusOr<Decision> expired = Decide(open, Expire{}, open.due);
    ASSERT_TRUE(expired.ok());
    EXPECT_EQ(expired->next.state, State::kExpired);
    EXPECT_EQ(expired->next.end_reason,
              state == State::kInterested ? "meeting_not_held" : "no_answer");
  }
}

TEST(ProposalTest, AskingForMoreStartsTheDeadlineAnewOnceAStepAndSide) {
  const absl::Time later = kStart + absl::Hours(72);
  Proposal asked = Apply(Made(), AskMore{Side::kMentee}, later);
  EXPECT_EQ(asked.due, clock::EndOfDay(later, 7, Ottawa()));
  EXPECT_EQ(asked.mentee.reply, Reply::kAskMore);
  EXPECT_FALSE(Decide(asked, AskMore{Side::kMentee}, later).ok());
  EXPECT_TRUE(Decide(asked, AskMore{Side::kMentor}, later).ok());
  Proposal yes = Apply(asked, SayYes{Side::kMentee}, later);
  EXPECT_FALSE(Decide(yes, AskMore{Side::kMentee}, later).ok());
  Proposal met = Apply(Apply(yes, SayYes{Side::kMentor}, later), RecordMeeting{}, later);
  EXPECT_TRUE(Decide(met, AskMore{Side::kMentee}, later).ok());
}

TEST(ProposalTest, ASideMayStopAfterItsYes) {
  Proposal half = Apply(Made(), SayYes{Side::kMentee});
  EXPECT_EQ(Apply(half, SayNo{Side::kMentee, "personal"}).state, State::kDeclined);
}

TEST(ProposalTest, ThePairIsBarredUnlessAPersonWasOnlyUnavailable) {
  EXPECT_FALSE(BarsPair(Made()));
  EXPECT_FALSE(BarsPair(In(State::kMatched)));
  EXPECT_TRUE(BarsPair(In(State::kDeclined)));
  EXPECT_TRUE(BarsPair(In(State::kExpired)));
  EXPECT_TRUE(BarsPair(In(State::kClosed)));
  EXPECT_TRUE(BarsPair(In(State::kCancelled)));
  EXPECT_FALSE(BarsPair(Apply(Made(), Cancel{"staff", "person_unavailable"})));
  EXPECT_FALSE(BarsPair(Suggested()));
  EXPECT_TRUE(BarsPair(Apply(Suggested(), Cancel{"staff", "staff_decision"})));
  const Proposal missed = Apply(Suggested(), Expire{}, Suggested().due);
  EXPECT_EQ(missed.end_reason, "not_approved");
  EXPECT_FALSE(BarsPair(missed));
}

TEST(ProposalTest, NamesRoundTrip) {
  for (State state : kAllStates) EXPECT_EQ(*StateOf(NameOf(state)), state);
  EXPECT_FALSE(StateOf("elsewhere").ok());
}

// Random walks: whatever is asked in whatever order, the place is freed at most once, exactly when
// the proposal ends; a match needs the meeting and both yeses after it; an end is final.
TEST(ProposalTest, RandomWalksKeepTheInvariants) {
  std::mt19937 random(20260105);
  int matched = 0;
  for (int walk = 0; walk < 3000; ++walk) {
    Proposal proposal = walk % 2 == 0 ? Made() : Suggested();
    absl::Time now = kStart;
    int freed = 0;
    bool met = false;
    for (int step = 0; step < 25; ++step) {
      now += absl::Hours(random() % 30);
      const Side side = random() % 2 == 0 ? Side::kMentee : Side::kMentor;
      Command command = Commands()[random() % Commands().size()].second;
      if (random() % 2 == 0) command = SayYes{side};
      absl::StatusOr<Decision> decision = Decide(proposal, command, now);
      if (!decision.ok()) {
        ASSERT_NE(status::ReasonOf(decision.status()), "");
        continue;
      }
      ASSERT_TRUE(IsActive(proposal.state)) << "an end was left";
      ASSERT_EQ(decision->frees_place, !IsActive(decision->next.state));
      freed += decision->frees_place ? 1 : 0;
      met = met || decision->fact == Fact::kMeetingHeld;
      proposal = decision->next;
      if (proposal.state == State::kMatched) {
        ++matched;
        ASSERT_TRUE(met);
        ASSERT_TRUE(proposal.shown);
        ASSERT_EQ(proposal.mentee.reply, Reply::kYes);
        ASSERT_EQ(proposal.mentor.reply, Reply::kYes);
      }
      ASSERT_EQ(proposal.due != absl::InfinitePast(),
                IsActive(proposal.state) && proposal.state != State::kMatched);
    }
    ASSERT_EQ(freed, IsActive(proposal.state) ? 0 : 1);
  }
  EXPECT_GT(matched, 10);
}

}  // namespace
}  // namespace tremplin::matching::domain
