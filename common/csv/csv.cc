#include "common/csv/csv.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/strings/match.h"
#include "common/messages/message.h"
#include "common/status/error.h"
#include "common/text/text.h"
#include "common/text/utf8.h"

namespace tremplin::csv {
namespace {

using messages::Message;

constexpr Message kOpenQuote{
    "CSV_OPEN_QUOTE",
    "Line {0}: a quotation mark is opened and never closed. Close it at the end of its field, or "
    "take it out.",
    "Ligne {0} : un guillemet est ouvert et jamais fermé. Fermez-le à la fin de son champ, ou "
    "enlevez-le."};
constexpr Message kTextAfterQuote{
    "CSV_TEXT_AFTER_QUOTE",
    "Line {0}: text follows a closing quotation mark. Double the quotation marks inside a field.",
    "Ligne {0} : du texte suit un guillemet fermant. Doublez les guillemets à l’intérieur d’un "
    "champ."};
constexpr Message kTooLong{"CSV_TOO_LONG", "Line {0}: the record or one of its fields is too long.",
                           "Ligne {0} : l’enregistrement ou l’un de ses champs est trop long."};
constexpr Message kTooManyFields{"CSV_TOO_MANY_FIELDS", "Line {0}: the record has too many fields.",
                                 "Ligne {0} : l’enregistrement compte trop de champs."};
constexpr Message kZero{
    "CSV_ENCODING",
    "Line {0}: there is a zero byte, which no text has. Save the file as CSV UTF-8.",
    "Ligne {0} : il s’y trouve un octet nul, qu’aucun texte ne contient. Enregistrez le fichier au "
    "format CSV UTF-8."};

// In narrower tables a line inside of a cell may look like a record by chance.
constexpr size_t kLeastWidthToTell = 6;

absl::Status Fault(const Message& message, size_t line) {
  return status::Error(absl::StatusCode::kInvalidArgument, message, {std::to_string(line)});
}

// Cheaper than the question whether it is UTF-8, and true of most lines.
bool IsAscii(std::string_view line) {
  return std::all_of(line.begin(), line.end(), [](char c) { return c >= 0; });
}

std::string_view WithoutEnd(std::string_view line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

// The separator that a line such as "sep=;" says, '\0' for any other line.
char SaidSeparator(std::string_view line) {
  if (line.size() >= 2 && line.front() == '"' && line.back() == '"') {
    line = line.substr(1, line.size() - 2);
  }
  const bool says = absl::StartsWithIgnoreCase(text::Absl(line), "sep=");
  return says && line.size() == 5 ? line.back() : '\0';
}

void AppendUtf8(uint32_t code, std::string* out) {
  const auto trail = [out](uint32_t bits) {
    out->push_back(static_cast<char>(0x80 | (bits & 0x3F)));
  };
  if (code < 0x80) return out->push_back(static_cast<char>(code));
  if (code < 0x800) {
    out->push_back(static_cast<char>(0xC0 | (code >> 6)));
  } else if (code < 0x10000) {
    out->push_back(static_cast<char>(0xE0 | (code >> 12)));
    trail(code >> 6);
  } else {
    out->push_back(static_cast<char>(0xF0 | (code >> 18)));
    trail(code >> 12);
    trail(code >> 6);
  }
  trail(code);
}

}  // namespace

// Takes a record apart, line by line.
class Reader::Splitter {
 public:
  Splitter(char separator, const Limits& limits, std::vector<std::string>* fields)
      : separator_(separator), limits_(limits), fields_(*fields) {
    fields_.clear();
  }

  // kRecord at its end, kOpenQuote when it goes on in the next line; else what is wrong with it.
  Found Feed(std::string_view line) {
    const std::string_view text = WithoutEnd(line);
    for (size_t at = 0; at < text.size();) {
      const Found found = Step(text, &at);
      if (found != Found::kRecord) return found;
    }
    if (state_ != State::kQuoted) return EndField();
    field_.append(line.substr(text.size()));
    return Found::kOpenQuote;
  }

  // A quotation mark stood inside a cell that began with none.
  bool has_stray_quotes() const { return has_stray_quotes_; }

 private:
  enum class State { kFieldStart, kPlain, kQuoted, kQuoteSeen };

