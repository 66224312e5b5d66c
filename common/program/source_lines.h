#ifndef TREMPLIN_COMMON_PROGRAM_SOURCE_LINES_H_
#define TREMPLIN_COMMON_PROGRAM_SOURCE_LINES_H_

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "google/protobuf/text_format.h"

// Where the fields of a textproto stand, so that a violation can be told by its line.
namespace tremplin::program {

class SourceLines {
 public:
  // Reads `textproto` into `message`. INVALID_ARGUMENT with line and column of the first fault.
  static absl::StatusOr<SourceLines> Read(const std::string& textproto,
                                          google::protobuf::Message* message);

  // The line, from 1, of the field at the path ("mentee.criteria[1].code"), or of the innermost
  // field around it that the text gives; 0 when it gives none.
  int LineOf(std::string_view path) const;

 private:
  const google::protobuf::Descriptor* type_ = nullptr;
  std::shared_ptr<const google::protobuf::TextFormat::ParseInfoTree> tree_;
};

}  // namespace tremplin::program

#endif  // TREMPLIN_COMMON_PROGRAM_SOURCE_LINES_H_
