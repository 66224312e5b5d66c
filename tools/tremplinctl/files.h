#ifndef TREMPLIN_TOOLS_TREMPLINCTL_FILES_H_
#define TREMPLIN_TOOLS_TREMPLINCTL_FILES_H_

#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/csv/csv.h"

namespace tremplin::ctl {

// A whole small file. INVALID_ARGUMENT naming it when it cannot be read.
absl::StatusOr<std::string> ReadFile(const std::string& path);

// A key as files hold it: the first line, without its end.
absl::StatusOr<std::string> ReadKey(const std::string& path);

// Writes `content` so that nobody but the owner ever can read it (mode 600; the folder is made with
// mode 700), in place of what was there.
absl::Status WritePrivate(const std::string& path, const std::string& content);
absl::Status WriteFile(const std::string& path, const std::string& content);

// A CSV file read by the names of its header, in any order of columns, one record at a time. Not
// thread-safe.
class Sheet {
 public:
  // INVALID_ARGUMENT listing every unknown and every missing column; `optional` ones may be
  // missing.
  static absl::StatusOr<std::unique_ptr<Sheet>> Open(const std::string& path,
                                                     const std::vector<std::string>& columns,
                                                     const std::vector<std::string>& optional = {});
  // The name under which the column of a header is read; "" for an unknown one.
  using Naming = std::function<std::string(const std::string& header)>;
  // As above, with columns found by `naming`; `required` are names that it gives.
  static absl::StatusOr<std::unique_ptr<Sheet>> Open(const std::string& path,
                                                     const std::vector<std::string>& required,
                                                     const Naming& naming);

  // The next record; false at the end. INVALID_ARGUMENT with the line when it cannot be read.
  absl::StatusOr<bool> Next();

  // A cell of the present record, "" for a column that is missing.
  const std::string& operator[](std::string_view column) const;

  // The names of the columns that are there, in the order of the file.
  const std::vector<std::string>& columns() const { return names_; }

  int64_t row() const { return row_; }  // 1 is the first record after the header
  bool converted() const { return reader_->converted(); }
  // How far the file was read, in bytes, and its size.
  int64_t position();
  int64_t size() const { return size_; }

 private:
  Sheet() = default;
  absl::Status TakeHeader(const std::vector<std::string>& required, const Naming& naming);

  std::string path_;
  std::ifstream in_;
  int64_t size_ = 0;
  std::unique_ptr<csv::Reader> reader_;
  std::map<std::string, size_t, std::less<>> columns_;
  std::vector<std::string> names_;
  std::vector<std::string> fields_;
  size_t width_ = 0;
  int64_t row_ = 0;
};

}  // namespace tremplin::ctl

#endif  // TREMPLIN_TOOLS_TREMPLINCTL_FILES_H_
