#ifndef TREMPLIN_SERVICES_REFERRAL_APP_JUDGING_H_
#define TREMPLIN_SERVICES_REFERRAL_APP_JUDGING_H_

#include <map>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "common/program/program_store.h"
#include "services/referral/domain/file.h"
#include "services/referral/domain/verdict.h"
#include "services/referral/store/rows.h"

// One file under one version of a program, whatever the door and the side.
namespace tremplin::referral::app {

// What a side is judged by under a version: its criteria, and what each of its formats asks of
// them. Made once for many files.
class Rules {
 public:
  Rules(const program::Program& program, Side side);

  // Every criterion of the side, as of `when` in the program's time zone. Exemptions of `before`
  // are kept as far as they still count.
  std::vector<Finding> Judge(const File& file, absl::Time when,
                             const std::vector<Finding>& before = {}) const;
  Assessment Assess(const std::vector<Finding>& findings) const;
  const std::vector<const program::v1::Criterion*>& criteria() const { return criteria_; }

 private:
  const program::Program& program_;  // outlives the rules
  std::vector<const program::v1::Criterion*> criteria_;
  std::vector<Asked> formats_;
};

// Rules of versions, made once: a check is to cost no more than its criteria. Thread-safe.
class RuleBook {
 public:
  std::shared_ptr<const Rules> Of(const std::shared_ptr<const program::Program>& program,
                                  Side side);

 private:
  struct Page {
    std::shared_ptr<const program::Program> program;  // outlives its rules
    std::shared_ptr<const Rules> rules;
  };
  std::mutex mutex_;
  std::map<std::pair<const program::Program*, Side>, Page> pages_;  // guarded by mutex_; bounded
};

// Whether the file agrees to what the program asks the side's consent for; so does every file where
// it asks for none, and who hands in their own, unless it says no: nobody else shares it.
bool Consents(const program::Program& program, Side side, Door door, const File& file);
// Whether the source may be told what follows the admission: only where the file says yes, so never
// where no consent is asked.
bool Shares(const program::Program& program, Side side, const File& file);

// The row judged anew: version, findings, consent, file and time of the decision.
void JudgeAnew(const program::Program& program, const File& file, int64_t file_revision,
               absl::Time when, ApplicationRow* row);

}  // namespace tremplin::referral::app

#endif  // TREMPLIN_SERVICES_REFERRAL_APP_JUDGING_H_
