#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/registration/app/checks.h"
#include "services/registration/app/convert.h"
#include "services/registration/app/identity.h"
#include "services/registration/app/service.h"
#include "services/registration/app/stated.h"
#include "services/registration/messages.h"
#include "services/registration/store/given.h"
#include "services/registration/store/people.h"

namespace tremplin::registration {
namespace {

using options::v1::Role;
using store::EnrolmentRow;

constexpr size_t kMostStep = 64;
constexpr int kMostFacts = 50;

void CheckFactCount(Faults& faults, const program::GivenFacts& facts, int least) {
  if (facts.size() < least) faults.Add("facts", kRequired);
  if (facts.size() > kMostFacts) faults.Add("facts", kTooMany, {text::Cat(kMostFacts)});
}

absl::Status NotFound() { return status::Error(absl::StatusCode::kNotFound, kEnrolmentNotFound); }

// Staff who see the people of one organization only.
bool IsPlaced(const rpc::Principal& principal) {
  return principal.role == Role::ROLE_COORDINATOR && !principal.organization.empty();
}

// Who sees an enrolment: staff of its program, placed staff if their organization brought the
// person, services, the person in the part they act in, and, of a mentor, the organization they
// came through. Nobody beyond the program of their key.
bool MaySee(const rpc::Principal& principal, const EnrolmentRow& row) {
  if (!principal.program.empty() && principal.program != row.program_id) return false;
  const bool mentor = row.enrolment.role == domain::Role::kMentor;
  const bool own = !principal.person.empty() && principal.person == row.person_id;
  const bool through =
      !principal.organization.empty() && principal.organization == row.organization;
  if (principal.role == Role::ROLE_SERVICE) return true;
  if (principal.role == Role::ROLE_COORDINATOR) return !IsPlaced(principal) || through;
  if (principal.role == Role::ROLE_MENTEE) return own && !mentor;
  if (principal.role == Role::ROLE_MENTOR) return own && mentor;
  return principal.role == Role::ROLE_ORGANIZATION && through && mentor;
}

// What is kept sealed is for staff and the person.
bool MaySeeSealed(Role role) {
  return role == Role::ROLE_COORDINATOR || role == Role::ROLE_MENTEE || role == Role::ROLE_MENTOR;
}

// What a person volunteered for matching is no business of the organization they came through; nor
// is whether they were here before: it sees them under the id that a stranger would have.
v1::Enrolment Shown(v1::Enrolment enrolment, const EnrolmentRow& row,
                    const rpc::Principal& principal) {
  if (principal.role == Role::ROLE_ORGANIZATION) {
    enrolment.clear_preferences();
    enrolment.set_person(resources::NameOf(kPeople, PersonIdOf(row.application)));
  }
  // That somebody is known by another way is for staff.
  if (principal.role != Role::ROLE_COORDINATOR) enrolment.clear_behind();
  return enrolment;
}

domain::Actor ActorOf(const rpc::Principal& principal) {
  return principal.role == Role::ROLE_COORDINATOR ? domain::Actor::kStaff : domain::Actor::kPerson;
}

// What a statement of facts about the enrolment is judged by. `also` are facts beyond those that
// matching sees.
Statement StatementOf(const rpc::CallContext& call, const EnrolmentRow& row,
                      const program::Program& program, const std::vector<std::string>& also = {}) {
  return {.about = row.enrolment.role,
          .by = ActorOf(call.principal),
          .staff = call.principal.id,
          .day = absl::ToCivilDay(call.business_now, program.time_zone),
          .also = also};
}

// The facts that may be stated with the step.
std::vector<std::string> FactsOfStep(const program::v1::ProgramDefinition& definition,
                                     domain::Role role, const std::string& code) {
  const auto& steps = role == domain::Role::kMentee ? definition.mentee_onboarding()
                                                    : definition.mentor_onboarding();
  for (const program::v1::OnboardingStep& step : steps) {
    if (step.code() == code) return {step.facts().begin(), step.facts().end()};
  }
  return {};
}

// Row-level security stands behind MaySee: an organization and staff placed there read as it.
database::ReadOptions ReadAs(const rpc::CallContext& call) {
  database::ReadOptions options = call.Read();
  if (call.principal.role == Role::ROLE_ORGANIZATION) {
    options.tenant = call.principal.organization.empty()
                         ? database::Tenant::None()
                         : database::Tenant::Of(call.principal.organization);
  }
  return options;
}

// The filter of a list: what was asked for, cut to what the caller may see.
absl::StatusOr<store::EnrolmentFilter> FilterOf(const rpc::Principal& principal,
                                                const v1::ListEnrolmentsRequest& request) {
  store::EnrolmentFilter filter{.person = principal.person,
                                .organization = principal.organization,
                                .role = request.role(),
                                .state = request.state()};
  const bool own = principal.role == Role::ROLE_MENTEE || principal.role == Role::ROLE_MENTOR;
  if (own && request.program().empty()) {
    filter.program = principal.program;
    return filter;
  }
  TREMPLIN_ASSIGN_OR_RETURN(filter.program,
                            resources::IdOf(kPrograms, request.program(), "program"));
  if (!principal.program.empty() && principal.program != filter.program) {
    return status::Error(absl::StatusCode::kNotFound, kProgramNotFound, {filter.program});
  }
  return filter;
}

// The only role the caller may see, 0 for both.
int64_t OnlyRole(Role role) {
  if (role == Role::ROLE_MENTEE) return v1::ENROLMENT_ROLE_MENTEE;
  if (role == Role::ROLE_MENTOR || role == Role::ROLE_ORGANIZATION) {
    return v1::ENROLMENT_ROLE_MENTOR;
  }
  return 0;
}

absl::StatusOr<std::vector<EnrolmentRow>> ListRows(database::Reader& reader,
                                                   const rpc::Principal& principal,
                                                   const store::EnrolmentFilter& filter,
                                                   const store::EnrolmentCursor& after, int limit) {
  if (principal.role == Role::ROLE_MENTEE || principal.role == Role::ROLE_MENTOR) {
    return store::ListOfPerson(reader, filter, after, limit);
  }
  if (principal.role == Role::ROLE_ORGANIZATION || IsPlaced(principal)) {
    return store::ListOfOrganization(reader, filter, after, limit);
  }
  return store::ListOfProgram(reader, filter, after, limit);
}

// By which staff recognize the rows; who was erased has no name.
absl::Status OpenPeople(database::Reader& reader, const seal::Sealer& sealer,
                        const std::vector<EnrolmentRow>& rows,
                        std::map<std::string, v1::Person>* people) {
  people->clear();
  for (const EnrolmentRow& row : rows) {
    if (people->contains(row.person_id)) continue;
    const absl::StatusOr<std::string> plain = store::OpenPerson(reader, sealer, row.person_id);
    if (absl::IsNotFound(plain.status())) continue;
    TREMPLIN_RETURN_IF_ERROR(plain.status());
    if (!(*people)[row.person_id].ParseFromString(*plain)) {
      return absl::DataLossError("a person cannot be decoded");
    }
  }
  return absl::OkStatus();
}

// Where a page ended: "<program>/<role>/<business key>"; neither of the first two holds a slash.
std::string CursorText(const EnrolmentRow& row) {
  return text::Cat(row.program_id, "/", static_cast<int>(row.enrolment.role), "/",
                   row.business_key);
}

store::EnrolmentCursor CursorOf(const std::string& text) {
  const std::vector<std::string> parts = absl::StrSplit(text, absl::MaxSplits('/', 2));
  store::EnrolmentCursor cursor;
  if (parts.size() != 3 || !absl::SimpleAtoi(parts[1], &cursor.role)) return cursor;
  cursor.program = parts[0];
  cursor.business_key = parts[2];
  return cursor;
}

domain::GateResult ToDomain(v1::CompleteOnboardingStepRequest::GateResult result) {
  using Request = v1::CompleteOnboardingStepRequest;
  if (result == Request::GATE_RESULT_INVITED) return domain::GateResult::kInvited;
  if (result == Request::GATE_RESULT_NOT_INVITED) return domain::GateResult::kNotInvited;
  return domain::GateResult::kNone;
}

}  // namespace

absl::StatusOr<EnrolmentRow> Service::Visible(const rpc::CallContext& call,
                                              std::string_view name) const {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string id, resources::IdOf(kEnrolments, name, "name"));
  EnrolmentRow row;
  TREMPLIN_RETURN_IF_ERROR(d_.db.Read(ReadAs(call), [&](database::Reader& reader) -> absl::Status {
    TREMPLIN_ASSIGN_OR_RETURN(row, store::GetEnrolment(reader, id));
    if (call.principal.role != Role::ROLE_ORGANIZATION) return absl::OkStatus();
    TREMPLIN_ASSIGN_OR_RETURN(const bool silent,
                              store::IsSilent(reader, row.application, call.business_now));
    return silent ? NotFound() : absl::OkStatus();
  }));
  if (!MaySee(call.principal, row)) return NotFound();
  return row;
}

