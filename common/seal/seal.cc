#include "common/seal/seal.h"

#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/clock/clock.h"
#include "common/environment/environment.h"
#include "common/seal/gcm.h"
#include "common/status/macros.h"

namespace tremplin::seal {
namespace {

using database::Bytes;
using database::Reader;
using database::Result;
using database::Transaction;

constexpr size_t kMasterIdSize = 8;
constexpr size_t kSaltSize = 16;

// The keys unwrapped within one transaction.
struct UnwrappedKeys {
  std::vector<std::pair<std::string, SecretKey>> keys;

  const SecretKey* Find(std::string_view subject) const {
    for (const auto& [name, key] : keys) {
      if (name == subject) return &key;
    }
    return nullptr;
  }
};

}  // namespace

constinit const std::string_view kSealSchemaSql = R"(
CREATE TABLE {service}_subject_key (
  subject TEXT PRIMARY KEY,
  wrapped {bytes} NOT NULL,
  master_id TEXT NOT NULL,
  created_us BIGINT NOT NULL);
CREATE INDEX {service}_subject_key_by_master ON {service}_subject_key (master_id);
CREATE TABLE {service}_key_in_use (
  purpose TEXT NOT NULL,
  key_id TEXT NOT NULL,
  PRIMARY KEY (purpose, key_id));
)";

struct Sealer::State {
  std::string service;
  std::string master_id;
  SecretKey master;
  SecretKey index;
  std::vector<std::pair<std::string, SecretKey>> former;
  std::string insert_sql;
  std::string insert_or_keep_sql;
  std::string select_sql;
  std::string delete_sql;
  std::string former_sql;
  std::string rewrap_sql;
  std::string in_use_sql;
  std::string use_sql;
  std::string unuse_sql;
  std::string next_master_sql;

  const SecretKey* Master(std::string_view id) const {
    if (id == master_id) return &master;
    for (const auto& [name, key] : former) {
      if (name == id) return &key;
    }
    return nullptr;
  }

  UnwrappedKeys& Unwrapped(Reader& reader) const {
    std::shared_ptr<void>& memo = reader.Memo(this);
    if (memo == nullptr) memo = std::make_shared<UnwrappedKeys>();
    return *static_cast<UnwrappedKeys*>(memo.get());
  }

  std::string Aad(std::string_view subject, std::string_view column) const {
    return Joined({"column", service, subject, column});
  }
  std::string Wrap(std::string_view subject, const SecretKey& key) const {
    return Encrypt(master, Joined({"wrap", service, subject}), key.view());
  }
  absl::StatusOr<SecretKey> Unwrap(std::string_view subject, std::string_view id,
                                   std::string_view wrapped) const {
    const SecretKey* under = Master(id);
    if (under == nullptr) {
      return absl::FailedPreconditionError(
          absl::StrCat("the master key ", std::string(id), " is not in the key file"));
    }
    absl::optional<std::string> key = Decrypt(*under, Joined({"wrap", service, subject}), wrapped);
    if (!key.has_value() || key->size() != 32) {
      return absl::DataLossError("a subject's key does not verify");
    }
    return SecretKey(*key);
  }

  absl::Status Missing(std::string_view role, std::string_view id) const {
    return absl::FailedPreconditionError(
        absl::StrCat("what ", service, " stores was made with the ", std::string(role), " key ",
                     std::string(id), ", which is not in the key file: put that key back",
                     role == "master" ? " (on a line of its own)" : "",
                     " and start again. Nothing was changed"));
  }

  // Of every master under which a data key lies. A process that still had a former key as its
  // current one may have made some after the last rewrapping.
  absl::Status CheckMasters(Reader& reader) const {
    std::string last;
    while (true) {
      TREMPLIN_ASSIGN_OR_RETURN(const Result next, reader.Query(next_master_sql, {last}));
      if (next.rows.empty()) return absl::OkStatus();
      last = next.rows[0].Text(0);
      if (Master(last) == nullptr) return Missing("master", last);
    }
  }

  // NOT_FOUND when there is no row.
  absl::StatusOr<const SecretKey*> Load(Reader& reader, std::string_view subject) const {
    UnwrappedKeys& unwrapped = Unwrapped(reader);
    if (const SecretKey* key = unwrapped.Find(subject)) return key;
    TREMPLIN_ASSIGN_OR_RETURN(Result found, reader.Query(select_sql, {std::string(subject)}));
    if (found.rows.empty()) return absl::NotFoundError("the subject's key does not exist");
    const database::Row& row = found.rows[0];
    TREMPLIN_ASSIGN_OR_RETURN(SecretKey key, Unwrap(subject, row.Text(1), row.Blob(0)));
    return &unwrapped.keys.emplace_back(std::string(subject), key).second;
  }

