#include "services/outcome/app/service.h"

#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "common/ids/ids.h"
#include "common/resources/names.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/outcome/app/convert.h"
#include "services/outcome/messages.h"
#include "services/outcome/store/follow_up_store.h"
#include "services/outcome/store/measure_store.h"
#include "tremplin/outcome/events/v1/events.pb.h"

namespace tremplin::outcome {
namespace {

using options::v1::Role;

constexpr size_t kMostJobs = 100;  // of one participation, so that they fit on one page

absl::Status NotFound(const Message& message) {
  return status::Error(absl::StatusCode::kNotFound, message);
}

bool MaySee(const rpc::Principal& principal, const std::string& program,
            const std::string& person) {
  if (!principal.program.empty() && principal.program != program) return false;
  return principal.role == Role::ROLE_COORDINATOR ||
         (principal.role == Role::ROLE_MENTEE && !person.empty() && principal.person == person);
}

}  // namespace

Service::Service(database::Database& db, rpc::Commands& commands, const outbox::Outbox& outbox,
                 program::ProgramStore& programs, const Schedule& schedule)
    : db_(db), commands_(commands), outbox_(outbox), programs_(programs), schedule_(schedule) {}

absl::StatusOr<FollowUp> Service::Visible(const rpc::CallContext& call, database::Reader& reader,
                                          const std::string& id) const {
  TREMPLIN_ASSIGN_OR_RETURN(std::optional<FollowUp> found, FindFollowUp(reader, id));
  if (!found.has_value() || !MaySee(call.principal, found->program, found->person)) {
    return NotFound(kFollowUpNotFound);
  }
  return *std::move(found);
}

absl::StatusOr<EnrolmentRecord> Service::VisibleEnrolment(const rpc::CallContext& call,
                                                          database::Reader& reader,
                                                          const std::string& id) const {
  TREMPLIN_ASSIGN_OR_RETURN(std::optional<EnrolmentRecord> found, FindEnrolment(reader, id));
  if (!found.has_value() || !MaySee(call.principal, found->program, found->person)) {
    return NotFound(kEnrolmentNotFound);
  }
  return *std::move(found);
}

absl::StatusOr<std::string> Service::VisibleProgram(const rpc::CallContext& call,
                                                    const std::string& name) const {
  TREMPLIN_ASSIGN_OR_RETURN(std::string id, resources::IdOf("programs", name, "program"));
  if (!call.principal.program.empty() && call.principal.program != id) {
    return NotFound(kProgramNotFound);
  }
  return id;
}

absl::StatusOr<v1::FollowUp> Service::GetFollowUp(const rpc::CallContext& call,
                                                  const v1::GetFollowUpRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string id,
                            resources::IdOf("followUps", request.name(), "name"));
  v1::FollowUp response;
  TREMPLIN_RETURN_IF_ERROR(db_.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
    TREMPLIN_ASSIGN_OR_RETURN(const FollowUp follow_up, Visible(call, reader, id));
    response = ToProto(follow_up);
    return absl::OkStatus();
  }));
  return response;
}

absl::StatusOr<v1::ListFollowUpsResponse> Service::ListFollowUps(
    const rpc::CallContext& call, const v1::ListFollowUpsRequest& request) {
  FollowUpFilter filter;
  TREMPLIN_ASSIGN_OR_RETURN(filter.limit, resources::PageSize(request.page_size()));
  const bool staff = call.principal.role == Role::ROLE_COORDINATOR;
  if (!staff) filter.person = call.principal.person;
  if (!request.program().empty()) {
    TREMPLIN_ASSIGN_OR_RETURN(filter.program, VisibleProgram(call, request.program()));
  } else if (staff && !call.principal.program.empty()) {
    filter.program = call.principal.program;
  } else if (staff) {
    return status::InvalidFields({status::Violation("program", kProgramRequired)});
  }
  if (!v1::FollowUp::State_IsValid(request.state())) {
    return status::InvalidFields({status::Violation("state", kStateUnknown)});
  }
  filter.state = request.state();
  const std::string scope =
      text::Cat("followUps/", filter.program, "/", filter.state, "/", filter.person);
  TREMPLIN_ASSIGN_OR_RETURN(filter.after, resources::LastKey(scope, request.page_token()));
  v1::ListFollowUpsResponse response;
  if (!staff && filter.person.empty()) return response;
  std::vector<FollowUp> rows;
  TREMPLIN_RETURN_IF_ERROR(db_.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
    TREMPLIN_ASSIGN_OR_RETURN(rows, outcome::ListFollowUps(reader, filter));
    return absl::OkStatus();
  }));
  for (const FollowUp& follow_up : rows) *response.add_follow_ups() = ToProto(follow_up);
  if (rows.size() == static_cast<size_t>(filter.limit)) {
    response.set_next_page_token(resources::PageToken(scope, rows.back().id));
  }
  return response;
}

