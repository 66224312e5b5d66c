#include <functional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/referral/testing/fixture.h"
#include "tremplin/matching/v1/matching.pb.h"

namespace tremplin::referral {
namespace {

using app::Service;
using ::testing::ElementsAre;

class SubmissionTest : public ReferralTest {
 protected:
  absl::Status Refusal(const rpc::CallContext& call, const v1::SubmitReferralRequest& request) {
    return system_->Call(call, &Service::SubmitReferral, request).status();
  }
  int64_t Rows() {
    return system_->Count(
        "SELECT (SELECT COUNT(*) FROM referral_referral) + "
        "(SELECT COUNT(*) FROM referral_application) + (SELECT COUNT(*) FROM referral_outbox) + "
        "(SELECT COUNT(*) FROM referral_feed) + (SELECT COUNT(*) FROM referral_subject_key) + "
        "(SELECT COUNT(*) FROM referral_file) + "
        "(SELECT COUNT(*) FROM referral_duplicate_key) + "
        "(SELECT COUNT(*) FROM referral_idempotency)");
  }
};

TEST_P(SubmissionTest, ANewReferralIsJudgedAndTold) {
  const v1::SubmitReferralResponse response = Submit("alpha", "A-1");
  EXPECT_EQ(response.kind(), v1::SUBMISSION_KIND_NEW);
  EXPECT_EQ(response.revision(), 1);
  ASSERT_EQ(response.applications_size(), 1);
  EXPECT_EQ(response.applications(0).state(), v1::Application::STATE_RECEIVED);
  EXPECT_EQ(response.applications(0).decision().verdict(), v1::VERDICT_ELIGIBLE);
  EXPECT_EQ(response.applications(0).decision().program_version(), 1);

  const auto changes = system_->Events<events::v1::ApplicationChanged>();
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ("applications/" + changes[0].application(), response.applications(0).name());
  EXPECT_EQ(changes[0].state(), events::v1::APPLICATION_STATE_RECEIVED);
  EXPECT_EQ(changes[0].action(), "submit");
  EXPECT_EQ(changes[0].verdict(), "eligible");
  EXPECT_EQ(changes[0].external_id(), "A-1");
  const auto submitted = system_->Events<events::v1::ReferralSubmitted>();
  ASSERT_EQ(submitted.size(), 1U);
  EXPECT_EQ(submitted[0].language(), "fr");
  EXPECT_THAT(submitted[0].applications(), ElementsAre(changes[0].application()));
}

// The stored answer, the referral and its duplicates are looked for at once; all the rest goes with
// the COMMIT. One more is allowed for, as a message may be sent in two pieces.
TEST_P(SubmissionTest, ANewReferralWaitsForPostgresTwice) {
  if (GetParam() != StoreKind::kPostgres) return;
  Submit("alpha", "A-1");  // connects, prepares, reads the program
  const int before = system_->Messages();
  Submit("alpha", "A-2");
  EXPECT_LE(system_->Messages() - before, 3);
}

TEST_P(SubmissionTest, AnIneligibleReferralIsStoredWithItsReasons) {
  v1::SubmitReferralRequest request = SubmitRequest("alpha", "A-1");
  Give(request.mutable_file(), "postal_code", {"J9H 6A3"});
  Give(request.mutable_file(), "resume");
  const v1::SubmitReferralResponse response = Submit(request);
  const v1::Decision& decision = response.applications(0).decision();
  EXPECT_EQ(decision.verdict(), v1::VERDICT_INELIGIBLE);
  EXPECT_THAT(decision.reasons(), ElementsAre("residence"));
  ASSERT_EQ(decision.results_size(), 2);  // what does not pass
  EXPECT_EQ(decision.results(0).code(), "residence");
  EXPECT_NE(decision.results(0).reason().en().find("Ontario"), std::string::npos);
  EXPECT_NE(decision.results(0).reason().fr().find("Ontario"), std::string::npos);
  EXPECT_TRUE(decision.results(1).agency_can_help());
}

TEST_P(SubmissionTest, TheSameContentAgainChangesNothing) {
  const v1::SubmitReferralResponse first = Submit("alpha", "A-1");
  const int64_t events = system_->Count("SELECT COUNT(*) FROM referral_outbox");
  const v1::SubmitReferralResponse again = Submit("alpha", "A-1");
  EXPECT_EQ(again.kind(), v1::SUBMISSION_KIND_REPEAT);
  EXPECT_EQ(again.referral(), first.referral());
  EXPECT_EQ(again.revision(), 1);
  EXPECT_EQ(again.applications(0).SerializeAsString(), first.applications(0).SerializeAsString());
  EXPECT_EQ(system_->Count("SELECT COUNT(*) FROM referral_outbox"), events);
}

TEST_P(SubmissionTest, ChangedContentIsJudgedAgain) {
  v1::SubmitReferralRequest request = SubmitRequest("alpha", "A-1");
  Give(request.mutable_file(), "resume", {"no"});
  const v1::SubmitReferralResponse first = Submit(request);
  EXPECT_EQ(first.applications(0).decision().verdict(), v1::VERDICT_INELIGIBLE);
  const v1::SubmitReferralResponse second = Submit("alpha", "A-1");
  EXPECT_EQ(second.kind(), v1::SUBMISSION_KIND_REVISION);
  EXPECT_EQ(second.referral(), first.referral());
  EXPECT_EQ(second.revision(), 2);
  EXPECT_EQ(second.applications(0).name(), first.applications(0).name());
  EXPECT_EQ(second.applications(0).decision().verdict(), v1::VERDICT_ELIGIBLE);
  const auto changes = system_->Events<events::v1::ApplicationChanged>();
  ASSERT_EQ(changes.size(), 2U);
  EXPECT_EQ(changes[1].action(), "resubmit");
  EXPECT_EQ(changes[1].version(), 2);
}

TEST_P(SubmissionTest, ARevisionIsJudgedByTheVersionInForce) {
  v1::SubmitReferralRequest request = SubmitRequest("alpha", "A-1");
  Submit(request);
  program::v1::ProgramDefinition definition = System::Definition();
  definition.mutable_mentee()->mutable_criteria()->DeleteSubrange(1, 8);
  system_->Publish(2, definition, System::Start() - absl::Hours(1));
  // A repeat keeps the decision it has.
  EXPECT_EQ(Submit(request).applications(0).decision().program_version(), 1);
  Give(request.mutable_file(), "resume", {"no"});
  const v1::SubmitReferralResponse revised = Submit(request);
  EXPECT_EQ(revised.applications(0).decision().program_version(), 2);
  EXPECT_EQ(revised.applications(0).decision().verdict(), v1::VERDICT_ELIGIBLE);
}

TEST_P(SubmissionTest, FurtherProgramsAreAppliedToWithTheSameContent) {
  program::v1::ProgramDefinition other = System::Definition();
  other.set_id("other");
  system_->Publish(1, other, System::Start() - absl::Hours(1));
  const v1::SubmitReferralResponse first = Submit("alpha", "A-1");
  v1::SubmitReferralRequest request = SubmitRequest("alpha", "A-1");
  request.add_programs("programs/other");
  const v1::SubmitReferralResponse second = Submit(request);
  EXPECT_EQ(second.kind(), v1::SUBMISSION_KIND_REVISION);
  ASSERT_EQ(second.applications_size(), 2);
  EXPECT_EQ(second.applications(0).SerializeAsString(), first.applications(0).SerializeAsString());
  EXPECT_EQ(second.applications(1).program(), "programs/other");
}

TEST_P(SubmissionTest, DuplicatesOfOtherAgenciesAreToldToStaffOnly) {
  Submit("alpha", "A-1");
  v1::SubmitReferralRequest same_name = SubmitRequest("beta", "B-1");
  same_name.mutable_file()->set_given_name("BEATRICE");
  same_name.mutable_file()->set_family_name("al-masri a-1");
  const v1::SubmitReferralResponse second = Submit(same_name);
  v1::GetReferralRequest get;
  get.set_name(second.referral());
  EXPECT_TRUE(system_->Call(system_->Staff(), &Service::GetReferral, get)->possible_duplicate());
  EXPECT_FALSE(
      system_->Call(system_->Agency("beta"), &Service::GetReferral, get)->possible_duplicate());

  v1::ListPossibleDuplicatesRequest list;
  list.set_name(second.referral());
  const auto duplicates = system_->Call(system_->Staff(), &Service::ListPossibleDuplicates, list);
  ASSERT_TRUE(duplicates.ok()) << duplicates.status();
  ASSERT_EQ(duplicates->duplicates_size(), 1);
  EXPECT_EQ(duplicates->duplicates(0).agency(), "organizations/alpha");
  EXPECT_THAT(duplicates->duplicates(0).matched_by(), ElementsAre("name_and_birth_date"));
  EXPECT_FALSE(duplicates->duplicates(0).linked());

  v1::LinkReferralsRequest link;
  link.set_name(duplicates->duplicates(0).referral());
  link.set_other(second.referral());
  ASSERT_TRUE(system_->Call(system_->Staff(), &Service::LinkReferrals, link).ok());
  EXPECT_TRUE(system_->Call(system_->Staff(), &Service::ListPossibleDuplicates, list)
                  ->duplicates(0)
                  .linked());
}

TEST_P(SubmissionTest, UnderAnotherKeyOfOneAgencyIsADuplicate) {
  Submit("alpha", "A-1");
  v1::SubmitReferralRequest request = SubmitRequest("alpha", "A-1");
  request.set_external_id("A-2");
  v1::GetReferralRequest get;
  get.set_name(Submit(request).referral());
  EXPECT_TRUE(system_->Call(system_->Staff(), &Service::GetReferral, get)->possible_duplicate());
}

TEST_P(SubmissionTest, OwnFormerContentIsNoDuplicate) {
  const std::string referral = Submit("alpha", "A-1").referral();
  v1::SubmitReferralRequest request = SubmitRequest("alpha", "A-1");
  request.mutable_file()->set_phone("613-555-0199");
  EXPECT_EQ(Submit(request).kind(), v1::SUBMISSION_KIND_REVISION);
  v1::GetReferralRequest get;
  get.set_name(referral);
  EXPECT_FALSE(system_->Call(system_->Staff(), &Service::GetReferral, get)->possible_duplicate());
}

TEST_P(SubmissionTest, SpellingsOfOneContentAreOneContent) {
  const v1::SubmitReferralResponse first = Submit("alpha", "A-1");
  v1::SubmitReferralRequest request = SubmitRequest("alpha", "A-1");
  v1::ReferralFile& file = *request.mutable_file();
  request.set_external_id("\u00A0A-1\u200B");
  file.set_given_name("\uFEFF" + file.given_name() + " \t");
  file.set_email("mailto:" + file.email());
  const v1::SubmitReferralResponse second = Submit(request);
  EXPECT_EQ(second.kind(), v1::SUBMISSION_KIND_REPEAT);
  EXPECT_EQ(second.referral(), first.referral());
}

// The case "older export".
TEST_P(SubmissionTest, AnOlderExportChangesNothing) {
  v1::SubmitReferralRequest january = SubmitRequest("alpha", "A-1");
  january.mutable_file()->set_referred_on("2025-01-12");
  const v1::SubmitReferralResponse first = Submit(january);
  v1::SubmitReferralRequest march = january;
  march.mutable_file()->set_referred_on("2025-03-01");
  Give(march.mutable_file(), "postal_code", {"M5V 2T6"});
  EXPECT_EQ(Submit(march).kind(), v1::SUBMISSION_KIND_REVISION);
  v1::ReturnApplicationRequest back;
  back.set_name(first.applications(0).name());
  back.add_reasons("no_place");
  ASSERT_TRUE(system_->Call(system_->Staff(), &Service::ReturnApplication, back).ok());
  const int64_t told = system_->Count("SELECT COUNT(*) FROM referral_outbox");

  const v1::SubmitReferralResponse stale = Submit(january);
  EXPECT_EQ(stale.kind(), v1::SUBMISSION_KIND_STALE);
  EXPECT_EQ(stale.revision(), 2);
  EXPECT_EQ(stale.applications(0).state(), v1::Application::STATE_RETURNED);
  EXPECT_EQ(system_->Count("SELECT COUNT(*) FROM referral_outbox"), told);
  // Content of one day is a correction.
  march.mutable_file()->set_phone("613-555-0199");
  EXPECT_EQ(Submit(march).kind(), v1::SUBMISSION_KIND_REVISION);
}

// The case "somebody else's id".
TEST_P(SubmissionTest, UnderAnotherPersonsKeyNobodyIsTaken) {
  const v1::SubmitReferralResponse first = Submit("alpha", "A-1");
  v1::SubmitReferralRequest request = SubmitRequest("alpha", "A-1");
  request.mutable_file()->set_given_name("Ana");
  request.mutable_file()->set_birth_date("1990-01-02");
  request.mutable_file()->set_email("ana@example.org");
  const auto violations = status::DetailOf(Refusal(system_->Agency(), request)).violations;
  ASSERT_EQ(violations.size(), 1U);
  EXPECT_EQ(violations[0].field, "external_id");
  EXPECT_EQ(violations[0].reason, "SOMEBODY_ELSE");
  v1::GetReferralRequest get;
  get.set_name(first.referral());
  EXPECT_EQ(system_->Call(system_->Agency(), &Service::GetReferral, get)->revision(), 1);
  request.mutable_file()->set_email(SubmitRequest("alpha", "A-1").file().email());
  EXPECT_EQ(Submit(request).kind(), v1::SUBMISSION_KIND_REVISION) << "one address is enough";
}

TEST_P(SubmissionTest, RubbishIsRefusedByNameAndStoresNothing) {
  struct Case {
    const char* field;
    std::function<void(v1::SubmitReferralRequest&)> make;
  };
  const Case cases[] = {
      {"agency", [](auto& r) { r.set_agency(""); }},
      {"external_id", [](auto& r) { r.set_external_id(""); }},
      {"external_id", [](auto& r) { r.set_external_id(std::string(129, 'x')); }},
      {"file.family_name",
       [](auto& r) { r.mutable_file()->set_family_name(std::string(321, 'x')); }},
      {"file.birth_date", [](auto& r) { r.mutable_file()->set_birth_date("1985-02-30"); }},
      {"file.referred_on", [](auto& r) { r.mutable_file()->clear_referred_on(); }},
      {"file.email", [](auto& r) { r.mutable_file()->set_email("nobody"); }},
      {"file.postal_code", [](auto& r) { Give(r.mutable_file(), "postal_code", {"W1A 1A1"}); }},
      {"file.noc", [](auto& r) { Give(r.mutable_file(), "noc", {"00000"}); }},
      {"file.fr_reading", [](auto& r) { Give(r.mutable_file(), "fr_reading", {"13"}); }},
      {"file.education", [](auto& r) { Give(r.mutable_file(), "education", {"some"}); }},
      {"file.years_experience",
       [](auto& r) { Give(r.mutable_file(), "years_experience", {"-1"}); }},
      {"programs", [](auto& r) { r.clear_programs(); }},
      {"programs", [](auto& r) { r.add_programs(kOttawa); }},
  };
  const int64_t before = Rows();
  for (const Case& each : cases) {
    v1::SubmitReferralRequest request = SubmitRequest("alpha", "A-1");
    each.make(request);
    const absl::Status refusal = Refusal(system_->Agency(), request);
    EXPECT_EQ(refusal.code(), absl::StatusCode::kInvalidArgument) << each.field << refusal;
    const auto violations = status::DetailOf(refusal).violations;
    ASSERT_EQ(violations.size(), 1U) << each.field;
    EXPECT_EQ(violations[0].field, each.field);
    EXPECT_FALSE(violations[0].en.empty());
    EXPECT_FALSE(violations[0].fr.empty());
  }
  EXPECT_EQ(Rows(), before);
}

TEST_P(SubmissionTest, AnAgencySubmitsItsOwnOnly) {
  const absl::Status refusal = Refusal(system_->Agency("beta"), SubmitRequest("alpha", "A-1"));
  EXPECT_EQ(refusal.code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(status::ReasonOf(refusal), "AGENCY_OTHER");
  const absl::Status unknown = Refusal(system_->Staff(), SubmitRequest("nobody", "A-1"));
  EXPECT_EQ(status::DetailOf(unknown).violations.at(0).reason, "AGENCY_UNKNOWN");
  const absl::Status other_program = Refusal(
      system_->As(options::v1::ROLE_COORDINATOR, "", "another"), SubmitRequest("alpha", "A-1"));
  EXPECT_EQ(status::ReasonOf(other_program), "PROGRAM_OTHER");
  v1::SubmitReferralRequest no_program = SubmitRequest("alpha", "A-1");
  no_program.set_programs(0, "programs/nowhere");
  EXPECT_EQ(status::ReasonOf(Refusal(system_->Agency(), no_program)), "PROGRAM_NOT_FOUND");
}

TEST_P(SubmissionTest, TheSameRequestFiftyTimesAtOnceIsOneReferral) {
  constexpr int kThreads = 50;
  v1::SubmitReferralRequest request = SubmitRequest("alpha", "A-1");
  request.set_request_id("once");
  std::vector<std::string> answers(kThreads);
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([&, i] {
        auto answer = system_->Call(system_->Agency(), &Service::SubmitReferral, request);
        answers[static_cast<size_t>(i)] =
            answer.ok() ? answer->SerializeAsString() : answer.status().ToString();
      });
    }
  }
  EXPECT_EQ(std::set<std::string>(answers.begin(), answers.end()).size(), 1U) << answers[0];
  EXPECT_EQ(system_->Count("SELECT COUNT(*) FROM referral_referral"), 1);
  EXPECT_EQ(system_->Count("SELECT COUNT(*) FROM referral_outbox"), 2);
  EXPECT_EQ(system_->Count("SELECT COUNT(*) FROM referral_feed"), 1);
}

TEST_P(SubmissionTest, TheSameContentFiftyTimesAtOnceIsOneReferral) {
  constexpr int kThreads = 50;
  const v1::SubmitReferralRequest request = SubmitRequest("alpha", "A-1");
  std::vector<v1::SubmitReferralResponse> answers(kThreads);
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([&, i] {
        auto answer = system_->Call(system_->Agency(), &Service::SubmitReferral, request);
        EXPECT_TRUE(answer.ok()) << answer.status();
        if (answer.ok()) answers[static_cast<size_t>(i)] = *answer;
      });
    }
  }
  int made = 0;
  std::set<std::string> referrals;
  for (const v1::SubmitReferralResponse& answer : answers) {
    made += answer.kind() == v1::SUBMISSION_KIND_NEW ? 1 : 0;
    referrals.insert(answer.referral());
  }
  EXPECT_EQ(made, 1);
  EXPECT_EQ(referrals.size(), 1U);
  EXPECT_EQ(system_->Count("SELECT COUNT(*) FROM referral_referral"), 1);
}

