#include "tests/support/deployment.h"

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "common/services/services.h"

namespace tremplin::testing {
namespace {

class Standalone final : public Deployment {
 public:
  explicit Standalone(DeploymentOptions options) : options_(std::move(options)) {
    address_ = absl::StrCat("127.0.0.1:", FreePort());
    Start("standalone");
  }

  std::vector<std::string> processes() const override { return {"standalone"}; }
  std::string Address(const std::string&) const override { return address_; }
  std::string operator_key_file() const override { return folder() + "/operator.key"; }
  std::string folder() const override {
    return options_.data.empty() ? dir_.File("data") : options_.data;
  }
  std::string Log(const std::string&) const override { return dir_.File("log"); }

  void Start(const std::string&) override {
    std::filesystem::remove(dir_.File("ready"));
    std::vector<std::string> argv = {BinDir() + "/tremplin-standalone",
                                     "--data-dir",
                                     folder(),
                                     "--listen",
                                     address_,
                                     "--metrics-listen",
                                     options_.metrics,
                                     "--ready-file",
                                     dir_.File("ready")};
    if (options_.demo) argv.push_back("--demo");
    argv.insert(argv.end(), options_.flags.begin(), options_.flags.end());
    process_ = std::make_unique<Process>(argv, Log("standalone"));
  }
  std::string AddReplica(const std::string&) override {
    std::abort();  // the embedded store has one process
  }
  Process& Get(const std::string&) override { return *process_; }
  bool WaitServing(absl::Duration timeout) override {
    return Eventually([&] { return std::filesystem::exists(dir_.File("ready")); }, timeout);
  }
  void Server(const std::string&, const std::string&) override {}
  std::string ServerAddress(const std::string&) const override { return ""; }

 private:
  TempDir dir_;
  DeploymentOptions options_;
  std::string address_;
  std::unique_ptr<Process> process_;
};

class Distributed final : public Deployment {
 public:
  explicit Distributed(DeploymentOptions options) : options_(std::move(options)) {}

  ~Distributed() override {
    processes_.clear();
    Run({"tools/servers", "stop", ServersDir()});
  }

  // False when the servers cannot be had or the services cannot be migrated.
  bool Open() {
    // PostgreSQL runs as a user of its own, who must be able to enter the folder.
    chmod(dir_.path().c_str(), 0755);
    std::filesystem::create_directory(ServersDir());
    std::vector<std::string> start = {"tools/servers", "start", ServersDir(),
                                      "postgres",      "kafka", "redis"};
    if (options_.spares) start.insert(start.end(), {"postgres_standby", "kafka_2", "kafka_3"});
    if (Run(start).code != 0) return false;
    ReadServerAddresses();
    WriteKeys();
    for (const std::string& service : services::Names()) {
      ports_[service] = absl::StrCat("127.0.0.1:", FreePort());
    }
    for (const std::string& service : services::Names()) {
      std::vector<std::string> argv = Argv(service);
      argv.push_back("--migrate");
      argv.push_back("--database-owner");
      argv.push_back(PostgresServers());
      if (Run(argv).code != 0) return false;
    }
    for (const std::string& service : services::Names()) {
      for (int i = 1; i < options_.replicas; ++i) {
        const std::string name = absl::StrCat(service, "-", i + 1);
        replicas_[name] = {service, absl::StrCat("127.0.0.1:", FreePort())};
        known_[service].push_back(replicas_[name].address);
      }
    }
    for (const std::string& service : services::Names()) Start(service);
    for (const auto& [name, replica] : replicas_) Start(name);
    return true;
  }

  std::vector<std::string> processes() const override { return services::Names(); }
  std::string Address(const std::string& service) const override { return ports_.at(service); }
  std::string operator_key_file() const override { return folder() + "/operator.key"; }
  std::string folder() const override { return dir_.path(); }
  std::string Log(const std::string& process) const override { return dir_.File(process + ".log"); }

  std::vector<std::string> Addresses(const std::string& service) const override {
    std::vector<std::string> addresses = {Address(service)};
    const auto others = known_.find(service);
    if (others == known_.end()) return addresses;
    addresses.insert(addresses.end(), others->second.begin(), others->second.end());
    return addresses;
  }

  void Start(const std::string& process) override {
    std::filesystem::remove(ReadyFile(process));
    processes_.insert_or_assign(process, Process(Argv(process), Log(process)));
  }
  std::string AddReplica(const std::string& service) override {
    const std::string name = absl::StrCat(service, "-replica");
    replicas_[name] = {service, absl::StrCat("127.0.0.1:", FreePort())};
    Start(name);
    return name;
  }
  Process& Get(const std::string& process) override { return processes_.at(process); }
  bool WaitServing(absl::Duration timeout) override {
    return Eventually(
        [&] {
          for (const auto& [name, process] : processes_) {
            if (!std::filesystem::exists(ReadyFile(name))) return false;
          }
          return true;
        },
        timeout);
  }
  void Server(const std::string& command, const std::string& server) override {
    Run({"tools/servers", command, ServersDir(), server});
  }
  std::string ServerAddress(const std::string& server) const override {
    return servers_.at(server);
  }

 private:
  std::string ServersDir() const { return dir_.File("servers"); }
  std::string ReadyFile(const std::string& service) const { return dir_.File(service + ".ready"); }

