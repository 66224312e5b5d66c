#ifndef TREMPLIN_TOOLS_TREMPLINCTL_MATCHING_POPULATION_H_
#define TREMPLIN_TOOLS_TREMPLINCTL_MATCHING_POPULATION_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/classification/classification.h"
#include "services/matching/engine/simulator.h"
#include "tremplin/program/v1/program.pb.h"

// Who arrives in a simulated season, read from the files that are imported.
namespace tremplin::ctl {

struct SeasonFiles {
  std::string referrals;
  std::string mentors;
};

struct SeasonPeople {
  matching::engine::Population population;
  int64_t rows = 0;    // of the referrals file
  int64_t places = 0;  // of the mentors taken
};

// Mentees: of the rows that the program's criteria find eligible, the first of each file number of
// an agency; they arrive on the day of referral, or of the latest row before it when that is later.
// Their groups are the region of origin alone. Mentors: those whom the criteria accept, all there
// from the first mentee's day; of them `mentors_percent` hundredths, drawn from the seed. Goals
// that the file of mentors does not tell, and mentees', are drawn as DrawnGoals says. What else the
// files do not tell (mentees' industry and weekly slots) stays unknown to the score.
// `program` is bound; people are judged for the format that PairFormatOf finds. INVALID_ARGUMENT as
// Sheet, where there is none, or when nobody is eligible.
absl::StatusOr<SeasonPeople> ReadSeasonPeople(const SeasonFiles& files,
                                              const program::v1::ProgramDefinition& program,
                                              const classification::Classification& tables,
                                              int mentors_percent, uint64_t seed);

// The first format of one and one that lasts; nullptr when there is none.
const program::v1::Format* PairFormatOf(const program::v1::ProgramDefinition& program);

// What a format asks of matching.
matching::engine::Policy PolicyOf(const program::v1::Format& format);

// "Africa", "Americas", "Asia", "Europe" or "Oceania" for a code of ISO 3166-1 (alpha-2), as the
// United Nations' M49 groups countries; "" for any other text, and for AQ and TW, to which M49
// gives none.
std::string_view RegionOf(std::string_view country);

}  // namespace tremplin::ctl

#endif  // TREMPLIN_TOOLS_TREMPLINCTL_MATCHING_POPULATION_H_
