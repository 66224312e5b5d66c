#ifndef TREMPLIN_SERVICES_REGISTRATION_APP_CHECKS_H_
#define TREMPLIN_SERVICES_REGISTRATION_APP_CHECKS_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/classification/classification.h"
#include "common/status/error.h"
#include "google/protobuf/repeated_ptr_field.h"
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
// x@y.z without spaces, at most 254 bytes.
bool IsEmail(std::string_view text);
// The first three characters of a Canadian postal code.
bool IsFsa(std::string_view text);

using Texts = google::protobuf::RepeatedPtrField<std::string>;
void CheckSlots(Faults& faults, std::string_view field, const Texts& slots);

// What somebody seeks or offers, and what they volunteer: codes of classification/vocabulary.h.
// Nothing is volunteered without consent; wishes are a mentee's, attributes a mentor's.
void CheckGoals(Faults& faults, std::string_view field, const Texts& goals);
void CheckPreferences(Faults& faults, std::string_view field, const v1::Preferences& preferences,
                      v1::EnrolmentRole role);

// A person as given at entry; a mentee's birth date is required. `today` is business time.
void CheckPerson(Faults& faults, const v1::Person& person, v1::EnrolmentRole role,
                 absl::Time today);
void CheckProfile(Faults& faults, const v1::Profile& profile, v1::EnrolmentRole role,
                  const classification::Classification& classification);
void CheckOrganization(Faults& faults, const v1::Organization& organization);

}  // namespace tremplin::registration

#endif  // TREMPLIN_SERVICES_REGISTRATION_APP_CHECKS_H_
