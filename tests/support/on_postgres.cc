#include "gtest/gtest.h"
#include "tests/support/one_module.h"
#include "tests/support/servers.h"

// Linked into a test program, this puts its modules on PostgreSQL: the same tests, the other
// engine.
namespace tremplin::testing {
namespace {

class OnPostgres final : public ::testing::Environment {
 public:
  void SetUp() override {
    TREMPLIN_REQUIRE_SERVER(PostgresServer());
    OneModule::store = OneModule::Store::kPostgres;
  }
};

const ::testing::Environment* const kOnPostgres =
    ::testing::AddGlobalTestEnvironment(new OnPostgres);

}  // namespace
}  // namespace tremplin::testing
