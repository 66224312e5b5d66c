#include "services/outcome/app/service.h"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "common/ids/ids.h"
#include "common/resources/names.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/outcome/app/convert.h"
#include "services/outcome/app/jobs.h"
#include "services/outcome/messages.h"
#include "services/outcome/store/follow_up_store.h"
#include "services/outcome/store/measure_store.h"
#include "tremplin/outcome/events/v1/events.pb.h"
#include "tremplin/registration/v1/registration.pb.h"

namespace tremplin::outcome {
namespace {

using options::v1::Role;

constexpr char kGetPerson[] = "tremplin.registration.v1.RegistrationService/GetPerson";
constexpr char kJobsReported[] = "jobs_reported";
constexpr std::string_view kJobs = "/jobs/";

// Under which a reported job is counted.
std::string ReportedKey(const std::string& enrolment, int64_t number) {
  return ids::Derive({{"job", enrolment, text::Cat(number)}});
}

absl::Status NotFound(const Message& message) {
  return status::Error(absl::StatusCode::kNotFound, message);
}

// Who sees the people of one organization only, and so no figures of a program.
bool IsPlaced(const rpc::Principal& principal) { return !principal.organization.empty(); }

// Who is shown aggregates alone, in which nobody is to be found.
bool SeesNoSmallCell(const rpc::Principal& principal) {
  return principal.role == Role::ROLE_FUNDER || principal.role == Role::ROLE_ADVISORY_COMMITTEE;
}

// Of a follow-up or a participation: staff of the program, placed staff where their organization
// brought the person, and the person.
template <class Row>
bool MaySee(const rpc::Principal& principal, const Row& row) {
  if (!principal.program.empty() && principal.program != row.program) return false;
  if (principal.role == Role::ROLE_COORDINATOR) {
    return principal.organization.empty() || principal.organization == row.organization;
  }
  return principal.role == Role::ROLE_MENTEE && !row.person.empty() &&
         principal.person == row.person;
}

// What is answered in a request (AnswerFollowUp, CorrectAnswer).
template <class Request>
Answer AnswerOf(const Request& request) {
  return {static_cast<Employment>(request.employment()), request.interviews(),
          request.satisfaction()};
}
template <class Request>
std::optional<Job> JobOf(const Request& request) {
  if (!request.has_job()) return std::nullopt;
  return FromProto(request.job());
}

Amendment AmendmentBy(const rpc::CallContext& call, const std::string& reason) {
  return {call.business_now, reason, call.principal.id};
}

absl::Status CheckAmendReason(const std::string& reason) {
  if (IsAmendReason(reason)) return absl::OkStatus();
  return status::InvalidFields(
      {status::Violation("reason", kAmendReasonUnknown, {kAmendReasonList})});
}

}  // namespace

Service::Service(database::Database& db, rpc::Commands& commands, const outbox::Outbox& outbox,
                 program::ProgramStore& programs, peers::Peers& peers, const Schedule& schedule)
    : db_(db),
      commands_(commands),
      outbox_(outbox),
      programs_(programs),
      peers_(peers),
      schedule_(schedule) {}

absl::StatusOr<FollowUp> Service::Visible(const rpc::CallContext& call, database::Reader& reader,
                                          const std::string& id) const {
  TREMPLIN_ASSIGN_OR_RETURN(std::optional<FollowUp> found, FindFollowUp(reader, id));
  if (!found.has_value() || !MaySee(call.principal, *found)) {
    return NotFound(kFollowUpNotFound);
  }
  return *std::move(found);
}

absl::StatusOr<EnrolmentRecord> Service::VisibleEnrolment(const rpc::CallContext& call,
                                                          database::Reader& reader,
                                                          const std::string& id) const {
  TREMPLIN_ASSIGN_OR_RETURN(std::optional<EnrolmentRecord> found, FindEnrolment(reader, id));
  if (!found.has_value() || !MaySee(call.principal, *found)) {
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
  TREMPLIN_RETURN_IF_ERROR(programs_.Version(id, 1).status());
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
  if (staff) filter.organization = call.principal.organization;
  if (!request.program().empty()) {
    TREMPLIN_ASSIGN_OR_RETURN(filter.program, VisibleProgram(call, request.program()));
  } else if (!call.principal.program.empty()) {
    filter.program = call.principal.program;
  } else if (staff) {
    return status::InvalidFields({status::Violation("program", kProgramRequired)});
  }
  if (!v1::FollowUp::State_IsValid(request.state())) {
    return status::InvalidFields({status::Violation("state", kStateUnknown)});
  }
  filter.state = request.state();
  const std::string scope =
      text::Cat("followUps/", filter.program, "/", filter.state, "/", filter.person,
                filter.organization.empty() ? "" : "/", filter.organization);
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
  TREMPLIN_ASSIGN_OR_RETURN(const Known known, KnownOf(call, seen.person, *program));
  const Answer answer = AnswerOf(request);
  std::optional<Job> job = JobOf(request);
  std::vector<status::FieldViolation> faults = CheckAnswer(answer, job, known);
  if (!faults.empty()) return status::InvalidFields(std::move(faults));
  if (job.has_value()) {
    job->kind = answer.employment;
    job->told_in = id;
  }
  return commands_.Run<v1::FollowUp>(
      call, id, [&](database::Transaction& tx) -> absl::StatusOr<v1::FollowUp> {
        TREMPLIN_ASSIGN_OR_RETURN(const FollowUp follow_up, Visible(call, tx, id));
        TREMPLIN_ASSIGN_OR_RETURN(const Decision decision,
                                  Decide(follow_up, answer, call.business_now));
        if (job.has_value()) {
          TREMPLIN_RETURN_IF_ERROR(
              KeepJob(tx, follow_up.enrolment, *job, AmendmentBy(call, "")).status());
        }
        TREMPLIN_RETURN_IF_ERROR(schedule_.Record(tx, decision, call.business_now));
        return ToProto(decision.state);
      });
}

absl::StatusOr<v1::FollowUp> Service::CorrectAnswer(const rpc::CallContext& call,
                                                    const v1::CorrectAnswerRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string id,
                            resources::IdOf("followUps", request.name(), "name"));
  FollowUp seen;
  TREMPLIN_RETURN_IF_ERROR(db_.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
    TREMPLIN_ASSIGN_OR_RETURN(seen, Visible(call, reader, id));
    return absl::OkStatus();
  }));
  TREMPLIN_RETURN_IF_ERROR(CheckAmendReason(request.reason()));
  TREMPLIN_ASSIGN_OR_RETURN(const std::shared_ptr<const program::Program> program,
                            programs_.Version(seen.program, seen.program_version));
  TREMPLIN_ASSIGN_OR_RETURN(Known known, KnownOf(call, seen.person, *program));
  if (seen.answer_time != absl::InfinitePast()) {
    known.answered = absl::ToCivilDay(seen.answer_time, program->time_zone);
  }
  const Correct correct{AnswerOf(request), request.reason()};
  std::optional<Job> job = JobOf(request);
  std::vector<status::FieldViolation> faults = CheckAnswer(correct.answer, job, known);
  if (!faults.empty()) return status::InvalidFields(std::move(faults));
  if (job.has_value()) job->kind = correct.answer.employment;
  return commands_.Run<v1::FollowUp>(
      call, id, [&](database::Transaction& tx) -> absl::StatusOr<v1::FollowUp> {
        TREMPLIN_ASSIGN_OR_RETURN(const FollowUp before, Visible(call, tx, id));
        TREMPLIN_RETURN_IF_ERROR(resources::CheckEtag(request.etag(), before.version));
        TREMPLIN_ASSIGN_OR_RETURN(const Decision decision,
                                  Decide(before, correct, call.business_now));
        const Amendment amendment = AmendmentBy(call, request.reason());
        TREMPLIN_RETURN_IF_ERROR(KeepAnswer(tx, before, amendment));
        TREMPLIN_RETURN_IF_ERROR(FollowAnswer(tx, before, job, amendment));
        TREMPLIN_RETURN_IF_ERROR(schedule_.Record(tx, decision, call.business_now));
        return ToProto(decision.state);
      });
}