absl::StatusOr<std::shared_ptr<const program::Program>> Service::ProgramOf(
    const EnrolmentRow& row) const {
  return d_.programs.Version(row.program_id, row.program_version);
}

absl::StatusOr<v1::Enrolment> Service::Change(const rpc::CallContext& call,
                                              const EnrolmentRow& seen,
                                              const program::Program& program,
                                              const domain::Command& command) {
  const std::vector<domain::Step> steps = StepsOf(program.definition, seen.enrolment.role);
  return d_.commands.Run<v1::Enrolment>(
      call, seen.id,
      [&](database::Transaction& tx) -> absl::StatusOr<v1::Enrolment> {
        TREMPLIN_ASSIGN_OR_RETURN(EnrolmentRow row, store::GetEnrolment(tx, seen.id));
        if (!row.behind.empty()) {
          return status::Error(absl::StatusCode::kFailedPrecondition, kEnrolmentBehind,
                               {resources::NameOf(kEnrolments, row.behind)});
        }
        TREMPLIN_RETURN_IF_ERROR(store::OpenFacts(tx, d_.sealer, row));
        TREMPLIN_ASSIGN_OR_RETURN(domain::Decision decision,
                                  domain::Decide(row.enrolment, command, steps, call.business_now));
        if (decision.next == row.enrolment) return ToMessage(row, steps);
        const bool resealed = decision.next.profile.sealed != row.enrolment.profile.sealed;
        row.enrolment = std::move(decision.next);
        if (resealed) {
          TREMPLIN_RETURN_IF_ERROR(store::SealFacts(tx, d_.sealer, row));
        }
        TREMPLIN_RETURN_IF_ERROR(store::UpdateEnrolment(tx, row));
        TREMPLIN_RETURN_IF_ERROR(
            AppendEvents(tx, d_.outbox, row, decision.events, call.business_now, call.traceparent));
        TREMPLIN_RETURN_IF_ERROR(Audit(tx, call, resources::NameOf(kEnrolments, row.id)));
        return ToMessage(row, steps);
      },
      seen.person_id);
}

