#include "common/csv/csv.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

#include "common/messages/message.h"
#include "common/status/error.h"

namespace tremplin::csv {
namespace {

using messages::Message;

constexpr Message kOpenQuote{"CSV_OPEN_QUOTE",
                             "Line {0}: a quotation mark is opened and never closed.",
                             "Ligne {0} : un guillemet est ouvert et jamais fermé."};
constexpr Message kTextAfterQuote{
    "CSV_TEXT_AFTER_QUOTE",
    "Line {0}: text follows a closing quotation mark. Double the quotation marks inside a field.",
    "Ligne {0} : du texte suit un guillemet fermant. Doublez les guillemets à l’intérieur d’un "
    "champ."};
constexpr Message kTooLong{"CSV_TOO_LONG", "Line {0}: the record or one of its fields is too long.",
                           "Ligne {0} : l’enregistrement ou l’un de ses champs est trop long."};
constexpr Message kTooManyFields{"CSV_TOO_MANY_FIELDS", "Line {0}: the record has too many fields.",
                                 "Ligne {0} : l’enregistrement compte trop de champs."};
constexpr Message kEncoding{
    "CSV_ENCODING",
    "Line {0}: the bytes are neither UTF-8 nor Windows-1252. Save the file as CSV UTF-8.",
    "Ligne {0} : les octets ne sont ni de l’UTF-8 ni du Windows-1252. Enregistrez le fichier au "
    "format CSV UTF-8."};

// What bytes 0x80–0x9F mean in Windows-1252; 0 where they mean nothing.
constexpr std::array<uint16_t, 32> kWindows1252 = {
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

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

// False when a byte means nothing in Windows-1252.
bool FromWindows1252(std::string_view bytes, std::string* out) {
  out->clear();
  for (char c : bytes) {
    uint32_t code = static_cast<unsigned char>(c);
    if (code >= 0x80 && code < 0xA0) code = kWindows1252[code - 0x80];
    if (code == 0) return false;
    AppendUtf8(code, out);
  }
  return true;
}

// Length of the well-formed UTF-8 sequence at the beginning of `bytes`, 0 when there is none
// (Unicode 15, table 3-7).
size_t SequenceLength(std::string_view bytes) {
  const auto at = [&](size_t i) -> unsigned {
    return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0U;
  };
  const auto trails = [&](size_t i) { return (at(i) & 0xC0U) == 0x80U; };
  const unsigned first = at(0);
  const unsigned second = at(1);
  if (first < 0x80) return 1;
  if (first < 0xC2 || first > 0xF4 || !trails(1)) return 0;
  if (first < 0xE0) return 2;
  if (first == 0xE0 && second < 0xA0) return 0;
  if (first == 0xED && second > 0x9F) return 0;
  if (first == 0xF0 && second < 0x90) return 0;
  if (first == 0xF4 && second > 0x8F) return 0;
  if (!trails(2)) return 0;
  if (first < 0xF0) return 3;
  return trails(3) ? 4 : 0;
}

bool IsUtf8(std::string_view bytes) {
  while (!bytes.empty()) {
    const size_t length = SequenceLength(bytes);
    if (length == 0) return false;
    bytes.remove_prefix(length);
  }
  return true;
}

// The separator of a header line: whichever of comma and semicolon stands more often outside
// quotes.
char SeparatorOf(std::string_view header) {
  size_t commas = 0;
  size_t semicolons = 0;
  bool quoted = false;
  for (char c : header) {
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    if (c == ',') ++commas;
    if (c == ';') ++semicolons;
  }
  return semicolons > commas ? ';' : ',';
}

absl::Status Fault(const Message& message, size_t line) {
  return status::Error(absl::StatusCode::kInvalidArgument, message, {std::to_string(line)});
}

}  // namespace

Reader::Reader(std::istream& in, Limits limits) : in_(in), limits_(limits) {}

int Reader::Get() {
  if (pending_at_ < pending_.size()) return static_cast<unsigned char>(pending_[pending_at_++]);
  const int c = in_.rdbuf() == nullptr ? std::istream::traits_type::eof() : in_.rdbuf()->sbumpc();
  return c == std::istream::traits_type::eof() ? kEnd : c;
}

int Reader::Peek() {
  if (pending_at_ < pending_.size()) return static_cast<unsigned char>(pending_[pending_at_]);
  const int c = in_.rdbuf() == nullptr ? std::istream::traits_type::eof() : in_.rdbuf()->sgetc();
  return c == std::istream::traits_type::eof() ? kEnd : c;
}

void Reader::SkipByteOrderMark() {
  std::string head;
  for (int i = 0; i < 3; ++i) {
    const int c = Get();
    if (c == kEnd) break;
    head.push_back(static_cast<char>(c));
  }
  if (head != "\xEF\xBB\xBF") pending_ = std::move(head);
}

// Reads the bytes of one record, without its line end. The quoting is followed here so that a line
// break inside quotes does not end it.
absl::StatusOr<bool> Reader::ReadRecord(std::string* raw) {
  enum class State { kFieldStart, kPlain, kQuoted, kQuoteSeen };
  State state = State::kFieldStart;
  raw->clear();
  const auto separates = [this](int c) {
    return separator_ == '\0' ? c == ',' || c == ';' : c == separator_;
  };
  while (true) {
    const int c = Get();
    if (c == kEnd) {
      if (state == State::kQuoted) return Fault(kOpenQuote, record_line_);
      break;
    }
    if (c == '\0') return Fault(kEncoding, line_);
    if (c == '\n') {
      ++line_;
      if (state != State::kQuoted) break;
    }
    if (raw->size() >= limits_.max_record_bytes) return Fault(kTooLong, record_line_);
    raw->push_back(static_cast<char>(c));
    if (state == State::kQuoted) {
      if (c == '"') state = State::kQuoteSeen;
    } else if (separates(c)) {
      state = State::kFieldStart;
    } else if (state == State::kFieldStart) {
      state = c == '"' ? State::kQuoted : State::kPlain;
    } else if (state == State::kQuoteSeen) {
      if (c == '"') {
        state = State::kQuoted;
      } else if (c != '\r' || (Peek() != '\n' && Peek() != kEnd)) {
        return Fault(kTextAfterQuote, line_);
      }
    }
  }
  if (!raw->empty() && raw->back() == '\r') raw->pop_back();
  return !raw->empty() || Peek() != kEnd;
}

absl::Status Reader::Split(std::string_view raw, std::vector<std::string>* fields) const {
  fields->clear();
  size_t at = 0;
  while (true) {
    std::string field;
    if (at < raw.size() && raw[at] == '"') {
      for (++at; at < raw.size(); ++at) {
        if (raw[at] == '"') {
          if (at + 1 >= raw.size() || raw[at + 1] != '"') break;
          ++at;
        }
        field.push_back(raw[at]);
      }
      ++at;  // the closing quote
    } else {
      const size_t end = std::min(raw.find(separator_, at), raw.size());
      field.assign(raw.substr(at, end - at));
      at = end;
    }
    if (field.size() > limits_.max_field_bytes) return Fault(kTooLong, record_line_);
    if (fields->size() >= limits_.max_fields) return Fault(kTooManyFields, record_line_);
    fields->push_back(std::move(field));
    if (at >= raw.size()) return absl::OkStatus();
    // What the quotes looked like to ReadRecord while the separator was not yet known.
    if (raw[at] != separator_) return Fault(kTextAfterQuote, record_line_);
    ++at;
  }
}

absl::StatusOr<bool> Reader::NextRecord(std::vector<std::string>* fields) {
  if (!started_) {
    started_ = true;
    SkipByteOrderMark();
  }
  std::string raw;
  do {
    record_line_ = line_;
    absl::StatusOr<bool> read = ReadRecord(&raw);
    if (!read.ok() || !*read) return read;
  } while (raw.empty());
  if (!IsUtf8(raw)) {
    std::string text;
    if (!FromWindows1252(raw, &text)) return Fault(kEncoding, record_line_);
    raw = std::move(text);
    converted_ = true;
  }
  if (separator_ == '\0') separator_ = SeparatorOf(raw);
  if (absl::Status split = Split(raw, fields); !split.ok()) return split;
  return true;
}

absl::StatusOr<bool> Reader::Next(std::vector<std::string>* fields) {
  if (!failed_.ok()) return failed_;
  absl::StatusOr<bool> next = NextRecord(fields);
  if (!next.ok()) failed_ = next.status();
  return next;
}

std::string Quote(const std::string& field) {
  if (field.find_first_of(",;\"\r\n") == std::string::npos) return field;
  std::string quoted = "\"";
  for (char c : field) {
    if (c == '"') quoted.push_back('"');
    quoted.push_back(c);
  }
  quoted.push_back('"');
  return quoted;
}

std::string Join(const std::vector<std::string>& fields) {
  // A lone empty field would be a blank line, which readers skip.
  if (fields.size() == 1 && fields[0].empty()) return "\"\"";
  std::string line;
  for (size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) line.push_back(',');
    line += Quote(fields[i]);
  }
  return line;
}

}  // namespace tremplin::csv
