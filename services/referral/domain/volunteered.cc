#include "services/referral/domain/volunteered.h"

#include <algorithm>
#include <set>
#include <string_view>

#include "common/classification/vocabulary.h"
#include "common/text/text.h"
#include "services/referral/messages.h"

namespace tremplin::referral {
namespace {

using Codes = std::vector<std::string>;
using Violations = std::vector<status::FieldViolation>;

constexpr size_t kMostCodes = 32;

std::string At(std::string_view list, size_t index) {
  return text::Cat("volunteered.", list, "[", index, "]");
}

void CheckCodes(std::string_view field, const Codes& codes, Violations* violations) {
  if (codes.size() > kMostCodes) {
    violations->push_back(status::Violation(text::Cat("volunteered.", field), kTooManyCodes,
                                            {std::to_string(kMostCodes)}));
    return;
  }
  std::set<std::string_view> seen;
  for (size_t i = 0; i < codes.size(); ++i) {
    if (classification::FindTrait(codes[i]) == nullptr) {
      violations->push_back(status::Violation(At(field, i), kTraitUnknown));
    } else if (!seen.insert(codes[i]).second) {
      violations->push_back(status::Violation(At(field, i), kGivenTwice));
    }
  }
}

}  // namespace

bool IsEmpty(const Volunteered& volunteered) {
  return !volunteered.consent && volunteered.wishes.empty() && volunteered.required.empty() &&
         volunteered.attributes.empty();
}

std::vector<status::FieldViolation> Faults(const Volunteered& volunteered, Side side) {
  Violations violations;
  const Codes& wishes = volunteered.wishes;
  CheckCodes("wishes", wishes, &violations);
  CheckCodes("required", volunteered.required, &violations);
  CheckCodes("attributes", volunteered.attributes, &violations);
  for (size_t i = 0; i < volunteered.required.size() && i < kMostCodes; ++i) {
    if (std::find(wishes.begin(), wishes.end(), volunteered.required[i]) == wishes.end()) {
      violations.push_back(status::Violation(At("required", i), kNotWished));
    }
  }
  const bool mentor = side == Side::SUBJECT_MENTOR;
  if (mentor && !wishes.empty()) {
    violations.push_back(status::Violation("volunteered.wishes", kNotOfThisSide));
  }
  if (!mentor && !volunteered.attributes.empty()) {
    violations.push_back(status::Violation("volunteered.attributes", kNotOfThisSide));
  }
  if ((!wishes.empty() || !volunteered.attributes.empty()) && !volunteered.consent) {
    violations.push_back(status::Violation("volunteered.consent", kVolunteeredConsent));
  }
  return violations;
}

}  // namespace tremplin::referral
