#include "services/referral/app/judging.h"

#include <algorithm>
#include <utility>

#include "common/program/criteria.h"

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

// The file with the consent that stands by the ledger: yes where it was given, nothing where it was
// withdrawn.
File AsTheLedgerSays(const program::Program& program, File file, const ApplicationRow& row,
                     absl::Time now) {
  const bool holds = row.sharing.Holds(now);
  if (!AsksConsent(program, row.side) || !(holds || row.sharing.IsSilent(now))) return file;
  if (holds && SaysYes(program, file)) return file;
  const std::string& fact = program.definition.consent_fact();
  for (int i = file.facts.size() - 1; i >= 0; --i) {
    if (file.facts.Get(i).name() == fact) file.facts.DeleteSubrange(i, 1);
  }
  if (holds) {
    auto* given = file.facts.Add();
    given->set_name(fact);
    given->add_values("yes");
  }
  return file;
}

}  // namespace

std::vector<Finding> Rules::Judge(const File& file, absl::Time when,
                                  const std::vector<Finding>& before) const {
  const absl::CivilDay day = absl::ToCivilDay(when, program_.time_zone);
  const program::Facts facts = program::Known(program_.registry, file.facts, file.birth_date, day);
  std::vector<Finding> findings;
  findings.reserve(asked_.all.size());
  for (const auto& [criterion, finding] : program::Evaluate(asked_.all, facts, day)) {
    findings.push_back({criterion->code(), ResultOf(finding)});
  }
  if (!before.empty()) KeepExemptions(before, absl::FormatCivilTime(day), &findings);
  return findings;
}

Assessment Rules::Assess(const std::vector<Finding>& findings) const {
  return referral::Assess(findings, asked_.formats);
}

bool Consents(const program::Program& program, Side side, Door door, const File& file) {
  if (!AsksConsent(program, side) || SaysYes(program, file)) return true;
  const bool silent = program::ValuesOf(file.facts, program.definition.consent_fact()).empty();
  return silent && door == Door::DOOR_SELF;
}

std::optional<bool> WordOf(const program::Program& program, Side side, const File& file) {
  if (!AsksConsent(program, side)) return std::nullopt;
  const std::vector<std::string> given =
      program::ValuesOf(file.facts, program.definition.consent_fact());
  if (given.size() != 1) return std::nullopt;
  return given[0] == "yes";
}

bool ConsentsNow(const program::Program& program, const ApplicationRow& row, absl::Time now) {
  if (!AsksConsent(program, row.side)) return true;
  return row.sharing.Holds(now) || (row.consent && !row.sharing.IsSilent(now));
}

void JudgeAnew(const program::Program& program, const File& given, int64_t file_revision,
               absl::Time when, ApplicationRow* row) {
  const File file = AsTheLedgerSays(program, given, *row, when);
  row->findings = Rules(program, row->side).Judge(file, when, row->findings);
  row->program_version = program.version;
  row->file_revision = file_revision;
  row->consent = Consents(program, row->side, row->door, file);
  row->decided = when;
}

}  // namespace tremplin::referral::app