TEST_P(SubmissionTest, NothingPersonalStandsInAPlainColumn) {
  Submit("alpha", "A-1");
  const auto rows = database::ReadRows(system_->db(), {.tenant = database::Tenant::All()},
                                       "SELECT file FROM referral_file");
  ASSERT_TRUE(rows.ok());
  ASSERT_EQ(rows->rows.size(), 1U);
  EXPECT_EQ(rows->rows[0].Blob(0).find("example.org"), std::string::npos);
  EXPECT_EQ(system_->Count("SELECT COUNT(*) FROM referral_referral WHERE digest LIKE '%Masri%'"),
            0);
  for (const auto& event : system_->Events<events::v1::ReferralSubmitted>()) {
    EXPECT_EQ(event.SerializeAsString().find("Masri"), std::string::npos);
  }
}

TEST_P(SubmissionTest, ACheckJudgesAndStoresNothing) {
  const int64_t before = Rows();
  v1::CheckEligibilityRequest request;
  request.add_programs(kOttawa);
  Give(request.mutable_file(), "postal_code", {"J9H 6A3"});
  const auto response = system_->Call(system_->Agency(), &Service::CheckEligibility, request);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->programs(0).decision().verdict(), v1::VERDICT_INELIGIBLE);
  EXPECT_EQ(response->programs(0).decision().results_size(), 9);
  EXPECT_THAT(response->programs(0).decision().reasons(), ElementsAre("residence"));
  for (const v1::CriterionResult& result : response->programs(0).decision().results()) {
    EXPECT_FALSE(result.title().fr().empty());
    EXPECT_FALSE(result.reason().en().empty()) << result.code();
  }
  EXPECT_EQ(Rows(), before);
  Give(request.mutable_file(), "noc", {"x"});
  const auto refused = system_->Call(system_->Agency(), &Service::CheckEligibility, request);
  EXPECT_EQ(status::DetailOf(refused.status()).violations.at(0).field, "file.noc");
}

