#include <libpq-fe.h>

#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/clock/clock.h"
#include "common/database/migration.h"
#include "common/database/postgres_database.h"
#include "common/environment/environment.h"
#include "common/status/macros.h"

namespace tremplin::database {
namespace {

constexpr Dialect kDialect{"BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY", "BYTEA", ""};

struct Finish {
  void operator()(PGconn* connection) const { PQfinish(connection); }
};
struct Clear {
  void operator()(PGresult* result) const { PQclear(result); }
};
using OwnedResult = std::unique_ptr<PGresult, Clear>;

// An owner's session: plain, blocking, one statement after another.
class OwnerSession {
 public:
  // With `database` instead of the URI's where it is not empty.
  static absl::StatusOr<OwnerSession> Connect(const std::string& uri, const std::string& database) {
    const char* keywords[] = {"dbname", "connect_timeout", "application_name", "dbname", nullptr};
    const char* values[] = {uri.c_str(), "5", "tremplin-migrate",
                            database.empty() ? nullptr : database.c_str(), nullptr};
    OwnerSession session(PQconnectdbParams(keywords, values, 1));
    if (PQstatus(session.connection_.get()) != CONNECTION_OK) {
      return absl::UnavailableError(PQerrorMessage(session.connection_.get()));
    }
    return session;
  }

  // Rows as text.
  absl::StatusOr<std::vector<std::vector<std::string>>> Run(const std::string& sql) {
    OwnedResult result(PQexec(connection_.get(), sql.c_str()));
    ExecStatusType status = PQresultStatus(result.get());
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
      return absl::FailedPreconditionError(
          absl::StrCat("postgres: ", PQresultErrorMessage(result.get()), " in: ", sql));
    }
    std::vector<std::vector<std::string>> rows(static_cast<size_t>(PQntuples(result.get())));
    for (size_t row = 0; row < rows.size(); ++row) {
      for (int column = 0; column < PQnfields(result.get()); ++column) {
        rows[row].emplace_back(PQgetvalue(result.get(), static_cast<int>(row), column));
      }
    }
    return rows;
  }

  std::string Quoted(std::string_view name) const {
    return Take(PQescapeIdentifier(connection_.get(), name.data(), name.size()));
  }
  std::string Literal(std::string_view text) const {
    return Take(PQescapeLiteral(connection_.get(), text.data(), text.size()));
  }

 private:
  explicit OwnerSession(PGconn* connection) : connection_(connection) {}
  static std::string Take(char* escaped) {
    std::string text = escaped == nullptr ? "" : escaped;
    PQfreemem(escaped);
    return text;
  }

  std::unique_ptr<PGconn, Finish> connection_;
};

// Row-level security of one table. NULL equals nothing: without a tenant no row is seen.
std::string TenantPolicySql(const std::string& table, const std::string& column) {
  std::string rule = absl::StrCat("(", column,
                                  " = nullif(current_setting('tremplin.tenant', true), '') OR "
                                  "current_setting('tremplin.tenant', true) = '*')");
  return absl::StrCat("ALTER TABLE ", table, " ENABLE ROW LEVEL SECURITY; ALTER TABLE ", table,
                      " FORCE ROW LEVEL SECURITY; CREATE POLICY tenant ON ", table, " USING ", rule,
                      " WITH CHECK ", rule, ";");
}

// What lanes leave of each batch they commit (see PostgresLaneSession). Changed with every COMMIT,
// so a page has room for the next version of a row.
std::string LaneTableSql(std::string_view service) {
  return absl::StrCat("CREATE TABLE IF NOT EXISTS ", std::string(service),
                      "_lane (lane TEXT PRIMARY KEY, batch BIGINT NOT NULL, at_us BIGINT NOT NULL)"
                      " WITH (fillfactor = 50);");
}

absl::Status CheckRole(OwnerSession& session, std::string_view role) {
  TREMPLIN_ASSIGN_OR_RETURN(auto rows,
                            session.Run(absl::StrCat("SELECT rolsuper OR rolbypassrls OR rolname = "
                                                     "current_user FROM pg_roles WHERE rolname = ",
                                                     session.Literal(role))));
  if (rows.empty()) {
    return absl::FailedPreconditionError(
        absl::StrCat("the role ", std::string(role), " does not exist"));
  }
  if (rows[0][0] == "t") {
    return absl::FailedPreconditionError(
        absl::StrCat("the role ", std::string(role),
                     " is the owner, a superuser or may bypass row-level security; services need "
                     "a role of their own"));
  }
  return absl::OkStatus();
}

absl::Status Grant(OwnerSession& session, std::string_view service, std::string_view runtime_role) {
  std::string schema = session.Quoted(service);
  std::string role = session.Quoted(runtime_role);
  std::string tables = " SELECT, INSERT, UPDATE, DELETE ON ";
  return session
      .Run(absl::StrCat(
          "GRANT USAGE ON SCHEMA ", schema, " TO ", role, "; GRANT", tables,
          "ALL TABLES IN SCHEMA ", schema, " TO ", role,
          "; GRANT USAGE ON ALL SEQUENCES IN SCHEMA ", schema, " TO ", role,
          "; ALTER DEFAULT PRIVILEGES IN SCHEMA ", schema, " GRANT", tables, "TABLES TO ", role,
          "; ALTER DEFAULT PRIVILEGES IN SCHEMA ", schema, " GRANT USAGE ON SEQUENCES TO ", role,
          "; REVOKE INSERT, UPDATE, DELETE ON ", schema, ".",
          session.Quoted(absl::StrCat(std::string(service), "_schema_migration")), " FROM ", role))
      .status();
}

absl::Status Apply(OwnerSession& session, std::string_view service, const Migration& migration) {
  std::string sql = ExpandTokens(migration.sql, service, kDialect);
  std::string script = absl::StrCat("BEGIN;\n", sql, "\n;");
  for (const auto& [table, column] : TenantLines(sql)) {
    absl::StrAppend(&script, TenantPolicySql(table, column));
  }
  absl::StrAppend(&script, "INSERT INTO ", std::string(service),
                  "_schema_migration (version, name, checksum, applied_us) VALUES (",
                  migration.version, ", ", session.Literal(migration.name), ", ",
                  session.Literal(ChecksumOf(migration)), ", ",
                  clock::ToMicros(environment::SystemNow()), "); COMMIT;");
  absl::Status status = session.Run(script).status();
  if (!status.ok()) (void)session.Run("ROLLBACK");
  return status;
}

}  // namespace

