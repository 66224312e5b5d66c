#ifndef TREMPLIN_COMMON_HOST_STANDALONE_H_
#define TREMPLIN_COMMON_HOST_STANDALONE_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/config/config.h"
#include "common/database/sqlite_database.h"
#include "common/eventlog/event_log.h"
#include "common/host/module.h"
#include "common/seal/seal.h"

// The parts of a process on the embedded store, which InlineSystem shares.
namespace tremplin::host {

struct StandaloneSecrets {
  seal::Keys keys;
  std::string service_key;
  std::string operator_key;
  std::string digest_key;
};

// Reads the key files, by default in the data folder; those missing there are made.
absl::StatusOr<StandaloneSecrets> LoadStandaloneSecrets(const config::Config& config);

// The digest key of every process that has these keys.
std::string DigestKeyOf(const seal::Keys& keys);

struct EmbeddedStore {
  std::shared_ptr<database::SqliteFile> file;
  std::unique_ptr<database::Database> log_db;
  std::unique_ptr<eventlog::EventLog> log;
};

// Opens <data-dir>/tremplin.db with the given options (their path is not used), migrates the log
// and every module, and makes the topics.
absl::StatusOr<EmbeddedStore> OpenStore(const config::Config& config,
                                        absl::Span<const ModuleSpec> modules,
                                        database::SqliteOptions options);

// Deletes a few records of the log that are done with and older than a week at `now`. Returns after
// how long there is more to do: little while some are left.
absl::Duration TrimRecords(EmbeddedStore& store, absl::Time now);

}  // namespace tremplin::host

#endif  // TREMPLIN_COMMON_HOST_STANDALONE_H_