  void ReadServerAddresses() {
    std::istringstream env(ReadFile(ServersDir() + "/env.sh"));
    const std::map<std::string, std::string> names = {
        {"TREMPLIN_TEST_POSTGRES", "postgres"},
        {"TREMPLIN_TEST_KAFKA", "kafka"},
        {"TREMPLIN_TEST_REDIS", "redis"},
        {"TREMPLIN_TEST_POSTGRES_STANDBY", "postgres_standby"},
        {"TREMPLIN_TEST_KAFKA_2", "kafka_2"},
        {"TREMPLIN_TEST_KAFKA_3", "kafka_3"}};
    for (std::string line; std::getline(env, line);) {
      for (const auto& [variable, server] : names) {
        const std::string prefix = absl::StrCat("export ", variable, "=");
        if (line.rfind(prefix, 0) == 0) servers_[server] = line.substr(prefix.size());
      }
    }
  }

  // All that may be the primary, in one URI.
  std::string PostgresServers() const {
    std::string uri = ServerAddress("postgres");
    if (!options_.spares) return uri;
    std::string standby = ServerAddress("postgres_standby");
    standby.erase(0, standby.find('@') + 1);
    standby.erase(standby.find('/'));
    return uri.insert(uri.find('/', uri.find('@')), "," + standby);
  }
  std::string KafkaServers() const {
    if (!options_.spares) return ServerAddress("kafka");
    return absl::StrCat(ServerAddress("kafka"), ",", ServerAddress("kafka_2"), ",",
                        ServerAddress("kafka_3"));
  }

  // Secrets are files of 64 hex digits that only their owner reads.
  void WriteKeys() {
    for (const std::string name : {"master", "index", "service", "operator"}) {
      const std::string path = dir_.File(name + ".key");
      std::ofstream file(path);
      for (int i = 0; i < 8; ++i) {
        file << absl::StrCat(
            absl::Hex(static_cast<uint32_t>(FreePort()) * 2654435761U, absl::kZeroPad8));
      }
      file << "\n";
      file.close();
      chmod(path.c_str(), 0600);
    }
  }

  std::vector<std::string> Argv(const std::string& process) const {
    const auto replica = replicas_.find(process);
    const std::string& service = replica == replicas_.end() ? process : replica->second.service;
    std::vector<std::string> peers;
    for (const std::string& name : services::Names()) {
      for (const std::string& address : Addresses(name)) {
        peers.push_back(absl::StrCat(name, "=", address));
      }
    }
    const std::string runtime = absl::StrReplaceAll(
        PostgresServers(), {{"postgres@", absl::StrCat("tremplin_", service, "@")}});
    std::vector<std::string> argv = {absl::StrCat(BinDir(), "/tremplin-", service)};
    if (options_.demo) argv.push_back("--demo");
    const std::map<std::string, std::string> flags = {
        {"--listen", replica == replicas_.end() ? ports_.at(service) : replica->second.address},
        {"--metrics-listen", ""},
        {"--ready-file", ReadyFile(process)},
        {"--database", runtime},
        {"--kafka", KafkaServers()},
        {"--replication", options_.spares ? "3" : "1"},
        {"--redis", ServerAddress("redis")},
        {"--peers", absl::StrJoin(peers, ",")},
        {"--master-key-file", dir_.File("master.key")},
        {"--index-key-file", dir_.File("index.key")},
        {"--service-key-file", dir_.File("service.key")},
        {"--operator-key-file", dir_.File("operator.key")},
    };
    for (const auto& [flag, value] : flags) {
      argv.push_back(flag);
      argv.push_back(value);
    }
    argv.insert(argv.end(), options_.flags.begin(), options_.flags.end());
    return argv;
  }

  TempDir dir_;
  DeploymentOptions options_;
  std::map<std::string, std::string> servers_;
  std::map<std::string, std::string> ports_;
  struct Replica {
    std::string service;
    std::string address;
  };
  std::map<std::string, Replica> replicas_;                // by process
  std::map<std::string, std::vector<std::string>> known_;  // those of them that are called
  std::map<std::string, Process> processes_;
};

}  // namespace

void Deployment::KillAndRestart(const std::string& process) {
  Get(process).Signal(SIGKILL);
  Get(process).Wait(absl::InfiniteDuration());
  Start(process);
}

Finished Deployment::Ctl(std::vector<std::string> args, absl::Duration timeout) const {
  std::vector<std::string> addresses;
  for (const std::string& service : services::Names()) {
    for (const std::string& address : Addresses(service)) {
      addresses.push_back(absl::StrCat(service, "=", address));
    }
  }
  std::vector<std::string> argv = {BinDir() + "/tremplinctl", "--addresses",
                                   absl::StrJoin(addresses, ","), "--key-file",
                                   operator_key_file()};
  argv.insert(argv.end(), args.begin(), args.end());
  return Run(argv, timeout);
}

bool Deployment::Load(bool mentors) const {
  std::vector<std::string> args = {"load"};
  if (!mentors) args.push_back("--no-mentors");
  return Ctl(args).code == 0;
}

std::unique_ptr<Deployment> MakeStandalone(const DeploymentOptions& options) {
  return std::make_unique<Standalone>(options);
}

std::unique_ptr<Deployment> MakeDistributed(const DeploymentOptions& options) {
  auto deployment = std::make_unique<Distributed>(options);
  if (!deployment->Open()) return nullptr;
  return deployment;
}

}  // namespace tremplin::testing