TEST_P(SubmissionTest, ACheckTellsPlacesAndWaitAndAsksForThemOnce) {
  int asked = 0;
  system_->SetPeer(
      [&](const std::string& method, const std::string& bytes) -> absl::StatusOr<std::string> {
        EXPECT_EQ(method, "tremplin.matching.v1.MatchingService/GetOutlook");
        matching::v1::GetOutlookRequest request;
        EXPECT_TRUE(request.ParseFromString(bytes));
        EXPECT_EQ(request.program(), kOttawa);
        EXPECT_EQ(request.occupation(), "21102");
        EXPECT_THAT(request.languages(), ElementsAre("fr"));
        ++asked;
        matching::v1::Outlook outlook;
        outlook.set_mentors(7);
        outlook.set_free_places(3);
        outlook.set_waiting(4);
        outlook.set_median_wait_days(0);
        return outlook.SerializeAsString();
      });
  v1::CheckEligibilityRequest request;
  request.add_programs(kOttawa);
  *request.mutable_file() = EligibleFile("A");
  for (int i = 0; i < 3; ++i) {
    const auto response = system_->Call(system_->Agency(), &Service::CheckEligibility, request);
    ASSERT_TRUE(response.ok()) << response.status();
    EXPECT_EQ(response->programs(0).outlook().mentors(), 7);
    EXPECT_EQ(response->programs(0).outlook().free_places(), 3);
    EXPECT_EQ(response->programs(0).outlook().waiting(), 4);
    EXPECT_TRUE(response->programs(0).outlook().has_median_wait_days());
  }
  EXPECT_EQ(asked, 1);
}

