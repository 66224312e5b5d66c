#include "services/registration/events/admission.h"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/ids/ids.h"
#include "common/resources/names.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/registration/app/convert.h"
#include "services/registration/app/identity.h"
#include "services/registration/app/one_person.h"
#include "services/registration/app/stated.h"
#include "services/registration/store/enrolments.h"
#include "services/registration/store/journal.h"
#include "services/registration/store/people.h"
#include "tremplin/referral/v1/referral.pb.h"

namespace tremplin::registration {

// What a mentor's newest file offers otherwise than the one before it.
struct Admission::Offer {
  std::string application;
  bool proposed = false;
  domain::Stated stated;
  std::vector<domain::Step> steps;
};

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

// As the newest file says it, whatever was decided on.
v1::Person ToPerson(const referral::v1::AdmittedFile& admitted) {
  const referral::v1::ReferralFile& file =
      admitted.has_contact() ? admitted.contact() : admitted.file();
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
      inbox::Handlers::Reads::kEventAlone);
  handlers.On<referral::events::v1::ReferralSubmitted>(
      "referral",
      [this](const events::Event& event, const referral::events::v1::ReferralSubmitted& submitted) {
        return OnSubmitted(event, submitted);
      },
      inbox::Handlers::Reads::kEventAlone);
  handlers.On<referral::events::v1::ConsentChanged>(
      "referral",
      [](const events::Event&,
         const referral::events::v1::ConsentChanged& changed) -> absl::StatusOr<inbox::Apply> {
        const absl::Time silent_from = changed.has_silent_from()
                                           ? resources::FromTimestamp(changed.silent_from())
                                           : absl::InfiniteFuture();
        return inbox::Apply([changed, silent_from](database::Transaction& tx) -> absl::Status {
          for (const std::string& application : changed.applications()) {
            TREMPLIN_RETURN_IF_ERROR(store::SetSilence(tx, application, silent_from));
          }
          return absl::OkStatus();
        });
      },
      inbox::Handlers::Reads::kEventAlone);
  handlers.On<referral::events::v1::ReferralsLinked>(
      "referral",
      [this](const events::Event& event,
             const referral::events::v1::ReferralsLinked& linked) -> absl::StatusOr<inbox::Apply> {
        return Linking(event, linked.referral(), linked.other(), /*linked=*/true);
      },
      inbox::Handlers::Reads::kEventAlone);
  handlers.On<referral::events::v1::ReferralsUnlinked>(
      "referral",
      [this](const events::Event& event, const referral::events::v1::ReferralsUnlinked& undone)
          -> absl::StatusOr<inbox::Apply> {
        return Linking(event, undone.referral(), undone.other(), /*linked=*/false);
      },
      inbox::Handlers::Reads::kEventAlone);
}

absl::StatusOr<referral::v1::AdmittedFile> Admission::FileOf(const std::string& application) {
  referral::v1::GetAdmittedFileRequest request;
  request.set_name(resources::NameOf("applications", application));
  return peers_.Call<referral::v1::AdmittedFile>(
      kGetFile, request, peers::PeerCall::AsService(clock_.SystemNow() + kPeerDeadline));
}

// A later revision: how the person is reached now is asked for by whichever application is
// admitted; where none is, nobody is here. What a mentor offers follows too, in each.
absl::StatusOr<inbox::Apply> Admission::OnSubmitted(
    const events::Event& event, const referral::events::v1::ReferralSubmitted& submitted) {
  if (submitted.revision() <= 1) return nullptr;
  const bool offers =
      submitted.side() == program::v1::SUBJECT_MENTOR && !submitted.restated().empty();
  std::optional<store::PersonRow> person;
  std::vector<Offer> newer;
  for (const std::string& application : submitted.applications()) {
    const absl::StatusOr<referral::v1::AdmittedFile> admitted = FileOf(application);
    if (absl::IsFailedPrecondition(admitted.status()) || absl::IsNotFound(admitted.status())) {
      continue;
    }
    TREMPLIN_RETURN_IF_ERROR(admitted.status());
    if (!person.has_value()) person = MakePersonRow(sealer_, "", ToPerson(*admitted));
    if (!offers) break;
    TREMPLIN_ASSIGN_OR_RETURN(const std::string program_id,
                              resources::IdOf(kPrograms, admitted->program(), "program"));
    TREMPLIN_ASSIGN_OR_RETURN(const std::shared_ptr<const program::Program> program,
                              programs_.Version(program_id, admitted->program_version()));
    newer.push_back({.application = application,
                     .proposed = admitted->door() == program::v1::DOOR_PROPOSER,
                     .stated = Offered(admitted->newest_facts(),
                                       {submitted.restated().begin(), submitted.restated().end()},
                                       domain::Role::kMentor, *program),
                     .steps = StepsOf(program->definition, domain::Role::kMentor)});
  }
  if (!person.has_value()) return nullptr;
  return inbox::Apply([this, person = *std::move(person), newer = std::move(newer),
                       referral = submitted.referral(),
                       event](database::Transaction& tx) -> absl::Status {
    store::PersonRow corrected = person;
    TREMPLIN_ASSIGN_OR_RETURN(corrected.id, store::FindByReferral(tx, referral));
    if (corrected.id.empty()) return absl::OkStatus();  // their admission brings it
    TREMPLIN_RETURN_IF_ERROR(store::UpdatePerson(tx, sealer_, corrected));
    for (const Offer& offer : newer) TREMPLIN_RETURN_IF_ERROR(Take(tx, offer, event));
    return Audit(tx, event.type, resources::NameOf(kPeople, corrected.id));
  });
}

