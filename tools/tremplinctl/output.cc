#include "tools/tremplinctl/output.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "common/status/error.h"
#include "google/protobuf/util/json_util.h"

namespace tremplin::ctl {
namespace {

constexpr int kBarWidth = 30;

size_t Width(const std::string& text) {
  size_t width = 0;
  for (const char c : text) {
    if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) ++width;
  }
  return width;
}

int ExitCode(absl::StatusCode code) {
  if (code == absl::StatusCode::kInvalidArgument) return 2;
  if (code == absl::StatusCode::kUnavailable || code == absl::StatusCode::kDeadlineExceeded) {
    return 3;
  }
  if (code == absl::StatusCode::kUnauthenticated || code == absl::StatusCode::kPermissionDenied) {
    return 4;
  }
  return 1;
}

}  // namespace

std::string Text(Language language, const messages::Message& message,
                 std::initializer_list<std::string_view> args) {
  return status::Fill(language == Language::kFrench ? message.fr() : message.en(),
                      absl::MakeConstSpan(args.begin(), args.size()));
}

void Say(Language language, const messages::Message& message,
         std::initializer_list<std::string_view> args) {
  std::printf("%s\n", Text(language, message, args).c_str());
}

void Warn(Language language, const messages::Message& message,
          std::initializer_list<std::string_view> args) {
  std::fflush(stdout);
  std::fprintf(stderr, "%s\n", Text(language, message, args).c_str());
}

int Tell(Language language, const absl::Status& status) {
  const bool french = language == Language::kFrench;
  const status::ErrorDetail detail = status::DetailOf(status);
  const std::string& sentence = french ? detail.fr : detail.en;
  std::fprintf(stderr, "tremplinctl: %s\n",
               sentence.empty() ? std::string(status.message()).c_str() : sentence.c_str());
  for (const status::FieldViolation& violation : detail.violations) {
    std::fprintf(stderr, "  %s: %s\n", violation.field.c_str(),
                 (french ? violation.fr : violation.en).c_str());
  }
  return ExitCode(status.code());
}

std::string ToJson(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  options.always_print_primitive_fields = true;
  options.preserve_proto_field_names = true;
  std::string json;
  (void)google::protobuf::util::MessageToJsonString(message, &json, options);
  return json;
}

void PrintJson(const google::protobuf::Message& message) {
  std::fputs(ToJson(message).c_str(), stdout);
}

void Table::Print(const std::vector<bool>& left) const {
  std::vector<size_t> widths;
  for (const std::vector<std::string>& row : rows_) {
    widths.resize(std::max(widths.size(), row.size()), 0);
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], Width(row[i]));
  }
  for (const std::vector<std::string>& row : rows_) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) {
      const std::string padding(widths[i] - Width(row[i]), ' ');
      const bool to_left = i == 0 || (i < left.size() && left[i]);
      if (i > 0) line += "  ";
      line += to_left ? row[i] + padding : padding + row[i];
    }
    line.erase(line.find_last_not_of(' ') + 1);
    std::printf("%s\n", line.c_str());
  }
}

Progress::Progress(Language language, const messages::Message& title, bool quiet)
    : title_(Text(language, title)), shown_(!quiet && isatty(STDERR_FILENO) == 1) {}

Progress::~Progress() {
  if (began_) std::fputc('\n', stderr);
}

void Progress::Show(int64_t done, int64_t total, std::string_view note) {
  if (!shown_) return;
  const int64_t percent = total > 0 ? std::min<int64_t>(100, done * 100 / total) : done;
  if (percent == last_percent_ && note == last_note_) return;
  last_percent_ = percent;
  last_note_ = note;
  began_ = true;
  if (total <= 0) {
    std::fprintf(stderr, "\r%s %lld %s\033[K", title_.c_str(), static_cast<long long>(done),
                 last_note_.c_str());
    return;
  }
  const auto filled = static_cast<size_t>(percent * kBarWidth / 100);
  std::fprintf(stderr, "\r%s [%s%s] %3lld %% %s\033[K", title_.c_str(),
               std::string(filled, '#').c_str(), std::string(kBarWidth - filled, '.').c_str(),
               static_cast<long long>(percent), last_note_.c_str());
}

}  // namespace tremplin::ctl
