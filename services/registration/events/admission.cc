#include "services/registration/events/admission.h"

#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/ids/ids.h"
#include "common/resources/names.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/registration/app/convert.h"
#include "services/registration/app/identity.h"
#include "services/registration/app/stated.h"
#include "services/registration/store/enrolments.h"
#include "services/registration/store/journal.h"
#include "services/registration/store/people.h"
#include "tremplin/referral/v1/referral.pb.h"

namespace tremplin::registration {

// One admission, as far as it does not depend on what is stored.
struct Admission::Entry {
  events::Event event;
  std::string referral;
  v1::Person person;
  // The rows if nobody is there yet; `enrolment.person_id` is still to be found.
  store::PersonRow person_row;
  store::EnrolmentRow enrolment;
  std::vector<domain::Event> occurred;  // when the enrolment is new
  std::vector<domain::Step> steps;
};

namespace {

constexpr char kGetFile[] = "tremplin.referral.v1.ReferralService/GetAdmittedFile";
constexpr absl::Duration kPeerDeadline = absl::Seconds(5);

std::string DerivedId(std::string_view what, std::string_view application) {
  const std::array<std::string_view, 2> parts{what, application};
  return ids::Derive(parts);
}

v1::Person ToPerson(const referral::v1::ReferralFile& file) {
  v1::Person person;
  person.set_given_name(file.given_name());
  person.set_family_name(file.family_name());
  person.set_birth_date(file.birth_date());
  person.set_email(file.email());
  person.set_phone(file.phone());
  person.set_language(file.language());
  return person;
}

domain::Preferences ToPreferences(const referral::v1::Volunteered& volunteered) {
  if (!volunteered.consent()) return {};
  return {.consent = true,
          .wishes = {volunteered.wishes().begin(), volunteered.wishes().end()},
          .required = {volunteered.required().begin(), volunteered.required().end()},
          .attributes = {volunteered.attributes().begin(), volunteered.attributes().end()}};
}

domain::Profile ToProfile(const referral::v1::AdmittedFile& admitted, domain::Role role,
                          const program::Registry& registry) {
  domain::Stated stated = FromFile(admitted.file().facts(), role, registry);
  return {.facts = std::move(stated.facts),
          .sealed = std::move(stated.sealed),
          .preferences = ToPreferences(admitted.volunteered()),
          .formats = {admitted.formats().begin(), admitted.formats().end()}};
}

// The key their source knows them by. Without an organization, a key that holds a slash begins with
// one too, so that it is never an organization's.
std::string KeyOf(const std::string& agency, const std::string& external_id) {
  const bool ambiguous = agency.empty() && external_id.find('/') != std::string::npos;
  return agency.empty() && !ambiguous ? external_id : text::Cat(agency, "/", external_id);
}

}  // namespace

void Admission::Subscribe(inbox::Handlers& handlers) {
  handlers.On<ApplicationChanged>(
      "referral",
      [this](const events::Event& event, const ApplicationChanged& changed) {
        return OnChanged(event, changed);
      },
      // An admitted file and a published version never change, so nothing of ours is looked at.
      inbox::Handlers::Looks::kAtEventOnly);
}

absl::StatusOr<inbox::Apply> Admission::OnChanged(const events::Event& event,
                                                  const ApplicationChanged& changed) {
  if (changed.state() != referral::events::v1::APPLICATION_STATE_ADMITTED) {
    return nullptr;
  }
  referral::v1::GetAdmittedFileRequest request;
  request.set_name(resources::NameOf("applications", changed.application()));
  TREMPLIN_ASSIGN_OR_RETURN(
      const referral::v1::AdmittedFile admitted,
      peers_.Call<referral::v1::AdmittedFile>(
          kGetFile, request, peers::PeerCall::AsService(clock_.SystemNow() + kPeerDeadline)));
  TREMPLIN_ASSIGN_OR_RETURN(const std::shared_ptr<const program::Program> program,
                            programs_.Version(changed.program(), changed.program_version()));
  const domain::Role role =
      changed.side() == program::v1::SUBJECT_MENTOR ? domain::Role::kMentor : domain::Role::kMentee;
  Entry entry{.event = event,
              .referral = changed.referral(),
              .person = ToPerson(admitted.file()),
              .person_row = {},
              .enrolment = {.id = DerivedId("enrolment", changed.application()),
                            .program_id = changed.program(),
                            .program_version = changed.program_version(),
                            .organization = changed.agency(),
                            .application = changed.application(),
                            .business_key = KeyOf(changed.agency(), changed.external_id()),
                            .door = admitted.door(),
                            .created = event.time},
              .occurred = {},
              .steps = StepsOf(program->definition, role)};
  entry.person_row =
      MakePersonRow(sealer_, DerivedId("person", changed.application()), entry.person);
  entry.person_row.created = event.time;
  domain::Decision decision =
      domain::Enrol(role, ToProfile(admitted, role, program->registry), entry.steps);
  entry.enrolment.enrolment = std::move(decision.next);
  entry.occurred = std::move(decision.events);
  return inbox::Apply(
      [this, entry = std::move(entry)](database::Transaction& tx) { return Enter(tx, entry); });
}

absl::Status Admission::Enter(database::Transaction& tx, const Entry& entry) const {
  const std::string& application = entry.enrolment.application;
  TREMPLIN_ASSIGN_OR_RETURN(const std::string known, store::FindByApplication(tx, application));
  if (!known.empty()) return absl::OkStatus();  // admitted before
  TREMPLIN_ASSIGN_OR_RETURN(const std::string person_id, PersonOf(tx, entry));
  std::string enrolment_id;
  if (person_id != entry.person_row.id) {  // a new person is enrolled nowhere
    TREMPLIN_ASSIGN_OR_RETURN(enrolment_id,
                              store::FindEnrolled(tx, person_id, entry.enrolment.program_id,
                                                  entry.enrolment.enrolment.role));
  }
  if (enrolment_id.empty()) {
    enrolment_id = entry.enrolment.id;
    TREMPLIN_RETURN_IF_ERROR(Enrol(tx, entry, person_id));
  } else {
    TREMPLIN_RETURN_IF_ERROR(Join(tx, entry, enrolment_id));
  }
  TREMPLIN_RETURN_IF_ERROR(store::InsertAdmission(tx, application, enrolment_id));
  TREMPLIN_RETURN_IF_ERROR(Audit(tx, entry, resources::NameOf(kPeople, person_id)));
  return Audit(tx, entry, resources::NameOf(kEnrolments, enrolment_id));
}

// Who came by another application of the referral; who is here already, for one who comes by
// themselves or is proposed; else a new person. Two agencies' clients are two people until staff
// link them.
absl::StatusOr<std::string> Admission::PersonOf(database::Transaction& tx,
                                                const Entry& entry) const {
  TREMPLIN_ASSIGN_OR_RETURN(std::string id, store::FindByReferral(tx, entry.referral));
  if (!id.empty()) return id;
  if (!entry.person.email().empty()) {
    TREMPLIN_RETURN_IF_ERROR(store::HoldEmail(tx, entry.person_row.email_index));
  }
  if (entry.enrolment.door != program::v1::DOOR_AGENCY && !entry.person.email().empty()) {
    TREMPLIN_ASSIGN_OR_RETURN(id, FindSamePerson(tx, sealer_, entry.person_row, entry.person));
  }
  if (id.empty()) {
    id = entry.person_row.id;
    TREMPLIN_RETURN_IF_ERROR(store::InsertPerson(tx, sealer_, entry.person_row));
  }
  TREMPLIN_RETURN_IF_ERROR(store::InsertReferral(tx, entry.referral, id));
  return id;
}

absl::Status Admission::Enrol(database::Transaction& tx, const Entry& entry,
                              const std::string& person_id) const {
  store::EnrolmentRow row = entry.enrolment;
  row.person_id = person_id;
  TREMPLIN_RETURN_IF_ERROR(store::SealFacts(tx, sealer_, row));
  TREMPLIN_ASSIGN_OR_RETURN(const bool inserted, store::InsertEnrolment(tx, row));
  if (!inserted) return absl::AlreadyExistsError("the business key has an enrolment already");
  const events::Event& event = entry.event;
  TREMPLIN_RETURN_IF_ERROR(
      AppendCreated(tx, outbox_, row, entry.person.language(), event.time, event.traceparent));
  return AppendEvents(tx, outbox_, row, entry.occurred, event.time, event.traceparent);
}

absl::Status Admission::Join(database::Transaction& tx, const Entry& entry,
                             const std::string& enrolment_id) const {
  TREMPLIN_ASSIGN_OR_RETURN(store::EnrolmentRow row, store::GetEnrolment(tx, enrolment_id));
  TREMPLIN_RETURN_IF_ERROR(store::OpenFacts(tx, sealer_, row));
  const domain::JoinAdmission command{
      .newer = entry.enrolment.enrolment.profile,
      .proposed = entry.enrolment.door == program::v1::DOOR_PROPOSER};
  TREMPLIN_ASSIGN_OR_RETURN(domain::Decision decision,
                            domain::Decide(row.enrolment, command, entry.steps, entry.event.time));
  row.enrolment = std::move(decision.next);
  TREMPLIN_RETURN_IF_ERROR(store::SealFacts(tx, sealer_, row));
  TREMPLIN_RETURN_IF_ERROR(store::UpdateEnrolment(tx, row));
  return AppendEvents(tx, outbox_, row, decision.events, entry.event.time, entry.event.traceparent);
}

absl::Status Admission::Audit(database::Transaction& tx, const Entry& entry,
                              std::string resource) const {
  return store::AppendAudit(tx, {.actor = "service:registration",
                                 .role = options::v1::ROLE_SERVICE,
                                 .action = entry.event.type,
                                 .resource = std::move(resource),
                                 .at = clock_.SystemNow()});
}

}  // namespace tremplin::registration