// As if they stated it now: matching follows, and who is matched stays so. What others propose of
// somebody who was here before adds to what was given there, and replaces none of it.
absl::Status Admission::Take(database::Transaction& tx, const Offer& offer,
                             const events::Event& event) const {
  if (offer.stated.names.empty()) return absl::OkStatus();
  TREMPLIN_ASSIGN_OR_RETURN(const std::string id, store::FindByApplication(tx, offer.application));
  if (id.empty()) return absl::OkStatus();  // their admission brings it
  TREMPLIN_ASSIGN_OR_RETURN(store::EnrolmentRow row, store::GetEnrolment(tx, id));
  if (row.enrolment.state == domain::State::kEnded) return absl::OkStatus();
  if (offer.proposed && row.application != offer.application) return absl::OkStatus();
  TREMPLIN_RETURN_IF_ERROR(store::OpenFacts(tx, sealer_, row));
  TREMPLIN_ASSIGN_OR_RETURN(
      domain::Decision decision,
      domain::Decide(row.enrolment, domain::StateFacts{offer.stated}, offer.steps, event.time));
  if (decision.next == row.enrolment) return absl::OkStatus();
  row.enrolment = std::move(decision.next);
  TREMPLIN_RETURN_IF_ERROR(store::SealFacts(tx, sealer_, row));
  TREMPLIN_RETURN_IF_ERROR(store::UpdateEnrolment(tx, row));
  return AppendEvents(tx, outbox_, row, decision.events, event.time, event.traceparent);
}

inbox::Apply Admission::Linking(const events::Event& event, const std::string& referral,
                                const std::string& other, bool linked) const {
  const std::string& low = std::min(referral, other);
  const std::string& high = std::max(referral, other);
  return [this, low, high, linked, time = event.time,
          trace = event.traceparent](database::Transaction& tx) -> absl::Status {
    // An admission of one of them at this moment, on another replica, meets it here.
    TREMPLIN_RETURN_IF_ERROR(store::HoldReferral(tx, low));
    TREMPLIN_RETURN_IF_ERROR(store::HoldReferral(tx, high));
    TREMPLIN_RETURN_IF_ERROR(linked ? store::PutLink(tx, low, high)
                                    : store::DropLink(tx, low, high));
    return Regroup(tx, sealer_, outbox_, {low, high}, time, trace);
  };
}

