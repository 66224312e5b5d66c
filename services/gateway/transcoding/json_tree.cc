#include "services/gateway/transcoding/json_tree.h"

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/status/error.h"
#include "common/text/text.h"
#include "rapidjson/memorystream.h"
#include "rapidjson/reader.h"
#include "services/gateway/transcoding/json_reader.h"
#include "services/gateway/transcoding/messages.h"

namespace tremplin::gateway::transcoding {
namespace {

constexpr size_t kLongestName = 100;  // of what is said back

// Hands on what RapidJSON reads, as long as it is within bounds.
class Checked {
 public:
  explicit Checked(rapidjson::Document& document) : document_(document) {}

  const absl::Status& status() const { return status_; }

  // NOLINTBEGIN(readability-identifier-naming): RapidJSON's names.
  bool Null() { return document_.Null(); }
  bool Bool(bool yes) { return document_.Bool(yes); }
  bool Int(int number) { return document_.Int(number); }
  bool Uint(unsigned number) { return document_.Uint(number); }
  bool Int64(int64_t number) { return document_.Int64(number); }
  bool Uint64(uint64_t number) { return document_.Uint64(number); }
  bool Double(double number) { return document_.Double(number); }
  bool RawNumber(const char*, rapidjson::SizeType, bool) { return false; }  // not asked for
  bool String(const char* text, rapidjson::SizeType size, bool) {
    return document_.String(text, size, /*copy=*/true);
  }
  bool StartObject() { return Open() && document_.StartObject(); }
  bool Key(const char* text, rapidjson::SizeType size, bool) {
    if (!names_.back().emplace(text, size).second) {
      const std::string_view name(text, size);
      status_ = status::InvalidFields(
          {status::Violation(size > kLongestName ? "body" : name, kGivenTwice)});
      return false;
    }
    return document_.Key(text, size, /*copy=*/true);
  }
  bool EndObject(rapidjson::SizeType size) {
    names_.pop_back();
    return document_.EndObject(size);
  }
  bool StartArray() { return Open() && document_.StartArray(); }
  bool EndArray(rapidjson::SizeType size) {
    names_.pop_back();
    return document_.EndArray(size);
  }
  // NOLINTEND(readability-identifier-naming)

 private:
  bool Open() {
    if (names_.size() == static_cast<size_t>(kMaxDepth)) {
      status_ = status::Error(absl::StatusCode::kInvalidArgument, kTooDeep, {text::Cat(kMaxDepth)});
      return false;
    }
    names_.emplace_back();
    return true;
  }

  rapidjson::Document& document_;
  std::vector<std::set<std::string>> names_;  // of the objects that are open; none of a list
  absl::Status status_;
};

}  // namespace

absl::StatusOr<rapidjson::Document> ReadJsonTree(std::string_view json) {
  rapidjson::MemoryStream stream(json.data(), json.size());
  rapidjson::Reader reader;
  rapidjson::ParseResult result;
  rapidjson::Document document;
  absl::Status refused;
  const auto generate = [&](rapidjson::Document& into) {
    Checked checked(into);
    constexpr unsigned kFlags =
        rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag;
    result = reader.Parse<kFlags>(stream, checked);
    refused = checked.status();
    return !result.IsError();
  };
  document.Populate(generate);
  if (!refused.ok()) return refused;
  // RapidJSON takes NUL for the end.
  const size_t nul = json.find('\0');
  if (result.IsError() || nul != std::string_view::npos) {
    const size_t at = result.IsError() ? result.Offset() : nul;
    return status::Error(absl::StatusCode::kInvalidArgument, kBodyMalformed, {text::Cat(at)});
  }
  return document;
}

}  // namespace tremplin::gateway::transcoding
