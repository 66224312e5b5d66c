#include "tests/support/world.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

#include "absl/time/civil_time.h"
#include "common/program/criteria.h"
#include "common/program/facts.h"
#include "common/program/format.h"
#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/text/text.h"
#include "services/standalone/modules.h"

namespace tremplin::testing {
namespace {

namespace fs = std::filesystem;
using program::v1::ProposalStep;
using program::v1::Subject;

constexpr char kRegistration[] = "tremplin.registration.v1.RegistrationService/";
constexpr char kReferral[] = "tremplin.referral.v1.ReferralService/";
constexpr char kMatching[] = "tremplin.matching.v1.MatchingService/";
constexpr char kSession[] = "tremplin.session.v1.SessionService/";
constexpr int kMostTries = 50;

// The season begins on a Tuesday morning in Ottawa.
absl::Time Start() {
  return absl::FromCivil(absl::CivilSecond(2025, 9, 2, 13, 0, 0), absl::UTCTimeZone());
}

std::string MakeDataDir() {
  std::string pattern = (fs::temp_directory_path() / "tremplin-world-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) std::abort();
  return pattern;
}

std::string Read(const fs::path& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

program::v1::ProgramDefinition Kept(const std::string& name) {
  const std::string path = text::Cat("deploy/", name, ".textproto");
  return Must(program::ParseDefinition(Read(path)), path);
}

program::v1::GivenFact Fact(const std::string& name, const std::vector<std::string>& values) {
  program::v1::GivenFact fact;
  fact.set_name(name);
  fact.mutable_values()->Add(values.begin(), values.end());
  return fact;
}

}  // namespace

void Fail(const absl::Status& status, std::string_view step) {
  std::fprintf(stderr, "world: %s: %s (%s)\n", std::string(step).c_str(), status.ToString().c_str(),
               status::DetailOf(status).en.c_str());
  for (const auto& violation : status::DetailOf(status).violations) {
    std::fprintf(stderr, "  %s: %s\n", violation.field.c_str(), violation.en.c_str());
  }
  std::abort();
}

void Give(referral::v1::ReferralFile& file, const Given& given) {
  for (const auto& [name, values] : given) {
    auto& facts = *file.mutable_facts();
    facts.erase(std::remove_if(facts.begin(), facts.end(),
                               [&name](const auto& fact) { return fact.name() == name; }),
                facts.end());
    if (!values.empty()) *facts.Add() = Fact(name, values);
  }
}

referral::v1::ReferralFile Somebody(int number) {
  referral::v1::ReferralFile file;
  file.set_given_name(text::Cat("Givenplanted", number));
  file.set_family_name(text::Cat("Familyplanted", number));
  file.set_birth_date("1987-03-14");
  file.set_email(text::Cat("planted", number, "@example.org"));
  file.set_phone("613-555-0142");
  file.set_language("fr");
  file.set_referred_on("2025-09-02");
  return file;
}

referral::v1::ReferralFile Somebody(int number, const Given& given) {
  referral::v1::ReferralFile file = Somebody(number);
  Give(file, given);
  return file;
}

std::vector<std::string> Of(const matching::v1::Proposal& proposal, Subject side) {
  std::vector<std::string> enrolments;
  for (const matching::v1::ProposalParticipant& one : proposal.participants()) {
    if (one.side() == side && one.dropped().empty()) enrolments.push_back(one.enrolment());
  }
  return enrolments;
}

std::vector<std::string> Of(const session::v1::Engagement& engagement, Subject side) {
  std::vector<std::string> enrolments;
  for (const session::v1::Participant& one : engagement.participants()) {
    if (one.side() == side && !one.has_leave_time()) enrolments.push_back(one.enrolment());
  }
  return enrolments;
}

namespace {

// Of a pair, whatever became of it.
template <class Pair>
std::string OneOf(const Pair& pair, Subject side) {
  for (const auto& one : pair.participants()) {
    if (one.side() == side) return one.enrolment();
  }
  Fail(absl::NotFoundError("nobody on that side"), "participant");
}

}  // namespace

std::string MenteeOf(const matching::v1::Proposal& proposal) {
  return OneOf(proposal, program::v1::SUBJECT_MENTEE);
}
std::string MentorOf(const matching::v1::Proposal& proposal) {
  return OneOf(proposal, program::v1::SUBJECT_MENTOR);
}
std::string MenteeOf(const session::v1::Engagement& engagement) {
  return OneOf(engagement, program::v1::SUBJECT_MENTEE);
}
std::string MentorOf(const session::v1::Engagement& engagement) {
  return OneOf(engagement, program::v1::SUBJECT_MENTOR);
}

World::World() : World(std::vector<std::string>{"ottawa-career-mentoring"}) {}

World::World(const std::vector<std::string>& programs, uint64_t seed, host::InlineOptions options)
    : data_dir_(MakeDataDir()),
      clock_(Start()),
      environment_(seed, clock_),
      program_(text::Cat("programs/", programs.at(0))) {
  const std::vector<host::ModuleSpec> modules = standalone::Modules();
  system_ = Must(host::InlineSystem::Open(data_dir_, modules, clock_, std::move(options)), "open");
  operator_ = system_->operator_credential();
  PublishFacts();
  for (const char* id : {"alpha", "beta"}) {
    CreateOrganization(id, {registration::v1::PART_AGENCY});
    agencies_[id] = NewKey(options::v1::ROLE_AGENCY, text::Cat("organizations/", id));
  }
  CreateOrganization("maple", {registration::v1::PART_EMPLOYER});
  for (const std::string& id : programs) {
    const std::string name = text::Cat("programs/", id);
    const program::v1::ProgramDefinition definition = Kept(name);
    CreateOrganization(definition.owner(), {registration::v1::PART_PROGRAM_OWNER});
    for (const program::v1::Involved& involved : definition.involved()) {
      CreateOrganization(involved.organization(),
                         {registration::v1::PART_AGENCY, registration::v1::PART_ASSOCIATION});
    }
    Publish(definition);
    coordinators_[name] = NewKey(options::v1::ROLE_COORDINATOR, "", "", name);
  }
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
  for (int tries = 1;; ++tries) {
    rpc::Envelope envelope;
    envelope.credential = credential;
    envelope.deadline = clock_.SystemNow() + absl::Seconds(30);
    absl::StatusOr<std::string> answer = system_->dispatcher().Call(method, request, envelope);
    if (!absl::IsUnavailable(answer.status()) || tries == kMostTries) return answer;
    clock_.AdvanceSystem(absl::Milliseconds(20));
  }
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

const std::string& World::proposer(const std::string& id) {
  std::string& key = proposers_[id];
  if (key.empty()) key = NewKey(options::v1::ROLE_ORGANIZATION, text::Cat("organizations/", id));
  return key;
}

void World::PublishFacts() {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator("deploy/facts")) {
    if (entry.path().extension() == ".textproto") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  registration::v1::PublishFactsRequest request;
  for (const fs::path& path : paths) {
    request.mutable_registry()->MergeFrom(Must(program::ParseRegistry(Read(path)), path.string()));
  }
  Must(Call<registration::v1::Facts>(operator_, text::Cat(kRegistration, "PublishFacts"), request),
       "facts");
}

void World::Publish(program::v1::ProgramDefinition definition) {
  registration::v1::PublishProgramRequest request;
  *request.mutable_definition() = definition;
  const auto published = Must(Call<registration::v1::Program>(
                                  operator_, text::Cat(kRegistration, "PublishProgram"), request),
                              "publish");
  definitions_[published.name()] = std::move(definition);
}

void World::PublishProgram(const Edit& edit) {
  program::v1::ProgramDefinition definition = Kept(program_);
  edit(definition);
  Publish(std::move(definition));
  Settle();
}

const program::v1::Format& World::format(const std::string& program,
                                         const std::string& code) const {
  const program::v1::Format* found = program::FindFormat(definition(program), code);
  if (found == nullptr) Fail(absl::NotFoundError(code), "format");
  return *found;
}

void World::CreateOrganization(const std::string& id,
                               std::initializer_list<registration::v1::Part> parts) {
  if (std::exchange(organizations_[id], true)) return;
  registration::v1::CreateOrganizationRequest request;
  request.set_organization_id(id);
  request.mutable_organization()->set_title_en(id);
  request.mutable_organization()->set_title_fr(id);
  for (const registration::v1::Part part : parts) request.mutable_organization()->add_parts(part);
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
  if (!settled.ok()) Fail(settled, "settle");
}

std::string World::Day(int days) {
  absl::TimeZone zone;
  absl::LoadTimeZone(definition(program_).time_zone(), &zone);
  return absl::FormatCivilTime(absl::ToCivilDay(clock_.BusinessNow(), zone) + days);
}

referral::v1::ReferralFile World::EligibleFile(int number) {
  return Somebody(number, {{"service_language", {"fr"}},
                           {"postal_code", {"K1N 6N5"}},
                           {"immigration_status", {"permanent_resident"}},
                           {"landed_on", {"2023-05-01"}},
                           {"foreign_trained", {"yes"}},
                           {"country_of_training", {"MA"}},
                           {"education", {"bachelor"}},
                           {"noc", {"21231"}},
                           {"years_experience", {"8"}},
                           {"career_goal", {"Goalplanted: return to software within a year"}},
                           {"resume", {"yes"}},
                           {"job_search_workshop", {"yes"}},
                           {"fr_listening", {"9"}},
                           {"fr_speaking", {"9"}},
                           {"fr_reading", {"9"}},
                           {"fr_writing", {"9"}},
                           {"consent_to_share", {"yes"}}});
}

absl::StatusOr<referral::v1::SubmitReferralResponse> World::Enter(const Entry& entry) {
  referral::v1::SubmitReferralRequest request;
  const std::string& organization = entry.agency.empty() ? entry.proposer : entry.agency;
  if (!organization.empty()) request.set_agency(text::Cat("organizations/", organization));
  request.set_external_id(entry.external_id);
  *request.mutable_file() = entry.file;
  request.set_side(entry.side);
  request.mutable_programs()->Add(entry.programs.begin(), entry.programs.end());
  if (entry.programs.empty()) request.add_programs(program_);
  const std::string& credential = !entry.agency.empty()     ? agency(entry.agency)
                                  : !entry.proposer.empty() ? proposer(entry.proposer)
                                                            : coordinator(request.programs(0));
  auto response = Call<referral::v1::SubmitReferralResponse>(
      credential, text::Cat(kReferral, "SubmitReferral"), request);
  Settle();
  return response;
}

referral::v1::SubmitReferralResponse World::Submit(const std::string& agency,
                                                   const std::string& external_id,
                                                   const referral::v1::ReferralFile& file) {
  return Must(Enter({.external_id = external_id, .file = file, .agency = agency}), "submit");
}

referral::v1::Application World::ApplicationOf(const std::string& name) {
  referral::v1::GetApplicationRequest request;
  request.set_name(name);
  for (const auto& [program, staff] : coordinators_) {
    auto found =
        Call<referral::v1::Application>(staff, text::Cat(kReferral, "GetApplication"), request);
    if (found.ok()) return *std::move(found);
  }
  Fail(absl::NotFoundError(name), "application");
}

void World::Admit(const std::string& application) {
  const std::string& staff = coordinator(ApplicationOf(application).program());
  referral::v1::StartReviewRequest review;
  review.set_name(application);
  Must(Call<referral::v1::Application>(staff, text::Cat(kReferral, "StartReview"), review),
       "review");
  referral::v1::AdmitApplicationRequest admit;
  admit.set_name(application);
  Must(Call<referral::v1::Application>(staff, text::Cat(kReferral, "AdmitApplication"), admit),
       "admit");
  Settle();
}

registration::v1::Enrolment World::Enrolment(const std::string& business_key) {
  return Enrolment(program_, business_key);
}

registration::v1::Enrolment World::Enrolment(const std::string& program,
                                             const std::string& business_key) {
  registration::v1::ListEnrolmentsRequest request;
  request.set_program(program);
  request.set_page_size(500);
  auto response =
      Must(Call<registration::v1::ListEnrolmentsResponse>(
               coordinator(program), text::Cat(kRegistration, "ListEnrolments"), request),
           "enrolments");
  for (const registration::v1::Enrolment& enrolment : response.enrolments()) {
    if (enrolment.business_key() == business_key) return enrolment;
  }
  Fail(absl::NotFoundError(business_key), "enrolment");
}

registration::v1::Enrolment World::GetEnrolment(const std::string& name) {
  registration::v1::GetEnrolmentRequest request;
  request.set_name(name);
  for (const auto& [program, staff] : coordinators_) {
    auto found =
        Call<registration::v1::Enrolment>(staff, text::Cat(kRegistration, "GetEnrolment"), request);
    if (found.ok()) return *std::move(found);
  }
  Fail(absl::NotFoundError(name), "enrolment");
}

void World::CompleteStep(const std::string& enrolment, const program::v1::OnboardingStep& step,
                         const Given& facts) {
  registration::v1::CompleteOnboardingStepRequest request;
  request.set_name(enrolment);
  request.set_step(step.code());
  if (step.gate()) {
    request.set_gate_result(registration::v1::CompleteOnboardingStepRequest::GATE_RESULT_INVITED);
  }
  for (const auto& [name, values] : facts) *request.add_facts() = Fact(name, values);
  Must(Call<registration::v1::Enrolment>(coordinator(GetEnrolment(enrolment).program()),
                                         text::Cat(kRegistration, "CompleteOnboardingStep"),
                                         request),
       "onboarding " + step.code());
  Settle();
}

void World::Onboard(const std::string& enrolment, const Given& facts) {
  const registration::v1::Enrolment found = GetEnrolment(enrolment);
  const program::v1::ProgramDefinition& definition = definitions_.at(found.program());
  const auto& steps = found.role() == registration::v1::ENROLMENT_ROLE_MENTOR
                          ? definition.mentor_onboarding()
                          : definition.mentee_onboarding();
  Given left = facts;
  for (const program::v1::OnboardingStep& step : steps) {
    const bool done = std::any_of(found.onboarding().begin(), found.onboarding().end(),
                                  [&step](const auto& progress) {
                                    return progress.step() == step.code() && progress.done();
                                  });
    if (done || !step.compulsory()) continue;
    CompleteStep(enrolment, step, step.facts().empty() ? Given{} : std::exchange(left, {}));
  }
}

void World::OnboardMentee(const std::string& enrolment) {
  Onboard(enrolment, {{"availability", {"mon-evening", "tue-noon"}}});
}

std::string World::Ready(const Entry& entry, const Given& onboarding) {
  const auto entered = Must(Enter(entry), text::Cat("enter ", entry.external_id));
  const referral::v1::Application& application = entered.applications(0);
  if (application.state() != referral::v1::Application::STATE_ADMITTED) Admit(application.name());
  const std::string& organization = entry.agency.empty() ? entry.proposer : entry.agency;
  const std::string key =
      organization.empty() ? entry.external_id : text::Cat(organization, "/", entry.external_id);
  const std::string name = Enrolment(application.program(), key).name();
  Onboard(name, onboarding);
  return name;
}

std::string World::ReadyMentor(const std::string& mentor_id, int capacity) {
  Entry entry;
  entry.external_id = mentor_id;
  entry.side = program::v1::SUBJECT_MENTOR;
  entry.file.set_given_name("Mentorgiven" + mentor_id);
  entry.file.set_family_name("Mentorfamily" + mentor_id);
  entry.file.set_email(mentor_id + "-mentorplanted@example.org");
  entry.file.set_language("fr");
  Give(entry.file, {{"noc", {"21231"}},
                    {"naics", {"541"}},
                    {"service_language", {"fr", "en"}},
                    {"fsa", {"K1N"}},
                    {"availability", {"mon-evening"}},
                    {"years_experience", {"12"}},
                    {"years_in_region", {"10"}},
                    {"months_offered", {"6"}},
                    {"capacity", {text::Cat(capacity)}},
                    {"network_contacts", {"yes"}},
                    {"consent_to_share", {"yes"}}});
  return Ready(entry);
}

std::string World::KeyOf(const std::string& enrolment) {
  std::string& key = person_keys_[enrolment];
  if (key.empty()) {
    const registration::v1::Enrolment found = GetEnrolment(enrolment);
    key = NewKey(found.role() == registration::v1::ENROLMENT_ROLE_MENTOR ? options::v1::ROLE_MENTOR
                                                                         : options::v1::ROLE_MENTEE,
                 "", found.person());
  }
  return key;
}

std::string World::MenteeKey(const std::string& enrolment) { return KeyOf(enrolment); }
std::string World::MentorKey(const std::string& enrolment) { return KeyOf(enrolment); }

matching::v1::RunMatchingResponse World::Run(const std::string& format,
                                             const std::string& program) {
  matching::v1::RunMatchingRequest request;
  request.set_program(program.empty() ? program_ : program);
  request.set_format(format);
  auto response =
      Must(Call<matching::v1::RunMatchingResponse>(coordinator(request.program()),
                                                   text::Cat(kMatching, "RunMatching"), request),
           "matching");
  Settle();
  return response;
}

std::vector<matching::v1::Proposal> World::Match(const std::string& format,
                                                 const std::string& program) {
  const matching::v1::RunMatchingResponse response = Run(format, program);
  return {response.proposals().begin(), response.proposals().end()};
}

matching::v1::Proposal World::Proposal(const std::string& name) {
  matching::v1::GetProposalRequest request;
  request.set_name(name);
  return Must(
      Call<matching::v1::Proposal>(coordinator(), text::Cat(kMatching, "GetProposal"), request),
      "proposal");
}

matching::v1::Proposal World::TakeStep(const matching::v1::Proposal& proposal) {
  const std::string& staff = coordinator(proposal.program());
  if (proposal.step() == ProposalStep::KIND_STAFF_APPROVAL) {
    matching::v1::ApproveProposalRequest request;
    request.set_name(proposal.name());
    Must(Call<matching::v1::Proposal>(staff, text::Cat(kMatching, "ApproveProposal"), request),
         "approve");
  } else if (proposal.step() == ProposalStep::KIND_CONTACT_MEETING) {
    matching::v1::RecordContactMeetingRequest request;
    request.set_name(proposal.name());
    Must(Call<matching::v1::Proposal>(staff, text::Cat(kMatching, "RecordContactMeeting"), request),
         "contact meeting");
  } else {
    const ProposalStep* step =
        program::FindStep(format(proposal.program(), proposal.format()), proposal.step());
    for (const matching::v1::ProposalParticipant& one : proposal.participants()) {
      const bool asked = one.dropped().empty() && one.answer() != matching::v1::ANSWER_YES;
      if (!asked || step == nullptr || !program::Asks(*step, one.side())) continue;
      matching::v1::AnswerProposalRequest request;
      request.set_name(proposal.name());
      request.set_answer(matching::v1::ANSWER_YES);
      Must(Call<matching::v1::Proposal>(KeyOf(one.enrolment()),
                                        text::Cat(kMatching, "AnswerProposal"), request),
           "answer");
      Settle();
    }
  }
  Settle();
  return Proposal(proposal.name());
}

session::v1::Engagement World::Agree(const matching::v1::Proposal& proposal) {
  matching::v1::Proposal now = Proposal(proposal.name());
  for (int steps = 0; now.state() == matching::v1::Proposal::STATE_OPEN; ++steps) {
    if (steps == 10)
      Fail(absl::InternalError(now.ShortDebugString()), "the proposal does not get on");
    now = TakeStep(now);
  }
  return EngagementOf(now);
}

session::v1::Engagement World::EngagementOf(const matching::v1::Proposal& proposal) {
  session::v1::ListEngagementsRequest list;
  list.set_program(proposal.program());
  list.set_page_size(500);
  auto response =
      Must(Call<session::v1::ListEngagementsResponse>(coordinator(proposal.program()),
                                                      text::Cat(kSession, "ListEngagements"), list),
           "engagements");
  for (const session::v1::Engagement& engagement : response.engagements()) {
    if (engagement.proposal() == proposal.name()) return engagement;
  }
  Fail(absl::NotFoundError(proposal.ShortDebugString()), "engagement of the proposal");
}

session::v1::Engagement World::Engagement(const std::string& name) {
  session::v1::GetEngagementRequest request;
  request.set_name(name);
  return Must(
      Call<session::v1::Engagement>(coordinator(), text::Cat(kSession, "GetEngagement"), request),
      "engagement");
}

session::v1::Engagement World::Sign(const session::v1::Engagement& engagement) {
  for (const program::v1::Document& document :
       format(engagement.program(), engagement.format()).engagement().documents()) {
    if (!document.before_start()) continue;
    for (const session::v1::Participant& one : engagement.participants()) {
      const bool signs =
          document.signed_by().empty() ||
          std::count(document.signed_by().begin(), document.signed_by().end(), one.side()) > 0;
      if (!signs || one.has_leave_time()) continue;
      session::v1::SignDocumentRequest request;
      request.set_name(engagement.name());
      request.set_document(document.code());
      Must(Call<session::v1::Engagement>(KeyOf(one.enrolment()),
                                         text::Cat(kSession, "SignDocument"), request),
           "sign");
      Settle();
    }
  }
  session::v1::GetEngagementRequest request;
  request.set_name(engagement.name());
  return Must(Call<session::v1::Engagement>(coordinator(engagement.program()),
                                            text::Cat(kSession, "GetEngagement"), request),
              "engagement");
}

absl::StatusOr<session::v1::Session> World::Log(const session::v1::Engagement& engagement,
                                                int minutes, session::v1::Contact contact,
                                                const std::vector<std::string>& attended,
                                                bool confirm_length) {
  session::v1::LogSessionRequest request;
  request.set_engagement(engagement.name());
  *request.mutable_held_time() =
      resources::ToTimestamp(clock_.BusinessNow() - absl::Minutes(minutes));
  request.set_minutes(minutes);
  request.set_contact(contact);
  request.set_confirm_length(confirm_length);
  request.mutable_attended()->Add(attended.begin(), attended.end());
  auto logged = Call<session::v1::Session>(KeyOf(Of(engagement, program::v1::SUBJECT_MENTEE).at(0)),
                                           text::Cat(kSession, "LogSession"), request);
  Settle();
  return logged;
}

}  // namespace tremplin::testing
