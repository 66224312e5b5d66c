#include "services/outcome/domain/measures.h"

namespace tremplin::outcome {

bool TooSmall(int64_t count, int64_t minimum_cell) { return count > 0 && count < minimum_cell; }

Rate MakeRate(int64_t numerator, int64_t denominator, int64_t missing, int64_t minimum_cell) {
  Rate rate;
  rate.denominator = denominator;
  if (TooSmall(denominator, minimum_cell)) {
    rate.suppressed = true;
    return rate;
  }
  rate.numerator = numerator;
  const int64_t everyone = denominator + missing;
  if (everyone == 0) return rate;
  if (denominator > 0) {
    rate.value = static_cast<double>(numerator) / static_cast<double>(denominator);
  }
  rate.worst = static_cast<double>(numerator) / static_cast<double>(everyone);
  rate.best = static_cast<double>(numerator + missing) / static_cast<double>(everyone);
  return rate;
}

StageMeasures Measure(const StageCounts& counts, int64_t minimum_cell) {
  StageMeasures measures;
  measures.counts = counts;
  measures.open = counts.due - counts.answered - counts.lost - counts.left;
  const int64_t unknown = counts.lost + counts.left;
  const int64_t employed = counts.in_profession + counts.related + counts.other;
  measures.response = MakeRate(counts.answered, counts.answered + counts.lost, 0, minimum_cell);
  measures.in_profession = MakeRate(counts.in_profession, counts.answered, unknown, minimum_cell);
  measures.employed = MakeRate(employed, counts.answered, unknown, minimum_cell);
  if (measures.in_profession.suppressed) {
    measures.counts.in_profession = 0;
    measures.counts.related = 0;
    measures.counts.other = 0;
    measures.counts.none = 0;
  }
  return measures;
}

}  // namespace tremplin::outcome
