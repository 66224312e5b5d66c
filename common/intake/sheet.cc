#include "common/intake/sheet.h"

#include <algorithm>
#include <fstream>
#include <streambuf>
#include <utility>

#include "absl/strings/str_join.h"
#include "common/intake/messages.h"
#include "common/person/normal.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"

namespace tremplin::intake {

// A source as a stream; keeps one piece. What it is written in is told from what went through.
class Sheet::Pieces final : public std::streambuf {
 public:
  explicit Pieces(Source source) : source_(std::move(source)) {}

  const absl::Status& status() const { return status_; }
  csv::Encoding encoding() const {
    return by_beginning_ != csv::Encoding::kUtf8 ? by_beginning_ : recognizer_.SoFar();
  }

  // Reads as much as the beginning tells by.
  void Begin() {
    constexpr size_t kTelling = 4;
    while (piece_.size() < kTelling && !ended_) piece_ += Pull();
    by_beginning_ = csv::ByBeginning(piece_);
    Offer();
  }

 protected:
  int_type underflow() override {
    if (gptr() == egptr()) {
      if (ended_) return traits_type::eof();
      piece_ = Pull();
      Offer();
    }
    return gptr() == egptr() ? traits_type::eof() : traits_type::to_int_type(*gptr());
  }

  // What is there goes on at once, so that a file that comes slowly is read as it comes.
  std::streamsize xsgetn(char* to, std::streamsize count) override {
    if (traits_type::eq_int_type(underflow(), traits_type::eof())) return 0;
    const std::streamsize some = std::min<std::streamsize>(count, egptr() - gptr());
    std::copy_n(gptr(), some, to);
    gbump(static_cast<int>(some));
    return some;
  }

 private:
  std::string Pull() {
    absl::StatusOr<std::string> piece = source_();
    if (piece.ok() && !piece->empty()) return *std::move(piece);
    ended_ = true;
    status_ = piece.status();
    return "";
  }

  void Offer() {
    setg(piece_.data(), piece_.data(), piece_.data() + piece_.size());
    if (by_beginning_ == csv::Encoding::kUtf8) recognizer_.Take(piece_);
    if (ended_) recognizer_.Result();  // the last line needs no end
  }

