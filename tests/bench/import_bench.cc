#include <sys/resource.h>

#include <fstream>
#include <sstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "tests/bench/benches.h"
#include "tests/bench/submit.h"
#include "tests/support/temp_dir.h"

namespace tremplin::bench {
namespace {

// The largest that a program which has ended was.
double LargestMegabytes() {
  rusage usage{};
  getrusage(RUSAGE_CHILDREN, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

// The rows of one case as many times over, each of another person.
void WriteRows(const std::string& path, int64_t rows) {
  std::istringstream in(testing::ReadFile("tests/integration/cases/c05-blank-rows.csv"));
  std::string header;
  std::string row;
  std::getline(in, header);
  std::getline(in, row);
  std::ofstream out(path, std::ios::binary);
  out << header << '\n';
  for (int64_t i = 0; i < rows; ++i) {
    const std::string number = absl::StrCat(i);
    out << absl::StrReplaceAll(row, {{"B05-1", absl::StrCat("R-", rows, "-", number)},
                                     {"p151@", absl::StrCat("p", rows, ".", number, "@")},
                                     {"Test151", absl::StrCat("Test", rows, "x", number)}})
        << '\n';
  }
}

}  // namespace

void Import(Report& report, const Effort& effort) {
  const Bench bench = OpenBench(testing::MakeStandalone(Production()));
  const testing::TempDir dir;
  double small = 0;
  double speed = 0;
  const int64_t many = effort.quick ? 4000 : 200000;
  for (const int64_t rows : {many / 20, many}) {
    const std::string file = dir.File("referrals.csv");
    WriteRows(file, rows);
    const absl::Time start = absl::Now();
    const testing::Finished run = bench.deployment->Ctl(
        {"referrals", "import", file, "--verdicts", dir.File("verdicts.csv")}, absl::Minutes(20));
    speed = static_cast<double>(rows) / absl::ToDoubleSeconds(absl::Now() - start);
    if (run.code != 0) report.Note(absl::StrCat("the import failed: ", run.errors));
    if (small == 0) small = LargestMegabytes();
  }
  report.Add({"import", absl::StrCat(many, " rows with a verdict each"), speed, "1/s"});
  report.Add({"import", "memory of the command with so many rows", LargestMegabytes(), "MB",
              "with a twentieth of them", small, "flat", LargestMegabytes() <= 1.2 * small});
}

}  // namespace tremplin::bench