absl::StatusOr<v1::Enrolment> Service::GetEnrolment(const rpc::CallContext& call,
                                                    const v1::GetEnrolmentRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(EnrolmentRow row, Visible(call, request.name()));
  TREMPLIN_ASSIGN_OR_RETURN(const auto program, ProgramOf(row));
  if (!row.sealed.empty() && MaySeeSealed(call.principal.role)) {
    TREMPLIN_RETURN_IF_ERROR(d_.db.Read(ReadAs(call), [&](database::Reader& reader) {
      return store::OpenFacts(reader, d_.sealer, row);
    }));
  }
  return Shown(ToMessage(row, StepsOf(program->definition, row.enrolment.role)), row,
               call.principal);
}

absl::StatusOr<v1::ListEnrolmentsResponse> Service::ListEnrolments(
    const rpc::CallContext& call, const v1::ListEnrolmentsRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const int size, resources::PageSize(request.page_size()));
  TREMPLIN_ASSIGN_OR_RETURN(store::EnrolmentFilter filter, FilterOf(call.principal, request));
  if (!request.program().empty()) {
    TREMPLIN_RETURN_IF_ERROR(d_.programs.Version(filter.program, 1).status());
  }
  const std::string scope =
      text::Cat("enrolments/", filter.program, "/", filter.role, "/", filter.state);
  TREMPLIN_ASSIGN_OR_RETURN(const std::string after,
                            resources::LastKey(scope, request.page_token()));
  v1::ListEnrolmentsResponse response;
  if (const int64_t only = OnlyRole(call.principal.role); only != 0) {
    if (filter.role != 0 && filter.role != only) return response;
    filter.role = only;
  }
  if (call.principal.role == Role::ROLE_ORGANIZATION) filter.shown_at = call.business_now;
  std::vector<EnrolmentRow> rows;
  std::map<std::string, v1::Person> people;  // for staff, by id
  TREMPLIN_RETURN_IF_ERROR(d_.db.Read(ReadAs(call), [&](database::Reader& reader) -> absl::Status {
    TREMPLIN_ASSIGN_OR_RETURN(rows,
                              ListRows(reader, call.principal, filter, CursorOf(after), size + 1));
    if (!MaySeeSealed(call.principal.role)) return absl::OkStatus();
    for (EnrolmentRow& row : rows) {
      TREMPLIN_RETURN_IF_ERROR(store::OpenFacts(reader, d_.sealer, row));
    }
    if (call.principal.role != Role::ROLE_COORDINATOR) return absl::OkStatus();
    return OpenPeople(reader, d_.sealer, rows, &people);
  }));
  if (rows.size() > static_cast<size_t>(size)) {
    rows.resize(static_cast<size_t>(size));
    response.set_next_page_token(resources::PageToken(scope, CursorText(rows.back())));
  }
  for (const EnrolmentRow& row : rows) {
    if (!MaySee(call.principal, row)) continue;
    TREMPLIN_ASSIGN_OR_RETURN(const auto program, ProgramOf(row));
    v1::Enrolment& shown = *response.add_enrolments();
    shown = Shown(ToMessage(row, StepsOf(program->definition, row.enrolment.role)), row,
                  call.principal);
    const auto person = people.find(row.person_id);
    if (person == people.end()) continue;
    shown.set_given_name(person->second.given_name());
    shown.set_family_name(person->second.family_name());
  }
  return response;
}

