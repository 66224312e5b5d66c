#ifndef TREMPLIN_TOOLS_TREMPLINCTL_GOALS_H_
#define TREMPLIN_TOOLS_TREMPLINCTL_GOALS_H_

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace tremplin::ctl {

// What somebody of a season seeks, or offers as a mentor, in codes of classification::Goals. How
// likely each is is assumed, not measured; files of referrals tell goals in free text only. `draw`
// gives a number in [0, 1) for a code, the same for the same person.
std::vector<std::string> DrawnGoals(bool mentor,
                                    const std::function<double(std::string_view code)>& draw);

}  // namespace tremplin::ctl

#endif  // TREMPLIN_TOOLS_TREMPLINCTL_GOALS_H_
