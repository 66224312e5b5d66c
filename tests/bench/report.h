#ifndef TREMPLIN_TESTS_BENCH_REPORT_H_
#define TREMPLIN_TESTS_BENCH_REPORT_H_

#include <string>
#include <string_view>
#include <vector>

namespace tremplin::bench {

// One figure, beside the raw limit measured in the same run and what is aimed for.
struct Figure {
  std::string bench;      // "submit-embedded"
  std::string what = {};  // "acknowledged, all events consumed"
  double value = 0;
  std::string unit = {};   // "1/s", "ms", "MB"
  std::string limit = {};  // what the limit is, "" for none
  double limit_value = 0;
  std::string aim = {};  // "≥ 8000", "" for none
  bool met = true;
};

// Collects figures of a run. Not thread-safe.
class Report {
 public:
  void Add(Figure figure);
  // A line of explanation under the table.
  void Note(std::string_view note) { notes_.emplace_back(note); }
  std::string Table() const;
  std::string Json() const;

 private:
  std::vector<Figure> figures_;
  std::vector<std::string> notes_;
};

}  // namespace tremplin::bench

#endif  // TREMPLIN_TESTS_BENCH_REPORT_H_
