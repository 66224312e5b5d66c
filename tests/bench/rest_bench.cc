#include <signal.h>

#include <cstdlib>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/bench/benches.h"
#include "tests/bench/submit.h"
#include "tests/support/partner.h"
#include "tests/support/usage.h"

namespace tremplin::bench {
namespace {

// Percent of one core that a process uses while nobody calls it.
double ProcessorAtRest(pid_t process, absl::Duration length) {
  const double before = testing::ProcessorMicros(process);
  const absl::Time start = absl::Now();
  absl::SleepFor(length);
  return 100 * (testing::ProcessorMicros(process) - before) /
         absl::ToDoubleMicroseconds(absl::Now() - start);
}

}  // namespace

void Rest(Report& report, const Effort& effort) {
  double fastest = 1e9;
  for (int i = 0; i < (effort.quick ? 1 : 5); ++i) {
    const absl::Time start = absl::Now();
    const auto deployment = testing::MakeStandalone(Production());
    deployment->WaitServing(absl::Seconds(60));
    fastest = std::min(fastest, absl::ToDoubleMilliseconds(absl::Now() - start));
  }
  report.Add(
      {"rest", "start to serving, fresh folder", fastest, "ms", "", 0, "≤ 1000", fastest <= 1000});
  const Bench bench = OpenBench(testing::MakeStandalone(Production()));
  testing::Process& process = bench.deployment->Get("standalone");
  const double idle = testing::ResidentMegabytes(process.pid());
  report.Add({"rest", "memory at rest, program loaded", idle, "MB", "", 0, "≤ 150", idle <= 150});
  const absl::Duration idling = absl::Seconds(effort.quick ? 2 : 30);
  const double processor = ProcessorAtRest(process.pid(), idling);
  report.Add(
      {"rest", "processor at rest, of a core", processor, "%", "", 0, "≤ 1", processor <= 1});
  double consumed = 0;
  SubmitAll(bench, 0, effort.quick ? 500 : 20000, &consumed);
  report.Add({"rest", "memory after the load", testing::ResidentMegabytes(process.pid()), "MB"});
}

void RestDistributed(Report& report, const Effort& effort) {
  auto deployment = testing::MakeDistributed(Production());
  if (deployment == nullptr) {
    report.Note("rest-distributed: no servers (tools/install test)");
    return;
  }
  const Bench bench = OpenBench(std::move(deployment));
  const absl::Duration idling = absl::Seconds(effort.quick ? 2 : 30);
  for (const std::string& service : bench.deployment->processes()) {
    const double processor = ProcessorAtRest(bench.deployment->Get(service).pid(), idling);
    report.Add({"rest-distributed", absl::StrCat("processor at rest, of a core: ", service),
                processor, "%", "", 0, "≤ 0.5", processor <= 0.5});
  }
}

void Growth(Report& report, const Effort& effort) {
  const Bench bench = OpenBench(testing::MakeStandalone(Production()));
  const pid_t server = bench.deployment->Get("standalone").pid();
  const std::vector<int64_t> sizes =
      effort.quick ? std::vector<int64_t>{500, 1000} : std::vector<int64_t>{10000, 100000, 1000000};
  const MakeCall page = [](int64_t) {
    referral::v1::ListReferralsRequest request;
    request.set_page_size(100);
    return std::pair(std::string("tremplin.referral.v1.ReferralService/ListReferrals"),
                     request.SerializeAsString());
  };
  double consumed = 0;
  double first_submit = 0;
  double first_page = 0;
  double first_micros = 0;
  int64_t stored = 0;
  for (const int64_t size : sizes) {
    const int64_t probe = effort.quick ? 200 : 5000;
    if (size > stored + probe) SubmitAll(bench, stored, size - stored - probe, &consumed);
    const double before = testing::ProcessorMicros(server);
    const LoadResult submits = SubmitAll(bench, size - probe, probe, &consumed);
    const double micros = (testing::ProcessorMicros(server) - before) / static_cast<double>(probe);
    stored = size;
    const LoadResult pages = Closed(bench.clients, 4, effort.quick ? 50 : 500, 0, page);
    if (first_submit == 0) {
      first_submit = submits.PerSecond();
      first_page = pages.Percentile(50);
      first_micros = micros;
    }
    report.Add({"growth", absl::StrCat("submits with ", size, " stored"), submits.PerSecond(),
                "1/s", "with the fewest stored", first_submit, "flat",
                submits.PerSecond() >= 0.7 * first_submit});
    report.Add({"growth", absl::StrCat("processor time of a submit with ", size, " stored"), micros,
                "µs", "with the fewest stored", first_micros});
    report.Add({"growth", absl::StrCat("a page of 100 with ", size, " stored, p50"),
                pages.Percentile(50), "ms", "with the fewest stored", first_page, "flat",
                pages.Percentile(50) <= 1.5 * first_page});
  }
}

}  // namespace tremplin::bench
