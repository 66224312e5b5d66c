#ifndef TREMPLIN_SERVICES_MATCHING_ENGINE_MATCHER_H_
#define TREMPLIN_SERVICES_MATCHING_ENGINE_MATCHER_H_

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "services/matching/engine/graph.h"

// What an engine is asked and what it answers: codes in, pairs with their reasons out. No database,
// no clock, no protobuf.
namespace tremplin::matching::engine {

// Codes only, as the pool holds them. Lists are sorted.
struct Profile {
  std::string noc;                        // NOC 2021 unit group
  std::string naics;                      // sector or subsector, "" when not given
  std::vector<std::string> languages;     // "en", "fr"
  std::string fsa;                        // forward sortation area
  std::vector<std::string> availability;  // "mon-evening"
  int years_experience = -1;              // 0 or more; -1 when not given
  std::vector<std::string> goals = {};    // codes of what a mentee seeks, a mentor offers
  // Volunteered with consent. A mentee's: what they wish of a mentor, and those of these wishes
  // without which nobody is to be proposed. A mentor's: what they say of themselves.
  std::vector<std::string> wishes = {};
  std::vector<std::string> required = {};
  std::vector<std::string> attributes = {};
  // What else may be compared, by the criterion's name: codes, sorted. Who did not give it has no entry.
  std::map<std::string, std::vector<std::string>> further = {};

  friend bool operator==(const Profile&, const Profile&) = default;
};

struct Mentee {
  std::string enrolment;
  std::string person;
  std::string business_key;
  Profile profile;
  absl::CivilDay waiting_since;  // in the program's time zone
  // The criterion that each of this side's noes named, sorted: see Taught in score.h.
  std::vector<std::string> lessons = {};

  friend bool operator==(const Mentee&, const Mentee&) = default;
};

struct Mentor {
  std::string enrolment;
  std::string person;
  std::string business_key;
  Profile profile;
  int free = 0;                           // places; 0: known and full, which reasons are made of
  std::vector<std::string> lessons = {};  // as a mentee's

  friend bool operator==(const Mentor&, const Mentor&) = default;
};

// One consistent reading of a program's pool.
struct Pool {
  int64_t version = 0;  // pool version it was read at
  absl::CivilDay today;
  std::vector<Mentee> mentees;  // who waits
  std::vector<Mentor> mentors;  // who may mentor, free or full
  // (mentee enrolment, mentor enrolment) not to be proposed again
  std::set<std::pair<std::string, std::string>> barred;
};

struct Weight {
  std::string criterion;
  double weight = 0;
};

struct Policy {
  std::vector<Weight> weights;  // of the program's version, 0 or more each
  double minimum_score = 0;     // 0–1
  bool shared_language_required = false;
  int limit = 1000;  // most proposals
  // What the greedy engine does not ask for:
  bool shared_slot_required = false;  // where both gave their weekly slots
  int candidates = 50;                // most mentors considered for a mentee, 1 or more
  Objective objective = Objective::kQuality;
  int waiting_bonus = 0;  // points a day waited, for the objective only; 0–50
  // By what a criterion weighs more for each of a side's noes that named it; 1: they teach nothing.
  double decline_lesson = 1;
  // Names that a weight may have beside those of score.h: criteria of Profile::further, each the share of a mentee's codes
  // that the mentor has.
  std::set<std::string> further = {};
};

struct Contribution {
  std::string criterion;
  double value = 0;   // 0–1
  double weight = 0;  // the policy's, times what both sides' noes taught
};

struct Proposed {
  std::string mentee;  // enrolment
  std::string mentor;  // enrolment
  double score = 0;    // 0–1, in steps of a millionth
  std::vector<Contribution> contributions;
  int rank = 0;  // of the mentor among all who suit the mentee, full ones too, from 1
  // How contested the mentor is: what one more of their places would add to the whole, in points of
  // 10,000 at most; 0 while they have a place left, and from an engine that knows no prices.
  int contested = 0;
};

// The true reason why nobody was proposed: the first rule that left no mentor, in this order.
enum class Reason {
  kNoSharedLanguage,
  kNoSharedSlot,
  kNoneAsRequired,
  kAlreadyDeclined,
  kScoreTooLow,
  kNoMentorFree,
  kOthersSuitBetter,  // there were places, which others need more or suit better
  kLimitReached,
};

struct Unmatched {
  std::string mentee;  // enrolment
  Reason reason = Reason::kNoMentorFree;
  int full = 0;  // suitable mentors without a free place
};

struct Proposals {
  std::vector<Proposed> proposed;    // at most Policy::limit
  std::vector<Unmatched> unmatched;  // every other mentee of the pool
};

// Chooses pairs. The answer follows from the facts of pool and policy alone: the order of the
// vectors and generated ids do not matter, business keys break ties. No mentor gets more than
// `free`, no mentee more than one, nobody themselves. Thread-safe.
class Matcher {
 public:
  virtual ~Matcher() = default;
  // An error is the engine's own, of what a pool may hold, or of an answer that failed its check.
  virtual absl::StatusOr<Proposals> Propose(const Pool& pool, const Policy& policy) const = 0;
};

}  // namespace tremplin::matching::engine

#endif  // TREMPLIN_SERVICES_MATCHING_ENGINE_MATCHER_H_
