#include "common/program/source_lines.h"

#include <algorithm>

#include "common/program/messages.h"
#include "common/status/error.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/io/tokenizer.h"

namespace tremplin::program {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::TextFormat;

class FirstFault final : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int line, google::protobuf::io::ColumnNumber column,
                const std::string& message) override {
    if (!message_.empty()) return;
    line_ = line + 1;
    column_ = column + 1;
    message_ = message;
  }
  absl::Status status() const {
    return status::Error(absl::StatusCode::kInvalidArgument, kDefinitionUnreadable,
                         {std::to_string(line_), std::to_string(column_), message_});
  }

 private:
  int line_ = 0;
  int column_ = 0;
  std::string message_;
};

struct Part {
  std::string name;
  int index = -1;
};

// The first part of the path, which loses it.
Part TakePart(std::string_view* path) {
  const size_t end = std::min(path->find('.'), path->size());
  const std::string_view text = path->substr(0, end);
  path->remove_prefix(std::min(end + 1, path->size()));
  const size_t bracket = text.find('[');
  if (bracket == std::string_view::npos) return {std::string(text), -1};
  int index = 0;
  for (const char c : text.substr(bracket + 1)) {
    if (c >= '0' && c <= '9') index = index * 10 + (c - '0');
  }
  return {std::string(text.substr(0, bracket)), index};
}

}  // namespace

absl::StatusOr<SourceLines> SourceLines::Read(const std::string& textproto,
                                              google::protobuf::Message* message) {
  FirstFault fault;
  auto tree = std::make_shared<TextFormat::ParseInfoTree>();
  TextFormat::Parser parser;
  parser.RecordErrorsTo(&fault);
  parser.WriteLocationsTo(tree.get());
  if (!parser.ParseFromString(textproto, message)) return fault.status();
  SourceLines lines;
  lines.type_ = message->GetDescriptor();
  lines.tree_ = std::move(tree);
  return lines;
}

int SourceLines::LineOf(std::string_view path) const {
  const Descriptor* type = type_;
  const TextFormat::ParseInfoTree* tree = tree_.get();
  int line = 0;
  while (type != nullptr && tree != nullptr && !path.empty()) {
    const Part part = TakePart(&path);
    const FieldDescriptor* field = type->FindFieldByName(part.name);
    if (field == nullptr) break;
    const int index = field->is_repeated() ? std::max(part.index, 0) : -1;
    const TextFormat::ParseLocation found = tree->GetLocation(field, index);
    if (found.line >= 0) line = found.line + 1;
    type = field->message_type();
    tree = type == nullptr ? nullptr : tree->GetTreeForNested(field, index);
  }
  return line;
}

}  // namespace tremplin::program
