#ifndef TREMPLIN_COMMON_CSV_CSV_H_
#define TREMPLIN_COMMON_CSV_CSV_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <istream>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/csv/encoding.h"

namespace tremplin::csv {

// One record as it was read. One at fault has the cells that its first line gives when quotation
// marks are no more than letters, so that it can be named.
struct Record {
  std::vector<std::string> fields;  // none on a blank line
  size_t line = 0;                  // 1-based, on which it began
  absl::Status fault;               // INVALID_ARGUMENT with the line, in both languages
};

// Reads CSV as offices send it: comma, semicolon or tab (told from the header line, or said by a
// line "sep=;" before it), quotes with doubled quotes inside, line breaks in quotes, LF, CRLF or
// CR, UTF-8 or UTF-16; what is not UTF-8 is converted from Windows-1252. Memory is bounded by one
// record, never by the file. Not thread-safe.
//
// A record's fault is that record's: a quote that does not close, text after a closing quote, a
// limit exceeded, a zero byte. Reading finds its feet at the next line that fits, which alone or
// with those after it gives a record of about as many cells as the header has; what lies between is
// the faulty record's. A quote that is open where the line after it gives a whole record was never
// closed.
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

  // Reads the next record, blank lines after the header too; false at the end.
  bool Read(Record* record);

  // As Read, for files that must be whole: blank lines are skipped, the first fault is returned, by
  // every later call again.
  absl::StatusOr<bool> Next(std::vector<std::string>* fields);

  // Line (1-based) on which the last record began.
  size_t line() const { return record_line_; }
  // True once a line had to be converted from Windows-1252.
  bool converted() const { return converted_; }

 private:
  static constexpr int kEnd = -1;

  // A line with its end.
  struct Line {
    std::string text;
    size_t number = 0;
    bool too_long = false;
    bool holds_zero = false;
  };
  enum class Found { kRecord, kOpenQuote, kTextAfterQuote, kTooLong, kTooManyFields, kZero };
  class Splitter;

  bool HasBytes();       // reads on when the block is used up
  int Byte();            // the next byte, kEnd at the end
  int Get();             // the next byte of UTF-8
  int Peek();            // the same without taking it
  void ReadBeginning();  // the byte-order mark, a line that says the separator
  bool ReadLine(Line* line);
  void ReadLetters(Line* line);  // letter by letter, to the end of the line
  void ReadBlocks(Line* line);   // the same of bytes that end lines by LF
  bool TakeLine(Line* line);     // one that was put back, or the next
  bool HoldLine(size_t at);      // reads on until held_[at] is there
  Found Parse(Line first, std::vector<std::string>* fields);
  size_t Fits(size_t at);  // cells of the record that begins at held_[at], 0 when it is none
  void SkipToNextThatFits();
  std::vector<std::string> Plain(std::string_view line) const;
  char SeparatorOf(std::string_view header) const;

  std::istream& in_;
  const Limits limits_;
  bool started_ = false;
  Encoding encoding_ = Encoding::kUtf8;
  std::string block_;  // bytes as they are in the file
  size_t block_at_ = 0;
  std::string pending_;  // bytes that were looked at, or that one letter of UTF-16 gave
  size_t pending_at_ = 0;
  bool ends_by_cr_ = false;  // lines end with CR alone
  char separator_ = '\0';    // unknown until the header line was read
  size_t width_ = 0;         // cells of the header
  size_t line_ = 0;
  size_t record_line_ = 0;
  bool converted_ = false;
  std::deque<Line> held_;  // read, and in no record yet
  absl::Status failed_;    // of Next
};

// One field as it is written: quoted when it must be. What a spreadsheet would take for a formula
// (it begins with = + - @, a tab or CR) is written with an apostrophe before it.
std::string Quote(const std::string& field);
std::string Join(const std::vector<std::string>& fields);  // no line end

}  // namespace tremplin::csv

#endif  // TREMPLIN_COMMON_CSV_CSV_H_
