#ifndef TREMPLIN_TOOLS_TREMPLINCTL_MATCHING_REPORT_H_
#define TREMPLIN_TOOLS_TREMPLINCTL_MATCHING_REPORT_H_

#include <string>
#include <vector>

#include "services/matching/engine/simulator.h"
#include "tools/tremplinctl/output.h"

// What came of the same people under several policies.
namespace tremplin::ctl {

struct PlayedPolicy {
  matching::engine::SeasonRules rules;
  matching::engine::SeasonResult result;
};

// "daily", "quality": as options and JSON say it.
std::string NameOf(matching::engine::Regime regime);
std::string NameOf(matching::engine::Objective objective);

// A row a policy: what share was matched and left, mean score, waits, and the gaps between groups.
void PrintPolicies(Language language, const std::vector<PlayedPolicy>& played);

// The greedy engine beside the optimum of quality without a bonus (or what comes nearest) in the
// first regime in which both were played; nothing where there is none.
void PrintBothEngines(Language language, const std::vector<PlayedPolicy>& played);

// A JSON array, an object a policy, with the figures of every group.
std::string ToJson(const std::vector<PlayedPolicy>& played);

}  // namespace tremplin::ctl

#endif  // TREMPLIN_TOOLS_TREMPLINCTL_MATCHING_REPORT_H_
