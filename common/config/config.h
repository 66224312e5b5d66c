#ifndef TREMPLIN_COMMON_CONFIG_CONFIG_H_
#define TREMPLIN_COMMON_CONFIG_CONFIG_H_

#include <map>
#include <string>
#include <variant>
#include <vector>

#include "absl/time/time.h"
#include "common/logging/logging.h"

namespace tremplin::config {

// What a process is told. Read from flags (--data-dir), environment (TREMPLIN_DATA_DIR) and a TOML
// file (--config FILE, key data-dir), in that order of precedence. Secrets come as files, never as
// values. Durations are written 20s, 1m30s, 500ms; lists and maps with commas.
struct Config {
  // Where and how to serve.
  std::string listen = "127.0.0.1:7400";
  std::string metrics_listen = "127.0.0.1:9400";  // "" serves none
  std::string ready_file;  // the bound gRPC address is written here when serving
  bool reflection = false;
  bool demo = false;  // business time may be set; ids derive from request ids
  logging::Level log_level = logging::Level::kInfo;
  absl::Duration grace = absl::Seconds(20);  // for draining on SIGTERM, 1 s – 10 min
  // Between NOT_SERVING and draining, for load balancers to notice; 0 s – 1 min.
  absl::Duration drain_wait = absl::ZeroDuration();
  int executor_threads = 64;  // 1–1024
  int executor_queue = 1024;  // 1–65536
  std::string tls_certificate, tls_key, tls_client_ca;

  // HTTP/JSON, in the gateway and, where it is served, in standalone.
  std::string web_listen;                // host:port; "" serves none
  std::string web_certificate, web_key;  // PEM files; without them loopback only
  std::vector<std::string> web_origins;  // "https://portal.example.org": whose pages may call
  // Requests a second of one client, of which it may save up ten seconds' worth; 0: no limit.
  int web_rate = 200;
  // The same of all clients of one organization together.
  int web_tenant_rate = 1000;

  // Webhooks may go to addresses that are not public, and without TLS: for an installation that
  // delivers inside its own network.
  bool webhooks_inside = false;

  std::string public_url;  // "https://tremplin.example.org", under which people reach the gateway

  // Who signs in: in registration.
  std::string oidc_issuer;  // "" for none: people sign in by link
  std::string oidc_client_id;
  std::string oidc_client_secret;  // what its file holds; "": a public client
  std::string oidc_ca;  // PEM file of who may vouch for the issuer's certificate; "": the system's
  // For whom the tokens of partners' systems are that the issuer knows; "": none is taken.
  std::string oidc_audience;
  // A login that no account has is that of the one account with its verified address.
  bool oidc_by_email = false;

  // Mail. Without a server messages stay in the outbox, to be read there.
  std::string smtp;                   // host:port
  std::string smtp_tls = "starttls";  // or "implicit", "none"
  std::string smtp_ca;                // PEM file of whom to trust; "": whom the machine trusts
  std::string smtp_login_file;        // user and password, a line each; "": none
  std::string mail_from;              // the sender's address

  // Embedded (standalone).
  std::string data_dir = "var";

  // Distributed (one service).
  std::string database;        // postgresql://… of the runtime role
  std::string database_owner;  // of the owner, for --migrate only
  bool migrate = false;        // apply migrations, create topics, exit
  std::string kafka;           // brokers
  // Private file of librdkafka's security.*, sasl.* and ssl.*, a line each; "": neither TLS nor
  // authentication.
  std::string kafka_security_file;
  int partitions = 12;     // of every topic, 1–64
  int replication = 1;     // of every topic, 1–9
  std::string redis;       // host:port, "" for none (in-process cache)
  std::string redis_user;  // with a password only; "": the server's default user
  std::string redis_password_file;
  // "registration=host:port,referral=…"; of several replicas, their addresses with commas.
  std::map<std::string, std::string> peers;
  int lanes = 4;    // 1–32
  int readers = 8;  // 1–64

  // Secrets, by file. Empty: <data-dir>/{master,index,service,operator}.key in standalone; required
  // in services.
  std::string master_key_file, index_key_file, service_key_file, operator_key_file;

  // Reference tables (noc_2021.csv, naics_2022.csv, fsa.csv).
  std::string reference_dir = "deploy/data";
};

// What a process is: everything in one, one service, or a way in without a store of its own.
enum class Shape { kStandalone, kService, kGateway };

struct Exit {
  int code;
  std::string text;
};  // --help: 0; faults: 2, one line a fault, every fault at once

// Parses; never exits. Each fault names its key: unknown key, wrong type, out of range, missing,
// contradictory.
std::variant<Config, Exit> Parse(int argc, const char* const* argv, Shape shape);

}  // namespace tremplin::config

#endif  // TREMPLIN_COMMON_CONFIG_CONFIG_H_
