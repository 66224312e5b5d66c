#include "services/matching/domain/proposal.h"

#include <algorithm>
#include <map>
#include <random>
#include <set>
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

Participant Somebody(Side side, const std::string& enrolment) {
  Participant one;
  one.enrolment = enrolment;
  one.person = "person-" + enrolment;
  one.business_key = "key-" + enrolment;
  one.side = side;
  return one;
}

const std::vector<Step> kSteps = {
    {StepKind::kInterest, 7}, {StepKind::kMeeting, 14}, {StepKind::kAcceptance, 7}};

Proposal Pair(bool approval = false) {
  Proposal made;
  made.id = "p";
  made.program = "ottawa";
  made.participants = {Somebody(Side::kMentee, "mentee"), Somebody(Side::kMentor, "mentor")};
  made.terms.steps = kSteps;
  if (approval) made.terms.steps.insert(made.terms.steps.begin(), {StepKind::kApproval, 3});
  made.terms.agreement_days = 10;
  made.terms.time_zone = "America/Toronto";
  return Propose(made, kStart).next;
}

// Three to four mentees, at least one of two mentors; everybody accepts.
Proposal Group(int mentees = 3, int mentors = 2) {
  Proposal made;
  made.id = "g";
  for (int i = 1; i <= mentees; ++i)
    made.participants.push_back(Somebody(Side::kMentee, "m" + std::to_string(i)));
  for (int i = 1; i <= mentors; ++i)
    made.participants.push_back(Somebody(Side::kMentor, "c" + std::to_string(i)));
  made.terms.steps = {{StepKind::kAcceptance, 7}};
  made.terms.mentees = {3, 4};
  made.terms.mentors = {1, 2};
  made.terms.fills = true;
  made.terms.time_zone = "America/Toronto";
  return Propose(made, kStart).next;
}

Decision Decided(const Proposal& from, const Command& command, absl::Time now = kStart) {
  absl::StatusOr<Decision> decision = Decide(from, command, now);
  EXPECT_TRUE(decision.ok()) << decision.status();
  return decision.ok() ? *std::move(decision) : Decision{from, {}, {}, {}};
}
Proposal Apply(const Proposal& from, const Command& command, absl::Time now = kStart) {
  return Decided(from, command, now).next;
}
std::string ReasonOf(const Proposal& from, const Command& command, absl::Time now = kStart) {
  return status::ReasonOf(Decide(from, command, now).status());
}

// A pair's stage: its step while open, else its state.
std::string StageOf(const Proposal& proposal) {
  const Step* step = proposal.present();
  return std::string(step == nullptr ? NameOf(proposal.state) : NameOf(step->kind));
}

Proposal In(const std::string& stage) {
  if (stage == "staff_approval") return Pair(true);
  Proposal proposal = Pair();
  if (stage == "interest") return proposal;
  if (stage == "declined") return Apply(proposal, SayNo{"mentee", "goals"});
  if (stage == "expired") return Apply(proposal, Expire{}, proposal.due);
  if (stage == "cancelled") return Apply(proposal, Cancel{"staff", "staff_decision"});
  proposal = Apply(Apply(proposal, SayYes{"mentee"}), SayYes{"mentor"});
  if (stage == "contact_meeting") return proposal;
  proposal = Apply(proposal, RecordMeeting{});
  if (stage == "acceptance") return proposal;
  proposal = Apply(Apply(proposal, SayYes{"mentor"}), SayYes{"mentee"});
  if (stage == "matched") return proposal;
  return Apply(proposal, Close{"goals_met"});
}

const std::vector<std::pair<std::string, Command>>& Commands() {
  static const auto* commands = new std::vector<std::pair<std::string, Command>>{
      {"approve", Approve{"coordinator"}},
      {"yes", SayYes{"mentee"}},
      {"no", SayNo{"mentor", "schedule"}},
      {"more", AskMore{"mentor"}},
      {"meeting", RecordMeeting{}},
      {"expire", Expire{}},
      {"leave", Leave{"mentee", "withdrawn"}},
      {"take_in", TakeIn{Somebody(Side::kMentee, "other")}},
      {"cancel", Cancel{"staff", "staff_decision"}},
      {"close", Close{"agreement_lapsed"}},
  };
  return *commands;
}

