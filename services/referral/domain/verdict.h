#ifndef TREMPLIN_SERVICES_REFERRAL_DOMAIN_VERDICT_H_
#define TREMPLIN_SERVICES_REFERRAL_DOMAIN_VERDICT_H_

#include <string>
#include <string_view>
#include <vector>

// From the findings of the criteria to the verdict of a file. Pure.
namespace tremplin::referral {

enum class Result { kPass, kFail, kMissing, kExempted };

struct Finding {
  std::string code;
  Result result = Result::kMissing;
  friend bool operator==(const Finding&, const Finding&) = default;
};

enum class Verdict { kInvalid, kIneligible, kIncomplete, kEligible };

// "eligible", as events and columns say it.
std::string_view NameOf(Verdict verdict);

// Ineligible when a criterion fails, else incomplete when evidence is missing, else eligible.
// Exempted criteria count as passed.
Verdict VerdictOf(const std::vector<Finding>& findings);

// Codes of every failed criterion; when none failed, of those whose evidence is missing. In the
// order of the findings.
std::vector<std::string> ReasonsOf(const std::vector<Finding>& findings);

// Codes that neither pass nor are exempted.
std::vector<std::string> UnmetOf(const std::vector<Finding>& findings);

// Findings as one column holds them ("residence=fail resume=pass"), and back. What is not of that
// form is left out.
std::string Pack(const std::vector<Finding>& findings);
std::vector<Finding> Unpack(std::string_view text);

}  // namespace tremplin::referral

#endif  // TREMPLIN_SERVICES_REFERRAL_DOMAIN_VERDICT_H_