  const Source source_;
  std::string piece_;
  csv::Encoding by_beginning_ = csv::Encoding::kUtf8;
  csv::Recognizer recognizer_;
  absl::Status status_;
  bool ended_ = false;
};

Sheet::Sheet() = default;
Sheet::~Sheet() = default;

absl::StatusOr<std::unique_ptr<Sheet>> Sheet::Open(const std::string& path,
                                                   const std::vector<std::string>& columns,
                                                   const std::vector<std::string>& optional) {
  return Open(path, columns, [&](const std::string& header) {
    const auto listed = [&header](const std::vector<std::string>& names) {
      return std::find(names.begin(), names.end(), header) != names.end();
    };
    return listed(columns) || listed(optional) ? header : std::string();
  });
}

absl::StatusOr<std::unique_ptr<Sheet>> Sheet::Open(const std::string& path,
                                                   const std::vector<std::string>& required,
                                                   const Naming& naming, const std::string& name) {
  std::unique_ptr<Sheet> sheet(new Sheet);
  sheet->name_ = name.empty() ? path : name;
  sheet->in_ = std::make_unique<std::ifstream>(path, std::ios::binary | std::ios::ate);
  if (!*sheet->in_) {
    return status::Error(absl::StatusCode::kInvalidArgument, kFileMissing, {sheet->name_});
  }
  sheet->size_ = sheet->in_->tellg();
  sheet->in_->seekg(0);
  TREMPLIN_RETURN_IF_ERROR(sheet->Refused(csv::Recognize(*sheet->in_)));
  sheet->reader_ = std::make_unique<csv::Reader>(*sheet->in_);
  TREMPLIN_RETURN_IF_ERROR(sheet->TakeHeader(required, naming));
  return sheet;
}

absl::StatusOr<std::unique_ptr<Sheet>> Sheet::Open(Source source, const std::string& name,
                                                   const std::vector<std::string>& required,
                                                   const Naming& naming) {
  std::unique_ptr<Sheet> sheet(new Sheet);
  sheet->name_ = name;
  sheet->pieces_ = std::make_unique<Pieces>(std::move(source));
  sheet->pieces_->Begin();
  TREMPLIN_RETURN_IF_ERROR(sheet->Trouble());
  sheet->in_ = std::make_unique<std::istream>(sheet->pieces_.get());
  sheet->reader_ = std::make_unique<csv::Reader>(*sheet->in_);
  const absl::Status taken = sheet->TakeHeader(required, naming);
  TREMPLIN_RETURN_IF_ERROR(sheet->Trouble());
  TREMPLIN_RETURN_IF_ERROR(taken);
  return sheet;
}

absl::Status Sheet::Refused(csv::Encoding encoding) const {
  const auto refused = [this](const messages::Message& message) {
    return status::Error(absl::StatusCode::kInvalidArgument, message, {name_});
  };
  switch (encoding) {
    case csv::Encoding::kMacintosh:
      return refused(kFileOfMacintosh);
    case csv::Encoding::kMsDos:
      return refused(kFileOfMsDos);
    case csv::Encoding::kWorkbook:
      return refused(kFileIsWorkbook);
    case csv::Encoding::kUtf8:
    case csv::Encoding::kUtf16Little:
    case csv::Encoding::kUtf16Big:
    case csv::Encoding::kWindows1252:
      break;
  }
  return absl::OkStatus();
}

absl::Status Sheet::Trouble() const {
  if (pieces_ == nullptr) return absl::OkStatus();
  TREMPLIN_RETURN_IF_ERROR(pieces_->status());
  return Refused(pieces_->encoding());
}

absl::Status Sheet::TakeHeader(const std::vector<std::string>& required, const Naming& naming) {
  if (!reader_->Read(&record_)) {
    return status::Error(absl::StatusCode::kInvalidArgument, kFileEmpty, {name_});
  }
  TREMPLIN_RETURN_IF_ERROR(record_.fault);
  std::vector<std::string> unknown;
  std::vector<std::string> missing;
  for (size_t i = 0; i < record_.fields.size(); ++i) {
    const std::string header = person::Line(record_.fields[i]);
    const std::string name = naming(header);
    if (name.empty() || !columns_.emplace(name, i).second) {
      unknown.push_back(header);
    } else {
      names_.push_back(name);
    }
  }
  for (const std::string& name : required) {
    if (columns_.count(name) == 0) missing.push_back(name);
  }
  width_ = record_.fields.size();
  if (unknown.empty() && missing.empty()) return absl::OkStatus();
  const auto list = [](const std::vector<std::string>& names) {
    return names.empty() ? std::string("–") : absl::StrJoin(names, ", ");
  };
  return status::Error(absl::StatusCode::kInvalidArgument, kColumnsWrong,
                       {name_, list(unknown), list(missing)});
}

bool Sheet::Next() {
  const auto has_content = [](const std::string& cell) { return !person::Line(cell).empty(); };
  do {
    if (!reader_->Read(&record_)) return false;
    ++row_;
  } while (std::none_of(record_.fields.begin(), record_.fields.end(), has_content));
  const size_t cells = record_.fields.size();
  if (record_.fault.ok() && cells > width_) {
    record_.fault = status::Error(absl::StatusCode::kInvalidArgument, kRowTooLong,
                                  {text::Cat(line()), text::Cat(cells), text::Cat(width_)});
  }
  record_.fields.resize(width_);
  return true;
}

const std::string& Sheet::operator[](std::string_view column) const {
  static const std::string& empty = *new std::string;
  const auto found = columns_.find(column);
  return found == columns_.end() ? empty : record_.fields[found->second];
}

int64_t Sheet::position() {
  const auto at = pieces_ != nullptr ? std::istream::pos_type(0) : in_->tellg();
  return at < 0 ? size_ : static_cast<int64_t>(at);
}

}  // namespace tremplin::intake
