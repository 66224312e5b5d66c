#include "common/csv/encoding.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "common/text/utf8.h"

namespace tremplin::csv {
namespace {

// What bytes 0x80–0xFF mean.
using Table = std::array<uint16_t, 128>;
// Windows-1252; a byte without a meaning is the control character of its number.
constexpr Table kWindows = {
    0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039,
    0x0152, 0x008D, 0x017D, 0x008F, 0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
    0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x009D, 0x017E, 0x0178, 0x00A0, 0x00A1, 0x00A2, 0x00A3,
    0x00A4, 0x00A5, 0x00A6, 0x00A7, 0x00A8, 0x00A9, 0x00AA, 0x00AB, 0x00AC, 0x00AD, 0x00AE, 0x00AF,
    0x00B0, 0x00B1, 0x00B2, 0x00B3, 0x00B4, 0x00B5, 0x00B6, 0x00B7, 0x00B8, 0x00B9, 0x00BA, 0x00BB,
    0x00BC, 0x00BD, 0x00BE, 0x00BF, 0x00C0, 0x00C1, 0x00C2, 0x00C3, 0x00C4, 0x00C5, 0x00C6, 0x00C7,
    0x00C8, 0x00C9, 0x00CA, 0x00CB, 0x00CC, 0x00CD, 0x00CE, 0x00CF, 0x00D0, 0x00D1, 0x00D2, 0x00D3,
    0x00D4, 0x00D5, 0x00D6, 0x00D7, 0x00D8, 0x00D9, 0x00DA, 0x00DB, 0x00DC, 0x00DD, 0x00DE, 0x00DF,
    0x00E0, 0x00E1, 0x00E2, 0x00E3, 0x00E4, 0x00E5, 0x00E6, 0x00E7, 0x00E8, 0x00E9, 0x00EA, 0x00EB,
    0x00EC, 0x00ED, 0x00EE, 0x00EF, 0x00F0, 0x00F1, 0x00F2, 0x00F3, 0x00F4, 0x00F5, 0x00F6, 0x00F7,
    0x00F8, 0x00F9, 0x00FA, 0x00FB, 0x00FC, 0x00FD, 0x00FE, 0x00FF,
};
// Mac OS Roman.
constexpr Table kMac = {
    0x00C4, 0x00C5, 0x00C7, 0x00C9, 0x00D1, 0x00D6, 0x00DC, 0x00E1, 0x00E0, 0x00E2, 0x00E4, 0x00E3,
    0x00E5, 0x00E7, 0x00E9, 0x00E8, 0x00EA, 0x00EB, 0x00ED, 0x00EC, 0x00EE, 0x00EF, 0x00F1, 0x00F3,
    0x00F2, 0x00F4, 0x00F6, 0x00F5, 0x00FA, 0x00F9, 0x00FB, 0x00FC, 0x2020, 0x00B0, 0x00A2, 0x00A3,
    0x00A7, 0x2022, 0x00B6, 0x00DF, 0x00AE, 0x00A9, 0x2122, 0x00B4, 0x00A8, 0x2260, 0x00C6, 0x00D8,
    0x221E, 0x00B1, 0x2264, 0x2265, 0x00A5, 0x00B5, 0x2202, 0x2211, 0x220F, 0x03C0, 0x222B, 0x00AA,
    0x00BA, 0x03A9, 0x00E6, 0x00F8, 0x00BF, 0x00A1, 0x00AC, 0x221A, 0x0192, 0x2248, 0x2206, 0x00AB,
    0x00BB, 0x2026, 0x00A0, 0x00C0, 0x00C3, 0x00D5, 0x0152, 0x0153, 0x2013, 0x2014, 0x201C, 0x201D,
    0x2018, 0x2019, 0x00F7, 0x25CA, 0x00FF, 0x0178, 0x2044, 0x20AC, 0x2039, 0x203A, 0xFB01, 0xFB02,
    0x2021, 0x00B7, 0x201A, 0x201E, 0x2030, 0x00C2, 0x00CA, 0x00C1, 0x00CB, 0x00C8, 0x00CD, 0x00CE,
    0x00CF, 0x00CC, 0x00D3, 0x00D4, 0xF8FF, 0x00D2, 0x00DA, 0x00DB, 0x00D9, 0x0131, 0x02C6, 0x02DC,
    0x00AF, 0x02D8, 0x02D9, 0x02DA, 0x00B8, 0x02DD, 0x02DB, 0x02C7,
};
// MS-DOS, code page 850.
constexpr Table kDos = {
    0x00C7, 0x00FC, 0x00E9, 0x00E2, 0x00E4, 0x00E0, 0x00E5, 0x00E7, 0x00EA, 0x00EB, 0x00E8, 0x00EF,
    0x00EE, 0x00EC, 0x00C4, 0x00C5, 0x00C9, 0x00E6, 0x00C6, 0x00F4, 0x00F6, 0x00F2, 0x00FB, 0x00F9,
    0x00FF, 0x00D6, 0x00DC, 0x00F8, 0x00A3, 0x00D8, 0x00D7, 0x0192, 0x00E1, 0x00ED, 0x00F3, 0x00FA,
    0x00F1, 0x00D1, 0x00AA, 0x00BA, 0x00BF, 0x00AE, 0x00AC, 0x00BD, 0x00BC, 0x00A1, 0x00AB, 0x00BB,
    0x2591, 0x2592, 0x2593, 0x2502, 0x2524, 0x00C1, 0x00C2, 0x00C0, 0x00A9, 0x2563, 0x2551, 0x2557,
    0x255D, 0x00A2, 0x00A5, 0x2510, 0x2514, 0x2534, 0x252C, 0x251C, 0x2500, 0x253C, 0x00E3, 0x00C3,
    0x255A, 0x2554, 0x2569, 0x2566, 0x2560, 0x2550, 0x256C, 0x00A4, 0x00F0, 0x00D0, 0x00CA, 0x00CB,
    0x00C8, 0x0131, 0x00CD, 0x00CE, 0x00CF, 0x2518, 0x250C, 0x2588, 0x2584, 0x00A6, 0x00CC, 0x2580,
    0x00D3, 0x00DF, 0x00D4, 0x00D2, 0x00F5, 0x00D5, 0x00B5, 0x00FE, 0x00DE, 0x00DA, 0x00DB, 0x00D9,
    0x00FD, 0x00DD, 0x00AF, 0x00B4, 0x00AD, 0x00B1, 0x2017, 0x00BE, 0x00B6, 0x00A7, 0x00F7, 0x00B8,
    0x00B0, 0x00A8, 0x00B7, 0x00B9, 0x00B3, 0x00B2, 0x25A0, 0x00A0,
};

void AppendUtf8(uint32_t code, std::string* out) {
  if (code < 0x80) {
    out->push_back(static_cast<char>(code));
  } else if (code < 0x800) {
    out->push_back(static_cast<char>(0xC0 | (code >> 6)));
    out->push_back(static_cast<char>(0x80 | (code & 0x3F)));
  } else {
    out->push_back(static_cast<char>(0xE0 | (code >> 12)));
    out->push_back(static_cast<char>(0x80 | ((code >> 6) & 0x3F)));
    out->push_back(static_cast<char>(0x80 | (code & 0x3F)));
  }
}

constexpr std::u16string_view kSmall = u"àáâãäåæçèéêëìíîïðñòóôõöøùúûüýþÿßœšžłı";
constexpr std::u16string_view kCapital = u"ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞŸŒŠŽ";
// In French, and nearly as often in the languages beside it.
constexpr std::u16string_view kFrequent = u"àâäçèéêëîïñóôöùûüáíúœÉÈÀÇÊÎÔ";
// Stand beside letters: apostrophe, quotation marks, dashes.
constexpr std::u16string_view kBesideLetters = u"\u00AB\u00BB\u2013\u2014\u2019\u201C\u201D";
constexpr std::u16string_view kBetweenWords = u"\u00A0\u00B0\u20AC";
constexpr uint16_t kEllipsis = 0x2026;

bool Has(std::u16string_view set, uint16_t code) {
  return set.find(static_cast<char16_t>(code)) != std::u16string_view::npos;
}
bool IsSmall(int c) { return c >= 'a' && c <= 'z'; }
bool IsCapital(int c) { return c >= 'A' && c <= 'Z'; }

// How likely a letter stands between these two bytes.
int Likelihood(uint16_t code, int before, int after) {
  const bool in_small = IsSmall(before) || (IsSmall(after) && !IsCapital(before));
  const bool beside = in_small || IsSmall(after) || IsCapital(before) || IsCapital(after);
  const int frequent = Has(kFrequent, code) ? 1 : 0;
  if (Has(kSmall, code)) return beside ? (IsCapital(after) ? 0 : 2) + frequent : 0;
  if (Has(kCapital, code)) {
    if (IsSmall(before) || (IsCapital(before) && IsSmall(after))) return -2;
    return beside ? 1 + frequent : 0;
  }
  if (Has(kBesideLetters, code)) return beside ? 3 : 1;
  if (code == kEllipsis) return IsSmall(before) && !IsSmall(after) ? 3 : 0;
  if (Has(kBetweenWords, code)) return IsSmall(after) ? -1 : 1;
  return beside ? -2 : -1;
}

constexpr size_t kMostLine = 64 * 1024;

}  // namespace

void Recognizer::Take(std::string_view bytes) {
  while (!bytes.empty()) {
    const size_t end = std::min(bytes.find('\n'), bytes.size() - 1) + 1;
    line_.append(bytes.substr(0, end));
    // A long line is looked at in pieces: a letter cut in two is one doubt
    // among many.
    if (line_.back() == '\n' || line_.size() >= kMostLine) EndLine();
    bytes.remove_prefix(end);
  }
}

Encoding Recognizer::SoFar() const {
  if (!foreign_) return Encoding::kUtf8;
  // Most offices have Windows: others have to be likelier.
  if (mac_ > windows_ && mac_ >= dos_) return Encoding::kMacintosh;
  return dos_ > windows_ ? Encoding::kMsDos : Encoding::kWindows1252;
}

Encoding Recognizer::Result() {
  EndLine();
  return SoFar();
}

void Recognizer::EndLine() {
  const bool ascii = std::all_of(line_.begin(), line_.end(), [](char c) { return c >= 0; });
  if (!ascii && !text::IsUtf8(line_)) {
    foreign_ = true;
    for (size_t i = 0; i < line_.size(); ++i) Weigh(i);
  }
  line_.clear();
}

void Recognizer::Weigh(size_t at) {
  const auto byte = [this](size_t i) -> int {
    return i < line_.size() ? static_cast<unsigned char>(line_[i]) : 0;
  };
  const auto c = static_cast<size_t>(byte(at));
  if (c < 0x80) return;
  const int before = at == 0 ? 0 : byte(at - 1);
  const int after = byte(at + 1);
  windows_ += Likelihood(kWindows[c - 0x80], before, after);
  mac_ += Likelihood(kMac[c - 0x80], before, after);
  dos_ += Likelihood(kDos[c - 0x80], before, after);
}

Encoding ByBeginning(std::string_view begin) {
  using std::string_view_literals::operator""sv;
  for (const std::string_view magic : {"PK\x03\x04"sv, "\xD0\xCF\x11\xE0"sv}) {
    if (begin.starts_with(magic)) return Encoding::kWorkbook;
  }
  if (begin.starts_with("\xFF\xFE"sv)) return Encoding::kUtf16Little;
  if (begin.starts_with("\xFE\xFF"sv)) return Encoding::kUtf16Big;
  // Without a mark: a header is of letters whose other byte is zero.
  if (begin.size() >= 4 && begin[0] != 0 && begin[1] == 0 && begin[2] != 0 && begin[3] == 0) {
    return Encoding::kUtf16Little;
  }
  if (begin.size() >= 4 && begin[0] == 0 && begin[1] != 0 && begin[2] == 0 && begin[3] != 0) {
    return Encoding::kUtf16Big;
  }
  return Encoding::kUtf8;
}

Encoding Recognize(std::istream& in) {
  std::array<char, 64 * 1024> block;
  Recognizer recognizer;
  Encoding encoding = Encoding::kUtf8;
  bool first = true;
  while (in.read(block.data(), block.size()), in.gcount() > 0) {
    const std::string_view bytes(block.data(), static_cast<size_t>(in.gcount()));
    if (first) encoding = ByBeginning(bytes);
    first = false;
    if (encoding != Encoding::kUtf8) break;
    recognizer.Take(bytes);
  }
  in.clear();
  in.seekg(0);
  return encoding == Encoding::kUtf8 ? recognizer.Result() : encoding;
}

std::string FromWindows1252(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) {
    const auto code = static_cast<unsigned char>(c);
    AppendUtf8(code < 0x80 ? code : kWindows[code - 0x80], &text);
  }
  return text;
}

}  // namespace tremplin::csv
