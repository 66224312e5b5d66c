#include "tests/faults/superuser.h"

#include <libpq-fe.h>

#include "gtest/gtest.h"

namespace tremplin::testing {

std::string Sql(const std::string& uri, const std::string& statement) {
  PGconn* connection = PQconnectdb(uri.c_str());
  PGresult* result = PQexec(connection, statement.c_str());
  const ExecStatusType status = PQresultStatus(result);
  EXPECT_TRUE(status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK)
      << statement << ": " << PQerrorMessage(connection);
  std::string first;
  if (PQntuples(result) > 0 && PQnfields(result) > 0) first = PQgetvalue(result, 0, 0);
  PQclear(result);
  PQfinish(connection);
  return first;
}

}  // namespace tremplin::testing
