#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/gateway/transcoding/json_writer.h"
#include "tests/bench/benches.h"
#include "tests/bench/submit.h"
#include "tests/bench/web_load.h"
#include "tests/support/partner.h"
#include "tests/support/temp_dir.h"
#include "tests/support/usage.h"
#include "tremplin/referral/v1/referral.pb.h"

namespace tremplin::bench {
namespace {

constexpr int kInFlight = 64;
constexpr char kAgency[] = "ociso";
constexpr int kRounds = 3;

// The bare server in a process of its own, as the gateway is in one.
class BareServer {
 public:
  explicit BareServer(const std::string& body) {
    std::ofstream(dir_.File("body"), std::ios::binary) << body;
    process_ = std::make_unique<testing::Process>(
        std::vector<std::string>{testing::BinDir() + "/tremplin-bench", "--serve-bytes",
                                 dir_.File("body")},
        dir_.File("port"));
    testing::Eventually([this] { return testing::ReadFile(dir_.File("port")).ends_with("\n"); },
                        absl::Seconds(10));
    std::string port = testing::ReadFile(dir_.File("port"));
    port.pop_back();
    address_ = "127.0.0.1:" + port;
  }
  const std::string& address() const { return address_; }
  pid_t pid() const { return process_->pid(); }

 private:
  testing::TempDir dir_;
  std::unique_ptr<testing::Process> process_;
  std::string address_;
};

std::string Get(const std::string& path, const std::string& key) {
  return absl::StrCat("GET ", path, " HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer ", key,
                      "\r\nAccept: application/json\r\n\r\n");
}

std::string Post(const std::string& path, const std::string& key, const std::string& body) {
  return absl::StrCat("POST ", path, " HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer ", key,
                      "\r\nContent-Type: application/json\r\nContent-Length: ", body.size(),
                      "\r\n\r\n", body);
}

// Always a new person, of one agency.
referral::v1::SubmitReferralRequest SubmitOf(int64_t number) {
  referral::v1::SubmitReferralRequest request;
  request.set_agency(absl::StrCat("organizations/", kAgency));
  request.set_external_id(absl::StrCat("web-", number));
  *request.mutable_file() = testing::EligibleFile(static_cast<int>(number));
  request.add_programs(testing::kOttawa);
  request.set_request_id(absl::StrCat("web-", number));
  return request;
}

struct Setting {
  Bench bench;
  std::string web;
  std::string key;
  std::unique_ptr<rpc::Client> client;  // with that key
};

Setting OpenSetting() {
  Setting setting;
  setting.web = absl::StrCat("127.0.0.1:", testing::FreePort());
  testing::DeploymentOptions options = Production();
  options.flags.insert(options.flags.end(),
                       {"--web-listen", setting.web, "--web-rate", "0", "--web-tenant-rate", "0"});
  setting.bench = OpenBench(testing::MakeStandalone(options));
  setting.key = testing::MakeKey(*setting.bench.deployment, options::v1::ROLE_AGENCY,
                                 absl::StrCat("organizations/", kAgency));
  setting.client =
      std::make_unique<rpc::Client>(setting.bench.deployment->Address("referral"), setting.key);
  return setting;
}

void Read(Report& report, const Setting& setting, const std::string& name, int64_t count) {
  const std::string request = Get("/v1/" + name, setting.key);
  const std::string answer = WebAnswer(setting.web, request);
  const size_t head = answer.find("\r\n\r\n");
  if (head == std::string::npos || answer.compare(9, 3, "200") != 0) std::abort();
  const BareServer bare(answer.substr(head + 4));
  const MakeRequest read = [&](int64_t) { return request; };
  const pid_t server = setting.bench.deployment->Get("standalone").pid();
  double raw = 0;
  double ours = 0;
  const double raw_before = testing::ProcessorMicros(bare.pid());
  const double before = testing::ProcessorMicros(server);
  // In turn, so that both meet the same machine; the best of each.
  for (int round = 0; round < kRounds; ++round) {
    raw = std::max(raw, ClosedWeb(bare.address(), kInFlight, count, 0, read).PerSecond());
    ours = std::max(ours, ClosedWeb(setting.web, kInFlight, count, 0, read).PerSecond());
  }
  const auto calls = static_cast<double>(kRounds * count);
  report.Add({"gateway", "GET of a referral as JSON", ours, "1/s",
              "bare Beast server, the same bytes", raw, "≥ 40 %", ours >= 0.4 * raw});
  report.Add({"gateway", "processor time of the process, of such a GET",
              (testing::ProcessorMicros(server) - before) / calls, "µs", "bare Beast server",
              (testing::ProcessorMicros(bare.pid()) - raw_before) / calls});
}

// One at a time: what HTTP adds to the same call over gRPC.
void Latency(Report& report, const Setting& setting, const std::string& name, int64_t count) {
  const std::string request = Get("/v1/" + name, setting.key);
  referral::v1::GetReferralRequest get;
  get.set_name(name);
  std::vector<std::unique_ptr<rpc::Client>> one;
  one.push_back(
      std::make_unique<rpc::Client>(setting.bench.deployment->Address("referral"), setting.key));
  const MakeCall call = [&](int64_t) {
    return std::pair(std::string("tremplin.referral.v1.ReferralService/GetReferral"),
                     get.SerializeAsString());
  };
  const LoadResult grpc = Closed(one, 1, count, 0, call);
  const LoadResult web = ClosedWeb(setting.web, 1, count, 0, [&](int64_t) { return request; });
  const double added = (web.Percentile(50) - grpc.Percentile(50)) * 1000;
  report.Add({"gateway", "p50 of a GET, one at a time", web.Percentile(50) * 1000, "µs",
              "the same over gRPC", grpc.Percentile(50) * 1000, "≤ 150 added", added <= 150});
}

void SubmitBoth(Report& report, const Setting& setting, int64_t count) {
  std::vector<std::unique_ptr<rpc::Client>> clients;
  for (int i = 0; i < 8; ++i) {
    clients.push_back(
        std::make_unique<rpc::Client>(setting.bench.deployment->Address("referral"), setting.key));
  }
  const MakeCall call = [](int64_t number) {
    return std::pair(std::string("tremplin.referral.v1.ReferralService/SubmitReferral"),
                     SubmitOf(number).SerializeAsString());
  };
  const MakeRequest request = [&](int64_t number) {
    return Post("/v1/referrals", setting.key, gateway::transcoding::WriteJson(SubmitOf(number)));
  };
  double grpc = 0;
  double web = 0;
  int64_t failed = 0;
  int64_t first = 10;
  for (int round = 0; round < kRounds; ++round) {
    const LoadResult calls = Closed(clients, kInFlight, count, first, call);
    const LoadResult requests = ClosedWeb(setting.web, kInFlight, count, first + count, request);
    first += 2 * count;
    failed += calls.failed + requests.failed;
    grpc = std::max(grpc, calls.PerSecond());
    web = std::max(web, requests.PerSecond());
    testing::WaitSettled(*setting.bench.deployment, absl::Minutes(2));
  }
  report.Add({"gateway", "submits as JSON", web, "1/s", "the same over gRPC", grpc, "≥ 80 %",
              web >= 0.8 * grpc});
  if (failed > 0) report.Note(absl::StrCat("gateway: ", failed, " submits FAILED"));
}

}  // namespace

void Gateway(Report& report, const Effort& effort) {
  const Setting setting = OpenSetting();
  const auto submitted = setting.client->Call<referral::v1::SubmitReferralResponse>(
      "tremplin.referral.v1.ReferralService/SubmitReferral", SubmitOf(1), absl::Seconds(10));
  if (!submitted.ok()) std::abort();
  Read(report, setting, submitted->referral(), effort.quick ? 2000 : 60000);
  Latency(report, setting, submitted->referral(), effort.quick ? 500 : 10000);
  SubmitBoth(report, setting, effort.quick ? 500 : 10000);
}

}  // namespace tremplin::bench
