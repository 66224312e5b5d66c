#include "common/seal/seal.h"

#include <sys/stat.h>

#include <fstream>
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "common/database/sqlite_database.h"
#include "common/status/macros.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/temp_dir.h"

namespace tremplin::seal {
namespace {

using database::Bytes;
using database::Reader;
using database::Transaction;

class SealTest : public ::testing::Test {
 protected:
  void SetUp() override {
    file_ = *database::OpenSqliteFile({.path = dir_.File("data.db")});
    database::Migration migration{1, "keys", kSealSchemaSql};
    ASSERT_EQ(database::MigrateSqlite(*file_, "probe", {&migration, 1}), absl::OkStatus());
    db_ = database::MakeSqliteDatabase(file_, "probe");
    keys_ = *LoadKeys(dir_.File("master.key"), dir_.File("index.key"), true);
  }

  std::string Seal(const Sealer& sealer, std::string_view subject, std::string_view column,
                   std::string_view plain) {
    std::string sealed;
    EXPECT_EQ(db_->Write({},
                         [&](Transaction& tx) {
                           TREMPLIN_ASSIGN_OR_RETURN(Bytes bytes,
                                                     sealer.Seal(tx, subject, column, plain));
                           sealed = bytes.data;
                           return absl::OkStatus();
                         }),
              absl::OkStatus());
    return sealed;
  }

  absl::StatusOr<std::string> Open(const Sealer& sealer, std::string_view subject,
                                   std::string_view column, std::string_view sealed) {
    absl::StatusOr<std::string> plain = absl::UnknownError("not run");
    (void)db_->Read({}, [&](Reader& reader) {
      plain = sealer.Open(reader, subject, column, sealed);
      return absl::OkStatus();
    });
    return plain;
  }

