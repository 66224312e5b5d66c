// The command line of operators and agencies. Exit codes: 0 done, 1 failed or refused, 2 wrong use
// (arguments, files), 3 not reachable or not in time, 4 not allowed.
#include <string>

#include "CLI/CLI.hpp"
#include "common/version/version.h"
#include "tools/tremplinctl/command.h"
#include "tools/tremplinctl/mail.h"
#include "tools/tremplinctl/phone.h"

namespace {

void AddGlobals(CLI::App& app, tremplin::ctl::Globals& globals) {
  app.add_option("--address", globals.address, "host:port of a system in one process")
      ->envname("TREMPLIN_ADDRESS")
      ->capture_default_str();
  app.add_option("--addresses", globals.addresses,
                 "registration=host:port,… of a system in several processes; of each replica")
      ->envname("TREMPLIN_ADDRESSES");
  app.add_option("--key-file", globals.key_file, "file with the caller's API key")
      ->envname("TREMPLIN_KEY_FILE")
      ->capture_default_str();
  app.add_option("--keys-dir", globals.keys_dir,
                 "where the keys of agencies and coordinator are (default: keys/ beside the key "
                 "file)");
  app.add_option("--language", globals.language_code, "language of messages / langue des messages")
      ->check(CLI::IsMember({"en", "fr"}))
      ->envname("TREMPLIN_LANGUAGE")
      ->capture_default_str();
  app.add_option("--tls-certificate", globals.tls_certificate, "PEM file shown to the server");
  app.add_option("--tls-key", globals.tls_key, "PEM file of its key");
  app.add_option("--tls-ca", globals.tls_ca, "PEM file of the server's authority");
  app.add_flag("--json", globals.json, "print JSON, no progress bar");
}

}  // namespace

int main(int argc, char** argv) {
  using tremplin::ctl::Globals;
  Globals globals;
  globals.self = argc > 0 ? argv[0] : "tremplinctl";
  absl::Status result;
  CLI::App app{"Tremplin's command line / ligne de commande de Tremplin", "tremplinctl"};
  app.require_subcommand(1);
  app.fallthrough();
  app.footer(
      "Exit codes: 0 done · 1 failed or refused · 2 wrong use · 3 not reachable · 4 not allowed\n"
      "Codes de sortie : 0 fait · 1 échec ou refus · 2 mauvais usage · 3 injoignable · 4 interdit");
  app.set_version_flag("--version", std::string(tremplin::version::Number()), "the release");
  AddGlobals(app, globals);
  tremplin::ctl::AddLoad(app, globals, result);
  tremplin::ctl::AddReferrals(app, globals, result);
  tremplin::ctl::AddMentors(app, globals, result);
  tremplin::ctl::AddSeason(app, globals, result);
  tremplin::ctl::AddMatching(app, globals, result);
  tremplin::ctl::AddReports(app, globals, result);
  tremplin::ctl::AddFeed(app, globals, result);
  tremplin::ctl::AddOperations(app, globals, result);
  tremplin::ctl::AddWork(app, globals, result);
  tremplin::ctl::AddTrace(app, globals, result);
  tremplin::ctl::AddAccess(app, globals, result);
  tremplin::ctl::AddPeople(app, globals, result);
  tremplin::ctl::AddConsent(app, globals, result);
  tremplin::ctl::AddMail(app, globals, result);
  tremplin::ctl::AddPhone(app, globals, result);
  tremplin::ctl::AddWebhooks(app, globals, result);
  tremplin::ctl::AddPrograms(app, globals, result);
  tremplin::ctl::AddLocal(app, globals, result);
  tremplin::ctl::AddBackup(app, globals, result);
  tremplin::ctl::AddCompletion(app, result);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  return result.ok() ? 0 : tremplin::ctl::Tell(globals.language(), result);
}
