#ifndef TREMPLIN_SERVICES_REFERRAL_DOMAIN_VERDICT_H_
#define TREMPLIN_SERVICES_REFERRAL_DOMAIN_VERDICT_H_

#include <string>
#include <string_view>
#include <vector>

#include "common/program/format.h"

// From the findings of the criteria to the verdict of a file, for each format and as a whole. Pure.
namespace tremplin::referral {

enum class Result { kPass, kFail, kMissing, kExempted };

struct Finding {
  std::string code;
  Result result = Result::kMissing;
  // For what is exempted: the coded reason, and the last day on which it counts ("YYYY-MM-DD"; "":
  // it holds).
  std::string exemption = {};
  std::string exempted_until = {};
  friend bool operator==(const Finding&, const Finding&) = default;
};

// In growing order: a later one is better.
enum class Verdict { kInvalid, kIneligible, kIncomplete, kEligible };

// "eligible", as events and columns say it.
std::string_view NameOf(Verdict verdict);

// What one format asks: codes of its criteria.
using Asked = program::SideCriteria::OfFormat;

struct FormatVerdict {
  std::string format;
  Verdict verdict = Verdict::kIneligible;
  // Codes of every failed criterion; when none failed, of those whose evidence is missing.
  std::vector<std::string> reasons;
};

struct Assessment {
  // That of the best format.
  Verdict verdict = Verdict::kIneligible;
  // Those of the formats that have this verdict, in the order of the findings.
  std::vector<std::string> reasons;
  // What these formats ask and is neither met nor exempted, failed or missing.
  std::vector<std::string> unmet;
  std::vector<FormatVerdict> formats;  // in the order asked

  // Formats for which everything is met or exempted.
  std::vector<std::string> Met() const;
};

// Ineligible when a criterion fails, else incomplete when evidence is missing, else eligible;
// exempted criteria count as passed. What is asked and has no finding is missing. Without formats,
// every finding is asked.
Assessment Assess(const std::vector<Finding>& findings, const std::vector<Asked>& formats);

// In a later judgement, as of `day` ("YYYY-MM-DD"): exempts again from what still does not pass, as
// far as the exemption still counts.
void KeepExemptions(const std::vector<Finding>& before, std::string_view day,
                    std::vector<Finding>* findings);

}  // namespace tremplin::referral

#endif  // TREMPLIN_SERVICES_REFERRAL_DOMAIN_VERDICT_H_
