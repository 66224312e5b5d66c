#include "tests/faults/pairing.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "tremplin/session/v1/session.pb.h"

namespace tremplin::testing {
namespace {

using matching::v1::Proposal;

constexpr char kMatching[] = "tremplin.matching.v1.MatchingService/";
constexpr int kOrientedARound = 8;
constexpr int kProposalsARun = 6;
constexpr int kWays = 4;

bool IsActive(Proposal::State state) {
  return state == Proposal::STATE_OPEN || state == Proposal::STATE_MATCHED;
}

// The enrolments of a side that are in it.
std::vector<std::string> Of(const Proposal& proposal, program::v1::Subject side) {
  std::vector<std::string> enrolments;
  for (const matching::v1::ProposalParticipant& one : proposal.participants()) {
    if (one.side() == side && one.dropped().empty()) enrolments.push_back(one.enrolment());
  }
  return enrolments;
}

}  // namespace

PairingWorkload::PairingWorkload(const Deployment& deployment, int mentors, int capacity)
    : capacity_(capacity), staff_(deployment) {
  for (int number = 0; number < mentors; ++number) {
    const auto mentor = staff_.ReadyMentor(absl::StrCat("storm-", number), capacity);
    if (!mentor.ok()) Failed("mentor", mentor.status());
  }
}

void PairingWorkload::Failed(const std::string& step, const absl::Status& status) {
  std::lock_guard lock(mutex_);
  errors_.push_back(absl::StrCat(step, ": ", status.ToString()));
}

int PairingWorkload::Orient(int most) {
  const auto waiting = staff_.MenteesOnboarding(most);
  if (!waiting.ok()) {
    Failed("list enrolments", waiting.status());
    return 0;
  }
  for (const registration::v1::Enrolment& mentee : *waiting) {
    absl::Status done = staff_.CompleteStep(mentee.name(), "needs_analysis", /*gate=*/true);
    if (done.ok()) done = staff_.CompleteStep(mentee.name(), "orientation", /*gate=*/false);
    if (!done.ok()) {
      Failed("orient", done);
    } else {
      ++oriented_;
    }
  }
  return static_cast<int>(waiting->size());
}

void PairingWorkload::OrientAll() {
  while (Orient(kOrientedARound) > 0) {
  }
}

bool PairingWorkload::Answer(const Proposal& proposal, program::v1::Subject side,
                             matching::v1::Answer answer, const std::string& step) {
  for (const std::string& enrolment : Of(proposal, side)) {
    matching::v1::AnswerProposalRequest request;
    request.set_name(proposal.name());
    request.set_enrolment(enrolment);
    request.set_answer(answer);
    if (answer == matching::v1::ANSWER_NO) request.set_reason("schedule");
    request.set_request_id(absl::StrCat(step, "/", enrolment, "/", proposal.name()));
    const auto answered = staff_.client().Call<Proposal>(
        "matching", absl::StrCat(kMatching, "AnswerProposal"), request);
    if (!answered.ok()) {
      Failed(step, answered.status());
      return false;
    }
  }
  return true;
}

bool PairingWorkload::Meet(const std::string& proposal) {
  matching::v1::RecordContactMeetingRequest request;
  request.set_name(proposal);
  request.set_request_id(absl::StrCat("meet/", proposal));
  const auto met = staff_.client().Call<Proposal>(
      "matching", absl::StrCat(kMatching, "RecordContactMeeting"), request);
  if (!met.ok()) Failed("meet", met.status());
  return met.ok();
}

// Four ways in turn: the mentor declines, silence, the mentee declines after the meeting, a match.
PairingWorkload::State PairingWorkload::Carry(const Proposal& proposal, size_t way) {
  using matching::v1::ANSWER_NO;
  using matching::v1::ANSWER_YES;
  constexpr auto kMentee = program::v1::SUBJECT_MENTEE;
  constexpr auto kMentor = program::v1::SUBJECT_MENTOR;
  if (way % kWays == 0) {
    return Answer(proposal, kMentor, ANSWER_NO, "first") ? Proposal::STATE_DECLINED
                                                         : Proposal::STATE_UNSPECIFIED;
  }
  if (way % kWays == 1) return Proposal::STATE_OPEN;
  const bool met = Answer(proposal, kMentee, ANSWER_YES, "first") &&
                   Answer(proposal, kMentor, ANSWER_YES, "first") && Meet(proposal.name());
  if (!met) return Proposal::STATE_UNSPECIFIED;
  if (way % kWays == 2) {
    return Answer(proposal, kMentee, ANSWER_NO, "second") ? Proposal::STATE_DECLINED
                                                          : Proposal::STATE_UNSPECIFIED;
  }
  const bool agreed = Answer(proposal, kMentee, ANSWER_YES, "second") &&
                      Answer(proposal, kMentor, ANSWER_YES, "second");
  return agreed ? Proposal::STATE_MATCHED : Proposal::STATE_UNSPECIFIED;
}

void PairingWorkload::Match(int round) {
  matching::v1::RunMatchingRequest request;
  request.set_program(kOttawa);
  request.set_limit(kProposalsARun);
  request.set_request_id(absl::StrCat("storm-run-", round));
  const auto run = staff_.client().Call<matching::v1::RunMatchingResponse>(
      "matching", absl::StrCat(kMatching, "RunMatching"), request);
  if (!run.ok()) return Failed("run", run.status());
  for (const Proposal& proposal : run->proposals()) {
    size_t way = 0;
    {
      std::lock_guard lock(mutex_);
      way = expected_.size();
      expected_[proposal.name()] = Proposal::STATE_OPEN;
    }
    const State state = Carry(proposal, way);
    std::lock_guard lock(mutex_);
    expected_[proposal.name()] = state;
  }
}

void PairingWorkload::Run(const std::stop_token& stop) {
  const auto match = [&](int first) {
    for (int round = first; !stop.stop_requested(); round += 2) Match(round);
  };
  std::jthread other([&] { match(1); });
  std::jthread orienting([&] {
    while (!stop.stop_requested()) Orient(kOrientedARound);
  });
  match(0);
}

int PairingWorkload::matched() const {
  return static_cast<int>(std::count_if(expected_.begin(), expected_.end(), [](const auto& one) {
    return one.second == Proposal::STATE_MATCHED;
  }));
}

std::vector<Proposal> PairingWorkload::AllProposals() {
  std::vector<Proposal> all;
  matching::v1::ListProposalsRequest request;
  request.set_program(kOttawa);
  request.set_page_size(500);
  do {
    const auto page = staff_.client().Call<matching::v1::ListProposalsResponse>(
        "matching", absl::StrCat(kMatching, "ListProposals"), request);
    EXPECT_TRUE(page.ok()) << page.status();
    if (!page.ok()) return all;
    all.insert(all.end(), page->proposals().begin(), page->proposals().end());
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  return all;
}

void PairingWorkload::Verify() {
  for (const std::string& error : errors_) ADD_FAILURE() << error;
  std::map<std::string, int> by_mentor;
  std::map<std::string, int> by_mentee;
  std::map<std::string, State> stored;
  for (const Proposal& proposal : AllProposals()) {
    stored[proposal.name()] = proposal.state();
    if (!IsActive(proposal.state())) continue;
    for (const std::string& mentor : Of(proposal, program::v1::SUBJECT_MENTOR)) {
      EXPECT_LE(++by_mentor[mentor], capacity_) << mentor << " has more places than they take";
    }
    for (const std::string& mentee : Of(proposal, program::v1::SUBJECT_MENTEE)) {
      EXPECT_EQ(++by_mentee[mentee], 1) << mentee << " is in two matches";
    }
  }
  EXPECT_EQ(stored, expected_);

  matching::v1::ListPoolRequest pool;
  pool.set_program(kOttawa);
  pool.set_side(matching::v1::SIDE_MENTOR);
  pool.set_page_size(500);
  const auto mentors = staff_.client().Call<matching::v1::ListPoolResponse>(
      "matching", absl::StrCat(kMatching, "ListPool"), pool);
  ASSERT_TRUE(mentors.ok()) << mentors.status();
  for (const auto& mentor : mentors->entries()) {
    EXPECT_EQ(mentor.taken(), by_mentor[mentor.enrolment()]) << mentor.enrolment();
  }

  session::v1::ListEngagementsRequest list;
  list.set_program(kOttawa);
  list.set_page_size(500);
  std::map<std::string, int> engagements;
  do {
    const auto page = staff_.client().Call<session::v1::ListEngagementsResponse>(
        "session", "tremplin.session.v1.SessionService/ListEngagements", list);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const auto& engagement : page->engagements()) {
      EXPECT_EQ(++engagements[engagement.proposal()], 1) << engagement.proposal();
      EXPECT_EQ(stored[engagement.proposal()], Proposal::STATE_MATCHED);
    }
    list.set_page_token(page->next_page_token());
  } while (!list.page_token().empty());
  EXPECT_EQ(static_cast<int>(engagements.size()), matched());
}

}  // namespace tremplin::testing
