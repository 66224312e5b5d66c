#ifndef TREMPLIN_TESTS_SUPPORT_DEPLOYMENT_H_
#define TREMPLIN_TESTS_SUPPORT_DEPLOYMENT_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace tremplin::testing {

// The system as it is run: real programs, started, killed and started again on the same data and
// ports. Two forms: one process on the embedded store, or six services on their own Kafka,
// PostgreSQL and Redis (started by tools/servers in a folder of this deployment, so that a test may
// kill them). Everything ends with it. Not thread-safe.
class Deployment {
 public:
  virtual ~Deployment() = default;

  // The names of the processes: {"standalone"} or the six services, without replicas.
  virtual std::vector<std::string> processes() const = 0;
  // Where a service is reached, "host:port".
  virtual std::string Address(const std::string& service) const = 0;
  // Of each of its replicas.
  virtual std::vector<std::string> Addresses(const std::string& service) const {
    return {Address(service)};
  }
  virtual std::string operator_key_file() const = 0;
  virtual std::string folder() const = 0;
  // The file of a process' log lines.
  virtual std::string Log(const std::string& process) const = 0;

  virtual void Start(const std::string& process) = 0;  // does not wait for readiness
  // One more process of a service, on the same stores; callers do not know its address. Its name.
  virtual std::string AddReplica(const std::string& service) = 0;
  virtual Process& Get(const std::string& process) = 0;
  // Until every process is serving. False after `timeout`.
  virtual bool WaitServing(absl::Duration timeout) = 0;

  // tools/servers <command> <folder> <server>; for the distributed form only.
  virtual void Server(const std::string& command, const std::string& server) = 0;
  // "postgres" → libpq URI of a superuser, "kafka", "redis", or a spare ("postgres_standby",
  // "kafka_2"); "" for the one process.
  virtual std::string ServerAddress(const std::string& server) const = 0;

  // kill -9 and start again at once.
  void KillAndRestart(const std::string& process);
  // tremplinctl with the operator's key and the addresses of this deployment.
  Finished Ctl(std::vector<std::string> args, absl::Duration timeout = absl::Minutes(3)) const;
  // Publishes the program, agencies and (unless told otherwise) mentors. False when it fails.
  bool Load(bool mentors) const;
};

struct DeploymentOptions {
  bool demo = true;  // movable business time, and ids that derive from request ids
  std::vector<std::string> flags = {};  // further flags for every process
  std::string data = {};                // the one process' folder; empty: one of its own
  std::string metrics = {};             // where the one process serves its metrics; empty: nowhere
  // The distributed form: a standby beside PostgreSQL, and three brokers that hold each topic.
  bool spares = false;
  // The distributed form: processes of each service. Their peers and tremplinctl call all of them.
  int replicas = 1;
};

std::unique_ptr<Deployment> MakeStandalone(const DeploymentOptions& options = {});

// nullptr when the servers cannot be had; the caller skips or fails as tests/support/servers.h
// says.
std::unique_ptr<Deployment> MakeDistributed(const DeploymentOptions& options = {});

}  // namespace tremplin::testing

#endif  // TREMPLIN_TESTS_SUPPORT_DEPLOYMENT_H_