TEST_P(SubmissionTest, ACheckDoesNotNeedMatching) {
  system_->SetPeer([](const std::string&, const std::string&) -> absl::StatusOr<std::string> {
    return absl::UnavailableError("down");
  });
  v1::CheckEligibilityRequest request;
  request.add_programs(kOttawa);
  *request.mutable_file() = EligibleFile("A");
  const auto response = system_->Call(system_->Agency(), &Service::CheckEligibility, request);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->programs(0).decision().verdict(), v1::VERDICT_ELIGIBLE);
  EXPECT_FALSE(response->programs(0).has_outlook());
}

TEST_P(SubmissionTest, ThirtyProgramsAtOnceAndNoMore) {
  v1::SubmitReferralRequest request = SubmitRequest("alpha", "A-1");
  request.clear_programs();
  for (int i = 0; i < 31; ++i) {
    program::v1::ProgramDefinition definition = System::Definition();
    definition.set_id("program-" + std::to_string(i));
    system_->Publish(1, definition, System::Start() - absl::Hours(1));
    request.add_programs("programs/" + definition.id());
  }
  EXPECT_EQ(status::DetailOf(Refusal(system_->Agency(), request)).violations.at(0).field,
            "programs");
  request.mutable_programs()->RemoveLast();
  const v1::SubmitReferralResponse response = Submit(request);
  ASSERT_EQ(response.applications_size(), 30);
  for (int i = 0; i < 30; ++i) {
    EXPECT_EQ(response.applications(i).program(), request.programs(i));
    EXPECT_EQ(response.applications(i).decision().verdict(), v1::VERDICT_ELIGIBLE);
  }
}