absl::Status MigratePostgres(const std::string& owner_uri, std::string_view service,
                             std::string_view runtime_role,
                             absl::Span<const Migration> migrations) {
  TREMPLIN_ASSIGN_OR_RETURN(OwnerSession session, OwnerSession::Connect(owner_uri, ""));
  // The wait for another process that migrates, then a bound for each lock of a migration.
  TREMPLIN_RETURN_IF_ERROR(
      session
          .Run(absl::StrCat("SET lock_timeout = '60s'; "
                            "SELECT pg_advisory_lock(hashtext(",
                            session.Literal(absl::StrCat("tremplin/", std::string(service))),
                            ")); SET lock_timeout = '10s'; "
                            "SET client_min_messages = error; "
                            "SET tremplin.tenant = '*'"))
          .status());
  TREMPLIN_RETURN_IF_ERROR(CheckRole(session, runtime_role));
  std::string schema = session.Quoted(service);
  TREMPLIN_RETURN_IF_ERROR(
      session
          .Run(absl::StrCat("CREATE SCHEMA IF NOT EXISTS ", schema, "; SET search_path = ", schema,
                            "; ", MigrationTableSql(service), LaneTableSql(service)))
          .status());
  TREMPLIN_ASSIGN_OR_RETURN(
      auto rows, session.Run(absl::StrCat("SELECT version, checksum FROM ", std::string(service),
                                          "_schema_migration ORDER BY version")));
  std::vector<AppliedMigration> applied;
  for (std::vector<std::string>& row : rows) {
    applied.push_back({std::stoll(row[0]), std::move(row[1])});
  }
  TREMPLIN_ASSIGN_OR_RETURN(absl::Span<const Migration> pending,
                            PendingMigrations(service, migrations, applied));
  for (const Migration& migration : pending) {
    TREMPLIN_RETURN_IF_ERROR(Apply(session, service, migration));
  }
  return Grant(session, service, runtime_role);
}

absl::Status EnsureRole(const std::string& owner_uri, std::string_view role,
                        std::string_view password) {
  absl::StatusOr<OwnerSession> session = OwnerSession::Connect(owner_uri, "");
  if (!session.ok()) {
    char* fault = nullptr;
    PQconninfoOption* parts = PQconninfoParse(owner_uri.c_str(), &fault);
    PQfreemem(fault);
    std::string database;
    for (PQconninfoOption* part = parts; part != nullptr && part->keyword != nullptr; ++part) {
      if (std::string_view(part->keyword) == "dbname" && part->val != nullptr) database = part->val;
    }
    PQconninfoFree(parts);
    if (database.empty()) return session.status();
    TREMPLIN_ASSIGN_OR_RETURN(OwnerSession maintenance,
                              OwnerSession::Connect(owner_uri, "postgres"));
    TREMPLIN_RETURN_IF_ERROR(
        maintenance
            .Run(absl::StrCat("CREATE DATABASE ", maintenance.Quoted(database),
                              " TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'"))
            .status());
    session = OwnerSession::Connect(owner_uri, "");
    if (!session.ok()) return session.status();
  }
  TREMPLIN_ASSIGN_OR_RETURN(auto rows,
                            session->Run(absl::StrCat("SELECT 1 FROM pg_roles WHERE rolname = ",
                                                      session->Literal(role))));
  // Without one given, an existing role keeps its password (the server may ask for none, or it came
  // from a file).
  if (!rows.empty() && password.empty()) return absl::OkStatus();
  const std::string with_password =
      password.empty() ? "" : absl::StrCat(" PASSWORD ", session->Literal(password));
  return session
      ->Run(absl::StrCat(rows.empty() ? "CREATE ROLE " : "ALTER ROLE ", session->Quoted(role),
                         rows.empty() ? " NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE" : "",
                         " LOGIN", with_password))
      .status();
}

}  // namespace tremplin::database
