#include "services/matching/engine/solution.h"

#include <algorithm>
#include <numeric>

#include "services/matching/engine/certificate.h"
#include "services/matching/engine/stable.h"

namespace tremplin::matching::engine {
Reason ReasonOf(Cause cause) {
  switch (cause) {
    case Cause::kNoSharedLanguage:
      return Reason::kNoSharedLanguage;
    case Cause::kNoSharedSlot:
      return Reason::kNoSharedSlot;
    case Cause::kNoneAsRequired:
      return Reason::kNoneAsRequired;
    case Cause::kAllBarred:
      return Reason::kAlreadyDeclined;
    case Cause::kScoreTooLow:
      return Reason::kScoreTooLow;
    case Cause::kOutbid:
    case Cause::kOutOfCandidates:
      return Reason::kOthersSuitBetter;
    case Cause::kNobodyThere:
    case Cause::kAllFull:
      return Reason::kNoMentorFree;
  }
  return Reason::kNoMentorFree;
}

// Mentors who suit as far as the rules before the least score go, and have no place.
int FullAmong(const UnmatchedExplanation& why) {
  int suiting = 0;
  int free = 0;
  for (const Stage& stage : why.stages) {
    if (stage.rule == Rule::kLeastPoints) suiting = stage.left;
    if (stage.rule == Rule::kPlace) free = stage.left;
  }
  return suiting - free;
}

Solution::Solution(Pool pool, Policy policy, Distance distance)
    : pool_(std::move(pool)), policy_(std::move(policy)), distance_(std::move(distance)) {}

absl::StatusOr<std::shared_ptr<const Solution>> Solution::Of(Pool pool, Policy policy,
                                                             Distance distance) {
  std::shared_ptr<Solution> solution(
      new Solution(std::move(pool), std::move(policy), std::move(distance)));
  if (absl::Status solved = solution->Solve(); !solved.ok()) return solved;
  return solution;
}

absl::StatusOr<std::shared_ptr<const Solution>> Solution::OfSolved(Pool pool, Policy policy,
                                                                   Distance distance,
                                                                   const FindAnswer& find_answer) {
  std::shared_ptr<Solution> solution(
      new Solution(std::move(pool), std::move(policy), std::move(distance)));
  if (absl::Status made = solution->MakeIndex(); !made.ok()) return made;
  absl::StatusOr<Answer> answer = find_answer(*solution->index_);
  if (!answer.ok()) return answer.status();
  solution->candidates_ = std::move(answer->candidates);
  if (solution->policy_.objective != Objective::kStable) {
    solution->Keep(answer->sum);
  } else if (absl::Status solved = solution->SolveStably(); !solved.ok()) {
    return solved;
  }
  return solution;
}

absl::Status Solution::MakeIndex() {
  absl::StatusOr<CandidateIndex> index = CandidateIndex::Build(pool_, policy_, distance_);
  if (!index.ok()) return index.status();
  index_ = std::make_unique<CandidateIndex>(*std::move(index));
  return absl::OkStatus();
}

absl::Status Solution::Solve() {
  if (absl::Status made = MakeIndex(); !made.ok()) return made;
  candidates_ = index_->All({.limit = policy_.candidates});
  if (policy_.objective == Objective::kStable) return SolveStably();
  const absl::StatusOr<RoundSum> sum = SolveRounds(*index_, candidates_, policy_);
  if (!sum.ok()) return sum.status();
  Keep(*sum);
  return absl::OkStatus();
}

void Solution::Keep(const RoundSum& sum) {
  standing_ = sum.standing();
  certificate_ = sum.certificate();
  bound_ = sum.bound_points();
  const Graph graph = GraphOfPairs();
  std::vector<Points> of_mentors;
  of_mentors.reserve(graph.candidates.size());
  for (const Candidate& one : graph.candidates) of_mentors.push_back(one.points);
  blocking_pairs_ = CountBlockingPairs({graph.View(), of_mentors}, standing_.mentor_of);
}

Graph Solution::GraphOfPairs() const {
  Candidates candidates;
  for (Index mentee = 0; mentee < index_->mentees(); ++mentee) {
    const auto row = candidates_.Of(mentee);
    candidates.rows.insert(candidates.rows.end(), row.begin(), row.end());
    const Index mentor = standing_.mentor_of[mentee];
    const auto is_theirs = [&](const Scored& one) { return one.other == mentor; };
    if (mentor != kNobody && std::none_of(row.begin(), row.end(), is_theirs)) {
      candidates.rows.push_back({mentor, static_cast<uint16_t>(index_->Points(mentee, mentor))});
    }
    candidates.begin.push_back(static_cast<uint32_t>(candidates.rows.size()));
  }
  return MakeGraph(*index_, candidates, policy_);
}

absl::Status Solution::SolveStably() {
  const Graph graph = MakeGraph(*index_, candidates_, policy_);
  std::vector<Points> of_mentors;
  of_mentors.reserve(graph.candidates.size());
  for (const Candidate& one : graph.candidates) of_mentors.push_back(one.points);
  const Preferences preferences{graph.View(), of_mentors};
  standing_.mentor_of = SolveStable(preferences);
  standing_.price.assign(index_->mentors(), 0);
  standing_.surplus.assign(index_->mentees(), 0);
  blocking_pairs_ = CountBlockingPairs(preferences, standing_.mentor_of);
  if (blocking_pairs_ != 0) return NotCertified("a pair blocks a stable assignment");
  Assignment best(graph, Objective::kQuality);
  best.Solve();
  const Certificate bound = Check(best.graph(), Objective::kQuality, best.claim());
  if (!bound.ok) return NotCertified(bound.fault);
  bound_ = bound.points;
  for (Index mentee = 0; mentee < index_->mentees(); ++mentee) {
    const Index mentor = standing_.mentor_of[mentee];
    if (mentor == kNobody) continue;
    ++certificate_.served;
    certificate_.points +=
        ObjectivePoints(policy_, index_->Points(mentee, mentor), index_->DaysWaited(mentee));
  }
  certificate_.ok = true;
  return absl::OkStatus();
}

Explainer Solution::MakeExplainer() const {
  return {pool_, policy_, *index_, candidates_, distance_, standing_};
}

// Longest first, then by business key, which is the order of positions.
std::vector<Index> Solution::ByWaiting() const {
  std::vector<Index> order(index_->mentees());
  std::iota(order.begin(), order.end(), Index{0});
  std::stable_sort(order.begin(), order.end(), [&](Index a, Index b) {
    return index_->mentee(a).since_day < index_->mentee(b).since_day;
  });
  return order;
}

int RankOf(Index mentee, Index mentor, const CandidateIndex& index,
           CandidateIndex::RowSearch* best) {
  const auto place_in = [&](const std::vector<Scored>& row) {
    const auto found = std::find_if(row.begin(), row.end(),
                                    [&](const Scored& one) { return one.other == mentor; });
    return found == row.end() ? 0 : static_cast<int>(found - row.begin()) + 1;
  };
  if (const int place = place_in(best->Find(mentee)); place > 0) return place;
  const int all = static_cast<int>(index.mentors());
  return place_in(index.Row(mentee, {.limit = all, .full_too = true}));
}

Proposed MakeProposed(const Mentee& mentee, const Mentor& mentor, absl::CivilDay today,
                      const Policy& policy, const Distance& distance, int rank, Worth price) {
  Proposed made;
  made.mentee = mentee.enrolment;
  made.mentor = mentor.enrolment;
  made.contributions = Contributions(mentee, mentor, today, policy, distance);
  made.score = Score(made.contributions);
  made.rank = rank;
  made.contested = static_cast<int>(PointsOf(price));
  return made;
}

Proposed Solution::ProposedAt(Index mentee, Index mentor, CandidateIndex::RowSearch* best) const {
  return MakeProposed(MenteeAt(mentee), MentorAt(mentor), pool_.today, policy_, distance_,
                      RankOf(mentee, mentor, *index_, best), standing_.price[mentor]);
}

Proposals Solution::ToProposals(bool reasons) const {
  Proposals proposals;
  const Explainer explainer = MakeExplainer();
  CandidateIndex::RowSearch best(*index_, {.limit = policy_.candidates, .full_too = true});
  for (const Index mentee : ByWaiting()) {
    const Index mentor = standing_.mentor_of[mentee];
    const std::string& enrolment = MenteeAt(mentee).enrolment;
    if (mentor == kNobody) {
      Unmatched unmatched{enrolment, Reason::kNoMentorFree, 0};
      if (reasons) {
        const UnmatchedExplanation why = explainer.Unmatched(mentee, nullptr, /*tries=*/0);
        unmatched.reason = ReasonOf(why.cause);
        unmatched.full = FullAmong(why);
      }
      proposals.unmatched.push_back(unmatched);
    } else if (static_cast<int>(proposals.proposed.size()) >= policy_.limit) {
      proposals.unmatched.push_back({enrolment, Reason::kLimitReached, 0});
    } else {
      proposals.proposed.push_back(ProposedAt(mentee, mentor, &best));
    }
  }
  return proposals;
}

std::optional<Index> Solution::FindMentee(std::string_view enrolment) const {
  for (Index mentee = 0; mentee < index_->mentees(); ++mentee) {
    if (MenteeAt(mentee).enrolment == enrolment) return mentee;
  }
  return std::nullopt;
}

std::optional<UnmatchedExplanation> Solution::WhyNobody(std::string_view mentee_enrolment,
                                                        int tries) const {
  const std::optional<Index> mentee = FindMentee(mentee_enrolment);
  if (!mentee.has_value() || standing_.mentor_of[*mentee] != kNobody) return std::nullopt;
  const Resolve resolve = [&](const Change& change) {
    Pool pool = pool_;
    Policy policy = policy_;
    Apply(change, *index_, *mentee, &pool, &policy);
    const auto solved = Of(std::move(pool), std::move(policy), distance_);
    if (!solved.ok()) return false;
    const std::optional<Index> again = (*solved)->FindMentee(mentee_enrolment);
    return again.has_value() && (*solved)->standing_.mentor_of[*again] != kNobody;
  };
  return MakeExplainer().Unmatched(*mentee, resolve, tries);
}

std::optional<ProposalExplanation> Solution::WhyPair(std::string_view mentee_enrolment,
                                                     std::string_view mentor_enrolment) const {
  const std::optional<Index> mentee = FindMentee(mentee_enrolment);
  if (!mentee.has_value()) return std::nullopt;
  for (Index mentor = 0; mentor < index_->mentors(); ++mentor) {
    if (MentorAt(mentor).enrolment == mentor_enrolment) {
      return MakeExplainer().Proposal(*mentee, mentor);
    }
  }
  return std::nullopt;
}

RunReport Solution::Figures() const {
  std::vector<Outcome> outcomes;
  RunFacts facts;
  for (Index mentor = 0; mentor < index_->mentors(); ++mentor) {
    if (index_->mentor(mentor).free > 0) facts.mentees_of.push_back(0);
  }
  std::vector<int> mentees_of(index_->mentors(), 0);
  for (Index mentee = 0; mentee < index_->mentees(); ++mentee) {
    const Profile& profile = MenteeAt(mentee).profile;
    Outcome outcome;
    for (const std::string& language : profile.languages) {
      std::string& spoken = outcome.groups["language"];
      spoken += (spoken.empty() ? "" : "+") + language;
    }
    if (!profile.noc.empty()) outcome.groups["occupation"] = profile.noc.substr(0, 1);
    outcome.days_waited = index_->DaysWaited(mentee);
    const Index mentor = standing_.mentor_of[mentee];
    outcome.matched = mentor != kNobody;
    if (outcome.matched) {
      outcome.points = index_->Points(mentee, mentor);
      ++mentees_of[mentor];
      ++facts.proposed;
    }
    outcomes.push_back(std::move(outcome));
  }
  size_t at = 0;
  for (Index mentor = 0; mentor < index_->mentors(); ++mentor) {
    if (index_->mentor(mentor).free > 0) facts.mentees_of[at++] = mentees_of[mentor];
  }
  facts.blocking_pairs = blocking_pairs_;
  facts.value = certificate_.points;
  facts.bound = bound_;
  return Report(outcomes, facts);
}

namespace {

class Optimal final : public Matcher {
 public:
  explicit Optimal(Distance distance) : distance_(std::move(distance)) {}

  absl::StatusOr<Proposals> Propose(const Pool& pool, const Policy& policy) const override {
    const auto solution = Solution::Of(pool, policy, distance_);
    if (!solution.ok()) return solution.status();
    return (*solution)->ToProposals();
  }

 private:
  Distance distance_;
};

}  // namespace

std::unique_ptr<Matcher> MakeOptimalMatcher(Distance distance) {
  return std::make_unique<Optimal>(std::move(distance));
}

}  // namespace tremplin::matching::engine
