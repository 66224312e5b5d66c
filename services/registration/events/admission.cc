#include "services/registration/events/admission.h"

#include <array>
#include <memory>
#include <string>
#include <utility>

#include "common/classification/classification.h"
#include "common/ids/ids.h"
#include "common/resources/names.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/registration/app/convert.h"
#include "services/registration/app/identity.h"
#include "services/registration/store/enrolments.h"
#include "services/registration/store/journal.h"
#include "services/registration/store/people.h"
#include "tremplin/referral/v1/referral.pb.h"

namespace tremplin::registration {
namespace {

constexpr char kGetFile[] = "tremplin.referral.v1.ReferralService/GetAdmittedFile";
constexpr absl::Duration kPeerDeadline = absl::Seconds(5);

std::string DerivedId(std::string_view what, std::string_view application) {
  const std::array<std::string_view, 2> parts{what, application};
  return ids::Derive(parts);
}

v1::Person PersonOf(const referral::v1::ReferralFile& file) {
  v1::Person person;
  person.set_given_name(file.given_name());
  person.set_family_name(file.family_name());
  person.set_birth_date(file.birth_date());
  person.set_email(file.email());
  person.set_phone(file.phone());
  person.set_language(file.service_language());
  return person;
}

domain::Profile ProfileOf(const referral::v1::ReferralFile& file) {
  domain::Profile profile{.noc = file.noc(),
                          .fsa = classification::FsaOf(file.postal_code()),
                          .years_experience = file.years_experience()};
  if (!file.service_language().empty()) profile.languages.push_back(file.service_language());
  return profile;
}

// The person of the referral: who came by another application of it, or a new row.
absl::StatusOr<std::string> FindOrInsert(database::Transaction& tx, const seal::Sealer& sealer,
                                         const store::PersonRow& fresh) {
  TREMPLIN_ASSIGN_OR_RETURN(std::string id, store::FindByReferral(tx, fresh.referral));
  if (!id.empty()) return id;
  TREMPLIN_RETURN_IF_ERROR(store::InsertPerson(tx, sealer, fresh));
  return fresh.id;
}

absl::Status Audit(database::Transaction& tx, const clock::Clock& clock, const events::Event& event,
                   std::string resource) {
  return store::AppendAudit(tx, {.actor = "service:registration",
                                 .role = options::v1::ROLE_SERVICE,
                                 .action = event.type,
                                 .resource = std::move(resource),
                                 .at = clock.SystemNow()});
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
  const referral::v1::ReferralFile& file = admitted.file();
  const domain::Decision decision =
      domain::Enrol(domain::Role::kMentee, ProfileOf(file),
                    StepsOf(program->definition, domain::Role::kMentee), {});

  store::PersonRow person =
      MakePersonRow(sealer_, DerivedId("person", changed.application()), PersonOf(file));
  person.referral = changed.referral();
  person.created = event.time;
  store::EnrolmentRow row{.id = DerivedId("enrolment", changed.application()),
                          .program_id = changed.program(),
                          .program_version = changed.program_version(),
                          .organization = changed.agency(),
                          .application = changed.application(),
                          .business_key = text::Cat(changed.agency(), "/", changed.external_id()),
                          .door = program::v1::DOOR_AGENCY,
                          .created = event.time,
                          .enrolment = decision.next};
  return inbox::Apply([this, event, person = std::move(person), row = std::move(row),
                       occurred = decision.events, language = file.service_language()](
                          database::Transaction& tx) mutable -> absl::Status {
    const absl::StatusOr<store::EnrolmentRow> there = store::GetEnrolment(tx, row.id);
    if (there.ok()) return absl::OkStatus();  // admitted before
    if (!absl::IsNotFound(there.status())) return there.status();
    TREMPLIN_ASSIGN_OR_RETURN(row.person_id, FindOrInsert(tx, sealer_, person));
    TREMPLIN_ASSIGN_OR_RETURN(const bool inserted, store::InsertEnrolment(tx, row));
    if (!inserted) return absl::AlreadyExistsError("the business key has an enrolment already");
    TREMPLIN_RETURN_IF_ERROR(
        AppendCreated(tx, outbox_, row, language, event.time, event.traceparent));
    TREMPLIN_RETURN_IF_ERROR(
        AppendEvents(tx, outbox_, row, occurred, event.time, event.traceparent));
    TREMPLIN_RETURN_IF_ERROR(Audit(tx, clock_, event, resources::NameOf(kPeople, row.person_id)));
    return Audit(tx, clock_, event, resources::NameOf(kEnrolments, row.id));
  });
}

}  // namespace tremplin::registration
