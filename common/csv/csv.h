#ifndef TREMPLIN_COMMON_CSV_CSV_H_
#define TREMPLIN_COMMON_CSV_CSV_H_

#include <cstddef>
#include <istream>
#include <string>
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
  // UTF-8 nor Windows-1252.
  absl::StatusOr<bool> Next(std::vector<std::string>* fields);

  // Line (1-based) on which the last record began.
  size_t line() const { return record_line_; }
  // True once a record had to be converted from Windows-1252.
  bool converted() const { return converted_; }

 private:
  std::istream& in_;
  Limits limits_;
  char separator_ = '\0';
  size_t line_ = 1;
  size_t record_line_ = 0;
  bool converted_ = false;
  bool started_ = false;
};

// One field as it is written: quoted when it must be.
std::string Quote(const std::string& field);
std::string Join(const std::vector<std::string>& fields);  // no line end

}  // namespace tremplin::csv

#endif  // TREMPLIN_COMMON_CSV_CSV_H_
