#ifndef TREMPLIN_COMMON_SEAL_SEAL_H_
#define TREMPLIN_COMMON_SEAL_SEAL_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/database/database.h"

// The only component that meets personal data in the clear on its way to a column (design §10).
// Each subject has a data key of its own (AES-256), wrapped by the master key; erasing the key row
// makes every sealed column of the subject unreadable, in backups too.
namespace tremplin::seal {

// `{service}_subject_key` (subject primary key, wrapped {bytes}, master_id text, created_us), and
// `{service}_key_in_use` (purpose, key_id; primary key both): the keys that what is stored needs.
extern const std::string_view kSealSchemaSql;

// One master key.
struct MasterKey {
  std::string id;   // first 8 hex digits of its SHA-256
  std::string key;  // 32 bytes
};

// Keys read from files (32 random bytes each, hex in the file, mode 600). Index keys are apart from
// sealing keys. The master file may hold several lines: the first is the current key, the others
// are read still, until Sealer::Rewrap has left nothing under them.
struct Keys {
  std::string master_id;               // name of the current master key
  std::string master;                  // 32 bytes
  std::string index;                   // 32 bytes
  std::vector<MasterKey> former = {};  // masters before the current one
};

// Reads the key files, creating them when `create` and missing. FAILED_PRECONDITION with the file's
// role (never its content) when one is malformed, or may be read by others than its owner and the
// process's own groups (a mounted secret is its group's).
absl::StatusOr<Keys> LoadKeys(const std::string& master_file, const std::string& index_file,
                              bool create);

// Thread-safe.
class Sealer {
 public:
  Sealer(std::string service, Keys keys);
  ~Sealer();

  // Seals `plain` under the subject's data key, which is made at first use (and again at the first
  // use after an erasure). AAD is (service, subject, column): a ciphertext moved to another row or
  // column does not open. Unwrapped keys live no longer than the transaction, so an erasure holds
  // in every process at once.
  absl::StatusOr<database::Bytes> Seal(database::Transaction& tx, std::string_view subject,
                                       std::string_view column, std::string_view plain) const;

  // As Seal, for the first text of a subject that has just come into being: its key is made without
  // waiting for an answer. ALREADY_EXISTS, at the latest as the end of the write, when the subject
  // has a key.
  //
  // An erased key leaves no trace here, so an erased subject would get a new one, as from Seal.
  // That an id was just made does not exclude it: derived ids come again with their request. So the
  // same write inserts a row whose primary key is the subject's id, which stays when the key is
  // erased: whoever was here before then fails the write, and the new key is undone with it.
  absl::StatusOr<database::Bytes> SealNew(database::Transaction& tx, std::string_view subject,
                                          std::string_view column, std::string_view plain) const;

  // Opens what Seal made. NOT_FOUND when the subject's key was erased, DATA_LOSS when it does not
  // verify.
  absl::StatusOr<std::string> Open(database::Reader& reader, std::string_view subject,
                                   std::string_view column, std::string_view sealed) const;

  // As Open, with the columns of the subject's row of `{service}_subject_key` as a statement of the
  // caller joined them: for many subjects at once, each of which Open would ask for by itself.
  absl::StatusOr<std::string> OpenJoined(std::string_view subject, std::string_view column,
                                         std::string_view sealed, std::string_view wrapped,
                                         std::string_view master_id) const;

  // Deletes the subject's key: nothing of the subject can be opened again.
  absl::Status Erase(database::Transaction& tx, std::string_view subject) const;

  // Whether the keys are those of the store, and remembers that it uses them: once, before anything
  // is sealed or opened. FAILED_PRECONDITION that names the missing key's role and id when what is
  // stored was made with a master key that is not in the file, or with another index key.
  absl::Status TakeUse(database::Transaction& tx) const;

  // Wraps up to `limit` data keys that lie under a former master anew, under the current one;
  // returns how many there were. 0: the former masters may be taken out of the file, as soon as
  // stored answers sealed under them have expired.
  absl::StatusOr<int> Rewrap(database::Transaction& tx, int limit) const;

  // Keyed hash (HMAC-SHA-256 under the index key, 32 hex digits) of a normalized value, to find it
  // by: email, name with birth date. `purpose` separates uses.
  std::string Index(std::string_view purpose, std::string_view normalized) const;

  // Seals bytes that belong to no subject (stored responses) under a key derived from the master
  // key.
  std::string SealForService(std::string_view purpose, std::string_view plain) const;
  absl::StatusOr<std::string> OpenForService(std::string_view purpose,
                                             std::string_view sealed) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tremplin::seal

#endif  // TREMPLIN_COMMON_SEAL_SEAL_H_