  absl::StatusOr<const SecretKey*> LoadOrMake(Transaction& tx, std::string_view subject) const {
    UnwrappedKeys& unwrapped = Unwrapped(tx);
    if (const SecretKey* key = unwrapped.Find(subject)) return key;
    // Making it comes first: most subjects are sealed once, when they arrive.
    SecretKey fresh = SecretKey::Random();
    TREMPLIN_ASSIGN_OR_RETURN(Result made, tx.Query(insert_or_keep_sql, KeyRow(subject, fresh)));
    if (made.affected == 0) return Load(tx, subject);
    return &unwrapped.keys.emplace_back(std::string(subject), fresh).second;
  }

  absl::StatusOr<const SecretKey*> MakeNew(Transaction& tx, std::string_view subject) const {
    SecretKey fresh = SecretKey::Random();
    TREMPLIN_RETURN_IF_ERROR(tx.Execute(insert_sql, KeyRow(subject, fresh)));
    return &Unwrapped(tx).keys.emplace_back(std::string(subject), fresh).second;
  }

  database::Params KeyRow(std::string_view subject, const SecretKey& key) const {
    return {std::string(subject), Bytes{Wrap(subject, key)}, master_id,
            clock::ToMicros(environment::SystemNow())};
  }

  SecretKey ServiceKey(const SecretKey& under, std::string_view purpose,
                       std::string_view salt) const {
    return Mac(under, Joined({"service", service, purpose, salt}));
  }
};

Sealer::Sealer(std::string service, Keys keys) : state_(std::make_unique<State>()) {
  State& state = *state_;
  std::string table = service + "_subject_key";
  state.insert_sql = absl::StrCat(
      "INSERT INTO ", table, " (subject, wrapped, master_id, created_us) VALUES ($1, $2, $3, $4)");
  state.insert_or_keep_sql = absl::StrCat(state.insert_sql, " ON CONFLICT (subject) DO NOTHING");
  state.select_sql = absl::StrCat("SELECT wrapped, master_id FROM ", table, " WHERE subject = $1");
  state.delete_sql = absl::StrCat("DELETE FROM ", table, " WHERE subject = $1");
  state.former_sql = absl::StrCat("SELECT subject, wrapped, master_id FROM ", table,
                                  " WHERE master_id <> $1 ORDER BY subject LIMIT $2");
  state.rewrap_sql = absl::StrCat("UPDATE ", table,
                                  " SET wrapped = $2, master_id = $3 "
                                  "WHERE subject = $1 AND master_id = $4");
  const std::string uses = service + "_key_in_use";
  state.in_use_sql =
      absl::StrCat("SELECT purpose, key_id FROM ", uses, " ORDER BY purpose, key_id");
  state.use_sql = absl::StrCat("INSERT INTO ", uses,
                               " (purpose, key_id) VALUES ($1, $2) ON CONFLICT DO NOTHING");
  state.unuse_sql =
      absl::StrCat("DELETE FROM ", uses, " WHERE purpose = 'master' AND key_id <> $1");
  state.next_master_sql = absl::StrCat("SELECT master_id FROM ", table,
                                       " WHERE master_id > $1 ORDER BY master_id LIMIT 1");
  state.service = std::move(service);
  state.master_id = std::move(keys.master_id);
  state.master = SecretKey(keys.master);
  state.index = SecretKey(keys.index);
  for (MasterKey& key : keys.former) {
    state.former.emplace_back(std::move(key.id), SecretKey(key.key));
  }
}

Sealer::~Sealer() = default;

absl::StatusOr<Bytes> Sealer::Seal(Transaction& tx, std::string_view subject,
                                   std::string_view column, std::string_view plain) const {
  TREMPLIN_ASSIGN_OR_RETURN(const SecretKey* key, state_->LoadOrMake(tx, subject));
  return Bytes{Encrypt(*key, state_->Aad(subject, column), plain)};
}

absl::StatusOr<Bytes> Sealer::SealNew(Transaction& tx, std::string_view subject,
                                      std::string_view column, std::string_view plain) const {
  TREMPLIN_ASSIGN_OR_RETURN(const SecretKey* key, state_->MakeNew(tx, subject));
  return Bytes{Encrypt(*key, state_->Aad(subject, column), plain)};
}