absl::StatusOr<v1::Enrolment> Service::CompleteOnboardingStep(
    const rpc::CallContext& call, const v1::CompleteOnboardingStepRequest& request) {
  Faults faults;
  faults.Require("step", request.step(), kMostStep);
  CheckFactCount(faults, request.facts(), 0);
  TREMPLIN_RETURN_IF_ERROR(faults.ToStatus());
  TREMPLIN_ASSIGN_OR_RETURN(const EnrolmentRow seen, Visible(call, request.name()));
  TREMPLIN_ASSIGN_OR_RETURN(const auto program, ProgramOf(seen));
  TREMPLIN_ASSIGN_OR_RETURN(const classification::Classification* tables, Tables());
  domain::CompleteStep command{.step = request.step(),
                               .by = ActorOf(call.principal),
                               .gate_result = ToDomain(request.gate_result()),
                               .preferences = store::ToDomain(request.preferences())};
  const Statement statement = StatementOf(
      call, seen, *program, FactsOfStep(program->definition, seen.enrolment.role, request.step()));
  command.stated = CheckStated(faults, request.facts(), statement, program->registry, *tables);
  CheckPreferences(faults, "preferences", request.preferences(), seen.enrolment.role);
  TREMPLIN_RETURN_IF_ERROR(faults.ToStatus());
  return Change(call, seen, *program, command);
}

absl::StatusOr<v1::Enrolment> Service::StateFacts(const rpc::CallContext& call,
                                                  const v1::StateFactsRequest& request) {
  Faults faults;
  CheckFactCount(faults, request.facts(), 1);
  TREMPLIN_RETURN_IF_ERROR(faults.ToStatus());
  TREMPLIN_ASSIGN_OR_RETURN(const EnrolmentRow seen, Visible(call, request.name()));
  TREMPLIN_ASSIGN_OR_RETURN(const auto program, ProgramOf(seen));
  TREMPLIN_ASSIGN_OR_RETURN(const classification::Classification* tables, Tables());
  domain::StateFacts command;
  command.stated = CheckStated(faults, request.facts(), StatementOf(call, seen, *program),
                               program->registry, *tables);
  TREMPLIN_RETURN_IF_ERROR(faults.ToStatus());
  return Change(call, seen, *program, command);
}

absl::StatusOr<v1::Enrolment> Service::SetPreferences(const rpc::CallContext& call,
                                                      const v1::SetPreferencesRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const EnrolmentRow seen, Visible(call, request.name()));
  Faults faults;
  CheckPreferences(faults, "preferences", request.preferences(), seen.enrolment.role);
  TREMPLIN_RETURN_IF_ERROR(faults.ToStatus());
  TREMPLIN_ASSIGN_OR_RETURN(const auto program, ProgramOf(seen));
  return Change(call, seen, *program,
                domain::SetPreferences{store::ToDomain(request.preferences())});
}

absl::StatusOr<v1::Enrolment> Service::WithdrawEnrolment(
    const rpc::CallContext& call, const v1::WithdrawEnrolmentRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const EnrolmentRow seen, Visible(call, request.name()));
  TREMPLIN_ASSIGN_OR_RETURN(const auto program, ProgramOf(seen));
  return Change(call, seen, *program, domain::Withdraw{});
}

}  // namespace tremplin::registration
