#include "common/config/keys.h"

#include <arpa/inet.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/seal/private_file.h"

namespace tremplin::config {
namespace {

using Set = std::function<std::string(Config&, const std::string&)>;

constexpr int kMaxPort = 65535;

std::vector<std::string> Split(const std::string& text) { return absl::StrSplit(text, ','); }

std::string CheckHostPort(const std::string& text) {
  const size_t colon = text.rfind(':');
  int port = -1;
  if (colon == std::string::npos || colon == 0 ||
      !absl::SimpleAtoi(text.substr(colon + 1), &port) || port < 0 || port > kMaxPort) {
    return absl::StrCat("\"", text, "\" is not host:port");
  }
  return "";
}

Set Text(std::string Config::*member) {
  return [member](Config& config, const std::string& text) {
    config.*member = text;
    return std::string();
  };
}

Set Flag(bool Config::*member) {
  return [member](Config& config, const std::string& text) -> std::string {
    if (text == "true" || text == "1") {
      config.*member = true;
    } else if (text == "false" || text == "0") {
      config.*member = false;
    } else {
      return absl::StrCat("\"", text, "\" is neither true nor false");
    }
    return "";
  };
}

Set Number(int Config::*member, int smallest, int largest) {
  return [=](Config& config, const std::string& text) -> std::string {
    int number = 0;
    if (!absl::SimpleAtoi(text, &number)) {
      return absl::StrCat("\"", text, "\" is not a whole number");
    }
    if (number < smallest || number > largest) {
      return absl::StrCat(number, " is not within ", smallest, " to ", largest);
    }
    config.*member = number;
    return "";
  };
}

Set Time(absl::Duration Config::*member, absl::Duration smallest, absl::Duration largest) {
  return [=](Config& config, const std::string& text) -> std::string {
    absl::Duration duration;
    if (!absl::ParseDuration(text, &duration)) {
      return absl::StrCat("\"", text, "\" is not a duration (20s, 1m30s, 500ms)");
    }
    if (duration < smallest || duration > largest) {
      return absl::StrCat(absl::FormatDuration(duration), " is not within ",
                          absl::FormatDuration(smallest), " to ", absl::FormatDuration(largest));
    }
    config.*member = duration;
    return "";
  };
}

// host:port, "" for none where `optional`.
Set Address(std::string Config::*member, bool optional) {
  return [=](Config& config, const std::string& text) -> std::string {
    if (!text.empty() || !optional) {
      if (std::string fault = CheckHostPort(text); !fault.empty()) return fault;
    }
    config.*member = text;
    return "";
  };
}

// host:port, or several with commas; "" is none.
Set Addresses(std::string Config::*member) {
  return [=](Config& config, const std::string& text) -> std::string {
    if (!text.empty()) {
      for (const std::string& address : Split(text)) {
        if (std::string fault = CheckHostPort(address); !fault.empty()) return fault;
      }
    }
    config.*member = text;
    return "";
  };
}

// A file that this process can read; "" is none.
Set File(std::string Config::*member) {
  return [=](Config& config, const std::string& text) -> std::string {
    std::error_code error;
    if (!text.empty() &&
        (!std::filesystem::is_regular_file(text, error) || access(text.c_str(), R_OK) != 0)) {
      return absl::StrCat("the file \"", text, "\" cannot be read");
    }
    config.*member = text;
    return "";
  };
}

// What a file that nobody else may read holds, white space around it apart: another system's
// secret, of whatever length; "" is none.
Set Secret(std::string Config::*member) {
  return [member](Config& config, const std::string& path) -> std::string {
    if (!path.empty()) {
      struct stat info {};
      if (stat(path.c_str(), &info) == 0 && !seal::IsPrivateFile(info)) {
        return absl::StrCat("the file \"", path,
                            "\" may be read by others; it must have mode 600, ",
                            "or 640 with a group of this process");
      }
      std::ifstream file(path);
      const std::string content{std::istreambuf_iterator<char>(file),
                                std::istreambuf_iterator<char>()};
      config.*member = std::string(absl::StripAsciiWhitespace(content));
      if ((config.*member).empty()) {
        return absl::StrCat("the file \"", path, "\" cannot be read, or is empty");
      }
    }
    return "";
  };
}

// The value may hold a password: a fault never repeats it.
Set PostgresUri(std::string Config::*member) {
  return [=](Config& config, const std::string& text) -> std::string {
    if (!absl::StartsWith(text, "postgresql://") && !absl::StartsWith(text, "postgres://")) {
      return "it is not a URI postgresql://…";
    }
    config.*member = text;
    return "";
  };
}

std::string SetLogLevel(Config& config, const std::string& text) {
  if (text == "debug") {
    config.log_level = logging::Level::kDebug;
  } else if (text == "info") {
    config.log_level = logging::Level::kInfo;
  } else if (text == "warning") {
    config.log_level = logging::Level::kWarning;
  } else if (text == "error") {
    config.log_level = logging::Level::kError;
  } else {
    return absl::StrCat("\"", text, "\" is none of debug, info, warning, error");
  }
  return "";
}

// Whether the first of these addresses is a number, which does not need to be resolved.
bool IsIpv4(const std::string& addresses) {
  in_addr parsed;
  return inet_pton(AF_INET, addresses.substr(0, addresses.find(':')).c_str(), &parsed) == 1;
}

std::string SetPeers(Config& config, const std::string& text) {
  std::map<std::string, std::string> peers;
  if (text.empty()) {
    config.peers.clear();
    return "";
  }
  for (const std::string& item : Split(text)) {
    const std::vector<std::string> parts = absl::StrSplit(item, absl::MaxSplits('=', 1));
    if (parts.size() != 2 || parts[0].empty()) {
      return absl::StrCat("\"", item, "\" is not service=host:port");
    }
    if (std::string fault = CheckHostPort(parts[1]); !fault.empty()) return fault;
    std::string& addresses = peers[parts[0]];
    if (!addresses.empty() && (!IsIpv4(addresses) || !IsIpv4(parts[1]))) {
      return absl::StrCat("\"", parts[0], "\" has several addresses, which must be IPv4 then");
    }
    absl::StrAppend(&addresses, addresses.empty() ? "" : ",", parts[1]);
  }
  config.peers = std::move(peers);
  return "";
}

// Origins as browsers send them: scheme, host and perhaps a port, nothing behind.
std::string SetOrigins(Config& config, const std::string& text) {
  std::vector<std::string> origins;
  if (!text.empty()) origins = Split(text);
  for (const std::string& origin : origins) {
    const size_t scheme = absl::StartsWith(origin, "https://")  ? 8
                          : absl::StartsWith(origin, "http://") ? 7
                                                                : origin.size();
    const std::string host = origin.substr(scheme);
    if (host.empty() || host.find_first_of("/*?#@ ") != std::string::npos) {
      return absl::StrCat("\"", origin, "\" is not https://host");
    }
  }
  config.web_origins = std::move(origins);
  return "";
}

bool IsLoopback(const std::string& address) {
  const std::string host = address.substr(0, address.rfind(':'));
  return host == "localhost" || host == "[::1]" || absl::StartsWith(host, "127.");
}

// https://host, or http:// on this machine; "" is none. A path may follow where `path`.
Set Url(std::string Config::*member, bool path) {
  return [=](Config& config, const std::string& text) -> std::string {
    const size_t scheme = absl::StartsWith(text, "https://") ? 8 : 7;
    const std::string rest = text.substr(std::min(scheme, text.size()));
    const std::string host = rest.substr(0, rest.find('/'));
    const bool known = scheme == 8 || (absl::StartsWith(text, "http://") && IsLoopback(host));
    if (!text.empty() && (!known || host.empty() || (!path && host != rest) ||
                          rest.find_first_of("*?#@ ") != rest.npos)) {
      return absl::StrCat("\"", text, "\" is not https://host");
    }
    config.*member = text;
    return "";
  };
}

std::string SetSmtpTls(Config& config, const std::string& text) {
  if (text != "starttls" && text != "implicit" && text != "none") {
    return absl::StrCat("\"", text, "\" is none of starttls, implicit, none");
  }
  config.smtp_tls = text;
  return "";
}

std::string SetMailFrom(Config& config, const std::string& text) {
  const std::vector<std::string> parts = absl::StrSplit(text, '@');
  const bool odd = std::any_of(text.begin(), text.end(), [](char c) {
    return c <= ' ' || c > '~' || std::string_view("<>(),;:\\\"").find(c) != std::string::npos;
  });
  if (!text.empty() && (odd || parts.size() != 2 || parts[0].empty() || parts[1].empty())) {
    return absl::StrCat("\"", text, "\" is not name@host");
  }
  config.mail_from = text;
  return "";
}

// How a process serves.
std::vector<Key> ServingKeys() {
  using C = Config;
  constexpr For kBoth = For::kBoth;
  constexpr For kWeb = For::kWeb;
  constexpr For kAll = For::kAll;
  const absl::Duration s = absl::Seconds(1);
  return {
      {"listen", kBoth, false, "host:port of gRPC; port 0: any free one",
       Address(&C::listen, false)},
      {"metrics-listen", kAll, false, "host:port of GET /metrics, /livez and /readyz; empty: none",
       Address(&C::metrics_listen, true)},
      {"ready-file", kAll, false,
       "file that gets the address once serving: gRPC's, or the gateway's", Text(&C::ready_file)},
      {"reflection", kBoth, true, "gRPC server reflection", Flag(&C::reflection)},
      {"demo", kBoth, true, "business time may be set; ids follow from request ids",
       Flag(&C::demo)},
      {"log-level", kAll, false, "debug, info, warning or error", SetLogLevel},
      {"grace", kAll, false, "time for calls to finish on SIGTERM, 1s to 10m",
       Time(&C::grace, s, 600 * s)},
      {"drain-wait", kAll, false, "time for load balancers to notice the end, 0s to 1m",
       Time(&C::drain_wait, 0 * s, 60 * s)},
      {"executor-threads", kAll, false, "threads that serve calls, 1 to 1024",
       Number(&C::executor_threads, 1, 1024)},
      {"executor-queue", kAll, false, "calls that may wait for a thread, 1 to 65536",
       Number(&C::executor_queue, 1, 65536)},
      {"tls-certificate", kAll, false, "PEM file; empty: no TLS, loopback only",
       File(&C::tls_certificate)},
      {"tls-key", kAll, false, "PEM file of the certificate's key", File(&C::tls_key)},
      {"tls-client-ca", kAll, false, "PEM file; clients must show a certificate of it",
       File(&C::tls_client_ca)},
      {"web-listen", kWeb, false, "host:port of HTTP/JSON; port 0: any free one; empty: none",
       Address(&C::web_listen, true)},
      {"web-certificate", kWeb, false, "PEM file for HTTPS; empty: no TLS, loopback only",
       File(&C::web_certificate)},
      {"web-key", kWeb, false, "PEM file of that certificate's key", File(&C::web_key)},
      {"web-origins", kWeb, false, "whose pages may call HTTP/JSON: https://host with commas",
       SetOrigins},
      {"web-rate", kWeb, false, "requests a second of one client, 0 (no limit) to 100000",
       Number(&C::web_rate, 0, 100000)},
      {"web-tenant-rate", kWeb, false,
       "requests a second of all clients of one organization, 0 (no limit) to 100000",
       Number(&C::web_tenant_rate, 0, 100000)},
      {"webhooks-inside", kBoth, true, "webhooks may go inside the own network, and without TLS",
       Flag(&C::webhooks_inside)},
  };
}

// Who signs in.
std::vector<Key> SignInKeys() {
  using C = Config;
  constexpr For kBoth = For::kBoth;
  return {
      {"public-url", kBoth, false, "https://host under which people reach the gateway, for links",
       Url(&C::public_url, false)},
      {"oidc-issuer", kBoth, false, "who vouches for those who sign in; empty: they do by link",
       Url(&C::oidc_issuer, true)},
      {"oidc-client-id", kBoth, false, "as which the issuer knows this system",
       Text(&C::oidc_client_id)},
      {"oidc-client-secret-file", kBoth, false, "its secret there; empty: a public client",
       Secret(&C::oidc_client_secret)},
      {"oidc-ca", kBoth, false, "PEM file that the issuer's certificate is checked by",
       File(&C::oidc_ca)},
      {"oidc-audience", kBoth, false, "for whom tokens of partners' systems are; empty: none",
       Text(&C::oidc_audience)},
      {"oidc-by-email", kBoth, true, "an unknown login is the account of its verified address",
       Flag(&C::oidc_by_email)},
  };
}

// How mail goes out.
std::vector<Key> MailKeys() {
  using C = Config;
  constexpr For kBoth = For::kBoth;
  return {
      {"smtp", kBoth, false, "host:port that takes mail; empty: messages stay in the outbox",
       Address(&C::smtp, true)},
      {"smtp-tls", kBoth, false, "starttls (needed then), implicit or none", SetSmtpTls},
      {"smtp-ca", kBoth, false, "PEM file of whom to trust with mail", File(&C::smtp_ca)},
      {"smtp-login-file", kBoth, false, "file of the user and the password, a line each",
       Text(&C::smtp_login_file)},
      {"mail-from", kBoth, false, "the address that mail is from", SetMailFrom},
  };
}

// What it stands on: stores, peers, keys, tables.
std::vector<Key> StoreKeys() {
  using C = Config;
  constexpr For kBoth = For::kBoth;
  constexpr For kAlone = For::kStandalone;
  constexpr For kService = For::kService;
  constexpr For kDistributed = For::kDistributed;
  return {
      {"data-dir", kAlone, false, "folder of the embedded store", Text(&C::data_dir)},
      {"database", kService, false, "postgresql://… of the runtime role",
       PostgresUri(&C::database)},
      {"database-owner", kService, false, "postgresql://… of the owner, with --migrate only",
       PostgresUri(&C::database_owner)},
      {"migrate", kService, true, "apply migrations, create topics, exit", Flag(&C::migrate)},
      {"kafka", kService, false, "brokers, host:port with commas", Addresses(&C::kafka)},
      {"kafka-security-file", kService, false, "file of librdkafka's security.*, sasl.* and ssl.*",
       Text(&C::kafka_security_file)},
      {"partitions", kBoth, false, "of every topic, 1 to 64", Number(&C::partitions, 1, 64)},
      {"replication", kService, false, "of every topic, 1 to 9", Number(&C::replication, 1, 9)},
      {"redis", kDistributed, false, "host:port; empty: a cache in the process",
       Address(&C::redis, true)},
      {"redis-user", kDistributed, false, "user of Redis, where its server names users",
       Text(&C::redis_user)},
      {"redis-password-file", kDistributed, false, "file of the password of Redis",
       Text(&C::redis_password_file)},
      {"peers", kDistributed, false, "service=host:port with commas; replicas by IP, one by one",
       SetPeers},
      {"lanes", kService, false, "database connections that write, 1 to 32",
       Number(&C::lanes, 1, 32)},
      {"readers", kBoth, false, "database connections that read, 1 to 64",
       Number(&C::readers, 1, 64)},
      {"master-key-file", kBoth, false, "key that wraps the keys of personal data",
       Text(&C::master_key_file)},
      {"index-key-file", kBoth, false, "key of keyed hashes", Text(&C::index_key_file)},
      {"service-key-file", kBoth, false, "key of the services among themselves",
       Text(&C::service_key_file)},
      {"operator-key-file", kBoth, false, "key of the operations team",
       Text(&C::operator_key_file)},
      {"reference-dir", kBoth, false, "folder of noc_2021.csv, naics_2022.csv, fsa.csv",
       Text(&C::reference_dir)},
  };
}

std::vector<Key> MakeKeys() {
  std::vector<Key> keys = ServingKeys();
  for (std::vector<Key> more : {SignInKeys(), MailKeys(), StoreKeys()}) {
    std::move(more.begin(), more.end(), std::back_inserter(keys));
  }
  return keys;
}

void CheckTls(const Config& config, std::vector<std::string>& faults) {
  // A certificate names one host, and a list has no name.
  for (const auto& [service, addresses] : config.peers) {
    if (config.tls_client_ca.empty() || addresses.find(',') == std::string::npos) continue;
    faults.push_back(absl::StrCat("peers: \"", service,
                                  "\" has several addresses, which TLS cannot verify; give it one "
                                  "name that leads to all"));
  }
  if (config.tls_certificate.empty() != config.tls_key.empty()) {
    faults.push_back(config.tls_key.empty() ? "tls-key: missing beside tls-certificate"
                                            : "tls-certificate: missing beside tls-key");
  }
  if (!config.tls_client_ca.empty() && config.tls_certificate.empty()) {
    faults.push_back("tls-client-ca: contradicts an empty tls-certificate");
  }
  if (config.tls_certificate.empty() && !config.listen.empty() && !IsLoopback(config.listen)) {
    faults.push_back(absl::StrCat("listen: \"", config.listen,
                                  "\" is not loopback, which needs tls-certificate"));
  }
}

void CheckWeb(const Config& config, Shape shape, std::vector<std::string>& faults) {
  if (shape == Shape::kGateway && config.web_listen.empty()) {
    faults.push_back("web-listen: missing");
  }
  if (config.web_certificate.empty() != config.web_key.empty()) {
    faults.push_back(config.web_key.empty() ? "web-key: missing beside web-certificate"
                                            : "web-certificate: missing beside web-key");
  }
  if (config.web_certificate.empty() && !config.web_listen.empty() &&
      !IsLoopback(config.web_listen)) {
    faults.push_back(absl::StrCat("web-listen: \"", config.web_listen,
                                  "\" is not loopback, which needs web-certificate"));
  }
}

void CheckSignIn(const Config& config, std::vector<std::string>& faults) {
  if (config.oidc_issuer.empty()) return;
  if (config.oidc_client_id.empty()) {
    faults.push_back("oidc-client-id: missing beside oidc-issuer");
  } else if (config.oidc_audience == config.oidc_client_id) {
    // One kind of the issuer's tokens is not taken for another.
    faults.push_back("oidc-audience: the same as oidc-client-id");
  }
  // The issuer sends the browser back there.
  if (config.public_url.empty()) faults.push_back("public-url: missing beside oidc-issuer");
}

void CheckSecretFile(std::string_view key, const std::string& path,
                     std::vector<std::string>& faults) {
  const std::string name(key);
  if (path.empty()) {
    faults.push_back(name + ": missing");
  } else if (access(path.c_str(), R_OK) != 0) {
    faults.push_back(absl::StrCat(name, ": the file \"", path, "\" cannot be read"));
  }
}

void CheckRedis(const Config& config, std::vector<std::string>& faults) {
  if (!config.redis_password_file.empty() && config.redis.empty()) {
    faults.push_back("redis-password-file: contradicts an empty redis");
  }
  if (!config.redis_user.empty() && config.redis_password_file.empty()) {
    faults.push_back("redis-password-file: missing beside redis-user");
  }
  if (!config.redis_password_file.empty()) {
    CheckSecretFile("redis-password-file", config.redis_password_file, faults);
  }
}

void CheckMail(const Config& config, std::vector<std::string>& faults) {
  if (config.smtp.empty()) return;
  if (config.mail_from.empty()) faults.push_back("mail-from: missing beside smtp");
  if (config.public_url.empty()) faults.push_back("public-url: missing beside smtp");
  if (config.smtp_login_file.empty()) return;
  CheckSecretFile("smtp-login-file", config.smtp_login_file, faults);
  if (config.smtp_tls == "none" && !IsLoopback(config.smtp)) {
    faults.push_back("smtp-login-file: contradicts smtp-tls none, which would show the password");
  }
}

void CheckService(const Config& config, std::vector<std::string>& faults) {
  if (config.database.empty()) faults.push_back("database: missing");
  if (config.kafka.empty()) faults.push_back("kafka: missing");
  if (!config.kafka_security_file.empty()) {
    CheckSecretFile("kafka-security-file", config.kafka_security_file, faults);
  }
  if (config.migrate) {
    if (config.database_owner.empty()) faults.push_back("database-owner: missing beside migrate");
    return;  // what serves is not needed
  }
  if (!config.database_owner.empty()) {
    faults.push_back("database-owner: contradicts serving; it is for migrate only");
  }
  if (config.peers.empty()) faults.push_back("peers: missing");
  CheckSecretFile("master-key-file", config.master_key_file, faults);
  CheckSecretFile("index-key-file", config.index_key_file, faults);
  CheckSecretFile("service-key-file", config.service_key_file, faults);
  CheckSecretFile("operator-key-file", config.operator_key_file, faults);
}

}  // namespace

const std::vector<Key>& Keys() {
  static const auto* const keys = new std::vector<Key>(MakeKeys());
  return *keys;
}

std::vector<std::string> CheckTogether(const Config& config, Shape shape) {
  std::vector<std::string> faults;
  CheckTls(config, faults);
  CheckWeb(config, shape, faults);
  CheckRedis(config, faults);
  CheckSignIn(config, faults);
  CheckMail(config, faults);
  if (shape == Shape::kService) {
    CheckService(config, faults);
  } else if (shape == Shape::kGateway) {
    if (config.peers.empty()) faults.push_back("peers: missing");
    return faults;  // it has no store and judges nothing
  } else if (config.data_dir.empty()) {
    faults.push_back("data-dir: missing");
  }
  std::error_code error;
  if (!config.migrate && !std::filesystem::is_directory(config.reference_dir, error)) {
    faults.push_back(absl::StrCat("reference-dir: \"", config.reference_dir, "\" is not a folder"));
  }
  return faults;
}

}  // namespace tremplin::config
