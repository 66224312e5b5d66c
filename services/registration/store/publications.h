#ifndef TREMPLIN_SERVICES_REGISTRATION_STORE_PUBLICATIONS_H_
#define TREMPLIN_SERVICES_REGISTRATION_STORE_PUBLICATIONS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"

// Which versions of the registry of facts and of a program were published, and when; the
// definitions are in program::ProgramStore.
namespace tremplin::registration::store {

struct Publication {
  int64_t version = 0;      // 0: none
  std::string digest = {};  // SHA-256 of what was published, canonical
  absl::Time published = {};
};

struct PublishedFacts {
  Publication publication = {};
  std::string registry = {};  // serialized tremplin.program.v1.FactRegistry
};

// The latest registry, or version 0.
absl::StatusOr<PublishedFacts> LatestFacts(database::Reader& reader);

// A version conflict when somebody else published that version.
absl::Status InsertFacts(database::Transaction& tx, const PublishedFacts& facts);

// The latest version, or version 0.
absl::StatusOr<Publication> LatestPublication(database::Reader& reader, std::string_view program);

// One version, or version 0 when there is none such.
absl::StatusOr<Publication> GetPublication(database::Reader& reader, std::string_view program,
                                           int64_t version);

// A version conflict when somebody else published that version.
absl::Status InsertPublication(database::Transaction& tx, std::string_view program,
                               const Publication& publication);

// Ids of programs, in order, after `after`, at most `limit`.
absl::StatusOr<std::vector<std::string>> ListProgramIds(database::Reader& reader,
                                                        std::string_view after, int limit);

}  // namespace tremplin::registration::store

#endif  // TREMPLIN_SERVICES_REGISTRATION_STORE_PUBLICATIONS_H_
