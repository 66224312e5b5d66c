// The doors by which people come without an agency's referral.

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "services/registration/app/checks.h"
#include "services/registration/app/convert.h"
#include "services/registration/app/facts.h"
#include "services/registration/app/identity.h"
#include "services/registration/app/service.h"
#include "services/registration/messages.h"
#include "services/registration/store/organizations.h"
#include "services/registration/store/people.h"

namespace tremplin::registration {
namespace {

using options::v1::Role;

constexpr int kMostAttested = 50;

// A key of an agency's file is "<agency>/<external id>": nobody else's holds a slash.
bool IsBusinessKey(std::string_view text) {
  return !text.empty() && text.size() <= 128 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-_.:").find(c) != std::string_view::npos;
  });
}

void CheckAttested(Faults& faults, const Attested& attested) {
  if (attested.size() > kMostAttested) {
    return faults.Add("attested", kTooMany, {text::Cat(kMostAttested)});
  }
  for (const auto& [name, value] : attested) {
    if (name.empty() || name.size() > 64) faults.Add("attested", kTooLong, {"64"});
    if (value.size() > 200) faults.Add("attested", kTooLong, {"200"});
  }
}

absl::Status Check(const rpc::Principal& principal, const v1::CreateEnrolmentRequest& request,
                   const classification::Classification& classification, absl::Time today) {
  Faults faults;
  if (request.role() != v1::ENROLMENT_ROLE_MENTEE && request.role() != v1::ENROLMENT_ROLE_MENTOR) {
    faults.Add("role", kChooseOne);
  }
  faults.Take(resources::IdOf(kPrograms, request.program(), "program").status());
  if (!request.organization().empty()) {
    faults.Take(resources::IdOf(kOrganizations, request.organization(), "organization").status());
  }
  if (request.door() == program::v1::DOOR_UNSPECIFIED) faults.Add("door", kChooseOne);
  if (!IsBusinessKey(request.business_key())) faults.Add("business_key", kBusinessKeyInvalid);
  CheckPerson(faults, request.person(), request.role(), today);
  CheckProfile(faults, request.profile(), request.role(), classification);
  if (principal.role == Role::ROLE_ORGANIZATION && request.profile().has_preferences()) {
    faults.Add("profile.preferences", kVolunteeredByOthers);
  }
  CheckAttested(faults, request.attested());
  return faults.ToStatus();
}

// Whether the definition lets the role in by the door. A mentee referred by an agency has an
// application in referral, and does not come in here.
bool IsOpen(const program::v1::ProgramDefinition& definition,
            const v1::CreateEnrolmentRequest& request) {
  const bool mentee = request.role() == v1::ENROLMENT_ROLE_MENTEE;
  if (mentee && request.door() == program::v1::DOOR_AGENCY) return false;
  const auto& doors = mentee ? definition.mentee_doors() : definition.mentor_doors();
  return std::find(doors.begin(), doors.end(), request.door()) != doors.end();
}

std::string IdIn(const std::string& name) { return name.substr(name.find('/') + 1); }

// The organization they come through. An organization proposes for itself only, by that door only.
absl::StatusOr<std::string> OrganizationOf(const rpc::Principal& principal,
                                           const v1::CreateEnrolmentRequest& request) {
  const std::string named =
      request.organization().empty() ? std::string() : IdIn(request.organization());
  if (principal.role != Role::ROLE_ORGANIZATION) return named;
  if ((!named.empty() && named != principal.organization) ||
      request.door() != program::v1::DOOR_PROPOSER) {
    return status::Error(absl::StatusCode::kPermissionDenied, kOrganizationForeign);
  }
  return principal.organization;
}

// The key as stored. An organization's own keys are in a space of its own, so that trying one never
// tells of people who came without it.
std::string KeyOf(const rpc::Principal& principal, const std::string& given) {
  if (principal.role != Role::ROLE_ORGANIZATION) return given;
  return text::Cat(principal.organization, ":", given);
}

// What was attested, in one order whatever the map's.
std::string Bytes(const v1::CreateEnrolmentRequest& request) {
  v1::CreateEnrolmentRequest kept;
  *kept.mutable_attested() = request.attested();
  std::string bytes;
  google::protobuf::io::StringOutputStream stream(&bytes);
  google::protobuf::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  kept.SerializeToCodedStream(&coded);
  coded.Trim();
  return bytes;
}

