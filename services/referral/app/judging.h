#ifndef TREMPLIN_SERVICES_REFERRAL_APP_JUDGING_H_
#define TREMPLIN_SERVICES_REFERRAL_APP_JUDGING_H_

#include <optional>
#include <vector>

#include "absl/time/time.h"
#include "common/program/program_store.h"
#include "services/referral/domain/file.h"
#include "services/referral/domain/verdict.h"
#include "services/referral/store/rows.h"

// One file under one version of a program, whatever the door and the side.
namespace tremplin::referral::app {

// What a side is judged by under a version, which outlives it.
class Rules {
 public:
  Rules(const program::Program& program, Side side)
      : program_(program), asked_(program.Asked(side)) {}

  // Every criterion of the side, as of `when` in the program's time zone. Exemptions of `before`
  // are kept as far as they still count.
  std::vector<Finding> Judge(const File& file, absl::Time when,
                             const std::vector<Finding>& before = {}) const;
  Assessment Assess(const std::vector<Finding>& findings) const;
  const std::vector<const program::v1::Criterion*>& criteria() const { return asked_.all; }

 private:
  const program::Program& program_;
  const program::SideCriteria& asked_;
};

// Whether the file agrees to what the program asks the side's consent for; so does every file where
// it asks for none, and who hands in their own, unless it says no: nobody else shares it.
bool Consents(const program::Program& program, Side side, Door door, const File& file);
// What the file says of the consent that the program asks the side for; nullopt where it says
// nothing, or nothing is asked.
std::optional<bool> WordOf(const program::Program& program, Side side, const File& file);
// Whether admission has the consent it needs, by the ledger as it stands.
bool ConsentsNow(const program::Program& program, const ApplicationRow& row, absl::Time now);

// The row judged anew: version, findings, consent, file and time of the decision. Consent is what
// the ledger says, where it was given or withdrawn otherwise than by the file.
void JudgeAnew(const program::Program& program, const File& given, int64_t file_revision,
               absl::Time when, ApplicationRow* row);

}  // namespace tremplin::referral::app

#endif  // TREMPLIN_SERVICES_REFERRAL_APP_JUDGING_H_
