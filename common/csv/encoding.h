#ifndef TREMPLIN_COMMON_CSV_ENCODING_H_
#define TREMPLIN_COMMON_CSV_ENCODING_H_

#include <cstdint>
#include <istream>
#include <string>
#include <string_view>

// What a file of text was written in, told from its bytes.
namespace tremplin::csv {

enum class Encoding {
  kUtf8,
  kUtf16Little,
  kUtf16Big,
  kWindows1252,
  kMacintosh,  // Mac OS Roman
  kMsDos,      // code page 850
  kWorkbook,   // no text: a workbook of a spreadsheet, or an archive
};

// What the first bytes alone tell: UTF-16 or a workbook; kUtf8 when they tell nothing.
Encoding ByBeginning(std::string_view begin);

// Tells it of bytes that come one after another, in constant memory.
class Recognizer {
 public:
  void Take(std::string_view bytes);
  // Of the lines that came whole.
  Encoding SoFar() const;
  // Of all; the last line needs no end.
  Encoding Result();

 private:
  void EndLine();
  void Weigh(size_t at);

  std::string line_;
  bool foreign_ = false;  // something is no UTF-8
  int64_t windows_ = 0;
  int64_t mac_ = 0;
  int64_t dos_ = 0;
};

// Reads `in` to its end, in constant memory, and goes back to the beginning. What is no UTF-8 is
// that of which its letters make the likeliest words: in "B\x8E" "atrice" Windows-1252 would have
// a capital inside a word, MS-DOS too, and the Macintosh an é.
Encoding Recognize(std::istream& in);

// What every program that reads Windows-1252 takes the bytes for: those without a meaning are
// control characters.
std::string FromWindows1252(std::string_view bytes);

}  // namespace tremplin::csv

#endif  // TREMPLIN_COMMON_CSV_ENCODING_H_