  testing::TempDir dir_;
  std::shared_ptr<database::SqliteFile> file_;
  std::unique_ptr<database::Database> db_;
  Keys keys_;
};

TEST_F(SealTest, WhatIsSealedOpens) {
  Sealer sealer("probe", keys_);
  std::string zeros("Zoë\0!", 6);
  std::string sealed = Seal(sealer, "s1", "name", zeros);
  EXPECT_THAT(sealed, ::testing::Not(::testing::HasSubstr("Zo")));
  EXPECT_EQ(Open(sealer, "s1", "name", sealed).value(), zeros);
  EXPECT_EQ(Open(sealer, "s1", "note", Seal(sealer, "s1", "note", "")).value(), "");
  EXPECT_NE(Seal(sealer, "s1", "name", zeros), sealed) << "equal texts must not look equal";
  // Another process with the same keys.
  EXPECT_EQ(Open(Sealer("probe", keys_), "s1", "name", sealed).value(), zeros);
}

TEST_F(SealTest, ANewSubjectHasOneKeyForAllItsTexts) {
  Sealer sealer("probe", keys_);
  std::string name;
  std::string note;
  ASSERT_EQ(
      db_->Write({},
                 [&](Transaction& tx) {
                   TREMPLIN_ASSIGN_OR_RETURN(Bytes first, sealer.SealNew(tx, "s1", "name", "Zoé"));
                   TREMPLIN_ASSIGN_OR_RETURN(Bytes second, sealer.Seal(tx, "s1", "note", "yes"));
                   name = first.data;
                   note = second.data;
                   return absl::OkStatus();
                 }),
      absl::OkStatus());
  EXPECT_EQ(Open(sealer, "s1", "name", name).value(), "Zoé");
  EXPECT_EQ(Open(sealer, "s1", "note", note).value(), "yes");
}

TEST_F(SealTest, WhoHasAKeyIsNotNew) {
  Sealer sealer("probe", keys_);
  std::string sealed = Seal(sealer, "s1", "name", "Zoé");
  EXPECT_TRUE(absl::IsAlreadyExists(db_->Write(
      {}, [&](Transaction& tx) { return sealer.SealNew(tx, "s1", "name", "Zoé").status(); })));
  EXPECT_EQ(Open(sealer, "s1", "name", sealed).value(), "Zoé");
}

TEST_F(SealTest, AMovedCiphertextDoesNotOpen) {
  Sealer sealer("probe", keys_);
  std::string sealed = Seal(sealer, "s1", "name", "Zoé");
  (void)Seal(sealer, "s2", "name", "Ana");
  EXPECT_TRUE(absl::IsDataLoss(Open(sealer, "s2", "name", sealed).status()));
  EXPECT_TRUE(absl::IsDataLoss(Open(sealer, "s1", "email", sealed).status()));
}

TEST_F(SealTest, EveryFlippedBitIsFound) {
  Sealer sealer("probe", keys_);
  std::string sealed = Seal(sealer, "s1", "name", "Zoé");
  for (size_t i = 0; i < sealed.size(); ++i) {
    std::string changed = sealed;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_TRUE(absl::IsDataLoss(Open(sealer, "s1", "name", changed).status())) << i;
  }
  EXPECT_TRUE(absl::IsDataLoss(Open(sealer, "s1", "name", sealed.substr(0, 20)).status()));
}

TEST_F(SealTest, AnErasedSubjectCannotBeOpened) {
  Sealer sealer("probe", keys_);
  Sealer other_process("probe", keys_);
  std::string sealed = Seal(sealer, "s1", "name", "Zoé");
  std::string kept = Seal(sealer, "s2", "name", "Ana");
  ASSERT_TRUE(Open(other_process, "s1", "name", sealed).ok());
  ASSERT_EQ(
      db_->Write({},
                 [&](Transaction& tx) {
                   EXPECT_TRUE(sealer.Open(tx, "s1", "name", sealed).ok());
                   TREMPLIN_RETURN_IF_ERROR(sealer.Erase(tx, "s1"));
                   EXPECT_TRUE(absl::IsNotFound(sealer.Open(tx, "s1", "name", sealed).status()));
                   return absl::OkStatus();
                 }),
      absl::OkStatus());
  EXPECT_TRUE(absl::IsNotFound(Open(sealer, "s1", "name", sealed).status()));
  EXPECT_TRUE(absl::IsNotFound(Open(other_process, "s1", "name", sealed).status()));
  EXPECT_EQ(Open(sealer, "s2", "name", kept).value(), "Ana");
  // A new key, not the old one.
  (void)Seal(sealer, "s1", "name", "Zoé");
  EXPECT_TRUE(absl::IsDataLoss(Open(sealer, "s1", "name", sealed).status()));
}

TEST_F(SealTest, AKeyMadeInAnUndonePartIsForgotten) {
  Sealer sealer("probe", keys_);
  std::string sealed;
  ASSERT_EQ(db_->Write({},
                       [&](Transaction& tx) {
                         (void)tx.Nested([&](Transaction& nested) {
                           EXPECT_TRUE(sealer.Seal(nested, "s1", "name", "x").ok());
                           return absl::NotFoundError("undo");
                         });
                         TREMPLIN_ASSIGN_OR_RETURN(Bytes bytes,
                                                   sealer.Seal(tx, "s1", "name", "kept"));
                         sealed = bytes.data;
                         return absl::OkStatus();
                       }),
            absl::OkStatus());
  EXPECT_EQ(Open(sealer, "s1", "name", sealed).value(), "kept");
}

TEST_F(SealTest, TheMasterCanBeRotated) {
  Sealer before("probe", keys_);
  std::string sealed = Seal(before, "s1", "name", "Zoé");
  std::string response = before.SealForService("responses", "body");

  std::string old_line;
  std::getline(std::ifstream(dir_.File("master.key")), old_line);
  std::ofstream(dir_.File("master.key")) << std::string(64, 'a') << "\n" << old_line << "\n";
  Keys rotated = *LoadKeys(dir_.File("master.key"), dir_.File("index.key"), false);
  EXPECT_NE(rotated.master_id, keys_.master_id);
  Sealer after("probe", rotated);
  EXPECT_EQ(Open(after, "s1", "name", sealed).value(), "Zoé");
  EXPECT_EQ(after.OpenForService("responses", response).value(), "body");
  for (int expected : {1, 0}) {
    EXPECT_EQ(db_->Write({},
                         [&](Transaction& tx) {
                           TREMPLIN_ASSIGN_OR_RETURN(int count, after.Rewrap(tx, 100));
                           EXPECT_EQ(count, expected);
                           return absl::OkStatus();
                         }),
              absl::OkStatus());
  }
  rotated.former.clear();
  EXPECT_EQ(Open(Sealer("probe", rotated), "s1", "name", sealed).value(), "Zoé");
  EXPECT_FALSE(Open(before, "s1", "name", sealed).ok());
}

TEST_F(SealTest, AStoreKnowsTheKeysItWasMadeWith) {
  const auto take = [this](const Keys& keys) {
    return db_->Write({}, [&](Transaction& tx) { return Sealer("probe", keys).TakeUse(tx); });
  };
  ASSERT_EQ(take(keys_), absl::OkStatus());
  EXPECT_EQ(take(keys_), absl::OkStatus());

  Keys other = keys_;
  other.index = std::string(32, 'k');
  absl::Status refused = take(other);
  EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(refused.message()), ::testing::HasSubstr("the index key"));

