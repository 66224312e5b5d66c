#ifndef TREMPLIN_SERVICES_OUTCOME_DOMAIN_MEASURES_H_
#define TREMPLIN_SERVICES_OUTCOME_DOMAIN_MEASURES_H_

#include <cstdint>

// The measures, each defined once for screen, export and funder report (design §9). Pure.
namespace tremplin::outcome {

// Grows with every change of a formula below. Version 1:
//
//   Counts of a stage, as of T (business time):
//     due       follow-ups of the stage whose window opened by T
//     answered  of them, answered by T
//     lost      of them, not answered by T, whose window closed by T
//     open      the rest: due = answered + lost + open
//     answered = in_profession + related + other + none
//
//   Rate           numerator                        denominator         worst, best
//   response       answered                         answered + lost     equal to the value
//   in profession  in_profession                    answered            n / (a+l), (n+l) / (a+l)
//   employed       in_profession + related + other  answered            n / (a+l), (n+l) / (a+l)
//   completion     completed                        completed + ended   equal to the value
//
//   where n is the numerator, a answered and l lost: worst supposes that nobody, best that
//   everybody of those who did not answer had the outcome. People whose window is still open are in
//   none.
//
//   Waiting, the comparison group: mentees ready by T, not matched by T, not ended by T.
//
//   A cell is suppressed when its denominator is above 0 and below the least cell of the program's
//   definition: numerator, value and bounds read 0, and so do the four kinds of the stage.
inline constexpr int kMeasureVersion = 1;

struct StageCounts {
  int64_t due = 0;
  int64_t answered = 0;
  int64_t lost = 0;
  int64_t in_profession = 0;
  int64_t related = 0;
  int64_t other = 0;
  int64_t none = 0;
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
  StageCounts counts;  // the kinds read 0 when suppressed
  int64_t open = 0;
  Rate response;
  Rate in_profession;
  Rate employed;
};

// `missing`: those who belong to the denominator of the bounds and did not answer.
Rate MakeRate(int64_t numerator, int64_t denominator, int64_t missing, int64_t minimum_cell);

StageMeasures Measure(const StageCounts& counts, int64_t minimum_cell);

}  // namespace tremplin::outcome

#endif  // TREMPLIN_SERVICES_OUTCOME_DOMAIN_MEASURES_H_
