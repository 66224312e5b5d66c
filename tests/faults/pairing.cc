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
  return state == Proposal::STATE_PROPOSED || state == Proposal::STATE_INTERESTED ||
         state == Proposal::STATE_MET || state == Proposal::STATE_MATCHED;
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

bool PairingWorkload::Answer(const std::string& proposal, matching::v1::Side side,
                             matching::v1::Answer answer, const std::string& step) {
  matching::v1::AnswerProposalRequest request;
  request.set_name(proposal);
  request.set_side(side);
  request.set_answer(answer);
  if (answer == matching::v1::ANSWER_NO) request.set_reason("schedule");
  request.set_request_id(absl::StrCat(step, "/", side, "/", proposal));
  const auto answered = staff_.client().Call<Proposal>(
      "matching", absl::StrCat(kMatching, "AnswerProposal"), request);
  if (!answered.ok()) Failed(step, answered.status());
  return answered.ok();
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
  using matching::v1::SIDE_MENTEE;
  using matching::v1::SIDE_MENTOR;
  const std::string& name = proposal.name();
  if (way % kWays == 0) {
    return Answer(name, SIDE_MENTOR, ANSWER_NO, "first") ? Proposal::STATE_DECLINED
                                                         : Proposal::STATE_UNSPECIFIED;
  }
  if (way % kWays == 1) return Proposal::STATE_PROPOSED;
  const bool met = Answer(name, SIDE_MENTEE, ANSWER_YES, "first") &&
                   Answer(name, SIDE_MENTOR, ANSWER_YES, "first") && Meet(name);
  if (!met) return Proposal::STATE_UNSPECIFIED;
  if (way % kWays == 2) {
    return Answer(name, SIDE_MENTEE, ANSWER_NO, "second") ? Proposal::STATE_DECLINED
                                                          : Proposal::STATE_UNSPECIFIED;
  }
  const bool agreed = Answer(name, SIDE_MENTEE, ANSWER_YES, "second") &&
                      Answer(name, SIDE_MENTOR, ANSWER_YES, "second");
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
      expected_[proposal.name()] = Proposal::STATE_PROPOSED;
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
    EXPECT_LE(++by_mentor[proposal.mentor_enrolment()], capacity_)
        << proposal.mentor_enrolment() << " has more mentees than they take";
    EXPECT_EQ(++by_mentee[proposal.mentee_enrolment()], 1)
        << proposal.mentee_enrolment() << " is in two matches";
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

  session::v1::ListMentorshipsRequest list;
  list.set_program(kOttawa);
  list.set_page_size(500);
  std::map<std::string, int> mentorships;
  do {
    const auto page = staff_.client().Call<session::v1::ListMentorshipsResponse>(
        "session", "tremplin.session.v1.SessionService/ListMentorships", list);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const auto& mentorship : page->mentorships()) {
      EXPECT_EQ(++mentorships[mentorship.proposal()], 1) << mentorship.proposal();
      EXPECT_EQ(stored[mentorship.proposal()], Proposal::STATE_MATCHED);
    }
    list.set_page_token(page->next_page_token());
  } while (!list.page_token().empty());
  EXPECT_EQ(static_cast<int>(mentorships.size()), matched());
}

}  // namespace tremplin::testing
