// migrate, config check, ready: what needs no key of a running system.
#include <netdb.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <variant>
#include <vector>

#include "common/config/config.h"
#include "common/services/services.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "tools/tremplinctl/command.h"
#include "tools/tremplinctl/messages.h"

namespace tremplin::ctl {
namespace {

struct MigrateOptions {
  std::vector<std::string> services;
  std::string config_dir;
  std::vector<std::string> arguments;
};

struct CheckOptions {
  std::string file;
  std::string shape = "standalone";
};

// The folder this program was started from; "" when it was found by PATH.
std::filesystem::path Beside(const Globals& globals) {
  std::error_code error;
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", error);
  return error ? std::filesystem::path(globals.self).parent_path() : self.parent_path();
}

// Runs a program to its end; its exit code, -1 when it did not start or was killed.
int RunProgram(const std::string& program, const std::vector<std::string>& arguments) {
  std::vector<char*> argv = {const_cast<char*>(program.c_str())};
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  const pid_t child = fork();
  if (child == 0) {
    execv(program.c_str(), argv.data());
    _exit(127);
  }
  int status = 0;
  if (child < 0 || waitpid(child, &status, 0) != child) return -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

absl::Status Migrate(const Globals& globals, const MigrateOptions& options) {
  for (const std::string& service :
       options.services.empty() ? services::Names() : options.services) {
    const std::string program = (Beside(globals) / text::Cat("tremplin-", service)).string();
    if (access(program.c_str(), X_OK) != 0) {
      return status::Error(absl::StatusCode::kInvalidArgument, kProgramMissing, {program});
    }
    std::vector<std::string> arguments = {"--migrate"};
    if (!options.config_dir.empty()) {
      arguments.push_back("--config");
      arguments.push_back(
          (std::filesystem::path(options.config_dir) / (service + ".conf")).string());
    }
    arguments.insert(arguments.end(), options.arguments.begin(), options.arguments.end());
    std::fflush(stdout);
    const int code = RunProgram(program, arguments);
    if (code != 0) {
      return status::Error(absl::StatusCode::kFailedPrecondition, kMigrationFailed,
                           {service, text::Cat(code)});
    }
    Say(globals.language(), kMigrated, {service});
  }
  return absl::OkStatus();
}

config::Shape ShapeOf(const std::string& name) {
  return name == "service"   ? config::Shape::kService
         : name == "gateway" ? config::Shape::kGateway
                             : config::Shape::kStandalone;
}

absl::Status Check(const Globals& globals, const CheckOptions& options) {
  const char* const argv[] = {"tremplinctl", "--config", options.file.c_str()};
  const auto parsed = config::Parse(3, argv, ShapeOf(options.shape));
  if (const auto* exit = std::get_if<config::Exit>(&parsed)) {
    return absl::InvalidArgumentError(exit->text);
  }
  Say(globals.language(), kConfigGood, {options.file});
  return absl::OkStatus();
}

struct ReadyOptions {
  std::string metrics = "127.0.0.1:9400";
};

constexpr int kProbeSeconds = 2;

// A connection to host:port, -1 when there is none.
int Connect(const std::string& address) {
  const size_t colon = address.rfind(':');
  if (colon == std::string::npos) return -1;
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(address.substr(0, colon).c_str(), address.substr(colon + 1).c_str(), &hints,
                  &found) != 0) {
    return -1;
  }
  int connection = -1;
  for (const addrinfo* each = found; each != nullptr && connection < 0; each = each->ai_next) {
    connection = socket(each->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const timeval timeout{.tv_sec = kProbeSeconds, .tv_usec = 0};
    setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
    setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout));
    if (connect(connection, each->ai_addr, each->ai_addrlen) == 0) break;
    close(connection);
    connection = -1;
  }
  freeaddrinfo(found);
  return connection;
}

// The answer to GET /readyz.
struct Readiness {
  std::string line;  // the first line, "" when nobody answers in time
  std::string why;   // of "no: <why>"
};

Readiness AskReady(const std::string& address) {
  const int connection = Connect(address);
  if (connection < 0) return {};
  const std::string request =
      "GET /readyz HTTP/1.1\r\nHost: " + address + "\r\nConnection: close\r\n\r\n";
  std::array<char, 1024> answer{};
  const bool sent = send(connection, request.data(), request.size(), MSG_NOSIGNAL) ==
                    static_cast<ssize_t>(request.size());
  const ssize_t size = sent ? recv(connection, answer.data(), answer.size(), MSG_WAITALL) : 0;
  close(connection);
  const std::string text(answer.data(), static_cast<size_t>(std::max<ssize_t>(0, size)));
  const size_t no = text.find("\r\n\r\nno: ");
  const size_t begin = no == std::string::npos ? text.size() : no + 8;
  return {.line = text.substr(0, text.find('\r')),
          .why = text.substr(begin, text.find('\n', begin) - begin)};
}

// For images without a shell: what a container's health check can run.
absl::Status Ready(const Globals& globals, const ReadyOptions& options) {
  const Readiness ready = AskReady(options.metrics);
  if (ready.line.empty()) {
    return status::Error(absl::StatusCode::kUnavailable, kProbeUnanswered, {options.metrics});
  }
  if (ready.line != "HTTP/1.1 200 OK") {
    constexpr auto kNotNow = absl::StatusCode::kFailedPrecondition;
    if (ready.why == "disk full") return status::Error(kNotNow, kProbeDiskFull, {options.metrics});
    if (ready.why.empty() || ready.why == "starting or ending") {
      return status::Error(kNotNow, kProbeRefused, {options.metrics});
    }
    return status::Error(kNotNow, kProbeSaysWhy, {options.metrics, ready.why});
  }
  Say(globals.language(), kProbeReady, {options.metrics});
  return absl::OkStatus();
}

}  // namespace

void AddLocal(CLI::App& app, const Globals& globals, absl::Status& result) {
  auto migrate_options = std::make_shared<MigrateOptions>();
  CLI::App* migrate = app.add_subcommand(
      "migrate", "run tremplin-<service> --migrate of every service beside this program / migrer");
  migrate->add_option("--service", migrate_options->services, "these services only")
      ->check(CLI::IsMember(services::Names()));
  migrate->add_option("--config-dir", migrate_options->config_dir,
                      "folder in which each service has its file, referral.conf");
  migrate->add_option("arguments", migrate_options->arguments,
                      "further arguments of the services, after --");
  migrate->callback(
      [&globals, &result, migrate_options] { result = Migrate(globals, *migrate_options); });

  auto check_options = std::make_shared<CheckOptions>();
  CLI::App* config =
      app.add_subcommand("config", "configuration files / fichiers de configuration");
  config->require_subcommand(1);
  CLI::App* check = config->add_subcommand("check", "name every fault of a file");
  check->add_option("file", check_options->file, "TOML file")->required();
  check->add_option("--shape", check_options->shape, "of what program")
      ->check(CLI::IsMember({"standalone", "service", "gateway"}))
      ->capture_default_str();
  check->callback([&globals, &result, check_options] { result = Check(globals, *check_options); });

  auto ready_options = std::make_shared<ReadyOptions>();
  CLI::App* ready = app.add_subcommand(
      "ready", "whether a process takes calls, asked at its metrics port / prêt à servir");
  ready->add_option("--metrics", ready_options->metrics, "host:port of its metrics")
      ->envname("TREMPLIN_METRICS_LISTEN")
      ->capture_default_str();
  ready->callback([&globals, &result, ready_options] { result = Ready(globals, *ready_options); });
}

}  // namespace tremplin::ctl
