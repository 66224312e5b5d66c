#ifndef TREMPLIN_COMMON_INTAKE_SHEET_H_
#define TREMPLIN_COMMON_INTAKE_SHEET_H_

#include <cstdint>
#include <functional>
#include <istream>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/csv/csv.h"

namespace tremplin::intake {

// The bytes of a file as they come, some at each call; "" at its end.
using Source = std::function<absl::StatusOr<std::string>()>;

// A CSV file read by the names of its header, in any order of columns, one record at a time and in
// constant memory. A record that is faulty spoils no other. Not thread-safe.
class Sheet {
 public:
  // Of the file at `path`. INVALID_ARGUMENT listing every unknown and every missing column
  // (`optional` ones may be missing), or saying what the file was written in, when it is nothing we
  // read, and how to save it.
  static absl::StatusOr<std::unique_ptr<Sheet>> Open(const std::string& path,
                                                     const std::vector<std::string>& columns,
                                                     const std::vector<std::string>& optional = {});
  // The name under which the column of a header is read; "" for an unknown one.
  using Naming = std::function<std::string(const std::string& header)>;
  // As above, with columns found by `naming`; `required` are names that it gives. In what is said
  // of it the file is called `name`, or by its path.
  static absl::StatusOr<std::unique_ptr<Sheet>> Open(const std::string& path,
                                                     const std::vector<std::string>& required,
                                                     const Naming& naming,
                                                     const std::string& name = "");
  // The same of a file that comes piece by piece and is called `name`; or the source's error. What
  // it was written in may show only later: see Trouble.
  static absl::StatusOr<std::unique_ptr<Sheet>> Open(Source source, const std::string& name,
                                                     const std::vector<std::string>& required,
                                                     const Naming& naming);
  ~Sheet();

  // The next record with any content; false at the end. Cells that a record lacks are empty.
  bool Next();

  // What has come up of the whole file: its source's error, after which the records read since are
  // not to be trusted; or that it is written in nothing we read, told by the lines so far.
  absl::Status Trouble() const;

  // What is wrong with the present record, with its line: it cannot be taken apart, or has more
  // cells than there are columns. Of such a one cells tell no more than who it may be.
  const absl::Status& fault() const { return record_.fault; }

  // A cell of the present record, "" for a column that is missing.
  const std::string& operator[](std::string_view column) const;

  // The names of the columns that are there, in the order of the file.
  const std::vector<std::string>& columns() const { return names_; }

  int64_t row() const { return row_; }  // 1 is the first record after the header, blank or not
  int64_t line() const { return static_cast<int64_t>(record_.line); }  // on which it begins
  bool converted() const { return reader_->converted(); }
  // How far the file was read, in bytes, and its size; of a source 0.
  int64_t position();
  int64_t size() const { return size_; }

 private:
  class Pieces;

  Sheet();
  absl::Status Refused(csv::Encoding encoding) const;
  absl::Status TakeHeader(const std::vector<std::string>& required, const Naming& naming);

  std::string name_;
  std::unique_ptr<Pieces> pieces_;    // of a source
  std::unique_ptr<std::istream> in_;  // reads them, or the file
  int64_t size_ = 0;
  std::unique_ptr<csv::Reader> reader_;
  std::map<std::string, size_t, std::less<>> columns_;
  std::vector<std::string> names_;
  csv::Record record_;
  size_t width_ = 0;
  int64_t row_ = 0;
};

}  // namespace tremplin::intake

#endif  // TREMPLIN_COMMON_INTAKE_SHEET_H_