  Found Step(std::string_view text, size_t* at) {
    const char c = text[*at];
    if (state_ == State::kQuoted) {
      const size_t quote = std::min(text.find('"', *at), text.size());
      field_.append(text.substr(*at, quote - *at));
      if (quote < text.size()) state_ = State::kQuoteSeen;
      *at = quote + 1;
    } else if (state_ == State::kQuoteSeen && c == '"') {
      field_.push_back('"');
      state_ = State::kQuoted;
      ++*at;
    } else if (c == separator_) {
      ++*at;
      return EndField();
    } else if (state_ == State::kQuoteSeen) {
      return Found::kTextAfterQuote;
    } else if (state_ == State::kFieldStart && c == '"') {
      state_ = State::kQuoted;
      ++*at;
    } else {
      const size_t end = std::min(text.find(separator_, *at), text.size());
      field_.append(text.substr(*at, end - *at));
      has_stray_quotes_ = has_stray_quotes_ || field_.find('"') != std::string::npos;
      state_ = State::kPlain;
      *at = end;
    }
    return Found::kRecord;
  }

  Found EndField() {
    if (field_.size() > limits_.max_field_bytes) return Found::kTooLong;
    if (fields_.size() >= limits_.max_fields) return Found::kTooManyFields;
    fields_.push_back(std::move(field_));
    field_.clear();
    state_ = State::kFieldStart;
    return Found::kRecord;
  }

