#ifndef TREMPLIN_TOOLS_TREMPLINCTL_SEASON_NEWCOMERS_H_
#define TREMPLIN_TOOLS_TREMPLINCTL_SEASON_NEWCOMERS_H_

#include <vector>

#include "absl/time/civil_time.h"
#include "tools/tremplinctl/season/arrivals.h"
#include "tools/tremplinctl/season/stage.h"
#include "tremplin/program/v1/program.pb.h"

namespace tremplin::ctl::season {

struct NewcomersPlan {
  int mentees = 40;  // of each program
  int mentors = 24;
  int days = 56;         // over which mentees come; mentors come in the first three
  double in_two = 0.25;  // of the mentees, those who apply to a second program
  double lacking = 0.1;  // whose file misses a piece of evidence at first
};

// People for every program at once, made up from the definitions (bound, by id): each meets the
// criteria of one format of the program they come for, and many come for two programs, never of one
// exclusivity group, since who then gets them first would be a matter of chance. Agencies send them
// where the program takes them so, else they come by themselves. Follows from the seed alone.
std::vector<Arrival> Newcomers(const std::vector<program::v1::ProgramDefinition>& programs,
                               const std::vector<std::string>& agencies, const Draws& draws,
                               absl::CivilDay first, const NewcomersPlan& plan = {});

}  // namespace tremplin::ctl::season

#endif  // TREMPLIN_TOOLS_TREMPLINCTL_SEASON_NEWCOMERS_H_
