#ifndef TREMPLIN_COMMON_DATABASE_CONTRACT_ENGINE_H_
#define TREMPLIN_COMMON_DATABASE_CONTRACT_ENGINE_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "common/database/database.h"

// The engines the contract suite runs over. For tests of common/database only.
namespace tremplin::database {

struct EngineOptions {
  int lanes = 1;  // SQLite has one whatever this says
  int queue_limit = 4096;
  LaneObserver observer = nullptr;
};

class Engine {
 public:
  virtual ~Engine() = default;
  // Migrations of the service "probe".
  virtual absl::Status Migrate(absl::Span<const Migration> migrations) = 0;
  // After Open.
  virtual Database& db() = 0;
  virtual void Open(const EngineOptions& options) = 0;
  virtual bool HasRowSecurity() const = 0;
};

std::unique_ptr<Engine> MakeSqliteEngine();
// Needs the server of tests/support/servers.h.
std::unique_ptr<Engine> MakePostgresEngine();

}  // namespace tremplin::database

#endif  // TREMPLIN_COMMON_DATABASE_CONTRACT_ENGINE_H_