absl::StatusOr<v1::FollowUp> Service::AnswerFollowUp(const rpc::CallContext& call,
                                                     const v1::AnswerFollowUpRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string id,
                            resources::IdOf("followUps", request.name(), "name"));
  FollowUp seen;
  TREMPLIN_RETURN_IF_ERROR(db_.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
    TREMPLIN_ASSIGN_OR_RETURN(seen, Visible(call, reader, id));
    return absl::OkStatus();
  }));
  TREMPLIN_ASSIGN_OR_RETURN(const std::shared_ptr<const program::Program> program,
                            programs_.Version(seen.program, seen.program_version));
  const Answer answer{static_cast<Employment>(request.employment()), request.interviews(),
                      request.satisfaction()};
  std::optional<Job> job;
  if (request.has_job()) job = FromProto(request.job());
  std::vector<status::FieldViolation> faults =
      CheckAnswer(answer, job, absl::ToCivilDay(call.business_now, program->time_zone));
  if (!faults.empty()) return status::InvalidFields(std::move(faults));
  if (job.has_value()) job->kind = answer.employment;
  return commands_.Run<v1::FollowUp>(
      call, id, [&](database::Transaction& tx) -> absl::StatusOr<v1::FollowUp> {
        TREMPLIN_ASSIGN_OR_RETURN(const FollowUp follow_up, Visible(call, tx, id));
        TREMPLIN_ASSIGN_OR_RETURN(const Decision decision,
                                  Decide(follow_up, answer, call.business_now));
        if (job.has_value()) {
          TREMPLIN_RETURN_IF_ERROR(SaveJob(tx, follow_up.enrolment, *job).status());
        }
        TREMPLIN_RETURN_IF_ERROR(schedule_.Record(tx, decision, call.business_now));
        return ToProto(decision.state);
      });
}

absl::StatusOr<v1::FollowUp> Service::RecordAttempt(const rpc::CallContext& call,
                                                    const v1::RecordAttemptRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string id,
                            resources::IdOf("followUps", request.name(), "name"));
  if (request.channel() != "call" && request.channel() != "mail" &&
      request.channel() != "message") {
    return status::InvalidFields({status::Violation("channel", kChannelUnknown)});
  }
  return commands_.Run<v1::FollowUp>(
      call, id, [&](database::Transaction& tx) -> absl::StatusOr<v1::FollowUp> {
        TREMPLIN_ASSIGN_OR_RETURN(const FollowUp follow_up, Visible(call, tx, id));
        TREMPLIN_ASSIGN_OR_RETURN(const Decision decision,
                                  Decide(follow_up, outcome::RecordAttempt{}, call.business_now));
        TREMPLIN_RETURN_IF_ERROR(schedule_.Record(tx, decision, call.business_now));
        return ToProto(decision.state);
      });
}

absl::StatusOr<v1::Job> Service::ReportJob(const rpc::CallContext& call,
                                           const v1::ReportJobRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string id,
                            resources::IdOf("enrolments", request.enrolment(), "enrolment"));
  EnrolmentRecord seen;
  TREMPLIN_RETURN_IF_ERROR(db_.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
    TREMPLIN_ASSIGN_OR_RETURN(seen, VisibleEnrolment(call, reader, id));
    // Told of by another topic only: registration's own word is on its way.
    return seen.created == absl::InfinitePast() ? NotFound(kEnrolmentNotFound) : absl::OkStatus();
  }));
  TREMPLIN_ASSIGN_OR_RETURN(const std::shared_ptr<const program::Program> program,
                            programs_.Version(seen.program, seen.program_version));
  if (!request.has_job()) {
    return status::InvalidFields({status::Violation("job", kJobRequired)});
  }
  const Job job = FromProto(request.job());
  std::vector<status::FieldViolation> faults = CheckReportedJob(
      job, absl::CivilDay(absl::ToCivilSecond(call.business_now, program->time_zone)));
  if (!faults.empty()) return status::InvalidFields(std::move(faults));
  return commands_.Run<v1::Job>(call, id,
                                [&](database::Transaction& tx) -> absl::StatusOr<v1::Job> {
                                  TREMPLIN_RETURN_IF_ERROR(KeepReportedJob(tx, call, seen, job));
                                  return ToProto(job);
                                });
}

