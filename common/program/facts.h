#ifndef TREMPLIN_COMMON_PROGRAM_FACTS_H_
#define TREMPLIN_COMMON_PROGRAM_FACTS_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "common/classification/classification.h"
#include "common/person/day.h"
#include "common/status/error.h"
#include "google/protobuf/repeated_field.h"
#include "tremplin/program/v1/facts.pb.h"
#include "tremplin/program/v1/text.pb.h"

// Facts as data: what can be known of a person, by the registry that a definition is bound to
// (design §6). Pure.
namespace tremplin::program {

using Codes = std::vector<std::string>;
// A code, a day ("YYYY-MM-DD") or a text; a whole number; codes. Yes and no are the codes "yes" and
// "no".
using Fact = std::variant<std::string, int64_t, Codes>;
// What is known at the day of a decision, by name. A fact that was not given is absent.
using Facts = std::map<std::string, Fact, std::less<>>;
using GivenFacts = google::protobuf::RepeatedPtrField<v1::GivenFact>;

// A registry that passed ValidateRegistry, with its facts found by name, header and use. Immutable,
// so thread-safe; cheap to copy.
class Registry {
 public:
  Registry() = default;  // knows no fact
  explicit Registry(v1::FactRegistry registry);

  // The fact of that name; nullptr when there is none. Lives as long as any copy of the registry,
  // as what follows.
  const v1::Fact* Find(std::string_view name) const;
  // The fact that an office writes so above a column about the subject (or about anybody when it is
  // UNSPECIFIED), in either language: its name or one of its headers, compared without case,
  // accents, blanks and punctuation.
  const v1::Fact* FindHeader(std::string_view header,
                             v1::Subject about = v1::SUBJECT_UNSPECIFIED) const;
  // The fact that matching uses so about the subject; nullptr when there is none.
  const v1::Fact* WithUse(v1::MatchingUse use, v1::Subject about) const;
  // In the order of the registry.
  const google::protobuf::RepeatedPtrField<v1::Fact>& facts() const;
  // Those that are derived.
  const std::vector<const v1::Fact*>& derived() const;

 private:
  struct Index;
  std::shared_ptr<const Index> index_;
};

// A header as it is compared: letters and digits, decomposed, without marks, in small letters.
std::string HeaderKey(std::string_view header);

// INVALID_ARGUMENT with a violation for every fault: a name, code or bound outside its range, a
// text missing in either language, doubled names or codes, a header of two facts about one subject,
// a type missing, a table unknown, a derivation from what is no day, two facts of one use about one
// subject, a personal fact that matching sees with any use but AREA.
absl::Status ValidateRegistry(const v1::FactRegistry& registry);

// Reads a registry kept as textproto. INVALID_ARGUMENT with line and column of the first fault.
absl::StatusOr<v1::FactRegistry> ParseRegistry(const std::string& textproto);

// A given fact as it is meant: each value trimmed; numbers without a fraction of zeros ("7.0"),
// postal codes and areas in capitals without blanks (of a postal code given as an area, its area),
// codes of `codes` sorted and each once; empty values gone.
v1::GivenFact Normal(const v1::GivenFact& given, const v1::Fact& fact);

// What a cell of a table says of the fact, normal: the codes of `codes` stand between blanks,
// commas or semicolons.
v1::GivenFact FromCell(const v1::Fact& fact, std::string_view cell);

// What is wrong with a normal given fact, if anything: its name as the field, a sentence in both
// languages that says the form wanted, never the value. After `today` lie only days that may.
std::optional<status::FieldViolation> FaultOf(const v1::GivenFact& given, const v1::Fact& fact,
                                              const classification::Classification& tables,
                                              absl::CivilDay today = absl::CivilDay(9999, 12, 31));

using person::Later;
using person::ParseDay;

// Of `given`, normal and without faults: typed, with derived facts counted at `day`, without those
// whose attestation no longer holds then and without days to come that may not. Of a name given
// twice, the last. `birth_date` is the person's, "" when not given.
Facts Known(const Registry& registry, const GivenFacts& given, std::string_view birth_date,
            absl::CivilDay day);

// One text for one content: by name, each part with its length; what is not given leaves no trace,
// so that a new fact changes no stored digest.
std::string Canonical(const GivenFacts& given);

// Of `given`, what matching may see, by the registry: names and values, without who attested them.
// A fact of use AREA is its forward sortation area.
GivenFacts SeenByMatching(const Registry& registry, const GivenFacts& given);

// The values given of that name; empty when it was not given.
std::vector<std::string> ValuesOf(const GivenFacts& given, std::string_view name);
// The values given of the fact that matching uses so about the subject.
std::vector<std::string> ValuesOf(const Registry& registry, const GivenFacts& given,
                                  v1::MatchingUse use, v1::Subject about);

}  // namespace tremplin::program

#endif  // TREMPLIN_COMMON_PROGRAM_FACTS_H_