// What the table in the header says of a pair: the next stage, or the reason of the refusal.
using Row = std::map<std::string, std::string>;
Row EndedRow() {
  Row row;
  for (const auto& [name, command] : Commands()) row[name] = "PROPOSAL_ENDED";
  row["close"] = "PROPOSAL_NOT_MATCHED";
  return row;
}
Row Open(const std::string& stage, Row own) {
  Row row = {{"approve", "APPROVAL_NOT_AWAITED"},
             {"no", "declined"},
             {"expire", "NOT_DUE_YET"},
             {"leave", "cancelled"},
             {"cancel", "cancelled"},
             {"close", "PROPOSAL_NOT_MATCHED"},
             {"take_in", "NO_GAP"},
             {"yes", stage},
             {"more", stage}};
  for (const auto& [name, then] : own) row[name] = then;
  return row;
}
const std::map<std::string, Row>& Table() {
  static const auto* table = new std::map<std::string, Row>{
      {"staff_approval", Open("staff_approval", {{"approve", "interest"},
                                                 {"yes", "APPROVAL_AWAITED"},
                                                 {"no", "APPROVAL_AWAITED"},
                                                 {"more", "APPROVAL_AWAITED"},
                                                 {"meeting", "APPROVAL_AWAITED"}})},
      {"interest", Open("interest", {{"meeting", "INTEREST_AWAITED"}})},
      {"contact_meeting", Open("contact_meeting", {{"yes", "CONTACT_MEETING_AWAITED"},
                                                   {"more", "CONTACT_MEETING_AWAITED"},
                                                   {"meeting", "acceptance"}})},
      {"acceptance", Open("acceptance", {{"meeting", "CONTACT_MEETING_RECORDED"}})},
      {"matched",
       {{"approve", "PROPOSAL_MATCHED"},
        {"yes", "PROPOSAL_MATCHED"},
        {"no", "PROPOSAL_MATCHED"},
        {"more", "PROPOSAL_MATCHED"},
        {"meeting", "PROPOSAL_MATCHED"},
        {"expire", "PROPOSAL_MATCHED"},
        {"leave", "matched"},
        {"take_in", "PROPOSAL_MATCHED"},
        {"cancel", "PROPOSAL_MATCHED"},
        {"close", "closed"}}},
      {"declined", EndedRow()},
      {"expired", EndedRow()},
      {"cancelled", EndedRow()},
      {"closed", EndedRow()}};
  return *table;
}

TEST(ProposalTest, EveryStageAndCommandIsAsTheTableSays) {
  for (const auto& [stage, row] : Table()) {
    const Proposal from = In(stage);
    ASSERT_EQ(StageOf(from), stage);
    for (const auto& [name, command] : Commands()) {
      const absl::StatusOr<Decision> decision = Decide(from, command, kStart);
      const std::string got =
          decision.ok() ? StageOf(decision->next) : status::ReasonOf(decision.status());
      EXPECT_EQ(got, row.at(name)) << stage << " " << name;
      if (!decision.ok()) {
        EXPECT_FALSE(status::DetailOf(decision.status()).fr.empty()) << name;
        EXPECT_EQ(decision.status().code(), absl::StatusCode::kFailedPrecondition);
      }
    }
  }
}

TEST(ProposalTest, DaysEndAtMidnightAndAskingForMoreBeginsThemAnewOnce) {
  const Proposal made = Pair();
  EXPECT_EQ(made.due, clock::EndOfDay(kStart, 7, Ottawa()));
  const absl::Time later = kStart + absl::Hours(24 * 5);
  const Proposal asked = Apply(made, AskMore{"mentor"}, later);
  EXPECT_EQ(asked.due, clock::EndOfDay(later, 7, Ottawa()));
  EXPECT_EQ(ReasonOf(asked, AskMore{"mentor"}, later), "ALREADY_ASKED_MORE");
  EXPECT_TRUE(Decide(asked, AskMore{"mentee"}, later).ok());
  EXPECT_EQ(ReasonOf(made, SayYes{"mentee"}, made.due), "DEADLINE_PASSED");
  EXPECT_EQ(SignBy(made, kStart), clock::EndOfDay(kStart, 10, Ottawa()));
}

TEST(ProposalTest, SilenceOfEitherEndsAPairAndBarsIt) {
  const Proposal said = Apply(Pair(), SayYes{"mentee"});
  const Decision decision = Decided(said, Expire{}, said.due);
  EXPECT_EQ(decision.next.state, State::kExpired);
  EXPECT_EQ(decision.next.end_reason, "no_answer");
  EXPECT_EQ(decision.next.ended_by, "time");
  EXPECT_EQ(decision.facts, std::vector<Fact>{{FactKind::kEnded}});
  EXPECT_EQ(std::set<std::string>(decision.freed.begin(), decision.freed.end()),
            (std::set<std::string>{"mentee", "mentor"}));
  ASSERT_EQ(decision.barred.size(), 1u);
  EXPECT_EQ(decision.barred[0], (std::pair<std::string, std::string>("mentee", "mentor")));
}

