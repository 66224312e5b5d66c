#include <string>
#include <utility>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/program/checker.h"
#include "common/program/criteria.h"
#include "google/protobuf/io/tokenizer.h"
#include "google/protobuf/text_format.h"

namespace tremplin::program {
namespace {

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

template <class Message>
absl::StatusOr<Message> Parse(const std::string& textproto) {
  FirstFault fault;
  google::protobuf::TextFormat::Parser parser;
  parser.RecordErrorsTo(&fault);
  Message message;
  if (!parser.ParseFromString(textproto, &message)) return fault.status();
  return message;
}

}  // namespace

absl::Status Validate(const v1::ProgramDefinition& definition, const v1::FactRegistry& base) {
  check::Faults faults;
  check::CheckForm(definition, "", faults);
  v1::FactRegistry registry = base;
  registry.mutable_facts()->MergeFrom(definition.facts());
  check::CheckFacts(registry, base.facts_size(), definition.id(), faults);
  if (faults.empty()) return absl::OkStatus();
  return status::InvalidFields(faults.Take());
}

v1::ProgramDefinition Bound(v1::ProgramDefinition definition, const v1::FactRegistry& base) {
  v1::FactRegistry registry = base;
  registry.mutable_facts()->MergeFrom(definition.facts());
  *definition.mutable_registry() = std::move(registry);
  return definition;
}

absl::StatusOr<v1::ProgramDefinition> ParseDefinition(const std::string& textproto) {
  return Parse<v1::ProgramDefinition>(textproto);
}

absl::StatusOr<v1::FactRegistry> ParseRegistry(const std::string& textproto) {
  return Parse<v1::FactRegistry>(textproto);
}

}  // namespace tremplin::program