absl::StatusOr<v1::FollowUp> Service::StrikeAnswer(const rpc::CallContext& call,
                                                   const v1::StrikeAnswerRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string id,
                            resources::IdOf("followUps", request.name(), "name"));
  return commands_.Run<v1::FollowUp>(
      call, id, [&](database::Transaction& tx) -> absl::StatusOr<v1::FollowUp> {
        TREMPLIN_ASSIGN_OR_RETURN(const FollowUp before, Visible(call, tx, id));
        TREMPLIN_RETURN_IF_ERROR(CheckAmendReason(request.reason()));
        TREMPLIN_RETURN_IF_ERROR(resources::CheckEtag(request.etag(), before.version));
        TREMPLIN_ASSIGN_OR_RETURN(
            const Decision decision,
            Decide(before, outcome::Strike{request.reason()}, call.business_now));
        const Amendment amendment = AmendmentBy(call, request.reason());
        TREMPLIN_RETURN_IF_ERROR(KeepAnswer(tx, before, amendment));
        TREMPLIN_RETURN_IF_ERROR(FollowAnswer(tx, before, std::nullopt, amendment));
        TREMPLIN_RETURN_IF_ERROR(schedule_.Record(tx, decision, call.business_now));
        // Who left meanwhile is not asked again.
        TREMPLIN_ASSIGN_OR_RETURN(const auto enrolment, FindEnrolment(tx, before.enrolment));
        if (enrolment.has_value()) {
          TREMPLIN_RETURN_IF_ERROR(schedule_.Replan(tx, *enrolment, call.business_now));
        }
        TREMPLIN_ASSIGN_OR_RETURN(const FollowUp after, Visible(call, tx, id));
        return ToProto(after);
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
  TREMPLIN_ASSIGN_OR_RETURN(const Known known, KnownOf(call, seen.person, *program));
  const Job job = FromProto(request.job());
  std::vector<status::FieldViolation> faults = CheckReportedJob(job, known);
  if (!faults.empty()) return status::InvalidFields(std::move(faults));
  return commands_.Run<v1::Job>(
      call, id, [&](database::Transaction& tx) -> absl::StatusOr<v1::Job> {
        TREMPLIN_ASSIGN_OR_RETURN(const Job kept, KeepReportedJob(tx, call, seen, job));
        return ToProto(id, kept);
      });
}

absl::StatusOr<Job> Service::KeepReportedJob(database::Transaction& tx,
                                             const rpc::CallContext& call,
                                             const EnrolmentRecord& enrolment,
                                             const Job& job) const {
  TREMPLIN_ASSIGN_OR_RETURN(KeptJob kept, KeepJob(tx, enrolment.id, job, AmendmentBy(call, "")));
  if (!kept.is_new) return std::move(kept.job);
  const std::string kind(CodeOf(job.kind));
  TREMPLIN_RETURN_IF_ERROR(CountFact(tx, enrolment.program, kJobsReported,
                                     ReportedKey(enrolment.id, kept.job.number),
                                     call.business_now));
  events::v1::JobReported fact;
  fact.set_enrolment(enrolment.id);
  fact.set_person(enrolment.person);
  fact.set_program(enrolment.program);
  fact.set_employment(kind);
  fact.set_by(call.principal.role == Role::ROLE_MENTEE ? "person" : "staff");
  TREMPLIN_RETURN_IF_ERROR(outbox_.Append(tx, enrolment.id, call.business_now, fact));
  return std::move(kept.job);
}

absl::StatusOr<Service::NamedJob> Service::VisibleJob(const rpc::CallContext& call,
                                                      database::Reader& reader,
                                                      const std::string& name) const {
  const size_t at = name.find(kJobs);
  const std::string number = at == std::string::npos ? "" : name.substr(at + kJobs.size());
  int64_t wanted = 0;
  TREMPLIN_ASSIGN_OR_RETURN(const std::string id,
                            resources::IdOf("enrolments", name.substr(0, at), "name"));
  TREMPLIN_ASSIGN_OR_RETURN(EnrolmentRecord enrolment, VisibleEnrolment(call, reader, id));
  if (!absl::SimpleAtoi(text::Absl(number), &wanted)) return NotFound(kJobNotFound);
  TREMPLIN_ASSIGN_OR_RETURN(std::optional<Job> job, FindJob(reader, id, wanted));
  if (!job.has_value()) return NotFound(kJobNotFound);
  return NamedJob{std::move(enrolment), *std::move(job)};
}

absl::StatusOr<Service::NamedJob> Service::ChangeableJob(const rpc::CallContext& call,
                                                         database::Reader& reader,
                                                         const std::string& name,
                                                         const std::string& etag) const {
  TREMPLIN_ASSIGN_OR_RETURN(NamedJob named, VisibleJob(call, reader, name));
  TREMPLIN_RETURN_IF_ERROR(resources::CheckEtag(etag, named.job.version));
  if (named.job.state == JobState::kStruck) {
    return status::Error(absl::StatusCode::kFailedPrecondition, kJobStruck);
  }
  return named;
}

absl::StatusOr<v1::Job> Service::CorrectJob(const rpc::CallContext& call,
                                            const v1::CorrectJobRequest& request) {
  NamedJob seen;
  TREMPLIN_RETURN_IF_ERROR(db_.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
    TREMPLIN_ASSIGN_OR_RETURN(seen, VisibleJob(call, reader, request.name()));
    return absl::OkStatus();
  }));
  TREMPLIN_RETURN_IF_ERROR(CheckAmendReason(request.reason()));
  TREMPLIN_ASSIGN_OR_RETURN(
      const std::shared_ptr<const program::Program> program,
      programs_.Version(seen.enrolment.program, seen.enrolment.program_version));
  TREMPLIN_ASSIGN_OR_RETURN(const Known known, KnownOf(call, seen.enrolment.person, *program));
  const Job right = FromProto(request.job());
  std::vector<status::FieldViolation> faults = CheckReportedJob(right, known);
  if (!faults.empty()) return status::InvalidFields(std::move(faults));
  const std::string& id = seen.enrolment.id;
  return commands_.Run<v1::Job>(
      call, id, [&](database::Transaction& tx) -> absl::StatusOr<v1::Job> {
        TREMPLIN_ASSIGN_OR_RETURN(const NamedJob named,
                                  ChangeableJob(call, tx, request.name(), request.etag()));
        TREMPLIN_ASSIGN_OR_RETURN(
            const Job changed,
            PutJobRight(tx, id, named.job, right, AmendmentBy(call, request.reason())));
        return ToProto(id, changed);
      });
}