// The person of the request: one who is here already, or a new row.
absl::StatusOr<std::string> FindOrInsertPerson(database::Transaction& tx,
                                               const seal::Sealer& sealer,
                                               const store::PersonRow& fresh,
                                               const v1::Person& person) {
  TREMPLIN_ASSIGN_OR_RETURN(std::string id, FindSamePerson(tx, sealer, fresh, person));
  if (!id.empty()) return id;
  TREMPLIN_RETURN_IF_ERROR(store::InsertPerson(tx, sealer, fresh));
  return fresh.id;
}

}  // namespace

absl::StatusOr<v1::Enrolment> Service::CreateEnrolment(const rpc::CallContext& call,
                                                       const v1::CreateEnrolmentRequest& request) {
  if (!d_.classification.ok()) {
    return absl::InternalError(
        text::Cat("reference tables: ", d_.classification.status().message()));
  }
  TREMPLIN_RETURN_IF_ERROR(Check(call.principal, request, *d_.classification, call.business_now));
  TREMPLIN_ASSIGN_OR_RETURN(const std::string organization,
                            OrganizationOf(call.principal, request));
  const std::string program_id = IdIn(request.program());
  if (!call.principal.program.empty() && call.principal.program != program_id) {
    return status::Error(absl::StatusCode::kNotFound, kProgramNotFound, {program_id});
  }
  TREMPLIN_ASSIGN_OR_RETURN(const std::shared_ptr<const program::Program> program,
                            d_.programs.InForce(program_id, call.business_now));
  const program::v1::ProgramDefinition& definition = program->definition;
  const domain::Role role = static_cast<domain::Role>(request.role());
  const auto& criteria = role == domain::Role::kMentee ? definition.mentee() : definition.mentor();
  const std::vector<domain::Step> steps = StepsOf(definition, role);
  const domain::Decision decision =
      domain::Enrol(role, ToDomain(request.profile()), steps,
                    Unmet(criteria, FactsOf(request.profile(), request.attested(), criteria)));

  store::PersonRow person = MakePersonRow(d_.sealer, call.NewId("person"), request.person());
  person.created = call.business_now;
  store::EnrolmentRow row{.id = call.NewId("enrolment"),
                          .program_id = program_id,
                          .program_version = program->version,
                          .organization = organization,
                          .business_key = KeyOf(call.principal, request.business_key()),
                          .door = request.door(),
                          .created = call.business_now,
                          .enrolment = decision.next};

  // One lane per address: two entries of one person at once find each other.
  return d_.commands.Run<v1::Enrolment>(
      call, person.email_index, [&](database::Transaction& tx) -> absl::StatusOr<v1::Enrolment> {
        if (!IsOpen(definition, request)) {
          return status::Error(absl::StatusCode::kFailedPrecondition, kDoorClosed);
        }
        if (!organization.empty()) {
          TREMPLIN_RETURN_IF_ERROR(store::GetOrganization(tx, organization).status());
        }
        TREMPLIN_ASSIGN_OR_RETURN(row.person_id,
                                  FindOrInsertPerson(tx, d_.sealer, person, request.person()));
        if (!request.attested().empty()) {
          TREMPLIN_ASSIGN_OR_RETURN(database::Bytes sealed,
                                    d_.sealer.Seal(tx, row.person_id, "attested", Bytes(request)));
          row.attested = std::move(sealed.data);
        }
        TREMPLIN_ASSIGN_OR_RETURN(const bool inserted, store::InsertEnrolment(tx, row));
        if (!inserted) {
          return status::Error(absl::StatusCode::kAlreadyExists, kEnrolmentExists,
                               {request.business_key()});
        }
        TREMPLIN_RETURN_IF_ERROR(AppendCreated(tx, d_.outbox, row, request.person().language(),
                                               call.business_now, call.traceparent));
        TREMPLIN_RETURN_IF_ERROR(
            AppendEvents(tx, d_.outbox, row, decision.events, call.business_now, call.traceparent));
        TREMPLIN_RETURN_IF_ERROR(Audit(tx, call, resources::NameOf(kPeople, row.person_id)));
        TREMPLIN_RETURN_IF_ERROR(Audit(tx, call, resources::NameOf(kEnrolments, row.id)));
        return ToMessage(row, steps);
      });
}

}  // namespace tremplin::registration