  other = keys_;
  other.master_id = "01234567";
  other.master = std::string(32, 'm');
  refused = take(other);
  EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(refused.message()),
              ::testing::HasSubstr("master key " + keys_.master_id));

  // Rotated: the former is needed until nothing lies under it.
  other.former = {{keys_.master_id, keys_.master}};
  EXPECT_EQ(take(other), absl::OkStatus());
  ASSERT_EQ(
      db_->Write({},
                 [&](Transaction& tx) { return Sealer("probe", other).Rewrap(tx, 100).status(); }),
      absl::OkStatus());
  other.former.clear();
  EXPECT_EQ(take(other), absl::OkStatus());
  EXPECT_EQ(take(keys_).code(), absl::StatusCode::kFailedPrecondition) << "the old file put back";
}

// A process that was not started again yet still makes data keys under the former master.
TEST_F(SealTest, AFormerMasterIsNeededAsLongAsAnythingLiesUnderIt) {
  const auto write = [this](const std::function<absl::Status(Transaction&)>& fn) {
    return db_->Write({}, fn);
  };
  const Sealer late("probe", keys_);
  ASSERT_EQ(write([&](Transaction& tx) { return late.TakeUse(tx); }), absl::OkStatus());
  Keys rotated = keys_;
  rotated.master_id = "01234567";
  rotated.master = std::string(32, 'm');
  rotated.former = {{keys_.master_id, keys_.master}};
  const Sealer both("probe", rotated);
  ASSERT_EQ(write([&](Transaction& tx) { return both.TakeUse(tx); }), absl::OkStatus());
  ASSERT_EQ(write([&](Transaction& tx) { return both.Rewrap(tx, 100).status(); }),
            absl::OkStatus());
  ASSERT_EQ(write([&](Transaction& tx) { return late.Seal(tx, "s9", "name", "x").status(); }),
            absl::OkStatus());
  rotated.former.clear();
  const Sealer without("probe", rotated);
  const absl::Status refused = write([&](Transaction& tx) { return without.TakeUse(tx); });
  EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(refused.message()),
              ::testing::HasSubstr("master key " + keys_.master_id));
  ASSERT_EQ(write([&](Transaction& tx) { return both.Rewrap(tx, 100).status(); }),
            absl::OkStatus());
  EXPECT_EQ(write([&](Transaction& tx) { return without.TakeUse(tx); }), absl::OkStatus());
}

