#include "common/config/config.h"

#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <functional>
#include <memory>
#include <utility>

#include "CLI/CLI.hpp"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace tremplin::config {
namespace {

// Where a key may be given.
enum class For { kBoth, kStandalone, kService };

// Reads `text` into the configuration; "" or what is wrong with it.
using Set = std::function<std::string(Config&, const std::string& text)>;

struct Key {
  std::string
      name;  // the flag without dashes, the key of the file; TREMPLIN_<NAME> in the environment
  For shapes;
  bool flag;  // takes no value on the command line
  std::string help;
  Set set;
};

Set Text(std::string Config::*field) {
  return [field](Config& config, const std::string& text) {
    config.*field = text;
    return std::string();
  };
}

std::string CheckHostPort(const std::string& text) {
  const size_t colon = text.rfind(':');
  int port = 0;
  if (colon == std::string::npos || colon == 0 ||
      !absl::SimpleAtoi(text.substr(colon + 1), &port) || port < 0 || port > 65535) {
    return "must be host:port, with a port from 0 to 65535";
  }
  return "";
}

// One or more host:port, by commas; "" where the key may be off.
Set HostPorts(std::string Config::*field) {
  return [field](Config& config, const std::string& text) {
    config.*field = text;
    for (const auto piece : absl::StrSplit(text, ',', absl::SkipEmpty())) {
      if (std::string fault = CheckHostPort(std::string(piece)); !fault.empty()) return fault;
    }
    return std::string();
  };
}

Set Whole(int Config::*field, int least, int most) {
  return [field, least, most](Config& config, const std::string& text) {
    int value = 0;
    if (!absl::SimpleAtoi(text, &value) || value < least || value > most) {
      return absl::StrCat("must be a whole number from ", least, " to ", most);
    }
    config.*field = value;
    return std::string();
  };
}

Set Switch(bool Config::*field) {
  return [field](Config& config, const std::string& text) {
    if (!absl::SimpleAtob(text, &(config.*field))) return std::string("must be true or false");
    return std::string();
  };
}

std::string SetGrace(Config& config, const std::string& text) {
  absl::Duration value;
  if (!absl::ParseDuration(text, &value) || value < absl::Seconds(1) || value > absl::Minutes(10)) {
    return "must be a duration from 1s to 10m, such as 20s";
  }
  config.grace = value;
  return "";
}

std::string SetLogLevel(Config& config, const std::string& text) {
  static const std::map<std::string, logging::Level> levels = {
      {"debug", logging::Level::kDebug},
      {"info", logging::Level::kInfo},
      {"warning", logging::Level::kWarning},
      {"error", logging::Level::kError}};
  const auto found = levels.find(text);
  if (found == levels.end()) return "must be debug, info, warning or error";
  config.log_level = found->second;
  return "";
}

std::string SetPeers(Config& config, const std::string& text) {
  config.peers.clear();
  for (const auto piece : absl::StrSplit(text, ',', absl::SkipEmpty())) {
    const std::pair<std::string, std::string> peer = absl::StrSplit(piece, absl::MaxSplits('=', 1));
    if (peer.first.empty() || !CheckHostPort(peer.second).empty()) {
      return "must be service=host:port, by commas";
    }
    config.peers[peer.first] = peer.second;
  }
  return "";
}

std::string SetDatabase(std::string Config::*field, Config& config, const std::string& text) {
  if (!text.starts_with("postgresql://") && !text.starts_with("postgres://")) {
    return "must begin with postgresql://";
  }
  config.*field = text;
  return "";
}

// Every key there is, once.
std::vector<Key> AllKeys() {
  using std::placeholders::_1;
  using std::placeholders::_2;
  return {
      {"listen", For::kBoth, false, "gRPC address, host:port; port 0 takes a free one",
       HostPorts(&Config::listen)},
      {"metrics-listen", For::kBoth, false, "address of GET /metrics; empty serves none",
       HostPorts(&Config::metrics_listen)},
      {"ready-file", For::kBoth, false, "written with the bound gRPC address once serving",
       Text(&Config::ready_file)},
      {"reflection", For::kBoth, true, "serve gRPC reflection (never in production)",
       Switch(&Config::reflection)},
      {"demo", For::kBoth, true, "business time may be set, ids derive from request ids",
       Switch(&Config::demo)},
      {"log-level", For::kBoth, false, "debug, info, warning or error", SetLogLevel},
      {"grace", For::kBoth, false, "time for draining after SIGTERM, 1s to 10m", SetGrace},
      {"executor-threads", For::kBoth, false, "threads that serve calls, 1 to 1024",
       Whole(&Config::executor_threads, 1, 1024)},
      {"executor-queue", For::kBoth, false, "calls that may wait for one, 1 to 65536",
       Whole(&Config::executor_queue, 1, 65536)},
      {"readers", For::kBoth, false, "pooled read connections, 1 to 64",
       Whole(&Config::readers, 1, 64)},
      {"tls-certificate", For::kBoth, false, "PEM file of the server's certificate",
       Text(&Config::tls_certificate)},
      {"tls-key", For::kBoth, false, "PEM file of its key", Text(&Config::tls_key)},
      {"tls-client-ca", For::kBoth, false, "PEM file: clients must present a certificate of it",
       Text(&Config::tls_client_ca)},
      {"reference-dir", For::kBoth, false, "folder of noc_2021.csv, naics_2022.csv, fsa.csv",
       Text(&Config::reference_dir)},
      {"master-key-file", For::kBoth, false, "key that wraps the keys of personal data",
       Text(&Config::master_key_file)},
      {"index-key-file", For::kBoth, false, "key of the hashes that personal data is found by",
       Text(&Config::index_key_file)},
      {"service-key-file", For::kBoth, false, "credential of the services among themselves",
       Text(&Config::service_key_file)},
      {"operator-key-file", For::kBoth, false, "credential of the operations team",
       Text(&Config::operator_key_file)},
      {"data-dir", For::kStandalone, false, "folder of the embedded store, made when missing",
       Text(&Config::data_dir)},
      {"database", For::kService, false, "postgresql:// URI of the runtime role",
       std::bind(SetDatabase, &Config::database, _1, _2)},
      {"database-owner", For::kService, false, "postgresql:// URI of the owner, for --migrate",
       std::bind(SetDatabase, &Config::database_owner, _1, _2)},
      {"migrate", For::kService, true, "apply migrations, create topics, and exit",
       Switch(&Config::migrate)},
      {"kafka", For::kService, false, "brokers, host:port by commas", HostPorts(&Config::kafka)},
      {"partitions", For::kService, false, "partitions of every topic, 1 to 64",
       Whole(&Config::partitions, 1, 64)},
      {"redis", For::kService, false, "host:port; empty keeps the cache in the process",
       HostPorts(&Config::redis)},
      {"peers", For::kService, false, "the other services, service=host:port by commas", SetPeers},
      {"lanes", For::kService, false, "write connections, 1 to 32", Whole(&Config::lanes, 1, 32)},
  };
}

std::string EnvironmentName(const std::string& key) {
  std::string name = "TREMPLIN_" + key;
  for (char& c : name) c = c == '-' ? '_' : static_cast<char>(std::toupper(c));
  return name;
}

bool Applies(const Key& key, Shape shape) {
  return key.shapes == For::kBoth ||
         (key.shapes == For::kStandalone) == (shape == Shape::kStandalone);
}

// What the environment says, as flags before the real ones, so that those win; CLI11 alone would
// let the file win over the environment. Last first, as CLI11 takes them.
std::vector<std::string> Arguments(int argc, const char* const* argv, const std::vector<Key>& keys,
                                   Shape shape) {
  std::vector<std::string> arguments;
  const auto add = [&](const std::string& name) {
    if (const char* value = std::getenv(EnvironmentName(name).c_str())) {
      arguments.push_back(absl::StrCat("--", name, "=", value));
    }
  };
  add("config");
  for (const Key& key : keys) {
    if (Applies(key, shape)) add(key.name);
  }
  arguments.insert(arguments.end(), argv + 1, argv + argc);
  std::reverse(arguments.begin(), arguments.end());
  return arguments;
}

bool Readable(const std::string& path) { return access(path.c_str(), R_OK) == 0; }

void CheckFiles(const Config& config, std::vector<std::string>& faults) {
  const std::pair<const char*, const std::string*> files[] = {
      {"tls-certificate", &config.tls_certificate},
      {"tls-key", &config.tls_key},
      {"tls-client-ca", &config.tls_client_ca},
      {"master-key-file", &config.master_key_file},
      {"index-key-file", &config.index_key_file},
      {"service-key-file", &config.service_key_file},
      {"operator-key-file", &config.operator_key_file}};
  for (const auto& [key, path] : files) {
    if (!path->empty() && !Readable(*path)) {
      faults.push_back(absl::StrCat(key, ": the file cannot be read"));
    }
  }
  for (const char* table : {"noc_2021.csv", "naics_2022.csv", "fsa.csv"}) {
    if (!Readable(config.reference_dir + "/" + table)) {
      faults.push_back(absl::StrCat("reference-dir: ", table, " cannot be read there"));
    }
  }
}

void CheckTogether(const Config& config, Shape shape, std::vector<std::string>& faults) {
  if (config.tls_certificate.empty() != config.tls_key.empty()) {
    faults.push_back("tls-key: tls-certificate and tls-key are given together or not at all");
  }
  if (!config.tls_client_ca.empty() && config.tls_certificate.empty()) {
    faults.push_back("tls-client-ca: needs tls-certificate and tls-key");
  }
  if (shape == Shape::kStandalone) {
    if (config.data_dir.empty()) faults.push_back("data-dir: must not be empty");
    return;
  }
  if (config.database.empty()) faults.push_back("database: is required");
  if (config.kafka.empty()) faults.push_back("kafka: is required");
  if (config.migrate) {
    if (config.database_owner.empty()) faults.push_back("database-owner: is required by migrate");
    return;
  }
  const std::pair<const char*, const std::string*> secrets[] = {
      {"master-key-file", &config.master_key_file},
      {"index-key-file", &config.index_key_file},
      {"service-key-file", &config.service_key_file}};
  for (const auto& [key, path] : secrets) {
    if (path->empty()) faults.push_back(absl::StrCat(key, ": is required"));
  }
}

// Keys of the file that no option has, as "key: …" faults.
void CheckExtras(const CLI::App& app, std::vector<std::string>& faults) {
  for (const std::string& extra : app.remaining()) {
    std::string key = extra;
    key.erase(0, key.find_first_not_of('-'));
    faults.push_back(absl::StrCat(key.substr(0, key.find('=')), ": there is no such key"));
  }
}

Exit Refused(std::vector<std::string> faults) {
  std::sort(faults.begin(), faults.end());
  faults.erase(std::unique(faults.begin(), faults.end()), faults.end());
  return {2, absl::StrJoin(faults, "\n") + "\n"};
}

}  // namespace

