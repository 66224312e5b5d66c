#ifndef TREMPLIN_SERVICES_REGISTRATION_TESTING_STORE_TEST_SUPPORT_H_
#define TREMPLIN_SERVICES_REGISTRATION_TESTING_STORE_TEST_SUPPORT_H_

#include <memory>

#include "absl/types/span.h"
#include "common/database/database.h"

namespace tremplin::registration {

// A fresh, migrated database of registration; which engine is a matter of what is linked:
// sqlite_test_support.cc or postgres_test_support.cc.
class TestStore {
 public:
  virtual ~TestStore() = default;
  virtual database::Database& db() = 0;
  // Whether row-level security stands behind the WHERE clauses.
  virtual bool HasRowSecurity() const = 0;
};

// Null when the engine's server is not there.
std::unique_ptr<TestStore> MakeTestStore(absl::Span<const database::Migration> migrations);

}  // namespace tremplin::registration

#endif  // TREMPLIN_SERVICES_REGISTRATION_TESTING_STORE_TEST_SUPPORT_H_
