#ifndef TREMPLIN_TESTS_SUPPORT_POSTGRES_H_
#define TREMPLIN_TESTS_SUPPORT_POSTGRES_H_

#include <string>

namespace tremplin::testing {

// A database of its own with two login roles, on the server TREMPLIN_TEST_POSTGRES (check it with
// TREMPLIN_REQUIRE_SERVER first; anything else that fails ends the process). Dropped at the end of
// the scope, whoever is still connected.
class TestPostgres {
 public:
  TestPostgres();
  ~TestPostgres();
  TestPostgres(const TestPostgres&) = delete;
  TestPostgres& operator=(const TestPostgres&) = delete;

  // Role that owns the database: for migrations.
  const std::string& owner_uri() const { return owner_uri_; }
  // Role of the services: owns nothing. Give its name to MigratePostgres.
  const std::string& runtime_uri() const { return runtime_uri_; }
  const std::string& runtime_role() const { return runtime_role_; }
  // Superuser, in this database: to look behind the services' back.
  const std::string& superuser_uri() const { return superuser_uri_; }

  // The runtime URI through another address (a proxy between test and server).
  std::string RuntimeUriAt(const std::string& host, int port) const;

  // Runs one statement as the superuser and returns the first column of its first row, "" where
  // there is none.
  std::string Sql(const std::string& sql) const;

  // Host and port of the server.
  const std::string& host() const { return host_; }
  int port() const { return port_; }

 private:
  std::string Uri(const std::string& role, const std::string& host, int port) const;

  std::string host_;
  int port_ = 5432;
  std::string name_;
  std::string owner_role_;
  std::string runtime_role_;
  std::string owner_uri_;
  std::string runtime_uri_;
  std::string superuser_uri_;
};

}  // namespace tremplin::testing

#endif  // TREMPLIN_TESTS_SUPPORT_POSTGRES_H_
