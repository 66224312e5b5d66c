#include "tools/tremplinctl/goals.h"

namespace tremplin::ctl {
namespace {

struct Likely {
  std::string_view code;
  double sought = 0;
  double offered = 0;
};

constexpr Likely kGoals[] = {
    {"change_of_career", 0.1, 0.25},  {"first_job_in_profession", 0.5, 0.6},
    {"language_at_work", 0.2, 0.25},  {"licensing", 0.15, 0.2},
    {"network", 0.45, 0.7},           {"start_a_business", 0.05, 0.1},
    {"understand_hiring", 0.4, 0.65},
};

}  // namespace

std::vector<std::string> DrawnGoals(bool mentor,
                                    const std::function<double(std::string_view code)>& draw) {
  std::vector<std::string> goals;
  for (const Likely& goal : kGoals) {
    if (draw(goal.code) < (mentor ? goal.offered : goal.sought)) goals.emplace_back(goal.code);
  }
  return goals;
}

}  // namespace tremplin::ctl
