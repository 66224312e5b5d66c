#ifndef TREMPLIN_TOOLS_TREMPLINCTL_OUTPUT_H_
#define TREMPLIN_TOOLS_TREMPLINCTL_OUTPUT_H_

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "common/messages/message.h"
#include "google/protobuf/message.h"

namespace tremplin::ctl {

using messages::Language;

// The sentence in the language of --language, placeholders filled.
std::string Text(Language language, const messages::Message& message,
                 std::initializer_list<std::string_view> args = {});

// A line on standard output, or on standard error.
void Say(Language language, const messages::Message& message,
         std::initializer_list<std::string_view> args = {});
void Warn(Language language, const messages::Message& message,
          std::initializer_list<std::string_view> args = {});

// Tells an error on standard error, with its field violations, and returns the exit code: 1 failed
// or refused, 2 wrong use (arguments, files), 3 not reachable or not in time, 4 not allowed.
int Tell(Language language, const absl::Status& status);

// proto field names, every field, indented.
std::string ToJson(const google::protobuf::Message& message);
void PrintJson(const google::protobuf::Message& message);

// Columns padded to their widest cell, by code points.
class Table {
 public:
  explicit Table(std::vector<std::string> header) { Row(std::move(header)); }
  void Row(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  // The first column to the left, the others as `left` says (default: to the right).
  void Print(const std::vector<bool>& left = {}) const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

// A bar on a terminal, nothing elsewhere. Used from one thread.
class Progress {
 public:
  Progress(Language language, const messages::Message& title, bool quiet);
  ~Progress();
  // `total` 0: unknown, the count alone is shown. `note` is set behind it.
  void Show(int64_t done, int64_t total, std::string_view note);

 private:
  std::string title_;
  bool shown_;
  bool began_ = false;
  int64_t last_percent_ = -1;
  std::string last_note_;
};

}  // namespace tremplin::ctl

#endif  // TREMPLIN_TOOLS_TREMPLINCTL_OUTPUT_H_
