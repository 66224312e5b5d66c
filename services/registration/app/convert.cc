#include "services/registration/app/convert.h"

#include <algorithm>
#include <variant>

#include "common/resources/names.h"
#include "common/status/macros.h"
#include "services/registration/store/given.h"
#include "tremplin/registration/events/v1/events.pb.h"

namespace tremplin::registration {
namespace {

namespace ev = events::v1;

ev::EnrolmentRole EventRole(const store::EnrolmentRow& row) {
  return row.enrolment.role == domain::Role::kMentee ? ev::ENROLMENT_ROLE_MENTEE
                                                     : ev::ENROLMENT_ROLE_MENTOR;
}

void FillProfile(const domain::Profile& profile, ev::Profile& out) {
  store::Append(profile.facts, *out.mutable_facts());
  const domain::Preferences& volunteered = profile.preferences;
  if (!volunteered.consent) return;
  out.mutable_wishes()->Assign(volunteered.wishes.begin(), volunteered.wishes.end());
  out.mutable_required()->Assign(volunteered.required.begin(), volunteered.required.end());
  out.mutable_attributes()->Assign(volunteered.attributes.begin(), volunteered.attributes.end());
}

template <class Event>
void FillFormats(const domain::Profile& profile, Event& out) {
  out.mutable_formats()->Assign(profile.formats.begin(), profile.formats.end());
}

// The events as messages, one overload each.
ev::OnboardingStepCompleted MakeEvent(const store::EnrolmentRow& row,
                                      const domain::StepCompleted& event) {
  ev::OnboardingStepCompleted out;
  out.set_enrolment(row.id);
  out.set_program(row.program_id);
  out.set_step(event.step);
  out.set_role(EventRole(row));
  return out;
}

ev::EnrolmentReady MakeEvent(const store::EnrolmentRow& row, const domain::BecameReady&) {
  ev::EnrolmentReady out;
  out.set_enrolment(row.id);
  out.set_person(row.person_id);
  out.set_program(row.program_id);
  out.set_program_version(row.program_version);
  out.set_role(EventRole(row));
  out.set_business_key(row.business_key);
  FillProfile(row.enrolment.profile, *out.mutable_profile());
  out.set_organization(row.organization);
  FillFormats(row.enrolment.profile, out);
  return out;
}

ev::EnrolmentChanged MakeEvent(const store::EnrolmentRow& row, const domain::ProfileChanged&) {
  ev::EnrolmentChanged out;
  out.set_enrolment(row.id);
  out.set_program(row.program_id);
  out.set_role(EventRole(row));
  FillProfile(row.enrolment.profile, *out.mutable_profile());
  FillFormats(row.enrolment.profile, out);
  return out;
}

ev::EnrolmentEnded MakeEvent(const store::EnrolmentRow& row, const domain::Ended& event) {
  ev::EnrolmentEnded out;
  out.set_enrolment(row.id);
  out.set_person(row.person_id);
  out.set_program(row.program_id);
  out.set_role(EventRole(row));
  out.set_reason(event.reason);
  return out;
}

// What staff attested says more of a fact than what matching sees of it.
void FillFacts(const domain::Profile& profile, v1::Enrolment& out) {
  domain::GivenFacts facts = profile.facts;
  for (const auto& [name, given] : profile.sealed) facts[name] = given;
  store::Append(facts, *out.mutable_facts());
}

void FillOnboarding(const domain::Enrolment& enrolment, absl::Span<const domain::Step> steps,
                    v1::Enrolment& out) {
  for (const domain::Step& step : steps) {
    v1::OnboardingProgress& progress = *out.add_onboarding();
    progress.set_step(step.code);
    const auto done =
        std::find_if(enrolment.done.begin(), enrolment.done.end(),
                     [&](const domain::DoneStep& each) { return each.code == step.code; });
    if (done == enrolment.done.end()) continue;
    progress.set_done(true);
    *progress.mutable_done_time() = resources::ToTimestamp(done->at);
  }
}

}  // namespace

v1::Organization ToMessage(const store::OrganizationRow& row) {
  v1::Organization out;
  out.set_name(resources::NameOf(kOrganizations, row.id));
  out.set_title_en(row.title_en);
  out.set_title_fr(row.title_fr);
  for (const int64_t part : row.parts) out.add_parts(static_cast<v1::Part>(part));
  for (const store::SiteRow& site : row.sites) {
    v1::Site& added = *out.add_sites();
    added.set_id(site.id);
    added.set_title_en(site.title_en);
    added.set_title_fr(site.title_fr);
    added.set_fsa(site.fsa);
  }
  return out;
}

std::vector<domain::Step> StepsOf(const program::v1::ProgramDefinition& definition,
                                  domain::Role role) {
  const auto& defined = role == domain::Role::kMentee ? definition.mentee_onboarding()
                                                      : definition.mentor_onboarding();
  std::vector<domain::Step> steps;
  for (const program::v1::OnboardingStep& step : defined) {
    const auto& by = step.done_by();
    steps.push_back(
        {.code = step.code(),
         .compulsory = step.compulsory(),
         .gate = step.gate(),
         .by_person = std::find(by.begin(), by.end(), program::v1::STATED_BY_PERSON) != by.end()});
  }
  return steps;
}

v1::Enrolment ToMessage(const store::EnrolmentRow& row, absl::Span<const domain::Step> steps) {
  v1::Enrolment out;
  out.set_name(resources::NameOf(kEnrolments, row.id));
  out.set_person(resources::NameOf(kPeople, row.person_id));
  out.set_program(resources::NameOf(kPrograms, row.program_id));
  out.set_program_version(row.program_version);
  out.set_role(static_cast<v1::EnrolmentRole>(row.enrolment.role));
  out.set_state(static_cast<v1::Enrolment::State>(row.enrolment.state));
  out.set_organization(resources::NameOf(kOrganizations, row.organization));
  out.set_business_key(row.business_key);
  const domain::Profile& profile = row.enrolment.profile;
  FillFacts(profile, out);
  FillFormats(profile, out);
  if (profile.preferences != domain::Preferences()) {
    *out.mutable_preferences() = store::ToMessage(profile.preferences);
  }
  FillOnboarding(row.enrolment, steps, out);
  out.set_etag(resources::Etag(row.version));
  *out.mutable_create_time() = resources::ToTimestamp(row.created);
  out.set_end_reason(row.enrolment.end_reason);
  out.set_behind(resources::NameOf(kEnrolments, row.behind));
  return out;
}

absl::Status AppendEvents(database::Transaction& tx, const outbox::Outbox& outbox,
                          const store::EnrolmentRow& row, const std::vector<domain::Event>& events,
                          absl::Time at, std::string_view traceparent) {
  for (const domain::Event& event : events) {
    TREMPLIN_RETURN_IF_ERROR(std::visit(
        [&](const auto& what) {
          return outbox.Append(tx, row.id, at, MakeEvent(row, what), traceparent);
        },
        event));
  }
  return absl::OkStatus();
}

absl::Status AppendCreated(database::Transaction& tx, const outbox::Outbox& outbox,
                           const store::EnrolmentRow& row, const std::string& language,
                           absl::Time at, std::string_view traceparent) {
  ev::EnrolmentCreated created;
  created.set_enrolment(row.id);
  created.set_person(row.person_id);
  created.set_program(row.program_id);
  created.set_program_version(row.program_version);
  created.set_role(EventRole(row));
  created.set_organization(row.organization);
  created.set_application(row.application);
  created.set_business_key(row.business_key);
  created.set_language(language);
  FillFormats(row.enrolment.profile, created);
  return outbox.Append(tx, row.id, at, created, traceparent);
}

absl::Status AppendIdentified(database::Transaction& tx, const outbox::Outbox& outbox,
                              const store::EnrolmentRow& row, absl::Time at,
                              std::string_view traceparent) {
  ev::EnrolmentIdentified identified;
  identified.set_enrolment(row.id);
  identified.set_person(row.person_id);
  identified.set_program(row.program_id);
  identified.set_role(EventRole(row));
  identified.set_behind(row.behind);
  identified.set_application(row.application);
  return outbox.Append(tx, row.id, at, identified, traceparent);
}

}  // namespace tremplin::registration
