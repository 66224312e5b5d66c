#include "services/referral/app/judging.h"

#include <algorithm>
#include <utility>

#include "common/program/criteria.h"
#include "common/program/format.h"

namespace tremplin::referral::app {
namespace {

Result ResultOf(program::Finding finding) {
  switch (finding) {
    case program::Finding::kPass:
      return Result::kPass;
    case program::Finding::kFail:
      return Result::kFail;
    case program::Finding::kMissing:
      return Result::kMissing;
  }
  return Result::kMissing;
}

constexpr size_t kMostPages = 256;

// A format without the side asks nothing of it and takes nobody on it.
bool HasSide(const program::v1::Format& format, Side side) {
  return (side == Side::SUBJECT_MENTOR ? format.mentors() : format.mentees()).most() > 0;
}

bool AsksConsent(const program::Program& program, Side side) {
  const std::string& name = program.definition.consent_fact();
  if (name.empty()) return false;
  const program::v1::Fact* fact = program.registry.Find(name);
  if (fact == nullptr) return true;
  const auto& about = fact->about();
  return std::find(about.begin(), about.end(), side) != about.end();
}

bool SaysYes(const program::Program& program, const File& file) {
  const std::vector<std::string> given =
      program::ValuesOf(file.facts, program.definition.consent_fact());
  return given.size() == 1 && given[0] == "yes";
}

}  // namespace

Rules::Rules(const program::Program& program, Side side)
    : program_(program), criteria_(program::AllCriteria(program.definition, side)) {
  for (const program::v1::Format& format : program.definition.formats()) {
    if (!HasSide(format, side)) continue;
    Asked& asked = formats_.emplace_back(Asked{format.code(), {}});
    for (const program::v1::Criterion* criterion :
         program::CriteriaOf(program.definition, format, side)) {
      asked.codes.push_back(criterion->code());
    }
  }
}

std::vector<Finding> Rules::Judge(const File& file, absl::Time when,
                                  const std::vector<Finding>& before) const {
  const absl::CivilDay day = absl::ToCivilDay(when, program_.time_zone);
  const program::Facts facts = program::Known(program_.registry, file.facts, file.birth_date, day);
  std::vector<Finding> findings;
  findings.reserve(criteria_.size());
  for (const auto& [criterion, finding] : program::Evaluate(criteria_, facts, day)) {
    findings.push_back({criterion->code(), ResultOf(finding)});
  }
  if (!before.empty()) KeepExemptions(before, absl::FormatCivilTime(day), &findings);
  return findings;
}

Assessment Rules::Assess(const std::vector<Finding>& findings) const {
  return referral::Assess(findings, formats_);
}

std::shared_ptr<const Rules> RuleBook::Of(const std::shared_ptr<const program::Program>& program,
                                          Side side) {
  std::lock_guard lock(mutex_);
  const auto key = std::make_pair(program.get(), side);
  const auto found = pages_.find(key);
  if (found != pages_.end()) return found->second.rules;
  if (pages_.size() >= kMostPages) pages_.clear();
  // The page keeps the version, so that no other one comes to stand at its address.
  return pages_.emplace(key, Page{program, std::make_shared<const Rules>(*program, side)})
      .first->second.rules;
}

bool Consents(const program::Program& program, Side side, Door door, const File& file) {
  if (!AsksConsent(program, side) || SaysYes(program, file)) return true;
  const bool silent = program::ValuesOf(file.facts, program.definition.consent_fact()).empty();
  return silent && door == Door::DOOR_SELF;
}

bool Shares(const program::Program& program, Side side, const File& file) {
  return AsksConsent(program, side) && SaysYes(program, file);
}

void JudgeAnew(const program::Program& program, const File& file, int64_t file_revision,
               absl::Time when, ApplicationRow* row) {
  row->findings = Rules(program, row->side).Judge(file, when, row->findings);
  row->program_version = program.version;
  row->file_revision = file_revision;
  row->consent = Consents(program, row->side, row->door, file);
  row->shares = Shares(program, row->side, file);
  row->decided = when;
}

}  // namespace tremplin::referral::app