TEST(ProposalTest, WhatStaffDidNotGetToIsToldToNobodyAndBarsNobody) {
  const Proposal suggested = Pair(true);
  EXPECT_FALSE(suggested.shown);
  const Decision decision = Decided(suggested, Expire{}, suggested.due);
  EXPECT_EQ(decision.next.end_reason, "not_approved");
  EXPECT_TRUE(decision.facts.empty());
  EXPECT_TRUE(decision.barred.empty());
}

TEST(ProposalTest, AnApprovalThatIsTheOnlyStepMatchesAtOnce) {
  Proposal made = Pair();
  made.terms.steps = {{StepKind::kApproval, 3}};
  const Decision decision = Decided(Propose(made, kStart).next, Approve{"coordinator"});
  EXPECT_EQ(decision.next.state, State::kMatched);
  EXPECT_EQ(decision.facts, (std::vector<Fact>{{FactKind::kProposed}, {FactKind::kMatched}}));
}

TEST(ProposalTest, WhoInitiatesHasSaidYesAndAStepAsksOneSideOnly) {
  Proposal made = Pair();
  made.terms.steps = {{StepKind::kInterest, 7, false, true}, {StepKind::kAcceptance, 7}};
  const Proposal asked = Propose(made, kStart, "mentee").next;
  EXPECT_EQ(asked.step, 0u);
  EXPECT_EQ(ReasonOf(asked, SayYes{"mentee"}), "NOT_ASKED");
  const Decision yes = Decided(asked, SayYes{"mentor"});
  EXPECT_EQ(StageOf(yes.next), "acceptance");
  EXPECT_EQ(yes.next.Find("mentor")->reply, Reply::kNone);
  // A first step of both: the initiator's part is done.
  made.terms.steps = {{StepKind::kAcceptance, 7}};
  const Proposal both = Propose(made, kStart, "mentee").next;
  EXPECT_EQ(Apply(both, SayYes{"mentor"}).state, State::kMatched);
}

TEST(GroupTest, ItGoesOnWithoutOneWhileItsBoundsHold) {
  const Decision no = Decided(Group(4), SayNo{"m2", "schedule"});
  EXPECT_EQ(no.next.state, State::kOpen);
  EXPECT_EQ(no.next.In(Side::kMentee), 3);
  EXPECT_EQ(no.next.Gap(Side::kMentee), 1);
  EXPECT_EQ(no.facts, (std::vector<Fact>{{FactKind::kDropped, "m2"}}));
  EXPECT_EQ(no.freed, std::vector<std::string>{"m2"});
  EXPECT_EQ(no.barred.size(), 2u);  // with both mentors
  EXPECT_EQ(ReasonOf(no.next, SayYes{"m2"}), "NO_LONGER_IN");
  Proposal next = no.next;
  for (const char* one : {"m1", "m3", "m4", "c1"}) next = Apply(next, SayYes{one});
  EXPECT_EQ(next.state, State::kOpen);
  EXPECT_EQ(Apply(next, SayYes{"c2"}).state, State::kMatched);
}

TEST(GroupTest, AGapBelowTheLeastWaitsToBeFilledAndTheNewcomerIsAsked) {
  Proposal next = Apply(Group(3), SayNo{"m1", "schedule"});
  EXPECT_EQ(next.state, State::kOpen);
  for (const char* one : {"m2", "m3", "c1", "c2"}) next = Apply(next, SayYes{one});
  EXPECT_EQ(next.state, State::kOpen);  // all have said yes; one is missing
  const absl::Time later = kStart + absl::Hours(24 * 3);
  const Decision taken = Decided(next, TakeIn{Somebody(Side::kMentee, "m9")}, later);
  EXPECT_EQ(taken.facts, (std::vector<Fact>{{FactKind::kTakenIn, "m9"}}));
  EXPECT_EQ(taken.next.due, clock::EndOfDay(later, 7, Ottawa()));
  EXPECT_EQ(taken.next.Gap(Side::kMentee), 0);
  EXPECT_EQ(ReasonOf(taken.next, TakeIn{Somebody(Side::kMentee, "m1")}, later),
            "ALREADY_PARTICIPANT");
  EXPECT_EQ(Apply(taken.next, SayYes{"m9"}, later).state, State::kMatched);
}

