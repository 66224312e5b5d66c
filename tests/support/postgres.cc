#include "tests/support/postgres.h"

#include <libpq-fe.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "tests/support/servers.h"

namespace tremplin::testing {
namespace {

constexpr char kPassword[] = "for-tests";

[[noreturn]] void Die(const std::string& what, const char* why) {
  std::fprintf(stderr, "%s: %s\n", what.c_str(), why);
  std::abort();
}

std::string RunOn(const std::string& uri, const std::string& sql) {
  PGconn* connection = PQconnectdb(uri.c_str());
  if (PQstatus(connection) != CONNECTION_OK) Die(uri, PQerrorMessage(connection));
  PQsetNoticeProcessor(
      connection, [](void*, const char*) {}, nullptr);
  PGresult* result = PQexec(connection, sql.c_str());
  ExecStatusType status = PQresultStatus(result);
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
    Die(sql, PQresultErrorMessage(result));
  }
  std::string value;
  if (PQntuples(result) > 0 && PQnfields(result) > 0) value = PQgetvalue(result, 0, 0);
  PQclear(result);
  PQfinish(connection);
  return value;
}

}  // namespace

TestPostgres::TestPostgres() {
  static std::atomic<int> count{0};
  std::string server = PostgresServer();
  char* error = nullptr;
  PQconninfoOption* parts = PQconninfoParse(server.c_str(), &error);
  if (parts == nullptr) Die(server, error == nullptr ? "not a connection URI" : error);
  std::string user = "postgres";
  std::string password;
  for (PQconninfoOption* part = parts; part->keyword != nullptr; ++part) {
    if (part->val == nullptr) continue;
    if (std::strcmp(part->keyword, "host") == 0) host_ = part->val;
    if (std::strcmp(part->keyword, "port") == 0) port_ = std::atoi(part->val);
    if (std::strcmp(part->keyword, "user") == 0) user = part->val;
    if (std::strcmp(part->keyword, "password") == 0) password = part->val;
  }
  PQconninfoFree(parts);

  name_ = absl::StrCat("test_", getpid(), "_", ++count);
  owner_role_ = name_ + "_owner";
  runtime_role_ = name_ + "_runtime";
  for (const std::string& role : {owner_role_, runtime_role_}) {
    RunOn(server, "DROP ROLE IF EXISTS " + role);
    RunOn(server,
          "CREATE ROLE " + role + " LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD '" + kPassword + "'");
  }
  RunOn(server, "CREATE DATABASE " + name_ + " OWNER " + owner_role_ +
                    " TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'");
  owner_uri_ = Uri(owner_role_, host_, port_);
  runtime_uri_ = Uri(runtime_role_, host_, port_);
  superuser_uri_ = absl::StrCat("postgresql://", user, password.empty() ? "" : ":", password, "@",
                                host_, ":", port_, "/", name_);
}

TestPostgres::~TestPostgres() {
  std::string server = PostgresServer();
  RunOn(server, "DROP DATABASE IF EXISTS " + name_ + " WITH (FORCE)");
  RunOn(server, "DROP ROLE IF EXISTS " + owner_role_);
  RunOn(server, "DROP ROLE IF EXISTS " + runtime_role_);
}

std::string TestPostgres::Uri(const std::string& role, const std::string& host, int port) const {
  return absl::StrCat("postgresql://", role, ":", kPassword, "@", host, ":", port, "/", name_);
}

std::string TestPostgres::RuntimeUriAt(const std::string& host, int port) const {
  return Uri(runtime_role_, host, port);
}

std::string TestPostgres::Sql(const std::string& sql) const { return RunOn(superuser_uri_, sql); }

}  // namespace tremplin::testing
