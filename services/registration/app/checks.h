#ifndef TREMPLIN_SERVICES_REGISTRATION_APP_CHECKS_H_
#define TREMPLIN_SERVICES_REGISTRATION_APP_CHECKS_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "common/status/error.h"
#include "services/registration/domain/enrolment.h"
#include "tremplin/registration/v1/registration.pb.h"

// Checks of fields: every fault of a request is found, not only the first.
namespace tremplin::registration {

// Gathers the faults of a request.
class Faults {
 public:
  void Add(std::string_view field, const messages::Message& message,
           std::initializer_list<std::string_view> args = {}) {
    faults_.push_back(status::Violation(field, message, args));
  }
  // Text that must be there, of at most `most` bytes of UTF-8, without control characters (a zero
  // byte among them, which no column takes).
  void Require(std::string_view field, std::string_view text, size_t most);
  void Limit(std::string_view field, std::string_view text, size_t most);
  void Range(std::string_view field, int64_t value, int64_t least, int64_t most);
  void Add(status::FieldViolation violation) { faults_.push_back(std::move(violation)); }
  // Adds the violations of a status made by InvalidFields, such as a malformed resource name.
  void Take(const absl::Status& status);

  bool empty() const { return faults_.empty(); }
  // OK, or INVALID_ARGUMENT with every fault.
  absl::Status ToStatus() const {
    return faults_.empty() ? absl::OkStatus() : status::InvalidFields(faults_);
  }

 private:
  std::vector<status::FieldViolation> faults_;
};

// 1–63 lower-case letters, digits and hyphens.
bool IsSlug(std::string_view text);
// The first three characters of a Canadian postal code.
bool IsFsa(std::string_view text);

// What somebody volunteers, in codes of classification/vocabulary.h. Nothing is volunteered without
// consent; wishes are a mentee's, attributes a mentor's.
void CheckPreferences(Faults& faults, std::string_view field, const v1::Preferences& preferences,
                      domain::Role role);

void CheckOrganization(Faults& faults, const v1::Organization& organization);

}  // namespace tremplin::registration

#endif  // TREMPLIN_SERVICES_REGISTRATION_APP_CHECKS_H_