TEST_P(SubmissionTest, ACheckOfNoProgramIsOneOfAllInForce) {
  program::v1::ProgramDefinition definition = System::Definition();
  definition.set_id("another");
  definition.mutable_mentee()->clear_criteria();
  *definition.mutable_mentee()->add_criteria() = System::Definition().mentee().criteria(0);
  system_->Publish(1, definition, System::Start() - absl::Hours(1));
  definition.set_id("mentors-only");
  definition.clear_mentee_doors();
  system_->Publish(1, definition, System::Start() - absl::Hours(1));
  definition = System::Definition();
  definition.set_id("to-come");
  system_->Publish(1, definition, System::Start() + absl::Hours(1));
  v1::CheckEligibilityRequest request;
  Give(request.mutable_file(), "immigration_status", {"convention_refugee"});
  const auto response = system_->Call(system_->Agency(), &Service::CheckEligibility, request);
  ASSERT_TRUE(response.ok()) << response.status();
  ASSERT_EQ(response->programs_size(), 2);
  EXPECT_EQ(response->programs(0).program(), "programs/another");
  EXPECT_EQ(response->programs(0).decision().verdict(), v1::VERDICT_ELIGIBLE);
  EXPECT_EQ(response->programs(1).program(), kOttawa);
  EXPECT_EQ(response->programs(1).decision().verdict(), v1::VERDICT_INCOMPLETE);
  EXPECT_FALSE(response->programs(1).name().fr().empty());
  // Staff of one program are told of theirs.
  const auto own = system_->Call(system_->As(options::v1::ROLE_COORDINATOR, "", "another"),
                                 &Service::CheckEligibility, request);
  ASSERT_TRUE(own.ok()) << own.status();
  ASSERT_EQ(own->programs_size(), 1);
  EXPECT_EQ(own->programs(0).program(), "programs/another");
}

