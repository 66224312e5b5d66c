#ifndef TREMPLIN_SERVICES_OUTCOME_APP_SERVICE_H_
#define TREMPLIN_SERVICES_OUTCOME_APP_SERVICE_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "common/database/database.h"
#include "common/outbox/outbox.h"
#include "common/peers/peers.h"
#include "common/program/program_store.h"
#include "common/rpc/call.h"
#include "common/rpc/idempotency.h"
#include "services/outcome/app/schedule.h"
#include "services/outcome/store/measure_store.h"
#include "tremplin/outcome/v1/outcome.pb.h"

namespace tremplin::outcome {

// The methods of OutcomeService. Staff see the program their credential names (any when it names
// none), a mentee their own; what a caller may not see is NOT_FOUND, so that nothing tells it
// exists. Funders and advisory committees see no small count. Thread-safe.
class Service {
 public:
  Service(database::Database& db, rpc::Commands& commands, const outbox::Outbox& outbox,
          program::ProgramStore& programs, peers::Peers& peers, const Schedule& schedule);

  absl::StatusOr<v1::FollowUp> GetFollowUp(const rpc::CallContext& call,
                                           const v1::GetFollowUpRequest& request);
  absl::StatusOr<v1::ListFollowUpsResponse> ListFollowUps(const rpc::CallContext& call,
                                                          const v1::ListFollowUpsRequest& request);
  absl::StatusOr<v1::FollowUp> AnswerFollowUp(const rpc::CallContext& call,
                                              const v1::AnswerFollowUpRequest& request);
  absl::StatusOr<v1::FollowUp> CorrectAnswer(const rpc::CallContext& call,
                                             const v1::CorrectAnswerRequest& request);
  absl::StatusOr<v1::FollowUp> StrikeAnswer(const rpc::CallContext& call,
                                            const v1::StrikeAnswerRequest& request);
  absl::StatusOr<v1::FollowUp> RecordAttempt(const rpc::CallContext& call,
                                             const v1::RecordAttemptRequest& request);
  absl::StatusOr<v1::Job> ReportJob(const rpc::CallContext& call,
                                    const v1::ReportJobRequest& request);
  absl::StatusOr<v1::Job> CorrectJob(const rpc::CallContext& call,
                                     const v1::CorrectJobRequest& request);
  absl::StatusOr<v1::Job> StrikeJob(const rpc::CallContext& call,
                                    const v1::StrikeJobRequest& request);
  absl::StatusOr<v1::ListEmploymentResponse> ListEmployment(
      const rpc::CallContext& call, const v1::ListEmploymentRequest& request);
  absl::StatusOr<v1::Funnel> GetFunnel(const rpc::CallContext& call,
                                       const v1::GetFunnelRequest& request);
  absl::StatusOr<v1::OutcomeReport> GetOutcomeReport(const rpc::CallContext& call,
                                                     const v1::GetOutcomeReportRequest& request);

 private:
  absl::StatusOr<FollowUp> Visible(const rpc::CallContext& call, database::Reader& reader,
                                   const std::string& id) const;
  absl::StatusOr<EnrolmentRecord> VisibleEnrolment(const rpc::CallContext& call,
                                                   database::Reader& reader,
                                                   const std::string& id) const;
  // What a job of the person is checked against; registration is asked when they were born.
  absl::StatusOr<Known> KnownOf(const rpc::CallContext& call, const std::string& person,
                                const program::Program& program) const;
  // Keeps a job as it is in the history then; one that is new to it is counted and told of.
  absl::StatusOr<Job> KeepReportedJob(database::Transaction& tx, const rpc::CallContext& call,
                                      const EnrolmentRecord& enrolment, const Job& job) const;
  // The job of a name, with the participation it is of; what is not the caller's is not found.
  struct NamedJob {
    EnrolmentRecord enrolment;
    Job job;
  };
  absl::StatusOr<NamedJob> VisibleJob(const rpc::CallContext& call, database::Reader& reader,
                                      const std::string& name) const;
  // The same, to be changed: not struck, and as the etag says.
  absl::StatusOr<NamedJob> ChangeableJob(const rpc::CallContext& call, database::Reader& reader,
                                         const std::string& name, const std::string& etag) const;
  absl::StatusOr<std::string> VisibleProgram(const rpc::CallContext& call,
                                             const std::string& name) const;

  database::Database& db_;
  rpc::Commands& commands_;
  const outbox::Outbox& outbox_;
  program::ProgramStore& programs_;
  peers::Peers& peers_;
  const Schedule& schedule_;
};

}  // namespace tremplin::outcome

#endif  // TREMPLIN_SERVICES_OUTCOME_APP_SERVICE_H_
