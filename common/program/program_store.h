#ifndef TREMPLIN_COMMON_PROGRAM_PROGRAM_STORE_H_
#define TREMPLIN_COMMON_PROGRAM_PROGRAM_STORE_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "common/program/facts.h"
#include "common/program/format.h"
#include "tremplin/program/v1/program.pb.h"

namespace tremplin::program {

// `{service}_program` (program_id, version, effective_from_us, definition {bytes}; primary key
// (program_id, version)).
extern const std::string_view kProgramSchemaSql;

// One version of a program as a service knows it. Immutable once made.
struct Program {
  // Of a definition bound to its registry. INTERNAL when there is no data of its time zone.
  static absl::StatusOr<std::shared_ptr<const Program>> Of(std::string id, int64_t version,
                                                           absl::Time effective_from,
                                                           v1::ProgramDefinition definition);
  // Knows nothing.
  Program() = default;
  Program(const Program&) = delete;  // what it asks points into its definition
  Program& operator=(const Program&) = delete;

  const SideCriteria& Asked(v1::Subject side) const {
    return side == v1::SUBJECT_MENTOR ? asked_of_mentors : asked_of_mentees;
  }

  std::string id;
  int64_t version = 0;
  absl::Time effective_from;
  v1::ProgramDefinition definition;  // bound to its registry
  Registry registry;                 // the definition's
  absl::TimeZone time_zone;
  SideCriteria asked_of_mentees;
  SideCriteria asked_of_mentors;
};

// A service's copy of the published definitions: written by the handler of ProgramPublished
// (registration: by the publication itself), read by every decision. Versions never change, so they
// are kept in memory; a version saved by another process is in force here within a second (system
// time), one saved by this process at once. Outlives the transactions it saves in. Thread-safe.
class ProgramStore {
 public:
  ProgramStore(std::string service, database::Database& db);

  // Keeps a version; the same again changes nothing.
  absl::Status Save(database::Transaction& tx, std::string_view id, int64_t version,
                    absl::Time effective_from, const v1::ProgramDefinition& definition) const;

  // The highest version effective at `when` (business time). NOT_FOUND with reason
  // PROGRAM_NOT_FOUND.
  absl::StatusOr<std::shared_ptr<const Program>> InForce(std::string_view id, absl::Time when);

  // Of every program that has a version effective at `when`, the one in force, by id. At most
  // 1,000.
  absl::StatusOr<std::vector<std::shared_ptr<const Program>>> AllInForce(absl::Time when);

  // A pinned version. NOT_FOUND with reason PROGRAM_NOT_FOUND.
  absl::StatusOr<std::shared_ptr<const Program>> Version(std::string_view id, int64_t version);

  // The same two inside a transaction: what is not in memory is read with `reader`.
  absl::StatusOr<std::shared_ptr<const Program>> InForce(database::Reader& reader,
                                                         std::string_view id, absl::Time when);
  absl::StatusOr<std::shared_ptr<const Program>> Version(database::Reader& reader,
                                                         std::string_view id, int64_t version);

 private:
  using Versions = std::shared_ptr<const std::vector<std::shared_ptr<const Program>>>;
  struct Entry {
    Versions versions;  // by growing version
    absl::Time listed_at;
  };

  // Both read with `reader`, or on a pooled connection when it is null.
  absl::StatusOr<std::shared_ptr<const Program>> FindInForce(database::Reader* reader,
                                                             std::string_view id, absl::Time when);
  absl::StatusOr<std::shared_ptr<const Program>> FindVersion(database::Reader* reader,
                                                             std::string_view id, int64_t version);
  absl::StatusOr<Versions> List(database::Reader* reader, std::string_view id);
  absl::StatusOr<std::vector<std::string>> Ids();

  database::Database& db_;
  const std::string list_sql_;
  const std::string ids_sql_;
  const std::string insert_sql_;
  mutable std::mutex mutex_;
  mutable std::map<std::string, Entry, std::less<>> programs_;  // guarded by mutex_
  mutable std::vector<std::string> ids_;                        // guarded by mutex_
  mutable absl::Time ids_listed_at_ = absl::InfinitePast();     // guarded by mutex_
};

}  // namespace tremplin::program

#endif  // TREMPLIN_COMMON_PROGRAM_PROGRAM_STORE_H_