TEST_F(SealTest, IndexIsDeterministicAndKeyed) {
  Sealer sealer("probe", keys_);
  std::string index = sealer.Index("email", "zoe@example.org");
  EXPECT_EQ(index.size(), 32u);
  EXPECT_EQ(Sealer("probe", keys_).Index("email", "zoe@example.org"), index);
  EXPECT_NE(sealer.Index("phone", "zoe@example.org"), index);
  EXPECT_NE(sealer.Index("emailz", "oe@example.org"), index);
  EXPECT_NE(Sealer("other", keys_).Index("email", "zoe@example.org"), index);
  Keys other = keys_;
  other.index = std::string(32, 'k');
  EXPECT_NE(Sealer("probe", other).Index("email", "zoe@example.org"), index);
  // Golden: stored digests depend on it.
  EXPECT_EQ(Sealer("probe", other).Index("email", "zoe@example.org"),
            "b0585daf5dab95820b56015f4d8edd3b");
}

TEST_F(SealTest, ServiceTextsAreBoundToTheirPurpose) {
  Sealer sealer("probe", keys_);
  std::string sealed = sealer.SealForService("responses", "body");
  EXPECT_EQ(sealer.OpenForService("responses", sealed).value(), "body");
  EXPECT_TRUE(absl::IsDataLoss(sealer.OpenForService("other", sealed).status()));
  EXPECT_TRUE(absl::IsDataLoss(Sealer("x", keys_).OpenForService("responses", sealed).status()));
  sealed.back() = static_cast<char>(sealed.back() ^ 1);
  EXPECT_TRUE(absl::IsDataLoss(sealer.OpenForService("responses", sealed).status()));
  EXPECT_TRUE(absl::IsDataLoss(sealer.OpenForService("responses", "").status()));
}

// More of them than are drawn at once, in two threads.
TEST_F(SealTest, NoSaltAndNoNonceComesTwice) {
  constexpr size_t kTexts = 300;
  constexpr size_t kMasterId = 8;
  constexpr size_t kSalt = 16;
  constexpr size_t kNonce = 12;
  Sealer sealer("probe", keys_);
  std::set<std::string> seen;
  std::mutex mutex;
  const auto seal = [&] {
    for (size_t i = 0; i < kTexts; ++i) {
      const std::string sealed = sealer.SealForService("responses", "body");
      std::lock_guard lock(mutex);
      seen.insert(sealed.substr(kMasterId, kSalt));
      seen.insert(sealed.substr(kMasterId + kSalt, kNonce));
    }
  };
  std::jthread other(seal);
  seal();
  other.join();
  EXPECT_EQ(seen.size(), 2 * 2 * kTexts);
}

TEST_F(SealTest, KeyFilesArePrivateAndStay) {
  std::string path = dir_.File("master.key");
  struct stat info {};
  ASSERT_EQ(stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  Keys again = *LoadKeys(path, dir_.File("index.key"), true);
  EXPECT_EQ(again.master, keys_.master);
  EXPECT_EQ(again.master_id, keys_.master_id);
  EXPECT_EQ(again.index, keys_.index);
  EXPECT_NE(again.index, again.master);

  chmod(path.c_str(), 0640);
  EXPECT_TRUE(LoadKeys(path, dir_.File("index.key"), true).ok())
      << "a mounted secret is its group's";
  chmod(path.c_str(), 0644);
  absl::Status open = LoadKeys(path, dir_.File("index.key"), true).status();
  EXPECT_EQ(open.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(open.message()), ::testing::HasSubstr("master key file"));
}

TEST_F(SealTest, AMalformedOrMissingKeyFileIsRefused) {
  EXPECT_FALSE(LoadKeys(dir_.File("none"), dir_.File("index.key"), false).ok());
  std::string bad = dir_.File("bad.key");
  std::ofstream(bad) << "0123\n";
  chmod(bad.c_str(), 0600);
  absl::Status status = LoadKeys(bad, dir_.File("index.key"), true).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), ::testing::Not(::testing::HasSubstr("0123")));
}

}  // namespace
}  // namespace tremplin::seal
