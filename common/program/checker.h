#ifndef TREMPLIN_COMMON_PROGRAM_CHECKER_H_
#define TREMPLIN_COMMON_PROGRAM_CHECKER_H_

#include <algorithm>
#include <initializer_list>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/program/facts.h"
#include "common/program/messages.h"
#include "common/status/error.h"
#include "common/text/text.h"
#include "google/protobuf/message.h"
#include "tremplin/program/v1/program.pb.h"

// What the checks of definitions and registries share. Within common/program only.
namespace tremplin::program::check {

// Gathers every fault instead of stopping at the first.
class Faults {
 public:
  void Add(std::string_view field, const messages::Message& message,
           std::initializer_list<std::string_view> args = {});

  // A whole number within the bounds.
  void Within(std::string_view field, int64_t value, int64_t least, int64_t most);
  // A finite number within the bounds.
  void Between(std::string_view field, double value, double least, double most);
  // As Within, or 0 for what is usual.
  void WithinOrUsual(std::string_view field, int64_t value, int64_t least, int64_t most);
  // One of the words; empty too where `may_be_empty`.
  void Word(std::string_view field, std::string_view word,
            std::initializer_list<std::string_view> words, bool may_be_empty = false);
  // A code [a-z0-9_.-]{1,64} that is not among those seen.
  void Code(std::string_view field, const std::string& code, std::set<std::string>* seen);
  // As many as `most`.
  void Count(std::string_view field, int count, int most);

  // Whether anything was found.
  bool empty() const { return violations_.empty(); }
  std::vector<status::FieldViolation> Take() { return std::move(violations_); }

 private:
  std::vector<status::FieldViolation> violations_;
};

// "[a-z][a-z0-9-]{0,63}".
bool IsId(std::string_view id);

template <class List, class Value>
bool Contains(const List& list, const Value& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

// Every text in both languages and not too long, every string readable, every choice one of the
// proto's, every fraction finite: whatever can be told without knowing what the field means.
void CheckForm(const google::protobuf::Message& message, const std::string& path, Faults& faults);

// The facts of a registry; of those at `first` and after, which belong to the definition of that id
// (empty: none do), the fields are "facts[i]" from 0.
void CheckFacts(const v1::FactRegistry& registry, int first, std::string_view own_id,
                Faults& faults);

// The criteria of a side, at `path` ("mentee", "formats[0].mentor"). `seen` holds the codes so far.
void CheckCriteria(const v1::Criteria& criteria, const Registry& registry, v1::Subject side,
                   const std::string& path, std::set<std::string>* seen, Faults& faults);

// The formats, with their policies and engagements.
void CheckFormats(const v1::ProgramDefinition& definition, const Registry& registry,
                  Faults& faults);
void CheckEngagement(const v1::ProgramDefinition& definition, const v1::Format& format,
                     const Registry& registry, const std::string& path, Faults& faults);
void CheckPolicy(const v1::Format& format, const Registry& registry, const std::string& path,
                 Faults& faults);

void CheckFollowUp(const v1::FollowUpPlan& plan, Faults& faults);

}  // namespace tremplin::program::check

#endif  // TREMPLIN_COMMON_PROGRAM_CHECKER_H_