  const char separator_;
  const Limits& limits_;
  std::vector<std::string>& fields_;
  State state_ = State::kFieldStart;
  std::string field_;
  bool has_stray_quotes_ = false;
};

Reader::Reader(std::istream& in, Limits limits) : in_(in), limits_(limits) {}

bool Reader::HasBytes() {
  constexpr size_t kBlock = 64 * 1024;
  if (block_at_ < block_.size()) return true;
  block_.resize(kBlock);
  block_at_ = 0;
  const std::streamsize count =
      in_.rdbuf() == nullptr ? 0 : in_.rdbuf()->sgetn(block_.data(), kBlock);
  block_.resize(static_cast<size_t>(count));
  return count > 0;
}

int Reader::Byte() { return HasBytes() ? static_cast<unsigned char>(block_[block_at_++]) : kEnd; }

int Reader::Get() {
  if (pending_at_ < pending_.size()) return static_cast<unsigned char>(pending_[pending_at_++]);
  if (encoding_ == Encoding::kUtf8) return Byte();
  constexpr uint32_t kReplacement = 0xFFFD;
  const auto unit = [this]() -> int {
    const int first = Byte();
    const int second = first == kEnd ? kEnd : Byte();
    if (second == kEnd) return kEnd;
    return encoding_ == Encoding::kUtf16Little ? second * 256 + first : first * 256 + second;
  };
  const int lead = unit();
  if (lead == kEnd) return kEnd;
  auto code = static_cast<uint32_t>(lead);
  if (code >= 0xD800 && code < 0xDC00) {
    const int trail = unit();
    const bool paired = trail >= 0xDC00 && trail < 0xE000;
    code = paired ? 0x10000 + ((code - 0xD800) << 10) + (static_cast<uint32_t>(trail) - 0xDC00)
                  : kReplacement;
  } else if (code >= 0xDC00 && code < 0xE000) {
    code = kReplacement;
  }
  pending_.clear();
  pending_at_ = 0;
  AppendUtf8(code, &pending_);
  return static_cast<unsigned char>(pending_[pending_at_++]);
}

int Reader::Peek() {
  if (pending_at_ < pending_.size()) return static_cast<unsigned char>(pending_[pending_at_]);
  const int c = Get();
  if (c == kEnd) return kEnd;
  if (encoding_ == Encoding::kUtf8) {
    pending_.assign(1, static_cast<char>(c));
    pending_at_ = 0;
  } else {
    --pending_at_;
  }
  return c;
}

void Reader::ReadBeginning() {
  started_ = true;
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  std::string head;
  const auto read = [&](size_t bytes) {
    while (head.size() < bytes) {
      const int c = Byte();
      if (c == kEnd) return;
      head.push_back(static_cast<char>(c));
    }
  };
  read(4);
  const Encoding encoding = ByBeginning(head);
  if (encoding == Encoding::kUtf16Little || encoding == Encoding::kUtf16Big) {
    // The four bytes are two letters, the first of which may be the mark.
    const bool little = encoding == Encoding::kUtf16Little;
    for (size_t i = 0; i + 1 < head.size(); i += 2) {
      const auto low = static_cast<unsigned char>(head[little ? i : i + 1]);
      const auto high = static_cast<unsigned char>(head[little ? i + 1 : i]);
      const uint32_t code = high * 256U + low;
      if (i > 0 || code != 0xFEFF) AppendUtf8(code, &pending_);
    }
    encoding_ = encoding;
  } else {
    pending_ = head.starts_with(kMark) ? head.substr(kMark.size()) : std::move(head);
  }
}

void Reader::ReadLetters(Line* line) {
  for (int c = Get(); c != kEnd; c = Get()) {
    const bool lone_return = c == '\r' && Peek() != '\n';
    if (lone_return && line_ == 1) ends_by_cr_ = true;
    const bool ends = c == '\n' || (lone_return && ends_by_cr_);
    line->text.push_back(static_cast<char>(c));
    if (WithoutEnd(line->text).size() > limits_.max_record_bytes) {
      line->too_long = true;
      line->text.pop_back();
    }
    if (ends) break;
  }
}

void Reader::ReadBlocks(Line* line) {
  while (HasBytes()) {
    const size_t end = std::min(block_.find('\n', block_at_), block_.size() - 1) + 1;
    const std::string_view bytes(block_.data() + block_at_, end - block_at_);
    block_at_ = end;
    line->text.append(bytes);
    if (WithoutEnd(line->text).size() > limits_.max_record_bytes) {
      line->too_long = true;
      line->text.resize(limits_.max_record_bytes);
    }
    if (bytes.ends_with('\n')) break;
  }
}

bool Reader::ReadLine(Line* line) {
  if (Peek() == kEnd) return false;
  line->number = ++line_;
  // The first line tells how lines end.
  const bool plain = encoding_ == Encoding::kUtf8 && line_ > 1 && !ends_by_cr_ &&
                     pending_.size() <= pending_at_ + 1;
  if (plain) {
    line->text.assign(pending_, pending_at_);
    pending_.clear();
    pending_at_ = 0;
    if (!line->text.ends_with('\n')) ReadBlocks(line);
  } else {
    ReadLetters(line);
  }
  line->holds_zero = line->text.find('\0') != std::string::npos;
  if (!line->too_long && !IsAscii(line->text) && !text::IsUtf8(line->text)) {
    line->text = FromWindows1252(line->text);
    converted_ = true;
  }
  return true;
}

bool Reader::TakeLine(Line* line) {
  if (held_.empty()) {
    *line = Line();
    return ReadLine(line);
  }
  *line = std::move(held_.front());
  held_.pop_front();
  return true;
}

bool Reader::HoldLine(size_t at) {
  while (held_.size() <= at) {
    Line line;
    if (!ReadLine(&line)) return false;
    held_.push_back(std::move(line));
  }
  return true;
}

Reader::Found Reader::Parse(Line first, std::vector<std::string>* fields) {
  if (first.holds_zero) return Found::kZero;
  if (first.too_long) return Found::kTooLong;
  Splitter splitter(separator_, limits_, fields);
  Found found = splitter.Feed(first.text);
  size_t bytes = first.text.size();
  size_t lines = 0;
  while (found == Found::kOpenQuote && HoldLine(lines)) {
    const Line& line = held_[lines];
    bytes += line.text.size();
    if (line.holds_zero || line.too_long || bytes > limits_.max_record_bytes) break;
    if (width_ >= kLeastWidthToTell) {
      std::vector<std::string> alone;
      Splitter apart(separator_, limits_, &alone);
      const bool whole = apart.Feed(line.text) == Found::kRecord && !apart.has_stray_quotes();
      if (whole && alone.size() == width_) break;
    }
    found = splitter.Feed(line.text);
    ++lines;
  }
  // A quote that took in parts of other records leaves too many cells.
  if (found == Found::kRecord && lines > 0 && width_ > 0 && fields->size() > width_) {
    found = Found::kOpenQuote;
  }
  if (found == Found::kRecord)
    held_.erase(held_.begin(), held_.begin() + static_cast<std::ptrdiff_t>(lines));
  return found;
}

size_t Reader::Fits(size_t at) {
  if (held_[at].holds_zero || held_[at].too_long) return 0;
  std::vector<std::string> fields;
  Splitter splitter(separator_, limits_, &fields);
  const std::string text = held_[at].text;
  size_t bytes = text.size();
  Found found = splitter.Feed(text);
  while (found == Found::kOpenQuote && HoldLine(++at)) {
    bytes += held_[at].text.size();
    if (bytes > limits_.max_record_bytes) return 0;
    found = splitter.Feed(held_[at].text);
  }
  // A cell that was open before, and ends in this line.
  const bool goes_on = !text.starts_with('"') && fields.front().find('"') != std::string::npos;
  return found == Found::kRecord && !goes_on ? fields.size() : 0;
}

void Reader::SkipToNextThatFits() {
  while (HoldLine(0) && Fits(0) * 2 <= width_) held_.pop_front();
}

std::vector<std::string> Reader::Plain(std::string_view line) const {
  line = WithoutEnd(line);
  std::vector<std::string> fields;
  while (fields.size() < limits_.max_fields) {
    const size_t end = std::min(line.find(separator_), line.size());
    std::string field(line.substr(0, end));
    field.erase(std::remove(field.begin(), field.end(), '"'), field.end());
    fields.push_back(std::move(field));
    if (end == line.size()) break;
    line.remove_prefix(end + 1);
  }
  return fields;
}

// Whichever of comma, semicolon and tab stands most often outside quotes.
char Reader::SeparatorOf(std::string_view header) const {
  constexpr std::string_view kSeparators = ",;\t";
  size_t counts[kSeparators.size()] = {};
  bool quoted = false;
  for (const char c : header) {
    if (c == '"') quoted = !quoted;
    const size_t which = kSeparators.find(c);
    if (!quoted && which != std::string_view::npos) ++counts[which];
  }
  return kSeparators[static_cast<size_t>(std::max_element(counts, counts + 3) - counts)];
}

bool Reader::Read(Record* record) {
  if (!started_) ReadBeginning();
  record->fields.clear();
  record->fault = absl::OkStatus();
  Line line;
  bool blank = true;
  do {
    if (!TakeLine(&line)) {
      record_line_ = line_ + 1;
      return false;
    }
    record->line = record_line_ = line.number;
    blank = WithoutEnd(line.text).empty();
    if (width_ == 0 && separator_ == '\0') {
      separator_ = SaidSeparator(WithoutEnd(line.text));
      blank = blank || separator_ != '\0';
    }
  } while (blank && width_ == 0);
  if (blank) return true;
  if (separator_ == '\0') separator_ = SeparatorOf(line.text);
  const std::string text = line.text;
  const Found found = Parse(std::move(line), &record->fields);
  if (found != Found::kRecord) {
    const Message& message = found == Found::kOpenQuote        ? kOpenQuote
                             : found == Found::kTextAfterQuote ? kTextAfterQuote
                             : found == Found::kTooLong        ? kTooLong
                             : found == Found::kTooManyFields  ? kTooManyFields
                                                               : kZero;
    record->fault = Fault(message, record->line);
    record->fields = Plain(text);
    SkipToNextThatFits();
  }
  if (width_ == 0) width_ = record->fields.size();
  return true;
}

absl::StatusOr<bool> Reader::Next(std::vector<std::string>* fields) {
  if (!failed_.ok()) return failed_;
  Record record;
  do {
    if (!Read(&record)) return false;
  } while (record.fields.empty());
  if (!record.fault.ok()) return failed_ = record.fault;
  *fields = std::move(record.fields);
  return true;
}

std::string Quote(const std::string& field) {
  constexpr std::string_view kFormulas = "=+-@\t\r";
  const bool formula = !field.empty() && kFormulas.find(field[0]) != std::string_view::npos;
  const std::string text = formula ? "'" + field : field;
  if (text.find_first_of(",;\"\r\n\t") == std::string::npos) return text;
  std::string quoted = "\"";
  for (char c : text) {
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
