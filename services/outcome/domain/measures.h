#ifndef TREMPLIN_SERVICES_OUTCOME_DOMAIN_MEASURES_H_
#define TREMPLIN_SERVICES_OUTCOME_DOMAIN_MEASURES_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "services/outcome/domain/disclosure.h"

// The measures, each defined once for screen, export and funder report (design §9). Pure.
namespace tremplin::outcome {

// Grows with every change of a formula below. Version 3:
//
//   Counts of a stage, as of T (business time):
//     due       follow-ups of the stage whose window opened by T, or would have, had the person not
//               left before
//     answered  of them, answered by T
//     left      of them, not answered by T, whose person left the program by T, and before the
//               window closed, while the stage is not followed after that
//     lost      of the rest, not answered by T, whose window closed by T
//     open      the rest: due = answered + left + lost + open
//     amended   of the answered, whose answer was corrected by T since it was first given
//     answered = in_profession + related + other + none
//
//   Rate           numerator                        denominator         worst, best
//   response       answered                         answered + lost     equal to the value
//   in profession  in_profession                    answered            n / (a+m), (n+m) / (a+m)
//   employed       in_profession + related + other  answered            n / (a+m), (n+m) / (a+m)
//   completion     completed                        completed + ended   equal to the value
//
//   where n is the numerator, a answered and m = lost + left: worst supposes that nobody, best that
//   everybody of those who did not answer had the outcome. Who left was not asked any more, so they
//   are no part of the response. People whose window is still open are in none.
//
//   Waiting, the comparison group: mentees ready by T, not matched by T, not ended by T.
//
//   Kinds, and the rates made of them, are those of the last release by T (domain/disclosure.h): a,
//   n and the denominator are as they stood then, and answers given since count as missing in the
//   bounds. A rate whose kinds are hidden is suppressed: numerator, value and bounds read 0, as
//   hidden kinds do. So is a rate whose denominator is above 0 and below the least cell of the
//   program's definition. Completion is released alike, of completed and ended.
inline constexpr int kMeasureVersion = 3;

struct StageCounts {
  int64_t due = 0;
  int64_t answered = 0;
  int64_t lost = 0;
  int64_t in_profession = 0;
  int64_t related = 0;
  int64_t other = 0;
  int64_t none = 0;
  int64_t left = 0;
  int64_t amended = 0;
};

struct Rate {
  int64_t numerator = 0;
  int64_t denominator = 0;
  double value = 0;
  double worst = 0;
  double best = 0;
  bool suppressed = false;
};

struct StageMeasures {
  StageCounts counts;  // the kinds as released; those hidden read 0
  Disclosure kinds;
  int64_t open = 0;
  Rate response;
  Rate in_profession;
  Rate employed;
};

// `missing`: those who belong to the denominator of the bounds and did not answer.
Rate MakeRate(int64_t numerator, int64_t denominator, int64_t missing, int64_t minimum_cell);

// Whether a count of people is too small to show to who sees aggregates only: above 0 and below the
// least cell.
bool TooSmall(int64_t count, int64_t minimum_cell);

// The kinds of work in the order in which they are told and disclosed.
inline constexpr size_t kWorkKinds = 4;  // in_profession, related, other, none

// `answers`: who came to which kind and left it, by time, of the answers that `counts` counts.
StageMeasures Measure(const StageCounts& counts, const std::vector<KindChange>& answers,
                      int64_t minimum_cell);

// Completed (kind 0) of engagements that ended (kind 1: early).
Rate MakeCompletion(const std::vector<KindChange>& ends, int64_t minimum_cell);

}  // namespace tremplin::outcome

#endif  // TREMPLIN_SERVICES_OUTCOME_DOMAIN_MEASURES_H_
