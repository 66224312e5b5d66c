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

StageMeasures Measure(const StageCounts& counts, const std::vector<KindChange>& answers,
                      int64_t minimum_cell) {
  StageMeasures measures;
  measures.counts = counts;
  measures.open = counts.due - counts.answered - counts.lost - counts.left;
  measures.response = MakeRate(counts.answered, counts.answered + counts.lost, 0, minimum_cell);
  const Disclosure kinds = Disclose(answers, kWorkKinds, minimum_cell);
  measures.kinds = kinds;
  measures.counts.in_profession = kinds.counts[0];
  measures.counts.related = kinds.counts[1];
  measures.counts.other = kinds.counts[2];
  measures.counts.none = kinds.counts[3];
  const int64_t missing = counts.lost + counts.left + counts.answered - kinds.total;
  const auto rate = [&](int64_t numerator, size_t told_by) {
    if (kinds.Shows(told_by)) return MakeRate(numerator, kinds.total, missing, minimum_cell);
    Rate hidden;
    hidden.denominator = counts.answered;
    hidden.suppressed = true;
    return hidden;
  };
  measures.in_profession = rate(kinds.counts[0], 0);
  measures.employed = rate(kinds.total - kinds.counts[3], 3);  // all but those without work
  return measures;
}

Rate MakeCompletion(const std::vector<KindChange>& ends, int64_t minimum_cell) {
  const Disclosure shown = Disclose(ends, 2, minimum_cell);
  if (shown.Shows(0)) return MakeRate(shown.counts[0], shown.total, 0, minimum_cell);
  Rate hidden;
  hidden.denominator = static_cast<int64_t>(ends.size());
  hidden.suppressed = true;
  return hidden;
}

}  // namespace tremplin::outcome
