#ifndef TREMPLIN_SERVICES_MATCHING_APP_TRIAL_H_
#define TREMPLIN_SERVICES_MATCHING_APP_TRIAL_H_

#include <string>
#include <vector>

#include "common/status/error.h"
#include "services/matching/engine/matcher.h"
#include "services/matching/engine/score.h"
#include "tremplin/matching/v1/matching.pb.h"

namespace tremplin::matching::app {

// A pool and a policy to which changes are made on trial. Pure; not thread-safe.
class Trial {
 public:
  // `distance` outlives it.
  Trial(engine::Pool pool, engine::Policy policy, const engine::Distance& distance);

  // Makes one change, or adds what is wrong with it at `path` ("changes[3]") to `violations`.
  void Change(const v1::SimulateRunRequest::Change& change, const std::string& path,
              std::vector<status::FieldViolation>* violations);

  const engine::Pool& pool() const { return pool_; }
  const engine::Policy& policy() const { return policy_; }

 private:
  using Violations = std::vector<status::FieldViolation>;
  void On(const v1::SimulateRunRequest::Change::Places& places, const std::string& path,
          Violations* violations);
  void LeaveOut(const std::string& enrolment, const std::string& path, Violations* violations);
  void On(const v1::SimulateRunRequest::Change::Bar& bar, const std::string& path,
          Violations* violations);
  void Objective(const std::string& objective, const std::string& path, Violations* violations);
  void On(const program::v1::Weight& weight, const std::string& path, Violations* violations);

  engine::Pool pool_;
  engine::Policy policy_;
  const engine::Distance& distance_;
};

}  // namespace tremplin::matching::app

#endif  // TREMPLIN_SERVICES_MATCHING_APP_TRIAL_H_
