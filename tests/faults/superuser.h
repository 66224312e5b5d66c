#ifndef TREMPLIN_TESTS_FAULTS_SUPERUSER_H_
#define TREMPLIN_TESTS_FAULTS_SUPERUSER_H_

#include <string>

namespace tremplin::testing {

// What whoever runs the PostgreSQL server at this libpq URI might do to it: one statement, as its
// superuser. The first column of the first row, "" where there is none; an error fails the test.
std::string Sql(const std::string& uri, const std::string& statement);

}  // namespace tremplin::testing

#endif  // TREMPLIN_TESTS_FAULTS_SUPERUSER_H_
