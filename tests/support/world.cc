#include "tests/support/world.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

#include "common/program/criteria.h"
#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/text/text.h"
#include "services/matching/module.h"
#include "services/notification/module.h"
#include "services/outcome/module.h"
#include "services/referral/module.h"
#include "services/registration/module.h"
#include "services/session/module.h"

namespace tremplin::testing {
namespace {

namespace fs = std::filesystem;

constexpr char kRegistration[] = "tremplin.registration.v1.RegistrationService/";
constexpr char kReferral[] = "tremplin.referral.v1.ReferralService/";
constexpr char kMatching[] = "tremplin.matching.v1.MatchingService/";
constexpr char kSession[] = "tremplin.session.v1.SessionService/";

// The season begins on a Tuesday morning in Ottawa.
absl::Time Start() {
  return absl::FromCivil(absl::CivilSecond(2025, 9, 2, 13, 0, 0), absl::UTCTimeZone());
}

template <class T>
T Must(absl::StatusOr<T> value, const std::string& step) {
  if (!value.ok()) {
    std::fprintf(stderr, "world: %s: %s (%s)\n", step.c_str(), value.status().ToString().c_str(),
                 status::DetailOf(value.status()).en.c_str());
    for (const auto& violation : status::DetailOf(value.status()).violations) {
      std::fprintf(stderr, "  %s: %s\n", violation.field.c_str(), violation.en.c_str());
    }
    std::abort();
  }
  return *std::move(value);
}

std::string MakeDataDir() {
  std::string pattern = (fs::temp_directory_path() / "tremplin-world-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) std::abort();
  return pattern;
}

std::vector<host::ModuleSpec> AllModules() {
  return {registration::Spec(), referral::Spec(), matching::Spec(),
          session::Spec(),      outcome::Spec(),  notification::Spec()};
}

}  // namespace

World::World() : data_dir_(MakeDataDir()), clock_(Start()) {
  const std::vector<host::ModuleSpec> modules = AllModules();
  system_ = Must(host::InlineSystem::Open(data_dir_, modules, clock_), "open");
  operator_ = system_->operator_credential();
  CreateOrganization("ociso", registration::v1::PART_PROGRAM_OWNER);
  PublishProgram([](program::v1::ProgramDefinition&) {});
  for (const char* id : {"alpha", "beta"}) {
    CreateOrganization(id, registration::v1::PART_AGENCY);
    agencies_[id] = NewKey(options::v1::ROLE_AGENCY, text::Cat("organizations/", id));
  }
  coordinator_ = NewKey(options::v1::ROLE_COORDINATOR, "", "", kProgram);
  Settle();
}

World::~World() {
  system_.reset();
  std::error_code ignored;
  fs::remove_all(data_dir_, ignored);
}

absl::StatusOr<std::string> World::CallBytes(const std::string& credential,
                                             const std::string& method,
                                             const std::string& request) {
  rpc::Envelope envelope;
  envelope.credential = credential;
  envelope.deadline = clock_.SystemNow() + absl::Seconds(30);
  return system_->dispatcher().Call(method, request, envelope);
}

std::string World::NextRequestId() { return text::Cat("world-", ++request_); }

std::string World::NewKey(options::v1::Role role, const std::string& organization,
                          const std::string& person, const std::string& program) {
  registration::v1::CreateApiKeyRequest request;
  request.set_role(role);
  request.set_organization(organization);
  request.set_person(person);
  request.set_program(program);
  return Must(Call<registration::v1::CreateApiKeyResponse>(
                  operator_, text::Cat(kRegistration, "CreateApiKey"), request),
              "create key")
      .secret();
}

void World::PublishProgram(const Edit& edit) {
  std::ifstream file("deploy/programs/ottawa-career-mentoring.textproto");
  std::stringstream text;
  text << file.rdbuf();
  registration::v1::PublishProgramRequest request;
  *request.mutable_definition() = Must(program::ParseDefinition(text.str()), "definition");
  edit(*request.mutable_definition());
  Must(Call<registration::v1::Program>(operator_, text::Cat(kRegistration, "PublishProgram"),
                                       request),
       "publish");
  Settle();
}

void World::CreateOrganization(const std::string& id, registration::v1::Part part) {
  registration::v1::CreateOrganizationRequest request;
  request.set_organization_id(id);
  request.mutable_organization()->set_title_en(id);
  request.mutable_organization()->set_title_fr(id);
  request.mutable_organization()->add_parts(part);
  Must(Call<registration::v1::Organization>(
           operator_, text::Cat(kRegistration, "CreateOrganization"), request),
       "organization");
}

void World::MoveTo(absl::Time time) {
  clock_.AdvanceSystem(absl::Milliseconds(1));
  registration::v1::SetBusinessTimeRequest request;
  *request.mutable_business_time() = resources::ToTimestamp(time);
  Must(Call<registration::v1::SetBusinessTimeResponse>(
           operator_, text::Cat(kRegistration, "SetBusinessTime"), request),
       "business time");
  Settle();
}

void World::Settle() {
  const absl::Status settled = system_->Settle();
  if (!settled.ok()) {
    std::fprintf(stderr, "world: settle: %s\n", settled.ToString().c_str());
    std::abort();
  }
}

referral::v1::ReferralFile World::EligibleFile(int number) {
  referral::v1::ReferralFile file;
  file.set_given_name(text::Cat("Givenplanted", number));
  file.set_family_name(text::Cat("Familyplanted", number));
  file.set_birth_date("1987-03-14");
  file.set_email(text::Cat("planted", number, "@example.org"));
  file.set_phone("613-555-0142");
  file.set_service_language("fr");
  file.set_postal_code("K1N 6N5");
  file.set_immigration_status("permanent_resident");
  file.set_landed_on("2023-05-01");
  file.set_foreign_trained("yes");
  file.set_country_of_training("MA");
  file.set_education("bachelor");
  file.set_noc("21231");
  file.set_years_experience(8);
  file.set_career_goal("Goalplanted: return to software within a year");
  file.set_resume("yes");
  file.set_job_search_workshop("yes");
  for (auto set :
       {&referral::v1::ReferralFile::set_fr_listening, &referral::v1::ReferralFile::set_fr_speaking,
        &referral::v1::ReferralFile::set_fr_reading, &referral::v1::ReferralFile::set_fr_writing}) {
    (file.*set)(9);
  }
  file.set_consent_to_share("yes");
  file.set_referred_on("2025-09-02");
  return file;
}

referral::v1::SubmitReferralResponse World::Submit(const std::string& agency,
                                                   const std::string& external_id,
                                                   const referral::v1::ReferralFile& file) {
  referral::v1::SubmitReferralRequest request;
  request.set_agency(text::Cat("organizations/", agency));
  request.set_external_id(external_id);
  *request.mutable_file() = file;
  request.add_programs(kProgram);
  auto response = Must(Call<referral::v1::SubmitReferralResponse>(
                           agencies_.at(agency), text::Cat(kReferral, "SubmitReferral"), request),
                       "submit");
  Settle();
  return response;
}

void World::Admit(const std::string& application) {
  referral::v1::StartReviewRequest review;
  review.set_name(application);
  Must(Call<referral::v1::Application>(coordinator_, text::Cat(kReferral, "StartReview"), review),
       "review");
  referral::v1::AdmitApplicationRequest admit;
  admit.set_name(application);
  Must(Call<referral::v1::Application>(coordinator_, text::Cat(kReferral, "AdmitApplication"),
                                       admit),
       "admit");
  Settle();
}

registration::v1::Enrolment World::Enrolment(const std::string& business_key) {
  registration::v1::ListEnrolmentsRequest request;
  request.set_program(kProgram);
  request.set_page_size(500);
  auto response = Must(Call<registration::v1::ListEnrolmentsResponse>(
                           coordinator_, text::Cat(kRegistration, "ListEnrolments"), request),
                       "enrolments");
  for (const registration::v1::Enrolment& enrolment : response.enrolments()) {
    if (enrolment.business_key() == business_key) return enrolment;
  }
  std::fprintf(stderr, "world: no enrolment of %s\n", business_key.c_str());
  std::abort();
}

void World::CompleteStep(const std::string& enrolment, const std::string& step, bool gate) {
  registration::v1::CompleteOnboardingStepRequest request;
  request.set_name(enrolment);
  request.set_step(step);
  if (gate) {
    request.set_gate_result(registration::v1::CompleteOnboardingStepRequest::GATE_RESULT_INVITED);
    request.add_availability("mon-evening");
    request.add_availability("tue-noon");
  }
  Must(Call<registration::v1::Enrolment>(
           coordinator_, text::Cat(kRegistration, "CompleteOnboardingStep"), request),
       "onboarding " + step);
  Settle();
}

void World::OnboardMentee(const std::string& enrolment) {
  CompleteStep(enrolment, "needs_analysis", true);
  CompleteStep(enrolment, "orientation", false);
}

std::string World::ReadyMentor(const std::string& mentor_id, int capacity) {
  registration::v1::CreateEnrolmentRequest request;
  request.set_role(registration::v1::ENROLMENT_ROLE_MENTOR);
  request.set_program(kProgram);
  request.mutable_person()->set_given_name("Mentorgiven" + mentor_id);
  request.mutable_person()->set_family_name("Mentorfamily" + mentor_id);
  request.mutable_person()->set_email(mentor_id + "-mentorplanted@example.org");
  request.mutable_person()->set_language("fr");
  registration::v1::Profile& profile = *request.mutable_profile();
  profile.set_noc("21231");
  profile.set_naics("541");
  profile.add_languages("fr");
  profile.add_languages("en");
  profile.set_fsa("K1N");
  profile.add_availability("mon-evening");
  profile.set_years_experience(12);
  profile.set_years_in_region(10);
  profile.set_months_offered(6);
  profile.set_capacity(capacity);
  request.set_business_key(mentor_id);
  request.set_door(program::v1::DOOR_SELF);
  (*request.mutable_attested())["network_contacts"] = "yes";
  const std::string name =
      Must(Call<registration::v1::Enrolment>(coordinator_,
                                             text::Cat(kRegistration, "CreateEnrolment"), request),
           "mentor")
          .name();
  Settle();
  CompleteStep(name, "orientation", false);
  CompleteStep(name, "interview", false);
  return name;
}

std::string World::PersonKey(const std::string& enrolment, options::v1::Role role) {
  std::string& key = person_keys_[enrolment];
  if (key.empty()) {
    registration::v1::GetEnrolmentRequest request;
    request.set_name(enrolment);
    const auto found = Must(Call<registration::v1::Enrolment>(
                                coordinator_, text::Cat(kRegistration, "GetEnrolment"), request),
                            "enrolment");
    key = NewKey(role, "", found.person());
  }
  return key;
}

std::string World::MenteeKey(const std::string& enrolment) {
  return PersonKey(enrolment, options::v1::ROLE_MENTEE);
}
std::string World::MentorKey(const std::string& enrolment) {
  return PersonKey(enrolment, options::v1::ROLE_MENTOR);
}

std::vector<matching::v1::Proposal> World::Match() {
  matching::v1::RunMatchingRequest request;
  request.set_program(kProgram);
  auto response = Must(Call<matching::v1::RunMatchingResponse>(
                           coordinator_, text::Cat(kMatching, "RunMatching"), request),
                       "matching");
  Settle();
  return {response.proposals().begin(), response.proposals().end()};
}

session::v1::Mentorship World::Agree(const matching::v1::Proposal& proposal) {
  const auto answer = [&](const std::string& key) {
    matching::v1::AnswerProposalRequest request;
    request.set_name(proposal.name());
    request.set_answer(matching::v1::ANSWER_YES);
    Must(Call<matching::v1::Proposal>(key, text::Cat(kMatching, "AnswerProposal"), request),
         "answer");
    Settle();
  };
  const std::string mentee = MenteeKey(proposal.mentee_enrolment());
  const std::string mentor = MentorKey(proposal.mentor_enrolment());
  answer(mentee);
  answer(mentor);
  matching::v1::RecordContactMeetingRequest meeting;
  meeting.set_name(proposal.name());
  Must(Call<matching::v1::Proposal>(coordinator_, text::Cat(kMatching, "RecordContactMeeting"),
                                    meeting),
       "contact meeting");
  Settle();
  answer(mentee);
  answer(mentor);
  session::v1::ListMentorshipsRequest list;
  list.set_program(kProgram);
  list.set_page_size(500);
  auto response = Must(Call<session::v1::ListMentorshipsResponse>(
                           coordinator_, text::Cat(kSession, "ListMentorships"), list),
                       "mentorships");
  for (const session::v1::Mentorship& mentorship : response.mentorships()) {
    if (mentorship.proposal() == proposal.name()) return mentorship;
  }
  std::fprintf(stderr, "world: no mentorship of the proposal\n");
  std::abort();
}

session::v1::Mentorship World::Sign(const session::v1::Mentorship& mentorship) {
  session::v1::SignAgreementRequest request;
  request.set_name(mentorship.name());
  session::v1::Mentorship signed_by_both;
  for (const std::string& key :
       {MenteeKey(mentorship.mentee_enrolment()), MentorKey(mentorship.mentor_enrolment())}) {
    signed_by_both = Must(
        Call<session::v1::Mentorship>(key, text::Cat(kSession, "SignAgreement"), request), "sign");
    Settle();
  }
  return signed_by_both;
}

}  // namespace tremplin::testing