TEST(GroupTest, AtTheEndOfTheDaysItGoesOnWithinItsBoundsOrEndsWithTooFew) {
  Proposal four = Group(4);
  for (const char* one : {"m1", "m2", "m3", "c1"}) four = Apply(four, SayYes{one});
  const Decision on = Decided(four, Expire{}, four.due);
  EXPECT_EQ(on.next.state, State::kMatched);
  EXPECT_EQ(on.next.In(Side::kMentee), 3);
  EXPECT_EQ(on.next.In(Side::kMentor), 1);
  EXPECT_EQ(on.freed.size(), 2u);

  Proposal three = Group(3);
  for (const char* one : {"m1", "m2", "c1"}) three = Apply(three, SayYes{one});
  const Decision off = Decided(three, Expire{}, three.due);
  EXPECT_EQ(off.next.state, State::kExpired);
  EXPECT_EQ(off.next.end_reason, "too_few_left");
  EXPECT_EQ(off.freed.size(), 5u);
}

TEST(GroupTest, NobodyOnASideEndsItAtOnce) {
  Proposal one_mentor = Group(3, 1);
  const Decision no = Decided(one_mentor, SayNo{"c1", "personal"});
  EXPECT_EQ(no.next.state, State::kDeclined);
  EXPECT_EQ(no.next.ended_by, "mentor");
}

TEST(GroupTest, OneWhoLeavesAMatchFreesOnePlace) {
  Proposal matched = Group(3);
  for (const char* one : {"m1", "m2", "m3", "c1", "c2"}) matched = Apply(matched, SayYes{one});
  ASSERT_EQ(matched.state, State::kMatched);
  const Decision left = Decided(matched, Leave{"m2", "moved"});
  EXPECT_EQ(left.next.state, State::kMatched);
  EXPECT_EQ(left.freed, std::vector<std::string>{"m2"});
  EXPECT_EQ(left.next.Gap(Side::kMentee), 1);
  Proposal last = left.next;
  for (const char* one : {"m1", "m3", "c1"}) last = Apply(last, Leave{one, "moved"});
  // Others may have joined what came of it: its gaps are filled though all who began it left.
  const Decision deserted = Decided(last, Leave{"c2", "moved"});
  EXPECT_EQ(deserted.next.state, State::kMatched);
  EXPECT_EQ(deserted.freed, std::vector<std::string>{"c2"});
  EXPECT_EQ(deserted.next.Gap(Side::kMentee), 3);
  const Decision closed = Decided(deserted.next, Close{"term"});
  EXPECT_EQ(closed.next.state, State::kClosed);
  EXPECT_TRUE(closed.freed.empty());
}

// Whatever is said in whatever order: whoever is out was freed once, an end frees all, no match is
// outside its bounds.
TEST(GroupTest, RandomHistoriesKeepBoundsAndFreeEverybodyOnce) {
  for (unsigned seed = 0; seed < 300; ++seed) {
    std::mt19937 random(seed);
    Proposal now = Group(3 + static_cast<int>(seed % 2));
    std::set<std::string> freed;
    int newcomers = 0;
    for (int i = 0; i < 60 && IsActive(now.state); ++i) {
      const Participant& who = now.participants[random() % now.participants.size()];
      std::vector<Command> choices = {
          SayYes{who.enrolment},
          SayYes{who.enrolment},
          SayNo{who.enrolment, "other"},
          AskMore{who.enrolment},
          Leave{who.enrolment, "withdrawn"},
          TakeIn{Somebody(who.side, "n" + std::to_string(++newcomers))}};
      if (random() % 20 == 0) choices = {Expire{}};
      const bool expires = choices.size() == 1;
      const auto decision =
          Decide(now, choices[random() % choices.size()], expires ? now.due : kStart);
      if (!decision.ok()) continue;
      for (const std::string& one : decision->freed) EXPECT_TRUE(freed.insert(one).second) << seed;
      if (now.state == State::kOpen && decision->next.state == State::kMatched) {
        EXPECT_GE(decision->next.In(Side::kMentee), 3) << seed;
        EXPECT_GE(decision->next.In(Side::kMentor), 1) << seed;
      }
      now = decision->next;
      EXPECT_LE(now.In(Side::kMentee), 4);
      for (const Participant& one : now.participants) {
        EXPECT_EQ(freed.contains(one.enrolment), !one.in() || !IsActive(now.state)) << seed;
      }
    }
  }
}

TEST(ProposalTest, NamesAreReadAsTheyAreWritten) {
  for (State state : kAllStates) EXPECT_EQ(*StateOf(NameOf(state)), state);
  EXPECT_FALSE(StateOf("proposed").ok());
}

}  // namespace
}  // namespace tremplin::matching::domain