absl::StatusOr<v1::Job> Service::StrikeJob(const rpc::CallContext& call,
                                           const v1::StrikeJobRequest& request) {
  NamedJob seen;
  TREMPLIN_RETURN_IF_ERROR(db_.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
    TREMPLIN_ASSIGN_OR_RETURN(seen, VisibleJob(call, reader, request.name()));
    return absl::OkStatus();
  }));
  TREMPLIN_RETURN_IF_ERROR(CheckAmendReason(request.reason()));
  const std::string& id = seen.enrolment.id;
  return commands_.Run<v1::Job>(
      call, id, [&](database::Transaction& tx) -> absl::StatusOr<v1::Job> {
        TREMPLIN_ASSIGN_OR_RETURN(const NamedJob named,
                                  ChangeableJob(call, tx, request.name(), request.etag()));
        TREMPLIN_ASSIGN_OR_RETURN(
            const Job struck,
            outcome::StrikeJob(tx, id, named.job, AmendmentBy(call, request.reason())));
        TREMPLIN_RETURN_IF_ERROR(
            UncountFact(tx, named.enrolment.program, kJobsReported, ReportedKey(id, struck.number))
                .status());
        return ToProto(id, struck);
      });
}

absl::StatusOr<Known> Service::KnownOf(const rpc::CallContext& call, const std::string& person,
                                       const program::Program& program) const {
  Known known{absl::ToCivilDay(call.business_now, program.time_zone)};
  if (person.empty()) return known;
  registration::v1::GetPersonRequest request;
  request.set_name(resources::NameOf("people", person));
  const absl::StatusOr<registration::v1::Person> found = peers_.Call<registration::v1::Person>(
      kGetPerson, request, peers::PeerCall::AsServiceFor(call));
  if (absl::IsNotFound(found.status())) return known;  // erased meanwhile
  if (!found.ok()) return found.status();
  known.born = ParseDay(found->birth_date());
  return known;
}

