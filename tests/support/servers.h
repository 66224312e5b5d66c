#ifndef TREMPLIN_TESTS_SUPPORT_SERVERS_H_
#define TREMPLIN_TESTS_SUPPORT_SERVERS_H_

#include <cstdlib>
#include <string>

#include "gtest/gtest.h"

namespace tremplin::testing {

// The real servers a suite was started with (./tools/test): "" when there is none.
inline std::string Server(const char* variable) {
  const char* value = std::getenv(variable);
  return value == nullptr ? "" : value;
}
inline std::string PostgresServer() { return Server("TREMPLIN_TEST_POSTGRES"); }
inline std::string KafkaServer() { return Server("TREMPLIN_TEST_KAFKA"); }
inline std::string RedisServer() { return Server("TREMPLIN_TEST_REDIS"); }

inline bool InCi() { return Server("CI") == "true"; }

}  // namespace tremplin::testing

// Ends the test without the server: a loud skip for a person, a failure in CI.
#define TREMPLIN_REQUIRE_SERVER(value)                                               \
  do {                                                                               \
    if ((value).empty()) {                                                           \
      if (::tremplin::testing::InCi()) FAIL() << "no server: " #value;               \
      GTEST_SKIP() << "SKIPPED: no server: " #value " (start it with ./tools/test)"; \
    }                                                                                \
  } while (false)

#endif  // TREMPLIN_TESTS_SUPPORT_SERVERS_H_
