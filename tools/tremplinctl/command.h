#ifndef TREMPLIN_TOOLS_TREMPLINCTL_COMMAND_H_
#define TREMPLIN_TOOLS_TREMPLINCTL_COMMAND_H_

#include <memory>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/tremplinctl/api.h"
#include "tools/tremplinctl/import.h"
#include "tools/tremplinctl/output.h"

namespace tremplin::ctl {

// That of ./tools/run, or of an installed system where the caller can read it.
std::string DefaultKeyFile();

// What every command shares, filled from the arguments before a command runs.
struct Globals {
  std::string address = "127.0.0.1:7400";
  std::string addresses;  // "registration=host:port,…"; overrides `address`
  std::string key_file = DefaultKeyFile();
  std::string keys_dir;  // "" means keys/ beside the key file
  std::string language_code = "en";
  std::string tls_certificate, tls_key, tls_ca;
  std::string self;  // argv[0], to find the programs beside this one
  bool json = false;

  Language language() const {
    return language_code == "fr" ? Language::kFrench : Language::kEnglish;
  }
  std::string KeysDir() const;
  absl::StatusOr<std::unique_ptr<Api>> Open() const;
};

// Each adds its subcommand to `app`; the command sets `result` when it runs. `globals` and `result`
// outlive the parsing.
void AddLoad(CLI::App& app, const Globals& globals, absl::Status& result);
void AddReferrals(CLI::App& app, const Globals& globals, absl::Status& result);
// Adds its subcommand to `parent`, and the options that say what a file's rows apply to.
void AddWatch(CLI::App& parent, program::v1::Subject side, const Globals& globals,
              absl::Status& result);
void AddRowOptions(CLI::App& command, ImportOptions& options);
void AddMentors(CLI::App& app, const Globals& globals, absl::Status& result);
void AddSeason(CLI::App& app, const Globals& globals, absl::Status& result);
void AddMatching(CLI::App& app, const Globals& globals, absl::Status& result);
// Adds its subcommands to `matching`.
void AddBoard(CLI::App& matching, const Globals& globals, absl::Status& result);
void AddReports(CLI::App& app, const Globals& globals, absl::Status& result);
void AddFeed(CLI::App& app, const Globals& globals, absl::Status& result);
void AddOperations(CLI::App& app, const Globals& globals, absl::Status& result);
void AddWork(CLI::App& app, const Globals& globals, absl::Status& result);
void AddTrace(CLI::App& app, const Globals& globals, absl::Status& result);
void AddAccess(CLI::App& app, const Globals& globals, absl::Status& result);
void AddPeople(CLI::App& app, const Globals& globals, absl::Status& result);
void AddConsent(CLI::App& app, const Globals& globals, absl::Status& result);
void AddWebhooks(CLI::App& app, const Globals& globals, absl::Status& result);
void AddPrograms(CLI::App& app, const Globals& globals, absl::Status& result);
void AddLocal(CLI::App& app, const Globals& globals, absl::Status& result);
void AddBackup(CLI::App& app, const Globals& globals, absl::Status& result);
// The last: it knows the commands added before it.
void AddCompletion(CLI::App& app, absl::Status& result);

}  // namespace tremplin::ctl

#endif  // TREMPLIN_TOOLS_TREMPLINCTL_COMMAND_H_