absl::StatusOr<v1::ListEmploymentResponse> Service::ListEmployment(
    const rpc::CallContext& call, const v1::ListEmploymentRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string id,
                            resources::IdOf("enrolments", request.enrolment(), "enrolment"));
  v1::ListEmploymentResponse response;
  TREMPLIN_RETURN_IF_ERROR(db_.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
    TREMPLIN_RETURN_IF_ERROR(VisibleEnrolment(call, reader, id).status());
    TREMPLIN_ASSIGN_OR_RETURN(const std::vector<Job> jobs, ListJobs(reader, id));
    for (const Job& job : jobs) *response.add_jobs() = ToProto(id, job);
    return absl::OkStatus();
  }));
  return response;
}

namespace {

// Shows what may be shown by now, and keeps that it was. `look` reads what stands and what was
// shown into `counters` and `shown`.
absl::Status Release(database::Transaction& tx, const std::string& program, int64_t least,
                     absl::Time now, const std::function<absl::Status(database::Reader&)>& look,
                     const std::map<std::string, int64_t>* counters, ShownCounts* shown) {
  TREMPLIN_RETURN_IF_ERROR(HoldFunnel(tx, program));
  TREMPLIN_RETURN_IF_ERROR(look(tx));
  for (const auto& [step, count] : NextReleases(*counters, *shown, least)) {
    TREMPLIN_RETURN_IF_ERROR(ReleaseStep(tx, program, step, {count, now}));
    (*shown)[step].push_back({count, now});
  }
  return absl::OkStatus();
}

void ShowWaiting(const std::optional<ShownCount>& release, v1::OutcomeReport* report) {
  report->set_waiting(release.has_value() ? release->count : 0);
  report->set_waiting_suppressed(!release.has_value());
  if (release.has_value() && release->at != absl::InfinitePast()) {
    *report->mutable_waiting_as_of() = resources::ToTimestamp(release->at);
  }
}

}  // namespace

