#ifndef TREMPLIN_SERVICES_MATCHING_ENGINE_EXPLANATION_H_
#define TREMPLIN_SERVICES_MATCHING_ENGINE_EXPLANATION_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "services/matching/engine/candidates.h"
#include "services/matching/engine/graph.h"
#include "services/matching/engine/matcher.h"
#include "services/matching/engine/score.h"

// Why this pair, and why nobody: in codes and numbers, of which a service makes sentences.
namespace tremplin::matching::engine {

// An assignment and its dual prices, by position. Prices and surplus are in worths; together with
// the assignment they satisfy price + surplus ≥ worth for every candidate pair, with equality for
// matched ones; a mentor with a place left has price 0, a mentee without a mentor surplus 0. Prices
// that prove an optimum lie between what one more place would add and what one fewer would cost;
// any of them will do, and "short by" is exact with the greatest, else the least it may be. Where
// there were several rounds (rounds.h) prices are their sums: they still cover every pair, and
// equality holds for the round that matched a pair.
struct Standing {
  std::vector<Index> mentor_of;  // by mentee, kNobody for none
  std::vector<Worth> price;      // by mentor
  std::vector<Worth> surplus;    // by mentee
};

// One criterion's part of a pair's points.
struct Part {
  std::string criterion;
  int points = 0;  // the parts of a pair sum to its points
  int most = 0;    // what it could have been

  friend bool operator==(const Part&, const Part&) = default;
};

// For staff.
struct ProposalExplanation {
  int points = 0;
  std::vector<Part> parts;  // in the order of the policy's weights
  int rank = 0;        // of the mentor among the mentee's candidates, from 1; 0: not one of them
  int candidates = 0;  // how many there are
  // How contested the mentor is: the price of a place in points; 0 while places are left.
  int64_t contested = 0;
  // By how many points the mentee is better off than with the best that the others leave them.
  int64_t surplus = 0;
};

enum class Closeness { kNotGiven, kSame, kNear, kRelated, kOther };

// What either side may be told of the other: what they have in common, and how close they are in
// words. No points, from which a place or a wait could be counted back, nor anything that only one
// of them has.
struct Common {
  std::vector<std::string> languages;
  std::vector<std::string> slots;
  std::vector<std::string> goals;
  Closeness occupation = Closeness::kNotGiven;  // near from 60, related from 45 hundredths
  Closeness industry = Closeness::kNotGiven;    // near: the same sector
  Closeness place = Closeness::kNotGiven;       // same area, near ≤ 15 km, related ≤ 80 km
};

// The rules in the order in which they are asked.
enum class Rule {
  kAnotherPerson,
  kSharedLanguage,
  kSharedSlot,
  kRequired,  // has what the mentee requires
  kNotBarred,
  kLeastPoints,
  kPlace,
};

// How many mentors each rule leaves, of those all rules before it left.
struct Stage {
  Rule rule = Rule::kAnotherPerson;
  int left = 0;
  int left_near = 0;  // of these, in a near occupation (60 hundredths or more)

  friend bool operator==(const Stage&, const Stage&) = default;
};

enum class Cause {
  kNobodyThere,       // no mentor but themselves
  kNoSharedLanguage,  // …each the first rule that leaves nobody
  kNoSharedSlot,
  kNoneAsRequired,
  kAllBarred,
  kScoreTooLow,
  kAllFull,          // those who suit had no place before this run
  kOutbid,           // those who suit and had a place are worth more to the whole with others
  kOutOfCandidates,  // one who suits has a place left, but is beyond the k candidates
};

// The mentor who came closest.
struct Nearest {
  Index mentor = 0;
  int points = 0;
  // By how many points the pair fell short: of the least score, or of the price of a place.
  int64_t short_by = 0;
  std::string criterion;   // which lost the most of what it could have been
  bool has_place = false;  // a place is left after the run
};

enum class ChangeKind { kLanguage, kSlot, kWish, kPlace, kMinimum };

struct Change {
  ChangeKind kind = ChangeKind::kLanguage;
  // kLanguage, kSlot: what the mentee would have too. kWish: what they would no longer require.
  std::string code;
  Index mentor = 0;      // kPlace: who would take one more
  int least_points = 0;  // kMinimum: the least score that would do

  friend bool operator==(const Change&, const Change&) = default;
};

struct UnmatchedExplanation {
  Cause cause = Cause::kNobodyThere;
  std::vector<Stage> stages;  // in the order of Rule; those the policy does not ask are left out
  std::optional<Nearest> nearest;
  std::vector<Change> remedies;  // each of them, alone, was seen to give the mentee a mentor
};

// Solves again with a change and tells whether this mentee then has a mentor (see Apply).
using Resolve = std::function<bool(const Change&)>;

// Carries a change out on copies of what was solved, for a Resolve.
void Apply(const Change& change, const CandidateIndex& index, Index mentee, Pool* pool,
           Policy* policy);

// Explains one run. Everything given must outlive it and belong together: `index` built from `pool`
// and `policy`, `candidates` from `index`. Thread-safe.
class Explainer {
 public:
  Explainer(const Pool& pool, const Policy& policy, const CandidateIndex& index,
            const Candidates& candidates, const Distance& distance, const Standing& standing);

  // O(candidates of the mentee). Any pair, matched or not; contested and surplus are of the run.
  ProposalExplanation Proposal(Index mentee, Index mentor) const;

  Common InCommon(Index mentee, Index mentor) const;

  // Of a mentee without a mentor. O(mentors · log mentors), and at most `tries` calls of `resolve`,
  // in this order: one more place (of those who suit best), a language, a slot, a wish no longer
  // required, a lower minimum.
  UnmatchedExplanation Unmatched(Index mentee, const Resolve& resolve, int tries = 12) const;

 private:
  // One mentor seen from an unmatched mentee: the first rule they fail, if any.
  struct Seen {
    Index mentor = 0;
    std::optional<Rule> fails;
    int points = 0;
    bool near = false;
  };

  const Mentee& MenteeAt(Index at) const { return pool_.mentees[index_.MenteeInPool(at)]; }
  const Mentor& MentorAt(Index at) const { return pool_.mentors[index_.MentorInPool(at)]; }
  std::vector<Part> Parts(Index mentee, Index mentor, int points) const;
  std::vector<Seen> SeenFrom(Index mentee) const;
  std::optional<Rule> FirstFailed(Index mentee, Index mentor, int points) const;
  std::vector<Stage> Stages(Index mentee, const std::vector<Seen>& seen) const;
  Cause CauseOf(const std::vector<Seen>& seen) const;
  std::optional<Nearest> NearestOf(Index mentee, const std::vector<Seen>& seen) const;
  std::vector<Change> Changes(Index mentee, const std::vector<Seen>& seen) const;
  bool HasPlaceLeft(Index mentor) const;

  const Pool& pool_;
  const Policy& policy_;
  const CandidateIndex& index_;
  const Candidates& candidates_;
  const Distance& distance_;
  const Standing& standing_;
  std::vector<int> taken_;  // by mentor
};

}  // namespace tremplin::matching::engine

#endif  // TREMPLIN_SERVICES_MATCHING_ENGINE_EXPLANATION_H_