std::variant<Config, Exit> Parse(int argc, const char* const* argv, Shape shape) {
  CLI::App app("Tremplin: settings come from flags, then TREMPLIN_* variables, then the file.");
  app.set_config("--config", "", "TOML file");
  app.allow_extras();
  app.allow_config_extras(CLI::config_extras_mode::capture);
  const std::vector<Key> keys = AllKeys();
  // CLI11 stops at its first fault; so it only collects text here, and each text is judged below.
  std::map<std::string, std::string> given;
  std::map<std::string, CLI::Option*> options;
  for (const Key& key : keys) {
    if (!Applies(key, shape)) continue;
    CLI::Option* option = app.add_option("--" + key.name, given[key.name], key.help);
    if (key.flag) option->expected(0, 1);
    option->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
    options[key.name] = option;
  }
  std::vector<std::string> faults;
  try {
    app.parse(Arguments(argc, argv, keys, shape));
  } catch (const CLI::CallForHelp&) {
    return Exit{0, app.help()};
  } catch (const CLI::ParseError& error) {
    faults.push_back(error.what());
  }
  CheckExtras(app, faults);
  Config config;
  for (const Key& key : keys) {
    const auto option = options.find(key.name);
    if (option == options.end() || option->second->count() == 0) continue;
    std::string text = given[key.name];
    if (key.flag && text.empty()) text = "true";
    if (const std::string fault = key.set(config, text); !fault.empty()) {
      faults.push_back(absl::StrCat(key.name, ": ", fault));
    }
  }
  CheckFiles(config, faults);
  CheckTogether(config, shape, faults);
  if (!faults.empty()) return Refused(std::move(faults));
  return config;
}

}  // namespace tremplin::config