TEST_P(SubmissionTest, AFactThatNoProgramAskedKnowsIsRefusedByName) {
  v1::SubmitReferralRequest request = SubmitRequest("alpha", "A-1");
  Give(request.mutable_file(), "shoe_size", {"43"});
  Give(request.mutable_file(), "Béatrice Al-Masri", {"x"});  // is told by its place
  Give(request.mutable_file(), "months_offered", {"3"});     // asked of mentors
  Give(request.mutable_file(), "age", {"40"});               // counted
  const auto violations = status::DetailOf(Refusal(system_->Agency(), request)).violations;
  std::vector<std::string> told;
  for (const status::FieldViolation& each : violations) {
    told.push_back(each.field + " " + each.reason);
  }
  EXPECT_THAT(told, ElementsAre("file.age FACT_DERIVED", "file.months_offered FACT_OF_OTHERS",
                                "file.shoe_size FACT_UNKNOWN", "file.facts[18].name FACT_UNKNOWN"));
}

TEST_P(SubmissionTest, AFactOfOneOfTheProgramsIsKnown) {
  program::v1::ProgramDefinition other = System::Definition();
  other.set_id("other");
  program::v1::Fact* fact = other.add_facts();
  fact->set_name("other.certified");
  fact->mutable_title()->set_en("Certified");
  fact->mutable_title()->set_fr("Agréé");
  fact->add_about(program::v1::SUBJECT_MENTEE);
  fact->add_stated_by(program::v1::STATED_BY_STAFF);
  fact->mutable_yes_no();
  system_->Publish(1, other, System::Start() - absl::Hours(1));
  v1::SubmitReferralRequest request = SubmitRequest("alpha", "A-1");
  Give(request.mutable_file(), "other.certified", {"yes"});
  EXPECT_EQ(status::DetailOf(Refusal(system_->Staff(), request)).violations.at(0).reason,
            "FACT_UNKNOWN");
  request.add_programs("programs/other");
  // Staff attest it, for the agency too; the agency does not.
  EXPECT_EQ(status::DetailOf(Refusal(system_->Agency(), request)).violations.at(0).reason,
            "FACT_BY_STAFF");
  const auto taken = system_->Call(system_->Staff(), &Service::SubmitReferral, request);
  ASSERT_TRUE(taken.ok()) << taken.status();
  EXPECT_EQ(taken->applications_size(), 2);
}

INSTANTIATE_TEST_SUITE_P(Sqlite, SubmissionTest, ::testing::Values(StoreKind::kSqlite));
INSTANTIATE_TEST_SUITE_P(Postgres, SubmissionTest, ::testing::Values(StoreKind::kPostgres));

}  // namespace
}  // namespace tremplin::referral
