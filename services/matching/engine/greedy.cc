#include "services/matching/engine/greedy.h"

#include <algorithm>
#include <cstddef>
#include <tuple>
#include <utility>
#include <vector>

namespace tremplin::matching::engine {
namespace {

// Counts of the mentors that each rule left standing for one mentee, in the order of the rules.
struct Left {
  int speaking = 0;
  int as_required = 0;
  int not_barred = 0;
  int suiting = 0;  // reaching the least score
  int full = 0;     // suiting without a free place
};

struct Choice {
  size_t mentor = 0;
  double score = -1;
  int rank = 0;
};

Reason WhyNobody(const Left& left) {
  if (left.speaking == 0) return Reason::kNoSharedLanguage;
  if (left.as_required == 0) return Reason::kNoneAsRequired;
  if (left.not_barred == 0) return Reason::kAlreadyDeclined;
  if (left.suiting == 0) return Reason::kScoreTooLow;
  return Reason::kNoMentorFree;
}

class Greedy final : public Matcher {
 public:
  explicit Greedy(Distance distance) : distance_(std::move(distance)) {}

  absl::StatusOr<Proposals> Propose(const Pool& pool, const Policy& policy) const override {
    std::vector<const Mentee*> mentees;
    for (const Mentee& mentee : pool.mentees) mentees.push_back(&mentee);
    std::sort(mentees.begin(), mentees.end(), [](const Mentee* a, const Mentee* b) {
      return std::tie(a->waiting_since, a->business_key) <
             std::tie(b->waiting_since, b->business_key);
    });
    // In the order of their keys, so that the first of equal scores is the one of the least key.
    std::vector<Mentor> mentors = pool.mentors;
    std::sort(mentors.begin(), mentors.end(),
              [](const Mentor& a, const Mentor& b) { return a.business_key < b.business_key; });

    Proposals proposals;
    for (const Mentee* mentee : mentees) {
      if (static_cast<int>(proposals.proposed.size()) >= policy.limit) {
        proposals.unmatched.push_back({mentee->enrolment, Reason::kLimitReached, 0});
        continue;
      }
      ProposeFor(*mentee, pool, policy, &mentors, &proposals);
    }
    return proposals;
  }

 private:
  void ProposeFor(const Mentee& mentee, const Pool& pool, const Policy& policy,
                  std::vector<Mentor>* mentors, Proposals* proposals) const {
    Left left;
    Choice best;
    std::vector<double> scores;
    for (size_t i = 0; i < mentors->size(); ++i) {
      const Mentor& mentor = (*mentors)[i];
      if (mentor.person == mentee.person) continue;
      if (policy.shared_language_required && !ShareLanguage(mentee.profile, mentor.profile)) {
        continue;
      }
      ++left.speaking;
      if (!HasRequired(mentee.profile, mentor.profile)) continue;
      ++left.as_required;
      if (pool.barred.count({mentee.enrolment, mentor.enrolment}) > 0) continue;
      ++left.not_barred;
      const double score = Score(Contributions(mentee, mentor, pool.today, policy, distance_));
      if (score < policy.minimum_score) continue;
      ++left.suiting;
      scores.push_back(score);
      if (mentor.free <= 0) {
        ++left.full;
      } else if (score > best.score) {
        // Equal scores before this one rank above it: they belong to lesser keys.
        const auto above = std::count_if(scores.begin(), scores.end() - 1,
                                         [&](double other) { return other == score; });
        best = {i, score, static_cast<int>(above) + 1};
      }
    }
    if (best.score < 0) {
      const Reason reason = mentors->empty() ? Reason::kNoMentorFree : WhyNobody(left);
      proposals->unmatched.push_back({mentee.enrolment, reason, left.full});
      return;
    }
    best.rank += static_cast<int>(std::count_if(scores.begin(), scores.end(),
                                                [&](double other) { return other > best.score; }));
    Mentor& chosen = (*mentors)[best.mentor];
    --chosen.free;
    proposals->proposed.push_back({mentee.enrolment, chosen.enrolment, best.score,
                                   Contributions(mentee, chosen, pool.today, policy, distance_),
                                   best.rank, /*contested=*/0});
  }

  Distance distance_;
};

}  // namespace

std::unique_ptr<Matcher> MakeGreedyMatcher(Distance distance) {
  return std::make_unique<Greedy>(std::move(distance));
}

}  // namespace tremplin::matching::engine
