#include <sys/resource.h>

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "tests/bench/benches.h"
#include "tests/bench/lanes.h"
#include "tests/bench/submit.h"
#include "tests/support/partner.h"
#include "tests/support/usage.h"
#include "tremplin/referral/v1/referral.pb.h"

namespace tremplin::bench {
namespace {

using testing::kAgencies;  // each pushes over a connection of its own

constexpr int kInFlight = 128;

struct Aim {
  double per_second;
  double p99_ms = 20;
};

// Of the system's own processes: not of the client, nor of brokers and databases.
double ServersMicros(testing::Deployment& deployment) {
  double micros = 0;
  for (const std::string& process : deployment.processes()) {
    micros += testing::ProcessorMicros(deployment.Get(process).pid());
  }
  return micros;
}

void Submit(Report& report, const std::string& name, std::unique_ptr<testing::Deployment> started,
            double raw, const Aim& aim, const Effort& effort) {
  const Bench bench = OpenBench(std::move(started));
  const int64_t warm = effort.quick ? 200 : 2000;
  const int64_t count = effort.quick ? 1000 : 30000;
  double consumed = 0;
  SubmitAll(bench, 0, warm, &consumed);
  const double before = ServersMicros(*bench.deployment);
  const LoadResult load = SubmitAll(bench, warm, count, &consumed);
  const double micros = ServersMicros(*bench.deployment) - before;
  report.Add(
      {name, "acknowledged", load.PerSecond(), "1/s", "raw lanes, 3 statements", raw, "", true});
  report.Add({name, "with all events consumed", consumed, "1/s", "raw lanes, 3 statements", raw,
              absl::StrFormat("≥ %.0f", aim.per_second), consumed >= aim.per_second});
  report.Add({name, "processor time of our processes, all events consumed",
              micros / static_cast<double>(count), "µs"});
  report.Add({name, absl::StrCat("p50 at ", kInFlight, " in flight"), load.Percentile(50), "ms"});
  report.Add({name, absl::StrCat("p99 at ", kInFlight, " in flight"), load.Percentile(99), "ms"});
  const double half = consumed / 2;
  const LoadResult paced =
      Open(bench.clients, half, absl::Seconds(effort.quick ? 2 : 10), warm + count, SubmitCalls());
  report.Add({name, absl::StrFormat("p99 at half that load (%.0f/s, open loop)", half),
              paced.Percentile(99), "ms", "", 0, absl::StrFormat("< %.0f", aim.p99_ms),
              paced.Percentile(99) < aim.p99_ms});
  if (load.failed + paced.failed > 0) {
    report.Note(absl::StrCat(name, ": ", load.failed + paced.failed, " calls FAILED"));
  }
}

}  // namespace

Bench OpenBench(std::unique_ptr<testing::Deployment> deployment) {
  if (deployment == nullptr || !deployment->WaitServing(absl::Seconds(60)) ||
      !deployment->Load(/*mentors=*/false)) {
    std::fprintf(stderr, "bench: the deployment does not start\n");
    std::exit(1);
  }
  Bench bench;
  for (const char* agency : kAgencies) {
    const std::string key = testing::MakeKey(*deployment, options::v1::ROLE_AGENCY,
                                             absl::StrCat("organizations/", agency));
    bench.clients.push_back(std::make_unique<rpc::Client>(deployment->Address("referral"), key));
  }
  bench.deployment = std::move(deployment);
  return bench;
}

MakeCall SubmitCalls() {
  return [](int64_t number) {
    referral::v1::SubmitReferralRequest request;
    // Call n goes over connection n modulo their number.
    request.set_agency(
        absl::StrCat("organizations/", kAgencies[static_cast<size_t>(number) % kAgencies.size()]));
    request.set_external_id(absl::StrCat("B-", number));
    *request.mutable_file() = testing::EligibleFile(static_cast<int>(number));
    request.add_programs(testing::kOttawa);
    request.set_request_id(absl::StrCat("bench-", number));
    return std::pair(std::string("tremplin.referral.v1.ReferralService/SubmitReferral"),
                     request.SerializeAsString());
  };
}

LoadResult SubmitAll(const Bench& bench, int64_t first, int64_t count, double* consumed) {
  const absl::Time start = absl::Now();
  LoadResult load = Closed(bench.clients, kInFlight, count, first, SubmitCalls());
  if (!testing::WaitSettled(*bench.deployment, absl::Minutes(5))) {
    std::fprintf(stderr, "bench: the events are not consumed\n");
    std::exit(1);
  }
  *consumed = static_cast<double>(count) / absl::ToDoubleSeconds(absl::Now() - start);
  return load;
}

void SubmitEmbedded(Report& report, const Effort& effort) {
  const double raw = RawSqliteLanes(effort.quick ? 5000 : 100000);
  Submit(report, "submit-embedded", testing::MakeStandalone(Production()), raw, {8000}, effort);
}

void SubmitDistributed(Report& report, const Effort& effort) {
  auto deployment = testing::MakeDistributed(Production());
  if (deployment == nullptr) {
    report.Note("submit-distributed: no servers (tools/install test)");
    return;
  }
  const double raw =
      RawPostgresLanes(deployment->ServerAddress("postgres"), effort.quick ? 2000 : 40000);
  Submit(report, "submit-distributed", std::move(deployment), raw, {4000}, effort);
}

}  // namespace tremplin::bench