absl::StatusOr<std::string> Sealer::Open(Reader& reader, std::string_view subject,
                                         std::string_view column, std::string_view sealed) const {
  TREMPLIN_ASSIGN_OR_RETURN(const SecretKey* key, state_->Load(reader, subject));
  absl::optional<std::string> plain = Decrypt(*key, state_->Aad(subject, column), sealed);
  if (!plain.has_value()) return absl::DataLossError("a sealed column does not verify");
  return *std::move(plain);
}

absl::StatusOr<std::string> Sealer::OpenJoined(std::string_view subject, std::string_view column,
                                               std::string_view sealed, std::string_view wrapped,
                                               std::string_view master_id) const {
  TREMPLIN_ASSIGN_OR_RETURN(const SecretKey key, state_->Unwrap(subject, master_id, wrapped));
  absl::optional<std::string> plain = Decrypt(key, state_->Aad(subject, column), sealed);
  if (!plain.has_value()) return absl::DataLossError("a sealed column does not verify");
  return *std::move(plain);
}

absl::Status Sealer::Erase(Transaction& tx, std::string_view subject) const {
  tx.Memo(state_.get()).reset();
  return tx.Execute(state_->delete_sql, {std::string(subject)});
}

absl::Status Sealer::TakeUse(Transaction& tx) const {
  // Of the index key a keyed hash is kept, never a plain one: it tells that the key is the same.
  const std::string index_id = Index("id of the key", "").substr(0, kMasterIdSize);
  TREMPLIN_ASSIGN_OR_RETURN(const Result used, tx.Query(state_->in_use_sql, {}));
  TREMPLIN_RETURN_IF_ERROR(state_->CheckMasters(tx));
  for (const database::Row& row : used.rows) {
    const std::string role(row.Text(0));
    const std::string id(row.Text(1));
    const bool there = role == "master" ? state_->Master(id) != nullptr : id == index_id;
    if (there) continue;
    return state_->Missing(role, id);
  }
  TREMPLIN_RETURN_IF_ERROR(tx.Execute(state_->use_sql, {std::string("master"), state_->master_id}));
  return tx.Execute(state_->use_sql, {std::string("index"), index_id});
}

absl::StatusOr<int> Sealer::Rewrap(Transaction& tx, int limit) const {
  TREMPLIN_ASSIGN_OR_RETURN(
      Result rows, tx.Query(state_->former_sql, {state_->master_id, static_cast<int64_t>(limit)}));
  for (const database::Row& row : rows.rows) {
    TREMPLIN_ASSIGN_OR_RETURN(SecretKey key, state_->Unwrap(row.Text(0), row.Text(2), row.Blob(1)));
    TREMPLIN_RETURN_IF_ERROR(tx.Execute(
        state_->rewrap_sql,
        {row.Text(0), Bytes{state_->Wrap(row.Text(0), key)}, state_->master_id, row.Text(2)}));
  }
  if (rows.rows.empty()) {
    TREMPLIN_RETURN_IF_ERROR(tx.Execute(state_->unuse_sql, {state_->master_id}));
  }
  return static_cast<int>(rows.rows.size());
}

std::string Sealer::Index(std::string_view purpose, std::string_view normalized) const {
  SecretKey digest = Mac(state_->index, Joined({state_->service, purpose, normalized}));
  return absl::BytesToHexString(
      absl::string_view(reinterpret_cast<const char*>(digest.data()), 16));
}

// master id ‖ salt ‖ sealed. A key of its own for every text, since one key with random nonces
// would not last for the responses of years.
std::string Sealer::SealForService(std::string_view purpose, std::string_view plain) const {
  std::string salt = environment::PublicBytes(kSaltSize);
  SecretKey key = state_->ServiceKey(state_->master, purpose, salt);
  return absl::StrCat(state_->master_id, salt, Encrypt(key, Joined({"service", purpose}), plain));
}

absl::StatusOr<std::string> Sealer::OpenForService(std::string_view purpose,
                                                   std::string_view sealed) const {
  if (sealed.size() < kMasterIdSize + kSaltSize) {
    return absl::DataLossError("a sealed text is cut off");
  }
  const SecretKey* under = state_->Master(sealed.substr(0, kMasterIdSize));
  if (under == nullptr) return absl::DataLossError("a text is sealed under an unknown master key");
  SecretKey key = state_->ServiceKey(*under, purpose, sealed.substr(kMasterIdSize, kSaltSize));
  absl::optional<std::string> plain =
      Decrypt(key, Joined({"service", purpose}), sealed.substr(kMasterIdSize + kSaltSize));
  if (!plain.has_value()) return absl::DataLossError("a sealed text does not verify");
  return *std::move(plain);
}

}  // namespace tremplin::seal
