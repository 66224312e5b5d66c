#include "tests/support/staff.h"

#include <fstream>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/program/criteria.h"

namespace tremplin::testing {
namespace {

using registration::v1::Enrolment;

constexpr char kReferral[] = "tremplin.referral.v1.ReferralService/";
constexpr char kRegistration[] = "tremplin.registration.v1.RegistrationService/";

}  // namespace

Staff::Staff(const Deployment& deployment)
    : client_(deployment, MakeKey(deployment, options::v1::ROLE_COORDINATOR, "", "", kOttawa)) {}

registration::v1::Profile Staff::MentorProfile(int capacity) {
  registration::v1::Profile profile;
  profile.set_noc(EligibleFile(0).noc());
  profile.set_naics("541");
  profile.add_languages("fr");
  profile.add_languages("en");
  profile.set_fsa("K1N");
  profile.add_availability("mon-evening");
  profile.set_years_experience(12);
  profile.set_years_in_region(10);
  profile.set_months_offered(6);
  profile.set_capacity(capacity);
  return profile;
}

absl::StatusOr<std::string> Staff::ReadyMentor(const std::string& business_key,
                                               const registration::v1::Profile& profile) {
  registration::v1::CreateEnrolmentRequest request;
  request.set_role(registration::v1::ENROLMENT_ROLE_MENTOR);
  request.set_program(kOttawa);
  request.mutable_person()->set_given_name("Mentor");
  request.mutable_person()->set_family_name(absl::StrCat("Number ", business_key));
  request.mutable_person()->set_email(absl::StrCat(business_key, "@example.org"));
  request.mutable_person()->set_language("en");
  *request.mutable_profile() = profile;
  request.set_business_key(business_key);
  request.set_door(program::v1::DOOR_SELF);
  (*request.mutable_attested())["network_contacts"] = "yes";
  request.set_request_id(absl::StrCat("mentor-", business_key));
  const auto created = client_.Call<Enrolment>(
      "registration", absl::StrCat(kRegistration, "CreateEnrolment"), request);
  if (!created.ok()) return created.status();
  for (const char* step : {"orientation", "interview"}) {
    absl::Status done = CompleteStep(created->name(), step, /*gate=*/false);
    if (!done.ok()) return done;
  }
  return created->name();
}

absl::Status Staff::Admit(const std::string& application) {
  referral::v1::StartReviewRequest review;
  review.set_name(application);
  review.set_request_id(absl::StrCat("review/", application));
  const auto reviewed = client_.Call<referral::v1::Application>(
      "referral", absl::StrCat(kReferral, "StartReview"), review);
  if (!reviewed.ok()) return reviewed.status();
  referral::v1::AdmitApplicationRequest admit;
  admit.set_name(application);
  admit.set_request_id(absl::StrCat("admit/", application));
  return client_
      .Call<referral::v1::Application>("referral", absl::StrCat(kReferral, "AdmitApplication"),
                                       admit)
      .status();
}

absl::StatusOr<std::vector<Enrolment>> Staff::MenteesOnboarding(int most) {
  registration::v1::ListEnrolmentsRequest request;
  request.set_program(kOttawa);
  request.set_role(registration::v1::ENROLMENT_ROLE_MENTEE);
  request.set_state(Enrolment::STATE_ONBOARDING);
  request.set_page_size(most);
  const auto page = client_.Call<registration::v1::ListEnrolmentsResponse>(
      "registration", absl::StrCat(kRegistration, "ListEnrolments"), request);
  if (!page.ok()) return page.status();
  return std::vector<Enrolment>(page->enrolments().begin(), page->enrolments().end());
}

absl::Status Staff::CompleteStep(const std::string& enrolment, const std::string& step, bool gate) {
  registration::v1::CompleteOnboardingStepRequest request;
  request.set_name(enrolment);
  request.set_step(step);
  request.set_request_id(absl::StrCat(step, "/", enrolment));
  if (gate) {
    request.set_gate_result(registration::v1::CompleteOnboardingStepRequest::GATE_RESULT_INVITED);
    request.add_availability("mon-evening");
  }
  return client_
      .Call<Enrolment>("registration", absl::StrCat(kRegistration, "CompleteOnboardingStep"),
                       request)
      .status();
}

absl::Status PublishContinuous(const Deployment& deployment) {
  std::ifstream in("deploy/programs/ottawa-career-mentoring.textproto");
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  auto definition = program::ParseDefinition(text);
  if (!definition.ok()) return definition.status();
  definition->mutable_matching()->set_proposing("continuous");
  registration::v1::PublishProgramRequest request;
  *request.mutable_definition() = *std::move(definition);
  request.set_request_id("publish-continuous");
  PersistentClient operations(deployment, OperatorKey(deployment));
  return operations
      .Call<registration::v1::Program>("registration",
                                       absl::StrCat(kRegistration, "PublishProgram"), request)
      .status();
}

}  // namespace tremplin::testing
