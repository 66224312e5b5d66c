#ifndef TREMPLIN_SERVICES_REFERRAL_DOMAIN_FILE_H_
#define TREMPLIN_SERVICES_REFERRAL_DOMAIN_FILE_H_

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "common/classification/classification.h"
#include "common/status/error.h"

// The file of a person as an agency sends it. Pure: no I/O, no clock, no protobuf.
namespace tremplin::referral {

// Names of the eight CLB/NCLC scores, in the order of File::scores.
inline constexpr std::array<std::string_view, 8> kScoreNames = {
    "en_listening", "en_speaking", "en_reading", "en_writing",
    "fr_listening", "fr_speaking", "fr_reading", "fr_writing"};

// Empty or nullopt: not given.
struct File {
  std::string given_name, family_name, birth_date, email, phone;
  std::string service_language, postal_code, immigration_status, landed_on, foreign_trained;
  std::string country_of_training, education, noc, career_goal, resume, job_search_workshop;
  std::string consent_to_share, referred_on;
  std::optional<int32_t> years_experience;
  std::array<std::optional<int32_t>, 8> scores;
};

// Every field without surrounding blanks; a blank field is not given.
File Trimmed(File file);

enum class Strictness {
  kSubmission,  // who the person is must be given
  kCheck,       // a check before referring needs no name
};

// What cannot be read in the file: one violation a field, by its column name ("birth_date"), in the
// order of the columns. `file` is trimmed. Values are never part of a violation.
std::vector<status::FieldViolation> Faults(const File& file,
                                           const classification::Classification& tables,
                                           Strictness strictness);

// Faults of the agency's own key.
std::optional<status::FieldViolation> ExternalIdFault(std::string_view external_id);

// What the criteria of a program may ask, by column name. Fields not given are absent. The same
// type as program::Facts.
using Facts = std::map<std::string, std::variant<std::string, int64_t>, std::less<>>;
Facts FactsOf(const File& file);

// One text for one content: fields in a fixed order, each with its length. Two files are the same
// content exactly when their canonical forms are equal.
std::string Canonical(const File& file);

// What the same person's file would share with this one, whatever the case, the accents and the
// script: "" when it cannot be told. To be hashed before it is stored.
std::string EmailKey(const File& file);
std::string PersonKey(const File& file);

}  // namespace tremplin::referral

#endif  // TREMPLIN_SERVICES_REFERRAL_DOMAIN_FILE_H_