absl::Status Service::KeepReportedJob(database::Transaction& tx, const rpc::CallContext& call,
                                      const EnrolmentRecord& enrolment, const Job& job) const {
  TREMPLIN_ASSIGN_OR_RETURN(const bool is_new, SaveJob(tx, enrolment.id, job));
  if (!is_new) return absl::OkStatus();
  TREMPLIN_ASSIGN_OR_RETURN(const std::vector<Job> jobs, ListJobs(tx, enrolment.id));
  if (jobs.size() > kMostJobs) {
    return status::Error(absl::StatusCode::kFailedPrecondition, kTooManyJobs,
                         {std::to_string(kMostJobs)});
  }
  const std::string kind(CodeOf(job.kind));
  TREMPLIN_RETURN_IF_ERROR(CountFact(tx, enrolment.program, "jobs_reported",
                                     ids::Derive({{"job", enrolment.id, job.start, kind}}),
                                     call.business_now));
  events::v1::JobReported fact;
  fact.set_enrolment(enrolment.id);
  fact.set_person(enrolment.person);
  fact.set_program(enrolment.program);
  fact.set_employment(kind);
  fact.set_by(call.principal.role == Role::ROLE_MENTEE ? "person" : "staff");
  return outbox_.Append(tx, enrolment.id, call.business_now, fact);
}

absl::StatusOr<v1::ListEmploymentResponse> Service::ListEmployment(
    const rpc::CallContext& call, const v1::ListEmploymentRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string id,
                            resources::IdOf("enrolments", request.enrolment(), "enrolment"));
  v1::ListEmploymentResponse response;
  TREMPLIN_RETURN_IF_ERROR(db_.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
    TREMPLIN_RETURN_IF_ERROR(VisibleEnrolment(call, reader, id).status());
    TREMPLIN_ASSIGN_OR_RETURN(const std::vector<Job> jobs, ListJobs(reader, id));
    for (const Job& job : jobs) *response.add_jobs() = ToProto(job);
    return absl::OkStatus();
  }));
  return response;
}

absl::StatusOr<v1::Funnel> Service::GetFunnel(const rpc::CallContext& call,
                                              const v1::GetFunnelRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string id, VisibleProgram(call, request.program()));
  TREMPLIN_ASSIGN_OR_RETURN(const std::shared_ptr<const program::Program> program,
                            programs_.InForce(id, call.business_now));
  const int64_t least =
      call.principal.role == Role::ROLE_FUNDER ? program->definition.follow_up().minimum_cell() : 0;
  std::map<std::string, int64_t> counters;
  TREMPLIN_RETURN_IF_ERROR(db_.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
    TREMPLIN_ASSIGN_OR_RETURN(counters, Counters(reader, id));
    return absl::OkStatus();
  }));
  v1::Funnel funnel;
  for (const Message& title : kFunnelSteps) {
    v1::Funnel::Step& step = *funnel.add_steps();
    step.set_code(absl::AsciiStrToLower(text::Absl(title.reason())));
    step.mutable_title()->set_en(std::string(title.en()));
    step.mutable_title()->set_fr(std::string(title.fr()));
    const auto count = counters.find(step.code());
    if (count == counters.end()) continue;
    step.set_suppressed(TooSmall(count->second, least));
    if (!step.suppressed()) step.set_count(count->second);
  }
  return funnel;
}

absl::StatusOr<v1::OutcomeReport> Service::GetOutcomeReport(
    const rpc::CallContext& call, const v1::GetOutcomeReportRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string id, VisibleProgram(call, request.program()));
  const absl::Time as_of =
      request.has_as_of() ? resources::FromTimestamp(request.as_of()) : call.business_now;
  TREMPLIN_ASSIGN_OR_RETURN(const std::shared_ptr<const program::Program> program,
                            programs_.InForce(id, as_of));
  const program::v1::FollowUpPlan& plan = program->definition.follow_up();
  v1::OutcomeReport report;
  report.set_program(resources::NameOf("programs", id));
  *report.mutable_as_of() = resources::ToTimestamp(as_of);
  report.set_measure_version(kMeasureVersion);
  TREMPLIN_RETURN_IF_ERROR(db_.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
    TREMPLIN_ASSIGN_OR_RETURN(auto stages, CountStages(reader, id, as_of));
    for (const program::v1::FollowUpStage& stage : plan.stages()) {
      *report.add_stages() = ToProto(stage, Measure(stages[stage.code()], plan.minimum_cell()));
    }
    TREMPLIN_ASSIGN_OR_RETURN(const int64_t completed, FactsBy(reader, id, "completed", as_of));
    TREMPLIN_ASSIGN_OR_RETURN(const int64_t early, FactsBy(reader, id, "ended_early", as_of));
    *report.mutable_completion() =
        ToProto(MakeRate(completed, completed + early, 0, plan.minimum_cell()));
    TREMPLIN_ASSIGN_OR_RETURN(const int64_t waiting, CountWaiting(reader, id, as_of));
    report.set_waiting(waiting);
    return absl::OkStatus();
  }));
  return report;
}

}  // namespace tremplin::outcome
