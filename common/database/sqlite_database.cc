#include "common/database/sqlite_database.h"

#include <utility>

#include "absl/time/clock.h"
#include "common/database/sqlite_file.h"

namespace tremplin::database {
namespace {

class SqliteDatabase final : public Database {
 public:
  SqliteDatabase(std::shared_ptr<SqliteFile> file, std::string prefix)
      : file_(std::move(file)), prefix_(std::move(prefix)) {}

  absl::Status Write(const WriteOptions& options,
                     const std::function<absl::Status(Transaction&)>& fn) override {
    return file_->Write(options, prefix_, fn);
  }
  absl::Status Read(const ReadOptions& options,
                    const std::function<absl::Status(Reader&)>& fn) override {
    return file_->Read(options, prefix_, fn);
  }
  absl::Status Ping(absl::Duration timeout) override {
    return file_->Read({Tenant::None(), absl::Now() + timeout}, prefix_,
                       [](Reader& reader) { return reader.Query("SELECT 1").status(); });
  }

 private:
  const std::shared_ptr<SqliteFile> file_;
  const std::string prefix_;
};

}  // namespace

std::unique_ptr<Database> MakeSqliteDatabase(std::shared_ptr<SqliteFile> file, std::string prefix) {
  return std::make_unique<SqliteDatabase>(std::move(file), std::move(prefix));
}

}  // namespace tremplin::database
