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

referral::v1::ReferralFile Staff::MentorFile(const std::string& key, int capacity) {
  referral::v1::ReferralFile file;
  file.set_given_name("Mentor");
  file.set_family_name(absl::StrCat("Number ", key));
  file.set_email(absl::StrCat(key, "@example.org"));
  file.set_language("en");
  GiveFact(&file, "noc", {"21231"});  // as EligibleFile's
  GiveFact(&file, "naics", {"541"});
  GiveFact(&file, "service_language", {"en", "fr"});
  GiveFact(&file, "fsa", {"K1N"});
  GiveFact(&file, "availability", {"mon-evening"});
  GiveFact(&file, "years_experience", {"12"});
  GiveFact(&file, "years_in_region", {"10"});
  GiveFact(&file, "months_offered", {"6"});
  GiveFact(&file, "capacity", {absl::StrCat(capacity)});
  GiveFact(&file, "network_contacts", {"yes"});
  return file;
}

absl::StatusOr<std::string> Staff::ReadyMentor(const std::string& business_key,
                                               const referral::v1::ReferralFile& file) {
  referral::v1::SubmitReferralRequest request;
  request.set_external_id(business_key);
  *request.mutable_file() = file;
  request.add_programs(kOttawa);
  request.set_side(program::v1::SUBJECT_MENTOR);
  request.set_door(program::v1::DOOR_SELF);
  request.set_request_id(absl::StrCat("mentor-", business_key));
  const auto submitted = client_.Call<referral::v1::SubmitReferralResponse>(
      "referral", absl::StrCat(kReferral, "SubmitReferral"), request);
  if (!submitted.ok()) return submitted.status();
  const auto enrolment = MentorOnboarding(business_key);
  if (!enrolment.ok()) return enrolment.status();
  for (const char* step : {"orientation", "interview"}) {
    absl::Status done = CompleteStep(*enrolment, step, /*gate=*/false);
    if (!done.ok()) return done;
  }
  return *enrolment;
}

absl::StatusOr<std::string> Staff::MentorOnboarding(const std::string& business_key) {
  absl::StatusOr<std::string> found =
      absl::DeadlineExceededError(absl::StrCat("never enrolled: ", business_key));
  Eventually(
      [&] {
        const auto page = Onboarding(registration::v1::ENROLMENT_ROLE_MENTOR, 500);
        if (!page.ok()) {
          found = page.status();
          return true;
        }
        for (const Enrolment& one : *page) {
          if (one.business_key() == business_key) found = one.name();
        }
        return found.ok();
      },
      absl::Minutes(2));
  return found;
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
  return Onboarding(registration::v1::ENROLMENT_ROLE_MENTEE, most);
}

absl::StatusOr<std::vector<Enrolment>> Staff::Onboarding(registration::v1::EnrolmentRole role,
                                                         int most) {
  registration::v1::ListEnrolmentsRequest request;
  request.set_program(kOttawa);
  request.set_role(role);
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
    program::v1::GivenFact& slots = *request.add_facts();
    slots.set_name("availability");
    slots.add_values("mon-evening");
  }
  return client_
      .Call<Enrolment>("registration", absl::StrCat(kRegistration, "CompleteOnboardingStep"),
                       request)
      .status();
}

absl::Status PublishContinuous(const Deployment& deployment,
                               const std::function<void(program::v1::Format&)>& change) {
  std::ifstream in("deploy/programs/ottawa-career-mentoring.textproto");
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  auto definition = program::ParseDefinition(text);
  if (!definition.ok()) return definition.status();
  for (program::v1::Format& format : *definition->mutable_formats()) {
    format.mutable_matching()->set_proposing("continuous");
    if (change != nullptr) change(format);
  }
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
