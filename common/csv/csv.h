#ifndef TREMPLIN_COMMON_CSV_CSV_H_
#define TREMPLIN_COMMON_CSV_CSV_H_

#include <cstddef>
#include <istream>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace tremplin::csv {

// Reads CSV as offices send it: comma or semicolon (told from the header line), quotes with doubled
// quotes inside, line breaks in quotes, LF or CRLF, UTF-8 with or without a byte-order mark;
// Windows-1252 is detected (bytes that are not UTF-8) and converted. Memory is bounded by one
// record, never by the file. Not thread-safe.
class Reader {
 public:
  struct Limits {
    size_t max_field_bytes = 64 * 1024;
    size_t max_record_bytes = 256 * 1024;
    size_t max_fields = 256;
  };
  // `in` must outlive the reader.
  explicit Reader(std::istream& in) : Reader(in, Limits{}) {}
  Reader(std::istream& in, Limits limits);

  // Reads the next record into `fields`; false at the end. INVALID_ARGUMENT with the line number: a
  // quote that does not close, text after a closing quote, a limit exceeded, bytes that are neither
  // UTF-8 nor Windows-1252 (a zero byte never is). Blank lines are skipped. After an error every
  // call returns it again.
  absl::StatusOr<bool> Next(std::vector<std::string>* fields);

  // Line (1-based) on which the last record began.
  size_t line() const { return record_line_; }
  // True once a record had to be converted from Windows-1252.
  bool converted() const { return converted_; }

 private:
  static constexpr int kEnd = -1;

  int Get();   // the next byte, kEnd at the end
  int Peek();  // the same without taking it
  void SkipByteOrderMark();
  absl::StatusOr<bool> ReadRecord(std::string* raw);
  absl::Status Split(std::string_view raw, std::vector<std::string>* fields) const;
  absl::StatusOr<bool> NextRecord(std::vector<std::string>* fields);

  std::istream& in_;
  Limits limits_;
  std::string pending_;  // the first bytes, when they were no byte-order mark
  size_t pending_at_ = 0;
  char separator_ = '\0';  // unknown until the header line was read
  size_t line_ = 1;
  size_t record_line_ = 0;
  bool converted_ = false;
  bool started_ = false;
  absl::Status failed_;  // the first fault; nothing is read after it
};

// One field as it is written: quoted when it must be.
std::string Quote(const std::string& field);
std::string Join(const std::vector<std::string>& fields);  // no line end

}  // namespace tremplin::csv

#endif  // TREMPLIN_COMMON_CSV_CSV_H_