absl::StatusOr<v1::Funnel> Service::GetFunnel(const rpc::CallContext& call,
                                              const v1::GetFunnelRequest& request) {
  if (IsPlaced(call.principal)) return NotFound(kProgramNotFound);
  TREMPLIN_ASSIGN_OR_RETURN(const std::string id, VisibleProgram(call, request.program()));
  TREMPLIN_ASSIGN_OR_RETURN(const std::shared_ptr<const program::Program> program,
                            programs_.InForce(id, call.business_now));
  const int64_t least =
      SeesNoSmallCell(call.principal) ? program->definition.follow_up().minimum_cell() : 0;
  std::map<std::string, int64_t> counters;
  ShownCounts shown;
  const auto look = [&](database::Reader& reader) -> absl::Status {
    TREMPLIN_ASSIGN_OR_RETURN(counters, Counters(reader, id));
    if (least == 0) return absl::OkStatus();
    TREMPLIN_ASSIGN_OR_RETURN(shown, ShownOfFunnel(reader, id));
    return absl::OkStatus();
  };
  TREMPLIN_RETURN_IF_ERROR(db_.Read(call.Read(), look));
  if (least > 0 && !NextReleases(counters, shown, least).empty()) {
    TREMPLIN_RETURN_IF_ERROR(
        db_.Write(call.Write(text::Cat("funnel/", id)), [&](database::Transaction& tx) {
          return Release(tx, id, least, call.business_now, look, &counters, &shown);
        }));
  }
  v1::Funnel funnel;
  for (const Message& title : kFunnelSteps) {
    v1::Funnel::Step& step = *funnel.add_steps();
    step.set_code(absl::AsciiStrToLower(text::Absl(title.reason())));
    step.mutable_title()->set_en(std::string(title.en()));
    step.mutable_title()->set_fr(std::string(title.fr()));
    const auto count = counters.find(step.code());
    const int64_t stands = count == counters.end() ? 0 : count->second;
    if (least == 0) {
      step.set_count(stands);
    } else if (const auto releases = shown.find(step.code()); releases != shown.end()) {
      step.set_count(releases->second.back().count);
      *step.mutable_as_of() = resources::ToTimestamp(releases->second.back().at);
    } else {
      step.set_suppressed(stands != 0);
    }
  }
  return funnel;
}

absl::StatusOr<v1::OutcomeReport> Service::GetOutcomeReport(
    const rpc::CallContext& call, const v1::GetOutcomeReportRequest& request) {
  if (IsPlaced(call.principal)) return NotFound(kProgramNotFound);
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
    TREMPLIN_ASSIGN_OR_RETURN(auto answers, ListAnswers(reader, id, as_of));
    report.clear_stages();
    for (const program::v1::FollowUpStage& stage : plan.stages()) {
      *report.add_stages() =
          ToProto(stage, Measure(stages[stage.code()], answers[stage.code()], plan.minimum_cell()));
    }
    TREMPLIN_ASSIGN_OR_RETURN(const std::vector<KindChange> ends,
                              FactsBy(reader, id, {"completed", "ended_early"}, as_of));
    *report.mutable_completion() = ToProto(MakeCompletion(ends, plan.minimum_cell()));
    if (SeesNoSmallCell(call.principal)) {
      TREMPLIN_ASSIGN_OR_RETURN(const std::vector<KindChange> came, WaitingBy(reader, id, as_of));
      ShowWaiting(LastRelease(came, plan.minimum_cell()), &report);
      return absl::OkStatus();
    }
    TREMPLIN_ASSIGN_OR_RETURN(const int64_t waiting, CountWaiting(reader, id, as_of));
    report.set_waiting(waiting);
    return absl::OkStatus();
  }));
  return report;
}

}  // namespace tremplin::outcome
