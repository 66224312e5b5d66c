#include "services/referral/domain/verdict.h"

#include <algorithm>
#include <array>
#include <utility>

namespace tremplin::referral {
namespace {

constexpr std::array<std::pair<Result, std::string_view>, 4> kResults = {{
    {Result::kPass, "pass"},
    {Result::kFail, "fail"},
    {Result::kMissing, "missing"},
    {Result::kExempted, "exempted"},
}};

std::vector<std::string> CodesOf(const std::vector<Finding>& findings, Result result) {
  std::vector<std::string> codes;
  for (const Finding& finding : findings) {
    if (finding.result == result) codes.push_back(finding.code);
  }
  return codes;
}

bool Has(const std::vector<Finding>& findings, Result result) {
  return std::any_of(findings.begin(), findings.end(),
                     [&](const Finding& finding) { return finding.result == result; });
}

}  // namespace

std::string_view NameOf(Verdict verdict) {
  switch (verdict) {
    case Verdict::kInvalid:
      return "invalid";
    case Verdict::kIneligible:
      return "ineligible";
    case Verdict::kIncomplete:
      return "incomplete";
    case Verdict::kEligible:
      return "eligible";
  }
  return "";
}

Verdict VerdictOf(const std::vector<Finding>& findings) {
  if (Has(findings, Result::kFail)) return Verdict::kIneligible;
  if (Has(findings, Result::kMissing)) return Verdict::kIncomplete;
  return Verdict::kEligible;
}

std::vector<std::string> ReasonsOf(const std::vector<Finding>& findings) {
  std::vector<std::string> failed = CodesOf(findings, Result::kFail);
  return failed.empty() ? CodesOf(findings, Result::kMissing) : failed;
}

std::vector<std::string> UnmetOf(const std::vector<Finding>& findings) {
  std::vector<std::string> unmet;
  for (const Finding& finding : findings) {
    if (finding.result == Result::kFail || finding.result == Result::kMissing) {
      unmet.push_back(finding.code);
    }
  }
  return unmet;
}

std::string Pack(const std::vector<Finding>& findings) {
  std::string text;
  for (const Finding& finding : findings) {
    if (!text.empty()) text.push_back(' ');
    text += finding.code;
    text.push_back('=');
    text += kResults[static_cast<size_t>(finding.result)].second;
  }
  return text;
}

std::vector<Finding> Unpack(std::string_view text) {
  std::vector<Finding> findings;
  while (!text.empty()) {
    const size_t end = std::min(text.find(' '), text.size());
    const std::string_view part = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const size_t equals = part.find('=');
    if (equals == std::string_view::npos) continue;
    for (const auto& [result, name] : kResults) {
      if (part.substr(equals + 1) == name) {
        findings.push_back({std::string(part.substr(0, equals)), result});
      }
    }
  }
  return findings;
}

}  // namespace tremplin::referral
