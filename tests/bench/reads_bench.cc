#include <signal.h>

#include <cstdlib>
#include <fstream>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tests/bench/benches.h"
#include "tests/bench/submit.h"
#include "tests/support/partner.h"
#include "tests/support/temp_dir.h"
#include "tests/support/usage.h"
#include "tremplin/referral/v1/referral.pb.h"

namespace tremplin::bench {
namespace {

constexpr int kInFlight = 64;

// The bare server in a process of its own, as the system is in one.
class Echo {
 public:
  Echo() : process_({testing::BinDir() + "/tremplin-bench", "--serve-echo"}, dir_.File("port")) {
    testing::Eventually([this] { return testing::ReadFile(dir_.File("port")).ends_with("\n"); },
                        absl::Seconds(10));
    std::string port = testing::ReadFile(dir_.File("port"));
    port.pop_back();
    for (int i = 0; i < 8; ++i) {
      clients_.push_back(std::make_unique<rpc::Client>("127.0.0.1:" + port));
    }
  }
  const std::vector<std::unique_ptr<rpc::Client>>& clients() const { return clients_; }
  pid_t pid() const { return process_.pid(); }

 private:
  testing::TempDir dir_;
  testing::Process process_;
  std::vector<std::unique_ptr<rpc::Client>> clients_;
};

// `server` is the process whose time counts, `title` of the rows; `aim` of the raw limit, 0 for
// none.
void ReadFrom(Report& report, const char* title, std::unique_ptr<testing::Deployment> deployment,
              const char* server_name, double aim, const Effort& effort) {
  // A multiple of the agencies, so that each reads its own.
  const int64_t stored = effort.quick ? 200 : 2000;
  const int64_t count = effort.quick ? 2000 : 50000;
  const Bench bench = OpenBench(std::move(deployment));
  std::vector<std::string> names;
  for (int64_t i = 0; i < stored; ++i) {
    const auto call = SubmitCalls()(i);
    const auto bytes = bench.clients[static_cast<size_t>(i) % bench.clients.size()]->CallBytes(
        call.first, call.second, absl::Seconds(10));
    if (!bytes.ok()) std::abort();
    referral::v1::SubmitReferralResponse response;
    response.ParseFromString(*bytes);
    names.push_back(response.referral());
  }
  testing::WaitSettled(*bench.deployment, absl::Minutes(1));
  const MakeCall read = [&](int64_t number) {
    referral::v1::GetReferralRequest request;
    request.set_name(names[static_cast<size_t>(number) % names.size()]);
    return std::pair(std::string("tremplin.referral.v1.ReferralService/GetReferral"),
                     request.SerializeAsString());
  };
  // The echo carries what the read answers, so that both move the same bytes.
  const auto sample = bench.clients[0]->CallBytes(read(0).first, read(0).second, absl::Seconds(5));
  if (!sample.ok()) std::abort();
  const Echo echo;
  const MakeCall bare = [&](int64_t) { return std::pair(std::string("bench.Echo/Echo"), *sample); };
  double raw = 0;
  double ours = 0;
  LoadResult last;
  const pid_t server = bench.deployment->Get(server_name).pid();
  const double raw_before = testing::ProcessorMicros(echo.pid());
  const double before = testing::ProcessorMicros(server);
  constexpr int kRounds = 3;
  // In turn, so that both meet the same machine; the best of three each.
  for (int round = 0; round < kRounds; ++round) {
    raw = std::max(raw, Closed(echo.clients(), kInFlight, count, 0, bare).PerSecond());
    last = Closed(bench.clients, kInFlight, count, 0, read);
    ours = std::max(ours, last.PerSecond());
  }
  const auto calls = static_cast<double>(kRounds * count);
  report.Add({title, "GetReferral (authenticated, unsealed, with its applications)", ours, "1/s",
              "bare gRPC echo of as many bytes", raw,
              aim > 0 ? absl::StrFormat("≥ %.0f %%", 100 * aim) : "", ours >= aim * raw});
  report.Add({title, "processor time of the server, of a call",
              (testing::ProcessorMicros(server) - before) / calls, "µs",
              "bare gRPC echo of as many bytes",
              (testing::ProcessorMicros(echo.pid()) - raw_before) / calls});
  report.Add({title, absl::StrCat("p99 at ", kInFlight, " in flight"), last.Percentile(99), "ms"});
}

}  // namespace

void Reads(Report& report, const Effort& effort) {
  ReadFrom(report, "reads", testing::MakeStandalone(Production()), "standalone", 0.7, effort);
}

void ReadsDistributed(Report& report, const Effort& effort) {
  auto deployment = testing::MakeDistributed(Production());
  if (deployment == nullptr) {
    report.Note("reads-distributed: no servers (tools/install test)");
    return;
  }
  ReadFrom(report, "reads-distributed", std::move(deployment), "referral", 0, effort);
}

}  // namespace tremplin::bench
