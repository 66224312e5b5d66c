// migrate, config check: what needs no running system.
#include <sys/wait.h>
#include <unistd.h>

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

absl::Status Check(const Globals& globals, const CheckOptions& options) {
  const char* const argv[] = {"tremplinctl", "--config", options.file.c_str()};
  const config::Shape shape =
      options.shape == "service" ? config::Shape::kService : config::Shape::kStandalone;
  const auto parsed = config::Parse(3, argv, shape);
  if (const auto* exit = std::get_if<config::Exit>(&parsed)) {
    return absl::InvalidArgumentError(exit->text);
  }
  Say(globals.language(), kConfigGood, {options.file});
  return absl::OkStatus();
}

}  // namespace

void AddLocal(CLI::App& app, const Globals& globals, absl::Status& result) {
  auto migrate_options = std::make_shared<MigrateOptions>();
  CLI::App* migrate = app.add_subcommand(
      "migrate", "run tremplin-<service> --migrate of every service beside this program / migrer");
  migrate->add_option("--service", migrate_options->services, "these services only")
      ->check(CLI::IsMember(services::Names()));
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
      ->check(CLI::IsMember({"standalone", "service"}))
      ->capture_default_str();
  check->callback([&globals, &result, check_options] { result = Check(globals, *check_options); });
}

}  // namespace tremplin::ctl