absl::StatusOr<inbox::Apply> Admission::OnChanged(const events::Event& event,
                                                  const ApplicationChanged& changed) {
  if (changed.state() != referral::events::v1::APPLICATION_STATE_ADMITTED) {
    return nullptr;
  }
  TREMPLIN_ASSIGN_OR_RETURN(const referral::v1::AdmittedFile admitted,
                            FileOf(changed.application()));
  TREMPLIN_ASSIGN_OR_RETURN(const std::shared_ptr<const program::Program> program,
                            programs_.Version(changed.program(), changed.program_version()));
  const domain::Role role =
      changed.side() == program::v1::SUBJECT_MENTOR ? domain::Role::kMentor : domain::Role::kMentee;
  Entry entry{.event = event,
              .referral = changed.referral(),
              .person = ToPerson(admitted),
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
  entry.person_row = MakePersonRow(sealer_, PersonIdOf(changed.application()), entry.person);
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
  TREMPLIN_ASSIGN_OR_RETURN(const Identity identity, PersonOf(tx, entry));
  TREMPLIN_ASSIGN_OR_RETURN(std::string enrolment_id,
                            store::FindEnrolled(tx, identity.person, entry.enrolment.program_id,
                                                entry.enrolment.enrolment.role));
  if (enrolment_id.empty()) {
    enrolment_id = entry.enrolment.id;
    TREMPLIN_RETURN_IF_ERROR(Enrol(tx, entry, identity, ""));
  } else {
    TREMPLIN_ASSIGN_OR_RETURN(store::EnrolmentRow row, store::GetEnrolment(tx, enrolment_id));
    if (row.own_person_id == identity.record) {
      const bool by_another = entry.enrolment.door == program::v1::DOOR_PROPOSER &&
                              entry.enrolment.organization != row.organization;
      TREMPLIN_RETURN_IF_ERROR(Join(tx, entry, std::move(row)));
      if (by_another) {
        // The organization has an enrolment of its own to see, as of somebody nobody knew.
        TREMPLIN_RETURN_IF_ERROR(Enrol(tx, entry, identity, enrolment_id));
        enrolment_id = entry.enrolment.id;
      }
    } else {
      // Of somebody linked: a link can be undone, so nothing of theirs is mixed.
      TREMPLIN_RETURN_IF_ERROR(Enrol(tx, entry, identity, enrolment_id));
      enrolment_id = entry.enrolment.id;
    }
  }
  TREMPLIN_RETURN_IF_ERROR(store::InsertAdmission(tx, application, enrolment_id));
  TREMPLIN_RETURN_IF_ERROR(
      Audit(tx, entry.event.type, resources::NameOf(kPeople, identity.person)));
  return Audit(tx, entry.event.type, resources::NameOf(kEnrolments, enrolment_id));
}

// Who came by another application of the referral; who is here already, for one who comes by
// themselves or is proposed; else a new person. Two agencies' clients are two people until staff
// link them.
absl::StatusOr<Admission::Identity> Admission::PersonOf(database::Transaction& tx,
                                                        const Entry& entry) const {
  TREMPLIN_RETURN_IF_ERROR(store::HoldReferral(tx, entry.referral));
  Identity identity;
  TREMPLIN_ASSIGN_OR_RETURN(identity.record, store::FindByReferral(tx, entry.referral));
  if (identity.record.empty()) {
    TREMPLIN_ASSIGN_OR_RETURN(identity.record, KnownRecord(tx, entry));
    if (identity.record.empty()) {
      identity.record = entry.person_row.id;
      TREMPLIN_RETURN_IF_ERROR(store::InsertPerson(tx, sealer_, entry.person_row));
    }
    TREMPLIN_RETURN_IF_ERROR(store::InsertReferral(tx, entry.referral, identity.record));
    TREMPLIN_ASSIGN_OR_RETURN(const std::vector<std::string> linked,
                              store::LinkedTo(tx, entry.referral));
    if (!linked.empty()) {
      TREMPLIN_RETURN_IF_ERROR(Regroup(tx, sealer_, outbox_, {entry.referral}, entry.event.time,
                                       entry.event.traceparent));
    }
  }
  TREMPLIN_ASSIGN_OR_RETURN(identity.person, store::HeadOf(tx, identity.record));
  return identity;
}

// The record of the same name and email, "" for none. An agency's client is nobody's who is
// enrolled on the same side already: whether two sources mean one person is for staff to say.
absl::StatusOr<std::string> Admission::KnownRecord(database::Transaction& tx,
                                                   const Entry& entry) const {
  if (entry.person.email().empty()) return std::string();
  TREMPLIN_RETURN_IF_ERROR(store::HoldEmail(tx, entry.person_row.email_index));
  TREMPLIN_ASSIGN_OR_RETURN(const std::string id,
                            FindSamePerson(tx, sealer_, entry.person_row, entry.person));
  if (id.empty() || entry.enrolment.door != program::v1::DOOR_AGENCY) return id;
  TREMPLIN_ASSIGN_OR_RETURN(const std::string person, store::HeadOf(tx, id));
  TREMPLIN_ASSIGN_OR_RETURN(const bool same_part,
                            store::IsEnrolledAs(tx, person, entry.enrolment.enrolment.role));
  return same_part ? std::string() : id;
}

absl::Status Admission::Enrol(database::Transaction& tx, const Entry& entry,
                              const Identity& identity, const std::string& behind) const {
  store::EnrolmentRow row = entry.enrolment;
  row.person_id = identity.person;
  row.own_person_id = identity.record;
  row.behind = behind;
  row.untold = !behind.empty();
  TREMPLIN_RETURN_IF_ERROR(store::SealFacts(tx, sealer_, row));
  TREMPLIN_ASSIGN_OR_RETURN(const bool inserted, store::InsertEnrolment(tx, row));
  if (!inserted) return absl::AlreadyExistsError("the business key has an enrolment already");
  const events::Event& event = entry.event;
  if (row.untold) return AppendIdentified(tx, outbox_, row, event.time, event.traceparent);
  TREMPLIN_RETURN_IF_ERROR(
      AppendCreated(tx, outbox_, row, entry.person.language(), event.time, event.traceparent));
  return AppendEvents(tx, outbox_, row, entry.occurred, event.time, event.traceparent);
}

absl::Status Admission::Join(database::Transaction& tx, const Entry& entry,
                             store::EnrolmentRow row) const {
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

absl::Status Admission::Audit(database::Transaction& tx, const std::string& action,
                              std::string resource) const {
  return store::AppendAudit(tx, {.actor = "service:registration",
                                 .role = options::v1::ROLE_SERVICE,
                                 .action = action,
                                 .resource = std::move(resource),
                                 .at = clock_.SystemNow()});
}

}  // namespace tremplin::registration
