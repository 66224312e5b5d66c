// tremplin-load: see tools/load, which builds for release and starts it.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "tests/load/day.h"
#include "tests/load/soak.h"
#include "tests/support/partner.h"

namespace tremplin::load {
namespace {

constexpr int64_t kPrepared = 2000;

void Print(const char* title, double rate, const Outcome& outcome) {
  std::printf("\n%s: %.0f calls/s for %s, good %.0f/s; calls began late by %.1f ms (p99)\n", title,
              rate, absl::FormatDuration(outcome.length).c_str(), outcome.GoodPerSecond(),
              outcome.late_ms);
  std::printf("  %-20s %8s %8s %8s %8s %8s %8s  errors\n", "", "offered", "good", "p50 ms", "p95",
              "p99", "most");
  const auto row = [](const std::string& name, const Tally& tally) {
    std::string errors;
    for (const auto& [what, count] : tally.errors) absl::StrAppend(&errors, count, " ", what, "  ");
    std::printf("  %-20s %8ld %8ld %8.1f %8.1f %8.1f %8.1f  %s\n", name.c_str(), tally.offered,
                tally.good, Percentile(tally.good_ms, 50), Percentile(tally.good_ms, 95),
                Percentile(tally.good_ms, 99), Percentile(tally.good_ms, 100), errors.c_str());
  };
  for (const auto& [name, tally] : outcome.kinds) row(name, tally);
  const Tally all = outcome.All();
  row("all", all);
  if (!all.refused_ms.empty()) {
    std::printf("  refused: p50 %.1f ms, p99 %.1f ms\n", Percentile(all.refused_ms, 50),
                Percentile(all.refused_ms, 99));
  }
  std::fflush(stdout);
}

// Numbers of calls go on from run to run, so that each push is of a new person.
class Loads {
 public:
  explicit Loads(std::vector<Kind> kinds) : kinds_(std::move(kinds)) {}
  Outcome Run(const char* title, double rate, absl::Duration length) {
    Plan plan;
    plan.rate = rate;
    plan.length = length;
    plan.first = next_;
    plan.seed = static_cast<uint64_t>(next_) + 1;
    Outcome outcome = load::Run(kinds_, plan);
    next_ += static_cast<int64_t>(rate * absl::ToDoubleSeconds(length) * 2) + 1000;
    Print(title, rate, outcome);
    return outcome;
  }

 private:
  const std::vector<Kind> kinds_;
  int64_t next_ = 0;
};

// Raises the rate until no more is answered well; the most that was.
double FindPeak(Loads& loads) {
  double peak = 0;
  for (double rate = 250; rate < 100'000; rate *= 1.4) {
    const Outcome outcome = loads.Run("looking for the peak", rate, absl::Seconds(5));
    peak = std::max(peak, outcome.GoodPerSecond());
    if (outcome.GoodPerSecond() < 0.85 * rate) break;
  }
  return peak;
}

// The first second from which all are good and none waits long; -1 when there is none.
int RecoveredAfter(const Outcome& outcome, double long_ms) {
  int since = -1;
  for (size_t i = 0; i + 1 < outcome.seconds.size(); ++i) {
    const Second& second = outcome.seconds[i];
    const bool well = second.good == second.offered && second.worst_ms <= long_ms;
    if (!well) since = -1;
    if (well && since < 0) since = static_cast<int>(i);
  }
  return since;
}

int Overload(Loads& loads) {
  const double peak = FindPeak(loads);
  loads.Run("before", peak / 2, absl::Seconds(10));
  const Outcome over = loads.Run("three times the peak", 3 * peak, absl::Seconds(20));
  const Outcome after = loads.Run("after", peak / 2, absl::Seconds(20));
  const double kept = over.GoodPerSecond() / peak;
  const int recovered = RecoveredAfter(after, 1000);
  const double refusal = Percentile(over.All().refused_ms, 99);
  std::printf(
      "\npeak %.0f/s; at three times that %.0f %% of it stays good (asked: 80), a refusal takes "
      "%.0f ms (p99); recovered after %d s (asked: 5)\n",
      peak, 100 * kept, refusal, recovered);
  return kept >= 0.8 && recovered >= 0 && recovered <= 5 ? 0 : 1;
}

struct Wishes {
  std::string command = "day";
  bool distributed = false;
  double rate = 500;
  absl::Duration length = absl::Seconds(30);
  std::string out;
};

bool Parse(int argc, char** argv, Wishes* wishes) {
  for (int i = 1; i < argc; ++i) {
    const std::string flag = argv[i];
    const char* value = i + 1 < argc ? argv[i + 1] : "";
    if (flag == "day" || flag == "overload" || flag == "soak") {
      wishes->command = flag;
    } else if (flag == "--distributed") {
      wishes->distributed = true;
    } else if (flag == "--rate" && absl::SimpleAtod(value, &wishes->rate) && wishes->rate > 0) {
      ++i;
    } else if (flag == "--length" && absl::ParseDuration(value, &wishes->length)) {
      ++i;
    } else if (flag == "--out" && *value != '\0') {
      wishes->out = argv[++i];
    } else {
      std::fprintf(stderr, "not understood: %s (see tools/load --help)\n", flag.c_str());
      return false;
    }
  }
  return true;
}

int Main(const Wishes& wishes) {
  testing::DeploymentOptions options;
  options.demo = false;
  options.flags = {"--log-level", "warning"};
  const std::unique_ptr<testing::Deployment> deployment =
      wishes.distributed ? testing::MakeDistributed(options) : testing::MakeStandalone(options);
  if (deployment == nullptr || !deployment->WaitServing(absl::Minutes(1)) ||
      !deployment->Load(/*mentors=*/false)) {
    std::fprintf(stderr, "the system does not start\n");
    return 1;
  }
  Day day(*deployment);
  if (!day.Prepare(kPrepared) || !testing::WaitSettled(*deployment, absl::Minutes(2))) {
    std::fprintf(stderr, "nothing can be prepared\n");
    return 1;
  }
  Loads loads(day.Kinds());
  if (wishes.command == "overload") return Overload(loads);
  if (wishes.command == "soak") {
    std::ofstream file(wishes.out.empty() ? "soak.csv" : wishes.out);
    const Sampler sampler(*deployment, file);
    loads.Run("soak", wishes.rate, wishes.length);
    return 0;
  }
  const Outcome outcome = loads.Run("a day", wishes.rate, wishes.length);
  return outcome.All().errors.empty() ? 0 : 1;
}

}  // namespace
}  // namespace tremplin::load

int main(int argc, char** argv) {
  tremplin::load::Wishes wishes;
  if (!tremplin::load::Parse(argc, argv, &wishes)) return 2;
  return tremplin::load::Main(wishes);
}
