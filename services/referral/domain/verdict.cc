#include "services/referral/domain/verdict.h"

#include <algorithm>
#include <utility>

namespace tremplin::referral {
namespace {

bool IsUnmet(Result result) { return result == Result::kFail || result == Result::kMissing; }

// What a verdict is owed to.
bool Explains(Verdict verdict, Result result) {
  return result == (verdict == Verdict::kIneligible ? Result::kFail : Result::kMissing);
}

// What was found of what a format asks.
struct Answers {
  std::vector<const Finding*> found;
  std::vector<std::string_view> lost;  // asked, and nothing was found: never met

  bool Has(const Finding* finding) const {
    return std::find(found.begin(), found.end(), finding) != found.end();
  }
};

// Findings and what a format asks stand in the same order nearly always, so the search goes on from
// where it was.
Answers AnswersTo(const Asked& asked, const std::vector<Finding>& findings) {
  Answers answers;
  answers.found.reserve(asked.codes.size());
  size_t at = 0;
  for (const std::string_view code : asked.codes) {
    bool known = false;
    for (size_t tried = 0; tried < findings.size() && !known; ++tried) {
      const Finding& finding = findings[(at + tried) % findings.size()];
      if (finding.code != code) continue;
      answers.found.push_back(&finding);
      at += tried + 1;
      known = true;
    }
    if (!known) answers.lost.push_back(code);
  }
  return answers;
}

Verdict VerdictOf(const Answers& answers) {
  Verdict verdict = answers.lost.empty() ? Verdict::kEligible : Verdict::kIncomplete;
  for (const Finding* finding : answers.found) {
    if (finding->result == Result::kFail) return Verdict::kIneligible;
    if (finding->result == Result::kMissing) verdict = Verdict::kIncomplete;
  }
  return verdict;
}

std::vector<std::string> ReasonsOf(const Answers& answers, Verdict verdict) {
  std::vector<std::string> reasons;
  if (verdict == Verdict::kEligible) return reasons;
  for (const Finding* finding : answers.found) {
    if (Explains(verdict, finding->result)) reasons.push_back(finding->code);
  }
  if (verdict == Verdict::kIncomplete) {
    reasons.insert(reasons.end(), answers.lost.begin(), answers.lost.end());
  }
  return reasons;
}

// What the formats of the whole verdict ask and is not met: in the order of the findings, each
// once.
void Explain(const std::vector<Finding>& findings, const std::vector<Answers>& best,
             Assessment* assessment) {
  const auto add = [&](std::string_view code, bool explains) {
    assessment->unmet.emplace_back(code);
    if (explains) assessment->reasons.emplace_back(code);
  };
  for (const Finding& finding : findings) {
    const bool asked = std::any_of(best.begin(), best.end(),
                                   [&](const Answers& each) { return each.Has(&finding); });
    if (asked && IsUnmet(finding.result)) {
      add(finding.code, Explains(assessment->verdict, finding.result));
    }
  }
  for (const Answers& each : best) {
    for (const std::string_view code : each.lost) {
      const auto& unmet = assessment->unmet;
      if (std::find(unmet.begin(), unmet.end(), code) != unmet.end()) continue;
      add(code, assessment->verdict == Verdict::kIncomplete);
    }
  }
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

std::vector<std::string> Assessment::Met() const {
  std::vector<std::string> met;
  for (const FormatVerdict& each : formats) {
    if (each.verdict == Verdict::kEligible) met.push_back(each.format);
  }
  return met;
}

Assessment Assess(const std::vector<Finding>& findings, const std::vector<Asked>& formats) {
  Assessment assessment;
  std::vector<Answers> answers;  // by format
  for (const Asked& asked : formats) {
    answers.push_back(AnswersTo(asked, findings));
    const Verdict verdict = VerdictOf(answers.back());
    assessment.formats.push_back(
        {std::string(asked.format), verdict, ReasonsOf(answers.back(), verdict)});
    assessment.verdict = std::max(assessment.verdict, verdict);
  }
  if (formats.empty()) {
    Answers& all = answers.emplace_back();
    for (const Finding& finding : findings) all.found.push_back(&finding);
    assessment.verdict = VerdictOf(all);
  }
  if (assessment.verdict == Verdict::kEligible) return assessment;
  std::vector<Answers> best;
  for (Answers& each : answers) {
    if (VerdictOf(each) == assessment.verdict) best.push_back(std::move(each));
  }
  Explain(findings, best, &assessment);
  return assessment;
}

void KeepExemptions(const std::vector<Finding>& before, std::string_view day,
                    std::vector<Finding>* findings) {
  for (const Finding& known : before) {
    if (known.result != Result::kExempted) continue;
    if (!known.exempted_until.empty() && known.exempted_until < day) continue;
    for (Finding& finding : *findings) {
      if (finding.code == known.code && IsUnmet(finding.result)) finding = known;
    }
  }
}

}  // namespace tremplin::referral
