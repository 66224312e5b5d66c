#ifndef TREMPLIN_SERVICES_MATCHING_APP_GROUPS_H_
#define TREMPLIN_SERVICES_MATCHING_APP_GROUPS_H_

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "common/program/program_store.h"
#include "services/matching/app/policy.h"
#include "services/matching/engine/matcher.h"
#include "services/matching/engine/score.h"
#include "services/matching/store/proposals.h"
#include "tremplin/matching/v1/matching.pb.h"

// What is solved otherwise than as an assignment: groups, peers and single meetings. Pure over what
// was read.
namespace tremplin::matching::app {

// Criteria of a group beside those of its pairs.
inline constexpr char kCohesion[] = "cohesion";

// What counts more of a group: cohesion and fit; 1 and 1 where the policy says nothing.
std::pair<double, double> AimsOf(const program::v1::MatchingPolicy& policy);

struct Scoring {
  const program::Program& program;
  const program::v1::Format& format;
  absl::CivilDay today;
  const engine::Distance& distance;
};

// What counts of people who are together: of one and one their criteria, of more means over each
// mentee with each mentor beside how alike the mentees are, of peers means over both directions.
std::vector<engine::Contribution> Together(const std::vector<engine::Mentee>& mentees,
                                           const std::vector<engine::Mentor>& mentors,
                                           const Scoring& scoring);

// People whom an engine chose to be together, by enrolment.
struct Chosen {
  std::vector<std::string> mentees;
  std::vector<std::string> mentors;
  double score = 0;
  int rank = 0;
  int contested = 0;
  std::vector<engine::Contribution> contributions = {};
  std::string language = {};
  std::string slot = {};
};

// As a run's record keeps them: pairs, or groups of any size.
void AddChosen(const std::vector<Chosen>& chosen, bool pairs, v1::RunRecord* record);
// Those of an assignment.
std::vector<Chosen> ChosenOf(const engine::Proposals& proposals);

// What one of these engines made of a pool.
struct Solved {
  std::string algorithm;  // "groups", "peers", "connector"
  std::vector<Chosen> chosen;
  std::vector<v1::Unmatched> unmatched;
  int64_t points = 0;
  int64_t bound_points = 0;  // 0: none is known
  // Mentees who are in something, with its points.
  std::map<std::string, int> points_of;
};

// What a chain of meetings knows beside the pool: whom a mentee met, and how many meetings are
// open.
struct Chains {
  std::map<std::string, std::set<std::string>> met;  // by mentee
  std::map<std::string, int> open;                   // of mentees and of connectors
};

// Errors as the engines', and INTERNAL for groups that do not pass their check. The answer follows
// from the facts.
absl::StatusOr<Solved> SolveGroups(const engine::Pool& pool, const Scoring& scoring);
absl::StatusOr<Solved> SolvePeers(const engine::Pool& pool, const Scoring& scoring);
absl::StatusOr<Solved> SolveMeetings(const engine::Pool& pool, const Chains& chains,
                                     const Scoring& scoring);

// A gap of an open proposal, or of what came of one, and who is to fill it.
struct Fill {
  std::string proposal;
  std::string joins_engagement;  // "": the proposal is open
  std::string enrolment;
  double score = 0;
  std::vector<engine::Contribution> contributions = {};
};
// Fills the gaps of `proposals`, in their order, with the best of a pool who share language and
// slot and suit everybody in it, who joined it later or fills another gap of it included; they
// leave the pool, and mentors a place of theirs. `joining`: how many of each side join the
// engagement of that id already. At most `limit`.
struct Joining {
  int mentees = 0;
  int mentors = 0;
};
std::vector<Fill> FillGaps(const std::vector<store::ProposalRow>& proposals,
                           const std::map<std::string, Joining>& joining,
                           const std::map<std::string, engine::Mentee>& mentees_in,
                           const std::map<std::string, engine::Mentor>& mentors_in, int limit,
                           const Scoring& scoring, engine::Pool* pool);

// Codes that everybody has, the first by name; "" when there is none.
std::string FirstCommon(const std::vector<const engine::Profile*>& people,
                        std::vector<std::string> engine::Profile::*codes);

}  // namespace tremplin::matching::app

#endif  // TREMPLIN_SERVICES_MATCHING_APP_GROUPS_H_
